/* How the network is reached: whom a link trusts, by what proxy, what it refuses, and that nothing that hangs delays anything else. */
#include "venue/net_kit.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a resolver that hangs: libcurl, which is loaded later, finds this one first ---- */

static atomic_bool resolver_may_go;
static atomic_int resolver_hangs;

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **ret)
{
    const int port = service ? atoi(service) : 0;
    struct addrinfo *found = calloc(1, sizeof *found + sizeof(struct sockaddr_in));
    struct sockaddr_in *address = (struct sockaddr_in *)(void *)(found + 1);
    (void)hints;
    if (strcmp(name, "slow.test") == 0) {
        atomic_fetch_add(&resolver_hangs, 1);
        while (!atomic_load(&resolver_may_go))
            peer_sleep(5);
        free(found);
        return EAI_AGAIN;
    }
    *address = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (strcmp(name, "localhost") != 0 && inet_pton(AF_INET, name, &address->sin_addr) != 1) {
        free(found);
        return EAI_NONAME;
    }
    *found = (struct addrinfo){.ai_family = AF_INET,
                               .ai_socktype = SOCK_STREAM,
                               .ai_addrlen = sizeof *address,
                               .ai_addr = (struct sockaddr *)address};
    *ret = found;
    return 0;
}

__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *list) { free(list); }

/* ---- servers ---- */

