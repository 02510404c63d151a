/* markets.c: `outcry markets`: what a venue trades: steps, least order, status, and the fees of the first account. */
#include <string.h>

#include "base/json_out.h"
#include "cli/fees.h"
#include "cli/verbs.h"
#include "cli/visit.h"

static const char *status_of(const struct oc_instrument *info)
{
    static const char *const names[] = {"?",         "trading",    "halted",      "cancel only", "delisted",
                                        "post only", "limit only", "reduce only", "auction",     "not yet"};
    return info->status < sizeof names / sizeof *names ? names[info->status] : "?";
}

/* A part of its symbol, of the venue's name for it, or an asset, in any case. */
static bool is_wanted(const struct options *options, const struct oc_instrument *info)
{
    return options->word_count < 2 || strcasestr(info->symbol, options->words[1]) ||
           strcasestr(info->venue_symbol, options->words[1]);
}

/* Of the market where the venue says that, else of the account. */
static struct oc_dec fee_of(const struct oc_dec of_market, const struct oc_dec of_account)
{
    return of_market.units ? of_market : of_account;
}

static void put_line(struct text *out, const struct oc_instrument *info, const struct fees *fees)
{
    const struct {
        bool is_known;
        struct oc_dec dec;
    } cells[] = {{true, info->price_step},
                 {true, info->qty_step},
                 {info->present & OC_INST_HAS_MIN_QTY, {0, 0, 0}},
                 {info->present & OC_INST_HAS_MIN_NOTIONAL, info->min_notional},
                 {fees->present & OC_ACC_MAKER_FEE, fee_of(info->maker_fee, fees->maker)},
                 {fees->present & OC_ACC_TAKER_FEE, fee_of(info->taker_fee, fees->taker)}};
    text_format(out, "%-16s %-12s", info->symbol, status_of(info));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char room[64];
        struct text cell;
        text_init_fixed(&cell, room, sizeof room);
        if (!cells[i].is_known)
            text_put(&cell, "-");
        else if (i == 2)
            visit_put_units(&cell, info->min_qty, info->qty_step);
        else
            visit_put_dec(&cell, cells[i].dec);
        text_format(out, " %12s", cell.data);
    }
    text_put(out, "\n");
}

static void put_units(struct text *out, const char *key, int64_t units, struct oc_dec step, bool is_known)
{
    char room[TEXT_DECIMAL_MAX];
    struct text value;
    text_init_fixed(&value, room, sizeof room);
    visit_put_units(&value, units, step);
    json_text(out, key, is_known ? value.data : NULL);
}

static void put_members(struct text *out, const struct venue_visit *visit, const struct oc_instrument *info,
                        const struct fees *fees)
{
    json_open(out, NULL, '{');
    json_text(out, "symbol", info->symbol);
    json_text(out, "venue_symbol", info->venue_symbol);
    json_text(out, "status", status_of(info));
    json_text(out, "base", venue_visit_asset(visit, info->base));
    json_text(out, "quote", venue_visit_asset(visit, info->quote));
    json_dec(out, "price_step", info->price_step);
    json_dec(out, "qty_step", info->qty_step);
    put_units(out, "min_qty", info->min_qty, info->qty_step, info->present & OC_INST_HAS_MIN_QTY);
    put_units(out, "max_qty", info->max_qty, info->qty_step, info->present & OC_INST_HAS_MAX_QTY);
    visit_put_known(out, "min_notional", info->min_notional, info->present & OC_INST_HAS_MIN_NOTIONAL);
    visit_put_known(out, "max_notional", info->max_notional, info->present & OC_INST_HAS_MAX_NOTIONAL);
    visit_put_known(out, "maker_fee", fee_of(info->maker_fee, fees->maker), fees->present & OC_ACC_MAKER_FEE);
    visit_put_known(out, "taker_fee", fee_of(info->taker_fee, fees->taker), fees->present & OC_ACC_TAKER_FEE);
    json_close(out, '}');
}

static oc_rc show(void *self, struct venue_visit *visit, const struct options *options, struct text *out,
                  struct error *ret_error)
{
    (void)self;
    struct fees fees = {0};
    const oc_rc rc = visit->account_count && visit->keyring.count ? fees_ask(visit, 1, &fees, ret_error) : (oc_rc)OC_OK;
    if (rc < 0)
        return rc;
    if (options->json)
        json_open(out, NULL, '[');
    else
        text_format(out, "%-16s %-12s %12s %12s %12s %12s %12s %12s\n", "MARKET", "STATUS", "PRICE STEP", "QTY STEP",
                    "LEAST QTY", "LEAST MONEY", "MAKER", "TAKER");
    for (uint32_t i = 0; i < visit->instrument_count; i++) {
        if (!is_wanted(options, &visit->instruments[i]))
            continue;
        if (options->json)
            put_members(out, visit, &visit->instruments[i], &fees);
        else
            put_line(out, &visit->instruments[i], &fees);
    }
    if (options->json) {
        json_close(out, ']');
        text_put(out, "\n");
    }
    return OC_OK;
}

int verb_markets(int argc, char **argv)
{
    static const struct visit_verb verb = {.name = "markets",
                                           .usage = "usage: outcry markets NAME [WORD] --config FILE [--json]\n"
                                                    "NAME is a group of the configuration: venue.NAME. WORD is a part "
                                                    "of a symbol: BTC. Fees are those of its first "
                                                    "account, where that has a key.\n",
                                           .words_max = 1,
                                           .show = show};
    return visit_verb(&verb, argc, argv);
}
