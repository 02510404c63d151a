/* report.c: `outcry report`: the figures of a recorded session, from its records; and two of them beside each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/verbs.h"
#include "recover/shown.h"
#include "report/compare.h"
#include "report/report.h"

struct wish {
    const char *dirs[2];
    const char *html;
    const char *csv;
    int dir_count;
    bool is_json;
    bool is_wrong;
    bool compares;
};

static oc_rc show(const struct shown *shown, const struct wish *wish)
{
    oc_rc rc = wish->is_json ? report_json(&shown->result, stdout) : report_text(&shown->result, stdout);
    if (rc < 0)
        return session_fail_code(shown->session, rc, "the standard output", "the report could not be written");
    const char *where = wish->html;
    rc = wish->html ? report_html(&shown->result, wish->html) : OC_OK;
    if (rc == OC_OK && wish->csv) {
        where = wish->csv;
        rc = report_csv(&shown->result, wish->csv);
    }
    if (rc < 0)
        return session_say(shown->session, rc, where, "the report could not be written: %s",
                           rc == OC_E_NOMEM ? error_name(rc) : env_error_text());
    return rc;
}

static int no_memory(const struct wish *wish)
{
    struct error error;
    return complain(&error, error_of_code(&error, OC_E_NOMEM, wish->dirs[0], "the report could not be made"),
                    wish->is_json);
}

static int report(const struct wish *wish)
{
    struct shown *shown = shown_new();
    if (!shown)
        return no_memory(wish);
    log_set_level(LOG_NONE);
    int code = EXIT_GOOD;
    oc_rc rc = shown_fold(shown, wish->dirs[0], false);
    const bool has_reported = rc == OC_OK; /* a report was begun on the standard output */
    if (rc == OC_OK)
        rc = show(shown, wish);
    if (rc < 0 && shown->session)
        code = complain_of_session(shown->session, rc, "the report could not be made", wish->is_json && !has_reported);
    shown_free(shown);
    return code;
}

static int compare(const struct wish *wish)
{
    struct shown *shown[2] = {shown_new(), shown_new()};
    if (!shown[0] || !shown[1]) {
        shown_free(shown[1]);
        shown_free(shown[0]);
        return no_memory(wish);
    }
    int code = EXIT_GOOD;
    log_set_level(LOG_NONE);
    for (int i = 0; i < 2 && code == EXIT_GOOD; i++) {
        oc_rc rc = shown_fold(shown[i], wish->dirs[i], false);
        if (rc < 0)
            code = complain_of_session(shown[i]->session, rc, "the report could not be made", wish->is_json);
    }
    if (code == EXIT_GOOD) {
        oc_rc rc = report_compare(&shown[0]->result, &shown[1]->result, wish->is_json, stdout);
        if (rc < 0)
            code = complain_of_session(
                shown[0]->session,
                session_fail_code(shown[0]->session, rc, "the standard output", "the comparison could not be written"),
                "the comparison could not be written", false);
    }
    shown_free(shown[1]);
    shown_free(shown[0]);
    return code;
}

static void take_word(struct wish *wish, int argc, char **argv, int *at)
{
    const char *word = argv[*at];
    const bool has_next = *at + 1 < argc;
    if (strcmp(word, "--json") == 0)
        wish->is_json = true;
    else if (strcmp(word, "--report") == 0 && has_next)
        wish->html = argv[++*at];
    else if (strcmp(word, "--csv") == 0 && has_next)
        wish->csv = argv[++*at];
    else if (word[0] != '-' && wish->dir_count < 1 + wish->compares)
        wish->dirs[wish->dir_count++] = word;
    else
        wish->is_wrong = true;
}

int verb_report(int argc, char **argv)
{
    struct wish wish = {.compares = argc > 1 && strcmp(argv[1], "diff") == 0};
    for (int i = 1 + wish.compares; i < argc; i++)
        take_word(&wish, argc, argv, &i);
    wish.is_wrong |= wish.dir_count != 1 + wish.compares || (wish.compares && (wish.html || wish.csv));
    if (wish.is_wrong) {
        struct error error;
        (void)complain(
            &error,
            error_say(&error, OC_E_INVALID, "report",
                      "usage: outcry report SESSION [--json] [--report FILE.html] [--csv FOLDER], or: outcry "
                      "report diff SESSION SESSION [--json]"),
            wish.is_json);
        return EXIT_USE;
    }
    return wish.compares ? compare(&wish) : report(&wish);
}
