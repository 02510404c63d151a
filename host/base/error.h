/* error.h: what a person is told when something fails: where, what, what was found, what was expected, and what to do.
 *
 * Invariants
 *   - rc 0 is no complaint; a complaint has a negative rc, which is also what the function that makes it returns.
 *   - error_at begins a complaint and forgets the one before; error_keep takes one over only where there is none yet, so a
 *     chain of calls keeps its first: what comes later follows from it.
 *   - A part is one line of UTF-8: control characters and broken bytes of foreign text are written as escapes, and what is
 *     too long is cut at a whole character and ends with "...". A part that is not known is empty.
 *   - Made of values only: copied by assignment, nothing to release. All [any].
 *
 * Where a complaint is made:
 *     error_at(error, OC_E_CONFIG, "session.from");
 *     error_found(error, "%s", from);
 *     error_expected(error, "a time before session.to, '%s'", to);
 *     return error->rc;
 * and, where the place and a sentence are all there is: return error_say(error, rc, "strategy x.lua", "%s", why). */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <outcry/abi.h>
#include <stdbool.h>

#include "base/checked.h"

struct text;

enum {
    ERROR_WHERE_MAX = 384, /* bytes, the final zero included: places are paths */
    ERROR_WHAT_MAX = 640,
    ERROR_FOUND_MAX = 128,
    ERROR_EXPECTED_MAX = 192,
    ERROR_REMEDY_MAX = 256,
    ERROR_TEXT_MAX = ERROR_WHERE_MAX + ERROR_WHAT_MAX + ERROR_FOUND_MAX + ERROR_EXPECTED_MAX + ERROR_REMEDY_MAX + 32
};

struct error {
    oc_rc rc;                    /* 0: no complaint */
    char where[ERROR_WHERE_MAX]; /* the setting, option, file and line, folder or part */
    char what[ERROR_WHAT_MAX];
    char found[ERROR_FOUND_MAX];
    char expected[ERROR_EXPECTED_MAX];
    char remedy[ERROR_REMEDY_MAX]; /* what to do now */
};

enum { ERROR_LIST_MAX = 64 };

struct error_list {
    struct error list[ERROR_LIST_MAX];
    uint32_t count;
    uint32_t more; /* for which there was no room */
};

static inline bool error_is_set(const struct error *error) { return error->rc < 0; }

/* Begins a complaint about a place; the other parts are empty. */
void error_at(struct error *error, oc_rc rc, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Fill a part of a complaint that was begun. */
void error_what(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_found(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_expected(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_remedy(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A whole complaint of a place and a sentence. Returns rc. */
CHECKED oc_rc error_say(struct error *error, oc_rc rc, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with the sentence of a layer below, which may begin with the place, or with its last part, itself. Returns rc. */
CHECKED oc_rc error_of_sentence(struct error *error, oc_rc rc, const char *where, const char *sentence);
/* A whole complaint of which only the code is known: its name stands behind the sentence `what`, and what to do. Returns rc. */
CHECKED oc_rc error_of_code(struct error *error, oc_rc rc, const char *where, const char *what);

/* Takes over `from` where *to is no complaint yet. Returns the rc of `from`. */
CHECKED oc_rc error_keep(struct error *to, const struct error *from);
/* Writes `from` over *to, whatever it holds, a caller's fresh variable too. Returns the rc of `from`. */
CHECKED oc_rc error_copy(struct error *to, const struct error *from);

/* All faults at once: with a list the complaint is moved to it and OC_OK is returned, so that a check goes on behind it; beyond
 * the list's room it is counted. list NULL, or rc no failure: returns rc, and nothing is touched. */
CHECKED oc_rc error_pass(struct error_list *list, struct error *error, oc_rc rc);

/* "out of memory": a code in words. Static. */
const char *error_name(oc_rc rc);
/* One line: WHERE: WHAT: found 'FOUND', expected EXPECTED: REMEDY. Empty parts are left out. */
void error_text(const struct error *error, char ret_text[ERROR_TEXT_MAX]);
/* {"error":{"what":...,"where":...,"found":...,"expected":...,"remedy":...}}; null for an empty part. Appends. */
void error_json(const struct error *error, struct text *text);

#endif
