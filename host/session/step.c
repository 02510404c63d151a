/* step.c: one input, from the door to the venues and the watchers: the one way in which anything happens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/text.h"
#include "session/book_news.h"
#include "session/ending.h"
#include "session/gap.h"
#include "session/interrupt.h"
#include "session/rules_change.h"
#include "session/session.h"

enum { CHECKPOINT_EVENTS = 4096, CHECKPOINT_NS = 1000000000, SECOND_NS = 1000000000 };

/* Number, local time, record. False: it could not be recorded. */
static bool enter(struct session *session, const struct input *input)
{
    oc_rc rc = OC_OK;
    if (input->kind == INPUT_OPEN || input->kind == INPUT_BARS)
        return true;
    if (input->kind == INPUT_MARKET)
        rc = door_market(session->door, input->event, session->journal.has_market);
    else
        rc = door_record(session->door, input->event);
    if (rc < 0)
        gap_missed(session, gap_is_mark(input->event) ? 0 : 1);
    return rc >= 0;
}

static size_t bytes_of(const struct engine_out *out)
{
    size_t size = 0;
    for (uint32_t i = 0; i < out->entry_count; i++) {
        const struct out_entry *entry = &out->entries[i];
        size += DOOR_FRAME_SIZE + out_record(out, entry)->size;
        if (entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied)
            size += DOOR_FRAME_SIZE + sizeof(struct oc_ev_denied);
    }
    return size;
}

static bool adds_risk(const struct engine_out *out)
{
    for (uint32_t i = 0; i < out->request_count; i++)
        if (!out->requests[i].is_denied && request_adds_risk(&out->requests[i]))
            return true;
    return false;
}

/* A position that stands without its protection is never a matter of statistics alone. */
static __attribute__((noinline)) void say_unprotected(const struct out_request *denied)
{
    const struct oc_request *leg = &denied->request;
    if (leg->owner != OC_OWNER_HOST || (leg->role != OC_ROLE_STOP_LOSS && leg->role != OC_ROLE_TAKE_PROFIT))
        return;
    char name[TEXT_ORDER_MAX];
    log_error("protection", "%s of order %s was refused: %s; it is asked for again, later each time",
              leg->role == OC_ROLE_STOP_LOSS ? "the stop loss" : "the take profit", text_order(leg->parent, name),
              denied->refusal.reason);
}

static oc_rc record_denial(struct session *session, struct out_request *request)
{
    struct oc_ev_denied denial = out_denial(request);
    oc_rc rc = door_record(session->door, &denial.head);
    request->has_denial = rc >= 0;
    return rc;
}

/* What stands in the records as asked for and goes nowhere: a restart would take it as sent. */
static __attribute__((noinline)) void record_denials(struct session *session, const struct engine_out *out)
{
    for (uint32_t i = 0; i < out->request_count; i++) {
        struct out_request *request = &out->requests[i];
        if (request->is_denied && request->request.head.seq && !request->has_denial)
            (void)record_denial(session, request); /* where it cannot be, a checkpoint stands for it */
    }
}

/* The batch is ended whatever becomes of it: what is recorded later must not hang on it. *ret_whole: entries that stand. */
static oc_rc record_batch(struct session *session, const struct engine_out *out, uint32_t *ret_whole)
{
    oc_rc rc = OC_OK;
    uint32_t i = 0;
    door_batch_begin(session->door);
    for (; i < out->entry_count; i++) {
        const struct out_entry *entry = &out->entries[i];
        rc = door_record(session->door, out_record(out, entry));
        if (rc >= 0 && entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied)
            rc = record_denial(session, &out->requests[entry->at]);
        if (rc < 0)
            break;
    }
    *ret_whole = i;
    oc_rc ended = door_batch_commit(session->door);
    return rc < 0 ? rc : ended;
}

enum left { LEFT, LEFT_UNRECORDED, LEFT_NOT_DURABLE };

