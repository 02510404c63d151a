/* service_preview.c: what an order would cost, and what each of those who judge it would say, by the prices of now. Nothing is sent. */
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <string.h>

/* What the far side would give: the best quote, else the last price and the spread that is assumed. The book has one level yet. */
static int64_t walk_price(const struct console_service *service, const struct market *market, uint8_t side)
{
    if (!market)
        return 0;
    if (side == OC_SIDE_BUY && (market->present & OC_HAS_ASK))
        return market->ask;
    if (side == OC_SIDE_SELL && (market->present & OC_HAS_BID))
        return market->bid;
    if (!market->has_mark)
        return 0;
    const int64_t mark = market->mark2 / 2;
    const struct oc_dec share = service->config.host->half_spread(service->config.host->self);
    oc_i128 part = 0;
    if (num_muldiv_128(mark < 0 ? -mark : mark, share.units, num_pow10_128(share.scale), NUM_CEIL, &part) < 0)
        return 0;
    return side == OC_SIDE_BUY ? mark + (int64_t)part : mark - (int64_t)part;
}

struct outlook { /* of an order, by the prices of now */
    const struct instrument *instrument;
    int64_t qty;
    int64_t price;     /* that it trades or rests at; 0: no price is known yet */
    bool rests;        /* at `price` */
    bool waits;        /* for its stop price */
    const char *venue; /* why the venue would refuse or end it; NULL: it would not */
    bool is_valued;
    bool has_fee; /* what the venue takes is known */
    oc_i128 value;
    oc_i128 fee; /* 0: not known */
};

/* The venue's side: whether it trades at once, rests, waits or is refused. `far`: what a market order would pay; 0: not known. */
static void judge(struct outlook *outlook, const struct oc_request *request, const struct market *market, int64_t far)
{
    const bool buys = request->side == OC_SIDE_BUY, is_limit = request->bits & OC_RQ_HAS_PRICE;
    const bool has_mark = market && market->has_mark;
    if (request->bits & OC_RQ_HAS_STOP) {
        const oc_i128 stop2 = (oc_i128)request->stop_price * 2;
        outlook->waits = !has_mark || (buys ? market->mark2 < stop2 : market->mark2 > stop2);
        if (outlook->waits) {
            outlook->price = is_limit ? request->price : request->stop_price;
            return;
        }
    }
    outlook->rests = is_limit && (far <= 0 || (buys ? far > request->price : far < request->price));
    outlook->price = outlook->rests ? request->price : far;
    if (far <= 0)
        return;
    if ((request->bits & OC_RQ_POST_ONLY) && !outlook->rests)
        outlook->venue = "POST_ONLY_WOULD_CROSS";
    else if (outlook->rests && request->tif == OC_TIF_IOC)
        outlook->venue = "IMMEDIATE_OR_CANCEL";
    else if (outlook->rests && request->tif == OC_TIF_FOK)
        outlook->venue = "FILL_OR_KILL_NOT_FILLED";
}

/* What a reduce-only order could reduce: the account's position, whoever holds it. */
static bool has_nothing_to_reduce(const struct console_service *service, const struct oc_request *request)
{
    const struct book *book = portfolio_find(service->portfolio, request->account, 0, request->head.inst);
    const int64_t held = book ? book->position.qty : 0;
    return request->bits & OC_RQ_REDUCE_ONLY && (request->side == OC_SIDE_BUY ? held >= 0 : held <= 0);
}

/* The simulator's, or what the account's venue has said. */
static bool fee_rate(const struct console_service *service, uint32_t account, bool is_maker, struct oc_dec *ret_rate)
{
    if (service->config.host->fee_rate(service->config.host->self, is_maker, ret_rate))
        return true;
    const struct account_statement *of = statement_of(engine_statement(service->engine), account);
    if (!of || !(of->account.present & (is_maker ? OC_ACC_MAKER_FEE : OC_ACC_TAKER_FEE)))
        return false;
    *ret_rate = is_maker ? of->account.maker_fee : of->account.taker_fee;
    return true;
}

