#include "io/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/order.h>

#include "base/env.h"
#include "base/log.h"
#include "io/net_impl.h"

#define AHEAD_NS 1000000000ll /* the wall clock is followed when it is so far ahead */

/* The loop. */

static const struct net_lib *load(struct error *ret_error)
{
    const char *missing = "";
    const struct net_lib *lib = net_lib_get(&missing);
    if (!lib)
        (void)error_say(ret_error, OC_E_NOT_SUPPORTED, "the network", "%s could not be loaded: install it", missing);
    return lib;
}

oc_rc net_loop_new(struct net_loop **ret_loop, struct error *ret_error)
{
    const struct net_lib *lib = load(ret_error);
    if (!lib)
        return OC_E_NOT_SUPPORTED;
    struct net_loop *loop = calloc(1, sizeof *loop);
    oc_rc rc = loop ? env_poller_new(&loop->poller) : (oc_rc)OC_E_NOMEM;
    if (rc == OC_OK)
        rc = env_random(loop->masks, sizeof loop->masks);
    if (rc < 0) {
        net_loop_free(loop);
        return error_of_code(ret_error, rc, "the network", "it could not be set up");
    }
    loop->lib = lib;
    loop->real_base_ns = env_clock_real();
    loop->mono_base_ns = env_clock_mono();
    loop->turned_ns = INT64_MIN;
    *ret_loop = loop;
    return OC_OK;
}

void net_loop_free(struct net_loop *loop)
{
    if (!loop)
        return;
    net_maker_free(loop->maker);
    env_poller_free(loop->poller);
    free(loop->watches);
    free(loop);
}

int64_t net_loop_now(struct net_loop *loop)
{
    const int64_t real_ns = env_clock_real(), passed_ns = env_clock_mono() - loop->mono_base_ns;
    if (real_ns - (loop->real_base_ns + passed_ns) > AHEAD_NS) {
        log_warning("network", "the clock was set forward, or this machine slept: going on from there");
        loop->real_base_ns = real_ns - passed_ns;
        loop->steps++;
    }
    const int64_t now_ns = loop->real_base_ns + passed_ns;
    loop->now_ns = now_ns > loop->now_ns ? now_ns : loop->now_ns;
    return loop->now_ns;
}

const uint32_t *net_loop_steps(const struct net_loop *loop) { return &loop->steps; }

oc_rc net_loop_watch(struct net_loop *loop, int fd, short want, void (*ready)(void *, int, short), void *self)
{
    if ((uint32_t)fd >= loop->watch_room) {
        const uint32_t room = (uint32_t)fd + 64;
        struct net_watch *watches = realloc(loop->watches, room * sizeof *watches);
        if (!watches)
            return OC_E_NOMEM;
        memset(watches + loop->watch_room, 0, (room - loop->watch_room) * sizeof *watches);
        loop->watches = watches;
        loop->watch_room = room;
    }
    const struct net_watch *known = &loop->watches[fd];
    const bool is_known = known->ready && known->want == want;
    const oc_rc rc = is_known ? (oc_rc)OC_OK : env_poller_watch(loop->poller, fd, want);
    if (rc == OC_OK)
        loop->watches[fd] = (struct net_watch){ready, self, want};
    return rc;
}

void net_loop_leave(struct net_loop *loop, int fd)
{
    env_poller_leave(loop->poller, fd);
    if ((uint32_t)fd < loop->watch_room)
        loop->watches[fd] = (struct net_watch){0};
}

void net_loop_mask(struct net_loop *loop, uint8_t *ret_bytes, size_t size)
{
    if (loop->mask_at + size > NET_MASKS) {
        if (env_random(loop->masks, sizeof loop->masks) < 0)
            log_error("network", "no random numbers: %s", env_error_text());
        loop->mask_at = 0;
    }
    memcpy(ret_bytes, loop->masks + loop->mask_at, size);
    memset(loop->masks + loop->mask_at, 0, size);
    loop->mask_at += (uint32_t)size;
}

