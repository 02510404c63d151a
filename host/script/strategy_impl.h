/* strategy_impl.h: the strategy's inside, shared by strategy*.c and api_*.c only. */
#ifndef SCRIPT_STRATEGY_IMPL_H
#define SCRIPT_STRATEGY_IMPL_H

#include "base/checked.h"
#include "base/text.h"
#include "script/frames.h"
#include "script/indicators.h"
#include "script/sandbox_state.h"
#include "script/strategy.h"

enum { EVENT_POOL = 64, KEYS_MAX = 96, ORIGINS_MAX = 64, HANDLES_KNOWN = 64 };
enum {
    PIN_ON_BAR = 2,
    PIN_EVENTS = 3,
    PIN_MARKETS = PIN_EVENTS + EVENT_POOL
}; /* on the main stack, above the sandbox's handler */
#define MAP_NONE UINT32_MAX
/* Keys of recorded states that are no table of m or state. */
#define STATE_KEY_SAVED   UINT32_MAX       /* what on_save returned */
#define STATE_KEY_RANDOM  (UINT32_MAX - 1) /* the generator, when a callback has drawn */
#define STATE_KEY_TIMER   (UINT32_MAX - 2) /* struct timer_record: a timer that was set later than in on_init */
#define STATE_KEY_GLOBALS (UINT32_MAX - 3) /* names of global variables that changed, and that nothing saves */

/* A saved table as it was recorded last. A suspended strategy is saved from these: its tables may hold what the failed
 * callback did to them. */
struct state_bytes {
    char *data; /* owned */
    uint32_t size;
    uint32_t room;
};

/* One market handle `m`. The userdata holds a pointer to it. */
struct market_handle {
    struct strategy *strategy;
    const struct instrument *instrument;
    uint32_t inst;
    uint32_t account;
    uint32_t index;           /* in strategy->markets */
    uint32_t indicator_first; /* its indicators are neighbours made in on_init */
    uint32_t indicator_count;
    struct bar_frame **frames; /* made by m:bars() in on_init; owned, as what is in it */
    uint32_t frame_count;
    uint32_t frame_room;
    int32_t frame_refs[FRAMES_MAX];
    int32_t ref;      /* registry reference of the userdata */
    int32_t data_ref; /* registry reference of its own table */
    bool is_dirty;
    bool is_listed;  /* among those of the strategy that may have changed */
    bool has_tables; /* some saved value is a table: changes inside are found by comparing */
    bool is_ready;
    bool hears;       /* something of the strategy follows its prices: else it is not called with them */
    bool wants_ticks; /* beside its bars: quotes and trades as they come */
    bool wants_book;  /* on_book is called with it */
    int64_t wants_period_ns;
    uint64_t saved_hash;
    struct state_bytes last;
};

/* A line of an indicator, as a script holds it. One that on_init made stays for the life of the strategy, so that the same one is
 * found again wherever it was kept. */
struct indicator_handle {
    struct indicator *indicator;
    uint32_t line;
    uint32_t number; /* in strategy->handles */
};

/* Bars of a market, likewise. */
struct bars_handle {
    struct market_handle *market;
    uint32_t frame; /* from 1, as of an indicator; 0: its own */
};

/* A view of an event; the pointer is taken away when the callback has returned. */
struct event_view {
    const struct oc_event *event;
    struct market_handle *market;
};

struct event_copy { /* of :copy() */
    struct event_view view;
    union {
        struct oc_event head;
        struct oc_ev_bar bar;
        struct oc_ev_qbar qbar;
        struct oc_ev_quote quote;
        struct oc_ev_trade trade;
        struct oc_ev_fill fill;
    } event;
};

struct param {
    char name[STRATEGY_NAME_MAX];
    char text[STRATEGY_NAME_MAX];
};

enum {
    TIMER_NAME_MAX = 48,
    TIMER_PLACE_MAX = 72,
    STRATEGY_GLOBALS_MAX = 32,  /* that are compared with each callback */
    STRATEGY_GLOBALS_TEXT = 512 /* of the names of those that have changed */
};

