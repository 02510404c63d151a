/* check.h: whether every setting says something that a run understands: words, numbers, ranges. */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "base/checked.h"
#include "config/settings.h"

/* OC_E_CONFIG: settings->error says origin, key, found, expected of the first that does not. */
CHECKED oc_rc check_settings(struct settings *settings);
/* Of session.speed: "max" is 0, "60x" is 60. OC_E_NOT_FOUND: not set. */
CHECKED oc_rc check_speed(struct settings *settings, double *ret_speed);

#endif
