/* lua_match.c: the matcher of Lua patterns, with a bound on its work.
 *
 * The stock matcher backtracks inside C, where no hook can stop it: three thousand bytes and four
 * `.-` take hours. This one gives the same answers (a differential test holds it to that), counts
 * its steps and raises when they exceed the limit of the sandbox, the same step in each run. */
#include "script/lua_match.h"

#include <string.h>

enum {
    RECURSION_MAX = 200,
    STEPS_PER_BYTE = 32,
    POLL_STEPS = 4096,
    SET_BYTES_A_STEP = 16,
    CAPTURE_OPEN = -1,
    CAPTURE_PLACE = -2
};

static const unsigned char *match_here(struct match *m, const unsigned char *s, const unsigned char *p);

static void steps(struct match *m, uint64_t count)
{
    if (m->steps_left < count)
        luaL_error(m->lua, "pattern needs more than %I steps on this text",
                   (LUAI_UACINT)m->sandbox->limits.pattern_steps_max);
    m->steps_left -= count;
    m->untold += count;
    if (m->untold >= POLL_STEPS) {
        sandbox_work(m->lua, m->sandbox, m->untold);
        m->untold = 0;
    }
}

static void step(struct match *m) { steps(m, 1); }

static bool is_between(int c, int low, int high) { return c >= low && c <= high; }
static bool is_alpha(int c) { return is_between(c | 32, 'a', 'z'); }
static bool is_digit(int c) { return is_between(c, '0', '9'); }
static bool is_graph(int c) { return is_between(c, 33, 126); }

/* ASCII only: a locale of the host must not change what a strategy does. */
static bool in_class(int c, int letter)
{
    bool is_in;
    switch (letter | 32) {
    case 'a':
        is_in = is_alpha(c);
        break;
    case 'c':
        is_in = c < 32 || c == 127;
        break;
    case 'd':
        is_in = is_digit(c);
        break;
    case 'g':
        is_in = is_graph(c);
        break;
    case 'l':
        is_in = is_between(c, 'a', 'z');
        break;
    case 'p':
        is_in = is_graph(c) && !is_alpha(c) && !is_digit(c);
        break;
    case 's':
        is_in = c == ' ' || is_between(c, 9, 13);
        break;
    case 'u':
        is_in = is_between(c, 'A', 'Z');
        break;
    case 'w':
        is_in = is_alpha(c) || is_digit(c);
        break;
    case 'x':
        is_in = is_digit(c) || is_between(c | 32, 'a', 'f');
        break;
    case 'z': /* an old class that the system still knows */
        is_in = c == 0;
        break;
    default:
        return letter == c;
    }
    if (!is_alpha(letter))
        return letter == c; /* not a letter, though letter | 32 looked like one */
    return is_between(letter, 'A', 'Z') ? !is_in : is_in;
}

/* Past the single-character item that starts at `p`. */
static const unsigned char *item_end(struct match *m, const unsigned char *p)
{
    if (*p == '%') {
        if (p + 1 == m->pattern_end)
            luaL_error(m->lua, "malformed pattern (ends with '%%')");
        return p + 2;
    }
    if (*p != '[')
        return p + 1;
    const unsigned char *start = p++;
    if (p < m->pattern_end && *p == '^')
        p++;
    for (bool first = true; first || p == m->pattern_end || *p != ']'; first = false) {
        if (p == m->pattern_end)
            luaL_error(m->lua, "malformed pattern (missing ']')");
        bool is_escape = *p == '%';
        p++;
        if (is_escape && p < m->pattern_end)
            p++;
    }
    steps(m, (uint64_t)(p - start) / SET_BYTES_A_STEP);
    return p + 1;
}

/* `p` at the '[', `last` at its ']'. */
static bool in_set(int c, const unsigned char *p, const unsigned char *last)
{
    bool answer = true;
    p++;
    if (*p == '^') {
        answer = false;
        p++;
    }
    while (p < last) {
        if (*p == '%') {
            if (in_class(c, p[1]))
                return answer;
            p += 2;
        } else if (p[1] == '-' && p + 2 < last) {
            if (is_between(c, p[0], p[2]))
                return answer;
            p += 3;
        } else {
            if (*p == c)
                return answer;
            p++;
        }
    }
    return !answer;
}

