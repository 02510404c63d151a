/* indicator_kit.h: an instrument with a price step of 0.01 for indicators alone. */
#ifndef TESTS_INDICATOR_KIT_H
#define TESTS_INDICATOR_KIT_H

#include "script/indicators.h"

static struct instruments *instruments;
static const struct instrument *instrument; /* price step 0.01, quantity step 0.001 */

static int indicator_setup(void **state)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "BTC/USDT"};
    uint32_t inst;
    (void)state;
    if (instruments_new(&instruments) < 0 || instruments_asset(instruments, "BTC", &info.base) < 0 ||
        instruments_asset(instruments, "USDT", &info.quote) < 0 || instruments_add(instruments, &info, &inst) < 0)
        return 1;
    instrument = instruments_get(instruments, inst);
    return 0;
}

static inline void indicator_add(struct indicator *indicator, const struct instrument *of, const struct oc_event *event)
{
    const struct indicator_bar bar = indicator_bar_of(of, event);
    indicator_take(indicator, &bar);
}

static int indicator_teardown(void **state)
{
    (void)state;
    instruments_free(instruments);
    return 0;
}

#endif
