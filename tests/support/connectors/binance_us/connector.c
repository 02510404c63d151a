/* connector.c: Binance.US spot: life, questions, and where an answer or a message goes. */
#include "binance.h"

#include <stdlib.h>

const char binance_key_header[] = "X-MBX-APIKEY: \r\n";
const uint32_t binance_key_header_size = sizeof binance_key_header - 1;
const struct oc_splice binance_key_splice = {.at = sizeof "X-MBX-APIKEY: " - 1, .field = API_KEY, .in = OC_IN_HEADERS};

struct account *binance_account(struct binance *bn, uint32_t account)
{
    for (int i = 0; i < ACCOUNTS; i++)
        if (account && bn->accounts[i].account == account)
            return &bn->accounts[i];
    return NULL;
}

oc_rc binance_fetched(struct binance *bn, const struct oc_fetch *ask, oc_rc result, uint32_t count, uint64_t next)
{
    /* ids are inclusive: go on behind the last; a short page ends it */
    const uint32_t more = next ? count >= (ask->limit ? ask->limit : 1000) : 0;
    return kit_fetched(&bn->kit, ask, 0, result, count, more, &next, next ? sizeof next : 0);
}

/* ---- words ---- */

static int has_words(struct kit_json_text text, const char *part)
{
    const size_t size = strlen(part);
    for (size_t at = 0; at + size <= text.size; at++)
        if (memcmp(text.at + at, part, size) == 0)
            return 1;
    return 0;
}

uint32_t binance_why(int64_t code, struct kit_json_text words)
{
    static const struct {
        int64_t code;
        uint32_t why;
    } codes[] = {{-1002, OC_WHY_BAD_CREDENTIALS}, {-1003, OC_WHY_RATE_LIMIT}, {-1015, OC_WHY_RATE_LIMIT},
                 {-1016, OC_WHY_MAINTENANCE},     {-1021, OC_WHY_CLOCK},      {-1022, OC_WHY_BAD_CREDENTIALS},
                 {-1121, OC_WHY_BAD_SYMBOL},      {-2013, OC_WHY_NOT_FOUND},  {-2014, OC_WHY_BAD_CREDENTIALS},
                 {-2015, OC_WHY_BAD_CREDENTIALS}, {-2026, OC_WHY_NOT_FOUND}};
    static const struct kit_word says[] = {{"insufficient balance", OC_WHY_INSUFFICIENT_FUNDS},
                                           {"Duplicate order", OC_WHY_DUPLICATE_ID},
                                           {"Market is closed", OC_WHY_MARKET_CLOSED},
                                           {"immediately match", OC_WHY_WOULD_TAKE},
                                           {"trigger immediately", OC_WHY_WOULD_TRIGGER},
                                           {"Unknown order", OC_WHY_NOT_FOUND},
                                           {"not supported", OC_WHY_NOT_SUPPORTED},
                                           {"not permitted", OC_WHY_PERMISSION},
                                           {"LOT_SIZE", OC_WHY_QUANTITY_OFF_GRID},
                                           {"NOTIONAL", OC_WHY_TOO_SMALL},
                                           {"PERCENT_PRICE", OC_WHY_PRICE_OUT_OF_BAND},
                                           {"PRICE_FILTER", OC_WHY_PRICE_OFF_GRID},
                                           {"MAX_NUM", OC_WHY_TOO_MANY_ORDERS}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].why;
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (has_words(words, says[i].word))
            return says[i].means;
    return OC_WHY_INVALID_ORDER;
}

int64_t binance_fault(struct kit_json json, struct kit_json_text *ret_words)
{
    struct kit_json_text key;
    int64_t code = 0;
    if (!kit_json_object(&json))
        return 0;
    while (kit_json_key(&json, &key)) {
        if (KIT_JSON_IS(key, "code")) {
            const struct oc_dec one = {1, 0, 0};
            if (kit_json_units(kit_json_value(&json), one, &code) < 0)
                code = 0;
        } else if (KIT_JSON_IS(key, "msg")) {
            *ret_words = kit_json_value(&json);
        }
    }
    return code < 0 ? code : 0;
}

