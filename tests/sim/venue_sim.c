#include "sim/venue_sim.h"
#include "io/venue_impl.h"

#include "base/random.h"
#include "session/venue_world.h"

#define BEGIN_NS 1767623400000000000ll /* 2026-01-05T14:30:00Z */
#define MS       1000000ll

enum { PUMPS_MAX = 200000, OPEN_MAX = 40, LIFE_STEP = 1000000, RECORDS_MAX = 1 << 16 };

uint64_t sim_traced;

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

/* A question that failed is asked again before it is given up. */
static void judge_question(struct sim *sim, const struct oc_event *event)
{
    const struct oc_ev_fetched *said = (const struct oc_ev_fetched *)(const void *)event;
    if (event->type == OC_EV_FETCHED && said->rc == OC_E_IO &&
        sim->life->codec.asked[said->token % CODEC_TOKENS] < IO_FETCH_TRIES)
        fail_sim(sim, "a question was given up and had not been asked again");
}

static void trace(const struct sim *sim, uint64_t id, const char *words, unsigned what)
{
    const struct order *order = fixture_find(sim->life->f, id);
    if (sim_traced && (id & 0xffffff) == sim_traced && order)
        print_message("%10.3f %s %u: %s, %lld of %lld, asked %lld\n",
                      (double)(io_venue_now(&sim->life->venue) - BEGIN_NS) / 1e9, words, what, state_name(order->state),
                      (long long)order->filled, (long long)order->now.qty, (long long)order->ask_qty);
}

/* ---- what a process records, and where it dies ---- */

static void keep_record(struct sim *sim, const struct oc_event *event)
{
    if (!sim->keeps_records || sim->is_dead)
        return;
    if (sim->record_count == sim->record_room) {
        sim->record_room = sim->record_room ? sim->record_room * 2 : 1024;
        sim->records = realloc(sim->records, sim->record_room * sizeof *sim->records);
        assert_non_null(sim->records);
    }
    struct sim_record *record = &sim->records[sim->record_count++];
    assert_true(event->size <= sizeof record->bytes && sim->record_count < RECORDS_MAX);
    record->size = event->size;
    memcpy(record->bytes, event, event->size);
}

/* What the fixture's door has recorded since. */
static void keep_decided(struct sim *sim)
{
    for (; sim->life->heard < sim->life->f->record_count; sim->life->heard++)
        keep_record(sim, (const struct oc_event *)(const void *)sim->life->f->records[sim->life->heard]);
}

/* True: it is dead, here or since before. */
static bool dies(struct sim *sim, enum sim_kill where)
{
    if (!sim->is_dead && sim->kill_in && --sim->kill_in == 0) {
        sim->is_dead = true;
        sim->kills[where]++;
    }
    return sim->is_dead;
}

/* ---- the link, as one process has it: its numbers are its own ---- */

static oc_rc life_open(void *self, const struct io_opening *opening)
{
    struct sim *sim = self;
    const struct io_link inner = fault_link_of(&sim->link);
    struct io_opening mine = *opening;
    mine.stream += sim->lives * LIFE_STEP;
    assert_true(sim->open_count < 64);
    sim->open_streams[sim->open_count++] = mine.stream;
    return inner.open(inner.self, &mine);
}

static oc_rc life_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    struct sim *sim = self;
    const struct io_link inner = fault_link_of(&sim->link);
    return inner.send(inner.self, stream + sim->lives * LIFE_STEP, bytes, size);
}

static oc_rc life_http(void *self, const struct io_exchange *exchange)
{
    struct sim *sim = self;
    const struct io_link inner = fault_link_of(&sim->link);
    struct io_exchange mine = *exchange;
    mine.exchange += (uint64_t)sim->lives * LIFE_STEP;
    return inner.http(inner.self, &mine);
}

static void close_stream(struct sim *sim, uint32_t stream)
{
    const struct io_link inner = fault_link_of(&sim->link);
    inner.close(inner.self, stream);
    for (uint32_t i = 0; i < sim->open_count; i++)
        if (sim->open_streams[i] == stream)
            sim->open_streams[i] = sim->open_streams[--sim->open_count];
}

static void life_close(void *self, uint32_t stream)
{
    struct sim *sim = self;
    close_stream(sim, stream + sim->lives * LIFE_STEP);
}

