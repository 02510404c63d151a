/* bench_journal.c: the door beside what it cannot do without: a copy and a hash, an fdatasync, a read. */
#include "cli/bench.h"
#include "recover/restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "cli/verbs.h"
#include "journal/read.h"

static int failed(const char *what, oc_rc rc)
{
    fprintf(stderr, "outcry: bench: %s (code %d): %s\n", what, (int)rc, env_error_text());
    return EXIT_RUN;
}

/* ---- the share of journal, sequence and clock in a bar ---- */

enum { CAPTURE_MAX = 32 << 20 };

/* Every record of a run, each behind the number of the bar that it came with. */
struct capture {
    uint64_t bar;
    char *bytes;
    size_t size;
};

static void keep(struct capture *to, const struct oc_event *event)
{
    if (to->size + sizeof to->bar + event->size > CAPTURE_MAX)
        return;
    memcpy(to->bytes + to->size, &to->bar, sizeof to->bar);
    memcpy(to->bytes + to->size + sizeof to->bar, event, event->size);
    to->size += sizeof to->bar + event->size;
}

static void capture(void *self, const struct input *input, const struct engine_out *out)
{
    struct capture *to = self;
    if (input && input->kind == INPUT_MARKET)
        to->bar++;
    else if (input && input->event && input->kind != INPUT_BARS)
        keep(to, input->event);
    for (uint32_t i = 0; i < out->entry_count; i++)
        keep(to, out_record(out, &out->entries[i]));
}

static oc_rc open_capture(void *self, struct session *session)
{
    return watchers_add(&session->watchers, &(struct watcher){.self = self, .note = capture});
}

/* The door's calls of the run, made again and alone: ns of CPU a bar. */
static double replay_ns(const struct capture *from, struct oc_ev_bar *bars, uint64_t count)
{
    struct door *door;
    struct door_config config = {0};
    char *at = from->bytes, *end = from->bytes + from->size;
    if (door_open(&config, &door) < 0)
        return 0.0;
    int64_t start_ns = env_clock_cpu();
    for (uint64_t i = 0; i < count; i++) {
        bars[i].head.local_ns = bars[i].head.venue_ns; /* the logical clock */
        (void)door_market(door, &bars[i].head, false);
        door_batch_begin(door);
        for (; at < end && *(uint64_t *)(void *)at <= i + 1;) {
            struct oc_event *event = (struct oc_event *)(void *)(at + sizeof(uint64_t));
            (void)door_record(door, event);
            at += sizeof(uint64_t) + event->size;
        }
        (void)door_batch_commit(door);
        door_progress(door, bars[i].head.seq, i + 1);
    }
    double ns = (double)(env_clock_cpu() - start_ns) / (double)count;
    (void)door_close(door);
    return ns;
}

static double disk_ns(const struct bench *bench, struct oc_ev_bar *bars, uint64_t count, oc_rc *ret_rc)
{
    struct bench_run run = {.user = BENCH_LUA, .session_dir = bench->dir};
    bench_remove(bench->dir);
    *ret_rc = bench_session_run(bench, bars, count, &run);
    bench_remove(bench->dir);
    return run.ns;
}

int bench_door(const struct bench *bench)
{
    enum { REPEATS = 7, COUNT = 200000 };
    struct oc_ev_bar *bars = calloc(COUNT, sizeof *bars);
    double whole[REPEATS], part[REPEATS], disk[REPEATS];
    struct bench_run run = {.user = BENCH_LUA};
    struct capture all = {.bytes = malloc(CAPTURE_MAX)};
    const struct session_stage watcher = {"capture", &all, open_capture, NULL};
    oc_rc rc = bars && all.bytes ? OC_OK : OC_E_NOMEM;
    if (rc == OC_OK) {
        run.watcher = &watcher;
        bench_make_bars(bars, COUNT);
        rc = bench_session_run(bench, bars, COUNT, &run);
        run.watcher = NULL;
    }
    for (int i = 0; i < REPEATS && rc == OC_OK; i++) {
        bench_make_bars(bars, COUNT);
        rc = bench_session_run(bench, bars, COUNT, &run);
        whole[i] = run.ns;
        part[i] = replay_ns(&all, bars, COUNT);
        bench_make_bars(bars, COUNT);
        if (rc == OC_OK)
            disk[i] = disk_ns(bench, bars, COUNT, &rc);
    }
    free(bars);
    free(all.bytes);
    if (rc < 0)
        return EXIT_RUN;
    double a = bench_median(whole, REPEATS), b = bench_median(part, REPEATS), c = bench_median(disk, REPEATS);
    bench_row(bench, "door", "journal, sequence, hashes and logical clock on the row `bars` (%llu records for %d bars)",
              (unsigned long long)run.records, (int)COUNT);
    bench_figure(bench, "whole", a, 1, "ns/bar", "the run");
    bench_figure(bench, "door", b, 1, "ns/bar", "its calls of that run, made again and alone");
    bench_figure(bench, "share", 100.0 * b / a, 2, "%", "of the run");
    bench_figure(bench, "on disk", c, 1, "ns/bar", "the same run recorded in a folder, %.3f x", c / a);
    return EXIT_GOOD;
}

