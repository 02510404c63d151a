/* venue_stream.c: the streams of a venue: opened as asked, opened again when they fall, the connector told of each. */
#include "io/venue_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/random.h"

enum { BACKOFF_DOUBLES = 6, WORDS_MAX = 4096 };

struct io_stream *io_stream_of(struct io_venue *venue, uint32_t number)
{
    for (uint32_t i = 0; i < venue->stream_top && number; i++)
        if (venue->streams[i].state != IO_STREAM_FREE && venue->streams[i].number == number)
            return &venue->streams[i];
    return NULL;
}

struct io_stream *io_stream_of_link(struct io_venue *venue, uint32_t link)
{
    for (uint32_t i = 0; i < venue->stream_top && link; i++)
        if (venue->streams[i].state != IO_STREAM_FREE && venue->streams[i].link == link)
            return &venue->streams[i];
    return NULL;
}

void io_stream_forget(struct io_venue *venue, struct io_stream *stream)
{
    venue->reach_is_old = true;
    free(stream->path);
    free(stream->words);
    *stream = (struct io_stream){0};
}

/* Doubling from a second to a minute, less up to a quarter of it at random, or everybody comes back at once. */
static int64_t backoff(struct io_venue *venue, uint32_t tries)
{
    const int64_t doubled_ns = IO_BACKOFF_NS << (tries < BACKOFF_DOUBLES ? tries : BACKOFF_DOUBLES),
                  wait_ns = doubled_ns < IO_BACKOFF_MAX_NS ? doubled_ns : IO_BACKOFF_MAX_NS;
    return wait_ns - (int64_t)(random_next(&venue->random) % (uint64_t)(wait_ns / 4));
}

/* One that falls again as soon as it is up goes on waiting longer. */
static uint32_t tries_of(const struct io_venue *venue, struct io_stream *stream)
{
    const bool was_good =
        stream->state == IO_STREAM_READY && io_venue_now(venue) - stream->ready_ns >= IO_BACKOFF_MAX_NS;
    if (was_good)
        stream->tries = 0;
    return stream->tries++;
}

struct io_opening io_stream_opening(const struct io_venue *venue, const struct io_stream *stream)
{
    return (struct io_opening){.endpoint = venue->table->venue->endpoints[stream->endpoint].name,
                               .path = stream->path,
                               .headers = stream->path + stream->path_size + 1,
                               .ping = stream->path + stream->path_size + 1 + stream->headers_size,
                               .path_size = stream->path_size,
                               .headers_size = stream->headers_size,
                               .ping_size = stream->ping_size,
                               .message_max = stream->message_max,
                               .flags = stream->flags,
                               .frame = stream->frame,
                               .ping_ns = stream->ping_ns,
                               .silence_ns = stream->silence_ns};
}

oc_rc io_stream_open(struct io_venue *venue, struct io_stream *stream)
{
    struct io_opening opening = io_stream_opening(venue, stream);
    opening.stream = ++venue->links;
    const int64_t wait_ns = io_wait_ns(venue, stream->endpoint, OC_LANE_RECONCILE);
    if (wait_ns > io_venue_now(venue)) { /* as soon as the venue wants it */
        stream->state = IO_STREAM_WAITS;
        stream->again_ns = wait_ns;
        stream->link = 0;
        return OC_OK;
    }
    stream->state = IO_STREAM_OPENING;
    stream->link = opening.stream;
    stream->messages = stream->logged = 0;
    io_wire_stream(venue, stream, "open", OC_WHY_NONE, NULL);
    const oc_rc rc = venue->link.open(venue->link.self, &opening);
    if (rc < 0)
        io_stream_down(venue, stream, OC_STREAM_DOWN, OC_WHY_NETWORK, NULL);
    return rc == OC_E_NOMEM ? rc : OC_OK;
}

void io_stream_close(struct io_venue *venue, struct io_stream *stream)
{
    if (stream->link)
        venue->link.close(venue->link.self, stream->link);
    stream->flags &= ~(uint32_t)OC_OPEN_KEEP;
    io_wire_stream(venue, stream, "close", OC_WHY_NONE, NULL);
    io_stream_down(venue, stream, OC_STREAM_CLOSED, OC_WHY_NONE, NULL);
}

void io_stream_fail(struct io_venue *venue, struct io_stream *stream, uint32_t why)
{
    if (stream->link)
        venue->link.close(venue->link.self, stream->link);
    io_wire_stream(venue, stream, "failed", why ? why : OC_WHY_OTHER, NULL);
    io_denied(venue, stream->account, why);
    io_stream_down(venue, stream, OC_STREAM_DOWN, why, NULL);
}

