/* net_http.c: exchanges of HTTP: each on a connection that is free, by a multi of libcurl in the loop's poller. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <outcry/connector.h>

#include "base/env.h"
#include "base/log.h"
#include "base/version.h"
#include "io/net_impl.h"

enum { HEADER_LINE_MAX = 8192, HEADER_LINES_MAX = 64 };
#define NS_PER_MS 1000000

/* Exchanges. */

void net_exchange_free(struct net_exchange *exchange)
{
    net_bytes_release(&exchange->head);
    net_bytes_release(&exchange->content);
    free(exchange->path);
    free(exchange);
}

static void settle(struct net_talk *talk);

static void add_over(struct net *net, struct net_exchange *exchange, uint32_t kind, uint32_t why, const char *words)
{
    exchange->kind = kind;
    exchange->why = why;
    exchange->at_ns = net->loop->turned_ns > net->loop->now_ns ? net->loop->turned_ns : net->loop->now_ns;
    exchange->next = NULL;
    if (kind != IO_RESPONSE) {
        exchange->head.size = exchange->content.size = 0;
        net->figures.lost += kind == IO_LOST;
        if (!net->is_leaving)
            log_warning("network", "%s: %s%s: %s: %s", net->venue, net->urls[exchange->endpoint].authority,
                        net->urls[exchange->endpoint].path, kind == IO_LOST ? "no whole answer" : "nothing was sent",
                        words);
    }
    if (net_bytes_end(&exchange->head) < 0 ||
        net_bytes_end(&exchange->content) < 0) { /* it cannot be read by anybody */
        exchange->kind = exchange->has_left ? IO_LOST : IO_UNSENT;
        exchange->head.size = exchange->content.size = 0;
    }
    *net->over_last = exchange;
    net->over_last = &exchange->next;
}

/* A copy; path, headers and body in one piece, each with a zero behind it. */
static struct net_exchange *copy_of(const struct io_exchange *asked, uint32_t endpoint)
{
    struct net_exchange *exchange = calloc(1, sizeof *exchange);
    char *bytes = calloc(1, (size_t)asked->path_size + asked->headers_size + asked->body_size + 3);
    if (!exchange || !bytes) {
        free(exchange);
        free(bytes);
        return NULL;
    }
    *exchange = (struct net_exchange){.number = asked->exchange,
                                      .endpoint = endpoint,
                                      .method = asked->method,
                                      .is_form = asked->is_form,
                                      .by_ns = env_clock_mono() + NET_WAIT_NS,
                                      .path = bytes,
                                      .headers = bytes + asked->path_size + 1,
                                      .body = bytes + asked->path_size + asked->headers_size + 2,
                                      .headers_size = asked->headers_size,
                                      .body_size = asked->body_size};
    memcpy(exchange->path, asked->path, asked->path_size);
    if (asked->headers_size)
        memcpy(exchange->headers, asked->headers, asked->headers_size);
    if (asked->body_size)
        memcpy(exchange->body, asked->body, asked->body_size);
    return exchange;
}

/* Connections. */

static void on_ready(void *self, int fd, short is)
{
    struct net_talk *talk = self;
    if (!talk->exchange) { /* whatever an idle connection says was not asked for: bytes, or its end */
        net_talk_close(talk);
        return;
    }
    if (talk->is_long && !net_long_has_room(talk))
        return; /* it is told again */
    net_multi_ready(&talk->multi, fd, is);
    settle(talk);
}

/* The socket of a connection that is kept stays in the poller between two exchanges. */
static oc_rc watch(void *self, int fd, short want)
{
    struct net_talk *talk = self;
    if (want || fd == talk->fd)
        return net_loop_watch(talk->net->loop, fd, want ? want : ENV_POLL_READ, on_ready, talk);
    net_loop_leave(talk->net->loop, fd);
    return OC_OK;
}

