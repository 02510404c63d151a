#define CONNECTOR_MORE .flags = 1
#include "venue.h"
