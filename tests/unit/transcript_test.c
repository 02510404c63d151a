/* transcript_test.c: the script of a connector's peer: patterns, standing answers, its clock, and where it stands. */
#include "feed/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

struct heard { /* a connector that keeps what it is told */
    char text[512];
};

static oc_rc hear(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    struct heard *heard = self;
    const size_t length = strlen(heard->text);
    (void)stream;
    snprintf(heard->text + length, sizeof heard->text - length, "%.*s|", (int)size, (const char *)bytes);
    return OC_OK;
}

static const struct oc_connector_0_1 connector = {.size = sizeof connector, .bytes = hear};

static uint32_t begin(struct transcript *transcript, const char *script)
{
    uint32_t stream;
    assert_int_equal(transcript_init_script(transcript, script), OC_OK);
    assert_int_equal(transcript_open(transcript, "transcript:x", &stream), OC_OK);
    return stream;
}

static void pump(struct transcript *transcript, struct heard *heard)
{
    assert_true(transcript_pump(transcript, &connector, heard, 100) >= 0);
}

static oc_rc ask(struct transcript *transcript, uint32_t stream, const char *text)
{
    return transcript_send(transcript, stream, text, (uint32_t)strlen(text));
}

static void a_pattern_keeps_what_its_names_stand_for(void **state)
{
    struct transcript transcript;
    struct heard heard = {""};
    (void)state;
    uint32_t stream =
        begin(&transcript, "> {\"id\":$id,\"side\":\"$side\",\"cost\":\"$$5\"}\n< {\"ack\":$id}\n< $side $$ $x\n");
    assert_int_equal(ask(&transcript, stream, "{\"id\":42,\"side\":\"buy\",\"cost\":\"$5\"}"), OC_OK);
    pump(&transcript, &heard);
    assert_string_equal(heard.text, "{\"ack\":42}|buy $ $x|");
    assert_true(transcript_is_done(&transcript));
    transcript_release(&transcript);
}

static void what_does_not_fit_is_a_mismatch(void **state)
{
    static const char *const others[] = {"new 1 sell 3", "new 1 buy 3 4", "new 1 buy", "new  buy3", ""};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct transcript transcript;
        uint32_t stream = begin(&transcript, "> new $id buy 3\n");
        assert_int_equal(ask(&transcript, stream, others[i]), OC_OK);
        assert_int_equal(transcript.mismatches, 1);
        assert_non_null(strstr(transcript.mismatch, "line 1"));
        transcript_release(&transcript);
    }
}

static void standing_answers_hold_from_their_line_on(void **state)
{
    struct transcript transcript;
    struct heard heard = {""};
    (void)state;
    uint32_t stream =
        begin(&transcript, "< first\n> go\n? new $id $qty\n! ack $id\n# and\n! fill $id $qty t$#\n? cancel $id\n"
                           "! gone $id\n< second\n> cancel 9\n< own\n");
    pump(&transcript, &heard);
    uint32_t size, line;
    assert_memory_equal(transcript_waits_for(&transcript, &size, &line), "go", 2);
    assert_true(size == 2 && line == 2);
    assert_int_equal(ask(&transcript, stream, "go"), OC_OK);
    pump(&transcript, &heard);
    assert_int_equal(ask(&transcript, stream, "new 7 5"), OC_OK);
    assert_int_equal(ask(&transcript, stream, "new 8 6"), OC_OK);
    assert_int_equal(ask(&transcript, stream, "cancel 7"), OC_OK);
    assert_int_equal(ask(&transcript, stream, "cancel 9"), OC_OK); /* the script's own line goes first */
    pump(&transcript, &heard);
    assert_string_equal(heard.text, "first|second|ack 7|fill 7 5 t1|ack 8|fill 8 6 t2|gone 7|own|");
    assert_null(transcript_waits_for(&transcript, &size, &line));
    assert_int_equal(ask(&transcript, stream, "else"), OC_OK);
    assert_int_equal(transcript.mismatches, 1);
    transcript_release(&transcript);
}

