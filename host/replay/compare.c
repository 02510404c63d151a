#include "replay/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "session/recorded.h"
#include "session/rules_change.h"
#include "session/venue_keys.h"

enum { DIFFERENCES_MAX = 10 };

static void next_record(struct compare *compare)
{
    enum journal_stream stream;
    do {
        if (journal_next(compare->reader, &compare->next, &stream) < 0)
            compare->next = NULL;
    } while (compare->next && stream != JOURNAL_ORDERS);
}

static struct oc_ev_text *recorded_next(void *self, bool *ret_now)
{
    struct compare *compare = self;
    const struct oc_event *next = compare->next;
    if (!next || (next->type != OC_EV_COMMAND && next->type != OC_EV_MARK))
        return NULL;
    const uint32_t code = next->type == OC_EV_MARK ? ((const struct oc_ev_text *)(const void *)next)->code : 0;
    if (code == OC_MARK_START || code == OC_MARK_ASSET)
        return NULL; /* made anew by the start of the strategies; given by the venue's side */
    *ret_now = next->seq == door_seq(compare->session->door) + 1;
    if (!*ret_now && compare->differences == 0)
        return NULL; /* its turn comes */
    if (compare->copied != next)
        memcpy(compare->recorded, next, next->size);
    compare->copied = next;
    return (struct oc_ev_text *)(void *)compare->recorded;
}

/* A paced session hears answers and timers between prices. Where the recorded one was ended, so many of them had come. */
static int64_t goes_to(void *self)
{
    const struct compare *compare = self;
    return compare->next ? compare->next->local_ns : INT64_MIN;
}

static const char *type_name(uint16_t type)
{
    switch (type) {
    case OC_EV_REQUEST:
        return "request";
    case OC_EV_DENIED:
        return "denied";
    case OC_EV_ACCEPTED:
        return "accepted";
    case OC_EV_REJECTED:
        return "rejected";
    case OC_EV_FILL:
        return "fill";
    case OC_EV_CANCELED:
        return "canceled";
    case OC_EV_TIMER:
        return "timer";
    case OC_EV_STATE:
        return "state";
    case OC_EV_COMMAND:
        return "command";
    case OC_EV_STRATEGY:
        return "suspended";
    default:
        return "record";
    }
}

static void show(const char *side, const struct oc_event *event)
{
    char time[64];
    struct text text;
    text_init_fixed(&text, time, sizeof time);
    text_put_time(&text, event->local_ns);
    printf("  %-9s seq %-8llu %s %-9s", side, (unsigned long long)event->seq, time, type_name(event->type));
    if (event->type == OC_EV_FILL) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
        printf(" order %llx %s %lld at %lld", (unsigned long long)fill->order,
               fill->side == OC_SIDE_BUY ? "buy" : "sell", (long long)fill->qty, (long long)fill->price);
    } else if (event->type == OC_EV_REQUEST) {
        const struct oc_request *request = (const struct oc_request *)(const void *)event;
        printf(" order %llx %s %lld", (unsigned long long)request->order, request->side == OC_SIDE_BUY ? "buy" : "sell",
               (long long)request->qty);
    }
    putchar('\n');
}

/* The order a record is about; 0: none. */
static uint64_t order_of(const struct oc_event *event)
{
    if (event->type == OC_EV_REQUEST)
        return ((const struct oc_request *)(const void *)event)->order;
    return event->type == OC_EV_DENIED ? ((const struct oc_ev_answer *)(const void *)event)->order : 0;
}

/* A session that was killed and went on gives ids of a new epoch from there on: the first of them, when all before it were
 * given again. */
static void next_order(struct compare *compare)
{
    const struct oc_event *event;
    enum journal_stream stream;
    const uint64_t last = compare->order;
    while (compare->order == last && journal_next(compare->orders, &event, &stream) == OC_OK) {
        if (stream == JOURNAL_ORDERS && order_of(event) > last)
            compare->order = order_of(event);
    }
    if (compare->order >> 40 != last >> 40)
        engine_set_next_order(compare->session->engine, compare->order);
}

static void count_gap(struct compare *compare, const struct oc_ev_text *mark)
{
    if (mark->code != OC_MARK_GAP && mark->code != OC_MARK_GAP_END)
        return;
    compare->gaps += !compare->is_in_gap;
    compare->is_in_gap = mark->code == OC_MARK_GAP;
    compare->missed += compare->is_in_gap ? 0 : mark->key;
}

