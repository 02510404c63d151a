#include "serve/console_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/version.h"
#include "serve/session_lists.h"
#include "session/arming.h"
#include "session/interrupt.h"
#include "tell/channel.h"

enum { WAIT_NS = 50000000, LATCH_SAID_NS = 1000000000 };

/* Another process has asked for a kill: a command of the session, as from a console. Where it could not be carried out it is asked for
 * still, and nothing that adds risk leaves. */
static __attribute__((noinline)) void take_latch(struct console_host *host, int64_t at_ns)
{
    struct session *session = host->session;
    struct latch_asks asks;
    struct text reply;
    char by[LATCH_BY_MAX], words[LATCH_BY_MAX + 32];
    const enum latch_what what = latch_look(&session->latch, by, &asks);
    const int size = snprintf(words, sizeof words, "kill\t%s\tby=%s", latch_name(what), by);
    text_init_grow(&reply, COMMAND_LINE_MAX);
    session->pace.command_ns = pace_now(session, at_ns);
    if (session_command(session, words, (size_t)size, &reply) || session->commands.was_ok) {
        latch_take(&session->latch, &asks);
        log_error("console", "killed by %s (%s): nothing is opened until unkill: %s", by, latch_name(what), reply.data);
    } else if (env_clock_mono() >= host->latch_said_ns) {
        host->latch_said_ns = env_clock_mono() + LATCH_SAID_NS;
        log_error("console", "a kill by %s (%s) could not be carried out, and is tried again: %s", by, latch_name(what),
                  reply.data);
    }
    text_release(&reply);
}

/* Answers whoever asks. True: the session is to end. */
static bool serve(struct console_host *host, int64_t at_ns)
{
    struct pace *pace = &host->session->pace;
    if (latch_is_asked(&host->session->latch))
        take_latch(host, at_ns);
    watch_look(&host->watch);
    if (host->look)
        host->look(host->look_self);
    if (!host->server)
        return interrupt_count() > 0;
    if (console_server_is_asked(host->server)) {
        pace->command_ns = pace_now(host->session, at_ns);
        console_service_turn(host->service);
    }
    if (host->has_own && !console_server_has_own(host->server))
        pace->by_hand = true;
    return interrupt_count() > 0 || pace->by_hand;
}

static oc_rc turn(void *self, int64_t at_ns)
{
    struct console_host *host = self;
    struct pace *pace = &host->session->pace;
    if (host->rewind.turn)
        host->rewind.turn(host->rewind.self, at_ns);
    if (serve(host, at_ns))
        return 1;
    if (console_service_is_pressed(host->service) && host->session->links.loop) {
        console_service_answer_waiting(host->service, true); /* nothing stops the clock */
    } else if (console_service_is_pressed(host->service)) {  /* Ctrl-C, and another line: stop here */
        pace_stop(pace);
        if (host->rewind.stop)
            host->rewind.stop(host->rewind.self);
    }
    return OC_OK;
}

static void idle(void *self)
{
    struct console_host *host = self;
    if (console_service_is_waiting(host->service))
        console_service_answer_waiting(host->service, true);
}

static void wait_for(void *self, int64_t ns)
{
    struct console_host *host = self;
    if (host->server)
        console_server_wait(host->server, ns);
    else
        env_sleep(ns);
}

static void record(struct console_host *host, const struct oc_event *event)
{
    console_service_record(host->service, event);
    if (event->type != OC_EV_REQUEST && event->type != OC_EV_FILL)
        return;
    if (host->rewind.mark)
        host->rewind.mark(host->rewind.self, event);
    pace_stepped(&host->session->pace, event->type == OC_EV_FILL ? PACE_FILLS : PACE_ORDERS);
}

/* A fill that a venue says again: nothing has happened. */
static bool is_known_fill(const struct input *input, const struct engine_out *out)
{
    bool is_known = false;
    for (uint32_t i = 0; i < out->note_count; i++)
        is_known |= out->notes[i].kind == NOTE_DUPLICATE;
    return is_known && input->event->type == OC_EV_FILL;
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct console_host *host = self;
    if (input && input->kind == INPUT_MARKET) {
        console_service_market(host->service, input->event);
        pace_stepped(&host->session->pace, PACE_EVENTS);
        pace_passed(&host->session->pace, input->at_ns);
    } else if (input && input->event && input->kind != INPUT_BARS && input->kind != INPUT_COMMAND &&
               !is_known_fill(input, out)) {
        record(host, input->event);
    }
    for (uint32_t i = 0; i < out->entry_count; i++) {
        const struct out_entry *entry = &out->entries[i];
        record(host, out_record(out, entry));
        if (entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied) {
            struct oc_ev_denied denial = out_denial(&out->requests[entry->at]);
            record(host, &denial.head);
        }
    }
}