static void hello(struct peer *peer, void *arg)
{
    char head[4096];
    (void)arg;
    while (peer_read_head(peer, head, sizeof head))
        peer_say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void echo(struct peer *peer, void *arg)
{
    char head[4096], bytes[4096];
    size_t size;
    int opcode;
    (void)arg;
    if (!peer_ws_open(peer, "", head))
        return;
    while ((opcode = peer_ws_read(peer, bytes, sizeof bytes, &size, 20000)) >= 0)
        peer_ws_frame(peer, (uint8_t)(0x80 | (opcode == 9 ? 10 : opcode)), bytes, size);
}

static void never(struct peer *peer, void *arg)
{
    (void)arg;
    while (!atomic_load(&peer->server->is_over))
        peer_sleep(5);
}

static void start(struct peer_server *server, const char *certificate, void (*talk)(struct peer *, void *))
{
    char pem[512], key[512];
    snprintf(pem, sizeof pem, CERTS "%s.pem", certificate);
    snprintf(key, sizeof key, CERTS "%s.key", certificate);
    peer_server_start(server, &(struct peer_config){.certificate = pem, .key = key, .talk = talk}, 0);
}

/* What came of one exchange and one stream by this url: both by the same rules. */
static void expect(const char *host, const struct peer_server *server, const struct net_config *config, uint32_t why,
                   const char *words)
{
    static const char *const schemes[] = {"https", "wss"};
    for (int i = 0; i < 2; i++) {
        struct kit kit;
        char url[128];
        snprintf(url, sizeof url, "%s://%s:%d", schemes[i], host, server->port);
        kit_begin(&kit, url, config);
        if (i)
            kit_open(&kit, "/");
        else
            kit_ask(&kit, OC_METHOD_POST, "/order", "{}");
        const uint32_t kind = kit_next(&kit);
        if (kind != (i ? IO_DOWN : IO_UNSENT) || kit.what.why != why || !kit_has_said(words))
            fail_msg("%s: kind %u, why %u, said: %s, expected: %s", url, kind, kit.what.why, kit_said, words);
        kit_end(&kit);
    }
}

static void test_certificates(void **state)
{
    static const struct {
        const char *certificate, *host, *words;
    } bad[] = {{"expired", "localhost", "certificate has expired"},
               {"not_yet", "localhost", "certificate is not yet valid"},
               {"other_name", "localhost", "no alternative certificate subject name matches"},
               {"self", "localhost", "self-signed certificate"},
               {"unknown_ca", "localhost", "unable to get local issuer certificate"},
               {"wrong_usage", "localhost", "unsuitable certificate purpose"},
               {"weak", "localhost", "key too weak"},
               {"sha1", "localhost", "digest algorithm too weak"},
               {"other_address", "127.0.0.1", "no alternative certificate subject name matches"},
               {"no_name", "localhost", "does not match target host name"},
               {"by_leaf", "localhost", "invalid CA certificate"},
               {"no_chain", "localhost", "unable to get local issuer certificate"},
               {"constrained", "localhost", "permitted subtree violation"}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct peer_server server;
        start(&server, bad[i].certificate, hello);
        expect(bad[i].host, &server, NULL, OC_WHY_TLS, bad[i].words);
        assert_int_equal(atomic_load(&server.said), 0);
        peer_server_stop(&server);
    }
    /* The same with the good one: by name and by address. */
    for (int i = 0; i < 2; i++) {
        struct peer_server server;
        struct kit kit;
        char url[64];
        start(&server, "good", hello);
        snprintf(url, sizeof url, "https://%s:%d", i ? "127.0.0.1" : "localhost", server.port);
        kit_begin(&kit, url, NULL);
        kit_ask(&kit, OC_METHOD_GET, "/", "");
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        kit_end(&kit);
        /* Whom the system trusts is not whom this test made, whatever the environment says. */
        setenv("SSL_CERT_FILE", CERTS "ca.pem", 1);
        setenv("CURL_CA_BUNDLE", CERTS "ca.pem", 1);
        expect("localhost", &server, &(struct net_config){0}, OC_WHY_TLS, "unable to get local issuer certificate");
        unsetenv("SSL_CERT_FILE");
        unsetenv("CURL_CA_BUNDLE");
        peer_server_stop(&server);
    }
}

static void test_versions(void **state)
{
    static const struct {
        int version_max;
        const char *alpn, *words;
        uint32_t why;
    } cases[] = {{TLS1_1_VERSION, NULL, "alert protocol version", OC_WHY_TLS},
                 {0, "h2", "HTTP/2 is not supported", OC_WHY_NOT_SUPPORTED}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct peer_server server;
        const struct peer_config config = {.certificate = CERTS "good.pem",
                                           .key = CERTS "good.key",
                                           .version_max = cases[i].version_max,
                                           .alpn = cases[i].alpn,
                                           .talk = hello};
        peer_server_start(&server, &config, 0);
        expect("localhost", &server, NULL, cases[i].why, cases[i].words);
        peer_server_stop(&server);
    }
}

/* A server that asks nobody and speaks HTTP/2 at once. */
static void speak_h2(struct peer *peer, void *arg)
{
    char head[4096];
    (void)arg;
    (void)peer_read_head(peer, head, sizeof head);
    peer_write(peer, "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64", 15);
    never(peer, NULL);
}

static void test_a_server_of_http2(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct peer_server server;
        struct kit kit;
        char url[64];
        start(&server, "good", speak_h2);
        kit_url(url, i ? "wss" : "https", &server);
        kit_begin(&kit, url, NULL);
        if (i)
            kit_open(&kit, "/");
        else
            kit_ask(&kit, OC_METHOD_GET, "/", "");
        assert_int_equal(kit_next(&kit), i ? IO_DOWN : IO_LOST);
        assert_int_equal(kit.what.why, OC_WHY_NOT_SUPPORTED);
        assert_true(kit_has_said("HTTP/2 is not supported"));
        kit_end(&kit);
        peer_server_stop(&server);
    }
}

/* ---- plain ---- */

static void test_plain(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    peer_server_start(&server, &(struct peer_config){.talk = hello}, 0);
    kit_url(url, "http", &server);
    kit_begin(&kit, url, NULL);
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_int_equal(kit_next(&kit), IO_RESPONSE);
    kit_end(&kit);
    peer_server_stop(&server);
    kit_begin(&kit, "http://192.0.2.1", NULL); /* of documentation: nobody's */
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_int_equal(kit_next(&kit), IO_UNSENT);
    assert_int_equal(kit.what.why, OC_WHY_NOT_SUPPORTED);
    assert_true(kit_has_said("only TLS leaves this one"));
    kit_end(&kit);
    kit_begin(&kit, "ws://192.0.2.1", NULL);
    kit_open(&kit, "/");
    assert_int_equal(kit_next(&kit), IO_DOWN);
    assert_int_equal(kit.what.why, OC_WHY_NOT_SUPPORTED);
    kit_end(&kit);
}

/* ---- proxies ---- */

struct proxied {
    char asked[512];
    bool is_socks;
    bool refuses;
    int port; /* where it leads, whatever was asked for */
};

