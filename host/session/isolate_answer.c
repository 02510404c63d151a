/* isolate_answer.c: what a connector in a process of its own asks of services, done here by the tables that all others have. */
#include <string.h>

#include "base/log.h"
#include "session/isolate_impl.h"

enum { PARTS_MAX = 64, ROOM = 1 << 16 };

static const struct oc_svc_net *net_of(void) { return io_venue_service(OC_SVC_NET); }
static const struct oc_svc_time *time_of(void) { return io_venue_service(OC_SVC_TIME); }
static const struct oc_svc_names *names_of(void) { return io_venue_service(OC_SVC_NAMES); }
static const struct oc_svc_limit *limit_of(void) { return io_venue_service(OC_SVC_LIMIT); }
static const struct oc_svc_sign *sign_of(void) { return io_venue_service(OC_SVC_SIGN); }
static const struct oc_svc_store *store_of(void) { return io_venue_service(OC_SVC_STORE); }

/* The answer begins with the code; what comes out of it follows where that is good. */
static void begin(struct wire *out, oc_rc rc)
{
    wire_begin(out, ISOLATE_ANSWER);
    wire_put_number(out, rc);
}

static void say(struct wire *out, oc_rc rc, const void *value, size_t size)
{
    begin(out, rc);
    if (rc >= 0)
        wire_put(out, value, size);
}

/* Lists of splices and costs, by their counts. */
static bool take_lists(struct wire *in, uint32_t splice_count, uint32_t cost_count,
                       const struct oc_splice **ret_splices, const struct oc_cost **ret_costs)
{
    *ret_splices = wire_take(in, (size_t)splice_count * sizeof **ret_splices);
    *ret_costs = wire_take(in, (size_t)cost_count * sizeof **ret_costs);
    return !in->is_bad;
}

static void net_open(struct wire *in, struct wire *out, const struct oc_host *host)
{
    struct oc_open open;
    uint32_t stream = 0;
    wire_take_into(in, &open, sizeof open);
    open.path = wire_take_bytes(in, &open.path_size);
    open.headers = wire_take_bytes(in, &open.headers_size);
    open.ping = wire_take_bytes(in, &open.ping_size);
    open.body = NULL;
    open.body_size = 0;
    open.url = wire_take_number(in) ? "" : NULL;
    oc_rc rc = take_lists(in, open.splice_count, open.cost_count, &open.splices, &open.costs) ? OC_OK : OC_E_INVALID;
    if (rc == OC_OK)
        rc = net_of()->open(host, &open, &stream);
    say(out, rc, &stream, sizeof stream);
}

static void net_send(struct wire *in, struct wire *out, const struct oc_host *host)
{
    struct oc_send send;
    wire_take_into(in, &send, sizeof send);
    send.bytes = wire_take_bytes(in, &send.bytes_size);
    const bool is_whole = take_lists(in, send.splice_count, send.cost_count, &send.splices, &send.costs);
    begin(out, is_whole ? net_of()->send(host, &send) : (oc_rc)OC_E_INVALID);
}

static void net_http(struct wire *in, struct wire *out, const struct oc_host *host, bool prepares)
{
    struct oc_http http;
    uint64_t exchange = 0;
    uint32_t form = 0;
    wire_take_into(in, &http, sizeof http);
    http.path = wire_take_bytes(in, &http.path_size);
    http.headers = wire_take_bytes(in, &http.headers_size);
    http.body = wire_take_bytes(in, &http.body_size);
    if (!take_lists(in, http.splice_count, http.cost_count, &http.splices, &http.costs)) {
        begin(out, OC_E_INVALID);
    } else if (prepares) {
        const oc_rc rc = net_of()->prepare(host, &http, &form);
        say(out, rc, &form, sizeof form);
    } else {
        const oc_rc rc = net_of()->http(host, &http, &exchange);
        say(out, rc, &exchange, sizeof exchange);
    }
}

