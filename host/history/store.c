#include "history/store.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_secret.h"
#include "base/env_terminal.h"
#include "base/log.h"
#include "base/text.h"
#include "session/parts.h"

#define LIST_NAME "sessions.list"

enum { LOCK_STEP_MS = 20, LOCK_WAIT_MS = 3000 };

/* Where the history of these settings is kept; made where it is not there. */
static oc_rc find_folder(const struct settings *settings, char ret_folder[ENV_PATH_MAX], struct error *ret_error)
{
    const char *set = settings_text(settings, "history.folder", NULL);
    oc_rc rc = set ? env_path(ret_folder, set, NULL) : env_user_folder(ret_folder);
    if (rc == OC_OK)
        rc = env_make_private_dir(ret_folder);
    return rc < 0 ? error_say(ret_error, rc, "history.folder", "the folder of the history could not be made: %s",
                              env_error_text())
                  : rc;
}

static oc_rc lock(const char *folder, int *ret_fd)
{
    char path[ENV_PATH_MAX];
    oc_rc rc = env_path(path, folder, "history.lock");
    if (rc < 0)
        return rc;
    for (int waited = 0; (rc = env_lock(path, ret_fd)) == OC_E_STATE && waited < LOCK_WAIT_MS; waited += LOCK_STEP_MS)
        env_sleep(LOCK_STEP_MS * 1000000LL);
    return rc;
}

oc_rc history_store_fail(struct history_store *store, oc_rc rc, struct error *ret_error)
{
    char words[OC_STORE_WORDS_MAX] = "";
    (void)store->table->error(store->self, words, sizeof words); /* then the code alone is said */
    return error_say(ret_error, rc, store->folder, "the history: %s", words[0] ? words : error_name(rc));
}

/* Under the lock: another process may have begun a new one meanwhile. */
static oc_rc start_anew(struct history_store *store)
{
    char words[OC_STORE_WORDS_MAX] = "", name[64] = "";
    oc_rc rc = store->table->start(store->self, store->folder, &history_schema, OC_STORE_MAKE);
    if (rc != OC_E_DATA)
        return rc;
    (void)store->table->error(store->self, words, sizeof words); /* as above */
    rc = store->table->set_aside(store->self, store->folder, name, sizeof name);
    if (rc == OC_OK)
        rc = store->table->start(store->self, store->folder, &history_schema, OC_STORE_MAKE);
    store->is_new = rc == OC_OK;
    if (rc == OC_OK)
        snprintf(store->said, sizeof store->said,
                 "history: the database is damaged (%.300s): it is kept as %s, and a new one is made from the journals",
                 words, name);
    return rc;
}

static oc_rc start(struct history_store *store, struct error *ret_error)
{
    int fd = -1;
    oc_rc rc = store->table->start(store->self, store->folder, &history_schema, 0);
    if (rc == OC_E_NOT_FOUND || rc == OC_E_DATA) {
        const oc_rc locked = lock(store->folder, &fd);
        if (locked < 0)
            return error_say(ret_error, locked, store->folder, "the history: another outcry is making it anew");
        store->is_new = rc == OC_E_NOT_FOUND;
        rc = start_anew(store);
        env_close(fd);
    }
    return rc < 0 ? history_store_fail(store, rc, ret_error) : rc;
}

static oc_rc load(struct history_store *store, const char *id, struct error *ret_error)
{
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    struct load_report *report = calloc(1, sizeof *report);
    oc_rc rc = catalogue && report ? parts_look(catalogue, store->settings, ret_error)
                                   : error_of_code(ret_error, OC_E_NOMEM, "history", "the store could not be opened");
    const struct catalogue_entry *entry = rc == OC_OK ? catalogue_find(catalogue, OC_STORE, id) : NULL;
    if (rc == OC_OK && !entry) {
        const char *nearest = catalogue_nearest(catalogue, OC_STORE, id);
        error_at(ret_error, OC_E_CONFIG, "history.store");
        error_what(ret_error, "there is no such store");
        error_found(ret_error, "%s", id);
        error_expected(ret_error, "the id of a plugin of kind store%s%s", nearest ? ", such as " : "",
                       nearest ? nearest : "");
        rc = OC_E_CONFIG;
    }
    if (entry && load_plugin(&store->registry, entry->path, NULL, report) < 0)
        rc = error_say(ret_error, OC_E_DATA, entry->path,
                       "the store could not be loaded: `outcry plugin check` says why");
    free(report);
    free(catalogue);
    return rc;
}

