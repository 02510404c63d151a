/* A transcript as a venue: each kind of line, in its place and at its time. */
#include "support/transcript_kit.h"

#include "base/text.h"

static int64_t time_of(const char *text)
{
    int64_t at_ns;
    assert_int_equal(text_to_time(text, strlen(text), &at_ns), OC_OK);
    return at_ns;
}

static void a_stream_comes_up_says_hears_and_falls(void **state)
{
    (void)state;
    script_begin("open user /ws/$key\n"
                 "user < {\"e\":\"hello\"}\n"
                 "user > login $key\n"
                 "user < welcome $key\n"
                 "user falls\n"
                 "open user /ws/again\n"
                 "user torn half of it\n");
    assert_string_equal(happens(), "waits");
    opens(3, "user", "/ws/abc");
    assert_string_equal(happens(), "up 3");
    assert_string_equal(happens(), "says 3 {\"e\":\"hello\"}");
    assert_string_equal(happens(), "waits");
    assert_int_equal(transcript_line_number(&script), 4);
    assert_int_equal(sends(3, "login abc"), OC_OK);
    assert_string_equal(happens(), "says 3 welcome abc");
    assert_string_equal(happens(), "down 3");
    assert_int_equal(sends(3, "too late"), OC_E_STATE);
    opens(4, "user", "/ws/again");
    assert_string_equal(happens(), "up 4");
    assert_string_equal(happens(), "down 4"); /* nothing of the torn message is heard */
    assert_string_equal(happens(), "end");
    assert_int_equal(script.mismatches, 0);
    script_end();
}

static void an_endpoint_without_a_line_comes_up_by_itself(void **state)
{
    (void)state;
    script_begin("market < tick\n");
    opens(1, "market", "/anything");
    assert_string_equal(happens(), "up 1");
    assert_string_equal(happens(), "says 1 tick");
    opens(2, "market", "/anything"); /* it is up already */
    assert_int_equal(script.mismatches, 1);
    script_end();
}

static void several_streams_of_one_endpoint_have_their_own_names(void **state)
{
    (void)state;
    script_begin("open market as one /ws/BTC\n"
                 "open market as two /ws/ETH\n"
                 "two < second\n"
                 "one < first\n"
                 "two > to the second\n");
    opens(1, "market", "/ws/BTC");
    opens(2, "market", "/ws/ETH");
    assert_string_equal(happens(), "up 1");
    assert_string_equal(happens(), "up 2");
    assert_string_equal(happens(), "says 2 second");
    assert_string_equal(happens(), "says 1 first");
    assert_int_equal(sends(1, "to the second"), OC_OK);
    assert_string_equal(script.mismatch, "line 6: sent \"to the second\", expected \"to the second\"");
    script_end();
}

static void a_stream_may_be_refused(void **state)
{
    (void)state;
    script_begin("refuse user 403 not you\nopen user /ws\n");
    assert_non_null(transcript_waits_for(&script));
    assert_int_equal(script_link.next_ns(script_link.self), INT64_MAX);
    opens(1, "user", "/ws");
    assert_string_equal(happens(), "refused 1 403 not you");
    opens(2, "user", "/ws");
    assert_string_equal(happens(), "up 2");
    script_end();
}

static void exchanges_have_methods_headers_and_bodies(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    char lines[256];
    (void)state;
    for (uint8_t i = OC_METHOD_GET; i <= OC_METHOD_PATCH; i++) {
        snprintf(lines, sizeof lines,
                 "%s /order?$query\n  header X-KEY: $key\n  body qty=1&$rest\nanswer 201 {\"q\":\"$query\"}\n"
                 "  header Retry-After: 3\n  header X-Back: $key\n",
                 methods[i]);
        script_begin(lines);
        asks(9, i, "/order?a=b", "Host: x\r\nx-key: secret\r\n", "qty=1&c=d");
        assert_string_equal(happens(), "answer 9 201 {\"q\":\"a=b\"}|retry-after: 3\r\nx-back: secret\r\n");
        assert_string_equal(happens(), "end");
        script_end();
    }
}

