/* restore_same.c: a session is gone on with only as what it is: other data, money or strategies would be another session on top
 * of its records, and its time would run backwards. */
#include <stdio.h>
#include <string.h>

#include "recover/restore.h"
#include "session/recorded.h"

enum { LINE_SIZE = 1024 };

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

/* What may not change; speed, consoles, limits of risk, where keys come from, whom to trust, a proxy and where the report goes may. */
static bool is_fixed(const char *key)
{
    static const char *const fixed[] = {"account.",   "data.",          "sim.",          "venue.", "session.from",
                                        "session.to", "session.symbol", "session.venue", NULL};
    if (strncmp(key, "venue.", 6) == 0 &&
        (strstr(key, ".keys.") || strstr(key, ".balance.") || ends_with(key, ".ca_file") ||
         ends_with(key, ".isolate") || ends_with(key, ".proxy")))
        return false;
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
    struct strategies *strategy_list;
    const char *dir;
    uint32_t sources, strategies, params, fixed;
    bool has_own_fees; /* they were its account's, and are not asked for again */
    bool is_same_sim;
    struct error error; /* what differs first; rc 0: nothing */
};

/* `then` is what the records say. */
static void differs(struct same *same, const char *what, const char *then, const char *now)
{
    struct error error;
    error_at(&error, OC_E_CONFIG, "session %s", same->dir);
    error_what(&error, "it is another one: %s%s", what, now ? "" : ", not given now");
    if (now)
        error_found(&error, "%s", now);
    error_expected(&error, "%s", then);
    error_remedy(&error, "give what it began with, or another folder");
    (void)error_keep(&same->error, &error); /* the first is said */
}

/* A difference in number alone. */
static void differs_in_count(struct same *same, uint32_t fixed)
{
    const struct session *session = same->session;
    char then[LINE_SIZE], now[LINE_SIZE];
    const struct strategies *strategies = same->strategy_list;
    snprintf(then, sizeof then, "%u data, %u strategies, %u parameters, %u settings of money, fills and data",
             same->sources, same->strategies, same->params, same->fixed);
    snprintf(now, sizeof now, "%u, %u, %u, %u", session->data.count, strategies->count, strategies->param_count, fixed);
    differs(same, "what it is made of", then, now);
}

/* Said by the venue when it began: such a session goes on with what was true then, where nothing else is said now. */
static bool is_of_venue(const struct same *same, const char *key)
{
    if (ends_with(key, ".starts"))
        return links_are_on_network(&same->session->links);
    return same->has_own_fees && !settings_get(same->session->settings, key) &&
           (strcmp(key, "session.fees_of") == 0 || strcmp(key, "sim.paper.taker_fee") == 0 ||
            strcmp(key, "sim.paper.maker_fee") == 0);
}

static void look_at_setting(struct same *same, const struct header_line *line)
{
    char key[SETTING_KEY_MAX], then[SETTING_VALUE_MAX];
    header_text(line, 0, key, sizeof key);
    header_text(line, 1, then, sizeof then);
    if (is_of_venue(same, key) && settings_set(same->session->settings, key, then, "the session's header") < 0)
        (void)error_keep(&same->error, &same->session->settings->error);
    if (!is_fixed(key))
        return;
    const char *now = settings_text(same->session->settings, key, NULL);
    same->fixed++;
    if (!now || strcmp(now, then) != 0)
        differs(same, key, then, now);
}

static void look_at_plugin(struct same *same, const struct header_line *line)
{
    char id[80], hash[20], now[20] = "";
    header_text(line, 0, id, sizeof id);
    header_text(line, 2, hash, sizeof hash);
    const struct parts *parts = same->session->parts; /* NULL: the kernel was opened without them */
    const struct part *filler = parts ? parts_at(parts, PART_SIM, 0) : NULL;
    const struct registry_entry *sim = registry_find(same->session->registry, OC_SIM, id);
    if (strcmp(id, filler ? filler->id : "outcry.paper") != 0)
        return;
    if (sim)
        snprintf(now, sizeof now, "%016llx", (unsigned long long)sim->hash);
    same->is_same_sim = strcmp(now, hash) == 0;
}

/* A rule is not lost by a forgotten --config: what guarded the session goes on guarding it, or risk.dropped says otherwise. */
static void look_at_part(struct same *same, const struct header_line *line)
{
    const struct parts *parts = same->session->parts;
    char section[SETTING_KEY_MAX], id[80], what[SETTING_KEY_MAX + 32];
    header_text(line, 0, section, sizeof section);
    header_text(line, 1, id, sizeof id);
    bool is_there = !parts || strncmp(section, "risk.", 5) != 0;
    for (uint32_t i = 0; parts && i < parts->count && !is_there; i++)
        is_there = strcmp(parts->list[i].section, section) == 0;
    if (is_there || parts_leaves_out(same->session->settings, section + 5))
        return;
    struct error error;
    snprintf(what, sizeof what, "the rule %s, which guarded it, is not in risk.chain now", section + 5);
    error_at(&error, OC_E_CONFIG, "session %s", same->dir);
    error_what(&error, "%s", what);
    error_expected(&error, "%s", id);
    error_remedy(&error,
                 "give the configuration it began with (--config, --plugin), or say that it is meant: risk.dropped=%s",
                 section + 5);
    (void)error_keep(&same->error, &error);
}

