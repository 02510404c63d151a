/* face_coinbase_stream.c: the stream of the face `coinbase`: channels that are subscribed, each message with the next number of its connection. */
#include "rehearsal/face_coinbase.h"

#include "base/json_out.h"
#include "rehearsal/token.h"

#define BEAT_NS 1000000000ll

enum { SNAPSHOT_LEVELS = 200 }; /* a side: as much as one message takes */

struct message {
    struct text text;
    char bytes[VENUE_MESSAGE_MAX];
};

static struct message said; /* of the one that is being written */

/* {"channel":..,"client_id":"","timestamp":..,"sequence_num":N,"events":[ */
static struct text *begin(struct rehearsal *venue, struct seat *seat, const char *channel)
{
    struct text *out = &said.text;
    text_init_fixed(out, said.bytes, sizeof said.bytes);
    json_open(out, NULL, '{');
    json_text(out, "channel", channel);
    json_text(out, "client_id", "");
    json_time(out, "timestamp", venue_clock(venue));
    json_int(out, "sequence_num", (int64_t)seat->seq[CB_SEQ]++);
    json_open(out, "events", '[');
    json_open(out, NULL, '{');
    return out;
}

/* Of a kind, with a list. */
static struct text *begin_list(struct rehearsal *venue, struct seat *seat, const char *channel, bool is_snapshot,
                               const char *product, const char *list)
{
    struct text *out = begin(venue, seat, channel);
    json_text(out, "type", is_snapshot ? "snapshot" : "update");
    if (product)
        json_text(out, "product_id", product);
    json_open(out, list, '[');
    return out;
}

static void end(struct rehearsal *venue, struct seat *seat, bool is_list)
{
    struct text *out = &said.text;
    if (is_list)
        json_close(out, ']');
    json_close(out, '}');
    json_close(out, ']');
    json_close(out, '}');
    venue_say(venue, seat, said.bytes, out->size);
}

/* ---- subscribed ---- */

static const struct {
    const char *name;
    uint32_t topic;
} channels[] = {{"level2", CB_LEVEL2}, {"market_trades", CB_TRADES}, {"ticker", CB_TICKER}, {"ticker_batch", CB_BATCH}};

static void say_error(struct rehearsal *venue, struct seat *seat, const char *words)
{
    struct text *out = &said.text;
    text_init_fixed(out, said.bytes, sizeof said.bytes);
    json_open(out, NULL, '{');
    json_text(out, "type", "error");
    json_text(out, "message", words);
    json_close(out, '}');
    venue_say(venue, seat, said.bytes, out->size);
}

static void say_subscriptions(struct rehearsal *venue, struct seat *seat)
{
    struct text *out = begin(venue, seat, "subscriptions");
    json_open(out, "subscriptions", '{');
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        bool has_any = false;
        for (uint32_t inst = 0; inst < core_inst_count(venue->core); inst++) {
            if (!(seat->topics[inst] & channels[i].topic))
                continue;
            if (!has_any)
                json_open(out, channels[i].name, '[');
            has_any = true;
            json_text(out, NULL, core_inst(venue->core, inst)->symbol);
        }
        if (has_any)
            json_close(out, ']');
    }
    for (int i = 0; i < 2; i++)
        if (i ? seat->hears_account : seat->beat_ns != 0) {
            json_open(out, i ? "user" : "heartbeats", '[');
            json_text(out, NULL, i ? core_account(venue->core, seat->account)->name : "heartbeats");
            json_close(out, ']');
        }
    json_close(out, '}');
    end(venue, seat, false);
}

static void say_book(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    static struct core_level levels[SNAPSHOT_LEVELS];
    const struct core_inst *in = core_inst(venue->core, inst);
    struct text *out = begin_list(venue, seat, "l2_data", true, in->symbol, "updates");
    for (int side = CORE_BUY; side <= CORE_SELL; side++) {
        const uint32_t count = core_levels(venue->core, inst, (uint8_t)side, levels, SNAPSHOT_LEVELS);
        for (uint32_t i = 0; i < count; i++)
            cb_put_level(in, out, (uint8_t)side, levels[i].price, levels[i].qty, 0);
    }
    end(venue, seat, true);
}

