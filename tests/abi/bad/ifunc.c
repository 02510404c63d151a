#include "rule.h"
static int one(void) { return 1; }
static int (*resolve(void))(void)
{
    mark();
    return one;
}
static int pick(void) __attribute__((ifunc("resolve")));
int asks(void);
__attribute__((visibility("default"))) int asks(void) { return pick(); }
