/* plugin_try_do.c: what a line of a try does to a plugin of each kind, and what came of it in words. */
#include <outcry/draft/data.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plugin_try.h"

enum { READ_MAX = 1000 };

static void __attribute__((format(printf, 2, 3))) add(struct try_run *run, const char *format, ...)
{
    va_list args;
    if (run->count == TRY_RESULTS_MAX) {
        run->dropped++;
        return;
    }
    va_start(args, format);
    vsnprintf(run->results[run->count++], TRY_RESULT_MAX, format, args);
    va_end(args);
}

/* Units of a step as a decimal text. */
static const char *in_steps(int64_t units, struct oc_dec step, char text[TEXT_DECIMAL_MAX])
{
    int64_t total;
    if (__builtin_mul_overflow(units, step.units, &total) || step.scale < 0 || step.scale > 18)
        return "?";
    text_from_units(text, total, step.scale, TEXT_SHORTEST);
    return text;
}

static struct oc_dec price_step(const struct try_run *run)
{
    return run->is_read ? run->read.price_step : run->world.instrument.price_step;
}

static struct oc_dec qty_step(const struct try_run *run)
{
    return run->is_read ? run->read.qty_step : run->world.instrument.qty_step;
}

static const char *side_name(uint8_t side)
{
    return side == OC_SIDE_BUY ? "buy" : side == OC_SIDE_SELL ? "sell" : "no side";
}

static void add_market(struct try_run *run, const struct oc_event *event, const char *time)
{
    const struct oc_dec price = price_step(run), qty = qty_step(run);
    char a[5][TEXT_DECIMAL_MAX];
    if (event->type == OC_EV_TRADE) {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        add(run, "%strade %s %s", time, in_steps(trade->price, price, a[0]), in_steps(trade->qty, qty, a[1]));
    } else if (event->type == OC_EV_QUOTE) {
        const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
        add(run, "%squote %s %s", time, quote->present & OC_HAS_BID ? in_steps(quote->bid, price, a[0]) : "-",
            quote->present & OC_HAS_ASK ? in_steps(quote->ask, price, a[1]) : "-");
    } else if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        add(run, "%sbar %s %s %s %s %s", time, in_steps(bar->open, price, a[0]), in_steps(bar->high, price, a[1]),
            in_steps(bar->low, price, a[2]), in_steps(bar->close, price, a[3]), in_steps(bar->volume, qty, a[4]));
    } else if (event->type == OC_EV_INSTRUMENT) {
        add(run, "instrument %.*s", OC_SYMBOL_MAX, ((const struct oc_ev_instrument *)(const void *)event)->info.symbol);
    } else {
        add(run, "%sevent %u", time, event->type);
    }
}

/* What is said of an account or of the venue. That it is reached is the host's word, and no result of the connector. */
static void add_account(struct try_run *run, const struct oc_event *event)
{
    static const char *const words[] = {
        [OC_EV_POSITION - OC_EV_POSITION] = "position", [OC_EV_ACCOUNT - OC_EV_POSITION] = "account",
        [OC_EV_LEDGER - OC_EV_POSITION] = "ledger",     [OC_EV_VENUE - OC_EV_POSITION] = "venue",
        [OC_EV_LIMIT - OC_EV_POSITION] = "limit",       [OC_EV_FETCHED - OC_EV_POSITION] = "fetched"};
    const struct oc_ev_venue *venue = (const struct oc_ev_venue *)(const void *)event;
    if (event->type == OC_EV_VENUE && venue->part != OC_PART_LINK)
        add(run, "venue %s", statement_state_name(venue->state));
    else if (event->type != OC_EV_VENUE)
        add(run, "%s", words[event->type - OC_EV_POSITION]);
}

static unsigned long long number_of(uint64_t order) { return order & ((1ull << 40) - 1); }

