/* limits.h: every bound of the engine, in one place; each is tested at the limit and one beyond. */
#ifndef ENGINE_LIMITS_H
#define ENGINE_LIMITS_H

enum {
    ENGINE_ASSETS_MAX = 4096,
    ENGINE_INSTRUMENTS_MAX = 16384,
    ENGINE_VERSIONS_MAX = 65536, /* steps that some instrument had before; of one instrument 254 */
    ENGINE_ACCOUNTS_MAX = 64,
    ENGINE_STRATEGIES_MAX = 1024,
    ENGINE_RULES_MAX = 64,
    ENGINE_MISSING_MAX = 1152,        /* bytes: names of 32 rules */
    ENGINE_RULE_STATE_MAX = 65536,    /* bytes: what one rule saves */
    ENGINE_RULES_STATE_MAX = 9 << 20, /* bytes: what the rules, and as many that are carried along, have saved */
    ENGINE_ORDERS_OPEN_MAX = 65536,   /* orders not yet final */
    ENGINE_ORDERS_CLOSED_KEPT = 8192, /* final orders still held in memory; older ones live in the journal */
    ENGINE_STAGED_MAX = 1024,         /* requests made by one callback */
    ENGINE_OUT_MAX = 1 << 20,         /* requests, records or notes of one input */
    ENGINE_OUT_BYTES_MAX = 64 << 20,  /* bytes of other records of one input */
    ENGINE_TIMERS_MAX = 65536,
    ENGINE_BOOKS_MAX = 65536,          /* (account, strategy, instrument) positions */
    ENGINE_LOTS_MAX = 65536,           /* open lots of one position under FIFO or LIFO */
    ENGINE_BARS_MAX = 4096,            /* (instrument, period) bar builders */
    ENGINE_HISTORY_BARS = 500,         /* that a venue is asked for when the first bar of a period begins */
    ENGINE_RESYNCS_MAX = 256,          /* strategies in a market behind a hole whose position is looked at */
    ENGINE_DEPTHS_MAX = 1024,          /* order books of venues that are kept */
    ENGINE_DEPTH_LEVELS = 1000,        /* levels a side of one of them */
    ENGINE_DEPTH_THIN = 20,            /* fewer known ones of a side that goes on: a snapshot is asked for */
    ENGINE_DEPTH_HELD = 65536,         /* bytes of changes that wait for a snapshot */
    ENGINE_FILLS_RECENT = 65536,       /* last fills known by their identity */
    ENGINE_FILLS_HELD = 65536,         /* older ones still known because their orders are open */
    ENGINE_ANSWERS_MAX = 262144,       /* answers of simulators under way */
    ENGINE_FEE_ASSETS_MAX = 8,         /* fee buckets of one position */
    ENGINE_GROUPS_MAX = 65536,         /* brackets and OCO groups alive */
    ENGINE_SHOWN_POSITIONS_MAX = 4096, /* positions as venues show them */
    ENGINE_LEDGER_KEPT = 256,          /* ledger entries that are shown */
    ENGINE_LEDGER_SEEN = 4096,         /* of those before them it is known what they moved */
    ENGINE_SOURCES_MAX = 1024,         /* market data streams merged */
    ENGINE_BUDGET_ORDERS_MAX = 10000,  /* orders a second that a budget can name */
    ENGINE_SUSPEND_TEXT_MAX = 256      /* bytes of the words in a record of suspension */
};

#endif
