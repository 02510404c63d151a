/* connector.c: OANDA v20: life, questions, and where an answer goes. */
#include "oanda.h"

#include <stdlib.h>

/* A bearer token, set in by the host. */
const char oanda_headers[] = "Authorization: Bearer \r\nAccept-Datetime-Format: RFC3339\r\n";
const uint32_t oanda_headers_size = sizeof oanda_headers - 1;
const struct oc_splice oanda_bearer = {.at = sizeof "Authorization: Bearer " - 1, .field = TOKEN, .in = OC_IN_HEADERS};

struct account *oanda_account(struct oanda *oa, uint32_t account)
{
    for (int i = 0; i < ACCOUNTS; i++)
        if (account && oa->accounts[i].account == account)
            return &oa->accounts[i];
    return NULL;
}

oc_rc oanda_call(struct oanda *oa, struct oc_http *http)
{
    static const struct oc_cost cost = {REQUESTS, 0, 1};
    uint64_t exchange;
    http->size = sizeof *http;
    http->endpoint = REST;
    http->headers = oanda_headers;
    http->headers_size = oanda_headers_size;
    http->splices = &oanda_bearer;
    http->splice_count = 1;
    http->costs = &cost;
    http->cost_count = 1;
    return oa->kit.net->http(oa->kit.host, http, &exchange);
}

void oanda_write_account(struct kit_write *out, const struct account *who)
{
    KIT_WRITE(out, "/v3/accounts/");
    kit_write_id(out, &who->id);
}

uint32_t oanda_why(struct kit_json_text word)
{
    static const struct kit_word says[] = {{"INSUFFICIENT_MARGIN", OC_WHY_INSUFFICIENT_FUNDS},
                                           {"INSUFFICIENT_FUNDS", OC_WHY_INSUFFICIENT_FUNDS},
                                           {"UNITS_MIMIMUM_NOT_MET", OC_WHY_TOO_SMALL}, /* as the venue spells it */
                                           {"UNITS_MINIMUM_NOT_MET", OC_WHY_TOO_SMALL},
                                           {"UNITS_LIMIT_EXCEEDED", OC_WHY_TOO_LARGE},
                                           {"POSITION_SIZE_EXCEEDED", OC_WHY_TOO_LARGE},
                                           {"PRICE_PRECISION_EXCEEDED", OC_WHY_PRICE_OFF_GRID},
                                           {"UNITS_PRECISION_EXCEEDED", OC_WHY_QUANTITY_OFF_GRID},
                                           {"INSTRUMENT_UNKNOWN", OC_WHY_BAD_SYMBOL},
                                           {"MARKET_HALTED", OC_WHY_MARKET_CLOSED},
                                           {"INSTRUMENT_NOT_TRADEABLE", OC_WHY_MARKET_CLOSED},
                                           {"CLIENT_ORDER_ID_ALREADY_EXISTS", OC_WHY_DUPLICATE_ID},
                                           {"ORDER_DOESNT_EXIST", OC_WHY_NOT_FOUND},
                                           {"TRADE_DOESNT_EXIST", OC_WHY_NOT_FOUND},
                                           {"ACCOUNT_LOCKED", OC_WHY_ACCOUNT_LOCKED},
                                           {"CLIENT_REQUEST", OC_WHY_CANCELED_BY_US},
                                           {"CLIENT_REQUEST_REPLACED", OC_WHY_REPLACED},
                                           {"LINKED_TRADE_CLOSED", OC_WHY_LINKED},
                                           {"TIME_IN_FORCE_EXPIRED", OC_WHY_TIME_IN_FORCE},
                                           {"INSUFFICIENT_LIQUIDITY", OC_WHY_NO_LIQUIDITY},
                                           {"BOUNDS_VIOLATION", OC_WHY_PRICE_OUT_OF_BAND}};
    return KIT_WORD_OF(word, says, word.size ? OC_WHY_OTHER : OC_WHY_NONE);
}

oc_rc oanda_fetched(struct oanda *oa, const struct oc_response *in, uint32_t source, oc_rc result, uint32_t count)
{
    return kit_fetched(&oa->kit, in->fetch, source, result, count, 0, NULL, 0);
}

