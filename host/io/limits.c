#include "io/limits.h"

#include <string.h>

#include "base/money.h"

void limits_init(struct limits *limits, const struct oc_venue *venue)
{
    memset(limits, 0, sizeof *limits);
    limits->venue = venue;
}

static uint64_t max_of(const struct limits *limits, const struct limit_use *use)
{
    return use->max ? use->max : limits->venue->limits[use->limit].max;
}

static int64_t period_of(const struct limits *limits, const struct limit_use *use)
{
    const int64_t period_ns = use->period_ns ? use->period_ns : limits->venue->limits[use->limit].period_ns;
    return period_ns > 0 ? period_ns : 1;
}

static int64_t window_of(int64_t now_ns, int64_t period_ns)
{
    return now_ns - ((now_ns % period_ns) + period_ns) % period_ns;
}

/* As of now: windows that have ended are empty, buckets have been refilled. */
static void refresh(const struct limits *limits, struct limit_use *use, int64_t now_ns)
{
    const int64_t period_ns = period_of(limits, use);
    const struct oc_limit *limit = &limits->venue->limits[use->limit];
    if (limit->kind == OC_LIMIT_BUCKET) {
        const int64_t passed_ns = now_ns > use->from_ns ? now_ns - use->from_ns : 0;
        const oc_i128 max = max_of(limits, use), back = max * passed_ns / period_ns;
        if (back >= (oc_i128)use->used) { /* full: it holds no more */
            use->used = 0;
            use->from_ns = now_ns;
        } else { /* what is less than one stays for the next time */
            use->used -= (uint64_t)back;
            use->from_ns += (int64_t)((back * period_ns + max - 1) / (max ? max : 1));
        }
    } else if (limit->kind != OC_LIMIT_CONCURRENT) {
        const int64_t from_ns = window_of(now_ns, period_ns);
        if (from_ns > use->from_ns) {
            use->before = from_ns - use->from_ns == period_ns ? use->used : 0;
            use->used = 0;
            use->from_ns = from_ns;
        }
    }
}

/* What counts against the bound. A sliding window counts the share of the one before that it still covers, rounded up. */
static uint64_t counted(const struct limits *limits, const struct limit_use *use, int64_t now_ns)
{
    if (limits->venue->limits[use->limit].kind != OC_LIMIT_SLIDING)
        return use->used;
    const int64_t period_ns = period_of(limits, use), left_ns = period_ns - (now_ns - use->from_ns);
    return use->used + (uint64_t)(((oc_i128)use->before * left_ns + period_ns - 1) / period_ns);
}

static struct limit_use *use_of(struct limits *limits, uint32_t limit, uint32_t account, int64_t now_ns)
{
    if (!limits->venue || limit >= limits->venue->limit_count || limit >= LIMITS_MAX)
        return NULL;
    const uint32_t scope = limits->venue->limits[limit].scope == OC_SCOPE_ADDRESS ? 0 : account;
    struct limit_use *use = limits->uses;
    while (use < limits->uses + limits->count && (use->limit != limit || use->scope != scope))
        use++;
    if (use == limits->uses + limits->count) {
        if (limits->count == LIMITS_SCOPES_MAX)
            return NULL;
        *use = (struct limit_use){.limit = limit, .scope = scope, .from_ns = now_ns};
        limits->count++;
        if (limits->venue->limits[limit].kind != OC_LIMIT_BUCKET)
            use->from_ns = window_of(now_ns, period_of(limits, use));
    }
    refresh(limits, use, now_ns);
    return use;
}

/* When a bucket has this much less in it, or the window ends. */
static int64_t opens_ns(const struct limits *limits, const struct limit_use *use, uint64_t too_much, int64_t now_ns)
{
    const int64_t period_ns = period_of(limits, use);
    const uint64_t max = max_of(limits, use);
    switch (limits->venue->limits[use->limit].kind) {
    case OC_LIMIT_BUCKET:
        return use->from_ns + (int64_t)(((oc_i128)too_much * period_ns + max - 1) / (max ? max : 1));
    case OC_LIMIT_CONCURRENT:
        return now_ns + 1000000; /* an answer gives it back */
    default:
        return use->from_ns + period_ns;
    }
}

oc_rc limits_may(struct limits *limits, struct oc_cost cost, uint32_t account, uint32_t lane, int64_t now_ns,
                 int64_t *ret_ns)
{
    const struct limit_use *use = use_of(limits, cost.limit, account, now_ns);
    if (!use)
        return OC_E_INVALID;
    const struct oc_limit *limit = &limits->venue->limits[cost.limit];
    const bool is_first = lane == OC_LANE_CANCEL || lane == OC_LANE_RECONCILE;
    uint64_t bound = max_of(limits, use);
    if (!is_first)
        bound -= (uint64_t)((oc_i128)bound * limit->reserve_ppm / 1000000);
    const uint64_t before = counted(limits, use, now_ns), after = before + cost.weight;
    if (use->shut_ns > now_ns) {
        *ret_ns = use->shut_ns;
        return OC_E_AGAIN;
    }
    if (after <= bound || before == 0) /* what is larger than the bound goes when nothing else does */
        return OC_OK;
    *ret_ns = opens_ns(limits, use, after - bound, now_ns);
    return OC_E_AGAIN;
}

void limits_take(struct limits *limits, struct oc_cost cost, uint32_t account, int64_t now_ns)
{
    struct limit_use *use = use_of(limits, cost.limit, account, now_ns);
    if (use)
        use->used += cost.weight;
}

void limits_give(struct limits *limits, struct oc_cost cost, uint32_t account, int64_t now_ns)
{
    struct limit_use *use = use_of(limits, cost.limit, account, now_ns);
    if (use)
        use->used -= cost.weight < use->used ? cost.weight : use->used;
}

oc_rc limits_used(struct limits *limits, uint32_t account, uint32_t limit, uint64_t used, int64_t now_ns)
{
    struct limit_use *use = use_of(limits, limit, account, now_ns);
    if (!use)
        return OC_E_INVALID;
    if (used > use->used)
        use->used = used;
    return OC_OK;
}

oc_rc limits_max(struct limits *limits, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns,
                 int64_t now_ns)
{
    struct limit_use *use = use_of(limits, limit, account, now_ns);
    if (!use || max == 0 || period_ns < 0)
        return OC_E_INVALID;
    use->max = max;
    use->period_ns = period_ns;
    return OC_OK;
}

oc_rc limits_shut(struct limits *limits, uint32_t account, uint32_t limit, int64_t until_ns, int64_t now_ns)
{
    struct limit_use *use = use_of(limits, limit, account, now_ns);
    if (!use)
        return OC_E_INVALID;
    if (until_ns > use->shut_ns)
        use->shut_ns = until_ns;
    return OC_OK;
}

bool limits_look(const struct limits *limits, uint32_t limit, uint32_t account, int64_t now_ns,
                 struct limit_use *ret_use)
{
    for (uint32_t i = 0; i < limits->count; i++) {
        struct limit_use use = limits->uses[i];
        const uint32_t scope = limits->venue->limits[use.limit].scope == OC_SCOPE_ADDRESS ? 0 : account;
        if (use.limit != limit || use.scope != scope)
            continue;
        refresh(limits, &use, now_ns);
        use.used = counted(limits, &use, now_ns);
        use.max = max_of(limits, &use);
        *ret_use = use;
        return true;
    }
    return false;
}
