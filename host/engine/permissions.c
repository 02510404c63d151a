/* permissions.c: what a strategy may ask for, and how much: capabilities and budgets, judged before the risk chain.
 *
 * A capability that is missing is a refusal like any other. A budget is for programs that have gone wrong: who goes over
 * it is refused and then fails when its callback has returned, so that nothing of that callback leaves the house. Time is
 * the engine's, so a replay judges the same. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/impl.h"

#define SECOND_NS 1000000000LL

struct permissions {
    struct engine_may may;
    struct engine_budget budget;
    uint32_t is_limited; /* may is meant */
    uint32_t at;         /* in ring */
    char words[160];     /* of what went over */
    int64_t *ring;       /* times of the last budget.orders requests; behind the struct */
};

/* A copy of what there is, with room for so many orders a second. */
static oc_rc grant_make(struct client *client, uint32_t orders, struct permissions **ret_grant)
{
    struct permissions *permissions = calloc(1, sizeof *permissions + orders * sizeof *permissions->ring);
    if (!permissions)
        return OC_E_NOMEM;
    if (client->permissions)
        *permissions = *client->permissions;
    permissions->ring = (int64_t *)(void *)(permissions + 1);
    permissions->budget.orders = orders;
    permissions_renew(permissions);
    free(client->permissions);
    *ret_grant = client->permissions = permissions;
    return OC_OK;
}

static void forget_empty(struct client *client)
{
    struct permissions *permissions = client->permissions;
    if (!permissions || permissions->is_limited || permissions->budget.orders || permissions->budget.has_notional ||
        client->is_over)
        return;
    free(permissions);
    client->permissions = NULL;
}

oc_rc engine_set_may(struct engine *engine, uint32_t strategy, const struct engine_may *may)
{
    if (strategy == 0 || strategy > engine->client_count)
        return OC_E_NOT_FOUND;
    struct client *client = &engine->clients[strategy];
    struct permissions *permissions = client->permissions;
    oc_rc rc = permissions || !may ? OC_OK : grant_make(client, 0, &permissions);
    if (rc < 0)
        return rc;
    if (permissions) {
        permissions->is_limited = may != NULL;
        permissions->may = may ? *may : (struct engine_may){0};
    }
    forget_empty(client);
    return OC_OK;
}

oc_rc engine_set_budget(struct engine *engine, uint32_t strategy, const struct engine_budget *budget)
{
    struct engine_budget wanted = budget ? *budget : (struct engine_budget){0};
    struct permissions *permissions;
    if (strategy == 0 || strategy > engine->client_count)
        return OC_E_NOT_FOUND;
    if (wanted.orders > ENGINE_BUDGET_ORDERS_MAX || wanted.notional < 0)
        return OC_E_INVALID;
    oc_rc rc = grant_make(&engine->clients[strategy], wanted.orders, &permissions);
    if (rc < 0)
        return rc;
    permissions->budget = wanted;
    forget_empty(&engine->clients[strategy]);
    return OC_OK;
}

const char *permissions_words(const struct permissions *permissions) { return permissions->words; }

void permissions_renew(struct permissions *permissions)
{
    permissions->at = 0;
    for (uint32_t i = 0; i < permissions->budget.orders; i++)
        permissions->ring[i] = INT64_MIN;
}

static bool has_bit(const uint64_t *bits, uint32_t i) { return bits[i / 64] >> (i % 64) & 1; }

static uint32_t verb_of(const struct engine *engine, const struct oc_request *request)
{
    if (request->kind == OC_REQUEST_AMEND)
        return ENGINE_MAY_AMEND;
    if (request->role == OC_ROLE_CLOSE || reduces_only(engine, request, engine->caller))
        return ENGINE_MAY_CLOSE;
    return request->side == OC_SIDE_BUY ? ENGINE_MAY_BUY : ENGINE_MAY_SELL;
}

/* It makes what the strategy holds there smaller, whatever else of it is open. */
static bool only_shrinks(const struct engine *engine, const struct oc_request *request, int64_t qty)
{
    const struct book *book =
        portfolio_find(engine->portfolio, request->account, request->strategy, request->head.inst);
    const bool is_sale = request->side == OC_SIDE_SELL;
    int64_t left;
    if (request->role == OC_ROLE_CLOSE || reduces_only(engine, request, engine->caller))
        return true;
    if (!book)
        return false;
    const int64_t held = is_sale ? book->position.qty + book->position.spare : -book->position.qty,
                  open = is_sale ? book->open_sell : book->open_buy;
    return num_sub(held, open, &left) == OC_OK && qty > 0 && qty <= left;
}

