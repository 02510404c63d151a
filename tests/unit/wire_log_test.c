/* The network's log: what stands in it at which level, in both forms; what never does; and that it does not grow. */
#include "support/io_kit.h"

#include "base/redact.h"
#include "io/wire_log.h"

#define PATH "wire_log_test.log"

static struct wire_log wire;
static char *file; /* what stands in it; owned */
static size_t file_size;

static void forget_files(void)
{
    char name[64];
    (void)env_unlink(PATH); /* it may not be there */
    for (int i = 1; i <= WIRE_FILES_MAX; i++) {
        snprintf(name, sizeof name, PATH ".%d", i);
        (void)env_unlink(name);
    }
}

static void begin(enum wire_level level, bool is_json, int64_t size_max)
{
    forget_files();
    assert_int_equal(wire_log_open(&wire, PATH, level, is_json, size_max), OC_OK);
}

static const char *read_file(const char *path)
{
    env_free(file);
    file = NULL;
    assert_int_equal(env_read_file(path, 64 << 20, &file, &file_size), OC_OK);
    return file;
}

static void end(void)
{
    wire_log_close(&wire);
    env_free(file);
    file = NULL;
    forget_files();
}

static struct wire_entry entry(enum wire_level level, const char *what, const char *text)
{
    return (struct wire_entry){.level = level,
                               .venue = "plain",
                               .what = what,
                               .endpoint = "rest",
                               .exchange = 17,
                               .request = 3,
                               .method = "POST",
                               .at_ns = IO_KIT_BEGIN_NS,
                               .took_ns = 1204000,
                               .status = 200,
                               .path = "/v1/orders",
                               .path_size = 10,
                               .headers = "A: b\r\n",
                               .headers_size = 6,
                               .text = text,
                               .text_size = (uint32_t)strlen(text),
                               .size = (uint32_t)strlen(text)};
}

static void put(enum wire_level level, const char *text)
{
    const struct wire_entry one = entry(level, "answer", text);
    wire_log_put(&wire, &one);
}

static void each_level_has_what_it_says(void **state)
{
    (void)state;
    for (int level = WIRE_ERRORS; level <= WIRE_ALL; level++) {
        begin((enum wire_level)level, false, 1 << 20);
        put(WIRE_ERRORS, "wrong");
        put(WIRE_REQUESTS, "asked");
        put(WIRE_ALL, "heard");
        assert_int_equal(wire.lines, level);
        (void)read_file(PATH);
        assert_non_null(strstr(file, "wrong")); /* what went wrong with its words, always */
        assert_int_equal(strstr(file, "asked") != NULL, level == WIRE_ALL);
        assert_int_equal(strstr(file, "heard") != NULL, level == WIRE_ALL);
        end();
    }
}

static void a_line_is_for_a_person_or_an_object(void **state)
{
    (void)state;
    begin(WIRE_ALL, false, 1 << 20);
    put(WIRE_ALL, "a\nb\x01\xff");
    assert_string_equal(read_file(PATH),
                        "2001-09-09T01:46:40Z plain answer rest #17 request 3 POST /v1/orders status 200 in 1.204 ms "
                        "5 bytes | A: b   | a b ?\n");
    end();
    begin(WIRE_ALL, true, 1 << 20);
    put(WIRE_ALL, "a\nb\"");
    assert_string_equal(read_file(PATH),
                        "{\"time\":\"2001-09-09T01:46:40Z\",\"venue\":\"plain\",\"what\":\"answer\",\"endpoint\":"
                        "\"rest\",\"exchange\":17,\"request\":3,\"method\":\"POST\",\"path\":\"/v1/orders\",\"status\":"
                        "200,\"ms\":1.204,\"bytes\":4,\"headers\":\"A: b\\u000d\\n\",\"text\":\"a\\nb\\\"\"}\n");
    end();
}

