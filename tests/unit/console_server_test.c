/* console_server_test.c: the letter box and the link, with the engine's turn played by the test and consoles on threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/env_socket.h"
#include "base/line.h"
#include "console/link.h"
#include "serve/console_server.h"

enum { QUESTIONS = 200, WAIT_NS = 100000000 };

static const int64_t second_ns = 1000000000;

struct console {
    int fd;
    const char *word;
    int asked;
    int good;
    oc_rc last;
};

static void ask_many(void *arg)
{
    struct console *console = arg;
    struct link *link;
    if (link_new(console->fd, &link) < 0)
        return;
    for (int i = 0; i < console->asked; i++) {
        char number[16];
        const char *fields[] = {console->word, number, "a\tb\\c\nd"}, *json = "";
        bool is_ok = false;
        snprintf(number, sizeof number, "%d", i);
        console->last = link_ask(link, fields, 3, 250 * second_ns, NULL, &is_ok, &json);
        char wanted[64];
        snprintf(wanted, sizeof wanted, "{\"word\":\"%s\",\"n\":%d}", console->word, i);
        console->good += console->last == OC_OK && is_ok == (i % 2 == 0) && strcmp(json, wanted) == 0;
    }
    link_free(link);
}

/* Answers so many questions, and then waits until nobody is left. */
static void play_engine(struct console_server *server, int questions)
{
    while (questions || console_server_seats(server)) {
        struct console_seat *seat = console_server_take(server);
        if (!seat) {
            console_server_wait(server, WAIT_NS / 100);
            continue;
        }
        questions--;
        char json[128];
        int n = 0;
        sscanf(seat->fields[1], "%d", &n);
        int size = snprintf(json, sizeof json, "{\"word\":\"%s\",\"n\":%d}", seat->fields[0], n);
        assert_int_equal(seat->field_count, 3);
        assert_string_equal(seat->fields[2], "a\tb\\c\nd");
        console_server_reply(server, seat, n % 2 == 0, json, (size_t)size);
    }
    assert_int_equal(console_server_seats(server), 0);
}

static void questions_of_the_own_console_are_answered(void **state)
{
    (void)state;
    int pair[2];
    struct console_server *server;
    struct env_thread *thread;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], true, &server), OC_OK);
    assert_true(console_server_has_own(server));
    struct console console = {.fd = pair[1], .word = "status", .asked = QUESTIONS};
    assert_int_equal(env_thread_start(ask_many, &console, &thread), OC_OK);
    play_engine(server, QUESTIONS);
    env_thread_join(thread);
    assert_int_equal(console.good, QUESTIONS);
    assert_false(console_server_has_own(server));
    console_server_free(server);
}

static void several_consoles_attach_at_once(void **state)
{
    (void)state;
    char path[64];
    struct console_server *server, *other;
    struct env_thread *threads[CONSOLE_SERVER_SEATS_MAX];
    struct console consoles[CONSOLE_SERVER_SEATS_MAX];
    snprintf(path, sizeof path, "/tmp/outcry-console-%d.sock", env_process());
    assert_int_equal(console_server_new(path, -1, true, &server), OC_OK);
    assert_int_equal(console_server_new(path, -1, true, &other), OC_E_EXISTS); /* a host answers there */
    env_sleep(WAIT_NS); /* that it answers was found out by knocking: the seat of the knock is free again */
    assert_int_equal(console_server_seats(server), 0);
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        consoles[i] = (struct console){.word = i % 2 ? "orders" : "fills", .asked = QUESTIONS};
        assert_int_equal(env_socket_connect(path, &consoles[i].fd), OC_OK);
        assert_int_equal(env_thread_start(ask_many, &consoles[i], &threads[i]), OC_OK);
    }
    play_engine(server, QUESTIONS * CONSOLE_SERVER_SEATS_MAX);
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        env_thread_join(threads[i]);
        assert_int_equal(consoles[i].good, QUESTIONS);
    }
    console_server_free(server);
    int fd;
    assert_int_equal(env_socket_connect(path, &fd), OC_E_NOT_FOUND); /* the socket's file went with it */
}

