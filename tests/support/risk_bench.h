/* risk_bench.h: the default risk rules as plugins, one at a time in the real engine of
 * engine_fixture.h. */
#ifndef UNIT_RISK_BENCH_H
#define UNIT_RISK_BENCH_H

#include "support/engine_fixture.h"

#include "base/key.h"
#include "base/text.h"
#include "load/load.h"

#include <outcry/services.h>

#define MS       1000000LL
#define SECOND   1000000000LL
#define HOUR     (3600 * SECOND)
#define KEYS_MAX 6

static struct registry registry;
static struct load_report report;

/* ---- a host that offers nothing but a section of configuration, and the declared defaults ---- */

struct section {
    const struct oc_plugin *plugin;
    const char *keys[KEYS_MAX][2];
    char log[256];
};

static const char *value_of(const struct oc_host *host, const char *name)
{
    const struct section *section = host->impl;
    for (int i = 0; i < KEYS_MAX; i++)
        if (section->keys[i][0] && strcmp(section->keys[i][0], name) == 0)
            return section->keys[i][1];
    const struct oc_key *key = key_declared(key_table(section->plugin), name);
    return key ? key->fallback : NULL;
}

static oc_rc config_dec(const struct oc_host *host, const char *key, struct oc_dec *ret_value)
{
    const char *value = value_of(host, key);
    struct oc_dec dec = {0};
    if (!value)
        return OC_E_NOT_FOUND;
    if (text_to_decimal(value, strlen(value), &dec.units, &dec.scale) < 0)
        return OC_E_CONFIG;
    *ret_value = dec;
    return OC_OK;
}

static oc_rc config_integer(const struct oc_host *host, const char *key, int64_t *ret_value)
{
    const char *value = value_of(host, key);
    if (!value)
        return OC_E_NOT_FOUND;
    return text_to_int(value, strlen(value), ret_value) < 0 ? OC_E_CONFIG : OC_OK;
}

static oc_rc config_duration(const struct oc_host *host, const char *key, int64_t *ret_ns)
{
    const char *value = value_of(host, key);
    if (!value)
        return OC_E_NOT_FOUND;
    return text_to_duration(value, strlen(value), ret_ns) < 0 ? OC_E_CONFIG : OC_OK;
}

static oc_rc config_text(const struct oc_host *host, const char *key, char *text, uint32_t size_max)
{
    const char *value = value_of(host, key);
    if (!value)
        return OC_E_NOT_FOUND;
    if (strlen(value) >= size_max)
        return OC_E_LIMIT;
    strcpy(text, value);
    return OC_OK;
}

static void log_line(const struct oc_host *host, uint32_t level, const char *text)
{
    struct section *section = host->impl;
    (void)level;
    snprintf(section->log, sizeof section->log, "%s", text);
}

static const void *find_service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_config config = {.size = sizeof config,
                                                .dec = config_dec,
                                                .integer = config_integer,
                                                .duration = config_duration,
                                                .text = config_text};
    static const struct oc_svc_log log = {.size = sizeof log, .line = log_line};
    (void)host;
    if (strcmp(id, OC_SVC_CONFIG) == 0)
        return &config;
    return strcmp(id, OC_SVC_LOG) == 0 ? &log : NULL;
}

/* ---- one rule in one engine ---- */

struct bench {
    struct fixture *f;
    const struct oc_plugin *plugin;
    const struct oc_risk *table;
    struct section section;
    struct oc_host host;
    void *self;
    struct engine_refusal refusal; /* of the last order that was refused */
};

static oc_rc open_rule(struct bench *bench, const char *name)
{
    char id[64];
    snprintf(id, sizeof id, "outcry.%s", name);
    const struct registry_entry *entry = registry_find(&registry, OC_RISK, id);
    assert_non_null(entry);
    bench->plugin = bench->section.plugin = entry->plugin;
    bench->table = registry_interface(entry->plugin, OC_RISK);
    bench->host = (struct oc_host){.size = sizeof bench->host,
                                   .abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR,
                                   .service = find_service,
                                   .impl = &bench->section};
    return bench->plugin->open(&bench->host, &bench->self);
}

/* `pairs` of key and value, NULL at the end. */
static void set_keys(struct bench *bench, const char *const *pairs)
{
    memset(&bench->section, 0, sizeof bench->section);
    for (int i = 0; pairs && pairs[2 * i]; i++) {
        bench->section.keys[i][0] = pairs[2 * i];
        bench->section.keys[i][1] = pairs[2 * i + 1];
    }
}

#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL, NULL})

static struct bench *bench_new(const char *name, const char *const *pairs)
{
    struct bench *bench = calloc(1, sizeof *bench);
    bench->f = fixture_new(0);
    set_keys(bench, pairs);
    assert_int_equal(open_rule(bench, name), OC_OK);
    assert_int_equal(engine_add_rule(bench->f->engine, name, bench->table, bench->self), OC_OK);
    return bench;
}

static void bench_free(struct bench *bench)
{
    bench->plugin->close(bench->self);
    fixture_free(bench->f);
    free(bench);
}

/* Inside a batch: the id, or 0 and why in bench->refusal. */
static uint64_t ask(struct bench *bench, struct oc_request request)
{
    memset(&bench->refusal, 0, sizeof bench->refusal);
    oc_rc rc = engine_submit(bench->f->engine, &request, &bench->refusal);
    if (rc == OC_OK)
        return request.order;
    assert_int_equal(rc, OC_E_LIMIT);
    return 0;
}

static uint64_t submit(struct bench *bench, struct oc_request request)
{
    assert_int_equal(engine_begin(bench->f->engine, 0), OC_OK);
    uint64_t order = ask(bench, request);
    fixture_end(bench->f, true);
    return order;
}

