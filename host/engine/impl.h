/* impl.h: the engine's inside, shared by its own files only. */
#ifndef ENGINE_IMPL_H
#define ENGINE_IMPL_H

#include "base/checked.h"
#include "base/plugin_call.h"
#include "engine/depth.h"
#include "engine/engine.h"
#include "engine/groups.h"

#include <outcry/venue.h>

struct rule {
    const char *name;
    const struct oc_risk *table;
    void *self;
    uint64_t interest;
    const struct engine_scope *scope; /* NULL: everything */
    struct plugin_site check, observe;
    bool observes;
    bool is_away; /* among engine->missing */
};

enum { RULE_NAME_MAX = 40 };

struct carried_rule { /* saved state of a rule that is not in the chain */
    char name[RULE_NAME_MAX];
    uint32_t size;
    char *bytes; /* owned */
};

struct subscription {
    uint32_t strategy;
    uint32_t inst;
    int64_t period_ns;
    struct bar_builder *builder; /* NULL: the data's own bars, or ticks */
    uint32_t next;               /* of the same instrument: index + 1; 0 the last */
    uint32_t zero;
};

struct suspension;  /* suspend.c */
struct permissions; /* permissions.c */

struct market_terms { /* of the markets of one venue */
    uint32_t policy;  /* enum depth_policy */
    uint32_t levels;  /* of a book, a side */
    struct engine_bars bars;
};

enum { CLIENT_SUSPENDED = 1, CLIENT_HELD = 2, CLIENT_GONE = 4 }; /* why nothing of it is called */

struct client {
    struct engine_client table;
    uint32_t off;  /* CLIENT_...; 0: it runs */
    uint32_t call; /* batches begun under this cause, from 1 */
    uint64_t cause;
    uint64_t missed;                 /* callbacks that it did not get because it was held */
    struct permissions *permissions; /* NULL: without budget and limits. Owned */
    uint32_t is_over;                /* the running callback has gone over its budget */
    uint32_t zero;
    uint64_t room[2];        /* 128 bytes: found by a shift, at every event */
    struct suspension *stop; /* the record that suspended it; in a replay the one to stop at. NULL: none. Owned */
};

