#define VENUE_MORE .window_ns = 0, .flags = OC_HAS_SIGNED_TIME
#include "venue.h"
