#include "report/order_rows.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_FIRST = 64 };

void order_rows_release(struct order_rows *rows)
{
    free(rows->list);
    free(rows->table);
    memset(rows, 0, sizeof *rows);
}

static uint32_t place_of(const struct order_rows *rows, uint64_t order)
{
    const uint32_t mask = 2 * rows->room - 1;
    uint32_t at = (uint32_t)((order * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask;
    while (rows->table[at] && rows->list[rows->table[at] - 1].now.order != order)
        at = (at + 1) & mask;
    return at;
}

uint32_t order_rows_place(const struct order_rows *rows, uint64_t order)
{
    return rows->room ? rows->table[place_of(rows, order)] : 0;
}

static struct order_row *row_of(const struct order_rows *rows, uint64_t order)
{
    const uint32_t at = order_rows_place(rows, order);
    return at ? &rows->list[at - 1] : NULL;
}

static bool make_room(struct order_rows *rows)
{
    const uint32_t room = rows->room ? rows->room * 2 : ROWS_FIRST;
    struct order_row *list = realloc(rows->list, room * sizeof *list);
    if (!list)
        return false;
    memset(list + rows->count, 0, (room - rows->count) * sizeof *list);
    rows->list = list;
    uint32_t *table = calloc((size_t)room * 2, sizeof *table);
    if (!table)
        return false;
    free(rows->table);
    rows->table = table;
    rows->room = room;
    for (uint32_t i = 0; i < rows->count; i++)
        rows->table[place_of(rows, list[i].now.order)] = i + 1;
    return true;
}

void order_rows_ask(struct order_rows *rows, const struct oc_request *request)
{
    if (!oc_request_makes_order(request->kind) || row_of(rows, request->order))
        return;
    if (rows->count >= ORDER_ROWS_MAX || (rows->count == rows->room && !make_room(rows)) || !rows->list) {
        rows->not_kept++;
        return;
    }
    struct order_row *row = &rows->list[rows->count];
    row->now = *request;
    row->asked_ns = row->last_ns = request->head.local_ns;
    row->state = STATE_INITIALIZED;
    rows->table[place_of(rows, request->order)] = ++rows->count;
}

void order_rows_deny(struct order_rows *rows, uint64_t order, const char reason[OC_REASON_MAX], int64_t now_ns)
{
    struct order_row *row = row_of(rows, order);
    if (!row || row->state != STATE_INITIALIZED) /* a change of it was denied */
        return;
    row->state = STATE_DENIED;
    row->last_ns = now_ns;
    memcpy(row->reason, reason, sizeof row->reason - 1);
}

void order_rows_hear(struct order_rows *rows, const struct order *order, int64_t now_ns)
{
    struct order_row *row = order ? row_of(rows, order->now.order) : NULL;
    if (!row)
        return;
    row->now = order->now;
    row->last_ns = now_ns;
    row->filled = order->filled;
    row->filled_sum = order->filled_sum;
    row->fee = order->fee;
    row->fee_asset = order->fee_asset;
    row->state = order->state;
    memcpy(row->reason, order->reason, sizeof row->reason);
}
