/* venue.h: a venue as the host holds it: one connector, its streams, what was asked of it and is not answered, what it is to say.
 *
 * Invariants
 * - A call of the connector is a transaction: what it commits, sends, opens, asks and sets takes effect in that order when it returned 0
 *   or more, and leaves no trace otherwise.
 * - What became of a request is proven here: what never left is NOT_THERE; what left and got no whole answer, or one of which the
 *   connector made no event, is UNKNOWN. Each request comes to exactly one of: an answer of the connector, NOT_THERE, UNKNOWN, or a
 *   definitive rejection.
 * - Nothing is sent twice by the host. What waits and has not left can be taken back.
 * - An order of which nobody knows what became is asked about until the venue has shown it or its end. Not found proves something only when
 *   it was said twice, each time as late as the description says (absence_ns): then a new order is NOT_THERE.
 * - Where the world says so (syncs), a venue is compared with what is known before it may be given new risk: at the start, and whenever a
 *   stream of an account was lost. Until then its link is SYNCING. From time to time, on suspicion and when it is asked for it is compared
 *   beside trading.
 * - The offset of the venue's clock is that of the sample with the smallest error, which grows with its age. Where the description says
 *   that signed times matter, nothing is signed while it is worse than the window, nor behind a step of our own clock.
 * - Time is given from outside; nothing here waits. io_venue_pump does one thing, io_venue_next_ns says when there is more to do.
 * - Bounded: IO_STREAMS_MAX, IO_PENDING_MAX, IO_TIMERS_MAX, IO_SUBS_MAX, IO_FETCHES_MAX, IO_QUESTIONS_MAX. */
#ifndef IO_VENUE_H
#define IO_VENUE_H

#include "base/checked.h"
#include "base/plugin_call.h"
#include "io/limits.h"
#include "io/limits_shared.h"
#include "io/link.h"
#include "io/queue.h"
#include "io/signer.h"
#include "io/venue_names.h"

#include <outcry/connector.h>

struct wire_log;

enum {
    IO_STREAMS_MAX = 32,
    IO_PENDING_MAX = 8192,
    IO_TIMERS_MAX = 256,
    IO_SUBS_MAX = 4096,
    IO_FETCHES_MAX = 1024,
    IO_FETCH_TRIES = 5,
    IO_OPS_MAX = 4096, /* of one call */
    IO_FORMS_MAX = 64, /* prepared exchanges */
    IO_ACCOUNTS_MAX = 16,
    IO_CALL_ROOM = 65536,   /* bytes of events that every call may say, beside four for each byte of input */
    IO_SKIPS_SAID = 16,     /* kinds of skipped things of which the first is logged */
    IO_DOUBTS_ASKED = 16,   /* questions about single orders under way at once */
    IO_QUESTIONS_MAX = 512, /* of one comparison */
    IO_SHARED_MAX = 64,     /* costs that one call takes of shared limits */
    IO_CLOCK_SAMPLES = 8,   /* of the venue's clock that are kept */
    IO_CLOCK_FIRST = 3,     /* that are taken one behind the other */
    IO_CLOCK_PPM = 100,     /* how fast two clocks may part: quartz is within 50 */
    IO_BREAKER = 5,         /* exchanges in a row that come to nothing: an endpoint is left alone */
    IO_MOVED_WORDS = 200,   /* of another place of an endpoint; a multiple of eight */
    IO_WAITS_MAX = 32,      /* endpoints of which it is known by itself how long they want to be left alone */
    IO_ABSENT_TIMES = 2     /* not found so often, as late as it must be: it is not there */
};

#define IO_ARENA_MAX      ((size_t)64 << 20) /* bytes of what one call sends */
#define IO_BACKOFF_NS     1000000000ll /* first wait before a stream is opened again, less up to a quarter; doubles up to */
#define IO_BACKOFF_MAX_NS 60000000000ll /* this; from the start when it was ready for so long */
#define IO_RETRY_NS       50000000ll /* what said OC_E_AGAIN is tried again after this, or when anything has happened */
#define IO_DEADMAN_MIN_NS 5000000000ll
#define IO_DEADMAN_MAX_NS 86400000000000ll
#define IO_HOST_REQUEST                                                                                                \
    (1ull << 62) /* of numbers of requests that the host makes here: the engine gives none of them */
