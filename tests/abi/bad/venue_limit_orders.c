#define VENUE_LIMITS                                                                                                   \
    {                                                                                                                  \
        .name = "weight", .scope = OC_SCOPE_KEY, .kind = OC_LIMIT_BUCKET, .max = 10, .period_ns = 1000000000,          \
        .orders = 2                                                                                                    \
    }
#include "venue.h"
