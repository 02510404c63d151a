/* face_binanceus.c: what the face `binanceus` is asked, who may ask it, and how often. */
#include "rehearsal/face_binanceus.h"

#include "base/hash.h"
#include "base/json_out.h"

#include <stdio.h>

enum { WINDOW_MS = 5000, WINDOW_MAX_MS = 60000, AHEAD_MS = 1000, TRADES_MAX = 1000 };
#define HOUR_NS 3600000000000ll

enum security { OPEN, BY_KEY, SIGNED, TRADES };

struct route {
    uint8_t method;
    const char *path;
    uint32_t weight;
    uint32_t orders; /* it counts as so many */
    enum security security;
    enum fault_of of;
    void (*answer)(struct bn_call *call);
};

/* ---- refusals ---- */

static void put_refusal(struct venue_answer *ret, uint32_t status, int code, const char *words)
{
    text_clear(&ret->body);
    ret->status = status;
    json_open(&ret->body, NULL, '{');
    json_int(&ret->body, "code", code);
    json_text(&ret->body, "msg", words);
    json_close(&ret->body, '}');
}

void bn_refuse(struct bn_call *call, uint32_t status, int code, const char *words)
{
    put_refusal(call->ret, status, code, words);
}

/* Of the venue as such: maintenance, faults, a path that there is not. */
void bn_words_refuse(struct venue_answer *ret, uint32_t status, const char *code, const char *words)
{
    const bool is_closed = strcmp(code, "MAINTENANCE") == 0, is_open_end = strcmp(code, "UNKNOWN_OUTCOME") == 0;
    (void)words;
    put_refusal(ret, status,
                is_closed     ? -1016
                : is_open_end ? -1006
                              : -1001,
                is_closed     ? "This service is no longer available."
                : is_open_end ? "An unexpected response was received from the message bus. Execution status unknown."
                              : "Internal error; unable to process your request. Please try again.");
}

int bn_code_of(enum core_why why, const char **ret_words)
{
    static const struct {
        enum core_why why;
        int code;
        const char *words;
    } codes[] = {{CORE_NO_INSTRUMENT, -1121, "Invalid symbol."},
                 {CORE_HALTED, -2010, "Market is closed."},
                 {CORE_BAD_PRICE, -1013, "Filter failure: PRICE_FILTER"},
                 {CORE_BAD_QTY, -1013, "Filter failure: LOT_SIZE"},
                 {CORE_BELOW_MIN_QTY, -1013, "Filter failure: LOT_SIZE"},
                 {CORE_ABOVE_MAX_QTY, -1013, "Filter failure: LOT_SIZE"},
                 {CORE_BELOW_MIN_NOTIONAL, -1013, "Filter failure: NOTIONAL"},
                 {CORE_NO_FUNDS, -2010, "Account has insufficient balance for requested action."},
                 {CORE_CLIENT_ID_USED, -2010, "Duplicate order sent."},
                 {CORE_WOULD_TAKE, -2010, "Order would immediately match and take."},
                 {CORE_WOULD_TRIGGER, -2010, "Order would trigger immediately."},
                 {CORE_TOO_MANY_OPEN, -1013, "Filter failure: EXCHANGE_MAX_NUM_ORDERS"},
                 {CORE_NOT_OPEN, -2011, "Unknown order sent."},
                 {CORE_NOT_FOUND, -2011, "Unknown order sent."},
                 {CORE_NO_SUCH_KIND, -2010, "Unsupported order combination"}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].why == why) {
            *ret_words = codes[i].words;
            return codes[i].code;
        }
    *ret_words = "An unknown error occurred while processing the request.";
    return -1000;
}

void bn_refuse_why(struct bn_call *call, enum core_why why)
{
    const char *words;
    const int code = bn_code_of(why, &words);
    bn_refuse(call, code == -1000 ? 503 : 400, code, words);
}

/* ---- what stands in a query ---- */

