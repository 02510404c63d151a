#include "io/pool.h"

#include <stdio.h>
#include <string.h>

void pool_init(struct pool *pool, const struct io_link *link)
{
    memset(pool, 0, sizeof *pool);
    pool->link = *link;
    pool->now_ns = INT64_MIN;
}

static struct pool_endpoint *endpoint_of(const struct pool *pool, const char *name)
{
    for (uint32_t i = 0; i < pool->endpoint_count; i++)
        if (strcmp(pool->endpoints[i].name, name) == 0)
            return (struct pool_endpoint *)(uintptr_t)&pool->endpoints[i];
    return NULL;
}

oc_rc pool_add(struct pool *pool, const char *endpoint, const char *place)
{
    struct pool_endpoint *of = endpoint_of(pool, endpoint);
    if (strlen(endpoint) >= POOL_NAME_MAX || strlen(place) >= POOL_NAME_MAX)
        return OC_E_LIMIT;
    if (!of && pool->endpoint_count == POOL_ENDPOINTS_MAX)
        return OC_E_LIMIT;
    if (!of) {
        of = &pool->endpoints[pool->endpoint_count++];
        snprintf(of->name, sizeof of->name, "%s", endpoint);
        of->wanted = POOL_PLACES_MAX;
    }
    if (of->count == POOL_PLACES_MAX)
        return OC_E_LIMIT;
    struct pool_place *at = &of->places[of->count++];
    snprintf(at->name, sizeof at->name, "%s", place);
    at->probe_ns = INT64_MAX;
    return OC_OK;
}

const struct pool_endpoint *pool_find(const struct pool *pool, const char *endpoint)
{
    return endpoint_of(pool, endpoint);
}

uint32_t pool_active(const struct pool *pool, const char *endpoint, uint32_t *ret_count)
{
    const struct pool_endpoint *of = endpoint_of(pool, endpoint);
    *ret_count = of ? of->count : 1;
    return of ? of->active : 0;
}

oc_rc pool_set_balance(struct pool *pool, const char *endpoint, enum pool_balance balance)
{
    struct pool_endpoint *of = endpoint_of(pool, endpoint);
    if (!of || of->count < 2)
        return OC_E_NOT_FOUND;
    of->balance = balance;
    return OC_OK;
}

/* ---- what is known of what is under way ---- */

static void know(struct pool *pool, struct pool_known known)
{
    for (uint32_t i = 0; i < POOL_KNOWN_MAX; i++)
        if (!pool->known[i].exchange && !pool->known[i].stream) {
            pool->known[i] = known;
            return;
        }
}

static struct pool_known *known_of(struct pool *pool, uint64_t exchange, uint32_t stream)
{
    for (uint32_t i = 0; i < POOL_KNOWN_MAX; i++)
        if (pool->known[i].exchange == exchange && pool->known[i].stream == stream)
            return &pool->known[i];
    return NULL;
}

/* ---- deciding ---- */

static const char *shown(const struct pool *pool, const struct pool_endpoint *of, uint32_t place)
{
    const char *authority = pool->link.authority ? pool->link.authority(pool->link.self, of->places[place].name) : NULL;
    return authority ? authority : of->places[place].name;
}

static void move(struct pool *pool, struct pool_endpoint *of, uint32_t place, const char *why)
{
    const uint32_t before = of->active;
    const bool is_lost = of->places[before].failed >= POOL_PROBES;
    of->active = of->next = place;
    of->wanted = POOL_PLACES_MAX;
    pool->moves++;
    for (uint32_t i = 0; i < of->count; i++) { /* the others are tried when they are wanted; the first by itself */
        struct pool_place *at = &of->places[i];
        at->is_doubted = is_lost && i == before && of->balance != POOL_ONE; /* no question goes there */
        at->failed = at->good = 0;
        const bool is_tried = (i == 0 && place != 0) || at->is_doubted;
        at->probe_ns = at->probe ? at->probe_ns : (is_tried ? pool->now_ns + POOL_BACK_NS : INT64_MAX);
    }
    if (pool->moved_count == POOL_MOVED_MAX)
        return; /* counted all the same */
    struct pool_moved *moved = &pool->moved[pool->moved_count++];
    moved->endpoint = (uint32_t)(of - pool->endpoints);
    moved->at_ns = pool->now_ns;
    snprintf(moved->words, sizeof moved->words, "endpoint %s: %.60s in place of %.60s, which %s", of->name,
             shown(pool, of, place), shown(pool, of, before), why);
    moved->size = (uint32_t)strlen(moved->words);
}

