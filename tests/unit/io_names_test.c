/* The instruments of a venue by its own names, and the queue of what it has said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/queue.h"
#include "io/venue_names.h"

#include <outcry/outcry.h>

static struct venue_names names;

static struct oc_instrument made(uint32_t index, uint32_t version)
{
    struct oc_instrument in = {.inst = OC_INST(index, version),
                               .price_step = {.units = 5, .scale = 2},
                               .qty_step = {.units = 1, .scale = 8},
                               .venue_number = index + 1000};
    snprintf(in.symbol, sizeof in.symbol, "S%u", index);
    snprintf(in.venue_symbol, sizeof in.venue_symbol, "v-%u", index);
    return in;
}

static int open_names(void **state)
{
    (void)state;
    venue_names_init(&names, NULL);
    return 0;
}

static int close_names(void **state)
{
    (void)state;
    venue_names_release(&names);
    return 0;
}

static void each_of_sixteen_thousand_is_found_by_each_of_its_names(void **state)
{
    char symbol[32];
    (void)state;
    for (uint32_t i = 1; i <= NAMES_MAX; i++) {
        const struct oc_instrument in = made(i, 1);
        assert_int_equal(venue_names_add(&names, &in), OC_OK);
    }
    const struct oc_instrument more = made(NAMES_MAX + 1, 1);
    assert_int_equal(venue_names_add(&names, &more), OC_E_LIMIT);
    for (uint32_t i = 1; i <= NAMES_MAX; i++) {
        const int size = snprintf(symbol, sizeof symbol, "v-%u and more", i);
        const struct oc_instrument *found = venue_names_symbol(&names, symbol, (uint32_t)size - 9);
        assert_non_null(found);
        assert_int_equal(found->inst, OC_INST(i, 1));
        assert_ptr_equal(venue_names_number(&names, i + 1000), found);
        assert_ptr_equal(venue_names_inst(&names, OC_INST(i, 9)), found);
    }
    assert_null(venue_names_number(&names, 1000));
    assert_null(venue_names_inst(&names, OC_INST(NAMES_MAX + 1, 1)));
}

/* A configuration calls an instrument by its unified name until the venue has said its own. */
static void the_name_that_the_venue_says_takes_the_place_of_the_first(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 64; i++) { /* as many as there is room for before the tables grow */
        const struct oc_instrument in = made(i, 1);
        assert_int_equal(venue_names_add(&names, &in), OC_OK);
    }
    for (uint32_t i = 1; i <= 64; i++) {
        struct oc_instrument in = made(i, 1);
        snprintf(in.venue_symbol, sizeof in.venue_symbol, "W%u", i);
        in.venue_number = 5000 + i;
        assert_int_equal(venue_names_add(&names, &in), OC_OK);
    }
    assert_null(venue_names_symbol(&names, "v-7", 3));
    assert_null(venue_names_symbol(&names, NULL, 0)); /* a message that names none */
    assert_null(venue_names_number(&names, 1007));
    assert_int_equal(venue_names_symbol(&names, "W7", 2)->inst, OC_INST(7, 1));
    assert_int_equal(venue_names_number(&names, 5064)->inst, OC_INST(64, 1));
}

static void a_new_version_takes_the_place_of_the_old_one(void **state)
{
    struct oc_instrument in = made(7, 1);
    (void)state;
    assert_int_equal(venue_names_add(&names, &in), OC_OK);
    in = made(7, 2);
    in.price_step.units = 25;
    assert_int_equal(venue_names_add(&names, &in), OC_OK);
    assert_int_equal(names.count, 1);
    struct oc_scale scale;
    venue_names_scale(venue_names_symbol(&names, "v-7", 3), &scale);
    assert_int_equal(scale.inst, OC_INST(7, 2));
    assert_int_equal(scale.price_div, 25);
    assert_int_equal(scale.price_digits, 2);
    assert_int_equal(scale.qty_div, 1);
    assert_int_equal(scale.qty_digits, 8);
}

