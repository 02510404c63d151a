/* strategy_restart.c: what of a strategy is neither in a saved table nor in its text, and yet comes back after a restart:
 * the generator, and timers whose function has a global name. What cannot come back is named.
 *
 * Recorded with the callback that changed it, so a replay makes the same records. The names of functions are those that the
 * text and on_init gave: what a callback assigns later is another function in a process that has begun anew. */
#include <stdlib.h>
#include <string.h>

#include "script/strategy_impl.h"

enum { NOT_BACK_BYTES_MAX = 65536 };

static const struct timer_ref no_timer = {.ref = LUA_NOREF};

/* Numbers of timers that a failed callback had set are given again, perhaps to another strategy. */
static const struct timer *own_timer(const struct strategy *strategy, const struct timer_ref *ref)
{
    const struct timer *timer = ref->id ? timers_find(engine_timers(strategy->engine), ref->id) : NULL;
    return timer && timer->strategy == strategy->id ? timer : NULL;
}

static bool is_function_name(lua_State *lua, int index)
{
    return lua_type(lua, index) == LUA_TSTRING && lua_rawlen(lua, index) < TIMER_NAME_MAX;
}

/* Of two names of one function the first by bytes, whatever order the table has. The key is at -2, the function at -1. */
static void name_function(lua_State *lua, int names)
{
    if (!is_function_name(lua, -2))
        return;
    lua_pushvalue(lua, -1);
    bool is_later = lua_rawget(lua, names) == LUA_TSTRING && strcmp(lua_tostring(lua, -1), lua_tostring(lua, -3)) < 0;
    lua_pop(lua, 1);
    if (is_later)
        return;
    lua_pushvalue(lua, -1);
    lua_pushvalue(lua, -3);
    lua_rawset(lua, names);
}

static void note_random(struct strategy *strategy)
{
    memcpy(strategy->random_last, strategy->sandbox->random, sizeof strategy->random_last);
}

static int lj_note_begun(lua_State *lua)
{
    struct strategy *strategy = lua_touserdata(lua, 1);
    lua_newtable(lua);
    lua_pushglobaltable(lua);
    for (lua_pushnil(lua); lua_next(lua, 3); lua_pop(lua, 1))
        if (lua_isfunction(lua, -1))
            name_function(lua, 2);
    lua_pop(lua, 1);
    luaL_unref(lua, LUA_REGISTRYINDEX, strategy->names_ref);
    strategy->names_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    globals_note_begun(lua, strategy);
    return 0;
}

oc_rc restart_note_begun(struct strategy *strategy)
{
    note_random(strategy);
    return sandbox_protect(strategy->sandbox, lj_note_begun, strategy);
}

/* Where in the strategy's text the running verb was called. */
static void place_of(lua_State *lua, char place[TIMER_PLACE_MAX])
{
    lua_Debug record;
    struct text text;
    text_init_fixed(&text, place, TIMER_PLACE_MAX);
    for (int level = 1; level < 4 && lua_getstack(lua, level, &record); level++) {
        lua_getinfo(lua, "Sl", &record);
        if (record.currentline <= 0)
            continue;
        const char *file = record.source[0] == '@' ? record.source + 1 : record.source, *slash = strrchr(file, '/');
        text_format(&text, "%.50s:%d", slash ? slash + 1 : file, record.currentline);
        return;
    }
    text_format(&text, "%.50s", strategy_of(lua)->name);
}

void restart_note_timer(lua_State *lua, struct strategy *strategy, struct timer_ref *timer)
{
    if (strategy->is_in_init) /* on_init sets it again */
        return;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->names_ref);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, timer->ref);
    if (lua_rawget(lua, -2) == LUA_TSTRING)
        strcpy(timer->function, lua_tostring(lua, -1)); /* it fits: is_function_name */
    lua_pop(lua, 2);
    place_of(lua, timer->place);
    timer->is_new = 1;
    strategy->new_timers++;
}

/* Records. */

void restart_put(lua_State *lua, struct strategy *strategy, uint32_t key, const void *data, size_t size)
{
    struct {
        struct oc_ev_text event;
        char bytes[STRATEGY_GLOBALS_TEXT];
    } made = {.event = {.head = {.type = OC_EV_STATE, .venue_ns = engine_now(strategy->engine)},
                        .owner = strategy->id,
                        .key = key,
                        .text_size = (uint32_t)size}};
    memcpy(made.bytes, data, size);
    made.event.head.size = (uint32_t)(sizeof made.event + ((size + 7) & ~(size_t)7));
    if (engine_record(strategy->engine, &made.event.head) < 0)
        sandbox_raise(lua, "the journal did not take the saved data");
}

static struct timer_record record_of(const struct timer_ref *ref, const struct timer *timer)
{
    struct timer_record made = {.id = ref->id};
    if (timer) {
        made.due_ns = timer->due_ns;
        made.every_ns = timer->every_ns;
    }
    memcpy(made.function, ref->function, sizeof made.function);
    memcpy(made.place, ref->place, sizeof made.place);
    return made;
}

