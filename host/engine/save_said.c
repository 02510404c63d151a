/* save_said.c: what venues said of orders, for a checkpoint: names, sums, what was inferred; and the fills that may be taken back. */
#include "engine/save.h"

#include <stdlib.h>
#include <string.h>

#include "engine/impl.h"

void save_pass(struct save_cursor *cursor, void *bytes, size_t size)
{
    if (cursor->is_bad || size > cursor->left) {
        cursor->is_bad = true;
        return;
    }
    if (cursor->is_writing)
        memcpy(cursor->at, bytes, size);
    else
        memcpy(bytes, cursor->at, size);
    cursor->at += size;
    cursor->left -= size;
}

uint32_t save_count(struct save_cursor *cursor, uint32_t count, uint32_t max)
{
    save_pass(cursor, &count, sizeof count);
    if (count > max)
        cursor->is_bad = true;
    return cursor->is_bad ? 0 : count;
}

/* The names of one kind, the oldest first: read back, the same go when there are too many. */
static void pass_names(struct engine *engine, struct order *order, uint32_t kind, struct save_cursor *cursor)
{
    const struct order_name *names[ORDER_IDS_MAX] = {NULL}, *name = order->said->names.youngest[kind];
    const uint32_t count = save_count(cursor, order->said->names.count[kind], ORDER_IDS_MAX);
    for (uint32_t i = count; cursor->is_writing && i > 0; name = name->older)
        names[--i] = name;
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++) {
        struct order_name passed = {0};
        if (cursor->is_writing)
            passed = *names[i];
        save_pass(cursor, &passed.id, sizeof passed.id);
        save_pass(cursor, &passed.source, sizeof passed.source);
        if (!cursor->is_writing && !cursor->is_bad &&
            (passed.id.size == 0 || passed.id.size > OC_ID_MAX ||
             orders_name(engine->orders, order, passed.source, kind, &passed.id) != OC_OK))
            cursor->is_bad = true;
    }
}

static void pass_inferred(struct order_said *said, struct save_cursor *cursor)
{
    uint32_t count = 0;
    for (const struct booked *booked = said->oldest; booked; booked = booked->next)
        count++;
    count = save_count(cursor, count, UINT32_MAX);
    struct booked **at = &said->oldest;
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++) {
        struct booked copy = cursor->is_writing ? **at : (struct booked){0}, *booked = *at;
        copy.next = NULL; /* no addresses in files */
        save_pass(cursor, &copy, sizeof copy);
        if (!cursor->is_writing && !cursor->is_bad) {
            booked = *at = malloc(sizeof copy);
            if (!booked) {
                cursor->is_bad = true;
                return;
            }
            *booked = copy;
            booked->next = NULL;
        }
        if (booked)
            at = &booked->next;
    }
}

static void pass_sums(struct order_said *said, struct save_cursor *cursor)
{
    save_pass(cursor, &said->called, sizeof said->called);
    save_pass(cursor, &said->sums, sizeof said->sums);
    save_pass(cursor, &said->asked, sizeof said->asked);
    save_pass(cursor, &said->before, sizeof said->before);
    save_pass(cursor, &said->inferred, sizeof said->inferred);
    save_pass(cursor, &said->value, sizeof said->value);
    uint8_t flags = (uint8_t)(said->is_alarmed | said->is_taken << 1 | said->lacks_terms << 2 | said->is_whole << 3);
    save_pass(cursor, &flags, sizeof flags);
    said->is_alarmed = flags & 1;
    said->is_taken = flags & 2;
    said->lacks_terms = flags & 4;
    said->is_whole = flags & 8;
}

/* The order of this number, ready to be told; NULL: there is none, or it was told. */
static struct order *order_to_tell(struct engine *engine, uint64_t id)
{
    struct order *order = orders_find(engine->orders, id);
    const struct instrument *instrument =
        order && !order->said ? instruments_get(engine->instruments, order->now.head.inst) : NULL;
    return instrument && order_listen(order, instrument) == OC_OK ? order : NULL;
}

/* `order`: NULL where it is read. */
static void pass_order(struct engine *engine, struct order *order, struct save_cursor *cursor)
{
    uint64_t id = order ? order->now.order : 0;
    save_pass(cursor, &id, sizeof id);
    if (!order && !cursor->is_bad)
        order = order_to_tell(engine, id);
    if (!order) {
        cursor->is_bad = true;
        return;
    }
    pass_sums(order->said, cursor);
    for (uint32_t kind = 0; kind < ID_KINDS && !cursor->is_bad; kind++)
        pass_names(engine, order, kind, cursor);
    pass_inferred(order->said, cursor);
}

static void pass_booked(struct booked_fills *fills, struct save_cursor *cursor)
{
    const uint32_t count = save_count(cursor, fills->count, BOOKED_MAX);
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++) {
        struct booked booked = {0};
        if (cursor->is_writing)
            booked = fills->ring[(fills->first + i) % BOOKED_MAX];
        save_pass(cursor, &booked, sizeof booked);
        if (cursor->is_writing || cursor->is_bad)
            continue;
        if (booked_room(fills) < 0)
            cursor->is_bad = true;
        else
            booked_put(fills, &booked);
    }
}

static void pass_busts(struct booked_fills *fills, struct save_cursor *cursor)
{
    const uint32_t count = save_count(cursor, fills->bust_count, BUSTS_MAX);
    for (uint32_t i = 0; i < count && !cursor->is_bad; i++) {
        bool is_new = true;
        uint64_t hash = cursor->is_writing ? fills->busts[(fills->bust_first + i) % BUSTS_MAX] : 0;
        save_pass(cursor, &hash, sizeof hash);
        if (cursor->is_writing || cursor->is_bad)
            continue;
        if (booked_bust_is_new(fills, hash, &is_new) < 0 || !is_new)
            cursor->is_bad = true;
        else
            booked_bust_remember(fills, hash);
    }
    const uint32_t waiting = save_count(cursor, fills->waiting_count, BUSTS_WAITING_MAX);
    for (uint32_t i = 0; i < waiting && !cursor->is_bad; i++) {
        struct oc_ev_bust bust = {0};
        if (cursor->is_writing)
            bust = fills->waiting[i];
        save_pass(cursor, &bust, sizeof bust);
        if (!cursor->is_writing && !cursor->is_bad && booked_wait(fills, &bust) != OC_OK)
            cursor->is_bad = true;
    }
}

void save_said(struct engine *engine, struct save_cursor *cursor)
{
    struct order *first[2] = {orders_closed_first(engine->orders), orders_open_first(engine->orders)};
    uint32_t count = 0;
    for (int i = 0; i < 2; i++)
        for (const struct order *order = first[i]; order; order = order->younger)
            count += order->said != NULL;
    count = save_count(cursor, count, ENGINE_ORDERS_OPEN_MAX + 2 * ENGINE_ORDERS_CLOSED_KEPT + 1);
    for (int i = 0; i < 2 && cursor->is_writing; i++)
        for (struct order *order = first[i]; order; order = order->younger)
            if (order->said)
                pass_order(engine, order, cursor);
    for (uint32_t i = 0; i < count && !cursor->is_writing && !cursor->is_bad; i++)
        pass_order(engine, NULL, cursor);
    pass_booked(&engine->booked, cursor);
    pass_busts(&engine->booked, cursor);
    save_pass(cursor, &engine->strangers, sizeof engine->strangers);
}
