/* result.h: everything a report shows of one run, borrowed from the run.
 * Filled in by the composition when the run has ended; read by the writers of text, JSON and HTML. */
#ifndef REPORT_RESULT_H
#define REPORT_RESULT_H

#include "engine/engine.h"
#include "report/collect.h"
#include "report/contact.h"
#include "report/differences.h"
#include "report/execution.h"
#include "report/order_rows.h"
#include "report/paths.h"
#include "report/refusals.h"
#include "report/spread.h"
#include "report/tca.h"
#include "session/session.h"

enum { RESULT_NAMES_MAX = 200 };

struct checks;
struct log_lines;
struct live;
struct shadow;

struct result {
    const char *version;  /* of the program */
    const char *mode;     /* backtest, paper, replay */
    const char *strategy; /* name */
    const char *strategy_file;
    const char *data;          /* files or feed */
    const char *symbol;        /* all of them, or how many */
    const char *profile;       /* ideal, neutral: an ideal run is stamped on every page */
    const char *currency;      /* of account */
    const char *command;       /* as it was typed; NULL: not known */
    const char *params;        /* "name=value" lines */
    bool is_synthetic;         /* some prices are made up: stamped like ideal */
    bool is_interrupted;       /* stopped by hand before its data ended: stamped like ideal */
    const char *error;         /* why the run ended early, NULL: it did not */
    int64_t period_ns;         /* of the data's bars; 0 ticks */
    uint32_t periods_per_year; /* 252 or 365, shown beside what uses it */
    const struct part *parts;  /* the plugins that the run is made of */
    uint32_t part_count;
    uint32_t note_count;
    const struct session_line *notes; /* what was assumed or inferred */
    const struct collect *collect;
    const struct refusals *refusals;       /* NULL: none */
    const struct differences *differences; /* NULL, or without rows: none */
    const struct contact *contact;         /* NULL, or not used: no venue was in touch */
    const struct live *live;               /* NULL, or not used: no venue said the market */
    const struct shadow *shadow;           /* NULL: of a session at a venue alone, from its records */
    const struct spread *spread;           /* NULL: not known */
    const struct execution *execution;     /* NULL: not known */
    const struct tca *tca;                 /* NULL: not known */
    const struct order_rows *orders;       /* NULL: none were kept */
    const struct plots *plots;             /* NULL: none were kept */
    const struct paths *paths;             /* NULL: none were kept */
    const struct log_lines *log;           /* NULL: nothing was kept */
    const struct checks *checks;           /* NULL: nothing was asked behind it */
    const char *warning;                   /* what nobody may overlook; NULL: nothing */
    const char *(*strategy_name)(void *self, uint32_t strategy); /* NULL: numbers only */
    void *names;                                                 /* self of it */
    const struct engine_stats *stats;
    const struct instruments *instruments;
    struct portfolio *portfolio;
    uint32_t account;
    uint32_t zero;
    oc_i128 start;           /* opening cash and holdings at the first price, and the next two; account currency */
    oc_i128 put_in;          /* deposits less withdrawals, by the venue's ledger */
    oc_i128 corrected;       /* by balances that the venue said and that were not what fills had made of them */
    oc_i128 final;           /* equity at the end */
    uint32_t unpriced;       /* balances that have no price in the currency: they are not in `final` */
    oc_i128 fees;            /* in the account's currency where convertible */
    oc_i128 buy_and_hold;    /* what the start would be worth held in the first instrument; 0: not available */
    const char *hold_symbol; /* of it; NULL: not available */
    bool has_buy_and_hold;
    bool is_recorded; /* made of records: nobody was called */
    char order_hash[33];
    char meaning[17]; /* hash of what the records say, whatever they look like */
    char input_hash[17];
    uint64_t order_records;
    uint64_t market_events;
    uint64_t bar_calls; /* on_bar calls */
    double seconds;     /* wall time of the run; never part of anything compared */
};

#endif
