/* limits.c: budgets and rights of one strategy: said by a person, judged by the engine and the sandbox. */
#include <stdio.h>
#include <string.h>

#include "steer/steer.h"

enum { CALLBACK_MIN_NS = 1000000, HEAP_MIN = 1 << 20, MAY_VENUES = 0, MAY_ACCOUNTS, MAY_INSTRUMENTS, MAY_VERBS };
#define HEAP_MAX        (1ll << 32)
#define CALLBACK_MAX_NS 60000000000ll

static const char *const may_names[] = {"venues", "accounts", "instruments", "verbs", NULL};
static const char *const verb_names[] = {"buy",   "sell",   "close",
                                         "amend", "cancel", NULL}; /* bits of ENGINE_MAY_..., in order */
static const char *const budget_names[] = {"callback", "heap", "orders", "notional", NULL};

void steer_first_rights(const struct strategies *strategies, uint32_t index)
{
    struct strategy_slot *owner = (struct strategy_slot *)(uintptr_t)&strategies->list[index];
    const bool is_armed = strategies->grants_opened && !owner->is_steered;
    for (int i = 0; i < MAY_LISTS; i++)
        strcpy(owner->may[i], strategies->grants_nothing && !is_armed ? "-" : "*");
}

struct sandbox_limits steer_limits(const struct strategies *strategies, uint32_t index)
{
    const struct strategy_budget *budget = &strategies->list[index].budget;
    int64_t deadline_ns = strategies->watchdog && budget->callback_ns ? budget->callback_ns : strategies->deadline_ns;
    return (struct sandbox_limits){.deadline_ms = (uint32_t)(deadline_ns / 1000000),
                                   .heap_max_bytes = (size_t)budget->heap_bytes};
}

/* The next name of a list; false at its end. */
static bool next_of(const char **list, char name[MAY_MAX])
{
    size_t size = strcspn(*list, ",");
    if (!**list || size >= MAY_MAX)
        return false;
    memcpy(name, *list, size);
    name[size] = 0;
    *list += size + ((*list)[size] == ',');
    return true;
}

static void set_bit(uint64_t *bits, uint32_t i) { bits[i / 64] |= 1ull << (i % 64); }

/* One name put into the rights; false: nothing is called so. */
static bool grant_one(struct strategies *strategies, int list, const char *name, struct engine_may *may)
{
    struct instruments *instruments = engine_instruments(strategies->session->engine);
    bool is_known = false;
    if (list == MAY_VERBS) {
        for (uint32_t i = 0; verb_names[i]; i++)
            if (strcmp(verb_names[i], name) == 0) {
                may->verbs |= (1u << i) & ENGINE_MAY_ALL; /* cancelling is always granted */
                return true;
            }
        return false;
    }
    if (list == MAY_ACCOUNTS) {
        struct portfolio *portfolio = engine_portfolio(strategies->session->engine);
        for (uint32_t i = 1; i <= portfolio_account_count(portfolio) && i < 64; i++)
            if (strcmp(portfolio_account(portfolio, i)->name, name) == 0) {
                may->accounts |= 1ull << i;
                is_known = true;
            }
        return is_known;
    }
    uint32_t inst = list == MAY_INSTRUMENTS ? instruments_find(instruments, name) : 0;
    for (uint32_t i = 1; i < instruments_count(instruments); i++) {
        const struct instrument *instrument = instruments_at(instruments, i);
        if (!instrument)
            continue;
        if (list == MAY_VENUES && strcmp(instrument->info.venue, name) == 0) {
            set_bit(may->venues, i);
            is_known = true;
        } else if (inst && OC_INST_INDEX(inst) == i) {
            set_bit(may->instruments, i);
            is_known = true;
        }
    }
    return is_known;
}

/* The lists as bits. False: *ret_list and `name` say what is not known. */
static bool compile(struct strategies *strategies, char lists[MAY_LISTS][MAY_MAX], struct engine_may *may,
                    int *ret_list, char name[MAY_MAX])
{
    memset(may, 0, sizeof *may);
    for (int list = 0; list < MAY_LISTS; list++) {
        const char *at = lists[list];
        if (strcmp(at, "*") == 0) {
            if (list == MAY_VERBS)
                may->verbs = ENGINE_MAY_ALL;
            else if (list == MAY_ACCOUNTS)
                may->accounts = UINT64_MAX;
            else
                memset(list == MAY_VENUES ? may->venues : may->instruments, 0xff, sizeof may->venues);
            continue;
        }
        while (strcmp(at, "-") != 0 && next_of(&at, name)) {
            if (grant_one(strategies, list, name, may))
                continue;
            *ret_list = list;
            return false;
        }
    }
    return true;
}

