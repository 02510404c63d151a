#include "report/trials.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/text.h"

enum { LINE_MAX_SIZE = 96, FILE_MAX = TRIALS_MAX * LINE_MAX_SIZE + 64, ASIDE_MAX = 9 };
static const char title[] = "outcry trials 1\n";
static const char name[] = "trials";

oc_rc trials_init(struct trials *trials)
{
    *trials = (struct trials){.list = calloc(TRIALS_MAX, sizeof *trials->list)};
    return trials->list ? OC_OK : OC_E_NOMEM;
}

void trials_release(struct trials *trials)
{
    free(trials->list);
    *trials = (struct trials){0};
}

static void remove_group(struct trials *trials, uint64_t group)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < trials->count; i++)
        if (trials->list[i].group != group)
            trials->list[kept++] = trials->list[i];
    trials->count = kept;
}

/* The group whose last trial is the oldest, but not `own`. False: there is no other. */
static bool oldest_group(const struct trials *trials, uint64_t own, uint64_t *ret_group)
{
    for (uint32_t i = 0; i < trials->count; i++) {
        bool is_last = trials->list[i].group != own;
        for (uint32_t k = i + 1; k < trials->count && is_last; k++)
            is_last = trials->list[k].group != trials->list[i].group;
        if (!is_last)
            continue;
        *ret_group = trials->list[i].group;
        return true;
    }
    return false;
}

void trials_add(struct trials *trials, const struct trial *trial)
{
    uint64_t group;
    for (uint32_t i = 0; i < trials->count; i++)
        if (trials->list[i].group == trial->group && trials->list[i].hash == trial->hash) {
            trials->list[i] = *trial;
            return;
        }
    if (trials->count == TRIALS_MAX && oldest_group(trials, trial->group, &group))
        remove_group(trials, group);
    if (trials->count == TRIALS_MAX)
        trials->is_bounded = true;
    else
        trials->list[trials->count++] = *trial;
}

/* ---- its text ---- */

static uint32_t check_of(const char *line, size_t size) { return (uint32_t)hash64(line, size); }

/* "GROUP HASH SHARPE CHECK"; -: no Sharpe ratio. */
static bool read_line(const char *line, size_t size, struct trial *ret)
{
    char copy[LINE_MAX_SIZE], sharpe[40];
    unsigned check;
    int end = 0, body = 0;
    if (size >= sizeof copy)
        return false;
    memcpy(copy, line, size);
    copy[size] = 0;
    if (sscanf(copy, "%16" SCNx64 " %16" SCNx64 " %39s%n %8x%n", &ret->group, &ret->hash, sharpe, &body, &check,
               &end) != 4 ||
        (size_t)end != size || check != check_of(copy, (size_t)body))
        return false;
    ret->is_known = strcmp(sharpe, "-") != 0;
    ret->sharpe = ret->is_known ? strtod(sharpe, NULL) : 0.0;
    return ret->sharpe - ret->sharpe == 0.0; /* a number */
}

/* Adds what a file holds. OC_E_DATA: it is damaged; *ret_line is the first line that is. */
static oc_rc read_all(struct trials *trials, const char *bytes, size_t size, uint32_t *ret_line)
{
    const char *at = bytes, *stop = bytes + size;
    *ret_line = 1;
    if (size < sizeof title - 1 || memcmp(bytes, title, sizeof title - 1) != 0)
        return OC_E_DATA;
    for (at += sizeof title - 1; at < stop; at++) {
        const char *end = memchr(at, '\n', (size_t)(stop - at));
        struct trial trial;
        ++*ret_line;
        if (!end || trials->count == TRIALS_MAX || !read_line(at, (size_t)(end - at), &trial))
            return OC_E_DATA;
        trials->list[trials->count++] = trial;
        at = end;
    }
    return OC_OK;
}

static void write_all(const struct trials *trials, struct text *text)
{
    char line[LINE_MAX_SIZE], sharpe[32] = "-";
    text_put(text, title);
    for (uint32_t i = 0; i < trials->count; i++) {
        const struct trial *trial = &trials->list[i];
        if (trial->is_known)
            snprintf(sharpe, sizeof sharpe, "%.17g", trial->sharpe);
        const int size = snprintf(line, sizeof line, "%016" PRIx64 " %016" PRIx64 " %s", trial->group, trial->hash,
                                  trial->is_known ? sharpe : "-");
        text_format(text, "%s %08x\n", line, check_of(line, (size_t)size));
    }
}

struct trials_sum trials_sum_of(const struct trials *trials, uint64_t group)
{
    struct trials_sum sum = {.is_bounded = trials->is_bounded};
    double mean = 0.0, squares = 0.0; /* Welford's */
    for (uint32_t i = 0; i < trials->count; i++) {
        const struct trial *trial = &trials->list[i];
        if (trial->group != group)
            continue;
        sum.count++;
        if (!trial->is_known)
            continue;
        const double off = trial->sharpe - mean;
        sum.known++;
        mean += off / sum.known;
        squares += off * (trial->sharpe - mean);
    }
    sum.variance = sum.known > 1 ? squares / (sum.known - 1) : 0.0;
    return sum;
}

/* ---- its file ---- */

static oc_rc make_folders(const char *dir)
{
    char path[ENV_PATH_MAX];
    oc_rc rc = env_path(path, dir, NULL);
    for (char *at = path + 1; rc == OC_OK && (at = strchr(at, '/')) != NULL; *at++ = '/') {
        *at = 0;
        if (!env_exists(path))
            rc = env_mkdir(path);
    }
    return rc == OC_OK ? env_mkdir(path) : rc;
}