/* What is copied out: at most so many bytes, and the code is the whole size. */
static void say_copied(struct wire *out, oc_rc rc, const void *bytes, uint32_t size_max)
{
    begin(out, rc);
    if (rc >= 0)
        wire_put_bytes(out, bytes, (uint32_t)rc < size_max ? (uint32_t)rc : size_max);
}

static bool answer_net(struct isolate *isolate, enum isolate_kind kind)
{
    struct wire *in = &isolate->got, *out = &isolate->sent;
    const struct oc_host *host = &isolate->instance->host;
    _Alignas(16) char room[ROOM];
    if (kind == ISOLATE_NET_OPEN || kind == ISOLATE_NET_SEND || kind == ISOLATE_NET_HTTP ||
        kind == ISOLATE_NET_PREPARE) {
        if (kind == ISOLATE_NET_OPEN)
            net_open(in, out, host);
        else if (kind == ISOLATE_NET_SEND)
            net_send(in, out, host);
        else
            net_http(in, out, host, kind == ISOLATE_NET_PREPARE);
        return true;
    }
    const int64_t first = wire_take_number(in), second = wire_take_number(in);
    const uint32_t size_max = (uint64_t)second < ROOM ? (uint32_t)second : ROOM;
    if (kind == ISOLATE_NET_READY)
        begin(out, net_of()->ready(host, (uint32_t)first));
    else if (kind == ISOLATE_NET_CLOSE)
        begin(out, net_of()->close(host, (uint32_t)first));
    else if (kind == ISOLATE_NET_FAIL)
        begin(out, net_of()->fail(host, (uint32_t)first, (uint32_t)second));
    else if (kind == ISOLATE_NET_AUTHORITY)
        say_copied(out, net_of()->authority(host, (uint16_t)first, room, size_max), room, size_max);
    else if (kind == ISOLATE_NET_ASKED)
        say_copied(out, net_of()->asked(host, (uint64_t)first, room, size_max), room, size_max);
    else
        say_copied(out, net_of()->fetching(host, (uint64_t)first, room, size_max), room, size_max);
    return true;
}

static bool answer_time(struct isolate *isolate, enum isolate_kind kind)
{
    struct wire *in = &isolate->got, *out = &isolate->sent;
    const struct oc_host *host = &isolate->instance->host;
    char room[ROOM];
    int64_t both[2] = {0, 0};
    uint64_t timer = 0;
    const int64_t a = wire_take_number(in), b = wire_take_number(in), c = wire_take_number(in);
    const uint32_t size = (uint64_t)a < ROOM ? (uint32_t)a : ROOM;
    oc_rc rc;
    if (kind == ISOLATE_VENUE_NS) {
        rc = time_of()->venue_ns(host, &both[0], &both[1]);
        say(out, rc, both, sizeof both);
    } else if (kind == ISOLATE_SAMPLE) {
        begin(out, time_of()->sample(host, a, b, c));
    } else if (kind == ISOLATE_RANDOM) {
        rc = time_of()->random(host, room, size);
        begin(out, rc);
        wire_put_bytes(out, room, size);
    } else if (kind == ISOLATE_SET_TIMER) {
        rc = time_of()->timer(host, a, (uint64_t)b, &timer);
        say(out, rc, &timer, sizeof timer);
    } else {
        begin(out, time_of()->cancel(host, (uint64_t)a));
    }
    return true;
}

