/* strategy_memory.c: what a strategy has grows with what is in it, and goes with it. */
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "script/strategy_impl.h"

void strategy_market_changed(struct market_handle *market)
{
    struct strategy *strategy = market->strategy;
    if (market->is_listed)
        return;
    uint32_t at = strategy->changed_count++; /* there is room for each market */
    for (; at > 0 && strategy->changed[at - 1] > market->index; at--)
        strategy->changed[at] = strategy->changed[at - 1];
    strategy->changed[at] = market->index;
    market->is_listed = true;
}

void *strategy_room(void *list, uint32_t *room, uint32_t count, uint32_t max, size_t size)
{
    if (count < *room)
        return list;
    const uint32_t wanted = *room == 0 ? 4 : *room * 2 < max ? *room * 2 : max;
    char *grown = realloc(list, wanted * size);
    if (!grown)
        return NULL;
    memset(grown + *room * size, 0, (wanted - *room) * size);
    *room = wanted;
    return grown;
}

void strategy_free(struct strategy *strategy)
{
    if (!strategy)
        return;
    sandbox_free(strategy->sandbox);
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        free(strategy->markets[i]->last.data);
        for (uint32_t k = 0; k < strategy->markets[i]->frame_count; k++)
            free(strategy->markets[i]->frames[k]);
        free(strategy->markets[i]->frames);
        free(strategy->markets[i]);
    }
    free(strategy->state_last.data);
    free(strategy->saved_last.data);
    text_release(&strategy->not_back);
    for (uint32_t i = 0; i < strategy->indicator_count; i++) {
        indicator_release(strategy->indicators[i]);
        free(strategy->indicators[i]);
    }
    env_free(strategy->error);
    env_free(strategy->origins);
    free(strategy->markets);
    free(strategy->changed);
    free(strategy->indicators);
    free(strategy->handles);
    free(strategy->handle_refs);
    free(strategy->timers);
    free(strategy->params);
    free(strategy);
}
