/* save.c: the engine's state as bytes for a checkpoint, and back.
 *
 * Format: a version, then assets, instruments with their older steps, markets, accounts with balances and capital, books with lots, orders (closed then open), what venues said of
 * them, of accounts and of itself, groups, timers, bar builders, rules' own state, the window of known fills, order books, counters. Written and read by the same sequence of fields; a checksum
 * is the journal's business. Bound to one build: another build id refuses the checkpoint and restores from records. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/impl.h"
#include "engine/save.h"

enum { SAVE_VERSION = 17 };

static void pass_assets(struct instruments *instruments, struct save_cursor *cursor)
{
    const uint32_t count = save_count(cursor, instruments_asset_count(instruments), ENGINE_ASSETS_MAX);
    for (uint32_t i = 1; i < count && !cursor->is_bad; i++) {
        char name[OC_ASSET_MAX] = "";
        if (cursor->is_writing && instruments_asset_is_recorded(instruments, i)) /* others are named again */
            strcpy(name, instruments_asset_name(instruments, i));
        save_pass(cursor, name, sizeof name);
        if (!cursor->is_writing && (cursor->is_bad || !memchr(name, 0, sizeof name) ||
                                    (name[0] && instruments_put_asset(instruments, i, name) < 0)))
            cursor->is_bad = true;
    }
}

static void pass_past(struct instruments *instruments, struct save_cursor *cursor)
{
    struct {
        struct instrument_steps steps;
        uint32_t inst;
        uint32_t zero;
    } past = {.zero = 0};
    uint32_t count = 0;
    while (cursor->is_writing && instruments_past(instruments, count, &past.inst, &past.steps))
        count++;
    count = save_count(cursor, count, ENGINE_VERSIONS_MAX);
    if (!cursor->is_writing)
        instruments_forget_past(instruments);
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++) {
        (void)instruments_past(instruments, i, &past.inst, &past.steps); /* read back there is none yet */
        save_pass(cursor, &past, sizeof past);
        if (!cursor->is_writing && !cursor->is_bad && instruments_put_past(instruments, past.inst, &past.steps) < 0)
            cursor->is_bad = true;
    }
}

static void pass_market(struct engine *engine, struct save_cursor *cursor, uint32_t i)
{
    struct oc_instrument info = {.size = 0};
    struct market *market = markets_get(engine->markets, OC_INST(i, 1));
    if (cursor->is_writing)
        info = instruments_at(engine->instruments, i)->info;
    save_pass(cursor, &info, sizeof info);
    if (!market || (!cursor->is_writing && !cursor->is_bad && instruments_put(engine->instruments, &info) < 0))
        cursor->is_bad = true;
    if (!cursor->is_bad)
        save_pass(cursor, market, sizeof *market);
}

/* Those that the session made, and those that came later. */
static void pass_markets(struct engine *engine, struct save_cursor *cursor)
{
    struct instruments *instruments = engine->instruments;
    pass_assets(instruments, cursor);
    uint32_t count = save_count(cursor, instruments_count(instruments), ENGINE_INSTRUMENTS_MAX);
    if (count < instruments_count(instruments)) /* the same session makes the same instruments */
        cursor->is_bad = true;
    for (uint32_t i = 1; i < count && !cursor->is_bad; i++)
        pass_market(engine, cursor, i);
    pass_past(instruments, cursor);
    engine->has_versions = instruments_have_changed(instruments);
}

static void pass_capital(struct engine *engine, struct save_cursor *cursor, uint32_t id, uint32_t asset)
{
    oc_i128 money = portfolio_tradable(engine->portfolio, id, asset);
    save_pass(cursor, &money, sizeof money);
    if (!cursor->is_writing && asset && portfolio_put_capital(engine->portfolio, id, asset, money) < 0)
        cursor->is_bad = true;
}