struct engine {
    struct engine_config config;
    struct instruments *instruments;
    struct markets *markets;
    struct portfolio *portfolio;
    struct orders *orders;
    struct timers timers;
    struct groups groups;
    struct rule rules[ENGINE_RULES_MAX];
    uint32_t rule_count;
    uint32_t away_count; /* of them: among `missing` */
    int64_t reducing;    /* open reduce-only orders */
    int64_t closing;     /* books that are to become flat */
    int64_t qty_before;  /* of its book, before the fill that is being followed */
    uint32_t carried_count;
    struct carried_rule carried[ENGINE_RULES_MAX];
    char unsaved_rule[RULE_NAME_MAX]; /* whose state did not fit, or could not be saved; "": none */
    char unread_rule[RULE_NAME_MAX];  /* whose saved state it could not read; "": none */
    char
        missing[ENGINE_MISSING_MAX]; /* rules that could not be had, a blank between: nothing new is opened; "": none */
    uint32_t client_count;
    struct client clients[ENGINE_STRATEGIES_MAX + 1];
    struct subscription *subscriptions;
    uint32_t subscription_count;
    uint32_t subscription_room;
    uint64_t subscription_changes;                       /* ever */
    uint32_t first_subscription[ENGINE_INSTRUMENTS_MAX]; /* index + 1 */
    struct bar_builder **builders;                       /* larger periods first */
    uint32_t builder_count;
    struct engine_out out;
    bool asks_fills[ENGINE_ACCOUNTS_MAX + 1];      /* by account: its venue's fills can be fetched */
    uint32_t cancel_all[ENGINE_ACCOUNTS_MAX + 1];  /* by account: what its venue cancels at once */
    uint32_t own_way[ENGINE_ACCOUNTS_MAX + 1];     /* by account: what goes the venue's own way */
    uint32_t fixed_stops[ENGINE_ACCOUNTS_MAX + 1]; /* by account: engine_set_fixed_stops */
    uint32_t stop_slip[ENGINE_ACCOUNTS_MAX + 1];   /* by account: ppm, see engine_set_stop_slip */
    uint8_t protect[ENGINE_ACCOUNTS_MAX + 1];      /* by account: enum engine_protect */
    bool lacks_stops[ENGINE_ACCOUNTS_MAX + 1];     /* by account: its venue takes no stop */
    struct out_mark batch;                         /* where the running callback began */
    uint32_t staged_messages;                      /* asked for and not yet shown to the rules as sent */
    uint32_t staged_cancels;
    uint32_t mark_messages;
    uint32_t mark_cancels;
    uint32_t caller; /* the strategy whose callback runs; 0 the host */
    bool is_in_batch;
    bool is_restoring;
    bool is_ending;      /* the session is about to end: no new risk */
    bool journal_failed; /* something could not be recorded: no new risk */
    bool is_observed;    /* some rule observes at all */
    uint64_t interest;   /* event types that some rule observes: all that the rules' own interests name */
    bool wants_market;   /* some rule observes market events */
    uint64_t next_order;
    uint64_t next_request;
    int64_t now_ns;
    uint64_t cause;
    uint64_t mark_order; /* the counters when the batch began: what is dropped gives its ids back */
    uint64_t mark_request;
    uint64_t mark_timer;
    int64_t bar_end_ns; /* when the first open built bar is due */
    char latch_reason[OC_REASON_MAX];
    bool is_latched;
    struct engine_stats stats;
    struct engine_witness witness;
    struct booked_fills booked;
    struct oc_ev_fill **made; /* fills that were inferred while this input is handled: notes point to them. Owned */
    uint32_t made_count;
    uint32_t made_room;
    struct oc_event *turned;  /* the input in the steps that are in force. Owned */
    bool has_versions;        /* some instrument has had other steps */
    uint32_t last_instrument; /* id of the one that the last OC_EV_INSTRUMENT was about */
    uint64_t strangers;       /* orders of another hand that no record made known */
    struct statement statement;
    struct depths depths;
    struct market_terms market_terms[ENGINE_ACCOUNTS_MAX + 1]; /* by account */
    uint64_t book_news; /* changes when a book is wanted, or is in want of a snapshot, that was not */
    uint64_t history_news;
    struct engine_resync would; /* what the strategy says that is called with a hole */
    uint32_t resync_count;
    struct engine_resync resyncs[ENGINE_RESYNCS_MAX];
};

/* chain.c */
/* True: a reduce-only request that cannot increase the position of the account, or of one strategy, whatever else fills. */
bool reduces_only(const struct engine *engine, const struct oc_request *request, uint32_t strategy);
/* The order's state or kind has changed. */
void reduces_count(struct engine *engine, struct order *order);
CHECKED oc_rc chain_ask(struct engine *engine, const struct oc_request *asked, struct engine_refusal *ret_refusal);
void chain_observe(struct engine *engine, const struct oc_event *event);
/* Base quantity an order by money can lead to at worst. */
CHECKED oc_rc chain_worst_qty(const struct engine *engine, const struct oc_request *request, int64_t *ret_units);

/* batch.c */
void stage_begin(struct engine *engine, uint32_t caller);
void stage_end(struct engine *engine, bool keep);
/* Recomputes the exposure that `order` adds to its books. OC_E_RANGE, OC_E_LIMIT, OC_E_NOMEM: it counts as before, and
 * an alarm is raised. */
CHECKED oc_rc exposure_update(struct engine *engine, struct order *order);
/* The same of an order that reserves already what it needs. */
CHECKED oc_rc exposure_books(struct engine *engine, struct order *order);
/* The same behind a fact, which is applied anyway. */
void exposure_lower(struct engine *engine, struct order *order);
/* Moves an order along the table, and notes it. */
void order_moves(struct engine *engine, struct order *order, int event);
/* Counts and notes what contradicts what is known; `words` are static. */
void engine_alarm(struct engine *engine, const struct order *order, const char *words);

