/* venue.h: a good connector with the description of a small venue, which each bad object spoils in one way by
 * defining a macro before it includes this. */
#include <outcry/connector.h>

#ifndef VENUE_ENDPOINTS
#define VENUE_ENDPOINTS                                                                                                \
    {                                                                                                                  \
        .name = "rest", .urls = "https://a.example wss://b.example:8443", .env = OC_ENV_LIVE                           \
    }
#endif
#ifndef VENUE_CREDENTIALS
#define VENUE_CREDENTIALS                                                                                              \
    {                                                                                                                  \
        .name = "secret", .about = "signs", .kind = OC_CREDENTIAL_SECRET                                               \
    }
#endif
#ifndef VENUE_LIMITS
#define VENUE_LIMITS                                                                                                   \
    {                                                                                                                  \
        .name = "weight", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_WINDOW, .max = 10, .period_ns = 1000000000       \
    }
#endif
#ifndef VENUE_ORDERS
#define VENUE_ORDERS                                                                                                   \
    {                                                                                                                  \
        .type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY, .must = OC_RQ_HAS_PRICE               \
    }
#endif
#ifndef VENUE_TOPICS
#define VENUE_TOPICS                                                                                                   \
    {                                                                                                                  \
        .topic = OC_TOPIC_BOOK, .depth = 10, .chain = OC_CHAIN_RANGE, .flags = OC_TOPIC_SNAPSHOT                       \
    }
#endif
#ifndef VENUE_FETCHES
#define VENUE_FETCHES                                                                                                  \
    {                                                                                                                  \
        .kind = OC_FETCH_BARS, .by = OC_BY_INSTRUMENT, .page_max = 100                                                 \
    }
#endif
#ifndef VENUE_BARS
#define VENUE_BARS 60000000000, -1
#endif
#ifndef VENUE_WALLETS
#define VENUE_WALLETS "margin"
#endif
#ifndef VENUE_CONST
#define VENUE_CONST const
#endif
#ifndef VENUE_LIST_CONST
#define VENUE_LIST_CONST const
#endif

static const struct oc_endpoint endpoints[] = {VENUE_ENDPOINTS};
static const struct oc_credential credentials[] = {VENUE_CREDENTIALS};
static VENUE_LIST_CONST struct oc_limit limits[] = {VENUE_LIMITS};
static const struct oc_order_kind orders[] = {VENUE_ORDERS};
static const struct oc_topic topics[] = {VENUE_TOPICS};
static const struct oc_fetchable fetches[] = {VENUE_FETCHES};
static const int64_t bars[] = {VENUE_BARS};
static const char *const wallets[] = {VENUE_WALLETS};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static VENUE_CONST struct oc_venue venue = {.size = sizeof venue,
                                            .venue = "here",
                                            .protocol = "v1, 2026-01",
                                            .endpoints = endpoints,
                                            .endpoint_count = COUNT(endpoints),
                                            .credentials = credentials,
                                            .credential_count = COUNT(credentials),
                                            .limits = limits,
                                            .limit_count = COUNT(limits),
                                            .orders = orders,
                                            .order_count = COUNT(orders),
                                            .topics = topics,
                                            .topic_count = COUNT(topics),
                                            .fetches = fetches,
                                            .fetch_count = COUNT(fetches),
                                            .bars_ns = bars,
                                            .bar_count = COUNT(bars),
                                            .wallets = wallets,
                                            .wallet_count = COUNT(wallets),
                                            .client_form = OC_CLIENT_TEXT,
                                            .client_charset = OC_CLIENT_DASH,
                                            .client_max = 36,
                                            .window_ns = 5000000000,
#ifdef VENUE_MORE
                                            VENUE_MORE
#endif
};

static oc_rc start(void *self, const struct oc_start *how) { return (void)self, (void)how, OC_OK; }
static oc_rc account(void *self, const struct oc_account *is) { return (void)self, (void)is, OC_OK; }
static oc_rc fetch(void *self, const struct oc_fetch *ask) { return (void)self, (void)ask, OC_E_NOT_SUPPORTED; }
static oc_rc subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    return (void)self, (void)stream, (void)how, (void)subs, (void)count, OC_OK;
}
static oc_rc stream(void *self, const struct oc_stream *at) { return (void)self, (void)at, OC_OK; }
static oc_rc message(void *self, const struct oc_message *in) { return (void)self, (void)in, OC_OK; }
static oc_rc response(void *self, const struct oc_response *in) { return (void)self, (void)in, OC_OK; }
static oc_rc request(void *self, const struct oc_venue_request *ask, uint32_t size, uint32_t count, uint32_t batch)
{
    return (void)self, (void)ask, (void)size, (void)count, (void)batch, OC_E_NOT_SUPPORTED;
}
static oc_rc quiesce(void *self, int64_t deadline_ns) { return (void)self, (void)deadline_ns, OC_OK; }

#ifndef CONNECTOR_VENUE
#define CONNECTOR_VENUE &venue
#endif
static const struct oc_connector table = {.size = sizeof table,
                                          .venue = CONNECTOR_VENUE,
                                          .start = start,
                                          .account = account,
                                          .fetch = fetch,
                                          .subscribe = subscribe,
                                          .stream = stream,
                                          .message = message,
                                          .response = response,
                                          .request = request,
                                          .quiesce = quiesce,
#ifdef CONNECTOR_MORE
                                          CONNECTOR_MORE
#endif
};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    (void)host;
    *ret_self = (void *)ret_self;
    return OC_OK;
}
static void close_it(void *self) { (void)self; }
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.bad",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "spoiled in one way",
                                        .open = open_it,
                                        .close = close_it,
                                        .ifaces = ifaces};
void *const unused[] __attribute__((unused)) = {(void *)&venue, (void *)wallets};
OC_PLUGINS(&plugin);
