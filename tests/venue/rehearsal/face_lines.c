/* face_lines.c: two faces without keys, a message a line: `lines`, the words of sdk/examples/connector_loopback, in units of the steps; and
 * `jline`, objects of JSON with decimals. Whoever connects is the account main.
 *
 *   lines  we hear  new ID buy|sell QTY PRICE    cancel ID
 *          we say   ack ID   canceled ID   reject ID   fill ID QTY PRICE TRADE   trade PRICE QTY
 *   jline  we hear  {"op":"new","id":7,"s":"BTC/USDT","side":"buy","type":"limit","q":"0.5","p":"100"}   {"op":"cancel","id":7}
 *          we say   {"e":"ack","id":7}   {"e":"gone","id":7}   {"e":"reject","id":7,"why":"..."}
 *                   {"e":"fill","id":7,"s":"BTC/USDT","p":"100","q":"0.5","fee":"0","trade":"t1"}
 *                   {"e":"trade","t":NS,"s":"BTC/USDT","p":"100.05","q":"0.5"} */
#include "rehearsal/face.h"

#include "base/json_out.h"

#include <outcry/kit/json.h>
#include <outcry/kit/text.h>
#include <stdio.h>

enum { LINE_OUT_MAX = 256, MAIN = 0 };

static bool is_jline(const struct rehearsal *venue) { return venue->face == &face_jline; }

static void say(struct rehearsal *venue, struct seat *seat, const char *line)
{
    venue_say(venue, seat, line, strlen(line));
}

/* A word about an order: ack, canceled (gone), reject. */
static void say_of(struct rehearsal *venue, struct seat *seat, const char *word, const char *client, const char *why)
{
    char line[LINE_OUT_MAX];
    struct text out;
    text_init_fixed(&out, line, sizeof line);
    if (!is_jline(venue)) {
        text_format(&out, "%s %s", word, client);
    } else {
        text_format(&out, "{\"e\":\"%s\",\"id\":%s", strcmp(word, "canceled") == 0 ? "gone" : word, client);
        if (why)
            json_text(&out, "why", why);
        text_put(&out, "}");
    }
    say(venue, seat, line);
}

/* ---- what is heard ---- */

static void place(struct rehearsal *venue, struct seat *seat, struct core_ask *ask)
{
    uint32_t order;
    ask->account = MAIN;
    ask->type = CORE_LIMIT;
    ask->tif = CORE_GTC;
    venue->orders++;
    const enum core_why why = core_place(venue->core, venue->now_ns, ask, &order);
    if (why != CORE_OK)
        say_of(venue, seat, "reject", ask->client, core_why_name(why));
}

static void cancel(struct rehearsal *venue, struct seat *seat, const char *client)
{
    const uint32_t order = core_order_by_client(venue->core, MAIN, client);
    if (order == CORE_NONE || core_cancel(venue->core, venue->now_ns, order) != CORE_OK)
        say_of(venue, seat, "reject", client, "NOT_OPEN");
}

/* A whole number without a sign, as an order is called here. */
static bool read_id(const char *text, char ret_client[CORE_CLIENT_MAX])
{
    const size_t size = strspn(text, "0123456789");
    if (size == 0 || size > 20 || text[size] || (text[0] == '0' && size > 1))
        return false;
    text_copy(ret_client, CORE_CLIENT_MAX, text);
    return true;
}

static void hear_words(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size)
{
    char line[LINE_OUT_MAX] = "", id[24] = "", side[8] = "", more[2] = "";
    struct core_ask ask = {.inst = 0};
    long long qty, price;
    if (size >= sizeof line || memchr(bytes, 0, size))
        return;
    memcpy(line, bytes, size);
    if (sscanf(line, "new %23s %7s %18lld %18lld %1s", id, side, &qty, &price, more) == 4 && read_id(id, ask.client)) {
        ask.side = strcmp(side, "buy") == 0 ? CORE_BUY : strcmp(side, "sell") == 0 ? CORE_SELL : 0;
        ask.qty = qty;
        ask.price = price;
        place(venue, seat, &ask);
    } else if (sscanf(line, "cancel %23s %1s", id, more) == 1 && read_id(id, ask.client)) {
        cancel(venue, seat, ask.client);
    }
}

