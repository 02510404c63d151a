/* ask.c: questions, and their answers page by page. */
#include "binance.h"

static const struct kit_ask_part of_order[] = {
    {"symbol", KIT_ASK_SYMBOL, 0}, {"orderId", KIT_ASK_NUMBER, 0}, {"origClientOrderId", KIT_ASK_CLIENT, 0}, {0}};
/* Without a place to go on from, what the latest is: fills of before a session are not its own. */
static const struct kit_ask_part of_fills[] = {{"symbol", KIT_ASK_SYMBOL, 0},       {"orderId", KIT_ASK_ORDER, 0},
                                               {"fromId", KIT_ASK_CURSOR, 0},       {"startTime", KIT_ASK_FROM, 0},
                                               {"limit", KIT_ASK_NEWS, FILLS_PAGE}, {0}};
static const struct kit_ask_part of_orders[] = {{"symbol", KIT_ASK_SYMBOL, 0},
                                                {"orderId", KIT_ASK_CURSOR, 0},
                                                {"startTime", KIT_ASK_FROM, 0},
                                                {"limit", KIT_ASK_EXACTLY, KIT_NAMES_MAX},
                                                {0}};
static const struct kit_ask_part of_ledger[] = {{"startTime", KIT_ASK_FROM, 0},
                                                {"endTime", KIT_ASK_TO, 0},
                                                {"offset", KIT_ASK_OFFSET, 0},
                                                {"limit", KIT_ASK_EXACTLY, LEDGER_PAGE},
                                                {0}};
static const struct kit_ask_part of_book[] = {{"symbol", KIT_ASK_SYMBOL, 0}, {"limit", KIT_ASK_EXACTLY, 1000}, {0}};
static const struct kit_ask_part of_bars[] = {{"symbol", KIT_ASK_SYMBOL, 0},
                                              {"interval", KIT_ASK_PERIOD, 0},
                                              {"startTime", KIT_ASK_CURSOR, 0},
                                              {"startTime", KIT_ASK_FROM, 0},
                                              {"endTime", KIT_ASK_TO, 0},
                                              {"limit", KIT_ASK_ROWS, BARS_PAGE},
                                              {0}};
const struct kit_question bn_questions[QUESTIONS] = {
    {OC_FETCH_TIME, 1, 0, "/api/v3/time", NULL},
    {OC_FETCH_INSTRUMENTS, 10, 0, "/api/v3/exchangeInfo", NULL},
    {OC_FETCH_CREDENTIALS, 10, KIT_ASK_SIGNED, "/api/v3/account", NULL},
    {OC_FETCH_BALANCES, 10, KIT_ASK_SIGNED, "/api/v3/account", NULL},
    {OC_FETCH_OPEN_ORDERS, 40, KIT_ASK_SIGNED, "/api/v3/openOrders", NULL},
    {OC_FETCH_ORDER, 2, KIT_ASK_SIGNED, "/api/v3/order", of_order},
    {OC_FETCH_FILLS, 10, KIT_ASK_SIGNED, "/api/v3/myTrades", of_fills},
    {OC_FETCH_ORDERS, 10, KIT_ASK_SIGNED, "/api/v3/allOrders", of_orders},
    {OC_FETCH_LEDGER, 1, KIT_ASK_SIGNED, "/sapi/v1/capital/deposit/hisrec", of_ledger}, /* one behind the other */
    {OC_FETCH_LEDGER, 1, KIT_ASK_SIGNED, "/sapi/v1/capital/withdraw/history", of_ledger},
    {OC_FETCH_LEDGER, 1, KIT_ASK_SIGNED, "/sapi/v1/fiatpayment/query/deposit/history", of_ledger},
    {OC_FETCH_LEDGER, 1, KIT_ASK_SIGNED, "/sapi/v1/fiatpayment/query/withdraw/history", of_ledger},
    {OC_FETCH_BOOK, 10, 0, "/api/v3/depth", of_book},
    {OC_FETCH_BARS, 1, 0, "/api/v3/klines", of_bars}};

/* ---- what exchangeInfo says ---- */

/* {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100}: a tenth is left, for what leaves at the end of a window may be
 * counted in the next one. */
