/* strategy_save.c: checkpoints and restore of a strategy. */
#include <string.h>

#include "base/hash.h"
#include "script/strategy_impl.h"

enum { SAVE_VERSION = 4 };

struct saved_head {
    uint32_t version;
    uint32_t indicators;
    uint32_t markets;
    uint32_t is_suspended;
    uint32_t timers; /* set by on_init: their numbers follow, 0 for those that are gone */
    uint32_t frames;
    uint64_t calls;
};

struct save_call {
    struct strategy *strategy;
    char *bytes;
    size_t size;
    size_t max;
};

static void need(lua_State *lua, const struct save_call *save, size_t size)
{
    if (size > save->max - save->size)
        sandbox_raise(lua, "the checkpoint of this strategy does not fit");
}

static void save_table(lua_State *lua, struct save_call *save, int32_t ref)
{
    need(lua, save, sizeof(uint32_t));
    size_t head = save->size, room = save->max - head - sizeof(uint32_t);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, ref);
    size_t size = state_write(lua, lua_gettop(lua), save->bytes + head + sizeof(uint32_t),
                              room < STRATEGY_STATE_MAX ? room : STRATEGY_STATE_MAX);
    uint32_t length = (uint32_t)size;
    memcpy(save->bytes + head, &length, sizeof length);
    save->size += sizeof length + size;
    lua_pop(lua, 1);
}

/* What m:bars() made, of all markets. */
static uint32_t frames_of(const struct strategy *strategy)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < strategy->market_count; i++)
        count += strategy->markets[i]->frame_count;
    return count;
}

static bool save_frames(struct save_call *save)
{
    const struct strategy *strategy = save->strategy;
    for (uint32_t i = 0; i < strategy->market_count; i++)
        for (uint32_t k = 0; k < strategy->markets[i]->frame_count; k++) {
            const struct bar_frame *frame = strategy->markets[i]->frames[k];
            if (sizeof frame->spec + sizeof frame->now > save->max - save->size)
                return false;
            memcpy(save->bytes + save->size, &frame->spec, sizeof frame->spec);
            memcpy(save->bytes + save->size + sizeof frame->spec, &frame->now, sizeof frame->now);
            save->size += sizeof frame->spec + sizeof frame->now;
        }
    return true;
}

static bool load_frames(struct strategy *strategy, const char *bytes, size_t size, size_t *at)
{
    for (uint32_t i = 0; i < strategy->market_count; i++)
        for (uint32_t k = 0; k < strategy->markets[i]->frame_count; k++) {
            struct bar_frame *frame = strategy->markets[i]->frames[k];
            struct frame_spec spec;
            if (sizeof frame->spec + sizeof frame->now > size - *at)
                return false;
            memcpy(&spec, bytes + *at, sizeof spec);
            if (!frame_is_like(&spec, &frame->spec))
                return false;
            memcpy(&frame->now, bytes + *at + sizeof frame->spec, sizeof frame->now);
            frame_grid(frame, strategy->markets[i]->instrument);
            *at += sizeof frame->spec + sizeof frame->now;
        }
    return true;
}

/* The head and the indicators; no Lua is run. */
static bool save_indicators(struct save_call *save)
{
    struct strategy *strategy = save->strategy;
    struct saved_head head = {SAVE_VERSION,           strategy->indicator_count,
                              strategy->market_count, engine_is_suspended(strategy->engine, strategy->id),
                              strategy->init_timers,  frames_of(strategy),
                              strategy->calls};
    if (save->max < sizeof head + strategy->init_timers * sizeof(uint64_t) + restart_save_size(strategy))
        return false;
    memcpy(save->bytes, &head, sizeof head);
    save->size = sizeof head;
    for (uint32_t i = 0; i < strategy->init_timers; i++, save->size += sizeof(uint64_t))
        memcpy(save->bytes + save->size, &strategy->timers[i].id, sizeof(uint64_t));
    save->size += restart_save(strategy, save->bytes + save->size);
    for (uint32_t i = 0; i < strategy->indicator_count; i++) {
        size_t size = indicator_state_size(strategy->indicators[i]);
        if (size > save->max - save->size)
            return false;
        indicator_save(strategy->indicators[i], save->bytes + save->size);
        save->size += size;
    }
    return save_frames(save);
}

