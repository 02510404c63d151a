/* test.h: a host for the tests of a plugin: no process, no files, no clock. Configuration comes from a table, what the plugin
 * says is kept, what it asks of the host about a market is answered from one struct. For tests only; no ABI promise.
 *
 *     static struct kit_test t;
 *     kit_test_begin(&t, keys, (const struct kit_setting[]){{"limit", "0.5"}, {0}});
 *     kit_expect(&t, "it opens", plugin.open(&t.host, &self) == OC_OK);
 *     return kit_test_end(&t);
 *
 * Invariants
 * - Values read as in a configuration: "0.05" or "5%", "1h30m", "yes"; what is not set has the default of its key, and what is set
 *   lies in its range, or is OC_E_CONFIG. A key that the table does not declare, or declares as another type, is OC_E_INVALID. As
 *   with the real host.
 * - At most KIT_TEST_EVENTS events, lines and messages are kept; then the feed is full (OC_E_FULL), as a real one may be.
 * - One host a test; nothing is freed, nothing is shared. Not thread-safe. */
#ifndef OUTCRY_KIT_TEST_H
#define OUTCRY_KIT_TEST_H

#include <outcry/draft/data.h>
#include <outcry/draft/sim.h>
#include <outcry/kit/value.h>
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIT_TEST_EVENTS = 64, KIT_TEST_EVENT_SIZE = 512, KIT_TEST_TEXT = 512 };

struct kit_setting {
    const char *key; /* "limit", "limits.0.instrument"; NULL ends the table */
    const char *value;
};

/* What a rule is told when it asks. Scales: 10^-scale is one unit. */
struct kit_market {
    int64_t position, open_buy, open_sell; /* units */
    int64_t reference;                     /* price in units; 0: none is known */
    int32_t price_scale, qty_scale;
    struct oc_dec equity;
    struct oc_instrument instrument;
};

struct kit_test {
    struct oc_host host;
    const struct oc_key *keys;
    const struct kit_setting *settings;
    int64_t now_ns;
    struct kit_market market;
    uint32_t event_count; /* what the plugin has committed or emitted */
    union {
        struct oc_event head;
        struct oc_ev_answer answer;
        struct oc_ev_fill fill;
        struct oc_ev_venue_answer venue_answer;
        struct oc_ev_venue_fill venue_fill;
        struct oc_ev_order order;
        struct oc_ev_balance balance;
        struct oc_ev_bar bar;
        struct oc_ev_trade trade;
        struct oc_ev_quote quote;
        char bytes[KIT_TEST_EVENT_SIZE];
    } events[KIT_TEST_EVENTS + 1];  /* the last one is room for what is reserved */
    int64_t at_ns[KIT_TEST_EVENTS]; /* when a simulator's answer arrives */
    int64_t due_ns;                 /* when it wants to be called; INT64_MAX: not asked for */
    char path[KIT_TEST_TEXT];       /* of the last stream that was opened; streams are 1, 2, ... */
    char sent[KIT_TEST_TEXT];       /* the last message, or exchange, ended by a zero, cut to fit */
    uint64_t tied;                  /* the order request that it carried */
    uint32_t streams;
    char line[KIT_TEST_TEXT];    /* the last line of the log */
    char latched[OC_REASON_MAX]; /* by ctx->latch, with may_latch */
    uint32_t sent_count, line_count;
    uint32_t skipped;                  /* calls of log.skip */
    uint32_t missed;                   /* the last OC_FETCH_... of feed.missed */
    uint64_t draws;                    /* of random numbers */
    int may_latch;                     /* 1: observe() is being called */
    const struct oc_request *previous; /* what an amend or cancel that is asked about names; NULL: it is not known */
    int64_t previous_filled;           /* of that one, units */
    uint32_t passed, failed;
};

static inline void kit_expect(struct kit_test *t, const char *what, int good)
{
    printf("%s %s\n", good ? "ok" : "FAILED", what);
    if (good)
        t->passed++;
    else
        t->failed++;
}

/* The exit code of the test. */
static inline int kit_test_end(const struct kit_test *t)
{
    printf("%u passed, %u failed\n", t->passed, t->failed);
    return t->failed != 0;
}

/* Configuration. */

