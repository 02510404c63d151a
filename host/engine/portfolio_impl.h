/* portfolio_impl.h: what the files of the portfolio share. Nobody else includes this. */
#ifndef ENGINE_PORTFOLIO_IMPL_H
#define ENGINE_PORTFOLIO_IMPL_H

#include "engine/limits.h"
#include "engine/portfolio.h"
#include "engine/rates.h"

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
    uint64_t version; /* of balances and positions: one more with each change */
};

#endif
