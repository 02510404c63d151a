/* out_test.c: the list of what one input came to: its order, its savepoints, its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/out.h"

static struct oc_event small = {.size = sizeof small, .type = OC_EV_MARK};
static const struct oc_request asked = {.order = 7, .qty = 3, .tag = "a"};

static void records_stand_in_their_order(void **state)
{
    (void)state;
    struct engine_out out;
    assert_int_equal(out_init(&out), OC_OK);
    enum { COUNT = 3000 }; /* more than there was room for, twice */
    for (uint64_t i = 0; i < COUNT; i++) {
        if (i % 3 == 0) {
            assert_true(out_reserve_request(&out));
            struct out_request *request = out_add_request(&out, &asked, (struct order *)&out);
            const struct out_request made = {.order = (struct order *)&out, .request = asked};
            assert_memory_equal(request, &made, sizeof made);
            request->request.head.seq = i;
            request->is_denied = 1;
            continue;
        }
        small.seq = i;
        assert_int_equal(out_add_record(&out, &small), OC_OK);
    }
    assert_int_equal(out.entry_count, COUNT);
    assert_int_equal(out.request_count, COUNT / 3);
    assert_int_equal(out.size, COUNT / 3 * 2 * sizeof small);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(out.entries[i].kind, i % 3 ? OUT_RECORD : OUT_REQUEST);
        assert_int_equal(out_record(&out, &out.entries[i])->seq, i);
    }
    out_release(&out);
    assert_null(out.entries);
    assert_int_equal(out.entry_room, 0);
}

static void a_savepoint_takes_back_what_came_behind_it(void **state)
{
    (void)state;
    struct engine_out out;
    assert_int_equal(out_init(&out), OC_OK);
    const struct out_note note = {.kind = NOTE_ALARM};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(out_add_record(&out, &small), OC_OK);
        assert_true(out_reserve_request(&out));
        out_add_request(&out, &asked, NULL)->is_denied = 5;
        out_add_note(&out, &note);
    }
    struct out_mark mark = out_mark(&out);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(out_add_record(&out, &small), OC_OK);
        assert_true(out_reserve_request(&out));
        out_add_request(&out, &asked, NULL)->is_denied = 5;
        out_add_note(&out, &note);
    }
    memset(&out.requests[2].refusal, 'x', sizeof out.requests[2].refusal);
    out_rewind(&out, mark);
    assert_int_equal(out.entry_count, 4);
    assert_int_equal(out.request_count, 2);
    assert_int_equal(out.note_count, 2);
    assert_int_equal(out.size, 2 * sizeof small);
    assert_true(out_reserve_request(&out));
    const struct out_request made = {.request = asked};
    assert_memory_equal(out_add_request(&out, &asked, NULL), &made,
                        sizeof made); /* nothing is left of what stood there */
    out_release(&out);
}

static void a_record_has_the_size_of_an_event(void **state)
{
    (void)state;
    struct engine_out out;
    static const struct {
        uint32_t size;
        oc_rc rc;
    } cases[] = {{0, OC_E_INVALID},
                 {40, OC_E_INVALID},
                 {47, OC_E_INVALID},
                 {48, OC_OK},
                 {52, OC_E_INVALID},
                 {56, OC_OK},
                 {OC_EVENT_MAX - 4, OC_E_INVALID},
                 {OC_EVENT_MAX, OC_OK},
                 {OC_EVENT_MAX + 8, OC_E_INVALID}};
    struct oc_event *event = calloc(1, OC_EVENT_MAX + 8);
    assert_int_equal(out_init(&out), OC_OK);
    uint32_t size = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        event->size = cases[i].size;
        assert_int_equal(out_add_record(&out, event), cases[i].rc);
        size += cases[i].rc == OC_OK ? cases[i].size : 0;
        assert_int_equal(out.size, size);
    }
    assert_int_equal(out.entry_count, 3);
    out_release(&out);
    free(event);
}

