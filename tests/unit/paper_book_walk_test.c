/* paper_book_walk_test.c: the paper venue on an order book that walks, for some thousand steps: snapshots, changes, prints and newer quotes, with
 * orders of every kind a book meets, two that cancel each other among them. It says what it said when the walk was recorded, to the last unit,
 * also when it is saved and loaded on the way. */
#include "support/levels_kit.h"
#include "support/walk_kit.h"

enum { STEPS = 3000, LEVELS = 6, ASKED_MAX = 3 * STEPS };

struct walk {
    struct venue *v;
    struct engine *engine;
    const char *const *pairs;
    struct dice dice;
    int64_t now_ns, price, position;
    uint64_t seq;
    uint32_t fills, restarts, ties;
    struct oc_request asked[ASKED_MAX];
    int asked_count;
};

static int64_t roll(struct walk *walk, int64_t below) { return dice_roll(&walk->dice, below); }

/* What was said since the last step: hashed and forgotten. */
static void take(struct walk *walk)
{
    struct venue *v = walk->v;
    for (int i = 0; i < v->answer_count; i++) {
        const struct oc_ev_answer *answer = &v->answers[i];
        const int64_t row[] = {answer->head.type, answer->head.venue_ns, (int64_t)answer->order, answer->cum_qty,
                               answer->qty,       answer->head.flags,    answer->definitive};
        dice_fold(&walk->dice, row, sizeof row);
        dice_fold(&walk->dice, answer->reason, strnlen(answer->reason, sizeof answer->reason));
    }
    for (int i = 0; i < v->fill_count; i++) {
        const struct oc_ev_fill *fill = &v->fills[i];
        const int64_t row[] = {fill->head.venue_ns, (int64_t)fill->order, fill->price,     fill->qty,
                               fill->side,          fill->liquidity,      fill->fee.units, fill->fee.scale,
                               fill->fee_asset,     fill->head.flags};
        dice_fold(&walk->dice, row, sizeof row);
        assert_true(fill->qty > 0);
        walk->fills++;
        walk->position += fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
    }
    v->answer_count = v->fill_count = 0;
    int64_t held = 0;
    v->sim->position(v->instance.self, ACCOUNT, INST, &held);
    if (!v->sim_answers.count)
        assert_int_equal(held, walk->position);
}

/* Levels of both sides around the price, some of them taken away in a change. */
static void shows_book(struct walk *walk)
{
    char line[512];
    int at = 0;
    const bool is_whole = walk->seq == 0 || roll(walk, 4) == 0;
    const int64_t far = roll(walk, 40) == 0 ? roll(walk, 4000) - 2000 : 0; /* now and then it jumps */
    walk->price += roll(walk, 9) - 4 + far;
    walk->price = walk->price < 3000 ? 3000 : walk->price > 30000 ? 30000 : walk->price;
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < LEVELS; i++) {
            const int64_t price = walk->price + (side ? 1 + i + roll(walk, 2) : -1 - i - roll(walk, 2));
            const int64_t qty = is_whole || roll(walk, 4) ? 1 + roll(walk, 300) : 0;
            at += snprintf(line + at, sizeof line - (size_t)at, "%lld*%lld ", (long long)price, (long long)qty);
        }
        at += snprintf(line + at, sizeof line - (size_t)at, side ? "" : "/ ");
    }
    walk->seq++;
    says(walk->v, walk->engine, walk->now_ns,
         is_whole || far ? book_snapshot(INST, walk->seq, line) : book_change(INST, walk->seq, walk->seq, line));
    take(walk);
}

static const struct oc_request *earlier(struct walk *walk)
{
    return &walk->asked[walk->asked_count - 1 - roll(walk, walk->asked_count < 16 ? walk->asked_count : 16)];
}

static struct oc_request new_order(struct walk *walk)
{
    const uint8_t side = roll(walk, 2) ? OC_SIDE_BUY : OC_SIDE_SELL;
    const int64_t form = roll(walk, 8), price = walk->price - 8 + roll(walk, 17), qty = 1 + roll(walk, 600);
    const int64_t stop = walk->price + (side == OC_SIDE_BUY ? 1 : -1) * (1 + roll(walk, 10));
    struct oc_request request = order(walk->v, side, qty, form < 5 || form == 6 ? price : 0, form >= 6 ? stop : 0);
    const int64_t way = roll(walk, 10);
    if (way == 1 && request.type == OC_ORDER_LIMIT)
        request.bits |= OC_RQ_POST_ONLY;
    if (way == 2)
        request.tif = roll(walk, 2) ? OC_TIF_IOC : OC_TIF_FOK;
    if (way == 3)
        request.tif = OC_TIF_GTD, request.expire_ns = walk->now_ns + roll(walk, 20 * SECOND);
    if (way == 4)
        request.bits |= OC_RQ_REDUCE_ONLY;
    if (request.type == OC_ORDER_MARKET && roll(walk, 2)) {
        request.bits = OC_RQ_HAS_QUOTE_QTY | (roll(walk, 2) ? OC_RQ_FEE_IN_QUOTE : 0u);
        request.quote_qty = (struct oc_dec){1 + roll(walk, 90000), 1, 0};
        request.qty = 0;
    }
    if (way > 7 && request.type != OC_ORDER_MARKET && walk->asked_count) { /* tied to one of before */
        const struct oc_request *other = earlier(walk);
        if (other->type != OC_ORDER_MARKET && !(other->bits & OC_RQ_REDUCE_ONLY)) {
            request.group = other->group ? other->group : other->order;
            request.link = OC_LINK_OCO;
            request.qty = other->qty;
            walk->ties++;
        }
    }
    walk->asked[walk->asked_count++] = request;
    return request;
}

