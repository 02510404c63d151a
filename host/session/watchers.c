#include "session/watchers.h"

oc_rc watchers_add(struct watchers *watchers, const struct watcher *watcher)
{
    if (watchers->count == WATCHERS_MAX)
        return OC_E_LIMIT;
    watchers->list[watchers->count++] = *watcher;
    watchers->wants_quiet |= watcher->note && !watcher->skips_quiet;
    return OC_OK;
}

void watchers_note(struct watchers *watchers, const struct input *input, const struct engine_out *out)
{
    for (uint32_t i = 0; i < watchers->count; i++)
        if (watchers->list[i].note)
            watchers->list[i].note(watchers->list[i].self, input, out);
}

void watchers_rest(struct watchers *watchers)
{
    for (uint32_t i = 0; i < watchers->count; i++)
        if (watchers->list[i].rest)
            watchers->list[i].rest(watchers->list[i].self);
}

void watchers_tell(struct watchers *watchers, uint32_t kind, const struct text *json)
{
    for (uint32_t i = 0; i < watchers->count; i++)
        if (watchers->list[i].told)
            watchers->list[i].told(watchers->list[i].self, kind, json);
}
