#include "report/meter.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/version.h"
#include "session/session.h"
#include "session/venue_keys.h"

/* What the start would be worth now, held in the first instrument since its first price, in the account's currency at the
 * rates of then and of now; 0: not known. */
static oc_i128 buy_and_hold(const struct session *session, oc_i128 start)
{
    const struct session_money *money = &session->money;
    const struct market *market = markets_get(engine_markets(session->engine), money->first_inst);
    const struct instrument *instrument = instruments_get(engine_instruments(session->engine), money->first_inst);
    const int64_t first2 = start_value_first2(&money->start_value, money->first_inst);
    oc_i128 value, first_rate, rate;
    if (first2 <= 0 || !instrument || !market || !market->has_mark ||
        num_muldiv_128(start, market->mark2, first2, NUM_HALF_EVEN, &value) < 0)
        return 0;
    const uint32_t asset = instrument->info.settle ? instrument->info.settle : instrument->info.quote;
    if (asset == money->base)
        return value;
    const oc_i128 one = num_pow10_128(MONEY_SCALE);
    if (portfolio_convert(money->start_value.portfolio, one, asset, money->base, RATE_MIDDLE, &first_rate) < 0 ||
        portfolio_convert(engine_portfolio(session->engine), one, asset, money->base, RATE_MIDDLE, &rate) < 0 ||
        first_rate <= 0 || num_muldiv_128(value, rate, first_rate, NUM_HALF_EVEN, &value) < 0)
        return 0;
    return value;
}

/* Returns what was added. */
static oc_i128 add_fee(struct meter *meter, const struct oc_ev_fill *fill)
{
    const struct session *session = meter->session;
    oc_i128 fee;
    if (money_from_dec(fill->fee, &fee) == OC_OK &&
        portfolio_convert(engine_portfolio(session->engine), fee, fill->fee_asset, session->money.base, RATE_MIDDLE,
                          &fee) == OC_OK) {
        meter->fees += fee;
        return fee;
    }
    return 0;
}

void meter_restore_fills(struct meter *meter, const struct engine_out *out)
{
    for (uint32_t i = 0; i < out->note_count; i++)
        if (out->notes[i].kind == NOTE_FILL || out->notes[i].kind == NOTE_CORRECTED)
            (void)add_fee(meter, (const struct oc_ev_fill *)(const void *)out->notes[i].fill);
}

int64_t meter_save(const struct meter *meter, void *bytes, size_t size_max)
{
    if (size_max < sizeof meter->fees)
        return OC_E_LIMIT;
    memcpy(bytes, &meter->fees, sizeof meter->fees);
    int64_t size = meaning_save(&meter->meaning, (char *)bytes + sizeof meter->fees, size_max - sizeof meter->fees);
    return size < 0 ? size : size + (int64_t)sizeof meter->fees;
}

oc_rc meter_load(struct meter *meter, const void *bytes, size_t size)
{
    if (size < sizeof meter->fees)
        return OC_E_DATA;
    memcpy(&meter->fees, bytes, sizeof meter->fees);
    return meaning_load(&meter->meaning, (const char *)bytes + sizeof meter->fees, size - sizeof meter->fees);
}

/* What all positions are worth, long or short, in the account's currency; what has no price is left out. */
static oc_i128 exposure(const struct session *session)
{
    struct portfolio *portfolio = engine_portfolio(session->engine);
    oc_i128 sum = 0, value;
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        if (position->strategy || !position->qty)
            continue;
        const struct instrument *instrument = instruments_get(engine_instruments(session->engine), position->inst);
        const struct market *market = markets_get(engine_markets(session->engine), position->inst);
        if (!instrument || !market || !market->has_mark)
            continue;
        const uint32_t asset = instrument->info.settle ? instrument->info.settle : instrument->info.quote;
        if (instrument_value(instrument, market->mark2 / 2, position->qty, &value) == OC_OK &&
            portfolio_convert(portfolio, value < 0 ? -value : value, asset, session->money.base, RATE_MIDDLE, &value) ==
                OC_OK)
            sum += value;
    }
    return sum;
}

