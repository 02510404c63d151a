/* json_value.h: what stands in a message of JSON as decimals, units, numbers, times and text. No ABI promise.
 *
 * Invariants
 * - Values are those that json.h gives out: their texts hold to the rules already. Another kind than a function reads is OC_E_DATA.
 * - Decimals are exact or refused, never rounded. Outputs are untouched where it is not OC_OK, but for kit_json_copy.
 * - No libm, no allocation: pure integer arithmetic, the same on every machine. All [any]. */
#ifndef OUTCRY_KIT_JSON_VALUE_H
#define OUTCRY_KIT_JSON_VALUE_H

#include <outcry/kit/dec.h>
#include <string.h>

enum { KIT_JSON_NUMBER_MAX = 1024 }; /* bytes of a number */

enum {                    /* what a value is */
       KIT_JSON_NONE = 0, /* there is none, or the message is faulty */
       KIT_JSON_STRING = 1,
       KIT_JSON_NUMBER = 2,
       KIT_JSON_TRUE = 3,
       KIT_JSON_FALSE = 4,
       KIT_JSON_NULL = 5,
       KIT_JSON_OBJECT = 6,
       KIT_JSON_ARRAY = 7
};

/* A value: a string without its quotes, a number or a word as it stands, an object or array with its brackets. What looks like a decimal was
 * read while its end was looked for; texts that did not come from json.h have none of that, and are read when somebody asks. */
struct kit_json_text {
    const char *at;
    uint64_t digits; /* is_plain: of all of it, without its point: 150 of "1.50" */
    uint32_t size;
    uint8_t kind;       /* KIT_JSON_... */
    uint8_t is_escaped; /* a string that holds backslashes: see kit_json_copy */
    uint8_t
        is_plain; /* 1: a decimal of 1 to 18 digits and no power; KIT_JSON_MINUS: one with a minus before it; 0: look at the text */
    uint8_t decimals; /* is_plain: digits behind the point */
};

enum { KIT_JSON_MINUS = 3 };

/* There is no value. */
KIT_HOT void kit_json_none(struct kit_json_text *text)
{
    text->at = NULL;
    text->size = 0;
    text->kind = KIT_JSON_NONE;
    text->is_escaped = text->is_plain = text->decimals = 0;
}

/* Eight digits that are read as one number: each byte of `word` is a digit's value, the first in the lowest. */
KIT_HOT uint64_t kit_json_eight(uint64_t word)
{
    word = word * 10 + (word >> 8);
    return ((word & 0x000000ff000000ffu) * 0x000f424000000064u +
            ((word >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u) >>
           32;
}

/* Past the digits at `at`, which are added to *sum as they would be written behind it; of more than 19 the sum is worth nothing. */
KIT_HOT const char *kit_json_sum(const char *at, const char *end, uint64_t *sum)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    static const uint32_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        word ^= 0x3030303030303030u;
        const uint64_t other =
            ((word + 0x0606060606060606u) | word) & 0xf0f0f0f0f0f0f0f0u; /* the lowest is the first that is none */
        if (other) {
            const unsigned count = (unsigned)__builtin_ctzll(other) >> 3;
            if (count)
                *sum = *sum * tens[count] + kit_json_eight(word << (64 - 8 * count));
            return at + count;
        }
        *sum = *sum * 100000000 + kit_json_eight(word);
        at += 8;
    }
#endif
    for (; at < end && *at >= '0' && *at <= '9'; at++)
        *sum = *sum * 10 + (uint64_t)(*at - '0');
    return at;
}

/* Past the digits at `at`. */
KIT_HOT const char *kit_json_digits(const char *at, const char *end)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        word ^= 0x3030303030303030u;
        const uint64_t other = ((word + 0x0606060606060606u) | word) & 0xf0f0f0f0f0f0f0f0u;
        if (other)
            return at + (__builtin_ctzll(other) >> 3);
        at += 8;
    }
