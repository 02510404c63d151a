/* face_plain_stream.c: the stream of the face `plain`: who says what on it, and what it tells.
 *
 *   we hear  {"do":"subscribe","topic":"trades|quotes|depth","symbol":"BTC/USDT"}   {"do":"unsubscribe",...}   {"do":"ping"}
 *            {"do":"login","key":"...","time_us":"...","sign":"..."}                {"do":"subscribe","topic":"account"} */
#include "rehearsal/face_plain.h"

#include "base/json_out.h"

enum { OUT_MAX = 16384 };

/* A message that is numbered among those of an instrument, or (CORE_INSTS_MAX) of the account. */
struct message {
    char bytes[OUT_MAX];
    struct text text;
};

static struct text *begin(struct message *message, const char *on)
{
    text_init_fixed(&message->text, message->bytes, sizeof message->bytes);
    json_open(&message->text, NULL, '{');
    json_text(&message->text, "on", on);
    return &message->text;
}

static void send(struct rehearsal *venue, struct seat *seat, struct message *message)
{
    json_close(&message->text, '}');
    venue_say(venue, seat, message->bytes, message->text.size);
}

static struct text *begin_numbered(struct message *message, struct seat *seat, const char *on, uint32_t of)
{
    struct text *out = begin(message, on);
    json_int(out, "seq", (int64_t)++seat->seq[of]);
    return out;
}

static void complain(struct rehearsal *venue, struct seat *seat, const char *code, const char *words)
{
    struct message message;
    struct text *out = begin(&message, "error");
    json_text(out, "code", code);
    json_text(out, "message", words);
    send(venue, seat, &message);
}

bool plain_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret)
{
    int64_t wait_ns = 0;
    (void)seat;
    if (strcmp(ask->path, "/v1/stream") != 0) {
        plain_refuse(ret, 404, "NO_SUCH_PATH", "streams are at /v1/stream");
        return false;
    }
    const enum quota_verdict verdict =
        quota_take(&venue->quota, venue_clock(venue), ask->address, NULL, 5, 0, &wait_ns);
    if (verdict == QUOTA_OK)
        return true;
    plain_refuse(ret, verdict == QUOTA_WAIT ? 429 : 418, verdict == QUOTA_WAIT ? "TOO_MANY_REQUESTS" : "BANNED",
                 "too many streams were opened");
    ret->retry_after_s = (wait_ns + 999999999) / 1000000000;
    return false;
}

/* ---- what is heard ---- */

struct words {
    char does[16], topic[16], symbol[CORE_NAME_MAX], key[CORE_NAME_MAX], time_us[24], sign[72];
};

static bool read_words(const char *bytes, uint32_t size, struct words *words)
{
    const struct {
        const char *name;
        char *to;
        size_t size_max;
    } members[] = {{"do", words->does, sizeof words->does},
                   {"topic", words->topic, sizeof words->topic},
                   {"symbol", words->symbol, sizeof words->symbol},
                   {"key", words->key, sizeof words->key},
                   {"time_us", words->time_us, sizeof words->time_us},
                   {"sign", words->sign, sizeof words->sign}};
    struct kit_json json = kit_json_begin(bytes, size);
    struct kit_json_text key;
    bool is_good = true;
    memset(words, 0, sizeof *words);
    const bool is_object = kit_json_object(&json);
    while (is_object && kit_json_key(&json, &key)) {
        const struct kit_json_text value = kit_json_value(&json);
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            if (kit_json_is(key, members[i].name, strlen(members[i].name)) &&
                (value.kind != KIT_JSON_STRING || kit_json_copy(value, members[i].to, members[i].size_max) < 0))
                is_good = false;
    }
    return kit_json_end(&json) && is_object && is_good;
}

static void log_in(struct rehearsal *venue, struct seat *seat, const struct words *words)
{
    char bytes[64];
    const char *code, *why;
    struct text text;
    struct message message;
    text_init_fixed(&text, bytes, sizeof bytes);
    text_format(&text, "LOGIN\n/v1/stream\n%s\n\n", words->time_us);
    const struct venue_key *key = plain_signed(venue, words->key, words->time_us, "", words->sign, &text, &code, &why);
    if (!key) {
        complain(venue, seat, code, why);
        return;
    }
    seat->account = key->account;
    json_text(begin(&message, "login"), "account", core_account(venue->core, key->account)->name);
    send(venue, seat, &message);
}

