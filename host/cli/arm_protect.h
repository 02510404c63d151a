/* arm_protect.h: what the screen before an armed session says of protection, and in which currency orders are held small. */
#ifndef CLI_ARM_PROTECT_H
#define CLI_ARM_PROTECT_H

#include "base/text.h"
#include "session/venue_visit.h"

/* Lines of what a stop and a target of an entry become at this venue, behind a label of so many columns. */
void arm_put_protection(struct settings *settings, struct venue_visit *visit, const char *venue, int columns,
                        struct text *out);
/* "USD", or "USD or USDT": what orders in the markets of the configuration are paid in. */
void arm_put_currencies(struct settings *settings, const char *venue, struct text *out);

#endif
