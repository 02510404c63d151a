#include "cli/history_show.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/money.h"

enum { SESSIONS_MAX = 4096, ROW_TEXT_MAX = 1 << 20, CELL_MAX = 96 };

struct show_names { /* of sessions, by identity */
    struct {
        char id[OC_STORE_SESSION_SIZE + 1];
        char name[SHOW_NAME_MAX];
    } list[SESSIONS_MAX];
    uint32_t count;
};

/* ---- what a table shows ---- */

enum look { LOOK_TEXT, LOOK_TIME, LOOK_DECIMAL, LOOK_PRICE, LOOK_MONEY, LOOK_GAIN, LOOK_INT, LOOK_SESSION, LOOK_WHOSE };

struct shown_column {
    uint32_t column;
    enum look look;
    const char *head;
};

struct shown_table {
    struct shown_column columns[SHOW_COLUMNS_MAX];
    uint32_t count;
};

static const struct shown_table shown[HISTORY_TABLES] = {
    [HISTORY_SESSION] = {{{SESSION_begun, LOOK_TIME, "begun"},
                          {SESSION_name, LOOK_TEXT, "session"},
                          {SESSION_mode, LOOK_TEXT, "mode"},
                          {SESSION_state, LOOK_TEXT, "state"},
                          {SESSION_strategy, LOOK_TEXT, "strategy"},
                          {SESSION_symbol, LOOK_TEXT, "symbol"},
                          {SESSION_orders, LOOK_INT, "orders"},
                          {SESSION_fills, LOOK_INT, "fills"},
                          {SESSION_trades, LOOK_INT, "trades"},
                          {SESSION_final, LOOK_MONEY, "equity"},
                          {SESSION_profit, LOOK_GAIN, "profit"},
                          {SESSION_currency, LOOK_TEXT, ""}},
                         12},
    [HISTORY_ORDER] = {{{ORDER_time, LOOK_TIME, "asked"},
                        {ORDER_session, LOOK_SESSION, "session"},
                        {ORDER_order_id, LOOK_TEXT, "order"},
                        {ORDER_strategy, LOOK_TEXT, "strategy"},
                        {ORDER_symbol, LOOK_TEXT, "symbol"},
                        {ORDER_side, LOOK_TEXT, "side"},
                        {ORDER_type, LOOK_TEXT, "type"},
                        {ORDER_qty, LOOK_DECIMAL, "qty"},
                        {ORDER_quote_qty, LOOK_MONEY, "money"},
                        {ORDER_price, LOOK_PRICE, "price"},
                        {ORDER_stop_price, LOOK_PRICE, "stop"},
                        {ORDER_filled, LOOK_DECIMAL, "filled"},
                        {ORDER_average, LOOK_PRICE, "average"},
                        {ORDER_status, LOOK_TEXT, "status"},
                        {ORDER_reason, LOOK_TEXT, "why"}},
                       15},
    [HISTORY_FILL] = {{{FILL_time, LOOK_TIME, "time"},
                       {FILL_session, LOOK_SESSION, "session"},
                       {FILL_order_id, LOOK_TEXT, "order"},
                       {FILL_strategy, LOOK_TEXT, "strategy"},
                       {FILL_symbol, LOOK_TEXT, "symbol"},
                       {FILL_side, LOOK_TEXT, "side"},
                       {FILL_qty, LOOK_DECIMAL, "qty"},
                       {FILL_price, LOOK_PRICE, "price"},
                       {FILL_value, LOOK_MONEY, "value"},
                       {FILL_realised, LOOK_GAIN, "realised"},
                       {FILL_asset, LOOK_TEXT, ""},
                       {FILL_fee, LOOK_DECIMAL, "fee"},
                       {FILL_fee_asset, LOOK_TEXT, ""},
                       {FILL_liquidity, LOOK_TEXT, "as"},
                       {FILL_status, LOOK_TEXT, "status"}},
                      15},
    [HISTORY_POSITION] = {{{POSITION_session, LOOK_SESSION, "session"},
                           {POSITION_account, LOOK_TEXT, "account"},
                           {POSITION_strategy, LOOK_WHOSE, "strategy"},
                           {POSITION_symbol, LOOK_TEXT, "symbol"},
                           {POSITION_side, LOOK_TEXT, "side"},
                           {POSITION_qty, LOOK_DECIMAL, "qty"},
                           {POSITION_average, LOOK_PRICE, "average"},
                           {POSITION_price, LOOK_PRICE, "price"},
                           {POSITION_unrealised, LOOK_GAIN, "unrealised"},
                           {POSITION_realised, LOOK_GAIN, "realised"},
                           {POSITION_asset, LOOK_TEXT, ""},
                           {POSITION_fills, LOOK_INT, "fills"}},
                          12},
    [HISTORY_TRADE] = {{{TRADE_time, LOOK_TIME, "entry"},
                        {TRADE_exit_time, LOOK_TIME, "exit"},
                        {TRADE_session, LOOK_SESSION, "session"},
                        {TRADE_strategy, LOOK_TEXT, "strategy"},
                        {TRADE_symbol, LOOK_TEXT, "symbol"},
                        {TRADE_side, LOOK_TEXT, "side"},
                        {TRADE_qty, LOOK_DECIMAL, "qty"},
                        {TRADE_entry_price, LOOK_PRICE, "in at"},
                        {TRADE_exit_price, LOOK_PRICE, "out at"},
                        {TRADE_fees, LOOK_MONEY, "fees"},
                        {TRADE_net, LOOK_GAIN, "net"},
                        {TRADE_asset, LOOK_TEXT, ""},
                        {TRADE_exit_reason, LOOK_TEXT, "why"}},
                       13},
    [HISTORY_EQUITY] = {{{EQUITY_day, LOOK_TEXT, "day"},
                         {EQUITY_session, LOOK_SESSION, "session"},
                         {EQUITY_equity, LOOK_MONEY, "equity"},
                         {EQUITY_day_profit, LOOK_GAIN, "day's"},
                         {EQUITY_realised, LOOK_GAIN, "realised"},
                         {EQUITY_unrealised, LOOK_GAIN, "unrealised"},
                         {EQUITY_fees, LOOK_MONEY, "fees"},
                         {EQUITY_profit, LOOK_GAIN, "cumulative"},
                         {EQUITY_currency, LOOK_TEXT, ""}},
                        9},
    [HISTORY_TRANSACTION] = {{{TRANSACTION_time, LOOK_TIME, "time"},
                              {TRANSACTION_session, LOOK_SESSION, "session"},
                              {TRANSACTION_account, LOOK_TEXT, "account"},
                              {TRANSACTION_type, LOOK_TEXT, "type"},
                              {TRANSACTION_amount, LOOK_DECIMAL, "amount"},
                              {TRANSACTION_asset, LOOK_TEXT, ""},
                              {TRANSACTION_after, LOOK_DECIMAL, "balance"},
                              {TRANSACTION_status, LOOK_TEXT, "status"},
                              {TRANSACTION_reference, LOOK_TEXT, "of"}},
                             9},
};

