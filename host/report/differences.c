#include "report/differences.h"

#include <string.h>

#define DAY_NS 86400000000000ll

/* NULL: it is none. What a venue tells of an order as its answer or its news is none: only what it shows when it is asked. */
static const char *words_of(const struct out_note *note, const struct oc_event *event)
{
    switch ((enum note_kind)note->kind) {
    case NOTE_ALARM:
        return note->words;
    case NOTE_ADOPTED:
        return "an order of another hand";
    case NOTE_STRANGER:
        return "a word about an order that nobody knew";
    case NOTE_MISSING:
        return "fills that had not been told";
    case NOTE_CORRECTED:
        return "a fill that the venue has corrected";
    case NOTE_REPLACED:
        return "a fill that was inferred, in place of which the venue has its own";
    case NOTE_ORDER:
        return event->type == OC_EV_ORDER && note->before != note->after ? "an order in another state than was known"
                                                                         : NULL;
    case NOTE_FILL:
    case NOTE_DUPLICATE:
    case NOTE_SUSPENDED:
    case NOTE_ABSENT:
        return NULL;
    }
    return NULL;
}

void differences_note(struct differences *differences, const struct out_note *note, const struct oc_event *event)
{
    const char *words = event ? words_of(note, event) : NULL;
    if (!words)
        return;
    const int64_t day_ns = event->local_ns - ((event->local_ns % DAY_NS) + DAY_NS) % DAY_NS;
    for (uint32_t i = differences->count; i-- > 0;)
        if (differences->rows[i].day_ns == day_ns && strcmp(differences->rows[i].words, words) == 0) {
            differences->rows[i].count++;
            return;
        }
    if (differences->count == DIFFERENCES_MAX)
        differences->beyond++;
    else
        differences->rows[differences->count++] = (struct difference){day_ns, words, 1};
}