/* The next one that may be better than the active place is tried; behind the last it begins anew. */
static void want_next(struct pool *pool, struct pool_endpoint *of)
{
    const uint32_t from = of->wanted < POOL_PLACES_MAX ? of->wanted : of->active;
    of->wanted = (from + 1) % of->count;
    if (of->wanted == of->active)
        of->wanted = (of->wanted + 1) % of->count;
    struct pool_place *at = &of->places[of->wanted];
    if (!at->probe)
        at->probe_ns = pool->now_ns + (at->failed ? POOL_PROBE_NS : 0);
}

/* That something came to nothing is no proof: it is tried. */
static void doubt(struct pool *pool, const struct pool_endpoint *of, struct pool_place *at)
{
    const bool is_used = at == &of->places[of->active] || of->balance != POOL_ONE;
    if (of->count < 2 || !is_used || at->is_doubted)
        return;
    at->is_doubted = true;
    at->failed = 0;
    if (!at->probe)
        at->probe_ns = pool->now_ns;
}

static void trust(struct pool_endpoint *of, struct pool_place *at)
{
    if (at != &of->places[of->active])
        return;
    at->failed = 0;
    at->is_doubted = false;
    of->wanted = POOL_PLACES_MAX;
    if (!at->probe)
        at->probe_ns = INT64_MAX;
}

static void probed_active(struct pool *pool, struct pool_endpoint *of, struct pool_place *at, bool is_good)
{
    at->failed = is_good ? 0 : at->failed + 1;
    if (at->failed >= POOL_PROBES && of->wanted == POOL_PLACES_MAX)
        want_next(pool, of);
    if (is_good) { /* it was the exchange, not the place */
        at->is_doubted = false;
        of->wanted = POOL_PLACES_MAX;
        return;
    }
    at->probe_ns = pool->now_ns + POOL_PROBE_NS;
}

/* A place that only questions go to: none does until it was tried with success. */
static void probed_other(struct pool *pool, struct pool_place *at, bool is_good)
{
    at->is_doubted = !is_good;
    if (!is_good)
        at->probe_ns = pool->now_ns + POOL_BACK_NS;
}

static void probed(struct pool *pool, struct pool_endpoint *of, uint32_t place, bool is_good)
{
    struct pool_place *at = &of->places[place];
    at->probe = 0;
    at->probe_ns = INT64_MAX;
    at->good = is_good ? at->good + 1 : 0;
    if (place == of->active) {
        if (at->is_doubted)
            probed_active(pool, of, at, is_good);
        return;
    }
    if (place == of->wanted && is_good) {
        move(pool, of, place, "does not answer");
        return;
    }
    if (at->is_doubted)
        probed_other(pool, at, is_good);
    at->failed += !is_good;
    if (place == of->wanted)
        want_next(pool, of);
    if (place != 0)
        return;
    if (at->good >= POOL_BACK)
        move(pool, of, 0, "stood in for it");
    else if (at->probe_ns == INT64_MAX)
        at->probe_ns = pool->now_ns + POOL_BACK_NS;
}

/* ---- tries ---- */

static int64_t due_ns(const struct pool *pool)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < pool->endpoint_count; i++)
        for (uint32_t k = 0; k < pool->endpoints[i].count; k++)
            if (pool->endpoints[i].places[k].probe_ns < next_ns)
                next_ns = pool->endpoints[i].places[k].probe_ns;
    return next_ns;
}

