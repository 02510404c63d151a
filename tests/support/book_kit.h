/* book_kit.h: book events from a line: "100*5 99*3 / 101*2", bids, then asks, price*quantity in units. */
#ifndef SUPPORT_BOOK_KIT_H
#define SUPPORT_BOOK_KIT_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <outcry/event_market.h>

enum { BOOK_KIT_LEVELS = 4000 };

struct book_event {
    struct oc_ev_book book;
    struct oc_level levels[BOOK_KIT_LEVELS];
};

static inline void book_kit_size(struct book_event *event)
{
    event->book.head.size =
        (uint32_t)(sizeof event->book + (event->book.bids + event->book.asks) * sizeof(struct oc_level));
}

/* With the chain OC_CHAIN_RANGE; `first` of a snapshot is not looked at. Borrowed until the next call. */
static inline struct book_event *book_line(uint32_t inst, uint16_t kind, uint64_t first, uint64_t last,
                                           const char *line)
{
    static struct book_event event;
    int length;
    long long price, qty;
    bool is_ask = false;
    memset(&event, 0, sizeof event);
    event.book =
        (struct oc_ev_book){.head = {.type = OC_EV_BOOK, .flags = OC_EVF_LAST, .inst = inst, .venue_ns = (int64_t)last},
                            .first_seq = first,
                            .last_seq = last,
                            .prev_seq = first - 1,
                            .kind = kind,
                            .chain = OC_CHAIN_RANGE,
                            .tail = sizeof event.book};
    for (const char *at = line; *at; at += length) {
        length = (int)strspn(at, " ");
        if (at[length] == '/') {
            is_ask = true;
            length++;
            continue;
        }
        int used = 0;
        if (sscanf(at + length, "%lld*%lld%n", &price, &qty, &used) != 2)
            break;
        event.levels[event.book.bids + event.book.asks] = (struct oc_level){price, qty};
        *(is_ask ? &event.book.asks : &event.book.bids) += 1;
        length += used;
    }
    book_kit_size(&event);
    return &event;
}

static inline struct book_event *book_snapshot(uint32_t inst, uint64_t last, const char *line)
{
    return book_line(inst, OC_BOOK_SNAPSHOT, last, last, line);
}

static inline struct book_event *book_change(uint32_t inst, uint64_t first, uint64_t last, const char *line)
{
    return book_line(inst, OC_BOOK_CHANGE, first, last, line);
}

#endif
