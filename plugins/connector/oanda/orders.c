/* orders.c: order requests out, what is answered to them, and orders as lists show them. */
#include "oanda.h"

/* ---- out ---- */

static const char *word_of(const char *const *words, uint32_t count, uint32_t number)
{
    return number < count ? words[number] : NULL;
}

static void write_terms(struct kit_write *out, const struct oc_request *ask, const struct oc_instrument *info)
{
    static const char *const sets_off[] = {[OC_TRIGGER_BID] = "BID",
                                           [OC_TRIGGER_ASK] = "ASK",
                                           [OC_TRIGGER_MID] = "MID",
                                           [OC_TRIGGER_OPPOSITE] = "DEFAULT"};
    const char *trigger = word_of(sets_off, KIT_COUNT(sets_off), ask->trigger);
    const int64_t rest = ask->qty - (ask->kind == OC_REQUEST_AMEND ? ask->filled : 0);
    kit_body_text(out, "instrument", info->venue_symbol);
    kit_body_units(out, "units", ask->side == OC_SIDE_SELL ? -rest : rest, info->qty_step);
    if (ask->bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP))
        kit_body_units(out, "price", ask->bits & OC_RQ_HAS_STOP ? ask->stop_price : ask->price, info->price_step);
    if (ask->bits & OC_RQ_HAS_BOUND)
        kit_body_units(out, "priceBound", ask->price_bound, info->price_step);
    kit_body_text(out, "triggerCondition", trigger);
    kit_body_text(out, "positionFill",
                  ask->bits & OC_RQ_REDUCE_ONLY ? "REDUCE_ONLY"
                  : ask->bits & OC_RQ_OPEN_ONLY ? "OPEN_ONLY"
                                                : "DEFAULT");
}

/* {"order":{...}}: a whole order, new or in the place of another; an exit names its trade. */
static oc_rc write_order(const struct oanda *oa, struct kit_write *out, const struct oc_venue_request *request,
                         const struct oc_instrument *info)
{
    static const char *const types[] = {[OC_ORDER_MARKET] = "MARKET",
                                        [OC_ORDER_LIMIT] = "LIMIT",
                                        [OC_ORDER_STOP] = "STOP",
                                        [OC_ORDER_TAKE_PROFIT] = "MARKET_IF_TOUCHED"};
    static const char *const tifs[] = {[OC_TIF_NONE] = "GTC", [OC_TIF_GTC] = "GTC", [OC_TIF_IOC] = "IOC",
                                       [OC_TIF_FOK] = "FOK",  [OC_TIF_GTD] = "GTD", [OC_TIF_DAY] = "GFD"};
    const struct oc_request *ask = &request->ask;
    const int is_exit = request->position.size > 0, is_stop = (ask->bits & OC_RQ_HAS_STOP_LOSS) != 0;
    const int is_market = ask->type == OC_ORDER_MARKET;
    const char *type = is_exit ? (!is_stop            ? "TAKE_PROFIT"
                                  : oa->is_guaranteed ? "GUARANTEED_STOP_LOSS"
                                                      : "STOP_LOSS")
                               : word_of(types, KIT_COUNT(types), ask->type);
    const char *tif = is_market && ask->tif != OC_TIF_IOC ? "FOK" : word_of(tifs, KIT_COUNT(tifs), ask->tif);
    if (!type || !tif)
        return OC_E_NOT_SUPPORTED;
    KIT_WRITE(out, "{\"order\":{\"type\":\"");
    kit_write_text(out, type);
    KIT_WRITE(out, "\"");
    kit_body_text(out, "timeInForce", tif);
    if (ask->tif == OC_TIF_GTD)
        kit_body_time(out, "gtdTime", ask->expire_ns);
    if (is_exit) {
        kit_body_id(out, "tradeID", &request->position);
        kit_body_units(out, "price", is_stop ? ask->stop_loss : ask->take_profit, info->price_step);
    } else {
        write_terms(out, ask, info);
    }
    kit_body_within(out, "clientExtensions", ask->kind == OC_REQUEST_AMEND ? &request->client_new : &request->client);
    KIT_WRITE(out, "}}");
    return OC_OK;
}