/* ---- questions: the query is what is signed and what is sent ---- */

oc_rc binance_sign_query(struct binance *bn, const struct account *who, struct kit_write *query)
{
    uint8_t mac[32];
    int64_t now_ns, error_ns;
    oc_rc rc = bn->kit.time->venue_ns(bn->kit.host, &now_ns, &error_ns);
    if (rc < 0)
        return rc;
    KIT_WRITE(query, "&recvWindow=");
    kit_write_u64(query, bn->window_ms);
    KIT_WRITE(query, "&timestamp=");
    kit_write_u64(query, (uint64_t)now_ns / 1000000);
    const oc_rc size = kit_write_end(query);
    if (size < 0)
        return size;
    const struct oc_part part = {query->from, (uint32_t)size, 0, 0};
    rc = bn->kit.sign->sign(bn->kit.host, who->hmac, &part, 1, mac, sizeof mac);
    if (rc < 0)
        return rc;
    KIT_WRITE(query, "&signature=");
    kit_write_hex(query, mac, sizeof mac);
    return OC_OK;
}

struct question { /* one row a kind */
    uint32_t kind;
    uint32_t weight;
    uint32_t is_signed;
    const char *path;
};

static const struct question questions[] = {
    {OC_FETCH_TIME, 1, 0, "/api/v3/time?"},
    {OC_FETCH_INSTRUMENTS, 10, 0, "/api/v3/exchangeInfo?"},
    {OC_FETCH_CREDENTIALS, 10, 1, "/api/v3/account?"},
    {OC_FETCH_BALANCES, 10, 1, "/api/v3/account?"},
    {OC_FETCH_OPEN_ORDERS, 40, 1, "/api/v3/openOrders?"},
    {OC_FETCH_ORDER, 2, 1, "/api/v3/order?"},
    {OC_FETCH_FILLS, 10, 1, "/api/v3/myTrades?limit=1000&"},
    {OC_FETCH_BOOK, 10, 0, "/api/v3/depth?limit=1000&"},
    {OC_FETCH_BARS, 1, 0, "/api/v3/klines?limit=1000&"},
    {OC_FETCH_LEDGER, 1, 1, "/sapi/v1/capital/deposit/hisrec?"},
};

static const struct question *question_of(uint32_t kind)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (questions[i].kind == kind)
            return &questions[i];
    return NULL;
}

static void write_parameters(struct kit_write *query, const struct oc_fetch *ask, const char *symbol)
{
    uint64_t from = 0;
    if (ask->cursor.size == sizeof from)
        memcpy(&from, ask->cursor.bytes, sizeof from);
    if (ask->inst) {
        KIT_WRITE(query, "symbol=");
        kit_write_text(query, symbol);
    }
    const int is_one = ask->kind == OC_FETCH_ORDER || ask->kind == OC_FETCH_FILLS;
    if (is_one && ask->venue_order.size) {
        KIT_WRITE(query, "&orderId=");
        kit_write_id(query, &ask->venue_order);
    } else if (ask->kind == OC_FETCH_ORDER) {
        KIT_WRITE(query, "&origClientOrderId=");
        kit_write_id(query, &ask->client);
    } else if (ask->kind == OC_FETCH_FILLS && from) {
        KIT_WRITE(query, "&fromId=");
        kit_write_u64(query, from);
    } else if (ask->from_ns) {
        KIT_WRITE(query, "&startTime=");
        kit_write_u64(query, (uint64_t)ask->from_ns / 1000000);
    }
    if (ask->kind == OC_FETCH_BARS)
        kit_write_text(query, ask->period_ns == MINUTE_NS ? "&interval=1m" : "&interval=1d");
}

