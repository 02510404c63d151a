/* isolate_services.c: in the process of a connector: services that are questions to the host. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "session/isolate_impl.h"

struct isolate_here here;

static void leave(void) { exit(1); } /* the host is gone, or is not understood: there is nobody to tell */

/* ---- services ---- */

static struct wire *ask(enum isolate_kind kind)
{
    wire_begin(&here.sent, kind);
    return &here.sent;
}

/* The answer's code. */
static oc_rc answered(void)
{
    enum isolate_kind kind = ISOLATE_NONE;
    if (here.sent.is_bad)
        return OC_E_LIMIT;
    if (wire_send(&here.sent, &here.host, INT64_MAX) < 0 ||
        wire_receive(&here.answer, &here.host, INT64_MAX, &kind) < 0 || kind != ISOLATE_ANSWER)
        leave();
    return (oc_rc)wire_take_number(&here.answer);
}

/* The end of each answer. */
static oc_rc ends(oc_rc rc)
{
    here.now_ns = wire_take_number(&here.answer);
    if (here.answer.is_bad)
        leave();
    return rc;
}

static oc_rc give(oc_rc rc, void *ret_value, size_t size)
{
    if (rc >= 0) {
        const void *value = wire_take(&here.answer, size);
        if (!value)
            leave();
        memcpy(ret_value, value, size);
    }
    return ends(rc);
}

static oc_rc give_bytes(oc_rc rc, void *ret_bytes, uint32_t size_max)
{
    if (rc >= 0) {
        uint32_t size;
        const void *bytes = wire_take_bytes(&here.answer, &size);
        if (!bytes)
            leave();
        memcpy(ret_bytes, bytes, size < size_max ? size : size_max);
    }
    return ends(rc);
}

static oc_rc ask_numbers(enum isolate_kind kind, int64_t a, int64_t b, int64_t c, int64_t d)
{
    struct wire *out = ask(kind);
    wire_put_number(out, a);
    wire_put_number(out, b);
    wire_put_number(out, c);
    wire_put_number(out, d);
    return answered();
}

/* Events stay here until the call is over: they go over with its end. */
static oc_rc say_reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host;
    if (!here.room)
        return OC_E_STATE;
    if (size < sizeof(struct oc_event) || size > OC_EVENT_MAX || size % 8)
        return OC_E_INVALID;
    const size_t at = here.events_size;
    if (at + size > here.room)
        return OC_E_FULL;
    if (at + size + sizeof(uint64_t) > here.events_room) {
        size_t room = here.events_room ? here.events_room : 1 << 16;
        while (room < at + size + sizeof(uint64_t))
            room *= 2;
        char *events = realloc(here.events, room);
        if (!events)
            return OC_E_NOMEM;
        here.events = events;
        here.events_room = room;
    }
    here.open_at = at;
    here.open = (struct oc_event *)(void *)(here.events + at + sizeof(uint64_t));
    memset(here.open, 0, size);
    here.open->size = size;
    *ret_event = here.open;
    return OC_OK;
}

static oc_rc say_commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host;
    if (!here.open || event != here.open)
        return OC_E_STATE;
    here.open = NULL;
    if (event->size < sizeof *event || event->size > OC_EVENT_MAX || event->size % 8)
        return OC_E_DATA;
    const uint64_t size = event->size;
    memcpy(here.events + here.open_at, &size, sizeof size);
    here.events_size = here.open_at + sizeof size + size;
    here.event_count++;
    return OC_OK;
}

static oc_rc say_missed(const struct oc_host *host, uint32_t account, uint32_t kind)
{
    (void)host;
    return ends(ask_numbers(ISOLATE_MISSED, account, kind, 0, 0));
}

static void put_lists(struct wire *out, const struct oc_splice *splices, uint32_t splice_count,
                      const struct oc_cost *costs, uint32_t cost_count)
{
    wire_put(out, splices, splice_count * sizeof *splices);
    wire_put(out, costs, cost_count * sizeof *costs);
}

