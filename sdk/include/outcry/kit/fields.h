/* fields.h: an object of JSON into an event or another struct, by a table: which member, what it is, where it goes. No ABI promise.
 *
 *   #define AT(member) offsetof(struct oc_ev_trade, member)
 *   static const struct kit_field fields[] = {
 *       KIT_FIELD("symbol", KIT_IS_SYMBOL, 0, 0, 0),
 *       KIT_FIELD("price", KIT_IS_PRICE, KIT_MUST, AT(price), 0),
 *       KIT_FIELD("size", KIT_IS_QTY, 0, AT(qty), OC_HAS_QTY),
 *       KIT_FIELD_WORDS("side", KIT_IS_WORD32, AT(taker_side), sides)};
 *   static const struct kit_shape trade = KIT_SHAPE("trade.symbol", OC_EV_TRADE, oc_ev_trade, present, fields);
 *
 *   struct kit_row row;
 *   if (!KIT_ROW(&json, fields, &row))
 *       return OC_E_DATA;
 *   struct oc_ev_trade *out = kit_row_event(&codec, &trade, &row, source, &rc);
 *   return out ? kit_commit(&codec, out) : rc;
 *
 * Invariants
 * - A table in the order in which the venue writes its members is read the quickest; any order is right.
 * - A member that is not there, or is null, leaves its place as it was and sets no bit. So does one that cannot be read, unless its
 *   flags say otherwise: a price off the grid of an order that somebody else placed is no reason to lose the order.
 * - Nothing is kept between two calls; values point into the message. All [io]. */
#ifndef OUTCRY_KIT_FIELDS_H
#define OUTCRY_KIT_FIELDS_H

#include <outcry/kit/codec.h>
#include <stddef.h>

enum { KIT_FIELDS_MAX = 32 };

enum {                    /* kit_field.is: what stands there, and what it becomes */
       KIT_IS_NONE = 0,   /* taken into the row alone, for the codec to look at */
       KIT_IS_SYMBOL = 1, /* the venue's name of the instrument: head.inst of an event, and the scale of the row */
       KIT_IS_PRICE = 2,  /* int64_t: units by the scale */
       KIT_IS_QTY = 3,    /* int64_t: units by the scale */
       KIT_IS_DEC = 4,    /* struct oc_dec */
       KIT_IS_U64 = 5,    /* uint64_t */
       KIT_IS_U32 = 6,    /* uint32_t; more is not read */
       KIT_IS_MS = 7,     /* int64_t ns, of whole milliseconds since 1970 */
       KIT_IS_TIME =
           8, /* int64_t ns, of "2026-01-01T00:00:01.2Z"; of "2026-01-01 00:00:01", which does not say that it is UTC */
       KIT_IS_ID = 9,        /* struct oc_id */
       KIT_IS_TRADE_ID = 10, /* trade_id and trade_id_size of a struct oc_ev_fill that begins at `at` */
       KIT_IS_ASSET = 11,    /* uint32_t, interned */
       KIT_IS_WORD8 = 12,    /* uint8_t by the field's words; a word that is in none of them is not read */
       KIT_IS_WORD32 = 13,   /* uint32_t by the same */
       KIT_IS_BITS = 14,     /* uint32_t, into which is set what the word means */
       KIT_IS_WORD16 = 15    /* uint16_t by words */
};

enum {                         /* kit_field.flags */
       KIT_MUST = 1u << 0,     /* the object is not sound without it */
       KIT_SOUND = 1u << 1,    /* where it is there, it must be readable */
       KIT_NOT_ZERO = 1u << 2, /* a number of zero or less says nothing: "price":"0.00" of an order at market */
       KIT_UP = 1u << 3,       /* PRICE, QTY: between two steps the one above, as for a least one */
       KIT_DOWN = 1u << 4,     /* the one below, as for a most */
       KIT_SIGNLESS =
           1u << 5 /* DEC: one below zero says nothing, as where a venue writes -1 for what it does not know any more */
};

