/* random.h: splitmix64, the one generator of the house: small, seeded, and the same on every machine. Files and goldens
 * hold what it gave, so it never changes. All [any]. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

#define RANDOM_STEP 0x9e3779b97f4a7c15u

static inline uint64_t random_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Any state is a seed, 0 too. */
static inline uint64_t random_next(uint64_t *state) { return random_mix(*state += RANDOM_STEP); }

#endif