/* terms.c */
/* Of an instrument that has terms of its own: what its venue would refuse. A static reason, or NULL. */
const char *terms_refuse(const struct engine *engine, const struct instrument *instrument,
                         const struct oc_request *request);

/* stage.c */
/* What neither rules nor money decide: sizes, signs of prices, protection on the wrong side. A static reason, or NULL. */
/* Twice the price at which an entry can trade: its own, or the market's. False: none is known. */
bool stage_entry_price(const struct engine *engine, const struct oc_request *entry, oc_i128 *ret_entry2);
const char *stage_refuses(const struct engine *engine, const struct oc_request *request);
/* Host, time and cause of a request that is asked for now. */
void stage_stamp(struct engine *engine, struct oc_request *request);
/* The running callback, or the input, has asked for as much as it may. */
bool stage_is_full(struct engine *engine);
/* After stage_is_full said false: its place among what is to leave. */
struct out_request *stage_add(struct engine *engine, const struct oc_request *request, struct order *order);
/* A cancel of this role; OC_OK where one is under way. */
CHECKED oc_rc stage_cancel(struct engine *engine, struct order *order, uint8_t role,
                           struct engine_refusal *ret_refusal);

/* ask_venue.c */
/* The request is to go the venue's own way (OC_RQ_NATIVE). */
bool own_way_is_for(const struct engine *engine, const struct oc_request *request);
/* A new order of that kind: protection belongs to the position of its entry. OC_E_NOMEM. */
CHECKED oc_rc own_way_note(struct engine *engine, struct order *order);

/* assign.c: so much of what the account holds was bought (below 0: sold) without a strategy, by hand or by another hand. */
void assign_note(struct engine *engine, uint64_t order, uint32_t account, uint32_t inst, int64_t qty);
/* What is unassigned of an asset was so much before: where strategies count on more than there is now, and did not before, it is an alarm. */
void assign_look(struct engine *engine, uint32_t account, uint32_t asset, oc_i128 unassigned_before);
/* What strategies and a person of this session hold, where the account has a capital: what limits of a position are about. */
int64_t assign_exposed_qty(const struct portfolio *portfolio, uint32_t account, const struct instrument *instrument);
/* closing.c */
/* A request stands: it may begin or end the closing of its book. */
void closing_note(struct engine *engine, const struct oc_request *request, const struct order *order);
/* After a fill or an answer, while some book is closing. */
void closing_go_on(struct engine *engine, const struct order *order);
void closing_retry(struct engine *engine);

/* reserve.c */
/* The price by which an order reserves: its own, else what the market gives now; 0: there is none. */
int64_t reserve_price(const struct engine *engine, const struct oc_request *request);
/* Recomputes what an order reserves. OC_E_RANGE, OC_E_LIMIT, OC_E_NOMEM: it reserves what it did. */
CHECKED oc_rc reserve_update(struct engine *engine, struct order *order);
/* Whether the account has free what the request needs; with OC_RQ_FIT_FUNDS it is made as small as that. `order` as for
 * permissions_ask, NULL in a preview. OC_E_LIMIT: *ret_refusal says why. */
CHECKED oc_rc reserve_ask(const struct engine *engine, struct oc_request *request, const struct order *order,
                          struct engine_refusal *ret_refusal);
/* The same of a new order, which then reserves it. */
CHECKED oc_rc reserve_take(struct engine *engine, struct oc_request *request, struct order *order,
                           struct engine_refusal *ret_refusal);

/* clients.c */
/* In place of bar(): the client is off, or its callback is not to be entered. */
void client_pass(struct client *client, const struct oc_event *bar);

