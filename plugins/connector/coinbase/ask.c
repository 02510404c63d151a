/* ask.c: questions, and their answers page by page. */
#include "coinbase.h"

#define BEFORE_NS (600 * SECOND) /* an order is looked for from so long before it was made */

static const struct kit_paged form = {"cursor", "has_next"};

static oc_rc write_product(const struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out)
{
    struct oc_instrument info;
    if (cb->kit.names->record(cb->kit.host, ask->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    kit_write_query(out, info.venue_symbol, strlen(info.venue_symbol));
    return OC_OK;
}

static void write_time(struct kit_write *out, const char *name, int64_t ns)
{
    kit_write_text(out, name);
    kit_write_time(out, ns, 9);
}

/* An order by its id; by ours the list is looked through, from just before it was made: there is no filter by it. */
static oc_rc write_order(struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out)
{
    const struct kit_mark mark = kit_mark_of(ask);
    oc_rc rc = OC_OK;
    if (ask->venue_order.size) {
        kit_write_query(out, ask->venue_order.text, ask->venue_order.size);
        return OC_OK;
    }
    KIT_WRITE(out, "batch?limit=250");
    if (ask->inst) {
        KIT_WRITE(out, "&product_ids=");
        rc = write_product(cb, ask, out);
    }
    if (ask->created_ns)
        write_time(out, "&start_date=", kit_venue_time(&cb->kit, ask->created_ns) - BEFORE_NS);
    kit_mark_write(out, "&cursor=", &mark);
    return ask->client.size ? rc : (oc_rc)OC_E_INVALID;
}

/* Of an order, since a time, or since what was told last. A first question says where news begin: one row is enough. */
static oc_rc write_fills(const struct oc_fetch *ask, struct kit_write *out)
{
    const struct kit_mark mark = kit_mark_of(ask);
    const int64_t since_ns = ask->from_ns ? ask->from_ns : mark.since_ns;
    KIT_WRITE(out, "?limit=");
    kit_write_u64(out, kit_is_first(ask) ? 1 : FILLS_PAGE);
    if (ask->order) {
        KIT_WRITE(out, "&order_ids=");
        kit_write_query(out, ask->venue_order.text, ask->venue_order.size);
    } else if (since_ns) {
        write_time(out, "&start_sequence_timestamp=", since_ns);
    }
    if (!ask->order && ask->to_ns)
        write_time(out, "&end_sequence_timestamp=", ask->to_ns);
    kit_mark_write(out, "&cursor=", &mark);
    return ask->order && !ask->venue_order.size ? (oc_rc)OC_E_NOT_FOUND : (oc_rc)OC_OK;
}

static oc_rc write_bars(struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out)
{
    const char *name = kit_bar_name(&cb_venue, cb_bar_names, ask->period_ns);
    int64_t to_ns;
    if (!name)
        return OC_E_NOT_SUPPORTED;
    const int64_t from_ns = kit_span(ask, BARS_PAGE, cb->kit.time->now_ns(cb->kit.host), &to_ns);
    const oc_rc rc = write_product(cb, ask, out);
    KIT_WRITE(out, "/candles?granularity=");
    kit_write_text(out, name);
    KIT_WRITE(out, "&start=");
    kit_write_i64(out, from_ns / SECOND);
    KIT_WRITE(out, "&end=");
    kit_write_i64(out, (to_ns - 1) / SECOND);
    KIT_WRITE(out, "&limit=350");
    return rc;
}

/* Where each is asked; several of a kind are lists, one behind the other. */
static const struct {
    uint32_t kind, is_public;
    const char *path;
} questions[] = {
    {OC_FETCH_TIME, 1, "/time"},
    {OC_FETCH_INSTRUMENTS, 1, "/market/products?product_type=SPOT"},
    {OC_FETCH_BARS, 1, "/market/products/"},
    {OC_FETCH_CREDENTIALS, 0, "/key_permissions"}, /* what the key may, then what it pays */
    {OC_FETCH_CREDENTIALS, 0, "/transaction_summary"},
    {OC_FETCH_BALANCES, 0, "/accounts?limit=250"},
    /* OPEN alone, by the venue's rule, and last: what is not working yet may be open by then, and never the other way. */
    {OC_FETCH_OPEN_ORDERS, 0, "/orders/historical/batch?order_status=PENDING&order_status=QUEUED&limit=250"},
    {OC_FETCH_OPEN_ORDERS, 0, "/orders/historical/batch?order_status=OPEN&limit=250"},
    {OC_FETCH_ORDER, 0, "/orders/historical/"},
    {OC_FETCH_FILLS, 0, "/orders/historical/fills"}};
enum { LISTS = 2 };

static oc_rc write_question(struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out, int *ret_is_public)
{
    const struct kit_mark mark = kit_mark_of(ask);
    uint32_t i = 0;
    while (i < KIT_COUNT(questions) && questions[i].kind != ask->kind)
        i++;
    i += mark.list == 1 && i + 1 < KIT_COUNT(questions) && questions[i + 1].kind == ask->kind;
    if (i == KIT_COUNT(questions))
        return OC_E_NOT_SUPPORTED;
    *ret_is_public = (int)questions[i].is_public;
    KIT_WRITE(out, API);
    kit_write_text(out, questions[i].path);
    if (ask->kind == OC_FETCH_ORDER)
        return write_order(cb, ask, out);
    if (ask->kind == OC_FETCH_FILLS)
        return write_fills(ask, out);
    if (ask->kind == OC_FETCH_BARS)
        return write_bars(cb, ask, out);
    kit_mark_write(out, "&cursor=", &mark);
    return OC_OK;
}

oc_rc cb_ask(struct coinbase *cb, const struct oc_fetch *ask, uint64_t about, uint64_t tries)
{
    const struct kit_account *who = kit_account_of(&cb->accounts, ask->account);
    char path[PATH_ROOM];
    struct kit_write out = kit_write_begin(path, sizeof path);
    struct oc_http http = {
        .flags = OC_HTTP_SAFE, .lane = (uint8_t)ask->lane, .token = ask->token, .user = {about, tries, 0}};
    int is_public;
    const oc_rc rc = write_question(cb, ask, &out, &is_public);
    if (rc < 0)
        return rc;
    if (!is_public && !cb->has_info && ask->kind != OC_FETCH_CREDENTIALS)
        return OC_E_AGAIN; /* of markets that nobody knows yet nothing could be told */
    return who || is_public ? cb_call(cb, is_public ? NULL : who, &http, &out) : (oc_rc)OC_E_INVALID;
}

oc_rc cb_fetch(void *self, const struct oc_fetch *ask) { return cb_ask(self, ask, 0, 0); }

/* ---- answered ---- */

oc_rc cb_take_info(struct coinbase *cb, struct kit_page *page)
{
    struct kit_json list;
    const oc_rc rc = kit_paged_list(page, &form, "products", &list) ? kit_page_say(cb, page, list, cb_say_instrument)
                                                                    : (oc_rc)OC_E_DATA;
    cb->has_info |= rc >= 0;
    return rc;
}

static oc_rc answer_rights(struct coinbase *cb, struct kit_page *page)
{
#define AT(member) offsetof(struct oc_ev_account, member)
    static const struct kit_word view[] = {{"true", OC_MAY_VIEW}}, trade[] = {{"true", OC_MAY_TRADE}},
                                 draw[] = {{"true", OC_MAY_WITHDRAW | OC_MAY_TRANSFER}};
    static const struct kit_field fields[] = {
        KIT_FIELD_WORDS("can_view", KIT_IS_BITS, AT(rights), view),
        KIT_FIELD_WORDS("can_trade", KIT_IS_BITS, AT(rights), trade),
        KIT_FIELD_WORDS("can_transfer", KIT_IS_BITS, AT(rights), draw),
        KIT_FIELD("portfolio_uuid", KIT_IS_ID, 0, AT(venue_account), 0),
        KIT_FIELD("taker_fee_rate", KIT_IS_DEC, 0, AT(taker_fee), OC_ACC_TAKER_FEE),
        KIT_FIELD("maker_fee_rate", KIT_IS_DEC, 0, AT(maker_fee), OC_ACC_MAKER_FEE)};
    static const struct kit_shape shape = KIT_SHAPE("account", OC_EV_ACCOUNT, oc_ev_account, present, fields);
#undef AT
    struct kit_mark mark = kit_mark_of(page->in->fetch);
    struct kit_json json = kit_json_begin(page->in->body, page->in->body_size);
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW_DEEP(&json, fields, &row) || !kit_json_end(&json))
        return OC_E_DATA;
    struct oc_ev_account *out = kit_row_event(&cb->kit, &shape, &row, page->source, &rc);
    if (!out)
        return rc;
    out->token = page->token;
    out->known = mark.list ? 0 : OC_MAY_VIEW | OC_MAY_TRADE | OC_MAY_WITHDRAW | OC_MAY_TRANSFER;
    out->head.flags = 0;
    page->count++;
    rc = kit_commit(&cb->kit, out);
    const int more = ++mark.list < LISTS;
    return rc < 0 ? rc : kit_mark_end(page, &mark, more, more);
}

/* {"order":{...}} */
static oc_rc answer_order(struct coinbase *cb, struct kit_page *page)
{
    struct kit_json json = kit_json_into(kit_take_one(kit_json_into(kit_body(page->in)), "order"));
    if (!page->in->fetch->venue_order.size)
        return kit_paged_find(cb, page, &form, "orders", cb_say_order);
    const oc_rc rc = cb_say_order(cb, &json, page);
    page->count = 1;
    return rc < 0 ? rc : kit_json_end(&json) ? kit_page_end(page, 0, 0) : (oc_rc)OC_E_DATA;
}

static oc_rc answer_bars(struct coinbase *cb, struct kit_page *page)
{
    struct kit_json list;
    if (!kit_paged_list(page, &form, "candles", &list))
        return OC_E_DATA;
    const oc_rc rc = kit_page_say_rising(cb, page, list, "start", cb_say_candle);
    return rc < 0 ? rc : kit_span_end(page, BARS_PAGE);
}

static oc_rc ask_names(void *self, const struct oc_response *in, const struct kit_json_text *orders, uint32_t count)
{
    struct coinbase *cb = self;
    const struct kit_account *who = kit_account_of(&cb->accounts, in->account);
    struct oc_http http = {
        .flags = OC_HTTP_SAFE, .lane = (uint8_t)in->fetch->lane, .token = in->token, .user = {ABOUT_NAMES, 0, 0}};
    char path[PATH_ROOM];
    struct kit_write out = kit_write_begin(path, sizeof path);
    KIT_WRITE(&out, API "/orders/historical/batch?limit=250");
    for (uint32_t i = 0; i < count; i++) {
        KIT_WRITE(&out, "&order_ids=");
        kit_write_query(&out, orders[i].at, orders[i].size);
    }
    return who ? cb_call(cb, who, &http, &out) : (oc_rc)OC_E_NOT_FOUND;
}

static const struct kit_paged_fills fills = {.form = &form,
                                             .fills = "fills",
                                             .orders = "orders",
                                             .order = "order_id",
                                             .client = "client_order_id",
                                             .time = "sequence_timestamp",
                                             .lag_ns = 5 * SECOND,
                                             .say = cb_say_fill,
                                             .ask_names = ask_names};

/* A valid token is refused now and then: a question is put again once, with a new one. What a key pays may be more than it may ask. */
static oc_rc refused(struct coinbase *cb, struct kit_page *page)
{
    const struct oc_response *in = page->in;
    const struct kit_mark mark = kit_mark_of(in->fetch);
    struct kit_json_text words;
    if (in->status == 401 && !in->user[1] && !in->user[0]) {
        const oc_rc rc = cb_ask(cb, in->fetch, 0, 1);
        return rc == OC_E_AGAIN ? kit_page_refused(&cb->kit, in->fetch, page->source, OC_WHY_CLOCK) : rc;
    }
    if (in->fetch->kind == OC_FETCH_CREDENTIALS && mark.list)
        return kit_page_end(page, 0, 0);
    return kit_page_refused(&cb->kit, in->fetch, page->source, cb_status_why(in, &words));
}

oc_rc cb_answer_fetch(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    struct kit_page page = {.codec = &cb->kit, .in = in, .source = source, .token = in->token};
    oc_rc rc = OC_OK;
    if (in->status != 200)
        return refused(cb, &page);
    if (in->user[0] == ABOUT_NAMES)
        return kit_paged_fills_names(&cb->kit, &cb->pages, &fills, cb, &page);
    switch (in->fetch->kind) {
    case OC_FETCH_CREDENTIALS:
        return answer_rights(cb, &page);
    case OC_FETCH_BALANCES:
        return kit_paged_say(cb, &page, &form, "accounts", cb_say_balance, 1);
    case OC_FETCH_OPEN_ORDERS:
        return kit_paged_say(cb, &page, &form, "orders", cb_say_order, LISTS);
    case OC_FETCH_ORDER:
        return answer_order(cb, &page);
    case OC_FETCH_FILLS:
        return kit_paged_fills_take(&cb->kit, &cb->pages, &fills, cb, &page);
    case OC_FETCH_BARS:
        return answer_bars(cb, &page);
    default:
        rc = in->fetch->kind == OC_FETCH_TIME ? kit_take_time(&cb->kit, in, TIME_MEMBER) : cb_take_info(cb, &page);
        return rc < 0 ? rc : kit_page_end(&page, 0, 0);
    }
}