static oc_rc fetch(void *self, const struct oc_fetch *ask)
{
    struct binance *bn = self;
    const struct account *who = binance_account(bn, ask->account);
    const struct question *question = question_of(ask->kind);
    struct oc_instrument inst = {.size = sizeof inst};
    char path[1024], text[768];
    struct kit_write query = kit_write_begin(text, sizeof text), out = kit_write_begin(path, sizeof path);
    uint64_t exchange;
    if (!question)
        return OC_E_NOT_SUPPORTED;
    if (question->is_signed && !who)
        return OC_E_INVALID;
    if (ask->inst && bn->kit.names->record(bn->kit.host, ask->inst, &inst, sizeof inst) < 0)
        return OC_E_NOT_FOUND;
    write_parameters(&query, ask, inst.venue_symbol);
    if (question->is_signed) {
        const oc_rc rc = binance_sign_query(bn, who, &query);
        if (rc < 0)
            return rc;
    }
    const oc_rc query_size = kit_write_end(&query);
    kit_write_text(&out, question->path);
    kit_write_bytes(&out, text, query_size > 0 ? (size_t)query_size : 0);
    const oc_rc size = kit_write_end(&out);
    if (query_size < 0 || size < 0)
        return OC_E_LIMIT;
    const uint32_t weight = ask->kind == OC_FETCH_OPEN_ORDERS && ask->inst ? 3 : question->weight;
    const struct oc_cost costs[2] = {{WEIGHT, 0, weight}, {RAW, 0, 1}};
    struct oc_http http = {.size = sizeof http,
                           .endpoint = REST,
                           .method = OC_METHOD_GET,
                           .flags = OC_HTTP_SAFE,
                           .lane = (uint8_t)ask->lane,
                           .token = ask->token,
                           .path = path,
                           .path_size = (uint32_t)size,
                           .costs = costs,
                           .cost_count = 2};
    if (question->is_signed) {
        http.account = who->account;
        http.headers = binance_key_header;
        http.headers_size = binance_key_header_size;
        http.splices = &binance_key_splice;
        http.splice_count = 1;
    } else {
        http.flags |= OC_HTTP_PLAIN;
    }
    return bn->kit.net->http(bn->kit.host, &http, &exchange);
}

/* ---- answers ---- */

/* The venue's own counts, and until when it is closed. */
static void read_weights(struct binance *bn, const struct oc_response *in)
{
    enum { RETRY = 99 };
    static const struct kit_word known[] = {{"x-mbx-used-weight-1m: ", WEIGHT},
                                            {"x-mbx-order-count-10s: ", ORDERS_10S},
                                            {"x-mbx-order-count-1d: ", ORDERS_1D},
                                            {"retry-after: ", RETRY}};
    const char *at = in->headers, *end = in->headers + in->headers_size;
    while (at < end) {
        const char *line_end = memchr(at, '\r', (size_t)(end - at));
        const size_t size = (size_t)((line_end ? line_end : end) - at);
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            const size_t name = strlen(known[i].word);
            uint64_t number;
            if (size <= name || memcmp(at, known[i].word, name) != 0 ||
                kit_json_u64(kit_text_of(at + name, size - name), &number) < 0 || number > UINT32_MAX)
                continue;
            if (known[i].means == RETRY)
                bn->kit.limit->shut(bn->kit.host, in->account, WEIGHT, in->received_ns + (int64_t)number * 1000000000,
                                    in->status == 418 ? OC_WHY_BANNED : OC_WHY_RATE_LIMIT);
            else
                bn->kit.limit->used(bn->kit.host, in->account, known[i].means, number);
        }
        at += size + 2;
    }
}

