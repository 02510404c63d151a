/* door_open.c: what is done once: opening, the session header, the end. */
#include "journal/door_impl.h"

#include "base/env.h"
#include "journal/session.h"

#include <stdio.h>

static _Thread_local char open_error[JOURNAL_ERROR_MAX];

const char *door_open_error(void) { return open_error; }

static oc_rc explain(oc_rc rc, const char *dir, const char *what)
{
    const char *why = env_error_text();
    snprintf(open_error, sizeof open_error, "journal %s: %s%s%s", dir ? dir : "(memory)", what, why[0] ? ": " : "",
             why);
    return rc;
}

struct sweep {
    const char *dir;
    const struct door_resume *resume;
    /* the highest segment behind the place where we go on; none when has_found is false */
    enum journal_stream stream;
    uint32_t index;
    bool has_found;
};

static oc_rc first_word(const char *path, uint64_t *ret_word)
{
    int fd;
    size_t size;
    *ret_word = 0;
    oc_rc rc = env_open(path, ENV_READ, &fd);
    if (rc < 0)
        return rc;
    rc = env_pread(fd, ret_word, sizeof *ret_word, 0, &size);
    env_close(fd);
    return rc;
}

static oc_rc find_highest(void *arg, const char *name)
{
    struct sweep *sweep = arg;
    enum journal_stream stream;
    uint32_t index;
    const struct door_resume *resume = sweep->resume;
    if (!segment_parse(name, &stream, &index) || (sweep->has_found && index <= sweep->index) ||
        (resume && resume->has_stream[stream] && index <= resume->position[stream].segment))
        return OC_OK;
    sweep->stream = stream;
    sweep->index = index;
    sweep->has_found = true;
    return OC_OK;
}

/* Segments behind the place where we go on: prepared ones are removed, cut ones are put aside under
 * another name. From the last one on and durably one by one, so that a crash in between leaves no
 * gap. OC_E_EXISTS: records, and no resume. */
static oc_rc sweep_behind(const struct door_config *config)
{
    for (;;) {
        struct sweep sweep = {.dir = config->dir, .resume = config->resume};
        char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX], aside[ENV_PATH_MAX + 16];
        uint64_t word;
        oc_rc rc = env_list(config->dir, find_highest, &sweep);
        if (rc < 0 || !sweep.has_found)
            return rc;
        segment_name(name, sweep.stream, sweep.index);
        rc = env_path(path, config->dir, name);
        if (rc >= 0)
            rc = first_word(path, &word);
        if (rc >= 0 && word != 0 && !config->resume)
            return OC_E_EXISTS;
        snprintf(aside, sizeof aside, "%s.cut", path);
        if (rc >= 0)
            rc = word ? env_rename(path, aside) : env_unlink(path);
        if (rc >= 0)
            rc = env_sync_dir(config->dir);
        if (rc < 0)
            return rc;
    }
}

/* A killed process leaves records that only the kernel holds. What goes on behind them must not be
 * more durable than they. */
static oc_rc sync_before(const char *dir, const struct door_resume *resume)
{
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        uint32_t last = resume->position[i].segment;
        for (uint32_t index = last > 0 ? last - 1 : 0; resume->has_stream[i] && index <= last; index++) {
            char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
            int fd;
            segment_name(name, (enum journal_stream)i, index);
            oc_rc rc = env_path(path, dir, name);
            if (rc >= 0)
                rc = env_open(path, ENV_READ | ENV_WRITE, &fd);
            if (rc == OC_E_NOT_FOUND && index < last)
                continue; /* an old market segment, removed by the budget */
            if (rc < 0)
                return rc;
            rc = env_sync(fd);
            env_close(fd);
            if (rc < 0)
                return rc;
        }
    }
    return OC_OK;
}

