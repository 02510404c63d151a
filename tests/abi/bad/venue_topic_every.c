#define VENUE_TOPICS                                                                                                   \
    {                                                                                                                  \
        .topic = OC_TOPIC_TRADES, .every_ns = -1                                                                       \
    }
#include "venue.h"
