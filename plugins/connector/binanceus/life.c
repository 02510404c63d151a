/* life.c: accounts, signatures, the listen key of each, what a refusal means, and where an answer goes. */
#include "binance.h"

#define INFO_NS  (3600 * SECOND) /* instruments are asked for so often */
#define AGAIN_NS (10 * SECOND)   /* and so soon where they did not come */
#define KEEP_NS  (900 * SECOND)  /* a listen key holds for an hour: three times of four may be lost */

static const struct oc_cost one[] = {{WEIGHT, 0, 1}, {RAW, 0, 1}};
static const char key_header[] = "X-MBX-APIKEY: \r\n";
static const struct oc_splice key_splice = {.at = sizeof key_header - 3, .field = API_KEY, .in = OC_IN_HEADERS};
static const struct oc_http with_key = {.size = sizeof with_key,
                                        .endpoint = REST,
                                        .lane = OC_LANE_RECONCILE,
                                        .headers = key_header,
                                        .headers_size = sizeof key_header - 1,
                                        .splices = &key_splice,
                                        .splice_count = 1,
                                        .costs = one,
                                        .cost_count = COUNT(one)};
static const struct kit_lent listen_key = {.path = "/api/v3/userDataStream",
                                           .query = "?listenKey=",
                                           .member = "listenKey",
                                           .http = &with_key,
                                           .open = &bn_user_stream,
                                           .ask = ABOUT_KEY,
                                           .keep = ABOUT_KEEP,
                                           .keep_ns = KEEP_NS,
                                           .again_ns = AGAIN_NS};

/* ---- refusals ---- */

static const struct kit_refusal_row refusals[] = {
    {-1002, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-1003, NULL, OC_WHY_RATE_LIMIT, 0},
    {-1015, NULL, OC_WHY_RATE_LIMIT, 0},
    {-1016, NULL, OC_WHY_MAINTENANCE, 1},
    {-1021, NULL, OC_WHY_CLOCK, 0},
    {-1022, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-1100, NULL, OC_WHY_INVALID_ORDER, 0},
    {-1111, NULL, OC_WHY_QUANTITY_OFF_GRID, 0},
    {-1121, NULL, OC_WHY_BAD_SYMBOL, 0},
    {-2013, NULL, OC_WHY_NOT_FOUND, 0},
    {-2014, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-2015, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-2026, NULL, OC_WHY_NOT_FOUND, 0},
    {-1000, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1001, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1006, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1007, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1008, NULL, OC_WHY_VENUE_ERROR, 1},
    {0, "Duplicate order", OC_WHY_DUPLICATE_ID, 1}, /* ours, that came twice: the other answer was lost */
    {0, "insufficient balance", OC_WHY_INSUFFICIENT_FUNDS, 0},
    {0, "Market is closed", OC_WHY_MARKET_CLOSED, 0},
    {0, "immediately match", OC_WHY_WOULD_TAKE, 0},
    {0, "trigger immediately", OC_WHY_WOULD_TRIGGER, 0},
    {0, "Unknown order", OC_WHY_ALREADY_DONE, 0},
    {0, "cancel restrictions", OC_WHY_OTHER, 0},
    {0, "not supported", OC_WHY_NOT_SUPPORTED, 0},
    {0, "not permitted", OC_WHY_PERMISSION, 0},
    {0, "restricted", OC_WHY_PERMISSION, 0},
    {0, "disabled on this account", OC_WHY_PERMISSION, 0},
    {0, "LOT_SIZE", OC_WHY_QUANTITY_OFF_GRID, 0},
    {0, "NOTIONAL", OC_WHY_TOO_SMALL, 0},
    {0, "PERCENT_PRICE", OC_WHY_PRICE_OUT_OF_BAND, 0},
    {0, "PRICE_FILTER", OC_WHY_PRICE_OFF_GRID, 0},
    {0, "MAX_POSITION", OC_WHY_TOO_LARGE, 0},
    {0, "MAX_NUM", OC_WHY_TOO_MANY_ORDERS, 0},
    {0, NULL, OC_WHY_INVALID_ORDER, 0}};

const struct kit_refusal_row *bn_refusal(struct kit_json json, int64_t *ret_code, struct kit_json_text *ret_words)
{
    const struct oc_dec whole = {1, 0, 0};
    struct kit_json_text code = {0}, words = {0};
    const struct kit_member members[] = {{"code", &code}, {"msg", &words}};
    int64_t number;
    if (!KIT_TAKE(&json, members) || kit_json_units(code, whole, &number) < 0 || number >= 0)
        return NULL;
    if (ret_code)
        *ret_code = number;
    if (ret_words)
        *ret_words = words;
    return KIT_REFUSAL_OF(refusals, number, words);
}

/* ---- out ---- */

