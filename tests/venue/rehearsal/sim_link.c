#include "rehearsal/sim_link.h"

#include "rehearsal/face.h"

#include <stdio.h>

static const char address[] = "127.0.0.1";

void sim_link_init(struct sim_link *link, struct rehearsal *venue, int64_t begin_ns)
{
    memset(link, 0, sizeof *link);
    link->venue = venue;
    link->clock_ns = begin_ns;
}

void sim_link_release(struct sim_link *link) { happenings_release(&link->out); }

static void happen(struct sim_link *link, const struct io_happening *what)
{
    struct io_happening told = *what;
    told.at_ns = link->clock_ns + SIM_LATENCY_NS;
    happenings_add(&link->out, &told);
}

/* Its texts end with a zero from here on. */
static const char *ended(const char *bytes, uint32_t size, char *buffer, size_t size_max)
{
    const size_t used = size < size_max ? size : size_max - 1;
    memcpy(buffer, bytes ? bytes : "", bytes ? used : 0);
    buffer[bytes ? used : 0] = 0;
    return buffer;
}

/* "rest#2" is the second way. */
static uint32_t way_of(const char *endpoint)
{
    const char *mark = strchr(endpoint, '#');
    return mark ? (uint32_t)(mark[1] - '1') % SIM_PLACES : 0;
}

/* ---- streams ---- */

static struct sim_stream *stream_of(struct sim_link *link, uint32_t stream)
{
    for (uint32_t i = 0; i < VENUE_SEATS_MAX; i++)
        if (link->streams[i].stream == stream)
            return &link->streams[i];
    return NULL;
}

static void fall(struct sim_link *link, struct sim_stream *stream, uint32_t why)
{
    happen(link, &(struct io_happening){.kind = IO_DOWN, .stream = stream->stream, .why = why});
    venue_leave(link->venue, stream->seat);
    memset(stream, 0, sizeof *stream);
}

static oc_rc link_open(void *self, const struct io_opening *opening)
{
    struct sim_link *link = self;
    char path[VENUE_HEAD_MAX], decoded[VENUE_HEAD_MAX], headers[VENUE_HEAD_MAX], words[2048] = "";
    struct venue_answer answer = {.status = 400};
    struct sim_stream *stream = stream_of(link, 0);
    uint32_t seat = CORE_NONE;
    text_init_fixed(&answer.body, words, sizeof words);
    if (link->is_cut[way_of(opening->endpoint)] || venue_meets(link->venue)) {
        happen(link, &(struct io_happening){.kind = IO_DOWN, .stream = opening->stream, .why = OC_WHY_NETWORK});
        return OC_OK;
    }
    if (stream && venue_decode(ended(opening->path, opening->path_size, path, sizeof path), decoded, sizeof decoded)) {
        const struct venue_ask ask = {.path = decoded,
                                      .headers =
                                          ended(opening->headers, opening->headers_size, headers, sizeof headers),
                                      .body = "",
                                      .address = address};
        seat = venue_sit(link->venue, &ask, &answer);
    }
    if (seat == CORE_NONE) {
        happen(link, &(struct io_happening){.kind = IO_REFUSED,
                                            .stream = opening->stream,
                                            .status = (uint16_t)answer.status,
                                            .bytes = words,
                                            .size = (uint32_t)answer.body.size});
        return OC_OK;
    }
    *stream = (struct sim_stream){.stream = opening->stream, .seat = seat, .place = way_of(opening->endpoint)};
    happen(link, &(struct io_happening){.kind = IO_UP, .stream = opening->stream, .status = 101});
    return OC_OK;
}

static oc_rc link_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    struct sim_link *link = self;
    const struct sim_stream *of = stream_of(link, stream);
    if (!of)
        return OC_E_STATE;
    venue_hear(link->venue, of->seat, bytes, size);
    return OC_OK;
}

static void link_close(void *self, uint32_t stream)
{
    struct sim_link *link = self;
    struct sim_stream *of = stream_of(link, stream);
    if (of) {
        venue_leave(link->venue, of->seat);
        memset(of, 0, sizeof *of);
    }
    happenings_cut(&link->out, stream, INT64_MIN);
}

