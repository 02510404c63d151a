/* portfolio.h: accounts, balances, books and what they are worth.
 *
 * Invariants
 * - A book belongs to (account, strategy, instrument); strategy 0 is the account's own net book. Strategy books are
 *   virtual: their sum and the net book agree in quantity and in realised + unrealised, not in each part (PNL-5).
 * - Spot fills move base and quote balances by the exact product; linear and inverse fills move the settlement balance
 *   by what is realised. Fees leave the balance of their own asset.
 * - total = free + used: an open order uses what it will need; only reserve.c says how much.
 * - Where an account has a capital, strategies trade with that alone: it begins as an amount of the account's currency and changes by
 *   what strategies trade and by what a person assigns to them, never by what a venue says of the account. What the account holds
 *   beside it is unassigned, and may be less than nothing.
 * - Conversion goes through the fewest hops, at the middle (valuation) or the far side (liquidation) (PNL-3, PNL-4).
 * - Overflow is OC_E_RANGE and nothing changes. */
#ifndef ENGINE_PORTFOLIO_H
#define ENGINE_PORTFOLIO_H

#include "base/checked.h"
#include "engine/market.h"
#include "engine/position.h"

#define ACCOUNT_NAME_MAX 32

/* On what terms an account trades spot instruments: what an open order reserves of its balances. Zeroed: nothing. */
struct account_terms {
    struct oc_dec fee; /* the most that a trade costs, a share of its value */
    bool has_funds;    /* orders beyond what is free are refused */
    bool may_short;    /* what is sold need not be held */
};

struct book {
    struct position position;
    int64_t open_buy; /* exposure of open orders: units */
    int64_t open_sell;
    uint64_t close_order; /* the last one that closes it; 0: none did */
    uint32_t is_closing;  /* 1: until it is flat (closing.c) */
    uint32_t close_tries; /* refused or failed in a row */
    int64_t close_ns;     /* not before then is it asked for again */
    int64_t foreign;      /* of an account's own book, where it has a capital: what another hand has traded of it */
};

struct account {
    char name[ACCOUNT_NAME_MAX];
    char venue[OC_VENUE_MAX];
    uint32_t source;  /* interned id that answers of this account carry */
    uint32_t base;    /* asset it is valued in */
    uint32_t method;  /* COST_... */
    uint32_t latched; /* 1: opens no new risk */
    char latch_reason[OC_REASON_MAX];
    uint32_t asset_max;
    uint32_t has_capital; /* 1: strategies trade with a capital */
    struct account_terms terms;
    oc_i128 *balances;         /* by asset; owned */
    oc_i128 *reserved;         /* of them, by open orders (reserve.c); owned */
    oc_i128 *capital;          /* with has_capital: what strategies have of each asset; owned */
    oc_i128 *capital_reserved; /* of that, by open orders of strategies; owned */
    oc_i128 capital_start;     /* what it began as, in `base` */
};

struct portfolio;
struct rate_path;
struct statement;

CHECKED oc_rc portfolio_new(struct instruments *instruments, struct markets *markets, struct portfolio **ret_portfolio);
void portfolio_free(struct portfolio *portfolio);

/* Accounts are numbered from 1. `base` is the currency of account. */
CHECKED oc_rc portfolio_add_account(struct portfolio *portfolio, const char *name, const char *venue, uint32_t base,
                                    uint32_t method, uint32_t *ret_account);
struct account *portfolio_account(struct portfolio *portfolio, uint32_t account);          /* NULL if unknown */
const struct account *portfolio_look(const struct portfolio *portfolio, uint32_t account); /* the same, to read */
uint32_t portfolio_account_count(const struct portfolio *portfolio);
struct portfolio_world { /* what it values by; borrowed */
    struct instruments *instruments;
    struct markets *markets;
};
struct portfolio_world portfolio_world(const struct portfolio *portfolio);

/* The book, made when first asked for. OC_E_LIMIT, OC_E_NOMEM. Borrowed for the life of the portfolio. */
CHECKED oc_rc portfolio_book(struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t inst,
                             struct book **ret_book);
/* NULL if there is none. */
struct book *portfolio_find(const struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t inst);
uint32_t portfolio_book_count(const struct portfolio *portfolio);
struct book *portfolio_book_at(const struct portfolio *portfolio, uint32_t index);

oc_i128 portfolio_balance(const struct portfolio *portfolio, uint32_t account, uint32_t asset);
/* Replaces a balance by what the venue says. */
CHECKED oc_rc portfolio_set_balance(struct portfolio *portfolio, uint32_t account, uint32_t asset, oc_i128 money);
/* What open orders need of it. */
oc_i128 portfolio_reserved(const struct portfolio *portfolio, uint32_t account, uint32_t asset);
/* An order of a strategy, or of none (0), needs so much more, or less, than before. OC_E_LIMIT, OC_E_NOMEM, OC_E_RANGE: nothing changed. */
CHECKED oc_rc portfolio_reserve(struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t asset,
                                oc_i128 more);
/* Books one fill to the net book and the strategy's book and moves balances. */
CHECKED oc_rc portfolio_fill(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                             const struct oc_ev_fill *fill);

struct portfolio_trade { /* a fill, or what stands for one */
    struct position_trade what;
    uint32_t inst;
    uint32_t fee_asset;
    oc_i128 fee;
    int64_t at_ns;
};

