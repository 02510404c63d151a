/* weather.c: what goes wrong in an hour: WEATHER_AN_HOUR things in its first 47 minutes, then calm. Every kind comes before any comes again. */
#include "fault/hours/world.h"

#include <stdio.h>

enum { WEATHER_AN_HOUR = 10, ENDS_MAX = 64 };
#define BAD_FROM_NS  (60 * HOURS_S)
#define BAD_UNTIL_NS (47 * 60 * HOURS_S)
#define CALM_NS      (48 * 60 * HOURS_S)
#define STRICT_NS    (51 * 60 * HOURS_S)

#define KEPT_NS (16 * 60 * HOURS_S) /* a connector keeps its listen key alive so often, and a minute */

#define READ_NS (65 * 60 * HOURS_S) /* a connector reads whether an instrument trades each hour */

enum form {
    COUNTED,  /* a fault of the venue: of what, and how many */
    OF_READS, /* the same, of what may arrive twice without becoming two */
    TIMED,    /* the same, with a time in milliseconds */
    MESSAGES,
    LATE_MESSAGES,
    ONCE,
    SPAN, /* a state of the venue: on, and off behind a while */
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
    const char *words, *off;   /* SPAN */
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
    {"halted", SPAN, 0, "halt BTCUSD", "resume BTCUSD", 1000, 120000, 0, 0},
    {"stale reads", SPAN, 0, "stale %dms", "stale off", 5000, 180000, 100, 8000},
    {"clock ahead", SPAN, 0, "skew %dms", "skew off", 20000, 300000, 200, 2500},
    {"clock behind", SPAN, 0, "skew -%dms", "skew off", 20000, 300000, 200, 2500},
    {"old streams end", SPAN, 0, "age %dms", "age off", 60000, 300000, 15000, 60000},
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

static struct {
    uint32_t deck[KINDS], left; /* kinds that are still to come before any comes again */
    int64_t bad_ns[WEATHER_AN_HOUR];
    uint32_t bad_next;
    int64_t calm_ns;
    uint32_t hour; /* from 1 */
    struct end ends[ENDS_MAX];
    uint32_t end_count;
    int64_t deaf_ns;   /* a listen key is lost, and is not asked for before */
    int64_t halted_ns; /* an instrument was halted, and whoever has read that then does not read again before */
    uint64_t made[KINDS];
} weather;

static int64_t between(int64_t least, int64_t most)
{
    return least + (int64_t)hours_below((uint64_t)(most - least + 1));
}

static int64_t hour_begins(void) { return HOURS_BEGIN_NS + (int64_t)(weather.hour - 1) * HOURS_HOUR; }

static uint32_t draw_kind(void)
{
    if (weather.left == 0)
        for (weather.left = 0; weather.left < KINDS; weather.left++)
            weather.deck[weather.left] = weather.left;
    const uint32_t at = (uint32_t)hours_below(weather.left), kind = weather.deck[at];
    weather.deck[at] = weather.deck[--weather.left];
    return kind;
}

/* In the order of their times. */
static void plan_hour(void)
{
    weather.hour++;
    weather.bad_next = 0;
    weather.calm_ns = hour_begins() + CALM_NS;
    for (uint32_t i = 0; i < WEATHER_AN_HOUR; i++) {
        const int64_t at_ns = hour_begins() + between(BAD_FROM_NS, BAD_UNTIL_NS);
        uint32_t place = i;
        for (; place > 0 && weather.bad_ns[place - 1] > at_ns; place--)
            weather.bad_ns[place] = weather.bad_ns[place - 1];
        weather.bad_ns[place] = at_ns;
    }
}

static void set_clock(void);

void weather_begin(uint32_t hours_count)
{
    (void)hours_count;
    memset(&weather, 0, sizeof weather);
    plan_hour();
    set_clock();
}

static void ends_at(int64_t at_ns, const char *line)
{
    if (weather.end_count < ENDS_MAX)
        weather.ends[weather.end_count++] = (struct end){at_ns, line};
}

static void begin_fault(const struct weather_kind *kind)
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
    hours_command(line);
}

