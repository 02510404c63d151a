#include "session/plugin_instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/draft/data.h>

#include "base/hash.h"
#include "base/key.h"
#include "base/log.h"
#include "base/plugin_call.h"
#include "base/random.h"
#include "base/text.h"
#include "engine/depth.h"
#include "engine/engine.h"

enum { PLUGIN_MEMORY_MAX = 64 << 20 };

struct plugin_instance_block {
    struct plugin_instance_block *next;
    uint64_t zero; /* what stands behind it is aligned as malloc's is */
};

static struct plugin_instance *plugin_instance_of(const struct oc_host *host) { return host->impl; }

/* What a getter was asked for. */
struct asked {
    struct plugin_instance *instance;
    const struct oc_key *key;      /* as declared, static; NULL: the plugin has no table of keys */
    const struct setting *setting; /* borrowed; NULL: not set */
    char full[SETTING_KEY_MAX];
};

static oc_rc said(struct plugin_instance *instance, oc_rc rc)
{
    if (rc == OC_E_CONFIG) {
        char text[ERROR_TEXT_MAX];
        error_text(&instance->settings->error, text);
        log_error("config", "%s", text);
    }
    return rc;
}

/* A plugin that reads what it does not declare would be configured by keys that nobody can check. */
static void say_defect(struct plugin_instance *instance, const char *name, const struct oc_key *key, const char *wanted)
{
    const uint64_t hash = hash64(name, strlen(name));
    struct error *error = &instance->settings->error;
    error_at(error, OC_E_INVALID, "plugin %s", instance->plugin->id);
    if (key)
        error_what(error, "it reads its key '%s' as %s and declares it as %s: a defect of the plugin", name, wanted,
                   key_type_name(key->type));
    else
        error_what(error, "it reads the key '%s' and does not declare it: a defect of the plugin", name);
    instance->is_defective = true;
    for (uint32_t i = 0; i < instance->defect_count; i++)
        if (instance->defects[i] == hash)
            return;
    if (instance->defect_count < PLUGIN_DEFECTS_MAX) {
        char text[ERROR_TEXT_MAX];
        instance->defects[instance->defect_count++] = hash;
        error_text(error, text);
        log_error("config", "%s", text);
    }
}

/* Finds the key, its declaration and its setting. A choice is read as a text. */
static oc_rc ask(const struct oc_host *host, const char *name, uint32_t type, struct asked *ret_asked)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    struct asked asked = {.instance = instance};
    const struct oc_key *table = key_table(instance->plugin);
    int length = snprintf(asked.full, sizeof asked.full, "%s.%s", instance->section, name);
    if (length < 0 || length >= (int)sizeof asked.full)
        return OC_E_LIMIT;
    if (table) {
        asked.key = key_declared(table, name);
        bool is_text = asked.key && asked.key->type == OC_KEY_CHOICE && type == OC_KEY_TEXT;
        if (!asked.key || (asked.key->type != type && !is_text)) {
            say_defect(instance, name, asked.key, key_type_name(type));
            return OC_E_INVALID;
        }
    }
    if (type != OC_KEY_GROUPS)
        asked.setting = settings_get(instance->settings, asked.full);
    *ret_asked = asked;
    return OC_OK;
}

static oc_rc say_missing(const struct asked *asked)
{
    char expected[KEY_WORDS_MAX];
    key_expected(asked->key, expected, sizeof expected);
    struct error *error = &asked->instance->settings->error;
    error_at(error, OC_E_CONFIG, "%s", asked->full);
    error_what(error, "not set, and plugin %s requires it", asked->instance->plugin->id);
    error_expected(error, "%s", expected);
    return said(asked->instance, OC_E_CONFIG);
}

