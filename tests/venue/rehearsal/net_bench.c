/* net_bench.c [MESSAGES [ROUNDS]]: the program behind `outcry bench net`: what a message costs through TLS on this machine: our link beside a client made with libwebsockets, both
 * against the same server in a process of its own; a POST of our link beside one easy handle and one multi of libcurl; and what a new connection
 * of HTTP costs who waits in our loop beside who makes one with libcurl. Ratios of one run count. */
#define KIT_OF_A_PROGRAM
#define CERTS "" /* of the folder that it works in, its own */
#include "rehearsal/certificate.h"
#include "venue/net_kit.h"

#include <curl/curl.h>
#include <libwebsockets.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 166 };

static long message_count = 200000, round_count = 20000;
static double *rounds; /* ns */

static double cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Of each row its p50 in ns, or its CPU in us a message, for the ratios at the end. */
static struct {
    const char *who, *what;
    double figure;
} rows[16];
static size_t row_count;

static void keep(const char *who, const char *what, double figure)
{
    if (row_count == sizeof rows / sizeof rows[0])
        abort();
    rows[row_count].who = who;
    rows[row_count].what = what;
    rows[row_count++].figure = figure;
}

static double kept(const char *who, const char *what)
{
    for (size_t i = 0; i < row_count; i++)
        if (strcmp(rows[i].who, who) == 0 && strcmp(rows[i].what, what) == 0)
            return rows[i].figure;
    abort();
}

static void say_ratios(void)
{
    static const char *const pairs[][3] = {{"there and back", "libwebsockets", "p50"},
                                           {"1 frame a write", "libwebsockets", "cpu"},
                                           {"16 frames a write", "libwebsockets", "cpu"},
                                           {"POST", "libcurl multi", "p50"}};
    puts("\nour link                            beside");
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        printf("  %-18s %s          %4.2f x of %s\n", pairs[i][0], pairs[i][2],
               kept("our link", pairs[i][0]) / kept(pairs[i][1], pairs[i][0]), pairs[i][1]);
}

static void say_rounds(const char *who, const char *what, double cpu)
{
    qsort(rounds, (size_t)round_count, sizeof *rounds, compare);
    keep(who, what, rounds[round_count / 2]);
    printf("%-14s %-22s p50 %6.1f us  p99 %6.1f us  p99.9 %6.1f us  cpu %5.2f us\n", who, what,
           rounds[round_count / 2] / 1e3, rounds[round_count * 99 / 100] / 1e3, rounds[round_count * 999 / 1000] / 1e3,
           cpu / (double)round_count);
}

static void say_flood(const char *who, const char *what, double cpu, int64_t ns)
{
    keep(who, what, cpu);
    printf("%-14s %-22s %8.0f messages/s  cpu %5.2f us a message\n", who, what,
           (double)message_count * 1e9 / (double)ns, cpu / (double)message_count);
}

/* ---- the server ---- */

static void talk(struct peer *peer, void *arg)
{
    static __thread char head[4096], bytes[1 << 16];
    size_t size;
    (void)arg;
    if (!peer_read_head(peer, head, sizeof head))
        return;
    if (strncmp(head, "POST", 4) == 0) {
        do {
            for (size_t left = SIZE; left;) {
                const int got = peer_read(peer, bytes, left, 20000);
                if (got <= 0)
                    return;
                left -= (size_t)got;
            }
            peer_say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        } while (peer_read_head(peer, head, sizeof head));
        return;
    }
    const char *key = strcasestr(head, "sec-websocket-key: ");
    char joined[128], answer[512];
    unsigned char digest[20], text[32];
    unsigned int digest_size;
    snprintf(joined, sizeof joined, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key + 19, "\r"), key + 19);
    EVP_Digest(joined, strlen(joined), digest, &digest_size, EVP_sha1(), NULL);
    EVP_EncodeBlock(text, digest, sizeof digest);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
             (char *)text);
    peer_say(peer, answer);
    const long per = strncmp(head, "GET /flood", 10) == 0 ? strtol(head + 10, NULL, 10) : 0;
    if (!per) {
        while (peer_ws_read(peer, bytes, sizeof bytes, &size, 20000) == 1)
            peer_ws_frame(peer, 0x81, bytes, size);
        return;
    }
    size_t at = 0;
    for (long i = 0; i < per; i++) {
        bytes[at++] = (char)0x81;
        bytes[at++] = 126;
        bytes[at++] = 0;
        bytes[at++] = (char)SIZE;
        memset(bytes + at, 'x', SIZE);
        at += SIZE;
    }
    for (long sent = 0; sent < message_count; sent += per)
        peer_write(peer, bytes, at);
    (void)peer_read(peer, bytes, 1, 60000);
}

/* ---- ours ---- */

