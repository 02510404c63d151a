/* venue_wait.c: how long a venue wants to be left alone: 429, 418 and Retry-After of any answer of HTTP, read by the host. A connector need not
 * know of them.
 *
 * - 429, and an answer that says Retry-After with a status of 400 or more: its endpoint waits. Cancels still go, until one of them is told the
 *   same.
 * - 418: a ban. Nothing leaves for this venue, over no endpoint and no stream.
 * - Where no time is said: 1 s, 2 s, 4 s up to a minute; of a ban a minute, two, up to an hour.
 *
 * And how long an endpoint is left alone of which exchanges came to nothing, one behind the other: behind that time one is let through, and all
 * others wait for what becomes of it. */
#include "io/venue_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"

enum { DOUBLES = 6, DATE_SIZE = 29 };
#define SECOND_NS   1000000000ll
#define WAIT_NS     SECOND_NS         /* the first, where none is said, and the shortest */
#define BAN_NS      (60 * SECOND_NS)  /* the same of a ban; both double, DOUBLES times */
#define LONGEST_NS  691200000000000ll /* eight days: no ban is longer, and a time beyond is a mistake */
#define STATUS_WAIT 429
#define STATUS_BAN  418

static struct io_wait *place_of(struct io_venue *venue, uint32_t endpoint)
{
    return &venue->waits[endpoint < IO_WAITS_MAX ? endpoint : IO_WAITS_MAX - 1];
}

/* The value of a header; NULL: it is not there. */
static const char *header(const struct io_happening *happening, const char *name, size_t *ret_size)
{
    const size_t length = strlen(name);
    const char *end = happening->headers + happening->headers_size;
    for (const char *at = happening->headers; at && at < end;) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        stop = stop ? stop : end;
        if ((size_t)(stop - at) > length && at[length] == ':' && memcmp(at, name, length) == 0) {
            at += length + 1;
            at += at < stop && *at == ' ';
            *ret_size = (size_t)(stop - at);
            return at;
        }
        at = stop + 2;
    }
    return NULL;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT". */
static bool read_date(const char *text, size_t size, int64_t *ret_ns)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char iso[32];
    if (size != DATE_SIZE || memcmp(text + 25, " GMT", 4) != 0)
        return false;
    int month = 0;
    while (month < 12 && memcmp(text + 8, months + 3 * month, 3) != 0)
        month++;
    const int length = snprintf(iso, sizeof iso, "%.4s-%02d-%.2sT%.8sZ", text + 12, month + 1, text + 5, text + 17);
    return month < 12 && text_to_time(iso, (size_t)length, ret_ns) == OC_OK;
}

/* As Retry-After says it: seconds, or a date, which is of the server's clock. False: it does not. */
static bool said_ns(const struct io_happening *happening, int64_t now_ns, int64_t *ret_ns)
{
    size_t size = 0, date_size = 0;
    const char *text = header(happening, "retry-after", &size), *date = header(happening, "date", &date_size);
    int64_t seconds, at_ns, server_ns;
    if (!text)
        return false;
    if (text_to_int(text, size, &seconds) == OC_OK && seconds >= 0) {
        *ret_ns = seconds < LONGEST_NS / SECOND_NS ? seconds * SECOND_NS : LONGEST_NS;
        return true;
    }
    if (!read_date(text, size, &at_ns))
        return false;
    if (!date || !read_date(date, date_size, &server_ns))
        server_ns = now_ns;
    *ret_ns = at_ns - server_ns < LONGEST_NS ? at_ns - server_ns : LONGEST_NS;
    return true;
}

/* Of an endpoint, or of all of the venue: 0, where processes do not share it. */
static uint64_t key_of(const struct io_venue *venue, const char *endpoint)
{
    const struct oc_venue *said = venue->table->venue;
    const uint64_t parts[] = {hash64(said->venue, strlen(said->venue)), hash64(endpoint, strlen(endpoint)),
                              STATUS_WAIT};
    return venue->world.limits ? hash64((const char *)parts, sizeof parts) | 1 : 0;
}