/* Everything that was asked for, as one batch: all of it is recorded, or nothing. */
static enum left leave(struct session *session, const struct engine_out *out)
{
    uint32_t whole = 0;
    oc_rc rc = door_reserve(session->door, bytes_of(out));
    if (rc >= 0)
        rc = record_batch(session, out, &whole);
    if (rc < 0) {
        gap_missed(session, out->entry_count - whole);
        return LEFT_UNRECORDED;
    }
    if (!session->journal.is_power || !adds_risk(out) || door_sync_wait(session->door) >= 0)
        return LEFT;
    gap_missed(session, 0); /* what adds risk leaves only when its record is on the disk */
    return LEFT_NOT_DURABLE;
}

static __attribute__((noinline)) void tell(struct session *session, const struct input *input,
                                           const struct engine_out *out)
{
    struct engine *engine = session->engine;
    if (out->entry_count) {
        const uint32_t count = out->request_count;
        enum left left = leave(session, out);
        engine_batch_done(engine, left == LEFT);
        if (left != LEFT)
            record_denials(session, out);
        for (uint32_t i = 0; i < count; i++)
            if (out->requests[i].is_denied)
                say_unprotected(&out->requests[i]);
        oc_rc rc = venues_send(&session->venues, session->clock.now_ns, out);
        if (rc < 0)
            session->lost =
                session_fail_code(session, rc, "venue", "a refused request could not be answered: the run ends");
    }
    if (__builtin_expect(out->alarms != session->border.seen, 0)) {
        border_say_alarms(&session->border, out);
        border_say_halt(&session->border, engine);
    }
    watchers_note(&session->watchers, input, out);
    engine_clear_out(engine);
}

/* Most points of the data lead to nothing. */
static inline void come_to(struct session *session, const struct input *input)
{
    const struct engine_out *out = engine_out(session->engine);
    const bool is_quiet = out->entry_count + out->note_count == 0 && input && input->kind == INPUT_MARKET;
    if (!is_quiet || session->watchers.wants_quiet)
        tell(session, input, out);
}

void session_flush(struct session *session) { come_to(session, NULL); }

/* The strategy that an answer or a timer is for; 0: none. */
static uint32_t strategy_of(const struct session *session, const struct input *input)
{
    if (input->kind == INPUT_TIMER)
        return ((const struct oc_ev_timer *)(const void *)input->event)->owner;
    if (!event_is_of_order(input->event->type))
        return 0;
    const struct order *order = engine_order_of(session->engine, input->event);
    return order ? order->now.strategy : 0;
}

/* What a strategy does at one instant, and how many timers it has in a second, must end: else time does not go on. Each
 * answers for its own. */
static __attribute__((noinline)) void look_at_limits(struct session *session, const struct input *input)
{
    struct session_limits *limits = &session->limits;
    char words[ENGINE_SUSPEND_TEXT_MAX];
    if (input->at_ns != limits->instant_ns) {
        limits->instant_ns = input->at_ns;
        limits->instant++;
    }
    uint32_t strategy = strategy_of(session, input);
    if (!strategy || strategy > ENGINE_STRATEGIES_MAX)
        return;
    struct session_limit *own = &limits->of[strategy];
    if (own->instant != limits->instant) {
        own->instant = limits->instant;
        own->rounds = 0;
    }
    if (input->kind == INPUT_TIMER) {
        if (input->at_ns < own->second_ns || input->at_ns - own->second_ns >= SECOND_NS) {
            own->second_ns = input->at_ns;
            own->timers = 0;
        }
        if (++own->timers > SESSION_TIMERS_MAX) {
            snprintf(words, sizeof words,
                     "more than %d timers within one second: every() or after() with too short a time",
                     SESSION_TIMERS_MAX);
            engine_fail_as(session->engine, strategy, words);
        }
    }
    if (__builtin_expect(++own->rounds > SESSION_ROUNDS_MAX, 0)) {
        snprintf(words, sizeof words,
                 "more than %d answers and timers at one instant: its orders lead to orders without end",
                 SESSION_ROUNDS_MAX);
        engine_fail_as(session->engine, strategy, words);
    }
}

