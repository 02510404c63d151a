/* io_kit.h: a venue of host/io without a file and without a socket: a connector whose calls the test gives, over a link that does as the
 * test says and notes what was sent.
 *
 * Invariants
 * - What leaves is noted in kit.sent, a line a thing; what the venue says for the engine in kit.said (io_kit_drain).
 * - A call that the test does not give answers OC_OK and does nothing; a request is then sent over the stream as "ask ID". */
#ifndef TEST_IO_KIT_H
#define TEST_IO_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <outcry/outcry.h>

#include "base/host_impl.h"
#include "io/venue.h"

#define IO_KIT_BEGIN_NS 1000000000000000000ll
#define IO_KIT_S        1000000000ll
#define IO_KIT_MS       1000000ll
enum { IO_KIT_NEXT_MAX = 64, IO_KIT_TEXT_MAX = 16384, IO_KIT_SOURCE = 7, IO_KIT_TEN = 10 };

struct io_kit {
    struct io_venue venue;
    struct host_impl impl;
    struct oc_host host;
    struct io_world world;
    struct oc_venue said_of; /* the description; a test changes it before io_kit_start */
    int64_t now_ns;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    const struct oc_svc_time *time;
    const struct oc_svc_names *names;
    const struct oc_svc_limit *limit;
    uint32_t stream;      /* that io_kit_open opened last */
    uint32_t link_stream; /* the link's number of the stream opened last */
    uint64_t exchange;    /* the last that left */
    bool is_slow;         /* streams come up when the test says so */
    oc_rc open_rc, send_rc, http_rc;
    struct io_happening next[IO_KIT_NEXT_MAX];
    uint32_t next_count;
    uint32_t calls[IO_SITES];
    char sent[IO_KIT_TEXT_MAX];
    char said[IO_KIT_TEXT_MAX];
    /* The connector's calls; NULL: nothing happens. */
    oc_rc (*on_start)(void);
    oc_rc (*on_fetch)(const struct oc_fetch *fetch);
    oc_rc (*on_subscribe)(uint32_t stream, const struct oc_sub *subs, uint32_t count);
    oc_rc (*on_stream)(const struct oc_stream *stream);
    oc_rc (*on_message)(const struct oc_message *message);
    oc_rc (*on_response)(const struct oc_response *response);
    oc_rc (*on_request)(const struct oc_venue_request *first, uint32_t count);
    oc_rc (*on_timer)(uint64_t timer, uint64_t user);
};

static struct io_kit kit;

static inline void io_kit_note(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void io_kit_note(char *text, const char *format, ...)
{
    const size_t size = strlen(text);
    va_list list;
    va_start(list, format);
    const int more = vsnprintf(text + size, IO_KIT_TEXT_MAX - size, format, list);
    va_end(list);
    assert_true(more >= 0 && (size_t)more < IO_KIT_TEXT_MAX - size);
}

/* The link. */

static inline void io_kit_happens(struct io_happening happening)
{
    assert_true(kit.next_count < IO_KIT_NEXT_MAX);
    kit.next[kit.next_count++] = happening;
}

static inline void io_kit_stream_says(uint32_t link_stream, const char *text, int64_t at_ns)
{
    io_kit_happens((struct io_happening){
        .kind = IO_MESSAGE, .stream = link_stream, .at_ns = at_ns, .bytes = text, .size = (uint32_t)strlen(text)});
}

static inline void io_kit_says(const char *text) { io_kit_stream_says(kit.link_stream, text, kit.now_ns); }

static inline void io_kit_falls(uint32_t why)
{
    io_kit_happens((struct io_happening){.kind = IO_DOWN, .stream = kit.link_stream, .at_ns = kit.now_ns, .why = why});
}

static inline void io_kit_answers(uint64_t exchange, uint16_t status, const char *body)
{
    io_kit_happens((struct io_happening){.kind = IO_RESPONSE,
                                         .exchange = exchange,
                                         .at_ns = kit.now_ns,
                                         .status = status,
                                         .bytes = body,
                                         .headers = "",
                                         .size = (uint32_t)strlen(body)});
}

static inline oc_rc io_kit_link_open(void *self, const struct io_opening *opening)
{
    (void)self;
    kit.link_stream = opening->stream;
    io_kit_note(kit.sent, "open %s %.*s\n", opening->endpoint, (int)opening->path_size, opening->path);
    if (kit.open_rc == OC_OK && !kit.is_slow)
        io_kit_happens((struct io_happening){.kind = IO_UP, .stream = opening->stream, .at_ns = kit.now_ns});
    return kit.open_rc;
}

static inline oc_rc io_kit_link_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    (void)self, (void)stream;
    if (kit.send_rc == OC_OK)
        io_kit_note(kit.sent, "send %.*s\n", (int)size, (const char *)bytes);
    return kit.send_rc;
}

