/* venue_keys.h: the group venue.NAME of a configuration: which connector, for which accounts and instruments, in which environment.
 *
 * Invariants
 * - `--venue NAME` alone says where a run trades (session.venue): no file and no environment can.
 * - What is left out is refused, never guessed; what this host does not do yet is refused as that. */
#ifndef SESSION_VENUE_KEYS_H
#define SESSION_VENUE_KEYS_H

#include "base/checked.h"
#include "session/parts.h"

#include <outcry/draft/data.h>

enum { VENUE_INSTRUMENTS_MAX = 64 };

/* The venue that this session trades at; NULL: a simulator fills. Borrowed. */
const char *venue_name(const struct settings *settings);
/* venue.NAME.KEY of it; `fallback` where it is not set. Borrowed. */
const char *venue_text(const struct settings *settings, const char *key, const char *fallback);
/* Whether the group is there and whole. Codes of *ret_error. [setup] */
CHECKED oc_rc venue_judge(struct settings *settings, struct error *ret_error);
/* Its i-th instrument: symbol and steps. OC_E_NOT_FOUND: there are no more. [setup] */
CHECKED oc_rc venue_instrument(struct settings *settings, uint32_t i, struct oc_data_info *ret_info,
                               struct error *ret_error);
/* With real money a run is not begun without the largest value of an order, the largest position and the largest loss of a day, or
 * without a word about each that is meant to be missing: risk.without. OC_E_CONFIG names all that are. [setup] */
CHECKED oc_rc venue_judge_limits(struct settings *settings, const struct parts *parts, struct error *ret_error);
/* After the limits: an environment that this host cannot reach yet. OC_E_NOT_SUPPORTED. [setup] */
CHECKED oc_rc venue_judge_environment(struct settings *settings, struct error *ret_error);

/* The next venue.NAME.connector, from setting *at on, that names this connector; *at is its place. NULL: no further one. Borrowed. */
const char *venue_of(const struct settings *settings, const char *connector, uint32_t *at);

#endif
