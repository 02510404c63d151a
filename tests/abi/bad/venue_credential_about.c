#define VENUE_CREDENTIALS                                                                                              \
    {                                                                                                                  \
        .name = "key", .kind = 1                                                                                       \
    }
#include "venue.h"