static oc_rc lock(const char *dir, int *ret_fd)
{
    enum { STEP_MS = 20 };
    char path[ENV_PATH_MAX];
    oc_rc rc = env_path(path, dir, "trials.lock");
    if (rc < 0)
        return rc;
    for (int waited = 0; (rc = env_lock(path, ret_fd)) == OC_E_STATE && waited < TRIALS_WAIT_MS; waited += STEP_MS)
        env_sleep(STEP_MS * 1000000LL);
    return rc;
}

/* Under the first name that is free; the last one is written over. */
static oc_rc keep_aside(const char *dir, uint32_t line, char *ret_said)
{
    char from[ENV_PATH_MAX], to[ENV_PATH_MAX], aside[32];
    oc_rc rc = env_path(from, dir, name);
    for (int i = 1; rc == OC_OK && i <= ASIDE_MAX; i++) {
        snprintf(aside, sizeof aside, "trials.damaged-%d", i);
        rc = env_path(to, dir, aside);
        if (rc == OC_OK && !env_exists(to))
            break;
    }
    if (rc == OC_OK)
        rc = env_rename(from, to);
    if (rc == OC_OK)
        snprintf(ret_said, TRIALS_SAID_MAX, "%.*s: line %u is damaged: kept aside as %s, and a new count is begun",
                 TRIALS_SAID_MAX - 120, from, line, aside);
    return rc;
}

static oc_rc load(const char *dir, struct trials *trials, char *ret_said)
{
    char path[ENV_PATH_MAX], *bytes = NULL;
    size_t size = 0;
    uint32_t line = 0;
    oc_rc rc = env_path(path, dir, name);
    if (rc == OC_OK)
        rc = env_read_file(path, FILE_MAX, &bytes, &size);
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    if (rc == OC_OK)
        rc = read_all(trials, bytes, size, &line);
    env_free(bytes);
    if (rc != OC_E_DATA && rc != OC_E_LIMIT)
        return rc;
    trials->count = 0;
    return keep_aside(dir, line, ret_said);
}

static oc_rc store(const char *dir, const struct trials *trials)
{
    struct text text;
    text_init_grow(&text, FILE_MAX);
    write_all(trials, &text);
    oc_rc rc = text.is_cut ? (oc_rc)OC_E_NOMEM : env_replace_file(dir, name, text.data, text.size);
    text_release(&text);
    return rc;
}

/* Nothing is written where all of it is known: a run that is made again costs no wait for the disk. */
static bool is_new(const struct trials *trials, const struct trial *trial)
{
    for (uint32_t i = 0; i < trials->count; i++) {
        const struct trial *known = &trials->list[i];
        if (known->group == trial->group && known->hash == trial->hash)
            return known->is_known != trial->is_known || known->sharpe != trial->sharpe;
    }
    return true;
}

static oc_rc count_locked(const char *dir, const struct trial *list, uint32_t count, struct trials_sum *ret_sum,
                          char *ret_said)
{
    struct trials trials;
    oc_rc rc = trials_init(&trials);
    if (rc == OC_OK)
        rc = load(dir, &trials, ret_said);
    bool has_new = false;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        has_new |= is_new(&trials, &list[i]);
        trials_add(&trials, &list[i]);
    }
    if (rc == OC_OK && has_new)
        rc = store(dir, &trials);
    if (rc == OC_OK && count)
        *ret_sum = trials_sum_of(&trials, list[0].group);
    trials_release(&trials);
    return rc;
}

oc_rc trials_count(const char *dir, const struct trial *list, uint32_t count, struct trials_sum *ret_sum,
                   char ret_said[TRIALS_SAID_MAX])
{
    char folder[ENV_PATH_MAX];
    int fd = -1;
    ret_said[0] = 0;
    oc_rc rc = dir ? env_path(folder, dir, NULL) : env_user_folder(folder);
    if (rc < 0) {
        snprintf(ret_said, TRIALS_SAID_MAX, "not counted: there is no home folder for the count");
        return rc;
    }
    rc = make_folders(folder);
    if (rc == OC_OK)
        rc = lock(folder, &fd);
    if (rc == OC_OK)
        rc = count_locked(folder, list, count, ret_sum, ret_said);
    env_close(fd);
    if (rc == OC_E_STATE)
        snprintf(ret_said, TRIALS_SAID_MAX, "not counted: another outcry holds the count");
    else if (rc < 0)
        snprintf(ret_said, TRIALS_SAID_MAX, "not counted: %.*s", TRIALS_SAID_MAX - 32,
                 rc == OC_E_NOMEM ? "out of memory" : env_error_text());
    return rc;
}

oc_rc trials_read(const char *dir, struct trials *ret_trials, uint64_t *ret_stamp)
{
    char folder[ENV_PATH_MAX], path[ENV_PATH_MAX], *bytes = NULL;
    size_t size = 0;
    uint32_t line = 0;
    oc_rc rc = dir ? env_path(folder, dir, NULL) : env_user_folder(folder);
    if (rc == OC_OK)
        rc = env_path(path, folder, name);
    if (rc == OC_OK)
        rc = env_read_file(path, FILE_MAX, &bytes, &size);
    if (rc < 0)
        return rc;
    rc = trials_init(ret_trials);
    if (rc == OC_OK)
        rc = read_all(ret_trials, bytes, size, &line);
    *ret_stamp = hash64(bytes, size);
    if (rc < 0)
        trials_release(ret_trials);
    env_free(bytes);
    return rc;
}
