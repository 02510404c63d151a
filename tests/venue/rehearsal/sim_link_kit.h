/* sim_link_kit.h: a host with its engine and a connector against the rehearsal venue, in process and in simulated time: what is asked for, and how the two
 * are held against each other in the end. */
#ifndef REHEARSAL_SIM_LINK_KIT_H
#define REHEARSAL_SIM_LINK_KIT_H

#include "support/engine_fixture.h"

#include "base/host_impl.h"
#include "base/money.h"
#include "base/random.h"
#include "io/client_id.h"
#include "io/pool.h"
#include "io/venue.h"
#include "rehearsal/face.h"
#include "rehearsal/sim_link.h"

#include <outcry/outcry.h>

#define BEGIN_NS 1767623400000000000ll /* 2026-01-05T14:30:00Z */
#define MS       1000000ll
#define S        1000000000ll

#ifndef REHEARSAL_HOURS
#define REHEARSAL_HOURS 1
#endif

enum {
    MADE_MAX = 1 << 18,
    ORDERS = 10000,
    OPEN_MAX = 30,
    UNKNOWN_MAX = 120 /* that wait until they may be asked about */,
    PUMPS_MAX = 100000,
    HOUSE_QTY = 100, /* steps of the venue in one of ours */
    REVISIONS = 40
};

extern const struct oc_plugin *const oc_plugins_v1[];

static const struct shape { /* what differs between the two */
    const char *face, *plugin, *symbol, *money;
    uint32_t inst;            /* place at the exchange */
    bool fills_by_inst;       /* the venue is asked about fills of each instrument */
    bool fee_of_received;     /* a buyer pays the fee in what was bought */
    bool replaces;            /* an amendment is another order at the venue */
    uint32_t orders_a_second; /* that it takes at the least */
} shape =
#ifdef REHEARSAL_BINANCEUS
    {"binanceus", "outcry.binanceus", "BTCUSDT", "1000000 USDT, 100000 BTC", 2, true, true, true, 7};
#else
    {"plain", "org.example.plain", "BTC/USDT", "1000000 USDT, 100000 BTC", 0, false, false, false, 8};
#endif

static struct world {
    struct fixture *f;
    struct rehearsal *exchange;
    struct sim_link link;
    struct pool pool;
    struct io_venue venue;
    struct host_impl impl;
    struct oc_host host;
    struct keyring keys;
    void *self;
    int64_t now_ns;
    uint64_t random;
    struct made { /* as the engine knew it last: it forgets what ended long ago */
        uint64_t id;
        int64_t filled;
        oc_i128 value; /* traded, units of price times units of quantity */
        oc_i128 fee;
        uint8_t side;
        bool is_open;
    } made[MADE_MAX];
    uint32_t made_count, refused;
    uint32_t by_number[MADE_MAX]; /* place + 1 of an order's number in its epoch */
    uint64_t unknowns, rejections, fills, alarms;
    struct oc_instrument symbols[8]; /* as the venue has said them */
    uint32_t symbol_count;
    struct oc_figure figures[8]; /* of the last that it said */
    uint32_t figure_count;
} w;

static uint64_t below(uint64_t count) { return random_next(&w.random) % count; }

/* ---- a host ---- */

static void say_line(const struct oc_host *host, uint32_t level, const char *text)
{
    (void)host, (void)level, (void)text;
}

static void note_skip(const struct oc_host *host, const char *what, const void *sample, uint32_t size)
{
    (void)host;
    fail_msg("it cannot use %s: %.*s", what, (int)size, (const char *)sample);
}

static const void *service_of(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_log log = {sizeof log, 0, say_line, note_skip};
    (void)host;
    return strcmp(id, OC_SVC_LOG) == 0 ? &log : io_venue_service(id);
}

