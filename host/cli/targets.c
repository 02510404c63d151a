#include "cli/targets.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_socket.h"
#include "base/text.h"

static const char *value_of(const char *option, int *i, int argc, char **argv)
{
    const size_t size = strlen(option);
    if (!argv[*i] || strncmp(argv[*i], option, size) != 0)
        return NULL;
    if (argv[*i][size] == '=')
        return argv[*i] + size + 1;
    return !argv[*i][size] && *i + 1 < argc ? argv[++*i] : NULL;
}

oc_rc targets_take(struct targets *targets, int *argc, char **argv, struct error *ret_error)
{
    int kept = 0;
    for (int i = 0; i < *argc && argv[i]; i++) {
        const char *const word = argv[i], *value;
        if (strcmp(word, "--json") == 0)
            targets->json = true;
        else if ((value = value_of("--session", &i, *argc, argv)) != NULL)
            targets->session = value;
        else if ((value = value_of("--attach", &i, *argc, argv)) != NULL)
            targets->attach = value;
        else if (strcmp(word, "--session") == 0 || strcmp(word, "--attach") == 0)
            return error_say(ret_error, OC_E_INVALID, word, "expected %s",
                             word[2] == 's' ? "the folder of a session" : "the path of a socket");
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    if (targets->session && targets->attach)
        return error_say(ret_error, OC_E_INVALID, "--attach",
                         "it names one session, and --session another: expected one of them");
    return OC_OK;
}

/* A folder of records that no host of this runtime folder tells of: as of one that died. */
static oc_rc only_folder(struct targets *targets, const char *folder, struct error *ret_error)
{
    char path[ENV_PATH_MAX];
    if (env_path(path, folder, "lock") < 0 || !env_exists(path))
        return error_say(ret_error, OC_E_NOT_FOUND, "--session", "%s is no folder of a session", folder);
    targets->list[0] = (struct host_run){.pid = 0};
    snprintf(targets->list[0].session, sizeof targets->list[0].session, "%s", folder);
    targets->count = 1;
    return OC_OK;
}

oc_rc targets_find(struct targets *targets, bool forgets, struct error *ret_error)
{
    char folder[PATH_MAX] = "";
    uint32_t kept = 0;
    if (targets->session && !realpath(targets->session, folder))
        return error_say(ret_error, OC_E_NOT_FOUND, "--session", "%s: there is no such folder", targets->session);
    oc_rc rc = hosts_list(targets->list, &targets->count, forgets);
    if (rc < 0 && !targets->session && !targets->attach)
        return error_say(ret_error, rc, "the user's runtime folder", "%s", env_error_text());
    if (rc < 0)
        targets->count = 0;
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct host_run *run = &targets->list[i];
        const bool is_wanted = targets->session  ? strcmp(run->session, folder) == 0
                               : targets->attach ? strcmp(run->socket, targets->attach) == 0
                                                 : true;
        if (is_wanted)
            targets->list[kept++] = *run;
    }
    targets->count = kept;
    if (kept)
        return OC_OK;
    if (targets->session)
        return only_folder(targets, folder, ret_error);
    if (targets->attach) { /* a host that could not tell of itself */
        targets->list[0] = (struct host_run){.is_alive = true};
        snprintf(targets->list[0].socket, sizeof targets->list[0].socket, "%s", targets->attach);
        targets->count = 1;
        return OC_OK;
    }
    return error_say(
        ret_error, OC_E_NOT_FOUND, "",
        "no session of this user runs, and none has died: one that was started under another $XDG_RUNTIME_DIR "
        "is found by its folder, with --session");
}

enum target_state target_reach(const struct host_run *run, const char *name, int64_t timeout_ns, struct link **ret_link)
{
    const char *const hello[] = {"hello", name};
    int fd;
    *ret_link = NULL;
    if (!run->is_alive)
        return TARGET_DIED;
    if (!run->socket[0])
        return TARGET_DEAF;
    const oc_rc rc = env_socket_connect(run->socket, &fd);
    if (rc < 0)
        return rc == OC_E_AGAIN ? TARGET_HANGS : run->pid ? TARGET_DEAF : TARGET_DIED;
    if (link_new(fd, ret_link) < 0) {
        env_close(fd);
        return TARGET_HANGS;
    }
    if (target_ask(*ret_link, hello, 2, timeout_ns, NULL))
        return TARGET_ANSWERS;
    link_free(*ret_link);
    *ret_link = NULL;
    return TARGET_HANGS;
}

const char *target_ask(struct link *link, const char *const *fields, uint32_t field_count, int64_t timeout_ns,
                       const char **ret_refusal)
{
    bool is_ok = false;
    const char *json = NULL;
    const oc_rc rc = link_ask(link, fields, field_count, timeout_ns, NULL, &is_ok, &json);
    if (ret_refusal)
        *ret_refusal = rc == OC_OK && !is_ok ? json : NULL;
    return rc == OC_OK && is_ok ? json : NULL;
}

const char *target_words(const struct host_run *run, char *words, size_t size)
{
    struct text text;
    text_init_fixed(&text, words, size);
    text_put(&text, run->session[0] ? run->session : run->socket[0] ? run->socket : "a session without a folder");
    if (run->pid)
        text_format(&text, " (pid %d, %s%s%s)", run->pid, run->mode[0] ? run->mode : "?", run->venue[0] ? " at " : "",
                    run->venue);
    return words;
}
