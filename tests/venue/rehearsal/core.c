#include "rehearsal/core_impl.h"

#include "base/hash.h"
#include "base/text.h"

#include <stdlib.h>

struct core *core_new(const struct core_rules *rules, core_listener *on, void *self)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return NULL;
    core->rules = *rules;
    core->on = on;
    core->self = self;
    core->order_room = 1024;
    core->orders = calloc(CORE_HOUSE_MAX + core->order_room, sizeof *core->orders);
    core->changes = calloc(CORE_CHANGES_MAX, sizeof *core->changes);
    core->clients = calloc(CORE_CLIENTS, sizeof *core->clients);
    if (!core->orders || !core->changes || !core->clients) {
        core_free(core);
        return NULL;
    }
    for (uint32_t i = 0; i < CORE_HOUSE_MAX; i++)
        core->house_free[core->house_free_count++] = CORE_HOUSE_MAX - 1 - i;
    return core;
}

void core_free(struct core *core)
{
    if (!core)
        return;
    free(core->orders);
    free(core->fills);
    free(core->rows);
    free(core->changes);
    free(core->clients);
    free(core);
}

uint32_t core_asset(struct core *core, const char *name)
{
    for (uint32_t i = 0; i < core->asset_count; i++)
        if (strcmp(core->assets[i], name) == 0)
            return i;
    if (core->asset_count == CORE_ASSETS_MAX || !*name || strlen(name) >= CORE_NAME_MAX)
        return CORE_NONE;
    text_copy(core->assets[core->asset_count], CORE_NAME_MAX, name);
    return core->asset_count++;
}

static bool is_step(struct oc_dec step) { return step.units > 0 && step.scale >= 0 && step.scale <= 10; }

uint32_t core_add_inst(struct core *core, const struct core_inst *made)
{
    if (core->inst_count == CORE_INSTS_MAX || !made->symbol[0] || core_inst_named(core, made->symbol) != CORE_NONE ||
        !is_step(made->price_step) || !is_step(made->qty_step) || made->base >= core->asset_count ||
        made->quote >= core->asset_count || made->base == made->quote || made->min_qty < 1 ||
        made->max_qty < made->min_qty || made->min_notional < 0)
        return CORE_NONE;
    struct core_inst *inst = &core->insts[core->inst_count];
    *inst = *made;
    inst->qty_unit = made->qty_step.units * num_pow10_128(MONEY_SCALE - made->qty_step.scale);
    inst->value_unit = (oc_i128)made->price_step.units * made->qty_step.units *
                       num_pow10_128(MONEY_SCALE - made->price_step.scale - made->qty_step.scale);
    inst->head[0] = inst->head[1] = inst->dormant = CORE_NONE;
    inst->last_price = 0;
    inst->book_seq = 0;
    return core->inst_count++;
}

uint32_t core_add_account(struct core *core, const char *name, bool is_house, uint32_t maker_ppm, uint32_t taker_ppm)
{
    if (core->account_count == CORE_ACCOUNTS_MAX || !*name || strlen(name) >= CORE_NAME_MAX ||
        core_account_named(core, name) != CORE_NONE)
        return CORE_NONE;
    struct core_account *account = &core->accounts[core->account_count];
    text_copy(account->name, CORE_NAME_MAX, name);
    account->is_house = is_house;
    account->maker_ppm = is_house ? 0 : maker_ppm;
    account->taker_ppm = is_house ? 0 : taker_ppm;
    return core->account_count++;
}

enum core_why core_pay(struct core *core, int64_t now_ns, uint32_t account, uint32_t asset, oc_i128 amount)
{
    struct core_balance *balance = &core->accounts[account].balances[asset];
    const oc_i128 most = num_pow10_128(12 + MONEY_SCALE);
    core->now_ns = now_ns;
    if (amount > most || amount < -most || balance->free + amount < 0)
        return CORE_NO_FUNDS;
    if (!core_has_room(core) || core->paid_in[asset] > CORE_ACCOUNTS_MAX * most)
        return CORE_FULL;
    balance->free += amount;
    core->paid_in[asset] += amount;
    core_add_row(core, account, asset, amount < 0 ? CORE_WITHDRAWAL : CORE_DEPOSIT, amount, 0);
    core_note_balance(core, account, asset);
    return CORE_OK;
}

