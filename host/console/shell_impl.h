/* shell_impl.h: what the files of the shell share. Private to host/console/shell*.c.
 *
 * The words are Lua (words_*.lua, embedded by sdk/cmake/OutcryEmbed.cmake) over a small table of C functions, `S`, that
 * only they hold. What is drawn while an evaluation runs (prompt, headline, what was told) is C alone, for the sandbox
 * cannot be entered twice. */
#ifndef CONSOLE_SHELL_IMPL_H
#define CONSOLE_SHELL_IMPL_H

#include <json-c/json.h>

#include "base/checked.h"
#include "base/embedded.h"
#include "console/shell.h"
#include "script/sandbox.h"

enum {
    SHELL_MARKETS_MAX = 256, /* whose digits are known to what is told */
    SHELL_TOLD_MAX = 256,    /* lines kept for tail() */
    SHELL_TOLD_LINE_MAX = 512,
    SHELL_FIELD_MAX = 48,         /* bytes of a number as a field */
    SHELL_WATCH_PERIOD_US = 5000, /* CPU time between looks at a running evaluation */
    SHELL_JSON_DEPTH_MAX = 24,
    SHELL_PRINT_MAX = 65536, /* bytes of one print() */
    SHELL_FILE_MAX = 262144, /* bytes that save() writes */
    SHELL_DIFF_MAX = 65536
};

/* Generated; ends with a NULL name. Loaded in this order. */
extern const struct embedded shell_sources[];

struct shell_market {
    char symbol[SHELL_WORD_MAX];
    int32_t price_digits;
    int32_t qty_digits;
};

struct shell {
    struct shell_config config;
    struct sandbox *sandbox;
    struct sandbox_watchdog *watchdog;
    struct json_object *answer; /* the last answer, kept so that a raise leaks nothing */
    struct json_tokener *tokener;
    volatile bool stop; /* shell_interrupt: ends waits. Only by shell_is_stopped and shell_set_stop */
    bool is_running;    /* within an evaluation */
    bool is_ticking;    /* of timers: nobody is asked anything */
    uint32_t timers;    /* that wait: every, after */
    bool is_late;       /* the limit, not a person, has ended it */
    bool is_gone;
    bool is_watching; /* Ctrl-C is how this evaluation ends */
    bool wants_quit;
    int64_t deadline_ns; /* monotonic; moved by waits that are meant */
    char instrument[SHELL_WORD_MAX];
    struct shell_market markets[SHELL_MARKETS_MAX];
    uint32_t market_count;
    char now[SHELL_TIME_MAX];     /* where the session is, as of the last answer */
    char told_at[SHELL_TIME_MAX]; /* data time of the last line that was told */
    uint64_t told_count;          /* all so far; the ring has the youngest */
    char told[SHELL_TOLD_MAX][SHELL_TOLD_LINE_MAX];
};

static inline bool shell_is_stopped(const struct shell *shell)
{
    return __atomic_load_n(&shell->stop, __ATOMIC_RELAXED);
}
static inline void shell_set_stop(struct shell *shell, bool stop)
{
    __atomic_store_n(&shell->stop, stop, __ATOMIC_RELAXED);
}

/* shell_ask.c */
/* Asks and parses into shell->answer. *ret_is_ok as link_ask. A wait longer than `timeout_ns`: OC_E_AGAIN. */
CHECKED oc_rc shell_ask(struct shell *shell, const char *const *fields, uint32_t count, int64_t timeout_ns,
                        bool *ret_is_ok);
extern const luaL_Reg shell_ask_functions[];
/* Notes the digits of the markets; the host is asked once. */
void shell_learn_markets(struct shell *shell);
const struct shell_market *shell_market_of(const struct shell *shell, const char *symbol);

/* shell_study.c: indicators. */
extern const luaL_Reg shell_study_functions[];

/* shell_host.c: what words may do beside asking. */
extern const luaL_Reg shell_host_functions[];
struct shell *shell_of(lua_State *lua);
extern const char shell_key; /* registry: the shell, as light userdata */
/* Raises if the evaluation has been interrupted or is beyond its limit. */
void shell_poll(lua_State *lua, struct shell *shell);

extern const char shell_private_key; /* registry: the table S */

#endif
