/* face_binanceus_stream.c: the streams of the face `binanceus`: what is subscribed, and what they tell. */
#include "rehearsal/face_binanceus.h"

#include "base/json_out.h"

#include <outcry/kit/json.h>
#include <stdio.h>

struct text *bn_begin(struct bn_message *message, const struct seat *seat, const char *stream)
{
    text_init_fixed(&message->text, message->bytes, sizeof message->bytes);
    json_open(&message->text, NULL, '{');
    if (seat->is_combined) {
        json_text(&message->text, "stream", stream);
        json_open(&message->text, "data", '{');
    }
    return &message->text;
}

void bn_send(struct rehearsal *venue, struct seat *seat, struct bn_message *message)
{
    if (seat->is_combined)
        json_close(&message->text, '}');
    json_close(&message->text, '}');
    venue_say(venue, seat, message->bytes, message->text.size);
}

const char *bn_stream_name(const struct core_inst *inst, const char *topic, char name[CORE_NAME_MAX + 24])
{
    size_t at = 0;
    for (; inst->symbol[at]; at++)
        name[at] =
            (char)(inst->symbol[at] >= 'A' && inst->symbol[at] <= 'Z' ? inst->symbol[at] + 32 : inst->symbol[at]);
    snprintf(name + at, 24, "%s", topic);
    return name;
}

/* ---- subscribed ---- */

static void subscribe(struct rehearsal *venue, struct seat *seat, const char *name, size_t size, bool is_on)
{
    static const struct {
        const char *name;
        uint32_t topic;
    } topics[] = {{"@trade", BN_TRADE},       {"@bookTicker", BN_BOOK_TICKER}, {"@depth", BN_DEPTH},
                  {"@depth@100ms", BN_DEPTH}, {"@ticker", BN_TICKER},          {"@miniTicker", BN_MINI_TICKER}};
    char lower[CORE_NAME_MAX + 24];
    for (uint32_t inst = 0; inst < core_inst_count(venue->core); inst++)
        for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
            bn_stream_name(core_inst(venue->core, inst), topics[i].name, lower);
            if (strlen(lower) != size || memcmp(lower, name, size) != 0)
                continue;
            seat->topics[inst] = is_on ? seat->topics[inst] | topics[i].topic : seat->topics[inst] & ~topics[i].topic;
            if (topics[i].topic == BN_DEPTH)
                seat->seq[inst] = core_inst(venue->core, inst)->book_seq;
            return;
        }
    struct venue_key *key = NULL; /* a stream that there is not is taken, and stays silent */
    char listen[72];
    if (size < sizeof listen) {
        memcpy(listen, name, size);
        listen[size] = 0;
        key = bn_listener(venue, listen);
    }
    if (key) {
        seat->account = key->account;
        seat->hears_account = is_on;
        text_copy(seat->listen, sizeof seat->listen, listen);
    }
}

static void subscribe_list(struct rehearsal *venue, struct seat *seat, const char *list)
{
    while (*list) {
        const size_t size = strcspn(list, "/&");
        if (size)
            subscribe(venue, seat, list, size, true);
        list += size + (list[size] == '/');
        if (*list == '&')
            return;
    }
}

bool bn_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret)
{
    static const char combined[] = "/stream?streams=", single[] = "/ws/";
    const bool is_combined = strncmp(ask->path, "/stream", 7) == 0 && (ask->path[7] == 0 || ask->path[7] == '?');
    if (!is_combined && strcmp(ask->path, "/ws") != 0 && strncmp(ask->path, single, sizeof single - 1) != 0) {
        bn_words_refuse(ret, 404, "NOT_FOUND", "");
        return false;
    }
    seat->is_combined = is_combined;
    if (strncmp(ask->path, combined, sizeof combined - 1) == 0)
        subscribe_list(venue, seat, ask->path + sizeof combined - 1);
    else if (strncmp(ask->path, single, sizeof single - 1) == 0)
        subscribe_list(venue, seat, ask->path + sizeof single - 1);
    return true;
}