static oc_rc intern(void *self, const char *name, uint32_t size, uint32_t *ret_asset)
{
    char text[32] = "";
    (void)self;
    memcpy(text, name, size < sizeof text ? size : sizeof text - 1);
    return instruments_asset(engine_instruments(w.f->engine), text, ret_asset);
}

static bool has_order(void *self, uint64_t order)
{
    (void)self;
    return fixture_find(w.f, order) != NULL;
}

static void give_key(struct keyring_account *of, uint16_t field, bool is_secret, const char *text)
{
    struct env_secret value;
    assert_int_equal(env_secret_new((uint32_t)strlen(text), &value), OC_OK);
    memcpy(value.bytes, text, strlen(text));
    value.size = (uint32_t)strlen(text);
    assert_int_equal(keyring_set(&w.keys, of, field, is_secret, &value), OC_OK);
}

static oc_rc on_request(void *self, const struct oc_request *request)
{
    struct oc_id client;
    (void)self;
    const oc_rc rc = io_venue_request(&w.venue, request);
    client_id_make(w.venue.table->venue, 0, request->order, 0, &client);
    if (request->kind == OC_REQUEST_NEW)
        assert_int_equal(engine_name_order(w.f->engine, request->order, &client), OC_OK);
    return rc;
}

static void begin_exchange(uint64_t seed)
{
    char words[256] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    w.exchange = venue_new(
        &(struct venue_config){
            .face = face_named(shape.face), .seed = seed, .begin_ns = BEGIN_NS, .money = shape.money},
        &out);
    if (!w.exchange)
        fail_msg("%s", words);
    assert_true(venue_add_key(w.exchange, "the key", "the secret of this account", 0, true));
    sim_link_init(&w.link, w.exchange, BEGIN_NS);
}

/* As it is, or by two ways. */
static struct io_link link_of(bool has_ways)
{
    const struct io_link link = sim_link_of(&w.link);
    if (!has_ways)
        return link;
    pool_init(&w.pool, &link);
    assert_int_equal(pool_add(&w.pool, "rest", "rest"), OC_OK);
    assert_int_equal(pool_add(&w.pool, "rest", "rest#2"), OC_OK);
    assert_int_equal(pool_add(&w.pool, "stream", "stream"), OC_OK);
    assert_int_equal(pool_add(&w.pool, "stream", "stream#2"), OC_OK);
    return pool_link(&w.pool);
}

static void begin_with(uint64_t seed, bool has_ways)
{
    struct keyring_account *of;
    const struct oc_connector *table = oc_plugins_v1[0]->ifaces[0].table;
    memset(&w, 0, sizeof w);
    w.now_ns = BEGIN_NS;
    w.random = seed;
    begin_exchange(seed);
    w.f = fixture_new_epoch(COST_AVERAGE, 3);
    w.f->now_ns = w.now_ns;
    w.f->on_request = on_request;
    assert_int_equal(keyring_add(&w.keys, 1, OC_ENV_LOCAL, 0, &of), OC_OK);
    give_key(of, 1, false, "the key");
    give_key(of, 2, true, "the secret of this account");
    const struct io_link link = link_of(has_ways);
    const struct io_world world = {.now_ns = &w.now_ns,
                                   .seed = seed,
                                   .env = OC_ENV_LOCAL,
                                   .market_source = 1,
                                   .keys = &w.keys,
                                   .assets = {.intern = intern},
                                   .has_order = has_order};
    w.impl.venue = &w.venue;
    w.host = (struct oc_host){.size = sizeof w.host, .service = service_of, .impl = &w.impl};
    assert_int_equal(io_venue_init(&w.venue, table, shape.plugin, &link, &world), OC_OK);
    w.venue.is_silent = true;
    assert_int_equal(oc_plugins_v1[0]->open(&w.host, &w.self), OC_OK);
    assert_int_equal(io_venue_start(&w.venue, w.self), OC_OK);
    struct oc_instrument info = instruments_get(engine_instruments(w.f->engine), w.f->inst)->info;
    snprintf(info.venue_symbol, sizeof info.venue_symbol, "%s", shape.symbol);
    assert_int_equal(io_venue_instrument(&w.venue, &info), OC_OK);
    const struct oc_account account = {
        .size = sizeof account, .account = 1, .source = 1, .state = OC_ACCOUNT_ADDED, .name = "main"};
    assert_int_equal(io_venue_account(&w.venue, &account), OC_OK);
}

