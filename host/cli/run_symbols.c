/* run_symbols.c: the markets that --symbol names, of a session at a venue: what it has. Those that the configuration does not list are asked of the
 * venue, with the steps that they have now. All become settings of its group, so a replay asks nobody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/run.h"
#include "cli/visit.h"
#include "session/venue_keys.h"

struct named {
    char symbol[OC_SYMBOL_MAX];
    char price_step[TEXT_DECIMAL_MAX], qty_step[TEXT_DECIMAL_MAX],
        contract_size[TEXT_DECIMAL_MAX]; /* "": to be asked */
};

struct names {
    struct settings *settings;
    char venue[PART_NAME_MAX];
    struct named list[VENUE_INSTRUMENTS_MAX];
    uint32_t count;
};

static const char *member(const struct names *names, uint32_t i, const char *key, char full[SETTING_KEY_MAX])
{
    snprintf(full, SETTING_KEY_MAX, "venue.%s.instruments.%u.%s", names->venue, i, key);
    return settings_text(names->settings, full, NULL);
}

/* The configuration's own word for one. */
static void look_up(const struct names *names, struct named *named)
{
    char key[SETTING_KEY_MAX];
    const char *symbol;
    for (uint32_t i = 0; i < VENUE_INSTRUMENTS_MAX && (symbol = member(names, i, "symbol", key)) != NULL; i++) {
        if (strcmp(symbol, named->symbol) != 0)
            continue;
        const char *price = member(names, i, "price_step", key), *qty = member(names, i, "qty_step", key),
                   *size = member(names, i, "contract_size", key);
        text_copy(named->price_step, sizeof named->price_step, price ? price : "");
        text_copy(named->qty_step, sizeof named->qty_step, qty ? qty : "");
        text_copy(named->contract_size, sizeof named->contract_size, size ? size : "");
    }
}

static oc_rc take_list(struct names *names, const struct setting *setting, struct error *ret_error)
{
    char list[SETTING_VALUE_MAX];
    snprintf(list, sizeof list, "%s", setting->value);
    for (char *save = NULL, *word = strtok_r(list, ", ", &save); word; word = strtok_r(NULL, ", ", &save)) {
        if (names->count == VENUE_INSTRUMENTS_MAX || strlen(word) >= OC_SYMBOL_MAX) {
            error_at(ret_error, OC_E_CONFIG, "%s", setting->origin);
            error_found(ret_error, "%s", word);
            error_expected(ret_error, "at most %d symbols such as BTC/USDT, with commas between",
                           VENUE_INSTRUMENTS_MAX);
            return OC_E_CONFIG;
        }
        struct named *named = &names->list[names->count];
        text_copy(named->symbol, sizeof named->symbol, word);
        bool is_twice = false;
        for (uint32_t i = 0; i < names->count; i++)
            is_twice |= strcmp(names->list[i].symbol, word) == 0;
        names->count += !is_twice;
        look_up(names, named);
    }
    if (names->count)
        return OC_OK;
    error_at(ret_error, OC_E_CONFIG, "%s", setting->origin);
    error_expected(ret_error, "symbols such as BTC/USDT, with commas between");
    return OC_E_CONFIG;
}

static void put_dec(char text[TEXT_DECIMAL_MAX], struct oc_dec dec)
{
    struct text out;
    text_init_fixed(&out, text, TEXT_DECIMAL_MAX);
    visit_put_dec(&out, dec);
}

/* What the venue says of those that nobody described. Its word for a symbol in other letters is a hint. */
static oc_rc take_said(struct names *names, const struct venue_visit *visit, struct error *ret_error)
{
    for (uint32_t i = 0; i < names->count; i++) {
        struct named *named = &names->list[i];
        if (named->price_step[0] && named->qty_step[0])
            continue;
        const struct oc_instrument *info = venue_visit_symbol(visit, named->symbol);
        if (!info) {
            const char *near = NULL;
            for (uint32_t k = 0; k < visit->instrument_count; k++)
                if (strcasecmp(visit->instruments[k].symbol, named->symbol) == 0 ||
                    strcasecmp(visit->instruments[k].venue_symbol, named->symbol) == 0)
                    near = visit->instruments[k].symbol;
            error_at(ret_error, OC_E_CONFIG, "--symbol");
            error_what(ret_error, "%s does not list it", names->venue);
            error_found(ret_error, "%s", named->symbol);
            if (near)
                error_expected(ret_error, "%s?", near);
            else
                error_remedy(ret_error, "`outcry markets %s` says what it lists", names->venue);
            return OC_E_CONFIG;
        }
        put_dec(named->price_step, info->price_step);
        put_dec(named->qty_step, info->qty_step);
        if (info->contract_size.units && info->kind != OC_KIND_SPOT)
            put_dec(named->contract_size, info->contract_size);
    }
    return OC_OK;
}

