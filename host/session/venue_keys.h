/* venue_keys.h: the group venue.NAME of a configuration: which connector, for which accounts and instruments, in which environment.
 *
 * Invariants
 * - `--venue NAME` alone says where a run trades (session.venue): no file and no environment can. Several: --venue ONE,TWO.
 * - What is left out is refused, never guessed; what this host does not do yet is refused as that.
 * - venue.NAME.cash.ACCOUNT is the opening cash of an account; of the first account of all, account.cash where that is set. What an
 *   account holds is what its venue says, once it does. */
#ifndef SESSION_VENUE_KEYS_H
#define SESSION_VENUE_KEYS_H

#include "base/checked.h"
#include "engine/engine.h"
#include "session/parts.h"

#include <outcry/draft/data.h>
#include <outcry/venue.h>

enum {
    VENUE_INSTRUMENTS_MAX = 64, /* that a configuration names; a venue may say more */
    VENUE_ACCOUNTS_MAX = 16,    /* of one venue */
    VENUE_ACCOUNT_MAX = 32      /* bytes of a name, with the final zero */
};

/* The venues that this session trades at, as they were named; NULL: a simulator fills. Borrowed. */
const char *venue_names(const struct settings *settings);
/* A simulator fills, and the venues say the market alone: session.paper, which only `outcry paper --venue` sets. */
bool venue_is_feed(const struct settings *settings);
/* The i-th of them; false: there are no more, or its name is too long. */
bool venue_at(const struct settings *settings, uint32_t i, char ret_name[PART_NAME_MAX]);
/* The i-th account of a venue, by the name that the configuration gives it; false: there are no more. */
bool venue_account(const struct settings *settings, const char *venue, uint32_t i, char ret_name[VENUE_ACCOUNT_MAX]);
/* Who trades nothing there needs no account: a group without one is given this name. [setup] */
CHECKED oc_rc venue_default_account(struct settings *settings, const char *venue, const char *name);
/* Where no connector is configured for a venue and `outcry.NAME` is installed, it is that, at the exchange itself over the network, with what the
 * group says otherwise; `account` (NULL: none) becomes its account, whose key is the vault's of the same name. [setup] */
CHECKED oc_rc venue_default_group(struct settings *settings, const char *venue, const char *account,
                                  struct error *ret_error);
/* venue.NAME.KEY; `fallback` where it is not set. Borrowed. */
const char *venue_text(const struct settings *settings, const char *venue, const char *key, const char *fallback);
/* Whether the groups of all of them are there and whole; one without a market is. Codes of *ret_error. [setup] */
CHECKED oc_rc venue_judge(struct settings *settings, struct error *ret_error);
/* Whether each of them has a market. [setup] */
CHECKED oc_rc venue_judge_markets(struct settings *settings, struct error *ret_error);
/* The i-th instrument of a venue: symbol and steps. OC_E_NOT_FOUND: there are no more. [setup] */
CHECKED oc_rc venue_instrument(struct settings *settings, const char *venue, uint32_t i, struct oc_data_info *ret_info,
                               struct error *ret_error);
/* How much of the base one contract of it is: member contract_size; 1 where it is not said. [setup] */
CHECKED oc_rc venue_contract_size(struct settings *settings, const char *venue, uint32_t i, struct oc_dec *ret_size,
                                  struct error *ret_error);
/* Whether all is canceled at once too: OC_CAN_CANCEL_ALL... of venue.NAME.cancel_all, which becomes what the description says where it is
 * not set. `described` NULL: a replay, by what is recorded. OC_E_CONFIG. [setup] */
CHECKED oc_rc venue_cancel_all(struct settings *settings, const char *venue, const struct oc_venue *described,
                               uint32_t *ret_can, struct error *ret_error);
/* Whether fills that are missing are fetched: venue.NAME.fetch_fills, likewise. */
CHECKED oc_rc venue_fetch_fills(struct settings *settings, const char *venue, const struct oc_venue *described,
                                bool *ret_fetches, struct error *ret_error);
/* Which orders go the venue's own way (OC_CAN_CLOSE, OC_CAN_PROTECT), by venue.NAME.close and venue.NAME.legs, likewise: "venue", where
 * it can and nothing is said, or "order", as orders of their own; of legs also "target": the venue takes no stops. */
