/* event.c: a row becomes an event, or is refused with the reason. */
#include "csv.h"

#include <string.h>

static const char step_todo[] = "state price_step with more decimals";

static oc_rc price_of(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row, enum csv_role role,
                      int64_t *ret_units)
{
    const struct csv_number *number = &row->number[role];
    if (number->is_empty)
        return csv_table_refuse(table, role, "a price", NULL);
    oc_rc rc = csv_number_units(number, maker->price, ret_units);
    if (rc == OC_E_DATA)
        return csv_table_refuse(table, role, "a multiple of the price step", step_todo);
    if (rc < 0)
        return csv_table_refuse(table, role, "a price that fits into 63 bits of price steps",
                                "state a larger price_step");
    maker->rounded += number->is_rounded;
    if (*ret_units <= 0 && !table->options.allow_nonpositive)
        return csv_table_refuse(table, role, "a price above zero",
                                "correct the row, or state allow_nonpositive=yes for an instrument "
                                "whose price may be zero or below");
    return OC_OK;
}

static bool has_number(const struct csv_table *table, const struct csv_row *row, enum csv_role role)
{
    return table->layout.column[role] >= 0 && !row->number[role].is_empty;
}

/* A quantity rounded to its step; 0 when it is absent. */
static oc_rc size_of(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row, enum csv_role role,
                     int64_t *ret_units)
{
    const struct csv_number *number = &row->number[role];
    *ret_units = 0;
    if (!has_number(table, row, role))
        return OC_OK;
    if (number->is_negative && number->digits > 0)
        return csv_table_refuse(table, role, "a quantity of zero or more", NULL);
    bool is_rounded = false;
    if (csv_number_round(number, maker->qty, ret_units, &is_rounded) < 0)
        return csv_table_refuse(table, role, "a quantity that fits into 63 bits of quantity steps",
                                "state a larger qty_step, such as qty_step=0.0001");
    maker->rounded += is_rounded || number->is_rounded;
    return OC_OK;
}

/* High and low must hold the others between them; a far bad print does, and is data. */
static oc_rc line_of(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row, enum csv_role first,
                     int64_t prices[4])
{
    for (int i = 0; i < 4; i++) {
        oc_rc rc = price_of(table, maker, row, (enum csv_role)(first + (enum csv_role)i), &prices[i]);
        if (rc < 0)
            return rc;
    }
    if (prices[1] < prices[2] || prices[1] < prices[0] || prices[1] < prices[3])
        return csv_table_refuse(table, (enum csv_role)(first + 1), "a high not below open, low and close", NULL);
    if (prices[2] > prices[0] || prices[2] > prices[3])
        return csv_table_refuse(table, (enum csv_role)(first + 2), "a low not above open and close", NULL);
    return OC_OK;
}

static oc_rc make_bar(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row,
                      struct oc_ev_bar *bar)
{
    int64_t prices[4];
    oc_rc rc = line_of(table, maker, row, CSV_OPEN, prices);
    if (rc >= 0)
        rc = size_of(table, maker, row, CSV_VOLUME, &bar->volume);
    if (rc < 0)
        return rc;
    bar->head.size = sizeof *bar;
    bar->open_ns = row->time_ns;
    bar->open = prices[0];
    bar->high = prices[1];
    bar->low = prices[2];
    bar->close = prices[3];
    bar->present = maker->has_volume && has_number(table, row, CSV_VOLUME) ? OC_HAS_VOLUME : 0;
    return OC_OK;
}

/* A side of a quoted bar is absent when all four prices are zero or empty. */
static bool is_silent(const struct csv_table *table, const struct csv_row *row, enum csv_role first)
{
    for (unsigned i = 0; i < 4; i++)
        if (table->layout.column[first + i] >= 0 && !row->number[first + i].is_empty &&
            row->number[first + i].digits > 0)
            return false;
    return true;
}

static oc_rc make_qbar(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row,
                       struct oc_ev_qbar *bar)
{
    oc_rc rc = OC_OK;
    if (!is_silent(table, row, CSV_BID_OPEN)) {
        bar->present |= OC_HAS_BID;
        rc = line_of(table, maker, row, CSV_BID_OPEN, bar->bid);
    }
    if (rc >= 0 && !is_silent(table, row, CSV_ASK_OPEN)) {
        bar->present |= OC_HAS_ASK;
        rc = line_of(table, maker, row, CSV_ASK_OPEN, bar->ask);
    }
    bar->head.size = sizeof *bar;
    bar->open_ns = row->time_ns;
    return rc;
}

struct side {
    int64_t price;
    int64_t qty;
    bool has_price;
    bool has_qty;
};

static oc_rc make_side(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row, enum csv_role role,
                       struct side *ret_side)
{
    struct side side = {0};
    if (has_number(table, row, role) && row->number[role].digits > 0) {
        oc_rc rc = price_of(table, maker, row, role, &side.price);
        if (rc >= 0)
            rc = size_of(table, maker, row, role == CSV_BID ? CSV_BID_SIZE : CSV_ASK_SIZE, &side.qty);
        if (rc < 0)
            return rc;
        side.has_price = true;
        side.has_qty = side.qty > 0; /* 0 is unknown, never "nothing there" */
    }
    *ret_side = side;
    return OC_OK;
}

