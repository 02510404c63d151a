/* order_history.c: what each order came from and what became of it, to be explained later. */
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const request_kinds[] = {"", "new", "amend", "cancel"};

struct order_history *order_history_find(struct console_service *service, uint64_t order)
{
    struct order_history *history = &service->histories[order_ring_slot(order, CONSOLE_HISTORIES_MAX)];
    return order && history->order == order ? history : NULL;
}

/* The slot of an order, emptied if another one had it. */
static struct order_history *trail_take(struct console_service *service, uint64_t order)
{
    struct order_history *history = &service->histories[order_ring_slot(order, CONSOLE_HISTORIES_MAX)];
    if (history->order != order) {
        memset(history, 0,
               offsetof(struct order_history, verdicts)); /* rows behind it are written whole before they count */
        history->order = order;
    }
    return history;
}

static void add_verdict(struct verdict_row *rows, uint32_t *count, const char *rule, const struct oc_verdict *verdict)
{
    if (*count && rows[0].rule == rule) /* the same id was asked about again: what went before was dropped */
        *count = 0;
    if (*count == CONSOLE_VERDICTS_MAX)
        return;
    struct verdict_row *row = &rows[(*count)++];
    *row =
        (struct verdict_row){.rule = rule, .allowed = verdict->allowed, .used = verdict->used, .limit = verdict->limit};
    memcpy(row->reason, verdict->reason, sizeof row->reason);
}

void order_history_witness(void *self, const struct oc_request *request, const char *rule,
                           const struct oc_verdict *verdict)
{
    struct console_service *service = self;
    if (request->kind == OC_REQUEST_NEW && request->order) {
        struct order_history *history = trail_take(service, request->order);
        add_verdict(history->verdicts, &history->verdict_count, rule, verdict);
    } else {
        add_verdict(service->verdicts, &service->verdict_count, rule, verdict);
    }
}

static void keep_input(struct console_service *service, const struct oc_event *event)
{
    memcpy(&service->input, event, event->size < sizeof service->input ? event->size : sizeof service->input);
    service->input_who[0] = 0;
    if (event->type != OC_EV_COMMAND)
        return;
    /* for showing: tabs become spaces, the last field says who */
    const struct oc_ev_text *command = (const struct oc_ev_text *)(const void *)event;
    const char *text = (const char *)(command + 1);
    size_t size = command->text_size, by = size;
    while (by && text[by - 1] != '\t')
        by--;
    if (size - by > 3)
        snprintf(service->input_who, sizeof service->input_who, "%.*s", (int)(size - by - 3), text + by + 3);
    snprintf(service->input_text, sizeof service->input_text, "%.*s", (int)(by ? by - 1 : size), text);
    for (char *at = service->input_text; *at; at++)
        if (*at == '\t')
            *at = ' ';
}

static struct order_step *add_step(struct order_history *history, const struct oc_event *event)
{
    if (history->step_count == CONSOLE_STEPS_MAX) { /* the youngest stays true; the middle is lost, and counted */
        history->steps_lost++;
        history->step_count--;
    }
    struct order_step *step = &history->steps[history->step_count++];
    if (event->inst)
        history->inst = event->inst;
    *step = (struct order_step){.at_ns = event->local_ns, .seq = event->seq, .type = event->type};
    return step;
}

static int64_t position_of(const struct console_service *service, uint32_t strategy, uint32_t inst)
{
    int64_t qty = 0; /* of all accounts: an instrument is of one venue */
    for (uint32_t id = 1; id <= portfolio_account_count(service->portfolio); id++) {
        const struct book *book = portfolio_find(service->portfolio, id, strategy, inst);
        qty += book ? book->position.qty : 0;
    }
    return qty;
}

