#include "session/venue_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/text.h"
#include "journal/door.h"
#include "session/venue_keys.h"

/* Opening. */

struct venue_link *venue_link_new(struct settings *settings, const char *recorded_dir)
{
    struct venue_link *link = calloc(1, sizeof *link);
    if (link) {
        link->settings = settings;
        link->records_dir = recorded_dir;
    }
    return link;
}

static oc_rc script_failed(const struct venue_link *link, oc_rc rc, const char *what, struct error *ret_error)
{
    error_at(ret_error, rc, "%s", venue_text(link->settings, "transcript", ""));
    error_what(ret_error, "%s", what);
    return rc;
}

/* The first line that is no comment says when the session begins; a replay has no script and finds it in the settings. */
static oc_rc take_start(struct venue_link *link, struct error *ret_error)
{
    const char *at = link->script;
    char key[SETTING_KEY_MAX], time[TEXT_TIME_MAX];
    int64_t start_ns;
    while (*at == '#' || *at == '\n') {
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    const size_t skip = at[0] == '@' ? 1 + strspn(at + 1, " ") : 0;
    if (!skip || text_to_time(at + skip, strcspn(at, "\n") - skip, &start_ns) < 0)
        return script_failed(link, OC_E_DATA,
                             "its first line does not say when it begins, such as @ 2026-01-05T14:30:00Z", ret_error);
    text_from_time(time, start_ns);
    snprintf(key, sizeof key, "venue.%s.starts", venue_name(link->settings));
    if (settings_set(link->settings, key, time, "the transcript") < 0)
        return error_copy(ret_error, &link->settings->error);
    return OC_OK;
}

oc_rc venue_link_read(struct venue_link *link, struct error *ret_error)
{
    size_t size;
    *ret_error = (struct error){0};
    oc_rc rc = env_read_file(venue_text(link->settings, "transcript", ""), TRANSCRIPT_SCRIPT_MAX, &link->script, &size);
    if (rc < 0)
        return script_failed(link, rc, env_error_text(), ret_error);
    if (strlen(link->script) != size)
        return script_failed(link, OC_E_DATA, "it holds a byte of value 0", ret_error);
    rc = transcript_init_script(&link->transcript, link->script);
    if (rc < 0)
        return script_failed(link, rc, link->transcript.mismatch[0] ? link->transcript.mismatch : error_name(rc),
                             ret_error);
    return take_start(link, ret_error);
}

static oc_rc open_connector(struct venue_link *link, struct error *ret_error)
{
    static const char *const calls[LINK_SITES] = {"start", "subscribe", "bytes", "request", "quiesce"};
    const struct venue_link_world *world = &link->world;
    const struct part *part = parts_at(world->parts, PART_CONNECTOR, 0);
    if (!part || !link->transcript.script)
        return error_of_code(ret_error, OC_E_STATE, "venue", "there is no connector, or no transcript");
    oc_rc rc = feed_init(&link->feed, FEED_SIZE_MIN, world->account);
    link->kept = malloc(FEED_SIZE_MIN);
    if (rc < 0 || !link->kept)
        return error_of_code(ret_error, rc < 0 ? rc : OC_E_NOMEM, part->section, "it could not be opened");
    link->plugin.settings = link->settings;
    link->plugin.now_ns = world->now_ns;
    link->plugin.seed = world->seed;
    link->plugin.io = (struct io_services){&link->feed, &transcript_net, &link->transcript};
    snprintf(link->plugin.section, sizeof link->plugin.section, "%s", part->section);
    rc = plugin_instance_open(&link->plugin, world->registry, OC_CONNECTOR_0_1, part->id, ret_error);
    if (rc < 0)
        return rc;
    for (int i = 0; i < LINK_SITES; i++)
        link->sites[i] = (struct plugin_site){link->plugin.plugin->id, calls[i]};
    link->table = registry_interface(link->plugin.plugin, OC_CONNECTOR_0_1);
    plugin_call_begin(&link->sites[LINK_START]);
    rc = link->table->start(link->plugin.self);
    plugin_call_end();
    return rc < 0 ? error_of_code(ret_error, rc, part->section, "its connector did not start") : rc;
}

void venue_link_close(struct venue_link *link)
{
    if (link->table && link->table->quiesce) {
        plugin_call_begin(&link->sites[LINK_QUIESCE]);
        if (link->table->quiesce(link->plugin.self, *link->world.now_ns) < 0)
            log_warning("venue", "%s was not idle at the end", link->plugin.plugin->id);
        plugin_call_end();
    }
    plugin_instance_close(&link->plugin);
    link->table = NULL;
    if (link->feed.ring.data)
        feed_release(&link->feed);
    if (link->records)
        journal_close_read(link->records);
    link->records = NULL;
    link->recorded = NULL;
    free(link->kept);
    link->kept = NULL;
}

void venue_link_free(struct venue_link *link)
{
    if (!link)
        return;
    transcript_release(&link->transcript);
    env_free(link->script);
    free(link);
}

/* What it says. */

/* The oldest event that was queued, borrowed until event_drop(); NULL: none. */
static const struct oc_event *event_first(struct venue_link *link)
{
    if (link->kept_at < link->kept_end)
        return (const struct oc_event *)(const void *)(link->kept + link->kept_at);
    return feed_first(&link->feed);
}

static void event_drop(struct venue_link *link)
{
    if (link->kept_at < link->kept_end)
        link->kept_at += ((const struct oc_event *)(const void *)(link->kept + link->kept_at))->size;
    else
        feed_drop(&link->feed);
}

/* A copy of at most `room` bytes, judged and stamped: the words of a venue are cut to what fits. OC_E_AGAIN: it is refused. */
static oc_rc take_event(struct venue_link *link, int64_t now_ns, void *to, uint32_t room)
{
    const struct oc_event *first = event_first(link);
    struct oc_event *event = to;
    const char *why = border_refuses_venue(link->world.engine, link->world.account, first);
    oc_rc rc = why ? border_say(link->world.border, why, first) : OC_OK;
    if (!why) {
        if (first->type >= OC_EV_REQUEST && room > SIM_ANSWERS_ANSWER_MAX)
            room = SIM_ANSWERS_ANSWER_MAX;
        const uint32_t size = first->size < room ? first->size : room;
        memcpy(to, first, size);
        event->size = size;
        event->flags &= (uint16_t)(OC_EVF_LAST | OC_EVF_REPLAYED);
        event->seq = event->cause = 0;
        const int64_t at_ns = now_ns > link->transcript.clock_ns ? now_ns : link->transcript.clock_ns;
        if (event->venue_ns == 0) /* it does not say */
            event->venue_ns = at_ns;
        event->local_ns = event->venue_ns > at_ns ? event->venue_ns : at_ns;
    }
    event_drop(link);
    return why ? (rc < 0 ? rc : (oc_rc)OC_E_AGAIN) : OC_OK;
}

static oc_rc judge_pump(struct venue_link *link, oc_rc rc, uint32_t line)
{
    if (rc >= 0 || rc == OC_E_FULL)
        return rc;
    link->unread++;
    if (link->unread <= BORDER_SAID_MAX)
        log_error("venue", "%s could not read what it was told at line %u of the transcript: %s",
                  link->plugin.plugin->id, line, error_name(rc));
    return 1; /* the message is gone, and the venue goes on */
}

static oc_rc pump(struct venue_link *link)
{
    const uint32_t line = link->transcript.line;
    plugin_call_begin(&link->sites[LINK_BYTES]);
    oc_rc rc = transcript_pump(&link->transcript, link->table, link->plugin.self, 1);
    plugin_call_end();
    return judge_pump(link, rc, line);
}

/* The next event of the connector becomes link->event. */
static oc_rc pull(struct venue_link *link)
{
    if (link->has_head)
        return OC_OK;
    for (;;) {
        while (event_first(link)) {
            oc_rc rc = take_event(link, *link->world.now_ns, &link->event, sizeof link->event);
            link->has_head = rc == OC_OK;
            if (rc != OC_E_AGAIN)
                return rc;
        }
        if (link->transcript.mismatches)
            return OC_E_STATE;
        oc_rc rc = pump(link);
        if (rc < 0)
            return rc;
        if (rc == 0)
            return transcript_is_done(&link->transcript) ? OC_E_END : OC_E_AGAIN;
    }
}

/* Events that are queued wait behind those that were kept. OC_E_FULL: so many that there is no room. */
static oc_rc keep_queued(struct venue_link *link)
{
    const struct oc_event *event;
    link->kept_end -= link->kept_at;
    memmove(link->kept, link->kept + link->kept_at, link->kept_end);
    link->kept_at = 0;
    while ((event = feed_first(&link->feed)) != NULL && link->kept_end + event->size <= FEED_SIZE_MIN) {
        memcpy(link->kept + link->kept_end, event, event->size);
        link->kept_end += event->size;
        feed_drop(&link->feed);
    }
    return event ? OC_E_FULL : OC_OK;
}

/* The oldest event of the ring, which is an answer: it does not wait for what came before it and was kept. */
static oc_rc take_answer(struct venue_link *link, int64_t now_ns)
{
    union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_ANSWER_MAX];
    } answer;
    const uint32_t kept_at = link->kept_at;
    link->kept_at = link->kept_end;
    oc_rc rc = take_event(link, now_ns, &answer, sizeof answer);
    link->kept_at = kept_at;
    if (rc == OC_E_AGAIN)
        return OC_OK;
    return rc < 0 ? rc : sim_answers_emit(link->answers, answer.head.local_ns, &answer.head);
}

