/* faults.c: the table of armed fault points. */
#include "support/faults.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct armed {
    char name[FAULT_NAME_MAX];
    uint32_t left; /* passes until it fires; 0 = each */
    bool is_used;
};

static struct armed table[FAULT_ARMED_MAX];
static size_t armed_count;

static bool hit(const char *name)
{
    for (size_t i = 0; i < armed_count; i++) {
        struct armed *armed = &table[i];
        if (armed->is_used || strcmp(armed->name, name) != 0)
            continue;
        if (armed->left == 0)
            return true;
        if (--armed->left == 0) {
            armed->is_used = true;
            return true;
        }
    }
    return false;
}

bool fault_arm(const char *name, uint32_t nth)
{
    if (armed_count == FAULT_ARMED_MAX || strlen(name) >= FAULT_NAME_MAX)
        return false;
    struct armed *armed = &table[armed_count++];
    snprintf(armed->name, sizeof armed->name, "%s", name);
    armed->left = nth;
    armed->is_used = false;
    fault_hit = hit;
    return true;
}

void fault_clear(void)
{
    armed_count = 0;
    fault_hit = NULL;
}
