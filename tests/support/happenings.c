#include "support/happenings.h"

#include <stdlib.h>
#include <string.h>

enum { ZEROS = 16 };

static char *copy_of(const char *bytes, uint32_t size)
{
    char *copy = calloc(1, (size_t)size + ZEROS);
    if (!copy)
        abort();
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

void happenings_release(struct happenings *list)
{
    while (list->count)
        happenings_drop(list, list->count - 1);
    free(list->list);
    *list = (struct happenings){0};
}

void happenings_add(struct happenings *list, const struct io_happening *what)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->list = realloc(list->list, list->room * sizeof *list->list);
        if (!list->list)
            abort();
    }
    uint32_t at = list->count++;
    for (; at > 0 && list->list[at - 1].at_ns > what->at_ns; at--)
        list->list[at] = list->list[at - 1];
    list->list[at] = *what;
    list->list[at].bytes = copy_of(what->bytes, what->size);
    list->list[at].headers = copy_of(what->headers, what->headers_size);
}

int64_t happenings_next_ns(const struct happenings *list) { return list->count ? list->list[0].at_ns : INT64_MAX; }

void happenings_drop(struct happenings *list, uint32_t place)
{
    struct io_happening *gone = &list->list[place];
    free((void *)(uintptr_t)gone->bytes);
    free((void *)(uintptr_t)gone->headers);
    memmove(gone, gone + 1, (list->count - place - 1) * sizeof *gone);
    list->count--;
}

void happenings_cut(struct happenings *list, uint32_t stream, int64_t after_ns)
{
    for (uint32_t i = list->count; i > 0; i--)
        if (list->list[i - 1].stream == stream && list->list[i - 1].at_ns > after_ns)
            happenings_drop(list, i - 1);
}
