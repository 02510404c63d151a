#include "base/plugin_call.h"

#include <string.h>

#include "base/text.h"

struct plugin_call plugin_call_now;
static struct plugin_site rare;

void plugin_call_as(const char *plugin, const char *call)
{
    plugin_call_now.site = NULL; /* a signal handler never sees half of it */
    rare = (struct plugin_site){plugin, call};
    plugin_call_begin(&rare);
}

/* By hand: nothing here may allocate or lock. */
static size_t put(char *text, size_t at, size_t size_max, const char *more)
{
    while (*more && at + 1 < size_max)
        text[at++] = *more++;
    return at;
}

size_t plugin_call_words(const char *what, char *text, size_t size_max)
{
    const struct plugin_site *site = plugin_call_now.site;
    char order[TEXT_ORDER_MAX];
    size_t at = put(text, 0, size_max, "outcry: ");
    if (!site) {
        at = put(text, at, size_max, "the host ");
        at = put(text, at, size_max, what);
        at = put(text, at, size_max, ": a defect of outcry, not of a plugin");
    } else {
        at = put(text, at, size_max, "plugin ");
        at = put(text, at, size_max, site->plugin);
        at = put(text, at, size_max, " ");
        at = put(text, at, size_max, what);
        at = put(text, at, size_max, " in its call ");
        at = put(text, at, size_max, site->call);
        if (plugin_call_now.order) {
            at = put(text, at, size_max, ", last order asked about ");
            at = put(text, at, size_max, text_order(plugin_call_now.order, order));
        }
        at = put(text, at, size_max,
                 ": mend or replace its file, or take the part out of the configuration (risk.chain, "
                 "risk.without, risk.dropped, sim, data.readers)");
    }
    at = put(text, at, size_max, "; what a session has recorded is whole: the same words go on with it\n");
    text[at < size_max ? at : size_max - 1] = 0;
    return at;
}