static void note_exposure(struct meter *meter)
{
    const oc_i128 now = exposure(meter->session);
    meter->exposure = now > meter->exposure ? now : meter->exposure;
}

/* Why a trip ends that an order of this kind closes. */
static uint8_t exit_of(const struct oc_request *request)
{
    if (request->type == OC_ORDER_TRAILING_STOP || request->type == OC_ORDER_TRAILING_STOP_LIMIT)
        return EXIT_TRAIL;
    if (request->role == OC_ROLE_TAKE_PROFIT || request->type == OC_ORDER_TAKE_PROFIT ||
        request->type == OC_ORDER_TAKE_PROFIT_LIMIT)
        return EXIT_TARGET;
    if (request->role == OC_ROLE_STOP_LOSS || request->type == OC_ORDER_STOP || request->type == OC_ORDER_STOP_LIMIT)
        return EXIT_STOP;
    if (request->owner == OC_OWNER_CONSOLE || request->owner == OC_OWNER_EXTERNAL)
        return EXIT_HAND;
    return request->owner == OC_OWNER_HOST && request->role != OC_ROLE_CLOSE ? EXIT_HOST : EXIT_SIGNAL;
}

/* What is known of the order of a fill, and what it cost beside its fee. */
static void look_closer(struct meter *meter, const struct order *order, const struct oc_ev_fill *fill,
                        struct fill_terms *terms)
{
    terms->exit = order ? exit_of(&order->now) : EXIT_HOST;
    if (order) {
        terms->stop_loss = order->now.stop_loss;
        terms->has_stop_loss = (order->now.bits & OC_RQ_HAS_STOP_LOSS) != 0;
    }
    execution_fill(&meter->execution, meter->session, order, fill, terms);
    note_exposure(meter);
}

static void follow_fill(struct meter *meter, const struct oc_ev_fill *fill, oc_i128 fee)
{
    oc_i128 worth;
    const bool has_share = execution_worth(meter->session, fill, &worth) && worth > 0;
    const double share = has_share ? money_to_double(fee) / money_to_double(worth) : 0;
    tca_fill(&meter->tca, fill->order, fill->qty, fill->price, share * (double)fill->qty * (double)fill->price);
}

static void note_fill(struct meter *meter, const struct out_note *note)
{
    const struct session *session = meter->session;
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)note->fill;
    const struct order *order = orders_find(engine_orders(session->engine), note->order);
    const struct instrument *instrument = instruments_get(engine_instruments(session->engine), note->inst);
    if (!instrument)
        return;
    if (__builtin_expect(note->kind == NOTE_REPLACED, 0)) {
        collect_replaced(&meter->collect, fill, note->strategy);
        return;
    }
    struct oc_ev_fill sided;
    if (__builtin_expect(order && fill->side == OC_SIDE_NONE, 0)) { /* a codec keeps no truth: the order knows */
        sided = *fill;
        sided.side = order->now.side;
        fill = &sided;
    }
    struct fill_terms terms = {.tag = order ? order->now.tag : ""};
    if (__builtin_expect(note->kind == NOTE_CORRECTED, 0)) {
        collect_correct(&meter->collect, fill, instrument, note, &terms);
    } else {
        terms.has_spread = spread_take(&meter->spread, session, fill, instrument, &terms.spread);
        if (!meter->is_brief)
            look_closer(meter, order, fill, &terms);
        collect_fill(&meter->collect, fill, instrument, note, &terms);
    }
    const oc_i128 fee = add_fee(meter, fill);
    collect_fee(&meter->collect, note->strategy, note->inst, fee);
    if (meter->tca.working_count && note->kind == NOTE_FILL)
        follow_fill(meter, fill, fee);
}

