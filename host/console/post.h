/* post.h: the host's letter box: consoles' sockets on one side, the engine's turn on the other.
 *
 * Invariants
 * - A seat is one connection with one question at a time. Its lines belong to the letter box's thread while it is IDLE or
 *   ANSWERED, and to the engine while it is ASKED; the state is the only thing both look at.
 * - The engine never waits for a console: an answer has its room, what is told goes into a ring and is counted when it
 *   does not fit.
 * - post_take, post_reply, post_told_room and post_tell are [engine]; post_log is [any] but one caller at a time (the log
 *   has its own lock). post_turn is called by the letter box's thread, or by the engine when there is none. */
#ifndef CONSOLE_POST_H
#define CONSOLE_POST_H

#include <stdbool.h>

#include "base/text.h"

enum {
    POST_SEATS_MAX = 8,
    POST_LINE_MAX = 65536, /* a question, an answer */
    POST_FIELDS_MAX = 32,
    POST_TOLD_SIZE = 1 << 20, /* ring of what is told */
    POST_OUT_MAX = 1 << 20    /* unsent bytes of one seat; beyond it what is told is dropped */
};

struct post_token { /* a question that another copy of this process is to answer */
    char id[24];
    char name[32];
    uint32_t wishes;
    uint32_t zero;
};

enum post_kind { /* what can be told; a bit each in a seat's wishes */
                 POST_FILL = 1,
                 POST_ORDER = 2,
                 POST_LOG = 4,
                 POST_ALERT = 8,
                 POST_STRATEGY = 16,
                 POST_SESSION = 32
};

struct post; /* opaque */

struct post_seat {
    uint32_t number; /* from 1; given anew with each connection */
    uint32_t field_count;
    const char *fields[POST_FIELDS_MAX]; /* word first; terminated, unescaped */
    bool is_own;                         /* the console of the host's own process */
    bool may_trade;                      /* [engine] */
    bool is_unlocked;                    /* [engine] live */
    uint32_t wishes;                     /* [engine] POST_... */
    char name[32];                       /* [engine] who, as it said hello */
};

/* [setup] `path` NULL: no socket is listened at. `own_fd`, unless negative, is this process's own console: its end of a
 * pair, taken over; it may trade from the start. `has_thread` false: post_turn is the engine's to call (a process that
 * forks). Owned: post_free. OC_E_IO, OC_E_EXISTS: env_error_text. */
oc_rc post_new(const char *path, int own_fd, bool has_thread, struct post **ret_post);
void post_free(struct post *post);
/* [engine] Nobody answers any more: what is ready is sent, and each console sees the end. */
void post_end(struct post *post);
/* [engine] True when somebody asks: one load. */
bool post_is_asked(const struct post *post);
/* [engine] The next question, or NULL. It stays with the engine until post_reply. */
struct post_seat *post_take(struct post *post);
/* [engine] True when the console of a taken question has sent another line: it waits no longer. */
bool post_is_pressed(const struct post *post, const struct post_seat *seat);
/* [engine] `json` is copied. Too long an answer becomes a refusal that says so. */
void post_reply(struct post *post, struct post_seat *seat, bool is_ok, const char *json, size_t size);
/* [engine] Some seat wants to be told of this kind. */
bool post_is_wanted(const struct post *post, enum post_kind kind);
/* [engine] */
void post_tell(struct post *post, enum post_kind kind, const char *json, size_t size);
/* [any], one at a time. */
void post_log(struct post *post, const char *json, size_t size);
/* [engine] A seat's wishes have changed. */
void post_wish(struct post *post, struct post_seat *seat, uint32_t wishes);
/* [engine] A question that was taken, as a token; and the same question in a copy of the process that was made before it
 * was asked: its seat, taken. NULL: there is no own seat. */
struct post_token post_give(const struct post *post, const struct post_seat *seat);
struct post_seat *post_receive(struct post *post, const struct post_token *token);
/* [engine] Waits until somebody asks or the time has passed. */
void post_wait(struct post *post, int64_t timeout_ns);
uint32_t post_seats(const struct post *post);
uint64_t post_dropped(const struct post *post);
/* True while the own console's end is open, or none was ever seated. */
bool post_has_own(const struct post *post);
/* Reads, writes and accepts once, waiting at most so long. */
void post_turn(struct post *post, int64_t timeout_ns);

#endif
