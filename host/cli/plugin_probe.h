/* plugin_probe.h: `outcry plugin check`: files are read, loaded and run in a child, which may crash. */
#ifndef CLI_PLUGIN_PROBE_H
#define CLI_PLUGIN_PROBE_H

#include "config/settings.h"

/* Runs `fn` in a child of its own. Its result, or EXIT_RUN with words about `path` where it crashed or did not come back. */
int plugin_in_child(const char *path, int (*fn)(void *arg), void *arg);
/* The last that such a child does with its code: what was written and has not arrived is an error. */
int plugin_child_end(int code);
/* KEY=VALUE as a setting of the plugin under test. False: it is none, or too long. */
bool plugin_take_set(struct settings *settings, const char *text);
/* argv: the files, and --set KEY=VALUE. Returns the exit code. */
int plugin_check(int argc, char **argv);

#endif
