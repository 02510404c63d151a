/* market.c: instruments, bars of the past, and prices: whole ladders of buckets, a line each, of the instruments that stand in the url. */
#include "oanda.h"

/* ---- instruments ---- */

#define AT(member)               offsetof(struct oc_instrument, member)
#define UNITS(name, member, bit) KIT_FIELD(name, KIT_IS_QTY, KIT_NOT_ZERO, AT(member), bit)
enum { SYMBOL = 0 };
static const struct kit_field inst_fields[] = {
    KIT_SEEN("name"),
    KIT_FIELD("displayPrecision", KIT_IS_U32, KIT_MUST, AT(price_digits), 0),
    KIT_FIELD("tradeUnitsPrecision", KIT_IS_U32, KIT_MUST, AT(qty_digits), 0),
    UNITS("minimumTradeSize", min_qty, OC_INST_HAS_MIN_QTY),
    UNITS("maximumPositionSize", max_position, OC_INST_HAS_MAX_POSITION), /* "0": none */
    UNITS("maximumOrderUnits", max_qty, OC_INST_HAS_MAX_QTY),
    KIT_FIELD("marginRate", KIT_IS_DEC, 0, AT(margin_initial), 0)};
#undef AT
#undef UNITS

/* EUR_USD as EUR/USD:USD: it is held on margin, and settled in the quote. */
oc_rc oa_say_instrument(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct oanda *oa = self;
    struct oc_instrument info;
    struct kit_row row;
    uint64_t price_digits, qty_digits;
    if (!KIT_ROW(json, inst_fields, &row))
        return OC_E_DATA;
    const struct kit_json_text name = row.of[SYMBOL];
    const char *bar = name.size ? memchr(name.at, '_', name.size) : NULL;
    if (!bar || kit_json_u64(row.of[1], &price_digits) < 0 || kit_json_u64(row.of[2], &qty_digits) < 0 ||
        price_digits > 9 || qty_digits > 9)
        return kit_skip(&oa->kit, "instrument", name);
    const uint32_t base = (uint32_t)(bar - name.at);
    kit_contract_begin(&info, (uint32_t)price_digits, (uint32_t)qty_digits);
    info.status = OC_STATUS_TRADING;
    row.scale = kit_market_scale(&info);
    if (kit_row_read(&oa->kit, inst_fields, KIT_COUNT(inst_fields), &row, &info,
                     (uint32_t)offsetof(struct oc_instrument, present)) < 0)
        return kit_skip(&oa->kit, "instrument", name);
    return kit_say_market(&oa->kit, &info, name, kit_text_of(name.at, base), kit_text_of(bar + 1, name.size - base - 1),
                          "instrument", page->token);
}

/* ---- bars ---- */

