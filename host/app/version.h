/* version.h: what `outcry version` says. */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#define OUTCRY_VERSION "0.1.0"

#endif
