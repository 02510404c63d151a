#include "feed/event_ring.h"

#include <stdbool.h>
#include <string.h>

oc_rc feed_init(struct feed *feed, size_t size, uint32_t source)
{
    memset(feed, 0, sizeof *feed);
    if (size < FEED_SIZE_MIN)
        return OC_E_INVALID;
    feed->source = source;
    return ring_init(&feed->ring, size);
}

void feed_release(struct feed *feed)
{
    ring_release_all(&feed->ring);
    feed->open = NULL;
}

oc_rc feed_reserve(struct feed *feed, uint32_t size, struct oc_event **ret_event)
{
    void *room;
    if (size < sizeof(struct oc_event) || size > OC_EVENT_MAX || size % 8 != 0)
        return OC_E_INVALID;
    feed->open = NULL;
    oc_rc rc = ring_reserve(&feed->ring, size, &room);
    if (rc < 0) {
        feed->full += rc == OC_E_FULL;
        return rc;
    }
    memset(room, 0, size);
    feed->open = room;
    feed->open_size = size;
    *ret_event = feed->open;
    return OC_OK;
}

static bool is_market(uint16_t type) { return type < OC_EV_REQUEST; }

static bool is_from_outside(uint16_t type)
{
    return (type >= OC_EV_TRADE && type <= OC_EV_INSTRUMENT) || (type >= OC_EV_ACCEPTED && type <= OC_EV_SENT) ||
           type == OC_EV_BALANCE;
}

static bool has_room_for_answers(struct feed *feed)
{
    uint64_t used = atomic_load_explicit(&feed->ring.head, memory_order_relaxed) -
                    atomic_load_explicit(&feed->ring.tail, memory_order_acquire);
    return used + feed->open_size + FEED_ANSWER_ROOM < feed->ring.size;
}

oc_rc feed_commit(struct feed *feed, struct oc_event *event)
{
    if (!feed->open || event != feed->open)
        return OC_E_STATE;
    feed->open = NULL;
    if (event->size < sizeof *event || event->size > feed->open_size || event->size % 8 != 0 ||
        !is_from_outside(event->type)) {
        feed->malformed++;
        return OC_E_DATA;
    }
    if (is_market(event->type) && !has_room_for_answers(feed)) {
        feed->full++;
        return OC_E_FULL;
    }
    if (event->source == 0)
        event->source = feed->source;
    ring_commit(&feed->ring, event->size);
    feed->committed++;
    return OC_OK;
}

const struct oc_event *feed_first(struct feed *feed)
{
    uint32_t size;
    return ring_peek(&feed->ring, &size);
}

void feed_drop(struct feed *feed) { ring_release(&feed->ring); }
