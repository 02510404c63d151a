/* live_bars_test.c: bars of a live feed: closed by the clock, whole or completed from the venue's history, empty ones as the venue has them. */
#include "support/engine_kit.h"

#define SECOND_NS 1000000000LL
#define GRACE_NS  (SECOND_NS / 2)
#define T0        (1000 * MINUTE) /* a minute begins */

enum { KEPT = 64 };

struct hearer {
    uint32_t strategy;
    int count, fed; /* of bar() and of pass() */
    struct oc_ev_bar bars[KEPT], past[KEPT];
    int64_t at_ns[KEPT];
    struct fixture *f;
};

static oc_rc hears_bar(void *self, const struct oc_event *bar)
{
    struct hearer *hearer = self;
    assert_true(hearer->count < KEPT);
    hearer->at_ns[hearer->count] = engine_now(hearer->f->engine);
    memcpy(&hearer->bars[hearer->count++], bar, sizeof hearer->bars[0]);
    return OC_OK;
}

static void hears_past(void *self, const struct oc_event *bar)
{
    struct hearer *hearer = self;
    assert_true(hearer->fed < KEPT);
    memcpy(&hearer->past[hearer->fed++], bar, sizeof hearer->past[0]);
}

static void hearer_init(struct hearer *hearer, const struct engine_bars *terms)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_client client = {.self = hearer, .bar = hears_bar, .pass = hears_past};
    *hearer = (struct hearer){.f = f};
    engine_set_bars(f->engine, f->account, terms);
    assert_int_equal(engine_add_client(f->engine, "hearer", &client, &hearer->strategy), OC_OK);
    assert_int_equal(engine_subscribe(f->engine, hearer->strategy, f->inst, MINUTE), OC_OK);
    f->now_ns = T0;
}

static const struct engine_bars none = {.is_live = true, .grace_ns = GRACE_NS},
                                flat = {.is_live = true, .is_flat = true, .grace_ns = GRACE_NS};

/* At second `at` behind T0, as of second `of` of the venue; in tenths. */
static void trades(struct hearer *hearer, int64_t at, int64_t of, int64_t price)
{
    struct fixture *f = hearer->f;
    fixture_tick(f, T0 + at * SECOND_NS / 10);
    f->now_ns = T0 + at * SECOND_NS / 10;
    struct oc_ev_trade trade = {
        .head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = f->inst, .venue_ns = T0 + of * SECOND_NS / 10},
        .price = price,
        .qty = 1,
        .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(f, &trade), OC_OK);
}

static void passes_to(struct hearer *hearer, int64_t at)
{
    fixture_tick(hearer->f, T0 + at * SECOND_NS / 10);
    hearer->f->now_ns = T0 + at * SECOND_NS / 10;
}

/* A closed bar of minute `minute`, as the venue says it now. */
static void history(struct hearer *hearer, int64_t minute, int64_t close, uint16_t flags)
{
    struct oc_ev_bar bar = {.head = {.size = sizeof bar,
                                     .type = OC_EV_BAR,
                                     .flags = (uint16_t)(OC_EVF_PAST | flags),
                                     .inst = hearer->f->inst,
                                     .venue_ns = T0 + (minute + 1) * MINUTE},
                            .open_ns = T0 + minute * MINUTE,
                            .period_ns = MINUTE,
                            .open = close,
                            .high = close + 1,
                            .low = close - 1,
                            .close = close,
                            .volume = 77,
                            .present = OC_HAS_VOLUME};
    assert_int_equal(fixture_input(hearer->f, &bar), OC_OK);
}

static void wants(const struct hearer *hearer, int64_t from_minute, int64_t to_minute)
{
    struct engine_history wanted;
    assert_true(engine_history_at(hearer->f->engine, 0, &wanted));
    assert_false(engine_history_at(hearer->f->engine, 1, &(struct engine_history){0}));
    assert_int_equal(wanted.from_ns, T0 + from_minute * MINUTE);
    assert_int_equal(wanted.to_ns, T0 + to_minute * MINUTE);
    assert_int_equal(wanted.period_ns, MINUTE);
}

static void wants_nothing(const struct hearer *hearer)
{
    struct engine_history wanted;
    assert_true(engine_history_at(hearer->f->engine, 0, &wanted));
    assert_int_equal(wanted.to_ns, 0);
}