static const char *name_of(const struct io_venue *venue, uint32_t endpoint)
{
    const struct oc_venue *said = venue->table->venue;
    return endpoint < said->endpoint_count ? said->endpoints[endpoint].name : "";
}

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

/* What another process beside us has been told. */
static int64_t shared_ns(const struct io_venue *venue, const char *endpoint)
{
    return venue->world.limits
               ? limits_shared_shut_ns(venue->world.limits, key_of(venue, endpoint), io_venue_now(venue))
               : INT64_MIN;
}

int64_t io_wait_ban_ns(const struct io_venue *venue) { return later(venue->banned_ns, shared_ns(venue, "")); }

/* One at a time. What one call asks for goes together: it would never go otherwise. */
static int64_t trial_ns(const struct io_wait *wait) { return wait->lost < IO_BREAKER ? INT64_MIN : wait->trial_ns; }

int64_t io_wait_ns(const struct io_venue *venue, uint32_t endpoint, uint32_t lane)
{
    const struct io_wait *wait = place_of((struct io_venue *)(uintptr_t)venue, endpoint);
    const int64_t until_ns = later(io_wait_ban_ns(venue), wait->all_ns);
    if (lane == OC_LANE_CANCEL)
        return until_ns;
    return later(later(until_ns, later(wait->broken_ns, trial_ns(wait))),
                 later(wait->but_cancels_ns, shared_ns(venue, name_of(venue, endpoint))));
}

void io_wait_left(struct io_venue *venue, const struct io_op *op)
{
    struct io_wait *wait = place_of(venue, op->endpoint);
    if (wait->lost >= IO_BREAKER && op->lane != OC_LANE_CANCEL)
        wait->trial_ns = io_venue_now(venue) + io_answer_ns(venue, op->at_ns);
}

bool io_wait_holds(struct io_venue *venue, int64_t until_ns)
{
    if (until_ns <= io_venue_now(venue))
        return false;
    venue->limited =
        (struct oc_ev_limit){.head.size = sizeof venue->limited, .limit = OC_LIMIT_SAID, .until_ns = until_ns};
    return true;
}

void io_limit_say(struct io_venue *venue, const struct oc_ev_limit *limit)
{
    struct oc_ev_limit event = *limit;
    if (!venue->world.syncs) /* a transcript has said all that there is to say */
        return;
    event.head = (struct oc_event){.size = sizeof event,
                                   .type = OC_EV_LIMIT,
                                   .flags = OC_EVF_LAST,
                                   .source = venue->world.market_source,
                                   .venue_ns = io_venue_now(venue)};
    (void)io_say(venue, &event.head); /* what cannot be kept ends the run */
}

static void say(struct io_venue *venue, uint32_t endpoint, const char *what, uint16_t status, int64_t until_ns)
{
    char time[TEXT_TIME_MAX];
    text_from_time(time, until_ns);
    venue->counts.told_to_wait++;
    if (!venue->is_silent)
        log_write(status == STATUS_BAN ? LOG_ERROR : LOG_WARNING, "venue", "%s: endpoint %s: status %u: %s until %s",
                  venue->name, name_of(venue, endpoint), status, what, time);
    io_limit_say(venue, &(struct oc_ev_limit){.limit = OC_LIMIT_SAID, .used = status, .until_ns = until_ns});
}

/* Nobody is told twice of a time that is known; a process beside us may know it already. */
static void ban(struct io_venue *venue, uint32_t endpoint, int64_t until_ns)
{
    if (until_ns <= venue->banned_ns)
        return;
    venue->banned_ns = until_ns;
    if (venue->world.limits)
        limits_shared_shut(venue->world.limits, key_of(venue, ""), until_ns);
    say(venue, endpoint, "banned, nothing is sent", STATUS_BAN, until_ns);
}

