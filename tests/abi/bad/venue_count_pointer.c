#define VENUE_MORE .absence_ns = (int64_t)&endpoints
#include "venue.h"
