/* venue_group.c: a venue that no configuration describes, where a connector of the installation is of that name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/venue_keys.h"

static oc_rc is_installed(struct settings *settings, const char *id, bool *ret_is, struct error *ret_error)
{
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    *ret_is = false;
    if (!catalogue)
        return error_of_code(ret_error, OC_E_NOMEM, "plugins", "");
    const oc_rc rc = parts_look(catalogue, settings, ret_error);
    for (uint32_t i = 0; rc == OC_OK && i < catalogue->count; i++)
        *ret_is |= strcmp(catalogue->list[i].id, id) == 0 && strcmp(catalogue->list[i].kind, OC_CONNECTOR) == 0;
    free(catalogue);
    return rc;
}

static oc_rc fill(struct settings *settings, const char *venue, const char *key, const char *value)
{
    char full[SETTING_KEY_MAX];
    if (*venue_text(settings, venue, key, ""))
        return OC_OK;
    if (snprintf(full, sizeof full, "venue.%s.%s", venue, key) >= (int)sizeof full)
        return OC_OK; /* such a name is no name: it is judged */
    return settings_set(settings, full, value, "the connector of that name");
}

oc_rc venue_default_group(struct settings *settings, const char *venue, const char *account, struct error *ret_error)
{
    char id[SETTING_KEY_MAX], file[SETTING_KEY_MAX];
    bool is_there;
    if (*venue_text(settings, venue, "connector", "") ||
        snprintf(id, sizeof id, "outcry.%s", venue) >= (int)sizeof id ||
        snprintf(file, sizeof file, "plugins.file.%s", venue) >= (int)sizeof file || settings_get(settings, file))
        return OC_OK;
    oc_rc rc = is_installed(settings, id, &is_there, ret_error);
    if (rc < 0 || !is_there)
        return rc;
    rc = fill(settings, venue, "connector", id);
    if (rc == OC_OK)
        rc = fill(settings, venue, "environment", "live");
    if (rc == OC_OK && !*venue_text(settings, venue, "transcript", ""))
        rc = fill(settings, venue, "link", "network");
    if (rc == OC_OK && account && !*venue_text(settings, venue, "accounts", "")) {
        char key[SETTING_KEY_MAX];
        rc = fill(settings, venue, "accounts", account);
        if (rc == OC_OK && snprintf(key, sizeof key, "keys.%s.vault", account) < (int)sizeof key)
            rc = fill(settings, venue, key, account);
    }
    return rc < 0 ? error_copy(ret_error, &settings->error) : rc;
}