static void do_due(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->endpoint_count; i++)
        for (uint32_t k = 0; k < pool->endpoints[i].count; k++) {
            struct pool_place *at = &pool->endpoints[i].places[k];
            if (at->probe_ns > pool->now_ns)
                continue;
            if (at->probe) { /* late */
                probed(pool, &pool->endpoints[i], k, false);
                continue;
            }
            at->probe = ++pool->probes;
            at->probe_ns = pool->now_ns + POOL_LATE_NS;
            if (!pool->link.probe || pool->link.probe(pool->link.self, at->name, at->probe) < 0)
                probed(pool, &pool->endpoints[i], k, false);
        }
}

/* ---- what happens below ---- */

/* Whether it says that the place does not answer as it should. */
static bool is_bad(const struct io_happening *what)
{
    if (what->kind == IO_LOST || what->kind == IO_UNSENT || what->kind == IO_DOWN)
        return true;
    return what->kind == IO_REFUSED && (what->status == 0 || what->status >= 500);
}

/* Of late: each counts for a quarter. */
static void time_answer(struct pool_place *at, int64_t took_ns)
{
    took_ns = took_ns > 0 ? took_ns : 1;
    at->took_ns = at->took_ns ? at->took_ns + (took_ns - at->took_ns) / 4 : took_ns;
}

static void watch(struct pool *pool, const struct io_happening *what)
{
    const bool is_of_either = what->kind != IO_MESSAGE && (what->exchange || what->stream);
    struct pool_known *known = is_of_either ? known_of(pool, what->exchange, what->stream) : NULL;
    if (!known)
        return;
    struct pool_endpoint *of = &pool->endpoints[known->endpoint];
    const uint32_t place = known->place;
    if (what->kind == IO_RESPONSE)
        time_answer(&of->places[place], what->at_ns - known->at_ns);
    if (is_bad(what)) {
        doubt(pool, of, &of->places[place]);
        if (what->stream && place == of->next && of->count > 1)
            of->next = (place + 1) % of->count;
    } else if (what->status < 500) { /* what answers so is there, and says nothing good of itself */
        trust(of, &of->places[place]);
    }
    if (what->kind != IO_UP)
        *known = (struct pool_known){0};
}

static void heard_probe(struct pool *pool, const struct io_happening *what)
{
    for (uint32_t i = 0; i < pool->endpoint_count; i++)
        for (uint32_t k = 0; k < pool->endpoints[i].count; k++)
            if (pool->endpoints[i].places[k].probe == what->exchange) {
                probed(pool, &pool->endpoints[i], k, what->status != 0);
                return;
            }
}

/* ---- the driver ---- */

static oc_rc open(void *self, const struct io_opening *opening)
{
    struct pool *pool = self;
    struct pool_endpoint *of = endpoint_of(pool, opening->endpoint);
    struct io_opening there = *opening;
    if (!of)
        return pool->link.open(pool->link.self, opening);
    const uint32_t place = opening->flags & OC_OPEN_ORDERS ? of->active : of->next;
    there.endpoint = of->places[place].name;
    const oc_rc rc = pool->link.open(pool->link.self, &there);
    if (rc >= 0)
        know(pool, (struct pool_known){.stream = opening->stream,
                                       .endpoint = (uint16_t)(of - pool->endpoints),
                                       .place = (uint16_t)place});
    return rc;
}

static oc_rc send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    struct pool *pool = self;
    return pool->link.send(pool->link.self, stream, bytes, size);
}

/* The place of a question: the next one in turn that is not doubted, or the one of these that answers soonest. */
static uint32_t balanced(struct pool_endpoint *of)
{
    const bool is_in_turn = of->balance == POOL_ROUND_ROBIN || of->turn % POOL_LOOK == 0;
    uint32_t best = of->active;
    bool has_best = false;
    for (uint32_t i = 0; i < of->count; i++) {
        const uint32_t place =
            is_in_turn ? (of->turn / (of->balance == POOL_ROUND_ROBIN ? 1 : POOL_LOOK) + i) % of->count : i;
        const struct pool_place *at = &of->places[place];
        if (at->is_doubted || (has_best && (is_in_turn || at->took_ns >= of->places[best].took_ns)))
            continue;
        best = place; /* one of which nothing is known is asked first */
        has_best = true;
    }
    of->turn++;
    of->places[best].queries++;
    return best;
}

