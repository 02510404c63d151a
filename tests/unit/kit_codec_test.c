/* kit_codec_test.c: what connectors share: services found, events begun and let go, ids and words, prices between two
 * steps, answers and pages as a host gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <outcry/kit/codec.h>

#include <cmocka.h>

static _Alignas(8) char room[OC_EVENT_MAX];
static uint32_t reserved, committed;
static oc_rc answer;        /* of the feed */
static const char *missing; /* a service that the host has not */
static char skipped[64];

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host;
    if (answer < 0)
        return answer;
    memset(room, 0, sizeof room);
    reserved = size;
    *ret_event = (struct oc_event *)(void *)room;
    return OC_OK;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host;
    assert_ptr_equal(event, room);
    committed++;
    return OC_OK;
}

static void keep_skipped(const struct oc_host *host, const char *what, const void *sample, uint32_t size)
{
    (void)host;
    snprintf(skipped, sizeof skipped, "%s %.*s", what, (int)size, (const char *)sample);
}

static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit};
static const struct oc_svc_log logs = {.size = sizeof logs, .skip = keep_skipped};

static const void *service(const struct oc_host *host, const char *id)
{
    (void)host;
    if (missing && strcmp(missing, id) == 0)
        return NULL;
    return strcmp(id, OC_SVC_LOG) == 0 ? (const void *)&logs : (const void *)&feed;
}

static const struct oc_host host = {.size = sizeof host, .service = service};
static struct kit_codec codec;

static int start(void **state)
{
    (void)state;
    missing = NULL;
    answer = OC_OK;
    reserved = committed = 0;
    return kit_codec_begin(&codec, &host) == OC_OK ? 0 : -1;
}

static struct kit_json_text text(const char *words) { return kit_text_of(words, strlen(words)); }

static void each_service_is_needed(void **state)
{
    (void)state;
    static const char *const all[] = {OC_SVC_FEED,  OC_SVC_NET,   OC_SVC_SIGN, OC_SVC_TIME,
                                      OC_SVC_NAMES, OC_SVC_LIMIT, OC_SVC_LOG};
    struct kit_codec untouched = {0};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        missing = all[i];
        assert_int_equal(kit_codec_begin(&untouched, &host), OC_E_NOT_SUPPORTED);
        assert_null(untouched.host);
    }
}

static void an_event_has_its_head_begun(void **state)
{
    (void)state;
    oc_rc rc;
    struct oc_ev_trade *trade = KIT_EVENT(&codec, oc_ev_trade, OC_EV_TRADE, 7, &rc);
    assert_non_null(trade);
    assert_int_equal(trade->head.size, sizeof *trade);
    assert_int_equal(trade->head.type, OC_EV_TRADE);
    assert_int_equal(trade->head.source, 7);
    assert_int_equal(reserved, sizeof *trade);
    assert_non_null(kit_event(&codec, OC_EVENT_MAX, OC_EV_BOOK, 0, &rc));
    assert_null(kit_event(&codec, OC_EVENT_MAX + 1, OC_EV_BOOK, 0, &rc));
    assert_int_equal(rc, OC_E_RANGE);
    answer = OC_E_FULL;
    assert_null(KIT_EVENT(&codec, oc_ev_trade, OC_EV_TRADE, 7, &rc));
    assert_int_equal(rc, OC_E_FULL);
    assert_int_equal(committed, 0);
}