static inline const struct oc_key *kit_test_key(const struct oc_key *table, const char *name, uint32_t size)
{
    for (const struct oc_key *key = table; key && key->name; key++)
        if (strlen(key->name) == size && strncmp(key->name, name, size) == 0)
            return key;
    return NULL;
}

/* The text that holds for a key, judged by its declaration; read as `type`, as which it must be declared. */
static inline oc_rc kit_test_value(const struct oc_host *host, const char *name, uint32_t type, const char **ret_text,
                                   struct kit_value *ret_value)
{
    const struct kit_test *t = (const struct kit_test *)host->impl;
    const char *dot = strchr(name, '.'), *last = strrchr(name, '.'), *text = NULL;
    const struct oc_key *key = kit_test_key(t->keys, name, (uint32_t)(dot ? (size_t)(dot - name) : strlen(name)));
    if (key && dot)
        key = kit_test_key(key->members, last + 1, (uint32_t)strlen(last + 1));
    const int is_text = key && key->type == OC_KEY_CHOICE && type == OC_KEY_TEXT;
    if (t->keys && (!key || (key->type != type && !is_text)))
        return OC_E_INVALID;
    for (const struct kit_setting *at = t->settings; at && at->key; at++)
        if (strcmp(at->key, name) == 0)
            text = at->value;
    if (!text && key)
        text = key->fallback;
    if (!text)
        return key && (key->bits & OC_KEY_REQUIRED) ? OC_E_CONFIG : OC_E_NOT_FOUND;
    const oc_rc rc = kit_judge(key, type, text, ret_value);
    if (rc == OC_OK)
        *ret_text = text;
    return rc;
}

static inline oc_rc kit_test_dec(const struct oc_host *host, const char *key, struct oc_dec *ret_value)
{
    struct kit_value value;
    const char *text;
    const oc_rc rc = kit_test_value(host, key, OC_KEY_DECIMAL, &text, &value);
    if (rc == OC_OK)
        *ret_value = value.dec;
    return rc;
}

static inline oc_rc kit_test_integer(const struct oc_host *host, const char *key, int64_t *ret_value)
{
    struct kit_value value;
    const char *text;
    const oc_rc rc = kit_test_value(host, key, OC_KEY_INTEGER, &text, &value);
    if (rc == OC_OK)
        *ret_value = value.number;
    return rc;
}

static inline oc_rc kit_test_duration(const struct oc_host *host, const char *key, int64_t *ret_ns)
{
    struct kit_value value;
    const char *text;
    const oc_rc rc = kit_test_value(host, key, OC_KEY_DURATION, &text, &value);
    if (rc == OC_OK)
        *ret_ns = value.number;
    return rc;
}

static inline oc_rc kit_test_boolean(const struct oc_host *host, const char *key, uint32_t *ret_value)
{
    struct kit_value value;
    const char *text;
    const oc_rc rc = kit_test_value(host, key, OC_KEY_BOOLEAN, &text, &value);
    if (rc == OC_OK)
        *ret_value = (uint32_t)value.number;
    return rc;
}

static inline oc_rc kit_test_text(const struct oc_host *host, const char *key, char *text, uint32_t size_max)
{
    struct kit_value value;
    const char *found = "";
    const oc_rc rc = kit_test_value(host, key, OC_KEY_TEXT, &found, &value);
    if (rc < 0)
        return rc;
    if (strlen(found) >= size_max)
        return OC_E_LIMIT;
    memcpy(text, found, strlen(found) + 1);
    return OC_OK;
}

