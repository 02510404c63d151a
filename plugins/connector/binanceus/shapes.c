/* shapes.c: objects of the venue as events: which member goes where, by the names of REST and by the letters of the streams. */
#include "binance.h"

static const struct kit_word sides[] = {
    {"BUY", OC_SIDE_BUY}, {"SELL", OC_SIDE_SELL}, {"true", OC_SIDE_BUY}, {"false", OC_SIDE_SELL}}; /* isBuyer */
static const struct kit_word maker[] = {{"true", OC_LIQUIDITY_MAKER}, {"false", OC_LIQUIDITY_TAKER}};
static const struct kit_word tifs[] = {{"GTC", OC_TIF_GTC}, {"IOC", OC_TIF_IOC}, {"FOK", OC_TIF_FOK}};
static const struct kit_word post_only[] = {{"LIMIT_MAKER", OC_RQ_POST_ONLY}};
static const struct kit_word states[] = {{"NEW", OC_SHOWN_WORKING},       {"PARTIALLY_FILLED", OC_SHOWN_WORKING},
                                         {"FILLED", OC_SHOWN_FILLED},     {"CANCELED", OC_SHOWN_CANCELED},
                                         {"REJECTED", OC_SHOWN_REJECTED}, {"PENDING_CANCEL", OC_SHOWN_PENDING_CANCEL},
                                         {"EXPIRED", OC_SHOWN_EXPIRED},   {"EXPIRED_IN_MATCH", OC_SHOWN_EXPIRED}};
const struct kit_word bn_types[7] = {{"LIMIT", OC_ORDER_LIMIT},
                                     {"LIMIT_MAKER", OC_ORDER_LIMIT},
                                     {"MARKET", OC_ORDER_MARKET},
                                     {"STOP_LOSS", OC_ORDER_STOP},
                                     {"STOP_LOSS_LIMIT", OC_ORDER_STOP_LIMIT},
                                     {"TAKE_PROFIT", OC_ORDER_TAKE_PROFIT},
                                     {"TAKE_PROFIT_LIMIT", OC_ORDER_TAKE_PROFIT_LIMIT}};

/* ---- orders ---- */

