#include "session/venue_keys.h"

#include <outcry/kit/text.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/depth.h"
#include "engine/limits.h"
#include "io/vault.h"

const char *venue_names(const struct settings *settings) { return settings_text(settings, "session.venue", NULL); }

bool venue_is_feed(const struct settings *settings)
{
    return venue_names(settings) && settings_get(settings, "session.paper");
}

/* The i-th word of a list. */
static bool word_at(const char *list, uint32_t i, char *ret_word, size_t size_max)
{
    for (const char *at = list ? list + strspn(list, ", ") : ""; *at; at += strspn(at, ", ")) {
        const size_t length = strcspn(at, ", ");
        if (i-- == 0) {
            snprintf(ret_word, size_max, "%.*s", (int)length, at);
            return length < size_max;
        }
        at += length;
    }
    return false;
}

bool venue_at(const struct settings *settings, uint32_t i, char ret_name[PART_NAME_MAX])
{
    return word_at(venue_names(settings), i, ret_name, PART_NAME_MAX);
}

static const struct setting *find(const struct settings *settings, const char *venue, const char *key)
{
    char full[SETTING_KEY_MAX];
    const int length = snprintf(full, sizeof full, "venue.%s.%s", venue, key);
    return length < (int)sizeof full ? settings_get(settings, full) : NULL;
}

const char *venue_text(const struct settings *settings, const char *venue, const char *key, const char *fallback)
{
    const struct setting *setting = find(settings, venue, key);
    return setting ? setting->value : fallback;
}

bool venue_account(const struct settings *settings, const char *venue, uint32_t i, char ret_name[VENUE_ACCOUNT_MAX])
{
    return word_at(venue_text(settings, venue, "accounts", NULL), i, ret_name, VENUE_ACCOUNT_MAX);
}

/* "FILE:3: venue.mine.accounts". */
static void at_key(const struct settings *settings, const char *venue, const char *key, oc_rc rc,
                   struct error *ret_error)
{
    const struct setting *setting = find(settings, venue, key);
    error_at(ret_error, rc, "%s%svenue.%s.%s", setting ? setting->origin : "", setting ? ": " : "", venue, key);
}

static oc_rc missing(const struct settings *settings, const char *venue, const char *key, const char *expected,
                     struct error *ret_error)
{
    at_key(settings, venue, key, OC_E_CONFIG, ret_error);
    error_what(ret_error, "it is not set");
    error_expected(ret_error, "%s", expected);
    return OC_E_CONFIG;
}

oc_rc venue_key_wrong(const struct settings *settings, const char *venue, const char *key, const char *expected,
                      struct error *ret_error)
{
    at_key(settings, venue, key, OC_E_CONFIG, ret_error);
    error_found(ret_error, "%s", venue_text(settings, venue, key, ""));
    error_expected(ret_error, "%s", expected);
    return OC_E_CONFIG;
}

static bool has_group(const struct settings *settings, const char *name)
{
    char prefix[SETTING_KEY_MAX];
    const int length = snprintf(prefix, sizeof prefix, "venue.%s.", name);
    for (uint32_t i = 0; i < settings->count; i++)
        if (strncmp(settings->list[i].key, prefix, (size_t)length) == 0)
            return true;
    return false;
}

/* Each account has a name of its own, and at most one venue is named twice. */
static oc_rc judge_accounts(const struct settings *settings, const char *venue, struct error *ret_error)
{
    static const char expected[] = "up to 16 names of at most 31 bytes, each once";
    char name[VENUE_ACCOUNT_MAX], other[VENUE_ACCOUNT_MAX], list[SETTING_VALUE_MAX];
    uint32_t count = 0, words = 0;
    snprintf(list, sizeof list, "%s", venue_text(settings, venue, "accounts", ""));
    for (char *save = NULL, *word = strtok_r(list, ", ", &save); word; word = strtok_r(NULL, ", ", &save))
        words++;
    for (; venue_account(settings, venue, count, name); count++)
        for (uint32_t i = 0; i < count; i++)
            if (venue_account(settings, venue, i, other) && strcmp(name, other) == 0)
                return venue_key_wrong(settings, venue, "accounts", expected, ret_error);
    return count == words && count <= VENUE_ACCOUNTS_MAX
               ? (oc_rc)OC_OK
               : venue_key_wrong(settings, venue, "accounts", expected, ret_error);
}

