#include "io/venue.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/venue_impl.h"

enum { UNREAD_SAID_MAX = 16 };

oc_rc io_venue_init(struct io_venue *venue, const struct oc_connector *table, const char *name,
                    const struct io_link *link, const struct io_world *world)
{
    static const char *const calls[IO_SITES] = {"start",   "account",  "fetch",   "subscribe", "stream",
                                                "message", "response", "request", "timer",     "quiesce"};
    memset(venue, 0, sizeof *venue);
    venue->table = table;
    venue->name = name;
    venue->link = *link;
    venue->world = *world;
    venue->random = world->seed;
    venue->clock_ns = INT64_MIN;
    venue->retry_ns = INT64_MAX;
    venue->held_ns = INT64_MIN;
    for (int i = 0; i < IO_SITES; i++)
        venue->sites[i] = (struct plugin_site){name, calls[i]};
    queue_init(&venue->queue);
    venue_names_init(&venue->names, &world->assets);
    limits_init(&venue->limits, table->venue);
    signer_init(&venue->signer, table->venue, world->env, world->keys);
    return OC_OK;
}

void io_venue_release(struct io_venue *venue)
{
    for (uint32_t i = 0; i < IO_STREAMS_MAX; i++) {
        free(venue->streams[i].path);
        free(venue->streams[i].words);
    }
    for (uint32_t i = 0; i < venue->form_count; i++) { /* credentials stand in it */
        explicit_bzero(venue->forms[i].text, venue->forms[i].path_size + venue->forms[i].headers_size);
        free(venue->forms[i].text);
    }
    for (uint32_t i = 0; i < venue->pending_count; i++)
        free(venue->pending[i].ask);
    free(venue->pending);
    io_doubt_release(venue);
    free(venue->sync.questions);
    free(venue->subs);
    free(venue->fetches);
    free(venue->cursors);
    io_store_release(venue);
    free(venue->exchanges);
    free(venue->ops);
    free(venue->arena);
    venue_names_release(&venue->names);
    signer_release(&venue->signer);
    queue_release(&venue->queue);
    memset(venue, 0, sizeof *venue);
}

int64_t io_venue_now(const struct io_venue *venue)
{
    return venue->clock_ns > *venue->world.now_ns ? venue->clock_ns : *venue->world.now_ns;
}

oc_rc io_venue_start(struct io_venue *venue, void *self)
{
    const struct oc_start start = {.size = sizeof start, .env = venue->world.env, .generation = 1};
    oc_rc rc;
    venue->self = self;
    do {
        io_call_begin(venue, IO_SITE_START, 0);
        rc = venue->table->start(self, &start);
    } while (io_call_again(venue, rc));
    rc = io_call_end(venue, rc);
    if (rc >= 0)
        io_sync_want(venue);
    return rc;
}

oc_rc io_venue_account(struct io_venue *venue, const struct oc_account *account)
{
    if (venue->account_count == IO_ACCOUNTS_MAX)
        return OC_E_LIMIT;
    venue->accounts[venue->account_count] = *account;
    venue->account_count++; /* its events may come within the call */
    venue->reach[venue->account_count - 1] = OC_VENUE_NONE;
    oc_rc rc = OC_OK;
    rc = io_wire_account(venue, account->account);
    if (rc < 0) {
        venue->account_count--;
        return rc;
    }
    if (!venue->table->account) {
        io_reach_say(venue);
        return OC_OK;
    }
    do {
        io_call_begin(venue, IO_SITE_ACCOUNT, 0);
        rc = venue->table->account(venue->self, account);
    } while (io_call_again(venue, rc));
    rc = io_call_end(venue, rc);
    if (rc < 0)
        venue->account_count--;
    else
        io_reach_say(venue);
    return rc;
}

oc_rc io_venue_watch(struct io_venue *venue, const struct oc_account *account)
{
    if (venue->account_count == IO_ACCOUNTS_MAX)
        return OC_E_LIMIT;
    venue->accounts[venue->account_count] = *account;
    venue->reach[venue->account_count++] = OC_VENUE_NONE;
    io_reach_say(venue);
    return OC_OK;
}

