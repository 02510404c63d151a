/* face_oanda.c: what the face `oanda` is asked, who may ask it, and objects of accounts, orders, trades and positions. */
#include "rehearsal/face_oanda.h"

#include "base/json_out.h"

#include <stdio.h>
#include <stdlib.h>

enum { SINCE_MAX = 1000, ORDERS_LISTED = 50, ORDERS_LISTED_MAX = 500 };

/* ---- refusals ---- */

void oa_words(struct venue_answer *ret, uint32_t status, const char *code, const char *words)
{
    text_clear(&ret->body);
    ret->status = status;
    json_open(&ret->body, NULL, '{');
    if (*code)
        json_text(&ret->body, "errorCode", code);
    json_text(&ret->body, "errorMessage", words);
    json_close(&ret->body, '}');
}

static void refuse(struct venue_answer *ret, uint32_t status, const char *code, const char *words)
{
    (void)code;
    oa_words(ret, status, "", strcmp(code, "UNKNOWN_OUTCOME") == 0 ? "Timeout waiting for response." : words);
}

/* ---- who asks ---- */

/* /v3/accounts/ID...: the account, whose token it is. CORE_NONE: *ret says why not. */
uint32_t oa_account_of(const struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret)
{
    char bearer[128], id[CORE_NAME_MAX] = "";
    venue_header(ask, "authorization", bearer, sizeof bearer);
    const struct venue_key *by = NULL;
    for (uint32_t i = 0; i < venue->key_count; i++)
        if (strncmp(bearer, "Bearer ", 7) == 0 && strcmp(bearer + 7, venue->keys[i].secret) == 0)
            by = &venue->keys[i];
    (void)sscanf(ask->path, "/v3/accounts/%31[^/?]", id);
    if (!by)
        oa_words(ret, 401, "", "Insufficient authorization to perform request.");
    else if (*id && strcmp(id, by->id) != 0)
        oa_words(ret, 403, "", "The provided request was forbidden.");
    else
        return by->account;
    return CORE_NONE;
}

void oa_last(struct oa_call *call)
{
    oa_put_id(&call->ret->body, "lastTransactionID", call->own->next[call->account]);
    json_close(&call->ret->body, '}');
}

static struct text *begin(struct oa_call *call)
{
    json_open(&call->ret->body, NULL, '{');
    return &call->ret->body;
}

/* ---- accounts ---- */

static void get_accounts(struct oa_call *call)
{
    struct text *out = begin(call);
    json_open(out, "accounts", '[');
    json_open(out, NULL, '{');
    json_text(out, "id", core_account(call->venue->core, call->account)->name);
    json_open(out, "tags", '[');
    json_close(out, ']');
    json_close(out, '}');
    json_close(out, ']');
    json_close(out, '}');
}

static oc_i128 open_gain(const struct oa_call *call)
{
    oc_i128 gain = 0;
    for (uint32_t i = 0; i < call->own->trade_count; i++) {
        const struct oa_trade *trade = &call->own->trades[i];
        if (trade->account == call->account && trade->units)
            gain += oa_gain(call->venue, trade->inst, trade->units, trade->value);
    }
    return gain;
}

static void get_summary(struct oa_call *call)
{
    struct text *out = begin(call);
    const oc_i128 balance = oa_balance(call->venue, call->account), gain = open_gain(call);
    json_open(out, "account", '{');
    json_text(out, "id", core_account(call->venue->core, call->account)->name);
    json_text(out, "currency", "USD");
    oa_put_money(out, "balance", balance);
    json_flag(out, "hedgingEnabled", false);
    oa_put_money(out, "unrealizedPL", gain);
    oa_put_money(out, "NAV", balance + gain);
    oa_put_money(out, "pl", call->own->cash[call->account]);
    json_text(out, "marginUsed", "0.0000");
    oa_put_money(out, "marginAvailable", balance + gain);
    oa_put_id(out, "lastTransactionID", call->own->next[call->account]);
    json_close(out, '}');
    oa_last(call);
}