/* Raw bytes to a server without a thread, turned by hand. */
static void turn(struct console_server *server)
{
    for (int i = 0; i < 4; i++)
        console_server_turn(server, 1000000);
}

static size_t receive(int fd, char *bytes, size_t size)
{
    size_t got = 0, all = 0;
    while (all < size - 1 && env_socket_read(fd, bytes + all, size - 1 - all, &got) == OC_OK && got)
        all += got;
    bytes[all] = 0;
    return all;
}

static void put_raw(int fd, const char *text)
{
    size_t sent;
    assert_int_equal(env_socket_write(fd, text, strlen(text), &sent), OC_OK);
}

static void bad_lines_are_refused_and_lose_nothing(void **state)
{
    (void)state;
    static char bytes[COMMAND_LINE_MAX * 3];
    int pair[2];
    struct console_server *server;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], false, &server), OC_OK);
    put_raw(pair[1], "nothing\n7\t\n8");
    turn(server);
    assert_null(console_server_take(server));
    receive(pair[1], bytes, sizeof bytes);
    assert_non_null(strstr(bytes, "0\tno\t{\"code\":\"BAD_LINE\""));
    assert_non_null(strstr(bytes, "\n7\tno\t"));
    put_raw(pair[1], "\tword\\tx\n9\tsecond\n"); /* the rest of a line, and one more question */
    turn(server);
    struct console_seat *seat = console_server_take(server);
    assert_non_null(seat);
    assert_string_equal(seat->fields[0], "word\tx");
    assert_null(console_server_take(server)); /* one at a time */
    console_server_reply(server, seat, true, "{}", 2);
    turn(server);
    receive(pair[1], bytes, sizeof bytes);
    assert_string_equal(bytes, "8\tok\t{}\n");
    seat = console_server_take(server);
    assert_non_null(seat);
    assert_string_equal(seat->fields[0], "second");
    static char large[COMMAND_LINE_MAX];
    memset(large, 'x', sizeof large);
    console_server_reply(server, seat, true, large, sizeof large - 63); /* one byte beyond */
    turn(server);
    receive(pair[1], bytes, sizeof bytes);
    assert_non_null(strstr(bytes, "9\tno\t{\"code\":\"TOO_LONG\""));
    char many[256] = "10\tw"; /* 32 fields with the word; 33 are refused */
    for (int i = 0; i < 31; i++)
        strcat(many, "\tf");
    strcat(many, "\n");
    put_raw(pair[1], many);
    turn(server);
    assert_null(console_server_take(server));
    receive(pair[1], bytes, sizeof bytes);
    assert_non_null(strstr(bytes, "10\tno\t"));
    env_close(pair[1]);
    turn(server);
    assert_int_equal(console_server_seats(server), 0);
    console_server_free(server);
}

static void what_is_told_goes_to_who_wants_it(void **state)
{
    (void)state;
    static char bytes[COMMAND_LINE_MAX];
    static char json[60000];
    int pair[2];
    struct console_server *server;
    struct link *link;
    const char *kind, *text;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], false, &server), OC_OK);
    assert_false(console_server_is_wanted(server, TELL_FILL));
    console_server_tell(server, TELL_FILL, "{\"n\":0}", 7); /* nobody wants it */
    put_raw(pair[1], "1\tsubscribe\tfill\n");
    turn(server);
    struct console_seat *seat = console_server_take(server);
    console_server_wish(server, seat, TELL_FILL);
    console_server_reply(server, seat, true, "{}", 2);
    console_server_tell(server, TELL_FILL, "{\"n\":1}", 7);
    console_server_tell(server, TELL_LOG, "{\"n\":2}", 7);
    turn(server);
    assert_int_equal(receive(pair[1], bytes, 3), 2);
    assert_int_equal(link_new(pair[1], &link), OC_OK);
    assert_int_equal(link_poll(link), OC_OK);
    assert_int_equal(link_told(link, &kind, &text), OC_E_NOT_FOUND); /* "!\t" was eaten above: the line is not one */
    console_server_tell(server, TELL_FILL, "{\"n\":3}", 7);
    turn(server);
    assert_int_equal(link_poll(link), OC_OK);
    assert_int_equal(link_told(link, &kind, &text), OC_OK);
    assert_string_equal(kind, "fill");
    assert_string_equal(text, "{\"n\":3}");
    memset(json, 'x',
           sizeof json); /* nobody reads: the ring and the seat's bytes have a limit, the engine does not wait */
    for (int i = 0; i < 200; i++)
        console_server_tell(server, TELL_FILL, json, sizeof json);
    assert_true(console_server_dropped(server) > 0);
    link_free(link);
    turn(server);
    assert_int_equal(console_server_seats(server), 0);
    console_server_free(server);
}

