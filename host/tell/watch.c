#include "tell/watch.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/why.h"
#include "io/venue_health.h"
#include "session/protection.h"
#include "session/resync_words.h"

enum { BARE_LOOKS = 5 }; /* a stop is replaced within so many seconds, or that is told */
#define LOOK_NS     1000000000ll
#define BARE_SAY_NS 3600000000000ll /* and again, until it is mended */

static const char *symbol_of(const struct watch *watch, uint32_t inst)
{
    const struct instruments *instruments = engine_instruments(watch->session->engine);
    const struct instrument *instrument = inst ? instruments_get(instruments, inst) : NULL;
    return instrument ? instruments_name(instruments, instrument) : "";
}

static const char *account_of(const struct watch *watch, uint32_t id)
{
    const struct account *account = portfolio_account(engine_portfolio(watch->session->engine), id);
    return account && account->venue[0] ? account->venue : account ? account->name : "?";
}

static void told_of_order(struct watch *watch, const struct oc_ev_answer *answer)
{
    char name[TEXT_ORDER_MAX];
    const char *symbol = symbol_of(watch, answer->head.inst);
    text_order(answer->order, name);
    if (answer->head.type == OC_EV_UNKNOWN)
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_UNKNOWN, name,
                 "order %s in %s: nobody knows what became of it (%s): it is asked about", name, symbol,
                 why_of(answer));
    else
        tell_say(watch->tell, NOTICE_WARNING, NOTICE_REFUSED, why_of(answer),
                 "order %s in %s was refused by the venue: %s", name, symbol, why_of(answer));
}

static void told_of_venue(struct watch *watch, uint32_t account)
{
    const struct statement *statement = engine_statement(watch->session->engine);
    const struct account_statement *of = statement_of(statement, account);
    const uint32_t state = statement_state(statement, account, OC_PART_TRADING), before = watch->states[account];
    if (state == before)
        return;
    watch->states[account] = state;
    const char *name = account_of(watch, account);
    if (state == OC_VENUE_READY && before)
        tell_say(watch->tell, NOTICE_INFO, NOTICE_DISCONNECT, name, "%s is ready", name);
    else if (state == OC_VENUE_DENIED)
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_DISCONNECT, name, "%s refuses the key: %s", name,
                 of ? why_name(of->states[OC_PART_TRADING].why) : "?");
    else if (before == OC_VENUE_READY || (before && state == OC_VENUE_DOWN)) /* from bad to worse, too */
        tell_say(watch->tell, state == OC_VENUE_DOWN ? NOTICE_ALARM : NOTICE_WARNING, NOTICE_DISCONNECT, name,
                 "%s is %s", name, statement_state_name(state));
}

static void told_of_input(struct watch *watch, const struct oc_event *event)
{
    switch (event->type) {
    case OC_EV_UNKNOWN:
    case OC_EV_REJECTED:
        if (event->size >= sizeof(struct oc_ev_answer))
            told_of_order(watch, (const struct oc_ev_answer *)(const void *)event);
        break;
    case OC_EV_VENUE:
        if (event->source && event->source <= ENGINE_ACCOUNTS_MAX)
            told_of_venue(watch, event->source);
        break;
    default:
        break;
    }
}

static void told_of_note(struct watch *watch, const struct out_note *note)
{
    char name[TEXT_ORDER_MAX];
    if (note->kind == NOTE_ALARM)
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_DIFFERENCE, note->words, "%s (order %s)", note->words,
                 text_order(note->order, name));
    else if (note->kind == NOTE_ADOPTED)
        tell_say(watch->tell, NOTICE_WARNING, NOTICE_EXTERNAL, account_of(watch, note->source),
                 "an order of another hand in %s at %s: it is shown, and not touched", symbol_of(watch, note->inst),
                 account_of(watch, note->source));
    else if (note->kind == NOTE_SUSPENDED)
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_STRATEGY, watch->strategy_name(watch->self, note->strategy),
                 "%s is suspended: it does not trade any more", watch->strategy_name(watch->self, note->strategy));
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct watch *watch = self;
    if (input && input->kind == INPUT_MARKET)
        watch->fed_ns = -1; /* now: the clock is read when it is looked at */
    else if (input && input->event && input->kind == INPUT_ANSWER)
        told_of_input(watch, input->event);
    for (uint32_t i = 0; i < out->note_count; i++)
        told_of_note(watch, &out->notes[i]);
    for (uint32_t i = 0; i < out->request_count; i++) {
        const struct out_request *request = &out->requests[i];
        char name[TEXT_ORDER_MAX];
        if (request->is_denied)
            tell_say(watch->tell, NOTICE_WARNING, NOTICE_REFUSED, request->refusal.reason,
                     "order %s in %s was refused by %s: %s", text_order(request->request.order, name),
                     symbol_of(watch, request->request.head.inst), request->refusal.rule, request->refusal.reason);
    }
}

