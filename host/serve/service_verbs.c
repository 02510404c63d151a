/* service_verbs.c: verbs carried out from a recorded command, and what they would do. */
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <stdio.h>
#include <string.h>

#include "base/line.h"

static const char *const trade_options[] = {
    "qty", "quote_qty", "price", "stop", "stop_loss", "take_profit", "tif",   "expire",     "post_only", "reduce_only",
    "tag", "strict",    "sure",  "by",   "account",   "strategy",    "trail", "trail_from", NULL};
static const char *const amend_options[] = {"qty", "price", "stop", "sure", "by", NULL};
static const char *const close_options[] = {"tag", "by", "account", "strategy", NULL};

static bool options_are_known(const struct command_words *words, uint32_t first, const char *const *names,
                              struct text *reply)
{
    for (uint32_t i = first; i < words->count; i++) {
        char name[32];
        const char *equals = strchr(words->fields[i], '=');
        size_t size = equals ? (size_t)(equals - words->fields[i]) : 0;
        snprintf(name, sizeof name, "%.*s", (int)(size < 31 ? size : 31), words->fields[i]);
        uint32_t k = 0;
        while (names[k] && strcmp(names[k], name) != 0)
            k++;
        uint32_t before = first;
        while (before < i && strncmp(words->fields[before], words->fields[i], size + 1) != 0)
            before++;
        if (names[k] && size && before < i) {
            json_refusal(reply, "BAD_OPTION", "%s: %s is given twice", words->fields[0], name);
            return false;
        }
        if (names[k] && size)
            continue;
        const char *nearest = text_nearest(name, names);
        json_refusal(reply, "BAD_OPTION", "%s: found '%.40s'%s%s%s", words->fields[0], words->fields[i],
                     nearest ? "; did you mean '" : ", expected NAME=VALUE", nearest ? nearest : "",
                     nearest ? "'?" : "");
        return false;
    }
    return true;
}

/* A decimal option in units of a grid. False with *reply empty: it is absent. */
static bool option_units(const struct command_words *words, uint32_t first, const char *name, struct oc_dec step,
                         int direction, int64_t *ret_units, bool *ret_snapped, struct text *reply)
{
    struct oc_dec dec = {0};
    int exact = 1;
    const char *value = service_option(words, first, name);
    if (!value)
        return false;
    if (text_to_decimal(value, strlen(value), &dec.units, &dec.scale) < 0) {
        json_refusal(reply, "BAD_NUMBER", "%s: found '%.40s', expected a decimal number of at most 18 digits", name,
                     value);
        return false;
    }
    if (instrument_dec_units(step, dec, direction, ret_units, &exact) < 0) {
        json_refusal(reply, "BAD_NUMBER", "%s: %.40s is out of range", name, value);
        return false;
    }
    *ret_snapped |= !exact;
    return true;
}

static bool option_flag(const struct command_words *words, uint32_t first, const char *name)
{
    const char *value = service_option(words, first, name);
    return value && strcmp(value, "0") != 0 && strcmp(value, "false") != 0 && strcmp(value, "no") != 0;
}

static bool option_amount(const struct command_words *words, uint32_t first, const struct instrument *instrument,
                          struct oc_request *request, bool *snapped, struct text *reply)
{
    const char *money = service_option(words, first, "quote_qty"), *qty = service_option(words, first, "qty");
    if (!money == !qty) {
        json_refusal(reply, "BAD_AMOUNT", "give qty (base) or quote_qty (money), one of them");
        return false;
    }
    if (money) {
        if (text_to_decimal(money, strlen(money), &request->quote_qty.units, &request->quote_qty.scale) < 0 ||
            request->quote_qty.units <= 0) {
            json_refusal(reply, "BAD_NUMBER", "quote_qty: found '%.40s', expected an amount above 0", money);
            return false;
        }
        request->bits |= OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
        return true;
    }
    if (!option_units(words, first, "qty", instrument->info.qty_step, SNAP_DOWN, &request->qty, snapped, reply))
        return false;
    if (request->qty <= 0) {
        json_refusal(reply, qty[0] == '-' || strcmp(qty, "0") == 0 ? "BAD_NUMBER" : "QUANTITY_BELOW_STEP",
                     "qty: found '%.40s', expected at least one lot", qty);
        return false;
    }
    request->bits |= OC_RQ_HAS_QTY;
    /* for show, here and with the price: its units were read just now */
    (void)text_to_decimal(qty, strlen(qty), &request->asked_qty.units, &request->asked_qty.scale);
    return true;
}

