/* format.h: how the writers of text, JSON and HTML show amounts, shares, times and foreign text.
 *
 * Invariants
 * - Every function writes a terminated string into FORMAT_MAX bytes and returns it; nothing is kept. All [any].
 * - What is not known is "n/a". */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include <string.h>

#include "base/text.h"
#include "report/figures.h"

enum { FORMAT_MAX = 96 };

/* Grouped, rounded half to even at `scale`; signed: '+' in front of what is above 0. */
const char *format_money(oc_i128 money, int scale, bool is_signed, char text[FORMAT_MAX]);
/* All digits, not grouped: "12.5". */
const char *format_exact(oc_i128 money, char text[FORMAT_MAX]);
/* 0.1234 -> "12.34 %". */
const char *format_percent(struct figure figure, bool is_signed, char text[FORMAT_MAX]);
/* 0.00123 -> "12.3 bps". */
const char *format_bps(struct figure figure, char text[FORMAT_MAX]);
const char *format_ratio(struct figure figure, char text[FORMAT_MAX]);
/* 1234567 -> "1,234,567". */
const char *format_count(uint64_t count, char text[FORMAT_MAX]);
/* "2023-03-01 10:20"; seconds only when they are not 0. */
const char *format_time(int64_t ns, char text[FORMAT_MAX]);
/* "2023-03-01". */
const char *format_date(int64_t ns, char text[FORMAT_MAX]);
/* "3d 4h", "2h 5m", "40s". */
const char *format_span(double seconds, char text[FORMAT_MAX]);
/* "1h bars", "ticks". */
const char *format_period(int64_t period_ns, char text[FORMAT_MAX]);
/* An average price with the digits of the instrument's price step. */
const char *format_price(struct figure price, const struct instrument *instrument, char text[FORMAT_MAX]);
/* Bytes (1..4) of the character at `text`, or 0 when it is not valid UTF-8 or is the end. */
static inline int format_utf8(const char *text) { return text_utf8_size(text, strnlen(text, 4)); }
bool format_is_ideal(const struct result *result);

#endif