static void say_snapshot(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    struct message message;
    struct text *out = begin_numbered(&message, seat, "depth", inst);
    json_text(out, "symbol", core_inst(venue->core, inst)->symbol);
    json_flag(out, "snapshot", true);
    plain_put_us(out, "time_us", venue_clock(venue));
    plain_put_levels(venue->core, out, inst, PLAIN_DEPTH_LEVELS);
    send(venue, seat, &message);
}

static void say_quote(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    const struct core_inst *in = core_inst(venue->core, inst);
    const struct core_level *quote = seat->quote[inst];
    struct message message;
    struct text *out = begin_numbered(&message, seat, "quote", inst);
    json_text(out, "symbol", in->symbol);
    for (int i = 0; i < 2; i++) {
        if (!quote[i].qty)
            continue;
        venue_put_units(out, i ? "ask" : "bid", quote[i].price, in->price_step);
        venue_put_units(out, i ? "ask_qty" : "bid_qty", quote[i].qty, in->qty_step);
    }
    plain_put_us(out, "time_us", venue_clock(venue));
    send(venue, seat, &message);
}

/* Whether the best prices are others than were said last; they are noted. */
static bool quote_changes(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    struct core_level now[2] = {{0, 0}, {0, 0}};
    (void)core_levels(venue->core, inst, CORE_BUY, &now[0], 1);
    (void)core_levels(venue->core, inst, CORE_SELL, &now[1], 1);
    const bool changes = memcmp(now, seat->quote[inst], sizeof now) != 0;
    memcpy(seat->quote[inst], now, sizeof now);
    return changes;
}

static void subscribe(struct rehearsal *venue, struct seat *seat, const struct words *words, bool is_on)
{
    static const struct plain_names topics[] = {
        {"trades", PLAIN_TRADES}, {"quotes", PLAIN_QUOTES}, {"depth", PLAIN_DEPTH}, {NULL, 0}};
    const bool is_account = strcmp(words->topic, "account") == 0;
    const uint8_t topic = plain_means(topics, words->topic);
    const uint32_t inst = is_account ? CORE_INSTS_MAX : core_inst_named(venue->core, words->symbol);
    struct message message;
    if (is_account ? seat->account == CORE_NONE : !topic || inst == CORE_NONE) {
        complain(venue, seat, is_account ? "NOT_LOGGED_IN" : "NO_SUCH_TOPIC",
                 is_account ? "log in first" : "trades, quotes or depth of an instrument, or account is expected");
        return;
    }
    struct text *out = begin(&message, is_on ? "subscribed" : "unsubscribed");
    json_text(out, "topic", words->topic);
    if (!is_account)
        json_text(out, "symbol", words->symbol);
    json_int(out, "seq", (int64_t)seat->seq[inst]);
    send(venue, seat, &message);
    if (is_account) {
        seat->hears_account = is_on;
        return;
    }
    seat->topics[inst] = is_on ? seat->topics[inst] | topic : seat->topics[inst] & ~(uint32_t)topic;
    if (is_on && topic == PLAIN_DEPTH)
        say_snapshot(venue, seat, inst);
    if (is_on && topic == PLAIN_QUOTES) {
        (void)quote_changes(venue, seat, inst);
        say_quote(venue, seat, inst);
    }
}

void plain_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size)
{
    struct words words;
    struct message message;
    int64_t wait_ns;
    if (quota_take(&venue->quota, venue_clock(venue), seat->address, NULL, 1, 0, &wait_ns) != QUOTA_OK) {
        complain(venue, seat, "TOO_MANY_REQUESTS", "more than this window has room for: wait, or you are banned");
    } else if (!read_words(bytes, size, &words)) {
        complain(venue, seat, "BAD_MESSAGE", "an object of JSON is expected, with texts");
    } else if (strcmp(words.does, "ping") == 0) {
        plain_put_us(begin(&message, "pong"), "time_us", venue_clock(venue));
        send(venue, seat, &message);
    } else if (strcmp(words.does, "login") == 0) {
        log_in(venue, seat, &words);
    } else if (strcmp(words.does, "subscribe") == 0 || strcmp(words.does, "unsubscribe") == 0) {
        subscribe(venue, seat, &words, words.does[0] == 's');
    } else {
        complain(venue, seat, "BAD_MESSAGE", "do: subscribe, unsubscribe, login or ping is expected");
    }
}

