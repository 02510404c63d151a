#include "rehearsal/serve_lws.h"

#include "rehearsal/face.h"

#include <fcntl.h>
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES = 2048, LINE_BYTES = 4096, PIECES = 3 };

struct connection {  /* of a client */
    struct lws *wsi; /* NULL: free */
    uint32_t exchange, seat;
    uint8_t method;
    char path[VENUE_HEAD_MAX + 1];
    char headers[VENUE_HEAD_MAX + 1];
    char address[VENUE_ADDRESS_MAX];
    char *body; /* owned: of a request, or of a message, as far as it came */
    size_t body_size;
    bool is_too_large;
    bool is_whole; /* it has no body, and has arrived */
    bool is_long;  /* its answer is a stream of lines */
};

#define DELAY_NS_MAX 1000000000ll /* an order so long behind a message is no answer to it */

struct serve {
    struct rehearsal *venue;
    const struct certificates *certificates;
    struct lws_context *context;
    struct lws_vhost *vhost;
    SSL_CTX *ssl;
    char shown[16]; /* the certificate that new connections see */
    struct connection connections[SERVE_CONNECTIONS_MAX];
    lws_sorted_usec_list_t timer;
    char line[LINE_BYTES]; /* of the person, as far as it came */
    size_t line_size;
    int64_t said_ns; /* when the last message of a stream left */
};

static volatile sig_atomic_t is_over;

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- time ---- */

static void on_timer(lws_sorted_usec_list_t *timer);

/* Whoever has something to say by now is asked to write, and the next time is set. */
static void look_around(struct serve *serve)
{
    struct rehearsal *venue = serve->venue;
    venue_advance(venue, clock_ns());
    for (uint32_t i = 0; i < SERVE_CONNECTIONS_MAX; i++) {
        const struct connection *of = &serve->connections[i];
        if (of->wsi && ((of->exchange != CORE_NONE && venue_answer(venue, of->exchange)) ||
                        (of->seat != CORE_NONE && venue_says(venue, of->seat))))
            lws_callback_on_writable(of->wsi);
    }
    if (strcmp(serve->shown, venue->certificate) != 0 &&
        certificates_show(serve->certificates, serve->ssl, venue->certificate))
        text_copy(serve->shown, sizeof serve->shown, venue->certificate);
    const int64_t next_ns = venue_next_ns(venue), now_ns = clock_ns();
    const int64_t wait_ns = next_ns <= now_ns ? 1000000 : next_ns - now_ns < 1000000000 ? next_ns - now_ns : 1000000000;
    lws_sul_schedule(serve->context, 0, &serve->timer, on_timer, (lws_usec_t)(wait_ns / 1000 + 1));
}

static void on_timer(lws_sorted_usec_list_t *timer)
{
    look_around((struct serve *)(void *)((char *)timer - offsetof(struct serve, timer)));
}

/* ---- connections ---- */

static struct connection *connection_new(struct serve *serve, struct lws *wsi)
{
    for (uint32_t i = 0; i < SERVE_CONNECTIONS_MAX; i++) {
        struct connection *made = &serve->connections[i];
        if (made->wsi)
            continue;
        memset(made, 0, sizeof *made);
        made->wsi = wsi;
        made->exchange = made->seat = CORE_NONE;
        lws_get_peer_simple(wsi, made->address, sizeof made->address);
        lws_set_opaque_user_data(wsi, made);
        return made;
    }
    return NULL;
}

static struct connection *connection_of(struct serve *serve, struct lws *wsi)
{
    struct connection *found = lws_get_opaque_user_data(wsi);
    return found ? found : connection_new(serve, wsi);
}

static void connection_end(struct serve *serve, struct lws *wsi)
{
    struct connection *of = lws_get_opaque_user_data(wsi);
    if (!of)
        return;
    if (of->exchange != CORE_NONE)
        venue_forget(serve->venue, of->exchange);
    if (of->seat != CORE_NONE)
        venue_leave(serve->venue, of->seat);
    free(of->body);
    memset(of, 0, sizeof *of);
    lws_set_opaque_user_data(wsi, NULL);
}