/* Of the net position; the venue closes the oldest trades first. */
static void write_close(struct kit_write *out, const struct oc_venue_request *request, const struct oc_instrument *info)
{
    const int is_long = request->ask.side == OC_SIDE_SELL; /* what is sold was held */
    kit_write_text(out, is_long ? "{\"shortUnits\":\"NONE\"" : "{\"longUnits\":\"NONE\"");
    kit_body_units(out, is_long ? "longUnits" : "shortUnits", request->ask.qty, info->qty_step);
    kit_body_within(out, is_long ? "longClientExtensions" : "shortClientExtensions", &request->client);
    KIT_WRITE(out, "}");
}

/* What is not named stays as it is. */
static void write_protect(const struct oanda *oa, struct kit_write *out, const struct oc_venue_request *request,
                          const struct oc_instrument *info)
{
    const struct oc_request *ask = &request->ask;
    const int is_stop = (ask->bits & OC_RQ_HAS_STOP_LOSS) != 0;
    kit_write_text(out, !is_stop            ? "{\"takeProfit\":{\"timeInForce\":\"GTC\""
                        : oa->is_guaranteed ? "{\"guaranteedStopLoss\":{\"timeInForce\":\"GTC\""
                                            : "{\"stopLoss\":{\"timeInForce\":\"GTC\"");
    kit_body_units(out, "price", is_stop ? ask->stop_loss : ask->take_profit, info->price_step);
    kit_body_within(out, "clientExtensions", &request->client);
    KIT_WRITE(out, "}}");
}

static oc_rc write_request(const struct oanda *oa, struct kit_write *path, struct kit_write *body,
                           const struct oc_venue_request *request, const struct oc_instrument *info)
{
    switch (request->ask.kind) {
    case OC_REQUEST_NEW:
        KIT_WRITE(path, "/orders");
        return write_order(oa, body, request, info);
    case OC_REQUEST_AMEND:
        KIT_WRITE(path, "/orders/");
        kit_write_id(path, &request->venue_order);
        return write_order(oa, body, request, info);
    case OC_REQUEST_CANCEL:
        kit_write_text(path, request->venue_order.size ? "/orders/" : "/orders/%40");
        kit_write_id(path, request->venue_order.size ? &request->venue_order : &request->client);
        KIT_WRITE(path, "/cancel");
        return OC_OK;
    case OC_REQUEST_CLOSE:
        KIT_WRITE(path, "/positions/");
        kit_write_text(path, info->venue_symbol);
        KIT_WRITE(path, "/close");
        write_close(body, request, info);
        return OC_OK;
    case OC_REQUEST_PROTECT:
        KIT_WRITE(path, "/trades/");
        kit_write_id(path, &request->position);
        KIT_WRITE(path, "/orders");
        write_protect(oa, body, request, info);
        return OC_OK;
    default:
        return OC_E_NOT_SUPPORTED; /* no cancel of all: the host cancels one by one */
    }
}

/* ---- checked before a byte leaves ---- */

/* Why the venue would not take it, or would take it and mean something else. NULL: nothing is in the way. Trades whose exits are attached must be of a
 * size that no other trade of the pair has: else the venue takes the exit back when it is set off. */
static const char *objection(const struct oanda *oa, const struct kit_token_account *who,
                             const struct oc_venue_request *request, const struct oc_instrument *info)
{
    const struct oc_request *ask = &request->ask;
    const int opens = ask->kind == OC_REQUEST_NEW && !(ask->bits & OC_RQ_REDUCE_ONLY);
    const struct oc_id *position = &request->position;
    const struct kit_ticket *own = kit_ticket_of(oa_trades(oa, who), kit_text_of(position->text, position->size));
    if (opens && info->quote != who->asset)
        return "its profit is in another currency than the account's, and the venue turns it into that "
               "at a rate of its own: not supported";
    if (oa->is_fifo && (opens || ask->kind == OC_REQUEST_PROTECT) && oa_trades(oa, who)->is_full)
        return "more trades are open than are kept: whether their sizes differ is not known";
    if (oa->is_fifo && (opens || ask->kind == OC_REQUEST_PROTECT) &&
        kit_ticket_has_twin(oa_trades(oa, who), own, ask->head.inst, ask->qty))
        return "a trade of this size is open in this pair: under the rules of the United States its stop loss "
               "would be taken back when it is set off (FIFO_VIOLATION): another size, by a unit";
    return NULL;
}

