/* rules_change_test.c: a session that goes on under other settings of its rules: what holds when, what is told of it, and a replay
 * that changes them where the records say so. */
#include "support/steer_kit.h"

#include "session/rules_change.h"

static const char *buyer(void)
{
    return town_file("buyer.lua", "strategy { name = 'buyer' }\nfunction on_bar(m, bar) m:buy(0.001) end\n");
}

/* Goes on with these settings up to an event; 0: to its end. Settings end with NULL. */
static struct town *goes_on(const char *folder, uint64_t to, const char *const *settings)
{
    const char *words[24] = {buyer(), "--feed", "synthetic-bars:300"};
    int count = 3;
    for (; *settings; settings++) {
        words[count++] = "--set";
        words[count++] = *settings;
    }
    struct town *town = town_new(folder, words);
    town->ends_at = to;
    town_open(town);
    town_run(town, to == 0);
    return town;
}

static bool is_noted(const struct town *town, const char *text)
{
    for (uint32_t i = 0; i < town->session->words.note_count; i++)
        if (strstr(town->session->words.notes[i].text, text))
            return true;
    return false;
}

static const char *const wide[] = {"risk.max_order_qty.limit=1", NULL};
static const char *const narrow[] = {"risk.max_order_qty.limit=0.0005", NULL};

static void each_start_has_its_own_rules(void **state)
{
    (void)state;
    char folder[160];
    snprintf(folder, sizeof folder, "%s/own", town_folder());
    struct town *town = goes_on(folder, 60, wide);
    assert_int_equal(town->denied, 0);
    assert_int_equal(town->session->rules.start, 0);
    town_free(town);
    town = goes_on(folder, 60, narrow);
    assert_true(town->denied > 10);
    assert_string_equal(town->reason, "QUANTITY_ABOVE_LIMIT");
    assert_true(is_noted(town, "on: risk.max_order_qty.limit 0.0005 (before: 1)"));
    town_free(town);
    town = goes_on(folder, 30, narrow); /* the same again is no change */
    assert_true(town->denied > 5);
    assert_false(is_noted(town, "before: 0.0005"));
    town_free(town);
    town = goes_on(folder, 0, wide);
    assert_int_equal(town->denied, 0);
    assert_true(is_noted(town, "on: risk.max_order_qty.limit 1 (before: 0.0005)"));
    town_free(town);
    assert_true(town_replays(folder));
}

/* Each mark has a number of its own kind; only that of other settings names a start. */
static void other_marks_change_no_rules(void **state)
{
    (void)state;
    char folder[160];
    snprintf(folder, sizeof folder, "%s/marks", town_folder());
    town_free(goes_on(folder, 20, wide));
    struct town *town = goes_on(folder, 20, narrow);
    struct session *session = town->session;
    session->journal.headers = folder;
    assert_int_equal(session->rules.start, 1);
    for (uint16_t type = OC_EV_CONFIG; type <= OC_EV_MARK; type++)
        for (uint32_t code = 0; code <= OC_MARK_CLOSE; code++) {
            const struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = type}, .code = code};
            assert_int_equal(rules_take_mark(session, &mark.head), OC_OK);
            const bool is_it = type == OC_EV_MARK && code == OC_MARK_SETTINGS;
            assert_int_equal(session->rules.start, is_it ? 0 : 1);
            if (is_it)
                assert_int_equal(rules_take_own(session), OC_OK);
            assert_int_equal(session->rules.start, 1);
        }
    town_free(town);
}

/* A few changed keys are named, the others counted; what is set or not set any more is said as that. */
static void what_changed_is_told(void **state)
{
    (void)state;
    static const char *const many[] = {"risk.max_order_qty.limit=2", "risk.position_limit.limit=5",
                                       "risk.max_order_value.limit=90000", "risk.max_daily_loss.limit=5000", NULL};
    char folder[160];
    snprintf(folder, sizeof folder, "%s/many", town_folder());
    town_free(goes_on(folder, 20, wide));
    struct town *town = goes_on(folder, 20, many);
    assert_true(is_noted(town, "risk.max_order_qty.limit 2 (before: 1)"));
    assert_true(is_noted(town, "risk.position_limit.limit 5 (before: not set)"));
    assert_true(is_noted(town, ", and 1 more"));
    town_free(town);
    town = goes_on(folder, 20, wide);
    assert_true(is_noted(town, "risk.max_order_qty.limit 1 (before: 2)"));
    assert_true(is_noted(town, "risk.position_limit.limit not set (before: 5)"));
    town_free(town);
    assert_true(town_replays(folder));
}

/* What held at an earlier start is read of its header: without it nobody can say. */
static void a_header_that_is_gone_is_said(void **state)
{
    (void)state;
    char folder[160], path[256];
    snprintf(folder, sizeof folder, "%s/gone", town_folder());
    town_free(goes_on(folder, 20, wide));
    town_free(goes_on(folder, 20, narrow));
    snprintf(path, sizeof path, "%s/session-000000", folder);
    assert_int_equal(unlink(path), 0);
    const char *const words[] = {buyer(), "--feed", "synthetic-bars:300", "--set", narrow[0], NULL};
    struct town *town = town_new(folder, words);
    assert_true(run_open(town->run) < 0);
    assert_non_null(strstr(said(&town->session->words.error),
                           "the header session-000000, with the settings that held there, cannot be read"));
    town_free(town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_start_has_its_own_rules),
        cmocka_unit_test(other_marks_change_no_rules),
        cmocka_unit_test(what_changed_is_told),
        cmocka_unit_test(a_header_that_is_gone_is_said),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", town_folder());
    return system(command) != 0 || failed;
}
