/* ask.c: questions, and their answers: an account's money, positions, trades and orders. */
#include "oanda.h"

/* ---- asked ---- */

static const char *behind_account(uint32_t kind)
{
    switch (kind) {
    case OC_FETCH_INSTRUMENTS:
        return "/instruments";
    case OC_FETCH_CREDENTIALS:
    case OC_FETCH_BALANCES:
        return "/summary";
    case OC_FETCH_POSITIONS:
        return "/openPositions";
    case OC_FETCH_OPEN_ORDERS:
        return "/pendingOrders";
    case OC_FETCH_ORDER:
        return "/orders/";
    case OC_FETCH_FILLS:
    case OC_FETCH_LEDGER:
        return "/transactions";
    case OC_FETCH_BARS:
        return "/instruments/";
    default:
        return NULL;
    }
}

/* Behind a number all that came since; from a time on, where the numbers begin; of neither, which number is the latest. */
static oc_rc write_past(struct kit_write *path, const struct oc_fetch *ask)
{
    uint64_t number;
    if (kit_cursor(ask, &number)) {
        KIT_WRITE(path, "/sinceid?id=");
        kit_write_u64(path, number);
    } else {
        KIT_WRITE(path, "?pageSize=1000&from=");
        kit_write_time(path, ask->from_ns, 9);
    }
    return OC_OK;
}

static oc_rc write_order(struct kit_write *path, const struct oc_fetch *ask)
{
    if (!ask->venue_order.size && !ask->client.size)
        return OC_E_INVALID;
    if (!ask->venue_order.size)
        KIT_WRITE(path, "%40");
    kit_write_id(path, ask->venue_order.size ? &ask->venue_order : &ask->client);
    return OC_OK;
}

/* Under the token of the question. */
static oc_rc ask_more(const struct oanda *oa, const struct kit_token_account *who, const struct oc_fetch *ask,
                      const char *path, const struct kit_write *written, uint64_t about, uint64_t before)
{
    struct oc_http http = {
        .flags = OC_HTTP_SAFE, .lane = (uint8_t)ask->lane, .token = ask->token, .user = {about, before}};
    return kit_bearer_call(&oa->kit, oa_life.bearer, who->account, &http, path, written);
}

oc_rc oa_fetch(void *self, const struct oc_fetch *ask)
{
    struct oanda *oa = self;
    const char *behind = behind_account(ask->kind);
    const struct kit_token_account *who =
        ask->account ? kit_token_account_of(&oa->life, ask->account) : kit_token_any(&oa->life);
    const int is_past = ask->kind == OC_FETCH_FILLS || ask->kind == OC_FETCH_LEDGER;
    char path[KIT_TOKEN_PATH];
    oc_rc rc = OC_OK;
    if (!behind)
        return OC_E_NOT_SUPPORTED;
    if (!who) /* nothing is said to who has no token */
        return ask->account ? (oc_rc)OC_E_INVALID : kit_fetched(&oa->kit, ask, 0, OC_E_DENIED, 0, 0, NULL, 0);
    if (ask->account && !who->is_heard)
        return OC_E_AGAIN;
    if (is_past && !ask->cursor.size && !ask->from_ns)
        behind = "/summary";
    struct kit_write out = kit_token_path(&oa_life, who, behind, path);
    if (ask->kind == OC_FETCH_BARS)
        rc = oa_write_bars(oa, ask, &out);
    else if (ask->kind == OC_FETCH_ORDER)
        rc = write_order(&out, ask);
    else if (is_past && (ask->cursor.size || ask->from_ns))
        rc = write_past(&out, ask);
    return rc < 0 ? rc : ask_more(oa, who, ask, path, &out, 0, 0);
}

/* ---- answered ---- */

struct kit_json_text oa_list(const struct oc_response *in, const char *name, struct kit_json_text *ret_last)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text list = {0}, last = {0}, none = {0};
    const struct kit_member members[] = {{name, &list}, {"lastTransactionID", &last}};
    const int is_good = KIT_TAKE(&json, members) && kit_json_end(&json);
    *ret_last = is_good ? last : none;
    return is_good ? list : none;
}

