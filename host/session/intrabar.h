/* intrabar.h: finer data that decide what bars cannot (`--intrabar FILE`): the inside of a bar is said to the simulators before the bar's
 * open is shown. Strategies, engine and records never see it.
 *
 * Invariants
 * - It stands between a source of bars and the inbox: the bar that comes next is read together with what lies inside it.
 * - Finer data cover a bar where they come to its open, high, low and close exactly; of any other bar they say nothing, and it
 *   is counted. */
#ifndef SESSION_INTRABAR_H
#define SESSION_INTRABAR_H

#include "session/session.h"

/* The file of the setting data.intrabar that is number `index`; false: there are no more. */
bool intrabar_name(const struct settings *settings, uint32_t index, char *ret_path, size_t size_max);
/* Options of the finer file's reader: data.intrabar_options, or those of data.options that are of the market. */
void intrabar_options(const struct settings *settings, char *ret_options, size_t size_max);
/* Behind the sources: finds the bars that each finer file is for, and the steps that fit both. [setup] */
CHECKED oc_rc intrabar_join(struct session *session);
/* In the place of the source in the inbox, where a finer file is for it. Instruments are made, venues are open. [setup] */
CHECKED oc_rc intrabar_start(struct session *session, uint32_t source, struct inbox_source *entry);
/* What it came to, as notes. */
void intrabar_note(struct session *session);

#endif
