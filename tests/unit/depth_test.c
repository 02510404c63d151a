/* depth_test.c: an order book from a snapshot and the chain of changes behind it; gaps, crossed books, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/depth.h"
#include "engine/limits.h"
#include "engine/market.h"
#include "support/book_kit.h"

static struct depths books;
static const uint32_t inst = OC_INST(7, 1);

static struct depth *fresh(uint32_t policy, uint32_t room)
{
    struct depth *depth;
    depths_release(&books);
    assert_int_equal(depths_want(&books, inst, policy, room, &depth), OC_OK);
    return depth;
}

static int done(void **state)
{
    (void)state;
    depths_release(&books);
    return 0;
}

static enum depth_fault snapshot(struct depth *depth, uint64_t last, const char *line)
{
    return depth_apply(depth, &book_snapshot(inst, last, line)->book);
}

static enum depth_fault change(struct depth *depth, uint64_t first, uint64_t last, const char *line)
{
    return depth_apply(depth, &book_change(inst, first, last, line)->book);
}

static void is(const struct depth *depth, const char *line)
{
    char text[512] = "";
    for (int side = 0; side < 2; side++) {
        const struct oc_level *level;
        for (uint32_t i = 0; (level = depth_level(&depth->sides[side], i)) != NULL; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%lld*%lld ", (long long)level->price,
                     (long long)level->qty);
        strcat(text, side ? "" : "/ ");
    }
    text[strlen(text) - 1] = 0;
    assert_string_equal(text, line);
}

static void a_snapshot_and_changes(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    assert_false(depth_is_shown(depth));
    assert_true(depth_wants(depth));
    assert_int_equal(snapshot(depth, 10, "99*3 100*5 98*1 / 103*1 101*2"), DEPTH_SOUND); /* in any order */
    assert_true(depth_is_shown(depth) && !depth_wants(depth));
    is(depth, "100*5 99*3 98*1 / 101*2 103*1");
    assert_int_equal(change(depth, 11, 12, "100*0 99*4 97*9 / 102*7 101*0 500*0"), DEPTH_SOUND);
    is(depth, "99*4 98*1 97*9 / 102*7 103*1");
    assert_int_equal(depth->last_seq, 12);
    assert_int_equal(depth->at_ns, 12);
    assert_int_equal(change(depth, 13, 13, " / "), DEPTH_SOUND); /* nothing, but a number */
    assert_int_equal(change(depth, 14, 14, "99*0 98*0 97*0 / 102*0 103*0"), DEPTH_SOUND);
    assert_true(depth_is_shown(depth));
    assert_null(depth_level(&depth->sides[DEPTH_BIDS], 0));
    assert_int_equal(change(depth, 15, 15, "50*1"), DEPTH_SOUND);
    is(depth, "50*1 /");
}

/* The rule of the sheet: what the snapshot knows is dropped, the first behind it reaches over it, each other one follows. */
static void changes_wait_for_the_snapshot(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    change(depth, 5, 6, "100*1");
    change(depth, 7, 9, "100*2");
    change(depth, 10, 11, "100*3 / 101*1");
    assert_int_equal(depth->held_count, 3);
    assert_false(depth_is_shown(depth));
    assert_int_equal(snapshot(depth, 3, "90*1"), DEPTH_SOUND); /* too old by one: the first that is held begins at 5 */
    assert_false(depth_is_shown(depth));
    assert_int_equal(depth->held_count, 3);
    assert_int_equal(snapshot(depth, 8, "100*7 90*1 / 101*9"), DEPTH_SOUND);
    is(depth, "100*3 90*1 / 101*1");
    assert_int_equal(depth->held_count, 0);
    assert_int_equal(depth->gaps, 0);
    /* just old enough */
    depth = fresh(DEPTH_RESYNC, 1000);
    change(depth, 5, 6, "100*1");
    snapshot(depth, 4, "90*1");
    is(depth, "100*1 90*1 /");
    /* one that does not follow what is held takes its place */
    depth = fresh(DEPTH_RESYNC, 1000);
    change(depth, 5, 6, "100*1");
    change(depth, 5, 6, "100*1"); /* said again */
    assert_int_equal(depth->held_count, 1);
    change(depth, 8, 9, "100*2");
    assert_int_equal(depth->held_count, 1);
    snapshot(depth, 7, "99*1");
    is(depth, "100*2 99*1 /");
    /* a snapshot that is newer than all that is held, and the first change behind it */
    depth = fresh(DEPTH_RESYNC, 1000);
    change(depth, 5, 6, "100*1");
    snapshot(depth, 20, "99*1");
    is(depth, "99*1 /");
    change(depth, 18, 20, "55*5");
    is(depth, "99*1 /");
    change(depth, 19, 22, "98*2");
    is(depth, "99*1 98*2 /");
    /* behind it one that is too new: the snapshot was too old, and that is no gap */
    depth = fresh(DEPTH_HALT, 1000);
    snapshot(depth, 20, "99*1");
    assert_int_equal(change(depth, 22, 23, "98*2"), DEPTH_SOUND);
    assert_true(!depth_is_shown(depth) && depth->held_count == 1 && depth->gaps == 0);
}

