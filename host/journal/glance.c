#include "journal/glance.h"

#include <stdio.h>

#include "base/env.h"
#include "journal/segment.h"

struct looking {
    const char *dir;
    uint64_t stamp;
};

/* The sum does not depend on the order in which the system lists them. */
static oc_rc look_at(void *arg, const char *name)
{
    struct looking *looking = arg;
    char path[ENV_PATH_MAX];
    uint8_t live[sizeof(struct journal_segment_live)] = {0};
    enum journal_stream stream;
    uint32_t index;
    size_t size = 0;
    int64_t file_size = 0;
    int fd;
    if (!segment_parse(name, &stream, &index) || stream != JOURNAL_ORDERS || env_path(path, looking->dir, name) < 0 ||
        env_open(path, ENV_READ, &fd) < 0)
        return OC_OK;
    const bool is_read =
        env_file_size(fd, &file_size) == OC_OK && env_pread(fd, live, sizeof live, JOURNAL_LIVE_OFFSET, &size) == OC_OK;
    env_close(fd);
    if (is_read)
        looking->stamp += hash64_fold(hash64_fold(hash64(live, sizeof live), index), (uint64_t)file_size);
    return OC_OK;
}

static void look_at_live(struct looking *looking)
{
    char path[ENV_PATH_MAX], *bytes;
    size_t size;
    if (env_path(path, looking->dir, JOURNAL_LIVE_NAME) < 0 || env_read_file(path, JOURNAL_PAGE, &bytes, &size) < 0)
        return;
    looking->stamp = hash64_fold(looking->stamp, hash64(bytes, size));
    env_free(bytes);
}

static oc_rc read_head(const char *dir, struct journal_segment_head *ret_head)
{
    char path[ENV_PATH_MAX], name[JOURNAL_NAME_MAX];
    size_t size = 0;
    int fd = -1;
    segment_name(name, JOURNAL_ORDERS, 0);
    oc_rc rc = env_path(path, dir, name);
    if (rc == OC_OK)
        rc = env_open(path, ENV_READ, &fd);
    if (rc < 0)
        return rc;
    rc = env_pread(fd, ret_head, sizeof *ret_head, 0, &size);
    env_close(fd);
    if (rc < 0)
        return rc;
    const bool is_good = size == sizeof *ret_head && ret_head->magic == JOURNAL_SEGMENT_MAGIC &&
                         ret_head->check == JOURNAL_CHECK(ret_head);
    return is_good ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

oc_rc journal_glance(const char *dir, struct journal_glance *ret_glance)
{
    struct journal_segment_head head;
    struct looking looking = {.dir = dir};
    char path[ENV_PATH_MAX];
    oc_rc rc = read_head(dir, &head);
    if (rc == OC_OK)
        rc = env_list(dir, look_at, &looking);
    if (rc == OC_OK)
        rc = env_path(path, dir, "lock");
    if (rc < 0)
        return rc;
    look_at_live(&looking);
    for (size_t i = 0; i < sizeof head.session; i++)
        snprintf(ret_glance->session + 2 * i, 3, "%02x", head.session[i]);
    ret_glance->begun_ns = head.begun_ns;
    ret_glance->is_held = env_is_locked(path);
    ret_glance->stamp = hash64_fold(looking.stamp, ret_glance->is_held);
    return OC_OK;
}
