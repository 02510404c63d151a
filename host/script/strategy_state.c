/* strategy_state.c: plain data, indicator and order handles as bytes, in an order that does not depend on the table.
 *
 * Format: one tag byte a value. n nil; t f booleans; i int64; d double bits; s length bytes; { pairs } tables, the keys
 * sorted; I uint32 number of an indicator's line; B uint32 market and struct frame_spec of its bars; O uint64 order id. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "script/lua_order.h"
#include "script/strategy_impl.h"

enum { DEPTH_MAX = 16 };

struct writer {
    lua_State *lua;
    const struct strategy *strategy;
    char *bytes;
    size_t size;
    size_t max;
    int depth;
    struct text *lost; /* what cannot be saved is left out and named here; NULL: it raises */
    char path[128];    /* of the value being written, for errors */
};

static void name_lost(struct text *lost, const char *path)
{
    if (lost->size)
        text_put(lost, "\n");
    text_put(lost, path);
}

static void put(struct writer *writer, const void *bytes, size_t size)
{
    if (size > writer->max - writer->size)
        sandbox_raise(writer->lua, "saved data is limited to %d bytes a table", STRATEGY_STATE_MAX);
    memcpy(writer->bytes + writer->size, bytes, size);
    writer->size += size;
}

static void put_tag(struct writer *writer, char tag) { put(writer, &tag, 1); }

static void write_value(struct writer *writer, int index);

static void write_string(struct writer *writer, int index)
{
    size_t size;
    const char *text = lua_tolstring(writer->lua, index, &size);
    uint32_t length = (uint32_t)size;
    put_tag(writer, 's');
    put(writer, &length, sizeof length);
    put(writer, text, size);
}

/* An integer and a float, exactly. */
static int compare_mixed(lua_Integer whole, lua_Number number)
{
    if (number >= 0x1p63)
        return -1;
    if (number < -0x1p63)
        return 1;
    lua_Integer near = (lua_Integer)number; /* towards zero */
    if (whole != near)
        return whole < near ? -1 : 1;
    return (lua_Number)near < number ? -1 : (lua_Number)near > number;
}

/* Numbers ascending, false before true, then texts by bytes: the order of the format. */
static int compare_saved(struct spent *spent, const struct key *a, const struct key *b)
{
    static const int ranks[] = {[KEY_INTEGER] = 0, [KEY_FLOAT] = 0, [KEY_BOOLEAN] = 1, [KEY_STRING] = 2};
    spend(spent, 1);
    if (ranks[a->class] != ranks[b->class])
        return ranks[a->class] < ranks[b->class] ? -1 : 1;
    if (a->class == KEY_STRING)
        return key_compare_text(spent, a, b);
    if (a->class == KEY_INTEGER && b->class == KEY_FLOAT)
        return compare_mixed(a->as.integer, b->as.number);
    if (a->class == KEY_FLOAT && b->class == KEY_INTEGER)
        return -compare_mixed(b->as.integer, a->as.number);
    if (a->class == KEY_FLOAT)
        return a->as.number < b->as.number ? -1 : a->as.number > b->as.number;
    return a->as.integer < b->as.integer ? -1 : a->as.integer > b->as.integer;
}

/* Counts the fields of the table at `index`. What cannot be a key is said before anything is written, and the same
 * whatever order the table has. */
static int check_keys(struct writer *writer, int index)
{
    lua_State *lua = writer->lua;
    int count = 0, bad = LUA_NUMTYPES;
    bool is_long = false;
    for (lua_pushnil(lua); lua_next(lua, index); lua_pop(lua, 1)) {
        struct key key;
        int type = lua_type(lua, -2);
        if (count++ == STRATEGY_STATE_KEYS_MAX)
            sandbox_raise(lua, "%s: saved tables have at most %d fields", writer->path, STRATEGY_STATE_KEYS_MAX);
        if (!key_read_plain(lua, -2, &key))
            bad = type < bad ? type : bad;
        else
            is_long = is_long || (key.class == KEY_STRING && key.as.string.size > writer->max);
    }
    if (bad < LUA_NUMTYPES && !writer->lost)
        sandbox_raise(lua, "%s: a %s cannot be the key of saved data", writer->path, lua_typename(lua, bad));
    if (is_long)
        sandbox_raise(lua, "saved data is limited to %d bytes a table", STRATEGY_STATE_MAX);
    return count;
}

