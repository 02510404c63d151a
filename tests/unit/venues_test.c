/* venues_test.c: who answers orders: sending, refusals, rounds; who is told of it; how fast it goes on. */
#include "base/plugin_call.h"
#include "session/ending.h"
#include "support/env_sim.h"
#include "support/session_kit.h"

#define MS 1000000LL

/* ---- venues alone ---- */

struct stall { /* a simulator that notes what it is asked */
    char said[256];
    oc_rc rc;
    int64_t due_again_ns;
    struct venue *venue;
    bool is_foreign; /* its market call is named too */
};

/* The host says whose call is under way. */
static void is_called(const struct stall *stall, const char *call)
{
    const struct plugin_site *site = plugin_call_now.site;
    if (!stall->is_foreign && strcmp(call, "market") == 0) {
        assert_null(site);
        return;
    }
    assert_non_null(site);
    assert_string_equal(site->call, call);
}

static oc_rc stall_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct stall *stall = self;
    size_t length = strlen(stall->said);
    is_called(stall, "request");
    assert_int_equal(plugin_call_now.order, request->order);
    snprintf(stall->said + length, sizeof stall->said - length, "%u:%lld@%lld ", (unsigned)request->kind,
             (long long)request->qty, (long long)now_ns);
    return stall->rc;
}

static oc_rc stall_market(void *self, int64_t now_ns, const struct oc_event *event)
{
    struct stall *stall = self;
    (void)event;
    size_t length = strlen(stall->said);
    is_called(stall, "market");
    snprintf(stall->said + length, sizeof stall->said - length, "see@%lld ", (long long)now_ns);
    return stall->rc;
}

static void answer_at(struct stall *stall, int64_t at_ns, uint64_t order)
{
    struct oc_ev_answer answer = {.head = {.size = sizeof answer, .type = OC_EV_ACCEPTED}, .order = order};
    assert_int_equal(sim_answers_emit(&stall->venue->answers, at_ns, &answer.head), OC_OK);
}

static oc_rc stall_due(void *self, int64_t now_ns)
{
    struct stall *stall = self;
    size_t length = strlen(stall->said);
    is_called(stall, "due");
    snprintf(stall->said + length, sizeof stall->said - length, "due@%lld ", (long long)now_ns);
    if (stall->due_again_ns) {
        answer_at(stall, now_ns, 77);
        assert_int_equal(sim_answers_schedule(&stall->venue->answers, stall->due_again_ns), OC_OK);
        stall->due_again_ns = 0;
    }
    return stall->rc;
}

static const struct oc_sim stall_sim = {
    .size = sizeof stall_sim, .market = stall_market, .request = stall_request, .due = stall_due};

/* Two venues: accounts 1 and 3 of the first, account 2 of the second. */
static struct venues *venues_of_two(struct stall stalls[2])
{
    struct venues *venues = calloc(1, sizeof *venues);
    assert_int_equal(venues_add(venues, 1, &stall_sim, &stalls[0]), OC_OK);
    assert_int_equal(venues_add(venues, 2, &stall_sim, &stalls[1]), OC_OK);
    assert_int_equal(venues_add(venues, 3, &stall_sim, &stalls[0]), OC_OK);
    assert_int_equal(venues->count, 2);
    for (int i = 0; i < 2; i++)
        stalls[i].venue = &venues->list[i];
    return venues;
}

static void release(struct venues *venues)
{
    assert_null(plugin_call_now.site);
    venues_release(venues);
    free(venues);
}

static void ask(struct engine_out *out, uint8_t kind, uint32_t account, int64_t qty, bool is_denied)
{
    assert_true(out_reserve_request(out));
    const struct oc_request request = {.head = {.size = sizeof request, .type = OC_EV_REQUEST, .seq = 100},
                                       .kind = kind,
                                       .account = account,
                                       .qty = qty,
                                       .order = (uint64_t)qty,
                                       .id = (uint64_t)qty + 1000};
    out_add_request(out, &request, NULL)->is_denied = is_denied;
}