/* What is of an earlier process reaches nobody. */
static oc_rc life_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    struct sim *sim = self;
    const struct io_link inner = fault_link_of(&sim->link);
    const uint64_t first = (uint64_t)sim->lives * LIFE_STEP;
    oc_rc rc;
    while ((rc = inner.next(inner.self, until_ns, ret)) == OC_OK) {
        if (ret->kind == IO_DOWN || ret->kind == IO_REFUSED)
            for (uint32_t i = 0; i < sim->open_count; i++)
                if (sim->open_streams[i] == ret->stream)
                    sim->open_streams[i] = sim->open_streams[--sim->open_count];
        if (ret->stream ? ret->stream > first : ret->exchange > first)
            break;
        inner.taken(inner.self);
    }
    if (rc == OC_OK && ret->stream)
        ret->stream -= (uint32_t)first;
    else if (rc == OC_OK)
        ret->exchange -= first;
    return rc;
}

static void life_taken(void *self)
{
    struct sim *sim = self;
    const struct io_link inner = fault_link_of(&sim->link);
    inner.taken(inner.self);
}

static int64_t life_next_ns(void *self)
{
    struct sim *sim = self;
    const struct io_link inner = fault_link_of(&sim->link);
    return inner.next_ns(inner.self);
}

/* ---- a process ---- */

static void name_order(struct sim *sim, uint64_t order)
{
    struct oc_id client = {.size = 15};
    char text[EXCHANGE_CLIENT_MAX];
    ledger_client(order, text);
    memcpy(client.text, text, client.size);
    assert_int_equal(engine_name_order(sim->life->f->engine, order, &client), OC_OK);
}

/* The engine's request goes to the venue; its order is known by the name under which it goes. */
static oc_rc on_request(void *self, const struct oc_request *request)
{
    struct sim *sim = self;
    keep_decided(sim); /* recorded before anything of it leaves */
    if (dies(sim, SIM_KILL_UNSENT))
        return OC_OK;
    if (!sim->keeps_records)
        ledger_ask(&sim->ledger, request);
    trace(sim, request->order, "asks kind", request->kind);
    const oc_rc rc = io_venue_request(&sim->life->venue, request);
    if (request->kind == OC_REQUEST_NEW)
        name_order(sim, request->order);
    (void)dies(sim, SIM_KILL_SENT);
    return rc;
}

/* One thing that the venue has said, as a session takes it. */
static void hear(struct sim *sim, struct oc_event *event)
{
    const struct order *order = engine_order_of(sim->life->f->engine, event);
    const uint64_t id = order ? order->now.order : 0;
    const uint16_t type = event->type;
    if (!sim->keeps_records)
        ledger_take(&sim->ledger, event);
    judge_question(sim, event);
    sim->life->f->now_ns = io_venue_now(&sim->life->venue);
    event->local_ns = sim->life->f->now_ns;
    event->venue_ns = event->venue_ns ? event->venue_ns : event->local_ns;
    event->seq = sim->life->f->seq + 1;
    keep_record(sim, event);
    if (dies(sim, SIM_KILL_RECORDED))
        return;
    if (fixture_input(sim->life->f, event) < 0)
        fail_sim(sim, "the engine could not take what the venue said");
    keep_decided(sim);
    if (id)
        trace(sim, id, "hears type", type);
}

static void drain(struct sim *sim)
{
    const struct oc_event *first;
    union {
        struct oc_event head;
        char bytes[2048];
    } event;
    while (!sim->is_dead && (first = io_venue_first(&sim->life->venue)) != NULL) {
        assert_true(first->size <= sizeof event);
        memcpy(&event, first, first->size);
        io_venue_drop(&sim->life->venue);
        if (!dies(sim, SIM_KILL_SAID))
            hear(sim, &event.head);
    }
}

static void begin_life(struct sim *sim)
{
    struct sim_life *life = calloc(1, sizeof *life);
    assert_non_null(life);
    sim->life = life;
    life->f = fixture_new_epoch(COST_AVERAGE, 3 + sim->lives);
    life->f->now_ns = sim->now_ns;
    life->f->on_request = on_request;
    life->f->on_request_self = sim;
    for (uint32_t id = 2; id <= SIM_ACCOUNTS; id++) {
        uint32_t made;
        assert_int_equal(portfolio_add_account(engine_portfolio(life->f->engine), "second", "test", life->f->quote,
                                               COST_AVERAGE, &made),
                         OC_OK);
        assert_int_equal(made, id);
        assert_int_equal(venues_add(&life->f->venues, id, &fixture_sim, life->f), OC_OK);
        assert_int_equal(portfolio_set_balance(engine_portfolio(life->f->engine), id, life->f->quote,
                                               1000000 * num_pow10_128(MONEY_SCALE)),
                         OC_OK);
    }
}

