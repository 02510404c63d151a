/* ask.c: questions, and their answers page by page.
 * A cursor says which of the lists of the question goes on, since when news are asked for and what the newest of them is, and the venue's own
 * mark of the page. */
#include "coinbase.h"

#define OVERLAP_NS (5 * SECOND)   /* a fill may stand in the list so much later than another that was made behind it */
#define BEFORE_NS  (600 * SECOND) /* an order is looked for from so long before it was made */

struct cb_cursor {
    uint64_t list;
    int64_t since_ns, newest_ns;
    char page[OC_CURSOR_MAX - 24];
};

static struct cb_cursor cursor_of(const struct oc_fetch *ask)
{
    struct cb_cursor cursor = {0};
    if (ask->cursor.size >= 24 && ask->cursor.size <= sizeof cursor)
        memcpy(&cursor, ask->cursor.bytes, ask->cursor.size);
    cursor.page[sizeof cursor.page - 1] = 0;
    return cursor;
}

/* ---- asked ---- */

static void write_page(struct kit_write *out, const struct cb_cursor *at)
{
    if (at->page[0]) {
        KIT_WRITE(out, "&cursor=");
        kit_write_query(out, at->page, strlen(at->page));
    }
}

/* By the venue's clock, however wrong that of the host is. */
static int64_t venue_time(const struct coinbase *cb, int64_t ns)
{
    int64_t now_ns, error_ns;
    return cb->kit.time->venue_ns(cb->kit.host, &now_ns, &error_ns) == OC_OK
               ? ns + (now_ns - cb->kit.time->now_ns(cb->kit.host))
               : ns;
}

/* An order by its id; by ours the list is looked through, from just before it was made: there is no filter by it. */
static oc_rc write_order(struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out)
{
    const struct cb_cursor at = cursor_of(ask);
    struct oc_instrument info;
    if (ask->venue_order.size) {
        kit_write_query(out, ask->venue_order.text, ask->venue_order.size);
        return OC_OK;
    }
    if (!ask->client.size)
        return OC_E_INVALID;
    KIT_WRITE(out, "batch?limit=250");
    if (ask->inst && cb->kit.names->record(cb->kit.host, ask->inst, &info, sizeof info) >= 0) {
        KIT_WRITE(out, "&product_ids=");
        kit_write_query(out, info.venue_symbol, strlen(info.venue_symbol));
    }
    if (ask->created_ns) {
        KIT_WRITE(out, "&start_date=");
        kit_write_time(out, venue_time(cb, ask->created_ns) - BEFORE_NS, 3);
    }
    write_page(out, &at);
    return OC_OK;
}

/* Of an order, since a time, or since what was told last. A first question says where news begin: one row is enough. */
static oc_rc write_fills(const struct oc_fetch *ask, struct kit_write *out)
{
    const struct cb_cursor at = cursor_of(ask);
    const int64_t since_ns = ask->from_ns ? ask->from_ns : at.since_ns;
    const int is_first = !ask->order && !since_ns && !at.page[0];
    if (ask->order && !ask->venue_order.size)
        return OC_E_NOT_FOUND;
    KIT_WRITE(out, "?limit=");
    kit_write_u64(out, is_first ? 1 : FILLS_PAGE);
    if (ask->order) {
        KIT_WRITE(out, "&order_ids=");
        kit_write_query(out, ask->venue_order.text, ask->venue_order.size);
    } else if (since_ns) {
        KIT_WRITE(out, "&start_sequence_timestamp=");
        kit_write_time(out, since_ns, 9);
    }
    if (!ask->order && ask->to_ns) {
        KIT_WRITE(out, "&end_sequence_timestamp=");
        kit_write_time(out, ask->to_ns, 9);
    }
    write_page(out, &at);
    return OC_OK;
}

/* Candles of a span of at most BARS_PAGE; where none is said, the latest. `to`: behind its last. */
static int64_t bars_span(const struct oc_fetch *ask, int64_t now_ns, int64_t *ret_to_ns)
{
    const struct cb_cursor at = cursor_of(ask);
    const int64_t rows = (int64_t)kit_ask_rows(ask, BARS_PAGE), span_ns = rows * ask->period_ns;
    const int64_t end_ns = ask->to_ns ? ask->to_ns : now_ns + ask->period_ns;
    int64_t from_ns = at.since_ns ? at.since_ns : ask->from_ns ? ask->from_ns : end_ns - span_ns;
    from_ns = from_ns > 0 ? from_ns : 0;
    *ret_to_ns = end_ns - from_ns > span_ns ? from_ns + span_ns : end_ns;
    return from_ns;
}

