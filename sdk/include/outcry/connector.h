/* connector.h: an exchange connector: a codec. Bytes in, events out; requests in, bytes out.
 *
 * Invariants
 * - The host owns sockets, TLS, HTTP, WebSocket, retry, reconnection, limits, clocks, timers, keys, client ids, subscriptions,
 *   cursors, and the list of what was sent and not answered. A connector owns what is true for one connection only.
 * - A call is a transaction (services.h). OC_E_AGAIN from any call: nothing happened, make it again.
 * - What became of an order request is proven by the host: an exchange that never left is NOT_THERE, one that left and got no
 *   whole answer, or an answer of which the connector made no event, is UNKNOWN. A connector only reads answers.
 * - A request() that returns OC_OK has tied each of its requests to an http or a send, or has answered it by an event; one that
 *   has not is a fault of the codec: the call is dropped, and the requests are refused as NOT_SENT.
 * - Bytes are made when they leave: request(), fetch() and subscribe() are called when limit, breaker and stream allow it, so
 *   nothing that is signed waits in a queue.
 * - A connector calls no clock, no random numbers, no socket, no thread, no file: the host refuses one that does (`impure`).
 *   So the same binary runs on the real network, on transcripts, in the fault simulation and in a process of its own.
 * - [io][remote] throughout. All pointers are borrowed until the call returns. */
#ifndef OUTCRY_CONNECTOR_H
#define OUTCRY_CONNECTOR_H

#include <outcry/venue.h>

enum { OC_ACCOUNT_MAX = 32 };

enum {                         /* oc_account.state */
       OC_ACCOUNT_ADDED = 1,   /* also said again for one that is there: what is open stays open */
       OC_ACCOUNT_RENEWED = 2, /* its credentials are new: handles and forms made of the old ones are void */
       OC_ACCOUNT_GONE = 3
};

/* An account of this instance; accounts of an instance share venue and environment. */
struct oc_account {
    uint32_t size;
    uint32_t account; /* the engine's number; also names it in every service */
    uint32_t source;  /* what its events carry in head.source */
    uint32_t state;   /* OC_ACCOUNT_ADDED ... */
    uint32_t asset; /* its currency, where the venue counts in one; 0: not known yet. Known, the call is made again. */
    uint32_t zero;
    char name[OC_ACCOUNT_MAX]; /* as the configuration calls it */
    struct oc_id
        venue_account; /* as the venue calls it: portfolio, sub-account, account number; size 0: the key's own */
};

enum {                                 /* oc_start.flags */
       OC_START_MARKET_ONLY = 1u << 0, /* market data only */
       OC_START_NO_ORDERS = 1u << 1    /* no orders will be asked for */
};

struct oc_start {
    uint32_t size;
    uint32_t env;        /* OC_ENV_... */
    uint32_t generation; /* 1, or more when it takes over from another: streams are opened anew, orders go on */
    uint32_t flags;      /* OC_START_MARKET_ONLY ... */
};

/* One page of a question. The events that answer it, then OC_EV_FETCHED with the token, all in one or several calls. */
struct oc_fetch {
    uint32_t size;
    uint32_t kind; /* OC_FETCH_... */
    uint64_t token;
    uint32_t account;   /* 0: public */
    uint32_t inst;      /* 0: all */
    int64_t from_ns;    /* inclusive; 0: not said */
    int64_t to_ns;      /* exclusive; 0: not said */
    int64_t period_ns;  /* BARS */
    uint32_t depth;     /* BOOK */
    uint32_t limit;     /* rows wanted of the page; 0: as many as it gives */
    uint32_t asset;     /* LEDGER, BALANCES; 0 all */
    uint32_t lane;      /* OC_LANE_... */
    uint64_t order;     /* ORDER, FILLS: ours */
    int64_t created_ns; /* of that order */
    struct oc_id client;
    struct oc_id venue_order;
    char underlying[OC_SYMBOL_MAX]; /* INSTRUMENTS of an option chain; "" all */
    struct oc_cursor
        cursor; /* of the page before, or where the last question of this kind and account ended, in another life too */
};

enum {
    OC_SUB_ADD = 1,
    OC_SUB_REMOVE = 2,
    OC_SUB_RESYNC = 3, /* these are subscribed and no longer trusted: make the venue begin again */
    OC_SUB_SET = 4     /* streams with the set in their url: this is the whole of it from now on */
};

