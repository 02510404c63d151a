/* strategy_timed.c: callbacks with the wall time of each taken, for showing. A table of its own, so that others pay
 * nothing. */
#include "base/env.h"
#include "script/strategy_impl.h"

static oc_rc took(struct strategy *strategy, int64_t from_ns, oc_rc rc)
{
    strategy->last_ns = env_clock_mono() - from_ns;
    if (strategy->last_ns > strategy->longest_ns)
        strategy->longest_ns = strategy->last_ns;
    return rc;
}

static oc_rc timed_bar(void *self, const struct oc_event *bar)
{
    struct strategy *strategy = self;
    int64_t from_ns = env_clock_mono();
    return took(strategy, from_ns, strategy->plain.bar(self, bar));
}

static oc_rc timed_market(void *self, const struct oc_event *event)
{
    struct strategy *strategy = self;
    int64_t from_ns = env_clock_mono();
    return took(strategy, from_ns, strategy->plain.market(self, event));
}

static oc_rc timed_book(void *self, const struct oc_event *event)
{
    struct strategy *strategy = self;
    int64_t from_ns = env_clock_mono();
    return took(strategy, from_ns, strategy->plain.book(self, event));
}

static oc_rc timed_order(void *self, const struct order *order, const struct oc_event *event)
{
    struct strategy *strategy = self;
    int64_t from_ns = env_clock_mono();
    return took(strategy, from_ns, strategy->plain.order(self, order, event));
}

static oc_rc timed_timer(void *self, uint64_t timer, int64_t due_ns)
{
    struct strategy *strategy = self;
    int64_t from_ns = env_clock_mono();
    return took(strategy, from_ns, strategy->plain.timer(self, timer, due_ns));
}

static oc_rc timed_venue(void *self, const struct oc_ev_venue *said)
{
    struct strategy *strategy = self;
    int64_t from_ns = env_clock_mono();
    return took(strategy, from_ns, strategy->plain.venue(self, said));
}

static oc_rc timed_resync(void *self, uint32_t inst, uint64_t missed)
{
    struct strategy *strategy = self;
    int64_t from_ns = env_clock_mono();
    return took(strategy, from_ns, strategy->plain.resync(self, inst, missed));
}

void strategy_time_client(struct strategy *strategy, struct engine_client *client)
{
    strategy->plain = *client;
    client->bar = timed_bar;
    client->market = timed_market;
    client->book = timed_book;
    client->order = timed_order;
    client->timer = timed_timer;
    client->venue = timed_venue;
    client->resync = timed_resync;
}

int64_t strategy_longest_ns(const struct strategy *strategy) { return strategy->longest_ns; }
int64_t strategy_last_ns(const struct strategy *strategy) { return strategy->last_ns; }
