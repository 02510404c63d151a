/* loop_test.c: the one order of simultaneous things, with a simulator that answers as told. */
#include "engine_fixture.h"

#include "engine/loop.h"

#define MINUTE 60000000000LL

struct world {
    struct fixture *f;
    struct loop *loop;
    struct simhost simhost;
    char log[8192];
    uint64_t seq;
    int64_t latency_ns;
    int stop_after;
};

struct bars {
    struct oc_ev_bar list[8];
    int count, at;
};

static void note(struct world *world, const char *word, int64_t at_ns)
{
    size_t length = strlen(world->log);
    snprintf(world->log + length, sizeof world->log - length, "%s@%lld ", word, (long long)(at_ns / 1000000000));
}

static oc_rc sim_market(void *self, int64_t now_ns, const struct oc_event *event)
{
    note(self, now_ns == event->venue_ns ? "close" : "open", now_ns);
    return OC_OK;
}

static oc_rc sim_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct world *world = self;
    note(world, "request", now_ns);
    struct oc_ev_answer answer = fixture_answer(world->f, OC_EV_ACCEPTED, request->order);
    answer.head.venue_ns = now_ns;
    simhost_emit(&world->simhost, now_ns + world->latency_ns, &answer.head);
    return simhost_schedule(&world->simhost, now_ns + world->latency_ns);
}

static oc_rc sim_due(void *self, int64_t now_ns)
{
    note(self, "due", now_ns);
    return OC_OK;
}

static const struct oc_sim sim_table = {.size = sizeof sim_table, .market = sim_market, .request = sim_request, .due = sim_due};

static oc_rc next_bar(void *self, struct oc_event **ret_event)
{
    struct bars *bars = self;
    if (bars->at == bars->count)
        return OC_E_END;
    *ret_event = &bars->list[bars->at++].head;
    return OC_OK;
}

static oc_rc hook_market(void *self, struct oc_event *event)
{
    event->seq = ++((struct world *)self)->f->seq;
    return OC_OK;
}

static oc_rc hook_answer(void *self, struct oc_event *event)
{
    note(self, "answer", event->local_ns);
    event->seq = ++((struct world *)self)->f->seq;
    return OC_OK;
}

static void hook_progress(void *self, uint64_t seq, uint64_t market_index)
{
    (void)seq;
    (void)market_index;
    note(self, "done", 0);
}

static oc_rc hook_advance(void *self, int64_t at_ns)
{
    struct world *world = self;
    (void)at_ns;
    return world->stop_after && --world->stop_after == 0 ? 1 : OC_OK;
}

static oc_rc strategy_bar(void *self, const struct oc_event *bar)
{
    struct world *world = self;
    note(world, "bar", bar->local_ns);
    if (bar->venue_ns == 2 * MINUTE) {
        struct oc_request request = fixture_order(world->f, OC_SIDE_BUY, 1, 9900);
        struct engine_refusal refusal;
        engine_submit(world->f->engine, &request, &refusal);
    }
    return OC_OK;
}

static oc_rc strategy_timer(void *self, uint64_t timer, int64_t due_ns)
{
    (void)timer;
    note(self, "timer", due_ns);
    return OC_OK;
}

static void fill_bars(struct bars *bars, uint32_t inst, int count)
{
    bars->count = count;
    for (int i = 0; i < count; i++)
        bars->list[i] = (struct oc_ev_bar){.head = {.size = sizeof bars->list[i], .type = OC_EV_BAR, .inst = inst,
                                                    .venue_ns = (i + 1) * MINUTE},
                                           .open_ns = i * MINUTE, .period_ns = MINUTE,
                                           .open = 10000, .high = 10000, .low = 10000, .close = 10000};
}

static struct world *world_new(int64_t latency_ns)
{
    struct world *world = calloc(1, sizeof *world);
    world->f = fixture_new(COST_AVERAGE);
    world->latency_ns = latency_ns;
    struct loop_hooks hooks = {world, hook_market, hook_answer, hook_progress, hook_advance};
    struct engine_client client = {.self = world, .bar = strategy_bar, .timer = strategy_timer};
    uint32_t id;
    assert_int_equal(loop_new(world->f->engine, &hooks, &world->loop), OC_OK);
    simhost_init(&world->simhost, &sim_table, world);
    assert_int_equal(loop_add_sim(world->loop, &world->simhost, world->f->account), OC_OK);
    engine_add_client(world->f->engine, "s", &client, &id);
    engine_subscribe(world->f->engine, id, world->f->inst, 0);
    return world;
}

static void world_free(struct world *world)
{
    loop_free(world->loop);
    simhost_release(&world->simhost);
    fixture_free(world->f);
    free(world);
}

