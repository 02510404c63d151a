#include "cli/fees.h"

#include "cli/visit.h"
#include "session/account_keys.h"
#include "session/venue_keys.h"

static void take(void *self, const struct oc_event *event)
{
    struct fees *fees = self;
    const struct oc_ev_account *account = (const struct oc_ev_account *)(const void *)event;
    if (event->type != OC_EV_ACCOUNT || event->size < sizeof *account)
        return;
    if (account->present & OC_ACC_MAKER_FEE)
        fees->maker = account->maker_fee;
    if (account->present & OC_ACC_TAKER_FEE)
        fees->taker = account->taker_fee;
    fees->present |= account->present & (OC_ACC_MAKER_FEE | OC_ACC_TAKER_FEE);
}

oc_rc fees_ask(struct venue_visit *visit, uint32_t account, struct fees *ret_fees, struct error *ret_error)
{
    const struct oc_fetch ask = {
        .size = sizeof ask, .kind = OC_FETCH_CREDENTIALS, .account = account, .lane = OC_LANE_QUERY};
    *ret_fees = (struct fees){0};
    return visit_fetch(visit, &ask, "the fees of its first account", take, ret_fees, ret_error);
}

bool fees_account(const struct settings *settings, const char *venue, char ret_name[VENUE_ACCOUNT_MAX])
{
    return venue_account(settings, venue, 0, ret_name) && account_keys_are_set(settings, venue, ret_name);
}
