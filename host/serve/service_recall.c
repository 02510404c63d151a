/* service_recall.c: after a restart: the fills of the session before it, from its records, so that a console shows them. */
#include <stdlib.h>
#include <string.h>

#include "journal/read.h"
#include "serve/console_service_impl.h"

static int by_order(const void *a, const void *b)
{
    const struct fill_row *x = *(struct fill_row *const *)a, *y = *(struct fill_row *const *)b;
    return (x->fill.order > y->fill.order) - (x->fill.order < y->fill.order);
}

static const struct oc_event *next_order_record(struct journal_reader *reader)
{
    const struct oc_event *event;
    enum journal_stream stream;
    while (journal_next(reader, &event, &stream) == OC_OK)
        if (stream == JOURNAL_ORDERS)
            return event;
    return NULL;
}

/* The youngest stay: it is a ring. */
static void take_fills(struct console_service *service, struct journal_reader *reader)
{
    const struct oc_event *event;
    while ((event = next_order_record(reader)) != NULL)
        if (event->type == OC_EV_FILL && !(event->flags & OC_EVF_SEEN))
            service->fills[service->fill_count++ % CONSOLE_FILLS_MAX] =
                (struct fill_row){.fill = *(const struct oc_ev_fill *)(const void *)event};
}

/* Who asked for them, from the requests; `rows` are in the order of their orders' ids. */
static void take_owners(struct journal_reader *reader, struct fill_row **rows, size_t count)
{
    const struct oc_event *event;
    while ((event = next_order_record(reader)) != NULL) {
        const struct oc_request *request = (const struct oc_request *)(const void *)event;
        if (event->type != OC_EV_REQUEST || request->kind != OC_REQUEST_NEW)
            continue;
        size_t low = 0, high = count;
        while (low < high) {
            const size_t middle = (low + high) / 2;
            if (rows[middle]->fill.order < request->order)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < count && rows[low]->fill.order == request->order; low++) {
            rows[low]->strategy = request->strategy;
            memcpy(rows[low]->tag, request->tag, sizeof rows[low]->tag);
            if (rows[low]->fill.side == OC_SIDE_NONE)
                rows[low]->fill.side = request->side;
        }
    }
}

void console_service_recall(struct console_service *service, const char *dir)
{
    struct journal_reader *reader = NULL;
    service_recall_alerts(service);
    if (journal_open_read(dir, false, &reader) < 0 && !reader)
        return; /* only not shown */
    service->fill_count = 0;
    take_fills(service, reader);
    const size_t count = service->fill_count < CONSOLE_FILLS_MAX ? (size_t)service->fill_count : CONSOLE_FILLS_MAX;
    struct fill_row **rows = count ? calloc(count, sizeof(struct fill_row *)) : NULL;
    for (size_t i = 0; i < count && rows; i++)
        rows[i] = &service->fills[i];
    if (rows) {
        qsort(rows, count, sizeof(struct fill_row *), by_order);
        journal_rewind(reader);
        take_owners(reader, rows, count);
    }
    free(rows);
    journal_close_read(reader);
}