struct kit_field {
    const char *name;
    const char *other; /* as it is called elsewhere: in streams, where a letter stands for each; "": nowhere */
    uint8_t name_size; /* both 0: the same member as the field before */
    uint8_t other_size;
    uint8_t is;    /* KIT_IS_... */
    uint8_t flags; /* KIT_MUST ... */
    uint32_t at;   /* offset in the struct */
    uint32_t bit;  /* set in its `present` where it was read */
    uint32_t word_count;
    const struct kit_word *words;
};

#define KIT_FIELD_OF(name, other, is, flags, at, bit, words, count)                                                    \
    {                                                                                                                  \
        name, other, sizeof(name) - 1, sizeof(other) - 1, is, flags, (uint32_t)(at), bit, (uint32_t)(count), words     \
    }
#define KIT_BOTH(name, other, is, flags, at, bit) KIT_FIELD_OF(name, other, is, flags, at, bit, NULL, 0)
#define KIT_BOTH_WORDS(name, other, is, at, words)                                                                     \
    KIT_FIELD_OF(name, other, is, 0, at, 0, words, sizeof(words) / sizeof *(words))
#define KIT_FIELD(name, is, flags, at, bit)  KIT_BOTH(name, "", is, flags, at, bit)
#define KIT_FIELD_WORDS(name, is, at, words) KIT_BOTH_WORDS(name, "", is, at, words)
/* Another place of the same member. */
#define KIT_ALSO(is, flags, at, bit)  KIT_BOTH("", "", is, flags, at, bit)
#define KIT_ALSO_WORDS(is, at, words) KIT_BOTH_WORDS("", "", is, at, words)
/* Looked at by the codec alone. */
#define KIT_SEEN(name) KIT_FIELD(name, KIT_IS_NONE, 0, 0, 0)

/* A table, and the event that it makes. */
struct kit_shape {
    const char *unknown; /* what an object is counted as whose symbol nobody has named: "trade.symbol" */
    const struct kit_field *fields;
    uint32_t count;
    uint32_t size;       /* of the event */
    uint32_t present_at; /* offset of its `present` */
    uint16_t type;       /* OC_EV_... */
};

#define KIT_SHAPE(unknown, type, name, present, fields)                                                                \
    {                                                                                                                  \
        unknown, fields, sizeof(fields) / sizeof *(fields), sizeof(struct name),                                       \
            (uint32_t)offsetof(struct name, present), type                                                             \
    }

struct kit_row {           /* an object: its values by the place of their field, borrowed from the message */
    struct oc_scale scale; /* inst 0: by the row's symbol */
    struct kit_json_text of[KIT_FIELDS_MAX];
};

KIT_HOT int kit_field_is_number(const struct kit_field *field)
{
    return field->is >= KIT_IS_PRICE && field->is <= KIT_IS_MS;
}

/* Most names of a stream are one letter: no call is made to compare it. */
static inline int kit_row_is(struct kit_json_text key, const char *name, uint8_t size)
{
    return key.size == size && size > 0 && key.at[0] == name[0] && (size == 1 || memcmp(key.at, name, size) == 0);
}

/* The place of a member by its name, from `due` on and round; `count`: it has none. */
static inline uint32_t kit_row_place(struct kit_json_text key, const struct kit_field *fields, uint32_t count,
                                     uint32_t due)
{
    for (uint32_t i = 0, at = due; i < count; i++, at = at + 1 < count ? at + 1 : 0)
        if (kit_row_is(key, fields[at].name, fields[at].name_size) ||
            kit_row_is(key, fields[at].other, fields[at].other_size))
            return at;
    return count;
}

/* `"x":` as a word of the machine, and what of it is looked at. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define KIT_ROW_MASK   0xff00ffffu
#define KIT_ROW_LETTER 0x2200223au
#else
#define KIT_ROW_MASK   0xffff00ffu
#define KIT_ROW_LETTER 0x3a220022u
#endif

/* The value behind a name that stands at `at` as `"name":`, and its place; `count` where the table has none. NULL: a name that is neither of the
 * table's next member nor a letter. */