/* What an event says, as a result. */
static void add_event(struct try_run *run, const struct oc_event *event)
{
    static const char *const names[] = {"accepted",       "rejected",  "",          "canceled",
                                        "expired",        "triggered", "amended",   "cancel rejected",
                                        "amend rejected", "unknown",   "not there", "sent"};
    struct instruments *instruments = engine_instruments(run->world.engine);
    char time[TEXT_TIME_MAX + 1] = "", a[2][TEXT_DECIMAL_MAX], fee[TEXT_DECIMAL_MAX];
    if (!event_is_sound(event)) {
        add(run, "an event of a wrong size: type %u, %u bytes", event->type, event->size);
    } else if (event->type < OC_EV_REQUEST) {
        if (run->is_read) {
            const int length = text_from_time(time, event->venue_ns);
            time[length] = ' ', time[length + 1] = 0;
        }
        add_market(run, event, time);
    } else if (event->type == OC_EV_FILL) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
        text_from_units(fee, fill->fee.units, fill->fee.scale, TEXT_SHORTEST);
        add(run, "fill %llu %s %s @ %s fee %s %s", number_of(fill->order), side_name(fill->side),
            in_steps(fill->qty, qty_step(run), a[0]), in_steps(fill->price, price_step(run), a[1]), fee,
            fill->fee_asset < instruments_asset_count(instruments) && fill->fee_asset
                ? instruments_asset_name(instruments, fill->fee_asset)
                : "of no asset");
    } else if (event->type == OC_EV_BALANCE) {
        const struct oc_ev_balance *balance = (const struct oc_ev_balance *)(const void *)event;
        text_from_units(a[0], balance->total.units, balance->total.scale, TEXT_SHORTEST);
        add(run, "balance %s %s", instruments_asset_name(instruments, balance->asset), a[0]);
    } else if (event->type >= OC_EV_POSITION && event->type <= OC_EV_FETCHED) {
        add_account(run, event);
    } else {
        const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
        const uint32_t name = (uint32_t)event->type - OC_EV_ACCEPTED;
        add(run, "%s %llu%s%.*s", name < sizeof names / sizeof names[0] ? names[name] : "event",
            number_of(answer->order), answer->reason[0] ? " " : "", OC_REASON_MAX, answer->reason);
    }
}

/* The venue's own name of what is traded, by which the rest of the script calls it. */
static void learn_instrument(struct try_run *run, const struct oc_event *event)
{
    const struct oc_ev_instrument *said = (const struct oc_ev_instrument *)(const void *)event;
    struct oc_instrument info = said->info;
    info.inst = run->world.instrument.inst;
    if (strncmp(info.symbol, run->world.instrument.symbol, sizeof info.symbol) == 0 &&
        io_venue_instrument(&run->bench.venue, &info) < 0)
        add(run, "instrument refused");
}

static void drain(struct try_run *run)
{
    const struct oc_event *event;
    while ((event = feed_first(&run->bench.feed)) != NULL) {
        add_event(run, event);
        feed_drop(&run->bench.feed);
    }
    while ((event = io_venue_first(&run->bench.venue)) != NULL) {
        add_event(run, event);
        if (event_is_sound(event))
            bench_hear(&run->bench, event);
        if (event->type == OC_EV_INSTRUMENT && event_is_sound(event))
            learn_instrument(run, event);
        if (event_is_sound(event))
            io_venue_drop(&run->bench.venue);
    }
}

static void go_on(struct try_run *run);

static bool is_kind(const struct try_run *run, const char *kind) { return strcmp(run->plugin->kind, kind) == 0; }

/* Simulators. */

static void settle(struct try_run *run, int64_t to_ns)
{
    union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_ANSWER_MAX];
    } answer;
    struct bench_plugin *bench = &run->bench;
    const struct oc_sim *table = bench->table;
    for (int calls = 0; calls < 10000 && sim_answers_next_ns(&bench->answers) <= to_ns; calls++) {
        run->world.now_ns = sim_answers_next_ns(&bench->answers);
        if (bench->answers.due_ns <= run->world.now_ns) {
            bench->answers.due_ns = INT64_MAX;
            bench_call(bench, "due");
            (void)table->due(bench->instance.self, run->world.now_ns);
            plugin_call_end();
        }
        while (sim_answers_take(&bench->answers, run->world.now_ns, &answer, sizeof answer) == OC_OK)
            add_event(run, &answer.head);
    }
    run->world.now_ns = to_ns;
}

void try_set_time(struct try_run *run, int64_t now_ns)
{
    if (is_kind(run, OC_SIM))
        settle(run, now_ns);
    run->world.now_ns = now_ns;
    engine_start_at(run->world.engine, now_ns); /* what a rule is asked next is asked now */
}

static oc_rc show_market(struct try_run *run, struct oc_event *event)
{
    const struct oc_sim *table = run->bench.table;
    event->venue_ns = event->local_ns = run->world.now_ns;
    if (!is_kind(run, OC_SIM)) /* the rule observes it there */
        return bench_input(&run->world, event);
    bench_call(&run->bench, "market");
    oc_rc rc = table->market(run->bench.instance.self, run->world.now_ns, event);
    plugin_call_end();
    settle(run, run->world.now_ns);
    return rc;
}