/* ---- names of sessions ---- */

static void read_names(struct show *show)
{
    const struct oc_ask ask = {.size = sizeof ask,
                               .table = HISTORY_SESSION,
                               .order_by = SESSION_begun,
                               .is_descending = 1,
                               .limit = SESSIONS_MAX};
    struct oc_cell cells[SESSION_COLUMNS];
    uint64_t change;
    const struct oc_store *store = show->store->table;
    show->names->count = 0;
    oc_rc rc = store->ask(show->store->self, &ask); /* a failure leaves digits in the place of names */
    while (rc == OC_OK && store->row(show->store->self, cells, SESSION_COLUMNS, &change) == OC_OK) {
        const uint32_t at = show->names->count++;
        text_copy(show->names->list[at].id, sizeof show->names->list[at].id, cells[SESSION_session].text);
        snprintf(show->names->list[at].name, SHOW_NAME_MAX, "%s",
                 cells[SESSION_name].is_set ? cells[SESSION_name].text : cells[SESSION_session].text);
    }
}

static const char *name_of(const struct show *show, const char *id)
{
    for (uint32_t i = 0; i < show->names->count; i++)
        if (strcmp(show->names->list[i].id, id) == 0)
            return show->names->list[i].name;
    return id;
}

/* ---- cells ---- */

/* Of at most MONEY_SCALE digits behind the point, as the store has them. */
static bool read_money(const char *text, oc_i128 *ret_money)
{
    oc_u128 units = 0;
    int behind = -1;
    const bool is_below = *text == '-';
    for (text += is_below; *text; text++) {
        if (*text == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || behind == MONEY_SCALE || units > (((oc_u128)1) << 126) / 10)
            return false;
        units = units * 10 + (unsigned)(*text - '0');
        behind += behind >= 0;
    }
    const oc_i128 times = num_pow10_128(MONEY_SCALE - (behind < 0 ? 0 : behind));
    return num_mul_128((oc_i128)units, is_below ? -times : times, ret_money) == OC_OK;
}

