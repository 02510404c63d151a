/* try_steps.c: what is asked of the venue, one after the other, and what is made of its answers. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/line.h"
#include "cli/try_impl.h"
#include "engine/dust.h"
#include "engine/statement.h"

#define ANSWER_NS 15000000000ll /* for each step */

enum { FAR_PERCENT = 80, SETTLE_MS = 1500 };

void try_add(struct trying *trying, bool is_good, const char *name, const char *format, ...)
{
    va_list args;
    if (trying->row_count == TRY_ROWS_MAX)
        return;
    struct try_row *row = &trying->rows[trying->row_count++];
    snprintf(row->name, sizeof row->name, "%s", name);
    va_start(args, format);
    vsnprintf(row->text, sizeof row->text, format, args);
    va_end(args);
    row->is_bad = !is_good;
    trying->is_bad |= !is_good;
}

static struct engine *engine_of(const struct trying *trying) { return trying->session->engine; }

static const struct instrument *market_of(const struct trying *trying)
{
    return instruments_at(engine_instruments(engine_of(trying)), 1); /* the first of the configuration */
}

void try_next(struct trying *trying, enum try_step step)
{
    trying->step = step;
    trying->since_ns = env_clock_mono();
    trying->until_ns = trying->since_ns + ANSWER_NS;
}

/* Nothing more is tried; what was done is told. */
static void give_up(struct trying *trying) { try_next(trying, STEP_END); }

static void digits_of(struct oc_dec dec, char text[TEXT_DECIMAL_MAX])
{
    text_from_units(text, dec.units, dec.scale, TEXT_SHORTEST);
}

static void qty_text(const struct instrument *instrument, int64_t qty, char text[TEXT_DECIMAL_MAX])
{
    struct oc_dec dec = {0, 0, 0};
    if (instrument_qty_dec(instrument, qty, &dec) < 0)
        dec.units = 0;
    digits_of(dec, text);
}

static void price_text(const struct instrument *instrument, int64_t price, char text[TEXT_DECIMAL_MAX])
{
    struct oc_dec dec = {0, 0, 0};
    if (instrument_price_dec(instrument, price, &dec) < 0)
        dec.units = 0;
    digits_of(dec, text);
}

/* A command as a console would send it. The fields end with NULL. */
static bool send(struct trying *trying, struct text *reply, ...)
{
    struct session *session = trying->session;
    struct text words;
    va_list args;
    text_init_grow(&words, 1024);
    va_start(args, reply);
    for (const char *field = va_arg(args, const char *); field; field = va_arg(args, const char *))
        line_put(&words, field);
    va_end(args);
    line_put(&words, "by=try");
    session->pace.command_ns = pace_now(session, INT64_MAX);
    trying->sent_ns = env_clock_mono();
    text_clear(reply);
    const bool is_done = session_command(session, words.data, words.size, reply);
    text_release(&words);
    return is_done;
}

/* The youngest order of this account by hand. */
static uint64_t last_order(const struct trying *trying)
{
    uint64_t id = 0;
    const struct order *order = orders_open_first(engine_orders(engine_of(trying)));
    for (; order; order = order->younger)
        if (order->now.owner == OC_OWNER_CONSOLE && order->now.order > id)
            id = order->now.order;
    return id;
}

