/* Lists behind a mark of the venue's, orders that are looked for in them, fills whose orders are named by another answer; books whose levels are
 * objects, told in pieces; streams with numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <outcry/kit/paged.h>
#include <outcry/kit/rows.h>

#include <cmocka.h>

enum { SECOND = 1000000000 };

static _Alignas(8) char room[OC_EVENT_MAX];
static uint32_t failed_stream, failed_why, fetched;
static char told[512];
static struct oc_ev_fetched end; /* the latest */
static int64_t checked;          /* a sum over levels */
static uint32_t pieces, bids, asks, last_flags;

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host;
    memset(room, 0, size);
    *ret_event = (struct oc_event *)(void *)room;
    return OC_OK;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host;
    if (event->type == OC_EV_FETCHED) {
        memcpy(&end, event, sizeof end);
        fetched++;
    }
    if (event->type == OC_EV_ABSENT)
        strcat(told, "absent ");
    if (event->type == OC_EV_BOOK) {
        const struct oc_ev_book *book = (const struct oc_ev_book *)(const void *)event;
        const struct oc_level *levels = (const struct oc_level *)(const void *)((const char *)event + book->tail);
        for (uint32_t i = 0; i < book->bids + book->asks; i++)
            checked += levels[i].price * 31 + levels[i].qty * (i < book->bids ? 1 : -7);
        pieces++;
        bids += book->bids;
        asks += book->asks;
        last_flags = event->flags;
    }
    return OC_OK;
}

static oc_rc fail_stream(const struct oc_host *host, uint32_t stream, uint32_t why)
{
    (void)host;
    failed_stream = stream;
    failed_why = why;
    return OC_OK;
}

static void log_line(const struct oc_host *host, uint32_t level, const char *text)
{
    (void)host, (void)level, (void)text;
    strcat(told, "logged ");
}

static oc_rc venue_ns(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns)
{
    (void)host;
    *ret_ns = 30LL * SECOND;
    *ret_error_ns = 0;
    return OC_OK;
}

static int64_t now_ns(const struct oc_host *host)
{
    (void)host;
    return SECOND;
}

static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit};
static const struct oc_svc_net net = {.size = sizeof net, .fail = fail_stream};
static const struct oc_svc_log logs = {.size = sizeof logs, .line = log_line};
static const struct oc_svc_time times = {.size = sizeof times, .now_ns = now_ns, .venue_ns = venue_ns};

static const void *service(const struct oc_host *host, const char *id)
{
    (void)host;
    return strcmp(id, OC_SVC_LOG) == 0    ? (const void *)&logs
           : strcmp(id, OC_SVC_NET) == 0  ? (const void *)&net
           : strcmp(id, OC_SVC_TIME) == 0 ? (const void *)&times
                                          : (const void *)&feed;
}

static const struct oc_host host = {.size = sizeof host, .service = service};
static struct kit_codec codec;

static int start(void **state)
{
    (void)state;
    told[0] = 0;
    failed_stream = failed_why = fetched = pieces = bids = asks = last_flags = 0;
    checked = 0;
    return kit_codec_begin(&codec, &host) == OC_OK ? 0 : -1;
}

/* ---- lists ---- */

static const struct kit_paged form = {"cursor", "has_next"};

static oc_rc tell_row(void *self, struct kit_json *json, struct kit_page *page)
{
    (void)self;
    const struct kit_json_text text = kit_json_value(json);
    const struct oc_id *looked_for = page->what;
    if (looked_for && !kit_json_is(text, looked_for->text, looked_for->size))
        return OC_OK;
    page->next += looked_for != NULL;
    snprintf(told + strlen(told), sizeof told - strlen(told), "%.*s ", (int)text.size, text.at);
    return OC_OK;
}

static struct kit_page page_of(const struct oc_response *in)
{
    return (struct kit_page){.codec = &codec, .in = in, .source = 2};
}

static oc_rc take_list(struct oc_fetch *ask, const char *body, int looks_for_one)
{
    const struct oc_response in = {.fetch = ask, .body = body, .body_size = (uint32_t)strlen(body)};
    struct kit_page page = page_of(&in);
    return looks_for_one ? kit_paged_find(NULL, &page, &form, "orders", tell_row)
                         : kit_paged_say(NULL, &page, &form, "orders", tell_row, 2);
}

