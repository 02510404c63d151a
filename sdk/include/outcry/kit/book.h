/* book.h: the two sides of a book as venues write them, [["50000.00","0.431"], ...], as OC_EV_BOOK. No ABI promise. All [io].
 *
 *   struct kit_levels bids, asks;
 *   while (kit_json_key(&json, &key))
 *       if (KIT_JSON_IS(key, "bids"))
 *           kit_book_take(&json, scale, &bids);
 *       else if (KIT_JSON_IS(key, "asks"))
 *           kit_book_take(&json, scale, &asks);
 *   if (!kit_json_end(&json))
 *       return OC_E_DATA;
 *   return kit_say_book(&codec, &(struct kit_book){.scale = scale, .bids = &bids, .asks = &asks, .kind = OC_BOOK_SNAPSHOT});
 *
 * Invariants: a side whose instrument is known by then, and which has no more than KIT_LEVELS_QUICK levels, is read once. Any other is, too, and
 * means the same. */
#ifndef OUTCRY_KIT_BOOK_H
#define OUTCRY_KIT_BOOK_H

#include <outcry/kit/codec.h>

enum { KIT_LEVELS_QUICK = 128 };

/* A side of a message: read level by level where it stands, or kept as its text. */
struct kit_levels {
    struct kit_json_text text; /* a list of [price, quantity, ...]; kind NONE: the levels below, or none */
    uint32_t count;
    uint32_t zero;
    struct oc_level of[KIT_LEVELS_QUICK];
};

struct kit_book {
    const struct oc_scale *scale;
    const struct kit_levels *bids, *asks; /* NULL: none */
    uint64_t first, last;                 /* the venue's numbers */
    uint32_t kind;                        /* OC_BOOK_... */
    uint32_t chain;                       /* OC_CHAIN_... */
    int64_t at_ns;                        /* the venue's time, 0 not said */
};

/* A quantity that rests from when the steps were finer counts as the whole steps in it: without it the book would have a gap for ever. */
KIT_HOT int kit_book_level(const struct oc_scale *scale, struct kit_json_text price, struct kit_json_text qty,
                           struct oc_level *ret_level)
{
    return kit_scale_price(scale, price, &ret_level->price) == OC_OK &&
           (kit_scale_qty(scale, qty, &ret_level->qty) == OC_OK ||
            kit_whole_steps(qty, kit_qty_step(scale), 0, &ret_level->qty) == OC_OK);
}

/* ["50000.00","0.431"] as venues write it. NULL: otherwise, or not to be read. */
KIT_HOT const char *kit_book_pair(const char *at, const char *end, const struct oc_scale *scale,
                                  struct oc_level *ret_level)
{
    struct kit_json_text price, qty;
    if (end - at < 8 || at[0] != '[' || at[1] != '"')
        return NULL;
    at = kit_json_decimal(at + 2, end, &price);
    if (!price.is_plain || end - at < 5 || at[0] != '"' || at[1] != ',' || at[2] != '"')
        return NULL;
    at = kit_json_decimal(at + 3, end, &qty);
    if (!qty.is_plain || end - at < 3 || at[0] != '"' || at[1] != ']')
        return NULL;
    return kit_json_plain_units(price, kit_price_step(scale), &ret_level->price) == OC_OK &&
                   kit_json_plain_units(qty, kit_qty_step(scale), &ret_level->qty) == OC_OK
               ? at + 2
               : NULL;
}

/* The side that is due. `scale` NULL: its instrument is not known yet. */
static inline void kit_book_take(struct kit_json *json, const struct oc_scale *scale, struct kit_levels *side)
{
    const char *at = json->at + 1, *end = json->end;
    memset(&side->text, 0, sizeof side->text);
    side->count = 0;
    if (scale && json->is_due && end - at > 1 && at[-1] == '[') {
        while (at && side->count < KIT_LEVELS_QUICK) {
            at = kit_book_pair(at, end, scale, &side->of[side->count]);
            side->count += at != NULL;
            if (!at || *at != ',')
                break;
            at++;
        }
        if (at && at[-1] == ']' && *at == ']') {
            json->at = at + 1;
            json->is_due = 0;
            return;
        }
        side->count = 0;
    }
    side->text = kit_json_value(json);
}

