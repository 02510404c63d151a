#define VENUE_FETCHES                                                                                                  \
    {                                                                                                                  \
        .kind = OC_FETCH_BARS, .span_ns = -5                                                                           \
    }
#include "venue.h"
