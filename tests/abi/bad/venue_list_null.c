#define VENUE_MORE .limits = NULL
#include "venue.h"
