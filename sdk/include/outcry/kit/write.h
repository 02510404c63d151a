/* write.h: the text of a request into a buffer of fixed size, as static inline helpers for codecs. No ABI promise.
 *
 *   char body[512];
 *   struct kit_write out = kit_write_begin(body, sizeof body);
 *   KIT_WRITE(&out, "{\"symbol\":");
 *   kit_write_json(&out, instrument->venue_symbol, strlen(instrument->venue_symbol));
 *   KIT_WRITE(&out, ",\"price\":\"");
 *   kit_write_units(&out, request->price, instrument->price_step);
 *   KIT_WRITE(&out, "\"}");
 *   oc_rc size = kit_write_end(&out);
 *   if (size < 0)
 *       return size;
 *
 * Invariants
 * - Never a byte behind the buffer. What does not fit is left out, and so is all that follows; kit_write_end says it once.
 * - Decimals are exact. No libm, no allocation: the same bytes on every machine. All [any]. */
#ifndef OUTCRY_KIT_WRITE_H
#define OUTCRY_KIT_WRITE_H

#include <outcry/kit/text.h>
#include <string.h>

struct kit_write {
    char *from;
    char *at;
    char *end;
    int is_over;
    int is_bad; /* something that cannot be written: units of a step that is none */
};

static inline struct kit_write kit_write_begin(char *buffer, size_t size)
{
    struct kit_write out;
    out.from = out.at = buffer;
    out.end = buffer + size;
    out.is_over = out.is_bad = 0;
    return out;
}

/* The bytes written. OC_E_LIMIT: the buffer was too small; OC_E_INVALID: something could not be written. No zero stands behind. */
static inline oc_rc kit_write_end(const struct kit_write *out)
{
    if (out->is_bad)
        return OC_E_INVALID;
    return out->is_over || out->at - out->from > INT32_MAX ? OC_E_LIMIT : (oc_rc)(out->at - out->from);
}

static inline void kit_write_bytes(struct kit_write *out, const void *bytes, size_t size)
{
    if (out->is_over || (size_t)(out->end - out->at) < size) {
        out->is_over = 1;
        return;
    }
    if (size > 0)
        memcpy(out->at, bytes, size);
    out->at += size;
}

/* A literal. */
#define KIT_WRITE(out, literal) kit_write_bytes(out, literal, sizeof(literal) - 1)

static inline void kit_write_text(struct kit_write *out, const char *text) { kit_write_bytes(out, text, strlen(text)); }

static inline void kit_write_u64(struct kit_write *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    kit_write_bytes(out, digits + at, sizeof digits - at);
}

static inline void kit_write_i64(struct kit_write *out, int64_t number)
{
    if (number < 0)
        KIT_WRITE(out, "-");
    kit_write_u64(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* 405 units at a step of 0.25 are "101.25", with all digits of the step. */
static inline void kit_write_units(struct kit_write *out, int64_t units, struct oc_dec step)
{
    char text[64];
    if (step.units <= 0 || !kit_dec_is_valid(step)) {
        out->is_bad = 1;
        return;
    }
    const oc_rc size = kit_put_units(text, sizeof text, units, step);
    kit_write_bytes(out, text, size > 0 ? (size_t)size : 0);
}

/* A decimal with the digits of its scale. */
static inline void kit_write_dec(struct kit_write *out, struct oc_dec dec)
{
    const struct oc_dec one = {1, dec.scale, 0};
    kit_write_units(out, dec.units, one);
}

/* A string of JSON, quoted; control characters, quotes and backslashes escaped, other bytes as they are. */
static inline void kit_write_json(struct kit_write *out, const char *text, size_t size)
{
    static const char digit[] = "0123456789abcdef";
    KIT_WRITE(out, "\"");
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];
        char escape[6] = {'\\', (char)c, '0', '0', 0, 0};
        if (c == '"' || c == '\\') {
            kit_write_bytes(out, escape, 2);
        } else if (c < 32) {
            escape[1] = 'u';
            escape[2] = escape[3] = '0';
            escape[4] = digit[c >> 4];
            escape[5] = digit[c & 15];
            kit_write_bytes(out, escape, 6);
        } else {
            kit_write_bytes(out, &text[i], 1);
        }
    }
    KIT_WRITE(out, "\"");
}

