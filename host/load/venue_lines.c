/* venue_lines.c: a venue's description as lines. */
#include "load/venue_lines.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_out.h"

#define COUNT(list) (uint32_t)(sizeof(list) / sizeof *(list))

/* Names of bits and numbers, by place; "" has no name. */
static const char *const envs[] = {"", "live", "practice", "testnet", "local"};
static const char *const credential_kinds[] = {"", "secret", "public", "asked at login"};
static const char *const credential_forms[] = {"text", "hex", "base64", "PEM"};
static const char *const scopes[] = {"", "address", "key", "account", "connection", "instrument"};
static const char *const limit_kinds[] = {"", "window", "sliding", "bucket", "at once"};
static const char *const order_types[] = {"",
                                          "market",
                                          "limit",
                                          "stop",
                                          "stop_limit",
                                          "take_profit",
                                          "take_profit_limit",
                                          "trailing_stop",
                                          "trailing_stop_limit",
                                          "market_to_limit",
                                          "pegged",
                                          "twap",
                                          "quoted"};
static const char *const tifs[] = {"", "gtc", "ioc", "fok", "gtd", "day", "at_open", "at_close"};
static const char *const owners[] = {"", "strategy", "console", "algo", "external", "host"};
static const char *const roles[] = {"", "entry", "stop_loss", "take_profit", "close", "end"};
static const char *const bits[] = {
    "price",           "stop",         "qty",           "quote_qty",     "post_only",
    "reduce_only",     "fee_in_quote", "snapped",       "strict",        "child",
    "stop_loss",       "take_profit",  "qty_changed",   "price_changed", "stop_changed",
    "fit_funds",       "trail",        "trail_ppm",     "activation",    "bound",
    "native",          "open_only",    "outside_hours", "trail_changed", "expiry_changed",
    "display_changed", "display"};
static const char *const amends[] = {"price", "less", "more", "stop", "new id", "not atomic", "rest only"};
static const char *const links[] = {"", "oco", "oto", "bracket"};
static const char *const triggers[] = {"", "last", "mark", "index", "bid", "ask", "mid", "opposite"};
static const char *const topics[] = {"trades",  "quotes",  "book",   "book_orders", "bars",
                                     "figures", "funding", "status", "private"};
static const char *const chains[] = {"", "chained by ranges", "chained by the one before"};
static const char *const sums[] = {"", "CRC-32 of the top 10", "CRC-32 of the top 25"};
static const char *const topic_flags[] = {"begins with a snapshot", "every event", "of an account",
                                          "of periods without a trade too"};
static const char *const fetches_now[] = {"",         "time",     "credentials", "status",      "instruments",
                                          "accounts", "balances", "positions",   "open_orders", "order",
                                          "book",     "figures",  "fees"};
static const char *const fetches_past[] = {"fills", "orders", "ledger", "bars", "trades", "funding"};
static const char *const bys[] = {"instrument", "order", "client id", "time", "cursor", "asset", "underlying"};
static const char *const cans[] = {
    "cancels by our id",       "cancels all at once",      "cancels all of an instrument",
    "has a dead man's switch", "cancels on disconnect",    "closes positions",
    "says sums only",          "begins with what is open", "has unique ids",
    "signs the time",          "has no trade ids",         "protects positions"};
static const char *const client_forms[] = {"none", "text", "number"};
static const char *const charsets[] = {"", "a-z 0-9", "a-z 0-9 - _", "UUID"};

const char *venue_order_type(uint32_t type) { return type < COUNT(order_types) ? order_types[type] : ""; }
const char *venue_order_tif(uint32_t tif) { return tif < COUNT(tifs) ? tifs[tif] : ""; }
const char *venue_order_owner(uint32_t owner) { return owner < COUNT(owners) ? owners[owner] : ""; }
const char *venue_order_role(uint32_t role) { return role < COUNT(roles) ? roles[role] : ""; }

const char *venue_fetch_name(uint32_t kind)
{
    if (kind < COUNT(fetches_now))
        return fetches_now[kind];
    return kind >= OC_FETCH_FILLS && kind - OC_FETCH_FILLS < COUNT(fetches_past) ? fetches_past[kind - OC_FETCH_FILLS]
                                                                                 : "";
}

