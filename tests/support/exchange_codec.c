#include "support/exchange_codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S 1000000000ll

enum { ORDERS, USER, LINE_ROOM = 192, BATCH_ROOM = 16 };
enum { REST_ENDPOINT, ORDERS_ENDPOINT, USER_ENDPOINT };

/* Done, and to be done again. */
static oc_rc done(struct exchange_codec *codec, oc_rc rc)
{
    const bool is_again = codec->again_every && ++codec->calls % codec->again_every == 0;
    return rc >= 0 && is_again ? (oc_rc)OC_E_AGAIN : rc;
}

/* `line` says the account. */
static oc_rc push(const struct exchange_codec *codec, const char *line, void *made, size_t size, uint16_t type)
{
    struct oc_event *event = made, *room;
    event->size = (uint32_t)size;
    event->type = type;
    event->source = (uint32_t)strtoul(strrchr(line, ' ') + 1, NULL, 10);
    event->inst = codec->inst;
    const oc_rc rc = codec->feed->reserve(codec->host, event->size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, event, size);
    return codec->feed->commit(codec->host, room);
}

static struct oc_id id_of(const char *text)
{
    struct oc_id id = {.size = (uint8_t)strlen(text)};
    memcpy(id.text, text, id.size);
    return id;
}

/* Words between single blanks, as sscanf reads %s, %u, %llu and %lld, with * and a width: a connector is of pure functions alone. */
__attribute__((format(scanf, 2, 3))) static void scan(const char *line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    for (const char *at = format; *at && *line; at++) {
        if (*at != '%')
            continue;
        const bool is_left_out = at[1] == '*';
        char *end;
        const unsigned long width = strtoul(at + 1 + is_left_out, &end, 10);
        const size_t size = strcspn(line, " ");
        at = end;
        if (is_left_out) {
        } else if (*at == 's') {
            char *word = va_arg(list, char *);
            const size_t most = size < width ? size : width;
            memcpy(word, line, most);
            word[most] = '\0';
        } else if (*at == 'u') {
            *va_arg(list, unsigned *) = (unsigned)strtoul(line, NULL, 10);
        } else if (at[2] == 'u') {
            *va_arg(list, unsigned long long *) = strtoull(line, NULL, 10);
        } else {
            *va_arg(list, long long *) = strtoll(line, NULL, 10);
        }
        at = *at == 'l' ? at + 2 : at;
        line += size + (line[size] == ' ');
    }
    va_end(list);
}

/* ---- what the exchange says ---- */

static oc_rc say_answer(const struct exchange_codec *codec, const char *line, uint16_t type)
{
    char client[32] = "", id[16] = "";
    unsigned long long request = 0;
    long long a = 0, b = 0, c = 0;
    struct oc_venue_request asked;
    scan(line, "%*s %llu %31s %15s %lld %lld %lld", &request, client, id, &a, &b, &c);
    struct oc_ev_venue_answer said = {.answer = {.request = request, .definitive = type == OC_EV_REJECTED},
                                      .venue_order = id_of(id[0] == 'v' ? id : ""), /* a refusal has none */
                                      .client = id_of(client)};
    if (codec->net->asked(codec->host, request, &asked, sizeof asked) == (oc_rc)sizeof asked)
        said.answer.order = asked.ask.order;
    if (type == OC_EV_CANCELED) {
        said.answer.cum_qty = a;
        said.present = OC_OF_CUM_QTY;
        said.why = OC_WHY_CANCELED_BY_US;
    } else if (type == OC_EV_AMENDED) {
        said.answer.qty = a;
        said.answer.price = b;
        said.answer.cum_qty = c;
        said.present = OC_OF_QTY | OC_OF_PRICE | OC_OF_CUM_QTY;
    } else if (type != OC_EV_ACCEPTED) {
        said.why = OC_WHY_OTHER;
    }
    return push(codec, line, &said, sizeof said, type);
}

static oc_rc say_fill(const struct exchange_codec *codec, const char *line, uint16_t flags)
{
    char client[32] = "", id[16] = "", side[8] = "", trade[16] = "";
    long long qty = 0, price = 0;
    scan(line, "%*s %31s %15s %7s %lld %lld %15s", client, id, side, &qty, &price, trade);
    struct oc_ev_venue_fill said = {.fill = {.head = {.flags = flags},
                                             .price = price,
                                             .qty = qty,
                                             .side = side[0] == 'b' ? OC_SIDE_BUY : OC_SIDE_SELL,
                                             .trade_id_size = (uint8_t)strlen(trade)},
                                    .venue_order = id_of(id),
                                    .client = id_of(client)};
    memcpy(said.fill.trade_id, trade, said.fill.trade_id_size);
    return push(codec, line, &said, sizeof said, OC_EV_FILL);
}

