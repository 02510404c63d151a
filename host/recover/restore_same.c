/* restore_same.c: a session is gone on with only as what it is: other data, money or strategies would be another session on top
 * of its records, and its time would run backwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recover/restore.h"
#include "session/session_impl.h"
#include "steer/steer.h"

enum { LINE_SIZE = 1024 };

/* What may not change; speed, consoles, limits of risk and where the report goes may. */
static bool is_fixed(const char *key)
{
    static const char *const fixed[] = {"account.",   "data.",          "sim.", "session.from",
                                        "session.to", "session.symbol", NULL};
    for (int i = 0; fixed[i]; i++)
        if (strncmp(key, fixed[i], strlen(fixed[i])) == 0)
            return true;
    return false;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A file may have moved with its session, and it may have grown; more bars of the same making are the same. */
static bool is_same_data(const char *then, const char *now)
{
    static const char bars[] = "synthetic-bars";
    bool both = strncmp(then, bars, sizeof bars - 1) == 0 && strncmp(now, bars, sizeof bars - 1) == 0;
    return both || strcmp(last_part(then), last_part(now)) == 0;
}

struct same {
    struct session *session;
    uint32_t sources, strategies, params, fixed;
    bool is_same_sim;
    char found[LINE_SIZE]; /* what differs; empty: nothing */
};

static void differs(struct same *same, const char *what, const char *then, const char *now)
{
    if (!same->found[0])
        snprintf(same->found, sizeof same->found, "%s was %s, now %s", what, then, now ? now : "not given");
}

static void look_at_setting(struct same *same, char *text)
{
    char *equals = strchr(text, '=');
    if (!equals)
        return;
    *equals = 0;
    const char *now = settings_text(same->session->settings, text, NULL);
    if (!is_fixed(text))
        return;
    same->fixed++;
    if (!now || strcmp(now, equals + 1) != 0)
        differs(same, text, equals + 1, now);
}

/* What the session began with is what it goes on with, whatever the file holds now. */
static size_t take_source(struct same *same, const char *line, const char *body, size_t left)
{
    struct session *session = same->session;
    size_t size = 0;
    const bool is_module = strncmp(line, "module ", 7) == 0;
    const uint32_t index = same->strategies - is_module;
    if (index >= session->strategy_count)
        return sscanf(line, "%*s %*s %zu", &size) == 1 ? size : 0;
    struct session_strategy *owner = &session->strategies[index];
    if (session_take_source(owner, line, body, left, &size) < 0)
        differs(same, "a strategy's text", "damaged", "expected whole");
    else
        snprintf(owner->opened->file, sizeof owner->opened->file, "%s", owner->file);
    return size;
}

/* One line of the header. Returns how many bytes of a text follow it. */
static size_t look_at(struct same *same, char *line, const char *body, size_t left)
{
    struct session *session = same->session;
    char name[256];
    unsigned long long hash;
    size_t size = 0;
    int64_t seed = 1;
    if (strncmp(line, "set ", 4) == 0) {
        look_at_setting(same, line + 4);
    } else if (strncmp(line, "data ", 5) == 0) {
        const char *now = same->sources < session->source_count ? session->sources[same->sources].path : NULL;
        if (!now || !is_same_data(line + 5, now))
            differs(same, "the data", line + 5, now);
        same->sources++;
    } else if (strncmp(line, "seed = ", 7) == 0) {
        char now[24];
        settings_integer(session->settings, "session.seed", &seed);
        snprintf(now, sizeof now, "%llu", (unsigned long long)seed);
        if (strcmp(now, line + 7) != 0)
            differs(same, "the seed", line + 7, now);
    } else if (strncmp(line, "param ", 6) == 0) {
        bool is_there = false;
        for (uint32_t i = 0; i < session->param_count && !is_there; i++) {
            snprintf(name, sizeof name, "%s=%s", session->params[i].name, session->params[i].value);
            is_there = strcmp(name, line + 6) == 0;
        }
        if (!is_there)
            differs(same, "a parameter", line + 6, "another");
        same->params++;
    } else if (sscanf(line, "plugin outcry.paper %*s %llx", &hash) == 1) {
        const struct registry_entry *sim = registry_find(session->registry, NULL, "outcry.paper");
        same->is_same_sim = sim && sim->hash == hash;
    } else if (sscanf(line, "strategy %255s", name) == 1) {
        const char *now =
            same->strategies < session->strategy_count ? session->strategies[same->strategies].file : NULL;
        if (!now || strcmp(last_part(now), last_part(name)) != 0)
            differs(same, "the strategy", name, now);
        size = take_source(same, line, body, left);
        same->strategies++;
    } else if (strncmp(line, "module ", 7) == 0) {
        size = take_source(same, line, body, left);
    }
    return size;
}

oc_rc restore_is_same(struct session *session, const struct journal_reader *reader, const char *dir,
                      bool *ret_is_same_sim)
{
    const char *text;
    size_t size, fixed = 0;
    struct same same = {.session = session};
    if (journal_header(reader, &text, &size) < 0)
        return OC_OK; /* nothing was recorded under it */
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;
        char line[LINE_SIZE];
        snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line - 1 ? length : sizeof line - 1), text + at);
        at += length + 1;
        const size_t left = at < size ? size - at : 0;
        size_t body = look_at(&same, line, left ? text + at : "", left);
        at += body && body <= size - (at < size ? at : size) ? body + 1 : 0;
    }
    *ret_is_same_sim = same.is_same_sim;
    for (uint32_t i = 0; i < session->settings->count; i++)
        fixed += is_fixed(session->settings->list[i].key);
    if (!same.found[0] && (same.sources != session->source_count || same.strategies != session->strategy_count ||
                           same.params != session->param_count || same.fixed != fixed))
        snprintf(same.found, sizeof same.found,
                 "then %u data, %u strategies, %u parameters, %u settings of money, fills and data; now %u, %u, %u, %u",
                 same.sources, same.strategies, same.params, same.fixed, session->source_count, session->strategy_count,
                 session->param_count, (uint32_t)fixed);
    if (!same.found[0])
        return OC_OK;
    return session_fail(session, OC_E_CONFIG,
                        "session %s is another one: %s; give what it began with, or another folder", dir, same.found);
}
