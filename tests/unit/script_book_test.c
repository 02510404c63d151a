/* script_book_test.c: on_book and m.book as a strategy sees them. */
#include "support/strategy_kit.h"

static void on_book_shows_it_sorted(void **state)
{
    (void)state;
    struct kit *kit = kit_new(
        "function on_book(m, b)\n"
        "  print('best', b.bid, b.bid_qty, b.ask, b.ask_qty, b.mid, b.spread, b.time)\n"
        "  for i, level in ipairs(b.bids) do print('bid', i, level.price, level.qty) end\n"
        "  for i, level in ipairs(b.asks) do print('ask', i, level.price, level.qty) end\n"
        "  print('same', b == m.book, #b.bids, #b.asks)\n"
        "  print('buy', b:walk('buy', 1)) print('sell', b:walk('sell', '0.5')) print('all', b:walk('sell', 100))\n"
        "end");
    kit_says_book(kit);
    assert_true(kit_said(kit, "best\t99.99\t0.5\t100.01\t0.5\t100.0\t0.02\t10\n"));
    assert_true(kit_said(kit, "bid\t1\t99.99\t0.5\nbid\t2\t99.98\t1.5\nask\t1\t100.01\t0.5\nask\t2\t100.02\t3.0\n"));
    assert_true(kit_said(kit, "same\ttrue\t2\t2\n"));
    assert_true(kit_said(kit, "buy\t100.015\t1.0\nsell\t99.99\t0.5\nall\t99.9825\t2.0\n"));
    /* one side alone */
    assert_int_equal(kit_book(kit, book_change(kit->f->inst, 11, 11, "9999*0 9998*0")), OC_OK);
    assert_true(kit_said(kit, "best\tnil\tnil\t100.01\t0.5\tnil\tnil\t11\n"));
    assert_true(kit_said(kit, "same\ttrue\t0\t2\nbuy\t100.015\t1.0\nsell\nall\n"));
    kit_free(kit);
}

static void a_book_that_is_not_whole_is_nil(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  print('bar', m.book, m.book and m.book.bid)\n"
                              "  kept = kept or m.book\n"
                              "  if kept then print('kept', kept.bid, kept.mid, #kept.asks, kept:walk('buy', 1)) end\n"
                              "end");
    assert_null(engine_book(kit->f->engine, kit->f->inst)); /* nobody has asked for it yet */
    kit_close(kit, 10000);
    assert_non_null(engine_book(kit->f->engine, kit->f->inst));
    assert_true(kit_said(kit, "bar\tnil\tnil\n"));
    kit_says_book(kit);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "\t99.99\nkept\t99.99\t100.0\t2\t100.015\t1.0\n"));
    assert_int_equal(kit_book(kit, book_change(kit->f->inst, 11, 11, "9997*1")), OC_OK);
    assert_int_equal(kit_book(kit, book_change(kit->f->inst, 13, 13, "9997*2")), OC_OK); /* a gap */
    kit->log_size = 0;
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "bar\tnil\tnil\nkept\tnil\tnil\t0\n"));
    kit_free(kit);
}

static void where_books_are_not_kept_there_is_none(void **state)
{
    (void)state;
    struct kit *kit = calloc(1, sizeof *kit);
    kit_start(kit, (struct strategy_config){.text = "function on_bar(m, b) print('book', m.book) end\n"
                                                    "function on_book(m, b) print('never') end",
                                            .from_ns = INT64_MIN});
    engine_set_books(kit->f->engine, kit->f->account, DEPTH_OFF, 100);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "book\tnil\n"));
    kit_free(kit);
}

static void wrong_use_raises(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } rows[] = {{"b.price = 1", "a book cannot be changed"},
                {"print(b.best)",
                 "a book has bid, ask, bid_qty, ask_qty, mid, spread, bids, asks, time and walk; found 'best'"},
                {"print(b[1])", "found 'number'"},
                {"b:walk('up', 1)", "the side is \"buy\" or \"sell\"; found up"},
                {"b:walk('buy')", "a quantity is needed; found no value"},
                {"b:walk('buy', 0/0)", "NaN"},
                {"m.book = 1", "m.book belongs to the API and cannot be assigned"},
                {"m.kept = b", "kept: this object cannot be saved"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "function on_book(m, b) %s end", rows[i].line);
        struct kit *kit = kit_new(text);
        kit_says_book(kit);
        assert_true(kit_failed(kit, rows[i].says));
        kit_free(kit);
    }
}

static void orders_of_on_book_are_orders(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_book(m, b) if not m:busy() then m:buy { qty = 1, price = b.bid } end end");
    kit_says_book(kit);
    assert_int_equal(kit_sent(kit)->price, 9999);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_book_shows_it_sorted), cmocka_unit_test(a_book_that_is_not_whole_is_nil),
        cmocka_unit_test(where_books_are_not_kept_there_is_none), cmocka_unit_test(wrong_use_raises),
        cmocka_unit_test(orders_of_on_book_are_orders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