static void answer_words(struct rehearsal *venue, struct seat *seat, struct kit_json_text id, const char *error)
{
    char bytes[256];
    struct text text;
    text_init_fixed(&text, bytes, sizeof bytes);
    json_open(&text, NULL, '{');
    if (error) {
        json_int(&text, "code", 2);
        json_text(&text, "msg", error);
    } else {
        json_null(&text, "result");
    }
    if (id.size && id.size < 64)
        text_format(&text, id.kind == KIT_JSON_STRING ? ",\"id\":\"%.*s\"" : ",\"id\":%.*s", (int)id.size, id.at);
    json_close(&text, '}');
    venue_say(venue, seat, bytes, text.size);
}

void bn_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size)
{
    struct kit_json json = kit_json_begin(bytes, size), params = {0};
    struct kit_json_text key, method = {0}, id = {0};
    const bool is_object = kit_json_object(&json);
    while (is_object && kit_json_key(&json, &key)) {
        const struct kit_json here = json;
        const struct kit_json_text value = kit_json_value(&json);
        if (KIT_JSON_IS(key, "method"))
            method = value;
        else if (KIT_JSON_IS(key, "id"))
            id = value;
        else if (KIT_JSON_IS(key, "params"))
            params = here;
    }
    const bool is_on = KIT_JSON_IS(method, "SUBSCRIBE"), is_off = KIT_JSON_IS(method, "UNSUBSCRIBE");
    if (!kit_json_end(&json) || !is_object || (!is_on && !is_off) || !params.at || !kit_json_array(&params)) {
        answer_words(venue, seat, id, "Invalid request: SUBSCRIBE or UNSUBSCRIBE of a list of streams is expected");
        return;
    }
    while (kit_json_item(&params)) {
        const struct kit_json_text name = kit_json_value(&params);
        if (name.kind == KIT_JSON_STRING)
            subscribe(venue, seat, name.at, name.size, is_on);
    }
    answer_words(venue, seat, id, NULL);
}

/* ---- told ---- */

static void tell_trade(struct rehearsal *venue, struct seat *seat, const struct core_trade *trade)
{
    const struct core_inst *in = core_inst(venue->core, trade->inst);
    char name[CORE_NAME_MAX + 24];
    struct bn_message message;
    struct text *out = bn_begin(&message, seat, bn_stream_name(in, "@trade", name));
    json_text(out, "e", "trade");
    json_int(out, "E", venue_clock(venue) / 1000000);
    json_text(out, "s", in->symbol);
    json_int(out, "t", (int64_t)trade->number);
    bn_put_units(out, "p", trade->price, in->price_step);
    bn_put_units(out, "q", trade->qty, in->qty_step);
    json_int(out, "T", trade->at_ns / 1000000);
    json_flag(out, "m", trade->side == CORE_SELL);
    json_flag(out, "M", true);
    bn_send(venue, seat, &message);
}

