/* book.h: the two sides of a book as venues write them, [["50000.00","0.431"], ...], as OC_EV_BOOK. No ABI promise. All [io]. */
#ifndef OUTCRY_KIT_BOOK_H
#define OUTCRY_KIT_BOOK_H

#include <outcry/kit/codec.h>

struct kit_book {
    const struct oc_scale *scale;
    struct kit_json_text bids, asks; /* lists of [price, quantity, ...]; size 0: none */
    uint64_t first, last;            /* the venue's numbers */
    uint32_t kind;                   /* OC_BOOK_... */
    uint32_t chain;                  /* OC_CHAIN_... */
    int64_t at_ns;                   /* the venue's time, 0 not said */
};

static inline uint32_t kit_book_count(struct kit_json_text side)
{
    struct kit_json json = kit_json_into(side);
    uint32_t count = 0;
    if (kit_json_array(&json))
        while (kit_json_item(&json))
            count++;
    return count;
}

/* A quantity that rests from when the steps were finer counts as the whole steps in it: without it the book would have a gap for ever. */
static inline int kit_book_levels(struct kit_json_text side, const struct oc_scale *scale, struct oc_level *levels,
                                  uint32_t count)
{
    struct kit_json json = kit_json_into(side);
    uint32_t at = 0;
    if (!side.size)
        return count == 0;
    if (!kit_json_array(&json))
        return 0;
    for (; kit_json_item(&json) && at < count; at++) {
        struct kit_json_text words[2];
        memset(words, 0, sizeof words);
        if (!kit_json_array(&json))
            return 0;
        for (int i = 0; kit_json_item(&json); i++) {
            const struct kit_json_text value = kit_json_value(&json);
            if (i < 2)
                words[i] = value;
        }
        if (kit_scale_price(scale, words[0], &levels[at].price) < 0 ||
            (kit_scale_qty(scale, words[1], &levels[at].qty) < 0 &&
             kit_whole_steps(words[1], kit_qty_step(scale), 0, &levels[at].qty) < 0))
            return 0;
    }
    return at == count && kit_json_end(&json);
}

/* OC_E_DATA: a level that is none. OC_E_RANGE: more levels than one event holds. */
static inline oc_rc kit_say_book(const struct kit_codec *codec, const struct kit_book *book)
{
    const uint32_t bids = kit_book_count(book->bids), asks = kit_book_count(book->asks);
    oc_rc rc;
    struct oc_ev_book *out = (struct oc_ev_book *)kit_event(
        codec, sizeof *out + ((size_t)bids + asks) * sizeof(struct oc_level), OC_EV_BOOK, 0, &rc);
    if (!out)
        return rc;
    struct oc_level *levels = (struct oc_level *)(void *)(out + 1);
    if (!kit_book_levels(book->bids, book->scale, levels, bids) ||
        !kit_book_levels(book->asks, book->scale, levels + bids, asks))
        return OC_E_DATA;
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

#endif
