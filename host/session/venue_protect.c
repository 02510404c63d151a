/* venue_protect.c: the keys of a venue that say what protects a position there, and how. */
#include <outcry/kit/text.h>
#include <string.h>

#include "session/venue_keys.h"

/* The venue says which orders it takes, and there is no stop among them. */
static bool lacks_stops(const struct oc_venue *described)
{
    for (uint32_t i = 0; i < described->order_count; i++)
        if (described->orders[i].type == OC_ORDER_STOP || described->orders[i].type == OC_ORDER_STOP_LIMIT)
            return false;
    return described->order_count > 0;
}

static oc_rc venue_close(struct settings *settings, const char *venue, const struct oc_venue *described,
                         uint32_t *ret_can, struct error *ret_error)
{
    const char *text = venue_text(settings, venue, "close", NULL);
    const bool is_offered = !described || (described->flags & OC_CAN_CLOSE), is_own = text && !strcmp(text, "venue");
    if (text && strcmp(text, "order") != 0 && (!is_own || !is_offered))
        return venue_key_wrong(settings, venue, "close", "order, or venue where the venue has a way of its own",
                               ret_error);
    if (text ? is_own : described && is_offered)
        *ret_can |= OC_CAN_CLOSE;
    return text || !described ? (oc_rc)OC_OK
                              : venue_key_describe(settings, venue, "close", is_offered ? "venue" : "order", ret_error);
}

oc_rc venue_own_way(struct settings *settings, const char *venue, const struct oc_venue *described, uint32_t *ret_can,
                    struct error *ret_error)
{
    const char *text = venue_text(settings, venue, "legs", NULL);
    const bool can = described && (described->flags & OC_CAN_PROTECT), lacks = described && lacks_stops(described);
    const bool fits = !text || (strcmp(text, "venue") == 0    ? can || !described
                                : strcmp(text, "target") == 0 ? lacks || !described
                                                              : strcmp(text, "order") == 0 && !lacks);
    *ret_can = 0;
    if (!fits)
        return venue_key_wrong(
            settings, venue, "legs",
            lacks ? (can ? "venue, or target: this venue takes no stops" : "target: this venue takes no stops")
                  : "order, or venue where the venue has a way of its own",
            ret_error);
    if (!text && described) {
        text = can ? "venue" : lacks ? "target" : "order";
        const oc_rc rc = venue_key_describe(settings, venue, "legs", text, ret_error);
        if (rc < 0)
            return rc;
    }
    if (text && strcmp(text, "venue") == 0)
        *ret_can |= OC_CAN_PROTECT;
    return venue_close(settings, venue, described, ret_can, ret_error);
}

oc_rc venue_protect(struct settings *settings, const char *venue, const struct oc_venue *described,
                    struct venue_protection *ret_protection, struct error *ret_error)
{
    static const char *const words[] = {[ENGINE_PROTECT_ORDERS] = "",
                                        [ENGINE_PROTECT_NATIVE] = "native",
                                        [ENGINE_PROTECT_HOST] = "host",
                                        [ENGINE_PROTECT_REFUSE] = "refuse"};
    const char *text = venue_text(settings, venue, "protect", NULL);
    uint32_t protect = ENGINE_PROTECT_ORDERS;
    if (!text && described) {
        const oc_rc rc = venue_key_describe(settings, venue, "protect", words[ENGINE_PROTECT_HOST], ret_error);
        if (rc < 0)
            return rc;
        text = words[ENGINE_PROTECT_HOST];
    }
    while (text && protect <= ENGINE_PROTECT_REFUSE && strcmp(text, words[protect]) != 0)
        protect++;
    if (text && (!*text || protect > ENGINE_PROTECT_REFUSE))
        return venue_key_wrong(settings, venue, "protect",
                               "native, host or refuse; whether stop loss and take profit are orders of their own is "
                               "venue.NAME.legs",
                               ret_error);
    *ret_protection = (struct venue_protection){
        .protect = protect, .lacks_stops = strcmp(venue_text(settings, venue, "legs", ""), "target") == 0};
    return OC_OK;
}

oc_rc venue_stop_slip(struct settings *settings, const char *venue, const struct oc_venue *described, uint32_t *ret_ppm,
                      struct error *ret_error)
{
    struct oc_dec part = {0, 0, 0}, ppm;
    bool is_offered = false;
    for (uint32_t i = 0; described && i < described->order_count; i++)
        is_offered |= described->orders[i].type == OC_ORDER_STOP_LIMIT;
    const char *text = venue_text(settings, venue, "stop_slip", NULL);
    *ret_ppm = 0;
    if (!text && is_offered) {
        const oc_rc rc = venue_key_describe(settings, venue, "stop_slip", "1%", ret_error);
        if (rc < 0)
            return rc;
        text = "1%";
    }
    if (!text || strcmp(text, "none") == 0)
        return OC_OK;
    const struct oc_dec million = {1000000, 0, 0}, least = {1, 4, 0}, most = {5, 1, 0};
    if (!strchr(text, '%') || kit_read_dec(text, &part) < 0 || oc_dec_compare(part, least) < 0 ||
        oc_dec_compare(part, most) > 0 || oc_dec_mul(part, million, &ppm) < 0)
        return venue_key_wrong(settings, venue, "stop_slip", "0.01% to 50%, or none", ret_error);
    for (*ret_ppm = (uint32_t)ppm.units; ppm.scale > 0; ppm.scale--)
        *ret_ppm /= 10;
    return OC_OK;
}

/* The stops that the venue takes and does not change. */
static uint32_t fixed_stops(const struct oc_venue *described)
{
    uint32_t fixed = 0;
    for (uint32_t i = 0; i < described->order_count; i++) {
        const struct oc_order_kind *kind = &described->orders[i];
        if ((kind->type == OC_ORDER_STOP || kind->type == OC_ORDER_STOP_LIMIT) && !(kind->amends & OC_AMEND_STOP))
            fixed |= 1u << kind->type;
    }
    return fixed;
}

oc_rc venue_move_stops(struct settings *settings, const char *venue, const struct oc_venue *described,
                       uint32_t *ret_fixed, struct error *ret_error)
{
    static const struct {
        const char *word;
        uint32_t fixed;
    } words[] = {{"amend", 0},
                 {"amend_limits", 1u << OC_ORDER_STOP},
                 {"amend_markets", 1u << OC_ORDER_STOP_LIMIT},
                 {"anew", 1u << OC_ORDER_STOP | 1u << OC_ORDER_STOP_LIMIT}};
    const char *text = venue_text(settings, venue, "move_stops", NULL);
    const uint32_t fixed = described ? fixed_stops(described) : 0;
    size_t i = 0;
    *ret_fixed = 0;
    if (!text && !described)
        return OC_OK;
    while (i < 4 && (text ? strcmp(text, words[i].word) != 0 : words[i].fixed != fixed))
        i++;
    if (i == 4 || (fixed & ~words[i].fixed))
        return venue_key_wrong(settings, venue, "move_stops",
                               "anew, or amend, amend_limits or amend_markets as far as the venue changes stops",
                               ret_error);
    *ret_fixed = words[i].fixed;
    return text ? (oc_rc)OC_OK : venue_key_describe(settings, venue, "move_stops", words[i].word, ret_error);
}