#define AT(member) offsetof(struct oc_ev_account, member)
enum { BALANCE = 0, CURRENCY = 1, USED = 5 };
static const struct kit_word hedging[] = {{"true", OC_IS_HEDGING}};
static const struct kit_field summary_fields[] = {
    KIT_SEEN("balance"),
    KIT_FIELD("currency", KIT_IS_ASSET, KIT_MUST, AT(asset), 0),
    KIT_FIELD_WORDS("hedgingEnabled", KIT_IS_BITS, AT(rights), hedging),
    KIT_FIELD("unrealizedPL", KIT_IS_DEC, 0, AT(unrealised), OC_ACC_UNREALISED),
    KIT_FIELD("NAV", KIT_IS_DEC, 0, AT(equity), OC_ACC_EQUITY),
    KIT_FIELD("marginUsed", KIT_IS_DEC, 0, AT(margin_used), OC_ACC_MARGIN_USED),
    KIT_FIELD("marginAvailable", KIT_IS_DEC, 0, AT(margin_free), OC_ACC_MARGIN_FREE),
    KIT_FIELD("lastTransactionID", KIT_IS_ID, 0, AT(last), 0)};
#undef AT

static int take_account(const struct oc_response *in, struct kit_row *row)
{
    struct kit_json_text last;
    struct kit_json json = kit_json_into(oa_list(in, "account", &last));
    return KIT_ROW(&json, summary_fields, row) && kit_json_end(&json);
}

oc_rc oa_take_currency(void *self, struct kit_token_account *who, const struct oc_response *in)
{
    const struct oanda *oa = self;
    struct kit_row row;
    return take_account(in, &row) ? kit_asset(&oa->kit, row.of[CURRENCY], &who->asset) : (oc_rc)OC_E_DATA;
}

static oc_rc say_summary(struct oanda *oa, const struct kit_token_account *who, const struct oc_response *in)
{
    const struct oc_fetch *ask = in->fetch;
    struct kit_row row;
    oc_rc rc;
    struct oc_ev_account *out = KIT_EVENT(&oa->kit, oc_ev_account, OC_EV_ACCOUNT, who->source, &rc);
    if (!out)
        return rc;
    if (!take_account(in, &row) || kit_row_read(&oa->kit, summary_fields, KIT_COUNT(summary_fields), &row, out,
                                                offsetof(struct oc_ev_account, present)) < 0)
        return OC_E_DATA;
    out->token = ask->token;
    out->rights |= OC_MAY_VIEW | (oa->env == OC_ENV_PRACTICE ? (uint32_t)OC_IS_PRACTICE : 0u);
    out->known = OC_MAY_VIEW | OC_IS_HEDGING | OC_IS_PRACTICE;
    out->venue_account = who->id;
    rc = kit_commit(&oa->kit, out);
    if (rc >= 0)
        rc = kit_say_total(&oa->kit, who->source, who->asset, row.of[BALANCE], row.of[USED], ask->token, 0);
    return rc < 0 ? rc : kit_fetched(&oa->kit, ask, who->source, OC_OK, 2, 0, NULL, 0);
}

/* Where news begin: nothing is said of what was before. */
static oc_rc say_beginning(const struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    struct kit_json_text last;
    uint64_t number;
    (void)oa_list(in, "account", &last);
    if (kit_json_u64(last, &number) < 0)
        return OC_E_DATA;
    if (oa_caught_up(oa, who, in->fetch, number) < 0)
        return OC_E_AGAIN;
    return kit_fetched(&oa->kit, in->fetch, who->source, OC_OK, 0, 0, &number, sizeof number);
}

enum { NAME, UNITS, OPEN_ID };
static const struct kit_field trade_fields[] = {KIT_SEEN("instrument"), KIT_SEEN("currentUnits"), KIT_SEEN("id")};

