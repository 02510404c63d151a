#include "rule.h"
__attribute__((destructor)) static void runs_late(void) { mark(); }