bool bn_query(const struct bn_call *call, const char *name, char *ret_value, size_t size_max)
{
    return venue_query(call->query, name, ret_value, size_max);
}

bool bn_number(struct bn_call *call, const char *name, int64_t fallback, int64_t least, int64_t most,
               int64_t *ret_number)
{
    char text[24], words[96];
    *ret_number = fallback;
    if (!bn_query(call, name, text, sizeof text))
        return true;
    if (text_to_int(text, strlen(text), ret_number) == OC_OK && *ret_number >= least && *ret_number <= most)
        return true;
    snprintf(words, sizeof words, "Illegal characters found in parameter '%s'; legal range is '^[0-9]{1,20}$'.", name);
    bn_refuse(call, 400, -1100, words);
    return false;
}

bool bn_inst(struct bn_call *call, bool is_needed, uint32_t *ret_inst)
{
    char symbol[CORE_NAME_MAX];
    *ret_inst = CORE_NONE;
    if (!bn_query(call, "symbol", symbol, sizeof symbol)) {
        if (is_needed)
            bn_refuse(call, 400, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
        return !is_needed;
    }
    *ret_inst = core_inst_named(call->venue->core, symbol);
    if (*ret_inst == CORE_NONE)
        bn_refuse_why(call, CORE_NO_INSTRUMENT);
    return *ret_inst != CORE_NONE;
}

/* ---- for everybody ---- */

static void get_ping(struct bn_call *call) { text_put(&call->ret->body, "{}"); }

static void get_time(struct bn_call *call)
{
    struct text *out = &call->ret->body;
    json_open(out, NULL, '{');
    json_int(out, "serverTime", venue_clock(call->venue) / 1000000);
    json_close(out, '}');
}

static void get_system_status(struct bn_call *call) { text_put(&call->ret->body, "{\"status\":0,\"msg\":\"normal\"}"); }

static void get_depth(struct bn_call *call)
{
    uint32_t inst;
    int64_t limit;
    struct text *out = &call->ret->body;
    if (!bn_inst(call, true, &inst) || !bn_number(call, "limit", 100, 1, 5000, &limit))
        return;
    json_open(out, NULL, '{');
    json_int(out, "lastUpdateId", (int64_t)core_inst(call->venue->core, inst)->book_seq);
    bn_put_levels(call->venue->core, out, "bids", inst, CORE_BUY, (uint32_t)limit);
    bn_put_levels(call->venue->core, out, "asks", inst, CORE_SELL, (uint32_t)limit);
    json_close(out, '}');
}

static void get_trades(struct bn_call *call)
{
    static struct core_trade trades[TRADES_MAX];
    uint32_t inst;
    int64_t limit;
    struct text *out = &call->ret->body;
    if (!bn_inst(call, true, &inst) || !bn_number(call, "limit", 500, 1, TRADES_MAX, &limit))
        return;
    const struct core_inst *in = core_inst(call->venue->core, inst);
    uint32_t count = core_trades(call->venue->core, inst, trades, (uint32_t)limit);
    json_open(out, NULL, '[');
    while (count) {
        const struct core_trade *trade = &trades[--count];
        json_open(out, NULL, '{');
        json_int(out, "id", (int64_t)trade->number);
        bn_put_units(out, "price", trade->price, in->price_step);
        bn_put_units(out, "qty", trade->qty, in->qty_step);
        bn_put_money(out, "quoteQty", (oc_i128)trade->price * trade->qty * in->value_unit);
        json_int(out, "time", trade->at_ns / 1000000);
        json_flag(out, "isBuyerMaker", trade->side == CORE_SELL);
        json_flag(out, "isBestMatch", true);
        json_close(out, '}');
    }
    json_close(out, ']');
}

struct kline {
    int64_t open_ms, line[4], volume, count; /* line: open, high, low, close */
};

static int64_t kline_period_ms(const struct bn_call *call)
{
    static const struct {
        const char *name;
        int64_t minutes;
    } periods[] = {{"1m", 1}, {"3m", 3}, {"5m", 5}, {"15m", 15}, {"30m", 30}, {"1h", 60}, {"4h", 240}, {"1d", 1440}};
    char name[8];
    for (size_t i = 0; bn_query(call, "interval", name, sizeof name) && i < sizeof periods / sizeof *periods; i++)
        if (strcmp(periods[i].name, name) == 0)
            return periods[i].minutes * 60000;
    return 0;
}

/* The venue's own candle: a period without a trade has one too, at the close before it. */
static void put_kline(struct text *out, const struct core_inst *in, const struct kline *kline, int64_t period_ms)
{
    json_open(out, NULL, '[');
    json_int(out, NULL, kline->open_ms);
    for (int i = 0; i < 4; i++)
        bn_put_units(out, NULL, kline->line[i], in->price_step);
    bn_put_units(out, NULL, kline->volume, in->qty_step);
    json_int(out, NULL, kline->open_ms + period_ms - 1);
    json_text(out, NULL, "0.00000000");
    json_int(out, NULL, kline->count);
    for (int i = 0; i < 3; i++)
        json_text(out, NULL, "0");
    json_close(out, ']');
}

static void get_klines(struct bn_call *call)
{
    static struct core_trade trades[TRADES_MAX];
    uint32_t inst;
    int64_t limit, from_ms, to_ms;
    const int64_t period_ms = kline_period_ms(call), now_ms = venue_clock(call->venue) / 1000000;
    struct text *out = &call->ret->body;
    if (!bn_inst(call, true, &inst) || !bn_number(call, "limit", 500, 1, 1000, &limit) ||
        !bn_number(call, "startTime", 0, 0, INT64_MAX, &from_ms) ||
        !bn_number(call, "endTime", now_ms, 0, INT64_MAX, &to_ms))
        return;
    if (!period_ms) {
        bn_refuse(call, 400, -1120, "Invalid interval.");
        return;
    }
    const struct core_inst *in = core_inst(call->venue->core, inst);
    uint32_t left = core_trades(call->venue->core, inst, trades, TRADES_MAX);
    struct kline kline = {.open_ms = left ? trades[left - 1].at_ns / 1000000 / period_ms * period_ms : INT64_MAX};
    json_open(out, NULL, '[');
    while (kline.open_ms <= to_ms && kline.open_ms <= now_ms && limit > 0) {
        for (int i = 0; i < 3; i++)
            kline.line[i] = kline.line[3];
        kline.volume = kline.count = 0;
        for (; left && trades[left - 1].at_ns / 1000000 < kline.open_ms + period_ms; left--) {
            const struct core_trade *trade = &trades[left - 1];
            for (int i = 0; i < 3 && !kline.count; i++)
                kline.line[i] = trade->price;
            kline.line[1] = trade->price > kline.line[1] ? trade->price : kline.line[1];
            kline.line[2] = trade->price < kline.line[2] ? trade->price : kline.line[2];
            kline.line[3] = trade->price;
            kline.volume += trade->qty;
            kline.count++;
        }
        if (kline.open_ms >= from_ms) {
            put_kline(out, in, &kline, period_ms);
            limit--;
        }
        kline.open_ms += period_ms;
    }
    json_close(out, ']');
}

static void put_book_ticker(const struct core *core, struct text *out, uint32_t inst)
{
    static const char *const names[2][2] = {{"bidPrice", "bidQty"}, {"askPrice", "askQty"}};
    const struct core_inst *in = core_inst(core, inst);
    json_open(out, NULL, '{');
    json_text(out, "symbol", in->symbol);
    for (int i = 0; i < 2; i++) {
        struct core_level level = {0, 0};
        (void)core_levels(core, inst, i ? CORE_SELL : CORE_BUY, &level, 1);
        bn_put_units(out, names[i][0], level.price, in->price_step);
        bn_put_units(out, names[i][1], level.qty, in->qty_step);
    }
    json_close(out, '}');
}

static void get_book_ticker(struct bn_call *call)
{
    uint32_t inst;
    if (!bn_inst(call, false, &inst))
        return;
    if (inst != CORE_NONE) {
        put_book_ticker(call->venue->core, &call->ret->body, inst);
        return;
    }
    json_open(&call->ret->body, NULL, '[');
    for (uint32_t i = 0; i < core_inst_count(call->venue->core); i++)
        put_book_ticker(call->venue->core, &call->ret->body, i);
    json_close(&call->ret->body, ']');
}

/* ---- listen keys: one a key of the account, for an hour from when it was asked for last ---- */

struct venue_key *bn_listener(struct rehearsal *venue, const char *listen_key)
{
    for (uint32_t i = 0; i < venue->key_count; i++)
        if (venue->keys[i].listen_until_ns > venue_clock(venue) && strcmp(venue->keys[i].listen, listen_key) == 0)
            return &venue->keys[i];
    return NULL;
}

static void post_listen_key(struct bn_call *call)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    struct venue_key *key = call->key;
    const int64_t now_ns = venue_clock(call->venue);
    if (key->listen_until_ns <= now_ns) { /* another one, that nobody guesses: made of the secret and the time */
        uint64_t state = hash64(key->secret, sizeof key->secret) ^ (uint64_t)now_ns;
        for (size_t i = 0; i + 1 < sizeof key->listen; i++) {
            state = hash64(&state, sizeof state);
            key->listen[i] = letters[state % (sizeof letters - 1)];
        }
    }
    key->listen_until_ns = now_ns + HOUR_NS;
    json_open(&call->ret->body, NULL, '{');
    json_text(&call->ret->body, "listenKey", key->listen);
    json_close(&call->ret->body, '}');
}

