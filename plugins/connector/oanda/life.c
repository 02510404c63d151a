/* life.c: accounts, from the first question to the stream that tells what becomes of orders; what a refusal means; where an answer goes. */
#include "oanda.h"

static const char headers[] = "Authorization: Bearer \r\nAccept-Datetime-Format: RFC3339\r\n";
static const struct oc_splice token = {.at = sizeof "Authorization: Bearer " - 1, .field = TOKEN, .in = OC_IN_HEADERS};
static const struct kit_bearer bearer = {headers, sizeof headers - 1, &token, REST, REQUESTS, STREAM, CONNECTS};

const struct kit_token_of oa_life = {.bearer = &bearer,
                                     .before = "/v3/accounts/",
                                     .money = "/summary",
                                     .markets = "/instruments",
                                     .open = "/openTrades",
                                     .told = "/transactions/stream",
                                     .stream = TRANSACTIONS,
                                     .id = ACCOUNT_ID,
                                     .take_money = oa_take_currency,
                                     .take_markets = oa_take_markets,
                                     .take_open = oa_take_trades,
                                     .refused = oa_refused,
                                     .markets_ns = 3600 * SECOND,
                                     .again_ns = 10 * SECOND};
KIT_TOKEN_LIFE(struct oanda, oa_life)

static oc_rc on_start(void *self, const struct oc_start *start)
{
    struct oanda *oa = self;
    oa->env = start->env;
    return OC_OK; /* everything is asked by an account */
}

static oc_rc on_stream(void *self, const struct oc_stream *at)
{
    struct oanda *oa = self;
    return at->user[0] == PRICES ? kit_set_stream(&oa->kit, &oa->prices, at)
                                 : kit_token_stream(&oa->kit, &oa_life, &oa->life, at);
}

static oc_rc on_message(void *self, const struct oc_message *heard)
{
    struct oanda *oa = self;
    const struct kit_json json = kit_json_begin(heard->bytes, heard->bytes_size);
    struct kit_token_account *who = kit_token_account_of(&oa->life, heard->account);
    if (heard->user[0] == PRICES)
        return oa_hear_price(oa, json);
    return who ? oa_hear_transaction(oa, who, json) : (oc_rc)OC_OK;
}

/* ---- refusals ---- */

/* By parts of its words, the first that fits: MIMIMUM is how the venue spells it. What does not exist any more, or never did, the host asks about. */
uint32_t oa_why(struct kit_json_text word)
{
#define WORD(part, why)                                                                                                \
    {                                                                                                                  \
        0, part, OC_WHY_##why, 0                                                                                       \
    }
    static const struct kit_refusal_row rows[] = {WORD("INSUFFICIENT_LIQUIDITY", NO_LIQUIDITY),
                                                  WORD("INSUFFICIENT", INSUFFICIENT_FUNDS),
                                                  WORD("UNITS_MI", TOO_SMALL),
                                                  WORD("UNITS_LIMIT", TOO_LARGE),
                                                  WORD("SIZE_EXCEEDED", TOO_LARGE),
                                                  WORD("VALUE_LIMIT", TOO_LARGE),
                                                  WORD("UNITS_PRECISION", QUANTITY_OFF_GRID),
                                                  WORD("PRECISION_EXCEEDED", PRICE_OFF_GRID),
                                                  WORD("NOT_TRADEABLE", MARKET_CLOSED),
                                                  WORD("PRICE_UNKNOWN", MARKET_CLOSED),
                                                  WORD("HALTED", MARKET_CLOSED),
                                                  WORD("_REDUCE_ONLY", REDUCE_ONLY),
                                                  WORD("INSTRUMENT_", BAD_SYMBOL),
                                                  WORD("_ID_ALREADY_EXISTS", DUPLICATE_ID),
                                                  WORD("ORDER_DOESNT_EXIST", ALREADY_DONE),
                                                  WORD("NO_SUCH_ORDER", ALREADY_DONE),
                                                  WORD("DOESNT_EXIST", NOT_FOUND),
                                                  WORD("NO_SUCH", NOT_FOUND),
                                                  WORD("ALLOWED_EXCEEDED", TOO_MANY_ORDERS),
                                                  WORD("FIFO_VIOLATION", VENUE_RISK),
                                                  WORD("MARGIN_CLOSEOUT", LIQUIDATED),
                                                  WORD("LOCKED", ACCOUNT_LOCKED),
                                                  WORD("NOT_ACTIVE", ACCOUNT_LOCKED),
                                                  WORD("REQUEST_REPLACED", REPLACED),
                                                  WORD("CLIENT_REQUEST", CANCELED_BY_US),
                                                  WORD("LINKED_TRADE_CLOSED", LINKED),
                                                  WORD("FORCE_EXPIRED", TIME_IN_FORCE),
                                                  WORD("BOUNDS_VIOLATION", PRICE_OUT_OF_BAND),
                                                  WORD("ON_FILL_LOSS", WOULD_TRIGGER),
                                                  WORD("LOSING_TAKE_PROFIT", WOULD_TRIGGER),
                                                  WORD("INTERNAL_SERVER_ERROR", VENUE_ERROR),
                                                  {0, NULL, OC_WHY_OTHER, 0}};
#undef WORD
    return word.size ? KIT_REFUSAL_OF(rows, 0, word)->why : (uint32_t)OC_WHY_NONE;
}

