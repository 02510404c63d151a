#define VENUE_TOPICS                                                                                                   \
    {.topic = OC_TOPIC_TRADES}, { .topic = OC_TOPIC_TRADES }
#include "venue.h"
