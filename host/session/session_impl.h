/* session_impl.h: parts of session.c that stand in files of their own. */
#ifndef SESSION_SESSION_IMPL_H
#define SESSION_SESSION_IMPL_H

#include "base/json_out.h"
#include "base/text.h"
#include "journal/read.h"
#include "session/session.h"

/* session.c */
/* Records an event of ours: through the door, past whoever watches. */
oc_rc session_record(struct session *session, struct oc_event *event);
oc_rc session_lock(struct session *session, const char *dir);
/* Records and books the opening cash. */
oc_rc session_record_balances(struct session *session);

/* Looks for first prices until every market has one in the traded time: figures begin there. */
void session_begin_figures(struct session *session, const struct oc_event *event);

/* session_source.c: reads what was not taken from a header; writes the header's part of it; takes its header line, of a strategy
 * or of a module, with what follows it (*ret_size bytes; OC_E_DATA: it is damaged); says which files are no longer what runs. */
oc_rc session_read_strategies(struct session *session);
void session_put_sources(const struct session *session, struct text *text);
oc_rc session_take_source(struct session_strategy *owner, const char *line, const char *body, size_t left,
                          size_t *ret_size);
void session_warn_changed(const struct session *session);

/* session_setup.c */
oc_rc session_probe_data(struct session *session);
oc_rc session_make_instruments(struct session *session);
oc_rc session_load_strategies(struct session *session, strategy_log_fn log);
/* Build, plugins, strategy text, configuration and seed, for the session's header. */
void session_header(struct session *session, struct text *text);

/* session_desk.c */
oc_rc session_open_desk(struct session *session);
/* Paces the data, answers consoles, waits while paused. Positive: the session is to end. */
oc_rc session_attend(struct session *session, int64_t at_ns);
/* After the data: answers until its own console goes. */
void session_linger(struct session *session);
/* A market event, or a record of ours, has happened: steps are counted. */
void session_stepped(struct session *session, uint32_t kind);
/* Records a command and carries it out. */
bool session_command(struct session *session, const char *text, size_t size, struct text *reply);
/* Restore: carries out a command that was recorded, but perhaps no more than that. */
oc_rc session_finish_command(struct session *session, const struct oc_ev_text *command);
/* Restore: what a recorded command did beside its own records. */
oc_rc session_restore_command(struct session *session, const struct oc_ev_text *command);

/* session_list.c */
bool session_list(void *self, const char *word, const struct command_words *words, struct text *reply);

/* session_steer.c */
bool session_steer(void *self, const struct command_words *words, struct text *reply);
bool session_steer_prepare(void *self, struct command_words *words, struct text *reply);
void session_put_strategy(struct session *session, struct text *reply, const char *key, uint32_t index);
/* Tells consoles what became of a strategy. */
void session_tell_strategy(struct session *session, uint32_t index, const char *what, const char *reason);
/* Remembers the recorded suspensions by a limit of time or memory: where they fall is up to the machine. Borrowed from the
 * reader, which is rewound. */
void session_take_stops(struct session *session, struct journal_reader *reader);
/* Replay: the next of them that this strategy has after the input being handled. */
void session_expect_stop(struct session *session, uint32_t strategy);
/* Restore: carries a recorded steering command out again, but for what it recorded itself. Others are left alone. */
void session_steer_restored(struct session *session, const struct oc_ev_text *command);
void session_release_steering(struct session *session);

/* steer_load.c */
/* The strategies that the session is opened with. */
oc_rc session_make_strategy(struct session *session, uint32_t index);
/* Only what is the host's: nothing is called, nothing cancelled. */
void session_drop_strategy(struct session *session, uint32_t index);

/* steer_roster.c: who is loaded, from what, and under which limits; for a checkpoint. */
int64_t strategy_table_save(struct session *session, void *bytes, size_t size_max);
/* Makes the session's strategies those of the roster. OC_E_DATA: of another session. */
oc_rc strategy_table_load(struct session *session, const void *bytes, size_t size);

/* session_run.c */
/* Writes a checkpoint when enough has happened since the last one. */
void session_checkpoint_due(struct session *session);
oc_rc session_advance(struct session *session, int64_t at_ns);
oc_i128 session_hold(struct session *session);
void session_watch_fill(struct session *session, const struct oc_ev_fill *fill);
void session_settle_fills(struct session *session);
/* Logs and notes each strategy that was suspended since the last call. */
void session_tell_suspended(struct session *session);
oc_rc session_strategy_failed(struct session *session, uint32_t index);
/* A strategy was suspended where that ends the run. */
bool session_has_failed(const struct session *session);

#endif
