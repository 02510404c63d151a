/* describe.c: what OANDA v20 offers, as constant data. */
#include "oanda.h"

#define BIT(n) (1u << (n))
#define SECOND INT64_C(1000000000)

static const struct oc_endpoint endpoints[] = {
    {.name = "rest",
     .urls = "https://api-fxtrade.oanda.com",
     .env = OC_ENV_LIVE,
     .place = REST,
     .connections = 2,
     .connects_per_second = 2},
    {.name = "rest",
     .urls = "https://api-fxpractice.oanda.com",
     .env = OC_ENV_PRACTICE,
     .place = REST,
     .connections = 2,
     .connects_per_second = 2},
    {.name = "stream", .urls = "https://stream-fxtrade.oanda.com", .env = OC_ENV_LIVE, .place = STREAMING},
    {.name = "stream", .urls = "https://stream-fxpractice.oanda.com", .env = OC_ENV_PRACTICE, .place = STREAMING}};

static const struct oc_credential credentials[] = {
    {.name = "token", .about = "personal access token", .kind = OC_CREDENTIAL_SECRET}};

static const struct oc_limit limits[] = {
    {.name = "requests",
     .scope = OC_SCOPE_ADDRESS,
     .kind = OC_LIMIT_BUCKET,
     .max = 100,
     .period_ns = SECOND,
     .reserve_ppm = 200000},
    {.name = "connects", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_BUCKET, .max = 2, .period_ns = SECOND},
    {.name = "streams", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_CONCURRENT, .max = 20}};

#define LASTING (BIT(OC_TIF_GTC) | BIT(OC_TIF_GTD) | BIT(OC_TIF_DAY))
#define ANY     (OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY | OC_RQ_OPEN_ONLY | OC_RQ_HAS_BOUND)
#define REPLACED                                                                                                       \
    (OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN | OC_AMEND_STOP | OC_AMEND_NEW_ID | OC_AMEND_REST_ONLY)

static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_MARKET, .tifs = BIT(OC_TIF_FOK) | BIT(OC_TIF_IOC), .bits = ANY, .links = BIT(OC_LINK_BRACKET)},
    {.type = OC_ORDER_LIMIT,
     .tifs = LASTING | BIT(OC_TIF_FOK) | BIT(OC_TIF_IOC),
     .bits = ANY,
     .must = OC_RQ_HAS_PRICE,
     .amends = REPLACED,
     .links = BIT(OC_LINK_BRACKET)},
    {.type = OC_ORDER_STOP,
     .tifs = LASTING,
     .bits = ANY,
     .must = OC_RQ_HAS_STOP,
     .amends = REPLACED,
     .links = BIT(OC_LINK_BRACKET),
     .triggers = BIT(OC_TRIGGER_BID) | BIT(OC_TRIGGER_ASK) | BIT(OC_TRIGGER_MID) | BIT(OC_TRIGGER_OPPOSITE)},
    {.type = OC_ORDER_TAKE_PROFIT,
     .tifs = LASTING,
     .bits = ANY,
     .must = OC_RQ_HAS_STOP,
     .amends = REPLACED,
     .links = BIT(OC_LINK_BRACKET)}};

static const struct oc_topic topics[] = {
    {.topic = OC_TOPIC_BOOK, .depth = 10, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_OF_ACCOUNT, .every_ns = SECOND / 4},
    {.topic = OC_TOPIC_QUOTES, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_OF_ACCOUNT, .every_ns = SECOND / 4},
    {.topic = OC_TOPIC_STATUS, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_OF_ACCOUNT, .every_ns = SECOND / 4},
    {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_EVERY | OC_TOPIC_OF_ACCOUNT}};

static const struct oc_fetchable fetches[] = {
    {.kind = OC_FETCH_CREDENTIALS},
    {.kind = OC_FETCH_ACCOUNTS},
    {.kind = OC_FETCH_INSTRUMENTS},
    {.kind = OC_FETCH_BALANCES},
    {.kind = OC_FETCH_POSITIONS},
    {.kind = OC_FETCH_OPEN_ORDERS},
    {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID},
    {.kind = OC_FETCH_FILLS, .by = OC_BY_CURSOR, .page_max = 1000},
    {.kind = OC_FETCH_LEDGER, .by = OC_BY_CURSOR, .page_max = 1000},
    {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME, .page_max = 5000}};

static const int64_t bars[] = {5 * SECOND, 60 * SECOND, 3600 * SECOND, 86400 * SECOND};

const struct oc_venue oanda_venue = {.size = sizeof oanda_venue,
                                     .flags = OC_CAN_CANCEL_BY_CLIENT | OC_CAN_CLOSE | OC_CAN_PROTECT,
                                     .venue = "oanda",
                                     .protocol = "v20 3.0.25",
                                     KIT_LIST(endpoints, endpoint_count, endpoints),
                                     KIT_LIST(credentials, credential_count, credentials),
                                     KIT_LIST(limits, limit_count, limits),
                                     KIT_LIST(orders, order_count, orders),
                                     KIT_LIST(topics, topic_count, topics),
                                     KIT_LIST(fetches, fetch_count, fetches),
                                     KIT_LIST(bars_ns, bar_count, bars),
                                     .client_form = OC_CLIENT_TEXT,
                                     .client_charset = OC_CLIENT_DASH,
                                     .client_max = 64,
                                     .message_max = 8u << 20,
                                     .absence_ns = 60 * SECOND,
                                     .answer_ns = 10 * SECOND,
                                     .silence_ns = 10 * SECOND,
                                     .reconcile_ns = 30 * SECOND};
