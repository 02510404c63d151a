/* shapes.c: objects of the venue as events: which member goes where, by the names of REST and by those of the streams. */
#include "coinbase.h"

static const struct kit_word sides[] = {{"BUY", OC_SIDE_BUY}, {"SELL", OC_SIDE_SELL}};

/* ---- instruments ---- */

#define AT(member)              offsetof(struct oc_instrument, member)
#define QTY(name, how, to, bit) KIT_FIELD(name, KIT_IS_QTY, KIT_NOT_ZERO | (how), AT(to), bit)
#define MONEY(name, to, bit)    KIT_FIELD(name, KIT_IS_DEC, KIT_NOT_ZERO, AT(to), bit)
static const struct kit_field steps[] = {MONEY("price_increment", price_step, 0), MONEY("base_increment", qty_step, 0),
                                         MONEY("quote_increment", quote_step, OC_INST_HAS_QUOTE_STEP)};
enum { ID = 0, BASE = 1, QUOTE = 2, STATUS = 3, KIND = 4, RULES = 5, RULE_COUNT = 7 };
static const struct kit_word states[] = {
    {"online", OC_STATUS_TRADING}, {"", OC_STATUS_TRADING}, {"delisted", OC_STATUS_DELISTED}};
static const struct kit_field product_fields[] = {KIT_SEEN("product_id"),
                                                  KIT_SEEN("base_currency_id"),
                                                  KIT_SEEN("quote_currency_id"),
                                                  KIT_FIELD_WORDS("status", KIT_IS_WORD32, AT(status), states),
                                                  KIT_SEEN("product_type"),
                                                  KIT_SEEN("is_disabled"),
                                                  KIT_SEEN("trading_disabled"),
                                                  KIT_SEEN("view_only"),
                                                  KIT_SEEN("cancel_only"),
                                                  KIT_SEEN("limit_only"),
                                                  KIT_SEEN("post_only"),
                                                  KIT_SEEN("auction_mode"),
                                                  QTY("base_min_size", KIT_UP, min_qty, OC_INST_HAS_MIN_QTY),
                                                  QTY("base_max_size", KIT_DOWN, max_qty, OC_INST_HAS_MAX_QTY),
                                                  MONEY("quote_min_size", min_notional, OC_INST_HAS_MIN_NOTIONAL),
                                                  MONEY("quote_max_size", max_notional, OC_INST_HAS_MAX_NOTIONAL)};
#undef AT
/* What each flag makes of one that trades, in the order of the fields. */
static const uint32_t flagged[RULE_COUNT] = {OC_STATUS_HALTED,      OC_STATUS_HALTED,     OC_STATUS_HALTED,
                                             OC_STATUS_CANCEL_ONLY, OC_STATUS_LIMIT_ONLY, OC_STATUS_POST_ONLY,
                                             OC_STATUS_AUCTION};

oc_rc cb_say_instrument(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct coinbase *cb = self;
    const uint32_t present_at = offsetof(struct oc_instrument, present);
    struct kit_json again = *json;
    struct oc_instrument info;
    struct kit_row row, of_steps;
    kit_market_begin(&info, 0, 0);
    if (!KIT_ROW(&again, steps, &of_steps) || !KIT_ROW(json, product_fields, &row))
        return OC_E_DATA;
    if (kit_row_read(&cb->kit, steps, KIT_COUNT(steps), &of_steps, &info, present_at) < 0 || !info.price_step.units ||
        !info.qty_step.units || !KIT_JSON_IS(row.of[KIND], "SPOT"))
        return kit_skip(&cb->kit, "product", row.of[ID]);
    row.scale = kit_market_scale(&info);
    if (kit_row_read(&cb->kit, product_fields, KIT_COUNT(product_fields), &row, &info, present_at) < 0)
        return kit_skip(&cb->kit, "product", row.of[ID]);
    for (uint32_t i = 0; i < RULE_COUNT && info.status == OC_STATUS_TRADING; i++)
        info.status = row.of[RULES + i].kind == KIT_JSON_TRUE ? flagged[i] : info.status;
    info.price_digits = (uint32_t)info.price_step.scale;
    info.qty_digits = (uint32_t)info.qty_step.scale;
    info.rules |= OC_INST_NOTIONAL_OF_MARKET | OC_INST_MAX_NOTIONAL_OF_MARKET;
    info.max_orders = 500;
    for (uint32_t i = 0; i < cb_venue.order_count; i++) { /* of any of them; so that a stop loss is one with a limit */
        info.orders |= UINT64_C(1) << cb_venue.orders[i].type;
        info.tifs |= cb_venue.orders[i].tifs;
    }
    info.present |= OC_INST_HAS_ORDERS;
    return kit_say_market(&cb->kit, &info, row.of[ID], row.of[BASE], row.of[QUOTE], "product", page->token);
}