static oc_rc send_http(struct binance *bn, struct oc_http *http, const char *path, const struct kit_write *query)
{
    const oc_rc size = kit_query_end(path, query);
    uint64_t exchange;
    http->size = sizeof *http;
    http->endpoint = REST;
    http->path = path;
    http->path_size = size > 0 ? (uint32_t)size : 0;
    return size < 0 ? size : bn->kit.net->http(bn->kit.host, http, &exchange);
}

oc_rc bn_send_signed(struct binance *bn, const struct kit_account *who, struct oc_http *http, const char *path,
                     struct kit_write *query)
{
    int64_t now_ns, error_ns;
    if (bn->kit.time->venue_ns(bn->kit.host, &now_ns, &error_ns) < 0)
        return OC_E_AGAIN; /* it is asked for, and is known soon */
    kit_query_u64(query, "recvWindow", (uint64_t)(bn_venue.window_ns / MS));
    kit_query_u64(query, "timestamp", (uint64_t)(now_ns / MS));
    const oc_rc rc = kit_query_sign(&bn->kit, who->signer, query, "signature", 32);
    http->account = who->account;
    http->headers = key_header;
    http->headers_size = sizeof key_header - 1;
    http->splices = &key_splice;
    http->splice_count = 1;
    return rc < 0 ? rc : send_http(bn, http, path, query);
}

oc_rc bn_send_plain(struct binance *bn, struct oc_http *http, const char *path, const struct kit_write *query)
{
    http->flags |= OC_HTTP_SAFE | OC_HTTP_PLAIN;
    return send_http(bn, http, path, query);
}

/* ---- questions of its own ---- */

oc_rc bn_ask_key(struct binance *bn, struct kit_account *who) { return kit_lent_ask(&bn->kit, &listen_key, who); }

static oc_rc ask_plain(struct binance *bn, const char *where, uint32_t weight, uint64_t about)
{
    const struct oc_cost costs[] = {{WEIGHT, 0, weight}, {RAW, 0, 1}};
    struct oc_http http = {.lane = OC_LANE_RECONCILE, .costs = costs, .cost_count = COUNT(costs), .user = {about}};
    char path[PATH_ROOM];
    const struct kit_write query = kit_query_begin(path, sizeof path, where);
    const oc_rc rc = bn_send_plain(bn, &http, path, &query);
    return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc; /* it is asked for again by a timer, of this or of the host */
}

oc_rc bn_ask_time(struct binance *bn) { return ask_plain(bn, "/api/v3/time", 1, ABOUT_TIME); }

/* Instruments, limits and the clock; again by a timer, whatever becomes of the answer. */
static oc_rc ask_info(struct binance *bn)
{
    const oc_rc rc = ask_plain(bn, "/api/v3/exchangeInfo", 10, ABOUT_INFO);
    return rc < 0 ? rc : kit_timer_in(&bn->kit, AGAIN_NS, 0, &bn->timer);
}

oc_rc bn_has_info(struct binance *bn)
{
    uint64_t timer;
    (void)bn->kit.time->cancel(bn->kit.host, bn->timer);
    const oc_rc rc = kit_timer_in(&bn->kit, INFO_NS, 0, &timer);
    if (rc < 0)
        return rc;
    bn->timer = timer;
    bn->has_info = 1;
    return OC_OK;
}

/* ---- answers ---- */

/* The venue's own counts, and until when it is closed; 403 is its firewall: whoever goes on is shut out. */
static void read_headers(struct binance *bn, const struct oc_response *in)
{
    static const struct kit_word counts[] = {{"x-mbx-used-weight-1m: ", WEIGHT},
                                             {"x-mbx-order-count-10s: ", ORDERS_10S},
                                             {"x-mbx-order-count-1d: ", ORDERS_1D}};
    const int is_told = in->status == 429 || in->status == 418;
    kit_note_used(&bn->kit, in, counts, COUNT(counts));
    kit_note_shut(&bn->kit, in, WEIGHT, is_told ? kit_header_number(in, "retry-after: ") : in->status == 403 ? 60 : 0);
}

/* Maintenance is said when it is met, and its end with the first answer that is one. */
static oc_rc note_maintenance(struct binance *bn, const struct oc_response *in)
{
    struct kit_json_text words = {0};
    int64_t code = 0;
    if (in->status >= 400)
        (void)bn_refusal(kit_json_begin(in->body, in->body_size), &code, &words);
    const uint32_t is_closed = code == -1016;
    if (is_closed == bn->is_closed || (in->status >= 400 && !is_closed))
        return OC_OK;
    const oc_rc rc = kit_say_accounts(&bn->kit, &bn->accounts, is_closed ? OC_VENUE_MAINTENANCE : OC_VENUE_READY,
                                      is_closed ? OC_WHY_MAINTENANCE : OC_WHY_NONE, words);
    if (rc >= 0)
        bn->is_closed = is_closed;
    return rc;
}

