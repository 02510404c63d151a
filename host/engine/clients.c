/* clients.c: who is called for what: strategies by number, their subscriptions, the bar builders these need.
 *
 * A strategy may come, go and be replaced while the engine runs. So the order in which things happen follows from numbers
 * alone, never from history: subscriptions stand by strategy, builders by period (larger first) and instrument. */
#include <stdlib.h>
#include <string.h>

#include "engine/impl.h"

static bool is_client(const struct engine *engine, uint32_t strategy)
{
    return strategy > 0 && strategy <= engine->client_count;
}

static bool stands_before(const struct bar_builder *builder, uint32_t inst, int64_t period_ns)
{
    if (builder->period_ns != period_ns)
        return builder->period_ns > period_ns;
    return OC_INST_INDEX(builder->inst) < OC_INST_INDEX(inst);
}

static oc_rc builder_get(struct engine *engine, uint32_t inst, int64_t period_ns, struct bar_builder **ret_builder)
{
    uint32_t at = 0;
    while (at < engine->builder_count && stands_before(engine->builders[at], inst, period_ns))
        at++;
    if (at < engine->builder_count && engine->builders[at]->period_ns == period_ns &&
        OC_INST_INDEX(engine->builders[at]->inst) == OC_INST_INDEX(inst)) {
        *ret_builder = engine->builders[at];
        return OC_OK;
    }
    if (engine->builder_count == ENGINE_BARS_MAX)
        return OC_E_LIMIT;
    struct bar_builder **builders = realloc(engine->builders, (engine->builder_count + 1) * sizeof *builders);
    if (!builders)
        return OC_E_NOMEM;
    engine->builders = builders;
    struct bar_builder *builder = malloc(sizeof *builder);
    if (!builder)
        return OC_E_NOMEM;
    bar_builder_init(builder, inst, period_ns);
    live_bar_begin(engine, builder);
    memmove(builders + at + 1, builders + at, (engine->builder_count - at) * sizeof *builders);
    builders[at] = builder;
    engine->builder_count++;
    *ret_builder = builder;
    return OC_OK;
}

/* Frees the builders that no subscription uses. */
static void builders_trim(struct engine *engine)
{
    uint32_t kept = 0;
    engine->bar_end_ns = INT64_MAX;
    for (uint32_t i = 0; i < engine->builder_count; i++) {
        struct bar_builder *builder = engine->builders[i];
        bool is_used = false;
        for (uint32_t k = 0; k < engine->subscription_count && !is_used; k++)
            is_used = engine->subscriptions[k].builder == builder;
        if (!is_used) {
            free(builder);
            continue;
        }
        engine->builders[kept++] = builder;
        if (builder->is_open && builder->due_ns < engine->bar_end_ns)
            engine->bar_end_ns = builder->due_ns;
    }
    engine->builder_count = kept;
}

/* The chains of each instrument, in the order of the list. */
static void chain_all(struct engine *engine)
{
    memset(engine->first_subscription, 0, sizeof engine->first_subscription);
    for (uint32_t i = engine->subscription_count; i > 0; i--) {
        struct subscription *subscription = &engine->subscriptions[i - 1];
        uint32_t *first = &engine->first_subscription[OC_INST_INDEX(subscription->inst)];
        subscription->next = *first;
        *first = i;
    }
}

static oc_rc make_room(struct engine *engine, uint32_t count)
{
    uint32_t room = engine->subscription_room ? engine->subscription_room : 16;
    while (room < engine->subscription_count + count)
        room *= 2;
    if (room == engine->subscription_room)
        return OC_OK;
    struct subscription *list = realloc(engine->subscriptions, room * sizeof *list);
    if (!list)
        return OC_E_NOMEM;
    engine->subscriptions = list;
    engine->subscription_room = room;
    return OC_OK;
}

