/* venue_sim_test.c: an engine that trades through a venue with an exchange behind a link on which everything goes
 * wrong. At the end all is calm, what is open is asked about, and what was said is held against what the exchange and
 * the link know. A run is its seed: `venue_sim_test SEED` makes that one alone; `venue_sim_test SEED ORDER` tells all
 * that is heard of one order in it. */
#include "support/engine_fixture.h"

#include "base/host_impl.h"
#include "base/log.h"
#include "base/random.h"
#include "io/venue.h"
#include "sim/request_ledger.h"
#include "support/exchange_codec.h"

#define BEGIN_NS 1767623400000000000ll /* 2026-01-05T14:30:00Z */
#define MS       1000000ll
#define S        1000000000ll

enum { REQUESTS = 300, PUMPS_MAX = 200000, OPEN_MAX = 40 };

struct sim {
    uint64_t seed, random;
    int64_t now_ns;
    struct exchange exchange;
    struct fault_link link;
    struct exchange_codec codec;
    struct host_impl impl;
    struct oc_host host;
    struct io_venue venue;
    struct fixture *f;
    struct ledger ledger;
    uint64_t made[REQUESTS]; /* orders */
    uint32_t made_count, asked;
};

static uint64_t traced; /* the order of which everything is told, without its epoch; 0: none */

static uint64_t below(struct sim *sim, uint64_t count) { return random_next(&sim->random) % count; }

static const void *service_of(const struct oc_host *host, const char *id)
{
    (void)host;
    return io_venue_service(id);
}

static void fail_sim(struct sim *sim, const char *words)
{
    if (!sim->ledger.failed[0])
        snprintf(sim->ledger.failed, sizeof sim->ledger.failed, "%s", words);
}

static void trace(const struct sim *sim, uint64_t id, const char *words, unsigned what)
{
    const struct order *order = fixture_find(sim->f, id);
    if (traced && (id & 0xffffff) == traced && order)
        print_message("%10.3f %s %u: %s, %lld of %lld, asked %lld\n",
                      (double)(io_venue_now(&sim->venue) - BEGIN_NS) / 1e9, words, what, state_name(order->state),
                      (long long)order->filled, (long long)order->now.qty, (long long)order->ask_qty);
}

/* The engine's request goes to the venue; its order is known by the name under which it goes. */
static oc_rc on_request(void *self, const struct oc_request *request)
{
    struct sim *sim = self;
    ledger_ask(&sim->ledger, request);
    trace(sim, request->order, "asks kind", request->kind);
    const oc_rc rc = io_venue_request(&sim->venue, request);
    if (request->kind == OC_REQUEST_NEW) {
        struct oc_id client = {.size = 15};
        char text[EXCHANGE_CLIENT_MAX];
        ledger_client(request->order, text);
        memcpy(client.text, text, client.size);
        assert_int_equal(engine_name_order(sim->f->engine, request->order, &client), OC_OK);
    }
    return rc;
}

static void drain(struct sim *sim)
{
    const struct oc_event *first;
    union {
        struct oc_event head;
        char bytes[2048];
    } event;
    while ((first = io_venue_first(&sim->venue)) != NULL) {
        assert_true(first->size <= sizeof event);
        memcpy(&event, first, first->size);
        io_venue_drop(&sim->venue);
        const struct order *order = engine_order_of(sim->f->engine, &event.head);
        ledger_take(&sim->ledger, &event.head);
        sim->f->now_ns = io_venue_now(&sim->venue);
        const uint16_t type = event.head.type;
        if (fixture_input(sim->f, &event) < 0)
            fail_sim(sim, "the engine could not take what the venue said");
        if (order)
            trace(sim, order->now.order, "hears type", type);
    }
}