static oc_rc answer_refused(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json json)
{
    struct kit_json_text words = {0};
    const int64_t code = binance_fault(json, &words);
    const uint32_t why = binance_why(code, words);
    if (in->fetch->kind == OC_FETCH_ORDER && why == OC_WHY_NOT_FOUND) {
        const oc_rc rc = kit_absent(&bn->kit, in->fetch, source);
        return rc < 0 ? rc : binance_fetched(bn, in->fetch, OC_OK, 1, 0);
    }
    return binance_fetched(bn, in->fetch,
                           why == OC_WHY_BAD_CREDENTIALS ? OC_E_DENIED
                           : why == OC_WHY_CLOCK         ? OC_E_AGAIN
                                                         : OC_E_IO,
                           0, 0);
}

static oc_rc answer_time(struct binance *bn, const struct oc_response *in, struct kit_json *json)
{
    struct kit_json_text key;
    uint64_t ms = 0;
    if (kit_json_object(json)) {
        while (kit_json_key(json, &key))
            if (KIT_JSON_IS(key, "serverTime") && kit_json_u64(kit_json_value(json), &ms) < 0)
                return OC_E_DATA;
    }
    if (!kit_json_end(json) || ms == 0 || ms > INT64_MAX / 1000000)
        return OC_E_DATA;
    const oc_rc rc = bn->kit.time->sample(bn->kit.host, (int64_t)ms * 1000000, in->sent_ns, in->received_ns);
    return rc < 0 ? rc : binance_fetched(bn, in->fetch, OC_OK, 0, 0);
}

static oc_rc answer_list(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json *json)
{
    struct kit_json_text key;
    uint64_t last = 0;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (in->fetch->kind == OC_FETCH_INSTRUMENTS) {
        if (kit_json_object(json)) {
            while (rc >= 0 && kit_json_key(json, &key)) /* rateLimits: limit->max() from here */
                if (KIT_JSON_IS(key, "symbols") && kit_json_array(json))
                    for (; rc >= 0 && kit_json_item(json); count++)
                        rc = binance_symbol(bn, json, in->token);
        }
    } else if (in->fetch->kind == OC_FETCH_ORDER) {
        rc = binance_order(bn, json, source, in->token);
        count = 1;
    } else if (kit_json_array(json)) {
        for (; rc >= 0 && kit_json_item(json); count++)
            rc = in->fetch->kind == OC_FETCH_FILLS ? binance_fill(bn, json, source, &last)
                                                   : binance_order(bn, json, source, in->token);
    }
    if (rc < 0)
        return rc;
    return kit_json_end(json) ? binance_fetched(bn, in->fetch, OC_OK, count, last ? last + 1 : 0) : OC_E_DATA;
}

static oc_rc response(void *self, const struct oc_response *in)
{
    struct binance *bn = self;
    struct account *who = binance_account(bn, in->account);
    const uint32_t source = who ? who->source : 0;
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    read_weights(bn, in);
    if (in->asked)
        return binance_answer_order(bn, in->asked, source, in->status, json);
    if (in->user[0] == FOR_KEY || in->user[0] == FOR_KEEP)
        return who ? binance_answer_key(bn, in, who) : OC_OK;
    if (!in->fetch)
        return OC_OK;
    if (in->status >= 400)
        return answer_refused(bn, in, source, json);
    switch (in->fetch->kind) {
    case OC_FETCH_TIME:
        return answer_time(bn, in, &json);
    case OC_FETCH_CREDENTIALS:
    case OC_FETCH_BALANCES:
        return binance_balances(bn, in, source);
    case OC_FETCH_BOOK:
        return binance_book(bn, in);
    case OC_FETCH_INSTRUMENTS:
    case OC_FETCH_ORDER:
    case OC_FETCH_OPEN_ORDERS:
    case OC_FETCH_FILLS:
        return answer_list(bn, in, source, &json);
    default:
        return binance_fetched(bn, in->fetch, OC_E_NOT_SUPPORTED, 0, 0);
    }
}

/* ---- streams ---- */

