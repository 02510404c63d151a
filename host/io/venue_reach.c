/* venue_reach.c: whether a venue is reached, by its streams: said to each account when it changes. */
#include <string.h>

#include "base/log.h"
#include "io/venue_impl.h"

static bool was_reached(uint32_t state)
{
    return (state >= OC_VENUE_READY && state != OC_VENUE_DENIED) || state == OC_VENUE_DOWN;
}

/* OC_VENUE_NONE: it has no streams, so nothing is known before something is asked. */
static uint32_t reach_of(const struct io_venue *venue, uint32_t account, uint32_t before)
{
    uint32_t count = 0, ready = 0;
    bool lacks_orders = false;
    for (uint32_t i = 0; i < venue->stream_top; i++) {
        const struct io_stream *stream = &venue->streams[i];
        if (stream->state == IO_STREAM_FREE || io_stream_is_over(stream) ||
            (stream->account && stream->account != account))
            continue;
        const bool is_ready = stream->state == IO_STREAM_READY || stream->is_succeeding;
        if (was_reached(before) && !stream->ready_ns)
            continue; /* one more is on its way: nothing is lost by it */
        count++;
        ready += is_ready;
        lacks_orders |= !is_ready && (stream->flags & OC_OPEN_ORDERS);
    }
    if (!count)
        return was_reached(before) ? OC_VENUE_DOWN : before;
    if (ready == count)
        return OC_VENUE_READY;
    if (!was_reached(before))
        return OC_VENUE_CONNECTING;
    return ready && !lacks_orders ? OC_VENUE_DEGRADED : OC_VENUE_DOWN;
}

void io_reach_say(struct io_venue *venue)
{
    struct io_clock_sample best;
    venue->reach_is_old = false;
    for (uint32_t i = 0; i < venue->account_count && !venue->is_quiet; i++) {
        const struct oc_account *account = &venue->accounts[i];
        uint32_t reach = reach_of(venue, account->account, venue->reach[i]);
        if ((!io_venue_is_compared(venue) || !io_clock_is_good(venue)) && reach != OC_VENUE_DOWN)
            reach = OC_VENUE_SYNCING;
        if (venue->denied[i]) /* whatever else is in the way: nothing helps before that */
            reach = OC_VENUE_DENIED;
        struct oc_ev_venue said = {.head = {.size = sizeof said,
                                            .type = OC_EV_VENUE,
                                            .flags = OC_EVF_LAST,
                                            .source = account->source,
                                            .venue_ns = io_venue_now(venue)},
                                   .state = reach,
                                   .part = OC_PART_LINK,
                                   .why = venue->denied[i],
                                   .tail = sizeof said};
        if (reach == venue->reach[i])
            continue;
        venue->reach[i] = reach;
        if (io_clock_best(venue, &best)) {
            said.clock_offset_ns = best.offset_ns;
            said.clock_error_ns = best.error_ns;
        }
        (void)io_say(venue, &said.head); /* what cannot be kept ends the run */
    }
}

void io_reach_moved(struct io_venue *venue, const char *words, uint32_t size)
{
    struct {
        struct oc_ev_venue venue;
        char words[IO_MOVED_WORDS];
    } said = {0};
    const uint32_t taken = size < sizeof said.words ? size : (uint32_t)sizeof said.words - 1;
    io_wait_moved(venue);
    io_stream_moved(venue);
    io_sync_suspect(venue);
    venue->counts.moves++;
    if (!venue->is_silent)
        log_warning("venue", "%s: %.*s", venue->name, (int)taken, words);
    if (!venue->account_count)
        return;
    memcpy(said.words, words, taken);
    said.venue.head = (struct oc_event){.size = sizeof said,
                                        .type = OC_EV_VENUE,
                                        .flags = OC_EVF_LAST,
                                        .source = venue->accounts[0].source,
                                        .venue_ns = io_venue_now(venue)};
    said.venue.state = venue->reach[0] ? venue->reach[0] : OC_VENUE_CONNECTING;
    said.venue.part = OC_PART_LINK;
    said.venue.why = venue->denied[0];
    said.venue.tail = sizeof said.venue;
    said.venue.text_size = taken;
    (void)io_say(venue, &said.venue.head); /* what cannot be kept ends the run */
}

oc_rc io_venue_say_open(struct io_venue *venue, uint32_t source)
{
    const struct oc_ev_venue said = {.head = {.size = sizeof said,
                                              .type = OC_EV_VENUE,
                                              .flags = OC_EVF_LAST,
                                              .source = source,
                                              .venue_ns = io_venue_now(venue)},
                                     .state = OC_VENUE_READY,
                                     .part = OC_PART_ALL,
                                     .tail = sizeof said};
    return io_say(venue, &said.head);
}

oc_rc io_venue_say_down(struct io_venue *venue)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venue->account_count && rc == OC_OK; i++) {
        const struct oc_ev_venue said = {.head = {.size = sizeof said,
                                                  .type = OC_EV_VENUE,
                                                  .flags = OC_EVF_LAST,
                                                  .source = venue->accounts[i].source,
                                                  .venue_ns = io_venue_now(venue)},
                                         .state = OC_VENUE_DOWN,
                                         .part = OC_PART_LINK,
                                         .tail = sizeof said};
        rc = io_say(venue, &said.head);
    }
    return rc;
}
