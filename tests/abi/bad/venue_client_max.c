#define VENUE_MORE .client_max = 72
#include "venue.h"
