/* net_long_test.c: a stream that is a long answer of HTTP: lines wherever its chunks end, silence, refusals, and every way in which it is over. */
#include "venue/net_kit.h"

struct script { /* what the server says behind the request */
    const char *bytes;
    size_t size;
    size_t piece;   /* bytes at once; 0: all */
    bool is_silent; /* stays, and says nothing more */
    char head[4096];
};

static void say(struct peer *peer, void *arg)
{
    struct script *script = arg;
    if (!peer_read_head(peer, script->head, sizeof script->head))
        return;
    for (size_t at = 0; at < script->size;) {
        const size_t left = script->size - at;
        const size_t piece = script->piece && script->piece < left ? script->piece : left;
        peer_write(peer, script->bytes + at, piece);
        at += piece;
    }
    while (script->is_silent && !atomic_load(&peer->server->is_over))
        peer_sleep(5);
}

static uint32_t open_long(struct kit *kit, int64_t silence_ns, uint32_t message_max)
{
    const struct io_opening opening = {.stream = ++kit->streams,
                                       .endpoint = "it",
                                       .path = "/v3/stream?instruments=EUR_USD",
                                       .path_size = 30,
                                       .headers = "Authorization: Bearer t\r\n",
                                       .headers_size = 25,
                                       .ping = "",
                                       .frame = OC_FRAME_LINES,
                                       .message_max = message_max,
                                       .silence_ns = silence_ns};
    assert_int_equal(kit->link.open(kit->link.self, &opening), OC_OK);
    return kit->streams;
}

struct round {
    struct peer_server server;
    struct kit kit;
    uint32_t stream;
};

static void begin(struct round *round, struct script *script, int64_t silence_ns, uint32_t message_max)
{
    char url[64];
    kit_serve(&round->server, say, script);
    kit_url(url, "https", &round->server);
    kit_begin(&round->kit, url, NULL);
    round->stream = open_long(&round->kit, silence_ns, message_max);
}

static void end(struct round *round)
{
    kit_end(&round->kit);
    peer_server_stop(&round->server);
}

#define HEAD      "HTTP/1.1 200 OK\r\nX-Venue: Yes\r\nTransfer-Encoding: chunked\r\n\r\n"
#define SAY(text) .bytes = text, .size = sizeof(text) - 1

