/* weather.c: what goes wrong in an hour: ten things at a venue, or seven at each of several, in its first 47 minutes, then calm. Of each venue every kind comes before any comes
 * again. */
#include "fault/hours/world.h"

#include <stdio.h>

enum { AN_HOUR_MAX = 10, ENDS_MAX = 64 };
#define BAD_FROM_NS  (60 * HOURS_S)
#define BAD_UNTIL_NS (47 * 60 * HOURS_S)
#define CALM_NS      (48 * 60 * HOURS_S)
#define STRICT_NS    (51 * 60 * HOURS_S)
#define EMPTY_NS     (56 * 60 * HOURS_S)

#define KEPT_NS (16 * 60 * HOURS_S) /* a connector keeps its listen key alive so often, and a minute */

#define READ_NS (65 * 60 * HOURS_S) /* a connector reads whether an instrument trades each hour */

enum form {
    COUNTED,  /* a fault of the venue: of what, and how many */
    OF_READS, /* the same, of what may arrive twice without becoming two */
    TIMED,    /* the same, with a time in milliseconds */
    MESSAGES,
    LATE_MESSAGES,
    ONCE,
    SPAN,   /* a state of the venue: on, and off behind a while */
    HALTED, /* the same, of its instrument */
    KEY_LOST,
    WAY_CUT,
    PAID,
    KILLED,
    POWER
};