/* Pushes the keys of the table at `index` as a list, and the order in which they are written. */
static const struct key *sorted_keys(struct writer *writer, int index, int *ret_count)
{
    lua_State *lua = writer->lua;
    int room = check_keys(writer, index), count = 0;
    lua_createtable(lua, room, 0);
    struct key *keys = lua_newuserdatauv(lua, 2 * (size_t)room * sizeof *keys + 1, 0);
    int list = lua_gettop(lua) - 1;
    for (lua_pushnil(lua); lua_next(lua, index);) {
        lua_pop(lua, 1);
        if (!key_read_plain(lua, -1, &keys[count])) {
            if (writer->lost) /* else it had raised */
                name_lost(writer->lost, writer->path);
            continue;
        }
        count++;
        keys[count - 1].index = (uint32_t)count;
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, list, count);
    }
    *ret_count = count;
    return key_sort(lua, keys, (size_t)count, compare_saved);
}

static void write_table(struct writer *writer, int index)
{
    lua_State *lua = writer->lua;
    if (++writer->depth > DEPTH_MAX)
        sandbox_raise(lua, "%s: saved tables nest at most %d deep (or contain themselves)", writer->path, DEPTH_MAX);
    luaL_checkstack(lua, 10, "saved data");
    int count;
    const struct key *keys = sorted_keys(writer, index, &count);
    int list = lua_gettop(lua) - 1;
    size_t length = strlen(writer->path);
    put_tag(writer, '{');
    for (int i = 0; i < count; i++) {
        lua_rawgeti(lua, list, (lua_Integer)keys[i].index);
        lua_pushvalue(lua, -1);
        const char *name = lua_tostring(lua, -1);
        text_append(writer->path, sizeof writer->path, ".");
        text_append(writer->path, sizeof writer->path, name ? name : "?");
        lua_pop(lua, 1);
        write_value(writer, lua_gettop(lua));
        lua_rawget(lua, index);
        write_value(writer, lua_gettop(lua));
        lua_pop(lua, 1);
        writer->path[length] = 0;
    }
    put_tag(writer, '}');
    lua_pop(lua, 2);
    writer->depth--;
}

static void write_userdata(struct writer *writer, int index)
{
    lua_State *lua = writer->lua;
    const struct indicator_handle *indicator = luaL_testudata(lua, index, strategy_meta_indicator);
    uint64_t *order = luaL_testudata(lua, index, strategy_meta_order);
    if (order) {
        put_tag(writer, 'O');
        put(writer, order, sizeof *order);
        return;
    }
    const struct bars_handle *bars = luaL_testudata(lua, index, strategy_meta_bars);
    if (bars) {
        put_tag(writer, 'B');
        put(writer, &bars->market->index, sizeof bars->market->index);
        put(writer, &bars->market->frames[bars->frame - 1]->spec, sizeof(struct frame_spec));
        return;
    }
    if (indicator) {
        put_tag(writer, 'I');
        put(writer, &indicator->number, sizeof indicator->number);
        return;
    }
    if (writer->lost) {
        name_lost(writer->lost, writer->path);
        put_tag(writer, 'n');
        return;
    }
    sandbox_raise(lua, "%s: this object cannot be saved; keep its numbers instead", writer->path);
}

