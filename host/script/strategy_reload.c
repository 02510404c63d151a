/* strategy_reload.c: a strategy made apart, entering the engine, and taking over from the one before it.
 *
 * What goes over are bytes that were recorded with the old one's last callback, or what its tables hold where nothing was
 * recorded yet; none of its code runs, so a suspended or stopped one can be taken over from as well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "script/strategy_impl.h"

void strategy_set_id(struct strategy *strategy, uint32_t id) { strategy->id = id; }

oc_rc strategy_enter(struct strategy *strategy)
{
    uint32_t count = 0, room = strategy->market_count * 3 + 1;
    for (uint32_t i = 0; i < strategy->market_count; i++)
        room += strategy->markets[i]->frame_count;
    struct engine_subscription *list = calloc(room, sizeof *list);
    if (!list)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        const struct market_handle *market = strategy->markets[i];
        if (market->wants_book)
            list[count++] = (struct engine_subscription){.inst = market->inst, .period_ns = ENGINE_BOOK};
        if (!market->hears)
            continue;
        list[count++] = (struct engine_subscription){.inst = market->inst, .period_ns = market->wants_period_ns};
        if (market->wants_ticks)
            list[count++] = (struct engine_subscription){.inst = market->inst};
        int64_t frames_ns[FRAMES_MAX];
        const uint32_t frames = strategy_frame_periods(market, frames_ns);
        for (uint32_t k = 0; k < frames; k++)
            list[count++] = (struct engine_subscription){.inst = market->inst, .period_ns = frames_ns[k]};
    }
    struct engine_client client = strategy_client(strategy);
    oc_rc rc = engine_resubscribe(strategy->engine, strategy->id, list, count);
    if (rc == OC_OK)
        rc = engine_replace_client(strategy->engine, strategy->id, &client);
    free(list);
    return rc;
}

void strategy_set_limits(struct strategy *strategy, uint32_t deadline_ms, size_t heap_max_bytes)
{
    sandbox_set_limits(strategy->sandbox, deadline_ms, heap_max_bytes);
}

static const struct market_handle *market_like(const struct strategy *strategy, const struct market_handle *market)
{
    for (uint32_t i = 0; i < strategy->market_count; i++)
        if (OC_INST_INDEX(strategy->markets[i]->inst) == OC_INST_INDEX(market->inst))
            return strategy->markets[i];
    return NULL;
}

/* The place of the frame like ours in the old one; FRAMES_MAX: it has none. */
static uint32_t frame_like(const struct market_handle *before, const struct market_handle *market, uint32_t ours)
{
    for (uint32_t i = 0; i < before->frame_count; i++)
        if (frame_is_like(&before->frames[i]->spec, &market->frames[ours]->spec))
            return i;
    return FRAMES_MAX;
}

/* Both are of the same bars, and of the same other market. */
static bool is_of_same(const struct strategy *strategy, const struct market_handle *market,
                       const struct indicator *indicator, const struct strategy *old,
                       const struct market_handle *before, const struct indicator *from)
{
    if (!indicator_is_like(indicator, from) || !indicator->frame != !from->frame)
        return false;
    if (indicator->frame && frame_like(before, market, indicator->frame - 1) != from->frame - 1)
        return false;
    return !indicator_is_pair(indicator) ||
           OC_INST_INDEX(strategy->markets[indicator->other]->inst) == OC_INST_INDEX(old->markets[from->other]->inst);
}

static void take_frames(struct market_handle *market, const struct market_handle *before)
{
    for (uint32_t i = 0; i < market->frame_count; i++) {
        const uint32_t like = frame_like(before, market, i);
        if (like == FRAMES_MAX)
            continue;
        market->frames[i]->now = before->frames[like]->now;
        market->frames[i]->grid = before->frames[like]->grid;
    }
}

/* The old one's indicator for each of ours on one market, the first unused of the kind; map: old number -> ours. */
static void take_indicators(struct strategy *strategy, const struct strategy *old, const struct market_handle *market,
                            uint32_t *map, struct strategy_carried *carried, struct text *warming)
{
    const struct market_handle *before = market_like(old, market);
    bool is_same_time = before && before->wants_period_ns == market->wants_period_ns;
    for (uint32_t i = 0; i < market->indicator_count; i++) {
        uint32_t ours = market->indicator_first + i;
        struct indicator *indicator = strategy->indicators[ours];
        bool is_taken = false;
        for (uint32_t k = 0; is_same_time && k < before->indicator_count && !is_taken; k++) {
            uint32_t number = before->indicator_first + k;
            const struct indicator *from = old->indicators[number];
            if (map[number] != MAP_NONE || !is_of_same(strategy, market, indicator, old, before, from))
                continue;
            is_taken = indicator_copy(indicator, from);
            if (is_taken)
                map[number] = ours;
        }
        carried->indicators += is_taken;
        char name[INDICATOR_TEXT_MAX];
        indicator_text(indicator, name, sizeof name);
        if (!is_taken || indicator_missing(indicator))
            text_format(warming, "%s%s %s", warming->size ? "\n" : "", market->instrument->info.symbol, name);
    }
}