/* As few as the venue takes at this price, and a tenth more than its least amount; where it says neither, nearly all of --max. 0: more than may be risked, which was said. */
static int64_t least_qty(struct trying *trying, int64_t price, bool sells_it)
{
    const struct instrument *instrument = market_of(trying);
    const struct oc_instrument *info = &instrument->info;
    oc_i128 unit, least = 0, value;
    int64_t qty = 1;
    char shown[64], most[64];
    if (instrument_value(instrument, price, 1, &unit) < 0 || unit <= 0)
        return 0;
    if ((info->present & OC_INST_HAS_MIN_NOTIONAL) && money_from_dec(info->min_notional, &least) == OC_OK)
        qty = (int64_t)num_quotient(least + least / 10, unit, NUM_CEIL);
    if ((info->present & OC_INST_HAS_MIN_QTY) && info->min_qty > qty)
        qty = info->min_qty;
    if ((info->present & OC_INST_HAS_MARKET_MIN_QTY) && info->market_min_qty > qty)
        qty = info->market_min_qty;
    if (!(info->present & (OC_INST_HAS_MIN_NOTIONAL | OC_INST_HAS_MIN_QTY | OC_INST_HAS_MARKET_MIN_QTY)))
        qty = (int64_t)num_quotient(trying->most - trying->most / 20, unit, NUM_FLOOR);
    else if (sells_it)
        qty += qty / 100 + 1; /* a fee may take of it, and the rest is to be large enough to be sold */
    if (qty < 1)
        qty = 1;
    value = unit * qty;
    if (value <= trying->most)
        return qty;
    money_to_text(value, 2, true, shown);
    money_to_text(trying->most, 2, true, most);
    try_add(trying, false, "size", "the smallest order of %s is worth %s, and --max is %s", info->symbol, shown, most);
    return 0;
}

static double waited_ms(const struct trying *trying)
{
    return (double)(env_clock_mono() - (trying->sent_ns ? trying->sent_ns : trying->since_ns)) / 1e6;
}

/* ---- the steps ---- */

static void look_at_rights(struct trying *trying)
{
    const struct account_statement *said = statement_of(engine_statement(engine_of(trying)), trying->account);
    const struct oc_ev_account *account = said ? &said->account : NULL;
    if (!account || !account->head.size || !account->known) {
        try_add(trying, true, "permissions", "the venue does not say them");
        return;
    }
    const bool may_trade = !(account->known & OC_MAY_TRADE) || (account->rights & OC_MAY_TRADE),
               may_withdraw = account->rights & OC_MAY_WITHDRAW;
    try_add(trying, may_trade, "permissions", "%s%s", may_trade ? "the key may trade" : "the key may NOT trade",
            may_withdraw ? "; it may WITHDRAW, which a key for trading should not" : "");
}

static void wait_for_market(struct trying *trying)
{
    const struct instrument *instrument = market_of(trying);
    const struct market *market =
        instrument ? markets_get(engine_markets(engine_of(trying)), instrument->info.inst) : NULL;
    const bool is_ready =
        market && market->has_mark &&
        statement_state(engine_statement(engine_of(trying)), trying->account, OC_PART_TRADING) == OC_VENUE_READY;
    if (is_ready && waited_ms(trying) > SETTLE_MS) { /* what its markets are comes within the first second */
        look_at_rights(trying);
        try_add(trying, true, "order test", "its connector has no order that is only checked");
        try_next(trying, trying->is_bad ? STEP_END : STEP_PLACE);
    } else if (env_clock_mono() > trying->until_ns) {
        try_add(trying, false, "market", "no price of %s, or the venue takes no orders, for 15 s",
                instrument ? instrument->info.symbol : "the first market");
        give_up(trying);
    }
}

/* Where the venue has no order that may only rest, one so far from the market does too. */
static bool is_post_only(const struct trying *trying)
{
    const struct oc_venue *venue = trying->session->links.list[0]->table->venue;
    for (uint32_t i = 0; i < venue->order_count; i++)
        if (venue->orders[i].type == OC_ORDER_LIMIT && (venue->orders[i].bits & OC_RQ_POST_ONLY))
            return true;
    return false;
}

static const char *name_of_rest(const struct trying *trying) { return is_post_only(trying) ? "post-only" : "limit"; }