static oc_rc ask(struct names *names, struct error *ret_error)
{
    static const struct oc_fetch instruments = {
        .size = sizeof instruments, .kind = OC_FETCH_INSTRUMENTS, .lane = OC_LANE_QUERY};
    struct venue_visit *visit = venue_visit_new(names->settings, names->venue);
    if (!visit)
        return error_of_code(ret_error, OC_E_NOMEM, names->venue, "it cannot be asked what it trades");
    oc_rc rc = venue_visit_open(visit, ret_error);
    if (rc == OC_OK && !visit->is_on_network)
        rc = error_say(ret_error, OC_E_CONFIG, "--symbol",
                       "its venue is a transcript and cannot be asked: expected it in venue.%s.instruments",
                       names->venue);
    if (rc == OC_OK)
        rc = venue_visit_begin(visit, ret_error);
    if (rc == OC_OK)
        rc = visit_fetch(visit, &instruments, "its instruments", NULL, NULL, ret_error);
    if (rc == OC_OK)
        rc = take_said(names, visit, ret_error);
    venue_visit_free(visit);
    return rc;
}

/* In the place of all that was listed. */
static oc_rc put(const struct names *names)
{
    static const char *const keys[] = {"symbol", "price_step", "qty_step", "contract_size"};
    static const char origin[] = "--symbol";
    char key[SETTING_KEY_MAX], prefix[SETTING_KEY_MAX];
    const size_t size = (size_t)snprintf(prefix, sizeof prefix, "venue.%s.instruments.", names->venue);
    for (uint32_t i = names->settings->count; i-- > 0;)
        if (strncmp(names->settings->list[i].key, prefix, size) == 0) {
            snprintf(key, sizeof key, "%s", names->settings->list[i].key);
            settings_drop(names->settings, key);
        }
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < names->count; i++) {
        const struct named *named = &names->list[i];
        const char *const values[] = {named->symbol, named->price_step, named->qty_step, named->contract_size};
        for (size_t k = 0; rc == OC_OK && k < sizeof keys / sizeof keys[0]; k++) {
            (void)member(names, i, keys[k], key);
            rc = *values[k] ? settings_set(names->settings, key, values[k], origin) : (oc_rc)OC_OK;
        }
    }
    settings_drop(names->settings, "data.symbol"); /* of files */
    return rc;
}

oc_rc run_take_symbols(struct run *run)
{
    struct settings *settings = run->session->settings;
    const struct setting *setting = settings_get(settings, "data.symbol");
    char other[PART_NAME_MAX];
    struct error error = {0};
    bool is_known = true;
    if (!setting)
        return OC_OK;
    struct names *names = calloc(1, sizeof *names);
    if (!names)
        return session_say(run->session, OC_E_NOMEM, "--symbol", "it could not be taken");
    names->settings = settings;
    oc_rc rc = OC_OK;
    if (!venue_at(settings, 0, names->venue) || venue_at(settings, 1, other))
        rc = error_say(&error, OC_E_CONFIG, setting->origin,
                       "of which venue is not said: with several, list them in venue.NAME.instruments");
    if (rc == OC_OK)
        rc = take_list(names, setting, &error);
    for (uint32_t i = 0; i < names->count; i++)
        is_known &= names->list[i].price_step[0] && names->list[i].qty_step[0];
    if (rc == OC_OK && !is_known)
        rc = ask(names, &error);
    if (rc == OC_OK && put(names) < 0)
        rc = error_copy(&error, &settings->error);
    free(names);
    return rc < 0 ? session_fail(run->session, &error) : rc;
}
