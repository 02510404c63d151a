/* Before a stream is up: what is asked for, what a server may answer, what cannot be at all. */
#include "venue/net_kit.h"

/* ---- the opening handshake ---- */

struct shaking {
    const char *answer; /* ACCEPT in it stands for the right one */
    char asked[4096];
};

static void shake(struct peer *peer, void *arg)
{
    struct shaking *shaking = arg;
    char head[4096], joined[128], answer[8192];
    unsigned char digest[20], text[32];
    unsigned int digest_size;
    if (!peer_read_head(peer, head, sizeof head))
        return;
    snprintf(shaking->asked, sizeof shaking->asked, "%s", head);
    const char *key = strcasestr(head, "sec-websocket-key: ") + 19, *mark = strstr(shaking->answer, "ACCEPT");
    snprintf(joined, sizeof joined, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key, "\r"), key);
    EVP_Digest(joined, strlen(joined), digest, &digest_size, EVP_sha1(), NULL);
    EVP_EncodeBlock(text, digest, sizeof digest);
    snprintf(answer, sizeof answer, "%.*s%s%s", mark ? (int)(mark - shaking->answer) : 0, shaking->answer,
             mark ? (char *)text : "", mark ? mark + 6 : shaking->answer);
    peer_say(peer, answer);
    if (strstr(answer, "101"))
        while (peer_read(peer, head, 1, 20000) > 0)
            ;
}

#define HEAD_OF_101 "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"

