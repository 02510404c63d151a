#include "venue/net_exchange.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void) /* never goes back */
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* What the exchange says goes to who is to hear it. Locked. */
static void turn(struct net_exchange *net)
{
    const struct io_link link = exchange_link(&net->exchange);
    struct io_happening said;
    while (link.next(link.self, now_ns(), &said) == OC_OK) {
        for (int i = 0; i < NET_EXCHANGE_SEATS && said.kind == IO_MESSAGE; i++)
            if (net->seats[i].stream == said.stream && net->seats[i].size + said.size + 1 < NET_EXCHANGE_OUT) {
                memcpy(net->seats[i].out + net->seats[i].size, said.bytes, said.size);
                net->seats[i].out[net->seats[i].size + said.size] = '\0';
                net->seats[i].size += said.size + 1;
            }
        if (said.kind == IO_RESPONSE) {
            net->answer = malloc(said.size + 1u);
            memcpy(net->answer, said.bytes, said.size);
            net->answer_size = said.size;
        }
        link.taken(link.self);
    }
}

/* Closed: what is new never reaches it. Locked. `ret`: what is said instead, a line behind `prefix`. */
static bool refuses(struct net_exchange *net, const char *line, const char *prefix, char ret[128])
{
    unsigned long long request = 0;
    char client[EXCHANGE_CLIENT_MAX] = "";
    if (!net->is_closed || sscanf(line, "new %llu %31s", &request, client) != 2)
        return false;
    net->refused++;
    snprintf(ret, 128, "%srejected %llu %s 1", prefix, request, client);
    return true;
}

static void flush(struct net_exchange *net, struct peer *peer, int place)
{
    static _Thread_local char out[NET_EXCHANGE_OUT];
    pthread_mutex_lock(&net->lock);
    turn(net);
    const size_t size = net->seats[place].size;
    memcpy(out, net->seats[place].out, size);
    net->seats[place].size = 0;
    pthread_mutex_unlock(&net->lock);
    for (size_t at = 0; at < size; at += strlen(out + at) + 1)
        peer_ws_text(peer, out + at);
}

static void hear(struct net_exchange *net, struct peer *peer, uint32_t stream, const char *line, size_t size)
{
    const struct io_link link = exchange_link(&net->exchange);
    char prefix[16], refusal[128];
    snprintf(prefix, sizeof prefix, "%u ", stream);
    pthread_mutex_lock(&net->lock);
    turn(net);
    const bool is_refused = refuses(net, line, prefix, refusal);
    if (!is_refused && link.send(link.self, stream, line, (uint32_t)size) < 0)
        abort();
    pthread_mutex_unlock(&net->lock);
    if (is_refused)
        peer_ws_text(peer, refusal);
}

static void talk_stream(struct peer *peer, void *arg)
{
    struct net_exchange *net = arg;
    const bool is_user = peer->server == &net->servers[2];
    const struct io_link link = exchange_link(&net->exchange);
    struct io_opening opening = {.path = is_user ? "/user" : "/orders", .path_size = is_user ? 5 : 7};
    char head[4096], line[4096];
    int place = 0;
    if (!peer_ws_open(peer, "", head))
        return;
    pthread_mutex_lock(&net->lock);
    turn(net);
    opening.stream = ++net->streams;
    while (net->seats[place].stream)
        place++;
    net->seats[place].stream = opening.stream;
    net->seats[place].size = 0;
    if (link.open(link.self, &opening) < 0)
        abort();
    pthread_mutex_unlock(&net->lock);
    for (int turns = 0; !atomic_load(&peer->server->is_over); turns++) {
        struct pollfd ready = {peer->fd, POLLIN, 0};
        size_t size = 0;
        flush(net, peer, place);
        snprintf(line, sizeof line, "%u trade %d 5", opening.stream, 9000 + turns % 300);
        if (is_user && turns % 8 == 0)
            peer_ws_text(peer, line);
        if (!SSL_pending(peer->ssl) && poll(&ready, 1, 2) <= 0)
            continue;
        const int opcode = peer_ws_read(peer, line, sizeof line, &size, 20000);
        if (opcode < 0 || opcode == 8)
            break;
        if (opcode == 9)
            peer_ws_frame(peer, 0x8a, line, size);
        if (opcode == 1)
            hear(net, peer, opening.stream, line, size);
    }
    pthread_mutex_lock(&net->lock);
    link.close(link.self, opening.stream);
    net->seats[place].stream = 0;
    pthread_mutex_unlock(&net->lock);
}

static void answer(struct net_exchange *net, struct peer *peer, char *body, size_t size)
{
    const struct io_link link = exchange_link(&net->exchange);
    char head[128], refusal[128] = "";
    char *text = NULL;
    size_t length = 0;
    pthread_mutex_lock(&net->lock);
    turn(net);
    if (!refuses(net, body, "", refusal)) {
        const struct io_exchange asked = {
            .exchange = ++net->exchanges, .body = body, .body_size = (uint32_t)size, .method = OC_METHOD_POST};
        if (link.http(link.self, &asked) < 0)
            abort();
        turn(net);
        text = net->answer;
        length = net->answer_size;
        net->answer = NULL;
    }
    pthread_mutex_unlock(&net->lock);
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", text ? length : strlen(refusal));
    peer_say(peer, head);
    peer_write(peer, text ? text : refusal, text ? length : strlen(refusal));
    free(text);
}

static void talk_rest(struct peer *peer, void *arg)
{
    char head[4096], body[8192];
    while (peer_read_head(peer, head, sizeof head)) {
        const char *at = strstr(head, "Content-Length: ");
        const size_t size = at ? strtoul(at + 16, NULL, 10) : 0;
        size_t have = 0;
        int got = 1;
        while (have < size && size < sizeof body && (got = peer_read(peer, body + have, size - have, 20000)) > 0)
            have += (size_t)got;
        if (have < size)
            return;
        body[size] = '\0';
        answer(arg, peer, body, size);
    }
}

void net_exchange_start(struct net_exchange *net, const struct peer_config *config, uint64_t seed)
{
    memset(net, 0, sizeof *net);
    exchange_init(&net->exchange, seed, now_ns(), 400);
    pthread_mutex_init(&net->lock, NULL);
    for (int i = 0; i < NET_EXCHANGE_SEATS; i++)
        net->seats[i].out = malloc(NET_EXCHANGE_OUT);
    for (int i = 0; i < NET_EXCHANGE_PORTS; i++) {
        struct peer_config own = *config;
        own.talk = i ? talk_stream : talk_rest;
        own.arg = net;
        peer_server_start(&net->servers[i], &own, 0);
    }
}

void net_exchange_stop(struct net_exchange *net)
{
    for (int i = 0; i < NET_EXCHANGE_PORTS; i++)
        peer_server_stop(&net->servers[i]);
    for (int i = 0; i < NET_EXCHANGE_SEATS; i++)
        free(net->seats[i].out);
    exchange_release(&net->exchange);
}

uint32_t net_exchange_orders(struct net_exchange *net)
{
    pthread_mutex_lock(&net->lock);
    turn(net);
    const uint32_t count = net->exchange.order_count;
    pthread_mutex_unlock(&net->lock);
    return count;
}
