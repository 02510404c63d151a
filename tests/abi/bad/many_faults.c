#define RULE_ID    "No"
#define RULE_KIND  "outcry.magic/1"
#define RULE_OPEN  NULL
#define RULE_CLOSE NULL
#define RULE_ABOUT ""
#define RULE_PROBE NULL
extern int nobody_has_this(void);
int asks(void);
__attribute__((visibility("default"))) int asks(void) { return nobody_has_this(); }
#include "rule.h"
