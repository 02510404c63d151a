#include "venue.h"