static void a_gap_and_what_becomes_of_it(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    snapshot(depth, 10, "100*5 / 101*2");
    change(depth, 11, 12, "100*4");
    assert_int_equal(change(depth, 11, 12, "100*9"), DEPTH_SOUND); /* the last one again */
    is(depth, "100*4 / 101*2");
    assert_int_equal(change(depth, 14, 15, "100*3"), DEPTH_GAP);
    assert_true(!depth_is_shown(depth) && depth_wants(depth) && depth->gaps == 1);
    change(depth, 16, 17, "99*1");
    snapshot(depth, 15, "100*3 / 101*2");
    is(depth, "100*3 99*1 / 101*2");
    assert_int_equal(change(depth, 14, 15, "1*1"), DEPTH_GAP); /* an old one is as bad */
    assert_int_equal(depth->gaps, 2);

    depth = fresh(DEPTH_WARN, 1000);
    snapshot(depth, 10, "100*5 / 101*2");
    change(depth, 11, 12, "100*4");
    assert_int_equal(change(depth, 14, 15, "99*3"), DEPTH_GAP);
    assert_true(depth_is_shown(depth));
    is(depth, "100*4 99*3 / 101*2");
    assert_int_equal(change(depth, 16, 16, "98*3"), DEPTH_SOUND);
}

static void chained_by_the_previous_number(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    struct book_event *event;
#define SAYS(prev, last, line)                                                                                         \
    (event = book_change(inst, 0, last, line), event->book.chain = OC_CHAIN_PREVIOUS, event->book.prev_seq = (prev),   \
     depth_apply(depth, &event->book))
    SAYS(50, 60, "100*1");
    SAYS(60, 70, "100*2");
    assert_int_equal(depth->held_count, 2);
    event = book_snapshot(inst, 65, "100*9 90*1");
    event->book.chain = OC_CHAIN_PREVIOUS;
    depth_apply(depth, &event->book);
    is(depth, "100*2 90*1 /");
    assert_int_equal(SAYS(70, 71, "89*1"), DEPTH_SOUND);
    assert_int_equal(SAYS(70, 71, "1*1"), DEPTH_SOUND); /* again */
    is(depth, "100*2 90*1 89*1 /");
    assert_int_equal(SAYS(72, 73, "1*1"), DEPTH_GAP);
    assert_false(depth_is_shown(depth));
#undef SAYS
    /* without numbers everything follows; a snapshot always counts */
    depth = fresh(DEPTH_RESYNC, 1000);
    event = book_snapshot(inst, 0, "100*9");
    event->book.chain = OC_CHAIN_NONE;
    depth_apply(depth, &event->book);
    event = book_change(inst, 0, 0, "99*1");
    event->book.chain = OC_CHAIN_NONE;
    depth_apply(depth, &event->book);
    is(depth, "100*9 99*1 /");
    event = book_snapshot(inst, 0, "50*1");
    event->book.chain = OC_CHAIN_NONE;
    depth_apply(depth, &event->book);
    is(depth, "50*1 /");
}

