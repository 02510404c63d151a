/* source.c: what a strategy is made from: its text, its parameters, the files it requires. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "steer/steer.h"

static char *copy_of(const char *text, size_t size)
{
    char *copy = malloc(size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

struct steer_source *steer_source_new(const char *file, const char *text, size_t text_size)
{
    struct steer_source *source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    snprintf(source->file, sizeof source->file, "%s", file);
    source->text = copy_of(text, text_size);
    source->text_size = text_size;
    if (source->text)
        return source;
    free(source);
    return NULL;
}

void steer_source_free(struct steer_source *source)
{
    if (!source)
        return;
    for (uint32_t i = 0; i < source->param_count; i++) {
        free((char *)(uintptr_t)source->params[i].name);
        free((char *)(uintptr_t)source->params[i].value);
    }
    for (uint32_t i = 0; i < source->module_count; i++) {
        free(source->modules[i].name);
        free(source->modules[i].text);
    }
    free(source->params);
    free(source->modules);
    env_free(source->read);
    free(source->text);
    free(source);
}

struct steer_source *steer_source_copy(const struct steer_source *source)
{
    struct steer_source *copy = steer_source_new(source->file, source->text, source->text_size);
    bool is_ok = copy != NULL;
    for (uint32_t i = 0; i < source->param_count && is_ok; i++)
        is_ok = steer_source_param(copy, source->params[i].name, source->params[i].value);
    for (uint32_t i = 0; i < source->module_count && is_ok; i++)
        is_ok = steer_source_module(copy, source->modules[i].name, source->modules[i].text);
    if (is_ok) {
        copy->reads_disk = source->reads_disk;
        return copy;
    }
    steer_source_free(copy);
    return NULL;
}

bool steer_source_param(struct steer_source *source, const char *name, const char *value)
{
    uint32_t i = 0;
    while (i < source->param_count && strcmp(source->params[i].name, name) != 0)
        i++;
    if (!source->params)
        source->params = calloc(STRATEGY_PARAMS_MAX, sizeof *source->params);
    if (i == STRATEGY_PARAMS_MAX || !source->params)
        return false;
    struct strategy_param param = {copy_of(name, strlen(name)), copy_of(value, strlen(value))};
    if (!param.name || !param.value) {
        free((char *)(uintptr_t)param.name);
        free((char *)(uintptr_t)param.value);
        return false;
    }
    if (i < source->param_count) {
        free((char *)(uintptr_t)source->params[i].name);
        free((char *)(uintptr_t)source->params[i].value);
    } else {
        source->param_count++;
    }
    source->params[i] = param;
    return true;
}

bool steer_source_module_n(struct steer_source *source, const char *name, const char *text, size_t size)
{
    if (!source->modules)
        source->modules = calloc(STEER_MODULES_MAX, sizeof *source->modules);
    if (source->module_count == STEER_MODULES_MAX || !source->modules)
        return false;
    struct steer_module module = {copy_of(name, strlen(name)), copy_of(text, size)};
    if (!module.name || !module.text) {
        free(module.name);
        free(module.text);
        return false;
    }
    source->modules[source->module_count++] = module;
    return true;
}

bool steer_source_module(struct steer_source *source, const char *name, const char *text)
{
    return steer_source_module_n(source, name, text, strlen(text));
}

static oc_rc read_module(const char *file, const char *name, char **ret_text, size_t *ret_size)
{
    char path[512];
    const char *slash = strrchr(file, '/');
    int folder = slash ? (int)(slash - file) + 1 : 0;
    if (strstr(name, "..") || strchr(name, '/'))
        return OC_E_NOT_FOUND;
    int length = snprintf(path, sizeof path, "%.*s%s.lua", folder, file, name);
    if (length < 0 || length >= (int)sizeof path)
        return OC_E_NOT_FOUND;
    oc_rc rc = env_read_within(path, STEER_FILE_MAX, ret_text, ret_size);
    return rc == OC_E_INVALID || rc == OC_E_LIMIT || rc >= 0 ? rc : OC_E_NOT_FOUND;
}

oc_rc steer_require(void *arg, const char *name, const char **ret_text, size_t *ret_size)
{
    struct steer_source *source = arg;
    for (uint32_t i = 0; i < source->module_count; i++)
        if (strcmp(source->modules[i].name, name) == 0) {
            *ret_text = source->modules[i].text;
            *ret_size = strlen(source->modules[i].text);
            return OC_OK;
        }
    if (!source->reads_disk)
        return OC_E_NOT_FOUND;
    env_free(source->read);
    source->read = NULL;
    oc_rc rc = read_module(source->file, name, &source->read, ret_size);
    if (rc == OC_OK)
        *ret_text = source->read;
    return rc;
}

bool steer_split(const char *field, char ret_name[STRATEGY_NAME_MAX], const char **ret_value)
{
    const char *equals = strchr(field, '=');
    size_t size = equals ? (size_t)(equals - field) : 0;
    if (size == 0 || size >= STRATEGY_NAME_MAX)
        return false;
    memcpy(ret_name, field, size);
    ret_name[size] = 0;
    *ret_value = equals + 1;
    return true;
}

struct steer_source *steer_source_of(const struct command_words *words, const char *file, uint32_t *ret_end)
{
    uint32_t count = steer_count(words), first = count;
    while (first > 1 && strncmp(words->fields[first - 1], "module=", 7) == 0)
        first--;
    if (first < 2 || strncmp(words->fields[first - 1], "text=", 5) != 0)
        return NULL;
    const char *text = words->fields[first - 1] + 5;
    struct steer_source *source = steer_source_new(file, text, strlen(text));
    bool is_ok = source != NULL;
    for (uint32_t i = first; i < count && is_ok; i++) {
        char name[SANDBOX_NAME_MAX];
        const char *at = words->fields[i] + 7, *end = strchr(at, '\n');
        is_ok = end && (size_t)(end - at) < sizeof name;
        if (is_ok) {
            snprintf(name, sizeof name, "%.*s", (int)(end - at), at);
            is_ok = steer_source_module(source, name, end + 1);
        }
    }
    *ret_end = first - 1;
    if (is_ok)
        return source;
    steer_source_free(source);
    return NULL;
}

/* require "name", require('name'): the name stands there in words, so it can be read ahead. The place behind it; NULL: there is
 * no further one. Whatever is not found is left to the script, which then says so. */