static oc_rc net_open(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream)
{
    (void)host;
    if (open->size < sizeof *open || (open->path_size && !open->path) || (open->headers_size && !open->headers) ||
        (open->ping_size && !open->ping))
        return OC_E_INVALID;
    struct wire *out = ask(ISOLATE_NET_OPEN);
    wire_put(out, open, sizeof *open);
    wire_put_bytes(out, open->path, open->path_size);
    wire_put_bytes(out, open->headers, open->headers_size);
    wire_put_bytes(out, open->ping, open->ping_size);
    wire_put_number(out, open->url != NULL);
    put_lists(out, open->splices, open->splice_count, open->costs, open->cost_count);
    return give(answered(), ret_stream, sizeof *ret_stream);
}

static oc_rc net_ready(const struct oc_host *host, uint32_t stream)
{
    (void)host;
    return ends(ask_numbers(ISOLATE_NET_READY, stream, 0, 0, 0));
}

static oc_rc net_close(const struct oc_host *host, uint32_t stream)
{
    (void)host;
    return ends(ask_numbers(ISOLATE_NET_CLOSE, stream, 0, 0, 0));
}

static oc_rc net_fail(const struct oc_host *host, uint32_t stream, uint32_t why)
{
    (void)host;
    return ends(ask_numbers(ISOLATE_NET_FAIL, stream, why, 0, 0));
}

static oc_rc net_send(const struct oc_host *host, const struct oc_send *send)
{
    (void)host;
    if (send->size < sizeof *send || (send->bytes_size && !send->bytes))
        return OC_E_INVALID;
    struct wire *out = ask(ISOLATE_NET_SEND);
    wire_put(out, send, sizeof *send);
    wire_put_bytes(out, send->bytes, send->bytes_size);
    put_lists(out, send->splices, send->splice_count, send->costs, send->cost_count);
    return ends(answered());
}

static oc_rc ask_http(enum isolate_kind kind, const struct oc_http *http)
{
    if (http->size < sizeof *http || (http->path_size && !http->path) || (http->headers_size && !http->headers) ||
        (http->body_size && !http->body))
        return OC_E_INVALID;
    struct wire *out = ask(kind);
    wire_put(out, http, sizeof *http);
    wire_put_bytes(out, http->path, http->path_size);
    wire_put_bytes(out, http->headers, http->headers_size);
    wire_put_bytes(out, http->body, http->body_size);
    put_lists(out, http->splices, http->splice_count, http->costs, http->cost_count);
    return OC_OK;
}

static oc_rc net_http(const struct oc_host *host, const struct oc_http *http, uint64_t *ret_exchange)
{
    uint64_t exchange = 0;
    (void)host;
    oc_rc rc = ask_http(ISOLATE_NET_HTTP, http);
    if (rc < 0)
        return rc;
    rc = give(answered(), &exchange, sizeof exchange);
    if (rc >= 0 && ret_exchange)
        *ret_exchange = exchange;
    return rc;
}

static oc_rc net_prepare(const struct oc_host *host, const struct oc_http *http, uint32_t *ret_form)
{
    (void)host;
    const oc_rc rc = ask_http(ISOLATE_NET_PREPARE, http);
    return rc < 0 ? rc : give(answered(), ret_form, sizeof *ret_form);
}

static oc_rc net_authority(const struct oc_host *host, uint16_t endpoint, char *text, uint32_t size_max)
{
    (void)host;
    const oc_rc rc = give_bytes(ask_numbers(ISOLATE_NET_AUTHORITY, endpoint, size_max, 0, 0), text, size_max);
    if (rc >= 0 && (uint32_t)rc < size_max)
        text[rc] = 0;
    return rc;
}

static oc_rc net_asked(const struct oc_host *host, uint64_t request, void *ret_request, uint32_t size_max)
{
    (void)host;
    return give_bytes(ask_numbers(ISOLATE_NET_ASKED, (int64_t)request, size_max, 0, 0), ret_request, size_max);
}

static oc_rc net_fetching(const struct oc_host *host, uint64_t token, void *ret_fetch, uint32_t size_max)
{
    (void)host;
    return give_bytes(ask_numbers(ISOLATE_NET_FETCHING, (int64_t)token, size_max, 0, 0), ret_fetch, size_max);
}

static int64_t time_now_ns(const struct oc_host *host)
{
    (void)host;
    return here.now_ns;
}