/* Chunks end within lines, and pieces of TCP within chunks: the lines are the same. Blank ones are none. */
static void test_lines_wherever_chunks_end(void **state)
{
    static const char words[] = HEAD "5\r\n{\"a\":\r\n3\r\n1}\n\r\n1\r\n\n\r\n2\r\n\r\n\r\n"
                                     "b\r\n{\"b\":2}\n{\"c\r\n6\r\n\":3}\r\n\r\n0\r\n\r\n";
    (void)state;
    for (size_t piece = 0; piece < 40; piece++) {
        struct script script = {SAY(words), .piece = piece};
        struct round round;
        begin(&round, &script, 0, 0);
        assert_int_equal(kit_next(&round.kit), IO_UP);
        assert_int_equal(round.kit.what.status, 200);
        assert_memory_equal(round.kit.what.bytes, "x-venue: Yes\r\n", 14);
        for (int i = 0; i < 3; i++) {
            static const char *const lines[] = {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"};
            assert_int_equal(kit_next(&round.kit), IO_MESSAGE);
            assert_true(kit_is(&round.kit, lines[i]));
            assert_int_equal(round.kit.what.bytes[round.kit.what.size + 15], 0);
        }
        assert_int_equal(kit_send(&round.kit, round.stream, "{}"), OC_E_NOT_SUPPORTED);
        assert_int_equal(kit_next(&round.kit), IO_DOWN);
        assert_int_equal(round.kit.what.why, OC_WHY_NETWORK);
        assert_non_null(strstr(script.head, "GET /v3/stream?instruments=EUR_USD HTTP/1.1\r\n"));
        assert_non_null(strstr(script.head, "Authorization: Bearer t\r\n"));
        assert_null(strstr(script.head, "Accept-Encoding"));
        end(&round);
    }
}

static void test_an_end_within_a_line_is_no_line(void **state)
{
    struct script script = {SAY(HEAD "8\r\n{\"a\":1}\n\r\n5\r\n{\"b\":\r\n")};
    struct round round;
    (void)state;
    begin(&round, &script, 0, 0);
    assert_int_equal(kit_next(&round.kit), IO_UP);
    assert_int_equal(kit_next(&round.kit), IO_MESSAGE);
    assert_int_equal(kit_next(&round.kit), IO_DOWN);
    assert_true(kit_has_said("in the middle of a message"));
    end(&round);
}

/* Heard something, then nothing: dead after the time that was said, and not before. */
static void test_silence(void **state)
{
    struct script script = {SAY(HEAD "4\r\n{}\n\n\r\n"), .is_silent = true};
    struct round round;
    (void)state;
    begin(&round, &script, 700000000, 0);
    assert_int_equal(kit_next(&round.kit), IO_UP);
    assert_int_equal(kit_next(&round.kit), IO_MESSAGE);
    assert_false(kit_next_within(&round.kit, 300000000));
    assert_int_equal(kit_next(&round.kit), IO_DOWN);
    assert_int_equal(round.kit.what.why, OC_WHY_TIMEOUT);
    end(&round);
}

/* Each is over at once; none comes up, but those that say 200. */
static void test_what_is_no_stream(void **state)
{
    static const struct {
        struct script script;
        bool is_up;
        uint32_t kind, why;
        uint16_t status;
        const char *words;
    } cases[] = {{{SAY("HTTP/1.1 401 Unauthorized\r\nContent-Length: 19\r\n\r\n{\"errorMessage\":\"\"}")},
                  false,
                  IO_REFUSED,
                  OC_WHY_VENUE_ERROR,
                  401,
                  "{\"errorMessage\":\"\"}"},
                 {{SAY("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")},
                  false,
                  IO_REFUSED,
                  OC_WHY_VENUE_ERROR,
                  302,
                  "refuses the stream"},
                 {{SAY("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n")},
                  false,
                  IO_DOWN,
                  OC_WHY_PROTOCOL,
                  0,
                  "packs its answer"},
                 {{SAY("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n{}\n")},
                  false,
                  IO_DOWN,
                  OC_WHY_PROTOCOL,
                  0,
                  "two lengths"},
                 {{SAY("")}, false, IO_DOWN, OC_WHY_NETWORK, 0, ""},
                 {{SAY(HEAD "zz\r\n{}\n\r\n")}, true, IO_DOWN, OC_WHY_NETWORK, 0, "the connection ended"},
                 {{SAY("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: "
                       "1\r\n\r\n\n")},
                  true,
                  IO_DOWN,
                  OC_WHY_NETWORK,
                  0,
                  "the connection ended"},
                 {{SAY(HEAD "20\r\n01234567890123456789012345678901\r\n"), .is_silent = true},
                  true,
                  IO_DOWN,
                  OC_WHY_PROTOCOL,
                  0,
                  "longer than a message may be"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script script = cases[i].script;
        struct round round;
        begin(&round, &script, 0, 16);
        if (cases[i].is_up)
            assert_int_equal(kit_next(&round.kit), IO_UP);
        assert_int_equal(kit_next(&round.kit), cases[i].kind);
        assert_int_equal(round.kit.what.why, cases[i].why);
        assert_int_equal(round.kit.what.status, cases[i].status);
        if (!strstr(round.kit.what.bytes ? round.kit.what.bytes : "", cases[i].words))
            assert_true(kit_has_said(cases[i].words));
        end(&round);
    }
}

/* Closed before its connection is there, while it is made, and while it says more than anybody reads. */
static void test_closed_at_any_moment(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++) {
        struct script script = {SAY(HEAD "3\r\n{}\n\r\n"), .is_silent = true};
        struct round round;
        begin(&round, &script, 0, 0);
        if (i)
            (void)kit_next_within(&round.kit, i * 500000);
        round.kit.link.close(round.kit.link.self, round.stream);
        assert_int_equal(kit_send(&round.kit, round.stream, "{}"), OC_E_STATE);
        if (round.kit.what.kind) /* what was said before may still be taken */
            round.kit.link.taken(round.kit.link.self);
        round.kit.what.kind = 0;
        assert_false(kit_next_within(&round.kit, 20000000));
        end(&round);
    }
}

enum { LINES = 200000 };

static void say_much(struct peer *peer, void *arg)
{
    char head[4096], line[128], chunk[160];
    (void)arg;
    if (!peer_read_head(peer, head, sizeof head))
        return;
    peer_write(peer, HEAD, sizeof HEAD - 1);
    for (int i = 0; i < LINES && !atomic_load(&peer->server->is_over); i++) {
        const int size = snprintf(line, sizeof line, "{\"number\":%d,\"more\":\"%060d\"}\n", i, i);
        const int whole = snprintf(chunk, sizeof chunk, "%x\r\n%s\r\n", (unsigned)size, line);
        peer_write(peer, chunk, (size_t)whole);
    }
    peer_write(peer, "0\r\n\r\n", 5);
}

/* 18 MB: no line is lost or changes its place, and what waits to be read stays within its bound. */
static void test_more_than_is_read(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64], line[128];
    (void)state;
    kit_serve(&server, say_much, NULL);
    kit_url(url, "https", &server);
    kit_begin(&kit, url, NULL);
    open_long(&kit, 0, 0);
    assert_int_equal(kit_next(&kit), IO_UP);
    for (int i = 0; i < LINES; i++) {
        snprintf(line, sizeof line, "{\"number\":%d,\"more\":\"%060d\"}", i, i);
        assert_int_equal(kit_next(&kit), IO_MESSAGE);
        assert_true(kit_is(&kit, line));
        assert_true(kit.net->streams[0].in.size < 8 << 20);
    }
    assert_int_equal(kit_next(&kit), IO_DOWN);
    kit_end(&kit);
    peer_server_stop(&server);
}

