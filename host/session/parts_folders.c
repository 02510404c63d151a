/* parts_folders.c: where plugins are looked for. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "session/parts_impl.h"

enum { USER_PATH_MAX = 512 };

oc_rc parts_absolute(const struct setting *setting, const char *path, char *ret_path, struct error *ret_error)
{
    if (realpath(path, ret_path))
        return OC_OK;
    error_at(ret_error, OC_E_NOT_FOUND, "%s: %s", setting->origin, setting->key);
    error_what(ret_error, "there is no such file or folder");
    error_found(ret_error, "%s", path);
    return OC_E_NOT_FOUND;
}

static oc_rc add_configured(struct catalogue *catalogue, struct settings *settings, struct error *ret_error)
{
    const struct setting *setting = settings_get(settings, "plugins.folders");
    char value[SETTING_VALUE_MAX], path[PATH_MAX], origin[SETTING_ORIGIN_MAX];
    struct text out;
    struct parts_names folders;
    if (!setting)
        return OC_OK;
    parts_split(setting->value, &folders);
    snprintf(origin, sizeof origin, "%s", setting->origin);
    text_init_fixed(&out, value, sizeof value);
    for (uint32_t i = 0; i < folders.count; i++) {
        oc_rc rc = parts_absolute(setting, folders.list[i], path, ret_error);
        if (rc == OC_OK)
            rc = catalogue_add_folder(catalogue, path, "plugins.folders", false, ret_error);
        if (rc == OC_OK)
            text_format(&out, "%s%s", out.size ? "," : "", path);
        rc = error_pass(settings->faults, ret_error, rc);
        if (rc < 0)
            return rc;
    }
    if (out.is_cut)
        return error_say(ret_error, OC_E_LIMIT, "plugins.folders", "the paths are too long together");
    if (settings_set(settings, "plugins.folders", value, origin) < 0)
        return error_copy(ret_error, &settings->error);
    return OC_OK;
}

oc_rc parts_look(struct catalogue *catalogue, struct settings *settings, struct error *ret_error)
{
    char program[USER_PATH_MAX], path[CATALOGUE_PATH_MAX];
    char user[ENV_PATH_MAX];
    const char *environment = getenv("OUTCRY_PLUGINS");
    oc_rc configured = add_configured(catalogue, settings, ret_error);
    if (configured < 0)
        return configured;
    char list[SETTING_VALUE_MAX];
    snprintf(list, sizeof list, "%s", environment ? environment : "");
    for (char *save = NULL, *one = strtok_r(list, ":", &save); one; one = strtok_r(NULL, ":", &save)) {
        oc_rc rc = error_pass(settings->faults, ret_error,
                              catalogue_add_folder(catalogue, one, "OUTCRY_PLUGINS", false, ret_error));
        if (rc < 0)
            return rc;
    }
    /* The folders below need not be there. */
    const bool has_user =
        env_user_folder(user) == OC_OK && snprintf(path, sizeof path, "%s/plugins", user) < (int)sizeof path;
    if (has_user && env_exists(path)) {
        oc_rc rc = error_pass(settings->faults, ret_error,
                              catalogue_add_folder(catalogue, path, "the user's data folder", false, ret_error));
        if (rc < 0)
            return rc;
    }
    if (env_program_folder(program, sizeof program) == OC_OK) {
        static const char *const ours[] = {"plugins", "../lib/outcry/plugins"}; /* of a build, of an installation */
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
            snprintf(path, sizeof path, "%s/%s", program, ours[i]);
            oc_rc rc = env_exists(path) ? catalogue_add_folder(catalogue, path, "the installation", true, ret_error)
                                        : (oc_rc)OC_OK;
            if (rc < 0)
                return rc;
        }
    }
    return OC_OK;
}