static void a_part_of_a_name_is_no_name(void **state)
{
    const struct oc_instrument in = made(12, 1);
    (void)state;
    assert_null(venue_names_symbol(&names, "v-12", 4));
    assert_null(venue_names_number(&names, 1012));
    assert_int_equal(venue_names_add(&names, &in), OC_OK);
    assert_non_null(venue_names_symbol(&names, "v-12", 4));
    assert_null(venue_names_symbol(&names, "v-12", 3));
    assert_null(venue_names_symbol(&names, "v-123", 5));
    assert_null(venue_names_symbol(&names, "", 0));
    assert_null(venue_names_symbol(&names, "v-12", OC_SYMBOL_MAX));
    assert_null(venue_names_number(&names, 0));
}

/* Names of which each begins all longer ones, so that a lookup meets some of them. */
static void the_beginning_of_many_names_is_none_of_them(void **state)
{
    enum { LONGEST = OC_SYMBOL_MAX - 1 };
    char all[LONGEST];
    (void)state;
    memset(all, 'a', sizeof all);
    for (uint32_t size = 2; size <= LONGEST; size += 2) {
        struct oc_instrument in = made(size, 1);
        memset(in.venue_symbol, 0, sizeof in.venue_symbol);
        memcpy(in.venue_symbol, all, size);
        assert_int_equal(venue_names_add(&names, &in), OC_OK);
    }
    for (uint32_t size = 1; size <= LONGEST; size++) {
        const struct oc_instrument *found = venue_names_symbol(&names, all, size);
        assert_true(size % 2 ? !found : found && found->inst == OC_INST(size, 1));
    }
}

static void without_a_name_of_the_venue_the_unified_one_serves(void **state)
{
    struct oc_instrument in = made(3, 1);
    (void)state;
    memset(in.venue_symbol, 0, sizeof in.venue_symbol);
    in.venue_number = 0;
    assert_int_equal(venue_names_add(&names, &in), OC_OK);
    assert_non_null(venue_names_symbol(&names, "S3", 2));
}

static void what_cannot_be_counted_in_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct oc_instrument in = made(3, 1);
        if (i == 0)
            in.price_step.units = 0;
        else if (i == 1)
            in.qty_step.units = -1;
        else if (i == 2)
            in.qty_step.scale = OC_DEC_SCALE_MAX + 1;
        else
            in.inst = 0;
        assert_int_equal(venue_names_add(&names, &in), OC_E_INVALID);
    }
    assert_int_equal(names.count, 0);
}

/* The queue. */

static struct queue queue;

static int open_queue(void **state)
{
    (void)state;
    queue_init(&queue);
    return 0;
}

static int close_queue(void **state)
{
    (void)state;
    queue_release(&queue);
    return 0;
}

static oc_rc push(int64_t number, uint32_t size)
{
    struct oc_event *event;
    const oc_rc rc = queue_reserve(&queue, size, &event);
    if (rc < 0)
        return rc;
    event->size = size;
    event->type = OC_EV_TRADE;
    event->venue_ns = number;
    return queue_commit(&queue, event);
}

static void is_first(int64_t number)
{
    const struct oc_event *first = queue_first(&queue);
    assert_non_null(first);
    assert_int_equal(first->venue_ns, number);
    queue_drop(&queue);
}

static void a_call_that_failed_said_nothing(void **state)
{
    (void)state;
    queue_begin(&queue, 1000);
    assert_int_equal(push(1, 48), OC_OK);
    assert_null(queue_first(&queue)); /* not before it stands */
    assert_int_equal(queue_called(&queue, NULL)->venue_ns, 1);
    queue_end(&queue, true);
    queue_begin(&queue, 1000);
    assert_int_equal(push(2, 48), OC_OK);
    queue_end(&queue, false);
    queue_begin(&queue, 1000);
    assert_int_equal(push(3, 48), OC_OK);
    const struct oc_event *called = queue_called(&queue, NULL);
    assert_int_equal(called->venue_ns, 3);
    assert_null(queue_called(&queue, called));
    queue_end(&queue, true);
    is_first(1);
    is_first(3);
    assert_null(queue_first(&queue));
    queue_drop(&queue);
    assert_int_equal(queue.committed, 2);
}

static void the_hosts_word_comes_behind_nothing_that_failed(void **state)
{
    const struct oc_event word = {.size = sizeof word, .type = OC_EV_TRADE, .venue_ns = 7};
    (void)state;
    queue_begin(&queue, 1000);
    assert_int_equal(push(1, 48), OC_OK);
    queue_end(&queue, false);
    assert_int_equal(queue_add(&queue, &word), OC_OK);
    queue_end(&queue, true);
    is_first(7);
    assert_null(queue_first(&queue));
}