static void place(struct trying *trying)
{
    const struct instrument *instrument = market_of(trying);
    const struct market *market = markets_get(engine_markets(engine_of(trying)), instrument->info.inst);
    char qty[TEXT_DECIMAL_MAX], price[TEXT_DECIMAL_MAX], qty_option[64], price_option[64];
    struct text reply;
    trying->price = market->mark2 / 2 / 100 * FAR_PERCENT;
    trying->qty = least_qty(trying, trying->price, false);
    if (!trying->qty) {
        give_up(trying);
        return;
    }
    qty_text(instrument, trying->qty, qty);
    price_text(instrument, trying->price, price);
    snprintf(qty_option, sizeof qty_option, "qty=%s", qty);
    snprintf(price_option, sizeof price_option, "price=%s", price);
    text_init_grow(&reply, COMMAND_LINE_MAX);
    if (send(trying, &reply, "buy", instrument->info.symbol, qty_option, price_option, "sure=1",
             is_post_only(trying) ? "post_only=1" : NULL, NULL)) {
        trying->order = last_order(trying);
        try_next(trying, STEP_PLACED);
    } else {
        try_add(trying, false, name_of_rest(trying), "buy %s %s @ %s was refused here: %.80s", qty,
                instrument->info.symbol, price, reply.data ? reply.data : "");
        give_up(trying);
    }
    text_release(&reply);
}

static const struct order *order_of(const struct trying *trying)
{
    return orders_find(engine_orders(engine_of(trying)), trying->order);
}

/* Whether the order has come to a state; where it ended otherwise, or too late, that is said and nothing more is tried. */
static bool has_come(struct trying *trying, const char *name, const struct order *order, bool is_there, bool is_over)
{
    if (is_there)
        return true;
    if (order && !is_over && env_clock_mono() <= trying->until_ns)
        return false;
    try_add(trying, false, name, "the venue's answer: %s%s%s",
            order ? state_name(order->state) : "the order is not known", order && order->reason[0] ? ", " : "",
            order ? order->reason : "");
    give_up(trying);
    return false;
}

static void ask_cancel(struct trying *trying)
{
    struct text reply;
    char id[TEXT_ORDER_MAX];
    text_init_grow(&reply, COMMAND_LINE_MAX);
    text_order(trying->order, id);
    if (!send(trying, &reply, "cancel", id, NULL))
        try_add(trying, false, "cancel", "refused here: %.100s", reply.data ? reply.data : "");
    text_release(&reply);
    try_next(trying, STEP_CANCELED);
}

static void placed(struct trying *trying)
{
    const struct instrument *instrument = market_of(trying);
    const struct order *order = order_of(trying);
    struct oc_id client, venue;
    char id[TEXT_ORDER_MAX], price_option[64], price[TEXT_DECIMAL_MAX];
    struct text reply;
    if (!has_come(trying, name_of_rest(trying), order, order && order->state == STATE_ACCEPTED,
                  order && state_is_final(order->state)))
        return;
    engine_order_called(engine_of(trying), trying->order, &client, &venue);
    price_text(instrument, trying->price, price);
    try_add(trying, true, name_of_rest(trying), "rests at %s, %d %% of the market, accepted in %.0f ms", price,
            FAR_PERCENT, waited_ms(trying));
    try_add(trying, client.size && venue.size, "ids", "ours %.*s, the venue's %.*s", (int)client.size, client.text,
            (int)venue.size, venue.text);
    price_text(instrument, trying->price / 100 * 99, price);
    snprintf(price_option, sizeof price_option, "price=%s", price);
    text_init_grow(&reply, COMMAND_LINE_MAX);
    text_order(trying->order, id);
    if (send(trying, &reply, "amend", id, price_option, "sure=1", NULL)) {
        try_next(trying, STEP_AMENDED);
    } else {
        try_add(trying, true, "amend", "not offered: %.100s", reply.data ? reply.data : "");
        ask_cancel(trying);
    }
    text_release(&reply);
}

