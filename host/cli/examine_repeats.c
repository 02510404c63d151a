/* examine_repeats.c: the run once more with its data cut at ten places, and with the same bars 28 years later. What was decided before the
 * cut must be the same: what comes behind it was not there to be known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/env_folder.h"
#include "base/env_jobs.h"
#include "base/random.h"
#include "cli/examine_impl.h"
#include "session/interrupt.h"

enum { REPEATS = EXAMINE_CUTS + 1 }; /* the last one: other years */

struct cut {
    int64_t ns;      /* data end there; where has_rows is not set */
    uint32_t events; /* ... behind so many, where it is */
    bool has_rows;
    bool is_direct; /* the last of its events is at ns */
};

struct repeat_result {
    int32_t rc;
    uint32_t strategy; /* where has_parted */
    bool has_parted;
    int64_t at_ns;
    int64_t cut_ns;
    char error[PROBE_TEXT_MAX];
};

struct repeats {
    const struct examination *examination;
    struct cut cuts[EXAMINE_CUTS];
    char folder[ENV_PATH_MAX]; /* of the copies; "": none are made */
};

static bool is_stopped(void *self)
{
    (void)self;
    return interrupt_count() > 0;
}

/* Every second one falls right behind a decision: who peeks one bar ahead betrays himself at the last bar alone. */
static void choose_cuts(struct repeats *repeats)
{
    const struct examination *examination = repeats->examination;
    const struct decisions *decisions = &examination->decisions;
    uint64_t state = examination->whole.input_hash;
    const uint64_t span = (uint64_t)(examination->last_ns - examination->first_ns);
    for (uint32_t i = 0; i < EXAMINE_CUTS; i++) {
        struct cut *cut = &repeats->cuts[i];
        const uint64_t draw = random_next(&state);
        const uint32_t events = examination->whole.events;
        cut->has_rows = repeats->folder[0] != 0;
        if (i % 2 == 0 && decisions->count) {
            const struct decision *decision = &decisions->list[draw % decisions->count];
            cut->ns = decision->ns;
            cut->events = decision->event;
            cut->is_direct = decision->is_direct;
        } else {
            cut->ns = examination->first_ns + (int64_t)(span ? draw % span : 0);
            cut->events = events ? 1 + (uint32_t)(draw % events) : 0;
        }
    }
}

/* ---- copies of the data file ---- */

static bool copy_path(const struct repeats *repeats, uint32_t index, bool is_file, char *ret_path)
{
    const char *slash = strrchr(repeats->examination->file, '/');
    const char *name = slash ? slash + 1 : repeats->examination->file;
    char number[16];
    char dir[ENV_PATH_MAX];
    snprintf(number, sizeof number, "%u", index);
    return env_path(dir, repeats->folder, number) == OC_OK && env_path(ret_path, dir, is_file ? name : NULL) == OC_OK;
}

/* The lines of its head, and as many rows as the cut leaves: the reader itself does not see what comes behind. */
static bool write_copy(const struct repeats *repeats, uint32_t index)
{
    char path[ENV_PATH_MAX], *bytes = NULL;
    size_t size = 0;
    uint64_t lines = 0;
    int fd = -1;
    if (!copy_path(repeats, index, true, path) ||
        env_read_file(repeats->examination->file, EXAMINE_FILE_MAX, &bytes, &size) < 0)
        return false;
    for (const char *at = bytes; (at = memchr(at, '\n', (size_t)(bytes + size - at))) != NULL; at++)
        lines++;
    lines += size && bytes[size - 1] != '\n';
    uint64_t kept = lines - repeats->examination->whole.events + repeats->cuts[index].events;
    const char *end = bytes;
    for (; kept && end < bytes + size; kept--) {
        const char *next = memchr(end, '\n', (size_t)(bytes + size - end));
        end = next ? next + 1 : bytes + size;
    }
    bool is_good = env_open(path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd) == OC_OK;
    is_good = is_good && env_write(fd, bytes, (size_t)(end - bytes)) == OC_OK;
    env_close(fd);
    env_free(bytes);
    return is_good;
}

static void make_folders(struct repeats *repeats)
{
    char path[ENV_PATH_MAX];
    if (!repeats->examination->file[0] || env_folder_make(repeats->folder) < 0) {
        repeats->folder[0] = 0;
        return;
    }
    for (uint32_t i = 0; i < EXAMINE_CUTS; i++)
        if (copy_path(repeats, i, false, path))
            (void)env_mkdir(path); /* a copy that cannot be written is cut by time */
}

static void remove_folders(const struct repeats *repeats)
{
    char path[ENV_PATH_MAX];
    for (uint32_t i = 0; i < EXAMINE_CUTS && repeats->folder[0]; i++) {
        if (copy_path(repeats, i, true, path))
            (void)env_unlink(path); /* it need not be there */
        if (copy_path(repeats, i, false, path))
            env_folder_remove(path);
    }
    if (repeats->folder[0])
        env_folder_remove(repeats->folder);
}

/* ---- in a child ---- */

static void compare(const struct repeats *repeats, const struct decisions *cut, uint32_t events, int64_t last_ns,
                    struct repeat_result *ret)
{
    const struct decisions *whole = &repeats->examination->decisions;
    uint32_t at = 0;
    ret->cut_ns = last_ns;
    ret->has_parted = decisions_part(whole, cut, events, last_ns, &at);
    if (!ret->has_parted)
        return;
    const struct decision *decision = at < whole->count ? &whole->list[at] : &cut->list[at];
    ret->at_ns = decision->ns;
    ret->strategy = decision->strategy;
}

static bool is_step(struct oc_dec a, struct oc_dec b) { return a.units == b.units && a.scale == b.scale; }

