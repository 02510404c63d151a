/* header_test.c: what is written at the head of a journal is what is read back, whatever bytes it holds. */
#include "support/session_kit.h"

#include "base/hash.h"
#include "base/version.h"
#include "journal/limits.h"
#include "session/header.h"
#include "session/recorded.h"

static const char path[] = "/tmp/a folder/with\nlines and 3:digits ";
static const char script[] =
    "-- line\n\0 after a zero\nset 3:abc 1:x\n"; /* with a zero inside, and what looks like a line */

static struct text made(void)
{
    struct text text;
    text_init_grow(&text, JOURNAL_HEADER_MAX);
    header_put(&text, "outcry", "0.1.0", NULL);
    header_put(&text, "set", "session.dir", path, NULL);
    header_put_text(&text, "strategy", path, script, sizeof script - 1);
    header_put(&text, "empty", NULL);
    header_put(&text, "param", "", "", NULL);
    assert_false(text.is_cut);
    return text;
}

static bool is_field(const struct header_line *line, uint32_t i, const char *bytes, size_t size)
{
    return i < line->count && line->fields[i].size == size && memcmp(line->fields[i].bytes, bytes, size) == 0;
}

static void any_byte_comes_back(void **state)
{
    (void)state;
    struct text text = made();
    struct header_line line;
    size_t at = 0;
    char out[64], small[6];
    assert_int_equal(header_next(text.data, text.size, &at, &line), OC_OK);
    assert_string_equal(line.word, "outcry");
    assert_true(is_field(&line, 0, "0.1.0", 5));
    assert_int_equal(header_next(text.data, text.size, &at, &line), OC_OK);
    assert_string_equal(line.word, "set");
    assert_int_equal(line.count, 2);
    assert_true(is_field(&line, 1, path, strlen(path)));
    header_text(&line, 1, out, sizeof out);
    assert_string_equal(out, path);
    header_text(&line, 1, small, sizeof small);
    assert_string_equal(small, "/tmp/"); /* cut to fit */
    header_text(&line, 2, small, sizeof small);
    assert_string_equal(small, "");
    assert_false(header_is_whole(&line));
    assert_int_equal(header_next(text.data, text.size, &at, &line), OC_OK);
    assert_string_equal(line.word, "strategy");
    assert_true(is_field(&line, 0, path, strlen(path)));
    assert_true(is_field(&line, 1, script, sizeof script - 1));
    assert_true(header_is_whole(&line));
    assert_int_equal(header_next(text.data, text.size, &at, &line), OC_OK);
    assert_string_equal(line.word, "empty");
    assert_int_equal(line.count, 0);
    assert_int_equal(header_next(text.data, text.size, &at, &line), OC_OK);
    assert_true(is_field(&line, 0, "", 0) && is_field(&line, 1, "", 0));
    assert_int_equal(header_next(text.data, text.size, &at, &line), OC_E_END);
    text_release(&text);
}

/* Reads to the end. Lines, or -1 where it is damaged; *ret_whole: every text line agrees with its hash. */
static int lines_of(const char *bytes, size_t size, bool *ret_whole)
{
    struct header_line line;
    size_t at = 0;
    int count = 0;
    oc_rc rc;
    *ret_whole = true;
    while ((rc = header_next(bytes, size, &at, &line)) == OC_OK) {
        for (uint32_t i = 0; i < line.count; i++) /* inside what was given */
            assert_true(line.fields[i].bytes >= bytes && line.fields[i].bytes + line.fields[i].size <= bytes + size);
        if (strcmp(line.word, "strategy") == 0)
            *ret_whole = *ret_whole && header_is_whole(&line);
        assert_true(++count < 64 && at <= size);
    }
    assert_true(rc == OC_E_END || rc == OC_E_DATA);
    return rc == OC_E_END ? count : -1;
}