/* Opening cash of an account that the venue does not have would be left out in silence. */
static oc_rc judge_cash(const struct settings *settings, const char *venue, struct error *ret_error)
{
    char prefix[SETTING_KEY_MAX], name[VENUE_ACCOUNT_MAX];
    const size_t length = (size_t)snprintf(prefix, sizeof prefix, "venue.%s.cash.", venue);
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->list[i];
        uint32_t k = 0;
        if (strncmp(setting->key, prefix, length) != 0)
            continue;
        while (venue_account(settings, venue, k, name) && strcmp(name, setting->key + length) != 0)
            k++;
        if (!venue_account(settings, venue, k, name)) {
            error_at(ret_error, OC_E_CONFIG, "%s: %s", setting->origin, setting->key);
            error_what(ret_error, "the venue has no such account");
            error_expected(ret_error, "one of %s", venue_text(settings, venue, "accounts", ""));
            return OC_E_CONFIG;
        }
    }
    return OC_OK;
}

static oc_rc judge_group(struct settings *settings, const char *name, struct error *ret_error)
{
    static const char *const needed[][2] = {
        {"connector", "the id of a connector such as \"org.example.jline\""},
        {"environment", "live, practice, testnet or local"},
        {"accounts", "the name of an account such as [\"main\"]"},
    };
    if (!has_group(settings, name)) {
        error_at(ret_error, OC_E_CONFIG, "--venue");
        error_what(ret_error, "no configuration has a group venue.%s, and no connector outcry.%s is installed", name,
                   name);
        error_remedy(ret_error, "give the file that has it: --config FILE");
        return OC_E_CONFIG;
    }
    char named[SETTING_KEY_MAX];
    snprintf(named, sizeof named, "plugins.file.%s", name); /* --plugin NAME=FILE: the id is that of the file */
    for (size_t i = settings_get(settings, named) ? 1 : 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!*venue_text(settings, name, needed[i][0], ""))
            return missing(settings, name, needed[i][0], needed[i][1], ret_error);
    struct oc_data_info info;
    oc_rc rc = judge_accounts(settings, name, ret_error);
    if (rc == OC_OK)
        rc = judge_cash(settings, name, ret_error);
    for (uint32_t i = 0; rc == OC_OK; i++)
        rc = venue_instrument(settings, name, i, &info, ret_error);
    return rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc;
}

oc_rc venue_judge_markets(struct settings *settings, struct error *ret_error)
{
    char name[PART_NAME_MAX];
    struct oc_data_info info;
    oc_rc rc = OC_OK;
    for (uint32_t v = 0; rc == OC_OK && venue_at(settings, v, name); v++) {
        rc = venue_instrument(settings, name, 0, &info, ret_error);
        if (rc == OC_E_NOT_FOUND)
            return missing(settings, name, "instruments",
                           "--symbol BTC/USDT, or ( { symbol = \"BTC/USDT\"; price_step = \"0.01\"; qty_step = "
                           "\"0.001\"; } )",
                           ret_error);
    }
    return rc;
}

oc_rc venue_default_account(struct settings *settings, const char *venue, const char *name)
{
    char key[SETTING_KEY_MAX];
    const int length = snprintf(key, sizeof key, "venue.%s.accounts", venue);
    if (length >= (int)sizeof key || !has_group(settings, venue) || *venue_text(settings, venue, "accounts", ""))
        return OC_OK; /* what there is is judged */
    return settings_set(settings, key, name, "who needs no key");
}

