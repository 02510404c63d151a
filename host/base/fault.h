/* fault.h: named places in product code where a test may make something fail.
 *
 * `if (FAULT("journal.rotate")) return OC_E_IO;` is false unless a test has set fault_hit and armed the name; in release
 * builds it is the constant 0 and nothing remains of it. Failures of the system itself are injected by a simulated
 * environment and need no point here. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#ifdef OUTCRY_RELEASE
#define FAULT(name) 0
#else
#define FAULT(name) (fault_hit && fault_hit(name))
#endif

/* [any] True when `name` is armed and this is the pass that was asked for. NULL: no test drives it. [setup] */
extern bool (*fault_hit)(const char *name);

#endif
