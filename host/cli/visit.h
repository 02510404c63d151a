/* visit.h: what `outcry markets` and `outcry reconcile` share: a venue of the configuration visited, and its answers as text. */
#ifndef CLI_VISIT_H
#define CLI_VISIT_H

#include "base/text.h"
#include "config/options.h"
#include "session/venue_visit.h"

#define VISIT_ANSWER_NS 30000000000ll /* a question may take so long: keys, streams and instruments come first */

struct visit_verb {
    const char *name;
    const char *usage;
    uint32_t words_max; /* the venue and so many more */
    bool must_sign;     /* it is of no use without keys */
    /* Asks, and puts what came of it. Codes of *ret_error. */
    oc_rc (*show)(void *self, struct venue_visit *visit, const struct options *options, struct text *out,
                  struct error *ret_error);
    /* NULL: one venue must be named. Else all groups of the configuration are visited where none is, one that cannot be asked beside
     * the others; and this is what comes behind them: as JSON the value of "totals". */
    void (*put_totals)(void *self, bool is_json, struct text *out);
    void *self;
};

/* The exit code of the verb. */
int visit_verb(const struct visit_verb *verb, int argc, char **argv);
/* One question. Where it was not answered, *ret_error says what was asked, and why. */
CHECKED oc_rc visit_fetch(struct venue_visit *visit, const struct oc_fetch *ask, const char *what,
                          void (*take)(void *self, const struct oc_event *event), void *self, struct error *ret_error);
/* "101.25": units of a step, or a decimal; without zeros behind. */
void visit_put_units(struct text *out, int64_t units, struct oc_dec step);
void visit_put_dec(struct text *out, struct oc_dec dec);
/* A member of JSON; null where it is not known. */
void visit_put_known(struct text *out, const char *key, struct oc_dec dec, bool is_known);

#endif
