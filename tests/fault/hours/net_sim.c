/* net_sim.c: what the host has in place of a network and of a watchdog: the functions of io/net.h over the link in process, and those of
 * base/env_timer.h without a clock. The program that has them is linked before the host's own. */
#include "fault/hours/world.h"

#include "base/env_timer.h"
#include "io/net.h"

struct net_loop {
    uint32_t steps;
};

struct net {
    struct hours_venue *venue;
};

static struct net_loop the_loop;
static struct net nets[HOURS_VENUES];

oc_rc net_loop_new(struct net_loop **ret_loop, struct error *ret_error)
{
    (void)ret_error;
    *ret_loop = &the_loop;
    return OC_OK;
}

void net_loop_free(struct net_loop *loop) { (void)loop; }
int64_t net_loop_now(struct net_loop *loop) { return (void)loop, hours.now_ns; }
const uint32_t *net_loop_steps(const struct net_loop *loop) { return &loop->steps; }
void net_loop_wait(struct net_loop *loop, int64_t timeout_ns) { (void)loop, hours_wait(timeout_ns); }
oc_rc net_loop_also(struct net_loop *loop, struct env_poller *also) { return (void)loop, (void)also, OC_OK; }
oc_rc net_judge(const struct net_config *config, struct error *ret_error)
{
    return (void)config, (void)ret_error, OC_OK;
}

oc_rc net_new(struct net_loop *loop, const struct net_config *config, struct net **ret_net, struct error *ret_error)
{
    (void)loop, (void)ret_error;
    for (uint32_t i = 0; i < hours.count; i++)
        if (strcmp(hours.venues[i].kind->name, config->venue) == 0) {
            nets[i].venue = &hours.venues[i];
            *ret_net = &nets[i];
            return OC_OK;
        }
    return OC_E_NOT_FOUND;
}

void net_free(struct net *net) { (void)net; }

bool net_is_idle(const struct net *net)
{
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX; i++)
        if (net->venue->link.exchanges[i].exchange)
            return false;
    return true;
}

/* ---- the link: a process may die before and behind whatever leaves it ---- */

static struct io_link inner_of(const struct net *net) { return sim_link_of(&net->venue->link); }

static oc_rc sim_open(void *self, const struct io_opening *opening)
{
    const struct io_link inner = inner_of(self);
    hours_may_die(HOURS_AT_LINK);
    hours_say("%s is to open stream %u, %.*s", ((struct net *)self)->venue->kind->name, opening->stream,
              (int)opening->path_size, opening->path);
    const oc_rc rc = inner.open(inner.self, opening);
    hours_may_die(HOURS_AT_LINK);
    return rc;
}

static oc_rc sim_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    const struct io_link inner = inner_of(self);
    hours_may_die(HOURS_AT_LINK);
    const oc_rc rc = inner.send(inner.self, stream, bytes, size);
    hours_may_die(HOURS_AT_LINK);
    return rc;
}

static oc_rc sim_http(void *self, const struct io_exchange *exchange)
{
    const struct io_link inner = inner_of(self);
    hours_may_die(HOURS_AT_LINK);
    hours_say("%s is asked %.*s", ((struct net *)self)->venue->kind->name, (int)exchange->path_size, exchange->path);
    const oc_rc rc = inner.http(inner.self, exchange);
    hours_may_die(HOURS_AT_LINK);
    return rc;
}

static void sim_close(void *self, uint32_t stream)
{
    const struct io_link inner = inner_of(self);
    inner.close(inner.self, stream);
}

static oc_rc sim_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    const struct io_link inner = inner_of(self);
    const oc_rc rc = inner.next(inner.self, until_ns < hours.now_ns ? until_ns : hours.now_ns, ret);
    if (rc == OC_OK && !ret->exchange && ret->kind != IO_MESSAGE)
        hours_say("%s: stream %u: happening %u, why %u", ((struct net *)self)->venue->kind->name, ret->stream,
                  ret->kind, ret->why);
    if (rc == OC_OK && ret->exchange)
        hours_say("%s says %u, status %u: %.*s", ((struct net *)self)->venue->kind->name, ret->kind, ret->status,
                  (int)(ret->size < 2000 ? ret->size : 2000), ret->bytes ? ret->bytes : "");
    return rc;
}

static void sim_taken(void *self)
{
    const struct io_link inner = inner_of(self);
    inner.taken(inner.self);
}

static int64_t sim_next_ns(void *self)
{
    const struct io_link inner = inner_of(self);
    return inner.next_ns(inner.self);
}

struct io_link net_link(struct net *net)
{
    return (struct io_link){.self = net,
                            .open = sim_open,
                            .send = sim_send,
                            .http = sim_http,
                            .close = sim_close,
                            .next = sim_next,
                            .taken = sim_taken,
                            .next_ns = sim_next_ns};
}

/* ---- the watchdog: simulated time has no callback that takes long ---- */

struct env_timer {
    uint32_t zero;
};

static struct env_timer the_timer;

oc_rc env_timer_start(uint32_t period_us, env_timer_fn fn, void *arg, struct env_timer **ret_timer)
{
    (void)period_us, (void)fn, (void)arg;
    *ret_timer = &the_timer;
    return OC_OK;
}

void env_timer_stop(struct env_timer *timer) { (void)timer; }
