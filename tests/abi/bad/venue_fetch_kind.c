#define VENUE_FETCHES                                                                                                  \
    {                                                                                                                  \
        .kind = 13                                                                                                     \
    }
#include "venue.h"