/* The text that holds, judged by the declaration: what is set, or else the default. */
static oc_rc declared_text(const struct asked *asked, const char **ret_text, struct key_value *ret_value)
{
    const char *text = asked->setting ? asked->setting->value : asked->key->fallback;
    char expected[KEY_WORDS_MAX];
    if (!text)
        return asked->key->bits & OC_KEY_REQUIRED ? say_missing(asked) : OC_E_NOT_FOUND;
    oc_rc rc = key_judge(asked->key, text, ret_value);
    if (rc == OC_OK)
        *ret_text = text;
    if (rc == OC_OK || !asked->setting)
        return rc; /* stage 1 has judged the default */
    key_expected(asked->key, expected, sizeof expected);
    return said(asked->instance, settings_wrong(asked->instance->settings, asked->setting, expected));
}

#define CONFIG_GETTER(name, type, key_type, member)                                                                    \
    static oc_rc config_##name(const struct oc_host *host, const char *key, type *ret_value)                           \
    {                                                                                                                  \
        struct asked asked;                                                                                            \
        struct key_value value;                                                                                        \
        const char *text;                                                                                              \
        oc_rc rc = ask(host, key, key_type, &asked);                                                                   \
        if (rc < 0)                                                                                                    \
            return rc;                                                                                                 \
        if (!asked.key)                                                                                                \
            return said(asked.instance, settings_##name(asked.instance->settings, asked.full, ret_value));             \
        rc = declared_text(&asked, &text, &value);                                                                     \
        if (rc == OC_OK)                                                                                               \
            *ret_value = value.member;                                                                                 \
        return rc;                                                                                                     \
    }

CONFIG_GETTER(dec, struct oc_dec, OC_KEY_DECIMAL, dec)
CONFIG_GETTER(integer, int64_t, OC_KEY_INTEGER, number)
CONFIG_GETTER(duration, int64_t, OC_KEY_DURATION, number)

static oc_rc config_boolean(const struct oc_host *host, const char *key, uint32_t *ret_value)
{
    struct asked asked;
    struct key_value value;
    const char *text;
    bool yes = false;
    oc_rc rc = ask(host, key, OC_KEY_BOOLEAN, &asked);
    if (rc < 0)
        return rc;
    if (asked.key) {
        rc = declared_text(&asked, &text, &value);
        yes = rc == OC_OK && value.number;
    } else {
        rc = said(asked.instance, settings_boolean(asked.instance->settings, asked.full, &yes));
    }
    if (rc == OC_OK)
        *ret_value = yes;
    return rc;
}

static oc_rc config_text(const struct oc_host *host, const char *key, char *text, uint32_t size_max)
{
    struct asked asked;
    struct key_value value;
    const char *found = NULL;
    oc_rc rc = ask(host, key, OC_KEY_TEXT, &asked);
    if (rc < 0)
        return rc;
    if (asked.key)
        rc = declared_text(&asked, &found, &value);
    else if (asked.setting)
        found = asked.setting->value;
    if (!found)
        return rc < 0 ? rc : OC_E_NOT_FOUND;
    if (strlen(found) >= size_max)
        return OC_E_LIMIT;
    strcpy(text, found);
    return OC_OK;
}

/* The number of a group in "risk.x.limits.3.limit", where `prefix` is "risk.x.limits."; -1: none. Beyond
 * the limit it is the limit. */
static int group_index(const char *key, const char *prefix, size_t prefix_size)
{
    int64_t index;
    if (strncmp(key, prefix, prefix_size) != 0)
        return -1;
    size_t digits = strspn(key + prefix_size, "0123456789");
    if (!digits || key[prefix_size + digits] != '.')
        return -1;
    bool is_small = text_to_int(key + prefix_size, digits, &index) == OC_OK && index < OC_KEY_GROUPS_MAX;
    return is_small ? (int)index : OC_KEY_GROUPS_MAX;
}

/* The count is not stored: it is what the settings hold. A group that is missing between others would
 * end the list silently, so it is refused. */
static oc_rc config_count(const struct oc_host *host, const char *key, uint32_t *ret_count)
{
    struct asked asked;
    bool is_there[OC_KEY_GROUPS_MAX + 1] = {false};
    uint32_t count = 0, gap = 0;
    oc_rc rc = ask(host, key, OC_KEY_GROUPS, &asked);
    if (rc < 0)
        return rc;
    char prefix[SETTING_KEY_MAX + 1];
    struct settings *settings = asked.instance->settings;
    size_t size = (size_t)snprintf(prefix, sizeof prefix, "%s.", asked.full);
    for (uint32_t i = 0; i < settings->count; i++) {
        int index = group_index(settings->list[i].key, prefix, size);
        if (index < 0)
            continue;
        is_there[index] = true;
        count = (uint32_t)index + 1 > count ? (uint32_t)index + 1 : count;
    }
    while (gap < count && is_there[gap])
        gap++;
    if (count > OC_KEY_GROUPS_MAX || gap < count) {
        error_at(&settings->error, OC_E_CONFIG, "%s", asked.full);
        if (count > OC_KEY_GROUPS_MAX)
            error_expected(&settings->error, "at most %d groups", OC_KEY_GROUPS_MAX);
        else
            error_what(&settings->error, "group %u is missing between others", gap);
        return said(asked.instance, OC_E_CONFIG);
    }
    if (!count && asked.key && (asked.key->bits & OC_KEY_REQUIRED))
        return say_missing(&asked);
    *ret_count = count;
    return OC_OK;
}

/* What was kept while it opened, and is no reason after all. */
static void log_said(struct plugin_instance *instance)
{
    if (instance->said[0])
        log_write(LOG_ERROR, instance->plugin->id, "%s", instance->said);
    instance->said[0] = 0;
}

static void log_line(const struct oc_host *host, uint32_t level, const char *text)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR};
    struct plugin_instance *instance = plugin_instance_of(host);
    const enum log_level as = levels[level <= OC_LOG_ERROR ? level : OC_LOG_ERROR];
    if (!instance->is_opening || as != LOG_ERROR) {
        log_write(as, instance->plugin->id, "%.1000s", text);
        return;
    }
    log_said(instance);
    text_copy(instance->said, sizeof instance->said, text);
}