/* What was read of a copy is how the whole began. Not so where rows are not in the order of time, where more lines than the head are
 * none, or where so few rows were taken for something else than all of them. */
static bool is_beginning(const struct repeats *repeats, uint32_t index, const struct decisions *cut)
{
    const struct decisions *whole = &repeats->examination->decisions;
    const struct oc_data_info *info = &cut->info, *was = &whole->info;
    const struct cut *wanted = &repeats->cuts[index];
    return cut->taken == wanted->events && cut->first_ns == repeats->examination->first_ns &&
           info->event_type == was->event_type && info->period_ns == was->period_ns && info->bits == was->bits &&
           is_step(info->price_step, was->price_step) && is_step(info->qty_step, was->qty_step) &&
           (!wanted->is_direct || cut->last_ns == wanted->ns);
}

static bool run_rows(const struct repeats *repeats, uint32_t index, struct repeat_result *ret)
{
    const struct examination *examination = repeats->examination;
    char path[ENV_PATH_MAX];
    struct decisions decisions = {.follows = true};
    struct probe_result result = {0};
    if (!copy_path(repeats, index, true, path) || !write_copy(repeats, index))
        return false;
    const struct probe_wish wish = {.holds = true,
                                    .data = path,
                                    .symbol = examination->symbol,
                                    .data_options = examination->data_options,
                                    .decisions = &decisions};
    probe_run(&examination->words, &wish, &result);
    const bool is_same = result.rc == OC_OK && is_beginning(repeats, index, &decisions);
    if (is_same)
        compare(repeats, &decisions, decisions.taken, decisions.last_ns, ret);
    decisions_release(&decisions);
    return is_same;
}

static void run_cut(const struct repeats *repeats, uint32_t index, struct repeat_result *ret)
{
    struct decisions decisions = {.follows = true};
    struct probe_result result = {0};
    const struct probe_wish wish = {
        .holds = true, .has_to = true, .to_ns = repeats->cuts[index].ns, .decisions = &decisions};
    if (repeats->cuts[index].has_rows && run_rows(repeats, index, ret))
        return;
    probe_run(&repeats->examination->words, &wish, &result);
    ret->rc = result.rc;
    memcpy(ret->error, result.error, sizeof ret->error);
    if (result.rc == OC_OK && decisions.taken)
        compare(repeats, &decisions, decisions.taken, decisions.last_ns, ret);
    decisions_release(&decisions);
}

static void run_later(const struct repeats *repeats, struct repeat_result *ret)
{
    struct decisions decisions = {.shift_ns = REMADE_LATER_NS};
    struct probe_result result = {0};
    const struct probe_wish wish = {.holds = true, .kind = REMADE_LATER, .decisions = &decisions};
    probe_run(&repeats->examination->words, &wish, &result);
    ret->rc = result.rc;
    memcpy(ret->error, result.error, sizeof ret->error);
    if (result.rc == OC_OK)
        compare(repeats, &decisions, UINT32_MAX, INT64_MAX, ret);
    decisions_release(&decisions);
}

static void job(void *self, uint32_t index, void *ret)
{
    if (index < EXAMINE_CUTS)
        run_cut(self, index, ret);
    else
        run_later(self, ret);
}

/* ---- what they say ---- */

static void take(const struct examination *examination, struct check_repeat *check, const struct repeat_result *result,
                 uint8_t state)
{
    if (state != ENV_JOB_DONE || result->rc < 0) {
        if (!check->why[0])
            snprintf(check->why, sizeof check->why, "not all: %.*s", CHECK_WHY_MAX - 16,
                     state == ENV_JOB_DONE   ? result->error
                     : state == ENV_JOB_LATE ? "one took too long"
                     : state == ENV_JOB_NONE ? "stopped by hand"
                                             : "one died");
        return;
    }
    check->compared++;
    if (!result->has_parted)
        return;
    if (!check->parted++ || result->at_ns < check->at_ns) { /* the earliest */
        check->at_ns = result->at_ns;
        check->cut_ns = check == &examination->checks.cuts ? result->cut_ns : 0;
        snprintf(check->strategy, sizeof check->strategy, "%s", examine_strategy(examination, result->strategy));
    }
}

void examine_repeats(struct examination *examination)
{
    struct checks *checks = &examination->checks;
    struct repeat_result results[REPEATS];
    uint8_t states[REPEATS];
    struct repeats repeats = {.examination = examination};
    const struct env_jobs jobs = {.self = &repeats,
                                  .count = examination->has_finer ? EXAMINE_CUTS : REPEATS,
                                  .workers = examination->workers,
                                  .result_size = sizeof *results,
                                  .timeout_ns = EXAMINE_REPEAT_NS,
                                  .run = job,
                                  .is_stopped = is_stopped};
    if (!examination->decisions.count)
        snprintf(checks->cuts.why, sizeof checks->cuts.why, "it decided nothing");
    make_folders(&repeats);
    choose_cuts(&repeats);
    checks->later.wanted = !examination->has_finer;
    oc_rc rc = env_jobs_run(&jobs, results, states);
    remove_folders(&repeats);
    if (rc < 0 && rc != OC_E_AGAIN) {
        snprintf(checks->cuts.why, sizeof checks->cuts.why, "not repeated: %.*s", CHECK_WHY_MAX - 20, env_error_text());
        checks->later.wanted = 0;
        return;
    }
    for (uint32_t i = 0; i < EXAMINE_CUTS; i++)
        take(examination, &checks->cuts, &results[i], states[i]);
    if (checks->later.wanted)
        take(examination, &checks->later, &results[EXAMINE_CUTS], states[EXAMINE_CUTS]);
}
