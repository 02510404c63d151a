/* catch_up.h: the database is brought up to what the journals of all sessions say.
 *
 * Invariants
 * - A session that has not changed since costs a look at its files. One that has is folded from its first record; rows that are there stay.
 * - A journal that cannot be read keeps nobody else's rows away: it is said, and passed over.
 * - Where the store cannot take rows (the disk is full), it ends there, with what is whole; the next one goes on.
 * - A folder that is gone keeps its rows. */
#ifndef HISTORY_CATCH_UP_H
#define HISTORY_CATCH_UP_H

#include "history/store.h"

struct history_telling { /* who is told what a person should know, a line each */
    void *self;
    void (*say)(void *self, const char *line);
};

struct history_caught {
    uint32_t sessions; /* folders that have a journal */
    uint32_t read;     /* of these: had something new */
    uint32_t gone;     /* folders without one */
    uint32_t failed;   /* that could not be read */
    uint32_t running;  /* that some process has: more may come */
};

/* All folders of the list. Negative: *ret_error. [setup] */
CHECKED oc_rc history_catch_up(struct history_store *store, const struct history_telling *telling,
                               struct history_caught *ret_caught, struct error *ret_error);
/* One folder, which need not be in the list. */
CHECKED oc_rc history_catch_up_one(struct history_store *store, const char *dir, const struct history_telling *telling,
                                   struct history_caught *caught, struct error *ret_error);
/* All rows of a session go; its journal stays. */
CHECKED oc_rc history_forget(struct history_store *store, const char *session, struct error *ret_error);

#endif
