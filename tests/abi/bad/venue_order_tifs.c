#define VENUE_ORDERS                                                                                                   \
    {                                                                                                                  \
        .type = OC_ORDER_LIMIT, .tifs = 0x101                                                                          \
    }
#include "venue.h"
