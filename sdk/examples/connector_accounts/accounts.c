/* accounts.c: an exchange that keeps several accounts of one customer, and lists what it trades while it runs. Words, a line each:
 *
 *   it says  list SYMBOL BASE QUOTE PRICE_STEP QTY_STEP      again with other steps: from then on it counts in them
 *            gone SYMBOL                                     not traded any more
 *            trade SYMBOL PRICE QTY
 *            mark SYMBOL PRICE | funding SYMBOL RATE
 *            ACCOUNT holds ASSET TOTAL | ACCOUNT holds ASSET FREE LOCKED
 *            ACCOUNT moved ID KIND ASSET AMOUNT              deposit, withdrawal, interest, fee
 *            ACCOUNT position SYMBOL QTY AVERAGE
 *            ACCOUNT margin ASSET EQUITY USED FREE
 *            ACCOUNT may RIGHT...                            view, trade, withdraw: all that it may
 *            ACCOUNT is ready | cancel_only | post_only | maintenance
 *            ACCOUNT ack ID | ACCOUNT canceled ID
 *            ACCOUNT fill ID SYMBOL QTY PRICE FEE ASSET TRADE [POSITION]
 *   we say   ACCOUNT new ID SYMBOL buy|sell QTY PRICE      `market` for PRICE: at market
 *            ACCOUNT close ID SYMBOL long|short QTY         of its position, at market
 *            ACCOUNT protect ID POSITION stop|target QTY PRICE
 *            ACCOUNT cancel ID
 *
 * It has ways of its own to close a position (OC_CAN_CLOSE) and to set stop loss and take profit into one (OC_CAN_PROTECT); both are
 * orders under the ID that they are asked for with.
 *
 * It keeps the names of its accounts, which the host gives it, and nothing else. */
#include <outcry/kit/codec.h>
#include <outcry/kit/write.h>
#include <outcry/outcry.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 10, ACCOUNTS_MAX = 16, LINE_MAX_OUT = 256 };

struct exchange {
    struct kit_codec kit;
    struct oc_account accounts[ACCOUNTS_MAX];
    uint32_t account_count;
    uint32_t stream;
};

struct words {
    struct kit_json_text at[WORDS_MAX];
    uint32_t count;
};

static int is(struct kit_json_text word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.at, text, word.size) == 0;
}

static oc_rc split(const struct oc_message *heard, struct words *ret_words)
{
    const char *at = heard->bytes, *end = at + heard->bytes_size;
    ret_words->count = 0;
    while (at < end) {
        const char *blank = memchr(at, ' ', (size_t)(end - at));
        if (!blank)
            blank = end;
        if (ret_words->count == WORDS_MAX || blank == at)
            return OC_E_DATA;
        ret_words->at[ret_words->count++] = kit_text_of(at, (size_t)(blank - at));
        at = blank + (blank < end);
    }
    return ret_words->count ? OC_OK : OC_E_DATA;
}

/* What a host gives its number to. 0: none of ours is called so. */
static uint32_t source_of(const struct exchange *ex, struct kit_json_text name)
{
    for (uint32_t i = 0; i < ex->account_count; i++)
        if (is(name, ex->accounts[i].name))
            return ex->accounts[i].source;
    return 0;
}

static const char *name_of(const struct exchange *ex, uint32_t account)
{
    for (uint32_t i = 0; i < ex->account_count; i++)
        if (ex->accounts[i].account == account)
            return ex->accounts[i].name;
    return NULL;
}

/* The record of a symbol as it is known, or a new one. */
static oc_rc list(const struct exchange *ex, const struct words *words, uint32_t status)
{
    struct oc_instrument info = {.size = sizeof info, .kind = OC_KIND_SPOT, .contract_size = {1, 0, 0}};
    struct oc_scale scale;
    const struct kit_json_text symbol = words->at[1];
    oc_rc rc = kit_symbol(&ex->kit, symbol, &scale);
    if (rc == OC_OK)
        rc = ex->kit.names->record(ex->kit.host, scale.inst, &info, sizeof info);
    else if (words->count == 6 && symbol.size < sizeof info.symbol)
        rc = OC_OK;
    if (rc < 0)
        return OC_E_DATA;
    info.status = status;
    if (words->count == 6) {
        memset(info.symbol, 0, sizeof info.symbol);
        memcpy(info.symbol, symbol.at, symbol.size);
        memcpy(info.venue_symbol, info.symbol, sizeof info.venue_symbol);
        if (kit_asset(&ex->kit, words->at[2], &info.base) < 0 || kit_asset(&ex->kit, words->at[3], &info.quote) < 0 ||
            kit_json_dec(words->at[4], &info.price_step) < 0 || kit_json_dec(words->at[5], &info.qty_step) < 0)
            return OC_E_DATA;
        info.settle = info.quote;
    }
    struct oc_ev_instrument *said = KIT_EVENT(&ex->kit, oc_ev_instrument, OC_EV_INSTRUMENT, 0, &rc);
    if (!said)
        return rc;
    said->info = info;
    said->info.inst = 0;
    return kit_commit(&ex->kit, said);
}

