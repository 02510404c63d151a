/* venue_link_names.c: what a connector names at run time: assets and instruments; and whose market data it is to ask for. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "session/venue_keys.h"
#include "session/venue_link.h"

bool venue_link_asset(struct venue_link *link, struct oc_event *event)
{
    struct instruments *instruments = engine_instruments(link->world.engine);
    const uint32_t asset = link->is_going_through ? 0 : instruments_asset_to_record(instruments);
    if (!asset)
        return false;
    struct oc_ev_text *mark = (struct oc_ev_text *)(void *)event;
    const char *name = instruments_asset_name(instruments, asset);
    const size_t length = strlen(name), padded = (length + 7) & ~(size_t)7;
    *mark = (struct oc_ev_text){
        .head = {.size = (uint32_t)(sizeof *mark + padded), .type = OC_EV_MARK, .source = link->accounts[0]},
        .code = OC_MARK_ASSET,
        .key = asset,
        .text_size = (uint32_t)length};
    mark->head.venue_ns = mark->head.local_ns = io_venue_now(&link->venue);
    memset(mark + 1, 0, padded);
    memcpy(mark + 1, name, length);
    instruments_asset_recorded(instruments, asset);
    return true;
}

void venue_link_complete(const struct venue_link *link, const struct oc_event *said, struct oc_ev_instrument *ret_event)
{
    const struct instruments *instruments = engine_instruments(link->world.engine);
    struct oc_instrument *info = &ret_event->info;
    memcpy(ret_event, said, sizeof *ret_event);
    ret_event->head.size = sizeof *ret_event;
    ret_event->head.inst = info->inst = 0;
    info->size = sizeof *info;
    info->zero = 0;
    memset(info->venue, 0, sizeof info->venue);
    snprintf(info->venue, sizeof info->venue, "%s", link->name);
    info->symbol[OC_SYMBOL_MAX - 1] = info->venue_symbol[OC_SYMBOL_MAX - 1] = 0;
    if (!info->symbol[0] && info->kind == OC_KIND_SPOT)
        snprintf(info->symbol, sizeof info->symbol, "%s/%s", instruments_asset_name(instruments, info->base),
                 instruments_asset_name(instruments, info->quote));
    if (!info->settle)
        info->settle = info->kind == OC_KIND_INVERSE ? info->base : info->quote;
}

bool venue_link_passes_over(struct venue_link *link, const struct oc_ev_instrument *event)
{
    enum instrument_change change;
    uint32_t inst;
    const bool is_other_kind = event->info.kind > OC_KIND_INVERSE && event->info.kind <= OC_KIND_INDEX;
    if (is_other_kind && ++link->passed_over == 1)
        log_info("venue", "%s lists what this host does not trade (%s, and maybe more): passed over",
                 link->plugin.plugin->id, event->info.symbol);
    return is_other_kind ||
           (instruments_judge(engine_instruments(link->world.engine), &event->info, &change, &inst) == OC_OK &&
            change == INSTRUMENT_SAME);
}

oc_rc venue_link_learn(struct venue_link *link, const struct oc_ev_instrument *event)
{
    struct oc_instrument info = event->info;
    char name[OC_VENUE_MAX + OC_SYMBOL_MAX];
    snprintf(name, sizeof name, "%s:%s", info.venue, info.symbol);
    const uint32_t index = OC_INST_INDEX(instruments_find(engine_instruments(link->world.engine), name));
    const struct oc_instrument *known = venue_names_inst(&link->venue.names, OC_INST(index, 1));
    if (!index)
        return OC_E_DATA;
    const bool has_steps = known && memcmp(&known->price_step, &info.price_step, sizeof info.price_step) == 0 &&
                           memcmp(&known->qty_step, &info.qty_step, sizeof info.qty_step) == 0;
    info.inst = OC_INST(index, known ? OC_INST_VERSION(known->inst) + !has_steps : 1);
    return io_venue_instrument(&link->venue, &info);
}

static bool offers(const struct venue_link *link, uint32_t topic)
{
    for (uint32_t i = 0; i < link->table->venue->topic_count; i++)
        if (link->table->venue->topics[i].topic == topic)
            return true;
    return false;
}

static oc_rc want(struct venue_link *link, uint32_t topic, uint32_t inst, uint32_t account)
{
    const struct oc_sub sub = {.inst = inst, .topic = topic, .account = account};
    return offers(link, topic) ? io_venue_subscribe(&link->venue, &sub) : OC_OK;
}

oc_rc venue_link_want_account(struct venue_link *link)
{
    const bool is_private = link->is_private;
    link->is_private = true;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; !is_private && !link->is_feed && i < link->account_count && rc == OC_OK; i++)
        rc = want(link, OC_TOPIC_PRIVATE, 0, link->accounts[i]);
    return rc;
}

oc_rc venue_link_want_market(struct venue_link *link, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst), bit = index & 7;
    if (link->wanted[index / 8] >> bit & 1)
        return OC_OK;
    link->wanted[index / 8] |= (uint8_t)(1u << bit);
    oc_rc rc = want(link, OC_TOPIC_TRADES, inst, 0);
    if (rc == OC_OK)
        rc = want(link, OC_TOPIC_QUOTES, inst, 0);
    return rc == OC_OK ? want(link, OC_TOPIC_FIGURES, inst, 0) : rc;
}

static oc_rc want_markets(struct venue_link *link)
{
    struct engine *engine = link->world.engine;
    const struct instruments *instruments = engine_instruments(engine);
    if (link->subscriptions == engine_subscriptions(engine))
        return OC_OK;
    link->subscriptions = engine_subscriptions(engine);
    oc_rc rc = OC_OK;
    for (uint32_t i = 1; i < instruments_count(instruments) && rc == OC_OK; i++) {
        const struct oc_instrument *info = &instruments_at(instruments, i)->info;
        if (engine_is_subscribed(engine, info->inst) && strcmp(info->venue, link->name) == 0)
            rc = venue_link_want_market(link, info->inst);
    }
    return rc;
}

oc_rc venue_link_want_subscribed(struct venue_link *link)
{
    oc_rc rc = want_markets(link);
    if (rc == OC_OK)
        rc = venue_link_want_books(link);
    return rc < 0 ? rc : venue_link_want_history(link);
}
