/* group_trail.c: a stop that follows the market (ALGO-8, ALGO-9): it stays a distance, or a part of the price, behind the best price since
 * its entry filled, or since that has reached the price from which it follows. It is never moved away from the market again.
 *
 * What it follows is the last trade, and without trades the side of the book at which the position is closed; of a closed bar
 * its extreme, but of the bar in which the entry filled the close: its extreme may lie before the fill. On bars the stop is moved when the
 * bar has closed, as a host that sees only bars would.
 *
 * The stop is an order as any leg is, changed at most each GROUPS_TRAIL_NS; where the host holds it, its price alone changes. A venue that does
 * not change stops is asked to cancel it, and for the new one when that has ended, at most each GROUPS_MOVE_NS: two at once it would refuse,
 * or fill. */
#include <string.h>

#include "base/text.h"
#include "engine/impl.h"

enum { PPM = 1000000 };

/* The stop behind a best price: of what sells at or below it, of what buys at or above. */
static int64_t stop_behind(int64_t best, int64_t trail, bool is_ppm, bool sells)
{
    if (!is_ppm)
        return sells ? best - trail : best + trail;
    const oc_i128 away = (oc_i128)(best < 0 ? -best : best) * trail;
    const oc_i128 stop = (oc_i128)best * PPM + (sells ? -away : away);
    return (int64_t)num_quotient(stop, PPM, sells ? NUM_FLOOR : NUM_CEIL);
}

static bool is_better(int64_t price, int64_t than, bool sells) { return sells ? price > than : price < than; }

oc_rc trail_read(const struct instrument *instrument, const char *text, struct oc_request *request)
{
    static const struct oc_dec ppm = {1, 6, 0};
    const size_t size = strlen(text);
    const bool is_part = size > 1 && text[size - 1] == '%';
    struct oc_dec dec = {0};
    int exact;
    oc_rc rc = text_to_decimal(text, size - is_part, &dec.units, &dec.scale);
    dec.scale += is_part ? 2 : 0;
    if (rc == OC_OK)
        rc = instrument_dec_units(is_part ? ppm : instrument->info.price_step, dec, SNAP_NEAREST, &request->trail,
                                  &exact);
    if (rc < 0 || request->trail <= 0 || (is_part && request->trail >= PPM))
        return OC_E_INVALID;
    request->bits |= is_part ? OC_RQ_HAS_TRAIL_PPM : OC_RQ_HAS_TRAIL;
    return OC_OK;
}

const char *engine_trail_begins(const struct engine *engine, struct oc_request *entry)
{
    const bool is_ppm = entry->bits & OC_RQ_HAS_TRAIL_PPM, buys = entry->side == OC_SIDE_BUY;
    oc_i128 entry2;
    if (entry->trail <= 0 || entry->trail > (is_ppm ? PPM - 1 : MARKET_PRICE_MAX))
        return "TRAIL_OUT_OF_RANGE";
    if (entry->bits & (OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_ACTIVATION))
        return NULL;
    if (!stage_entry_price(engine, entry, &entry2))
        return "NO_REFERENCE_PRICE";
    entry->stop_loss = stop_behind((int64_t)num_quotient(entry2, 2, NUM_FLOOR), entry->trail, is_ppm, buys);
    entry->bits |= OC_RQ_HAS_STOP_LOSS;
    return NULL;
}

void group_trail_set(struct group *group, const struct oc_request *entry)
{
    group->stop_loss = entry->stop_loss;
    group->has_stop = (entry->bits & OC_RQ_HAS_STOP_LOSS) != 0;
    group->trail = entry->trail;
    group->activation = entry->activation;
    group->trail_kind = entry->bits & OC_RQ_HAS_TRAIL_PPM ? GROUP_TRAIL_PPM
                        : entry->bits & OC_RQ_HAS_TRAIL   ? GROUP_TRAIL_UNITS
                                                          : GROUP_TRAIL_NONE;
    group->is_trailing = group->trail_kind && !(entry->bits & OC_RQ_HAS_ACTIVATION);
    group->has_best = 0;
}

/* What the market has reached with this event in favour of the position. */
static bool reached(const struct engine *engine, const struct group *group, const struct oc_event *event,
                    int64_t *ret_price)
{
    const bool buys = group->side == OC_SIDE_BUY;
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const void *)event;
        *ret_price = bar->open_ns < group->since_ns ? bar->close : buys ? bar->high : bar->low;
        return true;
    }
    if (event->type == OC_EV_QBAR) {
        const struct oc_ev_qbar *bar = (const void *)event;
        const int at = bar->open_ns < group->since_ns ? 3 : buys ? 1 : 2;
        *ret_price = buys ? bar->bid[at] : bar->ask[at];
        return bar->present & (buys ? OC_HAS_BID : OC_HAS_ASK);
    }
    return group_stop_price(engine, group, ret_price);
}

