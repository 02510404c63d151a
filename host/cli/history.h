/* history.h: what the verbs of the history share. */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include "history/store.h"

/* Lets go of what history.keep does not keep. */
CHECKED oc_rc history_keep(struct history_store *store, struct error *ret_error);

#endif