static void a_crossed_book_is_not_shown(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    snapshot(depth, 10, "100*5 / 101*2");
    struct book_event *event = book_change(inst, 11, 11, "101*1");
    event->book.head.flags = 0; /* in the middle of a transaction it may be */
    assert_int_equal(depth_apply(depth, &event->book), DEPTH_SOUND);
    assert_int_equal(change(depth, 12, 12, " / 101*0 102*1"), DEPTH_SOUND);
    is(depth, "101*1 100*5 / 102*1");
    assert_int_equal(change(depth, 13, 13, "102*1"), DEPTH_CROSSED); /* equal is crossed */
    assert_true(!depth_is_shown(depth) && depth_wants(depth) && depth->crossings == 1);
    assert_int_equal(snapshot(depth, 13, "102*1 / 102*1"), DEPTH_CROSSED); /* a snapshot may be */

    depth = fresh(DEPTH_WARN, 1000);
    snapshot(depth, 10, "100*5 / 101*2");
    assert_int_equal(change(depth, 11, 11, "103*1"), DEPTH_CROSSED);
    assert_false(depth_is_shown(depth));
    assert_int_equal(change(depth, 12, 12, "99*1"), DEPTH_SOUND); /* said once */
    assert_int_equal(change(depth, 13, 13, "103*0"), DEPTH_SOUND);
    is(depth, "100*5 99*1 / 101*2");
    assert_true(depth_is_shown(depth));
}

/* At the limit of levels, one beyond it, and what is known of what is deeper. */
static void levels_that_are_kept(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 5);
    snapshot(depth, 1, "10*1 9*1 8*1 7*1");
    assert_false(depth->sides[DEPTH_BIDS].is_cut); /* fewer than were asked for: all there are */
    change(depth, 2, 2, "6*1");
    assert_false(depth->sides[DEPTH_BIDS].is_cut);
    change(depth, 3, 3, "5*1"); /* one more than there is room for, the deepest */
    is(depth, "10*1 9*1 8*1 7*1 6*1 /");
    assert_true(depth->sides[DEPTH_BIDS].is_cut);
    change(depth, 4, 4, "11*1"); /* and one that is not */
    is(depth, "11*1 10*1 9*1 8*1 7*1 /");
    change(depth, 5, 5, "11*0 10*0"); /* deeper than 7 something may stand that is not known */
    change(depth, 6, 6, "6*3");
    is(depth, "9*1 8*1 7*1 /");
    assert_false(depth_wants(depth));
    change(depth, 7, 7, "9*0 8*0"); /* fewer than half of the room: thin, and shown all the same */
    assert_true(depth_wants(depth) && depth_is_shown(depth));
    snapshot(depth, 6, "1*1"); /* of before: no use */
    is(depth, "7*1 /");
    snapshot(depth, 7, "7*1 6*3 5*1 4*1 3*1 2*1");
    is(depth, "7*1 6*3 5*1 4*1 3*1 /");
    assert_true(depth->sides[DEPTH_BIDS].is_cut && !depth_wants(depth));
    /* a feed that keeps so many itself: deeper ones leave without a word and come again with one */
    depth = fresh(DEPTH_RESYNC, 1000);
    struct book_event *event = book_snapshot(inst, 1, "10*1 9*1 8*1");
    event->book.depth = 3;
    depth_apply(depth, &event->book);
    event = book_change(inst, 2, 2, "11*1");
    event->book.depth = 3;
    depth_apply(depth, &event->book);
    is(depth, "11*1 10*1 9*1 /");
    event = book_change(inst, 3, 3, "11*0 8*1");
    event->book.depth = 3;
    depth_apply(depth, &event->book);
    is(depth, "10*1 9*1 8*1 /");
    assert_false(depth_wants(depth));
    /* asks, whose deepest is the dearest */
    depth = fresh(DEPTH_RESYNC, 5);
    snapshot(depth, 1, " / 1*1 2*1 3*1 4*1 5*1");
    change(depth, 2, 2, " / 6*1 0*1");
    is(depth, "/ 0*1 1*1 2*1 3*1 4*1");
}

static void what_is_held_has_a_limit(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    struct book_event *event;
    const uint32_t own = 48,
                   each = (ENGINE_DEPTH_HELD / 2 - own) / sizeof(struct oc_level); /* two of these are as much */
    for (uint64_t i = 1; i <= 3; i++) {
        event = book_change(inst, i, i, "");
        event->book.bids = each;
        for (uint32_t k = 0; k < each; k++)
            event->levels[k] = (struct oc_level){1 + k, 1};
        book_kit_size(event);
        depth_apply(depth, &event->book);
        assert_int_equal(depth->held_count, i == 3 ? 1 : i); /* the third does not fit behind them */
        assert_true(depth->held_size <= ENGINE_DEPTH_HELD);
    }
    assert_int_equal(depth->held_size * 2, ENGINE_DEPTH_HELD);
    snapshot(depth, 2, "5000*1");
    assert_int_equal(depth_level(&depth->sides[DEPTH_BIDS], 0)->price, 5000);
    assert_int_equal(depth->last_seq, 3);
}

