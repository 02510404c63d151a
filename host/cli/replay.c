/* replay.c: `outcry replay`: a recorded session made again and compared, perhaps for a console. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/env_fork.h"
#include "base/env_socket.h"
#include "base/hash.h"
#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/console.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "replay/compare.h"
#include "replay/rewind.h"

struct replay {
    struct options options;
    struct registry registry;
    struct run *run;
    struct compare compare;
    struct rewind *rewind; /* with a console */
};

/* Opens the recording and makes its composition. Complaints are on stderr. */
static oc_rc replay_open(struct replay *replay, const char *dir)
{
    struct text notes;
    log_set_level(LOG_NONE);
    replay->options.quiet = true;
    registry_init(&replay->registry);
    replay->run = run_new(&replay->options, &replay->registry, "replay");
    if (!replay->run)
        return OC_E_NOMEM;
    struct run *run = replay->run;
    text_init_grow(&notes, 1 << 16);
    run->strategies.may_be_empty = true;
    run->console.is_recorded = true;
    oc_rc rc = compare_open(&replay->compare, run->session, &run->strategies, dir, &notes);
    if (notes.data)
        fputs(notes.data, stderr);
    text_release(&notes);
    if (rc < 0)
        (void)complain_of_session(run->session, rc, "the records could not be read", false);
    return rc;
}

static void replay_close(struct replay *replay)
{
    run_free(replay->run);
    compare_release(&replay->compare);
    options_release(&replay->options);
    free(replay);
}

/* What was recorded ends where its records say: a session that was stopped early is replayed as far as it went. */
static oc_rc run_again(struct replay *replay)
{
    struct run *run = replay->run;
    const struct session_stage comparing = compare_stage(&replay->compare);
    run_compose(run, RUN_CONSOLE, &comparing);
    oc_rc rc = run_open(run);
    for (uint32_t i = 0; i < run->strategies.count && rc == OC_OK; i++)
        strategies_expect_stop(&run->strategies, run->strategies.list[i].id);
    if (rc == OC_OK)
        rc = run_go(run);
    while (rc == OC_E_AGAIN && compare_goes_on(&replay->compare)) { /* it had ended there, and was gone on with later */
        rc = compare_drain(&replay->compare);
        if (rc == OC_OK)
            rc = session_run(run->session);
    }
    if (rc == OC_OK || rc == OC_E_AGAIN)
        console_host_linger(&run->console);
    return rc;
}

/* What came out of it, against what was recorded. */
struct judged {
    char recorded_hash[HASH_TEXT_MAX], replayed_hash[HASH_TEXT_MAX];
    uint64_t recorded, replayed, differences, left, gaps, missed;
    bool agrees, is_other, was_interrupted;
};

static void judge(struct replay *replay, struct judged *judged)
{
    struct compare *compare = &replay->compare;
    *judged = (struct judged){.left = compare_rest(compare)};
    const struct hash128 hash = journal_order_hash(compare->reader, &judged->recorded);
    const struct door_hash ours = door_order_hash(replay->run->session->door);
    judged->differences = compare->differences;
    judged->replayed = ours.count;
    judged->gaps = compare->gaps;
    judged->missed = compare->missed;
    judged->is_other = compare_has_other_data(compare);
    judged->was_interrupted = replay->run->session->is_whole && replay->run->session->pace.ended == OC_MARK_STOP;
    judged->agrees = !judged->is_other && judged->differences == 0 && judged->left == 0 && ours.low == hash.low &&
                     ours.high == hash.high;
    hash128_to_text((struct hash128){ours.low, ours.high}, judged->replayed_hash);
    hash128_to_text(hash, judged->recorded_hash);
}

static void say(const struct judged *judged, bool shows)
{
    printf("recorded  %llu records, order hash %s\n", (unsigned long long)judged->recorded, judged->recorded_hash);
    printf("replayed  %llu records, order hash %s\n", (unsigned long long)judged->replayed, judged->replayed_hash);
    if (judged->was_interrupted)
        printf("the recorded run was INTERRUPTED: it was stopped by hand before its data ended\n");
    if (judged->gaps)
        printf("the journal failed %llu times while this was recorded: %llu facts of then are known to be missing\n",
               (unsigned long long)judged->gaps, (unsigned long long)judged->missed);
    if (judged->is_other)
        printf("the data are NOT those that it was recorded with: another file, or a changed one: what is made of them "
               "proves nothing\n");
    if (judged->agrees)
        printf("the session agrees with itself\n");
    else if (!judged->is_other || judged->differences || judged->left)
        printf("the session does NOT agree: %llu records differ, %llu recorded ones were not made again%s\n",
               (unsigned long long)judged->differences, (unsigned long long)judged->left, shows ? "" : "; see --diff");
}

static void say_json(const struct judged *judged)
{
    struct text out;
    text_init_grow(&out, 4096);
    json_open(&out, NULL, '{');
    json_flag(&out, "agrees", judged->agrees);
    json_int(&out, "recorded", (int64_t)judged->recorded);
    json_text(&out, "recorded_hash", judged->recorded_hash);
    json_int(&out, "replayed", (int64_t)judged->replayed);
    json_text(&out, "replayed_hash", judged->replayed_hash);
    json_int(&out, "differences", (int64_t)judged->differences);
    json_int(&out, "not_made_again", (int64_t)judged->left);
    json_flag(&out, "other_data", judged->is_other);
    json_flag(&out, "interrupted", judged->was_interrupted);
    json_int(&out, "gaps", (int64_t)judged->gaps);
    json_int(&out, "missing", (int64_t)judged->missed);
    json_close(&out, '}');
    puts(out.data ? out.data : "{}");
    text_release(&out);
}

