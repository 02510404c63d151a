/* transactions.c: one transaction, whether of the stream, of an answer or of a page: the same object, the same events. */
#include "oanda.h"

#define SEEN(name, member) KIT_SEEN(member),
static const struct kit_field fields[TX_FIELDS] = {OA_MEMBERS(SEEN)};

/* Our id of an order stands within its extensions. */
static struct kit_json_text client_of(const struct kit_row *tx)
{
    const struct kit_json_text id = kit_take_one(kit_json_into(tx->of[TX_EXTENSIONS]), "id");
    return id.size ? id : tx->of[TX_CLIENT];
}

int oa_take_transaction(struct kit_json *json, struct kit_row *tx)
{
    uint64_t number;
    return KIT_ROW(json, fields, tx) && kit_json_u64(tx->of[TX_ID], &number) == OC_OK && tx->of[TX_TYPE].size > 0;
}

static int64_t time_of(const struct kit_row *tx)
{
    int64_t at_ns = 0;
    return kit_json_time(tx->of[TX_TIME], &at_ns) == OC_OK ? at_ns : 0;
}

static int ends_with(struct kit_json_text word, const char *tail)
{
    const size_t size = strlen(tail);
    return word.size >= size && memcmp(word.at + word.size - size, tail, size) == 0;
}

static oc_rc optional_id(struct kit_json_text text, struct oc_id *ret_id)
{
    return text.size ? kit_id(text, ret_id) : OC_OK;
}

/* ---- trades: what a fill did to each ---- */

struct part {
    struct kit_json_text id, units, price;
};

static int take_part(struct kit_json_text text, struct part *part)
{
    const struct kit_member members[] = {{"tradeID", &part->id}, {"units", &part->units}, {"price", &part->price}};
    struct kit_json json = kit_json_into(text);
    memset(part, 0, sizeof *part);
    return text.kind == KIT_JSON_OBJECT && KIT_TAKE(&json, members) && part->id.size;
}

/* The next of those that it closed. */
static int next_closed(struct kit_json *closed, struct part *part)
{
    return kit_json_item(closed) && take_part(kit_json_value(closed), part);
}

/* The first of them: what was opened; else what was reduced or closed. 0: the fill says none. */
static int first_part(const struct kit_row *tx, struct part *part)
{
    struct kit_json closed = kit_json_into(tx->of[TX_CLOSED]);
    return take_part(tx->of[TX_OPENED], part) || take_part(tx->of[TX_REDUCED], part) ||
           (tx->of[TX_CLOSED].kind == KIT_JSON_ARRAY && kit_json_array(&closed) && next_closed(&closed, part));
}

/* What the stream says of them, each once: what was open when they were asked for has what came until then. */
static void follow_trades(const struct oanda *oa, struct kit_token_account *who, const struct kit_row *tx)
{
    struct kit_json closed = kit_json_into(tx->of[TX_CLOSED]);
    const uint32_t changed[] = {TX_REDUCED, TX_OPENED};
    struct oc_scale scale;
    struct part part;
    int64_t units;
    if (kit_symbol(&oa->kit, tx->of[TX_INSTRUMENT], &scale) < 0)
        return;
    if (tx->of[TX_CLOSED].kind == KIT_JSON_ARRAY && kit_json_array(&closed))
        while (next_closed(&closed, &part))
            kit_ticket_change(oa_trades(oa, who), part.id, scale.inst, 0, 1);
    for (int i = 0; i < 2; i++)
        if (take_part(tx->of[changed[i]], &part) && kit_scale_qty(&scale, part.units, &units) == OC_OK)
            kit_ticket_change(oa_trades(oa, who), part.id, scale.inst, units, 0);
}

/* ---- fills ---- */

