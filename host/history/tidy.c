#include "history/tidy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/glance.h"

enum { FOLDERS_DEEP_MAX = 4, FOLDERS_MAX = 100000, GONE_MAX = 1024 };

struct finding {
    const char *folder; /* of the history */
    const char *dir;    /* that is looked at */
    uint32_t depth;
    uint32_t *count, *looked;
    oc_rc rc;
};

static oc_rc look(void *arg, const char *name);

static oc_rc look_into(const struct finding *above, const char *dir)
{
    struct journal_glance glance;
    struct finding finding = *above;
    if (journal_glance(dir, &glance) == OC_OK) {
        ++*finding.count;
        return history_list_add(finding.folder, dir);
    }
    if (finding.depth == FOLDERS_DEEP_MAX)
        return OC_OK;
    finding.dir = dir;
    finding.depth++;
    const oc_rc rc = env_list(dir, look, &finding);
    return finding.rc < 0                ? finding.rc
           : rc < 0 && above->depth == 0 ? rc
                                         : (oc_rc)OC_OK; /* a file, or nobody's to read */
}

static oc_rc look(void *arg, const char *name)
{
    struct finding *finding = arg;
    char path[ENV_PATH_MAX];
    if (name[0] == '.' || ++*finding->looked > FOLDERS_MAX || env_path(path, finding->dir, name) < 0)
        return OC_OK;
    finding->rc = look_into(finding, path);
    return finding->rc;
}

oc_rc history_find(const char *folder, const char *under, uint32_t *ret_count, struct error *ret_error)
{
    uint32_t looked = 0;
    *ret_count = 0;
    const struct finding finding = {.folder = folder, .dir = under, .count = ret_count, .looked = &looked};
    const oc_rc rc = look_into(&finding, under);
    return rc < 0 ? error_say(ret_error, rc, under, "sessions could not be looked for: %s", env_error_text()) : rc;
}

oc_rc history_set_aside(struct history_store *store, char *ret_name, size_t size_max, struct error *ret_error)
{
    char path[ENV_PATH_MAX];
    ret_name[0] = 0;
    oc_rc rc = env_path(path, store->folder, "history.db");
    if (rc < 0 || !env_exists(path))
        return rc;
    store->table->stop(store->self);
    rc = store->table->set_aside(store->self, store->folder, ret_name, (uint32_t)size_max);
    return rc < 0 ? history_store_fail(store, rc, ret_error) : rc;
}

struct gone {
    char id[OC_STORE_SESSION_SIZE + 1];
    char folder[ENV_PATH_MAX];
};

static oc_rc find_old(struct history_store *store, int64_t before_ns, struct gone *list, uint32_t *ret_count)
{
    const struct oc_where where[] = {{SESSION_begun, OC_WHERE_BELOW, {.number = before_ns, .is_set = 1}},
                                     {SESSION_state, OC_WHERE_IS_NOT, {"running", 0, 1, 0}}};
    const struct oc_ask ask = {.size = sizeof ask,
                               .table = HISTORY_SESSION,
                               .where = where,
                               .where_count = 2,
                               .order_by = SESSION_begun,
                               .limit = GONE_MAX};
    struct oc_cell cells[SESSION_COLUMNS];
    uint64_t change;
    oc_rc rc = store->table->ask(store->self, &ask);
    *ret_count = 0;
    while (rc == OC_OK && (rc = store->table->row(store->self, cells, SESSION_COLUMNS, &change)) == OC_OK) {
        struct gone *gone = &list[(*ret_count)++];
        snprintf(gone->id, sizeof gone->id, "%s", cells[SESSION_session].text);
        snprintf(gone->folder, sizeof gone->folder, "%s",
                 cells[SESSION_folder].is_set ? cells[SESSION_folder].text : "");
    }
    return rc == OC_E_END ? (oc_rc)OC_OK : rc;
}

oc_rc history_let_go(struct history_store *store, int64_t before_ns, uint32_t *ret_count, struct error *ret_error)
{
    struct gone *list = calloc(GONE_MAX, sizeof *list);
    *ret_count = 0;
    if (!list)
        return error_of_code(ret_error, OC_E_NOMEM, "history.keep", "nothing was let go");
    oc_rc rc = find_old(store, before_ns, list, ret_count);
    if (rc < 0)
        rc = history_store_fail(store, rc, ret_error);
    for (uint32_t i = 0; i < *ret_count && rc == OC_OK; i++) {
        rc = history_list_drop(store->folder, list[i].folder);
        rc = rc < 0 ? error_say(ret_error, rc, store->folder, "the list of sessions: %s", env_error_text())
                    : history_forget(store, list[i].id, ret_error);
    }
    free(list);
    return rc;
}
