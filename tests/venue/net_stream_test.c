/* The network as a link: streams over TLS, WebSocket and lines, with a peer that says what we want, also what no server may. */
#include "venue/net_kit.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

static void never_ends(const struct peer *peer)
{
    while (!atomic_load(&peer->server->is_over))
        peer_sleep(5);
}

/* Echoes every message, answers pings, until it is closed. */
static void echo(struct peer *peer, void *arg)
{
    static __thread char bytes[1 << 20];
    char head[4096];
    size_t size;
    int opcode;
    (void)arg;
    if (!peer_ws_open(peer, "X-Venue: Yes\r\n", head))
        return;
    while ((opcode = peer_ws_read(peer, bytes, sizeof bytes, &size, 20000)) >= 0) {
        if (opcode == 8)
            return;
        peer_ws_frame(peer, (uint8_t)(0x80 | (opcode == 9 ? 10 : opcode)), bytes, size);
    }
}

static void test_messages_there_and_back(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64], text[32];
    (void)state;
    kit_serve(&server, echo, NULL);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "/ws?x=1");
    assert_non_null(
        memmem(kit.what.bytes, kit.what.size, "x-venue: Yes\r\n", 14)); /* names in lower case, values as they are */
    assert_int_equal(kit.what.status, 101);
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "message %d", i);
        assert_int_equal(kit_send(&kit, stream, text), OC_OK);
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "message %d", i);
        assert_int_equal(kit_next(&kit), IO_MESSAGE);
        assert_true(kit_is(&kit, text));
        assert_int_equal(kit.what.bytes[kit.what.size + 15], 0);
        assert_int_equal(kit.what.form, OC_MESSAGE_TEXT);
    }
    kit.link.close(kit.link.self, stream);
    assert_int_equal(kit_send(&kit, stream, "late"), OC_E_STATE);
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- one thing said after the handshake ---- */

struct saying {
    const char *bytes;
    size_t size;
    size_t piece;    /* bytes at once; 0: all */
    atomic_int code; /* of the close frame that came back; 0: none */
    char bye[128];
};

static void say_bytes(struct peer *peer, void *arg)
{
    struct saying *saying = arg;
    char head[4096], bytes[4096];
    size_t size;
    int opcode;
    if (!peer_ws_open(peer, "", head))
        return;
    for (size_t at = 0; at < saying->size;) {
        const size_t piece = saying->piece && saying->piece < saying->size - at ? saying->piece : saying->size - at;
        peer_write(peer, saying->bytes + at, piece);
        at += piece;
    }
    while ((opcode = peer_ws_read(peer, bytes, sizeof bytes, &size, 20000)) >= 0)
        if (opcode == 8) {
            saying->code = size >= 2 ? (uint8_t)bytes[0] << 8 | (uint8_t)bytes[1] : 1005;
            return;
        }
}

/* The first happening behind UP, and the code that the peer was told. */
static uint32_t after(struct saying *saying, struct kit *kit)
{
    struct peer_server server;
    char url[64];
    kit_serve(&server, say_bytes, saying);
    kit_url(url, "wss", &server);
    kit_begin(kit, url, NULL);
    kit_up(kit, "/");
    const uint32_t kind = kit_next(kit);
    snprintf(saying->bye, sizeof saying->bye, "%.*s", kind == IO_MESSAGE ? 0 : (int)kit->what.size, kit->what.bytes);
    if (kind == IO_MESSAGE) {
        kit_end(kit);
        peer_server_stop(&server);
        return kind;
    }
    const uint32_t why = kit->what.why;
    while (!saying->code && atomic_load(&server.count) && server.peers[0].fd && !atomic_load(&server.is_over)) {
        peer_sleep(10);
        if (why != OC_WHY_PROTOCOL)
            break;
    }
    kit_end(kit);
    peer_server_stop(&server);
    return kind;
}

#define SAY(text) ((struct saying){.bytes = text, .size = sizeof(text) - 1})