static void told(void *self, uint32_t kind, const struct text *json)
{
    struct console_host *host = self;
    console_service_tell(host->service, kind == TOLD_STRATEGY ? TELL_STRATEGY : TELL_SESSION, json);
}

void console_host_linger(struct console_host *host)
{
    if (!host->service)
        return;
    struct pace *pace = &host->session->pace;
    pace->is_ended = true;
    if (host->server && host->has_own && !pace->by_hand) {
        struct text json;
        char bytes[64];
        text_init_fixed(&json, bytes, sizeof bytes);
        text_put(&json, "{\"what\":\"the feed has ended\"}");
        console_service_tell(host->service, TELL_SESSION, &json);
    }
    console_service_answer_waiting(host->service, true);
    while (host->server && host->has_own && !serve(host, INT64_MAX))
        console_server_wait(host->server, WAIT_NS);
}

/* What the service asks. */

static void host_status(void *self, struct console_service_status *ret_status)
{
    struct console_host *host = self;
    struct session *session = host->session;
    *ret_status = (struct console_service_status){
        .mode = session->label,
        .session = settings_text(session->settings, "session.dir", NULL),
        .version = OUTCRY_VERSION,
        .currency = instruments_asset_name(engine_instruments(session->engine), session->money.base),
        .seq = door_seq(session->door),
        .events = session->data.events,
        .now_ns =
            session->clock.now_ns > engine_now(session->engine) ? session->clock.now_ns : engine_now(session->engine),
        .start = session->money.start + engine_outside(session->engine),
        .speed = session->pace.speed,
        .is_live = host->is_rehearsal,
        .is_rehearsed_only = session->is_rehearsed_only,
        .is_paused = session->pace.is_paused,
        .is_ended = session->pace.is_ended,
        .clock_ns = session->inbox ? pace_now(session, INT64_MAX) : 0,
        .by_clock = session->links.loop != NULL,
        .at_venue = session->links.count && !session->venues.is_feed};
    ret_status->strategies = strategies_loaded(host->strategies);
    const struct tell_counts counts = tell_counts(host->tell);
    ret_status->told = counts.sent;
    ret_status->not_told = counts.failed;
    ret_status->told_dropped = counts.dropped;
}

static bool host_command(void *self, const char *text, size_t size, struct text *reply)
{
    return session_command(((struct console_host *)self)->session, text, size, reply);
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
    pace_from(&session->pace, session->pace.command_ns);
    session->pace.speed = speed;
    return OC_OK;
}

/* Without an open order and a strategy nothing comes of waiting, and an endless feed never ends. */
static bool can_trade_itself(const struct console_host *host)
{
    return host->is_recorded || strategies_loaded(host->strategies) > 0 ||
           orders_open_count(engine_orders(host->session->engine)) > 0;
}

static oc_rc control_until(const struct console_host *host, uint32_t kind, uint64_t count, struct text *reply)
{
    if (kind != PACE_EVENTS && kind != PACE_TIME && !can_trade_itself(host))
        return refuse(reply, "NOTHING_TO_WAIT_FOR",
                      "no order is open and no strategy is loaded: nothing would come of it");
    return control_step(host->session, kind, count);
}

/* All venues that are reached over the network, or the one that is named. */
static oc_rc control_reconcile(struct session *session, const struct command_words *words, struct text *reply)
{
    const char *wanted = words->count > 1 ? words->fields[1] : NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < session->links.count; i++) {
        struct venue_link *link = session->links.list[i];
        if (!link->net || !link->table || (wanted && strcmp(link->name, wanted) != 0))
            continue;
        if (io_venue_reconcile(&link->venue) < 0)
            return refuse(reply, "NOT_SUPPORTED", "its connector has no question about an account or an order");
        count++;
    }
    if (count)
        return OC_OK;
    return wanted && session->links.loop
               ? refuse(reply, "UNKNOWN_VENUE", "no venue of that name: `venues` lists them")
               : refuse(reply, "NOT_HERE", "only a venue that is reached over the network is compared");
}

