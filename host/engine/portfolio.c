#include "engine/portfolio.h"

#include <stdlib.h>
#include <string.h>

#include "engine/dust.h"
#include "engine/limits.h"
#include "engine/rates.h"
#include "engine/statement.h"

enum { TABLE_FIRST = 64 };

/* Where a book is found: whose it is, and of what. No two books have the same key. */
struct place {
    uint64_t key; /* 0: empty; accounts are numbered from 1 */
    struct book *book;
};

struct portfolio {
    struct instruments *instruments;
    struct markets *markets;
    struct account accounts[ENGINE_ACCOUNTS_MAX + 1];
    uint32_t account_count; /* accounts[1..account_count] */
    uint32_t book_count;
    uint32_t book_room;
    uint32_t table_size; /* open addressing, power of two */
    struct book **books; /* in order of creation */
    struct place *table;
    struct rates rates;
    const struct statement *statement; /* borrowed; NULL: of no use without an engine */
    uint64_t version;                  /* of balances and positions: one more with each change */
};

oc_rc portfolio_new(struct instruments *instruments, struct markets *markets, struct portfolio **ret_portfolio)
{
    struct portfolio *portfolio = calloc(1, sizeof *portfolio);
    if (!portfolio)
        return OC_E_NOMEM;
    portfolio->instruments = instruments;
    portfolio->markets = markets;
    portfolio->table_size = TABLE_FIRST;
    portfolio->table = calloc(TABLE_FIRST, sizeof *portfolio->table);
    if (!portfolio->table) {
        free(portfolio);
        return OC_E_NOMEM;
    }
    rates_init(&portfolio->rates, instruments, markets);
    *ret_portfolio = portfolio;
    return OC_OK;
}

static void free_balances(struct account *account)
{
    free(account->balances);
    free(account->reserved);
    free(account->capital);
    free(account->capital_reserved);
}

void portfolio_free(struct portfolio *portfolio)
{
    if (!portfolio)
        return;
    for (uint32_t i = 0; i < portfolio->book_count; i++) {
        position_release(&portfolio->books[i]->position);
        free(portfolio->books[i]);
    }
    for (uint32_t i = 1; i <= portfolio->account_count; i++)
        free_balances(&portfolio->accounts[i]);
    free(portfolio->books);
    free(portfolio->table);
    free(portfolio);
}

oc_rc portfolio_add_account(struct portfolio *portfolio, const char *name, const char *venue, uint32_t base,
                            uint32_t method, uint32_t *ret_account)
{
    if (strlen(name) >= ACCOUNT_NAME_MAX || strlen(venue) >= OC_VENUE_MAX || !base || method > COST_LIFO)
        return OC_E_INVALID;
    if (portfolio->account_count == ENGINE_ACCOUNTS_MAX)
        return OC_E_LIMIT;
    uint32_t id = portfolio->account_count + 1;
    struct account *account = &portfolio->accounts[id];
    memset(account, 0, sizeof *account);
    strcpy(account->name, name);
    strcpy(account->venue, venue);
    account->base = base;
    account->method = method;
    account->source = id;
    portfolio->account_count = id;
    *ret_account = id;
    return OC_OK;
}

struct account *portfolio_account(struct portfolio *portfolio, uint32_t account)
{
    return account > 0 && account <= portfolio->account_count ? &portfolio->accounts[account] : NULL;
}

const struct account *portfolio_look(const struct portfolio *portfolio, uint32_t account)
{
    return account > 0 && account <= portfolio->account_count ? &portfolio->accounts[account] : NULL;
}

struct portfolio_world portfolio_world(const struct portfolio *portfolio)
{
    return (struct portfolio_world){portfolio->instruments, portfolio->markets};
}

uint32_t portfolio_account_count(const struct portfolio *portfolio) { return portfolio->account_count; }

_Static_assert(ENGINE_ACCOUNTS_MAX < 1 << 16 && ENGINE_STRATEGIES_MAX < 1 << 16, "each has 16 bits of a key");

static uint64_t book_key(uint32_t account, uint32_t strategy, uint32_t index)
{
    return ((uint64_t)account << 48) | ((uint64_t)strategy << 32) | index;
}