static void look_at_data(struct same *same, const struct header_line *line)
{
    const struct session_data *data = &same->session->data;
    char then[LINE_SIZE];
    const char *now = same->sources < data->count ? data->sources[same->sources].path : NULL;
    header_text(line, 0, then, sizeof then);
    if (!now || !is_same_data(then, now))
        differs(same, "the data", then, now);
    same->sources++;
}

static void look_at_param(struct same *same, const struct header_line *line)
{
    const struct strategies *strategies = same->strategy_list;
    char name[LINE_SIZE], value[LINE_SIZE], then[2 * LINE_SIZE];
    bool is_there = false;
    header_text(line, 0, name, sizeof name);
    header_text(line, 1, value, sizeof value);
    for (uint32_t i = 0; i < strategies->param_count && !is_there; i++)
        is_there = strcmp(name, strategies->params[i].name) == 0 && strcmp(value, strategies->params[i].value) == 0;
    snprintf(then, sizeof then, "%s=%s", name, value);
    if (!is_there)
        differs(same, "a parameter", then, NULL);
    same->params++;
}

static void look_at_seed(struct same *same, const struct header_line *line)
{
    char then[24], now[24];
    int64_t seed = 1;
    header_text(line, 0, then, sizeof then);
    (void)settings_integer(same->session->settings, "session.seed",
                           &seed); /* the clock has checked it; 1 where not set */
    snprintf(now, sizeof now, "%llu", (unsigned long long)seed);
    if (strcmp(now, then) != 0)
        differs(same, "the seed", then, now);
}

/* What the session began with is what it goes on with, whatever the file holds now. */
static void look_at_strategy(struct same *same, const struct header_line *line)
{
    struct strategies *strategies = same->strategy_list;
    const bool is_module = strcmp(line->word, "module") == 0;
    const uint32_t index = same->strategies - is_module;
    struct strategy_slot *slot = index < strategies->count ? &strategies->list[index] : NULL;
    char name[256];
    header_text(line, 0, name, sizeof name);
    if (!is_module) {
        same->strategies++;
        if (!slot || strcmp(last_part(slot->file), last_part(name)) != 0)
            differs(same, "the strategy", name, slot ? slot->file : NULL);
    }
    if (!slot)
        return;
    if (strategies_take_source(slot, line) < 0)
        differs(same, "a strategy's recorded text", "a whole one", "a damaged one");
    else
        strategies_rename_source(slot);
}

static void look_at(struct same *same, const struct header_line *line)
{
    if (strcmp(line->word, "set") == 0)
        look_at_setting(same, line);
    else if (strcmp(line->word, "data") == 0)
        look_at_data(same, line);
    else if (strcmp(line->word, "seed") == 0)
        look_at_seed(same, line);
    else if (strcmp(line->word, "param") == 0)
        look_at_param(same, line);
    else if (strcmp(line->word, "plugin") == 0)
        look_at_plugin(same, line);
    else if (strcmp(line->word, "part") == 0)
        look_at_part(same, line);
    else if (strcmp(line->word, "lacks") == 0)
        recorded_take_missing(same->session, line);
    else if (strcmp(line->word, "strategy") == 0 || strcmp(line->word, "module") == 0)
        look_at_strategy(same, line);
}

oc_rc restore_is_same(struct session *session, struct strategies *strategies, const struct journal_reader *reader,
                      const char *dir, bool *ret_is_same_sim)
{
    const char *text;
    size_t size, fixed = 0, at = 0;
    struct same same = {.session = session, .strategy_list = strategies, .dir = dir};
    struct header_line line;
    if (journal_header(reader, &text, &size) < 0)
        return OC_OK;                  /* nothing was recorded under it */
    session->rules.is_recorded = true; /* none, if no line says so */
    for (size_t i = 0; header_next(text, size, &i, &line) == OC_OK;) {
        char key[SETTING_KEY_MAX];
        header_text(&line, 0, key, sizeof key);
        same.has_own_fees |= strcmp(line.word, "set") == 0 && strcmp(key, "session.fees_of") == 0;
    }
    oc_rc rc = header_next(text, size, &at, &line);
    for (; rc == OC_OK; rc = header_next(text, size, &at, &line))
        look_at(&same, &line);
    if (rc != OC_E_END)
        return session_say(session, OC_E_DATA, dir,
                           "the session's header is damaged at byte %zu, or of another version", at);
    *ret_is_same_sim = same.is_same_sim;
    for (uint32_t i = 0; i < session->settings->count; i++)
        fixed += is_fixed(session->settings->list[i].key);
    if (!error_is_set(&same.error) && (same.sources != session->data.count || same.strategies != strategies->count ||
                                       same.params != strategies->param_count || same.fixed != fixed))
        differs_in_count(&same, (uint32_t)fixed);
    return error_is_set(&same.error) ? session_fail(session, &same.error) : (oc_rc)OC_OK;
}