static void new_order(struct console_service *service, const struct oc_request *request)
{
    struct order_history *history = trail_take(service, request->order);
    struct console_service_origin origin = {0};
    const struct market *market = markets_get(engine_markets(service->engine), request->head.inst);
    history->step_count = history->steps_lost = 0;
    history->mid2 = market && market->has_mark ? market->mark2 : 0;
    history->before = history->after = position_of(service, request->strategy, request->head.inst);
    if (service->input.head.seq == request->head.cause)
        memcpy(&history->cause, &service->input, sizeof history->cause);
    else
        history->cause.head = (struct oc_event){
            .size = sizeof history->cause.head, .seq = request->head.cause, .local_ns = request->head.local_ns};
    if (service->input_who[0] && service->input.head.seq == request->head.cause) {
        memcpy(history->who, service->input_who, sizeof history->who);
        memcpy(history->text, service->input_text, sizeof history->text);
    } else if (request->strategy &&
               service->config.host->origin(service->config.host->self, request->order, request->strategy, &origin)) {
        snprintf(history->callback, sizeof history->callback, "%s", origin.callback);
        snprintf(history->file, sizeof history->file, "%s", origin.file);
        snprintf(history->text, sizeof history->text, "%s", origin.source);
        history->line = origin.line;
    }
}

static void request_step(struct console_service *service, const struct oc_request *request)
{
    if (request->kind == OC_REQUEST_NEW)
        new_order(service, request);
    struct order_history *history = order_history_find(service, request->order);
    if (!history)
        return;
    struct order_step *step = add_step(history, &request->head);
    step->kind = request->kind;
    step->side = request->side;
    step->present = request->bits;
    step->price = request->bits & OC_RQ_HAS_PRICE ? request->price : request->stop_price;
    step->qty = request->qty;
}

/* The order that a record is about, by whatever name a venue calls it. */
static uint64_t order_named(const struct console_service *service, const struct oc_event *event, uint64_t otherwise)
{
    const struct order *order = engine_order_of(service->engine, event);
    return order ? order->now.order : otherwise;
}

static void tell_order(struct console_service *service, const struct oc_ev_answer *answer)
{
    static const char *const whats[OC_EV_END] = {[OC_EV_DENIED] = "denied",
                                                 [OC_EV_REJECTED] = "rejected",
                                                 [OC_EV_CANCELED] = "canceled",
                                                 [OC_EV_EXPIRED] = "expired",
                                                 [OC_EV_TRIGGERED] = "triggered",
                                                 [OC_EV_AMENDED] = "amended",
                                                 [OC_EV_UNKNOWN] = "unknown",
                                                 [OC_EV_CANCEL_REJECTED] = "cancel rejected",
                                                 [OC_EV_AMEND_REJECTED] = "amend rejected"};
    const char *what = whats[answer->head.type];
    if (!what || !service->config.server || !console_server_is_wanted(service->config.server, TELL_ORDER))
        return;
    const struct order *order = orders_find(engine_orders(service->engine), answer->order);
    const struct instrument *instrument = instruments_get(service->instruments, answer->head.inst);
    text_clear(&service->told);
    json_open(&service->told, NULL, '{');
    json_time(&service->told, "time", answer->head.local_ns);
    json_order_id(&service->told, "order", answer->order);
    json_text(&service->told, "symbol", instrument ? instruments_name(service->instruments, instrument) : NULL);
    json_text(&service->told, "what", what);
    json_text(&service->told, "reason", answer->reason[0] ? answer->reason : NULL);
    json_text(&service->told, "strategy",
              order ? service->config.host->strategy_name(service->config.host->self, order->now.strategy) : NULL);
    json_close(&service->told, '}');
    console_service_tell(service, TELL_ORDER, &service->told);
}

static void answer_step(struct console_service *service, const struct oc_ev_answer *said)
{
    struct oc_ev_answer copy = *said;
    const struct oc_ev_answer *answer = &copy;
    copy.order = order_named(service, &said->head, said->order);
    struct order_history *history = order_history_find(service, answer->order);
    tell_order(service, answer);
    if (!history)
        return;
    struct order_step *step = add_step(history, &answer->head);
    memcpy(step->reason, answer->reason, sizeof step->reason);
    step->price = answer->price;
    step->qty = answer->qty;
}