static oc_rc trade(const struct exchange *ex, const struct words *words)
{
    struct oc_scale scale;
    int64_t price, qty;
    oc_rc rc;
    if (kit_symbol(&ex->kit, words->at[1], &scale) < 0 || kit_scale_price(&scale, words->at[2], &price) < 0 ||
        kit_scale_qty(&scale, words->at[3], &qty) < 0)
        return OC_E_DATA;
    struct oc_ev_trade *said = KIT_EVENT(&ex->kit, oc_ev_trade, OC_EV_TRADE, 0, &rc);
    if (!said)
        return rc;
    said->head.inst = scale.inst;
    said->price = price;
    said->qty = qty;
    said->present = OC_HAS_QTY;
    return kit_commit(&ex->kit, said);
}

static oc_rc holds(const struct exchange *ex, uint32_t source, const struct words *words)
{
    uint32_t asset;
    struct oc_dec total;
    oc_rc rc;
    if (kit_asset(&ex->kit, words->at[2], &asset) < 0 || kit_json_dec(words->at[3], &total) < 0)
        return OC_E_DATA;
    struct oc_dec locked = {0, 0, 0};
    if (words->count == 5 && kit_json_dec(words->at[4], &locked) < 0)
        return OC_E_DATA;
    struct oc_ev_balance *said = KIT_EVENT(&ex->kit, oc_ev_balance, OC_EV_BALANCE, source, &rc);
    if (!said)
        return rc;
    said->asset = asset;
    if (words->count == 4) {
        said->total = total;
    } else { /* what it says first is what is free */
        said->free = total;
        said->locked = locked;
        said->present = OC_BAL_FREE | OC_BAL_LOCKED | OC_BAL_SUM;
    }
    return kit_commit(&ex->kit, said);
}

/* The place of a word in a list; `count`: it is none of them. */
static uint32_t place(struct kit_json_text word, const char *const *list, uint32_t count)
{
    uint32_t i = 0;
    while (i < count && !is(word, list[i]))
        i++;
    return i;
}

static oc_rc moved(const struct exchange *ex, uint32_t source, const struct words *words)
{
    static const char *const names[] = {"deposit", "withdrawal", "interest", "fee"};
    static const uint16_t kinds[] = {OC_LEDGER_DEPOSIT, OC_LEDGER_WITHDRAWAL, OC_LEDGER_INTEREST, OC_LEDGER_FEE,
                                     OC_LEDGER_OTHER};
    uint32_t asset;
    struct oc_dec amount;
    oc_rc rc;
    if (words->at[2].size > OC_ID_MAX || kit_asset(&ex->kit, words->at[4], &asset) < 0 ||
        kit_json_dec(words->at[5], &amount) < 0)
        return OC_E_DATA;
    struct oc_ev_ledger *said = KIT_EVENT(&ex->kit, oc_ev_ledger, OC_EV_LEDGER, source, &rc);
    if (!said)
        return rc;
    said->kind = kinds[place(words->at[3], names, 4)];
    said->status = OC_LEDGER_DONE;
    said->asset = asset;
    said->amount = amount;
    said->id.size = (uint8_t)words->at[2].size;
    memcpy(said->id.text, words->at[2].at, words->at[2].size);
    return kit_commit(&ex->kit, said);
}

static oc_rc position(const struct exchange *ex, uint32_t source, const struct words *words)
{
    struct oc_scale scale;
    struct kit_json_text qty = words->at[3];
    struct oc_dec average;
    int64_t units;
    const int is_short = qty.size > 1 && qty.at[0] == '-';
    oc_rc rc;
    qty.at += is_short;
    qty.size -= (uint32_t)is_short;
    if (kit_symbol(&ex->kit, words->at[2], &scale) < 0 || kit_scale_qty(&scale, qty, &units) < 0 ||
        kit_json_dec(words->at[4], &average) < 0)
        return OC_E_DATA;
    struct oc_ev_position *said = KIT_EVENT(&ex->kit, oc_ev_position, OC_EV_POSITION, source, &rc);
    if (!said)
        return rc;
    said->head.inst = scale.inst;
    said->qty = is_short ? -units : units;
    said->average = average;
    said->present = OC_POS_AVERAGE;
    return kit_commit(&ex->kit, said);
}

