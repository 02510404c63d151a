#define CONNECTOR_MORE .account = NULL
#include "venue.h"