static bool option_prices(const struct command_words *words, uint32_t first, const struct instrument *instrument,
                          struct oc_request *request, bool *snapped, struct text *reply)
{
    const struct oc_dec step = instrument->info.price_step;
    bool near = false;
    if (option_units(words, first, "price", step, request->side == OC_SIDE_BUY ? SNAP_DOWN : SNAP_UP, &request->price,
                     snapped, reply)) {
        const char *price = service_option(words, first, "price");
        request->bits |= OC_RQ_HAS_PRICE;
        (void)text_to_decimal(price, strlen(price), &request->asked_price.units, &request->asked_price.scale);
    }
    if (option_units(words, first, "stop", step, SNAP_NEAREST, &request->stop_price, snapped, reply))
        request->bits |= OC_RQ_HAS_STOP;
    if (option_units(words, first, "stop_loss", step, SNAP_NEAREST, &request->stop_loss, &near, reply))
        request->bits |= OC_RQ_HAS_STOP_LOSS;
    if (option_units(words, first, "take_profit", step, SNAP_NEAREST, &request->take_profit, &near, reply))
        request->bits |= OC_RQ_HAS_TAKE_PROFIT;
    const char *trail = service_option(words, first, "trail");
    if (trail && trail_read(instrument, trail, request) < 0)
        json_refusal(reply, "BAD_NUMBER", "trail: found '%.40s', expected %s", trail, TRAIL_EXPECTED);
    if (option_units(words, first, "trail_from", step, SNAP_NEAREST, &request->activation, &near, reply)) {
        request->bits |= OC_RQ_HAS_ACTIVATION;
        if (!trail)
            json_refusal(reply, "BAD_OPTION",
                         "trail_from: it is the price from which a stop follows the market: say trail too");
    }
    bool priced = request->bits & OC_RQ_HAS_PRICE, stopped = request->bits & OC_RQ_HAS_STOP;
    request->type =
        priced ? (stopped ? OC_ORDER_STOP_LIMIT : OC_ORDER_LIMIT) : (stopped ? OC_ORDER_STOP : OC_ORDER_MARKET);
    return reply->size == 0;
}

static bool option_time(const struct command_words *words, uint32_t first, struct oc_request *request,
                        struct text *reply)
{
    static const char *const names[] = {"GTC", "IOC", "FOK", "GTD", "DAY"};
    const char *tif = service_option(words, first, "tif"), *expire = service_option(words, first, "expire");
    int i = 0;
    while (tif && i < 5 && strcmp(names[i], tif) != 0)
        i++;
    if (i == 5 || (expire && text_to_time(expire, strlen(expire), &request->expire_ns) < 0) ||
        (i == 3) != (expire != NULL)) {
        json_refusal(reply, "BAD_TIF", "tif is GTC, IOC, FOK, GTD or DAY; GTD needs expire=TIME, the others have none");
        return false;
    }
    request->tif = (uint8_t)(OC_TIF_GTC + i);
    return true;
}

/* NAME or VENUE:NAME; without the option the only account of the instrument's venue. */
static bool option_account(const struct console_service *service, const struct command_words *words, uint32_t first,
                           const struct instrument *instrument, uint32_t *ret_account, struct text *reply)
{
    const char *asked = service_option(words, first, "account"), *colon = asked ? strchr(asked, ':') : NULL;
    char names[256] = "";
    uint32_t count = 0;
    for (uint32_t id = 1; id <= portfolio_account_count(service->portfolio); id++) {
        const struct account *account = portfolio_account(service->portfolio, id);
        const size_t length = strlen(names);
        if (strcmp(account->venue, instrument->info.venue) != 0)
            continue;
        *ret_account = id;
        if (asked && strcmp(account->name, colon ? colon + 1 : asked) == 0 &&
            (!colon || (strlen(account->venue) == (size_t)(colon - asked) &&
                        strncmp(account->venue, asked, (size_t)(colon - asked)) == 0)))
            return true;
        count++;
        snprintf(names + length, sizeof names - length, "%s%s", length ? " or " : "", account->name);
    }
    if (!asked && count == 1)
        return true;
    if (asked)
        json_refusal(reply, "BAD_ACCOUNT", "account: found '%.40s', expected %s: %s trades there", asked,
                     count ? names : "none", instrument->info.symbol);
    else
        json_refusal(reply, "ACCOUNT_NEEDED", "say with which account: account=%s", count ? names : "none");
    return false;
}