static void a_list_goes_on_behind_the_venues_mark(void **state)
{
    (void)state;
    char path[128];
    struct kit_write out = kit_write_begin(path, sizeof path);
    struct oc_fetch ask = {.kind = OC_FETCH_OPEN_ORDERS, .token = 4};
    assert_int_equal(take_list(&ask, "{\"orders\":[\"a\",\"b\"],\"cursor\":\"x&y\",\"has_next\":true}", 0), OC_OK);
    assert_int_equal(end.more, 1);
    assert_int_equal(end.count, 2);
    ask.cursor = end.cursor;
    const struct kit_mark mark = kit_mark_of(&ask);
    assert_int_equal(mark.list, 0);
    kit_mark_write(&out, "&cursor=", &mark);
    assert_int_equal(kit_write_end(&out), 13);
    assert_memory_equal(path, "&cursor=x%26y", 13);
    /* Its last page, whose mark says nothing: the second list, from its beginning; then nothing more. */
    assert_int_equal(take_list(&ask, "{\"orders\":[\"c\"],\"cursor\":\"z\",\"has_next\":false}", 0), OC_OK);
    assert_int_equal(end.more, 1);
    ask.cursor = end.cursor;
    assert_int_equal(kit_mark_of(&ask).list, 1);
    assert_string_equal(kit_mark_of(&ask).page, "");
    assert_int_equal(take_list(&ask, "{\"orders\":[],\"cursor\":\"\"}", 0), OC_OK);
    assert_int_equal(end.more, 0);
    assert_int_equal(end.cursor.size, 0);
    assert_string_equal(told, "a b c ");
    assert_int_equal(take_list(&ask, "{\"others\":[]}", 0), OC_E_DATA);
    assert_int_equal(take_list(&ask, "{\"orders\":[}", 0), OC_E_DATA);
}

static void a_mark_that_is_too_long_is_said(void **state)
{
    (void)state;
    char body[KIT_MARK_MAX + 100];
    struct oc_fetch ask = {.kind = OC_FETCH_OPEN_ORDERS, .token = 4};
    for (int fits = 0; fits < 2; fits++) {
        told[0] = 0;
        snprintf(body, sizeof body, "{\"orders\":[\"a\"],\"cursor\":\"%0*d\",\"has_next\":true}", KIT_MARK_MAX - fits,
                 7);
        assert_int_equal(take_list(&ask, body, 0), OC_OK);
        assert_int_equal(end.rc, fits ? OC_OK : OC_E_LIMIT);
        assert_int_equal(end.more, fits);
        assert_string_equal(told, fits ? "a " : "a logged ");
    }
    ask.cursor = end.cursor;
    assert_int_equal(strlen(kit_mark_of(&ask).page), KIT_MARK_MAX - 1);
}

static void an_order_is_looked_for_to_the_last_page(void **state)
{
    (void)state;
    struct oc_fetch ask = {.kind = OC_FETCH_ORDER, .order = 9, .client = {.size = 2, .text = "o9"}};
    assert_int_equal(take_list(&ask, "{\"orders\":[\"o1\"],\"cursor\":\"x\"}", 1), OC_OK);
    assert_int_equal(end.more, 1); /* not there is what the last page alone may say */
    ask.cursor = end.cursor;
    assert_string_equal(told, "");
    assert_int_equal(take_list(&ask, "{\"orders\":[\"o2\"]}", 1), OC_OK);
    assert_int_equal(end.more, 0);
    assert_string_equal(told, "absent ");
    assert_int_equal(take_list(&ask, "{\"orders\":[\"o2\",\"o9\"],\"cursor\":\"y\"}", 1), OC_OK);
    assert_int_equal(end.more, 0); /* found: there is nothing to look for */
    assert_int_equal(end.count, 1);
    assert_string_equal(told, "absent o9 ");
}

/* ---- rows that come the newest first ---- */

static oc_rc tell_number(void *self, struct kit_json *json, struct kit_page *page)
{
    (void)self, (void)page;
    snprintf(told + strlen(told), sizeof told - strlen(told), "%llu ",
             (unsigned long long)kit_row_number(*json, "start"));
    return OC_OK;
}

static void rows_are_told_the_oldest_first(void **state)
{
    (void)state;
    static const char *const ways[] = {"[{\"start\":\"30\"},{\"start\":\"20\"},{\"start\":\"10\"}]",
                                       "[{\"start\":10},{\"start\":20},{\"start\":30}]"};
    for (int i = 0; i < 2; i++) {
        struct kit_page page = page_of(NULL);
        told[0] = 0;
        assert_int_equal(
            kit_page_say_rising(NULL, &page, kit_json_begin(ways[i], (uint32_t)strlen(ways[i])), "start", tell_number),
            OC_OK);
        assert_string_equal(told, "10 20 30 ");
        assert_int_equal(page.count, 3);
    }
}

