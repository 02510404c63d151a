/* life.c: accounts, signatures, the listen key of each, and where an answer goes. */
#include "binance.h"

#include <stdlib.h>

#define INFO_NS  (3600 * SECOND) /* instruments are asked for so often */
#define AGAIN_NS (10 * SECOND)   /* and so soon where they did not come */
#define KEEP_NS  (900 * SECOND)  /* a listen key holds for an hour: three times of four may be lost */

struct account *bn_account(struct binance *bn, uint32_t account)
{
    for (int i = 0; i < ACCOUNTS; i++)
        if (account && bn->accounts[i].account == account)
            return &bn->accounts[i];
    return NULL;
}

/* ---- out ---- */

static const char key_header[] = "X-MBX-APIKEY: \r\n";
static const struct oc_splice key_splice = {.at = sizeof "X-MBX-APIKEY: " - 1, .field = API_KEY, .in = OC_IN_HEADERS};

static void take_path(struct oc_http *http, const char *path, size_t size)
{
    http->size = sizeof *http;
    http->endpoint = REST;
    http->path = path;
    http->path_size = (uint32_t)size;
}

static void take_key(struct oc_http *http, const struct account *who)
{
    http->account = who->account;
    http->headers = key_header;
    http->headers_size = sizeof key_header - 1;
    http->splices = &key_splice;
    http->splice_count = 1;
}

static oc_rc send_http(struct binance *bn, const struct oc_http *http)
{
    uint64_t exchange;
    return bn->kit.net->http(bn->kit.host, http, &exchange);
}

oc_rc bn_send_signed(struct binance *bn, const struct account *who, struct oc_http *http, const char *path,
                     struct kit_write *query)
{
    uint8_t mac[32];
    char whole[QUERY_ROOM + 128];
    int64_t now_ns, error_ns;
    struct kit_write out = kit_write_begin(whole, sizeof whole);
    if (bn->kit.time->venue_ns(bn->kit.host, &now_ns, &error_ns) < 0)
        return OC_E_AGAIN; /* it is asked for, and is known soon */
    if (query->at != query->from)
        KIT_WRITE(query, "&");
    KIT_WRITE(query, "recvWindow=");
    kit_write_u64(query, (uint64_t)(bn_venue.window_ns / 1000000));
    KIT_WRITE(query, "&timestamp=");
    kit_write_u64(query, (uint64_t)now_ns / 1000000);
    const oc_rc size = kit_write_end(query);
    if (size < 0)
        return size;
    const struct oc_part part = {query->from, (uint32_t)size, 0, 0};
    const oc_rc rc = bn->kit.sign->sign(bn->kit.host, who->hmac, &part, 1, mac, sizeof mac);
    if (rc < 0)
        return rc;
    kit_write_text(&out, path);
    KIT_WRITE(&out, "?");
    kit_write_bytes(&out, query->from, (size_t)size);
    KIT_WRITE(&out, "&signature=");
    kit_write_hex(&out, mac, sizeof mac);
    const oc_rc whole_size = kit_write_end(&out);
    if (whole_size < 0)
        return whole_size;
    take_path(http, whole, (size_t)whole_size);
    take_key(http, who);
    return send_http(bn, http);
}

oc_rc bn_send_plain(struct binance *bn, struct oc_http *http, const char *path)
{
    take_path(http, path, strlen(path));
    http->flags |= OC_HTTP_SAFE | OC_HTTP_PLAIN;
    return send_http(bn, http);
}

/* ---- questions of its own ---- */

static oc_rc ask_plain(struct binance *bn, const char *path, uint32_t weight, uint64_t about)
{
    const struct oc_cost costs[] = {{WEIGHT, 0, weight}, {RAW, 0, 1}};
    struct oc_http http = {.lane = OC_LANE_RECONCILE, .costs = costs, .cost_count = 2, .user = {about}};
    return bn_send_plain(bn, &http, path);
}

oc_rc bn_ask_time(struct binance *bn) { return ask_plain(bn, "/api/v3/time", 1, ABOUT_TIME); }

