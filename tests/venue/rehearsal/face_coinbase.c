/* face_coinbase.c: what the face `coinbase` is asked, who may ask it, and how often. */
#include "rehearsal/face_coinbase.h"

#include "base/json_out.h"
#include "rehearsal/token.h"

#include <stdio.h>

enum { OPEN, READS, TRADES };

struct route {
    uint8_t method;
    const char *path; /* ended by '*': and whatever stands behind it */
    uint32_t security;
    enum fault_of of;
    void (*answer)(struct cb_call *call);
};

/* ---- refusals ---- */

static void put_refusal(struct venue_answer *ret, uint32_t status, const char *error, const char *words)
{
    text_clear(&ret->body);
    ret->status = status;
    if (status == 401) { /* plain text */
        text_put(&ret->body, "Unauthorized");
        return;
    }
    json_open(&ret->body, NULL, '{');
    json_text(&ret->body, "error", error);
    json_text(&ret->body, "error_details", words);
    json_text(&ret->body, "message", words);
    json_close(&ret->body, '}');
}

void cb_refuse(struct cb_call *call, uint32_t status, const char *error, const char *words)
{
    put_refusal(call->ret, status, error, words);
}

/* Of the venue as such: maintenance, faults, a path that there is not; 429 in a form of its own. */
static void refuse_as_venue(struct venue_answer *ret, uint32_t status, const char *code, const char *words)
{
    put_refusal(ret, status, code, words);
    if (status != 429 && status != 418)
        return;
    text_clear(&ret->body);
    text_put(&ret->body, "{\"errors\":[{\"id\":\"rate_limit_exceeded\",\"message\":\"Too many requests\"}]}");
}

/* ---- what stands in a query ---- */

bool cb_asks_for(const struct cb_call *call, const char *name, const char *value)
{
    const size_t name_size = strlen(name), size = strlen(value);
    const char *at = strchr(call->ask->path, '?');
    bool is_named = false;
    while (at && *at) {
        at++;
        const size_t here = strcspn(at, "&");
        if (here > name_size && strncmp(at, name, name_size) == 0 && at[name_size] == '=') {
            is_named = true;
            if (here - name_size - 1 == size && memcmp(at + name_size + 1, value, size) == 0)
                return true;
        }
        at += here;
    }
    return !is_named;
}

int64_t cb_number(const struct cb_call *call, const char *name, int64_t fallback)
{
    char text[24];
    int64_t number;
    return venue_query(call->ask, name, text, sizeof text) && text_to_int(text, strlen(text), &number) == OC_OK
               ? number
               : fallback;
}

/* ---- which is asked for ---- */

static void get_time(struct cb_call *call)
{
    const int64_t now_ns = venue_clock(call->venue);
    struct text *out = &call->ret->body;
    char number[24];
    json_open(out, NULL, '{');
    json_time(out, "iso", now_ns);
    snprintf(number, sizeof number, "%lld", (long long)(now_ns / 1000000000));
    json_text(out, "epochSeconds", number);
    snprintf(number, sizeof number, "%lld", (long long)(now_ns / 1000000));
    json_text(out, "epochMillis", number);
    json_close(out, '}');
}

#define GET(path, security, answer)                                                                                    \
    {                                                                                                                  \
        OC_METHOD_GET, path, security, FAULT_OF_READS, answer                                                          \
    }
static const struct route routes[] = {
    GET("/time", OPEN, get_time),
    GET("/market/products", OPEN, cb_get_products),
    GET("/products", READS, cb_get_products),
    GET("/market/product_book", OPEN, cb_get_book),
    GET("/product_book", READS, cb_get_book),
    GET("/market/products/*", OPEN, cb_get_product),
    GET("/products/*", READS, cb_get_product),
    GET("/key_permissions", READS, cb_get_permissions),
    GET("/transaction_summary", READS, cb_get_summary),
    GET("/accounts", READS, cb_get_accounts),
    GET("/orders/historical/*", READS, cb_get_orders),
    {OC_METHOD_POST, "/orders", TRADES, FAULT_OF_ORDERS, cb_post_order},
    {OC_METHOD_POST, "/orders/preview", TRADES, FAULT_OF_READS, cb_post_preview},
    {OC_METHOD_POST, "/orders/batch_cancel", TRADES, FAULT_OF_CANCELS, cb_post_cancel},
    {OC_METHOD_POST, "/orders/edit", TRADES, FAULT_OF_AMENDS, cb_post_edit},
};

