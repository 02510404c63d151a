#include "cli/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/run.h"
#include "cli/verbs.h"

enum { SHOWN_MAX = 1 << 26 };

void visit_put_dec(struct text *out, struct oc_dec dec) { text_put_units(out, dec.units, dec.scale, TEXT_SHORTEST); }

void visit_put_units(struct text *out, int64_t units, struct oc_dec step)
{
    char text[TEXT_DECIMAL_MAX];
    text_from_units_128(text, (oc_i128)units * step.units, step.scale, TEXT_SHORTEST);
    text_put(out, text);
}

void visit_put_known(struct text *out, const char *key, struct oc_dec dec, bool is_known)
{
    if (is_known)
        json_dec(out, key, dec);
    else
        json_null(out, key);
}

oc_rc visit_fetch(struct venue_visit *visit, const struct oc_fetch *ask, const char *what,
                  void (*take)(void *self, const struct oc_event *event), void *self, struct error *ret_error)
{
    const oc_rc rc = venue_visit_fetch(visit, ask, VISIT_ANSWER_NS, take, self);
    if (rc >= 0)
        return OC_OK;
    if (rc == OC_E_LATE)
        return error_say(ret_error, rc, visit->venue, "no answer in 30 s to the question for %s", what);
    if (rc == OC_E_NOT_SUPPORTED)
        return error_say(ret_error, rc, visit->venue, "its connector cannot be asked for %s", what);
    if (rc == OC_E_DENIED)
        return error_say(ret_error, rc, visit->venue, "the venue does not let this key ask for %s", what);
    if (rc == OC_E_IO)
        return error_say(ret_error, rc, visit->venue, "it was not reached, and asked in vain for %s", what);
    return error_of_code(ret_error, rc, visit->venue, what);
}

static oc_rc visit(const struct visit_verb *verb, struct options *options, struct venue_visit *visit, struct text *out,
                   struct error *ret_error)
{
    const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_INSTRUMENTS, .lane = OC_LANE_QUERY};
    oc_rc rc = venue_visit_open(visit, ret_error);
    if (rc == OC_OK)
        rc = venue_visit_sign(visit, ret_error);
    if (rc == OC_OK && verb->must_sign && !visit->keyring.count)
        return error_say(ret_error, OC_E_CONFIG, visit->venue,
                         "it asks about accounts, and no account of this venue has a key: expected venue.%s.keys",
                         visit->venue);
    if (rc == OC_OK)
        rc = venue_visit_begin(visit, ret_error);
    if (rc == OC_OK)
        rc = visit_fetch(visit, &ask, "its instruments", NULL, NULL, ret_error);
    return rc == OC_OK ? verb->show(verb->self, visit, options, out, ret_error) : rc;
}

static oc_rc visit_one(const struct visit_verb *verb, struct options *options, const char *venue, struct text *out,
                       struct error *ret_error)
{
    struct venue_visit *guest = venue_visit_new(&options->settings, venue);
    const oc_rc rc = guest ? visit(verb, options, guest, out, ret_error)
                           : error_of_code(ret_error, OC_E_NOMEM, venue, "it cannot be asked");
    venue_visit_free(guest);
    return rc;
}

/* The i-th group of the configuration. False: there are no more. */
static bool group_at(const struct settings *settings, uint32_t i, char ret_name[PART_NAME_MAX])
{
    for (uint32_t k = 0; k < settings->count; k++) {
        const char *key = settings->list[k].key, *last = strrchr(key, '.');
        const size_t size = last ? (size_t)(last - key) : 0;
        if (size <= 6 || size - 6 >= PART_NAME_MAX || strncmp(key, "venue.", 6) != 0 || strcmp(last, ".connector") != 0)
            continue;
        if (i-- > 0)
            continue;
        snprintf(ret_name, PART_NAME_MAX, "%.*s", (int)(size - 6), key + 6);
        return true;
    }
    return false;
}

