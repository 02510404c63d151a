/* step_test.c: one input after the other: their total order, what a batch comes to, and the limits of an instant and of a
 * second. */
#include "support/session_kit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/env.h"
#include "session/interrupt.h"

/* ---- the order ---- */

static oc_rc buy_once(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    if (client->markets == 1)
        house_buy(client->house, 1);
    return OC_OK;
}

static struct oc_ev_text *recorded_at_a_minute(void *self, bool *ret_now)
{
    static union {
        struct oc_ev_text event;
        char bytes[128];
    } command;
    bool *is_taken = self;
    *ret_now = false;
    command.event = (struct oc_ev_text){.head = {.size = sizeof command.event, .type = OC_EV_COMMAND}};
    command.event.head.local_ns = command.event.head.venue_ns = 60 * HOUSE_SECOND;
    return *is_taken ? NULL : &command.event;
}

static bool command_taken;

static bool execute(void *self, const struct oc_ev_text *command, struct text *reply)
{
    (void)self;
    (void)command;
    (void)reply;
    command_taken = true;
    return true;
}

/* At one instant: an answer, the market, a bar that ends, a timer, a command. */
static void at_one_instant_everything_has_its_place(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    house->client_count = 2;
    house->clients[1].market = buy_once;
    house->latency_ns = 60 * HOUSE_SECOND;
    house->bars_ns = 60 * HOUSE_SECOND;
    house_trade(house, 0, 0);
    house_trade(house, 1, 60 * HOUSE_SECOND);
    house_trade(house, 0, 90 * HOUSE_SECOND);
    house_open(house);
    house->session->commands.execute = execute;
    command_taken = false;
    inbox_set_recording(house->session->inbox,
                        &(struct inbox_recording){.self = &command_taken, .next = recorded_at_a_minute});
    assert_int_equal(timers_add(engine_timers(house->engine), 1, 60 * HOUSE_SECOND, 0, &timer), OC_OK);
    house_run(house);
    /* the trade of the new minute ends the bar of the one before inside its own input */
    assert_string_equal(house->log, "M0+1 A60 M60 T60 C60 M90 ");
    assert_int_equal(house->clients[0].markets, 1);
    assert_int_equal(house->clients[0].timers, 1);
    house_free(house);
}

/* A quiet market: the bar is ended by time, before a timer of that instant. */
static void a_bar_ends_before_a_timer_of_its_instant(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    house->client_count = 1;
    house->bars_ns = 60 * HOUSE_SECOND;
    house_trade(house, 0, 0);
    house_trade(house, 0, 90 * HOUSE_SECOND);
    house_open(house);
    assert_int_equal(timers_add(engine_timers(house->engine), 1, 60 * HOUSE_SECOND, 0, &timer), OC_OK);
    house_run(house);
    assert_string_equal(house->log, "M0 B60 T60 M90 ");
    house_free(house);
}

static void closes_go_before_opens(void **state)
{
    (void)state;
    struct house *house = house_new();
    house->client_count = 1;
    house_bar(house, 0, 60 * HOUSE_SECOND, 120 * HOUSE_SECOND); /* the first source opens where the second closes */
    house_bar(house, 1, 0, 60 * HOUSE_SECOND);
    house_open(house);
    house_run(house);
    assert_string_equal(house->log, "o0 M60 o60 M120 ");
    house_free(house);
}

static oc_rc timer_buys(struct house_client *client, uint64_t timer, int64_t due_ns)
{
    (void)timer;
    (void)due_ns;
    house_buy(client->house, 1);
    return OC_OK;
}

static void timers_of_an_instant_are_finished_before_what_they_caused(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    house->client_count = 2;
    house->clients[0].timer = house->clients[1].timer = timer_buys;
    house_trade(house, 0, 0);
    house_trade(house, 0, 90 * HOUSE_SECOND);
    house_open(house);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(timers_add(engine_timers(house->engine), 1 + i % 2, 60 * HOUSE_SECOND, 0, &timer), OC_OK);
    house_run(house);
    assert_string_equal(house->log, "M0 T60+1 T60+1 T60+1 T60+1 A60 A60 A60 A60 M90 ");
    house_free(house);
}

