/* link.h: what carries the bytes of a venue's streams and exchanges: the seam under which a transcript, a simulated venue with faults
 * and the real network are the same to everything above.
 *
 * Invariants
 * - The venue's side numbers streams and exchanges and gives the numbers; a number is never used again.
 * - What happens is given one at a time by next() and stays the next until taken(): who could not take it is given it again.
 * - *Left* means that a send was called with its first byte. send() and http() say it by OC_OK; http() may also say it has to wait, and
 *   what became of it is then a happening.
 * - A driver has no clock of its own: it says at what time a thing happens, and next() never goes past the time it is given. */
#ifndef IO_LINK_H
#define IO_LINK_H

#include "base/checked.h"

#include <outcry/connector.h>
#include <stdbool.h>

enum io_happening_kind {
    IO_UP = 1,   /* a stream can carry bytes */
    IO_DOWN,     /* it fell, or was closed by the other side */
    IO_REFUSED,  /* the venue did not open it: status and words */
    IO_MESSAGE,  /* one whole message of a stream */
    IO_RESPONSE, /* the whole answer to an exchange */
    IO_UNSENT,   /* an exchange of which no byte left */
    IO_LOST,     /* an exchange that left and gets no whole answer */
    IO_PROBED,   /* what became of a probe: `exchange` is its number, `status` 1: it is there */
    IO_MOVED     /* what goes to an endpoint goes to another place of it from now on: words in `bytes` */
};

struct io_happening {
    uint32_t kind; /* IO_... */
    uint32_t stream;
    uint64_t exchange;
    int64_t at_ns;
    uint16_t status; /* HTTP */
    uint16_t form;   /* OC_MESSAGE_... */
    uint32_t why;    /* OC_WHY_... of DOWN, REFUSED, UNSENT, LOST */
    uint32_t size;
    uint32_t headers_size;
    const char *bytes;   /* borrowed until taken(); 16 zeros behind */
    const char *headers; /* of RESPONSE and REFUSED: lines "name: value\r\n", names in lower case; 16 zeros behind */
};

/* An exchange on its way: credentials are set in by now. */
struct io_exchange {
    uint64_t exchange;
    const char *endpoint; /* its name in the description */
    const char *path;
    const char *headers;
    const char *body;
    uint32_t path_size;
    uint32_t headers_size;
    uint32_t body_size;
    uint8_t method; /* OC_METHOD_... */
    bool is_form;   /* the body is x-www-form-urlencoded, else JSON, unless the headers say */
    bool is_query;  /* a question that changes nothing and proves nothing: any place of its endpoint may answer it */
    uint8_t zero[5];
    int64_t at_ns; /* when it leaves */
};

struct io_opening {
    uint32_t stream;
    uint32_t path_size;
    const char *endpoint;
    const char *path;
    const char *headers; /* "Name: value\r\n" lines, credentials set in by now */
    const char *ping;    /* said when nothing was said for ping_ns; size 0: what the transport has for it */
    uint32_t headers_size;
    uint32_t ping_size;
    uint32_t message_max; /* bytes; 0: not said */
    uint32_t flags;       /* OC_OPEN_... */
    uint8_t frame;        /* OC_FRAME_... */
    uint8_t zero[7];
    int64_t ping_ns;    /* 0: not said */
    int64_t silence_ns; /* heard nothing for so long: it is dead; 0: not said */
};

struct io_link {
    void *self;
    oc_rc (*open)(void *self, const struct io_opening *opening);
    /* OC_OK: it left. OC_E_STATE: the stream is not up, nothing left. */
    oc_rc (*send)(void *self, uint32_t stream, const void *bytes, uint32_t size);
    /* OC_OK: taken over; what becomes of it is a happening. Anything else: no byte left. */
    oc_rc (*http)(void *self, const struct io_exchange *exchange);
    void (*close)(void *self, uint32_t stream);
    /* OC_OK: *ret is what happens next, at or before until_ns. OC_E_AGAIN: nothing does, until then. OC_E_END: nothing ever. */
    oc_rc (*next)(void *self, int64_t until_ns, struct io_happening *ret);
    void (*taken)(void *self);
    /* When something happens by itself; INT64_MAX: it waits for us, or has ended. */
    int64_t (*next_ns)(void *self);
    /* The host and port that an endpoint of the description is reached by; NULL, or no such function: those that stand there. */
    const char *(*authority)(void *self, const char *endpoint);
    /* Makes a connection to it, TLS and all, has an answer of HTTP where it speaks that, and closes it: IO_PROBED. NULL: it cannot. */
    oc_rc (*probe)(void *self, const char *endpoint, uint64_t number);
};

#endif
