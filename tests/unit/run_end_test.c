/* run_end_test.c: how a run ends where the simulator and the portfolio do not agree. */
#include "support/steer_kit.h"

static const char buys[] = "strategy { name = 'buys' }\n"
                           "function on_bar(m, b) if m.position.qty == 0 then m:buy(0.01) end end\n";

enum { UNKNOWN = 2 };

static int64_t lie; /* units that the simulator says on top of what it holds; UNKNOWN: it does not know */
static struct oc_sim liar;
static const struct oc_sim *honest;

static oc_rc lying_position(void *self, uint32_t account, uint32_t inst, int64_t *ret_units)
{
    if (lie == UNKNOWN)
        return OC_E_NOT_SUPPORTED;
    oc_rc rc = honest->position(self, account, inst, ret_units);
    *ret_units += lie;
    return rc;
}

static void take_its_place(struct town *town, uint64_t event)
{
    struct venue *venue = &town->session->venues.list[0];
    if (event != 5)
        return;
    honest = venue->table;
    liar = *honest;
    liar.position = lying_position;
    venue->table = &liar;
}

/* A run whose positions are not the simulator's fails, whatever it earned. One unit is enough, too many or too few.
 * What the simulator does not know differs from nothing. */
static void a_position_that_differs_ends_the_run_badly(void **state)
{
    (void)state;
    for (lie = -1; lie <= UNKNOWN; lie++) {
        const bool differs = lie != 0 && lie != UNKNOWN;
        char path[160];
        snprintf(path, sizeof path, "%s", town_file("buys.lua", buys));
        struct town *town = town_new(NULL, (const char *const[]){path, "--feed", "synthetic-bars:50", NULL});
        town->at = take_its_place;
        oc_rc rc = run_to_report(town->run);
        assert_int_equal(rc, differs ? OC_E_STATE : OC_OK);
        assert_int_equal(town->run->meter.drift, differs);
        assert_int_equal(exit_code(rc), differs ? EXIT_RUN : EXIT_GOOD);
        if (differs)
            assert_non_null(strstr(said(&town->session->words.error), "the simulator and the portfolio disagree"));
        town_free(town);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_that_differs_ends_the_run_badly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
