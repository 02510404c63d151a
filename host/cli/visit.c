#include "cli/visit.h"

#include <stdio.h>
#include <stdlib.h>

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
    return rc == OC_OK ? verb->show(visit, options, out, ret_error) : rc;
}

static int run(const struct visit_verb *verb, struct options *options)
{
    struct error error = {0};
    struct text out;
    struct venue_visit *guest = venue_visit_new(&options->settings, options->words[0]);
    text_init_grow(&out, SHOWN_MAX);
    const oc_rc rc = guest ? visit(verb, options, guest, &out, &error)
                           : error_of_code(&error, OC_E_NOMEM, options->words[0], "it cannot be asked");
    int code = EXIT_GOOD;
    if (rc < 0)
        code = complain(&error, rc, options->json);
    else if (out.is_cut)
        code = complain(&error, error_of_code(&error, OC_E_LIMIT, verb->name, "more than can be shown"), options->json);
    else
        fputs(out.data ? out.data : "", stdout);
    text_release(&out);
    venue_visit_free(guest);
    return code;
}

int visit_verb(const struct visit_verb *verb, int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    int code = EXIT_USE;
    if (!options)
        return EXIT_RUN;
    oc_rc rc = options_parse(options, argc, argv);
    if (rc == OC_OK && (options->word_count < 1 || options->word_count > 1 + verb->words_max))
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
