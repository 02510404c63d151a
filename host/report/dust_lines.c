#include "report/dust_lines.h"

#include <stdio.h>

bool dust_line_next(const struct result *result, uint32_t *at, struct dust_line *ret_line)
{
    for (; result->portfolio && *at < portfolio_book_count(result->portfolio); ++*at) {
        const struct position *position = &portfolio_book_at(result->portfolio, *at)->position;
        const struct instrument *instrument = instruments_get(result->instruments, position->inst);
        if (position->strategy || !position->has_dust || !instrument)
            continue;
        char cost[FORMAT_MAX];
        struct dust_line *line = ret_line;
        line->symbol = instruments_name(result->instruments, instrument);
        line->asset = instruments_asset_name(result->instruments, instrument->info.base);
        line->currency = instruments_asset_name(result->instruments, instrument->info.quote);
        line->dust = dust_of(position, instrument);
        (void)format_exact(line->dust.qty, line->qty);
        snprintf(line->note, sizeof line->note, "%.32s, cost %s %.16s; too little to be sold by itself", line->asset,
                 format_money(line->dust.cost, 8, false, cost), line->currency);
        ++*at;
        return true;
    }
    return false;
}