static void write_value(struct writer *writer, int index)
{
    lua_State *lua = writer->lua;
    switch (lua_type(lua, index)) {
    case LUA_TBOOLEAN:
        put_tag(writer, lua_toboolean(lua, index) ? 't' : 'f');
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(lua, index)) {
            lua_Integer value = lua_tointeger(lua, index);
            put_tag(writer, 'i');
            put(writer, &value, sizeof value);
        } else {
            double value = lua_tonumber(lua, index);
            put_tag(writer, 'd');
            put(writer, &value, sizeof value);
        }
        break;
    case LUA_TSTRING:
        write_string(writer, index);
        break;
    case LUA_TTABLE:
        write_table(writer, index);
        break;
    case LUA_TUSERDATA:
        write_userdata(writer, index);
        break;
    default:
        if (writer->lost) {
            name_lost(writer->lost, writer->path);
            put_tag(writer, 'n');
            break;
        }
        sandbox_raise(lua, "%s: a %s cannot be saved in m or state; keep it in a local variable", writer->path,
                      luaL_typename(lua, index));
    }
}

size_t state_write(lua_State *lua, int index, char *bytes, size_t size_max)
{
    struct writer writer = {.lua = lua, .strategy = strategy_of(lua), .bytes = bytes, .max = size_max, .path = "saved"};
    write_value(&writer, index);
    return writer.size;
}

size_t state_write_most(lua_State *lua, int index, char *bytes, struct text *lost, const char *name)
{
    struct writer writer = {
        .lua = lua, .strategy = strategy_of(lua), .bytes = bytes, .max = STRATEGY_STATE_MAX, .lost = lost};
    text_append(writer.path, sizeof writer.path, name);
    write_value(&writer, index);
    return writer.size;
}

struct reader {
    const char *bytes;
    size_t size;
    size_t at;
    int depth;
    char path[128]; /* of the value being read */
};

static bool get(struct reader *reader, void *bytes, size_t size)
{
    if (size > reader->size - reader->at)
        return false;
    memcpy(bytes, reader->bytes + reader->at, size);
    reader->at += size;
    return true;
}

static bool read_value(lua_State *lua, struct strategy *strategy, struct reader *reader);

static bool read_table(lua_State *lua, struct strategy *strategy, struct reader *reader)
{
    if (++reader->depth > DEPTH_MAX || !lua_checkstack(lua, 8))
        return false;
    lua_newtable(lua);
    while (reader->at < reader->size && reader->bytes[reader->at] != '}') {
        if (!read_value(lua, strategy, reader))
            return false;
        bool is_key = !lua_isnil(lua, -1) &&
                      !(lua_type(lua, -1) == LUA_TNUMBER && lua_tonumber(lua, -1) != lua_tonumber(lua, -1));
        size_t length = strlen(reader->path);
        if (strategy->lost && lua_type(lua, -1) == LUA_TSTRING) {
            text_append(reader->path, sizeof reader->path, ".");
            text_append(reader->path, sizeof reader->path, lua_tostring(lua, -1));
        }
        if (!is_key || !read_value(lua, strategy, reader))
            return false;
        reader->path[length] = 0;
        lua_rawset(lua, -3);
    }
    reader->depth--;
    return reader->at++ < reader->size;
}

static bool read_bars(lua_State *lua, struct strategy *strategy, struct reader *reader)
{
    struct frame_spec spec;
    uint32_t index;
    if (!get(reader, &index, sizeof index) || !get(reader, &spec, sizeof spec))
        return false;
    const struct market_handle *market = index < strategy->market_count ? strategy->markets[index] : NULL;
    for (uint32_t i = 0; market && i < market->frame_count; i++)
        if (frame_is_like(&market->frames[i]->spec, &spec))
            return lua_rawgeti(lua, LUA_REGISTRYINDEX, market->frame_refs[i]), true;
    if (!strategy->map)
        return false;
    name_lost(strategy->lost, reader->path);
    lua_pushnil(lua);
    return true;
}

