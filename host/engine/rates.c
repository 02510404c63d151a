#include "engine/rates.h"

#include <string.h>

#include "engine/limits.h"
#include "engine/portfolio.h"

void rates_init(struct rates *rates, const struct instruments *instruments, struct markets *markets)
{
    memset(rates, 0, sizeof *rates);
    rates->instruments = instruments;
    rates->markets = markets;
}

/* What is held of a base is worth its price, be that zero or below where its prices may be; at no such price does a quote buy a base. */
static bool converts(const struct instrument *instrument, int64_t price, bool sells)
{
    return price > 0 || (sells && instrument->info.present & OC_INST_HAS_PRICE_SIGN);
}

/* Which markets a path may go by. */
enum { OF_PRICED = 1, OF_REACHED = 2, OF_LINEAR = 4 };

/* One of it is one of its base, and its price is in its quote. */
static bool is_plain_linear(const struct oc_instrument *info)
{
    return info->kind == OC_KIND_LINEAR && info->settle == info->quote && info->contract_size.units == 1 &&
           info->contract_size.scale == 0;
}

static bool is_usable(const struct rates *rates, const struct instrument *instrument, bool sells, int which)
{
    if (instrument->info.kind != OC_KIND_SPOT && !((which & OF_LINEAR) && is_plain_linear(&instrument->info)))
        return false;
    if (!(which & OF_PRICED))
        return true;
    const struct market *market = markets_get(rates->markets, instrument->info.inst);
    return market && market->has_mark && converts(instrument, market->mark2, sells) &&
           (!(which & OF_REACHED) || !rates->is_reached || rates->is_reached(rates->self, instrument->info.venue));
}

/* Breadth first from `from`; ties go to the instrument added first. */
static void path_find(const struct rates *rates, int which, struct rate_path *path)
{
    struct step {
        uint32_t asset;
        uint32_t hops;
        uint32_t inst[RATE_HOPS_MAX];
        uint32_t sells[RATE_HOPS_MAX];
    } queue[256];
    uint32_t first = 0, count = 1, instruments = instruments_count(rates->instruments);
    memset(&queue[0], 0, sizeof queue[0]);
    queue[0].asset = path->from;
    path->hops = 0;
    while (first < count) {
        struct step at = queue[first++];
        if (at.hops == RATE_HOPS_MAX)
            continue;
        for (uint32_t i = 1; i < instruments; i++) {
            const struct instrument *instrument = instruments_at(rates->instruments, i);
            bool sells = instrument->info.base == at.asset;
            if ((!sells && instrument->info.quote != at.asset) || !is_usable(rates, instrument, sells, which))
                continue;
            struct step next = at;
            next.asset = sells ? instrument->info.quote : instrument->info.base;
            next.inst[next.hops] = i;
            next.sells[next.hops++] = sells;
            bool seen = false;
            for (uint32_t k = 0; k < count && !seen; k++)
                seen = queue[k].asset == next.asset;
            if (seen || count == sizeof queue / sizeof queue[0])
                continue;
            if (next.asset == path->to) {
                path->hops = next.hops;
                memcpy(path->inst, next.inst, sizeof path->inst);
                memcpy(path->sells, next.sells, sizeof path->sells);
                return;
            }
            queue[count++] = next;
        }
    }
}

/* Twice the price used for one hop. */
static int64_t price2(const struct market *market, uint32_t sells, int side)
{
    if (side == RATE_FAR && sells && (market->present & OC_HAS_BID))
        return market->bid * 2;
    if (side == RATE_FAR && !sells && (market->present & OC_HAS_ASK))
        return market->ask * 2;
    return market->mark2;
}

static oc_rc hop(const struct instrument *instrument, const struct market *market, uint32_t sells, int side,
                 oc_i128 *money)
{
    int64_t price = price2(market, sells, side);
    if (!market->has_mark || !converts(instrument, price, sells))
        return OC_E_NOT_FOUND;
    const struct oc_dec *step = &instrument->info.price_step;
    oc_i128 num = (oc_i128)price * step->units, den = (oc_i128)2 * num_pow10(step->scale);
    return sells ? num_muldiv_128(*money, num, den, NUM_HALF_EVEN, money)
                 : num_muldiv_128(*money, den, num, NUM_HALF_EVEN, money);
}

const struct rate_path *rates_path(struct rates *rates, uint32_t from, uint32_t to, int side)
{
    static const int ways[] = {OF_PRICED | OF_REACHED, OF_PRICED, OF_PRICED | OF_REACHED | OF_LINEAR,
                               OF_PRICED | OF_LINEAR};
    const uint32_t is_shown = side == RATE_SHOWN, way_count = is_shown ? 4 : 2;
    struct rate_path *path = &rates->paths[(from * 7 + to + is_shown) % RATE_PATHS];
    const uint32_t count = instruments_count(rates->instruments);
    if (path->from != from || path->to != to || path->is_shown != is_shown || path->instrument_count != count ||
        path->change != rates->change || path->hops == 0) {
        *path = (struct rate_path){
            .from = from, .to = to, .instrument_count = count, .is_shown = is_shown, .change = rates->change};
        for (uint32_t i = 0; i < way_count && from != to && path->hops == 0; i++)
            path_find(rates, ways[i], path);
    }
    return path->hops ? path : NULL;
}

oc_rc rates_convert(struct rates *rates, oc_i128 money, uint32_t from, uint32_t to, int side, oc_i128 *ret_money)
{
    if (from == to) {
        *ret_money = money;
        return OC_OK;
    }
    const struct rate_path *path = rates_path(rates, from, to, side);
    if (!path)
        return OC_E_NOT_FOUND;
    for (uint32_t i = 0; i < path->hops; i++) {
        const struct instrument *instrument = instruments_at(rates->instruments, path->inst[i]);
        const struct market *market = markets_get(rates->markets, instrument->info.inst);
        oc_rc rc = hop(instrument, market, path->sells[i], side, &money);
        if (rc < 0)
            return rc;
    }
    *ret_money = money;
    return OC_OK;
}

bool rates_lead(const struct rates *rates, uint32_t from, uint32_t to)
{
    struct rate_path path = {.from = from, .to = to};
    if (from != to)
        path_find(rates, 0, &path);
    return from == to || path.hops > 0;
}

uint32_t rates_direct(struct rates *rates, uint32_t from, uint32_t to)
{
    oc_i128 money;
    if (from == to || rates_convert(rates, 0, from, to, RATE_MIDDLE, &money) < 0)
        return 0;
    const struct rate_path *path = &rates->paths[(from * 7 + to) % RATE_PATHS];
    return path->hops == 1 ? path->inst[0] : 0;
}