static inline oc_rc io_kit_link_http(void *self, const struct io_exchange *exchange)
{
    (void)self;
    if (kit.http_rc == OC_OK)
        io_kit_note(kit.sent, "http %u %.*s|%.*s|%.*s\n", exchange->method, (int)exchange->path_size, exchange->path,
                    (int)exchange->headers_size, exchange->headers, (int)exchange->body_size, exchange->body);
    kit.exchange = exchange->exchange;
    return kit.http_rc;
}

static inline void io_kit_link_close(void *self, uint32_t stream)
{
    (void)self, (void)stream;
    io_kit_note(kit.sent, "close\n");
}

static inline oc_rc io_kit_link_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    (void)self;
    if (!kit.next_count || kit.next[0].at_ns > until_ns)
        return kit.next_count ? OC_E_AGAIN : OC_E_END;
    *ret = kit.next[0];
    return OC_OK;
}

static inline void io_kit_link_taken(void *self)
{
    (void)self;
    assert_true(kit.next_count > 0);
    memmove(kit.next, kit.next + 1, --kit.next_count * sizeof *kit.next);
}

static inline int64_t io_kit_link_next_ns(void *self)
{
    (void)self;
    return kit.next_count ? kit.next[0].at_ns : INT64_MAX;
}

/* The connector. */

static inline oc_rc io_kit_send(uint32_t stream, const char *text, uint64_t request, uint64_t token, uint8_t flags)
{
    const struct oc_send send = {.size = sizeof send,
                                 .stream = stream,
                                 .bytes = text,
                                 .bytes_size = (uint32_t)strlen(text),
                                 .request = request,
                                 .token = token,
                                 .flags = flags};
    return kit.net->send(&kit.host, &send);
}

static inline oc_rc io_kit_http(const char *path, uint64_t request, uint64_t token, uint8_t flags)
{
    const struct oc_http http = {.size = sizeof http,
                                 .endpoint = 1,
                                 .method = OC_METHOD_POST,
                                 .path = path,
                                 .path_size = (uint32_t)strlen(path),
                                 .headers = "A: b\r\n",
                                 .headers_size = 6,
                                 .body = "c=d",
                                 .body_size = 3,
                                 .request = request,
                                 .token = token,
                                 .flags = flags};
    return kit.net->http(&kit.host, &http, NULL);
}

static inline oc_rc io_kit_open(const char *path, uint32_t flags, uint32_t room)
{
    const struct oc_open open = {.size = sizeof open,
                                 .flags = flags,
                                 .carries = OC_TOPIC_TRADES,
                                 .frame = OC_FRAME_LINES,
                                 .room = room,
                                 .path = path,
                                 .path_size = (uint32_t)strlen(path)};
    return kit.net->open(&kit.host, &open, &kit.stream);
}

static inline oc_rc io_kit_trade(int64_t price)
{
    struct oc_event *room;
    const oc_rc rc = kit.feed->reserve(&kit.host, sizeof(struct oc_ev_trade), &room);
    if (rc < 0)
        return rc;
    struct oc_ev_trade *trade = (struct oc_ev_trade *)(void *)room;
    trade->head.size = sizeof *trade;
    trade->head.type = OC_EV_TRADE;
    trade->price = price;
    return kit.feed->commit(&kit.host, room);
}

static inline oc_rc io_kit_answer(uint16_t type, uint64_t order, uint64_t request, const char *client)
{
    struct oc_event *room;
    const oc_rc rc = kit.feed->reserve(&kit.host, sizeof(struct oc_ev_venue_answer), &room);
    if (rc < 0)
        return rc;
    struct oc_ev_venue_answer *answer = (struct oc_ev_venue_answer *)(void *)room;
    answer->answer.head.size = sizeof *answer;
    answer->answer.head.type = type;
    answer->answer.order = order;
    answer->answer.request = request;
    answer->client.size = (uint8_t)strlen(client);
    memcpy(answer->client.text, client, answer->client.size);
    return kit.feed->commit(&kit.host, room);
}

static inline oc_rc io_kit_fetched(uint64_t token, uint32_t more, const char *cursor)
{
    struct oc_event *room;
    const oc_rc rc = kit.feed->reserve(&kit.host, sizeof(struct oc_ev_fetched), &room);
    if (rc < 0)
        return rc;
    struct oc_ev_fetched *fetched = (struct oc_ev_fetched *)(void *)room;
    fetched->head.size = sizeof *fetched;
    fetched->head.type = OC_EV_FETCHED;
    fetched->token = token;
    fetched->more = more;
    fetched->cursor.size = (uint8_t)strlen(cursor);
    memcpy(fetched->cursor.bytes, cursor, fetched->cursor.size);
    return kit.feed->commit(&kit.host, room);
}