/* permissions.c */
/* Capabilities and budgets of the running callback's client, before the chain is asked. `order` is the order that an
 * amend changes, or the new one; `qty` what it can lead to at worst. OC_E_LIMIT: *ret_refusal says why. */
CHECKED oc_rc permissions_ask(struct engine *engine, const struct oc_request *request, const struct order *order,
                              int64_t qty, struct engine_refusal *ret_refusal);
/* The words of what went over the budget. */
const char *permissions_words(const struct permissions *permissions);
/* A second begins anew. */
void permissions_renew(struct permissions *permissions);

/* answers.c */
/* What is said of an order, applied to it and the books. */
CHECKED oc_rc answer_apply(struct engine *engine, const struct oc_event *event);
/* A fill is booked: the order moves, and who waits for that is told. `event` says whether it was expected. */
void fill_follows(struct engine *engine, struct order *order, const struct oc_ev_fill *fill, int event);
/* The order has moved: who waits for that is told, at last its strategy. */
void answer_follows(struct engine *engine, struct order *order, const struct oc_event *event);

/* amend.c */
/* AMENDED or AMEND_REJECTED. False: an answer to an earlier amendment than the one under way: it changes nothing. */
bool amend_settle(struct order *order, const struct oc_ev_answer *answer);
/* An amendment under way has ended where the venue shows what was asked for as in force, or, where its answer was lost, in the answer
 * to a question whatever is in force. */
void amend_take_shown(struct engine *engine, struct order *order, const struct oc_ev_order *shown);
/* An end that is none: a venue that amends by placing anew ends the order under its old name. What became of the amendment under
 * way is said by its own answer or by the successor; without one, the name is an old one. */
bool amend_replaces(const struct order *order, const struct oc_event *event, uint32_t why);
/* The terms as shown are in force: not while an amendment is under way, not behind an end, and not those of an earlier time. */
void shown_terms(struct order *order, const struct oc_ev_order *shown);

/* versions.c */
CHECKED oc_rc instrument_apply(struct engine *engine, const struct oc_ev_instrument *event);
/* The event in the steps that are in force: itself, or a copy that holds until the next one. NULL: it names a version that there was
 * not, its numbers do not fit, or there is no memory. */
const struct oc_event *event_as_now(struct engine *engine, const struct oc_event *event);

/* account_said.c */
/* What a venue says of accounts, positions and itself; and of a market's figures. */
CHECKED oc_rc account_said_apply(struct engine *engine, const struct oc_event *event);
/* Values what came or went from outside and had no price then, where it has one now. */
void outside_price(struct engine *engine);

/* stranger.c */
/* The order of another hand that a fill, or an order as the venue shows it, makes known. NULL: it cannot be had; an alarm says so.
 * It is counted when that is applied. */
struct order *stranger_adopt(struct engine *engine, const struct oc_event *event);
/* An answer about an order of another hand whose terms are not known. */
void stranger_note(struct engine *engine, const struct oc_ev_answer *answer);
/* The names that an event says of its order are the order's from now on. */
void names_learn(struct engine *engine, struct order *order, const struct oc_event *event);
/* Whether a venue's fill was booked under another name of its order. */
bool fill_is_known_otherwise(struct engine *engine, const struct order *order, const struct oc_ev_fill *fill);

/* sums.c */
/* A venue's word of an order begins: false without memory, which is an alarm. */
bool sums_begin(struct engine *engine, struct order *order);
/* What has traded of the order, as an event says it. */
void sums_note(struct order *order, const struct order_sums *sums);
/* Fills that are missing are asked for, or, where the money is known and no fills will come, booked. */
void sums_settle(struct engine *engine, struct order *order);
/* A fetch of fills has ended: what is still missing of this source's orders never comes as fills. */
void sums_end(struct engine *engine, const struct oc_ev_fetched *fetched);
/* A fill is about to be booked: what stood for it goes, and room is made for what follows. */
CHECKED oc_rc sums_replace(struct engine *engine, struct order *order, const struct oc_ev_fill *fill);
/* After sums_replace. Books a fill of a venue. `whole`: NULL, or all that it says. */
CHECKED oc_rc sums_book(struct engine *engine, struct order *order, const struct oc_ev_fill *fill,
                        const struct oc_ev_venue_fill *whole);