static bool save_last(struct save_call *save, const struct state_bytes *last)
{
    static const char empty[] = "{}";
    uint32_t length = last->data ? last->size : sizeof empty - 1;
    if (sizeof length + length > save->max - save->size)
        return false;
    memcpy(save->bytes + save->size, &length, sizeof length);
    memcpy(save->bytes + save->size + sizeof length, last->data ? last->data : empty, length);
    save->size += sizeof length + length;
    return true;
}

static int lj_save(lua_State *lua)
{
    struct save_call *save = lua_touserdata(lua, 1);
    struct strategy *strategy = save->strategy;
    if (!save_indicators(save) || !save_last(save, &strategy->saved_last))
        return sandbox_raise(lua, "the checkpoint of this strategy does not fit");
    save_table(lua, save, strategy->state_ref);
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        uint8_t ready = strategy->markets[i]->is_ready;
        need(lua, save, 1);
        save->bytes[save->size++] = (char)ready;
        save_table(lua, save, strategy->markets[i]->data_ref);
    }
    return 0;
}

/* What it had recorded last: before it was suspended, for its Lua may have been stopped for good and is not asked; or with
 * on_save, which has been asked after each callback. */
static int64_t save_recorded(struct save_call *save)
{
    struct strategy *strategy = save->strategy;
    bool fits =
        save_indicators(save) && save_last(save, &strategy->saved_last) && save_last(save, &strategy->state_last);
    for (uint32_t i = 0; i < strategy->market_count && fits; i++) {
        fits = save->size < save->max;
        if (fits)
            save->bytes[save->size++] = (char)strategy->markets[i]->is_ready;
        fits = fits && save_last(save, &strategy->markets[i]->last);
    }
    return fits ? (int64_t)save->size : OC_E_LIMIT;
}

int64_t strategy_save(struct strategy *strategy, void *bytes, size_t size_max)
{
    struct save_call save = {strategy, bytes, 0, size_max};
    if (strategy->on_save != LUA_NOREF || engine_is_suspended(strategy->engine, strategy->id))
        return save_recorded(&save);
    oc_rc rc = sandbox_protect(strategy->sandbox, lj_save, &save);
    return rc < 0 ? OC_E_LIMIT : (int64_t)save.size;
}

struct load_call {
    struct strategy *strategy;
    const char *bytes;
    size_t size;
    int32_t *ref;
    uint64_t *hash;
    struct state_bytes *last;
    bool ok;
};

static bool take_saved(struct strategy *strategy, const char *bytes, size_t size)
{
    strategy->saved_hash = hash64(bytes, size);
    strategy->saved_is_due = true;
    return state_keep(&strategy->saved_last, bytes, size) == OC_OK;
}

/* Where a saved table lives: key 0 is `state`, key n the n-th market. */
static struct load_call load_place(struct strategy *strategy, uint32_t key)
{
    struct load_call load = {.strategy = strategy};
    struct market_handle *market = key ? strategy->markets[key - 1] : NULL;
    load.ref = market ? &market->data_ref : &strategy->state_ref;
    load.hash = market ? &market->saved_hash : &strategy->state_hash;
    load.last = market ? &market->last : &strategy->state_last;
    return load;
}

/* Replaces a saved table by the one that was written. */
static int lj_load_table(lua_State *lua)
{
    struct load_call *load = lua_touserdata(lua, 1);
    load->ok = state_read(lua, load->strategy, load->bytes, load->size);
    if (!load->ok)
        return 0;
    luaL_unref(lua, LUA_REGISTRYINDEX, *load->ref);
    *load->ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    *load->hash = hash64(load->bytes, load->size);
    return 0;
}