static void a_span_that_is_long_is_asked_in_parts(void **state)
{
    (void)state;
    int64_t to_ns;
    struct oc_fetch ask = {
        .kind = OC_FETCH_BARS, .period_ns = SECOND, .from_ns = 100LL * SECOND, .to_ns = 112LL * SECOND};
    const struct oc_response in = {.fetch = &ask};
    struct kit_page page = page_of(&in);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kit_span(&ask, 5, 0, &to_ns), (100LL + 5LL * i) * SECOND);
        assert_int_equal(to_ns, (i < 2 ? 105LL + 5LL * i : 112LL) * SECOND);
        assert_int_equal(kit_span_end(&page, 5), OC_OK);
        assert_int_equal(end.more, i < 2);
        ask.cursor = end.cursor;
    }
    ask = (struct oc_fetch){.kind = OC_FETCH_BARS, .period_ns = SECOND}; /* the latest */
    assert_int_equal(kit_span(&ask, 5, 200LL * SECOND, &to_ns), 196LL * SECOND);
    assert_int_equal(to_ns, 201LL * SECOND);
}

/* ---- fills ---- */

static oc_rc tell_fill(void *self, struct kit_json *json, const struct oc_fetch *ask, struct kit_json_text client,
                       uint32_t source)
{
    (void)self, (void)ask, (void)source;
    struct kit_json_text id;
    const struct kit_member members[1] = {{"id", &id}};
    kit_json_none(&id);
    assert_true(KIT_TAKE(json, members));
    snprintf(told + strlen(told), sizeof told - strlen(told), "%.*s=%.*s ", (int)id.size, id.at, (int)client.size,
             client.size ? client.at : "");
    return OC_OK;
}

static oc_rc answer_of_asking;

static oc_rc ask_names(void *self, const struct oc_response *in, const struct kit_json_text *orders, uint32_t count)
{
    (void)self, (void)in;
    for (uint32_t i = 0; i < count; i++)
        snprintf(told + strlen(told), sizeof told - strlen(told), "?%.*s ", (int)orders[i].size, orders[i].at);
    return answer_of_asking;
}

static const struct kit_paged_fills fills = {&form, "fills",      "orders",  "order",  "client",
                                             "at",  5LL * SECOND, tell_fill, ask_names};
static struct kit_held held;

static oc_rc take_fills(struct oc_fetch *ask, const char *body, int are_names)
{
    const struct oc_response in = {
        .fetch = ask, .token = ask->token, .body = body, .body_size = (uint32_t)strlen(body), .sent_ns = SECOND};
    struct kit_page page = page_of(&in);
    return are_names ? kit_paged_fills_names(&codec, &held, &fills, NULL, &page)
                     : kit_paged_fills_take(&codec, &held, &fills, NULL, &page);
}

#define FILL(id, order, second) "{\"id\":\"" id "\",\"order\":\"" order "\",\"at\":\"2026-01-01T00:00:" second "Z\"}"
enum { T0 = 1767225600 }; /* 2026-01-01 */

