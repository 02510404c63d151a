#include "engine/rescale.h"

#include <outcry/event_account.h>
#include <outcry/event_market.h>
#include <outcry/event_order.h>

static oc_rc ratio(struct oc_dec from, struct oc_dec to, struct rescale_ratio *ret_ratio)
{
    const oc_i128 num = (oc_i128)from.units * num_pow10(to.scale), den = (oc_i128)to.units * num_pow10(from.scale);
    oc_i128 a = num, b = den;
    while (b) {
        const oc_i128 rest = a % b;
        a = b;
        b = rest;
    }
    oc_rc rc = num_narrow(num / a, &ret_ratio->num);
    return rc < 0 ? rc : num_narrow(den / a, &ret_ratio->den);
}

oc_rc rescale_init(struct rescale *rescale, const struct instrument_steps *from, const struct instrument_steps *to)
{
    *rescale = (struct rescale){.overflows = false};
    oc_rc rc = ratio(from->price, to->price, &rescale->price);
    return rc < 0 ? rc : ratio(from->qty, to->qty, &rescale->qty);
}

bool rescale_since(const struct instruments *instruments, uint32_t inst, struct rescale *ret_rescale)
{
    const struct instrument *now = instruments_get(instruments, inst);
    struct instrument_steps from;
    if (!now || now->info.inst == inst || !instruments_steps(instruments, inst, &from))
        return false;
    const struct instrument_steps to = {now->info.price_step, now->info.qty_step};
    return rescale_init(ret_rescale, &from, &to) == OC_OK;
}

static void turn(struct rescale *rescale, const struct rescale_ratio *by, enum num_rounding rounding, int64_t *units,
                 bool *ret_is_off)
{
    const oc_i128 whole = (oc_i128)*units * by->num, turned = num_quotient(whole, by->den, rounding);
    int64_t fits;
    if (num_narrow(turned, &fits) < 0)
        rescale->overflows = true;
    else if (!rescale->is_trial)
        *units = fits;
    *ret_is_off |= turned * by->den != whole;
}

void rescale_price(struct rescale *rescale, int64_t *units)
{
    turn(rescale, &rescale->price, NUM_HALF_EVEN, units, &rescale->price_is_off);
}

void rescale_mark2(struct rescale *rescale, int64_t *units2)
{
    bool is_off = false; /* the middle of a spread may lie between two prices */
    turn(rescale, &rescale->price, NUM_HALF_EVEN, units2, &is_off);
}

void rescale_qty(struct rescale *rescale, int64_t *units)
{
    turn(rescale, &rescale->qty, NUM_ZERO, units, &rescale->qty_is_off);
}

void rescale_product(struct rescale *rescale, oc_i128 *product)
{
    oc_i128 turned;
    oc_rc rc = num_muldiv_128(*product, rescale->price.num, rescale->price.den, NUM_HALF_EVEN, &turned);
    if (rc == OC_OK)
        rc = num_muldiv_128(turned, rescale->qty.num, rescale->qty.den, NUM_HALF_EVEN, &turned);
    if (rc < 0)
        rescale->overflows = true;
    else if (!rescale->is_trial)
        *product = turned;
}

/* Events. */

static void turn_answer(struct rescale *rescale, struct oc_ev_answer *answer)
{
    rescale_price(rescale, &answer->price);
    rescale_price(rescale, &answer->stop_price);
    rescale_qty(rescale, &answer->qty);
    if (answer->cum_qty > 0) /* -1: not said */
        rescale_qty(rescale, &answer->cum_qty);
}

/* The money of a fill in the old steps: exact, or it is not said. */
static void say_value(const struct oc_ev_fill *before, const struct instrument_steps *steps,
                      const struct instrument *instrument, struct oc_ev_venue_fill *fill)
{
    const struct oc_dec size = instrument->info.contract_size;
    const bool is_spot = instrument->info.kind == OC_KIND_SPOT;
    oc_i128 value = (oc_i128)before->price * before->qty;
    int32_t scale = steps->price.scale + steps->qty.scale + (is_spot ? 0 : size.scale);
    if (instrument->info.kind == OC_KIND_INVERSE || num_mul_128(value, steps->price.units, &value) < 0 ||
        num_mul_128(value, steps->qty.units, &value) < 0 || num_mul_128(value, is_spot ? 1 : size.units, &value) < 0)
        return;
    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    int64_t units;
    if (scale > OC_DEC_SCALE_MAX || num_narrow(value, &units) < 0)
        return;
    fill->value = (struct oc_dec){units, scale, 0};
    fill->present |= OC_FILL_VALUE;
}

