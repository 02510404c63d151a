/* json.h: a message of JSON read in one pass, without a tree, as static inline helpers for codecs. No ABI promise.
 *
 *   struct kit_json json = kit_json_begin(bytes, size);
 *   struct kit_json_text key, price = {0};
 *   if (kit_json_object(&json))
 *       while (kit_json_key(&json, &key))
 *           if (KIT_JSON_IS(key, "p"))
 *               price = kit_json_value(&json);
 *   if (!kit_json_end(&json) || kit_json_units(price, instrument->price_step, &trade.price) < 0)
 *       return OC_E_DATA;
 *
 * Invariants
 * - Any order of keys, any blanks. A value that is not asked for is passed over by the next call; so is a value of another kind than was
 *   asked for. Nothing is built and nothing copied: texts are borrowed from the message, and live as long as it does.
 * - What is read or passed over is held to RFC 8259: numbers, escapes, commas, pairs of brackets. Bytes of strings are not held to UTF-8
 *   but where kit_json_copy takes them out. Objects and arrays lie at most KIT_JSON_DEPTH deep, counted and without recursion.
 * - After the first fault every call is harmless, and answers that nothing more is there; kit_json_end says it once at the end.
 * - No byte outside of the message is read. No libm, no allocation. All [any]. */
#ifndef OUTCRY_KIT_JSON_H
#define OUTCRY_KIT_JSON_H

#include <outcry/kit/json_value.h>

enum { KIT_JSON_DEPTH = 64 };

struct kit_json {
    const char *at; /* the next byte */
    const char *end;
    uint64_t objects; /* bit n: what lies at depth n + 1 is an object */
    uint32_t depth;   /* how many are entered */
    uint8_t is_due;   /* a value stands next */
    uint8_t is_first; /* of what was entered last, nothing was read yet */
    uint8_t is_bad;
    uint8_t zero;
};

static inline struct kit_json kit_json_begin(const void *bytes, uint32_t size)
{
    struct kit_json json;
    memset(&json, 0, sizeof json);
    json.at = (const char *)bytes;
    json.end = size ? json.at + size : json.at; /* of nothing, which may be NULL */
    json.is_due = 1;
    return json;
}

/* ---- within ---- */

/* The next byte that is no blank, not taken. 0: the end, or a fault. */
static inline char kit_json_peek(struct kit_json *json)
{
    while (json->at < json->end) {
        const char c = *json->at;
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
            return json->is_bad ? (char)0 : c;
        json->at++;
    }
    return 0;
}

static inline int kit_json_fault(struct kit_json *json)
{
    json->is_bad = 1;
    json->is_due = 0;
    return 0;
}

static inline int kit_json_is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Behind a backslash: past what it escapes. */
static inline int kit_json_escape(const char **at, const char *end)
{
    const char *in = *at;
    if (in >= end || *in == 0)
        return 0;
    if (*in == 'u') {
        if (end - in < 5 || !kit_json_is_hex(in[1]) || !kit_json_is_hex(in[2]) || !kit_json_is_hex(in[3]) ||
            !kit_json_is_hex(in[4]))
            return 0;
        *at = in + 5;
        return 1;
    }
    if (!strchr("\"\\/bfnrt", *in))
        return 0;
    *at = in + 1;
    return 1;
}