/* What is told unasked is a sum: on a stream that is slower than the answers its terms may be those of yesterday. */
static oc_rc say_shown(const struct exchange_codec *codec, const char *line)
{
    char client[32] = "", id[16] = "", side[8] = "";
    unsigned long long token = 0;
    unsigned state = 0;
    long long qty = 0, price = 0, filled = 0, value = 0;
    scan(line, "%*s %llu %31s %15s %u %7s %lld %lld %lld %lld", &token, client, id, &state, side, &qty, &price, &filled,
         &value);
    struct oc_ev_order said = {.head = {.flags = token ? OC_EVF_REPLAYED : 0},
                               .token = token,
                               .price = price,
                               .qty = qty,
                               .cum_qty = filled,
                               .cum_value = {value, 5, 0},
                               .present = OC_OF_CUM_QTY | (codec->has_value ? OC_OF_CUM_VALUE : OC_OF_FILLS_COME) |
                                          (token ? OC_OF_PRICE | OC_OF_QTY | OC_OF_TERMS : 0u),
                               .state = (uint8_t)state,
                               .side = side[0] == 'b' ? OC_SIDE_BUY : OC_SIDE_SELL,
                               .type = OC_ORDER_LIMIT,
                               .tif = OC_TIF_GTC,
                               .venue_order = id_of(id),
                               .client = id_of(client)};
    return push(codec, line, &said, sizeof said, OC_EV_ORDER);
}

static oc_rc say_absent(const struct exchange_codec *codec, const char *line)
{
    char client[32] = "";
    scan(line, "%*s %*s %31s", client);
    struct oc_ev_venue_answer said = {
        .answer = {.head = {.flags = OC_EVF_REPLAYED}}, .why = OC_WHY_NOT_FOUND, .client = id_of(client)};
    return push(codec, line, &said, sizeof said, OC_EV_ABSENT);
}

static oc_rc say_end(const struct exchange_codec *codec, const char *line)
{
    unsigned long long token = 0;
    unsigned kind = 0, more = 0, next = 0, count = 0;
    scan(line, "%*s %llu %u %u %u %u", &token, &kind, &more, &next, &count);
    struct oc_ev_fetched said = {
        .token = token, .kind = kind, .more = more, .count = count, .cursor.size = sizeof next};
    memcpy(said.cursor.bytes, &next, sizeof next);
    return push(codec, line, &said, sizeof said, OC_EV_FETCHED);
}