static bool read_handle(lua_State *lua, struct strategy *strategy, struct reader *reader, char tag)
{
    if (tag == 'B')
        return read_bars(lua, strategy, reader);
    if (tag == 'O') {
        uint64_t order;
        if (!get(reader, &order, sizeof order))
            return false;
        api_order_push(lua, order);
        return true;
    }
    uint32_t number;
    if (!get(reader, &number, sizeof number) || (strategy->map && number >= strategy->map_count))
        return false;
    if (strategy->map && (number = strategy->map[number]) == MAP_NONE) {
        name_lost(strategy->lost, reader->path);
        lua_pushnil(lua);
        return true;
    }
    return api_indicator_push(lua, strategy, number);
}

static bool read_value(lua_State *lua, struct strategy *strategy, struct reader *reader)
{
    char tag;
    lua_Integer whole;
    double number;
    uint32_t length;
    if (!get(reader, &tag, 1))
        return false;
    switch (tag) {
    case 'n':
        lua_pushnil(lua);
        return true;
    case 't':
    case 'f':
        lua_pushboolean(lua, tag == 't');
        return true;
    case 'i':
        if (!get(reader, &whole, sizeof whole))
            return false;
        lua_pushinteger(lua, whole);
        return true;
    case 'd':
        if (!get(reader, &number, sizeof number))
            return false;
        lua_pushnumber(lua, number);
        return true;
    case 's':
        if (!get(reader, &length, sizeof length) || length > reader->size - reader->at)
            return false;
        lua_pushlstring(lua, reader->bytes + reader->at, length);
        reader->at += length;
        return true;
    case '{':
        return read_table(lua, strategy, reader);
    case 'O':
    case 'I':
    case 'B':
        return read_handle(lua, strategy, reader, tag);
    default:
        return false;
    }
}

bool state_read(lua_State *lua, struct strategy *strategy, const char *bytes, size_t size)
{
    struct reader reader = {.bytes = bytes, .size = size};
    if (strategy->lost_in)
        text_append(reader.path, sizeof reader.path, strategy->lost_in);
    int top = lua_gettop(lua);
    if (read_value(lua, strategy, &reader) && reader.at == size && lua_istable(lua, -1))
        return true;
    lua_settop(lua, top);
    return false;
}

/* One saved table as a record: key 0 is `state`, key n the n-th market. */
struct record {
    struct strategy *strategy;
    int32_t ref;
    uint32_t key;
    uint64_t *hash;
    struct state_bytes *last;
};

oc_rc state_keep(struct state_bytes *last, const void *bytes, size_t size)
{
    if (size > last->room) {
        size_t room = (size + 255) & ~(size_t)255;
        char *data = realloc(last->data, room);
        if (!data)
            return OC_E_NOMEM;
        last->data = data;
        last->room = (uint32_t)room;
    }
    memcpy(last->data, bytes, size);
    last->size = (uint32_t)size;
    return OC_OK;
}

/* Pushes what on_save returns. */
static void push_saved(lua_State *lua, struct strategy *strategy)
{
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_save);
    strategy->is_saving = true; /* until state_record_changed, whatever this raises */
    lua_call(lua, 0, 1);
    if (!lua_istable(lua, -1))
        sandbox_raise(lua, "on_save() returns a table; found %s", luaL_typename(lua, -1));
}