#define IO_SEND_BY_NS     5000000000ll  /* a request that names no deadline waits so long */
#define IO_ANSWER_NS      10000000000ll /* an answer is late, where the description does not say */
#define IO_ABSENCE_NS     60000000000ll /* not found proves nothing before, where the description does not say */
#define IO_CLOCK_NS       60000000000ll /* the venue's clock is asked for so often */
#define IO_CLOCK_FIRST_NS 200000000ll   /* and so long behind one of the first */
#define IO_RECONCILE_NS                                                                                                \
    600000000000ll                    /* it is compared so often without a reason, where the description does not say */
#define IO_ABSENT_NS     1000000000ll /* between two times of not found */
#define IO_LIMIT_SAID_NS 1000000000ll /* at least, between two times that a limit is said to be closed */

enum io_site {
    IO_SITE_START,
    IO_SITE_ACCOUNT,
    IO_SITE_FETCH,
    IO_SITE_SUBSCRIBE,
    IO_SITE_STREAM,
    IO_SITE_MESSAGE,
    IO_SITE_RESPONSE,
    IO_SITE_REQUEST,
    IO_SITE_TIMER,
    IO_SITE_QUIESCE,
    IO_SITES
};

enum io_stream_state {
    IO_STREAM_FREE,
    IO_STREAM_NEW,
    IO_STREAM_OPENING,
    IO_STREAM_OPEN,
    IO_STREAM_READY,
    IO_STREAM_WAITS
};

struct io_stream {
    uint8_t state;   /* IO_STREAM_... */
    bool is_of_call; /* opened by the running call: gone where that fails */
    uint16_t endpoint;
    uint32_t number; /* the connector's name for it; the same when it is opened again */
    uint32_t link;   /* the link's, of this opening */
    uint32_t flags;  /* OC_OPEN_... */
    uint32_t account;
    uint32_t carries;
    uint32_t room;
    uint32_t tries;
    uint32_t path_size;
    uint64_t messages; /* of this opening */
    uint64_t logged;   /* the number of the one that the network's log has */
    uint64_t user[2];
    int64_t ready_ns; /* READY: since when */
    int64_t again_ns; /* WAITS: when it is opened */
    char *path;       /* owned; headers and ping stand behind it */
    uint32_t headers_size;
    uint32_t ping_size;
    uint32_t message_max; /* as it was opened, and the next four */
    uint8_t frame;
    uint8_t zero[3];
    int64_t ping_ns;
    int64_t silence_ns;
    int64_t age_ns;     /* its venue ends it then; 0: not said */
    int64_t up_ns;      /* since when its connection is there */
    int64_t succeed_ns; /* READY: when the next connection is made */
    int64_t next_up_ns; /* of that one; 0: it is not there */
    uint32_t next_link; /* the link's number of it; 0: none is on its way */
    bool is_succeeding; /* one has taken the place of another, and is not ready yet */
    uint8_t zero1[3];
    int64_t tell_ns; /* not told before: it said OC_E_AGAIN */
    uint16_t tell;   /* OC_STREAM_... that the connector is to be told; 0: nothing */
    uint16_t status;
    uint32_t why;
    uint32_t words_size;
    char *words; /* owned: what the venue said to it */
};

enum io_pending_state {
    IO_PENDING_WAITS, /* in the outbound queue: not a byte has left */
    IO_PENDING_GOES,  /* tied by the running call */
    IO_PENDING_LEFT,  /* on its way, not answered */
    IO_PENDING_DONE   /* answered, or proven; goes when the queue is next looked at */
};