/* The same; ret_effects: NULL, or what it did to the net book and to the strategy's. */
CHECKED oc_rc portfolio_trade(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                              const struct portfolio_trade *trade, struct position_effect ret_effects[2]);
/* Moves a balance by so much. OC_E_RANGE, OC_E_LIMIT, OC_E_NOMEM: nothing changed. */
CHECKED oc_rc portfolio_move(struct portfolio *portfolio, uint32_t account, uint32_t asset, oc_i128 money);
/* The same of what a strategy has traded (0: nobody): its account's capital goes with it. */
CHECKED oc_rc portfolio_move_of(struct portfolio *portfolio, uint32_t account, uint32_t strategy, uint32_t asset,
                                oc_i128 money);

/* [setup] Strategies trade in this account with so much of its currency. Before anything is booked. OC_E_NOT_FOUND, OC_E_NOMEM,
 * OC_E_INVALID: not above 0. */
CHECKED oc_rc portfolio_set_capital(struct portfolio *portfolio, uint32_t account, oc_i128 money);
/* What strategies may trade with: of the capital, or of the account where it has none. */
oc_i128 portfolio_tradable(const struct portfolio *portfolio, uint32_t account, uint32_t asset);
/* What of the capital open orders of strategies need; 0 without one. */
oc_i128 portfolio_capital_reserved(const struct portfolio *portfolio, uint32_t account, uint32_t asset);
/* What the account holds beside the capital; 0 without one. Below 0: less than strategies count on. */
oc_i128 portfolio_unassigned(const struct portfolio *portfolio, uint32_t account, uint32_t asset);
/* Whether what is sold by hand is of what is unassigned, and no short: the account has a capital, and may not be short. */
bool portfolio_sells_unassigned(const struct portfolio *portfolio, uint32_t account);
/* A checkpoint's: the capital has so much of an asset. */
CHECKED oc_rc portfolio_put_capital(struct portfolio *portfolio, uint32_t account, uint32_t asset, oc_i128 money);
/* A person gives a strategy something of what is unassigned, or takes it back, at a price: a trade between the two, which moves nothing
 * of the account. As portfolio_trade; OC_E_STATE: the account has no capital. */
CHECKED oc_rc portfolio_assign(struct portfolio *portfolio, uint32_t account, uint32_t strategy,
                               const struct portfolio_trade *trade);
/* Money of the base asset that so many units are. */
CHECKED oc_rc portfolio_base_money(const struct instrument *instrument, int64_t qty, oc_i128 *ret_money);

enum { RATE_MIDDLE = 0, RATE_FAR = 1, RATE_SHOWN = 2 };
/* `money` of asset `from` in asset `to`. OC_E_NOT_FOUND: no chain of prices leads there. */
CHECKED oc_rc portfolio_convert(struct portfolio *portfolio, oc_i128 money, uint32_t from, uint32_t to, int side,
                                oc_i128 *ret_money);
/* By which markets RATE_SHOWN goes; NULL: none is needed, or no chain of prices leads there. Borrowed until the next call. */
const struct rate_path *portfolio_rate_path(struct portfolio *portfolio, uint32_t from, uint32_t to);
/* [setup] Whether venues are reached stands in it: prices of those that are not are gone by only where there are no others. Borrowed. */
void portfolio_watch(struct portfolio *portfolio, const struct statement *statement);
/* Whether a venue is reached, by any of its accounts: each may have streams of its own. One without accounts is. */
bool portfolio_reaches(const struct portfolio *portfolio, const char *venue);
/* A market has its first price, or a venue is reached that was not, or the other way round: conversions may go another way. */
void portfolio_rates_changed(struct portfolio *portfolio);
/* What a position has made at mark2 / 2. OC_E_RANGE. */
CHECKED oc_rc portfolio_unrealised(const struct position *position, const struct instrument *instrument, int64_t mark2,
                                   oc_i128 *ret_money);
/* Balances plus unrealised profit of derivatives, in the account's currency. Balances without any price chain are
 * left out and counted in *ret_unpriced; where that is NULL, OC_E_NOT_FOUND: a smaller number is no equity. */
CHECKED oc_rc portfolio_equity(struct portfolio *portfolio, uint32_t account, oc_i128 *ret_money,
                               uint32_t *ret_unpriced);

/* The same of what strategies trade with: the capital, or all of the account where it has none. */
CHECKED oc_rc portfolio_traded_equity(struct portfolio *portfolio, uint32_t account, oc_i128 *ret_money,
                                      uint32_t *ret_unpriced);
/* That of all accounts together, in `base`. */
CHECKED oc_rc portfolio_traded_equity_all(struct portfolio *portfolio, uint32_t base, oc_i128 *ret_money,
                                          uint32_t *ret_unpriced);
/* The account that trades at a venue: `account`, where it is of that venue, else the first that is. 0: none. */
uint32_t portfolio_account_at(const struct portfolio *portfolio, const char *venue, uint32_t account);

/* Whether the instruments there are can lead from one asset to the other once they have prices. */
bool portfolio_leads(const struct portfolio *portfolio, uint32_t from, uint32_t to);
/* Grows with each change of balances and positions. */
uint64_t portfolio_version(const struct portfolio *portfolio);
/* The index of the instrument whose spot price alone values `from` in `to`; 0: none, or a longer way. */
uint32_t portfolio_direct(struct portfolio *portfolio, uint32_t from, uint32_t to);
bool portfolio_is_spot(const struct portfolio *portfolio, uint32_t inst);

#endif