static oc_rc host_control(void *self, const struct command_words *words, struct text *reply)
{
    struct console_host *host = self;
    struct session *session = host->session;
    struct pace *pace = &session->pace;
    const char *word = words->fields[0];
    if (host->rewind.control && (strcmp(word, "back") == 0 || strcmp(word, "to") == 0))
        return host->rewind.control(host->rewind.self, words, reply);
    if (pace->is_ended)
        return refuse(reply, "FEED_ENDED", "the feed has ended");
    if (strcmp(word, "stop") == 0) {
        if (host->is_recorded)
            return refuse(reply, "NOT_HERE", "this is a recording: quit leaves it");
        pace->by_hand = pace->by_stop = true;
        return OC_OK;
    }
    if (strcmp(word, "reconcile") == 0)
        return control_reconcile(session, words, reply);
    if (session->links.loop)
        return refuse(reply, "NOT_SUPPORTED",
                      "a session on the network goes with the clock: it has no speed, pause or step");
    if (strcmp(word, "pause") == 0) {
        pace->is_paused = true;
        return OC_OK;
    }
    if (strcmp(word, "go") == 0) {
        pace_from(pace, pace->command_ns);
        pace->is_paused = false;
        return OC_OK;
    }
    if (strcmp(word, "speed") == 0)
        return control_speed(session, words, reply);
    if (strcmp(word, "until_fill") == 0)
        return control_until(host, PACE_FILLS, 1, reply);
    if (strcmp(word, "step") == 0) {
        static const char *const kinds[] = {"events", "orders", "fills"};
        int64_t count = 1, span_ns;
        uint32_t kind = 0;
        const char *first = words->count > 1 ? words->fields[1] : "1";
        const bool is_count = text_to_int(first, strlen(first), &count) >= 0;
        if (!is_count && words->count == 2 && text_to_duration(first, strlen(first), &span_ns) >= 0 && span_ns > 0 &&
            !__builtin_add_overflow(pace->command_ns, span_ns, &pace->until_ns))
            return control_until(host, PACE_TIME, 1, reply);
        if (!is_count || count < 1)
            return refuse(reply, "BAD_STEP", "expected a count of 1 or more, or a time: step 10 events, step 1h");
        while (words->count > 2 && kind < 3 && strcmp(kinds[kind], words->fields[2]) != 0)
            kind++;
        if (kind == 3)
            return refuse(reply, "BAD_STEP", "expected events, orders or fills");
        return control_until(host, PACE_EVENTS + kind, (uint64_t)count, reply);
    }
    return refuse(reply, "NOT_HERE", "going back is for recorded sessions: outcry replay SESSION --console");
}

static bool host_day(void *self, bool saves, struct console_service_day *day)
{
    struct latch_page *page = ((struct console_host *)self)->session->latch.page;
    if (page && saves) {
        page->day = 0; /* half of it is none of it */
        page->day_from_ns = day->from_ns;
        page->day_profit_low = (uint64_t)day->profit;
        page->day_profit_high = (uint64_t)(day->profit >> 64);
        page->day = day->day;
    } else if (page) {
        day->day = page->day;
        day->from_ns = page->day_from_ns;
        day->profit = (oc_i128)(int64_t)page->day_profit_high * ((oc_i128)1 << 64) + (oc_i128)page->day_profit_low;
    }
    return page != NULL;
}

static struct kept_alert *host_kept_alerts(void *self)
{
    struct latch_page *page = ((struct console_host *)self)->session->latch.page;
    return page ? page->alerts : NULL;
}

static void host_alerted(void *self, const char *words) { watch_by_hand(&((struct console_host *)self)->watch, words); }

static const char *watched_name(void *self, uint32_t strategy)
{
    const char *name = strategies_name(((struct console_host *)self)->strategies, strategy);
    return name ? name : "a strategy";
}

static bool host_steer(void *self, const struct command_words *words, struct text *reply)
{
    return strategies_steer(((struct console_host *)self)->strategies, words, reply);
}

static bool host_prepare(void *self, struct command_words *words, struct text *reply)
{
    return strategies_prepare(((struct console_host *)self)->strategies, words, reply);
}

static const char *host_strategy_name(void *self, uint32_t strategy)
{
    return strategies_name(((struct console_host *)self)->strategies, strategy);
}

static bool host_origin(void *self, uint64_t order, uint32_t strategy, struct console_service_origin *ret_origin)
{
    const struct strategy_slot *slot = strategies_find(((struct console_host *)self)->strategies, strategy);
    struct strategy_origin origin;
    if (!slot || !strategy_origin(slot->strategy, order, &origin))
        return false;
    *ret_origin = (struct console_service_origin){strategy_name(slot->strategy), origin.callback, origin.file,
                                                  origin.source, origin.line};
    return true;
}

