/* world.h: hours of a whole host in simulated time: what `outcry run` is made of (session, journal, engine, strategy, rules, the connectors of
 * the installation), a disk that loses what was not synced, and rehearsal venues, each behind a link in process. One world a process.
 *
 * Invariants
 * - A strategy trades at all of its venues at once; each of them has faults of its own.
 * - A world is its seed, and the venues that it has: the same one makes the same bytes on the disk and the same requests.
 * - A process dies where it asks the system for something (link, disk, waiting) and leaves nothing but its disk; its connections break without
 *   a word. The venues and what had left go on.
 * - What holds is looked at from outside: the cores of the venues are the truth, the engine is asked and never told (oracle.h).
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

enum { WEATHER_KINDS_MAX = 48, HOURS_A_SEED = 5, HOURS_VENUES = 3, HOURS_NAMES_MAX = 64 };

struct figures { /* of a seed, or of many */
    uint64_t seeds, failed, hours, actions, events, orders, fills, unknown, absent, lives, differences;
    uint64_t kills[HOURS_PLACES];
    uint64_t kinds[WEATHER_KINDS_MAX];                  /* what went wrong, by kind; weather.c */
    uint64_t least_actions, least_events, least_faults; /* of an hour */
    uint64_t checks, books, compared;
    order_pair_counts pairs; /* of an order, driven */
    int64_t longest_ns;      /* that a fill was not known */
};

struct hours_kind {                      /* a venue as it can be had; venues.c */
    const char *name;                    /* of the face, of the group and, behind "outcry.", of the connector */
    const char *symbol, *halts;          /* of its instrument: for the host, and at the prompt of the venue */
    const char *endpoints, *steps;       /* of the group */
    const char *id_field, *secret_field; /* of its keys */
    const char *key, *secret;            /* what stands in them; secret NULL: a private key is made */
    const char *money;                   /* NULL: what the face says */
    uint32_t levels;                     /* of each side of its book that it says; 0: all */
    int64_t proof_ns;                    /* more, until it is proven that an order never came */
    int64_t answer_ns;                   /* an answer is waited for */
    bool is_margined;                    /* what is held is a position, and money is that of the account */
};

struct hours_venue {
    const struct hours_kind *kind;
    struct rehearsal *exchange;
    struct sim_link link;
    uint32_t place; /* among them */
};

struct hours {
    uint64_t seed, random;
    int64_t now_ns, end_ns;
    struct hours_venue venues[HOURS_VENUES];
    uint32_t count; /* of them */
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
/* It dies soon: with -9, or with the power of its machine. */
void hours_kill(bool is_power);
/* It does not, where it has not come to it. */
void hours_spare(void);
/* A point at which a process that is to die may do so. */
void hours_may_die(enum hours_place place);
/* What does not hold; the first is kept, and the world ends when the process next waits. */
void hours_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline uint64_t hours_below(uint64_t count) { return random_next(&hours.random) % count; }
/* A line of what happens, where somebody listens (--loud). */
void hours_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line at the prompt of a venue. */
void hours_command(struct hours_venue *venue, const char *line);
struct engine *hours_engine(void);
/* What the process that lives has to do with it; NULL: none lives, or it has not come as far. */
const struct venue_link *hours_link(const struct hours_venue *venue);
/* NULL: there is none of this account of the host. */
struct hours_venue *hours_venue_of(uint32_t account);

/* venues.c: those that are named, in the order in which they are known. False: there is no such one. */
bool hours_choose(const char *names);
/* As `--venue` takes them. */
void hours_names(char ret_names[HOURS_NAMES_MAX]);
struct hours_secrets {
    const char *key, *secret; /* static */
};
struct hours_secrets hours_secrets_of(const struct hours_venue *venue);
/* Its group of a configuration, whose keys are the files NAME.key and NAME.secret of a folder; how long it is. */
size_t hours_configure(const struct hours_venue *venue, const char *folder, char *ret_text, size_t size_max);
void hours_begin_venue(struct hours_venue *venue, uint64_t seed);

/* One seed, from beginning to end. False: hours.failed says what did not hold. */
bool hours_run(uint64_t seed, uint32_t hours_count);

/* weather.c: what goes wrong at each of them, and when. */
void weather_begin(void);
int64_t weather_next_ns(void);
void weather_advance(void);
/* The last nine minutes of an hour: nothing goes wrong. */
bool weather_is_calm(void);
/* Orders were taken back in this hour, and nothing has rested for a while since (driver.lua). */
bool weather_was_empty(void);
/* An instrument was halted, and it may be taken for halted still. */
bool weather_was_halted(const struct hours_venue *venue);
/* Nothing has gone wrong for long enough that nothing may be late any more. */
bool weather_is_strict(const struct hours_venue *venue);
uint64_t weather_made(void);
/* Into hours.sum. */
void weather_count(void);
/* oracle.c: an hour is over. */
void hours_hour_ends(void);
const char *weather_name(uint32_t kind);
uint32_t weather_kinds(void);

#endif