static oc_rc take_limit(void *self, struct kit_json *json, struct kit_page *page)
{
    static const struct kit_word units[] = {{"SECOND", 1}, {"MINUTE", 60}, {"HOUR", 3600}, {"DAY", 86400}};
    static const struct kit_word known[] = {{"REQUEST_WEIGHT", WEIGHT}, {"RAW_REQUESTS", RAW}, {"ORDERS", ORDERS_10S}};
    struct binance *bn = self;
    struct kit_json_text type = {0}, interval = {0}, times = {0}, limit = {0};
    const struct kit_member members[] = {
        {"rateLimitType", &type}, {"interval", &interval}, {"intervalNum", &times}, {"limit", &limit}};
    uint64_t count, most;
    (void)page;
    if (!KIT_TAKE(json, members) || kit_json_u64(times, &count) < 0 || kit_json_u64(limit, &most) < 0 || !count ||
        count > 1000 || !most)
        return OC_E_DATA;
    const int64_t period_ns = (int64_t)(count * KIT_WORD_OF(interval, units, 0)) * SECOND;
    uint32_t place = KIT_WORD_OF(type, known, bn_venue.limit_count);
    if (place == ORDERS_10S && period_ns == DAY)
        place = ORDERS_1D;
    if (place == bn_venue.limit_count || !period_ns || (place == ORDERS_10S && period_ns != 10 * SECOND))
        return kit_skip(&bn->kit, "rateLimit", type); /* one more than is counted here: its 429 is obeyed */
    kit_limit_said(&bn->kit, &bn->life.accounts, &bn_venue, place, most - most / 10, period_ns);
    return OC_OK;
}

/* Filters of all symbols together come before the symbols, wherever they stand. */
static oc_rc read_info(struct binance *bn, struct kit_page *page)
{
    struct kit_json json = kit_json_begin(page->in->body, page->in->body_size);
    struct kit_json_text symbols = {0}, filters = {0}, time = {0}, limits = {0};
    const struct kit_member members[] = {
        {"symbols", &symbols}, {"exchangeFilters", &filters}, {"serverTime", &time}, {"rateLimits", &limits}};
    struct oc_instrument all = {0};
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json))
        return OC_E_DATA;
    page->what = &all;
    oc_rc rc = time.size ? kit_take_ms(&bn->kit, page->in, time) : (oc_rc)OC_OK;
    if (rc >= 0 && limits.size)
        rc = kit_page_say(bn, page, kit_json_into(limits), take_limit);
    if (rc >= 0 && filters.size)
        rc = kit_page_say(bn, page, kit_json_into(filters), bn_take_account_filter);
    page->count = 0;
    if (rc >= 0)
        rc = kit_page_say(bn, page, kit_json_into(symbols), bn_say_instrument);
    page->what = NULL;
    return rc < 0 ? rc : page->count ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

oc_rc bn_take_info(void *self, const struct oc_response *in)
{
    struct binance *bn = self;
    struct kit_page page = {.codec = &bn->kit, .in = in};
    const oc_rc rc = read_info(bn, &page);
    return rc < 0 ? rc : kit_life_knows(&bn->kit, &bn_life, &bn->life);
}

/* ---- answers ---- */

static oc_rc answer_time(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    (void)json;
    const oc_rc rc = kit_life_time(&bn->kit, &bn_life, page->in);
    return rc < 0 ? rc : kit_page_end(page, 0, 0);
}

static oc_rc answer_info(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    (void)json;
    const oc_rc rc = read_info(bn, page);
    return rc < 0 ? rc : kit_page_end(page, 0, 0);
}

static oc_rc answer_account(struct binance *bn, struct kit_page *page, struct kit_json json)
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
    oc_rc rc = OC_OK;
    if (!KIT_ROW(&json, fields, &row) || !kit_json_end(&json))
        return OC_E_DATA;
    struct kit_json fees = kit_json_into(row.of[RATES]);
    if (page->in->fetch->kind == OC_FETCH_BALANCES && row.of[BALANCES].kind == KIT_JSON_ARRAY)
        rc = kit_page_say(bn, page, kit_json_into(row.of[BALANCES]), bn_say_balance);
    if (rc < 0)
        return rc;
    struct oc_ev_account *out = kit_row_event(&bn->kit, &shape, &row, page->source, &rc);
    if (!out)
        return rc;
    if (row.of[RATES].kind == KIT_JSON_OBJECT && KIT_ROW(&fees, rates, &of_rates))
        (void)kit_row_read(&bn->kit, rates, KIT_COUNT(rates), &of_rates, out, AT(present)); /* none must be there */
    out->token = page->token;
    out->known |= OC_MAY_VIEW;
    out->rights |= OC_MAY_VIEW;
    out->head.flags = 0;
    page->count++;
    rc = kit_commit(&bn->kit, out);
    return rc < 0 ? rc : kit_page_end(page, 0, 0);
#undef AT
}

static oc_rc answer_order(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    const oc_rc rc = bn_say_order(bn, &json, page);
    page->count = 1;
    return rc < 0 ? rc : kit_json_end(&json) ? kit_page_end(page, 0, 0) : (oc_rc)OC_E_DATA;
}

static oc_rc answer_orders(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    const int is_past = page->in->fetch->kind == OC_FETCH_ORDERS;
    const oc_rc rc = kit_page_say(bn, page, json, bn_say_order);
    (void)(is_past && page->count == 0 &&
           kit_cursor(page->in->fetch, &page->next)); /* no news: it stays where it was */
    return rc < 0 ? rc : kit_page_end(page, is_past, is_past && page->count == KIT_NAMES_MAX);
}

