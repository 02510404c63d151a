/* face_oanda_stream.c: the two streams of the face `oanda`: prices of the instruments in the url, and the transactions of an account. */
#include "rehearsal/face_oanda.h"

#include "base/json_out.h"

#define BEAT_NS 5000000000ll

static const char *behind(const struct venue_ask *ask, const char *words)
{
    const char *at = strncmp(ask->path, "/v3/accounts/", 13) == 0 ? strchr(ask->path + 13, '/') : NULL;
    return at && strncmp(at, words, strlen(words)) == 0 ? at : NULL;
}

bool oa_is_stream(const struct venue_ask *ask)
{
    return ask->method == OC_METHOD_GET && (behind(ask, "/pricing/stream") || behind(ask, "/transactions/stream"));
}

void oa_put_price(const struct rehearsal *venue, struct text *out, uint32_t inst, bool is_typed)
{
    static const char *const names[] = {"bids", "asks"};
    const struct core_inst *of = core_inst(venue->core, inst);
    if (is_typed)
        json_text(out, "type", "PRICE");
    json_time(out, "time", venue_clock(venue));
    for (int side = 0; side < 2; side++) {
        struct core_level levels[5];
        const uint32_t count = core_levels(venue->core, inst, side ? CORE_SELL : CORE_BUY, levels, 5);
        json_open(out, names[side], '[');
        for (uint32_t i = 0; i < count; i++) {
            json_open(out, NULL, '{');
            venue_put_units(out, "price", levels[i].price, of->price_step);
            json_int(out, "liquidity", levels[i].qty); /* steps of one unit */
            json_close(out, '}');
        }
        json_close(out, ']');
    }
    json_text(out, "status", of->is_halted ? "non-tradeable" : "tradeable");
    json_flag(out, "tradeable", !of->is_halted);
    json_text(out, "instrument", of->symbol);
}

static void say_price(struct rehearsal *venue, struct seat *seat, uint32_t inst)
{
    struct text room;
    text_init_grow(&room, VENUE_MESSAGE_MAX);
    json_open(&room, NULL, '{');
    oa_put_price(venue, &room, inst, true);
    json_close(&room, '}');
    venue_say(venue, seat, room.data, room.size);
    text_release(&room);
}

/* seq[CORE_INSTS_MAX]: number of transactions of all accounts that were looked at. */
bool oa_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret)
{
    char names[1024] = "";
    const struct oa_own *own = venue->own;
    seat->account = oa_account_of(venue, ask, ret);
    if (seat->account == CORE_NONE)
        return false;
    seat->beat_ns = venue->now_ns + BEAT_NS;
    seat->hears_account = behind(ask, "/transactions/stream") != NULL;
    seat->seq[CORE_INSTS_MAX] = own->tx_count;
    (void)venue_query(ask, "instruments", names, sizeof names);
    for (uint32_t i = 0; i < core_inst_count(venue->core) && !seat->hears_account; i++)
        if (strstr(names, core_inst(venue->core, i)->symbol)) {
            seat->topics[i] = 1;
            seat->dirty_count = 1; /* its first price is said at once */
        }
    if (!seat->hears_account && !seat->dirty_count)
        oa_words(ret, 400, "", "Invalid value specified for 'instruments'");
    return seat->hears_account || seat->dirty_count;
}

void oa_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size)
{
    (void)venue, (void)seat, (void)bytes, (void)size; /* it is only listened to */
}

/* A bit above the first: it has changed. */
void oa_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event)
{
    (void)venue;
    if ((event->kind == CORE_ON_LEVEL || event->kind == CORE_ON_STATUS) && (seat->topics[event->inst] & 1))
        seat->topics[event->inst] |= 2;
}

void oa_beat(struct rehearsal *venue, struct seat *seat)
{
    const struct oa_own *own = venue->own;
    char bytes[256];
    struct text out;
    text_init_fixed(&out, bytes, sizeof bytes);
    json_open(&out, NULL, '{');
    json_text(&out, "type", "HEARTBEAT");
    if (seat->hears_account)
        oa_put_id(&out, "lastTransactionID", own->next[seat->account]);
    json_time(&out, "time", venue_clock(venue));
    json_close(&out, '}');
    seat->beat_ns = venue->now_ns + BEAT_NS;
    venue_say(venue, seat, bytes, out.size);
}

void oa_settled(struct rehearsal *venue, struct seat *seat)
{
    const struct oa_own *own = venue->own;
    for (uint32_t i = 0; i < core_inst_count(venue->core) && !seat->hears_account; i++)
        if (seat->topics[i] & 2 || (seat->dirty_count && seat->topics[i])) {
            seat->topics[i] = 1;
            say_price(venue, seat, i);
        }
    seat->dirty_count = 0;
    for (; seat->hears_account && seat->seq[CORE_INSTS_MAX] < own->tx_count; seat->seq[CORE_INSTS_MAX]++) {
        const struct oa_tx *tx = &own->txs[seat->seq[CORE_INSTS_MAX]];
        if (tx->account == seat->account &&
            !(strcmp(tx->member, "orderFillTransaction") == 0 && venue_loses_fill(venue)))
            venue_say(venue, seat, tx->text, tx->size);
    }
}
