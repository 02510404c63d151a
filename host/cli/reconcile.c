/* reconcile.c: `outcry reconcile`: what an account has at its venue, asked now: balances, open orders, and what has moved money there since a
 * time: trades, deposits, withdrawals and fees as one list, each once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "cli/reconcile.h"
#include "cli/verbs.h"
#include "cli/visit.h"
#include "engine/statement.h"
#include "session/venue_keys.h"

enum { ROWS_MAX = 1 << 20, BALANCES_MAX = 4096, ORDERS_MAX = 8192, PATH_SIZE = 4096 };
#define SINCE_NS (30ll * 86400 * 1000000000) /* where --from does not say */

struct moved { /* money */
    int64_t at_ns;
    uint32_t inst; /* of a trade; else 0 */
    uint32_t asset;
    uint16_t kind;   /* OC_LEDGER_...: a trade, or what the ledger says */
    uint16_t status; /* OC_LEDGER_... */
    uint8_t side;
    int64_t price, qty; /* of a trade: units */
    struct oc_dec amount, fee;
    uint32_t fee_asset;
    struct oc_id id, order;
};

struct account_asked {
    const struct venue_visit *visit;
    struct oc_ev_balance balances[BALANCES_MAX];
    struct oc_ev_order orders[ORDERS_MAX];
    struct moved *rows; /* owned */
    uint32_t balance_count, order_count, row_count, row_room;
    bool is_over; /* more than there is room for, or no memory */
};

static void add(struct account_asked *asked, const struct moved *row)
{
    if (asked->row_count == asked->row_room) {
        const uint32_t room = asked->row_room ? asked->row_room * 2 : 256;
        struct moved *more = room <= ROWS_MAX ? realloc(asked->rows, room * sizeof *more) : NULL;
        if (!more) {
            asked->is_over = true;
            return;
        }
        asked->rows = more;
        asked->row_room = room;
    }
    asked->rows[asked->row_count++] = *row;
}

static void take_fill(struct account_asked *asked, const struct oc_ev_venue_fill *fill)
{
    struct moved row = {.at_ns = fill->fill.head.venue_ns,
                        .inst = fill->fill.head.inst,
                        .kind = OC_LEDGER_TRADE,
                        .status = OC_LEDGER_DONE,
                        .side = fill->fill.side,
                        .price = fill->fill.price,
                        .qty = fill->fill.qty,
                        .fee = fill->fill.fee,
                        .fee_asset = fill->fill.fee_asset,
                        .order = fill->venue_order};
    row.id.size = fill->fill.trade_id_size;
    memcpy(row.id.text, fill->fill.trade_id, sizeof fill->fill.trade_id);
    add(asked, &row);
}

static void take(void *self, const struct oc_event *event)
{
    struct account_asked *asked = self;
    const void *all = event;
    if (event->type == OC_EV_FILL && event->size >= sizeof(struct oc_ev_venue_fill))
        take_fill(asked, all);
    if (event->type == OC_EV_LEDGER && event->size >= sizeof(struct oc_ev_ledger)) {
        const struct oc_ev_ledger *entry = all;
        add(asked, &(struct moved){.at_ns = event->venue_ns,
                                   .asset = entry->asset,
                                   .kind = entry->kind,
                                   .status = entry->status,
                                   .amount = entry->amount,
                                   .fee = entry->fee,
                                   .fee_asset = entry->fee_asset,
                                   .id = entry->id});
    }
    if (event->type == OC_EV_BALANCE && event->size >= sizeof *asked->balances && asked->balance_count < BALANCES_MAX &&
        ((const struct oc_ev_balance *)all)->token)
        memcpy(&asked->balances[asked->balance_count++], event, sizeof *asked->balances);
    if (event->type == OC_EV_ORDER && event->size >= sizeof *asked->orders && asked->order_count < ORDERS_MAX &&
        ((const struct oc_ev_order *)all)->token)
        memcpy(&asked->orders[asked->order_count++], event, sizeof *asked->orders);
    asked->is_over |= asked->balance_count == BALANCES_MAX || asked->order_count == ORDERS_MAX;
}

/* ---- asked ---- */

static const struct oc_fetchable *offered(const struct venue_visit *visit, uint32_t kind)
{
    const struct oc_venue *described = visit->table->venue;
    for (uint32_t i = 0; i < described->fetch_count; i++)
        if (described->fetches[i].kind == kind)
            return &described->fetches[i];
    return NULL;
}

