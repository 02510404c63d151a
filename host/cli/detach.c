#include "cli/detach.h"

#include <stdio.h>
#include <string.h>

#include "base/env_detach.h"
#include "base/env_folder.h"
#include "base/env_socket.h"
#include "base/log.h"
#include "cli/run.h"

enum { HOST_MIB = 16 };

bool detach_begin(struct detach *detach, bool is_wanted, int *ret_code)
{
    enum env_detach_side side = ENV_DETACH_CHILD;
    *detach = (struct detach){.tell_fd = 0};
    if (is_wanted && env_detach_begin(&side, &detach->tell_fd, ret_code) < 0) {
        fprintf(stderr, "outcry: --detach: there is no further process: %s\n", env_error_text());
        *ret_code = 1;
        return true;
    }
    return side == ENV_DETACH_WAITED;
}

/* [any] Under the log's lock. Where the file cannot be turned, it goes on and grows: a log that is lost is worse. */
static void log_to_file(void *arg, enum log_level level, const char *line, size_t length)
{
    struct detach *detach = arg;
    run_log_to_stderr(NULL, level, line, length);
    detach->size += (int64_t)length + 1;
    if (detach->size < detach->size_max)
        return;
    (void)env_folder_turn(detach->path, DETACH_FILES_MAX);
    (void)env_detach_output(detach->path, &detach->size);
    if (detach->size >= detach->size_max) /* it is still the same one: tried again after as much more */
        detach->size = 0;
}

oc_rc detach_end(struct detach *detach, struct run *run)
{
    struct session *session = run->session;
    const char *dir = settings_text(session->settings, "session.dir", NULL);
    char words[2 * ENV_PATH_MAX + 128];
    int64_t mib = HOST_MIB;
    if (!detach->tell_fd)
        return OC_OK;
    if (!dir)
        return session_say(session, OC_E_CONFIG, "--detach", "it needs a folder for its log: --session FOLDER");
    if (settings_integer(session->settings, "log.host_mib", &mib) == OC_E_CONFIG)
        return session_fail(session, &session->settings->error);
    if (snprintf(detach->path, sizeof detach->path, "%s/host.log", dir) >= (int)sizeof detach->path)
        return session_say(session, OC_E_LIMIT, dir, "its path is too long");
    detach->size_max = mib << 20;
    snprintf(words, sizeof words, "detached: pid %d, console %s, log %s\n", env_process(),
             run->host_file.socket[0] ? run->host_file.socket : "none", detach->path);
    const oc_rc rc = env_detach_end(detach->tell_fd, detach->path, words);
    detach->tell_fd = 0;
    if (rc < 0)
        return session_say(session, rc, detach->path, "it cannot be let go of: %s", env_error_text());
    log_set_sink(log_to_file, detach);
    return OC_OK;
}
