/* Whatever a venue and its link do, each request comes to exactly one last word: an answer, NOT_THERE, UNKNOWN or a rejection. Random
 * drivers, each from its seed; the seed is printed where one fails. */
#include "support/io_kit.h"

#include "base/random.h"

enum { RUNS = 2000, STEPS = 120, ORDERS_MAX = 128 };

static uint64_t dice;
static struct {
    uint8_t kind;
    bool is_asked;      /* and so owed a word */
    bool is_taken_back; /* a cancel that took its order back */
    int sent;
    int words;
    uint16_t last;
} fates[ORDERS_MAX];
static uint32_t order_count;
static uint64_t open_exchanges[ORDERS_MAX];
static uint32_t exchange_count;
static uint32_t seen[OC_EV_END]; /* words of all runs */
static uint32_t taken_back;

static uint32_t roll(uint32_t sides) { return (uint32_t)(random_next(&dice) % sides); }

static oc_rc any_request(const struct oc_venue_request *first, uint32_t count)
{
    const uint64_t id = first->ask.id;
    switch (roll(8)) {
    case 0:
        return OC_E_AGAIN;
    case 1:
        (void)io_kit_send(kit.stream, "forgotten", id, 0, 0);
        return roll(2) ? OC_E_NOT_SUPPORTED : OC_E_AGAIN;
    case 2:
        return OC_OK; /* a fault */
    case 3:
        for (const struct oc_venue_request *ask = first; count-- > 0; ask = oc_request_next(ask))
            (void)io_kit_answer(OC_EV_REJECTED, 0, ask->ask.id, "");
        return OC_OK;
    case 4:
    case 5:
        return io_kit_http("/order", id, 0, count > 1 ? OC_HTTP_BATCH : 0);
    default:
        return io_kit_send(kit.stream, "order", id, 0, count > 1 ? OC_HTTP_BATCH : 0);
    }
}

static oc_rc any_message(const struct oc_message *message)
{
    unsigned long long request = 0;
    if (roll(6) == 0)
        return OC_E_AGAIN;
    if (sscanf(message->bytes, "ack %llu", &request) == 1 && io_kit_answer(OC_EV_TAKEN, 0, request, "") < 0)
        return OC_E_DATA;
    return roll(6) ? OC_OK : OC_E_DATA;
}

static oc_rc any_response(const struct oc_response *response)
{
    const struct oc_venue_request *ask = response->asked;
    for (uint32_t i = 0; i < response->asked_count; i++, ask = oc_request_next(ask))
        if (roll(3))
            (void)io_kit_answer(OC_EV_ACCEPTED, 0, ask->ask.id, "");
    return roll(5) ? OC_OK : (roll(2) ? OC_E_AGAIN : OC_E_DATA);
}

static oc_rc any_stream(const struct oc_stream *stream)
{
    if (roll(4) == 0)
        return OC_E_AGAIN;
    return stream->state == OC_STREAM_UP ? kit.net->ready(&kit.host, stream->stream) : OC_OK;
}

static oc_rc any_http(void *self, const struct io_exchange *exchange)
{
    (void)self;
    if (roll(6) == 0)
        return OC_E_IO;
    if (exchange_count < ORDERS_MAX)
        open_exchanges[exchange_count++] = exchange->exchange;
    return OC_OK;
}

static oc_rc any_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    (void)self, (void)stream, (void)bytes, (void)size;
    return roll(6) ? OC_OK : OC_E_STATE;
}

static void count_words(uint64_t seed)
{
    const struct oc_event *event;
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue)) {
        const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
        if (event->type < OC_EV_ACCEPTED || event->type > OC_EV_TAKEN)
            continue;
        const uint64_t id = answer->request;
        if (id >= ORDERS_MAX || !fates[id].is_asked)
            fail_msg("seed %llu: a word about request %llu, which nobody made", (unsigned long long)seed,
                     (unsigned long long)id);
        if (event->type == OC_EV_SENT)
            fates[id].sent++;
        else if (event->type != OC_EV_TAKEN || fates[id].last != OC_EV_UNKNOWN) /* it may be heard late */
            fates[id].words++;
        fates[id].last = event->type;
        if (fates[id].sent > 1 || fates[id].words > 1)
            fail_msg("seed %llu: request %llu left %d times and came to %d words", (unsigned long long)seed,
                     (unsigned long long)id, fates[id].sent, fates[id].words);
        seen[event->type]++;
    }
}

