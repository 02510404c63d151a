#include "session/venue_kill.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/client_id.h"

#define ANSWER_NS 10000000000ll /* a list may take so long */
#define SETTLE_NS 200000000ll   /* between two lists that show the same */

static void called(void *owner, uint64_t order, struct oc_id *ret_client, struct oc_id *ret_venue)
{
    const struct venue_kill *kill = owner;
    for (uint32_t i = 0; i < kill->order_count; i++)
        if (kill->orders[i].order == order) {
            *ret_client = kill->orders[i].client;
            *ret_venue = kill->orders[i].venue_order;
            return;
        }
}

/* 0: it is of another hand. */
static uint64_t number_of(const struct venue_kill *kill, const struct oc_ev_order *shown, uint32_t *ret_bits)
{
    const struct oc_venue *described = kill->visit->table->venue;
    const uint64_t order = client_id_order(described, kill->visit->client_tag, &shown->client);
    *ret_bits = 0;
    const bool is_known = order && kill->known(kill->self, order, ret_bits);
    const bool has_tag = described->client_form == OC_CLIENT_TEXT;
    return order && (is_known || has_tag) ? order : 0;
}

static void take_shown(void *self, const struct oc_event *event)
{
    struct venue_kill *kill = self;
    const struct oc_ev_order *shown = (const struct oc_ev_order *)(const void *)event;
    uint32_t bits;
    if (event->type != OC_EV_ORDER || event->size < sizeof *shown)
        return;
    if (shown->state == OC_SHOWN_CANCELED || shown->state == OC_SHOWN_FILLED || shown->state == OC_SHOWN_EXPIRED ||
        shown->state == OC_SHOWN_REJECTED)
        return;
    if (kill->order_count == VENUE_KILL_ORDERS_MAX) {
        kill->is_cut = true;
        return;
    }
    const uint64_t order = number_of(kill, shown, &bits);
    kill->orders[kill->order_count++] =
        (struct venue_kill_order){.order = order,
                                  .client = shown->client,
                                  .venue_order = shown->venue_order,
                                  .inst = event->inst,
                                  .account = kill->account,
                                  .bits = bits | (shown->present & OC_OF_TERMS ? shown->bits : 0),
                                  .side = shown->side,
                                  .stays = order && !kill->takes_all && ((bits | shown->bits) & OC_RQ_REDUCE_ONLY)};
}

static oc_rc list(struct venue_kill *kill, int64_t timeout_ns, struct error *ret_error)
{
    kill->order_count = 0;
    kill->is_cut = false;
    for (uint32_t i = 1; i <= kill->visit->account_count; i++) {
        const struct oc_fetch ask = {
            .size = sizeof ask, .kind = OC_FETCH_OPEN_ORDERS, .account = i, .lane = OC_LANE_CANCEL};
        kill->account = i;
        const oc_rc rc = venue_visit_fetch(kill->visit, &ask, timeout_ns, take_shown, kill);
        if (rc < 0)
            return error_say(ret_error, rc, kill->visit->venue, "its open orders could not be asked for: %s",
                             rc == OC_E_LATE ? "no answer in time" : error_name(rc));
    }
    return OC_OK;
}

static bool is_to_go(const struct venue_kill_order *order) { return order->order && !order->stays; }

static void count(struct venue_kill *kill)
{
    kill->left = kill->staying = kill->foreign = 0;
    for (uint32_t i = 0; i < kill->order_count; i++) {
        kill->foreign += !kill->orders[i].order;
        kill->staying += kill->orders[i].stays;
        kill->left += is_to_go(&kill->orders[i]);
    }
}

/* Every order of that account there is to go: of a market, or (inst 0) of all. */
static bool all_go(const struct venue_kill *kill, uint32_t account, uint32_t inst)
{
    for (uint32_t i = 0; i < kill->order_count; i++)
        if (kill->orders[i].account == account && (!inst || kill->orders[i].inst == inst) &&
            !is_to_go(&kill->orders[i]))
            return false;
    return true;
}

static oc_rc send(struct venue_kill *kill, uint8_t kind, const struct venue_kill_order *about, uint32_t inst)
{
    struct oc_request request = {.id = (1ull << 61) | ++kill->requests,
                                 .order = kind == OC_REQUEST_CANCEL ? about->order : 0,
                                 .account = about->account,
                                 .kind = kind,
                                 .side = about->side,
                                 .owner = OC_OWNER_HOST,
                                 .revision = (uint32_t)kill->requests,
                                 .send_by_ns = net_loop_now(kill->visit->loop) + ANSWER_NS};
    request.head = (struct oc_event){.size = sizeof request,
                                     .type = OC_EV_REQUEST,
                                     .source = about->account,
                                     .inst = inst,
                                     .local_ns = kill->visit->now_ns};
    return io_venue_request(&kill->visit->io, &request);
}

