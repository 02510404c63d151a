#include "report/shadow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/state.h"
#include "session/session.h"
#include "session/venue_keys.h"

#define LAST_NS 1000000000ll /* for what was on its way to the simulator, and back, when the records end */

/* Where the settings of the session do not say no, and it traded at a venue: on paper the simulator is the venue. */
bool shadow_is_wanted(const struct session *session)
{
    bool wants = true;
    const oc_rc rc = settings_boolean(session->settings, "live.shadow", &wants);
    return (rc == OC_OK ? wants : rc == OC_E_NOT_FOUND) && venue_names(session->settings) &&
           !venue_is_feed(session->settings);
}

/* What the account held before is the venue's to know, which took the order or did not. */
static oc_rc set_terms(struct session *session)
{
    oc_rc rc = settings_set(session->settings, "sim.paper.check_funds", "no", "the paper beside a live session");
    return rc < 0 ? rc
                  : settings_set(session->settings, "sim.paper.allow_short", "yes", "the paper beside a live session");
}

static oc_rc show_instruments(struct shadow *shadow)
{
    const struct instruments *instruments = engine_instruments(shadow->session->engine);
    oc_rc rc = OC_OK;
    for (uint32_t i = 1; i < instruments_count(instruments) && rc == OC_OK; i++) {
        const struct instrument *instrument = instruments_at(instruments, i);
        if (instrument)
            rc = venues_instrument(shadow->venues, &instrument->info);
    }
    return rc;
}

static oc_rc open_simulator(struct shadow *shadow)
{
    struct session *session = shadow->session;
    struct error error = {0};
    shadow->parts = calloc(1, sizeof *shadow->parts);
    shadow->venues = calloc(1, sizeof *shadow->venues);
    shadow->requests = calloc(SHADOW_REQUESTS_MAX, sizeof *shadow->requests);
    shadow->live = calloc(1, sizeof *shadow->live);
    shadow->paper = calloc(1, sizeof *shadow->paper);
    if (!shadow->parts || !shadow->venues || !shadow->requests || !shadow->live || !shadow->paper)
        return OC_E_NOMEM;
    oc_rc rc = set_terms(session);
    if (rc == OC_OK)
        rc = parts_open(shadow->parts, session->settings, session->registry, PART_SIM | PART_QUIETLY, false, &error);
    const struct part *part = rc == OC_OK ? parts_at(shadow->parts, PART_SIM, 0) : NULL;
    struct venue *venue = &shadow->venues->list[0];
    if (rc == OC_OK)
        rc = part ? session_open_simulator(session, venue, part, &error) : (oc_rc)OC_E_NOT_FOUND;
    if (rc == OC_OK) {
        venue->sim.now_ns = &shadow->now_ns;
        shadow->venues->is_feed = true;
        const struct oc_sim *table = registry_interface(venue->sim.plugin, OC_SIM);
        for (uint32_t id = 1; id <= portfolio_account_count(engine_portfolio(session->engine)) && rc == OC_OK; id++)
            rc = venues_add(shadow->venues, id, table, venue->sim.self);
    }
    if (rc == OC_OK)
        rc = show_instruments(shadow);
    if (rc < 0)
        snprintf(shadow->why, sizeof shadow->why, "%s",
                 error_is_set(&error) ? error.what[0] ? error.what : error.where : error_name(rc));
    return rc;
}

/* The simulator has failed: what it said so far is no figure of the session. */
static void fail(struct shadow *shadow, oc_rc rc, const char *what)
{
    if (!shadow->has_failed)
        snprintf(shadow->why, sizeof shadow->why, "the simulator failed at %s: %s", what, error_name(rc));
    shadow->has_failed = true;
    shadow->is_used = false;
}

/* The place of an order's row, with room for what is known of it; NULL: it has none. */
static struct shadow_order *row_of(struct shadow *shadow, uint64_t order)
{
    const uint32_t place = order_rows_place(&shadow->meter->orders, order);
    if (!place)
        return NULL;
    if (shadow->room < shadow->meter->orders.room) {
        const uint32_t room = shadow->meter->orders.room;
        struct shadow_order *list = realloc(shadow->list, room * sizeof *list);
        if (!list)
            return NULL;
        memset(list + shadow->room, 0, (room - shadow->room) * sizeof *list);
        shadow->list = list;
        shadow->room = room;
    }
    return &shadow->list[place - 1];
}

static void take_fill(struct shadow *shadow, const struct oc_ev_fill *fill, int64_t at_ns)
{
    struct shadow_order *row = row_of(shadow, fill->order);
    if (!row)
        return;
    row->paper_filled += fill->qty;
    row->paper_sum += (oc_i128)fill->price * fill->qty;
    row->paper_first_ns = row->paper_first_ns ? row->paper_first_ns : at_ns;
    row->paper_end = fill->head.flags & OC_EVF_LAST ? SHADOW_FILLED : row->paper_end;
    execution_follow(shadow->paper, fill, at_ns);
}

