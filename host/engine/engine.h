/* engine.h: a pure function of what came through the door: instruments, markets, orders, portfolio, risk, router.
 *
 * Invariants
 * - No clock, file, socket, randomness, lock or libm. Same inputs in the same order, same outputs to the byte.
 * - Inputs are applied one after the other: engine_input(). What a callback asks for gets its verdict at the call and is
 *   listed in engine_out(), in call order; nothing of it when the callback failed. The engine calls strategies and rules;
 *   it calls no door and no venue: the session records and sends what is listed, and says so by engine_batch_done().
 * - A refused order is an event with a reason, not an error. The chain answers at the call.
 * - Everything here is [engine]. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <outcry/risk.h>

#include "base/checked.h"
#include "engine/bars.h"
#include "engine/limits.h"
#include "engine/orders.h"
#include "engine/out.h"
#include "engine/portfolio.h"
#include "engine/statement.h"
#include "engine/timers.h"

struct engine;
struct depth;

/* A user of the engine: one strategy, the console. A negative return suspends the client; what it staged in that call
 * is dropped. OC_E_AGAIN: it is dropped, and the client goes on. NULL members are skipped. */
struct rescale;

struct engine_client {
    void *self;
    oc_rc (*bar)(void *self, const struct oc_event *bar); /* OC_EV_BAR or OC_EV_QBAR */
    oc_rc (*market)(void *self, const struct oc_event *event);
    oc_rc (*book)(void *self, const struct oc_event *event); /* the book of its instrument is whole, and has changed */
    oc_rc (*order)(void *self, const struct order *order, const struct oc_event *event);
    oc_rc (*timer)(void *self, uint64_t timer, int64_t due_ns);
    /* OC_EV_VENUE: a venue is reached, in part, or not any more. */
    oc_rc (*venue)(void *self, const struct oc_ev_venue *said);
    /* Behind a hole in what was heard, `missed` bars of history were passed to it, and no bar() called. */
    oc_rc (*resync)(void *self, uint32_t inst, uint64_t missed);
    /* After a callback that succeeded and before its batch is recorded: may engine_record() what it wants saved. */
    oc_rc (*saved)(void *self);
    /* After a negative return: why, in one line for the record. Borrowed. */
    const char *(*why)(void *self);
    /* The run ends here, by hand or with its data. Held clients are told too. */
    oc_rc (*ended)(void *self);
    /* Instead of bar() while it is held or suspended: for what must not have gaps. It asks for nothing. */
    void (*pass)(void *self, const struct oc_event *bar);
    /* An instrument counts in other steps from now on, under this id: what it keeps in units is to be turned. NULL: it keeps none. */
    void (*rescaled)(void *self, uint32_t inst, struct rescale *rescale);
};

struct engine_subscription {
    uint32_t inst;
    uint32_t zero;
    int64_t period_ns; /* 0: the events as they come; ENGINE_BOOK */
};
#define ENGINE_BOOK (-1ll) /* in place of a period: the order book, where the venue's are kept */

enum { ENGINE_MAY_BUY = 1, ENGINE_MAY_SELL = 2, ENGINE_MAY_CLOSE = 4, ENGINE_MAY_AMEND = 8, ENGINE_MAY_ALL = 15 };

/* What a strategy may ask for; cancelling its own orders is always among it. */
struct engine_may {
    uint64_t accounts;                                 /* bit: the account's number */
    uint64_t instruments[ENGINE_INSTRUMENTS_MAX / 64]; /* bit: index of the instrument */
    uint64_t venues[ENGINE_INSTRUMENTS_MAX / 64];      /* bit: index of an instrument of such a venue */
    uint32_t verbs;                                    /* ENGINE_MAY_... */
    uint32_t has_no_entries;                           /* 1: only what makes a position smaller */
};

struct engine_budget {
    uint32_t orders; /* new orders and amendments within a second; 0: no limit */
    uint32_t has_notional;
    oc_i128 notional; /* |position| and open orders at worst, in the account's currency */
};