static void lost(struct hearer *hearer)
{
    struct oc_ev_venue venue = {.head = {.size = sizeof venue, .type = OC_EV_VENUE, .source = hearer->f->account},
                                .state = OC_VENUE_DOWN,
                                .part = OC_PART_LINK,
                                .tail = sizeof venue};
    assert_int_equal(fixture_input(hearer->f, &venue), OC_OK);
}

static void is(const struct hearer *hearer, int i, int64_t minute, int64_t open, int64_t high, int64_t low,
               int64_t close, int64_t volume)
{
    const struct oc_ev_bar *bar = &hearer->bars[i];
    assert_true(i < hearer->count);
    assert_int_equal(bar->open_ns, T0 + minute * MINUTE);
    assert_int_equal(bar->head.venue_ns, T0 + (minute + 1) * MINUTE);
    const int64_t want[] = {open, high, low, close, volume},
                  is[] = {bar->open, bar->high, bar->low, bar->close, bar->volume};
    for (int k = 0; k < 5; k++)
        assert_int_equal(is[k], want[k]);
}

static void the_venues_time_counts_and_the_clock_closes(void **state)
{
    (void)state;
    struct hearer h;
    hearer_init(&h, &none);
    trades(&h, 100, 100, 100);
    passes_to(&h, 605);
    assert_int_equal(h.count, 0); /* the first one was not heard as a whole */
    trades(&h, 610, 600, 10);
    trades(&h, 900, 899, 12);
    trades(&h, 1198, 1197, 8);
    trades(&h, 1201, 1200, 50); /* of the next one, before this one closes */
    trades(&h, 1202, 1205, 51); /* its clock is ahead of ours */
    trades(&h, 1204, 1199, 9);  /* told late, and in time */
    passes_to(&h, 1204);
    assert_int_equal(h.count, 0);
    passes_to(&h, 1205);
    assert_int_equal(h.count, 1);
    is(&h, 0, 1, 10, 12, 8, 9, 4);
    assert_int_equal(h.at_ns[0], T0 + 2 * MINUTE + GRACE_NS);
    trades(&h, 1206, 1199, 1); /* too late: a bar is told once */
    passes_to(&h, 1805);
    assert_int_equal(h.count, 2);
    is(&h, 1, 2, 50, 51, 50, 51, 2);
    passes_to(&h, 3000); /* nothing traded: no bar, as the venue has none */
    assert_int_equal(h.count, 2);
    trades(&h, 3010, 3009, 70);
    passes_to(&h, 3605);
    assert_int_equal(h.count, 3);
    is(&h, 2, 5, 70, 70, 70, 70, 1);
    fixture_free(h.f);
}

static void empty_minutes_are_bars_where_the_venue_has_them(void **state)
{
    (void)state;
    struct hearer h;
    hearer_init(&h, &flat);
    trades(&h, 100, 100, 100);
    trades(&h, 700, 700, 101);
    passes_to(&h, 2405); /* minute 1 with a trade, 2 and 3 without */
    assert_int_equal(h.count, 3);
    is(&h, 0, 1, 101, 101, 101, 101, 1);
    is(&h, 1, 2, 101, 101, 101, 101, 0);
    is(&h, 2, 3, 101, 101, 101, 101, 0);
    assert_int_equal(h.at_ns[1], T0 + 3 * MINUTE + GRACE_NS);
    assert_int_equal(h.bars[1].trades, 0);
    trades(&h, 2410, 2410, 90); /* the first trade is its open */
    trades(&h, 3001, 3001, 95); /* of the one behind it, kept ahead */
    passes_to(&h, 3605);
    assert_int_equal(h.count, 5);
    is(&h, 3, 4, 90, 90, 90, 90, 1);
    is(&h, 4, 5, 95, 95, 95, 95, 1);
    fixture_free(h.f);
}