/* Once a second. */

static void look_at_feed(struct watch *watch, int64_t now_ns)
{
    if (watch->fed_ns == -1 || !watch->fed_ns)
        watch->fed_ns = now_ns;
    const bool is_stale = watch->session->links.loop &&
                          watch->stale_ns && /* what is read of a file is as old as it says */
                          now_ns - watch->fed_ns > watch->stale_ns;
    if (is_stale && !watch->is_stale)
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_FEED, "", "no price for %lld s",
                 (long long)((now_ns - watch->fed_ns) / 1000000000));
    else if (!is_stale && watch->is_stale)
        tell_say(watch->tell, NOTICE_INFO, NOTICE_FEED, "", "prices come again");
    watch->is_stale = is_stale;
}

static void look_at_latch(struct watch *watch)
{
    const char *reason = NULL;
    const uint32_t count = portfolio_account_count(engine_portfolio(watch->session->engine));
    for (uint32_t id = 0; id <= count && !reason; id++)
        reason = engine_latched(watch->session->engine, id);
    if (reason && !watch->was_latched)
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_LATCH, reason, "halted: %s: nothing is opened until `unkill`",
                 reason);
    else if (!reason && watch->was_latched)
        tell_say(watch->tell, NOTICE_INFO, NOTICE_LATCH, "", "orders are let through again");
    watch->was_latched = reason != NULL;
}

static double fullest(const struct io_health *health)
{
    double most = 0;
    for (uint32_t i = 0; i < health->limit_count; i++)
        if (health->limits[i].max) {
            const double share = (double)health->limits[i].used / (double)health->limits[i].max;
            most = share > most ? share : most;
        }
    return most;
}

static void look_at_venues(struct watch *watch)
{
    const struct links *links = &watch->session->links;
    for (uint32_t i = 0; i < links->count; i++) {
        const struct venue_link *link = links->list[i];
        struct io_health health;
        if (!link->table || !link->net)
            continue;
        io_venue_health(&link->venue, &health);
        watch->was_clock_good[i] |= health.is_clock_good;
        const bool is_bad = watch->was_clock_good[i] && !health.is_clock_good;
        const bool is_near = fullest(&health) >= watch->limit_share;
        if (is_bad != watch->is_clock_bad[i])
            tell_say(watch->tell, is_bad ? NOTICE_ALARM : NOTICE_INFO, NOTICE_CLOCK, link->name,
                     is_bad ? "the clock of %s is not known well enough: nothing that is signed by time is sent"
                            : "the clock of %s is known again",
                     link->name);
        if (is_near && !watch->is_limit_near[i])
            tell_say(watch->tell, NOTICE_WARNING, NOTICE_LIMIT, link->name, "%s: %.0f %% of a limit are used",
                     link->name, fullest(&health) * 100);
        watch->is_clock_bad[i] = is_bad;
        watch->is_limit_near[i] = is_near;
    }
}

/* A position whose stop was there and is not: its host or its venue has lost it, or somebody took it back; or one whose entry was given a
 * stop that does not stand for all of it. */
static void look_at_protection(struct watch *watch)
{
    const struct portfolio *portfolio = engine_portfolio(watch->session->engine);
    for (uint32_t i = 0; i < portfolio_book_count(portfolio) && i < WATCH_BOOKS_MAX; i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        const struct protection protection = protection_of(watch->session->engine, position, true);
        const int64_t held = protection.held < 0 ? -protection.held : protection.held;
        const bool is_whole = held && protection.stopped >= held;
        if (!held || is_whole) {
            if (watch->is_bare[i] && is_whole)
                tell_say(watch->tell, NOTICE_INFO, NOTICE_UNPROTECTED, symbol_of(watch, position->inst),
                         "%s is protected again", symbol_of(watch, position->inst));
            watch->was_protected[i] = is_whole; /* what comes behind a flat position is asked for anew */
            watch->is_bare[i] = false;
            watch->bare[i] = 0;
            continue;
        }
        watch->was_protected[i] |= protection.has_leg;
        const bool is_said = watch->is_bare[i] && watch->look_ns < watch->bare_ns[i] + BARE_SAY_NS;
        if (!watch->was_protected[i] || is_said || ++watch->bare[i] < BARE_LOOKS)
            continue;
        watch->is_bare[i] = true;
        watch->bare_ns[i] = watch->look_ns;
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_UNPROTECTED, symbol_of(watch, position->inst),
                 protection.stopped ? "%s: only a part of a %s position has its stop"
                                    : "%s: the stop of a %s position is not there any more",
                 symbol_of(watch, position->inst), protection.held > 0 ? "long" : "short");
    }
}