/* A console that reads nothing, and is told more than its room holds, still gets its answer once it reads. */
static void an_answer_has_its_room(void **state)
{
    (void)state;
    static char json[60000], bytes[65536];
    int pair[2];
    struct console_server *server;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], false, &server), OC_OK);
    put_raw(pair[1], "1\tsubscribe\tfill\n2\tstatus\n");
    turn(server);
    struct console_seat *seat = console_server_take(server);
    console_server_wish(server, seat, TELL_FILL);
    console_server_reply(server, seat, true, "{}", 2);
    turn(server);
    seat = console_server_take(server);
    memset(json, 'x', sizeof json);
    for (int i = 0; i < 100; i++) {
        console_server_tell(server, TELL_FILL, json, sizeof json);
        turn(server);
    }
    assert_true(console_server_dropped(server) > 0);
    console_server_reply(server, seat, true, json, sizeof json);
    uint64_t dropped = console_server_dropped(server);
    turn(server);
    assert_true(console_server_dropped(server) == dropped);
    size_t got = 0, all = 0;
    bool is_answered = false;
    for (int i = 0; i < 100 && !is_answered; i++) {
        got = receive(pair[1], bytes, sizeof bytes);
        is_answered = strstr(bytes, "\n2\tok\txxx") != NULL;
        all += got;
        turn(server);
    }
    assert_true(is_answered);
    assert_true(all > 0);
    env_close(pair[1]);
    turn(server);
    console_server_free(server);
}

struct talker {
    int fd;
    _Atomic bool is_stopped;
};

static void talk_on(void *arg)
{
    struct talker *talker = arg;
    size_t sent;
    static char lines[4096];
    for (size_t i = 0; i + 8 <= sizeof lines; i += 8)
        memcpy(lines + i, "!\tlg\t12\n", 8);
    while (!talker->is_stopped)
        (void)env_socket_write(talker->fd, lines, sizeof lines, &sent); /* it may be full */
}

/* A host that tells faster than its console reads: a look at what has come returns, with the oldest dropped and counted. */
static void a_host_that_tells_without_end_holds_nobody(void **state)
{
    (void)state;
    int pair[2];
    struct link *link;
    struct env_thread *thread = NULL;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    struct talker talker = {.fd = pair[0]};
    assert_int_equal(link_new(pair[1], &link), OC_OK);
    assert_int_equal(env_thread_start(talk_on, &talker, &thread), OC_OK);
    for (int i = 0; i < 100000 && link_lost(link) < 10000; i++) {
        struct env_poll poll = {pair[1], ENV_POLL_READ, 0};
        env_poll(&poll, 1, 1000000000);
        assert_int_equal(link_poll(link), OC_OK);
    }
    talker.is_stopped = true;
    env_thread_join(thread);
    assert_true(link_lost(link) >= 10000);
    link_free(link);
    env_close(pair[0]);
}