static int on_close(void *self, curl_socket_t fd)
{
    struct net_talk *talk = self;
    if (fd == talk->fd)
        talk->fd = -1;
    (void)talk->multi.watch(talk->multi.self, fd, 0); /* of the loop, or of who makes its connection */
    env_close(fd);
    return 0;
}

void net_talk_close(struct net_talk *talk)
{
    const struct net_lib *lib = talk->net->lib;
    struct net_exchange *own = talk->is_long ? talk->exchange : NULL;
    if (!talk->is_open)
        return;
    if (talk->exchange)
        (void)lib->multi_remove(talk->multi.multi, talk->easy);
    if (talk->easy)
        lib->easy_free(talk->easy);
    net_multi_release(&talk->multi); /* its socket is closed with it */
    lib->list_free(talk->lines);
    *talk = (struct net_talk){.net = talk->net, .fd = -1};
    if (own)
        net_exchange_free(own);
}

static oc_rc open_talk(struct net *net, struct net_talk *talk, uint32_t endpoint, struct net_stream *stream)
{
    *talk = (struct net_talk){.net = net,
                              .stream = stream,
                              .endpoint = endpoint,
                              .is_open = true,
                              .is_long = stream != NULL,
                              .fd = -1,
                              .way = {.trust = &net->trust, .url = &net->urls[endpoint]}};
    oc_rc rc = net_multi_init(&talk->multi, net->lib, watch, talk);
    talk->easy = net->lib->easy_new();
    if (rc == OC_OK)
        rc = talk->easy ? net_way_set(&talk->way, talk->easy) : (oc_rc)OC_E_NOMEM;
    if (rc == OC_OK)
        rc = net_answer_begin(talk);
    if (rc == OC_OK && (net->lib->set(talk->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close) != CURLE_OK ||
                        net->lib->set(talk->easy, CURLOPT_CLOSESOCKETDATA, (void *)talk) != CURLE_OK))
        rc = OC_E_NOMEM;
    if (rc < 0)
        net_talk_close(talk);
    return rc;
}

/* Nothing came on it since it was used: what came would be taken for the answer to what is asked next. */
static bool is_quiet(const struct net_talk *talk)
{
    struct env_poll poll = {.fd = talk->fd, .want = ENV_POLL_READ};
    return env_poll(&poll, 1, 0) == 0;
}

/* One that is free, or may be opened; NULL: there is none. */
static struct net_talk *talk_for(struct net *net, uint32_t endpoint)
{
    struct net_talk *none = NULL, *idle_elsewhere = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < NET_ALL_TALKS_MAX; i++) {
        struct net_talk *talk = &net->talks[i];
        if (talk->is_open && !talk->exchange && talk->endpoint == endpoint) {
            if (is_quiet(talk))
                return talk;
            net_talk_close(talk);
        }
        if (!talk->is_open)
            none = none ? none : talk;
        else if (!talk->exchange)
            idle_elsewhere = talk;
        count += talk->is_open && !talk->is_long && talk->endpoint == endpoint;
    }
    if (count >= NET_TALKS_MAX)
        return NULL;
    if (!none && idle_elsewhere) {
        net_talk_close(idle_elsewhere);
        none = idle_elsewhere;
    }
    return none && open_talk(net, none, endpoint, NULL) == OC_OK ? none : NULL;
}

/* Making them. */

static bool add_line(struct net_talk *talk, const char *line)
{
    struct curl_slist *more = talk->net->lib->list_add(talk->lines, line);
    talk->lines = more ? more : talk->lines;
    return more != NULL;
}