/* Something of a link can be given, or read, without waiting. */
static bool is_ready(const struct net_loop *loop)
{
    for (uint32_t i = 0; i < loop->link_count; i++) {
        const struct net *net = loop->links[i];
        if (net->has_given || net->over || net->probed_count)
            return true;
        for (uint32_t k = 0; k < NET_STREAMS_MAX; k++) {
            const struct net_stream *stream = &net->streams[k];
            if (stream->state != NET_FREE &&
                (stream->is_ready || stream->has_up || stream->has_end || stream->is_closed))
                return true;
        }
    }
    return false;
}

static int64_t due_ns(const struct net_loop *loop)
{
    int64_t due_ns = INT64_MAX;
    for (uint32_t i = 0; i < loop->link_count; i++) {
        const struct net *net = loop->links[i];
        const int64_t http_ns = net_http_due_ns(net);
        due_ns = http_ns < due_ns ? http_ns : due_ns;
        for (uint32_t k = 0; k < NET_STREAMS_MAX; k++) {
            const int64_t stream_ns = net_stream_due_ns(&net->streams[k]);
            due_ns = stream_ns < due_ns ? stream_ns : due_ns;
        }
    }
    return due_ns;
}

void net_loop_wait(struct net_loop *loop, int64_t timeout_ns)
{
    const int64_t due = due_ns(loop), now_ns = env_clock_mono();
    if (is_ready(loop) || loop->ready_count)
        return;
    if (due <= now_ns)
        timeout_ns = 0;
    else if (due < INT64_MAX && (timeout_ns < 0 || due - now_ns < timeout_ns))
        timeout_ns = due - now_ns;
    loop->ready_count = env_poller_wait(loop->poller, loop->ready, timeout_ns);
}

/* Its call is over with this. */
static void on_also(void *self, int fd, short is)
{
    struct env_ready ready[ENV_READY_MAX];
    (void)fd;
    (void)is;
    (void)env_poller_wait(((struct net_loop *)self)->also, ready, 0);
}

oc_rc net_loop_also(struct net_loop *loop, struct env_poller *also)
{
    if (loop->also)
        net_loop_leave(loop, env_poller_fd(loop->also));
    loop->also = also;
    return also ? net_loop_watch(loop, env_poller_fd(also), ENV_POLL_READ, on_also, loop) : (oc_rc)OC_OK;
}

/* Looks at the sockets, at the time at_ns of the links. */
static void turn(struct net_loop *loop, int64_t at_ns)
{
    struct net_make *make;
    if (!loop->ready_count)
        loop->ready_count = env_poller_wait(loop->poller, loop->ready, 0);
    loop->turned_ns = at_ns;
    while (loop->maker && (make = net_maker_made(loop->maker)) != NULL)
        net_stream_made(make->net, make);
    const uint32_t count = loop->ready_count;
    loop->ready_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int fd = loop->ready[i].fd;
        if ((uint32_t)fd < loop->watch_room && loop->watches[fd].ready)
            loop->watches[fd].ready(loop->watches[fd].self, fd, loop->ready[i].is);
    }
    const int64_t mono_ns = env_clock_mono();
    for (uint32_t i = 0; i < loop->link_count; i++) {
        for (uint32_t k = 0; k < NET_STREAMS_MAX; k++)
            if (loop->links[i]->streams[k].state != NET_FREE)
                net_stream_turn(&loop->links[i]->streams[k], mono_ns);
        net_http_due(loop->links[i], mono_ns);
    }
}

/* Bytes. */

oc_rc net_bytes_add(struct net_bytes *bytes, const void *data, size_t size, size_t max)
{
    if (size > max || bytes->size > max - size)
        return OC_E_LIMIT;
    if (bytes->size + size + NET_ZEROS > bytes->room) {
        size_t room = bytes->room ? bytes->room : 4096;
        while (room < bytes->size + size + NET_ZEROS)
            room *= 2;
        char *more = realloc(bytes->data, room);
        if (!more)
            return OC_E_NOMEM;
        bytes->data = more;
        bytes->room = room;
    }
    if (size && data)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    return OC_OK;
}

oc_rc net_bytes_end(struct net_bytes *bytes)
{
    const oc_rc rc = net_bytes_add(bytes, NULL, 0, SIZE_MAX);
    if (rc == OC_OK)
        memset(bytes->data + bytes->size, 0, NET_ZEROS);
    return rc;
}

void net_bytes_release(struct net_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct net_bytes){0};
}