/* Groups are counted by the settings "KEY.0.…", "KEY.1.…" that are there; one that is missing between others is OC_E_CONFIG. */
static inline oc_rc kit_test_count(const struct oc_host *host, const char *key, uint32_t *ret_count)
{
    const struct kit_test *t = (const struct kit_test *)host->impl;
    const struct oc_key *declared = kit_test_key(t->keys, key, (uint32_t)strlen(key));
    const size_t size = strlen(key);
    unsigned char is_there[OC_KEY_GROUPS_MAX + 1] = {0};
    uint32_t count = 0;
    if (t->keys && (!declared || declared->type != OC_KEY_GROUPS))
        return OC_E_INVALID;
    for (const struct kit_setting *at = t->settings; at && at->key; at++)
        if (strncmp(at->key, key, size) == 0 && at->key[size] == '.') {
            const unsigned long number = strtoul(at->key + size + 1, NULL, 10);
            const uint32_t index = number < OC_KEY_GROUPS_MAX ? (uint32_t)number : OC_KEY_GROUPS_MAX;
            is_there[index] = 1;
            count = index + 1 > count ? index + 1 : count;
        }
    for (uint32_t i = 0; i < count; i++)
        if (!is_there[i] || count > OC_KEY_GROUPS_MAX)
            return OC_E_CONFIG;
    if (!count && declared && (declared->bits & OC_KEY_REQUIRED))
        return OC_E_CONFIG;
    *ret_count = count;
    return OC_OK;
}

/* What the plugin says. */

static inline void kit_test_line(const struct oc_host *host, uint32_t level, const char *text)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    (void)level;
    snprintf(t->line, sizeof t->line, "%s", text);
    t->line_count++;
}

static inline oc_rc kit_test_reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    if (t->event_count == KIT_TEST_EVENTS || size > KIT_TEST_EVENT_SIZE)
        return OC_E_FULL;
    memset(&t->events[KIT_TEST_EVENTS], 0, sizeof t->events[0]);
    *ret_event = &t->events[KIT_TEST_EVENTS].head;
    return OC_OK;
}

static inline oc_rc kit_test_commit(const struct oc_host *host, struct oc_event *event)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    if (event != &t->events[KIT_TEST_EVENTS].head || t->event_count == KIT_TEST_EVENTS)
        return OC_E_INVALID;
    t->events[t->event_count++] = t->events[KIT_TEST_EVENTS];
    return OC_OK;
}

/* How often something was met that the codec could not use. */
static inline void kit_test_skip(const struct oc_host *host, const char *what, const void *sample, uint32_t size)
{
    (void)what, (void)sample, (void)size;
    ((struct kit_test *)host->impl)->skipped++;
}

static inline oc_rc kit_test_missed(const struct oc_host *host, uint32_t account, uint32_t kind)
{
    (void)account;
    ((struct kit_test *)host->impl)->missed = kind;
    return OC_OK;
}

static inline oc_rc kit_test_emit(const struct oc_host *host, int64_t at_ns, const struct oc_event *event)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    if (at_ns < t->now_ns || event->size > KIT_TEST_EVENT_SIZE)
        return OC_E_INVALID;
    if (t->event_count == KIT_TEST_EVENTS)
        return OC_E_FULL;
    memset(&t->events[t->event_count], 0, sizeof t->events[0]);
    memcpy(&t->events[t->event_count], event, event->size);
    t->at_ns[t->event_count++] = at_ns;
    return OC_OK;
}

static inline oc_rc kit_test_schedule(const struct oc_host *host, int64_t at_ns)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    if (at_ns < t->due_ns)
        t->due_ns = at_ns;
    return OC_OK;
}

static inline oc_rc kit_test_open(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    snprintf(t->path, sizeof t->path, "%.*s", (int)open->path_size, open->path_size ? open->path : "");
    *ret_stream = ++t->streams;
    return OC_OK;
}

static inline oc_rc kit_test_send(const struct oc_host *host, const struct oc_send *send)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    snprintf(t->sent, sizeof t->sent, "%.*s", (int)send->bytes_size, (const char *)send->bytes);
    t->sent_count++;
    t->tied = send->request;
    return send->stream && send->stream <= t->streams ? OC_OK : OC_E_NOT_FOUND;
}

/* An exchange is kept as "METHOD PATH BODY". */
static inline oc_rc kit_test_http(const struct oc_host *host, const struct oc_http *http, uint64_t *ret_exchange)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    struct kit_test *t = (struct kit_test *)host->impl;
    snprintf(t->sent, sizeof t->sent, "%s %.*s%s%.*s", methods[http->method], (int)http->path_size, http->path,
             http->body_size ? " " : "", (int)http->body_size, http->body_size ? (const char *)http->body : "");
    t->sent_count++;
    t->tied = http->request;
    if (ret_exchange)
        *ret_exchange = t->sent_count;
    return OC_OK;
}