/* A part of a query: letters, digits and "-._~" as they are, all other bytes as %XX (RFC 3986). */
static inline void kit_write_query(struct kit_write *out, const char *text, size_t size)
{
    static const char digit[] = "0123456789ABCDEF";
    size_t run = 0; /* where what is plain begins */
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
            c == '_' || c == '~')
            continue;
        const char escape[3] = {'%', digit[c >> 4], digit[c & 15]};
        kit_write_bytes(out, text + run, i - run);
        kit_write_bytes(out, escape, sizeof escape);
        run = i + 1;
    }
    if (run < size)
        kit_write_bytes(out, text + run, size - run);
}

/* Two digits of 0 to f a byte. */
static inline void kit_write_hex(struct kit_write *out, const void *bytes, size_t size)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = ((const unsigned char *)bytes)[i];
        const char two[2] = {digit[c >> 4], digit[c & 15]};
        kit_write_bytes(out, two, 2);
    }
}

/* Base64 (RFC 4648), padded; `is_url`: the alphabet of URLs, without padding, as JWS takes it. */
static inline void kit_write_base64(struct kit_write *out, const void *bytes, size_t size, int is_url)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const unsigned char *in = (const unsigned char *)bytes;
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t three =
            (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
        char four[4];
        for (int k = 0; k < 4; k++) {
            const uint32_t six = three >> (18 - 6 * k) & 63;
            four[k] = six < 62 ? letters[six] : six == 62 ? (is_url ? '-' : '+') : (is_url ? '_' : '/');
        }
        if (left < 3) {
            four[3] = '=';
            if (left < 2)
                four[2] = '=';
        }
        kit_write_bytes(out, four, is_url && left < 3 ? left + 1 : 4);
    }
}

/* ns UTC as "2026-01-02T00:00:00.123Z", with 0 to 9 decimals, cut. Years 0 to 9999. */
static inline void kit_write_time(struct kit_write *out, int64_t ns, int decimals)
{
    int64_t seconds = ns / 1000000000, fraction = ns % 1000000000;
    if (fraction < 0) {
        fraction += 1000000000;
        seconds--;
    }
    int64_t days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    days += 719468; /* from the first of March of the year 0 */
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    const int64_t of_400 = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * of_400 + of_400 / 4 - of_400 / 100), march = (5 * of_year + 2) / 153;
    const int64_t month = march < 10 ? march + 3 : march - 9, year = of_400 + era * 400 + (month <= 2);
    const int64_t parts[6] = {year, month, of_year - (153 * march + 2) / 5 + 1, rest / 3600, rest / 60 % 60, rest % 60};
    static const char between[6] = {'-', '-', 'T', ':', ':', 0};
    char text[32];
    size_t at = 0;
    for (int i = 0; i < 6; i++) {
        for (int64_t unit = i == 0 ? 1000 : 10; unit > 0; unit /= 10)
            text[at++] = (char)('0' + parts[i] / unit % 10);
        if (between[i])
            text[at++] = between[i];
    }
    if (decimals > 0)
        text[at++] = '.';
    for (int64_t unit = 100000000; decimals > 0 && unit > 0; decimals--, unit /= 10)
        text[at++] = (char)('0' + fraction / unit % 10);
    text[at++] = 'Z';
    kit_write_bytes(out, text, at);
}

/* A name in lower case, as those of streams often are: "btcusd" of "BTCUSD". */
static inline void kit_write_lower(struct kit_write *out, const char *text)
{
    for (; *text; text++) {
        const char letter = (char)(*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text);
        kit_write_bytes(out, &letter, 1);
    }
}

#endif
