/* fill_run.c: see fill_run.h. */
#include "journal/fill_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"

#define FILL_FOOT_MAGIC 0x314c4c494652544fu

static const char prefix[] = "fills-";

enum { DIGITS = 20, NAME_SIZE = sizeof prefix - 1 + DIGITS + 1 + DIGITS, FILL_VERSION = 1 };

void fill_run_name(char name[JOURNAL_NAME_MAX], uint64_t from_seq, uint64_t to_seq)
{
    snprintf(name, JOURNAL_NAME_MAX, "%s%0*llu-%0*llu", prefix, DIGITS, (unsigned long long)from_seq, DIGITS,
             (unsigned long long)to_seq);
}

bool fill_run_parse(const char *name, uint64_t *ret_from, uint64_t *ret_to)
{
    const char *from = name + sizeof prefix - 1, *to = from + DIGITS + 1;
    if (strlen(name) != NAME_SIZE || strncmp(name, prefix, sizeof prefix - 1) != 0 ||
        strspn(from, "0123456789") != DIGITS || from[DIGITS] != '-' || strspn(to, "0123456789") != DIGITS)
        return false;
    *ret_from = strtoull(from, NULL, 10);
    *ret_to = strtoull(to, NULL, 10);
    return *ret_from < *ret_to;
}

static oc_rc path_of(char path[ENV_PATH_MAX], const char *dir, uint64_t from_seq, uint64_t to_seq)
{
    char name[JOURNAL_NAME_MAX];
    fill_run_name(name, from_seq, to_seq);
    return env_path(path, dir, name);
}

static uint64_t foot_check(const struct fill_foot *foot) { return hash64(foot, offsetof(struct fill_foot, check)); }

static uint64_t block_check(const struct fill_block *block, uint64_t from_seq, uint64_t index)
{
    uint64_t hash = hash64(block, offsetof(struct fill_block, check));
    return hash64_fold(hash64_fold(hash, from_seq), index);
}

oc_rc fill_run_open(const char *dir, uint64_t from_seq, uint64_t to_seq, struct fill_run *ret_run)
{
    char path[ENV_PATH_MAX];
    struct fill_foot foot;
    int fd = -1;
    int64_t file_size;
    size_t size = 0;
    oc_rc rc = path_of(path, dir, from_seq, to_seq);
    if (rc >= 0)
        rc = env_open(path, ENV_READ, &fd);
    if (rc < 0)
        return rc;
    rc = env_file_size(fd, &file_size);
    if (rc >= 0 && file_size >= (int64_t)sizeof foot)
        rc = env_pread(fd, &foot, sizeof foot, file_size - (int64_t)sizeof foot, &size);
    if (rc >= 0 && (size != sizeof foot || foot.magic != FILL_FOOT_MAGIC || foot.version != FILL_VERSION ||
                    foot.check != foot_check(&foot) || foot.from_seq != from_seq || foot.to_seq != to_seq ||
                    (uint64_t)file_size != (foot.blocks + 1) * JOURNAL_PAGE))
        rc = OC_E_DATA;
    if (rc < 0) {
        env_close(fd);
        return rc;
    }
    *ret_run = (struct fill_run){from_seq, to_seq, foot.count, foot.blocks, fd};
    return OC_OK;
}

void fill_run_close(struct fill_run *run)
{
    env_close(run->fd);
    run->fd = -1;
}

static oc_rc read_block(const struct fill_run *run, uint64_t index, struct fill_block *ret_block)
{
    size_t size;
    oc_rc rc = env_pread(run->fd, ret_block, sizeof *ret_block, (int64_t)(index * JOURNAL_PAGE), &size);
    if (rc < 0)
        return rc;
    bool is_good = size == sizeof *ret_block && ret_block->count > 0 && ret_block->count <= FILL_BLOCK_KEYS &&
                   ret_block->check == block_check(ret_block, run->from_seq, index);
    return is_good ? OC_OK : OC_E_DATA;
}