static bool take_units(const char *text, struct oc_dec step, int64_t *ret_units)
{
    struct oc_dec dec = {0};
    int exact;
    return text_to_decimal(text, strlen(text), &dec.units, &dec.scale) == OC_OK &&
           instrument_dec_units(step, dec, SNAP_DOWN, ret_units, &exact) == OC_OK && exact;
}

static bool take_prices(const struct try_run *run, char *const *words, uint32_t count, int64_t *ret_prices)
{
    for (uint32_t i = 0; i < count; i++)
        if (!take_units(words[i], run->world.instrument.price_step, &ret_prices[i]))
            return false;
    return true;
}

/* price P; quote BID ASK; bar OPEN HIGH LOW CLOSE VOLUME [PERIOD] */
static oc_rc do_market(struct try_run *run, char *const *words, uint32_t count)
{
    int64_t prices[4] = {0}, volume = 0, period_ns = 60000000000;
    if (strcmp(words[0], "price") == 0 && count == 2 && take_prices(run, words + 1, 1, prices)) {
        struct oc_ev_trade trade = bench_trade(&run->world, prices[0]);
        return show_market(run, &trade.head);
    }
    if (strcmp(words[0], "quote") == 0 && count == 3 && take_prices(run, words + 1, 2, prices)) {
        struct oc_ev_quote quote = {
            .head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = run->world.instrument.inst},
            .bid = prices[0],
            .ask = prices[1],
            .present = OC_HAS_BID | OC_HAS_ASK};
        return show_market(run, &quote.head);
    }
    if (strcmp(words[0], "bar") != 0 || count < 6 || count > 7 || !take_prices(run, words + 1, 4, prices) ||
        !take_units(words[5], run->world.instrument.qty_step, &volume) ||
        (count == 7 && text_to_duration(words[6], strlen(words[6]), &period_ns) < 0))
        return OC_E_INVALID;
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = run->world.instrument.inst},
                            .open_ns = run->world.now_ns,
                            .period_ns = period_ns,
                            .open = prices[0],
                            .high = prices[1],
                            .low = prices[2],
                            .close = prices[3],
                            .volume = volume,
                            .present = OC_HAS_VOLUME};
    const int64_t close_ns = run->world.now_ns + period_ns;
    if (is_kind(run, OC_SIM)) { /* its open first, as of a file */
        const struct oc_sim *table = run->bench.table;
        bar.head.venue_ns = close_ns;
        bench_call(&run->bench, "market");
        oc_rc rc = table->market(run->bench.instance.self, bar.open_ns, &bar.head);
        plugin_call_end();
        if (rc < 0)
            return rc;
        settle(run, close_ns);
    }
    run->world.now_ns = close_ns;
    return show_market(run, &bar.head);
}

/* Questions and requests. */

static void add_verdict(void *self, const struct oc_request *request, const char *rule,
                        const struct oc_verdict *verdict)
{
    struct try_run *run = self;
    char used[TEXT_DECIMAL_MAX], limit[TEXT_DECIMAL_MAX];
    (void)request, (void)rule;
    if (verdict->allowed) {
        add(run, "allow");
        return;
    }
    text_from_units(used, verdict->used.units, verdict->used.scale, TEXT_SHORTEST);
    text_from_units(limit, verdict->limit.units, verdict->limit.scale, TEXT_SHORTEST);
    add(run, "refuse %.*s %s against %s", OC_REASON_MAX, verdict->reason, used, limit);
}

static oc_rc send_request(struct try_run *run, const struct oc_request *request)
{
    struct engine_refusal refusal[2];
    struct bench_plugin *bench = &run->bench;
    oc_rc rc = OC_OK;
    if (is_kind(run, OC_RISK)) {
        (void)engine_preview(run->world.engine, request, refusal, 2); /* the witness tells */
        return OC_OK;
    }
    bench_call(bench, "request");
    if (is_kind(run, OC_SIM))
        rc = ((const struct oc_sim *)bench->table)->request(bench->instance.self, run->world.now_ns, request);
    else if (is_kind(run, OC_CONNECTOR))
        rc = io_venue_request(&bench->venue, request);
    plugin_call_end();
    if (rc < 0)
        add(run, "request refused: %s", error_name(rc));
    if (is_kind(run, OC_SIM))
        settle(run, run->world.now_ns);
    if (is_kind(run, OC_CONNECTOR))
        go_on(run);
    drain(run);
    return OC_OK;
}

