/* life.c: settings, accounts, tokens, what a refusal means, and where an answer goes. */
#include "coinbase.h"

#define INFO_NS  (3600 * SECOND) /* instruments are asked for so often */
#define AGAIN_NS (10 * SECOND)   /* and so soon where they did not come */

/* ---- calls ---- */

static struct kit_jwt token_of(const struct coinbase *cb, const struct kit_account *who)
{
    const char *name = cb->names[who - cb->accounts.of];
    return (struct kit_jwt){.algorithm = cb->algorithm == OC_SIGN_ED25519 ? "EdDSA" : "ES256",
                            .issuer = "cdp",
                            .name = name,
                            .name_size = (uint32_t)strlen(name),
                            .signer = who->signer,
                            .life_s = TOKEN_S};
}

static oc_rc write_headers(struct coinbase *cb, const struct kit_account *who, const struct oc_http *http,
                           struct kit_write *out)
{
    static const char *const words[2] = {"\r\nCB-ACCESS-TIMESTAMP: ", "\r\nCB-ACCESS-SIGN: "};
    const int is_post = http->method == OC_METHOD_POST;
    const struct oc_part parts[3] = {{is_post ? "POST" : "GET", is_post ? 4 : 3, 0, 0},
                                     {http->path, kit_path_size(http), 0, 0},
                                     {http->body, http->body_size, 0, 0}};
    const struct kit_jwt jwt = token_of(cb, who);
    if (cb->algorithm != OC_SIGN_HMAC_SHA256)
        return kit_jwt_header(&cb->kit, &jwt, http, out);
    KIT_WRITE(out, "CB-ACCESS-KEY: ");
    kit_write_text(out, jwt.name);
    return kit_mac_write(&cb->kit, who->signer, parts, words, out); /* the old way */
}

oc_rc cb_call(struct coinbase *cb, const struct kit_account *who, struct oc_http *http, const struct kit_write *path)
{
    char headers[KIT_JWT_ROOM];
    struct kit_write out = kit_write_begin(headers, sizeof headers);
    const struct oc_cost cost = {(uint16_t)(who ? PRIVATE : PUBLIC), 0, 1};
    const oc_rc path_size = kit_write_end(path);
    uint64_t exchange;
    if (path_size < 0)
        return path_size;
    http->size = sizeof *http, http->endpoint = REST;
    http->path = path->from;
    http->path_size = (uint32_t)path_size;
    http->account = who ? who->account : 0;
    http->flags |= who ? 0 : OC_HTTP_PLAIN;
    if (!who)
        KIT_WRITE(&out, "Cache-Control: no-cache"); /* else what is public is up to a second old */
    const oc_rc rc = who ? write_headers(cb, who, http, &out) : (oc_rc)OC_OK;
    KIT_WRITE(&out, "\r\n");
    const oc_rc size = kit_write_end(&out);
    if (rc < 0 || size < 0)
        return rc < 0 ? rc : size;
    struct oc_http sent = *http;
    sent.headers = headers;
    sent.headers_size = (uint32_t)size;
    sent.costs = &cost;
    sent.cost_count = 1;
    return cb->kit.net->http(cb->kit.host, &sent, &exchange);
}

oc_rc cb_sign_message(struct coinbase *cb, const struct kit_account *who, const char *channel, struct kit_write *out)
{
    static const char *const words[2] = {"\",\"timestamp\":\"", "\",\"signature\":\""};
    const struct oc_part parts[3] = {{channel, (uint32_t)strlen(channel), 0, 0}};
    const struct kit_jwt jwt = token_of(cb, who);
    oc_rc rc;
    if (cb->algorithm != OC_SIGN_HMAC_SHA256) {
        KIT_WRITE(out, ",\"jwt\":\"");
        rc = kit_jwt_write(&cb->kit, &jwt, NULL, 0, out);
    } else {
        KIT_WRITE(out, ",\"api_key\":\"");
        kit_write_text(out, jwt.name);
        rc = kit_mac_write(&cb->kit, who->signer, parts, words, out);
    }
    KIT_WRITE(out, "\"");
    return rc < 0 ? rc : (oc_rc)OC_OK;
}

/* ---- refusals ---- */

