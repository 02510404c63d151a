/* connector.c: Coinbase Advanced: life, tokens, questions, and where an answer goes. */
#include "coinbase.h"

#include <stdlib.h>

struct account *coinbase_account(struct coinbase *cb, uint32_t account)
{
    for (int i = 0; i < ACCOUNTS; i++)
        if (account && cb->accounts[i].account == account)
            return &cb->accounts[i];
    return NULL;
}

oc_rc coinbase_fetched(struct coinbase *cb, const struct oc_fetch *ask, oc_rc result, uint32_t count,
                       struct kit_json_text cursor)
{
    return kit_fetched(&cb->kit, ask, 0, result, count, cursor.size > 0, cursor.at, cursor.size);
}

uint32_t coinbase_why(struct kit_json_text word)
{
    static const struct kit_word reasons[] = {{"INSUFFICIENT_FUND", OC_WHY_INSUFFICIENT_FUNDS},
                                              {"PREVIEW_INSUFFICIENT_FUND", OC_WHY_INSUFFICIENT_FUNDS},
                                              {"INVALID_PRODUCT_ID", OC_WHY_BAD_SYMBOL},
                                              {"INVALID_SIZE_PRECISION", OC_WHY_QUANTITY_OFF_GRID},
                                              {"INVALID_PRICE_PRECISION", OC_WHY_PRICE_OFF_GRID},
                                              {"PREVIEW_INVALID_BASE_SIZE_TOO_SMALL", OC_WHY_TOO_SMALL},
                                              {"PREVIEW_INVALID_BASE_SIZE_TOO_LARGE", OC_WHY_TOO_LARGE},
                                              {"INVALID_LIMIT_PRICE_POST_ONLY", OC_WHY_WOULD_TAKE},
                                              {"LIMIT_PRICE_TOO_FAR_FROM_MARKET", OC_WHY_PRICE_OUT_OF_BAND},
                                              {"ORDER_ENTRY_DISABLED", OC_WHY_MARKET_CLOSED},
                                              {"TRADING_DISABLED", OC_WHY_MARKET_CLOSED},
                                              {"DUPLICATE_CLIENT_ORDER_ID", OC_WHY_DUPLICATE_ID},
                                              {"TOO_MANY_OPEN_ORDERS", OC_WHY_TOO_MANY_ORDERS},
                                              {"RATE_LIMIT_EXCEEDED", OC_WHY_RATE_LIMIT},
                                              {"UNKNOWN_CANCEL_ORDER", OC_WHY_NOT_FOUND},
                                              {"ORDER_IS_FULLY_FILLED", OC_WHY_ALREADY_DONE},
                                              {"ORDER_NOT_FOUND", OC_WHY_NOT_FOUND},
                                              {"EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST", OC_WHY_NO_CHANGE}};
    return KIT_WORD_OF(word, reasons, word.size ? OC_WHY_OTHER : OC_WHY_NONE);
}

/* ---- one token a call, made when the call is made ---- */

static oc_rc write_head(struct coinbase *cb, const struct account *who, struct kit_write *out)
{
    uint8_t nonce[16];
    const oc_rc rc = cb->kit.time->random(cb->kit.host, nonce, sizeof nonce);
    if (rc < 0)
        return rc;
    KIT_WRITE(out, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":");
    kit_write_json(out, who->name, who->name_size);
    KIT_WRITE(out, ",\"nonce\":\"");
    kit_write_hex(out, nonce, sizeof nonce);
    KIT_WRITE(out, "\"}");
    return kit_write_end(out);
}

static oc_rc write_claims(struct coinbase *cb, const struct account *who, const char *method, const char *path,
                          uint32_t path_size, struct kit_write *out)
{
    char authority[128];
    int64_t now_ns, error_ns;
    const oc_rc rc = cb->kit.time->venue_ns(cb->kit.host, &now_ns, &error_ns);
    if (rc < 0)
        return rc;
    KIT_WRITE(out, "{\"sub\":");
    kit_write_json(out, who->name, who->name_size);
    KIT_WRITE(out, ",\"iss\":\"cdp\",\"nbf\":");
    kit_write_u64(out, (uint64_t)now_ns / 1000000000);
    KIT_WRITE(out, ",\"exp\":");
    kit_write_u64(out, (uint64_t)now_ns / 1000000000 + 120);
    if (method) { /* a socket's token has no uri */
        const oc_rc size = cb->kit.net->authority(cb->kit.host, REST, authority, sizeof authority);
        if (size < 0)
            return size;
        const char *query = memchr(path, '?', path_size);
        KIT_WRITE(out, ",\"uri\":\"");
        kit_write_text(out, method);
        KIT_WRITE(out, " ");
        kit_write_bytes(out, authority, (size_t)size);
        kit_write_bytes(out, path, query ? (size_t)(query - path) : path_size);
        KIT_WRITE(out, "\"");
    }
    KIT_WRITE(out, "}");
    return kit_write_end(out);
}