/* A command comes when it may: what is due up to its instant goes first, answers before timers there too. */
static void before_a_command_answers_go_before_timers(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    char reply_bytes[256];
    struct text reply;
    house->client_count = 1;
    house->clients[0].market = buy_once;
    house->latency_ns = 60 * HOUSE_SECOND;
    house_trade(house, 0, 0);
    house_open(house);
    house->session->commands.execute = execute;
    assert_int_equal(timers_add(engine_timers(house->engine), 1, 60 * HOUSE_SECOND, 0, &timer), OC_OK);
    assert_int_equal(timers_add(engine_timers(house->engine), 1, 61 * HOUSE_SECOND, 0, &timer), OC_OK);
    struct input input;
    assert_int_equal(inbox_peek(house->session->inbox, &input), OC_OK);
    assert_int_equal(inbox_take(house->session->inbox, &input), OC_OK);
    assert_int_equal(session_step(house->session, &input), OC_OK);
    text_init_fixed(&reply, reply_bytes, sizeof reply_bytes);
    house->session->pace.command_ns = 60 * HOUSE_SECOND;
    assert_true(session_command(house->session, "x", 1, &reply));
    assert_string_equal(house->log, "M0+1 A60 T60 C60 ");
    house->session->commands.execute = NULL; /* nobody carries it out: what became of the one before counts no more */
    house->session->commands.was_ok = true;
    assert_false(session_command(house->session, "x", 1, &reply));
    static char words[OC_EVENT_MAX]; /* what fits no record is refused, what just fits is not */
    const size_t most = OC_EVENT_MAX - sizeof(struct oc_ev_text);
    const uint64_t seq = door_seq(house->session->door);
    text_clear(&reply);
    assert_false(session_command(house->session, words, most + 1, &reply));
    assert_non_null(strstr(reply_bytes, "TOO_LONG"));
    assert_int_equal(door_seq(house->session->door), seq);
    text_clear(&reply);
    (void)session_command(house->session, words, most,
                          &reply); /* more than a segment of this door, which is another matter */
    assert_null(strstr(reply_bytes, "TOO_LONG"));
    house_free(house);
}

static char told[64];

static void look_on(void *self, const struct input *input, const struct engine_out *out)
{
    (void)input, (void)out;
    strcat(told, self);
}

static void look_on_at_rest(void *self) { strcat(told, self); }

static void hear_words(void *self, uint32_t kind, const struct text *json)
{
    assert_int_equal(kind, TOLD_SESSION);
    assert_string_equal(json->data, "{}");
    strcat(told, self);
}

/* As many as there may be, each told once and in its order; who asks for less hears less. */
static void who_looks_on_is_told_in_order(void **state)
{
    (void)state;
    static char names[WATCHERS_MAX + 1][2], bytes[8];
    struct watchers watchers = {.count = 0};
    struct text json;
    text_init_fixed(&json, bytes, sizeof bytes);
    text_format(&json, "{}");
    for (int i = 0; i < WATCHERS_MAX; i++) {
        names[i][0] = (char)('a' + i);
        const struct watcher one = {names[i], look_on, i % 2 ? NULL : look_on_at_rest, i < 3 ? hear_words : NULL,
                                    i == 0};
        assert_int_equal(watchers_add(&watchers, &one), OC_OK);
        assert_int_equal(watchers.wants_quiet, i > 0); /* the first alone may be left out */
    }
    assert_int_equal(watchers_add(&watchers, &watchers.list[0]), OC_E_LIMIT);
    watchers_note(&watchers, NULL, NULL);
    assert_string_equal(told, "abcdefgh");
    told[0] = '\0';
    watchers_rest(&watchers);
    assert_string_equal(told, "aceg");
    told[0] = '\0';
    watchers_tell(&watchers, TOLD_SESSION, &json);
    assert_string_equal(told, "abc");
}

/* ---- what a batch comes to ---- */

