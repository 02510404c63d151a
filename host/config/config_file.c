#include "config/config_file.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "config/config_scan.h"

extern char **environ;

static const struct config_key keys[] = {
    {"account.cash", "text", "none", "opening cash, '10000 USDT, 0.5 BTC'; the first currency values the account"},
    {"account.capital", "text", "none",
     "what strategies trade with, of what the account holds: '500 USDT'; the rest is unassigned"},
    {"account.cost_method", "text", "average", "average, fifo or lifo"},
    {"session.seed", "integer", "1", "every random number of a run comes from it"},
    {"session.from", "time", "as soon as ready", "first instant that may trade; earlier data warms up"},
    {"session.to", "time", "the end", "data after it is not read"},
    {"session.end", "text", "close",
     "close: what is open when the data end is closed at the last price; hold: it stays; stopped by hand it always "
     "stays"},
    {"session.live", "text", "none",
     "the account that a run at a venue is armed for; with real money it must be said, here or as --live"},
    {"session.rehearsed_cap", "decimal", "25",
     "with real money, and an account that `outcry venue try` has not passed for: the most that an order may be worth"},
    {"session.on_exit", "text", "leave",
     "of a run at a venue that is ended by SIGTERM or `stop`: leave, cancel_entries, cancel or flatten; Ctrl-C leaves"},
    {"live.shadow", "boolean", "yes",
     "at the end of a run at a venue, and in its report: its orders against what the paper simulator makes of them"},
    {"session.dir", "text", "none (paper on a live feed: sessions/...)", "folder that records the run"},
    {"session.day", "text", "UTC",
     "the zone of the day whose profit is shown: UTC, or hours before it: +02:00, -05:00"},
    {"session.durability", "text", "process", "process: survives our own death; power: orders wait for the disk"},
    {"session.speed", "text", "max", "of replayed data: 1x, 60x, max"},
    {"session.feed", "text", "none", "paper: replay:FILE, synthetic[:RATE] or synthetic-bars[:COUNT]"},
    {"session.duration", "duration", "none", "paper: ends after this much of data time"},
    {"console.socket", "text", "auto; none at full speed",
     "paper: where consoles attach: auto, none, or a path of at most 99 bytes"},
    {"console.limit", "duration", "5s", "time of one evaluation in a console, by the clock"},
    {"console.ask_above", "decimal", "unset", "live: orders worth more ask once, settlement currency"},
    {"console.rehearse_live", "boolean", "no", "paper with the locks, questions and colours of live"},
    {"vault.file", "text", "keys.vault in the user's data folder", "the file of keys that `outcry keys` keeps"},
    {"vault.passphrase", "text", "the systemd credential outcry_passphrase, else the terminal",
     "where the vault's passphrase comes from: env:NAME, fd:NUMBER, file:PATH, systemd:NAME or ask"},
    {"watch.stale", "duration", "30s", "no price for so long is told (alerts); 0: never"},
    {"watch.limit", "decimal", "0.8", "a limit of a venue of which this share is used is told"},
    {"watch.disk_mib", "integer", "1024", "less than so much free where the session is recorded is told"},
    {"log.network", "text", "off",
     "network.log in the session's folder: off; errors: what did not go as it should; requests: each exchange, stream "
     "and order request; all: each message too, with texts"},
    {"log.network_form", "text", "text", "text: for a person; json: an object a line"},
    {"log.host_mib", "integer", "16", "size of host.log of a session with --detach, MiB; three of before are kept"},
    {"log.network_mib", "integer", "16", "size of that file, MiB; three of before are kept"},
    {"strategy.account", "text", "the first of its venue",
     "account that strategies trade with where a venue has several"},
    {"strategy.deadline", "duration", "250ms live, 10s backtest", "CPU time of one callback; 0: no limit"},
    {"strategy.stake", "stake", "none",
     "what an entry is worth whose order names no amount: \"100 USDT\", or \"10%\" of equity"},
    {"strategy.timeframe", "duration", "what its file says, else the data's bars",
     "length of the bars of a strategy that names none: 1m, 1h, 1d"},
    {"strategy.entry_timeout", "duration", "none",
     "a limit or stop entry that says no end of its own is gone (GTD) after so long"},
    {"strategy.on_error", "text", "suspend",
     "a callback raised: suspend; flatten: and what it holds is closed; continue: its orders are dropped, and it goes "
     "on"},
    {"strategy.suspended_entries", "text", "keep",
     "open entries of a strategy that was suspended: keep, cancel; flatten cancels them too"},
    {"data.keep", "duration", "all",
     "data fetch: bars of a file that lie further back than this before its last one are let go"},
    {"data.record", "list", "trades, quotes", "what `data record` writes: trades, quotes, books"},
    {"data.symbol", "text", "from the file name", "unified symbol of the file: BTC/USDT"},
    {"data.options", "text", "inferred", "columns=...;unit=ms;zone=UTC;period=1m;price_step=0.01;qty_step=1e-8"},
    {"data.intrabar", "text", "none", "finer data that decide what bars cannot: files, with commas between"},
    {"data.intrabar_options", "text", "of data.options, what is of the market", "the same of the finer files"},
    {"report.periods_per_year", "integer", "252 or 365, by the data",
     "daily returns in a year, for what the report gives a year"},
    {"research.checks", "boolean", "yes",
     "a backtest shorter than a second is repeated with its data cut at ten places: who looks ahead is named"},
    {"research.null", "integer", "none", "a backtest is run on so many markets of chance of each kind: 20 to 10000"},
    {"research.trials", "boolean", "yes",
     "backtests are counted by strategy and data in the user's data folder, for the deflated Sharpe ratio"},
    {"research.workers", "integer", "one a core", "runs of `optimize`, repeats and markets of chance at once: 1 to 64"},
    {"history.write", "boolean", "yes",
     "a session that is recorded joins the list of those whose orders and fills the history shows"},
    {"history.follow", "boolean", "yes",
     "a paced session, or one at a venue, has a process beside it that keeps the history up with it"},
    {"history.folder", "text", "the user's data folder", "where the history is kept: history.db, sessions.list"},
    {"history.store", "text", "outcry.sqlite", "id of the plugin that keeps it"},
    {"history.keep", "duration", "all",
     "rows of sessions that were begun further back than this are let go; their journals stay"},
    {"plugins.folders", "list", "none",
     "plugin folders, before those of OUTCRY_PLUGINS, the user and the installation"},
    {"plugins.allow_shadow", "list", "none", "ids of which several files are known to be there: the first one is used"},
    {"data.readers", "list", "csv", "readers by name, in the order in which they are shown a data file"},
    {"risk.chain", "list", "the default chain", "rules by name, in the order of asking; kill_switch is always first"},
    {"risk.without", "list", "none", "rules of the default chain that risk.chain leaves out on purpose"},
    {"risk.dropped", "list", "none", "rules that a session had before, and goes on without, on purpose"},
    {"risk.strict", "boolean", "no", "every rule is asked twice and must agree"},
    {"risk.halt_on_alarm", "boolean", "no",
     "an alarm, or an answer of a simulator that cannot be, halts: nothing is opened until unkill"},
    {NULL, NULL, NULL, NULL}};