static inline uint64_t order(struct bench *bench, uint8_t side, int64_t qty, int64_t price)
{
    return submit(bench, fixture_order(bench->f, side, qty, price));
}

static inline uint64_t accepted(struct bench *bench, uint8_t side, int64_t qty, int64_t price)
{
    uint64_t id = order(bench, side, qty, price);
    assert_true(id);
    assert_int_equal(fixture_say(bench->f, OC_EV_ACCEPTED, id), OC_OK);
    return id;
}

static inline bool amend(struct bench *bench, uint64_t id, int64_t qty, int64_t price)
{
    struct oc_request request = {.order = id, .qty = qty, .price = price};
    request.bits = (qty ? OC_RQ_QUANTITY_CHANGED : 0u) | (price ? OC_RQ_PRICE_CHANGED : 0u);
    memset(&bench->refusal, 0, sizeof bench->refusal);
    assert_int_equal(engine_begin(bench->f->engine, 0), OC_OK);
    oc_rc rc = engine_amend(bench->f->engine, &request, &bench->refusal);
    fixture_end(bench->f, true);
    assert_true(rc == OC_OK || rc == OC_E_LIMIT);
    if (rc == OC_OK) {
        struct oc_ev_answer answer = fixture_answer(bench->f, OC_EV_AMENDED, id);
        answer.qty = qty ? qty : fixture_find(bench->f, id)->now.qty;
        answer.price = price ? price : fixture_find(bench->f, id)->now.price;
        assert_int_equal(fixture_input(bench->f, &answer), OC_OK);
    }
    return rc == OC_OK;
}

static inline bool cancel(struct bench *bench, uint64_t id)
{
    memset(&bench->refusal, 0, sizeof bench->refusal);
    assert_int_equal(engine_begin(bench->f->engine, 0), OC_OK);
    oc_rc rc = engine_cancel(bench->f->engine, id, &bench->refusal);
    fixture_end(bench->f, true);
    assert_true(rc == OC_OK || rc == OC_E_LIMIT);
    return rc == OC_OK;
}

static void hold(const struct bench *bench, int64_t units) { fixture_hold(bench->f, 0, units); }

static struct oc_request reducing(const struct bench *bench, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_request request = fixture_order(bench->f, side, qty, price);
    request.bits |= OC_RQ_REDUCE_ONLY;
    return request;
}

static void assert_refused(const struct bench *bench, const char *reason, const char *used, const char *limit)
{
    char text[TEXT_DECIMAL_MAX];
    assert_string_equal(bench->refusal.reason, reason);
    text_from_units(text, bench->refusal.used.units, bench->refusal.used.scale, TEXT_SHORTEST);
    assert_string_equal(text, used);
    text_from_units(text, bench->refusal.limit.units, bench->refusal.limit.scale, TEXT_SHORTEST);
    assert_string_equal(text, limit);
}

enum { BUY = OC_SIDE_BUY, SELL = OC_SIDE_SELL };

static inline void at(struct bench *bench, int64_t ns)
{
    bench->f->now_ns = ns;
    fixture_price(bench->f, 10000);
}

static inline void refused_as(struct bench *bench, uint64_t order, const char *reason)
{
    assert_int_equal(order, 0);
    assert_string_equal(bench->refusal.reason, reason);
}

/* The next instance of the same rule, with the state of this one, in an engine of its own. */
static inline struct bench *again(const struct bench *bench, const char *name, const char *const *pairs)
{
    static char bytes[65536], part[65536];
    const oc_rc size = bench->table->save(bench->self, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(bench->table->save(bench->self, part, (uint32_t)size - 1), OC_E_LIMIT);
    struct bench *next = bench_new(name, pairs);
    assert_int_equal(next->table->load(next->self, bytes, (uint32_t)size - 1), OC_E_DATA);
    assert_int_equal(next->table->load(next->self, bytes, (uint32_t)size), OC_OK);
    next->f->now_ns = bench->f->now_ns;
    return next;
}

/* Another instrument like the first, with a price of 50.00. */
static inline uint32_t second_instrument(struct bench *bench, const char *symbol, const char *settle)
{
    struct oc_instrument info = instruments_get(engine_instruments(bench->f->engine), bench->f->inst)->info;
    uint32_t inst;
    strcpy(info.symbol, symbol);
    info.inst = 0;
    if (settle) {
        assert_int_equal(instruments_asset(engine_instruments(bench->f->engine), settle, &info.quote), OC_OK);
        info.settle = info.quote;
    }
    assert_int_equal(instruments_add(engine_instruments(bench->f->engine), &info, &inst), OC_OK);
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst},
                                .price = 5000,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(bench->f, &trade), OC_OK);
    return inst;
}

static inline uint64_t order_of(struct bench *bench, uint32_t inst, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_request request = fixture_order(bench->f, side, qty, price);
    request.head.inst = inst;
    return submit(bench, request);
}

static int load_all(void **state)
{
    static const char *const names[] = {"max_order_qty", "max_order_value", "price_collar", "position_limit",
                                        "message_rate",  "max_daily_loss",  "kill_switch",  "allow_list",
                                        "trading_hours", "duplicate_order", "repeat_exec",  "max_drawdown",
                                        "spread_halt",   "volatility_halt", "exposure",     "expression",
                                        "max_open",      "cooldown",        "universe",     "ramp"};
    (void)state;
    registry_init(&registry);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, TEST_BUILD_DIR "/plugins/risk/%s.so", names[i]);
        if (load_plugin(&registry, path, NULL, &report) < 0)
            return -1;
    }
    return 0;
}

#endif
