/* venue_doubt.c: orders of which it is to be asked what became of them: until the venue has shown them, or has said often and late enough
 * that it knows nothing of them. */
#include "io/venue_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { DOUBLES = 6 };

static struct io_doubt *doubt_of(struct io_venue *venue, uint64_t order, bool is_new_name)
{
    for (uint32_t i = 0; i < venue->doubt_count; i++)
        if (!venue->doubts[i].is_known && venue->doubts[i].about->ask.order == order &&
            venue->doubts[i].is_new_name == is_new_name)
            return &venue->doubts[i];
    return NULL;
}

struct io_doubt *io_doubt_add(struct io_venue *venue, const struct oc_venue_request *about, bool is_new_name,
                              int64_t first_ns, int64_t proof_ns)
{
    struct io_doubt *doubt = doubt_of(venue, about->ask.order, is_new_name);
    struct oc_venue_request *copy = doubt ? doubt->about : malloc(sizeof *copy);
    if (!copy || (!doubt && io_grow(&venue->doubts, venue->doubt_count, &venue->doubt_room, IO_PENDING_MAX,
                                    sizeof *venue->doubts) < 0)) {
        if (!doubt)
            free(copy);
        log_error("venue", "%s: nobody asks what became of an order: too many are asked about, or no memory",
                  venue->name);
        return NULL;
    }
    if (doubt && oc_request_makes_order(copy->ask.kind) && !oc_request_makes_order(about->ask.kind))
        return doubt; /* whether it is there at all comes first, and answers both */
    if (!doubt)
        doubt = &venue->doubts[venue->doubt_count++];
    memcpy(copy, about, sizeof *copy);
    *doubt = (struct io_doubt){.about = copy,
                               .again_ns = first_ns,
                               .shown_ns = io_venue_now(venue) + venue->table->venue->absence_ns,
                               .proof_ns = proof_ns,
                               .is_new_name = is_new_name};
    return doubt;
}

static uint32_t amends_of(const struct oc_venue *venue, const struct oc_request *ask)
{
    for (uint32_t i = 0; i < venue->order_count; i++)
        if (venue->orders[i].type == ask->type)
            return venue->orders[i].amends;
    return 0;
}

/* Whether an amendment gives the order another name, as the description says. */
static bool renames(const struct oc_venue *venue, const struct oc_venue_request *about)
{
    return about->ask.kind == OC_REQUEST_AMEND && about->client_new.size &&
           (amends_of(venue, &about->ask) & OC_AMEND_NEW_ID);
}

void io_doubt_left(struct io_venue *venue, const struct oc_venue_request *about, int64_t first_ns)
{
    const int64_t proof_ns = io_venue_now(venue) + io_absence_ns(venue);
    uint32_t by;
    if (!io_fetch_offers(venue, OC_FETCH_ORDER, &by))
        return;
    (void)io_doubt_add(venue, about, false, first_ns, proof_ns);
    if (renames(venue->table->venue, about))
        (void)io_doubt_add(venue, about, true, first_ns, proof_ns);
}

/* Its answer, which names it, is under way. */
static bool is_being_named(const struct io_venue *venue, uint64_t order)
{
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state != IO_PENDING_DONE && venue->pending[i].ask->ask.order == order &&
            oc_request_makes_order(venue->pending[i].ask->ask.kind))
            return true;
    return false;
}

bool io_lacks_name(struct io_venue *venue, struct io_pending *pending)
{
    struct oc_venue_request *ask = pending->ask;
    const uint8_t kind = ask->ask.kind;
    const int64_t now_ns = io_venue_now(venue);
    uint32_t by;
    if ((kind != OC_REQUEST_CANCEL && kind != OC_REQUEST_AMEND) || ask->venue_order.size ||
        (venue->table->venue->flags & OC_CAN_CANCEL_BY_CLIENT) || !io_fetch_offers(venue, OC_FETCH_ORDER, &by) ||
        !(by & OC_BY_CLIENT_ID) || !ask->client.size)
        return false;
    (void)io_name_request(venue, ask);
    if (ask->venue_order.size)
        return false;
    if (!pending->asks_name && !is_being_named(venue, ask->ask.order)) {
        struct oc_venue_request about = *ask;
        about.ask.kind = OC_REQUEST_NONE; /* a question changes nothing */
        struct io_doubt *doubt = io_doubt_add(venue, &about, false, now_ns, now_ns + io_absence_ns(venue));
        if (doubt && !doubt->token && !doubt->was_asked && doubt->again_ns > now_ns)
            doubt->again_ns = now_ns;
        pending->asks_name = true;
    }
    if (venue->retry_ns > now_ns + IO_RETRY_NS)
        venue->retry_ns = now_ns + IO_RETRY_NS;
    return true;
}

static bool is_end(uint16_t type) { return type == OC_EV_CANCELED || type == OC_EV_EXPIRED || type == OC_EV_REJECTED; }