/* What a venue shows or corrects: that it did, without what it says. */
static void shown_step(struct console_service *service, const struct oc_event *event)
{
    struct order_history *history = order_history_find(service, order_named(service, event, 0));
    if (history)
        (void)add_step(history, event);
}

static void fill_step(struct console_service *service, const struct oc_ev_fill *said)
{
    struct oc_ev_fill copy = *said;
    const struct oc_ev_fill *fill = &copy;
    copy.head.size = sizeof copy;
    copy.order = order_named(service, &said->head, said->order);
    struct fill_row *row = &service->fills[service->fill_count++ % CONSOLE_FILLS_MAX];
    const struct order *order = orders_find(engine_orders(service->engine), fill->order);
    struct order_history *history = order_history_find(service, fill->order);
    *row = (struct fill_row){.fill = *fill, .strategy = order ? order->now.strategy : 0};
    if (order)
        memcpy(row->tag, order->now.tag, sizeof row->tag);
    if (history) {
        struct order_step *step = add_step(history, &fill->head);
        step->side = fill->side;
        step->price = fill->price;
        step->qty = fill->qty;
        step->fee = fill->fee;
        step->fee_asset = fill->fee_asset;
        history->after = position_of(service, row->strategy, fill->head.inst);
    }
    if (service->config.server && console_server_is_wanted(service->config.server, TELL_FILL)) {
        text_clear(&service->told);
        service_put_fill(service, &service->told, NULL, row);
        console_service_tell(service, TELL_FILL, &service->told);
    }
}

void console_service_record(struct console_service *service, const struct oc_event *event)
{
    if (event->type == OC_EV_INSTRUMENT)
        service_rescale(service);
    event = engine_as_now(service->engine, event);
    if (!event)
        return;
    if (event->type == OC_EV_REQUEST)
        request_step(service, (const struct oc_request *)(const void *)event);
    else if (event->type == OC_EV_FILL)
        fill_step(service, (const struct oc_ev_fill *)(const void *)event);
    else if (event->type == OC_EV_ORDER || event->type == OC_EV_BUST)
        shown_step(service, event);
    else if (event->type == OC_EV_DENIED || event_is_of_order(event->type))
        answer_step(service, (const struct oc_ev_answer *)(const void *)event);
    if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_COMMAND)
        keep_input(service, event);
}

void console_service_market(struct console_service *service, const struct oc_event *event)
{
    event = engine_as_now(service->engine, event);
    if (!event)
        return;
    keep_input(service, event);
    if (!(event->flags & OC_EVF_PAST))
        service_look_at_day(service, event->local_ns);
    bar_history_add(service, event);
}

/* The answer to explain. */

static void put_grid(struct text *text, const struct instrument *instrument, int64_t price)
{
    struct oc_dec dec;
    if (instrument && instrument_price_dec(instrument, price, &dec) == OC_OK)
        text_put_units(text, dec.units, dec.scale, TEXT_SHORTEST);
}

static void put_amount(struct text *text, const struct instrument *instrument, int64_t qty)
{
    struct oc_dec dec;
    if (instrument && instrument_qty_dec(instrument, qty, &dec) == OC_OK)
        text_put_units(text, dec.units, dec.scale, TEXT_SHORTEST);
}

