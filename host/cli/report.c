/* report.c: `outcry report`: the figures of a recorded session, from its records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "recover/records.h"
#include "report/report.h"

struct shown {
    struct options options;
    struct registry registry;
    struct session *session;
    struct meter meter;
    struct records records;
    struct result result;
    bool has_reported; /* a report was begun on the standard output */
};

static oc_rc fold(struct shown *shown, const char *dir, bool has_market)
{
    struct text notes;
    shown->options.quiet = true;
    shown->session = session_new(&shown->options.settings, &shown->registry, "recorded");
    if (!shown->session)
        return OC_E_NOMEM;
    text_init_grow(&notes, 1 << 16);
    shown->records.has_market = has_market;
    oc_rc rc = records_open(&shown->records, shown->session, &shown->meter, dir, &notes);
    if (notes.data && has_market)
        fputs(notes.data, stderr);
    text_release(&notes);
    return rc < 0 ? rc : records_fold(&shown->records);
}

static void release(struct shown *shown)
{
    session_free(shown->session);
    records_close(&shown->records);
    settings_release(&shown->options.settings);
    shown->options.settings = (struct settings){0};
    shown->session = NULL;
    shown->meter = (struct meter){0};
    shown->records = (struct records){0};
}

static oc_rc show(struct shown *shown, bool is_json, const char *html)
{
    struct result *result = &shown->result;
    oc_rc rc = records_result(&shown->records, result);
    if (rc < 0)
        return session_fail_code(shown->session, rc, shown->records.dir, "the figures could not be made");
    shown->has_reported = true;
    rc = is_json ? report_json(result, stdout) : report_text(result, stdout);
    if (rc < 0)
        return session_fail_code(shown->session, rc, "the standard output", "the report could not be written");
    rc = html ? report_html(result, html) : OC_OK;
    if (rc < 0)
        return session_say(shown->session, rc, html, "the report could not be written: %s",
                           rc == OC_E_NOMEM ? error_name(rc) : env_error_text());
    return rc;
}

static int report(const char *dir, bool is_json, const char *html)
{
    struct shown *shown = calloc(1, sizeof *shown);
    struct error error;
    if (!shown)
        return complain(&error, error_of_code(&error, OC_E_NOMEM, dir, "the report could not be made"), is_json);
    log_set_level(LOG_NONE);
    registry_init(&shown->registry);
    int code = EXIT_GOOD;
    oc_rc rc = fold(shown, dir, true);
    if (rc == OC_E_STATE) { /* the data cannot be read, or are others: the records alone */
        release(shown);
        rc = fold(shown, dir, false);
    }
    if (rc == OC_OK)
        rc = show(shown, is_json, html);
    if (rc < 0 && shown->session)
        code = complain_of_session(shown->session, rc, "the report could not be made", is_json && !shown->has_reported);
    release(shown);
    options_release(&shown->options);
    free(shown);
    return code;
}

int verb_report(int argc, char **argv)
{
    const char *dir = NULL, *html = NULL;
    bool is_json = false, is_wrong = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            is_json = true;
        } else if (strcmp(argv[i], "--report") == 0 && i + 1 < argc) {
            html = argv[++i];
        } else if (argv[i][0] != '-' && !dir) {
            dir = argv[i];
        } else {
            is_wrong = true;
        }
    }
    if (!dir || is_wrong) {
        struct error error;
        (void)complain(
            &error,
            error_say(&error, OC_E_INVALID, "report", "usage: outcry report SESSION [--json] [--report FILE.html]"),
            is_json);
        return EXIT_USE;
    }
    return report(dir, is_json, html);
}
