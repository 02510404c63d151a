/* plain.c: life, the clock, signatures, and where an answer goes. */
#include "plain.h"

#include <stdlib.h>

#define BIT(n)   (1u << (n))
#define SECOND   INT64_C(1000000000)
#define CLOCK_NS (30 * SECOND) /* the venue's clock is asked for so often */

struct account *plain_account(struct plain *plain, uint32_t account)
{
    for (int i = 0; i < ACCOUNTS; i++)
        if (account && plain->accounts[i].account == account)
            return &plain->accounts[i];
    return NULL;
}

/* ---- signatures: METHOD, path, time, window (not said) and body, a line each ---- */

oc_rc plain_signature(struct plain *plain, const struct account *who, const char *method, const char *path,
                      size_t path_size, const void *body, size_t body_size, char time[24], char sign[64],
                      uint32_t *ret_time_size)
{
    uint8_t mac[32];
    int64_t now_ns, error_ns;
    struct kit_write to = kit_write_begin(time, 24), hex = kit_write_begin(sign, 64);
    oc_rc rc = plain->kit.time->venue_ns(plain->kit.host, &now_ns, &error_ns);
    if (rc < 0)
        return OC_E_AGAIN; /* it was asked for, and is known soon */
    kit_write_u64(&to, (uint64_t)now_ns / 1000);
    *ret_time_size = (uint32_t)kit_write_end(&to);
    const struct oc_part parts[] = {{method, (uint32_t)strlen(method), 0, 0},
                                    {"\n", 1, 0, 0},
                                    {path, (uint32_t)path_size, 0, 0},
                                    {"\n", 1, 0, 0},
                                    {time, *ret_time_size, 0, 0},
                                    {"\n\n", 2, 0, 0},
                                    {body, (uint32_t)body_size, 0, 0}};
    rc = plain->kit.sign->sign(plain->kit.host, who->key, parts, body_size ? 7 : 6, mac, sizeof mac);
    if (rc < 0)
        return rc;
    kit_write_hex(&hex, mac, sizeof mac);
    return OC_OK;
}

oc_rc plain_sign(struct plain *plain, const struct account *who, struct oc_http *http, char *headers)
{
    static const char *const methods[] = {[OC_METHOD_GET] = "GET",
                                          [OC_METHOD_POST] = "POST",
                                          [OC_METHOD_PUT] = "PUT",
                                          [OC_METHOD_DELETE] = "DELETE",
                                          [OC_METHOD_PATCH] = "PATCH"};
    static const struct oc_splice key = {.at = sizeof "X-Key: " - 1, .field = API_KEY, .in = OC_IN_HEADERS};
    char time[24], sign[64];
    uint32_t time_size;
    struct kit_write out = kit_write_begin(headers, HEADERS_ROOM);
    const oc_rc rc = plain_signature(plain, who, methods[http->method], http->path, http->path_size, http->body,
                                     http->body_size, time, sign, &time_size);
    if (rc < 0)
        return rc;
    KIT_WRITE(&out, "X-Key: \r\nX-Time: ");
    kit_write_bytes(&out, time, time_size);
    KIT_WRITE(&out, "\r\nX-Sign: ");
    kit_write_bytes(&out, sign, sizeof sign);
    KIT_WRITE(&out, "\r\n");
    const oc_rc size = kit_write_end(&out);
    http->headers = headers;
    http->headers_size = size > 0 ? (uint32_t)size : 0;
    http->splices = &key;
    http->splice_count = 1;
    return size < 0 ? size : (oc_rc)OC_OK;
}

/* ---- the venue's clock ---- */

static oc_rc ask_time(struct plain *plain)
{
    static const char path[] = "/v1/time";
    const struct oc_cost cost = {WEIGHT, 0, 1};
    const struct oc_http http = {.size = sizeof http,
                                 .endpoint = REST,
                                 .flags = OC_HTTP_SAFE | OC_HTTP_PLAIN,
                                 .lane = OC_LANE_RECONCILE,
                                 .path = path,
                                 .path_size = sizeof path - 1,
                                 .costs = &cost,
                                 .cost_count = 1,
                                 .user = {ABOUT_TIME}};
    uint64_t exchange, timer;
    const oc_rc rc = plain->kit.net->http(plain->kit.host, &http, &exchange);
    if (rc < 0 && rc != OC_E_AGAIN)
        return rc;
    const int64_t again_ns = rc < 0 ? SECOND : CLOCK_NS;
    return plain->kit.time->timer(plain->kit.host, plain->kit.time->mono_ns(plain->kit.host) + again_ns, 0, &timer);
}

