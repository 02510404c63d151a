/* testing_run.c: one backtest of a test file, and the table of what came of it. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_folder.h"
#include "base/money.h"
#include "cli/run.h"
#include "cli/testing.h"
#include "cli/verbs.h"
#include "script/sandbox.h"

struct row { /* an order, or a fill of one */
    uint64_t order;
    int64_t at_ns;
    int64_t qty, price; /* of a fill */
    oc_i128 fee;
};

struct rows {
    struct row *list; /* owned; TESTING_ROWS_MAX */
    uint32_t count, lost;
};

struct trial {
    struct options *options; /* owned, as the next two */
    struct registry *registry;
    struct run *run;
    struct rows orders, fills;
    char *log[TESTING_LOG_MAX]; /* owned */
    uint32_t log_count;
    char folder[ENV_PATH_MAX];
    char files[TESTING_FILES_MAX][ENV_PATH_MAX];
    uint32_t file_count;
    const char *argv[TESTING_WORDS_MAX];
    int argc;
};

static struct row *add_row(struct rows *rows)
{
    if (rows->count == TESTING_ROWS_MAX) {
        rows->lost++;
        return NULL;
    }
    return &rows->list[rows->count++];
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct trial *trial = self;
    (void)input;
    for (uint32_t i = 0; i < out->request_count; i++) {
        const struct oc_request *request = &out->requests[i].request;
        struct row *row = request->kind == OC_REQUEST_NEW ? add_row(&trial->orders) : NULL;
        if (row)
            *row = (struct row){.order = request->order, .at_ns = request->head.local_ns};
    }
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)out->notes[i].fill;
        struct row *row = out->notes[i].kind == NOTE_FILL ? add_row(&trial->fills) : NULL;
        if (!row)
            continue;
        *row = (struct row){.order = fill->order, .at_ns = fill->head.venue_ns, .qty = fill->qty, .price = fill->price};
        (void)money_from_dec(fill->fee, &row->fee); /* 0 where it is no money */
    }
}

static oc_rc open_watcher(void *self, struct session *session)
{
    return watchers_add(&session->watchers, &(struct watcher){.self = self, .skips_quiet = true, .note = note});
}

static void keep_log(void *arg, enum log_level level, const char *line, size_t length)
{
    struct trial *trial = arg;
    const char *blank = memchr(line, ' ', length); /* behind the time */
    const size_t size = blank ? length - (size_t)(blank + 1 - line) : length;
    (void)level;
    if (trial->log_count < TESTING_LOG_MAX && (trial->log[trial->log_count] = strndup(line + length - size, size)))
        trial->log_count++;
}

/* ---- what came of it ---- */

static void set_number(lua_State *lua, const char *name, double value)
{
    lua_pushnumber(lua, value);
    lua_setfield(lua, -2, name);
}

static void set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

static void push_order(lua_State *lua, const struct trial *trial, const struct row *row)
{
    static const char *const types[] = {"none", "market", "limit", "stop", "stop_limit"};
    static const char *const roles[] = {"none", "entry", "stop_loss", "take_profit", "close", "end"};
    struct engine *engine = trial->run->session->engine;
    const struct order *order = orders_find(engine_orders(engine), row->order);
    lua_createtable(lua, 0, 12);
    lua_pushinteger(lua, (lua_Integer)(row->order & ((1ull << 40) - 1)));
    lua_setfield(lua, -2, "id");
    if (!order) /* so many came after it that it is no longer held */
        return;
    const struct oc_request *now = &order->now;
    const struct instrument *instrument = instruments_get(engine_instruments(engine), now->head.inst);
    set_text(lua, "symbol", instrument->info.symbol);
    set_text(lua, "side", now->side == OC_SIDE_BUY ? "buy" : "sell");
    set_text(lua, "type", now->type < 5 ? types[now->type] : "other");
    set_text(lua, "role", now->role < 6 ? roles[now->role] : "other");
    set_text(lua, "tag", now->tag);
    set_text(lua, "state", state_name(order->state));
    set_text(lua, "reason", order->reason);
    set_number(lua, "qty", instrument_qty(instrument, now->qty));
    set_number(lua, "filled", instrument_qty(instrument, order->filled));
    if (now->bits & OC_RQ_HAS_PRICE)
        set_number(lua, "price", instrument_price(instrument, now->price));
    if (now->bits & OC_RQ_HAS_STOP)
        set_number(lua, "stop", instrument_price(instrument, now->stop_price));
}

