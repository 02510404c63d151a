#include "rule.h"
void _init(void);
void _init(void) { mark(); }