static oc_rc make_quote(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row,
                        struct oc_ev_quote *quote)
{
    struct side bid, ask;
    oc_rc rc = make_side(table, maker, row, CSV_BID, &bid);
    if (rc >= 0)
        rc = make_side(table, maker, row, CSV_ASK, &ask);
    if (rc < 0)
        return rc;
    quote->head.size = sizeof *quote;
    quote->bid = bid.price;
    quote->bid_qty = bid.qty;
    quote->ask = ask.price;
    quote->ask_qty = ask.qty;
    quote->present = (bid.has_price ? OC_HAS_BID : 0u) | (bid.has_qty ? OC_HAS_BID_QTY : 0u) |
                     (ask.has_price ? OC_HAS_ASK : 0u) | (ask.has_qty ? OC_HAS_ASK_QTY : 0u);
    return OC_OK;
}

static oc_rc make_trade(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row,
                        struct oc_ev_trade *trade)
{
    oc_rc rc = price_of(table, maker, row, CSV_PRICE, &trade->price);
    if (rc >= 0)
        rc = size_of(table, maker, row, CSV_SIZE, &trade->qty);
    if (rc < 0)
        return rc;
    trade->head.size = sizeof *trade;
    trade->present = trade->qty > 0 ? OC_HAS_QTY : 0;
    trade->taker_side = row->taker_side;
    return OC_OK;
}

/* The end of a bar, which is when it is told. */
static oc_rc close_bar(struct csv_table *table, const struct csv_maker *maker, const struct csv_row *row,
                       union csv_event *event)
{
    int64_t end_ns, *open_ns = event->head.type == OC_EV_BAR ? &event->bar.open_ns : &event->qbar.open_ns;
    if (maker->is_stamped_close && csv_calendar_is_set(maker->calendar)) {
        oc_rc begun = csv_calendar_begin(maker->calendar, &table->clock.zone, row->time_ns, open_ns);
        if (begun >= 0)
            begun = csv_calendar_end(maker->calendar, &table->clock.zone, *open_ns, &event->head.venue_ns);
        if (begun < 0)
            return csv_table_refuse(table, CSV_TIME, "a time that the zone's rules cover", NULL);
        *(event->head.type == OC_EV_BAR ? &event->bar.period_ns : &event->qbar.period_ns) =
            event->head.venue_ns - *open_ns;
        return OC_OK;
    }
    if (maker->is_stamped_close) {
        *(event->head.type == OC_EV_BAR ? &event->bar.period_ns : &event->qbar.period_ns) = maker->period_ns;
        return num_sub(row->time_ns, maker->period_ns, open_ns);
    }
    oc_rc rc = csv_calendar_is_set(maker->calendar)
                   ? csv_calendar_end(maker->calendar, &table->clock.zone, row->time_ns, &end_ns)
                   : num_add(row->time_ns, maker->period_ns, &end_ns);
    if (rc < 0)
        return csv_table_refuse(table, CSV_TIME, "a time before 2262 that the zone's rules cover", NULL);
    event->head.venue_ns = end_ns;
    *(event->head.type == OC_EV_BAR ? &event->bar.period_ns : &event->qbar.period_ns) = end_ns - row->time_ns;
    return OC_OK;
}

oc_rc csv_event_make(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row,
                     union csv_event *ret_event)
{
    oc_rc rc;
    memset(ret_event, 0, sizeof *ret_event);
    int type = maker->event_type;
    if (type == OC_EV_BAR)
        rc = make_bar(table, maker, row, &ret_event->bar);
    else if (type == OC_EV_QBAR)
        rc = make_qbar(table, maker, row, &ret_event->qbar);
    else if (type == OC_EV_QUOTE)
        rc = make_quote(table, maker, row, &ret_event->quote);
    else
        rc = make_trade(table, maker, row, &ret_event->trade);
    if (rc < 0)
        return rc;
    bool is_bar = type == OC_EV_BAR || type == OC_EV_QBAR;
    bool says_nothing = (type == OC_EV_QUOTE && !(ret_event->quote.present & (OC_HAS_BID | OC_HAS_ASK))) ||
                        (type == OC_EV_QBAR && !(ret_event->qbar.present & (OC_HAS_BID | OC_HAS_ASK)));
    ret_event->head.type = (uint16_t)type;
    ret_event->head.venue_ns = row->time_ns;
    rc = is_bar ? close_bar(table, maker, row, ret_event) : OC_OK;
    if (rc < 0)
        return rc;
    if (says_nothing)
        ret_event->head.type = OC_EV_NONE;
    ret_event->head.flags = OC_EVF_LAST;
    ret_event->head.inst = maker->inst;
    return OC_OK;
}