/* buy|sell QTY [@ PRICE] */
static bool take_order(struct try_run *run, char *const *words, uint32_t count, uint8_t *ret_side, int64_t *ret_qty,
                       int64_t *ret_price)
{
    *ret_price = 0;
    if ((count != 2 && (count != 4 || strcmp(words[2], "@") != 0)) ||
        (strcmp(words[0], "buy") != 0 && strcmp(words[0], "sell") != 0))
        return false;
    *ret_side = words[0][0] == 'b' ? OC_SIDE_BUY : OC_SIDE_SELL;
    return take_units(words[1], run->world.instrument.qty_step, ret_qty) &&
           (count == 2 || take_units(words[3], run->world.instrument.price_step, ret_price));
}

static oc_rc do_order(struct try_run *run, char *const *words, uint32_t count)
{
    uint8_t side;
    int64_t qty, price, number;
    if (strcmp(words[0], "cancel") == 0 && count == 2 && text_to_int(words[1], strlen(words[1]), &number) == OC_OK) {
        const uint64_t orders = run->world.orders;
        const struct oc_request cancel = bench_cancel(&run->world, 1ull << 40 | (uint64_t)number);
        run->world.orders = orders; /* orders are counted, not requests */
        return send_request(run, &cancel);
    }
    if (strcmp(words[0], "amend") == 0 && count > 2 && is_kind(run, OC_CONNECTOR) &&
        text_to_int(words[1], strlen(words[1]), &number) == OC_OK &&
        take_order(run, words + 2, count - 2, &side, &qty, &price) && price) {
        const uint64_t orders = run->world.orders;
        struct oc_request amend = bench_request(&run->world, side, qty, price);
        amend.kind = OC_REQUEST_AMEND;
        amend.order = 1ull << 40 | (uint64_t)number;
        amend.bits |= OC_RQ_PRICE_CHANGED | OC_RQ_QUANTITY_CHANGED;
        amend.revision = 1;
        run->world.orders = orders;
        return send_request(run, &amend);
    }
    if (strcmp(words[0], "filled") == 0 && is_kind(run, OC_RISK) &&
        take_order(run, words + 1, count - 1, &side, &qty, &price) && price) {
        struct oc_ev_fill fill = bench_fill(&run->world, side, qty, price);
        return bench_input(&run->world, &fill.head);
    }
    if (!take_order(run, words, count, &side, &qty, &price))
        return OC_E_INVALID;
    const struct oc_request request = bench_request(&run->world, side, qty, price);
    return send_request(run, &request);
}

/* Readers. read FILE, below the folder of the script */
static oc_rc do_read(struct try_run *run, const char *name)
{
    const struct oc_data *table = run->bench.table;
    void *self = run->bench.instance.self;
    const char *slash = strrchr(run->script, '/');
    char path[1024], words[512] = "", steps[2][TEXT_DECIMAL_MAX];
    snprintf(path, sizeof path, "%.*s%s", slash && name[0] != '/' ? (int)(slash + 1 - run->script) : 0, run->script,
             name);
    run->read = (struct oc_data_info){.size = sizeof run->read};
    bench_call(&run->bench, "probe");
    oc_rc rc = table->probe(self, path, "", &run->read);
    run->is_read = rc >= 0;
    if (rc >= 0) {
        text_from_units(steps[0], run->read.price_step.units, run->read.price_step.scale, TEXT_SHORTEST);
        text_from_units(steps[1], run->read.qty_step.units, run->read.qty_step.scale, TEXT_SHORTEST);
        add(run, "file of %.47s, price step %s, quantity step %s", run->read.symbol, steps[0], steps[1]);
        bench_call(&run->bench, "start");
        rc = table->start(self, ++run->tokens, path, "", run->world.instrument.inst, &run->read);
    }
    bench_call(&run->bench, "pull");
    while (rc >= 0 || rc == OC_E_FULL) {
        rc = table->pull(self, run->tokens, 64);
        drain(run);
        if (run->count + 64 > READ_MAX && rc >= 0)
            break;
    }
    if (rc < 0 && rc != OC_E_END) {
        bench_call(&run->bench, "error");
        if (table->error)
            (void)table->error(self, run->is_read ? run->tokens : 0, words, sizeof words);
        add(run, "error %.200s", words[0] ? words : error_name(rc));
    }
    if (run->is_read && table->stop) {
        bench_call(&run->bench, "stop");
        table->stop(self, run->tokens);
    }
    plugin_call_end();
    return OC_OK;
}

