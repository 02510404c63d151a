#include "engine/orders.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/prefetch.h"
#include "engine/limits.h"

enum { CHUNK = 256, INDEX_FIRST = 1024 };

struct chunk {
    struct chunk *next;
    struct order orders[CHUNK];
};

/* An id stands beside its order: a search, and what moves when another is removed, touch no order. */
struct place {
    uint64_t id;
    struct order *order; /* NULL: empty */
};

struct list {
    struct order *oldest;
    struct order *youngest;
    uint32_t count;
};

struct here {
    struct order *oldest;
    struct order *youngest;
};

struct orders {
    struct chunk *chunks;
    struct order *free; /* linked by younger */
    struct list open;
    struct list closed;
    struct here *here; /* by instrument: its open orders */
    uint32_t here_room;
    struct place *index; /* open addressing by id, power of two */
    uint32_t index_size;
    uint32_t index_count;
    struct fills fills;
    struct order_ids ids;
    uint64_t alarms;
};

oc_rc orders_new(uint32_t fills_recent, uint32_t fills_held, struct orders **ret_orders)
{
    struct orders *orders = calloc(1, sizeof *orders);
    if (!orders)
        return OC_E_NOMEM;
    orders->index_size = INDEX_FIRST;
    fills_init(&orders->fills, fills_recent, fills_held);
    orders->index = calloc(orders->index_size, sizeof *orders->index);
    if (!orders->index) {
        orders_free(orders);
        return OC_E_NOMEM;
    }
    *ret_orders = orders;
    return OC_OK;
}

static void said_free(struct orders *orders, struct order *order)
{
    struct order_said *said = order->said;
    order_ids_drop(&orders->ids, &said->names);
    while (said->oldest) {
        struct booked *next = said->oldest->next;
        free(said->oldest);
        said->oldest = next;
    }
    free(said);
    order->said = NULL;
}

static void list_free(struct orders *orders, const struct list *list)
{
    for (struct order *order = list->oldest; order; order = order->younger)
        if (order->said)
            said_free(orders, order);
}

void orders_free(struct orders *orders)
{
    if (!orders)
        return;
    list_free(orders, &orders->open);
    list_free(orders, &orders->closed);
    order_ids_release(&orders->ids);
    while (orders->chunks) {
        struct chunk *next = orders->chunks->next;
        free(orders->chunks);
        orders->chunks = next;
    }
    free(orders->index);
    free(orders->here);
    fills_release(&orders->fills);
    free(orders);
}

static uint32_t slot_of(uint64_t id, uint32_t size)
{
    return (uint32_t)((id * 0x9E3779B97F4A7C15ull) >> 32) & (size - 1);
}

static void index_put(struct orders *orders, struct order *order)
{
    const uint64_t id = order->now.order;
    uint32_t slot = slot_of(id, orders->index_size);
    while (orders->index[slot].order)
        slot = (slot + 1) & (orders->index_size - 1);
    orders->index[slot] = (struct place){id, order};
    orders->index_count++;
    prefetch(&orders->index[slot_of(id + 1, orders->index_size)], 1); /* the next order is most often the next number */
}

static oc_rc index_grow(struct orders *orders)
{
    uint32_t size = orders->index_size;
    struct place *old = orders->index, *index = calloc((size_t)size * 2, sizeof *index);
    if (!index)
        return OC_E_NOMEM;
    orders->index = index;
    orders->index_size = size * 2;
    orders->index_count = 0;
    for (uint32_t i = 0; i < size; i++)
        if (old[i].order)
            index_put(orders, old[i].order);
    free(old);
    return OC_OK;
}

/* Removes by shifting followers back, so that probing never meets a grave. */
static void index_remove(struct orders *orders, uint64_t id)
{
    uint32_t mask = orders->index_size - 1, hole = slot_of(id, orders->index_size);
    while (orders->index[hole].id != id) /* it is there: only orders of the lists are released */
        hole = (hole + 1) & mask;
    orders->index_count--;
    for (uint32_t slot = (hole + 1) & mask; orders->index[slot].order; slot = (slot + 1) & mask) {
        uint32_t home = slot_of(orders->index[slot].id, orders->index_size);
        if (((slot - home) & mask) >= ((slot - hole) & mask)) {
            orders->index[hole] = orders->index[slot];
            hole = slot;
        }
    }
    orders->index[hole] = (struct place){0, NULL};
}