#endif
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* Past what looks like a decimal, which it says of *text; is_plain 0: it is none, or one that must be read with more care. */
KIT_HOT const char *kit_json_decimal(const char *at, const char *end, struct kit_json_text *text)
{
    const int minus = at < end && *at == '-';
    const char *whole = at + minus;
    uint64_t sum = 0;
    at = kit_json_sum(whole, end, &sum);
    long count = at - whole, behind = 0;
    int is_plain = count > 0;
    if (at < end && *at == '.') {
        const char *point = at++;
        at = kit_json_sum(at, end, &sum);
        behind = at - point - 1;
        count += behind;
        is_plain &= behind > 0;
    }
    is_plain &= count <= 18;
    text->digits = sum;
    text->decimals = (uint8_t)(is_plain ? behind : 0);
    text->is_plain = (uint8_t)(!is_plain ? 0 : minus ? KIT_JSON_MINUS : 1);
    return at;
}

/* The units of a plain decimal at a valid step. OC_E_DATA: between two steps; OC_E_RANGE: they do not fit, as far as 64 bits tell. */
KIT_HOT oc_rc kit_json_plain_units(struct kit_json_text text, struct oc_dec step, int64_t *ret_units)
{
    const int32_t more = step.scale - text.decimals;
    uint64_t units = text.digits;
    if (more < 0) {
        const uint64_t part = (uint64_t)kit_pow10(-more);
        if (units % part != 0)
            return OC_E_DATA;
        units /= part;
    } else if (more > 0 && __builtin_mul_overflow(units, (uint64_t)kit_pow10(more), &units)) {
        return OC_E_RANGE;
    }
    if (step.units != 1) {
        if (units % (uint64_t)step.units != 0)
            return OC_E_DATA;
        units /= (uint64_t)step.units;
    }
    if (units > INT64_MAX)
        return OC_E_RANGE;
    *ret_units = text.is_plain == KIT_JSON_MINUS ? -(int64_t)units : (int64_t)units;
    return OC_OK;
}

static inline int kit_json_is(struct kit_json_text text, const char *word, size_t size)
{
    return text.size == size && (size == 0 || memcmp(text.at, word, size) == 0);
}

/* True if a string, number or key is exactly the literal `word`. */
#define KIT_JSON_IS(text, word) kit_json_is(text, "" word, sizeof(word) - 1)

/* A number, or a string that holds one ("0.0100", "1e-8"), as units * 10^-scale of at most 38 digits. OC_E_DATA: it is none;
 * OC_E_RANGE: more digits, or longer than KIT_JSON_NUMBER_MAX. */
static inline oc_rc kit_json_number(struct kit_json_text text, int *ret_minus, kit_i128 *ret_units, int32_t *ret_scale)
{
    const char *at = text.at, *end = text.size ? at + text.size : at;
    kit_i128 units = 0;
    int32_t scale = 0, power = 0;
    int has_digit = 0, has_point = 0, kept = 0;
    if (text.kind != KIT_JSON_STRING && text.kind != KIT_JSON_NUMBER)
        return OC_E_DATA;
    if (text.size > KIT_JSON_NUMBER_MAX)
        return OC_E_RANGE;
    *ret_minus = at < end && *at == '-';
    for (at += *ret_minus; at < end; at++) {
        if (*at == '.' && has_digit && !has_point) {
            has_point = 1;
            continue;
        }
        if (*at < '0' || *at > '9')
            break;
        has_digit = 1;
        if (kept == 38) { /* digits behind that are zeros where it is exact */
            if (*at != '0')
                return OC_E_RANGE;
            scale -= !has_point;
            continue;
        }
        units = units * 10 + (*at - '0');
        kept += units > 0;
        scale += has_point;
    }
    if (!has_digit || at[-1] == '.')
        return OC_E_DATA;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        const int is_down = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+'))
            at++;
        if (at == end)
            return OC_E_DATA;
        for (; at < end && *at >= '0' && *at <= '9'; at++)
            power = power > 100000 ? power : power * 10 + (*at - '0');
        power = is_down ? -power : power;
    }
    if (at != end)
        return OC_E_DATA;
    scale -= power;
    while (scale > 0 && units % 10 == 0 && units != 0) {
        units /= 10;
        scale--;
    }
    *ret_units = units;
    *ret_scale = units == 0 ? 0 : scale;
    return OC_OK;
}

