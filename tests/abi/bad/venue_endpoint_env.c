#define VENUE_ENDPOINTS                                                                                                \
    {                                                                                                                  \
        .name = "rest", .urls = "https://a.example", .env = 5                                                          \
    }
#include "venue.h"
