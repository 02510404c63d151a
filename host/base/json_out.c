#include "base/json_out.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_string(struct text *text, const char *value, size_t size)
{
    text_put_char(text, '"');
    for (size_t i = 0; i < size;) {
        unsigned char c = (unsigned char)value[i];
        int taken = c < 0x80 ? 1 : text_utf8_size(value + i, size - i);
        if (taken == 0)
            text_put(text, "\\ufffd"); /* not UTF-8 */
        else if (c == '"' || c == '\\')
            text_format(text, "\\%c", c);
        else if (c == '\n')
            text_put(text, "\\n");
        else if (c < ' ' || c == 0x7f)
            text_format(text, "\\u%04x", c);
        else
            text_put_bytes(text, value + i, (size_t)taken);
        i += taken ? (size_t)taken : 1;
    }
    text_put_char(text, '"');
}

static void begin(struct text *text, const char *key)
{
    char last = text->size ? text->data[text->size - 1] : '{';
    if (last != '{' && last != '[' && last != ':')
        text_put_char(text, ',');
    if (key) {
        put_string(text, key, strlen(key));
        text_put_char(text, ':');
    }
}

void json_open(struct text *text, const char *key, char bracket)
{
    if (text->size || key)
        begin(text, key);
    text_put_char(text, bracket);
}

void json_close(struct text *text, char bracket) { text_put_char(text, bracket); }

void json_text_n(struct text *text, const char *key, const char *value, size_t size)
{
    begin(text, key);
    put_string(text, value, size);
}

void json_text(struct text *text, const char *key, const char *value)
{
    if (value)
        json_text_n(text, key, value, strlen(value));
    else
        json_null(text, key);
}

void json_int(struct text *text, const char *key, int64_t value)
{
    begin(text, key);
    text_put_units(text, value, 0, 0);
}

void json_flag(struct text *text, const char *key, bool value)
{
    begin(text, key);
    text_put(text, value ? "true" : "false");
}

void json_null(struct text *text, const char *key)
{
    begin(text, key);
    text_put(text, "null");
}

void json_double(struct text *text, const char *key, double value)
{
    begin(text, key);
    if (isfinite(value))
        text_format(text, "%.12g", value);
    else
        text_put(text, "null");
}

void json_double_exact(struct text *text, const char *key, double value)
{
    char digits[40] = "null";
    begin(text, key);
    for (int count = 15; isfinite(value) && count <= 17; count++) {
        snprintf(digits, sizeof digits, "%.*g", count, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_put(text, digits);
}

void json_dec(struct text *text, const char *key, struct oc_dec dec)
{
    begin(text, key);
    text_put_units(text, dec.units, dec.scale, TEXT_SHORTEST);
}

void json_money(struct text *text, const char *key, oc_i128 money)
{
    char digits[64];
    begin(text, key);
    money_to_text(money, 8, false, digits);
    text_put(text, digits);
}

void json_money_exact(struct text *text, const char *key, oc_i128 money)
{
    char digits[TEXT_DECIMAL_MAX];
    begin(text, key);
    text_from_units_128(digits, money, MONEY_SCALE, TEXT_SHORTEST);
    text_put(text, digits);
}

void json_time(struct text *text, const char *key, int64_t ns)
{
    char time[TEXT_TIME_MAX];
    begin(text, key);
    text_from_time(time, ns);
    text_put_char(text, '"');
    text_put(text, time);
    text_put_char(text, '"');
}

void json_refusal(struct text *text, const char *code, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    text_clear(text);
    json_open(text, NULL, '{');
    json_text(text, "code", code);
    json_text(text, "message", message);
    json_flag(text, "definitive", true);
    json_close(text, '}');
}

void json_order_id(struct text *text, const char *key, uint64_t order)
{
    char name[TEXT_ORDER_MAX];
    begin(text, key);
    text_format(text, "\"%s\"", text_order(order, name));
}
