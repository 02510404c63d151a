/* world.h: hours of a whole host in simulated time: what `outcry run` is made of (session, journal, engine, strategy, rules, the connector of
 * the installation), a disk that loses what was not synced, and the rehearsal venue behind a link in process. One world a process.
 *
 * Invariants
 * - A world is its seed: the same one makes the same bytes on the disk and the same requests.
 * - A process dies where it asks the system for something (link, disk, waiting) and leaves nothing but its disk; its connections break without
 *   a word. The venue and what had left go on.
 * - What holds is looked at from outside: the venue's core is the truth, the engine is asked and never told (oracle.h).
 * - The first failure ends the world, and is kept as text. */
#ifndef HOURS_WORLD_H
#define HOURS_WORLD_H

#include "base/random.h"
#include "cli/run.h"
#include "engine/state.h"
#include "rehearsal/face.h"
#include "rehearsal/sim_link.h"
#include "support/order_pairs.h"

#include <setjmp.h>

#define HOURS_BEGIN_NS 1767623400000000000ll /* 2026-01-05T14:30:00Z */
#define HOURS_MS       1000000ll
#define HOURS_S        1000000000ll
#define HOURS_HOUR     (3600 * HOURS_S)

enum hours_place { HOURS_AT_LINK, HOURS_AT_DISK, HOURS_AT_WAIT, HOURS_PLACES };

enum { WEATHER_KINDS_MAX = 48, HOURS_A_SEED = 5 };

struct figures { /* of a seed, or of many */
    uint64_t seeds, failed, hours, actions, events, orders, fills, unknown, absent, lives, differences;
    uint64_t kills[HOURS_PLACES];
    uint64_t kinds[WEATHER_KINDS_MAX];                  /* what went wrong, by kind; weather.c */
    uint64_t least_actions, least_events, least_faults; /* of an hour */
    uint64_t checks, books, compared;
    order_pair_counts pairs; /* of an order, driven */
    int64_t longest_ns;      /* that a fill was not known */
};

struct hours {
    uint64_t seed, random;
    int64_t now_ns, end_ns;
    struct rehearsal *exchange;
    struct sim_link link;
    struct registry *registry;
    struct options *options; /* of the process that lives, as the next */
    struct run *run;         /* of the process that lives; NULL: none does */
    uint32_t kill_in;        /* points passed until it dies; 0: it lives */
    bool is_power;           /* it dies with the power of its machine */
    bool is_over, is_loud;
    uint32_t lives;
    jmp_buf death;
    char failed[512];
    struct figures sum;
};

extern struct hours hours;

/* Where the host waits for the network: time goes on to what is due next. */
void hours_wait(int64_t timeout_ns);
/* A point at which a process that is to die may do so. */
/* It dies soon: with -9, or with the power of its machine. */
void hours_kill(bool is_power);
void hours_may_die(enum hours_place place);
/* What does not hold; the first is kept, and the world ends when the process next waits. */
void hours_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline uint64_t hours_below(uint64_t count) { return random_next(&hours.random) % count; }
/* A line of what happens, where somebody listens (--loud). */
void hours_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line at the prompt of the venue. */
void hours_command(const char *line);
struct engine *hours_engine(void);
struct venue_link *hours_venue(void);

/* One seed, from beginning to end. False: hours.failed says what did not hold. */
bool hours_run(uint64_t seed, uint32_t hours_count);

/* weather.c: what goes wrong, and when. */
void weather_begin(uint32_t hours_count);
int64_t weather_next_ns(void);
void weather_advance(void);
/* The last nine minutes of an hour: nothing goes wrong. */
bool weather_is_calm(void);
/* An instrument was halted, and it may be taken for halted still. */
bool weather_was_halted(void);
/* Nothing has gone wrong for long enough that nothing may be late any more. */
bool weather_is_strict(void);
uint64_t weather_made(void);
/* Into hours.sum. */
void weather_count(void);
/* oracle.c: an hour is over. */
void hours_hour_ends(void);
const char *weather_name(uint32_t kind);
uint32_t weather_kinds(void);

#endif
