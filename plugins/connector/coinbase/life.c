/* life.c: settings, accounts, tokens, what a refusal means, and where an answer goes. */
#include "coinbase.h"

#include <stdlib.h>

#define INFO_NS  (3600 * SECOND) /* instruments are asked for so often */
#define AGAIN_NS (10 * SECOND)   /* and so soon where they did not come */
#define TOKEN_S  120

/* ---- calls ---- */

static const char *name_of(const struct coinbase *cb, const struct kit_account *who)
{
    return cb->names[who - cb->accounts.of];
}

static oc_rc write_token(struct coinbase *cb, const struct kit_account *who, const char *uri, size_t uri_size,
                         struct kit_write *out)
{
    const char *name = name_of(cb, who);
    const struct kit_jwt jwt = {.algorithm = cb->algorithm == OC_SIGN_ED25519 ? "EdDSA" : "ES256",
                                .issuer = "cdp",
                                .name = name,
                                .name_size = (uint32_t)strlen(name),
                                .signer = who->signer,
                                .life_s = TOKEN_S};
    return kit_jwt_write(&cb->kit, &jwt, uri, uri_size, out);
}

/* The old way: a MAC in hex over the second, then the parts. */
static oc_rc write_mac(struct coinbase *cb, const struct kit_account *who, const struct oc_part *said, uint32_t count,
                       const char *before, const char *between, struct kit_write *out)
{
    char second[24];
    uint8_t mac[32];
    struct oc_part parts[4] = {{.bytes = second}};
    struct kit_write time = kit_write_begin(second, sizeof second);
    int64_t now_ns, error_ns;
    if (cb->kit.time->venue_ns(cb->kit.host, &now_ns, &error_ns) < 0)
        return OC_E_AGAIN;
    kit_write_i64(&time, now_ns / SECOND);
    parts[0].size = (uint32_t)kit_write_end(&time);
    memcpy(parts + 1, said, count * sizeof *said);
    const oc_rc rc = cb->kit.sign->sign(cb->kit.host, who->signer, parts, count + 1, mac, sizeof mac);
    if (rc < 0)
        return rc;
    kit_write_text(out, before);
    kit_write_bytes(out, second, parts[0].size);
    kit_write_text(out, between);
    kit_write_hex(out, mac, sizeof mac);
    return kit_write_end(out);
}

/* `path` without its query: what a call is signed for. */
static oc_rc write_headers(struct coinbase *cb, const struct kit_account *who, const struct oc_http *http,
                           struct kit_write *out)
{
    static const char *const methods[] = {"GET", "POST"};
    char uri[PATH_ROOM];
    struct kit_write for_it = kit_write_begin(uri, sizeof uri);
    const char *method = methods[http->method == OC_METHOD_POST], *query = memchr(http->path, '?', http->path_size);
    const uint32_t size = query ? (uint32_t)(query - http->path) : http->path_size;
    if (cb->algorithm == OC_SIGN_HMAC_SHA256) {
        const struct oc_part parts[] = {
            {method, (uint32_t)strlen(method), 0, 0}, {http->path, size, 0, 0}, {http->body, http->body_size, 0, 0}};
        KIT_WRITE(out, "CB-ACCESS-KEY: ");
        kit_write_text(out, name_of(cb, who));
        return write_mac(cb, who, parts, KIT_COUNT(parts), "\r\nCB-ACCESS-TIMESTAMP: ", "\r\nCB-ACCESS-SIGN: ", out);
    }
    char place[128];
    const oc_rc place_size = cb->kit.net->authority(cb->kit.host, REST, place, sizeof place);
    if (place_size < 0)
        return place_size;
    kit_write_text(&for_it, method);
    KIT_WRITE(&for_it, " ");
    kit_write_bytes(&for_it, place, (size_t)place_size);
    kit_write_bytes(&for_it, http->path, size);
    const oc_rc uri_size = kit_write_end(&for_it);
    KIT_WRITE(out, "Authorization: Bearer ");
    return uri_size < 0 ? uri_size : write_token(cb, who, uri, (size_t)uri_size, out);
}

