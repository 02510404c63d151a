/* face_plain.c: what the face `plain` answers to requests. */
#include "rehearsal/face_plain.h"

#include "base/json_out.h"

#include <stdio.h>

enum { PAGE_MAX = 500, TRADES_MAX = 100, ERRORS_COST = 1 };

struct route {
    uint8_t method;
    const char *path;
    uint32_t weight;
    uint32_t orders; /* it counts as so many */
    bool is_signed, needs_trading;
    enum fault_of of;
    void (*answer)(struct call *call);
};

void call_refuse(struct call *call, uint32_t status, const char *code, const char *words)
{
    text_clear(&call->ret->body);
    plain_refuse(call->ret, status, code, words);
}

void call_refuse_why(struct call *call, enum core_why why)
{
    const uint32_t status = why == CORE_NOT_FOUND || why == CORE_NO_INSTRUMENT   ? 404
                            : why == CORE_CLIENT_ID_USED || why == CORE_NOT_OPEN ? 409
                            : why == CORE_FULL                                   ? 503
                                                                                 : 400;
    call_refuse(call, status, core_why_name(why), core_why_words(why));
}

struct text *call_begin(struct call *call)
{
    call->ret->status = 200;
    json_open(&call->ret->body, NULL, '{');
    return &call->ret->body;
}

void call_end(struct call *call) { json_close(&call->ret->body, '}'); }

/* ---- what stands in a query ---- */

/* A number of the query; `fallback` where it is not there. False: refused. */
static bool query_number(struct call *call, const char *name, int64_t fallback, int64_t least, int64_t most,
                         int64_t *ret_number)
{
    char text[24], words[96];
    *ret_number = fallback;
    if (!strstr(call->ask->path, name) || !venue_query(call->ask, name, text, sizeof text))
        return true;
    if (text_to_int(text, strlen(text), ret_number) == OC_OK && *ret_number >= least && *ret_number <= most)
        return true;
    snprintf(words, sizeof words, "%s: a number from %lld to %lld is expected", name, (long long)least,
             (long long)most);
    call_refuse(call, 400, "BAD_QUERY", words);
    return false;
}

bool call_inst(struct call *call, bool is_needed, uint32_t *ret_inst)
{
    char symbol[CORE_NAME_MAX];
    *ret_inst = CORE_NONE;
    if (!venue_query(call->ask, "symbol", symbol, sizeof symbol)) {
        if (is_needed)
            call_refuse(call, 400, "BAD_QUERY", "symbol: one of the instruments is expected");
        return !is_needed;
    }
    *ret_inst = core_inst_named(call->venue->core, symbol);
    if (*ret_inst == CORE_NONE)
        call_refuse_why(call, CORE_NO_INSTRUMENT);
    return *ret_inst != CORE_NONE;
}

/* The order that id or client_id names, of this account. */
uint32_t call_named(struct call *call, const char *id, const char *client)
{
    const struct core *core = call->venue->core;
    int64_t number = 0;
    uint32_t order = CORE_NONE;
    if (*id && text_to_int(id, strlen(id), &number) == OC_OK && number > 0)
        order = core_order_by_id(core, (uint64_t)number);
    else if (!*id)
        order = core_order_by_client(core, call->key->account, client);
    return order != CORE_NONE && core_order(core, order)->account == call->key->account ? order : CORE_NONE;
}

bool call_order(struct call *call, uint32_t *ret_order)
{
    char id[24] = "", client[CORE_CLIENT_MAX] = "";
    const bool has_id = venue_query(call->ask, "id", id, sizeof id);
    const bool has_client = venue_query(call->ask, "client_id", client, sizeof client);
    if (has_id == has_client || (!*id && !*client)) {
        call_refuse(call, 400, "BAD_QUERY", "either id or client_id is expected");
        return false;
    }
    *ret_order = call_named(call, id, client);
    if (*ret_order == CORE_NONE)
        call_refuse_why(call, CORE_NOT_FOUND);
    return *ret_order != CORE_NONE;
}

/* ---- for everybody ---- */

static void get_time(struct call *call)
{
    plain_put_us(call_begin(call), "time_us", venue_clock(call->venue));
    call_end(call);
}

