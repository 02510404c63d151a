#define VENUE_ENDPOINTS                                                                                                \
    {                                                                                                                  \
        .name = "rest", .urls = "https://a.example  https://b.example", .env = OC_ENV_LIVE                             \
    }
#include "venue.h"
