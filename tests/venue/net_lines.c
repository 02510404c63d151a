/* net_lines.c: the codec of the exchange of tests/support as a plugin, for sessions on the network: the same lines over HTTPS and two
 * WebSockets. "Not found" counts after a second: this exchange is on this machine. */
#include "support/exchange_codec.h"

#include <stdlib.h>
#include <string.h>

/* The one thing that is traded here. */
static oc_rc know(struct exchange_codec *codec)
{
    const struct oc_svc_names *names = codec->host->service(codec->host, OC_SVC_NAMES);
    struct oc_scale scale = {.inst = 0};
    const oc_rc rc = names->symbol(codec->host, "BTC/USDT", 8, &scale);
    codec->inst = scale.inst;
    return rc;
}

/* "SESSION trade PRICE QTY": the market, which the exchange of the simulation has not. */
static oc_rc say_trade(const struct exchange_codec *codec, const char *text)
{
    char *end;
    struct oc_ev_trade *trade;
    struct oc_event *room;
    const oc_rc rc = codec->feed->reserve(codec->host, sizeof *trade, &room);
    if (rc < 0)
        return rc;
    trade = (struct oc_ev_trade *)(void *)room;
    trade->head =
        (struct oc_event){.size = sizeof *trade, .type = OC_EV_TRADE, .flags = OC_EVF_LAST, .inst = codec->inst};
    trade->price = strtoll(text, &end, 10);
    trade->qty = strtoll(end, NULL, 10);
    trade->present = OC_HAS_QTY;
    return codec->feed->commit(codec->host, room);
}

static oc_rc message(void *self, const struct oc_message *heard)
{
    const oc_rc rc = know(self);
    char line[64] = "";
    memcpy(line, heard->bytes, heard->bytes_size < sizeof line ? heard->bytes_size : sizeof line - 1);
    const char *trade = strstr(line, " trade ");
    if (rc < 0)
        return rc;
    return trade ? say_trade(self, trade + 7) : exchange_connector.message(self, heard);
}

static oc_rc response(void *self, const struct oc_response *answer)
{
    const oc_rc rc = know(self);
    return rc < 0 ? rc : exchange_connector.response(self, answer);
}

static oc_rc start(void *self, const struct oc_start *begin) { return exchange_connector.start(self, begin); }
static oc_rc fetch(void *self, const struct oc_fetch *ask) { return exchange_connector.fetch(self, ask); }
static oc_rc stream(void *self, const struct oc_stream *told) { return exchange_connector.stream(self, told); }
static oc_rc timer(void *self, uint64_t id, uint64_t user) { return exchange_connector.timer(self, id, user); }

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    return exchange_connector.request(self, first, size, count, batch);
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    struct exchange_codec *codec = malloc(sizeof *codec);
    if (!codec)
        return OC_E_NOMEM;
    exchange_codec_init(codec, host, 0, 1);
    *ret_self = codec;
    return OC_OK;
}

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://127.0.0.1:7001", .env = OC_ENV_LOCAL, .place = 0},
    {.name = "orders", .urls = "wss://127.0.0.1:7002", .env = OC_ENV_LOCAL, .place = 1},
    {.name = "user", .urls = "wss://127.0.0.1:7003", .env = OC_ENV_LOCAL, .place = 2}};
static const struct oc_order_kind orders[] = {{.type = OC_ORDER_LIMIT,
                                               .tifs = 1u << OC_TIF_GTC,
                                               .bits = OC_RQ_HAS_QTY,
                                               .amends = OC_AMEND_PRICE | OC_AMEND_QTY_DOWN | OC_AMEND_QTY_UP}};
static const struct oc_fetchable asked[] = {
    {.kind = OC_FETCH_ORDER, .by = OC_BY_CLIENT_ID | OC_BY_ORDER, .page_max = 1},
    {.kind = OC_FETCH_FILLS, .by = OC_BY_CURSOR, .page_max = 400},
    {.kind = OC_FETCH_OPEN_ORDERS, .page_max = 400}};
static const struct oc_venue venue = {.size = sizeof venue,
                                      .venue = "lines",
                                      .protocol = "1",
                                      .endpoints = endpoints,
                                      .endpoint_count = 3,
                                      .orders = orders,
                                      .order_count = 1,
                                      .fetches = asked,
                                      .fetch_count = 3,
                                      .client_form = OC_CLIENT_TEXT,
                                      .client_charset = OC_CLIENT_ALNUM,
                                      .client_max = 20,
                                      .absence_ns = 1000000000,
                                      .answer_ns = 8000000000};
static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &venue,
                                          .start = start,
                                          .fetch = fetch,
                                          .stream = stream,
                                          .message = message,
                                          .response = response,
                                          .request = request,
                                          .timer = timer};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.lines",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "an exchange of lines, for tests",
                                        .open = open_it,
                                        .close = free,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);