struct oc_sub {     /* frozen */
    uint32_t inst;  /* 0: the account's private topic */
    uint32_t topic; /* one of OC_TOPIC_... */
    uint32_t account;
    uint32_t depth;
    int64_t period_ns;
    uint64_t zero;
};

enum {
    OC_STREAM_NONE = 0,
    OC_STREAM_UP = 1,      /* bytes can pass; log in, then net.ready() */
    OC_STREAM_DOWN = 2,    /* it fell; opened again by itself if it is to be kept */
    OC_STREAM_REFUSED = 3, /* the venue said no: HTTP status, and the words in bytes */
    OC_STREAM_CLOSED = 4   /* as asked */
};

struct oc_stream {
    uint32_t size;
    uint32_t stream;
    uint16_t state;  /* OC_STREAM_... */
    uint16_t status; /* HTTP status of the answer that began or refused it, 0 none */
    uint32_t account;
    uint32_t why;
    uint32_t bytes_size;
    const void *bytes; /* REFUSED: at most 4 KiB of the body. UP: the header lines */
    int64_t at_ns;
    uint64_t user[2];
};

struct oc_message {
    uint32_t size;
    uint32_t stream;
    uint8_t kind; /* OC_MESSAGE_... */
    uint8_t zero[3];
    uint32_t bytes_size;
    const void *bytes;   /* a whole message; behind it stand 16 bytes of zeros that may be read */
    int64_t received_ns; /* when its last byte was read from the socket */
    uint64_t number;     /* of this connection's messages, from 1 */
    uint32_t account;
    uint32_t zero1;
    uint64_t user[2];
};

/* A whole answer, inflated. Answers that are not whole never come here. */
struct oc_response {
    uint32_t size;
    uint16_t status;
    uint16_t endpoint;
    uint64_t exchange;
    uint64_t request; /* as given with http */
    uint64_t token;
    uint64_t user[3];
    uint32_t account;
    uint32_t headers_size;
    const char *headers; /* lines "name: value\r\n", names in lower case */
    const void *body;    /* 16 readable zeros behind */
    uint32_t body_size;
    uint32_t zero;
    int64_t sent_ns;
    int64_t received_ns;
    const struct oc_venue_request *asked; /* the order requests that it carried, walked by head.size; NULL none */
    const struct oc_fetch *fetch;         /* the fetch of `token`, NULL none */
    uint32_t asked_count;
    uint32_t asked_size;
};

enum {
    OC_BATCH_SINGLE = 0,
    OC_BATCH_FREE = 1, /* each stands for itself: one message may carry them all */
    OC_BATCH_GROUP = 2 /* one group, native at the venue (OC_RQ_NATIVE): all in one message or none */
};

struct oc_connector {
    uint32_t size;
    uint32_t flags;               /* 0 */
    const struct oc_venue *venue; /* static */
    oc_rc (*start)(void *self, const struct oc_start *start);
    oc_rc (*account)(void *self, const struct oc_account *account);
    /* OC_E_NOT_SUPPORTED: the description does not offer it. */
    oc_rc (*fetch)(void *self, const struct oc_fetch *fetch);
    /* All of one stream and one account. stream 0: none that carries the topic has room: open one; the call is made again when
     * it is ready. Called again with all of them after a stream came up anew. */
    oc_rc (*subscribe)(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
    oc_rc (*stream)(void *self, const struct oc_stream *stream);
    /* OC_FRAME_RAW: returns how many bytes it took off the front, 0: it needs more. Else OC_OK. A negative code other than
     * OC_E_AGAIN and OC_E_FULL: the message is dropped and counted. */
    oc_rc (*message)(void *self, const struct oc_message *message);
    oc_rc (*response)(void *self, const struct oc_response *response);
    /* `count` requests one behind the other, `size` bytes in all, walked by head.size; of one account, and of one kind. OC_OK:
     * on its way. OC_E_AGAIN: not yet (the host waits until send_by_ns). Any other code: nothing left, definitively refused; say
     * why by committing an OC_EV_REJECTED instead and returning OC_OK. */
    oc_rc (*request)(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch);
    oc_rc (*timer)(void *self, uint64_t timer, uint64_t user);
    /* No new work after this; returns OC_OK when idle, OC_E_AGAIN before deadline_ns. */
    oc_rc (*quiesce)(void *self, int64_t deadline_ns);
};

/* The next request of a batch. */
static inline const struct oc_venue_request *oc_request_next(const struct oc_venue_request *request)
{
    return (const struct oc_venue_request *)(const void *)((const char *)request + request->ask.head.size);
}

#endif