struct timer_ref {
    uint64_t id; /* 0: the slot is free */
    int32_t ref; /* LUA_NOREF: records have set it, and its function is not looked for yet */
    uint8_t repeats;
    uint8_t is_new; /* not recorded yet */
    uint16_t zero;
    char function[TIMER_NAME_MAX]; /* global name; "": none */
    char place[TIMER_PLACE_MAX];   /* where it was set: file and line */
};

struct timer_record { /* as it stands in a record and, without times, in a checkpoint */
    uint64_t id;
    int64_t due_ns;
    int64_t every_ns;
    char function[TIMER_NAME_MAX];
    char place[TIMER_PLACE_MAX];
};

struct watched_global {
    int32_t name_ref; /* registry reference */
    bool was_empty;   /* a table without fields */
    bool is_named;    /* it has changed, and that was recorded */
};

struct origin_row { /* where an order was made */
    uint64_t order;
    const char *callback; /* static; NULL: free */
    int32_t line;
    char file[SANDBOX_NAME_MAX];
};

struct strategy {
    struct engine *engine;
    struct sandbox *sandbox;
    lua_State *lua;
    struct strategy_config config;
    struct sandbox_error
        *error; /* of has_error, owned; NULL where there was no memory for it: the sandbox has it still */
    char name[STRATEGY_NAME_MAX];
    char file[SANDBOX_NAME_MAX];
    int64_t period_ns;
    uint32_t id;
    uint32_t market_count;
    struct market_handle **markets; /* owned, as what is in it */
    uint32_t market_room;
    uint32_t *changed; /* places of markets whose tables may have changed, ascending; owned */
    uint32_t changed_count, changed_room;
    uint32_t indicator_count;
    uint32_t timer_count;
    uint32_t handle_count;
    uint32_t pair_count;               /* indicators of two markets */
    struct indicator **indicators;     /* owned, as the three below: as long as what is in them asks for */
    struct indicator_handle **handles; /* of all lines; of the scripts' memory */
    int32_t *handle_refs;
    struct timer_ref *timers;
    struct param *params;
    uint32_t indicator_room, timer_room, param_room, handle_room, handle_ref_room;
    uint32_t param_count;
    uint32_t missing;
    uint64_t calls;
    int32_t on_bar, on_quote, on_trade, on_book, on_order, on_fill; /* registry references; LUA_NOREF if absent */
    int32_t on_venue_up, on_venue_down, on_venue_stale, on_resync;
    int32_t on_start, on_stop, on_init, on_save, on_load;
    int32_t state_ref; /* the table behind `state` */
    int32_t pool_ref[EVENT_POOL];
    struct event_view *pool[EVENT_POOL];
    uint32_t pool_next;
    uint32_t pinned_count;         /* markets that lie on the main stack; 0: nothing does */
    const struct event_view *view; /* given last */
    const void *market_self;       /* userdata of a market, and of a position, that was used last: known to be one */
    const void *position_self;
    const void *known_handles[HANDLES_KNOWN]; /* addresses of indicator handles that were used lately */
    bool is_loading;                          /* strategy{} and params{} are allowed */
    bool is_in_init;                          /* indicators may be made */
    bool trades_late;                         /* orders of on_resync may open */
    bool only_reduces;                        /* orders that are made now are reduce-only */
    bool has_error;
    bool is_restoring;
    bool state_dirty;
    bool state_has_tables;
    bool is_started;
    bool is_saving; /* on_save runs: it says what is kept, and acts on nothing */
    uint64_t state_hash;
    struct state_bytes state_last;
    uint64_t saved_hash;
    struct state_bytes saved_last; /* what on_save returned */
    bool saved_is_due;             /* it was restored, and on_load has not had it yet */
    uint32_t init_timers;          /* the first of timers[] were set by on_init */
    uint32_t map_count;            /* while a state is taken over: handles of indicators of the old one ... */
    const uint32_t *map;           /* ... to ours, MAP_NONE where there is none; NULL: as they are */
    struct text *lost;             /* and what of the state could not be taken over; NULL: not asked */
    const char *lost_in;
    struct engine_client plain; /* of one that is timed: what is called within */
    int64_t longest_ns;
    int64_t last_ns;
    char why[512];
    uint32_t new_timers; /* not recorded yet */
    int32_t names_ref;   /* functions to their global names, as on_init left them; LUA_NOREF: it has not run */
    int32_t values_ref;  /* global variables as on_init left them */
    uint32_t global_count;
    struct watched_global globals[STRATEGY_GLOBALS_MAX];
    bool watches_globals;
    bool is_told_globals;
    uint64_t globals_made;                     /* the sandbox's, when they were looked at last */
    uint64_t random_last[4];                   /* the generator as it was recorded last */
    char globals_named[STRATEGY_GLOBALS_TEXT]; /* those that have changed, parted by ", " */
    struct text not_back;                      /* lines about what a restart could not bring back */
    uint64_t log_cause;                        /* of the lines counted now */
    uint64_t log_lines;
    bool notes_origins;
    uint32_t origin_count;
    struct origin_row *origins; /* ORIGINS_MAX of them, owned; NULL: nobody asked for them yet */
    const char *keys[KEYS_MAX]; /* interned by the Lua state: compared by address */
};

