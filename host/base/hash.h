/* hash.h: the hashes of the house, over XXH3.
 *
 * Invariants: the same bytes give the same hash on every machine (little-endian is required, as for
 * the journal). These find accidents, not attackers. A chain is 16 bytes of state, so that it can
 * be saved, compared and carried on.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Without optimisation the inlined form is fifty times slower than the library's: debug builds call
 * the library. */
#ifdef __OPTIMIZE__
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>

struct hash128 {
    uint64_t low;
    uint64_t high;
};

enum { HASH_TEXT_MAX = 33 };

static inline uint64_t hash64(const void *data, size_t size) { return XXH3_64bits(data, size); }

static inline struct hash128 hash128(const void *data, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(data, size);
    return (struct hash128){hash.low64, hash.high64};
}

static inline bool hash128_is_equal(struct hash128 a, struct hash128 b) { return a.low == b.low && a.high == b.high; }

/* A chain over items: the hash of (the chain so far, the item's hash). Order and number of items
 * count. */
static inline void hash128_chain(struct hash128 *chain, struct hash128 item)
{
    struct hash128 pair[2] = {*chain, item};
    *chain = hash128(pair, sizeof pair);
}

/* Folds `value` into a running 64-bit state; cheap enough for every tick. For a given value each
 * state has its own result, and for a given state each value: a single change is never lost. */
static inline uint64_t hash64_fold(uint64_t state, uint64_t value)
{
    state = (((state << 27) | (state >> 37)) ^ value) * 0x9e3779b97f4a7c15u;
    return state ^ (state >> 32);
}

/* 32 hexadecimal digits, the high half first, and a final zero. */
static inline void hash128_to_text(struct hash128 hash, char ret_text[HASH_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        ret_text[i] = digits[hash.high >> (60 - 4 * i) & 15];
        ret_text[16 + i] = digits[hash.low >> (60 - 4 * i) & 15];
    }
    ret_text[32] = '\0';
}

#endif
