#define VENUE_MORE .venue = "Not Good"
#include "venue.h"
