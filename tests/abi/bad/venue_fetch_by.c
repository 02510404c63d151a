#define VENUE_FETCHES                                                                                                  \
    {                                                                                                                  \
        .kind = OC_FETCH_BARS, .by = 1u << 7                                                                           \
    }
#include "venue.h"