oc_rc cb_call(struct coinbase *cb, const struct kit_account *who, struct oc_http *http, const struct kit_write *path)
{
    char headers[PATH_ROOM];
    struct kit_write out = kit_write_begin(headers, sizeof headers);
    const struct oc_cost cost = {(uint16_t)(who ? PRIVATE : PUBLIC), 0, 1};
    const oc_rc path_size = kit_write_end(path);
    uint64_t exchange;
    if (path_size < 0)
        return path_size;
    http->size = sizeof *http;
    http->endpoint = REST;
    http->path = path->from;
    http->path_size = (uint32_t)path_size;
    http->account = who ? who->account : 0;
    if (who) {
        const oc_rc rc = write_headers(cb, who, http, &out);
        if (rc < 0)
            return rc;
    } else {
        http->flags |= OC_HTTP_PLAIN;
        KIT_WRITE(&out, "Cache-Control: no-cache"); /* else what is public is up to a second old */
    }
    KIT_WRITE(&out, "\r\n");
    const oc_rc size = kit_write_end(&out);
    if (size < 0)
        return size;
    http->headers = headers;
    http->headers_size = (uint32_t)size;
    http->costs = &cost;
    http->cost_count = 1;
    return cb->kit.net->http(cb->kit.host, http, &exchange);
}

oc_rc cb_sign_message(struct coinbase *cb, const struct kit_account *who, const char *channel, struct kit_write *out)
{
    const struct oc_part part = {channel, (uint32_t)strlen(channel), 0, 0};
    oc_rc rc;
    if (cb->algorithm != OC_SIGN_HMAC_SHA256) {
        KIT_WRITE(out, ",\"jwt\":\"");
        rc = write_token(cb, who, NULL, 0, out);
    } else {
        KIT_WRITE(out, ",\"api_key\":");
        kit_write_json(out, name_of(cb, who), strlen(name_of(cb, who)));
        rc = write_mac(cb, who, &part, 1, ",\"timestamp\":\"", "\",\"signature\":\"", out);
    }
    KIT_WRITE(out, "\"");
    return rc < 0 ? rc : (oc_rc)OC_OK;
}

/* ---- refusals: words, the first that fits; the venue adds some without notice ---- */

const struct kit_refusal_row *cb_refusal(struct kit_json_text words)
{
    static const struct kit_refusal_row rows[] = {
        {0, "DUPLICATE_CLIENT_ORDER_ID", OC_WHY_DUPLICATE_ID, 1}, /* ours, that came twice: the other answer was lost */
        {0, "INSUFFICIENT_TIME_TO_EDIT", OC_WHY_OTHER, 0},
        {0, "INSUFFICIENT", OC_WHY_INSUFFICIENT_FUNDS, 0},
        {0, "LEDGER_BALANCE", OC_WHY_INSUFFICIENT_FUNDS, 0},
        {0, "HOLD_FAILURE", OC_WHY_INSUFFICIENT_FUNDS, 0},
        {0, "INVALID_PRODUCT_ID", OC_WHY_BAD_SYMBOL, 0},
        {0, "INELIGIBLE_PAIR", OC_WHY_BAD_SYMBOL, 0},
        {0, "UNTRADABLE_PRODUCT", OC_WHY_BAD_SYMBOL, 0},
        {0, "PRICE_PRECISION", OC_WHY_PRICE_OFF_GRID, 0},
        {0, "SIZE_PRECISION", OC_WHY_QUANTITY_OFF_GRID, 0},
        {0, "SIZE_TOO_SMALL", OC_WHY_TOO_SMALL, 0},
        {0, "SIZE_TOO_LARGE", OC_WHY_TOO_LARGE, 0},
        {0, "PRICE_POST_ONLY", OC_WHY_WOULD_TAKE, 0},
        {0, "LAST_TRADE_PRICE", OC_WHY_WOULD_TRIGGER, 0},
        {0, "STOP_ALREADY_TRIGGERED", OC_WHY_WOULD_TRIGGER, 0},
        {0, "TOO_FAR_FROM_MARKET", OC_WHY_PRICE_OUT_OF_BAND, 0},
        {0, "NO_LIQUIDITY", OC_WHY_NO_LIQUIDITY, 0},
        {0, "PRICE_BOOK", OC_WHY_NO_LIQUIDITY, 0},
        {0, "MARKET_TRADE_DATA", OC_WHY_NO_LIQUIDITY, 0},
        {0, "ORDER_ENTRY_DISABLED", OC_WHY_MARKET_CLOSED, 0},
        {0, "TRADING_DISABLED", OC_WHY_MARKET_CLOSED, 0},
        {0, "TRADING_HALTED", OC_WHY_MARKET_CLOSED, 0},
        {0, "TRADING_SESSION", OC_WHY_MARKET_CLOSED, 0},
        {0, "MARKET_STATE", OC_WHY_MARKET_CLOSED, 0},
        {0, "TOO_MANY_OPEN_ORDERS", OC_WHY_TOO_MANY_ORDERS, 0},
        {0, "RATE_LIMIT", OC_WHY_RATE_LIMIT, 0},
        {0, "GEOFENCING", OC_WHY_REGION, 0},
        {0, "COMPLIANCE", OC_WHY_VENUE_RISK, 0},
        {0, "RISK_LIMIT", OC_WHY_VENUE_RISK, 0},
        {0, "IN_LIQUIDATION", OC_WHY_VENUE_RISK, 0},
        {0, "NOT_ALLOWED_TO_CANCEL", OC_WHY_PERMISSION, 0},
        {0, "UNKNOWN_CANCEL_ORDER", OC_WHY_ALREADY_DONE, 0},
        {0, "FULLY_FILLED", OC_WHY_ALREADY_DONE, 0},
        {0, "ONLY_OPEN_ORDERS_CAN_BE_EDITED", OC_WHY_ALREADY_DONE, 0},
        {0, "ORDER_NOT_FOUND", OC_WHY_NOT_FOUND, 0},
        {0, "EQUAL_TO_ORIGINAL", OC_WHY_NO_CHANGE, 0},
        {0, "NOT_SUPPORTED", OC_WHY_NOT_SUPPORTED, 0},
        {0, "UNSUPPORTED", OC_WHY_NOT_SUPPORTED, 0},
        {0, "INVALID_", OC_WHY_INVALID_ORDER, 0},
        {0, "END_TIME", OC_WHY_INVALID_ORDER, 0},
        {0, NULL, OC_WHY_OTHER, 0}};
    return KIT_REFUSAL_OF(rows, 0, words);
}

