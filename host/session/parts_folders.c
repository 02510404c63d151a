/* parts_folders.c: where plugins are looked for. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "session/parts_impl.h"

enum { USER_PATH_MAX = 512 };

oc_rc parts_absolute(struct parts_opening *opening, const struct setting *setting, const char *path, char *ret_path)
{
    if (realpath(path, ret_path))
        return OC_OK;
    error_at(opening->error, OC_E_NOT_FOUND, "%s: %s", setting->origin, setting->key);
    error_what(opening->error, "there is no such file or folder");
    error_found(opening->error, "%s", path);
    return OC_E_NOT_FOUND;
}

static oc_rc add_configured(struct parts_opening *opening)
{
    const struct setting *setting = settings_get(opening->settings, "plugins.folders");
    char value[SETTING_VALUE_MAX], path[PATH_MAX], origin[SETTING_ORIGIN_MAX];
    struct text out;
    struct parts_names folders;
    if (!setting)
        return OC_OK;
    parts_split(setting->value, &folders);
    snprintf(origin, sizeof origin, "%s", setting->origin);
    text_init_fixed(&out, value, sizeof value);
    for (uint32_t i = 0; i < folders.count; i++) {
        oc_rc rc = parts_absolute(opening, setting, folders.list[i], path);
        if (rc == OC_OK)
            rc = catalogue_add_folder(&opening->parts->catalogue, path, "plugins.folders", false, opening->error);
        if (rc < 0)
            return rc;
        text_format(&out, "%s%s", i ? "," : "", path);
    }
    if (out.is_cut)
        return error_say(opening->error, OC_E_LIMIT, "plugins.folders", "the paths are too long together");
    if (settings_set(opening->settings, "plugins.folders", value, origin) < 0)
        return error_keep(opening->error, &opening->settings->error);
    return OC_OK;
}

oc_rc parts_add_folders(struct parts_opening *opening)
{
    struct catalogue *catalogue = &opening->parts->catalogue;
    char program[USER_PATH_MAX], path[CATALOGUE_PATH_MAX];
    const char *environment = getenv("OUTCRY_PLUGINS"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    oc_rc configured = add_configured(opening);
    if (configured < 0)
        return configured;
    char list[SETTING_VALUE_MAX];
    snprintf(list, sizeof list, "%s", environment ? environment : "");
    for (char *save = NULL, *one = strtok_r(list, ":", &save); one; one = strtok_r(NULL, ":", &save)) {
        oc_rc rc = catalogue_add_folder(catalogue, one, "OUTCRY_PLUGINS", false, opening->error);
        if (rc < 0)
            return rc;
    }
    struct error unused; /* the folders below need not be there */
    if (data && *data)
        snprintf(path, sizeof path, "%s/outcry/plugins", data);
    else
        snprintf(path, sizeof path, "%s/.local/share/outcry/plugins", home ? home : "");
    if (env_exists(path))
        (void)catalogue_add_folder(catalogue, path, "the user's data folder", false, &unused);
    if (env_program_folder(program, sizeof program) == OC_OK) {
        static const char *const ours[] = {"plugins", "../lib/outcry/plugins"}; /* of a build, of an installation */
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
            snprintf(path, sizeof path, "%s/%s", program, ours[i]);
            oc_rc rc = env_exists(path)
                           ? catalogue_add_folder(catalogue, path, "the installation", true, opening->error)
                           : (oc_rc)OC_OK;
            if (rc < 0)
                return rc;
        }
    }
    return OC_OK;
}