static void an_id_is_taken_whole_or_not(void **state)
{
    (void)state;
    char longest[OC_ID_MAX + 1];
    struct oc_id id, same, other = {0};
    struct oc_ev_fill fill = {0};
    memset(longest, 'x', sizeof longest);
    memset(&id, 0xaa, sizeof id);
    assert_int_equal(kit_id(kit_text_of(longest, OC_ID_MAX), &id), OC_OK);
    assert_int_equal(id.size, OC_ID_MAX);
    assert_int_equal(kit_id(kit_text_of(longest, OC_ID_MAX + 1), &id), OC_E_LIMIT);
    assert_int_equal(id.size, OC_ID_MAX); /* untouched */
    assert_int_equal(kit_id(text("a1"), &id), OC_OK);
    assert_int_equal(id.text[2], 0); /* what is not used is zero */
    assert_int_equal(id.text[OC_ID_MAX - 1], 0);
    assert_int_equal(kit_id(text("a1"), &same), OC_OK);
    assert_true(kit_id_is(&id, &same));
    assert_int_equal(kit_id(text("a"), &other), OC_OK);
    assert_false(kit_id_is(&id, &other));
    assert_int_equal(kit_id(text("b1"), &other), OC_OK);
    assert_false(kit_id_is(&id, &other));
    struct kit_json_text escaped = text("a\\u0031"), null = text("null");
    escaped.is_escaped = 1;
    null.kind = KIT_JSON_NULL;
    assert_int_equal(kit_id(escaped, &id), OC_E_DATA);
    assert_int_equal(kit_id(null, &id), OC_E_DATA);
    const size_t max = sizeof fill.trade_id;
    assert_int_equal(kit_trade_id(kit_text_of(longest, max), fill.trade_id, &fill.trade_id_size), OC_OK);
    assert_int_equal(fill.trade_id_size, max);
    assert_int_equal(kit_trade_id(kit_text_of(longest, max + 1), fill.trade_id, &fill.trade_id_size), OC_E_LIMIT);
    assert_int_equal(kit_trade_id(text(""), fill.trade_id, &fill.trade_id_size), OC_E_DATA);
}

static void words_mean_what_the_table_says(void **state)
{
    (void)state;
    static const struct kit_word words[] = {{"OPEN", 2}, {"FILLED", 7}};
    assert_int_equal(KIT_WORD_OF(text("FILLED"), words, 11), 7);
    assert_int_equal(KIT_WORD_OF(text("FILLE"), words, 11), 11);
    assert_int_equal(KIT_WORD_OF(text("FILLED2"), words, 11), 11);
    assert_int_equal(KIT_WORD_OF(text(""), words, 11), 11);
}

static void prices_are_exact_or_the_nearest(void **state)
{
    (void)state;
    const struct oc_scale quarter = {.price_digits = 2, .price_div = 25, .qty_digits = 3, .qty_div = 1};
    int64_t units = 77;
    assert_int_equal(kit_scale_price(&quarter, text("101.25"), &units), OC_OK);
    assert_int_equal(units, 405);
    assert_int_equal(kit_scale_price(&quarter, text("101.30"), &units), OC_E_DATA);
    assert_int_equal(units, 405);
    assert_int_equal(kit_scale_qty(&quarter, text("1.5"), &units), OC_OK);
    assert_int_equal(units, 1500);
    static const struct {
        struct oc_dec price;
        int64_t units;
    } cases[] = {{{10130, 2, 0}, 405},   {{10137, 2, 0}, 405},    {{101375, 3, 0}, 406}, {{10138, 2, 0}, 406},
                 {{-10130, 2, 0}, -405}, {{-101375, 3, 0}, -406}, {{0, 0, 0}, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kit_nearest_price(&quarter, cases[i].price, &units), OC_OK);
        assert_int_equal(units, cases[i].units);
    }
    const struct oc_scale fine = {.price_digits = 18, .price_div = 1};
    assert_int_equal(kit_nearest_price(&fine, (struct oc_dec){10, 0, 0}, &units), OC_E_RANGE);
    assert_int_equal(kit_nearest_price(&fine, (struct oc_dec){1, 19, 0}, &units), OC_E_INVALID);
    assert_int_equal(kit_nearest_price(&(struct oc_scale){0}, (struct oc_dec){1, 0, 0}, &units), OC_E_INVALID);
    assert_int_equal(units, 0);
}

