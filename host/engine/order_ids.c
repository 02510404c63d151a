#include "engine/order_ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { FIRST = 256 };

static uint32_t hash_of(uint32_t source, uint32_t kind, const struct oc_id *id)
{
    struct {
        uint32_t source;
        uint32_t kind;
        char text[OC_ID_MAX + 1];
    } bytes = {source, kind, {0}};
    memcpy(bytes.text, id->text, id->size);
    bytes.text[OC_ID_MAX] = (char)id->size;
    return (uint32_t)hash64(&bytes, sizeof bytes);
}

static uint32_t home_of(const struct order_ids *ids, const struct order_name *name)
{
    return hash_of(name->source, name->kind, &name->id) & (ids->size - 1);
}

static bool is_called(const struct order_name *name, uint32_t source, uint32_t kind, const struct oc_id *id)
{
    return name->source == source && name->kind == kind && name->id.size == id->size &&
           memcmp(name->id.text, id->text, id->size) == 0;
}

struct order *order_ids_find(const struct order_ids *ids, uint32_t source, uint32_t kind, const struct oc_id *id)
{
    if (!ids->count || id->size == 0 || id->size > OC_ID_MAX)
        return NULL;
    uint32_t slot = hash_of(source, kind, id) & (ids->size - 1);
    for (; ids->table[slot]; slot = (slot + 1) & (ids->size - 1))
        if (is_called(ids->table[slot], source, kind, id))
            return ids->table[slot]->order;
    return NULL;
}

static void table_put(struct order_ids *ids, struct order_name *name)
{
    uint32_t slot = home_of(ids, name);
    while (ids->table[slot])
        slot = (slot + 1) & (ids->size - 1);
    ids->table[slot] = name;
    ids->count++;
}

static oc_rc table_room(struct order_ids *ids)
{
    if ((ids->count + 1) * 2 <= ids->size)
        return OC_OK;
    const uint32_t size = ids->size ? ids->size * 2 : FIRST;
    struct order_name **table = calloc(size, sizeof *table);
    if (!table)
        return OC_E_NOMEM;
    struct order_ids next = {.table = table, .size = size};
    for (uint32_t i = 0; i < ids->size; i++)
        if (ids->table[i])
            table_put(&next, ids->table[i]);
    free(ids->table);
    *ids = next;
    return OC_OK;
}

/* Removes by shifting followers back, so that probing never meets a grave. */
static void table_remove(struct order_ids *ids, const struct order_name *name)
{
    const uint32_t mask = ids->size - 1;
    uint32_t hole = home_of(ids, name);
    while (ids->table[hole] != name)
        hole = (hole + 1) & mask;
    ids->count--;
    for (uint32_t slot = (hole + 1) & mask; ids->table[slot]; slot = (slot + 1) & mask) {
        if (((slot - home_of(ids, ids->table[slot])) & mask) >= ((slot - hole) & mask)) {
            ids->table[hole] = ids->table[slot];
            hole = slot;
        }
    }
    ids->table[hole] = NULL;
}

static void drop_oldest(struct order_ids *ids, struct order_names *names, uint32_t kind)
{
    struct order_name **link = &names->youngest[kind];
    while ((*link)->older)
        link = &(*link)->older;
    table_remove(ids, *link);
    free(*link);
    *link = NULL;
    names->count[kind]--;
}

oc_rc order_ids_add(struct order_ids *ids, struct order *order, struct order_names *names, uint32_t source,
                    uint32_t kind, const struct oc_id *id)
{
    const struct order *owner = order_ids_find(ids, source, kind, id);
    if (owner || id->size == 0)
        return owner && owner != order ? OC_E_EXISTS : OC_OK;
    struct order_name *name = calloc(1, sizeof *name);
    if (!name || table_room(ids) < 0) {
        free(name);
        return OC_E_NOMEM;
    }
    const bool is_full = names->count[kind] == ORDER_IDS_MAX;
    if (is_full)
        drop_oldest(ids, names, kind);
    name->id.size = id->size;
    memcpy(name->id.text, id->text, id->size);
    name->source = source;
    name->kind = kind;
    name->order = order;
    name->older = names->youngest[kind];
    names->youngest[kind] = name;
    names->count[kind]++;
    table_put(ids, name);
    return is_full;
}

