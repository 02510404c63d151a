#define VENUE_ORDERS                                                                                                   \
    {                                                                                                                  \
        .type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .links = 1u << 4                                             \
    }
#include "venue.h"
