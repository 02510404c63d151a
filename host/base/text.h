/* text.h: exact text of numbers, times and durations, a bounded string builder, and the nearest
 * name for an error message.
 *
 * Invariants
 *   - Decimal text becomes units exactly or not at all: a digit that the scale cannot hold is
 * OC_E_DATA, a value that does not fit is OC_E_RANGE, what is no number is OC_E_INVALID. Nothing is
 * rounded here.
 *   - A struct text always holds a terminated string; what did not fit, for its maximum or for want of memory, is cut and
 * `is_cut` says so until text_clear: whoever needs the whole text asks it once, at the end.
 *   - Outputs are untouched on failure.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <string.h>

#include "base/checked.h"
#include "base/num.h"

enum {
    TEXT_DECIMAL_MAX = 64, /* bytes of a decimal, the final zero included */
    TEXT_TIME_MAX = 32,
    TEXT_DURATION_MAX = 24,
    TEXT_INPUT_MAX = 128, /* longest number that is read */
    TEXT_ORDER_MAX = 32,  /* name of an order */
    TEXT_NAME_MAX = 64,   /* longest name that is compared by text_nearest */
    TEXT_SHORTEST = -1    /* as many digits after the point as the value needs */
};

/* [any] "-1.50", "1e3", "2.5E-4", "+7" -> units at `scale` (0..18). `length` bytes, no spaces
 * around. */
CHECKED oc_rc text_to_units(const char *text, size_t length, int scale, int64_t *ret_units);
/* [any] The smallest scale >= 0 that holds the text exactly: "1.50" -> 15, 1. */
CHECKED oc_rc text_to_decimal(const char *text, size_t length, int64_t *ret_units, int *ret_scale);
/* [any] A whole number, decimal digits with a sign, nothing else. */
CHECKED oc_rc text_to_int(const char *text, size_t length, int64_t *ret_value);

/* [any] Writes units / 10^scale with `digits` after the point, or TEXT_SHORTEST, into `buffer` of
 * TEXT_DECIMAL_MAX bytes and returns the length. Fewer digits than the value has: OC_E_DATA (round
 * first, with num_rescale). */
int text_from_units(char *buffer, int64_t units, int scale, int digits);
/* [any] The same, `scale` and `digits` up to 20: money is at MONEY_SCALE. */
int text_from_units_128(char *buffer, oc_i128 units, int scale, int digits);
/* [any] The name of an order, the same wherever and whenever it is shown: "o12" of a session's first life, "o3_12" of its third
 * (a session that was killed and goes on counts anew): a name in Lua too. Returns `ret_name`. Safe in a signal's handler. */
const char *text_order(uint64_t order, char ret_name[TEXT_ORDER_MAX]);
/* [any] Such a name read back, "12", "o1_12" and "o1.12" too. False: it is none. */
CHECKED bool text_to_order(const char *text, uint64_t *ret_order);

/* [any] "2023-03-01", "2023-03-01 10:20", "2023-03-01T10:20:30.123456789Z", "…+02:00" -> ns UTC.
 * Without a zone it is UTC. */
CHECKED oc_rc text_to_time(const char *text, size_t length, int64_t *ret_ns);
/* [any] ISO-8601 UTC with 0, 3, 6 or 9 digits of a second, as needed, into TEXT_TIME_MAX bytes.
 * Returns the length. */
int text_from_time(char *buffer, int64_t ns);
/* [any] The same with exactly nine digits, for logs. */
int text_from_time_full(char *buffer, int64_t ns);

/* [any] "250ns" "10us" "5ms" "1.5s" "1m" "1h30m" "1d" "1w" -> ns. A bare 0 is zero; any other
 * number needs its unit. */
CHECKED oc_rc text_to_duration(const char *text, size_t length, int64_t *ret_ns);
/* [any] In the largest unit (d at most) that gives a whole number: 5400 s is "90m".
 * TEXT_DURATION_MAX bytes; the length. */
int text_from_duration(char *buffer, int64_t ns);

/* [any] As much of `from` as `size_max` bytes hold, the final zero included; the rest of them is zero, for what is kept or compared
 * as bytes. */
static inline void text_copy(char *ret_text, size_t size_max, const char *from)
{
    strncpy(ret_text, from, size_max - 1);
    ret_text[size_max - 1] = '\0';
}
/* [any] The same behind what stands in it. */
static inline void text_append(char *text, size_t size_max, const char *more)
{
    strncat(text, more, size_max - strlen(text) - 1);
}

struct text {
    char *data;      /* terminated */
    size_t size;     /* bytes without the final zero */
    size_t capacity; /* bytes of data */
    size_t max;      /* capacity never goes beyond */
    bool is_owned;
    bool is_cut;
};

/* [any] Over the caller's bytes; `capacity` at least 1. */
void text_init_fixed(struct text *text, char *data, size_t capacity);
/* [any] Grows on the heap up to `max` bytes (final zero included). Release with text_release. */
void text_init_grow(struct text *text, size_t max);
void text_release(struct text *text);
void text_clear(struct text *text);
/* [any] Append. */
void text_put(struct text *text, const char *string);
void text_put_bytes(struct text *text, const void *data, size_t size);
void text_put_char(struct text *text, char c);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Cut where `digits` are fewer than the value has. */
void text_put_units(struct text *text, int64_t units, int scale, int digits);
void text_put_time(struct text *text, int64_t ns);

/* [any] Bytes (1..4) of the character at `text`, or 0 when it is not valid UTF-8 or cut by `size`. */
int text_utf8_size(const char *text, size_t size);

/* [any] The entry of `names` (NULL-terminated) most like `name`, or NULL when none is near enough
 * to be meant. Borrowed. */
const char *text_nearest(const char *name, const char *const *names);
/* [any] Edits (insert, delete, change, swap of neighbours) between two names of up to TEXT_NAME_MAX
 * bytes. */
size_t text_distance(const char *a, const char *b);

#endif
