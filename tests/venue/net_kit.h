/* net_kit.h: a link to the network as a test holds it: what happens next, within a time that no test should ever need. */
#ifndef VENUE_NET_KIT_H
#define VENUE_NET_KIT_H

#include "io/net_impl.h"
#include "venue/peer.h"

#ifdef KIT_OF_A_PROGRAM /* without cmocka: what is not as it should be ends it */
#define assert_int_equal(found, expected)                                                                              \
    do {                                                                                                               \
        if ((long long)(found) != (long long)(expected))                                                               \
            abort();                                                                                                   \
    } while (0)
#define fail_msg(...)                                                                                                  \
    do {                                                                                                               \
        fprintf(stderr, __VA_ARGS__);                                                                                  \
        abort();                                                                                                       \
    } while (0)
#else
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#endif
#include <outcry/connector.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"

#ifndef CERTS
#define CERTS TEST_BUILD_DIR "/tests/venue/certs/"
#endif
#define KIT_NS 20000000000ll

struct kit {
    struct net_loop *loop;
    struct net *net;
    struct io_link link;
    struct io_happening what; /* the last */
    uint32_t streams;
    uint64_t exchanges;
};

#ifndef KIT_OF_A_PROGRAM
__attribute__((unused)) static const struct peer_config kit_good = {.certificate = CERTS "good.pem",
                                                                    .key = CERTS "good.key"};

__attribute__((unused)) static void kit_serve(struct peer_server *server, void (*talk)(struct peer *, void *),
                                              void *arg)
{
    struct peer_config config = kit_good;
    config.talk = talk;
    config.arg = arg;
    peer_server_start(server, &config, 0);
}
#endif

static char kit_said[65536]; /* lines of the log, so that words can be looked for */

__attribute__((unused)) static void kit_hear(void *arg, enum log_level level, const char *line, size_t length)
{
    const size_t have = strlen(kit_said);
    (void)arg;
    (void)level;
    if (have + length + 2 < sizeof kit_said)
        snprintf(kit_said + have, sizeof kit_said - have, "%.*s\n", (int)length, line);
    if (getenv("KIT_SHOWS"))
        fprintf(stderr, "%.*s\n", (int)length, line);
}

__attribute__((unused)) static bool kit_has_said(const char *words) { return strstr(kit_said, words) != NULL; }

/* A link with one endpoint, "it"; `more` NULL: as every link. */
__attribute__((unused)) static void kit_begin(struct kit *kit, const char *url, const struct net_config *more)
{
    struct net_endpoint endpoint = {.name = "it"};
    struct net_config config = more ? *more : (struct net_config){.ca_file = CERTS "ca.pem"};
    struct error error = {0};
    *kit = (struct kit){0};
    kit_said[0] = 0;
    log_set_sink(kit_hear, NULL);
    snprintf(endpoint.url, sizeof endpoint.url, "%s", url);
    config.venue = "kit";
    config.where = "venue.kit";
    config.endpoints = &endpoint;
    config.endpoint_count = 1;
    assert_int_equal(net_loop_new(&kit->loop, &error), OC_OK);
    if (net_new(kit->loop, &config, &kit->net, &error) < 0) {
        char text[ERROR_TEXT_MAX];
        error_text(&error, text);
        fail_msg("%s", text);
    }
    kit->link = net_link(kit->net);
}

__attribute__((unused)) static void kit_end(struct kit *kit)
{
    net_free(kit->net);
    net_loop_free(kit->loop);
}

/* What happens next, which is then taken when the next is asked for. False: nothing did within the time. */
__attribute__((unused)) static bool kit_next_within(struct kit *kit, int64_t within_ns)
{
    const int64_t until_ns = env_clock_mono() + within_ns;
    if (kit->what.kind)
        kit->link.taken(kit->link.self);
    kit->what.kind = 0;
    do {
        if (kit->link.next(kit->link.self, net_loop_now(kit->loop), &kit->what) == OC_OK)
            return true;
        kit->what.kind = 0;
        net_loop_wait(kit->loop, 50000000);
    } while (env_clock_mono() < until_ns);
    return false;
}

__attribute__((unused)) static uint32_t kit_next(struct kit *kit)
{
    if (!kit_next_within(kit, KIT_NS))
        fail_msg("nothing happened; said so far:\n%s", kit_said);
    return kit->what.kind;
}

__attribute__((unused)) static uint32_t kit_open(struct kit *kit, const char *path)
{
    const struct io_opening opening = {.stream = ++kit->streams,
                                       .endpoint = "it",
                                       .path = path,
                                       .path_size = (uint32_t)strlen(path),
                                       .headers = "",
                                       .ping = ""};
    assert_int_equal(kit->link.open(kit->link.self, &opening), OC_OK);
    return kit->streams;
}

/* Opened and up. */
__attribute__((unused)) static uint32_t kit_up(struct kit *kit, const char *path)
{
    const uint32_t stream = kit_open(kit, path);
    if (kit_next(kit) != IO_UP)
        fail_msg("it did not come up:\n%s", kit_said);
    return stream;
}

__attribute__((unused)) static oc_rc kit_send(struct kit *kit, uint32_t stream, const char *text)
{
    return kit->link.send(kit->link.self, stream, text, (uint32_t)strlen(text));
}

__attribute__((unused)) static bool kit_is(const struct kit *kit, const char *text)
{
    return kit->what.size == strlen(text) && memcmp(kit->what.bytes, text, kit->what.size) == 0;
}

__attribute__((unused)) static void kit_ask(struct kit *kit, uint8_t method, const char *path, const char *body)
{
    const struct io_exchange exchange = {.exchange = ++kit->exchanges,
                                         .endpoint = "it",
                                         .path = path,
                                         .path_size = (uint32_t)strlen(path),
                                         .headers = "X-Key: k\r\n",
                                         .headers_size = 10,
                                         .body = body,
                                         .body_size = (uint32_t)strlen(body),
                                         .method = method};
    assert_int_equal(kit->link.http(kit->link.self, &exchange), OC_OK);
}

__attribute__((unused)) static void kit_url(char url[64], const char *scheme, const struct peer_server *server)
{
    snprintf(url, 64, "%s://localhost:%d", scheme, server->port);
}

#endif