/* What a standing answer says at once: before the event that was taken ahead. A market event among it waits for its turn, and with
 * it what the same message says behind it. */
static oc_rc take_answers(struct venue_link *link, int64_t now_ns)
{
    oc_rc rc = 1;
    while (rc > 0) {
        plugin_call_begin(&link->sites[LINK_BYTES]);
        rc = transcript_pump_said(&link->transcript, link->table, link->plugin.self);
        plugin_call_end();
        rc = judge_pump(link, rc, link->transcript.line);
        const struct oc_event *first;
        while (rc >= 0 && (first = feed_first(&link->feed)) != NULL) {
            const oc_rc taken = first->type < OC_EV_REQUEST ? keep_queued(link) : take_answer(link, now_ns);
            if (taken < 0)
                return taken;
        }
    }
    return rc;
}

static bool is_of_venue(const struct oc_event *event, enum journal_stream stream)
{
    return stream == JOURNAL_MARKET || event->type == OC_EV_BALANCE ||
           (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT);
}

/* The next record that entered by a link. The opening cash stands before the start, and is the host's. */
static void look_for_record(struct venue_link *link)
{
    enum journal_stream stream;
    while (!link->recorded && journal_next(link->records, &link->recorded, &stream) == OC_OK) {
        const struct oc_event *event = link->recorded;
        link->is_started |=
            event->type == OC_EV_MARK && ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_START;
        if (!link->is_started || !is_of_venue(event, stream))
            link->recorded = NULL;
    }
}