static void cause_text(struct text *text, const struct order_history *history, const struct instrument *instrument)
{
    switch (history->cause.head.type) {
    case OC_EV_TRADE:
        text_put(text, "trade at ");
        put_grid(text, instrument, history->cause.trade.price);
        break;
    case OC_EV_QUOTE:
        text_put(text, "quote ");
        put_grid(text, instrument, history->cause.quote.bid);
        text_put(text, " / ");
        put_grid(text, instrument, history->cause.quote.ask);
        break;
    case OC_EV_BAR: {
        char period[TEXT_DURATION_MAX];
        text_from_duration(period, history->cause.bar.period_ns);
        text_format(text, "%s bar, open ", period);
        put_grid(text, instrument, history->cause.bar.open);
        text_put(text, " high ");
        put_grid(text, instrument, history->cause.bar.high);
        text_put(text, " low ");
        put_grid(text, instrument, history->cause.bar.low);
        text_put(text, " close ");
        put_grid(text, instrument, history->cause.bar.close);
        break;
    }
    case OC_EV_QBAR:
        text_put(text, "bid/ask bar, close ");
        put_grid(text, instrument, history->cause.qbar.bid[3]);
        text_put(text, " / ");
        put_grid(text, instrument, history->cause.qbar.ask[3]);
        break;
    case OC_EV_FILL:
        text_put(text, "a fill at ");
        put_grid(text, instrument, history->cause.fill.price);
        break;
    case OC_EV_TIMER:
        text_put(text, "a timer");
        break;
    case OC_EV_COMMAND:
        text_put(text, "a command of the console");
        break;
    case OC_EV_NONE:
        text_put(text, "not remembered: see the journal");
        break;
    default:
        text_put(text, "an answer of the venue");
        break;
    }
}

static void step_text(struct text *text, const struct console_service *service, const struct order_step *step,
                      const struct instrument *instrument, const char *venue)
{
    if (step->type == OC_EV_REQUEST) {
        text_format(text, "%s %s ", request_kinds[step->kind <= 3 ? step->kind : 0],
                    step->side == OC_SIDE_BUY ? "BUY" : "SELL");
        if (step->present & OC_RQ_HAS_QTY)
            put_amount(text, instrument, step->qty);
        else
            text_put(text, "by money");
        if (step->present & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP)) {
            text_put(text, step->present & OC_RQ_HAS_PRICE ? " @ " : " stop ");
            put_grid(text, instrument, step->price);
        }
        text_format(text, " to %s", venue);
    } else if (step->type == OC_EV_FILL) {
        put_amount(text, instrument, step->qty);
        text_put(text, " @ ");
        put_grid(text, instrument, step->price);
        text_put(text, " fee ");
        text_put_units(text, step->fee.units, step->fee.scale, TEXT_SHORTEST);
        text_format(text, " %s", instruments_asset_name(service->instruments, step->fee_asset));
    } else {
        text_put(text, step->reason);
    }
}

static const char *step_name(const struct order_step *step)
{
    static const char *const names[OC_EV_END] = {[OC_EV_REQUEST] = "sent",
                                                 [OC_EV_DENIED] = "denied",
                                                 [OC_EV_ACCEPTED] = "accepted",
                                                 [OC_EV_REJECTED] = "rejected",
                                                 [OC_EV_FILL] = "fill",
                                                 [OC_EV_CANCELED] = "canceled",
                                                 [OC_EV_EXPIRED] = "expired",
                                                 [OC_EV_TRIGGERED] = "triggered",
                                                 [OC_EV_AMENDED] = "amended",
                                                 [OC_EV_CANCEL_REJECTED] = "cancel rejected",
                                                 [OC_EV_AMEND_REJECTED] = "amend rejected",
                                                 [OC_EV_UNKNOWN] = "unknown",
                                                 [OC_EV_NOT_THERE] = "not there",
                                                 [OC_EV_SENT] = "handed over",
                                                 [OC_EV_ORDER] = "shown by the venue",
                                                 [OC_EV_ABSENT] = "not known to the venue",
                                                 [OC_EV_BUST] = "a fill corrected",
                                                 [OC_EV_TAKEN] = "taken by the venue"};
    return step->type < OC_EV_END && names[step->type] ? names[step->type] : "record";
}