static void get_instruments(struct oa_call *call)
{
    struct text *out = begin(call);
    json_open(out, "instruments", '[');
    for (uint32_t i = 0; i < core_inst_count(call->venue->core); i++) {
        const struct core_inst *inst = core_inst(call->venue->core, i);
        json_open(out, NULL, '{');
        json_text(out, "name", inst->symbol);
        json_text(out, "type", strncmp(inst->symbol, "XAU", 3) == 0 ? "METAL" : "CURRENCY");
        json_int(out, "pipLocation", 1 - inst->price_step.scale);
        json_int(out, "displayPrecision", inst->price_step.scale);
        json_int(out, "tradeUnitsPrecision", inst->qty_step.scale);
        venue_put_units(out, "minimumTradeSize", inst->min_qty, inst->qty_step);
        json_text(out, "maximumPositionSize", "0");
        venue_put_units(out, "maximumOrderUnits", inst->max_qty, inst->qty_step);
        json_text(out, "marginRate", "0.02");
        json_close(out, '}');
    }
    json_close(out, ']');
    oa_last(call);
}

/* ---- trades and positions ---- */

static void put_trade(const struct oa_call *call, struct text *out, const char *key, const struct oa_trade *trade)
{
    const struct core_inst *inst = core_inst(call->venue->core, trade->inst);
    const int64_t held = trade->units < 0 ? -trade->units : trade->units;
    json_open(out, key, '{');
    oa_put_id(out, "id", trade->id);
    json_text(out, "instrument", inst->symbol);
    oa_put_average(out, "price", trade->value < 0 ? -trade->value : trade->value, held, inst->price_step);
    json_time(out, "openTime", trade->opened_ns);
    json_text(out, "state", trade->units ? "OPEN" : "CLOSED");
    venue_put_units(out, "initialUnits", trade->initial, inst->qty_step);
    venue_put_units(out, "currentUnits", trade->units, inst->qty_step);
    oa_put_money(out, "unrealizedPL", oa_gain(call->venue, trade->inst, trade->units, trade->value));
    json_text(out, "financing", "0.0000");
    json_close(out, '}');
}

static void get_trades(struct oa_call *call)
{
    struct text *out = begin(call);
    json_open(out, "trades", '[');
    for (uint32_t i = call->own->trade_count; i-- > 0;)
        if (call->own->trades[i].account == call->account && call->own->trades[i].units)
            put_trade(call, out, NULL, &call->own->trades[i]);
    json_close(out, ']');
    oa_last(call);
}

static void put_side(const struct oa_call *call, struct text *out, uint32_t inst, bool is_long, int64_t units,
                     oc_i128 value)
{
    const struct core_inst *of = core_inst(call->venue->core, inst);
    json_open(out, is_long ? "long" : "short", '{');
    venue_put_units(out, "units", units, of->qty_step);
    if (units)
        oa_put_average(out, "averagePrice", value < 0 ? -value : value, units < 0 ? -units : units, of->price_step);
    oa_put_money(out, "unrealizedPL", units ? oa_gain(call->venue, inst, units, value) : 0);
    json_close(out, '}');
}

static void get_positions(struct oa_call *call)
{
    struct text *out = begin(call);
    json_open(out, "positions", '[');
    for (uint32_t inst = 0; inst < core_inst_count(call->venue->core); inst++) {
        int64_t units = 0;
        oc_i128 value = 0;
        for (uint32_t i = 0; i < call->own->trade_count; i++) {
            const struct oa_trade *trade = &call->own->trades[i];
            if (trade->account != call->account || trade->inst != inst)
                continue;
            units += trade->units;
            value += trade->value;
        }
        if (!units)
            continue;
        json_open(out, NULL, '{');
        json_text(out, "instrument", core_inst(call->venue->core, inst)->symbol);
        put_side(call, out, inst, true, units > 0 ? units : 0, value);
        put_side(call, out, inst, false, units < 0 ? units : 0, value);
        json_close(out, '}');
    }
    json_close(out, ']');
    oa_last(call);
}

/* ---- orders ---- */

