/* venue_question.c: what a venue is asked on a visit: question by question, to their last pages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "session/account_keys.h"
#include "session/venue_keys.h"
#include "session/venue_visit.h"

#define LIMIT_NS_MAX 90000000000ll /* so long a question waits for a limit: a window of a minute, and the next */
#define LOOK_NS      50000000ll    /* a wait is not longer, or what came meanwhile is seen late */

oc_rc venue_visit_sign(struct venue_visit *visit, struct error *ret_error)
{
    struct account_keys keys = {visit->settings, NULL};
    oc_rc rc = account_keys_judge(visit->settings, ret_error);
    if (rc == OC_OK)
        rc = account_keys_fill(&keys, visit->venue, visit->table->venue, &visit->keyring, ret_error);
    account_keys_close(&keys);
    if (rc < 0)
        keyring_release(&visit->keyring); /* half of a key signs nothing */
    else if (visit->keyring.count)
        env_secret_guard();
    return rc;
}

const struct oc_instrument *venue_visit_instrument(const struct venue_visit *visit, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index && index <= visit->instrument_count ? &visit->instruments[index - 1] : NULL;
}

const struct oc_instrument *venue_visit_symbol(const struct venue_visit *visit, const char *symbol)
{
    for (uint32_t i = 0; i < visit->instrument_count; i++)
        if (strcmp(visit->instruments[i].symbol, symbol) == 0)
            return &visit->instruments[i];
    return NULL;
}

/* The first that is known of each: a visit is too short for another version. */
static oc_rc add(struct venue_visit *visit, struct oc_instrument *info)
{
    if (venue_visit_symbol(visit, info->symbol))
        return OC_OK;
    if (visit->instrument_count == visit->instrument_room) {
        const uint32_t room = visit->instrument_room ? visit->instrument_room * 2 : 64;
        struct oc_instrument *more =
            room <= VISIT_INSTRUMENTS_MAX ? realloc(visit->instruments, room * sizeof *more) : NULL;
        if (!more)
            return room > VISIT_INSTRUMENTS_MAX ? OC_E_LIMIT : OC_E_NOMEM;
        visit->instruments = more;
        visit->instrument_room = room;
    }
    info->inst = OC_INST(visit->instrument_count + 1, 1);
    snprintf(info->venue, sizeof info->venue, "%.*s", (int)sizeof info->venue - 1, visit->venue);
    visit->instruments[visit->instrument_count++] = *info;
    return io_venue_instrument(&visit->io, info);
}

static oc_rc learn(struct venue_visit *visit, const struct oc_event *event)
{
    const struct oc_ev_instrument *said = (const struct oc_ev_instrument *)(const void *)event;
    struct oc_instrument info = {0};
    const size_t head = offsetof(struct oc_ev_instrument, info), size = event->size > head ? event->size - head : 0;
    memcpy(&info, &said->info, size < sizeof info ? size : sizeof info);
    info.size = sizeof info;
    info.symbol[OC_SYMBOL_MAX - 1] = info.venue_symbol[OC_SYMBOL_MAX - 1] = 0;
    if (!info.symbol[0] && info.kind == OC_KIND_SPOT)
        snprintf(info.symbol, sizeof info.symbol, "%s/%s", venue_visit_asset(visit, info.base),
                 venue_visit_asset(visit, info.quote));
    return add(visit, &info);
}

/* Apart from what its venue says: base and quote by the symbol, for their numbers are of another house. */
oc_rc venue_visit_know(struct venue_visit *visit, const struct oc_instrument *instrument)
{
    struct oc_instrument info = *instrument;
    const char *slash = strchr(info.symbol, '/'), *colon = strchr(info.symbol, ':');
    if (!slash)
        return OC_E_DATA;
    const char *end = colon ? colon : info.symbol + strlen(info.symbol);
    oc_rc rc = venue_visit_intern(visit, info.symbol, (size_t)(slash - info.symbol), &info.base);
    if (rc == OC_OK)
        rc = venue_visit_intern(visit, slash + 1, (size_t)(end - slash) - 1, &info.quote);
    if (rc < 0)
        return rc;
    info.settle = colon ? 0 : info.quote;
    if (colon)
        rc = venue_visit_intern(visit, colon + 1, strlen(colon + 1), &info.settle);
    return rc < 0 ? rc : add(visit, &info);
}

struct hearing {
    uint64_t token;
    bool is_over;
    oc_rc rc; /* what the venue said to the question */
};

static oc_rc hear(struct venue_visit *visit, struct hearing *hearing, const struct oc_event *event)
{
    const struct oc_ev_fetched *fetched = (const struct oc_ev_fetched *)(const void *)event;
    if (event->type == OC_EV_INSTRUMENT)
        return learn(visit, event);
    if (event->type == OC_EV_FETCHED && fetched->token == hearing->token && !(fetched->more && fetched->rc >= 0)) {
        hearing->is_over = true;
        hearing->rc = fetched->rc;
    }
    return OC_OK;
}