static void hear_json(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size)
{
    char op[8] = "", id[24] = "", symbol[CORE_NAME_MAX] = "", side[8] = "", type[8] = "limit", client[CORE_CLIENT_MAX];
    struct kit_json_text qty = {0}, price = {0};
    const struct {
        const char *name;
        char *to;
        size_t size_max;
    } members[] = {{"op", op, sizeof op},
                   {"id", id, sizeof id},
                   {"s", symbol, sizeof symbol},
                   {"side", side, sizeof side},
                   {"type", type, sizeof type}};
    struct kit_json json = kit_json_begin(bytes, size);
    struct kit_json_text key;
    const bool is_object = kit_json_object(&json);
    bool is_good = is_object;
    while (is_object && kit_json_key(&json, &key)) {
        const struct kit_json_text value = kit_json_value(&json);
        if (kit_json_is(key, "q", 1))
            qty = value;
        else if (kit_json_is(key, "p", 1))
            price = value;
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            if (kit_json_is(key, members[i].name, strlen(members[i].name)))
                is_good = is_good && value.at && kit_json_copy(value, members[i].to, members[i].size_max) >= 0;
    }
    if (!kit_json_end(&json) || !is_good || !read_id(id, client))
        return;
    if (strcmp(op, "cancel") == 0) {
        cancel(venue, seat, client);
        return;
    }
    struct core_ask ask = {.inst = core_inst_named(venue->core, symbol)};
    text_copy(ask.client, sizeof ask.client, client);
    ask.side = strcmp(side, "buy") == 0 ? CORE_BUY : strcmp(side, "sell") == 0 ? CORE_SELL : 0;
    const struct core_inst *inst = ask.inst == CORE_NONE ? NULL : core_inst(venue->core, ask.inst);
    if (strcmp(op, "new") != 0)
        return;
    if (strcmp(type, "limit") != 0 || !inst || kit_json_units(qty, inst->qty_step, &ask.qty) < 0 ||
        kit_json_units(price, inst->price_step, &ask.price) < 0)
        say_of(venue, seat, "reject", client, "BAD_ORDER");
    else
        place(venue, seat, &ask);
}

static void hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size)
{
    while (size && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
        size--;
    if (is_jline(venue))
        hear_json(venue, seat, bytes, size);
    else
        hear_words(venue, seat, bytes, size);
}

/* ---- what is told ---- */

static void tell_fill(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    char line[LINE_OUT_MAX], trade[24];
    const struct core_inst *inst = core_inst(venue->core, event->inst);
    const struct core_fill *fill = event->fill;
    struct text out;
    if (venue_loses_fill(venue))
        return;
    text_init_fixed(&out, line, sizeof line);
    snprintf(trade, sizeof trade, "t%llu", (unsigned long long)fill->number);
    if (!is_jline(venue)) {
        text_format(&out, "fill %s %lld %lld %s", event->order->client, (long long)fill->qty, (long long)fill->price,
                    trade);
    } else {
        text_format(&out, "{\"e\":\"fill\",\"id\":%s", event->order->client);
        json_text(&out, "s", inst->symbol);
        venue_put_units(&out, "p", fill->price, inst->price_step);
        venue_put_units(&out, "q", fill->qty, inst->qty_step);
        json_text(&out, "fee", "0");
        json_text(&out, "trade", trade);
        json_close(&out, '}');
    }
    say(venue, seat, line);
}

static void tell_trade(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    char line[LINE_OUT_MAX];
    const struct core_inst *inst = core_inst(venue->core, event->inst);
    struct text out;
    text_init_fixed(&out, line, sizeof line);
    if (!is_jline(venue)) {
        text_format(&out, "trade %lld %lld", (long long)event->trade->price, (long long)event->trade->qty);
    } else {
        text_format(&out, "{\"e\":\"trade\",\"t\":%lld", (long long)venue_clock(venue));
        json_text(&out, "s", inst->symbol);
        venue_put_units(&out, "p", event->trade->price, inst->price_step);
        venue_put_units(&out, "q", event->trade->qty, inst->qty_step);
        json_close(&out, '}');
    }
    say(venue, seat, line);
}

static void tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    const struct core_order *order = event->order;
    if (event->kind == CORE_ON_TRADE)
        tell_trade(venue, seat, event);
    else if (!order || order->account != MAIN || !order->client[0])
        return; /* of somebody else, or made at the website: it has no name here */
    else if (event->kind == CORE_ON_FILL)
        tell_fill(venue, seat, event);
    else if (event->kind == CORE_ON_ORDER && order->state == CORE_WORKING && order->filled == 0)
        say_of(venue, seat, "ack", order->client, NULL);
    else if (event->kind == CORE_ON_ORDER && (order->state == CORE_CANCELED || order->state == CORE_EXPIRED))
        say_of(venue, seat, "canceled", order->client, NULL);
}

static enum fault_of of_ask(const struct venue_ask *ask)
{
    (void)ask;
    return FAULT_OF_READS;
}

static void refuse(struct venue_answer *ret, uint32_t status, const char *code, const char *words)
{
    ret->status = status;
    json_open(&ret->body, NULL, '{');
    json_text(&ret->body, "code", code);
    json_text(&ret->body, "message", words);
    json_close(&ret->body, '}');
}

static bool sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret)
{
    (void)venue, (void)ask, (void)ret;
    seat->account = MAIN;
    return true;
}

static const struct face_inst insts[] = {
    {"BTC/USDT", "BTC", "USDT", {1, 2, 0}, {1, 3, 0}, 1, 1000000, {0, 0, 0}, 10000}};

static const char *const headers[] = {NULL};

#define LINES(its_name, its_about)                                                                                     \
    {                                                                                                                  \
        .name = its_name, .about = its_about, .paths = "wss /, any path", .rules = {.open_max = 500}, .insts = insts,  \
        .inst_count = 1, .money = "100000 USDT, 100 BTC", .headers = headers, .of = of_ask, .refuse = refuse,          \
        .sit = sit, .hear = hear, .tell = tell                                                                         \
    }

const struct face face_lines = LINES("lines", "words of the example connector_loopback, a message a line");
const struct face face_jline = LINES("jline", "objects of JSON, a message a line");
