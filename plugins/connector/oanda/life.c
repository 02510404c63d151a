/* life.c: accounts, from the first question to the stream that tells what becomes of orders; what a refusal means; where an answer goes. */
#include "oanda.h"

#define MARKETS_NS (3600 * SECOND) /* instruments are asked for so often */
#define AGAIN_NS   (10 * SECOND)   /* what did not come is asked for so soon, and up to eight times that */

static const char headers[] = "Authorization: Bearer \r\nAccept-Datetime-Format: RFC3339\r\n";
static const struct oc_splice token = {.at = sizeof "Authorization: Bearer " - 1, .field = TOKEN, .in = OC_IN_HEADERS};
const struct kit_bearer oa_bearer = {headers, sizeof headers - 1, &token, REST, REQUESTS, STREAM, CONNECTS};

struct oa_account *oa_account_of(struct oanda *oa, uint32_t account)
{
    for (int i = 0; i < KIT_ACCOUNTS_MAX && account; i++)
        if (oa->accounts[i].account == account)
            return &oa->accounts[i];
    return NULL;
}

struct oa_account *oa_anybody(struct oanda *oa)
{
    for (int i = 0; i < KIT_ACCOUNTS_MAX; i++)
        if (oa->accounts[i].account)
            return &oa->accounts[i];
    return NULL;
}

/* ---- calls ---- */

struct kit_write oa_path(char *path, const struct oa_account *who, const char *behind)
{
    struct kit_write out = kit_write_begin(path, PATH_ROOM);
    KIT_WRITE(&out, "/v3/accounts/");
    kit_write_query(&out, who->id.text, who->id.size);
    kit_write_text(&out, behind);
    return out;
}

/* A question of its own. */
static oc_rc ask_own(const struct oanda *oa, const struct oa_account *who, uint64_t about, const char *behind)
{
    char path[PATH_ROOM];
    const struct kit_write out = oa_path(path, who, behind);
    struct oc_http http = {.flags = OC_HTTP_SAFE, .lane = OC_LANE_RECONCILE, .user = {about}};
    return kit_bearer_call(&oa->kit, &oa_bearer, who->account, &http, path, &out);
}

oc_rc oa_ask_trades(const struct oanda *oa, const struct oa_account *who)
{
    const oc_rc rc = ask_own(oa, who, ABOUT_TRADES, "/openTrades");
    return rc == OC_E_AGAIN && who->is_heard ? (oc_rc)OC_OK : rc;
}

static oc_rc ask_markets(struct oanda *oa, const struct oa_account *who)
{
    const oc_rc rc = ask_own(oa, who, ABOUT_MARKETS, "/instruments");
    return rc < 0 && rc != OC_E_AGAIN ? rc : kit_timer_move(&oa->kit, rc < 0 ? SECOND : AGAIN_NS, 0, &oa->timer);
}

/* ---- accounts ---- */

/* What is missing is asked for: the currency, the instruments, the stream, the open trades. */
static oc_rc go_on(struct oanda *oa, struct oa_account *who)
{
    char path[PATH_ROOM];
    uint32_t stream = who->stream;
    oc_rc rc = OC_OK;
    if (!who->asset) {
        rc = ask_own(oa, who, ABOUT_MONEY, "/summary");
    } else if (!oa->has_markets) {
        rc = ask_markets(oa, who);
    } else if (!stream) {
        const struct kit_write out = oa_path(path, who, "/transactions/stream");
        rc = kit_bearer_open(&oa->kit, &oa_bearer, who->account, OC_TOPIC_PRIVATE, TRANSACTIONS, path, &out, &stream);
    } else if (who->is_up && !who->is_heard) {
        rc = oa_ask_trades(oa, who);
    }
    const int64_t wait_ns = rc == OC_E_AGAIN ? SECOND : AGAIN_NS << (who->tries < 3 ? who->tries : 3);
    if (rc >= 0 || rc == OC_E_AGAIN)
        rc = kit_timer_move(&oa->kit, wait_ns, who->account, &who->timer);
    if (rc < 0)
        return rc;
    who->tries += who->is_denied;
    who->stream = stream;
    return OC_OK;
}

static oc_rc take_account(struct oanda *oa, struct oa_account *at, const struct oc_account *is)
{
    struct oa_account made = {.account = is->account, .source = is->source, .asset = at->asset, .timer = at->timer};
    const oc_rc size = oa->kit.sign->public_text(oa->kit.host, is->account, ACCOUNT_ID, OC_PUBLIC_TEXT, made.id.text,
                                                 sizeof made.id.text);
    if (size <= 0)
        return size < 0 ? size : (oc_rc)OC_E_CONFIG;
    if (size > OC_ID_MAX)
        return OC_E_LIMIT;
    made.id.size = (uint8_t)size;
    if (at->stream && oa->kit.net->close(oa->kit.host, at->stream) == OC_E_AGAIN)
        return OC_E_AGAIN;
    const oc_rc rc = go_on(oa, &made);
    if (rc >= 0)
        *at = made;
    return rc;
}

static oc_rc on_account(void *self, const struct oc_account *is)
{
    struct oanda *oa = self;
    struct oa_account *at = oa_account_of(oa, is->account);
    for (int i = 0; !at && i < KIT_ACCOUNTS_MAX; i++)
        at = oa->accounts[i].account ? NULL : &oa->accounts[i];
    if (!at)
        return OC_E_LIMIT;
    if (is->state == OC_ACCOUNT_GONE) {
        memset(at, 0, sizeof *at);
        return OC_OK;
    }
    if (is->state == OC_ACCOUNT_ADDED && at->account) { /* said again: what is open stays open */
        at->source = is->source;
        return OC_OK;
    }
    return take_account(oa, at, is);
}

