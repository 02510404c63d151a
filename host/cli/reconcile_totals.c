#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "cli/reconcile.h"
#include "engine/statement.h"

void reconcile_totals_add(struct reconcile_totals *totals, const char *venue, const char *account, const char *asset,
                          const struct oc_ev_balance *balance)
{
    struct reconcile_part part = {.money = 0};
    if (statement_total(balance, &part.money) < 0 || totals->count == RECONCILE_PARTS_MAX) {
        totals->is_over = true;
        return;
    }
    if (part.money == 0)
        return;
    snprintf(part.asset, sizeof part.asset, "%s", asset);
    snprintf(part.account, sizeof part.account, "%s/%s", venue, account);
    totals->parts[totals->count++] = part;
}

static int by_asset(const void *a, const void *b)
{
    const struct reconcile_part *x = a, *y = b;
    const int order = strcmp(x->asset, y->asset);
    return order ? order : strcmp(x->account, y->account);
}

/* From `first` on, those of one asset; *ret_sum. False: the sum does not fit. */
static bool sum_of(const struct reconcile_totals *totals, uint32_t first, uint32_t *ret_behind, oc_i128 *ret_sum)
{
    oc_i128 sum = 0;
    bool fits = true;
    uint32_t i = first;
    for (; i < totals->count && strcmp(totals->parts[i].asset, totals->parts[first].asset) == 0; i++)
        fits = fits && num_add_128(sum, totals->parts[i].money, &sum) == OC_OK;
    *ret_behind = i;
    *ret_sum = sum;
    return fits;
}

static void put_amount(struct text *out, oc_i128 money)
{
    char digits[TEXT_DECIMAL_MAX];
    text_from_units_128(digits, money, MONEY_SCALE, TEXT_SHORTEST);
    text_put(out, digits);
}

static void put_asset(const struct reconcile_totals *totals, uint32_t first, uint32_t behind, oc_i128 sum,
                      struct text *out)
{
    text_format(out, "  %-8s ", totals->parts[first].asset);
    put_amount(out, sum);
    for (uint32_t i = first; i < behind; i++) {
        text_format(out, "%s%s ", i > first ? ", " : ": ", totals->parts[i].account);
        put_amount(out, totals->parts[i].money);
    }
    text_put(out, "\n");
}

static void put_asset_json(const struct reconcile_totals *totals, uint32_t first, uint32_t behind, oc_i128 sum,
                           struct text *out)
{
    json_open(out, NULL, '{');
    json_text(out, "asset", totals->parts[first].asset);
    json_money_exact(out, "total", sum);
    json_open(out, "parts", '[');
    for (uint32_t i = first; i < behind; i++) {
        json_open(out, NULL, '{');
        json_text(out, "account", totals->parts[i].account);
        json_money_exact(out, "total", totals->parts[i].money);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

void reconcile_totals_put(void *self, bool is_json, struct text *out)
{
    struct reconcile_totals *totals = self;
    uint32_t behind = 0;
    oc_i128 sum = 0;
    qsort(totals->parts, totals->count, sizeof *totals->parts, by_asset);
    text_put(out, is_json ? "[" : "all accounts together\n");
    for (uint32_t first = 0; first < totals->count; first = behind) {
        totals->is_over |= !sum_of(totals, first, &behind, &sum);
        (is_json ? put_asset_json : put_asset)(totals, first, behind, sum, out);
    }
    if (is_json)
        text_put(out, "]");
    else if (totals->is_over)
        text_put(out, "  not all: there is more than can be shown\n");
}