static void record_timers(lua_State *lua, struct strategy *strategy)
{
    for (uint32_t i = 0; i < strategy->timer_count; i++) {
        struct timer_ref *ref = &strategy->timers[i];
        if (!ref->is_new)
            continue;
        ref->is_new = 0;
        const struct timer *timer = own_timer(strategy, ref);
        if (!timer)
            continue;
        struct timer_record made = record_of(ref, timer);
        restart_put(lua, strategy, STATE_KEY_TIMER, &made, sizeof made);
    }
    strategy->new_timers = 0;
}

static int lj_record_rest(lua_State *lua)
{
    struct strategy *strategy = lua_touserdata(lua, 1);
    const uint64_t *random = strategy->sandbox->random;
    if (strategy->new_timers)
        record_timers(lua, strategy);
    if (globals_have_changed(strategy))
        globals_record(lua, strategy);
    if (memcmp(random, strategy->random_last, sizeof strategy->random_last) != 0) {
        restart_put(lua, strategy, STATE_KEY_RANDOM, random, sizeof strategy->random_last);
        note_random(strategy);
    }
    return 0;
}

oc_rc restart_record_changed(struct strategy *strategy)
{
    if (strategy->is_restoring ||
        (!strategy->new_timers &&
         memcmp(strategy->sandbox->random, strategy->random_last, sizeof strategy->random_last) == 0 &&
         !globals_have_changed(strategy)))
        return OC_OK;
    return sandbox_protect(strategy->sandbox, lj_record_rest, strategy);
}

/* Back again. */

static bool take_timer(struct strategy *strategy, const struct timer_record *timer)
{
    uint32_t slot = strategy->init_timers;
    while (slot < strategy->timer_count && strategy->timers[slot].id)
        slot++;
    if (slot == STRATEGY_TIMERS_MAX || !timer->id || memchr(timer->function, 0, sizeof timer->function) == NULL ||
        memchr(timer->place, 0, sizeof timer->place) == NULL)
        return false;
    struct timer_ref *timers =
        strategy_room(strategy->timers, &strategy->timer_room, slot, STRATEGY_TIMERS_MAX, sizeof *timers);
    if (!timers)
        return false;
    strategy->timers = timers;
    struct timer_ref *ref = &timers[slot];
    *ref = no_timer;
    ref->id = timer->id;
    ref->repeats = timer->every_ns > 0;
    memcpy(ref->function, timer->function, sizeof ref->function);
    memcpy(ref->place, timer->place, sizeof ref->place);
    strategy->timer_count += slot == strategy->timer_count;
    return true;
}

static void take_random(struct strategy *strategy, const char *bytes)
{
    memcpy(strategy->sandbox->random, bytes, sizeof strategy->random_last);
    note_random(strategy);
}

oc_rc restart_take(struct strategy *strategy, uint32_t key, const char *bytes, size_t size)
{
    if (key == STATE_KEY_RANDOM && size != sizeof strategy->random_last)
        return OC_E_DATA;
    if (key == STATE_KEY_RANDOM)
        return take_random(strategy, bytes), OC_OK;
    if (key == STATE_KEY_GLOBALS)
        return globals_take(strategy, bytes, size) ? OC_OK : OC_E_DATA;
    struct timer_record timer;
    if (size != sizeof timer)
        return OC_E_DATA;
    memcpy(&timer, bytes, sizeof timer);
    /* a slot whose timer has fired meanwhile is free, as it was then */
    for (uint32_t i = strategy->init_timers; i < strategy->timer_count; i++)
        if (strategy->timers[i].ref == LUA_NOREF && !own_timer(strategy, &strategy->timers[i]))
            strategy->timers[i] = no_timer;
    if (!take_timer(strategy, &timer))
        return OC_E_DATA;
    const struct timer put = {timer.due_ns, timer.every_ns, timer.id, strategy->id, 0};
    return timers_put(engine_timers(strategy->engine), &put);
}

void restart_not_back(struct strategy *strategy, const char *line)
{
    struct text *text = &strategy->not_back;
    if (!text->data)
        text_init_grow(text, NOT_BACK_BYTES_MAX);
    text_format(text, "%s%s", text->size ? "\n" : "", line);
}

static void name_timer(struct strategy *strategy, const struct timer_ref *ref, const struct timer *timer)
{
    char line[STRATEGY_NAME_MAX + TIMER_PLACE_MAX + 160];
    struct text text;
    text_init_fixed(&text, line, sizeof line);
    text_format(&text, "a timer that was set at %s is gone: due ", ref->place);
    text_put_time(&text, timer->due_ns);
    if (timer->every_ns) {
        char every[TEXT_DURATION_MAX];
        text_from_duration(every, timer->every_ns);
        text_format(&text, " and every %s", every);
    }
    text_put(&text, "; its function is not a global one of the file");
    restart_not_back(strategy, line);
}