static void get_instruments(struct call *call)
{
    const struct core *core = call->venue->core;
    char rate[TEXT_DECIMAL_MAX];
    struct text *out = call_begin(call);
    json_open(out, "instruments", '[');
    for (uint32_t i = 0; i < core_inst_count(core); i++) {
        const struct core_inst *inst = core_inst(core, i);
        json_open(out, NULL, '{');
        json_text(out, "symbol", inst->symbol);
        json_text(out, "base", core_asset_name(core, inst->base));
        json_text(out, "quote", core_asset_name(core, inst->quote));
        venue_put_units(out, "price_step", 1, inst->price_step);
        venue_put_units(out, "qty_step", 1, inst->qty_step);
        venue_put_units(out, "min_qty", inst->min_qty, inst->qty_step);
        venue_put_units(out, "max_qty", inst->max_qty, inst->qty_step);
        plain_put_money(out, "min_notional", inst->min_notional);
        text_from_units(rate, call->venue->face->maker_ppm, 6, TEXT_SHORTEST);
        json_text(out, "maker_fee", rate);
        text_from_units(rate, call->venue->face->taker_ppm, 6, TEXT_SHORTEST);
        json_text(out, "taker_fee", rate);
        json_text(out, "status", inst->is_halted ? "halted" : "trading");
        json_close(out, '}');
    }
    json_close(out, ']');
    call_end(call);
}

static void get_book(struct call *call)
{
    uint32_t inst;
    int64_t depth;
    if (!call_inst(call, true, &inst) || !query_number(call, "depth", 20, 1, 100, &depth))
        return;
    struct text *out = call_begin(call);
    json_text(out, "symbol", core_inst(call->venue->core, inst)->symbol);
    plain_put_us(out, "time_us", venue_clock(call->venue));
    plain_put_levels(call->venue->core, out, inst, (uint32_t)depth);
    call_end(call);
}

static void get_trades(struct call *call)
{
    struct core_trade trades[TRADES_MAX];
    uint32_t inst;
    int64_t limit;
    if (!call_inst(call, true, &inst) || !query_number(call, "limit", 50, 1, TRADES_MAX, &limit))
        return;
    uint32_t count = core_trades(call->venue->core, inst, trades, (uint32_t)limit);
    struct text *out = call_begin(call);
    json_open(out, "trades", '[');
    while (count)
        plain_put_trade(call->venue->core, out, NULL, &trades[--count]);
    json_close(out, ']');
    call_end(call);
}

/* ---- for accounts: reading ---- */

static void get_balances(struct call *call)
{
    const struct core *core = call->venue->core;
    struct text *out = call_begin(call);
    plain_put_us(out, "time_us", venue_clock(call->venue));
    json_open(out, "balances", '[');
    for (uint32_t i = 0; i < core_asset_count(core); i++) {
        struct core_balance balance;
        core_balance_at(core, call->key->account, i, venue_view(call->venue), &balance);
        json_open(out, NULL, '{');
        json_text(out, "asset", core_asset_name(core, i));
        plain_put_money(out, "free", balance.free);
        plain_put_money(out, "locked", balance.locked);
        json_close(out, '}');
    }
    json_close(out, ']');
    call_end(call);
}

static void get_order(struct call *call)
{
    uint32_t order;
    struct core_order then;
    if (!call_order(call, &order))
        return;
    if (!core_order_at(call->venue->core, order, venue_view(call->venue), &then)) {
        call_refuse_why(call, CORE_NOT_FOUND);
        return;
    }
    plain_put_order(call->venue->core, call_begin(call), "order", &then);
    call_end(call);
}

static void get_open_orders(struct call *call)
{
    const struct core *core = call->venue->core;
    uint32_t inst;
    struct core_order then;
    if (!call_inst(call, false, &inst))
        return;
    struct text *out = call_begin(call);
    json_open(out, "orders", '[');
    for (uint64_t id = 1; id <= core_order_count(core); id++) {
        const uint32_t place = core_order_by_id(core, id);
        const struct core_order *order = core_order(core, place);
        if (order->account == call->key->account && (inst == CORE_NONE || order->inst == inst) &&
            (core_is_open(order) || call->venue->stale_ns) &&
            core_order_at(core, place, venue_view(call->venue), &then) && core_is_open(&then))
            plain_put_order(core, out, NULL, &then);
    }
    json_close(out, ']');
    call_end(call);
}

struct page {
    int64_t after, limit;
    uint64_t next;
    uint32_t count;
    bool is_full;
};

static bool begin_page(struct call *call, const char *rows, struct page *page)
{
    *page = (struct page){0};
    if (!query_number(call, "after", 0, 0, INT64_MAX, &page->after) ||
        !query_number(call, "limit", 100, 1, PAGE_MAX, &page->limit))
        return false;
    page->next = (uint64_t)page->after;
    json_open(call_begin(call), rows, '[');
    return true;
}

/* False: the page is full. */
static bool page_takes(struct page *page, uint64_t number)
{
    page->is_full = page->count == (uint32_t)page->limit;
    if (page->is_full)
        return false;
    page->count++;
    page->next = number;
    return true;
}

static void end_page(struct call *call, const struct page *page)
{
    json_close(&call->ret->body, ']');
    json_int(&call->ret->body, "next", (int64_t)page->next);
    json_flag(&call->ret->body, "more", page->is_full);
    call_end(call);
}