/* An answer that says no; one of a bar whose other path says something else. */
static void note_answer(struct meter *meter, const struct oc_event *event)
{
    refusals_take(&meter->refusals, event);
    const bool is_traded = event->type == OC_EV_FILL || event->type == OC_EV_TRIGGERED;
    if (is_traded && event->flags & OC_EVF_AMBIGUOUS) {
        const struct market *market = markets_get(engine_markets(meter->session->engine), event->inst);
        /* what happens at the open is told at once, all else of a bar at its close or later */
        const bool is_closed = market && market->bar.head.size && event->venue_ns < market->last_ns;
        collect_ambiguous(&meter->collect, event->inst, is_closed ? market->bar.open_ns : event->venue_ns);
    }
}

/* A holding of the start has got its first price: it was worth that from the beginning, and that is no profit. Nor is what was put
 * in. */
static void follow_start(struct meter *meter)
{
    const oc_i128 start = meter->session->money.start + meter->outside;
    if (__builtin_expect(start != meter->start, 0)) {
        collect_shift(&meter->collect, start - meter->start);
        meter->start = start;
    }
}

/* A request that is no refusal: what the market was when it was decided. */
static void note_request(struct meter *meter, const struct oc_request *request)
{
    if (meter->is_brief)
        return;
    const struct market *market = markets_get(engine_markets(meter->session->engine), request->head.inst);
    live_ask(&meter->live, meter->session, request);
    execution_ask(&meter->execution, request, market);
    tca_ask(&meter->tca, request, market, engine_now(meter->session->engine));
    order_rows_ask(&meter->orders, request);
}

static void note_denied(struct meter *meter, const struct out_request *request)
{
    refusals_add(&meter->refusals, REFUSAL_DENIED, request->refusal.reason, request->refusal.rule);
    order_rows_deny(&meter->orders, request->request.order, request->refusal.reason, request->request.head.local_ns);
    live_deny(&meter->live, request->request.order, request->request.id);
    if (request->request.kind == OC_REQUEST_NEW)
        tca_drop(&meter->tca, request->request.order);
}

/* What was recorded, in its order. */
static void fold_records(struct meter *meter, const struct input *input, const struct engine_out *out)
{
    if (input && input->event && input->kind != INPUT_MARKET && input->kind != INPUT_BARS) {
        const struct oc_ev_answer *denied = (const struct oc_ev_answer *)(const void *)input->event;
        if (input->event->type == OC_EV_REQUEST)
            note_request(meter, (const struct oc_request *)(const void *)input->event);
        if (input->event->type == OC_EV_DENIED) {
            order_rows_deny(&meter->orders, denied->order, denied->reason, denied->head.local_ns);
            live_deny(&meter->live, denied->order, denied->request);
            if (denied->request == denied->order)
                tca_drop(&meter->tca, denied->order);
        }
        if (input->event->type == OC_EV_SENT)
            tca_sent(&meter->tca, denied->order,
                     markets_get(engine_markets(meter->session->engine), input->event->inst));
        note_answer(meter, input->event);
        contact_take(&meter->contact, input->event);
        live_take(&meter->live, meter->session, input->event);
        if (input->event->seq)
            meaning_fold(&meter->meaning, input->event);
    }
    for (uint32_t i = 0; i < out->entry_count; i++) {
        const struct out_entry *entry = &out->entries[i];
        if (entry->kind == OUT_REQUEST)
            note_request(meter, &out->requests[entry->at].request);
        if (entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied)
            note_denied(meter, &out->requests[entry->at]);
        if (out_record(out, entry)->seq == 0) /* it could not be recorded */
            continue;
        meaning_fold(&meter->meaning, out_record(out, entry));
        if (entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied) {
            struct oc_ev_denied denial = out_denial(&out->requests[entry->at]);
            meaning_fold(&meter->meaning, &denial.head);
        }
    }
}

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    struct meter *meter = self;
    if (input && input->kind != INPUT_MARKET && input->kind != INPUT_BARS)
        meter->outside = engine_outside(meter->session->engine);
    follow_start(meter);
    fold_records(meter, input, out);
    if (input && input->event && input->event->type == OC_EV_INSTRUMENT)
        collect_rescale(&meter->collect, engine_instruments(meter->session->engine),
                        engine_last_instrument(meter->session->engine));
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct out_note *what = &out->notes[i];
        const bool is_fill = what->kind == NOTE_FILL || what->kind == NOTE_CORRECTED;
        if (is_fill || what->kind == NOTE_REPLACED)
            note_fill(meter, what);
        else if (what->kind == NOTE_ORDER)
            contact_note(&meter->contact, what, input ? input->event : NULL);
        live_note(&meter->live, meter->session, what, input ? input->event : NULL);
        differences_note(&meter->differences, what, input ? input->event : NULL);
        if (!meter->is_brief && (is_fill || what->kind == NOTE_ORDER)) {
            const struct order *order = orders_find(engine_orders(meter->session->engine), what->order);
            order_rows_hear(&meter->orders, order, engine_now(meter->session->engine));
            if (order && state_is_final(order->state))
                tca_end(&meter->tca, what->order, order->now.qty, engine_now(meter->session->engine));
        }
    }
}

