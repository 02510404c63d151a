/* lws_venue.c: a server made with libwebsockets, TLS by a test's certificate, for who wants another implementation of the protocols on the
 * other side:
 *
 *   lws_venue PORT CERTIFICATE KEY [MILLISECONDS]
 *
 *   /echo    every message comes back as it came, in pieces if it is large; "close 4001" closes the stream with that code
 *   /lines   the exchange of sdk/examples/connector_loopback, a message a line: a trade each so many milliseconds (20), up and down around
 *            100.00; each limit order is accepted and filled at its price
 *   else     an answer of HTTP: "hello"
 *
 * Port 0: the system's choice. Says "port N" when it listens. */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE_LINES = 1024, LINE_BYTES = 128, PIECE = 16384, ECHO_MAX = 8 << 20 };

static volatile sig_atomic_t is_over;
static int every_ms = 20;

struct seat { /* of one connection */
    int is_echo;
    char lines[QUEUE_LINES][LINE_BYTES];
    unsigned head, tail;
    unsigned long trades, fills;
    unsigned char *echo; /* what is to come back, LWS_PRE before it */
    size_t echo_size, echo_sent, echo_room;
    int is_text, is_whole;
};

static void say(struct lws *wsi, struct seat *seat, const char *line)
{
    if (seat->head - seat->tail == QUEUE_LINES)
        return;
    snprintf(seat->lines[seat->head++ % QUEUE_LINES], LINE_BYTES, "%s", line);
    lws_callback_on_writable(wsi);
}

static void hear(struct lws *wsi, struct seat *seat, const char *bytes, size_t size)
{
    char line[LINE_BYTES], said[LINE_BYTES], side[8];
    unsigned long long id;
    long long qty, price;
    snprintf(line, sizeof line, "%.*s", (int)size, bytes);
    if (sscanf(line, "new %llu %7s %lld %lld", &id, side, &qty, &price) == 4) {
        snprintf(said, sizeof said, "ack %llu", id);
        say(wsi, seat, said);
        snprintf(said, sizeof said, "fill %llu %lld %lld p%dt%lu", id, qty, price, (int)getpid(), ++seat->fills);
        say(wsi, seat, said);
    } else if (sscanf(line, "cancel %llu", &id) == 1) {
        snprintf(said, sizeof said, "canceled %llu", id);
        say(wsi, seat, said);
    }
}

static int write_line(struct lws *wsi, struct seat *seat)
{
    unsigned char bytes[LWS_PRE + LINE_BYTES];
    if (seat->tail == seat->head)
        return 0;
    const char *line = seat->lines[seat->tail++ % QUEUE_LINES];
    const size_t size = strlen(line);
    memcpy(bytes + LWS_PRE, line, size);
    if (lws_write(wsi, bytes + LWS_PRE, size, LWS_WRITE_TEXT) < 0)
        return -1;
    if (seat->tail != seat->head)
        lws_callback_on_writable(wsi);
    return 0;
}

static int write_echo(struct lws *wsi, struct seat *seat)
{
    if (!seat->is_whole)
        return 0;
    const size_t left = seat->echo_size - seat->echo_sent, size = left < PIECE ? left : PIECE;
    const int is_first = !seat->echo_sent, is_last = size == left;
    const int flags = lws_write_ws_flags(seat->is_text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY, is_first, is_last);
    if (lws_write(wsi, seat->echo + LWS_PRE + seat->echo_sent, size, (enum lws_write_protocol)flags) < 0)
        return -1;
    seat->echo_sent += size;
    if (is_last)
        seat->echo_size = seat->echo_sent = 0, seat->is_whole = 0;
    else
        lws_callback_on_writable(wsi);
    return 0;
}

