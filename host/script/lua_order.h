/* lua_order.h: keys of a table, read once and sorted with a bound on the work between two looks at the stop. Private to
 * host/script. */
#ifndef SCRIPT_LUA_ORDER_H
#define SCRIPT_LUA_ORDER_H

#include "script/sandbox_state.h"

enum key_class { KEY_INTEGER, KEY_FLOAT, KEY_STRING, KEY_BOOLEAN, KEY_USERDATA };

struct key {
    enum key_class class;
    uint32_t index; /* where it stands in the table of keys */
    union {
        lua_Integer integer;
        lua_Number number;
        struct {
            const char *data; /* lives as long as the key */
            size_t size;
        } string;
    } as;
};

/* Work is told in portions, before the compared strings make it long. */
struct spent {
    lua_State *lua;
    uint64_t units;
};
void spend(struct spent *spent, uint64_t units);

/* Below 0, 0 or above 0. Tells its own work. */
typedef int (*key_compare)(struct spent *spent, const struct key *a, const struct key *b);
int key_compare_text(struct spent *spent, const struct key *a, const struct key *b); /* two strings, by bytes */

/* False for a key that is no number, text or boolean. */
bool key_read_plain(lua_State *lua, int index, struct key *ret_key);
/* `keys` has room for twice `count`; returns the half where the result is. */
struct key *key_sort(lua_State *lua, struct key *keys, size_t count, key_compare compare);

#endif
