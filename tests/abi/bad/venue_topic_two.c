#define VENUE_TOPICS                                                                                                   \
    {                                                                                                                  \
        .topic = OC_TOPIC_TRADES | OC_TOPIC_QUOTES                                                                     \
    }
#include "venue.h"
