/* env_folder.h: a folder of one's own for a while, under $TMPDIR or /tmp, that nobody else can look into. */
#ifndef BASE_ENV_FOLDER_H
#define BASE_ENV_FOLDER_H

#include "base/env.h"

/* [any] Its path, into ENV_PATH_MAX bytes. env_folder_remove is due. OC_E_IO, OC_E_INVALID. */
CHECKED oc_rc env_folder_make(char *ret_path);
/* [any] Its files are gone before. */
void env_folder_remove(const char *path);

#endif
