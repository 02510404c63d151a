#include "history/ask.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/state.h"

enum { NEAR_MAX = 200, NEAR_ROWS_MAX = 50000 };

#define NONE OC_STORE_COLUMNS_MAX

/* The column that each filter means; `time` is what rows are ordered by. */
struct asked_table {
    uint32_t session, strategy, symbol, venue, account, side, status, time;
    bool has_lists; /* names in these columns stand beside others */
};

static const struct asked_table asked[HISTORY_TABLES] = {
    [HISTORY_SESSION] = {SESSION_session, SESSION_strategy, SESSION_symbol, SESSION_venue, SESSION_account, NONE,
                         SESSION_state, SESSION_begun, true},
    [HISTORY_ORDER] = {ORDER_session, ORDER_strategy, ORDER_symbol, ORDER_venue, ORDER_account, ORDER_side,
                       ORDER_status, ORDER_time, false},
    [HISTORY_FILL] = {FILL_session, FILL_strategy, FILL_symbol, FILL_venue, FILL_account, FILL_side, FILL_status,
                      FILL_time, false},
    [HISTORY_POSITION] = {POSITION_session, POSITION_strategy, POSITION_symbol, POSITION_venue, POSITION_account,
                          POSITION_side, NONE, NONE, false},
    [HISTORY_TRADE] = {TRADE_session, TRADE_strategy, TRADE_symbol, TRADE_venue, NONE, TRADE_side, TRADE_status,
                       TRADE_time, false},
    [HISTORY_EQUITY] = {EQUITY_session, EQUITY_strategy, NONE, NONE, NONE, NONE, NONE, EQUITY_time, true},
    [HISTORY_TRANSACTION] = {TRANSACTION_session, NONE, NONE, TRANSACTION_venue, TRANSACTION_account, NONE,
                             TRANSACTION_status, TRANSACTION_time, false},
    [HISTORY_PARAMETER] = {PARAMETER_session, PARAMETER_strategy, NONE, NONE, NONE, NONE, NONE, NONE, false},
    [HISTORY_TRIAL] = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, false},
};

static const char *const names[FILTERS] = {"session", "strategy", "symbol", "venue", "account",
                                           "side",    "status",   "since",  "until", "search"};

const char *history_filter_name(enum history_filter filter) { return names[filter]; }

static uint32_t column_of(uint32_t table, enum history_filter filter)
{
    const struct asked_table *at = &asked[table];
    const uint32_t columns[FILTERS] = {at->session, at->strategy, at->symbol, at->venue, at->account,
                                       at->side,    at->status,   at->time,   at->time,  0};
    return columns[filter];
}

bool history_has_filter(uint32_t table, enum history_filter filter) { return column_of(table, filter) != NONE; }

struct asking {
    struct history_store *store;
    uint32_t table;
    int64_t now_ns;
    struct history_ask *made;
    struct error *error;
};

static struct oc_where *add(struct asking *asking, uint32_t column, uint32_t how)
{
    struct oc_where *where = &asking->made->where[asking->made->ask.where_count++]; /* fewer filters than places */
    *where = (struct oc_where){.column = column, .how = how, .value = {.is_set = 1}};
    return where;
}

static void add_text(struct asking *asking, uint32_t column, uint32_t how, const char *text, size_t size)
{
    char *room = asking->made->texts[asking->made->ask.where_count];
    snprintf(room, ASK_TEXT_MAX, "%.*s", (int)size, text);
    add(asking, column, how)->value.text = room;
}

/* ---- values that nothing has ---- */

struct near {
    char texts[NEAR_MAX][TEXT_NAME_MAX];
    const char *list[NEAR_MAX + 1];
    uint32_t count;
};

static void near_add(struct near *near, const char *text, size_t size)
{
    char *room = near->texts[near->count < NEAR_MAX ? near->count : 0];
    if (near->count == NEAR_MAX || !size || size >= TEXT_NAME_MAX)
        return;
    snprintf(room, TEXT_NAME_MAX, "%.*s", (int)size, text);
    for (uint32_t i = 0; i < near->count; i++)
        if (strcmp(near->texts[i], room) == 0)
            return;
    near->list[near->count++] = room;
}

