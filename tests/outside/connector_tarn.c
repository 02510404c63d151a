/* connector_tarn.c: an exchange that speaks lines of words with commas between, calls an order anew with each amendment, numbers what it
 * hears, says sums, and can cancel all, watch over its client and tell the fills of an order again.
 *
 * Heard:  T,PRICE,QTY  a trade            A,CLIENT,ID  accepted          U,REQUEST,CLIENT,ID,PRICE  amended: so called from now on
 *         F,ID,SIDE,PRICE,QTY,TRADE  fill  G,ID,SUM  canceled            O,ID,SIDE,QTY,PRICE,SUM  an order as it stands
 *         B,ID,TRADE,QTY,PRICE  corrected  K,REQUEST  done: cancel all   E,TOKEN  the fills have been told
 * Said:   N,SEQ,CLIENT,SIDE,QTY,PRICE      M,SEQ,REQUEST,ID,CLIENT,PRICE  C,SEQ,ID
 *         X,SEQ,REQUEST                    D,SEQ,REQUEST,SECONDS          Q,TOKEN,ID */
#include <outcry/kit/text.h>
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 7, LINE_ROOM = 256 };

struct tarn {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    const struct oc_svc_names *names;
    const struct oc_svc_store *store;
    const struct oc_svc_time *time;
    uint32_t stream;
};

static oc_rc record(const struct tarn *tarn, struct oc_instrument *ret_in)
{
    return tarn->names->record(tarn->host, OC_INST(1, 1), ret_in, sizeof *ret_in);
}

static oc_rc say(const struct tarn *tarn, void *made, size_t size, uint16_t type)
{
    struct oc_event *event = made, *room;
    event->size = (uint32_t)size;
    event->type = type;
    event->flags = OC_EVF_LAST;
    event->inst = OC_INST(1, 1);
    const oc_rc rc = tarn->feed->reserve(tarn->host, event->size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, event, size);
    return tarn->feed->commit(tarn->host, room);
}

static struct oc_id id_of(const char *word)
{
    struct oc_id id = {.size = (uint8_t)strlen(word)};
    memcpy(id.text, word, id.size);
    return id;
}

static uint8_t side_of(const char *word) { return word[0] == 'B' ? OC_SIDE_BUY : OC_SIDE_SELL; }

static oc_rc say_trade(const struct tarn *tarn, const struct oc_instrument *in, char **words)
{
    struct oc_ev_trade trade = {.present = OC_HAS_QTY};
    if (kit_units(words[1], in->price_step, &trade.price) < 0 || kit_units(words[2], in->qty_step, &trade.qty) < 0)
        return OC_E_DATA;
    return say(tarn, &trade, sizeof trade, OC_EV_TRADE);
}

static oc_rc say_fill(const struct tarn *tarn, const struct oc_instrument *in, char **words)
{
    struct oc_ev_venue_fill fill = {.fill = {.side = side_of(words[2]), .fee_asset = in->quote},
                                    .venue_order = id_of(words[1])};
    if (kit_units(words[3], in->price_step, &fill.fill.price) < 0 ||
        kit_units(words[4], in->qty_step, &fill.fill.qty) < 0 || strlen(words[5]) > sizeof fill.fill.trade_id)
        return OC_E_DATA;
    fill.fill.trade_id_size = (uint8_t)strlen(words[5]);
    memcpy(fill.fill.trade_id, words[5], fill.fill.trade_id_size);
    return say(tarn, &fill, sizeof fill, OC_EV_FILL);
}

static oc_rc say_answer(const struct tarn *tarn, uint16_t type, uint64_t request, const char *client, const char *id)
{
    struct oc_ev_venue_answer answer = {
        .answer = {.request = request, .cum_qty = -1}, .client = id_of(client), .venue_order = id_of(id)};
    return say(tarn, &answer, sizeof answer, type);
}

static oc_rc say_amended(const struct tarn *tarn, const struct oc_instrument *in, char **words)
{
    struct oc_ev_venue_answer answer = {.answer = {.request = strtoull(words[1], NULL, 10)},
                                        .present = OC_OF_PRICE,
                                        .client = id_of(words[2]),
                                        .venue_order = id_of(words[3])};
    if (kit_units(words[4], in->price_step, &answer.answer.price) < 0)
        return OC_E_DATA;
    return say(tarn, &answer, sizeof answer, OC_EV_AMENDED);
}

static oc_rc say_gone(const struct tarn *tarn, const struct oc_instrument *in, char **words)
{
    struct oc_ev_venue_answer answer = {
        .present = OC_OF_CUM_QTY, .why = OC_WHY_CANCELED_BY_US, .venue_order = id_of(words[1])};
    if (kit_units(words[2], in->qty_step, &answer.answer.cum_qty) < 0)
        return OC_E_DATA;
    return say(tarn, &answer, sizeof answer, OC_EV_CANCELED);
}