static void pass_accounts(struct engine *engine, struct save_cursor *cursor)
{
    uint32_t count = portfolio_account_count(engine->portfolio);
    if (save_count(cursor, count, ENGINE_ACCOUNTS_MAX) != count)
        cursor->is_bad = true;
    for (uint32_t id = 1; id <= count && !cursor->is_bad; id++) {
        struct account *account = portfolio_account(engine->portfolio, id);
        save_pass(cursor, &account->latched, sizeof account->latched);
        save_pass(cursor, account->latch_reason, sizeof account->latch_reason);
        uint32_t assets = save_count(cursor, account->asset_max, ENGINE_ASSETS_MAX);
        for (uint32_t asset = 0; asset < assets && !cursor->is_bad; asset++) {
            oc_i128 money = portfolio_balance(engine->portfolio, id, asset);
            save_pass(cursor, &money, sizeof money);
            if (!cursor->is_writing && asset && portfolio_set_balance(engine->portfolio, id, asset, money) < 0)
                cursor->is_bad = true;
            if (account->has_capital)
                pass_capital(engine, cursor, id, asset);
        }
    }
}

static void pass_lots(struct position *position, struct save_cursor *cursor, bool is_writing)
{
    uint32_t count = save_count(cursor, position->lot_count - position->lot_first, ENGINE_LOTS_MAX);
    if (!is_writing) {
        position->lots = count ? calloc(count, sizeof *position->lots) : NULL;
        position->lot_first = 0;
        position->lot_count = position->lot_max = position->lots ? count : 0;
        if (count && !position->lots)
            cursor->is_bad = true;
    }
    if (!cursor->is_bad && count)
        save_pass(cursor, position->lots + position->lot_first, count * sizeof *position->lots);
    int64_t sum = 0;
    for (uint32_t i = position->lot_first; i < position->lot_count && !is_writing; i++)
        if (num_add(sum, position->lots[i].qty, &sum) < 0)
            cursor->is_bad = true;
    if (!is_writing && position->method != COST_AVERAGE && sum != position->qty + position->spare)
        cursor->is_bad = true;
}

static void pass_books(struct engine *engine, struct save_cursor *cursor)
{
    uint32_t count = save_count(cursor, portfolio_book_count(engine->portfolio), ENGINE_BOOKS_MAX);
    const bool is_writing = cursor->is_writing;
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++) {
        struct book copy = {0}, *book = &copy;
        if (is_writing)
            copy = *portfolio_book_at(engine->portfolio, i);
        struct book stored = copy; /* its lots follow: where they lie and how much room there is are no state */
        stored.position.lots = NULL;
        stored.position.lot_first = stored.position.lot_count = stored.position.lot_max = 0;
        save_pass(cursor, &stored, sizeof stored);
        if (cursor->is_bad)
            return;
        if (!is_writing) {
            copy = stored;
            const struct position *saved = &copy.position;
            if (portfolio_book(engine->portfolio, saved->account, saved->strategy, saved->inst, &book) < 0) {
                cursor->is_bad = true;
                return;
            }
            position_release(&book->position);
            *book = copy;
            book->position.lots = NULL;
            engine->closing += book->is_closing != 0;
        }
        pass_lots(&book->position, cursor, is_writing);
    }
}

#define ORDER_SAVED_SIZE offsetof(struct order, older_here)

/* Written straight into the checkpoint: thousands of them are copied while nothing else is looked at. */
static void write_orders(struct save_cursor *cursor, const struct order *first, uint32_t count)
{
    const size_t size = ORDER_SAVED_SIZE;
    if (cursor->is_bad || count * size > cursor->left) {
        cursor->is_bad = true;
        return;
    }
    for (const struct order *order = first; order; order = order->younger) {
        memcpy(cursor->at, order, size);
        memset(cursor->at + offsetof(struct order, older), 0, sizeof order->older); /* no addresses in files */
        memset(cursor->at + offsetof(struct order, younger), 0, sizeof order->younger);
        memset(cursor->at + offsetof(struct order, said), 0, sizeof order->said);
        cursor->at += size;
        cursor->left -= size;
    }
}

