#define CONNECTOR_MORE .message = NULL
#include "venue.h"
