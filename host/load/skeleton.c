#include "load/skeleton.h"

#include "base/text.h"
#include "load/file.h"
#include "load/verb.h"

#include <stdio.h>
#include <string.h>

enum { FILE_TEXT_MAX = 1 << 16 };

struct example {
    const char *kind;
    const char *word; /* the example's own name, which becomes the plugin's */
    const struct embedded *files;
};

static const struct example examples[] = {{"risk", "maxqty", skeleton_risk},
                                          {"risk-state", "afterfill", skeleton_risk_state},
                                          {"connector", "loopback", skeleton_connector},
                                          {"sim", "nextopen", skeleton_sim},
                                          {"data", "binbars", skeleton_data}};

/* One that a configuration takes too. The texts of the examples name no C identifier after themselves: any such word builds. */
static bool is_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return size >= 2 && size <= 32 && name[size] == 0 && !strstr(name, "__") && name[0] >= 'a' && name[0] <= 'z';
}

/* The example's text with another name. */
static void put_renamed(struct text *text, const char *part, size_t size, const char *word, const char *name)
{
    const size_t length = strlen(word);
    const char *end = part + size, *at;
    while ((at = memmem(part, (size_t)(end - part), word, length)) != NULL) {
        text_put_bytes(text, part, (size_t)(at - part));
        text_put(text, name);
        part = at + length;
    }
    text_put_bytes(text, part, (size_t)(end - part));
}

static oc_rc write_file(const char *folder, const struct embedded *file, const char *word, const char *name)
{
    struct text path, text;
    text_init_grow(&path, LOAD_PATH_MAX - 1);
    text_init_grow(&text, FILE_TEXT_MAX);
    text_format(&path, "%s%s", folder, folder[0] ? "/" : "");
    put_renamed(&path, file->name, strlen(file->name), word, name);
    put_renamed(&text, (const char *)file->text, file->size, word, name);
    oc_rc rc = text.is_cut || path.is_cut ? (oc_rc)OC_E_LIMIT : load_file_make(path.data, text.data);
    text_release(&text);
    text_release(&path);
    return rc;
}

oc_rc skeleton_write(const char *parent, const char *kind, const char *name)
{
    const struct example *found = NULL;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strcmp(kind, examples[i].kind) == 0)
            found = &examples[i];
    if (!found)
        return OC_E_NOT_SUPPORTED;
    if (!is_name(name))
        return OC_E_INVALID;
    char folder[LOAD_PATH_MAX];
    int size = snprintf(folder, sizeof folder, "%s%s%s", parent, parent[0] ? "/" : "", name);
    if (size < 0 || (size_t)size >= sizeof folder)
        return OC_E_INVALID;
    oc_rc rc = load_folder_make(folder);
    return rc < 0 ? rc : skeleton_write_files(folder, found->files, found->word, name);
}

oc_rc skeleton_write_files(const char *folder, const struct embedded *files, const char *word, const char *name)
{
    oc_rc rc = is_name(name) ? (oc_rc)OC_OK : (oc_rc)OC_E_INVALID;
    for (const struct embedded *file = files; file->name && rc == OC_OK; file++)
        rc = write_file(folder, file, word, name);
    return rc;
}