#define OF_ALL    "instrument SYMBOL PRICE_STEP QTY_STEP", "cash AMOUNT", "wait DURATION"
#define OF_MARKET "price P", "quote BID ASK", "bar OPEN HIGH LOW CLOSE VOLUME [PERIOD]"
#define OF_ORDERS "buy QTY [@ PRICE]", "sell QTY [@ PRICE]", "cancel NUMBER"

const char *const *try_forms(const char *kind)
{
    static const char *const rule[] = {OF_ORDERS, "filled buy|sell QTY @ PRICE", OF_MARKET, OF_ALL, NULL};
    static const char *const simulator[] = {OF_ORDERS, OF_MARKET, OF_ALL, NULL};
    static const char *const connector[] = {OF_ORDERS, "amend NUMBER buy|sell QTY @ PRICE", OF_ALL, NULL};
    static const char *const reader[] = {"read FILE", OF_ALL, NULL};
    return strcmp(kind, OC_RISK) == 0        ? rule
           : strcmp(kind, OC_CONNECTOR) == 0 ? connector
           : strcmp(kind, OC_DATA) == 0      ? reader
                                             : simulator;
}

oc_rc try_do(struct try_run *run, char *const *words, uint32_t count)
{
    int64_t ns;
    if (count == 2 && strcmp(words[0], "wait") == 0 && text_to_duration(words[1], strlen(words[1]), &ns) == OC_OK) {
        try_set_time(run, run->world.now_ns + ns);
        return OC_OK;
    }
    if (is_kind(run, OC_DATA))
        return count == 2 && strcmp(words[0], "read") == 0 ? do_read(run, words[1]) : (oc_rc)OC_E_INVALID;
    const bool is_market =
        strcmp(words[0], "price") == 0 || strcmp(words[0], "quote") == 0 || strcmp(words[0], "bar") == 0;
    if (is_market && is_kind(run, OC_CONNECTOR))
        return OC_E_INVALID; /* its peer says them */
    return is_market ? do_market(run, words, count) : do_order(run, words, count);
}

/* Connectors. */

/* As far as the venue goes without the host. */
static void go_on(struct try_run *run)
{
    struct io_venue *venue = &run->bench.venue;
    for (int things = 0; things < TRY_LINE_MAX; things++) {
        const uint64_t unread = venue->unread;
        const oc_rc rc = io_venue_pump(venue, run->world.now_ns);
        if (venue->unread > unread)
            add(run, "not read: %s", error_name(venue->unread_rc));
        drain(run);
        if (rc <= 0)
            break;
    }
}

void try_go_to(struct try_run *run, uint32_t line)
{
    if (!is_kind(run, OC_CONNECTOR))
        return;
    run->bench.transcript.until_line = line;
    go_on(run);
}

oc_rc try_begin(struct try_run *run, const char *text, struct error *ret_error)
{
    struct bench_plugin *bench = &run->bench;
    static const struct engine_witness nobody = {0};
    struct engine_witness witness = {run, add_verdict};
    oc_rc rc = OC_OK;
    if (is_kind(run, OC_CONNECTOR)) {
        rc = transcript_init(&bench->transcript, text, strlen(text));
        bench->transcript.until_line = 1;
        if (rc < 0)
            return error_say(ret_error, rc, run->script, "%s", bench->transcript.mismatch);
    }
    const bool is_connector = is_kind(run, OC_CONNECTOR);
    const struct io_link link = transcript_link(&bench->transcript);
    rc = bench_plugin_open(bench, &run->world, run->plugin, is_connector ? &link : NULL, ret_error);
    if (rc < 0)
        return rc;
    engine_set_witness(run->world.engine, is_kind(run, OC_RISK) ? &witness : &nobody);
    if (is_kind(run, OC_RISK))
        rc = engine_add_rule(run->world.engine, run->plugin->id, bench->table, bench->instance.self);
    if (is_kind(run, OC_SIM)) {
        const struct oc_sim *table = bench->table;
        bench_call(bench, "instrument");
        rc = table->instrument(bench->instance.self, &run->world.instrument);
        if (rc >= 0)
            rc = table->balance(bench->instance.self, run->world.account, run->world.instrument.quote,
                                (struct oc_dec){1000000000, 0, 0});
    }
    if (is_connector) {
        rc = bench_connect(bench);
        go_on(run);
    }
    plugin_call_end();
    return rc < 0 ? error_of_code(ret_error, rc, run->plugin->id, "it could not be begun") : rc;
}