static void relay(struct peer *peer, int fd)
{
    char bytes[16384];
    for (;;) {
        struct pollfd fds[2] = {{peer->fd, POLLIN, 0}, {fd, POLLIN, 0}};
        if (poll(fds, 2, 20) < 0 || atomic_load(&peer->server->is_over))
            return;
        for (int i = 0; i < 2; i++) {
            if (!fds[i].revents)
                continue;
            const ssize_t got = recv(fds[i].fd, bytes, sizeof bytes, 0);
            if (got <= 0 || send(fds[1 - i].fd, bytes, (size_t)got, MSG_NOSIGNAL) != got)
                return;
        }
    }
}

static bool take_socks(struct peer *peer, struct proxied *proxied)
{
    uint8_t bytes[300];
    if (peer_read(peer, bytes, 2, 20000) != 2 || peer_read(peer, bytes + 2, bytes[1], 20000) < 1)
        return false;
    peer_write(peer, "\5\0", 2);
    if (peer_read(peer, bytes, 5, 20000) != 5)
        return false;
    const size_t rest = bytes[3] == 3 ? bytes[4] + 2u : 5;
    for (size_t have = 0; have < rest; have++)
        if (peer_read(peer, bytes + 5 + have, 1, 20000) != 1)
            return false;
    if (bytes[3] == 3)
        snprintf(proxied->asked, sizeof proxied->asked, "name %.*s", bytes[4], (char *)bytes + 5);
    else
        snprintf(proxied->asked, sizeof proxied->asked, "address %d.%d.%d.%d", bytes[4], bytes[5], bytes[6], bytes[7]);
    peer_write(peer, "\5\0\0\1\0\0\0\0\0\0", 10);
    return true;
}

static void proxy(struct peer *peer, void *arg)
{
    struct proxied *proxied = arg;
    char head[4096];
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons((uint16_t)proxied->port)};
    if (proxied->is_socks ? !take_socks(peer, proxied) : !peer_read_head(peer, head, sizeof head))
        return;
    if (!proxied->is_socks) {
        snprintf(proxied->asked, sizeof proxied->asked, "%.*s", (int)strcspn(head, "\r"), head);
        peer_say(peer, proxied->refuses ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                                        : "HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n");
        if (proxied->refuses)
            return;
    }
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        relay(peer, fd);
    close(fd);
}

static void test_proxies(void **state)
{
    static const struct {
        const char *scheme;
        bool is_socks;
        const char *asked;
    } cases[] = {{"http", false, "CONNECT localhost:"},
                 {"socks5h", true, "name localhost"},
                 {"socks5", true, "address 127.0.0.1"}};
    (void)state;
    setenv("no_proxy", "*", 1); /* none of it counts */
    setenv("NO_PROXY", "*", 1);
    for (size_t i = 0; i < 3; i++)
        for (int is_stream = 0; is_stream < 2; is_stream++) {
            struct peer_server server, between;
            struct proxied proxied = {.is_socks = cases[i].is_socks};
            struct kit kit;
            char url[64], by[64], asked[64];
            start(&server, "good", is_stream ? echo : hello);
            proxied.port = server.port;
            peer_server_start(&between, &(struct peer_config){.talk = proxy, .arg = &proxied}, 0);
            kit_url(url, is_stream ? "wss" : "https", &server);
            kit_url(by, cases[i].scheme, &between);
            kit_begin(&kit, url, &(struct net_config){.ca_file = CERTS "ca.pem", .proxy = by});
            if (is_stream) {
                const uint32_t stream = kit_up(&kit, "/");
                assert_int_equal(kit_send(&kit, stream, "through"), OC_OK);
                assert_int_equal(kit_next(&kit), IO_MESSAGE);
            } else {
                kit_ask(&kit, OC_METHOD_GET, "/", "");
                assert_int_equal(kit_next(&kit), IO_RESPONSE);
                assert_null(strstr(kit.what.headers, "x-proxy")); /* its words are none of the venue's */
            }
            snprintf(asked, sizeof asked, "CONNECT localhost:%d HTTP/1.1", server.port);
            assert_string_equal(proxied.asked, cases[i].is_socks ? cases[i].asked : asked);
            kit_end(&kit);
            peer_server_stop(&between);
            peer_server_stop(&server);
        }
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
}

