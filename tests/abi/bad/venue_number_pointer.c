#define VENUE_ORDERS                                                                                                   \
    {                                                                                                                  \
        .type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .zero = (uint64_t)&endpoints                                 \
    }
#include "venue.h"
