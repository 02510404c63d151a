/* interrupt.h: Ctrl-C and SIGTERM: the first asks for a graceful end, the second ends at once. */
#ifndef SESSION_INTERRUPT_H
#define SESSION_INTERRUPT_H

/* [setup] Installs the handlers. */
void interrupt_install(void);
/* Signals received so far. [any] */
int interrupt_count(void);

#endif
