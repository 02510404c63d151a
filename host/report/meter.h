/* meter.h: a watcher that measures a run: equity over time, fills, round trips, fees; and what a report shows of it.
 *
 * Invariants: money is of the account's currency; figures begin where trading may; nothing here is recorded. */
#ifndef REPORT_METER_H
#define REPORT_METER_H

#include "base/checked.h"
#include "journal/meaning.h"
#include "report/contact.h"
#include "report/differences.h"
#include "report/execution.h"
#include "report/live.h"
#include "report/order_rows.h"
#include "report/paths.h"
#include "report/result.h"
#include "report/tca.h"
#include "report/worth.h"

struct meter {
    struct session *session; /* borrowed */
    bool
        is_brief; /* set before the session opens: nobody will show more than a text: how trips went, what orders cost beside
                              * their fees, prices and orders are not kept */
    struct collect collect;
    struct worth worth;
    struct meaning meaning; /* of the orders stream, also of what was recorded before a restart */
    struct refusals refusals;
    struct contact contact;
    struct live live;
    struct differences differences;
    struct spread spread;
    struct execution execution;
    struct tca tca;
    struct paths paths;
    struct order_rows orders;
    oc_i128 fees;
    oc_i128 exposure; /* the most that positions were worth since the last point of the curve */
    oc_i128 start;    /* that the curve counts from */
    oc_i128 outside;  /* of it: what came in without trading, as if it had been there from the start */
    uint64_t drift;   /* venues and portfolio disagree about so many positions: must stay 0 */
    char symbols_text[RESULT_NAMES_MAX]; /* of all sources, as a report shows them */
    char paths_text[RESULT_NAMES_MAX];
    char warning_text[SESSION_LINE_MAX];
};

/* [setup] Behind the balances. */
void meter_add_stage(struct meter *meter, struct session *session);
/* A session that goes on: the curve begins here, the counts are those of the whole session. */
CHECKED oc_rc meter_restored(struct meter *meter);
/* A restart: what fills cost is of the whole session. */
void meter_restore_fills(struct meter *meter, const struct engine_out *out);
/* Counts that a checkpoint holds. Bytes used, or OC_E_LIMIT. OC_E_DATA: other bytes. */
int64_t meter_save(const struct meter *meter, void *bytes, size_t size_max);
CHECKED oc_rc meter_load(struct meter *meter, const void *bytes, size_t size);
/* What came of the run; strategies, error and times are the caller's to fill in. Borrows from meter and session. */
CHECKED oc_rc meter_result(struct meter *meter, struct result *ret_result);

#endif