static void fills_wait_for_the_names_of_their_orders(void **state)
{
    (void)state;
    static const char names[] = "{\"orders\":[{\"order\":\"B\",\"client\":\"ours\"},{\"order\":\"C\"}]}";
    struct oc_fetch ask = {.kind = OC_FETCH_FILLS, .token = 7};
    answer_of_asking = OC_OK;
    /* The first question of a session: where news begin, and no fill. */
    assert_int_equal(take_fills(&ask, "{\"fills\":[" FILL("f9", "A", "20") "],\"cursor\":\"older\"}", 0), OC_OK);
    assert_string_equal(told, "");
    assert_int_equal(end.more, 0);
    ask.cursor = end.cursor;
    assert_int_equal(kit_mark_of(&ask).since_ns, (T0 + 15LL) * SECOND);
    assert_string_equal(kit_mark_of(&ask).page, "");
    /* The news, in two pages. */
    assert_int_equal(take_fills(&ask,
                                "{\"fills\":[" FILL("f3", "C", "32") "," FILL("f2", "B", "31") "," FILL(
                                    "f1", "B", "30") "],\"cursor\":\"p2\"}",
                                0),
                     OC_OK);
    assert_string_equal(told, "?C ?B ");
    assert_int_equal(fetched, 1);
    assert_int_equal(take_fills(&ask, names, 1), OC_OK);
    assert_string_equal(told, "?C ?B f3= f2=ours f1=ours ");
    assert_int_equal(end.more, 1);
    assert_int_equal(end.count, 3);
    ask.cursor = end.cursor;
    assert_int_equal(kit_mark_of(&ask).since_ns, (T0 + 15LL) * SECOND); /* the same question goes on */
    told[0] = 0;
    assert_int_equal(take_fills(&ask, "{\"fills\":[" FILL("f0", "B", "21") "],\"cursor\":\"\"}", 0), OC_OK);
    assert_int_equal(take_fills(&ask, names, 1), OC_OK);
    assert_string_equal(told, "?B f0=ours ");
    assert_int_equal(end.more, 0);
    ask.cursor = end.cursor;
    assert_int_equal(kit_mark_of(&ask).since_ns,
                     (T0 + 27LL) * SECOND); /* behind the newest of all pages, less the lag */
    assert_int_equal(take_fills(&ask, names, 1), OC_OK);
    assert_int_equal(end.rc, OC_E_IO); /* nothing is held: it is to be asked anew */
}

static void fills_that_are_not_to_be_named_are_told_at_once(void **state)
{
    (void)state;
    struct oc_fetch ask = {.kind = OC_FETCH_FILLS, .token = 8, .order = 5, .from_ns = 1};
    assert_int_equal(take_fills(&ask, "{\"fills\":[" FILL("f1", "A", "20") "]}", 0), OC_OK);
    assert_string_equal(told, "f1= ");
    assert_int_equal(end.more, 0);
    assert_int_equal(end.cursor.size, 0);
    ask.order = 0;
    answer_of_asking = OC_E_AGAIN; /* no room for the other question: this one ends, and is put again */
    assert_int_equal(take_fills(&ask, "{\"fills\":[" FILL("f1", "A", "20") "]}", 0), OC_OK);
    assert_int_equal(end.rc, OC_E_AGAIN);
    assert_string_equal(told, "f1= ?A ");
    /* Nothing was ever filled: news begin when it was asked, by the venue's clock. */
    ask = (struct oc_fetch){.kind = OC_FETCH_FILLS, .token = 9};
    assert_int_equal(take_fills(&ask, "{\"fills\":[]}", 0), OC_OK);
    ask.cursor = end.cursor;
    assert_int_equal(kit_mark_of(&ask).since_ns, 25LL * SECOND);
    kit_held_release(&held);
}

/* ---- books ---- */

static const struct kit_rows rows = {"side", "bid", "offer", "event_time", "price_level", "new_quantity"};
static const struct oc_scale scale = {.inst = 3, .price_digits = 2, .qty_digits = 3, .price_div = 1, .qty_div = 1};
static struct kit_piece piece;

static oc_rc hear(const char *text, size_t size, uint32_t kind)
{
    struct kit_json json = kit_json_begin(text, (uint32_t)size);
    return kit_hear_rows(&codec, &rows, &piece, &json, &scale, kind, 77);
}

static void a_book_of_any_size_is_told(void **state)
{
    (void)state;
    enum { COUNT = 45000, EACH = 130 };
    static const char quick[] = "%s{\"side\":\"%s\",\"event_time\":\"2026-01-01T00:00:00.123456Z\","
                                "\"price_level\":\"%u.%02u\",\"new_quantity\":\"0.%03u\"}";
    char *text = malloc((size_t)COUNT * EACH);
    int64_t sums[2];
    assert_non_null(text);
    for (int shape = 0; shape < 2; shape++) {
        size_t size = 1;
        start(NULL);
        text[0] = '[';
        for (unsigned i = 0; i < COUNT; i++) {
            const char *between = i ? "," : "", *side = i % 3 ? "bid" : "offer";
            size += shape ? (size_t)snprintf(text + size, EACH,
                                             "%s{\"new_note\":{\"a\":[1]},\"price_level\" : \"%u.%02u\", "
                                             "\"new_quantity\":\"0.%03u\",\"side\":\"%s\"}",
                                             between, i / 100, i % 100, i % 1000, side)
                          : (size_t)snprintf(text + size, EACH, quick, between, side, i / 100, i % 100, i % 1000);
        }
        text[size++] = ']';
        assert_int_equal(hear(text, size, OC_BOOK_SNAPSHOT), OC_OK);
        assert_int_equal(bids, COUNT - COUNT / 3);
        assert_int_equal(asks, COUNT / 3);
        assert_int_equal(pieces, 30);
        assert_int_equal(last_flags, OC_EVF_LAST | OC_EVF_REPLAYED);
        sums[shape] = checked;
    }
    assert_int_equal(sums[0], sums[1]); /* as the venue writes it, or otherwise: the same */
    free(text);
}

