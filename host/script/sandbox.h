/* sandbox.h: one Lua state that cannot harm its host: bounded in time, memory and depth, and the
 * same in each run.
 *
 * Invariants
 *   - A script reaches only what is registered here: no files, clock, processes, bytecode,
 * finalisers or weak tables, and no address ever becomes visible (object ids are counted per
 * state).
 *   - Nothing in a script can swallow a stop: once the deadline or the heap limit was hit, every
 * protected call, coroutine, handler and __close of the script ends at once, and the sandbox stays
 * stopped until it is freed or, after a deadline or an interrupt, recovered.
 *   - A script cannot change a shared table; two sandboxes share nothing.
 *   - The same text, calls and seed give the same results, whatever the machine, address layout or
 * hash seed. `^`, the border of a table with holes and collectgarbage("count") stand outside this
 * promise (docs/adr/0001).
 *   - Not thread safe: a sandbox belongs to the thread of its watchdog. All functions here are
 * [engine] unless tagged.
 *
 * A C function that Lua may jump out of is called lj_… and holds nothing that would leak.
 */
#ifndef SCRIPT_SANDBOX_H
#define SCRIPT_SANDBOX_H

#include <outcry/abi.h>

#include <lua.h>

#include <lauxlib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

struct sandbox;          /* opaque */
struct sandbox_watchdog; /* opaque */

enum {
    SANDBOX_MODULES_MAX = 64, /* texts that one sandbox keeps: the strategy and what it requires */
    SANDBOX_NAME_MAX = 128,   /* bytes of a file name, NUL included */
    SANDBOX_PRINT_MAX = 4096, /* bytes of one print; the rest is cut */
    SANDBOX_TEXT_MAX =
        4 << 20, /* bytes of one text, however it was made; a longer one ends the script as its heap does */
    SANDBOX_PATTERN_MAX = 8192,  /* bytes of a pattern of find, match, gmatch and gsub */
    SANDBOX_VALUES_MAX = 250000, /* values that one call of unpack, byte or codepoint returns */
    SANDBOX_PACK_MAX = 1024,     /* bytes of a format of pack and unpack */
    SANDBOX_JUMPS_MAX = 2000,    /* goto and break in one source: Lua settles n of them in n * n steps */
    SANDBOX_NESTING_MAX = 100,   /* coroutine.close within __close within coroutine.close … */
    SANDBOX_STACK_SLOTS = 200    /* Lua stack slots that the host may use without asking */
};

/* Zero in a member means its default. */
struct sandbox_limits {
    size_t heap_max_bytes;      /* 64 MiB */
    size_t result_max_bytes;    /* 1 MiB: one result of rep, concat, format, gsub … */
    size_t source_max_bytes;    /* 1 MiB: one text */
    uint64_t pattern_steps_max; /* 10,000,000 a call, beside 32 for each byte of the subject */
    uint64_t allocs_max;        /* every later allocation fails; 0: no limit. For tests and for
                                   deterministic budgets */
    uint64_t work_max;          /* units of C work for the script, all calls together, then it is stopped as by its
                                   deadline; 0: no limit. For tests and for deterministic budgets */
    uint32_t deadline_ms;       /* CPU time of one call; 0: none. Needs a watchdog */
    uint32_t give_way_ms;       /* CPU time of one call after which its thread is long work (env_give_way); 0: never */
    bool is_by_clock;           /* the deadline is one of the clock: a person waits */
    uint32_t coroutines_max;    /* 1000 alive */
};

enum sandbox_error_kind {
    SANDBOX_ERROR_NONE,
    SANDBOX_ERROR_RUNTIME,
    SANDBOX_ERROR_SYNTAX,
    SANDBOX_ERROR_MEMORY,   /* the heap limit: stopped for good */
    SANDBOX_ERROR_DEADLINE, /* the time limit: stopped until sandbox_recover */
    SANDBOX_ERROR_HANDLER,  /* the C stack ended while an error was handled */
    SANDBOX_ERROR_INTERRUPT /* sandbox_interrupt: stopped until sandbox_recover */
};

/* Text is cut, never overrun; unknown parts are empty. */
struct sandbox_error {
    enum sandbox_error_kind kind;
    int32_t line; /* from 1; 0: not known */
    char file[SANDBOX_NAME_MAX];
    char message[512];
    char source_line[256];
    char locals[1024];    /* "name = value" lines of the function that failed */
    char traceback[2048]; /* innermost first */
};

/* Text is borrowed; not NUL-terminated. */
typedef void (*sandbox_print_fn)(void *arg, const char *text, size_t size);
/* The text of module `name`, kept by the host at least until the next call. OC_E_NOT_FOUND: there
 * is none; OC_E_INVALID: it is no file that a script may read; OC_E_LIMIT: too long. */
typedef oc_rc (*sandbox_require_fn)(void *arg, const char *name, const char **ret_text, size_t *ret_size);

/* The word a script may have meant by one that is not there: a global, or else a field or method. NULL: none is near. Static.
 * Called while an error is handled: it allocates nothing and raises nothing. */
typedef const char *(*sandbox_nearest_fn)(bool is_global, const char *word);

