/* store.h: the store of the configuration, opened on a folder: one database for all sessions whose folders it knows.
 *
 * Invariants
 * - Where the database is damaged it is put aside and a new one is begun: the journals have all that was in it. Said once, in words.
 * - `sessions.list` of the folder holds the path of each session's folder, a line each: what a lost database is made again from.
 * - Nothing here is asked by a session that trades. */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include "base/checked.h"
#include "base/env.h"
#include "base/error.h"
#include "history/row.h"
#include "session/plugin_instance.h"

enum { HISTORY_LIST_MAX = 1 << 22, HISTORY_SAID_MAX = 640 };

struct history_store {
    const struct oc_store *table; /* NULL: not open */
    void *self;
    struct plugin_instance instance;
    struct registry registry;
    struct settings *settings; /* borrowed */
    char folder[ENV_PATH_MAX];
    char said[HISTORY_SAID_MAX]; /* what a person should know of how it was opened; "": nothing */
    bool is_new;                 /* it was begun anew */
};

/* Owned: history_store_free, which takes NULL. *ret_error says why it is NULL. [setup] */
struct history_store *history_store_open(struct settings *settings, struct error *ret_error);
void history_store_free(struct history_store *store);
/* The complaint of the call that has just failed. Returns rc. */
CHECKED oc_rc history_store_fail(struct history_store *store, oc_rc rc, struct error *ret_error);
/* A row. */
CHECKED oc_rc history_store_put(struct history_store *store, const struct row *row);

/* [any process] The folder of a session joins the list, where it does not stand there. */
CHECKED oc_rc history_list_add(const char *folder, const char *session_dir);
/* It leaves the list. */
CHECKED oc_rc history_list_drop(const char *folder, const char *session_dir);
/* The same at the start of a session, where history.write says so; never fails one: what is wrong is logged. [setup] */
void history_note_session(struct settings *settings, const char *session_dir);
/* All of it, a line each: owned, env_free; "": there is none. */
CHECKED oc_rc history_list_read(const char *folder, char **ret_text);

#endif
