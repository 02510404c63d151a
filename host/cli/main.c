/* main.c: the program `outcry`: finds the verb and calls it. */
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/complain.h"
#include "cli/verbs.h"
#include "console/shell.h"
#include "script/reference.h"
#include "session/interrupt.h"

struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
};

static const struct verb verbs[] = {
    {"backtest", verb_backtest, "run a strategy over files: backtest FILE.lua DATA.csv --cash '10000 USDT'"},
    {"paper", verb_paper, "run a strategy against a paper venue on replayed or synthetic data"},
    {"run", verb_run, "run a strategy at a venue: run FILE.lua --venue NAME --config FILE --cash '10000 USDT'"},
    {"console", verb_console, "trade by hand: a session here, or --attach to a host that runs; --trade"},
    {"replay", verb_replay, "run a recorded session again and compare: replay SESSION [--diff]"},
    {"diff", verb_diff, "where two recorded sessions part: diff SESSION_A SESSION_B"},
    {"report", verb_report, "show the report of a recorded session: report SESSION"},
    {"plugin", verb_plugin, "list, info, check, try, new"},
    {"risk", verb_risk, "risk check: what would the rules say to an order"},
    {"keys", verb_keys, "add, list, rotate, remove, test: the vault of keys that venues are signed with"},
    {"config", verb_config, "config check: read the files and show what holds"},
    {"bench", verb_bench, "measure this machine against the figures of the docs"},
    {"version", verb_version, "version, and the libraries it runs with"},
    {"help", verb_help, "this text; `help lua`, `help console`: every word of a strategy, of a console"},
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

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
    printf("outcry %s: a trading host\n\nusage: outcry VERB [words] [--options]\n\n", OUTCRY_VERSION);
    for (int i = 0; i < (int)VERBS; i++)
        printf("  %-10s %s\n", verbs[i].name, verbs[i].about);
    puts("\noptions of backtest and paper\n"
         "  --cash '10000 USDT'      opening cash; the first currency values the account\n"
         "  -p name=value            a parameter of the strategy\n"
         "  --fee taker=0.1%         fees; maker=..., or one rate for both\n"
         "  --profile neutral        what bars do not tell: pessimistic, neutral, optimistic, ideal\n"
         "  --spread 2bps            spread where the data have none (2bps; half is paid)\n"
         "  --latency 5ms            to the venue and back, each way\n"
         "  --from, --to TIME        first instant that may trade, last one read\n"
         "  --end close|hold         what happens to open positions at the end (close)\n"
         "  --symbol BTC/USDT        when the file does not say\n"
         "  --data 'key=value;...'   columns, unit, zone, period of the file\n"
         "  --intrabar FILE          finer data that decide what bars cannot; --intrabar-data its options\n"
         "  --session DIR            record the run there\n"
         "  --report FILE.html       write the report page\n"
         "  --listen auto|none|PATH  where consoles attach (auto; none at full speed of data)\n"
         "  --duration 1h            of data, then the session ends\n"
         "  --config FILE            configuration, several allowed; --set section.key=value\n"
         "  --plugin NAME=FILE       a rule, simulator or reader for this run; --set NAME.key=value\n"
         "  --json --quiet           for other programs\n"
         "\nof run: the same without data and fills, and --venue NAME[,NAME...], groups of the configuration\n"
         "of console: as paper, or with --venue as run; and --paused, --no-pane; --attach [SOCKET] [--trade]\n"
         "\nexit codes: 0 good, 1 the run failed, 2 wrong use, 3 configuration, 4 venue, 5 halted by risk,\n"
         "            6 a backtest was interrupted; 130 at a second Ctrl-C");
    return EXIT_GOOD;
}

/* What was written and has not arrived is an error, whatever came before. */
static int close_output(int code)
{
    bool has_failed = ferror(stdout);
    if (fflush(stdout) == 0 && !has_failed)
        return code;
    fputs("outcry: the standard output could not be written: closed, or full\n", stderr);
    return code == EXIT_GOOD ? EXIT_RUN : code;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C");
    outcry_build = outcry_build_id;
    interrupt_ignore_output();
    if (argc < 2) {
        verb_help(0, NULL);
        return EXIT_USE;
    }
    const char *names[VERBS + 1] = {0};
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        word = "help";
    if (strcmp(word, "--version") == 0)
        word = "version";
    for (int i = 0; i < (int)VERBS; i++) {
        names[i] = verbs[i].name;
        if (strcmp(verbs[i].name, word) == 0)
            return close_output(verbs[i].run(argc - 1, argv + 1));
    }
    const char *nearest = text_nearest(word, names);
    struct error error;
    (void)error_say(&error, OC_E_INVALID, "", "unknown verb"); /* wrong use has an exit code of its own */
    error_found(&error, "%s", word);
    if (nearest)
        error_remedy(&error, "did you mean '%s'?", nearest);
    else
        error_remedy(&error, "see `outcry help`");
    (void)complain(&error, OC_E_INVALID, false);
    return EXIT_USE;
}