static void log_skip(const struct oc_host *host, const char *what, const void *sample, uint32_t size)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    if (instance->impl.venue)
        io_venue_skip(instance->impl.venue, what, sample, size);
    else
        log_write(LOG_WARNING, instance->plugin->id, "skipped (%s): %.*s", what, (int)(size < 200 ? size : 200),
                  (const char *)sample);
}

enum { SIM_REFUSED_SAID = 8 };

static int64_t engine_now_ns(const struct oc_host *host)
{
    const struct plugin_instance *instance = plugin_instance_of(host);
    return instance->now_ns ? *instance->now_ns : 0;
}

/* A simulator may not look at the code: what is not taken is said here, and a lost answer ends the run. */
static oc_rc refuse_answer(struct plugin_instance *instance, oc_rc rc, const char *why)
{
    struct sim_answers *answers = instance->sim_answers;
    if (++answers->refused <= SIM_REFUSED_SAID)
        log_error("border", "simulator %s: %s: its emit() was answered %s%s", instance->plugin->id, why, error_name(rc),
                  answers->refused == SIM_REFUSED_SAID ? "; more of it is only counted" : "");
    if (rc != OC_E_INVALID) {
        answers->lost = rc;
        (void)sim_answers_schedule(answers, engine_now_ns(&instance->host));
    }
    return rc;
}

static oc_rc sim_emit(const struct oc_host *host, int64_t at_ns, const struct oc_event *event)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    if (!instance->sim_answers)
        return OC_E_STATE;
    if (!event || event->size < sizeof *event || event->size > SIM_ANSWERS_ANSWER_MAX || event->size % 8)
        return refuse_answer(instance, OC_E_INVALID, "an answer of a wrong size");
    if (at_ns < engine_now_ns(host))
        return refuse_answer(instance, OC_E_INVALID, "an answer before now: the past is told already");
    oc_rc rc = sim_answers_emit(instance->sim_answers, at_ns, event);
    return rc < 0 ? refuse_answer(instance, rc, "an answer that cannot be kept: the run ends") : rc;
}

static oc_rc sim_schedule(const struct oc_host *host, int64_t at_ns)
{
    struct plugin_instance *instance = plugin_instance_of(host);
    return instance->sim_answers ? sim_answers_schedule(instance->sim_answers, at_ns) : OC_E_STATE;
}

