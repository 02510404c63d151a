/* session_kit.h: a whole session of the kernel over scripted events, a venue that answers as told, and clients in C; in
 * memory, or on the simulated disk with small segments.
 *
 * What came is a line of letters: A answer, M market, B bars built here, T timer, C command, F fact; each with the second at
 * which it came, and +n for n requests that left, -n for n that were refused. Opens of bars are the venue's alone: o. */
#ifndef SUPPORT_SESSION_KIT_H
#define SUPPORT_SESSION_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "session/session.h"
#include "support/said.h"

#define HOUSE_SECOND 1000000000LL

enum { HOUSE_EVENTS = 64, HOUSE_SOURCES = 3, HOUSE_CLIENTS = 3, HOUSE_SENT = 512, HOUSE_SEGMENT = 16 << 10 };

struct house;

struct house_source {
    struct house *house;
    union {
        struct oc_event head;
        struct oc_ev_trade trade;
        struct oc_ev_bar bar;
    } list[HOUSE_EVENTS];
    int count, at;
    int silent_at; /* before this one it says OC_E_AGAIN so often */
    int silences;
    void (*before)(struct house *house, int index); /* NULL, or called before each event is given */
};

struct house_client { /* NULL: nothing is done */
    struct house *house;
    uint32_t id;
    int markets, orders, timers;
    uint16_t last_type; /* of the answer that it was told last */
    char last_reason[OC_REASON_MAX];
    oc_rc (*market)(struct house_client *client, const struct oc_event *event);
    oc_rc (*order)(struct house_client *client, const struct order *order, const struct oc_event *event);
    oc_rc (*timer)(struct house_client *client, uint64_t timer, int64_t due_ns);
};

struct house {
    struct settings settings;
    struct registry *registry;
    struct session *session;
    struct engine *engine; /* borrowed from the session, as is the inbox */
    uint32_t inst;
    uint32_t account;
    struct house_source sources[HOUSE_SOURCES];
    int source_count;
    struct house_client clients[HOUSE_CLIENTS];
    int client_count;
    int64_t bars_ns; /* period of bars that are built for the first client; 0: it gets the events */
    /* the venue: accepts after latency_ns, or refuses at the call */
    int64_t latency_ns;
    bool is_mute; /* it never answers */
    oc_rc venue_answer;
    struct oc_request sent[HOUSE_SENT];
    uint32_t sent_count;
    uint32_t seen; /* opens of bars */
    /* what came */
    char log[16384];
    uint64_t inputs;
    uint64_t gaps, gap_ends; /* marks of the journal */
    uint64_t gap_end_at;     /* when the gap was said to be over: the number that the newest checkpoint stands for */
    uint64_t gap_end_wanted; /* and what it had to stand for */
    const char *dir;         /* on the simulated disk; NULL: in memory */
};

static void house_say(struct house *house, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void house_say(struct house *house, const char *format, ...)
{
    size_t length = strlen(house->log);
    va_list args;
    va_start(args, format);
    vsnprintf(house->log + length, sizeof house->log - length, format, args);
    va_end(args);
}

/* The venue. */

static oc_rc house_sim_balance(void *self, uint32_t account, uint32_t asset, struct oc_dec total)
{
    (void)self;
    (void)account;
    (void)asset;
    (void)total;
    return OC_OK;
}

static oc_rc house_sim_market(void *self, int64_t now_ns, const struct oc_event *event)
{
    struct house *house = self;
    if (now_ns != event->venue_ns) {
        house->seen++;
        house_say(house, "o%lld ", (long long)(now_ns / HOUSE_SECOND));
    }
    return OC_OK;
}

static struct sim_answers *house_answers(struct house *house) { return &house->session->venues.list[0].answers; }

static inline struct oc_ev_answer house_answer(const struct house *house, uint16_t type, uint64_t order)
{
    return (struct oc_ev_answer){
        .head = {.size = sizeof(struct oc_ev_answer), .type = type, .source = house->account, .inst = house->inst},
        .order = order,
        .request = order,
        .cum_qty = -1,
        .definitive = 1};
}

static oc_rc house_sim_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct house *house = self;
    static const uint16_t yes[] = {
        [OC_REQUEST_NEW] = OC_EV_ACCEPTED, [OC_REQUEST_AMEND] = OC_EV_AMENDED, [OC_REQUEST_CANCEL] = OC_EV_CANCELED};
    if (house->venue_answer < 0)
        return house->venue_answer;
    if (house->sent_count < HOUSE_SENT)
        house->sent[house->sent_count++] = *request;
    if (house->is_mute)
        return OC_OK;
    struct oc_ev_answer answer = house_answer(house, yes[request->kind], request->order);
    answer.request = request->id;
    answer.head.venue_ns = now_ns;
    answer.head.cause = request->head.seq;
    return sim_answers_emit(house_answers(house), now_ns + house->latency_ns, &answer.head);
}

