#include "config/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "config/config_file.h"
#include "config/source_word.h"

enum { CREDENTIAL_PARTS = 6 };

struct words {
    const char *key;
    const char *words[6];
    const char *expected;
};

static const struct words lists[] = {
    {"account.cost_method", {"average", "fifo", "lifo"}, "average, fifo or lifo"},
    {"session.end", {"close", "hold"}, "close or hold"},
    {"session.on_exit", {"leave", "cancel_entries", "cancel", "flatten"}, "leave, cancel_entries, cancel or flatten"},
    {"strategy.on_error", {"suspend", "flatten", "continue"}, "suspend, flatten or continue"},
    {"strategy.suspended_entries", {"keep", "cancel"}, "keep or cancel"},
    {"session.durability", {"process", "power"}, "process or power"},
    {"log.network", {"off", "errors", "requests", "all"}, "off, errors, requests or all"},
    {"log.network_form", {"text", "json"}, "text or json"},
};

/* Decimals in thousandths, integers as they are, durations in nanoseconds. */
struct range {
    const char *key;
    int64_t min;
    int64_t max;
    const char *expected;
};

#define FREE INT64_MAX

static const struct range ranges[] = {
    {"session.rehearsed_cap", 1, FREE, "an amount of at least 0.001"},
    {"session.seed", 0, FREE, "a whole number from 0"},
    {"log.host_mib", 1, 4096, "a whole number from 1 to 4096"},
    {"log.network_mib", 1, 4096, "a whole number from 1 to 4096"},
    {"session.duration", 1, FREE, "a duration above 0 such as \"1h\""},
    {"data.keep", 3600000000000ll, FREE, "a duration of at least 1h such as \"400d\""},
    {"history.keep", 86400000000000ll, FREE, "a duration of at least 1d such as \"400d\""},
    {"report.periods_per_year", 1, 366, "a whole number from 1 to 366, such as 252 or 365"},
    {"strategy.deadline", 0, FREE, "a duration from 0 such as \"250ms\""},
    {"strategy.timeframe", 1000000000, 86400000000000, "a divisor of a day from 1s to 1d, such as 1m, 1h, 1d"},
    {"strategy.entry_timeout", 1, FREE, "a duration above 0 such as \"10m\""},
    {"console.limit", 0, FREE, "a duration from 0 such as \"5s\""},
    {"console.ask_above", 0, FREE, "an amount from 0"},
};

static oc_rc check_words(struct settings *settings, const struct setting *setting)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(lists[i].key, setting->key) != 0)
            continue;
        for (const char *const *word = lists[i].words; *word; word++)
            if (strcmp(*word, setting->value) == 0)
                return OC_OK;
        return settings_wrong(settings, setting, lists[i].expected);
    }
    return OC_OK;
}

static oc_rc check_range(struct settings *settings, const struct setting *setting, oc_i128 value, oc_i128 one)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (strcmp(ranges[i].key, setting->key) == 0 &&
            (value < ranges[i].min * one || (ranges[i].max != FREE && value > ranges[i].max * one)))
            return settings_wrong(settings, setting, ranges[i].expected);
    return OC_OK;
}

static oc_rc check_typed(struct settings *settings, const struct setting *setting, const char *type)
{
    struct oc_dec dec;
    int64_t number = 0;
    bool yes;
    oc_rc rc = OC_OK;
    if (strcmp(type, "decimal") == 0) {
        rc = settings_dec(settings, setting->key, &dec);
        return rc < 0 ? rc : check_range(settings, setting, (oc_i128)dec.units * 1000, num_pow10_128(dec.scale));
    }
    if (strcmp(type, "stake") == 0)
        return settings_stake(settings, setting->key, &(struct stake){{0}, ""});
    if (strcmp(type, "boolean") == 0)
        return settings_boolean(settings, setting->key, &yes);
    if (strcmp(type, "time") == 0)
        return settings_time(settings, setting->key, &number);
    if (strcmp(type, "integer") == 0)
        rc = settings_integer(settings, setting->key, &number);
    else if (strcmp(type, "duration") == 0)
        rc = settings_duration(settings, setting->key, &number);
    else
        return check_words(settings, setting);
    return rc < 0 ? rc : check_range(settings, setting, number, 1);
}

