#include "support/exchange_sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

#include <outcry/event_order.h>
#include <outcry/order.h>

#define MS 1000000ll

enum { LINE_MAX_SIZE = 256 };

/* What the lines of one message or exchange are answered with. */
struct reply {
    char *text;
    size_t size, room;
};

static uint64_t below(struct exchange *exchange, uint64_t count) { return random_next(&exchange->random) % count; }

static bool is_open(const struct exchange_order *order) { return order->state == OC_SHOWN_WORKING; }

__attribute__((format(printf, 2, 3))) static void answer(struct reply *reply, const char *format, ...)
{
    char line[LINE_MAX_SIZE];
    va_list list;
    va_start(list, format);
    const int size = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (reply->size + (size_t)size + 2 > reply->room) {
        reply->room = reply->room ? reply->room * 2 : 4096;
        reply->text = realloc(reply->text, reply->room);
        if (!reply->text)
            abort();
    }
    memcpy(reply->text + reply->size, line, (size_t)size);
    reply->size += (size_t)size;
    reply->text[reply->size++] = '\n';
}

/* A stream's message a line. */
static void say(struct exchange *exchange, uint32_t stream, const char *line, size_t size)
{
    char text[LINE_MAX_SIZE + 16];
    const int whole = snprintf(text, sizeof text, "%u %.*s", stream, (int)size, line);
    const struct io_happening message = {.kind = IO_MESSAGE,
                                         .stream = stream,
                                         .at_ns = exchange->clock_ns,
                                         .form = OC_MESSAGE_TEXT,
                                         .bytes = text,
                                         .size = (uint32_t)whole};
    happenings_add(&exchange->out, &message);
}

static void tell(struct exchange *exchange, const struct reply *reply)
{
    for (const char *at = reply->text; at && at < reply->text + reply->size;) {
        const size_t size = (size_t)(strchr(at, '\n') - at);
        for (int i = 0; i < EXCHANGE_SESSIONS_MAX; i++)
            if (exchange->sessions[i].stream && exchange->sessions[i].is_listening)
                say(exchange, exchange->sessions[i].stream, at, size);
        at += size + 1;
    }
}

const struct exchange_order *exchange_order(const struct exchange *exchange, const char *client)
{
    for (uint32_t i = 0; i < exchange->order_count; i++)
        if (strcmp(exchange->orders[i].client, client) == 0)
            return &exchange->orders[i];
    return NULL;
}

static const char *side_of(const struct exchange_order *order) { return order->side == OC_SIDE_BUY ? "buy" : "sell"; }

static void show(struct reply *reply, const struct exchange *exchange, const struct exchange_order *order,
                 unsigned long long token)
{
    answer(reply, "shown %llu %s v%u %u %s %lld %lld %lld %lld %u", token, order->client,
           (unsigned)(order - exchange->orders) + 1, order->state, side_of(order), (long long)order->qty,
           (long long)order->price, (long long)order->filled, (long long)order->value, order->account);
}

static void show_trade(struct reply *reply, const struct exchange *exchange, uint32_t place)
{
    const struct exchange_trade *trade = &exchange->trades[place];
    const struct exchange_order *order = &exchange->orders[trade->order];
    answer(reply, "fill %s v%u %s %lld %lld t%u %u", order->client, trade->order + 1, side_of(order),
           (long long)trade->qty, (long long)trade->price, place + 1, order->account);
}

/* The sum and the fill behind it are told one after the other, in either order. */
static void trade(struct exchange *exchange, struct exchange_order *order)
{
    const int64_t rest = order->qty - order->filled,
                  qty = below(exchange, 4) ? 1 + (int64_t)below(exchange, (uint64_t)rest) / 3 : rest;
    struct reply news = {0};
    if (exchange->trade_count == EXCHANGE_TRADES_MAX)
        abort();
    exchange->trades[exchange->trade_count] =
        (struct exchange_trade){.order = (uint32_t)(order - exchange->orders), .qty = qty, .price = order->price};
    order->filled += qty;
    order->value += qty * order->price;
    order->state = order->filled == order->qty ? OC_SHOWN_FILLED : OC_SHOWN_WORKING;
    order->fill_ns =
        is_open(order) && below(exchange, 8) ? exchange->clock_ns + (int64_t)below(exchange, 8000) * MS : INT64_MAX;
    exchange->position[order->account] += order->side == OC_SIDE_BUY ? qty : -qty;
    const bool sum_first = below(exchange, 2);
    if (sum_first)
        show(&news, exchange, order, 0);
    show_trade(&news, exchange, exchange->trade_count++);
    if (!sum_first)
        show(&news, exchange, order, 0);
    answer(&news, "balance %lld %u", (long long)exchange->position[order->account], order->account);
    tell(exchange, &news);
    free(news.text);
}

