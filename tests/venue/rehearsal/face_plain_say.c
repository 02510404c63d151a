/* face_plain_say.c: the objects of the face `plain`, and its signatures. */
#include "rehearsal/face_plain.h"

#include "base/json_out.h"

#include <stdio.h>

const struct plain_names plain_sides[] = {{"buy", CORE_BUY}, {"sell", CORE_SELL}, {NULL, 0}};
const struct plain_names plain_types[] = {
    {"limit", CORE_LIMIT}, {"market", CORE_MARKET}, {"stop", CORE_STOP}, {"stop_limit", CORE_STOP_LIMIT}, {NULL, 0}};
const struct plain_names plain_tifs[] = {{"gtc", CORE_GTC}, {"ioc", CORE_IOC}, {"fok", CORE_FOK}, {NULL, 0}};
static const struct plain_names states[] = {{"open", CORE_WORKING},    {"waiting", CORE_DORMANT},
                                            {"filled", CORE_FILLED},   {"canceled", CORE_CANCELED},
                                            {"expired", CORE_EXPIRED}, {NULL, 0}};

uint8_t plain_means(const struct plain_names *names, const char *word)
{
    for (; names->word; names++)
        if (strcmp(names->word, word) == 0)
            return names->means;
    return 0;
}

static const char *word_of(const struct plain_names *names, uint8_t means)
{
    while (names->word && names->means != means)
        names++;
    return names->word;
}

void plain_put_money(struct text *out, const char *key, oc_i128 money)
{
    char number[TEXT_DECIMAL_MAX];
    text_from_units_128(number, money, MONEY_SCALE, TEXT_SHORTEST);
    json_text(out, key, number);
}

void plain_put_us(struct text *out, const char *key, int64_t ns) { json_int(out, key, ns / 1000); }

static void put_id(struct text *out, const char *key, uint64_t id)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)id);
    json_text(out, key, text);
}

/* A stop goes on bearing its kind when it was triggered. */
static uint8_t type_of(const struct core_order *order)
{
    if (!order->stop)
        return order->type;
    return order->price ? CORE_STOP_LIMIT : CORE_STOP;
}

void plain_put_order(const struct core *core, struct text *out, const char *key, const struct core_order *order)
{
    const struct core_inst *inst = core_inst(core, order->inst);
    json_open(out, key, '{');
    put_id(out, "id", order->id);
    if (order->client[0])
        json_text(out, "client_id", order->client);
    json_text(out, "symbol", inst->symbol);
    json_text(out, "side", word_of(plain_sides, order->side));
    json_text(out, "type", word_of(plain_types, type_of(order)));
    json_text(out, "tif", word_of(plain_tifs, order->tif));
    if (order->is_post_only)
        json_flag(out, "post_only", true);
    json_text(out, "state", word_of(states, order->state));
    if (order->by_money)
        plain_put_money(out, "quote_qty", order->money);
    else
        venue_put_units(out, "qty", order->qty, inst->qty_step);
    venue_put_units(out, "filled", order->filled, inst->qty_step);
    plain_put_money(out, "value", order->value);
    if (order->price)
        venue_put_units(out, "price", order->price, inst->price_step);
    if (order->stop)
        venue_put_units(out, "stop_price", order->stop, inst->price_step);
    plain_put_us(out, "created_us", order->created_ns);
    plain_put_us(out, "updated_us", order->updated_ns);
    json_close(out, '}');
}

void plain_put_fill(const struct core *core, struct text *out, const char *key, const struct core_fill *fill)
{
    const struct core_inst *inst = core_inst(core, fill->inst);
    const struct core_order *order = core_order(core, fill->order);
    json_open(out, key, '{');
    put_id(out, "id", fill->number);
    put_id(out, "order_id", order->id);
    if (order->client[0])
        json_text(out, "client_id", order->client);
    json_text(out, "symbol", inst->symbol);
    json_text(out, "side", word_of(plain_sides, fill->side));
    venue_put_units(out, "qty", fill->qty, inst->qty_step);
    venue_put_units(out, "price", fill->price, inst->price_step);
    plain_put_money(out, "fee", fill->fee);
    json_text(out, "fee_asset", core_asset_name(core, fill->fee_asset));
    json_text(out, "role", fill->is_maker ? "maker" : "taker");
    plain_put_us(out, "time_us", fill->at_ns);
    json_close(out, '}');
}

