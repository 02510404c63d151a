#include "base/env_machine.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

oc_rc env_free_bytes(const char *path, uint64_t *ret_bytes)
{
    struct statvfs at;
    if (statvfs(path, &at) < 0)
        return env_fail("statvfs", path, errno);
    *ret_bytes = (uint64_t)at.f_bavail * at.f_frsize;
    return OC_OK;
}

oc_rc env_clock_health(bool *ret_is_kept, int64_t *ret_error_ns)
{
    struct timex of = {.modes = 0};
    const int state = adjtimex(&of);
    if (state < 0)
        return OC_E_NOT_SUPPORTED;
    *ret_is_kept = state != TIME_ERROR && !(of.status & STA_UNSYNC);
    *ret_error_ns = (int64_t)of.maxerror * 1000; /* microseconds */
    return OC_OK;
}

oc_rc env_lock_limit(uint64_t *ret_bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
        return env_fail("getrlimit", "memlock", errno);
    *ret_bytes = limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : (uint64_t)limit.rlim_cur;
    return OC_OK;
}

oc_rc env_is_private(const char *path, bool *ret_is_private)
{
    struct stat at;
    if (stat(path, &at) < 0)
        return env_fail("stat", path, errno);
    *ret_is_private = at.st_uid == geteuid() && (at.st_mode & 077) == 0;
    return OC_OK;
}