static uint32_t book_slot(uint64_t key, uint32_t size)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15ull) >> 32) & (size - 1);
}

static inline struct book *find(const struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t inst)
{
    if (__builtin_expect((account | strategy) >> 16 != 0, 0)) /* nobody has such a number */
        return NULL;
    const uint64_t key = book_key(account, strategy, OC_INST_INDEX(inst));
    const uint32_t mask = portfolio->table_size - 1;
    const struct place *place = &portfolio->table[book_slot(key, portfolio->table_size)];
    while (place->key != key && place->key)
        place = &portfolio->table[(uint32_t)(place - portfolio->table + 1) & mask];
    return place->key ? place->book : NULL;
}

struct book *portfolio_find(const struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t inst)
{
    return find(portfolio, account, strategy, inst);
}

static void table_put(struct portfolio *portfolio, struct book *book)
{
    const struct position *position = &book->position;
    const uint64_t key = book_key(position->account, position->strategy, OC_INST_INDEX(position->inst));
    uint32_t slot = book_slot(key, portfolio->table_size);
    while (portfolio->table[slot].key)
        slot = (slot + 1) & (portfolio->table_size - 1);
    portfolio->table[slot] = (struct place){key, book};
}

static oc_rc table_grow(struct portfolio *portfolio)
{
    uint32_t size = portfolio->table_size * 2;
    struct place *table = calloc(size, sizeof *table);
    if (!table)
        return OC_E_NOMEM;
    free(portfolio->table);
    portfolio->table = table;
    portfolio->table_size = size;
    for (uint32_t i = 0; i < portfolio->book_count; i++)
        table_put(portfolio, portfolio->books[i]);
    return OC_OK;
}

static __attribute__((noinline)) oc_rc book_make(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                                                 uint32_t inst, struct book **ret_book)
{
    const struct account *owner = portfolio_account(portfolio, account);
    if (!owner || !instruments_get(portfolio->instruments, inst))
        return OC_E_NOT_FOUND;
    if (portfolio->book_count == ENGINE_BOOKS_MAX)
        return OC_E_LIMIT;
    if (portfolio->book_count == portfolio->book_room) {
        uint32_t room = portfolio->book_room ? portfolio->book_room * 2 : 16;
        struct book **books = realloc(portfolio->books, room * sizeof *books);
        if (!books)
            return OC_E_NOMEM;
        portfolio->books = books;
        portfolio->book_room = room;
    }
    if (portfolio->book_count * 2 >= portfolio->table_size && table_grow(portfolio) < 0)
        return OC_E_NOMEM;
    struct book *book = calloc(1, sizeof *book);
    if (!book)
        return OC_E_NOMEM;
    position_init(&book->position, account, strategy, inst, owner->method);
    portfolio->books[portfolio->book_count++] = book;
    table_put(portfolio, book);
    *ret_book = book;
    return OC_OK;
}

oc_rc portfolio_book(struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t inst,
                     struct book **ret_book)
{
    struct book *book = find(portfolio, account, strategy, inst);
    if (__builtin_expect(!book, 0))
        return book_make(portfolio, account, strategy, inst, ret_book);
    *ret_book = book;
    return OC_OK;
}

uint32_t portfolio_book_count(const struct portfolio *portfolio) { return portfolio->book_count; }

struct book *portfolio_book_at(const struct portfolio *portfolio, uint32_t index)
{
    return index < portfolio->book_count ? portfolio->books[index] : NULL;
}

/* One array of them becomes as long; what is new is 0. */
static bool grow(oc_i128 **list, uint32_t count, uint32_t room)
{
    oc_i128 *grown = realloc(*list, room * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + count, 0, (room - count) * sizeof *grown);
    *list = grown;
    return true;
}