/* A side whose levels are objects, [{"price":"1.08601","liquidity":1000000}, ...], the best first. Those that cannot be read are counted, and the
 * rest stands. */
static inline void kit_book_objects(const struct kit_codec *codec, struct kit_json_text list, const char *price,
                                    const char *qty, const struct oc_scale *scale, struct kit_levels *side)
{
    struct kit_json json = kit_json_begin(list.at, list.size);
    side->count = 0;
    kit_json_none(&side->text);
    if (!list.size || !kit_json_array(&json))
        return;
    while (side->count < KIT_LEVELS_QUICK && kit_json_item(&json)) {
        struct kit_json_text of[2];
        struct kit_member members[2];
        memset(of, 0, sizeof of);
        members[0].name = price;
        members[0].to = &of[0];
        members[1].name = qty;
        members[1].to = &of[1];
        if (KIT_TAKE(&json, members) && kit_book_level(scale, of[0], of[1], &side->of[side->count]))
            side->count++;
        else
            (void)kit_skip(codec, "level", of[0]);
    }
}

/* At most so many levels stand in the side. */
static inline uint32_t kit_book_most(const struct kit_levels *side)
{
    uint32_t count = 0;
    if (!side || side->text.kind == KIT_JSON_NONE)
        return side ? side->count : 0;
    for (uint32_t i = 1; i < side->text.size; i++)
        count += side->text.at[i] == '[';
    return count;
}

/* Those of a side; 0: it is none. */
static inline int kit_book_levels(const struct kit_levels *side, const struct oc_scale *scale, struct oc_level *levels,
                                  uint32_t most, uint32_t *ret_count)
{
    uint32_t at = 0;
    *ret_count = side ? side->count : 0;
    if (!side || side->text.kind == KIT_JSON_NONE) {
        if (*ret_count)
            memcpy(levels, side->of, *ret_count * sizeof *levels);
        return 1;
    }
    struct kit_json json = kit_json_into(side->text);
    if (!kit_json_array(&json))
        return 0;
    for (; kit_json_item(&json); at++) {
        struct kit_json_text words[2];
        if (at == most)
            return 0;
        const char *behind = kit_book_pair(json.at, json.end, scale, &levels[at]);
        if (behind) {
            json.at = behind;
            json.is_due = 0;
            continue;
        }
        memset(words, 0, sizeof words);
        if (!kit_json_array(&json))
            return 0;
        for (int i = 0; kit_json_item(&json); i++) {
            const struct kit_json_text value = kit_json_value(&json);
            if (i < 2)
                words[i] = value;
        }
        if (!kit_book_level(scale, words[0], words[1], &levels[at]))
            return 0;
    }
    *ret_count = at;
    return kit_json_end(&json);
}

/* The best of each side, as a quote: of sides that were read level by level. */
static inline oc_rc kit_say_best(const struct kit_codec *codec, const struct kit_book *book)
{
    const struct oc_level *bid = book->bids->count ? &book->bids->of[0] : NULL;
    const struct oc_level *ask = book->asks->count ? &book->asks->of[0] : NULL;
    oc_rc rc;
    struct oc_ev_quote *out = KIT_EVENT(codec, oc_ev_quote, OC_EV_QUOTE, 0, &rc);
    if (!out)
        return rc;
    out->head.inst = book->scale->inst;
    out->head.venue_ns = book->at_ns;
    out->head.flags = OC_EVF_LAST;
    out->bid = bid ? bid->price : 0;
    out->bid_qty = bid ? bid->qty : 0;
    out->ask = ask ? ask->price : 0;
    out->ask_qty = ask ? ask->qty : 0;
    out->present = (bid ? OC_HAS_BID | OC_HAS_BID_QTY : 0u) | (ask ? OC_HAS_ASK | OC_HAS_ASK_QTY : 0u);
    return kit_commit(codec, out);
}