oc_rc coinbase_token(struct coinbase *cb, const struct account *who, const char *method, const char *path,
                     uint32_t path_size, struct kit_write *out)
{
    char head_text[512], claim_text[1024];
    struct kit_write head = kit_write_begin(head_text, sizeof head_text);
    struct kit_write claims = kit_write_begin(claim_text, sizeof claim_text);
    uint8_t signature[64];
    const char *from = out->at;
    const oc_rc head_size = write_head(cb, who, &head);
    const oc_rc claim_size = head_size < 0 ? head_size : write_claims(cb, who, method, path, path_size, &claims);
    if (claim_size < 0)
        return claim_size;
    kit_write_base64(out, head_text, (size_t)head_size, 1);
    KIT_WRITE(out, ".");
    kit_write_base64(out, claim_text, (size_t)claim_size, 1);
    oc_rc rc = kit_write_end(out);
    if (rc < 0)
        return rc;
    const struct oc_part part = {from, (uint32_t)(out->at - from), 0, 0};
    rc = cb->kit.sign->sign(cb->kit.host, who->key, &part, 1, signature, sizeof signature);
    if (rc < 0)
        return rc;
    KIT_WRITE(out, ".");
    kit_write_base64(out, signature, sizeof signature, 1);
    return kit_write_end(out);
}

oc_rc coinbase_call(struct coinbase *cb, const struct oc_http *what)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    char headers[2048];
    struct kit_write out = kit_write_begin(headers, sizeof headers);
    const struct oc_cost cost = {(uint16_t)(what->account ? L_PRIVATE : L_PUBLIC), 0, 1};
    struct oc_http http = *what;
    uint64_t exchange;
    http.size = sizeof http;
    http.endpoint = REST;
    http.costs = &cost;
    http.cost_count = 1;
    if (http.account) {
        const struct account *who = coinbase_account(cb, http.account);
        if (!who)
            return OC_E_INVALID;
        KIT_WRITE(&out, "Authorization: Bearer ");
        const oc_rc rc = coinbase_token(cb, who, methods[http.method], http.path, http.path_size, &out);
        if (rc < 0)
            return rc;
        KIT_WRITE(&out, "\r\n");
    } else {
        KIT_WRITE(&out, "Cache-Control: no-cache\r\n");
        http.flags |= OC_HTTP_PLAIN;
    }
    const oc_rc size = kit_write_end(&out);
    http.headers = headers;
    http.headers_size = size > 0 ? (uint32_t)size : 0;
    return size < 0 ? size : cb->kit.net->http(cb->kit.host, &http, &exchange);
}

/* ---- questions ---- */

struct question {
    uint32_t kind;
    uint32_t is_public;
    const char *path;
};

static const struct question questions[] = {
    {OC_FETCH_TIME, 1, API "/time"},
    {OC_FETCH_CREDENTIALS, 0, API "/key_permissions"},
    {OC_FETCH_INSTRUMENTS, 1, API "/market/products?product_type=SPOT"},
    {OC_FETCH_BALANCES, 0, API "/accounts?limit=250"},
    {OC_FETCH_FEES, 0, API "/transaction_summary"},
    {OC_FETCH_OPEN_ORDERS, 0, API "/orders/historical/batch?order_status=OPEN&limit=250"}, /* alone, by rule */
    {OC_FETCH_ORDER, 0, API "/orders/historical/"},
    {OC_FETCH_FILLS, 0, API "/orders/historical/fills?limit=250"},
    {OC_FETCH_LEDGER, 0, "/v2/accounts/"},
    {OC_FETCH_BARS, 1, API "/market/products/"},
};

static const struct question *question_of(uint32_t kind)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (questions[i].kind == kind)
            return &questions[i];
    return NULL;
}