/* What cannot be a long answer is refused in words; exchanges go on beside as many as there may be. */
static void test_what_it_takes(void **state)
{
    struct script script = {SAY(HEAD "3\r\n{}\n\r\n"), .is_silent = true};
    struct round round;
    struct io_opening opening = {.stream = 1000,
                                 .endpoint = "it",
                                 .path = "/",
                                 .path_size = 1,
                                 .headers = "",
                                 .ping = "",
                                 .frame = OC_FRAME_LINES,
                                 .ping_ns = 1};
    (void)state;
    begin(&round, &script, 0, 0);
    assert_int_equal(kit_next(&round.kit), IO_UP);
    assert_int_equal(round.kit.link.open(round.kit.link.self, &opening), OC_OK);
    assert_int_equal(kit_next(&round.kit), IO_REFUSED); /* streams have their turns */
    assert_true(kit_has_said("takes no ping"));
    assert_int_equal(kit_next(&round.kit), IO_MESSAGE);
    opening.ping_ns = 0;
    opening.headers = "X: 1\r\n\r\n";
    opening.headers_size = 8;
    assert_int_equal(round.kit.link.open(round.kit.link.self, &opening), OC_OK);
    assert_int_equal(kit_next(&round.kit), IO_REFUSED);
    assert_int_equal(round.kit.what.why, OC_WHY_PROTOCOL);
    round.kit.link.taken(round.kit.link.self); /* its place is free */
    round.kit.what.kind = 0;
    for (int i = 1; i < NET_STREAMS_MAX; i++)
        open_long(&round.kit, 0, 0);
    opening.headers_size = 0;
    assert_int_equal(round.kit.link.open(round.kit.link.self, &opening), OC_E_LIMIT);
    for (int i = 1; i < 2 * NET_STREAMS_MAX - 1; i++)
        (void)kit_next(&round.kit);
    kit_ask(&round.kit, OC_METHOD_GET, "/x", "");
    peer_sleep(50);
    assert_int_equal(round.kit.net->exchange_count, 1);
    assert_null(round.kit.net->waiting); /* it had a connection */
    end(&round);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines_wherever_chunks_end),
                                       cmocka_unit_test(test_an_end_within_a_line_is_no_line),
                                       cmocka_unit_test(test_silence),
                                       cmocka_unit_test(test_what_is_no_stream),
                                       cmocka_unit_test(test_closed_at_any_moment),
                                       cmocka_unit_test(test_more_than_is_read),
                                       cmocka_unit_test(test_what_it_takes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