static int take_echo(struct lws *wsi, struct seat *seat, const void *bytes, size_t size)
{
    if (seat->echo_size + size > ECHO_MAX || seat->is_whole)
        return -1;
    if (size == 10 && memcmp(bytes, "close 4001", 10) == 0) {
        lws_close_reason(wsi, (enum lws_close_status)4001, (unsigned char *)(uintptr_t) "as you say", 10);
        return -1;
    }
    if (!seat->echo && (seat->echo = malloc(LWS_PRE + ECHO_MAX)) == NULL)
        return -1;
    memcpy(seat->echo + LWS_PRE + seat->echo_size, bytes, size);
    seat->echo_size += size;
    seat->is_text = !lws_frame_is_binary(wsi);
    if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi)) {
        seat->is_whole = 1;
        lws_callback_on_writable(wsi);
    }
    return 0;
}

static int on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    unsigned char bytes[LWS_PRE + 1024], *at = bytes + LWS_PRE, *end = bytes + sizeof bytes;
    if (reason == LWS_CALLBACK_HTTP) {
        if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", 5, &at, end) ||
            lws_finalize_write_http_header(wsi, bytes + LWS_PRE, &at, end))
            return 1;
        lws_callback_on_writable(wsi);
        return 0;
    }
    if (reason == LWS_CALLBACK_HTTP_WRITEABLE) {
        memcpy(bytes + LWS_PRE, "hello", 5);
        if (lws_write(wsi, bytes + LWS_PRE, 5, LWS_WRITE_HTTP_FINAL) != 5)
            return 1;
        return lws_http_transaction_completed(wsi) ? -1 : 0;
    }
    return lws_callback_http_dummy(wsi, reason, user, in, size);
}

static int on_websocket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    struct seat *seat = user;
    char path[64], line[LINE_BYTES];
    switch ((int)reason) {
    case LWS_CALLBACK_ESTABLISHED:
        memset(seat, 0, sizeof *seat);
        path[0] = 0;
        lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI);
        seat->is_echo = strcmp(path, "/echo") == 0;
        if (!seat->is_echo)
            lws_set_timer_usecs(wsi, every_ms * 1000);
        return 0;
    case LWS_CALLBACK_TIMER:
        snprintf(line, sizeof line, "trade %d %lu", 10000 + ((int)(seat->trades * 37 % 11) - 5) * 10,
                 1 + seat->trades % 4);
        seat->trades++;
        say(wsi, seat, line);
        lws_set_timer_usecs(wsi, every_ms * 1000);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        if (seat->is_echo)
            return take_echo(wsi, seat, in, size);
        hear(wsi, seat, in, size);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return seat->is_echo ? write_echo(wsi, seat) : write_line(wsi, seat);
    case LWS_CALLBACK_CLOSED:
        free(seat->echo);
        seat->echo = NULL;
        return 0;
    default:
        return on_http(wsi, reason, user, in, size);
    }
}

static void on_signal(int number)
{
    (void)number;
    is_over = 1;
}

int main(int count, char **words)
{
    static const struct lws_protocols protocols[] = {{"any", on_websocket, sizeof(struct seat), 65536, 0, NULL, 0},
                                                     {0}};
    struct lws_context_creation_info info = {
        .protocols = protocols, .gid = (gid_t)-1, .uid = (uid_t)-1, .iface = "127.0.0.1"};
    if (count < 4)
        return 2;
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    lws_set_log_level(LLL_ERR, NULL);
    every_ms = count > 4 ? atoi(words[4]) : every_ms;
    info.port = atoi(words[1]);
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.ssl_cert_filepath = words[2];
    info.ssl_private_key_filepath = words[3];
    info.alpn = "http/1.1";
    struct lws_context *context = lws_create_context(&info);
    struct lws_vhost *host = context ? lws_create_vhost(context, &info) : NULL;
    if (!host)
        return 1;
    printf("port %d\n", lws_get_vhost_listen_port(host));
    fflush(stdout);
    while (!is_over)
        lws_service(context, 0);
    lws_context_destroy(context);
    return 0;
}
