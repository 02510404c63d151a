/* failing_heap.h: the n-th allocation of the code under test fails, once. The program is linked so that its calls
 * come here (tests/unit/CMakeLists.txt). */
#ifndef SUPPORT_FAILING_HEAP_H
#define SUPPORT_FAILING_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *data, size_t size);
void __real_free(void *data);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *data, size_t size);
void __wrap_free(void *data);

static struct {
    uint64_t count;
    uint64_t fail_at; /* 0: none fails */
    bool has_failed;
    int64_t live;
} heap;

static bool fails(void)
{
    bool now = ++heap.count == heap.fail_at;
    heap.has_failed |= now;
    return now;
}

static void *counted(void *data)
{
    heap.live += data != NULL;
    return data;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : counted(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return fails() ? NULL : counted(__real_calloc(count, size)); }

void *__wrap_realloc(void *data, size_t size)
{
    if (fails())
        return NULL;
    heap.live -= data != NULL;
    return counted(__real_realloc(data, size));
}

void __wrap_free(void *data)
{
    heap.live -= data != NULL;
    __real_free(data);
}

#endif