void core_halt(struct core *core, int64_t now_ns, uint32_t inst, bool is_halted)
{
    core->now_ns = now_ns;
    core->insts[inst].is_halted = is_halted;
    core_tell(core, &(struct core_event){.kind = CORE_ON_STATUS, .inst = inst});
}

/* ---- what is remembered ---- */

void core_tell(struct core *core, const struct core_event *event)
{
    struct core_event told = *event;
    told.at_ns = core->now_ns;
    if (core->on)
        core->on(core->self, &told);
}

static uint64_t add_change(struct core *core, const struct core_change *change)
{
    core->changes[++core->change_count % CORE_CHANGES_MAX] = *change;
    return core->change_count;
}

void core_note_order(struct core *core, struct core_order *order)
{
    order->updated_ns = core->now_ns;
    if (!order->id)
        return;
    order->change = add_change(core, &(struct core_change){.before = order->change,
                                                           .at_ns = core->now_ns,
                                                           .qty = order->qty,
                                                           .price = order->price,
                                                           .filled = order->filled,
                                                           .value = order->value,
                                                           .state = order->state});
}

void core_note_balance(struct core *core, uint32_t account, uint32_t asset)
{
    struct core_balance *balance = &core->accounts[account].balances[asset];
    if (core->accounts[account].is_house)
        return;
    balance->change = add_change(
        core, &(struct core_change){
                  .before = balance->change, .at_ns = core->now_ns, .value = balance->free, .locked = balance->locked});
    core_tell(core, &(struct core_event){.kind = CORE_ON_BALANCE, .account = account, .asset = asset});
}

void core_add_row(struct core *core, uint32_t account, uint32_t asset, enum core_row_kind kind, oc_i128 amount,
                  uint64_t fill)
{
    if (core->accounts[account].is_house || amount == 0)
        return;
    struct core_row *row = &core->rows[core->row_count++];
    *row = (struct core_row){.number = core->row_count,
                             .account = account,
                             .asset = asset,
                             .kind = kind,
                             .fill = fill,
                             .amount = amount,
                             .at_ns = core->now_ns};
}

/* Twice as large, up to its limit, until `need` more fit behind `count`. */
static bool grow(void **list, uint64_t *room, uint64_t count, uint64_t need, uint64_t max, size_t size)
{
    if (count + need > max)
        return false;
    uint64_t wanted = *room ? *room : 1024;
    while (wanted < count + need)
        wanted *= 2;
    if (wanted == *room)
        return true;
    void *larger = realloc(*list, (size_t)wanted * size);
    if (!larger)
        return false;
    *list = larger;
    *room = wanted;
    return true;
}

bool core_has_room(struct core *core)
{
    /* One call fills at most what rests, and each trade is two fills of three rows. */
    const uint64_t most = 2 * ((uint64_t)core->resting + 1);
    void *orders = core->orders, *fills = core->fills, *rows = core->rows;
    uint64_t order_room = (uint64_t)core->order_room + CORE_HOUSE_MAX;
    const bool has = grow(&orders, &order_room, (uint64_t)core->order_count + CORE_HOUSE_MAX, 1,
                          CORE_ORDERS_MAX + CORE_HOUSE_MAX, sizeof *core->orders) &&
                     grow(&fills, &core->fill_room, core->fill_count, most, CORE_FILLS_MAX, sizeof *core->fills) &&
                     grow(&rows, &core->row_room, core->row_count, most * 3, CORE_ROWS_MAX, sizeof *core->rows);
    core->orders = orders;
    core->fills = fills;
    core->rows = rows;
    core->order_room = (uint32_t)order_room - CORE_HOUSE_MAX;
    return has;
}

