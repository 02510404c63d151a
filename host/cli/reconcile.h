/* reconcile.h: what the accounts of several venues hold together, as their venues say it: an asset with its parts, to the last unit. */
#ifndef CLI_RECONCILE_H
#define CLI_RECONCILE_H

#include <outcry/event.h>
#include <outcry/instrument.h>
#include <stdbool.h>

#include "base/money.h"
#include "base/text.h"

enum { RECONCILE_PARTS_MAX = 16384, RECONCILE_NAME_MAX = 64 };

struct reconcile_part {
    char asset[OC_ASSET_MAX];
    char account[RECONCILE_NAME_MAX]; /* VENUE/ACCOUNT */
    oc_i128 money;
};

struct reconcile_totals { /* zeroed is empty */
    struct reconcile_part parts[RECONCILE_PARTS_MAX];
    uint32_t count;
    bool is_over; /* there were more, or an amount did not fit */
};

/* Nothing of an asset is no part. */
void reconcile_totals_add(struct reconcile_totals *totals, const char *venue, const char *account, const char *asset,
                          const struct oc_ev_balance *balance);
/* visit.h: put_totals. */
void reconcile_totals_put(void *self, bool is_json, struct text *out);

#endif