static oc_rc balances_room(struct account *account, uint32_t asset)
{
    if (asset < account->asset_max)
        return OC_OK;
    if (asset >= ENGINE_ASSETS_MAX)
        return OC_E_LIMIT;
    const uint32_t count = account->asset_max;
    uint32_t room = count ? count : 8;
    while (room <= asset)
        room *= 2;
    if (!grow(&account->balances, count, room) || !grow(&account->reserved, count, room))
        return OC_E_NOMEM;
    if (account->has_capital &&
        (!grow(&account->capital, count, room) || !grow(&account->capital_reserved, count, room)))
        return OC_E_NOMEM;
    account->asset_max = room;
    return OC_OK;
}

oc_i128 portfolio_balance(const struct portfolio *portfolio, uint32_t account, uint32_t asset)
{
    if (account == 0 || account > portfolio->account_count)
        return 0;
    const struct account *owner = &portfolio->accounts[account];
    return asset < owner->asset_max ? owner->balances[asset] : 0;
}

oc_rc portfolio_set_balance(struct portfolio *portfolio, uint32_t account, uint32_t asset, oc_i128 money)
{
    portfolio->version++;
    struct account *owner = portfolio_account(portfolio, account);
    if (!owner || !asset)
        return OC_E_NOT_FOUND;
    oc_rc rc = balances_room(owner, asset);
    if (rc == OC_OK)
        owner->balances[asset] = money;
    return rc;
}

oc_i128 portfolio_reserved(const struct portfolio *portfolio, uint32_t account, uint32_t asset)
{
    if (account == 0 || account > portfolio->account_count)
        return 0;
    const struct account *owner = &portfolio->accounts[account];
    return asset < owner->asset_max ? owner->reserved[asset] : 0;
}

oc_rc portfolio_reserve(struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t asset, oc_i128 more)
{
    struct account *owner = portfolio_account(portfolio, account);
    if (!owner || !asset)
        return OC_E_NOT_FOUND;
    oc_i128 sum = 0, of_capital = 0;
    oc_rc rc = balances_room(owner, asset);
    if (rc == OC_OK)
        rc = num_add_128(owner->reserved[asset], more, &sum);
    if (rc == OC_OK && strategy && owner->has_capital)
        rc = num_add_128(owner->capital_reserved[asset], more, &of_capital);
    if (rc < 0)
        return rc;
    owner->reserved[asset] = sum;
    if (strategy && owner->has_capital)
        owner->capital_reserved[asset] = of_capital;
    return OC_OK;
}

struct moves { /* what one fill does to the balances */
    uint32_t count;
    uint32_t assets[3];
    oc_i128 money[3];
};

oc_rc portfolio_base_money(const struct instrument *instrument, int64_t qty, oc_i128 *ret_money)
{
    const struct oc_dec *step = &instrument->info.qty_step;
    return num_mul_128((oc_i128)qty * step->units, num_pow10_128(MONEY_SCALE - step->scale), ret_money);
}

static oc_rc moves_plan(const struct instrument *instrument, const struct position_trade *trade, oc_i128 gained,
                        struct moves *moves)
{
    if (instrument->info.kind != OC_KIND_SPOT) {
        *moves = (struct moves){1, {instrument->info.settle}, {gained}};
        return OC_OK;
    }
    int64_t qty = trade->side == OC_SIDE_BUY ? trade->qty : -trade->qty;
    oc_i128 value = qty < 0 ? trade->value : -trade->value, base = 0;
    oc_rc rc = OC_OK;
    if (!trade->has_value)
        rc = instrument_value(instrument, trade->price, -qty, &value);
    if (rc == OC_OK)
        rc = portfolio_base_money(instrument, qty, &base);
    *moves = (struct moves){2, {instrument->info.base, instrument->info.quote}, {base, value}};
    return rc;
}

/* All of them or none. There is room. */
static oc_rc move_all(oc_i128 *balances, const struct moves *moves)
{
    oc_i128 before[3] = {0};
    for (uint32_t i = 0; i < moves->count; i++) {
        before[i] = balances[moves->assets[i]];
        oc_rc rc = num_add_128(before[i], moves->money[i], &balances[moves->assets[i]]);
        if (rc < 0) {
            while (i-- > 0)
                balances[moves->assets[i]] = before[i];
            return rc;
        }
    }
    return OC_OK;
}

