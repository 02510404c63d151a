/* describe.c: what Binance.US offers, as constant data. */
#include "binance.h"

#define BIT(n) (1u << (n))
#define MINUTE (60 * SECOND)
#define HOUR   (3600 * SECOND)

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://api.binance.us", .env = OC_ENV_LIVE, .place = REST, .connections = 2},
    {.name = "stream", .urls = "wss://stream.binance.us:9443", .env = OC_ENV_LIVE, .place = STREAM},
    {.name = "rest", .urls = "https://localhost:7443", .env = OC_ENV_LOCAL, .place = REST, .connections = 2},
    {.name = "stream", .urls = "wss://localhost:7443", .env = OC_ENV_LOCAL, .place = STREAM}};

static const struct oc_credential credentials[] = {
    {.name = "api_key", .about = "sent as X-MBX-APIKEY", .kind = OC_CREDENTIAL_PUBLIC},
    {.name = "secret", .about = "signs by HMAC-SHA256", .kind = OC_CREDENTIAL_SECRET}};

/* As documented; the venue's own numbers (exchangeInfo) replace them. A part of the first two is kept for cancels. */
#define OF_ADDRESS(name, max, period, reserve)                                                                         \
    {                                                                                                                  \
        name, OC_SCOPE_ADDRESS, OC_LIMIT_WINDOW, max, period, reserve, 0, 0                                            \
    }
#define OF_ACKIT_COUNT(name, max, period)                                                                              \
    {                                                                                                                  \
        name, OC_SCOPE_ACCOUNT, OC_LIMIT_WINDOW, max, period, 0, 1, 0                                                  \
    }
static const struct oc_limit limits[] = {
    OF_ADDRESS("weight", 1200, MINUTE, 200000),
    OF_ADDRESS("raw", 5000, 5 * MINUTE, 100000),
    OF_ACKIT_COUNT("orders_10s", 100, 10 * SECOND),
    OF_ACKIT_COUNT("orders_1d", 200000, DAY),
    {"spoken", OC_SCOPE_CONNECTION, OC_LIMIT_SLIDING, 4, SECOND, 0, 0, 0}}; /* of 5: pongs count */

#define REPLACED (OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN | OC_AMEND_NEW_ID | OC_AMEND_NOT_ATOMIC)
#define LAST     BIT(OC_TRIGGER_LAST)
#define PRICE    OC_RQ_HAS_PRICE
#define STOP     OC_RQ_HAS_STOP
#define QTY      OC_RQ_HAS_QTY
#define GTC      BIT(OC_TIF_GTC)
#define ANY      (GTC | BIT(OC_TIF_IOC) | BIT(OC_TIF_FOK))
/* type, what sets it off, times in force, what it takes, what it needs, what can be changed */
static const struct oc_order_kind orders[] = {
    {OC_ORDER_MARKET, 0, BIT(OC_TIF_IOC), QTY | OC_RQ_HAS_QUOTE_QTY, 0, 0, 0, 0},
    {OC_ORDER_LIMIT, 0, ANY, QTY | OC_RQ_POST_ONLY | OC_RQ_HAS_DISPLAY, PRICE, REPLACED, 0, 0},
    {OC_ORDER_STOP, LAST, GTC, QTY, STOP, 0, 0, 0},
    {OC_ORDER_STOP_LIMIT, LAST, GTC, QTY, PRICE | STOP, REPLACED | OC_AMEND_STOP, 0, 0},
    {OC_ORDER_TAKE_PROFIT, LAST, GTC, QTY, STOP, 0, 0, 0},
    {OC_ORDER_TAKE_PROFIT_LIMIT, LAST, GTC, QTY, PRICE | STOP, REPLACED | OC_AMEND_STOP, 0, 0}};

static const struct oc_topic topics[] = {
    {.topic = OC_TOPIC_TRADES, .flags = OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_QUOTES, .flags = OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_BOOK, .chain = OC_CHAIN_RANGE, .flags = OC_TOPIC_EVERY, .every_ns = SECOND / 10},
    {.topic = OC_TOPIC_BARS, .flags = OC_TOPIC_FLAT, .every_ns = 2 * SECOND},
    {.topic = OC_TOPIC_FIGURES, .every_ns = SECOND},
    {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_EVERY | OC_TOPIC_OF_ACCOUNT}};

static const struct oc_fetchable fetches[] = {
    {.kind = OC_FETCH_TIME},
    {.kind = OC_FETCH_INSTRUMENTS},
    {.kind = OC_FETCH_CREDENTIALS},
    {.kind = OC_FETCH_BALANCES},
    {.kind = OC_FETCH_OPEN_ORDERS},
    {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID | OC_BY_INSTRUMENT},
    {.kind = OC_FETCH_FILLS, .by = OC_BY_INSTRUMENT | OC_BY_ORDER | OC_BY_TIME | OC_BY_CURSOR, .page_max = FILLS_PAGE},
    {.kind = OC_FETCH_ORDERS, .by = OC_BY_INSTRUMENT | OC_BY_TIME | OC_BY_CURSOR, .page_max = KIT_NAMES_MAX},
    {.kind = OC_FETCH_LEDGER, .by = OC_BY_TIME | OC_BY_CURSOR, .page_max = LEDGER_PAGE, .span_ns = 90 * DAY},
    {.kind = OC_FETCH_BOOK, .by = OC_BY_INSTRUMENT, .page_max = 1000},
    {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME, .page_max = 1000}};

static const int64_t bars[] = {MINUTE,   3 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,    2 * HOUR, 4 * HOUR,
                               6 * HOUR, 8 * HOUR,   12 * HOUR,  DAY,         3 * DAY,     7 * DAY, -1};
const char *const bn_bar_names[] = {"1m", "3m", "5m",  "15m", "30m", "1h", "2h", "4h",
                                    "6h", "8h", "12h", "1d",  "3d",  "1w", "1M"};

const struct oc_venue bn_venue = {
    .size = sizeof bn_venue,
    .flags = OC_CAN_CANCEL_BY_CLIENT | OC_CAN_CANCEL_ALL_BY_INST | OC_HAS_SIGNED_TIME,
    .venue = "binanceus",
    .protocol = "REST v3 and streams as of 2024-06-17; orders by REST (by WebSocket: not supported)",
    KIT_LIST(endpoints, endpoint_count, endpoints),
    KIT_LIST(credentials, credential_count, credentials),
    KIT_LIST(limits, limit_count, limits),
    KIT_LIST(orders, order_count, orders),
    KIT_LIST(topics, topic_count, topics),
    KIT_LIST(fetches, fetch_count, fetches),
    KIT_LIST(bars_ns, bar_count, bars),
    .client_form = OC_CLIENT_TEXT,
    .client_charset = OC_CLIENT_DASH,
    .client_max = 34, /* of 36: a cancel has two more before it */
    .subscribe_max = 100,
    .message_max = 16u << 20,
    .window_ns = WINDOW_NS,
    .absence_ns = 10 * SECOND, /* what was signed is void by then, and reading has caught up */
    .answer_ns = 5 * SECOND,
    .silence_ns = 30 * SECOND,
    .reconcile_ns = 60 * SECOND};