oc_rc oa_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    struct oanda *oa = self;
    const struct oc_request *ask = &first->ask;
    const struct kit_token_account *who = kit_token_account_of(&oa->life, ask->account);
    const int is_exit = ask->kind == OC_REQUEST_PROTECT || first->position.size > 0;
    struct oc_instrument info;
    char path_text[KIT_TOKEN_PATH], body_text[1024];
    (void)size, (void)batch; /* the description offers no batches */
    if (count != 1 || !who)
        return OC_E_INVALID;
    if (oa->kit.names->record(oa->kit.host, ask->head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    if ((ask->kind == OC_REQUEST_NEW || (ask->kind == OC_REQUEST_AMEND && !is_exit)) &&
        !kit_order_is_offered(&oa_venue, ask))
        return OC_E_NOT_SUPPORTED;
    if (ask->kind == OC_REQUEST_AMEND && (!first->venue_order.size || !first->client_new.size))
        return OC_E_LIMIT; /* by the venue's number alone: see oanda.h */
    if (!who->is_heard)
        return OC_E_AGAIN;
    const char *why = objection(oa, who, first, &info);
    if (why)
        return kit_answer(&oa->kit, first, who->source, kit_refusal(ask->kind), OC_WHY_NOT_SUPPORTED,
                          kit_text_of(why, strlen(why)), NULL, NULL);
    struct kit_write path = kit_token_path(&oa_life, who, "", path_text),
                     body = kit_write_begin(body_text, sizeof body_text);
    const oc_rc rc = write_request(oa, &path, &body, first, &info), body_size = kit_write_end(&body);
    if (rc < 0 || body_size < 0)
        return rc < 0 ? rc : body_size;
    struct oc_http http = {.method = ask->kind == OC_REQUEST_NEW ? OC_METHOD_POST : OC_METHOD_PUT,
                           .lane = ask->kind == OC_REQUEST_CANCEL ? OC_LANE_CANCEL : OC_LANE_ORDER,
                           .request = ask->id,
                           .send_by_ns = ask->send_by_ns,
                           .body = body_text,
                           .body_size = (uint32_t)body_size};
    return kit_bearer_call(&oa->kit, oa_life.bearer, who->account, &http, path_text, &path);
}

/* ---- answered: {"orderCreateTransaction":{...},"orderFillTransaction":{...},"lastTransactionID":"..."} ---- */

enum { SAID_MAX = 16 };

struct said {
    struct kit_row tx;
    uint64_t id;
};

static int is_transaction(struct kit_json_text key)
{
    static const char tail[] = "Transaction";
    const size_t size = sizeof tail - 1;
    return key.size > size && memcmp(key.at + key.size - size, tail, size) == 0;
}

/* By their numbers, for members stand in any order. Negative: it is no such answer. */
static int take_said(struct kit_json json, struct said *said)
{
    struct kit_json_text key;
    int count = 0;
    if (!kit_json_object(&json))
        return -1;
    while (kit_json_key(&json, &key)) {
        struct said one;
        if (!is_transaction(key))
            continue;
        if (count == SAID_MAX || !oa_take_transaction(&json, &one.tx) || kit_json_u64(one.tx.of[TX_ID], &one.id) < 0)
            return -1;
        int place = count++;
        for (; place > 0 && said[place - 1].id > one.id; place--)
            said[place] = said[place - 1];
        said[place] = one;
    }
    return kit_json_end(&json) ? count : -1;
}

static int is_type(const struct said *said, const char *tail)
{
    const struct kit_json_text type = said->tx.of[TX_TYPE];
    const size_t size = strlen(tail);
    return type.size >= size && memcmp(type.at + type.size - size, tail, size) == 0;
}

/* Of whom a fill or an end is: of the order that was asked for, or of another one, as of the exit that a new one takes the place of. */
static const struct oc_venue_request *about(const struct said *said, const struct oc_venue_request *ask,
                                            struct kit_json_text made)
{
    const struct kit_json_text order = said->tx.of[TX_ORDER];
    if (!is_type(said, "ORDER_FILL") && !is_type(said, "ORDER_CANCEL"))
        return ask;
    if (ask->ask.kind == OC_REQUEST_CANCEL)
        return ask;
    return made.size && kit_json_is(order, made.at, made.size) ? ask : NULL;
}

/* Canceled by our name, before it was known under which number it rests: it may have traded, and the stream has not told it yet. */
static int is_of_name(const struct oc_venue_request *ask)
{
    return ask->ask.kind == OC_REQUEST_CANCEL && !ask->venue_order.size;
}

oc_rc oa_answer_request(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    const struct oc_venue_request *ask = in->asked;
    const struct kit_json json = kit_json_begin(in->body, in->body_size);
    const uint16_t refusal = kit_refusal(ask->ask.kind);
    struct kit_json_text made = {0}, words = {0};
    struct said said[SAID_MAX];
    const int count = in->status < 500 ? take_said(json, said) : -1;
    oc_rc rc = OC_OK;
    if (in->status >= 500 || (count < 0 && in->status < 400))
        return OC_OK; /* nobody knows what became of it: no event, and the host says so */
    if (count > 0 && said[0].id > who->last + 1 && is_of_name(ask) && is_type(&said[0], "ORDER_CANCEL"))
        return kit_answer(&oa->kit, ask, who->source, OC_EV_TAKEN, OC_WHY_NONE, words, NULL, NULL);
    /* Behind a hole it is the stream that tells: the end of an order that came before its fill would say that less has traded than has. */
    for (int i = 0; i < count && rc >= 0 && (i == 0 || said[i].id == said[i - 1].id + 1); i++) {
        if (is_type(&said[i], "_ORDER"))
            made = said[i].tx.of[TX_ID];
        rc = oa_say_transaction(oa, who, &said[i].tx, about(&said[i], ask, made), 0);
    }
    if (rc < 0 || count > 0 || in->status < 400 || refusal == OC_EV_NONE)
        return rc;
    const uint32_t why = oa_refused(in->status, json, &words);
    return kit_answer(&oa->kit, ask, who->source, refusal, why, words, NULL, NULL);
}

/* ---- orders as they are shown: they say neither a price of their fill nor how much of them has traded ---- */

static const struct kit_word states[] = {{"PENDING", OC_SHOWN_WORKING},
                                         {"FILLED", OC_SHOWN_FILLED},
                                         {"TRIGGERED", OC_SHOWN_FILLED},
                                         {"CANCELLED", OC_SHOWN_CANCELED}};
static const struct kit_word types[] = {{"MARKET", OC_ORDER_MARKET},
                                        {"LIMIT", OC_ORDER_LIMIT},
                                        {"TAKE_PROFIT", OC_ORDER_LIMIT},
                                        {"STOP", OC_ORDER_STOP},
                                        {"STOP_LOSS", OC_ORDER_STOP},
                                        {"GUARANTEED_STOP_LOSS", OC_ORDER_STOP},
                                        {"TRAILING_STOP_LOSS", OC_ORDER_TRAILING_STOP},
                                        {"MARKET_IF_TOUCHED", OC_ORDER_TAKE_PROFIT}};
static const struct kit_word tifs[] = {
    {"GTC", OC_TIF_GTC}, {"GTD", OC_TIF_GTD}, {"GFD", OC_TIF_DAY}, {"IOC", OC_TIF_IOC}, {"FOK", OC_TIF_FOK}};
static const struct kit_word fills[] = {{"REDUCE_ONLY", OC_RQ_REDUCE_ONLY}, {"OPEN_ONLY", OC_RQ_OPEN_ONLY}};

#define AT(member) offsetof(struct oc_ev_order, member)
enum { NAME, UNITS, PRICE, EXTENSIONS, FILLED_BY, REPLACES, REPLACED_BY, TYPE, TRADE };
static const struct kit_field order_fields[] = {KIT_SEEN("instrument"),
                                                KIT_SEEN("units"),
                                                KIT_SEEN("price"),
                                                KIT_SEEN("clientExtensions"),
                                                KIT_SEEN("fillingTransactionID"),
                                                KIT_SEEN("replacesOrderID"),
                                                KIT_SEEN("replacedByOrderID"),
                                                KIT_SEEN("type"),
                                                KIT_FIELD("tradeID", KIT_IS_ID, 0, AT(position), 0),
                                                KIT_FIELD("id", KIT_IS_ID, KIT_MUST, AT(venue_order), 0),
                                                KIT_FIELD_WORDS("timeInForce", KIT_IS_WORD8, AT(tif), tifs),
                                                KIT_FIELD_WORDS("positionFill", KIT_IS_BITS, AT(bits), fills),
                                                KIT_FIELD_WORDS("state", KIT_IS_WORD8, AT(state), states),
                                                KIT_FIELD("gtdTime", KIT_IS_TIME, 0, AT(expire_ns), 0),
                                                KIT_BOTH("createTime", "time", KIT_IS_TIME, 0, AT(created_ns), 0)};
#undef AT

static struct kit_json_text client_in(struct kit_json_text extensions)
{
    return kit_take_one(kit_json_into(extensions), "id");
}

/* "LIMIT"; "LIMIT_ORDER" of the transaction that makes it. */
static uint8_t type_of(struct kit_json_text word)
{
    static const char tail[] = "_ORDER";
    const uint32_t size = sizeof tail - 1;
    word.size -= word.size > size && memcmp(word.at + word.size - size, tail, size) == 0 ? size : 0;
    return (uint8_t)KIT_WORD_OF(word, types, OC_ORDER_NONE);
}

int oa_order_is(struct kit_json json, const struct oc_id *client, struct kit_json_text *ret_filling)
{
    struct kit_row row;
    if (!KIT_ROW(&json, order_fields, &row))
        return 0;
    const struct kit_json_text id = client_in(row.of[EXTENSIONS]);
    if (client && !kit_json_is(id, client->text, client->size))
        return 0;
    *ret_filling = row.of[FILLED_BY];
    return 1;
}

/* Its side and size: an exit names its trade alone, which says of what and how much. What a reissue is the rest of was asked for as more. */
static void take_size(const struct kit_row *row, const struct kit_ticket *trade, struct oc_ev_order *out)
{
    int64_t units = trade ? -trade->units : 0;
    if (!trade && (!row->scale.inst || kit_scale_qty(&row->scale, row->of[UNITS], &units) < 0))
        return;
    if (units == 0 || units == INT64_MIN)
        return;
    out->side = units < 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
    out->qty = units < 0 ? -units : units;
    out->present |= (row->of[REPLACES].size ? 0u : (uint32_t)OC_OF_QTY) |
                    (row->of[TRADE].size || !out->type ? 0u : (uint32_t)OC_OF_TERMS);
}

/* page->next: how much of it the transaction traded that filled it. */
oc_rc oa_say_order(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct oanda *oa = self;
    const struct kit_token_account *who = page->what;
    struct kit_row row;
    oc_rc rc;
    if (!KIT_ROW(json, order_fields, &row))
        return OC_E_DATA;
    if (row.of[NAME].size && kit_symbol(&oa->kit, row.of[NAME], &row.scale) < 0)
        return kit_skip(&oa->kit, "order.instrument", row.of[NAME]);
    const struct kit_ticket *trade = kit_ticket_of(oa_trades(oa, who), row.of[TRADE]);
    if (trade)
        (void)oa->kit.names->scale(oa->kit.host, OC_INST(trade->inst, 1), &row.scale);
    struct oc_ev_order *out = KIT_EVENT(&oa->kit, oc_ev_order, OC_EV_ORDER, page->source, &rc);
    if (!out)
        return rc;
    const struct kit_json_text client = client_in(row.of[EXTENSIONS]);
    if (kit_row_read(&oa->kit, order_fields, KIT_COUNT(order_fields), &row, out,
                     offsetof(struct oc_ev_order, present)) < 0 ||
        (client.size && kit_id(client, &out->client) < 0))
        return OC_E_DATA;
    out->type = type_of(row.of[TYPE]);
    const int is_stop = out->type == OC_ORDER_STOP || out->type == OC_ORDER_TAKE_PROFIT;
    if (row.scale.inst && out->type != OC_ORDER_TRAILING_STOP &&
        kit_scale_price(&row.scale, row.of[PRICE], is_stop ? &out->stop_price : &out->price) == OC_OK)
        out->present |= is_stop ? OC_OF_STOP : OC_OF_PRICE;
    take_size(&row, trade, out);
    out->state = out->state ? out->state : page->token ? OC_SHOWN_UNKNOWN : OC_SHOWN_WORKING;
    out->why = row.of[REPLACED_BY].size ? OC_WHY_REPLACED : OC_WHY_NONE;
    out->cum_qty = out->state == OC_SHOWN_FILLED ? (int64_t)page->next : 0;
    out->present |= OC_OF_FILLS_COME | (out->cum_qty ? (uint32_t)OC_OF_CUM_QTY : 0u);
    out->token = page->token;
    out->tail = sizeof *out;
    out->head.inst = row.scale.inst;
    out->head.flags = (uint16_t)(OC_EVF_LAST | (page->token ? OC_EVF_REPLAYED : 0));
    out->head.venue_ns = page->token ? 0 : out->created_ns;
    return kit_commit(&oa->kit, out);
}