static void test_a_proxy_that_says_no(void **state)
{
    struct peer_server between;
    struct proxied proxied = {.refuses = true};
    struct kit kit;
    char by[64];
    (void)state;
    peer_server_start(&between, &(struct peer_config){.talk = proxy, .arg = &proxied}, 0);
    kit_url(by, "http", &between);
    kit_begin(&kit, "https://localhost:1", &(struct net_config){.ca_file = CERTS "ca.pem", .proxy = by});
    kit_ask(&kit, OC_METHOD_POST, "/order", "{}");
    assert_int_equal(kit_next(&kit), IO_UNSENT); /* of the order itself no byte left */
    kit_end(&kit);
    peer_server_stop(&between);
}

static void test_the_environment_chooses_no_proxy(void **state)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    for (size_t i = 0; i < 5; i++)
        setenv(names[i], "http://127.0.0.1:1", 1);
    start(&server, "good", hello);
    kit_url(url, "https", &server);
    kit_begin(&kit, url, NULL);
    kit_ask(&kit, OC_METHOD_GET, "/", "");
    assert_int_equal(kit_next(&kit), IO_RESPONSE);
    kit_end(&kit);
    for (size_t i = 0; i < 5; i++)
        unsetenv(names[i]);
    peer_server_stop(&server);
}

/* ---- what hangs ---- */

enum { GOOD, SLOW, DEAF, STOPS, MUTE, PLACES };

/* A name that nobody resolves, a SYN that nobody answers, a TLS handshake that stops, an opening handshake that nobody answers: each
 * of a stream, and the first three of an exchange too. Meanwhile messages go back and forth, and what waits ends by its own time. */
static void test_what_hangs_delays_nothing(void **state)
{
    static const char *const names[PLACES] = {"good", "slow", "deaf", "stops", "mute"};
    struct net_endpoint endpoints[2 * PLACES] = {0};
    struct peer_server good, deaf, stops, mute;
    struct net_config config = {.ca_file = CERTS "ca.pem",
                                .venue = "kit",
                                .where = "venue.kit",
                                .endpoints = endpoints,
                                .endpoint_count = 2 * PLACES};
    struct error error;
    struct kit kit = {0};
    int filling[4];
    (void)state;
    kit_said[0] = 0;
    log_set_sink(kit_hear, NULL);
    atomic_store(&resolver_may_go, false);
    start(&good, "good", echo);
    peer_server_start(&deaf, &(struct peer_config){.is_deaf = true}, 0);
    for (int i = 0; i < 4; i++) { /* its queue is full: the next SYN is not answered */
        struct sockaddr_in address = {
            .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons((uint16_t)deaf.port)};
        filling[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(filling[i], (struct sockaddr *)&address, sizeof address);
    }
    peer_server_start(&stops, &(struct peer_config){.talk = never}, 0);
    start(&mute, "good", never);
    const int ports[PLACES] = {good.port, 443, deaf.port, stops.port, mute.port};
    for (int i = 0; i < PLACES; i++) {
        snprintf(endpoints[i].name, sizeof endpoints[i].name, "%s", names[i]);
        snprintf(endpoints[i].url, sizeof endpoints[i].url, "wss://%s:%d", i == SLOW ? "slow.test" : "localhost",
                 ports[i]);
        snprintf(endpoints[PLACES + i].name, sizeof endpoints[i].name, "http_%s", names[i]);
        snprintf(endpoints[PLACES + i].url, sizeof endpoints[i].url, "https://%s:%d",
                 i == SLOW ? "slow.test" : "localhost", ports[i]);
    }
    assert_int_equal(net_loop_new(&kit.loop, &error), OC_OK);
    assert_int_equal(net_new(kit.loop, &config, &kit.net, &error), OC_OK);
    kit.link = net_link(kit.net);
    for (uint32_t i = SLOW; i < PLACES; i++) {
        const struct io_opening opening = {
            .stream = i, .endpoint = names[i], .path = "/", .path_size = 1, .headers = "", .ping = ""};
        assert_int_equal(kit.link.open(kit.link.self, &opening), OC_OK);
        const struct io_exchange exchange = {.exchange = i,
                                             .endpoint = endpoints[PLACES + i].name,
                                             .path = "/",
                                             .path_size = 1,
                                             .headers = "",
                                             .body = ""};
        if (i != MUTE)
            assert_int_equal(kit.link.http(kit.link.self, &exchange), OC_OK);
    }
    const struct io_opening opening = {
        .stream = 100, .endpoint = "good", .path = "/", .path_size = 1, .headers = "", .ping = ""};
    assert_int_equal(kit.link.open(kit.link.self, &opening), OC_OK);
    assert_int_equal(kit_next(&kit), IO_UP);
    assert_int_equal(kit.what.stream, 100);
    while (atomic_load(&resolver_hangs) < 2)
        peer_sleep(1);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(kit_send(&kit, 100, "there"), OC_OK);
        assert_int_equal(kit_next(&kit), IO_MESSAGE);
    }
    /* All of them end, by time, though the resolver has not gone on; and messages still go back and forth. */
    int ended = 0, messages = 0;
    bool is_stream_over[PLACES] = {false}, is_exchange_over[PLACES] = {false};
    assert_int_equal(kit_send(&kit, 100, "there"), OC_OK);
    while (ended < 7) {
        kit_next(&kit);
        if (kit.what.kind == IO_MESSAGE) {
            messages++;
            assert_int_equal(kit_send(&kit, 100, "there"), OC_OK);
            continue;
        }
        ended++;
        assert_int_equal(kit.what.why, OC_WHY_TIMEOUT);
        if (kit.what.kind == IO_DOWN)
            is_stream_over[kit.what.stream] = true;
        else if (kit.what.kind == IO_UNSENT)
            is_exchange_over[kit.what.exchange] = true;
        else
            fail_msg("kind %u", kit.what.kind);
    }
    for (int i = SLOW; i < PLACES; i++)
        assert_true(is_stream_over[i] && (i == MUTE || is_exchange_over[i]));
    assert_true(messages > 1000);
    /* Ended while a name is being resolved: it is not waited for, or this would never return. */
    const struct io_opening again = {
        .stream = 101, .endpoint = "slow", .path = "/", .path_size = 1, .headers = "", .ping = ""};
    const struct io_exchange exchange = {
        .exchange = 101, .endpoint = "http_slow", .path = "/", .path_size = 1, .headers = "", .body = ""};
    assert_int_equal(kit.link.open(kit.link.self, &again), OC_OK);
    assert_int_equal(kit.link.http(kit.link.self, &exchange), OC_OK);
    while (atomic_load(&resolver_hangs) < 4)
        assert_true(kit_next_within(&kit, KIT_NS) && kit_send(&kit, 100, "there") == OC_OK);
    kit.link.close(kit.link.self, 101);
    kit_end(&kit);
    atomic_store(&resolver_may_go, true);
    peer_server_stop(&good);
    peer_server_stop(&deaf);
    peer_server_stop(&stops);
    peer_server_stop(&mute);
    for (int i = 0; i < 4; i++)
        close(filling[i]);
}