static void put_order(const struct oa_call *call, const char *key, const struct oa_order *order)
{
    static const char *const states[] = {"", "PENDING", "FILLED", "CANCELLED"};
    struct text *out = &call->ret->body;
    json_open(out, key, '{');
    oa_put_id(out, "id", order->id);
    json_time(out, "createTime", order->created_ns);
    json_text(out, "type", order->type);
    oa_put_terms(call->venue, out, order);
    json_text(out, "state", states[order->state]);
    if (order->filling)
        oa_put_id(out, "fillingTransactionID", order->filling);
    if (order->canceling)
        oa_put_id(out, "cancellingTransactionID", order->canceling);
    if (order->replaced_by)
        oa_put_id(out, "replacedByOrderID", order->replaced_by);
    json_close(out, '}');
}

static void get_orders(struct oa_call *call)
{
    char state[16] = "PENDING", count[8] = "", before[24] = "";
    uint32_t most = ORDERS_LISTED;
    struct text *out = begin(call);
    (void)venue_query(call->ask, "state", state, sizeof state);
    if (venue_query(call->ask, "count", count, sizeof count))
        most = (uint32_t)strtoul(count, NULL, 10);
    most = most > ORDERS_LISTED_MAX ? ORDERS_LISTED_MAX : most;
    const uint64_t end =
        venue_query(call->ask, "beforeID", before, sizeof before) ? strtoull(before, NULL, 10) : UINT64_MAX;
    json_open(out, "orders", '[');
    for (uint32_t i = call->own->order_count; i-- > 0 && most;) {
        const struct oa_order *order = &call->own->orders[i];
        if (order->account != call->account || order->id >= end ||
            (strcmp(state, "ALL") != 0 && order->state != OA_PENDING))
            continue;
        put_order(call, NULL, order);
        most--;
    }
    json_close(out, ']');
    oa_last(call);
}

static void get_order(struct oa_call *call)
{
    const char *spec = call->parts[1];
    for (uint32_t i = call->own->order_count; i-- > 0;) {
        const struct oa_order *order = &call->own->orders[i];
        if (order->account != call->account ||
            !(spec[0] == '@' ? order->state == OA_PENDING && !strcmp(order->client, spec + 1)
                             : order->id == strtoull(spec, NULL, 10)))
            continue;
        (void)begin(call);
        put_order(call, "order", order);
        oa_last(call);
        return;
    }
    oa_words(call->ret, 404, "NO_SUCH_ORDER", "The order ID specified does not exist");
}

/* ---- transactions ---- */

static void get_since(struct oa_call *call)
{
    char id[24] = "";
    struct text *out = begin(call);
    uint32_t left = SINCE_MAX;
    (void)venue_query(call->ask, strcmp(call->parts[1], "idrange") == 0 ? "from" : "id", id, sizeof id);
    const uint64_t behind = strtoull(id, NULL, 10) - (strcmp(call->parts[1], "idrange") == 0);
    json_open(out, "transactions", '[');
    bool is_first = true;
    for (uint32_t i = 0; i < call->own->tx_count && left; i++) {
        const struct oa_tx *tx = &call->own->txs[i];
        if (tx->account != call->account || tx->id <= behind)
            continue;
        text_format(out, "%s%s", is_first ? "" : ",", tx->text);
        is_first = false;
        left--;
    }
    text_put(out, "]");
    text_format(out, ",\"lastTransactionID\":\"%llu\"}", (unsigned long long)call->own->next[call->account]);
}

/* From a time on: pages, and not what stands on them. */
static void get_pages(struct oa_call *call)
{
    struct text *out = begin(call);
    json_open(out, "pages", '[');
    if (call->own->next[call->account])
        json_text(out, NULL, "https://localhost/v3/accounts/x/transactions/idrange?from=1&to=1000");
    json_close(out, ']');
    oa_last(call);
}

static void get_transaction(struct oa_call *call)
{
    const uint64_t id = strtoull(call->parts[1], NULL, 10);
    for (uint32_t i = 0; i < call->own->tx_count; i++)
        if (call->own->txs[i].account == call->account && call->own->txs[i].id == id) {
            text_format(&call->ret->body, "{\"transaction\":%s,\"lastTransactionID\":\"%llu\"}", call->own->txs[i].text,
                        (unsigned long long)call->own->next[call->account]);
            return;
        }
    oa_words(call->ret, 404, "NO_SUCH_TRANSACTION", "The transaction ID specified does not exist");
}

