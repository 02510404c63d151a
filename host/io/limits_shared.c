#include "io/limits_shared.h"

#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/money.h"

#define MAGIC       0x316c74696d696c01ull /* the layout below */
#define SHUT_MAX_NS 691200000000000ll     /* eight days: longer than any ban that is known */
enum { COUNT_BITS = 22, WINDOW_BITS = 20 };
#define COUNT_MAX  ((1ull << COUNT_BITS) - 1)
#define WINDOW_MAX ((1ull << WINDOW_BITS) - 1)

oc_rc limits_shared_open(struct limits_shared *shared, const char *path)
{
    int fd = -1;
    int64_t size = 0;
    void *data = NULL;
    uint64_t none = 0;
    *shared = (struct limits_shared){0};
    oc_rc rc = env_open(path, ENV_READ | ENV_WRITE | ENV_CREATE, &fd);
    if (rc < 0)
        return rc;
    rc = env_file_size(fd, &size);
    if (rc == OC_OK && size < (int64_t)sizeof *shared->map)
        rc = env_preallocate(fd, sizeof *shared->map);
    if (rc == OC_OK)
        rc = env_map(fd, sizeof *shared->map, true, &data);
    env_close(fd);
    if (rc < 0)
        return rc;
    shared->map = data;
    if (!atomic_compare_exchange_strong(&shared->map->magic, &none, MAGIC) && none != MAGIC) {
        limits_shared_close(shared);
        return OC_E_DATA; /* another program's, or another version's */
    }
    return OC_OK;
}

void limits_shared_close(struct limits_shared *shared)
{
    if (shared->map)
        env_unmap(shared->map, sizeof *shared->map);
    *shared = (struct limits_shared){0};
}

uint64_t limits_shared_key(const struct oc_venue *venue, uint32_t limit, const char *owner, uint32_t owner_size)
{
    const struct oc_limit *said = &venue->limits[limit];
    if (said->kind == OC_LIMIT_CONCURRENT || said->scope > OC_SCOPE_ACCOUNT || said->max > COUNT_MAX ||
        said->period_ns <= 0)
        return 0;
    const uint64_t parts[] = {hash64(venue->venue, strlen(venue->venue)),
                              hash64(said->name, strlen(said->name)),
                              hash64(owner, said->scope == OC_SCOPE_ADDRESS ? 0 : owner_size),
                              said->scope,
                              said->kind,
                              said->max,
                              (uint64_t)said->period_ns};
    const uint64_t key = hash64((const char *)parts, sizeof parts);
    return key ? key : 1;
}

/* NULL: there is no room. */
static struct limits_shared_place *place_of(struct limits_shared *shared, uint64_t key)
{
    for (uint32_t i = 0; shared->map && i < LIMITS_SHARED_PLACES; i++) {
        struct limits_shared_place *place = &shared->map->places[(key + i) % LIMITS_SHARED_PLACES];
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&place->key, &there, key) || there == key)
            return place;
    }
    if (shared->map && !shared->is_full)
        log_warning("venue",
                    "too many keys and venues share their limits on this machine: the rest are counted by each "
                    "process alone");
    shared->is_full = true;
    return NULL;
}

struct counted { /* as of now */
    uint64_t window, before, used;
};

static uint64_t window_of(const struct oc_limit *limit, int64_t now_ns)
{
    return (uint64_t)(now_ns / limit->period_ns) & WINDOW_MAX;
}

static struct counted counted(uint64_t word, uint64_t window)
{
    const uint64_t there = word >> (2 * COUNT_BITS), used = word & COUNT_MAX, before = word >> COUNT_BITS & COUNT_MAX;
    const uint64_t ahead = (there - window) & WINDOW_MAX;
    if (ahead <= 1) /* ours, or that of a clock that is a little before ours */
        return (struct counted){there, before, used};
    return (struct counted){window, ahead == WINDOW_MAX ? used : 0, 0};
}

static uint64_t word_of(struct counted count)
{
    const uint64_t used = count.used < COUNT_MAX ? count.used : COUNT_MAX;
    return count.window << (2 * COUNT_BITS) | count.before << COUNT_BITS | used;
}

/* What is used of a window; of a sliding one with the share of the one before that it still covers, rounded up. */
static uint64_t used_of(const struct oc_limit *limit, struct counted count, int64_t now_ns)
{
    const int64_t left_ns = limit->period_ns - now_ns % limit->period_ns;
    if (limit->kind != OC_LIMIT_SLIDING)
        return count.used;
    return count.used + (uint64_t)(((oc_i128)count.before * left_ns + limit->period_ns - 1) / limit->period_ns);
}

/* A bucket is known by when it will be full again; `room_us`: how far that may lie ahead. */
static bool take_bucket(const struct oc_limit *limit, uint64_t word, uint64_t weight, uint64_t bound, int64_t now_ns,
                        uint64_t *ret_word, int64_t *ret_ns)
{
    const uint64_t period_us = (uint64_t)(limit->period_ns / 1000), now_us = (uint64_t)(now_ns / 1000);
    const uint64_t each = weight * period_us / limit->max, room_us = bound * period_us / limit->max;
    const bool is_sound = word > now_us && word - now_us <= 2 * period_us;
    const uint64_t from_us = is_sound ? word : now_us;
    *ret_word = from_us + each;
    *ret_ns = (int64_t)(from_us + each - room_us) * 1000;
    return *ret_word - now_us <= room_us || from_us == now_us;
}

