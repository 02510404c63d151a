/* rules_change.h: which settings and which chain the rules had at each place of a session's records.
 *
 * Invariants
 * - A session may be gone on with under other settings of its rules, and with another chain. The header of each start holds its
 *   own; a record of OC_MARK_SETTINGS names the header that holds from there on, and begins it.
 * - Start, restart and replay change at that record by the same call: what was saved of a rule is loaded by the rule of the same
 *   name; what no rule of the new chain takes is carried along. */
#ifndef SESSION_RULES_CHANGE_H
#define SESSION_RULES_CHANGE_H

#include "journal/read.h"
#include "journal/session.h"
#include "session/session.h"

/* The start under whose settings the strategies of a session were started, by its records; SESSION_NEWEST: they were not. */
uint32_t rules_first_start(struct journal_reader *reader);
/* [setup] Before session_open: the rules begin as the header of start `start` in folder `dir` says, or the newest before it.
 * Codes of parts_open, with words.error. `may_lack`: as there. */
CHECKED oc_rc rules_begin_as(struct session *session, const char *dir, uint32_t start, bool may_lack);
/* Whether the rules in force have other settings than the session was given at this start. */
bool rules_are_others(const struct session *session);
/* [setup] They are those of this start from here on, which is recorded. On failure nothing is recorded. */
CHECKED oc_rc rules_take_own(struct session *session);
/* At a record of OC_MARK_SETTINGS, before the engine is told of it. Other records change nothing. */
CHECKED oc_rc rules_take_mark(struct session *session, const struct oc_event *event);
/* A note of what another start changed: `start` is its header's number, `seq` the record. [setup] */
void rules_note_change(struct session *session, const char *dir, uint32_t before, uint32_t start, uint64_t seq);

#endif
