/* desk_trail.c: what each order came from and what became of it, to be explained later. */
#include "console/desk_impl.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const request_kinds[] = {"", "new", "amend", "cancel"};

struct trail *desk_trail(struct desk *desk, uint64_t order)
{
    struct trail *trail = &desk->trails[order % DESK_TRAILS_MAX];
    return order && trail->order == order ? trail : NULL;
}

/* The slot of an order, emptied if another one had it. */
static struct trail *trail_take(struct desk *desk, uint64_t order)
{
    struct trail *trail = &desk->trails[order % DESK_TRAILS_MAX];
    if (trail->order != order) {
        memset(trail, 0, offsetof(struct trail, verdicts)); /* rows behind it are written whole before they count */
        trail->order = order;
    }
    return trail;
}

static void add_verdict(struct verdict_row *rows, uint32_t *count, const char *rule, const struct oc_verdict *verdict)
{
    if (*count && rows[0].rule == rule) /* the same id was asked about again: what went before was dropped */
        *count = 0;
    if (*count == DESK_VERDICTS_MAX)
        return;
    struct verdict_row *row = &rows[(*count)++];
    *row =
        (struct verdict_row){.rule = rule, .allowed = verdict->allowed, .used = verdict->used, .limit = verdict->limit};
    memcpy(row->reason, verdict->reason, sizeof row->reason);
}

void desk_witness(void *self, const struct oc_request *request, const char *rule, const struct oc_verdict *verdict)
{
    struct desk *desk = self;
    if (request->kind == OC_REQUEST_NEW && request->order) {
        struct trail *trail = trail_take(desk, request->order);
        add_verdict(trail->verdicts, &trail->verdict_count, rule, verdict);
    } else {
        add_verdict(desk->verdicts, &desk->verdict_count, rule, verdict);
    }
}

static void keep_input(struct desk *desk, const struct oc_event *event)
{
    memcpy(&desk->input, event, event->size < sizeof desk->input ? event->size : sizeof desk->input);
    desk->input_who[0] = 0;
    if (event->type != OC_EV_COMMAND)
        return;
    /* for showing: tabs become spaces, the last field says who */
    const struct oc_ev_text *command = (const struct oc_ev_text *)(const void *)event;
    const char *text = (const char *)(command + 1);
    size_t size = command->text_size, by = size;
    while (by && text[by - 1] != '\t')
        by--;
    if (size - by > 3)
        snprintf(desk->input_who, sizeof desk->input_who, "%.*s", (int)(size - by - 3), text + by + 3);
    snprintf(desk->input_text, sizeof desk->input_text, "%.*s", (int)(by ? by - 1 : size), text);
    for (char *at = desk->input_text; *at; at++)
        if (*at == '\t')
            *at = ' ';
}

static struct trail_step *add_step(struct trail *trail, const struct oc_event *event)
{
    if (trail->step_count == DESK_STEPS_MAX) { /* the youngest stays true; the middle is lost, and counted */
        trail->steps_lost++;
        trail->step_count--;
    }
    struct trail_step *step = &trail->steps[trail->step_count++];
    *step = (struct trail_step){.at_ns = event->local_ns, .seq = event->seq, .type = event->type};
    return step;
}

static int64_t position_of(const struct desk *desk, uint32_t strategy, uint32_t inst)
{
    const struct book *book = portfolio_find(desk->portfolio, desk->config.account, strategy, inst);
    return book ? book->position.qty : 0;
}

static void new_order(struct desk *desk, const struct oc_request *request)
{
    struct trail *trail = trail_take(desk, request->order);
    struct desk_origin origin = {0};
    const struct market *market = markets_get(engine_markets(desk->engine), request->head.inst);
    trail->step_count = trail->steps_lost = 0;
    trail->mid2 = market && market->has_mark ? market->mark2 : 0;
    trail->before = trail->after = position_of(desk, request->strategy, request->head.inst);
    if (desk->input.head.seq == request->head.cause)
        memcpy(&trail->cause, &desk->input, sizeof trail->cause);
    else
        trail->cause.head = (struct oc_event){
            .size = sizeof trail->cause.head, .seq = request->head.cause, .local_ns = request->head.local_ns};
    if (desk->input_who[0] && desk->input.head.seq == request->head.cause) {
        memcpy(trail->who, desk->input_who, sizeof trail->who);
        memcpy(trail->text, desk->input_text, sizeof trail->text);
    } else if (request->strategy &&
               desk->config.host->origin(desk->config.host->self, request->order, request->strategy, &origin)) {
        snprintf(trail->callback, sizeof trail->callback, "%s", origin.callback);
        snprintf(trail->file, sizeof trail->file, "%s", origin.file);
        snprintf(trail->text, sizeof trail->text, "%s", origin.source);
        trail->line = origin.line;
    }
}