/* The first that it holds; the venue adds some without notice. */
uint32_t cb_why(struct kit_json_text words)
{
    static const struct kit_word whys[] = {
        {"DUPLICATE_CLIENT_ORDER_ID", OC_WHY_DUPLICATE_ID},
        {"INSUFFICIENT_TIME_TO_EDIT", OC_WHY_OTHER},
        {"INSUFFICIENT|LEDGER_BALANCE|HOLD_FAILURE", OC_WHY_INSUFFICIENT_FUNDS},
        {"INVALID_PRODUCT_ID|INELIGIBLE_PAIR|UNTRADABLE_PRODUCT", OC_WHY_BAD_SYMBOL},
        {"PRICE_PRECISION", OC_WHY_PRICE_OFF_GRID},
        {"SIZE_PRECISION", OC_WHY_QUANTITY_OFF_GRID},
        {"SIZE_TOO_SMALL", OC_WHY_TOO_SMALL},
        {"SIZE_TOO_LARGE", OC_WHY_TOO_LARGE},
        {"PRICE_POST_ONLY", OC_WHY_WOULD_TAKE},
        {"LAST_TRADE_PRICE|STOP_ALREADY_TRIGGERED", OC_WHY_WOULD_TRIGGER},
        {"TOO_FAR_FROM_MARKET", OC_WHY_PRICE_OUT_OF_BAND},
        {"NO_LIQUIDITY|PRICE_BOOK|MARKET_TRADE_DATA", OC_WHY_NO_LIQUIDITY},
        {"ENTRY_DISABLED|TRADING_DISABLED|TRADING_HALTED|TRADING_SESSION|MARKET_STATE", OC_WHY_MARKET_CLOSED},
        {"TOO_MANY_OPEN_ORDERS", OC_WHY_TOO_MANY_ORDERS},
        {"RATE_LIMIT", OC_WHY_RATE_LIMIT},
        {"GEOFENCING", OC_WHY_REGION},
        {"COMPLIANCE|RISK_LIMIT|IN_LIQUIDATION", OC_WHY_VENUE_RISK},
        {"NOT_ALLOWED_TO_CANCEL", OC_WHY_PERMISSION},
        {"UNKNOWN_CANCEL_ORDER|FULLY_FILLED|ONLY_OPEN_ORDERS_CAN_BE_EDITED", OC_WHY_ALREADY_DONE},
        {"ORDER_NOT_FOUND", OC_WHY_NOT_FOUND},
        {"EQUAL_TO_ORIGINAL", OC_WHY_NO_CHANGE},
        {"NOT_SUPPORTED|UNSUPPORTED", OC_WHY_NOT_SUPPORTED},
        {"INVALID_|END_TIME", OC_WHY_INVALID_ORDER}};
    return kit_word_within(words, whys, KIT_COUNT(whys), OC_WHY_OTHER);
}

/* {"error":"NOT_FOUND","message":"...", ...}; 401 is plain text, and what is in front of the venue answers in HTML. */
uint32_t cb_status_why(const struct oc_response *in, struct kit_json_text *ret_words)
{
    const struct kit_json_text message = kit_take_one(kit_json_into(kit_body(in)), "message");
    *ret_words = message.size ? message : kit_text_of(in->body, in->body_size < 200 ? in->body_size : 200);
    return in->status == 401   ? OC_WHY_BAD_CREDENTIALS
           : in->status == 403 ? OC_WHY_PERMISSION
           : in->status == 404 ? OC_WHY_NOT_FOUND
           : in->status == 429 ? OC_WHY_RATE_LIMIT
           : in->status >= 500 ? OC_WHY_VENUE_ERROR
                               : cb_why(kit_take_one(kit_json_into(kit_body(in)), "error"));
}

/* ---- what the host tells ---- */

/* Of the public, of its own: the clock, or the instruments. */
static oc_rc ask_own(struct coinbase *cb, uint32_t kind)
{
    const struct oc_fetch ask = {.size = sizeof ask, .kind = kind, .lane = OC_LANE_RECONCILE};
    const oc_rc rc = cb_ask(cb, &ask, kind, 0);
    return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc; /* a timer asks again, of this or of the host */
}

static oc_rc on_timer(void *self, uint64_t timer, uint64_t user)
{
    struct coinbase *cb = self;
    (void)timer, (void)user;
    const oc_rc rc = ask_own(cb, OC_FETCH_INSTRUMENTS);
    return rc < 0 ? rc : kit_timer_move(&cb->kit, AGAIN_NS, 0, &cb->timer);
}

