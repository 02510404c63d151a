#define VENUE_ENDPOINTS                                                                                                \
    {                                                                                                                  \
        .name = "Rest", .urls = "https://a.example", .env = OC_ENV_LIVE                                                \
    }
#include "venue.h"
