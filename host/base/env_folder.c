/* env_folder.c: a folder of one's own for a while. */
#include "base/env_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

oc_rc env_folder_make(char *ret_path)
{
    const char *temporary = getenv("TMPDIR");
    if (!temporary || temporary[0] != '/')
        temporary = "/tmp";
    if (snprintf(ret_path, ENV_PATH_MAX, "%s/outcry-XXXXXX", temporary) >= ENV_PATH_MAX)
        return OC_E_INVALID;
    return mkdtemp(ret_path) ? (oc_rc)OC_OK : env_fail("make", ret_path, errno);
}

void env_folder_remove(const char *path) { (void)rmdir(path); }

oc_rc env_folder_turn(const char *path, int count)
{
    char from[ENV_PATH_MAX + 8], to[ENV_PATH_MAX + 8];
    oc_rc rc = OC_OK;
    for (int i = count - 1; i > 0 && rc == OC_OK; i--) {
        snprintf(to, sizeof to, "%s.%d", path, i);
        snprintf(from, sizeof from, i > 1 ? "%s.%d" : "%s", path, i - 1);
        if (env_exists(from))
            rc = env_rename(from, to);
    }
    return rc;
}
