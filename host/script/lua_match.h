/* lua_match.h: matching one Lua pattern. Private to lua_match.c and lua_pattern.c. */
#ifndef SCRIPT_LUA_MATCH_H
#define SCRIPT_LUA_MATCH_H

#include "script/sandbox_state.h"

enum { CAPTURES_MAX = 32 };

struct capture {
    const unsigned char *start;
    ptrdiff_t size; /* negative: open, or a place only */
};

struct match {
    lua_State *lua;
    struct sandbox *sandbox;
    const unsigned char *text; /* borrowed, as the pattern: kept on the Lua stack by the caller */
    const unsigned char *text_end;
    const unsigned char *pattern_end;
    uint64_t steps_left; /* of the whole call */
    uint64_t untold;     /* of those made, not yet told as work */
    int recursion;
    int count; /* captures, open ones included */
    struct capture captures[CAPTURES_MAX];
};

/* Raises for a pattern that is too long. */
void match_init(struct match *m, lua_State *lua, const char *text, size_t text_size, size_t pattern_size);
/* The end of the match of `p` at `s`, or NULL. Raises for a malformed pattern and when the steps
 * are used up. */
const unsigned char *match_at(struct match *m, const unsigned char *s, const unsigned char *p);
/* Capture `index` from 0; without any, the whole match from `s` to `end`. */
void push_capture(struct match *m, int index, const unsigned char *s, const unsigned char *end);
/* All captures, or the whole match if there is none and `s` is given. Returns how many. */
int push_captures(struct match *m, const unsigned char *s, const unsigned char *end);

#endif
