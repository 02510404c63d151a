#define VENUE_ENDPOINTS                                                                                                \
    {                                                                                                                  \
        .name = "rest", .urls = "https://b.example http://a.example", .env = OC_ENV_LIVE                               \
    }
#include "venue.h"