static bool item_matches(struct match *m, const unsigned char *s, const unsigned char *p, const unsigned char *end)
{
    step(m);
    if (s >= m->text_end)
        return false;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(*s, p[1]);
    case '[':
        steps(m, (uint64_t)(end - p) / SET_BYTES_A_STEP);
        return in_set(*s, p, end - 1);
    default:
        return *p == *s;
    }
}

static const unsigned char *match_balance(struct match *m, const unsigned char *s, const unsigned char *p)
{
    if (p + 1 >= m->pattern_end)
        luaL_error(m->lua, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->text_end || *s != p[0])
        return NULL;
    size_t depth = 1;
    for (s++; s < m->text_end; s++) {
        step(m);
        if (*s == p[1]) {
            if (--depth == 0)
                return s + 1;
        } else if (*s == p[0]) {
            depth++;
        }
    }
    return NULL;
}

/* item*, item+: as many as there are, then fewer. */
static const unsigned char *match_most(struct match *m, const unsigned char *s, const unsigned char *p,
                                       const unsigned char *end)
{
    const unsigned char *last = s;
    while (item_matches(m, last, p, end))
        last++;
    for (; last >= s; last--) {
        const unsigned char *result = match_here(m, last, end + 1);
        if (result)
            return result;
    }
    return NULL;
}

/* item-: none, then more. */
static const unsigned char *match_fewest(struct match *m, const unsigned char *s, const unsigned char *p,
                                         const unsigned char *end)
{
    for (;; s++) {
        const unsigned char *result = match_here(m, s, end + 1);
        if (result)
            return result;
        if (!item_matches(m, s, p, end))
            return NULL;
    }
}

static const unsigned char *open_capture(struct match *m, const unsigned char *s, const unsigned char *p,
                                         ptrdiff_t kind)
{
    if (m->count >= CAPTURES_MAX)
        luaL_error(m->lua, "too many captures");
    m->captures[m->count].start = s;
    m->captures[m->count].size = kind;
    m->count++;
    const unsigned char *result = match_here(m, s, p);
    if (!result)
        m->count--;
    return result;
}

static const unsigned char *close_capture(struct match *m, const unsigned char *s, const unsigned char *p)
{
    int index = m->count - 1;
    while (index >= 0 && m->captures[index].size != CAPTURE_OPEN)
        index--;
    if (index < 0)
        luaL_error(m->lua, "invalid pattern capture");
    m->captures[index].size = s - m->captures[index].start;
    const unsigned char *result = match_here(m, s, p);
    if (!result)
        m->captures[index].size = CAPTURE_OPEN;
    return result;
}

static const unsigned char *match_again(struct match *m, const unsigned char *s, int digit)
{
    int index = digit - '1';
    if (index < 0 || index >= m->count || m->captures[index].size == CAPTURE_OPEN)
        luaL_error(m->lua, "invalid capture index %%%d", index + 1);
    /* a position, seen as a text, is longer than any rest */
    size_t size = (size_t)m->captures[index].size;
    if ((size_t)(m->text_end - s) < size)
        return NULL;
    for (size_t bytes = 0; bytes < size; bytes += 64)
        step(m);
    return memcmp(m->captures[index].start, s, size) == 0 ? s + size : NULL;
}

/* %f[set]: `p` past the f. The border: what is before is not in the set, what follows is. */
static bool at_frontier(struct match *m, const unsigned char *s, const unsigned char *p, const unsigned char **ret_next)
{
    if (*p != '[') /* behind the end stands a zero */
        luaL_error(m->lua, "missing '[' after '%%f' in pattern");
    const unsigned char *end = item_end(m, p);
    *ret_next = end;
    int before = s == m->text ? 0 : s[-1];
    int after = s == m->text_end ? 0 : *s;
    return !in_set(before, p, end - 1) && in_set(after, p, end - 1);
}

/* One item with its suffix. False when the pattern goes on at *s and *p; true when *ret_result is
 * the answer. */
