/* meaning_test.c: what the hash of meaning depends on, and what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <outcry/order.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "journal/meaning.h"

static const uint64_t epoch1 = 1ull << 40, epoch2 = 2ull << 40;

enum { TALE_MAX = 8 };

union record {
    struct oc_event head;
    struct oc_request request;
    struct oc_ev_answer answer;
    struct oc_ev_fill fill;
    struct oc_ev_text text;
    struct oc_ev_balance balance;
    uint64_t words[64];
};

struct tale { /* records in their order */
    union record record[TALE_MAX];
    uint32_t count;
};

enum { NEW_LIMIT, ACCEPTED, FILL, AMEND, AMENDED, NEW_MONEY, DENIED, CANCEL };

static struct oc_request request(uint64_t order, uint8_t kind, uint8_t type, uint32_t bits)
{
    return (struct oc_request){.head = {.size = sizeof(struct oc_request),
                                        .type = OC_EV_REQUEST,
                                        .inst = OC_INST(3, 1),
                                        .seq = 10,
                                        .cause = 9},
                               .id = order,
                               .order = order,
                               .side = OC_SIDE_BUY,
                               .type = type,
                               .tif = OC_TIF_GTC,
                               .role = OC_ROLE_ENTRY,
                               .owner = OC_OWNER_STRATEGY,
                               .bits = bits,
                               .kind = kind};
}

static struct oc_ev_answer answer(uint64_t order, uint16_t type, const char *reason)
{
    struct oc_ev_answer answer = {
        .head = {.size = sizeof answer, .type = type, .inst = OC_INST(3, 1), .venue_ns = 5000, .seq = 11},
        .order = order};
    strcpy(answer.reason, reason);
    return answer;
}

/* A limit order that fills in part and is amended, and an order by money that is denied; one of each kind of record. */
static struct tale tell(uint64_t epoch)
{
    const uint64_t a = epoch | 7, b = epoch | 9;
    struct tale tale = {.count = TALE_MAX};
    union record *record = tale.record;
    record[NEW_LIMIT].request = request(a, OC_REQUEST_NEW, OC_ORDER_STOP_LIMIT,
                                        OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP | OC_RQ_HAS_QTY | OC_RQ_HAS_STOP_LOSS |
                                            OC_RQ_HAS_TAKE_PROFIT | OC_RQ_POST_ONLY);
    record[NEW_LIMIT].request.tif = OC_TIF_GTD;
    record[NEW_LIMIT].request.expire_ns = 9000;
    record[NEW_LIMIT].request.price = 100;
    record[NEW_LIMIT].request.stop_price = 99;
    record[NEW_LIMIT].request.stop_loss = 90;
    record[NEW_LIMIT].request.take_profit = 110;
    record[NEW_LIMIT].request.qty = 5;
    record[ACCEPTED].answer = answer(a, OC_EV_ACCEPTED, "");
    record[FILL].fill = (struct oc_ev_fill){
        .head = {.size = sizeof(struct oc_ev_fill), .type = OC_EV_FILL, .inst = OC_INST(3, 1), .venue_ns = 6000},
        .order = a,
        .price = 100,
        .qty = 2,
        .fee = {150, 2, 0},
        .fee_asset = 4,
        .side = OC_SIDE_BUY,
        .liquidity = OC_LIQUIDITY_MAKER,
        .trade_id_size = 2,
        .trade_id = "t1"};
    record[AMEND].request = request(a, OC_REQUEST_AMEND, OC_ORDER_STOP_LIMIT,
                                    OC_RQ_PRICE_CHANGED | OC_RQ_STOP_CHANGED | OC_RQ_QUANTITY_CHANGED);
    record[AMEND].request.id = epoch | 8;
    record[AMEND].request.price = 101;
    record[AMEND].request.stop_price = 98;
    record[AMEND].request.qty = 6;
    record[AMENDED].answer = answer(a, OC_EV_AMENDED, "");
    record[AMENDED].answer.price = 101;
    record[AMENDED].answer.stop_price = 98;
    record[AMENDED].answer.qty = 6;
    record[NEW_MONEY].request = request(b, OC_REQUEST_NEW, OC_ORDER_MARKET, OC_RQ_HAS_QUOTE_QTY);
    record[NEW_MONEY].request.quote_qty = (struct oc_dec){1000, 1, 0};
    record[DENIED].answer = answer(b, OC_EV_DENIED, "QUANTITY_ABOVE_LIMIT");
    record[CANCEL].request = request(a, OC_REQUEST_CANCEL, OC_ORDER_LIMIT, 0);
    return tale;
}

