/* skeleton.h: the files of the examples, of which `plugin new` makes a plugin with a name of its own. Made by the build of
 * sdk/examples; each list ends with a NULL name. */
#ifndef LOAD_SKELETON_H
#define LOAD_SKELETON_H

#include "base/embedded.h"

extern const struct embedded skeleton_risk[];
extern const struct embedded skeleton_risk_state[];
extern const struct embedded skeleton_connector[];
extern const struct embedded skeleton_sim[];
extern const struct embedded skeleton_data[];

#endif
