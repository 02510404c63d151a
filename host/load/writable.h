/* writable.h: the memory of a loaded plugin file that its code may write to: its own variables.
 * Invariants: only that file's; a hash of it is the same as long as nothing was written. */
#ifndef LOAD_WRITABLE_H
#define LOAD_WRITABLE_H

#include <stdint.h>

/* Of the file that holds `inside`, such as the table of an interface. 0: there is no such file. [any] */
uint64_t writable_hash(const void *inside);

#endif