static oc_rc choose_session(struct door *door, const struct door_resume *resume)
{
    if (resume) {
        memcpy(door->session, resume->session, sizeof door->session);
        door->seq = resume->seq;
        door->market_count = resume->market_count;
        door->input_hash = resume->input_hash;
        for (int i = 0; i < JOURNAL_STREAMS; i++)
            door->stream[i].first_index = resume->first_segment[i];
    }
    for (size_t i = 0; i < sizeof door->session; i++)
        if (door->session[i])
            return OC_OK;
    return env_random(door->session, sizeof door->session);
}

static size_t segment_size(size_t wanted, size_t normal)
{
    if (wanted == 0)
        wanted = normal;
    return (wanted + JOURNAL_PAGE - 1) & ~(size_t)(JOURNAL_PAGE - 1);
}

static oc_rc configure(struct door *door, const struct door_config *config)
{
    size_t normal = config->dir ? JOURNAL_SEGMENT_DEFAULT : JOURNAL_MEMORY_SEGMENT;
    size_t sizes[JOURNAL_STREAMS] = {config->orders_segment_size, config->market_segment_size};
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        struct door_stream *stream = &door->stream[i];
        stream->id = (uint32_t)i;
        stream->chain = JOURNAL_CHAIN_START;
        stream->segment_size = segment_size(sizes[i], normal);
        if (stream->segment_size < JOURNAL_SEGMENT_MIN || stream->segment_size > JOURNAL_SEGMENT_MAX) {
            snprintf(open_error, sizeof open_error, "journal: a segment of %zu bytes; allowed are %d to %d", sizes[i],
                     JOURNAL_SEGMENT_MIN, JOURNAL_SEGMENT_MAX);
            return OC_E_INVALID;
        }
    }
    door->is_memory = !config->dir;
    door->prewrite = config->durability == DOOR_POWER;
    door->market_budget = config->market_budget ? config->market_budget : JOURNAL_MARKET_BUDGET_DEFAULT;
    if (config->dir && env_path(door->dir, config->dir, NULL) < 0)
        return explain(OC_E_INVALID, config->dir, "the path is too long");
    door->checkpoint_room = config->checkpoint_size ? config->checkpoint_size : JOURNAL_CHECKPOINT_MAX;
    if (door->checkpoint_room > JOURNAL_CHECKPOINT_MAX) {
        snprintf(open_error, sizeof open_error, "journal: checkpoints of %zu bytes; at most %d are allowed",
                 door->checkpoint_room, JOURNAL_CHECKPOINT_MAX);
        return OC_E_INVALID;
    }
    env_boot_id(door->boot);
    return OC_OK;
}

/* What "live" says about segments that are cut now would be taken for a loss later. */
static void forget_cut(struct journal_live_file *live, const struct door_resume *resume)
{
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        for (int k = 0; k < 2; k++) {
            struct journal_live_slot *slot = &live->slot[i][k];
            uint64_t last = resume->has_stream[i] ? (uint64_t)resume->position[i].segment + 1 : 0;
            if (slot->segment > last)
                slot->segment = 0;
            else if (slot->segment == last && slot->segment > 0)
                atomic_store(&slot->end, resume->position[i].offset);
        }
    }
}

/* The file of plain stores. What an earlier life of the session left in it stays, but for what is
 * known better. */