/* Each byte another, each cut: nothing is read beyond its end, and a text that has changed is seen. */
static void damage_at_each_byte_is_survived(void **state)
{
    (void)state;
    struct text text = made();
    bool is_whole;
    assert_int_equal(lines_of(text.data, text.size, &is_whole), 5);
    char *copy = malloc(text.size); /* exactly: a sanitizer sees the byte behind it */
    const char *of_script = memchr(text.data, '\0', text.size);
    assert_non_null(of_script);
    for (size_t i = 0; i < text.size; i++) {
        static const unsigned char others[] = {0x01, 0x80, 0xff};
        for (size_t k = 0; k < sizeof others; k++) {
            memcpy(copy, text.data, text.size);
            copy[i] = (char)((unsigned char)copy[i] ^ others[k]);
            int lines = lines_of(copy, text.size, &is_whole);
            assert_true(lines <= 5);
            if (text.data + i == of_script) /* inside the strategy's text */
                assert_false(is_whole);
        }
    }
    free(copy);
    for (size_t size = 0; size < text.size; size++) {
        char *cut = malloc(size ? size : 1);
        memcpy(cut, text.data, size);
        int lines = lines_of(cut, size, &is_whole);
        assert_true(lines < 5);
        free(cut);
    }
    text_release(&text);
}

static void hostile_lines_are_damage(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "set",
        "set 3:ab\n",
        "set 2:abc\n",
        "set x:abc\n",
        "set :\n",
        "set 1\n",
        "set  1:a\n",
        "set 1:a",
        "Set 1:a\n",
        " set 1:a\n",
        "\n",
        "set 99999999:a\n",
        "set 1:a 1:b 1:c 1:d 1:e 1:f 1:g\n",
        "set 4294967297:a\n",
        "set 9999999999:a\n",
        "set -1:a\n",
        "set 0000000001:a\n", /* ten digits */
        "set 18446744073709551617:a\n",
        "set 1ab\n",
        "set 1:a \n",
        "abcdefghijklmnopq 1:a\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct header_line line = {.count = 7};
        size_t at = 0;
        if (header_next(bad[i], strlen(bad[i]), &at, &line) != OC_E_DATA)
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(line.count, 7); /* untouched */
    }
    static const char behind[] =
        "set 4:ab\nx\n"; /* a length beyond the header's end is not made true by what lies there */
    for (size_t size = 5; size < sizeof behind - 1; size++) {
        struct header_line longer;
        size_t from = 0;
        assert_int_equal(header_next(behind, size, &from, &longer), OC_E_DATA);
    }
    struct header_line line;
    size_t at = 0;
    static const char nine[] = "set 000000001:a\n";
    size_t from = 0;
    assert_int_equal(header_next(nine, sizeof nine - 1, &from, &(struct header_line){0}), OC_OK);
    static const char good[] = "abcdefghijklmno 0: 1:b 1:c 1:d 1:e 1:f\n"; /* the longest word, the most fields */
    assert_int_equal(header_next(good, sizeof good - 1, &at, &line), OC_OK);
    assert_int_equal(line.count, HEADER_FIELDS_MAX);
}