/* ---- appends ---- */

enum { APPENDS = 1000000, RING = 256 << 10 };

/* The stick: the copy into a buffer that stays in the cache, and one hash of the record. */
static double copy_ns(const struct oc_ev_fill *fill, uint64_t count)
{
    char *ring = calloc(1, RING);
    struct oc_ev_fill record = *fill;
    uint64_t sum = 0;
    if (!ring)
        return 0.0;
    int64_t start_ns = env_clock_cpu();
    for (uint64_t i = 0, at = 0; i < count; i++, at = at + 2 * sizeof record <= RING ? at + sizeof record : 0) {
        record.price = (int64_t)i;
        memcpy(ring + at, &record, sizeof record);
        sum += hash64(ring + at, sizeof record);
    }
    double ns = (double)(env_clock_cpu() - start_ns) / (double)count;
    if (sum == 1) /* so that the work is not left out */
        ns += 1.0;
    free(ring);
    return ns;
}

static const struct oc_ev_fill sample = {.head = {.size = sizeof sample, .type = OC_EV_FILL}, .qty = 1};

static double append_ns(struct door *door, uint64_t count)
{
    struct oc_ev_fill fill = sample;
    int64_t start_ns = env_clock_cpu();
    for (uint64_t i = 0; i < count; i++) {
        fill.price = (int64_t)i;
        fill.head.local_ns = (int64_t)i;
        if (door_record(door, &fill.head) < 0)
            break;
    }
    return (double)(env_clock_cpu() - start_ns) / (double)count;
}

static double market_ns(struct door *door, uint64_t count)
{
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR}};
    int64_t start_ns = env_clock_cpu();
    for (uint64_t i = 0; i < count; i++) {
        bar.close = (int64_t)i;
        (void)door_market(door, &bar.head, false);
        door_progress(door, bar.head.seq, i);
    }
    return (double)(env_clock_cpu() - start_ns) / (double)count;
}

int bench_journal(const struct bench *bench)
{
    enum { REPEATS = 5 };
    double append[REPEATS], market[REPEATS], stick[REPEATS];
    struct door *door;
    struct door_config config = {0};
    if (door_open(&config, &door) < 0)
        return failed("a door in memory", OC_E_NOMEM);
    if (bench->fixed) {
        append_ns(door, bench->fixed);
        (void)door_close(door);
        printf("journal ran n=%llu\n", (unsigned long long)bench->fixed);
        return EXIT_GOOD;
    }
    for (int i = 0; i < REPEATS; i++) {
        append[i] = append_ns(door, APPENDS);
        market[i] = market_ns(door, APPENDS);
        stick[i] = copy_ns(&sample, APPENDS);
    }
    (void)door_close(door);
    double a = bench_median(append, REPEATS), b = bench_median(stick, REPEATS);
    bench_row(bench, "journal", "in memory");
    bench_figure(bench, "append", a, 1, "ns", "a record of %u bytes", sample.head.size);
    bench_figure(bench, "stick", b, 1, "ns", "a copy and one hash of it");
    bench_figure(bench, "ratio", a / b, 2, "x", "the stick's time");
    bench_figure(bench, "market", bench_median(market, REPEATS), 1, "ns",
                 "sequence, input hash and mark of a bar by reference");
    return EXIT_GOOD;
}

/* ---- one durable record ---- */

