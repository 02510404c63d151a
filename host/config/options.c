#include "config/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "config/check.h"
#include "config/config_file.h"

struct option {
    const char *name;
    const char *key; /* setting; NULL: handled by name */
};

static const struct option known[] = {
    {"cash", "account.cash"},
    {"fee", NULL},
    {"profile", "sim.paper.profile"},
    {"latency", "sim.paper.latency"},
    {"spread", NULL},
    {"volume-cap", "sim.paper.volume_cap"},
    {"limit-fill", "sim.paper.limit_fill"},
    {"gap", "sim.paper.gap"},
    {"zero-volume", "sim.paper.zero_volume"},
    {"allow-short", "sim.paper.allow_short"},
    {"from", "session.from"},
    {"to", "session.to"},
    {"end", "session.end"},
    {"live", "session.live"},
    {"capital", "account.capital"},
    {"max-order-value", "risk.max_order_value.limit"},
    {"max-position", "risk.position_limit.limit"},
    {"max-day-loss", "risk.max_daily_loss.limit"},
    {"waive", NULL},
    {"ramp", NULL},
    {"yes", NULL},
    {"max", NULL},
    {"trade", NULL},
    {"on-exit", "session.on_exit"},
    {"seed", "session.seed"},
    {"session", "session.dir"},
    {"durability", "session.durability"},
    {"speed", "session.speed"},
    {"feed", "session.feed"},
    {"duration", "session.duration"},
    {"listen", "console.socket"},
    {"null", "research.null"},
    {"workers", "research.workers"},
    {"quick", NULL},
    {"symbol", "data.symbol"},
    {"timeframe", "strategy.timeframe"},
    {"data", "data.options"},
    {"intrabar", NULL},
    {"intrabar-data", "data.intrabar_options"},
    {"strict", "risk.strict"},
    {"set", NULL},
    {"plugin", NULL},
    {"venue", NULL},
    {"config", NULL},
    {"report", NULL},
    {"csv", NULL},
    {"json", NULL},
    {"quiet", NULL},
    {"detach", NULL},
    {"help", NULL},
    {"param", NULL},
};

enum { KNOWN = sizeof known / sizeof known[0] };

const char *options_known(uint32_t i) { return i < KNOWN ? known[i].name : NULL; }

static bool is_flag(const char *name)
{
    return strcmp(name, "json") == 0 || strcmp(name, "quiet") == 0 || strcmp(name, "help") == 0 ||
           strcmp(name, "strict") == 0 || strcmp(name, "allow-short") == 0 || strcmp(name, "quick") == 0 ||
           strcmp(name, "trade") == 0 || strcmp(name, "detach") == 0;
}

static oc_rc wrong(struct options *options, const char *option, const char *found, const char *expected)
{
    error_at(&options->error, OC_E_INVALID, "%s", option);
    error_found(&options->error, "%s", found);
    error_expected(&options->error, "%s", expected);
    return OC_E_INVALID;
}

static oc_rc add_param(struct options *options, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return wrong(options, "-p", text, "name=value");
    if (options->param_count == OPTIONS_PARAMS_MAX)
        return error_say(&options->error, OC_E_LIMIT, "-p", "at most %d parameters", OPTIONS_PARAMS_MAX);
    char *copy = strdup(text);
    if (!copy)
        return error_of_code(&options->error, OC_E_NOMEM, "-p", "");
    copy[equals - text] = 0;
    options->param_texts[options->param_count] = copy;
    options->params[options->param_count++] = (struct option_param){copy, copy + (equals - text) + 1};
    return OC_OK;
}

struct fee { /* of one side */
    char text[32];
    bool is_said, is_said_again;
};

