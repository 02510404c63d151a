/* books_test.c: order books in the engine: who wants them, who is called, what becomes of them behind a restart, other steps and a lost
 * venue. */
#include "engine/depth.h"
#include "support/book_kit.h"
#include "support/engine_kit.h"

struct reader {
    struct user user;
    uint32_t strategy;
    int books;
    int64_t bid, ask;
    oc_rc answer;
};

static oc_rc reader_book(void *self, const struct oc_event *event)
{
    struct reader *reader = self;
    const struct depth *depth = engine_book(reader->user.fixture->engine, event->inst);
    reader->books++;
    assert_true(depth && depth_is_shown(depth));
    reader->bid = depth_level(&depth->sides[DEPTH_BIDS], 0)->price;
    reader->ask = depth_level(&depth->sides[DEPTH_ASKS], 0)->price;
    return reader->answer;
}

static struct reader *reads(struct fixture *f, int64_t period_ns)
{
    struct reader *reader = calloc(1, sizeof *reader);
    struct engine_client client = {.self = reader, .market = user_market, .book = reader_book};
    reader->user.fixture = f;
    assert_int_equal(engine_add_client(f->engine, "reader", &client, &reader->strategy), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, reader->strategy, f->inst, period_ns), OC_OK);
    return reader;
}

static struct fixture *with_books(uint32_t policy)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    engine_set_books(f->engine, f->account, policy, 100);
    return f;
}

static oc_rc says(struct fixture *f, struct book_event *event)
{
    event->book.head.source = f->account;
    event->book.head.venue_ns = 0;
    return fixture_input(f, event);
}

static void link_is(struct fixture *f, uint32_t state)
{
    struct oc_ev_venue venue = {.head = {.size = sizeof venue, .type = OC_EV_VENUE, .source = f->account},
                                .state = state,
                                .part = OC_PART_LINK,
                                .tail = sizeof venue};
    assert_int_equal(fixture_input(f, &venue), OC_OK);
}

static void who_asks_for_the_book_is_called_with_it_alone(void **state)
{
    (void)state;
    struct fixture *f = with_books(DEPTH_RESYNC);
    assert_int_equal(says(f, book_snapshot(f->inst, 1, "9999*5 / 10001*5")), OC_OK); /* nobody wants it */
    assert_null(engine_book(f->engine, f->inst));
    struct reader *reader = reads(f, ENGINE_BOOK), *ticks = reads(f, 0);
    assert_non_null(engine_book(f->engine, f->inst));
    const uint64_t news = engine_book_news(f->engine);
    assert_int_equal(says(f, book_change(f->inst, 2, 2, "9998*5")), OC_OK);
    assert_int_equal(reader->books, 0); /* it waits */
    assert_true(engine_book_news(f->engine) != news);
    assert_int_equal(says(f, book_snapshot(f->inst, 1, "9999*5 / 10001*5")), OC_OK);
    assert_int_equal(reader->books, 1);
    assert_int_equal(says(f, book_change(f->inst, 3, 3, "10000*5")), OC_OK);
    assert_int_equal(reader->books, 2);
    assert_true(reader->bid == 10000 && reader->ask == 10001);
    struct book_event *event = book_change(f->inst, 4, 4, "10000*6");
    event->book.head.flags = 0; /* not the end of what the venue says */
    assert_int_equal(says(f, event), OC_OK);
    assert_int_equal(reader->books, 2);
    fixture_price(f, 10000);
    assert_int_equal(reader->user.ticks, 0);
    assert_int_equal(ticks->user.ticks, 1);
    assert_int_equal(ticks->books, 0);
    /* a callback that fails suspends it */
    reader->answer = OC_E_INVALID;
    assert_int_equal(says(f, book_change(f->inst, 5, 5, "10000*5")), OC_OK);
    assert_true(engine_is_suspended(f->engine, reader->strategy));
    assert_int_equal(says(f, book_change(f->inst, 6, 6, "10000*4")), OC_OK);
    assert_int_equal(reader->books, 3);
    assert_int_equal(says(f, book_change(f->inst, 7, 7, "4611686018427387904*1")), OC_E_RANGE);
    fixture_free(f);
    free(reader), free(ticks);
}