static oc_rc margin(const struct exchange *ex, uint32_t source, const struct words *words)
{
    uint32_t asset;
    struct oc_dec equity, used, free;
    oc_rc rc;
    if (kit_asset(&ex->kit, words->at[2], &asset) < 0 || kit_json_dec(words->at[3], &equity) < 0 ||
        kit_json_dec(words->at[4], &used) < 0 || kit_json_dec(words->at[5], &free) < 0)
        return OC_E_DATA;
    struct oc_ev_account *said = KIT_EVENT(&ex->kit, oc_ev_account, OC_EV_ACCOUNT, source, &rc);
    if (!said)
        return rc;
    said->asset = asset;
    said->equity = equity;
    said->margin_used = used;
    said->margin_free = free;
    said->present = OC_ACC_EQUITY | OC_ACC_MARGIN_USED | OC_ACC_MARGIN_FREE;
    return kit_commit(&ex->kit, said);
}

static oc_rc may(const struct exchange *ex, uint32_t source, const struct words *words)
{
    static const char *const names[] = {"view", "trade", "withdraw"}; /* as OC_MAY_... count */
    uint32_t rights = 0;
    oc_rc rc;
    for (uint32_t i = 2; i < words->count; i++) {
        const uint32_t right = place(words->at[i], names, 3);
        if (right == 3)
            return OC_E_DATA;
        rights |= 1u << right;
    }
    struct oc_ev_account *said = KIT_EVENT(&ex->kit, oc_ev_account, OC_EV_ACCOUNT, source, &rc);
    if (!said)
        return rc;
    said->rights = rights;
    said->known = OC_MAY_VIEW | OC_MAY_TRADE | OC_MAY_WITHDRAW;
    return kit_commit(&ex->kit, said);
}

static oc_rc state(const struct exchange *ex, uint32_t source, const struct words *words)
{
    static const char *const names[] = {"ready", "cancel_only", "post_only", "maintenance"};
    static const uint32_t states[] = {OC_VENUE_READY, OC_VENUE_CANCEL_ONLY, OC_VENUE_POST_ONLY, OC_VENUE_MAINTENANCE};
    const uint32_t which = place(words->at[2], names, 4);
    oc_rc rc;
    if (which == 4)
        return OC_E_DATA;
    struct oc_ev_venue *said = KIT_EVENT(&ex->kit, oc_ev_venue, OC_EV_VENUE, source, &rc);
    if (!said)
        return rc;
    said->state = states[which];
    said->part = OC_PART_TRADING;
    return kit_commit(&ex->kit, said);
}

static oc_rc mark(const struct exchange *ex, const struct words *words)
{
    struct oc_scale scale;
    struct oc_figure figure = {.what = OC_FIGURE_MARK};
    oc_rc rc;
    if (kit_symbol(&ex->kit, words->at[1], &scale) < 0 || kit_json_dec(words->at[2], &figure.value) < 0)
        return OC_E_DATA;
    struct oc_ev_figures *said = kit_event(&ex->kit, sizeof *said + sizeof figure, OC_EV_FIGURES, 0, &rc);
    if (!said)
        return rc;
    said->head.inst = scale.inst;
    said->count = 1;
    said->tail = sizeof *said;
    memcpy((char *)said + sizeof *said, &figure, sizeof figure);
    return kit_commit(&ex->kit, said);
}

static oc_rc funding(const struct exchange *ex, const struct words *words)
{
    struct oc_scale scale;
    struct oc_dec rate;
    oc_rc rc;
    if (kit_symbol(&ex->kit, words->at[1], &scale) < 0 || kit_json_dec(words->at[2], &rate) < 0)
        return OC_E_DATA;
    struct oc_ev_funding *said = KIT_EVENT(&ex->kit, oc_ev_funding, OC_EV_FUNDING, 0, &rc);
    if (!said)
        return rc;
    said->head.inst = scale.inst;
    said->rate = rate;
    return kit_commit(&ex->kit, said);
}

static oc_rc answer(const struct exchange *ex, uint32_t source, const struct words *words, uint16_t type)
{
    uint64_t order;
    oc_rc rc;
    if (kit_json_u64(words->at[2], &order) < 0)
        return OC_E_DATA;
    struct oc_ev_answer *said = KIT_EVENT(&ex->kit, oc_ev_answer, type, source, &rc);
    if (!said)
        return rc;
    said->order = said->request = order;
    said->cum_qty = -1;
    said->definitive = 1;
    return kit_commit(&ex->kit, said);
}

