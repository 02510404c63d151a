/* script_walk_test.c: one strategy that uses all of the API, on long seeded walks: bars whose steps change on the way, orders that are
 * filled in part, refused and cancelled by dice, timers, state and numbers drawn. What it logs and asks for is what it was when the walk was
 * recorded, also when engine and strategy are saved and loaded into new ones every few bars. */
#include "support/strategy_kit.h"
#include "support/walk_kit.h"

enum { BARS = 260, CHANGES_MAX = 64, SEEDS = 3 };

struct walk {
    struct kit *kit;
    struct dice dice; /* draws what happens, and folds what came of it */
    int64_t price;    /* in 0.01 */
    int64_t now_ns;
    uint32_t trades, fills, changes;
    struct oc_ev_instrument change[CHANGES_MAX]; /* so far: a new engine hears them first */
};

static int64_t roll(struct walk *walk, int64_t below) { return dice_roll(&walk->dice, below); }

static const struct oc_instrument *now_of(const struct walk *walk)
{
    return &instruments_get(engine_instruments(walk->kit->f->engine), walk->kit->f->inst)->info;
}

/* A price in 0.01, and a quantity in 0.001, in the steps of now. */
static int64_t in_price(const struct walk *walk, int64_t cents)
{
    const struct oc_dec step = now_of(walk)->price_step;
    return step.scale == 2 ? cents : 10 * cents / step.units;
}

static int64_t in_qty(const struct walk *walk, int64_t thousandths)
{
    return now_of(walk)->qty_step.scale == 3 ? thousandths : 10 * thousandths;
}

/* What was logged and asked for since: folded, and forgotten. */
static void take(struct walk *walk)
{
    struct kit *kit = walk->kit;
    if (strategy_error(kit->strategy))
        fail_msg("%s", strategy_error(kit->strategy)->message);
    dice_fold(&walk->dice, kit->log, kit->log_size);
    kit->log_size = 0;
    for (uint32_t i = 0; i < kit->f->sent_count; i++) {
        const struct oc_request *request = &kit->f->sent[i];
        const int64_t row[] = {request->kind,  request->side,           request->type,   request->qty,
                               request->price, request->bits,           request->role,   request->stop_price,
                               request->tif,   (int64_t)request->order, request->account};
        dice_fold(&walk->dice, row, sizeof row);
    }
    kit->f->sent_count = 0;
}

static void hears(struct walk *walk, void *event)
{
    walk->kit->f->now_ns = walk->now_ns;
    assert_int_equal(fixture_input(walk->kit->f, event), OC_OK);
}

/* Steps become finer or coarser; what is known counts in the new ones from here on. */
static void changes_steps(struct walk *walk)
{
    static const struct oc_dec prices[] = {{1, 2, 0}, {1, 3, 0}, {5, 3, 0}}, quantities[] = {{1, 3, 0}, {1, 4, 0}};
    if (walk->changes == CHANGES_MAX)
        return;
    struct oc_ev_instrument *event = &walk->change[walk->changes++];
    *event = (struct oc_ev_instrument){
        .head = {.size = sizeof *event, .type = OC_EV_INSTRUMENT, .source = walk->kit->f->account},
        .info = *now_of(walk)};
    event->info.price_step = prices[roll(walk, 3)];
    event->info.qty_step = quantities[roll(walk, 2)];
    struct oc_ev_instrument copy = *event;
    hears(walk, &copy);
    struct instruments *instruments = engine_instruments(walk->kit->f->engine);
    walk->kit->f->inst = instruments_find(instruments, "BTC/USDT");
}

/* What the venue says of one order that is open: taken, traded in part or whole, gone. */
static void answers(struct walk *walk)
{
    struct fixture *f = walk->kit->f;
    uint64_t open[64];
    uint32_t count = 0;
    for (const struct order *order = orders_open_last(engine_orders(f->engine)); order && count < 64;
         order = order->older)
        open[count++] = order->now.order;
    if (!count)
        return;
    const uint64_t id = open[roll(walk, count)];
    const struct order *order = fixture_find(f, id);
    const int64_t way = roll(walk, 8), rest = order->now.qty - order->filled;
    const uint8_t side = order->now.side;
    if (way < 4 && rest > 0 && order->now.qty) {
        const int64_t part = roll(walk, 2) || rest < 2 ? rest : 1 + roll(walk, rest - 1);
        char name[32];
        snprintf(name, sizeof name, "t%u", ++walk->trades);
        struct oc_ev_fill fill = fixture_fill(f, id, side, part, in_price(walk, walk->price), name);
        fill.fee = (struct oc_dec){1 + roll(walk, 30), 3, 0};
        hears(walk, &fill);
        walk->fills++;
    } else {
        static const uint16_t types[] = {OC_EV_ACCEPTED, OC_EV_ACCEPTED, OC_EV_CANCELED, OC_EV_REJECTED};
        struct oc_ev_answer answer = fixture_answer(f, types[way % 4], id);
        if (answer.head.type == OC_EV_REJECTED)
            memcpy(answer.reason, "NO_ROOM", 8);
        hears(walk, &answer);
    }
}