oc_rc io_venue_instrument(struct io_venue *venue, const struct oc_instrument *instrument)
{
    const oc_rc rc = venue_names_add(&venue->names, instrument);
    if (rc == OC_OK)
        io_withdraw_old_steps(venue, instrument->inst);
    return rc;
}

/* The code of a call that was given something: 1: it is done with; 0: it is to be given again later. */
static oc_rc judged(struct io_venue *venue, oc_rc rc, const char *what)
{
    if (rc >= 0 || rc == OC_E_NOMEM)
        return rc < 0 ? rc : 1;
    if (rc == OC_E_AGAIN) {
        venue->held_ns = io_venue_now(venue) + IO_RETRY_NS;
        return 0;
    }
    venue->unread_rc = rc;
    venue->unread++;
    if (!venue->is_silent && venue->unread <= UNREAD_SAID_MAX)
        log_error("venue", "%s could not use %s (code %d)%s", venue->name, what, (int)rc,
                  venue->unread == UNREAD_SAID_MAX ? "; more of it is only counted" : "");
    return 1;
}

/* It is no longer the next thing that happens, and what was asked for in the call that took it may go on. */
static oc_rc end_taken(struct io_venue *venue, oc_rc rc)
{
    if (rc != OC_E_AGAIN)
        venue->link.taken(venue->link.self);
    return io_call_end(venue, rc);
}

static oc_rc take_message(struct io_venue *venue, const struct io_happening *happening)
{
    struct io_stream *stream = io_stream_of_link(venue, happening->stream);
    stream = stream ? stream : io_successor_speaks(venue, happening->stream);
    if (!stream || stream->state == IO_STREAM_WAITS) {
        venue->link.taken(venue->link.self);
        return 1; /* it was closed */
    }
    if (stream->tell) { /* the connector does not know yet that it is up */
        venue->held_ns = stream->tell_ns;
        return 0;
    }
    const struct oc_message message = {.size = sizeof message,
                                       .stream = stream->number,
                                       .kind = (uint8_t)happening->form,
                                       .bytes_size = happening->size,
                                       .bytes = happening->bytes,
                                       .received_ns = io_venue_now(venue),
                                       .number = stream->messages + 1,
                                       .account = stream->account,
                                       .user = {stream->user[0], stream->user[1]}};
    oc_rc rc;
    if (message.number != stream->logged) { /* not one that is given again */
        io_wire_message(venue, stream, happening);
        stream->logged = message.number;
    }
    do {
        io_call_begin(venue, IO_SITE_MESSAGE, happening->size);
        rc = venue->table->message(venue->self, &message);
    } while (io_call_again(venue, rc));
    const bool is_too_much = rc == OC_E_LIMIT;
    const uint64_t unread = venue->unread;
    rc = judged(venue, end_taken(venue, rc), "a message");
    stream = io_stream_of(venue, message.stream);
    if (stream && venue->unread != unread && io_stream_is_private(stream))
        io_sync_suspect(venue);
    if (stream)
        stream->messages += rc > 0;
    if (stream && is_too_much)
        io_stream_fail(venue, stream, OC_WHY_GAP);
    io_pending_sweep(venue);
    return rc;
}

static uint32_t tied(const struct io_venue *venue, uint64_t exchange, struct oc_venue_request **ret_asked)
{
    uint32_t count = 0;
    *ret_asked = NULL;
    for (uint32_t i = 0; i < venue->pending_count; i++)
        count += venue->pending[i].exchange == exchange;
    if (count && (*ret_asked = calloc(count, sizeof **ret_asked)) != NULL)
        for (uint32_t i = 0, at = 0; i < venue->pending_count; i++)
            if (venue->pending[i].exchange == exchange)
                (*ret_asked)[at++] = *venue->pending[i].ask;
    return *ret_asked ? count : 0;
}

static void forget_exchange(struct io_venue *venue, uint64_t exchange)
{
    for (uint32_t i = 0; i < venue->exchange_count; i++)
        if (venue->exchanges[i].exchange == exchange) {
            const struct io_exchange_kept *kept = &venue->exchanges[i];
            limits_give(&venue->limits, kept->held, kept->account, io_venue_now(venue));
            venue->exchanges[i] = venue->exchanges[--venue->exchange_count];
            return;
        }
}

