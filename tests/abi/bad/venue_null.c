#define CONNECTOR_VENUE NULL
#include "venue.h"