static oc_rc write_bars(struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out)
{
    const char *name = kit_bar_name(&cb_venue, cb_bar_names, ask->period_ns);
    struct oc_instrument info;
    int64_t to_ns;
    if (!name)
        return OC_E_NOT_SUPPORTED;
    if (cb->kit.names->record(cb->kit.host, ask->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    const int64_t from_ns = bars_span(ask, cb->kit.time->now_ns(cb->kit.host), &to_ns);
    kit_write_query(out, info.venue_symbol, strlen(info.venue_symbol));
    KIT_WRITE(out, "/candles?granularity=");
    kit_write_text(out, name);
    KIT_WRITE(out, "&start=");
    kit_write_i64(out, from_ns / SECOND);
    KIT_WRITE(out, "&end=");
    kit_write_i64(out, (to_ns - 1) / SECOND);
    KIT_WRITE(out, "&limit=350");
    return OC_OK;
}

/* OPEN alone, by the venue's rule, and last: what the first list has shown as not working yet may be open by then, and never the other way. */
static const char *const lists[] = {"?order_status=PENDING&order_status=QUEUED&limit=250",
                                    "?order_status=OPEN&limit=250"};

static oc_rc write_question(struct coinbase *cb, const struct oc_fetch *ask, struct kit_write *out)
{
    const struct cb_cursor at = cursor_of(ask);
    switch (ask->kind) {
    case OC_FETCH_TIME:
        KIT_WRITE(out, API "/time");
        return OC_OK;
    case OC_FETCH_INSTRUMENTS:
        KIT_WRITE(out, API "/market/products?product_type=SPOT");
        return OC_OK;
    case OC_FETCH_CREDENTIALS:
        kit_write_text(out, at.list ? API "/transaction_summary" : API "/key_permissions");
        return OC_OK;
    case OC_FETCH_BALANCES:
        KIT_WRITE(out, API "/accounts?limit=250");
        write_page(out, &at);
        return OC_OK;
    case OC_FETCH_OPEN_ORDERS:
        KIT_WRITE(out, API "/orders/historical/batch");
        kit_write_text(out, lists[at.list % KIT_COUNT(lists)]);
        write_page(out, &at);
        return OC_OK;
    case OC_FETCH_ORDER:
        KIT_WRITE(out, API "/orders/historical/");
        return write_order(cb, ask, out);
    case OC_FETCH_FILLS:
        KIT_WRITE(out, API "/orders/historical/fills");
        return write_fills(ask, out);
    case OC_FETCH_BARS:
        KIT_WRITE(out, API "/market/products/");
        return write_bars(cb, ask, out);
    default:
        return OC_E_NOT_SUPPORTED;
    }
}

static int is_public(uint32_t kind)
{
    return kind == OC_FETCH_TIME || kind == OC_FETCH_INSTRUMENTS || kind == OC_FETCH_BARS;
}

static oc_rc put_question(struct coinbase *cb, const struct oc_fetch *ask, uint64_t tries)
{
    const struct kit_account *who = kit_account_of(&cb->accounts, ask->account);
    char path[PATH_ROOM];
    struct kit_write out = kit_write_begin(path, sizeof path);
    struct oc_http http = {
        .flags = OC_HTTP_SAFE, .lane = (uint8_t)ask->lane, .token = ask->token, .user = {0, tries, 0}};
    const oc_rc rc = write_question(cb, ask, &out);
    if (rc < 0)
        return rc;
    if (!is_public(ask->kind) && !who)
        return OC_E_INVALID;
    return cb_call(cb, is_public(ask->kind) ? NULL : who, &http, &out);
}

/* Of markets that nobody knows yet nothing could be told. */
oc_rc cb_fetch(void *self, const struct oc_fetch *ask)
{
    struct coinbase *cb = self;
    const int is_early = !cb->has_info && !is_public(ask->kind) && ask->kind != OC_FETCH_CREDENTIALS;
    return is_early ? (oc_rc)OC_E_AGAIN : put_question(cb, ask, 0);
}

/* ---- answered ---- */

/* The end of a page: what lies behind it stands in `at`, where `has_next`. `more`: it can be asked for now. */
static oc_rc end_page(const struct kit_page *page, const struct cb_cursor *at, int has_next, int more)
{
    const uint32_t size = 24 + (uint32_t)strlen(at->page) + 1;
    return kit_fetched(page->codec, page->in->fetch, page->source, OC_OK, page->count, (uint32_t)more,
                       has_next ? at : NULL, has_next ? size : 0);
}

/* {"LIST":[...],"cursor":"...","has_next":true}. 0: it is none. A mark of a page longer than a cursor holds is none: *ret_is_cut. */
static int read_list(const struct oc_response *in, const char *name, struct kit_json_text *ret_list,
                     struct cb_cursor *at, int *ret_is_cut)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text cursor = {0}, has_next = {0};
    const struct kit_member members[] = {{name, ret_list}, {"cursor", &cursor}, {"has_next", &has_next}};
    kit_json_none(ret_list);
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json) || ret_list->kind != KIT_JSON_ARRAY)
        return 0;
    const int is_last = has_next.kind == KIT_JSON_FALSE || cursor.kind != KIT_JSON_STRING || !cursor.size;
    *ret_is_cut = !is_last && (cursor.size >= sizeof at->page || cursor.is_escaped);
    memset(at->page, 0, sizeof at->page);
    if (!is_last && !*ret_is_cut)
        memcpy(at->page, cursor.at, cursor.size);
    return 1;
}

