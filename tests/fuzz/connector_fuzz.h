/* connector_fuzz.h: a connector under any bytes: messages of its streams, and answers of any status to each question and each order request. What must
 * hold: no crash, and every event that it makes is sound. Before it: the connector's own header, with ABOUT_NAMES, and
 *   FUZZ_SYMBOL    the venue's name of what is traded
 *   FUZZ_HEADERS   of each answer
 *   FUZZ_ABOUT     oc_http.user[0] of calls of its own, a list
 *   FUZZ_REQUESTS  kinds of order requests that it takes, from OC_REQUEST_NEW on */
#ifndef FUZZ_CONNECTOR_FUZZ_H
#define FUZZ_CONNECTOR_FUZZ_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool event_is_sound(const struct oc_event *event); /* of the engine, whose `struct account` is another */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct oc_plugin *const oc_plugins_v1[];

static _Alignas(8) char room[OC_EVENT_MAX];
static uint32_t assets;
static const struct oc_instrument instrument = {.size = sizeof instrument,
                                                .inst = OC_INST(1, 1),
                                                .price_step = {1, 2, 0},
                                                .qty_step = {1, 5, 0},
                                                .venue_symbol = FUZZ_SYMBOL,
                                                .symbol = "BTC/USD"};
static const struct oc_scale scale = {
    .inst = OC_INST(1, 1), .price_digits = 2, .qty_digits = 5, .price_div = 1, .qty_div = 1};

/* ---- a host that takes everything ---- */

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host;
    if (size < sizeof(struct oc_event) || size > OC_EVENT_MAX)
        abort();
    memset(room, 0, size);
    *ret_event = (struct oc_event *)(void *)room;
    return OC_OK;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host;
    if (!event_is_sound(event))
        abort();
    return OC_OK;
}

static oc_rc http(const struct oc_host *host, const struct oc_http *ask, uint64_t *ret_exchange)
{
    (void)host;
    if (!ask->path_size || ask->path[0] != '/')
        abort();
    *ret_exchange = 1;
    return OC_OK;
}

static oc_rc open_stream(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream)
{
    (void)host, (void)open;
    *ret_stream = 1;
    return OC_OK;
}

static oc_rc of_stream(const struct oc_host *host, uint32_t stream) { return (void)host, (void)stream, OC_OK; }

static oc_rc key(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t algorithm, uint32_t *ret_key)
{
    (void)host, (void)account, (void)field, (void)algorithm;
    *ret_key = 1;
    return OC_OK;
}

static oc_rc sign_parts(const struct oc_host *host, uint32_t by, const struct oc_part *parts, uint32_t count,
                        uint8_t *mac, uint32_t mac_max)
{
    (void)host, (void)by, (void)parts, (void)count;
    memset(mac, 7, mac_max);
    return (oc_rc)mac_max;
}

static oc_rc keep(const struct oc_host *host, uint32_t account, const char *name, const void *secret, uint32_t size,
                  int64_t until_ns, uint32_t how, uint16_t *ret_field)
{
    (void)host, (void)account, (void)name, (void)secret, (void)size, (void)until_ns, (void)how;
    *ret_field = 3;
    return OC_OK;
}

static oc_rc public_text(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t form, void *text,
                         uint32_t size_max)
{
    (void)host, (void)account, (void)field, (void)form, (void)size_max;
    memcpy(text, "a key", 5);
    return 5;
}

static oc_rc fail(const struct oc_host *host, uint32_t stream, uint32_t why)
{
    return (void)host, (void)stream, (void)why, OC_OK;
}

static oc_rc authority(const struct oc_host *host, uint16_t endpoint, char *text, uint32_t size_max)
{
    (void)host, (void)endpoint, (void)size_max;
    memcpy(text, "here", 5);
    return 4;
}

static oc_rc take_random(const struct oc_host *host, void *bytes, uint32_t size)
{
    (void)host;
    memset(bytes, 3, size);
    return OC_OK;
}

