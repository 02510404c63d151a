/* notation.c: numbers as people's programs write them: 1.234,56 and 45.2K. */
#include "csv.h"

#include <string.h>

enum { NUMBER_MAX = 64 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The whole part without the signs between its groups; false when these are not of three digits. */
static bool take_whole(const char **at, const char *end, char thousands, char *out, size_t *used)
{
    int digits = 0;
    bool is_grouped = false;
    for (; *at < end; (*at)++) {
        if (is_digit(**at)) {
            out[(*used)++] = **at;
            digits++;
        } else if (thousands && **at == thousands) {
            if (digits == 0 || digits > 3 || (is_grouped && digits != 3))
                return false;
            is_grouped = true;
            digits = 0;
        } else {
            break;
        }
    }
    return !is_grouped || digits == 3;
}

oc_rc csv_notation_read(const struct csv_notation *notation, const char *text, size_t size,
                        struct csv_number *ret_number)
{
    char plain[NUMBER_MAX];
    size_t used = 0;
    const char *at = text, *end = text + size;
    char decimal = notation->decimal ? notation->decimal : '.';
    if (notation->is_plain)
        return csv_number_read(text, size, ret_number);
    if (size >= sizeof plain)
        return OC_E_INVALID;
    if (at < end && (*at == '-' || *at == '+'))
        plain[used++] = *at++;
    if (!take_whole(&at, end, notation->thousands, plain, &used))
        return OC_E_INVALID;
    for (; at < end; at++) {
        if (*at == '.' && decimal != '.')
            return OC_E_INVALID;
        plain[used++] = *at == decimal ? '.' : *at;
    }
    return csv_number_read(plain, used, ret_number);
}

oc_rc csv_notation_quantity(const struct csv_notation *notation, const char *text, size_t size,
                            struct csv_number *ret_number)
{
    static const char letters[] = "KMB";
    if (size == 1 && *text == '-') {
        *ret_number = (struct csv_number){.is_empty = 1};
        return OC_OK;
    }
    char last = size > 1 && is_digit(text[size - 2]) ? text[size - 1] : '\0';
    if (last >= 'a' && last <= 'z')
        last = (char)(last - 'a' + 'A');
    const char *letter = last ? strchr(letters, last) : NULL;
    struct csv_number number;
    oc_rc rc = csv_notation_read(notation, text, letter ? size - 1 : size, &number);
    if (rc < 0)
        return rc;
    if (letter)
        number.decimals -= 3 * (int32_t)(letter - letters + 1);
    for (; number.decimals < 0; number.decimals++)
        if (__builtin_mul_overflow(number.digits, 10u, &number.digits))
            return OC_E_RANGE;
    *ret_number = number;
    return OC_OK;
}