static oc_rc too_long(struct coinbase *cb, const struct kit_page *page)
{
    cb->kit.log->line(cb->kit.host, OC_LOG_ERROR, "coinbase: the mark of the next page is longer than a cursor holds");
    return kit_fetched(&cb->kit, page->in->fetch, page->source, OC_E_LIMIT, page->count, 0, NULL, 0);
}

/* A list whose rows are told by `say`; `lists`: how many there are, one behind the other. */
static oc_rc answer_list(struct coinbase *cb, struct kit_page *page, const char *name, kit_page_row say,
                         uint64_t list_count)
{
    struct cb_cursor at = cursor_of(page->in->fetch);
    struct kit_json_text list;
    int is_cut;
    if (!read_list(page->in, name, &list, &at, &is_cut))
        return OC_E_DATA;
    const oc_rc rc = kit_page_say(cb, page, kit_json_into(list), say);
    if (rc < 0)
        return rc;
    if (is_cut)
        return too_long(cb, page);
    at.list += at.page[0] == 0;
    const int more = at.list < list_count;
    return end_page(page, &at, more, more);
}

oc_rc cb_take_time(struct coinbase *cb, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text time = {0};
    const struct kit_member members[] = {{"epochMillis", &time}};
    return KIT_TAKE(&json, members) && kit_json_end(&json) ? kit_take_ms(&cb->kit, in, time) : (oc_rc)OC_E_DATA;
}

/* What the key may, then what it pays; of a key that may not ask what it pays, nothing is said of that. */
static oc_rc answer_rights(struct coinbase *cb, struct kit_page *page)
{
#define AT(member) offsetof(struct oc_ev_account, member)
    static const struct kit_word view[] = {{"true", OC_MAY_VIEW}}, trade[] = {{"true", OC_MAY_TRADE}},
                                 draw[] = {{"true", OC_MAY_WITHDRAW | OC_MAY_TRANSFER}};
    static const struct kit_field fields[] = {KIT_FIELD_WORDS("can_view", KIT_IS_BITS, AT(rights), view),
                                              KIT_FIELD_WORDS("can_trade", KIT_IS_BITS, AT(rights), trade),
                                              KIT_FIELD_WORDS("can_transfer", KIT_IS_BITS, AT(rights), draw),
                                              KIT_FIELD("portfolio_uuid", KIT_IS_ID, 0, AT(venue_account), 0),
                                              KIT_SEEN("fee_tier")};
    static const struct kit_field rates[] = {
        KIT_FIELD("taker_fee_rate", KIT_IS_DEC, 0, AT(taker_fee), OC_ACC_TAKER_FEE),
        KIT_FIELD("maker_fee_rate", KIT_IS_DEC, 0, AT(maker_fee), OC_ACC_MAKER_FEE)};
    static const struct kit_shape shape = KIT_SHAPE("account", OC_EV_ACCOUNT, oc_ev_account, present, fields);
    struct cb_cursor at = cursor_of(page->in->fetch);
    struct kit_json json = kit_json_begin(page->in->body, page->in->body_size);
    struct kit_row row, of_rates;
    oc_rc rc;
    if (!KIT_ROW(&json, fields, &row) || !kit_json_end(&json))
        return OC_E_DATA;
    struct oc_ev_account *out = kit_row_event(&cb->kit, &shape, &row, page->source, &rc);
    if (!out)
        return rc;
    struct kit_json tier = kit_json_into(row.of[4]);
    if (row.of[4].kind == KIT_JSON_OBJECT && KIT_ROW(&tier, rates, &of_rates))
        (void)kit_row_read(&cb->kit, rates, KIT_COUNT(rates), &of_rates, out, AT(present));
    out->token = page->token;
    out->known = at.list ? 0 : OC_MAY_VIEW | OC_MAY_TRADE | OC_MAY_WITHDRAW | OC_MAY_TRANSFER;
    out->head.flags = 0;
    page->count++;
    rc = kit_commit(&cb->kit, out);
    at.list++;
    return rc < 0 ? rc : end_page(page, &at, at.list == 1, at.list == 1);
#undef AT
}