static void follow(const struct engine *engine, struct group *group, const struct oc_event *event)
{
    const bool sells = group->side == OC_SIDE_BUY; /* what closes it */
    int64_t price;
    if (!reached(engine, group, event, &price))
        return;
    if (!group->is_trailing && is_better(group->activation, price, sells))
        return;
    group->is_trailing = 1;
    if (group->has_best && !is_better(price, group->best, sells))
        return;
    group->best = price;
    group->has_best = 1;
    const int64_t stop = stop_behind(price, group->trail, group->trail_kind == GROUP_TRAIL_PPM, sells);
    if (group->has_stop && !is_better(stop, group->stop_loss, sells))
        return;
    group->stop_loss = stop;
    group->has_stop = 1;
}

/* The stop is an order that stands farther away than it is to, and nothing is under way for it. */
bool group_trail_moves(const struct group *group, const struct order *leg)
{
    const bool sells = group->side == OC_SIDE_BUY;
    return group->trail_kind && group->has_stop && leg->now.role == OC_ROLE_STOP_LOSS && !leg->is_triggered &&
           is_better(group->stop_loss, leg->now.stop_price, sells);
}

bool group_trail_is_due(struct engine *engine, const struct group *group)
{
    if (!group->trail_kind || !group->has_stop || group->phase != GROUP_RESTS ||
        group_held(engine, group) == OC_ROLE_STOP_LOSS)
        return false;
    const struct order *leg = orders_find(engine->orders, group->stop_order);
    if (leg ? state_is_final(leg->state) || leg->ask_bits || !group_trail_moves(group, leg) : group->stop_order != 0)
        return false;
    if (group->trail_ns == 0 || engine->now_ns >= group->trail_ns)
        return true;
    group_wake(engine, group, group->trail_ns);
    return false;
}

bool group_trail(struct engine *engine, struct group *group, const struct oc_event *event)
{
    if (!group->trail_kind || group->is_closing || group->entered <= group->exited)
        return false;
    follow(engine, group, event);
    return group_trail_is_due(engine, group);
}

bool group_trail_takes_back(const struct engine *engine, const struct order *leg)
{
    return engine->fixed_stops[leg->now.account] >> leg->now.type & 1;
}

void group_trail_taken_back(struct engine *engine, struct group *group)
{
    group->phase = GROUP_MOVES;
    group->trail_ns = engine->now_ns + GROUPS_MOVE_NS;
    group_wake(engine, group, engine->now_ns + GROUPS_RETRY_NS); /* a restart looks at it then */
}

bool group_trail_is_free(const struct engine *engine, const struct group *group)
{
    const struct order *leg = orders_find(engine->orders, group->stop_order);
    return !leg || (state_is_final(leg->state) && order_missing(leg) == 0);
}

bool group_trail_forbids(const struct engine *engine, const struct order *leg, const struct oc_request *amend)
{
    const struct group *group = group_of(engine, leg);
    return group && group->trail_kind && group->has_stop && leg->now.role == OC_ROLE_STOP_LOSS &&
           (amend->bits & OC_RQ_STOP_CHANGED) &&
           is_better(group->stop_loss, amend->stop_price, group->side == OC_SIDE_BUY);
}

void group_trail_asked(const struct engine *engine, const struct order *leg, uint32_t bits)
{
    struct group *group = bits & OC_RQ_STOP_CHANGED ? group_of(engine, leg) : NULL;
    if (group && group->trail_kind)
        group->trail_ns = engine->now_ns + GROUPS_TRAIL_NS;
}

bool engine_trail_text(const struct engine *engine, const struct order *order, char ret_text[TRAIL_TEXT_MAX])
{
    const struct group *group = order->now.role == OC_ROLE_STOP_LOSS ? group_of(engine, order) : NULL;
    const uint32_t bits = oc_trail_of_entry(&order->now);
    const bool is_part = group ? group->trail_kind == GROUP_TRAIL_PPM : bits & OC_RQ_HAS_TRAIL_PPM;
    struct oc_dec dec = {group ? group->trail : order->now.trail, 4, 0};
    if (group ? !group->trail_kind : !bits)
        return false;
    if (!is_part &&
        instrument_price_dec(instruments_get(engine->instruments, order->now.head.inst), dec.units, &dec) < 0)
        return false;
    struct text text;
    text_init_fixed(&text, ret_text, TRAIL_TEXT_MAX);
    text_put_units(&text, dec.units, dec.scale, TEXT_SHORTEST);
    if (is_part)
        text_put_char(&text, '%');
    return true;
}