/* The first byte from `at` on that ends a plain run in a string: a quote, a backslash, or one below 32. */
static inline const char *kit_json_run(const char *at, const char *end)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    for (int i = 0; i < 2 && at < end; i++, at++) /* keys of a letter */
        if (*at == '"' || *at == '\\' || (unsigned char)*at < 32)
            return at;
    while (end - at >= 8) { /* eight at a time: the lowest top bit that is set stands for the first such byte */
        uint64_t word;
        memcpy(&word, at, sizeof word);
        const uint64_t quotes = word ^ ones * '"', slashes = word ^ ones * '\\';
        const uint64_t hit =
            (((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | ((word - ones * 32) & ~word)) & tops;
        if (hit)
            return at + (__builtin_ctzll(hit) >> 3);
        at += 8;
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 32)
        at++;
    return at;
}

/* Past a string without escapes, a number without a power or a word, where a byte stands behind it; what looks like a decimal is read on the way
 * where `reads`. NULL: it is something else, or faulty, and *ret_text is dirty. */
KIT_HOT const char *kit_json_quick(const char *at, const char *end, int reads, struct kit_json_text *ret_text)
{
    const char *from = at;
    ret_text->is_escaped = 0;
    ret_text->is_plain = 0;
    if (at >= end)
        return NULL;
    if (*at == '"') {
        from = ++at;
        if (reads && at < end && ((*at >= '0' && *at <= '9') || *at == '-'))
            at = kit_json_decimal(at, end, ret_text);
        if (!reads || (at < end && *at != '"')) {
            at = kit_json_run(at, end);
            ret_text->is_plain = 0;
        }
        if (at >= end || *at != '"')
            return NULL;
        ret_text->kind = KIT_JSON_STRING;
    } else if ((*at >= '0' && *at <= '9') || *at == '-') {
        const char *whole = at + (*at == '-');
        at = reads ? kit_json_decimal(at, end, ret_text) : kit_json_digits(whole, end);
        if (at >= end || at == whole || (reads && !ret_text->is_plain) ||
            (*whole == '0' && at - whole > 1 && whole[1] != '.') || (*at != ',' && *at != '}' && *at != ']'))
            return NULL;
        ret_text->kind = KIT_JSON_NUMBER;
    } else if (end - at > 4 && memcmp(at, "true", 4) == 0) {
        ret_text->kind = KIT_JSON_TRUE;
        at += 4;
    } else if (end - at > 5 && memcmp(at, "false", 5) == 0) {
        ret_text->kind = KIT_JSON_FALSE;
        at += 5;
    } else if (end - at > 4 && memcmp(at, "null", 4) == 0) {
        ret_text->kind = KIT_JSON_NULL;
        at += 4;
    } else {
        return NULL;
    }
    ret_text->at = from;
    ret_text->size = (uint32_t)(at - from);
    return at + (ret_text->kind == KIT_JSON_STRING);
}

static inline int kit_json_string(struct kit_json *json, struct kit_json_text *ret_text)
{
    const char *at = json->at + 1, *end = json->end, *from = at;
    uint8_t is_escaped = 0;
    for (;;) {
        at = kit_json_run(at, end);
        if (at >= end || (unsigned char)*at < 32)
            return kit_json_fault(json);
        if (*at == '"')
            break;
        is_escaped = 1;
        at++;
        if (!kit_json_escape(&at, end))
            return kit_json_fault(json);
    }
    ret_text->at = from;
    ret_text->size = (uint32_t)(at - from);
    ret_text->kind = KIT_JSON_STRING;
    ret_text->is_escaped = is_escaped;
    ret_text->is_plain = 0;
    json->at = at + 1;
    return 1;
}

/* The number that stands next, as RFC 8259 has it. */
static inline int kit_json_figure(struct kit_json *json, struct kit_json_text *ret_text)
{
    const char *at = json->at, *end = json->end, *from = at;
    at += *at == '-';
    const char *whole = at;
    at = kit_json_digits(at, end);
    if (at == whole || (*whole == '0' && at - whole > 1))
        return kit_json_fault(json);
    if (at < end && *at == '.') {
        const char *part = ++at;
        at = kit_json_digits(at, end);
        if (at == part)
            return kit_json_fault(json);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        const char *power = at;
        at = kit_json_digits(at, end);
        if (at == power)
            return kit_json_fault(json);
    }
    ret_text->at = from;
    ret_text->size = (uint32_t)(at - from);
    ret_text->kind = KIT_JSON_NUMBER;
    ret_text->is_escaped = 0;
    ret_text->is_plain = 0;
    json->at = at;
    return 1;
}

/* A number, or one of the three words. */
static inline int kit_json_word(struct kit_json *json, char first, struct kit_json_text *ret_text)
{
    const char *word = first == 't' ? "true" : first == 'f' ? "false" : "null";
    const uint32_t size = first == 'f' ? 5 : 4;
    if ((first >= '0' && first <= '9') || first == '-')
        return kit_json_figure(json, ret_text);
    if ((size_t)(json->end - json->at) < size || memcmp(json->at, word, size) != 0)
        return kit_json_fault(json);
    ret_text->at = json->at;
    ret_text->size = size;
    ret_text->kind = first == 't' ? KIT_JSON_TRUE : first == 'f' ? KIT_JSON_FALSE : KIT_JSON_NULL;
    ret_text->is_escaped = 0;
    ret_text->is_plain = 0;
    json->at += size;
    return 1;
}

static inline int kit_json_enter(struct kit_json *json, int is_object)
{
    if (json->depth == KIT_JSON_DEPTH)
        return kit_json_fault(json);
    const uint64_t bit = (uint64_t)1 << json->depth++;
    json->objects = is_object ? json->objects | bit : json->objects & ~bit;
    json->at++;
    json->is_due = 0;
    json->is_first = 1;
    return 1;
}

static inline int kit_json_in_object(const struct kit_json *json)
{
    return json->depth > 0 && (json->objects >> (json->depth - 1) & 1) != 0;
}

/* The bracket that stands next ends what was entered last. */
static inline void kit_json_close(struct kit_json *json)
{
    json->at++;
    json->depth--;
    json->is_due = 0;
    json->is_first = 0;
}

/* A comma before each member but the first; the end is the bracket. 0: no member follows, or a fault. */
static inline int kit_json_member(struct kit_json *json, int is_object)
{
    const char c = kit_json_peek(json);
    if (c == (is_object ? '}' : ']')) {
        kit_json_close(json);
        return 0;
    }
    if (!json->is_first) {
        if (c != ',')
            return kit_json_fault(json);
        json->at++;
    }
    json->is_first = 0;
    return 1;
}

static inline int kit_json_name(struct kit_json *json, struct kit_json_text *ret_key)
{
    const char *at = json->at;
    if (json->end - at >= 4 && at[0] == '"' && at[2] == '"' && at[3] == ':' && at[1] != '\\' &&
        (unsigned char)at[1] >= 32 && at[1] != '"') {
        ret_key->at = at + 1; /* a letter, as in what comes most often */
        ret_key->size = 1;
        ret_key->kind = KIT_JSON_STRING;
        ret_key->is_escaped = 0;
        ret_key->is_plain = 0;
        json->at = at + 3;
    } else if (kit_json_peek(json) != '"' || !kit_json_string(json, ret_key) || kit_json_peek(json) != ':') {
        return kit_json_fault(json);
    }
    json->at++;
    json->is_due = 1;
    return 1;
}

/* ---- what a codec calls ---- */

/* The same of any that is not quick. */
static inline void kit_json_careful(struct kit_json *json, char first, struct kit_json_text *ret_text)
{
    if (first == '"')
        kit_json_string(json, ret_text);
    else if (first == 0)
        kit_json_fault(json);
    else
        kit_json_word(json, first, ret_text);
}

/* Past a string, a number or a word that begins with `first`. */
static inline void kit_json_scalar(struct kit_json *json, char first, struct kit_json_text *ret_text)
{
    const char *behind = kit_json_quick(json->at, json->end, 1, ret_text);
    if (behind)
        json->at = behind;
    else
        kit_json_careful(json, first, ret_text);
}

/* The value of the first member of the object that is due, where that is called so and stands without blanks: as the type of a message does.
 * 0: look for it. The scanner stays where it is. */
static inline int kit_json_first(const struct kit_json *json, const char *name, uint32_t size,
                                 struct kit_json_text *ret_text)
{
    const char *at = json->at;
    if (!json->is_due || (size_t)(json->end - at) < size + 4 || at[0] != '{' || at[1] != '"' || at[size + 2] != '"' ||
        at[size + 3] != ':' || memcmp(at + 2, name, size) != 0)
        return 0;
    return kit_json_quick(at + size + 4, json->end, 0, ret_text) != NULL;
}

/* Past the object or array that stands next. */
static inline void kit_json_within(struct kit_json *json)
{
    const uint32_t base = json->depth;
    struct kit_json_text text;
    do {
        if (!json->is_due) {
            const int is_object = kit_json_in_object(json);
            if (!kit_json_member(json, is_object))
                continue;
            if (is_object && !kit_json_name(json, &text))
                continue;
        }
        const char c = kit_json_peek(json);
        json->is_due = 0;
        if (c == '{' || c == '[')
            kit_json_enter(json, c == '{');
        else
            kit_json_scalar(json, c, &text);
    } while (json->depth > base && !json->is_bad);
}

/* Past the value that is due, whatever it is. */
static inline void kit_json_pass(struct kit_json *json)
{
    struct kit_json_text text;
    if (!json->is_due || json->is_bad)
        return;
    const char c = kit_json_peek(json);
    if (c == '{' || c == '[') {
        kit_json_within(json);
        return;
    }
    json->is_due = 0;
    kit_json_scalar(json, c, &text);
}

/* 1: the value that was due is an object, and is entered. 0: it is something else, which was passed over. */
static inline int kit_json_object(struct kit_json *json)
{
    if (json->is_due && kit_json_peek(json) == '{')
        return kit_json_enter(json, 1);
    kit_json_pass(json);
    return 0;
}

/* The same for an array. */
static inline int kit_json_array(struct kit_json *json)
{
    if (json->is_due && kit_json_peek(json) == '[')
        return kit_json_enter(json, 0);
    kit_json_pass(json);
    return 0;
}

/* The key of the next member of the object that was entered last; its value is due. 0: there is none, and the object is left. */
static inline int kit_json_key(struct kit_json *json, struct kit_json_text *ret_key)
{
    if (json->is_due)
        kit_json_pass(json);
    if (json->is_bad)
        return 0;
    if (!kit_json_in_object(json))
        return kit_json_fault(json);
    return kit_json_member(json, 1) && kit_json_name(json, ret_key);
}

/* 1: the next element of the array that was entered last is due. 0: there is none, and the array is left. */
static inline int kit_json_item(struct kit_json *json)
{
    if (json->is_due)
        kit_json_pass(json);
    if (json->is_bad)
        return 0;
    if (json->depth == 0 || kit_json_in_object(json))
        return kit_json_fault(json);
    if (!kit_json_member(json, 0))
        return 0;
    json->is_due = 1;
    return 1;
}

/* The value that is due; an object or an array as its text, held to the rules too. `kind` is KIT_JSON_NONE where none is. */
static inline struct kit_json_text kit_json_value(struct kit_json *json)
{
    struct kit_json_text text;
    memset(&text, 0, sizeof text);
    if (!json->is_due || json->is_bad)
        return text;
    const char c = kit_json_peek(json);
    if (c == '{' || c == '[') {
        const char *from = json->at;
        kit_json_within(json);
        text.at = from;
        text.size = (uint32_t)(json->at - from);
        text.kind = c == '{' ? KIT_JSON_OBJECT : KIT_JSON_ARRAY;
    } else {
        kit_json_scalar(json, c, &text);
    }
    json->is_due = 0;
    if (json->is_bad)
        memset(&text, 0, sizeof text);
    return text;
}

/* 1: the message is one value, all of it was read or passed over by now, and it holds to the rules. */
static inline int kit_json_end(struct kit_json *json)
{
    while (!json->is_bad && (json->is_due || json->depth > 0)) { /* what was not read */
        struct kit_json_text key;
        if (json->is_due)
            kit_json_pass(json);
        else if (kit_json_in_object(json))
            kit_json_key(json, &key);
        else
            kit_json_item(json);
    }
    return kit_json_peek(json) == 0 && json->at == json->end && !json->is_bad;
}

#endif