static void put_failed(const struct error *error, const char *venue, bool is_json, struct text *out)
{
    char words[ERROR_TEXT_MAX];
    error_text(error, words);
    if (is_json)
        json_text(out, "error", words);
    else
        text_format(out, "%s could not be asked: %s\n", venue, words);
}

/* One that fails is said, and the others are asked all the same; the code is that of the first that failed. */
static oc_rc visit_all(const struct visit_verb *verb, struct options *options, struct text *out,
                       struct error *ret_error)
{
    char venue[PART_NAME_MAX];
    struct text missing;
    oc_rc first = OC_OK;
    if (!group_at(&options->settings, 0, venue))
        return error_say(ret_error, OC_E_CONFIG, verb->name,
                         "no venue is named, and the configuration has no group venue.NAME");
    text_init_grow(&missing, SHOWN_MAX);
    if (options->json)
        text_put(out, "{\"venues\":[");
    for (uint32_t i = 0; group_at(&options->settings, i, venue); i++) {
        struct error error = {0};
        struct text one;
        text_init_grow(&one, SHOWN_MAX);
        const oc_rc rc = visit_one(verb, options, venue, &one, &error);
        if (options->json) {
            text_format(out, "%s{\"venue\":\"%s\"", i ? "," : "", venue);
            if (rc == OC_OK)
                text_format(out, ",\"accounts\":%s", one.data ? one.data : "[]");
        } else if (rc == OC_OK) {
            text_put(out, one.data ? one.data : "");
        }
        if (rc < 0) {
            put_failed(&error, venue, options->json, out);
            text_format(&missing, options->json ? "%s\"%s\"" : "%s%s", missing.size ? ", " : "", venue);
        }
        if (options->json)
            text_put(out, "}");
        if (rc < 0 && first == OC_OK) {
            first = rc;
            (void)complain(&error, rc, false);
        }
        out->is_cut |= one.is_cut;
        text_release(&one);
    }
    if (options->json)
        text_format(out, "],\"missing\":[%s],\"totals\":", missing.size ? missing.data : "");
    else if (missing.size)
        text_format(out, "not in what follows: %s\n", missing.data);
    text_release(&missing);
    verb->put_totals(verb->self, options->json, out);
    if (options->json)
        text_put(out, "}\n");
    return first;
}

static int run(const struct visit_verb *verb, struct options *options)
{
    struct error error = {0};
    struct text out;
    text_init_grow(&out, SHOWN_MAX);
    const bool is_all = options->word_count == 0;
    const oc_rc rc =
        is_all ? visit_all(verb, options, &out, &error) : visit_one(verb, options, options->words[0], &out, &error);
    int code = EXIT_GOOD;
    if (is_all && rc < 0 && !error_is_set(&error)) { /* it was said with its venue */
        code = EXIT_RUN;
        fputs(out.data ? out.data : "", stdout);
        text_release(&out);
        return code;
    }
    if (rc < 0)
        code = complain(&error, rc, options->json);
    else if (out.is_cut)
        code = complain(&error, error_of_code(&error, OC_E_LIMIT, verb->name, "more than can be shown"), options->json);
    else
        fputs(out.data ? out.data : "", stdout);
    text_release(&out);
    return code;
}

int visit_verb(const struct visit_verb *verb, int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    int code = EXIT_USE;
    if (!options)
        return EXIT_RUN;
    oc_rc rc = options_parse(options, argc, argv);
    if (rc == OC_OK && ((options->word_count < 1 && !verb->put_totals) || options->word_count > 1 + verb->words_max))
        rc = error_say(&options->error, OC_E_INVALID, verb->name, "expected the name of one venue");
    if (rc < 0) {
        (void)complain(&options->error, OC_E_INVALID, options->json);
        fputs(verb->usage, stderr);
    } else {
        log_set_sink(run_log_to_stderr, NULL);
        log_set_level(LOG_WARNING);
        code = options_finish(options) < 0 ? complain(&options->error, OC_E_CONFIG, options->json) : run(verb, options);
        log_flush();
    }
    options_release(options);
    free(options);
    return code;
}
