#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/version.h"
#include "cli/testing.h"
#include "cli/verbs.h"
#include "console/shell.h"
#include "history/reference.h"
#include "script/reference.h"

static int verb_completion(int argc, char **argv);

/* clang-format off */
const struct verb help_verbs[] = {
    {"backtest", verb_backtest, "run a strategy over files", "FILE.lua... DATA.csv... --cash '10000 USDT'", HELP_BACKTEST},
    {"optimize", verb_optimize, "look for parameters, and see what the choice is worth",
     "FILE.lua DATA... --over NAME=FROM..TO:STEP... [options of backtest]", HELP_ITSELF},
    {"paper", verb_paper, "run a strategy against a paper venue on replayed or synthetic data, or on a live feed",
     "FILE.lua... --feed synthetic-bars|replay:FILE | --venue NAME --config FILE  --cash '10000 USDT'", HELP_PAPER},
    {"run", verb_run, "run a strategy at a venue", "FILE.lua... --venue NAME --config FILE --cash '10000 USDT'", HELP_RUN},
    {"console", verb_console, "trade by hand: a session here, or a host that runs",
     "[FILE.lua...] [DATA.csv] [--feed NAME] | --attach [SOCKET] [--trade]", HELP_CONSOLE},
    {"status", verb_status, "what is going on, in one screen: each session of this user, or one; an exit code for monitors",
     "[--session DIR | --attach SOCKET] [--json] [--wait 2s]: `outcry status --help` has the exit codes", HELP_ITSELF},
    {"kill", verb_kill, "no new risk, in all sessions of this user or in one, also where the host hangs",
     "[all|flatten] [--session DIR | --attach SOCKET] [--wait 1s] [--json]", HELP_ITSELF},
    {"alerts", verb_alerts, "who is told when something is wrong: list the channels, test them", "test|list --config FILE [--json]", HELP_ITSELF},
    {"metrics", verb_metrics, "figures of running sessions for Prometheus", "[--session DIR | --attach SOCKET] [--listen 127.0.0.1:PORT]", HELP_ITSELF},
    {"replay", verb_replay, "run a recorded session again and compare", "SESSION [--diff | --json | --console [--no-pane]]", 0},
    {"diff", verb_diff, "where two recorded sessions part", "SESSION_A SESSION_B [--json]", 0},
    {"report", verb_report, "show the report of a recorded session", "SESSION [--json] [--report FILE.html] [--csv FOLDER] | diff A B [--json]", 0},
    {"compare", verb_compare, "two recorded sessions day by day; strategies against by hand; trips drawn again",
     "SESSION [SESSION] [--json]", 0},
    {"plugin", verb_plugin, "list, info, check, try, new", "list|info|check|try|new ...: `outcry plugin` says what each takes", HELP_ITSELF},
    {"strategy", verb_strategy, "begin a strategy with its test; what an editor needs; try one on made-up data",
     "new NAME [FOLDER] | stubs [FOLDER] | check FILE.lua... [DATA.csv...] [--json]", 0},
    {"test", verb_test, "run test files of strategies: data made by hand, what came of it", "FILE_test.lua... [--json]", 0},
    {"risk", verb_risk, "what would the rules say to an order",
     "check buy|sell QTY SYMBOL [@ PRICE] [--reference PRICE] [--at TIME] [--cash '10000 USDT'] [--config FILE] [--json]", HELP_ITSELF},
    {"keys", verb_keys, "add, list, rotate, remove, test: the vault of keys that venues are signed with",
     "add|list|rotate|remove|test ...: `outcry keys` says what each takes", HELP_ITSELF},
    {"venue", verb_venue, "what a venue offers and how it is reached; an account tried with the smallest orders",
     "info NAME --config FILE [--json] | try NAME/ACCOUNT --max '15 USD' [--trade] --config FILE", 0},
    {"data", verb_data, "bars of a venue's past, and its live trades and quotes, as files that a backtest reads",
     "fetch VENUE SYMBOL TIMEFRAME [FILE] --from DATE [--to DATE] | record VENUE SYMBOL... [--duration 1h]  --config FILE", 0},
    {"markets", verb_markets, "what a venue trades: steps, least orders, status, own fees", "NAME [WORD] --config FILE [--json]", 0},
    {"reconcile", verb_reconcile, "what accounts have at venues: balances, open orders, trades, deposits, withdrawals",
     "[NAME] --config FILE [--from TIME] [--csv FOLDER] [--json]", 0},
    {"sessions", verb_sessions, "every session of the data folder, and what came of it", "[filters] [--csv | --json] [--follow]", HELP_ITSELF},
    {"orders", verb_orders, "orders of all sessions", "[filters] [--csv | --json] [--follow]", HELP_ITSELF},
    {"fills", verb_fills, "their fills, each once", "[filters] [--csv | --json] [--follow]", HELP_ITSELF},
    {"trades", verb_trades, "round trips, from flat to flat", "[filters] [--csv | --json] [--follow]", HELP_ITSELF},
    {"positions", verb_positions, "what was held last", "[filters] [--csv | --json] [--follow]", HELP_ITSELF},
    {"pnl", verb_pnl, "profit and loss, a row a day", "[filters] [--csv | --json] [--follow]", HELP_ITSELF},
    {"transactions", verb_transactions, "the ledger: opening cash, deposits, fees, funding, corrections",
     "[filters] [--csv | --json] [--follow]", HELP_ITSELF},
    {"history", verb_history, "where these are kept; made anew from the journals; kept up with sessions that run",
     "[status] [--json] | rebuild [FOLDER...] | add FOLDER... | follow [SESSION]", HELP_ITSELF},
    {"config", verb_config, "read the files and show what holds", "check [FILE...] [--json] | keys [FILE...] [--json]", 0},
    {"bench", verb_bench, "measure this machine against the figures of the docs",
     "[bars|order|stop|door|journal|durable|restore|console|json|venue|net] [--json]", 0},
    {"doctor", verb_doctor, "is this machine, installation and configuration fit to trade?",
     "[--config FILE] [--set KEY=VALUE] [--session DIR] [--json]", 0},
    {"version", verb_version, "version, and the libraries it runs with", "[--json]", 0},
    {"completion", verb_completion, "what a shell completes: outcry completion bash >FILE", "bash", 0},
    {"help", verb_help, "this text; `help VERB`, `help lua`, `help console`, `help tables`", "[VERB|lua|console|tables]", 0},
    {0}};

