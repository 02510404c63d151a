/* venue_lines.h: what a connector says of its venue, as lines for people.
 *
 * Invariants
 * - The same description gives the same bytes, wherever it stands in memory: what was read in a file is compared so
 *   with what was loaded.
 * - The description has been judged (inspect_venue.c): its texts are there, and its numbers are known. */
#ifndef LOAD_VENUE_LINES_H
#define LOAD_VENUE_LINES_H

#include <outcry/venue.h>

#include "base/text.h"

/* [any] Appends the lines. */
void venue_lines(struct text *text, const struct oc_venue *venue);

/* [any] The same as members of the JSON object that is being written: what it can, its orders, topics, questions and client ids. */
void venue_members(struct text *text, const struct oc_venue *venue);

/* [any] The name of whom a limit counts: "address"; and of its kind. */
const char *venue_scope_name(uint32_t scope);
const char *venue_limit_name(uint32_t kind);

/* [any] The name of an order type: "stop_limit"; "" if it is not known. */
const char *venue_order_type(uint32_t type);
/* [any] Likewise of a time in force: "gtc"; of who asked: "strategy"; of the role in its group: "stop_loss". */
const char *venue_order_tif(uint32_t tif);
const char *venue_order_owner(uint32_t owner);
const char *venue_order_role(uint32_t role);

/* [any] The name of a kind of question; "" if it is not known. */
const char *venue_fetch_name(uint32_t kind);

#endif
