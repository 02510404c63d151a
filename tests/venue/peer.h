/* peer.h: a server on this machine that says, byte for byte, what a test wants: TLS or plain, each connection a thread that runs the test's
 * own function. Wrong frames, wrong lengths, silence and sudden ends included, which no server library would let us do.
 *
 * Invariants: a port of the system's choice, on 127.0.0.1; every thread ends with peer_server_stop. */
#ifndef VENUE_PEER_H
#define VENUE_PEER_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEERS_MAX = 512 };

struct peer { /* one connection */
    struct peer_server *server;
    int fd;
    SSL *ssl;   /* NULL: plain */
    int number; /* of this server's connections, from 1 */
};

struct peer_config {
    const char *certificate, *key; /* NULL: plain */
    SSL_CTX *context;              /* ready made, in place of these; owned by the caller */
    const char *alpn;              /* what it takes alone; NULL: whatever comes */
    int version_max;               /* of TLS; 0: any */
    bool is_deaf; /* listens, and accepts nobody: a SYN that is answered by nobody once its queue is full */
    void (*talk)(struct peer *peer, void *arg);
    void *arg;
};

struct peer_server {
    struct peer_config config;
    int listen_fd;
    int port;
    SSL_CTX *context;
    pthread_t thread;
    pthread_t threads[PEERS_MAX];
    struct peer peers[PEERS_MAX];
    atomic_int count;    /* connections accepted */
    atomic_int said;     /* for the test's function to count with */
    atomic_bool is_over; /* its function ends as soon as it can */
};

/* Aborts the program where it cannot. `port` 0: the system's choice. */
void peer_server_start(struct peer_server *server, const struct peer_config *config, int port);
void peer_server_stop(struct peer_server *server);

/* Bytes; 0 at the end, negative after timeout_ms. */
int peer_read(struct peer *peer, void *bytes, size_t size, int timeout_ms);
/* Up to and with the empty line; false: it ended. */
bool peer_read_head(struct peer *peer, char *head, size_t size);
void peer_write(struct peer *peer, const void *bytes, size_t size);
void peer_say(struct peer *peer, const char *text);
void peer_sleep(int ms);
/* Ends the connection at once, with a reset. */
void peer_reset(struct peer *peer);

/* Takes the opening handshake of a WebSocket; false: it ended. `extra`: header lines; `head` (4096): what was asked. */
bool peer_ws_open(struct peer *peer, const char *extra, char head[4096]);
/* The same behind a head that was read. */
bool peer_ws_answer(struct peer *peer, const char *extra, const char *head);
/* A frame: its first byte (FIN, RSV, opcode) as it is. */
void peer_ws_frame(struct peer *peer, uint8_t first, const void *bytes, size_t size);
void peer_ws_text(struct peer *peer, const char *text);
/* The next frame that came, unmasked and with a zero behind it; its opcode, or -1 at the end or after timeout_ms. */
int peer_ws_read(struct peer *peer, char *bytes, size_t size, size_t *ret_size, int timeout_ms);

#endif
