#define VENUE_ENDPOINTS                                                                                                \
    {.name = "rest", .urls = "https://a.example", .env = OC_ENV_LIVE},                                                 \
    {                                                                                                                  \
        .name = "rest", .urls = "https://a.example", .env = OC_ENV_LIVE                                                \
    }
#include "venue.h"
