#include "history/schema.h"

#define COLUMN(name, type, key, about) {#name, OC_COLUMN_##type, key},
#define ABOUT(name, type, key, about)  about,
#define COLUMNS_OF(upper, lower, about)                                                                                \
    static const struct oc_column lower##_columns[] = {HISTORY_##upper##_COLUMNS(COLUMN)};                             \
    static const char *const lower##_about[] = {HISTORY_##upper##_COLUMNS(ABOUT)};
HISTORY_TABLES_OF(COLUMNS_OF)

#define TABLE(upper, lower, about)       {#lower, lower##_columns, sizeof lower##_columns / sizeof lower##_columns[0], 0},
#define TABLE_ABOUT(upper, lower, about) {about, lower##_about},

static const struct oc_table tables[] = {HISTORY_TABLES_OF(TABLE)};
static const struct {
    const char *about;
    const char *const *columns;
} words[] = {HISTORY_TABLES_OF(TABLE_ABOUT)};

const struct oc_schema history_schema = {
    .size = sizeof history_schema, .version = HISTORY_VERSION, .tables = tables, .table_count = HISTORY_TABLES};

const char *history_table_about(uint32_t table) { return words[table].about; }
const char *history_column_about(uint32_t table, uint32_t column) { return words[table].columns[column]; }