static void ours(int port)
{
    static const char *const floods[] = {"/flood1", "/flood16"};
    char url[64], text[SIZE + 1];
    struct kit kit;
    snprintf(url, sizeof url, "wss://localhost:%d", port);
    memset(text, 'x', SIZE);
    text[SIZE] = 0;
    kit_begin(&kit, url, NULL);
    const uint32_t stream = kit_up(&kit, "/echo");
    double before = cpu_us();
    for (long i = 0; i < round_count; i++) {
        const int64_t from_ns = env_clock_mono();
        if (kit_send(&kit, stream, text) < 0 || kit_next(&kit) != IO_MESSAGE)
            abort();
        rounds[i] = (double)(env_clock_mono() - from_ns);
    }
    say_rounds("our link", "there and back", cpu_us() - before);
    kit_end(&kit);
    for (int f = 0; f < 2; f++) {
        kit_begin(&kit, url, NULL);
        kit_up(&kit, floods[f]);
        const int64_t from_ns = env_clock_mono();
        before = cpu_us();
        for (long i = 0; i < message_count; i++)
            if (kit_next(&kit) != IO_MESSAGE || kit.what.size != SIZE)
                abort();
        say_flood("our link", f ? "16 frames a write" : "1 frame a write", cpu_us() - before,
                  env_clock_mono() - from_ns);
        kit_end(&kit);
    }
    snprintf(url, sizeof url, "https://localhost:%d", port);
    kit_begin(&kit, url, NULL);
    kit_ask(&kit, OC_METHOD_POST, "/order", text);
    kit_next(&kit);
    before = cpu_us();
    for (long i = 0; i < round_count; i++) {
        const int64_t from_ns = env_clock_mono();
        kit_ask(&kit, OC_METHOD_POST, "/order", text);
        if (kit_next(&kit) != IO_RESPONSE)
            abort();
        rounds[i] = (double)(env_clock_mono() - from_ns);
    }
    say_rounds("our link", "POST", cpu_us() - before);
    kit_end(&kit);
}

/* All connections of an endpoint at once, new each time: what that takes of the thread that waits for streams and answers too. */
static void our_connections(int port)
{
    const long turns = round_count < 2000 ? 1 : 10; /* the server takes so many connections in all */
    char url[64], text[SIZE + 1];
    struct kit kit;
    double cpu = 0;
    memset(text, 'x', SIZE);
    text[SIZE] = 0;
    snprintf(url, sizeof url, "https://localhost:%d", port);
    for (long turn = 0; turn < turns; turn++) {
        kit_begin(&kit, url, NULL);
        const double before = cpu_us();
        for (int i = 0; i < NET_TALKS_MAX; i++)
            kit_ask(&kit, OC_METHOD_POST, "/order", text);
        for (int i = 0; i < NET_TALKS_MAX; i++)
            if (kit_next(&kit) != IO_RESPONSE)
                abort();
        cpu += cpu_us() - before;
        kit_end(&kit);
    }
    printf("%-14s %-22s cpu %5.0f us of the loop, each with its exchange\n", "our link", "a new connection",
           cpu / (double)(turns * NET_TALKS_MAX));
}

/* ---- libwebsockets ---- */

static struct {
    long got, wanted;
    bool is_flood, is_over;
    int64_t from_ns;
    double before;
} lws;

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    static unsigned char bytes[LWS_PRE + SIZE];
    (void)user;
    (void)in;
    (void)size;
    switch ((int)reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        memset(bytes + LWS_PRE, 'x', SIZE);
        lws.before = cpu_us();
        lws.from_ns = env_clock_mono();
        if (!lws.is_flood)
            lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        lws.from_ns = env_clock_mono();
        return lws_write(wsi, bytes + LWS_PRE, SIZE, LWS_WRITE_TEXT) < 0 ? -1 : 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi))
            return 0;
        if (!lws.is_flood)
            rounds[lws.got] = (double)(env_clock_mono() - lws.from_ns);
        if (++lws.got == lws.wanted) {
            lws.is_over = true;
            return -1;
        }
        if (!lws.is_flood)
            lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        fprintf(stderr, "libwebsockets: %s\n", in ? (const char *)in : "");
        abort();
    default:
        return 0;
    }
}

static void theirs(int port)
{
    static const struct lws_protocols protocols[] = {{"p", on_lws, 0, 65536, 0, NULL, 0}, {0}};
    static const char *const paths[] = {"/echo", "/flood1", "/flood16"};
    static const char *const what[] = {"there and back", "1 frame a write", "16 frames a write"};
    lws_set_log_level(LLL_ERR, NULL);
    for (int i = 0; i < 3; i++) {
        struct lws_context_creation_info info = {
            .port = CONTEXT_PORT_NO_LISTEN, .protocols = protocols, .gid = (gid_t)-1, .uid = (uid_t)-1};
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.client_ssl_ca_filepath = CERTS "ca.pem";
        info.pt_serv_buf_size = 65536;
        struct lws_context *context = lws_create_context(&info);
        struct lws_client_connect_info connect = {.context = context,
                                                  .address = "localhost",
                                                  .port = port,
                                                  .path = paths[i],
                                                  .host = "localhost",
                                                  .origin = "localhost",
                                                  .ssl_connection = LCCSCF_USE_SSL};
        lws.got = 0;
        lws.wanted = i ? message_count : round_count;
        lws.is_flood = i > 0;
        lws.is_over = false;
        lws_client_connect_via_info(&connect);
        while (!lws.is_over)
            lws_service(context, 0);
        if (i)
            say_flood("libwebsockets", what[i], cpu_us() - lws.before, env_clock_mono() - lws.from_ns);
        else
            say_rounds("libwebsockets", what[i], cpu_us() - lws.before);
        lws_context_destroy(context);
    }
}

