/* fold_events.c: rows that are made of one record each: fills, what was taken back of them, the ledger, parameters. */
#include <stdio.h>
#include <string.h>

#include "engine/statement.h"
#include "history/fold.h"

enum { ENTRY_MAX = 160 };

/* ---- fills ---- */

static uint8_t side_of(const struct history_fold *fold, const struct oc_ev_fill *fill, uint64_t number)
{
    const struct order *order = orders_find(engine_orders(fold->session->engine), number);
    return fill->side == OC_SIDE_NONE && order ? order->now.side : fill->side;
}

static uint32_t account_of(const struct history_fold *fold, const struct out_note *note)
{
    const struct order *order = orders_find(engine_orders(fold->session->engine), note->order);
    return order ? order->now.account : note->source ? note->source : note->fill->source;
}

static void put_terms(struct history_fold *fold, const struct oc_ev_fill *fill)
{
    struct engine *engine = fold->session->engine;
    const struct oc_ev_venue_fill *whole =
        fill->head.size >= sizeof *whole ? (const struct oc_ev_venue_fill *)(const void *)fill : NULL;
    const struct instrument *instrument = instruments_get(engine_instruments(engine), fill->head.inst);
    struct row *row = &fold->row;
    struct instrument_steps steps;
    oc_i128 value;
    if (!instruments_steps(engine_instruments(engine), fill->head.inst, &steps))
        return;
    row_units(row, FILL_qty, fill->qty, steps.qty);
    row_units(row, FILL_price, fill->price, steps.price);
    if (whole && whole->present & OC_FILL_VALUE)
        row_dec(row, FILL_value, whole->value);
    else if (instrument && instrument_value(instrument, fill->price, fill->qty, &value) == OC_OK)
        row_money(row, FILL_value, value);
    row_dec(row, FILL_fee, fill->fee);
    if (fill->fee_asset)
        row_text(row, FILL_fee_asset, instruments_asset_name(engine_instruments(engine), fill->fee_asset));
}

static void put_fee(struct history_fold *fold, const struct oc_ev_fill *fill, uint32_t account, const char *order,
                    const char *trade)
{
    struct row *row = &fold->row;
    char entry[ENTRY_MAX];
    if (!fill->fee.units)
        return;
    snprintf(entry, sizeof entry, "fee %s %s", order, trade);
    row_begin(row, HISTORY_TRANSACTION);
    row_text(row, TRANSACTION_session, fold->id);
    fold_account(fold, account, TRANSACTION_account, TRANSACTION_venue);
    row_text(row, TRANSACTION_entry, entry);
    row_int(row, TRANSACTION_time, fill->head.local_ns);
    row_int(row, TRANSACTION_venue_time, fill->head.venue_ns);
    row_text(row, TRANSACTION_type, fill->fee.units < 0 ? "rebate" : "fee");
    row_text(row, TRANSACTION_status, "done");
    row_dec(row, TRANSACTION_amount, (struct oc_dec){-fill->fee.units, fill->fee.scale, 0});
    row_text(row, TRANSACTION_asset,
             instruments_asset_name(engine_instruments(fold->session->engine), fill->fee_asset));
    row_text(row, TRANSACTION_reference, order);
    row_int(row, TRANSACTION_seq, (int64_t)fold->shown->records.seq);
    fold_put(fold);
}

void fold_fill(struct history_fold *fold, const struct out_note *note, const struct oc_event *event)
{
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)note->fill;
    struct engine *engine = fold->session->engine;
    const struct instrument *instrument = instruments_get(engine_instruments(engine), note->inst);
    struct row *row = &fold->row;
    char order[TEXT_ORDER_MAX], words[STRATEGY_WORDS_MAX], trade[sizeof fill->trade_id + 32];
    struct instrument_steps steps;
    const uint32_t account = account_of(fold, note);
    const uint8_t side = side_of(fold, fill, note->order);
    const bool is_inferred = (fill->head.flags & OC_EVF_INFERRED) || fill->trade_id_size == 0;
    if (!instrument || !instruments_steps(engine_instruments(engine), note->inst, &steps))
        return;
    if (fill->trade_id_size)
        snprintf(trade, sizeof trade, "%.*s", (int)fill->trade_id_size, fill->trade_id);
    else /* of sums: the record that said them names it */
        snprintf(trade, sizeof trade, "of record %llu", (unsigned long long)fold->shown->records.seq);
    text_order(note->order, order);
    row_begin(row, HISTORY_FILL);
    row_text(row, FILL_session, fold->id);
    fold_account(fold, account, FILL_account, FILL_venue);
    row_text(row, FILL_symbol, instrument->info.symbol);
    row_text(row, FILL_order_id, order);
    row_text(row, FILL_trade_id, trade);
    row_int(row, FILL_time, event->local_ns);
    row_int(row, FILL_venue_time, fill->head.venue_ns);
    row_text(row, FILL_strategy, fold_strategy(fold, note->strategy, words));
    row_text(row, FILL_side, side == OC_SIDE_BUY ? "buy" : "sell");
    put_terms(fold, fill);
    row_text(row, FILL_liquidity,
             fill->liquidity == OC_LIQUIDITY_MAKER   ? "maker"
             : fill->liquidity == OC_LIQUIDITY_TAKER ? "taker"
                                                     : "");
    row_money(row, FILL_realised, note->realised_after - note->realised_before);
    row_text(row, FILL_asset,
             instruments_asset_name(engine_instruments(engine),
                                    instrument->info.settle ? instrument->info.settle : instrument->info.quote));
    row_units(row, FILL_position, note->qty_after, steps.qty);
    row_text(row, FILL_status, is_inferred ? "inferred" : "booked");
    row_int(row, FILL_seq, (int64_t)fold->shown->records.seq);
    fold_put(fold);
    put_fee(fold, fill, account, order, trade);
}

