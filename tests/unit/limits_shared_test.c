/* Several processes stay within one limit together, whoever of them dies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/limits_shared.h"

enum { PROCESSES = 4, STEPS = 180 /* minutes */ };
#define S        1000000000ll
#define BEGIN_NS (1767623400ll * S)

static char path[64];
static const struct oc_limit limits[] = {
    {.name = "weight", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_WINDOW, .max = 1200, .period_ns = 60 * S},
    {.name = "slide", .scope = OC_SCOPE_KEY, .kind = OC_LIMIT_SLIDING, .max = 50, .period_ns = 10 * S},
    {.name = "bucket", .scope = OC_SCOPE_KEY, .kind = OC_LIMIT_BUCKET, .max = 20, .period_ns = 10 * S},
    {.name = "at_once", .scope = OC_SCOPE_KEY, .kind = OC_LIMIT_CONCURRENT, .max = 5}};
static const struct oc_venue venue = {.venue = "kit", .limits = limits, .limit_count = 4};

static int set_up(void **state)
{
    (void)state;
    strcpy(path, "/tmp/limits_shared_XXXXXX");
    close(mkstemp(path));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static struct limits_shared opened(void)
{
    struct limits_shared shared;
    assert_int_equal(limits_shared_open(&shared, path), OC_OK);
    return shared;
}

/* Each takes as fast as it can through hours of simulated time; what the venue would count of a window is never above its limit. */
static void several_processes_stay_within_one_limit(void **state)
{
    struct {
        pthread_barrier_t turn; /* they have one clock */
        atomic_uint taken[STEPS];
    } *all = mmap(NULL, sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_barrierattr_t how;
    pid_t pids[PROCESSES];
    (void)state;
    pthread_barrierattr_init(&how);
    pthread_barrierattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
    assert_int_equal(pthread_barrier_init(&all->turn, &how, PROCESSES), 0);
    for (int p = 0; p < PROCESSES; p++) {
        pids[p] = fork();
        if (pids[p])
            continue;
        struct limits_shared shared = opened();
        const uint64_t key = limits_shared_key(&venue, 0, "", 0);
        for (int step = 0; step < STEPS; step++) {
            pthread_barrier_wait(&all->turn);
            int64_t at_ns;
            while (limits_shared_take(&shared, key, &limits[0], 1, 1200, BEGIN_NS + step * 60 * S, &at_ns) == OC_OK)
                atomic_fetch_add(&all->taken[step], 1u);
            pthread_barrier_wait(&all->turn);
        }
        _exit(0);
    }
    for (int p = 0; p < PROCESSES; p++)
        assert_int_equal(waitpid(pids[p], NULL, 0), pids[p]);
    for (int step = 0; step < STEPS; step++)
        assert_int_equal(atomic_load(&all->taken[step]), 1200); /* kept, and used */
    munmap(all, sizeof *all);
}

static void one_that_is_killed_holds_nothing(void **state)
{
    const uint64_t key = limits_shared_key(&venue, 0, "", 0);
    int64_t at_ns;
    int ready[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ready), 0);
    const pid_t pid = fork();
    if (!pid) {
        struct limits_shared shared = opened();
        for (uint64_t i = 0;; i++) { /* it dies somewhere in this */
            (void)limits_shared_take(&shared, key, &limits[0], 1, 1200, BEGIN_NS, &at_ns);
            if (i == 1000 && write(ready[1], "x", 1) != 1)
                _exit(1);
        }
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    struct limits_shared shared = opened();
    int taken = 0;
    while (limits_shared_take(&shared, key, &limits[0], 1, 1200, BEGIN_NS, &at_ns) == OC_OK)
        taken++;
    assert_true(taken <= 199); /* what the dead one had taken the venue has counted */
    assert_int_equal(at_ns, BEGIN_NS + 60 * S);
    assert_int_equal(limits_shared_take(&shared, key, &limits[0], 1200, 1200, BEGIN_NS + 60 * S, &at_ns), OC_OK);
    limits_shared_close(&shared);
}

static uint64_t fill(struct limits_shared *shared, uint32_t limit, uint64_t bound, int64_t now_ns, int64_t *ret_ns)
{
    const uint64_t key = limits_shared_key(&venue, limit, "key", 3);
    uint64_t taken = 0;
    while (limits_shared_take(shared, key, &limits[limit], 1, bound, now_ns, ret_ns) == OC_OK)
        taken++;
    return taken;
}

static void each_kind_of_limit_is_kept(void **state)
{
    struct limits_shared shared = opened();
    int64_t at_ns;
    (void)state;
    assert_int_equal(fill(&shared, 1, 50, BEGIN_NS, &at_ns), 50);
    assert_int_equal(fill(&shared, 1, 50, BEGIN_NS + 10 * S, &at_ns), 0); /* it still covers all of the window before */
    assert_in_range(fill(&shared, 1, 50, BEGIN_NS + 15 * S, &at_ns), 24, 25); /* and now half of it */
    assert_int_equal(fill(&shared, 2, 15, BEGIN_NS, &at_ns), 15);             /* a reserve of five */
    assert_int_equal(fill(&shared, 2, 20, BEGIN_NS, &at_ns), 5);
    assert_int_equal(at_ns, BEGIN_NS + S / 2); /* when one drop has come back */
    assert_int_equal(fill(&shared, 2, 20, BEGIN_NS + 2 * S, &at_ns), 4);
    assert_int_equal(limits_shared_key(&venue, 3, "key", 3), 0); /* each process counts its own */
    limits_shared_close(&shared);
}

static void a_ban_and_the_venues_own_count_hold_for_all(void **state)
{
    struct limits_shared one = opened(), other = opened();
    const uint64_t key = limits_shared_key(&venue, 0, "", 0);
    int64_t at_ns;
    (void)state;
    limits_shared_used(&one, key, &limits[0], 1199, BEGIN_NS);
    assert_int_equal(limits_shared_take(&other, key, &limits[0], 2, 1200, BEGIN_NS, &at_ns), OC_E_AGAIN);
    assert_int_equal(limits_shared_take(&other, key, &limits[0], 1, 1200, BEGIN_NS, &at_ns), OC_OK);
    limits_shared_give(&one, key, &limits[0], 1, BEGIN_NS);
    assert_int_equal(limits_shared_take(&other, key, &limits[0], 1, 1200, BEGIN_NS, &at_ns), OC_OK);
    limits_shared_shut(&one, key, BEGIN_NS + 300 * S);
    assert_int_equal(limits_shared_take(&other, key, &limits[0], 1, 1200, BEGIN_NS + 299 * S, &at_ns), OC_E_AGAIN);
    assert_int_equal(at_ns, BEGIN_NS + 300 * S);
    assert_int_equal(limits_shared_take(&other, key, &limits[0], 1, 1200, BEGIN_NS + 300 * S, &at_ns), OC_OK);
    limits_shared_close(&one);
    limits_shared_close(&other);
}

/* Of a key alone, also where another one has its place beside it; not of what is over, or cannot be. */
static void when_it_is_open_again_is_known_to_all(void **state)
{
    (void)state;
    struct limits_shared one = opened(), two = opened();
    const uint64_t key = 5, beside = key + LIMITS_SHARED_PLACES;
    assert_true(limits_shared_shut_ns(&two, key, BEGIN_NS) == INT64_MIN);
    limits_shared_shut(&one, key, BEGIN_NS + 7 * S);
    assert_true(limits_shared_shut_ns(&two, key, BEGIN_NS) == BEGIN_NS + 7 * S);
    assert_true(limits_shared_shut_ns(&two, key, BEGIN_NS + 7 * S) == INT64_MIN);
    assert_true(limits_shared_shut_ns(&two, beside, BEGIN_NS) == INT64_MIN);
    limits_shared_shut(&one, beside, BEGIN_NS + 3 * S);
    assert_true(limits_shared_shut_ns(&two, beside, BEGIN_NS) == BEGIN_NS + 3 * S);
    assert_true(limits_shared_shut_ns(&two, key, BEGIN_NS - 30 * 86400 * S) == INT64_MIN); /* weeks ahead: damage */
    limits_shared_close(&one);
    limits_shared_close(&two);
}

/* Whoever looks sees what all have used, and takes nothing by it. */
static void what_is_used_can_be_seen(void **state)
{
    int64_t at_ns;
    (void)state;
    struct limits_shared shared = opened(), looker = opened();
    for (uint32_t i = 0; i < 3; i++) {
        const uint64_t key = limits_shared_key(&venue, i, "k", 1);
        assert_int_equal(limits_shared_look(&looker, key, &limits[i], BEGIN_NS), 0);
        assert_int_equal(limits_shared_take(&shared, key, &limits[i], 7, 20, BEGIN_NS, &at_ns), OC_OK);
        assert_int_equal(limits_shared_look(&looker, key, &limits[i], BEGIN_NS), 7);
        assert_int_equal(limits_shared_look(&looker, key, &limits[i], BEGIN_NS + 3 * limits[i].period_ns), 0);
    }
    limits_shared_close(&shared);
    limits_shared_close(&looker);
}

static void damage_stops_nobody(void **state)
{
    struct limits_shared shared = opened();
    const uint64_t key = limits_shared_key(&venue, 0, "", 0), bucket = limits_shared_key(&venue, 2, "key", 3);
    int64_t at_ns;
    (void)state;
    for (uint32_t i = 0; i < LIMITS_SHARED_PLACES; i++) {
        shared.map->places[i].used = UINT64_MAX;
        shared.map->places[i].shut_ns = INT64_MAX;
    }
    assert_int_equal(limits_shared_take(&shared, key, &limits[0], 1, 1200, BEGIN_NS, &at_ns), OC_OK);
    assert_int_equal(limits_shared_take(&shared, bucket, &limits[2], 1, 20, BEGIN_NS, &at_ns), OC_OK);
    for (uint32_t i = 0; i < LIMITS_SHARED_PLACES; i++) /* others have them all */
        shared.map->places[i].key = 7;
    assert_int_equal(limits_shared_take(&shared, key, &limits[0], 1, 1200, BEGIN_NS, &at_ns), OC_OK);
    limits_shared_close(&shared);
    shared = opened();
    shared.map->magic = 3;
    limits_shared_close(&shared);
    assert_int_equal(limits_shared_open(&shared, path), OC_E_DATA);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(several_processes_stay_within_one_limit),
        TEST(one_that_is_killed_holds_nothing),
        TEST(each_kind_of_limit_is_kept),
        TEST(a_ban_and_the_venues_own_count_hold_for_all),
        TEST(when_it_is_open_again_is_known_to_all),
        TEST(what_is_used_can_be_seen),
        TEST(damage_stops_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
