/* plugin_probe.h: `outcry plugin check`: files are read, loaded and run in a child, which may crash. */
#ifndef CLI_PLUGIN_PROBE_H
#define CLI_PLUGIN_PROBE_H

/* argv: the files, and --set KEY=VALUE. Returns the exit code. */
int plugin_check(int argc, char **argv);

#endif