static void round_to(const char *text, int digits, bool is_signed, bool keeps_zeros, char ret[CELL_MAX])
{
    oc_i128 money;
    char number[64];
    if (!read_money(text, &money)) {
        snprintf(ret, CELL_MAX, "%s", text);
        return;
    }
    money_to_text(money, digits, true, number);
    if (!keeps_zeros && strchr(number, '.')) {
        size_t size = strlen(number);
        while (number[size - 1] == '0')
            number[--size] = 0;
        if (number[size - 1] == '.')
            number[size - 1] = 0;
    }
    snprintf(ret, CELL_MAX, "%s%s", is_signed && money > 0 ? "+" : "", number);
}

/* Bytes of foreign text that move a terminal's cursor, or are no text at all, are no part of a table. */
static void put_plain(const char *from, char ret[CELL_MAX])
{
    size_t size = 0;
    for (size_t at = 0; from[at] && size + 5 < CELL_MAX;) {
        const int taken = text_utf8_size(from + at, strlen(from + at));
        const bool is_shown = taken > 0 && (unsigned char)from[at] >= ' ' && from[at] != 0x7f &&
                              (taken == 1 || (unsigned char)from[at] != 0xc2);
        if (is_shown)
            memcpy(ret + size, from + at, (size_t)taken);
        else
            ret[size] = '?';
        size += is_shown ? (size_t)taken : 1;
        at += taken > 0 ? (size_t)taken : 1;
    }
    ret[size] = 0;
}

static void cell_of(const struct show *show, const struct shown_column *column, const struct oc_cell *cell,
                    char ret[CELL_MAX])
{
    ret[0] = 0;
    if (!cell->is_set)
        return;
    switch (column->look) {
    case LOOK_TIME:
        text_from_time(ret, cell->number - cell->number % 1000000000);
        ret[strlen("2024-01-31")] = ' ';
        ret[strlen("2024-01-31 10:20:30")] = 0;
        break;
    case LOOK_DECIMAL:
    case LOOK_PRICE:
        round_to(cell->text, 8, false, false, ret);
        break;
    case LOOK_MONEY:
        round_to(cell->text, 2, false, true, ret);
        break;
    case LOOK_GAIN:
        round_to(cell->text, 2, true, true, ret);
        break;
    case LOOK_INT:
        snprintf(ret, CELL_MAX, "%lld", (long long)cell->number);
        break;
    case LOOK_WHOSE:
        put_plain(cell->text[0] ? cell->text : "all", ret);
        break;
    case LOOK_SESSION:
        put_plain(name_of(show, cell->text), ret);
        break;
    case LOOK_TEXT:
    default:
        put_plain(cell->text, ret);
    }
}

static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static bool is_right(enum look look) { return look >= LOOK_DECIMAL && look <= LOOK_INT; }

static const char *colour_of(const struct show *show, const struct shown_column *column, const char *cell)
{
    if (!show->is_coloured)
        return "";
    if (column->look == LOOK_GAIN)
        return cell[0] == '-' ? "\x1b[31m" : cell[0] == '+' ? "\x1b[32m" : "";
    return "";
}

static void put_table_row(struct show *show, const struct oc_cell *cells, bool is_head)
{
    const struct shown_table *table = &shown[show->table];
    char cell[CELL_MAX];
    text_clear(&show->room);
    for (uint32_t i = 0; i < table->count; i++) {
        const struct shown_column *column = &table->columns[i];
        if (!show->follows && !show->has_some[i]) /* nothing stands in it */
            continue;
        if (is_head)
            snprintf(cell, sizeof cell, "%s", column->head);
        else
            cell_of(show, column, &cells[column->column], cell);
        const int width = width_of(cell), pad = show->widths[i] > width ? show->widths[i] - width : 0;
        const char *colour = is_head ? "" : colour_of(show, column, cell);
        if (show->room.size)
            text_put(&show->room, column->head[0] ? "  " : " ");
        const bool is_last = i + 1 == table->count;
        text_format(&show->room, "%*s%s%s%s%*s", is_right(column->look) ? pad : 0, "", colour, cell,
                    colour[0] ? "\x1b[0m" : "", is_right(column->look) || is_last ? 0 : pad, "");
    }
    while (show->room.size && show->room.data[show->room.size - 1] == ' ')
        show->room.data[--show->room.size] = 0;
    fprintf(show->out, "%s\n", show->room.data);
}