/* ---- questions: every one is asked by an account here ---- */

static const struct kit_word paths[] = {{"/summary", OC_FETCH_CREDENTIALS},
                                        {"/summary", OC_FETCH_BALANCES},
                                        {"/instruments", OC_FETCH_INSTRUMENTS},
                                        {"/openPositions", OC_FETCH_POSITIONS},
                                        {"/pendingOrders", OC_FETCH_OPEN_ORDERS},
                                        {"/orders/", OC_FETCH_ORDER},
                                        {"/transactions/sinceid?id=", OC_FETCH_FILLS}, /* one counter for everything */
                                        {"/transactions/sinceid?id=", OC_FETCH_LEDGER},
                                        {"/transactions/sinceid?id=", OC_FETCH_ORDERS}};

static const char *path_of(uint32_t kind)
{
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i].means == kind)
            return paths[i].word;
    return NULL;
}

static oc_rc write_bars(struct oanda *oa, struct kit_write *out, const struct oc_fetch *ask)
{
    struct oc_instrument info;
    if (oa->kit.names->record(oa->kit.host, ask->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    KIT_WRITE(out, "/v3/instruments/");
    kit_write_text(out, info.venue_symbol);
    KIT_WRITE(out, "/candles?price=BA&smooth=false&dailyAlignment=0&alignmentTimezone=UTC&granularity=");
    kit_write_text(out, ask->period_ns == INT64_C(60000000000)     ? "M1"
                        : ask->period_ns == INT64_C(3600000000000) ? "H1"
                                                                   : "D");
    KIT_WRITE(out, "&from=");
    kit_write_time(out, ask->from_ns, 9);
    KIT_WRITE(out, "&count=5000");
    return OC_OK;
}

static oc_rc write_path(struct oanda *oa, const struct account *who, struct kit_write *out, const struct oc_fetch *ask)
{
    const char *path = path_of(ask->kind);
    if (ask->kind == OC_FETCH_BARS)
        return write_bars(oa, out, ask);
    if (ask->kind == OC_FETCH_ACCOUNTS) {
        KIT_WRITE(out, "/v3/accounts");
        return OC_OK;
    }
    if (!path)
        return OC_E_NOT_SUPPORTED;
    oanda_write_account(out, who);
    kit_write_text(out, path);
    if (ask->kind == OC_FETCH_ORDER && ask->venue_order.size) {
        kit_write_id(out, &ask->venue_order);
    } else if (ask->kind == OC_FETCH_ORDER) {
        KIT_WRITE(out, "%40");
        kit_write_id(out, &ask->client);
    } else if (ask->kind >= OC_FETCH_FILLS && ask->cursor.size) { /* what is behind the cursor */
        kit_write_query(out, (const char *)ask->cursor.bytes, ask->cursor.size);
    } else if (ask->kind >= OC_FETCH_FILLS) {
        KIT_WRITE(out, "1");
    }
    return OC_OK;
}

static oc_rc fetch(void *self, const struct oc_fetch *ask)
{
    struct oanda *oa = self;
    const struct account *who = oanda_account(oa, ask->account);
    char path[1024];
    struct kit_write out = kit_write_begin(path, sizeof path);
    if (!who)
        return OC_E_INVALID;
    const oc_rc rc = write_path(oa, who, &out, ask), size = kit_write_end(&out);
    if (rc < 0 || size < 0)
        return rc < 0 ? rc : size;
    struct oc_http http = {.method = OC_METHOD_GET,
                           .flags = OC_HTTP_SAFE,
                           .lane = (uint8_t)ask->lane,
                           .account = who->account,
                           .token = ask->token,
                           .path = path,
                           .path_size = (uint32_t)size};
    return oanda_call(oa, &http);
}

/* ---- answers ---- */

static oc_rc answer_refused(struct oanda *oa, const struct account *who, const struct oc_response *in)
{
    if (in->status == 404 && in->fetch->kind == OC_FETCH_ORDER) {
        const oc_rc rc = kit_absent(&oa->kit, in->fetch, who->source);
        return rc < 0 ? rc : oanda_fetched(oa, in, who->source, OC_OK, 1);
    }
    return oanda_fetched(oa, in, who->source,
                         in->status == 401 || in->status == 403 ? OC_E_DENIED
                         : in->status == 416                    ? OC_E_NOT_FOUND
                                                                : OC_E_IO,
                         0);
}

static oc_rc response(void *self, const struct oc_response *in)
{
    struct oanda *oa = self;
    struct account *who = oanda_account(oa, in->account);
    if (!who)
        return OC_OK;
    if (in->status == 429)
        oa->kit.limit->shut(oa->kit.host, in->account, REQUESTS, in->received_ns + 1000000000, OC_WHY_RATE_LIMIT);
    if (in->asked)
        return oanda_answer_order(oa, who, in);
    if (!in->fetch)
        return OC_OK;
    if (in->status >= 400)
        return answer_refused(oa, who, in);
    if (in->user[0] == FILLING)
        return oanda_filling(oa, who, in);
    switch (in->fetch->kind) {
    case OC_FETCH_CREDENTIALS:
    case OC_FETCH_BALANCES:
        return oanda_summary(oa, who, in);
    case OC_FETCH_INSTRUMENTS:
        return oanda_instruments(oa, in);
    case OC_FETCH_POSITIONS:
        return oanda_positions(oa, who, in);
    case OC_FETCH_OPEN_ORDERS:
    case OC_FETCH_ORDER:
        return oanda_orders(oa, who, in);
    case OC_FETCH_FILLS:
    case OC_FETCH_LEDGER:
    case OC_FETCH_ORDERS:
        return oanda_transactions(oa, who, in);
    default:
        return oanda_fetched(oa, in, who->source, OC_E_NOT_SUPPORTED, 0);
    }
}

/* ---- streams ---- */

static oc_rc stream_changed(void *self, const struct oc_stream *at)
{
    struct oanda *oa = self;
    struct account *who = oanda_account(oa, at->account);
    if (who && at->stream == who->transactions)
        who->last = 0; /* a new connection: the first heartbeat tells where the venue is */
    return at->state == OC_STREAM_UP ? oa->kit.net->ready(oa->kit.host, at->stream) : OC_OK;
}

static oc_rc message(void *self, const struct oc_message *in)
{
    struct oanda *oa = self;
    struct account *who = oanda_account(oa, in->account);
    if (!who)
        return OC_E_DATA;
    return in->stream == who->prices ? oanda_on_prices(oa, in) : oanda_on_transaction(oa, who, in);
}

/* ---- life ---- */

static oc_rc start(void *self, const struct oc_start *how) { return (void)self, (void)how, OC_OK; }
static oc_rc quiesce(void *self, int64_t deadline_ns) { return (void)self, (void)deadline_ns, OC_OK; }

static oc_rc account(void *self, const struct oc_account *is)
{
    struct oanda *oa = self;
    struct account *at = oanda_account(oa, is->account);
    for (int i = 0; !at && i < ACCOUNTS; i++)
        at = oa->accounts[i].account ? NULL : &oa->accounts[i];
    if (!at)
        return OC_E_LIMIT;
    if (is->state == OC_ACCOUNT_GONE) {
        *at = (struct account){0};
        return OC_OK;
    }
    if (!is->venue_account.size)
        return OC_E_CONFIG;    /* every path has it */
    at->account = is->account; /* said again once the currency is known: what is open stays open */
    at->source = is->source;
    at->id = is->venue_account;
    if (is->asset)
        at->asset = is->asset;
    return OC_OK;
}

static void release(struct oanda *oa) { (void)oa; }

static const struct oc_connector connector = {.size = sizeof connector,
                                              .venue = &oanda_venue,
                                              .start = start,
                                              .account = account,
                                              .fetch = fetch,
                                              .subscribe = oanda_subscribe,
                                              .stream = stream_changed,
                                              .message = message,
                                              .response = response,
                                              .request = oanda_request,
                                              .quiesce = quiesce};
static const struct oc_key keys[] = {{0}};
KIT_CONNECTOR(struct oanda, release, connector, keys, "outcry.test.oanda", "0.1.0", "MIT", "OANDA v20 (a sketch)");
