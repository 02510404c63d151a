/* quota.h: how much a customer may ask of the rehearsal venue: weight and orders a window, and a ban for who goes on when told to wait.
 *
 * Invariants
 * - A window begins at each multiple of its length of the venue's clock. What is refused is not counted in it.
 * - Who is refused QUOTA_OFFENCES times within an hour is banned: for two minutes, and twice as long each time after, up to three days.
 *   What comes meanwhile is refused and makes it no longer.
 * - At most QUOTA_SUBJECTS_MAX addresses and keys are known; the one that was quiet for longest is forgotten for a new one. */
#ifndef REHEARSAL_QUOTA_H
#define REHEARSAL_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

enum { QUOTA_RULES_MAX = 4, QUOTA_SUBJECTS_MAX = 64, QUOTA_OFFENCES = 5, QUOTA_NAME_MAX = 64 };

struct quota_rule { /* data of a face */
    const char *name;
    bool is_of_key;    /* counted for a key; else for an address */
    bool is_of_orders; /* counts orders; else weight */
    uint32_t max;
    int64_t window_ns;
};

enum quota_verdict { QUOTA_OK = 0, QUOTA_WAIT, QUOTA_BANNED };

struct quota_subject {
    char name[QUOTA_NAME_MAX]; /* "" none */
    int64_t window[QUOTA_RULES_MAX];
    uint32_t used[QUOTA_RULES_MAX];
    uint32_t offences, bans;
    int64_t offence_ns, banned_until_ns, seen_ns;
};

struct quota {
    const struct quota_rule *rules; /* static */
    uint32_t rule_count;
    struct quota_subject subjects[QUOTA_SUBJECTS_MAX];
    uint64_t waits, bans; /* that were said */
};

/* One request of an address (and of a key, where that is not NULL). *ret_wait_ns: until it may come again. */
enum quota_verdict quota_take(struct quota *quota, int64_t now_ns, const char *address, const char *key,
                              uint32_t weight, uint32_t orders, int64_t *ret_wait_ns);
/* What was used of a rule in its window; 0 of whom nobody knows. */
uint32_t quota_used(const struct quota *quota, int64_t now_ns, uint32_t rule, const char *subject);

#endif