static bool is_acting;

static oc_rc acts(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    is_acting = true;
    if (client->markets == 1) {
        house_buy(client->house, 1);
        house_buy(client->house, 2);
    }
    is_acting = false;
    return OC_OK;
}

static oc_rc acts_again(struct house_client *client, const struct order *order, const struct oc_event *event)
{
    assert_false(is_acting); /* nothing nests */
    assert_int_equal(event->type, OC_EV_REJECTED);
    assert_int_equal(order->state, STATE_REJECTED);
    if (order->now.qty == 1)
        house_buy(client->house, 3);
    return OC_OK;
}

static void a_refused_send_is_a_next_input(void **state)
{
    (void)state;
    struct house *house = house_new();
    house->client_count = 1;
    house->clients[0].market = acts;
    house->clients[0].order = acts_again;
    house->venue_answer = OC_E_IO;
    house_trade(house, 0, 0);
    house_trade(house, 0, 60 * HOUSE_SECOND);
    house_open(house);
    const uint64_t before = door_order_hash(house->session->door).count;
    house_run(house);
    assert_string_equal(house->log, "M0+2 A0+1 A0 A0 M60 ");
    assert_int_equal(house->clients[0].orders, 3);
    assert_string_equal(house->clients[0].last_reason, "VENUE_NOT_REACHED");
    assert_int_equal(door_order_hash(house->session->door).count, before + 6); /* three requests, three refusals */
    assert_int_equal(orders_open_count(engine_orders(house->engine)), 0);
    house_free(house);
}

static void wake(void *self, int64_t ns)
{
    (void)ns;
    ++*(int *)self;
}

/* Where one source has nothing yet, the others go on; when only it is left, it is waited for. */
static void a_silent_source_lets_the_others_go_on(void **state)
{
    (void)state;
    struct house *house = house_new();
    uint64_t timer;
    int waits = 0;
    house->client_count = 1;
    house->clients[0].market = buy_once;
    house->latency_ns = 10 * HOUSE_SECOND;
    for (int i = 0; i < 3; i++)
        house_trade(house, 0, i * 60 * HOUSE_SECOND);
    house_trade(house, 1, 180 * HOUSE_SECOND);
    house->sources[1].silent_at = 0;
    house->sources[1].silences = 12;
    house_open(house);
    house->session->pace.host = (struct pace_host){.self = &waits, .wait = wake};
    assert_int_equal(timers_add(engine_timers(house->engine), 1, 30 * HOUSE_SECOND, 0, &timer), OC_OK);
    assert_int_equal(timers_add(engine_timers(house->engine), 1, 150 * HOUSE_SECOND, 0, &timer), OC_OK);
    house_run(house);
    assert_string_equal(house->log, "M0+1 A10 T30 M60 M120 T150 M180 ");
    assert_in_range(waits, 1, 12);
    house_free(house);
}

static oc_rc fails(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct house *house = client->house;
    struct oc_ev_text saved = {.head = {.size = sizeof saved, .type = OC_EV_STATE}, .owner = client->id};
    uint64_t timer;
    house_buy(house, 1);
    house_buy(house, 2);
    assert_int_equal(engine_record(house->engine, &saved.head), OC_OK);
    assert_int_equal(timers_add(engine_timers(house->engine), client->id, 30 * HOUSE_SECOND, 0, &timer), OC_OK);
    return OC_E_DATA;
}

static oc_rc buys_three(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    if (client->markets == 1)
        for (int i = 0; i < 3; i++)
            house_buy(client->house, 10);
    return OC_OK;
}