static struct watch_resync *resync_place(struct watch *watch, const struct engine_resync *resync)
{
    struct watch_resync *room = NULL;
    for (uint32_t i = 0; i < WATCH_RESYNCS_MAX; i++) {
        struct watch_resync *place = &watch->resyncs[i];
        if (place->strategy == resync->strategy && place->inst == resync->inst && place->at_ns == resync->at_ns)
            return place;
        if (!place->strategy && !room)
            room = place;
    }
    if (room)
        *room = (struct watch_resync){.strategy = resync->strategy, .inst = resync->inst, .at_ns = resync->at_ns};
    return room;
}

static void tell_resync(const struct watch *watch, const struct engine_resync *resync, bool is_wrong)
{
    char bytes[256], key[128];
    struct text words;
    const char *name = watch->strategy_name(watch->self, resync->strategy);
    text_init_fixed(&words, bytes, sizeof bytes);
    resync_words(watch->session->engine, resync, &words);
    snprintf(key, sizeof key, "%s %s", name, symbol_of(watch, resync->inst));
    tell_say(watch->tell, is_wrong ? NOTICE_ALARM : NOTICE_WARNING, NOTICE_RESYNC, key, "%s: %s", name, words.data);
}

/* Behind a hole: what a strategy holds and would not, for so long that its own orders have had their time, and again each hour; once that it holds nothing
 * and would, or has not said what it would hold. */
static void look_at_resyncs(struct watch *watch)
{
    const struct engine_resync *resync;
    for (uint32_t i = 0; i < WATCH_RESYNCS_MAX; i++)
        watch->resyncs[i].is_there = false;
    for (uint32_t i = 0; (resync = engine_resync_at(watch->session->engine, i)) != NULL; i++) {
        struct watch_resync *place = resync_place(watch, resync);
        const bool differs = engine_resync_differs(watch->session->engine, resync),
                   is_wrong = differs && engine_resync_held(watch->session->engine, resync),
                   is_not_said = resync->would == ENGINE_WOULD_NOT_SAID;
        if (!place) /* more than can be followed: status and the console show them */
            return;
        place->is_there = true;
        if (!differs)
            place->differs_ns = 0;
        else if (!place->differs_ns)
            place->differs_ns = watch->look_ns;
        const bool is_due = is_not_said
                                ? !place->said_ns
                                : differs && watch->look_ns - place->differs_ns >= BARE_LOOKS * LOOK_NS &&
                                      (!place->said_ns || (is_wrong && watch->look_ns - place->said_ns >= BARE_SAY_NS));
        if (!is_due)
            continue;
        place->said_ns = watch->look_ns;
        tell_resync(watch, resync, is_wrong);
    }
    for (uint32_t i = 0; i < WATCH_RESYNCS_MAX; i++)
        if (!watch->resyncs[i].is_there)
            watch->resyncs[i].strategy = 0;
}

static void look_at_journal(struct watch *watch)
{
    const bool has_failed = watch->session->journal.has_gap || door_failed(watch->session->door);
    if (has_failed && !watch->has_failed)
        tell_say(watch->tell, NOTICE_ALARM, NOTICE_JOURNAL, "", "the journal failed: nothing new is opened: %s",
                 door_error(watch->session->door));
    else if (!has_failed && watch->has_failed)
        tell_say(watch->tell, NOTICE_INFO, NOTICE_JOURNAL, "", "the journal records again");
    watch->has_failed = has_failed;
}

void watch_look(struct watch *watch)
{
    if (!watch->tell)
        return;
    const int64_t now_ns = env_clock_mono();
    if (now_ns < watch->look_ns)
        return;
    watch->look_ns = now_ns + LOOK_NS;
    tell_look(watch->tell);
    look_at_feed(watch, now_ns);
    look_at_latch(watch);
    look_at_venues(watch);
    look_at_protection(watch);
    look_at_resyncs(watch);
    look_at_journal(watch);
}

void watch_by_hand(struct watch *watch, const char *text)
{
    tell_say(watch->tell, NOTICE_ALARM, NOTICE_BY_HAND, text, "%s", text);
}

oc_rc watch_open(struct watch *watch, struct session *session, struct tell *tell)
{
    struct oc_dec share = {8, 1, 0};
    struct settings *settings = session->settings;
    watch->session = session;
    watch->tell = tell;
    watch->stale_ns = 30000000000ll;
    oc_rc rc = settings_duration(settings, "watch.stale", &watch->stale_ns);
    if (rc == OC_OK || rc == OC_E_NOT_FOUND)
        rc = settings_dec(settings, "watch.limit", &share);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, &settings->error);
    watch->limit_share = (double)share.units;
    for (int32_t i = 0; i < share.scale; i++)
        watch->limit_share /= 10;
    return tell ? watchers_add(&session->watchers, &(struct watcher){.self = watch, .note = note}) : (oc_rc)OC_OK;
}
