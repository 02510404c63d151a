/* segment.c: see segment.h. */
#include "journal/segment.h"

#include "base/env.h"
#include "base/fault.h"
#include "base/text.h"

#include <stdio.h>

static const char *const stream_names[JOURNAL_STREAMS] = {"orders", "market"};

void segment_name(char *name, enum journal_stream stream, uint32_t index)
{
    snprintf(name, JOURNAL_NAME_MAX, "%s-%06u.oj", stream_names[stream], index);
}

bool segment_parse(const char *name, enum journal_stream *ret_stream, uint32_t *ret_index)
{
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        size_t length = strlen(stream_names[i]);
        const char *digits = name + length + 1;
        if (strncmp(name, stream_names[i], length) != 0 || name[length] != '-')
            continue;
        size_t count = strspn(digits, "0123456789");
        int64_t index;
        if (count < 6 || strcmp(digits + count, ".oj") != 0 || text_to_int(digits, count, &index) < 0 ||
            index >= JOURNAL_SEGMENTS_MAX)
            return false;
        *ret_stream = (enum journal_stream)i;
        *ret_index = (uint32_t)index;
        return true;
    }
    return false;
}

oc_rc segment_in_memory(size_t size, struct segment *ret_segment)
{
    uint8_t *data = env_alloc(size);
    if (!data)
        return OC_E_NOMEM;
    *ret_segment = (struct segment){.data = data, .size = size, .fd = -1};
    return OC_OK;
}

oc_rc segment_create(const char *dir, enum journal_stream stream, uint32_t index, size_t size, bool prewrite,
                     struct segment *ret_segment)
{
    char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
    if (index >= JOURNAL_SEGMENTS_MAX)
        return OC_E_LIMIT;
    segment_name(name, stream, index);
    int fd;
    void *data = NULL;
    oc_rc rc = env_path(path, dir, name);
    if (rc >= 0)
        rc = env_open(path, ENV_READ | ENV_WRITE | ENV_EXCLUSIVE, &fd);
    if (rc < 0)
        return rc;
    if (FAULT("journal.prepare"))
        rc = OC_E_FULL;
    if (rc >= 0)
        rc = env_preallocate(fd, (int64_t)size);
    if (rc >= 0)
        rc = env_map(fd, size, true, &data);
    if (rc >= 0 && prewrite)
        memset(data, 0, size);
    if (rc >= 0)
        rc = env_sync(fd);
    if (rc >= 0)
        rc = env_sync_dir(dir);
    if (rc < 0) {
        if (data)
            env_unmap(data, size);
        env_close(fd);
        (void)env_unlink(path);
        return rc;
    }
    env_map_populate(data, size < JOURNAL_POPULATE ? size : JOURNAL_POPULATE);
    *ret_segment = (struct segment){.data = data, .size = size, .fd = fd, .index = index};
    return OC_OK;
}

void segment_release(struct segment *segment)
{
    if (!segment->data)
        return;
    if (segment->fd >= 0) {
        env_unmap(segment->data, segment->size);
        env_close(segment->fd);
    } else {
        env_free(segment->data);
    }
    *segment = (struct segment){.fd = -1};
}

void segment_begin(struct segment *segment, struct journal_segment_head *head)
{
    head->magic = JOURNAL_SEGMENT_MAGIC;
    head->check = JOURNAL_CHECK(head);
    memcpy(segment->data + sizeof head->magic, (const uint8_t *)head + sizeof head->magic,
           sizeof *head - sizeof head->magic);
    atomic_store_explicit((_Atomic uint64_t *)(void *)segment->data, head->magic, memory_order_release);
}
