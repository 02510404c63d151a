/* verbs.h: the words of the command line. Each takes argv from its own name on and returns the exit code.
 * Exit codes: 0 good, 1 the run failed, 2 wrong use, 3 configuration, 4 venue or authentication, 5 halted by risk,
 * 6 a backtest that was stopped by hand before its data ended. A second signal ends the process at once: 130. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "config/settings.h"
#include "load/load.h"

enum {
    EXIT_GOOD = 0,
    EXIT_RUN = 1,
    EXIT_USE = 2,
    EXIT_CONFIG = 3,
    EXIT_VENUE = 4,
    EXIT_RISK = 5,
    EXIT_INTERRUPTED = 6
};

int verb_backtest(int argc, char **argv);
int verb_compare(int argc, char **argv);
int verb_optimize(int argc, char **argv);
int verb_paper(int argc, char **argv);
int verb_run(int argc, char **argv);
int verb_console(int argc, char **argv);
int verb_replay(int argc, char **argv);
int verb_diff(int argc, char **argv);
int verb_report(int argc, char **argv);
int verb_plugin(int argc, char **argv);
int verb_risk(int argc, char **argv);
int verb_config(int argc, char **argv);
int verb_venue(int argc, char **argv);
int verb_data(int argc, char **argv);
int verb_markets(int argc, char **argv);
int verb_reconcile(int argc, char **argv);
int verb_keys(int argc, char **argv);
int verb_alerts(int argc, char **argv);
int verb_metrics(int argc, char **argv);
int verb_kill(int argc, char **argv);
int verb_status(int argc, char **argv);
int verb_orders(int argc, char **argv);
int verb_fills(int argc, char **argv);
int verb_positions(int argc, char **argv);
int verb_trades(int argc, char **argv);
int verb_pnl(int argc, char **argv);
int verb_sessions(int argc, char **argv);
int verb_transactions(int argc, char **argv);
int verb_history(int argc, char **argv);
int verb_bench(int argc, char **argv);
int verb_doctor(int argc, char **argv);
int verb_version(int argc, char **argv);
int verb_strategy(int argc, char **argv);
int verb_help(int argc, char **argv);

#endif