const char *venue_scope_name(uint32_t scope) { return scope < COUNT(scopes) ? scopes[scope] : ""; }

const char *venue_limit_name(uint32_t kind) { return kind < COUNT(limit_kinds) ? limit_kinds[kind] : ""; }

static const char *name_of(const char *const *names, uint32_t count, uint32_t number)
{
    return number < count ? names[number] : "?";
}

#define NAME(names, number) name_of(names, COUNT(names), number)

/* The names of the bits that are set, a comma between; "-" if there are none. */
static void put_bits(struct text *text, uint32_t set, const char *const *names, uint32_t count)
{
    const char *between = "";
    for (uint32_t i = 0; i < count; i++)
        if (set >> i & 1 && names[i][0]) {
            text_format(text, "%s%s", between, names[i]);
            between = ",";
        }
    if (!between[0])
        text_put(text, "-");
}

#define BITS(text, set, names) put_bits(text, set, names, COUNT(names))

static void put_duration(struct text *text, int64_t ns)
{
    char buffer[TEXT_DURATION_MAX];
    text_from_duration(buffer, ns);
    text_put(text, buffer);
}

/* The word in front of the first line of a list; blanks before the others. */
static void begin(struct text *text, const char *word, uint32_t index)
{
    text_format(text, "  %-11s", index ? "" : word);
}

static void put_endpoint(struct text *text, const struct oc_endpoint *e)
{
    text_format(text, "%s %u %s %s", e->name, e->place, NAME(envs, e->env), e->urls);
    if (e->hosts)
        text_format(text, ", at run time %s", e->hosts);
    if (e->connections)
        text_format(text, ", %u kept warm", e->connections);
    if (e->connects_per_second)
        text_format(text, ", at most %u connects a second", e->connects_per_second);
    text_put(text, "\n");
}

static void put_limit(struct text *text, const struct oc_limit *limit)
{
    text_format(text, "%s %" PRIu64, limit->name, limit->max);
    if (limit->period_ns) {
        text_put(text, " in ");
        put_duration(text, limit->period_ns);
    }
    text_format(text, ", %s, by %s", NAME(limit_kinds, limit->kind), NAME(scopes, limit->scope));
    if (limit->reserve_ppm)
        text_format(text, ", %u ppm kept for cancels", limit->reserve_ppm);
    text_put(text, limit->orders ? ", counts orders\n" : "\n");
}

enum { ORDER_TYPE, ORDER_TIFS, ORDER_BITS, ORDER_MUST, ORDER_AMENDS, ORDER_LINKS, ORDER_TRIGGERS, ORDER_COLUMNS };

static void put_order_cell(struct text *text, const struct oc_order_kind *order, int column)
{
    switch (column) {
    case ORDER_TYPE:
        text_put(text, NAME(order_types, order->type));
        break;
    case ORDER_TIFS:
        BITS(text, order->tifs, tifs);
        break;
    case ORDER_BITS:
        BITS(text, order->bits, bits);
        break;
    case ORDER_MUST:
        BITS(text, order->must, bits);
        break;
    case ORDER_AMENDS:
        BITS(text, order->amends, amends);
        break;
    case ORDER_LINKS:
        BITS(text, order->links, links);
        break;
    default:
        BITS(text, order->triggers, triggers);
        break;
    }
}

/* What can be done with an order of each type. */
static void put_orders(struct text *text, const struct oc_venue *venue)
{
    static const char *const heads[ORDER_COLUMNS] = {"TYPE",   "TIME IN FORCE", "TAKES",     "NEEDS",
                                                     "AMENDS", "NATIVE",        "SET OFF BY"};
    char buffer[512];
    struct text cell;
    size_t widths[ORDER_COLUMNS];
    text_init_fixed(&cell, buffer, sizeof buffer);
    for (int c = 0; c < ORDER_COLUMNS; c++) {
        widths[c] = strlen(heads[c]);
        for (uint32_t i = 0; i < venue->order_count; i++) {
            text_clear(&cell);
            put_order_cell(&cell, &venue->orders[i], c);
            widths[c] = cell.size > widths[c] ? cell.size : widths[c];
        }
    }
    for (uint32_t i = 0; venue->order_count && i <= venue->order_count; i++) {
        begin(text, "orders", i);
        for (int c = 0; c < ORDER_COLUMNS; c++) {
            text_clear(&cell);
            if (i)
                put_order_cell(&cell, &venue->orders[i - 1], c);
            text_format(text, "%-*s%s", c + 1 < ORDER_COLUMNS ? (int)widths[c] : 0, i ? buffer : heads[c],
                        c + 1 < ORDER_COLUMNS ? "  " : "\n");
        }
    }
}

