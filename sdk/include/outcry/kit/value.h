/* value.h: values of a configuration, read and judged by their declared keys as a host does it, as static inline helpers for tests.
 * No ABI promise.
 *
 * Invariants
 * - What cannot be read, lies outside of min and max, or is none of the choices is OC_E_CONFIG; outputs are untouched then.
 * - No allocation, no libm. All [any]. */
#ifndef OUTCRY_KIT_VALUE_H
#define OUTCRY_KIT_VALUE_H

#include <outcry/kit/text.h>
#include <outcry/outcry.h>
#include <stdlib.h>
#include <string.h>

struct kit_value {
    struct oc_dec dec;
    int64_t number; /* whole numbers, durations in ns, yes as 1 */
};

/* "250ms", "1.5s", "1h30m", and "0". */
static inline oc_rc kit_read_duration(const char *text, int64_t *ret_ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ns", 1},          {"us", 1000},         {"ms", 1000000},      {"s", 1000000000},
                 {"m", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}};
    const int minus = *text == '-';
    kit_i128 total = 0;
    if (strcmp(text, "0") == 0) {
        *ret_ns = 0;
        return OC_OK;
    }
    for (text += minus; *text || total == 0;) {
        struct oc_dec value;
        uint32_t i = 0;
        oc_rc rc = kit_read_digits(text, &value, &text);
        const size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz");
        while (i < 7 && (strlen(units[i].name) != size || strncmp(units[i].name, text, size) != 0))
            i++;
        if (rc < 0 || i == 7)
            return OC_E_CONFIG;
        const kit_i128 part = (kit_i128)value.units * units[i].ns;
        if (part % kit_pow10(value.scale) != 0)
            return OC_E_CONFIG;
        total += part / kit_pow10(value.scale);
        text += size;
        if (total > INT64_MAX)
            return OC_E_CONFIG;
        if (!*text)
            break;
    }
    *ret_ns = (int64_t)(minus ? -total : total);
    return OC_OK;
}

static inline oc_rc kit_read_integer(const char *text, int64_t *ret_value)
{
    struct oc_dec value;
    const int minus = *text == '-';
    const oc_rc rc = kit_read_digits(text + minus, &value, &text);
    if (rc < 0 || *text || value.scale || *(text - 1) == '.')
        return OC_E_CONFIG;
    *ret_value = minus ? -value.units : value.units;
    return OC_OK;
}

static inline oc_rc kit_read_boolean(const char *text, int64_t *ret_yes)
{
    const int yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
        return OC_E_CONFIG;
    *ret_yes = yes;
    return OC_OK;
}

static inline oc_rc kit_read(uint32_t type, const char *text, struct kit_value *ret_value)
{
    switch (type) {
    case OC_KEY_DECIMAL:
        return kit_read_dec(text, &ret_value->dec);
    case OC_KEY_INTEGER:
        return kit_read_integer(text, &ret_value->number);
    case OC_KEY_DURATION:
        return kit_read_duration(text, &ret_value->number);
    case OC_KEY_BOOLEAN:
        return kit_read_boolean(text, &ret_value->number);
    default:
        return OC_OK; /* a text */
    }
}

/* Below, at or above a bound of the key: -1, 0, 1; `none` where it has no such bound. */
static inline int kit_against(const struct oc_key *key, const struct kit_value *value, const char *bound, int none)
{
    struct kit_value limit;
    memset(&limit, 0, sizeof limit);
    if (!bound || kit_read(key->type, bound, &limit) < 0)
        return none;
    if (key->type == OC_KEY_DECIMAL)
        return oc_dec_compare(value->dec, limit.dec);
    return (value->number > limit.number) - (value->number < limit.number);
}

/* A value of a key, as it is declared. NULL: nothing is declared, and `type` says how it is read. */
static inline oc_rc kit_judge(const struct oc_key *key, uint32_t type, const char *text, struct kit_value *ret_value)
{
    struct kit_value value;
    memset(&value, 0, sizeof value);
    oc_rc rc = kit_read(type, text, &value);
    if (rc == OC_OK && key && key->type == OC_KEY_CHOICE) {
        uint32_t i = 0;
        while (key->choices && key->choices[i] && strcmp(key->choices[i], text) != 0)
            i++;
        if (!key->choices || !key->choices[i])
            return OC_E_CONFIG;
    } else if (rc == OC_OK && key && key->type <= OC_KEY_DURATION) {
        const int low = kit_against(key, &value, key->min, 1), high = kit_against(key, &value, key->max, -1);
        if (low < 0 || (low == 0 && (key->bits & OC_KEY_ABOVE_MIN)) || high > 0 ||
            (high == 0 && (key->bits & OC_KEY_BELOW_MAX)))
            return OC_E_CONFIG;
    }
    if (rc == OC_OK)
        *ret_value = value;
    return rc;
}

#endif