struct history_store *history_store_open(struct settings *settings, struct error *ret_error)
{
    const char *id = settings_text(settings, "history.store", "outcry.sqlite");
    struct history_store *store = calloc(1, sizeof *store);
    if (!store) {
        (void)error_of_code(ret_error, OC_E_NOMEM, "history", "the store could not be opened"); /* NULL says it */
        return NULL;
    }
    registry_init(&store->registry);
    store->settings = settings;
    store->instance.settings = settings;
    snprintf(store->instance.section, sizeof store->instance.section, "history.sqlite");
    oc_rc rc = find_folder(settings, store->folder, ret_error);
    if (rc == OC_OK)
        rc = load(store, id, ret_error);
    if (rc == OC_OK)
        rc = plugin_instance_open(&store->instance, &store->registry, OC_STORE, id, ret_error);
    if (rc == OC_OK) {
        store->table = registry_interface(store->instance.plugin, OC_STORE);
        store->self = store->instance.self;
        rc = start(store, ret_error);
    }
    if (rc == OC_OK)
        return store;
    history_store_free(store);
    return NULL;
}

void history_store_free(struct history_store *store)
{
    if (!store)
        return;
    if (store->table)
        store->table->stop(store->self);
    plugin_instance_close(&store->instance);
    free(store);
}

oc_rc history_store_put(struct history_store *store, const struct row *row)
{
    return store->table->put(store->self, row->table, row->cells, history_schema.tables[row->table].column_count);
}

oc_rc history_list_read(const char *folder, char **ret_text)
{
    char path[ENV_PATH_MAX];
    size_t size;
    oc_rc rc = env_path(path, folder, LIST_NAME);
    if (rc == OC_OK)
        rc = env_read_file(path, HISTORY_LIST_MAX, ret_text, &size);
    if (rc == OC_E_NOT_FOUND) {
        *ret_text = env_alloc(1); /* zeroed */
        return *ret_text ? (oc_rc)OC_OK : (oc_rc)OC_E_NOMEM;
    }
    return rc;
}

static bool has_line(const char *text, const char *line)
{
    const size_t size = strlen(line);
    for (const char *at = text; (at = strstr(at, line)) != NULL; at += size)
        if ((at == text || at[-1] == '\n') && at[size] == '\n')
            return true;
    return false;
}

oc_rc history_list_add(const char *folder, const char *session_dir)
{
    char path[ENV_PATH_MAX], whole[PATH_MAX + 1], *text = NULL;
    int fd = -1;
    if (!realpath(session_dir, whole))
        return OC_E_NOT_FOUND;
    if (strchr(whole, '\n'))
        return OC_E_INVALID;
    oc_rc rc = env_path(path, folder, LIST_NAME);
    if (rc == OC_OK)
        rc = lock(folder, &fd);
    if (rc == OC_OK)
        rc = history_list_read(folder, &text);
    if (rc == OC_OK && !has_line(text, whole)) {
        text_append(whole, sizeof whole, "\n");
        rc = env_append_private(path, whole, strlen(whole));
    }
    env_free(text);
    env_close(fd);
    return rc;
}

oc_rc history_list_drop(const char *folder, const char *session_dir)
{
    char *text = NULL;
    int fd = -1;
    struct text kept;
    text_init_grow(&kept, HISTORY_LIST_MAX);
    oc_rc rc = lock(folder, &fd);
    if (rc == OC_OK)
        rc = history_list_read(folder, &text);
    for (char *save = NULL, *line = rc == OC_OK ? strtok_r(text, "\n", &save) : NULL; line;
         line = strtok_r(NULL, "\n", &save))
        if (strcmp(line, session_dir) != 0)
            text_format(&kept, "%s\n", line);
    if (rc == OC_OK)
        rc = kept.is_cut ? (oc_rc)OC_E_NOMEM : env_replace_private(folder, LIST_NAME, kept.data, kept.size);
    text_release(&kept);
    env_free(text);
    env_close(fd);
    return rc;
}

void history_note_session(struct settings *settings, const char *session_dir)
{
    char folder[ENV_PATH_MAX], text[ERROR_TEXT_MAX];
    struct error error = {0};
    bool writes = true;
    oc_rc rc = settings_boolean(settings, "history.write", &writes);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        writes = true;
    if (!writes)
        return;
    rc = find_folder(settings, folder, &error);
    if (rc == OC_OK && (rc = history_list_add(folder, session_dir)) < 0)
        rc = error_say(&error, rc, folder, "the session is in no history: %s", env_error_text());
    error_text(&error, text);
    if (rc < 0)
        log_warning("history", "%s", text);
}