/* What is asked in another way than the line says is a difference. */
static void each_part_of_an_exchange_is_held(void **state)
{
    static const struct {
        uint8_t method;
        const char *path, *headers, *body;
    } wrong[] = {{OC_METHOD_GET, "/order", "X-Key: a\r\n", "b=1"},
                 {OC_METHOD_POST, "/orders", "X-Key: a\r\n", "b=1"},
                 {OC_METHOD_POST, "/order", "X-Key: ab\r\n", "b=1"},
                 {OC_METHOD_POST, "/order", "X-Ke: a\r\n", "b=1"},
                 {OC_METHOD_POST, "/order", "", "b=1"},
                 {OC_METHOD_POST, "/order", "X-Key: a", "b=1"},
                 {OC_METHOD_POST, "/order", "X-Key: a\r\n", "b=2"},
                 {OC_METHOD_POST, "/order", "X-Key: a\r\n", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        script_begin("POST /order\n  header X-Key: a\n  body b=1\nanswer 200\n");
        asks(1, wrong[i].method, wrong[i].path, wrong[i].headers, wrong[i].body);
        assert_int_equal(script.mismatches, 1);
        assert_string_equal(happens(), "waits"); /* nothing more happens */
        script_end();
    }
    script_begin("POST /order\n  header X-Key: a\n  body b=1\nanswer 200\n");
    asks(1, OC_METHOD_POST, "/order", "X-Key:a\r\n", "b=1");
    assert_string_equal(happens(), "answer 1 200 |");
    script_end();
}

static void an_exchange_may_be_lost_or_never_leave(void **state)
{
    (void)state;
    script_begin("GET /a\nlost\nGET /b\nunsent\nGET /c\nanswer 500 sorry\n");
    get(1, "/a");
    assert_string_equal(happens(), "lost 1");
    get(2, "/b");
    assert_string_equal(happens(), "unsent 2");
    get(3, "/c");
    assert_string_equal(happens(), "answer 3 500 sorry|");
    script_end();
}

/* Time. */

static void the_first_time_says_when_a_session_begins(void **state)
{
    int64_t at_ns;
    (void)state;
    script_begin("@ 2026-01-05T14:30:00Z\nuser < a\n");
    assert_int_equal(transcript_starts(&script, &at_ns), OC_OK);
    assert_int_equal(at_ns, time_of("2026-01-05T14:30:00Z"));
    script_end();
    script_begin("@ +1s\nuser < a\n");
    assert_int_equal(transcript_starts(&script, &at_ns), OC_E_NOT_FOUND);
    script_end();
    script_begin("user < a\n@ 2026-01-05T14:30:00Z\n");
    assert_int_equal(transcript_starts(&script, &at_ns), OC_E_NOT_FOUND);
    script_end();
}

static void nothing_happens_before_its_time(void **state)
{
    const int64_t from_ns = time_of("2026-01-05T14:30:00Z");
    (void)state;
    script_begin("@ 2026-01-05T14:30:00Z\nuser < a\n@ +250ms\nuser < b\n@ 2026-01-05T14:30:05Z\n@ +1s\nuser < c\n");
    assert_int_equal(script_link.next_ns(script_link.self), from_ns);
    assert_string_equal(happens_until(from_ns - 1), "waits");
    opens(1, "user", "/");
    assert_string_equal(happens_until(from_ns), "up 1");
    assert_string_equal(happens_until(from_ns), "says 1 a");
    assert_int_equal(script_link.next_ns(script_link.self), from_ns + TRANSCRIPT_KIT_S / 4);
    assert_string_equal(happens_until(from_ns + TRANSCRIPT_KIT_S / 4 - 1), "waits");
    assert_string_equal(happens_until(from_ns + TRANSCRIPT_KIT_S / 4), "says 1 b");
    assert_string_equal(happens_until(from_ns + 6 * TRANSCRIPT_KIT_S - 1), "waits");
    assert_string_equal(happens_until(from_ns + 6 * TRANSCRIPT_KIT_S), "says 1 c");
    assert_string_equal(happens(), "end");
    assert_int_equal(script_link.next_ns(script_link.self), INT64_MAX);
    script_end();
}

static void while_it_waits_to_hear_time_stands(void **state)
{
    (void)state;
    script_begin("user > hello\n@ +1s\nuser < late\n");
    opens(1, "user", "/");
    assert_string_equal(happens(), "up 1");
    assert_int_equal(script_link.next_ns(script_link.self), INT64_MAX);
    assert_non_null(transcript_waits_for(&script));
    assert_int_equal(sends(1, "hello"), OC_OK);
    assert_null(transcript_waits_for(&script));
    assert_string_equal(happens_until(TRANSCRIPT_KIT_S - 1), "waits");
    assert_string_equal(happens_until(TRANSCRIPT_KIT_S), "says 1 late");
    script_end();
}

static void what_is_sent_early_carries_the_clock_to_its_line(void **state)
{
    (void)state;
    script_begin("@ 2026-01-05T14:30:00Z\nGET /a\nanswer 200 ok\n");
    get(1, "/a");
    struct io_happening next;
    assert_int_equal(script_link.next(script_link.self, INT64_MAX, &next), OC_OK);
    assert_int_equal(next.at_ns, time_of("2026-01-05T14:30:00Z"));
    script_end();
}

static void what_was_not_taken_is_given_again(void **state)
{
    struct io_happening next, again;
    (void)state;
    script_begin("user < a\nuser < b\n");
    opens(1, "user", "/");
    assert_string_equal(happens(), "up 1");
    assert_int_equal(script_link.next(script_link.self, INT64_MAX, &next), OC_OK);
    assert_int_equal(script_link.next(script_link.self, INT64_MAX, &again), OC_OK);
    assert_ptr_equal(next.bytes, again.bytes);
    assert_string_equal(happens(), "says 1 a");
    assert_string_equal(happens(), "says 1 b");
    script_link.taken(script_link.self); /* of nothing */
    script_end();
}

/* Standing answers. */

static void a_standing_answer_holds_from_its_line_on(void **state)
{
    (void)state;
    script_begin("GET /first\nanswer 200 line\n"
                 "? GET /first\n! answer 404 rule $#\n"
                 "? user > ping $n\n! user < pong $n $#\n! user < and $$n\n"
                 "GET /second\nanswer 200 second\n");
    opens(7, "user", "/");
    assert_string_equal(happens(), "up 7");
    get(1, "/first");
    assert_string_equal(happens(), "answer 1 200 line|");
    get(2, "/first");
    assert_string_equal(happens(), "answer 2 404 rule 1|");
    assert_int_equal(sends(7, "ping 5"), OC_OK);
    assert_string_equal(happens(), "says 7 pong 5 2");
    assert_string_equal(happens(), "says 7 and $n");
    get(3, "/second");
    get(4, "/first"); /* its answer does not take that of the line before it */
    assert_string_equal(happens(), "answer 4 404 rule 3|");
    assert_string_equal(happens(), "answer 3 200 second|");
    assert_int_equal(script.mismatches, 0);
    script_end();
}

static void before_its_line_it_does_not_hold_and_the_next_line_goes_first(void **state)
{
    (void)state;
    script_begin("GET /x\nanswer 200\n? GET /y\n! lost\n");
    get(1, "/y");
    assert_string_equal(script.mismatch, "line 2: asked GET \"/y\", expected \"/x\"");
    script_end();
    script_begin("? GET /$any\n! answer 500\nGET /x\nanswer 200\n");
    get(1, "/x");
    assert_string_equal(happens(), "answer 1 200 |");
    script_end();
}

static void each_thing_may_stand_behind_a_mark(void **state)
{
    (void)state;
    script_begin("? GET /lost\n! lost\n? GET /unsent\n! unsent\n? user > bye\n! user falls\n"
                 "? user > rip\n! user torn x\n");
    opens(1, "user", "/");
    assert_string_equal(happens(), "up 1");
    get(1, "/lost");
    get(2, "/unsent");
    assert_string_equal(happens(), "lost 1");
    assert_string_equal(happens(), "unsent 2");
    assert_int_equal(sends(1, "bye"), OC_OK);
    assert_string_equal(happens(), "down 1");
    opens(2, "user", "/");
    assert_string_equal(happens(), "up 2");
    assert_int_equal(sends(2, "rip"), OC_OK);
    assert_string_equal(happens(), "down 2");
    script_end();
}

static void the_first_difference_is_kept_and_the_others_counted(void **state)
{
    (void)state;
    script_begin("user < a\n");
    opens(1, "user", "/");
    assert_string_equal(happens(), "up 1");
    assert_int_equal(sends(1, "what?"), OC_OK);
    assert_string_equal(script.mismatch, "line 2: sent \"what?\", expected nothing \"\"");
    get(1, "/more"); /* it left, and nothing more is said about it */
    opens(2, "user", "/");
    assert_int_equal(script.mismatches, 2);
    assert_string_equal(script.mismatch, "line 2: sent \"what?\", expected nothing \"\"");
    assert_string_equal(happens(), "waits");
    script_end();
}

static void a_closed_stream_is_silent(void **state)
{
    (void)state;
    script_begin("user < a\n");
    opens(1, "user", "/");
    assert_string_equal(happens(), "up 1");
    script_link.close(script_link.self, 1);
    assert_int_equal(sends(1, "late"), OC_E_STATE);
    assert_string_equal(happens(), "waits"); /* until it is opened again */
    opens(2, "user", "/");
    assert_string_equal(happens(), "up 2");
    assert_string_equal(happens(), "says 2 a");
    script_end();
}

/* An answer without a question is a slip of who wrote it. */
static void an_answer_is_to_an_exchange(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        const char *says;
    } wrong[] = {{"answer 200 {}\n",
                  "line 2: found \"{}\"; expected a method with a path before it: an exchange that this answers"},
                 {"GET /x\nanswer 200 a\nlost\n",
                  "line 4: found \"\"; expected a method with a path before it: an exchange that this answers"},
                 {"? lines > x\n! answer 200 a\n",
                  "line 3: found \"a\"; expected a `?` line with a method before it: an exchange that this answers"},
                 {"? GET /x\n! answer 200 a\nunsent\n",
                  "line 4: found \"\"; expected a method with a path before it: an exchange that this answers"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[256];
        snprintf(text, sizeof text, "transcript 2\n%s", wrong[i].lines);
        assert_int_equal(script_read(text), OC_E_DATA);
        assert_string_equal(script.mismatch, wrong[i].says);
        script_end();
    }
    static const char *const right[] = {"GET /x\nGET /y\nanswer 200 a\nlost\n",
                                        "? GET /x\n! lines < b\n! lost\nGET /y\nunsent\n"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        script_begin(right[i]);
        script_end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_comes_up_says_hears_and_falls),
        cmocka_unit_test(an_endpoint_without_a_line_comes_up_by_itself),
        cmocka_unit_test(several_streams_of_one_endpoint_have_their_own_names),
        cmocka_unit_test(a_stream_may_be_refused),
        cmocka_unit_test(exchanges_have_methods_headers_and_bodies),
        cmocka_unit_test(each_part_of_an_exchange_is_held),
        cmocka_unit_test(an_exchange_may_be_lost_or_never_leave),
        cmocka_unit_test(the_first_time_says_when_a_session_begins),
        cmocka_unit_test(nothing_happens_before_its_time),
        cmocka_unit_test(while_it_waits_to_hear_time_stands),
        cmocka_unit_test(what_is_sent_early_carries_the_clock_to_its_line),
        cmocka_unit_test(what_was_not_taken_is_given_again),
        cmocka_unit_test(a_standing_answer_holds_from_its_line_on),
        cmocka_unit_test(before_its_line_it_does_not_hold_and_the_next_line_goes_first),
        cmocka_unit_test(each_thing_may_stand_behind_a_mark),
        cmocka_unit_test(the_first_difference_is_kept_and_the_others_counted),
        cmocka_unit_test(a_closed_stream_is_silent),
        cmocka_unit_test(an_answer_is_to_an_exchange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
