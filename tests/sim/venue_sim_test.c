/* venue_sim_test.c: whatever goes wrong between the host and an exchange, and whenever the host is killed: at the end all is calm, what is
 * open is asked about, and what was said is held against what the exchange and the link know. `venue_sim_test SEED` makes one run alone,
 * `venue_sim_test SEED ORDER` tells all that is heard of one order in it; `kill` before SEED: with kills. */
#include "sim/venue_sim.h"

enum { KILL_SEEDS = SIM_SEEDS < 200 ? 50 : SIM_SEEDS / 4 }; /* so many that each place is met */

static void run(uint64_t seed, const struct fault_rates *rates, uint32_t again_every, bool has_kills,
                struct sim_sum *sum)
{
    struct sim *sim = sim_new(seed, rates, again_every, has_kills);
    sim_trade_on(sim);
    if (!sim->ledger.failed[0])
        sim_come_to_rest(sim);
    if (!sim->ledger.failed[0])
        sim_judge(sim);
    sim_end(sim, sum);
}

static void whatever_goes_wrong_each_request_comes_to_one_true_word(void **state)
{
    struct sim_sum sum = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= SIM_SEEDS; seed++)
        run(seed, &sim_rough, 17, false, &sum);
    sim_print(&sum);
    assert_true(sum.unknowns > 10 * SIM_SEEDS && sum.never_left > SIM_SEEDS && sum.trades > 50 * SIM_SEEDS);
}

static void wherever_it_is_killed_nothing_is_lost_or_doubled(void **state)
{
    struct sim_sum sum = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= KILL_SEEDS; seed++)
        run(seed, &sim_rough, 17, true, &sum);
    sim_print(&sum);
    for (int where = 0; where < SIM_KILLS; where++)
        assert_true(sum.kills[where] >= KILL_SEEDS / 10);
    assert_true(sum.trades > 40 * KILL_SEEDS);
}

static void where_nothing_goes_wrong_nothing_is_unknown(void **state)
{
    static const struct fault_rates none;
    struct sim_sum sum = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        run(seed, &none, 5, false, &sum);
    assert_int_equal(sum.unknowns, 0);
    assert_true(sum.trades > 1000);
}

static void it_is_stopped_while_things_fall_and_comes_to_an_end(void **state)
{
    struct sim_sum sum = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct sim *sim = sim_new(seed, &sim_rough, 17, false);
        sim_trade_on(sim);
        assert_int_equal(io_venue_quiesce(&sim->life->venue, sim->now_ns), OC_OK);
        for (int i = 0; i < 20; i++)
            sim_pump_to(sim, sim->now_ns + 10 * SIM_S);
        sim_end(sim, &sum);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_goes_wrong_each_request_comes_to_one_true_word),
        cmocka_unit_test(wherever_it_is_killed_nothing_is_lost_or_doubled),
        cmocka_unit_test(where_nothing_goes_wrong_nothing_is_unknown),
        cmocka_unit_test(it_is_stopped_while_things_fall_and_comes_to_an_end),
    };
    const bool has_kills = argc > 2 && strcmp(argv[1], "kill") == 0;
    const int at = has_kills ? 2 : 1;
    if (argc > at) {
        struct sim_sum sum = {0};
        sim_traced = argc > at + 1 ? strtoull(argv[at + 1], NULL, 10) : 0;
        run(strtoull(argv[at], NULL, 10), &sim_rough, 17, has_kills, &sum);
        sim_print(&sum);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