static bool next_open(void *self, uint64_t after, struct io_open_order *ret_open)
{
    const struct sim *sim = self;
    const struct order *last = after ? fixture_find(sim->life->f, after) : NULL;
    const struct order *order = last ? last->younger : orders_open_first(engine_orders(sim->life->f->engine));
    if (order)
        *ret_open = venue_world_open(order);
    return order != NULL;
}

static void begin_venue(struct sim *sim)
{
    struct sim_life *life = sim->life;
    const struct io_link link = {.self = sim,
                                 .open = life_open,
                                 .send = life_send,
                                 .http = life_http,
                                 .close = life_close,
                                 .next = life_next,
                                 .taken = life_taken,
                                 .next_ns = life_next_ns};
    const struct io_world world = {.now_ns = &sim->now_ns,
                                   .seed = sim->seed + sim->lives,
                                   .env = OC_ENV_LOCAL,
                                   .market_source = 1,
                                   .next_open = next_open,
                                   .syncs = sim->keeps_records,
                                   .self = sim};
    life->impl.venue = &life->venue;
    life->host = (struct oc_host){.size = sizeof life->host, .service = service_of, .impl = &life->impl};
    exchange_codec_init(&life->codec, &life->host, life->f->inst, SIM_ACCOUNTS);
    life->codec.again_every = sim->again_every;
    life->codec.has_value = sim->seed % 4 < 2;
    assert_int_equal(io_venue_init(&life->venue, &exchange_connector, "org.example.exchange", &link, &world), OC_OK);
    life->venue.is_silent = true;
    for (uint32_t i = 0; i < sim->record_count; i++)
        assert_int_equal(io_venue_recall(&life->venue, (const struct oc_event *)(const void *)sim->records[i].bytes),
                         OC_OK);
    for (uint32_t id = 1; id <= SIM_ACCOUNTS; id++) {
        struct oc_account account = {.size = sizeof account, .account = id, .source = id, .state = OC_ACCOUNT_ADDED};
        snprintf(account.name, sizeof account.name, "account%u", id);
        assert_int_equal(io_venue_account(&life->venue, &account), OC_OK);
    }
    assert_int_equal(io_venue_start(&life->venue, &life->codec), OC_OK);
}

/* The connections break without a word to the exchange; what had left goes on. */
static void end_life(struct sim *sim)
{
    io_venue_release(&sim->life->venue);
    while (sim->open_count)
        close_stream(sim, sim->open_streams[0]);
    fixture_free(sim->life->f);
    free(sim->life);
    sim->life = NULL;
    sim->lives++;
}

/* `after_ns`: what left last may still be on its way. */
static void ask_about(struct sim *sim, uint64_t order, int64_t after_ns)
{
    struct oc_fetch look = {.size = sizeof look,
                            .kind = OC_FETCH_ORDER,
                            .account = fixture_find(sim->life->f, order)->now.account,
                            .inst = sim->life->f->inst,
                            .order = order,
                            .client.size = 15};
    char client[EXCHANGE_CLIENT_MAX];
    uint64_t token;
    ledger_client(order, client);
    memcpy(look.client.text, client, look.client.size);
    assert_int_equal(io_venue_fetch(&sim->life->venue, &look, &token), OC_OK);
    io_fetch_find(&sim->life->venue, token)->again_ns += after_ns;
    sim->asked++;
}

static void ask_fills(struct sim *sim)
{
    for (uint32_t id = 1; id <= SIM_ACCOUNTS; id++) {
        const struct oc_fetch look = {.size = sizeof look, .kind = OC_FETCH_FILLS, .account = id};
        uint64_t token;
        assert_int_equal(io_venue_fetch(&sim->life->venue, &look, &token), OC_OK);
    }
}

/* A process that begins knows its records. Of what was asked for and has no word it knows nothing: it may have left. */
static void live_again(struct sim *sim)
{
    end_life(sim);
    sim->is_dead = false;
    begin_life(sim);
    struct fixture *f = sim->life->f;
    const uint32_t count = sim->record_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct oc_event *event = (const struct oc_event *)(const void *)sim->records[i].bytes;
        const oc_rc rc = engine_restore(f->engine, event);
        if (rc < 0 && rc != OC_E_NOT_FOUND)
            fail_sim(sim, "a record could not be applied");
        if (event->type == OC_EV_REQUEST && ((const struct oc_request *)(const void *)event)->kind == OC_REQUEST_NEW)
            name_order(sim, ((const struct oc_request *)(const void *)event)->order);
        engine_clear_out(f->engine);
        f->seq = event->seq > f->seq ? event->seq : f->seq;
    }
    begin_venue(sim);
    uint32_t open;
    assert_int_equal(io_venue_resume(&sim->life->venue, sim->now_ns, &open), OC_OK);
    drain(sim);
}