/* `x` the kind of the report, `fill` where it is of one. In a cancel `c` is the id of the cancel. */
static void tell_report(struct rehearsal *venue, struct seat *seat, const struct core_order *order, const char *kind,
                        const struct core_fill *fill)
{
    const struct core_inst *in = core_inst(venue->core, order->inst);
    const bool is_cancel = strcmp(kind, "CANCELED") == 0;
    struct bn_message message;
    struct text *out = bn_begin(&message, seat, seat->listen);
    json_text(out, "e", "executionReport");
    json_int(out, "E", venue_clock(venue) / 1000000);
    json_text(out, "s", in->symbol);
    json_text(out, "c", !is_cancel ? order->client : venue->canceling[0] ? venue->canceling : "venue");
    json_text(out, "S", order->side == CORE_BUY ? "BUY" : "SELL");
    json_text(out, "o", bn_type(order));
    json_text(out, "f", bn_tif(order));
    bn_put_units(out, "q", order->by_money ? order->filled : order->qty, in->qty_step);
    bn_put_units(out, "p", order->price, in->price_step);
    bn_put_units(out, "P", order->stop, in->price_step);
    json_text(out, "F", "0.00000000");
    json_int(out, "g", -1);
    json_text(out, "C", is_cancel ? order->client : "");
    json_text(out, "x", kind);
    json_text(out, "X", fill && core_is_spent(venue->core, order, fill->price) ? "FILLED" : bn_state(order));
    json_text(out, "r", "NONE");
    json_int(out, "i", (int64_t)order->id);
    bn_put_units(out, "l", fill ? fill->qty : 0, in->qty_step);
    bn_put_units(out, "z", order->filled, in->qty_step);
    bn_put_units(out, "L", fill ? fill->price : 0, in->price_step);
    if (fill)
        bn_put_money(out, "n", fill->fee);
    else
        json_text(out, "n", "0");
    json_text(out, "N", fill ? core_asset_name(venue->core, fill->fee_asset) : NULL);
    json_int(out, "T", (fill ? fill->at_ns : order->updated_ns) / 1000000);
    json_int(out, "t", fill ? (int64_t)fill->number : -1);
    json_flag(out, "w", core_is_open(order) && order->state != CORE_DORMANT);
    json_flag(out, "m", fill && fill->is_maker);
    json_flag(out, "M", fill != NULL);
    json_int(out, "O", order->created_ns / 1000000);
    bn_put_money(out, "Z", order->value);
    bn_put_money(out, "Y", fill ? (oc_i128)fill->price * fill->qty * in->value_unit : 0);
    bn_put_money(out, "Q", order->by_money ? order->money : 0);
    json_int(out, "W", order->created_ns / 1000000);
    json_text(out, "V", "EXPIRE_TAKER");
    bn_send(venue, seat, &message);
}

static void tell_balance(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    const struct core_balance *balance = &core_account(venue->core, event->account)->balances[event->asset];
    struct bn_message message;
    struct text *out = bn_begin(&message, seat, seat->listen);
    json_text(out, "e", "outboundAccountPosition");
    json_int(out, "E", venue_clock(venue) / 1000000);
    json_int(out, "u", event->at_ns / 1000000);
    json_open(out, "B", '[');
    json_open(out, NULL, '{');
    json_text(out, "a", core_asset_name(venue->core, event->asset));
    bn_put_money(out, "f", balance->free);
    bn_put_money(out, "l", balance->locked);
    json_close(out, '}');
    json_close(out, ']');
    bn_send(venue, seat, &message);
}

static void tell_account(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    const struct core_order *order = event->order;
    if (!bn_listener(venue, seat->listen)) /* an old listen key: nothing more is said, and nobody says why */
        return;
    if (event->kind == CORE_ON_BALANCE)
        tell_balance(venue, seat, event);
    else if (event->kind == CORE_ON_FILL && !venue_loses_fill(venue))
        tell_report(venue, seat, order, "TRADE", event->fill);
    else if (event->kind == CORE_ON_ORDER && (order->state == CORE_CANCELED || order->state == CORE_EXPIRED))
        tell_report(venue, seat, order, order->state == CORE_CANCELED ? "CANCELED" : "EXPIRED", NULL);
    else if (event->kind == CORE_ON_ORDER && core_is_open(order) && !order->filled)
        tell_report(venue, seat, order, "NEW", NULL);
}