static bool is_unlimited(char lists[MAY_LISTS][MAY_MAX])
{
    for (int i = 0; i < MAY_LISTS; i++)
        if (strcmp(lists[i], "*") != 0)
            return false;
    return true;
}

oc_rc steer_apply_limits(struct strategies *strategies, uint32_t index)
{
    struct strategy_slot *owner = &strategies->list[index];
    static struct engine_may may; /* [engine]: one thread */
    char name[MAY_MAX];
    int list;
    struct engine_budget budget = {.orders = owner->budget.orders, .has_notional = owner->budget.has_notional};
    oc_rc rc = OC_OK;
    if (budget.has_notional)
        rc = money_from_dec(owner->budget.notional, &budget.notional);
    if (rc == OC_OK)
        rc = engine_set_budget(strategies->session->engine, owner->id, &budget);
    if (rc == OC_OK && !compile(strategies, owner->may, &may, &list, name))
        rc = OC_E_DATA;
    may.has_no_entries = owner->has_no_entries;
    if (rc == OC_OK)
        rc = engine_set_may(strategies->session->engine, owner->id,
                            is_unlimited(owner->may) && !owner->has_no_entries ? NULL : &may);
    struct sandbox_limits limits = steer_limits(strategies, index);
    strategy_set_limits(owner->strategy, limits.deadline_ms, limits.heap_max_bytes);
    return rc;
}

static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* "none" takes a limit away. */
static bool take_budget(struct strategy_budget *budget, int which, const char *value)
{
    bool is_none = strcmp(value, "none") == 0;
    int64_t number = 0;
    struct oc_dec dec = {0};
    oc_i128 money;
    size_t size = strlen(value);
    switch (which) {
    case 0:
        if (!is_none &&
            (text_to_duration(value, size, &number) < 0 || number < CALLBACK_MIN_NS || number > CALLBACK_MAX_NS))
            return false;
        budget->callback_ns = number;
        return true;
    case 1:
        if (!is_none && (text_to_int(value, size, &number) < 0 || number < HEAP_MIN || number > HEAP_MAX))
            return false;
        budget->heap_bytes = number;
        return true;
    case 2:
        if (!is_none && (text_to_int(value, size, &number) < 0 || number < 1 || number > ENGINE_BUDGET_ORDERS_MAX))
            return false;
        budget->orders = (uint32_t)number;
        return true;
    default:
        if (!is_none && (text_to_decimal(value, size, &dec.units, &dec.scale) < 0 || dec.units < 0 ||
                         money_from_dec(dec, &money) < 0))
            return false;
        budget->has_notional = !is_none;
        budget->notional = dec;
        return true;
    }
}

/* A session that was opened without deadlines gets its timer with the first budget of time. */
static bool watch(struct strategies *strategies)
{
    if (strategies->watchdog || !strategies->may_watch)
        return true;
    if (sandbox_watchdog_start(10000, &strategies->watchdog) < 0)
        return false;
    for (uint32_t i = 0; i < strategies->count; i++)
        if (strategies->list[i].strategy)
            sandbox_attach(strategy_sandbox(strategies->list[i].strategy), strategies->watchdog);
    return true;
}