static void an_answer_carries_ids_and_words(void **state)
{
    (void)state;
    const struct oc_ev_venue_answer *said = (const struct oc_ev_venue_answer *)(const void *)room;
    const struct oc_venue_request ask = {
        .ask = {.head.inst = OC_INST(3, 1), .id = 8, .order = 5, .price = 100, .qty = 20}};
    struct oc_id venue, client;
    assert_int_equal(kit_id(text("v1"), &venue), OC_OK);
    assert_int_equal(kit_id(text("c1"), &client), OC_OK);
    assert_int_equal(kit_answer(&codec, &ask, 2, OC_EV_AMENDED, OC_WHY_NONE, text("done so"), &venue, &client), OC_OK);
    assert_int_equal(committed, 1);
    assert_int_equal(said->answer.head.size, sizeof *said + 8);
    assert_int_equal(said->answer.head.inst, OC_INST(3, 1));
    assert_int_equal(said->answer.order, 5);
    assert_int_equal(said->answer.request, 8);
    assert_int_equal(said->answer.definitive, 1);
    assert_int_equal(said->present, OC_OF_PRICE | OC_OF_QTY);
    assert_int_equal(said->answer.price, 100);
    assert_int_equal(said->answer.qty, 20);
    assert_int_equal(said->text_size, 7);
    assert_memory_equal((const char *)said + said->tail, "done so\0", 8);
    assert_true(kit_id_is(&said->venue_order, &venue) && kit_id_is(&said->client, &client));
    assert_int_equal(
        kit_answer(&codec, &ask, 2, OC_EV_REJECTED, OC_WHY_TOO_SMALL, (struct kit_json_text){0}, NULL, NULL), OC_OK);
    assert_int_equal(said->answer.head.size, sizeof *said);
    assert_int_equal(said->present, 0);
    assert_int_equal(said->why, OC_WHY_TOO_SMALL);
    assert_int_equal(said->venue_order.size + said->client.size, 0);
    assert_int_equal(kit_refusal(OC_REQUEST_NEW), OC_EV_REJECTED);
    assert_int_equal(kit_refusal(OC_REQUEST_AMEND), OC_EV_AMEND_REJECTED);
    assert_int_equal(kit_refusal(OC_REQUEST_CANCEL), OC_EV_CANCEL_REJECTED);
    assert_int_equal(kit_refusal(OC_REQUEST_CLOSE), OC_EV_REJECTED);
    assert_int_equal(kit_refusal(OC_REQUEST_PROTECT), OC_EV_REJECTED);
    assert_int_equal(kit_refusal(OC_REQUEST_CANCEL_ALL), OC_EV_NONE);
}

static void a_page_ends_with_its_cursor(void **state)
{
    (void)state;
    const struct oc_ev_fetched *said = (const struct oc_ev_fetched *)(const void *)room;
    const struct oc_ev_venue_answer *absent = (const struct oc_ev_venue_answer *)(const void *)room;
    struct oc_fetch ask = {.kind = OC_FETCH_FILLS, .token = 9, .order = 4};
    char cursor[OC_CURSOR_MAX + 1];
    memset(cursor, 'c', sizeof cursor);
    assert_int_equal(kit_fetched(&codec, &ask, 2, OC_OK, 3, 1, cursor, OC_CURSOR_MAX), OC_OK);
    assert_int_equal(said->token, 9);
    assert_int_equal(said->kind, OC_FETCH_FILLS);
    assert_int_equal(said->count, 3);
    assert_int_equal(said->more, 1);
    assert_int_equal(said->cursor.size, OC_CURSOR_MAX);
    assert_memory_equal(said->cursor.bytes, cursor, OC_CURSOR_MAX);
    assert_int_equal(kit_fetched(&codec, &ask, 2, OC_OK, 3, 1, cursor, OC_CURSOR_MAX + 1), OC_E_LIMIT);
    assert_int_equal(committed, 1);
    assert_int_equal(kit_fetched(&codec, &ask, 2, OC_E_DENIED, 0, 0, NULL, 0), OC_OK);
    assert_int_equal(said->rc, OC_E_DENIED);
    assert_int_equal(said->cursor.size, 0);
    assert_int_equal(kit_id(text("c7"), &ask.client), OC_OK);
    assert_int_equal(kit_absent(&codec, &ask, 2), OC_OK);
    assert_int_equal(absent->answer.head.type, OC_EV_ABSENT);
    assert_int_equal(absent->answer.order, 4);
    assert_int_equal(absent->answer.request, 0);
    assert_true(kit_id_is(&absent->client, &ask.client));
    assert_int_equal(absent->why, OC_WHY_NOT_FOUND);
}

