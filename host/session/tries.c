#include "session/tries.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/env_secret.h"
#include "base/env_terminal.h"
#include "base/text.h"

enum { FILE_MAX = 1 << 20, LINE_MAX_SIZE = 1024 };

static oc_rc path_of(char ret_path[ENV_PATH_MAX])
{
    char folder[ENV_PATH_MAX];
    const oc_rc rc = env_user_folder(folder);
    return rc < 0 ? rc : env_path(ret_path, folder, "tries");
}

static void line_of(const struct try_made *made, char line[LINE_MAX_SIZE])
{
    snprintf(line, LINE_MAX_SIZE, " %s %s %s %s %s ", made->connector, made->version, made->environment, made->venue,
             made->account);
}

bool tries_have_passed(const struct try_made *made)
{
    char path[ENV_PATH_MAX], wanted[LINE_MAX_SIZE], *text;
    size_t size;
    bool has_passed = false;
    line_of(made, wanted);
    if (path_of(path) < 0 || env_read_file(path, FILE_MAX, &text, &size) < 0)
        return false;
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        const char *at = strchr(line, ' '); /* behind the time */
        if (!at || strncmp(at, wanted, strlen(wanted)) != 0)
            continue;
        at += strlen(wanted);
        if (strcmp(at, "passed with a trade") == 0)
            has_passed = true;
        else if (strncmp(at, "failed", 6) == 0)
            has_passed = false;
    }
    env_free(text);
    return has_passed;
}

oc_rc tries_keep(const struct try_made *made, bool has_passed, bool has_traded)
{
    char path[ENV_PATH_MAX], folder[ENV_PATH_MAX], words[LINE_MAX_SIZE], line[LINE_MAX_SIZE + 128], time[TEXT_TIME_MAX];
    line_of(made, words);
    text_from_time(time, env_clock_real());
    const int size = snprintf(line, sizeof line, "%s%s%s %s a trade\n", time, words, has_passed ? "passed" : "failed",
                              has_traded ? "with" : "without");
    oc_rc rc = env_user_folder(folder);
    if (rc == OC_OK)
        rc = env_make_private_dir(folder);
    if (rc == OC_OK)
        rc = path_of(path);
    return rc < 0 ? rc : env_append_private(path, line, (size_t)size);
}