/* Whole milliseconds are said: it was then, or up to one later. */
oc_rc bn_take_time(struct binance *bn, const struct oc_response *in, struct kit_json_text time)
{
    const int64_t said_ns = kit_json_ms(time);
    return said_ns ? bn->kit.time->sample(bn->kit.host, said_ns + MS, in->sent_ns, in->received_ns + MS)
                   : (oc_rc)OC_E_DATA;
}

static oc_rc answer_time(struct binance *bn, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text time = {0};
    const struct kit_member members[] = {{"serverTime", &time}};
    if (in->status != 200)
        return OC_OK; /* the host asks too */
    return KIT_TAKE(&json, members) ? bn_take_time(bn, in, time) : (oc_rc)OC_E_DATA;
}

static oc_rc answer_key(struct binance *bn, const struct oc_response *in, struct kit_account *who)
{
    static const char retired[] =
        "the venue has retired listen keys (HTTP 410): without them it tells nobody what becomes of orders";
    struct kit_json_text words = kit_text_of(in->body, in->body_size < 200 ? in->body_size : 200);
    const struct kit_refusal_row *refusal = bn_refusal(kit_json_begin(in->body, in->body_size), NULL, &words);
    if (in->status == 410)
        return kit_lent_answer(&bn->kit, &listen_key, who, in, OC_WHY_NOT_SUPPORTED,
                               kit_text_of(retired, sizeof retired - 1));
    const uint32_t why = refusal ? refusal->why : OC_WHY_OTHER;
    return kit_lent_answer(&bn->kit, &listen_key, who, in, why == OC_WHY_NOT_SUPPORTED ? OC_WHY_OTHER : why, words);
}

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct binance *bn = self;
    struct kit_account *who = kit_account_of(&bn->accounts, in->account);
    const uint32_t source = who ? who->source : 0;
    read_headers(bn, in);
    const oc_rc rc = note_maintenance(bn, in);
    if (rc < 0)
        return rc;
    if (in->asked)
        return bn_answer_request(bn, in, source);
    switch (in->user[0]) {
    case ABOUT_INFO:
        return bn_answer_info(bn, in);
    case ABOUT_TIME:
        return answer_time(bn, in);
    case ABOUT_KEY:
    case ABOUT_KEEP:
        return who ? answer_key(bn, in, who) : (oc_rc)OC_OK;
    default:
        return in->fetch ? bn_answer_fetch(bn, in, source) : (oc_rc)OC_OK;
    }
}

/* ---- life ---- */

static oc_rc on_start(void *self, const struct oc_start *start)
{
    (void)start;
    return ask_info(self);
}

static oc_rc on_timer(void *self, uint64_t timer, uint64_t user)
{
    struct binance *bn = self;
    struct kit_account *who = kit_account_of(&bn->accounts, (uint32_t)user);
    if (!user)
        return ask_info(bn);
    return who && who->timer == timer ? kit_lent_timer(&bn->kit, &listen_key, who) : (oc_rc)OC_OK;
}

static oc_rc on_account(void *self, const struct oc_account *is)
{
    struct binance *bn = self;
    struct kit_account made, *at;
    oc_rc rc = kit_account_take(&bn->kit, &bn->accounts, is, SECRET, OC_SIGN_HMAC_SHA256, &made, &at);
    if (rc < 0 || !at)
        return rc;
    if (bn->has_info) /* else with the answer to that */
        rc = bn_ask_key(bn, &made);
    if (rc >= 0)
        *at = made;
    return rc;
}

oc_rc bn_stream(void *self, const struct oc_stream *stream)
{
    struct binance *bn = self;
    struct kit_account *who = kit_account_of(&bn->accounts, stream->account);
    if (!stream->account)
        return stream->state == OC_STREAM_UP ? bn->kit.net->ready(bn->kit.host, stream->stream) : (oc_rc)OC_OK;
    return who ? kit_lent_stream(&bn->kit, &listen_key, who, stream) : (oc_rc)OC_OK;
}

static void release(struct binance *bn) { kit_held_release(&bn->pages); }

static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &bn_venue,
                                          .start = on_start,
                                          .account = on_account,
                                          .fetch = bn_fetch,
                                          .subscribe = bn_subscribe,
                                          .stream = bn_stream,
                                          .message = bn_message,
                                          .response = on_response,
                                          .request = bn_request,
                                          .timer = on_timer};
static const struct oc_key keys[] = {{0}}; /* it needs no configuration */
KIT_CONNECTOR(struct binance, release, table, keys, "outcry.binanceus", "0.1.0", "MIT", "Binance.US spot");