#define AT(member) offsetof(struct oc_ev_order, member)
enum { STATE = 0, WORKING = 1, NUMBER = 3 };
static const struct kit_field order_fields[] = {
    KIT_BOTH_WORDS("status", "X", KIT_IS_WORD8, AT(state), states),
    KIT_BOTH("isWorking", "w", KIT_IS_NONE, 0, 0, 0),
    KIT_BOTH("symbol", "s", KIT_IS_SYMBOL, 0, 0, 0),
    KIT_BOTH("orderId", "i", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
    KIT_BOTH("clientOrderId", "c", KIT_IS_ID, KIT_MUST, AT(client), 0),
    KIT_BOTH("price", "p", KIT_IS_PRICE, KIT_NOT_ZERO, AT(price), OC_OF_PRICE),
    KIT_BOTH("origQty", "q", KIT_IS_QTY, KIT_NOT_ZERO, AT(qty), OC_OF_QTY),
    KIT_BOTH("executedQty", "z", KIT_IS_QTY, 0, AT(cum_qty), OC_OF_CUM_QTY),
    KIT_BOTH("cummulativeQuoteQty", "Z", KIT_IS_DEC, KIT_SIGNLESS, AT(cum_value), OC_OF_CUM_VALUE),
    KIT_BOTH_WORDS("timeInForce", "f", KIT_IS_WORD8, AT(tif), tifs),
    KIT_BOTH_WORDS("type", "o", KIT_IS_WORD8, AT(type), bn_types),
    KIT_ALSO_WORDS(KIT_IS_BITS, AT(bits), post_only),
    KIT_BOTH_WORDS("side", "S", KIT_IS_WORD8, AT(side), sides),
    KIT_BOTH("stopPrice", "P", KIT_IS_PRICE, KIT_NOT_ZERO, AT(stop_price), OC_OF_STOP),
    KIT_BOTH("time", "O", KIT_IS_MS, 0, AT(created_ns), 0),
    KIT_BOTH("updateTime", "T", KIT_IS_MS, 0, AT(updated_ns), 0),
    KIT_ALSO(KIT_IS_MS, 0, AT(head.venue_ns), 0),
    KIT_BOTH("origQuoteOrderQty", "Q", KIT_IS_DEC, KIT_NOT_ZERO, AT(quote_qty), OC_OF_QUOTE_QTY)};
#undef AT
static const struct kit_shape order_shape = KIT_SHAPE("order.symbol", OC_EV_ORDER, oc_ev_order, present, order_fields);

/* An order that is gone untouched may have been replaced: where an amendment is under way nobody can tell from it alone, and it is no end. */
static uint32_t why_of(const struct oc_ev_order *order, struct kit_json_text state)
{
    return order->state == OC_SHOWN_CANCELED && (order->present & OC_OF_CUM_QTY) && !order->cum_qty ? OC_WHY_REPLACED
           : KIT_JSON_IS(state, "EXPIRED_IN_MATCH")                                                 ? OC_WHY_SELF_TRADE
           : order->state == OC_SHOWN_EXPIRED ? OC_WHY_TIME_IN_FORCE
                                              : OC_WHY_NONE;
}

oc_rc bn_say_order(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct binance *bn = self;
    struct kit_row row;
    uint64_t number;
    oc_rc rc;
    if (!KIT_ROW(json, order_fields, &row))
        return OC_E_DATA;
    struct oc_ev_order *order = kit_row_event(&bn->kit, &order_shape, &row, page->source, &rc);
    if (!order)
        return rc;
    order->present |= OC_OF_TERMS | OC_OF_FILLS_COME;
    if (order->present & OC_OF_QUOTE_QTY) { /* asked for by money: the quantity is what came of it */
        order->qty = 0;
        order->present &= ~(uint32_t)OC_OF_QTY;
    }
    if (!order->state)
        order->state = OC_SHOWN_UNKNOWN;
    if (order->state == OC_SHOWN_WORKING && (order->present & OC_OF_STOP) && row.of[WORKING].kind == KIT_JSON_FALSE)
        order->state = OC_SHOWN_UNTRIGGERED;
    if (kit_json_u64(row.of[NUMBER], &number) == OC_OK && number >= page->next)
        page->next = number + 1;
    order->why = why_of(order, row.of[STATE]);
    order->token = page->token;
    order->head.flags = page->token ? OC_EVF_REPLAYED : OC_EVF_LAST;
    return kit_commit(&bn->kit, order);
}

/* ---- fills ---- */

#define AT(member) offsetof(struct oc_ev_venue_fill, member)
enum { PRICE = 0, VALUE = 1, ID = 2, ORDER = 3 };
static const struct kit_field fill_fields[] = {KIT_BOTH("price", "L", KIT_IS_PRICE, 0, AT(fill.price), 0),
                                               KIT_BOTH("quoteQty", "Y", KIT_IS_DEC, 0, AT(value), 0),
                                               KIT_BOTH("id", "t", KIT_IS_TRADE_ID, KIT_MUST, 0, 0),
                                               KIT_BOTH("orderId", "i", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
                                               KIT_BOTH("symbol", "s", KIT_IS_SYMBOL, 0, 0, 0),
                                               KIT_BOTH("qty", "l", KIT_IS_QTY, KIT_MUST, AT(fill.qty), 0),
                                               KIT_BOTH("commission", "n", KIT_IS_DEC, KIT_SOUND, AT(fill.fee), 0),
                                               KIT_BOTH("commissionAsset", "N", KIT_IS_ASSET, 0, AT(fill.fee_asset), 0),
                                               KIT_BOTH("time", "T", KIT_IS_MS, 0, AT(fill.head.venue_ns), 0),
                                               KIT_BOTH_WORDS("isBuyer", "S", KIT_IS_WORD8, AT(fill.side), sides),
                                               KIT_BOTH_WORDS("isMaker", "m", KIT_IS_WORD8, AT(fill.liquidity), maker),
                                               KIT_BOTH("", "c", KIT_IS_ID, KIT_SOUND, AT(client), 0),
                                               KIT_BOTH("", "z", KIT_IS_QTY, 0, AT(cum_qty), OC_FILL_CUM_QTY)};
#undef AT
static const struct kit_shape fill_shape = KIT_SHAPE("fill.symbol", OC_EV_FILL, oc_ev_venue_fill, present, fill_fields);

int bn_take_fill(struct kit_json *json, struct kit_fill_row *fill)
{
    return KIT_ROW(json, fill_fields, &fill->row) && kit_json_u64(fill->row.of[ID], &fill->id) == OC_OK &&
           kit_json_u64(fill->row.of[ORDER], &fill->order) == OC_OK;
}

oc_rc bn_say_fill(void *self, struct kit_fill_row *fill, const struct oc_fetch *ask, struct kit_json_text client,
                  uint32_t source)
{
    struct binance *bn = self;
    oc_rc rc;
    struct oc_ev_venue_fill *out = kit_row_event(&bn->kit, &fill_shape, &fill->row, source, &rc);
    if (!out)
        return rc;
    if (kit_fill_price(out, &fill->row.scale, fill->row.of[PRICE], fill->row.of[VALUE]) < 0 ||
        (client.size && kit_id(client, &out->client) < 0))
        return OC_E_DATA;
    out->fill.order = ask ? ask->order : 0;
    out->fill.head.flags = ask ? OC_EVF_REPLAYED : OC_EVF_LAST;
    return kit_commit(&bn->kit, out);
}

/* ---- balances ---- */

#define AT(member) offsetof(struct oc_ev_balance, member)
static const struct kit_field balance_fields[] = {
    KIT_BOTH("asset", "a", KIT_IS_ASSET, KIT_MUST, AT(asset), 0),
    KIT_BOTH("free", "f", KIT_IS_DEC, KIT_MUST, AT(free), OC_BAL_FREE),
    KIT_BOTH("locked", "l", KIT_IS_DEC, KIT_MUST, AT(locked), OC_BAL_LOCKED)};
#undef AT
static const struct kit_shape balance_shape =
    KIT_SHAPE("balance.asset", OC_EV_BALANCE, oc_ev_balance, present, balance_fields);

oc_rc bn_say_balance(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct binance *bn = self;
    return kit_say_balance(&bn->kit, json, &balance_shape, page->source, page->token, page->at_ns);
}

/* ---- deposits and withdrawals ---- */

#define AT(member) offsetof(struct oc_ev_ledger, member)
static const struct kit_word in_states[] = {{"0", OC_LEDGER_PENDING}, {"1", OC_LEDGER_DONE}, {"6", OC_LEDGER_DONE}};
static const struct kit_word out_states[] = {
    {"0", OC_LEDGER_PENDING}, {"1", OC_LEDGER_CANCELED}, {"2", OC_LEDGER_PENDING}, {"3", OC_LEDGER_FAILED},
    {"4", OC_LEDGER_PENDING}, {"5", OC_LEDGER_FAILED},   {"6", OC_LEDGER_DONE}};
static const struct kit_word fiat_states[] = {{"Successful", OC_LEDGER_DONE},  {"Completed", OC_LEDGER_DONE},
                                              {"SUCCESS", OC_LEDGER_DONE},     {"Failed", OC_LEDGER_FAILED},
                                              {"Expired", OC_LEDGER_CANCELED}, {"Refunded", OC_LEDGER_REVERSED}};
static const struct kit_field in_fields[] = {KIT_FIELD("amount", KIT_IS_DEC, KIT_MUST, AT(amount), 0),
                                             KIT_FIELD("coin", KIT_IS_ASSET, KIT_MUST, AT(asset), 0),
                                             KIT_FIELD_WORDS("status", KIT_IS_WORD16, AT(status), in_states),
                                             KIT_FIELD("txId", KIT_IS_ID, KIT_MUST, AT(id), 0),
                                             KIT_ALSO(KIT_IS_ID, 0, AT(reference), 0),
                                             KIT_FIELD("insertTime", KIT_IS_MS, KIT_MUST, AT(head.venue_ns), 0)};
static const struct kit_field out_fields[] = {
    KIT_FIELD("id", KIT_IS_ID, KIT_MUST, AT(id), 0),
    KIT_FIELD("amount", KIT_IS_DEC, KIT_MUST, AT(amount), 0),
    KIT_FIELD("transactionFee", KIT_IS_DEC, KIT_SOUND, AT(fee), OC_LEDGER_HAS_FEE),
    KIT_FIELD("coin", KIT_IS_ASSET, KIT_MUST, AT(asset), 0),
    KIT_ALSO(KIT_IS_ASSET, 0, AT(fee_asset), 0),
    KIT_FIELD_WORDS("status", KIT_IS_WORD16, AT(status), out_states),
    KIT_FIELD("txId", KIT_IS_ID, 0, AT(reference), 0),
    KIT_FIELD("applyTime", KIT_IS_TIME, KIT_MUST, AT(head.venue_ns), 0)};
static const struct kit_field fiat_fields[] = {KIT_FIELD("orderNo", KIT_IS_ID, KIT_MUST, AT(id), 0),
                                               KIT_FIELD("fiatCurrency", KIT_IS_ASSET, KIT_MUST, AT(asset), 0),
                                               KIT_ALSO(KIT_IS_ASSET, 0, AT(fee_asset), 0),
                                               KIT_FIELD("amount", KIT_IS_DEC, KIT_MUST, AT(amount), 0),
                                               KIT_FIELD("totalFee", KIT_IS_DEC, KIT_SOUND, AT(fee), OC_LEDGER_HAS_FEE),
                                               KIT_FIELD("method", KIT_IS_ID, 0, AT(reference), 0),
                                               KIT_FIELD_WORDS("status", KIT_IS_WORD16, AT(status), fiat_states),
                                               KIT_FIELD("createTime", KIT_IS_MS, 0, AT(head.venue_ns), 0)};
#undef AT
static const struct kit_shape in_shape = KIT_SHAPE("ledger", OC_EV_LEDGER, oc_ev_ledger, present, in_fields);
static const struct kit_shape out_shape = KIT_SHAPE("ledger", OC_EV_LEDGER, oc_ev_ledger, present, out_fields);
static const struct kit_shape fiat_shape = KIT_SHAPE("ledger", OC_EV_LEDGER, oc_ev_ledger, present, fiat_fields);
static const struct kit_shape *const ledgers[LEDGERS] = {&in_shape, &out_shape, &fiat_shape, &fiat_shape};

/* By the list that was asked for: bn_questions. */
oc_rc bn_say_moved(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct binance *bn = self;
    uint64_t offset;
    const uint32_t part = kit_list_part(page->in->fetch, LEDGERS, &offset);
    return kit_say_moved(&bn->kit, json, ledgers[part], part % 2 ? OC_LEDGER_WITHDRAWAL : OC_LEDGER_DEPOSIT,
                         page->source, page->token);
}

/* ---- markets ---- */

#define AT(member) offsetof(struct oc_ev_trade, member)
static const struct kit_word resting_buyer[] = {{"true", OC_SIDE_SELL}, {"false", OC_SIDE_BUY}};
/* In the order of the venue, with what nobody needs: each member is met at the first look. */
static const struct kit_field trade_fields[] = {KIT_SEEN("e"),
                                                KIT_SEEN("E"),
                                                KIT_FIELD("s", KIT_IS_SYMBOL, 0, 0, 0),
                                                KIT_FIELD("t", KIT_IS_U64, KIT_MUST, AT(trade_id), OC_HAS_TRADE_ID),
                                                KIT_FIELD("p", KIT_IS_PRICE, KIT_MUST, AT(price), 0),
                                                KIT_FIELD("q", KIT_IS_QTY, KIT_MUST, AT(qty), OC_HAS_QTY),
                                                KIT_SEEN("b"),
                                                KIT_SEEN("a"),
                                                KIT_FIELD("T", KIT_IS_MS, 0, AT(head.venue_ns), 0),
                                                KIT_FIELD_WORDS("m", KIT_IS_WORD32, AT(taker_side), resting_buyer),
                                                KIT_SEEN("M")};
#undef AT
#define AT(member) offsetof(struct oc_ev_quote, member)
const struct kit_field bn_top_fields[TOP_FIELDS] = {
    KIT_FIELD("u", KIT_IS_U64, KIT_MUST, AT(venue_seq), OC_HAS_VENUE_SEQ),
    KIT_FIELD("s", KIT_IS_SYMBOL, 0, 0, 0),
    KIT_FIELD("b", KIT_IS_PRICE, KIT_MUST, AT(bid), 0),
    KIT_FIELD("B", KIT_IS_QTY, KIT_MUST, AT(bid_qty), 0),
    KIT_FIELD("a", KIT_IS_PRICE, KIT_MUST, AT(ask), 0),
    KIT_FIELD("A", KIT_IS_QTY, KIT_MUST, AT(ask_qty), 0),
    KIT_SEEN("e"),
    KIT_SEEN("data"),
    KIT_SEEN("event"),
    KIT_SEEN("code"),
    KIT_SEEN("msg")};
#undef AT
#define AT(member) offsetof(struct oc_ev_bar, member)
enum { CLOSES = 6, PERIOD = 7, IS_OVER = 9 };
/* In the order of a candle of REST; what only the stream has stands behind. */
static const struct kit_field bar_fields[] = {KIT_FIELD("t", KIT_IS_MS, KIT_MUST, AT(open_ns), 0),
                                              KIT_FIELD("o", KIT_IS_PRICE, KIT_MUST, AT(open), 0),
                                              KIT_FIELD("h", KIT_IS_PRICE, KIT_MUST, AT(high), 0),
                                              KIT_FIELD("l", KIT_IS_PRICE, KIT_MUST, AT(low), 0),
                                              KIT_FIELD("c", KIT_IS_PRICE, KIT_MUST, AT(close), 0),
                                              KIT_FIELD("v", KIT_IS_QTY, 0, AT(volume), OC_HAS_VOLUME),
                                              KIT_FIELD("T", KIT_IS_MS, KIT_MUST, AT(head.venue_ns), 0),
                                              KIT_SEEN("i"), /* of a candle: the money that traded */
                                              KIT_FIELD("n", KIT_IS_U32, 0, AT(trades), 0),
                                              KIT_SEEN("x"),
                                              KIT_FIELD("s", KIT_IS_SYMBOL, 0, 0, 0)};
enum { CANDLE = 9 }; /* members of one */
#undef AT
static const struct kit_shape trade_shape = KIT_SHAPE("trade.symbol", OC_EV_TRADE, oc_ev_trade, present, trade_fields);
static const struct kit_shape top_shape = KIT_SHAPE("quote.symbol", OC_EV_QUOTE, oc_ev_quote, present, bn_top_fields);
static const struct kit_shape bar_shape = KIT_SHAPE("kline", OC_EV_BAR, oc_ev_bar, present, bar_fields);

static oc_rc say_bar(struct binance *bn, struct kit_row *row, int64_t period_ns, uint32_t flags)
{
    oc_rc rc;
    struct oc_ev_bar *out = kit_row_event(&bn->kit, &bar_shape, row, 0, &rc);
    if (!out)
        return rc;
    out->head.venue_ns += MS; /* its last millisecond is said */
    out->period_ns = period_ns > 0 ? period_ns : out->head.venue_ns - out->open_ns;
    out->head.flags = (uint16_t)(flags | OC_EVF_LAST);
    return kit_commit(&bn->kit, out);
}

oc_rc bn_say_candle(void *self, struct kit_json *json, struct kit_page *page)
{
    struct binance *bn = self;
    const struct oc_fetch *ask = page->in->fetch;
    struct kit_row row;
    if (!kit_row_list(json, CANDLE, KIT_COUNT(bar_fields), &row) ||
        bn->kit.names->scale(bn->kit.host, ask->inst, &row.scale) < 0)
        return OC_E_DATA;
    const int64_t close_ns = kit_json_ms(row.of[CLOSES]);
    page->next = (uint64_t)(close_ns / MS) + 1;
    return say_bar(bn, &row, ask->period_ns,
                   OC_EVF_PAST | (close_ns < page->in->received_ns ? 0u : (uint32_t)OC_EVF_FORMING));
}

static oc_rc hear_bar(struct binance *bn, struct kit_json json)
{
    struct kit_json_text candle = {0};
    const struct kit_member members[] = {{"k", &candle}};
    struct kit_row row;
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json) || candle.kind != KIT_JSON_OBJECT)
        return OC_E_DATA;
    json = kit_json_into(candle);
    if (!KIT_ROW(&json, bar_fields, &row))
        return OC_E_DATA;
    const int64_t period_ns = kit_bar_period(&bn_venue, bn_bar_names, row.of[PERIOD]);
    return period_ns ? say_bar(bn, &row, period_ns, row.of[IS_OVER].kind == KIT_JSON_TRUE ? 0 : OC_EVF_FORMING)
                     : kit_skip(&bn->kit, "kline", row.of[PERIOD]);
}

