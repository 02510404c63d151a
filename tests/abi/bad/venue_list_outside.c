#define VENUE_MORE .limits = (const struct oc_limit *)64
#include "venue.h"