static bool match_item(struct match *m, const unsigned char **s, const unsigned char **p,
                       const unsigned char **ret_result)
{
    const unsigned char *item = *p;
    const unsigned char *end = item_end(m, item);
    int suffix = end < m->pattern_end ? *end : 0;
    bool is_done = true;
    switch (suffix) {
    case '?':
    case '*':
    case '-':
        if (!item_matches(m, *s, item, end)) {
            *p = end + 1;
            return false;
        }
        if (suffix == '?')
            *ret_result = match_here(m, *s + 1, end + 1);
        else
            *ret_result = (suffix == '*' ? match_most : match_fewest)(m, *s, item, end);
        if (suffix == '?' && !*ret_result) {
            *p = end + 1;
            return false;
        }
        break;
    case '+':
        *ret_result = item_matches(m, *s, item, end) ? match_most(m, *s + 1, item, end) : NULL;
        break;
    default:
        *ret_result = NULL;
        is_done = !item_matches(m, *s, item, end);
        ++*s;
        *p = end;
        break;
    }
    return is_done;
}

/* As match_item, for a '%' that is more than a class; *ret_is_special tells whether it was. */
static bool match_special(struct match *m, const unsigned char **s, const unsigned char **p, bool *ret_is_special)
{
    int letter = *p + 1 < m->pattern_end ? (*p)[1] : 0;
    const unsigned char *next = NULL;
    *ret_is_special = true;
    if (letter == 'b') {
        next = match_balance(m, *s, *p + 2);
        *p += 4;
    } else if (letter == 'f') {
        bool is_border = at_frontier(m, *s, *p + 2, p);
        next = is_border ? *s : NULL;
    } else if (is_digit(letter)) {
        next = match_again(m, *s, letter);
        *p += 2;
    } else {
        *ret_is_special = false;
        return false;
    }
    if (!next)
        return true;
    *s = next;
    return false;
}

/* The end of the match of `p` at `s`, or NULL. */
static const unsigned char *match_here(struct match *m, const unsigned char *s, const unsigned char *p)
{
    if (++m->recursion > RECURSION_MAX)
        luaL_error(m->lua, "pattern too complex");
    const unsigned char *result = NULL;
    bool is_done = false;
    while (!is_done) {
        step(m);
        if (p == m->pattern_end) {
            result = s;
            break;
        }
        bool is_special = false;
        if (*p == '(') {
            bool is_place = p + 1 < m->pattern_end && p[1] == ')';
            result = open_capture(m, s, p + (is_place ? 2 : 1), is_place ? CAPTURE_PLACE : CAPTURE_OPEN);
            break;
        }
        if (*p == ')') {
            result = close_capture(m, s, p + 1);
            break;
        }
        if (*p == '$' && p + 1 == m->pattern_end) {
            result = s == m->text_end ? s : NULL;
            break;
        }
        if (*p == '%')
            is_done = match_special(m, &s, &p, &is_special);
        if (!is_special)
            is_done = match_item(m, &s, &p, &result);
    }
    m->recursion--;
    return result;
}

void push_capture(struct match *m, int index, const unsigned char *s, const unsigned char *end)
{
    if (index >= m->count) {
        if (index != 0)
            luaL_error(m->lua, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->lua, (const char *)s, (size_t)(end - s));
        return;
    }
    const struct capture *capture = &m->captures[index];
    if (capture->size == CAPTURE_OPEN)
        luaL_error(m->lua, "unfinished capture");
    if (capture->size == CAPTURE_PLACE)
        lua_pushinteger(m->lua, capture->start - m->text + 1);
    else
        lua_pushlstring(m->lua, (const char *)capture->start, (size_t)capture->size);
}

int push_captures(struct match *m, const unsigned char *s, const unsigned char *end)
{
    int count = m->count == 0 && s ? 1 : m->count;
    luaL_checkstack(m->lua, count, "too many captures");
    for (int index = 0; index < count; index++)
        push_capture(m, index, s, end);
    return count;
}

void match_init(struct match *m, lua_State *lua, const char *text, size_t text_size, size_t pattern_size)
{
    if (pattern_size > SANDBOX_PATTERN_MAX)
        luaL_error(lua, "pattern longer than %d bytes: find(text, what, 1, true) looks for plain text",
                   SANDBOX_PATTERN_MAX);
    m->untold = 0;
    m->lua = lua;
    m->sandbox = sandbox_of(lua);
    m->text = (const unsigned char *)text;
    m->text_end = m->text + text_size;
    m->steps_left = m->sandbox->limits.pattern_steps_max + STEPS_PER_BYTE * (uint64_t)text_size;
}

const unsigned char *match_at(struct match *m, const unsigned char *s, const unsigned char *p)
{
    m->count = 0;
    m->recursion = 0;
    return match_here(m, s, p);
}