static void breaks(struct saying saying, int code, const char *words)
{
    struct kit kit;
    assert_int_equal(after(&saying, &kit), IO_DOWN);
    if (!strstr(saying.bye, words))
        fail_msg("said: %s, expected: %s", saying.bye, words);
    assert_int_equal(saying.code, code);
}

static void test_what_breaks_the_protocol(void **state)
{
    static char large[20] = "\x82\x7f\0\0\0\0\x40\0\0\0x";
    (void)state;
    breaks(SAY("\xc1\x02hi"), 1002, "permessage-deflate is not supported");
    breaks(SAY("\xa1\x02hi"), 1002, "not negotiated");
    breaks(SAY("\x81\x82\0\0\0\0hi"), 1002, "masks");
    breaks(SAY("\x83\x02hi"), 1002, "a kind that there is not");
    breaks(SAY("\x8b\x00"), 1002, "a kind that there is not");
    breaks(SAY("\x09\x00"), 1002, "cannot be read");         /* a ping in pieces */
    breaks(SAY("\x89\x7e\x00\x7e"), 1002, "cannot be read"); /* of 126 bytes */
    breaks(SAY("\x80\x02hi"), 1002, "a piece of no message");
    breaks(SAY("\x01\x02hi\x81\x02hi"), 1002, "a message inside another");
    breaks(SAY("\x81\x02\xff\xfe"), 1007, "UTF-8");
    breaks(SAY("\x88\x01x"), 1002, "a code that there is not");
    breaks(SAY("\x88\x02\x03\xee"), 1002, "a code that there is not");
    breaks(SAY("\x88\x04\x03\xe8\xff\xff"), 1007, "goodbye");
    breaks((struct saying){.bytes = large, .size = 11}, 1009, "larger than it may be");
    breaks(SAY("\x81\x7e\x00\x05hello"), 1002, "cannot be read");
}

static void test_control_frames_within_a_second(void **state)
{
    static char flood[2 * 60];
    (void)state;
    for (int i = 0; i < 60; i++)
        memcpy(flood + 2 * i, "\x8a\x00", 2);
    breaks((struct saying){.bytes = flood, .size = sizeof flood}, 1008, "more than 50 control frames");
}

static void test_fragments(void **state)
{
    static char many[3 * 1100];
    struct saying saying = SAY("\x01\x02he\x89\x01p\x00\x01l\x80\x02lo");
    struct kit kit;
    (void)state;
    for (int i = 0; i < 1100; i++)
        memcpy(many + 3 * i, i ? "\x00\x01x" : "\x01\x01x", 3);
    saying.piece = 1; /* each byte alone, and a ping between the pieces */
    assert_int_equal(after(&saying, &kit), IO_MESSAGE);
    breaks((struct saying){.bytes = many, .size = sizeof many}, 1008, "more than 1024 pieces");
}

