/* venue_fetch.c: questions to a venue: asked when they may be, again when they were lost, page by page. */
#include "io/venue_impl.h"

#include <string.h>

#include "base/random.h"

static const struct oc_fetchable *offered(const struct io_venue *venue, uint32_t kind)
{
    for (uint32_t i = 0; i < venue->table->venue->fetch_count; i++)
        if (venue->table->venue->fetches[i].kind == kind)
            return &venue->table->venue->fetches[i];
    return NULL;
}

bool io_fetch_offers(const struct io_venue *venue, uint32_t kind, uint32_t *ret_by)
{
    const struct oc_fetchable *fetchable = venue->table->fetch ? offered(venue, kind) : NULL;
    *ret_by = fetchable ? fetchable->by : 0;
    return fetchable != NULL;
}

static struct io_cursor *cursor_of(struct io_venue *venue, const struct oc_fetch *ask)
{
    for (uint32_t i = 0; i < venue->cursor_count; i++) {
        struct io_cursor *last = &venue->cursors[i];
        if (last->kind == ask->kind && last->account == ask->account && last->inst == ask->inst)
            return last;
    }
    return NULL;
}

/* Questions about the past go on where the last of their kind ended, unless they say where they begin. */
static bool goes_on(const struct oc_fetchable *fetchable, const struct oc_fetch *ask)
{
    return fetchable->kind >= OC_FETCH_FILLS && (fetchable->by & OC_BY_CURSOR) && !ask->order && !ask->from_ns &&
           !ask->to_ns && !ask->period_ns;
}

/* Without room for it the next question begins at the start: what it brings is known, and said again. */
static void put_cursor(struct io_venue *venue, const struct oc_fetch *ask, const struct oc_ev_fetched *fetched)
{
    const struct oc_fetchable *fetchable = offered(venue, ask->kind);
    if (!fetchable || !goes_on(fetchable, ask) || fetched->rc < 0 || !fetched->cursor.size ||
        fetched->cursor.size > OC_CURSOR_MAX)
        return;
    struct io_cursor *last = cursor_of(venue, ask);
    if (!last && io_grow(&venue->cursors, venue->cursor_count, &venue->cursor_room, IO_FETCHES_MAX,
                         sizeof *venue->cursors) == OC_OK) {
        last = &venue->cursors[venue->cursor_count++];
        *last = (struct io_cursor){.kind = ask->kind, .account = ask->account, .inst = ask->inst};
    }
    if (last)
        last->cursor = fetched->cursor;
}

/* Of a venue that is asked about each instrument, one that names none is of no use: the next question begins at the start. */
static void recall_cursor(struct io_venue *venue, const struct oc_ev_fetched *fetched)
{
    uint32_t by;
    const bool is_of_each = io_fetch_offers(venue, fetched->kind, &by) && (by & OC_BY_INSTRUMENT);
    const struct oc_fetch ask = {
        .kind = fetched->kind, .account = fetched->head.source, .inst = is_of_each ? fetched->head.inst : 0};
    put_cursor(venue, &ask, fetched);
}

oc_rc io_venue_recall(struct io_venue *venue, const struct oc_event *event)
{
    if (event->type == OC_EV_FETCHED && event->size >= sizeof(struct oc_ev_fetched))
        recall_cursor(venue, (const struct oc_ev_fetched *)(const void *)event);
    else if (event->type == OC_EV_STORE && event->size >= sizeof(struct oc_ev_text))
        return io_store_recall(venue, (const struct oc_ev_text *)(const void *)event);
    return OC_OK;
}

oc_rc io_venue_fetch_fills(struct io_venue *venue, const struct oc_request *request)
{
    const struct oc_fetchable *fetchable = offered(venue, OC_FETCH_FILLS);
    struct oc_venue_request names = {.ask = *request};
    struct oc_fetch ask = {
        .size = sizeof ask, .kind = OC_FETCH_FILLS, .account = request->account, .lane = OC_LANE_RECONCILE};
    uint64_t token;
    if (!fetchable)
        return OC_E_NOT_SUPPORTED;
    if (fetchable->by & (OC_BY_INSTRUMENT | OC_BY_ORDER))
        ask.inst = request->head.inst;
    if (fetchable->by & OC_BY_ORDER) {
        names.ask.kind = OC_REQUEST_FILLS;
        (void)io_name_request(venue, &names);
        ask.order = request->order;
        ask.created_ns = request->created_ns;
        ask.client = names.client;
        ask.venue_order = names.venue_order;
    }
    for (uint32_t i = 0; i < venue->fetch_count; i++) {
        const struct io_fetch *other = &venue->fetches[i];
        if (!other->is_asked && other->ask.kind == ask.kind && other->ask.account == ask.account &&
            other->ask.inst == ask.inst && other->ask.order == ask.order)
            return OC_OK;
    }
    return io_venue_fetch(venue, &ask, &token);
}

