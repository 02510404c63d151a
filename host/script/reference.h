/* reference.h: every word that a strategy can use, as one table: `outcry help lua`,
 * docs/lua-reference.md and the outcry.d.lua of `outcry strategy stubs`.
 *
 * Invariants
 * - What api_*.c registers is in the table and the other way round; tests/unit/reference_test.c
 * compares them through a running strategy.
 * - Entries of a group are neighbours, groups stand in the order of reference_groups(). */
#ifndef SCRIPT_REFERENCE_H
#define SCRIPT_REFERENCE_H

#include "base/checked.h"
#include "base/text.h"

struct reference_group {
    const char *id; /* as in the entries */
    const char *title;
    const char *type;  /* what editors call the table that its words are of; "": they are global */
    const char *about; /* a paragraph; may be empty */
};

struct reference_entry {
    const char *group;
    const char *name;      /* the word itself */
    const char *signature; /* as it is written in a strategy */
    const char *type;      /* as editors write it (LuaCATS); "" of standard Lua */
    const char *text;      /* units, ranges, errors, what it returns */
};

enum { REFERENCE_TEXT_MAX = 65536 };

/* How outcry.d.lua begins. */
#define REFERENCE_STUBS_HEAD "---@meta\n-- Written by `outcry strategy stubs`"

/* [any] Static. */
const struct reference_group *reference_groups(uint32_t *ret_count);
const struct reference_entry *reference_entries(uint32_t *ret_count);
/* [any] The word of this reference that is nearest to one that is not there; a sandbox_nearest_fn. NULL: none is near. Static. */
const char *reference_nearest(bool is_global, const char *word);
/* [any] Appends the whole reference as Markdown. OC_E_LIMIT when cut (REFERENCE_TEXT_MAX is
 * enough), OC_E_NOMEM. */
CHECKED oc_rc reference_write(struct text *text);
/* [any] Appends the same words with their types as a file for editors, outcry.d.lua. The same codes. */
CHECKED oc_rc reference_stubs(struct text *text);

#endif