static void a_rule_that_does_not_hold_yet_answers_nothing(void **state)
{
    struct transcript transcript;
    (void)state;
    uint32_t stream = begin(&transcript, "> go\n? new $id\n! ack $id\n");
    assert_int_equal(ask(&transcript, stream, "new 7"), OC_OK);
    assert_int_equal(transcript.mismatches, 1);
    transcript_release(&transcript);
}

static void its_clock_stands_where_its_lines_say(void **state)
{
    struct transcript transcript;
    struct heard heard = {""};
    (void)state;
    uint32_t stream = begin(&transcript, "@ 1970-01-01T00:00:01Z\n? x\n! y\n< a\n@ 1970-01-01T00:00:02Z\n> b\n");
    assert_true(transcript.clock_ns == INT64_MIN);
    assert_int_equal(transcript_pump(&transcript, &connector, &heard, 1), 1);
    assert_true(transcript.clock_ns == 1000000000);
    assert_int_equal(ask(&transcript, stream, "x"), OC_OK); /* answered, and the clock stands */
    assert_true(transcript.clock_ns == 1000000000);
    pump(&transcript, &heard);
    assert_true(transcript.clock_ns == 2000000000);
    assert_string_equal(heard.text, "a|y|");
    transcript_release(&transcript);
}

static void each_bad_line_is_named(void **state)
{
    static const char *const bad[][2] = {{"< a\nb\n", "line 2"},       {"@ noon\n", "a time such as"},
                                         {"! a\n", "behind the ?"},    {"? a\n< b\n", "a ! line behind"},
                                         {"? a\n", "a ! line behind"}, {"> a\n! b\n", "behind the ?"}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct transcript transcript;
        assert_int_equal(transcript_init_script(&transcript, bad[i][0]), OC_E_DATA);
        assert_non_null(strstr(transcript.mismatch, bad[i][1]));
        transcript_release(&transcript);
    }
}

/* At each place of a script: saved, and gone on with in another one, it says what is left of it. */
static void a_place_that_was_saved_is_gone_on_from(void **state)
{
    static const char script[] = "? new $id\n! ack $id $#\n< a\n< b\n> x $y\n< c $y\n< d\n";
    char whole[512] = "", bytes[8192];
    (void)state;
    for (uint32_t cut = 0; cut <= 7; cut++) {
        struct transcript one, other;
        struct heard heard = {""};
        struct transcript *now = &one;
        uint32_t stream = begin(&one, script);
        begin(&other, script);
        for (uint32_t at = 0; at < 7; at++) {
            if (at == cut) {
                int64_t size = transcript_save(&one, bytes, sizeof bytes);
                assert_true(size > 0);
                assert_int_equal(transcript_save(&one, bytes, (size_t)size - 1), OC_E_LIMIT);
                assert_int_equal(transcript_load(&other, bytes, (size_t)size), OC_OK);
                assert_int_equal(transcript_load(&other, bytes, (size_t)size - 1), OC_E_DATA);
                now = &other;
            }
            if (at == 1)
                assert_int_equal(ask(now, stream, "new 5"), OC_OK);
            if (at == 4)
                assert_int_equal(ask(now, stream, "x 6"), OC_OK);
            assert_true(transcript_pump(now, &connector, &heard, 1) >= 0);
        }
        if (cut == 0)
            strcpy(whole, heard.text);
        assert_string_equal(heard.text, whole);
        transcript_release(&one);
        transcript_release(&other);
    }
    assert_string_equal(whole, "a|ack 5 1|b|c 6|d|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_keeps_what_its_names_stand_for),
        cmocka_unit_test(what_does_not_fit_is_a_mismatch),
        cmocka_unit_test(standing_answers_hold_from_their_line_on),
        cmocka_unit_test(a_rule_that_does_not_hold_yet_answers_nothing),
        cmocka_unit_test(its_clock_stands_where_its_lines_say),
        cmocka_unit_test(each_bad_line_is_named),
        cmocka_unit_test(a_place_that_was_saved_is_gone_on_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