/* The same; what a strategy has traded moves the capital too. */
static oc_rc moves_make(struct account *account, uint32_t strategy, const struct moves *moves)
{
    for (uint32_t i = 0; i < moves->count; i++) {
        oc_rc rc = balances_room(account, moves->assets[i]);
        if (rc < 0)
            return rc;
    }
    oc_rc rc = move_all(account->balances, moves);
    if (__builtin_expect(!account->has_capital || !strategy || rc < 0, 1))
        return rc;
    rc = move_all(account->capital, moves);
    for (uint32_t i = 0; rc < 0 && i < moves->count; i++)
        account->balances[moves->assets[i]] -= moves->money[i]; /* it was there before */
    return rc;
}

static oc_rc trade_with_dust(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                             const struct portfolio_trade *trade, struct position_effect ret_effects[2]);

/* Twice in the program: what a simulator fills pays nothing for what only a venue says, and nothing for dust where there is none. */
static inline __attribute__((always_inline)) oc_rc book_trade(struct portfolio *portfolio, uint32_t account,
                                                              uint32_t strategy, const struct portfolio_trade *trade,
                                                              struct position_effect ret_effects[2], bool has_joined)
{
    struct account *owner = portfolio_account(portfolio, account);
    const struct instrument *instrument = instruments_get(portfolio->instruments, trade->inst);
    if (!owner || !instrument)
        return OC_E_NOT_FOUND;
    if (!has_joined && __builtin_expect((instrument->info.present & DUST_LIMITS) ||
                                            (trade->fee_asset == instrument->info.base && trade->fee != 0),
                                        0))
        return trade_with_dust(portfolio, account, strategy, trade, ret_effects);
    const uint32_t owners[2] = {0, strategy};
    struct book *books[2] = {NULL, NULL};
    struct position_plan plans[2] = {{0}, {0}};
    struct moves moves = {0};
    oc_rc rc = OC_OK;
    uint32_t count = strategy ? 2 : 1;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        rc = portfolio_book(portfolio, account, owners[i], trade->inst, &books[i]);
        if (!has_joined && rc == OC_OK && __builtin_expect(books[i]->position.has_dust, 0))
            return trade_with_dust(portfolio, account, strategy, trade, ret_effects);
        if (rc == OC_OK)
            rc = position_plan(&books[i]->position, instrument, &trade->what, &plans[i]);
        if (rc == OC_OK)
            rc = position_fee_fits(&books[i]->position, trade->fee_asset, trade->fee);
    }
    if (rc == OC_OK)
        rc = moves_plan(instrument, &trade->what, plans[0].realised - books[0]->position.realised, &moves);
    if (rc == OC_OK && trade->fee != 0) {
        moves.assets[moves.count] = trade->fee_asset;
        moves.money[moves.count++] = -trade->fee;
    }
    if (rc == OC_OK)
        rc = moves_make(owner, strategy, &moves);
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) { /* nothing below can fail */
        if (ret_effects)
            ret_effects[i] = position_effect(&books[i]->position, &plans[i]);
        position_commit(&books[i]->position, &plans[i], trade->at_ns);
        (void)position_fee(&books[i]->position, trade->fee_asset, trade->fee); /* it was asked whether it fits */
    }
    return rc;
}

/* What is set aside joins, and what cannot be sold behind the trade is set aside. */
static __attribute__((noinline)) oc_rc trade_with_dust(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                                                       const struct portfolio_trade *trade,
                                                       struct position_effect ret_effects[2])
{
    const struct instrument *instrument = instruments_get(portfolio->instruments, trade->inst);
    const uint32_t owners[2] = {0, strategy}, count = strategy ? 2 : 1;
    const bool is_in_base = instrument && trade->fee_asset == instrument->info.base;
    const struct dust_trade what = {
        .price = trade->what.price, .fee = is_in_base ? trade->fee : 0, .at_ns = trade->at_ns};
    struct book *books[2] = {NULL, NULL};
    struct dust_before before[2];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++)
        rc = portfolio_book(portfolio, account, owners[i], trade->inst, &books[i]);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < count; i++)
        before[i] = dust_joins(&books[i]->position);
    rc = book_trade(portfolio, account, strategy, trade, ret_effects, true);
    for (uint32_t i = 0; i < count; i++) {
        if (rc == OC_OK)
            dust_settles(&books[i]->position, instrument, &what, &before[i]);
        else
            dust_parts(&books[i]->position, &before[i]);
    }
    return rc;
}