/* *ret_rest: behind what a path of several names. */
static const struct route *route_of(const struct venue_ask *ask, const char **ret_rest)
{
    static const char api[] = "/api/v3/brokerage";
    const size_t api_size = sizeof api - 1, size = strcspn(ask->path, "?");
    *ret_rest = ask->path + size;
    if (size <= api_size || memcmp(ask->path, api, api_size) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        const size_t wanted = strcspn(routes[i].path, "*");
        const bool is_open = routes[i].path[wanted] == '*';
        if (routes[i].method != ask->method || (is_open ? size - api_size <= wanted : size - api_size != wanted) ||
            memcmp(ask->path + api_size, routes[i].path, wanted) != 0)
            continue;
        *ret_rest = ask->path + api_size + wanted;
        return &routes[i];
    }
    return NULL;
}

static enum fault_of of_ask(const struct venue_ask *ask)
{
    const char *rest;
    const struct route *route = route_of(ask, &rest);
    return route ? route->of : FAULT_OF_READS;
}

static struct venue_key *key_of(struct cb_call *call)
{
    static const char bearer[] = "Bearer ";
    char value[VENUE_HEAD_MAX];
    venue_header(call->ask, "authorization", value, sizeof value);
    return strncmp(value, bearer, sizeof bearer - 1) != 0
               ? NULL
               : token_key(call->venue, value + sizeof bearer - 1, strlen(value) - sizeof bearer + 1,
                           call->ask->method == OC_METHOD_POST ? "POST" : "GET", call->ask->path,
                           strcspn(call->ask->path, "?"));
}

static void answer(struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret)
{
    struct cb_call call = {.venue = venue, .ask = ask, .ret = ret};
    const struct route *route = route_of(ask, &call.rest);
    int64_t wait_ns = 0;
    call.rest_size = strcspn(call.rest, "?");
    call.key = route && route->security != OPEN ? key_of(&call) : NULL;
    ret->status = 200;
    if (!route) {
        cb_refuse(&call, 404, "NOT_FOUND", "there is no such path");
        return;
    }
    if (route->security != OPEN && !call.key) {
        cb_refuse(&call, 401, "", "");
        return;
    }
    const char *who = call.key ? core_account(venue->core, call.key->account)->name : ask->address;
    if (quota_take(&venue->quota, venue_clock(venue), who, NULL, 1, 0, &wait_ns) != QUOTA_OK)
        refuse_as_venue(ret, 429, "", "");
    else if (route->security == TRADES && call.key && !call.key->may_trade)
        cb_refuse(&call, 403, "PERMISSION_DENIED", "Missing required scopes");
    else
        route->answer(&call);
}

static const struct face_inst insts[] = {
    {"BTC-USD", "BTC", "USD", {1, 2, 0}, {1, 8, 0}, 1, 340000000000, {1, 0, 0}, 6000000},
    {"ETH-USD", "ETH", "USD", {1, 2, 0}, {1, 8, 0}, 1, 340000000000, {1, 0, 0}, 300000},
    {"ETH-BTC", "ETH", "BTC", {1, 5, 0}, {1, 8, 0}, 1, 340000000000, {1, 5, 0}, 5000},
};

/* Of an address, or of whom the key is. */
static const struct quota_rule quotas[] = {{"requests", false, false, 30, 1000000000ll}};

static const char *const headers[] = {"authorization:", NULL};

const struct face face_coinbase = {.name = "coinbase",
                                   .about = "as Coinbase Advanced: REST /api/v3/brokerage by tokens, one stream",
                                   .paths = "https /api/v3/brokerage/..., wss /",
                                   .rules = {.ids_while_open = false, .fee_of_received = false, .open_max = 500},
                                   .insts = insts,
                                   .inst_count = 3,
                                   .quotas = quotas,
                                   .quota_count = 1,
                                   .maker_ppm = 1500,
                                   .taker_ppm = 2500,
                                   .money = "100000 USD, 2 BTC, 10 ETH",
                                   .has_keys = true,
                                   .has_tokens = true,
                                   .headers = headers,
                                   .of = of_ask,
                                   .answer = answer,
                                   .refuse = refuse_as_venue,
                                   .sit = cb_sit,
                                   .hear = cb_hear,
                                   .tell = cb_tell,
                                   .settled = cb_settled,
                                   .beat = cb_beat};
