/* examine_impl.h: what the files of an examination share. */
#ifndef CLI_EXAMINE_IMPL_H
#define CLI_EXAMINE_IMPL_H

#include "cli/examine.h"
#include "report/trials.h"

#define EXAMINE_REPEAT_NS 60000000000LL /* of a child of a run that took less than a second */
#define EXAMINE_LUCK_NS   3600000000000LL

/* examine_repeats.c: cuts, and other years. */
void examine_repeats(struct examination *examination);
/* Static or the examination's: the name of a strategy by its number. */
const char *examine_strategy(const struct examination *examination, uint32_t strategy);
/* What so many trials leave of the Sharpe ratio. */
void examine_deflate(struct check_trials *check, const struct trials_sum *sum, const struct probe_result *result);

#endif