static oc_rc open_live(struct door *door, const struct door_config *config)
{
    char path[ENV_PATH_MAX];
    void *data;
    oc_rc rc = env_path(path, door->dir, JOURNAL_LIVE_NAME);
    if (rc >= 0)
        rc = env_open(path, ENV_READ | ENV_WRITE | ENV_CREATE, &door->live_fd);
    if (rc >= 0)
        rc = env_preallocate(door->live_fd, JOURNAL_PAGE);
    if (rc >= 0)
        rc = env_map(door->live_fd, JOURNAL_PAGE, true, &data);
    if (rc < 0)
        return rc;
    door->live = data;
    struct journal_live_file *live = data;
    if (live->magic != JOURNAL_LIVE_MAGIC || memcmp(live->session, door->session, sizeof live->session) != 0)
        memset(live, 0, sizeof *live);
    memcpy(live->session, door->session, sizeof live->session);
    struct journal_mark mark = {0};
    if (config->resume) {
        forget_cut(live, config->resume);
        if (config->resume->has_progress) {
            const struct journal_progress *progress = &config->resume->progress;
            mark = (struct journal_mark){progress->seq, progress->market_index, progress->input_hash, 0};
            mark.check = journal_mark_check(&mark);
        }
    }
    for (int i = 0; i < 2; i++) /* one is always whole */
        if (memcmp(&live->mark[i], &mark, sizeof mark) != 0)
            live->mark[i] = mark;
    live->magic = JOURNAL_LIVE_MAGIC;
    rc = env_sync(door->live_fd);
    return rc < 0 ? rc : env_sync_dir(door->dir);
}

static oc_rc clear_folder(const struct door_config *config)
{
    oc_rc rc = config->resume ? sync_before(config->dir, config->resume) : OC_OK;
    if (rc >= 0)
        rc = sweep_behind(config);
    if (rc == OC_E_EXISTS)
        snprintf(open_error, sizeof open_error,
                 "journal %s: there are records of a session in it; restore that session, or give "
                 "another folder",
                 config->dir);
    else if (rc < 0)
        explain(rc, config->dir, "the folder cannot be prepared");
    return rc;
}

/* In a folder with records and no resume nothing is touched; with one, "live" forgets what is cut
 * before it is cut. */
static oc_rc open_folder(struct door *door, const struct door_config *config)
{
    oc_rc rc = env_mkdir(config->dir);
    if (rc < 0)
        return explain(rc, config->dir, "the folder cannot be made");
    rc = choose_session(door, config->resume);
    if (rc < 0)
        return explain(rc, config->dir, "no session id");
    if (!config->resume) {
        rc = clear_folder(config);
        if (rc < 0)
            return rc;
    }
    rc = open_live(door, config);
    if (rc < 0)
        return explain(rc, config->dir, "the file \"" JOURNAL_LIVE_NAME "\" cannot be used");
    return config->resume ? clear_folder(config) : OC_OK;
}

static oc_rc open_streams(struct door *door, const struct door_config *config)
{
    const struct door_resume *resume = config->resume;
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        bool goes_on = resume && resume->has_stream[i];
        if (i != JOURNAL_ORDERS && !goes_on && !config->market_by_value)
            continue;
        oc_rc rc = door_stream_open(door, &door->stream[i], goes_on ? &resume->position[i] : NULL);
        if (rc < 0)
            return explain(rc, config->dir, "a segment cannot be made");
    }
    return OC_OK;
}

oc_rc door_open(const struct door_config *config, struct door **ret_door)
{
    open_error[0] = '\0';
    struct door *door = env_alloc(sizeof *door);
    if (!door)
        return explain(OC_E_NOMEM, config->dir, "no memory");
    atomic_flag_clear(&door->error_lock);
    door->live_fd = -1;
    door->live = &door->live_memory;
    oc_rc rc = configure(door, config);
    if (rc >= 0 && config->dir)
        rc = open_folder(door, config);
    if (rc < 0)
        goto fail;
    rc = epoch_open(&door->epoch, config->epoch_dir ? config->epoch_dir : config->dir, door->session);
    if (rc < 0) {
        explain(rc, config->dir,
                rc == OC_E_DATA ? "the file \"epoch\" is damaged; without it order ids could repeat"
                                : "the epoch file");
        goto fail;
    }
    if (config->dir) {
        /* Its pages are taken as they are first written to: it costs what the largest checkpoint needs. */
        door->checkpoint = env_alloc(sizeof *door->checkpoint + door->checkpoint_room);
        if (!door->checkpoint) {
            rc = explain(OC_E_NOMEM, config->dir, "no memory for checkpoints");
            goto fail;
        }
        uint32_t part = config->resume && config->resume->has_stream[JOURNAL_ORDERS]
                            ? config->resume->position[JOURNAL_ORDERS].segment + 1
                            : 0;
        rc = session_write(config->dir, part, door->session, config->header, config->header_size);
        if (rc < 0) {
            explain(rc, config->dir, "the session header cannot be written");
            goto fail;
        }
        rc = worker_start(&door->worker, door_work, door);
        if (rc >= 0)
            rc = worker_start(&door->writer, door_checkpoint_write, door);
        if (rc < 0) {
            explain(rc, config->dir, "the journal's worker cannot be started");
            goto fail;
        }
    }
    rc = open_streams(door, config);
    if (rc < 0)
        goto fail;
    atomic_store(&door->durable_seq, config->resume ? door->seq : 0);
    *ret_door = door;
    return OC_OK;
fail:
    door_abandon(door);
    return rc;
}

