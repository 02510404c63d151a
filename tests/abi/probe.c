/* probe.c: the `plugin` verbs alone, for tests that need them without the rest of the program:
 * probe plugin list|info|check|new ... */
#include "load/verb.h"

#include <stdio.h>
#include <string.h>

static void out(void *context, const char *text)
{
    (void)context;
    fputs(text, stdout);
}

static void err(void *context, const char *text)
{
    (void)context;
    fputs(text, stderr);
}

int main(int argc, char **argv)
{
    const struct plugin_verb_env env = {.out = out, .err = err};
    if (argc < 2 || strcmp(argv[1], "plugin") != 0) {
        fputs("usage: probe plugin list|info|check|new ...\n", stderr);
        return 2;
    }
    return plugin_verb(argc - 2, (const char *const *)argv + 2, &env);
}