/* ---- exchanges ---- */

static void end_exchange(struct sim_link *link, uint64_t exchange, uint32_t kind, uint32_t why)
{
    happen(link, &(struct io_happening){.kind = kind, .exchange = exchange, .why = why});
}

static oc_rc link_http(void *self, const struct io_exchange *exchange)
{
    struct sim_link *link = self;
    char path[VENUE_HEAD_MAX], decoded[VENUE_HEAD_MAX], headers[VENUE_HEAD_MAX];
    struct sim_exchange *of = NULL;
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX && !of; i++)
        of = link->exchanges[i].exchange ? NULL : &link->exchanges[i];
    if (!of)
        return OC_E_FULL;
    if (link->is_cut[way_of(exchange->endpoint)] || venue_meets(link->venue)) {
        end_exchange(link, exchange->exchange, IO_UNSENT, OC_WHY_NETWORK);
        return OC_OK;
    }
    if (!venue_decode(ended(exchange->path, exchange->path_size, path, sizeof path), decoded, sizeof decoded))
        return OC_E_INVALID;
    const struct venue_ask ask = {.method = exchange->method,
                                  .path = decoded,
                                  .headers = ended(exchange->headers, exchange->headers_size, headers, sizeof headers),
                                  .body = exchange->body_size ? exchange->body : "",
                                  .body_size = exchange->body_size,
                                  .address = address};
    const uint32_t place = venue_ask(link->venue, &ask);
    if (place == CORE_NONE) {
        end_exchange(link, exchange->exchange, IO_LOST, OC_WHY_NETWORK);
        return OC_OK;
    }
    link->asked++;
    *of = (struct sim_exchange){exchange->exchange, place, way_of(exchange->endpoint), link->clock_ns + SIM_ANSWER_NS};
    return OC_OK;
}

static void say_answer(struct sim_link *link, struct sim_exchange *of, const struct venue_exchange *answer)
{
    const struct face *face = link->venue->face;
    char headers[320] = "content-type: application/json\r\n", line[96];
    if (answer->end != VENUE_WHOLE) {
        end_exchange(link, of->exchange, IO_LOST, OC_WHY_NETWORK);
    } else {
        if (answer->answer.used) {
            snprintf(line, sizeof line, "%s %u\r\n",
                     face->used_header ? face->used_header : "x-used:", answer->answer.used);
            text_append(headers, sizeof headers, line);
        }
        for (int i = 0; i < 2 && face->orders_headers[i]; i++) {
            snprintf(line, sizeof line, "%s %u\r\n", face->orders_headers[i], answer->answer.orders_used[i]);
            text_append(headers, sizeof headers, answer->answer.orders_used[i] ? line : "");
        }
        if (answer->answer.retry_after_s) {
            snprintf(line, sizeof line, "retry-after: %lld\r\n", (long long)answer->answer.retry_after_s);
            text_append(headers, sizeof headers, line);
        }
        happen(link, &(struct io_happening){.kind = IO_RESPONSE,
                                            .exchange = of->exchange,
                                            .status = (uint16_t)answer->answer.status,
                                            .bytes = answer->answer.body.data,
                                            .size = (uint32_t)answer->answer.body.size,
                                            .headers = headers,
                                            .headers_size = (uint32_t)strlen(headers)});
    }
    venue_answered(link->venue, of->place);
    memset(of, 0, sizeof *of);
}

/* ---- ways ---- */

static oc_rc link_probe(void *self, const char *endpoint, uint64_t number)
{
    struct sim_link *link = self;
    const bool is_good = !link->is_cut[way_of(endpoint)] && !venue_meets(link->venue);
    happen(link, &(struct io_happening){.kind = IO_PROBED, .exchange = number, .status = is_good});
    return OC_OK;
}

