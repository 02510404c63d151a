/* why.c: why an order is as it is, in its own words. */
#include "base/why.h"
#include "base/text.h"
#include "engine/impl.h"

void order_reason(struct order *order, uint32_t why) { text_copy(order->reason, sizeof order->reason, why_name(why)); }