static void take_new(struct exchange *exchange, struct reply *reply, unsigned long long request, const char *client,
                     const char *side, int64_t qty, int64_t price, uint32_t account)
{
    struct reply news = {0};
    if (exchange_order(exchange, client)) {
        exchange->clients_twice++;
        answer(reply, "rejected %llu %s %u", request, client, account);
        return;
    }
    if (exchange->order_count == EXCHANGE_ORDERS_MAX)
        abort();
    struct exchange_order *order = &exchange->orders[exchange->order_count++];
    *order = (struct exchange_order){.qty = qty,
                                     .price = price,
                                     .fill_ns = INT64_MAX,
                                     .side = side[0] == 'b' ? OC_SIDE_BUY : OC_SIDE_SELL,
                                     .state = OC_SHOWN_WORKING,
                                     .account = account};
    snprintf(order->client, sizeof order->client, "%s", client);
    if (below(exchange, 16) == 0) {
        order->state = OC_SHOWN_REJECTED;
        answer(reply, "rejected %llu %s %u", request, client, account);
        return;
    }
    answer(reply, "ack %llu %s v%u %u", request, client, exchange->order_count, account);
    show(&news, exchange, order, 0);
    tell(exchange, &news);
    free(news.text);
    if (below(exchange, 4) == 0)
        trade(exchange, order);
    else if (below(exchange, 3))
        order->fill_ns = exchange->clock_ns + (int64_t)below(exchange, 10000) * MS;
}

static void take_change(struct exchange *exchange, struct reply *reply, unsigned long long request, const char *client,
                        int64_t qty, int64_t price, bool is_cancel, uint32_t account)
{
    struct exchange_order *order = (struct exchange_order *)(uintptr_t)exchange_order(exchange, client);
    struct reply news = {0};
    if (!order || order->account != account || !is_open(order) || (!is_cancel && qty <= order->filled)) {
        answer(reply, "%s_rejected %llu %s %u", is_cancel ? "cancel" : "amend", request, client, account);
        return;
    }
    const unsigned number = (unsigned)(order - exchange->orders) + 1;
    if (is_cancel) {
        order->state = OC_SHOWN_CANCELED;
        order->fill_ns = INT64_MAX;
        answer(reply, "canceled %llu %s v%u %lld %u", request, client, number, (long long)order->filled, account);
    } else {
        order->qty = qty;
        order->price = price;
        answer(reply, "amended %llu %s v%u %lld %lld %lld %u", request, client, number, (long long)qty,
               (long long)price, (long long)order->filled, account);
    }
    show(&news, exchange, order, 0);
    tell(exchange, &news);
    free(news.text);
}

static void take_question(struct exchange *exchange, struct reply *reply, const char *word, unsigned long long token,
                          const char *what, uint32_t account)
{
    const uint32_t from = (uint32_t)strtoul(what, NULL, 10);
    uint32_t count = 0, at = from;
    if (word[0] == 'o' && word[1] == 'r') {
        const struct exchange_order *order = exchange_order(exchange, what);
        if (order)
            show(reply, exchange, order, token);
        else
            answer(reply, "absent %llu %s %u", token, what, account);
        answer(reply, "end %llu %u 0 0 1 %u", token, OC_FETCH_ORDER, account);
        return;
    }
    const bool is_fills = word[0] == 'f';
    const uint32_t end = is_fills ? exchange->trade_count : exchange->order_count;
    for (; at < end && count < exchange->page; at++) {
        const struct exchange_order *order = &exchange->orders[is_fills ? exchange->trades[at].order : at];
        if (order->account != account || (!is_fills && !is_open(order)))
            continue;
        if (is_fills)
            show_trade(reply, exchange, at);
        else
            show(reply, exchange, order, token);
        count++;
    }
    answer(reply, "end %llu %u %d %u %u %u", token, is_fills ? OC_FETCH_FILLS : OC_FETCH_OPEN_ORDERS, at < end, at,
           count, account);
}

static void take_line(struct exchange *exchange, struct reply *reply, const char *line)
{
    char word[16] = "", client[EXCHANGE_CLIENT_MAX] = "", side[8] = "";
    unsigned long long number = 0;
    long long qty = 0, price = 0;
    const uint32_t account = (uint32_t)strtoul(strrchr(line, ' ') + 1, NULL, 10);
    if (account >= EXCHANGE_ACCOUNTS_MAX)
        abort();
    sscanf(line, "%15s %llu %31s", word, &number, client);
    if (word[0] == 'o' || word[0] == 'f') {
        take_question(exchange, reply, word, number, client, account);
        return;
    }
    for (uint32_t i = 0; i < exchange->request_count; i++)
        exchange->requests_twice += exchange->requests[i] == number;
    if (exchange->request_count == EXCHANGE_REQUESTS_MAX)
        abort();
    exchange->requests[exchange->request_count++] = number;
    if (word[0] == 'n') {
        sscanf(line, "%*s %*s %*s %7s %lld %lld", side, &qty, &price);
        take_new(exchange, reply, number, client, side, qty, price, account);
    } else {
        sscanf(line, "%*s %*s %*s %lld %lld", &qty, &price);
        take_change(exchange, reply, number, client, qty, price, word[0] == 'c', account);
    }
}