/* Its table may have changed, or has tables inside: it is looked at behind each callback. */
void strategy_market_changed(struct market_handle *market);

/* Room for one more behind `count` in a list of at most `max`. The list, which may have moved; NULL: no memory, and it is as it was. */
void *strategy_room(void *list, uint32_t *room, uint32_t count, uint32_t max, size_t size);

/* Keys of the API, interned once so that a field is found by comparing addresses. */
/* clang-format off */
#define STRATEGY_KEYS(X) \
    X(open) X(high) X(low) X(close) X(volume) X(time) X(bid) X(ask) X(bid_qty) X(ask_qty) X(price) X(qty) X(side) \
    X(symbol) X(venue) X(account) X(base) X(quote) X(position) X(last) X(tick) X(lot) X(mid) X(spread) X(copy) \
    X(open_time) X(period) X(fee) X(fee_asset) X(liquidity) X(order_id) X(average) X(realised) X(unrealised) \
    X(state) X(filled) X(remaining) X(tag) X(reason) X(id) X(type) X(stop) X(is_open) X(trips) X(value) \
    X(ready) X(cash) X(equity) X(currency) X(name) X(bid_open) X(bid_high) X(bid_low) X(bid_close) \
    X(ask_open) X(ask_high) X(ask_low) X(ask_close) X(status) X(tif) X(role) X(taker_side) X(index) \
    X(free) X(used) X(total) X(trail) X(venue_total) X(venue_free) X(venue_locked) X(borrowed) X(interest) \
    X(margin) X(rights) X(ledger) X(venue_state) X(dust) X(dust_cost) X(book) X(bids) X(asks) X(walk)
/* clang-format on */
#define KEY_ENUM(name) KEY_##name,
enum { STRATEGY_KEYS(KEY_ENUM) KEY_COUNT };

#define KEY_IS(strategy, key, name) ((key) == (strategy)->keys[KEY_##name])

extern const char *const strategy_meta_market; /* metatable names in the registry */
extern const char *const strategy_meta_event;
extern const char *const strategy_meta_order;
extern const char *const strategy_meta_indicator;
extern const char *const strategy_meta_bars;
extern const char *const strategy_meta_position;
extern const char *const strategy_meta_book;

/* Whose script runs; coroutines included. */
static inline struct strategy *strategy_of(lua_State *lua) { return sandbox_of(lua)->host; }
/* One line to the log; what one event logs beyond STRATEGY_LOG_LINES_MAX is told as a count. */
void strategy_say(struct strategy *strategy, int level, const char *text);
/* Tells how many lines of the last event were left out. */
void strategy_log_settle(struct strategy *strategy);