/* A session's own header, taken by another: settings, seed and paths are the same, spaces and line ends too. */
static void a_session_is_made_of_its_header(void **state)
{
    (void)state;
    struct house *house = house_new(), *again = house_new();
    struct text text, notes;
    struct header_line line;
    size_t at = 0;
    assert_int_equal(settings_set(&house->settings, "session.seed", "41", "test"), OC_OK);
    assert_int_equal(settings_set(&house->settings, "session.dir", "/nowhere else", "test"), OC_OK);
    assert_int_equal(settings_set(&house->settings, "data.options", "a = 'b c';\n d", "test"), OC_OK);
    house->session->clock.seed = 41;
    house->session->data.count = 2;
    for (uint32_t i = 0; i < 2; i++) {
        struct feed_source *source = &house->session->data.sources[i];
        snprintf(source->path, sizeof source->path, "%s%u", path, i);
        snprintf(source->info.symbol, sizeof source->info.symbol, "BTC/USDT");
        source->info.price_step = (struct oc_dec){1, 2, 0};
        source->info.qty_step = (struct oc_dec){1, 3, 0};
    }
    text_init_grow(&text, JOURNAL_HEADER_MAX);
    text_init_grow(&notes, 4096);
    header_write(house->session, &text);
    int instruments = 0;
    while (header_next(text.data, text.size, &at, &line) == OC_OK) {
        instruments += strcmp(line.word, "instrument") == 0;
        assert_int_equal(recorded_take_line(again->session, &line, &notes), OC_OK);
    }
    assert_int_equal(at, text.size);
    assert_int_equal(instruments, 1); /* two files of one market */
    assert_int_equal(again->session->data.count, 2);
    assert_string_equal(again->session->data.sources[1].path, house->session->data.sources[1].path);
    assert_string_equal(settings_text(&again->settings, "data.options", ""), "a = 'b c';\n d");
    assert_string_equal(settings_text(&again->settings, "session.seed", ""), "41");
    assert_null(settings_get(&again->settings, "session.dir")); /* a replay records nothing */
    text_release(&text);
    text_release(&notes);
    house_free(house);
    house_free(again);
}

/* Each line by its word, each field in its place, and nothing taken that is not said. */
static void a_line_is_taken_where_it_belongs(void **state)
{
    (void)state;
    static const char lines[] = "data 5:a.csv 8:/x/a.csv\n"
                                "data 5:b.csv\n"
                                "inside 6:fa.csv 8:/x/fa.cs 4:hash\n"
                                "inside 6:fb.csv 4:/x/f 5:hash2\n"
                                "seed 2:77\n"
                                "set 12:session.name 3:own\n"
                                "lacks 9:one other\n"
                                "unheard 5:d.csv 1:e\n";
    struct house *house = house_new();
    struct session *session = house->session;
    struct header_line line;
    struct text notes;
    size_t at = 0;
    text_init_grow(&notes, 4096);
    assert_false(session->is_whole || session->rules.is_recorded);
    while (header_next(lines, sizeof lines - 1, &at, &line) == OC_OK)
        assert_int_equal(recorded_take_line(session, &line, &notes), OC_OK);
    assert_int_equal(at, sizeof lines - 1);
    const struct feed_source *sources = session->data.sources;
    static const char *const places[][3] = {
        {"a.csv", "/x/a.csv", ""}, {"b.csv", "", ""}, {"", "/x/fa.cs", "hash"}, {"", "/x/f", "hash2"}, {"", "", ""}};
    assert_int_equal(session->data.count, 2);
    assert_int_equal(session->data.intrabar_count, 2);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_string_equal(sources[i].path, places[i][0]);
        assert_string_equal(sources[i].place, places[i][1]);
        assert_string_equal(sources[i].hash_recorded, places[i][2]);
    }
    assert_string_equal(settings_text(&house->settings, "session.seed", ""), "77");
    assert_string_equal(settings_text(&house->settings, "session.name", ""), "own");
    assert_true(session->rules.is_recorded);
    assert_string_equal(session->rules.recorded, "one other");
    assert_false(session->is_whole);
    assert_int_equal(notes.size, 0);
    static const char last[] = "whole\n";
    at = 0;
    assert_int_equal(header_next(last, sizeof last - 1, &at, &line), OC_OK);
    assert_int_equal(recorded_take_line(session, &line, &notes), OC_OK);
    assert_true(session->is_whole);
    /* as many as there is room for */
    static const char more[] = "data 1:c\ninside 1:c 1:d 1:e\n";
    session->data.count = FEED_SOURCES_MAX - 3; /* two inside */
    for (int i = 0; i < 4; i++) {
        static const oc_rc expected[] = {OC_OK, OC_E_LIMIT, OC_OK, OC_E_LIMIT};
        at = 0;
        assert_int_equal(header_next(more, sizeof more - 1, &at, &line), OC_OK);
        if (i % 2)
            assert_int_equal(header_next(more, sizeof more - 1, &at, &line), OC_OK);
        if (i == 2) /* of data alone, the finer ones stand behind them */
            session->data.count = FEED_SOURCES_MAX - 1;
        assert_int_equal(recorded_take_line(session, &line, &notes), expected[i]);
    }
    assert_int_equal(session->data.count, FEED_SOURCES_MAX);
    at = 0;
    assert_int_equal(header_next(more, sizeof more - 1, &at, &line), OC_OK);
    assert_int_equal(recorded_take_line(session, &line, &notes), OC_E_LIMIT);
    session->data.count = 0;
    text_release(&notes);
    house_free(house);
}