struct names_said names_said_by(const struct oc_event *event)
{
    const void *at = event;
    const struct oc_ev_venue_fill *fill = at;
    const struct oc_ev_venue_answer *answer = at;
    const struct oc_ev_order *shown = at;
    const struct oc_ev_bust *bust = at;
    struct names_said names = {{NULL, NULL}};
    if (event->type == OC_EV_ORDER)
        names = (struct names_said){{[ID_CLIENT] = &shown->client, [ID_VENUE] = &shown->venue_order}};
    else if (event->type == OC_EV_BUST)
        names.of[ID_VENUE] = &bust->venue_order;
    else if (event->type == OC_EV_FILL && event->size >= sizeof *fill)
        names = (struct names_said){{[ID_CLIENT] = &fill->client, [ID_VENUE] = &fill->venue_order}};
    else if (event->type != OC_EV_FILL && event->size >= sizeof *answer)
        names = (struct names_said){{[ID_CLIENT] = &answer->client, [ID_VENUE] = &answer->venue_order}};
    return names;
}

/* 0: it does not say. */
static int64_t time_of(const struct oc_event *event)
{
    if (event->type == OC_EV_ORDER)
        return ((const struct oc_ev_order *)(const void *)event)->updated_ns;
    return event->flags & OC_EVF_HOST_TIME ? 0 : event->venue_ns;
}

static bool is_called_otherwise(const struct order_called *called, const struct oc_event *event)
{
    const struct names_said names = names_said_by(event);
    for (int kind = 0; kind < ID_KINDS; kind++) {
        const struct oc_id *id = names.of[kind], *now = &called->now[kind];
        if (id && id->size && now->size && (id->size != now->size || memcmp(id->text, now->text, id->size) != 0))
            return true;
    }
    return false;
}

/* Made and amended within one tick of the venue's clock, an order is shown under its first name with the time of the second. */
static bool is_of_before(const struct order_called *called, const struct oc_event *event)
{
    return called->is_answered && time_of(event) == called->said_ns && is_called_otherwise(called, event);
}

bool order_called_is_old(const struct order_called *called, const struct oc_event *event)
{
    if (event->type != OC_EV_ORDER || !time_of(event))
        return false;
    /* What was asked for may be newer than the answer of that instant: another amendment whose own was lost. */
    const bool is_asked_for = ((const struct oc_ev_order *)(const void *)event)->token != 0;
    return time_of(event) < called->said_ns || (!is_asked_for && is_of_before(called, event));
}

static bool says_what_is_now(const struct order_called *called, const struct oc_event *event)
{
    if (event->type == OC_EV_ORDER)
        return !order_called_is_old(called, event) && !is_of_before(called, event) &&
               ((const struct oc_ev_order *)(const void *)event)->state <= OC_SHOWN_SUSPENDED;
    return event->type == OC_EV_AMENDED;
}

/* The position that a fill, or an order as shown, belongs to; NULL: it has no room for such a name. */
static const struct oc_id *position_said_by(const struct oc_event *event)
{
    const void *at = event;
    if (event->type == OC_EV_ORDER)
        return &((const struct oc_ev_order *)at)->position;
    if (event->type == OC_EV_FILL && event->size >= sizeof(struct oc_ev_venue_fill))
        return &((const struct oc_ev_venue_fill *)at)->position;
    return NULL;
}

static void copy_id(struct oc_id *to, const struct oc_id *id)
{
    memset(to, 0, sizeof *to);
    to->size = id->size;
    memcpy(to->text, id->text, id->size);
}

static void learn_position(struct order_called *called, const struct oc_id *id)
{
    if (!id || !id->size || id->size > OC_ID_MAX)
        return;
    if (!called->position.size)
        copy_id(&called->position, id);
    else
        called->is_split |= id->size != called->position.size || memcmp(id->text, called->position.text, id->size) != 0;
}

void order_called_learn(struct order_called *called, const struct oc_event *event)
{
    const struct names_said names = names_said_by(event);
    const bool is_now = says_what_is_now(called, event),
               is_first = event->type == OC_EV_ACCEPTED && !called->is_renamed;
    for (int kind = 0; kind < ID_KINDS; kind++) {
        const struct oc_id *id = names.of[kind];
        if (!id || !id->size || id->size > OC_ID_MAX || !(is_now || is_first || !called->now[kind].size))
            continue;
        called->is_renamed |= is_now;
        copy_id(&called->now[kind], id);
    }
    learn_position(called, position_said_by(event));
    if (is_now && time_of(event) > called->said_ns) {
        called->said_ns = time_of(event);
        called->is_answered = false;
    }
    if (event->type == OC_EV_AMENDED && time_of(event) == called->said_ns)
        called->is_answered = true;
}

void order_ids_drop(struct order_ids *ids, struct order_names *names)
{
    for (uint32_t kind = 0; kind < ID_KINDS; kind++)
        while (names->count[kind])
            drop_oldest(ids, names, kind);
}

void order_ids_release(struct order_ids *ids)
{
    for (uint32_t i = 0; i < ids->size; i++)
        free(ids->table[i]);
    free(ids->table);
    *ids = (struct order_ids){0};
}
