/* session_lists.h: lists that the composition knows: venues, plugins, strategies, risk, journal. */
#ifndef SERVE_SESSION_LISTS_H
#define SERVE_SESSION_LISTS_H

#include "base/text.h"
#include "session/command.h"

/* For console_service_host.list; self is a struct console_host. */
bool session_lists(void *self, const char *word, const struct command_words *words, struct text *reply);

#endif
