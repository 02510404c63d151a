/* Several places of one endpoint: when the active one is left, for which, when it is taken again; what has left is never moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/pool.h"

#define S  1000000000ll
#define MS 1000000ll
enum { NEXT_MAX = 64, TEXT_MAX = 4096 };

static struct {
    struct pool pool;
    struct io_link link;
    int64_t now_ns;
    struct io_happening next[NEXT_MAX];
    uint32_t next_count;
    bool is_dead[3]; /* places, by their number */
    char text[TEXT_MAX];
    uint64_t exchange;
    uint32_t stream;
} net;

static void note(const char *what, const char *place)
{
    const size_t size = strlen(net.text);
    snprintf(net.text + size, sizeof net.text - size, "%s %s\n", what, place);
}

static void noted(const char *wanted)
{
    assert_string_equal(net.text, wanted);
    net.text[0] = 0;
}

static void happens(struct io_happening what)
{
    assert_true(net.next_count < NEXT_MAX);
    net.next[net.next_count++] = what;
}

static uint32_t number_of(const char *place)
{
    return strchr(place, '#') ? (uint32_t)(strchr(place, '#')[1] - '1') : 0;
}

static oc_rc below_open(void *self, const struct io_opening *opening)
{
    return (void)self, note("open", opening->endpoint), OC_OK;
}
static oc_rc below_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    return (void)self, (void)stream, (void)bytes, (void)size, OC_OK;
}
static oc_rc below_http(void *self, const struct io_exchange *exchange)
{
    return (void)self, note("http", exchange->endpoint), OC_OK;
}
static void below_close(void *self, uint32_t stream) { (void)self, (void)stream; }

static oc_rc below_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    (void)self;
    if (!net.next_count || net.next[0].at_ns > until_ns)
        return OC_E_AGAIN;
    *ret = net.next[0];
    return OC_OK;
}

static void below_taken(void *self)
{
    (void)self;
    assert_true(net.next_count > 0);
    memmove(net.next, net.next + 1, --net.next_count * sizeof *net.next);
}

static int64_t below_next_ns(void *self) { return (void)self, net.next_count ? net.next[0].at_ns : INT64_MAX; }
static const char *below_authority(void *self, const char *endpoint) { return (void)self, endpoint; }

static oc_rc below_probe(void *self, const char *endpoint, uint64_t number)
{
    (void)self;
    note("probe", endpoint);
    happens((struct io_happening){.kind = IO_PROBED,
                                  .exchange = number,
                                  .status = !net.is_dead[number_of(endpoint)],
                                  .at_ns = net.now_ns + 10 * MS});
    return OC_OK;
}

/* Up to then; each move is noted. */
static void until(int64_t at_ns)
{
    struct io_happening what;
    for (;;) {
        const int64_t next_ns = net.link.next_ns(net.link.self), to_ns = next_ns < at_ns ? next_ns : at_ns;
        net.now_ns = to_ns > net.now_ns ? to_ns : net.now_ns;
        const oc_rc rc = net.link.next(net.link.self, net.now_ns, &what);
        if (rc == OC_OK) {
            if (what.kind == IO_MOVED)
                note("MOVED", what.bytes);
            net.link.taken(net.link.self);
        } else if (net.now_ns >= at_ns && net.link.next_ns(net.link.self) > at_ns) {
            return;
        }
    }
}

static void after(int64_t ns) { until(net.now_ns + ns); }

static void begin(uint32_t places)
{
    static const struct io_link below = {.open = below_open,
                                         .send = below_send,
                                         .http = below_http,
                                         .close = below_close,
                                         .next = below_next,
                                         .taken = below_taken,
                                         .next_ns = below_next_ns,
                                         .authority = below_authority,
                                         .probe = below_probe};
    static const char *const names[] = {"rest", "rest#2", "rest#3"};
    memset(&net, 0, sizeof net);
    net.now_ns = 1000 * S;
    pool_init(&net.pool, &below);
    for (uint32_t i = 0; i < places; i++)
        assert_int_equal(pool_add(&net.pool, "rest", names[i]), OC_OK);
    net.link = pool_link(&net.pool);
    after(0);
}

static uint64_t asks_as(bool is_query)
{
    const struct io_exchange exchange = {.exchange = ++net.exchange,
                                         .endpoint = "rest",
                                         .path = "/",
                                         .headers = "",
                                         .body = "",
                                         .is_query = is_query,
                                         .at_ns = net.now_ns};
    assert_int_equal(net.link.http(net.link.self, &exchange), OC_OK);
    return exchange.exchange;
}

static uint64_t asks(void) { return asks_as(false); }

