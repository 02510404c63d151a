/* session_impl.h: parts of session.c that stand in files of their own. */
#ifndef APP_SESSION_IMPL_H
#define APP_SESSION_IMPL_H

#include "app/session.h"
#include "base/text.h"

/* session.c */
oc_rc session_lock(struct session *session, const char *dir);
/* Records and books the opening cash. */
oc_rc session_record_balances(struct session *session);

/* session_setup.c */
oc_rc session_read_strategies(struct session *session);
oc_rc session_probe_data(struct session *session);
oc_rc session_make_instruments(struct session *session);
oc_rc session_load_strategies(struct session *session, strategy_log_fn log);
/* Build, plugins, strategy text, configuration and seed, for the session's header. */
void session_header(struct session *session, struct text *text);

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