static void in_parts(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    struct book_event *event = book_snapshot(inst, 5, "100*1 / 101*1");
    event->book.head.flags = OC_EVF_MORE;
    depth_apply(depth, &event->book);
    assert_false(depth_is_shown(depth));
    snapshot(depth, 5, "99*1 / 102*1");
    is(depth, "100*1 99*1 / 101*1 102*1");
    assert_true(depth_is_shown(depth));
    event = book_change(inst, 6, 8, "98*1");
    event->book.head.flags = OC_EVF_MORE;
    depth_apply(depth, &event->book);
    assert_false(depth_is_shown(depth));
    assert_int_equal(change(depth, 6, 8, "97*1"), DEPTH_SOUND);
    is(depth, "100*1 99*1 98*1 97*1 / 101*1 102*1");
    assert_int_equal(depth->last_seq, 8);
    /* seen already: none of its parts is taken */
    event = book_change(inst, 6, 8, "1*1");
    event->book.head.flags = OC_EVF_MORE;
    depth_apply(depth, &event->book);
    change(depth, 6, 8, "2*1");
    is(depth, "100*1 99*1 98*1 97*1 / 101*1 102*1");
    /* held in parts */
    depth = fresh(DEPTH_RESYNC, 1000);
    event = book_change(inst, 6, 8, "98*1");
    event->book.head.flags = OC_EVF_MORE;
    depth_apply(depth, &event->book);
    change(depth, 6, 8, "97*1");
    snapshot(depth, 7, "100*1");
    is(depth, "100*1 98*1 97*1 /");
}

static void a_walk(void **state)
{
    (void)state;
    struct depth *depth = fresh(DEPTH_RESYNC, 1000);
    oc_i128 sum;
    snapshot(depth, 1, " / 10000*5 10005*8 10010*20"); /* SIM-4 */
    assert_int_equal(depth_walk(&depth->sides[DEPTH_ASKS], 10, &sum), 10);
    assert_true(sum == 5 * 10000 + 5 * 10005); /* 100.025 each */
    assert_int_equal(depth_walk(&depth->sides[DEPTH_ASKS], 34, &sum), 33);
    assert_int_equal(depth_walk(&depth->sides[DEPTH_BIDS], 1, &sum), 0);
    assert_true(sum == 0);
    assert_true(depth_takes(&book_snapshot(inst, 1, "4611686018427387903*1 / -4611686018427387903*1")->book));
    assert_false(depth_takes(&book_snapshot(inst, 1, "4611686018427387904*1")->book));
    assert_false(depth_takes(&book_snapshot(inst, 1, " / -4611686018427387904*1")->book));
}

static void as_many_books_as_there_may_be(void **state)
{
    (void)state;
    struct depth *depth;
    depths_release(&books);
    assert_null(depths_find(&books, inst));
    assert_int_equal(depths_want(&books, inst, DEPTH_WARN, 0, &depth), OC_E_LIMIT);
    assert_int_equal(depths_want(&books, inst, DEPTH_WARN, ENGINE_DEPTH_LEVELS + 1, &depth), OC_E_LIMIT);
    assert_int_equal(depths_want(&books, OC_INST(ENGINE_INSTRUMENTS_MAX, 1), DEPTH_WARN, 5, &depth), OC_E_LIMIT);
    for (uint32_t i = 1; i <= ENGINE_DEPTHS_MAX; i++)
        assert_int_equal(depths_want(&books, OC_INST(i, 1), DEPTH_WARN, 5, &depth), OC_OK);
    assert_int_equal(depths_want(&books, OC_INST(ENGINE_DEPTHS_MAX + 1, 1), DEPTH_WARN, 5, &depth), OC_E_LIMIT);
    assert_int_equal(depths_want(&books, OC_INST(3, 9), DEPTH_WARN, 5, &depth), OC_OK); /* it is there */
    assert_ptr_equal(depth, depths_find(&books, OC_INST(3, 1)));
}

/* ---- against a table of prices, and with every message lost once ---- */

enum { PRICES = 64, MESSAGES = 400 };

struct stream {
    struct book_event *messages[MESSAGES];
    int64_t qty[MESSAGES + 1][2][PRICES]; /* behind so many messages */
};

static uint64_t next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005ull + 1442695040888963407ull;
    return *random >> 33;
}