static inline oc_rc io_kit_do_start(void *self, const struct oc_start *start)
{
    (void)self, (void)start;
    kit.calls[IO_SITE_START]++;
    return kit.on_start ? kit.on_start() : io_kit_open("/main", OC_OPEN_KEEP, 0);
}

static inline oc_rc io_kit_do_fetch(void *self, const struct oc_fetch *fetch)
{
    (void)self;
    kit.calls[IO_SITE_FETCH]++;
    return kit.on_fetch ? kit.on_fetch(fetch) : OC_OK;
}

static inline oc_rc io_kit_do_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs,
                                        uint32_t count)
{
    (void)self;
    assert_int_equal(how, OC_SUB_ADD);
    kit.calls[IO_SITE_SUBSCRIBE]++;
    return kit.on_subscribe ? kit.on_subscribe(stream, subs, count) : OC_OK;
}

static inline oc_rc io_kit_do_stream(void *self, const struct oc_stream *stream)
{
    (void)self;
    kit.calls[IO_SITE_STREAM]++;
    if (kit.on_stream)
        return kit.on_stream(stream);
    return stream->state == OC_STREAM_UP ? kit.net->ready(&kit.host, stream->stream) : OC_OK;
}

static inline oc_rc io_kit_do_message(void *self, const struct oc_message *message)
{
    (void)self;
    kit.calls[IO_SITE_MESSAGE]++;
    return kit.on_message ? kit.on_message(message) : OC_OK;
}

static inline oc_rc io_kit_do_response(void *self, const struct oc_response *response)
{
    (void)self;
    kit.calls[IO_SITE_RESPONSE]++;
    return kit.on_response ? kit.on_response(response) : OC_OK;
}

static inline oc_rc io_kit_do_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count,
                                      uint32_t batch)
{
    char text[32];
    (void)self;
    kit.calls[IO_SITE_REQUEST]++;
    assert_int_equal(size, count * sizeof *first);
    assert_int_equal(batch, count > 1 ? OC_BATCH_FREE : OC_BATCH_SINGLE);
    if (kit.on_request)
        return kit.on_request(first, count);
    snprintf(text, sizeof text, "ask %llu", (unsigned long long)first->ask.id);
    return io_kit_send(kit.stream, text, first->ask.id, 0, 0);
}

static inline oc_rc io_kit_do_timer(void *self, uint64_t timer, uint64_t user)
{
    (void)self;
    kit.calls[IO_SITE_TIMER]++;
    return kit.on_timer ? kit.on_timer(timer, user) : OC_OK;
}

static struct oc_connector io_kit_table = {.size = sizeof io_kit_table,
                                           .start = io_kit_do_start,
                                           .fetch = io_kit_do_fetch,
                                           .subscribe = io_kit_do_subscribe,
                                           .stream = io_kit_do_stream,
                                           .message = io_kit_do_message,
                                           .response = io_kit_do_response,
                                           .request = io_kit_do_request,
                                           .timer = io_kit_do_timer};

/* What the test does. */

static inline void io_kit_describe(void)
{
    static const struct oc_endpoint endpoints[] = {
        {.name = "main", .urls = "wss://main.example", .env = OC_ENV_LOCAL, .place = 0},
        {.name = "rest", .urls = "https://rest.example:8443/v1", .env = OC_ENV_LOCAL, .place = 1}};
    static const struct oc_topic topics[] = {{.topic = OC_TOPIC_TRADES}, {.topic = OC_TOPIC_QUOTES}};
    static const struct oc_fetchable fetches[] = {
        {.kind = OC_FETCH_BALANCES}, {.kind = OC_FETCH_ORDER}, {.kind = OC_FETCH_TRADES}};
    memset(&kit, 0, sizeof kit);
    kit.now_ns = IO_KIT_BEGIN_NS;
    kit.said_of = (struct oc_venue){.size = sizeof kit.said_of,
                                    .venue = "kit",
                                    .endpoints = endpoints,
                                    .endpoint_count = 2,
                                    .topics = topics,
                                    .topic_count = 2,
                                    .fetches = fetches,
                                    .fetch_count = 3,
                                    .client_form = OC_CLIENT_TEXT,
                                    .client_charset = OC_CLIENT_ALNUM,
                                    .client_max = 20,
                                    .subscribe_max = IO_KIT_TEN};
}

static inline const void *io_kit_service(const struct oc_host *host, const char *id)
{
    (void)host;
    return io_venue_service(id);
}

