#include "cli/kill_away.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/run.h"
#include "io/client_id.h"
#include "journal/read.h"
#include "session/kill_seal.h"
#include "session/recorded.h"
#include "session/venue_keys.h"
#include "session/venue_kill.h"

enum { WHY_MAX = 512, ORDERS_ROOM = 1 << 16, ORDERS_MAX = 1 << 23, INSTRUMENTS_ROOM = 64 };

struct known_order { /* of the records, by rising number */
    uint64_t order;
    uint32_t bits;
    uint32_t zero;
};

struct away {
    struct options options;
    struct registry registry;
    struct session *session;
    struct journal_reader *reader;
    struct door_resume resume;
    struct known_order *orders; /* owned, as the next */
    size_t order_count, order_room;
    struct oc_instrument *instruments;
    uint32_t instrument_count, instrument_room;
};

/* A stop that sells what is held, on spot, cannot open anything. */
static bool is_spot_stop(const struct away *away, const struct oc_request *request)
{
    if (!(request->bits & OC_RQ_HAS_STOP) || request->side != OC_SIDE_SELL)
        return false;
    for (uint32_t i = 0; i < away->instrument_count; i++)
        if (OC_INST_INDEX(away->instruments[i].inst) == OC_INST_INDEX(request->head.inst))
            return away->instruments[i].kind == OC_KIND_SPOT;
    return false;
}

/* The oldest go where there are too many: what is still open is younger, or stays as one of which nothing is known. */
static oc_rc add_order(struct away *away, const struct oc_request *request)
{
    if (away->order_count == ORDERS_MAX) {
        memmove(away->orders, away->orders + ORDERS_MAX / 2, ORDERS_MAX / 2 * sizeof *away->orders);
        away->order_count = ORDERS_MAX / 2;
    }
    if (away->order_count == away->order_room) {
        const size_t room = away->order_room ? away->order_room * 2 : ORDERS_ROOM;
        struct known_order *more = realloc(away->orders, room * sizeof *more);
        if (!more)
            return OC_E_NOMEM;
        away->orders = more;
        away->order_room = room;
    }
    const bool protects = request->role == OC_ROLE_STOP_LOSS || request->role == OC_ROLE_TAKE_PROFIT ||
                          request->role == OC_ROLE_CLOSE || is_spot_stop(away, request);
    away->orders[away->order_count++] =
        (struct known_order){request->order, request->bits | (protects ? (uint32_t)OC_RQ_REDUCE_ONLY : 0), 0};
    return OC_OK;
}

static oc_rc add_instrument(struct away *away, const struct oc_event *event)
{
    const struct oc_ev_instrument *said = (const struct oc_ev_instrument *)(const void *)event;
    struct oc_instrument info = {0};
    const size_t head = offsetof(struct oc_ev_instrument, info), size = event->size > head ? event->size - head : 0;
    memcpy(&info, &said->info, size < sizeof info ? size : sizeof info);
    info.size = sizeof info;
    if (away->instrument_count == away->instrument_room) {
        const uint32_t room = away->instrument_room ? away->instrument_room * 2 : INSTRUMENTS_ROOM;
        struct oc_instrument *more = realloc(away->instruments, room * sizeof *more);
        if (!more)
            return OC_E_NOMEM;
        away->instruments = more;
        away->instrument_room = room;
    }
    away->instruments[away->instrument_count++] = info;
    return OC_OK;
}