static bool block_has(const struct fill_block *block, struct fill_key key)
{
    uint32_t low = 0, high = block->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = fill_key_compare(key, block->keys[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* The block where the key should be, as the keys lie evenly between two known ones. */
static uint64_t guess(uint64_t low, uint64_t high, uint64_t low_key, uint64_t high_key, uint64_t key)
{
    if (key <= low_key || high_key <= low_key)
        return low;
    if (key >= high_key)
        return high;
    uint64_t range = high_key - low_key, offset = key - low_key;
    while (range >> 40) { /* blocks are counted in 24 bits */
        range >>= 8;
        offset >>= 8;
    }
    uint64_t at = low + offset * (high - low + 1) / range;
    return at > high ? high : at;
}

oc_rc fill_run_has(const struct fill_run *run, struct fill_key key, bool *ret_has)
{
    uint64_t low = 0, end = run->blocks, low_key = 0, high_key = UINT64_MAX;
    *ret_has = false;
    for (unsigned step = 1; low < end; step++) {
        /* Each fourth step halves, so that no order of keys makes it long. */
        uint64_t at = step % 4 ? guess(low, end - 1, low_key, high_key, key.low) : low + (end - low) / 2;
        struct fill_block block;
        oc_rc rc = read_block(run, at, &block);
        if (rc < 0)
            return rc;
        if (fill_key_compare(key, block.keys[0]) < 0) {
            end = at;
            high_key = block.keys[0].low;
        } else if (fill_key_compare(key, block.keys[block.count - 1]) > 0) {
            low = at + 1;
            low_key = block.keys[block.count - 1].low;
        } else {
            *ret_has = block_has(&block, key);
            return OC_OK;
        }
    }
    return OC_OK;
}

struct writer {
    const char *dir;
    char path[ENV_PATH_MAX + 8];
    struct fill_foot foot;
    struct fill_block block;
    int fd;
};

static oc_rc writer_open(struct writer *writer, const char *dir, uint64_t from_seq, uint64_t to_seq)
{
    char path[ENV_PATH_MAX];
    memset(writer, 0, sizeof *writer);
    writer->dir = dir;
    writer->foot.from_seq = from_seq;
    writer->foot.to_seq = to_seq;
    oc_rc rc = path_of(path, dir, from_seq, to_seq);
    if (rc < 0)
        return rc;
    snprintf(writer->path, sizeof writer->path, "%s.tmp", path);
    return env_open(writer->path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &writer->fd);
}

static oc_rc writer_flush(struct writer *writer)
{
    struct fill_block *block = &writer->block;
    if (block->count == 0)
        return OC_OK;
    block->check = block_check(block, writer->foot.from_seq, writer->foot.blocks);
    oc_rc rc = env_write(writer->fd, block, sizeof *block);
    writer->foot.blocks++;
    writer->foot.count += block->count;
    memset(block, 0, sizeof *block);
    return rc;
}

static oc_rc writer_put(struct writer *writer, struct fill_key key)
{
    writer->block.keys[writer->block.count++] = key;
    return writer->block.count == FILL_BLOCK_KEYS ? writer_flush(writer) : OC_OK;
}

/* Closes the file in any case; `rc`: what has come before. */
static oc_rc writer_close(struct writer *writer, oc_rc rc, struct fill_run *ret_run)
{
    char path[ENV_PATH_MAX];
    struct fill_foot *foot = &writer->foot;
    if (rc >= 0)
        rc = writer_flush(writer);
    foot->magic = FILL_FOOT_MAGIC;
    foot->version = FILL_VERSION;
    foot->check = foot_check(foot);
    if (rc >= 0)
        rc = env_write(writer->fd, foot, sizeof *foot);
    if (rc >= 0)
        rc = env_sync(writer->fd);
    env_close(writer->fd);
    if (rc >= 0)
        rc = path_of(path, writer->dir, foot->from_seq, foot->to_seq);
    if (rc >= 0)
        rc = env_rename(writer->path, path);
    if (rc >= 0)
        rc = env_sync_dir(writer->dir);
    if (rc >= 0)
        return fill_run_open(writer->dir, foot->from_seq, foot->to_seq, ret_run);
    (void)env_unlink(writer->path);
    return rc;
}

oc_rc fill_run_make(const char *dir, uint64_t from_seq, uint64_t to_seq, const struct fill_key *keys, size_t count,
                    struct fill_run *ret_run)
{
    struct writer writer;
    oc_rc rc = writer_open(&writer, dir, from_seq, to_seq);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < count && rc >= 0; i++)
        if (i == 0 || !fill_key_is_equal(keys[i], keys[i - 1]))
            rc = writer_put(&writer, keys[i]);
    return writer_close(&writer, rc, ret_run);
}

struct source {
    const struct fill_run *run;
    uint64_t next; /* block */
    uint32_t at;   /* key in it */
    struct fill_block block;
};

static oc_rc source_fill(struct source *source)
{
    source->at = 0;
    source->block.count = 0;
    return source->next < source->run->blocks ? read_block(source->run, source->next++, &source->block) : OC_OK;
}

static oc_rc merge_all(struct writer *writer, struct source *sources, uint32_t count)
{
    struct fill_key last = {0, 0}; /* no key is zero */
    for (;;) {
        struct source *least = NULL;
        for (uint32_t i = 0; i < count; i++) {
            struct source *source = &sources[i];
            if (source->at < source->block.count &&
                (!least || fill_key_compare(source->block.keys[source->at], least->block.keys[least->at]) < 0))
                least = source;
        }
        if (!least)
            return OC_OK;
        struct fill_key key = least->block.keys[least->at++];
        oc_rc rc = fill_key_is_equal(key, last) ? OC_OK : writer_put(writer, key);
        last = key;
        if (rc >= 0 && least->at == least->block.count)
            rc = source_fill(least);
        if (rc < 0)
            return rc;
    }
}

oc_rc fill_run_merge(const char *dir, const struct fill_run *runs, uint32_t count, struct fill_run *ret_run)
{
    struct writer writer;
    if (count == 0 || count > FILL_MERGE)
        return OC_E_INVALID;
    struct source *sources = env_alloc(count * sizeof *sources);
    if (!sources)
        return OC_E_NOMEM;
    oc_rc rc = writer_open(&writer, dir, runs[0].from_seq, runs[count - 1].to_seq);
    if (rc >= 0) {
        for (uint32_t i = 0; i < count && rc >= 0; i++) {
            sources[i].run = &runs[i];
            rc = source_fill(&sources[i]);
        }
        if (rc >= 0)
            rc = merge_all(&writer, sources, count);
        rc = writer_close(&writer, rc, ret_run);
    }
    env_free(sources);
    return rc;
}
