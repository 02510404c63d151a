#include "report/paired.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "report/stats.h"

static double mean_of(const double *values, uint32_t count) { return stats_sum(values, count) / count; }

static uint32_t block_size(uint32_t count)
{
    uint32_t size = 1;
    while ((uint64_t)size * size * size < count)
        size++;
    return size;
}

static double draw_mean(const double *values, uint32_t count, uint64_t *state)
{
    const uint32_t size = block_size(count);
    double sum = 0.0;
    uint32_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        at = i % size == 0 ? (uint32_t)(random_next(state) % count) : (at + 1) % count;
        sum += values[at];
    }
    return sum / count;
}

oc_rc paired_compare(const double *a, const double *b, uint32_t count, uint64_t seed, struct paired *ret)
{
    struct paired paired = {.count = count};
    double draws[PAIRED_DRAWS];
    uint32_t below = 0;
    if (count < PAIRED_MIN)
        return OC_E_NOT_FOUND;
    double *off = calloc(count, sizeof *off);
    if (!off)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        off[i] = a[i] - b[i];
        paired.better += off[i] > 0.0;
        paired.worse += off[i] < 0.0;
    }
    paired.mean = mean_of(off, count);
    for (uint32_t i = 0; i < PAIRED_DRAWS; i++) {
        draws[i] = draw_mean(off, count, &seed);
        below += draws[i] <= 0.0;
    }
    free(off);
    qsort(draws, PAIRED_DRAWS, sizeof *draws, stats_ascending);
    paired.low = draws[PAIRED_DRAWS / 40];
    paired.high = draws[PAIRED_DRAWS - 1 - PAIRED_DRAWS / 40];
    paired.chance = (1.0 + below) / (1.0 + PAIRED_DRAWS);
    *ret = paired;
    return OC_OK;
}

oc_rc paired_groups(const double *a, uint32_t a_count, const double *b, uint32_t b_count, uint64_t seed,
                    struct two_groups *ret)
{
    if (a_count < PAIRED_MIN || b_count < PAIRED_MIN)
        return OC_E_NOT_FOUND;
    const uint32_t count = a_count + b_count;
    double *all = calloc(count, sizeof *all);
    uint32_t further = 0;
    if (!all)
        return OC_E_NOMEM;
    memcpy(all, a, a_count * sizeof *a);
    memcpy(all + a_count, b, b_count * sizeof *b);
    struct two_groups groups = {mean_of(a, a_count), mean_of(b, b_count), 0.0};
    const double off = groups.mean_a - groups.mean_b, size = off < 0 ? -off : off;
    for (uint32_t draw = 0; draw < PAIRED_DRAWS; draw++) {
        for (uint32_t i = count; i > 1; i--) {
            const uint32_t k = (uint32_t)(random_next(&seed) % i);
            const double kept = all[i - 1];
            all[i - 1] = all[k];
            all[k] = kept;
        }
        const double other = mean_of(all, a_count) - mean_of(all + a_count, b_count);
        further += (other < 0 ? -other : other) >= size * (1.0 - 1e-12); /* what only rounds apart is as far */
    }
    free(all);
    groups.chance = (1.0 + further) / (1.0 + PAIRED_DRAWS);
    *ret = groups;
    return OC_OK;
}

static struct range range_of(double *values)
{
    qsort(values, PAIRED_DRAWS, sizeof *values, stats_ascending);
    return (struct range){values[PAIRED_DRAWS / 20], values[PAIRED_DRAWS / 2],
                          values[PAIRED_DRAWS - 1 - PAIRED_DRAWS / 20]};
}

oc_rc paired_orders(const double *nets, uint32_t count, uint64_t seed, struct other_orders *ret)
{
    double sums[PAIRED_DRAWS], falls[PAIRED_DRAWS];
    if (count < PAIRED_MIN)
        return OC_E_NOT_FOUND;
    for (uint32_t draw = 0; draw < PAIRED_DRAWS; draw++) {
        double sum = 0.0, peak = 0.0, fall = 0.0;
        for (uint32_t i = 0; i < count; i++) {
            sum += nets[random_next(&seed) % count];
            peak = sum > peak ? sum : peak;
            fall = peak - sum > fall ? peak - sum : fall;
        }
        sums[draw] = sum;
        falls[draw] = fall;
    }
    *ret = (struct other_orders){range_of(sums), range_of(falls)};
    return OC_OK;
}
