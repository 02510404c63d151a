/* probe.h: a backtest of the same words with something changed: less data, other bars, other parameters; made in a child, for what comes
 * of it.
 *
 * Invariants
 * - It is a backtest of the host, whole, but that nothing of it is recorded, reported or counted.
 * - What comes of it is up to its words and its wish alone: not to the clock, nor to what runs beside it. */
#ifndef CLI_PROBE_H
#define CLI_PROBE_H

#include "cli/decisions.h"
#include "config/options.h"
#include "feed/remade.h"
#include "report/figures.h"

enum { PROBE_TEXT_MAX = 320, PROBE_BARS_MAX = 20000000 };

enum probe_figure { /* what a search may look for; probe_figure_name has their names */
                    PROBE_SHARPE,
                    PROBE_SORTINO,
                    PROBE_CALMAR,
                    PROBE_RETURN,
                    PROBE_CAGR,
                    PROBE_PROFIT_FACTOR,
                    PROBE_WIN_RATE,
                    PROBE_DRAWDOWN,
                    PROBE_FIGURES
};

struct probe_words { /* of the command line, borrowed: argv[0] is the verb */
    int argc;
    char **argv;
};

struct probe_wish {         /* zero: as the words say */
    int64_t from_ns, to_ns; /* where has_from, has_to: in place of --from and --to */
    bool has_from, has_to;
    bool holds;       /* what is open at the end stays open */
    const char *data; /* in place of the only data file; symbol and options are then these */
    const char *symbol, *data_options;
    enum remade_kind kind;
    uint64_t seed; /* of the remade market */
    const struct option_param *params;
    uint32_t param_count;        /* in place of those of the same name */
    struct decisions *decisions; /* NULL: nobody looks at them */
};

struct probe_result {
    int32_t rc;
    uint32_t events; /* market events */
    uint64_t trips;  /* closed */
    struct figure of[PROBE_FIGURES];
    struct figure daily_sharpe; /* mean / deviation of daily returns, not of a year */
    struct moments moments;     /* of these, where it is known */
    uint32_t periods;           /* of a year */
    double profit;              /* account currency */
    uint32_t days;
    int64_t first_ns, last_ns; /* of what was traded */
    uint64_t input_hash;
    uint64_t trial; /* hash of strategy, parameters and settings */
    uint64_t names; /* hash of the strategies' names */
    char error[PROBE_TEXT_MAX];
};

/* In a child of its own: strategies, plugins and log of this process are not looked after. */
void probe_run(const struct probe_words *words, const struct probe_wish *wish, struct probe_result *ret);
/* The figures of a run that has ended here, for the same use. */
struct run;
void probe_take(const struct run *run, const struct result *result, const struct figures *figures,
                struct probe_result *ret);
/* "sharpe" ...; NULL behind the last. Static. */
const char *probe_figure_name(uint32_t figure);

#endif
