/* holdings.h: what all accounts hold together, asset by asset, and what that is worth in one currency.
 *
 * Invariants
 * - A line is one asset. Its parts are the balance that each account has of it, and each position of a derivative whose base it is:
 *   what is held of one thing at several venues is one line.
 * - Equity is the value of balances and what positions of derivatives have made, as in portfolio_equity() where that is known; what those positions
 *   are worth (their exposure) is part of a line's value alone.
 * - No part is left out of a sum: where one has no price, the sum has none either, and says how much of it is known and how many
 *   parts are not.
 * - A rate names the markets that it comes by, and the time of the oldest of their prices. */
#ifndef ENGINE_HOLDINGS_H
#define ENGINE_HOLDINGS_H

#include "engine/portfolio.h"
#include "engine/rates.h"
#include "engine/statement.h"

struct holdings { /* what is asked; borrowed */
    struct portfolio *portfolio;
    const struct statement *statement;
    uint32_t currency; /* asset */
};

struct holding_sum {
    oc_i128 known;
    uint32_t missing; /* parts that are not in it: it is no sum then */
};

struct holding_rate {
    bool is_known;
    bool is_reached; /* all its venues */
    uint32_t hops;   /* 0: it is the currency itself */
    uint32_t inst[RATE_HOPS_MAX];
    oc_i128 rate;  /* of the currency, for one of the asset */
    int64_t at_ns; /* of the oldest price; of no meaning without hops */
};

struct holding_part {
    uint32_t account;
    uint32_t inst;  /* of a derivative; 0: a balance */
    oc_i128 qty;    /* money of the asset */
    oc_i128 value;  /* of the currency */
    oc_i128 counts; /* what it adds to equity */
    bool has_qty;
    bool has_value;
    bool has_counts;
};

struct holding_line {
    uint32_t asset;
    uint32_t part_count;
    struct holding_sum net; /* money of the asset */
    struct holding_sum value;
    struct holding_sum counts;
    struct holding_rate rate;
};

struct holding_account {
    uint32_t account;
    bool is_heard;
    int64_t known_ns; /* where it is not */
    struct holding_sum equity;
    struct holding_sum realised; /* as these three: by the account's own books */
    struct holding_sum unrealised;
    struct holding_sum fees;
};

/* Which assets somebody holds. */
void holdings_assets(const struct holdings *holdings, bool ret_held[ENGINE_ASSETS_MAX]);
/* The i-th part of an asset: accounts in their order, then positions. False: there are no more. */
bool holdings_part(const struct holdings *holdings, uint32_t asset, uint32_t i, struct holding_part *ret_part);
/* All parts of an asset. False: nobody holds it. */
bool holdings_line(const struct holdings *holdings, uint32_t asset, struct holding_line *ret_line);
/* Whether the venue of an account is reached, and does not refuse its key; where not, *ret_known_ns says until when it was. */
bool holdings_heard(const struct holdings *holdings, uint32_t account, int64_t *ret_known_ns);
void holdings_account(const struct holdings *holdings, uint32_t account, struct holding_account *ret_account);
/* Of all accounts. */
void holdings_all(const struct holdings *holdings, struct holding_account *ret_all);

#endif
