/* describe.c: what Binance.US offers, as constant data. */
#include "binance.h"

#define BIT(n)      (1u << (n))
#define COUNT(list) (uint32_t)(sizeof(list) / sizeof *(list))
#define MINUTE      (60 * SECOND)
#define HOUR        (3600 * SECOND)

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://api.binance.us", .env = OC_ENV_LIVE, .place = REST, .connections = 2},
    {.name = "stream", .urls = "wss://stream.binance.us:9443", .env = OC_ENV_LIVE, .place = STREAM},
    {.name = "rest", .urls = "https://localhost:7443", .env = OC_ENV_LOCAL, .place = REST, .connections = 2},
    {.name = "stream", .urls = "wss://localhost:7443", .env = OC_ENV_LOCAL, .place = STREAM}};

static const struct oc_credential credentials[] = {
    {.name = "api_key", .about = "sent as X-MBX-APIKEY", .kind = OC_CREDENTIAL_PUBLIC},
    {.name = "secret", .about = "signs by HMAC-SHA256", .kind = OC_CREDENTIAL_SECRET}};

/* As documented; the venue's own numbers (exchangeInfo) replace them. */
static const struct oc_limit limits[] = {{.name = "weight",
                                          .scope = OC_SCOPE_ADDRESS,
                                          .kind = OC_LIMIT_WINDOW,
                                          .max = 1200,
                                          .period_ns = MINUTE,
                                          .reserve_ppm = 200000},
                                         {.name = "raw",
                                          .scope = OC_SCOPE_ADDRESS,
                                          .kind = OC_LIMIT_WINDOW,
                                          .max = 5000,
                                          .period_ns = 5 * MINUTE,
                                          .reserve_ppm = 100000},
                                         {.name = "orders_10s",
                                          .scope = OC_SCOPE_ACCOUNT,
                                          .kind = OC_LIMIT_WINDOW,
                                          .max = 100,
                                          .period_ns = 10 * SECOND,
                                          .orders = 1},
                                         {.name = "orders_1d",
                                          .scope = OC_SCOPE_ACCOUNT,
                                          .kind = OC_LIMIT_WINDOW,
                                          .max = 200000,
                                          .period_ns = DAY,
                                          .orders = 1},
                                         {.name = "spoken",
                                          .scope = OC_SCOPE_CONNECTION,
                                          .kind = OC_LIMIT_SLIDING,
                                          .max = 4,
                                          .period_ns = SECOND}}; /* of 5: pongs count */

#define REPLACED (OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN | OC_AMEND_NEW_ID | OC_AMEND_NOT_ATOMIC)

static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_MARKET, .tifs = BIT(OC_TIF_IOC), .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_QUOTE_QTY},
    {.type = OC_ORDER_LIMIT,
     .tifs = BIT(OC_TIF_GTC) | BIT(OC_TIF_IOC) | BIT(OC_TIF_FOK),
     .bits = OC_RQ_HAS_QTY | OC_RQ_POST_ONLY | OC_RQ_HAS_DISPLAY,
     .must = OC_RQ_HAS_PRICE,
     .amends = REPLACED},
    {.type = OC_ORDER_STOP,
     .tifs = BIT(OC_TIF_GTC),
     .bits = OC_RQ_HAS_QTY,
     .must = OC_RQ_HAS_STOP,
     .triggers = BIT(OC_TRIGGER_LAST)},
    {.type = OC_ORDER_STOP_LIMIT,
     .tifs = BIT(OC_TIF_GTC),
     .bits = OC_RQ_HAS_QTY,
     .must = OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP,
     .amends = REPLACED | OC_AMEND_STOP,
     .triggers = BIT(OC_TRIGGER_LAST)},
    {.type = OC_ORDER_TAKE_PROFIT,
     .tifs = BIT(OC_TIF_GTC),
     .bits = OC_RQ_HAS_QTY,
     .must = OC_RQ_HAS_STOP,
     .triggers = BIT(OC_TRIGGER_LAST)},
    {.type = OC_ORDER_TAKE_PROFIT_LIMIT,
     .tifs = BIT(OC_TIF_GTC),
     .bits = OC_RQ_HAS_QTY,
     .must = OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP,
     .amends = REPLACED | OC_AMEND_STOP,
     .triggers = BIT(OC_TRIGGER_LAST)}};