uint32_t *core_client_slot(const struct core *core, uint32_t account, const char *client)
{
    const uint64_t hash = hash64_fold(hash64(client, strlen(client)), account);
    for (uint32_t i = 0;; i++) {
        uint32_t *slot = &core->clients[(hash + i) % CORE_CLIENTS];
        const struct core_order *order = *slot ? &core->orders[*slot] : NULL;
        if (!order || (order->account == account && strcmp(order->client, client) == 0))
            return slot;
    }
}

/* ---- reading ---- */

const char *core_asset_name(const struct core *core, uint32_t asset) { return core->assets[asset]; }
uint32_t core_asset_count(const struct core *core) { return core->asset_count; }
uint32_t core_inst_count(const struct core *core) { return core->inst_count; }
const struct core_inst *core_inst(const struct core *core, uint32_t inst) { return &core->insts[inst]; }
uint32_t core_account_count(const struct core *core) { return core->account_count; }
const struct core_account *core_account(const struct core *core, uint32_t account) { return &core->accounts[account]; }
uint32_t core_order_count(const struct core *core) { return core->order_count; }
const struct core_order *core_order(const struct core *core, uint32_t order) { return &core->orders[order]; }
uint64_t core_fill_count(const struct core *core) { return core->fill_count; }
const struct core_fill *core_fill(const struct core *core, uint64_t number) { return &core->fills[number - 1]; }
uint64_t core_row_count(const struct core *core) { return core->row_count; }
const struct core_row *core_row(const struct core *core, uint64_t number) { return &core->rows[number - 1]; }

uint32_t core_inst_named(const struct core *core, const char *symbol)
{
    for (uint32_t i = 0; i < core->inst_count; i++)
        if (strcmp(core->insts[i].symbol, symbol) == 0)
            return i;
    return CORE_NONE;
}

uint32_t core_account_named(const struct core *core, const char *name)
{
    for (uint32_t i = 0; i < core->account_count; i++)
        if (strcmp(core->accounts[i].name, name) == 0)
            return i;
    return CORE_NONE;
}

uint32_t core_order_by_id(const struct core *core, uint64_t id)
{
    return id >= 1 && id <= core->order_count ? CORE_HOUSE_MAX + (uint32_t)id - 1 : CORE_NONE;
}

uint32_t core_order_by_client(const struct core *core, uint32_t account, const char *client)
{
    const uint32_t *slot = *client ? core_client_slot(core, account, client) : NULL;
    return slot && *slot ? *slot : CORE_NONE;
}

bool core_is_open(const struct core_order *order)
{
    return order->state == CORE_WORKING || order->state == CORE_DORMANT;
}

uint32_t core_trades(const struct core *core, uint32_t inst, struct core_trade *ret_list, uint32_t max)
{
    const uint64_t known = core->trade_count < CORE_TRADES_MAX ? core->trade_count : CORE_TRADES_MAX;
    uint32_t count = 0;
    for (uint64_t i = 0; i < known && count < max; i++) {
        const struct core_trade *trade = &core->trades[(core->trade_count - i) % CORE_TRADES_MAX];
        if (trade->inst == inst)
            ret_list[count++] = *trade;
    }
    return count;
}

uint32_t core_levels(const struct core *core, uint32_t inst, uint8_t side, struct core_level *ret_list, uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t at = core->insts[inst].head[side - 1]; at != CORE_NONE; at = core->orders[at].behind) {
        const struct core_order *order = &core->orders[at];
        if (count == 0 || ret_list[count - 1].price != order->price) {
            if (count == max)
                break;
            ret_list[count++] = (struct core_level){order->price, 0};
        }
        ret_list[count - 1].qty += order->qty - order->filled;
    }
    return count;
}

