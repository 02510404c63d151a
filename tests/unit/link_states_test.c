/* link_states_test.c: each pair of the table of states that a venue can bring about, through a transcript, its link and a connector: the
 * script is made for the pair. */
#include "support/states_kit.h"

#include "base/host_impl.h"
#include "io/client_id.h"
#include "io/transcript.h"
#include "io/venue.h"

#include <outcry/outcry.h>

#define BEGIN_NS 1767623400000000000ll /* 2026-01-05T14:30:00Z */
#define S        1000000000ll

enum { SCRIPT_MAX = 1024 };

static struct {
    struct fixture *f;
    struct io_venue venue;
    struct transcript transcript;
    struct host_impl impl;
    struct oc_host host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    uint32_t stream;
    bool is_shut; /* nothing may leave yet */
    int64_t now_ns;
    char script[SCRIPT_MAX];
    char name[OC_ID_MAX + 1]; /* of the order, as it goes out */
} pair;

/* ---- the connector ---- */

static oc_rc push(void *made, size_t size, uint16_t type)
{
    struct oc_event *event = made, *room;
    event->size = (uint32_t)size;
    event->type = type;
    event->inst = pair.f->inst;
    const oc_rc rc = pair.feed->reserve(&pair.host, (uint32_t)size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, event, size);
    return pair.feed->commit(&pair.host, room);
}

/* "EVENT CLIENT [REQUEST]", events by the names of the table. */
static oc_rc message(void *self, const struct oc_message *heard)
{
    static const struct {
        const char *word;
        uint16_t type;
    } answers[] = {{"ACCEPT", OC_EV_ACCEPTED},
                   {"REJECT", OC_EV_REJECTED},
                   {"CANCELED", OC_EV_CANCELED},
                   {"EXPIRED", OC_EV_EXPIRED},
                   {"TRIGGER", OC_EV_TRIGGERED},
                   {"AMENDED", OC_EV_AMENDED},
                   {"AMEND_REJECTED", OC_EV_AMEND_REJECTED},
                   {"CANCEL_REJECTED", OC_EV_CANCEL_REJECTED},
                   {"TAKEN", OC_EV_TAKEN},
                   {"ABSENT", OC_EV_ABSENT}};
    char line[128] = "", word[24] = "", client[32] = "";
    unsigned long long request = 0;
    (void)self;
    memcpy(line, heard->bytes, heard->bytes_size < sizeof line - 1 ? heard->bytes_size : sizeof line - 1);
    sscanf(line, "%23s %31s %llu", word, client, &request);
    if (strcmp(word, "FILL") == 0 || strcmp(word, "FIRST") == 0 || strcmp(word, "WHOLE") == 0) {
        struct oc_ev_venue_fill fill = {.fill = {.price = 9900,
                                                 .qty = word[0] == 'W'               ? 10
                                                        : strcmp(word, "FIRST") == 0 ? 4
                                                                                     : 1,
                                                 .side = OC_SIDE_BUY,
                                                 .trade_id_size = strcmp(word, "FILL") == 0 ? 4 : 5},
                                        .client = id_of(client)};
        memcpy(fill.fill.trade_id, strcmp(word, "FILL") == 0 ? "next" : "first", fill.fill.trade_id_size);
        return push(&fill, sizeof fill, OC_EV_FILL);
    }
    if (strcmp(word, "BUST") == 0) {
        struct oc_ev_bust bust = {.order = orders_find(engine_orders(pair.f->engine), request) ? request : 0,
                                  .new_qty = 1,
                                  .new_price = 9900,
                                  .trade_id_size = 5,
                                  .trade_id = "first"};
        return push(&bust, sizeof bust, OC_EV_BUST);
    }
    if (strcmp(word, "SHOWN") == 0) {
        struct oc_ev_order shown = {.state = OC_SHOWN_WORKING, .side = OC_SIDE_BUY, .client = id_of(client)};
        return push(&shown, sizeof shown, OC_EV_ORDER);
    }
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (strcmp(word, answers[i].word) == 0) {
            struct oc_ev_venue_answer said = {.answer = {.request = request, .cum_qty = -1, .definitive = 1},
                                              .client = id_of(client)};
            return push(&said, sizeof said, answers[i].type);
        }
    struct oc_ev_order sum = {.state = OC_SHOWN_UNKNOWN, /* its word is new to us: only its sum counts */
                              .side = OC_SIDE_BUY,
                              .cum_qty = (int64_t)request,
                              .present = OC_OF_CUM_QTY | OC_OF_FILLS_COME,
                              .client = id_of(client)};
    return strcmp(word, "SUM") == 0 ? push(&sum, sizeof sum, OC_EV_ORDER) : (oc_rc)OC_E_DATA;
}

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    static const char *const words[] = {
        [OC_REQUEST_NEW] = "new", [OC_REQUEST_AMEND] = "amend", [OC_REQUEST_CANCEL] = "cancel"};
    char line[64];
    (void)self, (void)size, (void)count, (void)batch;
    if (pair.is_shut)
        return OC_E_AGAIN;
    snprintf(line, sizeof line, "%s %llu", words[first->ask.kind], (unsigned long long)first->ask.id);
    return oc_send_text(&pair.host, pair.stream, line, (uint32_t)strlen(line), first->ask.id);
}

