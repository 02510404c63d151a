#define VENUE_FETCHES                                                                                                  \
    {.kind = OC_FETCH_BARS}, { .kind = OC_FETCH_BARS }
#include "venue.h"