/* A booked fill is `now`, with this fee, for the books and for its order, where that is known. On failure nothing changes. */
CHECKED oc_rc order_correct(struct engine *engine, struct order *order, struct booked *booked,
                            const struct position_trade *now, oc_i128 fee);
/* Frees what stands in engine.made. */
void sums_forget_made(struct engine *engine);

/* why.c */
/* Why it is as it is, where nothing better was said: the name of OC_WHY_..., without its prefix; OTHER for what is not known. */
void order_reason(struct order *order, uint32_t why);

/* shown.c */
CHECKED oc_rc shown_apply(struct engine *engine, const struct oc_ev_order *shown);
void absent_apply(struct engine *engine, const struct oc_ev_answer *answer);
void taken_apply(struct engine *engine, const struct oc_ev_answer *answer);

/* bust.c */
CHECKED oc_rc bust_apply(struct engine *engine, const struct oc_ev_bust *bust);
/* A fill has come: corrections that were told before theirs act. */
void bust_late(struct engine *engine);

/* live_bars.c */
/* A builder is made for this instrument. */
void live_bar_begin(const struct engine *engine, struct bar_builder *builder);
/* The open bar of a live builder is due. */
void live_bar_close(struct engine *engine, struct bar_builder *builder);
void live_bar_add(struct engine *engine, struct bar_builder *builder, const struct oc_event *event);
/* Another word about this market has come. */
void live_bars_heard(struct engine *engine, uint32_t inst);
/* A bar of the past, as the venue says it. */
void history_apply(struct engine *engine, const struct oc_ev_bar *bar);

/* resync.c */
/* Around the call of a strategy with a hole of `missed` bars; `rc` is what came of the call. */
void resync_begin(struct engine *engine);
void resync_end(struct engine *engine, uint32_t strategy, uint32_t inst, uint64_t missed, oc_rc rc);
/* A strategy has asked for something anew, or was filled: what it would have held is over, or is met. */
void resync_ordered(struct engine *engine, const struct oc_request *request);
void resync_filled(struct engine *engine, uint32_t strategy, uint32_t inst);
void resync_forget(struct engine *engine, uint32_t strategy);

/* books.c */
/* Those of the instrument's venue: of the first account there. */
const struct market_terms *market_terms_of(const struct engine *engine, const struct instrument *instrument);
/* An order book, as far as somebody wants it. OC_E_RANGE: prices that cannot be counted with. */
CHECKED oc_rc book_apply(struct engine *engine, const struct oc_ev_book *event);
/* A venue is not heard any more, or is heard again: its books and its open bars have holes. */
void markets_lost(struct engine *engine, const struct oc_ev_venue *said);
/* An instrument counts in other steps, under this id. */
void books_turn(struct engine *engine, uint32_t inst);

/* input.c */
/* The hole in its bars is filled by history that was passed on: who asked for that period is told. */
void builder_resync(struct engine *engine, const struct bar_builder *builder);
/* A bar of a builder is closed here. */
void builder_close(struct engine *engine, struct bar_builder *builder);
/* It is told to who asked for that period; `fed`: it is history, and nobody's callback is called with it. */
void builder_tell(struct engine *engine, const struct bar_builder *builder, const struct oc_event *bar, bool fed);
/* The book behind this event is shown to who asked for it. */
void book_show(struct engine *engine, const struct oc_event *event);
/* With is_restoring nobody is told and nothing is asked for. */
CHECKED oc_rc input_apply(struct engine *engine, const struct oc_event *event);
void notify_order(struct engine *engine, const struct order *order, const struct oc_event *event);

#endif
