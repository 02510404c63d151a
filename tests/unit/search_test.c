/* search_test.c: which parameters are tried: ranges, grids, chance, evolution, and the plateau that is not the peak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/search.h"

static struct search search; /* large */
static struct error error;

static void ranges(const char *a, const char *b)
{
    search_release(&search);
    memset(&search, 0, sizeof search);
    memset(&error, 0, sizeof error);
    assert_int_equal(search_add(&search, a, &error), OC_OK);
    if (b)
        assert_int_equal(search_add(&search, b, &error), OC_OK);
}

static const char *value(uint32_t param, uint32_t at)
{
    static char text[SEARCH_WORD_MAX];
    return search_value(&search.params[param], at, text);
}

static void ranges_are_exact(void **state)
{
    (void)state;
    ranges("fast=5..50:5", "share=0.1..0.45:0.05");
    assert_int_equal(search.params[0].count, 10);
    assert_string_equal(value(0, 9), "50");
    assert_int_equal(search.params[1].count, 8);
    assert_string_equal(value(1, 0), "0.1");
    assert_string_equal(value(1, 7), "0.45");
    ranges("x=-3..3", "mode=trend,range,off");
    assert_int_equal(search.params[0].count, 7);
    assert_string_equal(value(0, 0), "-3");
    assert_string_equal(value(1, 2), "off");
    assert_int_equal(search_size(&search), 21);
}

static void what_is_no_range_is_refused(void **state)
{
    static const char *const bad[] = {"fast",     "=1..2",    "a=",         "a=1..",      "a=..5",
                                      "a=5..1",   "a=1..2:0", "a=0.1..0.5", "a=b,",       "a=,b",
                                      "a=1..2:x", "a=b,,c",   "a=1..2:-1",  "a=0..10000", "x=1..9"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ranges("x=1..3", NULL);
        if (search_add(&search, bad[i], &error) != OC_E_INVALID)
            fail_msg("%s was taken", bad[i]);
        assert_true(error_is_set(&error));
        assert_int_equal(search.param_count, 1);
    }
    ranges("x=1..3", NULL);
    assert_int_equal(search_add(&search, "a=0..9999", &error), OC_OK);
    assert_int_equal(search_begin(&search, SEARCH_GRID, 100, 1, &error), OC_E_LIMIT);
}

/* A hill at (30, 12) and a needle at (3, 3) that stands higher, alone. */
static double hill(const struct search_point *point)
{
    const double x = (double)point->at[0] - 30, y = (double)point->at[1] - 12;
    return point->at[0] == 3 && point->at[1] == 3 ? 5.0 : 2.0 - (x * x + y * y) / 400.0;
}

static uint64_t go(uint32_t kind, uint32_t wanted, uint64_t seed)
{
    uint64_t order = 0;
    assert_int_equal(search_begin(&search, kind, wanted, seed, &error), OC_OK);
    while (search_next(&search)) {
        for (uint32_t i = search.told; i < search.count; i++) {
            search.points[i].score = hill(&search.points[i]);
            order = order * 31 + search.points[i].at[0] * 100 + search.points[i].at[1];
        }
        search_tell(&search);
    }
    return order;
}

static void no_point_is_tried_twice(void)
{
    for (uint32_t i = 0; i < search.told; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_memory_not_equal(search.points[i].at, search.points[k].at, sizeof search.points[i].at);
}

static void a_grid_is_walked_whole_and_the_plateau_is_not_the_peak(void **state)
{
    uint32_t best, plateau, near[32];
    double level;
    (void)state;
    ranges("a=0..40", "b=0..20");
    (void)go(SEARCH_GRID, 0, 1);
    assert_int_equal(search.told, 41 * 21);
    no_point_is_tried_twice();
    assert_true(search_best(&search, &best));
    assert_int_equal(search.points[best].at[0], 3);
    assert_true(search_plateau(&search, &plateau, &level));
    assert_int_equal(search.points[plateau].at[0], 30);
    assert_int_equal(search.points[plateau].at[1], 12);
    assert_true(level < 2.0 && level > 1.99);
    assert_int_equal(search_near(&search, plateau, near, 32), 9);
    assert_int_equal(search_near(&search, 0, near, 32), 4); /* a corner */
    for (uint32_t i = 0; i < search.told; i++)
        search.points[i].score = 1.0;
    assert_true(search_best(&search, &best) && search_plateau(&search, &plateau, &level));
    assert_true(best == 0 && plateau == 0); /* the first of equals */
}

static void chance_draws_each_point_once_and_all_in_the_end(void **state)
{
    (void)state;
    ranges("a=0..40", "b=0..20");
    const uint64_t first = go(SEARCH_RANDOM, 300, 1);
    assert_int_equal(search.told, 300);
    no_point_is_tried_twice();
    ranges("a=0..40", "b=0..20");
    assert_true(go(SEARCH_RANDOM, 300, 1) == first);
    ranges("a=0..40", "b=0..20");
    assert_true(go(SEARCH_RANDOM, 300, 2) != first);
    ranges("a=0..4", "b=0..4");
    (void)go(SEARCH_RANDOM, 5000, 1);
    assert_int_equal(search.told, 25);
}

static void evolution_climbs_the_hill_with_few_runs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        uint32_t best;
        ranges("a=0..400", "b=0..200");
        (void)go(SEARCH_ADAPTIVE, 250, seed); /* of 80,000 */
        assert_int_equal(search.told, 250);
        no_point_is_tried_twice();
        assert_true(search_best(&search, &best));
        assert_true(search.points[best].score > 1.9);
    }
    ranges("a=0..400", "b=0..200");
    const uint64_t first = go(SEARCH_ADAPTIVE, 150, 9);
    ranges("a=0..400", "b=0..200");
    assert_true(go(SEARCH_ADAPTIVE, 150, 9) == first);
    ranges("a=0..1", NULL); /* fewer points than can be crossed */
    (void)go(SEARCH_ADAPTIVE, 50, 1);
    assert_int_equal(search.told, 2);
}

static void what_has_no_score_is_never_chosen(void **state)
{
    uint32_t best;
    double level;
    (void)state;
    ranges("a=0..4", NULL);
    assert_int_equal(search_begin(&search, SEARCH_GRID, 0, 1, &error), OC_OK);
    assert_true(search_next(&search));
    search_tell(&search);
    assert_false(search_best(&search, &best));
    assert_false(search_plateau(&search, &best, &level));
    search.points[4].score = -7;
    assert_true(search_best(&search, &best));
    assert_int_equal(best, 4);
    assert_false(search_plateau(&search, &best, &level)); /* of it and a neighbour without: no median */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_exact),
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(a_grid_is_walked_whole_and_the_plateau_is_not_the_peak),
        cmocka_unit_test(chance_draws_each_point_once_and_all_in_the_end),
        cmocka_unit_test(evolution_climbs_the_hill_with_few_runs),
        cmocka_unit_test(what_has_no_score_is_never_chosen),
    };
    const int code = cmocka_run_group_tests(tests, NULL, NULL);
    search_release(&search);
    return code;
}
