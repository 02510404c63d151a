/* closing.c: closing is an intent that the host owns: the strategy's own entries in that market are taken down, and what there is
 * is closed, again where more comes or an order falls short, until the position is flat.
 *
 * It begins with a recorded request of OC_ROLE_CLOSE: the order that closes, or the cancel of an entry for it, so that records and
 * checkpoints know of it. It ends when nothing is held and no entry is open, when who asked for it asks for an entry again or takes
 * its order back, or with an alarm after CLOSING_TRIES refusals in a row. A close at a limit whose time in force ends is over. */
#include <string.h>

#include "engine/impl.h"

enum { CLOSING_TRIES = 16 };

static bool closes(const struct order *order) { return order->now.role == OC_ROLE_CLOSE && !order->now.group; }

static bool protects(const struct order *order)
{
    return order->now.role == OC_ROLE_STOP_LOSS || order->now.role == OC_ROLE_TAKE_PROFIT;
}

static void set(struct engine *engine, struct book *book, bool is_closing)
{
    engine->closing += (int64_t)is_closing - (int64_t)book->is_closing;
    book->is_closing = is_closing;
    book->close_tries = 0;
}

void closing_note(struct engine *engine, const struct oc_request *request, const struct order *order)
{
    struct book *book = NULL;
    const bool is_new = request->kind == OC_REQUEST_NEW, is_cancel = request->kind == OC_REQUEST_CANCEL;
    const bool is_for_it = order->now.role != OC_ROLE_CLOSE && request->role == OC_ROLE_CLOSE;
    const bool enters = request->owner != OC_OWNER_HOST && !(request->bits & OC_RQ_REDUCE_ONLY);
    const bool begins = closes(order) ? is_new : is_cancel && is_for_it;
    const bool ends = closes(order) ? is_cancel : is_new && enters;
    if (!request->strategy || (!begins && !(ends && engine->closing)))
        return;
    if (portfolio_book(engine->portfolio, request->account, request->strategy, request->head.inst, &book) < 0)
        return; /* there is none, nor room for one: then nothing is held */
    set(engine, book, begins);
    if (begins && closes(order))
        book->close_order = order->now.order;
}

/* On spot never more than the account holds: a fee may have been taken from what was bought. */
static int64_t closable(const struct engine *engine, const struct book *book)
{
    const struct position *position = &book->position;
    const struct instrument *instrument = instruments_get(engine->instruments, position->inst);
    const struct oc_dec *step = &instrument->info.qty_step;
    if (instrument->info.kind != OC_KIND_SPOT || position->qty <= 0)
        return position->qty < 0 ? -position->qty : position->qty;
    const oc_i128 held = portfolio_balance(engine->portfolio, position->account, instrument->info.base),
                  units = held / ((oc_i128)step->units * num_pow10_128(MONEY_SCALE - step->scale));
    return held >= 0 && units < position->qty ? (int64_t)units : position->qty;
}

static bool is_of(const struct order *order, uint32_t account, uint32_t strategy, uint32_t inst)
{
    return order->now.account == account && order->now.strategy == strategy &&
           OC_INST_INDEX(order->now.head.inst) == OC_INST_INDEX(inst);
}

static void size(struct oc_request *request, const struct book *book, int64_t qty)
{
    request->qty = qty;
    request->side = book->position.qty > 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
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
    engine->groups.retry_ns = engine->now_ns + GROUPS_RETRY_NS;
}

/* Asks for what is still to be closed, as it was asked for before. */
static void ask_again(struct engine *engine, struct book *book, int64_t qty)
{
    const struct position *position = &book->position;
    const struct order *before = orders_find(engine->orders, book->close_order);
    struct oc_request request = {.account = position->account,
                                 .strategy = position->strategy,
                                 .owner = OC_OWNER_HOST,
                                 .type = OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC};
    struct engine_refusal refusal = {0};
    request.head.inst = position->inst;
    if (before) {
        request.type = before->now.type;
        request.price = before->now.price;
        request.stop_price = before->now.stop_price;
        request.bits = before->now.bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP);
        memcpy(request.tag, before->now.tag, sizeof request.tag);
    }
    size(&request, book, qty);
    const uint32_t tries = book->close_tries;
    stage_begin(engine, 0);
    const oc_rc rc = engine_submit(engine, &request, &refusal);
    stage_end(engine, true);
    book->close_tries = tries;
    if (rc == OC_OK)
        return;
    falls_short(engine, book, orders_find(engine->orders, request.order));
    groups_to_tell(engine, request.order);
}

static void work(struct engine *engine, struct book *book)
{
    const struct position *position = &book->position;
    bool has_entry = false;
    for (const struct order *order = orders_open_first(engine->orders); order; order = order->younger) {
        if (!is_of(order, position->account, position->strategy, position->inst) || protects(order))
            continue;
        if (closes(order))
            return; /* it works */
        has_entry |= !(order->now.bits & OC_RQ_REDUCE_ONLY);
    }
    const int64_t qty = closable(engine, book);
    if (qty == 0 && !has_entry)
        set(engine, book, false);
    if (qty != 0 && !engine->is_restoring)
        ask_again(engine, book, qty);
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
        if (book->is_closing)
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
    for (struct order *order = orders_open_first(engine->orders); order; order = order->younger) {
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
    const int64_t qty = book ? closable(engine, book) : 0;
    if (qty == 0)
        return OC_E_NOT_FOUND;
    size(request, book, qty);
    return engine_submit(engine, request, ret_refusal);
}