/* Fills of a page are marked as what is said again. */
static oc_rc say_line(const struct exchange_codec *codec, const char *line, bool is_page)
{
    static const struct {
        const char *word;
        uint16_t type;
    } answers[] = {{"ack ", OC_EV_ACCEPTED},      {"rejected ", OC_EV_REJECTED},
                   {"amended ", OC_EV_AMENDED},   {"amend_rejected ", OC_EV_AMEND_REJECTED},
                   {"canceled ", OC_EV_CANCELED}, {"cancel_rejected ", OC_EV_CANCEL_REJECTED}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (strncmp(line, answers[i].word, strlen(answers[i].word)) == 0)
            return say_answer(codec, line, answers[i].type);
    if (strncmp(line, "fill ", 5) == 0)
        return say_fill(codec, line, is_page ? OC_EVF_REPLAYED : 0);
    if (strncmp(line, "shown ", 6) == 0)
        return say_shown(codec, line);
    if (strncmp(line, "absent ", 7) == 0)
        return say_absent(codec, line);
    if (strncmp(line, "end ", 4) == 0)
        return say_end(codec, line);
    return strncmp(line, "balance ", 8) == 0 ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

static int place_of(const struct exchange_codec *codec, uint32_t stream)
{
    return codec->places[USER].stream == stream ? USER : ORDERS;
}

static oc_rc message(void *self, const struct oc_message *heard)
{
    struct exchange_codec *codec = self;
    const int place = place_of(codec, heard->stream);
    char line[256] = "";
    if (heard->bytes_size >= sizeof line)
        return OC_E_DATA;
    memcpy(line, heard->bytes, heard->bytes_size);
    const uint32_t session = (uint32_t)strtoul(line, NULL, 10), ours = codec->places[place].session;
    const char *text = strchr(line, ' ');
    if (!text)
        return OC_E_DATA;
    text++;
    if (ours ? session < ours : session <= codec->places[place].last) {
        codec->stale++;
        return OC_OK;
    }
    if (strcmp(text, "hello") == 0) {
        if (ours)
            return OC_OK;
        oc_rc rc = codec->net->ready(codec->host, heard->stream);
        if (rc >= 0 && place == USER && codec->places[place].last) /* what was said meanwhile was missed */
            for (uint32_t account = 1; account <= codec->accounts && rc >= 0; account++)
                rc = codec->feed->missed(codec->host, account, OC_FETCH_FILLS);
        rc = done(codec, rc);
        if (rc >= 0)
            codec->places[place].session = codec->places[place].last = session;
        return rc;
    }
    return ours ? done(codec, say_line(codec, text, false))
                : (oc_rc)OC_OK; /* its beginning was lost: it will be failed */
}

static oc_rc response(void *self, const struct oc_response *response)
{
    struct exchange_codec *codec = self;
    const char *body = response->body, *end = body + response->body_size;
    oc_rc rc = OC_OK;
    if (response->status != 200)
        return OC_E_DATA;
    while (body < end && rc >= 0) {
        char line[256];
        const char *stop = memchr(body, '\n', (size_t)(end - body));
        const size_t size = (size_t)((stop ? stop : end) - body);
        snprintf(line, sizeof line, "%.*s", (int)size, body);
        body += size + 1;
        rc = say_line(codec, line, true);
    }
    return done(codec, rc);
}

/* ---- what is asked ---- */

static int line_of(const struct oc_venue_request *request, char line[LINE_ROOM])
{
    const struct oc_request *ask = &request->ask;
    const unsigned long long id = ask->id;
    const int size = request->client.size;
    const char *client = request->client.text;
    switch (ask->kind) {
    case OC_REQUEST_NEW:
        return snprintf(line, LINE_ROOM, "new %llu %.*s %s %lld %lld %u", id, size, client,
                        ask->side == OC_SIDE_BUY ? "buy" : "sell", (long long)ask->qty, (long long)ask->price,
                        ask->account);
    case OC_REQUEST_AMEND:
        return snprintf(line, LINE_ROOM, "amend %llu %.*s %lld %lld %u", id, size, client, (long long)ask->qty,
                        (long long)ask->price, ask->account);
    case OC_REQUEST_CANCEL:
        return snprintf(line, LINE_ROOM, "cancel %llu %.*s %u", id, size, client, ask->account);
    default:
        return -1;
    }
}

static oc_rc post(const struct exchange_codec *codec, uint32_t account, const char *body, uint32_t size,
                  uint64_t request, uint64_t token, uint8_t flags)
{
    const struct oc_http http = {.size = sizeof http,
                                 .endpoint = REST_ENDPOINT,
                                 .method = OC_METHOD_POST,
                                 .flags = flags,
                                 .account = account,
                                 .path = "/lines",
                                 .path_size = 6,
                                 .body = body,
                                 .body_size = size,
                                 .request = request,
                                 .token = token};
    return codec->net->http(codec->host, &http, NULL);
}

static oc_rc write_line(const struct exchange_codec *codec, const char *line, uint32_t size, uint64_t request,
                        uint64_t token)
{
    const struct oc_send send = {.size = sizeof send,
                                 .stream = codec->places[ORDERS].stream,
                                 .bytes = line,
                                 .bytes_size = size,
                                 .request = request,
                                 .token = token};
    if (!codec->places[ORDERS].session)
        return OC_E_AGAIN;
    return codec->net->send(codec->host, &send);
}

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    struct exchange_codec *codec = self;
    char body[BATCH_ROOM * LINE_ROOM];
    uint32_t at = 0;
    (void)size, (void)batch;
    if (count > BATCH_ROOM)
        return OC_E_LIMIT;
    for (const struct oc_venue_request *next = first; next < first + count; next = oc_request_next(next)) {
        const int length = line_of(next, body + at);
        if (length < 0)
            return OC_E_NOT_SUPPORTED;
        at += (uint32_t)length;
        if (next + 1 < first + count)
            body[at++] = '\n';
    }
    if (count > 1)
        return done(codec, post(codec, first->ask.account, body, at, first->ask.id, 0, OC_HTTP_BATCH));
    return done(codec, first->ask.id % 2 ? write_line(codec, body, at, first->ask.id, 0)
                                         : post(codec, first->ask.account, body, at, first->ask.id, 0, 0));
}

static oc_rc fetch(void *self, const struct oc_fetch *ask)
{
    struct exchange_codec *codec = self;
    char line[LINE_ROOM];
    unsigned from = 0;
    int size;
    memcpy(&from, ask->cursor.bytes, sizeof from);
    if (codec->asked[ask->token % CODEC_TOKENS] < UINT8_MAX)
        codec->asked[ask->token % CODEC_TOKENS]++;
    if (ask->kind == OC_FETCH_ORDER)
        size = snprintf(line, sizeof line, "order %llu %.*s %u", (unsigned long long)ask->token, ask->client.size,
                        ask->client.text, ask->account);
    else
        size = snprintf(line, sizeof line, "%s %llu %u %u", ask->kind == OC_FETCH_FILLS ? "fills" : "open",
                        (unsigned long long)ask->token, from, ask->account);
    if (ask->kind == OC_FETCH_ORDER && ask->token % 2)
        return done(codec, write_line(codec, line, (uint32_t)size, 0, ask->token));
    return done(codec, post(codec, ask->account, line, (uint32_t)size, 0, ask->token, 0));
}

/* ---- its streams ---- */

static oc_rc start(void *self, const struct oc_start *begin)
{
    struct exchange_codec *codec = self;
    const struct oc_open orders = {.size = sizeof orders,
                                   .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS,
                                   .endpoint = ORDERS_ENDPOINT,
                                   .frame = OC_FRAME_LINES,
                                   .path = "/orders",
                                   .path_size = 7};
    const struct oc_open user = {.size = sizeof user,
                                 .flags = OC_OPEN_KEEP,
                                 .endpoint = USER_ENDPOINT,
                                 .frame = OC_FRAME_LINES,
                                 .path = "/user",
                                 .path_size = 5};
    (void)begin;
    const oc_rc rc = codec->net->open(codec->host, &orders, &codec->places[ORDERS].stream);
    return rc < 0 ? rc : codec->net->open(codec->host, &user, &codec->places[USER].stream);
}

/* What does not begin with its word within five seconds is not to be trusted. */
static oc_rc stream(void *self, const struct oc_stream *told)
{
    struct exchange_codec *codec = self;
    uint64_t timer;
    oc_rc rc = OC_OK;
    if (told->state == OC_STREAM_UP)
        rc = codec->time->timer(codec->host, told->at_ns + 5 * S, told->stream, &timer);
    rc = done(codec, rc);
    if (rc >= 0)
        codec->places[place_of(codec, told->stream)].session = 0;
    return rc;
}

static oc_rc timer(void *self, uint64_t id, uint64_t user)
{
    struct exchange_codec *codec = self;
    const uint32_t number = (uint32_t)user;
    (void)id;
    if (codec->places[place_of(codec, number)].session)
        return OC_OK;
    return done(codec, codec->net->fail(codec->host, number, OC_WHY_SILENT));
}

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://127.0.0.1:1", .env = OC_ENV_LOCAL, .place = REST_ENDPOINT},
    {.name = "orders", .urls = "tcp://127.0.0.1:1", .env = OC_ENV_LOCAL, .place = ORDERS_ENDPOINT},
    {.name = "user", .urls = "tcp://127.0.0.1:1", .env = OC_ENV_LOCAL, .place = USER_ENDPOINT}};