/* Of an order: the fill of this name, or the oldest that is inferred still; as the store has it, into fold->row. */
static bool find_fill(struct history_fold *fold, const char *order, const char *trade)
{
    struct oc_cell cells[FILL_COLUMNS] = {{NULL, 0, 0, 0}};
    uint64_t change;
    const struct oc_where where[] = {
        {FILL_session, OC_WHERE_IS, {fold->id, 0, 1, 0}},
        {FILL_order_id, OC_WHERE_IS, {order, 0, 1, 0}},
        {trade ? FILL_trade_id : FILL_status, OC_WHERE_IS, {trade ? trade : "inferred", 0, 1, 0}}};
    const struct oc_ask ask = {
        .size = sizeof ask, .table = HISTORY_FILL, .where = where, .where_count = 3, .order_by = FILL_seq, .limit = 1};
    oc_rc rc = fold->store->table->ask(fold->store->self, &ask);
    if (rc == OC_OK)
        rc = fold->store->table->row(fold->store->self, cells, FILL_COLUMNS, &change);
    if (rc < 0)
        return false; /* not found, or the next write fails and says why */
    row_begin(&fold->row, HISTORY_FILL);
    for (uint32_t i = 0; i < FILL_COLUMNS; i++) {
        if (cells[i].is_set && cells[i].text)
            row_text(&fold->row, i, cells[i].text);
        else if (cells[i].is_set)
            row_int(&fold->row, i, cells[i].number);
    }
    return true;
}

static void put_correction(struct history_fold *fold, const struct out_note *note, const struct oc_event *event,
                           const char *order, const char *trade)
{
    const struct instrument *instrument = instruments_get(engine_instruments(fold->session->engine), note->inst);
    struct row *row = &fold->row;
    char entry[ENTRY_MAX];
    if (!instrument)
        return;
    snprintf(entry, sizeof entry, "correction %s %s %llu", order, trade, (unsigned long long)fold->shown->records.seq);
    row_begin(row, HISTORY_TRANSACTION);
    row_text(row, TRANSACTION_session, fold->id);
    fold_account(fold, account_of(fold, note), TRANSACTION_account, TRANSACTION_venue);
    row_text(row, TRANSACTION_entry, entry);
    row_int(row, TRANSACTION_time, event->local_ns);
    row_int(row, TRANSACTION_venue_time, event->venue_ns);
    row_text(row, TRANSACTION_type, "correction");
    row_text(row, TRANSACTION_status, "done");
    row_money(row, TRANSACTION_amount, note->realised_after - note->realised_before);
    row_text(row, TRANSACTION_asset,
             instruments_asset_name(engine_instruments(fold->session->engine),
                                    instrument->info.settle ? instrument->info.settle : instrument->info.quote));
    row_text(row, TRANSACTION_reference, order);
    row_text(row, TRANSACTION_text, "a fill was corrected: what that changed of the realised profit");
    row_int(row, TRANSACTION_seq, (int64_t)fold->shown->records.seq);
    fold_put(fold);
}

