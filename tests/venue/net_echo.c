/* net_echo.c HOST:PORT: our link against another implementation: messages of all sizes there and back, an exchange of HTTP, a goodbye. */
#include "venue/net_kit.h"

static void go(struct kit *kit, uint32_t stream, size_t size)
{
    char *text = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)('a' + (i * 7 + i / 251) % 26);
    assert_int_equal(kit->link.send(kit->link.self, stream, text, (uint32_t)size), OC_OK);
    if (kit_next(kit) != IO_MESSAGE || kit->what.size != size || memcmp(kit->what.bytes, text, size) != 0)
        fail_msg("%zu bytes came back as kind %u, %u bytes: %s", size, kit->what.kind, kit->what.size, kit_said);
    free(text);
}

static const char *authority;

static void test_streams(void **state)
{
    static const size_t sizes[] = {1,    2,     125,   126,   127,    4095,    4096,
                                   4097, 65535, 65536, 65537, 200000, 1 << 20, 4000000};
    struct kit kit;
    char url[128];
    (void)state;
    snprintf(url, sizeof url, "wss://%s/echo", authority);
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        go(&kit, stream, sizes[i]);
    for (int i = 0; i < 500; i++)
        go(&kit, stream, (size_t)i + 1);
    assert_int_equal(kit_send(&kit, stream, "close 4001"), OC_OK);
    assert_int_equal(kit_next(&kit), IO_DOWN);
    assert_true(kit_is(&kit, "the server closes the stream: 4001 as you say"));
    kit_end(&kit);
}

static void test_an_exchange(void **state)
{
    struct kit kit;
    char url[128];
    (void)state;
    snprintf(url, sizeof url, "https://%s", authority);
    kit_begin(&kit, url, NULL);
    for (int i = 0; i < 20; i++) {
        kit_ask(&kit, OC_METHOD_GET, "/", "");
        assert_int_equal(kit_next(&kit), IO_RESPONSE);
        assert_int_equal(kit.what.status, 200);
        assert_true(kit_is(&kit, "hello"));
    }
    assert_int_equal(kit.net->figures.connections + kit.net->figures.failures, 0); /* those are of streams */
    kit_end(&kit);
}

static void test_a_wrong_path(void **state)
{
    struct kit kit;
    char url[128];
    (void)state;
    snprintf(url, sizeof url, "wss://%s", authority);
    kit_begin(&kit, url, NULL);
    kit_open(&kit, "/echo/../none");
    const uint32_t kind = kit_next(&kit); /* one of them takes any path */
    assert_true(kind == IO_UP || (kind == IO_REFUSED && kit.what.status == 400));
    kit_end(&kit);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_streams), cmocka_unit_test(test_an_exchange),
                                       cmocka_unit_test(test_a_wrong_path)};
    authority = count > 1 ? words[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