static void pass_order_list(struct engine *engine, struct save_cursor *cursor, const struct order *first,
                            uint32_t count, uint32_t max)
{
    count = save_count(cursor, count, max);
    if (cursor->is_writing)
        write_orders(cursor, first, count);
    for (uint32_t i = 0; !cursor->is_writing && i < count && !cursor->is_bad; i++) {
        struct order order;
        save_pass(cursor, &order, ORDER_SAVED_SIZE);
        order.is_reducing = false; /* counted anew, as what it reserves */
        if (!cursor->is_bad && orders_put(engine->orders, &order) < 0)
            cursor->is_bad = true;
        if (!cursor->is_bad && order.reserved &&
            portfolio_reserve(engine->portfolio, order.now.account, order.now.strategy, order.reserved_asset,
                              order.reserved) < 0)
            cursor->is_bad = true;
        if (!cursor->is_bad)
            reduces_count(engine, orders_find(engine->orders, order.now.order));
    }
}

static void pass_groups(struct engine *engine, struct save_cursor *cursor)
{
    struct groups *groups = &engine->groups;
    uint32_t count = save_count(cursor, groups->count, ENGINE_GROUPS_MAX);
    if (!cursor->is_writing) {
        groups_release(groups);
        groups->list = count ? calloc(count, sizeof *groups->list) : NULL;
        if (count && !groups->list)
            cursor->is_bad = true;
        groups->count = groups->room = groups->list ? count : 0;
    }
    if (count)
        save_pass(cursor, groups->list, count * sizeof *groups->list);
    if (!cursor->is_writing && !cursor->is_bad)
        cursor->is_bad = !groups_index(groups);
    save_pass(cursor, &groups->live, sizeof groups->live);
    save_pass(cursor, &groups->retry_ns, sizeof groups->retry_ns);
    save_pass(cursor, &groups->due_ns, sizeof groups->due_ns);
    save_pass(cursor, &groups->flattened, sizeof groups->flattened);
}

static void pass_timers(struct engine *engine, struct save_cursor *cursor)
{
    struct timers *timers = &engine->timers;
    uint32_t count = save_count(cursor, timers->count, ENGINE_TIMERS_MAX);
    if (!cursor->is_writing) {
        timers_release(timers);
        timers->heap = count ? calloc(count, sizeof *timers->heap) : NULL;
        if (count && !timers->heap)
            cursor->is_bad = true;
        timers->count = timers->room = timers->heap ? count : 0;
    }
    if (count && !cursor->is_bad)
        save_pass(cursor, timers->heap, count * sizeof *timers->heap);
    save_pass(cursor, &timers->next_id, sizeof timers->next_id);
}

static void pass_builders(struct engine *engine, struct save_cursor *cursor)
{
    if (save_count(cursor, engine->builder_count, ENGINE_BARS_MAX) != engine->builder_count)
        cursor->is_bad = true;
    for (uint32_t i = 0; i < engine->builder_count && !cursor->is_bad; i++) {
        const uint32_t inst = engine->builders[i]->inst;
        const int64_t period_ns = engine->builders[i]->period_ns;
        const struct bar_builder own = *engine->builders[i];
        save_pass(cursor, engine->builders[i], sizeof *engine->builders[i]);
        engine->builders[i]->is_live = own.is_live; /* as this start has it */
        engine->builders[i]->is_flat = own.is_flat;
        engine->builders[i]->grace_ns = own.grace_ns;
        if (engine->builders[i]->inst != inst || engine->builders[i]->period_ns != period_ns)
            cursor->is_bad = true; /* of other strategies */
    }
    save_pass(cursor, &engine->bar_end_ns, sizeof engine->bar_end_ns);
}