KIT_HOT const char *kit_row_name(const char *at, const char *end, const struct kit_field *fields, uint32_t count,
                                 uint32_t due, uint32_t *ret_place)
{
    const struct kit_field *field = &fields[due];
    const uint8_t size = field->name_size;
    uint32_t first;
    *ret_place = due;
    memcpy(&first, at, sizeof first);
    if ((first & KIT_ROW_MASK) == KIT_ROW_LETTER) {
        if ((size == 1 && at[1] == field->name[0]) || (field->other_size == 1 && at[1] == field->other[0]))
            return at + 4;
        struct kit_json_text key;
        memset(&key, 0, sizeof key);
        key.at = at + 1;
        key.size = 1;
        *ret_place = kit_row_place(key, fields, count, due);
        return at[1] == '\\' || at[1] == '"' || (unsigned char)at[1] < 32 ? NULL : at + 4;
    }
    if (size < 2 || at[0] != '"' || end - at < size + 3 || at[size + 1] != '"' || at[size + 2] != ':' ||
        memcmp(at + 1, field->name, size) != 0)
        return NULL;
    return at + size + 3;
}

/* Members as venues write them, without blanks: names of a letter, or of the table in its order, and quick values. Up to the first that is
 * otherwise: there the scanner goes on. */
static inline uint32_t kit_row_quick(struct kit_json *json, const struct kit_field *fields, uint32_t count,
                                     struct kit_row *row, uint32_t due)
{
    const char *at = json->at, *end = json->end;
    struct kit_json_text nobodys;
    int is_first = json->is_first;
    while (end - at >= 6 && (is_first || *at == ',')) {
        uint32_t place;
        const char *value = kit_row_name(at + !is_first, end, fields, count, due, &place);
        if (!value)
            break;
        value = place < count ? kit_json_quick(value, end, kit_field_is_number(&fields[place]), &row->of[place])
                              : kit_json_quick(value, end, 0, &nobodys);
        if (!value)
            break; /* what is dirty now is read again */
        due = place + 1 < count ? place + 1 : place < count ? 0 : due;
        at = value;
        is_first = 0;
    }
    json->at = at;
    json->is_first = (uint8_t)is_first;
    return due;
}

/* The members of the object that is due. 0: it is none, or more than KIT_FIELDS_MAX are asked for. */
static inline int kit_row_take(struct kit_json *json, const struct kit_field *fields, uint32_t count,
                               struct kit_row *row)
{
    struct kit_json_text key;
    uint32_t due = 0;
    if (count > KIT_FIELDS_MAX || !count || !kit_json_object(json))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        kit_json_none(&row->of[i]);
    memset(&row->scale, 0, sizeof row->scale);
    for (;;) {
        due = kit_row_quick(json, fields, count, row, due);
        if (!kit_json_key(json, &key))
            return !json->is_bad;
        const struct kit_json_text value = kit_json_value(json);
        const uint32_t place = kit_row_place(key, fields, count, due);
        if (place == count)
            continue;
        row->of[place] = value;
        due = place + 1 < count ? place + 1 : 0;
    }
}

/* The members of what is due and of all that lies in it, but in what the table names itself: of each name the first that says something. */
static inline int kit_row_deep(struct kit_json *json, const struct kit_field *fields, uint32_t count,
                               struct kit_row *row)
{
    struct kit_json_text key;
    const uint32_t outside = json->depth;
    if (count > KIT_FIELDS_MAX || !count || !kit_json_object(json))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        kit_json_none(&row->of[i]);
    memset(&row->scale, 0, sizeof row->scale);
    while (json->depth > outside && !json->is_bad) {
        const int is_object = kit_json_in_object(json);
        if (is_object ? !kit_json_key(json, &key) : !kit_json_item(json))
            continue; /* that is left */
        const uint32_t place = is_object ? kit_row_place(key, fields, count, 0) : count;
        const char first = kit_json_peek(json);
        if (place == count && first == '{') {
            (void)kit_json_object(json);
        } else if (place == count && first == '[') {
            (void)kit_json_array(json);
        } else {
            const struct kit_json_text value = kit_json_value(json);
            if (place < count && !row->of[place].size)
                row->of[place] = value;
        }
    }
    return !json->is_bad;
}

