/* shell_stop_test.c: every evaluation ends: by the limit, by Ctrl-C, by the heap, by the host's end; and globals are kept.
 *
 * That it ends at all is what is asked, never after how long: one that does not is ended by the limit of the whole program. */
#include "support/shell_kit.h"

static const int64_t second_ns = 1000000000;
enum { PATIENCE_S = 280 }; /* a limit that is not reached */

static struct kit *short_kit(int64_t limit_ns)
{
    struct shell_config config = {.columns = 80, .limit_ns = limit_ns, .rows = 24, .confirm = kit_confirm};
    return kit_new_with(&config);
}

struct presser { /* of Ctrl-C, by an impatient person: again and again until it has ended */
    struct kit *kit;
    unsigned prints; /* only after so many */
    _Atomic bool is_done;
};

static void press(void *arg)
{
    struct presser *presser = arg;
    while (!atomic_load(&presser->is_done)) {
        env_sleep(20000000);
        if (atomic_load(&presser->kit->prints) >= presser->prints)
            shell_interrupt(presser->kit->shell);
    }
}

/* Interrupted when it has printed so often. */
static enum shell_result interrupted_after(struct kit *kit, const char *text, unsigned prints)
{
    struct env_thread *thread;
    struct presser presser = {.kit = kit, .prints = atomic_load(&kit->prints) + prints};
    assert_int_equal(env_thread_start(press, &presser, &thread), OC_OK);
    enum shell_result result = kit_eval(kit, text);
    atomic_store(&presser.is_done, true);
    env_thread_join(thread);
    return result;
}

static enum shell_result interrupted(struct kit *kit, const char *text) { return interrupted_after(kit, text, 0); }

static const char *const endless[] = {
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "while true do pcall(orders) end",
    "while true do pcall(function() return m.last end) end",
    "while true do coroutine.wrap(function() while true do pcall(m.round_qty, m, 1) end end)() end",
    "while true do print(('x'):rep(1000)) end",
    "while true do pcall(buy, 'x') end",
    "repeat local s = ('x'):rep(1000000):gsub('x', 'yy') until false",
};

static void the_limit_ends_it(void **unused)
{
    (void)unused;
    if (!SIGNALS_ARRIVE)
        skip();
    struct kit *kit = short_kit(200000000);
    assert_int_equal(kit_eval(kit, "kept = 5"), SHELL_DONE);
    for (size_t i = 0; i < sizeof endless / sizeof endless[0]; i++) {
        assert_int_equal(kit_eval(kit, endless[i]), SHELL_ERROR);
        assert_non_null(strstr(kit->out, "console.limit, 0.2 s; globals are kept"));
        says("kept", "5\n");
        says("m.last", "60012.4\n");
    }
    kit_free(kit);
}

static void an_interrupt_ends_it(void **unused)
{
    (void)unused;
    if (!SIGNALS_ARRIVE)
        skip();
    struct kit *kit = short_kit(PATIENCE_S * second_ns);
    assert_int_equal(kit_eval(kit, "kept = 5"), SHELL_DONE);
    for (size_t i = 0; i < sizeof endless / sizeof endless[0]; i++) {
        assert_int_equal(interrupted(kit, endless[i]), SHELL_ERROR);
        assert_non_null(strstr(kit->out, "interrupted; globals are kept"));
        says("kept", "5\n");
    }
    shell_interrupt(kit->shell); /* between two evaluations: nothing to stop */
    says("kept", "5\n");
    kit_free(kit);
}

static void an_ask_ends_too(void **unused)
{
    (void)unused;
    struct kit *kit = short_kit(PATIENCE_S * second_ns);
    kit->is_silent = true; /* to pnl */
    assert_int_equal(interrupted(kit, "pnl"), SHELL_ERROR);
    assert_non_null(strstr(kit->out, "interrupted"));
    says("m.last", "60012.4\n"); /* the late answer is not taken for this one */
    assert_int_equal(interrupted(kit, "while true do pcall(pnl) end"), SHELL_ERROR);
    assert_non_null(strstr(kit->out, "interrupted"));
    kit_free(kit);
}

static void watching_ends_well(void **unused)
{
    (void)unused;
    struct kit *kit = short_kit(1000000000);
    assert_int_equal(interrupted_after(kit, "watch('ticker', 0.05)", 2), SHELL_DONE);
    assert_null(strstr(kit->out, "interrupted"));
    assert_non_null(strstr(kit->out, "60,012.3 / 60,012.5"));
    assert_int_equal(interrupted(kit, "tail"), SHELL_DONE);
    assert_int_equal(kit_eval(kit, "watch(function() return m.last end, {times = 24, every = 0.05})"),
                     SHELL_DONE); /* beyond the limit */
    assert_non_null(strstr(kit->out, "60012.4\n60012.4\n"));
    assert_int_equal(kit_eval(kit, "watch(function() error('no') end)"), SHELL_ERROR);
    assert_int_equal(kit_eval(kit, "watch(function() return buy(1, {price = 70000}) end)"), SHELL_ERROR);
    if (SIGNALS_ARRIVE) {
        assert_int_equal(kit_eval(kit, "watch(function() while true do end end)"), SHELL_ERROR);
        assert_non_null(strstr(kit->out, "console.limit"));
    }
    kit_free(kit);
}