enum { KEYS = sizeof keys / sizeof keys[0] };

const struct config_key *config_keys(void) { return keys; }

static const struct config_key *key_find(const char *name)
{
    for (const struct config_key *key = keys; key->key; key++)
        if (strcmp(key->key, name) == 0)
            return key;
    return NULL;
}

/* "risk.NAME.key" and the like: the part's plugin says later whether there is such a key. */
static bool is_part_key(const char *key)
{
    static const char *const sections[] = {"risk.", "sim.", "data.", "venue.", "alerts."};
    if (strncmp(key, "plugins.file.", 13) == 0)
        return strlen(key) > 13;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        size_t length = strlen(sections[i]);
        if (strncmp(key, sections[i], length) == 0)
            return strchr(key + length, '.') != NULL;
    }
    return false;
}

oc_rc config_check_key(const char *key, const char *where, struct error *ret_error)
{
    const char *names[KEYS + 1] = {0};
    if (key_find(key) || is_part_key(key))
        return OC_OK;
    for (int i = 0; i < (int)KEYS && keys[i].key; i++)
        names[i] = keys[i].key;
    const char *nearest = text_nearest(key, names);
    error_at(ret_error, OC_E_CONFIG, "%s", where);
    error_what(ret_error, "unknown key");
    error_found(ret_error, "%s", key);
    if (nearest)
        error_remedy(ret_error, "did you mean '%s'?", nearest);
    else
        error_remedy(ret_error, "`outcry config keys` lists every key");
    return OC_E_CONFIG;
}

struct reading {
    struct settings *settings;
    const char *path;
    struct error *error;
};

/* What stands there, where it is one value. */
static void say_found(struct error *error, const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        error_found(error, "%s", config_setting_get_string(setting));
        break;
    case CONFIG_TYPE_BOOL:
        error_found(error, "%s", config_setting_get_bool(setting) ? "true" : "false");
        break;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        error_found(error, "%lld", config_setting_get_int64(setting));
        break;
    case CONFIG_TYPE_FLOAT:
        error_found(error, "%.12g", config_setting_get_float(setting));
        break;
    default:
        break;
    }
}

