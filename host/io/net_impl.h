/* net_impl.h: what the files of host/io/net*.c share: the loop, links, streams, and the exchanges of HTTP. */
#ifndef IO_NET_IMPL_H
#define IO_NET_IMPL_H

#include <stdatomic.h>

#include "base/env_net.h"
#include "base/ring.h"
#include "io/net.h"
#include "io/net_way.h"

enum { NET_PROBES_MAX = 32, NET_MULTI_FDS = 16, NET_MASKS = 4096, NET_ZEROS = 16, NET_ALL_TALKS_MAX = 64 };

/* One multi of libcurl whose sockets are in a poller. */
struct net_multi {
    const struct net_lib *lib;
    CURLM *multi; /* owned */
    void *self;
    oc_rc (*watch)(void *self, int fd, short want); /* 0: it leaves */
    int64_t due_ns;                                 /* by the monotonic clock; INT64_MAX: nothing is */
    int fds[NET_MULTI_FDS];
    short wants[NET_MULTI_FDS]; /* ENV_POLL_..., of each */
    uint32_t fd_count;
};

/* `multi` does not move while it lives. OC_E_NOMEM. */
CHECKED oc_rc net_multi_init(struct net_multi *multi, const struct net_lib *lib,
                             oc_rc (*watch)(void *self, int fd, short want), void *self);
/* All sockets leave the poller first. */
void net_multi_release(struct net_multi *multi);
bool net_multi_has(const struct net_multi *multi, int fd);
void net_multi_ready(struct net_multi *multi, int fd, short is);
/* What is due by its clock. */
void net_multi_due(struct net_multi *multi, int64_t mono_ns);
/* The handle that has ended; NULL: none has. */
CURL *net_multi_ended(struct net_multi *multi, CURLcode *ret_code);

struct net_talk;

/* A connection that is being made, and what came of it. */
struct net_make {
    struct net_multi multi;
    struct net_way way;
    CURL *easy;
    CURLcode code;
    int fd;
    atomic_bool is_cancelled;
    struct net *net; /* of the loop alone, as the next */
    uint32_t stream;
    uint64_t probe;        /* 0: it is made for the stream, or the talk */
    struct net_talk *talk; /* whose handles are the thread's until it is given back; NULL: they are its own */
    bool is_over;          /* of a talk: its exchange has ended already, with `code` */
};

struct net_probed {
    uint64_t number;
    uint32_t why; /* 0: a connection was made */
    uint32_t zero;
};

struct net_maker; /* opaque: the thread that makes them */

/* OC_E_NOMEM, OC_E_IO. `loop` is woken when something was made. */
CHECKED oc_rc net_maker_new(const struct net_lib *lib, struct env_poller *loop, struct net_maker **ret_maker);
void net_maker_free(struct net_maker *maker);
/* Takes it over, until net_maker_made gives it back or it was cancelled. OC_E_LIMIT. */
CHECKED oc_rc net_maker_ask(struct net_maker *maker, struct net_make *make);
/* The next one that was made or failed; NULL: none was. */
struct net_make *net_maker_made(struct net_maker *maker);
void net_make_free(struct net_make *make);

struct net_bytes { /* grows; NET_ZEROS zeros stand behind what net_bytes_end was called for */
    char *data;    /* owned */
    size_t size, room;
};

CHECKED oc_rc net_bytes_add(struct net_bytes *bytes, const void *data, size_t size, size_t max);
CHECKED oc_rc net_bytes_end(struct net_bytes *bytes);
void net_bytes_release(struct net_bytes *bytes);

enum net_state { NET_FREE, NET_MAKING, NET_SHAKING, NET_UP, NET_OVER };

