/* strategy.h: one Lua strategy on the engine: its sandbox, its markets, its parameters, what it saves.
 *
 * Invariants
 * - The callbacks run inside the engine's batches; an error or a stop drops what the callback asked for and suspends
 *   the strategy. Its protective orders stay.
 * - on_bar is called once every indicator that on_init made is ready, with closed bars only, and from `from_ns` on.
 * - m.x and state.x hold plain data, indicator and order handles; they are saved with each callback that changed them. A
 *   strategy with on_save is saved by what that returns instead, asked after each callback.
 * - Everything here is [engine] unless tagged. */
#ifndef SCRIPT_STRATEGY_H
#define SCRIPT_STRATEGY_H

#include "base/checked.h"
#include "engine/engine.h"
#include "script/sandbox.h"

struct strategy; /* opaque */

enum {
    STRATEGY_PARAMS_MAX = 128,
    STRATEGY_MARKETS_MAX = 1000,
    STRATEGY_INDICATORS_MAX = 1024,
    STRATEGY_TIMERS_MAX = 256,
    STRATEGY_TIMER_DAYS_MAX = 366, /* that every() and after() wait */
    STRATEGY_NAME_MAX = 64,
    STRATEGY_LOG_LINES_MAX = 100,  /* written of one event's callbacks; the rest is counted */
    STRATEGY_STATE_MAX = 60000,    /* bytes of one saved table */
    STRATEGY_STATE_KEYS_MAX = 4096 /* fields of one, and of each table in it */
};

struct strategy_param { /* name=value from the command line or the configuration */
    const char *name;
    const char *value;
};

/* Where log lines of a strategy go; level OC_LOG_... */
typedef void (*strategy_log_fn)(void *arg, int level, const char *text);
enum { STRATEGY_PLOT_NAME_MAX = 32, STRATEGY_PLOT_PANES = 8 };
struct strategy_plot { /* one value of a series that a strategy shows */
    const char *name;  /* borrowed */
    double value;      /* finite */
    int64_t ns;
    uint32_t strategy;
    uint32_t inst;
    uint32_t pane; /* 1: with the prices */
};
typedef void (*strategy_plot_fn)(void *arg, const struct strategy_plot *plot);

struct strategy_config {
    const char *file; /* as shown in errors */
    const char *text;
    size_t text_size;
    const struct strategy_param *params;
    uint32_t param_count;
    uint32_t account;
    int64_t data_period_ns; /* of the bars that come in; 0: ticks */
    int64_t from_ns;        /* first instant that may trade; INT64_MIN: as soon as everything is ready */
    uint64_t seed;
    struct sandbox_limits limits;
    struct sandbox_watchdog *watchdog; /* NULL: none */
    strategy_log_fn log;
    void *log_arg;
    strategy_plot_fn plot; /* NULL: nobody keeps what is plotted */
    void *plot_arg;
    sandbox_require_fn require;
    void *require_arg;
    struct strategy_stake {
        double number;        /* money, or a share of equity; 0: an order names its amount */
        const char *currency; /* borrowed; "": a share */
    } stake;
    int64_t entry_timeout_ns; /* 0: none */
    int64_t timeframe_ns;     /* of a file that names none; one that names another is refused. 0: none */
    bool is_apart;            /* the engine does not know it until strategy_enter */
    bool drops_params;        /* given parameters that it does not have are left out; else they are an error */
    bool notes_origins;       /* see strategy_note_origins */
    bool goes_on;  /* behind a callback that raised, whose orders are dropped; a limit suspends all the same */
    bool is_timed; /* the wall time of its callbacks is taken, for showing */
};

/* [setup] Loads the text and runs it; strategy{} and params{} are known after it. On failure *ret_error says why. */
CHECKED oc_rc strategy_new(struct engine *engine, const struct strategy_config *config, struct strategy **ret_strategy,
                           struct sandbox_error *ret_error);
