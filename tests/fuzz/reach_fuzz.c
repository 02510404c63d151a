/* reach_fuzz.c: what Lua can reach, called as the input says: the bytes of a call name a function and its values. What a
 * call returns is walked, so that functions within functions are called by what follows. Limits end what would go on. */
#include "reach_kit.h"

enum { CALLS_A_BAR = 64, CALLS_BY_CHANCE = 192, PLAIN_KINDS = 16 };

static const uint8_t *input;
static size_t input_left;
static int chances_left;
static uint64_t chance;

/* Of the input while there is some, then by a generator that the input has seeded: few bytes make many calls. */
static int next_byte(void)
{
    if (input_left) {
        input_left--;
        chance = chance * 1099511628211u + *input;
        return *input++;
    }
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (int)(chance >> 56);
}

static void from_input(struct reach *reach, lua_State *lua)
{
    if (!reach->is_found)
        reach_find(reach, lua);
    for (int calls = 0; calls < CALLS_A_BAR && (input_left || chances_left); calls++) {
        chances_left -= input_left == 0;
        int head = next_byte(), at = head | (next_byte() & 3) << 8, count = 1 + (head & 3), args[4];
        for (int i = 0; i < count; i++) { /* every second value is of the plain kinds, which come first */
            int byte = next_byte();
            args[i] = byte & 1 ? byte / 2 % PLAIN_KINDS : byte / 2;
        }
        reach_call(reach, lua, at, args, count, true);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sandbox_limits limits = {.work_max = 5000000, .heap_max_bytes = 16u << 20};
    struct reach *reach = reach_new(limits); /* a fresh one each time, so that an input alone shows what it found */
    input = data;
    input_left = size;
    chance = 1;
    chances_left = CALLS_BY_CHANCE;
    while ((input_left || chances_left) && reach_bar(reach, from_input))
        continue;
    reach_free(reach);
    return 0;
}
