#define VENUE_MORE .bar_count = 0
#include "venue.h"