static oc_rc subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct binance *bn = self;
    struct account *who = binance_account(bn, subs[0].account);
    if (subs[0].topic == OC_TOPIC_PRIVATE)
        return stream || !who ? OC_OK : binance_ask_key(bn, who, OC_METHOD_POST, FOR_KEY);
    return binance_subscribe_market(bn, stream, how, subs, count);
}

static oc_rc stream_changed(void *self, const struct oc_stream *at)
{
    struct binance *bn = self;
    struct account *who = binance_account(bn, at->account);
    if (at->state == OC_STREAM_UP)
        return bn->kit.net->ready(bn->kit.host, at->stream);
    if (who && who->user_stream == at->stream && at->state == OC_STREAM_DOWN)
        return binance_ask_key(bn, who, OC_METHOD_POST, FOR_KEY);
    return OC_OK;
}

/* {"id":"...","status":200,"result":{...}} of the WebSocket API */
static oc_rc on_answer(struct binance *bn, struct kit_json *json, uint32_t source)
{
    struct kit_json_text key, part = {0};
    struct oc_venue_request ask;
    uint64_t id = 0, status = 0;
    if (kit_json_object(json)) {
        while (kit_json_key(json, &key)) {
            if (KIT_JSON_IS(key, "id") && kit_json_u64(kit_json_value(json), &id) < 0)
                return OC_E_DATA;
            if (KIT_JSON_IS(key, "status") && kit_json_u64(kit_json_value(json), &status) < 0)
                return OC_E_DATA;
            if (KIT_JSON_IS(key, "result") || KIT_JSON_IS(key, "error"))
                part = kit_json_value(json);
        }
    }
    if (!kit_json_end(json) || part.kind != KIT_JSON_OBJECT || status > 999)
        return OC_E_DATA;
    if (bn->kit.net->asked(bn->kit.host, id, &ask, sizeof ask) < 0)
        return OC_OK; /* too late: it was resolved another way */
    return binance_answer_order(bn, &ask, source, (uint32_t)status, kit_json_into(part));
}

static oc_rc on_event(struct binance *bn, const struct oc_message *in, struct kit_json *json)
{
    const struct account *who = binance_account(bn, in->account);
    const struct kit_json_text type = kit_json_value(json);
    if (KIT_JSON_IS(type, "trade"))
        return binance_on_trade(bn, json);
    if (KIT_JSON_IS(type, "depthUpdate"))
        return binance_on_depth(bn, json);
    if (KIT_JSON_IS(type, "executionReport") && who)
        return binance_on_report(bn, json, who->source);
    if (KIT_JSON_IS(type, "outboundAccountPosition") && who)
        return binance_on_balances(bn, json, who->source);
    if (KIT_JSON_IS(type, "listenKeyExpired"))
        return bn->kit.net->fail(bn->kit.host, in->stream, OC_WHY_BAD_CREDENTIALS);
    return kit_skip(&bn->kit, "type", type);
}

static oc_rc message(void *self, const struct oc_message *in)
{
    struct binance *bn = self;
    const struct account *who = binance_account(bn, in->account);
    struct kit_json json = kit_json_begin(in->bytes, in->bytes_size);
    struct kit_json_text key;
    if (who && in->stream == who->orders_stream)
        return on_answer(bn, &json, who->source);
    if (!kit_json_object(&json) || !kit_json_key(&json, &key))
        return OC_E_DATA;
    if (KIT_JSON_IS(key, "stream") && /* {"stream":"btcusd@trade","data":{...}} */
        (!kit_json_key(&json, &key) || !kit_json_object(&json) || !kit_json_key(&json, &key)))
        return OC_E_DATA;
    if (KIT_JSON_IS(key, "e"))
        return on_event(bn, in, &json);
    return KIT_JSON_IS(key, "u") ? binance_on_quote(bn, &json, key) : OC_OK; /* else the answer to a SUBSCRIBE */
}

/* ---- life ---- */