/* A change that may still be on its way: an order that is shown as it was before proves nothing of it. */
static bool is_early(struct io_venue *venue, const struct io_doubt *doubt, const struct oc_event *event)
{
    const struct oc_ev_order *shown = (const struct oc_ev_order *)(const void *)event;
    const bool is_change =
        doubt->is_new_name || (doubt->about->ask.kind && !oc_request_makes_order(doubt->about->ask.kind));
    if (event->type != OC_EV_ORDER || !is_change)
        return false;
    const struct io_fetch *fetch = event->size >= sizeof *shown ? io_fetch_find(venue, shown->token) : NULL;
    return (fetch ? fetch->asked_ns : io_venue_now(venue)) < doubt->shown_ns;
}

/* Whether the event says what became of it. */
static bool settles(const struct io_doubt *doubt, const struct oc_event *event, const struct io_names *said)
{
    if (event->type == OC_EV_ABSENT || event->type == OC_EV_SENT || !io_same_order(said, doubt->about))
        return false;
    if (said->is_replaced && doubt->is_new_name) /* under its old name: whether it goes on is still to be asked */
        return false;
    if (event->type == OC_EV_ORDER || is_end(event->type))
        return true;
    return doubt->about->ask.kind && io_is_answer(event->type, said, doubt->about);
}

/* Whether an order has gone on, or may have, behind the change that is in doubt: it is called otherwise by now, or another change is under way. */
static bool has_gone_on(const struct io_venue *venue, const struct io_doubt *doubt)
{
    struct oc_id client = {0}, number = {0};
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state != IO_PENDING_DONE && venue->pending[i].ask->ask.order == doubt->about->ask.order &&
            venue->pending[i].ask->ask.kind == OC_REQUEST_AMEND)
            return true;
    if (venue->world.called)
        venue->world.called(venue->world.self, doubt->about->ask.order, &client, &number);
    return client.size && !io_same_id(&client, &doubt->about->client) &&
           !io_same_id(&client, &doubt->about->client_new);
}

/* Gone under the name that the change was to give, and nothing was asked for behind it: so it did not go on under yet another one, as a venue
 * that shows all that it has canceled alike would have it. */
static bool ends_under_new_name(const struct io_venue *venue, const struct io_doubt *doubt,
                                const struct oc_event *event, const struct io_names *said)
{
    return doubt->is_new_name && event->type == OC_EV_ORDER && said->is_replaced &&
           io_same_id(&said->client, &doubt->about->client_new) && !has_gone_on(venue, doubt);
}

/* Within the call that said it: the table is swept later. What is shown too early is no answer to our question. */
void io_doubt_answered(struct io_venue *venue, struct oc_event *event)
{
    struct io_names said;
    bool has_early = false;
    if (!venue->doubt_count || !io_names_of(event, &said))
        return;
    for (uint32_t i = 0; i < venue->doubt_count; i++) {
        struct io_doubt *doubt = &venue->doubts[i];
        if (doubt->is_known || !io_same_order(&said, doubt->about))
            continue;
        if (ends_under_new_name(venue, doubt, event, &said)) {
            ((struct oc_ev_order *)(void *)event)->why = OC_WHY_CANCELED_BY_VENUE;
            said.is_replaced = false;
        }
        if (is_early(venue, doubt, event))
            has_early = true;
        else if (settles(doubt, event, &said))
            doubt->is_known = true;
        else if (event->type == OC_EV_ABSENT && doubt->token)
            doubt->absent += doubt->asked_ns >= doubt->proof_ns;
    }
    if (has_early)
        ((struct oc_ev_order *)(void *)event)->token = 0;
}

void io_doubt_fetched(struct io_venue *venue, uint64_t token, oc_rc rc)
{
    const int64_t now_ns = io_venue_now(venue);
    for (uint32_t i = 0; i < venue->doubt_count; i++) {
        struct io_doubt *doubt = &venue->doubts[i];
        if (doubt->token != token || !token)
            continue;
        doubt->token = 0;
        doubt->was_asked |= rc >= 0 || rc == OC_E_NOT_FOUND || rc == OC_E_NOT_SUPPORTED;
        if (rc == OC_E_NOT_SUPPORTED) {
            log_error("venue", "%s cannot be asked about order %llu: it counts as it is until the venue shows it",
                      venue->name, (unsigned long long)doubt->about->ask.order);
            doubt->is_known = true;
            return;
        }
        const uint32_t doubles = doubt->tries < DOUBLES ? doubt->tries : DOUBLES;
        const int64_t wait_ns = rc >= 0 ? IO_ABSENT_NS : IO_BACKOFF_NS << doubles;
        doubt->tries += rc < 0;
        doubt->again_ns = now_ns + wait_ns;
        if (rc >= 0 && doubt->again_ns < doubt->proof_ns)
            doubt->again_ns = doubt->proof_ns;
        if (doubt->absent >= IO_ABSENT_TIMES)
            doubt->again_ns = now_ns;
        return;
    }
}

/* Nothing came of an amendment that cancels and places anew: while it was under way, an order that was shown as gone under its old name could
 * have gone on under the new one. It is over; whether the order is, it is asked once more. */