static void list_append(struct list *list, struct order *order)
{
    order->older = list->youngest;
    order->younger = NULL;
    if (list->youngest)
        list->youngest->younger = order;
    else
        list->oldest = order;
    list->youngest = order;
    list->count++;
}

static void list_remove(struct list *list, struct order *order)
{
    if (order->older)
        order->older->younger = order->younger;
    else
        list->oldest = order->younger;
    if (order->younger)
        order->younger->older = order->older;
    else
        list->youngest = order->older;
    list->count--;
}

static oc_rc here_room(struct orders *orders, uint32_t index)
{
    uint32_t room = orders->here_room ? orders->here_room : 16;
    if (index < orders->here_room)
        return OC_OK;
    while (room <= index)
        room *= 2;
    struct here *here = realloc(orders->here, room * sizeof *here);
    if (!here)
        return OC_E_NOMEM;
    memset(here + orders->here_room, 0, (room - orders->here_room) * sizeof *here);
    orders->here = here;
    orders->here_room = room;
    return OC_OK;
}

static void open_append(struct orders *orders, struct order *order)
{
    struct here *here = &orders->here[OC_INST_INDEX(order->now.head.inst)];
    list_append(&orders->open, order);
    order->older_here = here->youngest;
    order->younger_here = NULL;
    *(here->youngest ? &here->youngest->younger_here : &here->oldest) = order;
    here->youngest = order;
}

static void open_remove(struct orders *orders, struct order *order)
{
    struct here *here = &orders->here[OC_INST_INDEX(order->now.head.inst)];
    list_remove(&orders->open, order);
    *(order->older_here ? &order->older_here->younger_here : &here->oldest) = order->younger_here;
    *(order->younger_here ? &order->younger_here->older_here : &here->youngest) = order->older_here;
}

/* It stands in no list any more. */
static void order_release(struct orders *orders, struct order *order)
{
    index_remove(orders, order->now.order);
    if (__builtin_expect(order->said != NULL, 0))
        said_free(orders, order);
    order->younger = orders->free;
    orders->free = order;
}

static oc_rc order_room(struct orders *orders)
{
    if (orders->free)
        return OC_OK;
    struct chunk *chunk = malloc(sizeof *chunk);
    if (!chunk)
        return OC_E_NOMEM;
    chunk->next = orders->chunks;
    orders->chunks = chunk;
    for (int i = CHUNK - 1; i >= 0; i--) {
        chunk->orders[i].younger = orders->free;
        orders->free = &chunk->orders[i];
    }
    return OC_OK;
}

oc_rc orders_add(struct orders *orders, const struct oc_request *request, int64_t now_ns, struct order **ret_order)
{
    if (orders->open.count >= ENGINE_ORDERS_OPEN_MAX)
        return OC_E_LIMIT;
    if (orders_find(orders, request->order))
        return OC_E_EXISTS;
    oc_rc rc = order_room(orders);
    if (rc == OC_OK)
        rc = here_room(orders, OC_INST_INDEX(request->head.inst));
    if (rc == OC_OK && orders->index_count * 2 >= orders->index_size)
        rc = index_grow(orders);
    if (rc < 0)
        return rc;
    struct order *order = orders->free;
    orders->free = order->younger;
    order->now = *request;
    memset(&order->state, 0, sizeof *order - offsetof(struct order, state));
    order->state = STATE_INITIALIZED;
    order->created_ns = order->updated_ns = now_ns;
    order->worst_qty = request->qty;
    open_append(orders, order);
    index_put(orders, order);
    *ret_order = order;
    return OC_OK;
}

struct order *orders_find(const struct orders *orders, uint64_t id)
{
    uint32_t slot = slot_of(id, orders->index_size);
    while (orders->index[slot].order) {
        if (orders->index[slot].id == id)
            return orders->index[slot].order;
        slot = (slot + 1) & (orders->index_size - 1);
    }
    return NULL;
}

oc_rc order_listen(struct order *order, const struct instrument *instrument)
{
    if (order->said)
        return OC_OK;
    struct order_said *said = calloc(1, sizeof *said);
    if (!said)
        return OC_E_NOMEM;
    if (num_mul_128(order->filled_sum, instrument->money_mul, &said->value) < 0)
        said->value = 0;
    order->said = said;
    return OC_OK;
}

