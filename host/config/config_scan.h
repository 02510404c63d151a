/* config_scan.h: the text of a configuration file, and of each that it includes, looked at before libconfig reads it.
 *
 * libconfig 1.5 reads an integer that does not fit as another number, ends the process where an include is a folder, and waits
 * for ever where it is a pipe. Comments and texts are told from the rest as its own scanner does. */
#ifndef CONFIG_CONFIG_SCAN_H
#define CONFIG_CONFIG_SCAN_H

#include "base/checked.h"
#include "base/error.h"

enum { CONFIG_INCLUDE_DEPTH_MAX = 10 /* libconfig's own */, CONFIG_INCLUDE_MAX = 100 };

/* [setup] OC_E_CONFIG: *ret_error says file, line, what was found and what to do. OC_E_NOMEM. */
CHECKED oc_rc config_scan(const char *path, const char *include_folder, struct error *ret_error);

#endif