static const struct oc_fetchable fetchables[] = {{.kind = OC_FETCH_ORDER, .by = OC_BY_CLIENT_ID, .page_max = 1},
                                                 {.kind = OC_FETCH_FILLS, .by = OC_BY_CURSOR, .page_max = 400},
                                                 {.kind = OC_FETCH_OPEN_ORDERS, .page_max = 400}};
static const struct oc_venue venue = {.size = sizeof venue,
                                      .venue = "lines",
                                      .protocol = "1",
                                      .endpoints = endpoints,
                                      .endpoint_count = 3,
                                      .fetches = fetchables,
                                      .fetch_count = 3,
                                      .client_form = OC_CLIENT_TEXT,
                                      .client_charset = OC_CLIENT_ALNUM,
                                      .client_max = 20,
                                      .flags = OC_CAN_CANCEL_BY_CLIENT,
                                      .batch_new = 4,
                                      .batch_cancel = 4,
                                      .absence_ns = 15 * S,
                                      .answer_ns = 8 * S};
const struct oc_connector exchange_connector = {.size = sizeof exchange_connector,
                                                .venue = &venue,
                                                .start = start,
                                                .fetch = fetch,
                                                .stream = stream,
                                                .message = message,
                                                .response = response,
                                                .request = request,
                                                .timer = timer};

void exchange_codec_init(struct exchange_codec *codec, const struct oc_host *host, uint32_t inst, uint32_t accounts)
{
    *codec = (struct exchange_codec){.host = host,
                                     .feed = host->service(host, OC_SVC_FEED),
                                     .net = host->service(host, OC_SVC_NET),
                                     .time = host->service(host, OC_SVC_TIME),
                                     .inst = inst,
                                     .accounts = accounts};
}