static void begin(uint64_t seed) { begin_with(seed, false); }

static void end(void)
{
    io_venue_release(&w.venue);
    oc_plugins_v1[0]->close(w.self);
    keyring_release(&w.keys);
    fixture_free(w.f);
    sim_link_release(&w.link);
    const char *wrong = core_proof(w.exchange->core);
    if (wrong)
        fail_msg("%s", wrong);
    venue_free(w.exchange);
}

/* ---- time ---- */

static void note(uint64_t id)
{
    const uint32_t place = w.by_number[(id & 0xffffffff) % MADE_MAX];
    const struct order *order = fixture_find(w.f, id);
    if (!place || !order || w.made[place - 1].id != id)
        return;
    w.made[place - 1].filled = order->filled;
    w.made[place - 1].value = order->filled_sum;
    w.made[place - 1].fee = order->fee;
    w.made[place - 1].is_open = order_is_open(order);
}

static void drain(void)
{
    const struct oc_event *first;
    union {
        struct oc_event head;
        char bytes[2048];
    } event;
    while ((first = io_venue_first(&w.venue)) != NULL) {
        assert_true(first->size <= sizeof event);
        memcpy(&event, first, first->size);
        io_venue_drop(&w.venue);
        if (event.head.type == OC_EV_FIGURES) {
            const struct oc_ev_figures *said = (const struct oc_ev_figures *)(const void *)&event;
            w.figure_count = said->count < 8 ? said->count : 8;
            memcpy(w.figures, said + 1, w.figure_count * sizeof *w.figures);
        }
        if (event.head.type ==
            OC_EV_INSTRUMENT) { /* the engine counts in larger steps, so that each fill can be counted in them */
            if (w.symbol_count < 8)
                w.symbols[w.symbol_count++] = ((const struct oc_ev_instrument *)(const void *)&event)->info;
            continue;
        }
        w.unknowns += event.head.type == OC_EV_UNKNOWN;
        w.rejections += event.head.type == OC_EV_REJECTED;
        w.f->now_ns = io_venue_now(&w.venue);
        event.head.local_ns = w.f->now_ns;
        event.head.venue_ns = event.head.venue_ns ? event.head.venue_ns : event.head.local_ns;
        event.head.seq = w.f->seq + 1;
        const struct order *order = engine_order_of(w.f->engine, &event.head);
        const uint64_t id = order ? order->now.order : 0;
        assert_true(fixture_input(w.f, &event) >= 0);
        if (id)
            note(id);
    }
}

static void pump(int64_t ms)
{
    const int64_t until_ns = w.now_ns + ms * MS;
    uint32_t pumps = 0;
    oc_rc rc;
    while ((rc = io_venue_pump(&w.venue, until_ns)) > 0 && pumps++ < PUMPS_MAX)
        drain();
    drain();
    assert_true(rc == 0 || rc == OC_E_END);
    w.now_ns = w.f->now_ns = until_ns;
}

static void ask_for(uint32_t kind)
{
    const struct oc_fetch look = {.size = sizeof look,
                                  .kind = kind,
                                  .account = 1,
                                  .inst = kind == OC_FETCH_FILLS && shape.fills_by_inst ? w.f->inst : 0};
    uint64_t token;
    assert_int_equal(io_venue_fetch(&w.venue, &look, &token), OC_OK);
}

