/* names.c: instruments and assets of the mini host. */
#include "mini_host.h"

#include <string.h>

static struct mini *of(const struct oc_host *host) { return host->impl; }

struct oc_instrument *mini_find(struct mini *mini, const char *venue_symbol, size_t size)
{
    for (uint32_t i = 0; i < mini->instrument_count; i++) {
        struct oc_instrument *info = &mini->instruments[i];
        if (size > 0 && strlen(info->venue_symbol) == size && memcmp(info->venue_symbol, venue_symbol, size) == 0)
            return info;
    }
    return NULL;
}

static struct oc_instrument *by_inst(struct mini *mini, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index > 0 && index <= mini->instrument_count ? &mini->instruments[index - 1] : NULL;
}

const char *mini_symbol_of(const struct mini *mini, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index > 0 && index <= mini->instrument_count ? mini->instruments[index - 1].venue_symbol : "?";
}

uint32_t mini_asset(struct mini *mini, const char *name, size_t size)
{
    if (size == 0 || size >= OC_ASSET_MAX)
        return 0;
    for (uint32_t i = 0; i < mini->asset_count; i++)
        if (strlen(mini->assets[i]) == size && memcmp(mini->assets[i], name, size) == 0)
            return i + 1;
    if (mini->asset_count == ASSETS_MAX)
        return 0;
    memcpy(mini->assets[mini->asset_count], name, size);
    return ++mini->asset_count;
}

struct oc_instrument *mini_add(struct mini *mini, const char *venue_symbol, int price_digits, int qty_digits,
                               const char *base, const char *quote)
{
    if (mini->instrument_count == NAMES_MAX || strlen(venue_symbol) >= OC_SYMBOL_MAX)
        return NULL;
    struct oc_instrument *info = &mini->instruments[mini->instrument_count++];
    memset(info, 0, sizeof *info);
    info->size = sizeof *info;
    info->inst = OC_INST(mini->instrument_count, 1);
    info->price_step = (struct oc_dec){1, price_digits, 0};
    info->qty_step = (struct oc_dec){1, qty_digits, 0};
    info->price_digits = (uint32_t)price_digits;
    info->qty_digits = (uint32_t)qty_digits;
    info->base = mini_asset(mini, base, strlen(base));
    info->quote = mini_asset(mini, quote, strlen(quote));
    snprintf(info->venue_symbol, sizeof info->venue_symbol, "%s", venue_symbol);
    return info;
}

/* ---- the service ---- */

static oc_rc give_scale(const struct oc_instrument *info, struct oc_scale *ret_scale)
{
    if (!info)
        return OC_E_NOT_FOUND;
    *ret_scale = (struct oc_scale){.inst = info->inst,
                                   .price_digits = (uint8_t)info->price_step.scale,
                                   .qty_digits = (uint8_t)info->qty_step.scale,
                                   .price_div = info->price_step.units,
                                   .qty_div = info->qty_step.units};
    return OC_OK;
}

static oc_rc symbol(const struct oc_host *host, const char *venue_symbol, uint32_t size, struct oc_scale *ret_scale)
{
    return give_scale(mini_find(of(host), venue_symbol, size), ret_scale);
}

static oc_rc number(const struct oc_host *host, uint64_t venue_number, struct oc_scale *ret_scale)
{
    struct mini *mini = of(host);
    for (uint32_t i = 0; i < mini->instrument_count; i++)
        if (venue_number && mini->instruments[i].venue_number == venue_number)
            return give_scale(&mini->instruments[i], ret_scale);
    return OC_E_NOT_FOUND;
}

static oc_rc scale(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale)
{
    return give_scale(by_inst(of(host), inst), ret_scale);
}

static oc_rc record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret_instrument, uint32_t size_max)
{
    const struct oc_instrument *info = by_inst(of(host), inst);
    const uint32_t size = size_max < sizeof *info ? size_max : (uint32_t)sizeof *info;
    if (!info)
        return OC_E_NOT_FOUND;
    memcpy(ret_instrument, info, size);
    return (oc_rc)size;
}

static oc_rc asset(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset)
{
    const uint32_t found = mini_asset(of(host), name, size);
    if (!found)
        return OC_E_INVALID;
    *ret_asset = found;
    return OC_OK;
}

static oc_rc asset_text(const struct oc_host *host, uint32_t number_of, char name[OC_ASSET_MAX])
{
    const struct mini *mini = of(host);
    if (number_of == 0 || number_of > mini->asset_count)
        return OC_E_NOT_FOUND;
    memcpy(name, mini->assets[number_of - 1], OC_ASSET_MAX);
    return OC_OK;
}

const struct oc_svc_names mini_names = {.size = sizeof mini_names,
                                        .symbol = symbol,
                                        .number = number,
                                        .scale = scale,
                                        .record = record,
                                        .asset = asset,
                                        .asset_text = asset_text};