static oc_rc time_venue_ns(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns)
{
    int64_t both[2];
    (void)host;
    const oc_rc rc = give(ask_numbers(ISOLATE_VENUE_NS, 0, 0, 0, 0), both, sizeof both);
    if (rc >= 0) {
        *ret_ns = both[0];
        *ret_error_ns = both[1];
    }
    return rc;
}

static oc_rc time_sample(const struct oc_host *host, int64_t said_ns, int64_t sent_ns, int64_t received_ns)
{
    (void)host;
    return ends(ask_numbers(ISOLATE_SAMPLE, said_ns, sent_ns, received_ns, 0));
}

static oc_rc time_random(const struct oc_host *host, void *bytes, uint32_t size)
{
    (void)host;
    return size > 1 << 16 ? (oc_rc)OC_E_LIMIT : give_bytes(ask_numbers(ISOLATE_RANDOM, size, 0, 0, 0), bytes, size);
}

static oc_rc time_timer(const struct oc_host *host, int64_t at_mono_ns, uint64_t user, uint64_t *ret_timer)
{
    (void)host;
    return give(ask_numbers(ISOLATE_SET_TIMER, at_mono_ns, (int64_t)user, 0, 0), ret_timer, sizeof *ret_timer);
}

static oc_rc time_cancel(const struct oc_host *host, uint64_t timer)
{
    (void)host;
    return ends(ask_numbers(ISOLATE_CANCEL_TIMER, (int64_t)timer, 0, 0, 0));
}

static oc_rc ask_name(enum isolate_kind kind, int64_t number, const char *text, uint32_t size)
{
    struct wire *out = ask(kind);
    wire_put_number(out, number);
    wire_put_bytes(out, text, size);
    return answered();
}

enum { SCALES = 256 }; /* that are known here: feeds say the same ones over and over */

static struct known_scale {
    enum isolate_kind kind; /* ISOLATE_NONE: nothing */
    uint32_t size;
    int64_t number;
    char symbol[OC_SYMBOL_MAX];
    struct oc_scale scale;
} scales[SCALES];

void isolate_names_are(int64_t changes)
{
    static int64_t before;
    if (changes != before)
        memset(scales, 0, sizeof scales);
    before = changes;
}

static oc_rc scale_of(enum isolate_kind kind, int64_t number, const char *symbol, uint32_t size,
                      struct oc_scale *ret_scale)
{
    if (size > OC_SYMBOL_MAX)
        return OC_E_NOT_FOUND;
    const uint64_t hash = hash64(symbol, size) + (uint64_t)number * 0x9E3779B97F4A7C15ull + kind;
    struct known_scale *known = &scales[(hash >> 32) % SCALES];
    if (known->kind == kind && known->number == number && known->size == size &&
        memcmp(known->symbol, symbol, size) == 0) {
        *ret_scale = known->scale;
        return OC_OK;
    }
    const oc_rc rc = give(ask_name(kind, number, symbol, size), ret_scale, sizeof *ret_scale);
    if (rc == OC_OK) {
        *known = (struct known_scale){.kind = kind, .size = size, .number = number, .scale = *ret_scale};
        memcpy(known->symbol, symbol, size);
    }
    return rc;
}

static oc_rc names_symbol(const struct oc_host *host, const char *symbol, uint32_t size, struct oc_scale *ret_scale)
{
    (void)host;
    return scale_of(ISOLATE_SYMBOL, 0, symbol, size, ret_scale);
}

static oc_rc names_number(const struct oc_host *host, uint64_t number, struct oc_scale *ret_scale)
{
    (void)host;
    return scale_of(ISOLATE_NUMBER, (int64_t)number, "", 0, ret_scale);
}

static oc_rc names_scale(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale)
{
    (void)host;
    return scale_of(ISOLATE_SCALE, inst, "", 0, ret_scale);
}

static oc_rc names_record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret_instrument,
                          uint32_t size_max)
{
    (void)host;
    return give_bytes(ask_name(ISOLATE_RECORD, inst, "", 0), ret_instrument, size_max);
}

static oc_rc names_asset(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset)
{
    (void)host;
    return give(ask_name(ISOLATE_ASSET, 0, name, size), ret_asset, sizeof *ret_asset);
}

