/* venue_sync.c: a venue is compared with what is known before it is given new risk: positions, open orders and fills are asked for, and every
 * order that is open here and was not shown is asked about by itself. Balances come last: one that was shown before a fill is told holds that fill
 * already, and the fill would move it again. */
#include "io/venue_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/client_id.h"

enum { DOUBLES = 6, OVERTAKEN_MAX = 3 };
#define LATE_NS    5000000000ll   /* it is said that comparing takes so long */
#define SUSPECT_NS 10000000000ll  /* a suspicion makes it compare so often at most */
#define OVERLAP_NS 600000000000ll /* a fill may be told so much later than it was made */

static const uint32_t kinds[] = {OC_FETCH_POSITIONS, OC_FETCH_OPEN_ORDERS, OC_FETCH_FILLS};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static bool can_be_asked(const struct io_venue *venue)
{
    uint32_t by;
    for (uint32_t i = 0; i < KINDS; i++)
        if (io_fetch_offers(venue, kinds[i], &by))
            return true;
    return io_fetch_offers(venue, OC_FETCH_ORDER, &by) || io_fetch_offers(venue, OC_FETCH_BALANCES, &by);
}

static int64_t reconcile_ns(const struct io_venue *venue)
{
    const int64_t said_ns = venue->table->venue->reconcile_ns;
    return said_ns > 0 ? said_ns : IO_RECONCILE_NS;
}

void io_sync_want(struct io_venue *venue)
{
    if (!venue->world.syncs || venue->is_quiet || !can_be_asked(venue))
        return;
    venue->sync.state = IO_SYNC_WANTED;
    venue->sync.is_beside = false;
    venue->sync.again_ns = INT64_MIN;
    venue->reach_is_old = true;
}

oc_rc io_venue_reconcile(struct io_venue *venue)
{
    struct io_sync *sync = &venue->sync;
    if (!venue->world.syncs || !can_be_asked(venue))
        return OC_E_NOT_SUPPORTED;
    if (sync->state != IO_SYNC_NONE || venue->is_quiet) /* it is compared as it is */
        return OC_OK;
    sync->state = IO_SYNC_WANTED;
    sync->is_beside = true;
    sync->again_ns = INT64_MIN;
    return OC_OK;
}

void io_sync_suspect(struct io_venue *venue)
{
    const int64_t now_ns = io_venue_now(venue);
    if (venue->sync.suspect_ns > now_ns || io_venue_reconcile(venue) < 0)
        return;
    venue->sync.suspect_ns = now_ns + SUSPECT_NS;
}

/* A change too: the list that is on its way would show what was before it. */
bool io_sync_holds(const struct io_venue *venue, const struct oc_request *request)
{
    const bool is_new = oc_request_makes_order(request->kind) && !(request->bits & OC_RQ_REDUCE_ONLY);
    return !io_venue_is_compared(venue) && (is_new || request->kind == OC_REQUEST_AMEND);
}

bool io_sync_delays(const struct io_venue *venue, const struct oc_request *request)
{
    return venue->sync.is_beside && venue->sync.state == IO_SYNC_ASKED && request->kind == OC_REQUEST_AMEND;
}

/* All streams by which orders and accounts are heard of are up; where there are none, any, or none at all is needed. */
static bool is_reached(const struct io_venue *venue)
{
    uint32_t count = 0, ready = 0;
    for (uint32_t i = 0; i < venue->stream_top; i++) {
        const struct io_stream *stream = &venue->streams[i];
        if (stream->state == IO_STREAM_FREE || io_stream_is_over(stream))
            continue;
        const bool is_ready = stream->state == IO_STREAM_READY && !stream->tell;
        count++;
        ready += is_ready;
        if (io_stream_is_private(stream) && !is_ready)
            return false;
    }
    return venue->account_count && (ready || !count);
}

static oc_rc question(struct io_venue *venue, uint32_t kind, uint32_t by, uint32_t account, uint32_t inst)
{
    struct io_sync *sync = &venue->sync;
    struct oc_fetch ask = {
        .size = sizeof ask, .kind = kind, .account = account, .inst = inst, .lane = OC_LANE_RECONCILE};
    if (sync->count == IO_QUESTIONS_MAX)
        return OC_E_LIMIT;
    if (kind == OC_FETCH_FILLS && !(by & OC_BY_CURSOR) && (by & OC_BY_TIME) && sync->from_ns)
        ask.from_ns = sync->from_ns - OVERLAP_NS;
    struct io_question *asked = &sync->questions[sync->count];
    *asked = (struct io_question){.kind = kind, .account = account, .inst = inst};
    const oc_rc rc = io_venue_fetch(venue, &ask, &asked->token);
    sync->count += rc == OC_OK;
    return rc;
}

