/* help.h: what `outcry help`, `outcry VERB --help` and the completion of shells say, from one table of verbs and one of options. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>

enum help_verb { /* bits: whose option it is */
                 HELP_BACKTEST = 1,
                 HELP_PAPER = 2,
                 HELP_RUN = 4,
                 HELP_CONSOLE = 8,
                 HELP_RUNS = HELP_BACKTEST | HELP_PAPER | HELP_RUN | HELP_CONSOLE,
                 HELP_FILLED = HELP_BACKTEST | HELP_PAPER | HELP_CONSOLE, /* by a simulator */
                 HELP_ITSELF = 16 /* says what it takes when it is asked with --help */
};

struct help_option {
    const char *name;  /* without "--"; "p" has one dash */
    const char *value; /* NULL: a flag */
    const char *about;
    unsigned verbs;
};

struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
    const char *words; /* what follows the verb */
    unsigned options;  /* enum help_verb: its own; 0: it has none of the table */
};

/* Ends with a NULL name. */
extern const struct verb help_verbs[];
extern const struct help_option help_options[];

/* NULL: there is none of this name. */
const struct verb *help_find(const char *name);
/* The verb was asked what it takes: -h or --help among its words. */
bool help_is_asked(int argc, char **argv);
/* One verb: usage, and the options that are its own. */
void help_verb(const struct verb *verb);

#endif
