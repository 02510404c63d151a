/* bench_json.c: a venue's message read by the kit's scanner, beside json-c and a scanner that knows the message. */
#include "cli/bench.h"

#include <json-c/json.h>
#include <outcry/event.h>
#include <outcry/kit/json.h>
#include <outcry/kit/write.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "cli/verbs.h"

enum { LEVELS = 1000, MESSAGE_MAX = 1 << 17 };

static const struct oc_dec price_step = {1, 2, 0}, qty_step = {1, 8, 0};
static volatile int64_t seen; /* what was read is used */

static const char trade_frame[] =
    "{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"BTCUSDT\",\"t\":12345678,\"p\":\"37123.45\",\"q\":\"0.01234000\","
    "\"b\":88,\"a\":50,\"T\":1672515782135,\"m\":true,\"M\":true}";

static bool kit_trade(const char *bytes, size_t size)
{
    struct kit_json json = kit_json_begin(bytes, (uint32_t)size);
    struct kit_json_text key, text;
    struct oc_ev_trade trade = {.present = OC_HAS_QTY};
    uint64_t ms = 0, id = 0;
    bool is_good = kit_json_object(&json);
    while (kit_json_key(&json, &key)) {
        if (key.size != 1)
            continue;
        switch (key.at[0]) {
        case 't':
            is_good &= kit_json_u64(kit_json_value(&json), &id) == OC_OK;
            break;
        case 'p':
            is_good &= kit_json_units(kit_json_value(&json), price_step, &trade.price) == OC_OK;
            break;
        case 'q':
            is_good &= kit_json_units(kit_json_value(&json), qty_step, &trade.qty) == OC_OK;
            break;
        case 'T':
            is_good &= kit_json_u64(kit_json_value(&json), &ms) == OC_OK;
            break;
        case 'm':
            text = kit_json_value(&json);
            trade.taker_side = text.kind == KIT_JSON_TRUE ? OC_SIDE_SELL : OC_SIDE_BUY;
            break;
        default:
            break;
        }
    }
    seen += trade.price + trade.qty + (int64_t)ms + (int64_t)id;
    return is_good && kit_json_end(&json);
}

static int64_t tree_units(json_object *value, struct oc_dec step)
{
    const struct kit_json_text text = {.at = json_object_get_string(value),
                                       .size = (uint32_t)json_object_get_string_len(value),
                                       .kind = KIT_JSON_STRING};
    int64_t units = 0;
    (void)kit_json_units(text, step, &units);
    return units;
}

static json_object *tree_of(const char *bytes, size_t size)
{
    json_tokener *tokener = json_tokener_new();
    json_object *tree = json_tokener_parse_ex(tokener, bytes, (int)size);
    json_tokener_free(tokener);
    return tree;
}

static bool tree_trade(const char *bytes, size_t size)
{
    json_object *tree = tree_of(bytes, size), *t = NULL, *p = NULL, *q = NULL, *at = NULL, *m = NULL;
    const bool is_good = json_object_object_get_ex(tree, "t", &t) && json_object_object_get_ex(tree, "p", &p) &&
                         json_object_object_get_ex(tree, "q", &q) && json_object_object_get_ex(tree, "T", &at) &&
                         json_object_object_get_ex(tree, "m", &m);
    if (is_good)
        seen += tree_units(p, price_step) + tree_units(q, qty_step) + json_object_get_int64(at) +
                json_object_get_int64(t) + json_object_get_boolean(m);
    json_object_put(tree);
    return is_good;
}

/* The stick: this message in this order, each key skipped by its length, digits summed without a check. */
static int64_t digits(const char **at)
{
    int64_t sum = 0;
    for (; (**at >= '0' && **at <= '9') || **at == '.'; (*at)++)
        if (**at != '.')
            sum = sum * 10 + (**at - '0');
    return sum;
}

static bool known_trade(const char *bytes, size_t size)
{
    const char *at = memchr(bytes, 't', size), *end = bytes + size; /* of "trade" */
    int64_t id, price, qty, ms;
    if (!(at = memmem(bytes, size, "\"t\":", 4)))
        return false;
    at += 4;
    id = digits(&at);
    at += sizeof ",\"p\":\"" - 1;
    price = digits(&at);
    at += sizeof "\",\"q\":\"" - 1;
    qty = digits(&at);
    if (!(at = memmem(at, (size_t)(end - at), "\"T\":", 4)))
        return false;
    at += 4;
    ms = digits(&at);
    seen += id + price + qty + ms + (at[5] == 't');
    return true;
}

static size_t make_snapshot(char *bytes)
{
    struct kit_write out = kit_write_begin(bytes, MESSAGE_MAX);
    KIT_WRITE(&out, "{\"lastUpdateId\":160,\"bids\":[");
    for (int i = 0; i < LEVELS; i++) {
        if (i)
            kit_write_text(&out, i == LEVELS / 2 ? "],\"asks\":[" : ",");
        KIT_WRITE(&out, "[\"");
        kit_write_units(&out, 3712345 + (i < LEVELS / 2 ? -i : i), price_step);
        KIT_WRITE(&out, "\",\"");
        kit_write_units(&out, 1234567 * (int64_t)(i % 97 + 1), qty_step);
        KIT_WRITE(&out, "\"]");
    }
    KIT_WRITE(&out, "]}");
    const oc_rc size = kit_write_end(&out);
    return size > 0 ? (size_t)size : 0;
}