static void a_call_has_its_room_to_the_byte(void **state)
{
    (void)state;
    queue_begin(&queue, 96);
    assert_int_equal(push(1, 48), OC_OK);
    assert_int_equal(push(2, 48), OC_OK);
    assert_int_equal(push(3, 48), OC_E_FULL);
    queue_end(&queue, true);
    queue_begin(&queue, 48); /* of this call alone */
    assert_int_equal(push(4, 48), OC_OK);
    assert_int_equal(push(5, 48), OC_E_FULL);
    queue_end(&queue, true);
    is_first(1);
    is_first(2);
    is_first(4);
}

static void what_is_impossible_is_refused_and_counted(void **state)
{
    struct oc_event *event, *other;
    (void)state;
    queue_begin(&queue, 100000);
    assert_int_equal(push(1, 40), OC_E_INVALID);
    assert_int_equal(push(1, 52), OC_E_INVALID);
    assert_int_equal(push(1, OC_EVENT_MAX + 8), OC_E_INVALID);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(queue_reserve(&queue, 96, &event), OC_OK);
        event->size = i == 0 ? 104 : i == 1 ? 40 : i == 2 ? 60 : 96;
        event->type = i == 3 ? OC_EV_NONE : i == 4 ? OC_EV_END : OC_EV_TRADE;
        assert_int_equal(queue_commit(&queue, event), OC_E_DATA);
        assert_int_equal(queue_commit(&queue, event), OC_E_STATE);
    }
    assert_int_equal(queue.malformed, 5);
    assert_int_equal(queue_reserve(&queue, 96, &event), OC_OK);
    event->venue_ns = 5;
    assert_int_equal(queue_reserve(&queue, 48, &other), OC_OK); /* replaces the first, and is zeroed */
    assert_int_equal(other->venue_ns, 0);
    other->size = 48;
    other->type = OC_EV_TRADE;
    assert_int_equal(queue_commit(&queue, other), OC_OK);
    queue_end(&queue, true);
    is_first(0);
    assert_null(queue_first(&queue));
}

/* Taken while more is said, for a million events: the room stays small, and the order is kept. */
static void what_was_taken_leaves_its_room(void **state)
{
    (void)state;
    int64_t in = 0, out = 0;
    for (int round = 0; round < 20000; round++) {
        queue_begin(&queue, 100000);
        for (int i = 0; i < 50; i++)
            assert_int_equal(push(in++, 48 + (uint32_t)(i % 5) * 8), OC_OK);
        queue_end(&queue, true);
        while (out < in - 20)
            is_first(out++);
    }
    assert_true(queue.room <= 1 << 17);
    while (out < in)
        is_first(out++);
    assert_null(queue_first(&queue));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_of_sixteen_thousand_is_found_by_each_of_its_names, open_names,
                                        close_names),
        cmocka_unit_test_setup_teardown(the_name_that_the_venue_says_takes_the_place_of_the_first, open_names,
                                        close_names),
        cmocka_unit_test_setup_teardown(a_new_version_takes_the_place_of_the_old_one, open_names, close_names),
        cmocka_unit_test_setup_teardown(a_part_of_a_name_is_no_name, open_names, close_names),
        cmocka_unit_test_setup_teardown(the_beginning_of_many_names_is_none_of_them, open_names, close_names),
        cmocka_unit_test_setup_teardown(without_a_name_of_the_venue_the_unified_one_serves, open_names, close_names),
        cmocka_unit_test_setup_teardown(what_cannot_be_counted_in_is_refused, open_names, close_names),
        cmocka_unit_test_setup_teardown(a_call_that_failed_said_nothing, open_queue, close_queue),
        cmocka_unit_test_setup_teardown(the_hosts_word_comes_behind_nothing_that_failed, open_queue, close_queue),
        cmocka_unit_test_setup_teardown(a_call_has_its_room_to_the_byte, open_queue, close_queue),
        cmocka_unit_test_setup_teardown(what_is_impossible_is_refused_and_counted, open_queue, close_queue),
        cmocka_unit_test_setup_teardown(what_was_taken_leaves_its_room, open_queue, close_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