static void test_its_goodbye(void **state)
{
    struct saying saying = SAY("\x81\x02hi\x88\x07\x03\xe9later");
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    kit_serve(&server, say_bytes, &saying);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    kit_up(&kit, "/");
    assert_int_equal(kit_next(&kit), IO_MESSAGE);
    assert_true(kit_is(&kit, "hi"));
    assert_int_equal(kit_next(&kit), IO_DOWN);
    assert_true(kit_is(&kit, "the server closes the stream: 1001 later"));
    while (!saying.code)
        peer_sleep(5);
    assert_int_equal(saying.code, 1001); /* as it said */
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- more than one turn reads, and then nothing: what TLS has read ahead wakes no poller ---- */

enum { RECORDS = NET_TURN_MAX / 1004 + 8 };

static void say_records(struct peer *peer, void *arg)
{
    char head[4096], text[1001];
    size_t size;
    (void)arg;
    memset(text, 'r', 1000);
    text[1000] = 0;
    if (!peer_ws_open(peer, "", head) || peer_ws_read(peer, head, sizeof head, &size, 20000) != 1)
        return;
    for (int i = 0; i < RECORDS; i++)
        peer_ws_text(peer, text); /* a record of TLS each */
    atomic_store(&peer->server->said, 1);
    never_ends(peer);
}

static void test_what_was_read_ahead(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    kit_serve(&server, say_records, NULL);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "/");
    const int room = 1 << 20, fd = kit.net->streams[0].fd; /* so that all of it is here before any of it is read */
    int here = 0;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    assert_int_equal(kit_send(&kit, stream, "go"), OC_OK);
    for (int i = 0; i < 1000 && (!atomic_load(&server.said) || here < RECORDS * 1004); i++) {
        peer_sleep(5);
        ioctl(fd, FIONREAD, &here);
    }
    for (int i = 0; i < RECORDS; i++)
        assert_int_equal(kit_next(&kit), IO_MESSAGE);
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- pings ---- */

struct pinging {
    char pongs[16][8];
    atomic_int count;
};

static void ping_many(struct peer *peer, void *arg)
{
    struct pinging *pinging = arg;
    char head[4096], bytes[256];
    size_t size;
    int opcode;
    if (!peer_ws_open(peer, "", head))
        return;
    peer_write(peer,
               "\x89\x01"
               "1"
               "\x89\x01"
               "2"
               "\x89\x01"
               "3"
               "\x81\x02"
               "hi",
               13);
    while ((opcode = peer_ws_read(peer, bytes, sizeof bytes, &size, 20000)) >= 0)
        if (opcode == 10 && atomic_load(&pinging->count) < 16)
            memcpy(pinging->pongs[atomic_fetch_add(&pinging->count, 1)], bytes, size < 8 ? size : 8);
        else if (opcode == 1)
            peer_ws_text(peer, "done");
}

static void test_one_pong_for_the_latest_ping(void **state)
{
    static struct pinging pinging;
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    kit_serve(&server, ping_many, &pinging);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "/");
    assert_int_equal(kit_next(&kit), IO_MESSAGE);
    assert_false(kit_next_within(&kit, 100000000)); /* now all of it was read */
    assert_int_equal(kit_send(&kit, stream, "x"), OC_OK);
    assert_int_equal(kit_next(&kit), IO_MESSAGE);
    assert_true(kit_is(&kit, "done"));
    assert_int_equal(atomic_load(&pinging.count), 1);
    assert_string_equal(pinging.pongs[0], "3");
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- how it ends ---- */

static void half_a_message(struct peer *peer, void *arg)
{
    char head[4096];
    if (!peer_ws_open(peer, "", head))
        return;
    peer_write(peer, "\x81\x02hi\x81\x7e\x01\x00half", 12);
    if (*(bool *)arg)
        peer_reset(peer);
}

static void test_it_falls_in_the_middle(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct peer_server server;
        struct kit kit;
        char url[64];
        bool is_reset = i;
        kit_serve(&server, half_a_message, &is_reset);
        kit_url(url, "wss", &server);
        kit_begin(&kit, url, NULL);
        kit_up(&kit, "/");
        if (kit_next(&kit) == IO_MESSAGE) { /* a reset may throw away what came before */
            assert_true(kit_is(&kit, "hi"));
            kit_next(&kit);
        } else {
            assert_true(is_reset);
        }
        assert_int_equal(kit.what.kind, IO_DOWN);
        assert_int_equal(kit.what.why, OC_WHY_NETWORK);
        kit_end(&kit);
        peer_server_stop(&server);
    }
}

static void say_nothing(struct peer *peer, void *arg)
{
    char head[4096], byte;
    (void)arg;
    if (!peer_ws_open(peer, "", head))
        return;
    while (!atomic_load(&peer->server->is_over)) { /* it reads, and TLS sends its tickets: no sign of life of a venue */
        (void)peer_read(peer, &byte, 1, 40);
        if (SSL_new_session_ticket(peer->ssl) == 1)
            (void)SSL_do_handshake(peer->ssl);
    }
}

