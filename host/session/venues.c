#include "session/venues.h"

#include <string.h>

void venues_release(struct venues *venues)
{
    for (uint32_t i = 0; i < venues->count; i++) {
        sim_answers_release(&venues->list[i].answers);
        plugin_instance_close(&venues->list[i].sim);
    }
    venues->count = 0;
}

oc_rc venues_add(struct venues *venues, uint32_t account, const struct oc_sim *table, void *self)
{
    if (account == 0 || account > ENGINE_ACCOUNTS_MAX)
        return OC_E_NOT_FOUND;
    uint32_t i = 0;
    while (i < venues->count && venues->list[i].answers.self != self)
        i++;
    if (i == VENUES_MAX)
        return OC_E_LIMIT;
    struct venue *venue = &venues->list[i];
    if (i == venues->count) {
        oc_rc rc = sim_answers_init(&venue->answers, table, self);
        if (rc < 0)
            return rc;
        const char *name = venue->sim.plugin ? venue->sim.plugin->id : "sim";
        venue->table = table;
        venue->sites[VENUE_MARKET] = (struct plugin_site){name, "market"};
        venue->sites[VENUE_REQUEST] = (struct plugin_site){name, "request"};
        venue->sites[VENUE_DUE] = (struct plugin_site){name, "due"};
        venues->count++;
    }
    venues->of_account[account] = (uint8_t)(i + 1);
    return OC_OK;
}

struct venue *venues_of(struct venues *venues, uint32_t account)
{
    uint32_t number = account <= ENGINE_ACCOUNTS_MAX ? venues->of_account[account] : 0;
    return number ? &venues->list[number - 1] : NULL;
}

oc_rc venues_instrument(struct venues *venues, const struct oc_instrument *info)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venues->count && rc == OC_OK; i++) {
        venue_call(&venues->list[i], "instrument");
        rc = venues->list[i].table->instrument(venues->list[i].answers.self, info);
        plugin_call_end();
    }
    return rc;
}

static bool is_larger(struct oc_dec a, struct oc_dec b)
{
    return (oc_i128)a.units * num_pow10(b.scale) > (oc_i128)b.units * num_pow10(a.scale);
}

oc_rc venues_take_terms(struct venues *venues, struct portfolio *portfolio, uint32_t account)
{
    const struct venue *venue = venues_of(venues, account);
    struct account *owner = portfolio_account(portfolio, account);
    struct oc_sim_terms terms = {.size = sizeof terms};
    if (!venue || !owner || !OC_HAS(venue->table, terms) || !venue->table->terms)
        return OC_OK;
    venue_call(venue, "terms");
    oc_rc rc = venue->table->terms(venue->answers.self, account, &terms);
    plugin_call_end();
    if (rc < 0)
        return rc;
    for (int i = 0; i < 2; i++) {
        const struct oc_dec *fee = i ? &terms.maker_fee : &terms.taker_fee;
        if (fee->scale < 0 || fee->scale > OC_DEC_SCALE_MAX)
            return OC_E_DATA;
    }
    owner->terms = (struct account_terms){
        .has_funds = (terms.bits & OC_SIM_FUNDS) != 0,
        .may_short = (terms.bits & OC_SIM_SHORT) != 0,
        .fee = is_larger(terms.taker_fee, terms.maker_fee) ? terms.taker_fee : terms.maker_fee,
    };
    if (terms.bits & OC_SIM_FEE_IN_BASE)
        owner->terms.fee = (struct oc_dec){0, 0, 0};
    return OC_OK;
}