static oc_rc hear_depth(struct binance *bn, struct kit_json json)
{
    static const struct kit_book_form form = {.symbol = "s",
                                              .time = "E",
                                              .first = "U",
                                              .last = "u",
                                              .bids = "b",
                                              .asks = "a",
                                              .unknown = "depth.symbol",
                                              .kind = OC_BOOK_CHANGE,
                                              .chain = OC_CHAIN_RANGE};
    struct oc_scale scale = {0};
    return kit_hear_book(&bn->kit, json, &form, &scale);
}

/* It has neither a type nor a time. */
oc_rc bn_hear_top(struct binance *bn, struct kit_row *row)
{
    oc_rc rc;
    struct oc_ev_quote *out = kit_row_event(&bn->kit, &top_shape, row, 0, &rc);
    if (!out)
        return rc;
    out->present |=
        (out->bid_qty > 0 ? OC_HAS_BID | OC_HAS_BID_QTY : 0u) | (out->ask_qty > 0 ? OC_HAS_ASK | OC_HAS_ASK_QTY : 0u);
    return kit_commit(&bn->kit, out);
}

/* What a market did in 24 hours. */
static oc_rc hear_ticker(struct binance *bn, struct kit_json json)
{
#define FIGURE(name, what) KIT_FIELD(name, KIT_IS_DEC, 0, 0, what)
    static const struct kit_field fields[] = {KIT_SEEN("E"),
                                              KIT_SEEN("s"),
                                              FIGURE("c", OC_FIGURE_LAST),
                                              FIGURE("o", OC_FIGURE_OPEN_24H),
                                              FIGURE("h", OC_FIGURE_HIGH_24H),
                                              FIGURE("l", OC_FIGURE_LOW_24H),
                                              FIGURE("v", OC_FIGURE_VOLUME_24H),
                                              FIGURE("q", OC_FIGURE_TURNOVER_24H)};
#undef FIGURE
    struct kit_row row;
    return KIT_ROW(&json, fields, &row) && kit_json_end(&json)
               ? kit_say_figures(&bn->kit, fields, KIT_COUNT(fields), &row, row.of[1], "ticker.symbol",
                                 kit_json_ms(row.of[0]))
               : (oc_rc)OC_E_DATA;
}

