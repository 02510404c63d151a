/* rows.h: books whose levels are objects, sides mixed, [{"side":"bid","price":"50000.00","qty":"0.431"}, ...], as OC_EV_BOOK in pieces; and streams
 * whose messages are numbered over all that they carry. No ABI promise. All [io].
 *
 *   static const struct kit_rows rows = {.side = "side", .bid = "bid", .ask = "offer", .price = "price_level", .qty = "new_quantity",
 *                                        .skipped = "event_time"};
 *   return kit_hear_rows(&mine->kit, &rows, &mine->piece, &json, &scale, OC_BOOK_SNAPSHOT, at_ns);
 *
 * Invariants
 * - Levels as the venue writes them, members in the order side, skipped, price, qty and without blanks, are read once; any other means the same.
 * - A book of any size is told: in events of at most KIT_PIECE levels a side, of which all but the last have OC_EVF_MORE. */
#ifndef OUTCRY_KIT_ROWS_H
#define OUTCRY_KIT_ROWS_H

#include <outcry/kit/book.h>

enum { KIT_PIECE = 1000, KIT_NUMBERED_MAX = 32 };

struct kit_rows { /* words of the venue; static */
    const char *side, *bid, *ask, *skipped, *price, *qty;
};

struct kit_piece { /* room for what is being read */
    struct oc_level bids[KIT_PIECE], asks[KIT_PIECE];
};

/* Past `"name":"`, with what stands before it. NULL: it is something else. */
KIT_HOT const char *kit_rows_past(const char *at, const char *end, char before, const char *name)
{
    const size_t size = strlen(name);
    if (!at || (size_t)(end - at) < size + 6 || at[0] != before || at[1] != '"' || at[size + 2] != '"' ||
        at[size + 3] != ':' || at[size + 4] != '"' || memcmp(at + 2, name, size) != 0)
        return NULL;
    return at + size + 5;
}

/* Past a decimal and its quote. NULL: it is something else. */
KIT_HOT const char *kit_rows_units(const char *at, const char *end, struct oc_dec step, int64_t *ret_units)
{
    struct kit_json_text text;
    if (!at)
        return NULL;
    at = kit_json_decimal(at, end, &text);
    return text.is_plain == 1 && at < end && *at == '"' && kit_json_plain_units(text, step, ret_units) == OC_OK ? at + 1
                                                                                                                : NULL;
}

/* A level as the venue writes it. NULL: otherwise. */
KIT_HOT const char *kit_rows_quick(const char *at, const char *end, const struct kit_rows *rows,
                                   const struct oc_scale *scale, struct oc_level *level, int *ret_is_bid)
{
    const size_t bid = strlen(rows->bid), ask = strlen(rows->ask);
    at = kit_rows_past(at, end, '{', rows->side);
    if (!at || (size_t)(end - at) < bid + ask + 2)
        return NULL;
    *ret_is_bid = at[bid] == '"' && memcmp(at, rows->bid, bid) == 0;
    if (!*ret_is_bid && (at[ask] != '"' || memcmp(at, rows->ask, ask) != 0))
        return NULL;
    at += (*ret_is_bid ? bid : ask) + 1;
    at = kit_rows_past(at, end, ',', rows->skipped);
    if (at)
        at = kit_json_run(at, end) + 1;
    if (at >= end)
        return NULL;
    at = kit_rows_units(kit_rows_past(at, end, ',', rows->price), end, kit_price_step(scale), &level->price);
    at = kit_rows_units(at ? kit_rows_past(at, end, ',', rows->qty) : NULL, end, kit_qty_step(scale), &level->qty);
    return at && at < end && *at == '}' ? at + 1 : NULL;
}

/* The level that is due. 0: it is none. */
static inline int kit_rows_level(struct kit_json *json, const struct kit_rows *rows, const struct oc_scale *scale,
                                 struct oc_level *level, int *ret_is_bid)
{
    struct kit_json_text side, price, qty;
    const struct kit_member members[3] = {{rows->side, &side}, {rows->price, &price}, {rows->qty, &qty}};
    const char *behind = json->is_due ? kit_rows_quick(json->at, json->end, rows, scale, level, ret_is_bid) : NULL;
    if (behind) {
        json->at = behind;
        json->is_due = 0;
        return 1;
    }
    kit_json_none(&side);
    kit_json_none(&price);
    kit_json_none(&qty);
    if (!KIT_TAKE(json, members))
        return 0;
    *ret_is_bid = kit_json_is(side, rows->bid, strlen(rows->bid));
    return (*ret_is_bid || kit_json_is(side, rows->ask, strlen(rows->ask))) && kit_book_level(scale, price, qty, level);
}