static oc_rc again_in(struct binance *bn, int64_t ns, uint64_t user, uint64_t *ret_timer)
{
    return bn->kit.time->timer(bn->kit.host, bn->kit.time->mono_ns(bn->kit.host) + ns, user, ret_timer);
}

/* Instruments, limits and the clock; again by a timer, whatever becomes of the answer. */
static oc_rc ask_info(struct binance *bn)
{
    const oc_rc rc = ask_plain(bn, "/api/v3/exchangeInfo", 10, ABOUT_INFO);
    if (rc < 0 && rc != OC_E_AGAIN)
        return rc;
    return again_in(bn, AGAIN_NS, 0, &bn->timer);
}

oc_rc bn_has_info(struct binance *bn)
{
    uint64_t timer;
    (void)bn->kit.time->cancel(bn->kit.host, bn->timer);
    const oc_rc rc = again_in(bn, INFO_NS, 0, &timer);
    if (rc < 0)
        return rc;
    bn->timer = timer;
    bn->has_info = 1;
    return OC_OK;
}

/* ---- the listen key ---- */

static oc_rc look_in(struct binance *bn, struct account *who, int64_t ns)
{
    uint64_t timer;
    if (who->timer)
        (void)bn->kit.time->cancel(bn->kit.host, who->timer);
    const oc_rc rc = again_in(bn, ns, who->account, &timer);
    if (rc >= 0)
        who->timer = timer;
    return rc;
}

static int64_t wait_of(const struct account *who) { return AGAIN_NS << (who->tries < 3 ? who->tries : 3); }

static oc_rc about_key(struct binance *bn, const struct account *who, uint64_t about)
{
    char path[64 + KEY_MAX] = "/api/v3/userDataStream";
    struct kit_write out = kit_write_begin(path + strlen(path), sizeof path - strlen(path));
    const struct oc_cost costs[] = {{WEIGHT, 0, 1}, {RAW, 0, 1}};
    struct oc_http http = {.method = about == ABOUT_KEEP ? OC_METHOD_PUT : OC_METHOD_POST,
                           .flags = OC_HTTP_SAFE, /* the same key, held for an hour from now */
                           .lane = OC_LANE_RECONCILE,
                           .costs = costs,
                           .cost_count = 2,
                           .user = {about}};
    if (about == ABOUT_KEEP) {
        KIT_WRITE(&out, "?listenKey=");
        kit_write_query(&out, who->key, strlen(who->key));
    }
    const oc_rc size = kit_write_end(&out);
    if (size < 0)
        return size;
    take_path(&http, path, (size_t)(out.at - path));
    take_key(&http, who);
    return send_http(bn, &http);
}

oc_rc bn_ask_key(struct binance *bn, struct account *who)
{
    const oc_rc rc = about_key(bn, who, ABOUT_KEY);
    if (rc < 0 && rc != OC_E_AGAIN)
        return rc;
    who->is_heard = 0;
    return look_in(bn, who, rc == OC_E_AGAIN ? SECOND : wait_of(who));
}

/* A listen key that is another one opens another stream; the same makes the one that is up ready. */
static oc_rc take_listen_key(struct binance *bn, struct account *who, struct kit_json_text text)
{
    uint16_t field;
    uint32_t stream = who->stream;
    const int is_same = stream && kit_json_is(text, who->key, strlen(who->key)), is_heard = is_same && who->is_up;
    oc_rc rc = OC_OK;
    if (is_heard)
        rc = bn->kit.net->ready(bn->kit.host, stream);
    if (!is_same && stream && (rc = bn->kit.net->close(bn->kit.host, stream)) == OC_E_NOT_FOUND)
        rc = OC_OK;
    if (!is_same && rc >= 0)
        rc = bn->kit.sign->keep(bn->kit.host, who->account, "listen_key", text.at, text.size, 0, OC_KEEP_FOR_SESSION,
                                &field);
    if (!is_same && rc >= 0)
        rc = bn_open_user(bn, who, field, &stream);
    if (rc >= 0)
        rc = look_in(bn, who, is_heard ? KEEP_NS : AGAIN_NS);
    if (rc < 0)
        return rc;
    memcpy(who->key, text.at, text.size);
    who->key[text.size] = 0;
    who->stream = stream;
    who->is_up = is_same ? who->is_up : 0;
    who->is_heard = (uint32_t)is_heard;
    who->tries = 0;
    return OC_OK;
}