oc_rc io_venue_fetch(struct io_venue *venue, const struct oc_fetch *ask, uint64_t *ret_token)
{
    const struct oc_fetchable *fetchable = offered(venue, ask->kind);
    if (!fetchable || !venue->table->fetch)
        return OC_E_NOT_SUPPORTED;
    const oc_rc rc =
        io_grow(&venue->fetches, venue->fetch_count, &venue->fetch_room, IO_FETCHES_MAX, sizeof *venue->fetches);
    if (rc < 0)
        return rc;
    struct io_fetch *fetch = &venue->fetches[venue->fetch_count++];
    *fetch = (struct io_fetch){.ask = *ask, .again_ns = io_venue_now(venue)};
    fetch->ask.size = sizeof fetch->ask;
    fetch->ask.token = *ret_token = io_number(venue);
    const struct io_cursor *last = goes_on(fetchable, ask) && !ask->cursor.size ? cursor_of(venue, ask) : NULL;
    if (last)
        fetch->ask.cursor = last->cursor;
    if (!fetch->ask.lane)
        fetch->ask.lane = OC_LANE_QUERY;
    venue->has_work = true;
    return OC_OK;
}

struct io_fetch *io_fetch_find(struct io_venue *venue, uint64_t token)
{
    for (uint32_t i = 0; i < venue->fetch_count && token; i++)
        if (venue->fetches[i].ask.token == token)
            return &venue->fetches[i];
    return NULL;
}

static void forget(struct io_venue *venue, struct io_fetch *fetch)
{
    const size_t place = (size_t)(fetch - venue->fetches);
    memmove(fetch, fetch + 1, (venue->fetch_count - place - 1) * sizeof *fetch);
    venue->fetch_count--;
}

/* The host's own end of a question that came to nothing. */
static void ended(struct io_venue *venue, struct io_fetch *fetch, oc_rc rc, uint32_t why)
{
    const struct oc_ev_fetched event = {
        .head = {.size = sizeof event,
                 .type = OC_EV_FETCHED,
                 .flags = OC_EVF_LAST,
                 .source = fetch->ask.account ? fetch->ask.account : venue->world.market_source,
                 .venue_ns = io_venue_now(venue)},
        .token = fetch->ask.token,
        .kind = fetch->ask.kind,
        .rc = rc,
        .why = why};
    forget(venue, fetch);
    io_doubt_fetched(venue, event.token, rc);
    io_sync_fetched(venue, event.token, rc);
    io_clock_fetched(venue, event.token);
    (void)io_say(venue, &event.head); /* no memory for it: the question is gone as well */
}

static uint64_t *moves_of(struct io_venue *venue, uint32_t source)
{
    for (uint32_t i = 0; i < venue->account_count; i++)
        if (venue->accounts[i].source == source || venue->accounts[i].account == source)
            return &venue->moves[i];
    return NULL;
}

void io_account_moved(struct io_venue *venue, uint32_t source)
{
    uint64_t *moves = moves_of(venue, source);
    if (moves)
        ++*moves;
}

/* Whether what answers the question was overtaken on its way; a comparison asks again then. */
static bool is_overtaken(struct io_venue *venue, uint64_t token, uint32_t source)
{
    const struct io_fetch *fetch = io_fetch_find(venue, token);
    const uint64_t *moves = moves_of(venue, source);
    if (!fetch || !moves || fetch->moves == *moves)
        return false;
    io_sync_overtaken(venue, token);
    return true;
}

void io_fetch_heard(struct io_venue *venue, struct oc_event *event)
{
    void *all = event;
    struct oc_ev_order *shown = all;
    struct oc_ev_balance *balance = all;
    struct oc_ev_position *position = all;
    const struct io_fetch *fetch;
    if (event->type == OC_EV_FILL) {
        io_account_moved(venue, event->source);
    } else if (event->type == OC_EV_ORDER && event->size >= sizeof *shown) {
        fetch = io_fetch_find(venue, shown->token);
        shown->as_of_ns = fetch ? fetch->asked_ns - venue->table->venue->absence_ns : 0;
    } else if (event->type == OC_EV_BALANCE && event->size >= sizeof *balance) {
        balance->present &= ~(uint32_t)OC_BAL_OLD;
        balance->present |= is_overtaken(venue, balance->token, event->source) ? OC_BAL_OLD : 0u;
    } else if (event->type == OC_EV_POSITION && event->size >= sizeof *position) {
        position->present &= ~(uint32_t)OC_POS_OLD;
        position->present |= is_overtaken(venue, position->token, event->source) ? OC_POS_OLD : 0u;
    }
}

