#define VENUE_ORDERS                                                                                                   \
    {                                                                                                                  \
        .type = 13, .tifs = 1u << OC_TIF_GTC                                                                           \
    }
#include "venue.h"
