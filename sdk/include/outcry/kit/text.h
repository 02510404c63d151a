/* text.h: decimals and whole units as text, exactly, as static inline helpers for plugins. No ABI promise.
 *
 * Invariants
 * - Nothing is rounded: digits that a step does not have are OC_E_CONFIG, as is what is no number. Outputs are untouched then.
 * - No allocation, no libm. All [any]. */
#ifndef OUTCRY_KIT_TEXT_H
#define OUTCRY_KIT_TEXT_H

#include <outcry/kit/dec.h>
#include <stddef.h>
#include <string.h>

/* Cuts the next word off a list that is parted by any of `parts`: ", ". NULL: there is none. *rest: behind it. */
static inline char *kit_next_word(char **rest, const char *parts)
{
    char *word = *rest + strspn(*rest, parts);
    const size_t size = strcspn(word, parts);
    *rest = word + size + (word[size] != 0);
    word[size] = 0;
    return size ? word : NULL;
}

/* Whether all of a text is what a pattern says, in which `*` stands for any characters, or none. */
static inline int kit_is_like(const char *text, const char *pattern)
{
    const char *star = NULL, *tried = text;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            tried = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) { /* the last star takes one character more */
            pattern = star + 1;
            text = ++tried;
        } else {
            return 0;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

/* Digits with at most one point, up to what is neither: "-0.05". *ret_end: behind them. */
static inline oc_rc kit_read_digits(const char *text, struct oc_dec *ret_value, const char **ret_end)
{
    struct oc_dec value = {0, 0, 0};
    int has_digit = 0, has_point = 0;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !has_point); text++) {
        if (*text == '.') {
            has_point = 1;
            continue;
        }
        if (value.units > (INT64_MAX - 9) / 10)
            return OC_E_CONFIG;
        value.units = value.units * 10 + (*text - '0');
        value.scale += has_point;
        has_digit = 1;
    }
    if (!has_digit || value.scale > OC_DEC_SCALE_MAX)
        return OC_E_CONFIG;
    *ret_value = value;
    *ret_end = text;
    return OC_OK;
}

/* "-0.05" and "5%". */
static inline oc_rc kit_read_dec(const char *text, struct oc_dec *ret_value)
{
    struct oc_dec value;
    const int minus = *text == '-';
    oc_rc rc = kit_read_digits(text + minus, &value, &text);
    if (rc == OC_OK && *text == '%') {
        value.scale += 2;
        text++;
    }
    if (rc < 0 || *text || value.scale > OC_DEC_SCALE_MAX)
        return OC_E_CONFIG;
    if (minus)
        value.units = -value.units;
    *ret_value = value;
    return OC_OK;
}

/* "101.25" at a step of 0.25 is 405 units. */
static inline oc_rc kit_units(const char *text, struct oc_dec step, int64_t *ret_units)
{
    struct oc_dec dec;
    kit_i128 value, one;
    if (kit_read_dec(text, &dec) < 0 || step.units <= 0 || !kit_dec_is_valid(step))
        return OC_E_CONFIG;
    kit_dec_align(dec, step, &value, &one);
    if (one <= 0 || value % one != 0 || value / one > INT64_MAX || value / one < INT64_MIN)
        return OC_E_CONFIG;
    *ret_units = (int64_t)(value / one);
    return OC_OK;
}

/* 405 units at a step of 0.25 are "101.25", with all digits of the step. The size without the zero; OC_E_LIMIT: no room. */
static inline oc_rc kit_put_units(char *text, size_t size_max, int64_t units, struct oc_dec step)
{
    char digits[64];
    size_t count = 0, at = 0;
    kit_i128 value = (kit_i128)units * step.units;
    const int minus = value < 0;
    value = minus ? -value : value;
    for (int32_t i = 0; i <= step.scale || value > 0; i++) {
        if (i == step.scale && step.scale > 0)
            digits[count++] = '.';
        if (value <= INT64_MAX) { /* divided as a word, which it nearly always is */
            digits[count++] = (char)('0' + (int)((uint64_t)value % 10));
            value = (kit_i128)((uint64_t)value / 10);
        } else {
            digits[count++] = (char)('0' + (int)(value % 10));
            value /= 10;
        }
    }
    if (count + (size_t)minus + 1 > size_max)
        return OC_E_LIMIT;
    if (minus)
        text[at++] = '-';
    while (count)
        text[at++] = digits[--count];
    text[at] = 0;
    return (oc_rc)at;
}

#endif