/* An average between two steps: the nearest price on the grid, and the exact money beside it. */
static oc_rc take_price(struct oc_ev_venue_fill *out, const struct oc_scale *scale, struct kit_json_text text)
{
    const struct oc_dec qty = {out->fill.qty * scale->qty_div, scale->qty_digits, 0};
    struct oc_dec exact;
    if (kit_scale_price(scale, text, &out->fill.price) == OC_OK)
        return OC_OK;
    if (kit_json_dec(text, &exact) < 0 || kit_nearest_price(scale, exact, &out->fill.price) < 0 ||
        oc_dec_mul(exact, qty, &out->value) < 0)
        return OC_E_DATA;
    out->present |= OC_FILL_VALUE;
    return OC_OK;
}

/* What it cost beside the price: commission, and what a guaranteed stop is paid for. */
static oc_rc take_fee(struct oc_ev_venue_fill *out, const struct kit_row *tx)
{
    struct oc_dec fee = {0, 0, 0}, more = {0, 0, 0};
    if (tx->of[TX_COMMISSION].size && kit_json_dec(tx->of[TX_COMMISSION], &fee) < 0)
        return OC_E_DATA;
    if (tx->of[TX_GUARANTEE].size && kit_json_dec(tx->of[TX_GUARANTEE], &more) < 0)
        return OC_E_DATA;
    return oc_dec_add(fee, more, &out->fill.fee) < 0 ? (oc_rc)OC_E_DATA : (oc_rc)OC_OK;
}

oc_rc oa_say_fill(struct oanda *oa, struct kit_token_account *who, const struct kit_row *tx,
                  const struct oc_venue_request *ask, uint16_t flags, int64_t *ret_qty)
{
    struct oc_scale scale;
    struct part part;
    int64_t units;
    oc_rc rc;
    if (kit_symbol(&oa->kit, tx->of[TX_INSTRUMENT], &scale) < 0)
        return kit_skip(&oa->kit, "fill.instrument", tx->of[TX_INSTRUMENT]);
    struct oc_ev_venue_fill *out = KIT_EVENT(&oa->kit, oc_ev_venue_fill, OC_EV_FILL, who->source, &rc);
    if (!out)
        return rc;
    if (kit_scale_qty(&scale, tx->of[TX_UNITS], &units) < 0 || units == INT64_MIN || !units)
        return OC_E_DATA;
    const int has_part = first_part(tx, &part);
    const int is_whole = has_part && kit_json_is(part.units, tx->of[TX_UNITS].at, tx->of[TX_UNITS].size);
    out->fill.qty = units < 0 ? -units : units;
    out->fill.side = units < 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
    out->fill.liquidity = OC_LIQUIDITY_TAKER;
    if (take_price(out, &scale,
                   is_whole && part.price.size ? part.price
                   : tx->of[TX_VWAP].size      ? tx->of[TX_VWAP]
                                               : tx->of[TX_PRICE]) < 0 ||
        take_fee(out, tx) < 0 || kit_trade_id(tx->of[TX_ID], out->fill.trade_id, &out->fill.trade_id_size) < 0 ||
        optional_id(tx->of[TX_ORDER], &out->venue_order) < 0 || optional_id(client_of(tx), &out->client) < 0 ||
        (has_part && kit_id(part.id, &out->position) < 0))
        return OC_E_DATA;
    if (tx->of[TX_PL].size && kit_json_dec(tx->of[TX_PL], &out->realised) == OC_OK)
        out->present |= OC_FILL_REALISED;
    out->fill.order = ask ? ask->ask.order : 0;
    out->fill.fee_asset = who->asset;
    out->fill.head.inst = scale.inst;
    out->fill.head.venue_ns = time_of(tx);
    out->fill.head.flags = flags;
    *ret_qty = out->fill.qty;
    return kit_commit(&oa->kit, out);
}

/* ---- money ---- */

static oc_rc say_money(const struct oanda *oa, const struct kit_token_account *who, const struct kit_row *tx,
                       uint16_t kind, struct kit_json_text amount, uint16_t flags)
{
    const struct kit_json_text none = {0};
    const int is_of_fill = KIT_JSON_IS(tx->of[TX_TYPE], "ORDER_FILL"); /* one entry of several things */
    const struct kit_entry entry = {.id = tx->of[TX_ID],
                                    .amount = amount,
                                    .after = is_of_fill ? none : tx->of[TX_BALANCE],
                                    .behind = is_of_fill ? "-financing" : "",
                                    .asset = who->asset,
                                    .kind = kind,
                                    .flags = flags,
                                    .at_ns = time_of(tx),
                                    .token = oa->token};
    return kit_say_entry(&oa->kit, who->source, &entry);
}

