/* Exchanges over the network: a whole answer, or LOST, or UNSENT, whatever the server says. */
#include "venue/net_kit.h"

#include <pthread.h>
#include <zlib.h>

struct script { /* what a connection says to each request, one behind the other; the last again and again */
    const char *answers[8];
    size_t sizes[8]; /* 0: a text */
    bool closes;     /* behind the first answer */
    bool resets;     /* reads the request and ends with a reset */
    int late_ms;     /* says `late` so long after the first answer */
    const char *late;
    char requests[8][4096];
    atomic_int count;
};

static void answer(struct peer *peer, void *arg)
{
    struct script *script = arg;
    char head[4096], body[8192];
    for (int i = 0; peer_read_head(peer, head, sizeof head); i++) {
        const char *length = strcasestr(head, "content-length: ");
        size_t left = length ? strtoul(length + 16, NULL, 10) : 0;
        const int number = atomic_fetch_add(&script->count, 1);
        size_t have = 0;
        while (left) {
            const int got =
                peer_read(peer, body + have, left < sizeof body - 1 - have ? left : sizeof body - 1 - have, 20000);
            if (got <= 0)
                return;
            have += (size_t)got;
            left -= (size_t)got;
        }
        body[have] = 0;
        if (number < 8)
            snprintf(script->requests[number], 4096, "%.2000s%.2000s", head, body);
        if (script->resets) {
            peer_reset(peer);
            return;
        }
        int at = i < 8 ? i : 7;
        while (at && !script->answers[at])
            at--;
        if (!script->answers[at])
            return;
        peer_write(peer, script->answers[at], script->sizes[at] ? script->sizes[at] : strlen(script->answers[at]));
        if (script->late) {
            peer_sleep(script->late_ms);
            peer_say(peer, script->late);
        }
        if (script->closes)
            return;
    }
}

static void begin(struct kit *kit, struct peer_server *server, struct script *script)
{
    const struct peer_config config = {
        .certificate = CERTS "good.pem", .key = CERTS "good.key", .talk = answer, .arg = script};
    char url[64];
    peer_server_start(server, &config, 0);
    kit_url(url, "https", server);
    kit_begin(kit, url, NULL);
}

static void end(struct kit *kit, struct peer_server *server)
{
    kit_end(kit);
    peer_server_stop(server);
}