static bool was_asked(const struct io_venue *venue, uint32_t kind, uint32_t account, uint32_t inst)
{
    for (uint32_t i = 0; i < venue->sync.count; i++) {
        const struct io_question *asked = &venue->sync.questions[i];
        if (asked->kind == kind && asked->account == account && OC_INST_INDEX(asked->inst) == OC_INST_INDEX(inst))
            return true;
    }
    return false;
}

/* Where the venue must be asked about each: those of which something is wanted, and those with open orders. */
static oc_rc each_instrument(struct io_venue *venue, uint32_t kind, uint32_t by, uint32_t account)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venue->names.count && rc == OC_OK; i++) {
        const uint32_t inst = venue->names.list[i].inst;
        bool is_wanted = false;
        for (uint32_t k = 0; k < venue->sub_count && !is_wanted; k++)
            is_wanted = OC_INST_INDEX(venue->subs[k].sub.inst) == OC_INST_INDEX(inst);
        for (uint32_t k = 0; k < venue->doubt_count && !is_wanted; k++)
            is_wanted = OC_INST_INDEX(venue->doubts[k].about->ask.head.inst) == OC_INST_INDEX(inst);
        if (is_wanted && !was_asked(venue, kind, account, inst))
            rc = question(venue, kind, by, account, inst);
    }
    return rc;
}

/* The names under which it is asked for, as of now. */
static struct oc_venue_request about_of(const struct io_venue *venue, const struct io_open_order *open)
{
    struct oc_venue_request about = {.ask = open->now};
    about.ask.head.size = sizeof about;
    about.ask.kind = OC_REQUEST_FILLS; /* a question changes nothing: the order is called as it is */
    (void)io_name_request(venue, &about);
    about.ask.kind = open->asked;
    about.ask.id = open->request ? open->request : (open->asked == OC_REQUEST_NEW ? open->now.order : 0);
    if (open->request)
        client_id_make(venue->table->venue, venue->world.client_tag, open->now.order, open->revision,
                       &about.client_new);
    return about;
}

/* Every open order is to be shown: by the list where there is one, else each by itself. */
static oc_rc ask_orders(struct io_venue *venue, int64_t now_ns, bool has_list)
{
    struct io_open_order open = {0};
    uint64_t after = 0;
    for (uint32_t i = 0; i < venue->doubt_count; i++)
        venue->doubts[i].is_open = false;
    while (venue->world.next_open(venue->world.self, after, &open)) {
        const struct oc_venue_request about = about_of(venue, &open);
        const int64_t first_ns = has_list ? INT64_MAX : now_ns;
        after = open.now.order;
        bool is_there = false;
        for (uint32_t i = 0; i < venue->doubt_count; i++) {
            struct io_doubt *doubt = &venue->doubts[i];
            if (doubt->is_known || doubt->about->ask.order != after)
                continue;
            is_there = doubt->is_open = true;
            doubt->was_asked = false;
            doubt->waits_for_list = has_list;
            if (!doubt->token)
                doubt->again_ns = first_ns;
        }
        if (is_there)
            continue;
        struct io_doubt *doubt = io_doubt_add(venue, &about, false, first_ns, now_ns + io_absence_ns(venue));
        if (!doubt)
            return OC_E_NOMEM;
        doubt->waits_for_list = has_list;
        doubt->is_open = true;
        doubt->is_proven = open.is_proven;
    }
    for (uint32_t i = 0; i < venue->doubt_count; i++) /* it has ended here meanwhile: nothing of it is in doubt */
        venue->doubts[i].is_known |= !venue->doubts[i].is_open && !venue->doubts[i].token;
    return OC_OK;
}

/* Something may be filled. */
static bool may_move(struct io_venue *venue)
{
    struct io_open_order open;
    return venue->pending_count || (venue->world.next_open && venue->world.next_open(venue->world.self, 0, &open));
}

/* Of one kind, for each account. */
static oc_rc ask_kind(struct io_venue *venue, uint32_t kind)
{
    uint32_t by;
    oc_rc rc = OC_OK;
    if (!io_fetch_offers(venue, kind, &by))
        return OC_OK;
    for (uint32_t i = 0; i < venue->account_count && rc == OC_OK; i++)
        rc = by & OC_BY_INSTRUMENT ? each_instrument(venue, kind, by, venue->accounts[i].account)
                                   : question(venue, kind, by, venue->accounts[i].account, 0);
    return rc;
}