static bool kit_levels(struct kit_json *json)
{
    bool is_good = kit_json_array(json);
    while (kit_json_item(json)) {
        int64_t price = 0, qty = 0;
        is_good &= kit_json_array(json) && kit_json_item(json) &&
                   kit_json_units(kit_json_value(json), price_step, &price) == OC_OK && kit_json_item(json) &&
                   kit_json_units(kit_json_value(json), qty_step, &qty) == OC_OK && !kit_json_item(json);
        seen += price + qty;
    }
    return is_good;
}

static bool kit_snapshot(const char *bytes, size_t size)
{
    struct kit_json json = kit_json_begin(bytes, (uint32_t)size);
    struct kit_json_text key;
    bool is_good = kit_json_object(&json);
    while (kit_json_key(&json, &key))
        if (KIT_JSON_IS(key, "bids") || KIT_JSON_IS(key, "asks"))
            is_good &= kit_levels(&json);
    return is_good && kit_json_end(&json);
}

static bool tree_snapshot(const char *bytes, size_t size)
{
    static const char *const sides[] = {"bids", "asks"};
    json_object *tree = tree_of(bytes, size), *side = NULL;
    bool is_good = true;
    for (int i = 0; i < 2; i++) {
        is_good &= json_object_object_get_ex(tree, sides[i], &side);
        for (size_t k = 0; is_good && k < json_object_array_length(side); k++) {
            json_object *level = json_object_array_get_idx(side, k);
            seen += tree_units(json_object_array_get_idx(level, 0), price_step) +
                    tree_units(json_object_array_get_idx(level, 1), qty_step);
        }
    }
    json_object_put(tree);
    return is_good;
}

struct way {
    bool (*read)(const char *bytes, size_t size);
    double ns[BENCH_REPEATS_MAX];
};

/* Each way in turn, `repeats` times; ns a message. */
static bool measure(struct way *ways, int way_count, const char *bytes, size_t size, uint64_t count, int repeats)
{
    for (int i = 0; i < repeats; i++)
        for (int way = 0; way < way_count; way++) {
            const int64_t start_ns = env_clock_cpu();
            for (uint64_t k = 0; k < count; k++)
                if (!ways[way].read(bytes, size))
                    return false;
            ways[way].ns[i] = (double)(env_clock_cpu() - start_ns) / (double)count;
        }
    return true;
}

int bench_json(const struct bench *bench)
{
    char *snapshot = malloc(MESSAGE_MAX);
    const size_t size = snapshot ? make_snapshot(snapshot) : 0;
    const int repeats = bench->fixed ? 1 : 15;
    struct way trade[] = {{.read = kit_trade}, {.read = known_trade}, {.read = tree_trade}};
    struct way levels[] = {{.read = kit_snapshot}, {.read = tree_snapshot}};
    const bool is_good = size > 0 &&
                         measure(trade, bench->fixed ? 1 : 3, trade_frame, sizeof trade_frame - 1,
                                 bench->fixed ? bench->fixed : 50000, repeats) &&
                         (bench->fixed || measure(levels, 2, snapshot, size, 50, repeats));
    free(snapshot);
    if (!is_good) {
        fputs("outcry: bench: json: a message was not read\n", stderr);
        return EXIT_RUN;
    }
    if (bench->fixed)
        return EXIT_GOOD;
    bench_row(bench, "json",
              "a venue's message read by the kit's scanner: any order of keys, held to the rules, decimals exact");
    const double a = bench_median(trade[0].ns, repeats), b = bench_median(trade[1].ns, repeats),
                 c = bench_median(trade[2].ns, repeats);
    bench_figure(bench, "trade", a, 1, "ns", "a frame of %zu bytes to price, quantity, id, time, side (p99 %.1f)",
                 sizeof trade_frame - 1, bench_percentile(trade[0].ns, repeats, 99));
    bench_figure(bench, "stick", b, 1, "ns", "by a scanner that knows the order and checks nothing");
    bench_figure(bench, "json-c", c, 1, "ns", "the same by its tree");
    bench_figure(bench, "ratio", a / b, 2, "x", "the stick's time, %.3f x json-c's", a / c);
    const double d = bench_median(levels[0].ns, repeats) / 1e3, e = bench_median(levels[1].ns, repeats) / 1e3;
    bench_figure(bench, "levels", d, 1, "us", "a snapshot of %d levels, %zu bytes", LEVELS, size);
    bench_figure(bench, "json-c", e, 1, "us", "the same by its tree");
    bench_figure(bench, "ratio", d / e, 3, "x", "json-c's time");
    return EXIT_GOOD;
}