/* The connector's headers, and what it did not say of a body. */
static bool set_lines(struct net_talk *talk, const struct net_exchange *exchange)
{
    char line[HEADER_LINE_MAX];
    bool is_typed = false, is_good = true;
    uint32_t count = 0;
    talk->net->lib->list_free(talk->lines);
    talk->lines = NULL;
    for (const char *at = exchange->headers; is_good && *at;) {
        const size_t size = strcspn(at, "\r\n");
        is_good = size < sizeof line && ++count <= HEADER_LINES_MAX;
        snprintf(line, sizeof line, "%.*s", (int)size, at);
        is_typed |= strncasecmp(line, "content-type:", 13) == 0;
        is_good = is_good && add_line(talk, line);
        at += size + strspn(at + size, "\r\n");
    }
    if (is_good && exchange->body_size && !is_typed)
        is_good = add_line(talk, exchange->is_form ? "Content-Type: application/x-www-form-urlencoded"
                                                   : "Content-Type: application/json");
    is_good = is_good && add_line(talk, "Expect:") && add_line(talk, "User-Agent: outcry/" OUTCRY_VERSION);
    return is_good && talk->net->lib->set(talk->easy, CURLOPT_HTTPHEADER, talk->lines) == CURLE_OK;
}

static bool set_method(struct net_talk *talk, const struct net_exchange *exchange)
{
    static const char *const names[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    const struct net_lib *lib = talk->net->lib;
    /* What may have one and has none says so, or a server waits for it. */
    const bool has_body = exchange->body_size || exchange->method == OC_METHOD_POST ||
                          exchange->method == OC_METHOD_PUT || exchange->method == OC_METHOD_PATCH;
    CURLcode bad = CURLE_OK;
#define SET(option, value) bad = bad == CURLE_OK ? lib->set(talk->easy, option, value) : bad
    SET(CURLOPT_HTTPGET, 1L);
    SET(CURLOPT_CUSTOMREQUEST, (char *)NULL);
    if (has_body) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body_size);
        SET(CURLOPT_POSTFIELDS, exchange->body);
    }
    SET(CURLOPT_CUSTOMREQUEST, names[exchange->method <= OC_METHOD_PATCH ? exchange->method : 0]);
    SET(CURLOPT_TIMEOUT_MS, talk->is_long ? 0L : (long)(NET_ANSWER_NS / NS_PER_MS));
#undef SET
    return bad == CURLE_OK;
}

/* False: it is made here, for want of memory. */
static bool is_made_elsewhere(struct net_talk *talk)
{
    struct net_make *make = calloc(1, sizeof *make);
    if (!make)
        return false;
    make->net = talk->net;
    make->talk = talk;
    make->multi.lib = talk->net->lib;
    talk->is_making = true;
    if (net_loop_make(talk->net->loop, make) == OC_OK)
        return true;
    talk->is_making = false;
    free(make);
    return false;
}

static void begin(struct net_talk *talk, struct net_exchange *exchange)
{
    struct net *net = talk->net;
    talk->exchange = exchange;
    talk->breach = NULL;
    talk->requests = talk->lengths = 0;
    talk->head_size = 0;
    talk->is_chunked = talk->is_head_over = talk->is_last = false;
    talk->is_made = false;
    const bool is_set = net_way_to(&talk->way, talk->easy, exchange->path) == OC_OK && set_lines(talk, exchange) &&
                        set_method(talk, exchange);
    if (is_set && talk->fd < 0 && is_made_elsewhere(talk))
        return;
    if (!is_set || net->lib->multi_add(talk->multi.multi, talk->easy) != CURLM_OK) {
        if (talk->is_long) {
            net_long_ended(talk, CURLE_OUT_OF_MEMORY);
            return;
        }
        talk->exchange = NULL;
        net_talk_close(talk);
        add_over(net, exchange, IO_UNSENT, OC_WHY_NOT_SENT, "no memory, or too many headers");
        return;
    }
    if (talk->is_long)
        net_long_made(talk);                /* its connection is made here, for want of memory */
    net_multi_due(&talk->multi, INT64_MAX); /* it goes at once, where a connection is there */
    settle(talk);
}

/* What waits goes on what is free, the oldest first. */
static void dispatch(struct net *net)
{
    struct net_exchange **at = &net->waiting;
    while (*at) {
        struct net_exchange *exchange = *at;
        struct net_talk *talk = talk_for(net, exchange->endpoint);
        if (!talk) {
            at = &exchange->next;
            continue;
        }
        *at = exchange->next;
        if (!*at)
            net->waiting_last = at;
        begin(talk, exchange);
    }
}

