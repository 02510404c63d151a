/* sim_answers_test.c: answers of a simulator that are under way: their order, and what is forgotten, dropped and saved of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "session/sim_answers.h"

static const struct oc_sim sim_table = {.size = sizeof sim_table};

static void what_is_under_way_is_forgotten_dropped_and_saved(void **state)
{
    (void)state;
    struct sim_answers sim_answers, other;
    union {
        struct oc_event head;
        struct oc_ev_fill fill;
        char bytes[256];
    } got, same;
    static char bytes[65536];
    sim_answers_init(&sim_answers, &sim_table, NULL);
    sim_answers_init(&other, &sim_table, NULL);
    struct oc_ev_answer answer = {.head = {.size = sizeof answer, .type = OC_EV_ACCEPTED}};
    struct oc_ev_fill fill = {.head = {.size = sizeof fill, .type = OC_EV_FILL}, .trade_id_size = 2, .trade_id = "a"};
    struct oc_event mark = {.size = sizeof mark, .type = OC_EV_MARK};
    assert_false(sim_answers_forget(&sim_answers, &mark));
    for (uint64_t i = 0; i < 40; i++) {
        answer.order = answer.request = fill.order = i % 10;
        fill.trade_id[1] = (char)(i / 10);
        assert_int_equal(sim_answers_emit(&sim_answers, (int64_t)(100 - i), &answer.head), OC_OK);
        assert_int_equal(sim_answers_emit(&sim_answers, (int64_t)(100 - i * 7 % 40), &fill.head), OC_OK);
    }
    assert_int_equal(sim_answers_emit(&sim_answers, 1, &mark), OC_OK);
    assert_false(sim_answers_forget(&sim_answers, &mark)); /* about no order */
    answer.order = 7;
    answer.request = 8;
    assert_false(sim_answers_forget(&sim_answers, &answer.head)); /* of an amendment that was not made */
    answer.request = 7;
    assert_true(sim_answers_forget(&sim_answers, &answer.head));
    fill.order = 7;
    fill.trade_id[1] = 2;
    assert_true(sim_answers_forget(&sim_answers, &fill.head));
    assert_false(sim_answers_forget(&sim_answers, &fill.head));
    fill.trade_id_size = 1;
    assert_false(sim_answers_forget(&sim_answers, &fill.head));
    sim_answers_drop(&sim_answers, &mark); /* nothing */
    answer.order = 3;
    sim_answers_drop(&sim_answers, &answer.head);
    assert_int_equal(sim_answers.count, 81 - 2 - 8);

    assert_int_equal(sim_answers_save(&sim_answers, bytes, 100), OC_E_LIMIT);
    int64_t size = sim_answers_save(&sim_answers, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(sim_answers_load(&other, bytes, 7), OC_E_DATA);
    assert_int_equal(sim_answers_load(&other, bytes, (size_t)size - 1), OC_E_DATA);
    assert_int_equal(sim_answers_load(&other, bytes, (size_t)size), OC_OK);
    assert_int_equal(other.emitted, sim_answers.emitted);
    int sevens = 0;
    while (sim_answers_take(&sim_answers, 1000, &got, sizeof got) == OC_OK) {
        assert_int_equal(sim_answers_take(&other, 1000, &same, sizeof same), OC_OK);
        assert_memory_equal(&got, &same, got.head.size);
        sevens += got.head.type == OC_EV_FILL && got.fill.order == 7;
        assert_false(got.head.type == OC_EV_FILL && got.fill.order == 3);
    }
    assert_int_equal(sevens, 3);
    assert_int_equal(sim_answers_take(&other, 1000, &same, sizeof same), OC_E_NOT_FOUND);
    memset(bytes + 8 + 16, 0, 4); /* an answer without a size */
    assert_int_equal(sim_answers_load(&other, bytes, (size_t)size), OC_E_DATA);
    while (sim_answers_take(&sim_answers, INT64_MAX, &got, sizeof got) == OC_OK)
        ;
    for (uint64_t i = 0; i < 90; i++) { /* whatever the heap looks like, all of one order go and all others stay */
        answer.order = answer.request = i % 3;
        assert_int_equal(sim_answers_emit(&sim_answers, (int64_t)(1000 + i * 37 % 90), &answer.head), OC_OK);
    }
    answer.order = 1;
    sim_answers_drop(&sim_answers, &answer.head);
    assert_int_equal(sim_answers.count, 60);
    answer.order = 2;
    sim_answers_drop(&sim_answers, &answer.head);
    assert_int_equal(sim_answers.count, 30);
    for (int64_t last = 0; sim_answers_take(&sim_answers, INT64_MAX, &got, sizeof got) == OC_OK;
         last = got.head.venue_ns)
        assert_true(got.head.venue_ns >= last && ((const struct oc_ev_answer *)(const void *)&got)->order == 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(sim_answers_emit(&sim_answers, i, &answer.head), OC_OK);
    sim_answers_drop(&sim_answers, &answer.head);
    assert_int_equal(sim_answers.count, 0);
    sim_answers_release(&sim_answers);
    sim_answers_release(&other);
}

static void answers_come_by_time_and_then_by_emission(void **state)
{
    (void)state;
    struct sim_answers sim_answers;
    union {
        struct oc_event head;
        char bytes[256];
    } got;
    sim_answers_init(&sim_answers, &sim_table, NULL);
    struct oc_event event = {.size = sizeof event, .type = OC_EV_MARK};
    uint64_t random = 5;
    for (uint64_t i = 0; i < 2000; i++) {
        random = random * 6364136223846793005ull + 1442695040888963407ull;
        event.seq = i;
        event.venue_ns = (int64_t)(random >> 33) % 50;
        assert_int_equal(sim_answers_emit(&sim_answers, event.venue_ns, &event), OC_OK);
    }
    int64_t last_ns = -1;
    uint64_t last_seq = 0;
    int count = 0;
    while (sim_answers_take(&sim_answers, 100, &got, sizeof got) == OC_OK) {
        assert_true(got.head.venue_ns > last_ns || (got.head.venue_ns == last_ns && got.head.seq > last_seq));
        last_ns = got.head.venue_ns;
        last_seq = got.head.seq;
        count++;
    }
    assert_int_equal(count, 2000);
    event.size = 4;
    assert_int_equal(sim_answers_emit(&sim_answers, 1, &event), OC_E_INVALID);
    event.size = SIM_ANSWERS_ANSWER_MAX + 8;
    assert_int_equal(sim_answers_emit(&sim_answers, 1, &event), OC_E_INVALID);
    event.size = 52;
    assert_int_equal(sim_answers_emit(&sim_answers, 1, &event), OC_E_INVALID);
    event.size = 48;
    sim_answers_emit(&sim_answers, 1, &event);
    assert_int_equal(sim_answers_take(&sim_answers, 1, &got, 8), OC_E_LIMIT);
    assert_int_equal(sim_answers_take(&sim_answers, 0, &got, sizeof got), OC_E_NOT_FOUND);
    for (uint32_t i = 1; i < 262144; i++)
        assert_int_equal(sim_answers_emit(&sim_answers, 1, &event), OC_OK);
    assert_int_equal(sim_answers_emit(&sim_answers, 1, &event), OC_E_FULL);
    sim_answers_release(&sim_answers);
}

/* What is still to be told of one position: the fills of its account and instrument, bought and sold. */
static void units_under_way_are_those_of_one_position(void **state)
{
    (void)state;
    struct sim_answers sim_answers, other;
    char bytes[4096];
    sim_answers_init(&sim_answers, &sim_table, NULL);
    sim_answers_init(&other, &sim_table, NULL);
    assert_true(sim_answers_last_fill_ns(&sim_answers) == INT64_MIN);
    int64_t size = sim_answers_save(&sim_answers, bytes, sizeof bytes); /* nothing is a state too */
    assert_true(size > 0);
    assert_int_equal(sim_answers_load(&other, bytes, (size_t)size), OC_OK);
    struct oc_ev_fill fill = {.head = {.size = sizeof fill, .type = OC_EV_FILL, .source = 2, .inst = OC_INST(3, 1)},
                              .qty = 5,
                              .side = OC_SIDE_BUY};
    assert_int_equal(sim_answers_emit(&sim_answers, 70, &fill.head), OC_OK);
    fill.head.inst = OC_INST(3, 2); /* a later version of it */
    fill.qty = 4;
    assert_int_equal(sim_answers_emit(&sim_answers, 90, &fill.head), OC_OK);
    fill.side = OC_SIDE_SELL;
    fill.qty = 2;
    assert_int_equal(sim_answers_emit(&sim_answers, 80, &fill.head), OC_OK);
    fill.qty = 100;
    fill.head.source = 1;
    assert_int_equal(sim_answers_emit(&sim_answers, 60, &fill.head), OC_OK);
    fill.head.source = 2;
    fill.head.inst = OC_INST(4, 1);
    assert_int_equal(sim_answers_emit(&sim_answers, 60, &fill.head), OC_OK);
    struct oc_ev_answer answer = {.head = {.size = sizeof answer, .type = OC_EV_ACCEPTED, .source = 2}};
    assert_int_equal(sim_answers_emit(&sim_answers, 99, &answer.head), OC_OK);
    assert_true(sim_answers_units(&sim_answers, 2, OC_INST(3, 1)) == 5 + 4 - 2);
    assert_true(sim_answers_units(&sim_answers, 1, OC_INST(3, 1)) == -100);
    assert_true(sim_answers_last_fill_ns(&sim_answers) == 90);
    size = sim_answers_save(&sim_answers, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(sim_answers_save(&sim_answers, bytes, (size_t)size), size); /* just large enough */
    assert_int_equal(sim_answers_save(&sim_answers, bytes, (size_t)size - 1), OC_E_LIMIT);
    sim_answers_release(&sim_answers);
    sim_answers_release(&other);
}

/* As long as may be, and eight bytes longer; there is room for it when it is taken. */
static void an_answer_has_its_longest(void **state)
{
    (void)state;
    struct sim_answers sim_answers;
    static union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_LONG_MAX + 16];
    } event, got;
    sim_answers_init(&sim_answers, &sim_table, NULL);
    event.head = (struct oc_event){.size = SIM_ANSWERS_ANSWER_MAX, .type = OC_EV_MARK};
    assert_int_equal(sim_answers_emit(&sim_answers, 1, &event.head), OC_OK);
    event.head.size += 8;
    assert_int_equal(sim_answers_emit(&sim_answers, 1, &event.head), OC_E_INVALID);
    assert_int_equal(sim_answers_take(&sim_answers, 1, &got, SIM_ANSWERS_ANSWER_MAX - 1), OC_E_LIMIT);
    assert_int_equal(sim_answers_take(&sim_answers, 1, &got, SIM_ANSWERS_ANSWER_MAX), OC_OK);
    sim_answers_release(&sim_answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_under_way_is_forgotten_dropped_and_saved),
        cmocka_unit_test(answers_come_by_time_and_then_by_emission),
        cmocka_unit_test(units_under_way_are_those_of_one_position),
        cmocka_unit_test(an_answer_has_its_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