static oc_rc house_sim_due(void *self, int64_t now_ns)
{
    house_say(self, "due%lld ", (long long)(now_ns / HOUSE_SECOND));
    return OC_OK;
}

static const struct oc_sim house_sim = {.size = sizeof house_sim,
                                        .balance = house_sim_balance,
                                        .market = house_sim_market,
                                        .request = house_sim_request,
                                        .due = house_sim_due};

/* A fill that the venue says at an instant. */
static inline void house_fill(struct house *house, int64_t at_ns, uint64_t order, int64_t qty, const char *trade_id)
{
    struct oc_ev_fill fill = {
        .head = {.size = sizeof fill, .type = OC_EV_FILL, .source = house->account, .inst = house->inst},
        .order = order,
        .price = 10000,
        .qty = qty,
        .side = OC_SIDE_NONE,
        .liquidity = OC_LIQUIDITY_TAKER,
        .trade_id_size = (uint8_t)strlen(trade_id)};
    fill.head.venue_ns = at_ns;
    memcpy(fill.trade_id, trade_id, fill.trade_id_size);
    assert_int_equal(sim_answers_emit(house_answers(house), at_ns, &fill.head), OC_OK);
}

/* The data. */

static oc_rc house_next(void *self, struct oc_event **ret_event)
{
    struct house_source *source = self;
    if (source->silences && source->at == source->silent_at) {
        source->silences--;
        return OC_E_AGAIN;
    }
    if (source->at == source->count)
        return OC_E_END;
    if (source->before)
        source->before(source->house, source->at);
    *ret_event = &source->list[source->at++].head;
    return OC_OK;
}

static inline void house_trade(struct house *house, int source, int64_t at_ns)
{
    struct house_source *to = &house->sources[source];
    if (source >= house->source_count)
        house->source_count = source + 1;
    assert_true(to->count < HOUSE_EVENTS);
    to->list[to->count++].trade =
        (struct oc_ev_trade){.head = {.size = sizeof(struct oc_ev_trade), .type = OC_EV_TRADE, .venue_ns = at_ns},
                             .price = 10000,
                             .qty = 1,
                             .present = OC_HAS_QTY};
}

static inline void house_bar(struct house *house, int source, int64_t open_ns, int64_t close_ns)
{
    struct house_source *to = &house->sources[source];
    if (source >= house->source_count)
        house->source_count = source + 1;
    assert_true(to->count < HOUSE_EVENTS);
    to->list[to->count++].bar =
        (struct oc_ev_bar){.head = {.size = sizeof(struct oc_ev_bar), .type = OC_EV_BAR, .venue_ns = close_ns},
                           .open_ns = open_ns,
                           .period_ns = close_ns - open_ns,
                           .open = 10000,
                           .high = 10000,
                           .low = 10000,
                           .close = 10000};
}

/* The clients. */

