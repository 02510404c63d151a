/* walk_kit.h: seeded walks: what is drawn, and all that was seen folded into one hash. */
#ifndef SUPPORT_WALK_KIT_H
#define SUPPORT_WALK_KIT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/money.h"

struct dice {
    uint64_t random, hash;
};

static inline int64_t dice_roll(struct dice *dice, int64_t below)
{
    dice->random = dice->random * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((dice->random >> 20) % (uint64_t)below);
}

static inline void dice_fold(struct dice *dice, const void *bytes, size_t size)
{
    uint64_t pair[2] = {dice->hash, hash64(bytes, size)};
    dice->hash = hash64(pair, sizeof pair);
}

static inline void dice_fold_text(struct dice *dice, const char *text) { dice_fold(dice, text, strlen(text)); }

static inline void dice_fold_money(struct dice *dice, oc_i128 money)
{
    uint64_t pair[2] = {(uint64_t)money, (uint64_t)((oc_u128)money >> 64)};
    dice_fold(dice, pair, sizeof pair);
}

#endif
