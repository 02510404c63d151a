#define VENUE_MORE .venue = "a23456789_123456789_1234"
#include "venue.h"
