/* embedded.h: text files of the source that are part of the program (OutcryEmbed.cmake). */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
    const char *name;          /* of the file, without folder; NULL: the list ends */
    const unsigned char *text; /* a zero behind it */
    size_t size;
};

#endif