/* The price of the event, for what looks at each: paths, trips that are open, fills that wait for what came after. */
static void follow_price(struct meter *meter, int64_t now_ns)
{
    const struct session *session = meter->session;
    const struct instrument *instrument = instruments_get(engine_instruments(session->engine), session->data.inst);
    const struct market *market = markets_get(engine_markets(session->engine), session->data.inst);
    struct price_seen seen;
    if (!instrument || !market || !paths_take(&meter->paths, instrument, market, now_ns, &seen))
        return;
    collect_price(&meter->collect, instrument, &seen);
    execution_price(&meter->execution, instrument->index, market->mark2, now_ns);
    tca_seen(&meter->tca, instrument->index, session->data.last, market->mark2, now_ns);
}

static __attribute__((noinline)) void measure(struct meter *meter, int64_t now_ns)
{
    if (meter->collect.events % meter->collect.stride == 0) { /* a point of the curve follows */
        if (!meter->is_brief)
            note_exposure(meter);
        meter->collect.exposure = meter->exposure;
        meter->exposure = 0;
        const oc_i128 hold = buy_and_hold(meter->session, meter->start), before = meter->collect.hold;
        meter->collect.hold = hold ? hold : before ? before : meter->start; /* nothing is bought yet */
    }
    collect_equity(&meter->collect, now_ns, meter->worth.equity, meter->worth.is_exposed);
}

static void rest(void *self)
{
    struct meter *meter = self;
    struct session *session = meter->session;
    if (session->links.count) /* a balance from before its first price */
        meter->outside = engine_outside(session->engine);
    follow_start(meter);
    if (!session->money.is_counted ||
        worth_at(&meter->worth, engine_portfolio(session->engine), engine_instruments(session->engine),
                 session->money.account, session->data.inst) < 0)
        return;
    const int64_t now_ns = session->clock.now_ns;
    live_heard(&meter->live, now_ns);
    if (!meter->is_brief)
        follow_price(meter, now_ns);
    if (!collect_stands(&meter->collect, now_ns, meter->worth.equity, meter->worth.is_exposed))
        measure(meter, now_ns);
}

static oc_rc open_meter(void *self, struct session *session)
{
    struct meter *meter = self;
    meter->session = session;
    meter->start = session->money.start;
    collect_init(&meter->collect, meter->start);
    meter->collect.skips_course = meter->is_brief;
    spread_open(&meter->spread, session);
    execution_open(&meter->execution, session);
    meter->tca.tape_has_ours = venue_names(session->settings) && !venue_is_feed(session->settings);
    live_open(&meter->live, session);
    oc_rc rc = meaning_init(&meter->meaning);
    return rc < 0 ? rc
                  : watchers_add(&session->watchers,
                                 &(struct watcher){.self = meter, .skips_quiet = true, .note = note, .rest = rest});
}