static oc_rc fill(const struct exchange *ex, uint32_t source, const struct words *words)
{
    const struct kit_json_text *position = words->count == 10 ? &words->at[9] : NULL;
    struct oc_scale scale;
    struct oc_ev_fill told = {.side = OC_SIDE_NONE};
    oc_rc rc;
    if (kit_json_u64(words->at[2], &told.order) < 0 || kit_symbol(&ex->kit, words->at[3], &scale) < 0 ||
        kit_scale_qty(&scale, words->at[4], &told.qty) < 0 || kit_scale_price(&scale, words->at[5], &told.price) < 0 ||
        kit_json_dec(words->at[6], &told.fee) < 0 || kit_asset(&ex->kit, words->at[7], &told.fee_asset) < 0 ||
        kit_trade_id(words->at[8], told.trade_id, &told.trade_id_size) < 0 || (position && position->size > OC_ID_MAX))
        return OC_E_DATA;
    struct oc_ev_venue_fill *said = KIT_EVENT(&ex->kit, oc_ev_venue_fill, OC_EV_FILL, source, &rc);
    if (!said)
        return rc;
    told.head = said->fill.head;
    said->fill = told;
    said->fill.head.inst = scale.inst;
    if (position) {
        said->position.size = (uint8_t)position->size;
        memcpy(said->position.text, position->at, position->size);
    }
    return kit_commit(&ex->kit, said);
}

static oc_rc message(void *self, const struct oc_message *heard)
{
    const struct exchange *ex = self;
    struct words words;
    if (split(heard, &words) < 0)
        return OC_E_DATA;
    if (words.count == 6 && is(words.at[0], "list"))
        return list(ex, &words, OC_STATUS_TRADING);
    if (words.count == 2 && is(words.at[0], "gone"))
        return list(ex, &words, OC_STATUS_DELISTED);
    if (words.count == 4 && is(words.at[0], "trade"))
        return trade(ex, &words);
    if (words.count == 3 && is(words.at[0], "mark"))
        return mark(ex, &words);
    if (words.count == 3 && is(words.at[0], "funding"))
        return funding(ex, &words);
    const uint32_t source = source_of(ex, words.at[0]);
    if (!source)
        return OC_E_DATA;
    if ((words.count == 4 || words.count == 5) && is(words.at[1], "holds"))
        return holds(ex, source, &words);
    if (words.count == 6 && is(words.at[1], "moved"))
        return moved(ex, source, &words);
    if (words.count == 5 && is(words.at[1], "position"))
        return position(ex, source, &words);
    if (words.count == 6 && is(words.at[1], "margin"))
        return margin(ex, source, &words);
    if (words.count >= 2 && is(words.at[1], "may"))
        return may(ex, source, &words);
    if (words.count == 3 && is(words.at[1], "is"))
        return state(ex, source, &words);
    if (words.count == 3 && is(words.at[1], "ack"))
        return answer(ex, source, &words, OC_EV_ACCEPTED);
    if (words.count == 3 && is(words.at[1], "canceled"))
        return answer(ex, source, &words, OC_EV_CANCELED);
    return (words.count == 9 || words.count == 10) && is(words.at[1], "fill") ? fill(ex, source, &words)
                                                                              : (oc_rc)OC_E_DATA;
}

static oc_rc write_new(struct kit_write *out, const struct oc_request *ask, const struct oc_instrument *info)
{
    if (ask->type != OC_ORDER_LIMIT && ask->type != OC_ORDER_MARKET)
        return OC_E_NOT_SUPPORTED;
    kit_write_text(out, info->symbol);
    kit_write_text(out, ask->side == OC_SIDE_BUY ? " buy " : " sell ");
    kit_write_units(out, ask->qty, info->qty_step);
    KIT_WRITE(out, " ");
    if (ask->type == OC_ORDER_MARKET)
        KIT_WRITE(out, "market");
    else
        kit_write_units(out, ask->price, info->price_step);
    return OC_OK;
}

static void write_close(struct kit_write *out, const struct oc_request *ask, const struct oc_instrument *info)
{
    kit_write_text(out, info->symbol);
    kit_write_text(out, ask->side == OC_SIDE_SELL ? " long " : " short "); /* what is sold was held */
    kit_write_units(out, ask->qty, info->qty_step);
}

