/* strategy_origin.c: where in a strategy an order was made, remembered for whoever asks soon after. */
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "script/strategy_impl.h"

enum { ENTRY_LEVELS = 4 };

oc_rc strategy_note_origins(struct strategy *strategy, bool is_wanted)
{
    if (is_wanted && !strategy->origins)
        strategy->origins = env_alloc(ORIGINS_MAX * sizeof strategy->origins[0]);
    strategy->notes_origins = is_wanted && strategy->origins;
    return is_wanted && !strategy->origins ? (oc_rc)OC_E_NOMEM : (oc_rc)OC_OK;
}

/* Finding a level counts from the youngest one, and a script may have made a hundred thousand: halving looks at few. */
static int last_level(lua_State *lua)
{
    lua_Debug record;
    int low = 0, high = 1;
    for (; lua_getstack(lua, high, &record); high *= 2)
        low = high;
    while (low + 1 < high) {
        int middle = low + (high - low) / 2;
        *(lua_getstack(lua, middle, &record) ? &low : &high) = middle;
    }
    return low;
}

/* The callback the stack began with: at its end, or behind functions of the host. */
static const char *callback_of(lua_State *lua, const struct strategy *strategy)
{
    const struct {
        int32_t ref;
        const char *name;
    } known[] = {{strategy->on_bar, "on_bar"},
                 {strategy->on_quote, "on_quote"},
                 {strategy->on_trade, "on_trade"},
                 {strategy->on_book, "on_book"},
                 {strategy->on_order, "on_order"},
                 {strategy->on_fill, "on_fill"},
                 {strategy->on_start, "on_start"},
                 {strategy->on_stop, "on_stop"},
                 {strategy->on_venue_up, "on_venue_up"},
                 {strategy->on_venue_down, "on_venue_down"},
                 {strategy->on_venue_stale, "on_venue_stale"},
                 {strategy->on_resync, "on_resync"}};
    lua_Debug record;
    int level = last_level(lua);
    for (int stop = level - ENTRY_LEVELS; level > stop && lua_getstack(lua, level, &record); level--) {
        lua_getinfo(lua, "f", &record);
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            lua_rawgeti(lua, LUA_REGISTRYINDEX, known[i].ref);
            bool is_same = lua_rawequal(lua, -1, -2);
            lua_pop(lua, 1);
            if (is_same) {
                lua_pop(lua, 1);
                return known[i].name;
            }
        }
        lua_pop(lua, 1);
    }
    return "a timer";
}

void strategy_note_origin(lua_State *lua, struct strategy *strategy, uint64_t order)
{
    lua_Debug record;
    if (!strategy->notes_origins || !lua_getstack(lua, 1, &record))
        return;
    struct origin_row *row = &strategy->origins[strategy->origin_count++ % ORIGINS_MAX];
    lua_getinfo(lua, "Sl", &record);
    row->order = order;
    row->line = record.currentline;
    row->callback = callback_of(lua, strategy);
    text_copy(row->file, sizeof row->file, record.source[0] == '@' ? record.source + 1 : record.source);
}

bool strategy_origin(const struct strategy *strategy, uint64_t order, struct strategy_origin *ret_origin)
{
    static char line[160]; /* [engine]: one thread */
    for (uint32_t i = 0; strategy->origins && i < ORIGINS_MAX; i++) {
        const struct origin_row *row = &strategy->origins[i];
        if (row->order != order || !row->callback)
            continue;
        line[0] = 0;
        source_line(strategy->sandbox, row->file, row->line, line, sizeof line);
        size_t indent = strspn(line, " \t");
        *ret_origin = (struct strategy_origin){row->callback, row->file, line + indent, row->line};
        return true;
    }
    return false;
}
