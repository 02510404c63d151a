/* market.h: what a venue says of a market, as the record that the host checks orders by: a pair of assets, its steps, and filters by a table of
 * their members. No ABI promise.
 *
 *   static const struct kit_filter filters[] = {KIT_FILTER("LOT_SIZE", lot_size), KIT_FILTER("NOTIONAL", notional)};
 *   struct oc_instrument info;
 *   kit_market_begin(&info, 8, 8);
 *   if (!kit_filters_take(&codec, list, "filterType", filters, KIT_FILTERS(filters), &info))
 *       return kit_skip(&codec, "symbol", symbol);
 *   return kit_say_market(&codec, &info, symbol, base, quote, token);
 *
 * Invariants
 * - Steps come first, for all other numbers count in them. A venue that names none holds to its digits.
 * - A filter that is not in the table is counted: the venue will hold it. One that is and cannot be read is no filter: the market is left out,
 *   for orders would be checked by half of its rules. All [io]. */
#ifndef OUTCRY_KIT_MARKET_H
#define OUTCRY_KIT_MARKET_H

#include <outcry/kit/fields.h>

struct kit_filter {
    const char *type;
    const struct kit_field *fields; /* into a struct oc_instrument */
    uint32_t count;
    uint32_t is_step; /* its members are the steps: it is read before the others, and again with them */
    const struct kit_field *steps;
    uint32_t step_count;
    /* Behind its members: what they come to. NULL: nothing. */
    void (*mend)(struct oc_instrument *info, const struct kit_row *row);
};

#define KIT_FILTER(type, fields, mend)                                                                                 \
    {                                                                                                                  \
        type, fields, sizeof(fields) / sizeof *(fields), 0, NULL, 0, mend                                              \
    }
#define KIT_FILTER_STEP(type, fields, steps)                                                                           \
    {                                                                                                                  \
        type, fields, sizeof(fields) / sizeof *(fields), 1, steps, sizeof(steps) / sizeof *(steps), NULL               \
    }

static inline struct oc_dec kit_step_of_digits(uint32_t digits)
{
    struct oc_dec step = {1, digits <= OC_DEC_SCALE_MAX ? (int32_t)digits : 8, 0};
    return step;
}

/* A pair of spot that does not trade until its status is said, with steps of so many digits. */
static inline void kit_market_begin(struct oc_instrument *info, uint32_t price_digits, uint32_t qty_digits)
{
    memset(info, 0, sizeof *info);
    info->size = sizeof *info;
    info->kind = OC_KIND_SPOT;
    info->status = OC_STATUS_HALTED;
    info->contract_size.units = 1;
    info->price_digits = price_digits;
    info->qty_digits = qty_digits;
}

/* A contract on margin in place of that, settled in its quote, whose steps are its digits. */
static inline void kit_contract_begin(struct oc_instrument *info, uint32_t price_digits, uint32_t qty_digits)
{
    kit_market_begin(info, price_digits, qty_digits);
    info->kind = OC_KIND_LINEAR;
    info->price_step = kit_step_of_digits(price_digits);
    info->qty_step = kit_step_of_digits(qty_digits);
}

static inline struct oc_scale kit_market_scale(const struct oc_instrument *info)
{
    struct oc_scale scale;
    memset(&scale, 0, sizeof scale);
    scale.price_digits = (uint8_t)info->price_step.scale;
    scale.price_div = info->price_step.units;
    scale.qty_digits = (uint8_t)info->qty_step.scale;
    scale.qty_div = info->qty_step.units;
    return scale;
}

/* 0: it is none. */
static inline int kit_filter_take(const struct kit_codec *codec, struct kit_json json, const struct kit_field *fields,
                                  uint32_t count, struct oc_instrument *info, struct kit_row *row)
{
    if (!kit_row_take(&json, fields, count, row))
        return 0;
    row->scale = kit_market_scale(info);
    return kit_row_read(codec, fields, count, row, info, (uint32_t)offsetof(struct oc_instrument, present)) == OC_OK;
}