/* What answers another question, of which the host asks some by itself, is nobody's here. */
static bool is_of(const struct oc_event *event, uint64_t token)
{
    const void *all = event;
    switch (event->type) {
    case OC_EV_BALANCE:
        return event->size >= sizeof(struct oc_ev_balance) && ((const struct oc_ev_balance *)all)->token == token;
    case OC_EV_ORDER:
        return event->size >= sizeof(struct oc_ev_order) && ((const struct oc_ev_order *)all)->token == token;
    case OC_EV_ACCOUNT:
        return event->size >= sizeof(struct oc_ev_account) && ((const struct oc_ev_account *)all)->token == token;
    case OC_EV_LEDGER:
        return event->size >= sizeof(struct oc_ev_ledger) && ((const struct oc_ev_ledger *)all)->token == token;
    default:
        return true;
    }
}

/* A question that waits for a limit of the venue, of which other processes of this machine use a part, has not been asked yet: it has so much
 * longer, and that is said once. */
static int64_t waits_until(struct venue_visit *visit, int64_t until_ns, int64_t timeout_ns, bool *said)
{
    const struct oc_ev_limit *met = &visit->io.limited;
    const struct oc_venue *described = visit->table->venue;
    char time[TEXT_TIME_MAX];
    if (!met->head.size || met->until_ns <= visit->now_ns || met->until_ns - visit->now_ns > LIMIT_NS_MAX)
        return until_ns;
    if (!*said) {
        text_from_time(time, met->until_ns / 1000000000 * 1000000000);
        if (met->limit < described->limit_count)
            log_warning("venue", "%s: its limit %s has no room, %llu of %llu used: asked again at %s", visit->venue,
                        described->limits[met->limit].name, (unsigned long long)met->used, (unsigned long long)met->max,
                        time);
        else
            log_warning("venue", "%s: it wants to be left alone until %s", visit->venue, time);
        *said = true;
    }
    const int64_t longer_ns = met->until_ns + timeout_ns;
    return longer_ns > until_ns ? longer_ns : until_ns;
}

oc_rc venue_visit_fetch(struct venue_visit *visit, const struct oc_fetch *ask, int64_t timeout_ns,
                        void (*take)(void *self, const struct oc_event *event), void *self)
{
    const int64_t begin_ns = net_loop_now(visit->loop);
    int64_t until_ns = begin_ns + timeout_ns;
    struct hearing hearing = {0};
    const struct oc_event *event;
    bool said = false;
    oc_rc rc = io_venue_fetch(&visit->io, ask, &hearing.token);
    while (rc >= 0 && !hearing.is_over && (visit->now_ns = net_loop_now(visit->loop)) < until_ns) {
        rc = io_venue_pump(&visit->io, visit->now_ns);
        while (rc >= 0 && (event = io_venue_first(&visit->io)) != NULL) {
            const oc_rc heard = hear(visit, &hearing, event);
            if (take && is_of(event, hearing.token))
                take(self, event);
            io_venue_drop(&visit->io);
            rc = heard < 0 ? heard : rc;
        }
        if (rc == 0 && !hearing.is_over && until_ns < begin_ns + timeout_ns + LIMIT_NS_MAX)
            until_ns = waits_until(visit, until_ns, timeout_ns, &said);
        const int64_t next_ns = io_venue_next_ns(&visit->io);
        if (rc == 0 && !hearing.is_over && next_ns > visit->now_ns)
            net_loop_wait(visit->loop, next_ns - visit->now_ns < LOOK_NS ? next_ns - visit->now_ns : LOOK_NS);
    }
    if (rc < 0)
        return rc;
    return hearing.is_over ? hearing.rc : (oc_rc)OC_E_LATE;
}

oc_rc venue_visit_turn(struct venue_visit *visit, void (*take)(void *self, const struct oc_event *event), void *self)
{
    const struct oc_event *event;
    struct hearing none = {0};
    visit->now_ns = net_loop_now(visit->loop);
    oc_rc rc = io_venue_pump(&visit->io, visit->now_ns);
    while (rc >= 0 && (event = io_venue_first(&visit->io)) != NULL) {
        const oc_rc heard = hear(visit, &none, event);
        take(self, event);
        io_venue_drop(&visit->io);
        rc = heard < 0 ? heard : rc;
    }
    const int64_t next_ns = io_venue_next_ns(&visit->io);
    if (rc == 0 && next_ns > visit->now_ns)
        net_loop_wait(visit->loop, next_ns - visit->now_ns < LOOK_NS ? next_ns - visit->now_ns : LOOK_NS);
    return rc < 0 ? rc : (oc_rc)OC_OK;
}
