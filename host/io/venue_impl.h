/* venue_impl.h: what the files of host/io/venue*.c share. */
#ifndef IO_VENUE_IMPL_H
#define IO_VENUE_IMPL_H

#include "io/venue.h"

/* The call protocol: io_call_begin, the connector's function, io_call_end. What stands is carried out by io_call_end. Between them
 * `judge` may look at what was said and tied. */
void io_call_begin(struct io_venue *venue, enum io_site site, size_t input_size);
/* `rc` as the connector returned it. Carries out what was asked for where rc is not negative; returns rc, or what carrying out
 * failed with. */
CHECKED oc_rc io_call_end(struct io_venue *venue, oc_rc rc);
/* In place of io_call_end: the connector said OC_E_FULL and there is more room: nothing of it happened, and it is called again. */
bool io_call_again(struct io_venue *venue, oc_rc rc);
/* Room in the arena for a copy; its offset in *ret_at. */
CHECKED oc_rc io_call_keep(struct io_venue *venue, const void *bytes, uint32_t size, size_t *ret_at);
CHECKED oc_rc io_call_op(struct io_venue *venue, const struct io_op *op);

/* Lists that grow by doubling. OC_E_LIMIT at `max`. */
CHECKED oc_rc io_grow(void *list, uint32_t count, uint32_t *room, uint32_t max, size_t each);

static inline uint64_t io_number(struct io_venue *venue) { return ++venue->numbers; }

/* How long an answer may take: as the call said, as the description says, or as every venue may. */
static inline int64_t io_answer_ns(const struct io_venue *venue, int64_t said_ns)
{
    const int64_t described_ns = venue->table->venue->answer_ns;
    return said_ns > 0 ? said_ns : (described_ns > 0 ? described_ns : IO_ANSWER_NS);
}

struct io_stream *io_stream_of(struct io_venue *venue, uint32_t number);
/* It is free: whoever speaks of it is not heard. */
void io_stream_forget(struct io_venue *venue, struct io_stream *stream);
struct io_stream *io_stream_of_link(struct io_venue *venue, uint32_t link);
/* Its last word has been said and it is not to come back. */
static inline bool io_stream_is_over(const struct io_stream *stream)
{
    return stream->state == IO_STREAM_WAITS && stream->again_ns == INT64_MAX;
}
/* What is said of accounts and orders comes by it. */
static inline bool io_stream_is_private(const struct io_stream *stream)
{
    const bool is_of_market = stream->carries && !(stream->carries & OC_TOPIC_PRIVATE);
    return (stream->account && !is_of_market) || (stream->flags & OC_OPEN_ORDERS) ||
           (stream->carries & OC_TOPIC_PRIVATE);
}
/* Behind a change of streams (reach_is_old). */
void io_reach_say(struct io_venue *venue);
/* What goes to an endpoint goes to another place of it. */
void io_reach_moved(struct io_venue *venue, const char *words, uint32_t size);
CHECKED oc_rc io_stream_open(struct io_venue *venue, struct io_stream *stream);
void io_stream_up(struct io_venue *venue, struct io_stream *stream, const struct io_happening *happening);
void io_stream_close(struct io_venue *venue, struct io_stream *stream);
/* What came on it cannot be trusted: closed, and opened again if it is to be kept. */
void io_stream_fail(struct io_venue *venue, struct io_stream *stream, uint32_t why);
/* It fell, was refused or is not to be trusted: `tell` says which. It is opened again or forgotten, and the connector will be told. */
void io_stream_down(struct io_venue *venue, struct io_stream *stream, uint16_t tell, uint32_t why,
                    const struct io_happening *happening);
/* As it is opened, but for its number. */
struct io_opening io_stream_opening(const struct io_venue *venue, const struct io_stream *stream);
/* What was under way on it has no answer, and what it carried is to be asked for anew; the connector will be told that it fell. */
void io_stream_interrupted(struct io_venue *venue, struct io_stream *stream, uint32_t why);