static void where_none_are_kept_nobody_is_called(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE); /* as a simulator */
    struct reader *reader = reads(f, ENGINE_BOOK);
    assert_int_equal(engine_want_book(f->engine, f->inst), OC_E_NOT_SUPPORTED);
    assert_int_equal(engine_want_book(f->engine, OC_INST(50, 1)), OC_E_NOT_FOUND);
    assert_int_equal(says(f, book_snapshot(f->inst, 1, "9999*5 / 10001*5")), OC_OK);
    assert_int_equal(reader->books, 0);
    assert_null(engine_book_at(f->engine, 0));
    fixture_free(f);
    free(reader);
}

static void halt_lets_nothing_be_opened(void **state)
{
    (void)state;
    for (uint32_t policy = DEPTH_WARN; policy <= DEPTH_HALT; policy++) {
        struct fixture *f = with_books(policy);
        struct reader *reader = reads(f, ENGINE_BOOK);
        assert_int_equal(says(f, book_snapshot(f->inst, 1, "9999*5 / 10001*5")), OC_OK);
        assert_int_equal(says(f, book_change(f->inst, 2, 2, "9998*5")), OC_OK);
        assert_null(engine_latched(f->engine, f->account));
        assert_int_equal(says(f, book_change(f->inst, 4, 4, "9997*5")), OC_OK);
        const struct depth *depth = engine_book(f->engine, f->inst);
        assert_true(depth->fault == DEPTH_GAP && depth->fault_seq == f->seq);
        assert_int_equal(depth_is_shown(depth), policy == DEPTH_WARN);
        assert_int_equal(reader->books, policy == DEPTH_WARN ? 3 : 2);
        if (policy == DEPTH_HALT)
            assert_string_equal(engine_latched(f->engine, f->account), ENGINE_BOOK_BROKEN);
        else
            assert_null(engine_latched(f->engine, f->account));
        fixture_free(f);
        free(reader);
    }
}

static void a_lost_venue_and_other_steps_begin_it_anew(void **state)
{
    (void)state;
    static const uint32_t lost[] = {OC_VENUE_DOWN, OC_VENUE_CONNECTING, OC_VENUE_SYNCING, OC_VENUE_DEGRADED,
                                    OC_VENUE_DENIED},
                          not_lost[] = {OC_VENUE_READY, OC_VENUE_CANCEL_ONLY, OC_VENUE_MAINTENANCE};
    struct fixture *f = with_books(DEPTH_RESYNC);
    assert_int_equal(engine_want_book(f->engine, f->inst), OC_OK);
    const struct depth *depth = engine_book(f->engine, f->inst);
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        assert_int_equal(says(f, book_snapshot(f->inst, 1, "9999*5 / 10001*5")), OC_OK);
        assert_true(depth_is_shown(depth));
        const uint64_t news = engine_book_news(f->engine);
        link_is(f, lost[i]);
        assert_false(depth_is_shown(depth));
        assert_true(engine_book_news(f->engine) != news);
    }
    assert_int_equal(says(f, book_snapshot(f->inst, 1, "9999*5 / 10001*5")), OC_OK);
    for (size_t i = 0; i < sizeof not_lost / sizeof not_lost[0]; i++)
        link_is(f, not_lost[i]);
    assert_true(depth_is_shown(depth));
    struct oc_ev_instrument said = {.head = {.size = sizeof said, .type = OC_EV_INSTRUMENT, .source = f->account},
                                    .info = instruments_get(engine_instruments(f->engine), f->inst)->info};
    said.info.price_step = (struct oc_dec){1, 3, 0};
    assert_int_equal(fixture_input(f, &said), OC_OK);
    assert_false(depth_is_shown(depth));
    const uint32_t now = instruments_get(engine_instruments(f->engine), f->inst)->info.inst;
    assert_true(now != f->inst && depth->inst == now);
    /* one that still counts in the old steps is turned */
    assert_int_equal(says(f, book_snapshot(f->inst, 2, "9999*5 / 10001*5")), OC_OK);
    assert_int_equal(depth_level(&depth->sides[DEPTH_BIDS], 0)->price, 99990);
    fixture_free(f);
}

static char bytes[1 << 22], again[1 << 22];