static void close_meter(void *self, struct session *session)
{
    struct meter *meter = self;
    (void)session;
    collect_release(&meter->collect);
    paths_release(&meter->paths);
    tca_release(&meter->tca);
    order_rows_release(&meter->orders);
    worth_release(&meter->worth);
    meaning_release(&meter->meaning);
}

void meter_add_stage(struct meter *meter, struct session *session)
{
    session_add_stage(session, &(struct session_stage){"meter", meter, open_meter, close_meter});
}

oc_rc meter_restored(struct meter *meter)
{
    oc_i128 equity;
    uint32_t unpriced; /* the result says so */
    const struct session *session = meter->session;
    meter->outside = engine_outside(session->engine);
    follow_start(meter);
    oc_rc rc = portfolio_traded_equity_all(engine_portfolio(session->engine), session->money.base, &equity, &unpriced);
    if (rc == OC_OK) /* the curve begins here, not where the session did */
        collect_shift(&meter->collect, equity - meter->collect.start);
    return rc;
}

/* P of the report: as it was said, else what the days of the data look like. */
static uint32_t periods_per_year(struct meter *meter)
{
    struct session *session = meter->session;
    int64_t said;
    if (settings_integer(session->settings, "report.periods_per_year", &said) == OC_OK)
        return (uint32_t)said;
    uint32_t periods = collect_periods(&meter->collect);
    if (periods == PERIODS_SESSIONS)
        session_note(session,
                     "a year: %u daily returns, as no data fall on a Saturday (report.periods_per_year says otherwise)",
                     periods);
    return periods;
}

/* Adds a name to a list; false: no room. */
static bool add_name(struct text *list, const char *name)
{
    text_format(list, "%s%s", list->size ? ", " : "", name);
    return list->size + 1 < RESULT_NAMES_MAX;
}

/* What was traded, and of which files: all names, or how many where they are too long to show. */
static void name_sources(struct meter *meter)
{
    const struct session *session = meter->session;
    struct text symbols, paths;
    uint32_t count = 0;
    bool fits_symbols = true, fits_paths = true;
    text_init_fixed(&symbols, meter->symbols_text, sizeof meter->symbols_text);
    text_init_fixed(&paths, meter->paths_text, sizeof meter->paths_text);
    for (uint32_t i = 0; i < session->data.count; i++) {
        const struct feed_source *source = &session->data.sources[i];
        const struct instrument *instrument = instruments_get(engine_instruments(session->engine), source->inst);
        bool is_first = true;
        for (uint32_t k = 0; k < i; k++)
            is_first &= session->data.sources[k].inst != source->inst;
        if (instrument && is_first && ++count)
            fits_symbols &= add_name(&symbols, instruments_name(engine_instruments(session->engine), instrument));
        fits_paths &= add_name(&paths, source->path);
    }
    if (!fits_symbols)
        snprintf(meter->symbols_text, sizeof meter->symbols_text, "%u symbols", count);
    if (!fits_paths && session->data.count > 1)
        snprintf(meter->paths_text, sizeof meter->paths_text, "%u files, the first %.160s", session->data.count,
                 session->data.sources[0].path);
}

/* Orders were asked for, and not one was filled: why, in the words of most of them. */
static const char *warn(struct meter *meter)
{
    const struct engine_stats *stats = engine_stats(meter->session->engine);
    const struct refusal *list[REFUSALS_MAX];
    const unsigned long long asked = stats->requests + stats->denied;
    struct text text;
    if (meter->collect.fills || asked == 0)
        return NULL;
    text_init_fixed(&text, meter->warning_text, sizeof meter->warning_text);
    text_format(&text, "NOTHING WAS FILLED: %llu requests", asked);
    refusals_sorted(&meter->refusals, list);
    for (uint32_t i = 0; i < meter->refusals.count && i < 3; i++)
        text_format(&text, ", %llu %s: %s", (unsigned long long)list[i]->count, refusal_words(list[i]->kind),
                    list[i]->reason);
    return meter->warning_text;
}