/* A callback is a savepoint: the one that fails takes back what it asked for, and nothing of the others. */
static void who_fails_drops_its_own_tail(void **state)
{
    (void)state;
    struct house *alone = house_new(), *house = house_new();
    for (int with = 0; with < 2; with++) {
        struct house *one = with ? house : alone;
        one->client_count = 3;
        one->clients[0].market = buys_three;
        one->clients[1].market = with ? fails : NULL;
        one->clients[2].market = buys_three;
        house_trade(one, 0, 0);
        house_trade(one, 0, 60 * HOUSE_SECOND);
        house_open(one);
        house_run(one);
        assert_int_equal(one->sent_count, 6);
        assert_int_equal(engine_timers(one->engine)->count, 0);
    }
    for (uint32_t i = 0; i < 6; i++) /* ids and all: as if it had not been there */
        assert_int_equal(house->sent[i].order, alone->sent[i].order);
    uint64_t timers[2];
    assert_int_equal(timers_add(engine_timers(alone->engine), 1, 1, 0, &timers[0]), OC_OK);
    assert_int_equal(timers_add(engine_timers(house->engine), 1, 1, 0, &timers[1]), OC_OK);
    assert_int_equal(timers[0], timers[1]);
    assert_true(engine_is_suspended(house->engine, 2));
    assert_false(engine_is_suspended(house->engine, 1) || engine_is_suspended(house->engine, 3));
    assert_int_equal(door_order_hash(house->session->door).count, door_order_hash(alone->session->door).count + 1);
    house_free(alone);
    house_free(house);
}

static oc_rc five_messages(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                           struct oc_verdict *verdict)
{
    (void)ask;
    verdict->allowed = ctx->staged_messages + *(uint32_t *)self < 5;
    strcpy(verdict->reason, verdict->allowed ? "" : "TOO_MANY");
    return OC_OK;
}

static void count_sent(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)ctx;
    *(uint32_t *)self += (uint32_t)(event->type == OC_EV_REQUEST) - (uint32_t)(event->type == OC_EV_DENIED);
}

/* What another strategy asked for in the same input counts already, though nothing of it has left. */
static void what_is_staged_counts_across_strategies(void **state)
{
    (void)state;
    static const struct oc_risk rule = {.size = sizeof rule, .check = five_messages, .observe = count_sent};
    struct house *house = house_new();
    uint32_t sent = 0;
    house->client_count = 2;
    house->clients[0].market = house->clients[1].market = buys_three;
    house_trade(house, 0, 0);
    house_trade(house, 0, 60 * HOUSE_SECOND);
    house_open(house);
    assert_int_equal(engine_add_rule(house->engine, "five", &rule, &sent), OC_OK);
    house_run(house);
    assert_string_equal(house->log, "M0+5-1 A0 A0 A0 A0 A0 M60 ");
    assert_int_equal(sent, 5);
    house_free(house);
}

/* ---- limits of an instant and of a second ---- */

static uint32_t refusals_wanted;

static oc_rc asks_so_often(struct house_client *client, const struct order *order, const struct oc_event *event)
{
    (void)order;
    (void)event;
    if ((uint32_t)client->orders < refusals_wanted)
        house_buy(client->house, 1);
    return OC_OK;
}

/* An order for each refusal: as often as an instant may have, and once more. The other, who is told once at that instant,
 * is not to blame. */
static void an_instant_has_so_many_rounds(void **state)
{
    (void)state;
    for (uint32_t beyond = 0; beyond < 2; beyond++) {
        struct house *house = house_new();
        house->client_count = 2;
        house->clients[0].market = house->clients[1].market = buy_once;
        house->clients[0].order = asks_so_often;
        house->venue_answer = OC_E_IO;
        refusals_wanted = SESSION_ROUNDS_MAX + beyond;
        house_trade(house, 0, 0);
        house_trade(house, 0, 60 * HOUSE_SECOND);
        house_open(house);
        house_run(house);
        assert_int_equal(house->clients[0].orders, refusals_wanted);
        assert_int_equal(house->clients[0].markets, beyond ? 1 : 2);
        assert_int_equal(engine_is_suspended(house->engine, 1), beyond);
        assert_false(engine_is_suspended(house->engine, 2));
        assert_int_equal(house->clients[1].orders, 1);
        if (beyond)
            assert_non_null(
                strstr(engine_suspension(house->engine, 1), "more than 100000 answers and timers at one instant"));
        house_free(house);
    }
}

