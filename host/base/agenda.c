/* agenda.c: a binary heap in an array. */
#include "base/agenda.h"

#include "base/env.h"

static bool is_before(const struct agenda_item *a, const struct agenda_item *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

oc_rc agenda_init(struct agenda *agenda, size_t max)
{
    if (max == 0 || max > AGENDA_MAX)
        return OC_E_INVALID;
    struct agenda_item *items = env_alloc(max * sizeof *items);
    if (!items)
        return OC_E_NOMEM;
    *agenda = (struct agenda){.items = items, .max = max};
    return OC_OK;
}

void agenda_release(struct agenda *agenda)
{
    env_free(agenda->items);
    *agenda = (struct agenda){0};
}

static void rise(struct agenda *agenda, size_t index)
{
    struct agenda_item item = agenda->items[index];
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!is_before(&item, &agenda->items[parent]))
            break;
        agenda->items[index] = agenda->items[parent];
        index = parent;
    }
    agenda->items[index] = item;
}

static void sink(struct agenda *agenda, size_t index)
{
    struct agenda_item item = agenda->items[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= agenda->count)
            break;
        if (child + 1 < agenda->count && is_before(&agenda->items[child + 1], &agenda->items[child]))
            child++;
        if (!is_before(&agenda->items[child], &item))
            break;
        agenda->items[index] = agenda->items[child];
        index = child;
    }
    agenda->items[index] = item;
}

oc_rc agenda_push(struct agenda *agenda, struct agenda_item item)
{
    if (agenda->count == agenda->max)
        return OC_E_LIMIT;
    agenda->items[agenda->count] = item;
    rise(agenda, agenda->count++);
    return OC_OK;
}

static void remove_at(struct agenda *agenda, size_t index)
{
    agenda->count--;
    if (index == agenda->count)
        return;
    agenda->items[index] = agenda->items[agenda->count];
    rise(agenda, index);
    sink(agenda, index);
}

bool agenda_pop(struct agenda *agenda, struct agenda_item *ret_item)
{
    if (agenda->count == 0)
        return false;
    *ret_item = agenda->items[0];
    remove_at(agenda, 0);
    return true;
}

bool agenda_remove(struct agenda *agenda, uint64_t value)
{
    for (size_t i = 0; i < agenda->count; i++) {
        if (agenda->items[i].value == value) {
            remove_at(agenda, i);
            return true;
        }
    }
    return false;
}
