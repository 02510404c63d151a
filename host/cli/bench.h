/* bench.h: what the rows of `outcry bench` share.
 *
 * Invariants
 * - A figure stands beside a stick that ran in the same process, ours and stick in turn; nothing is asserted here.
 * - With BENCH_N in the environment a row does its work exactly so many times, once, with the watchdog off: the
 *   difference of two such runs is what tests/bench counts instructions and system calls by. BENCH_IDLE: the row
 *   `order` without orders. BENCH_SESSION: the journal is written to that folder. */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include "base/checked.h"
#include "cli/run.h"

enum { BENCH_BARS_MAX = 500000, BENCH_REPEATS_MAX = 31 };

struct bench {
    struct registry *registry; /* borrowed */
    uint64_t fixed;            /* BENCH_N; 0: not given */
    bool is_one;               /* this row was asked for by name */
    const char *dir;           /* folder for what needs a disk, made and removed: of a name that only we use */
    struct bench_out *out;     /* where figures go */
};

enum bench_user { BENCH_LUA = 0, BENCH_C_EVENT, BENCH_C_ORDER, BENCH_C_OTHER };

/* BENCH_C_OTHER: `client` is added. One run of a session over bars held in memory. */
struct bench_run {
    enum bench_user user;        /* who gets the bars: the Lua body, or C that does nothing or orders at each bar */
    bool is_watched;             /* the watchdog's timer runs */
    const char *session_dir;     /* the journal is written there; NULL: in memory */
    const char *const *settings; /* more of them, keys and values in turn, ended by NULL; NULL: none */
    const struct engine_client *client;
    const struct session_stage *watcher; /* a stage that adds one; NULL: none */
    double ns;                           /* of CPU a bar; out, as what follows */
    uint64_t requests;
    uint64_t fills;
    uint64_t records;
};

/* bench_bars.c */
void bench_make_bars(struct oc_ev_bar *bars, uint64_t count);
/* Opens a session as the row needs it; bench_session_close also on failure (NULL: no memory). */
struct run *bench_session_open(const struct bench *bench, struct oc_ev_bar *bars, uint64_t count,
                               struct bench_run *run);
void bench_session_close(struct run *run);
CHECKED oc_rc bench_session_run(const struct bench *bench, struct oc_ev_bar *bars, uint64_t count,
                                struct bench_run *run);
int bench_bars(const struct bench *bench);
int bench_order(const struct bench *bench);
int bench_stop(const struct bench *bench);

/* bench_journal.c */
int bench_door(const struct bench *bench);
int bench_journal(const struct bench *bench);
int bench_durable(const struct bench *bench);
int bench_restore(const struct bench *bench);

/* bench_rules.c */
int bench_rules(const struct bench *bench);

/* bench_console.c */
int bench_console(const struct bench *bench);

/* bench_json.c */
int bench_json(const struct bench *bench);

/* bench_venue.c */
int bench_venue(const struct bench *bench);

/* bench_net.c */
int bench_net(const struct bench *bench);

/* bench.c */
/* What the figures that follow are of. */
void bench_row(const struct bench *bench, const char *row, const char *about, ...)
    __attribute__((format(printf, 3, 4)));
/* A figure, to so many digits behind the point, and what it is of. A line of the table, or an object of --json. */
void bench_figure(const struct bench *bench, const char *name, double value, int digits, const char *unit,
                  const char *words, ...) __attribute__((format(printf, 6, 7)));
/* What another program says. */
void bench_text(const struct bench *bench, const char *said, size_t size);
/* Keys and values in turn, ended by NULL. OC_E_NOMEM. */
CHECKED oc_rc bench_set(struct settings *settings, const char *const *pairs);
double bench_median(double *values, int count);
double bench_percentile(double *values, int count, int percent);
/* Removes the folder and the files in it. */
void bench_remove(const char *dir);

#endif