static oc_rc start(void *self, const struct oc_start *begin)
{
    const struct oc_open open = {.size = sizeof open, .frame = OC_FRAME_LINES, .flags = OC_OPEN_KEEP};
    (void)self, (void)begin;
    return pair.net->open(&pair.host, &open, &pair.stream);
}

static const struct oc_endpoint endpoints[] = {{.name = "lines", .urls = "tcp://127.0.0.1:1", .env = OC_ENV_LOCAL}};
static const struct oc_venue described = {.size = sizeof described,
                                          .venue = "lines",
                                          .protocol = "1",
                                          .endpoints = endpoints,
                                          .endpoint_count = 1,
                                          .client_form = OC_CLIENT_TEXT,
                                          .client_charset = OC_CLIENT_ALNUM,
                                          .client_max = 20};
static const struct oc_connector table = {
    .size = sizeof table, .venue = &described, .start = start, .message = message, .request = request};

/* ---- the place ---- */

static const void *service_of(const struct oc_host *host, const char *id) { return (void)host, io_venue_service(id); }

static bool has_order(void *self, uint64_t order) { return (void)self, fixture_find(pair.f, order) != NULL; }

static oc_rc on_request(void *self, const struct oc_request *asked)
{
    return (void)self, io_venue_request(&pair.venue, asked);
}

/* Everything that comes at or before then is the engine's input. */
static void go_on(int64_t until_ns)
{
    union {
        struct oc_event head;
        char bytes[1024];
    } event;
    const struct oc_event *first;
    oc_rc rc = 1;
    while (rc > 0) {
        while ((first = io_venue_first(&pair.venue)) != NULL) {
            memcpy(&event, first, first->size);
            io_venue_drop(&pair.venue);
            pair.f->now_ns = io_venue_now(&pair.venue);
            assert_int_equal(fixture_input(pair.f, &event), OC_OK);
        }
        rc = io_venue_pump(&pair.venue, until_ns);
    }
    assert_true(rc == 0 || rc == OC_E_END);
    if (pair.transcript.mismatches)
        fail_msg("%s\n%s", pair.transcript.mismatch, pair.script);
    pair.now_ns = pair.f->now_ns = until_ns;
}

static void line(const char *text)
{
    const size_t size = strlen(pair.script), room = sizeof pair.script - size;
    assert_true((size_t)snprintf(pair.script + size, room, "%s\n", text) < room);
}

static void says_with(const char *word, const char *more)
{
    char text[256];
    snprintf(text, sizeof text, "lines < %s %s%s", word, pair.name, more);
    line(text);
}

static void tells(const char *word) { says_with(word, ""); }

