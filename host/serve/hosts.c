#include "serve/hosts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { FILE_MAX = 4096, NAME_MAX_SIZE = 40 };

static void take_line(struct host_run *run, const char *key, const char *value)
{
    int64_t number = 0;
    if (strcmp(key, "pid") == 0 && text_to_int(value, strlen(value), &number) == OC_OK)
        run->pid = (int)number;
    else if (strcmp(key, "started_ns") == 0 && text_to_int(value, strlen(value), &number) == OC_OK)
        run->started_ns = number;
    else if (strcmp(key, "mode") == 0)
        text_copy(run->mode, sizeof run->mode, value);
    else if (strcmp(key, "session") == 0)
        text_copy(run->session, sizeof run->session, value);
    else if (strcmp(key, "socket") == 0)
        text_copy(run->socket, sizeof run->socket, value);
    else if (strcmp(key, "venue") == 0)
        text_copy(run->venue, sizeof run->venue, value);
    else if (strcmp(key, "version") == 0)
        text_copy(run->version, sizeof run->version, value);
}

/* False: it is not whole, as of a host that is just starting. */
static bool read_run(const char *path, struct host_run *ret_run)
{
    char *bytes = NULL;
    size_t size;
    *ret_run = (struct host_run){.pid = 0};
    if (env_read_file(path, FILE_MAX, &bytes, &size) < 0)
        return false;
    char *at = bytes;
    while (*at) {
        char *end = strchr(at, '\n'), *equals = strchr(at, '=');
        if (!end)
            break;
        *end = 0;
        if (equals && equals < end) {
            *equals = 0;
            take_line(ret_run, at, equals + 1);
        }
        at = end + 1;
    }
    env_free(bytes);
    return ret_run->pid > 0;
}

static bool is_locked(const char *path)
{
    int fd;
    const oc_rc rc = env_lock(path, &fd);
    if (rc == OC_OK)
        env_close(fd);
    return rc == OC_E_STATE;
}

struct found {
    char folder[ENV_SOCKET_PATH_MAX];
    char names[HOSTS_MAX][NAME_MAX_SIZE];
    uint32_t count;
};

static oc_rc take_name(void *arg, const char *name)
{
    struct found *found = arg;
    const size_t size = strlen(name);
    if (found->count < HOSTS_MAX && size > 4 && size < NAME_MAX_SIZE && strncmp(name, "host-", 5) == 0 &&
        strcmp(name + size - 4, ".run") == 0)
        snprintf(found->names[found->count++], NAME_MAX_SIZE, "%s", name);
    return OC_OK;
}

static oc_rc look(struct found *found)
{
    found->count = 0;
    oc_rc rc = env_runtime_dir(found->folder, sizeof found->folder);
    return rc == OC_OK ? env_list(found->folder, take_name, found) : rc;
}

oc_rc host_file_open(struct host_file *file, const struct host_run *run)
{
    struct found found;
    char text[FILE_MAX];
    file->fd = -1;
    snprintf(file->socket, sizeof file->socket, "%s", run->socket);
    oc_rc rc = look(&found);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < found.count && run->session[0]; i++) {
        struct host_run other;
        char path[sizeof file->path];
        snprintf(path, sizeof path, "%s/%s", found.folder, found.names[i]);
        if (read_run(path, &other) && strcmp(other.session, run->session) == 0 && !is_locked(path))
            (void)env_unlink(path); /* it died; its session goes on here */
    }
    snprintf(file->path, sizeof file->path, "%s/host-%d.run", found.folder, run->pid);
    rc = env_lock(file->path, &file->fd);
    if (rc < 0)
        return rc;
    const int size =
        snprintf(text, sizeof text, "pid=%d\nmode=%s\nsession=%s\nsocket=%s\nvenue=%s\nversion=%s\nstarted_ns=%lld\n",
                 run->pid, run->mode, run->session, run->socket, run->venue, run->version, (long long)run->started_ns);
    rc = env_truncate(file->fd, 0);
    if (rc == OC_OK)
        rc = env_write(file->fd, text, (size_t)size);
    if (rc < 0)
        host_file_close(file);
    return rc;
}

void host_file_close(struct host_file *file)
{
    if (file->fd < 0)
        return;
    (void)env_unlink(file->path); /* unlocked, it would be of a host that died */
    env_close(file->fd);
    file->fd = -1;
}

static int is_before(const void *a, const void *b)
{
    const struct host_run *x = a, *y = b;
    if (x->is_alive != y->is_alive)
        return x->is_alive ? -1 : 1;
    return (x->started_ns > y->started_ns) - (x->started_ns < y->started_ns);
}

oc_rc hosts_list(struct host_run *list, uint32_t *ret_count, bool forgets)
{
    struct found found;
    uint32_t count = 0;
    oc_rc rc = look(&found);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < found.count; i++) {
        struct host_run *run = &list[count];
        char path[ENV_SOCKET_PATH_MAX + 64];
        snprintf(path, sizeof path, "%s/%s", found.folder, found.names[i]);
        if (!read_run(path, run))
            continue;
        run->is_alive = is_locked(path);
        const bool is_over = !run->is_alive && run->session[0] && !env_exists(run->session);
        if (is_over || (forgets && !run->is_alive && !run->session[0]))
            (void)env_unlink(path); /* nobody can go on with it */
        count += !is_over;
    }
    qsort(list, count, sizeof *list, is_before);
    *ret_count = count;
    return OC_OK;
}
