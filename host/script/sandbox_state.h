/* sandbox_state.h: what the files of the sandbox share. Private to host/script. */
#ifndef SCRIPT_SANDBOX_STATE_H
#define SCRIPT_SANDBOX_STATE_H

#include "script/sandbox.h"

#include <signal.h>

enum { HANDLER_SLOT = 1 }; /* the message handler, for ever at the bottom of the main stack */

enum sandbox_stop { STOP_NONE, STOP_DEADLINE, STOP_MEMORY, STOP_INTERRUPT };

/* What the timer's signal looks at. A sandbox without watchdog has one of its own that nobody
 * reads. */
struct sandbox_watch {
    struct sandbox *volatile current; /* the sandbox that is within a call */
    volatile uint64_t seq;            /* one more for each call */
    uint64_t seen_seq;                /* the signal's own notes */
    uint32_t ticks;                   /* periods that this call has been seen in */
    uint32_t period_us;
    int64_t seen_ns; /* when it was first seen; deadlines by the clock only */
};

enum {
    HEAP_CLASS_STEP = 16,
    HEAP_CLASS_COUNT = 64, /* blocks up to 1 KiB come from chunks */
    HEAP_SMALL_MAX = HEAP_CLASS_STEP * HEAP_CLASS_COUNT,
    HEAP_CHUNK_BYTES = 8192,
    HEAP_HOST_RESERVE = 1 << 20 /* what the host may use beyond the limit while no script runs */
};

struct heap_free; /* a free block */
struct heap_big;  /* the head of a block of its own */

struct heap {
    struct heap_free *free[HEAP_CLASS_COUNT];
    char *chunk_next; /* unused rest of the newest chunk */
    size_t chunk_left;
    struct heap_big *chunks; /* all of them */
    struct heap_big *bigs;
    size_t used;      /* bytes of blocks in use, rounded to their class */
    size_t footprint; /* bytes taken from the system */
    uint64_t allocs;
    void *refused_block; /* the request that was refused last, to know Lua's second attempt */
    size_t refused_size;
};

struct sandbox_source {
    struct sandbox_source *next; /* the one before it */
    char name[SANDBOX_NAME_MAX];
    char *text;
    size_t size;
};

struct sandbox {
    lua_State *lua;
    void *host;                  /* of the functions that were registered for it: its strategy; NULL elsewhere */
    lua_State *volatile running; /* the coroutine that executes */
    volatile sig_atomic_t stop;  /* enum sandbox_stop */
    volatile sig_atomic_t wants_interrupt;
    struct sandbox_watch *watch; /* never NULL */
    struct sandbox_watch no_watch;
    bool is_text_long;    /* the refused block was a text */
    bool has_error;       /* `error` was filled at the place of the error */
    bool has_inner_error; /* … by a coroutine; not yet known whether the script catches it */
    uint32_t nesting;
    uint32_t coroutines;   /* upper bound of those alive */
    uint64_t work;         /* units of C done for the script, see sandbox_work */
    uint64_t work_longest; /* the most that was done between two looks at the stop */
    uint64_t random[4];
    uint64_t globals_made; /* assignments to a global that was not there */
    lua_Integer object_ids;
    struct sandbox_limits limits;
    struct heap heap;
    sandbox_print_fn print;
    void *print_arg;
    sandbox_require_fn require;
    void *require_arg;
    sandbox_nearest_fn nearest;
    struct sandbox_error error;
    struct sandbox_source *sources; /* owned, at most SANDBOX_MODULES_MAX */
    uint32_t source_count;
};

/* Within a call. */
static inline bool sandbox_is_running(const struct sandbox *sandbox) { return sandbox->watch->current == sandbox; }

/* sandbox.c: starts math.random anew. */
void sandbox_seed(struct sandbox *sandbox, uint64_t seed);

/* sandbox_heap.c: the lua_Alloc of a sandbox (`arg` is the sandbox), and giving all of it back. */
void *heap_alloc(void *arg, void *block, size_t old_size, size_t size);
void heap_release(struct heap *heap);

/* sandbox_error.c */
/* Notes the place, locals and traceback of `lua` (no allocation, no script code). The first note of
 * a call stays. */
void error_capture(struct sandbox *sandbox, lua_State *lua, bool with_locals);
/* The script has caught it. */
void error_forget(struct sandbox *sandbox);
/* Notes the text of the error object at `index`. */
void error_describe(struct sandbox *sandbox, lua_State *lua, int index);
/* Notes a syntax error, from Lua's "name:line: text" in `message`. */
void error_syntax(struct sandbox *sandbox, const char *name, const char *message);
int lj_error_handler(lua_State *lua);

/* sandbox_watch.c: async-signal-safe; the first reason stays. */
void sandbox_stop_now(struct sandbox *sandbox, enum sandbox_stop stop);
/* Raises the stop; never returns. */
int sandbox_raise_stop(lua_State *lua);
static inline void sandbox_check(lua_State *lua, const struct sandbox *sandbox)
{
    if (__builtin_expect(sandbox->stop != STOP_NONE, 0))
        sandbox_raise_stop(lua);
}

/* Before each stretch of a loop of C that a script can make long: counts it, looks for the stop, and ends the call at
 * limits.work_max. A unit is what takes about ten nanoseconds: an element, a step of a pattern, 64 bytes. */
enum { WORK_STRETCH_MAX = 65536 }; /* units of one stretch: less than 5 ms on any machine */
void sandbox_work_over(lua_State *lua, struct sandbox *sandbox);
static inline void sandbox_work(lua_State *lua, struct sandbox *sandbox, uint64_t units)
{
    sandbox->work += units;
    if (units > sandbox->work_longest)
        sandbox->work_longest = units;
    if (__builtin_expect(sandbox->stop != STOP_NONE || sandbox->work > sandbox->limits.work_max, 0))
        sandbox_work_over(lua, sandbox);
}

/* sandbox_source.c */
void source_line(const struct sandbox *sandbox, const char *name, int line, char *ret_text, size_t max);
void source_release(struct sandbox *sandbox);
/* Pushes the compiled chunk or raises. */
void source_compile(lua_State *lua, const char *text, size_t size, const char *name);

/* Each opens one part of the library, with the table of constant globals on the top of the stack.
 */
void open_base(lua_State *lua);
void open_meta(lua_State *lua);
void open_order(lua_State *lua);
void open_string(lua_State *lua);
void open_table(lua_State *lua);
void open_math(lua_State *lua);
void open_coroutine(lua_State *lua);
/* Adds `functions` to the constant globals on the top of the stack as the read-only table `name`.
 */
void open_lib(lua_State *lua, const char *name, const luaL_Reg *functions);

/* lua_meta.c: the table behind a read-only view is pushed and true; otherwise nothing and false. */
bool readonly_inner(lua_State *lua, int index);
extern const char sandbox_constants_key; /* registry: the table of constant globals */

/* lua_out.c: text that grows inside Lua's heap, so that a raise leaks nothing. */
enum { OUT_INLINE = 512 };
struct out {
    lua_State *lua;
    struct sandbox *sandbox;
    int slot; /* stack slot of the block */
    char *data;
    size_t size;
    size_t capacity;
    size_t max;
    char first[OUT_INLINE];
};
void out_begin(struct out *out, lua_State *lua);
char *out_room(struct out *out, size_t size); /* room for `size` more bytes */
void out_add(struct out *out, const char *data, size_t size);
void out_push(struct out *out); /* leaves the string in the slot of the block, as the new top */

/* lua_pattern.c */
extern const luaL_Reg pattern_functions[];
/* lua_format.c */
int lj_format(lua_State *lua);

#endif
