/* venue_limits.c: what a call costs, taken of this process's own count and of the one that all processes of this machine share. */
#include "base/money.h"
#include "io/venue_impl.h"

/* Whose a limit is: the public text of the account's key, where it has one. 0: it is not shared. */
static uint64_t key_of(const struct io_venue *venue, uint32_t limit, uint32_t account)
{
    const struct oc_venue *said = venue->table->venue;
    char owner[SIGNER_SECRET_MAX]; /* large: only what is read of it is written */
    oc_rc size = 0;
    if (!venue->world.limits || limit >= said->limit_count)
        return 0;
    for (uint32_t i = 0; i < said->credential_count && said->limits[limit].scope != OC_SCOPE_ADDRESS && size <= 0; i++)
        if (said->credentials[i].kind == OC_CREDENTIAL_PUBLIC)
            size = signer_public_text(&venue->signer, account, (uint16_t)(i + 1), owner, sizeof owner);
    return limits_shared_key(said, limit, owner, size > 0 ? (uint32_t)size : 0);
}

/* What the lane may use of it. */
static uint64_t bound_of(const struct oc_limit *limit, uint32_t lane)
{
    const bool is_first = lane == OC_LANE_CANCEL || lane == OC_LANE_RECONCILE;
    return is_first ? limit->max : limit->max - (uint64_t)((oc_i128)limit->max * limit->reserve_ppm / 1000000);
}

void io_limits_met(struct io_venue *venue, uint32_t limit, uint32_t account, int64_t until_ns)
{
    struct limit_use use;
    venue->limited = (struct oc_ev_limit){.head.size = sizeof venue->limited, .limit = limit, .until_ns = until_ns};
    if (!limits_look(&venue->limits, limit, account, io_venue_now(venue), &use))
        return;
    venue->limited.used = use.used;
    venue->limited.max = use.max;
}

static oc_rc take_shared(struct io_venue *venue, struct oc_cost cost, uint32_t account, uint32_t lane)
{
    const uint64_t key = key_of(venue, cost.limit, account);
    int64_t at_ns;
    if (!key)
        return OC_OK;
    if (venue->shared_count == IO_SHARED_MAX)
        return OC_E_LIMIT;
    const struct oc_limit *limit = &venue->table->venue->limits[cost.limit];
    const oc_rc rc = limits_shared_take(venue->world.limits, key, limit, cost.weight, bound_of(limit, lane),
                                        io_venue_now(venue), &at_ns);
    if (rc == OC_E_AGAIN)
        io_limits_met(venue, cost.limit, account, at_ns);
    if (rc == OC_OK)
        venue->shared[venue->shared_count++] = (struct io_shared_cost){key, cost.limit, cost.weight};
    return rc;
}

oc_rc io_limits_pay(struct io_venue *venue, const struct oc_cost *costs, uint32_t count, uint32_t account,
                    uint32_t lane)
{
    const int64_t now_ns = io_venue_now(venue);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        int64_t at_ns;
        rc = limits_may(&venue->limits, costs[i], account, lane, now_ns, &at_ns);
        if (rc == OC_E_AGAIN)
            io_limits_met(venue, costs[i].limit, account, at_ns);
    }
    for (uint32_t i = 0; i < count && rc == OC_OK; i++)
        rc = take_shared(venue, costs[i], account, lane); /* the call fails with it, and gives back what it took */
    for (uint32_t i = 0; i < count && rc == OC_OK; i++)
        limits_take(io_limits_of(venue), costs[i], account, now_ns);
    return rc;
}

void io_limits_undo(struct io_venue *venue)
{
    while (venue->shared_count) {
        const struct io_shared_cost *cost = &venue->shared[--venue->shared_count];
        limits_shared_give(venue->world.limits, cost->key, &venue->table->venue->limits[cost->limit], cost->weight,
                           io_venue_now(venue));
    }
}

void io_limits_used(struct io_venue *venue, uint32_t account, uint32_t limit, uint64_t used)
{
    const uint64_t key = key_of(venue, limit, account);
    if (key)
        limits_shared_used(venue->world.limits, key, &venue->table->venue->limits[limit], used, io_venue_now(venue));
}

void io_limits_shut(struct io_venue *venue, uint32_t account, uint32_t limit, int64_t until_ns)
{
    const uint64_t key = key_of(venue, limit, account);
    if (key)
        limits_shared_shut(venue->world.limits, key, until_ns);
}