/* An order is asked for; later, perhaps, a change or a cancel of it. */
static void ask_any(void)
{
    const uint32_t id = ++order_count;
    uint8_t kind = OC_REQUEST_NEW;
    uint64_t order = id;
    if (id > 1 && roll(3) == 0) {
        const uint32_t other = 1 + roll(id - 1);
        kind = roll(2) ? OC_REQUEST_CANCEL : OC_REQUEST_AMEND;
        order = fates[other].kind == OC_REQUEST_NEW ? other : id;
    }
    fates[id].kind = kind;
    fates[id].is_asked = true;
    const uint32_t before = kit.calls[IO_SITE_REQUEST], pending = kit.venue.pending_count;
    assert_int_equal(io_kit_ask(kind, id, order), OC_OK);
    /* It was not taken over, for it took back what had not left. */
    fates[id].is_taken_back =
        kind == OC_REQUEST_CANCEL && kit.calls[IO_SITE_REQUEST] == before && kit.venue.pending_count < pending;
}

static void step_any(void)
{
    char text[8][32];
    const uint32_t which = roll(8);
    switch (roll(9)) {
    case 0:
    case 1:
    case 2:
        if (order_count + 1 < ORDERS_MAX)
            ask_any();
        return;
    case 3: {
        const uint32_t id = order_count ? 1 + roll(order_count) : 0;
        if (!id || fates[id].words || !fates[id].sent || kit.next_count)
            return;
        snprintf(text[which], sizeof text[which], "ack %u", id);
        io_kit_says(text[which]);
        break;
    }
    case 4:
        io_kit_falls(OC_WHY_NETWORK);
        break;
    case 5:
    case 6: {
        if (!exchange_count)
            return;
        const uint64_t exchange = open_exchanges[--exchange_count];
        const uint32_t what = roll(3);
        if (what == 0)
            io_kit_answers(exchange, 200, "");
        else
            io_kit_happens((struct io_happening){.kind = what == 1 ? IO_LOST : IO_UNSENT,
                                                 .exchange = exchange,
                                                 .at_ns = kit.now_ns,
                                                 .why = OC_WHY_NETWORK});
        break;
    }
    case 7:
        if (roll(6) == 0)
            io_venue_withdraw(&kit.venue, 0, OC_WHY_NOT_SENT);
        break;
    default:
        break;
    }
    /* What was said is heard before the texts of this step go. */
    for (int i = 0; i < 100 && (i == 0 || kit.next_count); i++)
        io_kit_pump(kit.now_ns + (int64_t)roll(400) * IO_KIT_MS);
    kit.next_count = 0;
}

static void drive(uint64_t seed)
{
    dice = seed;
    order_count = exchange_count = 0;
    memset(fates, 0, sizeof fates);
    io_kit_describe();
    kit.said_of.batch_new = 1 + roll(4);
    kit.said_of.batch_cancel = 1 + roll(2);
    kit.said_of.answer_ns = (int64_t)(1 + roll(8)) * IO_KIT_S;
    kit.on_request = any_request;
    kit.on_message = any_message;
    kit.on_response = any_response;
    kit.on_stream = any_stream;
    struct io_link link = io_kit_link();
    link.http = any_http;
    link.send = any_send;
    io_kit_init(&link);
    assert_int_equal(io_venue_start(&kit.venue, &kit), OC_OK);
    io_kit_pump(kit.now_ns);
    for (int i = 0; i < STEPS; i++) {
        step_any();
        count_words(seed);
    }
    io_kit_pump(kit.now_ns + 100 * IO_KIT_S);
    count_words(seed);
    for (uint32_t id = 1; id <= order_count; id++)
        if (fates[id].words != !fates[id].is_taken_back)
            fail_msg("seed %llu: request %u of kind %u came to %d words", (unsigned long long)seed, id, fates[id].kind,
                     fates[id].words);
    for (uint32_t id = 1; id <= order_count; id++)
        taken_back += fates[id].is_taken_back;
    assert_int_equal(kit.venue.pending_count, 0);
    io_venue_release(&kit.venue);
}

static void each_request_comes_to_exactly_one_word(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed++)
        drive(seed);
    static const int words[] = {OC_EV_SENT,    OC_EV_ACCEPTED,        OC_EV_REJECTED,       OC_EV_TAKEN,
                                OC_EV_UNKNOWN, OC_EV_CANCEL_REJECTED, OC_EV_AMEND_REJECTED, OC_EV_NOT_THERE};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (seen[words[i]] < RUNS / 4)
            fail_msg("the word %d was met %u times only", words[i], seen[words[i]]);
    assert_true(taken_back > RUNS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_request_comes_to_exactly_one_word)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