enum { SYNCS = 1500, SYNC_BLOCK = 50, RAW_SIZE = 1 << 20 };

/* A file whose blocks are written, so that a sync has only data to bring to the disk. */
static oc_rc raw_open(const char *dir, int *ret_fd)
{
    char path[ENV_PATH_MAX];
    int fd;
    snprintf(path, sizeof path, "%s/raw", dir);
    char *zeros = calloc(1, RAW_SIZE);
    if (!zeros)
        return OC_E_NOMEM;
    oc_rc rc = env_open(path, ENV_READ | ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd);
    if (rc == OC_OK) {
        rc = env_write(fd, zeros, RAW_SIZE);
        if (rc == OC_OK)
            rc = env_sync(fd);
        env_close(fd);
    }
    free(zeros);
    return rc < 0 ? rc : env_open(path, ENV_READ | ENV_WRITE, ret_fd);
}

static oc_rc raw_sync(int fd, double *ret_us)
{
    int64_t start_ns = env_clock_mono();
    oc_rc rc = env_write(fd, &sample, sizeof sample);
    if (rc == OC_OK)
        rc = env_sync(fd);
    *ret_us = (double)(env_clock_mono() - start_ns) / 1e3;
    return rc;
}

static oc_rc door_durable(struct door *door, double *ret_us)
{
    struct oc_ev_fill fill = sample;
    int64_t start_ns = env_clock_mono();
    oc_rc rc = door_record(door, &fill.head);
    if (rc == OC_OK)
        rc = door_sync(door);
    *ret_us = (double)(env_clock_mono() - start_ns) / 1e3;
    return rc;
}

int bench_durable(const struct bench *bench)
{
    static double ours[SYNCS], raw[SYNCS];
    char dir[ENV_PATH_MAX];
    struct door *door = NULL;
    int fd = -1;
    bench_remove(bench->dir);
    snprintf(dir, sizeof dir, "%s/door", bench->dir);
    struct door_config config = {.dir = dir, .durability = DOOR_POWER};
    oc_rc rc = env_mkdir(bench->dir);
    if (rc == OC_OK)
        rc = door_open(&config, &door);
    if (rc == OC_OK)
        rc = raw_open(bench->dir, &fd);
    for (int block = 0; block < SYNCS && rc == OC_OK;
         block += SYNC_BLOCK) { /* in turn, so that both meet the same disk */
        for (int i = 0; i < SYNC_BLOCK && rc == OC_OK; i++)
            rc = door_durable(door, &ours[block + i]);
        for (int i = 0; i < SYNC_BLOCK && rc == OC_OK; i++)
            rc = raw_sync(fd, &raw[block + i]);
    }
    if (fd >= 0)
        env_close(fd);
    if (door)
        (void)door_close(door);
    bench_remove(dir);
    bench_remove(bench->dir);
    if (rc < 0)
        return failed("durable records", rc);
    double a = bench_median(ours, SYNCS), b = bench_median(raw, SYNCS);
    double a99 = bench_percentile(ours, SYNCS, 99), b99 = bench_percentile(raw, SYNCS, 99);
    bench_row(bench, "durable", "one record on the disk, wall time, %d of each", SYNCS);
    bench_figure(bench, "ours", a, 1, "us", "p50 %8.1f us p99   door_record and door_sync", a99);
    bench_figure(bench, "raw", b, 1, "us", "p50 %8.1f us p99   write and fdatasync, blocks written before", b99);
    bench_figure(bench, "ratio", a / b, 2, "x", "p50 %7.2f x  p99", a99 / b99);
    return EXIT_GOOD;
}

/* ---- restore ---- */

struct restored {
    uint64_t records;
    double read_ns; /* a record: opened, verified, walked */
    double whole_ns;
};

/* As a restart does it: the simulator hears the requests, the engine takes the records as facts. `session` NULL: only read. */
static oc_rc read_journal(const char *dir, struct session *session, uint64_t *ret_count)
{
    struct journal_reader *reader;
    const struct oc_event *event;
    enum journal_stream stream;
    uint64_t count = 0;
    struct restore restore = {.is_same_sim = true};
    oc_rc rc = journal_open_read(dir, false, &reader);
    if (rc < 0)
        return rc;
    while ((rc = journal_next(reader, &event, &stream)) == OC_OK) {
        count++;
        if (!session)
            continue;
        session->clock.now_ns = event->local_ns;
        rc = restore_sim_record(&restore, session, event);
        if (rc < 0)
            break;
        if (event->type == OC_EV_STATE)
            continue;
        rc = engine_restore(session->engine, event);
        if (rc < 0 && rc != OC_E_NOT_FOUND) /* final and forgotten */
            break;
    }
    journal_close_read(reader);
    *ret_count = count;
    return rc == OC_E_END ? OC_OK : rc;
}