static void left_nothing(struct io_venue *venue, const struct io_doubt *doubt)
{
    struct oc_venue_request about = *doubt->about;
    struct oc_ev_answer answer = io_word(venue, &about.ask, OC_EV_AMEND_REJECTED, OC_WHY_NONE);
    answer.definitive = 1;
    memcpy(answer.reason, "ABSENT", sizeof "ABSENT");
    (void)io_say(venue, &answer.head);
    about.ask.kind = OC_REQUEST_NONE;
    (void)io_doubt_add(venue, &about, false, io_venue_now(venue), io_venue_now(venue) + io_absence_ns(venue));
}

/* The venue has said often and late enough that it does not know the order. */
static void conclude(struct io_venue *venue, struct io_doubt *doubt)
{
    const struct oc_request *ask = &doubt->about->ask;
    const struct io_doubt *renamed = doubt->is_new_name ? NULL : doubt_of(venue, ask->order, true);
    if (renamed) { /* it may be there under the name that a change was to give */
        doubt->again_ns = io_venue_now(venue) + IO_ABSENT_NS;
        return;
    }
    doubt->is_known = true;
    if (doubt->is_new_name) { /* an amendment that never came: the other name says the rest */
        if (amends_of(venue->table->venue, ask) & OC_AMEND_NOT_ATOMIC)
            left_nothing(venue, doubt);
        return;
    }
    if (!oc_request_makes_order(ask->kind) || doubt->is_proven) {
        log_error("venue",
                  "%s does not know order %llu any more, which it had taken: it counts as open until the venue says "
                  "more: compare by hand",
                  venue->name, (unsigned long long)ask->order);
        return;
    }
    struct oc_ev_answer answer = io_word(venue, ask, OC_EV_NOT_THERE, OC_WHY_NONE);
    answer.request = ask->order;
    answer.definitive = 1;
    memcpy(answer.reason, "ABSENT", sizeof "ABSENT");
    venue->counts.absent++;
    (void)io_say(venue, &answer.head);
}

static void sweep(struct io_venue *venue)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < venue->doubt_count; i++)
        if (venue->doubts[i].is_known)
            free(venue->doubts[i].about);
        else
            venue->doubts[kept++] = venue->doubts[i];
    venue->doubt_count = kept;
}

static oc_rc ask(struct io_venue *venue, struct io_doubt *doubt, int64_t now_ns)
{
    const struct oc_request *about = &doubt->about->ask;
    struct oc_fetch look = {.size = sizeof look,
                            .kind = OC_FETCH_ORDER,
                            .account = about->account,
                            .inst = about->head.inst,
                            .lane = OC_LANE_RECONCILE,
                            .order = about->order,
                            .created_ns = about->created_ns,
                            .client = doubt->is_new_name ? doubt->about->client_new : doubt->about->client};
    if (!doubt->is_new_name)
        look.venue_order = doubt->about->venue_order;
    doubt->asked_ns = now_ns;
    doubt->again_ns = INT64_MAX;
    const oc_rc rc = io_venue_fetch(venue, &look, &doubt->token);
    if (rc == OC_E_LIMIT)
        doubt->again_ns = now_ns + IO_BACKOFF_NS; /* too many questions wait */
    return rc == OC_E_NOMEM ? rc : OC_OK;
}

static uint32_t under_way(const struct io_venue *venue)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < venue->doubt_count; i++)
        count += venue->doubts[i].token != 0;
    return count;
}

oc_rc io_doubt_due(struct io_venue *venue, int64_t now_ns)
{
    uint32_t count = under_way(venue);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venue->doubt_count && rc == OC_OK && !venue->is_quiet; i++) {
        struct io_doubt *doubt = &venue->doubts[i];
        if (doubt->is_known || doubt->again_ns > now_ns)
            continue;
        if (doubt->absent >= IO_ABSENT_TIMES)
            conclude(venue, doubt);
        else if (count < IO_DOUBTS_ASKED && (rc = ask(venue, doubt, now_ns)) == OC_OK)
            count++;
    }
    sweep(venue);
    return rc;
}

int64_t io_doubt_next_ns(const struct io_venue *venue)
{
    const bool is_full = venue->doubt_count >= IO_DOUBTS_ASKED && under_way(venue) >= IO_DOUBTS_ASKED;
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < venue->doubt_count && !venue->is_quiet; i++) {
        const struct io_doubt *doubt = &venue->doubts[i];
        const bool is_due = !is_full || doubt->absent >= IO_ABSENT_TIMES;
        const int64_t at_ns = doubt->is_known ? INT64_MIN : (is_due ? doubt->again_ns : INT64_MAX);
        if (at_ns < next_ns)
            next_ns = at_ns;
    }
    return next_ns;
}

bool io_doubt_waits(const struct io_venue *venue)
{
    for (uint32_t i = 0; i < venue->doubt_count; i++)
        if (!venue->doubts[i].is_known && !venue->doubts[i].was_asked)
            return true;
    return false;
}

void io_doubt_release(struct io_venue *venue)
{
    while (venue->doubt_count)
        free(venue->doubts[--venue->doubt_count].about);
    free(venue->doubts);
    venue->doubts = NULL;
}
