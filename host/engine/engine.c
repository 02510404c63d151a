#include "engine/engine.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "engine/impl.h"

oc_rc engine_new(const struct engine_config *config, struct engine **ret_engine)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return OC_E_NOMEM;
    engine->config = *config;
    if (engine->config.quote_slack.units == 0)
        engine->config.quote_slack = (struct oc_dec){5, 2, 0};
    engine->next_order = 1;
    engine->bar_end_ns = INT64_MAX;
    oc_rc rc = out_init(&engine->out);
    if (rc == OC_OK)
        rc = instruments_new(&engine->instruments);
    if (rc == OC_OK)
        rc = markets_new(&engine->markets);
    if (rc == OC_OK)
        rc = orders_new(config->fills_recent, config->fills_held, &engine->orders);
    if (rc == OC_OK)
        rc = portfolio_new(engine->instruments, engine->markets, &engine->portfolio);
    if (rc < 0) {
        engine_free(engine);
        return rc;
    }
    portfolio_watch(engine->portfolio, &engine->statement);
    *ret_engine = engine;
    return OC_OK;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    for (uint32_t i = 0; i < engine->builder_count; i++)
        free(engine->builders[i]);
    free(engine->builders);
    for (uint32_t i = 1; i <= engine->client_count; i++)
        free(engine->clients[i].stop), free(engine->clients[i].permissions);
    for (uint32_t i = 0; i < engine->carried_count; i++)
        free(engine->carried[i].bytes);
    free(engine->subscriptions);
    timers_release(&engine->timers);
    groups_release(&engine->groups);
    portfolio_free(engine->portfolio);
    orders_free(engine->orders);
    sums_forget_made(engine);
    free(engine->made);
    free(engine->turned);
    booked_release(&engine->booked);
    statement_release(&engine->statement);
    depths_release(&engine->depths);
    markets_free(engine->markets);
    instruments_free(engine->instruments);
    out_release(&engine->out);
    free(engine);
}

struct instruments *engine_instruments(struct engine *engine) { return engine->instruments; }
struct markets *engine_markets(struct engine *engine) { return engine->markets; }
struct portfolio *engine_portfolio(struct engine *engine) { return engine->portfolio; }
struct orders *engine_orders(struct engine *engine) { return engine->orders; }
struct timers *engine_timers(struct engine *engine) { return &engine->timers; }
const struct engine_stats *engine_stats(const struct engine *engine) { return &engine->stats; }
void engine_start_at(struct engine *engine, int64_t now_ns) { engine->now_ns = now_ns; }
int64_t engine_now(const struct engine *engine) { return engine->now_ns; }
const struct statement *engine_statement(const struct engine *engine) { return &engine->statement; }
uint32_t engine_last_instrument(const struct engine *engine) { return engine->last_instrument; }
uint64_t engine_cause(const struct engine *engine) { return engine->cause; }

void engine_set_next_order(struct engine *engine, uint64_t order)
{
    engine->is_ending = false; /* it was gone on with */
    engine->config.epoch = (uint32_t)(order >> 40);
    engine->next_order = order_number(order);
}

void engine_latch(struct engine *engine, uint32_t account, const char *reason)
{
    struct account *owner = portfolio_account(engine->portfolio, account);
    if (account == 0 && !engine->is_latched) {
        engine->is_latched = true;
        text_copy(engine->latch_reason, sizeof engine->latch_reason, reason);
    } else if (owner && !owner->latched) {
        owner->latched = 1;
        text_copy(owner->latch_reason, sizeof owner->latch_reason, reason);
    }
}

void engine_unlatch(struct engine *engine, uint32_t account)
{
    struct account *owner = portfolio_account(engine->portfolio, account);
    if (account == 0)
        engine->is_latched = false;
    else if (owner)
        owner->latched = 0;
}

const char *engine_latched(const struct engine *engine, uint32_t account)
{
    if (engine->is_latched)
        return engine->latch_reason;
    const struct account *owner = portfolio_account(engine->portfolio, account);
    return owner && owner->latched ? owner->latch_reason : NULL;
}

int engine_cancel_all(struct engine *engine, uint32_t strategy, uint32_t inst, enum engine_cancels which)
{
    int count = 0;
    struct engine_refusal refusal;
    if (!engine->is_in_batch)
        return 0;
    for (struct order *order = orders_open_first(engine->orders); order; order = order->younger) {
        if ((strategy && order->now.strategy != strategy) || order->is_staged || order_stays(engine, order, which) ||
            order->is_refused || state_is_final(order->state) ||
            (inst && OC_INST_INDEX(order->now.head.inst) != OC_INST_INDEX(inst)))
            continue;
        const bool is_entry = !(order->now.bits & OC_RQ_REDUCE_ONLY);
        const bool to_close = which == CANCEL_TO_CLOSE || which == CANCEL_OWN_TO_CLOSE;
        const uint8_t role = to_close && is_entry           ? OC_ROLE_CLOSE
                             : groups_let_go(engine, order) ? OC_ROLE_END
                                                            : order->now.role;
        const uint32_t asked = engine->out.request_count; /* none more where it was asked for already */
        if (stage_cancel(engine, order, role, &refusal) == OC_OK && engine->out.request_count > asked)
            count++;
    }
    return count;
}

uint32_t engine_count_cancels(const struct engine *engine, enum engine_cancels which)
{
    uint32_t count = 0;
    for (const struct order *order = orders_open_first(engine->orders); order; order = order->younger)
        count += !order_stays(engine, order, which) && !order->is_refused && !state_is_final(order->state);
    return count;
}

bool engine_is_closing(const struct engine *engine) { return engine->closing > 0; }

void engine_set_ending(struct engine *engine, bool is_ending) { engine->is_ending = is_ending; }

bool engine_is_flat(const struct engine *engine)
{
    for (const struct order *order = orders_open_first(engine->orders); order; order = order->younger)
        if (order->now.strategy)
            return false;
    for (uint32_t i = 0; i < portfolio_book_count(engine->portfolio); i++) {
        const struct position *position = &portfolio_book_at(engine->portfolio, i)->position;
        if (position->strategy && position->qty)
            return false;
    }
    return true;
}

oc_rc engine_flatten(struct engine *engine, uint32_t strategy, uint8_t role, const char *tag)
{
    oc_rc worst = OC_OK;
    engine_cancel_all(engine, strategy, 0, CANCEL_ALL);
    uint32_t books = portfolio_book_count(engine->portfolio);
    for (uint32_t i = 0; i < books; i++) {
        const struct position *position = &portfolio_book_at(engine->portfolio, i)->position;
        if (position->qty == 0 || (strategy ? position->strategy != strategy : position->strategy != 0))
            continue;
        struct oc_request request = {.account = position->account,
                                     .strategy = strategy,
                                     .qty = position->qty < 0 ? -position->qty : position->qty,
                                     .side = position->qty < 0 ? OC_SIDE_BUY : OC_SIDE_SELL,
                                     .type = OC_ORDER_MARKET,
                                     .tif = OC_TIF_GTC,
                                     .role = role,
                                     .bits = OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY};
        struct engine_refusal refusal;
        request.head.inst = position->inst;
        text_copy(request.tag, sizeof request.tag, tag);
        oc_rc rc = engine_submit(engine, &request, &refusal);
        worst = rc < 0 ? rc : worst;
    }
    return worst;
}