/* Pushes the function that has had this name since the beginning, or nil. */
static void push_named(lua_State *lua, const struct strategy *strategy, const char *name)
{
    lua_pushglobaltable(lua);
    lua_pushstring(lua, name);
    lua_rawget(lua, -2);
    lua_remove(lua, -2);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->names_ref);
    lua_pushvalue(lua, -2);
    bool is_it = !lua_isnil(lua, -1) && lua_rawget(lua, -2) == LUA_TSTRING && strcmp(lua_tostring(lua, -1), name) == 0;
    lua_pop(lua, 2);
    if (is_it)
        return;
    lua_pop(lua, 1);
    lua_pushnil(lua);
}

/* Gives each timer its function again; where that cannot be, it is named and gone, in the engine too. */
static int lj_resolve(lua_State *lua)
{
    struct strategy *strategy = lua_touserdata(lua, 1);
    struct timers *timers = engine_timers(strategy->engine);
    for (uint32_t i = 0; i < strategy->timer_count; i++) {
        struct timer_ref *ref = &strategy->timers[i];
        const struct timer *timer = own_timer(strategy, ref);
        if (timer && ref->ref == LUA_NOREF && ref->function[0]) {
            push_named(lua, strategy, ref->function);
            if (lua_isnil(lua, -1))
                lua_pop(lua, 1);
            else
                ref->ref = luaL_ref(lua, LUA_REGISTRYINDEX);
        }
        if (timer && ref->ref != LUA_NOREF)
            continue;
        if (timer) {
            name_timer(strategy, ref, timer);
            timers_remove(timers, ref->id);
        }
        luaL_unref(lua, LUA_REGISTRYINDEX, ref->ref);
        *ref = no_timer;
    }
    return 0;
}

oc_rc restart_come_back(struct strategy *strategy)
{
    globals_name(strategy);
    return sandbox_protect(strategy->sandbox, lj_resolve, strategy);
}

/* on_load is called where the uninterrupted session called nothing: what it drew and set is as if it had not. */
static int lj_forget_timers(lua_State *lua)
{
    struct strategy *strategy = lua_touserdata(lua, 1);
    for (uint32_t i = 0; i < strategy->timer_count; i++) {
        struct timer_ref *ref = &strategy->timers[i];
        if (!ref->is_new)
            continue;
        luaL_unref(lua, LUA_REGISTRYINDEX, ref->ref);
        *ref = no_timer;
    }
    return 0;
}

void restart_undo_load(struct strategy *strategy, uint64_t timer_mark)
{
    memcpy(strategy->sandbox->random, strategy->random_last, sizeof strategy->random_last);
    if (!strategy->new_timers)
        return;
    timers_remove_after(engine_timers(strategy->engine), timer_mark);
    (void)sandbox_protect(strategy->sandbox, lj_forget_timers, strategy); /* it only gives back: nothing can fail */
    strategy->new_timers = 0;
    restart_not_back(strategy,
                     "timers that on_load has set are not kept: those that were there come back by themselves");
}

/* The checkpoint's part: timers set later than on_init, the generator, the names of globals. */

size_t restart_save_size(const struct strategy *strategy)
{
    return sizeof(uint32_t) + (strategy->timer_count - strategy->init_timers) * sizeof(struct timer_record) +
           sizeof strategy->random_last + sizeof strategy->globals_named;
}

size_t restart_save(const struct strategy *strategy, char *bytes)
{
    uint32_t count = 0;
    size_t at = sizeof count;
    for (uint32_t i = strategy->init_timers; i < strategy->timer_count; i++) {
        if (!strategy->timers[i].id)
            continue;
        struct timer_record made = record_of(&strategy->timers[i], NULL);
        made.every_ns = strategy->timers[i].repeats; /* when is the engine's to know */
        memcpy(bytes + at, &made, sizeof made);
        at += sizeof made;
        count++;
    }
    memcpy(bytes, &count, sizeof count);
    memcpy(bytes + at, strategy->random_last, sizeof strategy->random_last);
    at += sizeof strategy->random_last;
    memcpy(bytes + at, strategy->globals_named, sizeof strategy->globals_named);
    return at + sizeof strategy->globals_named;
}

size_t restart_load(struct strategy *strategy, const char *bytes, size_t size)
{
    uint32_t count;
    const size_t rest = sizeof strategy->random_last + sizeof strategy->globals_named;
    size_t at = sizeof count;
    if (size < at)
        return 0;
    memcpy(&count, bytes, sizeof count);
    if (count > STRATEGY_TIMERS_MAX || size - at < count * sizeof(struct timer_record) + rest)
        return 0;
    for (uint32_t i = 0; i < count; i++, at += sizeof(struct timer_record)) {
        struct timer_record timer;
        memcpy(&timer, bytes + at, sizeof timer);
        if (!take_timer(strategy, &timer))
            return 0;
    }
    take_random(strategy, bytes + at);
    at += sizeof strategy->random_last;
    const char *names = bytes + at;
    const char *end = memchr(names, 0, sizeof strategy->globals_named);
    if (!end || !globals_take(strategy, names, (size_t)(end - names)))
        return 0;
    return at + sizeof strategy->globals_named;
}

const char *strategy_not_back(const struct strategy *strategy)
{
    return strategy->not_back.data ? strategy->not_back.data : "";
}
