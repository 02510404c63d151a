/* version.h: what `outcry version` says. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define OUTCRY_VERSION "0.1.0"

/* Hash over the sources, flags and compiler of the program, said by it at its start; "" in tests. Static. */
extern const char *outcry_build;

/* The same, where the program alone has it. Static. */
extern const char outcry_build_id[];

#endif
