#include "replay/diff.h"

#include <stdio.h>
#include <string.h>

#include <outcry/order.h>

#include "base/num.h"
#include "base/text.h"
#include "engine/engine.h"
#include "journal/read.h"
#include "session/header.h"

enum { INSTRUMENTS_MAX = 64, LINE_SIZE = 512, AFTER_MAX = 3 };

struct steps {
    char symbol[64];
    struct oc_dec price;
    struct oc_dec qty;
};

struct side {
    const char *dir;
    struct journal_reader *reader;
    const struct oc_event *next;
    uint64_t seen;
    uint64_t fills;
    uint32_t instrument_count;
    struct steps instruments[INSTRUMENTS_MAX]; /* by index - 1 */
};

static bool counts(uint16_t type)
{
    return (type >= OC_EV_REQUEST && type <= OC_EV_TAKEN && type != OC_EV_SENT) || type == OC_EV_TIMER ||
           type == OC_EV_COMMAND || type == OC_EV_STRATEGY;
}

static void advance(struct side *side)
{
    enum journal_stream stream;
    if (side->next) {
        side->seen++;
        side->fills += side->next->type == OC_EV_FILL;
    }
    do {
        if (journal_next(side->reader, &side->next, &stream) < 0)
            side->next = NULL;
    } while (side->next && (stream != JOURNAL_ORDERS || !counts(side->next->type)));
}

static void take_instruments(struct side *side)
{
    const char *header;
    size_t size;
    if (journal_header(side->reader, &header, &size) < 0)
        return;
    struct header_line line;
    for (size_t at = 0; side->instrument_count < INSTRUMENTS_MAX && header_next(header, size, &at, &line) == OC_OK;) {
        struct steps *steps = &side->instruments[side->instrument_count];
        char price[40], qty[40];
        if (strcmp(line.word, "instrument") != 0)
            continue;
        header_text(&line, 0, steps->symbol, sizeof steps->symbol);
        header_text(&line, 1, price, sizeof price);
        header_text(&line, 2, qty, sizeof qty);
        if (text_to_decimal(price, strlen(price), &steps->price.units, &steps->price.scale) == OC_OK &&
            text_to_decimal(qty, strlen(qty), &steps->qty.units, &steps->qty.scale) == OC_OK)
            side->instrument_count++;
    }
}

static oc_rc open_side(struct side *side, const char *dir, struct text *text)
{
    side->dir = dir;
    oc_rc rc = journal_open_read(dir, false, &side->reader);
    if (rc < 0 && rc != OC_E_DATA) {
        text_format(text, "session %s: %s\n", dir, journal_error());
        return rc;
    }
    if (rc == OC_E_DATA)
        text_format(text, "session %s is damaged: what is good before that is compared\n", dir);
    take_instruments(side);
    advance(side);
    return OC_OK;
}

/* What was commanded, without by whom. */
static size_t command_size(const struct oc_ev_text *command)
{
    const char *said = (const char *)(command + 1);
    size_t size = command->text_size;
    for (size_t i = size; i-- > 0;)
        if (said[i] == '\t')
            return size - i > 4 && memcmp(said + i + 1, "by=", 3) == 0 ? i : size;
    return size;
}

static bool is_same_command(const struct oc_event *a, const struct oc_event *b)
{
    const struct oc_ev_text *left = (const struct oc_ev_text *)(const void *)a;
    const struct oc_ev_text *right = (const struct oc_ev_text *)(const void *)b;
    size_t size = command_size(left);
    return a->local_ns == b->local_ns && left->code == right->code && size == command_size(right) &&
           memcmp(left + 1, right + 1, size) == 0;
}

/* Everything but seq and cause, which count other records too. */
static bool is_same(const struct oc_event *a, const struct oc_event *b)
{
    if (a->type == OC_EV_COMMAND && b->type == OC_EV_COMMAND)
        return is_same_command(a, b);
    struct oc_event head_a = *a, head_b = *b;
    head_a.seq = head_b.seq = head_a.cause = head_b.cause = 0;
    if (memcmp(&head_a, &head_b, sizeof head_a) != 0)
        return false;
    if (a->type == OC_EV_REQUEST) {
        struct oc_request left = *(const struct oc_request *)(const void *)a,
                          right = *(const struct oc_request *)(const void *)b;
        left.head = right.head = head_a;
        left.decision_seq = right.decision_seq = 0;
        return memcmp(&left, &right, sizeof left) == 0;
    }
    return memcmp(a + 1, b + 1, a->size - sizeof *a) == 0;
}

static void put_units(struct text *text, const struct side *side, uint32_t inst, bool is_price, int64_t units)
{
    uint32_t index = OC_INST_INDEX(inst);
    if (index == 0 || index > side->instrument_count) {
        text_format(text, "%lld units", (long long)units);
        return;
    }
    const struct steps *steps = &side->instruments[index - 1];
    const struct oc_dec step = is_price ? steps->price : steps->qty;
    int64_t product;
    if (num_mul(units, step.units, &product) == OC_OK)
        text_put_units(text, product, step.scale, TEXT_SHORTEST);
}