static const struct oc_topic topics[] = {
    {.topic = OC_TOPIC_TRADES, .flags = OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_QUOTES, .flags = OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_BOOK, .chain = OC_CHAIN_RANGE, .flags = OC_TOPIC_EVERY, .every_ns = SECOND / 10},
    {.topic = OC_TOPIC_BARS, .flags = OC_TOPIC_FLAT, .every_ns = 2 * SECOND},
    {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_EVERY | OC_TOPIC_OF_ACCOUNT}};

static const struct oc_fetchable fetches[] = {
    {.kind = OC_FETCH_TIME},
    {.kind = OC_FETCH_INSTRUMENTS},
    {.kind = OC_FETCH_CREDENTIALS},
    {.kind = OC_FETCH_BALANCES},
    {.kind = OC_FETCH_OPEN_ORDERS},
    {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID | OC_BY_INSTRUMENT},
    {.kind = OC_FETCH_FILLS, .by = OC_BY_INSTRUMENT | OC_BY_ORDER | OC_BY_CURSOR, .page_max = FILLS_PAGE},
    {.kind = OC_FETCH_BOOK, .by = OC_BY_INSTRUMENT, .page_max = 1000},
    {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME, .page_max = 1000}};

static const int64_t bars[] = {MINUTE,   3 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,    2 * HOUR, 4 * HOUR,
                               6 * HOUR, 8 * HOUR,   12 * HOUR,  DAY,         3 * DAY,     7 * DAY, -1};

static const struct {
    const char *name;
    int64_t ns;
} periods[] = {{"1m", MINUTE},     {"3m", 3 * MINUTE}, {"5m", 5 * MINUTE}, {"15m", 15 * MINUTE}, {"30m", 30 * MINUTE},
               {"1h", HOUR},       {"2h", 2 * HOUR},   {"4h", 4 * HOUR},   {"6h", 6 * HOUR},     {"8h", 8 * HOUR},
               {"12h", 12 * HOUR}, {"1d", DAY},        {"3d", 3 * DAY},    {"1w", 7 * DAY},      {"1M", -1}};

const char *bn_period_name(int64_t period_ns)
{
    for (size_t i = 0; i < COUNT(periods); i++)
        if (periods[i].ns == period_ns)
            return periods[i].name;
    return NULL;
}

int64_t bn_period(struct kit_json_text name)
{
    for (size_t i = 0; i < COUNT(periods); i++)
        if (kit_json_is(name, periods[i].name, strlen(periods[i].name)))
            return periods[i].ns;
    return 0;
}

const struct oc_venue bn_venue = {.size = sizeof bn_venue,
                                  .flags = OC_CAN_CANCEL_BY_CLIENT | OC_CAN_CANCEL_ALL_BY_INST | OC_HAS_SIGNED_TIME,
                                  .venue = "binanceus",
                                  .protocol = "REST v3 and streams as of 2024-06-17",
                                  .endpoints = endpoints,
                                  .credentials = credentials,
                                  .limits = limits,
                                  .orders = orders,
                                  .topics = topics,
                                  .fetches = fetches,
                                  .bars_ns = bars,
                                  .endpoint_count = COUNT(endpoints),
                                  .credential_count = COUNT(credentials),
                                  .limit_count = COUNT(limits),
                                  .order_count = COUNT(orders),
                                  .topic_count = COUNT(topics),
                                  .fetch_count = COUNT(fetches),
                                  .bar_count = COUNT(bars),
                                  .client_form = OC_CLIENT_TEXT,
                                  .client_charset = OC_CLIENT_DASH,
                                  .client_max = 34, /* of 36: a cancel has two more before it */
                                  .subscribe_max = 100,
                                  .message_max = 16u << 20,
                                  .window_ns = 5 * SECOND,
                                  .absence_ns =
                                      10 * SECOND, /* what was signed is void by then, and reading has caught up */
                                  .answer_ns = 5 * SECOND,
                                  .silence_ns = 30 * SECOND,
                                  .reconcile_ns = 60 * SECOND};
