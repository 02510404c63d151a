/* put.h: JSON written into a bounded text: exact decimals, commas by themselves. All [any]. */
#ifndef CONSOLE_PUT_H
#define CONSOLE_PUT_H

#include <stdbool.h>

#include "base/text.h"
#include "engine/instruments.h"

/* `key` NULL: an element of a list. */
void put_open(struct text *text, const char *key, char bracket);
void put_close(struct text *text, char bracket);
void put_text(struct text *text, const char *key, const char *value); /* NULL value: null */
void put_text_n(struct text *text, const char *key, const char *value, size_t size);
void put_int(struct text *text, const char *key, int64_t value);
void put_bool(struct text *text, const char *key, bool value);
void put_null(struct text *text, const char *key);
void put_double(struct text *text, const char *key, double value); /* not finite: null */
void put_dec(struct text *text, const char *key, struct oc_dec dec);
void put_money(struct text *text, const char *key, oc_i128 money);
void put_time(struct text *text, const char *key, int64_t ns);
/* Units of an instrument's grid; absent: null. */
void put_price(struct text *text, const char *key, const struct instrument *instrument, bool present, int64_t units);
void put_qty(struct text *text, const char *key, const struct instrument *instrument, bool present, int64_t units);
/* {"code":...,"message":...,"definitive":true} of a refusal. */
void put_refusal(struct text *text, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "o12" within `epoch`, "o3.12" otherwise. */
void put_order_id(struct text *text, const char *key, uint64_t order, uint32_t epoch);

#endif