struct take_call {
    struct strategy *strategy;
    int32_t *ref;
    uint64_t *hash;
    struct state_bytes *last;
    const char *bytes;
    size_t size;
};

/* An indicator that could not come over is not lost where the new text made one of that name. */
static void found_again(struct text *lost, const char *name, const char *key)
{
    char path[128];
    snprintf(path, sizeof path, "%s.%s", name, key);
    size_t size = strlen(path);
    for (char *at = lost->data; *at;) {
        size_t length = strcspn(at, "\n"), whole = length + (at[length] == '\n');
        if (length == size && memcmp(at, path, size) == 0) {
            memmove(at, at + whole, strlen(at + whole) + 1);
            lost->size = strlen(lost->data);
            return;
        }
        at += whole;
    }
}

/* What on_init put there stays where nothing came over, and where it is an indicator: the new text decides which. */
static void merge(lua_State *lua, const struct strategy *strategy, int made, int taken)
{
    for (lua_pushnil(lua); lua_next(lua, made); lua_pop(lua, 1)) {
        bool is_indicator = api_is_made_in_init(lua, -1);
        lua_pushvalue(lua, -2);
        bool is_absent = lua_rawget(lua, taken) == LUA_TNIL;
        lua_pop(lua, 1);
        if (!is_indicator && !is_absent)
            continue;
        if (is_indicator && lua_type(lua, -2) == LUA_TSTRING)
            found_again(strategy->lost, strategy->lost_in, lua_tostring(lua, -2));
        lua_pushvalue(lua, -2);
        lua_pushvalue(lua, -2);
        lua_rawset(lua, taken);
    }
}

static int lj_take(lua_State *lua)
{
    struct take_call *take = lua_touserdata(lua, 1);
    if (!state_read(lua, take->strategy, take->bytes, take->size))
        return sandbox_raise(lua, "the saved data cannot be read");
    int taken = lua_gettop(lua);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, *take->ref);
    merge(lua, take->strategy, lua_gettop(lua), taken);
    lua_pop(lua, 1);
    luaL_unref(lua, LUA_REGISTRYINDEX, *take->ref);
    *take->ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    return 0;
}

static int lj_keep(lua_State *lua)
{
    struct take_call *take = lua_touserdata(lua, 1);
    static _Thread_local char bytes[STRATEGY_STATE_MAX];
    lua_rawgeti(lua, LUA_REGISTRYINDEX, *take->ref);
    size_t size = state_write(lua, lua_gettop(lua), bytes, sizeof bytes);
    *take->hash = hash64(bytes, size);
    if (state_keep(take->last, bytes, size) < 0)
        return sandbox_raise(lua, "no memory to keep the saved data");
    return 0;
}

/* One table of the old one, as it was recorded last. */
static oc_rc take_table(struct strategy *strategy, const struct state_bytes *from, const char *name,
                        struct take_call *take)
{
    if (!from->data)
        return OC_OK;
    take->strategy = strategy;
    take->bytes = from->data;
    take->size = from->size;
    strategy->lost_in = name;
    oc_rc rc = sandbox_protect(strategy->sandbox, lj_take, take);
    strategy->lost_in = NULL;
    /* What on_init put there and cannot be saved is told at the end of the next callback, as ever. */
    if (rc == OC_OK && strategy->on_save == LUA_NOREF)
        (void)sandbox_protect(strategy->sandbox, lj_keep, take);
    return rc;
}