static void it_stops_at_its_limits(void **state)
{
    (void)state;
    struct engine_out out;
    struct oc_event *large = calloc(1, OC_EVENT_MAX);
    large->size = OC_EVENT_MAX;
    assert_int_equal(out_init(&out), OC_OK);
    for (uint32_t i = 0; i < ENGINE_OUT_BYTES_MAX / OC_EVENT_MAX; i++)
        assert_int_equal(out_add_record(&out, large), OC_OK);
    assert_int_equal(out_add_record(&out, &small), OC_E_FULL);
    assert_int_equal(out.size, ENGINE_OUT_BYTES_MAX);
    assert_int_equal(out.entry_count, ENGINE_OUT_BYTES_MAX / OC_EVENT_MAX);
    assert_true(out_reserve_request(&out)); /* a request needs none of these bytes */
    out_rewind(&out, (struct out_mark){0});
    for (uint32_t i = 0; i < ENGINE_OUT_MAX; i++)
        assert_int_equal(out_add_record(&out, &small), OC_OK);
    assert_int_equal(out_add_record(&out, &small), OC_E_FULL);
    assert_int_equal(out.size, ENGINE_OUT_MAX * sizeof small);
    assert_false(out_reserve_request(&out));
    const struct out_note note = {.kind = NOTE_ALARM, .order = 7};
    for (uint32_t i = 0; i < ENGINE_OUT_MAX; i++)
        out_add_note(&out, &note);
    assert_int_equal(out.notes_lost, 0);
    out_add_note(&out, &note);
    out_add_note(&out, &note);
    assert_int_equal(out.notes_lost, 2);
    assert_int_equal(out.note_count, ENGINE_OUT_MAX);
    assert_int_equal(out.notes[ENGINE_OUT_MAX - 1].order, 7);
    out_release(&out);
    free(large);
}

static void a_denial_says_what_was_refused_and_why(void **state)
{
    (void)state;
    struct out_request request = {
        .request = {.head = {.size = sizeof request.request,
                             .type = OC_EV_REQUEST,
                             .flags = 5,
                             .seq = 41,
                             .inst = 9,
                             .local_ns = 77,
                             .cause = 40},
                    .order = 3,
                    .id = 4},
        .refusal = {.rule = "max_size", .reason = "TOO_MUCH", .used = {15, 1, 0}, .limit = {10, 2, 0}}};
    struct oc_ev_denied denial = out_denial(&request);
    assert_int_equal(denial.head.size, sizeof denial);
    assert_int_equal(denial.head.type, OC_EV_DENIED);
    assert_int_equal(denial.head.flags, 0);
    assert_int_equal(denial.head.seq, 42);
    assert_int_equal(denial.head.inst, 9);
    assert_int_equal(denial.head.local_ns, 77);
    assert_int_equal(denial.head.cause, 40);
    assert_int_equal(denial.order, 3);
    assert_int_equal(denial.request, 4);
    assert_int_equal(denial.used, 15);
    assert_int_equal(denial.used_scale, 1);
    assert_int_equal(denial.limit, 10);
    assert_int_equal(denial.limit_scale, 2);
    assert_int_equal(denial.definitive, 1);
    assert_string_equal(denial.reason, "TOO_MUCH");
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)&denial; /* it reads as one */
    assert_int_equal(answer->order, 3);
    assert_int_equal(answer->request, 4);
    assert_int_equal(answer->definitive, 1);
    assert_string_equal(answer->reason, "TOO_MUCH");
    assert_int_equal(offsetof(struct oc_ev_denied, rule), sizeof *answer);
    assert_string_equal(denial.rule, "max_size");
    request.request.head.seq = 0; /* not recorded */
    denial = out_denial(&request);
    assert_int_equal(denial.head.seq, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_stand_in_their_order),
        cmocka_unit_test(a_savepoint_takes_back_what_came_behind_it),
        cmocka_unit_test(a_record_has_the_size_of_an_event),
        cmocka_unit_test(it_stops_at_its_limits),
        cmocka_unit_test(a_denial_says_what_was_refused_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
