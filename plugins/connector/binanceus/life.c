/* life.c: accounts, signatures, the listen key of each, what a refusal means, and where an answer goes. */
#include "binance.h"

#define INFO_NS  (3600 * SECOND) /* instruments are asked for so often */
#define AGAIN_NS (10 * SECOND)   /* and so soon where they did not come */
#define KEEP_NS  (900 * SECOND)  /* a listen key holds for an hour: three times of four may be lost */

static const struct oc_cost one[] = {{WEIGHT, 0, 1}, {RAW, 0, 1}};
static const char key_header[] = "X-MBX-APIKEY: \r\n";
static const struct oc_splice key_splice = {.at = sizeof key_header - 3, .field = API_KEY, .in = OC_IN_HEADERS};
static const struct oc_http with_key = {.size = sizeof with_key,
                                        .endpoint = REST,
                                        .lane = OC_LANE_RECONCILE,
                                        .headers = key_header,
                                        .headers_size = sizeof key_header - 1,
                                        .splices = &key_splice,
                                        .splice_count = 1,
                                        .costs = one,
                                        .cost_count = KIT_COUNT(one)};
static const struct kit_lent listen_key = {.path = "/api/v3/userDataStream",
                                           .query = "?listenKey=",
                                           .member = "listenKey",
                                           .http = &with_key,
                                           .open = &bn_user_stream,
                                           .ask = ABOUT_KEY,
                                           .keep = ABOUT_KEEP,
                                           .keep_ns = KEEP_NS,
                                           .again_ns = AGAIN_NS};

static const struct kit_signing signing = {.http = &with_key,
                                           .window = "recvWindow",
                                           .time = "timestamp",
                                           .name = "signature",
                                           .window_ns = WINDOW_NS,
                                           .mac_size = 32};

/* ---- refusals ---- */

static const struct kit_refusal_row refusals[] = {
    {-1002, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-1003, NULL, OC_WHY_RATE_LIMIT, 0},
    {-1015, NULL, OC_WHY_RATE_LIMIT, 0},
    {-1016, NULL, OC_WHY_MAINTENANCE, 1},
    {-1021, NULL, OC_WHY_CLOCK, 0},
    {-1022, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-1100, NULL, OC_WHY_INVALID_ORDER, 0},
    {-1111, NULL, OC_WHY_QUANTITY_OFF_GRID, 0},
    {-1121, NULL, OC_WHY_BAD_SYMBOL, 0},
    {-2013, NULL, OC_WHY_NOT_FOUND, 0},
    {-2014, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-2015, NULL, OC_WHY_BAD_CREDENTIALS, 0},
    {-2026, NULL, OC_WHY_NOT_FOUND, 0},
    {-1000, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1001, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1006, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1007, NULL, OC_WHY_VENUE_ERROR, 1},
    {-1008, NULL, OC_WHY_VENUE_ERROR, 1},
    {0, "Duplicate order", OC_WHY_DUPLICATE_ID, 1}, /* ours, that came twice: the other answer was lost */
    {0, "insufficient balance", OC_WHY_INSUFFICIENT_FUNDS, 0},
    {0, "Market is closed", OC_WHY_MARKET_CLOSED, 0},
    {0, "immediately match", OC_WHY_WOULD_TAKE, 0},
    {0, "trigger immediately", OC_WHY_WOULD_TRIGGER, 0},
    {0, "Unknown order", OC_WHY_ALREADY_DONE, 0},
    {0, "cancel restrictions", OC_WHY_OTHER, 0},
    {0, "not supported", OC_WHY_NOT_SUPPORTED, 0},
    {0, "not permitted", OC_WHY_PERMISSION, 0},
    {0, "restricted", OC_WHY_PERMISSION, 0},
    {0, "disabled on this account", OC_WHY_PERMISSION, 0},
    {0, "LOT_SIZE", OC_WHY_QUANTITY_OFF_GRID, 0},
    {0, "NOTIONAL", OC_WHY_TOO_SMALL, 0},
    {0, "PERCENT_PRICE", OC_WHY_PRICE_OUT_OF_BAND, 0},
    {0, "PRICE_FILTER", OC_WHY_PRICE_OFF_GRID, 0},
    {0, "MAX_POSITION", OC_WHY_TOO_LARGE, 0},
    {0, "MAX_NUM", OC_WHY_TOO_MANY_ORDERS, 0},
    {0, NULL, OC_WHY_INVALID_ORDER, 0}};

static const struct kit_word counts[] = {
    {"x-mbx-used-weight-1m: ", WEIGHT}, {"x-mbx-order-count-10s: ", ORDERS_10S}, {"x-mbx-order-count-1d: ", ORDERS_1D}};
const struct kit_life_of bn_life = {
    .venue = &bn_venue,
    .signing = &signing,
    .lent = &listen_key,
    .questions = bn_questions,
    .question_count = QUESTIONS,
    .bars = bn_bar_names,
    .refusals = refusals,
    .refusal_count = KIT_COUNT(refusals),
    .code = "code",
    .words = "msg",
    .counts = counts,
    .count_count = KIT_COUNT(counts),
    .time = "serverTime",
    .gone = "the venue has retired listen keys (HTTP 410): without them it tells nobody what becomes of orders",
    .info = bn_take_info,
    .info_ns = INFO_NS,
    .again_ns = AGAIN_NS,
    .closed = -1016,
    .secret = SECRET,
    .algorithm = OC_SIGN_HMAC_SHA256,
    .weight = WEIGHT,
    .calls = RAW};
KIT_LIFE(struct binance, bn_life)

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct binance *bn = self;
    const struct kit_account *who = kit_account_of(&bn->life.accounts, in->account);
    int is_its_own;
    const oc_rc rc = kit_life_response(&bn->kit, &bn_life, &bn->life, bn, in, &is_its_own);
    if (rc < 0 || is_its_own)
        return rc;
    if (in->asked)
        return bn_answer_request(bn, in, who ? who->source : 0);
    return in->fetch ? bn_answer_fetch(bn, in, who ? who->source : 0) : (oc_rc)OC_OK;
}

static void release(struct binance *bn) { kit_held_release(&bn->pages); }

static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &bn_venue,
                                          .start = kit_on_start,
                                          .account = kit_on_account,
                                          .fetch = kit_on_fetch,
                                          .subscribe = bn_subscribe,
                                          .stream = kit_on_stream,
                                          .message = bn_message,
                                          .response = on_response,
                                          .request = bn_request,
                                          .timer = kit_on_timer};
static const struct oc_key keys[] = {{0}}; /* it needs no configuration */
KIT_CONNECTOR(struct binance, release, table, keys, "outcry.binanceus", "0.1.0", "MIT", "Binance.US spot");
