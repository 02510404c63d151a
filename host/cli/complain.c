#include "cli/complain.h"

#include <stdio.h>

#include "base/json_out.h"
#include "cli/verbs.h"

int exit_code(oc_rc rc)
{
    if (rc == OC_OK)
        return EXIT_GOOD;
    return rc == OC_E_CONFIG ? EXIT_CONFIG : EXIT_RUN;
}

static void print_json(const struct error *error)
{
    char bytes[6 * ERROR_TEXT_MAX + 128]; /* each byte as an escape */
    struct text text;
    text_init_fixed(&text, bytes, sizeof bytes);
    error_json(error, &text);
    puts(text.data);
}

int complain(const struct error *error, oc_rc rc, bool is_json)
{
    char text[ERROR_TEXT_MAX];
    error_text(error, text);
    fprintf(stderr, "outcry: %s\n", text);
    if (is_json)
        print_json(error);
    return exit_code(rc);
}

int complain_of_session(const struct session *session, oc_rc rc, const char *what, bool is_json)
{
    struct error error = session->words.error;
    if (!error_is_set(&error))
        (void)error_of_code(&error, rc, "", what); /* rc is what the exit code is made of */
    const int code = complain(&error, rc, is_json);
    fputs(session->words.trace, stderr);
    return code;
}