static void put_topic(struct text *text, const struct oc_topic *topic)
{
    BITS(text, topic->topic, topics);
    if (topic->depth)
        text_format(text, ", depth %u", topic->depth);
    if (topic->chain)
        text_format(text, ", %s", NAME(chains, topic->chain));
    if (topic->sum)
        text_format(text, ", %s", NAME(sums, topic->sum));
    for (uint32_t i = 0; i < COUNT(topic_flags); i++)
        if (topic->flags >> i & 1)
            text_format(text, ", %s", topic_flags[i]);
    if (topic->every_ns) {
        text_put(text, ", at most each ");
        put_duration(text, topic->every_ns);
    }
    text_put(text, "\n");
}

static void put_fetch(struct text *text, const struct oc_fetchable *fetch)
{
    text_put(text, venue_fetch_name(fetch->kind));
    if (fetch->by) {
        text_put(text, " by ");
        BITS(text, fetch->by, bys);
    }
    if (fetch->page_max)
        text_format(text, ", %u a page", fetch->page_max);
    if (fetch->flags & OC_FETCH_NEWEST_FIRST)
        text_put(text, ", newest first");
    if (fetch->span_ns) {
        text_put(text, ", at most ");
        put_duration(text, fetch->span_ns);
        text_put(text, " at once");
    }
    if (fetch->history_ns) {
        text_put(text, ", ");
        put_duration(text, fetch->history_ns);
        text_put(text, " back");
    }
    text_put(text, "\n");
}

static void put_lists(struct text *text, const struct oc_venue *venue)
{
    for (uint32_t i = 0; i < venue->endpoint_count; i++) {
        begin(text, "endpoints", i);
        put_endpoint(text, &venue->endpoints[i]);
    }
    for (uint32_t i = 0; i < venue->credential_count; i++) {
        const struct oc_credential *credential = &venue->credentials[i];
        begin(text, "credential", i);
        text_format(text, "%s, %s, %s: %s\n", credential->name, NAME(credential_kinds, credential->kind),
                    NAME(credential_forms, credential->form), credential->about);
    }
    for (uint32_t i = 0; i < venue->limit_count; i++) {
        begin(text, "limits", i);
        put_limit(text, &venue->limits[i]);
    }
    put_orders(text, venue);
    for (uint32_t i = 0; i < venue->topic_count; i++) {
        begin(text, "topics", i);
        put_topic(text, &venue->topics[i]);
    }
    for (uint32_t i = 0; i < venue->fetch_count; i++) {
        begin(text, "fetches", i);
        put_fetch(text, &venue->fetches[i]);
    }
}

static void put_bars(struct text *text, const struct oc_venue *venue)
{
    if (!venue->bar_count)
        return;
    begin(text, "bars", 0);
    for (uint32_t i = 0; i < venue->bar_count; i++) {
        text_put(text, i ? " " : "");
        if (venue->bars_ns[i] < 0)
            text_put(text, "month");
        else
            put_duration(text, venue->bars_ns[i]);
    }
    text_put(text, "\n");
}

static void put_wallets(struct text *text, const struct oc_venue *venue)
{
    for (uint32_t i = 0; i < venue->wallet_count; i++) {
        begin(text, "wallets", i);
        text_format(text, "%s\n", venue->wallets[i]);
    }
}

static void put_client(struct text *text, const struct oc_venue *venue)
{
    begin(text, "client ids", 0);
    text_put(text, NAME(client_forms, venue->client_form));
    if (venue->client_form == OC_CLIENT_TEXT)
        text_format(text, ", at most %u of %s", venue->client_max, NAME(charsets, venue->client_charset));
    else if (venue->client_form == OC_CLIENT_NUMBER)
        text_format(text, " of %u bits", venue->client_max);
    text_put(text, "\n");
}

