/* order_ids.h: the names that others gave our orders: the client's ids as they went out, and every id a venue gave.
 *
 * Invariants
 * - A name belongs to (source, kind, bytes) and leads to one order, in constant time. What named an order goes on naming it until
 *   the order is forgotten; of each kind the last ORDER_IDS_MAX are kept.
 * - A name that is another order's stays with that order. */
#ifndef ENGINE_ORDER_IDS_H
#define ENGINE_ORDER_IDS_H

#include <outcry/event.h>
#include <stdbool.h>

#include "base/checked.h"

enum { ORDER_IDS_MAX = 8 };
enum { ID_CLIENT = 0, ID_VENUE = 1, ID_KINDS };

struct order;

/* Under which names a venue knows an order now. What tells of something past names it as it was called then: only an answer to
 * the order itself, or the order as it is shown, says how it is called from now on. */
struct order_called {
    struct oc_id now[ID_KINDS]; /* size 0: not said */
    int64_t said_ns;            /* the venue's time of its last word on that and on the terms; 0: it did not say */
    struct oc_id position;      /* the position that was named of it first; size 0: none was */
    bool is_renamed;            /* an amendment, or the order as shown, said them: an acceptance is older */
    bool is_split;              /* another position was named too */
    bool is_answered; /* said_ns is of an amendment that was answered: what is shown of that same time is of before */
    uint8_t zero[5];
};

/* What an answer, a fill, a correction or an order as shown calls it. NULL: it has no room for such a name. */
struct names_said {
    const struct oc_id *of[ID_KINDS];
};
struct names_said names_said_by(const struct oc_event *event);
/* Whether it shows the order as it was before what is known already. */
bool order_called_is_old(const struct order_called *called, const struct oc_event *event);
void order_called_learn(struct order_called *called, const struct oc_event *event);

struct order_name {
    struct oc_id id;
    uint32_t source;
    uint32_t kind;            /* ID_... */
    struct order *order;      /* borrowed */
    struct order_name *older; /* names of the same order and kind */
};

struct order_names { /* of one order */
    struct order_name *youngest[ID_KINDS];
    uint32_t count[ID_KINDS];
};

struct order_ids {
    struct order_name **table; /* open addressing, power of two. Owned, as are the names */
    uint32_t size;
    uint32_t count;
};

void order_ids_release(struct order_ids *ids);
/* NULL: nobody is called that. */
struct order *order_ids_find(const struct order_ids *ids, uint32_t source, uint32_t kind, const struct oc_id *id);
/* The order has this name too. OC_OK: it is new, or it has been its own before; 1: its oldest name has gone for it. OC_E_EXISTS:
 * another order is called that. OC_E_NOMEM. */
CHECKED oc_rc order_ids_add(struct order_ids *ids, struct order *order, struct order_names *names, uint32_t source,
                            uint32_t kind, const struct oc_id *id);
/* The order is forgotten: all its names go. */
void order_ids_drop(struct order_ids *ids, struct order_names *names);

#endif
