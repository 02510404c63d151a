#define VENUE_CREDENTIALS                                                                                              \
    {.name = "key", .about = "a key", .kind = 1}, { .name = "key", .about = "a key", .kind = 1 }
#include "venue.h"
