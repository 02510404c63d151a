#include "history/row.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

enum { SHARE_DIGITS = 8 };

void row_begin(struct row *row, uint32_t table)
{
    row->table = table;
    row->used = 0;
    memset(row->cells, 0, sizeof row->cells);
    for (uint32_t i = 0; i < history_schema.tables[table].column_count; i++)
        if (history_schema.tables[table].columns[i].is_key)
            row->cells[i] = (struct oc_cell){.text = "", .is_set = 1}; /* a key is always there */
}

void row_text_n(struct row *row, uint32_t column, const char *text, size_t size)
{
    const size_t room = sizeof row->room - row->used - 1;
    size_t kept = strnlen(text, size);
    if (kept == 0)
        return;
    kept = kept < room ? kept : room;
    kept = kept < OC_STORE_TEXT_MAX ? kept : OC_STORE_TEXT_MAX - 1;
    char *at = row->room + row->used;
    memcpy(at, text, kept);
    at[kept] = 0;
    row->used += kept + 1 < room ? kept + 1 : kept;
    row->cells[column] = (struct oc_cell){.text = at, .is_set = 1};
}

void row_text(struct row *row, uint32_t column, const char *text) { row_text_n(row, column, text, strlen(text)); }

void row_word(struct row *row, uint32_t column, const char *text)
{
    char word[64];
    size_t size = 0;
    for (; size < sizeof word - 1 && text[size]; size++)
        word[size] = (char)tolower((unsigned char)text[size]);
    row_text_n(row, column, word, size);
}

void row_int(struct row *row, uint32_t column, int64_t number)
{
    row->cells[column] = (struct oc_cell){.number = number, .is_set = 1};
}

void row_money(struct row *row, uint32_t column, oc_i128 money)
{
    char text[TEXT_DECIMAL_MAX];
    text_from_units_128(text, money, MONEY_SCALE, TEXT_SHORTEST);
    row_text(row, column, text);
}

void row_dec(struct row *row, uint32_t column, struct oc_dec dec)
{
    char text[TEXT_DECIMAL_MAX];
    text_from_units_128(text, dec.units, dec.scale, TEXT_SHORTEST);
    row_text(row, column, text);
}

void row_units(struct row *row, uint32_t column, int64_t units, struct oc_dec step)
{
    char text[TEXT_DECIMAL_MAX];
    text_from_units_128(text, (oc_i128)units * step.units, step.scale, TEXT_SHORTEST);
    row_text(row, column, text);
}

void row_share(struct row *row, uint32_t column, oc_i128 numerator, oc_i128 denominator, struct oc_dec step)
{
    char text[TEXT_DECIMAL_MAX];
    oc_i128 share;
    const int scale = step.scale + SHARE_DIGITS < MONEY_SCALE ? step.scale + SHARE_DIGITS : MONEY_SCALE;
    const oc_i128 times = (oc_i128)step.units * num_pow10_128(scale - step.scale);
    if (denominator == 0 || num_muldiv_128(numerator, times, denominator, NUM_HALF_EVEN, &share) < 0)
        return;
    text_from_units_128(text, share, scale, TEXT_SHORTEST);
    row_text(row, column, text);
}