static void asks(struct walk *walk)
{
    const int64_t kind = roll(walk, 10);
    struct oc_request request;
    if (kind < 7 || walk->asked_count == 0) {
        request = new_order(walk);
    } else {
        request = *earlier(walk);
        request.kind = kind < 8 ? OC_REQUEST_AMEND : OC_REQUEST_CANCEL;
        request.id = (1ull << 63) | (uint64_t)roll(walk, 1000000);
        if (request.kind == OC_REQUEST_AMEND && (request.bits & OC_RQ_HAS_QTY) && request.link != OC_LINK_OCO)
            request.bits |= OC_RQ_QUANTITY_CHANGED, request.qty = 1 + roll(walk, 600);
        if (request.kind == OC_REQUEST_AMEND && (request.bits & OC_RQ_HAS_PRICE))
            request.bits |= OC_RQ_PRICE_CHANGED, request.price = walk->price - 8 + roll(walk, 17);
    }
    assert_int_equal(walk->v->sim->request(walk->v->instance.self, walk->now_ns, &request), OC_OK);
    pass(walk->v, walk->now_ns);
    take(walk);
}

/* Another process goes on from the saved bytes, beside the same book. */
static void restarts(struct walk *walk)
{
    static char bytes[8 << 20];
    struct venue *v = walk->v;
    if (v->sim_answers.count)
        return;
    const oc_rc size = v->sim->save(v->instance.self, bytes, sizeof bytes);
    assert_true(size > 0);
    const int64_t due_ns = v->sim_answers.due_ns;
    struct venue *w = venue_new(walk->pairs);
    w->instance.engine = walk->engine;
    assert_int_equal(w->sim->load(w->instance.self, bytes, (uint32_t)size), OC_OK);
    w->next = v->next;
    if (due_ns < INT64_MAX)
        assert_int_equal(sim_answers_schedule(&w->sim_answers, due_ns), OC_OK);
    v->instance.engine = NULL;
    venue_free(v);
    walk->v = w;
    walk->restarts++;
}

static uint64_t walked(const char *const *pairs, uint64_t seed, bool is_cut)
{
    struct walk *walk = calloc(1, sizeof *walk);
    walk->pairs = pairs;
    walk->v = venue_new(pairs);
    walk->engine = engine_with_book(walk->v);
    walk->dice.random = seed;
    walk->price = 10000;
    for (int step = 0; step < STEPS; step++) {
        walk->now_ns += 1 + roll(walk, 2 * SECOND);
        pass(walk->v, walk->now_ns);
        take(walk);
        if (is_cut && step % 7 == 4)
            restarts(walk);
        const int64_t what = roll(walk, 8);
        if (what < 4 || step == 0) {
            shows_book(walk);
        } else if (what < 7) {
            trade(walk->v, walk->now_ns, walk->price - 3 + roll(walk, 7), 1 + roll(walk, 400));
            take(walk);
        } else {
            quote(walk->v, walk->now_ns, walk->price - 1 - roll(walk, 3), roll(walk, 200),
                  walk->price + 1 + roll(walk, 3), roll(walk, 200));
            take(walk);
        }
        asks(walk);
    }
    assert_true(walk->fills > 300 && walk->ties > 50 && (!is_cut || walk->restarts > 20));
    const uint64_t hash = walk->dice.hash;
    end(walk->v);
    free(walk);
    return hash;
}

static const char *const at_once[] = {"latency", "0", "taker_fee", "0.001", "allow_short", "true", NULL};
static const char *const late[] = {"latency", "700ms",     "response_latency", "300ms", "replenish",
                                   "1h",      "maker_fee", "-0.0001",          NULL};
static const char *const behind_all[] = {"latency",   "0",     "queue",       "risk_averse", "fee_in_base", "true",
                                         "taker_fee", "0.002", "check_funds", "false",       NULL};
static const char *const by_prints[] = {"latency", "50ms", "queue", "trades", "replenish", "0", NULL};

static void walks_end_where_they_did(void **state)
{
    (void)state;
    static const char *const *const all[] = {at_once, late, behind_all, by_prints};
    static const uint64_t recorded[4][2] = {{0x812725c90471bce8, 0x2dbc9e91abf4dbfd},
                                            {0x16552522b49b6e64, 0xcd5c727467c66ca9},
                                            {0xb5c3c4f750532245, 0x477b61a8d4cda630},
                                            {0x9e39e7a75b4147f7, 0x729e2eede8f852d6}};
    bool is_same = true;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++) {
            const uint64_t hash = walked(all[i], 77 + (uint64_t)k, false), cut = walked(all[i], 77 + (uint64_t)k, true);
            if (hash != cut)
                print_error("profile %d, seed %d: not the same when saved and loaded on the way\n", i, k);
            if (hash != recorded[i][k])
                print_error("profile %d, seed %d: 0x%016llx\n", i, k, (unsigned long long)hash);
            is_same = is_same && hash == cut && hash == recorded[i][k];
        }
    assert_true(is_same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(walks_end_where_they_did)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
