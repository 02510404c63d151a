/* env.c: the current binding, what went wrong last, and the two file habits built on the table. */
#include "base/env.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct env *env_binding = &env_os;

static _Thread_local char error_text[ENV_ERROR_MAX];

void env_bind(const struct env *env) { env_binding = env ? env : &env_os; }

const char *env_error_text(void) { return error_text; }

static oc_rc rc_of(int error_number)
{
    switch (error_number) {
    case ENOENT:
        return OC_E_NOT_FOUND;
    case ENOMEM:
        return OC_E_NOMEM;
    case EEXIST:
        return OC_E_EXISTS;
    case ENOSPC:
    case EDQUOT:
        return OC_E_FULL;
    case EAGAIN:
        return OC_E_AGAIN;
    case EINVAL:
        return OC_E_INVALID;
    default:
        return OC_E_IO;
    }
}

oc_rc env_fail(const char *what, const char *path, int error_number)
{
    const char *name = strerrorname_np(error_number);
    const char *why = strerrordesc_np(error_number);
    snprintf(error_text, sizeof error_text, "%s%s%s: %s (%s)", what, path ? " " : "", path ? path : "",
             why ? why : "unknown error", name ? name : "?");
    return rc_of(error_number);
}

oc_rc env_fail_kind(const char *path, const char *found)
{
    snprintf(error_text, sizeof error_text, "open %s: it is %s, expected a regular file", path, found);
    return OC_E_IO;
}

/* The calls on an open file do not know its name: "read: why" becomes "read PATH: why". */
static void name_error(const char *path)
{
    char without[ENV_ERROR_MAX];
    memcpy(without, error_text, sizeof without);
    int verb = (int)strcspn(without, ":");
    snprintf(error_text, sizeof error_text, "%.*s %.240s%.240s", verb, without, path, without + verb);
}

static oc_rc read_whole(const char *path, unsigned flags, size_t max, char **ret_data, size_t *ret_size)
{
    int fd;
    oc_rc rc = env_open(path, flags, &fd);
    if (rc < 0)
        return rc;
    char *data = NULL;
    int64_t size;
    size_t got = 0;
    rc = env_file_size(fd, &size);
    if (rc < 0) {
        name_error(path);
        goto out;
    }
    if (size < 0 || (uint64_t)size > max) {
        (void)env_fail("read", path, EFBIG); /* for its words; the code is ours */
        rc = OC_E_LIMIT;
        goto out;
    }
    data = env_alloc((size_t)size + 1);
    if (!data) {
        rc = OC_E_NOMEM;
        goto out;
    }
    rc = env_pread(fd, data, (size_t)size, 0, &got);
    if (rc < 0) {
        name_error(path);
        goto out;
    }
    data[got] = '\0';
    *ret_data = data;
    *ret_size = got;
    data = NULL;
out:
    env_free(data);
    env_close(fd);
    return rc;
}

oc_rc env_path(char *ret_path, const char *dir, const char *name)
{
    const int length = snprintf(ret_path, ENV_PATH_MAX, "%s%s%s", dir, name ? "/" : "", name ? name : "");
    return length < ENV_PATH_MAX ? OC_OK : OC_E_INVALID;
}

oc_rc env_user_folder(char *ret_path)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    const bool has_data = data && *data;
    if (!has_data && !(home && *home))
        return OC_E_NOT_FOUND;
    return env_path(ret_path, has_data ? data : home, has_data ? "outcry" : ".local/share/outcry");
}

oc_rc env_read_file(const char *path, size_t max, char **ret_data, size_t *ret_size)
{
    return read_whole(path, ENV_READ, max, ret_data, ret_size);
}

oc_rc env_read_within(const char *path, size_t max, char **ret_data, size_t *ret_size)
{
    return read_whole(path, ENV_READ | ENV_WITHIN, max, ret_data, ret_size);
}

oc_rc env_replace_file(const char *dir, const char *name, const void *data, size_t size)
{
    char path[ENV_PATH_MAX], temporary[ENV_PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", dir, name);
    int temporary_length = snprintf(temporary, sizeof temporary, "%s/%s.tmp", dir, name);
    if (length < 0 || temporary_length >= (int)sizeof temporary)
        return env_fail("write", name, ENAMETOOLONG);
    int fd;
    oc_rc rc = env_open(temporary, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd);
    if (rc < 0)
        return rc;
    rc = env_write(fd, data, size);
    if (rc >= 0)
        rc = env_sync(fd);
    env_close(fd);
    if (rc >= 0)
        rc = env_rename(temporary, path);
    if (rc >= 0)
        return env_sync_dir(dir);
    char why[ENV_ERROR_MAX];
    memcpy(why, error_text, sizeof why);
    (void)env_unlink(temporary);
    memcpy(error_text, why, sizeof error_text);
    return rc;
}