bool steer_budget(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    uint32_t count = steer_count(words);
    int found = count > 1 ? steer_find(strategies, words->fields[1], reply) : -1;
    if (count < 3 && (found >= 0 || count < 2))
        json_refusal(reply, "BAD_WORDS", "expected: budget NAME callback=50ms heap=16777216 orders=10 notional=5000");
    if (found < 0 || count < 3)
        return false;
    struct strategy_slot *owner = &strategies->list[found];
    struct strategy_budget budget = owner->budget;
    for (uint32_t i = 2; i < count; i++) {
        char name[STRATEGY_NAME_MAX];
        const char *value;
        int which = steer_split(words->fields[i], name, &value) ? index_of(budget_names, name) : -1;
        if (which >= 0 && take_budget(&budget, which, value))
            continue;
        json_refusal(reply, "BAD_BUDGET",
                     "found '%.60s', expected callback=DURATION (1ms to 60s), heap=BYTES (from %d), "
                     "orders=COUNT a second (1 to %d) or notional=AMOUNT; or none",
                     words->fields[i], HEAP_MIN, ENGINE_BUDGET_ORDERS_MAX);
        return false;
    }
    const struct strategy_budget before = owner->budget;
    owner->budget = budget;
    if ((budget.callback_ns && !watch(strategies)) || steer_apply_limits(strategies, (uint32_t)found) < 0) {
        owner->budget = before;
        (void)steer_apply_limits(strategies, (uint32_t)found); /* it was in force */
        json_refusal(reply, "NOT_NOW", "the budget could not be put into force");
        return false;
    }
    strategies_tell(strategies, (uint32_t)found, "budget", NULL);
    text_clear(reply);
    strategies_put(strategies, reply, NULL, (uint32_t)found);
    return true;
}

bool steer_may(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    static struct engine_may may; /* [engine]: one thread */
    char lists[MAY_LISTS][MAY_MAX], name[MAY_MAX];
    uint32_t count = steer_count(words);
    int found = count > 1 ? steer_find(strategies, words->fields[1], reply) : -1, list = 0;
    if (count < 3 && (found >= 0 || count < 2))
        json_refusal(reply, "BAD_WORDS", "expected: may NAME venues=LIST accounts=LIST instruments=LIST verbs=LIST");
    if (found < 0 || count < 3)
        return false;
    struct strategy_slot *owner = &strategies->list[found];
    memcpy(lists, owner->may, sizeof lists);
    for (uint32_t i = 2; i < count; i++) {
        char key[STRATEGY_NAME_MAX];
        const char *value;
        int which = steer_split(words->fields[i], key, &value) ? index_of(may_names, key) : -1;
        if (which < 0 || !*value || strlen(value) >= MAY_MAX) {
            json_refusal(reply, "BAD_GRANT",
                         "found '%.60s', expected venues, accounts, instruments or verbs with a list: A,B "
                         "or * or -",
                         words->fields[i]);
            return false;
        }
        strcpy(lists[which], value);
    }
    if (!compile(strategies, lists, &may, &list, name)) {
        json_refusal(reply, "BAD_GRANT", "%s: '%.60s' is not known here", may_names[list], name);
        return false;
    }
    char before[MAY_LISTS][MAY_MAX];
    memcpy(before, owner->may, sizeof before);
    memcpy(owner->may, lists, sizeof lists);
    if (steer_apply_limits(strategies, (uint32_t)found) < 0) {
        memcpy(owner->may, before, sizeof before);
        (void)steer_apply_limits(strategies, (uint32_t)found); /* they were in force */
        json_refusal(reply, "NOT_NOW", "the rights could not be put into force");
        return false;
    }
    strategies_tell(strategies, (uint32_t)found, "may", NULL);
    text_clear(reply);
    strategies_put(strategies, reply, NULL, (uint32_t)found);
    return true;
}

static void put_limit(struct text *reply, const char *key, bool is_set, int64_t value)
{
    if (is_set)
        json_int(reply, key, value);
    else
        json_null(reply, key);
}

void steer_put_limits(struct strategies *strategies, struct text *reply, uint32_t index)
{
    const struct strategy_slot *owner = &strategies->list[index];
    const struct strategy_budget *budget = &owner->budget;
    int64_t callback_ns = budget->callback_ns ? budget->callback_ns : strategies->deadline_ns;
    oc_i128 used;
    json_open(reply, "budget", '{');
    put_limit(reply, "callback_ns", callback_ns > 0, callback_ns);
    put_limit(reply, "heap", budget->heap_bytes > 0, budget->heap_bytes);
    put_limit(reply, "orders", budget->orders > 0, budget->orders);
    if (budget->has_notional)
        json_dec(reply, "notional", budget->notional);
    else
        json_null(reply, "notional");
    if (engine_notional(strategies->session->engine, owner->id, &used) == OC_OK)
        json_money(reply, "notional_used", used);
    else
        json_null(reply, "notional_used");
    json_close(reply, '}');
    json_open(reply, "may", '{');
    for (int i = 0; i < MAY_LISTS; i++)
        json_text(reply, may_names[i], owner->may[i]);
    json_close(reply, '}');
}
