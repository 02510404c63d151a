/* fill_set.c: see fill_set.h. */
#include "journal/fill_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static const char tail_name[] = "fills-tail";
static const char tail_temporary[] = "fills-tail.tmp";

enum { LISTED_MAX = 2 * FILL_RUNS_MAX, WRITE_ENTRIES = 128 };

struct span {
    uint64_t from;
    uint64_t to;
    bool is_used;
};

struct listing {
    struct span spans[LISTED_MAX];
    uint32_t count;
    char leftover[JOURNAL_NAME_MAX]; /* a file that was being written when the process ended */
};

static oc_rc remove_name(const struct fill_set *set, const char *name)
{
    char path[ENV_PATH_MAX];
    oc_rc rc = env_path(path, set->dir, name);
    return rc < 0 ? rc : env_unlink(path);
}

static oc_rc remove_run(const struct fill_set *set, uint64_t from, uint64_t to)
{
    char name[JOURNAL_NAME_MAX];
    fill_run_name(name, from, to);
    return remove_name(set, name);
}

static uint64_t entry_check(const struct fill_entry *entry)
{
    return hash64(entry, offsetof(struct fill_entry, check));
}

static uint32_t slot_of(const struct fill_set *set, struct fill_key key)
{
    uint32_t mask = set->table_size - 1, slot = (uint32_t)key.low & mask;
    while ((set->table[slot].low || set->table[slot].high) && !fill_key_is_equal(set->table[slot], key))
        slot = (slot + 1) & mask;
    return slot;
}

static oc_rc add_name(void *arg, const char *name)
{
    struct listing *list = arg;
    struct span span = {0, 0, false};
    size_t length = strlen(name);
    if (fill_run_parse(name, &span.from, &span.to)) {
        if (list->count == LISTED_MAX)
            return OC_E_LIMIT;
        list->spans[list->count++] = span;
    } else if (strncmp(name, "fills-", 6) == 0 && length > 4 && strcmp(name + length - 4, ".tmp") == 0) {
        snprintf(list->leftover, sizeof list->leftover, "%s", name);
    }
    return OC_OK;
}

/* From the first record on, each time the longest that goes on from there; all others are removed: they were merged, or
 * they stand behind a gap, or they speak of records that the journal does not have. */
