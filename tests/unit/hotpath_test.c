/* hotpath_test.c: the host allocates nothing between an event and an order: counted on the whole product (plugins, rules,
 * simulator, door in memory), from bar to bar, fills and accounts included. Lua's allocations come from its own arena and
 * are counted apart; that the arena itself asks the system for nothing is part of the zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/log.h"
#include "cli/bench.h"
#include "cli/verbs.h"
#include "script/sandbox_state.h"
#include "session/parts.h"

/* It stands in main.c, which has a main of its own. */
int verb_help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return EXIT_USE;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_OWN_ALLOCATOR 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_OWN_ALLOCATOR 1
#endif

static uint64_t allocations;

#ifndef HAS_OWN_ALLOCATOR
/* These stand in front of the C library's, for this program and all it loads. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
#define IN_FRONT __attribute__((visibility("default"), used))

IN_FRONT void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

IN_FRONT void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

IN_FRONT void *realloc(void *block, size_t size)
{
    allocations++;
    return __libc_realloc(block, size);
}
#endif

/* The window begins when the pool of final orders has filled up (8,192). Behind the path, tables that grow with the run
 * double now and then: the days of the report's curve at 64, 128 and 256 days of 1,440 bars, fills remembered and round
 * trips at powers of two. Both windows lie between such doublings. */
struct window {
    uint64_t bars, from, to;
    struct run *made;
    uint64_t fills;
    uint64_t first, last; /* allocations when the first and the last order of the window was recorded */
    uint64_t lua_first, lua_last;
    uint64_t orders;
    uint64_t leak_at; /* the control: an allocation at this order; 0: none */
};

static void *volatile sink;

static void on_order(struct window *window)
{
    uint64_t bar = inbox_index(window->made->session->inbox);
    if (bar < window->from || bar >= window->to)
        return;
    uint64_t lua = strategy_sandbox(window->made->strategies.list[0].strategy)->heap.allocs;
    if (window->orders++ == 0) {
        window->first = allocations;
        window->lua_first = lua;
    }
    if (window->orders == window->leak_at) {
        sink = malloc(1);
        free(sink);
    }
    window->last = allocations;
    window->lua_last = lua;
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    (void)input;
    for (uint32_t i = 0; i < out->request_count; i++)
        on_order(self);
}

static oc_rc add_watcher(void *self, struct session *session)
{
    return watchers_add(&session->watchers, &(struct watcher){.self = self, .note = note});
}

static struct registry *registry;

static void run(struct window *window, enum bench_user user)
{
    struct bench bench = {.registry = registry};
    struct oc_ev_bar *bars = calloc(window->bars, sizeof *bars);
    assert_non_null(bars);
    const struct session_stage watch = {"window", window, add_watcher, NULL};
    struct bench_run row = {.user = user, .is_watched = true, .watcher = &watch};
    bench_make_bars(bars, window->bars);
    window->made = bench_session_open(&bench, bars, window->bars, &row);
    assert_non_null(window->made);
    assert_int_equal(run_go(window->made), OC_OK);
    window->fills = engine_stats(window->made->session->engine)->fills;
    bench_session_close(window->made);
    free(bars);
}

static int setup(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    setenv("OUTCRY_PLUGINS", TEST_BUILD_DIR "/plugins", 1);
    registry = calloc(1, sizeof *registry);
    struct error error;
    return registry && parts_load_default(registry, &error) == OC_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(registry);
    return 0;
}

static void skip_if_blind(void)
{
#ifdef HAS_OWN_ALLOCATOR
    print_message("hotpath_test: skip: this build has an allocator of its own\n");
    skip();
#endif
}

static void orders_from_c_allocate_nothing(void **state)
{
    (void)state;
    skip_if_blind();
    struct window window = {.bars = 93000, .from = 70000, .to = 92000};
    run(&window, BENCH_C_ORDER);
    print_message("C: %llu orders, %llu allocations\n", (unsigned long long)window.orders,
                  (unsigned long long)(window.last - window.first));
    assert_int_equal(window.orders, window.to - window.from);
    assert_true(window.fills > window.bars - 10);
    assert_int_equal(window.last - window.first, 0);
}

static void orders_from_lua_allocate_in_the_arena_only(void **state)
{
    (void)state;
    skip_if_blind();
    struct window window = {.bars = 370000, .from = 240000, .to = 360000};
    run(&window, BENCH_LUA);
    print_message("Lua: %llu orders, %llu allocations, %llu in Lua's arena\n", (unsigned long long)window.orders,
                  (unsigned long long)(window.last - window.first),
                  (unsigned long long)(window.lua_last - window.lua_first));
    assert_true(window.orders > 4000);
    assert_true(window.lua_last > window.lua_first); /* option tables, order handles */
    assert_int_equal(window.last - window.first, 0);
}

/* The control: one small allocation at one order is seen. */
static void one_allocation_is_seen(void **state)
{
    (void)state;
    skip_if_blind();
    struct window window = {.bars = 93000, .from = 70000, .to = 92000, .leak_at = 1000};
    run(&window, BENCH_C_ORDER);
    assert_int_equal(window.last - window.first, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_from_c_allocate_nothing),
        cmocka_unit_test(orders_from_lua_allocate_in_the_arena_only),
        cmocka_unit_test(one_allocation_is_seen),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