static oc_rc http(void *self, const struct io_exchange *exchange)
{
    struct pool *pool = self;
    struct pool_endpoint *of = endpoint_of(pool, exchange->endpoint);
    struct io_exchange there = *exchange;
    if (!of)
        return pool->link.http(pool->link.self, exchange);
    const uint32_t place = exchange->is_query && of->balance != POOL_ONE ? balanced(of) : of->active;
    there.endpoint = of->places[place].name;
    const oc_rc rc = pool->link.http(pool->link.self, &there);
    if (rc >= 0)
        know(pool, (struct pool_known){.exchange = exchange->exchange,
                                       .endpoint = (uint16_t)(of - pool->endpoints),
                                       .place = (uint16_t)place,
                                       .at_ns = exchange->at_ns});
    return rc;
}

static void close_stream(void *self, uint32_t stream)
{
    struct pool *pool = self;
    struct pool_known *known = known_of(pool, 0, stream);
    if (known)
        *known = (struct pool_known){0};
    pool->link.close(pool->link.self, stream);
}

/* A move comes before what happens behind it. */
static bool has_moved(struct pool *pool, struct io_happening *ret)
{
    const struct pool_moved *moved = &pool->moved[0];
    if (!pool->moved_count)
        return false;
    *ret = (struct io_happening){.kind = IO_MOVED, .at_ns = moved->at_ns, .bytes = moved->words, .size = moved->size};
    return true;
}

static oc_rc next(void *self, int64_t until_ns, struct io_happening *ret)
{
    struct pool *pool = self;
    for (;;) {
        if (has_moved(pool, ret)) {
            pool->given = *ret;
            return OC_OK;
        }
        const int64_t due = due_ns(pool);
        if (due <= pool->now_ns && due <= until_ns) {
            do_due(pool);
            continue;
        }
        const oc_rc rc = pool->link.next(pool->link.self, due < until_ns ? due : until_ns, ret);
        if (rc != OC_OK) {
            if (due > until_ns)
                return rc == OC_E_END && due < INT64_MAX ? (oc_rc)OC_E_AGAIN : rc;
            pool->now_ns = due > pool->now_ns ? due : pool->now_ns;
            continue;
        }
        pool->now_ns = ret->at_ns > pool->now_ns ? ret->at_ns : pool->now_ns;
        pool->given = *ret;
        if (ret->kind != IO_PROBED)
            return OC_OK;
        heard_probe(pool, ret);
        pool->link.taken(pool->link.self);
    }
}

/* What happened is judged once, when it is done with. */
static void taken(void *self)
{
    struct pool *pool = self;
    const struct io_happening was = pool->given;
    pool->given.kind = 0;
    if (was.kind == IO_MOVED) {
        memmove(pool->moved, pool->moved + 1, --pool->moved_count * sizeof *pool->moved);
        return;
    }
    watch(pool, &was);
    pool->link.taken(pool->link.self);
}

static int64_t next_ns(void *self)
{
    struct pool *pool = self;
    if (pool->moved_count)
        return pool->moved[0].at_ns;
    const int64_t below_ns = pool->link.next_ns(pool->link.self), due = due_ns(pool);
    return below_ns < due ? below_ns : due;
}

static const char *authority(void *self, const char *endpoint)
{
    struct pool *pool = self;
    const struct pool_endpoint *of = endpoint_of(pool, endpoint);
    return pool->link.authority ? pool->link.authority(pool->link.self, of ? of->places[of->active].name : endpoint)
                                : NULL;
}

struct io_link pool_link(struct pool *pool)
{
    return (struct io_link){.self = pool,
                            .open = open,
                            .send = send,
                            .http = http,
                            .close = close_stream,
                            .next = next,
                            .taken = taken,
                            .next_ns = next_ns,
                            .authority = authority};
}
