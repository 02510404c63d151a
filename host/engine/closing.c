/* closing.c: closing is an intent that the host owns: the entries in that market of who asked for it are taken down, and what there
 * is is closed, again where more comes or an order falls short, until the position is flat. Who asked is a strategy, or a person: by
 * hand an account holds what no strategy's book holds.
 *
 * It begins with a recorded request of OC_ROLE_CLOSE: the order that closes, or the cancel of an entry for it, so that records and
 * checkpoints know of it. It ends when nothing that can be closed is held and no entry is open, when who asked for it asks for an
 * entry again or takes its order back, or with an alarm: after CLOSING_TRIES refusals in a row, or where an order at market cannot
 * close what is left. A close at a limit whose time in force ends is over. */
#include <string.h>

#include "engine/dust.h"
#include "engine/impl.h"

enum { CLOSING_TRIES = 16 };

static bool closes(const struct order *order) { return order->now.role == OC_ROLE_CLOSE && !order->now.group; }

static bool protects(const struct order *order)
{
    return order->now.role == OC_ROLE_STOP_LOSS || order->now.role == OC_ROLE_TAKE_PROFIT;
}

/* A stop against what its own book holds, for no more than is left of that behind the older ones: it can only make it smaller. */
static bool is_stop_of_position(const struct engine *engine, const struct order *order)
{
    if (!(order->now.bits & OC_RQ_HAS_STOP) || !(order->now.bits & OC_RQ_HAS_QTY))
        return false;
    const struct book *book =
        portfolio_find(engine->portfolio, order->now.account, order->now.strategy, order->now.head.inst);
    int64_t left = book ? book->position.qty : 0;
    if (order->now.side == OC_SIDE_BUY)
        left = -left;
    if (left <= 0)
        return false;
    for (const struct order *at = orders_open_of(engine->orders, order->now.head.inst); at; at = at->younger_here) {
        if (at->now.side != order->now.side || at->now.account != order->now.account ||
            at->now.strategy != order->now.strategy || !(at->now.bits & OC_RQ_HAS_STOP))
            continue;
        left -= order_remaining_worst(at);
        if (at == order)
            return left >= 0;
    }
    return false;
}

bool order_stays(const struct engine *engine, const struct order *order, enum engine_cancels which)
{
    switch (which) {
    case CANCEL_NOT_PROTECTION:
        return protects(order);
    case CANCEL_NOT_CLOSING:
        return protects(order) || closes(order);
    case CANCEL_OWN:
    case CANCEL_OWN_TO_CLOSE:
        return order->now.owner == OC_OWNER_EXTERNAL;
    case CANCEL_OWN_ENTRIES:
        return order->now.owner == OC_OWNER_EXTERNAL || (order->now.bits & OC_RQ_REDUCE_ONLY) || protects(order) ||
               closes(order) || is_stop_of_position(engine, order);
    case CANCEL_ALL:
    case CANCEL_TO_CLOSE:
    default:
        return false;
    }
}

static void set(struct engine *engine, struct book *book, bool is_closing)
{
    engine->closing += (int64_t)is_closing - (int64_t)book->is_closing;
    book->is_closing = is_closing;
    book->close_tries = 0;
    book->close_ns = 0;
}

void closing_note(struct engine *engine, const struct oc_request *request, const struct order *order)
{
    struct book *book = NULL;
    const bool is_new = request->kind == OC_REQUEST_NEW, is_cancel = request->kind == OC_REQUEST_CANCEL;
    const bool is_for_it = order->now.role != OC_ROLE_CLOSE && request->role == OC_ROLE_CLOSE;
    const bool enters = request->owner != OC_OWNER_HOST && !(request->bits & OC_RQ_REDUCE_ONLY);
    const bool begins = closes(order) ? is_new : is_cancel && is_for_it;
    const bool ends = closes(order) ? is_cancel : is_new && enters;
    if (!begins && !(ends && engine->closing))
        return;
    if (portfolio_book(engine->portfolio, request->account, request->strategy, request->head.inst, &book) < 0)
        return; /* there is none, nor room for one: then nothing is held */
    set(engine, book, begins);
    if (begins && closes(order))
        book->close_order = order->now.order;
}

