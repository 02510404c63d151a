#include "base/plugin_call.h"

#include <string.h>

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

static size_t put_number(char *text, size_t at, size_t size_max, uint64_t number)
{
    char digits[24];
    size_t i = sizeof digits - 1;
    digits[i] = 0;
    do {
        digits[--i] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    return put(text, at, size_max, digits + i);
}

size_t plugin_call_words(const char *what, char *text, size_t size_max)
{
    const struct plugin_site *site = plugin_call_now.site;
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
            at = put_number(text, at, size_max, plugin_call_now.order & ((1ull << 40) - 1));
        }
        at = put(text, at, size_max,
                 ": mend or replace its file, or take the part out of the configuration (risk.chain, "
                 "risk.without, risk.dropped, sim, data.readers)");
    }
    at = put(text, at, size_max, "; what a session has recorded is whole: the same words go on with it\n");
    text[at < size_max ? at : size_max - 1] = 0;
    return at;
}
