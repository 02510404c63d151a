#define VENUE_TOPICS                                                                                                   \
    {                                                                                                                  \
        .topic = OC_TOPIC_TRADES, .flags = 16                                                                          \
    }
#include "venue.h"
