/* skeleton.h: the texts of `plugin new`. Each is a list of parts, NULL-terminated, to be joined;
 * @NAME@, @KIND@ and @ABI@ stand for what they say. */
#ifndef LOAD_SKELETON_H
#define LOAD_SKELETON_H

extern const char *const skeleton_cmake[];
extern const char *const skeleton_readme[];
extern const char *const skeleton_risk[];
extern const char *const skeleton_risk_test[];
extern const char *const skeleton_connector[];
extern const char *const skeleton_connector_test[];

#endif