struct io_pending {
    struct oc_venue_request *ask; /* owned; ask.head.size bytes */
    uint64_t exchange;            /* 0: by a stream */
    uint32_t stream;
    uint8_t state; /* IO_PENDING_... */
    uint8_t lane;
    bool is_batch;   /* of the running call */
    bool is_limited; /* it waits, or has waited, for a limit */
    bool asks_name;  /* it waits for the venue's name of its order, which was asked for */
    int64_t send_by_ns;
    int64_t left_ns;
    int64_t answer_by_ns;
};

struct io_timer {
    uint64_t id;
    uint64_t user;
    int64_t at_ns;
};

enum io_sub_state { IO_SUB_WANTED, IO_SUB_CARRIED };

struct io_sub {
    struct oc_sub sub;
    uint32_t stream; /* 0: none yet */
    uint32_t state;
};

struct io_fetch {
    struct oc_fetch ask;
    uint64_t exchange;    /* 0: not asked, or by a stream */
    int64_t again_ns;     /* when it may be asked */
    int64_t asked_ns;     /* when its page was asked for last */
    int64_t answer_by_ns; /* asked: it is lost by then */
    uint64_t moves;       /* of its account, when it was asked */
    uint32_t tries;
    uint32_t stream; /* 0: not asked, or by an exchange */
    bool is_asked;
};

enum io_op_kind {
    IO_OP_OPEN = 1,
    IO_OP_SEND,
    IO_OP_HTTP,
    IO_OP_CLOSE,
    IO_OP_FAIL,
    IO_OP_READY,
    IO_OP_TIMER,
    IO_OP_UNTIMER,
    IO_OP_MISSED,
    IO_OP_STORE
};

/* How long an endpoint wants to be left alone, as its answers say. */
struct io_wait {
    int64_t all_ns;         /* nothing is sent there before */
    int64_t but_cancels_ns; /* nothing but cancels */
    int64_t said_ns;        /* when it was said last */
    int64_t broken_ns;      /* nothing but cancels, for what was asked came to nothing */
    int64_t trial_ns; /* behind that one exchange tries it; the others wait for what becomes of it, at most until */
    uint32_t tries;   /* said so often without a time, and nothing let through since */
    uint32_t lost;    /* exchanges in a row that came to nothing */
};

struct io_counts {         /* since the start of this life */
    uint64_t sent;         /* requests that left */
    uint64_t never_left;   /* late, taken back, or no longer wanted */
    uint64_t unknown;      /* of which nobody knew what became */
    uint64_t absent;       /* of these: proven not to be there */
    uint64_t reconnects;   /* streams that came up again */
    uint64_t limited;      /* requests that had to wait for a limit */
    uint64_t broken;       /* times that an endpoint was left alone, for nothing was answered */
    uint64_t moves;        /* times that another place of an endpoint was taken */
    uint64_t told_to_wait; /* times that an answer asked to be left alone */
    uint64_t succeeded;    /* streams that went over to a new connection before their venue would have ended them */
    uint64_t compared;     /* times that it was compared with what is known, to the end */
};

struct io_op {    /* of the running call; texts are offsets into the arena */
    uint8_t kind; /* IO_OP_... */
    uint8_t method;
    uint16_t endpoint;
    uint32_t stream;
    uint64_t exchange; /* or the timer's id */
    uint64_t request;
    uint64_t token;
    uint64_t user[3];
    int64_t at_ns; /* timer; answer_ns */
    uint32_t account;
    uint32_t why;  /* or the kind that was missed */
    uint32_t lane; /* OC_LANE_CANCEL: it cancels */
    size_t path, headers, body;
    struct oc_cost held; /* given back with the answer; weight 0: nothing */
    uint32_t path_size, headers_size, body_size;
    uint32_t flags;
};

struct io_exchange_kept { /* what comes back with its answer */
    uint64_t exchange;
    uint64_t request;
    uint64_t token;
    uint64_t user[3];
    int64_t sent_ns;
    struct oc_cost held;
    uint32_t account;
    uint16_t endpoint;
    bool is_batch;
    bool is_read; /* for what it says of waiting: once, however often it is given to the connector */
    uint32_t lane;
};