enum { /* what becomes of a client's orders and positions when it is suspended; protection stays while it protects something */
       ENGINE_SUSPENDED_KEEPS = 0,
       ENGINE_SUSPENDED_CANCELS = 1, /* entries are canceled */
       ENGINE_SUSPENDED_CLOSES = 2   /* and what it holds is closed, until it is flat */
};

struct engine_config {
    uint32_t epoch;            /* of order ids */
    uint32_t strict;           /* 1: every rule is asked twice and must agree */
    uint32_t halts;            /* 1: an alarm halts: nothing is opened until it is taken back */
    uint32_t suspended;        /* ENGINE_SUSPENDED_... */
    int64_t trade_from_ns;     /* events before it only warm up: callbacks run, orders are refused */
    struct oc_dec quote_slack; /* share by which the reference is lowered to size an order by money, 0.05 */
    uint32_t fills_recent;     /* fills known by their identity, 0 = the limit of limits.h */
    uint32_t fills_held;       /* and older ones of open orders, likewise */
};

struct engine_stats {
    uint64_t inputs;
    uint64_t requests;
    uint64_t denied;
    uint64_t fills;
    uint64_t duplicates;
    uint64_t alarms;
    uint64_t ambiguous;
    uint64_t suspended;
    uint64_t gone_on; /* callbacks that failed, behind which the client went on */
};

CHECKED oc_rc engine_new(const struct engine_config *config, struct engine **ret_engine);
void engine_free(struct engine *engine);

/* Parts, borrowed for the life of the engine. */
struct instruments *engine_instruments(struct engine *engine);
struct markets *engine_markets(struct engine *engine);
struct portfolio *engine_portfolio(struct engine *engine);
struct orders *engine_orders(struct engine *engine);
struct timers *engine_timers(struct engine *engine);
const struct engine_stats *engine_stats(const struct engine *engine);
int64_t engine_now(const struct engine *engine);
/* An event in the steps that are in force: itself, or a copy that holds until the next input. NULL: it cannot be turned. */
const struct oc_event *engine_as_now(struct engine *engine, const struct oc_event *event);
/* The instrument that the last OC_EV_INSTRUMENT brought or changed; 0: none did. */
uint32_t engine_last_instrument(const struct engine *engine);
/* What venues say of accounts, positions, figures and themselves. Borrowed for the life of the engine. */
const struct statement *engine_statement(const struct engine *engine);
/* What came in less what went out without trading, in the accounts' currency, each as it was worth then: no profit. */
oc_i128 engine_outside(const struct engine *engine);
uint64_t engine_cause(const struct engine *engine); /* seq of the input being handled */

/* The order that an event is about: by our id, else by the client's, else by the venue's of the same source. NULL: of another hand. */
struct order *engine_order_of(struct engine *engine, const struct oc_event *event);
/* Under which names its venue knows an order now, as far as it has said so; size 0: not. */
void engine_order_called(const struct engine *engine, uint64_t order, struct oc_id *ret_client,
                         struct oc_id *ret_venue);
/* The position that was named of an order, or of the entry that it protects; size 0: none was. */
void engine_order_position(const struct engine *engine, uint64_t order, struct oc_id *ret_position);
/* The order has gone out, or goes, under this name: a venue may call it so. OC_E_NOT_FOUND, OC_E_EXISTS, OC_E_NOMEM. */
CHECKED oc_rc engine_name_order(struct engine *engine, uint64_t order, const struct oc_id *client);

