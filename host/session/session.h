/* session.h: one run, composed of the parts: door, engine, rules, simulator, data, strategies.
 *
 * Invariants
 * - Backtest, paper and replay are the same composition; they differ in what feeds the loop and how fast.
 * - Everything is opened before the first event and closed in the opposite order.
 * - What was inferred rather than said is a line in notes. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/text.h"
#include "feed/source.h"
#include "journal/door.h"
#include "journal/meaning.h"
#include "report/result.h"
#include "script/strategy.h"
#include "serve/console_service.h"
#include "session/inbox.h"
#include "session/plugin_instance.h"
#include "session/start_value.h"

struct session_cash { /* opening cash, as said */
    uint32_t asset;
    struct oc_dec amount;
};

enum {
    SESSION_CASH_MAX = 16,
    SESSION_STRATEGIES_MAX = 16,
    SESSION_RULES_MAX = 32,
    SESSION_PARAMS_MAX = 128,
    SESSION_ERROR_MAX = 4096
};
enum {
    SESSION_STOPS_MAX = 256, /* recorded suspensions by a limit that a replay looks for */
    SESSION_MAY_LISTS = 4,   /* venues, accounts, instruments, verbs */
    SESSION_MAY_MAX = 256    /* bytes of one list */
};

struct session;
struct steer_source; /* steer.h */

struct session_budget { /* of one strategy; 0: the session's own, or none */
    int64_t callback_ns;
    int64_t heap_bytes;
    uint32_t orders; /* a second */
    bool has_notional;
    struct oc_dec notional;
};

struct session_strategy {
    char file[256];
    struct steer_source *opened; /* text and required files of the header; NULL: not opened with. Owned */
    struct strategy *strategy;   /* NULL: unloaded */
    struct session *session;
    bool is_told;    /* that it was suspended */
    bool is_steered; /* made from a record, not from what the session was opened with */
    uint32_t id;
    char name[STRATEGY_NAME_MAX];
    struct steer_source *source; /* what it was made from; owned */
    struct session_budget budget;
    char may[SESSION_MAY_LISTS][SESSION_MAY_MAX]; /* "*": all; "-": none */
    int64_t gap_ns;                               /* longest time that another's offence kept it waiting */
    uint64_t gaps;
};

struct session_name { /* a name keeps its number for the life of the session */
    char name[STRATEGY_NAME_MAX];
    uint32_t id;
};

/* How a fed session moves on: told by consoles. */
enum { PACE_FREE, PACE_EVENTS, PACE_ORDERS, PACE_FILLS };

struct session_pace {
    bool is_paused;
    bool is_ended;      /* the data have ended; consoles may still look */
    bool is_stopping;   /* its own console has gone */
    uint32_t step_kind; /* PACE_...: runs until steps_left of them happened */
    uint64_t steps_left;
    int64_t base_mono_ns; /* pacing counts from here */
    int64_t base_data_ns;
    int64_t command_ns; /* logical time of a command that comes now */
};