/* The change that held at a time; NULL: that is before the first one. What is too old to be remembered is as the oldest that is. */
static const struct core_change *change_at(const struct core *core, uint64_t change, int64_t at_ns, bool *ret_is_known)
{
    const struct core_change *oldest = NULL;
    *ret_is_known = false;
    while (change && core->change_count - change < CORE_CHANGES_MAX) {
        oldest = &core->changes[change % CORE_CHANGES_MAX];
        if (oldest->at_ns <= at_ns)
            return oldest;
        change = oldest->before;
    }
    *ret_is_known = change == 0;
    return change == 0 ? NULL : oldest;
}

bool core_order_at(const struct core *core, uint32_t order, int64_t at_ns, struct core_order *ret_order)
{
    const struct core_order *now = &core->orders[order];
    bool is_known;
    if (now->created_ns > at_ns)
        return false;
    const struct core_change *change = change_at(core, now->change, at_ns, &is_known);
    *ret_order = *now;
    if (change) {
        ret_order->qty = change->qty;
        ret_order->price = change->price;
        ret_order->filled = change->filled;
        ret_order->value = change->value;
        ret_order->state = change->state;
        ret_order->updated_ns = change->at_ns;
    }
    return true;
}

void core_balance_at(const struct core *core, uint32_t account, uint32_t asset, int64_t at_ns, struct core_balance *ret)
{
    const struct core_balance *now = &core->accounts[account].balances[asset];
    bool is_known;
    const struct core_change *change = change_at(core, now->change, at_ns, &is_known);
    *ret = *now;
    if (change) {
        ret->free = change->value;
        ret->locked = change->locked;
    } else if (is_known) { /* before it was paid in */
        ret->free = ret->locked = 0;
    }
}

static const char *const why_names[CORE_WHYS][2] = {
    [CORE_OK] = {"OK", ""},
    [CORE_NO_INSTRUMENT] = {"NO_INSTRUMENT", "no such instrument is traded here"},
    [CORE_HALTED] = {"HALTED", "trading in this instrument is halted"},
    [CORE_BAD_PRICE] = {"BAD_PRICE", "the price is not above zero, or not a multiple of the price step"},
    [CORE_BAD_QTY] = {"BAD_QTY", "the quantity is not above zero, or not a multiple of the quantity step"},
    [CORE_BELOW_MIN_QTY] = {"BELOW_MIN_QTY", "the quantity is below the least of this instrument"},
    [CORE_ABOVE_MAX_QTY] = {"ABOVE_MAX_QTY", "the quantity is above the most of this instrument"},
    [CORE_BELOW_MIN_NOTIONAL] = {"BELOW_MIN_NOTIONAL", "price times quantity is below the least of this instrument"},
    [CORE_NO_FUNDS] = {"NO_FUNDS", "not enough is free for this"},
    [CORE_CLIENT_ID_USED] = {"CLIENT_ID_USED", "an order of this account has this client id"},
    [CORE_WOULD_TAKE] = {"WOULD_TAKE", "a post-only order would have traded at once"},
    [CORE_WOULD_TRIGGER] = {"WOULD_TRIGGER", "the stop price is reached already"},
    [CORE_TOO_MANY_OPEN] = {"TOO_MANY_OPEN", "this account has as many open orders as it may"},
    [CORE_NOT_OPEN] = {"NOT_OPEN", "the order is not open any more"},
    [CORE_NOT_FOUND] = {"NOT_FOUND", "there is no such order"},
    [CORE_NO_SUCH_KIND] = {"NO_SUCH_KIND", "orders of this kind are not taken"},
    [CORE_NOTHING_CHANGES] = {"NOTHING_CHANGES", "the order has this price and quantity"},
    [CORE_FULL] = {"FULL", "the rehearsal venue has no room for more; start it again"}};

const char *core_why_name(enum core_why why) { return why_names[why][0]; }
const char *core_why_words(enum core_why why) { return why_names[why][1]; }