oc_rc net_http_ask(struct net *net, const struct io_exchange *asked)
{
    uint32_t endpoint = 0;
    while (endpoint < net->endpoint_count && strcmp(net->endpoints[endpoint].name, asked->endpoint) != 0)
        endpoint++;
    if (endpoint == net->endpoint_count || net->urls[endpoint].is_lines || net->urls[endpoint].is_websocket) {
        log_error("network",
                  "%s: endpoint %s: an exchange of HTTP is reached by https://, or by http:// on this machine",
                  net->venue, asked->endpoint);
        return OC_E_NOT_SUPPORTED;
    }
    if (net->exchange_count == NET_EXCHANGES_MAX)
        return OC_E_LIMIT;
    if (!net_are_headers(asked->headers, asked->headers_size) || !net_is_path(asked->path, asked->path_size))
        return OC_E_INVALID;
    struct net_exchange *exchange = copy_of(asked, endpoint);
    if (!exchange)
        return OC_E_NOMEM;
    net->exchange_count++;
    *net->waiting_last = exchange;
    net->waiting_last = &exchange->next;
    dispatch(net);
    return OC_OK;
}

oc_rc net_http_long(struct net_stream *stream, const struct io_opening *opening)
{
    struct net *net = stream->net;
    const struct io_exchange asked = {.path = opening->path,
                                      .path_size = opening->path_size,
                                      .headers = opening->headers,
                                      .headers_size = opening->headers_size,
                                      .body = "",
                                      .method = OC_METHOD_GET};
    const uint32_t endpoint = (uint32_t)(stream->url - net->urls);
    uint32_t place = 0;
    while (place < NET_ALL_TALKS_MAX && net->talks[place].is_open)
        place++;
    if (place == NET_ALL_TALKS_MAX)
        return OC_E_LIMIT;
    struct net_exchange *exchange = copy_of(&asked, endpoint);
    if (!exchange)
        return OC_E_NOMEM;
    const oc_rc rc = open_talk(net, &net->talks[place], endpoint, stream);
    if (rc < 0) {
        net_exchange_free(exchange);
        return rc;
    }
    stream->talk = &net->talks[place];
    begin(stream->talk, exchange);
    return OC_OK;
}

void net_stream_leave_long(struct net_stream *stream)
{
    struct net_talk *talk = stream->talk;
    stream->talk = NULL;
    if (!talk)
        return;
    talk->stream = NULL;
    if (!talk->is_making)
        net_talk_close(talk);
}

/* Their ends. */

static void finish(struct net_talk *talk, CURLcode code)
{
    struct net *net = talk->net;
    struct net_exchange *exchange = talk->exchange;
    char words[NET_WORDS_MAX];
    long status = 0;
    curl_socket_t fd = -1;
    if (talk->is_long) {
        net_long_ended(talk, code);
        return;
    }
    (void)net->lib->get(talk->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)net->lib->get(talk->easy, CURLINFO_ACTIVESOCKET, &fd);
    exchange->status = (uint16_t)status;
    const uint32_t why = net_way_why(&talk->way, code, words);
    const char *doubt = code == CURLE_OK ? net_answer_doubt(talk) : talk->breach;
    net->figures.exchanges += exchange->has_left;
    const bool is_good = code == CURLE_OK && !doubt, is_kept = is_good && !talk->is_last && fd >= 0;
    (void)net->lib->multi_remove(talk->multi.multi, talk->easy);
    talk->exchange = NULL;
    talk->idle_ns = env_clock_mono();
    if (is_kept)
        talk->fd = fd;
    if (!is_kept || net_loop_watch(net->loop, fd, ENV_POLL_READ, on_ready, talk) < 0)
        net_talk_close(talk);
    add_over(net, exchange, is_good ? IO_RESPONSE : (exchange->has_left ? IO_LOST : IO_UNSENT),
             is_good ? OC_WHY_NONE : (doubt ? (uint32_t)OC_WHY_PROTOCOL : why), doubt ? doubt : words);
}