static bool answer_names(struct isolate *isolate, enum isolate_kind kind)
{
    struct wire *in = &isolate->got, *out = &isolate->sent;
    const struct oc_host *host = &isolate->instance->host;
    struct oc_scale scale = {0};
    struct oc_instrument record = {0};
    char name[OC_ASSET_MAX] = "";
    uint32_t asset = 0, size = 0;
    const int64_t number = wire_take_number(in);
    const char *text = wire_take_bytes(in, &size);
    oc_rc rc;
    if (!text)
        return false;
    if (kind == ISOLATE_RECORD) {
        rc = names_of()->record(host, (uint32_t)number, &record, sizeof record);
        say_copied(out, rc, &record, sizeof record);
    } else if (kind == ISOLATE_ASSET) {
        rc = names_of()->asset(host, text, size, &asset);
        say(out, rc, &asset, sizeof asset);
    } else if (kind == ISOLATE_ASSET_TEXT) {
        rc = names_of()->asset_text(host, (uint32_t)number, name);
        say(out, rc, name, sizeof name);
    } else {
        rc = kind == ISOLATE_SYMBOL   ? names_of()->symbol(host, text, size, &scale)
             : kind == ISOLATE_NUMBER ? names_of()->number(host, (uint64_t)number, &scale)
                                      : names_of()->scale(host, (uint32_t)number, &scale);
        say(out, rc, &scale, sizeof scale);
    }
    return true;
}

static bool answer_limit(struct isolate *isolate, enum isolate_kind kind)
{
    struct wire *in = &isolate->got;
    const struct oc_host *host = &isolate->instance->host;
    const uint32_t account = (uint32_t)wire_take_number(in), limit = (uint32_t)wire_take_number(in);
    const int64_t value = wire_take_number(in), period = wire_take_number(in);
    struct oc_cost cost;
    wire_take_into(in, &cost, sizeof cost);
    begin(&isolate->sent, kind == ISOLATE_USED   ? limit_of()->used(host, account, limit, (uint64_t)value)
                          : kind == ISOLATE_MAX  ? limit_of()->max(host, account, limit, (uint64_t)value, period)
                          : kind == ISOLATE_SHUT ? limit_of()->shut(host, account, limit, value, (uint32_t)period)
                                                 : limit_of()->give(host, account, cost));
    return true;
}

/* Signs the parts, or digests them. */
static bool answer_parts(struct isolate *isolate, enum isolate_kind kind, uint32_t first, uint32_t second, uint32_t max)
{
    struct wire *in = &isolate->got;
    struct oc_part parts[PARTS_MAX] = {{0}};
    uint8_t room[4096];
    const int64_t count = wire_take_number(in);
    if (count < 0 || count > PARTS_MAX)
        return false;
    for (int64_t i = 0; i < count; i++) {
        parts[i].field = (uint16_t)wire_take_number(in);
        const bool has_bytes = wire_take_number(in);
        const void *bytes = wire_take_bytes(in, &parts[i].size);
        parts[i].bytes = has_bytes ? bytes : NULL;
    }
    if (in->is_bad)
        return false;
    const struct oc_host *host = &isolate->instance->host;
    max = max < sizeof room ? max : (uint32_t)sizeof room;
    const oc_rc rc = kind == ISOLATE_SIGN ? sign_of()->sign(host, first, parts, (uint32_t)count, room, max)
                                          : sign_of()->digest(host, first, second, parts, (uint32_t)count, room, max);
    say_copied(&isolate->sent, rc, room, max);
    return true;
}

static bool answer_sign(struct isolate *isolate, enum isolate_kind kind)
{
    struct wire *in = &isolate->got, *out = &isolate->sent;
    const struct oc_host *host = &isolate->instance->host;
    const int64_t a = wire_take_number(in), b = wire_take_number(in), c = wire_take_number(in),
                  d = wire_take_number(in);
    char room[4096];
    uint32_t key = 0, size = 0, name_size = 0;
    uint64_t nonce = 0;
    uint16_t field = 0;
    oc_rc rc;
    if (kind == ISOLATE_SIGN || kind == ISOLATE_DIGEST)
        return answer_parts(isolate, kind, (uint32_t)a, (uint32_t)b, (uint32_t)c);
    if (kind == ISOLATE_KEY) {
        rc = sign_of()->key(host, (uint32_t)a, (uint16_t)b, (uint32_t)c, &key);
        say(out, rc, &key, sizeof key);
    } else if (kind == ISOLATE_PUBLIC_TEXT) {
        const uint32_t max = (uint64_t)d < sizeof room ? (uint32_t)d : (uint32_t)sizeof room;
        rc = sign_of()->public_text(host, (uint32_t)a, (uint16_t)b, (uint32_t)c, room, max);
        say_copied(out, rc, room, max);
    } else if (kind == ISOLATE_NONCE) {
        rc = sign_of()->nonce(host, (uint32_t)a, (uint16_t)b, c, &nonce);
        say(out, rc, &nonce, sizeof nonce);
    } else {
        const char *name = wire_take_bytes(in, &name_size);
        const void *secret = wire_take_bytes(in, &size);
        if (!name || !secret)
            return false;
        rc = sign_of()->keep(host, (uint32_t)a, name, secret, size, b, (uint32_t)c, &field);
        say(out, rc, &field, sizeof field);
    }
    return true;
}