static struct outlook look(const struct console_service *service, const struct oc_request *request)
{
    struct outlook outlook = {.instrument = instruments_get(service->instruments, request->head.inst),
                              .qty = request->qty};
    const struct market *market = markets_get(engine_markets(service->engine), request->head.inst);
    struct oc_dec rate_dec = {0};
    oc_i128 per_lot = 0, rate = 0;
    const oc_i128 one = num_pow10_128(MONEY_SCALE);
    judge(&outlook, request, market, walk_price(service, market, request->side));
    if (has_nothing_to_reduce(service, request))
        outlook.venue = "REDUCE_ONLY_WOULD_INCREASE_POSITION";
    const bool is_maker = outlook.rests || (request->bits & OC_RQ_POST_ONLY);
    const bool has_rate =
        fee_rate(service, request->account, is_maker, &rate_dec) && money_from_dec(rate_dec, &rate) == OC_OK;
    outlook.has_fee = has_rate;
    if ((request->bits & OC_RQ_HAS_QUOTE_QTY) && outlook.price > 0 &&
        money_from_dec(request->quote_qty, &outlook.value) == OC_OK &&
        instrument_value(outlook.instrument, outlook.price, 1, &per_lot) == OC_OK && per_lot > 0) {
        if (has_rate && request->side == OC_SIDE_BUY) /* the fee is part of what is spent; it gets smaller */
            (void)num_muldiv_128(outlook.value, one, one + rate, NUM_FLOOR, &outlook.value);
        outlook.qty = (int64_t)(outlook.value / per_lot);
    }
    outlook.is_valued = outlook.price > 0 &&
                        instrument_value(outlook.instrument, outlook.price, outlook.qty, &outlook.value) == OC_OK &&
                        (!has_rate || num_muldiv_128(outlook.value, rate, one, NUM_HALF_EVEN, &outlook.fee) == OC_OK);
    return outlook;
}

/* Price move to a leg, in money; positive is good. False: there is no such leg, or no price. */
static bool leg_worth(const struct outlook *outlook, const struct oc_request *request, bool has_leg, int64_t leg,
                      oc_i128 *ret_money)
{
    oc_i128 there;
    if (!has_leg || !outlook->is_valued || instrument_value(outlook->instrument, leg, outlook->qty, &there) < 0)
        return false;
    *ret_money = request->side == OC_SIDE_BUY ? there - outlook->value : outlook->value - there;
    return true;
}

/* What is lost at the stop, what share of equity that is, and what the target gives for it; before fees. */
static void put_legs(struct text *reply, const struct outlook *outlook, const struct oc_request *request,
                     oc_i128 equity)
{
    oc_i128 loss = 0, gain = 0;
    const bool has_loss = leg_worth(outlook, request, request->bits & OC_RQ_HAS_STOP_LOSS, request->stop_loss, &loss);
    const bool has_gain =
        leg_worth(outlook, request, request->bits & OC_RQ_HAS_TAKE_PROFIT, request->take_profit, &gain);
    if (has_loss)
        json_money(reply, "at_stop", loss);
    else
        json_null(reply, "at_stop");
    if (has_loss && equity > 0)
        json_double(reply, "at_stop_share", money_to_double(loss) / money_to_double(equity));
    else
        json_null(reply, "at_stop_share");
    if (has_gain)
        json_money(reply, "at_target", gain);
    else
        json_null(reply, "at_target");
    if (has_gain && has_loss && loss < 0 && gain > 0)
        json_double(reply, "reward_to_risk", money_to_double(gain) / -money_to_double(loss));
    else
        json_null(reply, "reward_to_risk");
}

/* The refusal that is no rule's; NULL: the host and the account allow it. */
static const struct engine_refusal *refusal_of_host(const struct console_service *service,
                                                    const struct engine_refusal *refusals, int count)
{
    for (int i = 0; i < count; i++) {
        bool is_rule = false;
        for (uint32_t k = 0; k < service->verdict_count; k++)
            is_rule |= strcmp(refusals[i].rule, service->verdicts[k].rule) == 0;
        if (!is_rule)
            return &refusals[i];
    }
    return NULL;
}

