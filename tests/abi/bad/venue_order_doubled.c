#define VENUE_ORDERS                                                                                                   \
    {.type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC}, { .type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC }
#include "venue.h"