static void test_urls(void **state)
{
    static const struct {
        const char *text, *scheme, *authority, *path;
    } good[] = {{"wss://a.example:7443/ws/", "wss", "a.example:7443", "/ws"},
                {"https://a.example https://b.example", "https", "a.example", ""},
                {"tcp://127.0.0.1:7001", "tcp", "127.0.0.1:7001", ""},
                {"tls://[::1]:9/a/b", "tls", "[::1]:9", "/a/b"}};
    static const char *const bad[] = {"",
                                      "a.example",
                                      "ftp://a",
                                      "wss://",
                                      "wss:///x",
                                      "wss://u:p@a",
                                      "https://a/?b",
                                      "https://a/#b",
                                      "https://a\n",
                                      "wssx://a",
                                      "https://\xc3\xa4"};
    struct net_url url;
    char words[NET_WORDS_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(net_url_read(good[i].text, &url, words), OC_OK);
        assert_string_equal(url.scheme, good[i].scheme);
        assert_string_equal(url.authority, good[i].authority);
        assert_string_equal(url.path, good[i].path);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (net_url_read(bad[i], &url, words) != OC_E_CONFIG)
            fail_msg("taken: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_urls),
                                       cmocka_unit_test(test_certificates),
                                       cmocka_unit_test(test_versions),
                                       cmocka_unit_test(test_a_server_of_http2),
                                       cmocka_unit_test(test_plain),
                                       cmocka_unit_test(test_proxies),
                                       cmocka_unit_test(test_a_proxy_that_says_no),
                                       cmocka_unit_test(test_the_environment_chooses_no_proxy),
                                       cmocka_unit_test(test_what_hangs_delays_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
