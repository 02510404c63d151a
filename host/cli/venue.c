/* venue.c: `outcry venue`: info, and try (try.c). info: what a venue of the configuration offers, and how it is reached now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/log.h"
#include "base/why.h"
#include "cli/complain.h"
#include "cli/fees.h"
#include "cli/run.h"
#include "cli/try.h"
#include "cli/verbs.h"
#include "cli/visit.h"
#include "load/venue_lines.h"
#include "session/venue_keys.h"
#include "session/venue_visit.h"

enum { INFO_MAX = 1 << 18 };
#define VISIT_NS 12000000000ll /* a little longer than a connection may take: why it was not made is told */

static const char usage[] =
    "usage: outcry venue info NAME --config FILE [--plugin NAME=FILE] [--json]\n"
    "       outcry venue try NAME/ACCOUNT --max '15 USD' --config FILE [--trade] [--yes ACCOUNT]\n"
    "NAME is a group of the configuration: venue.NAME. info needs no key; with one it asks what the account pays. try "
    "sends orders of the smallest size, with real money where the group says so, and asks first; --trade also buys and "
    "sells once.\n";

struct told { /* what a visit says of the first account */
    struct venue_visit *visit;
    char account[VENUE_ACCOUNT_MAX]; /* "": none has a key here */
    struct fees fees;
    char why[ERROR_TEXT_MAX]; /* they could not be asked for; else "" */
};

static double ms(int64_t ns) { return (double)ns / 1e6; }

static int64_t median(const struct venue_visit *visit) { return visit->trips_ns[visit->trip_count / 2]; }

static const char *environment_of(const struct venue_visit *visit)
{
    return venue_text(visit->settings, visit->venue, "environment", "");
}

/* For people. */

static void put_places(struct text *text, const struct venue_visit *visit)
{
    for (uint32_t i = 0; i < visit->place_count; i++) {
        const struct visit_place *place = &visit->places[i];
        text_format(text, "  %-11s%s %s: ", i ? "" : "reached", place->at.name, place->at.url);
        if (place->is_reached)
            text_format(text, "in %.1f ms (name, TCP and TLS)\n", ms(place->took_ns));
        else
            text_format(text, "not reached: %s\n", why_name(place->why));
    }
}

static void put_clock(struct text *text, const struct venue_visit *visit)
{
    if (!visit->can_tell_time)
        text_put(text, "  clock      not known: its connector has no question for it\n");
    else if (!visit->is_clock_known)
        text_put(text, "  clock      not known: it did not answer\n");
    else
        text_format(text,
                    "  clock      %+.3f ms from ours, within %.3f ms, %.1f s ago\n"
                    "  round trip %.3f ms at best, %.3f ms in the middle of %u\n",
                    ms(visit->clock.offset_ns), ms(visit->clock.error_ns), (double)visit->clock_age_ns / 1e9,
                    ms(visit->trips_ns[0]), ms(median(visit)), visit->trip_count);
}

static void put_limits(struct text *text, const struct venue_visit *visit)
{
    const struct oc_venue *described = visit->table->venue;
    for (uint32_t i = 0; i < described->limit_count && i < OC_VENUE_LIMITS_MAX; i++) {
        const struct oc_limit *limit = &described->limits[i];
        text_format(text, "  %-11s%s: ", i ? "" : "used", limit->name);
        if (visit->limits[i].is_known)
            text_format(text, "%llu of %llu, by all processes of this user here\n",
                        (unsigned long long)visit->limits[i].used, (unsigned long long)limit->max);
        else
            text_format(text, "not known: it counts by %s\n", venue_scope_name(limit->scope));
    }
}

static void put_fees(struct text *text, const struct told *told)
{
    const struct fees *fees = &told->fees;
    if (!*told->account)
        text_put(text, "  fees       not known: its first account has no key here\n");
    else if (*told->why)
        text_format(text, "  fees       not known: %s\n", told->why);
    else if (!fees->present)
        text_format(text, "  fees       account %s: the venue says no rates\n", told->account);
    else {
        text_format(text, "  fees       account %s: maker ", told->account);
        if (fees->present & OC_ACC_MAKER_FEE)
            visit_put_dec(text, fees->maker);
        else
            text_put(text, "not said");
        text_put(text, ", taker ");
        if (fees->present & OC_ACC_TAKER_FEE)
            visit_put_dec(text, fees->taker);
        else
            text_put(text, "not said");
        text_put(text, " of what is traded\n");
    }
}

static void write_text(struct text *text, const struct told *told)
{
    const struct venue_visit *visit = told->visit;
    text_format(text, "%s: %s %s, environment %s\n", visit->venue, visit->plugin->id, visit->plugin->version,
                environment_of(visit));
    venue_lines(text, visit->table->venue);
    if (!visit->is_on_network) {
        text_put(text, "  reached    nothing: its link is a transcript\n");
        return;
    }
    put_places(text, visit);
    put_clock(text, visit);
    put_limits(text, visit);
    put_fees(text, told);
}

/* For programs. */

static void place_members(struct text *text, const struct visit_place *place)
{
    const char *number = strchr(place->at.name, '#');
    json_open(text, NULL, '{');
    json_text_n(text, "endpoint", place->at.name, strcspn(place->at.name, "#"));
    json_int(text, "place", number ? strtol(number + 1, NULL, 10) : 1);
    json_text(text, "url", place->at.url);
    json_flag(text, "reached", place->is_reached);
    if (place->is_reached)
        json_double(text, "connect_ms", ms(place->took_ns));
    else
        json_text(text, "why", why_name(place->why));
    json_close(text, '}');
}

