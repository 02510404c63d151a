#include "io/venue_health.h"

#include <string.h>

#include "base/log.h"
#include "io/venue_impl.h"

static void look_at_streams(const struct io_venue *venue, struct io_health *health)
{
    for (uint32_t i = 0; i < venue->stream_top; i++) {
        const struct io_stream *stream = &venue->streams[i];
        if (stream->state == IO_STREAM_FREE || io_stream_is_over(stream))
            continue;
        health->streams++;
        health->streams_ready += stream->state == IO_STREAM_READY;
    }
}

static void look_at_limits(const struct io_venue *venue, struct io_health *health)
{
    const int64_t now_ns = io_venue_now(venue);
    for (uint32_t i = 0; i < venue->limits.count; i++) {
        const struct limit_use *use = &venue->limits.uses[i];
        struct limit_use now;
        if (limits_look(&venue->limits, use->limit, use->scope, now_ns, &now))
            health->limits[health->limit_count++] =
                (struct io_limit_used){.name = venue->table->venue->limits[use->limit].name,
                                       .account = use->scope,
                                       .used = now.used,
                                       .max = now.max};
    }
}

static void look_at_waits(const struct io_venue *venue, struct io_health *health)
{
    const int64_t now_ns = io_venue_now(venue), ban_ns = io_wait_ban_ns(venue);
    int64_t until_ns = ban_ns;
    for (uint32_t i = 0; i < venue->table->venue->endpoint_count; i++) {
        const int64_t endpoint_ns = io_wait_ns(venue, i, OC_LANE_ORDER);
        until_ns = endpoint_ns > until_ns ? endpoint_ns : until_ns;
    }
    health->is_banned = ban_ns > now_ns;
    health->wait_until_ns = until_ns > now_ns ? until_ns : INT64_MIN;
}

void io_venue_health(const struct io_venue *venue, struct io_health *ret_health)
{
    *ret_health = (struct io_health){.counts = venue->counts};
    look_at_streams(venue, ret_health);
    look_at_limits(venue, ret_health);
    look_at_waits(venue, ret_health);
    for (uint32_t i = 0; i < venue->pending_count; i++) {
        ret_health->waiting += venue->pending[i].state == IO_PENDING_WAITS;
        ret_health->under_way += venue->pending[i].state == IO_PENDING_LEFT;
    }
    for (uint32_t i = 0; i < venue->doubt_count; i++)
        ret_health->doubts += venue->doubts[i].about->ask.kind && !venue->doubts[i].is_known;
    ret_health->is_clock_known = io_clock_best(venue, &ret_health->clock);
    ret_health->is_clock_good = io_clock_is_good(venue);
    if (ret_health->is_clock_known)
        ret_health->clock_age_ns = io_venue_now(venue) - ret_health->clock.at_ns;
    ret_health->compared_age_ns = venue->sync.compared_ns ? io_venue_now(venue) - venue->sync.compared_ns : -1;
}

void io_venue_say_counts(const struct io_venue *venue, const char *name)
{
    const struct io_counts *counts = &venue->counts;
    struct io_health health;
    if (!counts->sent && !counts->never_left && !counts->reconnects && !counts->told_to_wait)
        return;
    io_venue_health(venue, &health);
    log_info("venue",
             "%s: %llu requests sent, %llu never left; %llu of unknown outcome (%llu never there, %u still unknown); "
             "%llu waited for a limit; told to wait %llu times; left alone %llu times; %llu reconnects; %llu moves",
             name, (unsigned long long)counts->sent, (unsigned long long)counts->never_left,
             (unsigned long long)counts->unknown, (unsigned long long)counts->absent, health.doubts,
             (unsigned long long)counts->limited, (unsigned long long)counts->told_to_wait,
             (unsigned long long)counts->broken, (unsigned long long)counts->reconnects,
             (unsigned long long)counts->moves);
}