/* A rate alone, 1.0 at most: what it is, judged as the setting will be. */
static oc_rc judge_fee(struct options *options, const char *whole, const struct fee *fee)
{
    struct oc_dec rate = {0};
    size_t length = strlen(fee->text);
    const int percent = length > 1 && fee->text[length - 1] == '%' ? 2 : 0;
    if (!fee->is_said)
        return OC_OK;
    if (text_to_decimal(fee->text, length - (percent ? 1 : 0), &rate.units, &rate.scale) < 0)
        return wrong(options, "--fee", fee->text, "a decimal such as \"0.1%\" or \"0.001\"");
    int64_t one_percent = 1; /* at the rate's scale, rounded down: below it a unit is worth more than one percent */
    for (int32_t scale = 2; scale < rate.scale + percent; scale++)
        one_percent *= 10;
    if (rate.scale + percent < 2)
        one_percent = 0;
    if (rate.units <= one_percent || fee->is_said_again)
        return OC_OK;
    (void)wrong(options, "--fee", whole, "a rate of at most 1%");
    error_remedy(&options->error, "a rate above that is said twice, if it is meant: --fee taker=%s,taker=%s", fee->text,
                 fee->text);
    return OC_E_INVALID;
}

/* "taker=0.1%,maker=0.02%", or one rate alone for both. */
static oc_rc add_fee(struct options *options, const char *text)
{
    static const char expected[] = "one rate for both, or taker=RATE,maker=RATE, with decimal points";
    static const char *const keys[] = {"sim.paper.taker_fee", "sim.paper.maker_fee"};
    struct fee fees[2] = {0};
    if (!*text)
        return wrong(options, "--fee", text, expected);
    for (const char *at = text, *end = at; *end; at = end + 1) {
        end = at + strcspn(at, ",");
        const char *value = strncmp(at, "taker=", 6) == 0 || strncmp(at, "maker=", 6) == 0 ? at + 6 : NULL;
        const bool is_both = !value && at == text && !*end;
        value = is_both ? at : value;
        if (!value || value == end || end - value >= (long)sizeof fees[0].text)
            return wrong(options, "--fee", text, expected);
        for (int i = 0; i < 2; i++) {
            struct fee *fee = &fees[i];
            const size_t length = (size_t)(end - value);
            if (!is_both && (at[0] == 'm') != i)
                continue;
            if (fee->is_said && (strlen(fee->text) != length || strncmp(fee->text, value, length) != 0))
                return wrong(options, "--fee", text, "one rate for each side");
            fee->is_said_again = fee->is_said;
            fee->is_said = true;
            snprintf(fee->text, sizeof fee->text, "%.*s", (int)length, value);
        }
    }
    for (int i = 0; i < 2; i++)
        if (judge_fee(options, text, &fees[i]) < 0)
            return OC_E_INVALID;
    oc_rc rc = OC_OK;
    for (int i = 0; i < 2 && rc == OC_OK; i++)
        if (fees[i].is_said)
            rc = settings_set(&options->settings, keys[i], fees[i].text, "--fee");
    return rc;
}

/* A file for each market; the names stand in one setting. */
static oc_rc add_intrabar(struct options *options, const char *file)
{
    char files[SETTING_VALUE_MAX];
    const struct setting *before = settings_get(&options->settings, "data.intrabar");
    const bool is_more = before && strcmp(before->origin, "--intrabar") == 0;
    if (!*file || strchr(file, ','))
        return wrong(options, "--intrabar", file, "a file whose name has no comma");
    if (snprintf(files, sizeof files, "%s%s%s", is_more ? before->value : "", is_more ? "," : "", file) >=
        (int)sizeof files)
        return error_say(&options->error, OC_E_LIMIT, "--intrabar", "the names are too long");
    return settings_set(&options->settings, "data.intrabar", files, "--intrabar");
}

