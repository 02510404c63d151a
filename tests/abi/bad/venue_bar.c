#define VENUE_BARS 60000000000, -2
#include "venue.h"