/* Once, or for each instrument of the configuration where the venue wants one named; in spans where it takes no longer ones. */
static oc_rc ask(struct venue_visit *visit, struct oc_fetch question, const char *what, struct account_asked *asked,
                 struct error *ret_error)
{
    const struct oc_fetchable *fetchable = offered(visit, question.kind);
    struct oc_data_info info;
    oc_rc rc = OC_OK;
    if (!fetchable)
        return OC_OK;
    question.size = sizeof question;
    question.lane = OC_LANE_QUERY;
    const int64_t from_ns = question.from_ns, to_ns = env_clock_real();
    for (uint32_t i = 0; rc == OC_OK; i++) {
        if (fetchable->by & OC_BY_INSTRUMENT) {
            rc = venue_instrument(visit->settings, visit->venue, i, &info, ret_error);
            if (rc == OC_E_NOT_FOUND)
                return OC_OK;
            const struct oc_instrument *known = rc == OC_OK ? venue_visit_symbol(visit, info.symbol) : NULL;
            if (rc == OC_OK && !known)
                rc = error_say(ret_error, OC_E_NOT_FOUND, info.symbol, "the venue does not list it");
            question.inst = known ? known->inst : 0;
        } else if (i > 0) {
            return OC_OK;
        }
        for (int64_t at_ns = from_ns; rc == OC_OK && at_ns < to_ns; at_ns = question.to_ns) {
            const bool is_cut = from_ns && fetchable->span_ns && to_ns - at_ns > fetchable->span_ns;
            question.from_ns = from_ns ? at_ns : 0;
            question.to_ns = is_cut ? at_ns + fetchable->span_ns : 0;
            rc = visit_fetch(visit, &question, what, take, asked, ret_error);
            if (!is_cut)
                break;
        }
    }
    return rc;
}

static int is_earlier(const void *a, const void *b)
{
    const struct moved *x = a, *y = b;
    if (x->at_ns != y->at_ns)
        return x->at_ns > y->at_ns ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind > y->kind ? 1 : -1;
    if (x->inst != y->inst)
        return x->inst > y->inst ? 1 : -1;
    return memcmp(&x->id, &y->id, sizeof x->id);
}

/* By time, each once: what a venue says twice has one id. */
static void put_in_order(struct account_asked *asked)
{
    uint32_t kept = 0;
    if (asked->row_count)
        qsort(asked->rows, asked->row_count, sizeof *asked->rows, is_earlier);
    for (uint32_t i = 0; i < asked->row_count; i++)
        if (!kept || is_earlier(&asked->rows[kept - 1], &asked->rows[i]) != 0)
            asked->rows[kept++] = asked->rows[i];
    asked->row_count = kept;
}

static oc_rc ask_account(struct venue_visit *visit, uint32_t account, int64_t since_ns, struct account_asked *asked,
                         struct error *ret_error)
{
    oc_rc rc = ask(visit, (struct oc_fetch){.kind = OC_FETCH_OPEN_ORDERS, .account = account}, "its open orders", asked,
                   ret_error);
    if (rc == OC_OK)
        rc = ask(visit, (struct oc_fetch){.kind = OC_FETCH_FILLS, .account = account, .from_ns = since_ns},
                 "its trades", asked, ret_error);
    if (rc == OC_OK)
        rc = ask(visit, (struct oc_fetch){.kind = OC_FETCH_LEDGER, .account = account, .from_ns = since_ns},
                 "its deposits and withdrawals", asked, ret_error);
    if (rc == OC_OK)
        rc = ask(visit, (struct oc_fetch){.kind = OC_FETCH_BALANCES, .account = account}, "its balances", asked,
                 ret_error);
    if (rc == OC_OK && asked->is_over)
        rc = error_say(ret_error, OC_E_LIMIT, visit->venue, "the account has more than there is room for");
    put_in_order(asked);
    return rc;
}

/* ---- shown ---- */

enum { TIME, KIND, WHAT, SIDE, QTY, PRICE, FEE, STATUS, ID, ORDER, CELLS };
static const char *const heads[CELLS] = {"TIME",  "KIND", "WHAT",   "SIDE", "QTY",
                                         "PRICE", "FEE",  "STATUS", "ID",   "ORDER"};
static const char *const keys[CELLS] = {"time", "kind", "what", "side", "qty", "price", "fee", "status", "id", "order"};

struct line {
    char of[CELLS][80];
};

static void put_id(char cell[80], const struct oc_id *id) { snprintf(cell, 80, "%.*s", (int)id->size, id->text); }

