/* watchers.h: who looks on: the meter, the console's service, a replay's comparison, the progress line.
 *
 * Invariants
 * - They read what an input came to (engine_out) and change nothing that is recorded.
 * - They are told in the order in which they were added. */
#ifndef SESSION_WATCHERS_H
#define SESSION_WATCHERS_H

#include "base/checked.h"
#include "base/text.h"
#include "engine/out.h"

enum { WATCHERS_MAX = 8 };

struct input;

enum told_kind { TOLD_STRATEGY = 1, TOLD_SESSION };

struct watcher { /* NULL members are skipped */
    void *self;
    /* [engine] An input was handled. `input` NULL: a batch of the host. Records in `out` have their numbers. */
    void (*note)(void *self, const struct input *input, const struct engine_out *out);
    /* [engine] A market event and all that came of it at its instant is done with. */
    void (*rest)(void *self);
    /* [engine] Something to tell a person: `json` is a whole object. */
    void (*told)(void *self, uint32_t kind, const struct text *json);
    bool skips_quiet; /* is not told of market events that came to nothing, unless others are */
};

struct watchers {
    struct watcher list[WATCHERS_MAX];
    uint32_t count;
    bool wants_quiet; /* some watcher is told of every input */
};

/* [setup] Copied. OC_E_LIMIT. */
CHECKED oc_rc watchers_add(struct watchers *watchers, const struct watcher *watcher);
void watchers_note(struct watchers *watchers, const struct input *input, const struct engine_out *out);
void watchers_rest(struct watchers *watchers);
void watchers_tell(struct watchers *watchers, uint32_t kind, const struct text *json);

#endif