static void the_first_bar_is_completed_from_history(void **state)
{
    (void)state;
    struct hearer h;
    hearer_init(&h, &none);
    const uint64_t news = engine_history_news(h.f->engine);
    trades(&h, 100, 100, 100);
    assert_true(engine_history_news(h.f->engine) != news);
    wants(&h, -ENGINE_HISTORY_BARS, 0); /* at once, for indicators */
    h.f->now_ns += SECOND_NS;
    history(&h, -3, 40, 0);
    history(&h, -2, 41, 0);
    history(&h, -2, 99, 0);              /* again */
    history(&h, -1, 44, OC_EVF_FORMING); /* not its last word */
    wants(&h, -1, 0);
    history(&h, -1, 42, 0);
    wants_nothing(&h);
    assert_true(h.fed == 3 && h.count == 0);
    assert_int_equal(h.past[2].close, 42);
    assert_true(markets_get(engine_markets(h.f->engine), h.f->inst)->last == 100); /* they are no prices of now */
    passes_to(&h, 605);
    wants(&h, 0, 1);
    h.f->now_ns += SECOND_NS;
    history(&h, 0, 43, 0);
    assert_int_equal(h.count, 1);
    is(&h, 0, 0, 43, 44, 42, 43, 77);
    wants_nothing(&h);
    history(&h, 0, 43, 0);
    assert_true(h.count == 1 && h.fed == 3);
    trades(&h, 700, 700, 50);
    passes_to(&h, 1205);
    assert_int_equal(h.count, 2);
    wants_nothing(&h);
    fixture_free(h.f);
}

static void history_that_does_not_come_is_left_out(void **state)
{
    (void)state;
    struct hearer h;
    hearer_init(&h, &none);
    trades(&h, 100, 100, 100);
    passes_to(&h, 605);
    wants(&h, -ENGINE_HISTORY_BARS, 1); /* the one of before did not come either */
    trades(&h, 700, 700, 50);
    passes_to(&h, 1205);
    assert_int_equal(h.count, 1);
    is(&h, 0, 1, 50, 50, 50, 50, 1);
    wants_nothing(&h);
    history(&h, 0, 43, 0); /* behind what was told: never */
    assert_true(h.count == 1 && h.fed == 0);
    fixture_free(h.f);
    /* late, but nothing was told since: fed, and no reason to trade */
    hearer_init(&h, &none);
    trades(&h, 100, 100, 100);
    passes_to(&h, 1800);
    history(&h, 0, 43, 0);
    assert_true(h.count == 0 && h.fed == 1);
    fixture_free(h.f);
}

static void a_hole_is_filled(void **state)
{
    (void)state;
    struct hearer h;
    hearer_init(&h, &none);
    trades(&h, 100, 100, 100);
    trades(&h, 700, 700, 50);
    passes_to(&h, 1205);
    assert_int_equal(h.count, 1);
    trades(&h, 1300, 1300, 51);
    lost(&h);
    passes_to(&h, 1805); /* minute 2 has a hole */
    assert_int_equal(h.count, 1);
    wants(&h, 2, 3);
    trades(&h, 3700, 3700, 60); /* heard again, in minute 6 */
    passes_to(&h, 4205);
    assert_int_equal(h.count, 1);
    wants(&h, 2, 7);
    for (int64_t minute = 2; minute <= 6; minute++)
        history(&h, minute, 200 + minute, 0);
    assert_true(h.fed == 4 && h.count == 2); /* the last one is told, the others are fed */
    is(&h, 1, 6, 206, 207, 205, 206, 77);
    wants_nothing(&h);
    trades(&h, 4300, 4300, 61);
    passes_to(&h, 4805);
    is(&h, 2, 7, 61, 61, 61, 61, 1);
    fixture_free(h.f);
    /* where empty minutes are bars, they have a hole as well */
    hearer_init(&h, &flat);
    trades(&h, 100, 100, 100);
    trades(&h, 700, 700, 50);
    passes_to(&h, 1205);
    lost(&h);
    passes_to(&h, 2405);
    assert_int_equal(h.count, 1);
    wants(&h, 2, 4);
    fixture_free(h.f);
}

