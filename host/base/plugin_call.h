/* plugin_call.h: which call into a plugin is under way on the engine's thread, for the last words of a crash and for the watch
 * over calls that do not end.
 *
 * Invariants: calls do not nest; texts are static or outlive the call; only that thread writes, and signal handlers on it read. */
#ifndef BASE_PLUGIN_CALL_H
#define BASE_PLUGIN_CALL_H

#include <stddef.h>
#include <stdint.h>

struct plugin_site {    /* what can be called */
    const char *plugin; /* name of the part */
    const char *call;   /* "check" */
};

struct plugin_call {
    const struct plugin_site *volatile site; /* NULL: none is under way */
    volatile uint64_t order;                 /* the last one that rules or simulators were asked about; 0: none */
};

extern struct plugin_call plugin_call_now;

/* Two stores a call: it stands around each bar. */
static inline void plugin_call_begin(const struct plugin_site *site) { plugin_call_now.site = site; }

/* As begin, for calls that are rare: the two texts are noted here and must outlive the call. */
void plugin_call_as(const char *plugin, const char *call);

static inline void plugin_call_end(void) { plugin_call_now.site = NULL; }

/* Last words about the call under way, from a signal handler too. `what`: "crashed (SIGSEGV)". Cut to fit, never empty. */
size_t plugin_call_words(const char *what, char *text, size_t size_max);

#endif
