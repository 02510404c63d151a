/* take.c: a trade of an order: how much of it, what it costs, and how it is said. */
#include <string.h>

#include "walk.h"

static int64_t *volume_of(struct paper_market *market, const struct paper_order *order)
{
    if (market->in_bar)
        return &market->volume_left;
    return is_buy(order) ? &market->ask_left : &market->bid_left;
}

static int64_t volume_left(struct paper_market *market, const struct paper_order *order)
{
    return market->in_bar || market->has_quote ? *volume_of(market, order) : -1;
}

static void volume_use(struct paper_market *market, const struct paper_order *order, int64_t qty)
{
    int64_t *left = volume_of(market, order);
    if (*left >= 0)
        *left -= qty;
}

enum { ORDER_DIGITS = 16, NUMBER_DIGITS = 8 };

/* Eight hexadecimal digits, each in a byte of one word: a digit at a time costs a fill six times as much. */
static void put_digits(char *text, uint32_t number)
{
    uint64_t word = (uint64_t)(number >> 16) << 32 | (number & 0xffffu);
    word = (word & 0x0000ff000000ff00u) << 8 | (word & 0x000000ff000000ffu);
    word = (word & 0x00f000f000f000f0u) << 4 | (word & 0x000f000f000f000fu);
    const uint64_t letters = (word + 0x0606060606060606u) >> 4 & 0x0101010101010101u;
    word = __builtin_bswap64(word + 0x3030303030303030u + letters * ('a' - '0' - 10));
    memcpy(text, &word, sizeof word);
}

void paper_trade_id(struct oc_ev_fill *fill, uint64_t order)
{
    put_digits(fill->trade_id + 1, (uint32_t)(order >> 32));
    put_digits(fill->trade_id + 1 + NUMBER_DIGITS, (uint32_t)order);
}

static void trade_id(struct oc_ev_fill *fill, uint64_t order, uint32_t number)
{
    fill->trade_id[0] = 'p';
    paper_trade_id(fill, order);
    fill->trade_id[1 + ORDER_DIGITS] = '-';
    put_digits(fill->trade_id + 2 + ORDER_DIGITS, number);
    fill->trade_id_size = 2 + ORDER_DIGITS + NUMBER_DIGITS;
}

/* When it is known: what is judged behind the open of a bar not before its close, though it may bear the time of the open. */
static int64_t told_ns(struct paper *paper, const struct oc_event *event)
{
    const struct paper_market *market = paper_market(paper, event->inst);
    const int64_t at_ns = event->venue_ns + paper->response_ns;
    const bool is_inside = market && bar_runs(market) && (paper->walk || event->venue_ns > market->open_ns);
    const int64_t floor_ns = is_inside && market->close_ns > paper->floor_ns ? market->close_ns : paper->floor_ns;
    return at_ns > floor_ns ? at_ns : floor_ns;
}

/* The piece in which it happens has other fills on its other path. */
static bool is_ambiguous(const struct walk *walk, const struct paper_order *order)
{
    const uint32_t piece = path_piece(walk, walk->now_ns > walk->market->open_ns ? walk->now_ns - 1 : walk->now_ns);
    return piece < walk->piece_count && walk->now_ns <= walk->pieces[piece].close_ns &&
           walk_bit(walk, walk->is_ambiguous, order->ask.account, piece);
}

void paper_say(struct paper *paper, const struct paper_order *order, struct oc_event *event)
{
    const struct walk *walk = paper->walk;
    if (walk && walk->trades)
        return;
    if (walk && order && (event->type == OC_EV_FILL || event->type == OC_EV_TRIGGERED) && is_ambiguous(walk, order))
        event->flags |= OC_EVF_AMBIGUOUS;
    if (order && order->is_awaited) {
        paper_claim(paper, order, event);
        return;
    }
    paper->sim_host->emit(paper->host, told_ns(paper, event), event);
}