/* A reset on the wire, at once. */
static int reset(struct lws *wsi)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    const struct linger linger = {1, 0};
    const int fd = lws_get_socket_fd(wsi);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    (void)connect(fd, &nowhere, sizeof nowhere);
    return -1;
}

static bool add_bytes(struct connection *of, const void *bytes, size_t size)
{
    if (of->is_too_large || of->body_size + size > VENUE_BODY_MAX) {
        of->is_too_large = true;
        return false;
    }
    if (!of->body && (of->body = malloc(VENUE_BODY_MAX)) == NULL)
        return false;
    if (size)
        memcpy(of->body + of->body_size, bytes, size);
    of->body_size += size;
    return true;
}

/* ---- requests ---- */

static const struct {
    enum lws_token_indexes token;
    uint8_t method;
} methods[] = {{WSI_TOKEN_GET_URI, OC_METHOD_GET},
               {WSI_TOKEN_POST_URI, OC_METHOD_POST},
               {WSI_TOKEN_PUT_URI, OC_METHOD_PUT},
               {WSI_TOKEN_PATCH_URI, OC_METHOD_PATCH},
               {WSI_TOKEN_DELETE_URI, OC_METHOD_DELETE}};

/* Method, path and the headers that the face reads. False: a method that nobody knows, or too long. */
static bool read_head(struct serve *serve, struct connection *of)
{
    struct text path, headers;
    char part[HEAD_BYTES];
    bool has_method = false;
    text_init_fixed(&path, of->path, sizeof of->path);
    text_init_fixed(&headers, of->headers, sizeof of->headers);
    for (size_t i = 0; i < sizeof methods / sizeof *methods && !has_method; i++)
        if (lws_hdr_copy(of->wsi, part, sizeof part, methods[i].token) > 0) {
            has_method = true;
            of->method = methods[i].method;
            text_put(&path, part);
        }
    for (int i = 0, size; (size = lws_hdr_copy_fragment(of->wsi, part, sizeof part, WSI_TOKEN_HTTP_URI_ARGS, i)) >= 0;
         i++) {
        if (memchr(part, '&', (size_t)size))
            return false; /* of an escape: nobody could tell it from one between two members */
        text_format(&path, "%c%.*s", i ? '&' : '?', size, part);
    }
    for (uint32_t i = 0; serve->venue->face->headers[i]; i++) {
        const char *name = serve->venue->face->headers[i];
        const bool is_known = strcmp(name, "authorization:") == 0; /* to libwebsockets, which keeps it elsewhere */
        if (is_known ? lws_hdr_copy(of->wsi, part, sizeof part, WSI_TOKEN_HTTP_AUTHORIZATION) > 0
                     : lws_hdr_custom_copy(of->wsi, part, sizeof part, name, (int)strlen(name)) > 0)
            text_format(&headers, "%s %s\r\n", name, part);
    }
    return has_method && !path.is_cut && !headers.is_cut;
}

static struct venue_ask ask_of(const struct connection *of)
{
    return (struct venue_ask){.method = of->method,
                              .path = of->path,
                              .headers = of->headers,
                              .body = of->body ? of->body : "",
                              .body_size = (uint32_t)of->body_size,
                              .address = of->address};
}

static int arrive(struct serve *serve, struct connection *of)
{
    const struct venue_ask ask = ask_of(of);
    const int64_t now_ns = clock_ns();
    const uint64_t orders = serve->venue->orders;
    venue_advance(serve->venue, now_ns);
    if (of->exchange != CORE_NONE || of->is_too_large)
        return -1;
    of->exchange = venue_ask(serve->venue, &ask);
    if (serve->venue->orders != orders && serve->said_ns && now_ns - serve->said_ns < DELAY_NS_MAX)
        serve->venue->delays_us[serve->venue->delay_count++ % VENUE_DELAYS_MAX] =
            (uint32_t)((now_ns - serve->said_ns) / 1000);
    of->body_size = 0;
    look_around(serve);
    return of->exchange == CORE_NONE ? -1 : 0;
}