static void test_a_half_open_stream_is_found(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    kit_serve(&server, say_nothing, NULL);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    const struct io_opening opening = {
        .stream = 1, .endpoint = "it", .path = "/", .path_size = 1, .headers = "", .ping = "", .ping_ns = 200000000};
    assert_int_equal(kit.link.open(kit.link.self, &opening), OC_OK);
    assert_int_equal(kit_next(&kit), IO_UP);
    const int64_t up_ns = env_clock_mono();
    assert_int_equal(kit_next(&kit), IO_DOWN);
    assert_int_equal(kit.what.why, OC_WHY_TIMEOUT);
    assert_true(env_clock_mono() - up_ns >= 400000000 - 50000000); /* not before two beats have passed */
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- large ---- */

enum { LARGE = 5 << 20 };

static void say_large(struct peer *peer, void *arg)
{
    char head[4096], *large = malloc(LARGE), byte;
    (void)arg;
    memset(large, 'x', LARGE);
    if (peer_ws_open(peer, "", head)) {
        peer_ws_frame(peer, 0x82, large, LARGE);
        peer_ws_text(peer, "small");
        while (peer_read(peer, &byte, 1, 20000) > 0)
            ;
    }
    free(large);
}

static void test_a_message_of_five_megabytes(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    kit_serve(&server, say_large, NULL);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    kit_up(&kit, "/");
    assert_int_equal(kit_next(&kit), IO_MESSAGE);
    assert_int_equal(kit.what.size, LARGE);
    assert_int_equal(kit.what.form, OC_MESSAGE_BINARY);
    assert_int_equal(kit.what.bytes[LARGE - 1], 'x');
    assert_int_equal(kit_next(&kit), IO_MESSAGE);
    assert_true(kit_is(&kit, "small"));
    kit_end(&kit);
    peer_server_stop(&server);
}

/* Reads nothing until it is told to: what is sent must wait, be given again as it is, and arrive whole. */
static void read_late(struct peer *peer, void *arg)
{
    static char bytes[1 << 20];
    atomic_bool *may = arg;
    char head[4096];
    size_t size;
    if (!peer_ws_open(peer, "", head))
        return;
    while (!atomic_load(may) && !atomic_load(&peer->server->is_over))
        peer_sleep(5);
    for (int i = 0; peer_ws_read(peer, bytes, sizeof bytes, &size, 20000) == 1; i++) {
        if (size != 60000 || bytes[0] != 'a' + i % 26 || bytes[59999] != 'a' + i % 26)
            return;
        atomic_fetch_add(&peer->server->said, 1);
    }
}

static void test_a_send_that_has_to_wait(void **state)
{
    static char text[60001];
    atomic_bool may = false;
    struct peer_server server;
    struct kit kit;
    char url[64];
    int sent = 0;
    (void)state;
    kit_serve(&server, read_late, &may);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "/");
    for (oc_rc rc = OC_OK; rc == OC_OK && sent < 1000; sent += rc == OC_OK) {
        memset(text, 'a' + sent % 26, 60000);
        rc = kit_send(&kit, stream, text);
    }
    assert_true(sent >= NET_OUT_MAX / 60100); /* as much as may wait, and then no more: nothing of the next has left */
    assert_true(sent < 1000);
    assert_true(kit.net->figures.again > 0);
    assert_false(net_is_idle(kit.net));
    atomic_store(&may, true);
    for (int i = 0; i < 400 && atomic_load(&server.said) < sent; i++)
        assert_false(kit_next_within(&kit, 50000000));
    assert_int_equal(atomic_load(&server.said), sent);
    assert_true(net_is_idle(kit.net));
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- two streams: the one that is full does not starve the other ---- */

static void flood_or_tell(struct peer *peer, void *arg)
{
    char head[4096];
    static char many[1 << 16];
    (void)arg;
    if (!peer_ws_open(peer, "", head))
        return;
    if (strstr(head, "GET /quiet ")) {
        while (atomic_load(&peer->server->said) == 0)
            peer_sleep(1);
        peer_ws_text(peer, "me too");
        while (!atomic_load(&peer->server->is_over))
            peer_sleep(5);
        return;
    }
    for (size_t at = 0; at + 4 <= sizeof many; at += 4)
        memcpy(many + at, "\x81\x02hi", 4);
    while (!atomic_load(&peer->server->is_over)) {
        peer_write(peer, many, sizeof many);
        atomic_store(&peer->server->said, 1);
    }
}

static void test_a_flood_starves_nobody(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    kit_serve(&server, flood_or_tell, NULL);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    const uint32_t quiet = kit_up(&kit, "/quiet");
    kit_open(&kit, "/flood");
    uint64_t count = 0;
    do {
        kit_next(&kit);
        count++;
    } while (kit.what.stream != quiet && count < 20000000);
    assert_true(kit_is(&kit, "me too"));
    assert_true(count < 2000000);
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- keys of TLS that change in the middle: reading may want to write ---- */

static void change_keys(struct peer *peer, void *arg)
{
    char head[4096], bytes[256];
    size_t size;
    (void)arg;
    if (!peer_ws_open(peer, "", head))
        return;
    while (peer_ws_read(peer, bytes, sizeof bytes, &size, 20000) == 1) {
        if (SSL_key_update(peer->ssl, SSL_KEY_UPDATE_REQUESTED) != 1 || SSL_do_handshake(peer->ssl) != 1)
            return;
        peer_ws_text(peer, bytes);
    }
}

static void test_keys_that_change(void **state)
{
    struct peer_server server;
    struct kit kit;
    char url[64];
    (void)state;
    kit_serve(&server, change_keys, NULL);
    kit_url(url, "wss", &server);
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "/");
    for (int i = 0; i < 50; i++) {
        assert_int_equal(kit_send(&kit, stream, "again"), OC_OK);
        assert_int_equal(kit_next(&kit), IO_MESSAGE);
        assert_true(kit_is(&kit, "again"));
    }
    kit_end(&kit);
    peer_server_stop(&server);
}

/* ---- lines ---- */

static void speak_lines(struct peer *peer, void *arg)
{
    char bytes[256];
    (void)arg;
    peer_say(peer, "one\r\n\ntw");
    peer_sleep(20);
    peer_say(peer, "o\nthree\n");
    const int got = peer_read(peer, bytes, sizeof bytes - 1, 20000);
    bytes[got > 0 ? got : 0] = 0;
    peer_say(peer, strcmp(bytes, "hello\n") == 0 ? "yes\n" : "no\n");
    while (peer_read(peer, bytes, 1, 20000) > 0)
        ;
}

static void lines_by(const char *scheme, const struct peer_config *config)
{
    struct peer_server server;
    struct kit kit;
    char url[64];
    struct peer_config own = *config;
    own.talk = speak_lines;
    peer_server_start(&server, &own, 0);
    kit_url(url, scheme, &server);
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "");
    static const char *const lines[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kit_next(&kit), IO_MESSAGE);
        assert_true(kit_is(&kit, lines[i]));
    }
    assert_int_equal(kit_send(&kit, stream, "hello"), OC_OK);
    assert_int_equal(kit_next(&kit), IO_MESSAGE);
    assert_true(kit_is(&kit, "yes"));
    kit_end(&kit);
    peer_server_stop(&server);
}

static void test_lines(void **state)
{
    (void)state;
    lines_by("tls", &kit_good);
    lines_by("tcp", &(struct peer_config){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_messages_there_and_back),
                                       cmocka_unit_test(test_what_breaks_the_protocol),
                                       cmocka_unit_test(test_control_frames_within_a_second),
                                       cmocka_unit_test(test_fragments),
                                       cmocka_unit_test(test_its_goodbye),
                                       cmocka_unit_test(test_what_was_read_ahead),
                                       cmocka_unit_test(test_one_pong_for_the_latest_ping),
                                       cmocka_unit_test(test_it_falls_in_the_middle),
                                       cmocka_unit_test(test_a_half_open_stream_is_found),
                                       cmocka_unit_test(test_a_message_of_five_megabytes),
                                       cmocka_unit_test(test_a_send_that_has_to_wait),
                                       cmocka_unit_test(test_a_flood_starves_nobody),
                                       cmocka_unit_test(test_keys_that_change),
                                       cmocka_unit_test(test_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