void fold_corrected(struct history_fold *fold, const struct out_note *note, const struct oc_event *event)
{
    const struct oc_ev_bust *bust = event->type == OC_EV_BUST ? (const struct oc_ev_bust *)(const void *)event : NULL;
    const struct oc_ev_fill *part = (const struct oc_ev_fill *)(const void *)note->fill;
    char order[TEXT_ORDER_MAX], trade[sizeof bust->trade_id + 1] = "";
    if (bust)
        snprintf(trade, sizeof trade, "%.*s", (int)bust->trade_id_size, bust->trade_id);
    text_order(note->order, order);
    if (!find_fill(fold, order, bust ? trade : NULL))
        return;
    /* What was goes first, as if it had been traded back; then what it is now comes, on the fill's own side. */
    const struct oc_cell *side = &fold->row.cells[FILL_side];
    const bool is_now = (side->is_set && strcmp(side->text, "buy") == 0) == (part->side == OC_SIDE_BUY);
    if (note->kind == NOTE_REPLACED) {
        row_text(&fold->row, FILL_status, "replaced");
        fold_put(fold);
        return;
    }
    if (is_now)
        put_terms(fold, part);
    if (bust)
        row_text(&fold->row, FILL_status, is_now ? "corrected" : "void");
    if (is_now || bust)
        fold_put(fold);
    if (bust)
        put_correction(fold, note, event, order, is_now ? trade : "");
}

/* ---- the ledger ---- */

static void put_entry(struct history_fold *fold, const struct oc_event *head, uint32_t account, const char *entry)
{
    struct row *row = &fold->row;
    row_begin(row, HISTORY_TRANSACTION);
    row_text(row, TRANSACTION_session, fold->id);
    fold_account(fold, account, TRANSACTION_account, TRANSACTION_venue);
    row_text(row, TRANSACTION_entry, entry);
    row_int(row, TRANSACTION_time, head->local_ns);
    if (head->venue_ns)
        row_int(row, TRANSACTION_venue_time, head->venue_ns);
    row_int(row, TRANSACTION_seq, (int64_t)fold->shown->records.seq);
}

void fold_ledger(struct history_fold *fold, const struct oc_ev_ledger *said)
{
    const struct instruments *instruments = engine_instruments(fold->session->engine);
    struct row *row = &fold->row;
    char entry[ENTRY_MAX];
    snprintf(entry, sizeof entry, "%.*s", (int)said->id.size, said->id.text);
    put_entry(fold, &said->head, said->head.source, entry);
    row_text(row, TRANSACTION_type, statement_ledger_kind(said->kind));
    row_text(row, TRANSACTION_status, statement_ledger_status(said->status));
    row_dec(row, TRANSACTION_amount, said->amount);
    row_text(row, TRANSACTION_asset, instruments_asset_name(instruments, said->asset));
    if (said->present & OC_LEDGER_HAS_AFTER)
        row_dec(row, TRANSACTION_after, said->after);
    row_text_n(row, TRANSACTION_reference, said->reference.text, said->reference.size);
    if (said->text_size && said->tail && said->tail + said->text_size <= said->head.size)
        row_text_n(row, TRANSACTION_text, (const char *)said + said->tail, said->text_size);
    fold_put(fold);
}

/* Opening cash; what a venue says later of a balance is no transaction. */
void fold_balance(struct history_fold *fold, const struct oc_ev_balance *balance)
{
    const struct instruments *instruments = engine_instruments(fold->session->engine);
    struct row *row = &fold->row;
    char entry[ENTRY_MAX];
    if (balance->present & OC_BAL_SAID)
        return;
    const char *asset = instruments_asset_name(instruments, balance->asset);
    snprintf(entry, sizeof entry, "opening %s", asset);
    put_entry(fold, &balance->head, balance->account ? balance->account : balance->head.source, entry);
    row_text(row, TRANSACTION_type, "opening");
    row_text(row, TRANSACTION_status, "done");
    row_dec(row, TRANSACTION_amount, balance->total);
    row_text(row, TRANSACTION_asset, asset);
    row_dec(row, TRANSACTION_after, balance->total);
    fold_put(fold);
}

/* ---- parameters: of each strategy a line with its number and name, then a line each ---- */

void fold_parameters(struct history_fold *fold, const struct oc_ev_text *mark)
{
    const char *at = (const char *)(mark + 1), *end = at + mark->text_size;
    char strategy[STRATEGY_WORDS_MAX] = "", line[1024];
    struct row *row = &fold->row;
    for (; at < end; at++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end ? line_end : end;
        uint32_t number;
        char name[64];
        snprintf(line, sizeof line, "%.*s", (int)(line_end - at), at);
        at = line_end;
        char *equals = strchr(line, '=');
        if (sscanf(line, "strategy %u %63[^\n]", &number, name) == 2) {
            snprintf(strategy, sizeof strategy, "%.*s", (int)sizeof strategy - 1, name);
        } else if (equals) {
            *equals = 0;
            row_begin(row, HISTORY_PARAMETER);
            row_text(row, PARAMETER_session, fold->id);
            row_text(row, PARAMETER_strategy, strategy);
            row_text(row, PARAMETER_name, line);
            row_text(row, PARAMETER_value, equals + 1);
            fold_put(fold);
        }
    }
}