static oc_rc names_asset_text(const struct oc_host *host, uint32_t asset, char name[OC_ASSET_MAX])
{
    (void)host;
    return give(ask_name(ISOLATE_ASSET_TEXT, asset, "", 0), name, OC_ASSET_MAX);
}

static oc_rc ask_limit(enum isolate_kind kind, uint32_t account, uint32_t limit, int64_t value, int64_t period,
                       struct oc_cost cost)
{
    struct wire *out = ask(kind);
    wire_put_number(out, account);
    wire_put_number(out, limit);
    wire_put_number(out, value);
    wire_put_number(out, period);
    wire_put(out, &cost, sizeof cost);
    return ends(answered());
}

static oc_rc limit_used(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t used)
{
    (void)host;
    return ask_limit(ISOLATE_USED, account, limit, (int64_t)used, 0, (struct oc_cost){0});
}

static oc_rc limit_max(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns)
{
    (void)host;
    return ask_limit(ISOLATE_MAX, account, limit, (int64_t)max, period_ns, (struct oc_cost){0});
}

static oc_rc limit_shut(const struct oc_host *host, uint32_t account, uint32_t limit, int64_t until_ns, uint32_t why)
{
    (void)host;
    return ask_limit(ISOLATE_SHUT, account, limit, until_ns, why, (struct oc_cost){0});
}

static oc_rc limit_give(const struct oc_host *host, uint32_t account, struct oc_cost cost)
{
    (void)host;
    return ask_limit(ISOLATE_GIVE, account, 0, 0, 0, cost);
}

static oc_rc sign_key(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t algorithm,
                      uint32_t *ret_key)
{
    (void)host;
    return give(ask_numbers(ISOLATE_KEY, account, field, algorithm, 0), ret_key, sizeof *ret_key);
}

static oc_rc ask_parts(enum isolate_kind kind, uint32_t first, uint32_t second, const struct oc_part *parts,
                       uint32_t count, uint32_t size_max)
{
    struct wire *out = ask(kind);
    wire_put_number(out, first);
    wire_put_number(out, second);
    wire_put_number(out, size_max);
    wire_put_number(out, 0);
    wire_put_number(out, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t size = parts[i].field || !parts[i].bytes ? 0 : parts[i].size;
        wire_put_number(out, parts[i].field);
        wire_put_number(out, parts[i].bytes != NULL);
        wire_put_bytes(out, parts[i].bytes, size);
    }
    return answered();
}

static oc_rc sign_sign(const struct oc_host *host, uint32_t key, const struct oc_part *parts, uint32_t count,
                       uint8_t *signature, uint32_t signature_max)
{
    (void)host;
    return give_bytes(ask_parts(ISOLATE_SIGN, key, 0, parts, count, signature_max), signature, signature_max);
}

static oc_rc sign_digest(const struct oc_host *host, uint32_t account, uint32_t algorithm, const struct oc_part *parts,
                         uint32_t count, uint8_t *digest, uint32_t digest_max)
{
    (void)host;
    return give_bytes(ask_parts(ISOLATE_DIGEST, account, algorithm, parts, count, digest_max), digest, digest_max);
}

static oc_rc sign_public_text(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t form, void *text,
                              uint32_t size_max)
{
    (void)host;
    return give_bytes(ask_numbers(ISOLATE_PUBLIC_TEXT, account, field, form, size_max), text, size_max);
}

static oc_rc sign_keep(const struct oc_host *host, uint32_t account, const char *name, const void *secret,
                       uint32_t size, int64_t until_ns, uint32_t how, uint16_t *ret_field)
{
    struct wire *out = ask(ISOLATE_KEEP);
    (void)host;
    wire_put_number(out, account);
    wire_put_number(out, until_ns);
    wire_put_number(out, how);
    wire_put_number(out, 0);
    wire_put_bytes(out, name, strlen(name) + 1);
    wire_put_bytes(out, secret, size);
    return give(answered(), ret_field, sizeof *ret_field);
}

