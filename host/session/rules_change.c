#include "session/rules_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "session/header.h"

enum { TOLD_MAX = 3 }; /* changed keys in one note */

static const char risk[] = "risk.", named_file[] = "plugins.file.", dropped[] = "risk.dropped";

static bool begins_with(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* What decides: which rules there are, and what they were given. */
static bool is_of_rules(const char *key) { return begins_with(key, risk) && strcmp(key, dropped) != 0; }

static bool has_all(const struct settings *settings, const struct settings *other)
{
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->list[i];
        const char *text = is_of_rules(setting->key) ? settings_text(other, setting->key, NULL) : setting->value;
        if (!text || strcmp(text, setting->value) != 0)
            return false;
    }
    return true;
}

/* The settings of the rules in a header. *ret_lacks: a rule was missing at that start. */
static oc_rc read_header(const char *dir, uint32_t start, struct settings *settings, bool *ret_lacks)
{
    struct header_line line;
    char *text = NULL, key[SETTING_KEY_MAX], value[SETTING_VALUE_MAX];
    size_t size = 0, at = 0;
    *ret_lacks = false;
    oc_rc rc = session_read(dir, start, &text, &size);
    if (rc == OC_OK)
        rc = header_next(text, size, &at, &line);
    for (; rc == OC_OK; rc = rc < 0 ? rc : header_next(text, size, &at, &line)) {
        header_text(&line, line.count - 1, value, sizeof value);
        *ret_lacks |= strcmp(line.word, "part") == 0 && strcmp(value, "missing") == 0;
        header_text(&line, 0, key, sizeof key);
        header_text(&line, 1, value, sizeof value);
        if (strcmp(line.word, "set") == 0 && (begins_with(key, risk) || begins_with(key, named_file)))
            rc = settings_set(settings, key, value, "the session's header");
    }
    env_free(text);
    return rc == OC_E_END ? (oc_rc)OC_OK : rc;
}

/* Where plugins are found is this start's to say; a file that was named for an earlier one alone counts while it is there. */
static oc_rc add_own(struct settings *settings, const struct settings *own)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = settings->count; i-- > 0;) {
        const struct setting *setting = &settings->list[i];
        if (begins_with(setting->key, named_file) && !env_exists(setting->value))
            settings_drop(settings, setting->key);
    }
    for (uint32_t i = 0; i < own->count && rc == OC_OK; i++) {
        const struct setting *setting = &own->list[i];
        if (!begins_with(setting->key, risk) && !settings_get(settings, setting->key))
            rc = settings_set(settings, setting->key, setting->value, setting->origin);
    }
    return rc;
}

static oc_rc cannot_read(struct session *session, oc_rc rc, const char *dir, uint32_t start)
{
    return session_say(session, rc, dir,
                       "the header session-%06u, with the settings that held there, cannot be read: %s",
                       (unsigned)start, error_name(rc));
}

/* Settings and parts of a header, in place of those that `rules` has. */
static oc_rc take_header(struct session *session, const char *dir, uint32_t start, bool may_lack)
{
    struct rules *rules = &session->rules;
    bool lacks;
    struct error error;
    rules->settings = calloc(1, sizeof *rules->settings);
    rules->parts = calloc(1, sizeof *rules->parts);
    oc_rc rc = rules->settings && rules->parts ? read_header(dir, start, rules->settings, &lacks) : (oc_rc)OC_E_NOMEM;
    rules->start = start;
    if (rc < 0)
        return cannot_read(session, rc, dir, start);
    if (!rules_are_others(session)) { /* as this start has them */
        rules_close(rules);           /* none is open */
        return OC_OK;
    }
    rc = add_own(rules->settings, session->settings);
    if (rc < 0)
        return cannot_read(session, rc, dir, start);
    rc = parts_open(rules->parts, rules->settings, session->registry, PART_RULE | PART_QUIETLY, may_lack || lacks,
                    &error);
    return rc < 0 ? session_fail(session, &error) : rc;
}

uint32_t rules_first_start(struct journal_reader *reader)
{
    const struct oc_event *event;
    enum journal_stream stream;
    uint32_t start = SESSION_NEWEST;
    while (start == SESSION_NEWEST && journal_next(reader, &event, &stream) == OC_OK) {
        const struct oc_ev_text *mark = (const struct oc_ev_text *)(const void *)event;
        if (event->type == OC_EV_MARK && mark->code == OC_MARK_START)
            start = mark->key;
    }
    journal_rewind(reader);
    return start;
}

oc_rc rules_begin_as(struct session *session, const char *dir, uint32_t start, bool may_lack)
{
    session->journal.headers = dir;
    return take_header(session, dir, start, may_lack);
}

bool rules_are_others(const struct session *session)
{
    const struct settings *held = session->rules.settings;
    return held && (!has_all(held, session->settings) || !has_all(session->settings, held));
}