static oc_rc on_start(void *self, const struct oc_start *start)
{
    struct coinbase *cb = self;
    (void)start;
    (void)cb->kit.limit->max(cb->kit.host, 0, PUBLIC, (uint64_t)cb->public_requests, SECOND);
    return on_timer(cb, 0, 0);
}

static oc_rc on_account(void *self, const struct oc_account *is)
{
    struct coinbase *cb = self;
    struct kit_account made, *at;
    struct oc_open open = cb_user_stream;
    char name[KEY_NAME_MAX] = "";
    oc_rc rc = kit_account_take(&cb->kit, &cb->accounts, is, PRIVATE_KEY, cb->algorithm, &made, &at);
    if (rc < 0 || !at)
        return rc;
    rc = cb->kit.sign->public_text(cb->kit.host, is->account, KEY_NAME, OC_PUBLIC_TEXT, name, sizeof name - 1);
    if (rc >= KEY_NAME_MAX)
        rc = OC_E_LIMIT;
    if (rc >= 0 && made.stream && (rc = cb->kit.net->close(cb->kit.host, made.stream)) == OC_E_NOT_FOUND)
        rc = OC_OK; /* of the key before */
    open.account = is->account;
    if (rc >= 0)
        rc = cb->kit.net->open(cb->kit.host, &open, &made.stream);
    if (rc < 0)
        return rc;
    (void)cb->kit.limit->max(cb->kit.host, is->account, PRIVATE, (uint64_t)cb->private_requests, SECOND);
    *at = made;
    memcpy(cb->names[at - cb->accounts.of], name, sizeof name);
    return OC_OK;
}

/* Its own questions: instruments, then the clock, without which nothing is signed. */
static oc_rc take_own(struct coinbase *cb, const struct oc_response *in)
{
    struct kit_page page = {.codec = &cb->kit, .in = in};
    if (in->status != 200 || in->request || in->token)
        return OC_OK; /* asked again by a timer; or of what the streams have answered */
    if (in->user[0] == OC_FETCH_TIME)
        return kit_take_time(&cb->kit, in, TIME_MEMBER);
    oc_rc rc = cb_take_info(cb, &page);
    if (rc >= 0)
        rc = ask_own(cb, OC_FETCH_TIME);
    if (rc >= 0)
        rc = kit_timer_move(&cb->kit, INFO_NS, 0, &cb->timer);
    return rc;
}

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct coinbase *cb = self;
    const struct kit_account *who = kit_account_of(&cb->accounts, in->account);
    const uint32_t source = who ? who->source : 0;
    kit_note_left(&cb->kit, in, "x-ratelimit-limit: ", "x-ratelimit-remaining: ", in->account ? PRIVATE : PUBLIC);
    return in->asked   ? cb_answer_request(cb, in, source)
           : in->fetch ? cb_answer_fetch(cb, in, source)
                       : take_own(cb, in);
}

/* ---- settings ---- */

static oc_rc settings(struct coinbase *cb)
{
    const struct oc_host *host = cb->kit.host;
    const struct oc_svc_config *config = host->service(host, OC_SVC_CONFIG);
    char word[16] = "";
    oc_rc rc = config ? config->text(host, "signature", word, sizeof word) : (oc_rc)OC_E_NOT_SUPPORTED;
    if (rc >= 0)
        rc = config->integer(host, "private_requests", &cb->private_requests);
    if (rc >= 0)
        rc = config->integer(host, "public_requests", &cb->public_requests);
    cb->algorithm = strcmp(word, "ed25519") == 0 ? OC_SIGN_ED25519
                    : strcmp(word, "hmac") == 0  ? OC_SIGN_HMAC_SHA256
                                                 : OC_SIGN_ES256;
    return rc;
}

static void release(struct coinbase *cb) { kit_held_release(&cb->pages); }

static const char *const signatures[] = {"es256", "ed25519", "hmac", NULL};
static const struct oc_key keys[] = {
    {"signature", OC_KEY_CHOICE, 0, NULL, NULL, "es256", NULL, signatures, NULL,
     "what private_key signs by; hmac: the keys of before 2025, which the venue has ended", 0},
    {"private_requests", OC_KEY_INTEGER, 0, "2", "1000", "30", "a second", NULL, NULL, "of a key, at most", 0},
    {"public_requests", OC_KEY_INTEGER, 0, "2", "1000", "10", "a second", NULL, NULL, "without a key, at most", 0},
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