/* Page by page; a failure that the connector told is the end of it. */
void io_fetch_answered(struct io_venue *venue, const struct oc_event *event)
{
    if (event->type != OC_EV_FETCHED || event->size < sizeof(struct oc_ev_fetched))
        return;
    const struct oc_ev_fetched *fetched = (const struct oc_ev_fetched *)(const void *)event;
    struct io_fetch *fetch = io_fetch_find(venue, fetched->token);
    if (!fetch)
        return;
    put_cursor(venue, &fetch->ask, fetched);
    if (!fetched->more) {
        forget(venue, fetch);
        io_doubt_fetched(venue, fetched->token, fetched->rc);
        io_sync_fetched(venue, fetched->token, fetched->rc);
        io_clock_fetched(venue, fetched->token);
        return;
    }
    fetch->ask.cursor = fetched->cursor;
    fetch->is_asked = false;
    fetch->exchange = 0;
    fetch->stream = 0;
    fetch->tries = 0;
    fetch->again_ns = io_venue_now(venue);
    venue->has_work = true;
}

/* At random within a span that doubles, or what failed together is asked together. A question changes nothing: it may be asked again. */
static int64_t again_after(struct io_venue *venue, uint32_t tries)
{
    const int64_t span_ns = IO_BACKOFF_NS << tries;
    return IO_RETRY_NS + (int64_t)(random_next(&venue->random) % (uint64_t)(span_ns - IO_RETRY_NS));
}

void io_fetch_failed(struct io_venue *venue, uint64_t token, uint32_t why)
{
    struct io_fetch *fetch = io_fetch_find(venue, token);
    if (!fetch)
        return;
    if (++fetch->tries >= IO_FETCH_TRIES) {
        ended(venue, fetch, OC_E_IO, why);
        return;
    }
    fetch->is_asked = false;
    fetch->exchange = 0;
    fetch->stream = 0;
    fetch->again_ns = io_venue_now(venue) + again_after(venue, fetch->tries);
}

void io_fetch_left(struct io_venue *venue, const struct io_op *op)
{
    struct io_fetch *fetch = io_fetch_find(venue, op->token);
    if (!fetch)
        return;
    fetch->exchange = op->exchange;
    fetch->stream = op->stream;
    fetch->answer_by_ns = io_venue_now(venue) + io_answer_ns(venue, op->at_ns);
}

void io_fetch_of_stream(struct io_venue *venue, uint32_t stream, uint32_t why)
{
    for (uint32_t i = venue->fetch_count; i-- > 0;)
        if (venue->fetches[i].is_asked && venue->fetches[i].stream == stream)
            io_fetch_failed(venue, venue->fetches[i].ask.token, why);
}

void io_fetch_due(struct io_venue *venue, int64_t now_ns)
{
    for (uint32_t i = venue->fetch_count; i-- > 0;)
        if (venue->fetches[i].is_asked && venue->fetches[i].answer_by_ns <= now_ns)
            io_fetch_failed(venue, venue->fetches[i].ask.token, OC_WHY_TIMEOUT);
}

oc_rc io_fetch_flush(struct io_venue *venue)
{
    for (uint32_t i = 0; i < venue->fetch_count; i++) {
        struct io_fetch *fetch = &venue->fetches[i];
        if (fetch->is_asked || fetch->again_ns > io_venue_now(venue))
            continue;
        const struct oc_fetch ask = fetch->ask;
        fetch->is_asked = true;
        fetch->asked_ns = io_venue_now(venue);
        const uint64_t *moves = moves_of(venue, ask.account);
        fetch->moves = moves ? *moves : 0;
        fetch->answer_by_ns = io_venue_now(venue) + io_answer_ns(venue, 0);
        oc_rc rc;
        do {
            io_call_begin(venue, IO_SITE_FETCH, sizeof ask);
            rc = venue->table->fetch(venue->self, &ask);
        } while (io_call_again(venue, rc));
        rc = io_call_end(venue, rc);
        fetch = io_fetch_find(venue, ask.token);
        if (!fetch) { /* it was answered at once */
            i--;
            continue;
        }
        if (rc == OC_E_AGAIN || rc == OC_E_FULL) {
            fetch->is_asked = false;
            fetch->again_ns = io_venue_now(venue) + IO_RETRY_NS;
        } else if (rc == OC_E_NOMEM) {
            return rc;
        } else if (rc < 0) {
            ended(venue, fetch, rc, OC_WHY_NOT_SUPPORTED);
            i--;
        }
    }
    return OC_OK;
}

int64_t io_fetch_next_ns(const struct io_venue *venue)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < venue->fetch_count; i++) {
        const struct io_fetch *fetch = &venue->fetches[i];
        const int64_t at_ns = fetch->is_asked ? fetch->answer_by_ns : (venue->is_quiet ? INT64_MAX : fetch->again_ns);
        if (at_ns < next_ns)
            next_ns = at_ns;
    }
    return next_ns;
}
