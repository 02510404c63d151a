/* venue_link_history.c: bars of the past that the engine wants (engine_history_at), as its venue is asked for them: again while they do not
 * come, and not for ever. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "session/venue_link.h"

#define AGAIN_NS 1000000000ll /* the candle of a period that has just ended may take a moment; doubles */
enum { TRIES_MAX = 6 };

struct link_history {
    uint32_t inst;
    uint32_t tries;
    int64_t period_ns;
    int64_t to_ns; /* as it was asked for */
    int64_t again_ns;
    bool is_told; /* that it cannot be had */
    uint8_t zero[7];
};

static bool is_offered(const struct venue_link *link, int64_t period_ns)
{
    const struct oc_venue *venue = link->table->venue;
    bool has_period = false, has_fetch = false;
    for (uint32_t i = 0; i < venue->bar_count; i++)
        has_period |= venue->bars_ns[i] == period_ns;
    for (uint32_t i = 0; i < venue->fetch_count; i++)
        has_fetch |= venue->fetches[i].kind == OC_FETCH_BARS;
    return has_period && has_fetch && link->table->fetch;
}

static struct link_history *find(struct venue_link *link, const struct engine_history *wanted)
{
    for (uint32_t i = 0; i < link->history_count; i++)
        if (OC_INST_INDEX(link->histories[i].inst) == OC_INST_INDEX(wanted->inst) &&
            link->histories[i].period_ns == wanted->period_ns)
            return &link->histories[i];
    if (link->history_count == link->history_room) {
        const uint32_t room = link->history_room ? 2 * link->history_room : 8;
        struct link_history *histories = realloc(link->histories, room * sizeof *histories);
        if (!histories)
            return NULL;
        link->histories = histories;
        link->history_room = room;
    }
    struct link_history *history = &link->histories[link->history_count++];
    *history = (struct link_history){.inst = wanted->inst, .period_ns = wanted->period_ns};
    return history;
}

/* Once a market and period. */
static void tell(struct venue_link *link, struct link_history *history, const char *why)
{
    const struct instruments *instruments = engine_instruments(link->world.engine);
    char period[TEXT_DURATION_MAX];
    if (history->is_told)
        return;
    history->is_told = true;
    text_from_duration(period, history->period_ns);
    log_warning("bars",
                "%s: %s: bars of %s that were not heard as a whole, as the first one, are left out, and indicators "
                "begin with the first whole one",
                instruments_name(instruments, instruments_get(instruments, history->inst)), why, period);
}

static oc_rc look(struct venue_link *link, struct link_history *history, const struct engine_history *wanted)
{
    const struct oc_fetch ask = {.kind = OC_FETCH_BARS,
                                 .inst = wanted->inst,
                                 .from_ns = wanted->from_ns,
                                 .to_ns = wanted->to_ns,
                                 .period_ns = wanted->period_ns};
    uint64_t token;
    oc_rc rc = OC_OK;
    if (!is_offered(link, wanted->period_ns)) {
        tell(link, history, "the venue has no history of such bars");
        return OC_OK;
    }
    if (history->to_ns != wanted->to_ns) {
        history->to_ns = wanted->to_ns;
        history->tries = 0;
        history->again_ns = 0;
    }
    if (history->again_ns <= link->now_ns) {
        if (history->tries == TRIES_MAX) {
            tell(link, history, "the venue was asked for them and did not say them");
            return OC_OK;
        }
        rc = io_venue_fetch(&link->venue, &ask, &token);
        history->again_ns = link->now_ns + (AGAIN_NS << history->tries++);
    }
    if (history->again_ns < link->history_due_ns)
        link->history_due_ns = history->again_ns;
    return rc == OC_E_NOMEM ? rc : (oc_rc)OC_OK; /* what could not be asked now is asked again */
}

oc_rc venue_link_want_history(struct venue_link *link)
{
    struct engine *engine = link->world.engine;
    struct engine_history wanted;
    oc_rc rc = OC_OK;
    if (link->history_news == engine_history_news(engine) && link->now_ns < link->history_due_ns)
        return OC_OK;
    link->history_news = engine_history_news(engine);
    link->history_due_ns = INT64_MAX;
    for (uint32_t i = 0; rc == OC_OK && engine_history_at(engine, i, &wanted); i++) {
        const struct instrument *instrument = instruments_get(engine_instruments(engine), wanted.inst);
        if (!wanted.to_ns || !instrument || strcmp(instrument->info.venue, link->name) != 0)
            continue;
        struct link_history *history = find(link, &wanted);
        rc = history ? look(link, history, &wanted) : (oc_rc)OC_E_NOMEM;
    }
    return rc;
}