static oc_rc open_runs(struct fill_set *set, uint64_t journal_seq, struct listing *list)
{
    for (;;) {
        struct span *best = NULL;
        for (uint32_t i = 0; i < list->count; i++) {
            struct span *span = &list->spans[i];
            if (!span->is_used && span->from == set->run_seq && span->to <= journal_seq &&
                (!best || span->to > best->to))
                best = span;
        }
        if (!best)
            break;
        if (set->run_count == FILL_RUNS_MAX)
            return OC_E_LIMIT;
        oc_rc rc = fill_run_open(set->dir, best->from, best->to, &set->runs[set->run_count]);
        if (rc < 0 && rc != OC_E_DATA)
            return rc;
        best->is_used = true;
        if (rc == OC_E_DATA) {
            rc = remove_run(set, best->from, best->to);
            if (rc < 0)
                return rc;
            continue;
        }
        set->run_count++;
        set->run_seq = best->to;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        oc_rc rc = list->spans[i].is_used ? OC_OK : remove_run(set, list->spans[i].from, list->spans[i].to);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static void tail_put(struct fill_set *set, const struct fill_entry *entry)
{
    set->tail[set->tail_count++] = *entry;
    set->table[slot_of(set, entry->key)] = entry->key;
    set->last_seq = entry->seq;
}

/* A file of what is in the tail now, in place of the one before. */
static oc_rc tail_renew(struct fill_set *set)
{
    char temporary[ENV_PATH_MAX], path[ENV_PATH_MAX];
    oc_rc rc = env_path(temporary, set->dir, tail_temporary);
    if (rc >= 0)
        rc = env_path(path, set->dir, tail_name);
    if (rc < 0)
        return rc;
    env_close(set->tail_fd);
    set->tail_fd = -1;
    rc = env_open(temporary, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &set->tail_fd);
    if (rc < 0)
        return rc;
    set->tail_written = 0;
    struct fill_entry head = {.seq = set->run_seq}; /* no fill's key is zero */
    head.check = entry_check(&head);
    rc = env_write(set->tail_fd, &head, sizeof head);
    if (rc >= 0)
        rc = fill_set_write(set);
    if (rc >= 0)
        rc = env_sync(set->tail_fd);
    if (rc >= 0)
        rc = env_rename(temporary, path);
    return rc < 0 ? rc : env_sync_dir(set->dir);
}

static oc_rc open_tail(struct fill_set *set, uint64_t journal_seq)
{
    char path[ENV_PATH_MAX];
    char *bytes = NULL;
    size_t size = 0;
    oc_rc rc = env_path(path, set->dir, tail_name);
    if (rc >= 0)
        rc = env_read_file(path, 2 * (size_t)FILL_TAIL * sizeof(struct fill_entry), &bytes, &size);
    if (rc < 0 && rc != OC_E_NOT_FOUND && rc != OC_E_LIMIT)
        return rc;
    set->last_seq = set->run_seq;
    for (size_t at = 0; bytes && at + sizeof(struct fill_entry) <= size; at += sizeof(struct fill_entry)) {
        struct fill_entry entry;
        memcpy(&entry, bytes + at, sizeof entry);
        if (entry.check != entry_check(&entry) || entry.seq > journal_seq || set->tail_count == set->tail_max - 1)
            break;
        if (at == 0 && (entry.key.low || entry.key.high || entry.seq > set->run_seq))
            break; /* it goes on behind a run that is not there */
        if (entry.seq > set->last_seq)
            tail_put(set, &entry);
    }
    env_free(bytes);
    return tail_renew(set);
}

oc_rc fill_set_open(struct fill_set *set, const char *dir, uint64_t journal_seq, uint32_t tail_max)
{
    *set = (struct fill_set){.tail_max = tail_max && tail_max < FILL_TAIL ? tail_max : FILL_TAIL, .tail_fd = -1};
    oc_rc rc = env_path(set->dir, dir, NULL); /* before anything is held */
    if (rc < 0)
        return rc;
    set->table_size = 16;
    while (set->table_size < 2 * set->tail_max)
        set->table_size *= 2;
    set->table = env_alloc(set->table_size * sizeof *set->table);
    set->tail = env_alloc(set->tail_max * sizeof *set->tail);
    struct listing *list = env_alloc(sizeof *list);
    rc = set->table && set->tail && list ? env_mkdir(dir) : OC_E_NOMEM;
    while (rc >= 0) {
        *list = (struct listing){.count = 0};
        rc = env_list(dir, add_name, list);
        if (rc < 0 || !list->leftover[0])
            break;
        rc = remove_name(set, list->leftover);
    }
    if (rc >= 0)
        rc = open_runs(set, journal_seq, list);
    env_free(list);
    return rc < 0 ? rc : open_tail(set, journal_seq);
}

oc_rc fill_set_close(struct fill_set *set)
{
    oc_rc rc = set->tail && set->tail_fd >= 0 ? fill_set_write(set) : OC_OK;
    for (uint32_t i = 0; i < set->run_count; i++)
        fill_run_close(&set->runs[i]);
    if (set->tail)
        env_close(set->tail_fd);
    env_free(set->tail);
    env_free(set->table);
    *set = (struct fill_set){.tail_fd = -1};
    return rc;
}

oc_rc fill_set_write(struct fill_set *set)
{
    while (set->tail_written < set->tail_count) {
        uint32_t count = set->tail_count - set->tail_written;
        if (count > WRITE_ENTRIES)
            count = WRITE_ENTRIES;
        oc_rc rc = env_write(set->tail_fd, set->tail + set->tail_written, count * sizeof *set->tail);
        if (rc < 0)
            return rc;
        set->tail_written += count;
    }
    return OC_OK;
}

/* How many times larger than a tail, in powers of FILL_MERGE. */
static uint32_t level_of(const struct fill_set *set, uint64_t count)
{
    uint32_t level = 0;
    for (uint64_t size = set->tail_max; size < count; size *= FILL_MERGE)
        level++;
    return level;
}

static bool should_merge(const struct fill_set *set)
{
    if (set->run_count < FILL_MERGE)
        return false;
    const struct fill_run *last = &set->runs[set->run_count - FILL_MERGE];
    uint64_t count = 0;
    for (uint32_t i = 0; i < FILL_MERGE; i++) {
        if (level_of(set, last[i].count) != level_of(set, last[0].count))
            return false;
        count += last[i].count;
    }
    return count <= FILL_RUN_MAX;
}

static oc_rc merge_last(struct fill_set *set)
{
    struct fill_run merged, *last = &set->runs[set->run_count - FILL_MERGE];
    oc_rc rc = fill_run_merge(set->dir, last, FILL_MERGE, &merged);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < FILL_MERGE; i++) {
        fill_run_close(&last[i]);
        (void)remove_run(set, last[i].from_seq, last[i].to_seq); /* one that stays is removed at the next opening */
    }
    last[0] = merged;
    set->run_count -= FILL_MERGE - 1;
    return OC_OK;
}

static int by_key(const void *a, const void *b)
{
    return fill_key_compare(*(const struct fill_key *)a, *(const struct fill_key *)b);
}

/* The tail becomes a run. Its table holds each key once: it is sorted where it is. */
static oc_rc tail_to_run(struct fill_set *set)
{
    uint32_t count = 0;
    if (set->run_count == FILL_RUNS_MAX)
        return OC_E_LIMIT;
    for (uint32_t i = 0; i < set->table_size; i++)
        if (set->table[i].low || set->table[i].high)
            set->table[count++] = set->table[i];
    qsort(set->table, count, sizeof *set->table, by_key);
    oc_rc rc = fill_run_make(set->dir, set->run_seq, set->last_seq, set->table, count, &set->runs[set->run_count]);
    memset(set->table, 0, set->table_size * sizeof *set->table);
    if (rc < 0)
        return rc;
    set->run_count++;
    set->run_seq = set->last_seq;
    set->tail_count = 0;
    rc = tail_renew(set);
    while (rc >= 0 && should_merge(set))
        rc = merge_last(set);
    return rc;
}

oc_rc fill_set_add(struct fill_set *set, struct fill_key key, uint64_t seq)
{
    if (seq <= set->last_seq)
        return OC_OK;
    struct fill_entry entry = {.key = key, .seq = seq};
    entry.check = entry_check(&entry);
    tail_put(set, &entry);
    return set->tail_count == set->tail_max ? tail_to_run(set) : OC_OK;
}

oc_rc fill_set_has(struct fill_set *set, struct fill_key key, bool *ret_has)
{
    uint32_t slot = slot_of(set, key);
    *ret_has = set->table[slot].low || set->table[slot].high;
    for (uint32_t i = set->run_count; i > 0 && !*ret_has; i--) {
        const struct fill_run *run = &set->runs[i - 1];
        oc_rc rc = fill_run_has(run, key, ret_has);
        if (rc == OC_E_DATA)
            (void)remove_run(set, run->from_seq, run->to_seq);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

uint64_t fill_set_count(const struct fill_set *set)
{
    uint64_t count = set->tail_count;
    for (uint32_t i = 0; i < set->run_count; i++)
        count += set->runs[i].count;
    return count;
}
