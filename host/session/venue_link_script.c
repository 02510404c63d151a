/* venue_link_script.c: the transcript of a link, read before it is opened. */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "session/venue_link.h"

static oc_rc script_failed(const struct venue_link *link, oc_rc rc, const char *what, struct error *ret_error)
{
    error_at(ret_error, rc, "%s", venue_text(link->settings, link->name, "transcript", ""));
    error_what(ret_error, "%s", what);
    return rc;
}

/* The first line of time says when the session begins; a replay has no script and finds it in the settings. */
static oc_rc take_start(struct venue_link *link, struct error *ret_error)
{
    char key[SETTING_KEY_MAX], time[TEXT_TIME_MAX];
    int64_t start_ns;
    if (transcript_starts(&link->transcript, &start_ns) < 0)
        return script_failed(link, OC_E_DATA,
                             "its first line behind `transcript 2` does not say when it begins, such as "
                             "@ 2026-01-05T14:30:00Z",
                             ret_error);
    text_from_time(time, start_ns);
    snprintf(key, sizeof key, "venue.%s.starts", link->name);
    if (settings_set(link->settings, key, time, "the transcript") < 0)
        return error_copy(ret_error, &link->settings->error);
    return OC_OK;
}

oc_rc venue_link_read(struct venue_link *link, struct error *ret_error)
{
    *ret_error = (struct error){0};
    oc_rc rc = env_read_file(venue_text(link->settings, link->name, "transcript", ""), TRANSCRIPT_SIZE_MAX,
                             &link->script, &link->script_size);
    if (rc < 0)
        return script_failed(link, rc, env_error_text(), ret_error);
    if (strlen(link->script) != link->script_size)
        return script_failed(link, OC_E_DATA, "it holds a byte of value 0", ret_error);
    rc = transcript_init(&link->transcript, link->script, link->script_size);
    if (rc < 0)
        return script_failed(link, rc, link->transcript.mismatch[0] ? link->transcript.mismatch : error_name(rc),
                             ret_error);
    return take_start(link, ret_error);
}