/* {"assetLogRecordList":[...]} or the list alone. */
static oc_rc answer_ledger(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    struct kit_json_text within = {0};
    const struct kit_member members[] = {{"assetLogRecordList", &within}};
    struct kit_json whole = json;
    const int is_within = KIT_TAKE(&whole, members) && within.kind == KIT_JSON_ARRAY;
    const oc_rc rc = kit_page_say(bn, page, is_within ? kit_json_into(within) : json, bn_say_moved);
    return rc < 0 ? rc : kit_page_end_list(page, LEDGERS, LEDGER_PAGE);
}

static oc_rc answer_book(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    static const struct kit_book_form form = {
        .last = "lastUpdateId", .bids = "bids", .asks = "asks", .kind = OC_BOOK_SNAPSHOT, .chain = OC_CHAIN_RANGE};
    struct oc_scale scale;
    if (bn->kit.names->scale(bn->kit.host, page->in->fetch->inst, &scale) < 0)
        return OC_E_DATA;
    const oc_rc rc = kit_hear_book(&bn->kit, json, &form, &scale);
    page->count = 1;
    return rc < 0 ? rc : kit_page_end(page, 0, 0);
}

static oc_rc answer_bars(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    const struct oc_fetch *ask = page->in->fetch;
    const oc_rc rc = kit_page_say(bn, page, json, bn_say_candle);
    const int has_more = page->count == kit_ask_rows(ask, BARS_PAGE) && (ask->from_ns || ask->cursor.size) &&
                         (!ask->to_ns || (int64_t)page->next * MS < ask->to_ns);
    return rc < 0 ? rc : kit_page_end(page, has_more, has_more);
}

/* ---- fills, whose list has no names of ours ---- */

static oc_rc ask_names(void *self, const struct oc_response *in, uint64_t first)
{
    struct binance *bn = self;
    const struct kit_account *who = kit_account_of(&bn->life.accounts, in->account);
    struct oc_fetch ask = *in->fetch;
    ask.kind = OC_FETCH_ORDERS;
    ask.cursor.size = sizeof first;
    memcpy(ask.cursor.bytes, &first, sizeof first);
    return who ? kit_life_ask(&bn->kit, &bn_life, who, &ask, ABOUT_NAMES) : (oc_rc)OC_E_NOT_FOUND;
}

static const struct kit_listed fills = {.fills_max = FILLS_PAGE,
                                        .names_max = KIT_NAMES_MAX,
                                        .order = "orderId",
                                        .client = "clientOrderId",
                                        .take = bn_take_fill,
                                        .say = bn_say_fill,
                                        .ask_names = ask_names};

static oc_rc answer_fills(struct binance *bn, struct kit_page *page, struct kit_json json)
{
    (void)json;
    return kit_listed_fills(&bn->kit, &bn->pages, &fills, bn, page->in, page->source);
}

static const struct {
    uint32_t kind;
    oc_rc (*say)(struct binance *, struct kit_page *, struct kit_json);
} answers[] = {
    {OC_FETCH_TIME, answer_time},        {OC_FETCH_INSTRUMENTS, answer_info},   {OC_FETCH_CREDENTIALS, answer_account},
    {OC_FETCH_BALANCES, answer_account}, {OC_FETCH_OPEN_ORDERS, answer_orders}, {OC_FETCH_ORDERS, answer_orders},
    {OC_FETCH_ORDER, answer_order},      {OC_FETCH_FILLS, answer_fills},        {OC_FETCH_LEDGER, answer_ledger},
    {OC_FETCH_BOOK, answer_book},        {OC_FETCH_BARS, answer_bars}};

oc_rc bn_answer_fetch(struct binance *bn, const struct oc_response *in, uint32_t source)
{
    const struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_page page = {.codec = &bn->kit, .in = in, .source = source, .token = in->token};
    struct kit_json_text words;
    int64_t code;
    if (in->status != 200) {
        const struct kit_refusal_row *refusal = kit_life_refusal(&bn_life, json, &code, &words);
        const uint32_t why = refusal ? refusal->why : OC_WHY_OTHER;
        const oc_rc rc = why == OC_WHY_CLOCK ? kit_life_ask_plain(&bn->kit, &bn_life, OC_FETCH_TIME) : (oc_rc)OC_OK;
        return rc < 0 ? rc : kit_page_refused(&bn->kit, in->fetch, source, why);
    }
    if (in->user[0] == ABOUT_NAMES)
        return kit_listed_names(&bn->kit, &bn->pages, &fills, bn, in, source);
    for (uint32_t i = 0; i < KIT_COUNT(answers); i++)
        if (answers[i].kind == in->fetch->kind)
            return answers[i].say(bn, &page, json);
    return OC_OK;
}