/* "2bps", "0.02%" or "0.0002": the whole spread; the simulator is told the half of it. */
static oc_rc add_spread(struct options *options, const char *text)
{
    struct oc_dec dec;
    size_t length = strlen(text);
    int shift = 0;
    if (length > 3 && strcmp(text + length - 3, "bps") == 0) {
        length -= 3;
        shift = 4;
    } else if (length > 1 && text[length - 1] == '%') {
        length -= 1;
        shift = 2;
    }
    if (text_to_decimal(text, length, &dec.units, &dec.scale) < 0 || dec.units < 0 || dec.scale + shift > 17 ||
        dec.units > num_pow10(dec.scale + shift) / 10)
        return wrong(options, "--spread", text, "such as 2bps or 0.02%, at most 10%");
    char half[TEXT_DECIMAL_MAX];
    struct text out;
    text_init_fixed(&out, half, sizeof half);
    text_put_units(&out, dec.units * 5, dec.scale + shift + 1, -1);
    return settings_set(&options->settings, "sim.paper.half_spread", half, "--spread");
}

static oc_rc add_set(struct options *options, const char *text)
{
    char key[SETTING_KEY_MAX];
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof key)
        return wrong(options, "--set", text, "section.key=value");
    memcpy(key, text, (size_t)(equals - text));
    key[equals - text] = 0;
    return settings_set(&options->settings, key, equals + 1, "--set");
}

/* The keys that --set named: known ones, and those of a plugin that --plugin named. */
static oc_rc check_set(struct options *options)
{
    for (uint32_t i = 0; i < options->settings.count; i++) {
        const struct setting *setting = &options->settings.list[i];
        char file[SETTING_KEY_MAX + 16];
        snprintf(file, sizeof file, "plugins.file.%.*s", (int)strcspn(setting->key, "."), setting->key);
        if (strcmp(setting->origin, "--set") == 0 && !settings_get(&options->settings, file)) {
            oc_rc rc = config_check_key(setting->key, "--set", &options->error);
            if (rc < 0)
                return rc;
        }
    }
    return OC_OK;
}

/* NAME=FILE: one plugin for this run; --set NAME.key=value are its values. */
static oc_rc add_plugin(struct options *options, const char *text)
{
    char key[SETTING_KEY_MAX];
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1] ||
        snprintf(key, sizeof key, "plugins.file.%.*s", (int)(equals - text), text) >= (int)sizeof key)
        return wrong(options, "--plugin", text, "NAME=FILE, such as cooldown=./cooldown.so");
    if (settings_get(&options->settings, key))
        return wrong(options, "--plugin", text, "each name once");
    return settings_set(&options->settings, key, equals + 1, "--plugin");
}

/* A limit that is meant to be missing, by the name of its rule, or as the option that would set it is called. */
static oc_rc add_waived(struct options *options, const char *text)
{
    static const char *const words[][2] = {{"max_order_value", "max_order_value"}, {"position_limit", "position_limit"},
                                           {"max_position", "position_limit"},     {"max_daily_loss", "max_daily_loss"},
                                           {"max_day_loss", "max_daily_loss"},     {"day_loss", "max_daily_loss"}};
    enum { WORDS = sizeof words / sizeof words[0] };
    char list[SETTING_VALUE_MAX], name[64];
    const char *at = text + strspn(text, ", ");
    snprintf(list, sizeof list, "%s", settings_text(&options->settings, "risk.without", ""));
    if (!*at)
        return wrong(options, "--waive", text, "max_order_value, max_position or max_day_loss");
    for (; *at; at += strspn(at, ", ")) {
        const size_t length = strcspn(at, ", "), used = strlen(list);
        size_t i = 0;
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        while (i < WORDS && strcmp(words[i][0], name) != 0)
            i++;
        if (i == WORDS)
            return wrong(options, "--waive", name, "max_order_value, max_position or max_day_loss");
        if (snprintf(list + used, sizeof list - used, "%s%s", used ? "," : "", words[i][1]) >=
            (int)(sizeof list - used))
            return error_say(&options->error, OC_E_LIMIT, "--waive", "the names are too long");
        at += length;
    }
    return settings_set(&options->settings, "risk.without", list, "--waive");
}

