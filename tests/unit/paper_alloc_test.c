/* paper_alloc_test.c: each allocation of the paper venue fails once, in drawn histories. The call says so, or the
 * order is refused by name, or all that is said is what it was: never another fill that nobody was warned of; and
 * nothing leaks. */
#include "support/failing_heap.h"
#include "support/paper_history.h"

enum { HISTORIES = 8 };

static uint64_t fail_at;

static void begins(void)
{
    heap.count = 0;
    heap.has_failed = false;
    heap.fail_at = fail_at;
}

static bool is_refused_by_name(const struct history *history)
{
    for (int i = 0; i < history->count; i++)
        if (strcmp(history->sayings[i].reason, "TOO_MANY_ORDERS") == 0)
            return true;
    return false;
}

static void want_of_memory_is_said(void **state)
{
    (void)state;
    static const char *const *const all[] = {capped, in_base, apart};
    int said_so = 0;
    paper_registry(); /* it stays */
    for (uint64_t seed = 0; seed < HISTORIES; seed++) {
        struct history of = {
            .pairs = all[seed % 3], .accounts = usual, .seed = seed, .traders = UINT32_MAX, .begins = begins};
        fail_at = 0;
        const int64_t before = heap.live;
        struct history *whole = played(of);
        const uint64_t count = heap.count;
        const int64_t kept = heap.live - before; /* settings come by strdup(), which is not counted */
        assert_int_equal(whole->failed, OC_OK);
        for (fail_at = 1; fail_at <= count; fail_at++) {
            const int64_t live = heap.live;
            struct history *short_of = played(of);
            heap.fail_at = 0;
            assert_true(heap.has_failed);
            said_so += short_of->failed < 0;
            if (!short_of->failed && !is_refused_by_name(short_of) &&
                (short_of->count != whole->count ||
                 memcmp(short_of->sayings, whole->sayings, (size_t)whole->count * sizeof whole->sayings[0]) != 0))
                fail_msg("history %llu, allocation %llu: another history, and nothing said", (unsigned long long)seed,
                         (unsigned long long)fail_at);
            assert_int_equal(heap.live - live, kept);
            free(short_of);
        }
        free(whole);
    }
    assert_true(said_so > 10 * HISTORIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(want_of_memory_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