static void shows_bar(struct walk *walk)
{
    const int64_t open = walk->price, close = open - 40 + roll(walk, 81);
    const int64_t high = (open > close ? open : close) + roll(walk, 20),
                  low = (open < close ? open : close) - roll(walk, 20);
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = walk->kit->f->inst},
                            .open_ns = walk->now_ns,
                            .period_ns = KIT_MINUTE,
                            .open = in_price(walk, open),
                            .high = in_price(walk, high),
                            .low = in_price(walk, low),
                            .close = in_price(walk, close),
                            .volume = in_qty(walk, roll(walk, 9000)),
                            .present = OC_HAS_VOLUME};
    walk->now_ns += KIT_MINUTE;
    fixture_tick(walk->kit->f, walk->now_ns - 1);
    walk->price = close;
    hears(walk, &bar);
    fixture_tick(walk->kit->f, walk->now_ns);
}

static const struct strategy_param params[] = {{.name = "length", .value = "5"}};

static struct kit *opened(void)
{
    static char text[16384];
    if (!text[0]) {
        FILE *file = fopen(TEST_SOURCE_DIR "/tests/unit/script_walk.lua", "rb");
        assert_non_null(file);
        assert_in_range(fread(text, 1, sizeof text - 1, file), 1, sizeof text - 2);
        fclose(file);
    }
    return kit_with(text, params, 1);
}

/* Another process goes on from the saved bytes. */
static void restarts(struct walk *walk)
{
    static char bytes[1 << 20], engine[1 << 20];
    struct kit *old = walk->kit;
    const int64_t size = strategy_save(old->strategy, bytes, sizeof bytes);
    const int64_t engine_size = engine_save(old->f->engine, engine, sizeof engine);
    assert_true(size > 0 && engine_size > 0);
    struct kit *fresh = walk->kit = opened();
    assert_int_equal(fresh->rc, OC_OK);
    for (uint32_t i = 0; i < walk->changes; i++) {
        struct oc_ev_instrument copy = walk->change[i];
        hears(walk, &copy);
    }
    assert_int_equal(engine_load(fresh->f->engine, engine, (size_t)engine_size), OC_OK);
    assert_int_equal(strategy_load(fresh->strategy, bytes, (size_t)size), OC_OK);
    fresh->f->inst = old->f->inst;
    fresh->f->seq = old->f->seq;
    fresh->f->now_ns = old->f->now_ns;
    fresh->f->sent_count = 0;
    fresh->log_size = 0;
    kit_free(old);
}

static uint64_t walked(uint64_t seed, bool is_cut, uint32_t *ret_fills)
{
    struct walk *walk = calloc(1, sizeof *walk);
    walk->dice.random = 77 + seed;
    walk->price = 10000;
    walk->now_ns = KIT_MINUTE;
    walk->kit = opened();
    assert_int_equal(walk->kit->rc, OC_OK);
    take(walk);
    for (int i = 0; i < BARS; i++) {
        if (is_cut && i % 9 == 8)
            restarts(walk);
        if (roll(walk, 11) == 0)
            changes_steps(walk);
        shows_bar(walk);
        for (int64_t n = roll(walk, 4); n > 0; n--)
            answers(walk);
        take(walk);
    }
    const uint64_t hash = walk->dice.hash;
    *ret_fills = walk->fills;
    kit_free(walk->kit);
    free(walk);
    return hash;
}

static void walks_end_where_they_did(void **state)
{
    static const uint64_t recorded[SEEDS] = {0x9a1dc21d94ee0401, 0xfb776549bf1c5cb6, 0x3ebdfdf5554b1728};
    bool is_same = true;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint32_t fills, again;
        const uint64_t hash = walked(seed, false, &fills), cut = walked(seed, true, &again);
        assert_true(fills > 50);
        if (hash != cut)
            print_error("seed %d: not the same when saved and loaded on the way\n", (int)seed);
        if (hash != recorded[seed])
            print_error("seed %d: 0x%016llx, %u fills\n", (int)seed, (unsigned long long)hash, fills);
        is_same = is_same && hash == cut && hash == recorded[seed];
    }
    assert_true(is_same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_end_where_they_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