/* {"error":"NOT_FOUND","message":"...", ...}; 401 is plain text, and what is in front of the venue answers in HTML. */
uint32_t cb_status_why(const struct oc_response *in, struct kit_json_text *ret_words)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text error = {0}, message = {0};
    const struct kit_member members[] = {{"error", &error}, {"message", &message}};
    *ret_words = kit_text_of(in->body, in->body_size < 200 ? in->body_size : 200);
    if (KIT_TAKE(&json, members) && message.size)
        *ret_words = message;
    return in->status == 401   ? OC_WHY_BAD_CREDENTIALS
           : in->status == 403 ? OC_WHY_PERMISSION
           : in->status == 404 ? OC_WHY_NOT_FOUND
           : in->status == 429 ? OC_WHY_RATE_LIMIT
           : in->status >= 500 ? OC_WHY_VENUE_ERROR
           : error.size        ? cb_refusal(error)->why
                               : (uint32_t)OC_WHY_INVALID_ORDER;
}

/* x-ratelimit-limit and -remaining, where they are said: what is used is the one less the other. */
static void note_limit(struct coinbase *cb, const struct oc_response *in)
{
    const uint64_t most = kit_header_number(in, "x-ratelimit-limit: "),
                   left = kit_header_number(in, "x-ratelimit-remaining: ");
    if (most && left && left < most)
        (void)cb->kit.limit->used(cb->kit.host, in->account, in->account ? PRIVATE : PUBLIC, most - left);
}

/* ---- what the host tells ---- */

/* Of the public, of its own: the clock, or the instruments. */
static oc_rc ask_own(struct coinbase *cb, uint64_t about)
{
    struct oc_http http = {.flags = OC_HTTP_SAFE, .lane = OC_LANE_RECONCILE, .user = {about, 0, 0}};
    char path[128];
    struct kit_write out = kit_write_begin(path, sizeof path);
    kit_write_text(&out, about == ABOUT_TIME ? API "/time" : API "/market/products?product_type=SPOT");
    const oc_rc rc = cb_call(cb, NULL, &http, &out);
    return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc;
}

static oc_rc ask_info(struct coinbase *cb)
{
    const oc_rc rc = ask_own(cb, ABOUT_INFO);
    return rc < 0 ? rc : kit_timer_move(&cb->kit, AGAIN_NS, 0, &cb->timer);
}

static oc_rc on_start(void *self, const struct oc_start *start)
{
    struct coinbase *cb = self;
    int64_t most;
    const struct oc_svc_config *config = cb->kit.host->service(cb->kit.host, OC_SVC_CONFIG);
    (void)start;
    if (config && config->integer(cb->kit.host, "private_requests", &most) == OC_OK)
        (void)cb->kit.limit->max(cb->kit.host, 0, PRIVATE, (uint64_t)most, SECOND);
    if (config && config->integer(cb->kit.host, "public_requests", &most) == OC_OK)
        (void)cb->kit.limit->max(cb->kit.host, 0, PUBLIC, (uint64_t)most, SECOND);
    return ask_info(cb);
}