static oc_rc pull_record(struct venue_link *link)
{
    look_for_record(link);
    if (!link->recorded)
        return OC_E_END;
    if (!link->gives_way && link->recorded->seq > door_seq(link->world.door) + 1)
        return OC_E_AGAIN;
    const uint32_t size = link->recorded->size;
    if (size > sizeof link->event)
        return OC_E_DATA;
    memcpy(&link->event, link->recorded, size);
    link->event.head.seq = 0;
    link->recorded = NULL;
    link->gives_way = false;
    link->has_head = true;
    return OC_OK;
}

static oc_rc next_event(void *self, struct oc_event **ret_event)
{
    struct venue_link *link = self;
    if (link->answers->count) /* one at a time, or their order is lost */
        return OC_E_AGAIN;
    oc_rc rc = link->records ? pull_record(link) : pull(link);
    if (rc < 0)
        return rc;
    if (link->event.head.type < OC_EV_REQUEST) {
        *ret_event = &link->event.head;
        return OC_OK;
    }
    link->has_head = false;
    rc = sim_answers_emit(link->answers, link->event.head.local_ns, &link->event.head);
    return rc < 0 ? rc : (oc_rc)OC_E_AGAIN;
}

static int64_t goes_until(void *self)
{
    const struct venue_link *link = self;
    if (link->answers->count)
        return sim_answers_next_ns(link->answers);
    if (link->records)
        return link->recorded ? link->recorded->local_ns : *link->world.now_ns;
    return link->transcript.clock_ns > *link->world.now_ns ? link->transcript.clock_ns : *link->world.now_ns;
}