static void pump_to(struct sim *sim, int64_t until_ns)
{
    uint32_t pumps = 0;
    oc_rc rc;
    while ((rc = io_venue_pump(&sim->venue, until_ns)) > 0 && pumps++ < PUMPS_MAX)
        drain(sim);
    drain(sim);
    if (rc > 0)
        fail_sim(sim, "it goes on and on and comes to nothing");
    if (rc < 0 && rc != OC_E_END)
        fail_sim(sim, "the venue could not go on");
    sim->now_ns = sim->f->now_ns = until_ns;
}

/* ---- what is asked for ---- */

static const struct order *one_open(struct sim *sim)
{
    for (int i = 0; i < 8 && sim->made_count; i++) {
        const struct order *order = fixture_find(sim->f, sim->made[below(sim, sim->made_count)]);
        if (order && order_is_open(order))
            return order;
    }
    return NULL;
}

static void make_order(struct sim *sim)
{
    const uint8_t side = below(sim, 2) ? OC_SIDE_BUY : OC_SIDE_SELL;
    const uint64_t id = fixture_submit(
        sim->f, fixture_order(sim->f, side, 2 + (int64_t)below(sim, 40), 9000 + (int64_t)below(sim, 100)));
    if (id)
        sim->made[sim->made_count++] = id;
}

static void change_order(struct sim *sim, const struct order *order)
{
    struct engine_refusal refusal;
    struct oc_request amend = {.order = order->now.order,
                               .qty = order->filled + 1 + (int64_t)below(sim, 40),
                               .price = 9000 + (int64_t)below(sim, 100),
                               .bits = OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_begin(sim->f->engine, 0), OC_OK);
    (void)(below(sim, 2) ? engine_cancel(sim->f->engine, order->now.order, &refusal)
                         : engine_amend(sim->f->engine, &amend, &refusal));
    fixture_end(sim->f, true);
}

static void ask_about(struct sim *sim, uint64_t order)
{
    struct oc_fetch look = {.size = sizeof look,
                            .kind = OC_FETCH_ORDER,
                            .account = sim->f->account,
                            .inst = sim->f->inst,
                            .order = order,
                            .client.size = 15};
    char client[EXCHANGE_CLIENT_MAX];
    uint64_t token;
    ledger_client(order, client);
    memcpy(look.client.text, client, look.client.size);
    assert_int_equal(io_venue_fetch(&sim->venue, &look, &token), OC_OK);
    sim->asked++;
}

static void ask_fills(struct sim *sim)
{
    const struct oc_fetch look = {.size = sizeof look, .kind = OC_FETCH_FILLS, .account = sim->f->account};
    uint64_t token;
    assert_int_equal(io_venue_fetch(&sim->venue, &look, &token), OC_OK);
}

/* ---- a run ---- */

static struct sim *sim_new(uint64_t seed, const struct fault_rates *rates, uint32_t again_every)
{
    struct sim *sim = calloc(1, sizeof *sim);
    assert_non_null(sim);
    sim->seed = sim->random = seed;
    sim->now_ns = BEGIN_NS;
    sim->f = fixture_new(COST_AVERAGE);
    sim->f->now_ns = BEGIN_NS;
    sim->f->on_request = on_request;
    sim->f->on_request_self = sim;
    exchange_init(&sim->exchange, random_mix(seed + 1), BEGIN_NS, seed % 2 ? 60 : 1000);
    const struct io_link inner = exchange_link(&sim->exchange);
    fault_link_init(&sim->link, &inner, rates, random_mix(seed + 2), BEGIN_NS);
    sim->ledger.link = &sim->link;
    sim->ledger.exchange = &sim->exchange;
    sim->impl.venue = &sim->venue;
    sim->host = (struct oc_host){.size = sizeof sim->host, .service = service_of, .impl = &sim->impl};
    exchange_codec_init(&sim->codec, &sim->host, sim->f->inst, sim->f->account);
    sim->codec.again_every = again_every;
    sim->codec.has_value = seed % 4 < 2;
    const struct io_link link = fault_link_of(&sim->link);
    const struct io_world world = {
        .now_ns = &sim->now_ns, .seed = seed, .env = OC_ENV_LOCAL, .market_source = sim->f->account};
    const struct oc_account account = {.size = sizeof account,
                                       .account = sim->f->account,
                                       .source = sim->f->account,
                                       .state = OC_ACCOUNT_ADDED,
                                       .name = "main"};
    assert_int_equal(io_venue_init(&sim->venue, &exchange_connector, "org.example.exchange", &link, &world), OC_OK);
    sim->venue.is_silent = true;
    assert_int_equal(io_venue_account(&sim->venue, &account), OC_OK);
    assert_int_equal(io_venue_start(&sim->venue, &sim->codec), OC_OK);
    return sim;
}