static oc_rc say_order(const struct tarn *tarn, const struct oc_instrument *in, char **words)
{
    struct oc_ev_order order = {.present = OC_OF_PRICE | OC_OF_QTY | OC_OF_CUM_QTY | OC_OF_TERMS | OC_OF_FILLS_COME,
                                .state = OC_SHOWN_WORKING,
                                .side = side_of(words[2]),
                                .type = OC_ORDER_LIMIT,
                                .tif = OC_TIF_GTC,
                                .venue_order = id_of(words[1])};
    if (kit_units(words[3], in->qty_step, &order.qty) < 0 || kit_units(words[4], in->price_step, &order.price) < 0 ||
        kit_units(words[5], in->qty_step, &order.cum_qty) < 0)
        return OC_E_DATA;
    return say(tarn, &order, sizeof order, OC_EV_ORDER);
}

static oc_rc say_bust(const struct tarn *tarn, const struct oc_instrument *in, char **words)
{
    struct oc_ev_bust bust = {.venue_order = id_of(words[1]), .trade_id_size = (uint8_t)strlen(words[2])};
    if (bust.trade_id_size > sizeof bust.trade_id || kit_units(words[3], in->qty_step, &bust.new_qty) < 0 ||
        kit_units(words[4], in->price_step, &bust.new_price) < 0)
        return OC_E_DATA;
    memcpy(bust.trade_id, words[2], bust.trade_id_size);
    return say(tarn, &bust, sizeof bust, OC_EV_BUST);
}

static oc_rc say_end(const struct tarn *tarn, char **words)
{
    struct oc_ev_fetched end = {.token = strtoull(words[1], NULL, 10), .kind = OC_FETCH_FILLS};
    return say(tarn, &end, sizeof end, OC_EV_FETCHED);
}

static oc_rc message(void *self, const struct oc_message *heard)
{
    const struct tarn *tarn = self;
    struct oc_instrument in;
    char line[LINE_ROOM], *words[WORDS + 1] = {NULL};
    uint32_t count = 1;
    if (heard->bytes_size == 0 || heard->bytes_size >= sizeof line || record(tarn, &in) < 0)
        return OC_E_DATA;
    memcpy(line, heard->bytes, heard->bytes_size);
    line[heard->bytes_size] = 0;
    words[0] = line;
    for (char *comma = strchr(line, ','); comma && count < WORDS; comma = strchr(comma, ',')) {
        *comma++ = 0;
        words[count++] = comma;
    }
    for (uint32_t i = 1; i < count; i++)
        if (strlen(words[i]) > 40)
            return OC_E_DATA;
    if (strcmp(line, "T") == 0 && count == 3)
        return say_trade(tarn, &in, words);
    if (strcmp(line, "A") == 0 && count == 3)
        return say_answer(tarn, OC_EV_ACCEPTED, 0, words[1], words[2]);
    if (strcmp(line, "U") == 0 && count == 5)
        return say_amended(tarn, &in, words);
    if (strcmp(line, "F") == 0 && count == 6)
        return say_fill(tarn, &in, words);
    if (strcmp(line, "G") == 0 && count == 3)
        return say_gone(tarn, &in, words);
    if (strcmp(line, "O") == 0 && count == 6)
        return say_order(tarn, &in, words);
    if (strcmp(line, "B") == 0 && count == 5)
        return say_bust(tarn, &in, words);
    if (strcmp(line, "K") == 0 && count == 2)
        return say_answer(tarn, OC_EV_TAKEN, strtoull(words[1], NULL, 10), "", "");
    return strcmp(line, "E") == 0 && count == 2 ? say_end(tarn, words) : (oc_rc)OC_E_DATA;
}

/* The number of what is said next: the venue takes none twice, in whatever life it is said. */
static oc_rc next_seq(const struct tarn *tarn, unsigned long long *ret_seq)
{
    char text[24] = "0";
    const oc_rc size = tarn->store->get(tarn->host, 0, "seq", text, sizeof text - 1);
    if (size < 0 && size != OC_E_NOT_FOUND)
        return size;
    *ret_seq = strtoull(text, NULL, 10) + 1;
    const int length = snprintf(text, sizeof text, "%llu", *ret_seq);
    return tarn->store->put(tarn->host, 0, "seq", text, (uint32_t)length, OC_STORE_SOON);
}