static void begin_span(const struct weather_kind *kind)
{
    char line[FAULT_LINE_MAX];
    const int value = kind->to_ms ? (int)between(kind->from_ms, kind->to_ms) : 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(line, sizeof line, kind->words, value);
#pragma GCC diagnostic pop
    hours_command(line);
    ends_at(hours.now_ns + between(kind->least_ms, kind->most_ms) * HOURS_MS, kind->off);
    if (strncmp(kind->words, "halt ", 5) == 0)
        weather.halted_ns = hours.now_ns + READ_NS;
}

static void begin(const struct weather_kind *kind)
{
    hours_say("weather: %s", kind->name);
    switch ((int)kind->form) {
    case SPAN:
        begin_span(kind);
        break;
    case KEY_LOST: /* the venue forgets it, and says so to nobody */
        hours.exchange->keys[0].listen_until_ns = hours.now_ns;
        weather.deaf_ns = hours.now_ns + KEPT_NS;
        break;
    case WAY_CUT:
        sim_link_cut(&hours.link, 0, true);
        ends_at(hours.now_ns + between(kind->least_ms, kind->most_ms) * HOURS_MS, NULL);
        break;
    case PAID:
        hours_command(hours_below(2) ? "deposit 12.34567891 USD" : "withdraw 0.00012345 BTC");
        break;
    case KILLED:
        hours_kill(false);
        break;
    case POWER:
        hours_kill(true);
        break;
    default:
        if (kind->words)
            hours_command(kind->words);
        else
            begin_fault(kind);
        break;
    }
    weather.made[kind - kinds] += kind->fault == 0;
}

/* Its clock is never ours, by so much in each seed; with what is set for a while it stays within the window of signatures. */
static void set_clock(void) { hours.exchange->skew_ns = ((int64_t)(hours.seed % 7) - 3) * 700 * HOURS_MS; }

static void end_one(uint32_t i)
{
    const struct end end = weather.ends[i];
    weather.ends[i] = weather.ends[--weather.end_count];
    if (end.line)
        hours_command(end.line);
    else
        sim_link_cut(&hours.link, 0, false);
    if (end.line && strcmp(end.line, "skew off") == 0)
        set_clock();
}

int64_t weather_next_ns(void)
{
    int64_t next_ns = weather.calm_ns ? weather.calm_ns : hour_begins() + HOURS_HOUR;
    if (weather.bad_next < WEATHER_AN_HOUR && weather.bad_ns[weather.bad_next] < next_ns)
        next_ns = weather.bad_ns[weather.bad_next];
    for (uint32_t i = 0; i < weather.end_count; i++)
        if (weather.ends[i].at_ns < next_ns)
            next_ns = weather.ends[i].at_ns;
    return next_ns;
}

void weather_advance(void)
{
    for (uint32_t i = weather.end_count; i > 0; i--)
        if (weather.ends[i - 1].at_ns <= hours.now_ns)
            end_one(i - 1);
    while (weather.bad_next < WEATHER_AN_HOUR && weather.bad_ns[weather.bad_next] <= hours.now_ns) {
        weather.bad_next++;
        begin(&kinds[draw_kind()]);
    }
    if (weather.calm_ns && weather.calm_ns <= hours.now_ns) {
        while (weather.end_count)
            end_one(0);
        hours_command("calm");
        set_clock();
        weather.calm_ns = 0;
    }
    if (hour_begins() + HOURS_HOUR <= hours.now_ns) {
        hours_hour_ends();
        plan_hour();
    }
}

bool weather_is_calm(void) { return hours.now_ns >= hour_begins() + STRICT_NS; }

bool weather_was_halted(void) { return hours.now_ns < weather.halted_ns; }

bool weather_is_strict(void) { return weather_is_calm() && hours.now_ns >= weather.deaf_ns; }

uint64_t weather_made(void)
{
    uint64_t made = 0;
    for (uint32_t i = 0; i < KINDS; i++)
        made += kinds[i].fault ? hours.exchange->faults.made[kinds[i].fault] : weather.made[i];
    return made;
}

void weather_count(void)
{
    for (uint32_t i = 0; i < KINDS; i++)
        hours.sum.kinds[i] = kinds[i].fault ? hours.exchange->faults.made[kinds[i].fault] : weather.made[i];
}

const char *weather_name(uint32_t kind) { return kinds[kind].name; }
uint32_t weather_kinds(void) { return KINDS; }
