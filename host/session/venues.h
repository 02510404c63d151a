/* venues.h: who answers orders: the simulators of a run. A venue is asked at the end of a step, and what it says is an input
 * of its own: nothing is delivered inside the call that caused it.
 *
 * Invariants
 * - Answers come out by time, and among those of one venue in the order in which it gave them.
 * - A request that a venue does not take is answered by us, as the next input: a definitive rejection.
 * - At one instant a simulator is first called for what it asked to be called for, then says all it has to say; then
 *   again. */
#ifndef SESSION_VENUES_H
#define SESSION_VENUES_H

#include "base/checked.h"
#include "base/plugin_call.h"
#include "engine/engine.h"
#include "session/plugin_instance.h"
#include "session/sim_answers.h"

enum { VENUES_MAX = 16 };

enum { VENUE_MARKET, VENUE_REQUEST, VENUE_DUE, VENUE_SITES };

struct venue {
    struct plugin_instance sim;
    const struct oc_sim *table; /* NULL: not open */
    struct sim_answers answers;
    struct plugin_site sites[VENUE_SITES];
    int64_t round_ns; /* the instant at which it is saying what it has to say */
    bool is_in_round;
    bool is_foreign; /* its simulator is not one of ours */
};

/* Around a call of its table that has no site of its own; plugin_call_end() behind it. */
static inline void venue_call(const struct venue *venue, const char *call)
{
    plugin_call_as(venue->sites[VENUE_REQUEST].plugin ? venue->sites[VENUE_REQUEST].plugin : "simulator", call);
}

struct venues {
    struct venue list[VENUES_MAX];
    uint32_t count;
    bool is_in_round; /* one of them is */
    bool is_feed;     /* of a live feed: bars are what the host builds, or asks for, and no simulator sees them */
    uint8_t of_account[ENGINE_ACCOUNTS_MAX + 1]; /* index + 1; 0: nobody answers */
};

void venues_release(struct venues *venues);
/* [setup] `self` of an opened simulator answers for this account. Several accounts of one simulator share a venue. */
CHECKED oc_rc venues_add(struct venues *venues, uint32_t account, const struct oc_sim *table, void *self);
/* [setup] On what terms the account trades, of who answers for it: open orders reserve by them. */
CHECKED oc_rc venues_take_terms(struct venues *venues, struct portfolio *portfolio, uint32_t account);
/* NULL: nobody. */
struct venue *venues_of(struct venues *venues, uint32_t account);

/* An instrument, or a new version of one. */
CHECKED oc_rc venues_instrument(struct venues *venues, const struct oc_instrument *info);
/* Shows a point of the data to every simulator; of a live feed whether it is reached, too (OC_EV_VENUE). */
CHECKED oc_rc venues_see(struct venues *venues, int64_t at_ns, const struct oc_event *event);
/* One request that left; a refusal becomes an answer at now_ns. */
CHECKED oc_rc venues_request(struct venues *venues, int64_t now_ns, const struct oc_request *request);
/* Hands over what left; refusals become answers at now_ns. Every request is handed over; the first refusal that could not
 * be kept is returned: OC_E_FULL, OC_E_NOMEM, or OC_E_STATE where there is no venue. The run must then end. */
CHECKED oc_rc venues_send(struct venues *venues, int64_t now_ns, const struct engine_out *out);

/* When the next answer, or call of a simulator, is due; INT64_MAX: never. */
static inline int64_t venues_next_ns(const struct venues *venues)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < venues->count; i++) {
        int64_t at_ns = sim_answers_next_ns(&venues->list[i].answers);
        if (at_ns < next)
            next = at_ns;
    }
    return next;
}
/* The next answer due at or before at_ns, copied; OC_E_NOT_FOUND: there was none after all. Other codes: a simulator failed. */
CHECKED oc_rc venues_take(struct venues *venues, int64_t at_ns, void *event, uint32_t size_max);
/* Another kind of input comes next: the round is over. */
static inline void venues_end_round(struct venues *venues)
{
    for (uint32_t i = 0; venues->is_in_round && i < venues->count; i++)
        venues->list[i].is_in_round = false;
    venues->is_in_round = false;
}

#endif