static void describe(const struct venue_visit *visit, const struct moved *row, struct line *line)
{
    const struct oc_instrument *info = venue_visit_instrument(visit, row->inst);
    struct text text;
    memset(line, 0, sizeof *line);
    text_from_time(line->of[TIME], row->at_ns);
    snprintf(line->of[KIND], sizeof line->of[KIND], "%s", statement_ledger_kind(row->kind));
    snprintf(line->of[WHAT], sizeof line->of[WHAT], "%s", info ? info->symbol : venue_visit_asset(visit, row->asset));
    snprintf(line->of[STATUS], sizeof line->of[STATUS], "%s", statement_ledger_status(row->status));
    snprintf(line->of[SIDE], sizeof line->of[SIDE], "%s",
             row->side == OC_SIDE_BUY    ? "buy"
             : row->side == OC_SIDE_SELL ? "sell"
                                         : "");
    put_id(line->of[ID], &row->id);
    put_id(line->of[ORDER], &row->order);
    text_init_fixed(&text, line->of[QTY], sizeof line->of[QTY]);
    if (info)
        visit_put_units(&text, row->qty, info->qty_step);
    else
        visit_put_dec(&text, row->amount);
    text_init_fixed(&text, line->of[PRICE], sizeof line->of[PRICE]);
    if (info)
        visit_put_units(&text, row->price, info->price_step);
    text_init_fixed(&text, line->of[FEE], sizeof line->of[FEE]);
    if (row->fee.units) {
        visit_put_dec(&text, row->fee);
        text_format(&text, " %s", venue_visit_asset(visit, row->fee_asset));
    }
}

static void put_text(const struct account_asked *asked, const char *account, struct text *out)
{
    const struct venue_visit *visit = asked->visit;
    struct line line;
    text_format(out, "%s of %s\n", account, visit->venue);
    for (uint32_t i = 0; i < asked->balance_count; i++) {
        const struct oc_ev_balance *balance = &asked->balances[i];
        if (!balance->free.units && !balance->locked.units && !balance->total.units)
            continue;
        text_format(out, "  balance %-8s free ", venue_visit_asset(visit, balance->asset));
        visit_put_dec(out, balance->free);
        text_put(out, ", locked ");
        visit_put_dec(out, balance->locked);
        text_put(out, "\n");
    }
    for (uint32_t i = 0; i < asked->order_count; i++) {
        const struct oc_ev_order *order = &asked->orders[i];
        const struct oc_instrument *info = venue_visit_instrument(visit, order->head.inst);
        if (!info)
            continue;
        text_format(out, "  open    %.*s %s %s ", order->venue_order.size, order->venue_order.text, info->symbol,
                    order->side == OC_SIDE_BUY ? "buy" : "sell");
        visit_put_units(out, order->qty, info->qty_step);
        text_put(out, " @ ");
        visit_put_units(out, order->price, info->price_step);
        text_put(out, ", filled ");
        visit_put_units(out, order->cum_qty, info->qty_step);
        text_put(out, "\n");
    }
    text_format(out, "  %-24s %-11s %-10s %-5s %14s %14s %-18s %-9s %s\n", heads[TIME], heads[KIND], heads[WHAT],
                heads[SIDE], heads[QTY], heads[PRICE], heads[FEE], heads[STATUS], heads[ID]);
    for (uint32_t i = 0; i < asked->row_count; i++) {
        describe(visit, &asked->rows[i], &line);
        text_format(out, "  %-24s %-11s %-10s %-5s %14s %14s %-18s %-9s %s\n", line.of[TIME], line.of[KIND],
                    line.of[WHAT], line.of[SIDE], line.of[QTY], line.of[PRICE], line.of[FEE], line.of[STATUS],
                    line.of[ID]);
    }
}