/* An engine that tells more than one turn delivers: the turn ends, and the next ones deliver the rest in order. */
static void one_turn_delivers_a_part(void **state)
{
    (void)state;
    enum { COUNT = 10000 };
    static char bytes[262144];
    int pair[2];
    struct console_server *server;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], false, &server), OC_OK);
    put_raw(pair[1], "1\tsubscribe\tlog\n");
    turn(server);
    struct console_seat *seat = console_server_take(server);
    console_server_wish(server, seat, TELL_LOG);
    console_server_reply(server, seat, true, "{}", 2);
    turn(server);
    receive(pair[1], bytes, sizeof bytes);
    for (int i = 0; i < COUNT; i++) {
        char json[16];
        console_server_log(server, json, (size_t)snprintf(json, sizeof json, "%d", i));
    }
    console_server_turn(server, 0);
    int seen = 0, first = 0;
    for (int turns = 0; turns < 20; turns++) {
        receive(pair[1], bytes, sizeof bytes);
        for (const char *at = bytes; (at = strstr(at, "log\t")) != NULL; at += 4)
            assert_int_equal(atoi(at + 4), seen++);
        first = turns == 0 ? seen : first;
        console_server_turn(server, 0);
    }
    assert_int_equal(seen, COUNT);
    assert_in_range(first, 1, COUNT - 1);
    env_close(pair[1]);
    turn(server);
    console_server_free(server);
}

static void who_asks_again_waits_no_longer(void **state)
{
    (void)state;
    int pair[2];
    struct console_server *server;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], false, &server), OC_OK);
    put_raw(pair[1], "1\tstep\t1000000\n");
    turn(server);
    struct console_seat *seat = console_server_take(server);
    assert_false(console_server_is_pressed(server, seat));
    put_raw(pair[1], "2\tstatus\n");
    turn(server);
    assert_true(console_server_is_pressed(server, seat));
    console_server_reply(server, seat, true, "{}", 2);
    turn(server);
    seat = console_server_take(server);
    assert_string_equal(seat->fields[0], "status");
    assert_false(console_server_is_pressed(server, seat));
    env_close(pair[1]); /* gone while its question is under way: the seat is free when it is answered */
    turn(server);
    assert_true(console_server_is_pressed(server, seat));
    assert_int_equal(console_server_seats(server), 1);
    console_server_reply(server, seat, true, "{}", 2);
    turn(server);
    assert_int_equal(console_server_seats(server), 0);
    console_server_free(server);
}

static void a_link_gives_up_when_told(void **state)
{
    (void)state;
    int pair[2];
    struct link *link;
    const char *fields[] = {"status"}, *json;
    bool is_ok;
    volatile bool stop = true;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(link_new(pair[1], &link), OC_OK);
    assert_int_equal(link_ask(link, fields, 1, WAIT_NS, NULL, &is_ok, &json), OC_E_AGAIN);
    assert_int_equal(link_ask(link, fields, 1, 100 * second_ns, &stop, &is_ok, &json), OC_E_AGAIN);
    put_raw(pair[0], "1\tok\t{\"late\":1}\n3\tok\t{\"now\":1}\n"); /* an answer to what was given up is dropped */
    assert_int_equal(link_ask(link, fields, 1, second_ns, NULL, &is_ok, &json), OC_OK);
    assert_string_equal(json, "{\"now\":1}");
    assert_int_equal(link_ask(link, fields, 0, second_ns, NULL, &is_ok, &json), OC_E_LIMIT);
    env_close(pair[0]);
    assert_int_equal(link_ask(link, fields, 1, second_ns, NULL, &is_ok, &json), OC_E_IO);
    assert_int_equal(link_poll(link), OC_E_IO);
    link_free(link);
}

static void put_all(struct console_server *server, int fd, const char *data, size_t size)
{
    while (size) {
        size_t sent = 0;
        oc_rc rc = env_socket_write(fd, data, size, &sent);
        assert_true(rc == OC_OK || rc == OC_E_AGAIN);
        data += sent;
        size -= sent;
        turn(server);
    }
}

