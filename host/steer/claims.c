/* claims.c: what a person does about the holdings of strategies: adopt and release (what is unassigned goes to a strategy, and back), take
 * and give (a person trades a strategy's position, and gives it back), no_entries and entries. */
#include <stdio.h>
#include <string.h>

#include "session/json_units.h"
#include "steer/steer.h"

/* BTC, BTC/USDT or VENUE:BTC/USDT: a spot market of the thing; of several the one that is traded in the account's currency. */
static const struct instrument *market_of(const struct strategies *strategies, const char *what)
{
    struct session *session = strategies->session;
    struct instruments *instruments = engine_instruments(session->engine);
    const struct account *owner = portfolio_account(engine_portfolio(session->engine), session->money.account);
    const struct instrument *found = NULL;
    if (strchr(what, '/')) {
        const uint32_t inst = instruments_find(instruments, what);
        return inst ? instruments_get(instruments, inst) : NULL;
    }
    for (uint32_t i = 1; i < instruments_count(instruments); i++) {
        const struct instrument *instrument = instruments_at(instruments, i);
        if (!instrument || instrument->info.kind != OC_KIND_SPOT ||
            strcmp(instruments_asset_name(instruments, instrument->info.base), what) != 0)
            continue;
        if (!found || instrument->info.quote == owner->base)
            found = instrument;
    }
    return found;
}

/* The account of that market which has a capital; 0: none. */
static uint32_t account_of(const struct strategies *strategies, const struct instrument *instrument)
{
    struct portfolio *portfolio = engine_portfolio(strategies->session->engine);
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio); id++) {
        const struct account *owner = portfolio_account(portfolio, id);
        if (owner->has_capital && strcmp(owner->venue, instrument->info.venue) == 0)
            return id;
    }
    return 0;
}

/* adopt QTY WHAT NAME [price=PRICE], release QTY WHAT NAME [price=PRICE]. */
struct claim {
    uint32_t account;
    const struct instrument *instrument;
    int64_t qty;
    int64_t price; /* 0: not said */
    struct strategy_slot *owner;
    bool adopts;
};

static bool read_qty(struct claim *claim, const char *text, struct text *reply)
{
    struct oc_dec dec = {0};
    int exact = 1;
    if (text_to_decimal(text, strlen(text), &dec.units, &dec.scale) < 0 || dec.units <= 0 ||
        instrument_dec_units(claim->instrument->info.qty_step, dec, SNAP_DOWN, &claim->qty, &exact) < 0 ||
        claim->qty <= 0 || !exact) {
        json_refusal(reply, "BAD_NUMBER", "found '%.40s', expected a quantity on the steps of %s", text,
                     claim->instrument->info.symbol);
        return false;
    }
    return true;
}

static bool read_claim(struct strategies *strategies, const struct command_words *words, struct claim *ret_claim,
                       struct text *reply)
{
    const uint32_t count = steer_count(words);
    struct claim claim = {.adopts = strcmp(words->fields[0], "adopt") == 0};
    if (count != 4 && !(count == 5 && strncmp(words->fields[4], "price=", 6) == 0)) {
        json_refusal(reply, "BAD_WORDS", "expected: %s 0.1 BTC %s NAME", words->fields[0],
                     claim.adopts ? "to" : "from");
        return false;
    }
    claim.instrument = market_of(strategies, words->fields[2]);
    if (!claim.instrument) {
        json_refusal(reply, "UNKNOWN_ASSET", "%.40s: no market of this session trades it", words->fields[2]);
        return false;
    }
    claim.account = account_of(strategies, claim.instrument);
    if (!claim.account) {
        json_refusal(reply, "NO_CAPITAL",
                     "strategies trade here with all that the account holds: nothing of it is unassigned; a session "
                     "that began with --capital has such");
        return false;
    }
    const int found = steer_find(strategies, words->fields[3], reply);
    if (found < 0 || !read_qty(&claim, words->fields[1], reply))
        return false;
    claim.owner = &strategies->list[found];
    if (count == 5) {
        struct oc_dec dec = {0};
        int exact;
        const char *text = words->fields[4] + 6;
        if (text_to_decimal(text, strlen(text), &dec.units, &dec.scale) < 0 ||
            instrument_dec_units(claim.instrument->info.price_step, dec, SNAP_NEAREST, &claim.price, &exact) < 0 ||
            claim.price <= 0) {
            json_refusal(reply, "BAD_NUMBER", "price: found '%.40s', expected a price above 0", text);
            return false;
        }
    }
    *ret_claim = claim;
    return true;
}

/* At the price of now, which the record then has: a replay and a restart count with the same. */
bool steer_prepare_claim(struct strategies *strategies, struct command_words *words, struct text *reply)
{
    static char price[64]; /* [engine]: one thread; it stands in words until the command is recorded */
    struct claim claim;
    struct oc_dec dec;
    char digits[TEXT_DECIMAL_MAX];
    if (!read_claim(strategies, words, &claim, reply))
        return false;
    const struct market *market = markets_get(engine_markets(strategies->session->engine), claim.instrument->info.inst);
    const int64_t now = market && market->has_mark ? market->mark2 / 2 : 0;
    if (claim.price)
        return true;
    if (now <= 0 || instrument_price_dec(claim.instrument, now, &dec) < 0 || words->count == COMMAND_FIELDS_MAX) {
        json_refusal(reply, "NO_PRICE", "%s has no price yet: say one, price=60000", claim.instrument->info.symbol);
        return false;
    }
    text_from_units(digits, dec.units, dec.scale, TEXT_SHORTEST);
    snprintf(price, sizeof price, "price=%s", digits);
    if (words->count > 4) /* by=WHO stays last */
        words->fields[5] = words->fields[4];
    words->fields[4] = price;
    words->count++;
    return true;
}

