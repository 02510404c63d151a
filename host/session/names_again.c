#include "session/names_again.h"

#include <stdlib.h>
#include <string.h>

#include <outcry/order.h>

#include "base/hash.h"
#include "engine/engine.h"

enum { FIRST = 1024 };

struct called_again {
    uint64_t order;
    struct order_called called;
};

struct id_again {
    struct oc_id id;
    uint32_t source;
    uint32_t place; /* of its order, + 1; 0: free */
};

struct names_again {
    struct called_again *list; /* owned, as the two behind */
    uint32_t *by_order;        /* open addressing, power of two; place + 1 */
    struct id_again *by_id;    /* the same, by source and venue's id */
    uint32_t count, slots;     /* `list` has room for half as many */
    uint32_t id_count, id_slots;
};

static uint32_t order_slot(const struct names_again *names, uint64_t order)
{
    uint32_t slot = (uint32_t)(order * 0x9E3779B97F4A7C15ull >> 32) & (names->slots - 1);
    while (names->by_order[slot] && names->list[names->by_order[slot] - 1].order != order)
        slot = (slot + 1) & (names->slots - 1);
    return slot;
}

static uint32_t id_slot(const struct names_again *names, uint32_t source, const struct oc_id *id)
{
    uint32_t slot = (uint32_t)(hash64(id->text, id->size) ^ source) & (names->id_slots - 1);
    for (; names->by_id[slot].place; slot = (slot + 1) & (names->id_slots - 1)) {
        const struct id_again *other = &names->by_id[slot];
        if (other->source == source && other->id.size == id->size && memcmp(other->id.text, id->text, id->size) == 0)
            break;
    }
    return slot;
}

oc_rc names_again_new(struct names_again **ret_names)
{
    struct names_again *names = calloc(1, sizeof *names);
    if (!names)
        return OC_E_NOMEM;
    names->slots = names->id_slots = FIRST;
    names->list = calloc(FIRST / 2, sizeof *names->list);
    names->by_order = calloc(FIRST, sizeof *names->by_order);
    names->by_id = calloc(FIRST, sizeof *names->by_id);
    if (!names->list || !names->by_order || !names->by_id) {
        names_again_free(names);
        return OC_E_NOMEM;
    }
    *ret_names = names;
    return OC_OK;
}

void names_again_free(struct names_again *names)
{
    if (!names)
        return;
    free(names->list);
    free(names->by_order);
    free(names->by_id);
    free(names);
}

static oc_rc order_room(struct names_again *names)
{
    if (names->count < names->slots / 2)
        return OC_OK;
    struct called_again *list = realloc(names->list, (size_t)names->slots * sizeof *list);
    if (!list)
        return OC_E_NOMEM;
    names->list = list;
    uint32_t *table = calloc((size_t)names->slots * 2, sizeof *table);
    if (!table)
        return OC_E_NOMEM;
    free(names->by_order);
    names->by_order = table;
    names->slots *= 2;
    for (uint32_t i = 0; i < names->count; i++)
        names->by_order[order_slot(names, list[i].order)] = i + 1;
    return OC_OK;
}

static oc_rc id_room(struct names_again *names)
{
    struct names_again next = {.id_slots = names->id_slots * 2};
    if (names->id_count < names->id_slots / 2)
        return OC_OK;
    next.by_id = calloc(next.id_slots, sizeof *next.by_id);
    if (!next.by_id)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < names->id_slots; i++)
        if (names->by_id[i].place)
            next.by_id[id_slot(&next, names->by_id[i].source, &names->by_id[i].id)] = names->by_id[i];
    free(names->by_id);
    names->by_id = next.by_id;
    names->id_slots = next.id_slots;
    return OC_OK;
}

/* *ret_place: of the order, + 1. */
static oc_rc add(struct names_again *names, uint64_t order, uint32_t *ret_place)
{
    const oc_rc rc = order_room(names);
    if (rc < 0)
        return rc;
    const uint32_t slot = order_slot(names, order);
    if (!names->by_order[slot]) {
        names->list[names->count] = (struct called_again){.order = order};
        names->by_order[slot] = ++names->count;
    }
    *ret_place = names->by_order[slot];
    return OC_OK;
}

/* The order of an event, + 1; 0: of another hand, or of none. */
static uint32_t place_of(const struct names_again *names, const struct oc_event *event)
{
    const uint64_t order = ((const struct oc_ev_answer *)(const void *)event)->order;
    const struct oc_id *id = names_said_by(event).of[ID_VENUE];
    uint32_t place = order ? names->by_order[order_slot(names, order)] : 0;
    if (!place && id && id->size && id->size <= OC_ID_MAX)
        place = names->by_id[id_slot(names, event->source, id)].place;
    return place;
}

/* The event says how its order is called: none of a correction, nor of an absence. */
static bool names_order(const struct oc_event *event)
{
    return event_is_of_order(event->type) && event->type != OC_EV_BUST && event->type != OC_EV_ABSENT;
}

/* An order of another hand becomes one of ours by it. */
static bool is_adopted(const struct oc_event *event)
{
    const struct oc_ev_order *shown = (const struct oc_ev_order *)(const void *)event;
    if (event->type == OC_EV_FILL)
        return ((const struct oc_ev_fill *)(const void *)event)->order == 0;
    return event->type == OC_EV_ORDER && shown->order == 0 &&
           (shown->state <= OC_SHOWN_SUSPENDED || shown->state == OC_SHOWN_UNKNOWN);
}

static oc_rc note_id(struct names_again *names, const struct oc_event *event, uint32_t place)
{
    const struct oc_id *id = names_said_by(event).of[ID_VENUE];
    if (!id || !id->size || id->size > OC_ID_MAX)
        return OC_OK;
    const oc_rc rc = id_room(names);
    if (rc < 0)
        return rc;
    struct id_again *entry = &names->by_id[id_slot(names, event->source, id)];
    if (entry->place)
        return OC_OK;
    *entry = (struct id_again){.id = *id, .source = event->source, .place = place};
    names->id_count++;
    return OC_OK;
}

oc_rc names_again_note(struct names_again *names, const struct oc_event *event)
{
    uint32_t place;
    oc_rc rc = OC_OK;
    if (event->type == OC_EV_REQUEST) {
        const struct oc_request *request = (const struct oc_request *)(const void *)event;
        if (request->kind != OC_REQUEST_NEW)
            return OC_OK;
        rc = add(names, request->order, &place);
        const struct order_called *entry = rc == OC_OK && (request->bits & OC_RQ_NATIVE) && request->parent
                                               ? names_again_find(names, request->parent)
                                               : NULL;
        if (entry)
            names->list[place - 1].called.position = entry->position;
        return rc;
    }
    if (!names_order(event))
        return OC_OK;
    place = place_of(names, event);
    if (!place && is_adopted(event))
        rc = add(names, stranger_id(event), &place);
    if (rc < 0 || !place)
        return rc;
    order_called_learn(&names->list[place - 1].called, event);
    return note_id(names, event, place);
}

const struct order_called *names_again_find(const struct names_again *names, uint64_t order)
{
    const uint32_t place = names->by_order[order_slot(names, order)];
    return place ? &names->list[place - 1].called : NULL;
}