static void sim_free(struct sim *sim)
{
    io_venue_release(&sim->venue);
    fault_link_release(&sim->link);
    exchange_release(&sim->exchange);
    fixture_free(sim->f);
    free(sim);
}

static void trade_on(struct sim *sim)
{
    for (int i = 0; i < REQUESTS && !sim->ledger.failed[0]; i++) {
        const struct order *order = below(sim, 5) < 2 ? one_open(sim) : NULL;
        pump_to(sim, sim->now_ns + (int64_t)below(sim, below(sim, 20) ? 400 : 15000) * MS);
        if (order && order_is_open(order))
            change_order(sim, order);
        else if (orders_open_count(engine_orders(sim->f->engine)) < OPEN_MAX)
            make_order(sim);
        if (below(sim, 100) == 0)
            io_venue_withdraw(&sim->venue, 0, OC_WHY_NOT_SENT);
        drain(sim);
    }
}

/* The faults are over; what the engine does not know to have ended is asked about, and so are all fills. */
static void come_to_rest(struct sim *sim)
{
    fault_link_calm(&sim->link);
    for (int i = 0; i < 30; i++)
        pump_to(sim, sim->now_ns + 10 * S);
    for (uint32_t i = 0; i < sim->made_count; i++)
        if (order_is_open(fixture_find(sim->f, sim->made[i])))
            ask_about(sim, sim->made[i]);
    ask_fills(sim);
    for (int i = 0; i < 3; i++)
        pump_to(sim, sim->now_ns + 10 * S);
}

/* What the engine counts is at least what may still trade; where an amendment was never proven, the worse of both. */
static bool agrees(const struct order *order, const struct exchange_order *truth)
{
    const bool is_open = truth && truth->state == OC_SHOWN_WORKING;
    if (order->filled != (truth ? truth->filled : 0))
        return false;
    if (!truth)
        return order->state == STATE_UNKNOWN || order->state == STATE_SUBMITTED || !order_is_open(order);
    if (is_open)
        return order_is_open(order) && order->state != STATE_UNKNOWN &&
               order_remaining_worst(order) >= truth->qty - truth->filled;
    return !order_is_open(order);
}

static void hold_against(struct sim *sim, uint64_t id)
{
    const struct order *order = fixture_find(sim->f, id);
    char client[EXCHANGE_CLIENT_MAX], words[160];
    ledger_client(id, client);
    const struct exchange_order *truth = exchange_order(&sim->exchange, client);
    if (agrees(order, truth))
        return;
    snprintf(words, sizeof words, "order %u is %s with %lld of %lld here, and state %d with %lld of %lld there",
             (unsigned)(id & 0xffffff), state_name(order->state), (long long)order->filled, (long long)order->now.qty,
             truth ? truth->state : -1, truth ? (long long)truth->filled : 0, truth ? (long long)truth->qty : 0);
    fail_sim(sim, words);
}

