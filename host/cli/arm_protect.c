#include "cli/arm_protect.h"

#include <string.h>

#include "session/venue_keys.h"

struct listed { /* of the configuration, as the venue lists it */
    char symbol[OC_SYMBOL_MAX];
    const struct oc_instrument *known; /* NULL: it does not */
};

static bool market_at(struct settings *settings, struct venue_visit *visit, const char *venue, uint32_t i,
                      struct listed *ret_market)
{
    struct oc_data_info info;
    struct error ignored;
    if (venue_instrument(settings, venue, i, &info, &ignored) != OC_OK)
        return false;
    text_copy(ret_market->symbol, sizeof ret_market->symbol, info.symbol);
    ret_market->known = visit ? venue_visit_symbol(visit, info.symbol) : NULL;
    return true;
}

static void line(struct text *out, int columns, const char *name, const char *words)
{
    text_format(out, "  %-*s%s\n", columns - 2, name, words);
}

/* Where a symbol takes no stop at market its stop loss has a limit: the markets where it is so. */
static void put_limited(struct settings *settings, struct venue_visit *visit, const char *venue, int columns,
                        struct text *out)
{
    const uint64_t has_limit = (uint64_t)1 << OC_ORDER_STOP_LIMIT, at_market = (uint64_t)1 << OC_ORDER_STOP;
    const char *slip = venue_text(settings, venue, "stop_slip", "1%");
    struct listed market;
    for (uint32_t i = 0; market_at(settings, visit, venue, i, &market); i++) {
        if (!market.known || !(market.known->present & OC_INST_HAS_ORDERS) ||
            (market.known->orders & (has_limit | at_market)) != has_limit)
            continue;
        if (strcmp(slip, "none") == 0) {
            text_format(out, "  %-*s%s takes no stop at market: a stop loss is refused there (stop_slip = none)\n",
                        columns - 2, "", market.symbol);
            continue;
        }
        text_format(out, "  %-*s%s takes no stop at market: a stop loss has a limit %s beyond it; where the market\n",
                    columns - 2, "", market.symbol, slip);
        line(out, columns, "", "jumps over that it rests, and DOES NOT PROTECT");
    }
}

/* Whether some market is of the kind that locks what an order would sell. */
static bool has_spot(struct settings *settings, struct venue_visit *visit, const char *venue)
{
    struct listed market;
    for (uint32_t i = 0; market_at(settings, visit, venue, i, &market); i++)
        if (!market.known || market.known->kind == OC_KIND_SPOT)
            return true;
    return false;
}

void arm_put_protection(struct settings *settings, struct venue_visit *visit, const char *venue, int columns,
                        struct text *out)
{
    const char *protect = venue_text(settings, venue, "protect", "host"),
               *legs = venue_text(settings, venue, "legs", "order");
    const bool is_host = strcmp(protect, "host") == 0, lacks_stops = strcmp(legs, "target") == 0;
    text_format(out, "  %-*sprotect = %s: ", columns - 2, "protection", protect);
    if (is_host && lacks_stops) {
        text_put(out, "this venue takes no stops; the host holds them, and sends them at market:\n");
        line(out, columns, "", "NOTHING PROTECTS while this host is down");
    } else if (lacks_stops) {
        text_put(out, "this venue takes no stops; an entry with a stop is refused\n");
    } else if (strcmp(legs, "venue") == 0) {
        text_put(out, "stops and targets are set into the venue's position, and stand while this host is down\n");
    } else if (!has_spot(settings, visit, venue)) {
        text_put(out, strcmp(protect, "refuse") == 0
                          ? "an entry with both a stop and a target is refused\n"
                          : "stops and targets are orders at the venue; when one has traded, this\n");
        if (strcmp(protect, "refuse") != 0)
            line(out, columns, "", "host takes the other one back: while it is down, nobody does");
    } else if (is_host) {
        text_put(out, "a stop is an order at the venue, and stands while this host is down. The target\n");
        line(out, columns, "", "beside it is held by this host: when the market touches it the stop is taken back and");
        line(out, columns, "", "the target sent. While the host is down, the stop alone is there");
    } else {
        text_put(out, "an entry with both a stop and a target is refused: the venue cannot hold both\n");
    }
    if (!lacks_stops)
        put_limited(settings, visit, venue, columns, out);
}

void arm_put_currencies(struct settings *settings, const char *venue, struct text *out)
{
    char seen[8][OC_ASSET_MAX];
    uint32_t count = 0, known;
    struct listed market;
    for (uint32_t i = 0; market_at(settings, NULL, venue, i, &market) && count < 8; i++) {
        const char *quote = strchr(market.symbol, '/');
        if (!quote)
            continue;
        char name[OC_ASSET_MAX];
        text_copy(name, sizeof name, quote + 1);
        name[strcspn(name, ":")] = 0;
        for (known = 0; known < count && strcmp(seen[known], name) != 0;)
            known++;
        if (known < count)
            continue;
        text_copy(seen[count], sizeof seen[count], name);
        text_format(out, "%s%s", count++ ? " or " : "", name);
    }
    text_put(out, count > 1 ? ", as the market is paid in" : "");
}
