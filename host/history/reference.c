#include "history/reference.h"

#include "history/schema.h"

static const char *type_name(uint32_t type)
{
    static const char *const names[] = {"", "text", "integer", "time", "decimal"};
    return names[type];
}

oc_rc history_reference(struct text *text)
{
    text_format(text,
                "# The tables of the history\n\nPrinted by `outcry help tables`; what they are for: "
                "[history.md](history.md). Version %u.\n\n"
                "A *time* is an integer of nanoseconds UTC; a *decimal* is text, exact; what is not known is NULL. The "
                "columns with a key name a row "
                "together. `change_no` (integer) stands behind them in each table.\n",
                history_schema.version);
    for (uint32_t i = 0; i < history_schema.table_count; i++) {
        const struct oc_table *table = &history_schema.tables[i];
        text_format(text, "\n## %s\n\n%s\n\n| column | type | key | |\n| --- | --- | --- | --- |\n", table->name,
                    history_table_about(i));
        for (uint32_t k = 0; k < table->column_count; k++)
            text_format(text, "| `%s` | %s | %s | %s |\n", table->columns[k].name, type_name(table->columns[k].type),
                        table->columns[k].is_key ? "yes" : "", history_column_about(i, k));
    }
    return text->is_cut ? (oc_rc)OC_E_NOMEM : (oc_rc)OC_OK;
}