/* The venue is there; its start() has not been called. */
static inline void io_kit_init(const struct io_link *link)
{
    kit.world =
        (struct io_world){.now_ns = &kit.now_ns, .seed = 1, .env = OC_ENV_LOCAL, .market_source = IO_KIT_SOURCE};
    io_kit_table.venue = &kit.said_of;
    assert_int_equal(io_venue_init(&kit.venue, &io_kit_table, "kit", link, &kit.world), OC_OK);
    kit.venue.is_silent = true;
    kit.impl.venue = &kit.venue;
    kit.host = (struct oc_host){.size = sizeof kit.host, .impl = &kit.impl, .service = io_kit_service};
    kit.feed = io_venue_service(OC_SVC_FEED);
    kit.net = io_venue_service(OC_SVC_NET);
    kit.time = io_venue_service(OC_SVC_TIME);
    kit.names = io_venue_service(OC_SVC_NAMES);
    kit.limit = io_venue_service(OC_SVC_LIMIT);
}

static inline struct io_link io_kit_link(void)
{
    return (struct io_link){.self = &kit,
                            .open = io_kit_link_open,
                            .send = io_kit_link_send,
                            .http = io_kit_link_http,
                            .close = io_kit_link_close,
                            .next = io_kit_link_next,
                            .taken = io_kit_link_taken,
                            .next_ns = io_kit_link_next_ns};
}

/* Everything up to then, and the clock goes there. A venue that always finds more to do ends the test. */
static inline void io_kit_pump(int64_t until_ns)
{
    for (int i = 0; i < 100000; i++) {
        const oc_rc rc = io_venue_pump(&kit.venue, until_ns);
        if (rc == 1)
            continue;
        assert_true(rc == 0 || rc == OC_E_END);
        if (rc == OC_E_END || io_venue_next_ns(&kit.venue) > until_ns) {
            if (until_ns > kit.now_ns)
                kit.now_ns = until_ns;
            return;
        }
    }
    fail_msg("the venue is never done");
}

static inline void io_kit_start(void)
{
    const struct io_link link = io_kit_link();
    io_kit_init(&link);
    assert_int_equal(io_venue_start(&kit.venue, &kit), OC_OK);
    io_kit_pump(kit.now_ns);
}

static inline int io_kit_open_venue(void **state)
{
    (void)state;
    io_kit_describe();
    return 0;
}

static inline int io_kit_close_venue(void **state)
{
    (void)state;
    io_venue_release(&kit.venue);
    return 0;
}

static inline oc_rc io_kit_ask(uint8_t kind, uint64_t id, uint64_t order)
{
    struct oc_request ask = {.head = {.size = sizeof ask, .type = OC_EV_REQUEST, .seq = id},
                             .id = id,
                             .order = order,
                             .kind = kind,
                             .account = IO_KIT_SOURCE,
                             .created_ns = kit.now_ns};
    return io_venue_request(&kit.venue, &ask);
}

/* What was said, a line an event, into kit.said: "TRADE 5", "NOT_THERE 3 LATE". */
static inline void io_kit_drain(void)
{
    const struct oc_event *event;
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue)) {
        const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
        const struct oc_ev_fetched *fetched = (const struct oc_ev_fetched *)(const void *)event;
        const char *word = event->type == OC_EV_SENT              ? "SENT"
                           : event->type == OC_EV_NOT_THERE       ? "NOT_THERE"
                           : event->type == OC_EV_UNKNOWN         ? "UNKNOWN"
                           : event->type == OC_EV_ACCEPTED        ? "ACCEPTED"
                           : event->type == OC_EV_REJECTED        ? "REJECTED"
                           : event->type == OC_EV_CANCELED        ? "CANCELED"
                           : event->type == OC_EV_AMENDED         ? "AMENDED"
                           : event->type == OC_EV_CANCEL_REJECTED ? "CANCEL_REJECTED"
                           : event->type == OC_EV_AMEND_REJECTED  ? "AMEND_REJECTED"
                                                                  : "?";
        if (event->type == OC_EV_TRADE)
            io_kit_note(kit.said, "TRADE %lld\n", (long long)((const struct oc_ev_trade *)(const void *)event)->price);
        else if (event->type == OC_EV_FETCHED)
            io_kit_note(kit.said, "FETCHED %u rc %d why %u more %u\n", fetched->kind, fetched->rc, fetched->why,
                        fetched->more);
        else
            io_kit_note(kit.said, "%s %llu%s%s\n", word, (unsigned long long)answer->request,
                        answer->reason[0] ? " " : "", answer->reason);
    }
}

/* What was sent, or said, since the last look. */
static inline void io_kit_sent(const char *wanted)
{
    assert_string_equal(kit.sent, wanted);
    kit.sent[0] = 0;
}

static inline void io_kit_said(const char *wanted)
{
    io_kit_drain();
    assert_string_equal(kit.said, wanted);
    kit.said[0] = 0;
}

#endif
