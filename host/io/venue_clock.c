/* venue_clock.c: the clock of a venue: asked for several times, known as well as the best answer. */
#include "io/venue_impl.h"

#include <stdlib.h>

#include "base/log.h"

static int64_t error_of(const struct io_venue *venue, const struct io_clock_sample *sample)
{
    const int64_t age_ns = io_venue_now(venue) - sample->at_ns;
    return sample->error_ns + (age_ns > 0 ? age_ns / 1000000 * IO_CLOCK_PPM : 0);
}

static uint32_t kept(const struct io_clock *clock)
{
    return clock->count < IO_CLOCK_SAMPLES ? (uint32_t)clock->count : IO_CLOCK_SAMPLES;
}

bool io_clock_best(const struct io_venue *venue, struct io_clock_sample *ret_best)
{
    const struct io_clock *clock = &venue->clock;
    bool is_known = false;
    for (uint32_t i = 0; i < kept(clock); i++) {
        struct io_clock_sample sample = clock->samples[i];
        sample.error_ns = error_of(venue, &sample);
        if (!is_known || sample.error_ns < ret_best->error_ns)
            *ret_best = sample;
        is_known = true;
    }
    return is_known;
}

/* The venue's clock was said somewhere between the send and the receipt: half of that is how wrong the middle may be. */
oc_rc io_clock_sample(struct io_venue *venue, int64_t said_ns, int64_t sent_ns, int64_t received_ns)
{
    struct io_clock *clock = &venue->clock;
    struct io_clock_sample best;
    if (received_ns < sent_ns)
        return OC_E_INVALID;
    const int64_t error_ns = (received_ns - sent_ns) / 2;
    const struct io_clock_sample sample = {said_ns - (sent_ns + error_ns), error_ns, received_ns};
    if (io_clock_best(venue, &best) && llabs(sample.offset_ns - best.offset_ns) > sample.error_ns + best.error_ns) {
        log_warning("venue", "%s: its clock was set: it was %lld ms from ours, and is %lld ms", venue->name,
                    (long long)(best.offset_ns / 1000000), (long long)(sample.offset_ns / 1000000));
        clock->count = 0; /* what was known before is of another clock */
    }
    clock->samples[clock->count++ % IO_CLOCK_SAMPLES] = sample;
    return OC_OK;
}

static bool matters(const struct io_venue *venue)
{
    const struct oc_venue *said = venue->table->venue;
    return venue->world.syncs && (said->flags & OC_HAS_SIGNED_TIME) && said->window_ns > 0;
}

static bool has_jumped(const struct io_venue *venue)
{
    return venue->world.clock_steps && *venue->world.clock_steps != venue->clock.steps;
}

bool io_clock_is_good(const struct io_venue *venue)
{
    struct io_clock_sample best;
    return !matters(venue) ||
           (!has_jumped(venue) && io_clock_best(venue, &best) && best.error_ns <= venue->table->venue->window_ns);
}

void io_clock_fetched(struct io_venue *venue, uint64_t token)
{
    if (token && venue->clock.token == token)
        venue->clock.token = 0;
}

static void say_state(struct io_venue *venue)
{
    const bool is_good = io_clock_is_good(venue);
    struct io_clock_sample best;
    if (is_good == venue->clock.was_good)
        return;
    venue->clock.was_good = is_good;
    venue->reach_is_old = true;
    venue->has_work = true; /* what could not be signed */
    if (is_good && io_clock_best(venue, &best))
        log_info("venue", "%s: its clock is %lld ms from ours, within %lld ms", venue->name,
                 (long long)(best.offset_ns / 1000000), (long long)(best.error_ns / 1000000 + 1));
    else if (!is_good)
        log_error("venue", "%s: its clock is not known within %lld ms: nothing is signed until it is", venue->name,
                  (long long)(venue->table->venue->window_ns / 1000000));
}

/* Several at first, for the best of them counts; then from time to time, for clocks part. */
oc_rc io_clock_due(struct io_venue *venue, int64_t now_ns)
{
    struct io_clock *clock = &venue->clock;
    uint32_t by;
    if (!venue->world.syncs || venue->is_quiet)
        return OC_OK;
    if (has_jumped(venue)) {
        clock->steps = *venue->world.clock_steps;
        clock->count = 0;
        clock->again_ns = now_ns;
    }
    say_state(venue);
    if (clock->token || clock->again_ns > now_ns || !io_fetch_offers(venue, OC_FETCH_TIME, &by))
        return OC_OK;
    const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_TIME, .lane = OC_LANE_RECONCILE};
    const oc_rc rc = io_venue_fetch(venue, &ask, &clock->token);
    clock->again_ns = now_ns + (clock->count + 1 < IO_CLOCK_FIRST ? IO_CLOCK_FIRST_NS : IO_CLOCK_NS);
    return rc == OC_E_NOMEM ? rc : OC_OK;
}

int64_t io_clock_next_ns(const struct io_venue *venue)
{
    const struct io_clock *clock = &venue->clock;
    uint32_t by;
    if (!venue->world.syncs || venue->is_quiet)
        return INT64_MAX;
    if (has_jumped(venue) || io_clock_is_good(venue) != clock->was_good)
        return INT64_MIN;
    return clock->token || !io_fetch_offers(venue, OC_FETCH_TIME, &by) ? INT64_MAX : clock->again_ns;
}