/* strategy_origin.c: in a verb, when its order has its id. */
void strategy_note_origin(lua_State *lua, struct strategy *strategy, uint64_t order);

/* api_*.c: run inside sandbox_protect. */
void api_global_install(struct strategy *strategy);
void api_event_install(struct strategy *strategy);
void api_market_install(struct strategy *strategy);
void api_order_install(struct strategy *strategy);
void api_indicator_install(struct strategy *strategy);
void api_bars_install(struct strategy *strategy);
void api_book_install(struct strategy *strategy);
void api_size_install(struct strategy *strategy);
void api_plot_install(struct strategy *strategy);
/* Pushes the handle of a line that on_init made. False: there is no such number. */
bool api_indicator_push(lua_State *lua, const struct strategy *strategy, uint32_t number);
/* An indicator or bars of a market. */
bool api_is_made_in_init(lua_State *lua, int index);
/* A market, or bars of one, at `index`: the market and its frame (0: its own bars). Raises for anything else. */
struct market_handle *api_bars_at(lua_State *lua, int index, uint32_t *ret_frame);

/* Pushes a view of the event that dies with the callback. */
struct event_view *api_event_push(struct strategy *strategy, struct market_handle *market,
                                  const struct oc_event *event);
/* Pushes on_bar, the market and such a view: what sandbox_call takes, with two arguments. */
struct event_view *api_bar_push(struct strategy *strategy, struct market_handle *market, const struct oc_event *bar);
void api_order_push(lua_State *lua, uint64_t order);
uint64_t api_order_id(lua_State *lua, int index); /* of a handle; 0: it is none */
/* Pushes m.book of the market at `index`: nil while it is not whole. */
int api_book_push(lua_State *lua, int index, const struct market_handle *market);
/* strategy.c: what a callback's code means for the engine; and the market of an instrument, NULL: it has none. */
CHECKED oc_rc strategy_fails(struct strategy *strategy, oc_rc rc);
CHECKED static inline oc_rc strategy_failed(struct strategy *strategy, oc_rc rc)
{
    return rc < 0 ? strategy_fails(strategy, rc) : rc; /* most often nothing did */
}
struct market_handle *strategy_market(struct strategy *strategy, uint32_t inst);
/* strategy_feed.c: on_venue_up, on_venue_down and on_venue_stale; on_resync. */
CHECKED oc_rc strategy_on_venue(void *self, const struct oc_ev_venue *said);
CHECKED oc_rc strategy_on_resync(void *self, uint32_t inst, uint64_t missed);
/* For on_book: nothing is made when it is called. */
void api_book_prepare(lua_State *lua, const struct market_handle *market);
/* Calls on_book(m, m.book). */
CHECKED oc_rc api_book_call(struct strategy *strategy, struct market_handle *market);
/* Pushes the metatable `name` of the registry, made on first use. */
void api_metatable(lua_State *lua, const char *name);
/* The full userdata with the metatable at `meta`, else NULL: a sixth of the cost of finding the metatable by name. */
static inline void *api_object(lua_State *lua, int index, int meta)
{
    void *object = lua_touserdata(lua, index);
    if (!object || !lua_getmetatable(lua, index)) /* light userdata have none */
        return NULL;
    bool is_ours = lua_rawequal(lua, -1, meta);
    lua_pop(lua, 1);
    return is_ours ? object : NULL;
}
/* nil, err for a refusal; returns the number of results. */
int api_refusal(lua_State *lua, const struct engine_refusal *refusal);
/* Number, numeric text or {units, scale}: an exact decimal if it is text, else a double. */
struct api_number {
    bool is_exact;
    double number;
    struct oc_dec dec;
};
bool api_number(lua_State *lua, int index, const char *what, struct api_number *ret_number);
double api_number_of_dec(struct oc_dec dec);
/* To grid units; raises on NaN and the like. *ret_snapped: the asked value was off the grid. */
int64_t api_price_units(lua_State *lua, const struct instrument *instrument, const struct api_number *number,
                        int direction, bool *ret_snapped);
