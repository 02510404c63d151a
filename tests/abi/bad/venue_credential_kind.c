#define VENUE_CREDENTIALS                                                                                              \
    {                                                                                                                  \
        .name = "key", .about = "a key"                                                                                \
    }
#include "venue.h"
