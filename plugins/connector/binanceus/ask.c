/* ask.c: questions, and their answers page by page. */
#include "binance.h"

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
    {OC_FETCH_ORDERS, 10, 1, "/api/v3/allOrders"},
    {OC_FETCH_LEDGER, 1, 1, ""}, /* one list behind the other: bn_ledgers */
    {OC_FETCH_BOOK, 10, 0, "/api/v3/depth"},
    {OC_FETCH_BARS, 1, 0, "/api/v3/klines"},
};

static const struct question *question_of(uint32_t kind)
{
    for (uint32_t i = 0; i < COUNT(questions); i++)
        if (questions[i].kind == kind)
            return &questions[i];
    return NULL;
}

static uint64_t rows_of(const struct oc_fetch *ask, uint32_t most)
{
    return ask->limit && ask->limit < most ? ask->limit : most;
}

static oc_rc write_bars(struct kit_write *query, const struct oc_fetch *ask)
{
    uint64_t from = (uint64_t)(ask->from_ns / MS);
    const char *name = bn_period_name(ask->period_ns);
    if (!name)
        return OC_E_NOT_SUPPORTED;
    kit_query_text(query, "interval", name);
    if (kit_cursor(ask, &from) || ask->from_ns)
        kit_query_u64(query, "startTime", from);
    if (ask->to_ns)
        kit_query_u64(query, "endTime", (uint64_t)((ask->to_ns - 1) / MS));
    kit_query_u64(query, "limit", rows_of(ask, BARS_PAGE));
    return OC_OK;
}

/* Of one order; from where the last question ended; since a time; or, at first, what the latest is: fills of before a session are not its own. */
static oc_rc write_fills(struct kit_write *query, const struct oc_fetch *ask)
{
    uint64_t from;
    if (ask->order && !ask->venue_order.size)
        return OC_E_NOT_FOUND;
    if (ask->order)
        kit_query_id(query, "orderId", "", &ask->venue_order);
    if (kit_cursor(ask, &from))
        kit_query_u64(query, "fromId", from);
    else if (ask->from_ns)
        kit_query_u64(query, "startTime", (uint64_t)(ask->from_ns / MS));
    kit_query_u64(query, "limit", ask->order || ask->from_ns || ask->cursor.size ? FILLS_PAGE : 1);
    return OC_OK;
}

/* From which order on; the newest where nobody says. */
static void write_orders(struct kit_write *query, const struct oc_fetch *ask)
{
    uint64_t from;
    if (kit_cursor(ask, &from))
        kit_query_u64(query, "orderId", from);
    else if (ask->from_ns)
        kit_query_u64(query, "startTime", (uint64_t)(ask->from_ns / MS));
    kit_query_u64(query, "limit", KIT_NAMES_MAX);
}

/* The cursor of a ledger: which list, and how many of its rows were said. */
static uint32_t ledger_part(const struct oc_fetch *ask, uint64_t *ret_offset)
{
    uint64_t at = 0;
    (void)kit_cursor(ask, &at);
    *ret_offset = at & UINT32_MAX;
    return (uint32_t)(at >> 32) % LEDGERS;
}

static void write_ledger(struct kit_write *query, const struct oc_fetch *ask)
{
    uint64_t offset;
    (void)ledger_part(ask, &offset);
    if (ask->from_ns)
        kit_query_u64(query, "startTime", (uint64_t)(ask->from_ns / MS));
    if (ask->to_ns)
        kit_query_u64(query, "endTime", (uint64_t)((ask->to_ns - 1) / MS));
    kit_query_u64(query, "offset", offset);
    kit_query_u64(query, "limit", LEDGER_PAGE);
}

