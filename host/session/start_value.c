#include "session/start_value.h"

#include <stdio.h>
#include <string.h>

#include "engine/rescale.h"

#include "base/text.h"

oc_rc start_value_init(struct start_value *start_value, struct instruments *instruments, uint32_t base, int64_t from_ns)
{
    *start_value = (struct start_value){.from_ns = from_ns, .instruments = instruments};
    oc_rc rc = markets_new(&start_value->markets);
    if (rc == OC_OK)
        rc = portfolio_new(instruments, start_value->markets, &start_value->portfolio);
    return rc < 0 ? rc
                  : portfolio_add_account(start_value->portfolio, "opening", "opening", base, 0, &start_value->account);
}

void start_value_release(struct start_value *start_value)
{
    portfolio_free(start_value->portfolio);
    markets_free(start_value->markets);
    *start_value = (struct start_value){0};
}

oc_rc start_value_read(const char **at, char ret_name[OC_ASSET_MAX], struct oc_dec *ret_amount)
{
    char amount[64];
    int used = 0;
    _Static_assert(OC_ASSET_MAX > 15, "a name fits");
    if (sscanf(*at, " %63[0-9.eE+-] %15[A-Za-z0-9._-]%n", amount, ret_name, &used) != 2 ||
        text_to_decimal(amount, strlen(amount), &ret_amount->units, &ret_amount->scale) < 0 || ret_amount->units < 0)
        return OC_E_INVALID;
    *at += used;
    *at += strspn(*at, " ,");
    return OC_OK;
}

oc_rc start_value_add(struct start_value *start_value, uint32_t asset, struct oc_dec amount)
{
    oc_i128 money;
    oc_rc rc = money_from_dec(amount, &money);
    return rc < 0 ? rc : portfolio_move(start_value->portfolio, start_value->account, asset, money);
}

/* Its first price, as the engine takes prices in. */
static bool apply_first(const struct start_value *start_value, struct market *market, const struct oc_event *event)
{
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE},
                                    .price = bar->open_ns >= start_value->from_ns ? bar->open : bar->close};
        return market_takes(&trade.head) && market_apply(market, &trade.head, event->local_ns);
    }
    if (event->type == OC_EV_QBAR) {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        int at = bar->open_ns >= start_value->from_ns ? 0 : 3;
        struct oc_ev_quote quote = {.head = {.size = sizeof quote, .type = OC_EV_QUOTE},
                                    .bid = bar->bid[at],
                                    .ask = bar->ask[at],
                                    .present = bar->present & (OC_HAS_BID | OC_HAS_ASK)};
        return market_takes(&quote.head) && market_apply(market, &quote.head, event->local_ns);
    }
    bool is_price = event->type == OC_EV_TRADE || event->type == OC_EV_QUOTE;
    return is_price && market_takes(event) && market_apply(market, event, event->local_ns);
}

/* First prices in the steps that are in force. */
static void renew(const struct start_value *start_value)
{
    const struct instruments *instruments = start_value->instruments;
    struct rescale rescale;
    for (uint32_t i = 1; instruments_have_changed(instruments) && i < instruments_count(instruments); i++) {
        struct market *market = markets_get(start_value->markets, OC_INST(i, 1));
        if (!market || !market->has_mark || !rescale_since(instruments, market->bar.head.inst, &rescale))
            continue;
        rescale_mark2(&rescale, &market->mark2);
        rescale_price(&rescale, &market->last);
        rescale_price(&rescale, &market->bid);
        rescale_price(&rescale, &market->ask);
        market->bar.head.inst = instruments_at(instruments, i)->info.inst;
    }
}

oc_rc start_value_price(struct start_value *start_value, const struct oc_event *event, oc_i128 *ret_value)
{
    struct market *market = markets_get(start_value->markets, event->inst);
    if (!market || market->has_mark || !apply_first(start_value, market, event) || !market->has_mark)
        return OC_E_NOT_FOUND;
    start_value->priced++;
    market->bar.head.inst = event->inst; /* whose steps it counts in */
    renew(start_value);
    uint32_t unpriced; /* those whose first price is still to come */
    return portfolio_equity(start_value->portfolio, start_value->account, ret_value, &unpriced);
}

int64_t start_value_first2(const struct start_value *start_value, uint32_t inst)
{
    renew(start_value);
    const struct market *market = inst ? markets_get(start_value->markets, inst) : NULL;
    return market && market->has_mark ? market->mark2 : 0;
}