/* ---- orders ---- */

#define AT(member) offsetof(struct oc_ev_order, member)
static const struct kit_word shown[] = {{"OPEN", OC_SHOWN_WORKING},
                                        {"PENDING", OC_SHOWN_PENDING},
                                        {"QUEUED", OC_SHOWN_PENDING},
                                        {"EDIT_QUEUED", OC_SHOWN_PENDING_AMEND},
                                        {"CANCEL_QUEUED", OC_SHOWN_PENDING_CANCEL},
                                        {"FILLED", OC_SHOWN_FILLED},
                                        {"CANCELLED", OC_SHOWN_CANCELED},
                                        {"EXPIRED", OC_SHOWN_EXPIRED},
                                        {"FAILED", OC_SHOWN_REJECTED}};
static const struct kit_word tifs[] = {{"IMMEDIATE_OR_CANCEL", OC_TIF_IOC},
                                       {"FILL_OR_KILL", OC_TIF_FOK},
                                       {"GOOD_UNTIL_DATE_TIME", OC_TIF_GTD},
                                       {"GOOD_UNTIL_CANCELLED", OC_TIF_GTC}};
static const struct kit_word types[] = {{"LIMIT", OC_ORDER_LIMIT},           {"Limit", OC_ORDER_LIMIT},
                                        {"MARKET", OC_ORDER_MARKET},         {"Market", OC_ORDER_MARKET},
                                        {"STOP_LIMIT", OC_ORDER_STOP_LIMIT}, {"Stop Limit", OC_ORDER_STOP_LIMIT}};