static oc_rc measure_restore(const struct bench *bench, struct oc_ev_bar *bars, struct restored *ret)
{
    struct bench_run run = {.user = BENCH_C_ORDER};
    int64_t start_ns = env_clock_cpu();
    oc_rc rc = read_journal(bench->dir, NULL, &ret->records);
    double read_ns = (double)(env_clock_cpu() - start_ns);
    struct run *made = rc == OC_OK ? bench_session_open(bench, bars, 1, &run) : NULL;
    if (!made)
        return rc < 0 ? rc : OC_E_NOMEM;
    start_ns = env_clock_cpu();
    rc = read_journal(bench->dir, made->session, &ret->records);
    ret->whole_ns = (double)(env_clock_cpu() - start_ns) / (double)ret->records;
    ret->read_ns = read_ns / (double)ret->records;
    bench_session_close(made);
    return rc;
}

/* The stick: the files of the folder, read and hashed. */
struct scan {
    const char *dir;
    char *buffer;
    uint64_t sum;
};

static oc_rc scan_file(void *arg, const char *name)
{
    struct scan *scan = arg;
    char path[ENV_PATH_MAX];
    size_t size = 1;
    int fd;
    snprintf(path, sizeof path, "%s/%s", scan->dir, name);
    if (env_open(path, ENV_READ, &fd) < 0)
        return OC_OK;
    while (size && env_read(fd, scan->buffer, RAW_SIZE, &size) == OC_OK)
        scan->sum += hash64(scan->buffer, size);
    env_close(fd);
    return OC_OK;
}

static double scan_ns(const char *dir, uint64_t records)
{
    struct scan scan = {dir, malloc(RAW_SIZE), 0};
    if (!scan.buffer)
        return 0.0;
    int64_t start_ns = env_clock_cpu();
    (void)env_list(dir, scan_file, &scan);
    double ns = (double)(env_clock_cpu() - start_ns) / (double)records;
    free(scan.buffer);
    return ns;
}

int bench_restore(const struct bench *bench)
{
    enum { REPEATS = 5, COUNT = 100000 };
    double read[REPEATS], whole[REPEATS], stick[REPEATS];
    struct oc_ev_bar *bars = calloc(COUNT, sizeof *bars);
    struct bench_run run = {.user = BENCH_C_ORDER, .session_dir = bench->dir};
    struct restored restored = {0};
    oc_rc rc = bars ? OC_OK : OC_E_NOMEM;
    if (rc == OC_OK) {
        bench_remove(bench->dir);
        bench_make_bars(bars, COUNT);
        rc = bench_session_run(bench, bars, COUNT, &run);
    }
    for (int i = 0; i < REPEATS && rc == OC_OK; i++) {
        rc = measure_restore(bench, bars, &restored);
        read[i] = restored.read_ns;
        whole[i] = restored.whole_ns;
        stick[i] = scan_ns(bench->dir, restored.records);
    }
    bench_remove(bench->dir);
    free(bars);
    if (rc < 0)
        return failed("restore", rc);
    double a = bench_median(whole, REPEATS), b = bench_median(read, REPEATS), c = bench_median(stick, REPEATS);
    bench_row(bench, "restore", "%llu records of a session that traded at every bar, from the page cache",
              (unsigned long long)restored.records);
    bench_figure(bench, "applied", a, 1, "ns/record",
                 "%6.2f M records/s  read, verified, taken as facts by simulator and engine", 1e3 / a);
    bench_figure(bench, "read", b, 1, "ns/record", "%6.2f M records/s  read and verified", 1e3 / b);
    bench_figure(bench, "stick", c, 1, "ns/record", "%6.2f M records/s  the bytes read and hashed; applied is %.1f x",
                 1e3 / c, a / c);
    return EXIT_GOOD;
}