static void put_verdicts(struct console_service *service, const struct oc_request *request, const char *venue,
                         struct text *reply)
{
    struct engine_refusal refusals[ENGINE_RULES_MAX];
    service->verdict_count = 0;
    const int refused = engine_preview(service->engine, request, refusals, ENGINE_RULES_MAX);
    const struct engine_refusal *host = refusal_of_host(service, refusals, refused);
    order_history_put_verdicts(reply, "rules", service->verdicts, service->verdict_count);
    service_put_missing(service, reply);
    json_text(reply, "host", host ? host->reason : NULL);
    if (host && (host->used.units || host->limit.units)) {
        json_dec(reply, "host_used", host->used);
        json_dec(reply, "host_limit", host->limit);
    } else {
        json_null(reply, "host_used");
        json_null(reply, "host_limit");
    }
    json_text(reply, "venue", venue);
    json_flag(reply, "allowed", refused == 0 && !venue);
}

static void put_cost(struct console_service *service, const struct oc_request *request, const struct outlook *outlook,
                     struct text *reply)
{
    const struct instrument *instrument = outlook->instrument;
    json_text(reply, "symbol", instruments_name(service->instruments, instrument));
    json_text(reply, "side", request->side == OC_SIDE_BUY ? "BUY" : "SELL");
    json_qty(reply, "qty", instrument, true, outlook->qty);
    json_price(reply, "average", instrument, outlook->price > 0, outlook->price);
    if (outlook->is_valued) {
        json_money(reply, "notional", outlook->value);
    } else {
        json_null(reply, "notional");
    }
    if (outlook->is_valued && outlook->has_fee)
        json_money(reply, "fee", outlook->fee);
    else
        json_null(reply, "fee");
    json_text(reply, "fee_asset", instruments_asset_name(service->instruments, instrument->info.quote));
    json_text(reply, "currency", instruments_asset_name(service->instruments, instrument->info.quote));
    json_open(reply, "walk", '[');
    if (outlook->price > 0 && !outlook->rests && !outlook->waits && !outlook->venue) {
        json_open(reply, NULL, '[');
        json_price(reply, NULL, instrument, true, outlook->price);
        json_qty(reply, NULL, instrument, true, outlook->qty);
        json_close(reply, ']');
    }
    json_close(reply, ']');
}

bool service_preview(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct oc_request request;
    if (!service_parse_order(service, words, 1, &request, reply))
        return false;
    request.kind = OC_REQUEST_NEW;
    if (oc_trail_of_entry(&request)) /* where that makes no sense it is among the verdicts */
        (void)engine_trail_begins(service->engine, &request);
    oc_i128 equity = 0;
    const struct outlook outlook = look(service, &request);
    const struct instrument *instrument = outlook.instrument;
    if (portfolio_traded_equity(service->portfolio, request.account, &equity, NULL) < 0)
        equity = 0; /* no share of it is shown then */
    const struct book *book = portfolio_find(service->portfolio, request.account, 0, request.head.inst);
    const int64_t before = book ? book->position.qty : 0;
    json_open(reply, NULL, '{');
    put_cost(service, &request, &outlook, reply);
    json_qty(reply, "position_before", instrument, true, before);
    json_qty(reply, "position_after", instrument, true,
             before + (request.side == OC_SIDE_BUY ? outlook.qty : -outlook.qty));
    if (equity > 0 && outlook.is_valued)
        json_double(reply, "equity_share", money_to_double(outlook.value) / money_to_double(equity));
    else
        json_null(reply, "equity_share");
    put_legs(reply, &outlook, &request, equity);
    json_price(reply, "waits_for", instrument, outlook.waits, request.stop_price);
    json_flag(reply, "rests", outlook.rests && !outlook.venue);
    const oc_i128 cash = portfolio_balance(service->portfolio, request.account, instrument->info.quote) -
                         engine_used(service->engine, request.account, instrument->info.quote);
    const bool pays = instrument->info.kind == OC_KIND_SPOT && outlook.is_valued && request.side == OC_SIDE_BUY &&
                      !(request.bits & (OC_RQ_REDUCE_ONLY | OC_RQ_HAS_QUOTE_QTY));
    json_flag(reply, "is_short_of_cash", pays && outlook.value + outlook.fee > cash);
    put_verdicts(service, &request, outlook.venue, reply);
    json_close(reply, '}');
    return true;
}