/* By its id: {"order":{...}}; by ours it is looked for, page by page, and is not there where the last of them is over. */
static oc_rc answer_order(struct coinbase *cb, struct kit_page *page)
{
    const struct oc_fetch *ask = page->in->fetch;
    struct cb_cursor at = cursor_of(ask);
    struct kit_json json = kit_json_begin(page->in->body, page->in->body_size);
    struct kit_json_text list = {0};
    const struct kit_member members[] = {{"order", &list}};
    struct oc_id client = ask->client;
    int is_cut = 0;
    if (ask->venue_order.size) {
        if (!KIT_TAKE(&json, members) || !kit_json_end(&json) || list.kind != KIT_JSON_OBJECT)
            return OC_E_DATA;
        json = kit_json_into(list);
        const oc_rc rc = cb_say_order(cb, &json, page);
        page->count = 1;
        return rc < 0 ? rc : kit_json_end(&json) ? kit_page_end(page, 0, 0) : (oc_rc)OC_E_DATA;
    }
    page->what = &client;
    if (!read_list(page->in, "orders", &list, &at, &is_cut))
        return OC_E_DATA;
    oc_rc rc = kit_page_say(cb, page, kit_json_into(list), cb_say_order);
    page->what = NULL;
    page->count = (uint32_t)page->next;
    if (rc >= 0 && !page->next && is_cut)
        return too_long(cb, page);
    const int more = !page->next && at.page[0];
    if (rc >= 0 && !page->next && !more) {
        rc = kit_absent(&cb->kit, ask, page->source);
        page->count = 1;
    }
    return rc < 0 ? rc : end_page(page, &at, more, more);
}

/* ---- candles: newest first, told oldest first ---- */

static oc_rc answer_bars(struct coinbase *cb, struct kit_page *page)
{
    const struct oc_fetch *ask = page->in->fetch;
    struct cb_cursor at = {0};
    struct kit_json json = kit_json_begin(page->in->body, page->in->body_size), rows[BARS_PAGE];
    struct kit_json_text list = {0};
    const struct kit_member members[] = {{"candles", &list}};
    int64_t to_ns;
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json))
        return OC_E_DATA;
    json = kit_json_into(list);
    if (!kit_json_array(&json))
        return OC_E_DATA;
    while (kit_json_item(&json)) {
        if (page->count == BARS_PAGE)
            return OC_E_DATA;
        rows[page->count++] = kit_json_into(kit_json_value(&json));
    }
    if (!kit_json_end(&json))
        return OC_E_DATA;
    for (uint32_t i = page->count; i > 0; i--) {
        const oc_rc rc = cb_say_candle(cb, rows[i - 1], page->in);
        if (rc < 0)
            return rc;
    }
    (void)bars_span(ask, page->in->sent_ns, &to_ns);
    at.since_ns = to_ns;
    const int more = (ask->from_ns || ask->cursor.size) && ask->to_ns && to_ns < ask->to_ns;
    return end_page(page, &at, more, more);
}

/* ---- fills, whose list has no names of ours: a page is held until the orders of its rows have been asked for ---- */

static int read_fill(struct kit_json *json, struct kit_json_text *ret_order, int64_t *ret_ns)
{
    struct kit_json_text time = {0};
    const struct kit_member members[] = {{"order_id", ret_order}, {"sequence_timestamp", &time}};
    kit_json_none(ret_order);
    *ret_ns = 0;
    if (!KIT_TAKE(json, members))
        return 0;
    return ret_order->size && !ret_order->is_escaped && (!time.size || kit_json_time(time, ret_ns) == OC_OK);
}

