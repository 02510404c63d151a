/* closing_test.c: closing is an intent that the host owns until flat (finding Q6). */
#include "engine/groups.h"
#include "engine/impl.h"
#include "support/strategy_kit.h"

static char script[512];

/* Buys with a limit at the first bar, and does `then` at the second. */
static struct kit *kit_of(const char *then)
{
    snprintf(script, sizeof script,
             "function on_bar(m)\n"
             "  m.n = (m.n or 0) + 1\n"
             "  if m.n == 1 then m:buy{ qty = 5, price = 100, tag = 'in' } end\n"
             "  if m.n == 2 then %s end\n"
             "end",
             then);
    struct kit *kit = kit_new(script);
    kit_close(kit, 10000);
    fixture_say(kit->f, OC_EV_ACCEPTED, kit_sent(kit)->order);
    return kit;
}

static const struct oc_request *sent(const struct kit *kit, uint32_t at)
{
    assert_true(at < kit->f->sent_count);
    return &kit->f->sent[at];
}

static int64_t position(const struct kit *kit)
{
    const struct book *book = portfolio_find(engine_portfolio(kit->f->engine), kit->f->account, 1, kit->f->inst);
    return book ? book->position.qty : 0;
}

static bool is_closing(const struct kit *kit)
{
    const struct book *book = portfolio_find(engine_portfolio(kit->f->engine), kit->f->account, 1, kit->f->inst);
    return book && book->is_closing;
}

static void funds(struct kit *kit, int64_t base)
{
    assert_int_equal(portfolio_set_balance(engine_portfolio(kit->f->engine), kit->f->account, kit->f->base,
                                           num_pow10_128(MONEY_SCALE) * base),
                     OC_OK);
}

/* The finding: an entry of 5, a unit a bar, closed after 3. */
static void Q6_an_entry_is_taken_down_and_what_it_fills_meanwhile_is_sold(void **state)
{
    (void)state;
    struct kit *kit = kit_of("log.info('%s', m:close{ tag = 'out' }.qty)");
    const uint64_t entry = sent(kit, 0)->order;
    fixture_trade(kit->f, entry, OC_SIDE_BUY, 3000, 10000);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "3.0\n"));
    assert_int_equal(kit->f->sent_count, 3);
    assert_int_equal(sent(kit, 1)->kind, OC_REQUEST_CANCEL);
    assert_int_equal(sent(kit, 1)->order, entry);
    assert_int_equal(sent(kit, 2)->qty, 3000);
    assert_true(is_closing(kit));
    fixture_trade(kit->f, entry, OC_SIDE_BUY, 1000, 10000); /* before its cancel came */
    fixture_trade(kit->f, sent(kit, 2)->order, OC_SIDE_SELL, 3000, 10000);
    assert_int_equal(kit->f->sent_count, 4); /* the host goes on */
    assert_int_equal(sent(kit, 3)->qty, 1000);
    assert_int_equal(sent(kit, 3)->owner, OC_OWNER_HOST);
    assert_int_equal(sent(kit, 3)->role, OC_ROLE_CLOSE);
    assert_string_equal(sent(kit, 3)->tag, "out");
    assert_true(sent(kit, 3)->bits & OC_RQ_REDUCE_ONLY);
    fixture_say(kit->f, OC_EV_CANCELED, entry);
    fixture_trade(kit->f, sent(kit, 3)->order, OC_SIDE_SELL, 1000, 10000);
    assert_int_equal(position(kit), 0);
    assert_false(is_closing(kit));
    assert_int_equal(kit->f->sent_count, 4);
    kit_free(kit);
}

/* Nothing is held yet: what the entry fills before its cancel is sold as well. */
static void Q6_closing_before_the_first_fill(void **state)
{
    (void)state;
    struct kit *kit = kit_of("local none, err = m:close() log.info('%s', err.code)");
    const uint64_t entry = sent(kit, 0)->order;
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "NO_POSITION\n"));
    assert_true(is_closing(kit));
    fixture_trade(kit->f, entry, OC_SIDE_BUY, 2000, 10000);
    assert_int_equal(sent(kit, 2)->qty, 2000);
    fixture_trade(kit->f, sent(kit, 2)->order, OC_SIDE_SELL, 2000, 10000);
    assert_true(is_closing(kit)); /* the entry is still open */
    fixture_say(kit->f, OC_EV_CANCELED, entry);
    assert_false(is_closing(kit));
    kit_free(kit);
}

/* What fails is asked for again a second later, and not for ever. */
static void Q6_a_close_that_fails_is_asked_for_again(void **state)
{
    (void)state;
    struct kit *kit = kit_of("m:close()");
    fixture_trade(kit->f, sent(kit, 0)->order, OC_SIDE_BUY, 5000, 10000);
    kit_close(kit, 10000);
    for (int tries = 0; tries < 16; tries++) {
        const uint32_t count = kit->f->sent_count;
        fixture_say(kit->f, OC_EV_REJECTED, kit_sent(kit)->order);
        fixture_price(kit->f, 10000);
        assert_int_equal(kit->f->sent_count, count); /* not at the same instant */
        kit->f->engine->groups.retry_ns = 1;         /* nor because something else is due, as behind a restart */
        fixture_price(kit->f, 10000);
        assert_int_equal(kit->f->sent_count, count);
        kit->f->now_ns += GROUPS_RETRY_NS;
        fixture_price(kit->f, 10000);
        assert_int_equal(kit->f->sent_count, count + 1);
    }
    const uint64_t alarms = engine_stats(kit->f->engine)->alarms;
    fixture_say(kit->f, OC_EV_REJECTED, kit_sent(kit)->order);
    assert_int_equal(engine_stats(kit->f->engine)->alarms, alarms + 1);
    assert_false(is_closing(kit));
    kit_free(kit);
}