/* [setup] `limits` may be NULL. `seed` is the run's. OC_E_NOMEM. Owned: sandbox_free. */
CHECKED oc_rc sandbox_new(const struct sandbox_limits *limits, uint64_t seed, struct sandbox **ret_sandbox);
/* Takes NULL. Runs no code of the script. */
void sandbox_free(struct sandbox *sandbox);
/* Borrowed. Its stack may be used by the host between calls, SANDBOX_STACK_SLOTS deep. */
lua_State *sandbox_lua(struct sandbox *sandbox);
/* The sandbox of a running state, coroutines included. */
static inline struct sandbox *sandbox_of(lua_State *lua) { return *(struct sandbox **)lua_getextraspace(lua); }

/* [setup] `arg` is handed to the function. NULL: print goes nowhere; require finds nothing. */
void sandbox_set_print(struct sandbox *sandbox, sandbox_print_fn fn, void *arg);
void sandbox_set_require(struct sandbox *sandbox, sandbox_require_fn fn, void *arg);
/* NULL: errors name no other word. */
void sandbox_set_nearest(struct sandbox *sandbox, sandbox_nearest_fn fn);

/* Between calls: limits of time and memory from the next call on. Zero: no deadline, the default heap. What is held
 * already stays held. */
void sandbox_set_limits(struct sandbox *sandbox, uint32_t deadline_ms, size_t heap_max_bytes);

/* Compiles text (never bytecode) called `name` and runs it, guarded like a callback. Results as
 * sandbox_call. */
CHECKED oc_rc sandbox_load(struct sandbox *sandbox, const char *text, size_t size, const char *name);
/* Calls the function below `nargs` arguments on the main stack. OC_OK: `nresults` results stand
 * there instead (or LUA_MULTRET). Otherwise nothing does and sandbox_error_last() tells why:
 * OC_E_INVALID a script error, OC_E_DATA syntax, OC_E_NOMEM heap, OC_E_LIMIT deadline or interrupt,
 * OC_E_STATE the sandbox was stopped before. Not from within a call of the same sandbox. */
CHECKED oc_rc sandbox_call(struct sandbox *sandbox, int nargs, int nresults);
/* As sandbox_call for a C function of the host that gets `arg` as light userdata: for anything that
 * may raise. */
CHECKED oc_rc sandbox_protect(struct sandbox *sandbox, lua_CFunction fn, void *arg);
/* Borrowed, until the next call. */
const struct sandbox_error *sandbox_error_last(const struct sandbox *sandbox);
/* True once a limit or an interrupt has ended it. */
bool sandbox_is_stopped(const struct sandbox *sandbox);

/* For a console, whose globals must outlive a stop. After a deadline or an interrupt, between calls: the
 * sandbox may be called again, and everything that the script had reached before the stop is kept as it was
 * then. Also forgets an interrupt that no call has taken. OC_E_STATE: the heap limit ended it; that stays. */
CHECKED oc_rc sandbox_recover(struct sandbox *sandbox);
/* [any] Async-signal-safe, from any thread: the running call, or else the next one, is ended within two periods
 * of its watchdog's CPU time, or at the next sandbox_poll of the host. Nothing in the script can swallow it. */
void sandbox_interrupt(struct sandbox *sandbox);
/* Within a call: its deadline starts anew. For a function of the host that has waited for a person. */
void sandbox_renew(struct sandbox *sandbox);

/* Bytes that Lua holds now; allocations made since sandbox_new (a shrinking or growing block counts
 * again). */
size_t sandbox_heap_bytes(const struct sandbox *sandbox);

/* [setup] One for each thread that runs sandboxes, started on that thread. `period_us` of CPU time
 * between looks; a call is ended between its deadline and two periods later. Costs nothing while no
 * time is used. Owned: sandbox_watchdog_stop. */
CHECKED oc_rc sandbox_watchdog_start(uint32_t period_us, struct sandbox_watchdog **ret_watchdog);
/* Takes NULL. Its sandboxes must be free or attached to another (or NULL) before. */
void sandbox_watchdog_stop(struct sandbox_watchdog *watchdog);
/* [setup] `watchdog` borrowed until the sandbox is freed or this is called again; NULL: none, as in
 * replay. */
void sandbox_attach(struct sandbox *sandbox, struct sandbox_watchdog *watchdog);

/* For API tables. These raise, so they are used within sandbox_protect or in functions that Lua
 * calls. */

/* Raises a formatted error at the calling script's line. Formats as lua_pushfstring. */
int sandbox_raise(lua_State *lua, const char *format, ...);
/* In a loop of C that a script can make long: raises when the call has been stopped. */
void sandbox_poll(lua_State *lua);
/* Replaces the table on the top of the stack by a read-only view. Scripts may read, iterate and
 * never write it. */
void sandbox_readonly(lua_State *lua);
/* Pops a value and makes it the global `name`, which scripts cannot assign. */
void sandbox_set_constant(lua_State *lua, const char *name);
/* A read-only global table of functions. */
void sandbox_register_lib(lua_State *lua, const char *name, const luaL_Reg *functions);
/* True for a name that scripts cannot assign. */
bool sandbox_is_constant(lua_State *lua, const char *name);
/* Pushes the text of the value at `index`, as tostring: never an address. Returns it, borrowed
 * while on the stack. */
const char *sandbox_tostring(lua_State *lua, int index, size_t *ret_size);
/* The stable id of a table, function, userdata or coroutine: 1 for the first that was asked about.
 */
lua_Integer sandbox_object_id(lua_State *lua, int index);

#endif