/* ---- what is told ---- */

static void tell_account(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    struct message message;
    struct text *out;
    if (event->kind == CORE_ON_FILL && venue_loses_fill(venue))
        return;
    if (event->kind == CORE_ON_FILL) {
        out = begin_numbered(&message, seat, "fill", CORE_INSTS_MAX);
        plain_put_fill(venue->core, out, "fill", event->fill);
    } else if (event->kind == CORE_ON_ORDER) {
        out = begin_numbered(&message, seat, "order", CORE_INSTS_MAX);
        plain_put_order(venue->core, out, "order", event->order);
    } else {
        const struct core_balance *balance = &core_account(venue->core, event->account)->balances[event->asset];
        out = begin_numbered(&message, seat, "balance", CORE_INSTS_MAX);
        json_text(out, "asset", core_asset_name(venue->core, event->asset));
        plain_put_money(out, "free", balance->free);
        plain_put_money(out, "locked", balance->locked);
        plain_put_us(out, "time_us", event->at_ns);
    }
    send(venue, seat, &message);
}

static void note_level(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    if (seat->dirty_count && seat->dirty_inst != event->inst)
        plain_settled(venue, seat);
    venue_note_level(seat, event);
}

void plain_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    struct message message;
    struct text *out;
    switch (event->kind) {
    case CORE_ON_ORDER:
    case CORE_ON_FILL:
    case CORE_ON_BALANCE:
        if (seat->hears_account && event->account == seat->account)
            tell_account(venue, seat, event);
        return;
    case CORE_ON_TRADE:
        if (seat->topics[event->inst] & PLAIN_TRADES) {
            out = begin_numbered(&message, seat, "trade", event->inst);
            plain_put_trade(venue->core, out, "trade", event->trade);
            send(venue, seat, &message);
        }
        return;
    case CORE_ON_LEVEL:
        if (seat->topics[event->inst] & (PLAIN_DEPTH | PLAIN_QUOTES))
            note_level(venue, seat, event);
        return;
    case CORE_ON_STATUS:
        if (seat->topics[event->inst]) {
            out = begin_numbered(&message, seat, "status", event->inst);
            json_text(out, "symbol", core_inst(venue->core, event->inst)->symbol);
            json_text(out, "status", core_inst(venue->core, event->inst)->is_halted ? "halted" : "trading");
            send(venue, seat, &message);
        }
        return;
    }
}

static void say_changes(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    const struct core_inst *in = core_inst(venue->core, inst);
    struct message message;
    struct text *out = begin_numbered(&message, seat, "depth", inst);
    json_text(out, "symbol", in->symbol);
    plain_put_us(out, "time_us", venue_clock(venue));
    for (uint8_t side = CORE_BUY; side <= CORE_SELL; side++) {
        json_open(out, side == CORE_BUY ? "bids" : "asks", '[');
        for (uint32_t i = 0; i < seat->dirty_count; i++)
            if (seat->dirty[i].qty == side)
                plain_put_level(in, out, seat->dirty[i].price,
                                venue_qty_at(venue->core, inst, side, seat->dirty[i].price));
        json_close(out, ']');
    }
    send(venue, seat, &message);
}

void plain_settled(struct rehearsal *venue, struct seat *seat)
{
    const uint32_t inst = seat->dirty_inst, count = seat->dirty_count;
    if (count == 0)
        return;
    if ((seat->topics[inst] & PLAIN_DEPTH) && count > SEAT_DIRTY_MAX)
        say_snapshot(venue, seat, inst);
    else if (seat->topics[inst] & PLAIN_DEPTH)
        say_changes(venue, seat, inst);
    seat->dirty_count = 0;
    if ((seat->topics[inst] & PLAIN_QUOTES) && quote_changes(venue, seat, inst))
        say_quote(venue, seat, inst);
}