static bool is_mark(const struct input *input, uint32_t code)
{
    return input->kind == INPUT_FACT && input->event->type == OC_EV_MARK &&
           ((const struct oc_ev_text *)(const void *)input->event)->code == code;
}

static inline oc_rc apply(struct session *session, const struct input *input, bool kept) __attribute__((always_inline));
static inline oc_rc apply(struct session *session, const struct input *input, bool kept)
{
    if (input->kind == INPUT_BARS) {
        engine_close_bars(session->engine, input->at_ns);
        return OC_OK;
    }
    oc_rc rc = engine_input(session->engine, input->event, kept);
    struct session_commands *commands = &session->commands;
    if (is_mark(input, OC_MARK_CLOSE))
        ending_close(session);
    if (input->kind == INPUT_COMMAND && rc == OC_OK && commands->execute)
        commands->was_ok =
            commands->execute(commands->self, (const struct oc_ev_text *)(const void *)input->event, session->reply);
    return rc;
}

/* Positive: the answer may pass. Apart, so that each event does not pay for what it needs on the stack. */
static __attribute__((noinline)) oc_rc judge_answer(struct session *session, const struct oc_event *event)
{
    const char *why = border_refuses(session->engine, event);
    if (__builtin_expect(!why, 1))
        return 1;
    const bool goes_on = border_say(&session->border, why, event) >= 0;
    if (engine_halts(session->engine)) {
        engine_latch(session->engine, 0, ENGINE_HALTED_BY_ALARM);
        border_say_halt(&session->border, session->engine);
    }
    if (goes_on)
        return OC_OK;
    return session_say(session, OC_E_DATA, "sim", "%d answers of the simulator could not be: the run ends: %s",
                       BORDER_REFUSED_MAX, why);
}

static inline void note_market(struct session *session, const struct oc_event *event) __attribute__((always_inline));
static inline void note_market(struct session *session, const struct oc_event *event)
{
    if (session->links.count)
        links_taken(&session->links, event->source);
    session->data.events++;
    session->limits.instant++;
    session->data.inst = event->inst;
    session->data.last = event;
    if (__builtin_expect(!session_has_figures(session), 0) && !(event->flags & OC_EVF_PAST))
        session_begin_figures(session, event);
}

/* What a connector says is judged where it is taken. */
static inline bool is_of_simulator(const struct session *session, const struct oc_event *event)
{
    if (__builtin_expect(!session->links.count, 1))
        return true;
    const bool names_asset =
        event->type == OC_EV_MARK && ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_ASSET;
    return session->venues.is_feed && !names_asset && !venue_link_says(session->links.list[0], event);
}

/* What is more than a point of the data: recorded, handled, and what came of it recorded and sent. */
static __attribute__((noinline)) oc_rc take(struct session *session, const struct input *input)
{
    if (input->kind == INPUT_MARKET) {
        note_market(session, input->event);
    } else if (input->kind == INPUT_ANSWER && is_of_simulator(session, input->event)) {
        oc_rc judged = judge_answer(session, input->event);
        if (__builtin_expect(judged <= 0, 0))
            return judged;
    }
    bool kept = enter(session, input);
    const bool is_book = input->kind == INPUT_MARKET && input->event->type == OC_EV_BOOK; /* shown when it is taken */
    const bool is_seen = (input->kind == INPUT_MARKET && !is_book) ||
                         (session->venues.is_feed && input->kind == INPUT_ANSWER && input->event->type == OC_EV_VENUE);
    oc_rc rc = is_seen ? venues_see(&session->venues, input->at_ns, input->event) : OC_OK;
    if (input->kind == INPUT_FACT)
        rc = rules_take_mark(session, input->event);
    if (rc == OC_OK)
        rc = apply(session, input, kept);
    if (rc == OC_OK && input->kind == INPUT_ANSWER && input->event->type == OC_EV_INSTRUMENT)
        rc = session_show_instrument(session);
    if (is_book)
        book_news_say(session->engine, input->event);
    if (is_book && rc == OC_OK)
        rc = venues_see(&session->venues, input->at_ns, input->event);
    if (input->kind == INPUT_ANSWER || input->kind == INPUT_TIMER)
        look_at_limits(session, input);
    come_to(session, input);
    if (__builtin_expect(session->lost < 0, 0))
        return session->lost;
    if (input->kind == INPUT_MARKET)
        session->pace.ended = 0;
    else if (input->kind != INPUT_BARS)
        ending_pass(session, input->event);
    return rc == OC_OK && input->kind == INPUT_FACT ? ending_step(session, input->event) : rc;
}

