#include "base/version.h"

const char *outcry_build = "";
