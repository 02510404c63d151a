/* console_service.c: who asks what, and whether it may. */
#include "serve/console_service_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/line.h"

enum need { NEED_NOTHING, NEED_TRADE, NEED_UNLOCK };

/* Who is recorded with each command: what might be mistaken for something else does not get in. */
static void take_name(struct console_seat *seat, const char *said)
{
    size_t size = 0;
    for (; size < sizeof seat->name - 1 && said[size]; size++) {
        char c = said[size];
        bool is_plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.@:", c);
        seat->name[size] = is_plain ? c : '_';
    }
    if (size)
        seat->name[size] = 0;
}

static bool words_hello(struct console_service *service, struct console_seat *seat, const struct command_words *words,
                        struct text *reply)
{
    struct console_service_status status = {0};
    service->config.host->status(service->config.host->self, &status);
    if (words->count > 1 && !seat->is_own) /* the host's own has one name in every run: it is in the order hash */
        take_name(seat, words->fields[1]);
    const struct instrument *first = instruments_at(service->instruments, 1);
    json_open(reply, NULL, '{');
    json_text(reply, "version", status.version);
    json_int(reply, "protocol", 1);
    json_text(reply, "mode", status.mode);
    json_flag(reply, "live", status.is_live);
    json_text(reply, "session", status.session);
    json_flag(reply, "can_trade", seat->may_trade);
    json_text(reply, "instrument", first ? first->info.symbol : NULL);
    json_close(reply, '}');
    return true;
}

static bool words_subscribe(struct console_service *service, struct console_seat *seat,
                            const struct command_words *words, struct text *reply)
{
    static const struct {
        const char *name;
        uint32_t kind;
    } kinds[] = {{"fill", TELL_FILL},   {"order", TELL_ORDER},       {"log", TELL_LOG},
                 {"alert", TELL_ALERT}, {"strategy", TELL_STRATEGY}, {"session", TELL_SESSION}};
    uint32_t wishes = 0;
    for (uint32_t i = 1; i < words->count; i++) {
        uint32_t k = 0;
        while (k < 6 && strcmp(kinds[k].name, words->fields[i]) != 0)
            k++;
        if (k == 6) {
            json_refusal(reply, "BAD_KIND", "found '%s', expected fill, order, log, alert, strategy or session",
                         words->fields[i]);
            return false;
        }
        wishes |= kinds[k].kind;
    }
    console_server_wish(service->config.server, seat, wishes);
    json_open(reply, NULL, '{');
    json_int(reply, "kinds", wishes);
    json_close(reply, '}');
    return true;
}

static const struct {
    const char *word;
    service_fn fn;
} questions[] = {{"status", service_status},
                 {"markets", service_markets},
                 {"ticker", service_ticker},
                 {"book", service_book},
                 {"bars", service_bars},
                 {"orders", service_orders},
                 {"order", service_order},
                 {"fills", service_fills},
                 {"positions", service_positions},
                 {"balances", service_balances},
                 {"pnl", service_pnl},
                 {"portfolio", service_portfolio},
                 {"explain", service_explain},
                 {"preview", service_preview},
                 {"alert", service_alert},
                 {"alerts", service_alerts},
                 {"statement", service_statement},
                 {"ledger", service_ledger},
                 {"figures", service_figures},
                 {"walk", service_walk}};

static const char *const lists[] = {"venues", "plugins", "strategies", "risk", "journal", NULL};
static const char *const controls[] = {"pause", "go",   "speed",     "step", "until_fill",
                                       "to",    "back", "reconcile", "stop", NULL};
static const char *const commands[] = {"buy",     "sell",   "close",  "cancel",     "cancel_all", "amend",
                                       "flatten", "kill",   "unkill", "load",       "unload",     "hold",
                                       "resume",  "reload", "set",    "budget",     "may",        "adopt",
                                       "release", "take",   "give",   "no_entries", "entries",    NULL};

static const char *const unlocked[] = {"cancel", "cancel_all", "flatten",
                                       "kill",   "no_entries", NULL}; /* what ends risk */

static bool is_among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