/* What the rows of a table have in this column, each once; of lists each name of them. */
static void near_fill(const struct asking *asking, uint32_t table, uint32_t column, struct near *near)
{
    struct oc_cell cells[OC_STORE_COLUMNS_MAX];
    uint64_t change;
    const struct oc_ask ask = {.size = sizeof ask, .table = table, .order_by = column, .limit = NEAR_ROWS_MAX};
    const struct oc_store *store = asking->store->table;
    *near = (struct near){.count = 0};
    oc_rc rc = store->ask(asking->store->self, &ask);
    while (rc == OC_OK && store->row(asking->store->self, cells, history_schema.tables[table].column_count, &change) ==
                              OC_OK) { /* a failure ends it: then there are fewer to compare with */
        const char *at = cells[column].is_set ? cells[column].text : "";
        while (at && *at) {
            const size_t size = strcspn(at, ",");
            near_add(near, at, size);
            at += size + strspn(at + size, ", ");
        }
    }
}

static oc_rc wrong(struct asking *asking, enum history_filter filter, const char *value, struct near *near)
{
    const char *nearest = near->count ? text_nearest(value, near->list) : NULL;
    char some[120] = "";
    error_at(asking->error, OC_E_INVALID, "--%s", names[filter]);
    error_what(asking->error, "%s has none of it", history_schema.tables[asking->table].name);
    error_found(asking->error, "%s", value);
    for (uint32_t i = 0; i < near->count && i < 6; i++) {
        text_append(some, sizeof some, i ? ", " : "");
        text_append(some, sizeof some, near->list[i]);
    }
    if (some[0])
        error_expected(asking->error, "one of %s%s", some, near->count > 6 ? " ..." : "");
    if (nearest)
        error_remedy(asking->error, "did you mean '%s'?", nearest);
    else
        error_remedy(asking->error, "`outcry %s` without it shows what there is",
                     history_schema.tables[asking->table].name);
    return OC_E_INVALID;
}

/* Whether some row has it; what a session has not come to yet (a state of an order) is none of these. */
static oc_rc judge(struct asking *asking, enum history_filter filter, uint32_t column, const char *value)
{
    struct oc_cell cells[OC_STORE_COLUMNS_MAX];
    struct near near;
    uint64_t change;
    const struct oc_store *store = asking->store->table;
    struct oc_where where = asking->made->where[asking->made->ask.where_count - 1];
    const struct oc_ask ask = {
        .size = sizeof ask, .table = asking->table, .where = &where, .where_count = 1, .order_by = column, .limit = 1};
    oc_rc rc = store->ask(asking->store->self, &ask);
    if (rc == OC_OK)
        rc = store->row(asking->store->self, cells, history_schema.tables[asking->table].column_count, &change);
    if (rc == OC_E_END) {
        near_fill(asking, asking->table, column, &near);
        return near.count ? wrong(asking, filter, value, &near) : (oc_rc)OC_OK; /* nothing is there at all */
    }
    return rc < 0 ? history_store_fail(asking->store, rc, asking->error) : rc;
}

/* ---- filters ---- */

static oc_rc take_name(struct asking *asking, enum history_filter filter, const char *value)
{
    const uint32_t column = column_of(asking->table, filter);
    const bool is_list = asked[asking->table].has_lists && filter != FILTER_STATUS;
    const char *colon = filter == FILTER_SYMBOL ? strchr(value, ':') : NULL;
    const char *slash = strchr(value, '/');
    const bool has_venue = colon && (!slash || colon < slash) && column_of(asking->table, FILTER_VENUE) != NONE;
    if (has_venue) /* venue:BTC/USD, and not BTC/USD:USD */
        add_text(asking, column_of(asking->table, FILTER_VENUE), OC_WHERE_IS, value, (size_t)(colon - value));
    value = has_venue ? colon + 1 : value;
    add_text(asking, column, is_list ? OC_WHERE_HOLDS : OC_WHERE_IS, value, strlen(value));
    return judge(asking, filter, column, value);
}

