/* bust.c: a fill that was said is taken back or corrected, once. */
#include <string.h>

#include "base/hash.h"
#include "engine/impl.h"

/* What a correction is known by: its own id, else the fill and what becomes of it. */
static uint64_t hash_of(const struct oc_ev_bust *bust, struct fill_key key)
{
    struct {
        struct fill_key key;
        int64_t price;
        int64_t qty;
        struct oc_dec fee;
        uint32_t source;
        uint32_t size;
        char id[OC_ID_MAX + 1];
    } bytes = {.source = bust->head.source, .size = bust->bust.size};
    if (bust->bust.size) {
        memcpy(bytes.id, bust->bust.text, bust->bust.size);
    } else {
        bytes.key = key;
        bytes.price = bust->new_price;
        bytes.qty = bust->new_qty;
        bytes.fee = bust->new_fee;
    }
    return hash64(&bytes, sizeof bytes);
}

/* The fill as it was told, under the name of its order that the correction says. */
static struct oc_ev_fill fill_of(const struct oc_ev_bust *bust)
{
    struct oc_ev_fill fill = {.head = bust->head, .order = bust->order, .trade_id_size = bust->trade_id_size};
    fill.head.size = sizeof fill;
    memcpy(fill.trade_id, bust->trade_id, sizeof fill.trade_id);
    return fill;
}

/* A fill may have been told under another name of its order than its correction. NULL: it is not among the last ones.
 * *ret_key: the name under which it is waited for, or was booked. *ret_is_known: it was booked once. */
static struct booked *find(struct engine *engine, const struct order *order, const struct oc_ev_bust *bust,
                           struct fill_key *ret_key, bool *ret_is_known)
{
    const struct oc_ev_fill fill = fill_of(bust);
    struct fill_key keys[3 + ORDER_IDS_MAX];
    uint32_t count = 0;
    if (bust->venue_order.size)
        keys[count++] = fill_key_of(&fill, 0, &bust->venue_order);
    const struct order_name *name = order && order->said ? order->said->names.youngest[ID_VENUE] : NULL;
    for (; name; name = name->older)
        keys[count++] = fill_key_of(&fill, 0, &name->id);
    keys[count++] = fill_key_of(&fill, order ? order->now.order : bust->order, NULL);
    *ret_key = keys[0];
    *ret_is_known = false;
    for (uint32_t i = 0; i < count; i++) {
        struct booked *booked = booked_find(&engine->booked, keys[i]);
        *ret_is_known |= fills_has(orders_fills(engine->orders), keys[i]);
        if (booked) {
            *ret_key = keys[i];
            return booked;
        }
    }
    return NULL;
}

/* The sums of the venue were of the fill as it was. */
static void follow_sums(struct order *order, int64_t more)
{
    struct order_sums *sums = order->said ? &order->said->sums : NULL;
    if (!sums)
        return;
    sums->qty = sums->qty + more > 0 ? sums->qty + more : 0;
    sums->has = 0; /* their money is of other fills */
    if (order->said->asked > sums->qty)
        order->said->asked = sums->qty;
    if (order->said->lacks_terms)
        order->now.qty = order->filled;
}

static oc_rc correct(struct engine *engine, struct booked *booked, const struct oc_ev_bust *bust)
{
    struct order *order = orders_find(engine->orders, booked->order);
    const struct position_trade now = {.price = bust->new_price, .qty = bust->new_qty, .side = booked->trade.what.side};
    const int64_t more = now.qty - booked->trade.what.qty;
    oc_i128 fee = 0;
    oc_rc rc = money_from_dec(bust->new_fee, &fee);
    if (rc == OC_OK)
        rc = order_correct(engine, order, booked, &now, now.qty ? fee : 0);
    if (rc < 0)
        return rc;
    if (order) {
        follow_sums(order, more);
        order_moves(engine, order, EVENT_BUST);
        exposure_lower(engine, order);
    }
    if (engine->is_observed)
        chain_observe(engine, &bust->head);
    if (order) {
        if (__builtin_expect(engine->closing != 0, 0))
            closing_go_on(engine, order);
        notify_order(engine, order, &bust->head);
    }
    return OC_OK;
}

/* Its fill is not there to be taken back. */
static oc_rc keep(struct engine *engine, const struct order *order, const struct oc_ev_bust *bust, bool is_known)
{
    if (is_known) {
        engine_alarm(engine, order,
                     "a fill is taken back that was booked too long ago to be: compare the account with the venue");
        return OC_OK;
    }
    const oc_rc rc = booked_wait(&engine->booked, bust);
    if (rc < 0)
        return rc;
    engine_alarm(engine, order, "a fill is taken back that has not come: remembered until it comes");
    if (rc > 0)
        engine_alarm(engine, order, "more fills are taken back than can be remembered: the oldest is forgotten");
    return OC_OK;
}

oc_rc bust_apply(struct engine *engine, const struct oc_ev_bust *bust)
{
    struct fill_key key;
    bool is_new = false, is_known = false;
    const struct order *order = engine_order_of(engine, &bust->head);
    struct booked *booked = find(engine, order, bust, &key, &is_known);
    const uint64_t hash = hash_of(bust, key);
    oc_rc rc = booked_bust_is_new(&engine->booked, hash, &is_new);
    if (rc < 0 || !is_new)
        return rc;
    rc = booked ? correct(engine, booked, bust) : keep(engine, order, bust, is_known);
    if (rc == OC_OK) /* else said again it acts */
        booked_bust_remember(&engine->booked, hash);
    return rc;
}

void bust_late(struct engine *engine)
{
    struct fill_key key;
    bool is_known;
    for (uint32_t i = 0; i < engine->booked.waiting_count;) {
        struct oc_ev_bust bust = engine->booked.waiting[i];
        struct booked *booked = find(engine, engine_order_of(engine, &bust.head), &bust, &key, &is_known);
        if (!booked) {
            i++;
            continue;
        }
        booked_take(&engine->booked, i, &bust);
        if (correct(engine, booked, &bust) < 0)
            engine_alarm(engine, NULL, "a fill that was taken back before it came cannot be: it stays booked");
    }
}