const struct help_option help_options[] = {
    {"cash", "'10000 USDT'", "opening cash; the first currency values the account", HELP_RUNS},
    {"p", "name=value", "a parameter of the strategy; --param is the same", HELP_RUNS},
    {"symbol", "BTC/USDT", "of a file that does not say; at a venue the markets, with commas between", HELP_RUNS},
    {"timeframe", "1h", "length of the bars of a strategy that names none", HELP_RUNS},
    {"venue", "NAME[,NAME...]", "groups of the configuration: where to trade", HELP_RUN | HELP_CONSOLE},
    {"feed", "NAME", "synthetic-bars[:COUNT], or replay:FILE", HELP_PAPER | HELP_CONSOLE},
    {"speed", "60", "so many times as fast as the data's clock; max", HELP_PAPER | HELP_CONSOLE},
    {"fee", "taker=0.1%", "fees; maker=..., or one rate for both", HELP_FILLED},
    {"profile", "neutral", "what bars do not tell: pessimistic, neutral, optimistic, ideal", HELP_FILLED},
    {"spread", "2bps", "spread where the data have none; half is paid", HELP_FILLED},
    {"latency", "5ms", "to the venue and back, each way", HELP_FILLED},
    {"volume-cap", "0.1", "largest share of a bar's volume that is ours; 0: no cap", HELP_FILLED},
    {"limit-fill", "WORD", "when a limit fills: its words stand in etc/outcry.conf, as of the two below", HELP_FILLED},
    {"zero-volume", "WORD", "what a bar without volume fills", HELP_FILLED},
    {"gap", "WORD", "what a stop does that the next bar opens beyond", HELP_FILLED},
    {"allow-short", NULL, "spot may be sold without having it", HELP_FILLED},
    {"from", "TIME", "first instant that may trade", HELP_FILLED},
    {"to", "TIME", "last one read", HELP_FILLED},
    {"end", "close|hold", "what happens to open positions at the end (close)", HELP_BACKTEST | HELP_PAPER | HELP_RUN},
    {"duration", "1h", "of data, then the session ends", HELP_PAPER | HELP_CONSOLE},
    {"data", "'key=value;...'", "columns, unit, zone, period of the file", HELP_FILLED},
    {"intrabar", "FILE", "finer data that decide what bars cannot", HELP_FILLED},
    {"intrabar-data", "'key=value;...'", "the same of that file", HELP_FILLED},
    {"seed", "1", "of made-up data and of random numbers", HELP_RUNS},
    {"session", "DIR", "record the run there; a session that is there goes on", HELP_RUNS},
    {"durability", "process|power", "what a record survives before an order leaves", HELP_RUNS},
    {"listen", "auto|none|PATH", "where consoles attach (auto; none at full speed of data)", HELP_PAPER | HELP_RUN | HELP_CONSOLE},
    {"attach", "[SOCKET]", "to a host that runs; --trade: with the right to trade", HELP_CONSOLE},
    {"paused", NULL, "stands at its first price until `step` or `resume`", HELP_CONSOLE},
    {"no-pane", NULL, "no status above the prompt", HELP_CONSOLE},
    {"report", "FILE.html", "write the report page", HELP_BACKTEST | HELP_PAPER | HELP_RUN},
    {"csv", "FOLDER", "write trips.csv, orders.csv and equity.csv there", HELP_BACKTEST | HELP_PAPER | HELP_RUN},
    {"quick", NULL, "is not repeated to see whether it looked ahead", HELP_BACKTEST},
    {"null", "200", "the same on so many markets of chance: how much of it is luck", HELP_BACKTEST},
    {"workers", "2", "so many at once of these (one a core)", HELP_BACKTEST},
    {"strict", NULL, "every rule is asked twice and must agree", HELP_RUNS},
    {"live", "ACCOUNT", "arms the session for this account; real money needs it, and the next ones", HELP_RUN | HELP_CONSOLE},
    {"capital", "'500 USDT'", "what strategies trade with, of what the account holds", HELP_RUNS},
    {"max-order-value", "100", "the most that an order may be worth", HELP_RUNS},
    {"max-position", "0.01", "the largest position, in what is traded", HELP_RUNS},
    {"max-day-loss", "25", "the loss of a day behind which nothing is opened", HELP_RUNS},
    {"waive", "NAME[,NAME...]", "of these three: meant to be missing: max_order_value, max_position, max_day_loss", HELP_RUN | HELP_CONSOLE},
    {"ramp", "'25,50,100 a day'", "orders grow step by step; or 'AMOUNTS per 10 fills'", HELP_RUNS},
    {"on-exit", "WORD", "before SIGTERM or `stop` end it: leave, cancel_entries, cancel, flatten (leave)", HELP_RUN | HELP_CONSOLE},
    {"yes", "ACCOUNT", "the answer to the question before it is armed", HELP_RUN | HELP_CONSOLE},
    {"max", "'15 USD'", "of `venue try`: what an order may be worth", HELP_RUN},
    {"trade", NULL, "of `venue try`: buys and sells the smallest amount once; of --attach: with the right to trade", HELP_RUN | HELP_CONSOLE},
    {"config", "FILE", "configuration, several allowed", HELP_RUNS},
    {"set", "section.key=value", "one value of it", HELP_RUNS},
    {"plugin", "NAME=FILE", "a rule, simulator, reader or connector for this run; --set NAME.key=value", HELP_RUNS},
    {"json", NULL, "the result for other programs", HELP_BACKTEST | HELP_PAPER | HELP_RUN},
    {"detach", NULL, "goes on without the terminal when it stands; its log is host.log in the session's folder",
     HELP_PAPER | HELP_RUN},
    {"quiet", NULL, "nothing on a good run", HELP_BACKTEST | HELP_PAPER | HELP_RUN},
    {"help", NULL, "this text", HELP_RUNS},
    {0}};