/* The order is of a strategy that a person steps in for; without the option it is by hand. */
static bool option_strategy(const struct console_service *service, const struct command_words *words, uint32_t first,
                            uint32_t *ret_strategy, struct text *reply)
{
    const char *asked = service_option(words, first, "strategy");
    *ret_strategy = 0;
    if (!asked)
        return true;
    for (uint32_t id = 1; id <= engine_client_count(service->engine); id++) {
        const char *name = service->config.host->strategy_name(service->config.host->self, id);
        if (name && strcmp(name, asked) == 0) {
            *ret_strategy = id;
            return true;
        }
    }
    json_refusal(reply, "UNKNOWN_STRATEGY", "strategy: found '%.60s', which there never was; see strategies", asked);
    return false;
}

/* While a strategy trades itself a person may make its positions smaller, and nothing else of it. */
static bool may_step_in(const struct console_service *service, const struct oc_request *request, struct text *reply)
{
    const struct book *book =
        portfolio_find(service->portfolio, request->account, request->strategy, request->head.inst);
    const int64_t held = book ? book->position.qty : 0, left = request->side == OC_SIDE_SELL ? held : -held;
    if (!request->strategy || engine_is_held(service->engine, request->strategy) ||
        ((request->bits & OC_RQ_HAS_QTY) && request->qty <= left))
        return true;
    json_refusal(reply, "NOT_TAKEN",
                 "this opens a position of a strategy that trades itself: take NAME first; what makes its position "
                 "smaller needs no take");
    return false;
}

bool service_parse_order(struct console_service *service, const struct command_words *words, uint32_t first,
                         struct oc_request *ret_request, struct text *reply)
{
    const struct instrument *instrument;
    const char *side = words->count > first ? words->fields[first] : "";
    bool is_buy = strcmp(side, "buy") == 0, snapped = false;
    struct oc_request request = {.owner = OC_OWNER_CONSOLE};
    if (!is_buy && strcmp(side, "sell") != 0) {
        json_refusal(reply, "BAD_SIDE", "found '%.20s', expected buy or sell", side);
        return false;
    }
    request.side = is_buy ? OC_SIDE_BUY : OC_SIDE_SELL;
    if (!service_instrument(service, words, first + 1, &instrument, reply) ||
        !options_are_known(words, first + 2, trade_options, reply) ||
        !option_account(service, words, first + 2, instrument, &request.account, reply) ||
        !option_strategy(service, words, first + 2, &request.strategy, reply) ||
        !option_amount(words, first + 2, instrument, &request, &snapped, reply) ||
        !option_prices(words, first + 2, instrument, &request, &snapped, reply) ||
        !option_time(words, first + 2, &request, reply))
        return false;
    if (snapped && option_flag(words, first + 2, "strict")) {
        json_refusal(reply, "NOT_ON_THE_GRID", "strict: a price or quantity is off the grid");
        return false;
    }
    request.bits |= snapped ? OC_RQ_SNAPPED : 0;
    request.bits |= option_flag(words, first + 2, "post_only") ? OC_RQ_POST_ONLY : 0;
    request.bits |= option_flag(words, first + 2, "reduce_only") ? OC_RQ_REDUCE_ONLY : 0;
    if ((request.bits & OC_RQ_POST_ONLY) && request.type != OC_ORDER_LIMIT) {
        json_refusal(reply, "BAD_OPTION", "post_only is for limit orders: give a price");
        return false;
    }
    const char *oco = service_option(words, first + 2, "oco");
    request.link = oco ? OC_LINK_OCO : OC_LINK_NONE;
    if (oco && !text_to_order(oco, &request.parent)) {
        json_refusal(reply, "BAD_OPTION", "oco: found '%.40s', expected the name of an order such as o3", oco);
        return false;
    }
    const char *tag = service_option(words, first + 2, "tag");
    if (tag)
        strncpy(request.tag, tag, sizeof request.tag - 1);
    request.head.inst = instrument->info.inst;
    *ret_request = request;
    return true;
}

