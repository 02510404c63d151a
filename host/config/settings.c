#include "config/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void settings_release(struct settings *settings)
{
    for (uint32_t i = 0; i < settings->count; i++)
        free(settings->list[i].value);
    free(settings->list);
    *settings = (struct settings){0};
}

const struct setting *settings_get(const struct settings *settings, const char *key)
{
    for (uint32_t i = 0; i < settings->count; i++)
        if (strcmp(settings->list[i].key, key) == 0)
            return &settings->list[i];
    return NULL;
}

static oc_rc make_room(struct settings *settings)
{
    if (settings->count < settings->room)
        return OC_OK;
    if (settings->room == SETTINGS_MAX)
        return OC_E_LIMIT;
    uint32_t room = settings->room ? settings->room * 2 : 32;
    struct setting *list = realloc(settings->list, room * sizeof *list);
    if (!list)
        return OC_E_NOMEM;
    settings->list = list;
    settings->room = room;
    return OC_OK;
}

oc_rc settings_set(struct settings *settings, const char *key, const char *value, const char *origin)
{
    if (strlen(key) >= SETTING_KEY_MAX || strlen(value) >= SETTING_VALUE_MAX) {
        error_at(&settings->error, OC_E_LIMIT, "%s: %s", origin, key);
        error_what(&settings->error, "key or value is too long");
        error_expected(&settings->error, "a key below %d and a value below %d bytes", SETTING_KEY_MAX,
                       SETTING_VALUE_MAX);
        return OC_E_LIMIT;
    }
    struct setting *setting = NULL;
    for (uint32_t i = 0; i < settings->count && !setting; i++)
        if (strcmp(settings->list[i].key, key) == 0)
            setting = &settings->list[i];
    char *copy = strdup(value);
    oc_rc rc = !copy ? OC_E_NOMEM : (setting ? OC_OK : make_room(settings));
    if (rc < 0) {
        free(copy);
        error_at(&settings->error, rc, "%s: %s", origin, key);
        error_what(&settings->error, "%s", error_name(rc));
        if (rc == OC_E_LIMIT)
            error_expected(&settings->error, "at most %d settings", SETTINGS_MAX);
        return rc;
    }
    if (!setting) {
        setting = &settings->list[settings->count++];
        memset(setting, 0, sizeof *setting);
        strcpy(setting->key, key);
    }
    free(setting->value);
    setting->value = copy;
    snprintf(setting->origin, sizeof setting->origin, "%s", origin);
    return OC_OK;
}

void settings_drop(struct settings *settings, const char *key)
{
    uint32_t i = 0;
    while (i < settings->count && strcmp(settings->list[i].key, key) != 0)
        i++;
    if (i == settings->count)
        return;
    free(settings->list[i].value);
    memmove(&settings->list[i], &settings->list[i + 1], (--settings->count - i) * sizeof *settings->list);
}

oc_rc settings_wrong(struct settings *settings, const struct setting *setting, const char *expected)
{
    error_at(&settings->error, OC_E_CONFIG, "%s: %s", setting->origin, setting->key);
    error_found(&settings->error, "%s", setting->value);
    error_expected(&settings->error, "%s", expected);
    return OC_E_CONFIG;
}

oc_rc settings_dec(struct settings *settings, const char *key, struct oc_dec *ret_value)
{
    const struct setting *setting = settings_get(settings, key);
    if (!setting)
        return OC_E_NOT_FOUND;
    struct oc_dec dec = {0};
    size_t length = strlen(setting->value);
    int percent = length > 1 && setting->value[length - 1] == '%' ? 2 : 0;
    if (text_to_decimal(setting->value, length - (percent ? 1 : 0), &dec.units, &dec.scale) < 0 ||
        dec.scale + percent > OC_DEC_SCALE_MAX)
        return settings_wrong(settings, setting, "a decimal such as \"0.001\" or \"0.1%\"");
    dec.scale += percent;
    *ret_value = dec;
    return OC_OK;
}

oc_rc settings_integer(struct settings *settings, const char *key, int64_t *ret_value)
{
    const struct setting *setting = settings_get(settings, key);
    if (!setting)
        return OC_E_NOT_FOUND;
    if (text_to_int(setting->value, strlen(setting->value), ret_value) < 0)
        return settings_wrong(settings, setting, "a whole number");
    return OC_OK;
}

oc_rc settings_duration(struct settings *settings, const char *key, int64_t *ret_ns)
{
    const struct setting *setting = settings_get(settings, key);
    if (!setting)
        return OC_E_NOT_FOUND;
    if (strcmp(setting->value, "0") == 0)
        *ret_ns = 0;
    else if (text_to_duration(setting->value, strlen(setting->value), ret_ns) < 0)
        return settings_wrong(settings, setting, "a duration such as \"5ms\", \"2s\" or \"1h\"");
    return OC_OK;
}

oc_rc settings_stake(struct settings *settings, const char *key, struct stake *ret_stake)
{
    static const char expected[] = "an amount such as \"100 USDT\", or a share of equity such as \"10%\", at most 100%";
    const struct setting *setting = settings_get(settings, key);
    struct stake stake = {{0}, ""};
    if (!setting)
        return OC_E_NOT_FOUND;
    const size_t size = strcspn(setting->value, " %");
    const char *rest = setting->value + size;
    const bool is_share = strcmp(rest + strspn(rest, " "), "%") == 0;
    if (text_to_decimal(setting->value, size, &stake.number.units, &stake.number.scale) < 0 || stake.number.units <= 0)
        return settings_wrong(settings, setting, expected);
    if (is_share)
        stake.number.scale += 2;
    else
        snprintf(stake.currency, sizeof stake.currency, "%s", rest + strspn(rest, " "));
    const size_t blanks = strspn(rest, " "), length = strlen(rest + blanks);
    if (!is_share && (!blanks || !length || length >= sizeof stake.currency || strchr(rest + blanks, ' ')))
        return settings_wrong(settings, setting, expected);
    if (is_share && (oc_i128)stake.number.units > num_pow10_128(stake.number.scale))
        return settings_wrong(settings, setting, expected);
    *ret_stake = stake;
    return OC_OK;
}

oc_rc settings_time(struct settings *settings, const char *key, int64_t *ret_ns)
{
    const struct setting *setting = settings_get(settings, key);
    if (!setting)
        return OC_E_NOT_FOUND;
    if (text_to_time(setting->value, strlen(setting->value), ret_ns) < 0)
        return settings_wrong(settings, setting, "a UTC date or time such as 2023-03-01 or 2023-03-01T12:00:00Z");
    return OC_OK;
}

oc_rc settings_boolean(struct settings *settings, const char *key, bool *ret_value)
{
    const struct setting *setting = settings_get(settings, key);
    if (!setting)
        return OC_E_NOT_FOUND;
    bool yes = strcmp(setting->value, "yes") == 0 || strcmp(setting->value, "true") == 0;
    bool no = strcmp(setting->value, "no") == 0 || strcmp(setting->value, "false") == 0;
    if (!yes && !no)
        return settings_wrong(settings, setting, "yes or no");
    *ret_value = yes;
    return OC_OK;
}

const char *settings_text(const struct settings *settings, const char *key, const char *fallback)
{
    const struct setting *setting = settings_get(settings, key);
    return setting ? setting->value : fallback;
}