void order_history_put_verdicts(struct text *reply, const char *key, const struct verdict_row *rows, uint32_t count)
{
    json_open(reply, key, '[');
    for (uint32_t i = 0; i < count; i++) {
        bool has_numbers = rows[i].limit.units || rows[i].used.units;
        json_open(reply, NULL, '{');
        json_text(reply, "rule", rows[i].rule);
        json_flag(reply, "allowed", rows[i].allowed);
        if (has_numbers) {
            json_dec(reply, "used", rows[i].used);
            json_dec(reply, "limit", rows[i].limit);
        } else {
            json_null(reply, "used");
            json_null(reply, "limit");
        }
        json_text(reply, "reason", rows[i].reason[0] ? rows[i].reason : NULL);
        json_close(reply, '}');
    }
    json_close(reply, ']');
}

bool service_explain(struct console_service *service, const struct command_words *words, struct text *reply)
{
    uint64_t id = 0;
    char line[256];
    struct text part;
    bool is_id = words->count > 1 && text_to_order(words->fields[1], &id);
    const struct order *order = is_id ? orders_find(engine_orders(service->engine), id) : NULL;
    const struct order_history *history = is_id ? order_history_find(service, id) : NULL;
    if (!order) {
        json_refusal(reply, "NO_ORDER",
                     "no order '%.40s' is known here; `outcry replay SESSION --console` shows older ones",
                     words->count > 1 ? words->fields[1] : "");
        return false;
    }
    const struct instrument *instrument = instruments_get(service->instruments, order->now.head.inst);
    json_open(reply, NULL, '{');
    service_put_order(service, reply, "order", order);
    service_put_missing(service, reply);
    service_put_held(service, order, reply);
    json_flag(reply, "complete", history && history->steps_lost == 0 && history->cause.head.type != OC_EV_NONE);
    if (!history) {
        json_close(reply, '}');
        return true;
    }
    text_init_fixed(&part, line, sizeof line);
    cause_text(&part, history, instrument);
    json_open(reply, "cause", '{');
    json_int(reply, "seq", (int64_t)history->cause.head.seq);
    json_time(reply, "time", history->cause.head.local_ns);
    json_text(reply, "text", line);
    json_close(reply, '}');
    json_open(reply, "callback", '{');
    if (history->who[0]) {
        json_text(reply, "who", history->who);
        json_text(reply, "text", history->text);
    } else if (history->callback[0]) {
        json_text(reply, "strategy",
                  service->config.host->strategy_name(service->config.host->self, order->now.strategy));
        json_text(reply, "name", history->callback);
        json_text(reply, "file", history->file);
        json_int(reply, "line", history->line);
        json_text(reply, "source", history->text);
    } else {
        json_text(reply, "who", "the host");
        json_text(reply, "text", NULL);
    }
    json_close(reply, '}');
    order_history_put_verdicts(reply, "verdicts", history->verdicts, history->verdict_count);
    json_open(reply, "steps", '[');
    for (uint32_t i = 0; i < history->step_count; i++) {
        const struct order_step *step = &history->steps[i];
        text_clear(&part);
        step_text(&part, service, step, instrument, instrument->info.venue);
        json_open(reply, NULL, '{');
        json_time(reply, "time", step->at_ns);
        json_int(reply, "seq", (int64_t)step->seq);
        bool is_denied = step->type == OC_EV_REQUEST && i + 1 < history->step_count && step[1].type == OC_EV_DENIED;
        json_text(reply, "what", is_denied ? "asked" : step_name(step)); /* what was denied went nowhere */
        json_text(reply, "text", line);
        json_close(reply, '}');
    }
    json_close(reply, ']');
    json_int(reply, "steps_lost", history->steps_lost);
    json_open(reply, "position", '{');
    json_qty(reply, "before", instrument, true, history->before);
    json_qty(reply, "after", instrument, true, history->after);
    json_close(reply, '}');
    json_close(reply, '}');
    return true;
}