/* Until it may trade; fills are asked for from there on. */
static void come_up(void)
{
    for (int i = 0; i < 100 && !w.exchange->seats[1].hears_account && !w.exchange->seats[0].hears_account; i++)
        pump(50);
    assert_true(w.exchange->seats[0].hears_account || w.exchange->seats[1].hears_account);
    pump(50);
    ask_for(OC_FETCH_FILLS);
    pump(500);
}

static void command(const char *line)
{
    char words[512];
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    if (venue_command(w.exchange, line, &out) < 0)
        fail_msg("%s: %s", line, words);
}

/* ---- what is asked for ---- */

/* Somebody else at the exchange; always whole steps of ours, so that every fill can be counted in them. */
static inline void others_trade(void)
{
    struct core_ask ask = {.account = 1,
                           .inst = shape.inst,
                           .side = (uint8_t)(1 + below(2)),
                           .type = CORE_LIMIT,
                           .tif = below(3) ? CORE_IOC : CORE_GTC,
                           .qty = (int64_t)(60 + below(60)) * HOUSE_QTY,
                           .price = (int64_t)(9990 + below(20))};
    uint32_t order;
    const enum core_why why = core_place(w.exchange->core, w.exchange->now_ns, &ask, &order);
    if (why == CORE_TOO_MANY_OPEN) /* what rests too long goes */
        for (uint64_t id = core_order_count(w.exchange->core); id > 0 && id + 2000 > core_order_count(w.exchange->core);
             id--) {
            const struct core_order *old = core_order(w.exchange->core, core_order_by_id(w.exchange->core, id));
            if (old->account == 1 && core_is_open(old))
                (void)core_cancel(w.exchange->core, w.exchange->now_ns, core_order_by_id(w.exchange->core, id));
        }
}

/* 0: refused here. */
static uint64_t make(uint8_t side, int64_t qty, int64_t price)
{
    const uint64_t id = fixture_submit(w.f, fixture_order(w.f, side, qty, price));
    w.refused += id == 0; /* while the stream of its account is down, nothing is sent */
    if (id == 0)
        return 0;
    assert_true(w.made_count < MADE_MAX);
    w.made[w.made_count++] = (struct made){.id = id, .side = side, .is_open = true};
    w.by_number[(id & 0xffffffff) % MADE_MAX] = w.made_count;
    return id;
}

static inline void make_order(void)
{
    const uint8_t side = below(2) ? OC_SIDE_BUY : OC_SIDE_SELL;
    const int64_t qty = 60 + (int64_t)below(60);
    (void)make(side, qty, 9990 + (int64_t)below(20));
}

static inline void cancel_one(void)
{
    struct engine_refusal refusal;
    for (int i = 0; i < 20 && w.made_count; i++) {
        const uint64_t id = w.made[w.made_count - 1 - below(w.made_count < 100 ? w.made_count : 100)].id;
        const struct order *order = fixture_find(w.f, id);
        if (!order || !order_is_open(order))
            continue;
        assert_int_equal(engine_begin(w.f->engine, 0), OC_OK);
        (void)engine_cancel(w.f->engine, id, &refusal);
        fixture_end(w.f, true);
        return;
    }
}

/* The price of one that nothing has traded of; of a venue that amends in place it is not looked at here. */
static inline void amend_one(void)
{
    struct engine_refusal refusal;
    for (int i = 0; i < 20 && w.made_count && shape.replaces; i++) {
        const uint64_t id = w.made[w.made_count - 1 - below(w.made_count < 100 ? w.made_count : 100)].id;
        const struct order *order = fixture_find(w.f, id);
        struct oc_request ask = {.order = id, .bits = OC_RQ_PRICE_CHANGED};
        if (!order || !order_is_open(order))
            continue;
        ask.price = 9990 + (int64_t)below(20);
        assert_int_equal(engine_begin(w.f->engine, 0), OC_OK);
        (void)engine_amend(w.f->engine, &ask, &refusal);
        fixture_end(w.f, true);
        return;
    }
}

/* ---- the judgement ---- */

