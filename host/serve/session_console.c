/* session_console.c: consoles and their session: pacing, commands, and what the service asks of the composition. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/version.h"
#include "replay/rewind.h"
#include "session/interrupt.h"
#include "session/session_impl.h"

enum { WAIT_NS = 50000000 };

/* The first number and a factor's worth of the second, kept within what a clock can hold. */
static int64_t scaled_sum(int64_t base_ns, double passed_ns)
{
    int64_t sum;
    if (!(passed_ns > -9e18 && passed_ns < 9e18))
        return passed_ns < 0 ? INT64_MIN : INT64_MAX;
    return __builtin_add_overflow(base_ns, (int64_t)passed_ns, &sum) ? INT64_MAX : sum;
}

/* Logical time between the last instant and the next. */
static int64_t virtual_now(const struct session *session, int64_t at_ns)
{
    int64_t now_ns = inbox_now(session->loop);
    if (now_ns < session->now_ns)
        now_ns = session->now_ns;
    if (session->speed > 0 && !session->pace.is_paused && session->pace.base_mono_ns) {
        double passed = (double)(env_clock_mono() - session->pace.base_mono_ns) * session->speed;
        int64_t then_ns = scaled_sum(session->pace.base_data_ns, passed);
        if (then_ns > now_ns)
            now_ns = then_ns;
    }
    return now_ns < at_ns ? now_ns : at_ns - 1;
}

static void pace_from(struct session *session, int64_t data_ns)
{
    session->pace.base_mono_ns = env_clock_mono();
    session->pace.base_data_ns = data_ns;
}

static void sleep_or_serve(struct session *session, int64_t ns)
{
    if (session->server)
        console_server_wait(session->server, ns);
    else
        env_sleep(ns);
}

/* Answers whoever asks. True: the session is to end. */
static bool serve(struct session *session, int64_t at_ns)
{
    if (!session->server)
        return interrupt_count() > 0;
    if (console_server_is_asked(session->server)) {
        session->pace.command_ns = virtual_now(session, at_ns);
        console_service_turn(session->service);
    }
    if (session->has_own_console && !console_server_has_own(session->server))
        session->pace.is_stopping = true;
    return interrupt_count() > 0 || session->pace.is_stopping;
}

oc_rc session_attend(struct session *session, int64_t at_ns)
{
    struct session_pace *pace = &session->pace;
    if (!pace->base_mono_ns)
        pace_from(session, session->now_ns); /* where the data begin, or where a restart goes on */
    for (;;) {
        if (session->rewind)
            rewind_turn(session->rewind, at_ns);
        if (serve(session, at_ns))
            return 1;
        if (session->service &&
            console_service_is_pressed(session->service)) { /* Ctrl-C, and another line: stop here */
            pace->step_kind = PACE_FREE;
            pace->is_paused = true;
            if (session->rewind)
                rewind_stop(session->rewind);
        }
        if (pace->is_paused && session->service && console_service_is_waiting(session->service))
            console_service_answer_waiting(session->service, true);
        if (pace->is_paused) {
            sleep_or_serve(session, WAIT_NS);
            continue;
        }
        if (session->speed <= 0 || pace->step_kind)
            return OC_OK;
        int64_t due_ns = scaled_sum(pace->base_mono_ns, (double)(at_ns - pace->base_data_ns) / session->speed);
        int64_t now_ns = env_clock_mono(), wait_ns = due_ns - now_ns, then_ns = virtual_now(session, at_ns);
        if (wait_ns <= 0) {
            if (session->on_late)
                session->on_late(session->on_late_arg, -wait_ns);
            return OC_OK;
        }
        int64_t next_ns = inbox_next_ns(session->loop);
        if (next_ns <= then_ns) { /* an answer does not wait for the next price */
            oc_rc rc = inbox_drain(session->loop, then_ns);
            if (rc < 0)
                return rc;
            continue;
        }
        if (next_ns < at_ns && (double)(next_ns - then_ns) / session->speed < (double)wait_ns)
            wait_ns = (int64_t)((double)(next_ns - then_ns) / session->speed) + 1000;
        sleep_or_serve(session, wait_ns < WAIT_NS ? wait_ns : WAIT_NS);
    }
}

