/* version.h: what `outcry version` says. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define OUTCRY_VERSION "0.1.0"

#endif
