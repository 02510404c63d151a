#include "io/queue.h"

#include <stdlib.h>
#include <string.h>

enum { QUEUE_FIRST_ROOM = 1 << 16 };

void queue_init(struct queue *queue) { memset(queue, 0, sizeof *queue); }

void queue_release(struct queue *queue)
{
    free(queue->bytes);
    memset(queue, 0, sizeof *queue);
}

void queue_begin(struct queue *queue, size_t room)
{
    queue->call_room = room;
    queue->open = NULL;
    queue->count = 0;
    queue->end = queue->said;
}

static oc_rc grow(struct queue *queue, size_t wanted)
{
    size_t room = queue->room ? queue->room : QUEUE_FIRST_ROOM;
    if (queue->first) { /* what was taken leaves its room */
        memmove(queue->bytes, queue->bytes + queue->first, queue->end - queue->first);
        queue->said -= queue->first;
        queue->end -= queue->first;
        queue->first = 0;
    }
    if (queue->end + wanted <= queue->room)
        return OC_OK;
    while (room < queue->end + wanted)
        room *= 2;
    if (room > QUEUE_MAX)
        return OC_E_LIMIT;
    char *bytes = realloc(queue->bytes, room);
    if (!bytes)
        return OC_E_NOMEM;
    queue->bytes = bytes;
    queue->room = room;
    return OC_OK;
}

static oc_rc make_room(struct queue *queue, uint32_t size)
{
    if (size < sizeof(struct oc_event) || size > OC_EVENT_MAX || size % 8)
        return OC_E_INVALID;
    return queue->end + size > queue->room ? grow(queue, size) : OC_OK;
}

oc_rc queue_reserve(struct queue *queue, uint32_t size, struct oc_event **ret_event)
{
    if (queue->end - queue->said + size > queue->call_room)
        return queue->call_room >= QUEUE_MAX / 2 ? OC_E_LIMIT : OC_E_FULL;
    const oc_rc rc = make_room(queue, size);
    if (rc < 0)
        return rc;
    queue->open = (struct oc_event *)(void *)(queue->bytes + queue->end);
    queue->open_size = size;
    memset(queue->open, 0, size);
    *ret_event = queue->open;
    return OC_OK;
}

oc_rc queue_commit(struct queue *queue, struct oc_event *event)
{
    if (!queue->open || event != queue->open)
        return OC_E_STATE;
    queue->open = NULL;
    if (event->size < sizeof *event || event->size > queue->open_size || event->size % 8 || event->type == OC_EV_NONE ||
        event->type >= OC_EV_END) {
        queue->malformed++;
        return OC_E_DATA;
    }
    queue->end += event->size;
    queue->count++;
    return OC_OK;
}

oc_rc queue_add(struct queue *queue, const struct oc_event *event)
{
    const oc_rc rc = make_room(queue, event->size);
    if (rc < 0)
        return rc;
    memcpy(queue->bytes + queue->end, event, event->size);
    queue->end += event->size;
    queue->count++;
    return OC_OK;
}

void queue_end(struct queue *queue, bool stands)
{
    if (stands) {
        queue->committed += queue->count;
        queue->said = queue->end;
    }
    queue->end = queue->said;
    queue->open = NULL;
    queue->count = 0;
}

const struct oc_event *queue_called(const struct queue *queue, const struct oc_event *after)
{
    const char *at = after ? (const char *)after + after->size : queue->bytes + queue->said;
    return at && at < queue->bytes + queue->end ? (const struct oc_event *)(const void *)at : NULL;
}

const struct oc_event *queue_first(const struct queue *queue)
{
    return queue->first < queue->said ? (const struct oc_event *)(const void *)(queue->bytes + queue->first) : NULL;
}

void queue_drop(struct queue *queue)
{
    const struct oc_event *first = queue_first(queue);
    if (first)
        queue->first += first->size;
    if (queue->first == queue->said && queue->said == queue->end)
        queue->first = queue->said = queue->end = 0;
}
