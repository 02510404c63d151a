#define VENUE_ENDPOINTS                                                                                                \
    {.name = "rest", .urls = "https://a.example", .env = OC_ENV_LIVE},                                                 \
    {                                                                                                                  \
        .name = "rest", .urls = "https://a.example", .env = OC_ENV_TESTNET, .place = 1                                 \
    }
#include "venue.h"
