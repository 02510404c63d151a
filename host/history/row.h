/* row.h: one row on its way to the store.
 *
 * Invariants: what is not set is not known; texts that find no room in it are cut. All [any]. */
#ifndef HISTORY_ROW_H
#define HISTORY_ROW_H

#include "base/money.h"
#include "history/schema.h"

enum { ROW_ROOM = 16384 };

struct row {
    uint32_t table;
    uint32_t zero;
    struct oc_cell cells[OC_STORE_COLUMNS_MAX];
    size_t used;
    char room[ROW_ROOM];
};

void row_begin(struct row *row, uint32_t table);
/* "" is nothing but in a key. */
void row_text(struct row *row, uint32_t column, const char *text);
void row_text_n(struct row *row, uint32_t column, const char *text, size_t size);
/* In small letters. */
void row_word(struct row *row, uint32_t column, const char *text);
void row_int(struct row *row, uint32_t column, int64_t number); /* and times */
void row_money(struct row *row, uint32_t column, oc_i128 money);
void row_dec(struct row *row, uint32_t column, struct oc_dec dec);
/* Units of a step. */
void row_units(struct row *row, uint32_t column, int64_t units, struct oc_dec step);
/* numerator / denominator of a step, rounded half to even to 8 digits more than the step has. */
void row_share(struct row *row, uint32_t column, oc_i128 numerator, oc_i128 denominator, struct oc_dec step);

#endif