static void measure(struct show *show, const struct oc_cell *cells)
{
    const struct shown_table *table = &shown[show->table];
    char cell[CELL_MAX];
    for (uint32_t i = 0; i < table->count; i++) {
        cell_of(show, &table->columns[i], &cells[table->columns[i].column], cell);
        const int width = width_of(cell);
        show->widths[i] = width > show->widths[i] ? width : show->widths[i];
        show->has_some[i] |= width > 0;
    }
}

static void put_csv_cell(struct show *show, const char *text)
{
    const bool is_quoted = text[strcspn(text, ",\"\r\n")] != 0;
    if (is_quoted)
        text_put_char(&show->room, '"');
    for (; *text; text++)
        text_put(&show->room, *text == '"' ? "\"\"" : (const char[]){*text, 0});
    if (is_quoted)
        text_put_char(&show->room, '"');
}

static void put_csv_row(struct show *show, const struct oc_cell *cells)
{
    const struct oc_table *table = &history_schema.tables[show->table];
    char text[TEXT_DECIMAL_MAX] = "";
    text_clear(&show->room);
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (i)
            text_put_char(&show->room, ',');
        if (!cells) {
            text_put(&show->room, table->columns[i].name);
            continue;
        }
        if (!cells[i].is_set)
            continue;
        if (table->columns[i].type == OC_COLUMN_TIME)
            text_from_time(text, cells[i].number);
        else if (table->columns[i].type == OC_COLUMN_INT)
            snprintf(text, sizeof text, "%lld", (long long)cells[i].number);
        put_csv_cell(show, cells[i].text ? cells[i].text : text);
    }
    fprintf(show->out, "%s\n", show->room.data);
}

static void put_json_row(struct show *show, const struct oc_cell *cells)
{
    const struct oc_table *table = &history_schema.tables[show->table];
    text_clear(&show->room);
    json_open(&show->room, NULL, '{');
    for (uint32_t i = 0; i < table->column_count; i++) {
        const char *name = table->columns[i].name;
        if (!cells[i].is_set)
            json_null(&show->room, name);
        else if (table->columns[i].type == OC_COLUMN_TIME)
            json_time(&show->room, name, cells[i].number);
        else if (table->columns[i].type == OC_COLUMN_INT)
            json_int(&show->room, name, cells[i].number);
        else /* decimals too: a number would be read as a double */
            json_text(&show->room, name, cells[i].text);
    }
    json_close(&show->room, '}');
    fprintf(show->out, "%s%s", show->is_line ? "" : show->rows ? ",\n" : "\n", show->room.data);
    if (show->is_line)
        fputc('\n', show->out);
}

/* ---- rows ---- */

static void begin(struct show *show)
{
    if (show->form == SHOW_JSON && !show->is_line)
        fprintf(show->out, "{\"%s\":[", history_schema.tables[show->table].name);
    if (show->form == SHOW_CSV)
        put_csv_row(show, NULL);
    if (show->form == SHOW_TABLE)
        put_table_row(show, NULL, true);
}

static void put(struct show *show, const struct oc_cell *cells)
{
    if (show->form == SHOW_TABLE)
        put_table_row(show, cells, false);
    else if (show->form == SHOW_CSV)
        put_csv_row(show, cells);
    else
        put_json_row(show, cells);
    show->rows++;
}

struct kept { /* rows that come the last one first, to be shown the other way round */
    struct oc_cell *cells;
    char **texts; /* one block a row */
    uint32_t count;
};

static bool keep(struct kept *kept, const struct oc_cell *cells, uint32_t columns)
{
    size_t size = 0;
    for (uint32_t i = 0; i < columns; i++)
        size += cells[i].text ? strlen(cells[i].text) + 1 : 0;
    char *block = malloc(size + 1);
    if (!block)
        return false;
    struct oc_cell *row = &kept->cells[(size_t)kept->count * columns];
    kept->texts[kept->count++] = block;
    for (uint32_t i = 0; i < columns; i++) {
        row[i] = cells[i];
        if (!cells[i].text)
            continue;
        row[i].text = block;
        block = stpcpy(block, cells[i].text) + 1;
    }
    return true;
}

static void release(struct kept *kept)
{
    for (uint32_t i = 0; i < kept->count; i++)
        free(kept->texts[i]);
    free(kept->texts);
    free(kept->cells);
}

typedef void (*row_fn)(struct show *show, const struct oc_cell *cells);

static void nothing(struct show *show, const struct oc_cell *cells)
{
    (void)show;
    (void)cells;
}