static oc_rc on_start(void *self, const struct oc_start *start)
{
    struct oanda *oa = self;
    oa->env = start->env;
    return OC_OK; /* everything is asked by an account */
}

static oc_rc on_timer(void *self, uint64_t timer, uint64_t user)
{
    struct oanda *oa = self;
    struct oa_account *who = user ? oa_account_of(oa, (uint32_t)user) : oa_anybody(oa);
    if (!user)
        return who ? ask_markets(oa, who) : (oc_rc)OC_OK;
    return who && who->timer == timer && !who->is_heard ? go_on(oa, who) : (oc_rc)OC_OK;
}

/* ---- streams ---- */

/* Refused for who asks, it says so once. */
static oc_rc say_denied(struct oanda *oa, struct oa_account *who, uint16_t status, struct kit_json json)
{
    struct kit_json_text words = {0};
    const uint32_t why = oa_refused(status, json, &words);
    if (status != 401 && status != 403)
        return OC_OK;
    const oc_rc rc = who->is_denied ? (oc_rc)OC_OK : kit_say_venue(&oa->kit, who->source, OC_VENUE_DENIED, why, words);
    if (rc >= 0)
        who->is_denied = 1;
    return rc;
}

static oc_rc on_stream(void *self, const struct oc_stream *at)
{
    struct oanda *oa = self;
    struct oa_account *who = oa_account_of(oa, at->account);
    if (at->user[0] == PRICES)
        return kit_set_stream(&oa->kit, &oa->prices, at);
    if (!who || at->stream != who->stream)
        return OC_OK;
    who->is_up = at->state == OC_STREAM_UP;
    who->is_heard = 0;
    who->last = 0;
    if (at->state == OC_STREAM_CLOSED)
        who->stream = 0;
    if (at->state == OC_STREAM_REFUSED)
        return say_denied(oa, who, at->status, kit_json_begin(at->bytes, at->bytes_size));
    return who->is_up ? go_on(oa, who) : (oc_rc)OC_OK;
}

static oc_rc on_message(void *self, const struct oc_message *heard)
{
    struct oanda *oa = self;
    const struct kit_json json = kit_json_begin(heard->bytes, heard->bytes_size);
    struct oa_account *who = oa_account_of(oa, heard->account);
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

static oc_rc take_markets(struct oanda *oa, const struct oc_response *in)
{
    struct kit_json_text last;
    const struct kit_json_text list = oa_list(in, "instruments", &last);
    struct kit_page page = {.codec = &oa->kit, .in = in};
    oc_rc rc = list.size ? kit_page_say(oa, &page, kit_json_into(list), oa_say_instrument) : (oc_rc)OC_E_DATA;
    if (rc >= 0)
        rc = kit_timer_move(&oa->kit, MARKETS_NS, 0, &oa->timer);
    if (rc < 0)
        return rc;
    oa->has_markets = 1;
    for (int i = 0; i < KIT_ACCOUNTS_MAX && rc >= 0; i++)
        if (oa->accounts[i].account && !oa->accounts[i].stream)
            rc = go_on(oa, &oa->accounts[i]);
    return rc;
}

/* An answer to a question of its own. */
static oc_rc answer_own(struct oanda *oa, struct oa_account *who, const struct oc_response *in)
{
    if (in->status != 200)
        return say_denied(oa, who, in->status, kit_json_begin(in->body, in->body_size)); /* asked again by its timer */
    oc_rc rc = OC_OK;
    if (who->is_denied) {
        const struct kit_json_text none = {0};
        rc = kit_say_venue(&oa->kit, who->source, OC_VENUE_READY, OC_WHY_NONE, none);
        who->is_denied = rc < 0;
        who->tries = 0;
    }
    if (rc >= 0 && in->user[0] == ABOUT_MARKETS)
        return take_markets(oa, in);
    if (rc >= 0 && in->user[0] == ABOUT_TRADES)
        return oa_take_trades(oa, who, in);
    if (rc >= 0)
        rc = oa_take_summary(oa, who, in, NULL);
    return rc < 0 ? rc : go_on(oa, who);
}

static oc_rc on_response(void *self, const struct oc_response *in)
{
    struct oanda *oa = self;
    struct oa_account *who = oa_account_of(oa, in->account);
    if (in->status == 429)
        kit_note_shut(&oa->kit, in, REQUESTS, 1);
    if (!who)
        return OC_OK;
    if (in->asked)
        return oa_answer_request(oa, who, in);
    if (in->fetch)
        return oa_answer_fetch(oa, who, in);
    return in->user[0] ? answer_own(oa, who, in) : (oc_rc)OC_OK;
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
                                          .account = on_account,
                                          .fetch = oa_fetch,
                                          .subscribe = oa_subscribe,
                                          .stream = on_stream,
                                          .message = on_message,
                                          .response = on_response,
                                          .request = oa_request,
                                          .timer = on_timer};
KIT_CONNECTOR_WITH(struct oanda, begin, release, table, keys, "outcry.oanda", "0.1.0", "MIT",
                   "OANDA v20: currencies, metals and CFDs");
