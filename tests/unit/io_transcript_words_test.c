/* What can be wrong in a transcript is said before anything of it happens; and what its patterns stand for. */
#include "support/transcript_kit.h"

static void each_wrong_line_is_named_with_what_was_expected(void **state)
{
    static const char names[] = "the name of a stream: at most 23 of a-z 0-9 _";
    static const char kinds[] = "open, refuse, @, a method, answer, lost, unsent, or a stream with < > falls or torn";
    static const char time[] = "a time such as 2026-01-05T14:30:00Z, or +250ms";
    static const char status[] = "a status from 100 to 599";
    static const char part[] = "an indented `header NAME: TEXT` or `body TEXT` behind a method or an answer";
    static const char then[] = "a ! line behind a ? line";
    static const char marks[] = "! lines behind the ? line that they answer: < falls torn answer lost unsent";
    static const struct {
        const char *text;
        uint32_t line;
        const char *found, *expected;
    } wrong[] = {
        {"", 1, "the end", "`transcript 2` as the first line"},
        {"# only a remark\n", 2, "the end", "`transcript 2` as the first line"},
        {"transcript 1\n", 1, "transcript 1", "`transcript 2` as the first line"},
        {"transcript 2 \n", 1, "transcript 2 ", "`transcript 2` as the first line"},
        {"transcript 2\nuser\n", 2, "user", kinds},
        {"transcript 2\n\n# x\nuser says hello\n", 4, "user says hello", kinds},
        {"transcript 2\nUser < hello\n", 2, "User", names},
        {"transcript 2\n1user < hello\n", 2, "1user", names},
        {"transcript 2\nabcdefghijklmnopqrstuvwx < hello\n", 2, "abcdefghijklmnopqrstuvwx", names},
        {"transcript 2\nopen user as\n", 2, "", names},
        {"transcript 2\nopen USER as user /\n", 2, "user", names},
        {"transcript 2\n@ tomorrow\n", 2, "tomorrow", time},
        {"transcript 2\n@\n", 2, "", time},
        {"transcript 2\n@ +\n", 2, "+", time},
        {"transcript 2\n@ 2026-13-05T14:30:00Z\n", 2, "2026-13-05T14:30:00Z", time},
        {"transcript 2\nGET order\n", 2, "order", "a path that begins with /"},
        {"transcript 2\nGET\n", 2, "", "a path that begins with /"},
        {"transcript 2\nanswer\n", 2, "", status},
        {"transcript 2\nanswer 99 x\n", 2, "99", status},
        {"transcript 2\nanswer 600 x\n", 2, "600", status},
        {"transcript 2\nanswer 2x0 x\n", 2, "2x0", status},
        {"transcript 2\nanswer 2000 x\n", 2, "2000", status},
        {"transcript 2\nrefuse user no\n", 2, "no", status},
        {"transcript 2\n  body x\n", 2, "body x", part},
        {"transcript 2\nuser < x\n  body x\n", 3, "body x", part},
        {"transcript 2\nGET /\nanswer 200\n  body x\n", 4, "body x", part},
        {"transcript 2\nGET /\n  head x\n", 3, "head x", part},
        {"transcript 2\nGET /\n  header x\n", 3, "header x", part},
        {"transcript 2\nGET /\n  header : x\n", 3, "header : x", part},
        {"transcript 2\n? GET /x\n", 3, "the end", then},
        {"transcript 2\n? GET /x\nuser < y\n", 3, "y", then},
        {"transcript 2\n? GET /x\n? GET /y\n! lost\n", 3, "/y", then},
        {"transcript 2\n? user < x\n! lost\n", 2, "x", "a stream with >, or a method, behind ?"},
        {"transcript 2\n? lost\n! lost\n", 2, "", "a stream with >, or a method, behind ?"},
        {"transcript 2\n! lost\n", 2, "", marks},
        {"transcript 2\nGET /x\n! answer 200 y\n", 3, "y", marks},
        {"transcript 2\n? GET /x\n! GET /y\n", 3, "/y", marks},
        {"transcript 2\n? GET /x\n! @ +1s\n", 3, "+1s", marks},
        {"transcript 2\n? GET /x\n! open user /y\n", 3, "/y", marks},
        {"transcript 2\n? GET /x\n! refuse user 403 y\n", 3, "y", marks},
        {"transcript 2\n?", 2, "", kinds},
    };
    char wanted[512];
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(script_read(wrong[i].text), OC_E_DATA);
        snprintf(wanted, sizeof wanted, "line %u: found \"%s\"; expected %s", wrong[i].line, wrong[i].found,
                 wrong[i].expected);
        assert_string_equal(script.mismatch, wanted);
        assert_string_equal(happens(), "end");
        script_end();
    }
}

