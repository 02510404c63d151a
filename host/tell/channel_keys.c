/* channel_keys.c: alerts.NAME of the configuration. */
#include <stdio.h>
#include <string.h>

#include "base/redact.h"
#include "base/text.h"
#include "io/key_source.h"
#include "io/vault.h"
#include "tell/channel.h"

static const char *const level_names[] = {"none", "info", "warning", "alarm", NULL};
static const char *const kind_names[] = {
    "test",     "start",   "end",  "disconnect", "feed",  "unknown",    "refused", "unprotected", "external", "latch",
    "strategy", "journal", "disk", "clock",      "limit", "difference", "resync",  "by_hand",     NULL};
static const char *const way_names[] = {"", "command", "webhook", "telegram", "mail", "heartbeat", NULL};
static const char *const key_names[] = {"channel", "level", "kinds", "fold", "quiet",    "command", "url",   "token",
                                        "chat",    "from",  "to",    "user", "password", "ca_file", "every", NULL};

const char *notice_level_name(uint32_t level) { return level <= NOTICE_ALARM ? level_names[level] : "?"; }
const char *notice_kind_name(uint32_t kind) { return kind < NOTICE_KINDS ? kind_names[kind] : "?"; }

static uint32_t place_of(const char *const *names, const char *word, size_t size)
{
    uint32_t at = 0;
    while (names[at] && (strlen(names[at]) != size || strncmp(names[at], word, size) != 0))
        at++;
    return at;
}

struct reading {
    struct settings *settings;
    struct channel *channel;
    struct error *error;
    bool fetches;
};

static const struct setting *key_of(const struct reading *reading, const char *key)
{
    char name[SETTING_KEY_MAX];
    snprintf(name, sizeof name, "alerts.%s.%s", reading->channel->name, key);
    return settings_get(reading->settings, name);
}

static const char *text_of(const struct reading *reading, const char *key)
{
    const struct setting *setting = key_of(reading, key);
    return setting ? setting->value : "";
}

static oc_rc wrong(const struct reading *reading, const struct setting *setting, const char *expected)
{
    (void)settings_wrong(reading->settings, setting, expected);
    *reading->error = reading->settings->error;
    return OC_E_CONFIG;
}

static oc_rc missing(const struct reading *reading, const char *key, const char *expected)
{
    char where[SETTING_KEY_MAX + 16];
    snprintf(where, sizeof where, "alerts.%s.%s", reading->channel->name, key);
    return error_say(reading->error, OC_E_CONFIG, where, "it is not set: expected %s", expected);
}

static oc_rc read_duration(const struct reading *reading, const char *key, int64_t fallback_ns, int64_t *ret_ns)
{
    const struct setting *setting = key_of(reading, key);
    *ret_ns = fallback_ns;
    if (!setting)
        return OC_OK;
    if (text_to_duration(setting->value, strlen(setting->value), ret_ns) < 0 || *ret_ns < 0)
        return wrong(reading, setting, "a time, such as 60s");
    return OC_OK;
}

static bool take_clock(const char *text, int32_t *ret_minutes)
{
    int hours, minutes, size = 0;
    if (sscanf(text, "%2d:%2d%n", &hours, &minutes, &size) != 2 || size != 5 || hours < 0 || hours > 23 ||
        minutes < 0 || minutes > 59)
        return false;
    *ret_minutes = hours * 60 + minutes;
    return true;
}

static oc_rc read_quiet(const struct reading *reading)
{
    const struct setting *setting = key_of(reading, "quiet");
    struct channel *channel = reading->channel;
    if (!setting)
        return OC_OK;
    if (strlen(setting->value) != 11 || setting->value[5] != '-' || !take_clock(setting->value, &channel->quiet_from) ||
        !take_clock(setting->value + 6, &channel->quiet_to))
        return wrong(reading, setting, "hours of the day in the zone of session.day: 22:00-07:00");
    return OC_OK;
}

static oc_rc read_kinds(const struct reading *reading)
{
    const struct setting *setting = key_of(reading, "kinds");
    struct channel *channel = reading->channel;
    channel->kinds = ~0u;
    if (!setting)
        return OC_OK;
    channel->kinds = 1u << NOTICE_TEST;
    for (const char *at = setting->value; *at;) {
        const size_t size = strcspn(at, ",");
        const uint32_t kind = place_of(kind_names, at, size);
        if (kind >= NOTICE_KINDS)
            return wrong(reading, setting,
                         "some of start end disconnect feed unknown refused unprotected external latch strategy resync "
                         "journal disk "
                         "clock limit difference by_hand");
        channel->kinds |= 1u << kind;
        at += size + (at[size] == ',');
    }
    return OC_OK;
}