oc_rc orders_name(struct orders *orders, struct order *order, uint32_t source, uint32_t kind, const struct oc_id *id)
{
    return order_ids_add(&orders->ids, order, &order->said->names, source, kind, id);
}

struct order *orders_find_named(const struct orders *orders, uint32_t source, uint32_t kind, const struct oc_id *id)
{
    return order_ids_find(&orders->ids, source, kind, id);
}

void orders_drop(struct orders *orders, struct order *order)
{
    open_remove(orders, order);
    order_release(orders, order);
}

static bool is_fill(int event) { return event == EVENT_FILL || event == EVENT_LATE_FILL; }

/* An order by money has no quantity of its own: the venue's last fill completes it. While more is asked for, a venue
 * may work it already, and its fills race its answer; a simulator carries out what reaches it in the order in which it
 * answers. */
static bool is_complete(const struct order *order)
{
    const bool is_more = order->said && order->ask_qty > order->now.qty;
    return order->is_complete || (order->now.qty > 0 && order->filled >= (is_more ? order->ask_qty : order->now.qty));
}

/* What the order's own facts say while nothing is being asked of the venue. */
static uint8_t state_from_facts(const struct order *order)
{
    if (is_complete(order))
        return STATE_FILLED;
    if (order->filled > 0)
        return STATE_PARTIALLY_FILLED;
    if (order->is_triggered)
        return STATE_TRIGGERED;
    return order->is_accepted ? STATE_ACCEPTED : STATE_SUBMITTED;
}

static uint8_t resolve(const struct order *order, int event)
{
    uint8_t facts = state_from_facts(order);
    if (facts == STATE_FILLED)
        return facts;
    /* A fill does not end what we are still asking of the venue. */
    if ((is_fill(event) || event == EVENT_BUST) &&
        (order->state == STATE_PENDING_CANCEL || order->state == STATE_PENDING_UPDATE))
        return order->state;
    return facts;
}

/* The oldest final order is forgotten. One of which fills are missing is kept as if it were young, while that is not all there are. */
static void closed_release(struct orders *orders)
{
    struct order *oldest = orders->closed.oldest;
    for (int i = 0; i < 4 && order_missing(oldest); i++) {
        list_remove(&orders->closed, oldest);
        list_append(&orders->closed, oldest);
        oldest = orders->closed.oldest;
    }
    const uint64_t id = oldest->now.order;
    if (!order_missing(oldest) || orders->closed.count > 2 * ENGINE_ORDERS_CLOSED_KEPT) {
        list_remove(&orders->closed, oldest);
        order_release(orders, oldest);
    }
    /* The next order will take the place of this one, and the one after it goes then: both were last touched long ago. */
    const struct order *next = orders->closed.oldest;
    if (orders->free)
        prefetch(orders->free, sizeof *orders->free);
    prefetch(&next->now.order, sizeof next->now.order);
    prefetch(&next->older, sizeof *next - offsetof(struct order, older));
    prefetch(&orders->index[slot_of(id + 1, orders->index_size)], 1); /* most often its number */
}

/* A late fill that completes a canceled or expired order leaves it FILLED, whatever came first. */
static bool complete_late(struct order *order, int event)
{
    if (!is_fill(event) || !is_complete(order) || !state_is_final(order->state) || order->state == STATE_FILLED)
        return false;
    order->state = STATE_FILLED;
    return true;
}

static bool has_arrived(const struct order *order)
{
    return order->is_accepted || (order->said && order->said->is_taken);
}

