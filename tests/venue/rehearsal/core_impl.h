/* core_impl.h: the inside of the core, for its own files. */
#ifndef REHEARSAL_CORE_IMPL_H
#define REHEARSAL_CORE_IMPL_H

#include "rehearsal/core.h"

/* What an order or a balance was before something else, so that an answer can be of earlier. */
struct core_change {
    uint64_t before; /* the change before this one of the same; 0: none */
    int64_t at_ns;
    int64_t qty, price, filled; /* of an order, from this time on */
    oc_i128 value;              /* or free */
    oc_i128 locked;
    uint8_t state;
};

struct core {
    struct core_rules rules;
    core_listener *on;
    void *self;
    int64_t now_ns;
    char assets[CORE_ASSETS_MAX][CORE_NAME_MAX];
    struct core_inst insts[CORE_INSTS_MAX];
    struct core_account accounts[CORE_ACCOUNTS_MAX];
    uint32_t asset_count, inst_count, account_count;
    oc_i128 paid_in[CORE_ASSETS_MAX], fees[CORE_ASSETS_MAX];
    /* Orders of the house first, used again when they are over; then those of customers, in the order of their ids. */
    struct core_order *orders; /* owned, as the next three */
    struct core_fill *fills;
    struct core_row *rows;
    struct core_change *changes;
    uint32_t order_count, order_room; /* of customers */
    uint64_t fill_count, fill_room, row_count, row_room;
    uint64_t change_count;
    uint32_t house_free[CORE_HOUSE_MAX], house_free_count;
    uint32_t resting;  /* open orders */
    uint32_t *clients; /* owned: places of orders by account and client id, CORE_CLIENTS slots */
    struct core_trade trades[CORE_TRADES_MAX];
    uint64_t trade_count;
};

enum { CORE_CLIENTS = CORE_ORDERS_MAX * 2 };

/* core.c */
void core_tell(struct core *core, const struct core_event *event);
void core_note_order(struct core *core, struct core_order *order);
void core_note_balance(struct core *core, uint32_t account, uint32_t asset);
void core_add_row(struct core *core, uint32_t account, uint32_t asset, enum core_row_kind kind, oc_i128 amount,
                  uint64_t fill);
/* The slot of (account, client): of the order that has it, or an empty one. */
uint32_t *core_client_slot(const struct core *core, uint32_t account, const char *client);
/* Room for one more of each; false: the venue is full. */
bool core_has_room(struct core *core);

/* core_money.c */
/* What an order with so much left holds, of the asset that it pays with. */
oc_i128 core_hold_for(const struct core *core, const struct core_order *order, int64_t left);
uint32_t core_pays_with(const struct core *core, const struct core_order *order);
/* The held amount becomes `held`: the difference moves between free and locked. */
void core_set_hold(struct core *core, struct core_order *order, oc_i128 held);
void core_settle(struct core *core, uint32_t order, int64_t qty, int64_t price, bool is_maker);
/* The most that a market order can pay for at a price. */
int64_t core_affordable(const struct core *core, const struct core_order *order, int64_t price);

#endif
