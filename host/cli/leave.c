/* leave.c: how a session at a venue is left: what SIGTERM and `stop` do first (session.on_exit), and what stays there when it has ended.
 * Ctrl-C does nothing first: it never trades. */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/line.h"
#include "base/log.h"
#include "cli/run.h"
#include "engine/dust.h"
#include "session/interrupt.h"
#include "session/protection.h"

#define LEAVE_NS 10000000000ll /* for what on_exit asks of the venue; what has no answer by then is said */

enum { ROWS_SHOWN = 50 };

struct leaving {
    const struct engine *engine;
    enum engine_cancels which;
    bool closes;
    int64_t until_ns; /* of the monotonic clock */
};

static bool is_over(void *self)
{
    const struct leaving *leaving = self;
    if (env_clock_mono() >= leaving->until_ns)
        return true;
    return !engine_count_cancels(leaving->engine, leaving->which) &&
           !(leaving->closes && engine_is_closing(leaving->engine));
}

static bool is_at_venue(const struct run *run)
{
    return run->session->links.count && !venue_is_feed(run->session->settings);
}

oc_rc run_leave(struct run *run)
{
    struct session *session = run->session;
    struct pace *pace = &session->pace;
    const char *policy = settings_text(session->settings, "session.on_exit", "leave");
    struct leaving leaving = {.engine = session->engine, .until_ns = env_clock_mono() + LEAVE_NS};
    struct text words, reply;
    const bool is_asked = pace->by_stop || (interrupt_count() > 0 && !interrupt_was_typed());
    if (!is_at_venue(run) || !run->was_interrupted || !is_asked || strcmp(policy, "leave") == 0)
        return OC_OK;
    leaving.closes = strcmp(policy, "flatten") == 0;
    leaving.which = leaving.closes                          ? CANCEL_OWN_TO_CLOSE
                    : strcmp(policy, "cancel_entries") == 0 ? CANCEL_OWN_ENTRIES
                                                            : CANCEL_OWN;
    log_info("session", "on_exit = %s: waiting for the venue, at most 10 s; a second signal ends at once", policy);
    interrupt_heard();
    text_init_grow(&words, 256);
    text_init_grow(&reply, COMMAND_LINE_MAX);
    line_put(&words, "at_exit");
    line_put(&words, policy);
    line_put(&words, "by=host");
    pace->command_ns = pace_now(session, INT64_MAX);
    const bool is_done = session_command(session, words.data, words.size, &reply);
    if (!is_done)
        log_error("session", "on_exit was not carried out: %s", reply.data ? reply.data : "");
    text_release(&reply);
    text_release(&words);
    if (!is_done)
        return OC_OK;
    pace->by_hand = pace->is_stopping = false;
    pace->is_over = is_over;
    pace->is_over_self = &leaving;
    const oc_rc rc = session_run(session);
    pace->is_over = NULL;
    const uint32_t open = engine_count_cancels(session->engine, leaving.which);
    if (open || (leaving.closes && engine_is_closing(session->engine)))
        log_error("session",
                  "on_exit = %s: the venue has not confirmed it in 10 s: %u orders of ours are not known to "
                  "be gone; look at the venue",
                  policy, open);
    return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc;
}

/* ---- what stays ---- */

static void put_qty(const struct instrument *instrument, int64_t qty, FILE *out)
{
    struct oc_dec dec;
    char text[TEXT_DECIMAL_MAX];
    if (instrument_qty_dec(instrument, qty, &dec) < 0)
        return;
    text_from_units(text, dec.units, dec.scale, TEXT_SHORTEST);
    fputs(text, out);
}

static void put_price(const struct instrument *instrument, int64_t price, FILE *out)
{
    struct oc_dec dec;
    char text[TEXT_DECIMAL_MAX];
    if (instrument_price_dec(instrument, price, &dec) < 0)
        return;
    text_from_units(text, dec.units, dec.scale, TEXT_SHORTEST);
    fputs(text, out);
}

static const char *owner_of(const struct run *run, const struct order *order)
{
    if (order->now.owner == OC_OWNER_EXTERNAL)
        return "another hand";
    const char *name = order->now.strategy ? strategies_name(&run->strategies, order->now.strategy) : NULL;
    return name ? name : "by hand";
}