/* api_reads.c: a number equal to what the position, an order or a balance reads as; false: it is none of these. */
bool api_reads_as_qty(const struct strategy *strategy, const struct instrument *instrument, double number,
                      int64_t *ret_units);
bool api_reads_as_money(const struct strategy *strategy, uint32_t asset, double number, struct oc_dec *ret_dec);
int64_t api_qty_units(lua_State *lua, const struct instrument *instrument, const struct api_number *number,
                      bool *ret_snapped);
struct market_handle *api_market_at(lua_State *lua, int index);
/* api_market.c: fills the request from the options (0: none), sends it, and pushes what the verb returns. */
int api_place(lua_State *lua, const struct market_handle *market, struct oc_request *request, int options);
/* Whether what cannot be paid is left out; `otherwise` where the options do not say. */
bool api_option_reduces(lua_State *lua, int options, const struct oc_request *request, bool otherwise);
/* Where the options of a target stand, if they do; 0: there are none. */
int api_target_options_at(lua_State *lua, const char *verb, int index);
/* The quantity of an entry that names none: strategy.stake, at its price, its stop or the last price, the fee included. 0: it has one now;
 * else so many results, a refusal. Raises where nothing is configured, and where the order would reduce. */
int api_stake(lua_State *lua, const struct market_handle *market, struct oc_request *request);
/* strategy.entry_timeout: an entry that rests, and of which nobody said how long, is GTD. */
void api_entry_end(const struct market_handle *market, struct oc_request *request);
/* An order of the strategy in this market is open that is not protection. */
bool api_is_busy(const struct market_handle *market);
extern const luaL_Reg api_target_methods[]; /* of a market */
/* api_shown.c: a part of a balance, and a field of the account, as the venue shows it; nil where it has said nothing. False: the word
 * is none of these. */
bool api_push_balance_shown(lua_State *lua, const struct strategy *strategy, uint32_t account, uint32_t asset,
                            const char *part);
/* api_portfolio.c */
int lj_portfolio(lua_State *lua);
bool api_push_account_shown(lua_State *lua, const struct strategy *strategy, uint32_t account, const char *key);
extern const luaL_Reg api_shown_methods[]; /* of a market */
/* api_options.c */
/* Raises in on_save, which runs when what a callback asked for is already decided. */
void api_check_acting(lua_State *lua, const struct strategy *strategy, const char *what);
/* Options are a table without a metatable: with one, script code would run between what a verb has looked
 * up and what it does with it. Raises for anything else, `what` first. */
void api_check_plain(lua_State *lua, int index, const char *what);
/* The first field by bytes that is not in `known`, whatever order the table has it in; "?" for a key that is no text. NULL:
 * all are known. Borrowed: it lives in the table. */
const char *api_unknown_field(lua_State *lua, int index, const char *const *known);

/* Static lists ended by NULL, for the reference: options of m:buy and m:sell, of m:close, of targets, names of callbacks. */
extern const char *const api_trade_options[];
extern const char *const api_close_options[];
extern const char *const api_target_options[];
extern const char *const strategy_callbacks[];

/* strategy_bars.c: the bars of a market to its frames and indicators. `bar` is one that closed: of the strategy's own period or of one of its
 * frames. False: it is a frame's, and nobody is called with it. OC_E_LIMIT: a frame could not be made; the strategy has the error. */
CHECKED oc_rc strategy_feed(struct strategy *strategy, struct market_handle *market, const struct oc_event *bar,
                            bool *ret_is_own);
static inline bool strategy_is_fed(const struct strategy *strategy, const struct market_handle *market)
{
    return (market->frame_count | market->indicator_count | strategy->pair_count) != 0;
}
void strategy_rescale(struct strategy *strategy, struct market_handle *market, struct rescale *rescale);
bool strategy_is_warm(struct strategy *strategy, const struct market_handle *market);
/* The period of its own bars, as far as it is known before they come; 0: the data are ticks and none was asked for. */
int64_t strategy_own_period(const struct strategy *strategy);
/* What frames of a market are beside its own bars: the periods that the engine is to build. */
uint32_t strategy_frame_periods(const struct market_handle *market, int64_t periods_ns[FRAMES_MAX]);

