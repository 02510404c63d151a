/* env_sim_disk.h: the disk of the simulation; only env_sim*.c include this. */
#ifndef SUPPORT_ENV_SIM_DISK_H
#define SUPPORT_ENV_SIM_DISK_H

#include "support/env_sim.h"

struct sim_node {    /* a file's bytes, whatever its names */
    uint8_t *data;   /* current */
    uint8_t *clean;  /* what the kernel believes to be on the disk */
    uint8_t *stable; /* what is on it */
    size_t capacity; /* of the three */
    size_t size;
    size_t stable_size;
    uint32_t map_count;
    bool is_used;
};

struct sim_name {
    char path[ENV_SIM_PATH_MAX];
    int node; /* -1: no such name */
};

struct sim_change { /* of names, not yet durable; the second is used by rename */
    struct sim_name set[2];
    int count;
};

struct sim_open_file {
    int node; /* -1: free */
    size_t position;
    unsigned flags;
};

struct sim_names {
    struct sim_name entry[ENV_SIM_FILES_MAX];
    size_t count;
};

struct sim_disk {
    struct sim_node nodes[ENV_SIM_FILES_MAX];
    struct sim_names now;
    struct sim_names stable;
    struct sim_names dirs; /* folders, durable at once */
    struct sim_change changes[ENV_SIM_FILES_MAX];
    size_t change_count;
    struct sim_open_file files[ENV_SIM_FD_MAX];
    size_t disk_max;
};

extern struct sim_disk sim_disk;

/* Applies a change of names. */
void env_sim_apply(struct sim_names *names, const struct sim_change *change);
/* Frees what nothing refers to. */
void env_sim_collect(void);
/* Makes a range of a file durable, or fails as told. */
oc_rc env_sim_sync_node(struct sim_node *node, size_t from, size_t to);

/* Counts one operation; false when it is the one that has to fail (env_error_text is set). */
bool env_sim_step(enum env_sim_op op, const char *path);

void env_sim_disk_reset(size_t disk_max);
/* Descriptors and maps end, as with their process. */
void env_sim_disk_end_process(void);
void env_sim_disk_crash(void);

oc_rc env_sim_disk_open(const char *path, unsigned flags, int *ret_fd);
void env_sim_disk_close(int fd);
oc_rc env_sim_disk_read(int fd, void *data, size_t size, size_t *ret_size);
oc_rc env_sim_disk_pread(int fd, void *data, size_t size, int64_t offset, size_t *ret_size);
oc_rc env_sim_disk_write(int fd, const void *data, size_t size);
oc_rc env_sim_disk_file_size(int fd, int64_t *ret_size);
oc_rc env_sim_disk_truncate(int fd, int64_t size);
oc_rc env_sim_disk_preallocate(int fd, int64_t size);
oc_rc env_sim_disk_map(int fd, size_t size, bool is_writable, void **ret_data);
void env_sim_disk_unmap(void *data, size_t size);
oc_rc env_sim_disk_map_sync(void *data, size_t size);
oc_rc env_sim_disk_sync(int fd);
oc_rc env_sim_disk_sync_dir(const char *path);
oc_rc env_sim_disk_rename(const char *from, const char *to);
oc_rc env_sim_disk_unlink(const char *path);
oc_rc env_sim_disk_mkdir(const char *path);
oc_rc env_sim_disk_list(const char *path, env_list_fn fn, void *arg);

#endif