static oc_rc house_on_market(void *self, const struct oc_event *event)
{
    struct house_client *client = self;
    client->markets++;
    return client->market ? client->market(client, event) : OC_OK;
}

static oc_rc house_on_order(void *self, const struct order *order, const struct oc_event *event)
{
    struct house_client *client = self;
    client->orders++;
    client->last_type = event->type;
    memcpy(client->last_reason, order->reason, sizeof client->last_reason);
    return client->order ? client->order(client, order, event) : OC_OK;
}

static oc_rc house_on_timer(void *self, uint64_t timer, int64_t due_ns)
{
    struct house_client *client = self;
    client->timers++;
    return client->timer ? client->timer(client, timer, due_ns) : OC_OK;
}

static inline struct oc_request house_order(const struct house *house, uint8_t side, int64_t qty)
{
    struct oc_request request = {.account = house->account,
                                 .side = side,
                                 .qty = qty,
                                 .price = 9900,
                                 .type = OC_ORDER_LIMIT,
                                 .tif = OC_TIF_GTC,
                                 .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_PRICE};
    request.head.inst = house->inst;
    return request;
}

/* From a callback: the order's id, 0 when it was refused at the call. */
static inline uint64_t house_buy(struct house *house, int64_t qty)
{
    struct oc_request request = house_order(house, OC_SIDE_BUY, qty);
    struct engine_refusal refusal;
    return engine_submit(house->engine, &request, &refusal) == OC_OK ? request.order : 0;
}

/* The stages that stand in the place of those of the same name. */

static oc_rc house_open_door(void *self, struct session *session)
{
    struct house *house = self;
    struct door_config config = {.dir = house->dir,
                                 .header = "outcry 1:0\n",
                                 .header_size = 11,
                                 .durability = DOOR_POWER,
                                 .orders_segment_size = HOUSE_SEGMENT,
                                 .checkpoint_size = 1 << 20};
    return door_open(&config, &session->door);
}

static oc_rc house_open_venues(void *self, struct session *session)
{
    struct house *house = self;
    house->account = session->money.account;
    return venues_add(&session->venues, house->account, &house_sim, self);
}

static oc_rc house_open_instruments(void *self, struct session *session)
{
    struct house *house = self;
    struct instruments *instruments = engine_instruments(session->engine);
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "paper",
                                 .symbol = "BTC/USDT"};
    assert_int_equal(instruments_asset(instruments, "BTC", &info.base), OC_OK);
    assert_int_equal(instruments_asset(instruments, "USDT", &info.quote), OC_OK);
    assert_int_equal(instruments_add(instruments, &info, &house->inst), OC_OK);
    house->engine = session->engine;
    session->data.instrument_count = 1;
    for (int i = 0; i < house->source_count; i++) {
        struct house_source *source = &house->sources[i];
        source->house = house;
        for (int at = 0; at < source->count; at++)
            source->list[at].head.inst = house->inst;
        assert_int_equal(inbox_add_source(session->inbox, &(struct inbox_source){.self = source, .next = house_next}),
                         OC_OK);
    }
    for (int i = 0; i < house->client_count; i++) {
        struct house_client *client = &house->clients[i];
        const struct engine_client table = {.self = client,
                                            .bar = house_on_market,
                                            .market = house_on_market,
                                            .order = house_on_order,
                                            .timer = house_on_timer};
        client->house = house;
        assert_int_equal(engine_add_client(session->engine, "client", &table, &client->id), OC_OK);
        assert_int_equal(engine_subscribe(session->engine, client->id, house->inst, i == 0 ? house->bars_ns : 0),
                         OC_OK);
    }
    return OC_OK;
}

