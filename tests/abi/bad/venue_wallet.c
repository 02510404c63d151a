#define VENUE_WALLETS NULL
#include "venue.h"