static void an_order_on_a_close_is_in_time_for_the_open(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct bars bars = {0};
    fill_bars(&bars, world->f->inst, 3);
    struct loop_source source = {&bars, next_bar};
    loop_add_source(world->loop, &source);
    uint64_t timer;
    timers_add(engine_timers(world->f->engine), 1, 2 * MINUTE, 0, &timer);
    assert_int_equal(loop_run(world->loop), OC_OK);
    assert_string_equal(world->log, "open@0 close@60 bar@60 done@0 open@60 "
                                    "close@120 bar@120 request@120 due@120 answer@120 done@0 open@120 "
                                    "timer@120 close@180 bar@180 done@0 ");
    assert_int_equal(loop_index(world->loop), 3);
    assert_int_equal(loop_now(world->loop), 3 * MINUTE);
    world_free(world);
}

static void latency_delays_the_answer_only(void **state)
{
    (void)state;
    struct world *world = world_new(90000000000LL);
    struct bars bars = {0};
    fill_bars(&bars, world->f->inst, 3);
    struct loop_source source = {&bars, next_bar};
    loop_add_source(world->loop, &source);
    assert_int_equal(loop_run(world->loop), OC_OK);
    assert_null(strstr(world->log, "answer"));
    assert_int_equal(loop_finish(world->loop, 4 * MINUTE), OC_OK);
    assert_non_null(strstr(world->log, "due@210 answer@210"));
    world_free(world);
}

static void closes_of_all_sources_go_before_opens(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct bars a = {0}, b = {0};
    fill_bars(&a, world->f->inst, 2);
    fill_bars(&b, world->f->inst, 2);
    struct loop_source first = {&a, next_bar}, second = {&b, next_bar};
    loop_add_source(world->loop, &first);
    loop_add_source(world->loop, &second);
    loop_run(world->loop);
    assert_int_equal(strncmp(world->log, "open@0 open@0 close@60 bar@60 done@0 close@60 bar@60 done@0 open@60 open@60 ", 76), 0);
    world_free(world);
}

static void a_run_can_be_stopped_and_errors_end_it(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct bars bars = {0};
    fill_bars(&bars, world->f->inst, 3);
    struct loop_source source = {&bars, next_bar};
    loop_add_source(world->loop, &source);
    world->stop_after = 2;
    assert_int_equal(loop_run(world->loop), 1);
    assert_int_equal(loop_index(world->loop), 0);
    loop_set_index(world->loop, 7);
    assert_int_equal(loop_index(world->loop), 7);
    world_free(world);
}

static void answers_come_by_time_and_then_by_emission(void **state)
{
    (void)state;
    struct simhost simhost;
    union {
        struct oc_event head;
        char bytes[256];
    } got;
    simhost_init(&simhost, &sim_table, NULL);
    struct oc_event event = {.size = sizeof event, .type = OC_EV_MARK};
    uint64_t random = 5;
    for (uint64_t i = 0; i < 2000; i++) {
        random = random * 6364136223846793005ull + 1442695040888963407ull;
        event.seq = i;
        event.venue_ns = (int64_t)(random >> 33) % 50;
        assert_int_equal(simhost_emit(&simhost, event.venue_ns, &event), OC_OK);
    }
    int64_t last_ns = -1;
    uint64_t last_seq = 0;
    int count = 0;
    while (simhost_take(&simhost, 100, &got, sizeof got) == OC_OK) {
        assert_true(got.head.venue_ns > last_ns || (got.head.venue_ns == last_ns && got.head.seq > last_seq));
        last_ns = got.head.venue_ns;
        last_seq = got.head.seq;
        count++;
    }
    assert_int_equal(count, 2000);
    event.size = 4;
    assert_int_equal(simhost_emit(&simhost, 1, &event), OC_E_INVALID);
    event.size = 48;
    simhost_emit(&simhost, 1, &event);
    assert_int_equal(simhost_take(&simhost, 1, &got, 8), OC_E_LIMIT);
    assert_int_equal(simhost_take(&simhost, 0, &got, sizeof got), OC_E_NOT_FOUND);
    for (uint32_t i = 1; i < 262144; i++)
        assert_int_equal(simhost_emit(&simhost, 1, &event), OC_OK);
    assert_int_equal(simhost_emit(&simhost, 1, &event), OC_E_FULL);
    simhost_release(&simhost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_on_a_close_is_in_time_for_the_open),
        cmocka_unit_test(latency_delays_the_answer_only),
        cmocka_unit_test(closes_of_all_sources_go_before_opens),
        cmocka_unit_test(a_run_can_be_stopped_and_errors_end_it),
        cmocka_unit_test(answers_come_by_time_and_then_by_emission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
