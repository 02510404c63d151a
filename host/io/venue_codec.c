/* venue_codec.c: a connector that is gone (its process has ended) and one that takes its place: nothing of a connection goes over to it. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/venue_impl.h"

/* What left on it is UNKNOWN; who takes the connector's place opens its own. */
static void lose_stream(struct io_venue *venue, struct io_stream *stream)
{
    io_successor_drop(venue, stream);
    if (stream->link)
        venue->link.close(venue->link.self, stream->link);
    io_wire_stream(venue, stream, "lost", OC_WHY_OTHER, NULL);
    io_stream_interrupted(venue, stream, OC_WHY_OTHER);
    io_stream_forget(venue, stream);
}

/* Answers that come now are nobody's: what they were to is UNKNOWN, and questions are asked again. */
static void lose_exchanges(struct io_venue *venue)
{
    while (venue->exchange_count) {
        const struct io_exchange_kept kept = venue->exchanges[venue->exchange_count - 1];
        venue->exchange_count--;
        limits_give(&venue->limits, kept.held, kept.account, io_venue_now(venue));
        io_pending_of_exchange(venue, kept.exchange, true, OC_WHY_OTHER);
        io_fetch_failed(venue, kept.token, OC_WHY_OTHER);
    }
}

/* What it had made of credentials is void. */
static void lose_forms(struct io_venue *venue)
{
    for (uint32_t i = 0; i < venue->form_count; i++) {
        explicit_bzero(venue->forms[i].text, venue->forms[i].path_size + venue->forms[i].headers_size);
        free(venue->forms[i].text);
    }
    venue->form_count = 0;
    signer_void(&venue->signer);
}

oc_rc io_venue_lose_codec(struct io_venue *venue)
{
    for (uint32_t i = 0; i < venue->stream_top; i++)
        if (venue->streams[i].state != IO_STREAM_FREE)
            lose_stream(venue, &venue->streams[i]);
    lose_exchanges(venue);
    lose_forms(venue);
    venue->timer_count = 0;
    for (uint32_t i = 0; i < venue->sub_count; i++) {
        venue->subs[i].state = IO_SUB_WANTED;
        venue->subs[i].stream = 0;
    }
    io_pending_sweep(venue);
    io_sync_want(venue);
    for (uint32_t i = 0; i < venue->account_count; i++)
        venue->reach[i] = OC_VENUE_DOWN;
    return io_venue_say_down(venue);
}

/* The code of a call that begins it. */
static oc_rc begin_account(struct io_venue *venue, const struct oc_account *account)
{
    oc_rc rc;
    do {
        io_call_begin(venue, IO_SITE_ACCOUNT, 0);
        rc = venue->table->account(venue->self, account);
    } while (io_call_again(venue, rc));
    return io_call_end(venue, rc);
}

oc_rc io_venue_take_codec(struct io_venue *venue, uint32_t generation)
{
    const struct oc_start start = {.size = sizeof start, .env = venue->world.env, .generation = generation};
    oc_rc rc;
    do {
        io_call_begin(venue, IO_SITE_START, 0);
        rc = venue->table->start(venue->self, &start);
    } while (io_call_again(venue, rc));
    rc = io_call_end(venue, rc);
    for (uint32_t i = 0; i < venue->account_count && venue->table->account && rc >= 0; i++)
        rc = begin_account(venue, &venue->accounts[i]);
    venue->held_ns = INT64_MIN;
    venue->has_work = venue->reach_is_old = true;
    return rc;
}
