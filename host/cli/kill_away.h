/* kill_away.h: the orders of a session taken back at its venues by this process, for its host hangs or is down. */
#ifndef CLI_KILL_AWAY_H
#define CLI_KILL_AWAY_H

#include "base/checked.h"
#include "base/text.h"

enum { KILL_AWAY_VENUES_MAX = 16 };

struct kill_away { /* what came of it at one venue */
    char venue[48];
    bool is_over;     /* its list was seen, and shows none that was to go */
    uint32_t first;   /* orders that were to go */
    uint32_t left;    /* still shown */
    uint32_t staying; /* protective ones */
    uint32_t foreign; /* of another hand */
    uint32_t at_once; /* markets that were cleared by one message */
    int64_t took_ns;  /* from the first cancel to the last list */
    char why[512];    /* "": nothing went wrong */
};

/* From the records of the session in `dir`. OC_E_NOT_FOUND: it is at no venue on the network: nothing of it rests anywhere. Others: its
 * records cannot be read, and *ret_why (512 bytes) says so. What went wrong at a venue stands in its row. */
CHECKED oc_rc kill_away(const char *dir, bool takes_all, int64_t timeout_ns, struct kill_away *rows,
                        uint32_t *ret_count, char *ret_why);

#endif