void plain_put_trade(const struct core *core, struct text *out, const char *key, const struct core_trade *trade)
{
    const struct core_inst *inst = core_inst(core, trade->inst);
    json_open(out, key, '{');
    put_id(out, "id", trade->number);
    json_text(out, "symbol", inst->symbol);
    json_text(out, "side", word_of(plain_sides, trade->side));
    venue_put_units(out, "qty", trade->qty, inst->qty_step);
    venue_put_units(out, "price", trade->price, inst->price_step);
    plain_put_us(out, "time_us", trade->at_ns);
    json_close(out, '}');
}

void plain_put_level(const struct core_inst *inst, struct text *out, int64_t price, int64_t qty)
{
    json_open(out, NULL, '[');
    venue_put_units(out, NULL, price, inst->price_step);
    venue_put_units(out, NULL, qty, inst->qty_step);
    json_close(out, ']');
}

void plain_put_levels(const struct core *core, struct text *out, uint32_t inst, uint32_t depth)
{
    struct core_level levels[100];
    for (uint8_t side = CORE_BUY; side <= CORE_SELL; side++) {
        const uint32_t count = core_levels(core, inst, side, levels, depth);
        json_open(out, side == CORE_BUY ? "bids" : "asks", '[');
        for (uint32_t i = 0; i < count; i++)
            plain_put_level(core_inst(core, inst), out, levels[i].price, levels[i].qty);
        json_close(out, ']');
    }
}

void plain_refuse(struct venue_answer *ret, uint32_t status, const char *code, const char *words)
{
    ret->status = status;
    json_open(&ret->body, NULL, '{');
    json_open(&ret->body, "error", '{');
    json_text(&ret->body, "code", code);
    json_text(&ret->body, "message", words);
    json_close(&ret->body, '}');
    json_close(&ret->body, '}');
}

/* ---- signatures ---- */

enum { WINDOW_MS = 5000, WINDOW_MAX_MS = 60000, AHEAD_MS = 1000 };

const struct venue_key *plain_signed(const struct rehearsal *venue, const char *key_id, const char *time_us,
                                     const char *window_ms, const char *sign, const struct text *text,
                                     const char **ret_code, const char **ret_words)
{
    int64_t said_us = 0, window = WINDOW_MS;
    const int64_t now_us = venue_clock(venue) / 1000;
    const struct venue_key *key = venue_key(venue, key_id);
    *ret_code = "BAD_SIGNATURE";
    if (!*key_id || !*time_us || !*sign) {
        *ret_words = "this is for accounts: a key, a time and a signature are needed";
        return NULL;
    }
    if (!key) {
        *ret_code = "NO_SUCH_KEY";
        *ret_words = "nobody has this key here";
        return NULL;
    }
    if (text_to_int(time_us, strlen(time_us), &said_us) < 0 || said_us < 0 ||
        (*window_ms &&
         (text_to_int(window_ms, strlen(window_ms), &window) < 0 || window < 1 || window > WINDOW_MAX_MS))) {
        *ret_code = "BAD_TIME";
        *ret_words = "a time is in microseconds since 1970, a window in milliseconds from 1 to 60000";
        return NULL;
    }
    if (text->is_cut || !venue_is_signed(key, text->data, text->size, sign)) {
        *ret_words = "the signature is of something else, or by another secret";
        return NULL;
    }
    if (said_us > now_us + AHEAD_MS * 1000 || said_us < now_us - window * 1000) {
        *ret_code = "OUTSIDE_WINDOW";
        *ret_words = "the time of the request is outside of its window of the venue's clock: ask for the time";
        return NULL;
    }
    return key;
}
