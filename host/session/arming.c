#include "session/arming.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct {
    const char *rule;
    const char *option; /* how it is said; "--waive" takes the same word */
    const char *example;
} limits[] = {
    {"max_order_value", "max-order-value", "50"},
    {"position_limit", "max-position", "0.01"},
    {"max_daily_loss", "max-day-loss", "25"},
};

enum { LIMITS = sizeof limits / sizeof limits[0] };

const char *arming_rule(uint32_t i) { return i < LIMITS ? limits[i].rule : NULL; }

bool arming_is_set(const struct settings *settings)
{
    return venue_names(settings) && !venue_is_feed(settings) && *settings_text(settings, "session.live", "");
}

bool arming_is_real(const struct settings *settings)
{
    char name[PART_NAME_MAX];
    return venue_at_stake(settings, name) != NULL;
}

/* VENUE/ACCOUNT is understood too. */
const char *arming_account(const struct settings *settings)
{
    const char *text = arming_is_set(settings) ? settings_text(settings, "session.live", "") : "",
               *slash = strrchr(text, '/');
    return slash ? slash + 1 : text;
}

bool arming_limit(const struct settings *settings, const struct parts *parts, const char *rule, const char **ret_limit)
{
    char key[SETTING_KEY_MAX + 8];
    const struct part *part;
    *ret_limit = NULL;
    for (uint32_t i = 0; (part = parts_at(parts, PART_RULE, i)) != NULL; i++) {
        if (part->is_missing || strncmp(part->id, "outcry.", 7) != 0 || strcmp(part->id + 7, rule) != 0 ||
            parts_is_scoped(settings, part))
            continue;
        snprintf(key, sizeof key, "%s.limit", part->section);
        *ret_limit = settings_text(settings, key, NULL);
        if (*ret_limit)
            return true;
    }
    return false;
}

/* Whether it is meant to be missing. */
static bool is_waived(const struct settings *settings, const char *rule)
{
    const char *at = settings_text(settings, "risk.without", "");
    const size_t size = strlen(rule);
    while (*at) {
        at += strspn(at, ", ");
        const size_t length = strcspn(at, ", ");
        if (length == size && strncmp(at, rule, size) == 0)
            return true;
        at += length;
    }
    return false;
}

/* The only account of the only venue. */
static oc_rc judge_account(const struct settings *settings, struct error *ret_error)
{
    char venue[PART_NAME_MAX], other[PART_NAME_MAX], name[VENUE_ACCOUNT_MAX], second[VENUE_ACCOUNT_MAX];
    const char *text = settings_text(settings, "session.live", ""), *slash = strrchr(text, '/');
    if (!venue_at(settings, 0, venue) || !venue_account(settings, venue, 0, name))
        return OC_OK; /* said where the venue is judged */
    if (venue_at(settings, 1, other) || venue_account(settings, venue, 1, second))
        return error_say(ret_error, OC_E_NOT_SUPPORTED, "--live",
                         "an armed session trades with one account of one venue, and this one has several: leave the "
                         "others out of --venue, or of venue.%s.accounts",
                         venue);
    const bool is_venue =
        !slash || (strlen(venue) == (size_t)(slash - text) && strncmp(venue, text, (size_t)(slash - text)) == 0);
    if (is_venue && strcmp(slash ? slash + 1 : text, name) == 0)
        return OC_OK;
    const struct setting *setting = settings_get(settings, "session.live");
    error_at(ret_error, OC_E_CONFIG, "%s", setting->origin);
    error_what(ret_error, "this is no account of the session");
    error_found(ret_error, "%s", text);
    error_expected(ret_error, "%s", name);
    return OC_E_CONFIG;
}

static void add(char *list, size_t size_max, const char *words)
{
    const size_t length = strlen(list);
    snprintf(list + length, size_max - length, "%s%s", length ? "; " : "", words);
}

oc_rc arming_judge(struct settings *settings, const struct parts *parts, struct error *ret_error)
{
    char venue[PART_NAME_MAX] = "", account[VENUE_ACCOUNT_MAX] = "main", words[160], list[ERROR_WHAT_MAX - 128] = "";
    const bool is_real = venue_at_stake(settings, venue) != NULL, is_set = arming_is_set(settings);
    const char *limit;
    if (!is_real && !is_set)
        return OC_OK;
    if (venue_at(settings, 0, venue))
        (void)venue_account(settings, venue, 0, account); /* "main", where there is none to be named */
    if (!is_set) {
        snprintf(words, sizeof words, "the account's name: --live %s", account);
        add(list, sizeof list, words);
    }
    if (!*settings_text(settings, "account.capital", ""))
        add(list, sizeof list, "what strategies trade with: --capital '500 USDT'");
    for (uint32_t i = 0; i < LIMITS; i++) {
        if (arming_limit(settings, parts, limits[i].rule, &limit) || is_waived(settings, limits[i].rule))
            continue;
        snprintf(words, sizeof words, "%s: --%s %s, or --waive %s", limits[i].rule, limits[i].option, limits[i].example,
                 limits[i].rule);
        add(list, sizeof list, words);
    }
    if (list[0]) {
        error_at(ret_error, OC_E_CONFIG, "venue %s", venue);
        error_what(ret_error, "%s, and this is not said: %s",
                   is_real ? "orders here are real money" : "an armed session says what it trades with", list);
        error_remedy(ret_error, "add these words with amounts of your own, or their keys to the configuration: "
                                "session.live, account.capital, risk.NAME.limit, risk.without");
        return OC_E_CONFIG;
    }
    return judge_account(settings, ret_error);
}