static oc_rc key_refused(struct binance *bn, const struct oc_response *in, struct account *who)
{
    static const char retired[] =
        "the venue has retired listen keys (HTTP 410): without them it tells nobody what becomes of orders";
    struct kit_json_text words = kit_text_of(in->body, in->body_size < 200 ? in->body_size : 200);
    const int64_t code = bn_error(kit_json_begin(in->body, in->body_size), &words);
    const uint32_t why = in->status == 410 ? OC_WHY_NOT_SUPPORTED : bn_why(code, words);
    if (in->user[0] == ABOUT_KEEP)
        return bn_ask_key(bn, who); /* it does not hold any more */
    if (in->status == 410)
        words = kit_text_of(retired, sizeof retired - 1);
    who->tries++;
    const oc_rc rc = look_in(bn, who, wait_of(who));
    if (rc < 0 || (in->status != 410 && why != OC_WHY_BAD_CREDENTIALS && why != OC_WHY_PERMISSION))
        return rc; /* asked again */
    return bn_say_venue(bn, who->source, OC_VENUE_DENIED, why, words);
}

static oc_rc answer_key(struct binance *bn, const struct oc_response *in, struct account *who)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text text = {0};
    const struct kit_member members[] = {{"listenKey", &text}};
    if (in->status != 200)
        return key_refused(bn, in, who);
    if (in->user[0] == ABOUT_KEEP)
        return OC_OK;
    if (!KIT_TAKE(&json, members) || text.is_escaped || text.size == 0 || text.size >= KEY_MAX)
        return OC_E_DATA;
    return take_listen_key(bn, who, text);
}

/* ---- answers ---- */

/* The venue's own counts, and until when it is closed. */
static void read_headers(struct binance *bn, const struct oc_response *in)
{
    static const struct kit_word counts[] = {{"x-mbx-used-weight-1m: ", WEIGHT},
                                             {"x-mbx-order-count-10s: ", ORDERS_10S},
                                             {"x-mbx-order-count-1d: ", ORDERS_1D}};
    const int is_told = in->status == 429 || in->status == 418;
    /* 403 is its firewall: whoever goes on is shut out */
    const uint64_t wait_s = is_told ? kit_header_number(in, "retry-after: ") : in->status == 403 ? 60 : 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const uint64_t used = kit_header_number(in, counts[i].word);
        if (used)
            (void)bn->kit.limit->used(bn->kit.host, in->account, counts[i].means, used);
    }
    if (wait_s)
        (void)bn->kit.limit->shut(bn->kit.host, in->account, WEIGHT, in->received_ns + (int64_t)wait_s * SECOND,
                                  in->status == 429 ? OC_WHY_RATE_LIMIT : OC_WHY_BANNED);
}

/* Maintenance is said when it is met, and its end with the first answer that is one. */
static oc_rc note_maintenance(struct binance *bn, const struct oc_response *in)
{
    struct kit_json_text words = {0}, none = {0};
    const int64_t code = in->status >= 400 ? bn_error(kit_json_begin(in->body, in->body_size), &words) : 0;
    const uint32_t is_closed = code == -1016;
    if (is_closed == bn->is_closed || (in->status >= 400 && !is_closed))
        return OC_OK;
    oc_rc rc = OC_OK;
    for (int i = 0; i < ACCOUNTS && rc >= 0; i++)
        if (bn->accounts[i].account)
            rc = is_closed ? bn_say_venue(bn, bn->accounts[i].source, OC_VENUE_MAINTENANCE, OC_WHY_MAINTENANCE, words)
                           : bn_say_venue(bn, bn->accounts[i].source, OC_VENUE_READY, OC_WHY_NONE, none);
    if (rc >= 0)
        bn->is_closed = is_closed;
    return rc;
}

