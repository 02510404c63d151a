/* run.h: a composition: the kernel and what is put around it. Each verb that runs a session makes one of these.
 *
 * Invariants: what a composition is made of is said once, by run_compose; nothing asks later which verb it was. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "base/checked.h"
#include "base/log.h"
#include "cli/detach.h"
#include "cli/history_child.h"
#include "cli/standing.h"
#include "config/options.h"
#include "recover/restore.h"
#include "report/log_lines.h"
#include "report/meter.h"
#include "serve/console_host.h"
#include "serve/hosts.h"
#include "session/session.h"
#include "steer/strategies.h"

struct run;

/* Who asks a result about itself: when its data have ended, before the report is written, and behind its text. */
struct run_examiner {
    void *self;
    void (*ended)(void *self);
    void (*examine)(void *self, struct run *run, struct result *result);
    void (*tell)(const void *self, const struct options *options);
};

enum run_part {
    RUN_CONSOLE = 1,  /* consoles may ask; recorded commands are carried out */
    RUN_RECOVERS = 2, /* a folder with records is gone on with */
    RUN_PROGRESS = 4, /* a line on the terminal shows how far it is */
    RUN_ENDS = 8      /* its end is its own; without: what the records say of it */
};

struct run {
    struct options *options; /* borrowed */
    struct registry *registry;
    struct session *session; /* owned */
    struct strategies strategies;
    struct meter meter;
    struct console_host console;
    struct restore restore;
    struct standing standing;
    struct detach detach;
    struct history_child history;
    struct host_file host_file;          /* that tells of this process; open behind console_listen */
    const struct run_examiner *examiner; /* borrowed; NULL: none */
    uint32_t parts;                      /* RUN_... */
    struct log_lines log;                /* what is logged while it runs, for a page */
    uint64_t progress_turns;
    bool was_interrupted;
    bool has_reported;                 /* a report was begun on the standard output */
    char error_text[ERROR_TEXT_MAX];   /* of the session, for a report */
    char names_text[RESULT_NAMES_MAX]; /* of all strategies, for a report, as the next two */
    char files_text[RESULT_NAMES_MAX];
    char params_text[4096];
    char command_text[OPTIONS_COMMAND_MAX]; /* of the options, without secrets */
};

/* Closes the session. `code`, or EXIT_RUN when all had gone well and the records could not be closed: said on stderr. */
int run_close_session(struct run *run, int code);
/* For log_set_sink; `arg`: a struct log_lines that takes them too, or NULL. */
void run_log_to_stderr(void *arg, enum log_level level, const char *line, size_t length);

/* Owned: run_free, which closes the session and takes NULL. NULL: no memory. */
struct run *run_new(struct options *options, struct registry *registry, const char *label);
void run_free(struct run *run);
/* Strategy and data files, and parameters, of the command line. */
CHECKED oc_rc run_take_words(struct run *run);
/* The same, speed and feed of a paper session. */
CHECKED oc_rc run_take_paper(struct run *run);
/* The same of a run at the venue of --venue. */
CHECKED oc_rc run_take_venue(struct run *run);
/* --symbol of a session at a venue: its markets, which become settings of its group. Asks the venue for what they do not say. [setup] */
CHECKED oc_rc run_take_symbols(struct run *run);
/* A paper session on a live feed that configures no fees has those of the first account of its venue from its beginning on: settings of the simulator, with
 * session.fees_of beside them. One that goes on keeps what it began with, and asks nobody. [setup] */
CHECKED oc_rc run_take_fees(struct run *run);
/* The same of a paper session on its live feed: a simulator fills, and the venue hears of no account and no order. */
CHECKED oc_rc run_take_feed(struct run *run);
/* When its parts are known: limits, then the environment. */
CHECKED oc_rc run_judge_venue(struct run *run);
/* The credentials of its accounts: fetched, or asked for. */
CHECKED oc_rc run_unlock_venue(struct run *run);
/* arm.c: an armed session: what is at stake is shown, and the account's name asked for; not again where a session goes on as it was armed. */
CHECKED oc_rc run_arm(struct run *run);
/* leave.c: behind run_go: what session.on_exit asks for is asked, and waited for, where SIGTERM or `stop` ended a session at a venue. */
CHECKED oc_rc run_leave(struct run *run);
/* What stays at the venue: orders, positions, and who protects these. On stderr. */
void run_tell_left(const struct run *run);
/* What `outcry kill` needs when this process hangs or is down: sealed in the folder. */
CHECKED oc_rc run_seal(struct run *run, const char *dir);
/* [setup] The stages of this composition; `before_balances` NULL: none beside the console. */
void run_compose(struct run *run, uint32_t parts, const struct session_stage *before_balances);
/* Takes the session's folder for this process alone and opens the session, or goes on where its records end.
 * session->words.error says what went wrong. */
CHECKED oc_rc run_open(struct run *run);
/* From the first strategy's start to the end of the data, or until it is stopped: OC_E_AGAIN. */
CHECKED oc_rc run_go(struct run *run);
/* Ends strategies, and positions by policy, and fills *ret_result, which borrows from the run. */
CHECKED oc_rc run_finish(struct run *run, struct result *ret_result);
/* Opens, runs, reports. */
CHECKED oc_rc run_to_report(struct run *run);

#endif