static struct io_exchange_kept *exchange_of(struct io_venue *venue, uint64_t exchange)
{
    for (uint32_t i = 0; i < venue->exchange_count; i++)
        if (venue->exchanges[i].exchange == exchange)
            return &venue->exchanges[i];
    return NULL;
}

/* The exchange is over; a question that it served and that nobody has answered or asked anew is asked again. */
static void end_exchange(struct io_venue *venue, uint64_t exchange, uint64_t token, bool left, uint32_t why)
{
    forget_exchange(venue, exchange);
    io_pending_of_exchange(venue, exchange, left, why);
    const struct io_fetch *fetch = io_fetch_find(venue, token);
    if (fetch && fetch->is_asked && fetch->exchange == exchange)
        io_fetch_failed(venue, token, why);
    io_pending_sweep(venue);
}

/* What it served has been asked anew, or given up: with the answer to that, a page would be taken twice. */
static bool is_overtaken(const struct io_exchange_kept *kept, const struct io_fetch *fetch)
{
    return kept->token && (!fetch || kept->sent_ns < fetch->asked_ns);
}

/* Why nobody knows what became of what an answer of this status has left open: the connector made no event of it. */
static uint32_t why_of(uint16_t status)
{
    if (status == 429 || status == 418)
        return OC_WHY_RATE_LIMIT;
    return status >= 500 ? OC_WHY_VENUE_ERROR : OC_WHY_PROTOCOL;
}

static oc_rc take_response(struct io_venue *venue, const struct io_happening *happening)
{
    const struct io_exchange_kept *found = exchange_of(venue, happening->exchange);
    if (!found) {
        venue->link.taken(venue->link.self);
        return 1;
    }
    const struct io_exchange_kept kept = *found;
    const struct io_fetch *fetch = io_fetch_find(venue, kept.token);
    if (is_overtaken(&kept, fetch)) {
        venue->link.taken(venue->link.self);
        end_exchange(venue, kept.exchange, kept.token, true, OC_WHY_LATE);
        return 1;
    }
    if (!found->is_read) {
        exchange_of(venue, happening->exchange)->is_read = true;
        io_wire_ended(venue, &kept, happening);
        io_wait_said(venue, kept.endpoint, kept.lane, kept.sent_ns, happening);
    }
    struct oc_venue_request *asked;
    const uint32_t count = tied(venue, kept.exchange, &asked);
    const struct oc_fetch copy = fetch ? fetch->ask : (struct oc_fetch){0};
    const struct oc_response response = {.size = sizeof response,
                                         .status = happening->status,
                                         .endpoint = kept.endpoint,
                                         .exchange = kept.exchange,
                                         .request = kept.request,
                                         .token = kept.token,
                                         .user = {kept.user[0], kept.user[1], kept.user[2]},
                                         .account = kept.account,
                                         .headers_size = happening->headers_size,
                                         .headers = happening->headers,
                                         .body = happening->bytes,
                                         .body_size = happening->size,
                                         .sent_ns = kept.sent_ns,
                                         .received_ns = io_venue_now(venue),
                                         .asked = asked,
                                         .fetch = fetch ? &copy : NULL,
                                         .asked_count = count,
                                         .asked_size = count * (uint32_t)sizeof *asked};
    oc_rc rc;
    do {
        io_call_begin(venue, IO_SITE_RESPONSE, happening->size);
        rc = venue->table->response ? venue->table->response(venue->self, &response) : OC_E_DATA;
    } while (io_call_again(venue, rc));
    rc = judged(venue, end_taken(venue, rc), "an answer");
    free(asked);
    if (rc > 0)
        end_exchange(venue, kept.exchange, kept.token, true, why_of(response.status));
    return rc;
}