static __attribute__((noinline)) oc_rc see_each(struct venues *venues, int64_t at_ns, const struct oc_event *event)
{
    if (venues->is_feed && (event->type == OC_EV_BAR || event->type == OC_EV_QBAR))
        return OC_OK;
    for (uint32_t i = 0; i < venues->count; i++) {
        struct venue *venue = &venues->list[i];
        if (venue->is_foreign) /* ours is not marked here: it stands around each bar */
            plugin_call_begin(&venue->sites[VENUE_MARKET]);
        oc_rc rc = venue->table->market(venue->answers.self, at_ns, event);
        if (venue->is_foreign)
            plugin_call_end();
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* One simulator of ours is what almost every run has: then no frame stands between, once for each open and close. */
oc_rc venues_see(struct venues *venues, int64_t at_ns, const struct oc_event *event)
{
    const struct venue *first = venues->list;
    if (__builtin_expect(venues->count == 1 && !first->is_foreign, 1))
        return first->table->market(first->answers.self, at_ns, event);
    return see_each(venues, at_ns, event);
}

/* No byte of it was taken: a definitive rejection, recorded like any answer. */
static struct oc_ev_answer rejection(int64_t now_ns, const struct oc_request *request, oc_rc rc)
{
    struct oc_ev_answer answer = {.head = request->head, .order = request->order, .request = request->id};
    answer.head.size = sizeof answer;
    answer.head.type = request->kind == OC_REQUEST_AMEND    ? OC_EV_AMEND_REJECTED
                       : request->kind == OC_REQUEST_CANCEL ? OC_EV_CANCEL_REJECTED
                                                            : OC_EV_REJECTED;
    answer.head.flags = 0;
    answer.head.seq = 0;
    answer.head.venue_ns = answer.head.local_ns = now_ns;
    answer.head.cause = request->head.seq;
    answer.head.source = request->account;
    answer.cum_qty = -1;
    answer.definitive = 1;
    strcpy(answer.reason, rc == OC_E_NOT_SUPPORTED ? "NOT_SUPPORTED_BY_VENUE"
                          : rc == OC_E_DENIED      ? "KILLED"
                                                   : "VENUE_NOT_REACHED");
    return answer;
}

static oc_rc refuse(struct venues *venues, struct venue *venue, int64_t now_ns, const struct oc_request *request,
                    oc_rc rc)
{
    const struct oc_ev_answer answer = rejection(now_ns, request, rc);
    if (!venues->count)
        return OC_E_STATE;
    return sim_answers_emit(venue ? &venue->answers : &venues->list[0].answers, now_ns, &answer.head);
}

oc_rc venues_request(struct venues *venues, int64_t now_ns, const struct oc_request *request)
{
    struct venue *venue = venues_of(venues, request->account);
    oc_rc rc = OC_E_NOT_SUPPORTED;
    if (venue) {
        plugin_call_now.order = request->order;
        plugin_call_begin(&venue->sites[VENUE_REQUEST]);
        rc = venue->table->request(venue->answers.self, now_ns, request);
        plugin_call_end();
    }
    return rc < 0 ? refuse(venues, venue, now_ns, request, rc) : rc;
}

oc_rc venues_send(struct venues *venues, int64_t now_ns, const struct engine_out *out)
{
    oc_rc lost = OC_OK;
    for (uint32_t i = 0; i < out->request_count; i++) {
        const struct out_request *sent = &out->requests[i];
        if (sent->is_denied)
            continue;
        oc_rc rc = venues_request(venues, now_ns, &sent->request);
        if (rc < 0 && lost >= 0)
            lost = rc;
    }
    return lost;
}
oc_rc venues_take(struct venues *venues, int64_t at_ns, void *event, uint32_t size_max)
{
    for (uint32_t i = 0; i < venues->count; i++) {
        struct venue *venue = &venues->list[i];
        struct sim_answers *answers = &venue->answers;
        if (__builtin_expect(answers->lost < 0, 0))
            return answers->lost;
        if (!venue->is_in_round || venue->round_ns != at_ns) {
            venue->is_in_round = venues->is_in_round = true;
            venue->round_ns = at_ns;
            if (answers->due_ns <= at_ns) {
                answers->due_ns = INT64_MAX;
                plugin_call_begin(&venue->sites[VENUE_DUE]);
                oc_rc rc = venue->table->due(answers->self, at_ns);
                plugin_call_end();
                if (rc < 0)
                    return rc;
            }
        }
        if (sim_answers_take(answers, at_ns, event, size_max) == OC_OK)
            return OC_OK;
        venue->is_in_round = false;
    }
    return OC_E_NOT_FOUND;
}
