/* say.c: what a connector asked for and said, as lines that a person reads and a test compares. */
#include "mini_host.h"

#include <outcry/kit/write.h>
#include <stdarg.h>
#include <string.h>

#include "sha256.h"

void mini_say(struct mini *mini, const char *format, ...)
{
    const size_t room = sizeof mini->said - mini->said_size;
    va_list args;
    if (mini->is_quiet)
        return;
    va_start(args, format);
    const int size = vsnprintf(mini->said + mini->said_size, room, format, args);
    va_end(args);
    if (size > 0)
        mini->said_size += (size_t)size < room ? (size_t)size : room - 1;
}

/* ---- tokens: shown as what they say ---- */

void mini_sign_token(const void *bytes, size_t size, uint8_t ret_signature[64])
{
    static const char key[] = "the test key of the mini host";
    struct hmac256 mac;
    hmac256_begin(&mac, key, sizeof key - 1);
    hmac256_add(&mac, bytes, size);
    hmac256_end(&mac, ret_signature);
    memcpy(ret_signature + 32, ret_signature, 32);
}

static int letter_value(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '-'             ? 62
           : c == '_'             ? 63
                                  : -1;
}

/* Of base64 for URLs. Returns the size of what it stands for, at most `max`. */
static size_t decode(const char *text, size_t size, char *bytes, size_t max)
{
    uint32_t bits = 0;
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        bits = bits << 6 | (uint32_t)letter_value(text[i]);
        if (i % 4 && count < max)
            bytes[count++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
    }
    return count;
}

static size_t letters(const char *text, const char *end)
{
    const char *at = text;
    while (at < end && letter_value(*at) >= 0)
        at++;
    return (size_t)(at - text);
}

/* If a token begins here: its head and claims, and whether it is signed. Returns how long it is, 0: none begins. */
static size_t say_token(struct mini *mini, const char *text, const char *end)
{
    char parts[3][1024];
    size_t sizes[3], at = 0, signed_size = 0;
    uint8_t signature[64];
    if (end - text < 3 || memcmp(text, "eyJ", 3) != 0)
        return 0;
    for (int i = 0; i < 3; i++) {
        const size_t size = letters(text + at, end);
        sizes[i] = decode(text + at, size, parts[i], sizeof parts[i]);
        at += size;
        if (i < 2 && (at == (size_t)(end - text) || text[at] != '.'))
            return 0;
        signed_size = i == 1 ? at : signed_size;
        at += i < 2;
    }
    mini_sign_token(text, signed_size, signature);
    mini_say(mini, "<token %.*s %.*s %s>", (int)sizes[0], parts[0], (int)sizes[1], parts[1],
             sizes[2] == sizeof signature && memcmp(parts[2], signature, sizes[2]) == 0 ? "signed" : "NOT SIGNED");
    return at;
}

static void say_text(struct mini *mini, const char *text, size_t size)
{
    const char *end = text + size;
    while (text < end) {
        const size_t token = say_token(mini, text, end);
        if (token == 0)
            mini_say(mini, "%s", *text == '\r' ? "" : *text == '\n' ? "\n    " : (char[2]){*text, 0});
        text += token ? token : 1;
    }
}

const char *mini_field_name(const struct mini *mini, uint16_t field)
{
    const struct oc_venue *venue = mini->connector->venue;
    if (field >= KEPT_FIRST && field - KEPT_FIRST < (int)mini->kept_count)
        return mini->kept[field - KEPT_FIRST];
    return field > 0 && field <= venue->credential_count ? venue->credentials[field - 1].name : "no such field";
}

void mini_say_spliced(struct mini *mini, const char *text, uint32_t size, const struct oc_splice *splices,
                      uint32_t count, uint8_t in)
{
    uint32_t from = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (splices[i].in != in || splices[i].at < from || splices[i].at > size)
            continue;
        say_text(mini, text + from, splices[i].at - from);
        mini_say(mini, "<%s>", mini_field_name(mini, splices[i].field));
        from = splices[i].at;
    }
    say_text(mini, text + from, size - from);
}

