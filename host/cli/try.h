/* try.h: `outcry venue try VENUE/ACCOUNT --max '15 USD' [--trade]`. */
#ifndef CLI_TRY_H
#define CLI_TRY_H

#include "config/options.h"

/* The exit code of the verb. The words of the options are "try" and VENUE/ACCOUNT. */
int venue_try(struct options *options);

#endif