static int is_zero(struct kit_json_text text)
{
    struct oc_dec dec;
    return !text.size || kit_json_dec(text, &dec) < 0 || dec.units == 0;
}

/* OC_LEDGER_NONE: it moves no money by itself. */
static uint16_t money_of(const struct kit_row *tx)
{
    static const struct kit_word kinds[] = {{"TRANSFER_FUNDS", OC_LEDGER_DEPOSIT},
                                            {"DAILY_FINANCING", OC_LEDGER_INTEREST},
                                            {"DIVIDEND_ADJUSTMENT", OC_LEDGER_DIVIDEND}};
    static const struct kit_word funds[] = {{"ACCOUNT_TRANSFER", OC_LEDGER_TRANSFER},
                                            {"DIVISION_MIGRATION", OC_LEDGER_TRANSFER},
                                            {"SITE_MIGRATION", OC_LEDGER_TRANSFER},
                                            {"ADJUSTMENT", OC_LEDGER_ADJUSTMENT}};
    const uint32_t kind = KIT_WORD_OF(tx->of[TX_TYPE], kinds, OC_LEDGER_NONE);
    return (uint16_t)(kind == OC_LEDGER_DEPOSIT ? KIT_WORD_OF(tx->of[TX_FUNDING], funds, kind) : kind);
}

static oc_rc say_moved(const struct oanda *oa, const struct kit_token_account *who, const struct kit_row *tx,
                       uint16_t flags)
{
    const uint16_t kind = money_of(tx);
    return say_money(oa, who, tx, kind,
                     kind == OC_LEDGER_INTEREST   ? tx->of[TX_FINANCING]
                     : kind == OC_LEDGER_DIVIDEND ? tx->of[TX_DIVIDEND]
                                                  : tx->of[TX_AMOUNT],
                     flags);
}

/* Financing that a fill settles moves the balance beside its profit. */
static oc_rc say_settled(const struct oanda *oa, const struct kit_token_account *who, const struct kit_row *tx,
                         uint16_t flags)
{
    return is_zero(tx->of[TX_FINANCING]) ? (oc_rc)OC_OK
                                         : say_money(oa, who, tx, OC_LEDGER_INTEREST, tx->of[TX_FINANCING], flags);
}

/* ---- the life of orders ---- */

/* The order is over. A replacement is no end: it goes on under another number. */
static oc_rc say_end(const struct oanda *oa, const struct kit_token_account *who, const struct kit_row *tx,
                     const struct oc_venue_request *ask, uint16_t flags)
{
    const uint32_t why = oa_why(tx->of[TX_REASON]);
    const uint16_t type = why == OC_WHY_TIME_IN_FORCE ? OC_EV_EXPIRED : OC_EV_CANCELED;
    return why == OC_WHY_REPLACED ? (oc_rc)OC_OK
                                  : kit_say_of_order(&oa->kit, ask, who->source, type, why, tx->of[TX_REASON],
                                                     tx->of[TX_ORDER], tx->of[TX_CLIENT], time_of(tx), flags);
}

/* What the venue refused. Of the stream that of a new order alone: what it refused to change, or to cancel, its answer says. */
static oc_rc say_refused(const struct oanda *oa, const struct kit_token_account *who, const struct kit_row *tx,
                         const struct oc_venue_request *ask)
{
    const uint32_t why = oa_why(tx->of[TX_REJECT]);
    const uint16_t type = ask ? kit_refusal(ask->ask.kind) : (uint16_t)OC_EV_NONE;
    if (type == OC_EV_NONE || (type == OC_EV_REJECTED && why == OC_WHY_DUPLICATE_ID))
        return OC_OK; /* ours, that came twice: the other answer was lost, and it is asked about */
    return kit_answer(&oa->kit, ask, who->source, type, why, tx->of[TX_REJECT], NULL, NULL);
}

