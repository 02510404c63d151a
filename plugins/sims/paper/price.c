/* price.c: what a taker pays: the price it is judged from, half the spread, and one rounding against it. */
#include "paper.h"

/* price x (1 + side x share), the share of the price's size; rounded once. What does not fit is left without a spread. */
static int64_t with_share(uint8_t side, struct paper_price price, struct oc_dec share)
{
    const bool buys = side == OC_SIDE_BUY;
    const enum num_rounding rounding = buys ? NUM_CEIL : NUM_FLOOR;
    const int64_t one = num_pow10(share.scale);
    const bool adds = buys == (price.num >= 0);
    oc_i128 paid, whole;
    int64_t units;
    if (share.units && num_mul_128(price.den, one, &whole) == OC_OK &&
        num_muldiv_128(price.num, adds ? one + share.units : one - share.units, whole, rounding, &paid) == OC_OK &&
        num_narrow(paid, &units) == OC_OK)
        return units;
    return (int64_t)num_quotient(price.num, price.den, rounding);
}

int64_t paper_with_spread(const struct paper *paper, uint8_t side, int64_t price)
{
    return with_share(side, (struct paper_price){price, 1}, paper->half_spread);
}

int64_t paper_paid(const struct paper *paper, const struct paper_market *market, uint8_t side, struct paper_price price)
{
    struct oc_dec share = paper->half_spread;
    if (market->is_quoted_bar)
        share.units = 0;
    if (market->is_dead)
        share.units *= 2;
    return with_share(side, price, share);
}

struct paper_price paper_line(const struct paper_market *market, const struct paper_piece *piece, uint8_t side,
                              uint8_t of, int64_t at_ns)
{
    const int64_t *line = line_of(piece, of), worse = line[side == OC_SIDE_BUY ? 1 : 2];
    const int64_t third = (piece->close_ns - piece->open_ns) / 3, passed = at_ns - piece->open_ns;
    if (market->is_dead)
        return (struct paper_price){market->last, 1};
    if (passed <= 0)
        return (struct paper_price){line[0], 1};
    if (passed >= third)
        return (struct paper_price){worse, 1};
    return (struct paper_price){(oc_i128)line[0] * third + ((oc_i128)worse - line[0]) * passed, third};
}

bool paper_price_quoted(const struct paper_market *market, uint8_t side, int64_t *ret_price)
{
    if (!market->has_quote)
        return false;
    *ret_price = side == OC_SIDE_BUY ? market->ask : market->bid;
    return *ret_price != INT64_MIN;
}

bool paper_price_last(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t *ret_price)
{
    const bool buys = side == OC_SIDE_BUY;
    if (buys ? market->has_ask_known : market->has_bid_known)
        *ret_price = buys ? market->ask_known : market->bid_known;
    else if (market->has_last)
        *ret_price = paper_with_spread(paper, side, market->last);
    else if (buys ? market->has_bid_known : market->has_ask_known)
        *ret_price = paper_with_spread(paper, side, buys ? market->bid_known : market->ask_known);
    else
        return false;
    return true;
}
