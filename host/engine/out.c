#include "engine/out.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64, FIRST_BYTES = 1 << 16 };

/* Doubles a list; what it held stays where it was when there is no memory. */
static bool grow(void *list, uint32_t *room, uint32_t room_max, size_t item_size)
{
    void **at = list;
    uint32_t wanted = *room ? *room * 2 : FIRST_ROOM;
    if (wanted > room_max)
        return false;
    void *grown = realloc(*at, wanted * item_size);
    if (!grown)
        return false;
    *at = grown;
    *room = wanted;
    return true;
}

oc_rc out_init(struct engine_out *out)
{
    memset(out, 0, sizeof *out);
    if (!grow(&out->entries, &out->entry_room, ENGINE_OUT_MAX, sizeof *out->entries) ||
        !grow(&out->requests, &out->request_room, ENGINE_OUT_MAX, sizeof *out->requests) ||
        !grow(&out->notes, &out->note_room, ENGINE_OUT_MAX, sizeof *out->notes))
        return OC_E_NOMEM;
    out->bytes = malloc(FIRST_BYTES);
    out->room = out->bytes ? FIRST_BYTES : 0;
    return out->bytes ? OC_OK : OC_E_NOMEM;
}

void out_release(struct engine_out *out)
{
    free(out->entries);
    free(out->requests);
    free(out->notes);
    free(out->bytes);
    memset(out, 0, sizeof *out);
}

void out_rewind(struct engine_out *out, struct out_mark mark)
{
    out->entry_count = mark.entry_count;
    out->request_count = mark.request_count;
    out->note_count = mark.note_count;
    out->size = mark.size;
}

static bool add_entry(struct engine_out *out, uint32_t kind, uint32_t at)
{
    if (out->entry_count == out->entry_room &&
        !grow(&out->entries, &out->entry_room, ENGINE_OUT_MAX, sizeof *out->entries))
        return false;
    out->entries[out->entry_count++] = (struct out_entry){kind, at};
    return true;
}

bool out_reserve_request(struct engine_out *out)
{
    if (out->request_count == out->request_room &&
        !grow(&out->requests, &out->request_room, ENGINE_OUT_MAX, sizeof *out->requests))
        return false;
    return out->entry_count < out->entry_room ||
           grow(&out->entries, &out->entry_room, ENGINE_OUT_MAX, sizeof *out->entries);
}

struct out_request *out_add_request(struct engine_out *out, const struct oc_request *request, struct order *order)
{
    add_entry(out, OUT_REQUEST, out->request_count);
    struct out_request *staged = &out->requests[out->request_count++];
    staged->order = order;
    staged->request = *request;
    staged->is_denied = staged->has_denial = 0;
    memset(&staged->refusal, 0, sizeof staged->refusal);
    return staged;
}

oc_rc out_add_record(struct engine_out *out, const struct oc_event *event)
{
    if (event->size < sizeof *event || event->size > OC_EVENT_MAX || event->size % 8)
        return OC_E_INVALID;
    while (out->size + event->size > out->room)
        if (!grow(&out->bytes, &out->room, ENGINE_OUT_BYTES_MAX, 1))
            return out->room * 2 > ENGINE_OUT_BYTES_MAX ? OC_E_FULL : OC_E_NOMEM;
    if (!add_entry(out, OUT_RECORD, out->size))
        return OC_E_FULL;
    memcpy(out->bytes + out->size, event, event->size);
    out->size += event->size;
    return OC_OK;
}

bool out_grow_notes(struct engine_out *out)
{
    if (grow(&out->notes, &out->note_room, ENGINE_OUT_MAX, sizeof *out->notes))
        return true;
    out->notes_lost++;
    return false;
}

struct oc_ev_denied out_denial(const struct out_request *request)
{
    const struct engine_refusal *refusal = &request->refusal;
    struct oc_ev_denied denied = {.head = request->request.head,
                                  .order = request->request.order,
                                  .request = request->request.id,
                                  .used = refusal->used.units,
                                  .used_scale = refusal->used.scale,
                                  .limit = refusal->limit.units,
                                  .limit_scale = refusal->limit.scale,
                                  .definitive = 1};
    denied.head.size = sizeof denied;
    denied.head.type = OC_EV_DENIED;
    denied.head.flags = 0;
    denied.head.seq =
        request->request.head.seq ? request->request.head.seq + 1 : 0; /* it is recorded right behind it */
    memcpy(denied.reason, refusal->reason, sizeof denied.reason);
    memcpy(denied.rule, refusal->rule, sizeof denied.rule);
    return denied;
}