static oc_rc integer(const struct oc_host *host, const char *name, int64_t *ret_value)
{
    (void)host, (void)name;
    *ret_value = 10;
    return OC_OK;
}

static oc_rc text(const struct oc_host *host, const char *name, char *to, uint32_t size_max)
{
    (void)host, (void)name;
    memset(to, 0, size_max);
    return OC_OK;
}

static int64_t now_ns(const struct oc_host *host) { return (void)host, 1767623400000000000ll; }

static oc_rc venue_ns(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns)
{
    *ret_ns = now_ns(host);
    *ret_error_ns = 1;
    return OC_OK;
}

static oc_rc sample(const struct oc_host *host, int64_t said_ns, int64_t sent_ns, int64_t received_ns)
{
    return (void)host, (void)said_ns, (void)sent_ns, (void)received_ns, OC_OK;
}

static oc_rc timer(const struct oc_host *host, int64_t at_ns, uint64_t user, uint64_t *ret_timer)
{
    (void)host, (void)at_ns, (void)user;
    *ret_timer = 1;
    return OC_OK;
}

static oc_rc cancel(const struct oc_host *host, uint64_t at) { return (void)host, (void)at, OC_OK; }

static oc_rc symbol(const struct oc_host *host, const char *name, uint32_t size, struct oc_scale *ret_scale)
{
    (void)host;
    if (size != sizeof FUZZ_SYMBOL - 1 || memcmp(name, FUZZ_SYMBOL, size) != 0)
        return OC_E_NOT_FOUND;
    *ret_scale = scale;
    return OC_OK;
}

static oc_rc by_inst(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale)
{
    (void)host, (void)inst;
    *ret_scale = scale;
    return OC_OK;
}

static oc_rc record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret, uint32_t size_max)
{
    (void)host, (void)inst;
    memcpy(ret, &instrument, size_max < sizeof instrument ? size_max : sizeof instrument);
    return OC_OK;
}

static oc_rc asset(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset)
{
    (void)host, (void)name;
    *ret_asset = 1 + assets++ % 100;
    return size && size < OC_ASSET_MAX ? OC_OK : OC_E_INVALID;
}

static oc_rc used(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t count)
{
    return (void)host, (void)account, (void)limit, (void)count, OC_OK;
}

static oc_rc most(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns)
{
    (void)host, (void)account, (void)limit;
    return max && period_ns > 0 ? OC_OK : (abort(), OC_OK);
}

static oc_rc shut(const struct oc_host *host, uint32_t account, uint32_t limit, int64_t until_ns, uint32_t why)
{
    return (void)host, (void)account, (void)limit, (void)until_ns, (void)why, OC_OK;
}

static void line(const struct oc_host *host, uint32_t level, const char *words)
{
    (void)host, (void)level, (void)words;
}

static void skip(const struct oc_host *host, const char *what, const void *bytes, uint32_t size)
{
    (void)host, (void)what, (void)bytes, (void)size;
}

static const void *service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit};
    static const struct oc_svc_net net = {.size = sizeof net,
                                          .open = open_stream,
                                          .ready = of_stream,
                                          .close = of_stream,
                                          .http = http,
                                          .fail = fail,
                                          .authority = authority};
    static const struct oc_svc_sign sign = {
        .size = sizeof sign, .key = key, .sign = sign_parts, .keep = keep, .public_text = public_text};
    static const struct oc_svc_time clock = {.size = sizeof clock,
                                             .now_ns = now_ns,
                                             .mono_ns = now_ns,
                                             .venue_ns = venue_ns,
                                             .sample = sample,
                                             .random = take_random,
                                             .timer = timer,
                                             .cancel = cancel};
    static const struct oc_svc_names names = {
        .size = sizeof names, .symbol = symbol, .scale = by_inst, .record = record, .asset = asset};
    static const struct oc_svc_limit limit = {.size = sizeof limit, .used = used, .max = most, .shut = shut};
    static const struct oc_svc_log log = {.size = sizeof log, .skip = skip, .line = line};
    static const struct oc_svc_config config = {.size = sizeof config, .integer = integer, .text = text};
    static const struct {
        const char *id;
        const void *table;
    } all[] = {{OC_SVC_FEED, &feed},   {OC_SVC_NET, &net},     {OC_SVC_SIGN, &sign}, {OC_SVC_TIME, &clock},
               {OC_SVC_NAMES, &names}, {OC_SVC_LIMIT, &limit}, {OC_SVC_LOG, &log},   {OC_SVC_CONFIG, &config}};
    (void)host;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].table;
    return NULL;
}

