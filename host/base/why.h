/* why.h: the unified reasons of venues (OC_WHY_...) by name: the words that a person, a script and a record are shown. */
#ifndef BASE_WHY_H
#define BASE_WHY_H

#include <outcry/event_order.h>
#include <stdint.h>

/* Static: "INSUFFICIENT_FUNDS"; "OTHER" for what has no name. */
const char *why_name(uint32_t why);
/* Of an answer: its reason or, where a venue says it by a number, that one's name; "": none. Borrowed from the answer. */
const char *why_of(const struct oc_ev_answer *answer);

#endif
