#include "recover/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/limits.h"
#include "recover/checkpoint.h"
#include "report/names.h"
#include "session/recorded.h"
#include "session/rules_change.h"
#include "session/venue_keys.h"

static void take_source(struct records *records, const struct header_line *line)
{
    if (strcmp(line->word, "strategy") == 0 && records->file_count < RECORDS_FILES_MAX)
        header_text(line, 0, records->files[records->file_count++], sizeof records->files[0]);
    if (strcmp(line->word, "outcry") == 0)
        header_text(line, 0, records->version, sizeof records->version);
    if (strcmp(line->word, "mode") == 0)
        header_text(line, 0, records->mode, sizeof records->mode);
    if (strcmp(line->word, "ends") == 0)
        records->ends_on_failure = true;
}

/* One line of an instrument: compared with what the data say or, without data, all there is. */
static oc_rc take_instrument(struct records *records, const struct header_line *line)
{
    struct session *session = records->session;
    char symbol[OC_SYMBOL_MAX], price[TEXT_DECIMAL_MAX], qty[TEXT_DECIMAL_MAX], venue[OC_VENUE_MAX];
    if (records->instrument_count == FEED_SOURCES_MAX)
        return OC_E_DATA;
    struct feed_source *source = &session->data.sources[records->instrument_count++];
    struct oc_data_info *info = &source->info;
    header_text(line, 0, symbol, sizeof symbol);
    header_text(line, 1, price, sizeof price);
    header_text(line, 2, qty, sizeof qty);
    header_text(line, 3, venue, sizeof venue);
    header_put(&records->instruments, "instrument", symbol, price, qty, venue[0] ? venue : NULL, NULL);
    if (records->has_market)
        return OC_OK;
    snprintf(info->symbol, sizeof info->symbol, "%s", symbol);
    if (venue[0]) /* whatever the lines of data say: its events stand in the records */
        snprintf(source->path, sizeof source->path, "venue:%s:%s", venue, symbol);
    oc_rc rc = text_to_decimal(price, strlen(price), &info->price_step.units, &info->price_step.scale);
    if (rc == OC_OK)
        rc = text_to_decimal(qty, strlen(qty), &info->qty_step.units, &info->qty_step.scale);
    return rc == OC_OK && info->price_step.units > 0 && info->qty_step.units > 0 ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

static void take_part(struct records *records, const struct header_line *line)
{
    char hash[20], whose[16];
    if (!records->parts)
        records->parts = calloc(PARTS_LIST_MAX, sizeof *records->parts);
    if (!records->parts || records->part_count == PARTS_LIST_MAX)
        return; /* a report without them */
    struct part *part = &records->parts[records->part_count++];
    header_text(line, 0, part->section, sizeof part->section);
    header_text(line, 1, part->id, sizeof part->id);
    header_text(line, 2, part->version, sizeof part->version);
    header_text(line, 3, hash, sizeof hash);
    header_text(line, 4, part->path, sizeof part->path);
    header_text(line, 5, whose, sizeof whose);
    part->hash = strtoull(hash, NULL, 16);
    part->is_ours = strcmp(whose, "ours") == 0;
    part->is_missing = strcmp(whose, "missing") == 0;
}

static oc_rc take_header(struct records *records, struct text *notes)
{
    struct session *session = records->session;
    struct header_line line;
    const char *text;
    size_t size, at = 0;
    oc_rc rc = journal_header(records->reader, &text, &size);
    if (rc < 0)
        return session_fail_code(session, rc, records->dir, "the session's header cannot be read");
    rc = header_next(text, size, &at, &line);
    for (; rc == OC_OK; rc = header_next(text, size, &at, &line)) {
        take_source(records, &line);
        rc = recorded_take_line(session, &line, notes);
        if (rc >= 0 && strcmp(line.word, "instrument") == 0)
            rc = take_instrument(records, &line);
        if (strcmp(line.word, "part") == 0)
            take_part(records, &line);
        if (rc < 0)
            return session_say(session, rc, records->dir, "the session's header is damaged: line `%s`", line.word);
    }
    if (rc == OC_E_END && records->has_market && recorded_open_parts(session, text, size, PART_READER, notes) < 0)
        return OC_E_STATE; /* who read the data is not there: as where the data cannot be read */
    return rc == OC_E_END ? (oc_rc)OC_OK
                          : session_say(session, rc, records->dir,
                                        "the session's header is damaged at byte %zu, or of another version", at);
}

oc_rc records_open(struct records *records, struct session *session, struct meter *meter, const char *dir,
                   struct text *notes)
{
    records->session = session;
    records->meter = meter;
    records->dir = dir;
    text_init_grow(&records->instruments, JOURNAL_HEADER_MAX);
    text_init_grow(&records->start, OC_EVENT_MAX);
    oc_rc rc = journal_open_read(dir, false, &records->reader);
    if (rc == OC_E_DATA) {
        text_format(notes, "note: %s\n", journal_end(records->reader, JOURNAL_ORDERS)->text);
        rc = OC_OK;
    }
    if (rc < 0)
        return recorded_fail(session, rc, dir);
    records->was_ended = journal_end(records->reader, JOURNAL_ORDERS)->tail == JOURNAL_TAIL_CLEAN;
    rc = take_header(records, notes);
    session_add_kernel(session, records->has_market, false);
    session_add_balances(session, false);
    meter_add_stage(meter, session);
    if (records->also)
        session_add_stage(session, records->also);
    if (records->has_market)
        shadow_add_stage(&records->shadow, session, meter);
    return rc;
}

const char *records_strategy_name(const struct records *records, uint32_t strategy)
{
    for (uint32_t i = 0; i < records->strategy_count; i++)
        if (records->strategies[i].id == strategy)
            return records->strategies[i].name;
    return NULL; /* loaded later: its name stands in its text alone */
}

static const char *name_of(void *self, uint32_t strategy) { return records_strategy_name(self, strategy); }

static const char *next_line(const char *at, const char *end)
{
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    return line_end ? line_end + 1 : end;
}

/* What the start of the strategies recorded: for each a line with number and name, then its parameters. */
static void take_start(struct records *records, const struct oc_ev_text *mark)
{
    text_put_bytes(&records->start, (const char *)(mark + 1), mark->text_size);
    const char *at = records->start.data, *end = at + records->start.size;
    for (; at < end && records->strategy_count < RECORDS_FILES_MAX; at = next_line(at, end)) {
        struct records_strategy *strategy = &records->strategies[records->strategy_count];
        char line[128];
        snprintf(line, sizeof line, "%.*s", (int)(next_line(at, end) - at), at);
        records->strategy_count += sscanf(line, "strategy %u %63[^\n]", &strategy->id, strategy->name) == 2;
    }
}

/* The same, for the head of the report. */
static void name_strategies(struct records *records, struct result *result)
{
    struct names names;
    char params[RECORDS_TEXT_MAX];
    const char *at = records->start.data, *end = at + records->start.size;
    names_init(&names, records->names, records->files_text, records->params, sizeof records->params);
    for (uint32_t i = 0; i < records->strategy_count; i++) {
        const char *from = next_line(at, end);
        for (at = from; at < end && strncmp(at, "strategy ", 9) != 0;)
            at = next_line(at, end);
        snprintf(params, sizeof params, "%.*s", (int)(at - from), from);
        names_add(&names, records->strategies[i].name, i < records->file_count ? records->files[i] : "", params,
                  records->strategy_count > 1);
    }
    if (!records->strategy_count && records->file_count)
        names_add(&names, "none", records->files[0], "", false);
    names_end(&names, result);
}

static void look_at(struct records *records, const struct oc_event *event)
{
    const struct oc_ev_text *text = (const struct oc_ev_text *)(const void *)event;
    if (event->type == OC_EV_STRATEGY) {
        const char *file =
            text->owner && text->owner <= records->file_count ? records->files[text->owner - 1] : "a strategy";
        session_note(records->session, "suspended: %.100s: %.*s", file, (int)text->text_size, (const char *)(text + 1));
        if (!records->failure[0])
            snprintf(records->failure, sizeof records->failure, "%s was suspended: %.*s", file, (int)text->text_size,
                     (const char *)(text + 1));
    }
    if (event->type != OC_EV_MARK)
        return;
    if (text->code == OC_MARK_STOP || text->code == OC_MARK_END)
        records->was_stopped = text->code == OC_MARK_STOP;
    if (text->code == OC_MARK_START)
        records->rules_start = text->key;
    if (text->code == OC_MARK_START && !records->start.size)
        take_start(records, text);
    if (text->code == OC_MARK_SETTINGS) {
        rules_note_change(records->session, records->dir, records->rules_start, text->key, event->seq);
        records->rules_start = text->key;
    }
    if (text->code == OC_MARK_GAP || text->code == OC_MARK_GAP_END) {
        records->gaps += !records->is_in_gap;
        records->is_in_gap = text->code == OC_MARK_GAP;
        records->missed += records->is_in_gap ? 0 : text->key;
    }
}

static void rest(struct records *records)
{
    if (records->rests)
        watchers_rest(&records->session->watchers);
    records->rests = false;
}

/* The last market event, until it rests: by then what was read is another. */
static void remember(struct records *records, const struct oc_event *event)
{
    struct session_data *data = &records->session->data;
    const bool is_print = event->type == OC_EV_TRADE || event->type == OC_EV_BAR;
    data->inst = event->inst;
    data->last = is_print ? &records->last.head : NULL;
    if (is_print)
        memcpy(&records->last, event, event->size < sizeof records->last ? event->size : sizeof records->last);
}

static oc_rc note(struct records *records, uint32_t kind, struct oc_event *event)
{
    struct session *session = records->session;
    struct input input = {.kind = kind, .at_ns = event->local_ns, .event = event};
    session->clock.now_ns = event->local_ns;
    oc_rc rc = engine_restore(session->engine, event);
    watchers_note(&session->watchers, &input, engine_out(session->engine));
    engine_clear_out(session->engine);
    return rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc; /* an order that is final and forgotten */
}

/* The next market event, read again. OC_E_STATE: there is none, or it cannot be read. */
static oc_rc take_market(struct records *records)
{
    struct session *session = records->session;
    struct inbox_point point = {.is_opening = true};
    rest(records);
    while (point.is_opening) {
        if (inbox_point(session->inbox, &point) < 0)
            return OC_E_STATE;
        if (point.is_opening && inbox_pass(session->inbox) < 0)
            return OC_E_STATE;
    }
    point.event->local_ns = point.at_ns;
    session->data.events++;
    remember(records, point.event);
    session_begin_figures(session, point.event);
    oc_rc rc = door_market(session->door, point.event, false);
    if (rc == OC_OK)
        rc = note(records, INPUT_MARKET, point.event);
    records->market_ns = session->clock.now_ns;
    records->rests = true;
    return rc == OC_OK && inbox_pass(session->inbox) >= 0 ? (oc_rc)OC_OK : (oc_rc)OC_E_STATE;
}

/* One that stands in the records by value. */
static oc_rc take_value(struct records *records, const struct oc_event *event)
{
    struct session *session = records->session;
    struct oc_event *ours = (struct oc_event *)(void *)records->copy;
    rest(records);
    memcpy(ours, event, event->size);
    session->data.events++;
    remember(records, ours);
    session_begin_figures(session, ours);
    oc_rc rc = door_market(session->door, ours, false);
    if (rc == OC_OK)
        rc = note(records, INPUT_MARKET, ours);
    records->market_ns = session->clock.now_ns;
    records->rests = true;
    return rc;
}

/* A fill at the very instant of a bar's close is one of the next bar's open, which begins there: a simulator without latency. */
static bool comes_of_open(const struct records *records, const struct oc_event *event)
{
    const struct session_data *data = &records->session->data;
    const bool is_next = event->type == OC_EV_FILL && event->venue_ns == records->market_ns;
    for (uint32_t i = 0; i < data->count && is_next; i++)
        if (data->sources[i].inst == event->inst)
            return data->sources[i].info.event_type == OC_EV_BAR || data->sources[i].info.event_type == OC_EV_QBAR;
    return false;
}

/* It came of the market event before it, at its instant: figures are taken behind it. */
static bool comes_of_market(const struct records *records, const struct oc_event *event)
{
    if (comes_of_open(records, event))
        return false;
    bool is_output = event->type == OC_EV_REQUEST || event->type == OC_EV_DENIED || event->type == OC_EV_STATE ||
                     event->type == OC_EV_STRATEGY;
    bool is_answer = event_is_of_order(event->type);
    return event->local_ns <= records->market_ns && (is_output || is_answer); /* a built bar may end later, and ask */
}

static oc_rc take_record(struct records *records, const struct oc_event *event)
{
    struct oc_event *ours = (struct oc_event *)(void *)records->copy;
    if (!comes_of_market(records, event))
        rest(records);
    records->seq = event->seq;
    memcpy(ours, event, event->size);
    look_at(records, event);
    oc_rc rc = door_record(records->session->door, ours);
    return rc < 0 ? rc : note(records, INPUT_FACT, ours);
}

/* Records up to `until` and, between them, the market events that have the numbers which are missing; then those up to market_index. */
static oc_rc take_until(struct records *records, uint64_t until, uint64_t market_index)
{
    struct session *session = records->session;
    const struct oc_event *event;
    enum journal_stream stream;
    oc_rc rc = OC_OK;
    const bool is_by_reference = records->has_market && !venue_names(session->settings);
    while (rc == OC_OK && journal_look(records->reader, &event, &stream) == OC_OK && event->seq <= until) {
        while (rc == OC_OK && is_by_reference && door_seq(session->door) + 1 < event->seq)
            rc = take_market(records);
        if (rc == OC_OK)
            rc = stream == JOURNAL_MARKET ? take_value(records, event) : take_record(records, event);
        if (journal_next(records->reader, &event, &stream) < 0) /* the one that was looked at */
            return OC_E_STATE;
    }
    while (rc == OC_OK && is_by_reference && door_market_count(session->door) < market_index)
        rc = take_market(records);
    return rc;
}

static oc_rc fold(struct records *records)
{
    struct session *session = records->session;
    struct journal_progress progress = {0};
    bool has_progress = journal_progress(records->reader, &progress);
    journal_rewind(records->reader);
    oc_rc rc = take_until(records, UINT64_MAX, has_progress ? progress.market_index : 0);
    rest(records);
    if (rc == OC_OK && !has_progress)
        session_note(session,
                     "the file `live`, which says how far the data had been read, is missing: the figures are as of "
                     "the last record");
    if (rc == OC_OK && records->has_market && has_progress &&
        door_market_count(session->door) == progress.market_index &&
        door_input_hash(session->door) != progress.input_hash)
        return OC_E_STATE;
    return rc;
}

/* Without data: what a checkpoint knew of prices. */
static oc_rc take_marks(struct records *records)
{
    struct session *session = records->session;
    struct journal_checkpoint checkpoint;
    struct journal_reader *reader = NULL;
    (void)journal_open_read(records->dir, true, &reader); /* NULL says it */
    if (!reader || !journal_checkpoint(reader, &checkpoint)) {
        if (reader)
            journal_close_read(reader);
        session_note(session, "prices: the data are gone, or are not those of the records, and there is no checkpoint: "
                              "positions are not valued");
        return OC_OK;
    }
    oc_rc rc = checkpoint_load_marks(session->engine, &checkpoint);
    journal_close_read(reader);
    session_note(session, rc < 0 ? "prices: neither the data nor the checkpoint could be read: positions are not valued"
                                 : "prices: the data are not those of the records: positions are valued with the last "
                                   "checkpoint, and there is no curve");
    return OC_OK;
}

/* Prices and quantities of the records are counted in the steps that the data had. */
static bool are_same_instruments(const struct records *records)
{
    struct text now;
    text_init_grow(&now, JOURNAL_HEADER_MAX);
    header_put_instruments(records->session, &now);
    const bool are_same = !now.is_cut && now.size == records->instruments.size &&
                          (!now.size || memcmp(now.data, records->instruments.data, now.size) == 0);
    text_release(&now);
    return are_same;
}

/* Data that cannot be opened, or have other steps, are not those of the records. */
static oc_rc open_all(struct records *records)
{
    oc_rc rc = session_open(records->session);
    if (!records->has_market)
        return rc;
    if (rc < 0 ? !records->session->inbox : !are_same_instruments(records))
        return OC_E_STATE;
    return rc;
}

oc_rc records_begin(struct records *records)
{
    records->copy = malloc(OC_EVENT_MAX);
    return records->copy ? open_all(records) : (oc_rc)OC_E_NOMEM;
}

oc_rc records_more(struct records *records)
{
    struct journal_progress progress;
    struct journal_place place;
    struct journal_reader *reader = NULL;
    journal_stands(records->reader, &place);
    oc_rc rc = journal_open_behind(records->dir, &place, &reader);
    if (!reader)
        return rc;
    journal_close_read(records->reader);
    records->reader = reader;
    /* What lies behind the mark is being handled: the other stream may not have all of it yet. */
    return journal_progress(reader, &progress) ? take_until(records, progress.seq, progress.market_index)
                                               : (oc_rc)OC_OK;
}

oc_rc records_fold(struct records *records)
{
    struct session *session = records->session;
    oc_rc rc = records_begin(records);
    if (rc == OC_OK)
        rc = fold(records);
    shadow_end(&records->shadow);
    if (rc == OC_OK && !records->has_market)
        rc = take_marks(records);
    if (rc < 0 && rc != OC_E_STATE)
        return session_fail_code(session, rc, records->dir, "the records could not be read");
    return rc;
}

oc_rc records_result(struct records *records, struct result *ret_result)
{
    struct session *session = records->session;
    const char *halt = engine_latched(session->engine, session->money.account);
    if (halt)
        session_note(session, "halted by risk: %s: nothing more was opened", halt);
    if (!records->was_ended)
        session_note(session, "the session was not ended: it was killed, or it runs: these are its records so far");
    if (records->gaps)
        session_note(
            session,
            "the journal failed %llu times while this was recorded: %llu facts of then are known to be missing%s",
            (unsigned long long)records->gaps, (unsigned long long)records->missed,
            records->is_in_gap ? ", and it was failing at its end" : "");
    if (records->has_market)
        session_note_data(session);
    oc_rc rc = meter_result(records->meter, ret_result);
    /* without the data they have other numbers here */
    struct hash128 hash = journal_order_hash(records->reader, &ret_result->order_records);
    hash128_to_text(hash, ret_result->order_hash);
    struct journal_progress progress;
    if (!records->has_market && journal_progress(records->reader, &progress)) {
        snprintf(ret_result->input_hash, sizeof ret_result->input_hash, "%016llx",
                 (unsigned long long)progress.input_hash);
        ret_result->market_events = progress.market_index;
    }
    ret_result->shadow = records->has_market ? &records->shadow : NULL;
    ret_result->mode = records->mode;
    ret_result->parts = records->parts;
    ret_result->part_count = records->part_count;
    ret_result->is_recorded = true;
    name_strategies(records, ret_result);
    ret_result->strategy_name = name_of;
    ret_result->names = records;
    ret_result->is_interrupted = records->was_stopped && session->is_whole;
    ret_result->error = records->ends_on_failure && records->failure[0] ? records->failure : NULL;
    return rc;
}

void records_close(struct records *records)
{
    if (records->reader)
        journal_close_read(records->reader);
    records->reader = NULL;
    text_release(&records->instruments);
    text_release(&records->start);
    free(records->parts);
    free(records->copy);
    records->copy = NULL;
    records->parts = NULL;
}
