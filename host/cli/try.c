/* try.c: `outcry venue try`: an account at its venue tried with orders of the smallest size, by a session like any other, armed as any
 * other: what its key may do, an order that rests far away, amended and canceled; with --trade, asked again, bought and sold at market once.
 * What came of it is compared with what the venue says, and kept. */
#include "cli/try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/env_secret.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/try_impl.h"
#include "cli/verbs.h"
#include "session/ending.h"
#include "session/interrupt.h"
#include "session/tries.h"

static void digits_of(struct oc_dec dec, char text[TEXT_DECIMAL_MAX])
{
    text_from_units(text, dec.units, dec.scale, TEXT_SHORTEST);
}

static oc_rc say_wrong(struct options *options, const char *where, const char *words)
{
    return error_say(&options->error, OC_E_INVALID, where, "%s", words);
}

/* VENUE/ACCOUNT and --max become the words of an armed session. */
static oc_rc take_words(struct trying *trying, struct options *options)
{
    const char *word = options->words[1], *slash = strchr(word, '/'), *at = options->max ? options->max : "";
    char currency[OC_ASSET_MAX], amount[TEXT_DECIMAL_MAX], folder[ENV_PATH_MAX], dir[ENV_PATH_MAX], time[TEXT_TIME_MAX];
    struct oc_dec most = {0, 0, 0};
    if (!slash || slash == word || !slash[1] || (size_t)(slash - word) >= sizeof trying->venue ||
        strlen(slash + 1) >= sizeof trying->account_name)
        return say_wrong(options, "venue try", "expected VENUE/ACCOUNT, such as binanceus/main");
    if (start_value_read(&at, currency, &most) < 0 || *at || most.units <= 0 || money_from_dec(most, &trying->most) < 0)
        return say_wrong(options, "--max", "expected the most that an order may be worth: --max '15 USD'");
    snprintf(trying->venue, sizeof trying->venue, "%.*s", (int)(slash - word), word);
    snprintf(trying->account_name, sizeof trying->account_name, "%s", slash + 1);
    oc_rc rc = env_user_folder(folder);
    if (rc < 0)
        return error_say(&options->error, rc, "venue try",
                         "neither XDG_DATA_HOME nor HOME is set: its record has no place");
    text_from_time(time, env_clock_real());
    for (char *c = time; *c; c++)
        *c = *c == ':' ? '-' : *c;
    if (snprintf(dir, sizeof dir, "%s/try-%s-%s-%s", folder, trying->venue, trying->account_name, time) >=
        (int)sizeof dir)
        return error_say(&options->error, OC_E_INVALID, folder, "the path is too long");
    digits_of(most, amount);
    struct settings *settings = &options->settings;
    static const char origin[] = "outcry venue try";
    rc = env_make_private_dir(folder);
    if (rc < 0)
        return error_say(&options->error, rc, folder, "the folder could not be made: %s", env_error_text());
    const char *const set[][2] = {{"session.live", trying->account_name}, {"account.capital", options->max},
                                  {"risk.max_order_value.limit", amount}, {"risk.max_daily_loss.limit", amount},
                                  {"risk.without", "position_limit"},     {"session.dir", dir},
                                  {"session.on_exit", "cancel"}};
    for (size_t i = 0; rc == OC_OK && i < sizeof set / sizeof set[0]; i++)
        rc = settings_set(settings, set[i][0], set[i][1], origin);
    options->venue = trying->venue;
    options->word_count = 0;
    return rc < 0 ? error_copy(&options->error, &settings->error) : rc;
}

static oc_rc go(struct trying *trying, struct run *run)
{
    struct session *session = run->session;
    run->strategies.may_be_empty = true;
    oc_rc rc = run_take_venue(run);
    run_compose(run, RUN_CONSOLE | RUN_RECOVERS | RUN_ENDS, NULL);
    if (rc == OC_OK)
        rc = run_open(run);
    if (rc < 0)
        return rc;
    trying->account = session->money.account;
    try_next(trying, STEP_WAIT);
    session->pace.is_over = try_step;
    session->pace.is_over_self = trying;
    rc = run_go(run);
    session->pace.is_over = NULL;
    if (trying->step != STEP_END)
        try_add(trying, false, "end", "it was ended before it was through");
    rc = rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc;
    session->pace.by_stop = true; /* whatever rests of it is taken back */
    const oc_rc left = run_leave(run);
    rc = rc < 0 ? rc : left;
    return rc < 0 ? rc : session_end(session, OC_MARK_STOP, false);
}

static void show(const struct trying *trying, const char *dir)
{
    for (uint32_t i = 0; i < trying->row_count; i++)
        printf("%-7s %-12s %s\n", trying->rows[i].is_bad ? "FAILED" : "ok", trying->rows[i].name, trying->rows[i].text);
    printf("%s: %s/%s%s\nrecord: %s\n", trying->is_bad ? "failed" : "passed", trying->venue, trying->account_name,
           trying->is_bad || trying->has_traded ? ""
                                                : "; sessions stay REHEARSED ONLY until it has passed with --trade",
           dir);
}

static int judge(struct trying *trying, struct run *run)
{
    const struct settings *settings = run->session->settings;
    const struct part *part = parts_at(run->session->parts, PART_CONNECTOR, 0);
    const struct try_made made = {.connector = part ? part->id : "",
                                  .version = part ? part->version : "",
                                  .environment = venue_text(settings, trying->venue, "environment", ""),
                                  .venue = trying->venue,
                                  .account = trying->account_name};
    show(trying, settings_text(settings, "session.dir", ""));
    if (tries_keep(&made, !trying->is_bad, trying->has_traded) < 0) {
        fprintf(stderr, "outcry: what came of it could not be kept: %s\n", env_error_text());
        return EXIT_RUN;
    }
    return trying->is_bad ? EXIT_VENUE : EXIT_GOOD;
}

int venue_try(struct options *options)
{
    struct trying *trying = calloc(1, sizeof *trying);
    struct registry *registry = calloc(1, sizeof *registry);
    struct run *run = NULL;
    int code = EXIT_RUN;
    if (!trying || !registry)
        goto out;
    trying->options = options;
    oc_rc rc = take_words(trying, options);
    if (rc < 0) {
        code = complain(&options->error, rc, options->json);
        goto out;
    }
    log_set_level(LOG_WARNING);
    registry_init(registry);
    run = run_new(options, registry, "try");
    if (!run)
        goto out;
    trying->run = run;
    trying->session = run->session;
    interrupt_install();
    rc = go(trying, run);
    log_flush();
    if (rc < 0) {
        code = complain_of_session(run->session, rc, "it could not be tried", options->json);
    } else {
        code = judge(trying, run);
        if (engine_count_cancels(run->session->engine, CANCEL_OWN))
            run_tell_left(run);
    }
out:
    if (run)
        code = run_close_session(run, code);
    run_free(run);
    free(registry);
    free(trying);
    return code;
}
