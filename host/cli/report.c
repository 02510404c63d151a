/* report.c: `outcry report`: the figures of a recorded session, from its records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/shown.h"
#include "cli/verbs.h"
#include "report/report.h"

static oc_rc show(const struct shown *shown, bool is_json, const char *html)
{
    oc_rc rc = is_json ? report_json(&shown->result, stdout) : report_text(&shown->result, stdout);
    if (rc < 0)
        return session_fail_code(shown->session, rc, "the standard output", "the report could not be written");
    rc = html ? report_html(&shown->result, html) : OC_OK;
    if (rc < 0)
        return session_say(shown->session, rc, html, "the report could not be written: %s",
                           rc == OC_E_NOMEM ? error_name(rc) : env_error_text());
    return rc;
}

static int report(const char *dir, bool is_json, const char *html)
{
    struct shown *shown = shown_new();
    struct error error;
    if (!shown)
        return complain(&error, error_of_code(&error, OC_E_NOMEM, dir, "the report could not be made"), is_json);
    log_set_level(LOG_NONE);
    int code = EXIT_GOOD;
    oc_rc rc = shown_fold(shown, dir, false);
    const bool has_reported = rc == OC_OK; /* a report was begun on the standard output */
    if (rc == OC_OK)
        rc = show(shown, is_json, html);
    if (rc < 0 && shown->session)
        code = complain_of_session(shown->session, rc, "the report could not be made", is_json && !has_reported);
    shown_free(shown);
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