/* How the venue brings an order there; what we ask for meanwhile is asked by lead(). */
static void script_of_state(int state, int event)
{
    const bool is_pending = state == STATE_PENDING_UPDATE || state == STATE_PENDING_CANCEL;
    if (state == STATE_DENIED)
        return;
    if (event == EVENT_NOT_THERE)
        return; /* nothing of it leaves */
    line("lines > new $new");
    if (state == STATE_UNKNOWN) {
        line("lines falls");
        line("@ +5s");
    }
    if (state == STATE_REJECTED)
        tells("REJECT");
    if (state == STATE_SUBMITTED || state == STATE_UNKNOWN || state == STATE_REJECTED)
        return;
    tells("ACCEPT");
    if (is_pending)
        line(state == STATE_PENDING_UPDATE ? "lines > amend $request" : "lines > cancel $request");
    if (state == STATE_TRIGGERED)
        tells("TRIGGER");
    if (state == STATE_PARTIALLY_FILLED || state == STATE_FILLED)
        tells(state == STATE_FILLED ? "WHOLE" : "FIRST");
    if (state == STATE_CANCELED || state == STATE_EXPIRED)
        tells(state == STATE_CANCELED ? "CANCELED" : "EXPIRED");
}

/* What the venue says then, a second later. False: no venue and no link brings that about. */
static bool script_of_event(int state, int event, uint64_t order)
{
    const bool is_under_way =
        state == STATE_SUBMITTED || state == STATE_PENDING_UPDATE || state == STATE_PENDING_CANCEL;
    char number[40];
    line("@ 2026-01-05T14:30:09Z");
    switch (event) {
    case EVENT_NONE:
    case EVENT_DENY:
    case EVENT_EMULATE:
    case EVENT_SUBMIT:
    case EVENT_ASK_AMEND:
    case EVENT_ASK_CANCEL:
        return false;
    case EVENT_UNKNOWN:
        if (is_under_way)
            line("lines falls");
        return is_under_way;
    case EVENT_NOT_THERE:
        return is_under_way;
    case EVENT_BUST:
        snprintf(number, sizeof number, " %llu", (unsigned long long)order);
        says_with("BUST", number);
        return state == STATE_PARTIALLY_FILLED || state == STATE_FILLED;
    case EVENT_LATE_FILL:
        tells("FILL"); /* behind a sum: told by one_pair */
        return true;
    case EVENT_AMENDED:
    case EVENT_AMEND_REJECTED:
    case EVENT_CANCEL_REJECTED:
        if (state == STATE_PENDING_UPDATE || state == STATE_PENDING_CANCEL)
            says_with(state_event_name(event), " $request");
        else
            tells(state_event_name(event));
        return true;
    default:
        tells(state_event_name(event));
        return true;
    }
}

static void ask(bool is_amend, uint64_t order)
{
    struct oc_request amend = {.order = order, .price = 9950, .bits = OC_RQ_PRICE_CHANGED};
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(pair.f->engine, 0), OC_OK);
    assert_int_equal(is_amend ? engine_amend(pair.f->engine, &amend, &refusal)
                              : engine_cancel(pair.f->engine, order, &refusal),
                     OC_OK);
    fixture_end(pair.f, true);
}

/* The order, made and brought into the state; 0: there is none. */
static uint64_t lead(int state, int event)
{
    struct oc_request asked = fixture_order(pair.f, OC_SIDE_BUY, 10, 9900);
    asked.type = OC_ORDER_STOP_LIMIT;
    asked.stop_price = 10100;
    asked.bits |= OC_RQ_HAS_STOP;
    pair.is_shut = event == EVENT_NOT_THERE;
    if (state == STATE_DENIED)
        engine_latch(pair.f->engine, 0, "STOPPED");
    uint64_t order = fixture_submit(pair.f, asked);
    engine_unlatch(pair.f->engine, 0);
    if (state == STATE_DENIED)
        return orders_closed_last(engine_orders(pair.f->engine))->now.order;
    go_on(BEGIN_NS + 1 * S);
    if (state == STATE_PENDING_UPDATE || (state == STATE_PENDING_CANCEL && event != EVENT_NOT_THERE))
        ask(state == STATE_PENDING_UPDATE, order);
    go_on(BEGIN_NS + (event == EVENT_NOT_THERE ? 1 : 8) * S);
    return order;
}