/* One input, from the door to the venues and the watchers. Positive: the run is to end. */
oc_rc session_step(struct session *session, const struct input *input)
{
    session->clock.now_ns = input->at_ns;
    if (input->kind != INPUT_ANSWER)
        venues_end_round(&session->venues);
    if (input->kind == INPUT_OPEN)
        return venues_see(&session->venues, input->at_ns, input->event);
    return take(session, input);
}

oc_rc session_fact(struct session *session, struct oc_event *event)
{
    struct input input = {.kind = INPUT_FACT, .at_ns = event->local_ns, .event = event};
    return session_step(session, &input);
}

__attribute__((cold)) oc_rc session_finish_step(struct session *session, const struct oc_event *event)
{
    uint32_t kind = event->type == OC_EV_COMMAND   ? INPUT_COMMAND
                    : event->type == OC_EV_MARK    ? INPUT_FACT
                    : event->type == OC_EV_TIMER   ? INPUT_TIMER
                    : event_is_market(event->type) ? INPUT_MARKET
                                                   : INPUT_ANSWER;
    /* it is recorded already: nothing is written into it */
    struct input input = {.kind = kind, .at_ns = event->local_ns, .event = (struct oc_event *)(uintptr_t)event};
    session->clock.now_ns = event->local_ns;
    if (kind == INPUT_MARKET)
        note_market(session, event);
    oc_rc rc = apply(session, &input, true);
    if (rc == OC_OK && event->type == OC_EV_BOOK)
        rc = venues_see(&session->venues, input.at_ns, event);
    if (rc == OC_OK && event->type == OC_EV_INSTRUMENT)
        rc = session_show_instrument(session);
    come_to(session, kind == INPUT_MARKET ? &input : NULL);
    ending_pass(session, event);
    if (rc == OC_OK && kind == INPUT_FACT)
        rc = ending_step(session, event);
    return rc > 0 ? (oc_rc)OC_OK : rc;
}

/* Apart, so that each event does not pay for what it needs on the stack. */
static __attribute__((noinline)) void start_checkpoint(struct session *session)
{
    const char *why = "";
    oc_rc rc = door_checkpoint_poll(session->door, &why);
    if (rc == OC_OK)
        rc = gap_checkpoint(session);
    const char *rule = rc < 0 ? engine_unsaved_rule(session->engine) : NULL;
    if (rule && rc != OC_E_AGAIN)
        log_warning(
            "journal",
            "no checkpoint was written: the risk rule %s saves more than %d bytes, or its save() failed: a restart "
            "will take longer",
            rule, ENGINE_RULE_STATE_MAX);
    else if (rc < 0 && rc != OC_E_AGAIN && rc != OC_E_IO) /* a failed journal has been told */
        log_warning("journal", "no checkpoint was written: %s: a restart will take longer%s%s", error_name(rc),
                    why[0] ? ": " : "", why);
}

/* A checkpoint is due by count of events, and not more often than once a second. */
static void look_at_checkpoint(struct session *session)
{
    struct session_journal *journal = &session->journal;
    if (!journal->checkpoint || ++journal->since_checkpoint < CHECKPOINT_EVENTS)
        return;
    journal->since_checkpoint = 0;
    int64_t now_ns = env_clock_mono();
    if (now_ns - journal->checkpoint_ns < CHECKPOINT_NS)
        return;
    journal->checkpoint_ns = now_ns;
    start_checkpoint(session);
}

