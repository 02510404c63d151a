#define VENUE_MORE .endpoint_count = 33
#include "venue.h"
