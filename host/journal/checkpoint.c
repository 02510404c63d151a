/* checkpoint.c: see checkpoint.h. */
#include "journal/checkpoint.h"

#include "base/env.h"

#include <stdio.h>
#include <stdlib.h>

struct list { /* sequence numbers, the newest first, the oldest dropped when there are too many */
    uint64_t seq[JOURNAL_CHECKPOINTS_LISTED];
    size_t count;
};

static const char prefix[] = "checkpoint-";

enum { DIGITS = 20 };

static oc_rc add_name(void *arg, const char *name)
{
    struct list *list = arg;
    size_t length = sizeof prefix - 1;
    if (strncmp(name, prefix, length) != 0 || strspn(name + length, "0123456789") != DIGITS || name[length + DIGITS])
        return OC_OK;
    uint64_t seq = strtoull(name + length, NULL, 10);
    size_t at = list->count;
    if (at == JOURNAL_CHECKPOINTS_LISTED) {
        if (seq <= list->seq[at - 1])
            return OC_OK;
        at--;
    } else {
        list->count++;
    }
    for (; at > 0 && list->seq[at - 1] < seq; at--)
        list->seq[at] = list->seq[at - 1];
    list->seq[at] = seq;
    return OC_OK;
}

static oc_rc path_of(char path[ENV_PATH_MAX], const char *dir, uint64_t seq)
{
    int length = snprintf(path, ENV_PATH_MAX, "%s/%s%0*llu", dir, prefix, DIGITS, (unsigned long long)seq);
    return length < ENV_PATH_MAX ? OC_OK : OC_E_INVALID;
}

oc_rc checkpoint_write(const char *dir, struct journal_checkpoint_head *head)
{
    struct hash128 hash = hash128(head + 1, head->blob_size);
    head->magic = JOURNAL_CHECKPOINT_MAGIC;
    head->version = JOURNAL_VERSION;
    head->blob_low = hash.low;
    head->blob_high = hash.high;
    head->check = JOURNAL_CHECK(head);
    char name[JOURNAL_NAME_MAX];
    snprintf(name, sizeof name, "%s%0*llu", prefix, DIGITS, (unsigned long long)head->seq);
    oc_rc rc = env_replace_file(dir, name, head, sizeof *head + head->blob_size);
    if (rc < 0)
        return rc;
    struct list list = {.count = 0};
    (void)env_list(dir, add_name, &list);
    for (size_t i = JOURNAL_CHECKPOINTS_KEPT; i < list.count; i++) {
        char path[ENV_PATH_MAX];
        if (path_of(path, dir, list.seq[i]) >= 0)
            (void)env_unlink(path); /* one too many does no harm */
    }
    return OC_OK;
}

static oc_rc read_one(const char *path, struct journal_checkpoint_head *ret_head, void **ret_blob)
{
    struct journal_checkpoint_head head;
    char *bytes;
    size_t size;
    oc_rc rc = env_read_file(path, sizeof head + JOURNAL_CHECKPOINT_MAX, &bytes, &size);
    if (rc < 0)
        return rc;
    rc = OC_E_DATA;
    if (size < sizeof head)
        goto out;
    memcpy(&head, bytes, sizeof head);
    if (head.magic != JOURNAL_CHECKPOINT_MAGIC || head.check != JOURNAL_CHECK(&head) ||
        head.blob_size != size - sizeof head)
        goto out;
    rc = OC_E_TOO_NEW;
    if (head.version != JOURNAL_VERSION)
        goto out;
    rc = OC_E_DATA;
    struct hash128 hash = hash128(bytes + sizeof head, size - sizeof head);
    if (hash.low != head.blob_low || hash.high != head.blob_high)
        goto out;
    memmove(bytes, bytes + sizeof head, size - sizeof head + 1);
    *ret_head = head;
    *ret_blob = bytes;
    return OC_OK;
out:
    env_free(bytes);
    return rc;
}

oc_rc checkpoint_find(const char *dir, struct journal_checkpoint_head *ret_head, void **ret_blob, unsigned *ret_passed)
{
    struct list list = {.count = 0};
    oc_rc rc = env_list(dir, add_name, &list);
    if (rc < 0)
        return rc;
    *ret_passed = 0;
    for (size_t i = 0; i < list.count; i++) {
        char path[ENV_PATH_MAX];
        rc = path_of(path, dir, list.seq[i]);
        if (rc >= 0)
            rc = read_one(path, ret_head, ret_blob);
        if (rc >= 0 || rc == OC_E_NOMEM || rc == OC_E_IO)
            return rc;
        ++*ret_passed;
    }
    return OC_E_NOT_FOUND;
}