struct session {
    struct settings *settings; /* borrowed */
    struct registry *registry; /* borrowed */
    const char *mode;          /* "backtest", "paper", "replay" */
    char error[SESSION_ERROR_MAX];
    struct door *door;
    struct meaning meaning; /* of the orders stream, also of what was recorded before a restart */
    int lock_fd;            /* of the session folder; 0: none */
    struct engine *engine;
    struct inbox *loop;
    struct sim_answers sim_answers;
    struct plugin_instance sim;
    const struct oc_sim *sim_table;
    struct plugin_instance rules[SESSION_RULES_MAX];
    uint32_t rule_count;
    uint32_t source_count;
    struct feed_source sources[FEED_SOURCES_MAX];
    struct plugin_instance readers[FEED_SOURCES_MAX];
    struct session_strategy strategies[SESSION_STRATEGIES_MAX];
    uint32_t strategy_count;
    struct strategy_param params[SESSION_PARAMS_MAX];
    uint32_t param_count;
    struct session_cash cash[SESSION_CASH_MAX];
    uint32_t cash_count;
    uint32_t account;
    uint32_t base; /* account currency */
    uint64_t seed;
    int64_t from_ns;
    int64_t now_ns;
    struct sandbox_watchdog *watchdog;
    struct collect collect;
    struct collect_before before; /* of fill, until it is settled */
    struct oc_ev_fill fill;
    bool has_fill;
    oc_i128 start;
    oc_i128 fees;
    struct start_value start_value; /* what start is made of */
    uint32_t first_inst;            /* that has a price, for buy and hold */
    uint32_t instrument_count;
    bool is_counted; /* the event being handled: figures begin where trading may */
    uint32_t note_count;
    struct result_line notes[RESULT_NOTES_MAX];
    int64_t first_ns;                          /* of the data: what pacing is measured from */
    double speed;                              /* 0: as fast as possible; 60: a minute of data a second */
    void (*progress)(struct session *session); /* told now and then; NULL */
    int64_t progress_ns;
    bool checkpoints; /* written while running */
    uint64_t since_checkpoint;
    int64_t checkpoint_ns;
    uint64_t stop_index; /* replay: ends after so many market events, if has_stop */
    bool has_stop;
    void (*on_record)(void *arg, const struct oc_event *event); /* told every record of ours; NULL */
    void *on_record_arg;
    uint64_t fills_restored;
    uint64_t drift; /* simulator and portfolio disagree: must stay 0 */
    const struct door_resume *resume;
    bool is_restored;
    char params_text[4096];
    char symbols_text[RESULT_NAMES_MAX]; /* of all sources, as a report shows them */
    char paths_text[RESULT_NAMES_MAX];
    bool ends_on_error; /* backtest: the first strategy that fails ends the run */
    uint64_t suspended_told;
    const struct oc_ev_text *stops[SESSION_STOPS_MAX]; /* replay, restore: recorded suspensions by a limit, borrowed */
    uint32_t stop_count;
    bool by_value; /* market events are journaled whole */
    struct session_pace pace;
    struct console_server *server; /* where consoles ask; NULL: nowhere. Borrowed */
    struct console_service *service;
    struct console_service_host service_host;
    struct rewind *rewind; /* replay with a console: going back. Borrowed; NULL */
    bool has_own_console;  /* ends with it */
    bool may_be_empty;     /* no strategy is needed: somebody trades by hand */
    bool is_rehearsal;     /* live's locks and colours on a session that is not */
    /* Replay: carries out recorded commands that are due before at_ns. NULL: none. */
    oc_rc (*commands_due)(void *arg, int64_t at_ns);
    /* Replay: at the last recorded market event. Carries out what was recorded before at_ns; true when there is more, so that
     * a bar which opens at at_ns was seen to open. */
    bool (*goes_on)(void *arg, int64_t at_ns);
    bool (*has_order)(void *arg, uint64_t order); /* replay: the recording holds it; NULL: not known */
    void *commands_arg;
    uint64_t events;                             /* market events taken, for showing */
    void (*on_late)(void *arg, int64_t late_ns); /* bench: how long after its time an event is taken; NULL */
    void *on_late_arg;
    bool is_restoring;          /* records are facts now */
    uint32_t opened_strategies; /* that the session was opened with */
    strategy_log_fn log;
    int64_t deadline_ns;        /* of a callback, where a strategy's budget says nothing; 0: none */
    struct session_name *names; /* every strategy that ever was; owned */
    uint32_t name_count;
    struct text prepared; /* what session_steer_prepare added to a command */
};

/* [setup] Opens everything that `settings` says. On failure session->error says why; session_close is due all the same. */
oc_rc session_open(struct session *session);
/* Runs to the end of the data. OC_E_STATE and others with session->error. */
oc_rc session_run(struct session *session);
/* Whether anything could be traded: otherwise session->error says which setting left no data. */
oc_rc session_check_ran(struct session *session);
/* Ends positions by policy and fills *ret_result, which borrows from the session. */
oc_rc session_finish(struct session *session, struct result *ret_result);
void session_close(struct session *session);

void session_note(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));
oc_rc session_fail(struct session *session, oc_rc rc, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The words for a strategy's error: file, line, source line, locals, traceback. */
void session_explain(struct session *session, const struct sandbox_error *error);
void session_explain_to(char *ret_text, size_t size_max, const struct sandbox_error *error);

#endif
