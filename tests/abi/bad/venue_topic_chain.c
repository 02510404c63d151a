#define VENUE_TOPICS                                                                                                   \
    {                                                                                                                  \
        .topic = OC_TOPIC_BOOK, .chain = 3                                                                             \
    }
#include "venue.h"