/* ---- events ---- */

const char *mini_event_name(uint32_t type)
{
    static const char *const names[OC_EV_END] = {[OC_EV_TRADE] = "TRADE",
                                                 [OC_EV_QUOTE] = "QUOTE",
                                                 [OC_EV_BAR] = "BAR",
                                                 [OC_EV_SESSION] = "SESSION",
                                                 [OC_EV_INSTRUMENT] = "INSTRUMENT",
                                                 [OC_EV_BOOK] = "BOOK",
                                                 [OC_EV_ACCEPTED] = "ACCEPTED",
                                                 [OC_EV_REJECTED] = "REJECTED",
                                                 [OC_EV_FILL] = "FILL",
                                                 [OC_EV_CANCELED] = "CANCELED",
                                                 [OC_EV_EXPIRED] = "EXPIRED",
                                                 [OC_EV_AMENDED] = "AMENDED",
                                                 [OC_EV_CANCEL_REJECTED] = "CANCEL_REJECTED",
                                                 [OC_EV_AMEND_REJECTED] = "AMEND_REJECTED",
                                                 [OC_EV_ORDER] = "ORDER",
                                                 [OC_EV_ABSENT] = "ABSENT",
                                                 [OC_EV_VENUE] = "VENUE",
                                                 [OC_EV_BUST] = "BUST",
                                                 [OC_EV_TAKEN] = "TAKEN",
                                                 [OC_EV_BALANCE] = "BALANCE",
                                                 [OC_EV_POSITION] = "POSITION",
                                                 [OC_EV_ACCOUNT] = "ACCOUNT",
                                                 [OC_EV_LEDGER] = "LEDGER",
                                                 [OC_EV_FIGURES] = "FIGURES",
                                                 [OC_EV_FETCHED] = "FETCHED"};
    return type < OC_EV_END && names[type] ? names[type] : "";
}

static void say_i64(struct mini *mini, const char *name, int64_t value)
{
    mini_say(mini, " %s=%lld", name, (long long)value);
}

static void say_u64(struct mini *mini, const char *name, uint64_t value)
{
    mini_say(mini, " %s=%llu", name, (unsigned long long)value);
}

static void say_if(struct mini *mini, bool is_there, const char *name, int64_t value)
{
    if (is_there)
        say_i64(mini, name, value);
}

static void say_dec(struct mini *mini, const char *name, struct oc_dec dec)
{
    char text[64];
    const struct oc_dec step = {1, dec.scale, 0};
    const oc_rc size = kit_put_units(text, sizeof text, dec.units, step);
    mini_say(mini, " %s=%s", name, size > 0 ? text : "?");
}

static void say_id(struct mini *mini, const char *name, const struct oc_id *id)
{
    if (id->size)
        mini_say(mini, " %s=%.*s", name, id->size, id->text);
}

static void say_answer(struct mini *mini, const struct oc_ev_venue_answer *e)
{
    say_u64(mini, "why", e->why);
    say_id(mini, "venue", &e->venue_order);
    say_id(mini, "client", &e->client);
    if (e->answer.request)
        say_u64(mini, "answers", e->answer.request);
    say_if(mini, e->present & OC_OF_PRICE, "price", e->answer.price);
    say_if(mini, e->present & OC_OF_QTY, "qty", e->answer.qty);
    say_if(mini, e->present & OC_OF_CUM_QTY, "cum", e->answer.cum_qty);
    if (e->text_size)
        mini_say(mini, " \"%.*s\"", (int)e->text_size, (const char *)e + e->tail);
}

static const char *const sides[] = {"?", "buy", "sell"};

static void say_fill(struct mini *mini, const struct oc_ev_venue_fill *e)
{
    mini_say(mini, " %s %lld@%lld id=%.*s", sides[e->fill.side], (long long)e->fill.qty, (long long)e->fill.price,
             e->fill.trade_id_size, e->fill.trade_id);
    say_dec(mini, "fee", e->fill.fee);
    say_id(mini, "venue", &e->venue_order);
    say_id(mini, "client", &e->client);
    say_id(mini, "position", &e->position);
    if (e->present & OC_FILL_VALUE)
        say_dec(mini, "value", e->value);
    if (e->present & OC_FILL_REALISED)
        say_dec(mini, "realised", e->realised);
    say_if(mini, e->present & OC_FILL_CUM_QTY, "cum", e->cum_qty);
}