struct io_form { /* an exchange but for the end of its path, its body and its costs */
    char *text;  /* path, then headers, credentials set in; owned */
    uint32_t path_size, headers_size;
    uint32_t account;
    uint16_t endpoint;
    uint8_t method;
};

struct io_stored { /* by a connector, under a key */
    uint32_t account;
    uint32_t size;
    char key[OC_STORE_KEY_MAX];
    char *bytes; /* owned */
};

struct io_cursor { /* where the last question of this kind ended */
    uint32_t kind;
    uint32_t account;
    uint32_t inst;
    uint32_t zero;
    struct oc_cursor cursor;
};

struct io_deadman {
    int64_t after_ns; /* the venue acts when it has heard nothing for so long; 0: there is no switch */
    int64_t at_ns;    /* when it is refreshed next */
    uint32_t account;
    bool is_armed;
};

/* An order that is open, as the engine knows it. */
struct io_open_order {
    struct oc_request now;
    uint64_t request; /* the amendment under way, 0 none */
    uint8_t asked;    /* OC_REQUEST_...: of which no answer is known; 0: nothing */
    bool is_unknown;  /* the records say so already */
    bool is_proven;   /* the venue has taken it */
    uint8_t zero;
    uint32_t revision; /* in the name that the amendment gives the order */
};

/* What became of an order is to be asked, or whether it is as it is known. */
struct io_doubt {
    struct oc_venue_request *about; /* owned; ask.kind 0: nothing is under way */
    int64_t again_ns;               /* it is asked then; INT64_MAX: a question or a list is under way */
    int64_t proof_ns;               /* not found proves nothing to a question of before */
    int64_t shown_ns;               /* and an order as it was proves nothing of a change */
    int64_t asked_ns;
    uint64_t token; /* of the question under way, 0 none */
    uint32_t tries;
    uint32_t absent;  /* times it was not found */
    bool is_new_name; /* asked by the name that an amendment was to give */
    bool is_proven;
    bool waits_for_list;
    bool was_asked; /* and answered, whatever the answer */
    bool is_known;  /* the venue has shown it: it goes when the table is next looked at */
    bool is_open;   /* while a comparison begins */
    uint8_t zero[2];
};

struct io_question { /* of a comparison */
    uint64_t token;
    uint32_t kind;
    uint32_t account;
    uint32_t inst;
    bool is_done;
    bool is_old;   /* something moved the account since it was asked: it is asked again */
    uint8_t tries; /* for that reason */
    uint8_t zero[1];
};

enum io_sync_state {
    IO_SYNC_NONE,   /* nothing to compare, or it was compared */
    IO_SYNC_WANTED, /* when the streams are up */
    IO_SYNC_ASKED
};

struct io_sync {
    struct io_question *questions; /* IO_QUESTIONS_MAX; owned; NULL: never asked */
    uint32_t count;
    uint32_t tries;
    int64_t again_ns;
    int64_t began_ns;
    int64_t late_ns;     /* it is said then that it takes long */
    int64_t from_ns;     /* what happened before is known: where a venue is asked by time */
    int64_t next_ns;     /* it is compared again then, without a reason; 0: it never was */
    int64_t compared_ns; /* when that came to its end last; 0: never */
    int64_t suspect_ns;  /* a suspicion is not looked into before */
    uint8_t state;       /* IO_SYNC_... */
    bool is_resumed;
    bool asks_balances; /* all else has been answered */
    bool is_beside;     /* trading goes on meanwhile: nothing says that something was missed */
    uint8_t zero[4];
};

struct io_shared_cost { /* taken by the running call: given back where that fails */
    uint64_t key;
    uint32_t limit;
    uint32_t weight;
};

struct io_clock_sample { /* the venue's clock - ours, when it was asked, and how far that may be wrong */
    int64_t offset_ns;
    int64_t error_ns;
    int64_t at_ns;
};

struct io_clock {
    struct io_clock_sample samples[IO_CLOCK_SAMPLES]; /* a ring */
    uint64_t count;                                   /* ever, since our clock was set last */
    uint64_t token;                                   /* of the question under way, 0 none */
    int64_t again_ns;                                 /* it is asked then */
    uint32_t steps;                                   /* of our clock, as they were seen last */
    bool was_good;                                    /* as it was said last */
    uint8_t zero[3];
};