static void get_order_history(struct call *call)
{
    const struct core *core = call->venue->core;
    struct page page;
    struct core_order then;
    if (!begin_page(call, "orders", &page))
        return;
    for (uint64_t id = page.next + 1; id <= core_order_count(core); id++) {
        const uint32_t place = core_order_by_id(core, id);
        if (core_order(core, place)->account != call->key->account ||
            !core_order_at(core, place, venue_view(call->venue), &then))
            continue;
        if (!page_takes(&page, id))
            break;
        plain_put_order(core, &call->ret->body, NULL, &then);
    }
    end_page(call, &page);
}

static void get_fills(struct call *call)
{
    const struct core *core = call->venue->core;
    struct page page;
    char from[8];
    if (!begin_page(call, "fills", &page))
        return;
    if (venue_query(call->ask, "from", from, sizeof from) && strcmp(from, "end") == 0) /* where to go on from later */
        page.next = core_fill_count(core);
    for (uint64_t number = page.next + 1; number <= core_fill_count(core); number++) {
        const struct core_fill *fill = core_fill(core, number);
        if (fill->account != call->key->account || fill->at_ns > venue_view(call->venue))
            continue;
        if (!page_takes(&page, number))
            break;
        plain_put_fill(core, &call->ret->body, NULL, fill);
    }
    end_page(call, &page);
}

static void get_ledger(struct call *call)
{
    static const char *const kinds[] = {
        [CORE_DEPOSIT] = "deposit", [CORE_WITHDRAWAL] = "withdrawal", [CORE_TRADED] = "trade", [CORE_FEE] = "fee"};
    const struct core *core = call->venue->core;
    struct text *out = &call->ret->body;
    struct page page;
    if (!begin_page(call, "rows", &page))
        return;
    for (uint64_t number = page.next + 1; number <= core_row_count(core); number++) {
        const struct core_row *row = core_row(core, number);
        if (row->account != call->key->account || row->at_ns > venue_view(call->venue))
            continue;
        if (!page_takes(&page, number))
            break;
        json_open(out, NULL, '{');
        json_int(out, "id", (int64_t)number);
        json_text(out, "kind", kinds[row->kind]);
        json_text(out, "asset", core_asset_name(core, row->asset));
        plain_put_money(out, "amount", row->amount);
        if (row->fill)
            json_int(out, "fill_id", (int64_t)row->fill);
        plain_put_us(out, "time_us", row->at_ns);
        json_close(out, '}');
    }
    end_page(call, &page);
}

/* ---- which is asked for ---- */

static const struct route routes[] = {
    {OC_METHOD_GET, "/v1/time", 1, 0, false, false, FAULT_OF_READS, get_time},
    {OC_METHOD_GET, "/v1/instruments", 5, 0, false, false, FAULT_OF_READS, get_instruments},
    {OC_METHOD_GET, "/v1/book", 2, 0, false, false, FAULT_OF_READS, get_book},
    {OC_METHOD_GET, "/v1/trades", 2, 0, false, false, FAULT_OF_READS, get_trades},
    {OC_METHOD_GET, "/v1/balances", 5, 0, true, false, FAULT_OF_READS, get_balances},
    {OC_METHOD_GET, "/v1/orders", 2, 0, true, false, FAULT_OF_READS, get_order},
    {OC_METHOD_GET, "/v1/open-orders", 5, 0, true, false, FAULT_OF_READS, get_open_orders},
    {OC_METHOD_GET, "/v1/order-history", 5, 0, true, false, FAULT_OF_READS, get_order_history},
    {OC_METHOD_GET, "/v1/fills", 5, 0, true, false, FAULT_OF_READS, get_fills},
    {OC_METHOD_GET, "/v1/ledger", 5, 0, true, false, FAULT_OF_READS, get_ledger},
    {OC_METHOD_POST, "/v1/orders", 1, 1, true, true, FAULT_OF_ORDERS, plain_post_order},
    {OC_METHOD_PATCH, "/v1/orders", 1, 1, true, true, FAULT_OF_AMENDS, plain_patch_order},
    {OC_METHOD_DELETE, "/v1/orders", 1, 0, true, true, FAULT_OF_CANCELS, plain_delete_order},
    {OC_METHOD_DELETE, "/v1/open-orders", 2, 0, true, true, FAULT_OF_CANCELS, plain_delete_open_orders},
};

static const struct route *route_of(const struct venue_ask *ask)
{
    const size_t size = strcspn(ask->path, "?");
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (routes[i].method == ask->method && strlen(routes[i].path) == size &&
            memcmp(routes[i].path, ask->path, size) == 0)
            return &routes[i];
    return NULL;
}