static oc_rc take_rest(struct session *session, int64_t answers_ns, int64_t timers_ns)
{
    struct input input;
    oc_rc rc = OC_OK;
    while (rc >= 0 && inbox_peek_rest(session->inbox, answers_ns, timers_ns, &input) == OC_OK) {
        rc = inbox_take(session->inbox, &input);
        if (rc == OC_OK && input.kind != INPUT_NONE)
            rc = session_step(session, &input);
        if (interrupt_count() > 0)
            break;
    }
    return rc;
}

/* Once for many events: what costs nothing to find out later. */
static void look_around(struct session *session)
{
    enum { EVENTS = 256 };
    if (session->data.events % EVENTS == 0 && interrupt_take_hangup())
        log_warning("session", "the terminal has hung up: going on; SIGTERM ends it");
}

/* What a venue says at the very instant of a market event comes before whoever waits for that instant to be over. */
static __attribute__((noinline)) oc_rc take_said(struct session *session, int64_t at_ns)
{
    struct input input;
    oc_rc rc = inbox_next_market(session->inbox);
    while (rc == OC_OK && inbox_peek(session->inbox, &input) == OC_OK && input.kind == INPUT_ANSWER &&
           input.at_ns <= at_ns) {
        rc = inbox_take(session->inbox, &input);
        if (rc == OC_OK && input.kind != INPUT_NONE)
            rc = session_step(session, &input);
    }
    return rc;
}

/* A market event was handled: first what comes of it at its own instant, then whoever waits for that, then the next event. */
static inline oc_rc finish_market(struct session *session, const struct input *market) __attribute__((always_inline));
static inline oc_rc finish_market(struct session *session, const struct input *market)
{
    const uint64_t seq = market->event->seq;
    const int64_t at_ns = market->at_ns;
    if (venues_next_ns(&session->venues) <= at_ns || engine_next_ns(session->engine) < at_ns) {
        oc_rc rc = take_rest(session, at_ns, at_ns - 1);
        if (rc < 0)
            return rc;
    }
    if (__builtin_expect(session->links.count != 0, 0)) {
        oc_rc rc = take_said(session, at_ns);
        if (rc < 0)
            return rc;
    }
    watchers_rest(&session->watchers);
    door_progress(session->door, seq, inbox_index(session->inbox));
    look_at_checkpoint(session);
    look_around(session);
    return inbox_next_market(session->inbox);
}

__attribute__((cold)) oc_rc session_finish_market(struct session *session, const struct oc_event *event)
{
    struct input input = {.kind = INPUT_MARKET, .at_ns = event->local_ns, .event = (struct oc_event *)(uintptr_t)event};
    inbox_passed(session->inbox, 1, event->local_ns);
    return finish_market(session, &input);
}

/* A paced session: waits until the market may go on to its next point. Positive: the run is to end. */
static __attribute__((noinline)) oc_rc wait_for_market(struct session *session)
{
    struct input next;
    oc_rc rc = inbox_peek(session->inbox, &next);
    if (rc != OC_OK)
        return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc;
    int64_t at_ns = inbox_market_ns(session->inbox);
    if (__builtin_expect(session->links.count != 0, 0) && next.at_ns < at_ns)
        at_ns = next.at_ns; /* what a venue says by itself has its time, as a price has */
    const bool is_due = at_ns <= session->pace.granted_ns || at_ns <= inbox_now(session->inbox);
    if (at_ns == INT64_MAX || (is_due && !session->pace.is_within))
        return OC_OK;
    rc = pace_wait(session, at_ns);
    session->pace.is_within = false;
    if (rc == OC_OK)
        session->pace.granted_ns = at_ns;
    return rc;
}

static oc_rc look_at_links(struct session *session)
{
    struct error error;
    oc_rc rc = links_stalled(&session->links, &error);
    return rc < 0 ? session_fail(session, &error) : rc;
}

static inline oc_rc let_market(struct session *session)
{
    return session->pace.speed > 0 || session->pace.host.turn ? wait_for_market(session) : (oc_rc)OC_OK;
}