oc_rc venue_judge(struct settings *settings, struct error *ret_error)
{
    char name[PART_NAME_MAX], other[PART_NAME_MAX];
    oc_rc rc = OC_OK;
    uint32_t count = 0;
    for (; rc == OC_OK && venue_at(settings, count, name); count++) {
        for (uint32_t i = 0; i < count; i++)
            if (venue_at(settings, i, other) && strcmp(name, other) == 0)
                return error_say(ret_error, OC_E_CONFIG, "--venue", "%s is named twice", name);
        rc = judge_group(settings, name, ret_error);
    }
    if (rc == OC_OK && (!count || count > PARTS_VENUES_MAX))
        return error_say(ret_error, OC_E_CONFIG, "--venue", "expected the names of one to %d venues: --venue ONE,TWO",
                         PARTS_VENUES_MAX);
    return rc;
}

static oc_rc take_step(const struct settings *settings, const char *venue, uint32_t i, const char *member,
                       struct oc_dec *ret_step, struct error *ret_error)
{
    char key[64];
    snprintf(key, sizeof key, "instruments.%u.%s", i, member);
    const char *text = venue_text(settings, venue, key, NULL);
    if (!text)
        return missing(settings, venue, key, "a decimal such as \"0.01\"", ret_error);
    if (text_to_decimal(text, strlen(text), &ret_step->units, &ret_step->scale) < 0 || ret_step->units <= 0)
        return venue_key_wrong(settings, venue, key, "a decimal above 0 such as \"0.01\"", ret_error);
    return OC_OK;
}

oc_rc venue_contract_size(struct settings *settings, const char *venue, uint32_t i, struct oc_dec *ret_size,
                          struct error *ret_error)
{
    char key[64];
    snprintf(key, sizeof key, "instruments.%u.contract_size", i);
    *ret_size = (struct oc_dec){1, 0, 0};
    return venue_text(settings, venue, key, NULL) ? take_step(settings, venue, i, "contract_size", ret_size, ret_error)
                                                  : (oc_rc)OC_OK;
}

oc_rc venue_instrument(struct settings *settings, const char *venue, uint32_t i, struct oc_data_info *ret_info,
                       struct error *ret_error)
{
    char key[64];
    snprintf(key, sizeof key, "instruments.%u.symbol", i);
    const char *symbol = venue_text(settings, venue, key, NULL);
    if (!symbol)
        return OC_E_NOT_FOUND;
    if (i == VENUE_INSTRUMENTS_MAX)
        return venue_key_wrong(settings, venue, key, "at most 64 instruments", ret_error);
    if (!*symbol || strlen(symbol) >= sizeof ret_info->symbol)
        return venue_key_wrong(settings, venue, key, "a symbol such as BTC/USDT, at most 47 bytes", ret_error);
    *ret_info = (struct oc_data_info){.size = sizeof *ret_info, .event_type = OC_EV_TRADE};
    snprintf(ret_info->symbol, sizeof ret_info->symbol, "%s", symbol);
    struct oc_dec size;
    oc_rc rc = take_step(settings, venue, i, "price_step", &ret_info->price_step, ret_error);
    if (rc == OC_OK)
        rc = take_step(settings, venue, i, "qty_step", &ret_info->qty_step, ret_error);
    return rc < 0 ? rc : venue_contract_size(settings, venue, i, &size, ret_error);
}

oc_rc venue_isolated(struct settings *settings, const char *venue, bool *ret_isolated, struct error *ret_error)
{
    char key[SETTING_KEY_MAX];
    snprintf(key, sizeof key, "venue.%s.isolate", venue);
    const oc_rc rc = settings_boolean(settings, key, ret_isolated);
    return rc == OC_E_CONFIG ? error_copy(ret_error, &settings->error) : (oc_rc)OC_OK;
}

uint32_t venue_env(const struct settings *settings, const char *venue)
{
    return vault_env_of(venue_text(settings, venue, "environment", "local"));
}

const char *venue_at_stake(const struct settings *settings, char ret_name[PART_NAME_MAX])
{
    for (uint32_t i = 0; !venue_is_feed(settings) && venue_at(settings, i, ret_name); i++)
        if (venue_env(settings, ret_name) == OC_ENV_LIVE)
            return ret_name;
    return NULL;
}