/* The name of what is not granted, or NULL. */
static const char *missing(const struct engine *engine, const struct engine_may *may, const struct oc_request *request)
{
    uint32_t inst = OC_INST_INDEX(request->head.inst);
    if (!has_bit(may->venues, inst))
        return "may.venues";
    if (request->account >= 64 || !has_bit(&may->accounts, request->account))
        return "may.accounts";
    if (!has_bit(may->instruments, inst))
        return "may.instruments";
    return may->verbs & verb_of(engine, request) ? NULL : "may.verbs";
}

static oc_rc refuse(struct engine_refusal *refusal, const char *rule, const char *reason)
{
    text_copy(refusal->rule, sizeof refusal->rule, rule);
    text_copy(refusal->reason, sizeof refusal->reason, reason);
    return OC_E_LIMIT;
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t magnitude(int64_t a) { return a == INT64_MIN ? INT64_MAX : (a < 0 ? -a : a); }

/* |position| with the open orders of the worse side. */
static oc_rc worst_of(const struct book *book, int64_t more_buy, int64_t more_sell, int64_t *ret_units)
{
    int64_t buy, sell;
    if (num_add(book ? book->open_buy : 0, more_buy, &buy) < 0 ||
        num_add(book ? book->open_sell : 0, more_sell, &sell) < 0 ||
        num_add(book ? book->position.qty : 0, buy, &buy) < 0 ||
        num_sub(book ? book->position.qty : 0, sell, &sell) < 0)
        return OC_E_RANGE;
    *ret_units = larger(magnitude(buy), magnitude(sell));
    return OC_OK;
}

/* Units of an instrument in the account's currency at `price` units, or at the mark when that is larger. */
static oc_rc worth(struct engine *engine, uint32_t account, uint32_t inst, int64_t price, int64_t units,
                   oc_i128 *ret_money)
{
    const struct instrument *instrument = instruments_get(engine->instruments, inst);
    const struct market *market = markets_get(engine->markets, inst);
    const struct account *owner = portfolio_account(engine->portfolio, account);
    oc_i128 money;
    if (units == 0) {
        *ret_money = 0;
        return OC_OK;
    }
    price = larger(magnitude(price), market && market->has_mark ? magnitude(market->mark2 / 2) : 0);
    if (!instrument || !owner || price == 0)
        return OC_E_NOT_FOUND;
    oc_rc rc = instrument_value(instrument, price, units, &money);
    if (rc < 0)
        return rc;
    uint32_t settle = instrument->info.settle ? instrument->info.settle : instrument->info.quote;
    if (settle != owner->base)
        return portfolio_convert(engine->portfolio, money, settle, owner->base, RATE_MIDDLE, ret_money);
    *ret_money = money;
    return OC_OK;
}

/* All that a strategy holds and asks for, but for one instrument of one account. */
static oc_rc held_elsewhere(struct engine *engine, uint32_t strategy, uint32_t account, uint32_t inst,
                            oc_i128 *ret_money)
{
    oc_i128 sum = 0, money = 0;
    for (uint32_t i = 0; i < portfolio_book_count(engine->portfolio); i++) {
        const struct book *book = portfolio_book_at(engine->portfolio, i);
        const struct position *position = &book->position;
        int64_t units = 0;
        if (position->strategy != strategy ||
            (position->account == account && OC_INST_INDEX(position->inst) == OC_INST_INDEX(inst)))
            continue;
        oc_rc rc = worst_of(book, 0, 0, &units);
        if (rc == OC_OK)
            rc = worth(engine, position->account, position->inst, 0, units, &money);
        if (rc < 0)
            return rc;
        if (__builtin_add_overflow(sum, money, &sum))
            return OC_E_RANGE;
    }
    *ret_money = sum;
    return OC_OK;
}

oc_rc engine_notional(struct engine *engine, uint32_t strategy, oc_i128 *ret_money)
{
    return held_elsewhere(engine, strategy, 0, 0, ret_money);
}

static void say_over(struct client *client, const struct engine_refusal *refusal, const char *what)
{
    char used[TEXT_DECIMAL_MAX], limit[TEXT_DECIMAL_MAX];
    struct text text;
    text_from_units(used, refusal->used.units, refusal->used.scale, TEXT_SHORTEST);
    text_from_units(limit, refusal->limit.units, refusal->limit.scale, TEXT_SHORTEST);
    text_init_fixed(&text, client->permissions->words, sizeof client->permissions->words);
    text_put(&text, refusal->reason);
    text_put(&text, ": ");
    text_put(&text, used);
    text_put(&text, what);
    text_put(&text, limit);
    client->is_over = 1;
}

static oc_rc ask_orders(struct engine *engine, struct client *client, struct engine_refusal *refusal)
{
    struct permissions *permissions = client->permissions;
    int64_t *oldest = &permissions->ring[permissions->at];
    if (*oldest == INT64_MIN || engine->now_ns - *oldest >= SECOND_NS) {
        *oldest = engine->now_ns;
        permissions->at = (permissions->at + 1) % permissions->budget.orders;
        return OC_OK;
    }
    refusal->used = (struct oc_dec){(int64_t)permissions->budget.orders + 1, 0, 0};
    refusal->limit = (struct oc_dec){(int64_t)permissions->budget.orders, 0, 0};
    refuse(refusal, "budget", "BUDGET_ORDERS");
    say_over(client, refusal, " orders within a second, the budget is ");
    return OC_E_LIMIT;
}

/* What adds nothing is allowed, so that a strategy above its budget can still get out. */
static oc_rc ask_notional(struct engine *engine, struct client *client, const struct oc_request *request,
                          const struct order *order, int64_t qty, struct engine_refusal *refusal)
{
    const struct book *book = portfolio_find(engine->portfolio, request->account, engine->caller, request->head.inst);
    bool is_buy = request->side == OC_SIDE_BUY;
    int64_t more = qty - order->exposure, before, after;
    int64_t price =
        request->bits & OC_RQ_HAS_PRICE ? request->price : (request->bits & OC_RQ_HAS_STOP ? request->stop_price : 0);
    oc_i128 used = 0, here = 0;
    if (reduces_only(engine, request, engine->caller))
        return OC_OK;
    oc_rc rc = worst_of(book, 0, 0, &before);
    if (rc == OC_OK)
        rc = worst_of(book, is_buy ? more : 0, is_buy ? 0 : more, &after);
    if (rc == OC_OK && after <= before && request->kind == OC_REQUEST_NEW)
        return OC_OK;
    if (rc == OC_OK)
        rc = held_elsewhere(engine, engine->caller, request->account, request->head.inst, &used);
    if (rc == OC_OK)
        rc = worth(engine, request->account, request->head.inst, price, after, &here);
    if (rc == OC_OK && !__builtin_add_overflow(used, here, &used) && used <= client->permissions->budget.notional)
        return OC_OK;
    /* What cannot be valued is over as well. */
    if (rc < 0 || money_to_dec(used, 8, &refusal->used) < 0)
        refusal->used = (struct oc_dec){INT64_MAX, 0, 0};
    if (money_to_dec(client->permissions->budget.notional, 8, &refusal->limit) < 0)
        refusal->limit = (struct oc_dec){INT64_MAX, 0, 0};
    refuse(refusal, "budget", "BUDGET_NOTIONAL");
    say_over(client, refusal, " in positions and open orders, the budget is ");
    return OC_E_LIMIT;
}

oc_rc permissions_ask(struct engine *engine, const struct oc_request *request, const struct order *order, int64_t qty,
                      struct engine_refusal *ret_refusal)
{
    struct client *client = &engine->clients[engine->caller];
    const struct permissions *permissions = client->permissions;
    const char *what = permissions->is_limited ? missing(engine, &permissions->may, request) : NULL;
    if (what)
        return refuse(ret_refusal, what, "NOT_GRANTED");
    if (permissions->is_limited && permissions->may.has_no_entries && !only_shrinks(engine, request, qty))
        return refuse(ret_refusal, "no_entries", "NO_ENTRIES");
    oc_rc rc = permissions->budget.orders ? ask_orders(engine, client, ret_refusal) : OC_OK;
    if (rc == OC_OK && permissions->budget.has_notional)
        rc = ask_notional(engine, client, request, order, qty, ret_refusal);
    return rc;
}
