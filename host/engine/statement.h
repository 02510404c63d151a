/* statement.h: what venues say of accounts, positions, markets and themselves beside trading, kept as they say it.
 *
 * Invariants
 * - These are the venue's words. What we count ourselves, from fills and from balances, lies in the portfolio; both are shown.
 * - A later word replaces the earlier one of the same thing; one of an earlier venue time changes nothing. Of rights, margin and
 *   figures only what is said anew is replaced: a stream says what has changed.
 * - A ledger entry moves a balance once, when it is done, and back once, when it is reversed: statement_ledger says by how much.
 *   What a balance of the same time or a later one holds already moves nothing.
 * - Each table has a limit. What does not fit is told by OC_E_LIMIT, and nothing changes.
 * - Made of the records alone: a restart and a replay have the same. Nothing is allocated before a venue speaks. */
#ifndef ENGINE_STATEMENT_H
#define ENGINE_STATEMENT_H

#include <outcry/event_account.h>
#include <outcry/event_market.h>

#include "base/checked.h"
#include "base/fill_key.h"
#include "base/money.h"
#include "engine/limits.h"

struct rescale;
struct save_cursor;

enum { STATEMENT_PARTS = OC_PART_LINK + 1, STATEMENT_FIGURES = OC_FIGURE_HOME_RATE + 1, STATEMENT_WAITING_MAX = 32 };

struct market_figures { /* of one instrument */
    struct {
        struct oc_dec value;
        int64_t at_ns; /* 0: never said */
    } figures[STATEMENT_FIGURES];
    struct oc_ev_funding funding; /* head.size 0: never said */
};

struct ledger_seen { /* an entry, by what it did */
    struct fill_key key;
    oc_i128 moved; /* of the balance, in the state in which it was said last */
    int64_t at_ns;
    uint64_t zero;
};

struct account_statement {
    struct oc_ev_account account; /* head.size 0: never said */
    struct oc_ev_venue states[STATEMENT_PARTS];
    struct oc_ev_balance *balances; /* by asset, then wallet; owned */
    uint32_t balance_count;
    uint32_t balance_room;
};

/* Money that came or went without trading, as it was worth then. It is no profit. */
struct outside_money {
    oc_i128 put_in;                              /* by ledger entries: deposits less withdrawals */
    oc_i128 corrected;                           /* by balances that are not what we counted */
    oc_i128 of_account[ENGINE_ACCOUNTS_MAX + 1]; /* both, of each account in its own currency */
    struct {
        oc_i128 money;
        uint32_t account;
        uint32_t asset;
        uint64_t is_correction;
    } waiting[STATEMENT_WAITING_MAX]; /* for a price */
    uint64_t waiting_count;
};

struct statement {
    struct account_statement *accounts[ENGINE_ACCOUNTS_MAX + 1]; /* NULL: nothing was said. Owned */
    struct oc_ev_position *positions;                            /* in the order in which they came; owned */
    uint32_t position_count;
    uint32_t position_room;
    struct oc_ev_ledger *entries;    /* the last ones, a ring; owned */
    uint64_t entry_count;            /* ever */
    struct ledger_seen *seen;        /* a ring; owned */
    uint64_t seen_count;             /* ever */
    int64_t forgotten_ns;            /* entries up to this time may have left `seen` */
    struct market_figures **figures; /* by instrument index; owned */
    uint32_t figure_room;
    uint32_t zero;
    struct outside_money outside;
};

/* Zeroed is empty. */
void statement_release(struct statement *statement);

/* OC_OK, OC_E_LIMIT, OC_E_NOMEM. The account is head.source, or what the event names. */
CHECKED oc_rc statement_balance(struct statement *statement, const struct oc_ev_balance *balance);
CHECKED oc_rc statement_position(struct statement *statement, const struct oc_ev_position *position);
CHECKED oc_rc statement_account(struct statement *statement, const struct oc_ev_account *account);
CHECKED oc_rc statement_venue(struct statement *statement, const struct oc_ev_venue *venue);
CHECKED oc_rc statement_figures(struct statement *statement, const struct oc_ev_figures *figures);
CHECKED oc_rc statement_funding(struct statement *statement, const struct oc_ev_funding *funding);

struct ledger_effect {
    oc_i128 move;   /* of the balance, now */
    oc_i128 put_in; /* of that, money from outside; where a balance held the entry already: what was no correction */
    oc_i128 corrected;
};

/* What an entry does now. `counted` is the balance. OC_E_EXISTS: older than what is remembered, so that it may have moved the
 * balance already: it is shown and moves nothing. */
CHECKED oc_rc statement_ledger(struct statement *statement, const struct oc_ev_ledger *entry, oc_i128 counted,
                               struct ledger_effect *ret_effect);

/* When it was so, as far as the venue says. */
static inline int64_t statement_time(const struct oc_event *head)
{
    return head->venue_ns ? head->venue_ns : head->local_ns;
}
/* The sum of a balance: as said, or of its parts. OC_E_RANGE. */
CHECKED oc_rc statement_total(const struct oc_ev_balance *balance, oc_i128 *ret_money);

/* NULL where nothing was said. Borrowed until the next input. */
const struct account_statement *statement_of(const struct statement *statement, uint32_t account);
const struct oc_ev_balance *statement_find_balance(const struct statement *statement, uint32_t account, uint32_t asset,
                                                   uint32_t wallet);
const struct market_figures *statement_figures_of(const struct statement *statement, uint32_t inst);
/* Entry 0 is the youngest; NULL beyond what is kept. */
const struct oc_ev_ledger *statement_entry(const struct statement *statement, uint32_t back);
/* What the venue shows as held of an instrument, sides added up; false: it shows no position of it. */
bool statement_held(const struct statement *statement, uint32_t account, uint32_t inst, int64_t *ret_qty);
/* The state of a part of a venue as an account's connector said it last, of that part or of all; where less is possible, or it has said
 * nothing, how the venue is reached. */
uint32_t statement_state(const struct statement *statement, uint32_t account, uint32_t part);
/* Whether the host reaches the venue of an account, which may refuse its key all the same; where nothing was said of that, as of a
 * simulator, it does. */
bool statement_reaches(const struct statement *statement, uint32_t account);
/* Less is possible in `state` than in `than`. */
bool statement_state_is_worse(uint32_t state, uint32_t than);
/* Why the venue takes no new order of this account; `is_passive`: one that only rests. NULL: nothing said is in the way. */
const char *statement_refuses(const struct statement *statement, uint32_t account, bool is_passive);

/* The names that pages and scripts show: "mark", "open_interest"; "deposit"; "done"; "ready". "?" outside the range. */
const char *statement_figure_name(uint32_t what);
const char *statement_ledger_kind(uint32_t kind);
const char *statement_ledger_status(uint32_t status);
const char *statement_state_name(uint32_t state);
/* Name and bit of right `i`; NULL behind the last. */
const char *statement_right(uint32_t i, uint32_t *ret_bit);

/* What is counted in units of an instrument, in the steps of its next version. */
void statement_turn(struct statement *statement, uint32_t inst, struct rescale *rescale);
/* save_statement.c */
void save_statement(struct statement *statement, struct save_cursor *cursor);

#endif