struct net_stream {
    struct net *net;
    const struct net_url *url;
    uint32_t number;
    uint8_t state; /* NET_... */
    bool is_ready; /* there may be more to read than the poller knows */
    bool is_shut;  /* the peer says nothing more: what is read is all there is */
    bool has_up;   /* to be given */
    bool has_end;
    bool is_closed;    /* by us: nothing of it is given any more */
    short watched;     /* ENV_POLL_... */
    uint32_t end_kind; /* IO_DOWN or IO_REFUSED */
    uint32_t end_why;
    uint16_t end_status;
    char path[512];
    struct net_make *make; /* being made: the maker's; NULL: not any more */
    struct net_make *kept; /* owned: what the handle lives in */
    CURL *easy;            /* its */
    struct net_talk *talk; /* of a long answer of HTTP: whose connection it has; NULL: none (any more) */
    int fd;
    char key[32]; /* of the opening handshake */
    struct net_bytes in;
    size_t in_at;
    struct net_bytes flight, waiting; /* flight: given to libcurl, and given again as it is */
    size_t flight_at;
    struct net_bytes said; /* head of the handshake, or words of who refused */
    wslay_frame_context_ptr frames;
    struct net_bytes message;
    uint64_t frame_left; /* of the frame that is being read */
    uint32_t fragments;
    uint8_t frame_opcode, message_opcode;
    bool is_in_frame, is_final, has_message;
    uint8_t control[128]; /* of a control frame */
    uint32_t control_size;
    uint8_t ping[125]; /* the latest that is not answered */
    uint8_t ping_size;
    bool has_ping;
    bool has_sent_close;
    uint32_t controls; /* within the second of controls_ns */
    int64_t controls_ns;
    size_t message_max;
    int64_t made_ns, heard_ns, beat_ns; /* by the monotonic clock */
    int64_t ping_ns, silence_ns;
    int64_t at_ns; /* of the turn that read last */
    char ping_text[128];
    uint32_t ping_text_size;
};

struct net_exchange { /* waiting, under way, or over and not yet given */
    struct net_exchange *next;
    uint64_t number;
    uint32_t endpoint;
    uint32_t kind; /* IO_RESPONSE, IO_LOST, IO_UNSENT; 0: not over */
    uint32_t why;
    uint16_t status;
    uint8_t method;
    bool is_form;
    bool has_left;
    int64_t by_ns; /* monotonic: it waits until */
    int64_t at_ns;
    char *path; /* owned; headers and body stand behind it */
    char *headers;
    char *body;
    uint32_t headers_size, body_size;
    struct net_bytes head, content; /* of the answer */
};

struct net_talk { /* a connection of HTTP: one exchange at a time */
    struct net *net;
    struct net_multi multi;
    struct net_way way;
    CURL *easy;
    struct curl_slist *lines;
    struct net_exchange *exchange; /* under way; NULL: idle */
    struct net_stream *stream;     /* whose long answer it is; NULL: nobody's */
    uint32_t endpoint;
    bool is_open;   /* in use: multi and easy are there */
    bool is_making; /* its connection is being made: all of it but this, `exchange` and `endpoint` is the maker's */
    bool is_made;   /* the maker's: its request leaves */
    bool is_long;   /* a long answer of HTTP: its exchange is its own, and ends with the connection */
    int fd;         /* that was used last, watched as long as it is open; -1 */
    int64_t idle_ns;
    /* of the answer */
    bool is_chunked, is_head_over, is_last;
    uint32_t lengths;   /* Content-Length, how often */
    uint32_t requests;  /* how often libcurl has made it */
    size_t head_size;   /* of all heads of the exchange */
    const char *breach; /* NULL: none */
};

struct net_figures {      /* since the start */
    uint64_t connections; /* made */
    uint64_t failures;    /* not made */
    uint64_t messages;    /* given */
    uint64_t exchanges;   /* left */
    uint64_t lost;
    uint64_t pongs;
    uint64_t again; /* sends that had to be made again */
};

struct net {
    struct net_loop *loop;
    const struct net_lib *lib;
    char venue[NET_NAME_MAX];
    struct net_endpoint endpoints[NET_ENDPOINTS_MAX];
    struct net_url urls[NET_ENDPOINTS_MAX];
    uint32_t endpoint_count;
    size_t message_max;
    struct net_trust trust;
    struct net_stream streams[NET_STREAMS_MAX];
    uint32_t turn;   /* the stream that is looked at first */
    bool is_leaving; /* it ends: what had not been sent is nobody's any more, and not told */
    struct net_talk talks[NET_ALL_TALKS_MAX];
    struct net_exchange *waiting, **waiting_last;
    struct net_exchange *over, **over_last;
    uint32_t exchange_count;
    struct io_happening given;
    bool has_given;
    struct net_stream *given_stream;
    struct net_exchange *given_exchange;
    struct net_figures figures;
    struct net_probed probed[NET_PROBES_MAX]; /* and not yet given */
    uint32_t probed_count;
};

struct net_watch {
    void (*ready)(void *self, int fd, short is);
    void *self;
    short want; /* as the poller knows it */
};