static oc_rc begin(struct io_venue *venue, int64_t now_ns)
{
    struct io_sync *sync = &venue->sync;
    uint32_t by;
    const bool has_list = io_fetch_offers(venue, OC_FETCH_OPEN_ORDERS, &by);
    if (!sync->questions && !(sync->questions = calloc(IO_QUESTIONS_MAX, sizeof *sync->questions)))
        return OC_E_NOMEM;
    sync->count = 0;
    sync->asks_balances = false;
    sync->state = IO_SYNC_ASKED;
    sync->began_ns = now_ns;
    sync->late_ns = now_ns + LATE_NS;
    oc_rc rc = io_fetch_offers(venue, OC_FETCH_ORDER, &by) && venue->world.next_open
                   ? ask_orders(venue, now_ns, has_list)
                   : (oc_rc)OC_OK;
    for (uint32_t k = 0; k < KINDS && rc == OC_OK; k++)
        rc = ask_kind(venue, kinds[k]);
    return rc;
}

/* Again later; nothing new is taken on meanwhile. */
static void fail(struct io_venue *venue, const char *what, oc_rc rc)
{
    struct io_sync *sync = &venue->sync;
    const uint32_t doubles = sync->tries < DOUBLES ? sync->tries : DOUBLES;
    sync->tries++;
    sync->state = IO_SYNC_WANTED;
    sync->again_ns = io_venue_now(venue) + (IO_BACKOFF_NS << doubles);
    log_write(sync->is_beside ? LOG_WARNING : LOG_ERROR, "venue",
              "%s could not be compared with what is known (%s, code %d)%s: tried again in %u s", venue->name, what,
              (int)rc, sync->is_beside ? "" : ": no new order until it is", 1u << doubles);
}

/* Those that the list has not shown are asked about by themselves. */
static void list_is_over(struct io_venue *venue, const struct io_question *asked)
{
    for (uint32_t i = 0; i < venue->doubt_count; i++) {
        struct io_doubt *doubt = &venue->doubts[i];
        const bool is_of_it =
            doubt->about->ask.account == asked->account &&
            (!asked->inst || OC_INST_INDEX(doubt->about->ask.head.inst) == OC_INST_INDEX(asked->inst));
        if (doubt->waits_for_list && is_of_it) {
            doubt->waits_for_list = false;
            if (!doubt->token)
                doubt->again_ns = io_venue_now(venue);
        }
    }
}

void io_sync_overtaken(struct io_venue *venue, uint64_t token)
{
    bool is_of_it = false;
    for (uint32_t i = 0; i < venue->sync.count; i++)
        if (venue->sync.questions[i].token == token)
            is_of_it = venue->sync.questions[i].is_old = true;
    if (!is_of_it) /* asked for another reason: that is not answered by it */
        io_sync_suspect(venue);
}

/* Something moved the account while its balances, or its positions, were on their way: what they say is of before. Beside trading they wait
 * for the next comparison where something may move it still. */
static bool is_asked_again(struct io_venue *venue, struct io_question *asked)
{
    const struct oc_fetch ask = {.size = sizeof ask,
                                 .kind = asked->kind,
                                 .account = asked->account,
                                 .inst = asked->inst,
                                 .lane = OC_LANE_RECONCILE};
    if (!asked->is_old || asked->tries == OVERTAKEN_MAX || (venue->sync.is_beside && may_move(venue)))
        return false;
    asked->is_old = false;
    asked->tries++;
    return io_venue_fetch(venue, &ask, &asked->token) == OC_OK;
}

void io_sync_fetched(struct io_venue *venue, uint64_t token, oc_rc rc)
{
    struct io_sync *sync = &venue->sync;
    if (sync->state != IO_SYNC_ASKED)
        return;
    for (uint32_t i = 0; i < sync->count; i++) {
        struct io_question *asked = &sync->questions[i];
        if (asked->token != token || asked->is_done)
            continue;
        if (rc < 0) {
            fail(venue, "a question was not answered", rc);
            return;
        }
        if (is_asked_again(venue, asked))
            return;
        asked->is_done = true;
        if (asked->kind == OC_FETCH_OPEN_ORDERS)
            list_is_over(venue, asked);
    }
}

/* So long without an end: what it waits for, once. */
static void say_late(struct io_venue *venue, int64_t now_ns)
{
    struct io_sync *sync = &venue->sync;
    uint32_t questions = 0, orders = 0;
    unsigned long long first = 0;
    for (uint32_t i = 0; i < sync->count; i++)
        questions += !sync->questions[i].is_done;
    for (uint32_t i = 0; i < venue->doubt_count; i++)
        if (!venue->doubts[i].is_known && !venue->doubts[i].was_asked && !orders++)
            first = venue->doubts[i].about->ask.order;
    sync->late_ns = INT64_MAX;
    log_warning("venue",
                "%s is not compared yet%s: after %lld s it has not answered %u questions about "
                "accounts and %u about orders (the first: %llu)",
                venue->name, sync->is_beside ? "" : ", and is given no new order",
                (long long)((now_ns - sync->began_ns) / 1000000000), questions, orders, first);
}