static oc_rc wrong(struct reading *reading, const config_setting_t *setting, const char *key, const char *expected)
{
    const char *file = config_setting_source_file(setting);
    error_at(reading->error, OC_E_CONFIG, "%s:%d: %s", file ? file : reading->path,
             (int)config_setting_source_line(setting), key);
    say_found(reading->error, setting);
    error_expected(reading->error, "%s", expected);
    return OC_E_CONFIG;
}

/* Folders of a file are relative to that file, and so are the files that its venues and its keys name. */
static void put_element(struct text *out, const char *name, const char *file, const char *element)
{
    const char *slash = strrchr(file, '/'), *dot = strrchr(name, '.');
    const bool is_of_venue = strncmp(name, "venue.", 6) == 0, is_of_alerts = strncmp(name, "alerts.", 7) == 0;
    const bool is_path = strcmp(name, "plugins.folders") == 0 || strcmp(name, "vault.file") == 0 ||
                         (is_of_venue && (strcmp(dot, ".transcript") == 0 || strcmp(dot, ".ca_file") == 0)) ||
                         (is_of_alerts && strcmp(dot, ".ca_file") == 0);
    const bool is_key_file =
        ((is_of_venue && strstr(name, ".keys.")) || is_of_alerts) && strncmp(element, "file:", 5) == 0;
    if (is_key_file) {
        text_put(out, "file:");
        element += 5;
    }
    if ((is_path || is_key_file) && element[0] != '/' && slash)
        text_put_bytes(out, file, (size_t)(slash - file) + 1);
    text_put(out, element);
}

static oc_rc read_scalar(struct reading *reading, const config_setting_t *setting, const char *name)
{
    char value[SETTING_VALUE_MAX], origin[SETTING_ORIGIN_MAX];
    const struct config_key *key = key_find(name);
    const char *file = config_setting_source_file(setting);
    snprintf(origin, sizeof origin, "%.200s:%d", file ? file : reading->path, (int)config_setting_source_line(setting));
    oc_rc rc = key ? (oc_rc)OC_OK : config_check_key(name, origin, reading->error);
    if (rc < 0)
        return rc;
    const char *type = key ? key->type : "open"; /* a part's own key: its plugin says later what it is */
    bool is_open = !key, is_decimal = is_open || strcmp(type, "decimal") == 0;
    bool is_integer = is_open || strcmp(type, "integer") == 0, is_boolean = is_open || strcmp(type, "boolean") == 0;
    struct text out;
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        text_init_fixed(&out, value, sizeof value);
        put_element(&out, name, file ? file : reading->path, config_setting_get_string(setting));
        break;
    case CONFIG_TYPE_BOOL:
        if (!is_boolean)
            return wrong(reading, setting, name, "no boolean");
        snprintf(value, sizeof value, "%s", config_setting_get_bool(setting) ? "yes" : "no");
        break;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        if (!is_integer && !is_decimal)
            return wrong(reading, setting, name, "a quoted text");
        snprintf(value, sizeof value, "%lld", config_setting_get_int64(setting));
        break;
    case CONFIG_TYPE_FLOAT:
        return wrong(reading, setting, name, "a quoted decimal such as \"0.001\": a bare float is not exact");
    default:
        return wrong(reading, setting, name, "one value, not a list");
    }
    if (is_boolean && !is_open && config_setting_type(setting) != CONFIG_TYPE_BOOL && strcmp(value, "yes") != 0 &&
        strcmp(value, "no") != 0)
        return wrong(reading, setting, name, "true or false");
    rc = settings_set(reading->settings, name, value, origin);
    if (rc < 0)
        *reading->error = reading->settings->error;
    return rc;
}

/* ["a", "b"] is the text "a,b". */
static oc_rc read_list(struct reading *reading, const config_setting_t *list, const char *name)
{
    char value[SETTING_VALUE_MAX], origin[SETTING_ORIGIN_MAX];
    const struct config_key *key = key_find(name);
    const char *file = config_setting_source_file(list) ? config_setting_source_file(list) : reading->path;
    struct text out;
    snprintf(origin, sizeof origin, "%.200s:%d", file, (int)config_setting_source_line(list));
    oc_rc rc = config_check_key(name, origin, reading->error);
    if (rc < 0)
        return rc;
    if (key && strcmp(key->type, "list") != 0)
        return wrong(reading, list, name, "one value, not a list");
    text_init_fixed(&out, value, sizeof value);
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *element = config_setting_get_elem(list, (unsigned)i);
        if (config_setting_type(element) != CONFIG_TYPE_STRING)
            return wrong(reading, element, name, "quoted texts, such as [\"a\", \"b\"]");
        if (strchr(config_setting_get_string(element), ','))
            return wrong(reading, element, name, "texts without a comma");
        if (i)
            text_put_char(&out, ',');
        put_element(&out, name, file, config_setting_get_string(element));
    }
    if (out.is_cut)
        return wrong(reading, list, name, "a shorter list");
    rc = settings_set(reading->settings, name, value, origin);
    if (rc < 0)
        *reading->error = reading->settings->error;
    return rc;
}