static oc_rc take(struct io_venue *venue, const struct io_happening *happening)
{
    struct io_stream *stream = io_stream_of_link(venue, happening->stream);
    const struct io_exchange_kept *exchange;
    const bool is_of_life = happening->kind == IO_UP || happening->kind == IO_DOWN || happening->kind == IO_REFUSED;
    if (!stream && is_of_life && io_successor_heard(venue, happening)) {
        venue->link.taken(venue->link.self);
        return 1;
    }
    switch ((enum io_happening_kind)happening->kind) {
    case IO_MESSAGE:
        return take_message(venue, happening);
    case IO_RESPONSE:
        return take_response(venue, happening);
    case IO_UP:
        if (stream && stream->state == IO_STREAM_OPENING)
            io_stream_up(venue, stream, happening);
        if (stream)
            io_wire_stream(venue, stream, "up", OC_WHY_NONE, happening);
        break;
    case IO_DOWN:
    case IO_REFUSED:
        if (stream && happening->kind == IO_REFUSED)
            io_wait_said(venue, stream->endpoint, OC_LANE_RECONCILE, venue->clock_ns, happening);
        if (stream)
            io_wire_stream(venue, stream, happening->kind == IO_DOWN ? "down" : "refused",
                           happening->why ? happening->why : OC_WHY_OTHER, happening);
        if (stream)
            io_stream_down(venue, stream, happening->kind == IO_DOWN ? OC_STREAM_DOWN : OC_STREAM_REFUSED,
                           happening->why, happening);
        break;
    case IO_UNSENT:
    case IO_LOST:
        exchange = exchange_of(venue, happening->exchange);
        if (exchange && happening->why != OC_WHY_NOT_SENT)
            io_wait_failed(venue, exchange->endpoint);
        if (exchange)
            io_wire_ended(venue, exchange, happening);
        if (exchange)
            end_exchange(venue, happening->exchange, exchange->token, happening->kind == IO_LOST, happening->why);
        break;
    case IO_MOVED:
        io_reach_moved(venue, happening->bytes, happening->size);
        break;
    case IO_PROBED: /* a pool's own */
        break;
    }
    venue->link.taken(venue->link.self);
    io_pending_sweep(venue);
    return 1;
}

static int64_t earliest(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t timers_next_ns(const struct io_venue *venue)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < venue->timer_count; i++)
        if (venue->timers[i].at_ns < next_ns)
            next_ns = venue->timers[i].at_ns;
    return next_ns;
}

/* The earliest of what is due by time. */
static int64_t due_ns(const struct io_venue *venue)
{
    const int64_t held_ns = venue->held_ns > io_venue_now(venue) ? venue->held_ns : INT64_MAX;
    const int64_t all[] = {timers_next_ns(venue),   io_stream_next_ns(venue), io_pending_next_ns(venue),
                           io_fetch_next_ns(venue), io_doubt_next_ns(venue),  io_sync_next_ns(venue),
                           io_clock_next_ns(venue), venue->retry_ns,          held_ns};
    int64_t next_ns = INT64_MAX;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] < next_ns)
            next_ns = all[i];
    return next_ns;
}

static oc_rc fire_timer(struct io_venue *venue, int64_t now_ns)
{
    uint32_t first = 0;
    for (uint32_t i = 1; i < venue->timer_count; i++)
        if (venue->timers[i].at_ns < venue->timers[first].at_ns)
            first = i;
    if (!venue->timer_count || venue->timers[first].at_ns > now_ns)
        return 0;
    const struct io_timer timer = venue->timers[first];
    memmove(&venue->timers[first], &venue->timers[first + 1], (venue->timer_count - first - 1) * sizeof timer);
    venue->timer_count--;
    oc_rc rc;
    do {
        io_call_begin(venue, IO_SITE_TIMER, 0);
        rc = venue->table->timer ? venue->table->timer(venue->self, timer.id, timer.user) : OC_E_STATE;
    } while (io_call_again(venue, rc));
    rc = io_call_end(venue, rc);
    if (rc == OC_E_AGAIN && venue->timer_count < IO_TIMERS_MAX) {
        venue->timers[venue->timer_count] = timer;
        venue->timers[venue->timer_count++].at_ns = now_ns + IO_RETRY_NS;
    } else if (rc < 0 && rc != OC_E_NOMEM) {
        venue->faults++;
    }
    return rc == OC_E_NOMEM ? rc : 1;
}

