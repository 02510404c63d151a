/* fetch.c: questions, and their answers page by page. */
#include "plain.h"

struct question {
    uint32_t kind;
    uint32_t weight;
    uint32_t is_signed;
    const char *path;
    const char *rows; /* the list of the answer; NULL: a single object */
};

static const struct question questions[] = {
    {OC_FETCH_TIME, 1, 0, "/v1/time", NULL},
    {OC_FETCH_INSTRUMENTS, 5, 0, "/v1/instruments", "instruments"},
    {OC_FETCH_BALANCES, 5, 1, "/v1/balances", "balances"},
    {OC_FETCH_OPEN_ORDERS, 5, 1, "/v1/open-orders", "orders"},
    {OC_FETCH_ORDER, 2, 1, "/v1/orders", NULL},
    {OC_FETCH_FILLS, 5, 1, "/v1/fills", "fills"},
};

static const struct question *question_of(uint32_t kind)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (questions[i].kind == kind)
            return &questions[i];
    return NULL;
}

static void write_path(struct kit_write *to, const struct oc_fetch *ask, const struct question *question)
{
    uint64_t after = 0;
    kit_write_text(to, question->path);
    if (ask->kind == OC_FETCH_ORDER && ask->client.size) {
        KIT_WRITE(to, "?client_id=");
        kit_write_query(to, ask->client.text, ask->client.size);
    } else if (ask->kind == OC_FETCH_ORDER) {
        KIT_WRITE(to, "?id=");
        kit_write_query(to, ask->venue_order.text, ask->venue_order.size);
    } else if (ask->kind == OC_FETCH_FILLS) {
        if (ask->cursor.size != sizeof after) { /* the first of a session: fills of before it are not its own */
            KIT_WRITE(to, "?from=end");
            return;
        }
        memcpy(&after, ask->cursor.bytes, sizeof after);
        KIT_WRITE(to, "?after=");
        kit_write_u64(to, after);
        KIT_WRITE(to, "&limit=");
        kit_write_u64(to, PAGE);
    }
}

oc_rc plain_fetch(void *self, const struct oc_fetch *ask)
{
    struct plain *plain = self;
    const struct question *question = question_of(ask->kind);
    const struct account *who = plain_account(plain, ask->account);
    char path[160], headers[HEADERS_ROOM];
    struct kit_write to = kit_write_begin(path, sizeof path);
    uint64_t exchange;
    oc_rc rc = OC_OK;
    if (!question)
        return OC_E_NOT_SUPPORTED;
    if (question->is_signed && !who)
        return OC_E_INVALID;
    write_path(&to, ask, question);
    const oc_rc path_size = kit_write_end(&to);
    if (path_size < 0)
        return path_size;
    const struct oc_cost cost = {WEIGHT, 0, question->weight};
    struct oc_http http = {.size = sizeof http,
                           .endpoint = REST,
                           .flags = OC_HTTP_SAFE,
                           .lane = (uint8_t)ask->lane,
                           .token = ask->token,
                           .path = path,
                           .path_size = (uint32_t)path_size,
                           .costs = &cost,
                           .cost_count = 1};
    if (question->is_signed) {
        http.account = who->account;
        rc = plain_sign(plain, who, &http, headers);
    } else {
        http.flags |= OC_HTTP_PLAIN;
    }
    return rc < 0 ? rc : plain->kit.net->http(plain->kit.host, &http, &exchange);
}

/* ---- answers ---- */

static oc_rc fetched(struct plain *plain, const struct oc_response *in, uint32_t source, oc_rc rc, uint32_t count,
                     uint32_t more, uint64_t next)
{
    const int has_cursor = rc == OC_OK && in->fetch->kind == OC_FETCH_FILLS;
    return kit_fetched(&plain->kit, in->fetch, source, rc, count, more, has_cursor ? &next : NULL,
                       has_cursor ? sizeof next : 0);
}

static oc_rc refused(struct plain *plain, const struct oc_response *in, uint32_t source)
{
    struct kit_json_text code = {0}, words = {0};
    const int is_error = plain_error(kit_json_begin(in->body, in->body_size), &code, &words);
    const uint32_t why = is_error ? plain_why(code) : OC_WHY_PROTOCOL;
    return kit_page_refused(&plain->kit, in->fetch, source,
                            why == OC_WHY_NOT_FOUND && in->status != 404 ? OC_WHY_PROTOCOL : why);
}

static oc_rc say_row(struct plain *plain, struct kit_json *json, const struct oc_response *in, uint32_t source)
{
    switch (in->fetch->kind) {
    case OC_FETCH_INSTRUMENTS:
        return plain_say_instrument(plain, json);
    case OC_FETCH_BALANCES:
        return plain_say_balance(plain, json, source, in->token, OC_EVF_REPLAYED);
    case OC_FETCH_FILLS:
        return plain_say_fill(plain, json, source, OC_EVF_REPLAYED);
    default:
        return plain_say_order(plain, json, source, in->token, OC_EVF_REPLAYED);
    }
}

oc_rc plain_answer_fetch(struct plain *plain, const struct oc_response *in, uint32_t source)
{
    const struct question *question = question_of(in->fetch->kind);
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    uint64_t next = 0;
    uint32_t count = 0, more = 0;
    oc_rc rc = OC_OK;
    if (in->status >= 400 || !question)
        return refused(plain, in, source);
    if (!kit_json_object(&json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(&json, &key)) {
        if (question->rows && kit_json_is(key, question->rows, strlen(question->rows)) && kit_json_array(&json)) {
            for (; rc >= 0 && kit_json_item(&json); count++)
                rc = say_row(plain, &json, in, source);
        } else if (KIT_JSON_IS(key, "order") && in->fetch->kind == OC_FETCH_ORDER) {
            rc = say_row(plain, &json, in, source);
            count = 1;
        } else if (KIT_JSON_IS(key, "time_us") && in->fetch->kind == OC_FETCH_TIME) {
            rc =
                plain->kit.time->sample(plain->kit.host, plain_ns(kit_json_value(&json)), in->sent_ns, in->received_ns);
        } else if (KIT_JSON_IS(key, "next")) {
            rc = kit_json_u64(kit_json_value(&json), &next);
        } else if (KIT_JSON_IS(key, "more")) {
            more = kit_json_value(&json).kind == KIT_JSON_TRUE;
        }
    }
    if (rc < 0)
        return rc;
    return kit_json_end(&json) ? fetched(plain, in, source, OC_OK, count, more, next) : OC_E_DATA;
}