static oc_rc judge_environment(const struct settings *settings, const char *venue, struct error *ret_error)
{
    const uint32_t env = venue_env(settings, venue);
    if (!env)
        return venue_key_wrong(settings, venue, "environment", "live, practice, testnet or local", ret_error);
    if (strcmp(venue_text(settings, venue, "link", ""), "network") == 0)
        return OC_OK;
    if (env != OC_ENV_LOCAL)
        return venue_key_wrong(settings, venue, "environment",
                               "local: a transcript stands for the exchange, or link = \"network\"", ret_error);
    return *venue_text(settings, venue, "transcript", "")
               ? (oc_rc)OC_OK
               : missing(settings, venue, "transcript", "a file that says what the exchange says", ret_error);
}

oc_rc venue_judge_environment(struct settings *settings, struct error *ret_error)
{
    char name[PART_NAME_MAX];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc == OC_OK && venue_at(settings, i, name); i++)
        rc = judge_environment(settings, name, ret_error);
    return rc;
}

/* What the description says becomes a setting: a replay has no description. */
oc_rc venue_key_describe(struct settings *settings, const char *venue, const char *key, const char *value,
                         struct error *ret_error)
{
    char full[SETTING_KEY_MAX];
    snprintf(full, sizeof full, "venue.%s.%s", venue, key);
    return settings_set(settings, full, value, "the connector") < 0 ? error_copy(ret_error, &settings->error)
                                                                    : (oc_rc)OC_OK;
}

oc_rc venue_cancel_all(struct settings *settings, const char *venue, const struct oc_venue *described,
                       uint32_t *ret_can, struct error *ret_error)
{
    static const struct {
        const char *word;
        uint32_t can;
    } words[] = {{"no", 0},
                 {"all", OC_CAN_CANCEL_ALL},
                 {"instrument", OC_CAN_CANCEL_ALL_BY_INST},
                 {"both", OC_CAN_CANCEL_ALL | OC_CAN_CANCEL_ALL_BY_INST}};
    const uint32_t offered = described ? described->flags & words[3].can : words[3].can;
    const char *text = venue_text(settings, venue, "cancel_all", NULL);
    size_t i = 0;
    for (; text && i < 4 && strcmp(text, words[i].word) != 0;)
        i++;
    if (i == 4 || (text && (words[i].can & ~offered)))
        return venue_key_wrong(settings, venue, "cancel_all", "no, or all, instrument or both as far as the venue can",
                               ret_error);
    while (!text && described && words[i].can != offered)
        i++;
    *ret_can = text || described ? words[i].can : 0;
    return text || !described ? (oc_rc)OC_OK
                              : venue_key_describe(settings, venue, "cancel_all", words[i].word, ret_error);
}

oc_rc venue_fetch_fills(struct settings *settings, const char *venue, const struct oc_venue *described,
                        bool *ret_fetches, struct error *ret_error)
{
    const char *text = venue_text(settings, venue, "fetch_fills", NULL);
    bool is_offered = !described;
    for (uint32_t i = 0; described && i < described->fetch_count; i++)
        is_offered |= described->fetches[i].kind == OC_FETCH_FILLS;
    if (text && strcmp(text, "no") != 0 && (strcmp(text, "yes") != 0 || !is_offered))
        return venue_key_wrong(settings, venue, "fetch_fills", "no, or yes where the venue's fills can be fetched",
                               ret_error);
    *ret_fetches = text ? strcmp(text, "yes") == 0 : described && is_offered;
    return text || !described
               ? (oc_rc)OC_OK
               : venue_key_describe(settings, venue, "fetch_fills", *ret_fetches ? "yes" : "no", ret_error);
}

