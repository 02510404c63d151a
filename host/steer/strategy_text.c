/* strategy_text.c: the texts of the strategies that a session is opened with, and of what they require: read once, kept in
 * the session's header, and taken from there by a replay and by a session that goes on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/log.h"
#include "session/session_impl.h"
#include "steer/steer.h"

oc_rc session_read_strategies(struct session *session)
{
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        struct session_strategy *owner = &session->strategies[i];
        char *text;
        size_t size;
        owner->session = session;
        if (owner->opened) /* a recorded session brings its own */
            continue;
        oc_rc rc = env_read_file(owner->file, STEER_FILE_MAX, &text, &size);
        if (rc < 0)
            return session_fail(session, rc, "strategy %s: %s", owner->file, env_error_text());
        owner->opened = steer_source_new(owner->file, text, size);
        free(text);
        if (!owner->opened)
            return OC_E_NOMEM;
        steer_source_gather(owner->opened);
    }
    if (session->strategy_count || session->may_be_empty)
        return OC_OK;
    return session_fail(session, OC_E_CONFIG, "no strategy file was named");
}

static void put_body(struct text *text, const char *body, size_t size)
{
    text_format(text, " %zu %016llx\n", size, (unsigned long long)hash64(body, size));
    text_put_bytes(text, body, size);
    text_put(text, "\n");
}

void session_put_sources(const struct session *session, struct text *text)
{
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        const struct steer_source *opened = session->strategies[i].opened;
        text_format(text, "strategy %s", opened->file);
        put_body(text, opened->text, opened->text_size);
        for (uint32_t k = 0; k < opened->module_count; k++) {
            text_format(text, "module %s", opened->modules[k].name);
            put_body(text, opened->modules[k].text, strlen(opened->modules[k].text));
        }
    }
}

oc_rc session_take_source(struct session_strategy *owner, const char *line, const char *body, size_t left,
                          size_t *ret_size)
{
    char name[256];
    *ret_size = 0;
    bool is_module = sscanf(line, "module %255s %zu", name, ret_size) == 2;
    if (!is_module && sscanf(line, "strategy %255s %zu", name, ret_size) != 2)
        return OC_E_DATA;
    if (*ret_size > left || (is_module && !owner->opened))
        return OC_E_DATA;
    if (is_module)
        return steer_source_module_n(owner->opened, name, body, *ret_size) ? OC_OK : OC_E_LIMIT;
    steer_source_free(owner->opened);
    owner->opened = steer_source_new(name, body, *ret_size);
    return owner->opened ? OC_OK : OC_E_NOMEM;
}

void session_warn_changed(const struct session *session)
{
    for (uint32_t i = 0; i < session->strategy_count; i++) {
        const struct session_strategy *owner = &session->strategies[i];
        char *text = NULL;
        size_t size = 0;
        if (!owner->source || env_read_file(owner->file, STEER_FILE_MAX, &text, &size) < 0)
            continue;
        if (size != owner->source->text_size || memcmp(text, owner->source->text, size) != 0)
            log_warning("restore",
                        "%s has changed since: the session goes on with the text it has; `reload` in a console takes "
                        "the new one",
                        owner->file);
        free(text);
    }
}
