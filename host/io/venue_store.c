/* venue_store.c: what a connector keeps over the lives of a session. */
#include <stdlib.h>
#include <string.h>

#include "base/host_impl.h"
#include "io/venue_impl.h"

static struct io_venue *venue_of(const struct oc_host *host) { return ((const struct host_impl *)host->impl)->venue; }

/* Its size, without the zero. OC_E_INVALID: no key. */
static oc_rc key_size(const char *key)
{
    const size_t size = key ? strnlen(key, OC_STORE_KEY_MAX) : 0;
    if (size == 0 || size == OC_STORE_KEY_MAX || strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != size)
        return OC_E_INVALID;
    return (oc_rc)size;
}

static bool is_account(const struct io_venue *venue, uint32_t account)
{
    for (uint32_t i = 0; i < venue->account_count; i++)
        if (venue->accounts[i].account == account)
            return true;
    return account == 0;
}

static struct io_stored *find(struct io_venue *venue, uint32_t account, const char *key, size_t size)
{
    for (uint32_t i = 0; i < venue->stored_count; i++) {
        struct io_stored *stored = &venue->stored[i];
        if (stored->account == account && stored->key[size] == 0 && memcmp(stored->key, key, size) == 0)
            return stored;
    }
    return NULL;
}

static oc_rc store_get(const struct oc_host *host, uint32_t account, const char *key, void *bytes, uint32_t size_max)
{
    struct io_venue *venue = venue_of(host);
    const oc_rc size = key_size(key);
    if (size < 0 || (size_max && !bytes))
        return OC_E_INVALID;
    if (!is_account(venue, account))
        return OC_E_DENIED;
    const struct io_stored *stored = find(venue, account, key, (size_t)size);
    if (!stored)
        return OC_E_NOT_FOUND;
    memcpy(bytes, stored->bytes, stored->size < size_max ? stored->size : size_max);
    return (oc_rc)stored->size;
}

/* Whether there is room for the key beside those that stand and those that the running call has put. */
static bool has_room(struct io_venue *venue, uint32_t account, const char *key, size_t size)
{
    uint32_t count = venue->stored_count;
    if (find(venue, account, key, size))
        return true;
    for (uint32_t i = 0; i < venue->op_count; i++) /* one put twice counts twice: a call puts few */
        count += venue->ops[i].kind == IO_OP_STORE;
    return count < OC_STORE_KEYS_MAX;
}

static oc_rc store_put(const struct oc_host *host, uint32_t account, const char *key, const void *bytes, uint32_t size,
                       uint32_t how)
{
    struct io_venue *venue = venue_of(host);
    const oc_rc length = key_size(key);
    struct io_op op = {.kind = IO_OP_STORE, .account = account, .body_size = size};
    if (!venue->is_in_call)
        return OC_E_STATE;
    if (how == OC_STORE_FIRST)
        return OC_E_NOT_SUPPORTED;
    if (length < 0 || how != OC_STORE_SOON || (size && !bytes))
        return OC_E_INVALID;
    if (!is_account(venue, account))
        return OC_E_DENIED;
    if (size > OC_STORE_VALUE_MAX || (size && !has_room(venue, account, key, (size_t)length)))
        return OC_E_LIMIT;
    op.path_size = (uint32_t)length;
    oc_rc rc = io_call_keep(venue, key, op.path_size, &op.path);
    if (rc == OC_OK)
        rc = io_call_keep(venue, bytes, size, &op.body);
    return rc < 0 ? rc : io_call_op(venue, &op);
}

/* The record of it, as a whole event. */
static oc_rc say(struct io_venue *venue, const struct io_op *op)
{
    _Alignas(8) char room[sizeof(struct oc_ev_text) + OC_STORE_KEY_MAX + OC_STORE_VALUE_MAX + 8] = {0};
    struct oc_ev_text *event = (struct oc_ev_text *)(void *)room;
    const uint32_t size = op->path_size + op->body_size;
    event->head = (struct oc_event){.size = (uint32_t)sizeof *event + ((size + 7) & ~7u),
                                    .type = OC_EV_STORE,
                                    .flags = OC_EVF_LAST,
                                    .source = op->account ? op->account : venue->world.market_source,
                                    .venue_ns = io_venue_now(venue)};
    event->owner = op->account;
    event->key = op->path_size;
    event->text_size = size;
    memcpy(event + 1, venue->arena + op->path, op->path_size);
    memcpy((char *)(event + 1) + op->path_size, venue->arena + op->body, op->body_size);
    return io_say(venue, &event->head);
}

/* size 0: the key goes. */
static oc_rc keep(struct io_venue *venue, uint32_t account, const char *key, uint32_t key_length, const void *value,
                  uint32_t size)
{
    struct io_stored *stored = find(venue, account, key, key_length);
    char *bytes = size ? malloc(size) : NULL;
    if (size && !bytes)
        return OC_E_NOMEM;
    if (bytes)
        memcpy(bytes, value, size);
    if (!stored && bytes) {
        stored = &venue->stored[venue->stored_count++];
        *stored = (struct io_stored){.account = account};
        memcpy(stored->key, key, key_length);
    }
    if (stored) {
        free(stored->bytes);
        stored->bytes = bytes;
        stored->size = size;
    }
    if (stored && !bytes)
        *stored = venue->stored[--venue->stored_count];
    return OC_OK;
}

oc_rc io_store_put(struct io_venue *venue, const struct io_op *op)
{
    const oc_rc rc =
        keep(venue, op->account, venue->arena + op->path, op->path_size, venue->arena + op->body, op->body_size);
    return rc < 0 ? rc : say(venue, op);
}

oc_rc io_store_recall(struct io_venue *venue, const struct oc_ev_text *record)
{
    const char *text = (const char *)(record + 1);
    const bool is_whole = record->key > 0 && record->key < OC_STORE_KEY_MAX && record->key <= record->text_size &&
                          record->text_size - record->key <= OC_STORE_VALUE_MAX &&
                          record->text_size <= record->head.size - sizeof *record;
    const bool has_place = is_whole && (record->text_size == record->key || venue->stored_count < OC_STORE_KEYS_MAX ||
                                        find(venue, record->owner, text, record->key));
    return has_place
               ? keep(venue, record->owner, text, record->key, text + record->key, record->text_size - record->key)
               : (oc_rc)OC_E_DATA;
}

void io_store_release(struct io_venue *venue)
{
    while (venue->stored_count)
        free(venue->stored[--venue->stored_count].bytes);
}

static oc_rc store_append(const struct oc_host *host, uint32_t account, const char *log, uint64_t number,
                          const void *bytes, uint32_t size, uint32_t how)
{
    return (void)host, (void)account, (void)log, (void)number, (void)bytes, (void)size, (void)how, OC_E_NOT_SUPPORTED;
}

static oc_rc store_read(const struct oc_host *host, uint32_t account, const char *log, uint64_t number, void *bytes,
                        uint32_t size_max)
{
    return (void)host, (void)account, (void)log, (void)number, (void)bytes, (void)size_max, OC_E_NOT_SUPPORTED;
}

const struct oc_svc_store io_store_service = {
    .size = sizeof io_store_service, .get = store_get, .put = store_put, .append = store_append, .read = store_read};
