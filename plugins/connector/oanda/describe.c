/* describe.c: what OANDA v20 offers, as constant data. */
#include "oanda.h"

#define BIT(n) (1u << (n))
#define MINUTE (60 * SECOND)
#define HOUR   (3600 * SECOND)

/* Two new connections a second, and a hundred requests of the 120 that an address has. */
#define HOSTS(name, urls, env, place)                                                                                  \
    {                                                                                                                  \
        name, urls, NULL, env, place, place == REST ? 2 : 0, 2, 0                                                      \
    }
static const struct oc_endpoint endpoints[] = {
    HOSTS("rest", "https://api-fxtrade.oanda.com", OC_ENV_LIVE, REST),
    HOSTS("stream", "https://stream-fxtrade.oanda.com", OC_ENV_LIVE, STREAM),
    HOSTS("rest", "https://api-fxpractice.oanda.com", OC_ENV_PRACTICE, REST),
    HOSTS("stream", "https://stream-fxpractice.oanda.com", OC_ENV_PRACTICE, STREAM),
    HOSTS("rest", "https://localhost:7443", OC_ENV_LOCAL, REST),
    HOSTS("stream", "https://localhost:7443", OC_ENV_LOCAL, STREAM)};

static const struct oc_credential credentials[] = {
    {.name = "token", .about = "personal access token", .kind = OC_CREDENTIAL_SECRET},
    {.name = "account_id", .about = "account number, as 101-004-1234567-001", .kind = OC_CREDENTIAL_PUBLIC}};

static const struct oc_limit limits[] = {{"requests", OC_SCOPE_ADDRESS, OC_LIMIT_BUCKET, 100, SECOND, 200000, 0, 0},
                                         {"connects", OC_SCOPE_ADDRESS, OC_LIMIT_BUCKET, 2, SECOND, 0, 0, 0}};

#define RESTS    (BIT(OC_TIF_GTC) | BIT(OC_TIF_GTD) | BIT(OC_TIF_DAY))
#define AT_ONCE  (BIT(OC_TIF_IOC) | BIT(OC_TIF_FOK))
#define ANY      (OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY | OC_RQ_OPEN_ONLY)
#define REPLACED (OC_AMEND_PRICE | OC_AMEND_QTY_UP | OC_AMEND_QTY_DOWN | OC_AMEND_NEW_ID)
#define SIDE_OF  (BIT(OC_TRIGGER_BID) | BIT(OC_TRIGGER_ASK) | BIT(OC_TRIGGER_MID) | BIT(OC_TRIGGER_OPPOSITE))
#define SET_OFF  (REPLACED | OC_AMEND_STOP)
/* type, what sets it off, times in force, what it takes, what it needs, what can be changed */
static const struct oc_order_kind orders[] = {
    {OC_ORDER_MARKET, 0, AT_ONCE, ANY | OC_RQ_HAS_BOUND, 0, 0, 0, 0},
    {OC_ORDER_LIMIT, 0, RESTS | AT_ONCE, ANY, OC_RQ_HAS_PRICE, REPLACED, 0, 0},
    {OC_ORDER_STOP, SIDE_OF, RESTS, ANY | OC_RQ_HAS_BOUND, OC_RQ_HAS_STOP, SET_OFF, 0, 0},
    {OC_ORDER_TAKE_PROFIT, SIDE_OF, RESTS, ANY | OC_RQ_HAS_BOUND, OC_RQ_HAS_STOP, SET_OFF, 0, 0}};

/* Whole prices four times a second at most; the last of each 250 ms. */
#define PRICED(what)                                                                                                   \
    {                                                                                                                  \
        .topic = what, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_OF_ACCOUNT, .every_ns = SECOND / 4                        \
    }
static const struct oc_topic topics[] = {
    PRICED(OC_TOPIC_QUOTES),
    {.topic = OC_TOPIC_BOOK, .depth = 10, .flags = OC_TOPIC_SNAPSHOT | OC_TOPIC_OF_ACCOUNT, .every_ns = SECOND / 4},
    PRICED(OC_TOPIC_STATUS),
    {.topic = OC_TOPIC_PRIVATE, .flags = OC_TOPIC_EVERY | OC_TOPIC_OF_ACCOUNT}};

static const struct oc_fetchable fetches[] = {
    {.kind = OC_FETCH_INSTRUMENTS},
    {.kind = OC_FETCH_CREDENTIALS},
    {.kind = OC_FETCH_BALANCES},
    {.kind = OC_FETCH_POSITIONS},
    {.kind = OC_FETCH_OPEN_ORDERS},
    {.kind = OC_FETCH_ORDER, .by = OC_BY_ORDER | OC_BY_CLIENT_ID},
    {.kind = OC_FETCH_FILLS, .by = OC_BY_TIME | OC_BY_CURSOR, .page_max = PAGE},
    {.kind = OC_FETCH_LEDGER, .by = OC_BY_TIME | OC_BY_CURSOR, .page_max = PAGE},
    {.kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT | OC_BY_TIME, .page_max = BARS_PAGE}};

static const int64_t bars[] = {5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 4 * MINUTE,
                               5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,   2 * HOUR,   3 * HOUR,
                               4 * HOUR,   6 * HOUR,    8 * HOUR,    12 * HOUR,   DAY,    7 * DAY,    -1};
const char *const oa_bar_names[] = {"S5", "S10", "S15", "S30", "M1", "M2", "M4",  "M5", "M10", "M15", "M30",
                                    "H1", "H2",  "H3",  "H4",  "H6", "H8", "H12", "D",  "W",   "M"};

const struct oc_venue oa_venue = {.size = sizeof oa_venue,
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
                                  .subscribe_max = KIT_SET_MAX,
                                  .message_max = 8u << 20,
                                  .absence_ns = 60 * SECOND,
                                  .answer_ns = 10 * SECOND,
                                  .silence_ns = 10 * SECOND, /* a heartbeat comes each five */
                                  .reconcile_ns = 60 * SECOND};
