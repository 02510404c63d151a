/* signs.c: a connector that signs every line it sends, for the tests of keys. Out: "login KEY PASSPHRASE NUMBER MAC", "new ID SIDE QTY PRICE
 * MAC", "cancel ID MAC"; a MAC is HMAC-SHA256 in hex over what stands before it, KEY and PASSPHRASE are set in by the host. In: "ack ID",
 * "canceled ID", "fill ID QTY PRICE TRADE", "trade PRICE QTY". It logs what it is told to, which is nothing of a secret, for it has none. */
#include <outcry/kit/codec.h>
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 1, SECRET = 2, PASSPHRASE = 3 };

struct signs {
    struct kit_codec kit;
    uint32_t account, key, stream;
};

static oc_rc push(const struct signs *signs, struct oc_event *event, uint32_t size, int type)
{
    struct oc_scale scale = {.inst = 0};
    struct oc_event *room;
    oc_rc rc = signs->kit.names->symbol(signs->kit.host, "BTC/USDT", 8, &scale);
    event->size = size, event->type = (uint16_t)type, event->flags = OC_EVF_LAST, event->inst = scale.inst;
    rc = rc < 0 ? rc : signs->kit.feed->reserve(signs->kit.host, size, &room);
    if (rc == OC_OK)
        memcpy(room, event, size);
    return rc == OC_OK ? signs->kit.feed->commit(signs->kit.host, room) : rc;
}

static oc_rc message(void *self, const struct oc_message *heard)
{
    const struct signs *signs = self;
    char line[256] = "", *at;
    long long number[3] = {0, 0, 0};
    int count = 1;
    if (heard->bytes_size >= sizeof line)
        return OC_E_DATA;
    memcpy(line, heard->bytes, heard->bytes_size);
    signs->kit.log->line(signs->kit.host, OC_LOG_WARN, line); /* a venue may say a secret back */
    for (at = strchr(line, ' '); at && count < 4; at = strchr(at + 1, ' '))
        number[count++ - 1] = strtoll(at + 1, NULL, 10);
    const char *const word = line, *const trade_id = at ? at + 1 : "";
    const long long a = number[0], b = number[1], c = number[2];
    count += at != NULL;
    line[strcspn(line, " ")] = 0;
    if (count == 3 && !strcmp(word, "trade")) {
        struct oc_ev_trade trade = {.price = a, .qty = b, .present = OC_HAS_QTY};
        return push(signs, &trade.head, sizeof trade, OC_EV_TRADE);
    }
    if (count == 5 && !strcmp(word, "fill")) {
        struct oc_ev_fill fill = {.order = (uint64_t)a, .qty = b, .price = c};
        fill.trade_id_size = (uint8_t)(strlen(trade_id) < 40 ? strlen(trade_id) : 40);
        memcpy(fill.trade_id, trade_id, fill.trade_id_size);
        return push(signs, &fill.head, sizeof fill, OC_EV_FILL);
    }
    struct oc_ev_answer answer = {.order = (uint64_t)a, .request = (uint64_t)a, .cum_qty = -1, .definitive = 1};
    const int type = !strcmp(word, "ack") ? OC_EV_ACCEPTED : !strcmp(word, "canceled") ? OC_EV_CANCELED : OC_EV_NONE;
    return type ? push(signs, &answer.head, sizeof answer, type) : OC_OK;
}

/* Behind the line its MAC; where `splices` say so, credentials in it. */
static oc_rc say(struct signs *signs, const char *line, const struct oc_splice *splices, uint32_t count,
                 const struct oc_part *parts, uint32_t part_count, uint64_t request)
{
    uint8_t mac[32];
    char text[512];
    int size = snprintf(text, sizeof text, "%s ", line);
    const oc_rc rc = signs->kit.sign->sign(signs->kit.host, signs->key, parts, part_count, mac, sizeof mac);
    if (rc < 0)
        return rc;
    for (int i = 0; i < 32; i++)
        size += snprintf(text + size, sizeof text - (size_t)size, "%02x", mac[i]);
    const struct oc_send send = {.size = sizeof send,
                                 .stream = signs->stream,
                                 .kind = OC_MESSAGE_TEXT,
                                 .bytes = text,
                                 .bytes_size = (uint32_t)size,
                                 .splices = splices,
                                 .splice_count = count,
                                 .request = request};
    return signs->kit.net->send(signs->kit.host, &send);
}