/* What stands behind the limit of a line, or behind a zero byte, must never be taken for a question or be left out of one. */
static void half_a_line_is_no_question(void **state)
{
    (void)state;
    static const char behind[] = "5\tbuy\tBTC/USDT\tqty=1\n", zero[] = "6\tbuy\tBTC/USDT\tqty=1\0\tprice=9\n";
    static char large[COMMAND_LINE_MAX + 64];
    char bytes[1024];
    int pair[2];
    struct console_server *server;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], false, &server), OC_OK);
    memset(large, 'x', sizeof large);
    memcpy(large + COMMAND_LINE_MAX, behind, sizeof behind - 1);
    put_all(server, pair[1], large, COMMAND_LINE_MAX + sizeof behind - 1);
    turn(server);
    assert_null(console_server_take(server));
    receive(pair[1], bytes, sizeof bytes);
    assert_non_null(strstr(bytes, "0\tno\t{\"code\":\"BAD_LINE\""));
    assert_null(strstr(bytes, "5\t"));
    put_all(server, pair[1], zero, sizeof zero - 1);
    turn(server);
    assert_null(console_server_take(server));
    receive(pair[1], bytes, sizeof bytes);
    assert_non_null(strstr(bytes, "0\tno\t{\"code\":\"BAD_LINE\""));
    put_all(server, pair[1], "7\tstatus\n", 9); /* and then all is as before */
    turn(server);
    struct console_seat *seat = console_server_take(server);
    assert_non_null(seat);
    assert_string_equal(seat->fields[0], "status");
    console_server_reply(server, seat, true, "{}", 2);
    memset(large, 'y', COMMAND_LINE_MAX - 2); /* a whole line of the largest size is one */
    memcpy(large, "8\t", 2);
    large[COMMAND_LINE_MAX - 1] = '\n';
    put_all(server, pair[1], large, COMMAND_LINE_MAX);
    turn(server);
    assert_non_null(console_server_take(server));
    env_close(pair[1]);
    turn(server);
    console_server_free(server);
}

/* The engine has ended with questions unanswered: the console sees the end at once and does not wait for its time to pass. */
static void who_waits_at_the_end_sees_the_end(void **state)
{
    (void)state;
    int pair[2];
    struct console_server *server;
    struct env_thread *thread;
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(NULL, pair[0], true, &server), OC_OK);
    struct console console = {.fd = pair[1], .word = "status", .asked = 1};
    assert_int_equal(env_thread_start(ask_many, &console, &thread), OC_OK);
    struct console_seat *seat = NULL;
    while (!seat) {
        console_server_wait(server, WAIT_NS);
        seat = console_server_take(server);
    }
    assert_non_null(seat);
    console_server_end(server);
    env_thread_join(thread);
    assert_int_equal(console.last, OC_E_IO);
    console_server_free(server);
}

static void fields_survive_the_line(void **state)
{
    (void)state;
    char bytes[128];
    const char *fields[4];
    struct text text;
    text_init_fixed(&text, bytes, sizeof bytes);
    line_put(&text, "a\tb");
    line_put(&text, "");
    line_put(&text, "c\\n\nd");
    assert_string_equal(bytes, "a\\tb\t\tc\\\\n\\nd");
    assert_int_equal(line_split(bytes, fields, 4), 3);
    assert_string_equal(fields[0], "a\tb");
    assert_string_equal(fields[1], "");
    assert_string_equal(fields[2], "c\\n\nd");
    char many[] = "a\tb\tc\td\te";
    assert_int_equal(line_split(many, fields, 4), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_of_the_own_console_are_answered),
        cmocka_unit_test(several_consoles_attach_at_once),
        cmocka_unit_test(bad_lines_are_refused_and_lose_nothing),
        cmocka_unit_test(what_is_told_goes_to_who_wants_it),
        cmocka_unit_test(an_answer_has_its_room),
        cmocka_unit_test(a_host_that_tells_without_end_holds_nobody),
        cmocka_unit_test(one_turn_delivers_a_part),
        cmocka_unit_test(who_asks_again_waits_no_longer),
        cmocka_unit_test(a_link_gives_up_when_told),
        cmocka_unit_test(half_a_line_is_no_question),
        cmocka_unit_test(who_waits_at_the_end_sees_the_end),
        cmocka_unit_test(fields_survive_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