/* "101.25" at a step of 0.25 is 405 units, exactly. OC_E_DATA: no number, or between two steps; OC_E_RANGE: it does not fit. */
static inline oc_rc kit_json_units(struct kit_json_text text, struct oc_dec step, int64_t *ret_units)
{
    if (step.units <= 0 || !kit_dec_is_valid(step))
        return OC_E_INVALID;
    if (text.is_plain) { /* what venues send; where 64 bits are not enough, 128 may be */
        const oc_rc plain = kit_json_plain_units(text, step, ret_units);
        if (plain != OC_E_RANGE)
            return plain;
    }
    int minus;
    kit_i128 units;
    int32_t scale;
    const oc_rc rc = kit_json_number(text, &minus, &units, &scale);
    if (rc < 0)
        return rc;
    for (; scale < step.scale; scale++) { /* to whole parts of the step's last decimal */
        if (units > ((kit_i128)1 << 100))
            return OC_E_RANGE;
        units *= 10;
    }
    if (scale > step.scale || units % step.units != 0) /* what lies behind it is not zero */
        return OC_E_DATA;
    units /= step.units;
    if (units > INT64_MAX)
        return OC_E_RANGE;
    *ret_units = minus ? -(int64_t)units : (int64_t)units;
    return OC_OK;
}

/* As it stands, without zeros at its end. OC_E_RANGE: more than 18 decimals, or 64 bits do not hold it. */
static inline oc_rc kit_json_dec(struct kit_json_text text, struct oc_dec *ret_dec)
{
    int minus;
    kit_i128 units;
    int32_t scale;
    if (text.is_plain) {
        uint64_t digits = text.digits;
        int32_t decimals = digits ? text.decimals : 0;
        for (; decimals > 0 && digits % 10 == 0; decimals--)
            digits /= 10;
        ret_dec->units = text.is_plain == KIT_JSON_MINUS ? -(int64_t)digits : (int64_t)digits;
        ret_dec->scale = decimals;
        ret_dec->zero = 0;
        return OC_OK;
    }
    const oc_rc rc = kit_json_number(text, &minus, &units, &scale);
    if (rc < 0)
        return rc;
    for (; scale < 0; scale++) {
        if (units > INT64_MAX)
            return OC_E_RANGE;
        units *= 10;
    }
    if (scale > OC_DEC_SCALE_MAX || units > INT64_MAX)
        return OC_E_RANGE;
    ret_dec->units = minus ? -(int64_t)units : (int64_t)units;
    ret_dec->scale = scale;
    ret_dec->zero = 0;
    return OC_OK;
}

/* A whole number without sign: ids, counts, milliseconds; of a string too. */
static inline oc_rc kit_json_u64(struct kit_json_text text, uint64_t *ret_number)
{
    uint64_t sum = 0;
    if (text.is_plain == 1 && text.decimals == 0) {
        *ret_number = text.digits;
        return OC_OK;
    }
    if ((text.kind != KIT_JSON_STRING && text.kind != KIT_JSON_NUMBER) || text.size == 0)
        return OC_E_DATA;
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return OC_E_DATA;
        if (__builtin_mul_overflow(sum, (uint64_t)10, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(text.at[i] - '0'), &sum))
            return OC_E_RANGE;
    }
    *ret_number = sum;
    return OC_OK;
}

