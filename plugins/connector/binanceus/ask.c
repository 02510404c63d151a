/* ask.c: questions, and their answers page by page. */
#include "binance.h"

#include <stdlib.h>

struct question {
    uint32_t kind;
    uint32_t weight;
    uint32_t is_signed;
    const char *path;
};

static const struct question questions[] = {
    {OC_FETCH_TIME, 1, 0, "/api/v3/time"},
    {OC_FETCH_INSTRUMENTS, 10, 0, "/api/v3/exchangeInfo"},
    {OC_FETCH_CREDENTIALS, 10, 1, "/api/v3/account"},
    {OC_FETCH_BALANCES, 10, 1, "/api/v3/account"},
    {OC_FETCH_OPEN_ORDERS, 40, 1, "/api/v3/openOrders"},
    {OC_FETCH_ORDER, 2, 1, "/api/v3/order"},
    {OC_FETCH_FILLS, 10, 1, "/api/v3/myTrades"},
    {OC_FETCH_BOOK, 10, 0, "/api/v3/depth"},
    {OC_FETCH_BARS, 1, 0, "/api/v3/klines"},
};

static const struct question *question_of(uint32_t kind)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (questions[i].kind == kind)
            return &questions[i];
    return NULL;
}

/* Where a page of the past begins; false: nothing is known of it. */
static int cursor_of(const struct oc_fetch *ask, uint64_t *ret_from)
{
    if (ask->cursor.size != sizeof *ret_from)
        return 0;
    memcpy(ret_from, ask->cursor.bytes, sizeof *ret_from);
    return 1;
}

static void write_number(struct kit_write *query, const char *name, uint64_t number)
{
    kit_write_text(query, name);
    kit_write_u64(query, number);
}

static oc_rc write_bars(struct kit_write *query, const struct oc_fetch *ask)
{
    uint64_t from = (uint64_t)(ask->from_ns / 1000000);
    const char *name = bn_period_name(ask->period_ns);
    if (!name)
        return OC_E_NOT_SUPPORTED;
    KIT_WRITE(query, "&interval=");
    kit_write_text(query, name);
    if (cursor_of(ask, &from) || ask->from_ns)
        write_number(query, "&startTime=", from);
    if (ask->to_ns)
        write_number(query, "&endTime=", (uint64_t)(ask->to_ns - 1) / 1000000);
    write_number(query, "&limit=", ask->limit && ask->limit < 1000 ? ask->limit : 1000);
    return OC_OK;
}

/* Of one order; from where the last question ended; or, at first, what the latest is: fills of before a session are not its own. */
static oc_rc write_fills(struct kit_write *query, const struct oc_fetch *ask)
{
    uint64_t from;
    if (ask->order && !ask->venue_order.size)
        return OC_E_NOT_FOUND;
    if (ask->order) {
        KIT_WRITE(query, "&orderId=");
        kit_write_query(query, ask->venue_order.text, ask->venue_order.size);
    }
    if (cursor_of(ask, &from))
        write_number(query, "&fromId=", from);
    write_number(query, "&limit=", ask->order || ask->cursor.size ? FILLS_PAGE : 1);
    return OC_OK;
}

static oc_rc write_query(struct kit_write *query, const struct oc_fetch *ask, const char *symbol)
{
    if (*symbol) {
        KIT_WRITE(query, "symbol=");
        kit_write_query(query, symbol, strlen(symbol));
    }
    switch (ask->kind) {
    case OC_FETCH_ORDER:
        kit_write_text(query, ask->venue_order.size ? "&orderId=" : "&origClientOrderId=");
        if (ask->venue_order.size)
            kit_write_query(query, ask->venue_order.text, ask->venue_order.size);
        else
            kit_write_query(query, ask->client.text, ask->client.size);
        return ask->venue_order.size || ask->client.size ? OC_OK : OC_E_INVALID;
    case OC_FETCH_FILLS:
        return write_fills(query, ask);
    case OC_FETCH_BOOK:
        KIT_WRITE(query, "&limit=1000");
        return OC_OK;
    case OC_FETCH_BARS:
        return write_bars(query, ask);
    default:
        return OC_OK;
    }
}