static bool answer_store(struct isolate *isolate, enum isolate_kind kind)
{
    struct wire *in = &isolate->got;
    const struct oc_host *host = &isolate->instance->host;
    const uint32_t account = (uint32_t)wire_take_number(in), how = (uint32_t)wire_take_number(in);
    uint32_t key_size = 0, size = 0;
    const char *key = wire_take_bytes(in, &key_size);
    const void *bytes = wire_take_bytes(in, &size);
    char room[OC_STORE_VALUE_MAX];
    if (!key || !bytes)
        return false;
    if (kind == ISOLATE_PUT)
        begin(&isolate->sent, store_of()->put(host, account, key, bytes, size, how));
    else
        say_copied(&isolate->sent, store_of()->get(host, account, key, room, sizeof room), room, sizeof room);
    return true;
}

static bool answer_log(struct isolate *isolate, enum isolate_kind kind)
{
    struct wire *in = &isolate->got;
    const struct oc_host *host = &isolate->instance->host;
    const struct oc_svc_log *log = host->service(host, OC_SVC_LOG);
    const uint32_t level = (uint32_t)wire_take_number(in);
    uint32_t text_size = 0, size = 0;
    const char *text = wire_take_bytes(in, &text_size);
    const void *sample = wire_take_bytes(in, &size);
    if (!text || !sample)
        return false;
    if (kind == ISOLATE_LOG)
        log->line(host, level, text);
    else
        log->skip(host, text, sample, size);
    begin(&isolate->sent, OC_OK);
    return true;
}

bool isolate_answer(struct isolate *isolate, enum isolate_kind kind)
{
    bool is_done = false;
    if (kind == ISOLATE_LOG || kind == ISOLATE_SKIP) {
        is_done = answer_log(isolate, kind);
    } else if (kind == ISOLATE_MISSED) {
        const struct oc_svc_feed *feed = io_venue_service(OC_SVC_FEED);
        const uint32_t account = (uint32_t)wire_take_number(&isolate->got),
                       what = (uint32_t)wire_take_number(&isolate->got);
        begin(&isolate->sent, feed->missed(&isolate->instance->host, account, what));
        is_done = true;
    } else if (kind >= ISOLATE_NET_OPEN && kind <= ISOLATE_NET_FETCHING) {
        is_done = answer_net(isolate, kind);
    } else if (kind >= ISOLATE_VENUE_NS && kind <= ISOLATE_CANCEL_TIMER) {
        is_done = answer_time(isolate, kind);
    } else if (kind >= ISOLATE_SYMBOL && kind <= ISOLATE_ASSET_TEXT) {
        is_done = answer_names(isolate, kind);
    } else if (kind >= ISOLATE_USED && kind <= ISOLATE_GIVE) {
        is_done = answer_limit(isolate, kind);
    } else if (kind >= ISOLATE_KEY && kind <= ISOLATE_NONCE) {
        is_done = answer_sign(isolate, kind);
    } else if (kind == ISOLATE_GET || kind == ISOLATE_PUT) {
        is_done = answer_store(isolate, kind);
    }
    return is_done && !isolate->got.is_bad;
}