static oc_rc check(const struct engine *engine, uint32_t inst, int64_t period_ns)
{
    if (!instruments_get(engine->instruments, inst))
        return OC_E_NOT_FOUND;
    return period_ns != 0 && period_ns != ENGINE_BOOK && !bar_period_is_valid(period_ns) ? OC_E_INVALID : OC_OK;
}

/* In place of a builder: who asks for the book alone is given neither bars nor ticks. */
static struct bar_builder no_bars;

/* A venue that keeps no books, as a simulator, is none that a strategy fails at: it is not called with them. */
static oc_rc want_book(struct engine *engine, uint32_t inst, struct bar_builder **ret_builder)
{
    const oc_rc rc = engine_want_book(engine, inst);
    *ret_builder = &no_bars;
    return rc == OC_E_NOT_SUPPORTED ? (oc_rc)OC_OK : rc;
}

/* Behind those of the same strategy and of smaller numbers. */
static void insert(struct engine *engine, const struct subscription *subscription)
{
    uint32_t at = engine->subscription_count;
    while (at > 0 && engine->subscriptions[at - 1].strategy > subscription->strategy)
        at--;
    memmove(engine->subscriptions + at + 1, engine->subscriptions + at,
            (engine->subscription_count - at) * sizeof *engine->subscriptions);
    engine->subscriptions[at] = *subscription;
    engine->subscription_count++;
}

oc_rc engine_add_client(struct engine *engine, const char *name, const struct engine_client *client,
                        uint32_t *ret_strategy)
{
    (void)name; /* for a reader of the call */
    if (engine->client_count == ENGINE_STRATEGIES_MAX)
        return OC_E_LIMIT;
    uint32_t strategy = ++engine->client_count;
    engine->clients[strategy].table = *client;
    *ret_strategy = strategy;
    return OC_OK;
}

oc_rc engine_subscribe(struct engine *engine, uint32_t strategy, uint32_t inst, int64_t period_ns)
{
    struct subscription subscription = {.strategy = strategy, .inst = inst, .period_ns = period_ns};
    oc_rc rc = is_client(engine, strategy) ? check(engine, inst, period_ns) : OC_E_NOT_FOUND;
    if (rc == OC_OK)
        rc = make_room(engine, 1);
    if (rc == OC_OK && period_ns > 0)
        rc = builder_get(engine, inst, period_ns, &subscription.builder);
    if (rc == OC_OK && period_ns == ENGINE_BOOK)
        rc = want_book(engine, inst, &subscription.builder);
    if (rc < 0)
        return rc;
    uint32_t count = engine->subscription_count;
    if (count == 0 || engine->subscriptions[count - 1].strategy <= strategy) { /* setup: the chain only grows */
        engine->subscriptions[engine->subscription_count++] = subscription;
        uint32_t *link = &engine->first_subscription[OC_INST_INDEX(inst)];
        while (*link)
            link = &engine->subscriptions[*link - 1].next;
        *link = engine->subscription_count;
        return OC_OK;
    }
    insert(engine, &subscription);
    chain_all(engine);
    return OC_OK;
}

oc_rc engine_resubscribe(struct engine *engine, uint32_t strategy, const struct engine_subscription *list,
                         uint32_t count)
{
    struct bar_builder *builder = NULL;
    oc_rc rc = strategy > 0 && strategy <= ENGINE_STRATEGIES_MAX ? make_room(engine, count) : OC_E_NOT_FOUND;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        rc = check(engine, list[i].inst, list[i].period_ns);
        if (rc == OC_OK && list[i].period_ns > 0)
            rc = builder_get(engine, list[i].inst, list[i].period_ns, &builder);
        if (rc == OC_OK && list[i].period_ns == ENGINE_BOOK)
            rc = want_book(engine, list[i].inst, &builder);
    }
    if (rc < 0) {
        builders_trim(engine);
        return rc;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < engine->subscription_count; i++)
        if (engine->subscriptions[i].strategy != strategy)
            engine->subscriptions[kept++] = engine->subscriptions[i];
    engine->subscription_count = kept;
    for (uint32_t i = 0; i < count; i++) {
        struct subscription subscription = {.strategy = strategy, .inst = list[i].inst, .period_ns = list[i].period_ns};
        if (list[i].period_ns > 0)
            builder_get(engine, list[i].inst, list[i].period_ns, &subscription.builder); /* it is there */
        if (list[i].period_ns == ENGINE_BOOK)
            subscription.builder = &no_bars;
        insert(engine, &subscription);
    }
    chain_all(engine);
    builders_trim(engine);
    engine->subscription_changes++;
    return OC_OK;
}