void session_stepped(struct session *session, uint32_t kind)
{
    struct session_pace *pace = &session->pace;
    if (pace->step_kind != kind || pace->steps_left == 0 || --pace->steps_left)
        return;
    pace->step_kind = PACE_FREE;
    pace->is_paused = true;
}

void session_linger(struct session *session)
{
    if (!session->service)
        return;
    session->pace.is_ended = true;
    if (session->server && session->has_own_console && !session->pace.is_stopping) {
        struct text json;
        char bytes[64];
        text_init_fixed(&json, bytes, sizeof bytes);
        text_put(&json, "{\"what\":\"the feed has ended\"}");
        console_service_tell(session->service, TELL_SESSION, &json);
    }
    console_service_answer_waiting(session->service, true);
    while (session->server && session->has_own_console && !serve(session, INT64_MAX))
        console_server_wait(session->server, WAIT_NS);
}

/* What the service asks. */

static void host_status(void *self, struct console_service_status *ret_status)
{
    struct session *session = self;
    *ret_status = (struct console_service_status){
        .mode = session->mode,
        .session = settings_text(session->settings, "session.dir", NULL),
        .version = OUTCRY_VERSION,
        .currency = instruments_asset_name(engine_instruments(session->engine), session->base),
        .seq = door_seq(session->door),
        .events = session->events,
        .now_ns = session->now_ns > engine_now(session->engine) ? session->now_ns : engine_now(session->engine),
        .start = session->start,
        .speed = session->speed,
        .is_live = session->is_rehearsal,
        .is_paused = session->pace.is_paused,
        .is_ended = session->pace.is_ended};
    for (uint32_t i = 0; i < session->strategy_count; i++)
        ret_status->strategies += session->strategies[i].strategy != NULL;
}

bool session_command(struct session *session, const char *text, size_t size, struct text *reply)
{
    size_t padded = (sizeof(struct oc_ev_text) + size + 7) & ~(size_t)7;
    struct oc_ev_text *event = padded <= OC_EVENT_MAX ? calloc(1, padded) : NULL;
    if (!event) {
        json_refusal(reply, "TOO_LONG", "the command does not fit a record");
        return false;
    }
    int64_t at_ns = session->pace.command_ns;
    oc_rc rc = inbox_drain(session->loop, at_ns);
    if (session->now_ns < at_ns)
        session->now_ns = at_ns;
    event->head =
        (struct oc_event){.size = (uint32_t)padded, .type = OC_EV_COMMAND, .venue_ns = at_ns, .local_ns = at_ns};
    event->code = 1;
    event->text_size = (uint32_t)size;
    memcpy(event + 1, text, size);
    if (rc == OC_OK)
        rc = session_record(session, &event->head);
    if (rc == OC_OK)
        rc = engine_input(session->engine, &event->head);
    bool is_ok = rc == OC_OK && console_service_execute(session->service, event, reply);
    if (rc < 0)
        json_refusal(reply, "JOURNAL_FAILED", "the command could not be recorded (code %d) and was not carried out",
                     (int)rc);
    free(event);
    return is_ok;
}

static bool host_command(void *self, const char *text, size_t size, struct text *reply)
{
    return session_command(self, text, size, reply);
}

static oc_rc refuse(struct text *reply, const char *code, const char *message)
{
    json_refusal(reply, code, "%s", message);
    return OC_E_INVALID;
}

static oc_rc control_step(struct session *session, uint32_t kind, uint64_t count)
{
    session->pace.step_kind = kind;
    session->pace.steps_left = count;
    session->pace.is_paused = false;
    return OC_E_AGAIN;
}