static void say_trades(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    struct core_trade trades[10];
    const uint32_t count = core_trades(venue->core, inst, trades, 10);
    struct text *out = begin_list(venue, seat, "market_trades", true, NULL, "trades");
    for (uint32_t i = 0; i < count; i++)
        cb_put_trade(core_inst(venue->core, inst), out, &trades[i]);
    end(venue, seat, true);
}

static void say_ticker(struct rehearsal *venue, struct seat *seat, uint32_t inst, bool is_batch, bool is_snapshot)
{
    struct text *out = begin_list(venue, seat, is_batch ? "ticker_batch" : "ticker", is_snapshot, NULL, "tickers");
    cb_put_ticker(venue->core, out, inst, !is_batch);
    end(venue, seat, true);
}

/* What is open, as the account's channel begins. */
static void say_open(struct rehearsal *venue, struct seat *seat)
{
    struct text *out = begin_list(venue, seat, "user", true, NULL, "orders");
    for (uint64_t id = 1, count = 0; id <= core_order_count(venue->core) && count < 50; id++) {
        const struct core_order *order = core_order(venue->core, core_order_by_id(venue->core, id));
        if (order->account != seat->account || !core_is_open(order))
            continue;
        cb_put_sums(venue->core, out, order);
        count++;
    }
    end(venue, seat, true);
}

static void take_product(struct rehearsal *venue, struct seat *seat, uint32_t topic, uint32_t inst, bool is_on)
{
    seat->topics[inst] = is_on ? seat->topics[inst] | topic : seat->topics[inst] & ~topic;
    if (!is_on)
        return;
    if (topic == CB_LEVEL2)
        say_book(venue, seat, inst);
    else if (topic == CB_TRADES)
        say_trades(venue, seat, inst);
    else
        say_ticker(venue, seat, inst, topic == CB_BATCH, true);
}

struct told {
    struct kit_json_text type, channel, products, jwt;
};

static bool is_named(struct kit_json_text products, const char *symbol)
{
    struct kit_json json = kit_json_into(products);
    if (products.kind != KIT_JSON_ARRAY || !kit_json_array(&json))
        return true; /* none: all */
    while (kit_json_item(&json))
        if (kit_json_is(kit_json_value(&json), symbol, strlen(symbol)))
            return true;
    return false;
}

static void subscribe(struct rehearsal *venue, struct seat *seat, const struct told *told, bool is_on)
{
    const struct venue_key *key = told->jwt.size ? token_key(venue, told->jwt.at, told->jwt.size, NULL, NULL, 0) : NULL;
    uint32_t topic = 0;
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        if (kit_json_is(told->channel, channels[i].name, strlen(channels[i].name)))
            topic = channels[i].topic;
    const bool is_user = KIT_JSON_IS(told->channel, "user"), is_beat = KIT_JSON_IS(told->channel, "heartbeats");
    if ((told->jwt.size && !key) || (is_user && !key)) {
        say_error(venue, seat, "authentication failure");
        return;
    }
    if (!topic && !is_user && !is_beat) {
        say_error(venue, seat, "channel is not supported here");
        return;
    }
    if (is_beat)
        seat->beat_ns = is_on ? venue->now_ns + BEAT_NS : 0;
    if (is_user) {
        seat->account = key->account;
        seat->hears_account = is_on;
    }
    for (uint32_t inst = 0; inst < core_inst_count(venue->core) && topic; inst++)
        if (is_named(told->products, core_inst(venue->core, inst)->symbol))
            take_product(venue, seat, topic, inst, is_on);
    say_subscriptions(venue, seat);
    if (is_user && is_on)
        say_open(venue, seat);
}