static void put_sizes(struct text *text, const struct oc_venue *venue)
{
    const struct {
        const char *what;
        uint32_t count;
    } all[] = {{"new", venue->batch_new},
               {"cancels", venue->batch_cancel},
               {"amends", venue->batch_amend},
               {"subscriptions", venue->subscribe_max},
               {"bytes", venue->message_max}};
    const char *between = "";
    begin(text, "a message", 0);
    for (uint32_t i = 0; i < COUNT(all); i++)
        if (all[i].count) {
            text_format(text, "%s%u %s", between, all[i].count, all[i].what);
            between = ", ";
        }
    text_put(text, between[0] ? "\n" : "-\n");
}

static void put_times(struct text *text, const struct oc_venue *venue)
{
    const struct {
        const char *what;
        int64_t ns;
    } all[] = {{"signed time within", venue->window_ns},
               {"absence proves after", venue->absence_ns},
               {"answer late after", venue->answer_ns},
               {"stream dead after", venue->silence_ns},
               {"compared each", venue->reconcile_ns}};
    const char *between = "";
    begin(text, "times", 0);
    for (uint32_t i = 0; i < COUNT(all); i++)
        if (all[i].ns) {
            text_format(text, "%s%s ", between, all[i].what);
            put_duration(text, all[i].ns);
            between = ", ";
        }
    text_put(text, between[0] ? "\n" : "-\n");
}

void venue_lines(struct text *text, const struct oc_venue *venue)
{
    text_format(text, "  venue      %s, %s\n", venue->venue, venue->protocol);
    for (uint32_t i = 0, said = 0; i < COUNT(cans); i++)
        if (venue->flags >> i & 1) {
            begin(text, "it", said++);
            text_format(text, "%s\n", cans[i]);
        }
    put_lists(text, venue);
    put_bars(text, venue);
    put_wallets(text, venue);
    put_client(text, venue);
    put_sizes(text, venue);
    put_times(text, venue);
}

/* As members of JSON. */

static void json_bits(struct text *text, const char *key, uint32_t set, const char *const *names, uint32_t count)
{
    json_open(text, key, '[');
    for (uint32_t i = 0; i < count; i++)
        if (set >> i & 1 && names[i][0])
            json_text(text, NULL, names[i]);
    json_close(text, ']');
}

#define JSON_BITS(text, key, set, names) json_bits(text, key, set, names, COUNT(names))

static void order_members(struct text *text, const struct oc_order_kind *order)
{
    json_open(text, NULL, '{');
    json_text(text, "type", NAME(order_types, order->type));
    JSON_BITS(text, "tifs", order->tifs, tifs);
    JSON_BITS(text, "takes", order->bits, bits);
    JSON_BITS(text, "needs", order->must, bits);
    JSON_BITS(text, "amends", order->amends, amends);
    JSON_BITS(text, "native", order->links, links);
    JSON_BITS(text, "set_off_by", order->triggers, triggers);
    json_close(text, '}');
}

void venue_members(struct text *text, const struct oc_venue *venue)
{
    json_text(text, "exchange", venue->venue);
    json_text(text, "protocol", venue->protocol);
    JSON_BITS(text, "can", venue->flags, cans);
    json_open(text, "orders", '[');
    for (uint32_t i = 0; i < venue->order_count; i++)
        order_members(text, &venue->orders[i]);
    json_close(text, ']');
    json_open(text, "topics", '[');
    for (uint32_t i = 0; i < venue->topic_count; i++) {
        json_open(text, NULL, '{');
        JSON_BITS(text, "topic", venue->topics[i].topic, topics);
        json_int(text, "depth", venue->topics[i].depth);
        json_close(text, '}');
    }
    json_close(text, ']');
    json_open(text, "fetches", '[');
    for (uint32_t i = 0; i < venue->fetch_count; i++) {
        json_open(text, NULL, '{');
        json_text(text, "what", venue_fetch_name(venue->fetches[i].kind));
        JSON_BITS(text, "by", venue->fetches[i].by, bys);
        json_close(text, '}');
    }
    json_close(text, ']');
    json_text(text, "client_ids", NAME(client_forms, venue->client_form));
}