oc_rc bn_fetch(void *self, const struct oc_fetch *ask)
{
    struct binance *bn = self;
    const struct question *question = question_of(ask->kind);
    const struct account *who = bn_account(bn, ask->account);
    struct oc_instrument info = {.size = sizeof info};
    char text[QUERY_ROOM], path[QUERY_ROOM + 64];
    struct kit_write query = kit_write_begin(text, sizeof text), out = kit_write_begin(path, sizeof path - 1);
    if (!question)
        return OC_E_NOT_SUPPORTED;
    if (question->is_signed && !who)
        return OC_E_INVALID;
    if (question->is_signed && !(who->is_heard && bn->has_info))
        return OC_E_AGAIN; /* what would be heard of it is not heard yet, or of instruments that nobody knows */
    if (ask->inst && bn->kit.names->record(bn->kit.host, ask->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    const oc_rc rc = write_query(&query, ask, info.venue_symbol), size = kit_write_end(&query);
    if (rc < 0 || size < 0)
        return rc < 0 ? rc : size;
    const struct oc_cost costs[] = {{WEIGHT, 0, ask->kind == OC_FETCH_OPEN_ORDERS && ask->inst ? 3 : question->weight},
                                    {RAW, 0, 1}};
    struct oc_http http = {
        .flags = OC_HTTP_SAFE, .lane = (uint8_t)ask->lane, .token = ask->token, .costs = costs, .cost_count = 2};
    if (question->is_signed)
        return bn_send_signed(bn, who, &http, question->path, &query);
    kit_write_text(&out, question->path);
    kit_write_text(&out, size ? "?" : "");
    kit_write_bytes(&out, text, (size_t)size);
    path[kit_write_end(&out) > 0 ? kit_write_end(&out) : 0] = 0;
    return bn_send_plain(bn, &http, path);
}

/* ---- answers ---- */

/* The end of a page. A cursor is of the instrument that was asked about. */
static oc_rc fetched(struct binance *bn, const struct oc_response *in, uint32_t source, oc_rc result, uint32_t count,
                     uint32_t more, const uint64_t *cursor)
{
    return kit_fetched(&bn->kit, in->fetch, source, result, count, more, cursor, cursor ? sizeof *cursor : 0);
}

static oc_rc refused(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    struct kit_json_text words = {0};
    const int64_t code = bn_error(kit_json_begin(in->body, in->body_size), &words);
    const uint32_t why = bn_why(code, words);
    if (in->fetch->kind == OC_FETCH_ORDER &&
        (code == -2013 || code == -2026)) { /* not there; or gone unfilled long ago */
        const oc_rc rc = kit_absent(&bn->kit, in->fetch, source);
        return rc < 0 ? rc : fetched(bn, in, source, OC_OK, 1, 0, NULL);
    }
    if (why == OC_WHY_CLOCK) {
        const oc_rc rc = bn_ask_time(bn);
        if (rc < 0 && rc != OC_E_AGAIN)
            return rc;
    }
    return fetched(bn, in, source,
                   why == OC_WHY_BAD_CREDENTIALS || why == OC_WHY_PERMISSION ? OC_E_DENIED
                   : why == OC_WHY_CLOCK                                     ? OC_E_AGAIN
                                                                             : OC_E_IO,
                   0, 0, NULL);
}

static oc_rc answer_time(struct binance *bn, const struct oc_response *in, struct kit_json *json)
{
    struct kit_json_text time = {0};
    const struct kit_member members[] = {{"serverTime", &time}};
    if (!KIT_TAKE(json, members))
        return OC_E_DATA;
    const oc_rc rc = bn_take_time(bn, in, time);
    return rc < 0 ? rc : fetched(bn, in, 0, OC_OK, 0, 0, NULL);
}

/* {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100} */
enum { NOT_COUNTED = 99 };

static oc_rc take_limit(struct binance *bn, struct kit_json *json)
{
    static const struct kit_word units[] = {{"SECOND", 1}, {"MINUTE", 60}, {"HOUR", 3600}, {"DAY", 86400}};
    struct kit_json_text type = {0}, interval = {0}, times = {0}, limit = {0};
    const struct kit_member members[] = {
        {"rateLimitType", &type}, {"interval", &interval}, {"intervalNum", &times}, {"limit", &limit}};
    uint64_t count, most;
    const int is_read =
        KIT_TAKE(json, members) && kit_json_u64(times, &count) == OC_OK && kit_json_u64(limit, &most) == OC_OK;
    if (!is_read || count == 0 || count > 1000 || most == 0)
        return OC_E_DATA;
    const int64_t period_ns = (int64_t)(count * KIT_WORD_OF(interval, units, 0)) * SECOND;
    const uint32_t place = KIT_JSON_IS(type, "REQUEST_WEIGHT") ? (uint32_t)WEIGHT
                           : KIT_JSON_IS(type, "RAW_REQUESTS") ? (uint32_t)RAW
                           : !KIT_JSON_IS(type, "ORDERS")      ? (uint32_t)NOT_COUNTED
                           : period_ns == 10 * SECOND          ? (uint32_t)ORDERS_10S
                           : period_ns == DAY                  ? (uint32_t)ORDERS_1D
                                                               : (uint32_t)NOT_COUNTED;
    if (place == NOT_COUNTED || !period_ns)
        return kit_skip(&bn->kit, "rateLimit", type); /* one more than is counted here: its 429 is obeyed */
    most -= most / 10; /* what leaves at the end of a window may be counted in the next one */
    const int is_of_account = place == ORDERS_10S || place == ORDERS_1D;
    for (int i = 0; i < ACCOUNTS && is_of_account; i++)
        if (bn->accounts[i].account)
            (void)bn->kit.limit->max(bn->kit.host, bn->accounts[i].account, place, most, period_ns);
    if (!is_of_account)
        (void)bn->kit.limit->max(bn->kit.host, 0, place, most, period_ns);
    return OC_OK;
}

static oc_rc read_info(struct binance *bn, const struct oc_response *in, uint32_t *ret_count)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (!kit_json_object(&json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(&json, &key)) {
        if (KIT_JSON_IS(key, "symbols") && kit_json_array(&json))
            for (; rc >= 0 && kit_json_item(&json); count++)
                rc = bn_say_instrument(bn, &json, in->token);
        else if (KIT_JSON_IS(key, "serverTime"))
            rc = bn_take_time(bn, in, kit_json_value(&json));
        else if (KIT_JSON_IS(key, "rateLimits") && kit_json_array(&json))
            while (rc >= 0 && kit_json_item(&json))
                rc = take_limit(bn, &json);
    }
    *ret_count = count;
    return rc < 0 ? rc : kit_json_end(&json) && count ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

oc_rc bn_answer_info(struct binance *bn, const struct oc_response *in)
{
    uint32_t count;
    if (in->status != 200)
        return OC_OK; /* asked again by the timer */
    oc_rc rc = read_info(bn, in, &count);
    for (int i = 0; i < ACCOUNTS && rc >= 0 && !bn->has_info; i++)
        if (bn->accounts[i].account)
            rc = bn_ask_key(bn, &bn->accounts[i]);
    return rc < 0 ? rc : bn_has_info(bn);
}

static oc_rc answer_account(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json *json)
{
    struct kit_json_text key, trade = {0}, withdraw = {0}, maker = {0}, taker = {0};
    const struct kit_member rates[] = {{"maker", &maker}, {"taker", &taker}};
    uint32_t count = 1;
    oc_rc rc = OC_OK;
    if (!kit_json_object(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(json, &key)) {
        if (KIT_JSON_IS(key, "canTrade"))
            trade = kit_json_value(json);
        else if (KIT_JSON_IS(key, "canWithdraw"))
            withdraw = kit_json_value(json);
        else if (KIT_JSON_IS(key, "commissionRates"))
            (void)KIT_TAKE(json, rates);
        else if (KIT_JSON_IS(key, "balances") && in->fetch->kind == OC_FETCH_BALANCES && kit_json_array(json))
            for (; rc >= 0 && kit_json_item(json); count++)
                rc = bn_say_balance(bn, json, source, in->token, 0);
    }
    if (rc < 0 || !kit_json_end(json))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    struct oc_ev_account *out = KIT_EVENT(&bn->kit, oc_ev_account, OC_EV_ACCOUNT, source, &rc);
    if (!out)
        return rc;
    out->token = in->token;
    out->known = OC_MAY_VIEW | (trade.size ? OC_MAY_TRADE : 0u) | (withdraw.size ? OC_MAY_WITHDRAW : 0u);
    out->rights = OC_MAY_VIEW | (trade.kind == KIT_JSON_TRUE ? OC_MAY_TRADE : 0u) |
                  (withdraw.kind == KIT_JSON_TRUE ? OC_MAY_WITHDRAW : 0u);
    if (kit_json_dec(maker, &out->maker_fee) == OC_OK)
        out->present |= OC_ACC_MAKER_FEE;
    if (kit_json_dec(taker, &out->taker_fee) == OC_OK)
        out->present |= OC_ACC_TAKER_FEE;
    rc = kit_commit(&bn->kit, out);
    return rc < 0 ? rc : fetched(bn, in, source, OC_OK, count, 0, NULL);
}

static oc_rc say_order(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json *json)
{
    struct order_words words;
    const struct kit_member members[] = {{"orderId", &words.id},
                                         {"clientOrderId", &words.client},
                                         {"symbol", &words.symbol},
                                         {"side", &words.side},
                                         {"type", &words.type},
                                         {"timeInForce", &words.tif},
                                         {"status", &words.state},
                                         {"isWorking", &words.working},
                                         {"origQty", &words.qty},
                                         {"executedQty", &words.done},
                                         {"cummulativeQuoteQty", &words.value},
                                         {"origQuoteOrderQty", &words.money},
                                         {"price", &words.price},
                                         {"stopPrice", &words.stop},
                                         {"time", &words.created},
                                         {"updateTime", &words.updated}};
    memset(&words, 0, sizeof words);
    return KIT_TAKE(json, members) ? bn_say_order(bn, &words, source, in->token, OC_EVF_REPLAYED) : (oc_rc)OC_E_DATA;
}

static oc_rc answer_orders(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json *json)
{
    const int is_one = in->fetch->kind == OC_FETCH_ORDER;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (!is_one && !kit_json_array(json))
        return OC_E_DATA;
    for (; rc >= 0 && (is_one ? count == 0 : kit_json_item(json)); count++)
        rc = say_order(bn, in, source, json);
    if (rc < 0)
        return rc;
    return kit_json_end(json) ? fetched(bn, in, source, OC_OK, count, 0, NULL) : (oc_rc)OC_E_DATA;
}

static oc_rc answer_book(struct binance *bn, const struct oc_response *in, struct kit_json *json)
{
    struct kit_json_text last = {0}, bids = {0}, asks = {0};
    const struct kit_member members[] = {{"lastUpdateId", &last}, {"bids", &bids}, {"asks", &asks}};
    struct oc_scale scale;
    uint64_t number;
    if (!KIT_TAKE(json, members) || !kit_json_end(json) || kit_json_u64(last, &number) < 0 ||
        bn->kit.names->scale(bn->kit.host, in->fetch->inst, &scale) < 0)
        return OC_E_DATA;
    const oc_rc rc = bn_say_book(bn, &scale, bids, asks, number, number, 1, 0);
    return rc < 0 ? rc : fetched(bn, in, 0, OC_OK, 1, 0, NULL);
}

/* [open time, open, high, low, close, volume, close time, quote volume, trades, ...]; the last one is still forming. */
static oc_rc answer_bars(struct binance *bn, const struct oc_response *in, struct kit_json *json)
{
    struct oc_scale scale;
    struct bar_words words = {0};
    struct kit_json_text *const places[] = {&words.open_ms, &words.open,     &words.high, &words.low,   &words.close,
                                            &words.volume,  &words.close_ms, NULL,        &words.trades};
    uint32_t count = 0;
    uint64_t next = 0;
    oc_rc rc = OC_OK;
    if (bn->kit.names->scale(bn->kit.host, in->fetch->inst, &scale) < 0 || !kit_json_array(json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_item(json)) {
        if (!kit_json_array(json))
            return OC_E_DATA;
        for (size_t at = 0; kit_json_item(json); at++) {
            const struct kit_json_text value = kit_json_value(json);
            if (at < sizeof places / sizeof *places && places[at])
                *places[at] = value;
        }
        const int is_over = bn_ns(words.close_ms) < in->received_ns;
        rc = bn_say_bar(bn, &scale, &words, in->fetch->period_ns,
                        (uint16_t)(OC_EVF_PAST | (is_over ? 0 : OC_EVF_FORMING)));
        next = (uint64_t)(bn_ns(words.close_ms) / 1000000) + 1;
        count++;
    }
    if (rc < 0 || !kit_json_end(json))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    const uint32_t asked = in->fetch->limit && in->fetch->limit < 1000 ? in->fetch->limit : 1000;
    const int has_more = count == asked && (!in->fetch->to_ns || (int64_t)next * 1000000 < in->fetch->to_ns) &&
                         (in->fetch->from_ns || in->fetch->cursor.size);
    return fetched(bn, in, 0, OC_OK, count, (uint32_t)has_more, has_more ? &next : NULL);
}

/* ---- fills: what the venue lists does not say our names of the orders, and a fill of which nobody knows the order would be a stranger's. So a page is
 * held until the orders of its ids have been asked for, behind it: whatever has traded by then is in the list. ---- */

static struct page *page_of(struct binance *bn, uint64_t token)
{
    for (int i = 0; i < PAGES; i++)
        if (bn->pages[i].body && bn->pages[i].token == token)
            return &bn->pages[i];
    return NULL;
}

static void forget_page(struct page *page)
{
    free(page->body);
    memset(page, 0, sizeof *page);
}

void bn_forget_pages(struct binance *bn)
{
    for (int i = 0; i < PAGES; i++)
        forget_page(&bn->pages[i]);
}

static oc_rc hold_page(struct binance *bn, const struct oc_response *in)
{
    struct page *page = page_of(bn, in->token); /* an earlier answer to the same question */
    char *body = malloc(in->body_size);
    if (!body)
        return OC_E_NOMEM;
    for (int i = 0; !page && i < PAGES; i++)
        page = bn->pages[i].body ? NULL : &bn->pages[i];
    if (!page) /* the oldest goes: its question ends without an answer, and is asked anew */
        page = &bn->pages[bn->next_page++ % PAGES];
    forget_page(page);
    memcpy(body, in->body, in->body_size);
    page->body = body;
    page->size = in->body_size;
    page->token = in->token;
    return OC_OK;
}

struct row {
    struct fill_words words;
    uint64_t id, order;
};

/* The next row of a list of fills. False: there is none; *ret_rc: whether that is its end. */
static int next_row(struct kit_json *json, struct row *row, oc_rc *ret_rc)
{
    struct kit_json_text buyer = {0}, maker = {0};
    memset(row, 0, sizeof *row);
    const struct kit_member members[] = {{"symbol", &row->words.symbol},
                                         {"id", &row->words.id},
                                         {"orderId", &row->words.order},
                                         {"price", &row->words.price},
                                         {"qty", &row->words.qty},
                                         {"quoteQty", &row->words.value},
                                         {"commission", &row->words.fee},
                                         {"commissionAsset", &row->words.asset},
                                         {"time", &row->words.time},
                                         {"isBuyer", &buyer},
                                         {"isMaker", &maker}};
    *ret_rc = OC_OK;
    if (!kit_json_item(json)) {
        *ret_rc = kit_json_end(json) ? OC_OK : OC_E_DATA;
        return 0;
    }
    if (!KIT_TAKE(json, members) || kit_json_u64(row->words.id, &row->id) < 0 ||
        kit_json_u64(row->words.order, &row->order) < 0) {
        *ret_rc = OC_E_DATA;
        return 0;
    }
    row->words.is_buy = buyer.kind == KIT_JSON_TRUE;
    row->words.is_maker = maker.kind == KIT_JSON_TRUE;
    return 1;
}

struct named {
    uint64_t order;
    struct kit_json_text client;
};

static oc_rc read_names(struct kit_json json, struct named *names, uint32_t *ret_count)
{
    uint32_t count = 0;
    if (!kit_json_array(&json))
        return OC_E_DATA;
    while (kit_json_item(&json)) {
        struct kit_json_text id = {0}, client = {0};
        const struct kit_member members[] = {{"orderId", &id}, {"clientOrderId", &client}};
        if (!KIT_TAKE(&json, members) || count == NAMES_PAGE || kit_json_u64(id, &names[count].order) < 0)
            return OC_E_DATA;
        names[count++].client = client;
    }
    *ret_count = count;
    return kit_json_end(&json) ? OC_OK : OC_E_DATA;
}

/* The rows of a page with the names that are known; where the list of names ended too soon, as far as it goes: the rest is asked for again. */
static oc_rc say_fills(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json json,
                       const struct named *names, uint32_t count)
{
    const int is_full = count == NAMES_PAGE, is_first = !in->fetch->order && !in->fetch->cursor.size;
    uint32_t said = 0, rows = 0, is_cut = 0;
    uint64_t next = 0;
    struct row row;
    oc_rc rc = OC_OK;
    (void)cursor_of(in->fetch, &next);
    if (!kit_json_array(&json))
        return OC_E_DATA;
    for (; !is_cut && next_row(&json, &row, &rc); rows++) {
        uint32_t at = 0;
        while (at < count && names[at].order != row.order)
            at++;
        is_cut = is_full && at == count && rows > 0 && row.order > names[count - 1].order;
        if (is_cut)
            break;
        if (at < count)
            row.words.client = names[at].client;
        next = row.id + 1;
        if (is_first)
            continue;
        rc = bn_say_fill(bn, &row.words, in->fetch->order, source, OC_EVF_REPLAYED);
        if (rc < 0)
            return rc;
        said++;
    }
    if (rc < 0)
        return rc;
    return fetched(bn, in, source, OC_OK, said, is_cut || (!is_first && rows == FILLS_PAGE), &next);
}

/* Behind a page of fills: its orders, from the lowest number on. */
static oc_rc ask_names(struct binance *bn, const struct oc_response *in, uint64_t first)
{
    const struct account *who = bn_account(bn, in->account);
    struct oc_instrument info = {.size = sizeof info};
    const struct oc_cost costs[] = {{WEIGHT, 0, 10}, {RAW, 0, 1}};
    struct oc_http http = {.flags = OC_HTTP_SAFE,
                           .lane = (uint8_t)in->fetch->lane,
                           .token = in->token,
                           .costs = costs,
                           .cost_count = 2,
                           .user = {ABOUT_NAMES}};
    char text[QUERY_ROOM];
    struct kit_write query = kit_write_begin(text, sizeof text);
    if (!who || bn->kit.names->record(bn->kit.host, in->fetch->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    KIT_WRITE(&query, "symbol=");
    kit_write_query(&query, info.venue_symbol, strlen(info.venue_symbol));
    write_number(&query, "&orderId=", first);
    write_number(&query, "&limit=", NAMES_PAGE);
    return bn_send_signed(bn, who, &http, "/api/v3/allOrders", &query);
}

static oc_rc answer_names(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    struct named names[NAMES_PAGE];
    uint32_t count = 0;
    struct page *page = page_of(bn, in->token);
    if (!page)
        return fetched(bn, in, source, OC_E_IO, 0, 0, NULL);
    oc_rc rc = read_names(kit_json_begin(in->body, in->body_size), names, &count);
    if (rc >= 0)
        rc = say_fills(bn, in, source, kit_json_begin(page->body, page->size), names, count);
    if (rc != OC_E_FULL && rc != OC_E_AGAIN)
        forget_page(page);
    return rc;
}

static oc_rc answer_fills(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json json)
{
    struct kit_json rows = json;
    struct row row;
    uint64_t first = UINT64_MAX;
    oc_rc rc;
    if (!kit_json_array(&rows))
        return OC_E_DATA;
    while (next_row(&rows, &row, &rc))
        first = row.order < first ? row.order : first;
    if (rc < 0)
        return rc;
    if (first == UINT64_MAX || in->fetch->order || !in->fetch->cursor.size)
        return say_fills(bn, in, source, json, NULL, 0);
    rc = ask_names(bn, in, first);
    if (rc ==
        OC_E_AGAIN) /* there is no room, or it is shut: held back, this page would keep all that comes behind it from being heard */
        return fetched(bn, in, source, OC_E_AGAIN, 0, 0, NULL);
    return rc < 0 ? rc : hold_page(bn, in);
}

oc_rc bn_answer_fetch(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    uint32_t count = 0;
    oc_rc rc;
    if (in->status != 200)
        return refused(bn, in, source);
    if (in->user[0] == ABOUT_NAMES)
        return answer_names(bn, in, source);
    switch (in->fetch->kind) {
    case OC_FETCH_TIME:
        return answer_time(bn, in, &json);
    case OC_FETCH_INSTRUMENTS:
        rc = read_info(bn, in, &count);
        return rc < 0 ? rc : fetched(bn, in, 0, OC_OK, count, 0, NULL);
    case OC_FETCH_CREDENTIALS:
    case OC_FETCH_BALANCES:
        return answer_account(bn, in, source, &json);
    case OC_FETCH_FILLS:
        return answer_fills(bn, in, source, json);
    case OC_FETCH_BOOK:
        return answer_book(bn, in, &json);
    case OC_FETCH_BARS:
        return answer_bars(bn, in, &json);
    default:
        return answer_orders(bn, in, source, &json);
    }
}
