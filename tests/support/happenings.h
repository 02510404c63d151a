/* happenings.h: what is on its way over a simulated link, by time; what is of one time in the order in which it was
 * added. */
#ifndef SUPPORT_HAPPENINGS_H
#define SUPPORT_HAPPENINGS_H

#include "io/link.h"

struct happenings {
    struct io_happening *list; /* owned, with their bytes */
    uint32_t count, room;
};

void happenings_release(struct happenings *list);
/* Copies it, with its bytes. */
void happenings_add(struct happenings *list, const struct io_happening *what);
/* INT64_MAX: none. */
int64_t happenings_next_ns(const struct happenings *list);
void happenings_drop(struct happenings *list, uint32_t place);
/* What is of this stream and comes later than that never comes. */
void happenings_cut(struct happenings *list, uint32_t stream, int64_t after_ns);

#endif
