/* fault.h: named places in product code where a test may make something fail.
 *
 * `if (FAULT("journal.rotate")) return OC_E_IO;` is false unless a test has armed the name; in
 * release builds it is the constant 0 and nothing remains of it. Failures of the system itself are
 * injected in env_sim.h and need no point here.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef OUTCRY_RELEASE
#define FAULT(name) 0
#else
#define FAULT(name) fault_hit(name)
#endif

enum { FAULT_ARMED_MAX = 16, FAULT_NAME_MAX = 48 };

/* [any] True when `name` is armed and this is the pass that was asked for. */
bool fault_hit(const char *name);
/* [setup] The `nth` pass from now (1 is the next) fires, once; with `nth` 0 each pass fires. False:
 * the table is full. */
bool fault_arm(const char *name, uint32_t nth);
/* [setup] Disarms all. */
void fault_clear(void);

#endif