static void a_level_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char good[] =
        "[{\"side\":\"bid\",\"event_time\":\"x\",\"price_level\":\"1.25\",\"new_quantity\":\"0\"}]";
    static const char *const bad[] = {
        "[{\"side\":\"bit\",\"event_time\":\"x\",\"price_level\":\"1.25\",\"new_quantity\":\"0\"}]",
        "[{\"side\":\"bid\",\"event_time\":\"x\",\"price_level\":\"1.255\",\"new_quantity\":\"0\"}]",
        "[{\"side\":\"bid\",\"event_time\":\"x\",\"price_level\":\"\",\"new_quantity\":\"0\"}]",
        "[{\"side\":\"bid\",\"event_time\":\"x\",\"price_level\":\"1.25\"}]",
        "[7]",
        "{}",
    };
    assert_int_equal(hear(good, sizeof good - 1, OC_BOOK_CHANGE), OC_OK);
    assert_int_equal(checked, 125 * 31);
    assert_int_equal(last_flags, OC_EVF_LAST);
    for (size_t i = 0; i < KIT_COUNT(bad); i++)
        assert_int_equal(hear(bad[i], strlen(bad[i]), OC_BOOK_CHANGE), OC_E_DATA);
    for (size_t size = 0; size < sizeof good - 1; size++) /* cut anywhere */
        assert_int_equal(hear(good, size, OC_BOOK_CHANGE), OC_E_DATA);
    assert_int_equal(pieces, 1);
    assert_int_equal(hear("[]", 2, OC_BOOK_SNAPSHOT), OC_OK); /* an empty book is one */
    assert_int_equal(pieces, 2);
}

/* ---- numbers ---- */

static void what_is_missing_fails_the_stream(void **state)
{
    (void)state;
    static struct kit_numbers numbers;
    const struct oc_stream up = {.stream = 5, .state = OC_STREAM_UP}, down = {.stream = 5, .state = OC_STREAM_DOWN};
    struct kit_number *number = kit_number_of(&numbers, 5);
    assert_non_null(number);
    assert_int_equal(kit_number_judge(&codec, number, 40), 1); /* wherever it begins */
    assert_int_equal(kit_number_judge(&codec, number, 40), 1); /* judged, and not heard: again */
    kit_number_heard(number, 40);
    assert_int_equal(kit_number_judge(&codec, number, 40), 0);
    assert_int_equal(kit_number_judge(&codec, number, 41), 1);
    kit_number_heard(number, 41);
    assert_int_equal(failed_stream, 0);
    assert_int_equal(kit_number_judge(&codec, number, 43), 0);
    assert_int_equal(failed_stream, 5);
    assert_int_equal(failed_why, OC_WHY_GAP);
    kit_number_stream(number, &up);
    assert_int_equal(kit_number_judge(&codec, number, 0), 1);
    kit_number_stream(kit_number_of(&numbers, 5), &down);
    for (uint32_t i = 1; i <= KIT_NUMBERED_MAX; i++)
        assert_non_null(kit_number_of(&numbers, i + 100)); /* what fell makes room */
    assert_null(kit_number_of(&numbers, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_list_goes_on_behind_the_venues_mark, start),
        cmocka_unit_test_setup(a_mark_that_is_too_long_is_said, start),
        cmocka_unit_test_setup(an_order_is_looked_for_to_the_last_page, start),
        cmocka_unit_test_setup(rows_are_told_the_oldest_first, start),
        cmocka_unit_test_setup(a_span_that_is_long_is_asked_in_parts, start),
        cmocka_unit_test_setup(fills_wait_for_the_names_of_their_orders, start),
        cmocka_unit_test_setup(fills_that_are_not_to_be_named_are_told_at_once, start),
        cmocka_unit_test_setup(a_book_of_any_size_is_told, start),
        cmocka_unit_test_setup(a_level_that_is_none_is_refused, start),
        cmocka_unit_test_setup(what_is_missing_fails_the_stream, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
