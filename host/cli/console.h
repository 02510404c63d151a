/* console.h: consoles on a session: where a host listens, and `outcry console` itself. */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include "session/session.h"

/* [setup] Opens the session's letter box: at console.socket ("auto": a name of its own in the runtime folder; "none"), and
 * for its own console when own_fd is not negative. Log lines go to the consoles from then on, and to stderr if told so.
 * `is_default` says whether "auto" holds where nothing is set. session->error on failure. */
oc_rc console_listen(struct session *session, int own_fd, bool is_default, bool logs_to_stderr);
/* After session_close. */
void console_unlisten(struct session *session);

#endif
