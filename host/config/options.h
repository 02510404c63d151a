/* options.h: options of a run on the command line, turned into settings.
 *
 * Invariants: an unknown option is refused with the nearest name; "--name value" and "--name=value" are the same; what
 * the command line says wins over files and environment. */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include "base/checked.h"
#include "config/settings.h"

enum { OPTIONS_WORDS_MAX = 1024, OPTIONS_PARAMS_MAX = 128, OPTIONS_FILES_MAX = 16, OPTIONS_COMMAND_MAX = 4096 };

struct option_param {
    const char *name;
    const char *value;
};

struct options {
    struct settings settings;
    const char *words[OPTIONS_WORDS_MAX]; /* strategy and data files, in order */
    uint32_t word_count;
    struct option_param params[OPTIONS_PARAMS_MAX];
    char *param_texts[OPTIONS_PARAMS_MAX]; /* owned */
    uint32_t param_count;
    const char *config_files[OPTIONS_FILES_MAX];
    uint32_t config_count;
    bool json;
    bool quiet;
    bool detach; /* it goes on without its terminal */
    bool help;
    const char *venue;  /* borrowed; NULL: not said */
    const char *yes;    /* the account that may be traded with, where nobody is asked; borrowed; NULL: not said */
    const char *max;    /* of `venue try`: what an order may be worth; borrowed; NULL: not said */
    bool trade;         /* of `venue try` */
    const char *report; /* path of the HTML file */
    const char *csv;    /* folder of the files for a spreadsheet */
    char command[OPTIONS_COMMAND_MAX]; /* all of it, as a shell takes it; "": too long */
    struct error error;
};

/* OC_E_INVALID: options->error says what is wrong. `json` is then what the rest of the line says, too. [setup] */
CHECKED oc_rc options_parse(struct options *options, int argc, char **argv);
/* Files, environment, then what the command line said. OC_E_CONFIG with options->error. */
CHECKED oc_rc options_finish(struct options *options);
void options_release(struct options *options);
/* The i-th option that is understood, without "--"; NULL behind the last. */
const char *options_known(uint32_t i);

#endif