static void note_trade(struct paper *paper, const struct paper_order *order, const struct oc_ev_fill *fill)
{
    struct walk *walk = paper->walk;
    struct trades *trades = walk->trades;
    if (trades->count == trades->room) {
        struct trade *list = paper_grown(trades->list, &trades->room, PAPER_ORDERS_MAX, sizeof *list);
        if (!list) {
            walk->failed = true;
            return;
        }
        trades->list = list;
    }
    const bool is_leg = order->is_awaited;
    trades->list[trades->count++] = (struct trade){.order = is_leg ? order->ask.group : order->ask.order,
                                                   .at_ns = fill->head.venue_ns,
                                                   .price = fill->price,
                                                   .qty = fill->qty,
                                                   .role = is_leg ? order->ask.role : 0,
                                                   .is_maker = fill->liquidity == OC_LIQUIDITY_MAKER,
                                                   .is_buy = fill->side == OC_SIDE_BUY};
    trades->twice += paper_trade_worth(walk->market, &walk->pieces[walk->tried_piece], fill);
}

/* Returns the fee as it is charged. */
static oc_i128 set_fee(struct paper *paper, const struct paper_market *market, struct oc_ev_fill *fill, oc_i128 value)
{
    const bool is_maker = fill->liquidity == OC_LIQUIDITY_MAKER;
    oc_i128 fee = paper_fee(paper, value, is_maker);
    fill->fee_asset = market->info.settle ? market->info.settle : market->info.quote;
    if (paper->fee_in_base && market->info.kind == OC_KIND_SPOT && fill->side == OC_SIDE_BUY) {
        oc_i128 base = 0;
        const struct oc_dec *step = &market->info.qty_step;
        oc_rc rc = num_mul_128((oc_i128)fill->qty * step->units, num_pow10_128(MONEY_SCALE - step->scale), &base);
        fee = rc == OC_OK ? paper_fee(paper, base, is_maker) : fee; /* what does not fit is charged in the quote */
        fill->fee_asset = rc == OC_OK ? market->info.base : fill->fee_asset;
    }
    for (int scale = 8; scale >= 0 && money_to_dec(fee, scale, &fill->fee) < 0; scale--)
        ;
    (void)money_from_dec(fill->fee, &fee); /* it was made from money just now */
    return fee;
}

static void emit_fill(struct paper *paper, struct paper_order *order, const struct paper_deal *deal, int64_t qty,
                      bool is_last)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    oc_i128 value = 0;
    struct oc_ev_fill fill = {.head = order->ask.head, .order = order->ask.order, .price = deal->price, .qty = qty};
    fill.head.size = sizeof fill;
    fill.head.type = OC_EV_FILL;
    fill.head.flags = is_last ? OC_EVF_LAST : 0;
    if (order->ask.role == OC_ROLE_END)
        fill.head.flags |= OC_EVF_END;
    if (market->in_bar && market->is_volume_unknown)
        fill.head.flags |= OC_EVF_UNKNOWN_VOLUME;
    if (market->in_bar && order->decided_ns > market->open_ns && (order->ask.owner != OC_OWNER_HOST || order->is_moved))
        fill.head.flags |= OC_EVF_INSIDE;
    fill.head.source = order->ask.account;
    fill.head.venue_ns = deal->now_ns;
    fill.head.cause = order->ask.head.seq;
    fill.side = order->ask.side;
    fill.liquidity = deal->is_maker ? OC_LIQUIDITY_MAKER : OC_LIQUIDITY_TAKER;
    (void)paper_value(market, deal->price, qty, &value); /* what does not fit costs nothing */
    const oc_i128 fee = set_fee(paper, market, &fill, value);
    trade_id(&fill, order->ask.order, order->fills++);
    paper_book(paper, &fill, order->ask.account, value, fee);
    order->filled += qty;
    const oc_i128 quote_fee = fill.fee_asset == market->info.quote ? fee : 0;
    order->spent += is_buy(order) ? value + quote_fee : value - quote_fee; /* or taken in */
    volume_use(market, order, qty);
    paper_group_fill(paper, order, deal, &fill);
    if (order->grown && order->filled > order->ask.qty && !order->is_awaited) /* more than the host knows to be there */
        paper_await(paper, order);
    paper_needs(paper, order);
    if (paper->walk && paper->walk->trades)
        note_trade(paper, order, &fill);
    paper_say(paper, order, &fill.head);
}

/* Nothing more can trade: an order that traded is canceled, one that did not is rejected. */
static void give_up(struct paper *paper, struct paper_order *order, int64_t now_ns, const char *reason)
{
    paper_finish(paper, order, order->filled ? OC_EV_CANCELED : OC_EV_REJECTED, now_ns, reason);
}