static void take_answer(struct shadow *shadow, const struct oc_event *event, int64_t at_ns)
{
    static const uint8_t ends[OC_EV_END] = {
        [OC_EV_REJECTED] = SHADOW_REJECTED, [OC_EV_CANCELED] = SHADOW_CANCELED, [OC_EV_EXPIRED] = SHADOW_EXPIRED};
    if (event->type == OC_EV_FILL) {
        take_fill(shadow, (const struct oc_ev_fill *)(const void *)event, at_ns);
        return;
    }
    const uint8_t end = event->type < OC_EV_END ? ends[event->type] : 0;
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
    struct shadow_order *row = end ? row_of(shadow, answer->order) : NULL;
    if (!row)
        return;
    row->paper_end = end;
    memcpy(row->paper_reason, answer->reason, sizeof row->paper_reason - 1);
}

/* What the simulator has to say until then. */
static void advance(struct shadow *shadow, int64_t until_ns)
{
    _Alignas(8) char room[SIM_ANSWERS_ANSWER_MAX];
    for (int64_t next_ns = venues_next_ns(shadow->venues); shadow->is_used && next_ns <= until_ns;
         next_ns = venues_next_ns(shadow->venues)) {
        oc_rc rc = OC_OK;
        shadow->now_ns = next_ns > shadow->now_ns ? next_ns : shadow->now_ns;
        for (uint32_t i = 0; (rc = venues_take(shadow->venues, next_ns, room, sizeof room)) == OC_OK; i++) {
            take_answer(shadow, (const struct oc_event *)(const void *)room, next_ns);
            if (i == SESSION_ROUNDS_MAX) {
                fail(shadow, OC_E_LIMIT, "an instant without an end");
                return;
            }
        }
        venues_end_round(shadow->venues);
        if (rc != OC_E_NOT_FOUND)
            fail(shadow, rc, "a price");
    }
    shadow->now_ns = until_ns > shadow->now_ns ? until_ns : shadow->now_ns;
}

static void keep(struct shadow *shadow, const struct oc_request *request)
{
    struct oc_request *place = &shadow->requests[order_ring_slot(request->id, SHADOW_REQUESTS_MAX)];
    const size_t size = request->head.size < sizeof *place ? request->head.size : sizeof *place;
    if (request->kind != OC_REQUEST_NEW && request->kind != OC_REQUEST_AMEND && request->kind != OC_REQUEST_CANCEL) {
        shadow->not_given += oc_request_makes_order(request->kind) != 0;
        return;
    }
    shadow->not_given += place->id != 0;
    memset(place, 0, sizeof *place);
    memcpy(place, request, size);
    place->head.size = sizeof *place;
    place->tail = place->params_size = 0; /* of the venue's own */
}

static void forget(struct shadow *shadow, uint64_t request)
{
    struct oc_request *place = &shadow->requests[order_ring_slot(request, SHADOW_REQUESTS_MAX)];
    if (place->id == request)
        place->id = 0;
}

/* It left: the simulator has it at that moment. */
static void hand_over(struct shadow *shadow, const struct oc_ev_answer *sent)
{
    struct oc_request *request = &shadow->requests[order_ring_slot(sent->request, SHADOW_REQUESTS_MAX)];
    if (!sent->request || request->id != sent->request)
        return;
    const struct market *market = markets_get(engine_markets(shadow->session->engine), request->head.inst);
    struct shadow_order *row = row_of(shadow, request->order);
    const bool has_price = market && market->has_mark;
    shadow->not_given += request->kind == OC_REQUEST_NEW && !has_price;
    if (row && has_price && request->kind == OC_REQUEST_NEW) {
        row->sent_ns = sent->head.venue_ns;
        if ((market->present & (OC_HAS_BID | OC_HAS_ASK)) == (OC_HAS_BID | OC_HAS_ASK))
            row->spread = market->ask - market->bid;
    }
    advance(shadow, sent->head.venue_ns);
    if (row && row->sent_ns && shadow->is_used) {
        const oc_rc rc = venues_request(shadow->venues, shadow->now_ns, request);
        if (rc < 0)
            fail(shadow, rc, "an order");
    }
    request->id = 0;
}

/* The venue is out of touch, or the host was: what fills open orders meanwhile nobody has heard. */
static void lose_sight(struct shadow *shadow)
{
    for (uint32_t i = 0; i < shadow->room; i++) {
        struct shadow_order *row = &shadow->list[i];
        const bool is_over =
            i < shadow->meter->orders.count && state_is_final((int)shadow->meter->orders.list[i].state);
        if (!row->sent_ns || row->is_blind || (is_over && row->paper_end != SHADOW_OPEN))
            continue;
        row->is_blind = true;
        shadow->blind++;
    }
}