static void amended(struct trying *trying)
{
    const struct order *order = order_of(trying);
    if (order && order->ask_bits && env_clock_mono() <= trying->until_ns && !state_is_final(order->state))
        return;
    if (!has_come(trying, "amend", order, order && order->state == STATE_ACCEPTED && !order->ask_bits,
                  order && state_is_final(order->state)))
        return;
    const bool is_done = order->now.price == trying->price / 100 * 99;
    try_add(trying, true, "amend", "%s in %.0f ms",
            is_done ? "the price is the new one" : "not taken by the venue; the order is as it was", waited_ms(trying));
    ask_cancel(trying);
}

static void canceled(struct trying *trying)
{
    const struct order *order = order_of(trying);
    if (!has_come(trying, "cancel", order, order && order->state == STATE_CANCELED,
                  order && state_is_final(order->state)))
        return;
    try_add(trying, order->filled == 0, "cancel", "%s in %.0f ms", order->filled ? "it had TRADED meanwhile" : "gone",
            waited_ms(trying));
    try_next(trying, order->filled ? STEP_COMPARE : STEP_ASK);
}

static void at_market(struct trying *trying, const char *verb, enum try_step then)
{
    const struct instrument *instrument = market_of(trying);
    char qty[TEXT_DECIMAL_MAX], option[64];
    struct text reply;
    qty_text(instrument, trying->qty, qty);
    snprintf(option, sizeof option, "qty=%s", qty);
    text_init_grow(&reply, COMMAND_LINE_MAX);
    if (send(trying, &reply, verb, instrument->info.symbol, option, "sure=1", NULL)) {
        trying->order = last_order(trying);
        try_next(trying, then);
    } else {
        try_add(trying, false, verb, "%s at market was refused here: %.80s", qty, reply.data ? reply.data : "");
        give_up(trying);
    }
    text_release(&reply);
}

/* The round trip is asked about again, behind what the venue did so far. */
static bool is_trade_meant(struct trying *trying)
{
    char line[64];
    if (!trying->options->trade)
        return false;
    if (trying->options->yes)
        return true;
    fprintf(stderr,
            "Buy and sell the smallest amount of %s at market now? It costs the fees and the spread. Type yes: ",
            market_of(trying)->info.symbol);
    fflush(stderr);
    if (!fgets(line, sizeof line, stdin))
        return false;
    line[strcspn(line, "\r\n")] = 0;
    return strcmp(line, "yes") == 0;
}

static void begin_trade(struct trying *trying)
{
    const struct market *market = markets_get(engine_markets(engine_of(trying)), market_of(trying)->info.inst);
    if (!is_trade_meant(trying)) {
        try_add(trying, true, "round trip", "%s",
                trying->options->trade ? "not done: nobody said yes" : "not asked for: --trade");
        try_next(trying, STEP_COMPARE);
        return;
    }
    trying->qty = least_qty(trying, market->mark2 / 2, true);
    if (trying->qty)
        at_market(trying, "buy", STEP_BOUGHT);
    else
        give_up(trying);
}

static void tell_fill(struct trying *trying, const char *name, const struct order *order)
{
    const struct instrument *instrument = market_of(trying);
    const struct account_statement *said = statement_of(engine_statement(engine_of(trying)), trying->account);
    oc_i128 value = 0;
    char fee_text[64];
    double rate, told = -1;
    if (num_mul_128(order->filled_sum, instrument->money_mul, &value) < 0)
        value = 0;
    if (order->fee_asset == instrument->info.base && portfolio_base_money(instrument, order->filled, &value) < 0)
        value = 0;
    money_to_text(order->fee, 8, false, fee_text);
    rate = value ? money_to_double(order->fee) / money_to_double(value) : 0;
    if (said && said->account.head.size && (said->account.present & OC_ACC_TAKER_FEE))
        told = (double)said->account.taker_fee.units / (double)num_pow10(said->account.taker_fee.scale);
    const bool is_dear = told >= 0 && rate > told * 1.01 + 1e-9;
    try_add(trying, !is_dear, name, "filled in %.0f ms, fee %s %s, %.4f %%%s", waited_ms(trying), fee_text,
            instruments_asset_name(engine_instruments(engine_of(trying)), order->fee_asset), rate * 100,
            is_dear ? ": MORE than the venue says of this account" : "");
}