const struct oc_event *engine_open_bar(const struct engine *engine, uint32_t inst, int64_t period_ns)
{
    for (uint32_t i = 0; i < engine->builder_count; i++) {
        const struct bar_builder *builder = engine->builders[i];
        if (builder->period_ns == period_ns && OC_INST_INDEX(builder->inst) == OC_INST_INDEX(inst))
            return builder->is_open ? &builder->now.head : NULL;
    }
    return NULL;
}

bool engine_is_subscribed(const struct engine *engine, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index < ENGINE_INSTRUMENTS_MAX && engine->first_subscription[index] != 0;
}

uint64_t engine_subscriptions(const struct engine *engine) { return engine->subscription_changes; }

oc_rc engine_replace_client(struct engine *engine, uint32_t strategy, const struct engine_client *client)
{
    if (strategy == 0)
        return OC_E_NOT_FOUND;
    if (strategy > ENGINE_STRATEGIES_MAX)
        return OC_E_LIMIT;
    while (engine->client_count < strategy)
        engine->clients[++engine->client_count].off = CLIENT_GONE;
    struct client *slot = &engine->clients[strategy];
    slot->table = *client;
    slot->off &= CLIENT_HELD;
    slot->is_over = 0;
    free(slot->stop);
    slot->stop = NULL;
    if (slot->permissions)
        permissions_renew(slot->permissions);
    return OC_OK;
}

void engine_remove_client(struct engine *engine, uint32_t strategy)
{
    if (!is_client(engine, strategy))
        return;
    struct client *slot = &engine->clients[strategy];
    (void)engine_resubscribe(engine, strategy, NULL, 0); /* to nothing: it needs no room */
    timers_remove_of(&engine->timers, strategy);
    free(slot->stop);
    free(slot->permissions);
    slot->table = (struct engine_client){0};
    slot->stop = NULL;
    slot->permissions = NULL;
    slot->is_over = 0;
    slot->missed = 0;
    slot->off = CLIENT_GONE;
    resync_forget(engine, strategy);
}

uint32_t engine_client_count(const struct engine *engine) { return engine->client_count; }

void client_pass(struct client *client, const struct oc_event *bar)
{
    client->missed += client->off == CLIENT_HELD;
    if (client->table.pass)
        client->table.pass(client->table.self, bar);
}

void engine_hold(struct engine *engine, uint32_t strategy, bool is_held)
{
    if (!is_client(engine, strategy))
        return;
    uint32_t *off = &engine->clients[strategy].off;
    *off = is_held ? *off | CLIENT_HELD : *off & ~(uint32_t)CLIENT_HELD;
}

bool engine_is_held(const struct engine *engine, uint32_t strategy)
{
    return is_client(engine, strategy) && (engine->clients[strategy].off & CLIENT_HELD);
}

uint64_t engine_missed(const struct engine *engine, uint32_t strategy)
{
    return is_client(engine, strategy) ? engine->clients[strategy].missed : 0;
}

void engine_set_missed(struct engine *engine, uint32_t strategy, uint64_t missed)
{
    if (is_client(engine, strategy))
        engine->clients[strategy].missed = missed;
}

bool engine_is_over(const struct engine *engine, uint32_t strategy)
{
    return is_client(engine, strategy) && engine->clients[strategy].is_over;
}