/* ---- what is said ---- */

static void answer(const struct oc_connector *table, void *self, const uint8_t head[3], const char *body, uint32_t size)
{
    static const uint16_t statuses[] = {200, 400, 401, 403, 409, 418, 429, 503};
    static const uint32_t kinds[] = {OC_FETCH_TIME,  OC_FETCH_INSTRUMENTS, OC_FETCH_CREDENTIALS,
                                     OC_FETCH_FILLS, OC_FETCH_BALANCES,    OC_FETCH_OPEN_ORDERS,
                                     OC_FETCH_ORDER, OC_FETCH_BOOK,        OC_FETCH_BARS};
    const struct oc_venue_request asked = {.ask = {.head = {.size = sizeof asked, .inst = OC_INST(1, 1)},
                                                   .id = 7,
                                                   .order = 7,
                                                   .kind = (uint8_t)(1 + head[2] % FUZZ_REQUESTS)}};
    const struct oc_fetch fetch = {.size = sizeof fetch,
                                   .kind = kinds[head[2] % 9],
                                   .token = 5,
                                   .account = 1,
                                   .inst = OC_INST(1, 1),
                                   .period_ns = 60000000000ll,
                                   .order = head[2] & 64 ? 7 : 0,
                                   .cursor = {.size = head[2] & 32 ? 8 : 0}};
    struct oc_response in = {.size = sizeof in,
                             .status = statuses[head[1] % 8],
                             .account = 1,
                             .token = 5,
                             .headers = FUZZ_HEADERS,
                             .headers_size = sizeof FUZZ_HEADERS - 1,
                             .body = body,
                             .body_size = size};
    if (head[2] & 128) {
        in.asked = &asked;
        in.asked_count = 1;
    } else if (head[1] & 64) {
        static const uint64_t about[] = {FUZZ_ABOUT};
        in.user[0] = about[head[2] % (sizeof about / sizeof *about)];
    } else {
        in.fetch = &fetch;
        in.user[0] = head[1] & 32 ? ABOUT_NAMES : 0;
    }
    (void)table->response(self, &in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct oc_host host = {.size = sizeof host, .service = service};
    const struct oc_plugin *plugin = oc_plugins_v1[0];
    const struct oc_connector *table = plugin->ifaces[0].table;
    const struct oc_account account = {
        .size = sizeof account, .account = 1, .source = 1, .state = OC_ACCOUNT_ADDED, .name = "main"};
    const struct oc_start start = {.size = sizeof start, .env = OC_ENV_LOCAL, .generation = 1};
    void *self = NULL;
    if (plugin->open(&host, &self) < 0 || table->start(self, &start) < 0 || table->account(self, &account) < 0)
        abort();
    while (size > 3) { /* parts, each with what it is and, behind a zero, the next one */
        const char *body = (const char *)data + 3;
        const char *end = memchr(body, 0, size - 3);
        const uint32_t length = (uint32_t)(end ? (size_t)(end - body) : size - 3);
        char *copy = calloc(1, length + 16);
        if (!copy)
            abort();
        memcpy(copy, body, length);
        const struct oc_message heard = {
            .size = sizeof heard, .stream = 1, .account = data[1] & 1, .bytes = copy, .bytes_size = length};
        if (data[0] & 1)
            (void)table->message(self, &heard);
        else
            answer(table, self, data, copy, length);
        free(copy);
        const size_t part = 3 + length + (end ? 1 : 0);
        data += part;
        size -= part;
    }
    plugin->close(self);
    return 0;
}

#endif
