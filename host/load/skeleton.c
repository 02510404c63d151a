#include "load/skeleton.h"

#include "load/file.h"
#include "load/verb.h"

#include <stdio.h>
#include <string.h>

enum { FILE_TEXT_MAX = 1 << 16 };

struct names {
    const char *folder;
    const char *kind;
    const char *name;
};

static bool is_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return size >= 2 && size <= 32 && name[size] == 0 && name[0] >= 'a' && name[0] <= 'z';
}

/* Appends a part with @NAME@, @KIND@ and @ABI@ replaced. */
static void put_part(struct text *text, const char *part, const struct names *names)
{
    char abi[16];
    snprintf(abi, sizeof abi, "%d.%d", OC_ABI_MAJOR, OC_ABI_MINOR);
    for (const char *at; (at = strchr(part, '@')) != NULL;) {
        text_put_bytes(text, part, (size_t)(at - part));
        if (strncmp(at, "@NAME@", 6) == 0) {
            text_put(text, names->name);
            part = at + 6;
        } else if (strncmp(at, "@KIND@", 6) == 0) {
            text_put(text, names->kind);
            part = at + 6;
        } else if (strncmp(at, "@ABI@", 5) == 0) {
            text_put(text, abi);
            part = at + 5;
        } else {
            text_put_char(text, '@');
            part = at + 1;
        }
    }
    text_put(text, part);
}

static oc_rc write_file(const struct names *names, const char *file, const char *const *parts)
{
    char path[LOAD_PATH_MAX];
    struct text text;
    int size = snprintf(path, sizeof path, "%s/%s", names->folder, file);
    if (size < 0 || (size_t)size >= sizeof path)
        return OC_E_INVALID;
    text_init_grow(&text, FILE_TEXT_MAX);
    for (uint32_t i = 0; parts[i]; i++)
        put_part(&text, parts[i], names);
    oc_rc rc = text.is_cut ? OC_E_NOMEM : load_file_make(path, text.data);
    text_release(&text);
    return rc;
}

oc_rc skeleton_write(const char *parent, const char *kind, const char *name)
{
    bool is_risk = strcmp(kind, "risk") == 0;
    if (!is_risk && strcmp(kind, "connector") != 0)
        return OC_E_NOT_SUPPORTED;
    if (!is_name(name))
        return OC_E_INVALID;
    char folder[LOAD_PATH_MAX], source[64], test[64];
    int size = snprintf(folder, sizeof folder, "%s%s%s", parent, parent[0] ? "/" : "", name);
    if (size < 0 || (size_t)size >= sizeof folder)
        return OC_E_INVALID;
    snprintf(source, sizeof source, "%s.c", name);
    snprintf(test, sizeof test, "%s_test.c", name);
    const struct names names = {.folder = folder, .kind = kind, .name = name};
    oc_rc rc = load_folder_make(folder);
    if (rc == OC_OK)
        rc = write_file(&names, "CMakeLists.txt", skeleton_cmake);
    if (rc == OC_OK)
        rc = write_file(&names, "README.md", skeleton_readme);
    if (rc == OC_OK)
        rc = write_file(&names, source, is_risk ? skeleton_risk : skeleton_connector);
    if (rc == OC_OK)
        rc = write_file(&names, test, is_risk ? skeleton_risk_test : skeleton_connector_test);
    return rc;
}