oc_rc oa_say_transaction(struct oanda *oa, struct kit_token_account *who, const struct kit_row *tx,
                         const struct oc_venue_request *ask, uint16_t flags)
{
    const struct kit_json_text type = tx->of[TX_TYPE], none = {0};
    int64_t qty;
    oc_rc rc;
    if (KIT_JSON_IS(type, "ORDER_FILL")) {
        rc = oa_say_fill(oa, who, tx, ask, flags, &qty);
        return rc < 0 ? rc : say_settled(oa, who, tx, flags);
    }
    if (KIT_JSON_IS(type, "ORDER_CANCEL"))
        return say_end(oa, who, tx, ask, flags);
    if (ends_with(type, "_REJECT"))
        return say_refused(oa, who, tx, ask);
    if (ends_with(type, "_ORDER") && ask && ask->ask.kind == OC_REQUEST_AMEND)
        return kit_replaced(&oa->kit, ask, who->source, tx->of[TX_ID], time_of(tx));
    if (ends_with(type, "_ORDER"))
        return ask || (client_of(tx).size && !tx->of[TX_REPLACES].size)
                   ? kit_say_of_order(&oa->kit, ask, who->source, OC_EV_ACCEPTED, OC_WHY_NONE, none, tx->of[TX_ID],
                                      client_of(tx), time_of(tx), flags)
                   : (oc_rc)OC_OK;
    if (money_of(tx))
        return say_moved(oa, who, tx, flags);
    return OC_OK; /* configuration, extensions, margin calls */
}

/* ---- pages ---- */

/* Where numbers begin that came at that time or later: behind "from=" of the first page. 0: there is none. */
static uint64_t first_of(struct kit_json_text pages)
{
    struct kit_json json = kit_json_into(pages);
    uint64_t number = 0;
    if (!pages.size || !kit_json_array(&json) || !kit_json_item(&json))
        return 0;
    const struct kit_json_text url = kit_json_value(&json);
    for (uint32_t at = 0; at + 5 < url.size && !number; at++)
        for (uint32_t i = at + 5; memcmp(url.at + at, "from=", 5) == 0 && i < url.size && url.at[i] >= '0' &&
                                  url.at[i] <= '9' && number < UINT32_MAX;
             i++)
            number = number * 10 + (uint64_t)(url.at[i] - '0');
    return number;
}

/* Of fills all but what orders were made; of the ledger money alone. */
static oc_rc say_row(void *self, struct kit_json *json, struct kit_page *page)
{
    struct oanda *oa = self;
    struct kit_row tx;
    if (!oa_take_transaction(json, &tx))
        return OC_E_DATA;
    (void)kit_json_u64(tx.of[TX_ID], &page->next);
    if (page->in->fetch->kind == OC_FETCH_LEDGER) {
        if (KIT_JSON_IS(tx.of[TX_TYPE], "ORDER_FILL"))
            return say_settled(oa, page->what, &tx, OC_EVF_REPLAYED);
        return money_of(&tx) ? say_moved(oa, page->what, &tx, OC_EVF_REPLAYED) : (oc_rc)OC_OK;
    }
    return ends_with(tx.of[TX_TYPE], "_ORDER")
               ? (oc_rc)OC_OK
               : oa_say_transaction(oa, page->what, &tx, NULL, OC_EVF_REPLAYED | OC_EVF_LAST);
}

/* Behind a number: what came since, up to a thousand at once. From a time: which number that begins behind. */
oc_rc oa_caught_up(const struct oanda *oa, struct kit_token_account *who, const struct oc_fetch *ask, uint64_t newest)
{
    if (!who->is_behind || ask->kind != OC_FETCH_FILLS)
        return OC_OK;
    who->is_behind = newest < who->last; /* something was heard since */
    return who->is_behind ? oa->kit.feed->missed(oa->kit.host, who->account, OC_FETCH_FILLS) : (oc_rc)OC_OK;
}