static struct rule *rule_named(struct engine *engine, const char *name)
{
    for (uint32_t i = 0; i < engine->rule_count; i++)
        if (strncmp(engine->rules[i].name, name, RULE_NAME_MAX - 1) == 0)
            return &engine->rules[i];
    return NULL;
}

static bool keeps_state(const struct rule *rule)
{
    return OC_HAS(rule->table, load) && rule->table->save && rule->table->load;
}

/* Name, size, and right behind it what the rule has written. */
static void write_rule(struct engine *engine, const struct rule *rule, struct save_cursor *cursor)
{
    char name[RULE_NAME_MAX] = "";
    uint32_t count = 0;
    text_copy(name, sizeof name, rule->name);
    save_pass(cursor, name, sizeof name);
    char *size_at = cursor->at;
    save_pass(cursor, &count, sizeof count);
    if (cursor->is_bad || !keeps_state(rule))
        return;
    size_t room = cursor->left < ENGINE_RULE_STATE_MAX ? cursor->left : ENGINE_RULE_STATE_MAX;
    plugin_call_as(rule->name, "save");
    oc_rc size = rule->table->save(rule->self, cursor->at, (uint32_t)room);
    plugin_call_end();
    if (size < 0 || (size_t)size > room) {
        strcpy(engine->unsaved_rule, name);
        cursor->is_bad = true;
        return;
    }
    count = (uint32_t)size;
    memcpy(size_at, &count, sizeof count);
    cursor->at += count;
    cursor->left -= count;
}

static void write_carried(struct carried_rule *carried, struct save_cursor *cursor)
{
    save_pass(cursor, carried->name, sizeof carried->name);
    save_pass(cursor, &carried->size, sizeof carried->size);
    save_pass(cursor, carried->bytes, carried->size);
}

static oc_rc load_rule(const struct rule *rule, const char *bytes, uint32_t size)
{
    plugin_call_as(rule->name, "load");
    oc_rc rc = rule->table->load(rule->self, bytes, size);
    plugin_call_end();
    return rc;
}

/* The state of a rule that is not in the chain now is carried along: it may be back at the next start. */
static void read_rule(struct engine *engine, struct save_cursor *cursor)
{
    char name[RULE_NAME_MAX];
    save_pass(cursor, name, sizeof name);
    uint32_t size = save_count(cursor, 0, ENGINE_RULE_STATE_MAX);
    if (cursor->is_bad || size > cursor->left || memchr(name, 0, sizeof name) == NULL) {
        cursor->is_bad = true;
        return;
    }
    const struct rule *rule = rule_named(engine, name);
    if (rule && keeps_state(rule) && size && load_rule(rule, cursor->at, size) < 0) {
        strcpy(engine->unread_rule, name);
        cursor->is_bad = true;
    }
    if (!rule && size) {
        struct carried_rule *carried = &engine->carried[engine->carried_count];
        char *bytes = engine->carried_count < ENGINE_RULES_MAX ? malloc(size) : NULL;
        if (!bytes) {
            cursor->is_bad = true;
            return;
        }
        memcpy(bytes, cursor->at, size);
        *carried = (struct carried_rule){.size = size, .bytes = bytes};
        strcpy(carried->name, name);
        engine->carried_count++;
    }
    cursor->at += size;
    cursor->left -= size;
}

static void pass_rules(struct engine *engine, struct save_cursor *cursor)
{
    uint32_t count = save_count(cursor, engine->rule_count + engine->carried_count, 2 * ENGINE_RULES_MAX);
    if (!cursor->is_writing && engine->carried_count) /* read into an engine that is not fresh */
        cursor->is_bad = true;
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++)
        if (!cursor->is_writing)
            read_rule(engine, cursor);
        else if (i < engine->rule_count)
            write_rule(engine, &engine->rules[i], cursor);
        else
            write_carried(&engine->carried[i - engine->rule_count], cursor);
}