/* So many timers as a second may have, for two seconds; and one more. Another's timer that comes just then is not to blame. */
static void a_second_has_so_many_timers(void **state)
{
    (void)state;
    for (int64_t beyond = 0; beyond < 2; beyond++) {
        struct house *house = house_new();
        uint64_t timer;
        const int64_t from_ns = 100 * HOUSE_SECOND, every_ns = HOUSE_SECOND / SESSION_TIMERS_MAX - beyond;
        house->client_count = 2;
        house_trade(house, 0, from_ns);
        house_trade(house, 0, from_ns + 3 * HOUSE_SECOND);
        house_open(house);
        assert_int_equal(timers_add(engine_timers(house->engine), 1, from_ns + every_ns, every_ns, &timer), OC_OK);
        for (int64_t i = 1; i <= 4000; i++) /* between them */
            assert_int_equal(timers_add(engine_timers(house->engine), 2, from_ns + i * 5 * every_ns + 1, 0, &timer),
                             OC_OK);
        house_run(house);
        assert_int_equal(engine_is_suspended(house->engine, 1), beyond);
        assert_false(engine_is_suspended(house->engine, 2));
        assert_int_equal(house->clients[1].timers, 4000);
        if (beyond) {
            assert_int_equal(house->clients[0].timers, SESSION_TIMERS_MAX + 1);
            assert_non_null(strstr(engine_suspension(house->engine, 1), "more than 10000 timers within one second"));
        } else {
            assert_int_equal(house->clients[0].timers, 3 * SESSION_TIMERS_MAX - 1);
        }
        house_free(house);
    }
}

static void lie(struct house *house, int index)
{
    if (index)
        house_fill(house, index * 60 * HOUSE_SECOND, 12345, 1, "lie");
}

/* A venue that says what cannot be is not believed: nothing of it is recorded or handled, and the run goes on; but not for
 * ever. */
static void what_cannot_be_is_not_believed(void **state)
{
    (void)state;
    for (int beyond = 0; beyond < 2; beyond++) {
        struct house *house = house_new();
        house->sources[0].before = lie;
        for (int i = 0; i < 6; i++)
            house_trade(house, 0, i * 60 * HOUSE_SECOND);
        house_open(house);
        house->session->border.refused = BORDER_REFUSED_MAX - 6 + (uint64_t)beyond;
        const oc_rc rc = session_run(house->session);
        assert_int_equal(rc, beyond ? OC_E_DATA : OC_OK);
        assert_int_equal(house->session->border.refused, BORDER_REFUSED_MAX - 1 + beyond);
        assert_int_equal(engine_stats(house->engine)->fills, 0);
        assert_null(strchr(house->log, 'A'));
        assert_int_equal(strstr(house->log, "M300") != NULL, !beyond);
        if (beyond)
            assert_non_null(strstr(said(&house->session->words.error), "answers of the simulator could not be"));
        house_free(house);
    }
}

