#define VENUE_MORE .protocol = ""
#include "venue.h"
