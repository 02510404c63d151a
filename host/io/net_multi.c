/* net_multi.c: libcurl's sockets in a poller, and its clock. */
#include <string.h>

#include "base/env.h"
#include "io/net_impl.h"

#define NS_PER_MS 1000000

static void forget(struct net_multi *multi, int fd)
{
    for (uint32_t i = 0; i < multi->fd_count; i++)
        if (multi->fds[i] == fd) {
            (void)multi->watch(multi->self, fd, 0); /* to leave cannot fail */
            multi->fds[i] = multi->fds[--multi->fd_count];
            multi->wants[i] = multi->wants[multi->fd_count];
            return;
        }
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *self, void *of_socket)
{
    struct net_multi *multi = self;
    const short want = (short)((what & CURL_POLL_IN ? ENV_POLL_READ : 0) | (what & CURL_POLL_OUT ? ENV_POLL_WRITE : 0));
    (void)easy;
    (void)of_socket;
    if (what == CURL_POLL_REMOVE) {
        forget(multi, fd);
        return 0;
    }
    uint32_t place = 0;
    while (place < multi->fd_count && multi->fds[place] != fd)
        place++;
    if (place == NET_MULTI_FDS)
        return -1;
    multi->fds[place] = fd;
    multi->wants[place] = want;
    multi->fd_count += place == multi->fd_count;
    return multi->watch(multi->self, fd, want) < 0 ? -1 : 0;
}

static int on_timer(CURLM *handle, long timeout_ms, void *self)
{
    struct net_multi *multi = self;
    (void)handle;
    multi->due_ns = timeout_ms < 0 ? INT64_MAX : env_clock_mono() + (int64_t)timeout_ms * NS_PER_MS;
    return 0;
}

oc_rc net_multi_init(struct net_multi *multi, const struct net_lib *lib, oc_rc (*watch)(void *self, int fd, short want),
                     void *self)
{
    *multi = (struct net_multi){.lib = lib, .self = self, .watch = watch, .due_ns = INT64_MAX};
    multi->multi = lib->multi_new();
    if (!multi->multi)
        return OC_E_NOMEM;
    const bool is_set = lib->multi_set(multi->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
                        lib->multi_set(multi->multi, CURLMOPT_SOCKETDATA, (void *)multi) == CURLM_OK &&
                        lib->multi_set(multi->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
                        lib->multi_set(multi->multi, CURLMOPT_TIMERDATA, (void *)multi) == CURLM_OK &&
                        lib->multi_set(multi->multi, CURLMOPT_MAXCONNECTS, 1L) == CURLM_OK &&
                        lib->multi_set(multi->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) == CURLM_OK;
    if (is_set)
        return OC_OK;
    net_multi_release(multi);
    return OC_E_NOMEM;
}

void net_multi_release(struct net_multi *multi)
{
    while (multi->fd_count)
        forget(multi, multi->fds[0]);
    if (multi->multi)
        (void)multi->lib->multi_free(multi->multi); /* it says so of handles that are still in it: none is */
    multi->multi = NULL;
    multi->due_ns = INT64_MAX;
}

bool net_multi_has(const struct net_multi *multi, int fd)
{
    for (uint32_t i = 0; i < multi->fd_count; i++)
        if (multi->fds[i] == fd)
            return true;
    return false;
}

void net_multi_ready(struct net_multi *multi, int fd, short is)
{
    int running;
    const int what = (is & (ENV_POLL_READ | ENV_POLL_GONE) ? CURL_CSELECT_IN : 0) |
                     (is & ENV_POLL_WRITE ? CURL_CSELECT_OUT : 0) | (is & ENV_POLL_GONE ? CURL_CSELECT_ERR : 0);
    (void)multi->lib->multi_act(multi->multi, fd, what, &running); /* what came of it is read */
}

void net_multi_due(struct net_multi *multi, int64_t mono_ns)
{
    int running;
    if (multi->due_ns > mono_ns)
        return;
    multi->due_ns = INT64_MAX; /* unless it says another time */
    (void)multi->lib->multi_act(multi->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

CURL *net_multi_ended(struct net_multi *multi, CURLcode *ret_code)
{
    int left;
    CURLMsg *message = multi->lib->multi_read(multi->multi, &left);
    if (!message || message->msg != CURLMSG_DONE)
        return NULL;
    *ret_code = message->data.result;
    return message->easy_handle;
}
