/* venue_successor.c: a stream that its venue ends at a known age: another connection is made before, and takes its place in one moment. To the
 * connector it fell and came up again; what was said between the two nobody has heard, as behind any fall. */
#include "io/venue_impl.h"

#define EARLY_MAX_NS 60000000000ll /* so long before its end at most */
#define AGAIN_NS     1000000000ll  /* at least, between two that are tried */

enum { EARLY_PART = 10 }; /* of its age */

static int64_t early_ns(const struct io_stream *stream)
{
    const int64_t part_ns = stream->age_ns / EARLY_PART;
    return part_ns < EARLY_MAX_NS ? part_ns : EARLY_MAX_NS;
}

void io_successor_from(struct io_stream *stream, int64_t up_ns)
{
    stream->up_ns = up_ns;
    stream->succeed_ns = stream->age_ns > 0 ? up_ns + stream->age_ns - early_ns(stream) : INT64_MAX;
}

static bool is_used(const struct io_venue *venue, const struct io_stream *stream)
{
    return stream->age_ns > 0 && stream->state == IO_STREAM_READY && !stream->tell && !venue->is_quiet;
}

/* Something that was said on it is not answered: the place is taken when it is, or at half of the time that is left. */
static bool has_under_way(const struct io_venue *venue, const struct io_stream *stream)
{
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state == IO_PENDING_LEFT && !venue->pending[i].exchange &&
            venue->pending[i].stream == stream->number)
            return true;
    for (uint32_t i = 0; i < venue->fetch_count; i++)
        if (venue->fetches[i].is_asked && venue->fetches[i].stream == stream->number)
            return true;
    return false;
}

int64_t io_successor_next_ns(const struct io_venue *venue, const struct io_stream *stream)
{
    if (!is_used(venue, stream))
        return INT64_MAX;
    if (!stream->next_link)
        return stream->succeed_ns;
    if (!stream->next_up_ns)
        return INT64_MAX;
    return has_under_way(venue, stream) ? stream->up_ns + stream->age_ns - early_ns(stream) / 2 : INT64_MIN;
}

static void open_next(struct io_venue *venue, struct io_stream *stream, int64_t now_ns)
{
    struct io_opening opening = io_stream_opening(venue, stream);
    const int64_t wait_ns = io_wait_ns(venue, stream->endpoint, OC_LANE_RECONCILE), early = early_ns(stream) / 4;
    stream->succeed_ns = now_ns + (early > AGAIN_NS ? early : AGAIN_NS); /* where this one comes to nothing */
    if (wait_ns > now_ns) {
        stream->succeed_ns = wait_ns;
        return;
    }
    opening.stream = ++venue->links;
    if (venue->link.open(venue->link.self, &opening) >= 0)
        stream->next_link = opening.stream;
}

static void take_place(struct io_venue *venue, struct io_stream *stream)
{
    venue->link.close(venue->link.self, stream->link);
    io_wire_stream(venue, stream, "close", OC_WHY_NONE, NULL);
    io_stream_interrupted(venue, stream, OC_WHY_DISCONNECTED);
    stream->link = stream->next_link;
    stream->next_link = 0;
    stream->messages = stream->logged = 0;
    stream->state = IO_STREAM_OPENING;
    stream->is_succeeding = true;
    venue->counts.succeeded++;
    io_wire_stream(venue, stream, "up", OC_WHY_NONE, NULL);
}

void io_successor_told(struct io_venue *venue, struct io_stream *stream)
{
    const int64_t up_ns = stream->next_up_ns;
    stream->next_up_ns = 0;
    io_stream_up(venue, stream, NULL);
    io_successor_from(stream, up_ns);
}

void io_successor_due(struct io_venue *venue, int64_t now_ns)
{
    for (uint32_t i = 0; i < venue->stream_top; i++) {
        struct io_stream *stream = &venue->streams[i];
        if (io_successor_next_ns(venue, stream) > now_ns)
            continue;
        if (stream->next_link)
            take_place(venue, stream);
        else
            open_next(venue, stream, now_ns);
    }
}

static struct io_stream *of_next(struct io_venue *venue, uint32_t link)
{
    for (uint32_t i = 0; i < venue->stream_top && link; i++)
        if (venue->streams[i].state != IO_STREAM_FREE && venue->streams[i].next_link == link)
            return &venue->streams[i];
    return NULL;
}

bool io_successor_heard(struct io_venue *venue, const struct io_happening *happening)
{
    struct io_stream *stream = of_next(venue, happening->stream);
    if (!stream)
        return false;
    if (happening->kind == IO_UP) {
        stream->next_up_ns = io_venue_now(venue);
        return true;
    }
    if (happening->kind == IO_REFUSED)
        io_wait_said(venue, stream->endpoint, OC_LANE_RECONCILE, venue->clock_ns, happening);
    stream->next_link = 0;
    stream->next_up_ns = 0;
    return true;
}

/* It speaks before anything was said to it: what it says is not lost. */
struct io_stream *io_successor_speaks(struct io_venue *venue, uint32_t link)
{
    struct io_stream *stream = of_next(venue, link);
    if (stream)
        take_place(venue, stream);
    return stream;
}

void io_successor_drop(struct io_venue *venue, struct io_stream *stream)
{
    if (stream->next_link)
        venue->link.close(venue->link.self, stream->next_link);
    stream->next_link = 0;
    stream->next_up_ns = 0;
    stream->is_succeeding = false;
}