static void of_quotes_or_of_trades(void **state)
{
    (void)state;
    for (int of_quotes = 0; of_quotes < 2; of_quotes++) {
        struct engine_bars terms = none;
        struct hearer h;
        terms.of_quotes = of_quotes;
        hearer_init(&h, &terms);
        for (int i = 0; i < 2; i++) {
            struct oc_ev_quote quote = {.head = {.size = sizeof quote,
                                                 .type = OC_EV_QUOTE,
                                                 .inst = h.f->inst,
                                                 .venue_ns = T0 + (int64_t)i * MINUTE + 1},
                                        .bid = 9,
                                        .ask = 11,
                                        .present = OC_HAS_BID | OC_HAS_ASK};
            passes_to(&h, 605 * i);
            assert_int_equal(fixture_input(h.f, &quote), OC_OK);
            trades(&h, 605 * i + 1, 600 * i + 1, 100);
        }
        passes_to(&h, 1205);
        assert_int_equal(h.count, 1); /* the first one was not heard as a whole */
        assert_int_equal(h.bars[0].head.type, of_quotes ? OC_EV_QBAR : OC_EV_BAR);
        fixture_free(h.f);
    }
}

/* A quote or a book tells as well that the market is heard: where nothing trades for long, the first bar behind it is whole. */
static void a_quiet_market_is_heard_by_its_quotes(void **state)
{
    (void)state;
    for (int by_book = 0; by_book < 2; by_book++) {
        struct hearer h;
        hearer_init(&h, &flat);
        trades(&h, 100, 100, 100);
        trades(&h, 700, 700, 101);
        passes_to(&h, 1205);
        assert_int_equal(h.count, 1);
        lost(&h);
        passes_to(&h, 1500);
        struct oc_ev_quote quote = {
            .head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = h.f->inst}, .bid = 100, .present = OC_HAS_BID};
        struct oc_ev_book book = {.head = {.size = sizeof book, .type = OC_EV_BOOK, .inst = h.f->inst},
                                  .kind = OC_BOOK_CHANGE,
                                  .tail = sizeof book};
        assert_int_equal(by_book ? fixture_input(h.f, &book) : fixture_input(h.f, &quote), OC_OK);
        passes_to(&h, 1805);
        assert_int_equal(h.count, 1); /* minute 2 has a hole */
        passes_to(&h, 2405);
        assert_int_equal(h.count, 2);
        is(&h, 1, 3, 101, 101, 101, 101, 0);
        fixture_free(h.f);
    }
}

/* A venue's time that cannot be is not believed, and ends. */
static void a_time_far_ahead(void **state)
{
    (void)state;
    struct hearer h;
    hearer_init(&h, &flat);
    trades(&h, 100, 100, 100);
    trades(&h, 200, 5000000000, 101);
    passes_to(&h, 605);
    trades(&h, 1190, 5000000000, 102); /* of five seconds from now at most */
    passes_to(&h, 1805);
    assert_int_equal(h.count, 2);
    is(&h, 1, 2, 102, 102, 102, 102, 1);
    fixture_free(h.f);
}

static char bytes[1 << 21];

static void both_restarts_go_on_with_it(void **state)
{
    (void)state;
    struct hearer h, g;
    hearer_init(&h, &flat);
    hearer_init(&g, &flat);
    trades(&h, 100, 100, 100);
    trades(&h, 700, 700, 50);
    trades(&h, 1201, 1201, 60);
    const int64_t size = engine_save(h.f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(engine_load(g.f->engine, bytes, (size_t)size), OC_OK);
    g.f->now_ns = h.f->now_ns;
    for (int i = 0; i < 2; i++) {
        struct hearer *one = i ? &g : &h;
        passes_to(one, 1805);
        trades(one, 1900, 1900, 61);
        passes_to(one, 2405);
        assert_int_equal(one->count, 3);
        is(one, 0, 1, 50, 50, 50, 50, 1);
        is(one, 1, 2, 60, 60, 60, 60, 1);
        is(one, 2, 3, 61, 61, 61, 61, 1);
    }
    fixture_free(h.f);
    fixture_free(g.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_venues_time_counts_and_the_clock_closes),
        cmocka_unit_test(empty_minutes_are_bars_where_the_venue_has_them),
        cmocka_unit_test(the_first_bar_is_completed_from_history),
        cmocka_unit_test(history_that_does_not_come_is_left_out),
        cmocka_unit_test(a_hole_is_filled),
        cmocka_unit_test(of_quotes_or_of_trades),
        cmocka_unit_test(a_quiet_market_is_heard_by_its_quotes),
        cmocka_unit_test(a_time_far_ahead),
        cmocka_unit_test(both_restarts_go_on_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