static void put_listen_key(struct bn_call *call)
{
    char listen[72] = "";
    (void)bn_query(call, "listenKey", listen, sizeof listen);
    if (!*listen || !call->key || bn_listener(call->venue, listen) != call->key) {
        bn_refuse(call, 400, -1125, "This listenKey does not exist.");
        return;
    }
    call->key->listen_until_ns = call->ask->method == OC_METHOD_DELETE ? 0 : venue_clock(call->venue) + HOUR_NS;
    text_put(&call->ret->body, "{}");
}

static void get_rate_limit(struct bn_call *call)
{
    struct text *out = &call->ret->body;
    json_open(out, NULL, '[');
    for (uint32_t rule = BN_ORDERS_10S; rule <= BN_ORDERS_1D; rule++) {
        json_open(out, NULL, '{');
        json_text(out, "rateLimitType", "ORDERS");
        json_text(out, "interval", rule == BN_ORDERS_10S ? "SECOND" : "DAY");
        json_int(out, "intervalNum", rule == BN_ORDERS_10S ? 10 : 1);
        json_int(out, "limit", call->venue->face->quotas[rule].max);
        json_int(out, "count", quota_used(&call->venue->quota, venue_clock(call->venue), rule, call->key->id));
        json_close(out, '}');
    }
    json_close(out, ']');
}