static oc_rc take_tables(struct strategy *strategy, const struct strategy *old)
{
    struct take_call state = {
        .ref = &strategy->state_ref, .hash = &strategy->state_hash, .last = &strategy->state_last};
    oc_rc rc = take_table(strategy, &old->state_last, "state", &state);
    strategy->state_dirty = strategy->state_has_tables = true;
    for (uint32_t i = 0; i < strategy->market_count && rc == OC_OK; i++) {
        struct market_handle *market = strategy->markets[i];
        const struct market_handle *before = market_like(old, market);
        struct take_call take = {.ref = &market->data_ref, .hash = &market->saved_hash, .last = &market->last};
        char name[OC_SYMBOL_MAX + 8] = "m(";
        strncat(name, market->instrument->info.symbol, OC_SYMBOL_MAX);
        strcat(name, ")");
        if (before)
            rc = take_table(strategy, &before->last, name, &take);
        market->is_dirty = market->has_tables = true;
        strategy_market_changed(market);
    }
    return rc;
}

struct look_call {
    const struct strategy *strategy;
    struct text *lost;
};

/* Names what the old one holds now and cannot save. */
static int lj_look(lua_State *lua)
{
    const struct look_call *look = lua_touserdata(lua, 1);
    const struct strategy *strategy = look->strategy;
    static _Thread_local char bytes[STRATEGY_STATE_MAX];
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->state_ref);
    state_write_most(lua, lua_gettop(lua), bytes, look->lost, "state");
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        char name[OC_SYMBOL_MAX + 8] = "m(";
        strncat(name, strategy->markets[i]->instrument->info.symbol, OC_SYMBOL_MAX);
        strcat(name, ")");
        lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->markets[i]->data_ref);
        state_write_most(lua, lua_gettop(lua), bytes, look->lost, name);
        lua_settop(lua, 1);
    }
    return 0;
}

/* The host looks; the script's own limit of memory is not the old one's concern any more. */
static void look_for_lost(const struct strategy *old, struct text *lost)
{
    struct look_call look = {old, lost};
    if (sandbox_is_stopped(old->sandbox) || old->on_save != LUA_NOREF)
        return;
    if (sandbox_protect(old->sandbox, lj_look, &look) < 0)
        text_format(lost, "%s%s", lost->size ? "\n" : "", "what does not fit");
}

static oc_rc take_saved(struct strategy *strategy, const struct strategy *old, struct text *lost)
{
    if (!old->saved_last.data)
        return OC_OK;
    if (strategy->on_load == LUA_NOREF) {
        text_format(lost, "%s%s", lost->size ? "\n" : "", "on_save()");
        return OC_OK;
    }
    oc_rc rc = state_keep(&strategy->saved_last, old->saved_last.data, old->saved_last.size);
    strategy->saved_hash = old->saved_hash;
    strategy->saved_is_due = rc == OC_OK;
    if (rc == OC_OK && !strategy->is_restoring) {
        strategy->saved_is_due = false;
        strategy->lost_in = "saved";
        rc = state_hand_over_now(strategy);
        strategy->lost_in = NULL;
    }
    return rc;
}

oc_rc strategy_take_over(struct strategy *strategy, const struct strategy *old, struct strategy_carried *ret_carried,
                         struct sandbox_error *ret_error)
{
    struct strategy_carried carried = {0};
    struct text lost, warming;
    uint32_t map[STRATEGY_INDICATORS_MAX], lines[STRATEGY_INDICATORS_MAX * INDICATOR_LINES_MAX];
    memset(map, 0xff, sizeof map); /* MAP_NONE */
    memset(lines, 0xff, sizeof lines);
    text_init_fixed(&lost, carried.not_saved, sizeof carried.not_saved);
    text_init_fixed(&warming, carried.warming, sizeof carried.warming);
    for (uint32_t i = 0; i < strategy->market_count; i++) {
        struct market_handle *market = strategy->markets[i];
        const struct market_handle *before = market_like(old, market);
        if (before && before->wants_period_ns == market->wants_period_ns)
            take_frames(market, before);
        take_indicators(strategy, old, market, map, &carried, &warming);
    }
    for (uint32_t i = 0; i < old->indicator_count; i++)
        for (uint32_t line = 0; map[i] != MAP_NONE && line < old->indicators[i]->lines; line++)
            lines[old->indicators[i]->first_handle + line] = strategy->indicators[map[i]]->first_handle + line;
    strategy->map = lines;
    strategy->map_count = old->handle_count;
    strategy->lost = &lost;
    look_for_lost(old, &lost);
    oc_rc rc = take_tables(strategy, old);
    if (rc == OC_OK)
        rc = take_saved(strategy, old, &lost);
    strategy->map = NULL;
    strategy->lost = NULL;
    if (rc < 0) {
        *ret_error = *sandbox_error_last(strategy->sandbox);
        return rc;
    }
    strategy->calls = old->calls;
    strategy->longest_ns = old->longest_ns;
    *ret_carried = carried;
    return OC_OK;
}