static void request_step(struct desk *desk, const struct oc_request *request)
{
    if (request->kind == OC_REQUEST_NEW)
        new_order(desk, request);
    struct trail *trail = desk_trail(desk, request->order);
    if (!trail)
        return;
    struct trail_step *step = add_step(trail, &request->head);
    step->kind = request->kind;
    step->side = request->side;
    step->present = request->bits;
    step->price = request->bits & OC_RQ_HAS_PRICE ? request->price : request->stop_price;
    step->qty = request->qty;
}

static void tell_order(struct desk *desk, const struct oc_ev_answer *answer)
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
    if (!what || !desk->config.post || !post_is_wanted(desk->config.post, POST_ORDER))
        return;
    const struct order *order = orders_find(engine_orders(desk->engine), answer->order);
    const struct instrument *instrument = instruments_get(desk->instruments, answer->head.inst);
    text_clear(&desk->told);
    put_open(&desk->told, NULL, '{');
    put_time(&desk->told, "time", answer->head.local_ns);
    put_order_id(&desk->told, "order", answer->order, desk->config.epoch);
    put_text(&desk->told, "symbol", instrument ? instrument->info.symbol : NULL);
    put_text(&desk->told, "what", what);
    put_text(&desk->told, "reason", answer->reason[0] ? answer->reason : NULL);
    put_text(&desk->told, "strategy",
             order ? desk->config.host->strategy_name(desk->config.host->self, order->now.strategy) : NULL);
    put_close(&desk->told, '}');
    desk_tell(desk, POST_ORDER, &desk->told);
}

static void answer_step(struct desk *desk, const struct oc_ev_answer *answer)
{
    struct trail *trail = desk_trail(desk, answer->order);
    tell_order(desk, answer);
    if (!trail)
        return;
    struct trail_step *step = add_step(trail, &answer->head);
    memcpy(step->reason, answer->reason, sizeof step->reason);
    step->price = answer->price;
    step->qty = answer->qty;
}

static void fill_step(struct desk *desk, const struct oc_ev_fill *fill)
{
    struct fill_row *row = &desk->fills[desk->fill_count++ % DESK_FILLS_MAX];
    const struct order *order = orders_find(engine_orders(desk->engine), fill->order);
    struct trail *trail = desk_trail(desk, fill->order);
    *row = (struct fill_row){.fill = *fill, .strategy = order ? order->now.strategy : 0};
    if (order)
        memcpy(row->tag, order->now.tag, sizeof row->tag);
    if (trail) {
        struct trail_step *step = add_step(trail, &fill->head);
        step->side = fill->side;
        step->price = fill->price;
        step->qty = fill->qty;
        step->fee = fill->fee;
        step->fee_asset = fill->fee_asset;
        trail->after =
            position_of(desk, row->strategy, fill->head.inst) + (fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty);
    }
    if (desk->config.post && post_is_wanted(desk->config.post, POST_FILL)) {
        text_clear(&desk->told);
        desk_put_fill(desk, &desk->told, NULL, row);
        desk_tell(desk, POST_FILL, &desk->told);
    }
}

void desk_record(struct desk *desk, const struct oc_event *event)
{
    if (event->type == OC_EV_REQUEST)
        request_step(desk, (const struct oc_request *)(const void *)event);
    else if (event->type == OC_EV_FILL)
        fill_step(desk, (const struct oc_ev_fill *)(const void *)event);
    else if (event->type >= OC_EV_DENIED && event->type < OC_EV_TIMER)
        answer_step(desk, (const struct oc_ev_answer *)(const void *)event);
    if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_COMMAND)
        keep_input(desk, event);
}

void desk_market(struct desk *desk, const struct oc_event *event)
{
    keep_input(desk, event);
    desk_tape(desk, event);
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

static void cause_text(struct text *text, const struct trail *trail, const struct instrument *instrument)
{
    switch (trail->cause.head.type) {
    case OC_EV_TRADE:
        text_put(text, "trade at ");
        put_grid(text, instrument, trail->cause.trade.price);
        break;
    case OC_EV_QUOTE:
        text_put(text, "quote ");
        put_grid(text, instrument, trail->cause.quote.bid);
        text_put(text, " / ");
        put_grid(text, instrument, trail->cause.quote.ask);
        break;
    case OC_EV_BAR: {
        char period[TEXT_DURATION_MAX];
        text_from_duration(period, trail->cause.bar.period_ns);
        text_format(text, "%s bar, open ", period);
        put_grid(text, instrument, trail->cause.bar.open);
        text_put(text, " high ");
        put_grid(text, instrument, trail->cause.bar.high);
        text_put(text, " low ");
        put_grid(text, instrument, trail->cause.bar.low);
        text_put(text, " close ");
        put_grid(text, instrument, trail->cause.bar.close);
        break;
    }
    case OC_EV_QBAR:
        text_put(text, "bid/ask bar, close ");
        put_grid(text, instrument, trail->cause.qbar.bid[3]);
        text_put(text, " / ");
        put_grid(text, instrument, trail->cause.qbar.ask[3]);
        break;
    case OC_EV_FILL:
        text_put(text, "a fill at ");
        put_grid(text, instrument, trail->cause.fill.price);
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

static void step_text(struct text *text, const struct desk *desk, const struct trail_step *step,
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
        text_format(text, " %s", instruments_asset_name(desk->instruments, step->fee_asset));
    } else {
        text_put(text, step->reason);
    }
}

static const char *step_name(const struct trail_step *step)
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
                                                 [OC_EV_SENT] = "handed over"};
    return step->type < OC_EV_END && names[step->type] ? names[step->type] : "record";
}