/* ---- which is asked for ---- */

static const struct route routes[] = {
    {OC_METHOD_GET, "/api/v3/ping", 1, 0, OPEN, FAULT_OF_READS, get_ping},
    {OC_METHOD_GET, "/api/v3/time", 1, 0, OPEN, FAULT_OF_READS, get_time},
    {OC_METHOD_GET, "/api/v3/exchangeInfo", 10, 0, OPEN, FAULT_OF_READS, bn_get_exchange_info},
    {OC_METHOD_GET, "/api/v3/depth", 10, 0, OPEN, FAULT_OF_READS, get_depth},
    {OC_METHOD_GET, "/api/v3/trades", 1, 0, OPEN, FAULT_OF_READS, get_trades},
    {OC_METHOD_GET, "/api/v3/klines", 1, 0, OPEN, FAULT_OF_READS, get_klines},
    {OC_METHOD_GET, "/api/v3/ticker/bookTicker", 2, 0, OPEN, FAULT_OF_READS, get_book_ticker},
    {OC_METHOD_GET, "/api/v3/ticker/24hr", 2, 0, OPEN, FAULT_OF_READS, bn_get_ticker},
    {OC_METHOD_GET, "/sapi/v1/system/status", 1, 0, OPEN, FAULT_OF_READS, get_system_status},
    {OC_METHOD_GET, "/api/v3/account", 10, 0, SIGNED, FAULT_OF_READS, bn_get_account},
    {OC_METHOD_GET, "/api/v3/order", 2, 0, SIGNED, FAULT_OF_READS, bn_get_order},
    {OC_METHOD_GET, "/api/v3/openOrders", 40, 0, SIGNED, FAULT_OF_READS, bn_get_open_orders},
    {OC_METHOD_GET, "/api/v3/allOrders", 10, 0, SIGNED, FAULT_OF_READS, bn_get_all_orders},
    {OC_METHOD_GET, "/api/v3/myTrades", 10, 0, SIGNED, FAULT_OF_READS, bn_get_my_trades},
    {OC_METHOD_GET, "/sapi/v1/capital/deposit/hisrec", 1, 0, SIGNED, FAULT_OF_READS, bn_get_deposits},
    {OC_METHOD_GET, "/sapi/v1/capital/withdraw/history", 1, 0, SIGNED, FAULT_OF_READS, bn_get_withdrawals},
    {OC_METHOD_GET, "/sapi/v1/fiatpayment/query/deposit/history", 1, 0, SIGNED, FAULT_OF_READS, bn_get_fiat_deposits},
    {OC_METHOD_GET, "/sapi/v1/fiatpayment/query/withdraw/history", 1, 0, SIGNED, FAULT_OF_READS,
     bn_get_fiat_withdrawals},
    {OC_METHOD_GET, "/api/v3/rateLimit/order", 20, 0, SIGNED, FAULT_OF_READS, get_rate_limit},
    {OC_METHOD_POST, "/api/v3/order", 1, 1, TRADES, FAULT_OF_ORDERS, bn_post_order},
    {OC_METHOD_POST, "/api/v3/order/test", 1, 0, TRADES, FAULT_OF_READS, bn_post_order_test},
    {OC_METHOD_POST, "/api/v3/order/cancelReplace", 1, 1, TRADES, FAULT_OF_AMENDS, bn_post_cancel_replace},
    {OC_METHOD_DELETE, "/api/v3/order", 1, 0, TRADES, FAULT_OF_CANCELS, bn_delete_order},
    {OC_METHOD_DELETE, "/api/v3/openOrders", 1, 0, TRADES, FAULT_OF_CANCELS, bn_delete_open_orders},
    {OC_METHOD_POST, "/api/v3/userDataStream", 1, 0, BY_KEY, FAULT_OF_READS, post_listen_key},
    {OC_METHOD_PUT, "/api/v3/userDataStream", 1, 0, BY_KEY, FAULT_OF_READS, put_listen_key},
    {OC_METHOD_DELETE, "/api/v3/userDataStream", 1, 0, BY_KEY, FAULT_OF_READS, put_listen_key},
};

