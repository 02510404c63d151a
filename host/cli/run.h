/* run.h: what the verbs that run sessions share. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "config/options.h"
#include "session/session.h"

int exit_code(oc_rc rc);
/* Says it on stderr and returns the exit code of rc. */
int complain(const char *text, oc_rc rc);
/* The plugins of the embedded default. */
oc_rc run_load_plugins(struct registry *registry);
/* Owned: session_close and free. NULL: no memory. */
struct session *run_session_new(struct options *options, struct registry *registry, const char *mode);
/* Strategies, data and feed of `paper`, from words and settings. */
oc_rc run_setup_paper(struct session *session, const struct options *options);
/* Takes the session's folder for this process alone and opens the session; where a paper session has records in it, goes on
 * from where they end. session->error says what went wrong. */
oc_rc run_open(struct session *session);
/* Opens, runs, reports. session->error says what went wrong. */
oc_rc run_to_report(struct session *session, const struct options *options);

#endif
