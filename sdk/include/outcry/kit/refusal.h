/* refusal.h: the errors of a venue as one table, its counts of limits, and when it wants to be left alone. No ABI promise.
 *
 *   static const struct kit_refusal_row refusals[] = {
 *       {-2010, "insufficient balance", OC_WHY_INSUFFICIENT_FUNDS, 0},
 *       {-1006, NULL, OC_WHY_VENUE_ERROR, 1},
 *       {0, NULL, OC_WHY_INVALID_ORDER, 0}};
 *
 * Invariants
 * - The first row that fits holds, so what is said in words stands before what is said by the number alone. The last row fits always.
 * - `is_open`: it does not prove that nothing was done. Of such an answer to an order request a codec makes no event: the host says UNKNOWN
 *   and asks. A refusal that is taken for definitive and is not loses an order. All [io]. */
#ifndef OUTCRY_KIT_REFUSAL_H
#define OUTCRY_KIT_REFUSAL_H

#include <outcry/kit/codec.h>

struct kit_refusal_row {
    int64_t code;      /* 0: any */
    const char *words; /* what its text holds; NULL: anything */
    uint32_t why;      /* OC_WHY_... */
    uint32_t is_open;
};

/* Whether the text of a message holds these words; NULL: anything does. */
static inline int kit_text_has(struct kit_json_text text, const char *words)
{
    const size_t size = words ? strlen(words) : 0;
    for (size_t at = 0; at + size <= text.size; at++)
        if (size == 0 || memcmp(text.at + at, words, size) == 0)
            return 1;
    return 0;
}

/* What the first row of the table means of whose words ("THIS|THAT") the text holds one; `other` where it holds none of any. */
static inline uint32_t kit_word_within(struct kit_json_text text, const struct kit_word *words, size_t count,
                                       uint32_t other)
{
    for (size_t i = 0; i < count; i++)
        for (const char *at = words[i].word; *at;) {
            char word[64];
            const size_t size = strcspn(at, "|");
            if (size < sizeof word) {
                memcpy(word, at, size);
                word[size] = 0;
                if (kit_text_has(text, word))
                    return words[i].means;
            }
            at += size + (at[size] == '|');
        }
    return other;
}

static inline const struct kit_refusal_row *kit_refusal_of(const struct kit_refusal_row *rows, size_t count,
                                                           int64_t code, struct kit_json_text words)
{
    size_t at = 0;
    while (at + 1 < count &&
           ((rows[at].code && rows[at].code != code) || (rows[at].words && !kit_text_has(words, rows[at].words))))
        at++;
    return &rows[at];
}

#define KIT_REFUSAL_OF(rows, code, words) kit_refusal_of(rows, sizeof(rows) / sizeof *(rows), code, words)

/* What {"code":-2010,"msg":"..."} means, where numbers of errors are below zero; names of its two members. NULL: it is none. */
static inline const struct kit_refusal_row *kit_refusal_read(struct kit_json json, const char *code, const char *words,
                                                             const struct kit_refusal_row *rows, size_t count,
                                                             int64_t *ret_code, struct kit_json_text *ret_words)
{
    const struct oc_dec whole = {1, 0, 0};
    struct kit_json_text number, text;
    struct kit_member members[2];
    int64_t is;
    memset(&number, 0, sizeof number);
    memset(&text, 0, sizeof text);
    members[0].name = code;
    members[0].to = &number;
    members[1].name = words;
    members[1].to = &text;
    if (!KIT_TAKE(&json, members) || kit_json_units(number, whole, &is) < 0 || is >= 0)
        return NULL;
    *ret_code = is;
    *ret_words = text;
    return kit_refusal_of(rows, count, is, text);
}

/* The venue's own counts, in headers by a table of their names ("x-used: ") and the places of the limits. */
static inline void kit_note_used(const struct kit_codec *codec, const struct oc_response *in,
                                 const struct kit_word *counts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t used = kit_header_number(in, counts[i].word);
        if (used)
            (void)codec->limit->used(codec->host, in->account, counts[i].means, used);
    }
}

/* The same of a venue that says its limit and what is left of it. */
static inline void kit_note_left(const struct kit_codec *codec, const struct oc_response *in, const char *most_name,
                                 const char *left_name, uint32_t limit)
{
    const uint64_t most = kit_header_number(in, most_name), left = kit_header_number(in, left_name);
    if (left && left < most)
        (void)codec->limit->used(codec->host, in->account, limit, most - left);
}

/* It asks to be left alone: nothing that costs of the limit leaves for so long. 0 seconds: nothing is asked. */
static inline void kit_note_shut(const struct kit_codec *codec, const struct oc_response *in, uint32_t limit,
                                 uint64_t seconds)
{
    if (seconds)
        (void)codec->limit->shut(codec->host, in->account, limit, in->received_ns + (int64_t)seconds * 1000000000,
                                 in->status == 429 ? OC_WHY_RATE_LIMIT : OC_WHY_BANNED);
}

#endif
