/* transactions.c: OANDA v20: one transaction, whether of the stream, of an answer or of a page: the same object, the
 * same events. */
#include "oanda.h"

struct transaction {
    struct kit_json_text id, type, order, client, units, price, vwap, reason, reject, amount, pl, commission, financing;
    struct kit_json_text balance, replaces, instrument, opened;
    int64_t at_ns;
};

static void read_inner(struct kit_json *json, struct transaction *t)
{
    struct kit_json_text key;
    if (!kit_json_object(json))
        return;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "id"))
            t->client = kit_json_value(json);
        else if (KIT_JSON_IS(key, "tradeID"))
            t->opened = kit_json_value(json);
}

/* Where a plain member goes; NULL: nowhere. */
static struct kit_json_text *place_of(struct transaction *t, struct kit_json_text key)
{
    const struct {
        const char *name;
        struct kit_json_text *place;
    } places[] = {{"id", &t->id},
                  {"type", &t->type},
                  {"orderID", &t->order},
                  {"clientOrderID", &t->client},
                  {"units", &t->units},
                  {"price", &t->price},
                  {"fullVWAP", &t->vwap},
                  {"reason", &t->reason},
                  {"rejectReason", &t->reject},
                  {"amount", &t->amount},
                  {"pl", &t->pl},
                  {"commission", &t->commission},
                  {"financing", &t->financing},
                  {"accountBalance", &t->balance},
                  {"replacesOrderID", &t->replaces},
                  {"instrument", &t->instrument}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (kit_json_is(key, places[i].name, strlen(places[i].name)))
            return places[i].place;
    return NULL;
}

static int read_transaction(struct kit_json *json, struct transaction *t)
{
    struct kit_json_text key;
    memset(t, 0, sizeof *t);
    if (!kit_json_object(json))
        return 0;
    while (kit_json_key(json, &key)) {
        struct kit_json_text *place = place_of(t, key);
        if (KIT_JSON_IS(key, "clientExtensions") || KIT_JSON_IS(key, "tradeOpened"))
            read_inner(json, t);
        else if (place)
            *place = kit_json_value(json);
        else if (KIT_JSON_IS(key, "time") && kit_json_time(kit_json_value(json), &t->at_ns) < 0)
            return 0;
    }
    return !json->is_bad && t->id.size > 0;
}

static int ends_with(struct kit_json_text word, const char *tail)
{
    const size_t size = strlen(tail);
    return word.size >= size && memcmp(word.at + word.size - size, tail, size) == 0;
}

/* Ids that may be missing. */
static oc_rc optional_id(struct kit_json_text text, struct oc_id *ret_id)
{
    return text.size ? kit_id(text, ret_id) : OC_OK;
}

/* ---- fills ---- */

/* An average off the grid: the nearest price on it, and the exact money beside it. */
static oc_rc take_price(struct oc_ev_venue_fill *out, const struct oc_scale *scale, struct kit_json_text text)
{
    struct oc_dec exact;
    if (kit_scale_price(scale, text, &out->fill.price) == OC_OK)
        return OC_OK;
    const struct oc_dec qty = {out->fill.qty * scale->qty_div, scale->qty_digits, 0};
    if (kit_json_dec(text, &exact) < 0 || kit_nearest_price(scale, exact, &out->fill.price) < 0 ||
        oc_dec_mul(exact, qty, &out->value) < 0)
        return OC_E_DATA;
    out->present |= OC_FILL_VALUE;
    return OC_OK;
}

static oc_rc tell_fill(struct oanda *oa, const struct account *who, const struct transaction *t, uint16_t flags)
{
    struct oc_scale scale;
    int64_t units;
    oc_rc rc;
    if (kit_symbol(&oa->kit, t->instrument, &scale) < 0)
        return kit_skip(&oa->kit, "fill.instrument", t->instrument);
    struct oc_ev_venue_fill *out = KIT_EVENT(&oa->kit, oc_ev_venue_fill, OC_EV_FILL, who->source, &rc);
    if (!out)
        return rc;
    if (kit_scale_qty(&scale, t->units, &units) < 0 || units == INT64_MIN)
        return OC_E_DATA;
    out->fill.qty = units < 0 ? -units : units;
    out->fill.side = units < 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
    if (take_price(out, &scale, t->vwap.size ? t->vwap : t->price) < 0 ||
        kit_trade_id(t->id, out->fill.trade_id, &out->fill.trade_id_size) < 0 ||
        (t->commission.size && kit_json_dec(t->commission, &out->fill.fee) < 0) ||
        optional_id(t->order, &out->venue_order) < 0 || optional_id(t->client, &out->client) < 0 ||
        optional_id(t->opened, &out->position) < 0)
        return OC_E_DATA;
    if (t->pl.size && kit_json_dec(t->pl, &out->realised) == OC_OK)
        out->present |= OC_FILL_REALISED;
    out->fill.fee_asset = who->asset;
    out->fill.head.inst = scale.inst;
    out->fill.head.venue_ns = t->at_ns;
    out->fill.head.flags = flags;
    return kit_commit(&oa->kit, out);
}

/* ---- money ---- */

static oc_rc tell_money(struct oanda *oa, const struct account *who, const struct transaction *t, uint16_t kind,
                        uint16_t flags)
{
    oc_rc rc;
    struct oc_ev_ledger *out = KIT_EVENT(&oa->kit, oc_ev_ledger, OC_EV_LEDGER, who->source, &rc);
    if (!out)
        return rc;
    if (kit_json_dec(t->amount.size ? t->amount : t->financing, &out->amount) < 0 ||
        kit_json_dec(t->balance, &out->after) < 0 || kit_id(t->id, &out->id) < 0)
        return OC_E_DATA;
    out->asset = who->asset;
    out->status = OC_LEDGER_DONE;
    out->present = OC_LEDGER_HAS_AFTER;
    out->kind = kind == OC_LEDGER_DEPOSIT && out->amount.units < 0 ? OC_LEDGER_WITHDRAWAL : kind;
    out->head.venue_ns = t->at_ns;
    out->head.flags = flags;
    return kit_commit(&oa->kit, out);
}

/* ---- the life of orders ---- */

/* OC_EV_NONE: it says nothing of an order. */
static uint16_t meaning_of(const struct transaction *t, uint32_t why)
{
    const int replaces = t->replaces.size > 0;
    if (KIT_JSON_IS(t->type, "ORDER_CANCEL"))
        return why == OC_WHY_REPLACED        ? OC_EV_NONE /* not an end: it goes on under a new id */
               : why == OC_WHY_TIME_IN_FORCE ? OC_EV_EXPIRED
               : why == OC_WHY_CANCELED_BY_US || why == OC_WHY_LINKED ? OC_EV_CANCELED
                                                                      : OC_EV_REJECTED;
    if (KIT_JSON_IS(t->type, "ORDER_CANCEL_REJECT"))
        return OC_EV_CANCEL_REJECTED;
    if (ends_with(t->type, "_ORDER_REJECT"))
        return replaces ? OC_EV_AMEND_REJECTED : OC_EV_REJECTED;
    if (ends_with(t->type, "_ORDER"))
        return replaces ? OC_EV_AMENDED : OC_EV_ACCEPTED;
    return OC_EV_NONE; /* configuration, extensions, margin calls */
}

static oc_rc tell_order(struct oanda *oa, const struct account *who, const struct transaction *t,
                        const struct oc_venue_request *ask, uint16_t flags)
{
    const uint32_t why = oanda_why(t->reject.size ? t->reject : t->reason);
    const uint16_t type = meaning_of(t, why);
    struct oc_scale scale;
    int64_t units;
    oc_rc rc;
    if (type == OC_EV_NONE)
        return OC_OK;
    struct oc_ev_venue_answer *out = KIT_EVENT(&oa->kit, oc_ev_venue_answer, type, who->source, &rc);
    if (!out)
        return rc;
    /* an order's id is the id of the transaction that made it */
    if (kit_id(t->order.size ? t->order : t->id, &out->venue_order) < 0 || optional_id(t->client, &out->client) < 0)
        return OC_E_DATA;
    out->answer.head.venue_ns = t->at_ns;
    out->answer.head.flags = flags;
    out->answer.definitive = 1;
    out->why = why;
    if (ask) {
        out->answer.order = ask->ask.order;
        out->answer.request = ask->ask.id;
        out->answer.head.inst = ask->ask.head.inst;
    }
    if (t->instrument.size && kit_symbol(&oa->kit, t->instrument, &scale) == OC_OK) {
        out->answer.head.inst = ask ? ask->ask.head.inst : scale.inst;
        if (kit_scale_price(&scale, t->price, &out->answer.price) == OC_OK)
            out->present |= OC_OF_PRICE;
        if (kit_scale_qty(&scale, t->units, &units) == OC_OK && units != INT64_MIN) {
            out->answer.qty = units < 0 ? -units : units;
            out->present |= OC_OF_QTY;
        }
    }
    return kit_commit(&oa->kit, out);
}

static oc_rc tell(struct oanda *oa, const struct account *who, const struct transaction *t,
                  const struct oc_venue_request *ask, uint16_t flags)
{
    static const struct kit_word monies[] = {{"TRANSFER_FUNDS", OC_LEDGER_DEPOSIT},
                                             {"DAILY_FINANCING", OC_LEDGER_INTEREST},
                                             {"DIVIDEND_ADJUSTMENT", OC_LEDGER_DIVIDEND}};
    const uint32_t money = KIT_WORD_OF(t->type, monies, OC_LEDGER_NONE);
    if (KIT_JSON_IS(t->type, "ORDER_FILL"))
        return tell_fill(oa, who, t, flags);
    return money ? tell_money(oa, who, t, (uint16_t)money, flags) : tell_order(oa, who, t, ask, flags);
}

oc_rc oanda_transaction(struct oanda *oa, const struct account *who, struct kit_json *json,
                        const struct oc_venue_request *ask, uint16_t flags)
{
    struct transaction t;
    return read_transaction(json, &t) ? tell(oa, who, &t, ask, flags) : OC_E_DATA;
}

/* ---- pages and the stream ---- */

oc_rc oanda_transactions(struct oanda *oa, const struct account *who, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key, newest = {0}, last = {0};
    struct transaction t;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "lastTransactionID")) {
                newest = kit_json_value(&json);
            } else if (KIT_JSON_IS(key, "transactions") && kit_json_array(&json)) {
                for (; rc >= 0 && kit_json_item(&json); count++) {
                    rc = read_transaction(&json, &t) ? tell(oa, who, &t, NULL, OC_EVF_REPLAYED) : OC_E_DATA;
                    last = t.id;
                }
            }
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : OC_E_DATA;
    const int is_all = !last.size || (last.size == newest.size && memcmp(last.at, newest.at, last.size) == 0);
    const struct kit_json_text cursor = is_all ? newest : last;
    return kit_fetched(&oa->kit, in->fetch, who->source, OC_OK, count, !is_all, cursor.at, cursor.size);
}

