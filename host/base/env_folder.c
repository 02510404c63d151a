/* env_folder.c: a folder of one's own for a while. */
#include "base/env_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
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

bool env_is_locked(const char *path)
{
    char wanted[64], line[256];
    struct stat stat_of;
    bool is_locked = false;
    if (stat(path, &stat_of) != 0)
        return false;
    snprintf(wanted, sizeof wanted, " %02x:%02x:%llu ", major(stat_of.st_dev), minor(stat_of.st_dev),
             (unsigned long long)stat_of.st_ino);
    FILE *locks = fopen("/proc/locks", "re"); /* to try the lock would be to take it, from whom starts just now */
    while (locks && !is_locked && fgets(line, sizeof line, locks))
        is_locked = strstr(line, "FLOCK") && strstr(line, wanted);
    if (locks)
        fclose(locks);
    return is_locked;
}