static void put_order(const struct run *run, const struct order *order, FILE *out)
{
    const struct instrument *instrument =
        instruments_get(engine_instruments(run->session->engine), order->now.head.inst);
    const char *role = order->now.role == OC_ROLE_STOP_LOSS     ? " (stop loss)"
                       : order->now.role == OC_ROLE_TAKE_PROFIT ? " (take profit)"
                                                                : "";
    if (!instrument)
        return;
    fprintf(out, "  order     %s: %s ", owner_of(run, order), order->now.side == OC_SIDE_BUY ? "buy" : "sell");
    if (order->now.bits & OC_RQ_HAS_QTY) {
        put_qty(instrument, order->now.qty - order->filled, out);
        fputc(' ', out);
    }
    fputs(instrument->info.symbol, out);
    if (order->now.bits & OC_RQ_HAS_STOP) {
        fputs(" stop ", out);
        put_price(instrument, order->now.stop_price, out);
    }
    if (order->now.bits & OC_RQ_HAS_PRICE) {
        fputs(" @ ", out);
        put_price(instrument, order->now.price, out);
    }
    fprintf(out, "%s%s\n", role,
            order->state == STATE_UNKNOWN ? ", UNKNOWN: whether the venue has it is not proven" : "");
}

/* Units that orders which rest at the venue would close of a position against a loss. */
static int64_t stopped_qty(const struct run *run, const struct position *position)
{
    int64_t qty = 0;
    const struct order *order = orders_open_first(engine_orders(run->session->engine));
    for (; order; order = order->younger)
        if (order->now.account == position->account && order->now.strategy == position->strategy &&
            OC_INST_INDEX(order->now.head.inst) == OC_INST_INDEX(position->inst) &&
            (order->now.bits & OC_RQ_HAS_STOP) && (order->now.bits & OC_RQ_REDUCE_ONLY) &&
            (order->now.side == OC_SIDE_SELL) == (position->qty > 0) && state_is_open(order->state))
            qty += order->now.qty - order->filled;
    return qty;
}

static void put_position(const struct run *run, const struct position *position, int64_t qty, FILE *out)
{
    const struct instrument *instrument = instruments_get(engine_instruments(run->session->engine), position->inst);
    const char *name = position->strategy ? strategies_name(&run->strategies, position->strategy) : "by hand";
    const int64_t held = qty < 0 ? -qty : qty, stopped = stopped_qty(run, position);
    fprintf(out, "  position  %s: %s ", name ? name : "a strategy", qty > 0 ? "long" : "short");
    put_qty(instrument, held, out);
    fprintf(out, " %s: ", instrument->info.symbol);
    if (stopped >= held)
        fputs("protected by stop orders at the venue", out);
    else if (stopped > 0)
        fputs("protected IN PART by stop orders at the venue", out);
    else
        fputs("NOT PROTECTED: nobody closes it while this host is down", out);
    struct protection protection = protection_of(run->session->engine, position, true);
    if (stopped > 0 && protection.target_in_host) {
        fputs("; this host holds the target ", out);
        put_price(instrument, protection.target, out);
        fputs(": while it is down nobody does", out);
    }
    fputc('\n', out);
}

static uint32_t put_positions(const struct run *run, FILE *out)
{
    struct portfolio *portfolio = engine_portfolio(run->session->engine);
    struct instruments *instruments = engine_instruments(run->session->engine);
    uint32_t count = 0;
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        const struct instrument *instrument = instruments_get(instruments, position->inst);
        if (!instrument)
            continue;
        const int64_t qty =
            position->strategy ? position->qty : dust_hand_qty(portfolio, position->account, instrument, 0);
        if (!qty)
            continue;
        if (out && count < ROWS_SHOWN)
            put_position(run, position, qty, out);
        count++;
    }
    return count;
}

void run_tell_left(const struct run *run)
{
    const struct session *session = run->session;
    FILE *out = stderr;
    uint32_t orders = 0;
    if (!is_at_venue(run) || !session->engine || !links_are_on_network(&session->links)) /* a transcript is over */
        return;
    const uint32_t open = engine_count_cancels(session->engine, CANCEL_ALL), positions = put_positions(run, NULL);
    fprintf(out, "outcry: the session has ended; left at %s: %u open orders, %u positions\n",
            venue_names(session->settings), open, positions);
    const struct order *order = orders_open_first(engine_orders(session->engine));
    for (; order && orders < ROWS_SHOWN; order = order->younger)
        if (!order->is_refused && !state_is_final(order->state)) {
            put_order(run, order, out);
            orders++;
        }
    (void)put_positions(run, out);
    if (open > ROWS_SHOWN || positions > ROWS_SHOWN)
        fprintf(out, "  and more: `outcry reconcile` shows all\n");
}