bool cb_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret)
{
    (void)seat;
    if (ask->path[0] == '/' && (ask->path[1] == 0 || ask->path[1] == '?'))
        return true;
    venue->face->refuse(ret, 404, "NOT_FOUND", "there is no such stream");
    return false;
}

void cb_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size)
{
    struct kit_json json = kit_json_begin(bytes, size);
    struct told told = {0};
    const struct kit_member members[] = {
        {"type", &told.type}, {"channel", &told.channel}, {"product_ids", &told.products}, {"jwt", &told.jwt}};
    const bool is_read = KIT_TAKE(&json, members) && kit_json_end(&json);
    const bool is_on = KIT_JSON_IS(told.type, "subscribe");
    if (!is_read || (!is_on && !KIT_JSON_IS(told.type, "unsubscribe")))
        say_error(venue, seat, "failure to subscribe");
    else
        subscribe(venue, seat, &told, is_on);
}

/* ---- told ---- */

void cb_beat(struct rehearsal *venue, struct seat *seat)
{
    struct text *out = begin(venue, seat, "heartbeats");
    json_text(out, "current_time", "2026-01-01 00:00:01.000000000 +0000 UTC m=+91717.525");
    json_int(out, "heartbeat_counter", (int64_t)seat->seq[CB_SEQ]);
    end(venue, seat, false);
    seat->beat_ns += BEAT_NS;
}

void cb_settled(struct rehearsal *venue, struct seat *seat)
{
    const uint32_t inst = seat->dirty_inst;
    const struct core_inst *in = core_inst(venue->core, inst);
    if (seat->dirty_count == 0)
        return;
    if (seat->topics[inst] & CB_LEVEL2) {
        struct text *out = begin_list(venue, seat, "l2_data", false, in->symbol, "updates");
        for (uint32_t i = 0; i < seat->dirty_count; i++) {
            const uint8_t side = (uint8_t)seat->dirty[i].qty;
            cb_put_level(in, out, side, seat->dirty[i].price,
                         venue_qty_at(venue->core, inst, side, seat->dirty[i].price), venue_clock(venue));
        }
        end(venue, seat, true);
    }
    seat->dirty_count = 0;
}

static void note_level(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    if (seat->dirty_count && (seat->dirty_inst != event->inst || seat->dirty_count == SEAT_DIRTY_MAX))
        cb_settled(venue, seat);
    venue_note_level(seat, event);
}

static void tell_order(struct rehearsal *venue, struct seat *seat, const struct core_order *order)
{
    struct text *out = begin_list(venue, seat, "user", false, NULL, "orders");
    cb_put_sums(venue->core, out, order);
    end(venue, seat, true);
}

static void tell_trade(struct rehearsal *venue, struct seat *seat, const struct core_trade *trade)
{
    struct text *out = begin_list(venue, seat, "market_trades", false, NULL, "trades");
    cb_put_trade(core_inst(venue->core, trade->inst), out, trade);
    end(venue, seat, true);
}

void cb_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    const uint32_t topics =
        event->kind == CORE_ON_TRADE || event->kind == CORE_ON_LEVEL ? seat->topics[event->inst] : 0;
    switch (event->kind) {
    case CORE_ON_ORDER:
    case CORE_ON_FILL:
        if (seat->hears_account && event->account == seat->account &&
            (event->kind == CORE_ON_ORDER || !venue_loses_fill(venue)))
            tell_order(venue, seat, event->order);
        return;
    case CORE_ON_TRADE:
        if (topics & CB_TRADES)
            tell_trade(venue, seat, event->trade);
        if (topics & CB_TICKER)
            say_ticker(venue, seat, event->inst, false, false);
        if (topics & CB_BATCH)
            say_ticker(venue, seat, event->inst, true, false);
        return;
    case CORE_ON_LEVEL:
        if (topics & CB_LEVEL2)
            note_level(venue, seat, event);
        return;
    case CORE_ON_BALANCE:
    case CORE_ON_STATUS:
        return; /* accounts and products say it */
    }
}