static int64_t reducible(const struct paper *paper, const struct paper_order *order, int64_t want)
{
    int64_t held = paper_position(paper, order->ask.account, order->ask.head.inst);
    int64_t room = is_buy(order) ? -held : held;
    return room < want ? (room > 0 ? room : 0) : want;
}

/* `qty` of the units that it wants trade: what the volume leaves. */
static void take_units(struct paper *paper, struct paper_order *order, const struct paper_deal *deal, int64_t qty,
                       int64_t want)
{
    const bool by_money = order->ask.bits & OC_RQ_HAS_QUOTE_QTY;
    const bool is_last = by_money ? qty == want : qty == order->ask.qty + order->grown - order->filled;
    const bool is_less = qty == want && want < paper_remaining(paper, order);
    emit_fill(paper, order, deal, qty, is_last);
    if (is_last)
        paper_over(paper, order);
    else if (is_less && (order->ask.bits & OC_RQ_REDUCE_ONLY))
        give_up(paper, order, deal->now_ns, "REDUCE_ONLY_WOULD_INCREASE_POSITION");
}

void paper_take(struct paper *paper, struct paper_order *order, const struct paper_deal *deal)
{
    struct paper_market *market = paper_market(paper, order->ask.head.inst);
    const bool by_money = order->ask.bits & OC_RQ_HAS_QUOTE_QTY;
    const int64_t now_ns = deal->now_ns;
    int64_t want =
        by_money ? paper_quote_units(paper, order, deal->price, deal->is_maker) : paper_remaining(paper, order);
    if (by_money && want <= 0)
        give_up(paper, order, now_ns, "QUOTE_AMOUNT_TOO_SMALL");
    if (want <= 0) /* or its group has nothing left for it */
        return;
    if (order->ask.bits & OC_RQ_REDUCE_ONLY) {
        want = reducible(paper, order, want);
        if (want == 0) {
            give_up(paper, order, now_ns, "REDUCE_ONLY_WOULD_INCREASE_POSITION");
            return;
        }
    }
    int64_t payable = paper_affordable(paper, order, deal->price, want, deal->is_maker);
    if (payable <= 0 || (payable < want && !(order->ask.bits & (OC_RQ_REDUCE_ONLY | OC_RQ_FIT_FUNDS)))) {
        give_up(paper, order, now_ns, "INSUFFICIENT_FUNDS");
        return;
    }
    want = payable;
    int64_t left = volume_left(market, order), qty = left >= 0 && left < want ? left : want;
    if (order->ask.tif == OC_TIF_FOK && qty < want && !paper->is_walking)
        paper_end_immediate(paper, order, now_ns);
    else if (qty > 0)
        take_units(paper, order, deal, qty, want);
}

void paper_trigger(struct paper *paper, struct paper_order *order, int64_t now_ns)
{
    order->is_triggered = true;
    order->has_rested = false;
    if (order->triggered_ns == 0) /* else it was said before a restart */
        paper_tell(paper, order, OC_EV_TRIGGERED, now_ns, NULL);
    order->triggered_ns = now_ns;
}

void paper_end_immediate(struct paper *paper, struct paper_order *order, int64_t now_ns)
{
    if (order->phase != PHASE_WORKING)
        return;
    if (order->ask.tif == OC_TIF_IOC)
        paper_finish(paper, order, OC_EV_CANCELED, now_ns, "IMMEDIATE_OR_CANCEL");
    else if (order->ask.tif == OC_TIF_FOK)
        paper_finish(paper, order, OC_EV_EXPIRED, now_ns, "FILL_OR_KILL_NOT_FILLED");
}

bool paper_accept(struct paper *paper, struct paper_order *order, int64_t now_ns, bool would_cross)
{
    if ((order->ask.bits & OC_RQ_POST_ONLY) && would_cross) {
        give_up(paper, order, now_ns, "POST_ONLY_WOULD_CROSS");
        return false;
    }
    if (!order->is_accepted)
        paper_tell(paper, order, OC_EV_ACCEPTED, now_ns, NULL);
    order->is_accepted = true;
    return true;
}