/* The changes of a book since the last ones, up to `last`. */
static void tell_depth(struct rehearsal *venue, struct seat *seat, uint64_t last)
{
    const uint32_t inst = seat->dirty_inst;
    const struct core_inst *in = core_inst(venue->core, inst);
    char name[CORE_NAME_MAX + 24];
    struct bn_message message;
    struct text *out = bn_begin(&message, seat, bn_stream_name(in, "@depth@100ms", name));
    json_text(out, "e", "depthUpdate");
    json_int(out, "E", venue_clock(venue) / 1000000);
    json_text(out, "s", in->symbol);
    json_int(out, "U", (int64_t)seat->seq[inst] + 1);
    json_int(out, "u", (int64_t)last);
    for (uint32_t side = CORE_BUY; side <= CORE_SELL; side++) {
        json_open(out, side == CORE_BUY ? "b" : "a", '[');
        for (uint32_t i = 0; i < seat->dirty_count; i++) {
            if (seat->dirty[i].qty != (int64_t)side)
                continue;
            json_open(out, NULL, '[');
            bn_put_units(out, NULL, seat->dirty[i].price, in->price_step);
            bn_put_units(out, NULL, venue_qty_at(venue->core, inst, (uint8_t)side, seat->dirty[i].price), in->qty_step);
            json_close(out, ']');
        }
        json_close(out, ']');
    }
    seat->seq[inst] = last;
    bn_send(venue, seat, &message);
}

static void tell_quote(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    static const char *const names[2][2] = {{"b", "B"}, {"a", "A"}};
    const struct core_inst *in = core_inst(venue->core, inst);
    struct core_level now[2] = {{0, 0}, {0, 0}};
    char name[CORE_NAME_MAX + 24];
    struct bn_message message;
    (void)core_levels(venue->core, inst, CORE_BUY, &now[0], 1);
    (void)core_levels(venue->core, inst, CORE_SELL, &now[1], 1);
    if (memcmp(now, seat->quote[inst], sizeof now) == 0)
        return;
    memcpy(seat->quote[inst], now, sizeof now);
    struct text *out = bn_begin(&message, seat, bn_stream_name(in, "@bookTicker", name));
    json_int(out, "u", (int64_t)in->book_seq);
    json_text(out, "s", in->symbol);
    for (int i = 0; i < 2; i++) {
        bn_put_units(out, names[i][0], now[i].price, in->price_step);
        bn_put_units(out, names[i][1], now[i].qty, in->qty_step);
    }
    bn_send(venue, seat, &message);
}

void bn_settled(struct rehearsal *venue, struct seat *seat)
{
    const uint32_t inst = seat->dirty_inst;
    if (seat->dirty_count == 0)
        return;
    if (seat->topics[inst] & BN_DEPTH)
        tell_depth(venue, seat, core_inst(venue->core, inst)->book_seq);
    seat->dirty_count = 0;
    if (seat->topics[inst] & BN_BOOK_TICKER)
        tell_quote(venue, seat, inst);
}

static void note_level(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    if (seat->dirty_count && seat->dirty_inst != event->inst)
        bn_settled(venue, seat);
    if (seat->dirty_count == SEAT_DIRTY_MAX) { /* as much as one message takes; this change is the next one's */
        if (seat->topics[event->inst] & BN_DEPTH)
            tell_depth(venue, seat, core_inst(venue->core, event->inst)->book_seq - 1);
        seat->dirty_count = 0;
    }
    venue_note_level(seat, event);
}

void bn_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    switch (event->kind) {
    case CORE_ON_ORDER:
    case CORE_ON_FILL:
    case CORE_ON_BALANCE:
        if (seat->hears_account && event->account == seat->account)
            tell_account(venue, seat, event);
        return;
    case CORE_ON_TRADE:
        if (seat->topics[event->inst] & BN_TRADE)
            tell_trade(venue, seat, event->trade);
        if (seat->topics[event->inst] & (BN_TICKER | BN_MINI_TICKER))
            bn_tell_ticker(venue, seat, event->inst);
        return;
    case CORE_ON_LEVEL:
        if (seat->topics[event->inst] & (BN_DEPTH | BN_BOOK_TICKER))
            note_level(venue, seat, event);
        return;
    case CORE_ON_STATUS:
        return; /* exchangeInfo says it */
    }
}
