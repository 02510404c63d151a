/* Linked with -fini=late; without it a good one. */
#include "rule.h"
void late(void);
void late(void) { mark(); }
