/* venue_rows.h: the rows of `venues`: where orders go, what state that is in, and how a venue on the network is. */
#ifndef SERVE_VENUE_ROWS_H
#define SERVE_VENUE_ROWS_H

#include "base/text.h"
#include "session/session.h"

void venue_rows_put(struct session *session, struct text *reply);

#endif