struct named {
    struct kit_json_text order, client;
};

static uint32_t read_names(const struct oc_response *in, struct named names[FILLS_PAGE])
{
    struct cb_cursor at = {0};
    struct kit_json_text list;
    uint32_t count = 0;
    int is_cut;
    if (!read_list(in, "orders", &list, &at, &is_cut))
        return 0;
    struct kit_json json = kit_json_into(list);
    if (!kit_json_array(&json))
        return 0;
    while (kit_json_item(&json) && count < FILLS_PAGE) {
        const struct kit_member members[] = {{"order_id", &names[count].order},
                                             {"client_order_id", &names[count].client}};
        kit_json_none(&names[count].order);
        kit_json_none(&names[count].client);
        count += KIT_TAKE(&json, members) && names[count].order.size;
    }
    return count;
}

static struct kit_json_text client_of(const struct named *names, uint32_t count, struct kit_json_text order)
{
    const struct kit_json_text nobody = {0};
    for (uint32_t i = 0; i < count; i++)
        if (kit_json_is(names[i].order, order.at, order.size))
            return names[i].client;
    return nobody;
}

/* `body`: the page, as it came or as it was held. Where it is the last one, news begin at the newest of all that was told. */
static oc_rc say_fills(struct coinbase *cb, struct kit_page *page, const char *body, uint32_t size,
                       const struct named *names, uint32_t count)
{
    const struct oc_fetch *ask = page->in->fetch;
    struct cb_cursor at = cursor_of(ask);
    const struct oc_response whole = {.body = body, .body_size = size};
    const int is_first = !ask->order && !ask->from_ns && !at.since_ns && !at.page[0];
    struct kit_json_text list, order;
    int64_t at_ns;
    int is_cut;
    if (!read_list(&whole, "fills", &list, &at, &is_cut))
        return OC_E_DATA;
    struct kit_json json = kit_json_into(list);
    (void)kit_json_array(&json);
    while (kit_json_item(&json)) {
        struct kit_json look = json;
        if (!read_fill(&look, &order, &at_ns))
            return OC_E_DATA;
        at.newest_ns = at_ns > at.newest_ns ? at_ns : at.newest_ns;
        if (is_first) {
            json = look;
            continue;
        }
        const oc_rc rc = cb_say_fill(cb, &json, ask, client_of(names, count, order), page->source);
        if (rc < 0)
            return rc;
        page->count++;
    }
    if (!kit_json_end(&json))
        return OC_E_DATA;
    if (is_cut)
        return too_long(cb, page);
    if (is_first && at.newest_ns == 0)
        at.newest_ns = venue_time(cb, page->in->sent_ns);
    const int more = !is_first && at.page[0];
    if (!more) {
        at.since_ns = at.newest_ns > OVERLAP_NS ? at.newest_ns - OVERLAP_NS : at.since_ns;
        at.newest_ns = 0;
        memset(at.page, 0, sizeof at.page);
    }
    return end_page(page, &at, more || (!ask->order && at.since_ns), more);
}

/* Of what the rows of a page belong to. */
static oc_rc ask_names(struct coinbase *cb, const struct oc_response *in, struct kit_json rows)
{
    const struct kit_account *who = kit_account_of(&cb->accounts, in->account);
    struct oc_http http = {
        .flags = OC_HTTP_SAFE, .lane = (uint8_t)in->fetch->lane, .token = in->token, .user = {ABOUT_NAMES, 0, 0}};
    char path[PATH_ROOM];
    struct kit_write out = kit_write_begin(path, sizeof path);
    struct kit_json_text order, before = {0};
    int64_t at_ns;
    KIT_WRITE(&out, API "/orders/historical/batch?limit=250");
    while (kit_json_item(&rows)) {
        if (!read_fill(&rows, &order, &at_ns))
            return OC_E_DATA;
        if (before.size && kit_json_is(before, order.at, order.size))
            continue;
        KIT_WRITE(&out, "&order_ids=");
        kit_write_query(&out, order.at, order.size);
        before = order;
    }
    return who ? cb_call(cb, who, &http, &out) : (oc_rc)OC_E_NOT_FOUND;
}