static void write_protect(struct kit_write *out, const struct oc_venue_request *first, const struct oc_instrument *info)
{
    const struct oc_request *ask = &first->ask;
    const int is_stop = (ask->bits & OC_RQ_HAS_STOP_LOSS) != 0;
    kit_write_id(out, &first->position);
    kit_write_text(out, is_stop ? " stop " : " target ");
    kit_write_units(out, ask->qty, info->qty_step);
    KIT_WRITE(out, " ");
    kit_write_units(out, is_stop ? ask->stop_loss : ask->take_profit, info->price_step);
}

static oc_rc write_request(struct kit_write *out, const struct oc_venue_request *first,
                           const struct oc_instrument *info)
{
    const struct oc_request *ask = &first->ask;
    const char *word = ask->kind == OC_REQUEST_NEW       ? " new "
                       : ask->kind == OC_REQUEST_CLOSE   ? " close "
                       : ask->kind == OC_REQUEST_PROTECT ? " protect "
                       : ask->kind == OC_REQUEST_CANCEL  ? " cancel "
                                                         : NULL;
    if (!word)
        return OC_E_NOT_SUPPORTED;
    kit_write_text(out, word);
    kit_write_u64(out, ask->order);
    if (ask->kind == OC_REQUEST_CANCEL)
        return OC_OK;
    KIT_WRITE(out, " ");
    if (ask->kind == OC_REQUEST_CLOSE)
        write_close(out, ask, info);
    else if (ask->kind == OC_REQUEST_PROTECT)
        write_protect(out, first, info);
    return ask->kind == OC_REQUEST_NEW ? write_new(out, ask, info) : (oc_rc)OC_OK;
}

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    const struct exchange *ex = self;
    const struct oc_request *ask = ((void)size, (void)count, (void)batch, &first->ask); /* one at a time */
    const char *name = name_of(ex, ask->account);
    struct oc_instrument info;
    char line[LINE_MAX_OUT];
    struct kit_write out = kit_write_begin(line, sizeof line);
    if (!name || ex->kit.names->record(ex->kit.host, ask->head.inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    kit_write_text(&out, name);
    if (write_request(&out, first, &info) < 0)
        return OC_E_NOT_SUPPORTED; /* nothing was sent: the host refuses it */
    const oc_rc length = kit_write_end(&out);
    return length < 0 ? length : oc_send_text(ex->kit.host, ex->stream, line, (uint32_t)length, ask->id);
}

static oc_rc account(void *self, const struct oc_account *account)
{
    struct exchange *ex = self;
    uint32_t i = 0;
    while (i < ex->account_count && ex->accounts[i].account != account->account)
        i++;
    if (i == ACCOUNTS_MAX)
        return OC_E_LIMIT;
    ex->accounts[i] = *account;
    ex->account_count += i == ex->account_count;
    return OC_OK;
}

static oc_rc start(void *self, const struct oc_start *start)
{
    struct exchange *ex = self;
    const struct oc_open open = {.size = sizeof open, .flags = OC_OPEN_KEEP | OC_OPEN_ORDERS, .frame = OC_FRAME_LINES};
    (void)start;
    return ex->kit.net->open(ex->kit.host, &open, &ex->stream);
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    struct exchange *ex = calloc(1, sizeof *ex);
    if (!ex)
        return OC_E_NOMEM;
    const oc_rc rc = kit_codec_begin(&ex->kit, host);
    if (rc < 0) {
        free(ex);
        return rc;
    }
    *ret_self = ex;
    return OC_OK;
}

static const struct oc_endpoint endpoints[] = {{.name = "lines", .urls = "tcp://127.0.0.1:7003", .env = OC_ENV_LOCAL}};
static const struct oc_order_kind orders[] = {
    {.type = OC_ORDER_LIMIT, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY},
    {.type = OC_ORDER_MARKET, .tifs = 1u << OC_TIF_GTC, .bits = OC_RQ_HAS_QTY}};
static const struct oc_venue venue = {.size = sizeof venue,
                                      .venue = "accounts",
                                      .protocol = "words, version 1",
                                      .endpoints = endpoints,
                                      .orders = orders,
                                      .flags = OC_CAN_CLOSE | OC_CAN_PROTECT,
                                      .endpoint_count = 1,
                                      .order_count = 2};
static const struct oc_connector table = {
    .size = sizeof table, .venue = &venue, .start = start, .account = account, .message = message, .request = request};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.accounts",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "several accounts of one customer, and markets that come and go",
                                        .open = open_it,
                                        .close = free,
                                        .ifaces = ifaces,
                                        .keys = keys};
OC_PLUGINS(&plugin);