static oc_rc control_speed(struct session *session, const struct command_words *words, struct text *reply)
{
    char *end;
    const char *text = words->count > 1 ? words->fields[1] : "";
    double speed = strtod(text, &end);
    if (strcmp(text, "max") == 0)
        speed = 0;
    else if (end == text || (strcmp(end, "x") != 0 && *end) || !(speed > 0) || speed > 1e9)
        return refuse(reply, "BAD_SPEED", "expected 1x, 60x or max");
    pace_from(session, session->pace.command_ns);
    session->speed = speed;
    return OC_OK;
}

/* Without an open order and a strategy nothing comes of waiting, and an endless feed never ends. */
static bool can_trade_itself(const struct session *session)
{
    bool is_recorded = session->rewind != NULL || session->commands_due != NULL;
    for (uint32_t i = 0; i < session->strategy_count && !is_recorded; i++)
        is_recorded = session->strategies[i].strategy != NULL;
    return is_recorded || orders_open_count(engine_orders(session->engine)) > 0;
}

static oc_rc control_until(struct session *session, uint32_t kind, uint64_t count, struct text *reply)
{
    if (kind != PACE_EVENTS && !can_trade_itself(session))
        return refuse(reply, "NOTHING_TO_WAIT_FOR",
                      "no order is open and no strategy is loaded: nothing would come of it");
    return control_step(session, kind, count);
}

static oc_rc host_control(void *self, const struct command_words *words, struct text *reply)
{
    struct session *session = self;
    struct session_pace *pace = &session->pace;
    const char *word = words->fields[0];
    if (session->rewind && (strcmp(word, "back") == 0 || strcmp(word, "to") == 0))
        return rewind_control(session->rewind, words, reply);
    if (pace->is_ended)
        return refuse(reply, "FEED_ENDED", "the feed has ended");
    if (strcmp(word, "pause") == 0) {
        pace->is_paused = true;
        return OC_OK;
    }
    if (strcmp(word, "go") == 0) {
        pace_from(session, pace->command_ns);
        pace->is_paused = false;
        return OC_OK;
    }
    if (strcmp(word, "speed") == 0)
        return control_speed(session, words, reply);
    if (strcmp(word, "until_fill") == 0)
        return control_until(session, PACE_FILLS, 1, reply);
    if (strcmp(word, "step") == 0) {
        static const char *const kinds[] = {"events", "orders", "fills"};
        int64_t count = 1;
        uint32_t kind = 0;
        if (words->count > 1 && (text_to_int(words->fields[1], strlen(words->fields[1]), &count) < 0 || count < 1))
            return refuse(reply, "BAD_STEP", "expected a count of 1 or more: step 10 events");
        while (words->count > 2 && kind < 3 && strcmp(kinds[kind], words->fields[2]) != 0)
            kind++;
        if (kind == 3)
            return refuse(reply, "BAD_STEP", "expected events, orders or fills");
        return control_until(session, PACE_EVENTS + kind, (uint64_t)count, reply);
    }
    return refuse(reply, "NOT_HERE", "going back is for recorded sessions: outcry replay SESSION --console");
}

static const struct session_strategy *owner_of(const struct session *session, uint32_t strategy)
{
    for (uint32_t i = 0; i < session->strategy_count; i++)
        if (session->strategies[i].strategy && strategy_id(session->strategies[i].strategy) == strategy)
            return &session->strategies[i];
    return NULL;
}

static const char *host_strategy_name(void *self, uint32_t strategy)
{
    const struct session *session = self;
    for (uint32_t i = 0; i < session->name_count; i++) /* unloaded ones too: their orders stay */
        if (session->names[i].id == strategy)
            return session->names[i].name;
    return NULL;
}

