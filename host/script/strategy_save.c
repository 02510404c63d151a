/* strategy_save.c: checkpoints and restore of a strategy. */
#include <string.h>

#include "base/hash.h"
#include "script/strategy_impl.h"

enum { SAVE_VERSION = 1 };

struct saved_head {
    uint32_t version;
    uint32_t indicators;
    uint32_t markets;
    uint32_t is_suspended;
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

static int lj_save(lua_State *lua)
{
    struct save_call *save = lua_touserdata(lua, 1);
    struct strategy *strategy = save->strategy;
    struct saved_head head = {SAVE_VERSION, strategy->indicator_count, strategy->market_count,
                              engine_is_suspended(strategy->engine, strategy->id)};
    need(lua, save, sizeof head);
    memcpy(save->bytes, &head, sizeof head);
    save->size = sizeof head;
    for (uint32_t i = 0; i < strategy->indicator_count; i++) {
        size_t size = indicator_state_size(strategy->indicators[i]);
        need(lua, save, size);
        indicator_save(strategy->indicators[i], save->bytes + save->size);
        save->size += size;
    }
    save_table(lua, save, strategy->state_ref);
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        uint8_t ready = strategy->markets[i]->is_ready;
        need(lua, save, 1);
        save->bytes[save->size++] = (char)ready;
        save_table(lua, save, strategy->markets[i]->data_ref);
    }
    return 0;
}

int64_t strategy_save(struct strategy *strategy, void *bytes, size_t size_max)
{
    struct save_call save = {strategy, bytes, 0, size_max};
    oc_rc rc = sandbox_protect(strategy->sandbox, lj_save, &save);
    return rc < 0 ? OC_E_LIMIT : (int64_t)save.size;
}

struct load_call {
    struct strategy *strategy;
    const char *bytes;
    size_t size;
    size_t at;
    int32_t *ref;
    uint64_t *hash;
    bool ok;
};

/* Replaces a saved table by the one that was written. */
static int lj_load_table(lua_State *lua)
{
    struct load_call *load = lua_touserdata(lua, 1);
    load->ok = state_read(lua, load->strategy, load->bytes + load->at, load->size);
    if (!load->ok)
        return 0;
    luaL_unref(lua, LUA_REGISTRYINDEX, *load->ref);
    *load->ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    *load->hash = hash64(load->bytes + load->at, load->size);
    return 0;
}

static bool load_table(struct strategy *strategy, const char *bytes, size_t size, int32_t *ref, uint64_t *hash)
{
    struct load_call load = {strategy, bytes, size, 0, ref, hash, false};
    return sandbox_protect(strategy->sandbox, lj_load_table, &load) == OC_OK && load.ok;
}

/* Takes a length-prefixed table at *at. */
static bool load_next(struct strategy *strategy, const char *bytes, size_t size, size_t *at, int32_t *ref, uint64_t *hash)
{
    uint32_t length;
    if (size - *at < sizeof length)
        return false;
    memcpy(&length, bytes + *at, sizeof length);
    *at += sizeof length;
    if (length > size - *at || !load_table(strategy, bytes + *at, length, ref, hash))
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
        head.markets != strategy->market_count)
        return OC_E_DATA;
    size_t at = sizeof head;
    for (uint32_t i = 0; i < strategy->indicator_count; i++) {
        size_t part = indicator_state_size(strategy->indicators[i]);
        if (part > size - at || indicator_load(strategy->indicators[i], bytes + at, part) < 0)
            return OC_E_DATA;
        at += part;
    }
    if (!load_next(strategy, bytes, size, &at, &strategy->state_ref, &strategy->state_hash))
        return OC_E_DATA;
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        struct market_handle *market = strategy->markets[i];
        if (at >= size)
            return OC_E_DATA;
        market->is_ready = bytes[at++] != 0;
        if (!load_next(strategy, bytes, size, &at, &market->data_ref, &market->saved_hash))
            return OC_E_DATA;
        market->has_tables = true; /* found out anew by comparing */
    }
    strategy->state_has_tables = true;
    if (head.is_suspended)
        engine_suspend(strategy->engine, strategy->id, "suspended before the restart");
    return at == size ? OC_OK : OC_E_DATA;
}

oc_rc strategy_restore_state(struct strategy *strategy, const struct oc_ev_text *event)
{
    const char *text = (const char *)event + sizeof *event;
    if (event->owner != strategy->id || event->text_size > event->head.size - sizeof *event)
        return OC_E_DATA;
    if (event->key == 0)
        return load_table(strategy, text, event->text_size, &strategy->state_ref, &strategy->state_hash) ? OC_OK
                                                                                                         : OC_E_DATA;
    if (event->key > strategy->market_count)
        return OC_E_DATA;
    struct market_handle *market = strategy->markets[event->key - 1];
    market->has_tables = true;
    return load_table(strategy, text, event->text_size, &market->data_ref, &market->saved_hash) ? OC_OK : OC_E_DATA;
}

void strategy_restore_bar(struct strategy *strategy, const struct oc_event *bar)
{
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        struct market_handle *market = strategy->markets[i];
        if (OC_INST_INDEX(market->inst) != OC_INST_INDEX(bar->inst))
            continue;
        for (uint32_t k = 0; k < market->indicator_count; k++)
            indicator_add(strategy->indicators[market->indicator_first + k], market->instrument, bar);
    }
}
