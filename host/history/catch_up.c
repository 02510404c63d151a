#include "history/catch_up.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "history/fold.h"
#include "journal/glance.h"
#include "report/trials.h"

static void say(const struct history_telling *telling, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(const struct history_telling *telling, const char *format, ...)
{
    char line[ERROR_TEXT_MAX + ENV_PATH_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (telling && telling->say)
        telling->say(telling->self, line);
}

oc_rc history_forget(struct history_store *store, const char *session, struct error *ret_error)
{
    /* The session is the first column of each table that has one. */
    const struct oc_where where = {0, OC_WHERE_IS, {session, 0, 1, 0}};
    const struct oc_reached none = {.size = sizeof none};
    uint64_t count;
    oc_rc rc = store->table->begin(store->self);
    for (uint32_t i = 0; i < HISTORY_TABLES && rc == OC_OK; i++) {
        const struct oc_ask ask = {.size = sizeof ask, .table = i, .where = &where, .where_count = 1};
        if (i != HISTORY_TRIAL)
            rc = store->table->drop(store->self, &ask, &count);
    }
    if (rc == OC_OK)
        return store->table->commit(store->self, session, &none);
    store->table->undo(store->self);
    return history_store_fail(store, rc, ret_error);
}

static oc_rc fold_all(struct history_fold *fold, struct shown *shown, const char *dir,
                      const struct journal_glance *glance, struct error *ret_error)
{
    const enum log_level level = log_level_set();
    log_set_level(LOG_NONE);
    oc_rc rc = shown_fold(shown, dir, false);
    log_set_level(level);
    if (rc < 0 && shown->session && error_is_set(&shown->session->words.error))
        return error_copy(ret_error, &shown->session->words.error);
    if (rc < 0)
        return error_of_code(ret_error, rc, dir, "the session could not be read");
    const bool has_ended = shown->records.was_ended;
    fold->state = has_ended ? "ended" : glance->is_held ? "running" : "open";
    rc = history_fold_end(fold, glance->stamp, has_ended);
    return rc < 0 && error_is_set(&fold->error) ? error_copy(ret_error, &fold->error) : rc;
}

/* One pass over its records. OC_E_STATE: the store has rows of records that are not these. */
static oc_rc read_session(struct history_store *store, const char *dir, const struct journal_glance *glance,
                          const struct oc_reached *behind, bool *ret_is_store, struct error *ret_error)
{
    struct shown *shown = shown_new();
    struct history_fold *fold = calloc(1, sizeof *fold);
    oc_rc rc = OC_E_NOMEM;
    if (!shown || !fold)
        rc = error_of_code(ret_error, rc, dir, "the session could not be read");
    else {
        shown->is_silent = true;
        history_fold_begin(fold, store, shown, dir);
        memcpy(fold->id, glance->session, sizeof glance->session);
        fold->begun_ns = glance->begun_ns;
        fold->behind = *behind;
        rc = fold_all(fold, shown, dir, glance, ret_error);
        *ret_is_store = fold->rc < 0;
        if (fold->is_writing)
            store->table->undo(store->self);
    }
    shown_free(shown);
    free(fold);
    return rc;
}

oc_rc history_catch_up_one(struct history_store *store, const char *dir, const struct history_telling *telling,
                           struct history_caught *caught, struct error *ret_error)
{
    struct journal_glance glance;
    struct oc_reached behind = {.size = sizeof behind};
    bool is_store = false;
    oc_rc rc = journal_glance(dir, &glance);
    if (rc < 0) {
        caught->gone++;
        return OC_OK;
    }
    caught->sessions++;
    caught->running += glance.is_held;
    rc = store->table->reached(store->self, glance.session, &behind);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return history_store_fail(store, rc, ret_error);
    if (rc == OC_OK && behind.stamp == glance.stamp)
        return OC_OK;
    caught->read++;
    rc = read_session(store, dir, &glance, &behind, &is_store, ret_error);
    if (rc == OC_E_STATE && !is_store && !error_is_set(ret_error)) { /* its end was cut, and it went on otherwise */
        behind = (struct oc_reached){.size = sizeof behind};
        rc = history_forget(store, glance.session, ret_error);
        if (rc == OC_OK)
            rc = read_session(store, dir, &glance, &behind, &is_store, ret_error);
    }
    if (rc < 0 && !is_store) {
        char text[ERROR_TEXT_MAX];
        error_text(ret_error, text);
        say(telling, "history: a session is passed over: %s", text);
        *ret_error = (struct error){0};
        caught->failed++;
        return OC_OK;
    }
    return rc;
}

static void put_trial(struct history_store *store, const struct trial *trial, struct row *row, oc_rc *rc)
{
    char text[32];
    row_begin(row, HISTORY_TRIAL);
    snprintf(text, sizeof text, "%016llx", (unsigned long long)trial->group);
    row_text(row, TRIAL_family, text);
    snprintf(text, sizeof text, "%016llx", (unsigned long long)trial->hash);
    row_text(row, TRIAL_trial, text);
    snprintf(text, sizeof text, "%.17g", trial->sharpe);
    if (trial->is_known)
        row_text(row, TRIAL_sharpe, text);
    if (*rc == OC_OK)
        *rc = history_store_put(store, row);
}

/* The user's count of trials is a file of its own: it is read, and never written here. */
static oc_rc take_trials(struct history_store *store, struct error *ret_error)
{
    struct trials trials;
    struct oc_reached before = {.size = sizeof before};
    uint64_t stamp;
    static const char name[] = "trials"; /* in the place of a session */
    oc_rc rc = trials_read(NULL, &trials, &stamp);
    if (rc < 0)
        return OC_OK; /* there are none, or who counts them says what is wrong */
    rc = store->table->reached(store->self, name, &before);
    struct row *row = rc == OC_OK && before.stamp == stamp ? NULL : malloc(sizeof *row);
    if (row) {
        const struct oc_reached reached = {.size = sizeof reached, .stamp = stamp};
        rc = store->table->begin(store->self);
        for (uint32_t i = 0; i < trials.count && rc == OC_OK; i++)
            put_trial(store, &trials.list[i], row, &rc);
        rc = rc == OC_OK ? store->table->commit(store->self, name, &reached) : rc;
        if (rc < 0)
            store->table->undo(store->self);
        rc = rc < 0 ? history_store_fail(store, rc, ret_error) : rc;
    }
    free(row);
    trials_release(&trials);
    return rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc;
}

oc_rc history_catch_up(struct history_store *store, const struct history_telling *telling,
                       struct history_caught *ret_caught, struct error *ret_error)
{
    char *list = NULL, *save = NULL;
    struct history_caught caught = {0};
    oc_rc rc = history_list_read(store->folder, &list);
    if (rc < 0)
        return error_say(ret_error, rc, store->folder, "the list of sessions cannot be read: %s", env_error_text());
    for (char *line = strtok_r(list, "\n", &save); line && rc == OC_OK; line = strtok_r(NULL, "\n", &save))
        rc = history_catch_up_one(store, line, telling, &caught, ret_error);
    env_free(list);
    if (rc == OC_OK)
        rc = take_trials(store, ret_error);
    *ret_caught = caught;
    return rc;
}