/* Two hosts on one journal would be two hosts on one account: the second is told, and may when the first has closed. */
static void one_session_a_folder(void **state)
{
    (void)state;
    char dir[ENV_PATH_MAX];
    struct house *one = house_new(), *other = house_new();
    snprintf(dir, sizeof dir, "%s/step_test.dir", TEST_BUILD_DIR);
    house_trade(one, 0, 0);
    house_trade(other, 0, 0);
    house_open(one);
    house_open(other);
    assert_int_equal(session_lock(one->session, dir), OC_OK);
    assert_false(error_is_set(&one->session->words.error));
    assert_int_equal(session_lock(other->session, dir), OC_E_STATE);
    assert_non_null(strstr(said(&other->session->words.error), "it is in use by another outcry"));
    assert_int_equal(session_close(one->session), OC_OK);
    assert_int_equal(session_close(one->session), OC_OK); /* once more gives nothing up that is another's */
    assert_int_equal(session_lock(other->session, dir), OC_OK);
    assert_int_equal(session_close(one->session), OC_OK);
    assert_true(session_lock(one->session, dir) == OC_E_STATE);
    char longer[ENV_PATH_MAX + 1];
    memset(longer, 'x', sizeof longer);
    longer[ENV_PATH_MAX] = 0;
    assert_true(session_lock(one->session, longer) < 0);
    memcpy(longer, "/tmp", 4); /* a folder that is there, and whose lock would have too long a name */
    for (size_t at = 4; at < ENV_PATH_MAX - 1; at += 2)
        memcpy(longer + at, "/.", 3);
    longer[ENV_PATH_MAX - 5] = 0; /* with "/lock" and its NUL one more than fits */
    one->session->words.error.rc = OC_OK;
    assert_int_equal(session_lock(one->session, longer), OC_E_LIMIT);
    assert_non_null(strstr(said(&one->session->words.error), "the path is too long"));
    char path[ENV_PATH_MAX + 8]; /* what should be the lock is a folder */
    snprintf(dir, sizeof dir, "%s/step_test.locked", TEST_BUILD_DIR);
    snprintf(path, sizeof path, "%s/lock", dir);
    assert_true(env_mkdir(dir) == OC_OK && env_mkdir(path) == OC_OK);
    one->session->words.error.rc = OC_OK;
    assert_true(session_lock(one->session, dir) < 0);
    assert_non_null(strstr(said(&one->session->words.error), dir));
    assert_non_null(strstr(said(&one->session->words.error), "directory"));
    house_free(one);
    house_free(other);
}

/* The first signal ends a run in its order, the second at once; a hang-up does neither. */
static void a_second_interrupt_does_not_wait(void **state)
{
    (void)state;
    for (int signals = 0; signals < 3; signals++) {
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            interrupt_install();
            raise(SIGHUP);
            const bool has_hung_up = interrupt_take_hangup() && !interrupt_take_hangup();
            for (int i = 0; i < signals; i++)
                raise(i ? SIGTERM : SIGINT);
            _exit(has_hung_up && interrupt_count() == signals ? 7 : 8);
        }
        int status = 0;
        assert_true(waitpid(child, &status, 0) == child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), signals < 2 ? 7 : 130);
    }
}

/* A terminal that hangs up is told of once for 256 market events, and the run goes on. */
static void a_hangup_is_looked_for_now_and_then(void **state)
{
    (void)state;
    static const struct {
        uint64_t before;
        bool is_taken;
    } cases[] = {{0, false},  {251, false}, {252, false}, {253, true},
                 {254, true}, {255, true},  {256, false}, {509, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct house *house = house_new();
        for (int k = 0; k < 3; k++)
            house_trade(house, 0, k * HOUSE_SECOND);
        house_open(house);
        house->session->data.events = cases[i].before;
        interrupt_install();
        raise(SIGHUP);
        house_run(house);
        assert_int_equal(house->session->data.events, cases[i].before + 3);
        assert_int_equal(interrupt_take_hangup(), !cases[i].is_taken);
        assert_false(interrupt_take_hangup());
        assert_int_equal(interrupt_count(), 0);
        house_free(house);
    }
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_is_not_believed),
        cmocka_unit_test(one_session_a_folder),
        cmocka_unit_test(who_looks_on_is_told_in_order),
        cmocka_unit_test(a_second_interrupt_does_not_wait),
        cmocka_unit_test(a_hangup_is_looked_for_now_and_then),
        cmocka_unit_test(at_one_instant_everything_has_its_place),
        cmocka_unit_test(a_bar_ends_before_a_timer_of_its_instant),
        cmocka_unit_test(closes_go_before_opens),
        cmocka_unit_test(before_a_command_answers_go_before_timers),
        cmocka_unit_test(timers_of_an_instant_are_finished_before_what_they_caused),
        cmocka_unit_test(a_refused_send_is_a_next_input),
        cmocka_unit_test(a_silent_source_lets_the_others_go_on),
        cmocka_unit_test(who_fails_drops_its_own_tail),
        cmocka_unit_test(what_is_staged_counts_across_strategies),
        cmocka_unit_test(an_instant_has_so_many_rounds),
        cmocka_unit_test(a_second_has_so_many_timers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