static oc_rc sim_level(const struct oc_host *host, uint32_t inst, uint32_t side, uint32_t i, int64_t *ret_price,
                       int64_t *ret_qty)
{
    const struct plugin_instance *instance = plugin_instance_of(host);
    const struct depth *book = instance->engine ? engine_book(instance->engine, inst) : NULL;
    if (!book || !depth_is_shown(book))
        return OC_E_AGAIN;
    const struct oc_level *level = depth_level(&book->sides[side == OC_SIDE_BUY ? DEPTH_BIDS : DEPTH_ASKS], i);
    if (!level)
        return OC_E_NOT_FOUND;
    *ret_price = level->price;
    *ret_qty = level->qty;
    return OC_OK;
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
                                                .text = config_text,
                                                .count = config_count};
    static const struct oc_svc_log log = {.size = sizeof log, .line = log_line, .skip = log_skip};
    static const struct oc_svc_sim_host sim = {
        .size = sizeof sim, .emit = sim_emit, .schedule_at = sim_schedule, .level = sim_level};
    static const struct oc_svc_engine engine = {
        .size = sizeof engine, .now_ns = engine_now_ns, .random = engine_random, .alloc = engine_alloc};
    const struct plugin_instance *instance = plugin_instance_of(host);
    const void *theirs = instance->services ? instance->services(id) : NULL;
    if (theirs)
        return theirs;
    if (strcmp(id, OC_SVC_CONFIG) == 0)
        return &config;
    if (strcmp(id, OC_SVC_LOG) == 0)
        return &log;
    if (strcmp(id, OC_SVC_SIM_HOST) == 0)
        return &sim;
    if (strcmp(id, OC_SVC_ENGINE) == 0)
        return &engine;
    return instance->impl.venue ? io_venue_service(id) : feed_service(id);
}

/* A wrong setting is the cause; else the code is all there is, beside what the plugin logged. */
static oc_rc open_failed(const struct plugin_instance *instance, oc_rc rc, const char *id, struct error *ret_error)
{
    char where[SETTING_KEY_MAX];
    if ((rc == OC_E_CONFIG || instance->is_defective) && instance->settings &&
        error_is_set(&instance->settings->error)) {
        *ret_error = instance->settings->error;
        return rc;
    }
    if (instance->said[0]) {
        error_at(ret_error, rc, "%s%splugin %.64s", instance->section, instance->section[0] ? ": " : "", id);
        error_what(ret_error, "it did not open: %s", instance->said);
        return rc;
    }
    snprintf(where, sizeof where, "plugin %.64s", id);
    return error_of_code(ret_error, rc, where, "it did not open");
}

static struct oc_host host_of(struct plugin_instance *instance)
{
    return (struct oc_host){
        .size = sizeof instance->host, .abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR, .service = service, .impl = instance};
}

void plugin_instance_stand_for(struct plugin_instance *instance, const struct oc_plugin *plugin, void *self)
{
    instance->plugin = plugin;
    instance->self = self;
    instance->host = host_of(instance);
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
    instance->host = host_of(instance);
    if (instance->settings)
        instance->settings->error.rc = OC_OK; /* what it says of a setting from here on */
    const struct plugin_site opening = {id, "open"};
    plugin_call_begin(&opening);
    instance->is_opening = true;
    oc_rc rc = entry->plugin->open(&instance->host, &instance->self);
    instance->is_opening = false;
    plugin_call_end();
    if (rc >= 0)
        log_said(instance);
    if (rc < 0)
        instance->plugin = NULL;
    return rc < 0 ? open_failed(instance, rc, id, ret_error) : rc;
}

void plugin_instance_close(struct plugin_instance *instance)
{
    if (instance->plugin && instance->plugin->close) {
        plugin_call_as(instance->plugin->id, "close");
        instance->plugin->close(instance->self);
        plugin_call_end();
    }
    instance->plugin = NULL;
    while (instance->blocks) {
        struct plugin_instance_block *next = instance->blocks->next;
        free(instance->blocks);
        instance->blocks = next;
    }
}