/* Where a secret comes from; an url may stand there itself. */
static oc_rc read_secret(const struct reading *reading, const char *key, bool may_be_plain,
                         struct env_secret *ret_secret)
{
    const struct setting *setting = key_of(reading, key);
    struct key_source source;
    char where[SETTING_KEY_MAX + 16];
    if (!setting)
        return OC_OK;
    snprintf(where, sizeof where, "alerts.%s.%s", reading->channel->name, key);
    const bool is_plain = may_be_plain && strstr(setting->value, "://");
    if (!is_plain && (key_source_parse(setting->value, &source) < 0 || source.way == KEY_WAY_ASK))
        return error_say(reading->error, OC_E_CONFIG, where,
                         "expected where it comes from%s: env:NAME, file:PATH, fd:NUMBER or systemd:NAME",
                         may_be_plain ? ", or an url" : "");
    if (!reading->fetches && !is_plain)
        return OC_OK;
    oc_rc rc = env_secret_new(VAULT_VALUE_MAX + 2, ret_secret);
    if (rc < 0)
        return error_of_code(reading->error, rc, where, "no memory for it");
    if (is_plain) {
        memcpy(ret_secret->bytes, setting->value, strlen(setting->value));
        ret_secret->size = (uint32_t)strlen(setting->value);
        return OC_OK;
    }
    rc = key_source_fetch(&source, where, "", ret_secret, reading->error);
    if (rc == OC_OK)
        rc = redact_add(reading->channel, ret_secret->bytes, ret_secret->size);
    return rc;
}

/* What each way cannot do without. */
static oc_rc judge(const struct reading *reading)
{
    const struct channel *channel = reading->channel;
    const struct setting *url = key_of(reading, "url");
    switch (channel->way) {
    case CHANNEL_COMMAND:
        return *channel->words ? (oc_rc)OC_OK
                               : missing(reading, "command", "a list of words: [\"notify-send\", \"outcry\"]");
    case CHANNEL_TELEGRAM:
        if (!*channel->chat)
            return missing(reading, "chat", "the number of a chat");
        return key_of(reading, "token") ? (oc_rc)OC_OK : missing(reading, "token", "where the bot's token comes from");
    case CHANNEL_MAIL:
        if (!*channel->from || !*channel->to)
            return missing(reading, *channel->from ? "to" : "from", "an address");
        if (url && strstr(url->value, "://") && strncmp(url->value, "smtp", 4) != 0)
            return wrong(reading, url, "smtp://HOST:PORT or smtps://HOST:PORT");
        return url ? (oc_rc)OC_OK : missing(reading, "url", "smtp://HOST:PORT or smtps://HOST:PORT");
    default:
        return url ? (oc_rc)OC_OK : missing(reading, "url", "an url, or where it comes from: env:NAME");
    }
}

static oc_rc read_words(const struct reading *reading)
{
    struct channel *channel = reading->channel;
    const struct setting *way = key_of(reading, "channel"), *level = key_of(reading, "level");
    channel->way = way ? place_of(way_names, way->value, strlen(way->value)) : 0;
    if (!channel->way || !way_names[channel->way])
        return way ? wrong(reading, way, "command, webhook, telegram, mail or heartbeat")
                   : missing(reading, "channel", "command, webhook, telegram, mail or heartbeat");
    channel->level = level ? place_of(level_names, level->value, strlen(level->value)) : NOTICE_WARNING;
    if (channel->level < NOTICE_INFO || channel->level > NOTICE_ALARM)
        return wrong(reading, level, "info, warning or alarm");
    snprintf(channel->words, sizeof channel->words, "%s", text_of(reading, "command"));
    snprintf(channel->from, sizeof channel->from, "%s", text_of(reading, "from"));
    snprintf(channel->to, sizeof channel->to, "%s", text_of(reading, "to"));
    snprintf(channel->user, sizeof channel->user, "%s", text_of(reading, "user"));
    snprintf(channel->chat, sizeof channel->chat, "%s", text_of(reading, "chat"));
    snprintf(channel->ca_file, sizeof channel->ca_file, "%s", text_of(reading, "ca_file"));
    return judge(reading);
}