static bool is_over(const struct io_venue *venue)
{
    for (uint32_t i = 0; i < venue->sync.count; i++)
        if (!venue->sync.questions[i].is_done)
            return false;
    return !io_doubt_waits(venue);
}

/* Beside trading none are asked for where something may be filled meanwhile: they would hold a fill that is told behind them, and that
 * would move them once more. */
static oc_rc ask_balances(struct io_venue *venue)
{
    return venue->sync.is_beside && may_move(venue) ? OC_OK : ask_kind(venue, OC_FETCH_BALANCES);
}

oc_rc io_sync_due(struct io_venue *venue, int64_t now_ns)
{
    struct io_sync *sync = &venue->sync;
    if (sync->state == IO_SYNC_NONE && sync->next_ns && sync->next_ns <= now_ns) {
        sync->next_ns = 0; /* behind the end of this one */
        (void)io_venue_reconcile(venue);
    }
    if (sync->state == IO_SYNC_WANTED && sync->again_ns <= now_ns && is_reached(venue)) {
        const oc_rc rc = begin(venue, now_ns);
        if (rc == OC_E_NOMEM)
            return rc;
        if (rc < 0)
            fail(venue, rc == OC_E_LIMIT ? "more questions than are asked at once" : "a question", rc);
    }
    if (sync->state == IO_SYNC_ASKED && !sync->asks_balances && is_over(venue)) {
        sync->asks_balances = true;
        const oc_rc rc = ask_balances(venue);
        if (rc == OC_E_NOMEM)
            return rc;
        if (rc < 0)
            fail(venue, "a question about balances", rc);
    }
    if (sync->state == IO_SYNC_ASKED && is_over(venue)) {
        sync->state = IO_SYNC_NONE;
        sync->tries = 0;
        sync->is_beside = false;
        sync->next_ns = now_ns + reconcile_ns(venue);
        venue->reach_is_old = venue->has_work = true;
        venue->counts.compared++;
        venue->sync.compared_ns = io_venue_now(venue);
        log_info("venue", "%s is compared with what is known: %u questions; %u orders are still asked about",
                 venue->name, sync->count, venue->doubt_count);
    }
    if (sync->state == IO_SYNC_ASKED && sync->late_ns <= now_ns)
        say_late(venue, now_ns);
    return OC_OK;
}

int64_t io_sync_next_ns(const struct io_venue *venue)
{
    const struct io_sync *sync = &venue->sync;
    if (venue->is_quiet)
        return INT64_MAX;
    if (sync->state == IO_SYNC_NONE)
        return sync->next_ns ? sync->next_ns : INT64_MAX;
    if (sync->state == IO_SYNC_ASKED)
        return is_over(venue) ? INT64_MIN : sync->late_ns;
    return is_reached(venue) ? sync->again_ns : INT64_MAX;
}

/* Of what was asked for when the records ended nobody knows whether it has left. */
oc_rc io_venue_resume(struct io_venue *venue, int64_t from_ns, uint32_t *ret_count)
{
    struct io_open_order open = {0};
    uint32_t by;
    const bool can_ask = io_fetch_offers(venue, OC_FETCH_ORDER, &by);
    *ret_count = 0;
    for (uint64_t after = 0; venue->world.next_open && venue->world.next_open(venue->world.self, after, &open);
         after = open.now.order, ++*ret_count) {
        struct oc_venue_request about = about_of(venue, &open);
        if (!can_ask || !open.asked)
            continue;
        const struct oc_ev_answer answer = io_word(venue, &about.ask, OC_EV_UNKNOWN, OC_WHY_DISCONNECTED);
        const oc_rc rc = open.is_unknown ? (oc_rc)OC_OK : io_say(venue, &answer.head);
        if (rc < 0)
            return rc;
        io_doubt_left(venue, &about, INT64_MAX); /* with the first comparison */
        about.ask.kind = OC_REQUEST_AMEND;
        if (open.request) /* it may be there under the name of the change */
            io_doubt_left(venue, &about, INT64_MAX);
    }
    venue->sync.from_ns = from_ns;
    venue->sync.is_resumed = true;
    return *ret_count && !can_ask ? (oc_rc)OC_E_NOT_SUPPORTED : OC_OK;
}
