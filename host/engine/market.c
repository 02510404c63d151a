#include "engine/market.h"

#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"

struct markets {
    struct market *list;
    uint32_t room;
    uint32_t zero;
};

oc_rc markets_new(struct markets **ret_markets)
{
    struct markets *markets = calloc(1, sizeof *markets);
    if (!markets)
        return OC_E_NOMEM;
    markets->room = 16;
    markets->list = calloc(markets->room, sizeof *markets->list);
    if (!markets->list) {
        free(markets);
        return OC_E_NOMEM;
    }
    *ret_markets = markets;
    return OC_OK;
}

void markets_free(struct markets *markets)
{
    if (!markets)
        return;
    free(markets->list);
    free(markets);
}

struct market *markets_get(struct markets *markets, uint32_t inst)
{
    uint32_t index = OC_INST_INDEX(inst);
    if (index < markets->room)
        return &markets->list[index];
    if (index >= ENGINE_INSTRUMENTS_MAX)
        return NULL;
    uint32_t room = markets->room;
    while (room <= index)
        room *= 2;
    struct market *list = realloc(markets->list, room * sizeof *list);
    if (!list)
        return NULL;
    memset(list + markets->room, 0, (room - markets->room) * sizeof *list);
    markets->list = list;
    markets->room = room;
    return &list[index];
}

static void mark_last(struct market *market, int64_t price, int64_t now_ns)
{
    market->last = price;
    market->has_last = true;
    market->last_ns = now_ns;
    market->mark2 = price * 2;
    market->has_mark = true;
    market->mark_ns = now_ns;
}

static void mark_middle(struct market *market, int64_t now_ns)
{
    market->quote_ns = now_ns;
    if ((market->present & (OC_HAS_BID | OC_HAS_ASK)) == (OC_HAS_BID | OC_HAS_ASK)) {
        market->mark2 = market->bid + market->ask;
        market->has_mark = true;
        market->mark_ns = now_ns;
    }
}

static bool doubles(int64_t price) { return price <= MARKET_PRICE_MAX && price >= -MARKET_PRICE_MAX; }

bool market_takes(const struct oc_event *event)
{
    if (event->type == OC_EV_TRADE)
        return doubles(((const struct oc_ev_trade *)(const void *)event)->price);
    if (event->type == OC_EV_BAR)
        return doubles(((const struct oc_ev_bar *)(const void *)event)->close);
    if (event->type == OC_EV_QUOTE) {
        const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
        return doubles(quote->bid) && doubles(quote->ask);
    }
    const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
    return doubles(bar->bid[3]) && doubles(bar->ask[3]);
}

bool market_apply(struct market *market, const struct oc_event *event, int64_t now_ns)
{
    switch (event->type) {
    case OC_EV_BAR: {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        market->bar = *bar;
        mark_last(market, bar->close, now_ns);
        return true;
    }
    case OC_EV_TRADE:
        mark_last(market, ((const struct oc_ev_trade *)(const void *)event)->price, now_ns);
        return true;
    case OC_EV_QUOTE: {
        const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
        market->bid = quote->bid;
        market->ask = quote->ask;
        market->bid_qty = quote->bid_qty;
        market->ask_qty = quote->ask_qty;
        market->present = quote->present;
        mark_middle(market, now_ns);
        return true;
    }
    case OC_EV_QBAR: {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        market->bid = bar->bid[3];
        market->ask = bar->ask[3];
        market->bid_qty = market->ask_qty = 0;
        market->present = bar->present & (OC_HAS_BID | OC_HAS_ASK);
        mark_middle(market, now_ns);
        return true;
    }
    default:
        return false;
    }
}