/* In whatever form the one or the other says it back. */
static void no_secret_and_no_signature_stands_in_it(void **state)
{
    static const uint8_t signature[32] = {0xfb, 0xef, 0xbe, 0x01, 0x22, 0x53, 0xab, 0xcd, 0xef, 0x10, 0x99,
                                          0x77, 0x31, 0x47, 0x66, 0xf0, 0xfb, 0xef, 0xbe, 0x01, 0x22, 0x53,
                                          0xab, 0xcd, 0xef, 0x10, 0x99, 0x77, 0x31, 0x47, 0x66, 0xf0};
    static const char *const said[] = {
        "key=canary-SECRET/4711+of=it&x=1",
        "canary-SECRET%2F4711%2Bof%3Dit",
        "fbefbe012253abcdef109977314766f0fbefbe012253abcdef109977314766f0",
        "FBEFBE012253ABCDEF109977314766F0FBEFBE012253ABCDEF109977314766F0",
        "sign=++++ASJTq83vEJl3MUdm8PvvvgEiU6vN7xCZdzFHZvA=",
        "{\"s\":\"++++ASJTq83vEJl3MUdm8PvvvgEiU6vN7xCZdzFHZvA=\"}",
        "%2B%2B%2B%2BASJTq83vEJl3MUdm8PvvvgEiU6vN7xCZdzFHZvA%3D",
        "----ASJTq83vEJl3MUdm8PvvvgEiU6vN7xCZdzFHZvA",
    };
    static const char *const parts[] = {"canary-SECRET", "SECRET%2F4711", "fbefbe012253abcd", "FBEFBE012253ABCD",
                                        "q83vEJl3MUdm8Pvvvg"};
    (void)state;
    for (int is_json = 0; is_json < 2; is_json++) {
        begin(WIRE_ALL, is_json, 1 << 20);
        assert_int_equal(redact_add(&wire, "canary-SECRET/4711+of=it", 24), OC_OK);
        for (size_t i = 0; i < sizeof said / sizeof *said; i++)
            put(WIRE_ALL, said[i]);
        assert_non_null(strstr(read_file(PATH), "q83vEJl3MUdm8Pvvvg")); /* the search finds what is not hidden */
        wire_log_hide(&wire, signature, sizeof signature);
        (void)env_truncate(wire.fd, 0);
        for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
            struct wire_entry one = entry(WIRE_ALL, "request", said[i]);
            one.path = one.headers = said[i];
            one.path_size = one.headers_size = one.size;
            wire_log_put(&wire, &one);
        }
        (void)read_file(PATH);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            if (memmem(file, file_size, parts[i], strlen(parts[i])))
                fail_msg("%s stands in it", parts[i]);
        assert_non_null(memmem(file, file_size, "x=1", 3)); /* and nothing else is cut out */
        end();
    }
}

/* Where a text is cut, the beginning of a secret must not be what is left of it. */
static void what_is_cut_by_the_end_is_no_secret_either(void **state)
{
    static char text[WIRE_TEXT_MAX + 100];
    (void)state;
    for (size_t before = 1; before < 24; before++) {
        begin(WIRE_ALL, false, 1 << 20);
        assert_int_equal(redact_add(&wire, "canary-SECRET/4711+of=it", 24), OC_OK);
        memset(text, 'x', sizeof text - 1);
        memcpy(text + WIRE_TEXT_MAX - before, "canary-SECRET/4711+of=it", 24);
        put(WIRE_ALL, text);
        assert_null(strstr(read_file(PATH), "canary"));
        assert_null(strstr(file, "xc"));
        assert_non_null(strstr(file, "\xe2\x80\xa6\n")); /* that there was more is seen */
        end();
    }
}

static void it_does_not_grow(void **state)
{
    char name[64];
    (void)state;
    begin(WIRE_ALL, false, 1000);
    for (int i = 0; i < 100; i++) {
        char text[16];
        snprintf(text, sizeof text, "line %d", i);
        put(WIRE_ALL, text);
    }
    assert_non_null(strstr(read_file(PATH), "line 99"));
    for (int i = 0; i < WIRE_FILES_MAX; i++) {
        snprintf(name, sizeof name, i ? PATH ".%d" : PATH, i);
        (void)read_file(name);
        assert_true(file_size > 100 && file_size <= 1000 && file[file_size - 1] == '\n');
    }
    snprintf(name, sizeof name, PATH ".%d", WIRE_FILES_MAX);
    assert_false(env_exists(name));
    wire_log_close(&wire); /* another life: its file is a new one */
    assert_int_equal(wire_log_open(&wire, PATH, WIRE_ALL, false, 1000), OC_OK);
    (void)read_file(PATH);
    assert_int_equal(file_size, 0);
    assert_non_null(strstr(read_file(PATH ".1"), "line 99"));
    end();
}