/* [setup] A rule joins the end of the chain. `name` is borrowed for the life of the engine. */
CHECKED oc_rc engine_add_rule(struct engine *engine, const char *name, const struct oc_risk *table, void *self);
struct engine_scope { /* what a rule is asked and told about */
    /* Numbers as in a request; the answer is the same for the life of the engine. strategy 0: no strategy asks; an event of the
     * market has account 0 and strategy 0. owner: enum of order.h. */
    bool (*covers)(void *self, uint32_t account, uint32_t strategy, uint32_t inst, uint32_t owner);
    bool (*covers_market)(void *self, uint32_t inst);
    void *self;
};
/* Of a known type, of a size that this type can have, and what stands behind its payload lies inside. */
bool event_is_sound(const struct oc_event *event);
/* What a simulator, a venue or the host says of an order; it names the order where every answer does. */
static inline bool event_is_of_order(uint16_t type) { return type >= OC_EV_ACCEPTED && type <= OC_EV_TAKEN; }
/* A point of a market: what an instrument is, is none. */
static inline bool event_is_market(uint16_t type) { return type < OC_EV_REQUEST && type != OC_EV_INSTRUMENT; }
/* [setup] The rule that was added last is asked and told of nothing else. `scope` is borrowed for the life of the engine. */
void engine_scope_rule(struct engine *engine, const struct engine_scope *scope);
/* Rules that the configuration names and that are not there, a blank between; "": all are. Until then cancels and reductions
 * only, refused with RULE_MISSING in the name of the first. One that is there all the same, as in a replay or after a restart, is
 * neither asked nor told meanwhile: it knows what was known. A record of OC_MARK_RULES does the same; checkpoints keep it. */
void engine_set_missing(struct engine *engine, const char *names);
const char *engine_missing(const struct engine *engine);
/* [setup] What the rules have saved, by name; as in a checkpoint. The size, or OC_E_LIMIT. ENGINE_RULES_STATE_MAX is always enough. */
int64_t engine_save_rules(struct engine *engine, void *bytes, size_t size_max);
/* [setup] Takes out all rules, and what was carried along. Others may be added; the latches stay. */
void engine_clear_rules(struct engine *engine);
/* [setup] Into the rules of the same names, behind engine_clear_rules. What no rule takes is carried along. OC_E_DATA. */
CHECKED oc_rc engine_load_rules(struct engine *engine, const void *bytes, size_t size);
/* [setup] Every rule is asked twice from here on, and must agree; or once. */
void engine_set_strict(struct engine *engine, bool is_strict);
/* Whether an alarm halts, as a kill would: all accounts are latched with ENGINE_HALTED_BY_ALARM. */
void engine_set_halting(struct engine *engine, bool halts);
bool engine_halts(const struct engine *engine);
#define ENGINE_HALTED_BY_ALARM "HALTED_BY_ALARM"
/* After engine_save or engine_save_rules failed: the rule whose state is larger than ENGINE_RULE_STATE_MAX, or that could not save
 * it; NULL: another part did not fit. Borrowed. */
const char *engine_unsaved_rule(const struct engine *engine);
/* [setup] After engine_load or engine_load_rules failed: the rule that could not read its saved state, or NULL. Borrowed. */
const char *engine_unread_rule(const struct engine *engine);
/* [setup] Strategies are numbered from 1 in the order added. */
CHECKED oc_rc engine_add_client(struct engine *engine, const char *name, const struct engine_client *client,
                                uint32_t *ret_strategy);
/* [setup] Closed bars of this period, built here, go to the client's bar(). period_ns 0: the events as they come: bars
 * of the data to bar(), quotes and trades to market(). OC_E_INVALID: not a divisor of a day. */
CHECKED oc_rc engine_subscribe(struct engine *engine, uint32_t strategy, uint32_t inst, int64_t period_ns);
/* All subscriptions of a strategy in place of those it has; builders that nobody needs any more go, those still needed
 * keep their open bar. On failure nothing changes. */
CHECKED oc_rc engine_resubscribe(struct engine *engine, uint32_t strategy, const struct engine_subscription *list,
                                 uint32_t count);
/* The client of this number is another from now on, and is neither suspended nor gone; held it stays. Its orders, groups
 * and positions are those of the number. A number not yet in use, up to ENGINE_STRATEGIES_MAX, is taken into use. */
CHECKED oc_rc engine_replace_client(struct engine *engine, uint32_t strategy, const struct engine_client *client);
/* Nothing of it is called any more; subscriptions, timers, budget and limits go; orders and positions stay. The number is
 * given again by engine_replace_client only. */