/* Not shown: whoever wrote a secret into a file instead of a place is told so, and nobody else is told the secret. */
static oc_rc check_source(struct settings *settings, const struct setting *setting)
{
    const char *rest;
    if (source_word(setting->value, &rest) != SOURCE_NONE)
        return OC_OK;
    error_at(&settings->error, OC_E_CONFIG, "%s: %s", setting->origin, setting->key);
    error_what(&settings->error, "a secret does not stand in a configuration: say where it comes from");
    error_expected(&settings->error, SOURCE_WORDS);
    return OC_E_CONFIG;
}

/* venue.NAME.keys.ACCOUNT.FIELD is a place of a secret, venue.NAME.keys.ACCOUNT.FIELD.WORD says more of one. */
static oc_rc check_credential(struct settings *settings, const struct setting *setting)
{
    static const char *const words[] = {"command", "mcp", "tool", "arguments", "result", "timeout", NULL};
    static const char *const own[] = {"vault", "environment", NULL};
    const char *parts[CREDENTIAL_PARTS + 1] = {0}, *at = setting->key;
    int count = 0;
    for (; count <= CREDENTIAL_PARTS && at; count++) {
        parts[count] = at;
        at = strchr(at, '.');
        at = at ? at + 1 : NULL;
    }
    if (count < 3 || strncmp(parts[0], "venue.", 6) != 0 || strncmp(parts[2], "keys", 4) != 0 ||
        (parts[2][4] && parts[2][4] != '.'))
        return OC_OK;
    const bool is_whole = count == 5 || count == 6;
    for (const char *const *word = own; count == 5 && *word; word++)
        if (strcmp(*word, parts[4]) == 0)
            return OC_OK;
    if (count == 5)
        return check_source(settings, setting);
    for (const char *const *word = words; is_whole && *word; word++)
        if (strcmp(*word, parts[5]) == 0)
            return OC_OK;
    error_at(&settings->error, OC_E_CONFIG, "%s: %s", setting->origin, setting->key);
    error_what(&settings->error, "unknown key");
    error_expected(
        &settings->error,
        "keys.ACCOUNT.vault, .environment, .FIELD, or command, mcp, tool, arguments, result, timeout of a field");
    return OC_E_CONFIG;
}

oc_rc check_speed(struct settings *settings, double *ret_speed)
{
    const struct setting *setting = settings_get(settings, "session.speed");
    if (!setting)
        return OC_E_NOT_FOUND;
    char *end;
    double speed = strtod(setting->value, &end);
    if (strcmp(setting->value, "max") == 0)
        speed = 0;
    else if (end == setting->value || (strcmp(end, "x") != 0 && *end) || !(speed > 0) || speed > 1e9)
        return settings_wrong(settings, setting, "1x, 60x or max");
    *ret_speed = speed;
    return OC_OK;
}

oc_rc check_settings(struct settings *settings)
{
    double speed;
    oc_rc rc = check_speed(settings, &speed);
    rc = error_pass(settings->faults, &settings->error, rc == OC_E_CONFIG ? rc : (oc_rc)OC_OK);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->list[i];
        rc = strcmp(setting->key, "vault.passphrase") == 0 ? check_source(settings, setting)
                                                           : check_credential(settings, setting);
        rc = error_pass(settings->faults, &settings->error, rc);
        if (rc < 0)
            return rc;
    }
    for (uint32_t i = 0; i < settings->count; i++)
        for (const struct config_key *key = config_keys(); key->key; key++)
            if (strcmp(key->key, settings->list[i].key) == 0) {
                rc = error_pass(settings->faults, &settings->error,
                                check_typed(settings, &settings->list[i], key->type));
                if (rc < 0)
                    return rc;
            }
    return OC_OK;
}