static void requests_go_to_the_venue_of_their_account(void **state)
{
    (void)state;
    struct stall stalls[2] = {{.rc = OC_OK}};
    struct venues *venues = venues_of_two(stalls);
    struct engine_out out;
    assert_int_equal(out_init(&out), OC_OK);
    ask(&out, OC_REQUEST_NEW, 1, 1, false);
    ask(&out, OC_REQUEST_NEW, 2, 2, false);
    ask(&out, OC_REQUEST_NEW, 1, 3, true); /* refused by us: goes nowhere */
    ask(&out, OC_REQUEST_CANCEL, 3, 4, false);
    assert_int_equal(venues_send(venues, 50, &out), OC_OK);
    assert_string_equal(stalls[0].said, "1:1@50 3:4@50 ");
    assert_string_equal(stalls[1].said, "1:2@50 ");
    assert_true(venues_next_ns(venues) == INT64_MAX);
    out_release(&out);
    release(venues);
}

/* What a venue does not take, and what nobody is there to take, is a definitive answer of its kind. */
static void what_is_not_taken_is_answered_by_us(void **state)
{
    (void)state;
    static const struct {
        uint8_t kind;
        uint16_t type;
        oc_rc rc;
        uint32_t account;
        const char *reason;
    } cases[] = {{OC_REQUEST_NEW, OC_EV_REJECTED, OC_E_IO, 1, "VENUE_NOT_REACHED"},
                 {OC_REQUEST_AMEND, OC_EV_AMEND_REJECTED, OC_E_NOT_SUPPORTED, 2, "NOT_SUPPORTED_BY_VENUE"},
                 {OC_REQUEST_CANCEL, OC_EV_CANCEL_REJECTED, OC_E_FULL, 3, "VENUE_NOT_REACHED"},
                 {OC_REQUEST_NEW, OC_EV_REJECTED, OC_OK, 9, "NOT_SUPPORTED_BY_VENUE"},
                 {OC_REQUEST_NEW, OC_EV_REJECTED, OC_OK, ENGINE_ACCOUNTS_MAX + 5, "NOT_SUPPORTED_BY_VENUE"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stall stalls[2] = {{.rc = cases[i].rc}, {.rc = cases[i].rc}};
        struct venues *venues = venues_of_two(stalls);
        struct engine_out out;
        struct oc_ev_answer answer;
        assert_int_equal(out_init(&out), OC_OK);
        ask(&out, cases[i].kind, cases[i].account, 5, false);
        assert_int_equal(venues_send(venues, 50, &out), OC_OK);
        assert_int_equal(venues_next_ns(venues), 50);
        assert_int_equal(venues_take(venues, 50, &answer, sizeof answer), OC_OK);
        assert_int_equal(answer.head.type, cases[i].type);
        assert_int_equal(answer.head.size, sizeof answer);
        assert_int_equal(answer.head.seq, 0); /* the door gives it */
        assert_int_equal(answer.head.cause, 100);
        assert_int_equal(answer.head.source, cases[i].account);
        assert_int_equal(answer.order, 5);
        assert_int_equal(answer.request, 1005);
        assert_int_equal(answer.cum_qty, -1);
        assert_int_equal(answer.definitive, 1);
        assert_string_equal(answer.reason, cases[i].reason);
        assert_int_equal(venues_take(venues, 50, &answer, sizeof answer), OC_E_NOT_FOUND);
        out_release(&out);
        release(venues);
    }
}

/* The last account that there may be has its venue; what a venue says beside taking a request is no loss; an answer of ours
 * keeps no mark of the request, and stands with the first venue where there is none of the account. */
static void answers_of_ours_are_plain(void **state)
{
    (void)state;
    struct stall stalls[2] = {{.rc = 5}, {.rc = OC_E_IO}};
    struct venues *venues = venues_of_two(stalls);
    struct engine_out out;
    struct oc_ev_answer answer;
    assert_int_equal(venues_add(venues, ENGINE_ACCOUNTS_MAX, &stall_sim, &stalls[1]), OC_OK);
    assert_ptr_equal(venues_of(venues, ENGINE_ACCOUNTS_MAX), &venues->list[1]);
    assert_null(venues_of(venues, ENGINE_ACCOUNTS_MAX + 1));
    assert_int_equal(out_init(&out), OC_OK);
    ask(&out, OC_REQUEST_NEW, 1, 5, false);
    assert_int_equal(venues_send(venues, 50, &out), OC_OK);
    assert_true(venues_next_ns(venues) == INT64_MAX);
    ask(&out, OC_REQUEST_NEW, 9, 6, false); /* nobody's */
    out.requests[1].request.head.flags = 0xffff;
    out.requests[1].request.head.venue_ns = out.requests[1].request.head.local_ns = 7;
    assert_int_equal(venues_send(venues, 60, &out), OC_OK);
    assert_int_equal(sim_answers_next_ns(&venues->list[0].answers), 60);
    assert_true(sim_answers_next_ns(&venues->list[1].answers) == INT64_MAX);
    assert_int_equal(venues_take(venues, 60, &answer, sizeof answer), OC_OK);
    assert_int_equal(answer.head.flags, 0);
    assert_int_equal(answer.head.venue_ns, 60);
    assert_int_equal(answer.head.local_ns, 60);
    out_release(&out);
    venues_release(venues);
    assert_int_equal(venues->count, 0);
    assert_true(!venues->list[0].answers.heap && !venues->list[1].answers.heap);
    free(venues);
}

/* A refusal that cannot be kept is said: the run must end rather than leave an order that waits for ever. */
static void a_refusal_that_cannot_be_kept_is_said(void **state)
{
    (void)state;
    struct stall stalls[2] = {{.rc = OC_E_IO}, {.rc = OC_E_IO}};
    struct venues *venues = venues_of_two(stalls);
    struct venues *nobody = calloc(1, sizeof *nobody);
    struct engine_out out;
    const struct oc_ev_answer filler = {.head = {.size = sizeof filler, .type = OC_EV_ACCEPTED}};
    assert_int_equal(out_init(&out), OC_OK);
    ask(&out, OC_REQUEST_NEW, 1, 5, false);
    assert_int_equal(venues_send(nobody, 50, &out), OC_E_STATE);
    while (sim_answers_emit(&venues->list[0].answers, 50, &filler.head) == OC_OK) {
    }
    ask(&out, OC_REQUEST_NEW, 2, 6, false); /* the rest is handed over all the same */
    assert_int_equal(venues_send(venues, 50, &out), OC_E_FULL);
    assert_string_equal(stalls[1].said, "1:6@50 ");
    out_release(&out);
    release(venues);
    free(nobody);
}

/* By time; at one instant each venue first does what it wanted to do, and says all it has to say. */
static void answers_come_by_time_and_venue(void **state)
{
    (void)state;
    struct stall stalls[2] = {{.rc = OC_OK}};
    struct venues *venues = venues_of_two(stalls);
    struct oc_ev_answer answer;
    static const uint64_t want[] = {21, 10, 11, 77, 22}; /* 77 is said while it does what it had wanted to do */
    answer_at(&stalls[1], 10, 21);
    answer_at(&stalls[1], 30, 22);
    answer_at(&stalls[0], 30, 10);
    answer_at(&stalls[0], 30, 11);
    stalls[0].due_again_ns = 40;
    assert_int_equal(sim_answers_schedule(&venues->list[0].answers, 30), OC_OK);
    assert_int_equal(sim_answers_schedule(&venues->list[0].answers, 35), OC_OK); /* the earliest wish counts */
    uint64_t got[8];
    int count = 0;
    while (venues_next_ns(venues) <= 30) {
        int64_t at_ns = venues_next_ns(venues);
        while (count < 8 && venues_take(venues, at_ns, &answer, sizeof answer) == OC_OK)
            got[count++] = answer.order;
        if (at_ns == 10)
            assert_int_equal(count, 1);
    }
    assert_int_equal(count, 5);
    assert_memory_equal(got, want, sizeof want);
    assert_string_equal(stalls[0].said, "due@30 ");
    assert_int_equal(venues_next_ns(venues), 40);
    release(venues);
}

/* Within its round a venue is not called again; when other inputs came between, it is. */
static void a_round_is_ended_by_other_inputs(void **state)
{
    (void)state;
    struct stall stalls[2] = {{.rc = OC_OK}};
    struct venues *venues = venues_of_two(stalls);
    struct oc_ev_answer answer;
    for (int ends = 0; ends < 2; ends++) {
        answer_at(&stalls[0], 30, 1);
        answer_at(&stalls[0], 30, 2);
        assert_int_equal(venues_take(venues, 30, &answer, sizeof answer), OC_OK);
        assert_int_equal(sim_answers_schedule(&venues->list[0].answers, 30),
                         OC_OK); /* what it is told now makes it want to be called */
        if (ends)
            venues_end_round(venues);
        assert_int_equal(venues_take(venues, 30, &answer, sizeof answer), OC_OK);
        assert_int_equal(answer.order, 2);
        assert_int_equal(strlen(stalls[0].said) > 0, ends);
        while (venues_next_ns(venues) <= 30)
            (void)venues_take(venues, 30, &answer, sizeof answer);
        stalls[0].said[0] = 0;
    }
    release(venues);
}

static void a_venue_that_fails_says_so(void **state)
{
    (void)state;
    struct stall stalls[2] = {{.rc = OC_OK}};
    struct venues *venues = venues_of_two(stalls);
    struct oc_event event = {.size = sizeof event, .type = OC_EV_MARK};
    struct oc_ev_answer answer;
    assert_int_equal(venues_see(venues, 7, &event), OC_OK);
    assert_string_equal(stalls[0].said, "see@7 ");
    assert_string_equal(stalls[1].said, "see@7 ");
    stalls[0].rc = OC_E_DATA;
    assert_int_equal(venues_see(venues, 8, &event), OC_E_DATA);
    assert_int_equal(sim_answers_schedule(&venues->list[0].answers, 9), OC_OK);
    assert_int_equal(venues_take(venues, 9, &answer, sizeof answer), OC_E_DATA);
    answer_at(&stalls[1], 9, 1);
    assert_int_equal(venues_take(venues, 9, &answer, 8), OC_E_NOT_FOUND); /* more than there is room for */
    release(venues);
}

/* ---- watchers ---- */

static char heard[256];

static void hear_note(void *self, const struct input *input, const struct engine_out *out)
{
    size_t length = strlen(heard);
    snprintf(heard + length, sizeof heard - length, "%s%s%u ", (const char *)self, input ? "i" : "-",
             out->request_count);
}

static void hear_rest(void *self)
{
    size_t length = strlen(heard);
    snprintf(heard + length, sizeof heard - length, "%srest ", (const char *)self);
}

static void hear_told(void *self, uint32_t kind, const struct text *json)
{
    size_t length = strlen(heard);
    snprintf(heard + length, sizeof heard - length, "%s%u%.*s ", (const char *)self, kind, (int)json->size, json->data);
}

static void watchers_hear_in_their_order(void **state)
{
    (void)state;
    struct watchers watchers = {.count = 0};
    struct engine_out out;
    struct input input = {.kind = INPUT_MARKET};
    struct text json;
    char bytes[16];
    text_init_fixed(&json, bytes, sizeof bytes);
    text_put(&json, "{}");
    assert_int_equal(out_init(&out), OC_OK);
    heard[0] = 0;
    assert_int_equal(
        watchers_add(
            &watchers,
            &(struct watcher){.self = (void *)(uintptr_t) "a", .note = hear_note, .rest = hear_rest, .told = NULL}),
        OC_OK);
    assert_int_equal(
        watchers_add(&watchers,
                     &(struct watcher){.self = (void *)(uintptr_t) "b", .note = NULL, .rest = NULL, .told = hear_told}),
        OC_OK);
    assert_int_equal(watchers_add(&watchers, &(struct watcher){.self = (void *)(uintptr_t) "c",
                                                               .note = hear_note,
                                                               .rest = hear_rest,
                                                               .told = hear_told}),
                     OC_OK);
    watchers_note(&watchers, &input, &out);
    watchers_note(&watchers, NULL, &out);
    watchers_rest(&watchers);
    watchers_tell(&watchers, TOLD_SESSION, &json);
    assert_string_equal(heard, "ai0 ci0 a-0 c-0 arest crest b2{} c2{} ");
    while (watchers.count < WATCHERS_MAX)
        assert_int_equal(watchers_add(&watchers, &(struct watcher){.self = NULL}), OC_OK);
    assert_int_equal(watchers_add(&watchers, &(struct watcher){.self = NULL}), OC_E_LIMIT);
    watchers_rest(&watchers); /* who has no word for it is passed over */
    out_release(&out);
}

/* ---- pace, on the simulated clock ---- */

struct host { /* who is served between two inputs */
    struct house *house;
    int turns, idle;
    int64_t waited_ns;
    int stop_at;  /* turn that ends the session; 0: none */
    int pause_at; /* turn that pauses it; the next wait goes on */
};

static oc_rc host_turn(void *self, int64_t at_ns)
{
    struct host *host = self;
    (void)at_ns;
    host->turns++;
    if (host->turns == host->pause_at)
        host->house->session->pace.is_paused = true;
    return host->turns == host->stop_at;
}

static void host_idle(void *self) { ((struct host *)self)->idle++; }

static void host_wait(void *self, int64_t ns)
{
    struct host *host = self;
    host->waited_ns += ns;
    env_sim_advance(ns);
    host->house->session->pace.is_paused = false;
}

static struct house *paced(struct host *host, double speed)
{
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    struct house *house = house_new();
    host->house = house;
    house->client_count = 1;
    for (int i = 0; i < 4; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_open(house);
    house->session->pace.speed = speed;
    house->session->pace.host = (struct pace_host){host, host_turn, host_idle, host_wait};
    return house;
}

static void time_is_waited_for(void **state)
{
    (void)state;
    static const double speeds[] = {1, 60, 0};
    for (int i = 0; i < 3; i++) {
        struct host host = {.turns = 0};
        struct house *house = paced(&host, speeds[i]);
        int64_t begun_ns = env_clock_mono();
        house_run(house);
        int64_t want_ns = speeds[i] > 0 ? (int64_t)(180 * (double)HOUSE_SECOND / speeds[i]) : 0;
        assert_in_range(env_clock_mono() - begun_ns, want_ns, want_ns + 50 * MS);
        assert_int_equal(house->session->data.events, 4);
        assert_true(host.turns >= 3);
        house_free(house);
        env_sim_stop();
    }
}

static int64_t answered_ns; /* by the clock */

static void note_answer(void *self, const struct input *input, const struct engine_out *out)
{
    (void)self;
    (void)out;
    if (input && input->kind == INPUT_ANSWER)
        answered_ns = env_clock_mono();
}

/* An answer that is due between two prices is not kept until the next price. */
static void an_answer_does_not_wait_for_the_next_price(void **state)
{
    (void)state;
    struct host host = {.turns = 0};
    struct house *house = paced(&host, 1);
    house->latency_ns = 10 * HOUSE_SECOND + 7 * MS; /* between two looks */
    assert_int_equal(watchers_add(&house->session->watchers, &(struct watcher){.self = house, .note = note_answer}),
                     OC_OK);
    assert_int_equal(engine_begin(house->engine, 0), OC_OK);
    assert_true(house_buy(house, 1) != 0);
    engine_end(house->engine, true);
    session_flush(house->session);
    host.stop_at = 0;
    house_run(house);
    assert_string_equal(house->log, "-+1 M0 A10 M60 M120 M180 ");
    assert_in_range(answered_ns - 1, house->latency_ns, house->latency_ns + 100000); /* when it was due, by the clock */
    house_free(house);
    env_sim_stop();
}

static void a_pause_is_told_and_a_stop_obeyed(void **state)
{
    (void)state;
    struct host host = {.pause_at = 2};
    struct house *house = paced(&host, 0);
    house_run(house);
    assert_int_equal(host.idle, 1);
    assert_int_equal(house->session->data.events, 4);
    house_free(house);
    env_sim_stop();

    host = (struct host){.stop_at = 3};
    house = paced(&host, 0);
    assert_int_equal(session_run(house->session), OC_E_AGAIN);
    assert_in_range(house->session->data.events, 1, 3);
    assert_int_equal(house->session->pace.by_hand, 0);
    assert_null(strstr(house->log, "F"));
    assert_int_equal(session_end(house->session, OC_MARK_STOP, true), OC_OK); /* its end is an input */
    assert_non_null(strstr(house->log, "F"));
    const uint64_t inputs = engine_stats(house->session->engine)->inputs;
    assert_int_equal(session_end(house->session, OC_MARK_STOP, true), OC_OK); /* nothing has followed it */
    assert_int_equal(engine_stats(house->session->engine)->inputs, inputs);
    assert_int_equal(session_end(house->session, OC_MARK_END, false),
                     OC_OK); /* stopped where the data end: both are said */
    assert_int_equal(session_end(house->session, OC_MARK_END, false), OC_OK);
    assert_int_equal(session_end(house->session, OC_MARK_STOP, true), OC_OK);
    assert_int_equal(engine_stats(house->session->engine)->inputs, inputs + 1);
    house_free(house);
    env_sim_stop();
}

static void steps_are_counted(void **state)
{
    (void)state;
    struct pace pace = {.step_kind = PACE_ORDERS, .steps_left = 2};
    pace_stepped(&pace, PACE_FILLS);
    pace_stepped(&pace, PACE_ORDERS);
    assert_false(pace.is_paused);
    pace_stepped(&pace, PACE_ORDERS);
    assert_true(pace.is_paused);
    assert_int_equal(pace.step_kind, PACE_FREE);
    pace.is_paused = false;
    pace_stepped(&pace, PACE_ORDERS); /* nobody counts any more */
    assert_false(pace.is_paused);
    pace = (struct pace){.step_kind = PACE_TIME, .until_ns = 60}; /* U2: to an instant */
    pace_stepped(&pace, PACE_EVENTS);
    pace_passed(&pace, 59);
    assert_false(pace.is_paused);
    pace_passed(&pace, 60);
    assert_true(pace.is_paused);
    assert_int_equal(pace.step_kind, PACE_FREE);
    pace.is_paused = false;
    pace_passed(&pace, 61);
    assert_false(pace.is_paused);
}

/* Logical time stands, or runs with the clock, and never reaches the next instant before it is taken. */
static void logical_time_stays_below_the_next_instant(void **state)
{
    (void)state;
    struct host host = {.turns = 0};
    struct house *house = paced(&host, 2);
    struct session *session = house->session;
    pace_from(&session->pace, 1000);
    session->clock.now_ns = 1000;
    assert_int_equal(pace_now(session, 5000), 1000);
    env_sim_advance(1000);
    assert_int_equal(pace_now(session, 5000), 3000);
    env_sim_advance(100000);
    assert_int_equal(pace_now(session, 5000), 4999);
    session->pace.is_paused = true;
    assert_int_equal(pace_now(session, 5000), 1000);
    session->pace.is_paused = false;
    session->pace.speed = 1e9; /* beyond what a clock can hold */
    pace_from(&session->pace, INT64_MAX - 10);
    env_sim_advance(HOUSE_SECOND);
    assert_true(pace_now(session, INT64_MAX) == INT64_MAX - 1);
    house_free(house);
    env_sim_stop();
}

/* The last words of a crash name a simulator from outside at each of its calls, and nobody between them. */
static void the_call_under_way_is_named(void **state)
{
    (void)state;
    struct stall stalls[2] = {{.is_foreign = true}, {.is_foreign = true}};
    struct venues *venues = venues_of_two(stalls);
    struct engine_out out;
    struct oc_ev_answer answer;
    const struct oc_event event = {.size = sizeof event, .type = OC_EV_TRADE};
    venues->list[0].is_foreign = venues->list[1].is_foreign = true;
    assert_int_equal(venues_see(venues, 40, &event), OC_OK);
    assert_null(plugin_call_now.site);
    assert_int_equal(out_init(&out), OC_OK);
    ask(&out, OC_REQUEST_NEW, 2, 2, false);
    assert_int_equal(venues_send(venues, 50, &out), OC_OK);
    assert_null(plugin_call_now.site);
    assert_int_equal(sim_answers_schedule(&venues->list[1].answers, 60), OC_OK);
    assert_int_equal(venues_take(venues, 60, &answer, sizeof answer), OC_E_NOT_FOUND);
    assert_string_equal(stalls[0].said, "see@40 ");
    assert_string_equal(stalls[1].said, "see@40 1:2@50 due@60 ");
    out_release(&out);
    release(venues);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_call_under_way_is_named),
        cmocka_unit_test(requests_go_to_the_venue_of_their_account),
        cmocka_unit_test(what_is_not_taken_is_answered_by_us),
        cmocka_unit_test(a_refusal_that_cannot_be_kept_is_said),
        cmocka_unit_test(answers_of_ours_are_plain),
        cmocka_unit_test(answers_come_by_time_and_venue),
        cmocka_unit_test(a_round_is_ended_by_other_inputs),
        cmocka_unit_test(a_venue_that_fails_says_so),
        cmocka_unit_test(watchers_hear_in_their_order),
        cmocka_unit_test(time_is_waited_for),
        cmocka_unit_test(an_answer_does_not_wait_for_the_next_price),
        cmocka_unit_test(a_pause_is_told_and_a_stop_obeyed),
        cmocka_unit_test(steps_are_counted),
        cmocka_unit_test(logical_time_stays_below_the_next_instant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