/* The engine's rules are those that `rules` says now, with what those before them had saved. */
static oc_rc open_anew(struct session *session, const char *bytes, size_t size)
{
    struct rules *rules = &session->rules;
    const struct rules_world world = session_rules_world(session);
    struct error error;
    char missing[ENGINE_MISSING_MAX];
    snprintf(missing, sizeof missing, "%s", engine_missing(session->engine));
    oc_rc rc = rules_open(rules, &world, &error);
    if (rc < 0)
        return session_fail(session, &error);
    rc = engine_load_rules(session->engine, bytes, size);
    const char *unread = engine_unread_rule(session->engine);
    if (unread) {
        error_at(&error, rc, "risk.%s", unread);
        error_what(&error, "under its new settings the rule cannot read the state that it saved under those before");
        error_remedy(&error,
                     "give the settings from before, or give the rule another name in risk.chain: it begins anew");
        return session_fail(session, &error);
    }
    engine_set_missing(session->engine, missing);
    return rc < 0 ? session_fail_code(session, rc, "risk", "the state of the rules could not be kept") : rc;
}

/* `start` < 0: those of this start. */
static oc_rc change(struct session *session, int64_t start)
{
    struct rules *rules = &session->rules;
    char *bytes = malloc(ENGINE_RULES_STATE_MAX);
    const int64_t size = bytes ? engine_save_rules(session->engine, bytes, ENGINE_RULES_STATE_MAX) : OC_E_NOMEM;
    const char *unsaved = engine_unsaved_rule(session->engine);
    oc_rc rc = OC_OK;
    if (size < 0 && unsaved)
        rc = session_say(session, (oc_rc)size, "risk", "the state of the rule %s could not be saved", unsaved);
    else if (size < 0)
        rc = session_fail_code(session, (oc_rc)size, "risk", "the state of the rules could not be saved");
    if (rc == OC_OK) {
        engine_clear_rules(session->engine);
        rules_close(rules);
        if (start >= 0)
            rc = take_header(session, session->journal.headers, (uint32_t)start, session->may_lack_rules);
        else
            rules->start = rules->own_start;
    }
    if (rc == OC_OK)
        rc = open_anew(session, bytes, (size_t)size);
    free(bytes);
    return rc;
}

/* "risk.max_order_qty.limit 5 (before: 1)", a few of them. */
static void tell_keys(struct text *words, const struct settings *now, const struct settings *before, bool are_gone,
                      uint32_t *told)
{
    for (uint32_t i = 0; i < now->count; i++) {
        const struct setting *setting = &now->list[i];
        const char *other = settings_text(before, setting->key, NULL);
        if (!is_of_rules(setting->key) || (are_gone ? other != NULL : other && strcmp(other, setting->value) == 0))
            continue;
        if (++*told > TOLD_MAX)
            continue;
        text_format(words, "%s%s %.60s (before: %.60s)", *told > 1 ? ", " : "", setting->key,
                    are_gone ? "not set" : setting->value,
                    are_gone ? setting->value
                    : other  ? other
                             : "not set");
    }
}

void rules_note_change(struct session *session, const char *dir, uint32_t before, uint32_t start, uint64_t seq)
{
    struct settings then = {0}, now = {0};
    bool lacks;
    char line[2 * SESSION_LINE_MAX];
    uint32_t told = 0;
    struct text words;
    text_init_fixed(&words, line, sizeof line);
    if (read_header(dir, before, &then, &lacks) == OC_OK && read_header(dir, start, &now, &lacks) == OC_OK) {
        tell_keys(&words, &now, &then, false, &told);
        tell_keys(&words, &then, &now, true, &told);
    }
    if (told > TOLD_MAX)
        text_format(&words, ", and %u more", told - TOLD_MAX);
    log_info("restore", "rules: other settings from record %llu on: %s", (unsigned long long)seq, line);
    session_note(session, "rules: other settings from record %llu on: %s", (unsigned long long)seq, line);
    settings_release(&then);
    settings_release(&now);
}

oc_rc rules_take_own(struct session *session)
{
    struct rules *rules = &session->rules;
    const uint32_t before = rules->start;
    oc_rc rc = change(session, -1);
    if (rc == OC_OK)
        rc = session_mark(session, OC_MARK_SETTINGS, rules->start, "");
    if (rc == OC_E_FULL)
        rc = OC_OK; /* they hold, recorded or not */
    if (rc == OC_OK)
        rules_note_change(session, session->journal.headers, before, rules->start, door_seq(session->door));
    return rc;
}

oc_rc rules_take_mark(struct session *session, const struct oc_event *event)
{
    const struct oc_ev_text *mark = (const struct oc_ev_text *)(const void *)event;
    if (event->type != OC_EV_MARK || mark->code != OC_MARK_SETTINGS || mark->key == session->rules.start ||
        !session->journal.headers)
        return OC_OK;
    return change(session, mark->key);
}