static const struct kit_word post_only[] = {{"true", OC_RQ_POST_ONLY}};
enum { O_HISTORY = 0, O_LEFT, O_TRIGGER, O_REASON, O_MESSAGE, O_DIRECTION, O_CLIENT };
/* With what lies in {"order_configuration":{"limit_limit_gtc":{...}}}. */
static const struct kit_field order_fields[] = {
    KIT_SEEN("edit_history"),
    KIT_SEEN("leaves_quantity"),
    KIT_SEEN("trigger_status"),
    KIT_SEEN("reject_reason"),
    KIT_SEEN("reject_message"),
    KIT_SEEN("stop_direction"),
    KIT_FIELD("client_order_id", KIT_IS_ID, KIT_SOUND, AT(client), 0),
    KIT_FIELD("product_id", KIT_IS_SYMBOL, 0, 0, 0),
    KIT_FIELD("order_id", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
    KIT_BOTH_WORDS("side", "order_side", KIT_IS_WORD8, AT(side), sides),
    KIT_FIELD_WORDS("status", KIT_IS_WORD8, AT(state), shown),
    KIT_FIELD_WORDS("time_in_force", KIT_IS_WORD8, AT(tif), tifs),
    KIT_FIELD_WORDS("order_type", KIT_IS_WORD8, AT(type), types),
    KIT_BOTH("filled_size", "cumulative_quantity", KIT_IS_QTY, 0, AT(cum_qty), OC_OF_CUM_QTY),
    KIT_FIELD("filled_value", KIT_IS_DEC, KIT_SIGNLESS, AT(cum_value), OC_OF_CUM_VALUE),
    KIT_FIELD("total_fees", KIT_IS_DEC, 0, AT(cum_fee), OC_OF_CUM_FEE),
    KIT_FIELD("base_size", KIT_IS_QTY, KIT_NOT_ZERO, AT(qty), OC_OF_QTY),
    KIT_FIELD("quote_size", KIT_IS_DEC, KIT_NOT_ZERO, AT(quote_qty), OC_OF_QUOTE_QTY),
    KIT_FIELD("limit_price", KIT_IS_PRICE, KIT_NOT_ZERO, AT(price), OC_OF_PRICE),
    KIT_FIELD("stop_price", KIT_IS_PRICE, KIT_NOT_ZERO, AT(stop_price), OC_OF_STOP),
    KIT_FIELD_WORDS("post_only", KIT_IS_BITS, AT(bits), post_only),
    KIT_FIELD("end_time", KIT_IS_TIME, 0, AT(expire_ns), 0),
    KIT_BOTH("created_time", "creation_time", KIT_IS_TIME, 0, AT(created_ns), 0)};
static const struct kit_field edit_fields[] = {
    KIT_FIELD("price", KIT_IS_PRICE, KIT_NOT_ZERO, AT(price), OC_OF_PRICE),
    KIT_FIELD("size", KIT_IS_QTY, KIT_NOT_ZERO, AT(qty), OC_OF_QTY),
    KIT_FIELD("stop_price", KIT_IS_PRICE, KIT_NOT_ZERO, AT(stop_price), OC_OF_STOP)};
#undef AT
static const struct kit_shape order_shape = KIT_SHAPE("order.product", OC_EV_ORDER, oc_ev_order, present, order_fields);

/* What became of its terms since: [{"price":..,"size":..}, ...], the last of them holds. A stop that waits the other way takes a profit. */
static void read_terms(const struct coinbase *cb, const struct kit_row *row, struct oc_ev_order *order)
{
    const char *away = order->side == OC_SIDE_BUY ? "STOP_DIRECTION_STOP_DOWN" : "STOP_DIRECTION_STOP_UP";
    struct kit_json json = kit_json_into(row->of[O_HISTORY]);
    struct kit_row edit;
    if (order->type == OC_ORDER_STOP_LIMIT && kit_json_is(row->of[O_DIRECTION], away, strlen(away)))
        order->type = OC_ORDER_TAKE_PROFIT_LIMIT;
    if (row->of[O_HISTORY].kind != KIT_JSON_ARRAY || !kit_json_array(&json))
        return;
    while (kit_json_item(&json))
        if (KIT_ROW(&json, edit_fields, &edit)) {
            edit.scale = row->scale;
            (void)kit_row_read(&cb->kit, edit_fields, KIT_COUNT(edit_fields), &edit, order,
                               offsetof(struct oc_ev_order, present));
        }
}

static uint32_t why_of(const struct oc_ev_order *order, const struct kit_row *row)
{
    const int is_at_once = order->tif == OC_TIF_IOC || order->tif == OC_TIF_FOK;
    return order->state == OC_SHOWN_REJECTED ? cb_why(row->of[O_REASON].size ? row->of[O_REASON] : row->of[O_MESSAGE])
           : order->state == OC_SHOWN_EXPIRED || (order->state == OC_SHOWN_CANCELED && is_at_once)
               ? (uint32_t)OC_WHY_TIME_IN_FORCE
               : (uint32_t)OC_WHY_NONE;
}

/* Sums only: each fill behind them is asked for (OC_OF_FILLS_COME), and so none is made up of a difference. */
oc_rc cb_say_order(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct coinbase *cb = self;
    struct oc_instrument info;
    struct kit_row row;
    int64_t left;
    oc_rc rc;
    if (!KIT_ROW_DEEP(json, order_fields, &row))
        return OC_E_DATA;
    const struct oc_id *only = page->what;
    if (only && !kit_json_is(row.of[O_CLIENT], only->text, only->size))
        return OC_OK;
    struct oc_ev_order *order = kit_row_event(&cb->kit, &order_shape, &row, page->source, &rc);
    if (!order)
        return rc;
    read_terms(cb, &row, order);
    if (!order->state)
        order->state = OC_SHOWN_UNKNOWN;
    if (KIT_JSON_IS(row.of[O_TRIGGER], "STOP_PENDING") && order->state == OC_SHOWN_WORKING)
        order->state = OC_SHOWN_UNTRIGGERED;
    const int is_open = order->state == OC_SHOWN_WORKING || order->state == OC_SHOWN_UNTRIGGERED;
    if (is_open && !(order->present & OC_OF_QTY) && (order->present & OC_OF_CUM_QTY) &&
        kit_scale_qty(&row.scale, row.of[O_LEFT], &left) == OC_OK && left > 0) {
        order->qty = order->cum_qty + left; /* of a stream; what is over says that nothing is left */
        order->present |= OC_OF_QTY;
    }
    if (cb->kit.names->record(cb->kit.host, row.scale.inst, &info, sizeof info) >= 0)
        order->fee_asset = info.quote;
    order->present |= OC_OF_TERMS | OC_OF_FILLS_COME | OC_OF_FILLS_ASKED;
    order->why = why_of(order, &row);
    order->token = page->token;
    order->updated_ns = order->head.venue_ns = page->at_ns;
    order->head.flags = page->token ? OC_EVF_REPLAYED : OC_EVF_LAST;
    page->next++;
    return kit_commit(&cb->kit, order);
}

/* ---- fills ---- */

#define AT(member) offsetof(struct oc_ev_venue_fill, member)
static const struct kit_word liquidity[] = {{"MAKER", OC_LIQUIDITY_MAKER}, {"TAKER", OC_LIQUIDITY_TAKER}};
enum { F_PRICE = 0, F_SIZE = 1, F_IN_QUOTE = 2, F_KIND = 3, F_ENTRY = 4 };
static const struct kit_field fill_fields[] = {
    KIT_FIELD("price", KIT_IS_PRICE, 0, AT(fill.price), 0),
    KIT_FIELD("size", KIT_IS_QTY, 0, AT(fill.qty), 0),
    KIT_SEEN("size_in_quote"),
    KIT_SEEN("trade_type"),
    KIT_SEEN("entry_id"),
    KIT_FIELD("trade_id", KIT_IS_TRADE_ID, KIT_MUST, 0, 0),
    KIT_FIELD("order_id", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
    KIT_FIELD("product_id", KIT_IS_SYMBOL, 0, 0, 0),
    KIT_FIELD("commission", KIT_IS_DEC, KIT_MUST, AT(fill.fee), 0),
    KIT_FIELD("trade_time", KIT_IS_TIME, 0, AT(fill.head.venue_ns), 0),
    KIT_FIELD_WORDS("side", KIT_IS_WORD8, AT(fill.side), sides),
    KIT_FIELD_WORDS("liquidity_indicator", KIT_IS_WORD8, AT(fill.liquidity), liquidity)};
#undef AT
static const struct kit_shape fill_shape =
    KIT_SHAPE("fill.product", OC_EV_FILL, oc_ev_venue_fill, present, fill_fields);

oc_rc cb_say_fill(void *self, struct kit_json *json, const struct oc_fetch *ask, struct kit_json_text client,
                  uint32_t source)
{
    const struct coinbase *cb = self;
    struct oc_instrument info;
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW(json, fill_fields, &row))
        return OC_E_DATA;
    struct oc_ev_venue_fill *out = kit_row_event(&cb->kit, &fill_shape, &row, source, &rc);
    if (!out)
        return rc;
    const int is_correction = KIT_JSON_IS(row.of[F_KIND], "CORRECTION");
    if (!kit_fill_amounts(out, &row.scale, row.of[F_PRICE], row.of[F_SIZE], row.of[F_IN_QUOTE].kind == KIT_JSON_TRUE) ||
        (client.size && kit_id(client, &out->client) < 0))
        return OC_E_DATA;
    if (is_correction || KIT_JSON_IS(row.of[F_KIND], "REVERSAL"))
        return kit_say_bust(&cb->kit, out, row.of[F_ENTRY], is_correction, row.scale.inst, source);
    if (row.of[F_KIND].size && !KIT_JSON_IS(row.of[F_KIND], "FILL"))
        return kit_skip(&cb->kit, "fill.trade_type", row.of[F_KIND]);
    if (cb->kit.names->record(cb->kit.host, row.scale.inst, &info, sizeof info) >= 0)
        out->fill.fee_asset = info.quote;
    out->fill.order = ask->order;
    out->fill.head.flags = OC_EVF_REPLAYED;
    return kit_commit(&cb->kit, out);
}

/* ---- balances ---- */

oc_rc cb_say_balance(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct coinbase *cb = self;
    struct kit_json_text asset = {0}, available = {0}, hold = {0};
    const struct kit_member members[] = {{"currency", &asset}, {"available_balance", &available}, {"hold", &hold}};
    oc_rc rc;
    if (!KIT_TAKE(json, members))
        return OC_E_DATA;
    if (asset.size == 0 || asset.size >= OC_ASSET_MAX)
        return kit_skip(&cb->kit, "account.currency", asset);
    struct oc_ev_balance *out = KIT_EVENT(&cb->kit, oc_ev_balance, OC_EV_BALANCE, page->source, &rc);
    if (!out)
        return rc;
    if (kit_asset(&cb->kit, asset, &out->asset) < 0 ||
        kit_json_dec(kit_take_one(kit_json_into(available), "value"), &out->free) < 0 ||
        kit_json_dec(kit_take_one(kit_json_into(hold), "value"), &out->locked) < 0)
        return OC_E_DATA;
    out->token = page->token;
    out->head.flags = OC_EVF_REPLAYED;
    out->present = OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM;
    return kit_commit(&cb->kit, out);
}

/* ---- markets ---- */

#define AT(member) offsetof(struct oc_ev_trade, member)
static const struct kit_word makers[] = {{"SELL", OC_SIDE_BUY}, {"BUY", OC_SIDE_SELL}}; /* the venue says the maker's */
static const struct kit_field trade_fields[] = {KIT_FIELD("trade_id", KIT_IS_U64, 0, AT(trade_id), OC_HAS_TRADE_ID),
                                                KIT_FIELD("product_id", KIT_IS_SYMBOL, 0, 0, 0),
                                                KIT_FIELD("price", KIT_IS_PRICE, KIT_MUST, AT(price), 0),
                                                KIT_FIELD("size", KIT_IS_QTY, KIT_MUST, AT(qty), OC_HAS_QTY),
                                                KIT_FIELD_WORDS("side", KIT_IS_WORD32, AT(taker_side), makers),
                                                KIT_FIELD("time", KIT_IS_TIME, 0, AT(head.venue_ns), 0)};
#undef AT
#define AT(member) offsetof(struct oc_ev_quote, member)
static const struct kit_field quote_fields[] = {
    KIT_FIELD("product_id", KIT_IS_SYMBOL, 0, 0, 0),
    KIT_FIELD("best_bid", KIT_IS_PRICE, KIT_NOT_ZERO, AT(bid), OC_HAS_BID),
    KIT_FIELD("best_bid_quantity", KIT_IS_QTY, KIT_NOT_ZERO, AT(bid_qty), OC_HAS_BID_QTY),
    KIT_FIELD("best_ask", KIT_IS_PRICE, KIT_NOT_ZERO, AT(ask), OC_HAS_ASK),
    KIT_FIELD("best_ask_quantity", KIT_IS_QTY, KIT_NOT_ZERO, AT(ask_qty), OC_HAS_ASK_QTY)};
#undef AT
#define AT(member) offsetof(struct oc_ev_bar, member)
static const struct kit_field candle_fields[] = {KIT_SEEN("start"),
                                                 KIT_FIELD("low", KIT_IS_PRICE, KIT_MUST, AT(low), 0),
                                                 KIT_FIELD("high", KIT_IS_PRICE, KIT_MUST, AT(high), 0),
                                                 KIT_FIELD("open", KIT_IS_PRICE, KIT_MUST, AT(open), 0),
                                                 KIT_FIELD("close", KIT_IS_PRICE, KIT_MUST, AT(close), 0),
                                                 KIT_FIELD("volume", KIT_IS_QTY, 0, AT(volume), OC_HAS_VOLUME),
                                                 KIT_FIELD("product_id", KIT_IS_SYMBOL, 0, 0, 0)};
#undef AT
static const struct kit_shape trade_shape = KIT_SHAPE("trade.product", OC_EV_TRADE, oc_ev_trade, present, trade_fields);
static const struct kit_shape quote_shape =
    KIT_SHAPE("ticker.product", OC_EV_QUOTE, oc_ev_quote, present, quote_fields);
static const struct kit_shape candle_shape = KIT_SHAPE("candle.product", OC_EV_BAR, oc_ev_bar, present, candle_fields);

oc_rc cb_say_trade(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct coinbase *cb = self;
    struct kit_row row;
    (void)page;
    return KIT_ROW(json, trade_fields, &row) ? kit_row_say(&cb->kit, &trade_shape, &row, 0) : (oc_rc)OC_E_DATA;
}

/* Entries of nothing occur. */
oc_rc cb_say_quote(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct coinbase *cb = self;
    struct kit_row row;
    oc_rc rc = OC_OK;
    if (!KIT_ROW(json, quote_fields, &row))
        return OC_E_DATA;
    struct oc_ev_quote *out = row.of[0].size ? kit_row_event(&cb->kit, &quote_shape, &row, 0, &rc) : NULL;
    if (!out)
        return rc;
    out->head.venue_ns = page->at_ns;
    return out->present & (OC_HAS_BID | OC_HAS_ASK) ? kit_commit(&cb->kit, out) : (oc_rc)OC_OK;
}

oc_rc cb_say_figures(void *self, struct kit_json *json, struct kit_page *page)
{
#define FIGURE(name, what) KIT_FIELD(name, KIT_IS_DEC, 0, 0, what)
    static const struct kit_field fields[] = {
        KIT_SEEN("product_id"), FIGURE("price", OC_FIGURE_LAST), FIGURE("volume_24_h", OC_FIGURE_VOLUME_24H),
        FIGURE("low_24_h", OC_FIGURE_LOW_24H), FIGURE("high_24_h", OC_FIGURE_HIGH_24H)};
#undef FIGURE
    const struct coinbase *cb = self;
    struct kit_row row;
    if (!KIT_ROW(json, fields, &row))
        return OC_E_DATA;
    return row.of[0].size
               ? kit_say_figures(&cb->kit, fields, KIT_COUNT(fields), &row, row.of[0], "ticker.product", page->at_ns)
               : (oc_rc)OC_OK;
}

/* One of a stream, which has them of five minutes, may change yet; so may one of an answer that is not over. */
oc_rc cb_say_candle(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct coinbase *cb = self;
    const struct oc_response *in = page->in;
    const int64_t period_ns = in ? in->fetch->period_ns : 300 * SECOND;
    struct kit_row row;
    uint64_t start;
    oc_rc rc;
    if (!KIT_ROW(json, candle_fields, &row) || kit_json_u64(row.of[0], &start) < 0 ||
        start > INT64_MAX / SECOND - 86400)
        return OC_E_DATA;
    if (in && cb->kit.names->scale(cb->kit.host, in->fetch->inst, &row.scale) < 0)
        return OC_E_DATA;
    struct oc_ev_bar *out = kit_row_event(&cb->kit, &candle_shape, &row, 0, &rc);
    if (!out)
        return rc;
    out->open_ns = (int64_t)start * SECOND;
    out->period_ns = period_ns;
    out->head.venue_ns = out->open_ns + period_ns;
    const int is_over = in && out->head.venue_ns <= in->received_ns;
    out->head.flags = (uint16_t)(OC_EVF_LAST | (in ? OC_EVF_PAST : 0u) | (is_over ? 0u : OC_EVF_FORMING));
    return kit_commit(&cb->kit, out);
}