static void clock_members(struct text *text, const struct venue_visit *visit)
{
    if (!visit->is_clock_known) {
        json_null(text, "clock");
        json_null(text, "round_trip");
        return;
    }
    json_open(text, "clock", '{');
    json_double(text, "offset_ms", ms(visit->clock.offset_ns));
    json_double(text, "error_ms", ms(visit->clock.error_ns));
    json_double(text, "age_s", (double)visit->clock_age_ns / 1e9);
    json_close(text, '}');
    json_open(text, "round_trip", '{');
    json_double(text, "best_ms", ms(visit->trips_ns[0]));
    json_double(text, "median_ms", ms(median(visit)));
    json_int(text, "count", visit->trip_count);
    json_close(text, '}');
}

static void limit_members(struct text *text, const struct venue_visit *visit, uint32_t i)
{
    const struct oc_limit *limit = &visit->table->venue->limits[i];
    json_open(text, NULL, '{');
    json_text(text, "limit", limit->name);
    json_text(text, "kind", venue_limit_name(limit->kind));
    json_text(text, "by", venue_scope_name(limit->scope));
    json_int(text, "max", (int64_t)limit->max);
    json_double(text, "period_s", (double)limit->period_ns / 1e9);
    if (visit->limits[i].is_known)
        json_int(text, "used", (int64_t)visit->limits[i].used);
    else
        json_null(text, "used");
    json_close(text, '}');
}

static void fee_members(struct text *text, const struct told *told)
{
    const struct fees *fees = &told->fees;
    if (!*told->account || *told->why) {
        json_null(text, "fees");
        return;
    }
    json_open(text, "fees", '{');
    json_text(text, "account", told->account);
    visit_put_known(text, "maker", fees->maker, fees->present & OC_ACC_MAKER_FEE);
    visit_put_known(text, "taker", fees->taker, fees->present & OC_ACC_TAKER_FEE);
    json_close(text, '}');
}

static void write_json(struct text *text, const struct told *told)
{
    const struct venue_visit *visit = told->visit;
    json_open(text, NULL, '{');
    json_text(text, "venue", visit->venue);
    json_text(text, "connector", visit->plugin->id);
    json_text(text, "version", visit->plugin->version);
    json_text(text, "environment", environment_of(visit));
    json_text(text, "link", visit->is_on_network ? "network" : "transcript");
    venue_members(text, visit->table->venue);
    json_open(text, "endpoints", '[');
    for (uint32_t i = 0; i < visit->place_count; i++)
        place_members(text, &visit->places[i]);
    json_close(text, ']');
    clock_members(text, visit);
    json_open(text, "limits", '[');
    for (uint32_t i = 0; i < visit->table->venue->limit_count && i < OC_VENUE_LIMITS_MAX; i++)
        limit_members(text, visit, i);
    json_close(text, ']');
    fee_members(text, told);
    json_close(text, '}');
    text_put(text, "\n");
}

static int show(const struct told *told, bool is_json)
{
    struct text text;
    text_init_grow(&text, INFO_MAX);
    (is_json ? write_json : write_text)(&text, told);
    fputs(text.data, stdout);
    const bool is_cut = text.is_cut;
    text_release(&text);
    return is_cut ? EXIT_RUN : venue_visit_is_good(told->visit) ? EXIT_GOOD : EXIT_VENUE;
}

/* Its account's fees, where it has a key: what is wrong with that is told beside all else. */
static oc_rc ask(struct told *told, struct error *ret_error)
{
    struct venue_visit *visit = told->visit;
    struct error error = {0};
    oc_rc signs = OC_E_NOT_FOUND;
    if (visit->is_on_network && fees_account(visit->settings, visit->venue, told->account))
        signs = venue_visit_sign(visit, &error);
    else
        told->account[0] = 0;
    const oc_rc rc = venue_visit_ask(visit, VISIT_NS, ret_error);
    if (rc == OC_OK && signs == OC_OK && !venue_visit_is_reached(visit))
        signs = error_say(&error, OC_E_IO, visit->venue, "it was not reached");
    else if (rc == OC_OK && signs == OC_OK)
        signs = fees_ask(visit, 1, &told->fees, &error);
    if (*told->account && signs < 0)
        error_text(&error, told->why);
    return rc;
}

static int info(struct options *options)
{
    struct error error = {0};
    struct told told = {.visit = venue_visit_new(&options->settings, options->words[1])};
    if (!told.visit) {
        (void)error_of_code(&error, OC_E_NOMEM, options->words[1], "it cannot be asked");
        return complain(&error, OC_E_NOMEM, options->json);
    }
    oc_rc rc = venue_visit_open(told.visit, &error);
    if (rc == OC_OK)
        rc = ask(&told, &error);
    const int code = rc < 0 ? complain(&error, rc, options->json) : show(&told, options->json);
    venue_visit_free(told.visit);
    return code;
}

int verb_venue(int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    int code = EXIT_USE;
    if (!options)
        return EXIT_RUN;
    oc_rc rc = options_parse(options, argc, argv);
    const bool tries = rc == OC_OK && options->word_count && strcmp(options->words[0], "try") == 0;
    if (rc == OC_OK && (options->word_count != 2 || (!tries && strcmp(options->words[0], "info") != 0)))
        rc = error_say(&options->error, OC_E_INVALID, "venue",
                       "expected info and the name of one venue, or try and VENUE/ACCOUNT");
    if (rc < 0) {
        (void)complain(&options->error, OC_E_INVALID, options->json);
        fputs(usage, stderr);
    } else {
        log_set_sink(run_log_to_stderr, NULL);
        log_set_level(LOG_WARNING);
        if (options_finish(options) < 0)
            code = complain(&options->error, OC_E_CONFIG, options->json);
        else
            code = tries ? venue_try(options) : info(options);
        log_flush();
    }
    options_release(options);
    free(options);
    return code;
}
