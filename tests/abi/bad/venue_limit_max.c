#define VENUE_LIMITS                                                                                                   \
    {                                                                                                                  \
        .name = "weight", .scope = OC_SCOPE_KEY, .kind = OC_LIMIT_BUCKET, .max = 0, .period_ns = 1000000000            \
    }
#include "venue.h"
