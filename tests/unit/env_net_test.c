/* The poller and what it waits for; which addresses are this machine. */
#include "base/env_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

static bool is_here(int family, const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (family == AF_INET) {
        assert_int_equal(inet_pton(family, text, &v4.sin_addr), 1);
        assert_false(env_net_is_loopback(&v4, sizeof v4 - 1));
        return env_net_is_loopback(&v4, sizeof v4);
    }
    assert_int_equal(inet_pton(family, text, &v6.sin6_addr), 1);
    assert_false(env_net_is_loopback(&v6, sizeof v6 - 1));
    return env_net_is_loopback(&v6, sizeof v6);
}

static void test_this_machine(void **state)
{
    struct sockaddr other = {.sa_family = AF_UNIX};
    (void)state;
    assert_true(is_here(AF_INET, "127.0.0.1"));
    assert_true(is_here(AF_INET, "127.255.0.9"));
    assert_false(is_here(AF_INET, "126.255.255.255"));
    assert_false(is_here(AF_INET, "128.0.0.1"));
    assert_false(is_here(AF_INET, "0.0.0.0"));
    assert_true(is_here(AF_INET6, "::1"));
    assert_true(is_here(AF_INET6, "::ffff:127.0.0.2"));
    assert_false(is_here(AF_INET6, "::ffff:10.0.0.1"));
    assert_false(is_here(AF_INET6, "::"));
    assert_false(is_here(AF_INET6, "fe80::1"));
    assert_false(env_net_is_loopback(&other, sizeof other));
    assert_false(env_net_is_loopback(&other, 0));
}

static void test_a_poller(void **state)
{
    struct env_ready ready[ENV_READY_MAX];
    struct env_poller *poller;
    int ends[2];
    (void)state;
    assert_int_equal(env_poller_new(&poller), OC_OK);
    assert_int_equal(env_socket_pair(ends), OC_OK);
    assert_int_equal(env_poller_wait(poller, ready, 0), 0);
    assert_int_equal(env_poller_watch(poller, ends[0], ENV_POLL_READ), OC_OK);
    assert_int_equal(env_poller_wait(poller, ready, 0), 0);
    assert_int_equal(env_poller_watch(poller, ends[0], ENV_POLL_READ | ENV_POLL_WRITE), OC_OK); /* another wish */
    assert_int_equal(env_poller_wait(poller, ready, 0), 1);
    assert_int_equal(ready[0].fd, ends[0]);
    assert_int_equal(ready[0].is, ENV_POLL_WRITE);
    assert_int_equal(env_poller_watch(poller, ends[0], ENV_POLL_READ), OC_OK);
    assert_int_equal(env_write(ends[1], "x", 1), OC_OK);
    for (int i = 0; i < 2; i++) { /* as long as it holds */
        assert_int_equal(env_poller_wait(poller, ready, -1), 1);
        assert_int_equal(ready[0].is, ENV_POLL_READ);
    }
    env_close(ends[1]);
    assert_int_equal(env_poller_wait(poller, ready, -1), 1);
    assert_true(ready[0].is & ENV_POLL_GONE);
    env_poller_leave(poller, ends[0]);
    env_poller_leave(poller, ends[0]); /* one that is not watched */
    assert_int_equal(env_poller_wait(poller, ready, 0), 0);
    env_close(ends[0]);
    assert_int_equal(env_poller_watch(poller, ends[0], ENV_POLL_READ), OC_E_IO);
    env_poller_free(poller);
    env_poller_free(NULL);
}

static void wake(void *arg) { env_poller_wake(arg); }

static void test_a_call_to_wake(void **state)
{
    struct env_ready ready[ENV_READY_MAX];
    struct env_poller *poller, *outer;
    struct env_thread *thread;
    (void)state;
    assert_int_equal(env_poller_new(&poller), OC_OK);
    assert_int_equal(env_poller_new(&outer), OC_OK);
    assert_int_equal(env_thread_start(wake, poller, &thread), OC_OK);
    assert_int_equal(env_poller_wait(poller, ready, -1), 0); /* or it would never return */
    env_thread_join(thread);
    assert_int_equal(env_poller_watch(outer, env_poller_fd(poller), ENV_POLL_READ), OC_OK);
    assert_int_equal(env_poller_wait(outer, ready, 0), 0); /* that call is over */
    env_poller_wake(poller);
    env_poller_wake(poller);
    assert_int_equal(env_poller_wait(outer, ready, -1), 1); /* one waits for the other */
    assert_int_equal(env_poller_wait(poller, ready, 0), 0);
    assert_int_equal(env_poller_wait(outer, ready, 0), 0); /* however many there were */
    env_poller_free(outer);
    env_poller_free(poller);
}

static void test_a_socket(void **state)
{
    int fd, value = 0;
    socklen_t size = sizeof value;
    (void)state;
    assert_int_equal(env_net_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP, 10000000000ll, &fd), OC_OK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size), 0);
    assert_int_equal(value, 10000);
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
    assert_true(value);
    env_close(fd);
    assert_int_equal(env_net_socket(-1, SOCK_STREAM, 0, 1, &fd), OC_E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_this_machine), cmocka_unit_test(test_a_poller),
                                       cmocka_unit_test(test_a_call_to_wake), cmocka_unit_test(test_a_socket)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
