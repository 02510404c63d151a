/* session_alloc_test.c: each allocation that opens a session fails once, and it is said; each of the names that orders are called by again:
 * nothing leaks, and what is asked for again succeeds. */
#include "session/names_again.h"
#include "support/failing_heap.h"
#include "support/said_kit.h"
#include "support/session_parts.h"

/* A session of one file, two rules and a venue. Whether an allocation failed. */
static bool opens_once(uint64_t fail_at)
{
    struct house *house = made(1);
    set(house, "risk.kill_switch.name", "kill");
    set(house, "data.intrabar", "b.csv");
    sheets[0].period_ns = 60 * HOUSE_SECOND;
    sheets[1].path = "b.csv";
    session_add_kernel(house->session, true, true);
    session_add_balances(house->session, true);
    heap.count = 0;
    heap.has_failed = false;
    heap.fail_at = fail_at;
    const oc_rc rc = session_open(house->session);
    heap.fail_at = 0;
    const bool has_failed = heap.has_failed;
    if (rc < 0 && !has_failed)
        fail_msg("%s", said(&house->session->words.error));
    assert_int_equal(rc < 0, has_failed);
    assert_int_equal(error_is_set(&house->session->words.error), has_failed);
    assert_int_equal(session_close(house->session), OC_OK);
    house_free(house);
    return has_failed;
}

static void a_session_is_opened_or_says_why_not(void **state)
{
    (void)state;
    uint64_t n = 1;
    (void)opens_once(0); /* what is loaded once and stays */
    while (opens_once(n))
        n++;
    assert_true(n > 40);
}

static struct oc_request ask_of(uint64_t order)
{
    return (struct oc_request){
        .head = {.size = sizeof(struct oc_request), .type = OC_EV_REQUEST}, .kind = OC_REQUEST_NEW, .order = order};
}

static struct oc_ev_venue_answer said_of(uint64_t order)
{
    struct oc_ev_venue_answer said = {
        .answer = {.head = {.size = sizeof said, .type = OC_EV_ACCEPTED, .source = 1}, .order = order}};
    said.venue_order.size =
        (uint8_t)snprintf(said.venue_order.text, sizeof said.venue_order.text, "v%llu", (unsigned long long)order);
    return said;
}

static oc_rc once_more(struct names_again *names, const struct oc_event *event)
{
    oc_rc rc = names_again_note(names, event);
    if (rc < 0) {
        assert_true(heap.has_failed);
        assert_int_equal(rc, OC_E_NOMEM);
        rc = names_again_note(names, event);
    }
    return rc;
}

static bool names_once(uint64_t fail_at)
{
    enum { ORDERS = 1100 };
    const int64_t before = heap.live;
    struct names_again *names = NULL;
    heap.count = 0;
    heap.has_failed = false;
    heap.fail_at = fail_at;
    if (names_again_new(&names) < 0) {
        assert_true(heap.has_failed && !names && heap.live == before);
        assert_int_equal(names_again_new(&names), OC_OK);
    }
    for (uint64_t order = 1; order <= ORDERS; order++) {
        const struct oc_request ask = ask_of(order);
        const struct oc_ev_venue_answer said = said_of(order);
        assert_int_equal(once_more(names, &ask.head), OC_OK);
        assert_int_equal(once_more(names, &said.answer.head), OC_OK);
    }
    heap.fail_at = 0;
    for (uint64_t order = 1; order <= ORDERS; order++) {
        const struct oc_ev_venue_answer said = said_of(order);
        assert_memory_equal(&names_again_find(names, order)->now[ID_VENUE], &said.venue_order, sizeof said.venue_order);
    }
    assert_null(names_again_find(names, ORDERS + 1));
    names_again_free(names);
    assert_int_equal(heap.live, before);
    return heap.has_failed;
}

static void names_are_kept_or_asked_for_again(void **state)
{
    (void)state;
    uint64_t n = 1;
    while (names_once(n))
        n++;
    assert_int_equal(n, 4 + 2 * 2 + 2 + 1); /* what it begins with; each table grows twice, the list with one of them */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_opened_or_says_why_not),
        cmocka_unit_test(names_are_kept_or_asked_for_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
