#define VENUE_ORDERS                                                                                                   \
    {                                                                                                                  \
        .type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .amends = 1u << 7                                            \
    }
#include "venue.h"