struct io_world {
    const int64_t *now_ns;      /* borrowed: the session's time */
    uint64_t seed;              /* of random() and of waits before opening again */
    uint32_t env;               /* OC_ENV_... */
    uint32_t market_source;     /* what head.source becomes where a connector leaves 0 */
    const struct keyring *keys; /* of its accounts; NULL: none is configured; borrowed */
    struct venue_assets assets;
    /* Whether there is an order of that number; NULL: answers name orders by their number alone. */
    bool (*has_order)(void *self, uint64_t order);
    /* How its venue calls an order now, as far as it has said so (size 0: not); NULL: nobody knows. */
    void (*called)(void *self, uint64_t order, struct oc_id *ret_client, struct oc_id *ret_venue);
    /* The position that the fills of an order named (size 0: none); NULL: nobody knows. */
    void (*position)(void *self, uint64_t order, struct oc_id *ret_position);
    /* The open order of its accounts behind that of the number `after` (0: the first); false: there is none more. NULL: nobody knows. */
    bool (*next_open)(void *self, uint64_t after, struct io_open_order *ret_open);
    uint32_t client_tag;          /* of the ids that orders go out under, see client_id.h; 0: none */
    bool syncs;                   /* it is compared before new risk, and its clock before anything is signed */
    struct limits_shared *limits; /* with other processes of this machine; NULL: with none. Borrowed */
    const char *title;     /* of its group of the configuration, for the network's log; NULL: the plugin's. Borrowed */
    struct wire_log *wire; /* the network's log; NULL: there is none. Borrowed */
    int64_t (*clock)(void *self); /* the time as a request leaves; NULL: `now_ns` is all there is */
    const uint32_t *clock_steps;  /* how often the time above has jumped; NULL: it never does. Borrowed */
    void *self;
};

struct io_venue {
    const struct oc_connector *table;
    void *self;
    const char *name; /* the plugin's id, for words; borrowed */
    struct io_link link;
    struct io_world world;
    struct queue queue;
    struct venue_names names;
    struct limits limits;
    struct signer signer;
    struct limits limits_before; /* the running call */
    bool has_limits_before;
    struct io_shared_cost shared[IO_SHARED_MAX];
    uint32_t shared_count;
    struct plugin_site sites[IO_SITES];
    struct io_stream streams[IO_STREAMS_MAX];
    uint32_t stream_top; /* none was ever behind that place */
    struct oc_account accounts[IO_ACCOUNTS_MAX];
    uint32_t account_count;
    uint32_t reach[IO_ACCOUNTS_MAX];    /* OC_VENUE_...: what was said of it last, by place of the account */
    uint64_t moves[IO_ACCOUNTS_MAX];    /* orders that left, and fills that were told, by place of the account */
    uint32_t denied[IO_ACCOUNTS_MAX];   /* OC_WHY_...: why its key is refused; 0: it is not */
    struct io_wait waits[IO_WAITS_MAX]; /* by place of the endpoint in the description */
    int64_t banned_ns;                  /* nothing is sent before */
    struct oc_ev_limit limited;         /* what the running call has met: size 0: nothing */
    int64_t limit_said_ns[LIMITS_MAX];  /* until when it was said of each that it is closed */
    struct io_counts counts;
    struct io_pending *pending; /* oldest first; owned */
    uint32_t pending_count, pending_room;
    struct io_deadman deadmen[IO_ACCOUNTS_MAX];
    uint32_t deadman_count;
    struct io_timer timers[IO_TIMERS_MAX];
    uint32_t timer_count;
    struct io_sub *subs; /* owned */
    uint32_t sub_count, sub_room;
    struct io_fetch *fetches; /* owned */
    uint32_t fetch_count, fetch_room;
    struct io_cursor *cursors; /* owned */
    uint32_t cursor_count, cursor_room;
    struct io_doubt *doubts; /* owned */
    uint32_t doubt_count, doubt_room;
    struct io_sync sync;
    struct io_stored stored[OC_STORE_KEYS_MAX];
    uint32_t stored_count;
    struct io_exchange_kept *exchanges; /* under way; owned */
    uint32_t exchange_count, exchange_room;
    struct io_form forms[IO_FORMS_MAX];
    uint32_t form_count;
    struct io_op *ops; /* of the running call; owned */
    uint32_t op_count, op_room;
    char *arena; /* owned */
    size_t arena_size, arena_room;
    uint64_t numbers; /* streams, exchanges, timers and tokens that were given */
    uint32_t links;   /* openings */
    uint64_t random;  /* state */
    struct io_clock clock;
    int64_t clock_ns; /* of what happened last */
    int64_t
        retry_ns; /* when requests, subscriptions or fetches that said OC_E_AGAIN are tried again; INT64_MAX: none did */
    int64_t
        held_ns; /* what the link gives next said OC_E_AGAIN, and is not given again before; INT64_MIN: nothing did */
    enum io_site site; /* of the running call, or of the last */
    bool is_in_call;
    bool has_spliced;  /* credentials stand in the arena */
    bool has_work;     /* requests, subscriptions or fetches may go now */
    bool reach_is_old; /* a stream is not as it was */
    bool is_quiet;     /* no new work */
    size_t call_room;  /* of the next try of a call that said OC_E_FULL */
    bool is_silent;    /* what cannot be used is counted and not logged */
    uint64_t unread;   /* messages and answers that the connector could not use */
    oc_rc lost;        /* below 0: a word of the host that could not be kept; the run must end */
    oc_rc unread_rc;   /* what it said to the last of them */
    uint64_t faults;   /* calls that broke their rules */
    uint64_t skipped;
    uint64_t skip_kinds[IO_SKIPS_SAID]; /* hashes of what was logged once */
    uint32_t skip_kind_count;
};