static oc_rc next_input(struct session *session, struct input *input)
{
    oc_rc rc = let_market(session);
    if (rc != OC_OK)
        return rc;
    rc = inbox_next(session->inbox, input);
    while (rc == OC_E_AGAIN) {       /* sources have nothing yet */
        if (interrupt_count() > 0) { /* however long they have nothing */
            session->pace.by_hand = true;
            return 1;
        }
        rc = session->links.count ? look_at_links(session) : OC_OK;
        if (rc == OC_OK)
            rc = pace_wait(session, INT64_MAX);
        else if (rc > 0)
            rc = let_market(session); /* a venue has gone on, or the records of a replay do */
        if (rc == OC_OK)
            rc = inbox_next(session->inbox, input);
    }
    return rc;
}

static oc_rc run(struct session *session)
{
    for (;;) {
        struct input input;
        session->pace.by_hand |= interrupt_count() > 0;
        if (session->pace.by_hand || session->pace.is_stopping)
            return 1;
        if (__builtin_expect(session->journal.has_gap || door_failed(session->door), 0))
            gap_look(session);
        oc_rc rc = next_input(session, &input);
        if (rc == OC_OK && input.kind != INPUT_NONE)
            rc = session_step(session, &input);
        if (rc == OC_OK && input.kind == INPUT_MARKET)
            rc = finish_market(session, &input);
        if (rc != OC_OK)
            return rc;
    }
}

oc_rc session_run(struct session *session)
{
    oc_rc rc = run(session);
    if (rc == OC_E_END)
        return OC_OK;
    if (rc > 0)
        return OC_E_AGAIN;
    struct error differs;
    if (links_differ(&session->links, &differs))
        return session_fail(session, &differs);
    for (uint32_t i = 0; i < session->data.count + session->data.intrabar_count; i++)
        if (error_is_set(&session->data.sources[i].error)) {
            (void)session_fail(session, &session->data.sources[i].error); /* the run's own code is returned */
            return rc;
        }
    if (door_failed(session->door))
        return session_say(session, rc, "the run", "it ended early: %s: %s", error_name(rc), door_error(session->door));
    return session_fail_code(session, rc, "the run", "it ended early");
}

bool session_command(struct session *session, const char *text, size_t size, struct text *reply)
{
    size_t padded = (sizeof(struct oc_ev_text) + size + 7) & ~(size_t)7;
    struct oc_ev_text *event = padded <= OC_EVENT_MAX ? calloc(1, padded) : NULL;
    if (!event) {
        json_refusal(reply, "TOO_LONG", "the command does not fit a record");
        return false;
    }
    const int64_t at_ns = session->pace.command_ns;
    struct input input = {.kind = INPUT_COMMAND, .at_ns = at_ns, .event = &event->head};
    oc_rc rc = session_catch_up(session, at_ns);
    event->head =
        (struct oc_event){.size = (uint32_t)padded, .type = OC_EV_COMMAND, .venue_ns = at_ns, .local_ns = at_ns};
    event->code = 1;
    event->text_size = (uint32_t)size;
    memcpy(event + 1, text, size);
    const uint64_t missed_before = session->journal.missed;
    session->commands.was_ok = false;
    session->reply = reply;
    if (rc == OC_OK)
        rc = session_step(session, &input);
    session->reply = NULL;
    free(event);
    if (rc < 0)
        json_refusal(reply, "FAILED", "the command was not carried out: %s", error_name(rc));
    else if (session->journal.missed != missed_before && session->commands.was_ok)
        json_refusal(reply, ENGINE_JOURNAL_FAILED,
                     "it could not be recorded: what cancels or closes was carried out, nothing else: %s",
                     door_error(session->door));
    else
        return session->commands.was_ok;
    return false;
}

int64_t session_rest_ns(const struct session *session)
{
    int64_t answer_ns = venues_next_ns(&session->venues), timer_ns = engine_next_ns(session->engine);
    return answer_ns < timer_ns ? answer_ns : timer_ns;
}

oc_rc session_catch_up(struct session *session, int64_t at_ns) { return take_rest(session, at_ns, at_ns); }
oc_rc session_drain_answers(struct session *session, int64_t at_ns) { return take_rest(session, at_ns, INT64_MIN); }
