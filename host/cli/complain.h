/* complain.h: how a verb that fails says it: one line on the standard error; for a program, an object on the standard output. */
#ifndef CLI_COMPLAIN_H
#define CLI_COMPLAIN_H

#include "session/session.h"

int exit_code(oc_rc rc);
/* "outcry: WHERE: WHAT: ..." on the standard error; with `is_json` {"error":{...}} on the standard output too: only where no
 * report was begun there. Returns the exit code of rc. */
int complain(const struct error *error, oc_rc rc, bool is_json);
/* The session's first complaint, with what a strategy shows behind it; where it has none, rc and `what`. */
int complain_of_session(const struct session *session, oc_rc rc, const char *what, bool is_json);

#endif
