/* env_sim_disk.c: files in memory with a current and a durable image; see env_sim.h for what a
 * crash may do. */
#include "support/env_sim_disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_disk sim_disk;

static struct sim_name *find_name(struct sim_names *names, const char *path)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->entry[i].path, path) == 0)
            return &names->entry[i];
    return NULL;
}

static bool set_name(struct sim_names *names, const char *path, int node)
{
    struct sim_name *name = find_name(names, path);
    if (node < 0) {
        if (name)
            *name = names->entry[--names->count];
        return true;
    }
    if (!name) {
        if (names->count == ENV_SIM_FILES_MAX)
            return false;
        name = &names->entry[names->count++];
        snprintf(name->path, sizeof name->path, "%s", path);
    }
    name->node = node;
    return true;
}

static struct sim_name set_of(const char *path, int node)
{
    struct sim_name name = {.node = node};
    snprintf(name.path, sizeof name.path, "%s", path);
    return name;
}

static bool add_change(const char *path, int node, const char *other, int other_node)
{
    if (sim_disk.change_count == ENV_SIM_FILES_MAX)
        return false;
    struct sim_change *change = &sim_disk.changes[sim_disk.change_count++];
    change->set[0] = set_of(path, node);
    change->count = 1;
    if (other) {
        change->set[1] = set_of(other, other_node);
        change->count = 2;
    }
    return true;
}

static bool names_use(const struct sim_names *names, int node)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->entry[i].node == node)
            return true;
    return false;
}

static bool is_node_needed(int node)
{
    if (sim_disk.nodes[node].map_count > 0 || names_use(&sim_disk.now, node) || names_use(&sim_disk.stable, node))
        return true;
    for (size_t i = 0; i < sim_disk.change_count; i++)
        for (int k = 0; k < sim_disk.changes[i].count; k++)
            if (sim_disk.changes[i].set[k].node == node)
                return true;
    for (int fd = 0; fd < ENV_SIM_FD_MAX; fd++)
        if (sim_disk.files[fd].node == node)
            return true;
    return false;
}

static void free_node(struct sim_node *node)
{
    free(node->data);
    free(node->clean);
    free(node->stable);
    *node = (struct sim_node){0};
}

void env_sim_collect(void)
{
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++)
        if (sim_disk.nodes[i].is_used && !is_node_needed(i))
            free_node(&sim_disk.nodes[i]);
}

void env_sim_disk_reset(size_t disk_max)
{
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++)
        free_node(&sim_disk.nodes[i]);
    sim_disk.now.count = sim_disk.stable.count = sim_disk.dirs.count = sim_disk.change_count = 0;
    for (int fd = 0; fd < ENV_SIM_FD_MAX; fd++)
        sim_disk.files[fd].node = -1;
    sim_disk.disk_max = disk_max;
}

void env_sim_limit_disk(size_t disk_max) { sim_disk.disk_max = disk_max; }

void env_sim_disk_end_process(void)
{
    for (int fd = 0; fd < ENV_SIM_FD_MAX; fd++)
        sim_disk.files[fd].node = -1;
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++)
        sim_disk.nodes[i].map_count = 0;
    env_sim_collect();
}

static int new_node(void)
{
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++) {
        if (!sim_disk.nodes[i].is_used) {
            sim_disk.nodes[i] = (struct sim_node){.is_used = true};
            return i;
        }
    }
    return -1;
}

static bool grow_bytes(uint8_t **bytes, size_t old_capacity, size_t capacity)
{
    const bool is_new = !*bytes; /* its pages are not touched yet */
    uint8_t *grown = is_new ? calloc(1, capacity) : realloc(*bytes, capacity);
    if (!grown)
        return false;
    if (!is_new)
        memset(grown + old_capacity, 0, capacity - old_capacity);
    *bytes = grown;
    return true;
}

static oc_rc set_size(struct sim_node *node, size_t size)
{
    size_t total = 0;
    if (sim_disk.disk_max == 0)
        goto room;
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++) {
        if (&sim_disk.nodes[i] == node)
            total += size;
        else if (names_use(&sim_disk.now, i)) /* what was unlinked is space again */
            total += sim_disk.nodes[i].size;
    }
    if (size > node->size && total > sim_disk.disk_max)
        return env_fail("write", NULL, ENOSPC);
