/* order_rows.h: the orders of a run, a row each, for the file of orders.
 *
 * Invariants
 * - The first ORDER_ROWS_MAX orders have a row; others are counted. A row is as its order was when it was heard of last.
 * - Made of what is recorded alone, so a run and the report of its records say the same. */
#ifndef REPORT_ORDER_ROWS_H
#define REPORT_ORDER_ROWS_H

#include <outcry/event_order.h>

#include "engine/orders.h"

enum { ORDER_ROWS_MAX = 100000 };

struct order_row {
    struct oc_request now; /* as in force */
    int64_t asked_ns;
    int64_t last_ns; /* of what was heard last */
    int64_t filled;
    oc_i128 filled_sum; /* price units x quantity units */
    oc_i128 fee;        /* of fee_asset */
    uint32_t fee_asset;
    uint32_t state; /* enum order_state */
    char reason[OC_REASON_MAX];
};

struct order_rows {
    struct order_row *list; /* owned */
    uint32_t *table;        /* 1 + place, by order; owned */
    uint32_t count;
    uint32_t room; /* of list; the table has twice as many places, a power of two */
    uint64_t not_kept;
};

/* Zeroed is empty. */
void order_rows_release(struct order_rows *rows);
/* 1 + the place of its row in the list; 0: it has none. */
uint32_t order_rows_place(const struct order_rows *rows, uint64_t order);
/* A request that made an order. */
void order_rows_ask(struct order_rows *rows, const struct oc_request *request);
/* It was denied. */
void order_rows_deny(struct order_rows *rows, uint64_t order, const char reason[OC_REASON_MAX], int64_t now_ns);
/* What became of it; NULL changes nothing. */
void order_rows_hear(struct order_rows *rows, const struct order *order, int64_t now_ns);

#endif