static int by_order(const void *a, const void *b)
{
    const struct known_order *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static bool known(void *self, uint64_t order, uint32_t *ret_bits)
{
    const struct away *away = self;
    const struct known_order wanted = {.order = order};
    const struct known_order *found = bsearch(&wanted, away->orders, away->order_count, sizeof *away->orders, by_order);
    *ret_bits = found ? found->bits : 0;
    return found != NULL;
}

/* Settings of its header, then its orders and instruments. */
static oc_rc read_records(struct away *away, const char *dir, char *ret_why)
{
    struct header_line line;
    struct text notes;
    const struct oc_event *event;
    enum journal_stream stream;
    const char *text;
    size_t size, at = 0;
    oc_rc rc = journal_open_read(dir, false, &away->reader);
    if (rc < 0 && !away->reader) {
        snprintf(ret_why, WHY_MAX, "its records cannot be read: %s", journal_error());
        return rc;
    }
    text_init_grow(&notes, 1 << 16);
    rc = journal_header(away->reader, &text, &size);
    while (rc == OC_OK && (rc = header_next(text, size, &at, &line)) == OC_OK)
        if (strcmp(line.word, "set") == 0)
            rc = recorded_take_line(away->session, &line, &notes);
    text_release(&notes);
    if (rc != OC_E_END || journal_resume(away->reader, &away->resume) < 0) {
        snprintf(ret_why, WHY_MAX, "the header of its records cannot be read: %s", error_name(rc));
        return rc < 0 && rc != OC_E_END ? rc : (oc_rc)OC_E_DATA;
    }
    rc = OC_OK;
    while (rc == OC_OK && journal_next(away->reader, &event, &stream) == OC_OK) {
        const struct oc_request *request = (const struct oc_request *)(const void *)event;
        if (event->type == OC_EV_INSTRUMENT)
            rc = add_instrument(away, event);
        else if (event->type == OC_EV_REQUEST && oc_request_makes_order(request->kind))
            rc = add_order(away, request);
    }
    qsort(away->orders, away->order_count, sizeof *away->orders, by_order); /* they stand so, but for adopted ones */
    return rc;
}

static oc_rc visit(struct away *away, const char *dir, struct venue_visit *guest, struct venue_kill *kill,
                   int64_t timeout_ns, struct error *ret_error)
{
    struct error none;
    const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_INSTRUMENTS, .lane = OC_LANE_CANCEL};
    guest->client_tag = client_id_tag(away->resume.session);
    guest->gives_accounts = true;
    oc_rc rc = venue_visit_open(guest, ret_error);
    if (rc == OC_OK) {
        rc = kill_seal_read(dir, guest->venue, &guest->keyring, ret_error);
        if (rc == OC_E_NOT_FOUND && venue_env(guest->settings, guest->venue) == OC_ENV_LOCAL)
            rc = OC_OK; /* its test keys are no secrets */
        else if (rc < 0 && venue_visit_sign(guest, &none) == OC_OK && guest->keyring.count)
            rc = OC_OK; /* from where the session has them itself, which may ask a person */
    }
    if (rc == OC_OK)
        rc = venue_visit_begin(guest, ret_error);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < away->instrument_count; i++)
        if (strcmp(away->instruments[i].venue, guest->venue) == 0)
            (void)venue_visit_know(guest, &away->instruments[i]); /* one more or less: the venue's list decides */
    if (!guest->instrument_count)
        rc = venue_visit_fetch(guest, &ask, timeout_ns, NULL, NULL);
    if (rc < 0)
        return error_of_code(ret_error, rc, guest->venue, "its instruments could not be asked for");
    kill->visit = guest;
    return venue_kill_run(kill, net_loop_now(guest->loop) + timeout_ns, ret_error);
}

static void kill_at(struct away *away, const char *dir, const char *venue, bool takes_all, int64_t timeout_ns,
                    struct kill_away *row)
{
    struct error error = {0};
    struct venue_kill kill = {.takes_all = takes_all, .known = known, .self = away};
    struct venue_visit *guest = venue_visit_new(away->session->settings, venue);
    oc_rc rc = guest ? visit(away, dir, guest, &kill, timeout_ns, &error) : (oc_rc)OC_E_NOMEM;
    *row = (struct kill_away){.is_over = rc == OC_OK,
                              .first = kill.first,
                              .left = kill.left,
                              .staying = kill.staying,
                              .foreign = kill.foreign,
                              .at_once = kill.at_once,
                              .took_ns = kill.took_ns};
    snprintf(row->venue, sizeof row->venue, "%s", venue);
    if (rc < 0) {
        char text[ERROR_TEXT_MAX];
        error_text(&error, text);
        snprintf(row->why, sizeof row->why, "%s", error_is_set(&error) ? text : error_name(rc));
    }
    venue_kill_release(&kill);
    venue_visit_free(guest);
}

static void away_free(struct away *away)
{
    session_free(away->session);
    if (away->reader)
        journal_close_read(away->reader);
    free(away->orders);
    free(away->instruments);
    options_release(&away->options);
    free(away);
}

oc_rc kill_away(const char *dir, bool takes_all, int64_t timeout_ns, struct kill_away *rows, uint32_t *ret_count,
                char *ret_why)
{
    char names[KILL_AWAY_VENUES_MAX][PART_NAME_MAX];
    uint32_t count = 0;
    struct away *away = calloc(1, sizeof *away);
    if (!away)
        return OC_E_NOMEM;
    registry_init(&away->registry);
    away->session = session_new(&away->options.settings, &away->registry, "kill");
    oc_rc rc = away->session ? read_records(away, dir, ret_why) : (oc_rc)OC_E_NOMEM;
    struct settings *settings = &away->options.settings;
    if (rc == OC_OK && venue_is_feed(settings))
        rc = OC_E_NOT_FOUND;
    while (rc == OC_OK && count < KILL_AWAY_VENUES_MAX && venue_at(settings, count, names[count]))
        count++;
    if (rc == OC_OK && (!count || !venue_net_is(settings, names[0])))
        rc = OC_E_NOT_FOUND;
    for (uint32_t i = 0; rc == OC_OK && i < count; i++) /* visiting makes one of them the only one of the settings */
        kill_at(away, dir, names[i], takes_all, timeout_ns, &rows[i]);
    *ret_count = rc == OC_OK ? count : 0;
    away_free(away);
    return rc;
}