static inline oc_rc kit_test_stream(const struct oc_host *host, uint32_t stream)
{
    const struct kit_test *t = (const struct kit_test *)host->impl;
    return stream && stream <= t->streams ? OC_OK : OC_E_NOT_FOUND;
}

static inline oc_rc kit_test_fail(const struct oc_host *host, uint32_t stream, uint32_t why)
{
    (void)why;
    return kit_test_stream(host, stream);
}

/* One instrument is known: t->market.instrument, by its venue_symbol, or its symbol where it has none. */
static inline oc_rc kit_test_scale(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale)
{
    const struct oc_instrument *in = &((const struct kit_test *)host->impl)->market.instrument;
    if (OC_INST_INDEX(in->inst) != OC_INST_INDEX(inst))
        return OC_E_NOT_FOUND;
    memset(ret_scale, 0, sizeof *ret_scale);
    ret_scale->inst = in->inst;
    ret_scale->price_digits = (uint8_t)in->price_step.scale;
    ret_scale->qty_digits = (uint8_t)in->qty_step.scale;
    ret_scale->price_div = in->price_step.units;
    ret_scale->qty_div = in->qty_step.units;
    return OC_OK;
}

static inline oc_rc kit_test_symbol(const struct oc_host *host, const char *symbol, uint32_t size,
                                    struct oc_scale *ret_scale)
{
    const struct oc_instrument *in = &((const struct kit_test *)host->impl)->market.instrument;
    const char *name = in->venue_symbol[0] ? in->venue_symbol : in->symbol;
    return strlen(name) == size && memcmp(name, symbol, size) == 0 ? kit_test_scale(host, in->inst, ret_scale)
                                                                   : OC_E_NOT_FOUND;
}

static inline oc_rc kit_test_number(const struct oc_host *host, uint64_t number, struct oc_scale *ret_scale)
{
    const struct oc_instrument *in = &((const struct kit_test *)host->impl)->market.instrument;
    return number && in->venue_number == number ? kit_test_scale(host, in->inst, ret_scale) : OC_E_NOT_FOUND;
}

static inline oc_rc kit_test_record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret_instrument,
                                    uint32_t size_max)
{
    const struct oc_instrument *in = &((const struct kit_test *)host->impl)->market.instrument;
    if (OC_INST_INDEX(in->inst) != OC_INST_INDEX(inst))
        return OC_E_NOT_FOUND;
    memcpy(ret_instrument, in, size_max < sizeof *in ? size_max : sizeof *in);
    return (oc_rc)sizeof *in;
}

static inline int64_t kit_test_now(const struct oc_host *host) { return ((const struct kit_test *)host->impl)->now_ns; }

/* The same numbers in each run; another row for each stream. */
static inline uint64_t kit_test_random(const struct oc_host *host, uint32_t stream)
{
    struct kit_test *t = (struct kit_test *)host->impl;
    return ++t->draws * 0x9e3779b97f4a7c15ull ^ stream * 0xd1b54a32d192ed03ull;
}

static inline void *kit_test_alloc(const struct oc_host *host, uint64_t size)
{
    (void)host;
    return calloc(1, (size_t)size);
}

static inline const void *kit_test_service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_config config = {
        sizeof config, 0, kit_test_dec, kit_test_integer, kit_test_duration, kit_test_boolean, kit_test_text,
        kit_test_count};
    static const struct oc_svc_log log = {sizeof log, 0, kit_test_line, kit_test_skip};
    static const struct oc_svc_feed feed = {sizeof feed, 0, kit_test_reserve, kit_test_commit, kit_test_missed};
    static const struct oc_svc_net net = {sizeof net,    0,
                                          kit_test_open, kit_test_stream,
                                          kit_test_send, kit_test_stream,
                                          kit_test_fail, kit_test_http,
                                          NULL,          NULL,
                                          NULL,          NULL};
    static const struct oc_svc_names names = {
        sizeof names, 0, kit_test_symbol, kit_test_number, kit_test_scale, kit_test_record, NULL, NULL};
    static const struct oc_svc_sim_host sim = {sizeof sim, 0, kit_test_emit, kit_test_schedule, NULL};
    static const struct oc_svc_engine engine = {sizeof engine, 0, kit_test_now, kit_test_random, kit_test_alloc};
    static const struct {
        const char *id;
        const void *table;
    } all[] = {{OC_SVC_CONFIG, &config}, {OC_SVC_LOG, &log},      {OC_SVC_FEED, &feed},    {OC_SVC_NET, &net},
               {OC_SVC_NAMES, &names},   {OC_SVC_SIM_HOST, &sim}, {OC_SVC_ENGINE, &engine}};
    (void)host;
    for (uint32_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].table;
    return NULL;
}