static void ends(uint64_t exchange, uint32_t kind, uint16_t status)
{
    happens((struct io_happening){.kind = kind,
                                  .exchange = exchange,
                                  .status = status,
                                  .why = kind == IO_RESPONSE ? 0 : OC_WHY_NETWORK,
                                  .at_ns = net.now_ns});
    after(0);
}

static uint32_t opens(uint32_t flags)
{
    const struct io_opening opening = {
        .stream = ++net.stream, .endpoint = "rest", .path = "", .headers = "", .ping = "", .flags = flags};
    assert_int_equal(net.link.open(net.link.self, &opening), OC_OK);
    return opening.stream;
}

static void falls(uint32_t stream)
{
    happens((struct io_happening){.kind = IO_DOWN, .stream = stream, .why = OC_WHY_TIMEOUT, .at_ns = net.now_ns});
    after(0);
}

static void is_active(uint32_t place)
{
    uint32_t count;
    assert_int_equal(pool_active(&net.pool, "rest", &count), place);
}

/* One lost answer is no reason: the place is tried, and answers. */
static void what_is_lost_once_moves_nothing(void **state)
{
    (void)state;
    begin(2);
    ends(asks(), IO_LOST, 0);
    after(10 * S);
    noted("http rest\nprobe rest\n");
    ends(asks(), IO_RESPONSE, 200);
    after(60 * S);
    noted("http rest\n");
    is_active(0);
}

static void it_is_left_when_it_was_tried_in_vain_and_the_other_answers(void **state)
{
    (void)state;
    begin(2);
    net.is_dead[0] = true;
    const uint64_t under_way = asks();
    ends(asks(), IO_UNSENT, 0);
    after(400 * MS);
    noted("http rest\nhttp rest\nprobe rest\n");
    is_active(0);
    (void)asks(); /* as long as it is not proven where it goes */
    noted("http rest\n");
    after(S);
    noted("probe rest\nprobe rest#2\nMOVED endpoint rest: rest#2 in place of rest, which does not answer\n");
    is_active(1);
    ends(under_way, IO_LOST, 0); /* of there: says nothing of the other, and is not asked again */
    (void)asks();
    noted("http rest#2\n");
    assert_string_equal(net.link.authority(net.link.self, "rest"), "rest#2");
}

/* However much is lost: as long as it answers when it is tried, it is not left. */
static void what_is_lost_is_no_proof(void **state)
{
    (void)state;
    begin(2);
    for (int i = 0; i < 12; i++) {
        ends(asks(), IO_LOST, 0);
        after(100 * MS);
    }
    after(S);
    is_active(0);
    assert_int_equal(net.pool.moves, 0);
    net.is_dead[0] = true; /* now it does not */
    ends(asks(), IO_LOST, 0);
    after(S);
    is_active(1);
    begin(2);
    for (int i = 0; i < 12; i++)
        ends(asks(), IO_RESPONSE, 503); /* it says so itself: another would say the same */
    after(S);
    is_active(0);
}

static void it_does_not_move_to_what_does_not_answer(void **state)
{
    (void)state;
    begin(3);
    net.is_dead[0] = net.is_dead[1] = true;
    ends(asks(), IO_UNSENT, 0);
    after(5 * S);
    is_active(2);
    begin(3);
    net.is_dead[0] = net.is_dead[1] = net.is_dead[2] = true;
    ends(asks(), IO_UNSENT, 0);
    after(60 * S);
    is_active(0);
    assert_int_equal(net.pool.moves, 0);
    net.text[0] = 0;
    after(10 * S); /* it goes on trying, and not too often */
    uint32_t tries = 0;
    for (const char *at = net.text; (at = strstr(at, "probe")) != NULL; at++)
        tries++;
    assert_in_range(tries, 10, 60);
    net.is_dead[1] = false;
    after(3 * S);
    is_active(1);
}

static void the_first_is_taken_again_when_it_was_good_for_a_while(void **state)
{
    (void)state;
    begin(2);
    net.is_dead[0] = true;
    ends(asks(), IO_UNSENT, 0);
    after(2 * S);
    is_active(1);
    after(60 * S);
    is_active(1);
    net.is_dead[0] = false;
    after(9 * S);
    is_active(1); /* not at its first good answer */
    net.text[0] = 0;
    after(7 * S);
    is_active(0);
    assert_non_null(strstr(net.text, "MOVED endpoint rest: rest in place of rest#2, which stood in for it\n"));
    net.text[0] = 0;
    after(60 * S);
    noted(""); /* nothing is tried any more */
}

/* However many were answered before, what is lost now is noticed. */
static void what_is_over_takes_no_room(void **state)
{
    (void)state;
    begin(2);
    for (int i = 0; i < 2 * POOL_KNOWN_MAX; i++) {
        ends(asks(), IO_RESPONSE, 200);
        net.text[0] = 0;
    }
    net.is_dead[0] = true;
    ends(asks(), IO_LOST, 0);
    after(S);
    is_active(1);
}

