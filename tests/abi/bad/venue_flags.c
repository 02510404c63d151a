#define VENUE_MORE .flags = 1u << 31
#include "venue.h"
