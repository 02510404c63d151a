/* inside.c: what the host says of the inside of a bar from finer data: kept in pieces, in which the bar is walked then. */
#include <stdlib.h>
#include <string.h>

#include "paper.h"

void paper_insides_release(struct paper *paper)
{
    for (uint32_t i = 0; paper->insides && i < paper->market_max; i++)
        free(paper->insides[i].list);
    free(paper->insides);
    paper->insides = NULL;
}

static void set_line(int64_t line[4], const int64_t *prices, int count)
{
    for (int i = 0; i < 4; i++)
        line[i] = prices[count == 1 ? 0 : i];
}

/* A side that an event says nothing of stands where it stood, or where the other one is. */
static void take_sides(const struct paper_inside *inside, struct paper_piece *piece, bool has_bid, bool has_ask)
{
    const struct paper_piece *before = inside->count ? &inside->list[inside->count - 1] : NULL;
    if (!has_ask)
        set_line(piece->buy_line, before ? &before->buy_line[3] : piece->sell_line, before ? 1 : 4);
    if (!has_bid)
        set_line(piece->sell_line, before ? &before->sell_line[3] : piece->buy_line, before ? 1 : 4);
}

static struct paper_piece piece_of(const struct paper_inside *inside, const struct oc_event *event)
{
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
    const struct oc_ev_qbar *quotes = (const struct oc_ev_qbar *)(const void *)event;
    const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
    struct paper_piece piece = {.open_ns = event->venue_ns, .close_ns = event->venue_ns};
    if (event->type == OC_EV_BAR) {
        const int64_t prices[4] = {bar->open, bar->high, bar->low, bar->close};
        piece.open_ns = bar->open_ns;
        set_line(piece.buy_line, prices, 4);
        set_line(piece.sell_line, prices, 4);
    } else if (event->type == OC_EV_QBAR) {
        piece.open_ns = quotes->open_ns;
        set_line(piece.buy_line, quotes->ask, 4);
        set_line(piece.sell_line, quotes->bid, 4);
        take_sides(inside, &piece, quotes->present & OC_HAS_BID, quotes->present & OC_HAS_ASK);
    } else if (event->type == OC_EV_QUOTE) {
        set_line(piece.buy_line, &quote->ask, 1);
        set_line(piece.sell_line, &quote->bid, 1);
        take_sides(inside, &piece, quote->present & OC_HAS_BID, quote->present & OC_HAS_ASK);
    } else {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        set_line(piece.buy_line, &trade->price, 1);
        set_line(piece.sell_line, &trade->price, 1);
    }
    return piece;
}

oc_rc paper_finer(void *self, uint32_t inst, const struct oc_event *event)
{
    struct paper *paper = self;
    if (OC_INST_INDEX(inst) >= paper->market_max)
        return OC_E_NOT_FOUND;
    if (!paper->insides)
        paper->insides = calloc(paper->market_max, sizeof *paper->insides);
    if (!paper->insides)
        return OC_E_NOMEM;
    struct paper_inside *inside = &paper->insides[OC_INST_INDEX(inst)];
    if (!event) {
        inside->count = 0;
        inside->has_bars = false;
        return OC_OK;
    }
    if (inside->count == PAPER_PIECES_MAX)
        return OC_E_LIMIT;
    if (inside->count == inside->room) {
        struct paper_piece *list = paper_grown(inside->list, &inside->room, PAPER_PIECES_MAX, sizeof *list);
        if (!list)
            return OC_E_NOMEM;
        inside->list = list;
    }
    const struct paper_piece piece = piece_of(inside, event);
    if (inside->count && piece.open_ns < inside->list[inside->count - 1].close_ns)
        return OC_E_DATA;
    inside->has_bars |= piece.close_ns > piece.open_ns;
    inside->list[inside->count++] = piece;
    return OC_OK;
}