void desk_put_verdicts(struct text *reply, const char *key, const struct verdict_row *rows, uint32_t count)
{
    put_open(reply, key, '[');
    for (uint32_t i = 0; i < count; i++) {
        bool has_numbers = rows[i].limit.units || rows[i].used.units;
        put_open(reply, NULL, '{');
        put_text(reply, "rule", rows[i].rule);
        put_bool(reply, "allowed", rows[i].allowed);
        if (has_numbers) {
            put_dec(reply, "used", rows[i].used);
            put_dec(reply, "limit", rows[i].limit);
        } else {
            put_null(reply, "used");
            put_null(reply, "limit");
        }
        put_text(reply, "reason", rows[i].reason[0] ? rows[i].reason : NULL);
        put_close(reply, '}');
    }
    put_close(reply, ']');
}

bool desk_explain(struct desk *desk, const struct desk_words *words, struct text *reply)
{
    uint64_t id = 0;
    char line[256];
    struct text part;
    bool is_id = words->count > 1 && desk_order_of(desk, words->fields[1], &id);
    const struct order *order = is_id ? orders_find(engine_orders(desk->engine), id) : NULL;
    const struct trail *trail = is_id ? desk_trail(desk, id) : NULL;
    if (!order) {
        put_refusal(reply, "NO_ORDER",
                    "no order '%.40s' is known here; `outcry replay SESSION --console` shows older ones",
                    words->count > 1 ? words->fields[1] : "");
        return false;
    }
    const struct instrument *instrument = instruments_get(desk->instruments, order->now.head.inst);
    put_open(reply, NULL, '{');
    desk_put_order(desk, reply, "order", order);
    put_bool(reply, "complete", trail && trail->steps_lost == 0 && trail->cause.head.type != OC_EV_NONE);
    if (!trail) {
        put_close(reply, '}');
        return true;
    }
    text_init_fixed(&part, line, sizeof line);
    cause_text(&part, trail, instrument);
    put_open(reply, "cause", '{');
    put_int(reply, "seq", (int64_t)trail->cause.head.seq);
    put_time(reply, "time", trail->cause.head.local_ns);
    put_text(reply, "text", line);
    put_close(reply, '}');
    put_open(reply, "callback", '{');
    if (trail->who[0]) {
        put_text(reply, "who", trail->who);
        put_text(reply, "text", trail->text);
    } else if (trail->callback[0]) {
        put_text(reply, "strategy", desk->config.host->strategy_name(desk->config.host->self, order->now.strategy));
        put_text(reply, "name", trail->callback);
        put_text(reply, "file", trail->file);
        put_int(reply, "line", trail->line);
        put_text(reply, "source", trail->text);
    } else {
        put_text(reply, "who", "the host");
        put_text(reply, "text", order->now.tag);
    }
    put_close(reply, '}');
    desk_put_verdicts(reply, "verdicts", trail->verdicts, trail->verdict_count);
    put_open(reply, "steps", '[');
    for (uint32_t i = 0; i < trail->step_count; i++) {
        const struct trail_step *step = &trail->steps[i];
        text_clear(&part);
        step_text(&part, desk, step, instrument, instrument->info.venue);
        put_open(reply, NULL, '{');
        put_time(reply, "time", step->at_ns);
        put_int(reply, "seq", (int64_t)step->seq);
        bool is_denied = step->type == OC_EV_REQUEST && i + 1 < trail->step_count && step[1].type == OC_EV_DENIED;
        put_text(reply, "what", is_denied ? "asked" : step_name(step)); /* what was denied went nowhere */
        put_text(reply, "text", line);
        put_close(reply, '}');
    }
    put_close(reply, ']');
    put_int(reply, "steps_lost", trail->steps_lost);
    put_open(reply, "position", '{');
    put_qty(reply, "before", instrument, true, trail->before);
    put_qty(reply, "after", instrument, true, trail->after);
    put_close(reply, '}');
    put_close(reply, '}');
    return true;
}