static uint64_t hash_of(const struct tale *tale)
{
    struct meaning meaning;
    assert_int_equal(meaning_init(&meaning), OC_OK);
    for (uint32_t i = 0; i < tale->count; i++)
        meaning_fold(&meaning, &tale->record[i].head);
    meaning_release(&meaning);
    return meaning.hash;
}

static uint64_t usual(void)
{
    struct tale tale = tell(epoch1);
    return hash_of(&tale);
}

static void same_whatever_it_looks_like(void **state)
{
    (void)state;
    struct tale tale = tell(epoch1);
    for (uint32_t i = 0; i < tale.count; i++) {
        union record *record = &tale.record[i];
        record->head.seq = 1000 + i;
        record->head.cause = 900 + i;
        record->head.local_ns = 77 + i;
        record->head.source = 12;
        record->head.flags = OC_EVF_LAST;
        record->head.inst = OC_INST(3, 2);
        if (record->head.type == OC_EV_REQUEST) {
            struct oc_request *request = &record->request;
            request->id = 5000 + i;
            request->parent = request->group = request->decision_seq = 3;
            request->asked_price = request->asked_qty = (struct oc_dec){1, 2, 0};
            request->bits |= OC_RQ_SNAPPED | OC_RQ_STRICT | OC_RQ_CHILD;
            request->account = request->strategy = request->rules = 8;
            request->owner = OC_OWNER_CONSOLE;
            request->head.venue_ns = 1;
            memset(request->tag, 'x', sizeof request->tag);
        } else if (record->head.type == OC_EV_FILL) {
            memset(record->fill.trade_id, 'y', sizeof record->fill.trade_id);
            record->fill.trade_id_size = 40;
            record->fill.position_side = 9;
            record->fill.fee.zero = 9;
        } else {
            size_t used = strlen(record->answer.reason) + 1;
            memset(record->answer.reason + used, 'z', sizeof record->answer.reason - used);
            record->answer.request = 4;
            record->answer.cum_qty = 3;
        }
        memset(&record->words[sizeof(struct oc_request) / 8], 0x5a, 8); /* a member that a later layout may have */
    }
    assert_true(hash_of(&tale) == usual());
}

/* A price without its presence bit is no price; what an answer does not say is not read. */
static void absent_is_not_read(void **state)
{
    (void)state;
    struct tale tale = tell(epoch1);
    tale.record[NEW_MONEY].request.price = 5;
    tale.record[NEW_MONEY].request.stop_price = 5;
    tale.record[NEW_MONEY].request.stop_loss = 5;
    tale.record[NEW_MONEY].request.take_profit = 5;
    tale.record[NEW_MONEY].request.qty = 5;
    tale.record[NEW_MONEY].request.expire_ns = 5;
    tale.record[NEW_LIMIT].request.quote_qty = (struct oc_dec){5, 1, 0};
    tale.record[ACCEPTED].answer.price = 5;
    tale.record[ACCEPTED].answer.qty = 5;
    tale.record[DENIED].answer.head.venue_ns = 5;
    tale.record[CANCEL].request.price = 5;
    tale.record[CANCEL].request.side = OC_SIDE_SELL;
    assert_true(hash_of(&tale) == usual());
}