static oc_rc take_word(struct asking *asking, enum history_filter filter, const char *value, const char *const *words)
{
    struct near near = {.count = 0};
    for (uint32_t i = 0; words[i]; i++)
        near_add(&near, words[i], strlen(words[i]));
    for (uint32_t i = 0; i < near.count; i++)
        if (strcmp(near.list[i], value) == 0) {
            add_text(asking, column_of(asking->table, filter), OC_WHERE_IS, value, strlen(value));
            return OC_OK;
        }
    oc_rc rc = wrong(asking, filter, value, &near);
    error_what(asking->error, "%s has no such %s", history_schema.tables[asking->table].name, names[filter]);
    return rc;
}

static oc_rc take_side(struct asking *asking, const char *value)
{
    static const char *const sides[] = {"buy", "sell", NULL}, *const ways[] = {"long", "short", "flat", NULL};
    const bool has_ways = asking->table == HISTORY_POSITION || asking->table == HISTORY_TRADE;
    return take_word(asking, FILTER_SIDE, value, has_ways ? ways : sides);
}

static oc_rc take_status(struct asking *asking, const char *value)
{
    static const char *const of_fills[] = {"booked", "inferred", "corrected", "void", "replaced", NULL},
                             *const of_trades[] = {"closed", "open", NULL},
                             *const of_entries[] = {"pending", "done", "failed", "canceled", "reversed", NULL},
                             *const of_sessions[] = {"ended", "running", "open", NULL};
    const char *of_orders[STATE_COUNT + 1] = {NULL};
    char words[STATE_COUNT][TEXT_NAME_MAX];
    for (int i = STATE_INITIALIZED; i < STATE_COUNT; i++) {
        struct row lower; /* as it stands in the table */
        row_begin(&lower, HISTORY_ORDER);
        row_word(&lower, ORDER_status, state_name(i));
        snprintf(words[i], sizeof words[i], "%s", lower.cells[ORDER_status].text);
        of_orders[i - STATE_INITIALIZED] = words[i];
    }
    return take_word(asking, FILTER_STATUS, value,
                     asking->table == HISTORY_ORDER         ? of_orders
                     : asking->table == HISTORY_FILL        ? of_fills
                     : asking->table == HISTORY_TRADE       ? of_trades
                     : asking->table == HISTORY_TRANSACTION ? of_entries
                                                            : of_sessions);
}

static oc_rc take_time(struct asking *asking, enum history_filter filter, const char *value)
{
    int64_t ns, back;
    oc_rc rc = text_to_time(value, strlen(value), &ns);
    if (rc < 0 && text_to_duration(value, strlen(value), &back) == OC_OK) {
        ns = asking->now_ns - back;
        rc = OC_OK;
    }
    if (rc < 0) {
        error_at(asking->error, OC_E_INVALID, "--%s", names[filter]);
        error_found(asking->error, "%s", value);
        error_expected(asking->error, "a time such as 2024-01-31 or 2024-01-31T12:00:00Z, or how long ago: 7d, 12h");
        return OC_E_INVALID;
    }
    add(asking, asked[asking->table].time, filter == FILTER_SINCE ? OC_WHERE_FROM : OC_WHERE_BELOW)->value.number = ns;
    return OC_OK;
}

