/* env_sim_disk.h: the disk of the simulation; only env_sim*.c include this. */
#ifndef BASE_ENV_SIM_DISK_H
#define BASE_ENV_SIM_DISK_H

#include "base/env_sim.h"

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