/* One that is open. Of nothing that is traded from here: passed over. */
static oc_rc take_trade(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct oanda *oa = self;
    struct kit_token_account *who = page->what;
    struct oc_scale scale;
    struct kit_row row;
    int64_t units;
    if (!KIT_ROW(json, trade_fields, &row))
        return OC_E_DATA;
    if (kit_symbol(&oa->kit, row.of[NAME], &scale) == OC_OK && kit_scale_qty(&scale, row.of[UNITS], &units) == OC_OK)
        kit_ticket_change(oa_trades(oa, who), row.of[OPEN_ID], scale.inst, units, 0);
    return OC_OK;
}

/* OC_E_AGAIN: a transaction was heard meanwhile that is not in it. */
oc_rc oa_take_trades(void *self, struct kit_token_account *who, const struct oc_response *in)
{
    struct oanda *oa = self;
    struct kit_page page = {.codec = &oa->kit, .in = in, .what = who};
    struct kit_json_text last;
    const struct kit_json_text list = oa_list(in, "trades", &last);
    uint64_t number;
    if (!list.size || kit_json_u64(last, &number) < 0)
        return OC_E_DATA;
    if (who->last > number)
        return OC_E_AGAIN;
    who->open = number;
    oa_trades(oa, who)->count = oa_trades(oa, who)->is_full = 0;
    return kit_page_say(oa, &page, kit_json_into(list), take_trade);
}

oc_rc oa_take_markets(void *self, const struct oc_response *in)
{
    struct oanda *oa = self;
    struct kit_page page = {.codec = &oa->kit, .in = in};
    struct kit_json_text last;
    const struct kit_json_text list = oa_list(in, "instruments", &last);
    return list.size ? kit_page_say(oa, &page, kit_json_into(list), oa_say_instrument) : (oc_rc)OC_E_DATA;
}

/* ---- positions ---- */

enum { SYMBOL = 0, SIDES = 1 };
static const struct kit_field position_fields[] = {KIT_SEEN("instrument"), KIT_SEEN("long"), KIT_SEEN("short"),
                                                   KIT_SEEN("marginUsed")};
enum { SIDE_UNITS = 0, AVERAGE = 1, GAIN = 2, PL = 3 };
static const struct kit_field side_fields[] = {KIT_SEEN("units"), KIT_SEEN("averagePrice"), KIT_SEEN("unrealizedPL"),
                                               KIT_SEEN("pl")};

/* Long and short stand side by side at the venue; where only one of them is held, that is the position. */
static oc_rc say_position(void *self, struct kit_json *json, struct kit_page *page)
{
    const struct oanda *oa = self;
    const struct kit_token_account *who = page->what;
    static const uint8_t names[] = {OC_POSITION_LONG, OC_POSITION_SHORT};
    struct kit_position sides[2] = {{.asset = who->asset}, {.asset = who->asset}};
    struct kit_row row, side_row;
    struct oc_scale scale;
    oc_rc rc = OC_OK;
    if (!KIT_ROW(json, position_fields, &row))
        return OC_E_DATA;
    if (kit_symbol(&oa->kit, row.of[SYMBOL], &scale) < 0)
        return kit_skip(&oa->kit, "position.instrument", row.of[SYMBOL]);
    for (int i = 0; i < 2; i++) {
        struct kit_json side = kit_json_into(row.of[SIDES + i]);
        if (!KIT_ROW(&side, side_fields, &side_row) ||
            kit_scale_qty(&scale, side_row.of[SIDE_UNITS], &sides[i].qty) < 0)
            return OC_E_DATA;
        sides[i].average = side_row.of[AVERAGE];
        sides[i].unrealised = side_row.of[GAIN];
        sides[i].realised = side_row.of[PL];
    }
    const int is_one = !sides[0].qty || !sides[1].qty, first = is_one && sides[1].qty;
    for (int i = first; i < (is_one ? first + 1 : 2) && rc >= 0; i++) {
        sides[i].side = is_one ? (uint8_t)OC_POSITION_NET : names[i];
        rc = kit_say_position(&oa->kit, page->source, scale.inst, &sides[i], page->token);
    }
    return rc;
}