static oc_rc write_rest(struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out)
{
    struct oc_instrument inst;
    char asset[OC_ASSET_MAX];
    if (ask->kind == OC_FETCH_ORDER && ask->venue_order.size) {
        kit_write_id(out, &ask->venue_order);
    } else if (ask->kind == OC_FETCH_ORDER) { /* no filter by client id: the list from just before it was made */
        KIT_WRITE(out, "batch?limit=250&start_date=");
        kit_write_time(out, ask->created_ns - 2000000000, 9);
    } else if (ask->kind == OC_FETCH_FILLS) {
        if (ask->venue_order.size) {
            KIT_WRITE(out, "&order_ids=");
            kit_write_id(out, &ask->venue_order);
        }
        if (ask->from_ns) {
            KIT_WRITE(out, "&start_sequence_timestamp=");
            kit_write_time(out, ask->from_ns, 9);
        }
    } else if (ask->kind == OC_FETCH_LEDGER) {
        if (cb->kit.names->asset_text(cb->kit.host, ask->asset, asset) < 0)
            return OC_E_INVALID;
        kit_write_text(out, asset);
        KIT_WRITE(out, "/transactions?limit=100");
    } else if (ask->kind == OC_FETCH_BARS) {
        if (cb->kit.names->record(cb->kit.host, ask->inst, &inst, sizeof inst) < 0)
            return OC_E_NOT_FOUND;
        kit_write_text(out, inst.venue_symbol);
        KIT_WRITE(out, "/candles?granularity=");
        kit_write_text(out, ask->period_ns == INT64_C(60000000000) ? "ONE_MINUTE" : "ONE_DAY");
        KIT_WRITE(out, "&start=");
        kit_write_u64(out, (uint64_t)ask->from_ns / 1000000000);
        KIT_WRITE(out, "&end=");
        kit_write_u64(out, (uint64_t)ask->to_ns / 1000000000);
    }
    if (ask->cursor.size) {
        kit_write_text(out, ask->kind == OC_FETCH_LEDGER ? "&starting_after=" : "&cursor=");
        kit_write_query(out, (const char *)ask->cursor.bytes, ask->cursor.size);
    }
    return OC_OK;
}

static oc_rc fetch(void *self, const struct oc_fetch *ask)
{
    struct coinbase *cb = self;
    const struct question *question = question_of(ask->kind);
    char path[512];
    struct kit_write out = kit_write_begin(path, sizeof path);
    if (!question)
        return OC_E_NOT_SUPPORTED;
    if (!question->is_public && !coinbase_account(cb, ask->account))
        return OC_E_INVALID;
    kit_write_text(&out, question->path);
    const oc_rc rc = write_rest(cb, ask, &out), size = kit_write_end(&out);
    if (rc < 0 || size < 0)
        return rc < 0 ? rc : size;
    const struct oc_http http = {.method = OC_METHOD_GET,
                                 .flags = OC_HTTP_SAFE,
                                 .lane = (uint8_t)ask->lane,
                                 .account = question->is_public ? 0 : ask->account,
                                 .token = ask->token,
                                 .path = path,
                                 .path_size = (uint32_t)size};
    return coinbase_call(cb, &http);
}

/* ---- answers ---- */

static oc_rc answer_time(struct coinbase *cb, const struct oc_response *in)
{
    const struct kit_json_text none = {0};
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    uint64_t ms = 0;
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "epochMillis") && kit_json_u64(kit_json_value(&json), &ms) < 0)
                return OC_E_DATA;
    }
    if (!kit_json_end(&json) || !ms || ms > INT64_MAX / 1000000)
        return OC_E_DATA;
    const oc_rc rc = cb->kit.time->sample(cb->kit.host, (int64_t)ms * 1000000, in->sent_ns, in->received_ns);
    return rc < 0 ? rc : coinbase_fetched(cb, in->fetch, OC_OK, 0, none);
}

static oc_rc one_of_list(struct coinbase *cb, struct kit_json *json, struct kit_json_text list, const struct seen *seen,
                         uint32_t *found)
{
    switch (*list.at) {
    case 'p':
        return coinbase_product(cb, json, seen->token);
    case 'a':
        return coinbase_balance(cb, json, seen->source, seen->token);
    case 'f':
        return coinbase_fill(cb, json, seen->source);
    default:
        return coinbase_order(cb, json, seen, found);
    }
}

/* {"LIST":[...],"cursor":"...","has_next":...} */
static oc_rc answer_list(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    const struct oc_fetch *ask = in->fetch;
    const int is_one = ask->kind == OC_FETCH_ORDER;
    const struct seen seen = {source, OC_EVF_REPLAYED, 0, ask->token, is_one ? &ask->client : NULL};
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key, cursor = {0};
    uint32_t count = 0, found = 0;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key)) {
            const int is_list = KIT_JSON_IS(key, "products") || KIT_JSON_IS(key, "accounts") ||
                                KIT_JSON_IS(key, "orders") || KIT_JSON_IS(key, "fills");
            if (KIT_JSON_IS(key, "cursor"))
                cursor = kit_json_value(&json);
            else if (is_list && kit_json_array(&json))
                for (; rc >= 0 && kit_json_item(&json); count++)
                    rc = one_of_list(cb, &json, key, &seen, &found);
        }
    }
    if (rc < 0 || !kit_json_end(&json) || cursor.is_escaped)
        return rc < 0 ? rc : OC_E_DATA;
    if (is_one && !cursor.size && !found && (rc = kit_absent(&cb->kit, ask, source)) < 0)
        return rc;
    if ((is_one && found) || cursor.kind != KIT_JSON_STRING)
        cursor.size = 0;
    return coinbase_fetched(cb, ask, OC_OK, count, cursor);
}