#define KIT_ROW_DEEP(json, fields, row) kit_row_deep(json, fields, sizeof(fields) / sizeof *(fields), row)

#define KIT_ROW(json, fields, row) kit_row_take(json, fields, sizeof(fields) / sizeof *(fields), row)

/* The first `count` items of the list that is due, in the order of the fields; of what has no place in it, up to `all`, there is none.
 * 0: it is no list. */
static inline int kit_row_list(struct kit_json *json, uint32_t count, uint32_t all, struct kit_row *row)
{
    if (count > all || all > KIT_FIELDS_MAX || !kit_json_array(json))
        return 0;
    for (uint32_t i = 0; i < all; i++)
        kit_json_none(&row->of[i]);
    memset(&row->scale, 0, sizeof row->scale);
    for (uint32_t at = 0; kit_json_item(json); at++) {
        const struct kit_json_text value = kit_json_value(json);
        if (at < count)
            row->of[at] = value;
    }
    return !json->is_bad;
}

static inline int kit_row_word(const struct kit_field *field, struct kit_json_text value, uint32_t *ret_means)
{
    for (uint32_t i = 0; i < field->word_count; i++) {
        const char *word = field->words[i].word;
        if (value.size && value.at[0] == word[0] && kit_json_is(value, word, strlen(word))) {
            *ret_means = field->words[i].means;
            return 1;
        }
    }
    return 0;
}

static inline oc_rc kit_row_units(const struct kit_field *field, struct kit_json_text value,
                                  const struct oc_scale *scale, int64_t *ret_units)
{
    const struct oc_dec step = field->is == KIT_IS_PRICE ? kit_price_step(scale) : kit_qty_step(scale);
    return field->flags & (KIT_UP | KIT_DOWN) ? kit_whole_steps(value, step, (field->flags & KIT_UP) != 0, ret_units)
                                              : kit_json_units(value, step, ret_units);
}

static inline oc_rc kit_row_time(struct kit_json_text value, int64_t *ret_ns)
{
    char text[20];
    if (value.size != sizeof text - 1 || value.kind != KIT_JSON_STRING)
        return kit_json_time(value, ret_ns);
    memcpy(text, value.at, sizeof text - 1);
    text[sizeof text - 1] = 'Z';
    return kit_json_time(kit_text_of(text, sizeof text), ret_ns);
}

#define KIT_ROW_STORE(to, value) memcpy(to, &(value), sizeof(value))

static inline oc_rc kit_row_dec(const struct kit_field *field, struct kit_json_text value, void *to)
{
    struct oc_dec dec;
    const oc_rc rc = kit_json_dec(value, &dec);
    if (rc == OC_OK &&
        (((field->flags & KIT_NOT_ZERO) && dec.units <= 0) || ((field->flags & KIT_SIGNLESS) && dec.units < 0)))
        return OC_E_NOT_FOUND;
    if (rc == OC_OK)
        KIT_ROW_STORE(to, dec);
    return rc;
}

static inline oc_rc kit_row_id(struct kit_json_text value, void *to)
{
    struct oc_id id;
    const oc_rc rc = kit_id(value, &id);
    if (rc == OC_OK)
        KIT_ROW_STORE(to, id);
    return rc;
}