void strategy_free(struct strategy *strategy);
/* [setup] Adds a market: on_init(m) is called and the subscription made. */
CHECKED oc_rc strategy_add_market(struct strategy *strategy, uint32_t inst, struct sandbox_error *ret_error);
/* on_start(), and on_stop(reason), each in a batch of its own. */
CHECKED oc_rc strategy_start(struct strategy *strategy);
CHECKED oc_rc strategy_stop(struct strategy *strategy, const char *reason);

/* Of one that was made apart. Its number is known before its markets are added, and its name is known before its number. */
void strategy_set_id(struct strategy *strategy, uint32_t id);
/* Its markets, in place of all that this number had in the engine. On failure nothing changes. */
CHECKED oc_rc strategy_enter(struct strategy *strategy);

struct strategy_carried { /* what a reload took over; texts are lists parted by line feeds, cut when they are long */
    uint32_t indicators;  /* that keep their values */
    char not_saved[1024]; /* what is lost: "m(BTC/USDT).x", "state.y" */
    char warming[512];    /* indicators that begin anew: "BTC/USDT EMA(12)" */
};
/* A new one, made apart with its markets, takes over from the old: indicators of the same kind and length on the same
 * market, m.x and state.x, or what on_save had returned, which on_load gets. What on_init put into m.x stays where the old
 * one has nothing of that name, and where it is an indicator. The old one is not changed and none of its code runs. On
 * failure *ret_error says why. */
CHECKED oc_rc strategy_take_over(struct strategy *strategy, const struct strategy *old,
                                 struct strategy_carried *ret_carried, struct sandbox_error *ret_error);
/* Limits of its sandbox from now on; heap 0: the default. */
void strategy_set_limits(struct strategy *strategy, uint32_t deadline_ms, size_t heap_max_bytes);
/* Wall time of the longest callback, and of the last one; 0 unless it is timed. */
int64_t strategy_longest_ns(const struct strategy *strategy);
int64_t strategy_last_ns(const struct strategy *strategy);

uint32_t strategy_id(const struct strategy *strategy);
const char *strategy_name(const struct strategy *strategy);
int64_t strategy_period_ns(const struct strategy *strategy); /* bars it asks for; 0: those of the data */
/* The error that suspended it, or NULL. */
const struct sandbox_error *strategy_error(const struct strategy *strategy);
/* Bars missing at from_ns for the indicator that lacks most; 0: everything was ready. */
uint32_t strategy_missing(const struct strategy *strategy);
uint64_t strategy_calls(const struct strategy *strategy); /* on_bar calls made */
struct sandbox *strategy_sandbox(struct strategy *strategy);
/* "name=value" lines of all parameters as used. Returns the length. */
size_t strategy_params_text(const struct strategy *strategy, char *text, size_t size_max);

struct strategy_origin { /* borrowed until the next call */
    const char *callback;
    const char *file;
    const char *source; /* text of the line */
    int32_t line;
};
/* Remembers where orders are made from now on: it costs a look at the Lua stack for each. OC_E_NOMEM. */
CHECKED oc_rc strategy_note_origins(struct strategy *strategy, bool is_wanted);
/* False: not one of the last orders. */
bool strategy_origin(const struct strategy *strategy, uint64_t order, struct strategy_origin *ret_origin);

/* Checkpoint: indicators and saved tables. Returns the size or OC_E_LIMIT. */
int64_t strategy_save(struct strategy *strategy, void *bytes, size_t size_max);
CHECKED oc_rc strategy_load(struct strategy *strategy, const void *bytes, size_t size);
/* Outside of a callback: records what a reload has set and drawn. */
CHECKED oc_rc strategy_record(struct strategy *strategy);
/* What a restart could not bring back, a line each; "": all of it is there. Borrowed. */
const char *strategy_not_back(const struct strategy *strategy);
/* A recorded OC_EV_STATE of this strategy, as a fact. */
CHECKED oc_rc strategy_restore_state(struct strategy *strategy, const struct oc_ev_text *event);
/* While true nothing is called and nothing recorded. When it ends, on_load gets what was restored for it. */
void strategy_set_restoring(struct strategy *strategy, bool is_restoring);

#endif