void sim_pump_to(struct sim *sim, int64_t until_ns)
{
    uint32_t pumps = 0;
    oc_rc rc = 0;
    for (;;) {
        while (!sim->is_dead && (rc = io_venue_pump(&sim->life->venue, until_ns)) > 0 && pumps++ < PUMPS_MAX)
            drain(sim);
        drain(sim);
        if (!sim->is_dead && !dies(sim, SIM_KILL_IDLE))
            break;
        sim->kill_in = 1 + (uint32_t)below(sim, 1500);
        live_again(sim);
    }
    if (rc > 0)
        fail_sim(sim, "it goes on and on and comes to nothing");
    if (rc < 0 && rc != OC_E_END)
        fail_sim(sim, "the venue could not go on");
    sim->now_ns = sim->life->f->now_ns = until_ns;
}

/* ---- what is asked for ---- */

static const struct order *one_open(struct sim *sim)
{
    for (int i = 0; i < 8 && sim->made_count; i++) {
        const struct order *order = fixture_find(sim->life->f, sim->made[below(sim, sim->made_count)]);
        if (order && order_is_open(order))
            return order;
    }
    return NULL;
}

/* One that the process was killed with is made where its record stands. */
static void make_order(struct sim *sim)
{
    struct oc_request request = fixture_order(sim->life->f, below(sim, 2) ? OC_SIDE_BUY : OC_SIDE_SELL,
                                              2 + (int64_t)below(sim, 40), 9000 + (int64_t)below(sim, 100));
    request.account = 1 + (uint32_t)below(sim, SIM_ACCOUNTS);
    const uint64_t id = fixture_submit(sim->life->f, request);
    keep_decided(sim);
    if (id)
        sim->made[sim->made_count++] = id;
}

static void change_order(struct sim *sim, const struct order *order)
{
    struct engine *engine = sim->life->f->engine;
    struct engine_refusal refusal;
    struct oc_request amend = {.order = order->now.order,
                               .qty = order->filled + 1 + (int64_t)below(sim, 40),
                               .price = 9000 + (int64_t)below(sim, 100),
                               .bits = OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_begin(engine, 0), OC_OK);
    (void)(below(sim, 2) ? engine_cancel(engine, order->now.order, &refusal) : engine_amend(engine, &amend, &refusal));
    fixture_end(sim->life->f, true);
    keep_decided(sim);
}

/* ---- a run ---- */

struct sim *sim_new(uint64_t seed, const struct fault_rates *rates, uint32_t again_every, bool has_kills)
{
    struct sim *sim = calloc(1, sizeof *sim);
    assert_non_null(sim);
    sim->seed = sim->random = seed;
    sim->now_ns = BEGIN_NS;
    sim->again_every = again_every;
    sim->keeps_records = has_kills;
    sim->kill_in = has_kills ? 1 + (uint32_t)below(sim, 1500) : 0;
    exchange_init(&sim->exchange, random_mix(seed + 1), BEGIN_NS, seed % 2 ? 60 : 1000);
    const struct io_link inner = exchange_link(&sim->exchange);
    fault_link_init(&sim->link, &inner, rates, random_mix(seed + 2), BEGIN_NS);
    sim->ledger.link = &sim->link;
    sim->ledger.exchange = &sim->exchange;
    begin_life(sim);
    begin_venue(sim);
    return sim;
}

void sim_trade_on(struct sim *sim)
{
    for (int i = 0; i < SIM_REQUESTS && !sim->ledger.failed[0]; i++) {
        const bool changes = below(sim, 5) < 2;
        sim_pump_to(sim, sim->now_ns + (int64_t)below(sim, below(sim, 20) ? 400 : 15000) * MS);
        const struct order *order = changes ? one_open(sim) : NULL;
        if (order)
            change_order(sim, order);
        else if (orders_open_count(engine_orders(sim->life->f->engine)) < OPEN_MAX)
            make_order(sim);
        if (!sim->is_dead && below(sim, 100) == 0)
            io_venue_withdraw(&sim->life->venue, 0, OC_WHY_NOT_SENT);
        drain(sim);
    }
}