static void get_pricing(struct oa_call *call)
{
    char names[256] = "";
    struct text *out = begin(call);
    (void)venue_query(call->ask, "instruments", names, sizeof names);
    json_open(out, "prices", '[');
    for (uint32_t i = 0; i < core_inst_count(call->venue->core); i++)
        if (strstr(names, core_inst(call->venue->core, i)->symbol)) {
            json_open(out, NULL, '{');
            oa_put_price(call->venue, out, i, true);
            json_close(out, '}');
        }
    json_close(out, ']');
    json_close(out, '}');
}

/* It keeps no candles. */
static void get_candles(struct oa_call *call)
{
    struct text *out = begin(call);
    json_text(out, "instrument", call->parts[1]);
    json_open(out, "candles", '[');
    json_close(out, ']');
    json_close(out, '}');
}

/* ---- routes ---- */

static const struct route {
    uint8_t method;
    const char *parts[3]; /* "*": any; NULL: no more */
    enum fault_of of;
    void (*answer)(struct oa_call *call);
} routes[] = {{OC_METHOD_GET, {"summary"}, FAULT_OF_READS, get_summary},
              {OC_METHOD_GET, {"instruments"}, FAULT_OF_READS, get_instruments},
              {OC_METHOD_GET, {"instruments", "*", "candles"}, FAULT_OF_READS, get_candles},
              {OC_METHOD_GET, {"pricing"}, FAULT_OF_READS, get_pricing},
              {OC_METHOD_GET, {"openTrades"}, FAULT_OF_READS, get_trades},
              {OC_METHOD_GET, {"openPositions"}, FAULT_OF_READS, get_positions},
              {OC_METHOD_GET, {"pendingOrders"}, FAULT_OF_READS, get_orders},
              {OC_METHOD_GET, {"orders"}, FAULT_OF_READS, get_orders},
              {OC_METHOD_GET, {"orders", "*"}, FAULT_OF_READS, get_order},
              {OC_METHOD_GET, {"transactions"}, FAULT_OF_READS, get_pages},
              {OC_METHOD_GET, {"transactions", "sinceid"}, FAULT_OF_READS, get_since},
              {OC_METHOD_GET, {"transactions", "idrange"}, FAULT_OF_READS, get_since},
              {OC_METHOD_GET, {"transactions", "*"}, FAULT_OF_READS, get_transaction},
              {OC_METHOD_POST, {"orders"}, FAULT_OF_ORDERS, oa_post_order},
              {OC_METHOD_PUT, {"orders", "*"}, FAULT_OF_AMENDS, oa_put_order},
              {OC_METHOD_PUT, {"orders", "*", "cancel"}, FAULT_OF_CANCELS, oa_put_order},
              {OC_METHOD_PUT, {"trades", "*", "orders"}, FAULT_OF_ORDERS, oa_put_exits},
              {OC_METHOD_PUT, {"positions", "*", "close"}, FAULT_OF_ORDERS, oa_put_close}};

static void take_apart(struct oa_call *call)
{
    char *rest = NULL;
    text_copy(call->path, sizeof call->path, call->ask->path);
    call->path[strcspn(call->path, "?")] = 0;
    for (char *part = strtok_r(call->path, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
        if (call->part_count == OA_PATH_MAX)
            return;
        call->parts[call->part_count++] = part;
    }
    const uint32_t before = call->part_count < 3 ? call->part_count : 3; /* v3, accounts, ID */
    call->part_count -= before;
    memmove(call->parts, call->parts + before, call->part_count * sizeof *call->parts);
}

static const struct route *route_of(struct oa_call *call)
{
    take_apart(call);
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        uint32_t count = 0;
        bool fits = routes[i].method == call->ask->method;
        for (; count < 3 && routes[i].parts[count]; count++)
            fits &= count < call->part_count && (strcmp(routes[i].parts[count], "*") == 0 ||
                                                 strcmp(routes[i].parts[count], call->parts[count]) == 0);
        if (fits && count == call->part_count)
            return &routes[i];
    }
    return NULL;
}

