#include "report/spread.h"

#include <string.h>

#include "session/session.h"
#include "session/venue_keys.h"

static bool has_own_spread(const struct session *session)
{
    for (uint32_t i = 0; i < session->data.count; i++) {
        const uint32_t type = session->data.sources[i].info.event_type;
        if (type != OC_EV_BAR && type != OC_EV_TRADE)
            return true;
    }
    return false;
}

void spread_open(struct spread *spread, const struct session *session)
{
    struct settings *settings = session->settings;
    *spread = (struct spread){.half = {1, 4, 0}}; /* 2 bps, where nothing is set */
    if (strcmp(settings_text(settings, "sim.paper.profile", "neutral"), "ideal") == 0)
        spread->half = (struct oc_dec){0};
    else if (settings_get(settings, "sim.paper.half_spread") &&
             settings_dec(settings, "sim.paper.half_spread", &spread->half) < 0)
        return;
    const bool is_paper = !venue_names(settings) &&
                          strcmp(settings_text(settings, "sim.paper.plugin", "outcry.paper"), "outcry.paper") == 0;
    const bool has_dead_prices = strcmp(settings_text(settings, "sim.paper.zero_volume", "wait"), "take") == 0;
    spread->is_known = is_paper && !has_dead_prices && !has_own_spread(session);
}

/* The price on the grid that a taker's was made from. */
static int64_t spread_from(const struct spread *spread, uint8_t side, int64_t paid)
{
    const bool buys = side == OC_SIDE_BUY;
    const int64_t one = num_pow10(spread->half.scale);
    const bool adds = buys == (paid >= 0);
    oc_i128 price;
    int64_t units;
    if (!spread->half.units || num_muldiv_128(paid, one, adds ? one + spread->half.units : one - spread->half.units,
                                              buys ? NUM_FLOOR : NUM_CEIL, &price) < 0)
        return paid;
    return num_narrow(price, &units) == OC_OK ? units : paid;
}

bool spread_take(struct spread *spread, const struct session *session, const struct oc_ev_fill *fill,
                 const struct instrument *instrument, oc_i128 *ret_cost)
{
    oc_i128 paid, judged, in_account;
    if (!spread->is_known)
        return false;
    if (fill->liquidity != OC_LIQUIDITY_TAKER)
        return true;
    if (instrument_value(instrument, fill->price, fill->qty, &paid) < 0 ||
        instrument_value(instrument, spread_from(spread, fill->side, fill->price), fill->qty, &judged) < 0)
        return false;
    struct portfolio *portfolio = engine_portfolio(session->engine);
    const uint32_t asset = instrument->info.settle ? instrument->info.settle : instrument->info.quote;
    const oc_i128 cost = fill->side == OC_SIDE_BUY ? paid - judged : judged - paid;
    *ret_cost = cost;
    if (portfolio_convert(portfolio, cost, asset, session->money.base, RATE_MIDDLE, &in_account) < 0)
        return true;
    spread->paid += in_account;
    if (portfolio_convert(portfolio, judged < 0 ? -judged : judged, asset, session->money.base, RATE_MIDDLE,
                          &in_account) == OC_OK)
        spread->turnover += in_account;
    return true;
}
