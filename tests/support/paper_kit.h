/* paper_kit.h: the paper venue, loaded as the plugin it is, with orders and prices for it. */
#ifndef SUPPORT_PAPER_KIT_H
#define SUPPORT_PAPER_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/parts.h"
#include "session/plugin_instance.h"
#include "support/said.h"

#define MINUTE 60000000000LL
#define MS     1000000LL

enum { INST = OC_INST(1, 1), ACCOUNT = 1, BTC = 1, USDT = 2 };

struct venue {
    struct settings settings;
    struct registry *registry;
    struct plugin_instance instance;
    struct sim_answers sim_answers;
    const struct oc_sim *sim;
    uint64_t next;
    struct oc_ev_answer answers[256];
    struct oc_ev_fill fills[256];
    int answer_count, fill_count;
};

#ifdef PAPER_IS_LINKED
extern const struct oc_plugin *const oc_plugins_v1[];
#endif

/* Loaded once: a library stays in the process. */
static inline struct registry *paper_registry(void)
{
    static struct registry *registry;
    struct error error;
    if (!registry) {
        registry = calloc(1, sizeof *registry);
#ifdef PAPER_IS_LINKED
        registry->entries[registry->count++].plugin = oc_plugins_v1[0];
        return registry;
#endif
        memset(registry, 0xa5, sizeof *registry); /* whatever was there */
        setenv("OUTCRY_PLUGINS", TEST_BUILD_DIR "/plugins", 1);
        assert_int_equal(parts_load_default(registry, &error), OC_OK);
    }
    return registry;
}

/* "key=value" pairs; price step 0.01, quantity step 0.001, 1000 USDT and 5 BTC. */
static inline struct venue *venue_new(const char *const *pairs)
{
    struct venue *v = calloc(1, sizeof *v);
    struct error error;
    v->registry = paper_registry();
    for (; pairs && *pairs; pairs += 2) {
        char key[96];
        snprintf(key, sizeof key, "sim.paper.%s", pairs[0]);
        assert_int_equal(settings_set(&v->settings, key, pairs[1], "test"), OC_OK);
    }
    v->instance.settings = &v->settings;
    v->instance.sim_answers = &v->sim_answers;
    strcpy(v->instance.section, "sim.paper");
    if (plugin_instance_open(&v->instance, v->registry, OC_SIM, "outcry.paper", &error) < 0)
        fail_msg("%s", said(&error));
    v->sim = registry_interface(v->instance.plugin, OC_SIM);
    assert_int_equal(sim_answers_init(&v->sim_answers, v->sim, v->instance.self), OC_OK);
    struct oc_instrument info = {.size = sizeof info,
                                 .inst = INST,
                                 .kind = OC_KIND_SPOT,
                                 .base = BTC,
                                 .quote = USDT,
                                 .settle = USDT,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .symbol = "BTC/USDT"};
    assert_int_equal(v->sim->instrument(v->instance.self, &info), OC_OK);
    v->sim->balance(v->instance.self, ACCOUNT, USDT, (struct oc_dec){100000, 0, 0});
    v->sim->balance(v->instance.self, ACCOUNT, BTC, (struct oc_dec){5, 0, 0});
    return v;
}

static inline void venue_free(struct venue *v)
{
    plugin_instance_close(&v->instance);
    sim_answers_release(&v->sim_answers);
    settings_release(&v->settings);
    free(v);
}

/* Lets time pass: what the venue wanted to do, and its answers. */
static inline void pass(struct venue *v, int64_t to_ns)
{
    union {
        struct oc_event head;
        struct oc_ev_answer answer;
        struct oc_ev_fill fill;
        char bytes[SIM_ANSWERS_ANSWER_MAX];
    } got;
    while (sim_answers_next_ns(&v->sim_answers) <= to_ns) {
        int64_t at_ns = sim_answers_next_ns(&v->sim_answers);
        if (v->sim_answers.due_ns <= at_ns) {
            v->sim_answers.due_ns = INT64_MAX;
            v->sim->due(v->instance.self, at_ns);
        }
        while (sim_answers_take(&v->sim_answers, at_ns, &got, sizeof got) == OC_OK) {
            if (got.head.type == OC_EV_FILL)
                v->fills[v->fill_count++] = got.fill;
            else
                v->answers[v->answer_count++] = got.answer;
        }
    }
}

static inline void bar(struct venue *v, int64_t minute, int64_t open, int64_t high, int64_t low, int64_t close,
                       int64_t volume)
{
    struct oc_ev_bar event = {
        .head = {.size = sizeof event, .type = OC_EV_BAR, .inst = INST, .venue_ns = (minute + 1) * MINUTE},
        .open_ns = minute * MINUTE,
        .period_ns = MINUTE,
        .open = open,
        .high = high,
        .low = low,
        .close = close,
        .volume = volume,
        .present = volume >= 0 ? OC_HAS_VOLUME : 0};
    pass(v, minute * MINUTE);
    assert_int_equal(v->sim->market(v->instance.self, minute * MINUTE, &event.head), OC_OK);
    pass(v, (minute + 1) * MINUTE - 1);
    assert_int_equal(v->sim->market(v->instance.self, (minute + 1) * MINUTE, &event.head), OC_OK);
    pass(v, (minute + 1) * MINUTE);
}

static inline struct oc_request order(struct venue *v, uint8_t side, int64_t qty, int64_t price, int64_t stop)
{
    struct oc_request request = {.kind = OC_REQUEST_NEW,
                                 .side = side,
                                 .qty = qty,
                                 .price = price,
                                 .stop_price = stop,
                                 .account = ACCOUNT,
                                 .tif = OC_TIF_GTC,
                                 .bits = OC_RQ_HAS_QTY};
    request.head.inst = INST;
    request.head.size = sizeof request;
    request.id = request.order = ++v->next;
    request.type = price ? (stop ? OC_ORDER_STOP_LIMIT : OC_ORDER_LIMIT) : (stop ? OC_ORDER_STOP : OC_ORDER_MARKET);
    request.bits |= (price ? OC_RQ_HAS_PRICE : 0u) | (stop ? OC_RQ_HAS_STOP : 0u);
    return request;
}

static inline uint64_t send(struct venue *v, int64_t now_ns, struct oc_request request)
{
    assert_int_equal(v->sim->request(v->instance.self, now_ns, &request), OC_OK);
    pass(v, now_ns);
    return request.order;
}

/* One of no type where nothing was said. */
static inline const struct oc_ev_answer *last_answer(const struct venue *v)
{
    static const struct oc_ev_answer none;
    return v->answer_count ? &v->answers[v->answer_count - 1] : &none;
}

__attribute__((unused)) static const char *const ideal[] = {"profile", "ideal", "taker_fee", "0.001", NULL};
__attribute__((unused)) static const char *const plain[] = {"latency", "0", "half_spread", "0", NULL};

static inline void quote(struct venue *v, int64_t at_ns, int64_t bid, int64_t bid_qty, int64_t ask, int64_t ask_qty)
{
    struct oc_ev_quote event = {.head = {.size = sizeof event, .type = OC_EV_QUOTE, .inst = INST, .venue_ns = at_ns},
                                .bid = bid,
                                .bid_qty = bid_qty,
                                .ask = ask,
                                .ask_qty = ask_qty,
                                .present = (bid ? OC_HAS_BID | OC_HAS_BID_QTY : 0u) |
                                           (ask ? OC_HAS_ASK | OC_HAS_ASK_QTY : 0u)};
    pass(v, at_ns);
    v->sim->market(v->instance.self, at_ns, &event.head);
    pass(v, at_ns);
}

#endif
