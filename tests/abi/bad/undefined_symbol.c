extern int nobody_has_this(void);
int asks(void);
__attribute__((visibility("default"))) int asks(void) { return nobody_has_this(); }
#include "rule.h"
