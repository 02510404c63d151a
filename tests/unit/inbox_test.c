/* inbox_test.c: the one order of simultaneous things, with a simulator that answers as told. */
#include "support/engine_fixture.h"

#include "engine/limits.h"
#include "session/inbox.h"

#define MINUTE 60000000000LL

struct world {
    struct fixture *f;
    struct inbox *inbox;
    struct venues venues;
    struct sim_answers *answers; /* of the simulator */
    char log[8192];
    int64_t latency_ns;
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
    assert_int_equal(sim_answers_emit(world->answers, now_ns + world->latency_ns, &answer.head), OC_OK);
    return sim_answers_schedule(world->answers, now_ns + world->latency_ns);
}

static oc_rc sim_due(void *self, int64_t now_ns)
{
    note(self, "due", now_ns);
    return OC_OK;
}

static const struct oc_sim sim_table = {
    .size = sizeof sim_table, .market = sim_market, .request = sim_request, .due = sim_due};

static oc_rc next_bar(void *self, struct oc_event **ret_event)
{
    struct bars *bars = self;
    if (bars->at == bars->count)
        return OC_E_END;
    *ret_event = &bars->list[bars->at++].head;
    return OC_OK;
}

/* What a session does with an input, without a door. */
static oc_rc step(struct world *world, const struct input *input)
{
    struct engine *engine = world->f->engine;
    oc_rc rc = OC_OK;
    if (input->kind == INPUT_OPEN)
        return venues_see(&world->venues, input->at_ns, input->event);
    if (input->kind == INPUT_ANSWER)
        note(world, "answer", input->at_ns);
    if (input->kind == INPUT_MARKET)
        rc = venues_see(&world->venues, input->at_ns, input->event);
    if (input->kind != INPUT_BARS)
        input->event->seq = ++world->f->seq;
    if (input->kind == INPUT_BARS)
        engine_close_bars(engine, input->at_ns);
    else if (rc == OC_OK)
        rc = engine_input(engine, input->event, true);
    engine_batch_done(engine, true);
    assert_int_equal(venues_send(&world->venues, input->at_ns, engine_out(engine)), OC_OK);
    engine_clear_out(engine);
    return rc;
}

/* Answers and timers up to these instants. */
static oc_rc drain(struct world *world, int64_t answers_ns, int64_t timers_ns)
{
    struct input input;
    oc_rc rc = OC_OK;
    while (rc == OC_OK && inbox_peek_rest(world->inbox, answers_ns, timers_ns, &input) == OC_OK) {
        rc = inbox_take(world->inbox, &input);
        if (rc == OC_OK && input.kind != INPUT_NONE)
            rc = step(world, &input);
    }
    return rc;
}

/* Until the inbox has nothing more: OC_E_END. */
static oc_rc run(struct world *world)
{
    for (;;) {
        struct input input;
        oc_rc rc = inbox_peek(world->inbox, &input);
        if (rc == OC_OK)
            rc = inbox_take(world->inbox, &input);
        if (rc == OC_OK && input.kind != INPUT_NONE)
            rc = step(world, &input);
        if (rc == OC_OK && input.kind == INPUT_MARKET) {
            rc = drain(world, input.at_ns, input.at_ns - 1);
            note(world, "done", 0);
            if (rc == OC_OK)
                rc = inbox_next_market(world->inbox);
        }
        if (rc != OC_OK)
            return rc;
    }
}

