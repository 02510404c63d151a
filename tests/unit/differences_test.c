/* Where a venue was other than was known: by day and reason, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/state.h"
#include "report/differences.h"

#define DAY 86400000000000ll

static struct differences differences;

static void notes(uint32_t kind, uint16_t type, int64_t at_ns, const char *words)
{
    const struct out_note note = {.kind = kind, .before = STATE_ACCEPTED, .after = STATE_CANCELED, .words = words};
    const struct oc_event event = {.type = type, .local_ns = at_ns};
    differences_note(&differences, &note, &event);
}

static void each_day_and_reason_is_a_row(void **state)
{
    const struct out_note alone = {.kind = NOTE_ALARM, .words = "of nothing"};
    (void)state;
    memset(&differences, 0, sizeof differences);
    notes(NOTE_ADOPTED, OC_EV_ORDER, 5 * DAY + 1, NULL);
    notes(NOTE_ORDER, OC_EV_ORDER, 5 * DAY + 2, NULL);
    notes(NOTE_ORDER, OC_EV_ORDER, 6 * DAY - 1, NULL);
    notes(NOTE_ORDER, OC_EV_ORDER, 6 * DAY, NULL);
    notes(NOTE_ALARM, OC_EV_BALANCE, 6 * DAY, "a balance");
    notes(NOTE_ORDER, OC_EV_CANCELED, 6 * DAY, NULL); /* its news: no difference */
    notes(NOTE_FILL, OC_EV_FILL, 6 * DAY, NULL);
    notes(NOTE_DUPLICATE, OC_EV_FILL, 6 * DAY, NULL);
    notes(NOTE_MISSING, OC_EV_ORDER, -1, NULL);
    differences_note(&differences, &alone, NULL);
    static const struct difference wanted[] = {{5 * DAY, "an order of another hand", 1},
                                               {5 * DAY, "an order in another state than was known", 2},
                                               {6 * DAY, "an order in another state than was known", 1},
                                               {6 * DAY, "a balance", 1},
                                               {-DAY, "fills that had not been told", 1}};
    assert_int_equal(differences.count, sizeof wanted / sizeof *wanted);
    for (uint32_t i = 0; i < differences.count; i++) {
        assert_true(differences.rows[i].day_ns == wanted[i].day_ns && differences.rows[i].count == wanted[i].count);
        assert_string_equal(differences.rows[i].words, wanted[i].words);
    }
}

static void what_finds_no_row_is_counted(void **state)
{
    (void)state;
    memset(&differences, 0, sizeof differences);
    for (int i = 0; i < DIFFERENCES_MAX + 3; i++)
        notes(NOTE_MISSING, OC_EV_ORDER, i * DAY, NULL);
    notes(NOTE_MISSING, OC_EV_ORDER, 0, NULL);
    assert_true(differences.count == DIFFERENCES_MAX && differences.beyond == 3 && differences.rows[0].count == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_and_reason_is_a_row),
        cmocka_unit_test(what_finds_no_row_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