static const struct route *route_of(const struct venue_ask *ask)
{
    const size_t size = strcspn(ask->path, "?");
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (routes[i].method == ask->method && strlen(routes[i].path) == size &&
            memcmp(routes[i].path, ask->path, size) == 0)
            return &routes[i];
    return NULL;
}

static enum fault_of of_ask(const struct venue_ask *ask)
{
    const struct route *route = route_of(ask);
    return route ? route->of : FAULT_OF_READS;
}

/* Query and body one behind the other, as they came, without the signature: that is what is signed. */
static void put_signed(struct text *out, const char *part)
{
    const char *at = strncmp(part, "signature=", 10) == 0 ? part : strstr(part, "&signature=");
    if (!at) {
        text_put(out, part);
        return;
    }
    text_put_bytes(out, part, (size_t)(at - part));
    const char *behind = strchr(at + 1, '&');
    if (behind) /* it stood in the middle */
        text_put(out, at == part ? behind + 1 : behind);
}

/* 0: it is; else the code of why not. */
static int judge_signature(struct bn_call *call, const char **ret_words)
{
    char time[24] = "", window[12] = "", sign[72] = "";
    int64_t said_ms = 0, window_ms = WINDOW_MS;
    const int64_t now_ms = venue_clock(call->venue) / 1000000;
    const char *query = strchr(call->ask->path, '?');
    struct text text;
    (void)bn_query(call, "timestamp", time, sizeof time);
    (void)bn_query(call, "recvWindow", window, sizeof window);
    (void)bn_query(call, "signature", sign, sizeof sign);
    *ret_words = "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.";
    if (text_to_int(time, strlen(time), &said_ms) < 0)
        return -1102;
    *ret_words = "recvWindow cannot exceed 60000";
    if (*window && (text_to_int(window, strlen(window), &window_ms) < 0 || window_ms < 1 || window_ms > WINDOW_MAX_MS))
        return -1131;
    text_init_grow(&text, VENUE_BODY_MAX + VENUE_HEAD_MAX);
    put_signed(&text, query ? query + 1 : "");
    put_signed(&text, call->ask->body);
    const bool is_signed = !text.is_cut && venue_is_signed(call->key, text.data, text.size, sign);
    text_release(&text);
    *ret_words = "Signature for this request is not valid.";
    if (!is_signed)
        return -1022;
    *ret_words = said_ms >= now_ms + AHEAD_MS ? "Timestamp for this request was 1000ms ahead of the server's time."
                                              : "Timestamp for this request is outside of the recvWindow.";
    return said_ms >= now_ms + AHEAD_MS || now_ms - said_ms > window_ms ? -1021 : 0;
}