void engine_remove_client(struct engine *engine, uint32_t strategy);
/* [setup] What becomes of the books of this account's venue (enum depth_policy of depth.h), and levels a side; none are kept before. */
void engine_set_books(struct engine *engine, uint32_t account, uint32_t policy, uint32_t levels);
/* From here on the book is kept. OC_E_NOT_SUPPORTED: its venue's are not; OC_E_NOT_FOUND, OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc engine_want_book(struct engine *engine, uint32_t inst);
/* NULL: nobody has wanted it. It may be waiting for a snapshot: see depth_is_shown(). Borrowed for the life of the engine. */
const struct depth *engine_book(const struct engine *engine, uint32_t inst);
/* One after the other, in the order in which they were wanted; NULL: there are no more. */
const struct depth *engine_book_at(const struct engine *engine, uint32_t i);
/* A number that changes when there is another book, or one is in want of a snapshot. */
uint64_t engine_book_news(const struct engine *engine);
#define ENGINE_BOOK_BROKEN "BOOK_BROKEN"
struct engine_bars {
    int64_t grace_ns; /* a bar closes so long behind its end */
    bool is_live;
    bool is_flat;   /* a period without a trade is a bar */
    bool of_quotes; /* of quotes, else of trades */
    uint8_t zero[5];
};
struct engine_history { /* bars that are wanted */
    uint32_t inst;
    uint32_t zero;
    int64_t period_ns;
    int64_t from_ns;
    int64_t to_ns; /* exclusive; 0: none are */
};
/* [setup] How bars of the markets of this account's venue are built; without it they are of a file or a simulator. */
void engine_set_bars(struct engine *engine, uint32_t account, const struct engine_bars *bars);
/* Of the i-th builder: closed bars of its period that the venue is to be asked for. They come as OC_EV_BAR with OC_EVF_PAST. False: there
 * are no more builders. */
bool engine_history_at(const struct engine *engine, uint32_t i, struct engine_history *ret_history);
/* A number that changes when other bars are wanted. */
uint64_t engine_history_news(const struct engine *engine);
/* Behind a hole: what a strategy would hold had it heard all, against what it holds; as long as that is not the same, and it has ordered nothing there by
 * itself since. Restarts forget it: behind one, too, a hole is told. */
