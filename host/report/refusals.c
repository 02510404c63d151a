#include "report/refusals.h"

#include <stdio.h>
#include <string.h>

#include "base/why.h"
#include "engine/out.h"

void refusals_add(struct refusals *refusals, uint32_t kind, const char reason[OC_REASON_MAX],
                  const char rule[OC_REASON_MAX])
{
    for (uint32_t i = 0; i < refusals->count; i++) {
        struct refusal *refusal = &refusals->list[i];
        if (refusal->kind == kind && strncmp(refusal->reason, reason, sizeof refusal->reason - 1) == 0 &&
            strncmp(refusal->rule, rule, sizeof refusal->rule - 1) == 0) {
            refusal->count++;
            return;
        }
    }
    if (refusals->count == REFUSALS_MAX) {
        refusals->beyond++;
        return;
    }
    struct refusal *refusal = &refusals->list[refusals->count++];
    *refusal = (struct refusal){.kind = kind, .count = 1};
    memcpy(refusal->reason, reason, sizeof refusal->reason - 1);
    memcpy(refusal->rule, rule, sizeof refusal->rule - 1);
}

void refusals_take(struct refusals *refusals, const struct oc_event *event)
{
    static const uint8_t kinds[OC_EV_END] = {
        [OC_EV_DENIED] = REFUSAL_DENIED,        [OC_EV_REJECTED] = REFUSAL_REJECTED,
        [OC_EV_AMEND_REJECTED] = REFUSAL_AMEND, [OC_EV_CANCEL_REJECTED] = REFUSAL_CANCEL,
        [OC_EV_CANCELED] = REFUSAL_ENDED,       [OC_EV_EXPIRED] = REFUSAL_ENDED};
    const uint32_t kind = event->type < OC_EV_END ? kinds[event->type] : 0;
    if (!kind)
        return;
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
    if (kind == REFUSAL_ENDED && !answer->reason[0]) /* as it was asked */
        return;
    static const char none[OC_REASON_MAX];
    char reason[OC_REASON_MAX];
    snprintf(reason, sizeof reason, "%.*s", (int)sizeof answer->reason, why_of(answer));
    const struct oc_ev_denied *denied = (const struct oc_ev_denied *)(const void *)event;
    const bool is_named = kind == REFUSAL_DENIED && event->size >= sizeof *denied;
    refusals_add(refusals, kind, reason, is_named ? denied->rule : none);
}

void refusals_sorted(const struct refusals *refusals, const struct refusal *ret_list[REFUSALS_MAX])
{
    for (uint32_t i = 0; i < refusals->count; i++) {
        uint32_t at = i;
        for (; at > 0 && ret_list[at - 1]->count < refusals->list[i].count; at--)
            ret_list[at] = ret_list[at - 1];
        ret_list[at] = &refusals->list[i];
    }
}

const char *refusal_words(uint32_t kind)
{
    static const char *const words[] = {[REFUSAL_DENIED] = "denied",
                                        [REFUSAL_REJECTED] = "rejected",
                                        [REFUSAL_AMEND] = "amendment rejected",
                                        [REFUSAL_CANCEL] = "cancellation rejected",
                                        [REFUSAL_ENDED] = "ended by the venue"};
    return kind < sizeof words / sizeof words[0] && words[kind] ? words[kind] : "";
}