static oc_rc say_all(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in, const char *name,
                     kit_page_row say)
{
    struct kit_json_text last;
    const struct kit_json_text list = oa_list(in, name, &last);
    struct kit_page page = {.codec = &oa->kit, .in = in, .what = who, .source = who->source, .token = in->token};
    if (say == oa_say_instrument)
        page.source = 0;
    const oc_rc rc = list.size ? kit_page_say(oa, &page, kit_json_into(list), say) : (oc_rc)OC_E_DATA;
    return rc < 0 ? rc : kit_page_end(&page, 0, 0);
}

/* ---- one order ---- */

static oc_rc end_order(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in, const void *body,
                       uint32_t size, int is_in_list, struct kit_page *page)
{
    struct kit_json json = kit_json_begin(body, size);
    struct kit_json_text one = {0};
    const struct kit_member members[] = {{"order", &one}};
    if (!is_in_list && !(KIT_TAKE(&json, members) && kit_json_end(&json)))
        return OC_E_DATA;
    json = is_in_list ? kit_json_begin(body, size) : kit_json_into(one);
    const oc_rc rc = oa_say_order(oa, &json, page);
    return rc < 0 ? rc : kit_fetched(&oa->kit, in->fetch, who->source, OC_OK, 1, 0, NULL, 0);
}

/* What filled it is asked for first, for an order does not say how much of it has traded: the order is held until then. */
static oc_rc say_one(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in,
                     struct kit_json_text order, struct kit_json_text filling)
{
    struct kit_page page = {.codec = &oa->kit, .in = in, .what = who, .source = who->source, .token = in->token};
    struct oc_response held = *in;
    char path[KIT_TOKEN_PATH];
    if (!filling.size)
        return end_order(oa, who, in, order.at, order.size, 1, &page);
    struct kit_write out = kit_token_path(&oa_life, who, "/transactions/", path);
    kit_write_query(&out, filling.at, filling.size);
    const oc_rc rc = ask_more(oa, who, in->fetch, path, &out, FILLING, 0);
    held.body = order.at;
    held.body_size = order.size;
    return rc < 0 ? rc : kit_held_put(&oa->held, &held);
}

static oc_rc take_order(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    struct kit_json_text last, filling = {0};
    const struct kit_json_text order = oa_list(in, "order", &last);
    if (!order.size)
        return OC_E_DATA;
    (void)oa_order_is(kit_json_into(order), NULL, &filling);
    return say_one(oa, who, in, order, filling);
}

static oc_rc take_filling(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    struct kit_held_one *held = kit_held_of(&oa->held, in->token);
    struct kit_page page = {.codec = &oa->kit, .in = in, .what = who, .source = who->source, .token = in->token};
    struct kit_json_text last;
    struct kit_json json = kit_json_into(oa_list(in, "transaction", &last));
    struct kit_row tx;
    int64_t qty = 0;
    oc_rc rc = OC_OK;
    if (!held)
        return kit_fetched(&oa->kit, in->fetch, who->source, OC_E_IO, 0, 0, NULL, 0);
    if (in->status == 200 && (!oa_take_transaction(&json, &tx) || !kit_json_end(&json)))
        return OC_E_DATA;
    if (in->status == 200)
        rc = oa_say_fill(oa, who, &tx, NULL, OC_EVF_REPLAYED, &qty);
    page.next = (uint64_t)qty;
    if (rc >= 0)
        rc = end_order(oa, who, in, held->body, held->size, 1, &page);
    if (rc != OC_E_FULL && rc != OC_E_AGAIN)
        kit_held_drop(held);
    return rc;
}

/* A name of ours is found so only while its order is open: what is over is looked for in the list, from the latest on. `before`: 0, the latest. */
static oc_rc look_for(const struct oanda *oa, const struct kit_token_account *who, const struct oc_fetch *ask,
                      uint64_t before)
{
    char path[KIT_TOKEN_PATH];
    struct kit_write out = kit_token_path(&oa_life, who, "/orders?state=ALL&count=500", path);
    if (before) {
        KIT_WRITE(&out, "&beforeID=");
        kit_write_u64(&out, before);
    }
    return ask_more(oa, who, ask, path, &out, LOOKING, before);
}