static const char *name_of(uint16_t type)
{
    static const char *const names[OC_EV_END] = {
        [OC_EV_REQUEST] = "request",   [OC_EV_DENIED] = "denied",       [OC_EV_ACCEPTED] = "accepted",
        [OC_EV_REJECTED] = "rejected", [OC_EV_FILL] = "fill",           [OC_EV_CANCELED] = "canceled",
        [OC_EV_EXPIRED] = "expired",   [OC_EV_TRIGGERED] = "triggered", [OC_EV_AMENDED] = "amended",
        [OC_EV_ORDER] = "shown",       [OC_EV_BUST] = "corrected",      [OC_EV_TIMER] = "timer",
        [OC_EV_COMMAND] = "command",   [OC_EV_STRATEGY] = "suspended"};
    return type < OC_EV_END && names[type] ? names[type] : "record";
}

static void put_record(struct text *text, const struct side *side, const struct oc_event *event)
{
    text_format(text, "  %-24.24s ", side->dir);
    if (!event) {
        text_put(text, "nothing more\n");
        return;
    }
    text_put_time(text, event->local_ns);
    text_format(text, " %s", name_of(event->type));
    uint32_t index = OC_INST_INDEX(event->inst);
    if (index && index <= side->instrument_count)
        text_format(text, " %s", side->instruments[index - 1].symbol);
    if (event->type == OC_EV_FILL) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
        text_format(text, " %s ", fill->side == OC_SIDE_BUY ? "BUY" : "SELL");
        put_units(text, side, event->inst, false, fill->qty);
        text_put(text, " @ ");
        put_units(text, side, event->inst, true, fill->price);
    } else if (event->type == OC_EV_REQUEST) {
        const struct oc_request *request = (const struct oc_request *)(const void *)event;
        static const char *const kinds[] = {"",      "new",     "amend",   "cancel", "cancel all",
                                            "close", "deadman", "protect", "fills"};
        char name[TEXT_ORDER_MAX];
        text_format(text, " %s %s %s ", kinds[request->kind <= OC_REQUEST_FILLS ? request->kind : 0],
                    text_order(request->order, name), request->side == OC_SIDE_BUY ? "BUY" : "SELL");
        if (request->bits & OC_RQ_HAS_QTY)
            put_units(text, side, event->inst, false, request->qty);
        else
            text_put_units(text, request->quote_qty.units, request->quote_qty.scale, TEXT_SHORTEST);
        if (request->bits & OC_RQ_HAS_PRICE) {
            text_put(text, " @ ");
            put_units(text, side, event->inst, true, request->price);
        }
    } else if (event->type == OC_EV_COMMAND) {
        const struct oc_ev_text *command = (const struct oc_ev_text *)(const void *)event;
        const char *said = (const char *)(command + 1);
        text_put_char(text, ' ');
        for (uint32_t i = 0; i < command->text_size && i < 60; i++)
            text_put_char(text, said[i] == '\t' ? ' ' : said[i]);
    } else if (event->type == OC_EV_DENIED || (event_is_of_order(event->type) && event->type < OC_EV_ORDER)) {
        text_format(text, " %s", ((const struct oc_ev_answer *)(const void *)event)->reason);
    }
    text_put_char(text, '\n');
}

static void put_rest(struct text *text, struct side *side)
{
    while (side->next)
        advance(side);
    text_format(text, "  %-24.24s %llu records, %llu fills in all\n", side->dir, (unsigned long long)side->seen,
                (unsigned long long)side->fills);
}

static void put_part(struct text *text, struct side *a, struct side *b)
{
    text_format(text, "they part after %llu records that are the same, %llu fills among them:\n",
                (unsigned long long)a->seen, (unsigned long long)a->fills);
    for (int i = 0; i < AFTER_MAX && (a->next || b->next); i++) {
        put_record(text, a, a->next);
        put_record(text, b, b->next);
        if (a->next)
            advance(a);
        if (b->next)
            advance(b);
    }
}

oc_rc session_diff(const char *a, const char *b, struct text *text)
{
    struct side left = {.dir = a}, right = {.dir = b};
    oc_rc rc = open_side(&left, a, text);
    if (rc == OC_OK)
        rc = open_side(&right, b, text);
    if (rc == OC_OK) {
        while (left.next && right.next && is_same(left.next, right.next)) {
            advance(&left);
            advance(&right);
        }
        if (!left.next && !right.next)
            text_format(text, "the same: %llu records, %llu fills\n", (unsigned long long)left.seen,
                        (unsigned long long)left.fills);
        else
            put_part(text, &left, &right);
        put_rest(text, &left);
        put_rest(text, &right);
    }
    if (left.reader)
        journal_close_read(left.reader);
    if (right.reader)
        journal_close_read(right.reader);
    return rc;
}