static const char *next_required(const char *at, char ret_name[SANDBOX_NAME_MAX])
{
    while ((at = strstr(at, "require")) != NULL) {
        at += 7;
        const char *from = at + strspn(at, " \t(");
        const char *end = *from == '"' || *from == '\'' ? strchr(from + 1, *from) : NULL;
        if (!end || end == from + 1 || (size_t)(end - from) >= SANDBOX_NAME_MAX)
            continue;
        snprintf(ret_name, SANDBOX_NAME_MAX, "%.*s", (int)(end - from - 1), from + 1);
        return end;
    }
    return NULL;
}

static void gather_required(struct steer_source *source, const char *text)
{
    char name[SANDBOX_NAME_MAX];
    for (const char *at = text; (at = next_required(at, name)) != NULL;) {
        char *module = NULL;
        size_t size;
        bool is_known = false;
        for (uint32_t i = 0; i < source->module_count && !is_known; i++)
            is_known = strcmp(source->modules[i].name, name) == 0;
        if (is_known || read_module(source->file, name, &module, &size) < 0)
            continue;
        if (module && !memchr(module, 0, size) && steer_source_module(source, name, module))
            gather_required(source, module);
        free(module);
    }
}

void steer_source_gather(struct steer_source *source) { gather_required(source, source->text); }

/* Before the record. */

struct gather {
    struct strategies *strategies;
    struct text out; /* fields, each with its final zero */
    uint32_t starts[STEER_MODULES_MAX + 1];
    uint32_t count;
    size_t escaped; /* bytes of the record so far */
    const char *path;
};

static void add_field(struct gather *gather, const char *head, const char *name, const char *text)
{
    gather->starts[gather->count++] = (uint32_t)gather->out.size;
    size_t from = gather->out.size;
    text_put(&gather->out, head);
    if (name) {
        text_put(&gather->out, name);
        text_put(&gather->out, "\n");
    }
    text_put(&gather->out, text);
    for (size_t i = from; i < gather->out.size; i++)
        gather->escaped += strchr("\t\n\\", gather->out.data[i]) ? 2 : 1;
    text_put_bytes(&gather->out, "", 1);
}

static bool has_module(const struct gather *gather, const char *name)
{
    size_t size = strlen(name);
    for (uint32_t i = 1; i < gather->count; i++) {
        const char *at = gather->out.data + gather->starts[i] + 7;
        if (strncmp(at, name, size) == 0 && at[size] == '\n')
            return true;
    }
    return false;
}

static void add_required(struct gather *gather, const char *text)
{
    char name[SANDBOX_NAME_MAX];
    for (const char *at = text; (at = next_required(at, name)) != NULL;) {
        char *module = NULL;
        size_t size;
        if (gather->count > STEER_MODULES_MAX || has_module(gather, name) ||
            read_module(gather->path, name, &module, &size) < 0)
            continue;
        add_field(gather, "module=", name, module);
        if (!gather->out.is_cut)
            add_required(gather, module);
        free(module);
    }
}

bool steer_add_files(struct strategies *strategies, struct command_words *words, const char *path, struct text *reply)
{
    struct gather gather = {.strategies = strategies, .path = path};
    char *text = NULL;
    size_t size = 0;
    if (env_read_file(path, STEER_FILE_MAX, &text, &size) < 0) {
        json_refusal(reply, "NO_FILE", "%.200s: %s", path, env_error_text());
        return false;
    }
    if (memchr(text, 0, size)) {
        env_free(text);
        json_refusal(reply, "NOT_A_TEXT", "%.200s holds a zero byte: expected a Lua text", path);
        return false;
    }
    text_init_grow(&gather.out, 4u << 20);
    for (uint32_t i = 0; i < words->count; i++)
        gather.escaped += 2 * strlen(words->fields[i]) + 1;
    add_field(&gather, "text=", NULL, text);
    add_required(&gather, text);
    env_free(text);
    text_release(&strategies->prepared);
    strategies->prepared = gather.out;
    if (gather.out.is_cut || gather.escaped > STEER_RECORD_MAX) {
        json_refusal(reply, "TOO_LARGE",
                     "%.200s: %zu bytes with what it requires; a strategy that is loaded into a running "
                     "session has at most %d",
                     path, gather.out.size, STEER_RECORD_MAX);
        return false;
    }
    if (words->count + gather.count + 1 > COMMAND_FIELDS_MAX) {
        json_refusal(reply, "TOO_MANY_FIELDS", "parameters and required files are together at most %d",
                     COMMAND_FIELDS_MAX - 4);
        return false;
    }
    for (uint32_t i = 0; i < gather.count; i++)
        words->fields[words->count++] = strategies->prepared.data + gather.starts[i];
    return true;
}