static int begin_long(struct serve *serve, struct connection *of);

static int begin_request(struct serve *serve, struct lws *wsi)
{
    struct connection *of = connection_of(serve, wsi);
    char size[16] = "";
    if (!of || !read_head(serve, of)) {
        (void)lws_return_http_status(wsi, of ? 400 : 503, NULL);
        return -1;
    }
    of->body_size = 0;
    const struct venue_ask ask = ask_of(of);
    if (serve->venue->face->is_stream && serve->venue->face->is_stream(&ask))
        return begin_long(serve, of);
    const bool has_body =
        lws_hdr_copy(wsi, size, sizeof size, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0 && strcmp(size, "0") != 0;
    of->is_whole = !has_body;
    return has_body ? 0 : arrive(serve, of);
}

static bool put_number(struct lws *wsi, const char *name, int64_t number, unsigned char **at, unsigned char *end)
{
    char text[24];
    const int size = snprintf(text, sizeof text, "%lld", (long long)number);
    return number <= 0 || lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)text,
                                                      size, at, end) == 0;
}

static bool put_used(struct lws *wsi, const struct face *face, const struct venue_answer *answer, unsigned char **at,
                     unsigned char *end)
{
    bool is_put = put_number(wsi, face->used_header ? face->used_header : "x-used:", answer->used, at, end);
    for (int i = 0; i < 2 && is_put; i++)
        if (face->orders_headers[i])
            is_put = put_number(wsi, face->orders_headers[i], answer->orders_used[i], at, end);
    return is_put;
}

static int write_answer(struct serve *serve, struct connection *of)
{
    const struct venue_exchange *exchange = of->exchange == CORE_NONE ? NULL : venue_answer(serve->venue, of->exchange);
    unsigned char head[LWS_PRE + HEAD_BYTES], *at = head + LWS_PRE, *end = head + sizeof head;
    if (!exchange)
        return 0;
    if (exchange->end == VENUE_RESET)
        return reset(of->wsi);
    const struct venue_answer *answer = &exchange->answer;
    const size_t said = exchange->end == VENUE_CUT ? answer->body.size / 2 : answer->body.size;
    if (lws_add_http_common_headers(of->wsi, answer->status, "application/json", answer->body.size, &at, end) ||
        !put_number(of->wsi, "retry-after:", answer->retry_after_s, &at, end) ||
        !put_used(of->wsi, serve->venue->face, answer, &at, end) ||
        lws_finalize_write_http_header(of->wsi, head + LWS_PRE, &at, end))
        return -1;
    unsigned char *body = malloc(LWS_PRE + said + 1);
    if (!body)
        return -1;
    memcpy(body + LWS_PRE, answer->body.data, said);
    const int written =
        lws_write(of->wsi, body + LWS_PRE, said, exchange->end == VENUE_CUT ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL);
    free(body);
    const bool is_cut = exchange->end == VENUE_CUT;
    venue_answered(serve->venue, of->exchange);
    of->exchange = CORE_NONE;
    if (written < 0 || is_cut)
        return -1;
    return lws_http_transaction_completed(of->wsi) ? -1 : 0;
}

/* ---- streams ---- */

/* Whether the stream may be opened; its seat is taken. */
static int sit_down(struct serve *serve, struct lws *wsi)
{
    struct connection *of = connection_of(serve, wsi);
    char words[HEAD_BYTES];
    struct venue_answer answer = {.status = 503};
    text_init_fixed(&answer.body, words, sizeof words);
    venue_advance(serve->venue, clock_ns());
    if (of && read_head(serve, of)) {
        const struct venue_ask ask = ask_of(of);
        of->seat = venue_sit(serve->venue, &ask, &answer);
    }
    if (of && of->seat != CORE_NONE)
        return 0;
    (void)lws_return_http_status(wsi, answer.status, words);
    return -1;
}

