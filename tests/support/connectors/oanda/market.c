/* market.c: OANDA v20: instruments, prices, and the two streams: long answers of HTTP, one object a line. */
#include "oanda.h"

/* ---- instruments ---- */

struct instrument_words {
    struct kit_json_text name, price_digits, unit_digits, low, high, margin, largest;
};

static void read_instrument(struct kit_json *json, struct instrument_words *w)
{
    struct kit_json_text key;
    memset(w, 0, sizeof *w);
    if (!kit_json_object(json))
        return;
    while (kit_json_key(json, &key))
        if (KIT_JSON_IS(key, "name"))
            w->name = kit_json_value(json);
        else if (KIT_JSON_IS(key, "displayPrecision"))
            w->price_digits = kit_json_value(json);
        else if (KIT_JSON_IS(key, "tradeUnitsPrecision"))
            w->unit_digits = kit_json_value(json);
        else if (KIT_JSON_IS(key, "minimumTradeSize"))
            w->low = kit_json_value(json);
        else if (KIT_JSON_IS(key, "maximumOrderUnits"))
            w->high = kit_json_value(json);
        else if (KIT_JSON_IS(key, "maximumPositionSize"))
            w->largest = kit_json_value(json);
        else if (KIT_JSON_IS(key, "marginRate"))
            w->margin = kit_json_value(json);
}

static oc_rc say_instrument(struct oanda *oa, const struct instrument_words *w, uint64_t token)
{
    uint64_t price_digits, qty_digits;
    oc_rc rc;
    struct oc_ev_instrument *out = KIT_EVENT(&oa->kit, oc_ev_instrument, OC_EV_INSTRUMENT, 0, &rc);
    if (!out)
        return rc;
    struct oc_instrument *info = &out->info;
    const char *bar = w->name.size ? memchr(w->name.at, '_', w->name.size) : NULL;
    if (!bar || w->name.size >= OC_SYMBOL_MAX || kit_json_u64(w->price_digits, &price_digits) < 0 ||
        kit_json_u64(w->unit_digits, &qty_digits) < 0 || price_digits > OC_DEC_SCALE_MAX ||
        qty_digits > OC_DEC_SCALE_MAX)
        return kit_skip(&oa->kit, "instrument", w->name);
    const size_t base_size = (size_t)(bar - w->name.at), quote_size = w->name.size - base_size - 1;
    if (kit_asset(&oa->kit, kit_text_of(w->name.at, base_size), &info->base) < 0 ||
        kit_asset(&oa->kit, kit_text_of(bar + 1, quote_size), &info->quote) < 0)
        return kit_skip(&oa->kit, "instrument", w->name);
    out->token = token;
    info->size = sizeof *info;
    info->kind = OC_KIND_LINEAR;
    info->status = OC_STATUS_TRADING;
    info->settle = info->quote;
    info->contract_size = (struct oc_dec){1, 0, 0};
    info->price_step = (struct oc_dec){1, (int32_t)price_digits, 0};
    info->qty_step = (struct oc_dec){1, (int32_t)qty_digits, 0};
    info->price_digits = (uint32_t)price_digits;
    info->qty_digits = (uint32_t)qty_digits;
    memcpy(info->venue, "oanda", sizeof "oanda");
    memcpy(info->venue_symbol, w->name.at, w->name.size);
    memcpy(info->symbol, w->name.at, w->name.size);
    info->symbol[base_size] = '/';
    if (kit_json_units(w->low, info->qty_step, &info->min_qty) == OC_OK)
        info->present |= OC_INST_HAS_MIN_QTY;
    if (kit_json_units(w->high, info->qty_step, &info->max_qty) == OC_OK)
        info->present |= OC_INST_HAS_MAX_QTY;
    if (kit_json_units(w->largest, info->qty_step, &info->max_position) == OC_OK && info->max_position)
        info->present |= OC_INST_HAS_MAX_POSITION;
    if (kit_json_dec(w->margin, &info->margin_initial) < 0)
        info->margin_initial = (struct oc_dec){0, 0, 0};
    return kit_commit(&oa->kit, out);
}

oc_rc oanda_instruments(struct oanda *oa, const struct oc_response *in)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text key;
    struct instrument_words w;
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (kit_json_object(&json)) {
        while (rc >= 0 && kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "instruments") && kit_json_array(&json))
                for (; rc >= 0 && kit_json_item(&json); count++) {
                    read_instrument(&json, &w);
                    rc = json.is_bad ? OC_E_DATA : say_instrument(oa, &w, in->token);
                }
    }
    if (rc < 0 || !kit_json_end(&json))
        return rc < 0 ? rc : OC_E_DATA;
    return oanda_fetched(oa, in, 0, OC_OK, count);
}

/* ---- streams ---- */

static void write_names(struct oanda *oa, struct kit_write *out, const struct oc_sub *subs, uint32_t count)
{
    struct oc_instrument info;
    uint32_t named = 0;
    KIT_WRITE(out, "/pricing/stream?instruments=");
    for (uint32_t i = 0; i < count; i++)
        if (oa->kit.names->record(oa->kit.host, subs[i].inst, &info, sizeof info) >= 0) {
            kit_write_text(out, named++ ? "%2C" : "");
            kit_write_text(out, info.venue_symbol);
        }
}