room:
    if (size > node->capacity) {
        if (node->map_count > 0)
            return env_fail("grow a mapped file", NULL, EBUSY);
        size_t capacity = (size + 4095) & ~(size_t)4095;
        if (node->capacity > 0 && capacity < 2 * node->capacity)
            capacity = 2 * node->capacity;
        if (!grow_bytes(&node->data, node->capacity, capacity) || !grow_bytes(&node->clean, node->capacity, capacity) ||
            !grow_bytes(&node->stable, node->capacity, capacity))
            return env_fail("write", NULL, ENOMEM);
        node->capacity = capacity;
    }
    if (size < node->size)
        memset(node->data + size, 0, node->size - size);
    node->size = size;
    return OC_OK;
}

static bool is_dir(const char *path)
{
    return strcmp(path, "/") == 0 || strcmp(path, ".") == 0 || find_name(&sim_disk.dirs, path) != NULL;
}

static size_t parent_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static bool has_parent(const char *path)
{
    char parent[ENV_SIM_PATH_MAX];
    size_t length = parent_length(path);
    if (length == 0)
        return true;
    snprintf(parent, sizeof parent, "%.*s", (int)length, path);
    return is_dir(parent);
}

oc_rc env_sim_disk_open(const char *path, unsigned flags, int *ret_fd)
{
    if (!env_sim_step(ENV_SIM_OPEN, path))
        return OC_E_IO;
    if (strlen(path) >= ENV_SIM_PATH_MAX)
        return env_fail("open", path, ENAMETOOLONG);
    int fd = 0;
    while (fd < ENV_SIM_FD_MAX && sim_disk.files[fd].node >= 0)
        fd++;
    if (fd == ENV_SIM_FD_MAX)
        return env_fail("open", path, EMFILE);
    struct sim_name *name = find_name(&sim_disk.now, path);
    int node = name ? name->node : -1;
    if (name && flags & ENV_EXCLUSIVE)
        return env_fail("open", path, EEXIST);
    if (!name) {
        if (!(flags & (ENV_CREATE | ENV_EXCLUSIVE)) || !has_parent(path))
            return env_fail("open", path, ENOENT);
        node = new_node();
        if (node < 0 || !set_name(&sim_disk.now, path, node) || !add_change(path, node, NULL, 0))
            return env_fail("open", path, ENOSPC);
    } else if (flags & ENV_TRUNCATE) {
        (void)set_size(&sim_disk.nodes[node], 0);
    }
    sim_disk.files[fd] = (struct sim_open_file){.node = node, .flags = flags};
    *ret_fd = fd;
    return OC_OK;
}

void env_sim_disk_close(int fd)
{
    if (fd >= 0 && fd < ENV_SIM_FD_MAX)
        sim_disk.files[fd].node = -1;
}

static struct sim_node *node_of(int fd)
{
    if (fd < 0 || fd >= ENV_SIM_FD_MAX || sim_disk.files[fd].node < 0)
        return NULL;
    return &sim_disk.nodes[sim_disk.files[fd].node];
}

oc_rc env_sim_disk_pread(int fd, void *data, size_t size, int64_t offset, size_t *ret_size)
{
    struct sim_node *node = node_of(fd);
    if (!node || offset < 0)
        return env_fail("read", NULL, EBADF);
    if (!env_sim_step(ENV_SIM_READ, NULL))
        return OC_E_IO;
    size_t at = (size_t)offset;
    size_t left = at < node->size ? node->size - at : 0;
    if (size > left)
        size = left;
    if (size > 0)
        memcpy(data, node->data + at, size);
    *ret_size = size;
    return OC_OK;
}

oc_rc env_sim_disk_read(int fd, void *data, size_t size, size_t *ret_size)
{
    if (!node_of(fd))
        return env_fail("read", NULL, EBADF);
    oc_rc rc = env_sim_disk_pread(fd, data, size, (int64_t)sim_disk.files[fd].position, ret_size);
    if (rc >= 0)
        sim_disk.files[fd].position += *ret_size;
    return rc;
}