enum {
    ENGINE_WOULD_NOT_SAID, /* and it holds something */
    ENGINE_WOULD_HOLD,     /* `qty`; 0: nothing */
    ENGINE_WOULD_LONG,
    ENGINE_WOULD_SHORT
};
struct engine_resync {
    uint32_t strategy, inst;
    uint32_t would; /* ENGINE_WOULD_... */
    uint32_t zero;
    int64_t qty;     /* signed units of `inst` */
    uint64_t missed; /* bars */
    int64_t at_ns;
};
/* Within resync(): what its strategy would hold in that market. Elsewhere it does nothing. */
void engine_would_hold(struct engine *engine, uint32_t would, int64_t qty);
/* The i-th; NULL: there are no more. Borrowed until the next input. */
const struct engine_resync *engine_resync_at(const struct engine *engine, uint32_t i);
/* It holds something else than it said. */
bool engine_resync_differs(const struct engine *engine, const struct engine_resync *resync);
int64_t engine_resync_held(const struct engine *engine, const struct engine_resync *resync);
/* The bar of this period that is being added up, or NULL: none is open, or nobody asked for the period. Borrowed until the next input. */
const struct oc_event *engine_open_bar(const struct engine *engine, uint32_t inst, int64_t period_ns);
/* Whether a client is told of this instrument; and a number that changes when what clients are told of has. */
bool engine_is_subscribed(const struct engine *engine, uint32_t inst);
uint64_t engine_subscriptions(const struct engine *engine);
uint32_t engine_client_count(const struct engine *engine);
/* While held nothing is called but pass(). What it did not get is counted. */
void engine_hold(struct engine *engine, uint32_t strategy, bool is_held);
bool engine_is_held(const struct engine *engine, uint32_t strategy);
uint64_t engine_missed(const struct engine *engine, uint32_t strategy);
void engine_set_missed(struct engine *engine, uint32_t strategy, uint64_t missed);
/* Limits on what its own callbacks ask for. NULL: none. OC_E_NOMEM, OC_E_INVALID: more than ENGINE_BUDGET_ORDERS_MAX. */
CHECKED oc_rc engine_set_may(struct engine *engine, uint32_t strategy, const struct engine_may *may);
CHECKED oc_rc engine_set_budget(struct engine *engine, uint32_t strategy, const struct engine_budget *budget);
/* What the budget counts now: worst notional in the account's currency. OC_E_NOT_FOUND: something has no price. */
CHECKED oc_rc engine_notional(struct engine *engine, uint32_t strategy, oc_i128 *ret_money);
/* In a batch of its own, before engine_end: it went over its budget, and is to fail. */
bool engine_is_over(const struct engine *engine, uint32_t strategy);
/* A callback returned rc < 0: an OC_EV_STRATEGY is recorded, with the words of client.why, and the client suspended. */
void engine_fail(struct engine *engine, uint32_t strategy, oc_rc rc);
/* The same, for a reason of the session's: the same in each run. */
void engine_fail_as(struct engine *engine, uint32_t strategy, const char *words);
/* As a fact, not recorded: its callbacks stop and its timers go; its orders stay. */
void engine_suspend(struct engine *engine, uint32_t strategy);
/* The same with the words of the record that said so. */
void engine_suspend_as(struct engine *engine, uint32_t strategy, const char *words);
uint32_t engine_suspended_become(const struct engine *engine); /* ENGINE_SUSPENDED_... */
bool engine_is_suspended(const struct engine *engine, uint32_t strategy);
/* The words recorded with its suspension; "" when there are none or it is not suspended. */
const char *engine_suspension(const struct engine *engine, uint32_t strategy);
/* [setup] Replay: the callback that this OC_EV_STRATEGY names is not entered; it fails there as it did then.
 * OC_E_NOT_FOUND: no such client or another record. OC_E_DATA: too long. */
CHECKED oc_rc engine_expect_stop(struct engine *engine, const struct oc_ev_text *record);
/* Replay, in a batch that has just begun: this is the callback not to enter. */
bool engine_stops_here(const struct engine *engine, uint32_t strategy);

/* One input: market, answer, timer, command, balance. `kept`: it was recorded. A fact is applied even when it could not be;
 * then no new risk is taken until engine_stop_risk says otherwise. OC_E_DATA: malformed; nothing changed. */
CHECKED oc_rc engine_input(struct engine *engine, const struct oc_event *event, bool kept);
/* [setup] Time before the first input: where a session that goes on began. */
void engine_start_at(struct engine *engine, int64_t now_ns);
/* What this input, or the batches of the host since the last engine_clear_out, came to. Borrowed. */
const struct engine_out *engine_out(const struct engine *engine);
/* After what is listed was recorded (`left`), before it is sent: requests are shown to the rules as sent, with their number.
 * Not left: what adds risk becomes DENIED JOURNAL_FAILED (out_request.is_denied), its strategy is told with the next input;
 * cancels and what only reduces go on. */