/* Not on every question of the answers, but each has its own number. */
static void hear(void *self, const struct oc_event *event)
{
    (void)self;
    (void)event; /* what a cancel comes to is what the next list shows */
}

static bool mark(struct venue_kill *kill, const struct venue_kill_order *of, bool by_inst)
{
    for (uint32_t i = 0; i < kill->order_count; i++)
        if (kill->orders[i].account == of->account && (!by_inst || kill->orders[i].inst == of->inst))
            kill->orders[i].is_asked = true;
    kill->at_once++;
    return true;
}

/* By one message where the venue can and all there go, else each. */
static oc_rc cancel(struct venue_kill *kill)
{
    const uint32_t can = kill->visit->table->venue->flags;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < kill->order_count && rc >= 0; i++) {
        const struct venue_kill_order *order = &kill->orders[i];
        if (order->is_asked || !is_to_go(order))
            continue;
        if ((can & OC_CAN_CANCEL_ALL) && all_go(kill, order->account, 0) && mark(kill, order, false))
            rc = send(kill, OC_REQUEST_CANCEL_ALL, order, 0);
        else if ((can & OC_CAN_CANCEL_ALL_BY_INST) && all_go(kill, order->account, order->inst) &&
                 mark(kill, order, true))
            rc = send(kill, OC_REQUEST_CANCEL_ALL, order, order->inst);
        else
            rc = send(kill, OC_REQUEST_CANCEL, order, order->inst);
        if (rc == OC_E_FULL)
            return OC_OK; /* the rest in the next round */
    }
    return rc < 0 ? rc : (oc_rc)OC_OK;
}

static oc_rc settle(struct venue_kill *kill, int64_t until_ns)
{
    oc_rc rc = OC_OK;
    while (rc == OC_OK && kill->visit->io.pending_count && net_loop_now(kill->visit->loop) < until_ns)
        rc = venue_visit_turn(kill->visit, hear, kill);
    return rc;
}

static oc_rc wait(struct venue_kill *kill, int64_t ns)
{
    const int64_t until_ns = net_loop_now(kill->visit->loop) + ns;
    oc_rc rc = OC_OK;
    while (rc == OC_OK && net_loop_now(kill->visit->loop) < until_ns)
        rc = venue_visit_turn(kill->visit, hear, kill);
    return rc;
}

oc_rc venue_kill_run(struct venue_kill *kill, int64_t until_ns, struct error *ret_error)
{
    struct net_loop *loop = kill->visit->loop;
    int64_t from_ns = 0;
    kill->orders = calloc(VENUE_KILL_ORDERS_MAX, sizeof *kill->orders);
    kill->visit->owner = kill;
    kill->visit->called = called;
    if (!kill->orders)
        return error_of_code(ret_error, OC_E_NOMEM, kill->visit->venue, "its orders could not be listed");
    for (uint32_t round = 0; round < VENUE_KILL_ROUNDS_MAX; round++) {
        oc_rc rc = list(kill, ANSWER_NS, ret_error);
        if (rc < 0)
            return rc;
        count(kill);
        if (!round)
            kill->first = kill->left;
        kill->cancelled = kill->first > kill->left ? kill->first - kill->left : 0;
        kill->took_ns = from_ns ? net_loop_now(loop) - from_ns : 0;
        if (!kill->left && (!kill->is_cut || !round))
            return OC_OK;
        if (net_loop_now(loop) >= until_ns)
            break;
        if (round) /* the list may lag behind what was done */
            rc = wait(kill, SETTLE_NS);
        if (!from_ns)
            from_ns = net_loop_now(loop);
        if (rc >= 0)
            rc = cancel(kill);
        if (rc >= 0)
            rc = settle(kill, until_ns);
        if (rc < 0)
            return error_of_code(ret_error, rc, kill->visit->venue, "its orders could not be cancelled");
    }
    return error_say(ret_error, OC_E_LATE, kill->visit->venue, "%u orders of the session are still shown as open",
                     kill->left);
}

void venue_kill_release(struct venue_kill *kill)
{
    free(kill->orders);
    kill->orders = NULL;
}
