#include "rehearsal/quota.h"

#include "base/text.h"

#define MINUTE_NS 60000000000ll
#define BAN_NS    (2 * MINUTE_NS)

static struct quota_subject *known(struct quota *quota, const char *name)
{
    for (uint32_t i = 0; i < QUOTA_SUBJECTS_MAX; i++)
        if (strcmp(quota->subjects[i].name, name) == 0)
            return &quota->subjects[i];
    return NULL;
}

static struct quota_subject *subject_of(struct quota *quota, int64_t now_ns, const char *name)
{
    struct quota_subject *found = known(quota, name);
    if (!found) {
        found = &quota->subjects[0];
        for (uint32_t i = 1; i < QUOTA_SUBJECTS_MAX; i++)
            if (quota->subjects[i].seen_ns < found->seen_ns)
                found = &quota->subjects[i];
        memset(found, 0, sizeof *found);
        text_copy(found->name, QUOTA_NAME_MAX, name);
    }
    found->seen_ns = now_ns;
    return found;
}

static uint32_t used_now(const struct quota *quota, const struct quota_subject *subject, uint32_t rule, int64_t now_ns)
{
    return subject->window[rule] == now_ns / quota->rules[rule].window_ns ? subject->used[rule] : 0;
}

uint32_t quota_used(const struct quota *quota, int64_t now_ns, uint32_t rule, const char *subject)
{
    for (uint32_t i = 0; i < QUOTA_SUBJECTS_MAX; i++)
        if (strcmp(quota->subjects[i].name, subject) == 0)
            return used_now(quota, &quota->subjects[i], rule, now_ns);
    return 0;
}

static enum quota_verdict refuse(struct quota *quota, struct quota_subject *subject, int64_t now_ns,
                                 int64_t *ret_wait_ns)
{
    if (now_ns - subject->offence_ns > 60 * MINUTE_NS)
        subject->offences = 0;
    subject->offence_ns = now_ns;
    if (++subject->offences < QUOTA_OFFENCES) {
        quota->waits++;
        return QUOTA_WAIT;
    }
    int64_t ban_ns = BAN_NS << (subject->bans < 12 ? subject->bans : 12);
    if (ban_ns > 3 * 24 * 60 * MINUTE_NS)
        ban_ns = 3 * 24 * 60 * MINUTE_NS;
    subject->bans++;
    subject->offences = 0;
    subject->banned_until_ns = now_ns + ban_ns;
    quota->bans++;
    *ret_wait_ns = ban_ns;
    return QUOTA_BANNED;
}

enum quota_verdict quota_take(struct quota *quota, int64_t now_ns, const char *address, const char *key,
                              uint32_t weight, uint32_t orders, int64_t *ret_wait_ns)
{
    struct quota_subject *by_address = subject_of(quota, now_ns, address);
    struct quota_subject *by_key = key ? subject_of(quota, now_ns, key) : NULL;
    if (now_ns < by_address->banned_until_ns) {
        *ret_wait_ns = by_address->banned_until_ns - now_ns;
        return QUOTA_BANNED;
    }
    for (int is_taken = 0; is_taken < 2; is_taken++) /* asked of all first */
        for (uint32_t i = 0; i < quota->rule_count; i++) {
            const struct quota_rule *rule = &quota->rules[i];
            struct quota_subject *subject = rule->is_of_key ? by_key : by_address;
            const uint32_t cost = rule->is_of_orders ? orders : weight;
            if (!subject || !cost)
                continue;
            const uint32_t used = used_now(quota, subject, i, now_ns);
            if (!is_taken && used + cost > rule->max) {
                *ret_wait_ns = (now_ns / rule->window_ns + 1) * rule->window_ns - now_ns;
                return refuse(quota, by_address, now_ns, ret_wait_ns);
            }
            if (is_taken) {
                subject->used[i] = used + cost;
                subject->window[i] = now_ns / rule->window_ns;
            }
        }
    return QUOTA_OK;
}
