#define VENUE_CONST
#include "venue.h"