/* One value to its place. Negative: it cannot be read; the place is untouched then. */
static inline oc_rc kit_row_put(const struct kit_codec *codec, const struct kit_field *field,
                                struct kit_json_text value, const struct oc_scale *scale, void *to)
{
    int64_t units = 0;
    uint64_t number = 0;
    uint32_t small = 0, old = 0;
    struct oc_ev_fill *fill = (struct oc_ev_fill *)to;
    oc_rc rc = OC_OK;
    switch (field->is) {
    case KIT_IS_PRICE:
    case KIT_IS_QTY:
        rc = kit_row_units(field, value, scale, &units);
        if (rc == OC_OK && (field->flags & KIT_NOT_ZERO) && units <= 0)
            rc = OC_E_NOT_FOUND;
        if (rc == OC_OK)
            KIT_ROW_STORE(to, units);
        return rc;
    case KIT_IS_DEC:
        return kit_row_dec(field, value, to);
    case KIT_IS_U64:
    case KIT_IS_U32:
        rc = kit_json_u64(value, &number);
        if (rc == OC_OK && field->is == KIT_IS_U32 && number > UINT32_MAX)
            rc = OC_E_RANGE;
        small = (uint32_t)number;
        if (rc == OC_OK && field->is == KIT_IS_U64)
            KIT_ROW_STORE(to, number);
        else if (rc == OC_OK)
            KIT_ROW_STORE(to, small);
        return rc;
    case KIT_IS_MS:
    case KIT_IS_TIME:
        units = field->is == KIT_IS_MS ? kit_json_ms(value) : 0;
        rc = field->is == KIT_IS_MS ? (units ? OC_OK : OC_E_DATA) : kit_row_time(value, &units);
        if (rc == OC_OK)
            KIT_ROW_STORE(to, units);
        return rc;
    case KIT_IS_ID:
        return kit_row_id(value, to);
    case KIT_IS_TRADE_ID:
        return kit_trade_id(value, fill->trade_id, &fill->trade_id_size);
    case KIT_IS_ASSET:
        rc = kit_asset(codec, value, &small);
        if (rc == OC_OK)
            KIT_ROW_STORE(to, small);
        return rc;
    case KIT_IS_WORD8:
    case KIT_IS_WORD16:
    case KIT_IS_WORD32:
    case KIT_IS_BITS:
        if (!kit_row_word(field, value, &small))
            return OC_E_NOT_FOUND;
        if (field->is == KIT_IS_WORD8) {
            *(uint8_t *)to = (uint8_t)small;
        } else if (field->is == KIT_IS_WORD16) {
            *(uint16_t *)to = (uint16_t)small;
        } else {
            if (field->is == KIT_IS_BITS)
                memcpy(&old, to, sizeof old);
            small |= old;
            KIT_ROW_STORE(to, small);
        }
        return OC_OK;
    default:
        return OC_OK;
    }
}

/* Every value of a row to its place in the struct `to`; `present_at`: where its bits stand. Prices and quantities are read by row->scale.
 * OC_E_DATA: one that must be there is not, or cannot be read. */
static inline oc_rc kit_row_read(const struct kit_codec *codec, const struct kit_field *fields, uint32_t count,
                                 const struct kit_row *row, void *to, uint32_t present_at)
{
    const struct kit_json_text *value = row->of;
    uint32_t present = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct kit_field *field = &fields[i];
        value = field->name_size || field->other_size ? &row->of[i] : value;
        if (field->is == KIT_IS_NONE)
            continue;
        const int is_there = value->kind != KIT_JSON_NONE && value->kind != KIT_JSON_NULL;
        const oc_rc rc = is_there ? kit_row_put(codec, field, *value, &row->scale, (char *)to + field->at) : OC_E_DATA;
        if (rc < 0 && ((field->flags & KIT_MUST) || (is_there && (field->flags & KIT_SOUND) && rc != OC_E_NOT_FOUND)))
            return OC_E_DATA;
        present |= rc == OC_OK ? field->bit : 0;
    }
    uint32_t had;
    memcpy(&had, (char *)to + present_at, sizeof had);
    present |= had;
    memcpy((char *)to + present_at, &present, sizeof present);
    return OC_OK;
}

/* The event that a row makes, reserved and filled in, its instrument and its flags (OC_EVF_LAST) in the head. NULL: *ret_rc says why;
 * OC_OK: nobody knows the symbol, and that was counted. */