/* Every record that the replay makes, after its number was given. */
static void take_record(struct compare *compare, const struct oc_event *event)
{
    const struct oc_event *recorded = compare->next;
    compare->records++;
    bool is_same = recorded && recorded->size == event->size && memcmp(recorded, event, event->size) == 0;
    if (!is_same) {
        compare->differences++;
        if (compare->shows && compare->differences <= DIFFERENCES_MAX) {
            printf("difference %llu:\n", (unsigned long long)compare->differences);
            if (recorded)
                show("recorded", recorded);
            else
                puts("  recorded  nothing more");
            show("replayed", event);
        }
    }
    if (event->type == OC_EV_MARK)
        count_gap(compare, (const struct oc_ev_text *)(const void *)event);
    if (recorded)
        next_record(compare);
    if (order_of(event) == compare->order && compare->order)
        next_order(compare);
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct compare *compare = self;
    if (input && input->event && input->kind != INPUT_MARKET && input->kind != INPUT_BARS && input->event->seq)
        take_record(compare, input->event);
    for (uint32_t i = 0; i < out->entry_count; i++) {
        const struct out_entry *entry = &out->entries[i];
        take_record(compare, out_record(out, entry));
        if (entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied) {
            struct oc_ev_denied denial = out_denial(&out->requests[entry->at]);
            take_record(compare, &denial.head);
        }
    }
}

bool compare_has_order(struct compare *compare, uint64_t order)
{
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    bool is_there = false;
    (void)journal_open_read(compare->dir, false, &reader); /* NULL says it */
    while (reader && !is_there && journal_next(reader, &event, &stream) == OC_OK)
        is_there = stream == JOURNAL_ORDERS && order_of(event) == order;
    if (reader)
        journal_close_read(reader);
    return is_there || !reader;
}

/* Killed before its first event, or its mark is lost: market events have numbers too, so those that no record bears, up to the last
 * record, were of them. */
static uint64_t market_reached(const struct compare *compare)
{
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    uint64_t last_seq = 0, records = 0;
    (void)journal_open_read(compare->dir, false, &reader); /* what is good of it; NULL: nothing is */
    while (reader && journal_next(reader, &event, &stream) == OC_OK) {
        last_seq = event->seq > last_seq ? event->seq : last_seq;
        records += stream == JOURNAL_ORDERS;
    }
    if (reader)
        journal_close_read(reader);
    return last_seq > records ? last_seq - records : 0;
}

static oc_rc open_compare(void *self, struct session *session)
{
    struct compare *compare = self;
    struct journal_progress progress = {0};
    next_order(compare);
    /* the data may go on beyond where the session was ended */
    bool has_progress = journal_progress(compare->reader, &progress);
    struct inbox_recording recording = {.self = compare,
                                        .next = recorded_next,
                                        .has_end = true,
                                        .market_count = has_progress ? progress.market_index : market_reached(compare),
                                        .goes_to = goes_to};
    inbox_set_recording(session->inbox, &recording);
    return watchers_add(&session->watchers, &(struct watcher){.self = compare, .skips_quiet = true, .note = note});
}

struct session_stage compare_stage(struct compare *compare)
{
    return (struct session_stage){"comparing", compare, open_compare, NULL};
}

uint64_t compare_rest(struct compare *compare)
{
    uint64_t left = 0;
    for (; compare->next; next_record(compare))
        if (++left <= DIFFERENCES_MAX && compare->shows) {
            printf("not made again %llu:\n", (unsigned long long)left);
            show("recorded", compare->next);
        }
    return left;
}

bool compare_goes_on(const struct compare *compare) { return compare->next && !compare->session->pace.by_hand; }

oc_rc compare_drain(struct compare *compare)
{
    struct session *session = compare->session;
    const struct oc_event *next = compare->next;
    if (!session->pace.ended || !next || !event_is_of_order(next->type) ||
        next->seq != door_seq(session->door) + 1 || /* the market went on before it */
        (session->pace.ended != OC_MARK_CLOSE && !(session->pace.ended == OC_MARK_END && session->is_whole) &&
         next->local_ns > session->clock.now_ns))
        return OC_OK;
    const uint64_t seq = next->seq;
    oc_rc rc = session_drain_answers(session, next->local_ns);
    if (rc < 0)
        return rc;
    return compare->next && compare->next->seq == seq ? (oc_rc)OC_OK : (oc_rc)OC_E_AGAIN;
}

bool compare_was_ended(const struct compare *compare)
{
    return journal_end(compare->reader, JOURNAL_ORDERS)->tail == JOURNAL_TAIL_CLEAN;
}