struct net_loop {
    const struct net_lib *lib;
    struct env_poller *poller;
    struct env_poller *also;   /* borrowed; NULL: none */
    struct net_maker *maker;   /* NULL: no stream was opened yet */
    struct net_watch *watches; /* by descriptor; owned */
    uint32_t watch_room;
    struct net *links[NET_LINKS_MAX];
    uint32_t link_count;
    struct env_ready ready[ENV_READY_MAX];
    uint32_t ready_count;
    int64_t real_base_ns, mono_base_ns, now_ns;
    int64_t turned_ns;
    uint8_t masks[NET_MASKS]; /* random bytes, used once */
    uint32_t mask_at;
    uint32_t steps;
};

CHECKED oc_rc net_loop_watch(struct net_loop *loop, int fd, short want, void (*ready)(void *, int, short), void *self);
void net_loop_leave(struct net_loop *loop, int fd);
/* `size` random bytes, never the same twice. */
void net_loop_mask(struct net_loop *loop, uint8_t *ret_bytes, size_t size);

/* Streams: net_stream.c. */
CHECKED oc_rc net_stream_open(struct net *net, const struct io_opening *opening);
struct net_stream *net_stream_of(struct net *net, uint32_t number);
void net_stream_made(struct net *net, struct net_make *make);
/* The loop's maker is asked; it is begun where there is none. */
CHECKED oc_rc net_loop_make(struct net_loop *loop, struct net_make *make);
/* A connection that is made and closed: its end is told by probed[]. */
CHECKED oc_rc net_probe(struct net *net, const char *endpoint, uint64_t number);
CHECKED oc_rc net_stream_send(struct net_stream *stream, const void *bytes, uint32_t size);
void net_stream_close(struct net_stream *stream);
/* Reads what there is, and says what is due. */
void net_stream_turn(struct net_stream *stream, int64_t mono_ns);
int64_t net_stream_due_ns(const struct net_stream *stream);
/* What it has to give next. False: nothing. */
bool net_stream_next(struct net_stream *stream, struct io_happening *ret);
void net_stream_taken(struct net_stream *stream, const struct io_happening *given);
void net_stream_release(struct net_stream *stream);
/* It is over: what is said of it, once what was read before is given. */
void net_stream_end(struct net_stream *stream, uint32_t kind, uint32_t why, uint16_t status, const char *words);
/* Bytes that are to leave; what can leaves at once. OC_E_LIMIT: too many wait. */
CHECKED oc_rc net_stream_put(struct net_stream *stream, const void *bytes, size_t size);
void net_stream_flush(struct net_stream *stream);

/* What may stand in a request: lines that end in \r\n, and no other line; a path without blanks. */
bool net_are_headers(const char *headers, uint32_t size);
bool net_is_path(const char *path, uint32_t size);

/* The opening handshake: net_shake.c. */
CHECKED oc_rc net_shake_begin(struct net_stream *stream, const struct io_opening *opening);
/* Looks at what was read; the stream is up, over, or waits for more. */
void net_shake_read(struct net_stream *stream);

/* Frames: net_frame.c. */
CHECKED oc_rc net_frame_open(struct net_stream *stream);
/* The next whole message is in stream->message. False: none is, yet. */
bool net_frame_next(struct net_stream *stream);
CHECKED oc_rc net_frame_send(struct net_stream *stream, uint8_t opcode, const void *bytes, size_t size);
/* Says goodbye with a code, once. */
void net_frame_close(struct net_stream *stream, uint16_t code);

/* A long answer of HTTP: net_long.c. Its request is made by net_http.c. OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc net_http_long(struct net_stream *stream, const struct io_opening *opening);
void net_long_take(struct net_talk *talk);
bool net_long_has_room(const struct net_talk *talk);
void net_long_made(struct net_talk *talk);
void net_long_ended(struct net_talk *talk, CURLcode code);
/* The connection goes, where it is not being made: then as soon as it was. */
void net_stream_leave_long(struct net_stream *stream);
void net_talk_close(struct net_talk *talk);

/* Exchanges: net_http.c; what an answer may be: net_answer.c. */
CHECKED oc_rc net_http_ask(struct net *net, const struct io_exchange *exchange);
/* The connection of a talk was made, or was not. */
void net_http_made(struct net *net, struct net_make *make);
/* The thread that makes connections is gone: what it was making comes to nothing. */
void net_http_unmade(struct net *net);
void net_http_due(struct net *net, int64_t mono_ns);
int64_t net_http_due_ns(const struct net *net);
void net_http_release(struct net *net);
void net_exchange_free(struct net_exchange *exchange);
/* Sets the callbacks of a talk's handle. */
CHECKED oc_rc net_answer_begin(struct net_talk *talk);
/* Whether what has ended well is a whole answer that nobody can doubt; NULL: it is, else why not. */
const char *net_answer_doubt(const struct net_talk *talk);

#endif