void engine_batch_done(struct engine *engine, bool left);
void engine_clear_out(struct engine *engine);
/* Whether what adds risk is refused because the journal failed. */
void engine_stop_risk(struct engine *engine, bool is_stopped);
bool engine_risk_is_stopped(const struct engine *engine);
/* Neither a cancel, nor a request about no order, nor an order that was proven to only reduce. */
bool request_adds_risk(const struct out_request *staged);
#define ENGINE_JOURNAL_FAILED     "JOURNAL_FAILED"
#define ENGINE_INSUFFICIENT_FUNDS "INSUFFICIENT_FUNDS"
#define ENGINE_UNASSIGNED         "UNASSIGNED"       /* a strategy would sell what is not its own */
#define ENGINE_HOLDINGS_MISSING   "HOLDINGS_MISSING" /* the account holds less than its strategies count on */
/* A recorded event as a fact: no client runs, no rule decides, no venue is called (restore). */
CHECKED oc_rc engine_restore(struct engine *engine, const struct oc_event *event);
/* Built bars that end at or before until_ns had ended by then: they are passed on as facts. */
void engine_restore_bars(struct engine *engine, int64_t until_ns);
/* The earliest time at which a timer is due or a built bar ends. INT64_MAX: none. */
int64_t engine_next_ns(const struct engine *engine);
/* The earliest end of a built bar; INT64_MAX: none is open. */
int64_t engine_bars_end_ns(const struct engine *engine);
/* Closes the bars that end at or before now_ns and calls who asked for them. True: there were such bars. */
bool engine_close_bars(struct engine *engine, int64_t now_ns);
/* Takes the first timer due at or before now_ns, as the input that it is. False: none is. */
bool engine_take_timer(struct engine *engine, int64_t now_ns, struct oc_ev_timer *ret_event);

#define TRAIL_EXPECTED                                                                                                 \
    "a distance of at least one price step such as 2.50, or a part above 0 and below 100 % such as 1.5%"
/* How far a stop is to stay behind the market, as a person says it: sets trail and its bit. OC_E_INVALID: TRAIL_EXPECTED. */
CHECKED oc_rc trail_read(const struct instrument *instrument, const char *text, struct oc_request *request);
/* Of an entry with a trail: gives it the stop that it begins with, where it has none and does not wait for a price from which it
 * follows. A reason: it is refused. */
const char *engine_trail_begins(const struct engine *engine, struct oc_request *entry);
enum { TRAIL_TEXT_MAX = 32 };
/* The same of an entry, or of the stop of one, as trail_read takes it. False: none follows. */
bool engine_trail_text(const struct engine *engine, const struct order *order, char ret_text[TRAIL_TEXT_MAX]);

/* From a client's callback, or between engine_begin and engine_end for the console and the host itself; what a batch asks for
 * is listed in engine_out() like that of a callback. */
/* Fills in id, owner and times of *request and asks the chain. OC_OK: staged. OC_E_LIMIT: refused, *ret_refusal says
 * why (recorded as DENIED). Other codes: the request makes no sense and was not recorded. */
CHECKED oc_rc engine_submit(struct engine *engine, struct oc_request *request, struct engine_refusal *ret_refusal);
/* AMEND and CANCEL name request->order; OC_E_NOT_FOUND, OC_E_STATE when it is final. */
CHECKED oc_rc engine_amend(struct engine *engine, struct oc_request *request, struct engine_refusal *ret_refusal);
CHECKED oc_rc engine_cancel(struct engine *engine, uint64_t order, struct engine_refusal *ret_refusal);
/* [setup] Fills of this account that its venue's sums tell of are asked for by a request OC_REQUEST_FILLS. The same in a replay. */
void engine_set_asks_fills(struct engine *engine, uint32_t account, bool asks);
/* [setup] What the venue of an account cancels in one message: OC_CAN_CANCEL_ALL, OC_CAN_CANCEL_ALL_BY_INST. The same in a replay. */
void engine_set_cancel_all(struct engine *engine, uint32_t account, uint32_t can);
/* [setup] Which orders go the venue's own way (OC_RQ_NATIVE): OC_CAN_CLOSE, OC_CAN_PROTECT. The same in a replay. */
void engine_set_own_way(struct engine *engine, uint32_t account, uint32_t can);
/* [setup] Where an instrument takes no stop at market and does take one with a limit, a stop loss is that, its limit so far beyond it, in millionths
 * of its price (below one million); 0: it is none, and is refused. The same in a replay. */
void engine_set_stop_slip(struct engine *engine, uint32_t account, uint32_t slip_ppm);
/* [setup] Stops of these types (bits of OC_ORDER_...) are not changed at its venue: one that follows the market is taken back and set anew. The
 * same in a replay. */
