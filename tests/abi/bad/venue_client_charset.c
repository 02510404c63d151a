#define VENUE_MORE .client_charset = 0
#include "venue.h"