static oc_rc read_channel(const struct reading *reading)
{
    struct channel *channel = reading->channel;
    oc_rc rc = tell_zone(reading->settings, &channel->zone_ns);
    if (rc < 0)
        *reading->error = reading->settings->error;
    if (rc == OC_OK)
        rc = read_words(reading);
    if (rc == OC_OK)
        rc = read_kinds(reading);
    if (rc == OC_OK)
        rc = read_quiet(reading);
    if (rc == OC_OK)
        rc = read_duration(reading, "fold", 60000000000ll, &channel->fold_ns);
    if (rc == OC_OK)
        rc = read_duration(reading, "every", 60000000000ll, &channel->every_ns);
    if (rc == OC_OK && channel->way == CHANNEL_HEARTBEAT && channel->every_ns < 1000000000ll)
        rc = wrong(reading, key_of(reading, "every"), "1s or more");
    if (rc == OC_OK)
        rc = read_secret(reading, "url", true, &channel->url);
    if (rc == OC_OK)
        rc = read_secret(reading, channel->way == CHANNEL_MAIL ? "password" : "token", false, &channel->secret);
    return rc;
}

/* Keys of channels that there are not are said with the nearest that there is. */
static oc_rc take_key(struct settings *settings, const struct setting *setting, struct channel *channels,
                      uint32_t *count, struct error *ret_error)
{
    const char *name = setting->key + strlen("alerts."), *dot = strchr(name, '.');
    const size_t size = dot ? (size_t)(dot - name) : 0;
    if (!dot || !size || size >= TELL_NAME_MAX ||
        place_of(key_names, dot + 1, strlen(dot + 1)) >= sizeof key_names / sizeof *key_names - 1) {
        const char *nearest = dot ? text_nearest(dot + 1, key_names) : NULL;
        error_at(ret_error, OC_E_CONFIG, "%s: %s", setting->origin, setting->key);
        error_what(ret_error, "unknown key");
        if (nearest)
            error_remedy(ret_error, "did you mean '%s'?", nearest);
        return OC_E_CONFIG;
    }
    for (uint32_t i = 0; i < *count; i++)
        if (strlen(channels[i].name) == size && strncmp(channels[i].name, name, size) == 0)
            return OC_OK;
    if (*count == TELL_CHANNELS_MAX)
        return error_say(ret_error, OC_E_LIMIT, setting->key, "at most %d channels", TELL_CHANNELS_MAX);
    (void)settings;
    snprintf(channels[*count].name, sizeof channels[*count].name, "%.*s", (int)size, name);
    ++*count;
    return OC_OK;
}

oc_rc channels_read(struct settings *settings, bool fetches, struct channel *channels, uint32_t *ret_count,
                    struct error *ret_error)
{
    oc_rc rc = OC_OK;
    *ret_count = 0;
    memset(channels, 0, TELL_CHANNELS_MAX * sizeof *channels);
    for (uint32_t i = 0; i < settings->count && rc == OC_OK; i++)
        if (strncmp(settings->list[i].key, "alerts.", 7) == 0)
            rc = take_key(settings, &settings->list[i], channels, ret_count, ret_error);
    for (uint32_t i = 0; i < *ret_count && rc == OC_OK; i++) {
        const struct reading reading = {settings, &channels[i], ret_error, fetches};
        rc = read_channel(&reading);
    }
    return rc;
}

void channels_release(struct channel *channels, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        redact_drop(&channels[i]);
        env_secret_free(&channels[i].url);
        env_secret_free(&channels[i].secret);
    }
}

oc_rc tell_zone(struct settings *settings, int64_t *ret_zone_ns)
{
    const struct setting *setting = settings_get(settings, "session.day");
    const char *text = setting ? setting->value : "UTC";
    int hours = 0, minutes = 0, size = 0;
    *ret_zone_ns = 0;
    if (strcmp(text, "UTC") == 0)
        return OC_OK;
    if ((*text != '+' && *text != '-') || sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &size) != 2 ||
        text[1 + size] || hours > 14 || minutes > 59 || hours < 0 || minutes < 0)
        return settings_wrong(settings, setting, "UTC, or hours and minutes before it: +02:00, -05:00");
    *ret_zone_ns = (hours * 60ll + minutes) * 60000000000ll * (*text == '-' ? -1 : 1);
    return OC_OK;
}