/* Successors of streams whose end is known: venue_successor.c. */
/* It is up since then. */
void io_successor_from(struct io_stream *stream, int64_t up_ns);
void io_successor_due(struct io_venue *venue, int64_t now_ns);
int64_t io_successor_next_ns(const struct io_venue *venue, const struct io_stream *stream);
/* UP, DOWN and REFUSED of one. False: it is of none. */
bool io_successor_heard(struct io_venue *venue, const struct io_happening *happening);
/* A message of one: it takes its place now. NULL: it is of none. */
struct io_stream *io_successor_speaks(struct io_venue *venue, uint32_t link);
/* The connector knows that the one before is gone. */
void io_successor_told(struct io_venue *venue, struct io_stream *stream);
/* Its stream fell or was closed. */
void io_successor_drop(struct io_venue *venue, struct io_stream *stream);
/* Tells the connector of one stream what it is to be told. 1: told, or to be told later; 0: there is nothing to tell now. */
CHECKED oc_rc io_stream_tell(struct io_venue *venue);
CHECKED oc_rc io_stream_reopen(struct io_venue *venue, int64_t now_ns);
int64_t io_stream_next_ns(const struct io_venue *venue);
/* An endpoint is at another place: those that wait to be opened are opened now. */
void io_stream_moved(struct io_venue *venue);
bool io_stream_has_tell(const struct io_venue *venue);
/* Something has happened: what could not be told may be told now. */
void io_stream_tell_soon(struct io_venue *venue);

/* The host's own word about a request or a fetch. */
CHECKED oc_rc io_say(struct io_venue *venue, const struct oc_event *event);

/* Requests. */
/* The connector's events of the running call answer what they name. */
void io_pending_answered(struct io_venue *venue, const struct oc_event *event);
void io_pending_left(struct io_venue *venue, const struct io_op *op, bool left);
/* Everything that left on it, or by the exchange, and is not answered: UNKNOWN; what has not left: NOT_THERE. */
void io_pending_of_stream(struct io_venue *venue, uint32_t stream, uint32_t why);
void io_pending_of_exchange(struct io_venue *venue, uint64_t exchange, bool left, uint32_t why);
CHECKED oc_rc io_pending_flush(struct io_venue *venue);
CHECKED oc_rc io_pending_due(struct io_venue *venue, int64_t now_ns);
int64_t io_pending_next_ns(const struct io_venue *venue);
void io_pending_sweep(struct io_venue *venue);
/* An instrument has other steps under this id: what counts in those of before and has not left never does. */
void io_withdraw_old_steps(struct io_venue *venue, uint32_t inst);
/* The request under way by this number; NULL: none. */
struct io_pending *io_pending_find(struct io_venue *venue, uint64_t request);

/* What an event about an order names. */
struct io_names {
    uint64_t request;
    uint64_t order;
    struct oc_id client;
    struct oc_id venue_order;
    bool is_replaced; /* an end of which the answer to an amendment says more */
};
/* False: it is about no order. */
bool io_names_of(const struct oc_event *event, struct io_names *ret);
/* The same one, and one was said. */
bool io_same_id(const struct oc_id *a, const struct oc_id *b);
bool io_same_order(const struct io_names *said, const struct oc_venue_request *ask);
/* Whether an event of this type answers the request. */
bool io_is_answer(uint16_t type, const struct io_names *said, const struct oc_venue_request *ask);
/* The host's word about a request. */
struct oc_ev_answer io_word(const struct io_venue *venue, const struct oc_request *ask, uint16_t type, uint32_t why);

/* Orders to ask about: venue_doubt.c. */
/* From first_ns on; not found proves nothing before proof_ns. Copies. Without memory nothing is asked. */
struct io_doubt *io_doubt_add(struct io_venue *venue, const struct oc_venue_request *about, bool is_new_name,
                              int64_t first_ns, int64_t proof_ns);
/* Behind OC_EV_UNKNOWN of a request: it is asked about from first_ns on, by the name that it has and by the one that it was to have. */
void io_doubt_left(struct io_venue *venue, const struct oc_venue_request *about, int64_t first_ns);
void io_doubt_answered(struct io_venue *venue, struct oc_event *event);
/* Whether a change or a cancel waits for the venue's own name of its order: of a venue that goes by no other (no OC_CAN_CANCEL_BY_CLIENT), where
 * the answer that was to name it is under way or was lost. Then it is asked for. */