oc_rc oanda_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct oanda *oa = self;
    struct account *who = oanda_account(oa, subs[0].account);
    struct kit_write out = kit_write_begin(oa->text, sizeof oa->text);
    const struct oc_cost costs[2] = {{CONNECTS, 0, 1}, {AT_ONCE, 0, 1}};
    const int is_private = subs[0].topic == OC_TOPIC_PRIVATE;
    uint32_t opened;
    if (!who)
        return OC_E_INVALID;
    if (stream && how != OC_SUB_SET)
        return how == OC_SUB_RESYNC ? oa->kit.net->fail(oa->kit.host, stream, OC_WHY_GAP) : OC_OK;
    struct oc_open open = {.size = sizeof open,
                           .flags = OC_OPEN_KEEP,
                           .endpoint = STREAMING,
                           .frame = OC_FRAME_LINES,
                           .method = OC_METHOD_GET,
                           .account = who->account,
                           .carries = OC_TOPIC_PRIVATE,
                           .path = oa->text,
                           .headers = oanda_headers,
                           .headers_size = oanda_headers_size,
                           .splices = &oanda_bearer,
                           .splice_count = 1,
                           .costs = costs,
                           .cost_count = 2,
                           .silence_ns = INT64_C(10000000000)};
    oanda_write_account(&out, who);
    if (is_private) {
        KIT_WRITE(&out, "/transactions/stream");
    } else {
        write_names(oa, &out, subs, count);
        open.carries = OC_TOPIC_QUOTES | OC_TOPIC_BOOK | OC_TOPIC_STATUS;
        open.flags |= OC_OPEN_WHOLE_SET;
        open.instead = who->prices; /* the new one first */
    }
    oc_rc rc = kit_write_end(&out);
    open.path_size = rc > 0 ? (uint32_t)rc : 0;
    if (rc >= 0)
        rc = oa->kit.net->open(oa->kit.host, &open, &opened);
    if (rc >= 0)
        *(is_private ? &who->transactions : &who->prices) = opened;
    return rc;
}

/* ---- prices ---- */

static uint32_t read_buckets(struct oanda *oa, struct kit_json_text list, const struct oc_scale *scale,
                             struct oc_level *levels)
{
    struct kit_json json = kit_json_into(list);
    struct kit_json_text key;
    uint32_t count = 0;
    if (!list.size || !kit_json_array(&json))
        return 0;
    while (kit_json_item(&json)) {
        struct kit_json_text price = {0}, liquidity = {0};
        if (kit_json_object(&json)) {
            while (kit_json_key(&json, &key))
                if (KIT_JSON_IS(key, "price"))
                    price = kit_json_value(&json);
                else if (KIT_JSON_IS(key, "liquidity")) /* number or string */
                    liquidity = kit_json_value(&json);
        }
        if (count < BUCKETS && kit_scale_price(scale, price, &levels[count].price) == OC_OK &&
            kit_scale_qty(scale, liquidity, &levels[count].qty) == OC_OK)
            count++;
        else
            kit_skip(&oa->kit, "bucket", price);
    }
    return count;
}

struct price { /* one line */
    struct kit_json_text type, name, tradeable, bids, asks;
    int64_t at_ns;
};

static oc_rc say_levels(struct oanda *oa, const struct price *p, const struct oc_scale *scale)
{
    const uint32_t bids = read_buckets(oa, p->bids, scale, oa->bids), asks = read_buckets(oa, p->asks, scale, oa->asks);
    oc_rc rc;
    struct oc_ev_book *book = kit_event(&oa->kit, sizeof *book + (bids + asks) * sizeof *oa->bids, OC_EV_BOOK, 0, &rc);
    if (!book)
        return rc;
    book->head.inst = scale->inst;
    book->head.venue_ns = p->at_ns;
    book->kind = OC_BOOK_SNAPSHOT;
    book->chain = OC_CHAIN_NONE;
    book->bids = bids;
    book->asks = asks;
    book->tail = sizeof *book;
    struct oc_level *levels = (struct oc_level *)(void *)(book + 1);
    memcpy(levels, oa->bids, bids * sizeof *levels);
    memcpy(levels + bids, oa->asks, asks * sizeof *levels);
    return kit_commit(&oa->kit, book);
}

static oc_rc say_price(struct oanda *oa, const struct price *p)
{
    struct oc_scale scale;
    if (kit_symbol(&oa->kit, p->name, &scale) < 0)
        return OC_OK;
    oc_rc rc = say_levels(oa, p, &scale);
    if (rc < 0)
        return rc;
    struct oc_ev_session *session = KIT_EVENT(&oa->kit, oc_ev_session, OC_EV_SESSION, 0, &rc);
    if (!session)
        return rc;
    session->head.inst = scale.inst;
    session->head.venue_ns = p->at_ns;
    session->head.flags = OC_EVF_LAST;
    session->status = p->tradeable.kind == KIT_JSON_FALSE ? OC_SESSION_CLOSED : OC_SESSION_OPEN;
    return kit_commit(&oa->kit, session);
}

oc_rc oanda_on_prices(struct oanda *oa, const struct oc_message *in)
{
    struct kit_json json = kit_json_begin(in->bytes, in->bytes_size);
    struct kit_json_text key;
    struct price p = {0};
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "type"))
                p.type = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "instrument"))
                p.name = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "tradeable"))
                p.tradeable = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "bids"))
                p.bids = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "asks"))
                p.asks = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "time") && kit_json_time(kit_json_value(&json), &p.at_ns) < 0)
                return OC_E_DATA;
    }
    if (!kit_json_end(&json) || !p.type.size)
        return OC_E_DATA;
    return KIT_JSON_IS(p.type, "PRICE") ? say_price(oa, &p) : OC_OK; /* else a heartbeat */
}
