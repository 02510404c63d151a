/* parts_impl.h: what the files of parts share. Invariants: as parts.h says. */
#ifndef SESSION_PARTS_IMPL_H
#define SESSION_PARTS_IMPL_H

#include "session/parts.h"

struct parts_opening {
    struct parts *parts;
    struct settings *settings;
    struct registry *registry;
    bool may_lack;
    uint32_t wants; /* bits of enum part_use */
    struct error *error;
};

/* error_pass for the settings' list of faults. */
CHECKED static inline oc_rc parts_pass(struct parts_opening *opening, oc_rc rc)
{
    return error_pass(opening->settings->faults, opening->error, rc);
}
/* At commas and blanks. */
void parts_split(const char *text, struct parts_names *ret_names);
bool parts_has(const char *const *list, const char *name);
/* A whole complaint about a value of a setting. OC_E_CONFIG. */
CHECKED oc_rc parts_wrong(struct parts_opening *opening, const char *key, const char *found, const char *expected);
/* A path as the records keep it: a replay may be started elsewhere. `ret_path` has room for PATH_MAX. */
CHECKED oc_rc parts_absolute(const struct setting *setting, const char *path, char *ret_path, struct error *ret_error);
/* parts_scope.c: whether "for.WHAT" of a rule is one of the four lists, with names that can be. */
CHECKED oc_rc parts_judge_scope(struct parts_opening *opening, const struct setting *setting, const char *what);
/* parts_keys.c: the settings of each part that is loaded. */
CHECKED oc_rc parts_judge_keys(struct parts_opening *opening);

#endif