static enum fault_of of_ask(const struct venue_ask *ask)
{
    struct oa_call call = {.ask = ask};
    const struct route *route = route_of(&call);
    return route ? route->of : FAULT_OF_READS;
}

static void answer(struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret)
{
    struct oa_call call = {.venue = venue, .own = venue->own, .ask = ask, .ret = ret};
    int64_t wait_ns = 0;
    ret->status = 200;
    call.account = oa_account_of(venue, ask, ret);
    if (call.account == CORE_NONE)
        return;
    if (quota_take(&venue->quota, venue_clock(venue), ask->address, NULL, 1, 0, &wait_ns) != QUOTA_OK) {
        oa_words(ret, 429, "", "Too many requests");
        return;
    }
    if (ask->method == OC_METHOD_GET && strcmp(ask->path, "/v3/accounts") == 0) {
        get_accounts(&call);
        return;
    }
    const struct route *route = route_of(&call);
    if (route)
        route->answer(&call);
    else
        oa_words(ret, 404, "", "There is no such path.");
}

/* financing ACCOUNT AMOUNT: what a day costs; `-0.42` is paid. */
static bool command(struct rehearsal *venue, const char *line, struct text *out)
{
    struct oa_own *own = venue->own;
    char name[32] = "", amount[40] = "";
    struct text room, *tx;
    oc_i128 money = 0;
    if (sscanf(line, "financing %31s %39s", name, amount) != 2)
        return false;
    const bool is_minus = amount[0] == '-';
    const uint32_t account = core_account_named(venue->core, name);
    if (account == CORE_NONE || !venue_money(amount + is_minus, strlen(amount + is_minus), &money)) {
        text_put(out, "financing: expected ACCOUNT AMOUNT, such as main -0.42\n");
        return true;
    }
    money = is_minus ? -money : money;
    own->cash[account] += money;
    tx = oa_say(venue, account, "DAILY_FINANCING", "dailyFinancingTransaction", &room);
    oa_put_money(tx, "financing", money);
    oa_put_money(tx, "accountBalance", oa_balance(venue, account));
    (void)oa_said(venue, tx);
    text_format(out, "financing of %s: %s\n", name, amount);
    return true;
}

static const struct face_inst insts[] = {
    {"EUR_USD", "EUR", "USD", {1, 5, 0}, {1, 0, 0}, 1, 100000000, {0, 0, 0}, 108607},
    {"GBP_USD", "GBP", "USD", {1, 5, 0}, {1, 0, 0}, 1, 100000000, {0, 0, 0}, 127012},
    {"XAU_USD", "XAU", "USD", {1, 3, 0}, {1, 0, 0}, 1, 100000, {0, 0, 0}, 2650250},
};

static const struct quota_rule quotas[] = {{"requests", false, false, 120, 1000000000ll}};
static const char *const headers[] = {"authorization:", NULL};

const struct face face_oanda = {.name = "oanda",
                                .about = "as OANDA v20: REST /v3 and streams of lines over HTTP",
                                .paths = "https /v3/accounts/..., streams there too",
                                .rules = {.ids_while_open = true, .fee_of_received = false, .open_max = 1000},
                                .insts = insts,
                                .inst_count = 3,
                                .quotas = quotas,
                                .quota_count = 1,
                                .money = "2000000000 EUR, 2000000000 GBP, 10000000 XAU, 1000000000000 USD",
                                .has_keys = true,
                                .headers = headers,
                                .of = of_ask,
                                .answer = answer,
                                .refuse = refuse,
                                .sit = oa_sit,
                                .hear = oa_hear,
                                .tell = oa_tell,
                                .settled = oa_settled,
                                .beat = oa_beat,
                                .begin = oa_begin,
                                .end = oa_end,
                                .note = oa_note,
                                .act = oa_act,
                                .is_stream = oa_is_stream,
                                .command = command};