static oc_i128 said_sum(bool is_base)
{
    const struct core_inst *inst = core_inst(w.exchange->core, shape.inst);
    const struct core_balance *balance =
        &core_account(w.exchange->core, 0)->balances[is_base ? inst->base : inst->quote];
    return balance->free + balance->locked;
}

struct truth { /* of one order of ours, under all its names */
    int64_t filled;
    oc_i128 value, fee;
    uint32_t count;
    bool is_open;
};

static struct truth truth_of(uint64_t id, const oc_i128 *fees)
{
    struct truth truth = {0};
    for (uint32_t revision = 0; revision <= (shape.replaces ? REVISIONS : 0); revision++) {
        struct oc_id client;
        char name[OC_ID_MAX + 1] = "";
        client_id_make(w.venue.table->venue, 0, id, revision, &client);
        memcpy(name, client.text, client.size);
        const uint32_t place = core_order_by_client(w.exchange->core, 0, name);
        if (place == CORE_NONE)
            continue;
        const struct core_order *order = core_order(w.exchange->core, place);
        assert_false(truth.is_open && core_is_open(order)); /* one order, twice */
        truth.count++;
        truth.filled += order->filled / HOUSE_QTY;
        truth.value += order->value;
        truth.fee += fees[place - core_order_by_id(w.exchange->core, 1)];
        truth.is_open |= core_is_open(order);
    }
    return truth;
}

/* Each order of ours is at the venue as we know it, once; and the venue has no order of the account that is not ours. */
static inline void judge(void)
{
    static oc_i128 fees[CORE_ORDERS_MAX];
    uint32_t known = 0, theirs = 0;
    memset(fees, 0, sizeof fees);
    for (uint64_t number = 1; number <= core_fill_count(w.exchange->core); number++) {
        const struct core_fill *fill = core_fill(w.exchange->core, number);
        fees[fill->order - core_order_by_id(w.exchange->core, 1)] += fill->fee;
    }
    int64_t position = 0;
    oc_i128 bought_fees = 0;
    for (uint32_t i = 0; i < w.made_count; i++) {
        const struct made *order = &w.made[i];
        const struct truth truth = truth_of(order->id, fees);
        known += truth.count;
        bought_fees += order->side == OC_SIDE_BUY ? truth.fee : 0;
        if (order->filled != truth.filled || (truth.count && truth.is_open != order->is_open))
            fail_msg("order %u is %s with %lld here, and %s with %lld there", (unsigned)(order->id & 0xffffff),
                     order->is_open ? "open" : "over", (long long)order->filled,
                     !truth.count    ? "nothing"
                     : truth.is_open ? "open"
                                     : "over",
                     (long long)truth.filled);
        if (truth.value != order->value * num_pow10_128(MONEY_SCALE - 5) || truth.fee != order->fee)
            fail_msg("order %u has traded at other prices, or for another fee", (unsigned)(order->id & 0xffffff));
        position += order->side == OC_SIDE_BUY ? order->filled : -order->filled;
    }
    for (uint64_t id = 1; id <= core_order_count(w.exchange->core); id++)
        theirs += core_order(w.exchange->core, core_order_by_id(w.exchange->core, id))->account == 0;
    assert_int_equal(theirs, known);
    const struct book *book = fixture_book(w.f);
    if (!shape.fee_of_received)
        assert_int_equal(book ? book->position.qty : 0, position);
    assert_true(said_sum(true) == 100000 * num_pow10_128(MONEY_SCALE) + position * num_pow10_128(MONEY_SCALE - 3) -
                                      (shape.fee_of_received ? bought_fees : 0));
    const oc_i128 cash = portfolio_balance(engine_portfolio(w.f->engine), w.f->account, w.f->quote);
    char ours[64], theirs_text[64];
    money_to_text(cash, 12, false, ours);
    money_to_text(said_sum(false), 12, false, theirs_text);
    assert_string_equal(ours, theirs_text); /* to the last digit, fees and all */
}

#endif
