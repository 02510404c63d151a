/* listed.h: fills of a venue whose list does not say our names of their orders. A fill of which nobody knows the order would be a
 * stranger's: so a page is held until the orders of its ids have been asked for, behind it, and whatever has traded by then is named.
 * No ABI promise.
 *
 * Invariants
 * - Pages go up by the number of the trade; a cursor is the number behind the last that was said. The first question of a session has none,
 *   and no time either: it says where news begin, and no fill.
 * - Where the list of orders ended too soon, fills are said as far as it goes, and the rest is asked for again. All [io]. */
#ifndef OUTCRY_KIT_LISTED_H
#define OUTCRY_KIT_LISTED_H

#include <outcry/kit/fields.h>
#include <outcry/kit/held.h>
#include <outcry/kit/query.h>

enum { KIT_NAMES_MAX = 1000 };

struct kit_fill_row {
    struct kit_row row;
    uint64_t id, order;
};

/* A price between two steps is booked by the money that it came to. OC_E_DATA: neither can be read, or nobody knows what the fee was paid in. */
static inline oc_rc kit_fill_price(struct oc_ev_venue_fill *out, const struct oc_scale *scale,
                                   struct kit_json_text price, struct kit_json_text value)
{
    struct oc_dec said;
    if (out->fill.price > 0)
        memset(&out->value, 0, sizeof out->value);
    else if (kit_json_dec(price, &said) < 0 || kit_nearest_price(scale, said, &out->fill.price) < 0 || !value.size)
        return OC_E_DATA;
    else
        out->present |= OC_FILL_VALUE;
    return out->fill.fee.units && !out->fill.fee_asset ? OC_E_DATA : OC_OK;
}

/* Price and quantity of a fill: between two steps, or (is_money) counted in money, it is booked by the money that it came to; of that the quantity is
 * the nearest step. 0: they cannot be read. */
static inline int kit_fill_amounts(struct oc_ev_venue_fill *out, const struct oc_scale *scale,
                                   struct kit_json_text price_text, struct kit_json_text size_text, int is_money)
{
    struct oc_dec price, size;
    kit_i128 money, one;
    if (!is_money && out->fill.price > 0 && out->fill.qty > 0)
        return 1;
    if (kit_json_dec(price_text, &price) < 0 || kit_json_dec(size_text, &size) < 0 || price.units <= 0 ||
        size.units <= 0 || kit_nearest_price(scale, price, &out->fill.price) < 0 || out->fill.price <= 0)
        return 0;
    out->present |= OC_FILL_VALUE;
    if (!is_money)
        return out->fill.qty > 0 && oc_dec_mul(price, size, &out->value) == OC_OK;
    out->value = size;
    if (oc_dec_mul(price, kit_qty_step(scale), &price) < 0)
        return 0;
    kit_dec_align(size, price, &money, &one);
    const kit_i128 units = one > 0 ? (money + one / 2) / one : 0;
    out->fill.qty = units > 0 && units <= INT64_MAX ? (int64_t)units : 0;
    return out->fill.qty > 0;
}

/* A fill is taken back, or (is_correction) counts as it says from now on; `id` of that itself. */
static inline oc_rc kit_say_bust(const struct kit_codec *codec, const struct oc_ev_venue_fill *fill,
                                 struct kit_json_text id, int is_correction, uint32_t inst, uint32_t source)
{
    const struct oc_ev_venue_fill is = *fill; /* its own room is let go of */
    oc_rc rc;
    struct oc_ev_bust *out = KIT_EVENT(codec, oc_ev_bust, OC_EV_BUST, source, &rc);
    if (!out)
        return rc;
    if (kit_id(id, &out->bust) < 0 || !out->bust.size)
        return OC_E_DATA;
    out->head.inst = inst;
    out->head.venue_ns = is.fill.head.venue_ns;
    out->head.flags = OC_EVF_REPLAYED;
    out->new_price = is_correction ? is.fill.price : 0;
    out->new_qty = is_correction ? is.fill.qty : 0;
    if (is_correction)
        out->new_fee = is.fill.fee;
    out->trade_id_size = is.fill.trade_id_size;
    memcpy(out->trade_id, is.fill.trade_id, sizeof out->trade_id);
    out->venue_order = is.venue_order;
    return kit_commit(codec, out);
}

struct kit_listed {     /* how the venue does it; static */
    uint32_t fills_max; /* rows of a full page */
    uint32_t names_max; /* orders of a full list, at most KIT_NAMES_MAX */
    const char *order;  /* members of an order in the list: its number, and our name of it */
    const char *client;
    /* The row that is due. 0: it is none. */
    int (*take)(struct kit_json *json, struct kit_fill_row *fill);
    oc_rc (*say)(void *self, struct kit_fill_row *fill, const struct oc_fetch *ask, struct kit_json_text client,
                 uint32_t source);
    /* Asks for orders from this number on, under the token of the answer. */
    oc_rc (*ask_names)(void *self, const struct oc_response *in, uint64_t first);
};