static oc_rc opens(const struct oc_host *host, void **ret_self)
{
    (void)host;
    (void)ret_self;
    return OC_OK;
}

static void put_own(void *self, struct text *text) { header_put(text, "own", self, NULL); }

/* Line by line, and nothing that lies behind what is counted. */
static void a_header_says_all_that_a_session_is_made_of(void **state)
{
    (void)state;
    static const struct oc_plugin plugins[] = {{.id = "outcry.a", .version = "1.2.3", .open = opens},
                                               {.id = "outcry.b", .version = "0.1.0", .open = opens}};
    struct house *house = house_new();
    struct session *session = house->session;
    struct text text;
    for (uint32_t i = 0; i < 2; i++) {
        house->registry->entries[i].plugin = &plugins[i];
        house->registry->entries[i].hash = 0xabc + i;
    }
    house->registry->count = 2;
    settings_set(&house->settings, "session.end", "hold", "test");
    session->clock.seed = 41;
    static const char *const symbols[] = {"BTC/USDT", "ETH/USDT", "ETH/USDT", "SPY", "XRP/USDT"};
    session->data.count = 4;
    for (uint32_t i = 0; i < 5; i++) {
        struct feed_source *source = &session->data.sources[i];
        snprintf(source->path, sizeof source->path, "%u.csv", i);
        snprintf(source->info.symbol, sizeof source->info.symbol, "%s", symbols[i]);
        source->info.price_step = (struct oc_dec){i == 3 ? 0 : 25, 2, 0};
        source->info.qty_step = (struct oc_dec){1, (int32_t)i, 0};
    }
    session->journal.header_self = (char[]){"words"};
    session->journal.header_write = put_own;
    text_init_grow(&text, JOURNAL_HEADER_MAX);
    header_write(session, &text);
    assert_string_equal(text.data, "outcry 5:" OUTCRY_VERSION "\n"
                                   "mode 4:test\n"
                                   "seed 2:41\n"
                                   "plugin 8:outcry.a 5:1.2.3 16:0000000000000abc\n"
                                   "plugin 8:outcry.b 5:0.1.0 16:0000000000000abd\n"
                                   "set 12:account.cash 12:1000000 USDT\n"
                                   "set 11:session.end 4:hold\n"
                                   "data 5:0.csv\n"
                                   "data 5:1.csv\n"
                                   "data 5:2.csv\n"
                                   "data 5:3.csv\n"
                                   "instrument 8:BTC/USDT 4:0.25 1:1\n"
                                   "instrument 8:ETH/USDT 4:0.25 3:0.1\n" /* once */
                                   "own 5:words\n");
    text_release(&text);
    house_free(house);
}

