/* Any bytes as what Binance.US says to its connector. */
#include "binance.h"

#define FUZZ_SYMBOL   "BTCUSD"
#define FUZZ_HEADERS  "x-mbx-used-weight-1m: 7\r\nretry-after: 3\r\n"
#define FUZZ_ABOUT    OC_FETCH_INSTRUMENTS, ABOUT_KEY, ABOUT_KEEP, OC_FETCH_TIME
#define FUZZ_REQUESTS 4
#include "connector_fuzz.h"