static inline int kit_filter_of(const struct kit_codec *codec, struct kit_json_text filter, const char *name,
                                const struct kit_filter *filters, uint32_t count, int is_step,
                                struct oc_instrument *info)
{
    struct kit_json json = kit_json_into(filter);
    struct kit_json_text type;
    struct kit_member member;
    struct kit_row row;
    uint32_t at = 0;
    memset(&type, 0, sizeof type);
    member.name = name;
    member.to = &type;
    if (!kit_take(&json, &member, 1))
        return 0;
    while (at < count && !kit_json_is(type, filters[at].type, strlen(filters[at].type)))
        at++;
    if (at == count && !is_step)
        (void)kit_skip(codec, "filter", type);
    if (at == count || (is_step && !filters[at].is_step))
        return 1;
    const struct kit_filter *of = &filters[at];
    if (is_step)
        return kit_filter_take(codec, kit_json_into(filter), of->steps, of->step_count, info, &row);
    if (!kit_filter_take(codec, kit_json_into(filter), of->fields, of->count, info, &row))
        return 0;
    if (of->mend)
        of->mend(info, &row);
    return 1;
}

/* [{"filterType":"LOT_SIZE", ...}, ...]; `name` of the member that says which. 0: it is no list of filters. */
static inline int kit_filters_take(const struct kit_codec *codec, struct kit_json_text list, const char *name,
                                   const struct kit_filter *filters, uint32_t count, struct oc_instrument *info)
{
    info->price_step = info->quote_step = kit_step_of_digits(info->price_digits);
    info->qty_step = kit_step_of_digits(info->qty_digits);
    for (int is_step = 1; is_step >= 0; is_step--) {
        struct kit_json json = kit_json_into(list);
        if (!kit_json_array(&json))
            return 0;
        while (kit_json_item(&json))
            if (!kit_filter_of(codec, kit_json_value(&json), name, filters, count, is_step, info))
                return 0;
        if (!kit_json_end(&json))
            return 0;
    }
    info->price_digits = (uint32_t)info->price_step.scale;
    info->qty_digits = (uint32_t)info->qty_step.scale;
    info->present |= OC_INST_HAS_QUOTE_STEP;
    return 1;
}

/* The market, by its own name and as BASE/QUOTE, which it is settled in; a linear contract as BASE/QUOTE:QUOTE. What has no name that fits is counted as `unknown`. */
static inline oc_rc kit_say_market(const struct kit_codec *codec, const struct oc_instrument *info,
                                   struct kit_json_text symbol, struct kit_json_text base, struct kit_json_text quote,
                                   const char *unknown, uint64_t token)
{
    oc_rc rc;
    if (symbol.size == 0 || symbol.size >= OC_SYMBOL_MAX || base.size >= OC_ASSET_MAX || quote.size >= OC_ASSET_MAX)
        return kit_skip(codec, unknown, symbol);
    struct oc_ev_instrument *out = KIT_EVENT(codec, oc_ev_instrument, OC_EV_INSTRUMENT, 0, &rc);
    if (!out)
        return rc;
    out->token = token;
    out->info = *info;
    struct kit_write name = kit_write_begin(out->info.symbol, OC_SYMBOL_MAX - 1);
    kit_write_bytes(&name, base.at, base.size);
    KIT_WRITE(&name, "/");
    kit_write_bytes(&name, quote.at, quote.size);
    if (info->kind == OC_KIND_LINEAR)
        KIT_WRITE(&name, ":");
    kit_write_bytes(&name, quote.at, info->kind == OC_KIND_LINEAR ? quote.size : 0);
    if (kit_write_end(&name) < 0 || kit_asset(codec, base, &out->info.base) < 0 ||
        kit_asset(codec, quote, &out->info.quote) < 0)
        return kit_skip(codec, unknown, symbol);
    out->info.settle = out->info.quote;
    memcpy(out->info.venue_symbol, symbol.at, symbol.size);
    return kit_commit(codec, out);
}

#endif