static void bought(struct trying *trying)
{
    const struct order *order = order_of(trying);
    const struct instrument *instrument = market_of(trying);
    if (!has_come(trying, "buy", order, order && order->state == STATE_FILLED, order && state_is_final(order->state)))
        return;
    tell_fill(trying, "buy", order);
    const int64_t held = dust_hand_qty(engine_portfolio(engine_of(trying)), trying->account, instrument, 0);
    trying->qty = held > 0 && held < trying->qty ? held : trying->qty; /* a fee may have taken of it */
    at_market(trying, "sell", STEP_SOLD);
}

static void sold(struct trying *trying)
{
    const struct order *order = order_of(trying);
    if (!has_come(trying, "sell", order, order && order->state == STATE_FILLED, order && state_is_final(order->state)))
        return;
    tell_fill(trying, "sell", order);
    const struct book *book =
        portfolio_find(engine_portfolio(engine_of(trying)), trying->account, 0, market_of(trying)->info.inst);
    const int64_t rest = book ? book->position.qty + book->position.spare - book->foreign : 0;
    char left[TEXT_DECIMAL_MAX];
    if (rest > 0) {
        qty_text(market_of(trying), rest, left);
        try_add(trying, true, "rest", "%s %s stays: less than can be sold", left,
                instruments_asset_name(engine_instruments(engine_of(trying)), market_of(trying)->info.base));
    }
    trying->has_traded = true;
    try_next(trying, STEP_COMPARE);
}

/* What we count is what the venue says, of every asset; it may come a little later. */
static void compare(struct trying *trying)
{
    const struct account *owner = portfolio_account(engine_portfolio(engine_of(trying)), trying->account);
    const char *differs = NULL;
    uint32_t known = 0;
    for (uint32_t asset = 1; asset < owner->asset_max; asset++) {
        const struct oc_ev_balance *said =
            statement_find_balance(engine_statement(engine_of(trying)), trying->account, asset, 0);
        oc_i128 total;
        if (!said || statement_total(said, &total) < 0)
            continue;
        known++;
        if (total != owner->balances[asset])
            differs = instruments_asset_name(engine_instruments(engine_of(trying)), asset);
    }
    if (differs && env_clock_mono() <= trying->until_ns)
        return;
    try_add(trying, !differs && known, "balances",
            differs ? "%s is NOT what the venue says" : "as the venue says, to the last digit%s",
            differs ? differs : "");
    const uint64_t alarms = engine_stats(engine_of(trying))->alarms;
    try_add(trying, alarms == 0, "alarms", "%llu%s", (unsigned long long)alarms,
            alarms ? ": the log says of what; where it is not clear, try again" : "");
    try_next(trying, STEP_END);
}

/* Between two inputs of the session: one look at what has come, and what is asked for next. True: it is over. */
bool try_step(void *self)
{
    struct trying *trying = self;
    switch (trying->step) {
    case STEP_WAIT:
        wait_for_market(trying);
        break;
    case STEP_PLACE:
        place(trying);
        break;
    case STEP_PLACED:
        placed(trying);
        break;
    case STEP_AMENDED:
        amended(trying);
        break;
    case STEP_CANCELED:
        canceled(trying);
        break;
    case STEP_ASK:
        begin_trade(trying);
        break;
    case STEP_BOUGHT:
        bought(trying);
        break;
    case STEP_SOLD:
        sold(trying);
        break;
    case STEP_COMPARE:
        compare(trying);
        break;
    case STEP_END:
        break;
    }
    return trying->step == STEP_END;
}