static int write_pieces(struct lws *wsi, unsigned char *bytes, size_t size)
{
    const size_t piece = size / PIECES + 1;
    for (size_t at = 0; at < size; at += piece) {
        const bool is_last = at + piece >= size;
        unsigned char part[LWS_PRE + VENUE_MESSAGE_MAX];
        const size_t part_size = is_last ? size - at : piece;
        memcpy(part + LWS_PRE, bytes + at, part_size);
        const int flags = lws_write_ws_flags(LWS_WRITE_TEXT, at == 0, is_last);
        if (lws_write(wsi, part + LWS_PRE, part_size, (enum lws_write_protocol)flags) < 0)
            return -1;
    }
    return 0;
}

/* The head of a whole frame and half of what it promises: no library would write that. */
static int write_half(struct lws *wsi, const unsigned char *bytes, size_t size)
{
    unsigned char frame[8 + VENUE_MESSAGE_MAX] = {0x81, 126, (unsigned char)(size >> 8), (unsigned char)size};
    const size_t head = size < 126 ? 2 : 4;
    if (size < 126)
        frame[1] = (unsigned char)size;
    memcpy(frame + head, bytes, size / 2);
    (void)SSL_write(lws_get_ssl(wsi), frame, (int)(head + size / 2));
    return -1;
}

static int write_message(struct serve *serve, struct connection *of)
{
    const struct venue_said *said = of->seat == CORE_NONE ? NULL : venue_says(serve->venue, of->seat);
    static unsigned char bytes[LWS_PRE + VENUE_MESSAGE_MAX];
    int rc = 0;
    if (!said)
        return 0;
    if (said->end == VENUE_RESET)
        return reset(of->wsi);
    memcpy(bytes + LWS_PRE, said->bytes, said->size);
    if (said->end == VENUE_CUT)
        return write_half(of->wsi, bytes + LWS_PRE, said->size);
    if (said->is_split)
        rc = write_pieces(of->wsi, bytes + LWS_PRE, said->size);
    else if (lws_write(of->wsi, bytes + LWS_PRE, said->size, LWS_WRITE_TEXT) < 0)
        rc = -1;
    venue_said(serve->venue, of->seat);
    serve->said_ns = clock_ns();
    if (rc == 0 && venue_says(serve->venue, of->seat))
        lws_callback_on_writable(of->wsi);
    return rc;
}

static int hear(struct serve *serve, struct connection *of, const void *bytes, size_t size)
{
    if (!add_bytes(of, bytes, size))
        return -1;
    if (!lws_is_final_fragment(of->wsi) || lws_remaining_packet_payload(of->wsi))
        return 0;
    venue_advance(serve->venue, clock_ns());
    venue_hear(serve->venue, of->seat, of->body, (uint32_t)of->body_size);
    of->body_size = 0;
    look_around(serve);
    return 0;
}

/* ---- streams that are long answers of HTTP: a line a message ---- */

static int say_no(struct lws *wsi, const struct venue_answer *answer)
{
    unsigned char bytes[LWS_PRE + 2 * HEAD_BYTES], *at = bytes + LWS_PRE, *end = bytes + sizeof bytes;
    unsigned char body[LWS_PRE + HEAD_BYTES];
    if (answer->body.size > HEAD_BYTES ||
        lws_add_http_common_headers(wsi, answer->status, "application/json", answer->body.size, &at, end) ||
        lws_finalize_write_http_header(wsi, bytes + LWS_PRE, &at, end))
        return -1;
    memcpy(body + LWS_PRE, answer->body.data, answer->body.size);
    return lws_write(wsi, body + LWS_PRE, answer->body.size, LWS_WRITE_HTTP_FINAL) < 0 ||
                   lws_http_transaction_completed(wsi)
               ? -1
               : 0;
}

