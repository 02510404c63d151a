#define VENUE_TOPICS                                                                                                   \
    {                                                                                                                  \
        .topic = OC_TOPIC_TRADES, .flags = 8                                                                           \
    }
#include "venue.h"