static void house_note(void *self, const struct input *input, const struct engine_out *out)
{
    struct house *house = self;
    static const char letters[] = "-AoMBTCF";
    uint32_t denied = 0;
    house->inputs++;
    if (input && input->event && input->event->type == OC_EV_MARK) {
        const struct oc_ev_text *mark = (const struct oc_ev_text *)(const void *)input->event;
        house->gaps += mark->code == OC_MARK_GAP;
        house->gap_ends += mark->code == OC_MARK_GAP_END;
        if (mark->code == OC_MARK_GAP_END) {
            house->gap_end_at = door_checkpoint_seq(house->session->door);
            house->gap_end_wanted = house->session->journal.gap_seq;
        }
    }
    for (uint32_t i = 0; i < out->request_count; i++)
        denied += out->requests[i].is_denied;
    if (strlen(house->log) + 64 > sizeof house->log)
        return;
    if (input)
        house_say(house, "%c%lld", letters[input->kind], (long long)(input->at_ns / HOUSE_SECOND));
    else
        house_say(house, "-");
    if (out->request_count > denied)
        house_say(house, "+%u", out->request_count - denied);
    if (denied)
        house_say(house, "-%u", denied);
    house_say(house, " ");
}

static oc_rc house_watch(void *self, struct session *session)
{
    return watchers_add(&session->watchers, &(struct watcher){.self = self, .note = house_note});
}

/* The engine alone, as one blob. */
static oc_rc house_checkpoint(void *self, struct session *session)
{
    (void)self;
    void *blob;
    size_t room;
    oc_rc rc = door_checkpoint_begin(session->door, &blob, &room);
    if (rc < 0)
        return rc;
    int64_t size = engine_save(session->engine, blob, room);
    return size < 0 ? (oc_rc)size : door_checkpoint_start(session->door, (size_t)size);
}

static inline struct house *house_new(void)
{
    struct house *house = calloc(1, sizeof *house);
    house->registry = calloc(1, sizeof *house->registry);
    registry_init(house->registry);
    assert_int_equal(settings_set(&house->settings, "account.cash", "1000000 USDT", "test"), OC_OK);
    house->session = session_new(&house->settings, house->registry, "test");
    assert_non_null(house->session);
    log_set_level(LOG_NONE);
    return house;
}

/* Opened; the opening cash is its first input. */
static inline void house_open(struct house *house)
{
    struct session *session = house->session;
    const struct session_stage mine[] = {{"plugin watch", house, NULL, NULL},
                                         {"parts", house, NULL, NULL},
                                         {"data", house, NULL, NULL},
                                         {"door", house, house_open_door, NULL},
                                         {"rules", house, NULL, NULL},
                                         {"venues", house, house_open_venues, NULL},
                                         {"instruments", house, house_open_instruments, NULL}};
    session_add_kernel(session, true, true);
    for (uint32_t i = 0; i < session->stages.count; i++)
        for (size_t k = 0; k < sizeof mine / sizeof mine[0]; k++)
            if (strcmp(session->stages.list[i].name, mine[k].name) == 0) {
                session->stages.list[i].self = mine[k].self;
                session->stages.list[i].open = mine[k].open;
            }
    session_add_balances(session, true);
    session_add_stage(session, &(struct session_stage){"house", house, house_watch, NULL});
    if (house->dir)
        session->journal.checkpoint = house_checkpoint;
    oc_rc rc = session_open(session);
    if (rc < 0)
        print_message("%s\n", said(&session->words.error));
    assert_int_equal(rc, OC_OK);
}

static inline void house_run(struct house *house)
{
    oc_rc rc = session_run(house->session);
    if (rc < 0)
        print_message("%s\n", said(&house->session->words.error));
    assert_int_equal(rc, OC_OK);
}

static inline void house_free(struct house *house)
{
    session_free(house->session);
    settings_release(&house->settings);
    free(house->registry);
    free(house);
}

/* What the account holds, in units. */
static inline int64_t house_position(const struct house *house)
{
    const struct book *book = portfolio_find(engine_portfolio(house->engine), house->account, 0, house->inst);
    return book ? book->position.qty : 0;
}

#endif