/* `happening` may be NULL: nobody said anything. */
static void to_be_told(struct io_stream *stream, uint16_t tell, uint32_t why, const struct io_happening *happening)
{
    free(stream->words);
    stream->words = NULL;
    stream->words_size = 0;
    stream->status = happening ? happening->status : 0;
    if (happening && happening->size && (stream->words = malloc(happening->size + 16u)) != NULL) {
        stream->words_size = happening->size < WORDS_MAX ? happening->size : WORDS_MAX;
        memcpy(stream->words, happening->bytes, stream->words_size);
    }
    stream->tell = tell;
    stream->tell_ns = INT64_MIN;
    stream->why = why;
}

void io_stream_up(struct io_venue *venue, struct io_stream *stream, const struct io_happening *happening)
{
    stream->state = venue->table->stream ? IO_STREAM_OPEN : IO_STREAM_READY;
    venue->counts.reconnects += stream->ready_ns != 0;
    stream->ready_ns = io_venue_now(venue);
    io_successor_from(stream, stream->ready_ns);
    stream->is_succeeding &= stream->state == IO_STREAM_OPEN;
    to_be_told(stream, OC_STREAM_UP, OC_WHY_NONE, happening);
    venue->has_work = venue->reach_is_old = true;
}

static void subs_lost(struct io_venue *venue, uint32_t stream)
{
    for (uint32_t i = 0; i < venue->sub_count; i++)
        if (venue->subs[i].stream == stream) {
            venue->subs[i].state = IO_SUB_WANTED;
            venue->subs[i].stream = 0;
        }
}

void io_stream_interrupted(struct io_venue *venue, struct io_stream *stream, uint32_t why)
{
    io_pending_of_stream(venue, stream->number, why);
    io_fetch_of_stream(venue, stream->number, why);
    subs_lost(venue, stream->number);
    if (stream->ready_ns && io_stream_is_private(stream))
        io_sync_want(venue); /* what was said on it meanwhile nobody has heard */
    to_be_told(stream, OC_STREAM_DOWN, why, NULL);
    venue->reach_is_old = true;
}

void io_stream_down(struct io_venue *venue, struct io_stream *stream, uint16_t tell, uint32_t why,
                    const struct io_happening *happening)
{
    const bool is_kept = (stream->flags & OC_OPEN_KEEP) != 0;
    io_successor_drop(venue, stream);
    io_stream_interrupted(venue, stream, why);
    to_be_told(stream, tell, why, happening);
    stream->again_ns = is_kept ? io_venue_now(venue) + backoff(venue, tries_of(venue, stream)) : INT64_MAX;
    stream->link = 0;
    stream->state = IO_STREAM_WAITS;
    venue->reach_is_old = true;
}

/* The first that is to be told of now; stream_top: none is. */
static uint32_t to_tell(const struct io_venue *venue)
{
    const int64_t now_ns = io_venue_now(venue);
    uint32_t place = 0;
    while (place < venue->stream_top && (!venue->streams[place].tell || venue->streams[place].tell_ns > now_ns))
        place++;
    return place;
}

bool io_stream_has_tell(const struct io_venue *venue) { return to_tell(venue) < venue->stream_top; }

void io_stream_tell_soon(struct io_venue *venue)
{
    for (uint32_t i = 0; i < venue->stream_top; i++)
        venue->streams[i].tell_ns = INT64_MIN;
}

/* What a stream carried that does not come back is asked for on another, though not at once: that may be refused as well. */
static void ask_anew(struct io_venue *venue)
{
    const int64_t at_ns = io_venue_now(venue) + IO_BACKOFF_NS;
    for (uint32_t i = 0; i < venue->sub_count; i++)
        if (venue->subs[i].state == IO_SUB_WANTED && at_ns < venue->retry_ns)
            venue->retry_ns = at_ns;
}