/* Gives a prepared segment back to the disk. */
static void drop_next(struct door *door, struct door_stream *stream)
{
    if (atomic_load(&stream->next_state) != NEXT_READY)
        return;
    char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
    segment_name(name, (enum journal_stream)stream->id, stream->next.index);
    segment_release(&stream->next);
    atomic_store(&stream->next_state, NEXT_NONE);
    if (env_path(path, door->dir, name) >= 0)
        (void)env_unlink(path); /* an empty one that stays is known as such */
}

/* What was asked for is done before they end. */
static void stop_workers(struct door *door)
{
    if (door->worker.fn)
        worker_stop(&door->worker);
    if (door->writer.fn)
        worker_stop(&door->writer);
}

void door_abandon(struct door *door)
{
    if (!door)
        return;
    stop_workers(door);
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        struct door_stream *stream = &door->stream[i];
        if (atomic_load(&stream->has_old))
            segment_release(&stream->old);
        if (atomic_load(&stream->next_state) == NEXT_READY)
            segment_release(&stream->next);
        segment_release(&stream->now);
    }
    if (door->live != &door->live_memory)
        env_unmap(door->live, JOURNAL_PAGE);
    env_close(door->live_fd);
    env_free(door->checkpoint);
    env_free(door);
}

/* The data first, then the word "closed", then the file cut to what is used. */
static oc_rc close_stream(struct door *door, struct door_stream *stream)
{
    if (!stream->is_open)
        return OC_OK;
    oc_rc rc = door_stream_sync(door, stream);
    if (rc < 0)
        return rc;
    struct journal_segment_live *live = segment_live(&stream->now);
    live->closed_end = stream->end;
    live->closed_check = journal_pair_check(stream->end, ~(uint64_t)stream->now.index);
    rc = env_sync(stream->now.fd);
    if (rc >= 0)
        rc = env_truncate(stream->now.fd, (int64_t)stream->end);
    if (rc >= 0)
        rc = env_sync(stream->now.fd);
    if (rc < 0)
        door_fail(door, DOOR_BROKEN, "a stream could not be closed");
    return rc;
}

oc_rc door_close(struct door *door)
{
    if (!door)
        return OC_OK;
    oc_rc rc = OC_OK;
    if (door->is_memory)
        goto out;
    if (door->batch_more)
        (void)door_batch_commit(door);
    stop_workers(door);
    if (atomic_load(&door->state) == DOOR_BROKEN)
        rc = OC_E_IO;
    for (int i = 0; i < JOURNAL_STREAMS && rc >= 0; i++) {
        rc = close_stream(door, &door->stream[i]);
        if (rc >= 0)
            drop_next(door, &door->stream[i]);
    }
    if (rc >= 0)
        rc = env_sync_dir(door->dir);
    if (rc >= 0)
        rc = epoch_close(&door->epoch, door->seq);
    if (rc < 0)
        explain(rc, door->dir, door->error[0] ? door->error : "the session could not be closed");
out:
    door_abandon(door);
    return rc;
}
