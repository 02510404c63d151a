#define VENUE_ORDERS                                                                                                   \
    {                                                                                                                  \
        .type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .must = 1u << 27                                             \
    }
#include "venue.h"
