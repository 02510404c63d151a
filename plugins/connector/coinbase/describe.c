/* describe.c: what Coinbase Advanced offers, as constant data. */
#include "coinbase.h"

#define BIT(n) (1u << (n))
#define MINUTE (60 * SECOND)
#define HOUR   (3600 * SECOND)

static const struct oc_endpoint endpoints[] = {
    {.name = "rest", .urls = "https://api.coinbase.com", .env = OC_ENV_LIVE, .place = REST, .connections = 2},
    {.name = "market", .urls = "wss://advanced-trade-ws.coinbase.com", .env = OC_ENV_LIVE, .place = MARKET},
    {.name = "user",
     .urls = "wss://advanced-trade-ws-user.coinbase.com wss://advanced-trade-ws.coinbase.com",
     .env = OC_ENV_LIVE,
     .place = USER},
    {.name = "rest", .urls = "https://localhost:7443", .env = OC_ENV_LOCAL, .place = REST, .connections = 2},
    {.name = "market", .urls = "wss://localhost:7443", .env = OC_ENV_LOCAL, .place = MARKET},
    {.name = "user", .urls = "wss://localhost:7443", .env = OC_ENV_LOCAL, .place = USER}};

static const struct oc_credential credentials[] = {
    {.name = "key_name", .about = "organizations/.../apiKeys/...: stands in each token", .kind = OC_CREDENTIAL_PUBLIC},
    {.name = "private_key",
     .about = "signs each token: PEM of P-256, or what `signature` says",
     .kind = OC_CREDENTIAL_SECRET,
     .form = OC_CREDENTIAL_PEM}};

/* The first two stand in the settings too: the venue prints no figure any more. */
static const struct oc_limit limits[] = {{"private", OC_SCOPE_KEY, OC_LIMIT_BUCKET, 30, SECOND, 200000, 0, 0},
                                         {"public", OC_SCOPE_ADDRESS, OC_LIMIT_BUCKET, 10, SECOND, 0, 0, 0},
                                         {"connects", OC_SCOPE_ADDRESS, OC_LIMIT_SLIDING, 1, SECOND, 0, 0, 0},
                                         {"spoken", OC_SCOPE_ADDRESS, OC_LIMIT_SLIDING, 7, SECOND, 0, 0, 0}}; /* of 8 */

#define CHANGED (OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN)
#define LAST    BIT(OC_TRIGGER_LAST)
#define PRICE   OC_RQ_HAS_PRICE
#define STOP    OC_RQ_HAS_STOP
#define QTY     OC_RQ_HAS_QTY
#define RESTING (BIT(OC_TIF_GTC) | BIT(OC_TIF_GTD))
#define ANY     (RESTING | BIT(OC_TIF_IOC) | BIT(OC_TIF_FOK))
/* type, what sets it off, times in force, what it takes, what it needs, what can be changed */
static const struct oc_order_kind orders[] = {
    {OC_ORDER_MARKET, 0, BIT(OC_TIF_IOC), QTY | OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE, 0, 0, 0, 0},
    {OC_ORDER_LIMIT, 0, ANY, QTY | OC_RQ_POST_ONLY, PRICE, CHANGED, 0, 0},
    {OC_ORDER_STOP_LIMIT, LAST, RESTING, QTY, PRICE | STOP, CHANGED | OC_AMEND_STOP, 0, 0},
    {OC_ORDER_TAKE_PROFIT_LIMIT, LAST, RESTING, QTY, PRICE | STOP, CHANGED | OC_AMEND_STOP, 0, 0}};

static const struct oc_topic topics[] = {
    {.topic = OC_TOPIC_TRADES, .flags = OC_TOPIC_EVERY, .every_ns = SECOND / 4},
    {.topic = OC_TOPIC_QUOTES},
    {.topic = OC_TOPIC_BOOK, .chain = OC_CHAIN_NONE, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_EVERY},
    {.topic = OC_TOPIC_BARS, .every_ns = SECOND},
    {.topic = OC_TOPIC_FIGURES, .every_ns = 5 * SECOND},
    {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_OF_ACCOUNT}};

static const struct oc_fetchable fetches[] = {
    {.kind = OC_FETCH_TIME},
    {.kind = OC_FETCH_INSTRUMENTS},
    {.kind = OC_FETCH_CREDENTIALS},
    {.kind = OC_FETCH_BALANCES, .page_max = ACCOUNTS_PAGE},
    {.kind = OC_FETCH_OPEN_ORDERS, .page_max = ORDERS_PAGE},
    {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID},
    {.kind = OC_FETCH_FILLS, .by = OC_BY_ORDER | OC_BY_TIME | OC_BY_CURSOR, .page_max = FILLS_PAGE},
    {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME, .page_max = BARS_PAGE}};

static const int64_t bars[] = {MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 24 * HOUR};
const char *const cb_bar_names[] = {"ONE_MINUTE", "FIVE_MINUTE", "FIFTEEN_MINUTE", "THIRTY_MINUTE",
                                    "ONE_HOUR",   "TWO_HOUR",    "SIX_HOUR",       "ONE_DAY"};

const struct oc_venue cb_venue = {
    .size = sizeof cb_venue,
    .flags = OC_HAS_SUMS_ONLY | OC_HAS_REPLAY | OC_HAS_UNIQUE_IDS | OC_HAS_SIGNED_TIME,
    .venue = "coinbase",
    .protocol = "Advanced Trade REST v3 and streams as of 2026-07",
    KIT_LIST(endpoints, endpoint_count, endpoints),
    KIT_LIST(credentials, credential_count, credentials),
    KIT_LIST(limits, limit_count, limits),
    KIT_LIST(orders, order_count, orders),
    KIT_LIST(topics, topic_count, topics),
    KIT_LIST(fetches, fetch_count, fetches),
    KIT_LIST(bars_ns, bar_count, bars),
    .client_form = OC_CLIENT_TEXT,
    .client_charset = OC_CLIENT_UUID,
    .client_max = 36,
    .batch_cancel = 50,
    .subscribe_max = 100,
    .message_max = 16u << 20,
    .window_ns = 20 * SECOND,              /* a token holds from now on; as long as it does, an order may arrive */
    .absence_ns = (TOKEN_S + 10) * SECOND, /* and one that was just placed may be unknown to a question */
    .answer_ns = 5 * SECOND,
    .silence_ns = 10 * SECOND, /* heartbeats come each second */
    .reconcile_ns = 60 * SECOND};