oc_rc net_loop_make(struct net_loop *loop, struct net_make *make)
{
    const oc_rc rc = loop->maker ? (oc_rc)OC_OK : net_maker_new(loop->lib, loop->poller, &loop->maker);
    return rc == OC_OK ? net_maker_ask(loop->maker, make) : rc;
}

/* The driver. */

static oc_rc link_open(void *self, const struct io_opening *opening) { return net_stream_open(self, opening); }

static oc_rc link_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    struct net_stream *found = net_stream_of(self, stream);
    return found ? net_stream_send(found, bytes, size) : (oc_rc)OC_E_STATE;
}

static oc_rc link_http(void *self, const struct io_exchange *exchange) { return net_http_ask(self, exchange); }

static void link_close(void *self, uint32_t stream)
{
    struct net_stream *found = net_stream_of(self, stream);
    if (found)
        net_stream_close(found);
}

/* What a stream says, the streams in turn; then what became of exchanges. */
static bool take_next(struct net *net)
{
    for (uint32_t i = 0; i < NET_STREAMS_MAX; i++) {
        struct net_stream *stream = &net->streams[(net->turn + i) % NET_STREAMS_MAX];
        if (stream->state == NET_FREE || !net_stream_next(stream, &net->given))
            continue;
        net->turn = (net->turn + i + 1) % NET_STREAMS_MAX;
        net->given_stream = stream;
        return true;
    }
    if (net->probed_count) {
        const struct net_probed *probed = &net->probed[0];
        net->given = (struct io_happening){.kind = IO_PROBED,
                                           .exchange = probed->number,
                                           .at_ns = net->loop->turned_ns,
                                           .status = probed->why == OC_WHY_NONE,
                                           .why = probed->why};
        memmove(net->probed, net->probed + 1, --net->probed_count * sizeof *net->probed);
        return true;
    }
    struct net_exchange *exchange = net->over;
    if (!exchange)
        return false;
    net->given_exchange = exchange;
    net->given = (struct io_happening){.kind = exchange->kind,
                                       .exchange = exchange->number,
                                       .at_ns = exchange->at_ns,
                                       .status = exchange->status,
                                       .why = exchange->why,
                                       .size = (uint32_t)exchange->content.size,
                                       .headers_size = (uint32_t)exchange->head.size,
                                       .bytes = exchange->content.data,
                                       .headers = exchange->head.data};
    return true;
}

static oc_rc link_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    struct net *net = self;
    if (!net->has_given)
        net->has_given = take_next(net);
    if (!net->has_given && until_ns > net->loop->turned_ns && until_ns < INT64_MAX) {
        turn(net->loop, until_ns);
        net->has_given = take_next(net);
    }
    if (!net->has_given || net->given.at_ns > until_ns)
        return OC_E_AGAIN;
    *ret = net->given;
    return OC_OK;
}

static void link_taken(void *self)
{
    struct net *net = self;
    if (!net->has_given)
        return;
    net->has_given = false;
    if (net->given_stream)
        net_stream_taken(net->given_stream, &net->given);
    else if (net->given_exchange) {
        net->over = net->given_exchange->next;
        if (!net->over)
            net->over_last = &net->over;
        net_exchange_free(net->given_exchange);
        net->exchange_count--;
    }
    net->given_stream = NULL;
    net->given_exchange = NULL;
}

static int64_t link_next_ns(void *self)
{
    struct net *net = self;
    if (!net->has_given)
        net->has_given = take_next(net);
    return net->has_given ? net->given.at_ns : INT64_MAX;
}

static const char *link_authority(void *self, const char *endpoint)
{
    const struct net *net = self;
    for (uint32_t i = 0; i < net->endpoint_count; i++)
        if (strcmp(net->endpoints[i].name, endpoint) == 0)
            return net->urls[i].authority;
    return NULL;
}

static oc_rc link_probe(void *self, const char *endpoint, uint64_t number) { return net_probe(self, endpoint, number); }

struct io_link net_link(struct net *net)
{
    return (struct io_link){net,       link_open,  link_send,    link_http,      link_close,
                            link_next, link_taken, link_next_ns, link_authority, link_probe};
}

