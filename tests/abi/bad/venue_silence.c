#define VENUE_MORE .silence_ns = -1
#include "venue.h"