oc_rc meter_result(struct meter *meter, struct result *ret_result)
{
    char venue[PART_NAME_MAX];
    struct session *session = meter->session;
    struct engine *engine = session->engine;
    struct result *result = ret_result;
    uint32_t unpriced = 0;
    memset(result, 0, sizeof *result);
    name_sources(meter);
    result->version = OUTCRY_VERSION;
    result->mode = session->label;
    result->data = meter->paths_text;
    result->symbol = meter->symbols_text;
    result->profile = settings_text(session->settings, "sim.paper.plugin", "outcry.paper");
    if (venue_at(session->settings, 0, venue))
        result->profile = venue_text(session->settings, venue, "connector", "");
    else if (strcmp(result->profile, "outcry.paper") == 0) /* another simulator has no profile of ours */
        result->profile = settings_text(session->settings, "sim.paper.profile", "neutral");
    result->currency = instruments_asset_name(engine_instruments(engine), session->money.base);
    result->period_ns = session->data.sources[0].info.period_ns;
    result->periods_per_year = periods_per_year(meter);
    for (uint32_t i = 0; i < session->data.count; i++)
        result->is_synthetic |= feed_is_synthetic(session->data.sources[i].path);
    if (meter->orders.not_kept)
        session_note(session, "orders: %llu have no line in the file of orders: the first %d do",
                     (unsigned long long)meter->orders.not_kept, ORDER_ROWS_MAX);
    if (session->plots.not_kept)
        session_note(session, "plots: %llu values found no room: %d series are kept",
                     (unsigned long long)session->plots.not_kept, PLOTS_MAX);
    result->collect = &meter->collect;
    result->refusals = &meter->refusals;
    result->contact = &meter->contact;
    result->live = &meter->live;
    result->differences = &meter->differences;
    result->spread = &meter->spread;
    if (!meter->is_brief) {
        result->execution = &meter->execution;
        result->tca = &meter->tca;
        result->paths = &meter->paths;
        result->plots = &session->plots;
        result->orders = &meter->orders;
    }
    result->warning = warn(meter);
    result->strategy_name = session->rules.strategy_name;
    result->names = session->rules.strategies;
    result->stats = engine_stats(engine);
    result->instruments = engine_instruments(engine);
    result->portfolio = engine_portfolio(engine);
    result->account = session->money.account;
    result->put_in = engine_statement(engine)->outside.put_in;
    result->corrected = engine_statement(engine)->outside.corrected;
    result->start = session->money.start + engine_outside(engine);
    oc_rc rc = portfolio_traded_equity_all(engine_portfolio(engine), session->money.base, &result->final, &unpriced);
    result->unpriced = unpriced;
    result->parts = session->parts ? session->parts->list : NULL;
    result->part_count = session->parts ? session->parts->count : 0;
    result->notes = session->words.notes;
    result->note_count = session->words.note_count;
    result->fees = meter->fees;
    result->buy_and_hold = buy_and_hold(session, result->start);
    result->has_buy_and_hold = result->buy_and_hold != 0;
    const struct instrument *held = instruments_get(engine_instruments(engine), session->money.first_inst);
    result->hold_symbol = result->has_buy_and_hold && held ? instruments_name(engine_instruments(engine), held) : NULL;
    struct door_hash hash = door_order_hash(session->door);
    hash128_to_text((struct hash128){hash.low, hash.high}, result->order_hash);
    meaning_text(&meter->meaning, result->meaning);
    snprintf(result->input_hash, sizeof result->input_hash, "%016llx",
             (unsigned long long)door_input_hash(session->door));
    result->order_records = hash.count;
    result->market_events = door_market_count(session->door);
    if (meter->collect.events)
        collect_end(&meter->collect, result->final);
    return rc;
}