bool io_lacks_name(struct io_venue *venue, struct io_pending *pending);
/* The question of this token is over. */
void io_doubt_fetched(struct io_venue *venue, uint64_t token, oc_rc rc);
CHECKED oc_rc io_doubt_due(struct io_venue *venue, int64_t now_ns);
int64_t io_doubt_next_ns(const struct io_venue *venue);
bool io_doubt_waits(const struct io_venue *venue); /* one was not answered yet */
void io_doubt_release(struct io_venue *venue);
static inline int64_t io_absence_ns(const struct io_venue *venue)
{
    return venue->table->venue->absence_ns > 0 ? venue->table->venue->absence_ns : IO_ABSENCE_NS;
}
bool io_fetch_offers(const struct io_venue *venue, uint32_t kind, uint32_t *ret_by);

/* The venue's clock: venue_clock.c. */
CHECKED oc_rc io_clock_sample(struct io_venue *venue, int64_t said_ns, int64_t sent_ns, int64_t received_ns);
/* With its error as of now. False: nothing is known. */
bool io_clock_best(const struct io_venue *venue, struct io_clock_sample *ret_best);
/* Whether something may be signed. */
bool io_clock_is_good(const struct io_venue *venue);
void io_clock_fetched(struct io_venue *venue, uint64_t token);
CHECKED oc_rc io_clock_due(struct io_venue *venue, int64_t now_ns);
int64_t io_clock_next_ns(const struct io_venue *venue);

/* Comparing: venue_sync.c. */
/* A stream of an account was lost, or it starts. */
void io_sync_want(struct io_venue *venue);
/* Something of an account may have been missed, and nothing proves it. */
void io_sync_suspect(struct io_venue *venue);
void io_sync_overtaken(struct io_venue *venue, uint64_t token);
void io_sync_fetched(struct io_venue *venue, uint64_t token, oc_rc rc);
CHECKED oc_rc io_sync_due(struct io_venue *venue, int64_t now_ns);
int64_t io_sync_next_ns(const struct io_venue *venue);
/* A new order that may not leave now. */
bool io_sync_holds(const struct io_venue *venue, const struct oc_request *request);
/* A change that waits for the answers to questions that are asked beside trading. */
bool io_sync_delays(const struct io_venue *venue, const struct oc_request *request);

/* The dead man's switch. */
CHECKED oc_rc io_deadman_due(struct io_venue *venue, int64_t now_ns);
int64_t io_deadman_next_ns(const struct io_venue *venue);

/* Subscriptions and fetches. */
CHECKED oc_rc io_subs_flush(struct io_venue *venue);
CHECKED oc_rc io_fetch_flush(struct io_venue *venue);
void io_fetch_answered(struct io_venue *venue, const struct oc_event *event);
/* An event of the running call: what it answers, and how old that is. */
void io_fetch_heard(struct io_venue *venue, struct oc_event *event);
/* An order request has left, or a fill was told: what was asked about the account before says nothing of it by now. */
void io_account_moved(struct io_venue *venue, uint32_t source);
void io_fetch_failed(struct io_venue *venue, uint64_t token, uint32_t why);
/* It has left: by the exchange or on the stream of the op. */
void io_fetch_left(struct io_venue *venue, const struct io_op *op);
void io_fetch_of_stream(struct io_venue *venue, uint32_t stream, uint32_t why);
void io_fetch_due(struct io_venue *venue, int64_t now_ns);
int64_t io_fetch_next_ns(const struct io_venue *venue);
struct io_fetch *io_fetch_find(struct io_venue *venue, uint64_t token);

/* Stores. */
extern const struct oc_svc_store io_store_service;
CHECKED oc_rc io_store_put(struct io_venue *venue, const struct io_op *op);
CHECKED oc_rc io_store_recall(struct io_venue *venue, const struct oc_ev_text *record);
void io_store_release(struct io_venue *venue);

