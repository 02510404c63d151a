/* plugin_try.h: `outcry plugin try FILE SCRIPT`: what a plugin does when it is asked the questions of a script.
 *
 * A script is lines: `* WORDS` is what the host does, `= WORDS` what must come of it, in order; for a connector the lines of a
 * transcript (io/transcript.h) stand between them; `@ TIME` sets the clock. docs/plugin-guide.md has the words.
 *
 * Invariants: what comes of a line is shown whether it is expected or not; an expected answer that does not come fails the try. */
#ifndef CLI_PLUGIN_TRY_H
#define CLI_PLUGIN_TRY_H

#include <outcry/draft/data.h>

#include "base/text.h"
#include "cli/plugin_bench.h"

enum { TRY_FORMS_MAX = 16, TRY_WORDS_MAX = 16, TRY_RESULTS_MAX = 4096, TRY_RESULT_MAX = 256, TRY_LINE_MAX = 20000 };

struct try_run {
    const char *script; /* its path */
    const struct oc_plugin *plugin;
    struct bench_world world;
    struct bench_plugin bench;
    uint64_t tokens;          /* files read so far */
    struct oc_data_info read; /* of the last one: its steps */
    bool is_read;
    char (*results)[TRY_RESULT_MAX]; /* of the line under way; TRY_RESULTS_MAX; owned */
    uint32_t count;
    uint32_t dropped;
};

/* Begins: instruments are shown, streams opened. `transcript` is the script without the lines of the host; borrowed. */
CHECKED oc_rc try_begin(struct try_run *run, const char *transcript, struct error *ret_error);
/* Does what the words of a `*` line say; results are added. OC_E_INVALID: the plugin's kind has no such words. */
CHECKED oc_rc try_do(struct try_run *run, char *const *words, uint32_t count);
/* The words that a kind of plugin has: their forms, ended by NULL. */
const char *const *try_forms(const char *kind);
/* The clock of the bench; simulators are called for what they asked for until then. */
void try_set_time(struct try_run *run, int64_t now_ns);
/* A connector is told what its peer says before this line of the script. */
void try_go_to(struct try_run *run, uint32_t line);
/* argv: the file, the script, --set KEY=VALUE, --json. Returns the exit code. */
int plugin_try(int argc, char **argv);

#endif