/* "25,50,100 a day", "25,50,100 per 10 fills": the rule ramp. */
static oc_rc add_ramp(struct options *options, const char *text)
{
    static const char expected[] = "amounts that grow, and what with: '25,50,100 a day' or '25,50,100 per 10 fills'";
    char steps[SETTING_VALUE_MAX], count[16] = "0", unit[8] = "";
    const size_t length = strspn(text, "0123456789., ");
    const char *rest = text + length;
    snprintf(steps, sizeof steps, "%.*s", (int)length, text);
    for (size_t end = strlen(steps); end && steps[end - 1] == ' '; end--)
        steps[end - 1] = 0;
    const bool is_daily = strcmp(rest, "a day") == 0;
    int used = 0;
    if (!is_daily && (sscanf(rest, "per %15[0-9] %7[a-z]%n", count, unit, &used) != 2 || rest[used] ||
                      (strcmp(unit, "fills") != 0 && strcmp(unit, "fill") != 0)))
        return wrong(options, "--ramp", text, expected);
    if (!steps[0] || (!is_daily && strtol(count, NULL, 10) < 1))
        return wrong(options, "--ramp", text, expected);
    const oc_rc rc = settings_set(&options->settings, "risk.ramp.steps", steps, "--ramp");
    return rc < 0 ? rc : settings_set(&options->settings, "risk.ramp.fills", count, "--ramp");
}

static oc_rc take(struct options *options, const struct option *option, const char *value)
{
    char origin[64];
    snprintf(origin, sizeof origin, "--%s", option->name);
    if (option->key)
        return settings_set(&options->settings, option->key, value, origin);
    if (strcmp(option->name, "fee") == 0)
        return add_fee(options, value);
    if (strcmp(option->name, "spread") == 0)
        return add_spread(options, value);
    if (strcmp(option->name, "set") == 0)
        return add_set(options, value);
    if (strcmp(option->name, "plugin") == 0)
        return add_plugin(options, value);
    if (strcmp(option->name, "param") == 0)
        return add_param(options, value);
    if (strcmp(option->name, "waive") == 0)
        return add_waived(options, value);
    if (strcmp(option->name, "ramp") == 0)
        return add_ramp(options, value);
    if (strcmp(option->name, "quick") == 0)
        return settings_set(&options->settings, "research.checks", "no", "--quick");
    if (strcmp(option->name, "intrabar") == 0)
        return add_intrabar(options, value);
    if (strcmp(option->name, "config") == 0) {
        if (options->config_count == OPTIONS_FILES_MAX)
            return error_say(&options->error, OC_E_LIMIT, "--config", "at most %d files", OPTIONS_FILES_MAX);
        options->config_files[options->config_count++] = value;
    } else if (strcmp(option->name, "venue") == 0) {
        options->venue = value;
    } else if (strcmp(option->name, "yes") == 0) {
        options->yes = value;
    } else if (strcmp(option->name, "max") == 0) {
        options->max = value;
    } else if (strcmp(option->name, "trade") == 0) {
        options->trade = true;
    } else if (strcmp(option->name, "report") == 0) {
        options->report = value;
    } else if (strcmp(option->name, "csv") == 0) {
        options->csv = value;
    } else if (strcmp(option->name, "json") == 0) {
        options->json = true;
    } else if (strcmp(option->name, "quiet") == 0) {
        options->quiet = true;
    } else if (strcmp(option->name, "detach") == 0) {
        options->detach = true;
    } else {
        options->help = true;
    }
    return OC_OK;
}