static void put_engine_refusal(const struct engine_refusal *refusal, struct text *reply)
{
    char used[TEXT_DECIMAL_MAX], limit[TEXT_DECIMAL_MAX];
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_text(reply, "code", refusal->reason);
    text_from_units(used, refusal->used.units, refusal->used.scale, TEXT_SHORTEST);
    text_from_units(limit, refusal->limit.units, refusal->limit.scale, TEXT_SHORTEST);
    char message[256];
    if (refusal->used.units || refusal->limit.units)
        snprintf(message, sizeof message, "refused by %s: %s against a limit of %s", refusal->rule, used, limit);
    else
        snprintf(message, sizeof message, "refused by %s", refusal->rule);
    json_text(reply, "message", message);
    json_text(reply, "rule", refusal->rule);
    json_dec(reply, "used", refusal->used);
    json_dec(reply, "limit", refusal->limit);
    json_order_id(reply, "order", refusal->order);
    json_flag(reply, "definitive", true);
    json_close(reply, '}');
}

static bool put_result(struct console_service *service, oc_rc rc, uint64_t id, const struct engine_refusal *refusal,
                       struct text *reply)
{
    const struct order *order = orders_find(engine_orders(service->engine), id);
    text_clear(reply);
    if (rc == OC_OK && order) {
        service_put_order(service, reply, NULL, order);
        return true;
    }
    if (rc == OC_E_LIMIT && refusal->reason[0])
        put_engine_refusal(refusal, reply);
    else if (rc == OC_E_NOT_FOUND)
        json_refusal(reply, "NO_ORDER", "no such order is known; older ones are in the journal");
    else if (rc == OC_E_STATE)
        json_refusal(reply, "ORDER_IS_FINAL", "the order is final: nothing can be changed");
    else if (rc == OC_E_AGAIN)
        json_refusal(reply, "PENDING", "a change of this order is under way: wait for its answer");
    else if (rc == OC_E_FULL)
        json_refusal(reply, "TOO_MANY_ORDERS", "the host's limit of open orders is reached");
    else
        json_refusal(reply, "BAD_ORDER",
                     "this order makes no sense: check the amount, the prices and the time in force");
    return false;
}

static bool finish(struct console_service *service, oc_rc rc, uint64_t id, const struct engine_refusal *refusal,
                   struct text *reply)
{
    engine_end(service->engine, true); /* recorded and sent when the command has been carried out */
    return put_result(service, rc, id, refusal, reply);
}

static bool verb_order(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct oc_request request;
    struct engine_refusal refusal = {0};
    if (!service_parse_order(service, words, 0, &request, reply) || !may_step_in(service, &request, reply) ||
        engine_begin(service->engine, 0) < 0)
        return false;
    oc_rc rc = engine_submit(service->engine, &request, &refusal);
    return finish(service, rc, request.order, &refusal, reply);
}

static bool verb_close(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct instrument *instrument;
    struct engine_refusal refusal = {0};
    uint32_t first = words->count > 1 && !strchr(words->fields[1], '=') ? 2 : 1;
    struct command_words named = *words;
    named.count = first;
    uint32_t account = 0, strategy = 0;
    if (!service_instrument(service, &named, 1, &instrument, reply) ||
        !options_are_known(words, first, close_options, reply) ||
        !option_account(service, words, first, instrument, &account, reply) ||
        !option_strategy(service, words, first, &strategy, reply))
        return false;
    struct oc_request request = {.owner = OC_OWNER_CONSOLE,
                                 .account = account,
                                 .strategy = strategy,
                                 .type = OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC};
    const char *tag = service_option(words, first, "tag");
    request.head.inst = instrument->info.inst;
    if (tag)
        strncpy(request.tag, tag, sizeof request.tag - 1);
    if (engine_begin(service->engine, 0) < 0)
        return false;
    oc_rc rc = engine_close(service->engine, &request, &refusal);
    if (rc != OC_E_NOT_FOUND)
        return finish(service, rc, request.order, &refusal, reply);
    const bool takes_back = engine_out(service->engine)->request_count != 0;
    engine_end(service->engine, true);
    json_refusal(reply, "NO_POSITION", "no position %s in %s%s%s", strategy ? "of that strategy" : "by hand",
                 instrument->info.symbol,
                 strategy ? "" : "; a strategy's is closed by the strategy, by close for NAME, or by flatten()",
                 takes_back ? ": orders by hand are taken back, and what they fill meanwhile is closed" : "");
    return false;
}