struct kit_named {
    uint64_t order;
    struct kit_json_text client;
};

static inline oc_rc kit_listed_read(const struct kit_listed *listed, struct kit_json json, struct kit_named *names,
                                    uint32_t *ret_count)
{
    uint32_t count = 0;
    if (!kit_json_array(&json))
        return OC_E_DATA;
    while (kit_json_item(&json)) {
        struct kit_json_text id, client;
        struct kit_member members[2];
        memset(&id, 0, sizeof id);
        memset(&client, 0, sizeof client);
        members[0].name = listed->order;
        members[0].to = &id;
        members[1].name = listed->client;
        members[1].to = &client;
        if (!KIT_TAKE(&json, members) || count == listed->names_max || count == KIT_NAMES_MAX ||
            kit_json_u64(id, &names[count].order) < 0)
            return OC_E_DATA;
        names[count++].client = client;
    }
    *ret_count = count;
    return kit_json_end(&json) ? OC_OK : OC_E_DATA;
}

static inline oc_rc kit_listed_say(const struct kit_codec *codec, const struct kit_listed *listed, void *self,
                                   const struct oc_response *in, uint32_t source, struct kit_json json,
                                   const struct kit_named *names, uint32_t count)
{
    const int is_full = count == listed->names_max;
    const int is_first = !in->fetch->order && !in->fetch->from_ns && !in->fetch->cursor.size;
    struct kit_json_text nobody;
    struct kit_fill_row fill;
    uint32_t said = 0, rows = 0;
    uint64_t next = 0;
    int is_cut = 0;
    memset(&nobody, 0, sizeof nobody);
    (void)kit_cursor(in->fetch, &next);
    if (!kit_json_array(&json))
        return OC_E_DATA;
    for (; !is_cut && kit_json_item(&json); rows += !is_cut) {
        uint32_t at = 0;
        if (!listed->take(&json, &fill))
            return OC_E_DATA;
        while (at < count && names[at].order != fill.order)
            at++;
        is_cut = is_full && at == count && rows > 0 && fill.order > names[count - 1].order;
        next = is_cut ? next : fill.id + 1;
        if (is_cut || is_first)
            continue;
        const oc_rc rc = listed->say(self, &fill, in->fetch, at < count ? names[at].client : nobody, source);
        if (rc < 0)
            return rc;
        said++;
    }
    if (!is_cut && !kit_json_end(&json))
        return OC_E_DATA;
    const int more = is_cut || (!is_first && rows == listed->fills_max);
    return kit_fetched(codec, in->fetch, source, OC_OK, said, (uint32_t)more, &next, sizeof next);
}

/* An answer with a page of fills: of one order, whose name the host knows; else held until its orders have come. */
static inline oc_rc kit_listed_fills(const struct kit_codec *codec, struct kit_held *held,
                                     const struct kit_listed *listed, void *self, const struct oc_response *in,
                                     uint32_t source)
{
    const struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json rows = json;
    struct kit_fill_row fill;
    uint64_t first = UINT64_MAX;
    if (!kit_json_array(&rows))
        return OC_E_DATA;
    while (kit_json_item(&rows)) {
        if (!listed->take(&rows, &fill))
            return OC_E_DATA;
        first = fill.order < first ? fill.order : first;
    }
    if (!kit_json_end(&rows))
        return OC_E_DATA;
    if (first == UINT64_MAX || in->fetch->order || (!in->fetch->from_ns && !in->fetch->cursor.size))
        return kit_listed_say(codec, listed, self, in, source, json, NULL, 0);
    const oc_rc rc = listed->ask_names(self, in, first);
    if (rc ==
        OC_E_AGAIN) /* no room, or shut: held back, this page would keep all that comes behind it from being heard */
        return kit_fetched(codec, in->fetch, source, OC_E_AGAIN, 0, 0, NULL, 0);
    return rc < 0 ? rc : kit_held_put(held, in);
}

/* An answer with the orders: what was held is said with their names. */
static inline oc_rc kit_listed_names(const struct kit_codec *codec, struct kit_held *held,
                                     const struct kit_listed *listed, void *self, const struct oc_response *in,
                                     uint32_t source)
{
    struct kit_named names[KIT_NAMES_MAX];
    uint32_t count = 0;
    struct kit_held_one *page = kit_held_of(held, in->token);
    if (!page)
        return kit_fetched(codec, in->fetch, source, OC_E_IO, 0, 0, NULL, 0);
    oc_rc rc = kit_listed_read(listed, kit_json_begin(in->body, in->body_size), names, &count);
    if (rc >= 0)
        rc = kit_listed_say(codec, listed, self, in, source, kit_json_begin(page->body, page->size), names, count);
    if (rc != OC_E_FULL && rc != OC_E_AGAIN)
        kit_held_drop(page);
    return rc;
}

#endif
