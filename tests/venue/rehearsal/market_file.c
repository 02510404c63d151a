#include "rehearsal/market.h"

#include "csv.h"

#include <stdlib.h>

struct market_file {
    struct csv_table table;
    struct csv_maker maker;
    struct oc_dec price_step, qty_step;
};

oc_rc market_file_open(const char *path, struct market_file **ret_file, struct text *out)
{
    char error[CSV_ERROR_MAX] = "";
    struct oc_data_info info;
    struct csv_kept kept = {0};
    struct market_file *file = calloc(1, sizeof *file);
    if (!file)
        return OC_E_NOMEM;
    oc_rc rc = csv_probe(path, "", &kept, &info, error);
    if (rc == OC_OK) {
        file->price_step = info.price_step;
        file->qty_step = info.qty_step;
        file->maker = (struct csv_maker){.inst = 1,
                                         .event_type = (int)info.event_type,
                                         .period_ns = info.period_ns,
                                         .price = {info.price_step.units, info.price_step.scale, 0},
                                         .qty = {info.qty_step.units, info.qty_step.scale, 0}};
        rc = csv_table_open(&file->table, path, "", kept.data ? &kept : NULL);
        if (rc < 0)
            text_copy(error, sizeof error, file->table.error);
    }
    csv_kept_release(&kept);
    if (rc < 0) {
        text_format(out, "%s\n", error);
        csv_table_close(&file->table);
        free(file);
        return OC_E_DATA;
    }
    *ret_file = file;
    return OC_OK;
}

void market_file_close(struct market_file *file)
{
    if (!file)
        return;
    csv_table_close(&file->table);
    free(file);
}

/* Open, the extreme that is nearer to it, the other one, close: a quarter of the period apart. */
static uint32_t of_bar(const struct market_file *file, int64_t open_ns, int64_t period_ns, const int64_t price[4],
                       int64_t volume, struct market_point *points)
{
    const bool is_low_first = price[0] - price[2] < price[1] - price[0];
    const int64_t path[4] = {price[0], price[is_low_first ? 2 : 1], price[is_low_first ? 1 : 2], price[3]};
    for (int i = 0; i < 4; i++) {
        points[i] = (struct market_point){
            .at_ns = open_ns + i * (period_ns / 4), .price = file->price_step, .qty = file->qty_step};
        points[i].price.units *= path[i];
        points[i].qty.units *= volume / 4;
    }
    return 4;
}

static uint32_t of_event(const struct market_file *file, const union csv_event *event, struct market_point *points)
{
    struct market_point point = {.at_ns = event->head.venue_ns, .price = file->price_step, .qty = file->qty_step};
    if (event->head.type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = &event->bar;
        const int64_t price[4] = {bar->open, bar->high, bar->low, bar->close};
        return of_bar(file, bar->open_ns, bar->period_ns, price, bar->present & OC_HAS_VOLUME ? bar->volume : 0,
                      points);
    }
    if (event->head.type == OC_EV_QBAR) {
        int64_t price[4];
        for (int i = 0; i < 4; i++)
            price[i] = (event->qbar.bid[i] + event->qbar.ask[i]) / 2;
        return of_bar(file, event->qbar.open_ns, event->qbar.period_ns, price, 0, points);
    }
    if (event->head.type == OC_EV_QUOTE) {
        point.price.units *= (event->quote.bid + event->quote.ask) / 2;
        point.qty.units = 0;
    } else {
        point.price.units *= event->trade.price;
        point.qty.units *= event->trade.present & OC_HAS_QTY ? event->trade.qty : 0;
        point.side = event->trade.taker_side == OC_SIDE_BUY    ? CORE_BUY
                     : event->trade.taker_side == OC_SIDE_SELL ? CORE_SELL
                                                               : 0;
    }
    points[0] = point;
    return 1;
}

uint32_t market_file_next(struct market_file *file, struct market_point ret_points[MARKET_POINTS_MAX],
                          const char **ret_error)
{
    static char error[CSV_ERROR_MAX];
    struct csv_row row = {0};
    union csv_event event;
    oc_rc rc = csv_table_next(&file->table, &row);
    if (rc == OC_OK)
        rc = csv_event_make(&file->table, &file->maker, &row, &event);
    if (rc < 0) {
        text_copy(error, sizeof error, rc == OC_E_END ? "" : file->table.error);
        *ret_error = error;
        return 0;
    }
    return of_event(file, &event, ret_points);
}