static void say_order(struct mini *mini, const struct oc_ev_order *e)
{
    mini_say(mini, " %s state=%u type=%u tif=%u bits=%#x", sides[e->side], e->state, e->type, e->tif, e->bits);
    say_if(mini, e->present & OC_OF_PRICE, "price", e->price);
    say_if(mini, e->present & OC_OF_STOP, "stop", e->stop_price);
    say_if(mini, e->present & OC_OF_QTY, "qty", e->qty);
    say_if(mini, e->present & OC_OF_CUM_QTY, "cum", e->cum_qty);
    if (e->present & OC_OF_CUM_VALUE)
        say_dec(mini, "value", e->cum_value);
    if (e->present & OC_OF_CUM_FEE)
        say_dec(mini, "fee", e->cum_fee);
    say_id(mini, "venue", &e->venue_order);
    say_id(mini, "client", &e->client);
    say_id(mini, "position", &e->position);
}

static void say_book(struct mini *mini, const struct oc_ev_book *e)
{
    const struct oc_level *levels = (const struct oc_level *)(const void *)((const char *)e + e->tail);
    mini_say(mini, " %s bids=%u asks=%u first=%llu last=%llu", e->kind == OC_BOOK_SNAPSHOT ? "snapshot" : "change",
             e->bids, e->asks, (unsigned long long)e->first_seq, (unsigned long long)e->last_seq);
    if (e->bids)
        mini_say(mini, " bid %lld@%lld", (long long)levels[0].qty, (long long)levels[0].price);
    if (e->asks)
        mini_say(mini, " ask %lld@%lld", (long long)levels[e->bids].qty, (long long)levels[e->bids].price);
}

static void say_quote(struct mini *mini, const struct oc_ev_quote *e)
{
    mini_say(mini, " bid %lld@%lld ask %lld@%lld", (long long)e->bid_qty, (long long)e->bid, (long long)e->ask_qty,
             (long long)e->ask);
}

static void say_instrument(struct mini *mini, const struct oc_ev_instrument *e)
{
    const struct oc_instrument *info = &e->info;
    mini_say(mini, " %s %s status=%u", info->venue_symbol, info->symbol, info->status);
    say_dec(mini, "step", info->price_step);
    say_dec(mini, "lot", info->qty_step);
    say_if(mini, info->present & OC_INST_HAS_MIN_QTY, "min", info->min_qty);
    say_if(mini, info->present & OC_INST_HAS_MAX_QTY, "max", info->max_qty);
    if (info->present & OC_INST_HAS_MIN_NOTIONAL)
        say_dec(mini, "notional", info->min_notional);
    if (info->orders)
        mini_say(mini, " orders=%#llx", (unsigned long long)info->orders);
}

static void say_balance(struct mini *mini, const struct oc_ev_balance *e)
{
    mini_say(mini, " %s", e->asset ? mini->assets[e->asset - 1] : "?");
    if (!(e->present & OC_BAL_SUM))
        say_dec(mini, "total", e->total);
    if (e->present & OC_BAL_FREE)
        say_dec(mini, "free", e->free);
    if (e->present & OC_BAL_LOCKED)
        say_dec(mini, "locked", e->locked);
}

static void say_account(struct mini *mini, const struct oc_ev_account *e)
{
    const struct {
        const char *name;
        const struct oc_dec *dec;
    } all[] = {{"equity", &e->equity}, {"used", &e->margin_used}, {"free", &e->margin_free}};
    mini_say(mini, " rights=%#x known=%#x", e->rights, e->known);
    for (uint32_t i = 0; i < 3; i++)
        if (e->present & 1u << i)
            say_dec(mini, all[i].name, *all[i].dec);
    if (e->present & OC_ACC_UNREALISED)
        say_dec(mini, "unrealised", e->unrealised);
    say_id(mini, "id", &e->venue_account);
    say_id(mini, "last", &e->last);
}