/* What is to go the venue's own way (OC_RQ_NATIVE) becomes a request of that kind; a cancel or amendment of it names the position. */
void io_own_way(const struct io_venue *venue, struct oc_venue_request *ask);
/* Every name that a request is to have. An order is called as the venue calls it now, or as it went out; what changes it has a name of its
 * own, each another. False: an amendment for which there is none left, beside those that are kept for cancels. */
bool io_name_request(const struct io_venue *venue, struct oc_venue_request *ask);

/* The services that are about the world beside streams and events. */
const void *io_venue_service_of_world(const char *id);

/* The limits, to be changed: a call that fails changes nothing. */
struct limits *io_limits_of(struct io_venue *venue);

/* How long the venue wants to be left alone: venue_wait.c. */
/* An answer to what was sent then, or a stream's that was refused. */
void io_wait_said(struct io_venue *venue, uint32_t endpoint, uint32_t lane, int64_t sent_ns,
                  const struct io_happening *happening);
/* An exchange with it came to nothing: after IO_BREAKER in a row it is left alone for a while, longer each time, but for cancels. */
void io_wait_failed(struct io_venue *venue, uint32_t endpoint);
/* An exchange has left for an endpoint. */
void io_wait_left(struct io_venue *venue, const struct io_op *op);
/* Its endpoints are at other places: what failed before says nothing. */
void io_wait_moved(struct io_venue *venue);
/* When something may be sent there; in the past: now. */
int64_t io_wait_ns(const struct io_venue *venue, uint32_t endpoint, uint32_t lane);
/* When something may be sent at all. */
int64_t io_wait_ban_ns(const struct io_venue *venue);
/* Whether it lies ahead; then the running call has met a limit. */
bool io_wait_holds(struct io_venue *venue, int64_t until_ns);
/* On the network: a limit is closed, and something waits for it. */
void io_limit_say(struct io_venue *venue, const struct oc_ev_limit *limit);

/* Refused keys: venue_denied.c. */
/* `account` as everywhere; why is OC_WHY_...; what says nothing about a key changes nothing. */
void io_denied(struct io_venue *venue, uint32_t account, uint32_t why);
/* The venue took something that only the key of this account may ask. */
void io_not_denied(struct io_venue *venue, uint32_t account);
/* What the connector has said in the running call. */
void io_denied_heard(struct io_venue *venue, const struct oc_event *event);

/* The network's log: venue_wire.c. Nothing where there is none. */
/* The public texts of its key stand in no line. OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc io_wire_account(struct io_venue *venue, uint32_t account);
/* `size` as the signer returned it. */
void io_wire_signed(const struct io_venue *venue, const void *signature, oc_rc size);
/* They have left: what they say stands in the arena. */
void io_wire_http(const struct io_venue *venue, const struct io_op *op);
void io_wire_send(const struct io_venue *venue, const struct io_op *op);
void io_wire_ended(const struct io_venue *venue, const struct io_exchange_kept *kept,
                   const struct io_happening *happening);
/* why 0: as it should; `happening` may be NULL. */
void io_wire_stream(const struct io_venue *venue, const struct io_stream *stream, const char *what, uint32_t why,
                    const struct io_happening *happening);
void io_wire_message(const struct io_venue *venue, const struct io_stream *stream,
                     const struct io_happening *happening);
void io_wire_answered(const struct io_venue *venue, const struct io_pending *pending);

/* Limits that are shared with other processes: venue_limits.c. */
/* Costs that fit are taken, for the running call. OC_E_AGAIN: one does not fit, and none is taken of this process's own count. */
CHECKED oc_rc io_limits_pay(struct io_venue *venue, const struct oc_cost *costs, uint32_t count, uint32_t account,
                            uint32_t lane);
/* The running call waits for it. */
void io_limits_met(struct io_venue *venue, uint32_t limit, uint32_t account, int64_t until_ns);
void io_limits_undo(struct io_venue *venue);
void io_limits_used(struct io_venue *venue, uint32_t account, uint32_t limit, uint64_t used);
void io_limits_shut(struct io_venue *venue, uint32_t account, uint32_t limit, int64_t until_ns);

#endif