static void begin(void)
{
    const struct io_world world = {.now_ns = &pair.now_ns,
                                   .seed = 1,
                                   .env = OC_ENV_LOCAL,
                                   .market_source = pair.f->account,
                                   .has_order = has_order};
    const struct oc_account account = {.size = sizeof account,
                                       .account = pair.f->account,
                                       .source = pair.f->account,
                                       .state = OC_ACCOUNT_ADDED,
                                       .name = "main"};
    if (transcript_init(&pair.transcript, pair.script, strlen(pair.script)) != OC_OK)
        fail_msg("%s\n%s", pair.transcript.mismatch, pair.script);
    const struct io_link link = transcript_link(&pair.transcript);
    pair.impl = (struct host_impl){.venue = &pair.venue};
    pair.host = (struct oc_host){.size = sizeof pair.host, .service = service_of, .impl = &pair.impl};
    pair.feed = io_venue_service(OC_SVC_FEED);
    pair.net = io_venue_service(OC_SVC_NET);
    assert_int_equal(io_venue_init(&pair.venue, &table, "org.example.lines", &link, &world), OC_OK);
    assert_int_equal(io_venue_account(&pair.venue, &account), OC_OK);
    assert_int_equal(io_venue_start(&pair.venue, NULL), OC_OK);
    go_on(BEGIN_NS);
}

/* Returns whether the pair could be brought about. */
static bool one_pair(int state, int event)
{
    if (state == STATE_NONE || state == STATE_INITIALIZED || state == STATE_EMULATED)
        return false;
    struct oc_id name;
    memset(&pair, 0, sizeof pair);
    pair.f = fixture_new(COST_AVERAGE);
    pair.f->on_request = on_request;
    pair.now_ns = pair.f->now_ns = BEGIN_NS;
    const uint64_t id = 3ull << 40 | 1; /* the first of a fixture */
    client_id_make(&described, 0, id, 0, &name);
    memcpy(pair.name, name.text, name.size);
    snprintf(pair.script, sizeof pair.script, "transcript 2\n@ 2026-01-05T14:30:00Z\n");
    script_of_state(state, event);
    const bool has_sum = event == EVENT_LATE_FILL;
    if (has_sum) {
        const int filled = state == STATE_FILLED ? 10 : state == STATE_PARTIALLY_FILLED ? 4 : 0;
        char sum[64];
        snprintf(sum, sizeof sum, " %d", filled + 1);
        says_with("SUM", sum);
    }
    const bool is_driven = script_of_event(state, event, id);
    line("@ 2026-01-05T14:30:30Z");
    line("lines < NOTHING"); /* beyond what is looked at: the stream is named, and the script goes on */
    if (is_driven) {
        begin();
        const uint64_t made = lead(state, event);
        const struct order *order = fixture_find(pair.f, made);
        if (!order || made != id)
            fail_msg("%s, %s: order %llx", state_name(state), state_event_name(event), (unsigned long long)made);
        const bool is_taken_back = state == STATE_PENDING_CANCEL && event == EVENT_NOT_THERE;
        if (order->state != state && !is_taken_back && !has_sum)
            fail_msg("%s, %s: it is %s\n%s", state_name(state), state_event_name(event), state_name(order->state),
                     pair.script);
        const int from = has_sum ? order->state : state;
        const uint64_t alarms = alarms_of(pair.f);
        if (is_taken_back)
            ask(false, made); /* which is answered at once: nothing of the order has left */
        go_on(BEGIN_NS + 9 * S);
        pair_holds(pair.f, order, from, event, alarms);
        io_venue_release(&pair.venue);
        transcript_release(&pair.transcript);
    }
    fixture_free(pair.f);
    return is_driven;
}

static void each_pair_through_a_link_does_what_its_cell_says(void **state)
{
    int driven = 0;
    (void)state;
    for (int s = 0; s < STATE_COUNT; s++)
        for (int e = 0; e < EVENT_COUNT; e++)
            driven += one_pair(s, e);
    /* 12 states with the 13 events that a venue says; what the host says of the three in which a request is under way; corrections of
     * the two that have a fill */
    assert_int_equal(driven, 12 * 13 + 3 + 3 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair_through_a_link_does_what_its_cell_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