static const struct weather_kind {
    const char *name;
    enum form form;
    uint32_t fault;            /* enum fault_kind, counted where it is made; 0: counted here */
    const char *words, *off;   /* SPAN, HALTED */
    int64_t least_ms, most_ms; /* of the time; SPAN: of the while */
    int64_t from_ms, to_ms;    /* SPAN: what is put for %d in the words */
} kinds[] = {
    {.name = "drop answers", COUNTED, FAULT_DROP_ANSWERS},
    {.name = "drop requests", COUNTED, FAULT_DROP_REQUESTS},
    {.name = "fail answers", COUNTED, FAULT_FAIL_ANSWERS},
    {.name = "fail requests", COUNTED, FAULT_FAIL_REQUESTS},
    {.name = "reset answers", COUNTED, FAULT_RESET_ANSWERS},
    {.name = "cut answers", COUNTED, FAULT_CUT_ANSWERS},
    {.name = "duplicate requests", OF_READS, FAULT_DUPLICATE_REQUESTS},
    {.name = "delay answers", TIMED, FAULT_DELAY_ANSWERS, .least_ms = 100, .most_ms = 30000},
    {.name = "delay requests", TIMED, FAULT_DELAY_REQUESTS, .least_ms = 100, .most_ms = 30000},
    {.name = "limit requests", TIMED, FAULT_LIMIT_REQUESTS, .least_ms = 500, .most_ms = 20000},
    {.name = "ban requests", TIMED, FAULT_BAN_REQUESTS, .least_ms = 1000, .most_ms = 60000},
    {.name = "drop messages", MESSAGES, FAULT_DROP_MESSAGES},
    {.name = "duplicate messages", MESSAGES, FAULT_DUPLICATE_MESSAGES},
    {.name = "reorder messages", MESSAGES, FAULT_REORDER_MESSAGES},
    {.name = "delay messages", LATE_MESSAGES, FAULT_DELAY_MESSAGES, .least_ms = 50, .most_ms = 8000},
    {.name = "drop fills", ONCE, FAULT_DROP_FILLS},
    {.name = "half-open streams", ONCE, FAULT_HALF_OPEN_STREAMS},
    {.name = "reset streams", ONCE, FAULT_RESET_STREAMS},
    {.name = "cut messages", ONCE, FAULT_CUT_MESSAGES},
    {.name = "reset connections", ONCE, FAULT_RESET_CONNECTIONS},
    {"maintenance", SPAN, 0, "maintenance on", "maintenance off", 1000, 120000, 0, 0},
    {"halted", HALTED, 0, "halt", "resume", 1000, 120000, 0, 0},
    {"stale reads", SPAN, 0, "stale %dms", "stale off", 5000, 180000, 100, 8000},
    {"clock ahead", SPAN, 0, "skew %dms", "skew off", 20000, 300000, 200, 2500},
    {"clock behind", SPAN, 0, "skew -%dms", "skew off", 20000, 300000, 200, 2500},
    {"old streams end", SPAN, 0, "age %dms", "age off", 60000, 180000, 15000, 60000},
    {.name = "all streams end", ONCE, .words = "restart"},
    {.name = "listen key lost", KEY_LOST},
    {.name = "way cut", WAY_CUT, .least_ms = 500, .most_ms = 60000},
    {.name = "money paid in", PAID},
    {.name = "killed", KILLED},
    {.name = "power lost", POWER},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

struct end {
    int64_t at_ns;
    const char *line; /* NULL: the way is there again */
};

static struct weather {
    struct hours_venue *venue;
    uint32_t deck[KINDS], left; /* kinds that are still to come before any comes again */
    int64_t bad_ns[AN_HOUR_MAX];
    uint32_t bad_next;
    int64_t calm_ns;
    uint32_t hour; /* from 1 */
    struct end ends[ENDS_MAX];
    uint32_t end_count;
    int64_t deaf_ns;   /* a listen key is lost, and is not asked for before */
    int64_t halted_ns; /* an instrument was halted, and whoever has read that then does not read again before */
    uint64_t made[KINDS];
} weathers[HOURS_VENUES];

static uint32_t an_hour(void) { return hours.count > 1 ? 7 : AN_HOUR_MAX; }

static int64_t between(int64_t least, int64_t most)
{
    return least + (int64_t)hours_below((uint64_t)(most - least + 1));
}

static int64_t hour_begins(const struct weather *weather)
{
    return HOURS_BEGIN_NS + (int64_t)(weather->hour - 1) * HOURS_HOUR;
}

/* Listen keys are Binance.US's; a process dies for all of them, and comes with what goes wrong at the first. */
static bool has_kind(const struct weather *weather, uint32_t kind)
{
    const enum form form = kinds[kind].form;
    return form == KEY_LOST ? strcmp(weather->venue->kind->name, "binanceus") == 0
                            : (form != KILLED && form != POWER) || weather == weathers;
}

static uint32_t draw_kind(struct weather *weather)
{
    if (weather->left == 0)
        for (uint32_t kind = 0; kind < KINDS; kind++)
            if (has_kind(weather, kind))
                weather->deck[weather->left++] = kind;
    const uint32_t at = (uint32_t)hours_below(weather->left), kind = weather->deck[at];
    weather->deck[at] = weather->deck[--weather->left];
    return kind;
}

/* In the order of their times. */
static void plan_hour(struct weather *weather)
{
    weather->hour++;
    weather->bad_next = 0;
    weather->calm_ns = hour_begins(weather) + CALM_NS;
    for (uint32_t i = 0; i < an_hour(); i++) {
        const int64_t at_ns = hour_begins(weather) + between(BAD_FROM_NS, BAD_UNTIL_NS);
        uint32_t place = i;
        for (; place > 0 && weather->bad_ns[place - 1] > at_ns; place--)
            weather->bad_ns[place] = weather->bad_ns[place - 1];
        weather->bad_ns[place] = at_ns;
    }
}

static void set_clock(const struct weather *weather);

void weather_begin(void)
{
    memset(weathers, 0, sizeof weathers);
    for (uint32_t i = 0; i < hours.count; i++) {
        weathers[i].venue = &hours.venues[i];
        plan_hour(&weathers[i]);
        set_clock(&weathers[i]);
    }
}

static void ends_at(struct weather *weather, int64_t at_ns, const char *line)
{
    if (weather->end_count < ENDS_MAX)
        weather->ends[weather->end_count++] = (struct end){at_ns, line};
}

static void begin_fault(const struct weather *weather, const struct weather_kind *kind)
{
    static const char *const of[] = {"", " of orders", " of orders", " of cancels", " of amends", " of reads"};
    static const char *const safe[] = {" of cancels", " of reads"};
    char line[FAULT_LINE_MAX];
    const int64_t ms = kind->most_ms ? between(kind->least_ms, kind->most_ms) : 0;
    switch ((int)kind->form) {
    case COUNTED:
        snprintf(line, sizeof line, "%s%s %d", kind->name, of[hours_below(6)], 1 + (int)hours_below(3));
        break;
    case OF_READS:
        snprintf(line, sizeof line, "%s%s %d", kind->name, safe[hours_below(2)], 1 + (int)hours_below(3));
        break;
    case TIMED:
        snprintf(line, sizeof line, "%s %lldms%s %d", kind->name, (long long)ms, of[hours_below(6)],
                 1 + (int)hours_below(2));
        break;
    case LATE_MESSAGES:
        snprintf(line, sizeof line, "%s %lldms %d", kind->name, (long long)ms, 1 + (int)hours_below(6));
        break;
    case MESSAGES:
        snprintf(line, sizeof line, "%s %d", kind->name, 1 + (int)hours_below(12));
        break;
    default:
        snprintf(line, sizeof line, "%s 1", kind->name);
        break;
    }
    hours_command(weather->venue, line);
}

static void begin_span(struct weather *weather, const struct weather_kind *kind)
{
    char line[FAULT_LINE_MAX];
    const int value = kind->to_ms ? (int)between(kind->from_ms, kind->to_ms) : 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(line, sizeof line, kind->words, value);
#pragma GCC diagnostic pop
    hours_command(weather->venue, line);
    ends_at(weather, hours.now_ns + between(kind->least_ms, kind->most_ms) * HOURS_MS, kind->off);
}

static void say_of_instrument(const struct weather *weather, const char *verb)
{
    char line[FAULT_LINE_MAX];
    snprintf(line, sizeof line, "%s %s", verb, weather->venue->kind->halts);
    hours_command(weather->venue, line);
}

static void begin(struct weather *weather, const struct weather_kind *kind)
{
    hours_say("weather: %s: %s", weather->venue->kind->name, kind->name);
    switch ((int)kind->form) {
    case SPAN:
        begin_span(weather, kind);
        break;
    case HALTED:
        say_of_instrument(weather, kind->words);
        ends_at(weather, hours.now_ns + between(kind->least_ms, kind->most_ms) * HOURS_MS, kind->off);
        weather->halted_ns = hours.now_ns + READ_NS;
        break;
    case KEY_LOST: /* the venue forgets it, and says so to nobody; known again before the hour is over, else another hour */
        if (hours.now_ns + KEPT_NS > hour_begins(weather) + HOURS_HOUR) {
            weather->deck[weather->left++] = (uint32_t)(kind - kinds);
            return;
        }
        weather->venue->exchange->keys[0].listen_until_ns = hours.now_ns;
        weather->deaf_ns = hours.now_ns + KEPT_NS;
        break;
    case WAY_CUT:
        sim_link_cut(&weather->venue->link, 0, true);
        ends_at(weather, hours.now_ns + between(kind->least_ms, kind->most_ms) * HOURS_MS, NULL);
        break;
    case PAID:
        hours_command(weather->venue, hours_below(2) || weather->venue->kind->is_margined ? "deposit 12.34567891 USD"
                                                                                          : "withdraw 0.00012345 BTC");
        break;
    case KILLED:
        hours_kill(false);
        break;
    case POWER:
        hours_kill(true);
        break;
    default:
        if (kind->words)
            hours_command(weather->venue, kind->words);
        else
            begin_fault(weather, kind);
        break;
    }
    weather->made[kind - kinds] += kind->fault == 0;
}

/* Its clock is never ours, by so much in each seed; with what is set for a while it stays within the window of signatures. */
static void set_clock(const struct weather *weather)
{
    weather->venue->exchange->skew_ns = ((int64_t)((hours.seed + weather->venue->place) % 7) - 3) * 700 * HOURS_MS;
}

static void end_one(struct weather *weather, uint32_t i)
{
    const struct end end = weather->ends[i];
    weather->ends[i] = weather->ends[--weather->end_count];
    if (end.line && strcmp(end.line, "resume") == 0)
        say_of_instrument(weather, end.line);
    else if (end.line)
        hours_command(weather->venue, end.line);
    else
        sim_link_cut(&weather->venue->link, 0, false);
    if (end.line && strcmp(end.line, "skew off") == 0)
        set_clock(weather);
}

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t weather_next_ns(void)
{
    int64_t next_ns = INT64_MAX;
    for (const struct weather *weather = weathers; weather < weathers + hours.count; weather++) {
        next_ns = sooner(next_ns, weather->calm_ns ? weather->calm_ns : hour_begins(weather) + HOURS_HOUR);
        if (weather->bad_next < an_hour())
            next_ns = sooner(next_ns, weather->bad_ns[weather->bad_next]);
        for (uint32_t i = 0; i < weather->end_count; i++)
            next_ns = sooner(next_ns, weather->ends[i].at_ns);
    }
    return next_ns;
}

static void advance(struct weather *weather)
{
    for (uint32_t i = weather->end_count; i > 0; i--)
        if (weather->ends[i - 1].at_ns <= hours.now_ns)
            end_one(weather, i - 1);
    while (weather->bad_next < an_hour() && weather->bad_ns[weather->bad_next] <= hours.now_ns) {
        weather->bad_next++;
        begin(weather, &kinds[draw_kind(weather)]);
    }
    if (weather->calm_ns && weather->calm_ns <= hours.now_ns) {
        while (weather->end_count)
            end_one(weather, 0);
        hours_command(weather->venue, "calm");
        set_clock(weather);
        hours_spare();
        weather->calm_ns = 0;
    }
}

void weather_advance(void)
{
    for (uint32_t i = 0; i < hours.count; i++)
        advance(&weathers[i]);
    if (hour_begins(weathers) + HOURS_HOUR > hours.now_ns)
        return;
    hours_hour_ends();
    for (uint32_t i = 0; i < hours.count; i++)
        plan_hour(&weathers[i]);
}

bool weather_is_calm(void) { return hours.now_ns >= hour_begins(weathers) + STRICT_NS; }

bool weather_was_empty(void) { return hours.now_ns >= hour_begins(weathers) + EMPTY_NS; }

bool weather_was_halted(const struct hours_venue *venue) { return hours.now_ns < weathers[venue->place].halted_ns; }

bool weather_is_strict(const struct hours_venue *venue)
{
    return weather_is_calm() && hours.now_ns >= weathers[venue->place].deaf_ns;
}

static uint64_t made_of(uint32_t kind)
{
    uint64_t made = 0;
    for (uint32_t i = 0; i < hours.count; i++)
        made += kinds[kind].fault ? hours.venues[i].exchange->faults.made[kinds[kind].fault] : weathers[i].made[kind];
    return made;
}

uint64_t weather_made(void)
{
    uint64_t made = 0;
    for (uint32_t i = 0; i < KINDS; i++)
        made += made_of(i);
    return made;
}

void weather_count(void)
{
    for (uint32_t i = 0; i < KINDS; i++)
        hours.sum.kinds[i] = made_of(i);
}

const char *weather_name(uint32_t kind) { return kinds[kind].name; }
uint32_t weather_kinds(void) { return KINDS; }