static oc_rc read_endpoint(const struct net_config *config, uint32_t i, struct net_url *ret_url,
                           struct error *ret_error)
{
    const struct net_endpoint *endpoint = &config->endpoints[i];
    char words[NET_WORDS_MAX];
    if (i == NET_ENDPOINTS_MAX)
        return error_say(ret_error, OC_E_LIMIT, config->where, "at most %d endpoints", NET_ENDPOINTS_MAX);
    if (net_url_read(endpoint->url, ret_url, words) == OC_OK)
        return OC_OK;
    error_at(ret_error, OC_E_CONFIG, "%s.endpoint.%s", config->where, endpoint->name);
    error_what(ret_error, "%s", words);
    error_found(ret_error, "%s", strchr(endpoint->url, '@') ? "(not shown)" : endpoint->url);
    return OC_E_CONFIG;
}

oc_rc net_judge(const struct net_config *config, struct error *ret_error)
{
    const struct net_lib *lib = load(ret_error);
    struct net_trust trust;
    struct net_url url;
    oc_rc rc = lib ? OC_OK : OC_E_NOT_SUPPORTED;
    for (uint32_t i = 0; i < config->endpoint_count && rc == OC_OK; i++)
        rc = read_endpoint(config, i, &url, ret_error);
    if (rc < 0 || (!config->ca_file && !config->proxy)) /* whom the system trusts is read once, when it is opened */
        return rc;
    rc = net_trust_init(&trust, lib, config, ret_error);
    net_trust_release(&trust);
    return rc;
}

oc_rc net_new(struct net_loop *loop, const struct net_config *config, struct net **ret_net, struct error *ret_error)
{
    if (loop->link_count == NET_LINKS_MAX)
        return error_say(ret_error, OC_E_LIMIT, config->where, "at most %d links to the network", NET_LINKS_MAX);
    struct net *net = calloc(1, sizeof *net);
    if (!net)
        return error_of_code(ret_error, OC_E_NOMEM, config->where, "the network could not be set up");
    net->loop = loop;
    net->lib = loop->lib;
    net->over_last = &net->over;
    net->waiting_last = &net->waiting;
    net->message_max =
        config->message_max && config->message_max < NET_MESSAGE_MAX ? config->message_max : NET_MESSAGE_MAX;
    snprintf(net->venue, sizeof net->venue, "%s", config->venue);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < config->endpoint_count && rc == OC_OK; i++) {
        rc = read_endpoint(config, i, &net->urls[i], ret_error);
        if (rc == OC_OK)
            net->endpoints[net->endpoint_count++] = config->endpoints[i];
    }
    if (rc == OC_OK)
        rc = net_trust_init(&net->trust, net->lib, config, ret_error);
    loop->links[loop->link_count++] = net;
    if (rc < 0)
        net_free(net);
    else
        *ret_net = net;
    return rc;
}

/* What is being made uses the trust of its link: the thread ends first. What another link waits for fell, and is opened again. */
static void stop_making(struct net_loop *loop)
{
    net_maker_free(loop->maker);
    loop->maker = NULL;
    for (uint32_t i = 0; i < loop->link_count; i++) {
        for (uint32_t k = 0; k < NET_STREAMS_MAX; k++) {
            struct net_stream *stream = &loop->links[i]->streams[k];
            if (stream->state != NET_MAKING)
                continue;
            stream->make = NULL;
            net_stream_end(stream, IO_DOWN, OC_WHY_NETWORK, 0, "another venue was closed meanwhile");
        }
        net_http_unmade(loop->links[i]);
    }
}

void net_free(struct net *net)
{
    if (!net)
        return;
    struct net_loop *loop = net->loop;
    net->is_leaving = true;
    for (uint32_t i = 0; i < NET_STREAMS_MAX; i++) {
        if (net->streams[i].state != NET_FREE && !net->streams[i].is_closed)
            net_stream_close(&net->streams[i]);
        net_stream_release(&net->streams[i]);
    }
    stop_making(loop);
    net_http_release(net);
    for (uint32_t i = 0; i < loop->link_count; i++)
        if (loop->links[i] == net)
            loop->links[i] = loop->links[--loop->link_count];
    net_trust_release(&net->trust);
    free(net);
}

bool net_is_idle(const struct net *net)
{
    for (uint32_t i = 0; i < NET_STREAMS_MAX; i++)
        if (net->streams[i].flight.size || net->streams[i].waiting.size)
            return false;
    return net->exchange_count == 0;
}