/* One that fills a little each time before it ends comes nearer: it is asked for until nothing is left. */
static void Q6_a_close_that_fills_in_parts_goes_on(void **state)
{
    (void)state;
    struct kit *kit = kit_of("m:close()");
    fixture_trade(kit->f, sent(kit, 0)->order, OC_SIDE_BUY, 5000, 10000);
    kit_close(kit, 10000);
    for (int64_t left = 5000; left > 0; left -= 100) {
        const uint64_t order = kit_sent(kit)->order;
        assert_int_equal(kit_sent(kit)->qty, left);
        assert_true(is_closing(kit));
        fixture_trade(kit->f, order, OC_SIDE_SELL, 100, 10000);
        fixture_say(kit->f, OC_EV_CANCELED, order);
        kit->f->now_ns += GROUPS_RETRY_NS;
        fixture_price(kit->f, 10000);
    }
    assert_int_equal(position(kit), 0);
    assert_false(is_closing(kit));
    kit_free(kit);
}

static void Q6_it_ends_by_who_asked_for_it(void **state)
{
    (void)state;
    static const struct {
        const char *then;
        uint32_t sent;
        bool is_closing;
    } rows[] = {
        {"local a, b = m:close(), m:close() log.info(tostring(a == b))", 2, true}, /* the same order */
        {"m:close{ price = 120 } m:close()", 4, true}, /* another: the first is taken back */
        {"m:close() m:buy(1)", 3, false},
        {"m:close():cancel()", 3, false},
        {"m:close() m:sell{ qty = 1, price = 130, reduce_only = true }", 3, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kit *kit = kit_of(rows[i].then);
        fixture_trade(kit->f, sent(kit, 0)->order, OC_SIDE_BUY, 5000, 10000);
        kit_close(kit, 10000);
        assert_int_equal(kit->f->sent_count, rows[i].sent);
        assert_int_equal(is_closing(kit), rows[i].is_closing);
        kit_free(kit);
    }
}

/* A limit that may not rest is over when it ends; one that rests is asked for again. */
static void Q6_a_limit_ends_with_its_time_in_force(void **state)
{
    (void)state;
    for (int rests = 0; rests < 2; rests++) {
        struct kit *kit = kit_of(rests ? "m:close{ price = 101 }" : "m:close{ price = 101, tif = 'IOC' }");
        fixture_trade(kit->f, sent(kit, 0)->order, OC_SIDE_BUY, 5000, 10000);
        kit_close(kit, 10000);
        fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_SELL, 2000, 10100);
        fixture_say(kit->f, OC_EV_CANCELED, kit_sent(kit)->order);
        assert_int_equal(is_closing(kit), rests);
        kit->f->now_ns += GROUPS_RETRY_NS;
        fixture_price(kit->f, 10000);
        assert_int_equal(kit_sent(kit)->qty, rests ? 3000 : 5000);
        assert_int_equal(kit_sent(kit)->price, 10100);
        kit_free(kit);
    }
}

/* On spot a fee may have been taken from what was bought: what is not held is not sold, and closing is over. */
static void Q6_what_is_not_held_is_not_sold(void **state)
{
    (void)state;
    struct kit *kit = kit_of("m:close()");
    fixture_trade(kit->f, sent(kit, 0)->order, OC_SIDE_BUY, 5000, 10000);
    funds(kit, 4);
    kit_close(kit, 10000);
    assert_int_equal(kit_sent(kit)->qty, 4000);
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_SELL, 4000, 10000);
    assert_false(is_closing(kit));
    kit_free(kit);
}

/* It is known after a checkpoint, and after records taken as facts. */
static void Q6_it_survives_a_restart(void **state)
{
    (void)state;
    static char bytes[1 << 20];
    for (int by_records = 0; by_records < 2; by_records++) {
        struct kit *kit = kit_of("m:close()");
        const uint64_t entry = sent(kit, 0)->order;
        kit_close(kit, 10000); /* nothing is held: the cancel alone says it */
        struct fixture *g = fixture_new(COST_AVERAGE);
        struct engine_client nobody = {0};
        uint32_t strategy;
        assert_int_equal(engine_add_client(g->engine, "s", &nobody, &strategy), OC_OK);
        if (by_records) {
            for (uint32_t i = 0; i < kit->f->record_count; i++) {
                const struct oc_event *record = (const struct oc_event *)(const void *)kit->f->records[i];
                if (record->type == OC_EV_REQUEST)
                    assert_int_equal(engine_restore(g->engine, record), OC_OK);
            }
        } else {
            const int64_t size = engine_save(kit->f->engine, bytes, sizeof bytes);
            assert_true(size > 0);
            assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
        }
        g->now_ns = kit->f->now_ns;
        fixture_trade(g, entry, OC_SIDE_BUY, 2000, 10000);
        assert_int_equal(g->sent_count, 1);
        assert_int_equal(g->sent[0].qty, 2000);
        assert_int_equal(g->sent[0].role, OC_ROLE_CLOSE);
        fixture_free(g);
        kit_free(kit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Q6_an_entry_is_taken_down_and_what_it_fills_meanwhile_is_sold),
        cmocka_unit_test(Q6_closing_before_the_first_fill),
        cmocka_unit_test(Q6_a_close_that_fails_is_asked_for_again),
        cmocka_unit_test(Q6_a_close_that_fills_in_parts_goes_on),
        cmocka_unit_test(Q6_it_ends_by_who_asked_for_it),
        cmocka_unit_test(Q6_a_limit_ends_with_its_time_in_force),
        cmocka_unit_test(Q6_what_is_not_held_is_not_sold),
        cmocka_unit_test(Q6_it_survives_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
