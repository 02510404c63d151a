extern int nobody_has_this(void) __attribute__((weak));
int asks(void);
__attribute__((visibility("default"))) int asks(void) { return nobody_has_this ? nobody_has_this() : 0; }
#include "rule.h"