static bool unknown_word(const char *word, struct text *reply)
{
    const char *names[64];
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        names[count++] = questions[i].word;
    for (int i = 0; lists[i]; i++)
        names[count++] = lists[i];
    for (int i = 0; controls[i]; i++)
        names[count++] = controls[i];
    for (int i = 0; commands[i]; i++)
        names[count++] = commands[i];
    names[count] = NULL;
    const char *nearest = text_nearest(word, names);
    json_refusal(reply, "UNKNOWN_WORD", "'%.40s' is not a word of the console%s%s%s", word,
                 nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return false;
}

/* Whether this seat may use verbs now. */
static bool may(struct console_service *service, const struct console_seat *seat, const char *word, struct text *reply)
{
    struct console_service_status status = {0};
    if (!seat->may_trade) {
        json_refusal(reply, "READ_ONLY", "this console is attached to read: %s changes something; attach with --trade",
                     word);
        return false;
    }
    service->config.host->status(service->config.host->self, &status);
    bool is_order = is_among(word, commands);
    if (status.is_live && !seat->is_unlocked && is_order && !is_among(word, unlocked)) {
        json_refusal(
            reply, "LOCKED",
            "live is locked: live.unlock() first; cancel, cancel_all, flatten, kill and no_entries need no unlock");
        return false;
    }
    if (is_order && strcmp(status.mode, "replay") == 0) {
        json_refusal(reply, "RECORDED",
                     "this is a recording: nothing in it can be changed; step, to and back move in it");
        return false;
    }
    if (status.is_ended && is_order) {
        json_refusal(reply, "FEED_ENDED", "the feed has ended: no order can be filled any more");
        return false;
    }
    return true;
}

/* What a live buy, sell or amend would be worth. False: *reply says what is wrong with it, or *ret_rc that nobody knows. */
static bool worth_of(struct console_service *service, const struct command_words *words, oc_i128 *ret_value,
                     oc_rc *ret_rc, struct text *reply)
{
    struct oc_request request = {0};
    const char *word = words->fields[0];
    uint64_t id = 0;
    if (strcmp(word, "amend") == 0) {
        const struct order *order = words->count > 1 && text_to_order(words->fields[1], &id)
                                        ? orders_find(engine_orders(service->engine), id)
                                        : NULL;
        if (order)
            request = order->now;
        if (!order || !service_parse_amend(service, words, order, &request, reply))
            return reply->size == 0; /* what it names is not there: refused when it is carried out */
    } else if (!service_parse_order(service, words, 0, &request, reply)) {
        return false;
    }
    const struct instrument *instrument = instruments_get(service->instruments, request.head.inst);
    const struct market *market = markets_get(engine_markets(service->engine), request.head.inst);
    int64_t price = request.bits & OC_RQ_HAS_PRICE ? request.price : 0;
    if (market && market->has_mark && market->mark2 / 2 > price) /* a low limit to sell is filled at the market */
        price = market->mark2 / 2;
    if (price <= 0)
        *ret_rc = OC_E_NOT_FOUND;
    else if (request.bits & OC_RQ_HAS_QUOTE_QTY)
        *ret_rc = money_from_dec(request.quote_qty, ret_value);
    else
        *ret_rc = instrument_value(instrument, price, request.qty, ret_value);
    return true;
}

/* A live order above the set size is asked about once. */
static bool is_sure(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct console_service_status status = {0};
    static const char *const asked[] = {"buy", "sell", "amend", NULL};
    const char *sure = service_option(words, 1, "sure");
    oc_i128 value = 0, limit = 0;
    oc_rc rc = OC_OK;
    service->config.host->status(service->config.host->self, &status);
    if (!status.is_live || service->config.ask_above.units == 0 || (sure && strcmp(sure, "1") == 0) ||
        !is_among(words->fields[0], asked))
        return true;
    if (!worth_of(service, words, &value, &rc, reply))
        return false;
    (void)money_from_dec(service->config.ask_above, &limit); /* 0 then: every order asks */
    if (rc == OC_OK && value <= limit)
        return true;
    char shown[64] = "an amount nobody knows", most[64];
    if (rc == OC_OK)
        money_to_text(value, 2, true, shown);
    money_to_text(limit, 2, true, most);
    json_refusal(reply, "SURE", "this order is worth %s, above console.ask_above %s: say sure=1 to send it", shown,
                 most);
    return false;
}

static bool command(struct console_service *service, const struct console_seat *seat, struct command_words *words,
                    struct text *reply)
{
    struct text line;
    char by[48];
    for (uint32_t i = 1; i < words->count; i++) {
        if (strncmp(words->fields[i], "by=", 3) != 0)
            continue;
        json_refusal(reply, "BAD_OPTION", "by= is the host's to say: it is the name this console said hello with");
        return false;
    }
    if (!is_sure(service, words, reply) || !service->config.host->prepare(service->config.host->self, words, reply))
        return false;
    text_init_grow(&line, OC_EVENT_MAX - 256);
    for (uint32_t i = 0; i < words->count; i++)
        if (i == 0 || strncmp(words->fields[i], "sure=", 5) != 0)
            line_put(&line, words->fields[i]);
    snprintf(by, sizeof by, "by=%s", seat->name);
    line_put(&line, by);
    bool is_ok = false;
    if (line.is_cut)
        json_refusal(reply, "TOO_LONG", "a command has at most 64 KiB, the text of a strategy included");
    else
        is_ok = service->config.host->command(service->config.host->self, line.data, line.size, reply);
    text_release(&line);
    return is_ok;
}

static bool seat_word(struct console_service *service, struct console_seat *seat, const char *word, struct text *reply)
{
    struct console_service_status status = {0};
    service->config.host->status(service->config.host->self, &status);
    if (strcmp(word, "trade") == 0)
        seat->may_trade = true;
    else if (!seat->may_trade)
        return may(service, seat, word, reply);
    else
        seat->is_unlocked = strcmp(word, "unlock") == 0;
    json_open(reply, NULL, '{');
    json_flag(reply, "can_trade", seat->may_trade);
    json_flag(reply, "unlocked", seat->is_unlocked || !status.is_live);
    json_close(reply, '}');
    return true;
}

/* OC_E_AGAIN: answered later. Positive: ok. 0: refused. */
static oc_rc answer(struct console_service *service, struct console_seat *seat, struct command_words *words,
                    struct text *reply)
{
    const char *word = words->fields[0];
    if (strcmp(word, "hello") == 0)
        return words_hello(service, seat, words, reply);
    if (strcmp(word, "subscribe") == 0)
        return words_subscribe(service, seat, words, reply);
    if (strcmp(word, "trade") == 0 || strcmp(word, "unlock") == 0 || strcmp(word, "lock") == 0)
        return seat_word(service, seat, word, reply);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        if (strcmp(questions[i].word, word) == 0)
            return questions[i].fn(service, words, reply);
    if (is_among(word, lists))
        return service->config.host->list(service->config.host->self, word, words, reply);
    if (is_among(word, controls)) {
        if (!may(service, seat, word, reply))
            return 0;
        oc_rc rc = service->config.host->control(service->config.host->self, words, reply);
        struct command_words status = {.fields = {"status"}, .count = 1};
        if (rc >= 0)
            return service_status(service, &status, reply);
        return rc == OC_E_AGAIN ? rc : 0;
    }
    if (is_among(word, commands))
        return may(service, seat, word, reply) && command(service, seat, words, reply);
    return unknown_word(word, reply);
}

bool console_service_ask(struct console_service *service, const struct command_words *words, struct text *reply)
{
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        if (strcmp(questions[i].word, words->fields[0]) == 0)
            return questions[i].fn(service, words, reply);
    return false;
}

static void put_done(struct text *reply)
{
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_text(reply, "note", "carried out; the answer does not fit a line");
    json_close(reply, '}');
}

void console_service_turn(struct console_service *service)
{
    struct console_seat *seat;
    if (!service->config.server)
        return;
    for (int turns = 0;
         turns < CONSOLE_SERVER_SEATS_MAX && (seat = console_server_take(service->config.server)) != NULL; turns++) {
        struct command_words words = {.count = seat->field_count};
        memcpy(words.fields, seat->fields, seat->field_count * sizeof words.fields[0]);
        text_clear(&service->reply);
        service->asking = seat;
        oc_rc rc = answer(service, seat, &words, &service->reply);
        if (rc == OC_E_AGAIN && !service->waiting) {
            service->waiting = seat;
            continue;
        }
        if (rc == OC_E_AGAIN)
            json_refusal(&service->reply, "BUSY", "another console's step is under way");
        if (service->reply.is_cut) {
            bool was_done = rc > 0 && is_among(words.fields[0], commands);
            rc = was_done; /* what was carried out is not to be taken for refused */
            if (was_done)
                put_done(&service->reply);
            else
                json_refusal(&service->reply, "TOO_LONG", "the answer does not fit a line: ask for less");
        }
        console_server_reply(service->config.server, seat, rc > 0, service->reply.data, service->reply.size);
    }
}

void console_service_answer_waiting(struct console_service *service, bool is_ok)
{
    struct console_seat *seat = service->waiting;
    if (!seat)
        return;
    service->waiting = NULL;
    text_clear(&service->reply);
    struct command_words words = {.fields = {"status"}, .count = 1};
    service_status(service, &words, &service->reply);
    console_server_reply(service->config.server, seat, is_ok, service->reply.data, service->reply.size);
}

struct console_token console_service_token(const struct console_service *service)
{
    return service->asking ? console_server_give(service->config.server, service->asking)
                           : (struct console_token){.wishes = 0};
}

void console_service_take_over(struct console_service *service, const struct console_token *token)
{
    service->waiting = console_server_receive(service->config.server, token);
}

bool console_service_is_pressed(const struct console_service *service)
{
    return service->waiting && console_server_is_pressed(service->config.server, service->waiting);
}

bool console_service_is_waiting(const struct console_service *service) { return service->waiting != NULL; }

oc_rc console_service_new(const struct console_service_config *config, struct console_service **ret_desk)
{
    struct console_service *service = env_alloc(sizeof *service);
    if (!service)
        return OC_E_NOMEM;
    service->config = *config;
    service->engine = config->engine;
    service->instruments = engine_instruments(config->engine);
    service->portfolio = engine_portfolio(config->engine);
    service->fed_ns = service->day_end_ns = INT64_MIN;
    text_init_grow(&service->reply, COMMAND_LINE_MAX);
    text_init_grow(&service->told, 4096);
    service->fills = env_alloc(CONSOLE_FILLS_MAX * sizeof *service->fills);
    service->histories = env_alloc(CONSOLE_HISTORIES_MAX * sizeof *service->histories);
    if (!service->fills || !service->histories) {
        console_service_free(service);
        return OC_E_NOMEM;
    }
    struct engine_witness witness = {service, order_history_witness};
    engine_set_witness(service->engine, &witness);
    *ret_desk = service;
    return OC_OK;
}

void console_service_free(struct console_service *service)
{
    if (!service)
        return;
    engine_set_witness(service->engine, NULL);
    for (int i = 0; i < CONSOLE_BAR_HISTORIES_MAX; i++)
        env_free(service->bars[i]);
    env_free(service->fills);
    env_free(service->histories);
    text_release(&service->reply);
    text_release(&service->told);
    env_free(service);
}

void console_service_tell(struct console_service *service, enum tell_kind kind, const struct text *json)
{
    if (service->config.server)
        console_server_tell(service->config.server, kind, json->data, json->size);
}

/* Helpers of all questions. */

bool service_instrument(struct console_service *service, const struct command_words *words, uint32_t i,
                        const struct instrument **ret_instrument, struct text *reply)
{
    char symbol[OC_SYMBOL_MAX + OC_VENUE_MAX];
    const char *asked = i < words->count ? words->fields[i] : "";
    if (!*asked) {
        *ret_instrument = instruments_at(service->instruments, 1);
        if (*ret_instrument)
            return true;
        json_refusal(reply, "NO_MARKET", "there is no instrument yet");
        return false;
    }
    snprintf(symbol, sizeof symbol, "%s", asked);
    uint32_t inst = instruments_find(service->instruments, symbol);
    if (!inst) { /* symbols are upper case; a venue before the colon stays as it is */
        char *slash = strchr(symbol, '/'), *colon = strchr(symbol, ':');
        for (char *at = colon && (!slash || colon < slash) ? colon : symbol; *at; at++)
            if (*at >= 'a' && *at <= 'z')
                *at = (char)(*at - 'a' + 'A');
        inst = instruments_find(service->instruments, symbol);
    }
    *ret_instrument = inst ? instruments_get(service->instruments, inst) : NULL;
    if (*ret_instrument && !instruments_is_ambiguous(service->instruments, symbol))
        return true;
    if (*ret_instrument) {
        json_refusal(reply, "VENUE_NEEDED", "%s trades at several venues: say which, as %s", symbol,
                     instruments_name(service->instruments, *ret_instrument));
        return false;
    }
    const char *names[65];
    uint32_t count = 0;
    for (uint32_t k = 1; k < instruments_count(service->instruments) && count < 64; k++) {
        const struct instrument *known = instruments_at(service->instruments, k);
        if (known)
            names[count++] = instruments_name(service->instruments, known);
    }
    names[count] = NULL;
    const char *nearest = text_nearest(symbol, names);
    json_refusal(reply, "BAD_SYMBOL", "no instrument '%.60s'%s%s%s", asked,
                 nearest ? "; did you mean '" : "; see markets", nearest ? nearest : "", nearest ? "'?" : "");
    return false;
}

uint64_t service_from(const struct command_words *words, uint32_t i)
{
    int64_t from = 0;
    if (i < words->count && text_to_int(words->fields[i], strlen(words->fields[i]), &from) == OC_OK && from > 0)
        return (uint64_t)from;
    return 0;
}

const char *service_option(const struct command_words *words, uint32_t first, const char *name)
{
    size_t size = strlen(name);
    for (uint32_t i = first; i < words->count; i++)
        if (strncmp(words->fields[i], name, size) == 0 && words->fields[i][size] == '=')
            return words->fields[i] + size + 1;
    return NULL;
}

void service_next(struct text *reply, bool has_more, uint64_t next)
{
    if (has_more)
        json_int(reply, "next", (int64_t)next);
    else
        json_null(reply, "next");
}