static struct venue_key *key_of(struct rehearsal *venue, const char *id)
{
    for (uint32_t i = 0; i < venue->key_count; i++)
        if (*id && strcmp(venue->keys[i].id, id) == 0)
            return &venue->keys[i];
    return NULL;
}

/* Whether the quotas let it pass. */
static bool is_within_quota(struct bn_call *call, uint32_t weight, uint32_t orders)
{
    int64_t wait_ns = 0;
    struct quota *quota = &call->venue->quota;
    const int64_t now_ns = venue_clock(call->venue);
    const char *id = call->key ? call->key->id : NULL;
    const enum quota_verdict verdict = quota_take(quota, now_ns, call->ask->address, id, weight, orders, &wait_ns);
    call->ret->used = quota_used(quota, now_ns, BN_WEIGHT, call->ask->address);
    if (verdict == QUOTA_OK)
        return true;
    const bool is_of_weight = !orders || call->ret->used + weight > quota->rules[BN_WEIGHT].max;
    if (verdict == QUOTA_WAIT && !is_of_weight) {
        bn_refuse(call, 429, -1015, "Too many new orders.");
        return false; /* without a time to wait */
    }
    bn_refuse(call, verdict == QUOTA_WAIT ? 429 : 418, -1003,
              verdict == QUOTA_WAIT ? "Too many requests queued." : "Way too many requests; IP banned.");
    call->ret->retry_after_s = (wait_ns + 999999999) / 1000000000;
    return false;
}