void sim_link_cut(struct sim_link *link, uint32_t way, bool is_cut)
{
    link->is_cut[way] = is_cut;
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX && is_cut; i++) {
        struct sim_exchange *of = &link->exchanges[i];
        if (!of->exchange || of->way != way)
            continue;
        end_exchange(link, of->exchange, IO_LOST, OC_WHY_NETWORK);
        venue_forget(link->venue, of->place);
        memset(of, 0, sizeof *of);
    }
    for (uint32_t i = 0; i < VENUE_SEATS_MAX && is_cut; i++)
        if (link->streams[i].stream && link->streams[i].place == way)
            fall(link, &link->streams[i], OC_WHY_NETWORK);
}

/* ---- time ---- */

/* All that the venue says by now. */
static void gather(struct sim_link *link)
{
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX && link->venue->exchange_count; i++) {
        struct sim_exchange *of = &link->exchanges[i];
        const struct venue_exchange *answer = of->exchange ? venue_answer(link->venue, of->place) : NULL;
        if (answer) {
            say_answer(link, of, answer);
        } else if (of->exchange && of->lost_ns <= link->clock_ns) {
            end_exchange(link, of->exchange, IO_LOST, OC_WHY_TIMEOUT);
            venue_forget(link->venue, of->place);
            memset(of, 0, sizeof *of);
        }
    }
    for (uint32_t i = 0; i < VENUE_SEATS_MAX; i++) {
        struct sim_stream *of = &link->streams[i];
        const struct venue_said *said;
        while (of->stream && (said = venue_says(link->venue, of->seat)) != NULL) {
            if (said->end != VENUE_WHOLE) {
                fall(link, of, OC_WHY_NETWORK);
                break;
            }
            happen(link, &(struct io_happening){.kind = IO_MESSAGE,
                                                .stream = of->stream,
                                                .form = OC_MESSAGE_TEXT,
                                                .bytes = said->bytes,
                                                .size = said->size});
            venue_said(link->venue, of->seat);
        }
        if (of->stream && link->venue->seats[of->seat].is_hung && !of->dead_ns)
            of->dead_ns = link->clock_ns + SIM_DEAD_NS;
        if (of->stream && of->dead_ns && of->dead_ns <= link->clock_ns)
            fall(link, of, OC_WHY_SILENT);
    }
}

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

/* When the venue, or what it does not say, is to be looked at next. */
static int64_t due_ns(const struct sim_link *link)
{
    int64_t next_ns = venue_next_ns(link->venue);
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX && link->venue->exchange_count; i++) /* each of ours is one of its */
        if (link->exchanges[i].exchange)
            next_ns = sooner(next_ns, link->exchanges[i].lost_ns);
    for (uint32_t i = 0; i < VENUE_SEATS_MAX; i++)
        if (link->streams[i].stream && link->streams[i].dead_ns)
            next_ns = sooner(next_ns, link->streams[i].dead_ns);
    return next_ns;
}

static oc_rc link_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    struct sim_link *link = self;
    for (;;) {
        const int64_t told_ns = happenings_next_ns(&link->out), venue_ns = due_ns(link);
        if (told_ns <= until_ns && told_ns <= venue_ns) {
            *ret = link->out.list[0];
            return OC_OK;
        }
        const int64_t to_ns = venue_ns <= until_ns ? venue_ns : until_ns;
        link->clock_ns = to_ns > link->clock_ns ? to_ns : link->clock_ns;
        venue_advance(link->venue, link->clock_ns);
        gather(link);
        if (venue_ns > until_ns && happenings_next_ns(&link->out) > until_ns)
            return OC_E_AGAIN;
    }
}

static void link_taken(void *self)
{
    struct sim_link *link = self;
    happenings_drop(&link->out, 0);
}

static int64_t link_next_ns(void *self)
{
    const struct sim_link *link = self;
    return sooner(happenings_next_ns(&link->out), due_ns(link));
}

struct io_link sim_link_of(struct sim_link *link)
{
    return (struct io_link){.self = link,
                            .open = link_open,
                            .send = link_send,
                            .http = link_http,
                            .close = link_close,
                            .next = link_next,
                            .taken = link_taken,
                            .next_ns = link_next_ns,
                            .probe = link_probe};
}