static void turn_fill(struct rescale *rescale, const struct instrument_steps *from, const struct instrument *instrument,
                      struct oc_ev_fill *fill)
{
    const struct oc_ev_fill before = *fill;
    rescale_price(rescale, &fill->price);
    rescale_qty(rescale, &fill->qty);
    if (fill->head.size < sizeof(struct oc_ev_venue_fill))
        return;
    struct oc_ev_venue_fill *whole = (struct oc_ev_venue_fill *)(void *)fill;
    rescale_qty(rescale, &whole->cum_qty);
    if (rescale->price_is_off && !(whole->present & OC_FILL_VALUE))
        say_value(&before, from, instrument, whole);
}

static void turn_bar(struct rescale *rescale, struct oc_ev_bar *bar)
{
    int64_t *const prices[] = {&bar->open, &bar->high, &bar->low, &bar->close};
    for (int i = 0; i < 4; i++)
        rescale_price(rescale, prices[i]);
    rescale_qty(rescale, &bar->volume);
}

static void turn_qbar(struct rescale *rescale, struct oc_ev_qbar *bar)
{
    for (int i = 0; i < 4; i++) {
        rescale_price(rescale, &bar->bid[i]);
        rescale_price(rescale, &bar->ask[i]);
    }
}

static void turn_quote(struct rescale *rescale, struct oc_ev_quote *quote)
{
    rescale_price(rescale, &quote->bid);
    rescale_price(rescale, &quote->ask);
    rescale_qty(rescale, &quote->bid_qty);
    rescale_qty(rescale, &quote->ask_qty);
}

static void turn_book(struct rescale *rescale, struct oc_ev_book *book)
{
    struct oc_level *levels = (struct oc_level *)(void *)((char *)book + book->tail);
    for (uint32_t i = 0; i < book->bids + book->asks; i++) {
        rescale_price(rescale, &levels[i].price);
        rescale_qty(rescale, &levels[i].qty);
    }
}

static void turn_shown(struct rescale *rescale, struct oc_ev_order *shown)
{
    rescale_price(rescale, &shown->price);
    rescale_price(rescale, &shown->stop_price);
    rescale_qty(rescale, &shown->qty);
    rescale_qty(rescale, &shown->cum_qty);
}

static void turn_bust(struct rescale *rescale, struct oc_ev_bust *bust)
{
    rescale_price(rescale, &bust->new_price);
    rescale_qty(rescale, &bust->new_qty);
}

oc_rc rescale_event(struct rescale *rescale, const struct instrument_steps *from, const struct instrument *instrument,
                    struct oc_event *event)
{
    void *all = event;
    switch (event->type) {
    case OC_EV_TRADE:
        rescale_price(rescale, &((struct oc_ev_trade *)all)->price);
        rescale_qty(rescale, &((struct oc_ev_trade *)all)->qty);
        break;
    case OC_EV_QUOTE:
        turn_quote(rescale, all);
        break;
    case OC_EV_BAR:
        turn_bar(rescale, all);
        break;
    case OC_EV_QBAR:
        turn_qbar(rescale, all);
        break;
    case OC_EV_BOOK:
        turn_book(rescale, all);
        break;
    case OC_EV_FILL:
        turn_fill(rescale, from, instrument, all);
        break;
    case OC_EV_ORDER:
        turn_shown(rescale, all);
        break;
    case OC_EV_BUST:
        turn_bust(rescale, all);
        break;
    case OC_EV_POSITION:
        rescale_qty(rescale, &((struct oc_ev_position *)all)->qty);
        break;
    default:
        if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_TAKEN)
            turn_answer(rescale, all);
    }
    event->inst = instrument->info.inst;
    return rescale->overflows ? OC_E_RANGE : OC_OK;
}