bool compare_has_other_data(const struct compare *compare)
{
    struct journal_progress progress;
    const struct door *door = compare->session->door;
    if (!journal_progress(compare->reader, &progress))
        return false;
    const uint64_t count = door_market_count(door);
    return count < progress.market_index ||
           (count == progress.market_index && door_input_hash(door) != progress.input_hash);
}

/* The header. */

static oc_rc take_strategy(struct strategies *strategies, const struct header_line *line)
{
    const bool is_next = strcmp(line->word, "strategy") == 0;
    const uint32_t index = strategies->count - !is_next; /* a module is of the strategy before it */
    if (index >= STRATEGIES_MAX)
        return OC_E_DATA;
    struct strategy_slot *slot = &strategies->list[index];
    oc_rc rc = strategies_take_source(slot, line);
    if (rc == OC_OK && is_next) {
        header_text(line, 0, slot->file, sizeof slot->file);
        strategies->count++;
    }
    return rc;
}

static oc_rc take_param(struct strategies *strategies, const struct header_line *line)
{
    char name[STRATEGY_NAME_MAX], value[STRATEGY_NAME_MAX];
    header_text(line, 0, name, sizeof name);
    header_text(line, 1, value, sizeof value);
    return strategies_add_param(strategies, name, value);
}

static oc_rc take_line(struct session *session, struct strategies *strategies, const struct header_line *line,
                       struct text *notes)
{
    if (strcmp(line->word, "param") == 0)
        return take_param(strategies, line);
    if (strcmp(line->word, "strategy") == 0 || strcmp(line->word, "module") == 0)
        return take_strategy(strategies, line);
    if (strcmp(line->word, "ends") == 0)
        strategies->ends_on_failure = true;
    return recorded_take_line(session, line, notes);
}

static oc_rc take_header(const struct compare *compare, const char *text, size_t size, struct text *notes)
{
    struct session *session = compare->session;
    struct header_line line;
    size_t at = 0;
    oc_rc rc = header_next(text, size, &at, &line);
    for (; rc == OC_OK; rc = header_next(text, size, &at, &line)) {
        rc = take_line(session, compare->strategies, &line, notes);
        if (rc < 0)
            return session_say(session, rc, compare->dir, "the session's header is damaged: line `%s`", line.word);
    }
    return rc == OC_E_END ? (oc_rc)OC_OK
                          : session_say(session, rc, compare->dir,
                                        "the session's header is damaged at byte %zu, or of another version", at);
}

oc_rc compare_open(struct compare *compare, struct session *session, struct strategies *strategies, const char *dir,
                   struct text *notes)
{
    const char *text;
    size_t size;
    compare->session = session;
    compare->strategies = strategies;
    compare->dir = dir;
    compare->recorded = malloc(OC_EVENT_MAX);
    if (!compare->recorded)
        return OC_E_NOMEM;
    oc_rc rc = journal_open_read(dir, false, &compare->reader);
    if (rc < 0 && rc != OC_E_DATA)
        return recorded_fail(session, rc, dir);
    if (rc == OC_E_DATA)
        text_format(notes, "note: %s\n", journal_end(compare->reader, JOURNAL_ORDERS)->text);
    rc = journal_header(compare->reader, &text, &size);
    if (rc == OC_OK)
        rc = take_header(compare, text, size, notes);
    const bool is_venue = rc == OC_OK && venue_names(session->settings);
    const uint32_t wants = !is_venue                          ? PART_RULE | PART_SIM | PART_READER
                           : venue_is_feed(session->settings) ? PART_RULE | PART_SIM
                                                              : PART_RULE;
    if (is_venue) /* its records play the venues */
        rc = links_new(&session->links, session->settings, dir);
    if (rc == OC_OK)
        rc = recorded_open_parts(session, text, size, wants, notes);
    const uint32_t start = rules_first_start(compare->reader);
    if (rc == OC_OK && start != SESSION_NEWEST)
        rc = rules_begin_as(session, dir, start, session->rules.recorded[0] != 0);
    if (rc < 0)
        return session_fail_code(session, rc, dir, "the session's header cannot be read");
    strategies_take_stops(strategies, compare->reader);
    next_record(compare);
    (void)journal_open_read(dir, false, &compare->orders); /* NULL says it */
    return compare->orders ? (oc_rc)OC_OK : recorded_fail(session, OC_E_IO, dir);
}

void compare_release(struct compare *compare)
{
    if (compare->reader)
        journal_close_read(compare->reader);
    if (compare->orders)
        journal_close_read(compare->orders);
    free(compare->recorded);
    *compare = (struct compare){0};
}