static bool host_origin(void *self, uint64_t order, uint32_t strategy, struct console_service_origin *ret_origin)
{
    const struct session_strategy *owner = owner_of(self, strategy);
    struct strategy_origin origin;
    if (!owner || !strategy_origin(owner->strategy, order, &origin))
        return false;
    *ret_origin = (struct console_service_origin){strategy_name(owner->strategy), origin.callback, origin.file,
                                                  origin.source, origin.line};
    return true;
}

static bool host_fee_rate(void *self, bool is_maker, struct oc_dec *ret_rate)
{
    const struct session *session = self;
    *ret_rate = (struct oc_dec){0, 0, 0};
    return settings_dec(session->settings, is_maker ? "sim.paper.maker_fee" : "sim.paper.taker_fee", ret_rate) == OC_OK;
}

static struct oc_dec host_half_spread(void *self)
{
    const struct session *session = self;
    const char *profile = settings_text(session->settings, "sim.paper.profile", "neutral");
    struct oc_dec share = {strcmp(profile, "ideal") == 0 ? 0 : 1, 4, 0}; /* the simulator's own default */
    settings_dec(session->settings, "sim.paper.half_spread", &share);
    return share;
}

static const struct console_service_host table = {.status = host_status,
                                                  .command = host_command,
                                                  .control = host_control,
                                                  .steer = session_steer,
                                                  .prepare = session_steer_prepare,
                                                  .list = session_list,
                                                  .origin = host_origin,
                                                  .strategy_name = host_strategy_name,
                                                  .fee_rate = host_fee_rate,
                                                  .half_spread = host_half_spread};

static oc_rc make_desk(struct session *session, struct oc_dec ask_above)
{
    session->service_host = table;
    session->service_host.self = session;
    struct console_service_config config = {.engine = session->engine,
                                            .server = session->server,
                                            .host = &session->service_host,
                                            .account = session->account,
                                            .epoch = door_epoch(session->door),
                                            .ask_above = ask_above};
    return console_service_new(&config, &session->service);
}

oc_rc session_open_desk(struct session *session)
{
    struct oc_dec ask_above = {0, 0, 0};
    oc_rc rc = settings_dec(session->settings, "console.ask_above", &ask_above);
    if (rc == OC_OK || rc == OC_E_NOT_FOUND)
        rc = settings_boolean(session->settings, "console.rehearse_live", &session->is_rehearsal);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, rc, "%s", session->settings->error);
    if (!session->server && !session->commands_due)
        return OC_OK;
    return make_desk(session, ask_above);
}

oc_rc session_finish_command(struct session *session, const struct oc_ev_text *command)
{
    struct text reply;
    bool is_for_this = !session->service;
    oc_rc rc = is_for_this ? make_desk(session, (struct oc_dec){0, 0, 0}) : OC_OK;
    if (rc < 0)
        return rc;
    text_init_grow(&reply, COMMAND_LINE_MAX);
    console_service_record(session->service, &command->head);
    bool is_ok = console_service_execute(session->service, command, &reply);
    log_info("restore", "the last command, record %llu, may not have been carried out: %s",
             (unsigned long long)command->head.seq, is_ok ? "it is now" : "it is refused now as it was then");
    text_release(&reply);
    if (is_for_this) {
        console_service_free(session->service);
        session->service = NULL;
    }
    return OC_OK;
}
static bool says(const struct oc_ev_text *command, const char *word)
{
    size_t size = strlen(word);
    const char *text = (const char *)(command + 1);
    return command->text_size >= size && memcmp(text, word, size) == 0 &&
           (command->text_size == size || text[size] == '\t');
}

oc_rc session_restore_command(struct session *session, const struct oc_ev_text *command)
{
    session_steer_restored(session, command);
    if (says(command, "kill"))
        engine_latch(session->engine, 0, "KILLED");
    if (says(command, "unkill")) {
        engine_unlatch(session->engine, 0);
        engine_unlatch(session->engine, session->account);
    }
    return OC_OK;
}