static void wait(struct io_venue *venue, uint32_t endpoint, uint32_t lane, uint16_t status, int64_t until_ns)
{
    struct io_wait *wait = place_of(venue, endpoint);
    const bool is_for_all = lane == OC_LANE_CANCEL;
    int64_t *kept = is_for_all ? &wait->all_ns : &wait->but_cancels_ns;
    if (until_ns <= *kept)
        return;
    *kept = until_ns;
    if (venue->world.limits)
        limits_shared_shut(venue->world.limits, key_of(venue, name_of(venue, endpoint)), until_ns);
    say(venue, endpoint, is_for_all ? "nothing is sent there" : "nothing but cancels is sent there", status, until_ns);
}

/* At random within a span that doubles, or everybody comes back at once. */
void io_wait_failed(struct io_venue *venue, uint32_t endpoint)
{
    struct io_wait *at = place_of(venue, endpoint);
    const uint32_t behind = ++at->lost >= IO_BREAKER ? at->lost - IO_BREAKER : 0;
    const int64_t now_ns = io_venue_now(venue), doubled_ns = WAIT_NS << (behind < DOUBLES ? behind : DOUBLES);
    at->trial_ns = INT64_MIN;
    if (at->lost < IO_BREAKER || at->broken_ns > now_ns)
        return;
    const int64_t span_ns = doubled_ns < 60 * WAIT_NS ? doubled_ns : 60 * WAIT_NS;
    at->broken_ns = now_ns + span_ns / 10 + (int64_t)(random_next(&venue->random) % (uint64_t)(span_ns - span_ns / 10));
    venue->counts.broken++;
    if (!venue->is_silent)
        log_warning(
            "venue",
            "%s: endpoint %s: %u exchanges in a row came to nothing: nothing but cancels is sent there for %lld ms",
            venue->name, name_of(venue, endpoint), at->lost, (long long)((at->broken_ns - now_ns) / 1000000));
    io_limit_say(venue, &(struct oc_ev_limit){.limit = OC_LIMIT_SAID, .until_ns = at->broken_ns});
}

void io_wait_moved(struct io_venue *venue)
{
    for (uint32_t i = 0; i < IO_WAITS_MAX; i++) {
        venue->waits[i].lost = 0;
        venue->waits[i].broken_ns = 0;
    }
}

void io_wait_said(struct io_venue *venue, uint32_t endpoint, uint32_t lane, int64_t sent_ns,
                  const struct io_happening *happening)
{
    struct io_wait *at = place_of(venue, endpoint);
    const int64_t now_ns = io_venue_now(venue);
    const uint16_t status = happening->status;
    int64_t span_ns = 0;
    if (happening->kind == IO_RESPONSE) { /* it answers */
        at->lost = 0;
        at->trial_ns = INT64_MIN;
    }
    if (status < 400) {
        if (sent_ns >= at->but_cancels_ns)
            at->tries = 0; /* it was let through */
        return;
    }
    const bool is_said = said_ns(happening, now_ns, &span_ns), is_ban = status == STATUS_BAN;
    const bool is_known = sent_ns < at->said_ns && lane != OC_LANE_CANCEL; /* it left before we were told */
    if (!is_said && ((status != STATUS_WAIT && !is_ban) || is_known))
        return;
    const uint32_t tries = at->tries < DOUBLES ? at->tries++ : DOUBLES;
    at->said_ns = now_ns;
    const int64_t first_ns = is_ban ? BAN_NS : WAIT_NS;
    if (!is_said) {
        span_ns = first_ns << tries;
        span_ns = span_ns < 60 * first_ns ? span_ns : 60 * first_ns;
    }
    span_ns = span_ns > WAIT_NS ? span_ns : WAIT_NS;
    if (is_ban)
        ban(venue, endpoint, now_ns + span_ns);
    else
        wait(venue, endpoint, lane, status, now_ns + span_ns);
}
