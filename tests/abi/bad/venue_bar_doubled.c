#define VENUE_BARS 60000000000, 60000000000
#include "venue.h"
