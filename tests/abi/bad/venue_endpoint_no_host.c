#define VENUE_ENDPOINTS                                                                                                \
    {                                                                                                                  \
        .name = "rest", .urls = "https://", .env = OC_ENV_LIVE                                                         \
    }
#include "venue.h"