bool orders_event(struct orders *orders, struct order *order, int event, int64_t now_ns)
{
    const uint32_t accepts = 1u << EVENT_ACCEPT | 1u << EVENT_SHOWN | 1u << EVENT_TRIGGER | 1u << EVENT_FILL |
                             1u << EVENT_LATE_FILL | 1u << EVENT_AMENDED;
    order->is_accepted |= accepts >> event & 1;
    order->is_triggered |= event == EVENT_TRIGGER;
    int next = state_next(order->state, event);
    if (__builtin_expect(event == EVENT_NOT_THERE, 0) && next != STATE_STAY && has_arrived(order))
        next = STATE_ALARM;
    if (next == STATE_ALARM) {
        order->alarms++;
        orders->alarms++;
        complete_late(order, event);
        return false;
    }
    if (next == STATE_STAY && order->state == STATE_PARTIALLY_FILLED && is_complete(order))
        next = STATE_BACK; /* what was asked for beyond its fills is not in force */
    if (next == STATE_STAY)
        return complete_late(order, event);
    if (next == STATE_BACK)
        next = resolve(order, event);
    else if (state_is_final(next) && next != STATE_REJECTED && next != STATE_DENIED && is_complete(order))
        next = STATE_FILLED;
    order->updated_ns = now_ns;
    if (next == order->state)
        return false;
    order->state = (uint8_t)next;
    if (!state_is_final(next))
        return true;
    order_amend_ends(order); /* whatever became of it */
    open_remove(orders, order);
    list_append(&orders->closed, order);
    if (orders->closed.count > ENGINE_ORDERS_CLOSED_KEPT)
        closed_release(orders);
    return true;
}

oc_rc orders_reopen(struct orders *orders, struct order *order, int64_t now_ns)
{
    if (orders->open.count >= ENGINE_ORDERS_OPEN_MAX)
        return OC_E_LIMIT;
    list_remove(&orders->closed, order);
    open_append(orders, order);
    order->state = state_from_facts(order);
    order->updated_ns = now_ns;
    return OC_OK;
}

oc_rc orders_fill_is_new(struct orders *orders, struct fill_key key, bool *ret_is_new)
{
    oc_rc rc = fills_room(&orders->fills);
    if (rc == OC_OK)
        *ret_is_new = !fills_has(&orders->fills, key);
    return rc;
}

static bool is_still_open(void *arg, uint64_t id)
{
    const struct order *order = orders_find(arg, id);
    return order && state_is_open(order->state);
}

void orders_fill_remember(struct orders *orders, struct fill_key key, uint64_t order)
{
    struct fill_seen left, seen = {key, order};
    if (fills_put(&orders->fills, &seen, &left) && is_still_open(orders, left.order))
        fills_hold(&orders->fills, &left, is_still_open, orders);
    const uint64_t leaving = fills_leaving(&orders->fills);
    if (leaving) /* whether it is open is asked with the next fill */
        prefetch(&orders->index[slot_of(leaving, orders->index_size)], 1);
}

struct fills *orders_fills(struct orders *orders) { return &orders->fills; }

oc_rc orders_put(struct orders *orders, const struct order *saved)
{
    struct order *order;
    oc_rc rc = orders_add(orders, &saved->now, saved->created_ns, &order);
    if (rc < 0)
        return rc;
    const struct order placed = *order;
    *order = *saved;
    order->older = placed.older;
    order->younger = placed.younger;
    order->older_here = placed.older_here;
    order->younger_here = placed.younger_here;
    order->said = NULL;
    if (state_is_final(order->state)) {
        open_remove(orders, order);
        list_append(&orders->closed, order);
    }
    return OC_OK;
}

struct order *orders_open_first(const struct orders *orders) { return orders->open.oldest; }

struct order *orders_open_of(const struct orders *orders, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index < orders->here_room ? orders->here[index].oldest : NULL;
}

struct order *orders_open_last_of(const struct orders *orders, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index < orders->here_room ? orders->here[index].youngest : NULL;
}

struct order *orders_closed_first(const struct orders *orders) { return orders->closed.oldest; }

struct order *orders_open_last(const struct orders *orders) { return orders->open.youngest; }

struct order *orders_closed_last(const struct orders *orders) { return orders->closed.youngest; }

uint32_t orders_open_count(const struct orders *orders) { return orders->open.count; }

uint32_t orders_closed_count(const struct orders *orders) { return orders->closed.count; }

uint64_t orders_alarms(const struct orders *orders) { return orders->alarms; }

int64_t order_remaining_worst(const struct order *order)
{
    const int64_t missing = order_missing(order);
    if (!state_is_open(order->state))
        return missing;
    int64_t qty = order->now.qty ? order->now.qty : order->worst_qty;
    if (order->ask_qty > qty)
        qty = order->ask_qty;
    const int64_t rest = qty > order->filled ? qty - order->filled : 0;
    return rest > missing ? rest : missing;
}

double order_average_units(const struct order *order)
{
    return order->filled ? (double)order->filled_sum / (double)order->filled : 0.0;
}