oc_rc io_stream_tell(struct io_venue *venue)
{
    const uint32_t place = to_tell(venue);
    if (place == venue->stream_top)
        return 0;
    struct io_stream *stream = &venue->streams[place];
    const struct oc_stream told = {.size = sizeof told,
                                   .stream = stream->number,
                                   .state = stream->tell,
                                   .status = stream->status,
                                   .account = stream->account,
                                   .why = stream->why,
                                   .bytes_size = stream->words_size,
                                   .bytes = stream->words,
                                   .at_ns = io_venue_now(venue),
                                   .user = {stream->user[0], stream->user[1]}};
    oc_rc rc;
    do {
        io_call_begin(venue, IO_SITE_STREAM, stream->words_size);
        rc = venue->table->stream ? venue->table->stream(venue->self, &told) : OC_OK;
    } while (io_call_again(venue, rc));
    if (rc == OC_E_AGAIN) {
        (void)io_call_end(venue, rc); /* it says the same */
        stream->tell_ns = io_venue_now(venue) + IO_RETRY_NS;
        return 1;
    }
    stream->tell = 0;
    const uint32_t number = stream->number;
    rc = io_call_end(venue, rc);
    stream = io_stream_of(venue, number);
    if (rc < 0 && rc != OC_E_NOMEM && stream && stream->state == IO_STREAM_OPEN) { /* it cannot log in */
        venue->faults++;
        io_stream_fail(venue, stream, OC_WHY_PROTOCOL);
    }
    if (stream && !stream->tell && stream->is_succeeding && stream->state == IO_STREAM_OPENING)
        io_successor_told(venue, stream);
    if (stream && !stream->tell && io_stream_is_over(stream)) {
        io_stream_forget(venue, stream);
        ask_anew(venue);
    }
    return rc == OC_E_NOMEM ? rc : 1;
}

void io_stream_moved(struct io_venue *venue)
{
    const int64_t now_ns = io_venue_now(venue);
    for (uint32_t i = 0; i < venue->stream_top; i++) {
        struct io_stream *stream = &venue->streams[i];
        if (stream->state != IO_STREAM_WAITS || io_stream_is_over(stream))
            continue;
        stream->tries = 0;
        stream->again_ns = stream->again_ns < now_ns ? stream->again_ns : now_ns;
    }
}

oc_rc io_stream_reopen(struct io_venue *venue, int64_t now_ns)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venue->stream_top && rc == OC_OK; i++) {
        struct io_stream *stream = &venue->streams[i];
        if (stream->state == IO_STREAM_WAITS && stream->again_ns <= now_ns && !stream->tell && !venue->is_quiet)
            rc = io_stream_open(venue, stream);
    }
    return rc;
}

int64_t io_stream_next_ns(const struct io_venue *venue)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < venue->stream_top; i++) {
        const struct io_stream *stream = &venue->streams[i];
        const int64_t at_ns = stream->tell ? stream->tell_ns
                              : stream->state == IO_STREAM_WAITS && !venue->is_quiet
                                  ? stream->again_ns
                                  : io_successor_next_ns(venue, stream);
        if (at_ns < next_ns)
            next_ns = at_ns;
    }
    return next_ns;
}

/* Subscriptions. */

static const struct oc_topic *topic_of(const struct io_venue *venue, uint32_t topic)
{
    for (uint32_t i = 0; i < venue->table->venue->topic_count; i++)
        if (venue->table->venue->topics[i].topic == topic)
            return &venue->table->venue->topics[i];
    return NULL;
}

/* A market that is said to accounts alone is heard by the first of them. */
oc_rc io_venue_subscribe(struct io_venue *venue, const struct oc_sub *sub)
{
    const struct oc_topic *topic = topic_of(venue, sub->topic);
    if (!topic)
        return OC_E_NOT_SUPPORTED;
    const oc_rc rc = io_grow(&venue->subs, venue->sub_count, &venue->sub_room, IO_SUBS_MAX, sizeof *venue->subs);
    if (rc < 0)
        return rc;
    venue->subs[venue->sub_count] = (struct io_sub){.sub = *sub};
    if ((topic->flags & OC_TOPIC_OF_ACCOUNT) && !sub->account && venue->account_count)
        venue->subs[venue->sub_count].sub.account = venue->accounts[0].account;
    venue->sub_count++;
    venue->has_work = true;
    return OC_OK;
}

oc_rc io_venue_resync(struct io_venue *venue, uint32_t topic, uint32_t inst)
{
    const struct io_sub *found = NULL;
    for (uint32_t i = 0; i < venue->sub_count && !found; i++)
        if (venue->subs[i].sub.topic == topic && OC_INST_INDEX(venue->subs[i].sub.inst) == OC_INST_INDEX(inst) &&
            venue->subs[i].state == IO_SUB_CARRIED && venue->subs[i].stream)
            found = &venue->subs[i];
    if (!found || !venue->table->subscribe)
        return OC_E_AGAIN; /* it begins anew by itself */
    const struct oc_sub sub = found->sub;
    const uint32_t stream = found->stream;
    oc_rc rc;
    do {
        io_call_begin(venue, IO_SITE_SUBSCRIBE, sizeof sub);
        rc = venue->table->subscribe(venue->self, stream, OC_SUB_RESYNC, &sub, 1);
    } while (io_call_again(venue, rc));
    return io_call_end(venue, rc);
}