static void carry_out(struct bn_call *call, const struct route *route)
{
    char id[CORE_NAME_MAX];
    const char *words = "Invalid API-key, IP, or permissions for action.";
    int code = 0;
    venue_header(call->ask, "x-mbx-apikey", id, sizeof id);
    call->key = key_of(call->venue, id);
    if (route && route->security >= BY_KEY && !call->key)
        code = *id ? -2015 : -2014;
    else if (route && route->security >= SIGNED)
        code = judge_signature(call, &words);
    if (!code && route && route->security == TRADES && !call->key->may_trade)
        code = -2015;
    if (!is_within_quota(call, route ? route->weight : 1, route && !code ? route->orders : 0))
        return;
    if (!route)
        bn_refuse(call, 404, -1000, "There is no such path.");
    else if (code)
        bn_refuse(call, code <= -2014 || code == -1022 ? 401 : 400, code,
                  code == -2014 ? "API-key format invalid." : words);
    else
        route->answer(call);
    for (uint32_t i = 0; route && route->orders && call->ret->status == 200 && i < 2; i++)
        call->ret->orders_used[i] =
            quota_used(&call->venue->quota, venue_clock(call->venue), BN_ORDERS_10S + i, call->key->id);
}

static void answer(struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret)
{
    struct venue_ask query = *ask;
    struct bn_call call = {.venue = venue, .ask = ask, .query = &query, .ret = ret};
    struct text whole;
    const char *args = strchr(ask->path, '?');
    text_init_grow(&whole, VENUE_BODY_MAX + VENUE_HEAD_MAX);
    text_put(&whole, args ? args : "?"); /* what stands in both is taken from the query */
    text_put(&whole, ask->body_size ? "&" : "");
    text_put_bytes(&whole, ask->body, ask->body_size);
    query.path = whole.data;
    ret->status = 200;
    if (whole.is_cut || strlen(ask->body) != ask->body_size)
        bn_refuse(&call, 400, -1101, "Too many parameters sent for this endpoint.");
    else
        carry_out(&call, route_of(ask));
    text_release(&whole);
    venue->canceling[0] = 0;
}

static const struct face_inst insts[] = {
    {"BTCUSD", "BTC", "USD", {1, 2, 0}, {1, 5, 0}, 1, 900000000, {1, 0, 0}, 6000000},
    {"ETHUSD", "ETH", "USD", {1, 2, 0}, {1, 4, 0}, 1, 90000000, {1, 0, 0}, 300000},
    {"BTCUSDT", "BTC", "USDT", {1, 2, 0}, {1, 5, 0}, 1, 900000000, {1, 0, 0}, 6000000},
    {"ETHBTC", "ETH", "BTC", {1, 5, 0}, {1, 4, 0}, 1, 90000000, {1, 4, 0}, 5000},
};

static const struct quota_rule quotas[] = {{"weight", false, false, 1200, 60000000000ll},
                                           {"orders_10s", true, true, 100, 10000000000ll},
                                           {"orders_1d", true, true, 200000, 86400000000000ll}};

static const char *const headers[] = {"x-mbx-apikey:", NULL};

const struct face face_binanceus = {.name = "binanceus",
                                    .about = "as Binance.US: REST /api/v3, streams, listen keys",
                                    .paths = "https /api/v3/..., wss /ws and /stream",
                                    .rules = {.ids_while_open = true, .fee_of_received = true, .open_max = 200},
                                    .insts = insts,
                                    .inst_count = 4,
                                    .quotas = quotas,
                                    .quota_count = 3,
                                    .maker_ppm = 1500,
                                    .taker_ppm = 2500,
                                    .money = "100000 USD, 100000 USDT, 2 BTC, 10 ETH",
                                    .has_keys = true,
                                    .headers = headers,
                                    .used_header = "x-mbx-used-weight-1m:",
                                    .orders_headers = {"x-mbx-order-count-10s:", "x-mbx-order-count-1d:"},
                                    .of = of_ask,
                                    .answer = answer,
                                    .refuse = bn_words_refuse,
                                    .sit = bn_sit,
                                    .hear = bn_hear,
                                    .tell = bn_tell,
                                    .settled = bn_settled};