static void see(struct shadow *shadow, const struct input *input)
{
    const struct oc_event *event = input->event;
    const struct oc_ev_venue *venue = (const struct oc_ev_venue *)(const void *)event;
    oc_rc rc = OC_OK;
    if (event->type == OC_EV_VENUE && venue->part == OC_PART_LINK && venue->state != OC_VENUE_READY)
        lose_sight(shadow);
    if (event->type == OC_EV_BAR || event->type == OC_EV_QBAR)
        return; /* the host's own */
    if (event->type == OC_EV_INSTRUMENT)
        rc = show_instruments(shadow);
    else if (input->kind == INPUT_MARKET || event->type == OC_EV_VENUE)
        rc = venues_see(shadow->venues, shadow->now_ns, event);
    if (rc < 0)
        fail(shadow, rc, "a price");
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct shadow *shadow = self;
    const struct oc_event *event = input ? input->event : NULL;
    if (!event || !shadow->is_used)
        return;
    advance(shadow, event->local_ns);
    if (shadow->is_used)
        see(shadow, input);
    if (event->type == OC_EV_REQUEST)
        keep(shadow, (const struct oc_request *)(const void *)event);
    if (event->type == OC_EV_DENIED)
        forget(shadow, ((const struct oc_ev_answer *)(const void *)event)->request);
    if (event->type == OC_EV_SENT && shadow->is_used)
        hand_over(shadow, (const struct oc_ev_answer *)(const void *)event);
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)out->notes[i].fill;
        struct shadow_order *row = out->notes[i].kind == NOTE_FILL ? row_of(shadow, out->notes[i].order) : NULL;
        if (!row || !row->sent_ns)
            continue;
        row->live_first_ns = row->live_first_ns ? row->live_first_ns : event->local_ns;
        const struct order *order = orders_find(engine_orders(shadow->session->engine), out->notes[i].order);
        struct oc_ev_fill sided = *fill;
        sided.side = order && !sided.side ? order->now.side : sided.side;
        execution_follow(shadow->live, &sided, event->local_ns);
    }
}

/* Behind each price. */
static void rest(void *self)
{
    struct shadow *shadow = self;
    const uint32_t inst = shadow->session->data.inst;
    const struct market *market = markets_get(engine_markets(shadow->session->engine), inst);
    if (!shadow->is_used || !market || !market->has_mark)
        return;
    const int64_t now_ns = shadow->session->clock.now_ns;
    execution_price(shadow->live, OC_INST_INDEX(inst), market->mark2, now_ns);
    execution_price(shadow->paper, OC_INST_INDEX(inst), market->mark2, now_ns);
}

static oc_rc open_shadow(void *self, struct session *session)
{
    struct shadow *shadow = self;
    static const int64_t seconds[EXECUTION_HORIZONS] = {1, 10, 60};
    shadow->session = session;
    if (!shadow_is_wanted(session) || open_simulator(shadow) < 0)
        return OC_OK; /* the report says why */
    for (int i = 0; i < EXECUTION_HORIZONS; i++)
        shadow->live->horizons[i].after_ns = shadow->paper->horizons[i].after_ns = seconds[i] * 1000000000LL;
    shadow->is_used = true;
    return watchers_add(&session->watchers, &(struct watcher){.self = shadow, .note = note, .rest = rest});
}

static void close_shadow(void *self, struct session *session)
{
    struct shadow *shadow = self;
    (void)session;
    if (shadow->venues)
        venues_release(shadow->venues);
    free(shadow->venues);
    free(shadow->parts);
    free(shadow->requests);
    free(shadow->list);
    free(shadow->live);
    free(shadow->paper);
    memset(shadow, 0, sizeof *shadow);
}

void shadow_add_stage(struct shadow *shadow, struct session *session, const struct meter *meter)
{
    shadow->meter = meter;
    session_add_stage(session, &(struct session_stage){"paper beside it", shadow, open_shadow, close_shadow});
}

void shadow_end(struct shadow *shadow)
{
    if (shadow->is_used)
        advance(shadow, shadow->session->clock.now_ns + LAST_NS);
}

const struct shadow_order *shadow_order_at(const struct shadow *shadow, uint32_t place)
{
    return place < shadow->room && shadow->list[place].sent_ns && !shadow->list[place].is_blind ? &shadow->list[place]
                                                                                                : NULL;
}

const char *shadow_end_words(uint32_t end)
{
    static const char *const words[] = {"open", "filled", "rejected", "canceled", "expired"};
    return end < sizeof words / sizeof words[0] ? words[end] : "";
}
