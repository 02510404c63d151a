#define VENUE_TOPICS                                                                                                   \
    {                                                                                                                  \
        .topic = OC_TOPIC_TRADES, .depth = 10                                                                          \
    }
#include "venue.h"