const char *engine_unread_rule(const struct engine *engine)
{
    return engine->unread_rule[0] ? engine->unread_rule : NULL;
}

static void read_fills(struct fills *fills, struct save_cursor *cursor, uint32_t held, uint32_t recent)
{
    for (uint32_t i = 0; i < held + recent && !cursor->is_bad; i++) {
        struct fill_seen seen = {0}, left;
        save_pass(cursor, &seen, sizeof seen);
        if (cursor->is_bad)
            return;
        if (fills_room(fills) < 0 || fills_has(fills, seen.key) || (!seen.key.low && !seen.key.high))
            cursor->is_bad = true;
        else if (i < held)
            fills_hold(fills, &seen, NULL, NULL); /* there is room */
        else
            (void)fills_put(fills, &seen, &left);
    }
}

/* The held ones, then the others in the order in which they came: read back, the same window is made. */
static void pass_fills(struct engine *engine, struct save_cursor *cursor)
{
    struct fills *fills = orders_fills(engine->orders);
    if (!cursor->is_writing)
        fills_release(fills);
    uint32_t recent = save_count(cursor, fills->recent_count, fills->recent_max);
    uint32_t held = save_count(cursor, fills->held_count, fills->held_max);
    if (!cursor->is_writing) {
        read_fills(fills, cursor, held, recent);
        return;
    }
    uint32_t old =
        recent - fills->recent_first; /* from the oldest to the end of the ring, and then what is before it */
    if (held)
        save_pass(cursor, fills->held, held * sizeof *fills->held);
    if (old)
        save_pass(cursor, fills->recent + fills->recent_first, old * sizeof *fills->recent);
    if (recent > old)
        save_pass(cursor, fills->recent, (recent - old) * sizeof *fills->recent);
}

static void pass_counters(struct engine *engine, struct save_cursor *cursor)
{
    save_pass(cursor, &engine->now_ns, sizeof engine->now_ns);
    save_pass(cursor, &engine->cause, sizeof engine->cause);
    uint32_t epoch = engine->config.epoch;
    save_pass(cursor, &epoch, sizeof epoch);
    uint64_t next_order = engine->next_order;
    save_pass(cursor, &next_order, sizeof next_order);
    if (!cursor->is_writing && epoch == engine->config.epoch) /* a new epoch counts anew */
        engine->next_order = next_order;
    save_pass(cursor, &engine->next_request, sizeof engine->next_request);
    save_pass(cursor, &engine->stats, sizeof engine->stats);
    save_pass(cursor, &engine->is_latched, sizeof engine->is_latched);
    save_pass(cursor, engine->latch_reason, sizeof engine->latch_reason);
    save_pass(cursor, &engine->journal_failed, sizeof engine->journal_failed);
    char missing[ENGINE_MISSING_MAX];
    memcpy(missing, engine->missing, sizeof missing);
    save_pass(cursor, missing, sizeof missing);
    missing[sizeof missing - 1] = 0;
    if (!cursor->is_writing)
        engine_set_missing(engine, missing);
}

/* What stands before the markets goes into `engine`, or past it. */
static void pass_head(struct engine *engine, struct save_cursor *cursor)
{
    uint32_t version = SAVE_VERSION;
    save_pass(cursor, &version, sizeof version);
    if (version != SAVE_VERSION)
        cursor->is_bad = true;
    pass_counters(engine, cursor);
}

static void pass_all(struct engine *engine, struct save_cursor *cursor)
{
    pass_head(engine, cursor);
    pass_markets(engine, cursor);
    pass_accounts(engine, cursor);
    pass_books(engine, cursor);
    const struct orders *orders = engine->orders;
    pass_order_list(engine, cursor, orders_closed_first(orders), orders_closed_count(orders),
                    2 * ENGINE_ORDERS_CLOSED_KEPT + 1);
    pass_order_list(engine, cursor, orders_open_first(orders), orders_open_count(orders), ENGINE_ORDERS_OPEN_MAX);
    save_said(engine, cursor);
    save_statement(&engine->statement, cursor);
    pass_groups(engine, cursor);
    pass_timers(engine, cursor);
    pass_builders(engine, cursor);
    pass_rules(engine, cursor);
    pass_fills(engine, cursor);
    save_depths(engine, cursor);
}