static void the_heap_limit_gives_a_fresh_one(void **unused)
{
    (void)unused;
    struct kit *kit = short_kit(PATIENCE_S * second_ns);
    assert_int_equal(kit_eval(kit, "kept = 5"), SHELL_DONE);
    assert_int_equal(kit_eval(kit, "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end"), SHELL_ERROR);
    assert_non_null(strstr(kit->out, "globals are lost"));
    says("kept == nil", "true\n");
    says("m.last", "60012.4\n");
    says("ticker", "60,012.4");
    says("x = ('x'):rep(1 << 40)", "error");
    kit_free(kit);
}

static void a_huge_print_is_bounded_and_paged(void **unused)
{
    (void)unused;
    struct kit *kit = short_kit(20 * second_ns);
    kit->confirm_answer = false;
    assert_int_equal(kit_eval(kit, "('line\\n'):rep(100)"), SHELL_DONE);
    assert_int_equal(kit->confirms, 1);
    assert_string_equal(kit->question, "-- more (Enter, q) --");
    assert_int_equal(kit->out_size, 23 * 5);
    kit->confirms = 0;
    kit->confirm_answer = true;
    kit_eval(kit, "('line\\n'):rep(100)");
    assert_int_equal(kit->out_size, 101 * 5 - 4);
    assert_int_equal(kit->confirms, 4);
    kit->confirms = 0;
    kit_eval(kit, "('line\\n'):rep(22)");
    assert_int_equal(kit->confirms, 0);
    kit_eval(kit, "local t = {} for i = 1, 1000 do t[i] = {i, {i, {i, {i, {i}}}}} end return t");
    assert_non_null(strstr(kit->out, "..."));
    assert_true(kit->out_size < 100000);
    kit_eval(kit, "t = {} t.t = t; return t");
    assert_non_null(strstr(kit->out, "{...}"));
    kit_eval(kit, "return {[{}] = 1}"); /* keys without an order */
    assert_non_null(strstr(kit->out, "table"));
    kit_eval(kit, "return '\\27[2J\\7bell'"); /* no control of the terminal but colours: ESC [ 2 J is not ours */
    assert_null(strstr(kit->out, "\a"));
    assert_null(strstr(kit->out, "\x1b"));
    shell_resize(kit->shell, 80, 0);
    kit->confirms = 0;
    kit_eval(kit, "('line\\n'):rep(100)");
    assert_int_equal(kit->confirms, 0);
    kit_free(kit);
}

static void the_host_may_go(void **unused)
{
    (void)unused;
    char prompt[SHELL_PROMPT_MAX];
    struct kit *kit = short_kit(20 * second_ns);
    kit_leave(kit);
    assert_int_equal(kit_eval(kit, "1 + 1"), SHELL_GONE);
    assert_int_equal(kit_eval(kit, "while true do pcall(orders) end"), SHELL_GONE);
    assert_non_null(strstr(kit->out, "the host is gone"));
    assert_true(shell_prompt(kit->shell, false, prompt) > 0);
    assert_string_equal(prompt, "gone > ");
    shell_free(kit->shell);
    link_free(kit->link);
    free(kit);
}

static void another_protocol_is_refused(void **unused)
{
    (void)unused;
    int fds[2];
    struct link *link;
    struct shell *shell = NULL;
    struct kit kit = {.fd = -1};
    assert_int_equal(env_socket_pair(fds), OC_OK);
    assert_int_equal(link_new(fds[0], &link), OC_OK);
    size_t sent;
    static const char answer[] = "1\tok\t{\"protocol\":2}\n";
    assert_int_equal(env_socket_write(fds[1], answer, sizeof answer - 1, &sent), OC_OK);
    struct shell_config config = {.link = link, .print = kit_print, .arg = &kit};
    assert_int_equal(shell_new(&config, &shell), OC_E_IO);
    env_close(fds[1]);
    assert_int_equal(shell_new(&config, &shell), OC_E_IO);
    assert_null(shell);
    shell_free(NULL);
    link_free(link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_ends_it),
        cmocka_unit_test(an_interrupt_ends_it),
        cmocka_unit_test(an_ask_ends_too),
        cmocka_unit_test(watching_ends_well),
        cmocka_unit_test(the_heap_limit_gives_a_fresh_one),
        cmocka_unit_test(a_huge_print_is_bounded_and_paged),
        cmocka_unit_test(the_host_may_go),
        cmocka_unit_test(another_protocol_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