/* Each row of a question, straight from the store. */
static oc_rc each(struct show *show, struct history_ask *ask, row_fn fn, struct error *ret_error)
{
    struct oc_cell cells[OC_STORE_COLUMNS_MAX] = {{NULL, 0, 0, 0}};
    const struct oc_store *store = show->store->table;
    uint64_t change;
    oc_rc rc = store->ask(show->store->self, &ask->ask);
    while (rc == OC_OK) {
        rc = store->row(show->store->self, cells, history_schema.tables[show->table].column_count, &change);
        if (rc != OC_OK)
            break;
        show->change = change > show->change ? change : show->change;
        fn(show, cells);
    }
    return rc == OC_E_END ? (oc_rc)OC_OK : history_store_fail(show->store, rc, ret_error);
}

static oc_rc show_last(struct show *show, struct history_ask *ask, uint32_t limit, struct error *ret_error)
{
    const uint32_t columns = history_schema.tables[show->table].column_count;
    struct oc_cell cells[OC_STORE_COLUMNS_MAX] = {{NULL, 0, 0, 0}};
    struct kept kept = {calloc((size_t)limit * columns, sizeof *kept.cells), calloc(limit, sizeof *kept.texts), 0};
    const struct oc_store *store = show->store->table;
    uint64_t change;
    oc_rc rc = kept.cells && kept.texts ? store->ask(show->store->self, &ask->ask) : OC_E_NOMEM;
    while (rc == OC_OK && kept.count < limit) {
        rc = store->row(show->store->self, cells, columns, &change);
        if (rc == OC_OK && !keep(&kept, cells, columns))
            rc = OC_E_NOMEM;
    }
    rc = rc == OC_E_END ? (oc_rc)OC_OK : rc;
    for (uint32_t i = kept.count; rc == OC_OK && i-- > 0 && show->form == SHOW_TABLE;)
        measure(show, &kept.cells[(size_t)i * columns]);
    if (kept.count || show->form != SHOW_TABLE || show->follows)
        begin(show);
    for (uint32_t i = kept.count; rc == OC_OK && i-- > 0;)
        put(show, &kept.cells[(size_t)i * columns]);
    release(&kept);
    if (rc == OC_E_NOMEM)
        return error_of_code(ret_error, rc, "history", "the rows could not be shown");
    return rc < 0 ? history_store_fail(show->store, rc, ret_error) : rc;
}

oc_rc show_rows(struct show *show, struct history_ask *ask, uint32_t limit, struct error *ret_error)
{
    oc_rc rc = OC_OK;
    read_names(show);
    for (uint32_t i = 0; i < shown[show->table].count; i++)
        show->widths[i] = width_of(shown[show->table].columns[i].head);
    if (show->follows) /* what is there and not shown is no news */
        rc = each(show, ask, nothing, ret_error);
    ask->ask.limit = limit;
    if (limit && limit <= SHOW_ROWS_MAX)
        return rc == OC_OK ? show_last(show, ask, limit, ret_error) : rc;
    ask->ask.is_descending = 0;
    if (rc == OC_OK && show->form == SHOW_TABLE)
        rc = each(show, ask, measure, ret_error);
    begin(show);
    return rc == OC_OK ? each(show, ask, put, ret_error) : rc;
}

oc_rc show_news(struct show *show, struct history_ask *ask, struct error *ret_error)
{
    read_names(show);
    ask->ask.limit = 0;
    ask->ask.is_descending = 0;
    ask->ask.behind = show->change;
    return each(show, ask, put, ret_error);
}

void show_end(struct show *show, uint32_t limit)
{
    const char *name = history_schema.tables[show->table].name;
    if (show->form == SHOW_JSON && !show->is_line)
        fprintf(show->out, "%s]}\n", show->rows ? "\n" : "");
    if (show->form != SHOW_TABLE)
        return;
    if (!show->rows)
        fprintf(show->out, "no %s\n", name);
    else if (limit && show->rows == limit)
        fprintf(show->out, "the last %llu; --limit 0 shows all\n", (unsigned long long)show->rows);
    else
        fprintf(show->out, "%llu in all\n", (unsigned long long)show->rows);
}

oc_rc show_init(struct show *show, struct history_store *store, uint32_t table, enum show_form form, FILE *out)
{
    *show = (struct show){.store = store, .table = table, .form = form, .out = out};
    show->names = calloc(1, sizeof *show->names);
    text_init_grow(&show->room, ROW_TEXT_MAX);
    return show->names ? (oc_rc)OC_OK : (oc_rc)OC_E_NOMEM;
}

void show_release(struct show *show)
{
    free(show->names);
    text_release(&show->room);
}
