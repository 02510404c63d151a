#include "venue/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
    fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
    abort();
}

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_size, const unsigned char *in,
                   unsigned int in_size, void *arg)
{
    const struct peer_server *server = arg;
    const unsigned char size = (unsigned char)strlen(server->config.alpn);
    (void)ssl;
    for (unsigned int at = 0; at < in_size; at += in[at] + 1u)
        if (in[at] == size && memcmp(in + at + 1, server->config.alpn, size) == 0) {
            *out = in + at + 1;
            *out_size = size;
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void set_up_tls(struct peer_server *server)
{
    const struct peer_config *config = &server->config;
    if (config->context) {
        SSL_CTX_up_ref(config->context);
        server->context = config->context;
        return;
    }
    server->context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(server->context, 0);
    if (SSL_CTX_use_certificate_chain_file(server->context, config->certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(server->context, config->key, SSL_FILETYPE_PEM) != 1)
        die(config->certificate);
    if (config->version_max) {
        SSL_CTX_set_min_proto_version(server->context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(server->context, config->version_max);
        SSL_CTX_set_cipher_list(server->context, "DEFAULT:@SECLEVEL=0");
    }
    if (config->alpn)
        SSL_CTX_set_alpn_select_cb(server->context, on_alpn, server);
}

static void *serve(void *arg)
{
    struct peer *peer = arg;
    if (peer->server->context) {
        peer->ssl = SSL_new(peer->server->context);
        SSL_set_fd(peer->ssl, peer->fd);
    }
    if (!peer->ssl || SSL_accept(peer->ssl) == 1)
        peer->server->config.talk(peer, peer->server->config.arg);
    if (peer->ssl)
        SSL_free(peer->ssl);
    close(peer->fd);
    return NULL;
}

static void *accept_all(void *arg)
{
    struct peer_server *server = arg;
    while (!atomic_load(&server->is_over)) {
        struct pollfd poll_fd = {server->listen_fd, POLLIN, 0};
        if (poll(&poll_fd, 1, 20) <= 0)
            continue;
        const int count = atomic_load(&server->count), on = 1;
        const int fd = accept(server->listen_fd, NULL, NULL);
        if (fd < 0)
            continue;
        if (count == PEERS_MAX) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        server->peers[count] = (struct peer){server, fd, NULL, count + 1};
        if (pthread_create(&server->threads[count], NULL, serve, &server->peers[count]) != 0)
            die("thread");
        atomic_store(&server->count, count + 1);
    }
    return NULL;
}

void peer_server_start(struct peer_server *server, const struct peer_config *config, int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons((uint16_t)port)};
    socklen_t size = sizeof address;
    const int on = 1;
    memset(server, 0, sizeof *server);
    server->config = *config;
    signal(SIGPIPE, SIG_IGN);
    if (config->certificate || config->context)
        set_up_tls(server);
    server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(server->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server->listen_fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(server->listen_fd, config->is_deaf ? 0 : 64) < 0 ||
        getsockname(server->listen_fd, (struct sockaddr *)&address, &size) < 0)
        die("listen");
    server->port = ntohs(address.sin_port);
    if (!config->is_deaf && pthread_create(&server->thread, NULL, accept_all, server) != 0)
        die("thread");
}

void peer_server_stop(struct peer_server *server)
{
    atomic_store(&server->is_over, true);
    if (!server->config.is_deaf)
        pthread_join(server->thread, NULL);
    const int count = atomic_load(&server->count);
    for (int i = 0; i < count; i++)
        shutdown(server->peers[i].fd, SHUT_RDWR); /* one that is closed already is no socket of ours, or ends */
    for (int i = 0; i < count; i++)
        pthread_join(server->threads[i], NULL);
    close(server->listen_fd);
    SSL_CTX_free(server->context);
    server->context = NULL;
}

static bool wait_readable(const struct peer *peer, int timeout_ms)
{
    if (peer->ssl && SSL_pending(peer->ssl) > 0)
        return true;
    for (int waited = 0; waited < timeout_ms && !atomic_load(&peer->server->is_over); waited += 20) {
        struct pollfd poll_fd = {peer->fd, POLLIN, 0};
        if (poll(&poll_fd, 1, 20) > 0)
            return true;
    }
    return false;
}

int peer_read(struct peer *peer, void *bytes, size_t size, int timeout_ms)
{
    if (!wait_readable(peer, timeout_ms))
        return -1;
    const int got = peer->ssl ? SSL_read(peer->ssl, bytes, (int)size) : (int)recv(peer->fd, bytes, size, 0);
    return got > 0 ? got : 0;
}

bool peer_read_head(struct peer *peer, char *head, size_t size)
{
    size_t have = 0;
    while (have + 1 < size) {
        if (peer_read(peer, head + have, 1, 20000) <= 0)
            return false;
        head[++have] = 0;
        if (have >= 4 && memcmp(head + have - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

void peer_write(struct peer *peer, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        const int put = peer->ssl ? SSL_write(peer->ssl, at, size > 1 << 20 ? 1 << 20 : (int)size)
                                  : (int)send(peer->fd, at, size, MSG_NOSIGNAL);
        if (put <= 0)
            return;
        at += put;
        size -= (size_t)put;
    }
}

void peer_say(struct peer *peer, const char *text) { peer_write(peer, text, strlen(text)); }

void peer_sleep(int ms)
{
    const struct timespec span = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&span, NULL);
}

void peer_reset(struct peer *peer)
{
    const struct linger linger = {1, 0};
    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    if (peer->ssl)
        SSL_set_quiet_shutdown(peer->ssl, 1);
}

bool peer_ws_open(struct peer *peer, const char *extra, char head[4096])
{
    return peer_read_head(peer, head, 4096) && peer_ws_answer(peer, extra, head);
}

bool peer_ws_answer(struct peer *peer, const char *extra, const char *head)
{
    unsigned char digest[20], text[32];
    char joined[128], answer[1024];
    unsigned int digest_size;
    const char *key = strcasestr(head, "sec-websocket-key: ");
    snprintf(joined, sizeof joined, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key ? (int)strcspn(key + 19, "\r") : 0,
             key ? key + 19 : "");
    EVP_Digest(joined, strlen(joined), digest, &digest_size, EVP_sha1(), NULL);
    EVP_EncodeBlock(text, digest, sizeof digest);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
             "%s\r\n%s\r\n",
             (char *)text, extra);
    peer_say(peer, answer);
    return true;
}

void peer_ws_frame(struct peer *peer, uint8_t first, const void *bytes, size_t size)
{
    uint8_t *frame = malloc(size + 10);
    size_t at = 0;
    frame[at++] = first;
    if (size < 126) {
        frame[at++] = (uint8_t)size;
    } else if (size < 65536) {
        frame[at++] = 126;
        frame[at++] = (uint8_t)(size >> 8);
        frame[at++] = (uint8_t)size;
    } else {
        frame[at++] = 127;
        for (int i = 7; i >= 0; i--)
            frame[at++] = (uint8_t)((uint64_t)size >> (8 * i));
    }
    if (size)
        memcpy(frame + at, bytes, size);
    peer_write(peer, frame, at + size);
    free(frame);
}

void peer_ws_text(struct peer *peer, const char *text) { peer_ws_frame(peer, 0x81, text, strlen(text)); }

static bool read_all(struct peer *peer, void *bytes, size_t size, int timeout_ms)
{
    for (size_t have = 0; have < size;) {
        const int got = peer_read(peer, (char *)bytes + have, size - have, timeout_ms);
        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    return true;
}

int peer_ws_read(struct peer *peer, char *bytes, size_t size, size_t *ret_size, int timeout_ms)
{
    uint8_t head[2], more[8], mask[4];
    if (!read_all(peer, head, 2, timeout_ms))
        return -1;
    uint64_t length = head[1] & 127;
    const size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (!read_all(peer, more, extra, timeout_ms) || !(head[1] & 128) || !read_all(peer, mask, 4, timeout_ms))
        return -1;
    if (extra)
        length = 0;
    for (size_t i = 0; i < extra; i++)
        length = length << 8 | more[i];
    if (length >= size || !read_all(peer, bytes, length, timeout_ms))
        return -1;
    for (uint64_t i = 0; i < length; i++)
        bytes[i] = (char)((uint8_t)bytes[i] ^ mask[i & 3]);
    bytes[length] = 0;
    *ret_size = length;
    return head[0] & 15;
}
