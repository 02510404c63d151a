/* service_book.c: the order book of a market, and what a quantity would take of it. */
#include <string.h>

#include "engine/depth.h"
#include "serve/console_service_impl.h"
#include "session/json_units.h"

enum { LEVELS_SHOWN = 20 };

static void put_level(const struct instrument *instrument, struct text *reply, int64_t price, bool has_qty, int64_t qty)
{
    json_open(reply, NULL, '[');
    json_price(reply, NULL, instrument, true, price);
    json_qty(reply, NULL, instrument, has_qty, qty);
    json_close(reply, ']');
}

static void put_quote(const struct instrument *instrument, struct text *reply, const struct market *market)
{
    const uint32_t present = market ? market->present : 0;
    json_open(reply, "bids", '[');
    if (present & OC_HAS_BID)
        put_level(instrument, reply, market->bid, present & OC_HAS_BID_QTY, market->bid_qty);
    json_close(reply, ']');
    json_open(reply, "asks", '[');
    if (present & OC_HAS_ASK)
        put_level(instrument, reply, market->ask, present & OC_HAS_ASK_QTY, market->ask_qty);
    json_close(reply, ']');
}

static void put_side(const struct instrument *instrument, struct text *reply, const char *key,
                     const struct depth_side *side)
{
    const struct oc_level *level;
    json_open(reply, key, '[');
    for (uint32_t i = 0; i < LEVELS_SHOWN && (level = depth_level(side, i)) != NULL; i++)
        put_level(instrument, reply, level->price, true, level->qty);
    json_close(reply, ']');
}

/* Why there is no more than the best bid and ask. */
static const char *note_of(const struct depth *depth, const struct market *market)
{
    if (depth)
        return depth->is_crossed ? "the book is crossed: best bid and ask (L1)"
                                 : "the book waits for a snapshot: best bid and ask (L1)";
    return market && (market->present & (OC_HAS_BID | OC_HAS_ASK)) ? "best bid and ask (L1)"
                                                                   : "this feed has no quotes";
}

bool service_book(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct instrument *instrument;
    if (!service_instrument(service, words, 1, &instrument, reply))
        return false;
    const struct market *market = markets_get(engine_markets(service->engine), instrument->info.inst);
    const struct depth *depth = engine_book(service->engine, instrument->info.inst);
    const bool is_shown = depth && depth_is_shown(depth);
    json_open(reply, NULL, '{');
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    json_int(reply, "levels", is_shown ? LEVELS_SHOWN : 1);
    if (is_shown) {
        put_side(instrument, reply, "bids", &depth->sides[DEPTH_BIDS]);
        put_side(instrument, reply, "asks", &depth->sides[DEPTH_ASKS]);
        json_null(reply, "note");
    } else {
        put_quote(instrument, reply, market);
        json_text(reply, "note", note_of(depth, market));
    }
    json_close(reply, '}');
    return true;
}

static void put_walk(const struct instrument *instrument, struct text *reply, const char *key,
                     const struct depth_side *side, int64_t qty)
{
    oc_i128 sum = 0;
    const int64_t taken = depth_walk(side, qty, &sum);
    json_open(reply, key, '{');
    if (taken > 0)
        json_double(reply, "average",
                    (double)sum / (double)taken * (double)instrument->price_num / (double)instrument->price_den);
    else
        json_null(reply, "average");
    json_qty(reply, "qty", instrument, true, taken);
    json_close(reply, '}');
}

bool service_walk(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct instrument *instrument;
    struct oc_dec asked;
    int64_t qty = 0;
    int is_exact;
    if (!service_instrument(service, words, 1, &instrument, reply))
        return false;
    const char *text = words->count > 2 ? words->fields[2] : "";
    if (text_to_decimal(text, strlen(text), &asked.units, &asked.scale) < 0 ||
        instrument_dec_units(instrument->info.qty_step, (struct oc_dec){asked.units, asked.scale, 0}, SNAP_DOWN, &qty,
                             &is_exact) < 0 ||
        qty <= 0) {
        json_refusal(reply, "BAD_NUMBER", "walk: found '%.40s', expected a quantity of at least one lot", text);
        return false;
    }
    const struct depth *depth = engine_book(service->engine, instrument->info.inst);
    if (!depth || !depth_is_shown(depth)) {
        json_refusal(reply, "NO_BOOK", "%s",
                     depth ? "the order book waits for a snapshot, or is crossed"
                           : "no order book of this market is kept: a strategy that reads m.book wants it, or "
                             "venue.NAME.keep_books = \"all\"");
        return false;
    }
    json_open(reply, NULL, '{');
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    json_qty(reply, "qty", instrument, true, qty);
    put_walk(instrument, reply, "buy", &depth->sides[DEPTH_ASKS], qty);
    put_walk(instrument, reply, "sell", &depth->sides[DEPTH_BIDS], qty);
    json_close(reply, '}');
    return true;
}