static oc_rc absent(const struct oanda *oa, const struct kit_token_account *who, const struct oc_fetch *ask)
{
    const oc_rc rc = kit_absent(&oa->kit, ask, who->source);
    return rc < 0 ? rc : kit_fetched(&oa->kit, ask, who->source, OC_OK, 1, 0, NULL, 0);
}

/* A full list proves nothing of what is older than its oldest: that it is absent is said where ours could not be older, by clocks an hour apart. */
static oc_rc take_looking(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    struct kit_json_text last, filling = {0};
    const struct kit_json_text list = oa_list(in, "orders", &last);
    struct kit_json json = kit_json_into(list);
    const uint64_t before = in->user[1];
    uint64_t number, oldest = UINT64_MAX;
    int64_t made_ns = INT64_MAX;
    uint32_t count = 0;
    if (!list.size || !kit_json_array(&json))
        return OC_E_DATA;
    for (; kit_json_item(&json); count++) {
        const struct kit_json_text order = kit_json_value(&json);
        if (oa_order_is(kit_json_into(order), &in->fetch->client, &filling))
            return say_one(oa, who, in, order, filling);
        if (kit_json_u64(kit_take_one(kit_json_into(order), "id"), &number) < 0)
            return OC_E_DATA;
        if (number < oldest && kit_json_time(kit_take_one(kit_json_into(order), "createTime"), &made_ns) >= 0)
            oldest = number;
    }
    if (!kit_json_end(&json))
        return OC_E_DATA;
    if (count < ORDERS_PAGE || made_ns < in->fetch->created_ns - 3600 * SECOND)
        return absent(oa, who, in->fetch);
    if (oldest == UINT64_MAX || (before && oldest >= before)) /* nothing older is said */
        return kit_fetched(&oa->kit, in->fetch, who->source, OC_E_IO, 0, 0, NULL, 0);
    return look_for(oa, who, in->fetch, oldest);
}

/* ---- where each goes ---- */

static oc_rc refused(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    const struct oc_fetch *ask = in->fetch;
    struct kit_json_text words;
    const uint32_t why = oa_refused(in->status, kit_json_begin(in->body, in->body_size), &words);
    if (in->user[0] == FILLING && in->status == 404)
        return take_filling(oa, who, in);
    if (ask->kind == OC_FETCH_ORDER && in->status == 404 && !ask->venue_order.size && in->user[0] == 0)
        return look_for(oa, who, ask, 0);
    if (ask->kind == OC_FETCH_ORDER && in->status == 404)
        return absent(oa, who, ask);
    return kit_fetched(&oa->kit, ask, ask->account ? who->source : 0,
                       why == OC_WHY_BAD_CREDENTIALS || why == OC_WHY_PERMISSION ? OC_E_DENIED
                       : in->status == 416                                       ? OC_E_NOT_FOUND
                                                                                 : OC_E_IO,
                       0, 0, NULL, 0);
}

oc_rc oa_answer_fetch(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in)
{
    if (in->status != 200)
        return refused(oa, who, in);
    if (in->user[0] == FILLING)
        return take_filling(oa, who, in);
    if (in->user[0] == LOOKING)
        return take_looking(oa, who, in);
    switch (in->fetch->kind) {
    case OC_FETCH_INSTRUMENTS:
        return say_all(oa, who, in, "instruments", oa_say_instrument);
    case OC_FETCH_CREDENTIALS:
    case OC_FETCH_BALANCES:
        return say_summary(oa, who, in);
    case OC_FETCH_POSITIONS:
        return say_all(oa, who, in, "positions", say_position);
    case OC_FETCH_OPEN_ORDERS:
        return say_all(oa, who, in, "orders", oa_say_order);
    case OC_FETCH_ORDER:
        return take_order(oa, who, in);
    case OC_FETCH_BARS:
        return oa_say_bars(oa, who, in);
    default:
        return in->fetch->cursor.size || in->fetch->from_ns ? oa_say_page(oa, who, in) : say_beginning(oa, who, in);
    }
}