static void money_is_its_value(void **state)
{
    (void)state;
    struct tale tale = tell(epoch1);
    tale.record[FILL].fill.fee = (struct oc_dec){15, 1, 0};
    tale.record[NEW_MONEY].request.quote_qty = (struct oc_dec){100, 0, 0};
    assert_true(hash_of(&tale) == usual());
    tale.record[FILL].fill.fee = (struct oc_dec){15, 2, 0};
    assert_true(hash_of(&tale) != usual());
    tale = tell(epoch1);
    tale.record[FILL].fill.fee = (struct oc_dec){0, 2, 0};
    const uint64_t free_of_fee = hash_of(&tale);
    tale.record[FILL].fill.fee = (struct oc_dec){0};
    tale.record[FILL].fill.fee_asset = 0;
    assert_true(hash_of(&tale) == free_of_fee);
}

static void another_epoch_means_the_same(void **state)
{
    (void)state;
    struct tale tale = tell(epoch2);
    assert_true(hash_of(&tale) == usual());
    tale.record[CANCEL].request.order = epoch2 | 9; /* the other order is another meaning */
    assert_true(hash_of(&tale) != usual());
}

static void others_say_nothing(void **state)
{
    (void)state;
    static const uint16_t silent[] = {OC_EV_SENT,    OC_EV_TIMER, OC_EV_COMMAND, OC_EV_STRATEGY, OC_EV_STATE,
                                      OC_EV_BALANCE, OC_EV_LATCH, OC_EV_CONFIG,  OC_EV_MARK,     OC_EV_TRADE};
    struct meaning meaning;
    assert_int_equal(meaning_init(&meaning), OC_OK);
    const uint64_t before = meaning.hash;
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
        union record record = {.head = {.size = sizeof record, .type = silent[i], .venue_ns = 1}};
        meaning_fold(&meaning, &record.head);
    }
    assert_true(meaning.hash == before);
    for (uint16_t type = OC_EV_ACCEPTED; type <= OC_EV_NOT_THERE; type++) {
        union record record = {.head = {.size = sizeof record, .type = type}};
        const uint64_t last = meaning.hash;
        meaning_fold(&meaning, &record.head);
        assert_true(meaning.hash != last);
    }
    meaning_release(&meaning);
}