oc_rc env_sim_disk_write(int fd, const void *data, size_t size)
{
    struct sim_node *node = node_of(fd);
    if (!node || !(sim_disk.files[fd].flags & ENV_WRITE))
        return env_fail("write", NULL, EBADF);
    bool is_good = env_sim_step(ENV_SIM_WRITE, NULL);
    if (!is_good)
        size = size ? (size_t)(env_sim_random() % size) : 0; /* part of it arrives */
    size_t end = sim_disk.files[fd].position + size;
    if (end > node->size) {
        oc_rc rc = set_size(node, end);
        if (rc < 0)
            return rc;
    }
    if (size > 0)
        memcpy(node->data + sim_disk.files[fd].position, data, size);
    sim_disk.files[fd].position = end;
    return is_good ? OC_OK : OC_E_IO;
}

oc_rc env_sim_disk_file_size(int fd, int64_t *ret_size)
{
    struct sim_node *node = node_of(fd);
    if (!node)
        return env_fail("stat", NULL, EBADF);
    *ret_size = (int64_t)node->size;
    return OC_OK;
}

oc_rc env_sim_disk_truncate(int fd, int64_t size)
{
    struct sim_node *node = node_of(fd);
    if (!node || size < 0)
        return env_fail("truncate", NULL, EBADF);
    return env_sim_step(ENV_SIM_RENAME, NULL) ? set_size(node, (size_t)size) : OC_E_IO;
}

oc_rc env_sim_disk_preallocate(int fd, int64_t size)
{
    struct sim_node *node = node_of(fd);
    if (!node || size < 0)
        return env_fail("preallocate", NULL, EBADF);
    if (!env_sim_step(ENV_SIM_PREALLOCATE, NULL))
        return OC_E_IO;
    return (size_t)size > node->size ? set_size(node, (size_t)size) : OC_OK;
}

oc_rc env_sim_disk_map(int fd, size_t size, bool is_writable, void **ret_data)
{
    struct sim_node *node = node_of(fd);
    (void)is_writable;
    if (!node || size == 0 || size > node->capacity)
        return env_fail("map", NULL, EINVAL);
    if (!env_sim_step(ENV_SIM_MAP, NULL))
        return OC_E_IO;
    node->map_count++;
    *ret_data = node->data;
    return OC_OK;
}

static struct sim_node *mapped_node(const void *data)
{
    uintptr_t at = (uintptr_t)data;
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++) {
        struct sim_node *node = &sim_disk.nodes[i];
        if (node->is_used && at >= (uintptr_t)node->data && at < (uintptr_t)node->data + node->capacity)
            return node;
    }
    return NULL;
}

void env_sim_disk_unmap(void *data, size_t size)
{
    (void)size;
    struct sim_node *node = data ? mapped_node(data) : NULL;
    if (node && node->map_count > 0)
        node->map_count--;
}

oc_rc env_sim_disk_map_sync(void *data, size_t size)
{
    struct sim_node *node = mapped_node(data);
    if (!node)
        return env_fail("msync", NULL, EINVAL);
    size_t from = (size_t)((uint8_t *)data - node->data);
    return env_sim_sync_node(node, from, from + size);
}

oc_rc env_sim_disk_sync(int fd)
{
    struct sim_node *node = node_of(fd);
    return node ? env_sim_sync_node(node, 0, node->size) : env_fail("sync", NULL, EBADF);
}

void env_sim_apply(struct sim_names *names, const struct sim_change *change)
{
    for (int k = 0; k < change->count; k++)
        (void)set_name(names, change->set[k].path, change->set[k].node);
}

oc_rc env_sim_disk_sync_dir(const char *path)
{
    if (!is_dir(path))
        return env_fail("open folder", path, ENOENT);
    if (!env_sim_step(ENV_SIM_SYNC, path))
        return OC_E_IO;
    size_t kept = 0, length = strlen(path);
    for (size_t i = 0; i < sim_disk.change_count; i++) {
        const char *changed = sim_disk.changes[i].set[0].path;
        if (parent_length(changed) == length && memcmp(changed, path, length) == 0)
            env_sim_apply(&sim_disk.stable, &sim_disk.changes[i]);
        else
            sim_disk.changes[kept++] = sim_disk.changes[i];
    }
    sim_disk.change_count = kept;
    env_sim_collect();
    return OC_OK;
}