/* OC_E_DATA: a level that is none. OC_E_RANGE: more levels than one event holds. */
static inline oc_rc kit_say_book(const struct kit_codec *codec, const struct kit_book *book)
{
    const uint32_t most_bids = kit_book_most(book->bids), most_asks = kit_book_most(book->asks);
    uint32_t bids, asks;
    oc_rc rc;
    struct oc_ev_book *out = (struct oc_ev_book *)kit_event(
        codec, sizeof *out + ((size_t)most_bids + most_asks) * sizeof(struct oc_level), OC_EV_BOOK, 0, &rc);
    if (!out)
        return rc;
    struct oc_level *levels = (struct oc_level *)(void *)(out + 1);
    if (!kit_book_levels(book->bids, book->scale, levels, most_bids, &bids) ||
        !kit_book_levels(book->asks, book->scale, levels + bids, most_asks, &asks))
        return OC_E_DATA;
    out->head.size = (uint32_t)(sizeof *out + ((size_t)bids + asks) * sizeof *levels);
    out->first_seq = book->first;
    out->last_seq = book->last;
    out->kind = (uint16_t)book->kind;
    out->chain = (uint16_t)book->chain;
    out->bids = bids;
    out->asks = asks;
    out->tail = sizeof *out;
    out->head.inst = book->scale->inst;
    out->head.flags = (uint16_t)(OC_EVF_LAST | (book->kind == OC_BOOK_SNAPSHOT ? OC_EVF_REPLAYED : 0));
    out->head.venue_ns = book->at_ns;
    return kit_commit(codec, out);
}

/* How a venue writes a book; static. Names of its members; NULL: it has none such. */
struct kit_book_form {
    const char *symbol; /* NULL: the instrument is known otherwise */
    const char *time;   /* in milliseconds */
    const char *first;  /* number of the first change in it; NULL: of the last */
    const char *last;
    const char *bids, *asks;
    const char *unknown; /* what one of a symbol that nobody has named is counted as */
    uint32_t kind;       /* OC_BOOK_... */
    uint32_t chain;      /* OC_CHAIN_... */
};

KIT_HOT int kit_book_is(struct kit_json_text key, const char *name)
{
    return name && key.size == strlen(name) && key.at[0] == name[0] &&
           (key.size == 1 || memcmp(key.at, name, key.size) == 0);
}

/* The object that is due, as a book. scale->inst 0: by its symbol. */
KIT_HOT oc_rc kit_hear_book(const struct kit_codec *codec, struct kit_json json, const struct kit_book_form *form,
                            struct oc_scale *scale)
{
    struct kit_levels bids, asks;
    struct kit_book book;
    struct kit_json_text key, symbol, first, last;
    kit_json_none(&first);
    kit_json_none(&last);
    memset(&book, 0, sizeof book);
    book.scale = scale;
    book.kind = form->kind;
    book.chain = form->chain;
    if (!kit_json_object(&json))
        return OC_E_DATA;
    while (kit_json_key(&json, &key)) {
        if (kit_book_is(key, form->symbol)) {
            symbol = kit_json_value(&json);
            if (kit_symbol(codec, symbol, scale) < 0)
                return kit_skip(codec, form->unknown, symbol);
        } else if (kit_book_is(key, form->time)) {
            book.at_ns = kit_json_ms(kit_json_value(&json));
        } else if (kit_book_is(key, form->first)) {
            first = kit_json_value(&json);
        } else if (kit_book_is(key, form->last)) {
            last = kit_json_value(&json);
        } else if (kit_book_is(key, form->bids)) {
            kit_book_take(&json, scale->inst ? scale : NULL, &bids);
            book.bids = &bids;
        } else if (kit_book_is(key, form->asks)) {
            kit_book_take(&json, scale->inst ? scale : NULL, &asks);
            book.asks = &asks;
        }
    }
    if (!kit_json_end(&json) || !scale->inst || kit_json_u64(last, &book.last) < 0 ||
        kit_json_u64(form->first ? first : last, &book.first) < 0)
        return OC_E_DATA;
    return kit_say_book(codec, &book);
}

#endif