/* Each change of one thing that a trader sees is another hash. */
#define CHANGED(index, member, value)                                                                                  \
    do {                                                                                                               \
        struct tale tale = tell(epoch1);                                                                               \
        tale.record[index].member = (value);                                                                           \
        if (hash_of(&tale) == usual())                                                                                 \
            fail_msg("%s of %s does not count", #member, #index);                                                      \
    } while (0)

static void what_a_trader_sees_counts(void **state)
{
    (void)state;
    CHANGED(NEW_LIMIT, request.kind, OC_REQUEST_CANCEL);
    CHANGED(NEW_LIMIT, request.side, OC_SIDE_SELL);
    CHANGED(NEW_LIMIT, request.type, OC_ORDER_LIMIT);
    CHANGED(NEW_LIMIT, request.tif, OC_TIF_IOC);
    CHANGED(NEW_LIMIT, request.role, OC_ROLE_CLOSE);
    CHANGED(NEW_LIMIT, request.expire_ns, 9001);
    CHANGED(NEW_LIMIT, request.price, 99);
    CHANGED(NEW_LIMIT, request.stop_price, 98);
    CHANGED(NEW_LIMIT, request.stop_loss, 91);
    CHANGED(NEW_LIMIT, request.take_profit, 111);
    CHANGED(NEW_LIMIT, request.qty, 6);
    CHANGED(NEW_LIMIT, request.head.inst, OC_INST(2, 1));
    CHANGED(NEW_LIMIT, request.bits, OC_RQ_HAS_PRICE | OC_RQ_HAS_QTY);
    CHANGED(NEW_MONEY, request.quote_qty.units, 1001);
    CHANGED(NEW_MONEY, request.quote_qty.scale, 2);
    CHANGED(NEW_MONEY, request.bits, OC_RQ_HAS_QUOTE_QTY | OC_RQ_REDUCE_ONLY);
    CHANGED(NEW_MONEY, request.bits, OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE);
    CHANGED(AMEND, request.price, 102);
    CHANGED(AMEND, request.stop_price, 97);
    CHANGED(AMEND, request.qty, 7);
    CHANGED(AMEND, request.bits, OC_RQ_PRICE_CHANGED | OC_RQ_QUANTITY_CHANGED);
    CHANGED(ACCEPTED, answer.head.type, OC_EV_TRIGGERED);
    CHANGED(ACCEPTED, answer.head.venue_ns, 5001);
    CHANGED(AMENDED, answer.price, 102);
    CHANGED(AMENDED, answer.stop_price, 97);
    CHANGED(AMENDED, answer.qty, 7);
    CHANGED(DENIED, answer.reason[19], 'S');
    CHANGED(DENIED, answer.reason[0], 0);
    CHANGED(FILL, fill.head.venue_ns, 6001);
    CHANGED(FILL, fill.order, 1);
    CHANGED(FILL, fill.price, 101);
    CHANGED(FILL, fill.qty, 3);
    CHANGED(FILL, fill.fee.units, 151);
    CHANGED(FILL, fill.fee_asset, 5);
    CHANGED(FILL, fill.side, OC_SIDE_SELL);
    CHANGED(FILL, fill.liquidity, OC_LIQUIDITY_TAKER);
}

static uint64_t alone(const void *event)
{
    struct meaning meaning;
    assert_int_equal(meaning_init(&meaning), OC_OK);
    meaning_fold(&meaning, event);
    const uint64_t hash = meaning.hash;
    meaning_release(&meaning);
    return hash;
}

/* What only a venue says: an order as it shows it, and a fill corrected. What it does not say is not read. */
static void what_a_venue_shows_and_corrects_counts(void **state)
{
    (void)state;
    const struct oc_ev_order good = {
        .head = {.size = sizeof good, .type = OC_EV_ORDER, .inst = OC_INST(3, 1), .seq = 11},
        .order = epoch1 | 7,
        .price = 100,
        .qty = 5,
        .cum_qty = 2,
        .cum_value = {200, 0, 0},
        .present = OC_OF_PRICE | OC_OF_QTY | OC_OF_CUM_QTY | OC_OF_CUM_VALUE,
        .state = OC_SHOWN_WORKING,
        .side = OC_SIDE_BUY};
    const uint64_t hash = alone(&good);
    struct oc_ev_order other = good;
    other.head.seq = other.token = 77;
    other.stop_price = 3; /* not said */
    other.cum_value = (struct oc_dec){2000, 1, 0};
    assert_true(alone(&other) == hash);
#define DIFFERS(member, value)                                                                                         \
    do {                                                                                                               \
        other = good;                                                                                                  \
        other.member = (value);                                                                                        \
        assert_true(alone(&other) != hash);                                                                            \
    } while (0)
    DIFFERS(state, OC_SHOWN_CANCELED);
    DIFFERS(side, OC_SIDE_SELL);
    DIFFERS(price, 101);
    DIFFERS(qty, 6);
    DIFFERS(cum_qty, 3);
    DIFFERS(cum_value.units, 201);
    DIFFERS(present, OC_OF_PRICE);
    DIFFERS(order, 0);
#undef DIFFERS
    other.head.size -= 8; /* no such event is shorter */
    assert_true(alone(&other) == alone(&(struct oc_event){.size = sizeof other.head, .type = OC_EV_SENT}));

    struct oc_ev_bust bust = {.head = {.size = sizeof bust, .type = OC_EV_BUST, .inst = OC_INST(3, 1)},
                              .new_price = 100,
                              .new_qty = 5,
                              .new_fee = {7, 1, 0}};
    uint64_t seen[4] = {alone(&bust)};
    bust.new_price++;
    seen[1] = alone(&bust);
    bust.new_qty++;
    seen[2] = alone(&bust);
    bust.new_fee.units++;
    seen[3] = alone(&bust);
    for (int i = 0; i < 3; i++)
        assert_true(seen[i] != seen[i + 1]);
}

static void order_and_number_count(void **state)
{
    (void)state;
    struct tale tale = tell(epoch1);
    const union record first = tale.record[ACCEPTED];
    tale.record[ACCEPTED] = tale.record[FILL];
    tale.record[FILL] = first;
    assert_true(hash_of(&tale) != usual());
    tale = tell(epoch1);
    tale.count--;
    assert_true(hash_of(&tale) != usual());
    tale = tell(epoch1);
    tale.record[CANCEL] = tale.record[AMENDED];
    const uint64_t twice = hash_of(&tale);
    tale.count--;
    assert_true(hash_of(&tale) != twice);
}

/* A record of an older layout: what it lacks is zero. */
static void shorter_is_zero(void **state)
{
    (void)state;
    struct tale tale = tell(epoch1), longer = tell(epoch1);
    tale.record[AMENDED].head.size = offsetof(struct oc_ev_answer, qty);
    longer.record[AMENDED].answer.qty = 0;
    assert_true(hash_of(&tale) == hash_of(&longer));
}

static void accept(struct meaning *meaning, uint64_t order)
{
    struct oc_ev_answer event = answer(order, OC_EV_ACCEPTED, "");
    meaning_fold(meaning, &event.head);
}

/* The first of as many orders as are kept is still known; one more, and it is a new one. */
static void window_at_its_limit(void **state)
{
    (void)state;
    struct meaning meaning;
    assert_int_equal(meaning_init(&meaning), OC_OK);
    for (uint64_t i = 0; i < MEANING_ORDERS_MAX; i++)
        accept(&meaning, epoch1 + i * 3);
    assert_int_equal(meaning.count, MEANING_ORDERS_MAX);
    accept(&meaning, epoch1);
    assert_int_equal(meaning.count, MEANING_ORDERS_MAX);
    accept(&meaning, epoch2);
    assert_int_equal(meaning.count, MEANING_ORDERS_MAX + 1);
    accept(&meaning, epoch1 + 3);
    assert_int_equal(meaning.count, MEANING_ORDERS_MAX + 1);
    accept(&meaning, epoch1);
    assert_int_equal(meaning.count, MEANING_ORDERS_MAX + 2);
    accept(&meaning, epoch1 + 3);
    assert_int_equal(meaning.count, MEANING_ORDERS_MAX + 3);
    char *saved = malloc(MEANING_SAVED_MAX);
    int64_t size = meaning_save(&meaning, saved, MEANING_SAVED_MAX);
    assert_true(size > 0);
    accept(&meaning, epoch2 + 1); /* it goes back to before this one, and does not know it */
    assert_int_equal(meaning_load(&meaning, saved, (size_t)size), OC_OK);
    accept(&meaning, epoch2 + 1);
    assert_int_equal(meaning.count, MEANING_ORDERS_MAX + 4);
    free(saved);
    meaning_release(&meaning);
}

/* What is shorter or longer than it says is refused, whatever its size, and nothing is taken over. */
static void only_what_is_whole_is_loaded(void **state)
{
    (void)state;
    enum { MORE = 24 };
    struct meaning meaning, other;
    const size_t room = MEANING_SAVED_MAX + MORE;
    char *saved = calloc(1, room);
    assert_non_null(saved);
    assert_int_equal(meaning_init(&meaning), OC_OK);
    assert_int_equal(meaning_init(&other), OC_OK);
    accept(&other, epoch1 + 9);
    const struct meaning before = other;
    for (uint64_t i = 1; i < 6; i++)
        accept(&meaning, epoch1 + i);
    const int64_t whole = meaning_save(&meaning, saved, MEANING_SAVED_MAX);
    assert_int_equal(meaning_save(&meaning, saved, (size_t)whole), whole);
    assert_int_equal(meaning_save(&meaning, saved, (size_t)whole - 1), OC_E_FULL);
    for (size_t size = 0; size <= (size_t)whole + MORE; size++) {
        if (size == (size_t)whole)
            continue;
        assert_int_equal(meaning_load(&other, saved, size), OC_E_DATA);
        assert_memory_equal(&other, &before, sizeof before);
    }
    assert_int_equal(meaning_load(&other, saved, (size_t)whole), OC_OK);
    assert_true(other.hash == meaning.hash && other.count == meaning.count);
    meaning_release(&meaning);
    meaning_release(&other);
    free(saved);
}

static uint64_t drawn(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Half a million records over orders that come, are named again and are forgotten: against a plain array of when each was
 * first named. And saved and loaded now and then it goes on as the one that was not. */
static void ordinals_as_a_plain_array_says(void **state)
{
    (void)state;
    enum { ORDERS = 300000, RECORDS = 500000, BACK = 80000 };
    struct meaning meaning, other;
    uint64_t seed = 1, newest = 1, given = 0;
    uint64_t *ordinal = calloc(ORDERS, sizeof *ordinal);
    char *saved = malloc(MEANING_SAVED_MAX);
    assert_non_null(ordinal);
    assert_non_null(saved);
    assert_int_equal(meaning_init(&meaning), OC_OK);
    assert_int_equal(meaning_init(&other), OC_OK);
    for (int i = 0; i < RECORDS; i++) {
        bool is_new = drawn(&seed) % 2 == 0 && newest + 1 < ORDERS;
        uint64_t number = is_new ? newest++ : newest - drawn(&seed) % (newest < BACK ? newest : BACK);
        if (!ordinal[number] || ordinal[number] + MEANING_ORDERS_MAX <= given)
            ordinal[number] = ++given;
        accept(&meaning, epoch1 + number);
        accept(&other, epoch2 + number * 5);
        assert_int_equal(meaning.count, given);
        if (i % 50000 == 49999) {
            int64_t size = meaning_save(&other, saved, MEANING_SAVED_MAX);
            assert_true(size > 0);
            assert_int_equal(meaning_save(&other, saved, (size_t)size - 1), OC_E_FULL);
            char last[8];
            memcpy(last, saved + size - 8, 8);
            meaning_release(&other);
            assert_int_equal(meaning_init(&other), OC_OK);
            assert_int_equal(meaning_load(&other, saved, (size_t)size - 8), OC_E_DATA);
            memcpy(saved + size - 8, saved + size - 16, 8); /* no order has two ordinals */
            assert_int_equal(meaning_load(&other, saved, (size_t)size), OC_E_DATA);
            memcpy(saved + size - 8, last, 8);
            assert_int_equal(meaning_load(&other, saved, (size_t)size), OC_OK);
        }
    }
    assert_true(given > 2 * MEANING_ORDERS_MAX);
    assert_true(meaning.hash == other.hash);
    meaning_release(&meaning);
    meaning_release(&other);
    free(saved);
    free(ordinal);
}

/* The hash is written down in golden files: what it is made of may not change unseen. */
static void recorded_value(void **state)
{
    (void)state;
    struct meaning meaning;
    struct tale tale = tell(epoch1);
    char text[MEANING_TEXT_MAX];
    assert_int_equal(meaning_init(&meaning), OC_OK);
    for (uint32_t i = 0; i < tale.count; i++)
        meaning_fold(&meaning, &tale.record[i].head);
    meaning_text(&meaning, text);
    assert_string_equal(text, "0115ac23bddc1453");
    meaning_release(&meaning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_whatever_it_looks_like),
        cmocka_unit_test(only_what_is_whole_is_loaded),
        cmocka_unit_test(absent_is_not_read),
        cmocka_unit_test(money_is_its_value),
        cmocka_unit_test(another_epoch_means_the_same),
        cmocka_unit_test(others_say_nothing),
        cmocka_unit_test(what_a_trader_sees_counts),
        cmocka_unit_test(what_a_venue_shows_and_corrects_counts),
        cmocka_unit_test(order_and_number_count),
        cmocka_unit_test(shorter_is_zero),
        cmocka_unit_test(window_at_its_limit),
        cmocka_unit_test(ordinals_as_a_plain_array_says),
        cmocka_unit_test(recorded_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
