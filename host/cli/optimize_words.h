/* optimize_words.h: the words of `outcry optimize`: its own options, and all others, which are those of the backtest that it makes. */
#ifndef CLI_OPTIMIZE_WORDS_H
#define CLI_OPTIMIZE_WORDS_H

#include "cli/optimize.h"

bool optimize_is_help(int argc, char **argv);
void optimize_usage(FILE *out);
/* OC_E_INVALID, OC_E_CONFIG: *ret_error. */
CHECKED oc_rc optimize_words(struct optimize_wish *wish, struct search *search, int argc, char **argv,
                             struct error *ret_error);

#endif