static oc_rc on_timer(void *self, uint64_t timer, uint64_t user)
{
    (void)timer, (void)user;
    return ask_time(self);
}

static oc_rc answer_time(struct plain *plain, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    int64_t time_ns = 0;
    if (in->status != 200 || !kit_json_object(&json))
        return OC_OK; /* asked again by the timer */
    while (kit_json_key(&json, &key))
        if (KIT_JSON_IS(key, "time_us"))
            time_ns = plain_ns(kit_json_value(&json));
    if (!kit_json_end(&json) || time_ns == 0)
        return OC_E_DATA;
    return plain->kit.time->sample(plain->kit.host, time_ns, in->sent_ns, in->received_ns);
}

/* ---- answers ---- */

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct plain *plain = self;
    const struct account *who = plain_account(plain, in->account);
    const uint64_t used = kit_header_number(in, "x-used: ");
    if (used)
        (void)plain->kit.limit->used(plain->kit.host, in->account, WEIGHT, used);
    if (in->user[0] == ABOUT_TIME)
        return answer_time(plain, in);
    if (in->asked)
        return plain_answer_request(plain, in, who ? who->source : 0);
    return in->fetch ? plain_answer_fetch(plain, in, who ? who->source : 0) : (oc_rc)OC_OK;
}

/* ---- life ---- */

static oc_rc on_start(void *self, const struct oc_start *start)
{
    (void)start;
    const oc_rc rc = ask_time(self);
    return rc < 0 ? rc : plain_open_streams(self, NULL);
}

static oc_rc on_account(void *self, const struct oc_account *is)
{
    struct plain *plain = self;
    struct account *at = plain_account(plain, is->account), made = {.account = is->account, .source = is->source};
    for (int i = 0; !at && i < ACCOUNTS; i++)
        at = plain->accounts[i].account ? NULL : &plain->accounts[i];
    if (!at)
        return OC_E_LIMIT;
    if (is->state == OC_ACCOUNT_GONE) {
        memset(at, 0, sizeof *at);
        return OC_OK;
    }
    if (is->state == OC_ACCOUNT_ADDED && at->account) { /* said again: what is open stays open */
        at->source = is->source;
        return OC_OK;
    }
    made.stream = at->stream;
    oc_rc rc = plain->kit.sign->key(plain->kit.host, is->account, SECRET, OC_SIGN_HMAC_SHA256, &made.key);
    if (rc >= 0 && !made.stream)
        rc = plain_open_streams(plain, &made);
    if (rc >= 0)
        *at = made;
    return rc;
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    struct plain *plain = calloc(1, sizeof *plain);
    if (!plain)
        return OC_E_NOMEM;
    oc_rc rc = kit_codec_begin(&plain->kit, host);
    const oc_rc is_set = oc_config_duration(host, "stream_age", &plain->stream_age_ns);
    if (rc >= 0 && is_set < 0 && is_set != OC_E_NOT_FOUND && is_set != OC_E_NOT_SUPPORTED) /* a host without settings */
        rc = is_set;
    if (rc < 0) {
        free(plain);
        return rc;
    }
    *ret_self = plain;
    return OC_OK;
}

/* ---- what the venue is, as data ---- */

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://localhost:7443", .env = OC_ENV_LOCAL, .place = REST},
    {.name = "stream", .urls = "wss://localhost:7443", .env = OC_ENV_LOCAL, .place = STREAM}};
static const struct oc_credential credentials[] = {
    {.name = "api_key", .about = "sent as X-Key", .kind = OC_CREDENTIAL_PUBLIC},
    {.name = "secret", .about = "signs by HMAC-SHA256", .kind = OC_CREDENTIAL_SECRET}};
