#include "rule.h"
__attribute__((constructor)) static void runs_early(void) { mark(); }
__attribute__((constructor)) static void runs_too(void) { mark(); }