static oc_rc flush(struct io_venue *venue)
{
    venue->has_work = false;
    venue->retry_ns = INT64_MAX;
    oc_rc rc = io_pending_flush(venue);
    if (rc >= 0 && !venue->is_quiet)
        rc = io_subs_flush(venue);
    if (rc >= 0 && !venue->is_quiet)
        rc = io_fetch_flush(venue);
    return rc < 0 ? rc : 1;
}

static oc_rc do_due(struct io_venue *venue, int64_t now_ns)
{
    if (now_ns > io_venue_now(venue))
        venue->clock_ns = now_ns;
    oc_rc rc = io_pending_due(venue, now_ns);
    io_fetch_due(venue, now_ns);
    if (rc >= 0)
        rc = io_deadman_due(venue, now_ns);
    if (rc >= 0)
        rc = io_stream_reopen(venue, now_ns);
    io_successor_due(venue, now_ns);
    if (rc >= 0)
        rc = io_clock_due(venue, now_ns);
    if (rc >= 0)
        rc = io_sync_due(venue, now_ns);
    if (rc >= 0)
        rc = io_doubt_due(venue, now_ns);
    if (rc >= 0)
        rc = fire_timer(venue, now_ns);
    if (rc < 0)
        return rc;
    return venue->retry_ns <= now_ns || io_fetch_next_ns(venue) <= now_ns || venue->has_work ? flush(venue) : 1;
}

static oc_rc pump(struct io_venue *venue, int64_t until_ns)
{
    struct io_happening happening;
    if (venue->lost < 0)
        return venue->lost;
    const oc_rc told = io_stream_tell(venue);
    if (told != 0)
        return told;
    if (venue->has_work)
        return flush(venue);
    int64_t due = due_ns(venue);
    const int64_t switch_ns = io_deadman_next_ns(venue);
    if (due <= io_venue_now(venue) || switch_ns <= io_venue_now(venue))
        return do_due(venue, io_venue_now(venue));
    oc_rc rc = venue->held_ns > io_venue_now(venue)
                   ? (oc_rc)OC_E_AGAIN
                   : venue->link.next(venue->link.self, earliest(until_ns, earliest(due, switch_ns)), &happening);
    if (rc == OC_OK) {
        if (happening.at_ns > venue->clock_ns)
            venue->clock_ns = happening.at_ns;
        rc = take(venue, &happening);
        if (rc > 0) { /* what could not be done may be possible now */
            venue->has_work |= venue->retry_ns != INT64_MAX;
            io_stream_tell_soon(venue);
        }
        if (rc != 0)
            return rc;
        due = due_ns(venue); /* it is to be given again */
    }
    if (rc < 0 && rc != OC_E_AGAIN && rc != OC_E_END)
        return rc;
    const int64_t next_ns = rc == OC_E_END ? due : earliest(due, switch_ns); /* what has ended needs no watching */
    if (next_ns <= until_ns)
        return do_due(venue, next_ns);
    return rc == OC_E_END && due == INT64_MAX ? (oc_rc)OC_E_END : 0;
}

oc_rc io_venue_pump(struct io_venue *venue, int64_t until_ns)
{
    const oc_rc rc = pump(venue, until_ns);
    if (venue->reach_is_old)
        io_reach_say(venue);
    return rc;
}

int64_t io_venue_next_ns(const struct io_venue *venue)
{
    const int64_t now_ns = io_venue_now(venue), due = due_ns(venue);
    const int64_t link_ns = venue->held_ns > now_ns ? INT64_MAX : venue->link.next_ns(venue->link.self);
    return venue->has_work || io_stream_has_tell(venue) ? now_ns : (link_ns < due ? link_ns : due);
}

oc_rc io_venue_quiesce(struct io_venue *venue, int64_t deadline_ns)
{
    venue->is_quiet = true;
    if (!venue->table->quiesce)
        return OC_OK;
    io_call_begin(venue, IO_SITE_QUIESCE, 0);
    return io_call_end(venue, venue->table->quiesce(venue->self, deadline_ns));
}
