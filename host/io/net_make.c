/* net_make.c: the thread that makes connections: all that are asked for at once, so that none waits for another. */
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/version.h"
#include "io/net_impl.h"

enum { MAKES_MAX = NET_LINKS_MAX * NET_STREAMS_MAX * 2, RING_BYTES = MAKES_MAX * 32 };

#define NS_PER_MS 1000000
#define LOOK_NS   1000000000ll /* at the latest it looks again after this */

struct net_maker {
    const struct net_lib *lib;
    struct env_poller *poller; /* the thread's */
    struct env_poller *loop;   /* borrowed: woken */
    struct env_thread *thread;
    struct ring asks, mades;
    atomic_bool is_stopping;
    _Atomic uint32_t count;            /* asked for, and not given back yet */
    struct net_make *makes[MAKES_MAX]; /* the thread's */
    uint32_t make_count;
};

void net_make_free(struct net_make *make)
{
    const struct net_lib *lib = make->multi.lib;
    if (make->talk) { /* whose handles are its own */
        free(make);
        return;
    }
    if (make->easy && make->multi.multi)
        (void)lib->multi_remove(make->multi.multi, make->easy);
    if (make->easy)
        lib->easy_free(make->easy);
    net_multi_release(&make->multi);
    free(make);
}

static oc_rc watch(void *self, int fd, short want)
{
    struct net_maker *maker = self;
    if (want)
        return env_poller_watch(maker->poller, fd, want);
    env_poller_leave(maker->poller, fd);
    return OC_OK;
}

static bool push(struct ring *ring, struct net_make *make)
{
    void *room;
    if (ring_reserve(ring, sizeof make, &room) < 0)
        return false;
    memcpy(room, &make, sizeof make);
    ring_commit(ring, sizeof make);
    return true;
}

static struct net_make *pop(struct ring *ring)
{
    struct net_make *make;
    uint32_t size;
    const void *record = ring_peek(ring, &size);
    if (!record)
        return NULL;
    memcpy(&make, record, sizeof make);
    ring_release(ring);
    return make;
}

static struct net_multi *multi_of(struct net_make *make) { return make->talk ? &make->talk->multi : &make->multi; }

/* Made, failed or given up: it leaves the thread. */
static void give(struct net_maker *maker, struct net_make *make)
{
    struct net_multi *multi = multi_of(make);
    for (uint32_t i = 0; i < multi->fd_count; i++) /* the loop waits for them from now on */
        env_poller_leave(maker->poller, multi->fds[i]);
    if (!make->talk)
        multi->fd_count = 0;
    if (!push(&maker->mades, make)) { /* there is room for all that may be asked for */
        net_make_free(make);
        atomic_fetch_sub(&maker->count, 1);
    }
    env_poller_wake(maker->loop);
}

