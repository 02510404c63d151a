#define VENUE_LIST_CONST
#include "venue.h"