static uint32_t carried(const struct io_venue *venue, uint32_t stream)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < venue->sub_count; i++)
        count += venue->subs[i].stream == stream;
    return count;
}

static bool fits(const struct io_venue *venue, const struct io_stream *stream, const struct oc_sub *sub)
{
    return (stream->carries & sub->topic) && stream->account == sub->account &&
           (!stream->room || carried(venue, stream->number) < stream->room);
}

/* The stream that may carry it: ready, or on its way (*ret_waits). NULL: one is to be opened. */
static struct io_stream *stream_for(struct io_venue *venue, const struct oc_sub *sub, bool *ret_waits)
{
    *ret_waits = false;
    for (uint32_t i = 0; i < venue->stream_top; i++) {
        struct io_stream *stream = &venue->streams[i];
        if (stream->state == IO_STREAM_FREE || io_stream_is_over(stream) || !fits(venue, stream, sub))
            continue;
        if (stream->state == IO_STREAM_READY)
            return stream;
        *ret_waits = true;
    }
    return NULL;
}

enum { SUBS_A_CALL = 256 };

/* Those wanted that go with the first of them: of one account, topic and stream. */
static uint32_t gather(struct io_venue *venue, uint32_t first, const struct io_stream *stream,
                       struct oc_sub subs[SUBS_A_CALL], uint32_t places[SUBS_A_CALL])
{
    const uint32_t most = venue->table->venue->subscribe_max ? venue->table->venue->subscribe_max : 1;
    uint32_t count = 0, room = stream && stream->room ? stream->room - carried(venue, stream->number) : SUBS_A_CALL;
    if (room > most)
        room = most;
    if (room > SUBS_A_CALL)
        room = SUBS_A_CALL;
    for (uint32_t i = first; i < venue->sub_count && count < room; i++) {
        const struct io_sub *sub = &venue->subs[i];
        if (sub->state != IO_SUB_WANTED || sub->sub.account != venue->subs[first].sub.account ||
            (stream ? !(stream->carries & sub->sub.topic) : sub->sub.topic != venue->subs[first].sub.topic))
            continue;
        subs[count] = sub->sub;
        places[count++] = i;
    }
    return count;
}

oc_rc io_subs_flush(struct io_venue *venue)
{
    for (uint32_t first = 0; first < venue->sub_count; first++) {
        struct oc_sub subs[SUBS_A_CALL];
        uint32_t places[SUBS_A_CALL];
        bool waits;
        if (venue->subs[first].state != IO_SUB_WANTED)
            continue;
        struct io_stream *stream = stream_for(venue, &venue->subs[first].sub, &waits);
        if (!stream && waits)
            continue; /* as soon as that is ready */
        const uint32_t count = gather(venue, first, stream, subs, places), number = stream ? stream->number : 0;
        if (!count)
            continue;
        oc_rc rc;
        do {
            io_call_begin(venue, IO_SITE_SUBSCRIBE, count * sizeof *subs);
            rc = venue->table->subscribe ? venue->table->subscribe(venue->self, number, OC_SUB_ADD, subs, count)
                                         : OC_E_NOT_SUPPORTED;
        } while (io_call_again(venue, rc));
        rc = io_call_end(venue, rc);
        if (rc == OC_E_AGAIN || rc == OC_E_FULL || (rc >= 0 && !number)) {
            if (rc < 0)
                venue->retry_ns = io_venue_now(venue) + IO_RETRY_NS;
            continue; /* it has opened one, or will */
        }
        if (rc == OC_E_NOMEM)
            return rc;
        if (rc < 0 && !venue->is_silent)
            log_warning("venue", "%s does not take a subscription to topic %u (code %d)", venue->name, subs[0].topic,
                        (int)rc);
        for (uint32_t i = 0; i < count; i++) {
            venue->subs[places[i]].state = IO_SUB_CARRIED; /* refused: not asked for again and again */
            venue->subs[places[i]].stream = rc < 0 ? 0 : number;
        }
    }
    return OC_OK;
}