static struct stream *stream_new(void)
{
    struct stream *stream = calloc(1, sizeof *stream);
    uint64_t random = 11, seq = 100;
    for (int i = 0; i < MESSAGES; i++) {
        memcpy(stream->qty[i + 1], stream->qty[i], sizeof stream->qty[i]);
        struct book_event *event = book_change(inst, seq + 1, seq + 1 + next_random(&random) % 3, "");
        seq = event->book.last_seq;
        for (int side = 0; side < 2; side++) /* bids below 32, asks from there on: it is never crossed */
            for (uint64_t k = next_random(&random) % 5; k > 0; k--) {
                const int price = (int)(next_random(&random) % (PRICES / 2)) + side * PRICES / 2;
                const int64_t qty = (int64_t)(next_random(&random) % 4);
                event->levels[event->book.bids + event->book.asks] = (struct oc_level){price, qty};
                *(side ? &event->book.asks : &event->book.bids) += 1;
                stream->qty[i + 1][side][price] = qty;
            }
        book_kit_size(event);
        stream->messages[i] = malloc(event->book.head.size);
        memcpy(stream->messages[i], event, event->book.head.size);
    }
    return stream;
}

static void stream_free(struct stream *stream)
{
    for (int i = 0; i < MESSAGES; i++)
        free(stream->messages[i]);
    free(stream);
}

/* The book behind message i, as its venue would say it. */
static struct book_event *stream_snapshot(const struct stream *stream, int i)
{
    struct book_event *event = book_snapshot(inst, i ? stream->messages[i - 1]->book.last_seq : 100, "");
    for (int side = 0; side < 2; side++)
        for (int price = 0; price < PRICES; price++)
            if (stream->qty[i][side][price]) {
                event->levels[event->book.bids + event->book.asks] =
                    (struct oc_level){price, stream->qty[i][side][price]};
                *(side ? &event->book.asks : &event->book.bids) += 1;
            }
    book_kit_size(event);
    return event;
}

static void is_as_the_stream(const struct depth *depth, const struct stream *stream, int i)
{
    for (int side = 0; side < 2; side++) {
        uint32_t at = 0;
        for (int k = 0; k < PRICES; k++) {
            const int price = side ? k : PRICES - 1 - k;
            if (!stream->qty[i][side][price])
                continue;
            const struct oc_level *level = depth_level(&depth->sides[side], at++);
            assert_true(level && level->price == price && level->qty == stream->qty[i][side][price]);
        }
        assert_int_equal(at, depth->sides[side].count);
    }
}

static void each_message_of_a_stream(void **state)
{
    (void)state;
    struct stream *stream = stream_new();
    for (int lost = -1; lost < MESSAGES; lost++) {
        struct depth *depth = fresh(DEPTH_RESYNC, 1000);
        depth_apply(depth, &stream_snapshot(stream, 0)->book);
        int asked = -1;
        for (int i = 0; i < MESSAGES; i++) {
            if (i == lost)
                continue;
            const enum depth_fault fault = depth_apply(depth, &stream->messages[i]->book);
            /* within one message of the gap nobody is shown anything */
            assert_int_equal(fault, lost > 0 && i == lost + 1 ? DEPTH_GAP : DEPTH_SOUND);
            if (!depth->is_whole && asked < 0)
                asked = i;
            if (depth->is_whole)
                is_as_the_stream(depth, stream, i + 1);
            if (asked >= 0 && i == asked + 3) /* the answer is some messages old */
                depth_apply(depth, &stream_snapshot(stream, i - 1)->book);
            if (asked >= 0 && i >= asked + 3)
                assert_true(depth_is_shown(depth));
        }
        if (lost < 0)
            assert_true(asked < 0);
    }
    stream_free(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_snapshot_and_changes),
                                       cmocka_unit_test(changes_wait_for_the_snapshot),
                                       cmocka_unit_test(a_gap_and_what_becomes_of_it),
                                       cmocka_unit_test(chained_by_the_previous_number),
                                       cmocka_unit_test(a_crossed_book_is_not_shown),
                                       cmocka_unit_test(levels_that_are_kept),
                                       cmocka_unit_test(what_is_held_has_a_limit),
                                       cmocka_unit_test(in_parts),
                                       cmocka_unit_test(a_walk),
                                       cmocka_unit_test(as_many_books_as_there_may_be),
                                       cmocka_unit_test(each_message_of_a_stream)};
    return cmocka_run_group_tests(tests, NULL, done);
}
