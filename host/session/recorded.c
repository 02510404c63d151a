#include "session/recorded.h"

#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "journal/read.h"

static void note_other(const struct session *session, const struct header_line *line, struct text *notes)
{
    char id[80], text[32], hash[20];
    header_text(line, 0, id, sizeof id);
    header_text(line, 2, text, sizeof text);
    const struct registry_entry *entry = registry_find(session->registry, NULL, id);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)(entry ? entry->hash : 0));
    if (entry && strcmp(hash, text) != 0)
        text_format(notes, "note: plugin %s is not the file that was recorded with\n", id);
}

oc_rc recorded_open_parts(struct session *session, const char *text, size_t size, uint32_t wants, struct text *notes)
{
    struct header_line line;
    size_t at = 0;
    /* a rule that was missing at the start may be missing still */
    oc_rc rc = session_open_parts(session, wants, *session->rules.recorded);
    while (rc == OC_OK && header_next(text, size, &at, &line) == OC_OK)
        if (strcmp(line.word, "plugin") == 0)
            note_other(session, &line, notes);
    return rc;
}

static oc_rc take_setting(struct settings *settings, const struct header_line *line)
{
    char key[SETTING_KEY_MAX], value[SETTING_VALUE_MAX];
    header_text(line, 0, key, sizeof key);
    header_text(line, 1, value, sizeof value);
    if (strcmp(key, "session.dir") == 0) /* the replay records nothing */
        return OC_OK;
    return settings_set(settings, key, value, "the session's header");
}

void recorded_take_missing(struct session *session, const struct header_line *line)
{
    header_text(line, 0, session->rules.recorded, sizeof session->rules.recorded);
    session->rules.is_recorded = true;
}

/* Finer data: the setting names the files, in this order; the line stands behind those of the data. */
static oc_rc take_inside(struct session_data *data, const struct header_line *line)
{
    if (data->count + data->intrabar_count >= FEED_SOURCES_MAX)
        return OC_E_LIMIT;
    struct feed_source *source = &data->sources[data->count + data->intrabar_count++];
    header_text(line, 1, source->place, sizeof source->place);
    header_text(line, 2, source->hash_recorded, sizeof source->hash_recorded);
    return OC_OK;
}

oc_rc recorded_take_line(struct session *session, const struct header_line *line, struct text *notes)
{
    struct session_data *data = &session->data;
    char seed[24], version[80], build[80];
    if (strcmp(line->word, "set") == 0)
        return take_setting(session->settings, line);
    if (strcmp(line->word, "data") == 0) {
        if (data->count == FEED_SOURCES_MAX)
            return OC_E_LIMIT;
        header_text(line, 0, data->sources[data->count].path, sizeof data->sources[0].path);
        header_text(line, 1, data->sources[data->count].place, sizeof data->sources[0].place);
        data->count++;
    } else if (strcmp(line->word, "inside") == 0) {
        return take_inside(data, line);
    } else if (strcmp(line->word, "seed") == 0) {
        header_text(line, 0, seed, sizeof seed);
        return settings_set(session->settings, "session.seed", seed, "the session's header");
    }
    session->is_whole |= strcmp(line->word, "whole") == 0;
    if (strcmp(line->word, "lacks") == 0)
        recorded_take_missing(session, line);
    header_text(line, 0, version, sizeof version);
    if (strcmp(line->word, "outcry") == 0 && strcmp(version, OUTCRY_VERSION) != 0)
        text_format(notes, "note: recorded by outcry %s, replayed by %s\n", version, OUTCRY_VERSION);
    header_text(line, 1, build, sizeof build);
    if (strcmp(line->word, "outcry") == 0 && build[0] && strcmp(build, outcry_build) != 0)
        text_format(notes, "note: recorded by another build of outcry, %s: this is %s\n", build, outcry_build);
    return OC_OK;
}

oc_rc recorded_fail(struct session *session, oc_rc rc, const char *dir)
{
    struct error error;
    char where[ERROR_WHERE_MAX];
    snprintf(where, sizeof where, "journal %s", dir);
    (void)error_of_sentence(&error, rc, where, journal_error()); /* session_fail returns it */
    return session_fail(session, &error);
}