static void there_are_so_many_streams_and_standing_answers(void **state)
{
    char text[8192] = "transcript 2\n";
    (void)state;
    for (int i = 0; i < TRANSCRIPT_NAMES_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "s%d < x\n", i);
    assert_int_equal(script_read(text), OC_OK);
    script_end();
    strcat(text, "more < x\n");
    assert_int_equal(script_read(text), OC_E_DATA);
    assert_string_equal(script.mismatch, "line 18: found \"more\"; expected at most 16 streams");
    script_end();
    snprintf(text, sizeof text, "transcript 2\n");
    for (int i = 0; i < TRANSCRIPT_RULES_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "? GET /%d\n! answer 200 $#\n", i);
    assert_int_equal(script_read(text), OC_OK);
    get(5, "/63");
    assert_string_equal(happens(), "answer 5 200 1|");
    script_end();
    strcat(text, "? GET /more\n! lost\n");
    assert_int_equal(script_read(text), OC_E_DATA);
    assert_string_equal(script.mismatch, "line 130: found \"/more\"; expected at most 64 ? lines");
    script_end();
}

/* Whether the text is as the pattern says, and what the name `value` is then; NULL: it has none. */
static bool fits(const char *pattern, const char *text)
{
    const struct transcript_text wanted = {.at = pattern, .size = (uint32_t)strlen(pattern)};
    return transcript_fits(&script, wanted, text, (uint32_t)strlen(text));
}

static void value_is(const char *wanted)
{
    static const char text[] = "$value";
    uint32_t size;
    char *filled = transcript_fill(&script, (struct transcript_text){.at = text, .size = sizeof text - 1}, &size);
    assert_non_null(filled);
    assert_string_equal(filled, wanted);
    assert_int_equal(size, strlen(wanted));
    free(filled);
}

static void names_stand_for_any_bytes_up_to_what_follows(void **state)
{
    (void)state;
    script_begin("user < x\n");
    value_is("$value"); /* it has none yet */
    assert_true(fits("a=$value&b=$other", "a=1&b=2&c=3"));
    value_is("1");
    assert_true(fits("a=$value", "a=1&b=2"));
    value_is("1&b=2");
    assert_true(fits("$value", ""));
    value_is("");
    assert_true(fits("$value;", "x;"));
    assert_false(fits("$value;!", "y;?"));
    assert_false(fits("$value;$other!", "y;z?"));
    value_is("x");                            /* what did not fit leaves it */
    assert_false(fits("$value$other", "ab")); /* where would the one end? */
    assert_false(fits("$value<time>", "a2026-01-05"));
    assert_true(fits("cost $$value", "cost $value"));
    value_is("x");
    assert_true(fits("$ 5", "$ 5"));
    assert_true(fits("$A", "$A")); /* no name: they are lower case */
    assert_false(fits("abc", "ab"));
    assert_false(fits("ab", "abc"));
    assert_false(fits("", "a"));
    assert_true(fits("", ""));
    script_end();
}