static oc_rc strategy_bar(void *self, const struct oc_event *bar)
{
    struct world *world = self;
    note(world, "bar", bar->local_ns);
    if (bar->venue_ns == 2 * MINUTE) {
        struct oc_request request = fixture_order(world->f, OC_SIDE_BUY, 1, 9900);
        struct engine_refusal refusal;
        assert_int_equal(engine_submit(world->f->engine, &request, &refusal), OC_OK);
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
        bars->list[i] = (struct oc_ev_bar){
            .head = {.size = sizeof bars->list[i], .type = OC_EV_BAR, .inst = inst, .venue_ns = (i + 1) * MINUTE},
            .open_ns = i * MINUTE,
            .period_ns = MINUTE,
            .open = 10000,
            .high = 10000,
            .low = 10000,
            .close = 10000};
}

static struct world *world_new(int64_t latency_ns)
{
    struct world *world = calloc(1, sizeof *world);
    world->f = fixture_new(COST_AVERAGE);
    world->latency_ns = latency_ns;
    struct engine_client client = {.self = world, .bar = strategy_bar, .timer = strategy_timer};
    uint32_t id;
    assert_int_equal(inbox_new(world->f->engine, &world->venues, &world->inbox), OC_OK);
    assert_int_equal(venues_add(&world->venues, world->f->account, &sim_table, world), OC_OK);
    world->answers = &world->venues.list[0].answers;
    assert_int_equal(engine_add_client(world->f->engine, "s", &client, &id), OC_OK);
    assert_int_equal(engine_subscribe(world->f->engine, id, world->f->inst, 0), OC_OK);
    return world;
}

static void world_free(struct world *world)
{
    inbox_free(world->inbox);
    venues_release(&world->venues);
    fixture_free(world->f);
    free(world);
}

static void an_order_on_a_close_is_in_time_for_the_open(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct bars bars = {0};
    fill_bars(&bars, world->f->inst, 3);
    struct inbox_source source = {.self = &bars, .next = next_bar};
    assert_int_equal(inbox_add_source(world->inbox, &source), OC_OK);
    uint64_t timer;
    assert_int_equal(timers_add(engine_timers(world->f->engine), 1, 2 * MINUTE, 0, &timer), OC_OK);
    assert_int_equal(run(world), OC_E_END);
    assert_string_equal(world->log, "open@0 close@60 bar@60 done@0 open@60 "
                                    "close@120 bar@120 request@120 due@120 answer@120 done@0 open@120 "
                                    "timer@120 close@180 bar@180 done@0 ");
    assert_int_equal(inbox_index(world->inbox), 3);
    assert_int_equal(inbox_now(world->inbox), 3 * MINUTE);
    world_free(world);
}

static void latency_delays_the_answer_only(void **state)
{
    (void)state;
    struct world *world = world_new(90000000000LL);
    struct bars bars = {0};
    fill_bars(&bars, world->f->inst, 3);
    struct inbox_source source = {.self = &bars, .next = next_bar};
    assert_int_equal(inbox_add_source(world->inbox, &source), OC_OK);
    assert_int_equal(run(world), OC_E_END);
    assert_null(strstr(world->log, "answer"));
    assert_int_equal(drain(world, 4 * MINUTE, INT64_MIN), OC_OK);
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
    struct inbox_source first = {.self = &a, .next = next_bar}, second = {.self = &b, .next = next_bar};
    assert_int_equal(inbox_add_source(world->inbox, &first), OC_OK);
    assert_int_equal(inbox_add_source(world->inbox, &second), OC_OK);
    run(world);
    assert_int_equal(
        strncmp(world->log, "open@0 open@0 close@60 bar@60 done@0 close@60 bar@60 done@0 open@60 open@60 ", 76), 0);
    world_free(world);
}

/* What is walked past is not applied; the run goes on behind it, in the middle of a bar too. */
static void points_are_walked_as_they_are_run(void **state)
{
    (void)state;
    for (int passed = 0; passed <= 8; passed++) {
        struct world *world = world_new(0), *whole = world_new(0);
        struct bars bars[4] = {0};
        struct inbox_point point;
        for (int i = 0; i < 4; i++) {
            fill_bars(&bars[i], i < 2 ? world->f->inst : whole->f->inst, 2);
            struct inbox_source source = {.self = &bars[i], .next = next_bar};
            assert_int_equal(inbox_add_source(i < 2 ? world->inbox : whole->inbox, &source), OC_OK);
        }
        for (int i = 0; i < passed; i++) {
            assert_int_equal(inbox_point(world->inbox, &point), OC_OK);
            assert_int_equal(point.at_ns, (i % 4 < 2 ? i / 4 : i / 4 + 1) * MINUTE);
            assert_int_equal(point.is_opening, i % 4 < 2);
            assert_int_equal(inbox_pass(world->inbox), OC_OK);
        }
        assert_int_equal(inbox_index(world->inbox), passed / 4 * 2 + (passed % 4 > 2 ? passed % 4 - 2 : 0));
        assert_int_equal(inbox_point(world->inbox, &point), passed == 8 ? OC_E_END : OC_OK);
        assert_int_equal(run(world), OC_E_END);
        assert_int_equal(inbox_index(world->inbox), 4);
        run(whole);
        size_t all = strlen(whole->log), rest = strlen(world->log);
        assert_true(rest <= all);
        if (passed == 0 || passed == 4)
            assert_string_equal(whole->log + all - rest, world->log);
        if (passed == 8)
            assert_int_equal(rest, 0);
        world_free(world);
        world_free(whole);
    }
}

/* Each part fails in turn: its code ends the run, and what came before it is done. */
enum { FAIL_SOURCE = 1, FAIL_SECOND, FAIL_SIM, FAIL_DUE, FAIL_ENGINE, FAIL_END };

struct broken {
    struct world *world;
    struct bars bars;
    int what;
};

static oc_rc broken_next(void *self, struct oc_event **ret_event)
{
    struct broken *broken = self;
    if (broken->what == FAIL_SOURCE || (broken->what == FAIL_SECOND && broken->bars.at == 1))
        return OC_E_IO;
    return next_bar(&broken->bars, ret_event);
}

static oc_rc broken_sim_market(void *self, int64_t now_ns, const struct oc_event *event)
{
    struct broken *broken = self;
    return broken->what == FAIL_SIM && now_ns == event->venue_ns ? OC_E_IO : OC_OK;
}

static oc_rc broken_sim_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct broken *broken = self;
    struct sim_answers *sim_answers = broken->world->answers;
    struct oc_ev_answer answer = fixture_answer(broken->world->f, OC_EV_ACCEPTED, request->order);
    struct oc_ev_fill fill = fixture_fill(broken->world->f, request->order, OC_SIDE_BUY, 0, 9900, "f");
    assert_int_equal(sim_answers_emit(sim_answers, now_ns, broken->what == FAIL_ENGINE ? &fill.head : &answer.head),
                     OC_OK);
    return sim_answers_schedule(sim_answers, now_ns);
}

