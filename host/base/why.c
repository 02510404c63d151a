#include "base/why.h"

#include <outcry/event_order.h>

#define WHY(name) [OC_WHY_##name] = #name

const char *why_name(uint32_t why)
{
    static const char *const names[] = {
        WHY(NONE),
        WHY(INSUFFICIENT_FUNDS),
        WHY(INVALID_ORDER),
        WHY(PRICE_OFF_GRID),
        WHY(PRICE_OUT_OF_BAND),
        WHY(QUANTITY_OFF_GRID),
        WHY(TOO_SMALL),
        WHY(TOO_LARGE),
        WHY(BAD_SYMBOL),
        WHY(NOT_SUPPORTED),
        WHY(WOULD_TAKE),
        WHY(WOULD_TRIGGER),
        WHY(NO_LIQUIDITY),
        WHY(DUPLICATE_ID),
        WHY(NOT_FOUND),
        WHY(ALREADY_DONE),
        WHY(REDUCE_ONLY),
        WHY(SELF_TRADE),
        WHY(TOO_MANY_ORDERS),
        WHY(NO_CHANGE),
        WHY(MARKET_CLOSED),
        WHY(MAINTENANCE),
        WHY(CANCEL_ONLY),
        WHY(VENUE_RISK),
        WHY(VENUE_ERROR),
        WHY(BAD_CREDENTIALS),
        WHY(PERMISSION),
        WHY(ACCOUNT_LOCKED),
        WHY(REGION),
        WHY(LOGIN_NEEDED),
        WHY(RATE_LIMIT),
        WHY(BANNED),
        WHY(CLOCK),
        WHY(NETWORK),
        WHY(TIMEOUT),
        WHY(PROTOCOL),
        WHY(NOT_SENT),
        WHY(LATE),
        WHY(TLS),
        WHY(GAP),
        WHY(SILENT),
        WHY(CANCELED_BY_US),
        WHY(CANCELED_BY_VENUE),
        WHY(TIME_IN_FORCE),
        WHY(REPLACED),
        WHY(LINKED),
        WHY(LIQUIDATED),
        WHY(DELEVERAGED),
        WHY(DISCONNECTED),
        WHY(SETTLED),
        WHY(OTHER),
    };
    return why < sizeof names / sizeof names[0] && names[why] ? names[why] : names[OC_WHY_OTHER];
}

const char *why_of(const struct oc_ev_answer *answer)
{
    if (answer->reason[0])
        return answer->reason;
    if (answer->head.size < sizeof(struct oc_ev_venue_answer))
        return "";
    const uint32_t why = ((const struct oc_ev_venue_answer *)(const void *)answer)->why;
    return why ? why_name(why) : "";
}
