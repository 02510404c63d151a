#include "cli/decisions.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { ROOM_FIRST = 1024 };

static bool make_room(struct decisions *decisions)
{
    if (decisions->count < decisions->room)
        return true;
    const uint32_t room = decisions->room ? 2 * decisions->room : ROOM_FIRST;
    struct decision *list = room <= DECISIONS_MAX ? realloc(decisions->list, room * sizeof *list) : NULL;
    if (!list) {
        decisions->is_full = true;
        return false;
    }
    decisions->list = list;
    decisions->room = room;
    return true;
}

/* What a trader would call the same request. */
static uint64_t hash_of(const struct oc_request *request, int64_t ns)
{
    const int64_t words[] = {ns,
                             (int64_t)request->order,
                             request->price,
                             request->stop_price,
                             request->stop_loss,
                             request->take_profit,
                             request->qty,
                             request->quote_qty.units,
                             request->quote_qty.scale,
                             request->trail,
                             request->activation,
                             (int64_t)request->bits,
                             (int64_t)request->strategy,
                             (int64_t)request->head.inst,
                             request->kind | request->side << 8 | request->type << 16 | (int64_t)request->tif << 24 |
                                 (int64_t)request->role << 32};
    return hash64_fold(hash64(words, sizeof words), hash64(request->tag, sizeof request->tag));
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct decisions *decisions = self;
    const bool is_direct = input && input->kind == INPUT_MARKET;
    for (uint32_t i = 0; i < out->request_count && !decisions->is_ended && make_room(decisions); i++) {
        const struct oc_request *request = &out->requests[i].request;
        const int64_t ns = request->head.local_ns - decisions->shift_ns;
        const uint64_t before = decisions->count ? decisions->list[decisions->count - 1].hash : 0;
        decisions->list[decisions->count++] = (struct decision){.hash = hash64_fold(before, hash_of(request, ns)),
                                                                .ns = ns,
                                                                .event = (uint32_t)decisions->session->data.events,
                                                                .strategy = request->strategy & 0x7fffffff,
                                                                .is_direct = is_direct};
    }
}

static void follow(void *self)
{
    struct decisions *decisions = self;
    if (decisions->is_ended)
        return;
    decisions->last_ns = decisions->session->clock.now_ns - decisions->shift_ns;
    decisions->taken = (uint32_t)decisions->session->data.events;
}

oc_rc decisions_watch(void *self, struct session *session)
{
    struct decisions *decisions = self;
    decisions->session = session;
    decisions->first_ns = session->clock.first_ns - decisions->shift_ns;
    decisions->info = session->data.sources[0].info;
    return watchers_add(
        &session->watchers,
        &(struct watcher){.self = self, .skips_quiet = true, .note = note, .rest = decisions->follows ? follow : NULL});
}

struct session_stage decisions_stage(struct decisions *decisions)
{
    return (struct session_stage){"decisions", decisions, decisions_watch, NULL};
}

void decisions_release(struct decisions *decisions)
{
    free(decisions->list);
    *decisions = (struct decisions){0};
}

/* How many of the whole run's decisions need nothing that lies behind the cut. */
static uint32_t count_due(const struct decisions *whole, uint32_t events, int64_t last_ns)
{
    uint32_t due = 0;
    for (uint32_t i = 0; i < whole->count && whole->list[i].ns <= last_ns; i++)
        if (whole->list[i].ns < last_ns || (whole->list[i].is_direct && whole->list[i].event <= events))
            due = i + 1;
    return due;
}

bool decisions_part(const struct decisions *whole, const struct decisions *cut, uint32_t events, int64_t last_ns,
                    uint32_t *ret_at)
{
    const uint32_t due = count_due(whole, events, last_ns);
    const uint32_t both = cut->count < whole->count ? cut->count : whole->count;
    if (both && cut->list[both - 1].hash != whole->list[both - 1].hash) {
        uint32_t at = 0;
        while (cut->list[at].hash == whole->list[at].hash)
            at++;
        *ret_at = at;
        return true;
    }
    const bool has_more = cut->count > whole->count && !whole->is_full;
    if (cut->count >= due && !has_more)
        return false;
    *ret_at = both;
    return true;
}