static void test_opening_handshakes(void **state)
{
    static const struct {
        const char *answer;
        uint32_t kind;
        uint16_t status;
        const char *words;
    } cases[] = {
        {HEAD_OF_101 "Sec-WebSocket-Accept: ACCEPT\r\n\r\n", IO_UP, 101, ""},
        {"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" HEAD_OF_101 "sec-websocket-accept:ACCEPT\r\n\r\n\x81\x02hi", IO_UP,
         101, ""},
        {HEAD_OF_101 "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", IO_DOWN, 0,
         "not the one of this handshake"},
        {HEAD_OF_101 "\r\n", IO_DOWN, 0, "not the one of this handshake"},
        {HEAD_OF_101 "Sec-WebSocket-Accept: ACCEPT\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", IO_DOWN, 0,
         "permessage-deflate is not supported"},
        {"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n", IO_DOWN, 0,
         "does not say that it is a WebSocket"},
        {"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n", IO_DOWN, 0,
         "does not say that it is a WebSocket"},
        {"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\nslow down", IO_REFUSED, 429, "slow down"},
        {"HTTP/1.1 503 Busy\r\n\r\nuntil the end", IO_REFUSED, 503, "until the end"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", IO_REFUSED, 200, ""},
        {"HTTP/1.1 403 No\r\nContent-Length:\r\nA: b\r\n\r\n9", IO_REFUSED, 403, "9"},
        {"HTTP/1.1 \r\n\r\n101 S", IO_DOWN, 0, "no status of three digits"}, /* what follows the head is no status */
        {"HTTP/1.1 1011 S\r\n\r\n", IO_DOWN, 0, "no status of three digits"},
        {"HTTP/1.1 099 S\r\n\r\n", IO_DOWN, 0, "no status of three digits"},
        {"HTTP/1.0 200 S\r\n\r\n", IO_DOWN, 0, "does not speak HTTP/1.1"},
        {"HTTP/1.1 200 S\r\nUpg", IO_DOWN, 0, "ended during the opening handshake"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct shaking shaking;
        struct peer_server server;
        struct kit kit;
        char url[64];
        shaking.answer = cases[i].answer;
        kit_serve(&server, shake, &shaking);
        kit_url(url, "wss", &server);
        kit_begin(&kit, strcat(url, "/base/"), NULL);
        const struct io_opening opening = {.stream = 1,
                                           .endpoint = "it",
                                           .path = "/ws?a=b",
                                           .path_size = 7,
                                           .headers = "X-Key: k\r\n",
                                           .headers_size = 10,
                                           .ping = ""};
        assert_int_equal(kit.link.open(kit.link.self, &opening), OC_OK);
        if (kit_next(&kit) != cases[i].kind || kit.what.status != cases[i].status)
            fail_msg("%zu: kind %u, status %u: %s", i, kit.what.kind, kit.what.status, kit_said);
        if (cases[i].kind != IO_UP && !memmem(kit.what.bytes, kit.what.size, cases[i].words, strlen(cases[i].words)))
            fail_msg("%zu: %.*s", i, (int)kit.what.size, kit.what.bytes);
        if (cases[i].status == 429)
            assert_string_equal(kit.what.headers, "retry-after: 7\r\ncontent-length: 9\r\n");
        if (i == 1) { /* what came with it is not lost */
            assert_int_equal(kit_next(&kit), IO_MESSAGE);
            assert_true(kit_is(&kit, "hi"));
        }
        assert_ptr_equal(strstr(shaking.asked, "GET /base/ws?a=b HTTP/1.1\r\nHost: localhost:"), shaking.asked);
        assert_non_null(strstr(shaking.asked, "\r\nX-Key: k\r\n"));
        assert_null(strcasestr(shaking.asked, "sec-websocket-extensions"));
        kit_end(&kit);
        peer_server_stop(&server);
    }
}

static void test_what_no_opening_may_say(void **state)
{
    static const struct {
        const char *path, *headers;
    } bad[] = {{"/ HTTP/1.1\r\nX: y", ""}, {"/a b", ""}, {"/", "X: y\n"}, {"/", "X: y\r\n\r\nGET /"}, {"/", "X: y"}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct kit kit;
        kit_begin(&kit, "wss://localhost:1", NULL);
        const struct io_opening opening = {.stream = 1,
                                           .endpoint = "it",
                                           .path = bad[i].path,
                                           .path_size = (uint32_t)strlen(bad[i].path),
                                           .headers = bad[i].headers,
                                           .headers_size = (uint32_t)strlen(bad[i].headers),
                                           .ping = ""};
        assert_int_equal(kit.link.open(kit.link.self, &opening), OC_OK);
        assert_int_equal(kit_next(&kit), IO_REFUSED);
        assert_int_equal(kit.what.why, OC_WHY_PROTOCOL);
        kit_end(&kit);
    }
}

static void test_what_no_stream_can_be(void **state)
{
    static const struct {
        const char *url;
        uint8_t frame;
        uint32_t flags;
        const char *words;
    } cases[] = {{"https://localhost:1", OC_FRAME_NONE, 0, "no stream is reached by such a url"},
                 {"https://localhost:1", OC_FRAME_WEBSOCKET, 0, "reached by wss://"},
                 {"tls://localhost:1", OC_FRAME_WEBSOCKET, 0, "reached by wss://"},
                 {"wss://localhost:1", OC_FRAME_WEBSOCKET, OC_OPEN_GUNZIP, "gzip are not supported"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit kit;
        kit_begin(&kit, cases[i].url, NULL);
        const struct io_opening opening = {.stream = 1,
                                           .endpoint = "it",
                                           .path = "/",
                                           .path_size = 1,
                                           .headers = "",
                                           .ping = "",
                                           .frame = cases[i].frame,
                                           .flags = cases[i].flags};
        assert_int_equal(kit.link.open(kit.link.self, &opening), OC_OK);
        assert_int_equal(kit_next(&kit), IO_REFUSED);
        assert_int_equal(kit.what.why, OC_WHY_NOT_SUPPORTED);
        assert_true(kit_has_said(cases[i].words));
        kit_end(&kit);
    }
}

/* ---- masks ---- */

static int compare_masks(const void *a, const void *b) { return memcmp(a, b, 4); }

static void test_masks(void **state)
{
    static uint8_t masks[3 * NET_MASKS / 4][4];
    const size_t count = sizeof masks / 4;
    struct kit kit;
    size_t same = 0;
    (void)state;
    kit_begin(&kit, "wss://localhost:1", NULL);
    for (size_t i = 0; i < count; i++)
        net_loop_mask(kit.loop, masks[i], 4);
    qsort(masks, count, 4, compare_masks);
    for (size_t i = 1; i < count; i++)
        same += memcmp(masks[i - 1], masks[i], 4) == 0;
    assert_true(same <= 2);                  /* of so many of four bytes, two alike are rare already */
    assert_int_equal(kit.loop->masks[0], 0); /* what was used is not there any more */
    kit_end(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_opening_handshakes),
                                       cmocka_unit_test(test_what_no_opening_may_say),
                                       cmocka_unit_test(test_what_no_stream_can_be), cmocka_unit_test(test_masks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