static bool load_table(struct strategy *strategy, uint32_t key, const char *bytes, size_t size)
{
    struct load_call load = load_place(strategy, key);
    load.bytes = bytes;
    load.size = size;
    return sandbox_protect(strategy->sandbox, lj_load_table, &load) == OC_OK && load.ok &&
           state_keep(load.last, bytes, size) == OC_OK;
}

/* Takes a length-prefixed table at *at. */
static bool load_next(struct strategy *strategy, uint32_t key, const char *bytes, size_t size, size_t *at)
{
    uint32_t length;
    if (size - *at < sizeof length)
        return false;
    memcpy(&length, bytes + *at, sizeof length);
    *at += sizeof length;
    if (length > size - *at)
        return false;
    static const char empty[] = "{}";
    bool is_none = key == STATE_KEY_SAVED && length == sizeof empty - 1 && memcmp(bytes + *at, empty, length) == 0;
    if (!is_none && !(key == STATE_KEY_SAVED ? take_saved(strategy, bytes + *at, length)
                                             : load_table(strategy, key, bytes + *at, length)))
        return false;
    *at += length;
    return true;
}

oc_rc strategy_load(struct strategy *strategy, const void *data, size_t size)
{
    const char *bytes = data;
    struct saved_head head;
    if (size < sizeof head)
        return OC_E_DATA;
    memcpy(&head, bytes, sizeof head);
    if (head.version != SAVE_VERSION || head.indicators != strategy->indicator_count ||
        head.frames != frames_of(strategy) || head.markets != strategy->market_count ||
        head.timers != strategy->init_timers || size - sizeof head < head.timers * sizeof(uint64_t))
        return OC_E_DATA;
    size_t at = sizeof head;
    strategy->calls = head.calls;
    for (uint32_t i = 0; i < head.timers; i++, at += sizeof(uint64_t))
        memcpy(&strategy->timers[i].id, bytes + at, sizeof(uint64_t));
    size_t rest = restart_load(strategy, bytes + at, size - at);
    if (!rest)
        return OC_E_DATA;
    at += rest;
    for (uint32_t i = 0; i < strategy->indicator_count; i++) {
        size_t part = indicator_state_size(strategy->indicators[i]);
        if (part > size - at || indicator_load(strategy->indicators[i], bytes + at, part) < 0)
            return OC_E_DATA;
        at += part;
    }
    if (!load_frames(strategy, bytes, size, &at))
        return OC_E_DATA;
    if (!load_next(strategy, STATE_KEY_SAVED, bytes, size, &at) || !load_next(strategy, 0, bytes, size, &at))
        return OC_E_DATA;
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        struct market_handle *market = strategy->markets[i];
        if (at >= size)
            return OC_E_DATA;
        market->is_ready = bytes[at++] != 0;
        if (!load_next(strategy, i + 1, bytes, size, &at))
            return OC_E_DATA;
        market->has_tables = true; /* found out anew by comparing */
        strategy_market_changed(market);
    }
    strategy->state_has_tables = true;
    if (head.is_suspended)
        engine_suspend(strategy->engine, strategy->id);
    return at == size ? OC_OK : OC_E_DATA;
}

oc_rc strategy_restore_state(struct strategy *strategy, const struct oc_ev_text *event)
{
    const char *text = (const char *)event + sizeof *event;
    if (event->owner != strategy->id || event->text_size > event->head.size - sizeof *event)
        return OC_E_DATA;
    if (event->key == STATE_KEY_SAVED)
        return take_saved(strategy, text, event->text_size) ? OC_OK : OC_E_DATA;
    if (event->key >= STATE_KEY_GLOBALS)
        return restart_take(strategy, event->key, text, event->text_size);
    if (event->key > strategy->market_count)
        return OC_E_DATA;
    if (event->key) {
        strategy->markets[event->key - 1]->has_tables = true;
        strategy_market_changed(strategy->markets[event->key - 1]);
    } else {
        strategy->state_has_tables = true;
    }
    return load_table(strategy, event->key, text, event->text_size) ? OC_OK : OC_E_DATA;
}