oc_rc portfolio_trade(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                      const struct portfolio_trade *trade, struct position_effect ret_effects[2])
{
    portfolio->version++;
    return trade_with_dust(portfolio, account, strategy, trade, ret_effects);
}

oc_rc portfolio_fill(struct portfolio *portfolio, uint32_t account, uint32_t strategy, const struct oc_ev_fill *fill)
{
    struct portfolio_trade trade = {.what = {.price = fill->price, .qty = fill->qty, .side = fill->side},
                                    .inst = fill->head.inst,
                                    .fee_asset = fill->fee_asset,
                                    .at_ns = fill->head.venue_ns};
    portfolio->version++;
    oc_rc rc = money_from_dec(fill->fee, &trade.fee);
    return rc < 0 ? rc : book_trade(portfolio, account, strategy, &trade, NULL, false);
}

oc_rc portfolio_move_of(struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t asset, oc_i128 money)
{
    const struct moves moves = {1, {asset}, {money}};
    struct account *owner = portfolio_account(portfolio, account);
    portfolio->version++;
    return owner && asset ? moves_make(owner, strategy, &moves) : OC_E_NOT_FOUND;
}

oc_rc portfolio_move(struct portfolio *portfolio, uint32_t account, uint32_t asset, oc_i128 money)
{
    return portfolio_move_of(portfolio, account, 0, asset, money);
}

uint64_t portfolio_version(const struct portfolio *portfolio) { return portfolio->version; }

uint32_t portfolio_direct(struct portfolio *portfolio, uint32_t from, uint32_t to)
{
    return rates_direct(&portfolio->rates, from, to);
}

bool portfolio_leads(const struct portfolio *portfolio, uint32_t from, uint32_t to)
{
    return rates_lead(&portfolio->rates, from, to);
}

bool portfolio_is_spot(const struct portfolio *portfolio, uint32_t inst)
{
    const struct instrument *instrument = instruments_get(portfolio->instruments, inst);
    return instrument && instrument->info.kind == OC_KIND_SPOT;
}

oc_rc portfolio_convert(struct portfolio *portfolio, oc_i128 money, uint32_t from, uint32_t to, int side,
                        oc_i128 *ret_money)
{
    return rates_convert(&portfolio->rates, money, from, to, side, ret_money);
}

const struct rate_path *portfolio_rate_path(struct portfolio *portfolio, uint32_t from, uint32_t to)
{
    return rates_path(&portfolio->rates, from, to, RATE_SHOWN);
}

bool portfolio_reaches(const struct portfolio *portfolio, const char *venue)
{
    bool is_known = false;
    for (uint32_t id = 1; portfolio->statement && id <= portfolio->account_count; id++) {
        if (strcmp(portfolio->accounts[id].venue, venue) != 0)
            continue;
        if (statement_reaches(portfolio->statement, id))
            return true;
        is_known = true;
    }
    return !is_known;
}

static bool is_reached(const void *self, const char *venue) { return portfolio_reaches(self, venue); }

void portfolio_watch(struct portfolio *portfolio, const struct statement *statement)
{
    portfolio->statement = statement;
    portfolio->rates.is_reached = is_reached;
    portfolio->rates.self = portfolio;
}

void portfolio_rates_changed(struct portfolio *portfolio)
{
    portfolio->rates.change++;
    portfolio->version++;
}

uint32_t portfolio_account_at(const struct portfolio *portfolio, const char *venue, uint32_t account)
{
    if (account && account <= portfolio->account_count && strcmp(portfolio->accounts[account].venue, venue) == 0)
        return account;
    for (uint32_t id = 1; id <= portfolio->account_count; id++)
        if (strcmp(portfolio->accounts[id].venue, venue) == 0)
            return id;
    return 0;
}