/* What a replay says of a recording by another build, and what of its header is not taken twice. */
static void a_recording_by_others_is_noted(void **state)
{
    (void)state;
    static const struct oc_plugin plugin = {.id = "outcry.a", .version = "1.2.3", .open = opens};
    static const char lines[] = "outcry 5:0.0.9\n"
                                "plugin 8:outcry.a 5:1.2.3 16:0000000000000abc\n"
                                "plugin 8:outcry.a 5:1.2.3 16:0000000000000abd\n"
                                "plugin 8:outcry.b 5:1.2.3 16:0000000000000abc\n"
                                "outcry 5:" OUTCRY_VERSION "\n"
                                "mode 5:0.0.9\n";
    static const char *const said[] = {
        "note: recorded by outcry 0.0.9, replayed by " OUTCRY_VERSION "\n", "", "", "", "", ""};
    struct house *house = house_new();
    struct header_line line;
    size_t at = 0;
    house->registry->entries[0].plugin = &plugin;
    house->registry->entries[0].hash = 0xabc;
    house->registry->count = 1;
    for (int i = 0; i < 6; i++) {
        struct text notes;
        text_init_grow(&notes, 4096);
        text_put(&notes, "");
        assert_int_equal(header_next(lines, sizeof lines - 1, &at, &line), OC_OK);
        assert_int_equal(recorded_take_line(house->session, &line, &notes), OC_OK);
        assert_int_equal(notes.size, strlen(said[i]));
        if (notes.size)
            assert_string_equal(notes.data, said[i]);
        text_release(&notes);
    }
    /* the plugins are looked at when all settings are known; one that this run does not use is nobody's */
    struct text plugin_notes;
    text_init_grow(&plugin_notes, 4096);
    house->session->parts = calloc(1, sizeof *house->session->parts);
    assert_int_equal(recorded_open_parts(house->session, lines, sizeof lines - 1, PART_RULE, &plugin_notes), OC_OK);
    assert_string_equal(plugin_notes.data, "note: plugin outcry.a is not the file that was recorded with\n");
    text_release(&plugin_notes);
    char path_line[32];
    for (uint32_t i = 0; i <= FEED_SOURCES_MAX; i++) { /* as many files as a session can have, and one more */
        snprintf(path_line, sizeof path_line, "data %d:%03u.csv\n", i < 1000 ? 7 : 8, i);
        at = 0;
        assert_int_equal(header_next(path_line, strlen(path_line), &at, &line), OC_OK);
        assert_int_equal(recorded_take_line(house->session, &line, NULL), i < FEED_SOURCES_MAX ? OC_OK : OC_E_LIMIT);
    }
    assert_int_equal(house->session->data.count, FEED_SOURCES_MAX);
    assert_string_equal(house->session->data.sources[999].path, "999.csv");
    assert_string_equal(house->session->data.sources[0].path, "000.csv");
    house_free(house);
}

static void put_much(void *self, struct text *text)
{
    const size_t size = *(const size_t *)self;
    char *bytes = malloc(size);
    memset(bytes, 'x', size);
    text_put_bytes(text, bytes, size);
    free(bytes);
}

/* One limit, and words that say what to do. */
static void a_header_beyond_the_journals_limit_is_refused_in_words(void **state)
{
    (void)state;
    size_t size = JOURNAL_HEADER_MAX;
    struct house *house = house_new();
    const struct session *session = house->session;
    session_add_kernel(house->session, true, false);
    for (uint32_t i = 0; i < session->stages.count; i++)
        if (strcmp(session->stages.list[i].name, "data") == 0 || strcmp(session->stages.list[i].name, "parts") == 0)
            house->session->stages.list[i].open = NULL;
    house->session->journal.header_self = &size;
    house->session->journal.header_write = put_much;
    assert_int_equal(session_open(house->session), OC_E_LIMIT);
    assert_non_null(strstr(said(&session->words.error), "more than 4194304 bytes: make the texts smaller"));
    house_free(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_byte_comes_back),
        cmocka_unit_test(damage_at_each_byte_is_survived),
        cmocka_unit_test(hostile_lines_are_damage),
        cmocka_unit_test(a_header_beyond_the_journals_limit_is_refused_in_words),
        cmocka_unit_test(a_session_is_made_of_its_header),
        cmocka_unit_test(a_line_is_taken_where_it_belongs),
        cmocka_unit_test(a_header_says_all_that_a_session_is_made_of),
        cmocka_unit_test(a_recording_by_others_is_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