oc_rc oa_say_page(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    struct kit_page page = {.codec = &oa->kit, .in = in, .what = who, .source = who->source, .token = in->token};
    struct kit_json_text last;
    uint64_t newest;
    if (!in->fetch->cursor.size) {
        const uint64_t first = first_of(oa_list(in, "pages", &last));
        if (kit_json_u64(last, &newest) < 0)
            return OC_E_DATA;
        page.next = first ? first - 1 : newest;
        return kit_page_end(&page, 1, first != 0);
    }
    const struct kit_json_text list = oa_list(in, "transactions", &last);
    if (!list.size || kit_json_u64(last, &newest) < 0)
        return OC_E_DATA;
    (void)kit_cursor(in->fetch, &page.next);
    oa->token = in->fetch->kind == OC_FETCH_LEDGER ? in->token : 0;
    const oc_rc rc = kit_page_say(oa, &page, kit_json_into(list), say_row);
    oa->token = 0;
    const int has_more = page.count > 0 && page.next < newest;
    if (rc < 0)
        return rc;
    if (!has_more && oa_caught_up(oa, who, in->fetch, newest) < 0)
        return OC_E_AGAIN;
    return kit_page_end(&page, 1, has_more);
}

/* ---- the stream ---- */

oc_rc oa_hear_transaction(struct oanda *oa, struct kit_token_account *who, struct kit_json json)
{
    const struct oc_fetch stream = {.kind = OC_FETCH_FILLS}; /* token 0: nobody asked */
    struct kit_page page = {.codec = &oa->kit, .what = who, .source = who->source};
    struct kit_json whole = json;
    struct kit_json_text type = {0}, id = {0}, newest = {0}, none = {0};
    const struct kit_member members[] = {{"type", &type}, {"id", &id}, {"lastTransactionID", &newest}};
    struct kit_row tx;
    uint64_t number;
    oc_rc rc = OC_OK;
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json))
        return OC_E_DATA;
    const int is_beat = KIT_JSON_IS(type, "HEARTBEAT");
    if (kit_json_u64(is_beat ? newest : id, &number) < 0)
        return OC_E_DATA;
    const uint64_t before = who->last ? who->last : who->open;
    if (before && number > before + !is_beat) { /* numbers have no holes: something was missed */
        rc = oa->kit.feed->missed(oa->kit.host, who->account, OC_FETCH_FILLS);
        if (rc >= 0)
            rc = kit_token_ask_open(&oa->kit, &oa_life, who);
        who->is_behind = 1; /* the end of an order that came before its fill would say that less has traded than has */
    }
    if (rc >= 0 && !is_beat && number > who->last && !who->is_behind) {
        json = whole;
        if (!oa_take_transaction(&json, &tx))
            return OC_E_DATA;
        const int is_made = ends_with(tx.of[TX_TYPE], "_ORDER"), is_ours = client_of(&tx).size > 0;
        const int is_reissue = is_made && tx.of[TX_REPLACES].size && !KIT_JSON_IS(tx.of[TX_REASON], "REPLACEMENT");
        rc = is_made && (!is_ours || is_reissue) ? oa_say_order(oa, &whole, &page) /* as the order that it is */
                                                 : oa_say_transaction(oa, who, &tx, NULL, OC_EVF_LAST);
        if (rc >= 0 && tx.of[TX_BALANCE].size) /* what the account holds behind it */
            rc = kit_say_total(&oa->kit, who->source, who->asset, tx.of[TX_BALANCE], none, 0, time_of(&tx));
        if (rc >= 0)
            rc = kit_fetched(&oa->kit, &stream, who->source, OC_OK, 0, 0, &number, sizeof number);
        if (rc >= 0 && number > who->open)
            follow_trades(oa, who, &tx);
    }
    if (rc >= 0 && number > who->last)
        who->last = number;
    return rc;
}
