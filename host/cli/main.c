/* main.c: the program `outcry`: finds the verb and calls it. */
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/verbs.h"
#include "session/interrupt.h"
#include "session/isolate.h"

/* What was written and has not arrived is an error, whatever came before. */
static int close_output(int code)
{
    bool has_failed = ferror(stdout);
    if (fflush(stdout) == 0 && !has_failed)
        return code;
    fputs("outcry: the standard output could not be written: closed, or full\n", stderr);
    return code == EXIT_GOOD ? EXIT_RUN : code;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C");
    outcry_build = outcry_build_id;
    interrupt_ignore_output();
    if (argc < 2) {
        verb_help(0, NULL);
        return EXIT_USE;
    }
    const char *names[32] = {0};
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        word = "help";
    if (strcmp(word, "--version") == 0)
        word = "version";
    if (strcmp(word, "isolated-connector") == 0) /* a host starts it: nobody types it */
        return isolate_serve();
    const struct verb *verb = help_find(word);
    if (verb && verb->options != HELP_ITSELF && help_is_asked(argc - 1, argv + 1)) {
        help_verb(verb);
        return close_output(EXIT_GOOD);
    }
    if (verb)
        return close_output(verb->run(argc - 1, argv + 1));
    for (size_t i = 0; help_verbs[i].name && i + 1 < sizeof names / sizeof names[0]; i++)
        names[i] = help_verbs[i].name;
    const char *nearest = text_nearest(word, names);
    struct error error;
    (void)error_say(&error, OC_E_INVALID, "", "unknown verb"); /* wrong use has an exit code of its own */
    error_found(&error, "%s", word);
    if (nearest)
        error_remedy(&error, "did you mean '%s'?", nearest);
    else
        error_remedy(&error, "see `outcry help`");
    (void)complain(&error, OC_E_INVALID, false);
    return EXIT_USE;
}
