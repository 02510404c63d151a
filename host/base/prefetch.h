/* prefetch.h: what is certain to be touched soon is fetched while other things are done. It changes nothing but time: any address
 * may be named, and nothing is read from it. [any] */
#ifndef BASE_PREFETCH_H
#define BASE_PREFETCH_H

#include <stddef.h>

enum { PREFETCH_LINE = 64 };

/* To be written: all the lines that `size` bytes may lie on. */
static inline void prefetch(const void *at, size_t size)
{
    for (size_t i = 0; i + 1 < size; i += PREFETCH_LINE)
        __builtin_prefetch((const char *)at + i, 1);
    __builtin_prefetch((const char *)at + size - 1, 1); /* they need not begin where a line does */
}

#endif
