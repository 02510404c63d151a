#include "history/follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "history/fold.h"
#include "journal/glance.h"

struct followed { /* a session that runs */
    char dir[ENV_PATH_MAX];
    struct shown *shown;
    struct history_fold *fold; /* NULL: the place is free */
};

struct history_follow {
    struct history_store *store;
    const struct history_telling *telling;
    struct followed list[FOLLOW_LIVE_MAX];
    uint32_t turns;
};

static void release(struct followed *live)
{
    shown_free(live->shown);
    free(live->fold);
    *live = (struct followed){.fold = NULL};
}

struct history_follow *history_follow_new(struct history_store *store, const struct history_telling *telling)
{
    struct history_follow *follow = calloc(1, sizeof *follow);
    if (follow)
        *follow = (struct history_follow){.store = store, .telling = telling};
    return follow;
}

void history_follow_free(struct history_follow *follow)
{
    for (uint32_t i = 0; follow && i < FOLLOW_LIVE_MAX; i++)
        release(&follow->list[i]);
    free(follow);
}

static struct followed *find(struct history_follow *follow, const char *dir)
{
    for (uint32_t i = 0; i < FOLLOW_LIVE_MAX; i++)
        if (follow->list[i].fold ? strcmp(follow->list[i].dir, dir) == 0 : dir[0] == 0)
            return &follow->list[i];
    return NULL;
}

/* Begins where the store is; what cannot be followed is read as a whole by the caller. */
static oc_rc begin(struct history_follow *follow, struct followed *live, const char *dir,
                   const struct journal_glance *glance)
{
    struct history_store *store = follow->store;
    struct oc_reached behind = {.size = sizeof behind};
    const oc_rc known = store->table->reached(store->self, glance->session, &behind);
    if (known < 0 && known != OC_E_NOT_FOUND)
        return known;
    snprintf(live->dir, sizeof live->dir, "%s", dir);
    live->shown = shown_new();
    live->fold = calloc(1, sizeof *live->fold);
    if (!live->shown || !live->fold)
        return OC_E_NOMEM;
    live->shown->is_silent = true;
    history_fold_begin(live->fold, store, live->shown, dir);
    memcpy(live->fold->id, glance->session, sizeof glance->session);
    live->fold->begun_ns = glance->begun_ns;
    live->fold->behind = behind;
    live->fold->state = "running";
    return shown_begin(live->shown, live->dir); /* kept as long as it is */
}

static oc_rc whole(struct history_follow *follow, const char *dir, struct history_caught *caught,
                   struct error *ret_error)
{
    return history_catch_up_one(follow->store, dir, follow->telling, caught, ret_error);
}

/* Its failure to be followed is no failure: it is read as a whole. */
static oc_rc go_on(struct history_follow *follow, struct followed *live, struct history_caught *caught,
                   struct error *ret_error)
{
    bool has_news = false;
    char dir[ENV_PATH_MAX];
    const oc_rc rc = history_fold_more(live->fold, &has_news);
    if (rc == OC_OK)
        return OC_OK;
    const bool is_store = live->fold->rc < 0;
    snprintf(dir, sizeof dir, "%s", live->dir);
    if (is_store)
        *ret_error = live->fold->error;
    release(live);
    return is_store ? rc : whole(follow, dir, caught, ret_error);
}

static oc_rc look_at(struct history_follow *follow, const char *dir, struct history_caught *caught,
                     struct error *ret_error)
{
    struct followed *live = find(follow, dir);
    struct journal_glance glance;
    if (journal_glance(dir, &glance) < 0 || !glance.is_held) {
        if (live)
            release(live);
        return whole(follow, dir, caught, ret_error);
    }
    caught->running++;
    if (!live && (live = find(follow, "")) != NULL) {
        const enum log_level level = log_level_set();
        log_set_level(LOG_NONE);
        const oc_rc rc = begin(follow, live, dir, &glance);
        log_set_level(level);
        if (rc < 0) { /* as above */
            release(live);
            return whole(follow, dir, caught, ret_error);
        }
    }
    return live && live->fold ? go_on(follow, live, caught, ret_error) : whole(follow, dir, caught, ret_error);
}

static oc_rc look_at_all(struct history_follow *follow, struct history_caught *caught, struct error *ret_error)
{
    char *list = NULL, *save = NULL;
    oc_rc rc = history_list_read(follow->store->folder, &list);
    if (rc < 0)
        return error_say(ret_error, rc, follow->store->folder, "the list of sessions cannot be read: %s",
                         env_error_text());
    for (char *line = strtok_r(list, "\n", &save); line && rc == OC_OK; line = strtok_r(NULL, "\n", &save))
        rc = look_at(follow, line, caught, ret_error);
    env_free(list);
    return rc;
}

oc_rc history_follow_turn(struct history_follow *follow, const char *only, uint32_t *ret_running,
                          struct error *ret_error)
{
    struct history_caught caught = {0};
    oc_rc rc = OC_OK;
    if (only)
        rc = look_at(follow, only, &caught, ret_error);
    else if (follow->turns++ % FOLLOW_TURNS_MAX == 0)
        rc = look_at_all(follow, &caught, ret_error);
    else
        for (uint32_t i = 0; i < FOLLOW_LIVE_MAX && rc == OC_OK; i++) {
            char dir[ENV_PATH_MAX]; /* its place may be given up meanwhile */
            snprintf(dir, sizeof dir, "%s", follow->list[i].dir);
            if (follow->list[i].fold)
                rc = look_at(follow, dir, &caught, ret_error);
        }
    *ret_running = caught.running;
    return rc;
}