void sim_come_to_rest(struct sim *sim)
{
    fault_link_calm(&sim->link);
    for (int i = 0; i < 30; i++)
        sim_pump_to(sim, sim->now_ns + 10 * SIM_S);
    sim->kill_in = 0;
    for (uint32_t i = 0; i < sim->made_count; i++)
        if (order_is_open(fixture_find(sim->life->f, sim->made[i])))
            ask_about(sim, sim->made[i], 0);
    ask_fills(sim);
    for (int i = 0; i < 3; i++)
        sim_pump_to(sim, sim->now_ns + 10 * SIM_S);
}

/* What the engine counts is at least what may still trade; where an amendment was never proven, the worse of both. */
static bool agrees(const struct order *order, const struct exchange_order *truth)
{
    const bool is_open = truth && truth->state == OC_SHOWN_WORKING;
    if (order->filled != (truth ? truth->filled : 0) || (truth && truth->account != order->now.account))
        return false;
    if (!truth) /* it was asked about until that was proven */
        return !order_is_open(order);
    if (is_open)
        return order_is_open(order) && order->state != STATE_UNKNOWN &&
               order_remaining_worst(order) >= truth->qty - truth->filled;
    return !order_is_open(order);
}

static void hold_against(struct sim *sim, uint64_t id)
{
    const struct order *order = fixture_find(sim->life->f, id);
    char client[EXCHANGE_CLIENT_MAX], words[160];
    ledger_client(id, client);
    const struct exchange_order *truth = exchange_order(&sim->exchange, client);
    if (order && order->said && order->said->inferred)
        fail_sim(sim, "a fill is known by sums alone, though all fills were asked for");
    if (order && agrees(order, truth))
        return;
    snprintf(words, sizeof words, "order %u is %s with %lld of %lld here, and state %d with %lld of %lld there",
             (unsigned)(id & 0xffffff), order ? state_name(order->state) : "not known",
             order ? (long long)order->filled : 0, order ? (long long)order->now.qty : 0, truth ? truth->state : -1,
             truth ? (long long)truth->filled : 0, truth ? (long long)truth->qty : 0);
    fail_sim(sim, words);
}

void sim_judge(struct sim *sim)
{
    if (!sim->keeps_records)
        ledger_close(&sim->ledger, sim->asked);
    for (uint32_t i = 0; i < sim->made_count; i++)
        hold_against(sim, sim->made[i]);
    for (uint32_t id = 1; id <= SIM_ACCOUNTS; id++) {
        const struct book *book = portfolio_find(engine_portfolio(sim->life->f->engine), id, 0, sim->life->f->inst);
        if ((book ? book->position.qty : 0) != sim->exchange.position[id])
            fail_sim(sim, "the position of an account is another than the exchange's");
    }
    if (sim->exchange.clients_twice || sim->exchange.requests_twice)
        fail_sim(sim, "the exchange has met an order or a request twice");
    if (sim->life->codec.stale)
        fail_sim(sim, "what a fallen stream had still to say was taken for the new one's");
    if (sim->life->venue.faults)
        fail_sim(sim, "the venue counts calls that broke their rules");
}

const struct fault_rates sim_rough = {.falls = 8,
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

void sim_end(struct sim *sim, struct sim_sum *sum)
{
    char failed[sizeof sim->ledger.failed];
    const uint64_t seed = sim->seed;
    sum->faults += sim->link.faults;
    sum->orders += sim->exchange.order_count;
    sum->trades += sim->exchange.trade_count;
    sum->unknowns += sim->ledger.unknowns;
    sum->never_left += sim->ledger.never_left;
    sum->looked += sim->ledger.looked;
    end_life(sim);
    sum->lives += sim->lives;
    for (int i = 0; i < SIM_KILLS; i++)
        sum->kills[i] += sim->kills[i];
    snprintf(failed, sizeof failed, "%s", sim->ledger.failed);
    fault_link_release(&sim->link);
    exchange_release(&sim->exchange);
    free(sim->records);
    const bool has_kills = sim->keeps_records;
    free(sim);
    if (failed[0])
        print_error("%s\n", failed);
    if (failed[0])
        fail_msg("seed %llu: %s; alone: venue_sim_test %s%llu", (unsigned long long)seed, failed,
                 has_kills ? "kill " : "", (unsigned long long)seed);
}

void sim_print(const struct sim_sum *sum)
{
    print_message("%llu faults, %llu orders, %llu trades, %llu unknown, %llu never left, %llu looked up, %llu lives\n",
                  (unsigned long long)sum->faults, (unsigned long long)sum->orders, (unsigned long long)sum->trades,
                  (unsigned long long)sum->unknowns, (unsigned long long)sum->never_left,
                  (unsigned long long)sum->looked, (unsigned long long)sum->lives);
}
