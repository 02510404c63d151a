/* env_folder.h: a folder of one's own for a while, under $TMPDIR or /tmp, that nobody else can look into; files that are kept in turn. */
#ifndef BASE_ENV_FOLDER_H
#define BASE_ENV_FOLDER_H

#include "base/env.h"

/* [any] Its path, into ENV_PATH_MAX bytes. env_folder_remove is due. OC_E_IO, OC_E_INVALID. */
CHECKED oc_rc env_folder_make(char *ret_path);
/* [any] Its files are gone before. */
void env_folder_remove(const char *path);
/* [any] PATH.2 becomes PATH.3, PATH.1 PATH.2, PATH PATH.1, so that at most `count` are there when PATH is made anew. OC_E_IO. */
CHECKED oc_rc env_folder_turn(const char *path, int count);

#endif