static oc_rc answer_fills(struct coinbase *cb, struct kit_page *page)
{
    const struct oc_response *in = page->in;
    struct cb_cursor at = cursor_of(in->fetch);
    struct kit_json_text list;
    int is_cut;
    const int is_named = in->fetch->order || (!in->fetch->from_ns && !at.since_ns && !at.page[0]);
    if (!read_list(in, "fills", &list, &at, &is_cut))
        return OC_E_DATA;
    struct kit_json rows = kit_json_into(list), any = rows;
    if (!kit_json_array(&rows) || !kit_json_array(&any))
        return OC_E_DATA;
    if (is_named || !kit_json_item(&any))
        return say_fills(cb, page, in->body, in->body_size, NULL, 0);
    const oc_rc rc = ask_names(cb, in, rows);
    if (rc == OC_E_AGAIN) /* held back, this page would keep all that comes behind it from being heard */
        return kit_fetched(&cb->kit, in->fetch, page->source, OC_E_AGAIN, 0, 0, NULL, 0);
    return rc < 0 ? rc : kit_held_put(&cb->pages, in);
}

static oc_rc answer_names(struct coinbase *cb, struct kit_page *page)
{
    struct named names[FILLS_PAGE];
    struct kit_held_one *held = kit_held_of(&cb->pages, page->in->token);
    if (!held)
        return kit_fetched(&cb->kit, page->in->fetch, page->source, OC_E_IO, 0, 0, NULL, 0);
    const uint32_t count = read_names(page->in, names);
    const oc_rc rc = say_fills(cb, page, held->body, held->size, names, count);
    if (rc != OC_E_FULL && rc != OC_E_AGAIN)
        kit_held_drop(held);
    return rc;
}

/* ---- where an answer goes ---- */

oc_rc cb_answer_info(struct coinbase *cb, const struct oc_response *in)
{
    struct kit_page page = {.codec = &cb->kit, .in = in, .token = in->token};
    struct cb_cursor at = {0};
    struct kit_json_text list;
    int is_cut;
    if (!read_list(in, "products", &list, &at, &is_cut))
        return OC_E_DATA;
    const oc_rc rc = kit_page_say(cb, &page, kit_json_into(list), cb_say_instrument);
    if (rc < 0)
        return rc;
    return in->fetch ? kit_page_end(&page, 0, 0) : (oc_rc)OC_OK;
}

/* A valid token is refused now and then: a question is put again once, with a new one. What a key pays may be more than it may ask. */
static oc_rc refused(struct coinbase *cb, struct kit_page *page)
{
    const struct oc_response *in = page->in;
    struct kit_json_text words;
    const struct cb_cursor at = cursor_of(in->fetch);
    if (in->status == 401 && !in->user[1] && in->user[0] != ABOUT_NAMES) {
        const oc_rc rc = put_question(cb, in->fetch, 1);
        return rc == OC_E_AGAIN ? kit_page_refused(&cb->kit, in->fetch, page->source, OC_WHY_CLOCK) : rc;
    }
    if (in->fetch->kind == OC_FETCH_CREDENTIALS && at.list)
        return kit_page_end(page, 0, 0);
    return kit_page_refused(&cb->kit, in->fetch, page->source, cb_status_why(in, &words));
}

oc_rc cb_answer_fetch(struct coinbase *cb, const struct oc_response *in, uint32_t source)
{
    struct kit_page page = {.codec = &cb->kit, .in = in, .source = source, .token = in->token};
    if (in->status != 200)
        return refused(cb, &page);
    if (in->user[0] == ABOUT_NAMES)
        return answer_names(cb, &page);
    oc_rc rc = OC_OK;
    switch (in->fetch->kind) {
    case OC_FETCH_TIME:
        rc = cb_take_time(cb, in);
        return rc < 0 ? rc : kit_page_end(&page, 0, 0);
    case OC_FETCH_INSTRUMENTS:
        return cb_answer_info(cb, in);
    case OC_FETCH_CREDENTIALS:
        return answer_rights(cb, &page);
    case OC_FETCH_BALANCES:
        return answer_list(cb, &page, "accounts", cb_say_balance, 1);
    case OC_FETCH_OPEN_ORDERS:
        return answer_list(cb, &page, "orders", cb_say_order, KIT_COUNT(lists));
    case OC_FETCH_ORDER:
        return answer_order(cb, &page);
    case OC_FETCH_FILLS:
        return answer_fills(cb, &page);
    case OC_FETCH_BARS:
        return answer_bars(cb, &page);
    default:
        return OC_OK;
    }
}