/* clang-format on */

const struct verb *help_find(const char *name)
{
    for (const struct verb *verb = help_verbs; verb->name; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

bool help_is_asked(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static void put_option(const struct help_option *option)
{
    char word[64];
    snprintf(word, sizeof word, "%s%s%s%s", option->name[1] ? "--" : "-", option->name, option->value ? " " : "",
             option->value ? option->value : "");
    printf("  %-32s %s\n", word, option->about);
}

void help_verb(const struct verb *verb)
{
    printf("outcry %s: %s\n\nusage: outcry %s%s%s\n", verb->name, verb->about, verb->name, verb->words[0] ? " " : "",
           verb->words);
    const bool has_options = verb->options & HELP_RUNS;
    if (has_options)
        puts("");
    for (const struct help_option *option = help_options; option->name; option++)
        if (option->verbs & verb->options)
            put_option(option);
    if (has_options)
        puts("\nA key of etc/outcry.conf is --set section.key=value. Times are 2024-01-31, or with T12:00:00Z.");
}

static void help_all(void)
{
    printf("outcry %s: a trading host\n\nusage: outcry VERB [words] [--options]; `outcry VERB --help` says which\n\n",
           OUTCRY_VERSION);
    for (const struct verb *verb = help_verbs; verb->name; verb++)
        printf("  %-10s %s\n", verb->name, verb->about);
    puts("\nfirst steps\n"
         "  outcry backtest strategies/sma_cross.lua synthetic-bars --cash '10000 USDT'\n"
         "  outcry console --feed synthetic-bars --cash '10000 USDT'\n"
         "\nexit codes: 0 good, 1 the run failed, 2 wrong use, 3 configuration, 4 venue, 5 halted by risk,\n"
         "            6 a backtest was interrupted; 130 at a second Ctrl-C");
}

static int help_page(oc_rc (*write)(struct text *text))
{
    struct text text;
    text_init_grow(&text, REFERENCE_TEXT_MAX);
    oc_rc rc = write(&text);
    if (rc == OC_OK)
        fputs(text.data, stdout);
    text_release(&text);
    return rc == OC_OK ? EXIT_GOOD : EXIT_RUN;
}

int verb_help(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "lua") == 0)
        return help_page(reference_write);
    if (argc > 1 && strcmp(argv[1], "console") == 0)
        return help_page(shell_reference);
    if (argc > 1 && strcmp(argv[1], "tables") == 0)
        return help_page(history_reference);
    const struct verb *verb = argc > 1 ? help_find(argv[1]) : NULL;
    if (verb)
        help_verb(verb);
    else
        help_all();
    return EXIT_GOOD;
}

static int verb_completion(int argc, char **argv)
{
    const char *shell = argc > 1 ? argv[1] : NULL;
    if (!shell || strcmp(shell, "bash") != 0) {
        fprintf(stderr, "outcry: completion: found %s; expected bash (zsh reads it too: autoload -U bashcompinit)\n",
                shell ? shell : "nothing");
        return EXIT_USE;
    }
    puts("# outcry completion bash: verbs, options of the verb, and files.\n_outcry() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=\n"
         "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words='");
    for (const struct verb *verb = help_verbs; verb->name; verb++)
        printf("%s%s", verb == help_verbs ? "" : " ", verb->name);
    puts("'\n    else\n        case $verb in");
    for (const struct verb *verb = help_verbs; verb->name; verb++) {
        if (!(verb->options & HELP_RUNS))
            continue;
        printf("        %s) words='", verb->name);
        for (const struct help_option *option = help_options; option->name; option++)
            if (option->verbs & verb->options)
                printf("%s%s ", option->name[1] ? "--" : "-", option->name);
        puts("' ;;");
    }
    puts("        plugin) words='list info check try new' ;;\n        keys) words='add list rotate remove test' ;;\n"
         "        venue) words='info' ;;\n        config) words='check keys' ;;\n        risk) words='check' ;;\n"
         "        status) words='--session --attach --json --wait --stale' ;;\n        kill) words='all flatten "
         "--session --attach --json --wait' ;;\n"
         "        metrics) words='--session --attach --listen --wait' ;;\n        alerts) words='test list --config "
         "--json' ;;\n        replay) words='--diff --console --no-pane' "
         ";;\n        report) words='diff --json --report --csv' ;;\n"
         "        bench) words='bars order stop door journal durable restore console json' ;;\n"
         "        compare) words='--json' ;;\n"
         "        optimize) words='--over --search --trials --objective --min-trips --out-of-sample --walk-forward "
         "--workers --study --map --json --quiet' ;;\n"
         "        help) words='lua console tables' ;;\n        history) words='status rebuild add follow' "
         ";;\n        sessions|orders|fills|trades|positions|pnl|transactions) words='--session --strategy --symbol "
         "--venue "
         "--account --side --status --since --until --search --limit --csv --json --follow' ;;\n        completion) "
         "words='bash' ;;\n        esac\n    fi\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "    [ \"$COMP_CWORD\" = 1 ] || case $word in -*) ;; *) COMPREPLY+=($(compgen -f -- \"$word\")) ;; esac\n}\n"
         "complete -o filenames -F _outcry outcry");
    return EXIT_GOOD;
}
