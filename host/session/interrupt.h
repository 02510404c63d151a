/* interrupt.h: what the system tells the process. Ctrl-C and SIGTERM: the first asks for a graceful end, the second ends at once.
 * A terminal that hangs up, a pipe that is closed and a file that may grow no more end nothing: the run goes on without that
 * output, and says so where it still can. */
#ifndef SESSION_INTERRUPT_H
#define SESSION_INTERRUPT_H

#include <stdbool.h>

/* [setup] Every program: closed pipes and full files are errors of the call, never deaths. */
void interrupt_ignore_output(void);
/* [setup] Installs the handlers of a run. */
void interrupt_install(void);
/* Signals received since the last interrupt_heard that ask for an end. [any] */
int interrupt_count(void);
/* They have been heard: what is still to be done before the end goes on. The next one ends at once all the same. [any] */
void interrupt_heard(void);
/* Whether the first of them was Ctrl-C: nobody but a person at the terminal. [any] */
bool interrupt_was_typed(void);
/* The terminal has hung up since the last call. [engine] */
bool interrupt_take_hangup(void);

#endif
