/* run_fees.c: a paper session on a live feed that configures no fees has those of its venue's first account. They become settings, so a replay asks nobody. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/fees.h"
#include "cli/run.h"
#include "cli/visit.h"
#include "session/venue_keys.h"

static bool is_asked_for(const struct settings *settings, char venue[PART_NAME_MAX], char account[VENUE_ACCOUNT_MAX])
{
    char other[PART_NAME_MAX];
    return venue_is_feed(settings) && venue_at(settings, 0, venue) && !venue_at(settings, 1, other) &&
           venue_net_is(settings, venue) && fees_account(settings, venue, account) &&
           !settings_get(settings, "sim.paper.taker_fee") && !settings_get(settings, "sim.paper.maker_fee");
}

static oc_rc ask(struct settings *settings, const char *venue, struct fees *ret_fees, struct error *ret_error)
{
    struct venue_visit *visit = venue_visit_new(settings, venue);
    if (!visit)
        return error_of_code(ret_error, OC_E_NOMEM, venue, "it cannot be asked for its fees");
    oc_rc rc = venue_visit_open(visit, ret_error);
    if (rc == OC_OK)
        rc = venue_visit_sign(visit, ret_error);
    if (rc == OC_OK)
        rc = venue_visit_begin(visit, ret_error);
    if (rc == OC_OK)
        rc = fees_ask(visit, 1, ret_fees, ret_error);
    venue_visit_free(visit);
    return rc;
}

static oc_rc put(struct settings *settings, const char *key, struct oc_dec rate, const char *origin)
{
    char room[TEXT_DECIMAL_MAX];
    struct text text;
    text_init_fixed(&text, room, sizeof room);
    visit_put_dec(&text, rate);
    return settings_set(settings, key, text.data, origin);
}

static oc_rc keep(struct settings *settings, const char *of, const struct fees *fees)
{
    oc_rc rc = settings_set(settings, "session.fees_of", of, "`outcry paper --venue`");
    if (rc == OC_OK && fees->present & OC_ACC_TAKER_FEE)
        rc = put(settings, "sim.paper.taker_fee", fees->taker, of);
    if (rc == OC_OK && fees->present & OC_ACC_MAKER_FEE)
        rc = put(settings, "sim.paper.maker_fee", fees->maker, of);
    if (rc == OC_OK && !fees->present)
        log_info("fees", "the venue says no rates of %s", of);
    else if (rc == OC_OK)
        log_info("fees", "as %s pays: taker %s, maker %s", of,
                 settings_text(settings, "sim.paper.taker_fee", "not said"),
                 settings_text(settings, "sim.paper.maker_fee", "not said"));
    return rc;
}

oc_rc run_take_fees(struct run *run)
{
    struct settings *settings = run->session->settings;
    char venue[PART_NAME_MAX], account[VENUE_ACCOUNT_MAX], of[PART_NAME_MAX + VENUE_ACCOUNT_MAX];
    struct fees fees = {0};
    struct error error = {0};
    const struct part *filler = parts_at(run->session->parts, PART_SIM, 0);
    if (run->restore.has_journal || (filler && strcmp(filler->id, "outcry.paper") != 0) ||
        !is_asked_for(settings, venue, account))
        return OC_OK; /* what another simulator takes is its own */
    oc_rc rc = ask(settings, venue, &fees, &error);
    if (rc == OC_E_NOT_SUPPORTED)
        return OC_OK; /* the report says that nobody was asked */
    if (rc < 0) {
        char remedy[ERROR_REMEDY_MAX];
        snprintf(remedy, sizeof remedy,
                 "%.300s%s--fee taker=RATE,maker=RATE: then the account %s is not asked for its fees", error.remedy,
                 error.remedy[0] ? "; or " : "", account);
        error_remedy(&error, "%s", remedy);
        return session_fail(run->session, &error);
    }
    snprintf(of, sizeof of, "%s/%s", venue, account);
    return keep(settings, of, &fees) < 0 ? session_fail(run->session, &settings->error) : (oc_rc)OC_OK;
}