/* Whole milliseconds since 1970 in ns. 0: it is no such number, or does not fit. */
static inline int64_t kit_json_ms(struct kit_json_text text)
{
    uint64_t number;
    return kit_json_u64(text, &number) == OC_OK && number <= INT64_MAX / 1000000 ? (int64_t)number * 1000000 : 0;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static inline int64_t kit_json_days(int64_t year, int64_t month, int64_t day)
{
    const int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "2026-01-01T00:00:01.200456Z" (or with a blank for the T, or "+00:00" behind) in ns UTC; digits behind the ninth are dropped.
 * OC_E_DATA: no such time, or of another zone; OC_E_RANGE: outside of what 64 bits hold (1678 to 2261). */
static inline oc_rc kit_json_time(struct kit_json_text text, int64_t *ret_ns)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t part[6] = {0, 0, 0, 0, 0, 0}, fraction = 0, unit = 100000000;
    uint32_t at = 0, which = 0;
    if (text.kind != KIT_JSON_STRING || text.size < sizeof shape)
        return OC_E_DATA;
    for (; at < sizeof shape - 1; at++) {
        const char c = text.at[at];
        if (shape[at] != 'd') {
            if (c != shape[at] && (shape[at] != 'T' || c != ' '))
                return OC_E_DATA;
            which++;
        } else if (c < '0' || c > '9') {
            return OC_E_DATA;
        } else {
            part[which] = part[which] * 10 + (c - '0');
        }
    }
    if (text.at[at] == '.') {
        const uint32_t point = at++;
        for (; at < text.size && text.at[at] >= '0' && text.at[at] <= '9'; at++, unit /= 10)
            fraction += (text.at[at] - '0') * unit;
        if (at == point + 1)
            return OC_E_DATA;
    }
    const uint32_t left = text.size - at;
    if (!(left == 1 && text.at[at] == 'Z') &&
        !(left == 6 && (memcmp(text.at + at, "+00:00", 6) == 0 || memcmp(text.at + at, "-00:00", 6) == 0)))
        return OC_E_DATA;
    const int is_leap = (part[0] % 4 == 0 && part[0] % 100 != 0) || part[0] % 400 == 0;
    if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > lengths[part[1] - 1] + (part[1] == 2 && is_leap) ||
        part[3] > 23 || part[4] > 59 || part[5] > 60)
        return OC_E_DATA;
    if (part[0] < 1678 || part[0] > 2261)
        return OC_E_RANGE;
    *ret_ns = (((kit_json_days(part[0], part[1], part[2]) * 24 + part[3]) * 60 + part[4]) * 60 + part[5]) * 1000000000 +
              fraction;
    return OC_OK;
}

static inline uint32_t kit_json_hex4(const char *at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (uint32_t)(at[i] <= '9' ? at[i] - '0' : (at[i] | 32) - 'a' + 10);
    return value;
}

/* How many bytes a character of UTF-8 takes at `at`; 0: it is none. */
static inline uint32_t kit_json_utf8(const char *at, const char *end)
{
    const unsigned char first = (unsigned char)*at;
    const uint32_t size = first < 0x80                    ? 1
                          : first >= 0xC2 && first < 0xE0 ? 2
                          : first >= 0xE0 && first < 0xF0 ? 3
                          : first >= 0xF0 && first < 0xF5 ? 4
                                                          : 0;
    if (size == 0 || (size_t)(end - at) < size)
        return 0;
    for (uint32_t i = 1; i < size; i++)
        if (((unsigned char)at[i] & 0xC0) != 0x80)
            return 0;
    const unsigned char second = size > 1 ? (unsigned char)at[1] : 0;
    const int is_odd = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                       (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return is_odd ? 0 : size;
}

/* A string as it is meant, its escapes as UTF-8, with a zero behind; of a number or a word, its text. The size without the zero.
 * OC_E_DATA: not UTF-8, half of a pair, or a zero byte within; OC_E_LIMIT: `size_max` is too small. The buffer is dirty then. */
static inline oc_rc kit_json_copy(struct kit_json_text text, char *buffer, size_t size_max)
{
    const char *at = text.at, *end = text.size ? at + text.size : at;
    size_t size = 0;
    while (at < end) {
        char bytes[4];
        uint32_t count = 1, code = 0;
        if (*at != '\\' || text.kind != KIT_JSON_STRING) {
            count = kit_json_utf8(at, end);
            if (count == 0 || *at == 0)
                return OC_E_DATA;
            memcpy(bytes, at, count);
            at += count;
        } else if (at[1] != 'u') {
            static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
            bytes[0] = meant[strchr(names, at[1]) - names];
            at += 2;
        } else {
            code = kit_json_hex4(at + 2);
            at += 6;
            if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
                const uint32_t low = kit_json_hex4(at + 2);
                if (low < 0xDC00 || low > 0xDFFF)
                    return OC_E_DATA;
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                at += 6;
            }
            if (code == 0 || (code >= 0xD800 && code <= 0xDFFF))
                return OC_E_DATA;
            count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
            for (uint32_t i = count; i-- > 1; code >>= 6)
                bytes[i] = (char)(0x80 | (code & 0x3F));
            bytes[0] = (char)(count == 1 ? code : (0xF00u >> count & 0xFF) | code);
        }
        if (size + count + 1 > size_max)
            return OC_E_LIMIT;
        memcpy(buffer + size, bytes, count);
        size += count;
    }
    if (size + 1 > size_max)
        return OC_E_LIMIT;
    buffer[size] = 0;
    return (oc_rc)size;
}

#endif