static enum fault_of of_ask(const struct venue_ask *ask)
{
    const struct route *route = route_of(ask);
    return route ? route->of : FAULT_OF_READS;
}

/* Whether the quotas let it pass. */
static bool is_within_quota(struct call *call, uint32_t weight, uint32_t orders)
{
    int64_t wait_ns = 0;
    struct quota *quota = &call->venue->quota;
    const enum quota_verdict verdict = quota_take(quota, venue_clock(call->venue), call->ask->address,
                                                  call->key ? call->key->id : NULL, weight, orders, &wait_ns);
    call->ret->used = quota_used(quota, venue_clock(call->venue), 0, call->ask->address);
    if (verdict == QUOTA_OK)
        return true;
    if (verdict == QUOTA_WAIT)
        call_refuse(call, 429, "TOO_MANY_REQUESTS", "more than this window has room for: wait, or you are banned");
    else
        call_refuse(call, 418, "BANNED",
                    "you went on when you were told to wait: nothing is answered until the ban is over");
    call->ret->retry_after_s = (wait_ns + 999999999) / 1000000000;
    return false;
}

/* METHOD, path with query, time, window and body, a line each. */
static bool is_authentic(struct call *call, const char **ret_code, const char **ret_words)
{
    static const char *const methods[] = {[OC_METHOD_GET] = "GET",
                                          [OC_METHOD_POST] = "POST",
                                          [OC_METHOD_PUT] = "PUT",
                                          [OC_METHOD_DELETE] = "DELETE",
                                          [OC_METHOD_PATCH] = "PATCH"};
    char key[CORE_NAME_MAX], time[24], window[12], sign[72];
    struct text text;
    venue_header(call->ask, "x-key", key, sizeof key);
    venue_header(call->ask, "x-time", time, sizeof time);
    venue_header(call->ask, "x-window", window, sizeof window);
    venue_header(call->ask, "x-sign", sign, sizeof sign);
    text_init_grow(&text, VENUE_BODY_MAX + VENUE_HEAD_MAX + 256);
    text_format(&text, "%s\n%s\n%s\n%s\n", methods[call->ask->method], call->ask->path, time, window);
    text_put_bytes(&text, call->ask->body, call->ask->body_size);
    call->key = plain_signed(call->venue, key, time, window, sign, &text, ret_code, ret_words);
    text_release(&text);
    return call->key != NULL;
}

static void answer(struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret)
{
    struct call call = {.venue = venue, .ask = ask, .ret = ret};
    const struct route *route = route_of(ask);
    const char *code = "", *words = "";
    const bool is_known = !route || !route->is_signed || is_authentic(&call, &code, &words);
    if (!is_within_quota(&call, route ? route->weight : ERRORS_COST, route ? route->orders : 0))
        return;
    if (!route)
        call_refuse(&call, 404, "NO_SUCH_PATH", "docs/rehearsal-venue.md lists what may be asked");
    else if (!is_known)
        call_refuse(&call, 401, code, words);
    else if (route->needs_trading && !call.key->may_trade)
        call_refuse(&call, 403, "KEY_MAY_NOT_TRADE", "this key may read, and not trade");
    else
        route->answer(&call);
}

static const struct face_inst insts[] = {
    {"BTC/USDT", "BTC", "USDT", {1, 2, 0}, {1, 5, 0}, 10, 100000000, {5, 0, 0}, 6000000},
    {"ETH/USDT", "ETH", "USDT", {1, 2, 0}, {1, 4, 0}, 10, 100000000, {5, 0, 0}, 300000},
    {"ETH/BTC", "ETH", "BTC", {1, 5, 0}, {1, 4, 0}, 10, 100000000, {1, 4, 0}, 5000},
};

static const struct quota_rule quotas[] = {{"weight", false, false, 6000, 60000000000ll},
                                           {"orders", true, true, 100, 10000000000ll}};

static const char *const headers[] = {"x-key:", "x-time:", "x-window:", "x-sign:", NULL};

const struct face face_plain = {.name = "plain",
                                .about = "REST and WebSocket, JSON, HMAC-SHA256",
                                .paths = "https /v1/..., wss /v1/stream",
                                .rules = {.open_max = 200},
                                .insts = insts,
                                .inst_count = 3,
                                .quotas = quotas,
                                .quota_count = 2,
                                .maker_ppm = 500,
                                .taker_ppm = 1000,
                                .money = "100000 USDT, 2 BTC",
                                .has_keys = true,
                                .headers = headers,
                                .of = of_ask,
                                .answer = answer,
                                .refuse = plain_refuse,
                                .sit = plain_sit,
                                .hear = plain_hear,
                                .tell = plain_tell,
                                .settled = plain_settled};