static void is_saved_and_goes_on(uint32_t levels)
{
    struct fixture *f = with_books(DEPTH_RESYNC), *g = with_books(DEPTH_RESYNC);
    engine_set_books(g->engine, g->account, DEPTH_RESYNC, levels);
    assert_int_equal(engine_want_book(f->engine, f->inst), OC_OK);
    assert_int_equal(says(f, book_snapshot(f->inst, 1, "9999*5 9998*4 / 10001*5")), OC_OK);
    assert_int_equal(says(f, book_change(f->inst, 2, 2, "9997*3")), OC_OK);
    for (int i = 0; i < 2; i++) { /* whole, and with what is held */
        const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
        assert_true(size > 0);
        assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
        const struct depth *depth = engine_book(g->engine, g->inst);
        assert_non_null(depth);
        assert_int_equal(depth_is_shown(depth), i == 0 && levels == 100);
        for (int side = 0; side < 2 && levels == 100; side++) {
            const struct depth_side *was = &engine_book(f->engine, f->inst)->sides[side], *is = &depth->sides[side];
            assert_int_equal(is->count, was->count);
            assert_memory_equal(is->levels, was->levels, was->count * sizeof *was->levels);
        }
        if (levels == 100) {
            assert_int_equal(engine_save(g->engine, again, sizeof again), size);
            assert_memory_equal(bytes, again, (size_t)size);
        }
        for (int64_t cut = size - 1; cut > size - 200; cut -= 7)
            assert_int_equal(engine_load(f->engine, bytes, (size_t)cut), OC_E_DATA);
        fixture_free(g);
        g = with_books(DEPTH_RESYNC);
        engine_set_books(g->engine, g->account, DEPTH_RESYNC, levels);
        if (i == 0) {
            struct fixture *anew = with_books(DEPTH_RESYNC);
            assert_int_equal(engine_load(anew->engine, bytes, (size_t)size), OC_OK);
            fixture_free(f);
            f = anew;
            f->seq = 100;
            assert_int_equal(says(f, book_change(f->inst, 9, 9, "9990*1")), OC_OK); /* a gap */
        }
    }
    fixture_free(f);
    fixture_free(g);
}

static void a_book_comes_back(void **state)
{
    (void)state;
    is_saved_and_goes_on(100);
    is_saved_and_goes_on(50); /* of another number of levels it begins anew */
}

/* Records applied as facts make the same book, and the same halt. */
static void facts_make_the_same_book(void **state)
{
    (void)state;
    struct fixture *f = with_books(DEPTH_HALT), *g = with_books(DEPTH_HALT);
    struct reader *reader = reads(f, ENGINE_BOOK), *other = reads(g, ENGINE_BOOK);
    struct book_event copy;
    static const struct {
        uint16_t kind;
        uint64_t first, last;
        const char *line;
    } rows[] = {{OC_BOOK_SNAPSHOT, 1, 1, "9999*5 / 10001*5"},
                {OC_BOOK_CHANGE, 2, 2, "9998*5"},
                {OC_BOOK_CHANGE, 5, 5, "9990*5"},
                {OC_BOOK_SNAPSHOT, 4, 4, "9999*1 / 10001*1"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copy = *book_line(f->inst, rows[i].kind, rows[i].first, rows[i].last, rows[i].line);
        assert_int_equal(says(f, &copy), OC_OK);
        assert_int_equal(engine_restore(g->engine, &copy.book.head), OC_OK);
    }
    g->seq = f->seq;
    assert_string_equal(engine_latched(g->engine, g->account), ENGINE_BOOK_BROKEN);
    const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_int_equal(engine_save(g->engine, again, sizeof again), size);
    const struct depth *a = engine_book(f->engine, f->inst), *b = engine_book(g->engine, g->inst);
    for (int side = 0; side < 2; side++) {
        assert_int_equal(a->sides[side].count, b->sides[side].count);
        assert_memory_equal(a->sides[side].levels, b->sides[side].levels,
                            a->sides[side].count * sizeof(struct oc_level));
    }
    assert_true(depth_is_shown(a) && depth_is_shown(b) && a->last_seq == b->last_seq);
    fixture_free(f);
    fixture_free(g);
    free(reader), free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_for_the_book_is_called_with_it_alone),
        cmocka_unit_test(where_none_are_kept_nobody_is_called),
        cmocka_unit_test(halt_lets_nothing_be_opened),
        cmocka_unit_test(a_lost_venue_and_other_steps_begin_it_anew),
        cmocka_unit_test(a_book_comes_back),
        cmocka_unit_test(facts_make_the_same_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