/* ---- libcurl, one easy handle ---- */

static size_t on_body(char *bytes, size_t one, size_t size, void *self)
{
    (void)bytes;
    (void)self;
    return one * size;
}

static void bare_curl(int port)
{
    CURL *easy = curl_easy_init();
    char url[64], text[SIZE + 1];
    memset(text, 'x', SIZE);
    text[SIZE] = 0;
    snprintf(url, sizeof url, "https://localhost:%d/order", port);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CAINFO, CERTS "ca.pem");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, text);
    if (curl_easy_perform(easy) != CURLE_OK)
        abort();
    const double before = cpu_us();
    for (long i = 0; i < round_count; i++) {
        const int64_t from_ns = env_clock_mono();
        if (curl_easy_perform(easy) != CURLE_OK)
            abort();
        rounds[i] = (double)(env_clock_mono() - from_ns);
    }
    say_rounds("libcurl easy", "POST", cpu_us() - before);
    curl_easy_cleanup(easy);
}

static void bare_multi(int port)
{
    CURLM *multi = curl_multi_init();
    CURL *easy = curl_easy_init();
    char url[64], text[SIZE + 1];
    double before = 0, connecting = 0;
    const long turns = round_count < 2000 ? 1 : 10; /* the server takes so many connections in all */
    memset(text, 'x', SIZE);
    text[SIZE] = 0;
    snprintf(url, sizeof url, "https://localhost:%d/order", port);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CAINFO, CERTS "ca.pem");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, text);
    for (long i = -1 - turns; i < round_count; i++) {
        const int64_t from_ns = env_clock_mono();
        int running = 1;
        if (i <= 0)
            before = cpu_us();
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, i < -1 ? 1L : 0L);
        curl_multi_add_handle(multi, easy);
        while (curl_multi_perform(multi, &running) == CURLM_OK && running)
            (void)curl_multi_poll(multi, NULL, 0, 1000, NULL);
        curl_multi_remove_handle(multi, easy);
        if (i < -1)
            connecting += cpu_us() - before;
        else if (i >= 0)
            rounds[i] = (double)(env_clock_mono() - from_ns);
    }
    say_rounds("libcurl multi", "POST", cpu_us() - before);
    printf("%-14s %-22s cpu %5.0f us of its thread, each with its exchange\n", "libcurl multi", "a new connection",
           connecting / (double)turns);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
}

/* A folder for the authority, which is made for this run and trusted by nobody else. */
static SSL_CTX *made_context(char folder[64], struct certificates *made)
{
    char said[512];
    struct text out;
    text_init_fixed(&out, said, sizeof said);
    snprintf(folder, 64, "/tmp/outcry-net-bench-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0 || certificates_make(made, ".", "", &out) < 0)
        return NULL;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    return context && certificates_show(made, context, "good") ? context : NULL;
}

static void remove_folder(const char *folder)
{
    (void)unlink("ca.pem");
    (void)unlink("ca.key");
    if (chdir("/") == 0)
        (void)rmdir(folder);
}

int main(int count, char **words)
{
    struct peer_server server;
    struct certificates made = {0};
    char folder[64];
    int port_pipe[2], port = 0;
    message_count = count > 1 ? atol(words[1]) : message_count;
    round_count = count > 2 ? atol(words[2]) : round_count;
    if (message_count < 16 || round_count < 10) {
        fprintf(stderr, "usage: outcry-net-bench [MESSAGES, at least 16 [ROUNDS, at least 10]]\n");
        return 2;
    }
    message_count -= message_count % 16;
    rounds = calloc((size_t)round_count, sizeof *rounds);
    SSL_CTX *context = rounds ? made_context(folder, &made) : NULL;
    if (!context || pipe(port_pipe) < 0) {
        fprintf(stderr, "outcry-net-bench: it could not begin: no memory, or no folder in /tmp\n");
        return 1;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        const struct peer_config config = {.context = context, .talk = talk};
        peer_server_start(&server, &config, 0);
        if (write(port_pipe[1], &server.port, sizeof port) < 0)
            return 1;
        for (;;)
            pause();
    }
    if (read(port_pipe[0], &port, sizeof port) != sizeof port)
        return 1;
    ours(port);
    our_connections(port);
    theirs(port);
    bare_curl(port);
    bare_multi(port);
    say_ratios();
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    SSL_CTX_free(context);
    certificates_release(&made);
    remove_folder(folder);
    free(rounds);
    return 0;
}