static oc_rc sign_nonce(const struct oc_host *host, uint32_t account, uint16_t field, int64_t unit_ns,
                        uint64_t *ret_nonce)
{
    (void)host;
    return give(ask_numbers(ISOLATE_NONCE, account, field, unit_ns, 0), ret_nonce, sizeof *ret_nonce);
}

static oc_rc ask_store(enum isolate_kind kind, uint32_t account, uint32_t how, const char *key, const void *bytes,
                       uint32_t size)
{
    struct wire *out = ask(kind);
    wire_put_number(out, account);
    wire_put_number(out, how);
    wire_put_bytes(out, key, strlen(key) + 1);
    wire_put_bytes(out, bytes, size);
    return answered();
}

static oc_rc store_get(const struct oc_host *host, uint32_t account, const char *key, void *bytes, uint32_t size_max)
{
    (void)host;
    return give_bytes(ask_store(ISOLATE_GET, account, 0, key, "", 0), bytes, size_max);
}

static oc_rc store_put(const struct oc_host *host, uint32_t account, const char *key, const void *bytes, uint32_t size,
                       uint32_t how)
{
    (void)host;
    return ends(ask_store(ISOLATE_PUT, account, how, key, bytes, size));
}

static void ask_log(enum isolate_kind kind, uint32_t level, const char *text, const void *sample, uint32_t size)
{
    struct wire *out = ask(kind);
    wire_put_number(out, level);
    wire_put_bytes(out, text, strlen(text) + 1);
    wire_put_bytes(out, sample, size);
    (void)ends(answered());
}

void isolate_log(uint32_t level, const char *text) { ask_log(ISOLATE_LOG, level, text, "", 0); }

static void log_line(const struct oc_host *host, uint32_t level, const char *text)
{
    (void)host;
    ask_log(ISOLATE_LOG, level, text, "", 0);
}

static void log_skip(const struct oc_host *host, const char *what, const void *sample, uint32_t size)
{
    (void)host;
    ask_log(ISOLATE_SKIP, 0, what, sample, size < 4096 ? size : 4096);
}

const void *isolate_service(const char *id)
{
    static const struct oc_svc_feed feed = {
        .size = sizeof feed, .reserve = say_reserve, .commit = say_commit, .missed = say_missed};
    static const struct oc_svc_net net = {.size = sizeof net,
                                          .open = net_open,
                                          .ready = net_ready,
                                          .send = net_send,
                                          .close = net_close,
                                          .fail = net_fail,
                                          .http = net_http,
                                          .prepare = net_prepare,
                                          .authority = net_authority,
                                          .asked = net_asked,
                                          .fetching = net_fetching};
    static const struct oc_svc_time time = {.size = sizeof time,
                                            .now_ns = time_now_ns,
                                            .mono_ns = time_now_ns,
                                            .venue_ns = time_venue_ns,
                                            .sample = time_sample,
                                            .random = time_random,
                                            .timer = time_timer,
                                            .cancel = time_cancel};
    static const struct oc_svc_names names = {.size = sizeof names,
                                              .symbol = names_symbol,
                                              .number = names_number,
                                              .scale = names_scale,
                                              .record = names_record,
                                              .asset = names_asset,
                                              .asset_text = names_asset_text};
    static const struct oc_svc_limit limit = {
        .size = sizeof limit, .used = limit_used, .max = limit_max, .shut = limit_shut, .give = limit_give};
    static const struct oc_svc_sign sign = {.size = sizeof sign,
                                            .key = sign_key,
                                            .sign = sign_sign,
                                            .digest = sign_digest,
                                            .public_text = sign_public_text,
                                            .keep = sign_keep,
                                            .nonce = sign_nonce};
    static const struct oc_svc_store store = {.size = sizeof store, .get = store_get, .put = store_put};
    static const struct oc_svc_log log = {.size = sizeof log, .line = log_line, .skip = log_skip};
    static const struct {
        const char *id;
        const void *table;
    } all[] = {{OC_SVC_FEED, &feed},   {OC_SVC_NET, &net},   {OC_SVC_TIME, &time},   {OC_SVC_NAMES, &names},
               {OC_SVC_LIMIT, &limit}, {OC_SVC_SIGN, &sign}, {OC_SVC_STORE, &store}, {OC_SVC_LOG, &log}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].table;
    return NULL;
}