static void settle(struct net_talk *talk)
{
    CURLcode code;
    if (talk->is_open && talk->is_long)
        net_long_take(talk);
    if (talk->is_open && talk->exchange && net_multi_ended(&talk->multi, &code))
        finish(talk, code);
}

/* The handles are the loop's again. */
static void take_back(struct net_talk *talk)
{
    talk->is_making = false;
    talk->multi.watch = watch;
    talk->multi.self = talk;
}

/* Its answer may have begun while its connection was made. */
static void begun_long(struct net_talk *talk)
{
    net_long_made(talk);
    settle(talk);
}

void net_http_made(struct net *net, struct net_make *make)
{
    struct net_talk *talk = make->talk;
    const bool is_over = make->is_over;
    const CURLcode code = make->code;
    bool is_watched = true;
    net_make_free(make);
    take_back(talk);
    if (is_over) {
        finish(talk, code);
        return;
    }
    for (uint32_t i = 0; i < talk->multi.fd_count; i++)
        is_watched &= watch(talk, talk->multi.fds[i], talk->multi.wants[i]) == OC_OK;
    if (!is_watched)
        finish(talk, CURLE_OUT_OF_MEMORY);
    else if (talk->is_long)
        begun_long(talk);
    (void)net;
}

void net_http_unmade(struct net *net)
{
    for (uint32_t i = 0; i < NET_ALL_TALKS_MAX; i++) {
        struct net_talk *talk = &net->talks[i];
        if (!talk->is_open || !talk->is_making)
            continue;
        take_back(talk);
        finish(talk, CURLE_ABORTED_BY_CALLBACK);
    }
}

static void drop_late(struct net *net, int64_t mono_ns)
{
    for (struct net_exchange **at = &net->waiting; *at;) {
        struct net_exchange *exchange = *at;
        if (exchange->by_ns > mono_ns) {
            at = &exchange->next;
            continue;
        }
        *at = exchange->next;
        if (!*at)
            net->waiting_last = at;
        add_over(net, exchange, IO_UNSENT, OC_WHY_NOT_SENT, "no connection was free in time");
    }
}

void net_http_due(struct net *net, int64_t mono_ns)
{
    for (uint32_t i = 0; i < NET_ALL_TALKS_MAX; i++) {
        struct net_talk *talk = &net->talks[i];
        if (!talk->is_open || talk->is_making)
            continue;
        if (talk->exchange) {
            if (!talk->is_long || net_long_has_room(talk))
                net_multi_due(&talk->multi, mono_ns);
            settle(talk);
        } else if (mono_ns - talk->idle_ns > NET_IDLE_NS) {
            net_talk_close(talk);
        }
    }
    if (net->waiting) {
        drop_late(net, mono_ns);
        dispatch(net);
    }
}

int64_t net_http_due_ns(const struct net *net)
{
    int64_t due_ns = net->waiting ? net->waiting->by_ns : INT64_MAX;
    for (uint32_t i = 0; i < NET_ALL_TALKS_MAX; i++)
        if (net->talks[i].is_open && net->talks[i].exchange && !net->talks[i].is_making &&
            net->talks[i].multi.due_ns < due_ns)
            due_ns = net->talks[i].multi.due_ns;
    return due_ns;
}

void net_http_release(struct net *net)
{
    for (uint32_t i = 0; i < NET_ALL_TALKS_MAX; i++) {
        const bool is_long = net->talks[i].is_long;
        struct net_exchange *exchange = net->talks[i].exchange;
        net->talks[i].net = net;
        net_talk_close(&net->talks[i]);
        if (exchange && !is_long)
            net_exchange_free(exchange);
    }
    for (struct net_exchange *lists[] = {net->waiting, net->over}, **list = lists; list < lists + 2; list++)
        while (*list) {
            struct net_exchange *next = (*list)->next;
            net_exchange_free(*list);
            *list = next;
        }
    net->waiting = net->over = NULL;
}
