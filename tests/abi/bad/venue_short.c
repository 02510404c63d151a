#define VENUE_MORE .size = 8
#include "venue.h"