/* A fresh host. `keys`: the table of the descriptor, NULL where it declares none; `settings` are borrowed. */
static inline void kit_test_begin(struct kit_test *t, const struct oc_key *keys, const struct kit_setting *settings)
{
    memset(t, 0, sizeof *t);
    t->host.size = sizeof t->host;
    t->host.abi = (uint32_t)OC_ABI_MAJOR << 16 | OC_ABI_MINOR;
    t->host.service = kit_test_service;
    t->host.impl = t;
    t->keys = keys;
    t->settings = settings;
    t->due_ns = INT64_MAX;
    t->market.instrument.size = sizeof t->market.instrument;
    snprintf(t->market.instrument.symbol, sizeof t->market.instrument.symbol, "BTC/USDT");
}

/* The last thing the plugin said; an event of type 0 where it said nothing. */
static inline const struct oc_event *kit_last(const struct kit_test *t)
{
    return &t->events[t->event_count ? t->event_count - 1 : KIT_TEST_EVENTS].head;
}

/* What a rule asks of the host. */

static inline const struct kit_test *kit_test_of(const struct oc_risk_ctx *ctx)
{
    return (const struct kit_test *)ctx->impl;
}

static inline oc_rc kit_test_to_units(const struct oc_risk_ctx *ctx, uint32_t inst, struct oc_dec dec,
                                      int64_t *ret_units)
{
    int64_t units = dec.units;
    (void)inst;
    for (int32_t scale = dec.scale; scale < kit_test_of(ctx)->market.qty_scale; scale++) {
        if (llabs(units) > INT64_MAX / 10)
            return OC_E_RANGE;
        units *= 10;
    }
    for (int32_t scale = kit_test_of(ctx)->market.qty_scale; scale < dec.scale; scale++)
        units /= 10;
    *ret_units = units;
    return OC_OK;
}

static inline oc_rc kit_test_worst_qty(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t *ret_units)
{
    (void)ctx;
    if (!(ask->bits & OC_RQ_HAS_QTY) || ask->qty <= 0)
        return OC_E_NOT_FOUND;
    *ret_units = ask->qty;
    return OC_OK;
}

static inline oc_rc kit_test_reference(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t *ret_units,
                                       int64_t *ret_age_ns)
{
    (void)inst;
    if (!kit_test_of(ctx)->market.reference)
        return OC_E_NOT_FOUND;
    *ret_units = kit_test_of(ctx)->market.reference;
    *ret_age_ns = 0;
    return OC_OK;
}

static inline oc_rc kit_test_worst_price(const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                                         int64_t *ret_units)
{
    int64_t age;
    if (!(ask->bits & OC_RQ_HAS_PRICE))
        return kit_test_reference(ctx, ask->head.inst, ret_units, &age);
    *ret_units = ask->price;
    return OC_OK;
}

/* Scales add up; what does not fit 64 bits is OC_E_RANGE. */
static inline oc_rc kit_test_notional(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t price, int64_t qty,
                                      struct oc_dec *ret_value)
{
    int64_t value;
    (void)inst;
    if (__builtin_mul_overflow(price, qty, &value))
        return OC_E_RANGE;
    ret_value->units = value;
    ret_value->scale = kit_test_of(ctx)->market.price_scale + kit_test_of(ctx)->market.qty_scale;
    return OC_OK;
}

static inline oc_rc kit_test_exposure(const struct oc_risk_ctx *ctx, uint32_t account, uint32_t inst,
                                      struct oc_exposure *ret_exposure)
{
    const struct kit_market *market = &kit_test_of(ctx)->market;
    (void)account, (void)inst;
    ret_exposure->position = market->position;
    ret_exposure->open_buy = market->open_buy;
    ret_exposure->open_sell = market->open_sell;
    ret_exposure->long_worst = market->position + market->open_buy;
    ret_exposure->short_worst = market->position - market->open_sell;
    return OC_OK;
}