static const struct option *find(struct options *options, const char *name, size_t length)
{
    const char *names[KNOWN + 1] = {0};
    char copy[64];
    snprintf(copy, sizeof copy, "%.*s", (int)length, name);
    for (uint32_t i = 0; i < KNOWN; i++) {
        names[i] = options_known(i);
        if (strcmp(known[i].name, copy) == 0)
            return &known[i];
    }
    const char *nearest = text_nearest(copy, names);
    error_at(&options->error, OC_E_INVALID, "--%s", copy);
    error_what(&options->error, "unknown option");
    if (nearest)
        error_remedy(&options->error, "did you mean --%s?", nearest);
    else
        error_remedy(&options->error, "see `outcry help`");
    return NULL;
}

static oc_rc parse(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (word[0] != '-' || word[1] == 0) {
            if (options->word_count == OPTIONS_WORDS_MAX)
                return error_say(&options->error, OC_E_INVALID, word, "at most %d strategy and data files",
                                 OPTIONS_WORDS_MAX);
            options->words[options->word_count++] = word;
            continue;
        }
        const char *name =
            word[1] == '-' ? word + 2
                           : (strncmp(word, "-p", 2) == 0 ? "param" : (strcmp(word, "-h") == 0 ? "help" : word + 1));
        bool is_short = word[1] != '-';
        const char *equals = is_short ? NULL : strchr(name, '=');
        const struct option *option = find(options, name, equals ? (size_t)(equals - name) : strlen(name));
        if (!option)
            return OC_E_INVALID;
        const char *value = equals ? equals + 1 : NULL;
        if (is_short && word[1] == 'p' && word[2])
            value = word + 2;
        if (!value && is_flag(option->name))
            value = "yes";
        if (!value && i + 1 < argc)
            value = argv[++i];
        if (!value) {
            error_at(&options->error, OC_E_INVALID, "--%s", option->name);
            error_what(&options->error, "it needs a value");
            return OC_E_INVALID;
        }
        oc_rc rc = take(options, option, value);
        if (rc < 0) {
            (void)error_keep(&options->error, &options->settings.error); /* where the setting was refused */
            return OC_E_INVALID;
        }
    }
    return OC_OK;
}

static void keep_command(struct options *options, int argc, char **argv)
{
    struct text text;
    text_init_fixed(&text, options->command, sizeof options->command);
    text_put(&text, "outcry");
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        const bool is_plain =
            *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%")];
        text_put(&text, is_plain ? " " : " '");
        for (const char *at = word; *at; at++)
            text_put(&text, *at == '\'' ? "'\\''" : (const char[]){*at, 0});
        text_put(&text, is_plain ? "" : "'");
    }
    if (text.is_cut)
        options->command[0] = 0;
}

oc_rc options_parse(struct options *options, int argc, char **argv)
{
    keep_command(options, argc, argv);
    oc_rc rc = parse(options, argc, argv);
    if (rc == OC_OK && check_set(options) < 0)
        rc = OC_E_INVALID;
    for (int i = 1; i < argc && rc < 0; i++) /* what comes behind the wrong word was not read */
        options->json |= strcmp(argv[i], "--json") == 0;
    return rc;
}

oc_rc options_finish(struct options *options)
{
    struct settings layered = {.faults = options->settings.faults};
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < options->config_count && rc == OC_OK; i++)
        rc = error_pass(layered.faults, &options->error,
                        config_load_file(&layered, options->config_files[i], &options->error));
    if (rc == OC_OK)
        rc = config_load_environment(&layered, &options->error);
    for (uint32_t i = 0; i < options->settings.count && rc == OC_OK; i++) {
        const struct setting *setting = &options->settings.list[i];
        rc = settings_set(&layered, setting->key, setting->value, setting->origin);
    }
    settings_release(&options->settings);
    options->settings = layered;
    if (rc == OC_OK)
        rc = check_settings(&options->settings);
    if (rc < 0)
        (void)error_keep(&options->error, &options->settings.error); /* what a file or the environment says is kept */
    return rc;
}

void options_release(struct options *options)
{
    settings_release(&options->settings);
    for (uint32_t i = 0; i < options->param_count; i++)
        free(options->param_texts[i]);
}