static void test_answers(void **state)
{
    struct script script = {
        .answers = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Thing: One\r\n\r\nhello",
                    "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
                    "HTTP/1.1 204 No Content\r\n\r\n",
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 "
                    "OK\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.test/\r\nContent-Length: 2\r\n\r\nno",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
    struct peer_server server;
    struct kit kit;
    (void)state;
    begin(&kit, &server, &script);
    static const struct {
        uint8_t method;
        const char *path, *body;
        uint16_t status;
        const char *content, *headers, *asked;
    } cases[] = {
        {OC_METHOD_GET, "/a?b=c", "", 200, "hello", "content-length: 5\r\nx-thing: One\r\n", "GET /a?b=c HTTP/1.1\r\n"},
        {OC_METHOD_DELETE, "/b", "", 404, "abcdefg", "transfer-encoding: chunked\r\n", "DELETE /b HTTP/1.1\r\n"},
        {OC_METHOD_POST, "/c", "{\"a\":1}", 204, "", "", "POST /c HTTP/1.1\r\n"},
        {OC_METHOD_PUT, "/d", "x", 200, "", "content-length: 0\r\n", "PUT /d HTTP/1.1\r\n"},
        {OC_METHOD_GET, "/e", "", 302, "no", NULL, "GET /e HTTP/1.1\r\n"},
        {OC_METHOD_POST, "/f", "", 200, "ok", NULL, "POST /f HTTP/1.1\r\n"},
        {OC_METHOD_PUT, "/g", "", 200, "ok", NULL, "PUT /g HTTP/1.1\r\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit_ask(&kit, cases[i].method, cases[i].path, cases[i].body);
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        assert_int_equal(kit.what.exchange, i + 1);
        assert_int_equal(kit.what.status, cases[i].status);
        assert_true(kit_is(&kit, cases[i].content));
        assert_int_equal(kit.what.bytes[kit.what.size + 15], 0);
        if (cases[i].headers)
            assert_string_equal(kit.what.headers, cases[i].headers);
        const char *asked = script.requests[i];
        assert_ptr_equal(strstr(asked, cases[i].asked), asked);
        assert_non_null(strstr(asked, "\r\nX-Key: k\r\n"));
        assert_null(strcasestr(asked, "expect:"));
        assert_true((strcasestr(asked, "content-type: application/json") != NULL) == (*cases[i].body != 0));
        assert_string_equal(asked + strlen(asked) - strlen(cases[i].body), cases[i].body);
        const bool may_have_body = cases[i].method == OC_METHOD_POST || cases[i].method == OC_METHOD_PUT;
        assert_true((strcasestr(asked, "content-length: ") != NULL) == may_have_body); /* or a server waits for one */
    }
    assert_int_equal(atomic_load(&server.count), 1); /* one connection, kept */
    assert_int_equal(kit.net->exchange_count, 1);    /* the one that is given and not taken */
    end(&kit, &server);
}

static struct net_lib hooked;
static const struct net_lib *real;
static pthread_t made_by;
static atomic_int made;

static void note_maker(SSL_CTX *context, X509_STORE *store)
{
    made_by = pthread_self();
    atomic_fetch_add(&made, 1);
    real->context_store(context, store);
}

/* Names, TCP and TLS of an exchange are another thread's; what is asked on a kept connection goes at once, here. */
static void test_connections_are_made_elsewhere(void **state)
{
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
    struct peer_server server;
    struct kit kit;
    (void)state;
    begin(&kit, &server, &script);
    real = kit.net->trust.lib;
    hooked = *real;
    hooked.context_store = note_maker;
    kit.net->trust.lib = &hooked;
    for (int i = 0; i < NET_TALKS_MAX + 2; i++)
        kit_ask(&kit, OC_METHOD_GET, "/", "");
    for (int i = 0; i < NET_TALKS_MAX + 2; i++) {
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        assert_true(kit_is(&kit, "ok"));
    }
    const int count = atomic_load(&made);
    assert_in_range(count, 1, NET_TALKS_MAX);
    assert_int_equal(atomic_load(&server.count), count);
    assert_false(pthread_equal(made_by, pthread_self()));
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_true(kit.net->exchange_count == 2 && !kit.net->waiting); /* with the one that is given and not taken */
    assert_int_equal(kit_next(&kit), IO_RESPONSE);
    assert_int_equal(atomic_load(&made), count);
    assert_int_equal(kit.net->figures.exchanges, NET_TALKS_MAX + 3);
    kit.net->trust.lib = real;
    end(&kit, &server);
}

/* A link that is closed while another one connects: what that has asked for never left, and it goes on. */
static void test_a_link_that_goes_takes_none_with_it(void **state)
{
    const struct peer_config deaf = {.is_deaf = true};
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
    struct net_endpoint endpoint = {.name = "other", .url = "https://localhost:1"};
    const struct net_config config = {.ca_file = CERTS "ca.pem",
                                      .venue = "other",
                                      .where = "venue.other",
                                      .endpoints = &endpoint,
                                      .endpoint_count = 1};
    struct peer_server server, silent;
    struct net *other;
    struct error error;
    struct kit kit;
    (void)state;
    begin(&kit, &server, &script);
    peer_server_start(&silent, &deaf, 0);
    assert_int_equal(net_new(kit.loop, &config, &other, &error), OC_OK);
    kit_url(kit.net->urls[0].authority, "https", &silent); /* where nobody answers, behind the scheme */
    memmove(kit.net->urls[0].authority, kit.net->urls[0].authority + 8, strlen(kit.net->urls[0].authority + 8) + 1);
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_false(kit_next_within(&kit, 20000000));
    net_free(other);
    assert_int_equal(kit_next(&kit), IO_UNSENT);
    kit_url(kit.net->urls[0].authority, "https", &server);
    memmove(kit.net->urls[0].authority, kit.net->urls[0].authority + 8, strlen(kit.net->urls[0].authority + 8) + 1);
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_int_equal(kit_next(&kit), IO_RESPONSE);
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    end(&kit, &server); /* with one that is under way */
    peer_server_stop(&silent);
}

/* ---- what is no whole answer ---- */

static void lost(const char *text, size_t size, bool closes, uint32_t why, const char *words)
{
    struct script script = {.answers = {text}, .sizes = {size}, .closes = closes};
    struct peer_server server;
    struct kit kit;
    begin(&kit, &server, &script);
    kit_ask(&kit, OC_METHOD_POST, "/order", "{}");
    if (kit_next(&kit) != IO_LOST)
        fail_msg("kind %u for: %s", kit.what.kind, text);
    if (!kit_has_said(words))
        fail_msg("expected: %s; said: %s", words, kit_said);
    assert_int_equal(kit.what.why, why);
    assert_int_equal(kit.what.size, 0);
    assert_int_equal(atomic_load(&script.count), 1); /* made once */
    end(&kit, &server);
}

static void test_no_whole_answer(void **state)
{
    static char large[80000] = "HTTP/1.1 200 OK\r\n";
    (void)state;
    for (size_t at = strlen(large); at + 101 < sizeof large; at += 100)
        snprintf(large + at, 101, "X: %095d\r\n", 1);
    lost("HTTP/1.1 200 OK\r\n\r\nended by its close", 0, true, OC_WHY_PROTOCOL, "ended by the close");
    lost("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 0, true, OC_WHY_PROTOCOL, "ended by the close");
    lost("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", 0, true, OC_WHY_NETWORK, "no whole answer");
    lost("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", 0, true, OC_WHY_NETWORK, "no whole answer");
    lost("HTTP/1.1 200 OK\r\nContent-Le", 0, true, OC_WHY_PROTOCOL, "head is cut off");
    lost("", 1, true, OC_WHY_NOT_SUPPORTED, "no whole answer");
    lost("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, false,
         OC_WHY_PROTOCOL, "Content-Length with Transfer-Encoding");
    lost("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 0, false,
         OC_WHY_PROTOCOL, "Content-Length with Transfer-Encoding");
    lost("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 0, false, OC_WHY_PROTOCOL,
         "two lengths");
    lost("HTTP/1.1 200 OK\r\nContent-Length: 4, 4\r\n\r\nabcd", 0, false, OC_WHY_PROTOCOL, "no number");
    lost("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, false, OC_WHY_PROTOCOL,
         "other than chunked");
    lost("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", 0, false, OC_WHY_PROTOCOL,
         "nobody asked for");
    lost("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore", 0, false, OC_WHY_PROTOCOL, "nobody asked for");
    lost("HTTP/1.1 204 No Content\r\n\r\nmore", 0, false, OC_WHY_PROTOCOL, "nobody asked for");
    lost("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore", 0, false, OC_WHY_PROTOCOL,
         "nobody asked for");
    lost(large, 0, true, OC_WHY_PROTOCOL, "a head of more than 64 KiB");
    lost("no HTTP at all\r\n\r\n", 0, false, OC_WHY_NOT_SUPPORTED, "not supported");
}

/* ---- inflated ---- */

static size_t gzip(const char *bytes, size_t size, char *to, size_t size_max)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes,
                  .avail_in = (uInt)size,
                  .next_out = (Bytef *)to,
                  .avail_out = (uInt)size_max};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return size_max - z.avail_out;
}

static size_t gzip_answer(char *text, size_t size_max, size_t size)
{
    char *plain = calloc(1, size), *packed = malloc(size_max);
    const size_t packed_size = gzip(plain, size, packed, size_max);
    const size_t head = (size_t)snprintf(
        text, size_max, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", packed_size);
    memcpy(text + head, packed, packed_size);
    free(plain);
    free(packed);
    return head + packed_size;
}

static void test_inflated(void **state)
{
    static char text[1 << 18];
    (void)state;
    for (int i = 0; i < 2; i++) {
        const size_t plain = i ? (size_t)20 << 20 : 1000000, size = gzip_answer(text, sizeof text, plain);
        if (i) { /* about a thousand times */
            lost(text, size, false, OC_WHY_PROTOCOL, "100 times");
            continue;
        }
        struct script script = {.answers = {text}, .sizes = {size}};
        struct peer_server server;
        struct kit kit;
        begin(&kit, &server, &script);
        kit_ask(&kit, OC_METHOD_GET, "/", "");
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        assert_int_equal(kit.what.size, plain);
        end(&kit, &server);
    }
}

/* ---- made once ---- */

static void test_a_kept_connection_that_died(void **state)
{
    /* The first answer is good; then the server reads a request and resets. libcurl would make it again on a new connection. */
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
    struct peer_server server;
    struct kit kit;
    (void)state;
    begin(&kit, &server, &script);
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_int_equal(kit_next(&kit), IO_RESPONSE);
    script.resets = true;
    kit_ask(&kit, OC_METHOD_POST, "/order", "{}");
    assert_int_equal(kit_next(&kit), IO_LOST);
    assert_false(kit_next_within(&kit, 200000000));
    assert_int_equal(atomic_load(&script.count), 2); /* never a third time */
    end(&kit, &server);
}

static void test_bytes_nobody_asked_for(void **state)
{
    /* A second answer comes behind the first by itself: it must not be taken for the answer to what is asked next. */
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
                            .late = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"};
    struct peer_server server;
    struct kit kit;
    (void)state;
    for (int at_once = 0; at_once < 2; at_once++) {
        atomic_store(&script.count, 0);
        begin(&kit, &server, &script);
        kit_ask(&kit, OC_METHOD_GET, "/1", "");
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        if (at_once) /* no turn between the two: the poller had no time to say it */
            peer_sleep(100);
        else
            assert_false(kit_next_within(&kit, 100000000));
        kit_ask(&kit, OC_METHOD_GET, "/2", "");
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        assert_true(kit_is(&kit, "ok"));
        assert_int_equal(atomic_load(&server.count), 2); /* on a connection of its own */
        end(&kit, &server);
    }
}

/* ---- many ---- */

static void test_many_at_once(void **state)
{
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
    struct peer_server server;
    struct kit kit;
    bool came[101] = {false};
    (void)state;
    begin(&kit, &server, &script);
    for (int i = 0; i < 100; i++)
        kit_ask(&kit, OC_METHOD_GET, "/", "");
    for (int i = 0; i < 100; i++) {
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        assert_false(came[kit.what.exchange]);
        came[kit.what.exchange] = true;
    }
    assert_int_equal(atomic_load(&server.count), NET_TALKS_MAX);
    end(&kit, &server);
}

static void test_as_many_as_may_wait(void **state)
{
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
    struct peer_server server;
    struct kit kit;
    const struct io_exchange one_more = {
        .exchange = 9999, .endpoint = "it", .path = "/", .path_size = 1, .headers = "", .body = ""};
    struct io_exchange bad = one_more;
    (void)state;
    begin(&kit, &server, &script);
    bad.path = "/ HTTP/1.1\r\nX: y";
    bad.path_size = (uint32_t)strlen(bad.path);
    assert_int_equal(kit.link.http(kit.link.self, &bad), OC_E_INVALID);
    bad = one_more;
    bad.headers = "A: b\r\n\r\nGET / HTTP/1.1\r\n";
    bad.headers_size = (uint32_t)strlen(bad.headers);
    assert_int_equal(kit.link.http(kit.link.self, &bad), OC_E_INVALID);
    for (int i = 0; i < NET_EXCHANGES_MAX; i++)
        kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_int_equal(kit.link.http(kit.link.self, &one_more), OC_E_LIMIT);
    assert_int_equal(kit_next(&kit), IO_RESPONSE);
    kit.link.taken(kit.link.self);
    kit.what.kind = 0;
    assert_int_equal(kit.link.http(kit.link.self, &one_more), OC_OK);
    end(&kit, &server); /* with all the others under way */
}

/* ---- never there ---- */

static void test_nobody_listens(void **state)
{
    struct kit kit;
    (void)state;
    kit_begin(&kit, "https://localhost:1", NULL);
    kit_ask(&kit, OC_METHOD_POST, "/order", "{}");
    assert_int_equal(kit_next(&kit), IO_UNSENT);
    assert_int_equal(kit.what.why, OC_WHY_NETWORK);
    kit_end(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers),
                                       cmocka_unit_test(test_connections_are_made_elsewhere),
                                       cmocka_unit_test(test_a_link_that_goes_takes_none_with_it),
                                       cmocka_unit_test(test_no_whole_answer),
                                       cmocka_unit_test(test_inflated),
                                       cmocka_unit_test(test_a_kept_connection_that_died),
                                       cmocka_unit_test(test_bytes_nobody_asked_for),
                                       cmocka_unit_test(test_many_at_once),
                                       cmocka_unit_test(test_as_many_as_may_wait),
                                       cmocka_unit_test(test_nobody_listens)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