static int begin_long(struct serve *serve, struct connection *of)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    unsigned char bytes[LWS_PRE + sizeof head];
    char words[HEAD_BYTES];
    struct venue_answer answer = {.status = 503};
    const struct venue_ask ask = ask_of(of);
    text_init_fixed(&answer.body, words, sizeof words);
    venue_advance(serve->venue, clock_ns());
    of->seat = venue_sit(serve->venue, &ask, &answer);
    if (of->seat == CORE_NONE)
        return say_no(of->wsi, &answer);
    of->is_long = true;
    lws_set_timeout(of->wsi, NO_PENDING_TIMEOUT, 0);
    memcpy(bytes + LWS_PRE, head, sizeof head - 1);
    if (lws_write(of->wsi, bytes + LWS_PRE, sizeof head - 1, LWS_WRITE_HTTP_HEADERS) < 0)
        return -1;
    lws_callback_on_writable(of->wsi);
    look_around(serve);
    return 0;
}

static int write_chunk(struct lws *wsi, const char *bytes, size_t size, const char *behind)
{
    static unsigned char out[LWS_PRE + VENUE_MESSAGE_MAX + 32];
    const int length = snprintf((char *)out + LWS_PRE, sizeof out - LWS_PRE, "%zx\r\n%.*s%s", size + strlen(behind),
                                (int)size, bytes, behind);
    memcpy(out + LWS_PRE + length, "\r\n", 2);
    return lws_write(wsi, out + LWS_PRE, (size_t)length + 2, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

/* Split, its chunks end within the line; cut, the connection does. */
static int write_line(struct serve *serve, struct connection *of)
{
    const struct venue_said *said = venue_says(serve->venue, of->seat);
    int rc = 0;
    if (!said)
        return 0;
    if (said->end == VENUE_RESET)
        return reset(of->wsi);
    if (said->end == VENUE_CUT)
        return write_chunk(of->wsi, said->bytes, said->size / 2, ""), -1;
    if (said->is_split)
        rc = write_chunk(of->wsi, said->bytes, said->size / 2, "");
    if (rc == 0)
        rc = write_chunk(of->wsi, said->bytes + (said->is_split ? said->size / 2 : 0),
                         said->size - (said->is_split ? said->size / 2 : 0), "\n");
    venue_said(serve->venue, of->seat);
    serve->said_ns = clock_ns();
    if (rc == 0 && venue_says(serve->venue, of->seat))
        lws_callback_on_writable(of->wsi);
    return rc;
}

/* ---- the person ---- */

static void obey(struct serve *serve, const char *line)
{
    struct text out;
    if (strcmp(line, "quit") == 0) {
        is_over = 1;
        return;
    }
    text_init_grow(&out, VENUE_ANSWER_MAX);
    venue_advance(serve->venue, clock_ns());
    (void)venue_command(serve->venue, line, &out);
    fputs(out.data ? out.data : "", stdout);
    fflush(stdout);
    text_release(&out);
    look_around(serve);
}

/* False: stdin has ended; the venue goes on. */
static bool read_lines(struct serve *serve)
{
    const ssize_t got = read(STDIN_FILENO, serve->line + serve->line_size, LINE_BYTES - 1 - serve->line_size);
    if (got <= 0)
        return false;
    serve->line_size += (size_t)got;
    serve->line[serve->line_size] = 0;
    char *at = serve->line, *end;
    while ((end = strchr(at, '\n')) != NULL) {
        *end = 0;
        obey(serve, at);
        at = end + 1;
    }
    serve->line_size -= (size_t)(at - serve->line);
    memmove(serve->line, at, serve->line_size);
    if (serve->line_size == LINE_BYTES - 1) { /* no command is as long */
        printf("the line is longer than %d bytes\n", LINE_BYTES - 2);
        serve->line_size = 0;
    }
    return true;
}

/* ---- what libwebsockets calls ---- */

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    struct lws_context *context = lws_get_context(wsi);
    struct serve *serve = context ? lws_context_user(context) : NULL;
    struct connection *of = wsi && serve ? lws_get_opaque_user_data(wsi) : NULL;
    switch ((int)reason) {
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
        serve->ssl = user;
        return certificates_show(serve->certificates, serve->ssl, serve->shown) ? 0 : -1;
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION: {
        const struct lws_filter_network_conn_args *args = user;
        const struct linger linger = {1, 0};
        if (!venue_meets(serve->venue))
            return 0;
        setsockopt(args->accept_fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        return -1;
    }
    case LWS_CALLBACK_HTTP:
        return begin_request(serve, wsi);
    case LWS_CALLBACK_HTTP_BODY:
        return of && add_bytes(of, in, size) ? 0 : -1;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        if (of && of->is_whole) /* said of a body of no bytes too, which has arrived */
            return 0;
        return of ? arrive(serve, of) : -1;
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return !of ? -1 : of->is_long ? write_line(serve, of) : write_answer(serve, of);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return sit_down(serve, wsi);
    case LWS_CALLBACK_ESTABLISHED:
        look_around(serve);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        return of ? hear(serve, of, in, size) : -1;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return of ? write_message(serve, of) : -1;
    case LWS_CALLBACK_RAW_RX_FILE:
        return read_lines(serve) ? 0 : -1;
    case LWS_CALLBACK_WSI_DESTROY:
        if (serve)
            connection_end(serve, wsi);
        return 0;
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, size);
    }
}

struct serve *serve_new(struct rehearsal *venue, const struct certificates *certificates, int port, struct text *out)
{
    static const struct lws_protocols protocols[] = {{"venue", on_event, 0, VENUE_MESSAGE_MAX, 0, NULL, 0},
                                                     {NULL, NULL, 0, 0, 0, NULL, 0}};
    struct serve *serve = calloc(1, sizeof *serve);
    if (!serve)
        return NULL;
    serve->venue = venue;
    serve->certificates = certificates;
    text_copy(serve->shown, sizeof serve->shown, venue->certificate);
    struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN,
                                             .protocols = protocols,
                                             .user = serve,
                                             .gid = -1,
                                             .uid = -1,
                                             .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                                                        LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT};
    lws_set_log_level(0, NULL);
    serve->context = lws_create_context(&info);
    info.port = port;
    info.iface = "127.0.0.1";
    info.alpn = "http/1.1";
    info.vhost_name = "venue";
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX |
                   LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
    serve->vhost = serve->context ? lws_create_vhost(serve->context, &info) : NULL;
    if (!serve->vhost || lws_get_vhost_listen_port(serve->vhost) <= 0) {
        text_format(
            out,
            "port %d: nothing can listen there: another program does, or it needs root; --port 0 takes a free one\n",
            port);
        serve_free(serve);
        return NULL;
    }
    const lws_sock_file_fd_type in = {.filefd = STDIN_FILENO};
    if (fcntl(STDIN_FILENO, F_GETFD) >= 0)
        (void)lws_adopt_descriptor_vhost(serve->vhost, LWS_ADOPT_RAW_FILE_DESC, in, "venue", NULL);
    return serve;
}

int serve_port(const struct serve *serve) { return lws_get_vhost_listen_port(serve->vhost); }

void serve_stop(void) { is_over = 1; }

void serve_run(struct serve *serve)
{
    look_around(serve);
    while (!is_over)
        if (lws_service(serve->context, 0) < 0)
            return;
}

void serve_free(struct serve *serve)
{
    if (!serve)
        return;
    if (serve->context) {
        lws_sul_cancel(&serve->timer);
        lws_context_destroy(serve->context);
    }
    free(serve);
}