static int put_line(const struct tarn *tarn, const struct oc_instrument *in, const struct oc_venue_request *asked,
                    unsigned long long seq, char line[LINE_ROOM])
{
    const struct oc_request *ask = &asked->ask;
    const unsigned long long id = ask->id;
    const uint32_t needs = OC_RQ_HAS_QTY | OC_RQ_HAS_PRICE;
    char qty[64], price[64];
    const long long left = (long long)(ask->expire_ns - tarn->time->now_ns(tarn->host)) / 1000000000;
    switch (ask->kind) {
    case OC_REQUEST_CANCEL:
        return asked->venue_order.size ? snprintf(line, LINE_ROOM, "C,%llu,%s", seq, asked->venue_order.text) : -1;
    case OC_REQUEST_CANCEL_ALL:
        return snprintf(line, LINE_ROOM, "X,%llu,%llu", seq, id);
    case OC_REQUEST_DEADMAN:
        return snprintf(line, LINE_ROOM, "D,%llu,%llu,%lld", seq, id, ask->expire_ns ? left : 0);
    case OC_REQUEST_NEW:
    case OC_REQUEST_AMEND:
        break;
    default:
        return -1;
    }
    if (ask->type != OC_ORDER_LIMIT || (ask->bits & needs) != needs ||
        kit_put_units(qty, sizeof qty, ask->qty, in->qty_step) <= 0 ||
        kit_put_units(price, sizeof price, ask->price, in->price_step) <= 0)
        return -1;
    if (ask->kind == OC_REQUEST_NEW)
        return snprintf(line, LINE_ROOM, "N,%llu,%s,%s,%s,%s", seq, asked->client.text,
                        ask->side == OC_SIDE_BUY ? "B" : "S", qty, price);
    return snprintf(line, LINE_ROOM, "M,%llu,%llu,%s,%s,%s", seq, id, asked->venue_order.text, asked->client_new.text,
                    price);
}

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    const struct tarn *tarn = self;
    struct oc_instrument in;
    unsigned long long seq = 0;
    char line[LINE_ROOM];
    (void)size, (void)count, (void)batch;
    oc_rc rc = record(tarn, &in);
    if (rc >= 0)
        rc = next_seq(tarn, &seq);
    if (rc < 0)
        return rc;
    const int length = put_line(tarn, &in, first, seq, line);
    return length < 0 ? (oc_rc)OC_E_NOT_SUPPORTED
                      : oc_send_text(tarn->host, tarn->stream, line, (uint32_t)length, first->ask.id);
}

static oc_rc fetch(void *self, const struct oc_fetch *ask)
{
    const struct tarn *tarn = self;
    char line[LINE_ROOM];
    const int length = snprintf(line, sizeof line, "Q,%llu,%s", (unsigned long long)ask->token, ask->venue_order.text);
    const struct oc_send send = {.size = sizeof send,
                                 .stream = tarn->stream,
                                 .lane = OC_LANE_RECONCILE,
                                 .bytes = line,
                                 .bytes_size = (uint32_t)length,
                                 .token = ask->token};
    return tarn->net->send(tarn->host, &send);
}

static oc_rc start(void *self, const struct oc_start *begin)
{
    struct tarn *tarn = self;
    const struct oc_open open = {.size = sizeof open, .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS, .frame = OC_FRAME_LINES};
    (void)begin;
    return tarn->net->open(tarn->host, &open, &tarn->stream);
}

static oc_rc open_tarn(const struct oc_host *host, void **ret_self)
{
    struct tarn *tarn = calloc(1, sizeof *tarn);
    if (!tarn)
        return OC_E_NOMEM;
    tarn->host = host;
    tarn->feed = host->service(host, OC_SVC_FEED);
    tarn->net = host->service(host, OC_SVC_NET);
    tarn->names = host->service(host, OC_SVC_NAMES);
    tarn->store = host->service(host, OC_SVC_STORE);
    tarn->time = host->service(host, OC_SVC_TIME);
    if (!tarn->feed || !tarn->net || !tarn->names || !tarn->store || !tarn->time) {
        free(tarn);
        return OC_E_NOT_SUPPORTED;
    }
    *ret_self = tarn;
    return OC_OK;
}

static const struct oc_endpoint endpoints[] = {{.name = "tarn", .urls = "tcp://127.0.0.1:7004", .env = OC_ENV_LOCAL}};
static const struct oc_order_kind orders[] = {{.type = OC_ORDER_LIMIT,
                                               .tifs = 1u << OC_TIF_GTC,
                                               .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_PRICE,
                                               .amends = OC_AMEND_PRICE | OC_AMEND_NEW_ID}};
static const struct oc_fetchable fetches[] = {{.kind = OC_FETCH_FILLS, .by = OC_BY_ORDER}};
static const struct oc_venue venue = {.size = sizeof venue,
                                      .flags = OC_CAN_CANCEL_ALL | OC_CAN_DEADMAN | OC_HAS_UNIQUE_IDS,
                                      .venue = "tarn",
                                      .protocol = "lines, version 1",
                                      .endpoints = endpoints,
                                      .endpoint_count = 1,
                                      .orders = orders,
                                      .order_count = 1,
                                      .fetches = fetches,
                                      .fetch_count = 1,
                                      .client_form = OC_CLIENT_TEXT,
                                      .client_charset = OC_CLIENT_ALNUM,
                                      .client_max = 20};
static const struct oc_connector table = {
    .size = sizeof table, .venue = &venue, .start = start, .message = message, .request = request, .fetch = fetch};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.tarn",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "the exchange at the tarn",
                                        .open = open_tarn,
                                        .close = free,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);