static void take_lines(struct exchange *exchange, struct reply *reply, const char *bytes, uint32_t size)
{
    char line[LINE_MAX_SIZE];
    for (const char *at = bytes; at < bytes + size;) {
        const char *end = memchr(at, '\n', (size_t)(bytes + size - at));
        const size_t length = (size_t)((end ? end : bytes + size) - at);
        snprintf(line, sizeof line, "%.*s", (int)length, at);
        take_line(exchange, reply, line);
        at += length + 1;
    }
}

/* ---- the link ---- */

static oc_rc exchange_open(void *self, const struct io_opening *opening)
{
    struct exchange *exchange = self;
    const struct io_happening up = {.kind = IO_UP, .stream = opening->stream, .at_ns = exchange->clock_ns};
    int place = 0;
    while (place < EXCHANGE_SESSIONS_MAX && exchange->sessions[place].stream)
        place++;
    if (place == EXCHANGE_SESSIONS_MAX)
        abort();
    exchange->sessions[place].stream = opening->stream;
    exchange->sessions[place].is_listening = opening->path_size && memcmp(opening->path, "/user", 5) == 0;
    happenings_add(&exchange->out, &up);
    say(exchange, opening->stream, "hello", 5);
    return OC_OK;
}

static bool is_session(const struct exchange *exchange, uint32_t stream)
{
    for (int i = 0; i < EXCHANGE_SESSIONS_MAX; i++)
        if (stream && exchange->sessions[i].stream == stream)
            return true;
    return false;
}

static oc_rc exchange_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    struct exchange *exchange = self;
    struct reply reply = {0};
    take_lines(exchange, &reply, bytes, size);
    for (const char *at = reply.text; is_session(exchange, stream) && at && at < reply.text + reply.size;) {
        const size_t length = (size_t)(strchr(at, '\n') - at);
        say(exchange, stream, at, length);
        at += length + 1;
    }
    free(reply.text);
    return OC_OK;
}

static oc_rc exchange_http(void *self, const struct io_exchange *asked)
{
    struct exchange *exchange = self;
    struct reply reply = {0};
    take_lines(exchange, &reply, asked->body, asked->body_size);
    const struct io_happening response = {.kind = IO_RESPONSE,
                                          .exchange = asked->exchange,
                                          .at_ns = exchange->clock_ns,
                                          .status = 200,
                                          .bytes = reply.text,
                                          .size = (uint32_t)reply.size};
    happenings_add(&exchange->out, &response);
    free(reply.text);
    return OC_OK;
}

static void exchange_close(void *self, uint32_t stream)
{
    struct exchange *exchange = self;
    for (int i = 0; i < EXCHANGE_SESSIONS_MAX; i++)
        if (exchange->sessions[i].stream == stream)
            exchange->sessions[i].stream = 0;
}

static struct exchange_order *next_trade(struct exchange *exchange)
{
    struct exchange_order *next = NULL;
    for (uint32_t i = 0; i < exchange->order_count; i++)
        if (exchange->orders[i].fill_ns < (next ? next->fill_ns : INT64_MAX))
            next = &exchange->orders[i];
    return next;
}

static oc_rc exchange_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    struct exchange *exchange = self;
    const struct exchange_order *order;
    while (happenings_next_ns(&exchange->out) > until_ns && (order = next_trade(exchange)) != NULL &&
           order->fill_ns <= until_ns) {
        if (order->fill_ns > exchange->clock_ns)
            exchange->clock_ns = order->fill_ns;
        trade(exchange, &exchange->orders[order - exchange->orders]);
    }
    if (happenings_next_ns(&exchange->out) <= until_ns) {
        *ret = exchange->out.list[0];
        return OC_OK;
    }
    if (until_ns > exchange->clock_ns)
        exchange->clock_ns = until_ns;
    return OC_E_AGAIN;
}

static void exchange_taken(void *self)
{
    struct exchange *exchange = self;
    happenings_drop(&exchange->out, 0);
}

static int64_t exchange_next_ns(void *self)
{
    struct exchange *exchange = self;
    const struct exchange_order *order = next_trade(exchange);
    const int64_t said_ns = happenings_next_ns(&exchange->out);
    return order && order->fill_ns < said_ns ? order->fill_ns : said_ns;
}

void exchange_init(struct exchange *exchange, uint64_t seed, int64_t begin_ns, uint32_t page)
{
    memset(exchange, 0, sizeof *exchange);
    exchange->page = page;
    exchange->random = seed;
    exchange->clock_ns = begin_ns;
}

void exchange_release(struct exchange *exchange) { happenings_release(&exchange->out); }

struct io_link exchange_link(struct exchange *exchange)
{
    return (struct io_link){.self = exchange,
                            .open = exchange_open,
                            .send = exchange_send,
                            .http = exchange_http,
                            .close = exchange_close,
                            .next = exchange_next,
                            .taken = exchange_taken,
                            .next_ns = exchange_next_ns};
}
