#include "history/fold.h"

#include <stdio.h>
#include <string.h>

#include "session/venue_keys.h"

#define DAY_NS 86400000000000LL

static oc_rc fail(struct history_fold *fold, oc_rc rc)
{
    if (fold->rc == OC_OK)
        fold->rc = history_store_fail(fold->store, rc, &fold->error);
    fold->is_writing = false;
    fold->store->table->undo(fold->store->self);
    return fold->rc;
}

void fold_put(struct history_fold *fold)
{
    const struct oc_store *table = fold->store->table;
    oc_rc rc = fold->rc;
    if (rc == OC_OK && !fold->is_writing) {
        rc = table->begin(fold->store->self);
        fold->is_writing = rc == OC_OK;
    }
    if (rc == OC_OK)
        rc = history_store_put(fold->store, &fold->row);
    fold->puts++;
    if (rc < 0 && fold->rc == OC_OK)
        (void)fail(fold, rc); /* it is kept there */
}

/* ---- orders whose row is to be put: the engine knows them for much longer than they wait here ---- */

static uint32_t place_of(const struct history_fold *fold, uint64_t order)
{
    const uint32_t mask = 2 * FOLD_DIRTY_MAX - 1;
    uint32_t at = (uint32_t)((order * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask;
    while (fold->dirty_table[at] && fold->dirty[fold->dirty_table[at] - 1] != order)
        at = (at + 1) & mask;
    return at;
}

static void flush(struct history_fold *fold)
{
    for (uint32_t i = 0; i < fold->dirty_count; i++)
        fold_order(fold, fold->dirty[i]);
    fold->dirty_count = 0;
    memset(fold->dirty_table, 0, sizeof fold->dirty_table);
}

static void touch(struct history_fold *fold, uint64_t order)
{
    if (!order)
        return;
    if (fold->dirty_count == FOLD_DIRTY_MAX)
        flush(fold);
    const uint32_t at = place_of(fold, order);
    if (fold->dirty_table[at])
        return;
    fold->dirty[fold->dirty_count++] = order;
    fold->dirty_table[at] = (uint16_t)fold->dirty_count;
}

/* Of the records before the one that is being folded, or of all that were. */
static uint64_t hash_of(const struct history_fold *fold)
{
    struct journal_place place;
    journal_stands(fold->shown->records.reader, &place);
    return place.at[JOURNAL_ORDERS].hash.low ^ place.at[JOURNAL_ORDERS].hash.high;
}

/* What is there so far, in one piece with how far that is. */
static oc_rc commit(struct history_fold *fold, uint64_t seq, uint64_t stamp, bool is_whole)
{
    struct oc_reached reached = {
        .size = sizeof reached, .is_whole = is_whole, .seq = seq, .hash = hash_of(fold), .stamp = stamp};
    const struct oc_store *table = fold->store->table;
    flush(fold);
    oc_rc rc = fold->rc;
    if (rc == OC_OK && !fold->is_writing)
        rc = table->begin(fold->store->self);
    if (rc == OC_OK)
        rc = table->commit(fold->store->self, fold->id, &reached);
    fold->is_writing = false;
    fold->puts = 0;
    return rc < 0 && fold->rc == OC_OK ? fail(fold, rc) : rc;
}

/* ---- the watcher ---- */

static void note_event(struct history_fold *fold, const struct oc_event *event)
{
    if (event->type == OC_EV_REQUEST)
        touch(fold, ((const struct oc_request *)(const void *)event)->order);
    else if (event->type == OC_EV_DENIED)
        touch(fold, ((const struct oc_ev_answer *)(const void *)event)->order);
    else if (event_is_of_order(event->type)) {
        const struct order *order = engine_order_of(fold->session->engine, event);
        touch(fold, order ? order->now.order : 0);
    } else if (event->type == OC_EV_LEDGER)
        fold_ledger(fold, (const struct oc_ev_ledger *)(const void *)event);
    else if (event->type == OC_EV_BALANCE)
        fold_balance(fold, (const struct oc_ev_balance *)(const void *)event);
    else if (event->type == OC_EV_MARK && ((const struct oc_ev_text *)(const void *)event)->code == OC_MARK_START)
        fold_parameters(fold, (const struct oc_ev_text *)(const void *)event);
}

/* Sums are of all records, also of those whose rows are there. */
static void note_sums(struct history_fold *fold, const struct out_note *what)
{
    struct engine *engine = fold->session->engine;
    const struct instrument *instrument = instruments_get(engine_instruments(engine), what->inst);
    oc_i128 made = what->realised_after - what->realised_before;
    if (instrument && made && (what->kind == NOTE_FILL || what->kind == NOTE_CORRECTED) &&
        portfolio_convert(engine_portfolio(engine), made,
                          instrument->info.settle ? instrument->info.settle : instrument->info.quote,
                          fold->session->money.base, RATE_MIDDLE, &made) == OC_OK)
        fold->days.realised += made;
}

/* Whether the store has what this record says. The first one behind those that it has looks whether they were the same. */
static bool is_there(struct history_fold *fold)
{
    const struct records *records = &fold->shown->records;
    if (records->seq <= fold->behind.seq)
        return true;
    if (!fold->is_compared && fold->behind.seq && hash_of(fold) != fold->behind.hash)
        fold->is_other = true;
    fold->is_compared = true;
    return false;
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct history_fold *fold = self;
    if (!input || !input->event || input->kind != INPUT_FACT)
        return;
    const struct oc_event *event = input->event;
    if (fold->puts >= FOLD_PUTS_MAX && fold->may_part)
        (void)commit(fold, fold->before_seq, 0, false); /* of all before this one; its failure is kept there */
    fold->before_seq = fold->shown->records.seq;
    fold->first_ns = fold->first_ns ? fold->first_ns : event->local_ns;
    fold->last_ns = event->local_ns;
    for (uint32_t i = 0; i < out->note_count; i++)
        note_sums(fold, &out->notes[i]);
    if (is_there(fold) || fold->is_other)
        return; /* its sums count all the same */
    note_event(fold, event);
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct out_note *what = &out->notes[i];
        touch(fold, what->order);
        if (what->kind == NOTE_CORRECTED)
            fold->trades_put = 0; /* what has ended may be another after all */
        if (what->kind == NOTE_FILL)
            fold_fill(fold, what, event);
        else if (what->kind == NOTE_CORRECTED || what->kind == NOTE_REPLACED)
            fold_corrected(fold, what, event);
    }
}

/* The days go on to this instant. */
static void go_to(struct history_fold *fold, int64_t now_ns)
{
    struct fold_days *days = &fold->days;
    const int64_t day = now_ns / DAY_NS - (now_ns % DAY_NS < 0);
    if (days->has_any && day != days->day)
        fold_day(fold);
    days->has_any = true;
    days->day = day;
    days->last_ns = now_ns;
}

/* The meter has seen the price before. */
static void rest(void *self)
{
    struct history_fold *fold = self;
    const struct meter *meter = &fold->shown->meter;
    struct fold_days *days = &fold->days;
    if (!meter->collect.events)
        return;
    go_to(fold, meter->collect.last_ns);
    days->equity = meter->collect.last;
    days->start = meter->start;
    days->fees = meter->fees;
}

static oc_rc open_fold(void *self, struct session *session)
{
    struct history_fold *fold = self;
    fold->session = session;
    fold->may_part = venue_names(session->settings) || !fold->shown->records.has_market;
    if (fold->is_writing) /* the data of its prices turned out to be others, or gone: anew without them */
        fold->store->table->undo(fold->store->self);
    fold->is_writing = false;
    fold->first_ns = fold->last_ns = 0;
    fold->days = (struct fold_days){.has_any = false};
    fold->dirty_count = fold->trades_put = 0;
    memset(fold->dirty_table, 0, sizeof fold->dirty_table);
    return watchers_add(&session->watchers,
                        &(struct watcher){.self = fold, .skips_quiet = true, .note = note, .rest = rest});
}

void history_fold_begin(struct history_fold *fold, struct history_store *store, struct shown *shown, const char *dir)
{
    const char *slash = strrchr(dir, '/');
    fold->store = store;
    fold->shown = shown;
    fold->stage = (struct session_stage){"history", fold, open_fold, NULL};
    snprintf(fold->dir, sizeof fold->dir, "%s", dir);
    snprintf(fold->name, sizeof fold->name, "%s", slash ? slash + 1 : dir);
    shown->also = &fold->stage;
}

/* What is so at this moment, of records that the store has all else of. */
static oc_rc put_state(struct history_fold *fold, uint64_t stamp, bool is_whole)
{
    if (fold->days.has_any && fold->shown->records.rests) /* a price that the meter will see when the next one comes */
        go_to(fold, fold->shown->records.market_ns);
    const struct fold_days days = fold->days;
    if (days.has_any) {
        fold_worth(fold, &fold->days.start, &fold->days.equity);
        fold->days.fees = fold->shown->meter.fees;
        fold_day(fold);
        fold->days.before = days.before; /* the day is not over */
    }
    fold_positions(fold);
    fold_trades(fold);
    fold_session(fold);
    return commit(fold, fold->shown->records.seq, stamp, is_whole);
}

static void undo(struct history_fold *fold)
{
    if (fold->is_writing)
        fold->store->table->undo(fold->store->self);
    fold->is_writing = false;
}

oc_rc history_fold_end(struct history_fold *fold, uint64_t stamp, bool is_whole)
{
    if (fold->shown->records.seq < fold->behind.seq)
        fold->is_other = true;
    if (!fold->is_compared && fold->behind.seq && fold->shown->records.seq == fold->behind.seq &&
        hash_of(fold) != fold->behind.hash)
        fold->is_other = true;
    if (!fold->is_other)
        return put_state(fold, stamp, is_whole);
    undo(fold);
    return OC_E_STATE;
}

oc_rc history_fold_more(struct history_fold *fold, bool *ret_has_news)
{
    const uint64_t before = fold->shown->records.seq, prices = fold->session->data.events;
    oc_rc rc = records_more(&fold->shown->records);
    if (rc < 0)
        undo(fold);
    if (rc < 0)
        return error_of_code(&fold->error, rc, fold->dir, "its records cannot be followed");
    *ret_has_news = fold->shown->records.seq != before || fold->session->data.events != prices;
    if (fold->is_other)
        return OC_E_STATE;
    return *ret_has_news ? put_state(fold, 0, false) : fold->rc;
}