/* `self` of the connector comes with io_venue_start; its services hold from here on. Owned: io_venue_release. OC_E_NOMEM. [setup] */
CHECKED oc_rc io_venue_init(struct io_venue *venue, const struct oc_connector *table, const char *name,
                            const struct io_link *link, const struct io_world *world);
void io_venue_release(struct io_venue *venue);
CHECKED oc_rc io_venue_start(struct io_venue *venue, void *self);
CHECKED oc_rc io_venue_account(struct io_venue *venue, const struct oc_account *account);
/* The connector is gone in the midst of it all (isolate.h): its streams are closed, what left and is not answered is UNKNOWN and asked about,
 * and the venue is down until it was compared anew. Until io_venue_take_codec each call of the table says OC_E_AGAIN. Within no call. */
CHECKED oc_rc io_venue_lose_codec(struct io_venue *venue);
/* Another one of the same kind takes its place: it is started, and given the accounts. */
CHECKED oc_rc io_venue_take_codec(struct io_venue *venue, uint32_t generation);
/* An account that its connector is not told of: no key, no stream and no order of it, but it hears whether the venue is reached. */
CHECKED oc_rc io_venue_watch(struct io_venue *venue, const struct oc_account *account);
/* A session goes on: what its records say of cursors and of what the connector has stored, in their order; what else they say is passed
 * over. Before io_venue_start. */
CHECKED oc_rc io_venue_recall(struct io_venue *venue, const struct oc_event *event);
/* A session goes on, behind io_venue_account of all: what was asked for and not answered is UNKNOWN and will be asked about. `from_ns`: when
 * its records end. OC_E_NOT_SUPPORTED: there are open orders (*ret_count) and the venue cannot be asked about one. */