void engine_set_fixed_stops(struct engine *engine, uint32_t account, uint32_t types);
/* Where the venue of an account cannot hold the stop and the target of an entry at once, or has no stops. */
enum engine_protect {
    ENGINE_PROTECT_ORDERS = 0, /* both are asked for as orders all the same: a simulator holds them */
    ENGINE_PROTECT_NATIVE = 1, /* the entry is refused */
    ENGINE_PROTECT_HOST = 2,   /* the host holds what the venue does not (group_held.c) */
    ENGINE_PROTECT_REFUSE =
        3 /* so is one whose stop and target the venue holds, but as two orders of which neither ends the other */
};
#define ENGINE_PROTECTION_NOT_SUPPORTED "PROTECTION_NOT_SUPPORTED"
/* [setup] `lacks_stops`: that venue takes no stop of any kind. The same in a replay. */
void engine_set_protect(struct engine *engine, uint32_t account, enum engine_protect protect, bool lacks_stops);
struct engine_guard { /* a stop and a target that an entry was given, while there is something to protect */
    uint64_t entry;
    int64_t open; /* units that they are for */
    int64_t stop, target;
    uint32_t account, strategy;
    bool has_stop, has_target;
    uint8_t side;   /* of the entry */
    uint8_t held;   /* OC_ROLE_STOP_LOSS, OC_ROLE_TAKE_PROFIT: this one the host holds; NONE: neither */
    bool is_acting; /* the market has touched it: the other one is taken back for it */
};
/* One after the other, of an instrument: *at is 0 for the first, and moved on. False: there are no more. */
bool engine_guard_at(const struct engine *engine, uint32_t inst, uint32_t *at, struct engine_guard *ret_guard);
/* What a cancel of many leaves: protection; nothing; protection, and the orders that close; nothing, and the books of the entries
 * that are taken back are closed, until they are flat. */
enum engine_cancels {
    CANCEL_NOT_PROTECTION,
    CANCEL_ALL,
    CANCEL_NOT_CLOSING,
    CANCEL_TO_CLOSE,
    /* and orders of another hand, and of these: what can only make a position smaller (protection, the orders that close, reduce-only
     * orders, and stops against what is held, as far as they are for no more than that); nothing; nothing, to close as above */
    CANCEL_OWN_ENTRIES,
    CANCEL_OWN,
    CANCEL_OWN_TO_CLOSE
};
/* Stops and targets of entries that were asked for and do not stand, while there is something to protect. [engine] */
uint32_t engine_missing_legs(const struct engine *engine);
/* How many open orders such a cancel would take. */
uint32_t engine_count_cancels(const struct engine *engine, enum engine_cancels which);
/* Whether some position is still being closed by the host. */
bool engine_is_closing(const struct engine *engine);
/* The session is about to end: what adds risk is refused with ENGINE_SESSION_ENDS, until it has ended. */
void engine_set_ending(struct engine *engine, bool is_ending);
#define ENGINE_SESSION_ENDS "SESSION_ENDS"
/* Whether a cancel of that kind leaves this open order. [engine] */
bool order_stays(const struct engine *engine, const struct order *order, enum engine_cancels which);
/* In a batch of the host: one CANCEL_ALL for each account whose venue can and has an order open there (inst 0: anywhere), where no
 * open order is to stay. Never refused by a rule. It ends no order: engine_cancel_all in the next batch asks for the end of each,
 * and what the venue says of each is its end. Returns how many. */
int engine_ask_cancel_all(struct engine *engine, uint32_t inst, enum engine_cancels which);
/* Asks the chain and changes nothing: one refusal a rule that would refuse. Returns how many refused. */
int engine_preview(struct engine *engine, const struct oc_request *request, struct engine_refusal *ret_refusals,
                   uint32_t refusal_max);