/* strategy.c: the callbacks' table for the engine. */
struct engine_client strategy_client(struct strategy *strategy);
/* strategy_timed.c: the same, with the wall time of each taken. */
void strategy_time_client(struct strategy *strategy, struct engine_client *client);

/* strategy_state.c */
/* Writes the table at the top of the stack as bytes; raises when something cannot be saved, naming it. */
size_t state_write(lua_State *lua, int index, char *bytes, size_t size_max);
/* As state_write, but what cannot be saved is left out and named in `lost`, a path a line, below `name`. */
size_t state_write_most(lua_State *lua, int index, char *bytes, struct text *lost, const char *name);
/* Pushes the table that was written. False: the bytes are not one. */
bool state_read(lua_State *lua, struct strategy *strategy, const char *bytes, size_t size);
CHECKED oc_rc state_record_changed(struct strategy *strategy);
/* Gives on_load what was restored for it, if anything was. */
CHECKED oc_rc state_hand_over(struct strategy *strategy);
CHECKED oc_rc state_hand_over_now(struct strategy *strategy);
/* strategy_restart.c: on_init has returned: what there is now comes back by itself. */
CHECKED oc_rc restart_note_begun(struct strategy *strategy);
/* In the verb, when the timer has its number and its function. */
void restart_note_timer(lua_State *lua, struct strategy *strategy, struct timer_ref *timer);
/* At the end of a callback: records the generator, new timers and names of globals, where they have changed. */
CHECKED oc_rc restart_record_changed(struct strategy *strategy);
CHECKED static inline oc_rc restart_record(struct strategy *strategy)
{
    const uint64_t *now = strategy->sandbox->random, *last = strategy->random_last;
    const uint64_t drawn = (now[0] ^ last[0]) | (now[1] ^ last[1]) | (now[2] ^ last[2]) | (now[3] ^ last[3]);
    const bool looks_at_globals = strategy->watches_globals &&
                                  (strategy->global_count || strategy->globals_made != strategy->sandbox->globals_made);
    if (!drawn && !strategy->new_timers && !looks_at_globals)
        return OC_OK;
    return restart_record_changed(strategy);
}
/* Puts one such record among what leaves; raises when it cannot. */
void restart_put(lua_State *lua, struct strategy *strategy, uint32_t key, const void *data, size_t size);
/* A record of one of these keys, as a fact. */
CHECKED oc_rc restart_take(struct strategy *strategy, uint32_t key, const char *bytes, size_t size);
/* Records are no longer facts: timers get their functions, and what cannot come back is named. */
CHECKED oc_rc restart_come_back(struct strategy *strategy);
/* on_load has run where the uninterrupted session called nothing: what it drew and set is as if it had not. */
void restart_undo_load(struct strategy *strategy, uint64_t timer_mark);
/* One more line about what did not come back. */
void restart_not_back(struct strategy *strategy, const char *line);
/* The part of a checkpoint: at most so many bytes; writes it; reads it, 0: damaged. Both return the bytes used. */
size_t restart_save_size(const struct strategy *strategy);
size_t restart_save(const struct strategy *strategy, char *bytes);
size_t restart_load(struct strategy *strategy, const char *bytes, size_t size);
/* strategy_globals.c */
void globals_note_begun(lua_State *lua, struct strategy *strategy);
/* Looked at with each callback: it runs no script, raises nothing and allocates nothing. */
bool globals_have_changed(const struct strategy *strategy);
void globals_record(lua_State *lua, struct strategy *strategy);
bool globals_take(struct strategy *strategy, const char *text, size_t size);
void globals_name(struct strategy *strategy);
/* OC_E_NOMEM. */
CHECKED oc_rc state_keep(struct state_bytes *last, const void *bytes, size_t size);

#endif