static bool host_fee_rate(void *self, bool is_maker, struct oc_dec *ret_rate)
{
    struct session *session = ((const struct console_host *)self)->session;
    *ret_rate = (struct oc_dec){0, 0, 0};
    if (session->links.count && !session->venues.is_feed) /* each account has its own */
        return false;
    const struct venue *venue = venues_of(&session->venues, session->money.account);
    if (venue && venue->is_foreign) {
        *ret_rate = portfolio_account(engine_portfolio(session->engine), session->money.account)->terms.fee;
        return OC_HAS(venue->table, terms) && venue->table->terms;
    }
    (void)settings_dec(session->settings, is_maker ? "sim.paper.maker_fee" : "sim.paper.taker_fee", ret_rate);
    return true; /* where it is not set, nothing is taken */
}

static struct oc_dec host_half_spread(void *self)
{
    const struct session *session = ((const struct console_host *)self)->session;
    const char *profile = settings_text(session->settings, "sim.paper.profile", "neutral");
    struct oc_dec share = {strcmp(profile, "ideal") == 0 || session->links.count ? 0 : 1, 4,
                           0}; /* the simulator's own default */
    if (session->links.count)
        return share;
    (void)settings_dec(session->settings, "sim.paper.half_spread", &share); /* the default where it is not set */
    return share;
}

static bool execute(void *self, const struct oc_ev_text *command, struct text *reply)
{
    struct console_host *host = self;
    console_service_record(host->service, &command->head); /* what it asks for has it as its cause */
    return console_service_execute(host->service, command, reply);
}

static oc_rc open_host(void *self, struct session *session)
{
    struct console_host *host = self;
    struct oc_dec ask_above = {0, 0, 0};
    oc_rc rc = settings_dec(session->settings, "console.ask_above", &ask_above);
    if (rc == OC_OK || rc == OC_E_NOT_FOUND)
        rc = settings_boolean(session->settings, "console.rehearse_live", &host->is_rehearsal);
    int64_t zone_ns = 0;
    if (rc == OC_OK || rc == OC_E_NOT_FOUND)
        rc = tell_zone(session->settings, &zone_ns);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, &session->settings->error);
    host->strategies->grants_opened = arming_is_set(session->settings);
    host->is_rehearsal |= host->strategies->grants_opened;
    host->strategies->grants_nothing = host->is_rehearsal;
    host->strategies->is_shown = true;
    host->table = (struct console_service_host){.self = host,
                                                .status = host_status,
                                                .command = host_command,
                                                .control = host_control,
                                                .steer = host_steer,
                                                .prepare = host_prepare,
                                                .list = session_lists,
                                                .origin = host_origin,
                                                .strategy_name = host_strategy_name,
                                                .fee_rate = host_fee_rate,
                                                .half_spread = host_half_spread,
                                                .day = host_day,
                                                .kept_alerts = host_kept_alerts,
                                                .alerted = host_alerted};
    struct console_service_config config = {.engine = session->engine,
                                            .server = host->server,
                                            .host = &host->table,
                                            .account = session->money.account,
                                            .zone_ns = zone_ns,
                                            .ask_above = ask_above};
    rc = console_service_new(&config, &host->service);
    host->watch.strategy_name = watched_name;
    host->watch.self = host;
    if (rc == OC_OK)
        rc = watch_open(&host->watch, session, host->tell);
    if (rc < 0)
        return rc;
    session->commands.self = host;
    session->commands.execute = execute;
    session->pace.host = (struct pace_host){host, turn, idle, wait_for};
    if (session->links.loop && host->server &&
        net_loop_also(session->links.loop, console_server_asks(host->server)) < 0)
        return OC_E_NOMEM;
    return watchers_add(&session->watchers, &(struct watcher){.self = host, .note = note, .told = told});
}

static void close_host(void *self, struct session *session)
{
    struct console_host *host = self;
    session->pace.host = (struct pace_host){0};
    if (session->links.loop && net_loop_also(session->links.loop, NULL) < 0)
        log_warning("console", "the network still waits for it");
    if (host->service)
        console_service_free(host->service);
    host->service = NULL;
}

void console_host_add_stage(struct console_host *host, struct session *session, struct strategies *strategies)
{
    host->session = session;
    host->strategies = strategies;
    session_add_stage(session, &(struct session_stage){"console", host, open_host, close_host});
}