static oc_rc answer_one_order(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    const struct seen seen = {source, OC_EVF_REPLAYED, 0, in->token, NULL};
    const struct kit_json_text none = {0};
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "order"))
                rc = coinbase_order(cb, &json, &seen, &count);
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : OC_E_DATA;
    return coinbase_fetched(cb, in->fetch, OC_OK, count, none);
}

static oc_rc answer_fetch(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    const struct kit_json_text none = {0};
    if (in->status >= 400)
        return kit_page_refused(&cb->kit, in->fetch, source,
                                in->status == 404                        ? OC_WHY_NOT_FOUND
                                : in->status == 401 || in->status == 403 ? OC_WHY_PERMISSION
                                                                         : OC_WHY_OTHER);
    switch (in->fetch->kind) {
    case OC_FETCH_TIME:
        return answer_time(cb, in);
    case OC_FETCH_CREDENTIALS:
        return coinbase_rights(cb, in, source);
    case OC_FETCH_ORDER:
        return in->fetch->venue_order.size ? answer_one_order(cb, in, source) : answer_list(cb, in, source);
    case OC_FETCH_INSTRUMENTS:
    case OC_FETCH_BALANCES:
    case OC_FETCH_OPEN_ORDERS:
    case OC_FETCH_FILLS:
        return answer_list(cb, in, source);
    default:
        return coinbase_fetched(cb, in->fetch, OC_E_NOT_SUPPORTED, 0, none);
    }
}

static oc_rc response(void *self, const struct oc_response *in)
{
    struct coinbase *cb = self;
    const struct account *who = coinbase_account(cb, in->account);
    const uint32_t source = who ? who->source : 0;
    if (in->status == 429)
        cb->kit.limit->shut(cb->kit.host, in->account, in->account ? L_PRIVATE : L_PUBLIC, in->received_ns + 1000000000,
                            OC_WHY_RATE_LIMIT);
    if (in->asked)
        return coinbase_answer_order(cb, in, source);
    return in->fetch ? answer_fetch(cb, in, source) : OC_OK;
}

/* ---- life ---- */

static oc_rc start(void *self, const struct oc_start *how) { return (void)self, (void)how, OC_OK; }
static oc_rc quiesce(void *self, int64_t deadline_ns) { return (void)self, (void)deadline_ns, OC_OK; }

static oc_rc account(void *self, const struct oc_account *is)
{
    struct coinbase *cb = self;
    struct account *at = coinbase_account(cb, is->account), made = {.account = is->account, .source = is->source};
    for (int i = 0; !at && i < ACCOUNTS; i++)
        at = cb->accounts[i].account ? NULL : &cb->accounts[i];
    if (!at)
        return OC_E_LIMIT;
    if (is->state != OC_ACCOUNT_GONE) {
        const oc_rc size =
            cb->kit.sign->public_text(cb->kit.host, is->account, KEY_NAME, OC_PUBLIC_TEXT, made.name, sizeof made.name);
        const oc_rc rc =
            size < 0 ? size : cb->kit.sign->key(cb->kit.host, is->account, PRIVATE_KEY, OC_SIGN_ES256, &made.key);
        if (rc < 0)
            return rc;
        made.name_size = (uint32_t)size;
    } else {
        made = (struct account){0};
    }
    *at = made;
    return OC_OK;
}

static void release(struct coinbase *cb) { (void)cb; }

static const struct oc_connector connector = {.size = sizeof connector,
                                              .venue = &coinbase_venue,
                                              .start = start,
                                              .account = account,
                                              .fetch = fetch,
                                              .subscribe = coinbase_subscribe,
                                              .stream = coinbase_stream,
                                              .message = coinbase_message,
                                              .response = response,
                                              .request = coinbase_request,
                                              .quiesce = quiesce};
static const struct oc_key keys[] = {{0}};
KIT_CONNECTOR(struct coinbase, release, connector, keys, "outcry.test.coinbase", "0.1.0", "MIT",
              "Coinbase Advanced (a sketch)");
