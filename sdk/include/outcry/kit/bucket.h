/* bucket.h: a token bucket in integer milli-tokens: level = min(capacity, level + dt_ms * rate). No
 * ABI promise.
 *
 * Invariants
 * - `rate` tokens a second are `rate` milli-tokens a millisecond, so nothing is ever rounded.
 * - A fresh bucket is full. Time that goes back adds nothing. level <= capacity.
 * - Asking changes nothing; bucket_take is what happened. What was taken beyond the level is owed,
 * so that giving the same number back restores the level exactly. All [any]. */
#ifndef OUTCRY_KIT_BUCKET_H
#define OUTCRY_KIT_BUCKET_H

#include <stdint.h>

struct bucket {
    int64_t rate;     /* tokens a second, at most 1e6 */
    int64_t capacity; /* milli-tokens, at most 1e12 */
    int64_t level;    /* milli-tokens at last_ms */
    int64_t last_ms;
};

static inline void bucket_init(struct bucket *bucket, int64_t rate, int64_t capacity)
{
    *bucket = (struct bucket){rate, capacity * 1000, capacity * 1000, 0};
}

/* Milli-tokens at `now_ms`. */
static inline int64_t bucket_level(const struct bucket *bucket, int64_t now_ms)
{
    int64_t lacks = bucket->capacity - bucket->level, dt_ms = now_ms - bucket->last_ms;
    if (lacks <= 0)
        return bucket->capacity;
    if (dt_ms <= 0)
        return bucket->level;
    return dt_ms >= lacks / bucket->rate + 1 ? bucket->capacity : bucket->level + dt_ms * bucket->rate;
}

/* Takes `tokens`; a negative number gives back. */
static inline void bucket_take(struct bucket *bucket, int64_t now_ms, int64_t tokens)
{
    int64_t level = bucket_level(bucket, now_ms) - tokens * 1000;
    bucket->level = level < bucket->capacity ? level : bucket->capacity;
    if (now_ms > bucket->last_ms)
        bucket->last_ms = now_ms;
}

#endif
