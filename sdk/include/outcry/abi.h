/* abi.h: the ground rules of the plugin border: versions, result codes, growth.
 *
 * Invariants
 * - Plain C11, no dependency, no build switch; the same bytes for gcc and clang, debug and release.
 * - Every table and every request starts with `size`. A reader takes what both sides know: OC_HAS().
 * - Members are only ever appended; zero in a new member means "as before".
 * - What stands in arrays or is embedded is frozen; such structs end in members named `zero` that
 *   must be 0 and that a later version may give a meaning.
 * - While OC_ABI_MAJOR is 0 the host loads plugins of exactly its own minor version.
 * - Strings that cross the border are NUL-terminated UTF-8, borrowed unless said otherwise. */
#ifndef OUTCRY_ABI_H
#define OUTCRY_ABI_H

#include <stddef.h>
#include <stdint.h>

#define OC_ABI_MAJOR 0
#define OC_ABI_MINOR 2

#define OC_EXPORT __attribute__((visibility("default")))

/* Zero or more is good; a negative value is one of the codes below. */
typedef int32_t oc_rc;

enum {
    OC_OK = 0,
    OC_E_INVALID = -1,       /* an argument is outside its range */
    OC_E_NOMEM = -2,         /* memory, or a memory limit, is exhausted */
    OC_E_RANGE = -3,         /* the exact result does not fit */
    OC_E_FULL = -4,          /* a queue is full; call again after it was drained */
    OC_E_LIMIT = -5,         /* a stated limit was reached */
    OC_E_IO = -6,            /* the operating system refused */
    OC_E_DATA = -7,          /* malformed or inconsistent input */
    OC_E_NOT_FOUND = -8,     /* no such thing */
    OC_E_NOT_SUPPORTED = -9, /* a valid wish that this side does not offer */
    OC_E_STATE = -10,        /* not allowed now */
    OC_E_CONFIG = -11,       /* configuration is wrong; the reason was logged */
    OC_E_TOO_NEW = -12,      /* a longer structure whose extra bytes are not zero */
    OC_E_TOO_OLD = -13,      /* a structure shorter than its first version */
    OC_E_AGAIN = -14,        /* not yet; nothing happened, nothing is wrong */
    OC_E_END = -15,          /* the source is exhausted; nothing is wrong */
    OC_E_EXISTS = -16,       /* the thing is already there */
    OC_E_DENIED = -17,       /* a key, a scope, an environment or a guard forbids it */
    OC_E_LATE = -18          /* its deadline has passed; nothing happened */
};

/* True if the table behind `pointer` is long enough to hold `member`. Test the member for NULL as
 * well. */
#define OC_HAS(pointer, member)                                                                                        \
    ((pointer)->size >= offsetof(__typeof__(*(pointer)), member) + sizeof((pointer)->member))

#endif