static oc_rc start(void *self, const struct oc_start *told)
{
    (void)self;
    return told->env == OC_ENV_LOCAL ? OC_OK : OC_E_NOT_SUPPORTED;
}

static oc_rc account(void *self, const struct oc_account *told)
{
    struct signs *signs = self;
    const struct oc_open open = {
        .size = sizeof open, .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS, .frame = OC_FRAME_LINES, .account = told->account};
    signs->account = told->account;
    const oc_rc rc = signs->kit.sign->key(signs->kit.host, told->account, SECRET, OC_SIGN_HMAC_SHA256, &signs->key);
    return rc < 0 ? rc : signs->kit.net->open(signs->kit.host, &open, &signs->stream);
}

static oc_rc stream(void *self, const struct oc_stream *told)
{
    static const char login[] = "login   1", first[] = "login "; /* KEY and PASSPHRASE go between the blanks */
    struct signs *signs = self;
    static const struct oc_splice splices[] = {
        {.at = sizeof first - 1, .field = KEY, .in = OC_IN_BODY, .as = OC_AS_IS},
        {.at = sizeof first, .field = PASSPHRASE, .in = OC_IN_BODY, .as = OC_AS_IS}};
    const struct oc_part parts[] = {{.bytes = "login ", .size = 6}, {.field = KEY}, {.bytes = " 1", .size = 2}};
    return told->state == OC_STREAM_UP ? say(signs, login, splices, 2, parts, 3, 0) : OC_OK;
}

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    struct signs *signs = self;
    const struct oc_request *ask = ((void)size, (void)count, (void)batch, &first->ask);
    char line[160];
    if (ask->kind == OC_REQUEST_NEW)
        snprintf(line, sizeof line, "new %llu %s %lld %lld", (unsigned long long)ask->order,
                 ask->side == OC_SIDE_BUY ? "buy" : "sell", (long long)ask->qty, (long long)ask->price);
    else if (ask->kind == OC_REQUEST_CANCEL)
        snprintf(line, sizeof line, "cancel %llu", (unsigned long long)ask->order);
    else
        return OC_E_NOT_SUPPORTED;
    const struct oc_part part = {.bytes = line, .size = (uint32_t)strlen(line)};
    return say(signs, line, NULL, 0, &part, 1, ask->id);
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    struct signs *signs = calloc(1, sizeof *signs);
    const oc_rc rc = signs ? kit_codec_begin(&signs->kit, host) : OC_E_NOMEM;
    if (rc < 0)
        free(signs);
    else
        *ret_self = signs;
    return rc;
}

static const struct oc_endpoint endpoints[] = {{.name = "lines", .urls = "tcp://127.0.0.1:7002", .env = OC_ENV_LOCAL}};
static const struct oc_credential credentials[] = {
    {.name = "api_key", .about = "the name of the key", .kind = OC_CREDENTIAL_PUBLIC},
    {.name = "secret", .about = "what lines are signed with", .kind = OC_CREDENTIAL_SECRET},
    {.name = "passphrase", .about = "said at the login", .kind = OC_CREDENTIAL_SECRET}};
static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY}};
static const struct oc_venue venue = {.size = sizeof venue,
                                      .venue = "signs",
                                      .protocol = "signed lines, version 1",
                                      .endpoints = endpoints,
                                      .credentials = credentials,
                                      .orders = orders,
                                      .endpoint_count = 1,
                                      .credential_count = 3,
                                      .order_count = 1};
static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &venue,
                                          .start = start,
                                          .account = account,
                                          .stream = stream,
                                          .message = message,
                                          .request = request};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.signs",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "signed lines over a transcript",
                                        .open = open_it,
                                        .close = free,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);