static inline oc_rc kit_say_piece(const struct kit_codec *codec, const struct kit_piece *piece,
                                  const struct oc_ev_book *like, uint32_t bids, uint32_t asks, int more)
{
    oc_rc rc;
    const size_t size = sizeof *like + ((size_t)bids + asks) * sizeof(struct oc_level);
    struct oc_ev_book *out = (struct oc_ev_book *)kit_event(codec, size, OC_EV_BOOK, 0, &rc);
    if (!out)
        return rc;
    struct oc_level *levels = (struct oc_level *)(void *)(out + 1);
    memcpy(levels, piece->bids, bids * sizeof *levels);
    memcpy(levels + bids, piece->asks, asks * sizeof *levels);
    out->kind = like->kind;
    out->chain = OC_CHAIN_NONE;
    out->bids = bids;
    out->asks = asks;
    out->tail = sizeof *out;
    out->head.inst = like->head.inst;
    out->head.venue_ns = like->head.venue_ns;
    out->head.flags =
        (uint16_t)((more ? OC_EVF_MORE : OC_EVF_LAST) | (like->kind == OC_BOOK_SNAPSHOT ? OC_EVF_REPLAYED : 0));
    return kit_commit(codec, out);
}

/* The list that is due. OC_E_DATA: a level that is none. */
static inline oc_rc kit_hear_rows(const struct kit_codec *codec, const struct kit_rows *rows, struct kit_piece *piece,
                                  struct kit_json *json, const struct oc_scale *scale, uint32_t kind, int64_t at_ns)
{
    struct oc_ev_book like;
    struct oc_level level;
    uint32_t bids = 0, asks = 0;
    int is_bid;
    memset(&like, 0, sizeof like);
    like.kind = (uint16_t)kind;
    like.head.inst = scale->inst;
    like.head.venue_ns = at_ns;
    if (!kit_json_array(json))
        return OC_E_DATA;
    while (kit_json_item(json)) {
        if (bids == KIT_PIECE || asks == KIT_PIECE) {
            const oc_rc rc = kit_say_piece(codec, piece, &like, bids, asks, 1);
            if (rc < 0)
                return rc;
            bids = asks = 0;
        }
        if (!kit_rows_level(json, rows, scale, &level, &is_bid))
            return OC_E_DATA;
        *(is_bid ? &piece->bids[bids++] : &piece->asks[asks++]) = level;
    }
    return json->is_bad ? (oc_rc)OC_E_DATA : kit_say_piece(codec, piece, &like, bids, asks, 0);
}

/* ---- streams with numbers ---- */

struct kit_number {  /* of a connection */
    uint32_t stream; /* 0: this place is free */
    uint32_t is_begun;
    uint64_t next; /* that is due */
};

struct kit_numbers {
    struct kit_number of[KIT_NUMBERED_MAX];
};

/* Begun where it is new. NULL: there are too many. */
static inline struct kit_number *kit_number_of(struct kit_numbers *numbers, uint32_t stream)
{
    struct kit_number *room = NULL;
    for (int i = 0; i < KIT_NUMBERED_MAX; i++) {
        if (numbers->of[i].stream == stream)
            return &numbers->of[i];
        if (!numbers->of[i].stream)
            room = &numbers->of[i];
    }
    if (room) {
        memset(room, 0, sizeof *room);
        room->stream = stream;
    }
    return room;
}

/* What came up begins anew, what fell is forgotten. */
static inline void kit_number_stream(struct kit_number *number, const struct oc_stream *stream)
{
    memset(number, 0, sizeof *number);
    number->stream = stream->state == OC_STREAM_UP ? stream->stream : 0;
}

/* 1: it is due; 0: it was heard before, or (above it: the stream is failed then) some before it were not. */
static inline oc_rc kit_number_judge(const struct kit_codec *codec, const struct kit_number *number, uint64_t is)
{
    if (number->is_begun && is > number->next) {
        const oc_rc rc = codec->net->fail(codec->host, number->stream, OC_WHY_GAP);
        return rc < 0 ? rc : 0;
    }
    return !number->is_begun || is == number->next;
}

/* Behind the last step that can fail: the call may be made again. */
static inline void kit_number_heard(struct kit_number *number, uint64_t is)
{
    number->is_begun = 1;
    number->next = is + 1;
}

#endif