static oc_rc write_query(struct kit_write *query, const struct oc_fetch *ask, const char *symbol)
{
    const struct oc_id *id = ask->venue_order.size ? &ask->venue_order : &ask->client;
    if (*symbol)
        kit_query_text(query, "symbol", symbol);
    switch (ask->kind) {
    case OC_FETCH_ORDER:
        kit_query_id(query, ask->venue_order.size ? "orderId" : "origClientOrderId", "", id);
        return id->size ? OC_OK : OC_E_INVALID;
    case OC_FETCH_FILLS:
        return write_fills(query, ask);
    case OC_FETCH_ORDERS:
        write_orders(query, ask);
        return OC_OK;
    case OC_FETCH_LEDGER:
        write_ledger(query, ask);
        return OC_OK;
    case OC_FETCH_BOOK:
        kit_query_u64(query, "limit", 1000);
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
    const struct kit_account *who = kit_account_of(&bn->accounts, ask->account);
    struct oc_instrument info = {.size = sizeof info};
    char path[PATH_ROOM];
    if (!question)
        return OC_E_NOT_SUPPORTED;
    if (question->is_signed && !who)
        return OC_E_INVALID;
    if (question->is_signed && !(who->is_heard && bn->has_info))
        return OC_E_AGAIN; /* what would be heard of it is not heard yet, or of instruments that nobody knows */
    if (ask->inst && bn->kit.names->record(bn->kit.host, ask->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    uint64_t offset;
    struct kit_write query = kit_query_begin(
        path, sizeof path, ask->kind == OC_FETCH_LEDGER ? bn_ledgers[ledger_part(ask, &offset)].path : question->path);
    const oc_rc rc = write_query(&query, ask, info.venue_symbol);
    if (rc < 0)
        return rc;
    const uint32_t weight = ask->kind == OC_FETCH_OPEN_ORDERS && ask->inst ? 3 : question->weight;
    const struct oc_cost costs[] = {{WEIGHT, 0, weight}, {RAW, 0, 1}};
    struct oc_http http = {.flags = OC_HTTP_SAFE,
                           .lane = (uint8_t)ask->lane,
                           .token = ask->token,
                           .costs = costs,
                           .cost_count = COUNT(costs)};
    return question->is_signed ? bn_send_signed(bn, who, &http, path, &query) : bn_send_plain(bn, &http, path, &query);
}

/* ---- answers ---- */

/* The end of a page. A cursor is of the instrument that was asked about. */
static oc_rc fetched(struct binance *bn, const struct oc_response *in, uint32_t source, oc_rc result, uint32_t count,
                     int more, const uint64_t *cursor)
{
    return kit_fetched(&bn->kit, in->fetch, source, result, count, (uint32_t)more, cursor, cursor ? sizeof *cursor : 0);
}

static oc_rc refused(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    int64_t code = 0;
    const struct kit_refusal_row *refusal = bn_refusal(kit_json_begin(in->body, in->body_size), &code, NULL);
    const uint32_t why = refusal ? refusal->why : OC_WHY_OTHER;
    oc_rc rc = OC_OK;
    if (in->fetch->kind == OC_FETCH_ORDER && why == OC_WHY_NOT_FOUND) { /* not there; or gone unfilled long ago */
        rc = kit_absent(&bn->kit, in->fetch, source);
        return rc < 0 ? rc : fetched(bn, in, source, OC_OK, 1, 0, NULL);
    }
    if (why == OC_WHY_CLOCK)
        rc = bn_ask_time(bn);
    const oc_rc result = why == OC_WHY_BAD_CREDENTIALS || why == OC_WHY_PERMISSION ? OC_E_DENIED
                         : why == OC_WHY_CLOCK                                     ? OC_E_AGAIN
                                                                                   : OC_E_IO;
    return rc < 0 ? rc : fetched(bn, in, source, result, 0, 0, NULL);
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

/* {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100}: a tenth is left, for what leaves at the end of a window may be
 * counted in the next one. */
static oc_rc take_limit(struct binance *bn, struct kit_json *json)
{
    static const struct kit_word units[] = {{"SECOND", 1}, {"MINUTE", 60}, {"HOUR", 3600}, {"DAY", 86400}};
    static const struct {
        const char *type;
        int64_t period_ns; /* 0: any */
        uint32_t place;
    } known[] = {{"REQUEST_WEIGHT", 0, WEIGHT},
                 {"RAW_REQUESTS", 0, RAW},
                 {"ORDERS", 10 * SECOND, ORDERS_10S},
                 {"ORDERS", DAY, ORDERS_1D}};
    struct kit_json_text type = {0}, interval = {0}, times = {0}, limit = {0};
    const struct kit_member members[] = {
        {"rateLimitType", &type}, {"interval", &interval}, {"intervalNum", &times}, {"limit", &limit}};
    uint64_t count, most;
    if (!KIT_TAKE(json, members) || kit_json_u64(times, &count) < 0 || kit_json_u64(limit, &most) < 0 || !count ||
        count > 1000 || !most)
        return OC_E_DATA;
    const int64_t period_ns = (int64_t)(count * KIT_WORD_OF(interval, units, 0)) * SECOND;
    uint32_t at = 0;
    while (at < COUNT(known) && (!kit_json_is(type, known[at].type, strlen(known[at].type)) ||
                                 (known[at].period_ns && known[at].period_ns != period_ns)))
        at++;
    if (at == COUNT(known) || !period_ns)
        return kit_skip(&bn->kit, "rateLimit", type); /* one more than is counted here: its 429 is obeyed */
    const int is_of_account = bn_venue.limits[known[at].place].scope == OC_SCOPE_ACCOUNT;
    for (int i = 0; i < (is_of_account ? KIT_ACCOUNTS_MAX : 1); i++)
        if (!is_of_account || bn->accounts.of[i].account)
            (void)bn->kit.limit->max(bn->kit.host, is_of_account ? bn->accounts.of[i].account : 0, known[at].place,
                                     most - most / 10, period_ns);
    return OC_OK;
}

static oc_rc read_info(struct binance *bn, const struct oc_response *in, uint32_t *ret_count)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key, symbols = {0};
    struct oc_instrument all = {0};
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (!kit_json_object(&json))
        return OC_E_DATA;
    while (rc >= 0 && kit_json_key(&json, &key)) {
        if (KIT_JSON_IS(key, "symbols"))
            symbols = kit_json_value(&json); /* behind the filters of all of them, wherever those stand */
        else if (KIT_JSON_IS(key, "exchangeFilters") && kit_json_array(&json))
            while (rc >= 0 && kit_json_item(&json))
                rc = bn_take_account_filter(bn, &json, &all) ? OC_OK : OC_E_DATA;
        else if (KIT_JSON_IS(key, "serverTime"))
            rc = bn_take_time(bn, in, kit_json_value(&json));
        else if (KIT_JSON_IS(key, "rateLimits") && kit_json_array(&json))
            while (rc >= 0 && kit_json_item(&json))
                rc = take_limit(bn, &json);
    }
    struct kit_json list = kit_json_into(symbols);
    if (rc < 0 || !kit_json_end(&json) || !kit_json_array(&list))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    for (; rc >= 0 && kit_json_item(&list); count++)
        rc = bn_say_instrument(bn, &list, &all, in->token);
    *ret_count = count;
    return rc < 0 ? rc : kit_json_end(&list) && count ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

oc_rc bn_answer_info(struct binance *bn, const struct oc_response *in)
{
    uint32_t count;
    if (in->status != 200)
        return OC_OK; /* asked again by the timer */
    oc_rc rc = read_info(bn, in, &count);
    for (int i = 0; i < KIT_ACCOUNTS_MAX && rc >= 0 && !bn->has_info; i++)
        if (bn->accounts.of[i].account)
            rc = bn_ask_key(bn, &bn->accounts.of[i]);
    return rc < 0 ? rc : bn_has_info(bn);
}

static oc_rc answer_account(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json *json)
{
#define AT(member) offsetof(struct oc_ev_account, member)
    static const struct kit_word trade[] = {{"true", OC_MAY_TRADE}, {"false", 0}},
                                 asked_trade[] = {{"true", OC_MAY_TRADE}, {"false", OC_MAY_TRADE}};
    static const struct kit_word draw[] = {{"true", OC_MAY_WITHDRAW}, {"false", 0}},
                                 asked_draw[] = {{"true", OC_MAY_WITHDRAW}, {"false", OC_MAY_WITHDRAW}};
    enum { BALANCES = 0, RATES = 1 };
    static const struct kit_field fields[] = {KIT_SEEN("balances"),
                                              KIT_SEEN("commissionRates"),
                                              KIT_FIELD_WORDS("canTrade", KIT_IS_BITS, AT(rights), trade),
                                              KIT_ALSO_WORDS(KIT_IS_BITS, AT(known), asked_trade),
                                              KIT_FIELD_WORDS("canWithdraw", KIT_IS_BITS, AT(rights), draw),
                                              KIT_ALSO_WORDS(KIT_IS_BITS, AT(known), asked_draw)};
    static const struct kit_field rates[] = {KIT_FIELD("maker", KIT_IS_DEC, 0, AT(maker_fee), OC_ACC_MAKER_FEE),
                                             KIT_FIELD("taker", KIT_IS_DEC, 0, AT(taker_fee), OC_ACC_TAKER_FEE)};
    static const struct kit_shape shape = KIT_SHAPE("account", OC_EV_ACCOUNT, oc_ev_account, present, fields);
    struct kit_row row, of_rates;
    uint32_t count = 1;
    oc_rc rc = OC_OK;
    if (!KIT_ROW(json, fields, &row) || !kit_json_end(json))
        return OC_E_DATA;
    struct kit_json list = kit_json_into(row.of[BALANCES]), fees = kit_json_into(row.of[RATES]);
    if (in->fetch->kind == OC_FETCH_BALANCES && kit_json_array(&list))
        for (; rc >= 0 && kit_json_item(&list); count++)
            rc = bn_say_balance(bn, &list, source, in->token, 0);
    if (rc < 0)
        return rc;
    struct oc_ev_account *out = kit_row_event(&bn->kit, &shape, &row, source, &rc);
    if (!out)
        return rc;
    if (row.of[RATES].kind == KIT_JSON_OBJECT && KIT_ROW(&fees, rates, &of_rates))
        (void)kit_row_read(&bn->kit, rates, COUNT(rates), &of_rates, out, AT(present)); /* none must be there */
    out->token = in->token;
    out->known |= OC_MAY_VIEW;
    out->rights |= OC_MAY_VIEW;
    out->head.flags = 0;
    rc = kit_commit(&bn->kit, out);
    return rc < 0 ? rc : fetched(bn, in, source, OC_OK, count, 0, NULL);
#undef AT
}

static oc_rc answer_orders(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json *json)
{
    const int is_one = in->fetch->kind == OC_FETCH_ORDER, is_past = in->fetch->kind == OC_FETCH_ORDERS;
    uint32_t count = 0;
    uint64_t next = 0, number = 0;
    oc_rc rc = OC_OK;
    if (!is_one && !kit_json_array(json))
        return OC_E_DATA;
    for (; rc >= 0 && (is_one ? count == 0 : kit_json_item(json)); count++) {
        rc = bn_say_order(bn, json, source, in->token, &number);
        next = number >= next ? number + 1 : next;
    }
    if (rc < 0 || !kit_json_end(json))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    (void)(is_past && count == 0 && kit_cursor(in->fetch, &next)); /* there is no news: it stays where it was */
    return fetched(bn, in, source, OC_OK, count, is_past && count == KIT_NAMES_MAX, is_past ? &next : NULL);
}

/* {"assetLogRecordList":[...]} or the list alone. */
static oc_rc answer_ledger(struct binance *bn, const struct oc_response *in, uint32_t source, struct kit_json json)
{
    struct kit_json_text within = {0};
    const struct kit_member members[] = {{"assetLogRecordList", &within}};
    uint64_t offset;
    uint32_t count = 0;
    const uint32_t part = ledger_part(in->fetch, &offset);
    struct kit_json whole = json;
    oc_rc rc = OC_OK;
    if (KIT_TAKE(&whole, members) && within.kind == KIT_JSON_ARRAY)
        json = kit_json_into(within);
    if (!kit_json_array(&json))
        return OC_E_DATA;
    for (; rc >= 0 && kit_json_item(&json); count++)
        rc = bn_say_moved(bn, &json, &bn_ledgers[part], source, in->token);
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    const uint64_t next = count == LEDGER_PAGE ? (uint64_t)part << 32 | (offset + count) : (uint64_t)(part + 1) << 32;
    const int has_more = count == LEDGER_PAGE || part + 1 < LEDGERS;
    return fetched(bn, in, source, OC_OK, count, has_more, has_more ? &next : NULL);
}

static oc_rc answer_book(struct binance *bn, const struct oc_response *in, struct kit_json *json)
{
    struct oc_scale scale;
    struct kit_levels bids = {.count = 0}, asks = {.count = 0};
    struct kit_book book = {
        .scale = &scale, .bids = &bids, .asks = &asks, .kind = OC_BOOK_SNAPSHOT, .chain = OC_CHAIN_RANGE};
    struct kit_json_text last = {0};
    const struct kit_member members[] = {{"lastUpdateId", &last}, {"bids", &bids.text}, {"asks", &asks.text}};
    if (!KIT_TAKE(json, members) || !kit_json_end(json) || kit_json_u64(last, &book.last) < 0 ||
        bn->kit.names->scale(bn->kit.host, in->fetch->inst, &scale) < 0)
        return OC_E_DATA;
    book.first = book.last;
    const oc_rc rc = kit_say_book(&bn->kit, &book);
    return rc < 0 ? rc : fetched(bn, in, 0, OC_OK, 1, 0, NULL);
}

static oc_rc answer_bars(struct binance *bn, const struct oc_response *in, struct kit_json *json)
{
    const struct oc_fetch *ask = in->fetch;
    uint32_t count = 0;
    uint64_t next = 0;
    oc_rc rc = OC_OK;
    if (!kit_json_array(json))
        return OC_E_DATA;
    for (; rc >= 0 && kit_json_item(json); count++)
        rc = bn_say_candle(bn, json, ask, in->received_ns, &next);
    if (rc < 0 || !kit_json_end(json))
        return rc < 0 ? rc : (oc_rc)OC_E_DATA;
    const int has_more = count == rows_of(ask, BARS_PAGE) && (!ask->to_ns || (int64_t)next * MS < ask->to_ns) &&
                         (ask->from_ns || ask->cursor.size);
    return fetched(bn, in, 0, OC_OK, count, has_more, has_more ? &next : NULL);
}

/* ---- fills, whose list has no names of ours ---- */

static oc_rc ask_names(void *self, const struct oc_response *in, uint64_t first)
{
    static const struct oc_cost costs[] = {{WEIGHT, 0, 10}, {RAW, 0, 1}};
    struct binance *bn = self;
    const struct kit_account *who = kit_account_of(&bn->accounts, in->account);
    struct oc_instrument info = {.size = sizeof info};
    struct oc_http http = {.flags = OC_HTTP_SAFE,
                           .lane = (uint8_t)in->fetch->lane,
                           .token = in->token,
                           .costs = costs,
                           .cost_count = COUNT(costs),
                           .user = {ABOUT_NAMES}};
    char path[PATH_ROOM];
    struct kit_write query = kit_query_begin(path, sizeof path, "/api/v3/allOrders");
    if (!who || bn->kit.names->record(bn->kit.host, in->fetch->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    kit_query_text(&query, "symbol", info.venue_symbol);
    kit_query_u64(&query, "orderId", first);
    kit_query_u64(&query, "limit", KIT_NAMES_MAX);
    return bn_send_signed(bn, who, &http, path, &query);
}

static const struct kit_listed fills = {.fills_max = FILLS_PAGE,
                                        .names_max = KIT_NAMES_MAX,
                                        .order = "orderId",
                                        .client = "clientOrderId",
                                        .take = bn_take_fill,
                                        .say = bn_say_fill,
                                        .ask_names = ask_names};

oc_rc bn_answer_fetch(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    uint32_t count = 0;
    oc_rc rc;
    if (in->status != 200)
        return refused(bn, in, source);
    if (in->user[0] == ABOUT_NAMES)
        return kit_listed_names(&bn->kit, &bn->pages, &fills, bn, in, source);
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
        return kit_listed_fills(&bn->kit, &bn->pages, &fills, bn, in, source);
    case OC_FETCH_LEDGER:
        return answer_ledger(bn, in, source, json);
    case OC_FETCH_BOOK:
        return answer_book(bn, in, &json);
    case OC_FETCH_BARS:
        return answer_bars(bn, in, &json);
    default:
        return answer_orders(bn, in, source, &json);
    }
}