oc_rc oa_write_bars(const struct oanda *oa, const struct oc_fetch *ask, struct kit_write *path)
{
    const char *name = kit_bar_name(&oa_venue, oa_bar_names, ask->period_ns);
    struct oc_instrument info;
    uint64_t from_ms = 0;
    if (!name)
        return OC_E_NOT_SUPPORTED;
    if (oa->kit.names->record(oa->kit.host, ask->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    const char letter[2] = {(char)oa->bars, 0};
    kit_write_text(path, info.venue_symbol);
    KIT_WRITE(path, "/candles?dailyAlignment=0&alignmentTimezone=UTC&weeklyAlignment=Monday&price=");
    kit_write_text(path, letter);
    KIT_WRITE(path, "&granularity=");
    kit_write_text(path, name);
    KIT_WRITE(path, "&count=");
    kit_write_u64(path, kit_ask_rows(ask, BARS_PAGE));
    if (kit_cursor(ask, &from_ms) || ask->from_ns) {
        KIT_WRITE(path, "&from=");
        kit_write_time(path, ask->cursor.size ? (int64_t)from_ms * 1000000 : ask->from_ns, 9);
    }
    return OC_OK;
}

enum { COMPLETE = 0, TICKS = 1, OPENS = 2, PRICED = 3 };
static const struct kit_field candle_fields[] = {KIT_SEEN("complete"), KIT_SEEN("volume"), KIT_SEEN("time"),
                                                 KIT_SEEN("mid"),      KIT_SEEN("bid"),    KIT_SEEN("ask")};
static const struct kit_field price_fields[] = {KIT_SEEN("o"), KIT_SEEN("h"), KIT_SEEN("l"), KIT_SEEN("c")};

/* Its volume is a count of ticks, not of units. */
static oc_rc say_candle(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct oanda *oa = self;
    const struct oc_fetch *ask = page->in->fetch;
    struct kit_row row, price;
    struct oc_scale scale;
    uint64_t ticks = 0;
    int64_t open_ns;
    if (!KIT_ROW(json, candle_fields, &row) || kit_json_time(row.of[OPENS], &open_ns) < 0 ||
        oa->kit.names->scale(oa->kit.host, ask->inst, &scale) < 0)
        return OC_E_DATA;
    struct kit_json within = kit_json_into(row.of[PRICED + (oa->bars == 'B' ? 1 : oa->bars == 'A' ? 2 : 0)]);
    const int64_t close_ns = open_ns + (ask->period_ns > 0 ? ask->period_ns : 28 * DAY);
    page->next = (uint64_t)(close_ns / 1000000);
    page->at_ns = open_ns;
    if (ask->to_ns && open_ns >= ask->to_ns)
        return OC_OK;
    (void)kit_json_u64(row.of[TICKS], &ticks);
    return KIT_ROW(&within, price_fields, &price)
               ? kit_say_past_bar(&oa->kit, &scale, price.of, open_ns, close_ns, ticks,
                                  row.of[COMPLETE].kind == KIT_JSON_FALSE ? OC_EVF_FORMING : 0)
               : (oc_rc)OC_E_DATA;
}

oc_rc oa_say_bars(struct oanda *oa, const struct kit_token_account *who, const struct oc_response *in)
{
    const struct oc_fetch *ask = in->fetch;
    struct kit_json_text last;
    const struct kit_json_text list = oa_list(in, "candles", &last);
    struct kit_page page = {.codec = &oa->kit, .in = in};
    const oc_rc rc = list.size ? kit_page_say(oa, &page, kit_json_into(list), say_candle) : (oc_rc)OC_E_DATA;
    (void)who;
    if (rc < 0)
        return rc;
    const int is_full = page.count == kit_ask_rows(ask, BARS_PAGE) && (!ask->to_ns || page.at_ns < ask->to_ns);
    return kit_page_end(&page, page.count > 0, is_full);
}

/* ---- which prices are heard ---- */

static oc_rc open_prices(struct oanda *oa, const struct kit_token_account *who, uint32_t *ret_stream)
{
    char path[KIT_TOKEN_PATH];
    struct oc_instrument info;
    struct kit_write out = kit_token_path(&oa_life, who, "/pricing/stream?instruments=", path);
    for (uint32_t i = 0; i < oa->prices.count; i++) {
        if (oa->kit.names->record(oa->kit.host, OC_INST(oa->prices.of[i].inst, 1), &info, sizeof info) < 0)
            return OC_E_NOT_FOUND;
        kit_write_text(&out, i ? "%2C" : "");
        kit_write_text(&out, info.venue_symbol);
    }
    return kit_bearer_open(&oa->kit, oa_life.bearer, who->account, OC_TOPIC_QUOTES | OC_TOPIC_BOOK | OC_TOPIC_STATUS,
                           PRICES, path, &out, ret_stream);
}

oc_rc oa_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct oanda *oa = self;
    const struct kit_token_account *who = kit_token_any(&oa->life);
    uint32_t opened;
    if (count == 0 || subs[0].topic == OC_TOPIC_PRIVATE || how == OC_SUB_REMOVE)
        return OC_OK;
    if (how == OC_SUB_RESYNC) /* it begins with whole prices */
        return oa->kit.net->fail(oa->kit.host, stream, OC_WHY_GAP);
    if (!who || !oa->life.has_markets)
        return OC_E_AGAIN;
    oc_rc rc = kit_set_add(&oa->prices, subs, count);
    if (rc <= 0)
        return rc;
    rc = open_prices(oa, who, &opened);
    if (rc >= 0)
        kit_set_opened(&oa->prices, opened);
    return rc;
}

/* ---- prices ---- */

enum { TYPE = 0, TIME = 1, BIDS = 2, ASKS = 3, STATUS = 4, TRADEABLE = 5, PRICE_OF = 6, HOME = 7 };
static const struct kit_field line_fields[] = {
    KIT_SEEN("type"),   KIT_SEEN("time"),      KIT_SEEN("bids"),       KIT_SEEN("asks"),
    KIT_SEEN("status"), KIT_SEEN("tradeable"), KIT_SEEN("instrument"), KIT_SEEN("quoteHomeConversionFactors")};

/* Whether it is traded now: on weekends it is not. */
static uint32_t session_of(const struct kit_row *row)
{
    const int is_closed = row->of[TRADEABLE].kind == KIT_JSON_FALSE || KIT_JSON_IS(row->of[STATUS], "non-tradeable") ||
                          KIT_JSON_IS(row->of[STATUS], "invalid");
    return is_closed ? OC_SESSION_CLOSED : OC_SESSION_OPEN;
}

/* What a unit of the quote is worth in the account's currency, where it is said. */
static oc_rc say_home(const struct oanda *oa, struct kit_row *row, int64_t at_ns)
{
    static const struct kit_field fields[] = {KIT_FIELD("positiveUnits", KIT_IS_DEC, 0, 0, OC_FIGURE_HOME_RATE)};
    struct kit_json json = kit_json_into(row->of[HOME]);
    struct kit_row home;
    if (row->of[HOME].kind != KIT_JSON_OBJECT || !KIT_ROW(&json, fields, &home) || !home.of[0].size)
        return OC_OK;
    return kit_say_figures(&oa->kit, fields, KIT_COUNT(fields), &home, row->of[PRICE_OF], "price.instrument", at_ns);
}

static oc_rc say_price(struct oanda *oa, struct kit_row *row, int64_t at_ns)
{
    struct kit_wanted *want = kit_set_of(&oa->prices, row->scale.inst);
    if (!want)
        return OC_OK;
    kit_book_objects(&oa->kit, row->of[BIDS], "price", "liquidity", &row->scale, &oa->sides[0]);
    kit_book_objects(&oa->kit, row->of[ASKS], "price", "liquidity", &row->scale, &oa->sides[1]);
    const struct kit_book book = {
        .scale = &row->scale, .bids = &oa->sides[0], .asks = &oa->sides[1], .kind = OC_BOOK_SNAPSHOT, .at_ns = at_ns};
    oc_rc rc = say_home(oa, row, at_ns);
    if (rc >= 0)
        rc = kit_say_best(&oa->kit, &book);
    if (rc >= 0 && (want->topics & OC_TOPIC_BOOK))
        rc = kit_say_book(&oa->kit, &book);
    return rc < 0 ? rc : kit_set_session(&oa->kit, want, row->scale.inst, session_of(row), at_ns);
}

oc_rc oa_hear_price(struct oanda *oa, struct kit_json json)
{
    struct kit_row row;
    int64_t at_ns;
    if (!KIT_ROW(&json, line_fields, &row) || !kit_json_end(&json) || kit_json_time(row.of[TIME], &at_ns) < 0)
        return OC_E_DATA;
    if (KIT_JSON_IS(row.of[TYPE], "HEARTBEAT"))
        return OC_OK;
    if (row.of[TYPE].size && !KIT_JSON_IS(row.of[TYPE], "PRICE"))
        return kit_skip(&oa->kit, "price.type", row.of[TYPE]);
    if (kit_symbol(&oa->kit, row.of[PRICE_OF], &row.scale) < 0)
        return kit_skip(&oa->kit, "price.instrument", row.of[PRICE_OF]);
    return say_price(oa, &row, at_ns);
}