CHECKED oc_rc io_venue_resume(struct io_venue *venue, int64_t from_ns, uint32_t *ret_count);
/* The same: from where its records end nothing was heard. What it says next is where it is now. */
CHECKED oc_rc io_venue_say_down(struct io_venue *venue);
/* Nothing is in the way at this account, as far as its connector has said: one of an earlier life says nothing more. */
CHECKED oc_rc io_venue_say_open(struct io_venue *venue, uint32_t source);
/* Whether it may be given new risk, as far as comparing goes. */
static inline bool io_venue_is_compared(const struct io_venue *venue)
{
    return venue->sync.state == IO_SYNC_NONE || venue->sync.is_beside;
}
/* It is compared once more, and goes on trading meanwhile. OC_E_NOT_SUPPORTED: it cannot be asked, or is not compared at all. */
CHECKED oc_rc io_venue_reconcile(struct io_venue *venue);
/* A new one, or a new version: requests that wait with the steps of before are NOT_THERE. */
CHECKED oc_rc io_venue_instrument(struct io_venue *venue, const struct oc_instrument *instrument);
/* Wanted from now on, on whatever stream carries it. OC_E_NOT_SUPPORTED: the description does not offer the topic. */
CHECKED oc_rc io_venue_subscribe(struct io_venue *venue, const struct oc_sub *sub);
/* What it carries of that topic is no longer believed: the connector is to make the venue begin again. OC_E_AGAIN: nothing is carried now. */
CHECKED oc_rc io_venue_resync(struct io_venue *venue, uint32_t topic, uint32_t inst);
/* Asked as soon as it may be; what comes of it ends with OC_EV_FETCHED and the token. OC_E_NOT_SUPPORTED as above. */
CHECKED oc_rc io_venue_fetch(struct io_venue *venue, const struct oc_fetch *ask, uint64_t *ret_token);
/* Fills of an order are missing: all that came behind the last question, or those of the order alone where the venue can be asked so. One
 * that waits for the same serves both. OC_E_NOT_SUPPORTED: fills cannot be fetched. */
CHECKED oc_rc io_venue_fetch_fills(struct io_venue *venue, const struct oc_request *request);
/* Takes a request over, to be sent as soon as it may be. A cancel of what has not left takes that back. OC_E_FULL. */
CHECKED oc_rc io_venue_request(struct io_venue *venue, const struct oc_request *request);
/* Kill, latch, disconnect: what adds risk and has not left never does. `account` 0: of all. */
void io_venue_withdraw(struct io_venue *venue, uint32_t account, uint32_t why);

/* From now on the venue cancels everything of the account when it has heard nothing for so long; refreshed at a third of that, and as
 * long as the venue is pumped. Once an account. OC_E_NOT_SUPPORTED, OC_E_LIMIT, OC_E_RANGE: from IO_DEADMAN_MIN_NS to
 * IO_DEADMAN_MAX_NS. */
CHECKED oc_rc io_venue_deadman(struct io_venue *venue, uint32_t account, int64_t after_ns);
/* A clean end: what is open stays. */
CHECKED oc_rc io_venue_disarm(struct io_venue *venue);

/* One thing that is due at or before until_ns. 1: done; 0: nothing is; OC_E_END: nothing ever will be. Other codes: no memory, a limit. */
CHECKED oc_rc io_venue_pump(struct io_venue *venue, int64_t until_ns);
/* When there is more to do; INT64_MAX: only when something is asked. A dead man's switch is no reason for time to go on: it is refreshed
 * when it does. */
int64_t io_venue_next_ns(const struct io_venue *venue);
/* The time of what was done last, or the session's. */
int64_t io_venue_now(const struct io_venue *venue);
/* What it has said, oldest first; NULL: nothing more. */
static inline const struct oc_event *io_venue_first(const struct io_venue *venue) { return queue_first(&venue->queue); }
static inline void io_venue_drop(struct io_venue *venue) { queue_drop(&venue->queue); }
/* No new work. OC_OK: idle; OC_E_AGAIN: not yet. */
CHECKED oc_rc io_venue_quiesce(struct io_venue *venue, int64_t deadline_ns);

/* Something that the codec does not know: counted, the first of each kind logged. [any] */
void io_venue_skip(struct io_venue *venue, const char *what, const void *sample, uint32_t size);

/* The table of an io service for the connector whose host.impl begins with a struct host_impl; NULL: none of that name. */
const void *io_venue_service(const char *id);

#endif