oc_rc venue_deadman(struct settings *settings, const char *venue, const struct oc_venue *described, int64_t *ret_ns,
                    struct error *ret_error)
{
    char key[SETTING_KEY_MAX];
    *ret_ns = 0;
    if (!*venue_text(settings, venue, "deadman", ""))
        return OC_OK;
    snprintf(key, sizeof key, "venue.%s.deadman", venue);
    if (settings_duration(settings, key, ret_ns) < 0)
        return error_copy(ret_error, &settings->error);
    if (*ret_ns < 5000000000ll || *ret_ns > 86400000000000ll)
        return venue_key_wrong(settings, venue, "deadman", "a span of 5s to 24h", ret_error);
    return described->flags & OC_CAN_DEADMAN
               ? (oc_rc)OC_OK
               : venue_key_wrong(settings, venue, "deadman", "nothing: this venue has no dead man's switch", ret_error);
}

/* Levels a side that the venue gives at most; 0: it says no books. */
static uint32_t levels_offered(const struct oc_venue *described)
{
    uint32_t levels = 0;
    for (uint32_t i = 0; i < described->topic_count; i++)
        if (described->topics[i].topic == OC_TOPIC_BOOK)
            levels = described->topics[i].depth ? described->topics[i].depth : ENGINE_DEPTH_LEVELS;
    for (uint32_t i = 0; i < described->fetch_count; i++)
        if (described->fetches[i].kind == OC_FETCH_BOOK && described->fetches[i].page_max &&
            described->fetches[i].page_max < levels)
            levels = described->fetches[i].page_max;
    return levels < ENGINE_DEPTH_LEVELS ? levels : ENGINE_DEPTH_LEVELS;
}

static oc_rc book_levels(struct settings *settings, const char *venue, const struct oc_venue *described,
                         uint32_t *ret_levels, struct error *ret_error)
{
    char key[SETTING_KEY_MAX], value[16];
    int64_t levels;
    const uint32_t offered = described ? levels_offered(described) : ENGINE_DEPTH_LEVELS;
    snprintf(key, sizeof key, "venue.%s.book_levels", venue);
    *ret_levels = offered < DEPTH_LEVELS_MIN ? DEPTH_LEVELS_MIN : offered;
    if (venue_text(settings, venue, "book_levels", NULL)) {
        if (settings_integer(settings, key, &levels) < 0 || levels < DEPTH_LEVELS_MIN || levels > ENGINE_DEPTH_LEVELS)
            return venue_key_wrong(settings, venue, "book_levels", "a number of levels from 5 to 1000", ret_error);
        if ((uint32_t)levels <= *ret_levels) {
            *ret_levels = (uint32_t)levels;
            return OC_OK;
        }
    }
    snprintf(value, sizeof value, "%u", *ret_levels); /* a replay keeps as many */
    return described && offered ? venue_key_describe(settings, venue, "book_levels", value, ret_error) : (oc_rc)OC_OK;
}

oc_rc venue_books(struct settings *settings, const char *venue, const struct oc_venue *described,
                  struct venue_books *ret_books, struct error *ret_error)
{
    static const char *const words[] = {
        [DEPTH_OFF] = "off", [DEPTH_WARN] = "warn", [DEPTH_RESYNC] = "resync", [DEPTH_HALT] = "halt"};
    const bool is_offered = !described || levels_offered(described) > 0;
    const char *text = venue_text(settings, venue, "book", NULL),
               *keeps = venue_text(settings, venue, "keep_books", NULL);
    uint32_t policy = DEPTH_OFF;
    while (text && policy <= DEPTH_HALT && strcmp(text, words[policy]) != 0)
        policy++;
    if (policy > DEPTH_HALT || (policy != DEPTH_OFF && !is_offered))
        return venue_key_wrong(settings, venue, "book",
                               is_offered ? "off, warn, resync or halt" : "off: this venue says no order books",
                               ret_error);
    if (keeps && strcmp(keeps, "wanted") != 0 && strcmp(keeps, "all") != 0)
        return venue_key_wrong(settings, venue, "keep_books", "wanted or all", ret_error);
    if (!text && described) {
        policy = is_offered ? DEPTH_RESYNC : DEPTH_OFF;
        const oc_rc rc = venue_key_describe(settings, venue, "book", words[policy], ret_error);
        if (rc < 0)
            return rc;
    }
    ret_books->policy = policy;
    ret_books->keeps_all = keeps ? strcmp(keeps, "all") == 0
                                 : venue_is_feed(settings) && policy != DEPTH_OFF; /* a simulator fills from them */
    if (ret_books->keeps_all && policy == DEPTH_OFF)
        return venue_key_wrong(settings, venue, "keep_books", "wanted: no book of this venue is kept", ret_error);
    return book_levels(settings, venue, described, &ret_books->levels, ret_error);
}

