/* json_out.h: JSON written into a bounded text: exact decimals, commas by themselves. All [any]. */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include <stdbool.h>

#include "base/text.h"
#include <outcry/dec.h>

#include "base/money.h"

/* `key` NULL: an element of a list. */
void json_open(struct text *text, const char *key, char bracket);
void json_close(struct text *text, char bracket);
void json_text(struct text *text, const char *key, const char *value); /* NULL value: null */
void json_text_n(struct text *text, const char *key, const char *value, size_t size);
void json_int(struct text *text, const char *key, int64_t value);
void json_flag(struct text *text, const char *key, bool value);
void json_null(struct text *text, const char *key);
void json_double(struct text *text, const char *key, double value); /* not finite: null */
/* The shortest text that reads back as the same number. */
void json_double_exact(struct text *text, const char *key, double value);
void json_dec(struct text *text, const char *key, struct oc_dec dec);
void json_money(struct text *text, const char *key, oc_i128 money); /* to 1e-8 */
void json_money_exact(struct text *text, const char *key, oc_i128 money);
void json_time(struct text *text, const char *key, int64_t ns);
/* {"code":...,"message":...,"definitive":true} of a refusal. */
void json_refusal(struct text *text, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The name of an order, as text_order writes it. */
void json_order_id(struct text *text, const char *key, uint64_t order);

#endif