static void refuse_claim(const struct strategies *strategies, const struct claim *claim, oc_rc rc, struct text *reply)
{
    struct engine *engine = strategies->session->engine;
    const struct book *book =
        portfolio_find(engine_portfolio(engine), claim->account, claim->owner->id, claim->instrument->info.inst);
    const char *symbol = claim->instrument->info.symbol;
    struct oc_dec dec = {0, 0, 0};
    char digits[TEXT_DECIMAL_MAX];
    int64_t qty = book ? book->position.qty + book->position.spare - book->open_sell : 0;
    if (rc == OC_E_DENIED) {
        json_refusal(reply, "CAPITAL_TOO_SMALL",
                     "what it takes over counts against the capital at the price of now, and that has not so much "
                     "free: adopt less, or begin a session with more --capital");
        return;
    }
    if (rc != OC_E_LIMIT) {
        json_refusal(reply, "NOT_NOW", "it could not be counted: %s", error_name(rc));
        return;
    }
    if (claim->adopts && engine_unassigned_qty(engine, claim->account, claim->instrument->info.inst, &qty) < 0)
        qty = 0;
    if (instrument_qty_dec(claim->instrument, qty, &dec) < 0)
        dec = (struct oc_dec){0, 0, 0};
    text_from_units(digits, dec.units, dec.scale, TEXT_SHORTEST);
    if (claim->adopts)
        json_refusal(reply, "NOT_UNASSIGNED", "only %s of %s is unassigned", digits, symbol);
    else
        json_refusal(reply, "NOT_HELD", "'%s' holds %s of %s that no order of it is to sell", claim->owner->name,
                     digits, symbol);
}

bool steer_claim(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    struct claim claim;
    if (!read_claim(strategies, words, &claim, reply))
        return false;
    const oc_rc rc = engine_assign(strategies->session->engine, claim.account, claim.owner->id,
                                   claim.instrument->info.inst, claim.adopts ? claim.qty : -claim.qty, claim.price);
    if (rc < 0) {
        refuse_claim(strategies, &claim, rc, reply);
        return false;
    }
    strategies_tell(strategies, (uint32_t)(claim.owner - strategies->list), claim.adopts ? "adopted" : "released",
                    words->fields[2]);
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_text(reply, "name", claim.owner->name);
    json_text(reply, "symbol", claim.instrument->info.symbol);
    json_qty(reply, "qty", claim.instrument, true, claim.qty);
    json_price(reply, "price", claim.instrument, true, claim.price);
    json_close(reply, '}');
    return true;
}

static int named(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    if (steer_count(words) == 2)
        return steer_find(strategies, words->fields[1], reply);
    json_refusal(reply, "BAD_WORDS", "expected a name: %s NAME", words->fields[0]);
    return -1;
}

static bool done(struct strategies *strategies, uint32_t index, const char *what, struct text *reply)
{
    strategies_tell(strategies, index, what, NULL);
    text_clear(reply);
    strategies_put(strategies, reply, NULL, index);
    return true;
}

/* Entries that rest would open what nobody wants any more. The cancels are records of their own. */
static void cancel_entries(struct strategies *strategies, uint32_t id)
{
    if (strategies->is_restoring || engine_begin(strategies->session->engine, 0) < 0)
        return;
    engine_cancel_all(strategies->session->engine, id, 0, CANCEL_OWN_ENTRIES);
    engine_end(strategies->session->engine, true);
}

bool steer_entries(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    const bool bars = strcmp(words->fields[0], "no_entries") == 0;
    const int found = named(strategies, words, reply);
    if (found < 0)
        return false;
    struct strategy_slot *owner = &strategies->list[found];
    if (owner->has_no_entries == bars) {
        json_refusal(reply, bars ? "NO_ENTRIES" : "ENTERS", "'%s' %s", owner->name,
                     bars ? "opens nothing already: entries lets it" : "may open positions already");
        return false;
    }
    owner->has_no_entries = bars;
    if (steer_apply_limits(strategies, (uint32_t)found) < 0) {
        owner->has_no_entries = !bars;
        json_refusal(reply, "NOT_NOW", "it could not be put into force");
        return false;
    }
    if (bars)
        cancel_entries(strategies, owner->id);
    return done(strategies, (uint32_t)found, bars ? "no entries" : "entries", reply);
}

bool steer_take(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    const bool takes = strcmp(words->fields[0], "take") == 0;
    const int found = named(strategies, words, reply);
    if (found < 0)
        return false;
    struct engine *engine = strategies->session->engine;
    struct strategy_slot *owner = &strategies->list[found];
    if (owner->is_taken == takes) {
        json_refusal(reply, takes ? "TAKEN" : "NOT_TAKEN", "'%s' is %s", owner->name,
                     takes ? "in a person's hands already: give gives it back"
                           : "not in a person's hands: take takes it");
        return false;
    }
    owner->is_taken = takes;
    if (engine_is_held(engine, owner->id) != takes)
        engine_hold(engine, owner->id, takes);
    if (takes)
        cancel_entries(strategies, owner->id);
    return done(strategies, (uint32_t)found, takes ? "taken" : "given back", reply);
}