/* {"transaction":{...}}: the fill behind an order that is done, the second step of OC_FETCH_ORDER. */
oc_rc oanda_filling(struct oanda *oa, const struct account *who, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "transaction"))
                rc = oanda_transaction(oa, who, &json, NULL, OC_EVF_REPLAYED);
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : OC_E_DATA;
    return oanda_fetched(oa, in, who->source, OC_OK, 2);
}

oc_rc oanda_on_transaction(struct oanda *oa, struct account *who, const struct oc_message *in)
{
    const struct oc_fetch stream = {.kind = OC_FETCH_FILLS}; /* token 0: nobody asked */
    struct kit_json json = kit_json_begin(in->bytes, in->bytes_size), copy = json;
    struct kit_json_text key, type = {0}, newest = {0};
    struct transaction t;
    uint64_t id;
    oc_rc rc = OC_OK;
    if (kit_json_object(&copy)) {
        while (kit_json_key(&copy, &key))
            if (KIT_JSON_IS(key, "type"))
                type = kit_json_value(&copy);
            else if (KIT_JSON_IS(key, "lastTransactionID") || KIT_JSON_IS(key, "id"))
                newest = kit_json_value(&copy);
    }
    if (!kit_json_end(&copy) || kit_json_u64(newest, &id) < 0)
        return OC_E_DATA;
    const int is_heartbeat = KIT_JSON_IS(type, "HEARTBEAT");
    if (who->last && id > who->last + !is_heartbeat) /* ids have no holes: a jump is something missed */
        rc = oa->kit.feed->missed(oa->kit.host, who->account, OC_FETCH_FILLS);
    if (rc >= 0 && !is_heartbeat) {
        rc = read_transaction(&json, &t) ? tell(oa, who, &t, NULL, OC_EVF_LAST) : OC_E_DATA;
        if (rc >= 0) /* moves the host's cursor on */
            rc = kit_fetched(&oa->kit, &stream, who->source, OC_OK, 0, 0, t.id.at, t.id.size);
    }
    if (rc >= 0 && id > who->last)
        who->last = id;
    return rc;
}
