/* draw.h: what random scenarios are drawn and written with: a generator of its own, and numbers as text. */
#pragma once

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOTS = 1000, BASE = 1704067200 };

static uint64_t state;

static inline uint64_t draw(void)
{
    uint64_t value = state += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static inline int64_t between(int64_t least, int64_t most)
{
    return least + (int64_t)(draw() % (uint64_t)(most - least + 1));
}

static inline bool chance(int percent) { return between(1, 100) <= percent; }

#define PICK(list) ((list)[between(0, (int64_t)(sizeof(list) / sizeof *(list)) - 1)])

static inline const char *seconds(int64_t ns)
{
    static char texts[4][32];
    static unsigned next;
    char *text = texts[next++ % 4];
    snprintf(text, sizeof texts[0], "%" PRId64 ".%09" PRId64, ns / 1000000000, ns % 1000000000);
    return text;
}

static inline const char *price(int64_t ticks)
{
    static char texts[8][32];
    static unsigned next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof texts[0], "%" PRId64 ".%02" PRId64, ticks / 100, ticks % 100);
    return text;
}

static inline const char *quantity(int64_t lots)
{
    static char text[32];
    snprintf(text, sizeof text, "%" PRId64 ".%03" PRId64, lots / LOTS, lots % LOTS);
    return text;
}

static inline FILE *begin(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w+");
    if (!file) {
        perror(path);
        exit(2);
    }
    return file;
}
