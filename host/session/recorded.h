/* recorded.h: what the header of a recorded session says of the kernel's part: settings, data, seed.
 * Invariants: the session made of it is the recorded one, but that it records nothing itself. */
#ifndef SESSION_RECORDED_H
#define SESSION_RECORDED_H

#include "base/checked.h"
#include "session/header.h"
#include "session/session.h"

/* [setup] One line; words of other rooms are passed over. A note where the program is another than the one that recorded
 * goes to *notes. Negative: it cannot be taken. */
CHECKED oc_rc recorded_take_line(struct session *session, const struct header_line *line, struct text *notes);

/* The line `lacks`: rules that were missing when the session began. */
void recorded_take_missing(struct session *session, const struct header_line *line);

/* Decides by the settings taken so far which plugins the session is made of (session_open_parts), and notes those whose file is
 * not the one that was recorded with. `text`: the header. */
CHECKED oc_rc recorded_open_parts(struct session *session, const char *text, size_t size, uint32_t wants,
                                  struct text *notes);

/* The folder's journal cannot be read: journal_error() as the session's complaint, if it is the first. Returns rc. */
CHECKED oc_rc recorded_fail(struct session *session, oc_rc rc, const char *dir);

#endif