oc_rc venue_link_stalled(struct venue_link *link, struct error *ret_error)
{
    uint32_t size = 0, line = 0;
    if (link->records) {
        link->gives_way = true;
        return 1;
    }
    const char *wanted = transcript_waits_for(&link->transcript, &size, &line);
    if (link->has_console || !wanted)
        return OC_OK;
    return error_say(ret_error, OC_E_STATE, venue_text(link->settings, "transcript", ""),
                     "line %u: the venue waits for what was not sent: %.*s", line, (int)(size < 160 ? size : 160),
                     wanted);
}

bool venue_link_differs(const struct venue_link *link, struct error *ret_error)
{
    if (!link->transcript.mismatches)
        return false;
    error_at(ret_error, OC_E_STATE, "%s", venue_text(link->settings, "transcript", ""));
    error_what(ret_error, "%s", link->transcript.mismatch);
    return true;
}

/* The records are right: a connector or a transcript that says something else is another one. */
oc_rc venue_link_expect(struct venue_link *link, const struct oc_event *event, struct error *ret_error)
{
    oc_rc rc = pull(link);
    const struct oc_event *said = &link->event.head;
    const size_t head = sizeof *said;
    link->has_head = false;
    if (rc == OC_OK && said->size == event->size && said->type == event->type && said->inst == event->inst &&
        said->source == event->source &&
        memcmp((const char *)said + head, (const char *)event + head, event->size - head) == 0)
        return OC_OK;
    error_at(ret_error, OC_E_DATA, "%s", venue_text(link->settings, "transcript", ""));
    error_what(ret_error,
               "line %u: it does not say what record %llu of the session holds: it is another transcript, or another "
               "connector reads it",
               link->transcript.line, (unsigned long long)event->seq);
    error_remedy(ret_error, "go on with the files that the session began with");
    return OC_E_DATA;
}

void venue_link_expect_ahead(struct venue_link *link) { (void)pull(link); /* nothing there yet: as it was then */ }

/* The table of its venue. */

static oc_rc table_instrument(void *self, const struct oc_instrument *instrument)
{
    struct venue_link *link = self;
    if (link->records)
        return OC_OK;
    if (!link->table->subscribe)
        return OC_OK; /* it says by itself what it has */
    plugin_call_begin(&link->sites[LINK_SUBSCRIBE]);
    oc_rc rc = link->table->subscribe(link->plugin.self, instrument);
    plugin_call_end();
    return rc;
}

static oc_rc table_balance(void *self, uint32_t account, uint32_t asset, struct oc_dec total)
{
    return (void)self, (void)account, (void)asset, (void)total, OC_OK;
}

static oc_rc table_market(void *self, int64_t now_ns, const struct oc_event *event)
{
    return (void)self, (void)now_ns, (void)event, OC_OK;
}

static oc_rc table_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct venue_link *link = self;
    if (link->records)
        return OC_OK; /* a refusal stands in the records, as an answer does */
    oc_rc rc = keep_queued(link);
    if (rc < 0)
        return rc;
    plugin_call_begin(&link->sites[LINK_REQUEST]);
    rc = link->table->request(link->plugin.self, request);
    plugin_call_end();
    if (rc < 0)
        return rc;
    rc = take_answers(link, now_ns);
    if (rc < 0) /* it was sent: what came of it is another matter */
        log_error("venue", "what %s said to order %llu could not be taken: %s", link->plugin.plugin->id,
                  (unsigned long long)(request->order & ((1ull << 40) - 1)), error_name(rc));
    return OC_OK;
}