static bool take_window(const struct oc_limit *limit, uint64_t word, uint64_t weight, uint64_t bound, int64_t now_ns,
                        uint64_t *ret_word, int64_t *ret_ns)
{
    struct counted count = counted(word, window_of(limit, now_ns));
    const uint64_t used = used_of(limit, count, now_ns);
    count.used += weight;
    *ret_word = word_of(count);
    *ret_ns = now_ns - now_ns % limit->period_ns + limit->period_ns;
    return used + weight <= bound || used == 0; /* what is larger than the bound goes when nothing else does */
}

oc_rc limits_shared_take(struct limits_shared *shared, uint64_t key, const struct oc_limit *limit, uint64_t weight,
                         uint64_t bound, int64_t now_ns, int64_t *ret_ns)
{
    struct limits_shared_place *place = key ? place_of(shared, key) : NULL;
    if (!place)
        return OC_OK;
    const int64_t shut_ns = atomic_load(&place->shut_ns);
    if (shut_ns > now_ns && shut_ns - now_ns <= SHUT_MAX_NS) {
        *ret_ns = shut_ns;
        return OC_E_AGAIN;
    }
    uint64_t word = atomic_load(&place->used), next;
    do {
        const bool fits = limit->kind == OC_LIMIT_BUCKET
                              ? take_bucket(limit, word, weight, bound, now_ns, &next, ret_ns)
                              : take_window(limit, word, weight, bound, now_ns, &next, ret_ns);
        if (!fits)
            return OC_E_AGAIN;
    } while (!atomic_compare_exchange_weak(&place->used, &word, next));
    return OC_OK;
}

void limits_shared_give(struct limits_shared *shared, uint64_t key, const struct oc_limit *limit, uint64_t weight,
                        int64_t now_ns)
{
    struct limits_shared_place *place = key ? place_of(shared, key) : NULL;
    uint64_t word = place ? atomic_load(&place->used) : 0, next;
    if (!place)
        return;
    do {
        struct counted count = counted(word, window_of(limit, now_ns));
        count.used -= weight < count.used ? weight : count.used;
        next = word_of(count);
        if (limit->kind == OC_LIMIT_BUCKET)
            next = word - weight * (uint64_t)(limit->period_ns / 1000) / limit->max;
    } while (!atomic_compare_exchange_weak(&place->used, &word, next));
}

void limits_shared_used(struct limits_shared *shared, uint64_t key, const struct oc_limit *limit, uint64_t used,
                        int64_t now_ns)
{
    struct limits_shared_place *place = key && limit->kind != OC_LIMIT_BUCKET ? place_of(shared, key) : NULL;
    uint64_t word = place ? atomic_load(&place->used) : 0;
    struct counted count;
    if (!place)
        return;
    do {
        count = counted(word, window_of(limit, now_ns));
        if (count.used >= used)
            return;
        count.used = used;
    } while (!atomic_compare_exchange_weak(&place->used, &word, word_of(count)));
}

void limits_shared_shut(struct limits_shared *shared, uint64_t key, int64_t until_ns)
{
    struct limits_shared_place *place = key ? place_of(shared, key) : NULL;
    int64_t there = place ? atomic_load(&place->shut_ns) : INT64_MAX;
    while (place && there < until_ns && !atomic_compare_exchange_weak(&place->shut_ns, &there, until_ns))
        ;
}

/* NULL: nobody has used it yet. */
static const struct limits_shared_place *known_place(const struct limits_shared *shared, uint64_t key)
{
    for (uint32_t i = 0; shared->map && i < LIMITS_SHARED_PLACES; i++) {
        const struct limits_shared_place *place = &shared->map->places[(key + i) % LIMITS_SHARED_PLACES];
        const uint64_t there = atomic_load(&place->key);
        if (!there || there == key)
            return there ? place : NULL;
    }
    return NULL;
}

int64_t limits_shared_shut_ns(const struct limits_shared *shared, uint64_t key, int64_t now_ns)
{
    const struct limits_shared_place *place = known_place(shared, key);
    const int64_t shut_ns = place ? atomic_load(&place->shut_ns) : 0;
    return shut_ns > now_ns && shut_ns - now_ns <= SHUT_MAX_NS ? shut_ns : INT64_MIN;
}

uint64_t limits_shared_look(const struct limits_shared *shared, uint64_t key, const struct oc_limit *limit,
                            int64_t now_ns)
{
    const struct limits_shared_place *place = known_place(shared, key);
    const uint64_t word = place ? atomic_load(&place->used) : 0;
    if (limit->kind != OC_LIMIT_BUCKET)
        return used_of(limit, counted(word, window_of(limit, now_ns)), now_ns);
    const uint64_t period_us = (uint64_t)(limit->period_ns / 1000), now_us = (uint64_t)(now_ns / 1000);
    const bool is_sound = word > now_us && word - now_us <= 2 * period_us;
    return is_sound ? ((word - now_us) * limit->max + period_us - 1) / period_us : 0;
}
