/* console_server.h: the host's letter box: consoles' sockets on one side, the engine's turn on the other.
 *
 * Invariants
 * - A seat is one connection with one question at a time. Its lines belong to the letter box's thread while it is IDLE or
 *   ANSWERED, and to the engine while it is ASKED; the state is the only thing both look at.
 * - The engine never waits for a console: an answer has its room, what is told goes into a ring and is counted when it
 *   does not fit.
 * - console_server_take, console_server_reply and console_server_tell are [engine]; console_server_log is [any], but one
 *   caller at a time (the log has its own lock). console_server_turn is called by the letter box's thread, or by the engine
 *   when there is none. */
#ifndef SERVE_CONSOLE_SERVER_H
#define SERVE_CONSOLE_SERVER_H

#include <stdbool.h>

#include "base/checked.h"
#include "base/text.h"
#include "session/command.h"

enum {
    CONSOLE_SERVER_SEATS_MAX = 8,
    CONSOLE_SERVER_TOLD_SIZE = 1 << 20, /* ring of what is told */
    CONSOLE_SERVER_OUT_MAX = 1 << 20    /* unsent bytes of one seat; beyond it what is told is dropped */
};

struct console_token { /* a question that another copy of this process is to answer */
    char id[24];
    char name[32];
    uint32_t wishes;
    uint32_t zero;
};

enum tell_kind { /* what can be told; a bit each in a seat's wishes */
                 TELL_FILL = 1,
                 TELL_ORDER = 2,
                 TELL_LOG = 4,
                 TELL_ALERT = 8,
                 TELL_STRATEGY = 16,
                 TELL_SESSION = 32
};

struct console_server; /* opaque */

struct console_seat {
    uint32_t number; /* from 1; given anew with each connection */
    uint32_t field_count;
    const char *fields[COMMAND_FIELDS_MAX]; /* word first; terminated, unescaped */
    bool is_own;                            /* the console of the host's own process */
    bool may_trade;                         /* [engine] */
    bool is_unlocked;                       /* [engine] live */
    uint32_t wishes;                        /* [engine] CONSOLE_SERVER_... */
    char name[32];                          /* [engine] who, as it said hello */
};

/* [setup] `path` NULL: no socket is listened at. `own_fd`, unless negative, is this process's own console: its end of a
 * pair, taken over; it may trade from the start. `has_thread` false: console_server_turn is the engine's to call (a process that
 * forks). Owned: console_server_free. OC_E_IO, OC_E_EXISTS: env_error_text. */
CHECKED oc_rc console_server_new(const char *path, int own_fd, bool has_thread, struct console_server **ret_server);
void console_server_free(struct console_server *server);
/* [engine] Nobody answers any more: what is ready is sent, and each console sees the end. */
void console_server_end(struct console_server *server);
/* [engine] True when somebody asks: one load. */
bool console_server_is_asked(const struct console_server *server);
/* [engine] The next question, or NULL. It stays with the engine until console_server_reply. */
struct console_seat *console_server_take(struct console_server *server);
/* [engine] True when the console of a taken question has sent another line: it waits no longer. */
bool console_server_is_pressed(const struct console_server *server, const struct console_seat *seat);
/* [engine] `json` is copied. Too long an answer becomes a refusal that says so. */
void console_server_reply(struct console_server *server, struct console_seat *seat, bool is_ok, const char *json,
                          size_t size);
/* [engine] Some seat wants to be told of this kind. */
bool console_server_is_wanted(const struct console_server *server, enum tell_kind kind);
/* [engine] */
void console_server_tell(struct console_server *server, enum tell_kind kind, const char *json, size_t size);
/* [any], one at a time. */
void console_server_log(struct console_server *server, const char *json, size_t size);
/* [engine] A seat's wishes have changed. */
void console_server_wish(struct console_server *server, struct console_seat *seat, uint32_t wishes);
/* [engine] A question that was taken, as a token; and the same question in a copy of the process that was made before it
 * was asked: its seat, taken. NULL: there is no own seat. */
struct console_token console_server_give(const struct console_server *server, const struct console_seat *seat);
struct console_seat *console_server_receive(struct console_server *server, const struct console_token *token);
/* [engine] Waits until somebody asks or the time has passed. */
void console_server_wait(struct console_server *server, int64_t timeout_ns);
/* [engine] Woken when somebody asks: for who waits for more than that. Borrowed. */
struct env_poller *console_server_asks(const struct console_server *server);
uint32_t console_server_seats(const struct console_server *server);
uint64_t console_server_dropped(const struct console_server *server);
/* True while the own console's end is open, or none was ever seated. */
bool console_server_has_own(const struct console_server *server);
/* Reads, writes and accepts once, waiting at most so long. */
void console_server_turn(struct console_server *server, int64_t timeout_ns);

#endif