/* Whole milliseconds are said: it was then, or up to one later. */
oc_rc bn_take_time(struct binance *bn, const struct oc_response *in, struct kit_json_text time)
{
    const int64_t said_ns = bn_ns(time);
    return said_ns ? bn->kit.time->sample(bn->kit.host, said_ns + MS, in->sent_ns, in->received_ns + MS)
                   : (oc_rc)OC_E_DATA;
}

static oc_rc answer_time(struct binance *bn, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text time = {0};
    const struct kit_member members[] = {{"serverTime", &time}};
    if (in->status != 200)
        return OC_OK; /* the host asks too */
    return KIT_TAKE(&json, members) ? bn_take_time(bn, in, time) : (oc_rc)OC_E_DATA;
}

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct binance *bn = self;
    struct account *who = bn_account(bn, in->account);
    const uint32_t source = who ? who->source : 0;
    read_headers(bn, in);
    const oc_rc rc = note_maintenance(bn, in);
    if (rc < 0)
        return rc;
    if (in->asked)
        return bn_answer_request(bn, in, source);
    switch (in->user[0]) {
    case ABOUT_INFO:
        return bn_answer_info(bn, in);
    case ABOUT_TIME:
        return answer_time(bn, in);
    case ABOUT_KEY:
    case ABOUT_KEEP:
        return who ? answer_key(bn, in, who) : (oc_rc)OC_OK;
    default:
        return in->fetch ? bn_answer_fetch(bn, in, source) : (oc_rc)OC_OK;
    }
}

/* ---- life ---- */

static oc_rc on_start(void *self, const struct oc_start *start)
{
    (void)start;
    return ask_info(self);
}

static oc_rc on_timer(void *self, uint64_t timer, uint64_t user)
{
    struct binance *bn = self;
    struct account *who = bn_account(bn, (uint32_t)user);
    if (!user)
        return ask_info(bn);
    if (!who || who->timer != timer)
        return OC_OK;
    if (!who->is_heard)
        return bn_ask_key(bn, who);
    const oc_rc rc = about_key(bn, who, ABOUT_KEEP);
    if (rc < 0 && rc != OC_E_AGAIN)
        return rc;
    return look_in(bn, who, rc == OC_E_AGAIN ? SECOND : KEEP_NS);
}

static oc_rc on_account(void *self, const struct oc_account *is)
{
    struct binance *bn = self;
    struct account *at = bn_account(bn, is->account), made = {.account = is->account, .source = is->source};
    for (int i = 0; !at && i < ACCOUNTS; i++)
        at = bn->accounts[i].account ? NULL : &bn->accounts[i];
    if (!at)
        return OC_E_LIMIT;
    if (is->state == OC_ACCOUNT_GONE) {
        memset(at, 0, sizeof *at);
        return OC_OK;
    }
    if (is->state == OC_ACCOUNT_ADDED && at->account) { /* said again: what is open stays open */
        at->source = is->source;
        return OC_OK;
    }
    made.stream = at->stream;
    made.timer = at->timer;
    oc_rc rc = bn->kit.sign->key(bn->kit.host, is->account, SECRET, OC_SIGN_HMAC_SHA256, &made.hmac);
    if (rc >= 0 && bn->has_info) /* else with the answer to that */
        rc = bn_ask_key(bn, &made);
    if (rc >= 0)
        *at = made;
    return rc;
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    struct binance *bn = calloc(1, sizeof *bn);
    if (!bn)
        return OC_E_NOMEM;
    const oc_rc rc = kit_codec_begin(&bn->kit, host);
    if (rc < 0) {
        free(bn);
        return rc;
    }
    *ret_self = bn;
    return OC_OK;
}

static void close_it(void *self)
{
    bn_forget_pages(self);
    free(self);
}

static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &bn_venue,
                                          .start = on_start,
                                          .account = on_account,
                                          .fetch = bn_fetch,
                                          .subscribe = bn_subscribe,
                                          .stream = bn_stream,
                                          .message = bn_message,
                                          .response = on_response,
                                          .request = bn_request,
                                          .timer = on_timer};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}}; /* it needs no configuration */
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "outcry.binanceus",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "Binance.US spot",
                                        .open = open_it,
                                        .close = close_it,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);
