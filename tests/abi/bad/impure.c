#define RULE_RISK
#define RULE_MARK 0
#include <stdint.h>
#include <time.h>
int64_t asks(void);
#include "rule.h"
__attribute__((visibility("default"))) int64_t asks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}