CHECKED oc_rc venue_own_way(struct settings *settings, const char *venue, const struct oc_venue *described,
                            uint32_t *ret_can, struct error *ret_error);
struct venue_protection {
    enum engine_protect protect;
    bool lacks_stops;
};
/* What becomes of stop and target where the venue cannot hold both: venue.NAME.protect, likewise; host, where it is not set. What was recorded
 * before there was such a key: orders. After venue_own_way. */
CHECKED oc_rc venue_protect(struct settings *settings, const char *venue, const struct oc_venue *described,
                            struct venue_protection *ret_protection, struct error *ret_error);
/* How far beyond a stop loss its limit lies where a symbol takes no stop at market, in ppm: venue.NAME.stop_slip, which becomes 1 % where it is not set
 * and the venue has stops with a limit. 0: `none`. */
CHECKED oc_rc venue_stop_slip(struct settings *settings, const char *venue, const struct oc_venue *described,
                              uint32_t *ret_ppm, struct error *ret_error);
/* Which stops are not changed at the venue, but taken back and set anew where a stop follows the market: bits of OC_ORDER_STOP and
 * OC_ORDER_STOP_LIMIT, by venue.NAME.move_stops, which becomes what the description says where it is not set. OC_E_CONFIG. */
CHECKED oc_rc venue_move_stops(struct settings *settings, const char *venue, const struct oc_venue *described,
                               uint32_t *ret_fixed, struct error *ret_error);
/* venue_keys.c, for venue_protect.c: a key that says what it may not, and one that is not set and becomes what is described. */
CHECKED oc_rc venue_key_wrong(const struct settings *settings, const char *venue, const char *key, const char *expected,
                              struct error *ret_error);
CHECKED oc_rc venue_key_describe(struct settings *settings, const char *venue, const char *key, const char *value,
                                 struct error *ret_error);
/* venue.NAME.deadman; 0: not set. OC_E_CONFIG: not a span of 5 s to 24 h, or the venue has no such switch. [setup] */
CHECKED oc_rc venue_deadman(struct settings *settings, const char *venue, const struct oc_venue *described,
                            int64_t *ret_ns, struct error *ret_error);
struct venue_books {
    uint32_t policy; /* enum depth_policy */
    uint32_t levels; /* a side */
    bool keeps_all;  /* of the instruments that the configuration names, from the start */
};
/* venue.NAME.book, book_levels and keep_books; the first two become what the description offers where they are not set. `described`
 * NULL: a replay, by what is recorded. OC_E_CONFIG. [setup] */
CHECKED oc_rc venue_books(struct settings *settings, const char *venue, const struct oc_venue *described,
                          struct venue_books *ret_books, struct error *ret_error);
/* Whether its connector runs in a process of its own: venue.NAME.isolate. OC_E_CONFIG. [setup] */
CHECKED oc_rc venue_isolated(struct settings *settings, const char *venue, bool *ret_isolated, struct error *ret_error);
/* How bars of a venue on the network are built: venue.NAME.bar_grace, bars and empty_bars, likewise. Of a transcript: as of a file. */
CHECKED oc_rc venue_bars(struct settings *settings, const char *venue, const struct oc_venue *described,
                         struct engine_bars *ret_bars, struct error *ret_error);
/* venue.NAME.environment, OC_ENV_...; 0: it is no such word. Where it is not set, OC_ENV_LOCAL: venue_judge has refused that by then. */
uint32_t venue_env(const struct settings *settings, const char *venue);
/* Whether each has an environment that its link reaches: a transcript stands for `local` alone. OC_E_CONFIG. [setup] */
CHECKED oc_rc venue_judge_environment(struct settings *settings, struct error *ret_error);
/* The first venue where the orders of this session are real money; NULL: there is none. */
const char *venue_at_stake(const struct settings *settings, char ret_name[PART_NAME_MAX]);

/* The next venue.NAME.connector, from setting *at on, that names this connector; *at is its place. NULL: no further one. Borrowed. */
const char *venue_of(const struct settings *settings, const char *connector, uint32_t *at);

#endif