static const struct oc_topic *topic_of(const struct oc_venue *described, uint32_t topic)
{
    for (uint32_t i = 0; i < described->topic_count; i++)
        if (described->topics[i].topic == topic)
            return &described->topics[i];
    return NULL;
}

/* One of two words; where it is not set, what the description says, which becomes a setting. */
static oc_rc one_of(struct settings *settings, const char *venue, const char *key, const char *const words[2],
                    const bool *described, bool *ret_second, struct error *ret_error)
{
    char expected[64];
    const char *text = venue_text(settings, venue, key, NULL);
    snprintf(expected, sizeof expected, "%s or %s", words[0], words[1]);
    if (text && strcmp(text, words[0]) != 0 && strcmp(text, words[1]) != 0)
        return venue_key_wrong(settings, venue, key, expected, ret_error);
    *ret_second = text ? strcmp(text, words[1]) == 0 : described && *described;
    return text || !described ? (oc_rc)OC_OK : venue_key_describe(settings, venue, key, words[*ret_second], ret_error);
}

oc_rc venue_bars(struct settings *settings, const char *venue, const struct oc_venue *described,
                 struct engine_bars *ret_bars, struct error *ret_error)
{
    static const char *const made_of[2] = {"trades", "quotes"}, *const empty[2] = {"none", "flat"};
    char key[SETTING_KEY_MAX];
    const struct oc_topic *bars = described ? topic_of(described, OC_TOPIC_BARS) : NULL;
    const bool lacks_trades = described && !topic_of(described, OC_TOPIC_TRADES),
               is_flat = bars && (bars->flags & OC_TOPIC_FLAT);
    *ret_bars = (struct engine_bars){.is_live = strcmp(venue_text(settings, venue, "link", ""), "network") == 0};
    if (!ret_bars->is_live)
        return OC_OK;
    oc_rc rc =
        one_of(settings, venue, "bars", made_of, described ? &lacks_trades : NULL, &ret_bars->of_quotes, ret_error);
    if (rc == OC_OK)
        rc = one_of(settings, venue, "empty_bars", empty, described ? &is_flat : NULL, &ret_bars->is_flat, ret_error);
    if (rc == OC_OK && !venue_text(settings, venue, "bar_grace", NULL) && described)
        rc = venue_key_describe(settings, venue, "bar_grace", "500ms", ret_error);
    if (rc < 0 || !venue_text(settings, venue, "bar_grace", NULL))
        return rc;
    snprintf(key, sizeof key, "venue.%s.bar_grace", venue);
    if (settings_duration(settings, key, &ret_bars->grace_ns) < 0)
        return error_copy(ret_error, &settings->error);
    return ret_bars->grace_ns >= 0 && ret_bars->grace_ns <= 60000000000ll
               ? (oc_rc)OC_OK
               : venue_key_wrong(settings, venue, "bar_grace", "a span of 0ms to 60s", ret_error);
}

const char *venue_of(const struct settings *settings, const char *connector, uint32_t *at)
{
    for (; *at < settings->count; ++*at) {
        const struct setting *setting = &settings->list[*at];
        const char *last = strrchr(setting->key, '.');
        if (strncmp(setting->key, "venue.", 6) == 0 && last > setting->key + 5 && strcmp(last, ".connector") == 0 &&
            strcmp(setting->value, connector) == 0)
            return setting->key;
    }
    return NULL;
}