static oc_rc hear_trade(struct binance *bn, struct kit_json json)
{
    struct kit_row row;
    return KIT_ROW(&json, trade_fields, &row) && kit_json_end(&json) ? kit_row_say(&bn->kit, &trade_shape, &row, 0)
                                                                     : (oc_rc)OC_E_DATA;
}

oc_rc bn_hear_market(struct binance *bn, struct kit_json_text type, struct kit_json json)
{
    return KIT_JSON_IS(type, "trade")         ? hear_trade(bn, json)
           : KIT_JSON_IS(type, "depthUpdate") ? hear_depth(bn, json)
           : KIT_JSON_IS(type, "kline")       ? hear_bar(bn, json)
           : KIT_JSON_IS(type, "24hrTicker")  ? hear_ticker(bn, json)
                                              : kit_skip(&bn->kit, "type", type);
}

/* ---- heard of an account ---- */

#define AT(member) offsetof(struct oc_ev_venue_answer, member)
enum { WHAT = 0, NAME = 1, OLD_NAME = 2, ENDED = 3, MONEY = 4 };
static const struct kit_field end_fields[] = {KIT_SEEN("x"),
                                              KIT_SEEN("c"),
                                              KIT_SEEN("C"),
                                              KIT_SEEN("X"),
                                              KIT_SEEN("Q"),
                                              KIT_FIELD("s", KIT_IS_SYMBOL, 0, 0, 0),
                                              KIT_FIELD("i", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
                                              KIT_FIELD("z", KIT_IS_QTY, KIT_MUST, AT(answer.cum_qty), OC_OF_CUM_QTY),
                                              KIT_FIELD("T", KIT_IS_MS, 0, AT(answer.head.venue_ns), 0)};
#undef AT
static const struct kit_shape end_shape =
    KIT_SHAPE("report.symbol", OC_EV_EXPIRED, oc_ev_venue_answer, present, end_fields);

static int begins(struct kit_json_text text, const char *with)
{
    return text.size >= strlen(with) && memcmp(text.at, with, strlen(with)) == 0;
}

/* The end of an order. In a cancel `c` is the id of the cancel, and `C` is the order's own. */
static oc_rc hear_end(struct binance *bn, struct kit_row *row, const struct kit_account *who)
{
    const int is_cancel = KIT_JSON_IS(row->of[WHAT], "CANCELED"), is_swapped = is_cancel && row->of[OLD_NAME].size;
    const struct kit_json_text by = row->of[NAME];
    oc_rc rc;
    struct oc_ev_venue_answer *out = kit_row_event(&bn->kit, &end_shape, row, who->source, &rc);
    if (!out)
        return rc;
    if (kit_id(is_swapped ? row->of[OLD_NAME] : by, &out->client) < 0)
        return OC_E_DATA;
    out->answer.head.type = is_cancel ? OC_EV_CANCELED : OC_EV_EXPIRED;
    out->why = KIT_JSON_IS(row->of[ENDED], "EXPIRED_IN_MATCH") ? OC_WHY_SELF_TRADE
               : !is_cancel                                    ? OC_WHY_TIME_IN_FORCE
               : is_swapped && begins(by, "r-")                ? OC_WHY_REPLACED
               : is_swapped && begins(by, "c-")                ? OC_WHY_CANCELED_BY_US
                                                               : OC_WHY_CANCELED_BY_VENUE;
    out->answer.definitive = 1;
    out->tail = sizeof *out;
    return kit_commit(&bn->kit, out);
}

static oc_rc hear_report(struct binance *bn, struct kit_json json, const struct kit_account *who)
{
    struct kit_page page = {.codec = &bn->kit, .source = who->source};
    struct kit_json whole = json;
    const struct kit_json_text its_own = {0};
    struct kit_fill_row fill;
    struct kit_row row;
    if (!KIT_ROW(&json, end_fields, &row) || !kit_json_end(&json))
        return OC_E_DATA;
    const struct kit_json_text what = row.of[WHAT];
    if (KIT_JSON_IS(what, "CANCELED") || KIT_JSON_IS(what, "EXPIRED") || KIT_JSON_IS(row.of[ENDED], "EXPIRED_IN_MATCH"))
        return hear_end(bn, &row, who);
    if (KIT_JSON_IS(what, "TRADE")) {
        struct kit_json again = whole;
        struct oc_dec money = {0};
        oc_rc rc = bn_take_fill(&whole, &fill) ? bn_say_fill(bn, &fill, NULL, its_own, who->source) : (oc_rc)OC_E_DATA;
        const int is_by_money = kit_json_dec(row.of[MONEY], &money) == OC_OK && money.units;
        return rc == OC_OK && is_by_money && KIT_JSON_IS(row.of[ENDED], "FILLED") ? bn_say_order(bn, &again, &page)
                                                                                  : rc;
    }
    if (KIT_JSON_IS(what, "NEW") || KIT_JSON_IS(what, "TRADE_PREVENTION"))
        return bn_say_order(bn, &whole, &page);
    if (KIT_JSON_IS(what, "REJECTED")) /* the new half of a cancelReplace: its answer says it, for the whole order */
        return OC_OK;
    return kit_skip(&bn->kit, "report", what);
}

static oc_rc hear_balances(struct binance *bn, struct kit_json json, const struct kit_account *who)
{
    struct kit_json_text list = {0}, time = {0};
    const struct kit_member members[] = {{"u", &time}, {"B", &list}};
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json))
        return OC_E_DATA;
    struct kit_page page = {.codec = &bn->kit, .source = who->source, .at_ns = kit_json_ms(time)};
    return kit_page_say(bn, &page, kit_json_into(list), bn_say_balance);
}

oc_rc bn_hear_account(struct binance *bn, struct kit_json_text type, struct kit_json json, struct kit_account *who)
{
    return KIT_JSON_IS(type, "executionReport")           ? hear_report(bn, json, who)
           : KIT_JSON_IS(type, "outboundAccountPosition") ? hear_balances(bn, json, who)
           : KIT_JSON_IS(type, "listenKeyExpired")        ? kit_lent_ask(&bn->kit, bn_life.lent, who)
           : KIT_JSON_IS(type, "listStatus") || KIT_JSON_IS(type, "balanceUpdate")
               ? (oc_rc)OC_OK /* the balance, and the orders of the list, are said by themselves */
               : bn_hear_market(bn, type, json);
}
