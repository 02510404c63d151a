/* strategy_text.c: the texts of the strategies that a session is opened with, and of what they require: read once, kept in
 * the session's header, and taken from there by a replay and by a session that goes on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "steer/steer.h"
#include "steer/strategies.h"

/* One of ours of that name, as it was installed; "" where there is none. */
static void find_ours(const char *file, char path[ENV_PATH_MAX])
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *last;
    char folder[ENV_PATH_MAX];
    path[0] = 0;
    if (env_program_folder(folder, sizeof folder) < 0 || !(last = strrchr(folder, '/')))
        return;
    const int size =
        snprintf(path, ENV_PATH_MAX, "%.*s/share/outcry/strategies/%s", (int)(last - folder), folder, name);
    if (size >= ENV_PATH_MAX || !env_exists(path))
        path[0] = 0;
}

static oc_rc text_failed(struct session *session, oc_rc rc, const char *file, const char *what)
{
    struct error error;
    char ours[ENV_PATH_MAX];
    error_at(&error, rc, "strategy %s", file);
    error_what(&error, "%s", what);
    find_ours(file, ours);
    if (ours[0] && !env_exists(file))
        error_remedy(&error, "did you mean %s?", ours);
    return session_fail(session, &error);
}

oc_rc steer_read_texts(void *self, struct session *session)
{
    struct strategies *strategies = self;
    strategies->session = session;
    for (uint32_t i = 0; i < strategies->count; i++) {
        struct strategy_slot *owner = &strategies->list[i];
        char *text;
        size_t size;
        owner->strategies = strategies;
        if (owner->opened) /* a recorded session brings its own */
            continue;
        oc_rc rc = env_read_file(owner->file, STEER_FILE_MAX, &text, &size);
        if (rc < 0)
            return text_failed(session, rc, owner->file, env_error_text());
        owner->opened = steer_source_new(owner->file, text, size);
        env_free(text);
        if (!owner->opened)
            return OC_E_NOMEM;
        steer_source_gather(owner->opened);
    }
    if (strategies->count || strategies->may_be_empty)
        return OC_OK;
    struct error error;
    (void)error_say(&error, OC_E_CONFIG, "strategy", "no strategy file was named"); /* session_fail returns it */
    error_expected(&error, "a file that ends in .lua");
    return session_fail(session, &error);
}

void steer_put_header(void *self, struct text *text)
{
    const struct strategies *strategies = self;
    if (strategies->ends_on_failure)
        header_put(text, "ends", "on-failure", NULL);
    for (uint32_t i = 0; i < strategies->param_count; i++)
        header_put(text, "param", strategies->params[i].name, strategies->params[i].value, NULL);
    for (uint32_t i = 0; i < strategies->count; i++) {
        const struct steer_source *opened = strategies->list[i].opened;
        header_put_text(text, "strategy", opened->file, opened->text, opened->text_size);
        for (uint32_t k = 0; k < opened->module_count; k++)
            header_put_text(text, "module", opened->modules[k].name, opened->modules[k].text,
                            strlen(opened->modules[k].text));
    }
}

oc_rc strategies_take_source(struct strategy_slot *owner, const struct header_line *line)
{
    char name[256];
    const struct header_field *body = &line->fields[1];
    header_text(line, 0, name, sizeof name);
    const bool is_module = strcmp(line->word, "module") == 0;
    if (!header_is_whole(line) || (is_module && !owner->opened))
        return OC_E_DATA;
    if (is_module)
        return steer_source_module_n(owner->opened, name, body->bytes, body->size) ? OC_OK : OC_E_LIMIT;
    steer_source_free(owner->opened);
    owner->opened = steer_source_new(name, body->bytes, body->size);
    return owner->opened ? OC_OK : OC_E_NOMEM;
}

oc_rc strategies_set_text(struct strategies *strategies, uint32_t index, const char *file, const char *text,
                          size_t size)
{
    struct strategy_slot *slot = &strategies->list[index];
    snprintf(slot->file, sizeof slot->file, "%s", file);
    steer_source_free(slot->opened);
    slot->opened = steer_source_new(file, text, size);
    return slot->opened ? OC_OK : OC_E_NOMEM;
}

void strategies_rename_source(struct strategy_slot *slot)
{
    snprintf(slot->opened->file, sizeof slot->opened->file, "%s", slot->file);
}

bool strategies_has_changed(const struct strategies *strategies, uint32_t index)
{
    const struct strategy_slot *owner = &strategies->list[index];
    char *text = NULL;
    size_t size = 0;
    if (!owner->opened || env_read_file(owner->file, STEER_FILE_MAX, &text, &size) < 0)
        return true;
    const bool is_same = size == owner->opened->text_size && memcmp(text, owner->opened->text, size) == 0;
    env_free(text);
    return !is_same;
}

void strategies_warn_changed(const struct strategies *strategies)
{
    for (uint32_t i = 0; i < strategies->count; i++) {
        const struct strategy_slot *owner = &strategies->list[i];
        char *text = NULL;
        size_t size = 0;
        if (!owner->source || env_read_file(owner->file, STEER_FILE_MAX, &text, &size) < 0)
            continue;
        if (size != owner->source->text_size || memcmp(text, owner->source->text, size) != 0)
            log_warning("restore",
                        "%s has changed since: the session goes on with the text it has; `reload` in a console takes "
                        "the new one",
                        owner->file);
        env_free(text);
    }
}

/* A line to the log each; the report has room for the first. */
void strategies_tell_not_back(const struct strategies *strategies)
{
    enum { NOTED_MAX = 8 };
    for (uint32_t i = 0; i < strategies->count; i++) {
        const struct strategy_slot *owner = &strategies->list[i];
        const char *line = owner->strategy ? strategy_not_back(owner->strategy) : "";
        uint32_t count = 0;
        while (*line) {
            const int length = (int)strcspn(line, "\n");
            log_warning("restore", "%s: %.*s", owner->name, length, line);
            if (count++ < NOTED_MAX)
                session_note(strategies->session, "not restored: %s: %.*s", owner->name, length, line);
            line += length + (line[length] == '\n');
        }
        if (count > NOTED_MAX)
            session_note(strategies->session, "not restored: %s: %u more, see the log", owner->name, count - NOTED_MAX);
    }
}