static void show_error(const struct session *session)
{
    char text[ERROR_TEXT_MAX];
    error_text(&session->words.error, text);
    printf("the run ended with an error:\n%s\n%s", text, session->words.trace);
}

static int replay_judged(const char *dir, bool shows, bool is_json)
{
    struct judged judged;
    struct replay *replay = calloc(1, sizeof *replay);
    struct result *result = calloc(1, sizeof *result);
    int code = EXIT_RUN;
    if (!replay || !result || replay_open(replay, dir) < 0)
        goto out;
    struct run *run = replay->run;
    struct session *session = run->session;
    replay->compare.shows = shows;
    oc_rc rc = run_again(replay);
    bool stopped = rc == OC_E_AGAIN && !compare_was_ended(&replay->compare);
    if (rc == OC_E_AGAIN && !stopped)
        rc = OC_OK;
    if (rc == OC_OK)
        rc = run_finish(run, result);
    bool failed =
        rc < 0 && strategies_have_failed(&run->strategies); /* as when it was recorded, if the records agree */
    if (failed && !is_json)
        show_error(session);
    if (rc < 0 && !stopped && !failed) {
        (void)complain_of_session(session, rc, "the session could not be replayed", is_json);
        goto out;
    }
    judge(replay, &judged);
    if (is_json)
        say_json(&judged);
    else
        say(&judged, shows);
    code = judged.agrees ? EXIT_GOOD : EXIT_RUN;
out:
    if (replay)
        replay_close(replay);
    free(result);
    return code;
}

/* The console's side of going back. */

static void question(void *self, char ret_question[REWIND_QUESTION_MAX])
{
    struct console_token token = console_service_token(((struct replay *)self)->run->console.service);
    _Static_assert(sizeof token <= REWIND_QUESTION_MAX, "a question fits");
    memcpy(ret_question, &token, sizeof token);
}

static void take_over(void *self, const char bytes[REWIND_QUESTION_MAX])
{
    struct console_token token;
    memcpy(&token, bytes, sizeof token);
    console_service_take_over(((struct replay *)self)->run->console.service, &token);
}

static bool has_order(void *self, uint64_t order)
{
    return compare_has_order(&((struct replay *)self)->compare, order);
}

static void serve_once(void *self) { console_server_wait(((struct replay *)self)->run->console.server, 0); }

static void host_turn(void *self, int64_t at_ns) { rewind_turn(((struct replay *)self)->rewind, at_ns); }
static void host_stop(void *self) { rewind_stop(((struct replay *)self)->rewind); }
static void host_mark(void *self, const struct oc_event *event) { rewind_mark(((struct replay *)self)->rewind, event); }

static oc_rc host_control(void *self, const struct command_words *words, struct text *reply)
{
    return rewind_control(((struct replay *)self)->rewind, words, reply);
}

/* The host's side, in a process of one thread: paused at first, for the console at the other end of fd. */
static int replay_serve(const char *dir, int fd)
{
    struct replay *replay = calloc(1, sizeof *replay);
    int code = EXIT_RUN;
    const struct rewind_console console = {replay, question, take_over, has_order, serve_once};
    if (!replay || replay_open(replay, dir) < 0)
        goto out;
    struct run *run = replay->run;
    if (console_server_new(NULL, fd, false, &run->console.server) < 0 ||
        rewind_new(run->session, &console, fd, &replay->rewind) < 0)
        goto out;
    run->console.has_own = true;
    run->console.rewind = (struct console_rewind){replay, host_turn, host_stop, host_control, host_mark};
    run->session->pace.is_paused = true;
    oc_rc rc = run_again(replay);
    code = rc == OC_OK || rc == OC_E_AGAIN ? EXIT_GOOD : EXIT_RUN;
    if (code != EXIT_GOOD)
        (void)complain_of_session(run->session, rc, "the session could not be replayed", false);
out:
    if (replay) {
        struct console_server *server = replay->run ? replay->run->console.server : NULL;
        rewind_free(replay->rewind);
        replay_close(replay);
        console_server_free(server);
    }
    return code;
}

struct replayed {
    const char *dir;
    int fd;
    int other;
};

static int replay_child(void *arg)
{
    const struct replayed *replayed = arg;
    env_close(replayed->other);
    return replay_serve(replayed->dir, replayed->fd);
}

static int console_failed(const char *dir)
{
    struct error error;
    return complain(&error, error_say(&error, OC_E_IO, dir, "%s", env_error_text()), false);
}

static int replay_console(const char *dir, bool has_pane)
{
    const struct settings settings = {0};
    struct console_wish wish = {.has_pane = has_pane};
    int pair[2], pid;
    if (env_socket_pair(pair) < 0)
        return console_failed(dir);
    struct replayed replayed = {dir, pair[0], pair[1]};
    if (env_fork_child(replay_child, &replayed, &pid) < 0)
        return console_failed(dir);
    env_close(pair[0]);
    return console_talk(pair[1], &settings, &wish);
}

int verb_replay(int argc, char **argv)
{
    const char *dir = NULL;
    bool has_console = false, has_pane = true, shows = false, is_json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--console") == 0) {
            has_console = true;
        } else if (strcmp(argv[i], "--no-pane") == 0) {
            has_pane = false;
        } else if (strcmp(argv[i], "--diff") == 0) {
            shows = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            is_json = true;
        } else if (argv[i][0] != '-' && !dir) {
            dir = argv[i];
        } else {
            dir = NULL;
            break;
        }
    }
    if (!dir || (is_json && (shows || has_console))) {
        fputs("usage: outcry replay SESSION [--diff | --json | --console [--no-pane]]\n", stderr);
        return EXIT_USE;
    }
    return has_console ? replay_console(dir, has_pane) : replay_judged(dir, shows, is_json);
}