oc_rc env_sim_disk_rename(const char *from, const char *to)
{
    if (!env_sim_step(ENV_SIM_RENAME, from))
        return OC_E_IO;
    struct sim_name *name = find_name(&sim_disk.now, from);
    if (!name || strlen(to) >= ENV_SIM_PATH_MAX)
        return env_fail("rename", from, ENOENT);
    int node = name->node;
    if (!add_change(to, node, from, -1))
        return env_fail("rename", from, ENOSPC);
    (void)set_name(&sim_disk.now, from, -1);
    (void)set_name(&sim_disk.now, to, node);
    return OC_OK;
}

oc_rc env_sim_disk_unlink(const char *path)
{
    if (!env_sim_step(ENV_SIM_RENAME, path))
        return OC_E_IO;
    if (!find_name(&sim_disk.now, path))
        return env_fail("unlink", path, ENOENT);
    if (!add_change(path, -1, NULL, 0))
        return env_fail("unlink", path, ENOSPC);
    (void)set_name(&sim_disk.now, path, -1);
    env_sim_collect();
    return OC_OK;
}

oc_rc env_sim_disk_mkdir(const char *path)
{
    if (!env_sim_step(ENV_SIM_RENAME, path))
        return OC_E_IO;
    if (strlen(path) >= ENV_SIM_PATH_MAX || !has_parent(path))
        return env_fail("mkdir", path, ENOENT);
    return set_name(&sim_disk.dirs, path, 0) ? OC_OK : env_fail("mkdir", path, ENOSPC);
}

static oc_rc list_names(const struct sim_names *names, const char *path, env_list_fn fn, void *arg)
{
    size_t length = strlen(path);
    struct sim_names copy = *names; /* the callback may rename and unlink, or never come back */
    oc_rc rc = OC_OK;
    for (size_t i = 0; i < copy.count && rc >= 0; i++) {
        const char *entry = copy.entry[i].path;
        if (parent_length(entry) == length && memcmp(entry, path, length) == 0)
            rc = fn(arg, entry + length + 1);
    }
    return rc;
}

oc_rc env_sim_disk_list(const char *path, env_list_fn fn, void *arg)
{
    if (!is_dir(path))
        return env_fail("list", path, ENOENT);
    oc_rc rc = list_names(&sim_disk.now, path, fn, arg);
    return rc < 0 ? rc : list_names(&sim_disk.dirs, path, fn, arg);
}

size_t env_sim_live_files(void)
{
    size_t count = 0;
    for (int fd = 0; fd < ENV_SIM_FD_MAX; fd++)
        count += sim_disk.files[fd].node >= 0;
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++)
        count += sim_disk.nodes[i].map_count;
    return count;
}

uint8_t *env_sim_file(const char *path, size_t *ret_size)
{
    struct sim_name *name = find_name(&sim_disk.now, path);
    if (!name)
        return NULL;
    *ret_size = sim_disk.nodes[name->node].size;
    return sim_disk.nodes[name->node].data;
}

oc_rc env_sim_put_file(const char *path, const void *data, size_t size)
{
    struct sim_name *name = find_name(&sim_disk.now, path);
    int index = name ? name->node : new_node();
    if (index < 0 || !set_name(&sim_disk.now, path, index) || !set_name(&sim_disk.stable, path, index))
        return OC_E_LIMIT;
    struct sim_node *node = &sim_disk.nodes[index];
    if (node->map_count > 0)
        return OC_E_STATE;
    oc_rc rc = set_size(node, size);
    if (rc < 0)
        return rc;
    if (size > 0) {
        memcpy(node->data, data, size);
        memset(node->data + size, 0, node->capacity - size);
        memcpy(node->clean, node->data, node->capacity);
        memcpy(node->stable, node->data, node->capacity);
    }
    node->stable_size = size;
    return OC_OK;
}
