/* describe.c: what Coinbase Advanced offers, as constant data. */
#include "coinbase.h"

#define BIT(n) (1u << (n))
#define SECOND INT64_C(1000000000)

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://api.coinbase.com", .env = OC_ENV_LIVE, .place = REST, .connections = 4},
    {.name = "rest", .urls = "https://api-sandbox.coinbase.com", .env = OC_ENV_TESTNET, .place = REST},
    {.name = "market",
     .urls = "wss://advanced-trade-ws.coinbase.com",
     .env = OC_ENV_LIVE,
     .place = MARKET,
     .connects_per_second = 1},
    {.name = "user",
     .urls = "wss://advanced-trade-ws-user.coinbase.com wss://advanced-trade-ws.coinbase.com",
     .env = OC_ENV_LIVE,
     .place = USER,
     .connects_per_second = 1}};

static const struct oc_credential credentials[] = {
    {.name = "key_name", .about = "organizations/.../apiKeys/...", .kind = OC_CREDENTIAL_PUBLIC},
    {.name = "private_key", .about = "EC private key", .kind = OC_CREDENTIAL_SECRET, .form = OC_CREDENTIAL_PEM}};

static const struct oc_limit limits[] = {
    {.name = "private",
     .scope = OC_SCOPE_KEY,
     .kind = OC_LIMIT_BUCKET,
     .max = 30,
     .period_ns = SECOND,
     .reserve_ppm = 200000},
    {.name = "public", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_BUCKET, .max = 10, .period_ns = SECOND},
    {.name = "connect", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_BUCKET, .max = 1, .period_ns = SECOND},
    {.name = "messages", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_BUCKET, .max = 8, .period_ns = SECOND}};

static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_MARKET,
     .tifs = BIT(OC_TIF_IOC),
     .bits = OC_RQ_HAS_QTY | OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE},
    {.type = OC_ORDER_LIMIT,
     .tifs = BIT(OC_TIF_GTC) | BIT(OC_TIF_GTD) | BIT(OC_TIF_IOC) | BIT(OC_TIF_FOK),
     .bits = OC_RQ_HAS_QTY | OC_RQ_POST_ONLY,
     .must = OC_RQ_HAS_PRICE,
     .amends = OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN,
     .links = BIT(OC_LINK_BRACKET)},
    {.type = OC_ORDER_STOP_LIMIT,
     .tifs = BIT(OC_TIF_GTC) | BIT(OC_TIF_GTD),
     .bits = OC_RQ_HAS_QTY,
     .must = OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP,
     .triggers = BIT(OC_TRIGGER_LAST),
     .amends = OC_AMEND_PRICE | OC_AMEND_STOP | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN}};

static const struct oc_topic topics[] = {
    {.topic = OC_TOPIC_TRADES, .flags = OC_TOPIC_EVERY, .every_ns = SECOND / 4},
    {.topic = OC_TOPIC_QUOTES},
    {.topic = OC_TOPIC_BOOK, .chain = OC_CHAIN_NONE, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_OF_ACCOUNT}};

static const struct oc_fetchable fetches[] = {
    {.kind = OC_FETCH_TIME},
    {.kind = OC_FETCH_CREDENTIALS},
    {.kind = OC_FETCH_INSTRUMENTS},
    {.kind = OC_FETCH_BALANCES, .page_max = 250},
    {.kind = OC_FETCH_OPEN_ORDERS, .page_max = 250},
    {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID},
    {.kind = OC_FETCH_FILLS, .by = OC_BY_ORDER | OC_BY_TIME | OC_BY_CURSOR, .page_max = 250},
    {.kind = OC_FETCH_LEDGER, .by = OC_BY_ASSET | OC_BY_CURSOR, .page_max = 100, .flags = OC_FETCH_NEWEST_FIRST},
    {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME, .page_max = 350, .flags = OC_FETCH_NEWEST_FIRST}};

static const int64_t bars[] = {60 * SECOND, 300 * SECOND, 900 * SECOND, 3600 * SECOND, 86400 * SECOND};

const struct oc_venue coinbase_venue = {.size = sizeof coinbase_venue,
                                        .flags = OC_HAS_SUMS_ONLY | OC_HAS_REPLAY | OC_HAS_SIGNED_TIME,
                                        .venue = "coinbase",
                                        .protocol = "Advanced Trade v3, 2026-07",
                                        KIT_LIST(endpoints, endpoint_count, endpoints),
                                        KIT_LIST(credentials, credential_count, credentials),
                                        KIT_LIST(limits, limit_count, limits),
                                        KIT_LIST(orders, order_count, orders),
                                        KIT_LIST(topics, topic_count, topics),
                                        KIT_LIST(fetches, fetch_count, fetches),
                                        KIT_LIST(bars_ns, bar_count, bars),
                                        .client_form = OC_CLIENT_TEXT,
                                        .client_charset = OC_CLIENT_DASH,
                                        .client_max = 36,
                                        .batch_cancel = 100,
                                        .subscribe_max = 1000,
                                        .message_max = 16u << 20,
                                        .window_ns = 60 * SECOND,
                                        .absence_ns = 60 * SECOND,
                                        .answer_ns = 5 * SECOND,
                                        .silence_ns = 5 * SECOND,
                                        .reconcile_ns = 30 * SECOND};