static oc_rc table_due(void *self, int64_t now_ns) { return (void)self, (void)now_ns, OC_OK; }

static oc_rc table_position(void *self, uint32_t account, uint32_t inst, int64_t *ret_units)
{
    return (void)self, (void)account, (void)inst, (void)ret_units, OC_E_NOT_SUPPORTED;
}

static void table_observe(void *self, const struct oc_event *event) { (void)self, (void)event; }

/* What was said and not taken, then where the script stands. */
static oc_rc table_save(void *self, void *bytes, uint32_t size_max)
{
    struct venue_link *link = self;
    char *to = bytes;
    if (!link->table)
        return OC_E_NOT_SUPPORTED;
    const uint64_t own = link->has_head ? link->event.head.size : 0;
    if (keep_queued(link) < 0 || sizeof own + own + link->kept_end > size_max || own + link->kept_end > FEED_SIZE_MIN)
        return OC_E_LIMIT;
    const uint64_t queued = own + link->kept_end;
    memcpy(to, &queued, sizeof queued);
    memcpy(to + sizeof queued, &link->event, own);
    memcpy(to + sizeof queued + own, link->kept, link->kept_end);
    const size_t used = sizeof queued + queued;
    const int64_t size = transcript_save(&link->transcript, to + used, size_max - used);
    return size < 0 ? (oc_rc)size : (oc_rc)(used + (uint64_t)size);
}

static oc_rc table_load(void *self, const void *bytes, uint32_t size)
{
    struct venue_link *link = self;
    const char *from = bytes;
    uint64_t head;
    if (size < sizeof head)
        return OC_E_DATA;
    memcpy(&head, from, sizeof head);
    if (!link->table || head > FEED_SIZE_MIN || head > size - sizeof head)
        return OC_E_DATA;
    memcpy(link->kept, from + sizeof head, head);
    link->kept_at = 0;
    link->kept_end = (uint32_t)head;
    link->has_head = false;
    return transcript_load(&link->transcript, from + sizeof head + head, size - sizeof head - head);
}

/* What the account has is what the venue says; its fees are known at the fill. */
static oc_rc table_terms(void *self, uint32_t account, struct oc_sim_terms *ret_terms)
{
    (void)self;
    (void)account;
    ret_terms->bits = OC_SIM_FUNDS;
    return OC_OK;
}

static const struct oc_sim venue_link_table = {.size = sizeof venue_link_table,
                                               .instrument = table_instrument,
                                               .balance = table_balance,
                                               .market = table_market,
                                               .request = table_request,
                                               .due = table_due,
                                               .end = table_due,
                                               .observe = table_observe,
                                               .position = table_position,
                                               .save = table_save,
                                               .load = table_load,
                                               .terms = table_terms};

oc_rc venue_link_open(struct venue_link *link, const struct venue_link_world *world, struct error *ret_error)
{
    const struct inbox_source source = {.self = link, .next = next_event, .until = goes_until, .is_live = true};
    *ret_error = (struct error){0};
    link->world = *world;
    link->answers = &world->venues->list[0].answers;
    oc_rc rc = link->records_dir ? journal_open_read(link->records_dir, false, &link->records)
                                 : open_connector(link, ret_error);
    if (rc == OC_E_DATA && link->records) /* damaged: read as far as they are whole */
        rc = OC_OK;
    if (rc == OC_OK)
        rc = venues_add(world->venues, world->account, &venue_link_table, link);
    if (rc == OC_OK)
        rc = inbox_add_source(world->inbox, &source);
    if (rc < 0 && !error_is_set(ret_error))
        return error_of_code(ret_error, rc, "venue", "it could not be opened");
    return rc;
}
