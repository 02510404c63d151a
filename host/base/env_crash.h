/* env_crash.h: last words of a process that dies of a signal (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT).
 * Invariants: the words are made in a signal handler on a stack of its own; the signal kills afterwards as it would have. */
#ifndef BASE_ENV_CRASH_H
#define BASE_ENV_CRASH_H

#include <stddef.h>

/* [setup] Once; `words` writes a text and returns its size, `what` is "crashed (SIGSEGV)". Sanitizers keep their own. */
void env_crash_watch(size_t (*words)(const char *what, char *text, size_t size_max));
/* [any] Ends the process at once with code 1, after the text on stderr. In a signal handler too. */
void env_die(const char *text, size_t size);

#endif