static void values_have_their_limits(void **state)
{
    char text[TRANSCRIPT_VALUE_MAX + 2], pattern[32];
    (void)state;
    script_begin("user < x\n");
    memset(text, 'x', sizeof text);
    text[TRANSCRIPT_VALUE_MAX + 1] = 0;
    assert_false(fits("$value", text));
    text[TRANSCRIPT_VALUE_MAX] = 0;
    assert_true(fits("$value", text));
    value_is(text);
    for (int i = 1; i < TRANSCRIPT_VALUES_MAX; i++) {
        snprintf(pattern, sizeof pattern, "$n%d", i);
        assert_true(fits(pattern, "y"));
    }
    assert_false(fits("$one_more", "y"));
    assert_true(fits("$value", "z"));
    value_is("z");
    script_end();
}

static void what_cannot_be_the_same_twice_has_words_of_its_own(void **state)
{
    (void)state;
    script_begin("user < x\n");
    assert_true(fits("t=<time>&", "t=1767623400000&"));
    assert_true(fits("t=<time>", "t=2026-01-05T14:30:00.123Z"));
    assert_false(fits("t=<time>", "t=now"));
    assert_false(fits("t=<time>", "t=123456789")); /* seconds have ten digits */
    assert_false(fits("t=<time>", "t="));
    assert_true(fits("<nonce>", "0f8fad5b-d9cb-469f-a165-70867728950e"));
    assert_true(fits("n=<nonce>;", "n=7;"));
    assert_false(fits("n=<nonce>;", "n=;"));
    assert_false(fits("n=<nonce>;", "n=a b;"));
    assert_true(fits("<tim>", "<tim>")); /* no such word: as it stands */
    script_end();
}

static void a_time_is_no_byte_of_zero(void **state)
{
    static const char text[] = "1767623400000\0\0";
    (void)state;
    script_begin("user < x\n");
    assert_false(transcript_fits(&script, (struct transcript_text){.at = "<time>", .size = 6}, text, sizeof text - 1));
    script_end();
}

/* {"alg":"ES256","kid":"organizations/k1"} and {"sub":"x"} */
#define JWT "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9yZ2FuaXphdGlvbnMvazEifQ.eyJzdWIiOiJ4In0.c2ln-_"

static void a_token_is_known_by_its_key(void **state)
{
    (void)state;
    script_begin("user < x\n");
    assert_true(fits("Bearer <jwt>", "Bearer " JWT));
    assert_true(fits("Bearer <jwt kid=organizations/k1>;", "Bearer " JWT ";"));
    assert_false(fits("Bearer <jwt kid=organizations/k2>", "Bearer " JWT));
    assert_false(fits("Bearer <jwt kid=organizations/k>", "Bearer " JWT));
    assert_false(fits("<jwt>", "a.b"));
    assert_false(fits("<jwt>", ".b.c"));
    assert_false(fits("<jwt>", "a.b.c.d"));
    assert_true(fits("<jwt>.d", "a.b.c.d"));
    assert_false(fits("<jwt kid=x>", "a.b.c"));
    script_end();
}

static void a_script_of_names_does_not_grow_beyond_its_bound(void **state)
{
    enum { COUNT = 300000 };
    char value[TRANSCRIPT_VALUE_MAX + 1], *text = malloc(2 * COUNT);
    uint32_t size;
    (void)state;
    assert_non_null(text);
    script_begin("user < x\n");
    memset(value, 'x', TRANSCRIPT_VALUE_MAX);
    value[TRANSCRIPT_VALUE_MAX] = 0;
    assert_true(fits("$a", value));
    for (int i = 0; i < COUNT; i++)
        memcpy(text + (size_t)i * 2, "$a", 2);
    assert_null(transcript_fill(&script, (struct transcript_text){.at = text, .size = 2 * COUNT}, &size));
    free(text);
    script_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wrong_line_is_named_with_what_was_expected),
        cmocka_unit_test(there_are_so_many_streams_and_standing_answers),
        cmocka_unit_test(names_stand_for_any_bytes_up_to_what_follows),
        cmocka_unit_test(values_have_their_limits),
        cmocka_unit_test(what_cannot_be_the_same_twice_has_words_of_its_own),
        cmocka_unit_test(a_time_is_no_byte_of_zero),
        cmocka_unit_test(a_token_is_known_by_its_key),
        cmocka_unit_test(a_script_of_names_does_not_grow_beyond_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