/* By the name of its folder, or the first digits of its identity: one, or it is said which there are. */
static oc_rc take_session(struct asking *asking, const char *value)
{
    const struct oc_store *store = asking->store->table;
    struct oc_cell cells[SESSION_COLUMNS];
    char found[OC_STORE_SESSION_SIZE + 1] = "", name[ASK_TEXT_MAX];
    struct near near;
    uint64_t change;
    const char *slash = strrchr(value, '/');
    const bool is_path = slash && slash[1];
    snprintf(name, sizeof name, "%s", is_path ? slash + 1 : value);
    for (int pass = 0; pass < 2 && !found[0]; pass++) {
        const struct oc_where where = {pass ? SESSION_session : SESSION_name,
                                       pass ? OC_WHERE_STARTS : OC_WHERE_IS,
                                       {pass ? value : name, 0, 1, 0}};
        const struct oc_ask ask = {.size = sizeof ask,
                                   .table = HISTORY_SESSION,
                                   .where = &where,
                                   .where_count = 1,
                                   .order_by = SESSION_begun,
                                   .is_descending = 1};
        uint32_t count = 0;
        oc_rc rc = store->ask(asking->store->self, &ask);
        while (rc == OC_OK && (rc = store->row(asking->store->self, cells, SESSION_COLUMNS, &change)) == OC_OK) {
            const char *folder = cells[SESSION_folder].is_set ? cells[SESSION_folder].text : "";
            const size_t length = strlen(folder), size = strlen(value);
            if (pass == 0 && is_path && (length < size || strcmp(folder + length - size, value) != 0))
                continue;
            count++;
            snprintf(found, sizeof found, "%s", cells[SESSION_session].text);
        }
        if (rc < 0 && rc != OC_E_END)
            return history_store_fail(asking->store, rc, asking->error);
        if (count > 1) {
            error_at(asking->error, OC_E_INVALID, "--session");
            error_what(asking->error, "%u sessions are called so", count);
            error_found(asking->error, "%s", value);
            error_expected(asking->error,
                           "the path of its folder, or the first digits of its identity: `outcry sessions "
                           "--json` has both");
            return OC_E_INVALID;
        }
    }
    if (!found[0]) {
        near_fill(asking, HISTORY_SESSION, SESSION_name, &near);
        oc_rc rc = wrong(asking, FILTER_SESSION, value, &near);
        error_what(asking->error, "there is no such session");
        return rc;
    }
    add_text(asking, column_of(asking->table, FILTER_SESSION), OC_WHERE_IS, found, sizeof found);
    return OC_OK;
}

static oc_rc not_supported(struct asking *asking, enum history_filter filter)
{
    char some[160] = "";
    for (int i = 0; i < FILTERS; i++)
        if (history_has_filter(asking->table, (enum history_filter)i)) {
            text_append(some, sizeof some, some[0] ? ", --" : "--");
            text_append(some, sizeof some, names[i]);
        }
    error_at(asking->error, OC_E_NOT_SUPPORTED, "--%s", names[filter]);
    error_what(asking->error, "not supported: %s are not chosen by it", history_schema.tables[asking->table].name);
    error_expected(asking->error, "of %s", some);
    return OC_E_NOT_SUPPORTED;
}

static oc_rc take(struct asking *asking, enum history_filter filter, const char *value)
{
    if (!history_has_filter(asking->table, filter))
        return not_supported(asking, filter);
    if (strlen(value) >= ASK_TEXT_MAX)
        return error_say(asking->error, OC_E_LIMIT, names[filter], "it is too long: at most %d bytes",
                         ASK_TEXT_MAX - 1);
    switch (filter) {
    case FILTER_SESSION:
        return take_session(asking, value);
    case FILTER_SIDE:
        return take_side(asking, value);
    case FILTER_STATUS:
        return take_status(asking, value);
    case FILTER_SINCE:
    case FILTER_UNTIL:
        return take_time(asking, filter, value);
    case FILTER_SEARCH:
        add_text(asking, 0, OC_WHERE_ANY_HOLDS, value, strlen(value));
        return OC_OK;
    case FILTER_STRATEGY:
    case FILTER_SYMBOL:
    case FILTER_VENUE:
    case FILTER_ACCOUNT:
    case FILTERS:
    default:
        return take_name(asking, filter, value);
    }
}

oc_rc history_ask_make(struct history_store *store, uint32_t table, const char *const *values, int64_t now_ns,
                       struct history_ask *ret_ask, struct error *ret_error)
{
    struct asking asking = {store, table, now_ns, ret_ask, ret_error};
    memset(ret_ask, 0, sizeof *ret_ask);
    ret_ask->ask = (struct oc_ask){.size = sizeof ret_ask->ask,
                                   .table = table,
                                   .where = ret_ask->where,
                                   .order_by = asked[table].time == NONE ? 0 : asked[table].time,
                                   .is_descending = 1};
    oc_rc rc = OC_OK;
    for (int i = 0; i < FILTERS && rc == OC_OK; i++)
        if (values[i])
            rc = take(&asking, (enum history_filter)i, values[i]);
    return rc;
}