static int lj_record(lua_State *lua)
{
    const struct record *record = lua_touserdata(lua, 1);
    struct strategy *strategy = record->strategy;
    static _Thread_local union {
        struct oc_ev_text event;
        char bytes[sizeof(struct oc_ev_text) + STRATEGY_STATE_MAX + 8];
    } buffer;
    if (record->key == STATE_KEY_SAVED)
        push_saved(lua, strategy);
    else
        lua_rawgeti(lua, LUA_REGISTRYINDEX, record->ref);
    memset(&buffer.event, 0, sizeof buffer.event);
    char *data = buffer.bytes + sizeof buffer.event;
    size_t size = state_write(lua, lua_gettop(lua), data, STRATEGY_STATE_MAX);
    uint64_t hash = hash64(data, size);
    if (hash == *record->hash)
        return 0;
    *record->hash = hash;
    size_t padded = (size + 7) & ~(size_t)7;
    memset(data + size, 0, padded - size);
    buffer.event.head.size = (uint32_t)(sizeof buffer.event + padded);
    buffer.event.head.type = OC_EV_STATE;
    buffer.event.head.venue_ns = engine_now(strategy->engine);
    buffer.event.owner = strategy->id;
    buffer.event.key = record->key;
    buffer.event.text_size = (uint32_t)size;
    if (engine_record(strategy->engine, &buffer.event.head) < 0)
        return sandbox_raise(lua, "the journal did not take the saved data");
    if (state_keep(record->last, data, size) < 0)
        return sandbox_raise(lua, "no memory to keep the saved data");
    return 0;
}

static int lj_hand_over(lua_State *lua)
{
    struct strategy *strategy = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_load);
    if (!state_read(lua, strategy, strategy->saved_last.data, strategy->saved_last.size))
        return sandbox_raise(lua, "what on_save had returned cannot be read");
    lua_call(lua, 1, 0);
    return 0;
}

oc_rc state_hand_over_now(struct strategy *strategy)
{
    return sandbox_protect(strategy->sandbox, lj_hand_over, strategy);
}

oc_rc state_hand_over(struct strategy *strategy)
{
    if (!strategy->saved_is_due || engine_is_suspended(strategy->engine, strategy->id))
        return OC_OK;
    strategy->saved_is_due = false;
    if (strategy->on_load == LUA_NOREF)
        return OC_OK;
    const uint64_t timer_mark = engine_timers(strategy->engine)->next_id;
    oc_rc rc = state_hand_over_now(strategy);
    restart_undo_load(strategy, timer_mark);
    return rc;
}

static __attribute__((noinline)) oc_rc record_saved(struct strategy *strategy)
{
    struct record saved = {strategy, LUA_NOREF, STATE_KEY_SAVED, &strategy->saved_hash, &strategy->saved_last};
    oc_rc rc = sandbox_protect(strategy->sandbox, lj_record, &saved);
    strategy->is_saving = false;
    return rc;
}

/* A market's table, or with NULL the strategy's. */
static __attribute__((noinline)) oc_rc record_table(struct strategy *strategy, struct market_handle *market,
                                                    uint32_t key)
{
    struct record record = {strategy, market ? market->data_ref : strategy->state_ref, key,
                            market ? &market->saved_hash : &strategy->state_hash,
                            market ? &market->last : &strategy->state_last};
    oc_rc rc = sandbox_protect(strategy->sandbox, lj_record, &record);
    if (rc < 0)
        return rc;
    if (market)
        market->is_dirty = false;
    else
        strategy->state_dirty = false;
    return OC_OK;
}

static inline oc_rc record_tables(struct strategy *strategy)
{
    oc_rc rc = OC_OK;
    if (strategy->on_save != LUA_NOREF)
        return record_saved(strategy);
    if (strategy->state_dirty || strategy->state_has_tables)
        rc = record_table(strategy, NULL, 0);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < strategy->changed_count; i++) {
        struct market_handle *market = strategy->markets[strategy->changed[i]];
        if (rc >= 0)
            rc = record_table(strategy, market, market->index + 1);
        market->is_listed = market->is_dirty || market->has_tables;
        if (market->is_listed)
            strategy->changed[kept++] = market->index;
    }
    strategy->changed_count = kept;
    return rc;
}

oc_rc state_record_changed(struct strategy *strategy)
{
    if (strategy->is_restoring)
        return OC_OK;
    oc_rc rc = record_tables(strategy);
    return rc < 0 ? rc : restart_record(strategy);
}
