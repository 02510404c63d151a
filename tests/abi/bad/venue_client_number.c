#define VENUE_MORE .client_form = OC_CLIENT_NUMBER, .client_charset = 0, .client_max = 65
#include "venue.h"
