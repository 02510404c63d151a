/* bench_rules.c: what the chain of rules costs an order: twenty different ones that all judge, with a position and open orders, beside the kill
 * switch alone. An order is asked about and not placed; nothing else is in the figure but what a question needs. */
#include "cli/bench.h"

#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "cli/verbs.h"

enum { BARS = 40, ASKS = 20000, OPEN_ORDERS = 8, REFUSALS = 4 };

struct asker {
    struct session **session;
    uint64_t bars;
    double best_ns; /* a question, of the quietest bar */
    int refused;
    char why[64];
};

static oc_rc submit(struct engine *engine, const struct oc_event *bar, uint32_t account, int64_t price, uint8_t side)
{
    struct engine_refusal refusal;
    struct oc_request request = {.head = {.inst = bar->inst},
                                 .account = account,
                                 .side = side,
                                 .type = price ? OC_ORDER_LIMIT : OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC,
                                 .qty = 1000000,
                                 .price = price,
                                 .bits = OC_RQ_HAS_QTY | (price ? (uint32_t)OC_RQ_HAS_PRICE : 0)};
    oc_rc rc = engine_submit(engine, &request, &refusal);
    return rc < 0 ? rc : OC_OK;
}

/* The first bars make a position and open orders on both sides; the later ones ask. */
static oc_rc ask_at_bar(void *self, const struct oc_event *event)
{
    struct asker *asker = self;
    struct session *session = *asker->session;
    struct engine *engine = session->engine;
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
    const uint32_t account = session->money.account;
    struct engine_refusal refusals[REFUSALS];
    asker->bars++;
    if (asker->bars == 1) {
        oc_rc rc = submit(engine, event, account, 0, OC_SIDE_BUY);
        for (int i = 1; i < OPEN_ORDERS && rc == OC_OK; i++)
            rc = submit(engine, event, account, bar->close / 2 + i, OC_SIDE_BUY);
        return rc;
    }
    if (asker->bars == 3) /* it has filled */
        return submit(engine, event, account, bar->close * 2, OC_SIDE_SELL);
    if (asker->bars < 6)
        return OC_OK;
    struct oc_request request = {.head = {.inst = event->inst, .type = OC_EV_REQUEST},
                                 .kind = OC_REQUEST_NEW,
                                 .account = account,
                                 .side = OC_SIDE_BUY,
                                 .type = OC_ORDER_LIMIT,
                                 .tif = OC_TIF_GTC,
                                 .qty = 2000000,
                                 .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_PRICE};
    const int64_t begun_ns = env_clock_cpu();
    for (int i = 0; i < ASKS; i++) {
        request.price = bar->close - i % 64; /* no two are the same */
        asker->refused += engine_preview(engine, &request, refusals, REFUSALS);
    }
    const double ns = (double)(env_clock_cpu() - begun_ns) / ASKS;
    if (asker->bars == 6 || ns < asker->best_ns)
        asker->best_ns = ns;
    if (asker->refused && !asker->why[0])
        memcpy(asker->why, refusals[0].rule, sizeof refusals[0].rule);
    return OC_OK;
}

static oc_rc run(const struct bench *bench, struct oc_ev_bar *bars, const char *const *settings, struct asker *asker)
{
    const struct engine_client client = {.self = asker, .bar = ask_at_bar};
    struct bench_run how = {.user = BENCH_C_OTHER, .client = &client, .settings = settings};
    struct run *made = bench_session_open(bench, bars, BARS, &how);
    if (!made)
        return OC_E_STATE;
    asker->session = &made->session;
    oc_rc rc = run_go(made);
    bench_session_close(made);
    return rc;
}

int bench_rules(const struct bench *bench)
{
    static const char *const alone[] = {
        "risk.chain", "kill_switch", "risk.without",
        "max_order_qty,max_order_value,price_collar,position_limit,message_rate,max_daily_loss", NULL};
    static const char chain[] =
        "kill_switch,max_order_qty,max_order_value,price_collar,position_limit,message_rate,max_daily_loss,ramp,"
        "max_drawdown,allow_list,duplicate_order,repeat_exec,exposure,spread_halt,volatility_halt,trading_hours,max_"
        "open,"
        "cooldown,universe,expression";
    static const char *const twenty[] = {"risk.chain",
                                         chain,
                                         "risk.max_order_qty.limit",
                                         "100",
                                         "risk.max_order_value.limit",
                                         "10000000",
                                         "risk.position_limit.limit",
                                         "1000",
                                         "risk.message_rate.rate",
                                         "1000",
                                         "risk.max_daily_loss.limit",
                                         "900000",
                                         "risk.ramp.steps",
                                         "10000000",
                                         "risk.max_drawdown.share",
                                         "90%",
                                         "risk.allow_list.symbols",
                                         "*",
                                         "risk.exposure.limit",
                                         "100000000",
                                         "risk.spread_halt.limit",
                                         "50%",
                                         "risk.volatility_halt.move",
                                         "90%",
                                         "risk.trading_hours.hours",
                                         "00:00-24:00",
                                         "risk.max_open.count",
                                         "10",
                                         "risk.cooldown.pause",
                                         "1s",
                                         "risk.universe.price_min",
                                         "0.01",
                                         "risk.expression.allow",
                                         "value <= 90% * equity",
                                         NULL};
    struct oc_ev_bar *bars = calloc(BARS, sizeof *bars);
    struct asker none = {0}, all = {0};
    oc_rc rc = bars ? OC_OK : OC_E_NOMEM;
    if (rc == OC_OK) {
        bench_make_bars(bars, BARS);
        rc = run(bench, bars, alone, &none);
    }
    if (rc == OC_OK) {
        bench_make_bars(bars, BARS);
        rc = run(bench, bars, twenty, &all);
    }
    free(bars);
    if (rc < 0)
        return EXIT_RUN;
    bench_row(bench, "rules", "an order shown to twenty different rules, each with a limit; a position, %d open orders",
              OPEN_ORDERS);
    bench_figure(bench, "twenty", all.best_ns - none.best_ns, 1, "ns",
                 "together, beside a chain of the kill switch alone%s%s", all.refused ? "; REFUSED by " : "", all.why);
    bench_figure(bench, "each", (all.best_ns - none.best_ns) / 19, 1, "ns", "of the other nineteen");
    bench_figure(bench, "alone", none.best_ns, 1, "ns", "a question with the kill switch, funds and filters");
    return EXIT_GOOD;
}
