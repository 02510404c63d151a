#define VENUE_MORE .client_form = 3
#include "venue.h"