const char *engine_unsaved_rule(const struct engine *engine)
{
    return engine->unsaved_rule[0] ? engine->unsaved_rule : NULL;
}

int64_t engine_save(struct engine *engine, void *bytes, size_t size_max)
{
    engine->unsaved_rule[0] = 0;
    struct save_cursor cursor = {bytes, size_max, true, false};
    pass_all(engine, &cursor);
    return cursor.is_bad ? OC_E_LIMIT : (int64_t)(size_max - cursor.left);
}

oc_rc engine_load(struct engine *engine, const void *bytes, size_t size)
{
    char *copy = malloc(size ? size : 1); /* read through the same cursor that writes */
    if (!copy)
        return OC_E_NOMEM;
    memcpy(copy, bytes, size);
    struct save_cursor cursor = {copy, size, false, false};
    pass_all(engine, &cursor);
    free(copy);
    return cursor.is_bad || cursor.left ? OC_E_DATA : OC_OK;
}

int64_t engine_save_rules(struct engine *engine, void *bytes, size_t size_max)
{
    engine->unsaved_rule[0] = 0;
    struct save_cursor cursor = {bytes, size_max, true, false};
    pass_rules(engine, &cursor);
    return cursor.is_bad ? OC_E_LIMIT : (int64_t)(size_max - cursor.left);
}

oc_rc engine_load_rules(struct engine *engine, const void *bytes, size_t size)
{
    char *copy = malloc(size ? size : 1);
    if (!copy)
        return OC_E_NOMEM;
    memcpy(copy, bytes, size);
    struct save_cursor cursor = {copy, size, false, false};
    pass_rules(engine, &cursor);
    free(copy);
    return cursor.is_bad || cursor.left ? OC_E_DATA : OC_OK;
}

void engine_clear_rules(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->carried_count; i++)
        free(engine->carried[i].bytes);
    engine->carried_count = engine->rule_count = engine->away_count = 0;
    engine->is_observed = engine->wants_market = false;
}

/* Of what is known here under the version that was in force there. */
static void pass_prices(struct engine *engine, struct save_cursor *cursor)
{
    char asset[OC_ASSET_MAX];
    struct oc_instrument info = {.size = 0};
    struct market saved;
    const uint32_t assets = save_count(cursor, 0, ENGINE_ASSETS_MAX);
    for (uint32_t i = 1; i < assets; i++)
        save_pass(cursor, asset, sizeof asset);
    const uint32_t count = save_count(cursor, 0, ENGINE_INSTRUMENTS_MAX);
    for (uint32_t i = 1; i < count && !cursor->is_bad; i++) {
        save_pass(cursor, &info, sizeof info);
        save_pass(cursor, &saved, sizeof saved);
        const struct instrument *known = instruments_at(engine->instruments, i);
        struct market *market = known ? markets_get(engine->markets, known->info.inst) : NULL;
        if (!cursor->is_bad && market && known->info.inst == info.inst)
            *market = saved;
    }
}

oc_rc engine_load_marks(struct engine *engine, const void *bytes, size_t size)
{
    struct engine *aside = malloc(sizeof *aside); /* the counters of the saved one are not ours */
    char *copy = malloc(size ? size : 1);
    struct save_cursor cursor = {copy, size, false, !copy || !aside};
    if (!cursor.is_bad) {
        memcpy(copy, bytes, size);
        *aside = *engine;
        pass_head(aside, &cursor);
        pass_prices(engine, &cursor);
    }
    free(copy);
    free(aside);
    return cursor.is_bad ? OC_E_DATA : OC_OK;
}