uint32_t oa_refused(uint16_t status, struct kit_json json, struct kit_json_text *ret_words)
{
    struct kit_json_text code = {0}, words = {0};
    const struct kit_member members[] = {{"errorCode", &code}, {"errorMessage", &words}};
    (void)(KIT_TAKE(&json, members) && kit_json_end(&json));
    *ret_words = words;
    return status == 401   ? OC_WHY_BAD_CREDENTIALS
           : status == 403 ? OC_WHY_PERMISSION
           : status == 429 ? OC_WHY_RATE_LIMIT
           : code.size     ? oa_why(code)
           : status == 404 ? OC_WHY_NOT_FOUND
                           : OC_WHY_INVALID_ORDER;
}

/* ---- answers ---- */

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct oanda *oa = self;
    struct kit_token_account *who = kit_token_account_of(&oa->life, in->account);
    if (in->status == 429)
        kit_note_shut(&oa->kit, in, REQUESTS, 1);
    if (!who)
        return OC_OK;
    if (in->asked)
        return oa_answer_request(oa, who, in);
    if (in->fetch)
        return oa_answer_fetch(oa, who, in);
    return in->user[0] ? kit_token_response(&oa->kit, &oa_life, &oa->life, who, oa, in) : (oc_rc)OC_OK;
}

/* ---- the plugin ---- */

static const char *const prices[] = {"mid", "bid", "ask", NULL};
static const struct oc_key keys[] = {
    {.name = "bar_price",
     .type = OC_KEY_CHOICE,
     .fallback = "mid",
     .choices = prices,
     .about = "bars of the past are made of"},
    {.name = "us_rules",
     .type = OC_KEY_BOOLEAN,
     .fallback = "no",
     .about = "the account is under the rules of the United States: what they refuse is refused before it leaves"},
    {.name = "guaranteed_stops",
     .type = OC_KEY_BOOLEAN,
     .fallback = "no",
     .about = "stop losses are guaranteed ones, which the venue is paid for"},
    {0}};

static oc_rc begin(struct oanda *oa)
{
    char price[8];
    oc_rc rc = oc_config_text(oa->kit.host, "bar_price", price, sizeof price);
    if (rc >= 0)
        rc = oc_config_boolean(oa->kit.host, "us_rules", &oa->is_fifo);
    if (rc >= 0)
        rc = oc_config_boolean(oa->kit.host, "guaranteed_stops", &oa->is_guaranteed);
    if (rc >= 0)
        oa->bars = price[0] == 'm' ? 'M' : price[0] == 'b' ? 'B' : 'A';
    return rc;
}

static void release(struct oanda *oa) { kit_held_release(&oa->held); }

static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &oa_venue,
                                          .start = on_start,
                                          .account = kit_on_account,
                                          .fetch = oa_fetch,
                                          .subscribe = oa_subscribe,
                                          .stream = on_stream,
                                          .message = on_message,
                                          .response = on_response,
                                          .request = oa_request,
                                          .timer = kit_on_timer};
KIT_CONNECTOR_SET(struct oanda, begin, release, table, keys, "outcry.oanda", "0.1.0", "MIT",
                  "OANDA v20: currencies, metals and CFDs");