static oc_rc start(void *self, const struct oc_start *how) { return (void)self, (void)how, OC_OK; }
static oc_rc quiesce(void *self, int64_t deadline_ns) { return (void)self, (void)deadline_ns, OC_OK; }

static oc_rc timer(void *self, uint64_t number, uint64_t user)
{
    struct binance *bn = self;
    struct account *who = binance_account(bn, (uint32_t)user);
    (void)number;
    return who ? binance_ask_key(bn, who, OC_METHOD_PUT, FOR_KEEP) : OC_OK;
}

static oc_rc account(void *self, const struct oc_account *is)
{
    static const char path[] = "/api/v3/order";
    struct binance *bn = self;
    struct account *at = binance_account(bn, is->account), made = {.account = is->account, .source = is->source};
    for (int i = 0; !at && i < ACCOUNTS; i++)
        at = bn->accounts[i].account ? NULL : &bn->accounts[i];
    if (!at)
        return OC_E_LIMIT;
    if (is->state == OC_ACCOUNT_GONE) {
        *at = (struct account){0};
        return OC_OK;
    }
    if (is->state == OC_ACCOUNT_ADDED && at->account) { /* said again: what is open stays open */
        at->source = is->source;
        return OC_OK;
    }
    const struct oc_http form = {.size = sizeof form,
                                 .endpoint = REST,
                                 .method = OC_METHOD_POST,
                                 .flags = OC_HTTP_FORM,
                                 .account = is->account,
                                 .path = path,
                                 .path_size = sizeof path - 1,
                                 .headers = binance_key_header,
                                 .headers_size = binance_key_header_size,
                                 .splices = &binance_key_splice,
                                 .splice_count = 1};
    oc_rc rc = bn->kit.sign->key(bn->kit.host, is->account, SECRET, OC_SIGN_HMAC_SHA256, &made.hmac);
    if (rc >= 0)
        rc = bn->kit.net->prepare(bn->kit.host, &form, &made.order_form);
    if (rc >= 0 && bn->over_socket) {
        const struct oc_open open = {.size = sizeof open,
                                     .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS,
                                     .endpoint = ORDERS,
                                     .frame = OC_FRAME_WEBSOCKET,
                                     .account = is->account,
                                     .path = "/ws-api/v3",
                                     .path_size = 10,
                                     .silence_ns = 10 * MINUTE_NS};
        rc = bn->kit.net->open(bn->kit.host, &open, &made.orders_stream);
    }
    if (rc < 0)
        return rc;
    *at = made;
    return OC_OK;
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    const struct oc_svc_config *config = host->service(host, OC_SVC_CONFIG);
    struct binance *bn = calloc(1, sizeof *bn);
    if (!bn)
        return OC_E_NOMEM;
    bn->window_ms = 5000;
    oc_rc rc = kit_codec_begin(&bn->kit, host);
    if (rc >= 0 && config)
        rc = config->boolean(host, "orders_by_websocket", &bn->over_socket);
    if (rc < 0) {
        free(bn);
        return rc;
    }
    *ret_self = bn;
    return OC_OK;
}

static const struct oc_connector connector = {.size = sizeof connector,
                                              .venue = &binance_venue,
                                              .start = start,
                                              .account = account,
                                              .fetch = fetch,
                                              .subscribe = subscribe,
                                              .stream = stream_changed,
                                              .message = message,
                                              .response = response,
                                              .request = binance_request,
                                              .timer = timer,
                                              .quiesce = quiesce};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &connector}, {0}};
static const struct oc_key keys[] = {{.name = "orders_by_websocket",
                                      .type = OC_KEY_BOOLEAN,
                                      .fallback = "no",
                                      .about = "orders go by the WebSocket API, not by REST"},
                                     {0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "outcry.test.binance_us",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "Binance.US spot (a sketch)",
                                        .open = open_it,
                                        .close = free,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);