CHECKED oc_rc engine_begin(struct engine *engine, uint32_t strategy);
void engine_end(struct engine *engine, bool keep);
/* Lists an event of the host to be recorded (saved state, marks). OC_E_FULL, OC_E_NOMEM, OC_E_INVALID. */
CHECKED oc_rc engine_record(struct engine *engine, struct oc_event *event);
/* Takes down the entries of a strategy, or those by hand (strategy 0), in a market and closes what it holds there; the host goes on
 * until it is flat. *request says account, strategy, owner, instrument, type, prices and tag; its order is the one that closes, an
 * earlier one where that asks for the same. OC_E_NOT_FOUND: nothing that can be closed is held; otherwise as engine_submit. */
CHECKED oc_rc engine_close(struct engine *engine, struct oc_request *request, struct engine_refusal *ret_refusal);
/* What open orders need of a balance, and what only reduces a position of it counted once. free = total - used. */
oc_i128 engine_used(const struct engine *engine, uint32_t account, uint32_t asset);
/* The same of what strategies trade with: of the capital, and by their orders, where the account has one (portfolio_tradable). */
oc_i128 engine_used_to_trade(const struct engine *engine, uint32_t account, uint32_t asset);
/* Of a spot market, in units: what the account holds beside its capital and beside what a person has traded here by hand; below 0: less
 * than that. OC_E_STATE: the account has no capital, or it is no spot market. */
CHECKED oc_rc engine_unassigned_qty(const struct engine *engine, uint32_t account, uint32_t inst, int64_t *ret_qty);
/* A person gives a strategy so much of what is unassigned (above 0), or takes it back (below 0), at a price in units: its capital pays, or is
 * paid, as if the two had traded. A fact: it is not recorded. OC_E_LIMIT: there is not so much of it; OC_E_DENIED: not so much capital is
 * free; OC_E_STATE as above; OC_E_INVALID. */
CHECKED oc_rc engine_assign(struct engine *engine, uint32_t account, uint32_t strategy, uint32_t inst, int64_t qty,
                            int64_t price);
/* Whether the account holds less of what an instrument is of than its strategies count on: they buy no more of it until it does, or a
 * person takes the difference from one of them. */
bool engine_holds_too_little(const struct engine *engine, uint32_t account, uint32_t inst);
/* Cancels the open orders and then closes the positions of one strategy (0: of every account) by market orders of this
 * role (OC_ROLE_CLOSE, OC_ROLE_END). */
CHECKED oc_rc engine_flatten(struct engine *engine, uint32_t strategy, uint8_t role, const char *tag);
/* No strategy holds anything or has an order open. */
bool engine_is_flat(const struct engine *engine);
/* Cancels open orders of (strategy, inst); 0 means all of them. Returns how many cancels were staged. */
int engine_cancel_all(struct engine *engine, uint32_t strategy, uint32_t inst, enum engine_cancels which);

/* Replay: order ids go on as they did after a restart, whose epoch was a new one. `order` is the next id. */
void engine_set_next_order(struct engine *engine, uint64_t order);

/* Latches: host-wide (account 0) or one account. Cleared only by a person. */
void engine_latch(struct engine *engine, uint32_t account, const char *reason);
void engine_unlatch(struct engine *engine, uint32_t account);
const char *engine_latched(const struct engine *engine, uint32_t account); /* NULL: not latched */

/* Told of every verdict of every rule, allowed ones too: for showing, never for deciding. */
struct engine_witness {
    void *self;
    void (*verdict)(void *self, const struct oc_request *request, const char *rule, const struct oc_verdict *verdict);
};
/* [setup] NULL: nobody. Copied. */
void engine_set_witness(struct engine *engine, const struct engine_witness *witness);

/* State as bytes for a checkpoint. Returns the size, or OC_E_LIMIT when it does not fit. */
int64_t engine_save(struct engine *engine, void *bytes, size_t size_max);
CHECKED oc_rc engine_load(struct engine *engine, const void *bytes, size_t size);
/* Only the prices of what was saved. OC_E_DATA: other bytes; prices may be partly taken. */
CHECKED oc_rc engine_load_marks(struct engine *engine, const void *bytes, size_t size);

#endif