/* Of an endpoint that speaks HTTP a probe wants an answer, whatever it says: what takes connections and answers nothing is not there. */
static bool set_end(const struct net_lib *lib, const struct net_make *make)
{
    if (!make->probe || make->way.url->is_lines || make->way.url->is_websocket)
        return lib->set(make->easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK;
    return lib->set(make->easy, CURLOPT_NOBODY, 1L) == CURLE_OK &&
           lib->set(make->easy, CURLOPT_USERAGENT, "outcry/" OUTCRY_VERSION) == CURLE_OK &&
           lib->set(make->easy, CURLOPT_TIMEOUT_MS, (long)(NET_PROBE_NS / NS_PER_MS)) == CURLE_OK;
}

/* The first exchange of a talk begins here, and goes on in the loop as soon as its connection is there: names, TCP and TLS cost the loop
 * nothing. */
static void begin_talk(struct net_maker *maker, struct net_make *make)
{
    struct net_talk *talk = make->talk;
    talk->multi.watch = watch;
    talk->multi.self = maker;
    if (maker->lib->multi_add(talk->multi.multi, talk->easy) != CURLM_OK) {
        make->is_over = true;
        make->code = CURLE_OUT_OF_MEMORY;
        give(maker, make);
        return;
    }
    maker->makes[maker->make_count++] = make;
}

static bool look_at_talk(struct net_maker *maker, struct net_make *make)
{
    make->is_over = net_multi_ended(&make->talk->multi, &make->code) != NULL;
    if (!make->is_over && !make->talk->is_made)
        return false;
    give(maker, make);
    return true;
}

static void begin(struct net_maker *maker, struct net_make *make)
{
    const struct net_lib *lib = maker->lib;
    if (make->talk) {
        begin_talk(maker, make);
        return;
    }
    make->code = CURLE_OUT_OF_MEMORY;
    make->fd = -1;
    make->easy = lib->easy_new();
    if (net_multi_init(&make->multi, lib, watch, maker) < 0 || !make->easy || net_way_set(&make->way, make->easy) < 0 ||
        net_way_to(&make->way, make->easy, "/") < 0 || !set_end(lib, make) ||
        lib->multi_add(make->multi.multi, make->easy) != CURLM_OK) {
        make->multi.lib = lib;
        give(maker, make);
        return;
    }
    maker->makes[maker->make_count++] = make;
}

/* True: it is over. */
static bool look(struct net_maker *maker, struct net_make *make)
{
    curl_socket_t fd = -1;
    if (make->talk)
        return look_at_talk(maker, make);
    if (atomic_load(&make->is_cancelled)) {
        give(maker, make);
        return true;
    }
    if (!net_multi_ended(&make->multi, &make->code))
        return false;
    if (make->code == CURLE_OK && !make->probe && maker->lib->get(make->easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK)
        make->fd = fd;
    if (make->code == CURLE_OK && !make->probe && make->fd < 0)
        make->code = CURLE_COULDNT_CONNECT;
    give(maker, make);
    return true;
}

static int64_t wait_ns(const struct net_maker *maker)
{
    int64_t due_ns = INT64_MAX;
    for (uint32_t i = 0; i < maker->make_count; i++)
        if (multi_of(maker->makes[i])->due_ns < due_ns)
            due_ns = multi_of(maker->makes[i])->due_ns;
    const int64_t now_ns = env_clock_mono();
    if (due_ns == INT64_MAX)
        return maker->make_count ? LOOK_NS : -1;
    return due_ns <= now_ns ? 0 : due_ns - now_ns < LOOK_NS ? due_ns - now_ns : LOOK_NS;
}

static void turn(struct net_maker *maker)
{
    struct env_ready ready[ENV_READY_MAX];
    struct net_make *make;
    const uint32_t count = env_poller_wait(maker->poller, ready, wait_ns(maker));
    while (maker->make_count < MAKES_MAX && (make = pop(&maker->asks)) != NULL)
        begin(maker, make);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < maker->make_count; k++)
            if (net_multi_has(multi_of(maker->makes[k]), ready[i].fd)) {
                net_multi_ready(multi_of(maker->makes[k]), ready[i].fd, ready[i].is);
                break;
            }
    for (uint32_t i = 0; i < maker->make_count;) {
        net_multi_due(multi_of(maker->makes[i]), env_clock_mono());
        if (look(maker, maker->makes[i]))
            maker->makes[i] = maker->makes[--maker->make_count];
        else
            i++;
    }
}

static void run(void *arg)
{
    struct net_maker *maker = arg;
    while (!atomic_load(&maker->is_stopping))
        turn(maker);
}

oc_rc net_maker_new(const struct net_lib *lib, struct env_poller *loop, struct net_maker **ret_maker)
{
    struct net_maker *maker = calloc(1, sizeof *maker);
    if (!maker)
        return OC_E_NOMEM;
    maker->lib = lib;
    maker->loop = loop;
    oc_rc rc = ring_init(&maker->asks, RING_BYTES);
    if (rc == OC_OK)
        rc = ring_init(&maker->mades, RING_BYTES);
    if (rc == OC_OK)
        rc = env_poller_new(&maker->poller);
    if (rc == OC_OK)
        rc = env_thread_start(run, maker, &maker->thread);
    if (rc < 0)
        net_maker_free(maker);
    else
        *ret_maker = maker;
    return rc;
}

void net_maker_free(struct net_maker *maker)
{
    struct net_make *make;
    if (!maker)
        return;
    atomic_store(&maker->is_stopping, true);
    if (maker->thread) {
        env_poller_wake(maker->poller);
        env_thread_join(maker->thread);
    }
    while (maker->make_count)
        net_make_free(maker->makes[--maker->make_count]);
    while (maker->asks.data && (make = pop(&maker->asks)) != NULL)
        free(make);
    while (maker->mades.data && (make = pop(&maker->mades)) != NULL)
        net_make_free(make);
    ring_release_all(&maker->asks);
    ring_release_all(&maker->mades);
    env_poller_free(maker->poller);
    free(maker);
}

oc_rc net_maker_ask(struct net_maker *maker, struct net_make *make)
{
    if (atomic_load(&maker->count) >= MAKES_MAX || !push(&maker->asks, make))
        return OC_E_LIMIT;
    atomic_fetch_add(&maker->count, 1);
    env_poller_wake(maker->poller);
    return OC_OK;
}

struct net_make *net_maker_made(struct net_maker *maker)
{
    struct net_make *make = pop(&maker->mades);
    if (make)
        atomic_fetch_sub(&maker->count, 1);
    return make;
}