static const struct oc_limit limits[] = {{.name = "weight",
                                          .scope = OC_SCOPE_ADDRESS,
                                          .kind = OC_LIMIT_WINDOW,
                                          .max = 6000,
                                          .period_ns = 60 * SECOND,
                                          .reserve_ppm = 100000},
                                         {.name = "orders",
                                          .scope = OC_SCOPE_ACCOUNT,
                                          .kind = OC_LIMIT_WINDOW,
                                          .max = 90, /* of 100: what changes an order counts there too */
                                          .period_ns = 10 * SECOND,
                                          .orders = 1}};
static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_LIMIT,
     .tifs = BIT(OC_TIF_GTC) | BIT(OC_TIF_IOC) | BIT(OC_TIF_FOK),
     .bits = OC_RQ_HAS_QTY | OC_RQ_POST_ONLY,
     .must = OC_RQ_HAS_PRICE,
     .amends = OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN},
    {.type = OC_ORDER_MARKET, .tifs = BIT(OC_TIF_IOC), .bits = OC_RQ_HAS_QTY},
    {.type = OC_ORDER_STOP, .tifs = BIT(OC_TIF_GTC), .bits = OC_RQ_HAS_QTY, .triggers = BIT(OC_TRIGGER_LAST)},
    {.type = OC_ORDER_STOP_LIMIT,
     .tifs = BIT(OC_TIF_GTC),
     .bits = OC_RQ_HAS_QTY,
     .must = OC_RQ_HAS_PRICE,
     .triggers = BIT(OC_TRIGGER_LAST)}};
static const struct oc_topic topics[] = {{.topic = OC_TOPIC_TRADES, .flags = OC_TOPIC_EVERY},
                                         {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_EVERY | OC_TOPIC_OF_ACCOUNT}};
static const struct oc_fetchable fetches[] = {{.kind = OC_FETCH_TIME},
                                              {.kind = OC_FETCH_INSTRUMENTS},
                                              {.kind = OC_FETCH_BALANCES},
                                              {.kind = OC_FETCH_OPEN_ORDERS},
                                              {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID},
                                              {.kind = OC_FETCH_FILLS, .by = OC_BY_CURSOR, .page_max = PAGE}};
const struct oc_venue plain_venue = {.size = sizeof plain_venue,
                                     .flags = OC_CAN_CANCEL_BY_CLIENT | OC_HAS_UNIQUE_IDS | OC_HAS_SIGNED_TIME,
                                     .venue = "plain",
                                     .protocol = "v1 of outcry-venue",
                                     KIT_LIST(endpoints, endpoint_count, endpoints),
                                     KIT_LIST(credentials, credential_count, credentials),
                                     KIT_LIST(limits, limit_count, limits),
                                     KIT_LIST(orders, order_count, orders),
                                     KIT_LIST(topics, topic_count, topics),
                                     KIT_LIST(fetches, fetch_count, fetches),
                                     .client_form = OC_CLIENT_TEXT,
                                     .client_charset = OC_CLIENT_DASH,
                                     .client_max = 36,
                                     .subscribe_max = 100,
                                     .message_max = 1u << 20,
                                     .window_ns = 5 * SECOND,
                                     .absence_ns = 6 * SECOND, /* what was signed is void by then */
                                     .answer_ns = 5 * SECOND,
                                     .silence_ns = 30 * SECOND,
                                     .reconcile_ns = 30 * SECOND};

static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &plain_venue,
                                          .start = on_start,
                                          .account = on_account,
                                          .fetch = plain_fetch,
                                          .subscribe = plain_subscribe,
                                          .stream = plain_stream,
                                          .message = plain_message,
                                          .response = on_response,
                                          .request = plain_request,
                                          .timer = on_timer};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {
    {.name = "stream_age",
     .type = OC_KEY_DURATION,
     .min = "1s",
     .max = "366d",
     .about = "the venue ends a stream at this age: the next connection is made before; unset: it does not"},
    {0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.plain",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "the face plain of the rehearsal venue: REST, WebSocket, HMAC-SHA256",
                                        .open = open_it,
                                        .close = free,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);
