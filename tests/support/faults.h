/* faults.h: drives the fault points of product code (base/fault.h). */
#ifndef SUPPORT_FAULTS_H
#define SUPPORT_FAULTS_H

#include "base/fault.h"

#include <stdint.h>

enum { FAULT_ARMED_MAX = 16, FAULT_NAME_MAX = 48 };

/* [setup] The `nth` pass from now (1 is the next) fires, once; with `nth` 0 each pass fires. False: the table is full. */
bool fault_arm(const char *name, uint32_t nth);
/* [setup] Disarms all. */
void fault_clear(void);

#endif