static void say_position(struct mini *mini, const struct oc_ev_position *e)
{
    mini_say(mini, " side=%u qty=%lld", e->side, (long long)e->qty);
    if (e->present & OC_POS_AVERAGE)
        say_dec(mini, "average", e->average);
    if (e->present & OC_POS_UNREALISED)
        say_dec(mini, "unrealised", e->unrealised);
}

static void say_ledger(struct mini *mini, const struct oc_ev_ledger *e)
{
    mini_say(mini, " kind=%u", e->kind);
    say_dec(mini, "amount", e->amount);
    if (e->present & OC_LEDGER_HAS_AFTER)
        say_dec(mini, "after", e->after);
    say_id(mini, "id", &e->id);
}

static void say_fetched(struct mini *mini, const struct oc_ev_fetched *e)
{
    mini_say(mini, " token=%llu kind=%u rc=%d count=%u more=%u", (unsigned long long)e->token, e->kind, (int)e->rc,
             e->count, e->more);
    if (e->cursor.size == 8) /* numbers as the codec keeps them */
        mini_say(mini, " cursor of 8 bytes");
    else if (e->cursor.size)
        mini_say(mini, " cursor=%.*s", (int)e->cursor.size, (const char *)e->cursor.bytes);
}

static void say_figures(struct mini *mini, const struct oc_ev_figures *e)
{
    const struct oc_figure *figure = (const struct oc_figure *)(const void *)((const char *)e + e->tail);
    for (uint32_t i = 0; i < e->count; i++) {
        mini_say(mini, " %u", figure[i].what);
        say_dec(mini, "is", figure[i].value);
    }
}

static void say_payload(struct mini *mini, const void *event, uint32_t type)
{
    const struct oc_ev_trade *trade = event;
    const struct oc_ev_bust *bust = event;
    switch (type) {
    case OC_EV_TRADE:
        mini_say(mini, " %s %lld@%lld id=%llu", sides[trade->taker_side], (long long)trade->qty,
                 (long long)trade->price, (unsigned long long)trade->trade_id);
        break;
    case OC_EV_QUOTE:
        say_quote(mini, event);
        break;
    case OC_EV_BAR:
        mini_say(mini, " close=%lld volume=%lld", (long long)((const struct oc_ev_bar *)event)->close,
                 (long long)((const struct oc_ev_bar *)event)->volume);
        break;
    case OC_EV_SESSION:
        say_u64(mini, "status", ((const struct oc_ev_session *)event)->status);
        break;
    case OC_EV_INSTRUMENT:
        say_instrument(mini, event);
        break;
    case OC_EV_BOOK:
        say_book(mini, event);
        break;
    case OC_EV_FILL:
        say_fill(mini, event);
        break;
    case OC_EV_ORDER:
        say_order(mini, event);
        break;
    case OC_EV_BUST:
        mini_say(mini, " id=%.*s", bust->trade_id_size, bust->trade_id);
        break;
    case OC_EV_BALANCE:
        say_balance(mini, event);
        break;
    case OC_EV_POSITION:
        say_position(mini, event);
        break;
    case OC_EV_ACCOUNT:
        say_account(mini, event);
        break;
    case OC_EV_LEDGER:
        say_ledger(mini, event);
        break;
    case OC_EV_FETCHED:
        say_fetched(mini, event);
        break;
    case OC_EV_FIGURES:
        say_figures(mini, event);
        break;
    default:
        say_answer(mini, event);
        break;
    }
}

void mini_say_event(struct mini *mini, const struct oc_event *event)
{
    mini_say(mini, "  %s", mini_event_name(event->type));
    if (event->inst)
        mini_say(mini, " %s", mini_symbol_of(mini, event->inst));
    say_payload(mini, event, event->type);
    if (event->flags)
        mini_say(mini, " flags=%#x", event->flags);
    mini_say(mini, "\n");
}
