/* pace_test.c: how long a session waits, on the simulated clock: to the nanosecond where it says so. */
#include "support/env_sim.h"
#include "support/session_kit.h"

#include <signal.h>

#include "session/interrupt.h"

#define MS 1000000LL

enum { WAITS = 64 };

struct host {
    struct house *house;
    int turns, idle, waits;
    int64_t waited[WAITS];
    int64_t slow_ns; /* each turn takes so long */
    int64_t late[WAITS];
    int lates;
};

static oc_rc host_turn(void *self, int64_t at_ns)
{
    struct host *host = self;
    (void)at_ns;
    host->turns++;
    env_sim_advance(host->slow_ns);
    return host->waits >= WAITS; /* something waits without end */
}

static void host_wait(void *self, int64_t ns)
{
    struct host *host = self;
    assert_in_range(ns, 1, 50 * MS); /* whoever asks is answered within that */
    if (host->waits < WAITS)
        host->waited[host->waits] = ns;
    host->waits++;
    env_sim_advance(ns);
    host->house->session->pace.is_paused = false;
}

static void note_late(void *self, int64_t late_ns)
{
    struct host *host = self;
    if (host->lates < WAITS)
        host->late[host->lates] = late_ns;
    host->lates++;
}

/* Three prices, step_ns of data apart, the first at base_ns; the data begin one step before. */
static struct house *paced(struct host *host, double speed, int64_t base_ns, int64_t step_ns)
{
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    struct house *house = house_new();
    host->house = house;
    house->client_count = 1;
    for (int i = 0; i < 3; i++)
        house_trade(house, 0, base_ns + i * step_ns);
    house_open(house);
    struct pace *pace = &house->session->pace;
    pace->speed = speed;
    pace->host = (struct pace_host){host, host_turn, NULL, host_wait};
    pace->on_late = note_late;
    pace->on_late_arg = host;
    pace_from(pace, base_ns - step_ns);
    return house;
}

static void end(struct house *house)
{
    house_free(house);
    env_sim_stop();
}

/* Ten milliseconds of data are ten by the clock, twenty at half the speed, and so on. */
static void each_price_is_waited_for_exactly(void **state)
{
    static const struct {
        double speed;
        int64_t step_ns;
    } rows[] = {{1, 10 * MS}, {0.5, 20 * MS}, {4, 10 * MS / 4}, {1000, 10000}};
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        struct host host = {.turns = 0};
        struct house *house = paced(&host, rows[row].speed, 1000 * HOUSE_SECOND, 10 * MS);
        const int64_t begun_ns = env_clock_mono();
        house_run(house);
        assert_int_equal(env_clock_mono() - begun_ns, 3 * rows[row].step_ns);
        assert_int_equal(host.waits, 3);
        for (int i = 0; i < 3; i++)
            assert_int_equal(host.waited[i], rows[row].step_ns);
        assert_int_equal(host.lates, 3);
        for (int i = 0; i < 3; i++)
            assert_int_equal(host.late[i], 0);
        end(house);
    }
}

/* A long wait is made of short ones, the last of what is left. */
static void a_long_wait_is_cut(void **state)
{
    (void)state;
    struct host host = {.turns = 0};
    struct house *house = paced(&host, 1, 1000 * HOUSE_SECOND, 120 * MS);
    house_run(house);
    assert_int_equal(host.waits, 9);
    for (int i = 0; i < 9; i++)
        assert_int_equal(host.waited[i], i % 3 == 2 ? 20 * MS : 50 * MS);
    end(house);
}