static void what_is_not_known_is_counted(void **state)
{
    (void)state;
    assert_int_equal(kit_skip(&codec, "type", text("newsUpdate")), OC_OK);
    assert_string_equal(skipped, "type newsUpdate");
    struct kit_json json = kit_json_into(text("{\"a\":1}"));
    assert_true(kit_json_object(&json));
    char out[8];
    struct kit_write writer = kit_write_begin(out, sizeof out);
    struct oc_id id;
    assert_int_equal(kit_id(text("th-1"), &id), OC_OK);
    kit_write_id(&writer, &id);
    assert_int_equal(kit_write_end(&writer), 4);
    assert_memory_equal(out, "th-1", 4);
}

static void members_are_taken_by_their_names(void **state)
{
    struct kit_json_text a = {0}, b = {0}, none = {0};
    const struct kit_member members[] = {{"a", &a}, {"b", &b}, {"c", &none}};
    struct kit_json json = kit_json_into(text("[{\"b\":\"x\",\"other\":[1,{}],\"a\":7},5]"));
    (void)state;
    assert_true(kit_json_array(&json) && kit_json_item(&json));
    assert_true(KIT_TAKE(&json, members));
    assert_true(KIT_JSON_IS(a, "7") && KIT_JSON_IS(b, "x") && none.size == 0);
    assert_true(kit_json_item(&json));
    assert_false(KIT_TAKE(&json, members)); /* a number */
    assert_false(kit_json_item(&json));
    assert_true(kit_json_end(&json));
    json = kit_json_into(text("{\"a\":7,}"));
    assert_false(KIT_TAKE(&json, members));
}

static void a_number_of_the_headers_is_found_by_its_name(void **state)
{
    static const char lines[] =
        "date: x\r\nx-used: 17\r\nx-used-more: 5\r\nretry-after: soon\r\nbig: 4294967296\r\nlast: 3";
    const struct oc_response in = {.headers = lines, .headers_size = sizeof lines - 1};
    const struct oc_response bare = {.headers = "", .headers_size = 0};
    (void)state;
    assert_int_equal(kit_header_number(&in, "x-used: "), 17);
    assert_int_equal(kit_header_number(&in, "x-used-more: "), 5);
    assert_int_equal(kit_header_number(&in, "last: "), 3);
    assert_int_equal(kit_header_number(&in, "retry-after: "), 0);
    assert_int_equal(kit_header_number(&in, "big: "), 0);
    assert_int_equal(kit_header_number(&in, "used: "), 0);
    assert_int_equal(kit_header_number(&bare, "last: "), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_service_is_needed, start),
        cmocka_unit_test_setup(an_event_has_its_head_begun, start),
        cmocka_unit_test_setup(an_id_is_taken_whole_or_not, start),
        cmocka_unit_test_setup(words_mean_what_the_table_says, start),
        cmocka_unit_test_setup(prices_are_exact_or_the_nearest, start),
        cmocka_unit_test_setup(an_answer_carries_ids_and_words, start),
        cmocka_unit_test_setup(a_page_ends_with_its_cursor, start),
        cmocka_unit_test_setup(what_is_not_known_is_counted, start),
        cmocka_unit_test_setup(members_are_taken_by_their_names, start),
        cmocka_unit_test_setup(a_number_of_the_headers_is_found_by_its_name, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
