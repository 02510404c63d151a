#include "session/plugin_instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/draft/data.h>

#include "base/log.h"
#include "base/random.h"

enum { PLUGIN_MEMORY_MAX = 64 << 20 };

struct plugin_instance_block {
    struct plugin_instance_block *next;
    uint64_t size;
};

static struct plugin_instance *plugin_instance_of(const struct oc_host *host) { return host->impl; }

static oc_rc key_of(const struct plugin_instance *instance, const char *key, char full[SETTING_KEY_MAX])
{
    int length = snprintf(full, SETTING_KEY_MAX, "%s.%s", instance->section, key);
    return length > 0 && length < SETTING_KEY_MAX ? OC_OK : OC_E_LIMIT;
}

static oc_rc said(struct plugin_instance *instance, oc_rc rc)
{
    if (rc == OC_E_CONFIG) {
        char text[ERROR_TEXT_MAX];
        error_text(&instance->settings->error, text);
        log_error("config", "%s", text);
    }
    return rc;
}

#define CONFIG_GETTER(name, type)                                                                                      \
    static oc_rc config_##name(const struct oc_host *host, const char *key, type *ret_value)                           \
    {                                                                                                                  \
        struct plugin_instance *instance = plugin_instance_of(host);                                                   \
        char full[SETTING_KEY_MAX];                                                                                    \
        oc_rc rc = key_of(instance, key, full);                                                                        \
        return rc < 0 ? rc : said(instance, settings_##name(instance->settings, full, ret_value));                     \
    }

CONFIG_GETTER(dec, struct oc_dec)
CONFIG_GETTER(integer, int64_t)
CONFIG_GETTER(duration, int64_t)

static oc_rc config_boolean(const struct oc_host *host, const char *key, uint32_t *ret_value)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    char full[SETTING_KEY_MAX];
    bool value;
    oc_rc rc = key_of(instance, key, full);
    if (rc == OC_OK)
        rc = said(instance, settings_boolean(instance->settings, full, &value));
    if (rc == OC_OK)
        *ret_value = value;
    return rc;
}

static oc_rc config_text(const struct oc_host *host, const char *key, char *text, uint32_t size_max)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    char full[SETTING_KEY_MAX];
    oc_rc rc = key_of(instance, key, full);
    const struct setting *setting = rc == OC_OK ? settings_get(instance->settings, full) : NULL;
    if (!setting)
        return rc < 0 ? rc : OC_E_NOT_FOUND;
    if (strlen(setting->value) >= size_max)
        return OC_E_LIMIT;
    strcpy(text, setting->value);
    return OC_OK;
}

static void log_line(const struct oc_host *host, uint32_t level, const char *text)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR};
    log_write(levels[level <= OC_LOG_ERROR ? level : OC_LOG_ERROR], plugin_instance_of(host)->plugin->id, "%.1000s",
              text);
}

static oc_rc sim_emit(const struct oc_host *host, int64_t at_ns, const struct oc_event *event)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    return instance->sim_answers ? sim_answers_emit(instance->sim_answers, at_ns, event) : OC_E_STATE;
}

static oc_rc sim_schedule(const struct oc_host *host, int64_t at_ns)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    return instance->sim_answers ? sim_answers_schedule(instance->sim_answers, at_ns) : OC_E_STATE;
}

static int64_t engine_now_ns(const struct oc_host *host)
{
    const struct plugin_instance *instance = plugin_instance_of(host);
    return instance->now_ns ? *instance->now_ns : 0;
}

/* Over (seed, stream). */
static uint64_t engine_random(const struct oc_host *host, uint32_t stream)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    uint64_t *state = &instance->random[stream % 8];
    *state += RANDOM_STEP;
    return random_mix(*state ^ (instance->seed * (2 * (uint64_t)stream + 1)));
}

static void *engine_alloc(const struct oc_host *host, uint64_t size)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    if (size > instance->memory_left)
        return NULL;
    struct plugin_instance_block *block = calloc(1, sizeof *block + size);
    if (!block)
        return NULL;
    block->size = size;
    block->next = instance->blocks;
    instance->blocks = block;
    instance->memory_left -= size;
    return block + 1;
}

static const void *service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_config config = {.size = sizeof config,
                                                .dec = config_dec,
                                                .integer = config_integer,
                                                .duration = config_duration,
                                                .boolean = config_boolean,
                                                .text = config_text};
    static const struct oc_svc_log log = {.size = sizeof log, .line = log_line};
    static const struct oc_svc_sim_host sim = {.size = sizeof sim, .emit = sim_emit, .schedule_at = sim_schedule};
    static const struct oc_svc_engine engine = {
        .size = sizeof engine, .now_ns = engine_now_ns, .random = engine_random, .alloc = engine_alloc};
    (void)host;
    if (strcmp(id, OC_SVC_CONFIG) == 0)
        return &config;
    if (strcmp(id, OC_SVC_LOG) == 0)
        return &log;
    if (strcmp(id, OC_SVC_SIM_HOST) == 0)
        return &sim;
    if (strcmp(id, OC_SVC_ENGINE) == 0)
        return &engine;
    return io_service(id);
}

/* A wrong setting is the cause; else the code is all there is, beside what the plugin logged. */
static oc_rc open_failed(const struct plugin_instance *instance, oc_rc rc, const char *id, struct error *ret_error)
{
    char where[SETTING_KEY_MAX];
    if (rc == OC_E_CONFIG && instance->settings && error_is_set(&instance->settings->error)) {
        *ret_error = instance->settings->error;
        return rc;
    }
    snprintf(where, sizeof where, "plugin %.64s", id);
    return error_of_code(ret_error, rc, where, "it did not open");
}

oc_rc plugin_instance_open(struct plugin_instance *instance, const struct registry *registry, const char *kind,
                           const char *id, struct error *ret_error)
{
    const struct registry_entry *entry = registry_find(registry, kind, id);
    if (!entry) {
        error_at(ret_error, OC_E_NOT_FOUND, "plugin %s (%s)", id, kind);
        error_what(ret_error, "it is not there");
        error_remedy(ret_error, "see `outcry plugin list`");
        return OC_E_NOT_FOUND;
    }
    instance->plugin = entry->plugin;
    instance->memory_left = PLUGIN_MEMORY_MAX;
    instance->host = (struct oc_host){
        .size = sizeof instance->host, .abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR, .service = service, .impl = instance};
    if (instance->settings)
        instance->settings->error.rc = OC_OK; /* what it says of a setting from here on */
    oc_rc rc = entry->plugin->open(&instance->host, &instance->self);
    if (rc < 0)
        instance->plugin = NULL;
    return rc < 0 ? open_failed(instance, rc, id, ret_error) : rc;
}

void plugin_instance_close(struct plugin_instance *instance)
{
    if (instance->plugin && instance->plugin->close)
        instance->plugin->close(instance->self);
    instance->plugin = NULL;
    while (instance->blocks) {
        struct plugin_instance_block *next = instance->blocks->next;
        free(instance->blocks);
        instance->blocks = next;
    }
}
