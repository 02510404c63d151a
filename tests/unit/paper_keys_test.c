/* paper_keys_test.c: the paper venue answers the same with its declared defaults written out. */
#include "support/paper_kit.h"

#include "base/key.h"

/* Bars and quotes; markets, limits, stops, more than there is money for, and a sale of what is not there. */
static void trade(struct venue *v)
{
    quote(v, 1 * MS, 9990, 2000, 10010, 2000);
    for (int64_t minute = 1; minute < 20; minute++) {
        int64_t level = 10000 + (minute % 5) * 40 - (minute % 3) * 70;
        send(v, minute * MINUTE - 1, order(v, OC_SIDE_BUY, 700 + minute, 0, 0));
        send(v, minute * MINUTE - 1, order(v, OC_SIDE_SELL, 300, level + 30, 0));
        send(v, minute * MINUTE - 1, order(v, OC_SIDE_SELL, 200, 0, level - 60));
        send(v, minute * MINUTE - 1, order(v, OC_SIDE_BUY, 400000000, level, 0));
        send(v, minute * MINUTE - 1, order(v, OC_SIDE_SELL, 90000, 0, 0));
        bar(v, minute, level, level + 50, level - 80, level + 10, 4000 + minute * 100);
    }
    assert_int_equal(v->sim->end(v->instance.self, 20 * MINUTE), OC_OK);
    pass(v, 20 * MINUTE + 1000 * MS);
}

static void the_paper_venue_fills_the_same_with_its_defaults_written_out(void **state)
{
    (void)state;
    const char *pairs[32] = {NULL};
    int count = 0;
    struct venue *bare = venue_new(NULL), *written;
    for (const struct oc_key *key = key_table(bare->instance.plugin); key->name; key++)
        if (key->fallback) {
            pairs[count++] = key->name;
            pairs[count++] = key->fallback;
        }
    assert_int_equal(count, 2 * 11);
    written = venue_new(pairs);
    trade(bare);
    trade(written);
    assert_true(bare->fill_count > 20 && bare->answer_count > 40);
    assert_int_equal(bare->fill_count, written->fill_count);
    assert_int_equal(bare->answer_count, written->answer_count);
    assert_memory_equal(bare->fills, written->fills, sizeof bare->fills);
    assert_memory_equal(bare->answers, written->answers, sizeof bare->answers);
    venue_free(bare);
    venue_free(written);
    /* and what the venue does without a setting is what the table and its words say */
    static const char *const words[] = {"latency", "5ms", "half_spread", "0.0001", "volume_cap", "0.1", NULL};
    bare = venue_new(NULL), written = venue_new(words);
    trade(bare);
    trade(written);
    assert_memory_equal(bare->fills, written->fills, sizeof bare->fills);
    venue_free(bare);
    venue_free(written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_paper_venue_fills_the_same_with_its_defaults_written_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