static void put_json(const struct account_asked *asked, const char *account, struct text *out)
{
    const struct venue_visit *visit = asked->visit;
    struct line line;
    json_open(out, NULL, '{');
    json_text(out, "account", account);
    json_open(out, "balances", '[');
    for (uint32_t i = 0; i < asked->balance_count; i++) {
        json_open(out, NULL, '{');
        json_text(out, "asset", venue_visit_asset(visit, asked->balances[i].asset));
        json_dec(out, "free", asked->balances[i].free);
        json_dec(out, "locked", asked->balances[i].locked);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_int(out, "open_orders", asked->order_count);
    json_open(out, "transactions", '[');
    for (uint32_t i = 0; i < asked->row_count; i++) {
        describe(visit, &asked->rows[i], &line);
        json_open(out, NULL, '{');
        for (int cell = 0; cell < CELLS; cell++)
            json_text(out, keys[cell], line.of[cell][0] ? line.of[cell] : NULL);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

/* FOLDER/transactions-ACCOUNT.csv, of several venues transactions-VENUE-ACCOUNT.csv: no cell has a comma. */
static oc_rc export(const struct account_asked *asked, const char *folder, const char *account, bool of_several,
                    struct error *ret_error)
{
    char path[PATH_SIZE];
    struct text file;
    struct line line;
    int fd = -1;
    text_init_grow(&file, 1 << 28);
    for (int cell = 0; cell < CELLS; cell++)
        text_format(&file, "%s%s", cell ? "," : "", keys[cell]);
    text_put(&file, "\n");
    for (uint32_t i = 0; i < asked->row_count; i++) {
        describe(asked->visit, &asked->rows[i], &line);
        for (int cell = 0; cell < CELLS; cell++)
            text_format(&file, "%s%s", cell ? "," : "", line.of[cell]);
        text_put(&file, "\n");
    }
    snprintf(path, sizeof path, "%s/transactions-%s%s%s.csv", folder, of_several ? asked->visit->venue : "",
             of_several ? "-" : "", account);
    oc_rc rc = env_mkdir(folder);
    rc = rc == OC_E_EXISTS ? (oc_rc)OC_OK : rc;
    if (rc == OC_OK)
        rc = env_open(path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd);
    if (rc == OC_OK)
        rc = env_write(fd, file.data, file.size);
    if (fd >= 0)
        env_close(fd);
    const bool is_cut = file.is_cut;
    text_release(&file);
    return rc < 0 || is_cut ? error_of_code(ret_error, is_cut ? OC_E_LIMIT : rc, path, "it could not be written")
                            : (oc_rc)OC_OK;
}

static oc_rc since(const struct options *options, int64_t *ret_ns, struct error *ret_error)
{
    const char *from = settings_text(&options->settings, "session.from", "");
    *ret_ns = env_clock_real() - SINCE_NS;
    if (!*from || text_to_time(from, strlen(from), ret_ns) == OC_OK)
        return OC_OK;
    return error_say(ret_error, OC_E_CONFIG, "--from", "expected a time such as 2026-01-05T14:30:00Z");
}

static oc_rc show(void *self, struct venue_visit *visit, const struct options *options, struct text *out,
                  struct error *ret_error)
{
    struct reconcile_totals *totals = self;
    char name[VENUE_ACCOUNT_MAX];
    int64_t since_ns;
    oc_rc rc = since(options, &since_ns, ret_error);
    if (options->json)
        json_open(out, NULL, '[');
    for (uint32_t i = 0; rc == OC_OK && venue_account(visit->settings, visit->venue, i, name); i++) {
        struct account_asked *asked = calloc(1, sizeof *asked);
        if (!asked)
            return error_of_code(ret_error, OC_E_NOMEM, visit->venue, "it cannot be asked");
        asked->visit = visit;
        rc = ask_account(visit, i + 1, since_ns, asked, ret_error);
        if (rc == OC_OK)
            (options->json ? put_json : put_text)(asked, name, out);
        for (uint32_t k = 0; k < asked->balance_count && rc == OC_OK; k++)
            reconcile_totals_add(totals, visit->venue, name, venue_visit_asset(visit, asked->balances[k].asset),
                                 &asked->balances[k]);
        if (rc == OC_OK && options->csv)
            rc = export(asked, options->csv, name, options->word_count == 0, ret_error);
        free(asked->rows);
        free(asked);
    }
    if (options->json) {
        json_close(out, ']');
        text_put(out, "\n");
    }
    return rc;
}

int verb_reconcile(int argc, char **argv)
{
    struct reconcile_totals *totals = calloc(1, sizeof *totals);
    const struct visit_verb verb = {
        .name = "reconcile",
        .usage = "usage: outcry reconcile [NAME] --config FILE [--from TIME] [--csv FOLDER] [--json]\n"
                 "NAME is a group of the configuration: venue.NAME; without it all of them, with what they hold "
                 "together. Their accounts need keys. --from: 30 days ago where it is not said.\n",
        .must_sign = true,
        .show = show,
        .put_totals = reconcile_totals_put,
        .self = totals};
    const int code = totals ? visit_verb(&verb, argc, argv) : EXIT_RUN;
    free(totals);
    return code;
}