/* A fill is its order's, with numbers of its own. */
static void push_fill(lua_State *lua, const struct trial *trial, const struct row *row)
{
    struct engine *engine = trial->run->session->engine;
    const struct order *order = orders_find(engine_orders(engine), row->order);
    const struct instrument *instrument =
        order ? instruments_get(engine_instruments(engine), order->now.head.inst) : NULL;
    push_order(lua, trial, row);
    lua_pushinteger(lua, row->at_ns);
    lua_setfield(lua, -2, "time");
    set_number(lua, "fee", money_to_double(row->fee));
    if (!instrument)
        return;
    set_number(lua, "qty", instrument_qty(instrument, row->qty));
    set_number(lua, "price", instrument_price(instrument, row->price));
}

static void push_rows(lua_State *lua, const struct trial *trial, const struct rows *rows,
                      void (*push)(lua_State *, const struct trial *, const struct row *))
{
    lua_createtable(lua, (int)rows->count, 0);
    for (uint32_t i = 0; i < rows->count; i++) {
        push(lua, trial, &rows->list[i]);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

/* Of the account, by symbol; the first market's beside them. */
static void set_positions(lua_State *lua, const struct trial *trial)
{
    const struct session *session = trial->run->session;
    const struct instruments *instruments = engine_instruments(session->engine);
    double first = 0;
    lua_createtable(lua, 0, 4);
    for (uint32_t i = 1; i < instruments_count(instruments); i++) {
        const struct instrument *instrument = instruments_at(instruments, i);
        const struct book *book =
            portfolio_find(engine_portfolio(session->engine), session->money.account, 0, instrument->info.inst);
        const double qty = book ? instrument_qty(instrument, book->position.qty) : 0;
        first = i == 1 ? qty : first;
        set_number(lua, instrument->info.symbol, qty);
    }
    lua_setfield(lua, -2, "positions");
    set_number(lua, "position", first);
}

static void push_result(lua_State *lua, const struct trial *trial, const struct result *result, const char *error)
{
    lua_createtable(lua, 0, 10);
    push_rows(lua, trial, &trial->orders, push_order);
    lua_setfield(lua, -2, "orders");
    push_rows(lua, trial, &trial->fills, push_fill);
    lua_setfield(lua, -2, "fills");
    lua_createtable(lua, (int)trial->log_count, 0);
    for (uint32_t i = 0; i < trial->log_count; i++) {
        lua_pushstring(lua, trial->log[i]);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    lua_setfield(lua, -2, "log");
    set_positions(lua, trial);
    if (error)
        set_text(lua, "error", error);
    if (!error)
        set_number(lua, "equity", money_to_double(result->final));
    lua_pushinteger(lua, (lua_Integer)result->bar_calls);
    lua_setfield(lua, -2, "calls");
}

/* ---- running it ---- */

static void trial_free(struct trial *trial)
{
    if (!trial)
        return;
    if (trial->run)
        (void)run_close_session(trial->run, EXIT_GOOD); /* nothing of it is kept */
    run_free(trial->run);
    free(trial->registry);
    if (trial->options)
        options_release(trial->options);
    free(trial->options);
    for (uint32_t i = 0; i < trial->log_count; i++)
        free(trial->log[i]);
    for (uint32_t i = 0; i < trial->file_count; i++)
        (void)env_unlink(trial->files[i]); /* it need not be there */
    if (trial->folder[0])
        env_folder_remove(trial->folder);
    free(trial->orders.list);
    free(trial->fills.list);
    free(trial);
}

static struct trial *trial_new(void)
{
    struct trial *trial = calloc(1, sizeof *trial);
    if (!trial)
        return NULL;
    trial->options = calloc(1, sizeof *trial->options);
    trial->registry = calloc(1, sizeof *trial->registry);
    trial->orders.list = calloc(TESTING_ROWS_MAX, sizeof *trial->orders.list);
    trial->fills.list = calloc(TESTING_ROWS_MAX, sizeof *trial->fills.list);
    if (!trial->options || !trial->registry || !trial->orders.list || !trial->fills.list) {
        trial_free(trial);
        return NULL;
    }
    return trial;
}

static oc_rc write_data(struct trial *trial, const char *name, const char *text, size_t size)
{
    if (trial->file_count == TESTING_FILES_MAX)
        return OC_E_LIMIT;
    char *path = trial->files[trial->file_count++];
    int fd = -1;
    oc_rc rc = env_path(path, trial->folder, name);
    if (rc == OC_OK)
        rc = env_open(path, ENV_WRITE | ENV_CREATE | ENV_EXCLUSIVE, &fd);
    if (rc < 0)
        return rc;
    rc = env_write(fd, text, size);
    env_close(fd);
    return rc;
}

static bool add_word(struct trial *trial, const char *word)
{
    if (trial->argc == TESTING_WORDS_MAX)
        return false;
    trial->argv[trial->argc++] = word;
    return true;
}

static oc_rc run_all(struct trial *trial, struct result *result)
{
    struct run *run = trial->run;
    const struct session_stage watching = {"testing", trial, open_watcher, NULL};
    run->strategies.ends_on_failure = run->session->is_whole = true;
    oc_rc rc = run_take_words(run);
    run_compose(run, RUN_ENDS, &watching);
    if (rc == OC_OK)
        rc = run_open(run);
    if (rc == OC_OK)
        rc = run_go(run);
    return rc == OC_OK ? run_finish(run, result) : rc;
}

/* Its words are those of the command line. *ret_text: why it came to nothing. */
static bool begin(struct trial *trial, char ret_text[ERROR_TEXT_MAX])
{
    struct options *options = trial->options;
    oc_rc rc = options_parse(options, trial->argc, (char **)(uintptr_t)trial->argv);
    if (rc == OC_OK)
        rc = options_finish(options);
    if (rc < 0) {
        error_text(&options->error, ret_text);
        return false;
    }
    registry_init(trial->registry);
    trial->run = run_new(options, trial->registry, "backtest");
    if (!trial->run)
        snprintf(ret_text, ERROR_TEXT_MAX, "out of memory");
    return trial->run != NULL;
}

/* Leaves the table, or a text of what is wrong, on the stack. */
static bool run_trial(lua_State *lua, struct trial *trial)
{
    char text[ERROR_TEXT_MAX] = "";
    struct result *result = calloc(1, sizeof *result);
    const bool has_begun = result && begin(trial, text);
    if (has_begun) {
        log_flush();
        log_set_sink(keep_log, trial);
        const oc_rc rc = run_all(trial, result);
        log_flush();
        log_set_sink(run_log_to_stderr, NULL);
        if (rc < 0)
            error_text(&trial->run->session->words.error, text);
        if (trial->orders.lost || trial->fills.lost)
            snprintf(text, sizeof text, "more than %d orders or fills: a test wants fewer", TESTING_ROWS_MAX);
        if (trial->run->session->engine)
            push_result(lua, trial, result, rc < 0 || text[0] ? text : NULL);
        else
            lua_pushstring(lua, text);
    } else {
        lua_pushstring(lua, text[0] ? text : "out of memory");
    }
    free(result);
    return has_begun && lua_istable(lua, -1);
}

/* A path of the test file is seen from where that lies. */
static void place_strategy(lua_State *lua, char path[ENV_PATH_MAX])
{
    const char *strategy = luaL_checkstring(lua, 1), *folder = lua_tostring(lua, lua_upvalueindex(1));
    if (snprintf(path, ENV_PATH_MAX, "%s%s%s", strategy[0] == '/' ? "" : folder,
                 strategy[0] == '/' || !*folder ? "" : "/", strategy) >= ENV_PATH_MAX)
        luaL_error(lua, "the path of the strategy is too long");
}

static bool take_words(lua_State *lua, struct trial *trial)
{
    bool is_good = env_folder_make(trial->folder) == OC_OK;
    if (!is_good)
        trial->folder[0] = 0;
    for (lua_Integer i = 1, count = luaL_len(lua, 2); i <= count && is_good; i++) {
        size_t size;
        lua_geti(lua, 2, i);
        lua_getfield(lua, -1, "name");
        lua_getfield(lua, -2, "text");
        const char *name = lua_tostring(lua, -2), *text = lua_tolstring(lua, -1, &size);
        is_good = name && text && !strchr(name, '/') && write_data(trial, name, text, size) == OC_OK &&
                  add_word(trial, trial->files[trial->file_count - 1]);
        lua_pop(lua, 3);
    }
    for (lua_Integer i = 1, count = luaL_len(lua, 3); i <= count && is_good; i++) {
        lua_geti(lua, 3, i); /* stays in the table: borrowed while that stands */
        is_good = lua_tostring(lua, -1) && add_word(trial, lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
    return is_good;
}

int testing_backtest(lua_State *lua)
{
    char path[ENV_PATH_MAX];
    place_strategy(lua, path);
    luaL_checktype(lua, 2, LUA_TTABLE);
    luaL_checktype(lua, 3, LUA_TTABLE);
    struct trial *trial = trial_new();
    if (!trial)
        return luaL_error(lua, "out of memory");
    const bool is_good = add_word(trial, "backtest") && add_word(trial, path) && take_words(lua, trial);
    const bool has_run = is_good && run_trial(lua, trial);
    if (!is_good)
        lua_pushfstring(lua, "the data could not be written: %s", env_error_text());
    trial_free(trial);
    return has_run ? 1 : lua_error(lua);
}