static void what_cannot_be_written_ends_it_and_hinders_nothing(void **state)
{
    (void)state;
    assert_true(wire_log_open(&wire, "no/such/folder.log", WIRE_ALL, false, 1000) < 0);
    assert_false(wire_log_is_on(&wire, WIRE_ERRORS));
    wire_log_close(&wire);
    begin(WIRE_ALL, false, 1 << 20);
    env_close(wire.fd);
    wire.fd = -1;
    put(WIRE_ALL, "lost");
    assert_false(wire_log_is_on(&wire, WIRE_ERRORS));
    put(WIRE_ALL, "lost");
    end();
}

/* Through a venue: each thing once, with how long it took. */
static oc_rc by_http(const struct oc_venue_request *first, uint32_t count)
{
    (void)count;
    return io_kit_http("/order", first->ask.id, 0, 0);
}

static oc_rc accepts(const struct oc_response *response)
{
    return response->status == 200 ? io_kit_answer(OC_EV_ACCEPTED, 0, response->request, "") : (oc_rc)OC_OK;
}

static int again;

static oc_rc hears_the_second_time(const struct oc_message *message)
{
    (void)message;
    return again++ % 2 ? OC_OK : OC_E_AGAIN;
}

static void counts(const char *words, int wanted)
{
    int count = 0;
    for (const char *at = file; (at = strstr(at, words)) != NULL; at++)
        count++;
    if (count != wanted)
        fail_msg("'%s' stands there %d times, not %d:\n%s", words, count, wanted, file);
}

static void a_venue_writes_each_thing_once(void **state)
{
    (void)state;
    io_kit_describe();
    const struct io_link link = io_kit_link();
    begin(WIRE_ALL, false, 1 << 20);
    io_kit_init(&link);
    kit.venue.world.wire = &wire;
    kit.venue.world.title = "kit";
    kit.on_request = by_http;
    kit.on_response = accepts;
    kit.on_message = hears_the_second_time;
    assert_int_equal(io_venue_start(&kit.venue, &kit), OC_OK);
    io_kit_pump(kit.now_ns);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 1, 1), OC_OK);
    kit.now_ns += 5 * IO_KIT_MS;
    io_kit_answers(kit.exchange, 200, "taken");
    io_kit_pump(kit.now_ns);
    io_kit_says("a message");
    io_kit_pump(kit.now_ns + 200 * IO_KIT_MS);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 2, 2), OC_OK);
    io_kit_answers(kit.exchange, 503, "broken");
    io_kit_pump(kit.now_ns);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 3, 3), OC_OK);
    io_kit_happens(
        (struct io_happening){.kind = IO_LOST, .exchange = kit.exchange, .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
    io_kit_falls(OC_WHY_TIMEOUT);
    io_kit_pump(kit.now_ns);
    (void)read_file(PATH);
    counts(" kit open main stream 1 ", 1);
    counts(" kit up main stream 1 ", 1);
    counts(" kit request rest ", 3);
    counts(" request 1 POST /order ", 1);
    counts(" kit answer rest ", 2);
    counts(" status 200 in 5.000 ms 5 bytes | taken\n", 1);
    counts(" kit answered #", 1);
    counts(" in 5.000 ms", 2);
    counts(" | a message\n", 1);
    counts(" status 503 in 0.000 ms 6 bytes | broken\n", 1);
    counts(" kit lost rest ", 1);
    counts(" NETWORK ", 1);
    counts(" kit down main stream 1 ", 1);
    counts(" TIMEOUT ", 1);
    counts("\n", 11);
    io_venue_release(&kit.venue);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_level_has_what_it_says),
        cmocka_unit_test(a_line_is_for_a_person_or_an_object),
        cmocka_unit_test(no_secret_and_no_signature_stands_in_it),
        cmocka_unit_test(what_is_cut_by_the_end_is_no_secret_either),
        cmocka_unit_test(it_does_not_grow),
        cmocka_unit_test(what_cannot_be_written_ends_it_and_hinders_nothing),
        cmocka_unit_test(a_venue_writes_each_thing_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