static inline void *kit_row_event(const struct kit_codec *codec, const struct kit_shape *shape, struct kit_row *row,
                                  uint32_t source, oc_rc *ret_rc)
{
    for (uint32_t i = 0; i < shape->count && !row->scale.inst; i++) {
        if (shape->fields[i].is != KIT_IS_SYMBOL || kit_symbol(codec, row->of[i], &row->scale) == OC_OK)
            continue;
        *ret_rc = kit_skip(codec, shape->unknown, row->of[i]);
        return NULL;
    }
    struct oc_event *head = (struct oc_event *)kit_event(codec, shape->size, shape->type, source, ret_rc);
    if (!head)
        return NULL;
    *ret_rc = kit_row_read(codec, shape->fields, shape->count, row, head, shape->present_at);
    if (*ret_rc < 0)
        return NULL;
    head->inst = row->scale.inst;
    head->flags = OC_EVF_LAST;
    return head;
}

/* The event that a row makes, said as it stands. */
static inline oc_rc kit_row_say(const struct kit_codec *codec, const struct kit_shape *shape, struct kit_row *row,
                                uint32_t source)
{
    oc_rc rc;
    void *out = kit_row_event(codec, shape, row, source, &rc);
    return out ? kit_commit(codec, out) : rc;
}

/* A price that may lie between two steps, as a middle does: the nearest one. 0: it is none. */
static inline int kit_take_nearest(const struct oc_scale *scale, struct kit_json_text text, int64_t *ret_units)
{
    struct oc_dec said;
    return kit_json_dec(text, &said) == OC_OK && kit_nearest_price(scale, said, ret_units) == OC_OK;
}

/* A bar of the past from its four prices, without a volume; `flags` beside those of the past. */
static inline oc_rc kit_say_past_bar(const struct kit_codec *codec, const struct oc_scale *scale,
                                     const struct kit_json_text prices[4], int64_t open_ns, int64_t close_ns,
                                     uint64_t ticks, uint32_t flags)
{
    oc_rc rc;
    struct oc_ev_bar *out = KIT_EVENT(codec, oc_ev_bar, OC_EV_BAR, 0, &rc);
    if (!out)
        return rc;
    if (!kit_take_nearest(scale, prices[0], &out->open) || !kit_take_nearest(scale, prices[1], &out->high) ||
        !kit_take_nearest(scale, prices[2], &out->low) || !kit_take_nearest(scale, prices[3], &out->close))
        return OC_E_DATA;
    out->head.inst = scale->inst;
    out->head.venue_ns = close_ns;
    out->head.flags = (uint16_t)(OC_EVF_LAST | OC_EVF_PAST | flags);
    out->open_ns = open_ns;
    out->period_ns = close_ns - open_ns;
    out->trades = (uint32_t)(ticks < UINT32_MAX ? ticks : UINT32_MAX);
    return kit_commit(codec, out);
}

/* Figures of the market that the row's `symbol` names: of each field whose `bit` is an OC_FIGURE_..., where its value is a decimal. `unknown`: what
 * a symbol that nobody has named is counted as. */
static inline oc_rc kit_say_figures(const struct kit_codec *codec, const struct kit_field *fields, uint32_t count,
                                    struct kit_row *row, struct kit_json_text symbol, const char *unknown,
                                    int64_t at_ns)
{
    struct oc_figure said[KIT_FIELDS_MAX];
    uint32_t figures = 0;
    oc_rc rc;
    if (kit_symbol(codec, symbol, &row->scale) < 0)
        return kit_skip(codec, unknown, symbol);
    memset(said, 0, sizeof said);
    for (uint32_t i = 0; i < count && i < KIT_FIELDS_MAX; i++)
        if (fields[i].bit && kit_json_dec(row->of[i], &said[figures].value) == OC_OK)
            said[figures++].what = fields[i].bit;
    const size_t size = sizeof(struct oc_ev_figures) + figures * sizeof *said;
    struct oc_ev_figures *out = figures ? (struct oc_ev_figures *)kit_event(codec, size, OC_EV_FIGURES, 0, &rc) : NULL;
    if (!out)
        return figures ? rc : (oc_rc)OC_E_DATA;
    out->head.inst = row->scale.inst;
    out->head.venue_ns = at_ns;
    out->head.flags = OC_EVF_LAST;
    out->count = figures;
    out->tail = sizeof *out;
    memcpy(out + 1, said, figures * sizeof *said);
    return kit_commit(codec, out);
}

#endif