static void judge(struct sim *sim)
{
    ledger_close(&sim->ledger, sim->asked);
    for (uint32_t i = 0; i < sim->made_count; i++)
        hold_against(sim, sim->made[i]);
    const struct book *book = fixture_book(sim->f);
    if ((book ? book->position.qty : 0) != sim->exchange.position)
        fail_sim(sim, "the position is another than the exchange's");
    if (sim->codec.stale)
        fail_sim(sim, "what a fallen stream had still to say was taken for the new one's");
    if (sim->venue.faults)
        fail_sim(sim, "the venue counts calls that broke their rules");
}

static const struct fault_rates rough = {.falls = 8,
                                         .loses_sent = 15,
                                         .loses_said = 15,
                                         .doubles = 40,
                                         .stalls = 40,
                                         .stale = 500,
                                         .refuses = 100,
                                         .closed = 20,
                                         .unsent = 40,
                                         .lost = 60,
                                         .late = 40,
                                         .broken = 20};

struct sum {
    uint64_t faults, orders, trades, unknowns, never_left, looked;
};

static void end(struct sim *sim, struct sum *sum)
{
    char failed[sizeof sim->ledger.failed];
    const uint64_t seed = sim->seed;
    sum->faults += sim->link.faults;
    sum->orders += sim->exchange.order_count;
    sum->trades += sim->exchange.trade_count;
    sum->unknowns += sim->ledger.unknowns;
    sum->never_left += sim->ledger.never_left;
    sum->looked += sim->ledger.looked;
    snprintf(failed, sizeof failed, "%s", sim->ledger.failed);
    sim_free(sim);
    if (failed[0])
        fail_msg("seed %llu: %s; alone: venue_sim_test %llu", (unsigned long long)seed, failed,
                 (unsigned long long)seed);
}

static void run(uint64_t seed, const struct fault_rates *rates, uint32_t again_every, struct sum *sum)
{
    struct sim *sim = sim_new(seed, rates, again_every);
    trade_on(sim);
    if (!sim->ledger.failed[0])
        come_to_rest(sim);
    if (!sim->ledger.failed[0])
        judge(sim);
    end(sim, sum);
}

static void print_sum(const struct sum *sum)
{
    print_message("%llu faults, %llu orders, %llu trades, %llu unknown, %llu never left, %llu looked up\n",
                  (unsigned long long)sum->faults, (unsigned long long)sum->orders, (unsigned long long)sum->trades,
                  (unsigned long long)sum->unknowns, (unsigned long long)sum->never_left,
                  (unsigned long long)sum->looked);
}

static void whatever_goes_wrong_each_request_comes_to_one_true_word(void **state)
{
    struct sum sum = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= SIM_SEEDS; seed++)
        run(seed, &rough, 17, &sum);
    print_sum(&sum);
    assert_true(sum.unknowns > 10 * SIM_SEEDS && sum.never_left > SIM_SEEDS && sum.trades > 50 * SIM_SEEDS);
}

static void where_nothing_goes_wrong_nothing_is_unknown(void **state)
{
    static const struct fault_rates none;
    struct sum sum = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        run(seed, &none, 5, &sum);
    assert_int_equal(sum.unknowns, 0);
    assert_true(sum.trades > 1000);
}

static void it_is_stopped_while_things_fall_and_comes_to_an_end(void **state)
{
    struct sum sum = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct sim *sim = sim_new(seed, &rough, 17);
        trade_on(sim);
        assert_int_equal(io_venue_quiesce(&sim->venue, sim->now_ns), OC_OK);
        for (int i = 0; i < 20; i++)
            pump_to(sim, sim->now_ns + 10 * S);
        end(sim, &sum);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_goes_wrong_each_request_comes_to_one_true_word),
        cmocka_unit_test(where_nothing_goes_wrong_nothing_is_unknown),
        cmocka_unit_test(it_is_stopped_while_things_fall_and_comes_to_an_end),
    };
    if (argc > 1) {
        struct sum sum = {0};
        traced = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
        run(strtoull(argv[1], NULL, 10), &rough, 17, &sum);
        print_sum(&sum);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