/* What is there to be closed: above 0 long, below 0 short. */
static int64_t held_by(const struct engine *engine, const struct position *position)
{
    if (position->strategy)
        return position->qty;
    const struct market *market = markets_get(engine->markets, position->inst);
    return dust_hand_qty(engine->portfolio, position->account, instruments_get(engine->instruments, position->inst),
                         market && market->has_mark ? market->mark2 / 2 : 0);
}

/* How much of it an order can: on spot never more than the account holds, and never more, nor less, than the venue takes. */
static int64_t closable(const struct engine *engine, const struct position *position, uint8_t type, int64_t held)
{
    const struct instrument *instrument = instruments_get(engine->instruments, position->inst);
    const struct oc_instrument *info = &instrument->info;
    const bool is_market = type == OC_ORDER_MARKET || type == OC_ORDER_STOP;
    int64_t qty = held < 0 ? -held : held;
    if (info->kind == OC_KIND_SPOT && held > 0) {
        const oc_i128 balance = portfolio_balance(engine->portfolio, position->account, info->base),
                      units = balance / instrument_step_money(instrument);
        qty = balance >= 0 && units < qty ? (int64_t)units : qty;
    }
    if ((info->present & OC_INST_HAS_MAX_QTY) && qty > info->max_qty)
        qty = info->max_qty; /* the next order closes the rest */
    if (is_market && (info->present & OC_INST_HAS_MARKET_MAX_QTY) && qty > info->market_max_qty)
        qty = info->market_max_qty;
    if (is_market && (info->present & OC_INST_HAS_MARKET_STEP) && info->market_step > 0)
        qty -= qty % info->market_step;
    const bool is_small = (info->present & OC_INST_HAS_MIN_QTY && qty < info->min_qty) ||
                          (is_market && (info->present & OC_INST_HAS_MARKET_MIN_QTY) && qty < info->market_min_qty);
    return is_small ? 0 : held < 0 ? -qty : qty;
}

/* Orders of another hand are none of by hand, until they are taken back by it. */
static bool is_of(const struct order *order, uint32_t account, uint32_t strategy, uint32_t inst)
{
    if (order->now.owner == OC_OWNER_EXTERNAL && order->state != STATE_PENDING_CANCEL)
        return false;
    return order->now.account == account && order->now.strategy == strategy &&
           OC_INST_INDEX(order->now.head.inst) == OC_INST_INDEX(inst);
}

static void size(struct oc_request *request, int64_t qty)
{
    request->qty = qty < 0 ? -qty : qty;
    request->side = qty > 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
    request->role = OC_ROLE_CLOSE;
    request->bits |= OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY;
}

/* The next one is refused, or has failed: again in a while, but not for ever. */
static void falls_short(struct engine *engine, struct book *book, const struct order *order)
{
    if (++book->close_tries > CLOSING_TRIES) {
        set(engine, book, false);
        engine_alarm(engine, order, "a position that was to be closed could not be: it is left as it is");
        return;
    }
    book->close_ns = engine->now_ns + GROUPS_RETRY_NS;
    groups_wake(engine, book->close_ns);
}

/* What is still to be closed, as it was asked for before. */
static struct oc_request next_of(const struct engine *engine, const struct book *book)
{
    const struct position *position = &book->position;
    const struct order *before = orders_find(engine->orders, book->close_order);
    struct oc_request request = {.account = position->account,
                                 .strategy = position->strategy,
                                 .owner = OC_OWNER_HOST,
                                 .type = OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC};
    request.head.inst = position->inst;
    if (before) {
        request.type = before->now.type;
        request.price = before->now.price;
        request.stop_price = before->now.stop_price;
        request.bits = before->now.bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP);
        memcpy(request.tag, before->now.tag, sizeof request.tag);
    }
    return request;
}