/* Questions alone, and not where a place is doubted; the rest goes where it goes. */
static void questions_go_in_turn(void **state)
{
    (void)state;
    begin(3);
    assert_int_equal(pool_set_balance(&net.pool, "none", POOL_ROUND_ROBIN), OC_E_NOT_FOUND);
    assert_int_equal(pool_set_balance(&net.pool, "rest", POOL_ROUND_ROBIN), OC_OK);
    for (int i = 0; i < 4; i++)
        ends(asks_as(true), IO_RESPONSE, 200);
    ends(asks(), IO_RESPONSE, 200);
    noted("http rest\nhttp rest#2\nhttp rest#3\nhttp rest\nhttp rest\n");
    net.is_dead[1] = true;
    ends(asks_as(true), IO_LOST, 0); /* of the second */
    after(20 * MS);
    noted("http rest#2\nprobe rest#2\n");
    for (int i = 0; i < 4; i++)
        ends(asks_as(true), IO_RESPONSE, 200);
    assert_null(strstr(net.text, "rest#2"));
    is_active(0);
    net.is_dead[1] = false;
    after(6 * S);
    net.text[0] = 0;
    for (int i = 0; i < 3; i++)
        ends(asks_as(true), IO_RESPONSE, 200);
    assert_non_null(strstr(net.text, "http rest#2\n"));
    net.is_dead[0] = true; /* the active one: moves, and no question goes there either */
    ends(asks(), IO_LOST, 0);
    after(2 * S);
    is_active(1);
    net.text[0] = 0;
    for (int i = 0; i < 3; i++)
        ends(asks_as(true), IO_RESPONSE, 200);
    assert_null(strstr(net.text, "http rest\n"));
}

static void questions_go_where_they_are_answered_soonest(void **state)
{
    uint32_t counts[2] = {0};
    (void)state;
    begin(2);
    assert_int_equal(pool_set_balance(&net.pool, "rest", POOL_LEAST_LATENCY), OC_OK);
    for (int i = 0; i < 64; i++) {
        net.text[0] = 0;
        const uint64_t exchange = asks_as(true);
        const bool is_second = strstr(net.text, "rest#2") != NULL;
        after((is_second ? 2 : 9) * MS);
        ends(exchange, IO_RESPONSE, 200);
        counts[is_second]++;
    }
    assert_true(counts[1] > 55 && counts[0] >= 2 && counts[0] <= 8); /* the slow one is looked at all the same */
}

static void streams_go_on_at_once_but_those_of_orders(void **state)
{
    (void)state;
    begin(2);
    const uint32_t market = opens(0), orders = opens(OC_OPEN_ORDERS);
    falls(market);
    (void)opens(0);
    falls(orders);
    (void)opens(OC_OPEN_ORDERS);
    after(S);
    noted("open rest\nopen rest\nprobe rest\nopen rest#2\nopen rest\nprobe rest\n");
    is_active(0);
}

static void no_more_than_there_is_room_for(void **state)
{
    char name[POOL_NAME_MAX + 8];
    (void)state;
    begin(2);
    for (uint32_t i = 2; i < POOL_PLACES_MAX; i++)
        assert_int_equal(pool_add(&net.pool, "rest", "more"), OC_OK);
    assert_int_equal(pool_add(&net.pool, "rest", "more"), OC_E_LIMIT);
    for (uint32_t i = 1; i < POOL_ENDPOINTS_MAX; i++) {
        snprintf(name, sizeof name, "e%u", i);
        assert_int_equal(pool_add(&net.pool, name, name), OC_OK);
    }
    assert_int_equal(pool_add(&net.pool, "other", "other"), OC_E_LIMIT);
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_int_equal(pool_add(&net.pool, name, "place"), OC_E_LIMIT);
    for (int i = 0; i < POOL_KNOWN_MAX + 10; i++)
        (void)asks(); /* what is not known any more is not judged */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_lost_once_moves_nothing),
        cmocka_unit_test(it_is_left_when_it_was_tried_in_vain_and_the_other_answers),
        cmocka_unit_test(what_is_lost_is_no_proof),
        cmocka_unit_test(it_does_not_move_to_what_does_not_answer),
        cmocka_unit_test(the_first_is_taken_again_when_it_was_good_for_a_while),
        cmocka_unit_test(what_is_over_takes_no_room),
        cmocka_unit_test(questions_go_in_turn),
        cmocka_unit_test(questions_go_where_they_are_answered_soonest),
        cmocka_unit_test(streams_go_on_at_once_but_those_of_orders),
        cmocka_unit_test(no_more_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