static oc_rc broken_sim_due(void *self, int64_t now_ns)
{
    (void)now_ns;
    return ((struct broken *)self)->what == FAIL_DUE ? OC_E_IO : OC_OK;
}

static const struct oc_sim broken_table = {
    .size = sizeof broken_table, .market = broken_sim_market, .request = broken_sim_request, .due = broken_sim_due};

static struct oc_ev_text recorded;

static struct oc_ev_text *recorded_now(void *self, bool *ret_now)
{
    (void)self;
    *ret_now = true;
    return &recorded;
}

/* What a recording says next is at its place among the opens, which have no records: where a run was stopped by the number of
 * points, anything else by its time. */
static void a_recording_knows_its_place_among_opens(void **state)
{
    (void)state;
    static const struct {
        uint16_t type;
        uint32_t code, key; /* points before a stop */
        int64_t at_ns;
        bool opens;
    } cases[] = {{OC_EV_MARK, OC_MARK_STOP, 0, MINUTE, false},
                 {OC_EV_MARK, OC_MARK_STOP, 1, MINUTE, true},
                 {OC_EV_MARK, OC_MARK_STOP, 1, -1, true},
                 {OC_EV_MARK, OC_MARK_STOP, 0, -1, false},
                 {OC_EV_MARK, OC_MARK_STOP, 0xffffffff, 9, false},
                 {OC_EV_MARK, OC_MARK_GAP, 1, -1, false},
                 {OC_EV_MARK, OC_MARK_GAP, 0, 0, true},
                 {OC_EV_COMMAND, OC_MARK_STOP, 1, -1, false},
                 {OC_EV_COMMAND, OC_MARK_STOP, 0, 0, true},
                 {OC_EV_COMMAND, 0, 0, MINUTE, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *world = world_new(0);
        static struct bars bars; /* opens at 0 */
        bars = (struct bars){0};
        fill_bars(&bars, world->f->inst, 2);
        assert_int_equal(inbox_add_source(world->inbox, &(struct inbox_source){.self = &bars, .next = next_bar}),
                         OC_OK);
        inbox_set_recording(world->inbox, &(struct inbox_recording){.next = recorded_now});
        recorded =
            (struct oc_ev_text){.head = {.size = sizeof recorded, .type = cases[i].type, .local_ns = cases[i].at_ns},
                                .code = cases[i].code,
                                .key = cases[i].key};
        struct input input;
        assert_int_equal(inbox_peek(world->inbox, &input), OC_OK);
        if ((input.kind == INPUT_OPEN) != cases[i].opens)
            fail_msg("case %zu", i);
        if (!cases[i].opens) {
            assert_int_equal(input.kind, cases[i].type == OC_EV_COMMAND ? INPUT_COMMAND : INPUT_FACT);
            assert_ptr_equal(input.event, &recorded);
        }
        assert_int_equal(inbox_take(world->inbox, &input),
                         OC_OK); /* behind the open comes the close: no record waits for it */
        if (cases[i].opens) {
            assert_int_equal(inbox_points(world->inbox), 1);
            assert_int_equal(inbox_peek(world->inbox, &input), OC_OK);
            assert_int_equal(input.kind, cases[i].type == OC_EV_COMMAND ? INPUT_COMMAND : INPUT_FACT);
        }
        world_free(world);
    }
}

static void what_fails_ends_the_run_with_its_code(void **state)
{
    (void)state;
    for (int what = 0; what < FAIL_END; what++) {
        struct world *world = world_new(0);
        struct broken broken = {.world = world, .what = what};
        struct inbox_source source = {.self = &broken, .next = broken_next};
        world->venues.list[0].table = &broken_table;
        world->answers->self = &broken;
        fill_bars(&broken.bars, world->f->inst, 3);
        assert_int_equal(inbox_add_source(world->inbox, &source), OC_OK);
        static const uint64_t done[FAIL_END] = {3, 0, 1, 1, 2, 2};
        const oc_rc want = what == 0 ? OC_E_END : what == FAIL_ENGINE ? OC_E_DATA : OC_E_IO;
        assert_int_equal(run(world), want);
        assert_int_equal(inbox_index(world->inbox), done[what]);
        world_free(world);
    }
}

static void an_inbox_without_sources_is_at_its_end(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    inbox_free(NULL);
    assert_int_equal(run(world), OC_E_END);
    assert_true(inbox_now(world->inbox) == INT64_MIN);
    world_free(world);
}

static void sources_and_venues_stop_at_their_limit(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct bars bars = {0};
    struct inbox_source source = {.self = &bars, .next = next_bar};
    char selves[VENUES_MAX];
    for (uint32_t i = 0; i < ENGINE_SOURCES_MAX; i++)
        assert_int_equal(inbox_add_source(world->inbox, &source), OC_OK);
    assert_int_equal(inbox_add_source(world->inbox, &source), OC_E_LIMIT);
    for (uint32_t i = 0; i + 1 < VENUES_MAX; i++)
        assert_int_equal(venues_add(&world->venues, 1, &sim_table, &selves[i]), OC_OK);
    assert_int_equal(venues_add(&world->venues, 1, &sim_table, &selves[VENUES_MAX - 1]), OC_E_LIMIT);
    assert_int_equal(venues_add(&world->venues, 1, &sim_table, world), OC_OK); /* known: no new place */
    assert_ptr_equal(venues_of(&world->venues, 1), &world->venues.list[0]);
    assert_int_equal(venues_add(&world->venues, 0, &sim_table, world), OC_E_NOT_FOUND);
    assert_int_equal(venues_add(&world->venues, ENGINE_ACCOUNTS_MAX, &sim_table, world), OC_OK);
    assert_int_equal(venues_add(&world->venues, ENGINE_ACCOUNTS_MAX + 1, &sim_table, world), OC_E_NOT_FOUND);
    assert_null(venues_of(&world->venues, ENGINE_ACCOUNTS_MAX + 1));
    assert_null(venues_of(&world->venues, 2));
    assert_int_equal(run(world), OC_E_END); /* all sources are at their end */
    world_free(world);
}

struct ticks {
    union {
        struct oc_event head;
        struct oc_ev_trade trade;
        struct oc_ev_qbar qbar;
    } list[3];
    int at;
};

static oc_rc next_tick(void *self, struct oc_event **ret_event)
{
    struct ticks *ticks = self;
    if (ticks->at == 3)
        return OC_E_END;
    *ret_event = &ticks->list[ticks->at++].head;
    return OC_OK;
}

/* A trade has one point, its time; a bar of quotes opens like any bar. Quiet sources wait at the end. */
static void trades_and_bars_of_quotes_are_merged_by_time(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct ticks ticks = {0};
    struct bars bars = {0};
    ticks.list[0].trade = (struct oc_ev_trade){
        .head = {.size = sizeof ticks.list[0].trade, .type = OC_EV_TRADE, .inst = world->f->inst, .venue_ns = MINUTE},
        .price = 10000};
    ticks.list[1].qbar = (struct oc_ev_qbar){
        .head = {.size = sizeof ticks.list[1].qbar, .type = OC_EV_QBAR, .inst = world->f->inst, .venue_ns = 3 * MINUTE},
        .open_ns = 2 * MINUTE,
        .period_ns = MINUTE};
    ticks.list[2].trade = ticks.list[0].trade;
    ticks.list[2].head.venue_ns = 4 * MINUTE;
    fill_bars(&bars, world->f->inst, 1);
    struct inbox_source first = {.self = &ticks, .next = next_tick}, second = {.self = &bars, .next = next_bar};
    assert_int_equal(inbox_add_source(world->inbox, &first), OC_OK);
    assert_int_equal(inbox_add_source(world->inbox, &second), OC_OK);
    assert_int_equal(run(world), OC_E_END);
    assert_string_equal(world->log, "open@0 close@60 done@0 close@60 bar@60 done@0 open@120 close@180 bar@180 done@0 "
                                    "close@240 done@0 ");
    world_free(world);
}

/* Draining to an instant: answers and timers up to it, in the order of time; what comes later stays. */
static void draining_goes_to_the_instant_and_no_further(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct oc_ev_answer answer = fixture_answer(world->f, OC_EV_ACCEPTED, 4242);
    uint64_t timer;
    for (int64_t i = 1; i <= 3; i++) {
        assert_int_equal(sim_answers_emit(world->answers, 2 * i * MINUTE, &answer.head), OC_OK);
        assert_int_equal(timers_add(engine_timers(world->f->engine), 1, (2 * i - 1) * MINUTE, 0, &timer), OC_OK);
    }
    assert_int_equal(drain(world, 3 * MINUTE, 3 * MINUTE), OC_OK);
    assert_string_equal(world->log, "timer@60 answer@120 timer@180 ");
    assert_int_equal(inbox_now(world->inbox), 3 * MINUTE);
    world->log[0] = 0;
    assert_int_equal(drain(world, 6 * MINUTE, INT64_MIN), OC_OK); /* answers only; the timer at 5 waits */
    assert_string_equal(world->log, "answer@240 answer@360 ");
    assert_int_equal(engine_timers(world->f->engine)->count, 1);
    world_free(world);
}

/* At one instant the answer comes before the timer here too. */
static void draining_keeps_the_order_of_an_instant(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct oc_ev_answer answer = fixture_answer(world->f, OC_EV_ACCEPTED, 4242);
    uint64_t timer;
    assert_int_equal(sim_answers_emit(world->answers, MINUTE, &answer.head), OC_OK);
    assert_int_equal(timers_add(engine_timers(world->f->engine), 1, MINUTE, 0, &timer), OC_OK);
    assert_int_equal(drain(world, MINUTE, MINUTE), OC_OK);
    assert_string_equal(world->log, "answer@60 timer@60 ");
    world_free(world);
}

/* A source that says how far time may go while it waits: a live one, whose bars are known at their close alone. */
struct peer {
    struct bars bars;
    bool speaks;
    int64_t until_ns;
};

static oc_rc peer_next(void *self, struct oc_event **ret_event)
{
    struct peer *peer = self;
    oc_rc rc = peer->speaks ? next_bar(&peer->bars, ret_event) : OC_E_AGAIN;
    if (rc == OC_OK)
        (*ret_event)->local_ns = (*ret_event)->venue_ns + 5000000000;
    return rc;
}

static int64_t peer_until(void *self) { return ((struct peer *)self)->until_ns; }

static void time_goes_no_further_than_a_waiting_source_says(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    struct peer peer = {.until_ns = MINUTE / 2};
    fill_bars(&peer.bars, world->f->inst, 2);
    const struct inbox_source source = {.self = &peer, .next = peer_next, .until = peer_until, .is_live = true};
    uint64_t timer;
    assert_int_equal(inbox_add_source(world->inbox, &source), OC_OK);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(timers_add(engine_timers(world->f->engine), 1, i * MINUTE / 3, 0, &timer), OC_OK);
    assert_int_equal(run(world), OC_E_AGAIN); /* the one at 20 s has fired, those at 40 and 60 have not */
    assert_string_equal(world->log, "timer@20 ");
    peer.until_ns = 2 * MINUTE / 3;
    assert_int_equal(run(world), OC_E_AGAIN);
    assert_string_equal(world->log, "timer@20 timer@40 ");
    peer.speaks = true; /* no opens, and its own time of the door */
    assert_int_equal(run(world), OC_E_END);
    assert_string_equal(world->log, "timer@20 timer@40 timer@60 open@65 bar@65 done@0 open@125 bar@125 "
                                    "request@125 due@125 answer@125 done@0 ");
    world_free(world);
}

/* The most careful of those that wait decides, wherever it stands among them. */
static void of_several_that_wait_the_first_to_speak_decides(void **state)
{
    (void)state;
    for (int first = 0; first < 3; first++) {
        struct world *world = world_new(0);
        struct peer peers[3] = {{.until_ns = MINUTE}, {.until_ns = MINUTE}, {.until_ns = MINUTE}};
        uint64_t timer;
        peers[first].until_ns = MINUTE / 2;
        for (int i = 0; i < 3; i++) {
            const struct inbox_source source = {
                .self = &peers[i], .next = peer_next, .until = peer_until, .is_live = true};
            assert_int_equal(inbox_add_source(world->inbox, &source), OC_OK);
        }
        for (int i = 1; i <= 3; i++)
            assert_int_equal(timers_add(engine_timers(world->f->engine), 1, i * MINUTE / 3, 0, &timer), OC_OK);
        assert_int_equal(run(world), OC_E_AGAIN);
        assert_string_equal(world->log, "timer@20 ");
        peers[first].until_ns = MINUTE; /* and no further than that */
        assert_int_equal(run(world), OC_E_AGAIN);
        assert_string_equal(world->log, "timer@20 timer@40 timer@60 ");
        world_free(world);
    }
}

/* What was handled before this start counts, and time does not go back. */
static void what_has_passed_before_counts(void **state)
{
    (void)state;
    struct world *world = world_new(0);
    inbox_passed(world->inbox, 5, MINUTE);
    assert_int_equal(inbox_points(world->inbox), 5);
    assert_int_equal(inbox_index(world->inbox), 5);
    assert_true(inbox_now(world->inbox) == MINUTE);
    inbox_passed(world->inbox, 2, MINUTE - 1);
    assert_int_equal(inbox_points(world->inbox), 7);
    assert_int_equal(inbox_index(world->inbox), 7);
    assert_true(inbox_now(world->inbox) == MINUTE);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_on_a_close_is_in_time_for_the_open),
        cmocka_unit_test(latency_delays_the_answer_only),
        cmocka_unit_test(closes_of_all_sources_go_before_opens),
        cmocka_unit_test(points_are_walked_as_they_are_run),
        cmocka_unit_test(a_recording_knows_its_place_among_opens),
        cmocka_unit_test(what_fails_ends_the_run_with_its_code),
        cmocka_unit_test(an_inbox_without_sources_is_at_its_end),
        cmocka_unit_test(sources_and_venues_stop_at_their_limit),
        cmocka_unit_test(trades_and_bars_of_quotes_are_merged_by_time),
        cmocka_unit_test(draining_goes_to_the_instant_and_no_further),
        cmocka_unit_test(draining_keeps_the_order_of_an_instant),
        cmocka_unit_test(time_goes_no_further_than_a_waiting_source_says),
        cmocka_unit_test(of_several_that_wait_the_first_to_speak_decides),
        cmocka_unit_test(what_has_passed_before_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
