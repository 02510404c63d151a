/* save.h: the cursor through which the engine's state is written and read, one sequence of fields for both. */
#ifndef ENGINE_SAVE_H
#define ENGINE_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;

struct save_cursor {
    char *at;
    size_t left;
    bool is_writing;
    bool is_bad; /* what is read cannot be, or what is written does not fit: nothing more is done */
};

/* Writes or reads `size` bytes, by direction. */
void save_pass(struct save_cursor *cursor, void *bytes, size_t size);
/* The same of a count of at most `max`; 0 once the cursor is bad. */
uint32_t save_count(struct save_cursor *cursor, uint32_t count, uint32_t max);
/* save_said.c: what venues said of orders, and their fills. */
void save_said(struct engine *engine, struct save_cursor *cursor);
/* books.c: the order books of venues. */
void save_depths(struct engine *engine, struct save_cursor *cursor);

#endif