static inline oc_rc kit_test_equity(const struct oc_risk_ctx *ctx, uint32_t account, struct oc_dec *ret_equity)
{
    (void)account;
    *ret_equity = kit_test_of(ctx)->market.equity;
    return OC_OK;
}

static inline oc_rc kit_test_latch(const struct oc_risk_ctx *ctx, uint32_t account, const char *reason)
{
    struct kit_test *t = (struct kit_test *)ctx->impl;
    (void)account;
    if (!t->may_latch)
        return OC_E_STATE;
    if (!reason || !*reason)
        return OC_E_INVALID;
    snprintf(t->latched, sizeof t->latched, "%s", reason);
    return OC_OK;
}

static inline const struct oc_instrument *kit_test_instrument(const struct oc_risk_ctx *ctx, uint32_t inst)
{
    (void)inst;
    return &kit_test_of(ctx)->market.instrument;
}

static inline oc_rc kit_test_scaled(int64_t units, int32_t scale, struct oc_dec *ret_dec)
{
    ret_dec->units = units;
    ret_dec->scale = scale;
    return OC_OK;
}

static inline oc_rc kit_test_qty_dec(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units,
                                     struct oc_dec *ret_dec)
{
    (void)inst;
    return kit_test_scaled(units, kit_test_of(ctx)->market.qty_scale, ret_dec);
}

static inline oc_rc kit_test_price_dec(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units,
                                       struct oc_dec *ret_dec)
{
    (void)inst;
    return kit_test_scaled(units, kit_test_of(ctx)->market.price_scale, ret_dec);
}

/* The context of a question or of an event, from t->market and t->now_ns. `previous`: the order that an amend or cancel
 * names, with what is filled of it; NULL for a new one. */
static inline struct oc_risk_ctx kit_ctx(struct kit_test *t, const struct oc_request *previous, int64_t previous_filled)
{
    struct oc_risk_ctx ctx;
    memset(&ctx, 0, sizeof ctx);
    ctx.size = sizeof ctx;
    ctx.impl = t;
    ctx.now_ns = t->now_ns;
    ctx.previous = previous;
    ctx.previous_filled = previous_filled;
    ctx.to_units = kit_test_to_units;
    ctx.worst_qty = kit_test_worst_qty;
    ctx.worst_price = kit_test_worst_price;
    ctx.reference = kit_test_reference;
    ctx.notional = kit_test_notional;
    ctx.exposure = kit_test_exposure;
    ctx.equity = ctx.traded_equity = kit_test_equity;
    ctx.latch = kit_test_latch;
    ctx.instrument = kit_test_instrument;
    ctx.qty_dec = kit_test_qty_dec;
    ctx.price_dec = kit_test_price_dec;
    return ctx;
}

/* Asks a rule as the host does: what it answers is in *ret_verdict, refused where it says nothing. 1: allowed. An amend or cancel
 * is asked about with t->previous. */
static inline int kit_ask(struct kit_test *t, const struct oc_risk *risk, void *self, const struct oc_request *ask,
                          struct oc_verdict *ret_verdict)
{
    const int is_new = ask->kind == OC_REQUEST_NEW;
    const struct oc_risk_ctx ctx = kit_ctx(t, is_new ? NULL : t->previous, is_new ? 0 : t->previous_filled);
    memset(ret_verdict, 0, sizeof *ret_verdict);
    ret_verdict->size = sizeof *ret_verdict;
    t->may_latch = 0;
    return risk->check(self, &ctx, ask, ret_verdict) == OC_OK && ret_verdict->allowed == 1;
}

/* Tells a rule of an event, where it wants that type. */
static inline void kit_tell(struct kit_test *t, const struct oc_risk *risk, void *self, const struct oc_event *event)
{
    const struct oc_risk_ctx ctx = kit_ctx(t, NULL, 0);
    const uint64_t interest = risk->interest ? risk->interest(self) : ~(uint64_t)0;
    t->may_latch = 1;
    if (risk->observe && oc_interest_has(interest, event->type))
        risk->observe(self, &ctx, event);
    t->may_latch = 0;
}

#endif