static void ask_again(struct engine *engine, struct book *book, struct oc_request *request)
{
    struct engine_refusal refusal = {0};
    const uint32_t tries = book->close_tries;
    stage_begin(engine, 0);
    const oc_rc rc = engine_submit(engine, request, &refusal);
    stage_end(engine, true);
    book->close_tries = tries;
    if (rc == OC_OK)
        return;
    falls_short(engine, book, orders_find(engine->orders, request->order));
    groups_to_tell(engine, request->order);
}

static void work(struct engine *engine, struct book *book)
{
    const struct position *position = &book->position;
    bool has_entry = false;
    const struct order *order = orders_open_of(engine->orders, position->inst);
    for (; order; order = order->younger_here) {
        if (!is_of(order, position->account, position->strategy, position->inst) || protects(order))
            continue;
        if (closes(order))
            return; /* it works */
        has_entry |= !(order->now.bits & OC_RQ_REDUCE_ONLY);
    }
    struct oc_request request = next_of(engine, book);
    const int64_t held = held_by(engine, position), qty = closable(engine, position, request.type, held);
    if (qty == 0 && !has_entry) {
        set(engine, book, false);
        if (held != 0)
            engine_alarm(engine, orders_find(engine->orders, book->close_order),
                         "what is left of a position that was to be closed is not held, or less than an order can be: "
                         "it is left as it is");
    }
    if (qty == 0 || engine->is_restoring)
        return;
    size(&request, qty);
    ask_again(engine, book, &request);
}

void closing_go_on(struct engine *engine, const struct order *order)
{
    struct book *book =
        portfolio_find(engine->portfolio, order->now.account, order->now.strategy, order->now.head.inst);
    if (!book || !book->is_closing)
        return;
    if (order->now.order != book->close_order || !state_is_final(order->state) || order->state == STATE_FILLED) {
        if (order->now.order == book->close_order && order->filled)
            book->close_tries = 0;
        work(engine, book);
        return;
    }
    if ((order->now.bits & OC_RQ_HAS_PRICE) && order->now.tif != OC_TIF_GTC)
        set(engine, book, false);
    else
        falls_short(engine, book, order);
}

void closing_retry(struct engine *engine)
{
    for (uint32_t i = 0; engine->closing && i < portfolio_book_count(engine->portfolio); i++) {
        struct book *book = portfolio_book_at(engine->portfolio, i);
        if (!book->is_closing)
            continue;
        /* Where something else was due: a restart may have found a time that is over. */
        if (engine->now_ns < book->close_ns)
            groups_wake(engine, book->close_ns);
        else
            work(engine, book);
    }
}

oc_rc engine_close(struct engine *engine, struct oc_request *request, struct engine_refusal *ret_refusal)
{
    const struct book *book =
        portfolio_find(engine->portfolio, request->account, request->strategy, request->head.inst);
    const uint32_t terms = OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP;
    uint64_t same = 0;
    if (!engine->is_in_batch)
        return OC_E_STATE;
    struct order *order = orders_open_of(engine->orders, request->head.inst);
    for (; order; order = order->younger_here) {
        const struct oc_request *now = &order->now;
        struct engine_refusal refusal;
        if (!is_of(order, request->account, request->strategy, request->head.inst) || protects(order) ||
            order->state == STATE_PENDING_CANCEL || order->is_refused ||
            (!closes(order) && (now->bits & OC_RQ_REDUCE_ONLY)))
            continue;
        if (closes(order) && now->type == request->type && !((now->bits ^ request->bits) & terms) &&
            now->price == request->price && now->stop_price == request->stop_price)
            same = now->order;
        else
            (void)stage_cancel(engine, order, OC_ROLE_CLOSE,
                               &refusal); /* what cannot be taken down is closed when it trades */
    }
    request->order = same;
    if (same)
        return OC_OK;
    const int64_t held = book ? held_by(engine, &book->position) : 0,
                  qty = book ? closable(engine, &book->position, request->type, held) : 0;
    if (qty == 0)
        return OC_E_NOT_FOUND;
    size(request, qty);
    if (request->type == OC_ORDER_MARKET)
        groups_yield(engine, request);
    return engine_submit(engine, request, ret_refusal);
}