static oc_rc read_group(struct reading *reading, const config_setting_t *group, const char *prefix, int depth);

/* ( { a = 1; }, { a = 2; } ) is NAME.0.a and NAME.1.a. */
static oc_rc read_groups(struct reading *reading, const config_setting_t *list, const char *name, int depth)
{
    char one[SETTING_KEY_MAX];
    oc_rc rc = OC_OK;
    if (!is_part_key(name))
        return wrong(reading, list, name, "one value, not a list of groups");
    for (int i = 0; i < config_setting_length(list) && rc == OC_OK; i++) {
        const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
        if (!config_setting_is_group(group))
            return wrong(reading, group, name, "groups only, such as ( { a = 1; }, { a = 2; } )");
        if (snprintf(one, sizeof one, "%s.%d", name, i) >= (int)sizeof one)
            return wrong(reading, group, name, "a shorter key");
        rc = read_group(reading, group, one, depth + 1);
    }
    return rc;
}

static oc_rc read_setting(struct reading *reading, const config_setting_t *setting, const char *name, int depth)
{
    int type = config_setting_type(setting);
    if (type == CONFIG_TYPE_GROUP)
        return read_group(reading, setting, name, depth + 1);
    if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST)
        return read_scalar(reading, setting, name);
    const config_setting_t *first = config_setting_get_elem(setting, 0);
    return first && config_setting_is_group(first) ? read_groups(reading, setting, name, depth)
                                                   : read_list(reading, setting, name);
}

/* Group by group; the depth of a configuration is small, and bounded here. */
static oc_rc read_group(struct reading *reading, const config_setting_t *group, const char *prefix, int depth)
{
    if (depth > 8)
        return wrong(reading, group, prefix, "at most 8 groups inside each other");
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        char name[SETTING_KEY_MAX];
        const char *own = config_setting_name(setting);
        int length = snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", own ? own : "");
        if (length < 0 || length >= (int)sizeof name)
            return wrong(reading, setting, prefix, "a shorter key");
        oc_rc rc = error_pass(reading->settings->faults, reading->error, read_setting(reading, setting, name, depth));
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

oc_rc config_load_file(struct settings *settings, const char *path, struct error *ret_error)
{
    config_t config;
    char folder[ENV_PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    else
        snprintf(folder, sizeof folder, ".");
    oc_rc rc = config_scan(path, folder, ret_error);
    if (rc < 0)
        return rc;
    config_init(&config);
    config_set_include_dir(&config, folder);
    if (config_read_file(&config, path) == CONFIG_TRUE) {
        struct reading reading = {settings, path, ret_error};
        rc = read_group(&reading, config_root_setting(&config), "", 0);
    } else {
        const char *file = config_error_file(&config);
        error_at(ret_error, OC_E_CONFIG, "%s:%d", file ? file : path, config_error_line(&config));
        error_what(ret_error, "%s", config_error_text(&config));
        rc = OC_E_CONFIG;
    }
    config_destroy(&config);
    return rc;
}

oc_rc config_load_environment(struct settings *settings, struct error *ret_error)
{
    static const char prefix[] = "OUTCRY__";
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (strncmp(*entry, prefix, sizeof prefix - 1) != 0 || !equals)
            continue;
        char key[SETTING_KEY_MAX];
        size_t length = 0;
        for (const char *at = *entry + sizeof prefix - 1; at < equals && length + 1 < sizeof key; at++) {
            if (at[0] == '_' && at[1] == '_' && at + 1 < equals) {
                key[length++] = '.';
                at++;
            } else {
                key[length++] = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
            }
        }
        key[length] = 0;
        char where[SETTING_KEY_MAX + 32];
        snprintf(where, sizeof where, "environment %.*s", (int)(equals - *entry), *entry);
        oc_rc rc = config_check_key(key, where, ret_error);
        if (rc == OC_OK && settings_set(settings, key, equals + 1, "environment") < 0) {
            *ret_error = settings->error;
            rc = ret_error->rc;
        }
        rc = error_pass(settings->faults, ret_error, rc);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}
