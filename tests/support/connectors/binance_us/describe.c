/* describe.c: what Binance.US offers, as constant data. */
#include "binance.h"

#define BIT(n)      (1u << (n))
#define COUNT(list) (uint32_t)(sizeof(list) / sizeof *(list))
#define SECOND      INT64_C(1000000000)
#define DAY         (86400 * SECOND)

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://api.binance.us", .env = OC_ENV_LIVE, .place = REST, .connections = 2},
    {.name = "stream", .urls = "wss://stream.binance.us:9443", .env = OC_ENV_LIVE, .place = STREAM},
    {.name = "orders",
     .urls = "wss://ws-api.binance.us:443 wss://ws-api.binance.us:9443",
     .env = OC_ENV_LIVE,
     .place = ORDERS}};

static const struct oc_credential credentials[] = {
    {.name = "api_key", .about = "sent as X-MBX-APIKEY", .kind = OC_CREDENTIAL_SECRET},
    {.name = "secret", .about = "signs by HMAC-SHA256", .kind = OC_CREDENTIAL_SECRET}};

static const struct oc_limit limits[] = {
    {.name = "weight",
     .scope = OC_SCOPE_ADDRESS,
     .kind = OC_LIMIT_WINDOW,
     .max = 1200,
     .period_ns = 60 * SECOND,
     .reserve_ppm = 200000},
    {.name = "raw", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_WINDOW, .max = 5000, .period_ns = 300 * SECOND},
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
    {.name = "spoken", .scope = OC_SCOPE_CONNECTION, .kind = OC_LIMIT_SLIDING, .max = 5, .period_ns = SECOND}};

static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_MARKET, .tifs = BIT(OC_TIF_IOC), .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_QUOTE_QTY},
    {.type = OC_ORDER_LIMIT,
     .tifs = BIT(OC_TIF_GTC) | BIT(OC_TIF_IOC) | BIT(OC_TIF_FOK),
     .bits = OC_RQ_HAS_QTY | OC_RQ_POST_ONLY | OC_RQ_HAS_DISPLAY,
     .must = OC_RQ_HAS_PRICE,
     .amends = OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN | OC_AMEND_NEW_ID | OC_AMEND_NOT_ATOMIC |
               OC_AMEND_REST_ONLY,
     .links = BIT(OC_LINK_OCO)},
    {.type = OC_ORDER_STOP_LIMIT,
     .tifs = BIT(OC_TIF_GTC),
     .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_TRAIL_PPM,
     .must = OC_RQ_HAS_PRICE,
     .triggers = BIT(OC_TRIGGER_LAST),
     .links = BIT(OC_LINK_OCO)},
    {.type = OC_ORDER_TAKE_PROFIT_LIMIT,
     .tifs = BIT(OC_TIF_GTC),
     .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_TRAIL_PPM,
     .must = OC_RQ_HAS_PRICE,
     .triggers = BIT(OC_TRIGGER_LAST)}};

static const struct oc_topic topics[] = {
    {.topic = OC_TOPIC_TRADES, .flags = OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_QUOTES, .flags = OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_BARS},
    {.topic = OC_TOPIC_BOOK, .chain = OC_CHAIN_RANGE, .flags = OC_TOPIC_EVERY, .every_ns = SECOND / 10},
    {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_OF_ACCOUNT}};

static const struct oc_fetchable fetches[] = {
    {.kind = OC_FETCH_TIME},
    {.kind = OC_FETCH_INSTRUMENTS},
    {.kind = OC_FETCH_CREDENTIALS},
    {.kind = OC_FETCH_BALANCES},
    {.kind = OC_FETCH_OPEN_ORDERS},
    {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID | OC_BY_INSTRUMENT},
    {.kind = OC_FETCH_BOOK, .by = OC_BY_INSTRUMENT, .page_max = 1000},
    {.kind = OC_FETCH_FILLS,
     .by = OC_BY_INSTRUMENT | OC_BY_ORDER | OC_BY_CURSOR | OC_BY_TIME,
     .page_max = 1000,
     .span_ns = DAY},
    {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME, .page_max = 1000},
    {.kind = OC_FETCH_LEDGER, .by = OC_BY_TIME, .page_max = 1000, .span_ns = 90 * DAY}};

static const int64_t bars[] = {60 * SECOND, 180 * SECOND, 300 * SECOND, 900 * SECOND, 3600 * SECOND, DAY};

const struct oc_venue binance_venue = {.size = sizeof binance_venue,
                                       .flags =
                                           OC_CAN_CANCEL_BY_CLIENT | OC_CAN_CANCEL_ALL_BY_INST | OC_HAS_SIGNED_TIME,
                                       .venue = "binance_us",
                                       .protocol = "REST v3, 2024-06",
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
                                       .client_max = 36,
                                       .subscribe_max = 200,
                                       .message_max = 16u << 20,
                                       .window_ns = 5 * SECOND,
                                       .absence_ns = 60 * SECOND,
                                       .answer_ns = 5 * SECOND,
                                       .silence_ns = 600 * SECOND,
                                       .reconcile_ns = 30 * SECOND};
