/* Any bytes as what Coinbase Advanced says to its connector. */
#include "coinbase.h"

#define FUZZ_SYMBOL   "BTC-USD"
#define FUZZ_HEADERS  "x-ratelimit-limit: 30\r\nx-ratelimit-remaining: 3\r\n"
#define FUZZ_ABOUT    OC_FETCH_INSTRUMENTS, OC_FETCH_TIME
#define FUZZ_REQUESTS 3
#include "connector_fuzz.h"