/* What is late is not waited for, and how late it was is told; what is due in a nanosecond is not late. */
static void what_is_late_is_told(void **state)
{
    (void)state;
    struct host host = {.slow_ns = 25 * MS};
    struct house *house = paced(&host, 1, 1000 * HOUSE_SECOND, 10 * MS);
    house_run(house);
    assert_int_equal(host.waits, 0);
    assert_int_equal(host.lates, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(host.late[i], (15 + 15 * i) * MS);
    end(house);
    host = (struct host){.slow_ns = 10 * MS - 1};
    house = paced(&host, 1, 1000 * HOUSE_SECOND, 10 * MS);
    house_run(house);
    assert_int_equal(host.waited[0], 1);
    end(house);
    host = (struct host){.slow_ns = 10 * MS};
    house = paced(&host, 1, 1000 * HOUSE_SECOND, 10 * MS);
    house_run(house);
    assert_int_equal(host.waits, 0);
    assert_int_equal(host.late[0], 0);
    end(house);
}

/* Where nobody serves, the process sleeps. */
static void without_a_host_it_sleeps(void **state)
{
    (void)state;
    struct host host = {.turns = 0};
    struct house *house = paced(&host, 1, 1000 * HOUSE_SECOND, 10 * MS);
    const int64_t begun_ns = env_clock_mono();
    house->session->pace.host = (struct pace_host){0};
    house->session->pace.on_late = NULL;
    house_run(house);
    assert_int_equal(env_clock_mono() - begun_ns, 30 * MS);
    end(house);
}

/* Beyond what a clock can hold it is as far as the clock goes, on either side. */
static void beyond_the_clock_is_its_end(void **state)
{
    (void)state;
    struct host host = {.turns = 0};
    struct house *house = paced(&host, 1e-12, 1000 * HOUSE_SECOND, 10 * HOUSE_SECOND); /* 10 s at 1e-12: 1e22 ns */
    assert_int_equal(session_run(house->session), OC_E_AGAIN);
    assert_int_equal(house->session->data.events, 0);
    assert_int_equal(host.waits, WAITS);
    assert_int_equal(host.lates, 0);
    end(house);
    host = (struct host){.turns = 0};
    house = paced(&host, 1e18, 1000 * HOUSE_SECOND, 10 * HOUSE_SECOND);
    struct session *session = house->session;
    env_sim_advance(HOUSE_SECOND); /* 1e27 ns of data */
    assert_int_equal(pace_now(session, INT64_MAX - 5), INT64_MAX - 6);
    session->pace.speed = 8e9; /* 8e18 fits, but not on top of 8e18 */
    session->pace.base_data_ns = 8000000000000000000;
    assert_int_equal(pace_now(session, INT64_MAX - 5), INT64_MAX - 6);
    session->pace.base_data_ns = 1000000000000000000;
    assert_in_range(pace_now(session, INT64_MAX), 8999999990000000000, 9000000010000000000);
    end(house);
}

/* An answer that is due between two prices comes by the clock, at any speed, and the price behind it is no earlier for it. */
static int64_t answered_ns;

static void note_answer(void *self, const struct input *input, const struct engine_out *out)
{
    (void)self;
    (void)out;
    if (!input || input->kind != INPUT_ANSWER)
        return;
    answered_ns = env_clock_mono();
    assert_int_equal(input->event->local_ns, input->at_ns); /* stamped where it came in */
}

static void an_answer_comes_when_it_is_due(void **state)
{
    static const double speeds[] = {0.5, 1, 4};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct host host = {.turns = 0};
        struct house *house = paced(&host, speeds[i], 40 * MS, 40 * MS);
        house->latency_ns = 7 * MS;
        assert_int_equal(watchers_add(&house->session->watchers, &(struct watcher){.self = house, .note = note_answer}),
                         OC_OK);
        assert_int_equal(engine_begin(house->engine, 0), OC_OK);
        assert_true(house_buy(house, 1) != 0);
        engine_end(house->engine, true);
        session_flush(house->session);
        const int64_t begun_ns = env_clock_mono();
        house_run(house);
        const int64_t due_ns = (int64_t)(7 * (double)MS / speeds[i]);
        assert_in_range(answered_ns - begun_ns, due_ns, due_ns + 3000);
        assert_int_equal(env_clock_mono() - begun_ns, (int64_t)(120 * (double)MS / speeds[i]));
        end(house);
    }
}

static void a_stop_ends_it_before_the_next_price(void **state)
{
    (void)state;
    struct host host = {.turns = 0};
    struct house *house = paced(&host, 1, 1000 * HOUSE_SECOND, 10 * MS);
    house->session->pace.is_stopping = true;
    assert_int_equal(pace_wait(house->session, 1000 * HOUSE_SECOND), 1);
    assert_int_equal(session_run(house->session), OC_E_AGAIN);
    assert_int_equal(house->session->data.events, 0);
    assert_int_equal(host.waits, 0);
    assert_false(house->session->pace.by_hand);
    house->session->pace.is_stopping = false;
    interrupt_install();
    raise(SIGTERM); /* the last of this process: a second one would end it */
    assert_int_equal(pace_wait(house->session, 1000 * HOUSE_SECOND), 1);
    assert_true(house->session->pace.by_hand);
    end(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_price_is_waited_for_exactly),
        cmocka_unit_test(a_long_wait_is_cut),
        cmocka_unit_test(what_is_late_is_told),
        cmocka_unit_test(without_a_host_it_sleeps),
        cmocka_unit_test(beyond_the_clock_is_its_end),
        cmocka_unit_test(an_answer_comes_when_it_is_due),
        cmocka_unit_test(a_stop_ends_it_before_the_next_price), /* last: a signal stays */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
