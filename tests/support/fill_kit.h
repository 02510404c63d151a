/* fill_kit.h: what the tests of the index of fills share: a folder on the simulated disk, keys, and files by their run. */
#ifndef SUPPORT_FILL_KIT_H
#define SUPPORT_FILL_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "journal/fill_run.h"
#include "support/env_sim.h"

enum { BLOCK = FILL_BLOCK_KEYS, KEYS_MAX = 40 * BLOCK };

static const char dir[] = "/session";

static inline void start(uint64_t seed)
{
    assert_int_equal(env_sim_start(&(struct env_sim_config){.seed = seed, .start_ns = 1}), OC_OK);
    assert_int_equal(env_mkdir(dir), OC_OK);
}

static inline void stop(void)
{
    assert_int_equal(env_sim_live_allocations(), 0);
    assert_int_equal(env_sim_live_files(), 0);
    env_sim_stop();
}

static inline struct fill_key nth_key(uint64_t number)
{
    struct hash128 hash = hash128(&number, sizeof number);
    return (struct fill_key){hash.low, hash.high};
}

static inline int by_key(const void *a, const void *b)
{
    return fill_key_compare(*(const struct fill_key *)a, *(const struct fill_key *)b);
}

static struct fill_key keys[KEYS_MAX];

static inline void make_keys(uint64_t from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        keys[i] = nth_key(from + i);
    qsort(keys, count, sizeof keys[0], by_key);
}

static inline bool run_has(const struct fill_run *run, struct fill_key key)
{
    bool has = false;
    assert_int_equal(fill_run_has(run, key, &has), OC_OK);
    return has;
}

static inline bool file_is(const char *name)
{
    char path[ENV_PATH_MAX];
    size_t size;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return env_sim_file(path, &size) != NULL;
}

static inline uint8_t *run_file(uint64_t from, uint64_t to, size_t *ret_size)
{
    char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
    fill_run_name(name, from, to);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return env_sim_file(path, ret_size);
}

static inline void put_run_file(uint64_t from, uint64_t to, const void *bytes, size_t size)
{
    char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
    fill_run_name(name, from, to);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(env_sim_put_file(path, bytes, size), OC_OK);
}

#endif