static oc_rc on_account(void *self, const struct oc_account *is)
{
    struct coinbase *cb = self;
    struct kit_account made, *at;
    char name[KEY_NAME_MAX] = "";
    oc_rc rc = kit_account_take(&cb->kit, &cb->accounts, is, PRIVATE_KEY, cb->algorithm, &made, &at);
    if (rc < 0 || !at)
        return rc;
    rc = cb->kit.sign->public_text(cb->kit.host, is->account, KEY_NAME, OC_PUBLIC_TEXT, name, sizeof name - 1);
    if (rc >= KEY_NAME_MAX)
        rc = OC_E_LIMIT;
    if (rc >= 0 && made.stream) { /* of the key before */
        rc = cb->kit.net->close(cb->kit.host, made.stream);
        rc = rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc;
    }
    struct oc_open open = cb_user_stream;
    open.account = is->account;
    if (rc >= 0)
        rc = cb->kit.net->open(cb->kit.host, &open, &made.stream);
    if (rc < 0)
        return rc;
    *at = made;
    memcpy(cb->names[at - cb->accounts.of], name, sizeof name);
    return OC_OK;
}

static oc_rc on_timer(void *self, uint64_t timer, uint64_t user)
{
    (void)timer, (void)user;
    return ask_info(self);
}

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct coinbase *cb = self;
    const struct kit_account *who = kit_account_of(&cb->accounts, in->account);
    note_limit(cb, in);
    if (in->asked)
        return cb_answer_request(cb, in, who ? who->source : 0);
    if (in->fetch)
        return cb_answer_fetch(cb, in, who ? who->source : 0);
    if (in->status != 200)
        return OC_OK; /* asked again by the timer */
    if (in->user[0] == ABOUT_TIME)
        return cb_take_time(cb, in);
    oc_rc rc = cb_answer_info(cb, in);
    if (rc >= 0)
        rc = ask_own(cb, ABOUT_TIME);
    if (rc >= 0)
        rc = kit_timer_move(&cb->kit, INFO_NS, 0, &cb->timer);
    if (rc >= 0)
        cb->has_info = 1;
    return rc;
}

/* ---- settings ---- */

static oc_rc settings(struct coinbase *cb)
{
    const struct oc_svc_config *config = cb->kit.host->service(cb->kit.host, OC_SVC_CONFIG);
    char word[16] = "es256";
    const oc_rc rc = config ? config->text(cb->kit.host, "signature", word, sizeof word) : (oc_rc)OC_E_NOT_FOUND;
    cb->algorithm = strcmp(word, "ed25519") == 0 ? OC_SIGN_ED25519
                    : strcmp(word, "hmac") == 0  ? OC_SIGN_HMAC_SHA256
                                                 : OC_SIGN_ES256;
    return rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc;
}

static void release(struct coinbase *cb) { kit_held_release(&cb->pages); }

static const char *const signatures[] = {"es256", "ed25519", "hmac", NULL};
static const struct oc_key keys[] = {
    {.name = "signature",
     .type = OC_KEY_CHOICE,
     .choices = signatures,
     .fallback = "es256",
     .about = "what private_key signs by; hmac: the keys of before 2025, which the venue has ended"},
    {.name = "private_requests",
     .type = OC_KEY_INTEGER,
     .min = "2",
     .max = "1000",
     .fallback = "30",
     .unit = "a second",
     .about = "requests of a key, at most"},
    {.name = "public_requests",
     .type = OC_KEY_INTEGER,
     .min = "2",
     .max = "1000",
     .fallback = "10",
     .unit = "a second",
     .about = "requests of everybody at this address, at most"},
    {0}};
static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &cb_venue,
                                          .start = on_start,
                                          .account = on_account,
                                          .fetch = cb_fetch,
                                          .subscribe = cb_subscribe,
                                          .stream = cb_stream,
                                          .message = cb_message,
                                          .response = on_response,
                                          .request = cb_request,
                                          .timer = on_timer};
KIT_CONNECTOR_SET(struct coinbase, settings, release, table, keys, "outcry.coinbase", "0.1.0", "MIT",
                  "Coinbase Advanced spot");