static bool verb_cancel(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct engine_refusal refusal = {0};
    uint64_t id = 0;
    if (words->count < 2 || !text_to_order(words->fields[1], &id))
        return put_result(service, OC_E_NOT_FOUND, 0, &refusal, reply);
    if (engine_begin(service->engine, 0) < 0)
        return false;
    oc_rc rc = engine_cancel(service->engine, id, &refusal);
    return finish(service, rc, id, &refusal, reply);
}

bool service_parse_amend(struct console_service *service, const struct command_words *words, const struct order *order,
                         struct oc_request *request, struct text *reply)
{
    bool snapped = false;
    if (!options_are_known(words, 2, amend_options, reply))
        return false;
    const struct instrument *instrument = instruments_get(service->instruments, order->now.head.inst);
    const struct oc_dec step = instrument->info.price_step;
    if (option_units(words, 2, "qty", instrument->info.qty_step, SNAP_DOWN, &request->qty, &snapped, reply))
        request->bits |= OC_RQ_QUANTITY_CHANGED;
    if (option_units(words, 2, "price", step, order->now.side == OC_SIDE_BUY ? SNAP_DOWN : SNAP_UP, &request->price,
                     &snapped, reply))
        request->bits |= OC_RQ_PRICE_CHANGED;
    if (option_units(words, 2, "stop", step, SNAP_NEAREST, &request->stop_price, &snapped, reply))
        request->bits |= OC_RQ_STOP_CHANGED;
    return reply->size == 0;
}

static bool verb_amend(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct oc_request request = {.owner = OC_OWNER_CONSOLE};
    struct engine_refusal refusal = {0};
    uint64_t id = 0;
    const struct order *order = NULL;
    if (words->count > 1 && text_to_order(words->fields[1], &id))
        order = orders_find(engine_orders(service->engine), id);
    if (!order)
        return put_result(service, OC_E_NOT_FOUND, 0, &refusal, reply);
    request.order = id;
    if (!service_parse_amend(service, words, order, &request, reply) || engine_begin(service->engine, 0) < 0)
        return false;
    oc_rc rc = engine_amend(service->engine, &request, &refusal);
    return finish(service, rc, id, &refusal, reply);
}

static bool execute(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const char *word = words->fields[0];
    if (strcmp(word, "buy") == 0 || strcmp(word, "sell") == 0)
        return verb_order(service, words, reply);
    if (strcmp(word, "close") == 0)
        return verb_close(service, words, reply);
    if (strcmp(word, "cancel") == 0)
        return verb_cancel(service, words, reply);
    if (strcmp(word, "amend") == 0)
        return verb_amend(service, words, reply);
    if (strcmp(word, "cancel_all") == 0)
        return service_cancel_all(service, words, reply);
    if (strcmp(word, "flatten") == 0)
        return service_flatten(service, reply);
    if (strcmp(word, "kill") == 0)
        return service_kill(service, words, reply);
    if (strcmp(word, "unkill") == 0)
        return service_unkill(service, reply);
    if (strcmp(word, "at_exit") == 0)
        return service_at_exit(service, words, reply);
    return service->config.host->steer(service->config.host->self, words, reply);
}

bool console_service_execute(struct console_service *service, const struct oc_ev_text *command, struct text *reply)
{
    struct text line, answer;
    text_init_grow(&line, OC_EVENT_MAX);
    text_init_grow(&answer, COMMAND_LINE_MAX);
    text_put_bytes(&line, command + 1, command->text_size);
    struct command_words words = {.count = 0};
    bool is_ok = false;
    if (line.data && !line.is_cut)
        words.count = line_split(line.data, words.fields, COMMAND_FIELDS_MAX);
    if (words.count && words.count <= COMMAND_FIELDS_MAX)
        is_ok = execute(service, &words, &answer);
    if (reply && answer.size) {
        text_clear(reply);
        text_put_bytes(reply, answer.data, answer.size);
    } else if (reply && !is_ok) {
        json_refusal(reply, "NOT_NOW", "the host could not take this now");
    }
    text_release(&answer);
    text_release(&line);
    return is_ok;
}
