#include "engine/statement.h"

#include <stdlib.h>
#include <string.h>

#include "engine/instruments.h"
#include "engine/rescale.h"

void statement_release(struct statement *statement)
{
    for (uint32_t i = 0; i <= ENGINE_ACCOUNTS_MAX; i++) {
        if (statement->accounts[i])
            free(statement->accounts[i]->balances);
        free(statement->accounts[i]);
    }
    for (uint32_t i = 0; i < statement->figure_room; i++)
        free(statement->figures[i]);
    free(statement->figures);
    free(statement->positions);
    free(statement->entries);
    free(statement->seen);
    *statement = (struct statement){.zero = 0};
}

static bool is_earlier(const struct oc_event *event, const struct oc_event *kept)
{
    return kept->size && statement_time(event) < statement_time(kept);
}

/* Room for one more of a list that grows by doubling. */
static oc_rc grow(void **list, uint32_t *room, uint32_t count, uint32_t max, size_t each)
{
    if (count < *room)
        return OC_OK;
    if (count >= max)
        return OC_E_LIMIT;
    const uint32_t wanted = *room ? (*room * 2 < max ? *room * 2 : max) : 8;
    void *grown = realloc(*list, wanted * each);
    if (!grown)
        return OC_E_NOMEM;
    *list = grown;
    *room = wanted;
    return OC_OK;
}

static struct account_statement *account_of(struct statement *statement, uint32_t account)
{
    if (account == 0 || account > ENGINE_ACCOUNTS_MAX)
        return NULL;
    if (!statement->accounts[account])
        statement->accounts[account] = calloc(1, sizeof *statement->accounts[account]);
    return statement->accounts[account];
}

const struct account_statement *statement_of(const struct statement *statement, uint32_t account)
{
    return account <= ENGINE_ACCOUNTS_MAX ? statement->accounts[account] : NULL;
}

/* Balances. */

/* Where it stands, or would stand. */
static uint32_t balance_place(const struct account_statement *of, uint32_t asset, uint32_t wallet, bool *ret_is_there)
{
    uint32_t low = 0, high = of->balance_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct oc_ev_balance *at = &of->balances[middle];
        if (at->asset < asset || (at->asset == asset && at->wallet < wallet))
            low = middle + 1;
        else
            high = middle;
    }
    *ret_is_there = low < of->balance_count && of->balances[low].asset == asset && of->balances[low].wallet == wallet;
    return low;
}

const struct oc_ev_balance *statement_find_balance(const struct statement *statement, uint32_t account, uint32_t asset,
                                                   uint32_t wallet)
{
    const struct account_statement *of = statement_of(statement, account);
    bool is_there = false;
    const uint32_t at = of ? balance_place(of, asset, wallet, &is_there) : 0;
    return is_there ? &of->balances[at] : NULL;
}

oc_rc statement_total(const struct oc_ev_balance *balance, oc_i128 *ret_money)
{
    oc_i128 free = 0, locked = 0;
    if (!(balance->present & OC_BAL_SUM))
        return money_from_dec(balance->total, ret_money);
    oc_rc rc = money_from_dec(balance->free, &free);
    if (rc == OC_OK)
        rc = money_from_dec(balance->locked, &locked);
    return rc < 0 ? rc : num_add_128(free, locked, ret_money);
}

/* A change, added to what was said before: of its parts nothing is known any more. */
static oc_rc balance_change(struct oc_ev_balance *kept, const struct oc_ev_balance *change)
{
    oc_i128 before, by, now;
    struct oc_ev_balance next = *change;
    oc_rc rc = statement_total(kept, &before);
    if (rc == OC_OK)
        rc = money_from_dec(change->total, &by);
    if (rc == OC_OK)
        rc = num_add_128(before, by, &now);
    if (rc == OC_OK)
        rc = money_to_dec(now, OC_DEC_SCALE_MAX, &next.total);
    if (rc < 0)
        return rc;
    next.present = 0;
    *kept = next;
    return OC_OK;
}

oc_rc statement_balance(struct statement *statement, const struct oc_ev_balance *balance)
{
    struct account_statement *of = account_of(statement, balance->account ? balance->account : balance->head.source);
    bool is_there;
    if (!of)
        return OC_E_NOMEM;
    const uint32_t at = balance_place(of, balance->asset, balance->wallet, &is_there);
    if (is_there && is_earlier(&balance->head, &of->balances[at].head))
        return OC_OK;
    if (balance->present & OC_BAL_CHANGE) /* of what was never said: it says no balance */
        return is_there ? balance_change(&of->balances[at], balance) : (oc_rc)OC_OK;
    if (!is_there) {
        void *list = of->balances;
        oc_rc rc = grow(&list, &of->balance_room, of->balance_count, ENGINE_ASSETS_MAX, sizeof *of->balances);
        of->balances = list;
        if (rc < 0)
            return rc;
        memmove(of->balances + at + 1, of->balances + at, (of->balance_count - at) * sizeof *of->balances);
        of->balance_count++;
    }
    of->balances[at] = *balance;
    return OC_OK;
}

/* Positions. */

static bool is_same_position(const struct oc_ev_position *a, const struct oc_ev_position *b)
{
    return a->head.source == b->head.source && OC_INST_INDEX(a->head.inst) == OC_INST_INDEX(b->head.inst) &&
           a->side == b->side && memcmp(&a->position, &b->position, sizeof a->position) == 0;
}

oc_rc statement_position(struct statement *statement, const struct oc_ev_position *position)
{
    uint32_t at = 0;
    while (at < statement->position_count && !is_same_position(&statement->positions[at], position))
        at++;
    if (at < statement->position_count && is_earlier(&position->head, &statement->positions[at].head))
        return OC_OK;
    if (position->qty == 0) {
        if (at < statement->position_count) {
            statement->position_count--;
            memmove(statement->positions + at, statement->positions + at + 1,
                    (statement->position_count - at) * sizeof *statement->positions);
        }
        return OC_OK;
    }
    if (at == statement->position_count) {
        void *list = statement->positions;
        oc_rc rc = grow(&list, &statement->position_room, at, ENGINE_SHOWN_POSITIONS_MAX, sizeof *statement->positions);
        statement->positions = list;
        if (rc < 0)
            return rc;
        statement->position_count++;
    }
    statement->positions[at] = *position;
    return OC_OK;
}

bool statement_held(const struct statement *statement, uint32_t account, uint32_t inst, int64_t *ret_qty)
{
    oc_i128 sum = 0;
    bool is_there = false;
    for (uint32_t i = 0; i < statement->position_count; i++) {
        const struct oc_ev_position *position = &statement->positions[i];
        if (position->head.source != account || OC_INST_INDEX(position->head.inst) != OC_INST_INDEX(inst))
            continue;
        sum += position->qty;
        is_there = true;
    }
    return is_there && num_narrow(sum, ret_qty) == OC_OK;
}

void statement_turn(struct statement *statement, uint32_t inst, struct rescale *rescale)
{
    for (uint32_t i = 0; i < statement->position_count; i++) {
        struct oc_ev_position *position = &statement->positions[i];
        if (OC_INST_INDEX(position->head.inst) != OC_INST_INDEX(inst))
            continue;
        rescale_qty(rescale, &position->qty);
        if (!rescale->is_trial)
            position->head.inst = inst;
    }
}

/* Rights and margin. */

oc_rc statement_account(struct statement *statement, const struct oc_ev_account *account)
{
    struct account_statement *of = account_of(statement, account->head.source);
    if (!of)
        return OC_E_NOMEM;
    struct oc_ev_account *kept = &of->account;
    if (is_earlier(&account->head, &kept->head))
        return OC_OK;
    const struct {
        uint32_t bit;
        struct oc_dec *to;
        struct oc_dec from;
    } values[] = {{OC_ACC_EQUITY, &kept->equity, account->equity},
                  {OC_ACC_MARGIN_USED, &kept->margin_used, account->margin_used},
                  {OC_ACC_MARGIN_FREE, &kept->margin_free, account->margin_free},
                  {OC_ACC_MAINTENANCE, &kept->maintenance, account->maintenance},
                  {OC_ACC_UNREALISED, &kept->unrealised, account->unrealised},
                  {OC_ACC_MAKER_FEE, &kept->maker_fee, account->maker_fee},
                  {OC_ACC_TAKER_FEE, &kept->taker_fee, account->taker_fee},
                  {OC_ACC_LEVERAGE, &kept->leverage, account->leverage}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (account->present & values[i].bit)
            *values[i].to = values[i].from;
    kept->head = account->head;
    kept->token = account->token;
    kept->asset = account->asset ? account->asset : kept->asset;
    kept->rights = (kept->rights & ~account->known) | (account->rights & account->known);
    kept->known |= account->known;
    kept->present |= account->present;
    if (account->venue_account.size)
        kept->venue_account = account->venue_account;
    if (account->last.size)
        kept->last = account->last;
    return OC_OK;
}

/* States. */

oc_rc statement_venue(struct statement *statement, const struct oc_ev_venue *venue)
{
    struct account_statement *of = account_of(statement, venue->head.source);
    if (!of)
        return OC_E_NOMEM;
    if (venue->part >= STATEMENT_PARTS || venue->head.inst) /* of a single market: its instrument's status says it */
        return OC_OK;
    for (uint32_t part = 0; part < STATEMENT_PARTS; part++)
        if ((part == venue->part || (venue->part == OC_PART_ALL && part != OC_PART_LINK)) &&
            !is_earlier(&venue->head, &of->states[part].head))
            of->states[part] = *venue;
    return OC_OK;
}

/* The more is not possible, the higher. */
static uint32_t weight(uint32_t state)
{
    static const uint8_t weights[] = {
        [OC_VENUE_NONE] = 0,        [OC_VENUE_READY] = 1,   [OC_VENUE_DEGRADED] = 2,   [OC_VENUE_POST_ONLY] = 3,
        [OC_VENUE_CANCEL_ONLY] = 4, [OC_VENUE_SYNCING] = 5, [OC_VENUE_CONNECTING] = 6, [OC_VENUE_DOWN] = 7,
        [OC_VENUE_MAINTENANCE] = 8, [OC_VENUE_DENIED] = 9};
    return state < sizeof weights ? weights[state] : 0;
}

bool statement_state_is_worse(uint32_t state, uint32_t than) { return weight(state) > weight(than); }

uint32_t statement_state(const struct statement *statement, uint32_t account, uint32_t part)
{
    const struct account_statement *of = statement_of(statement, account);
    if (!of || part >= STATEMENT_PARTS)
        return OC_VENUE_NONE;
    const uint32_t said = of->states[part].state, reached = of->states[OC_PART_LINK].state;
    return statement_state_is_worse(reached, said) ? reached : said;
}

bool statement_reaches(const struct statement *statement, uint32_t account)
{
    const struct account_statement *of = statement_of(statement, account);
    const uint32_t state = of ? of->states[OC_PART_LINK].state : OC_VENUE_NONE;
    return state != OC_VENUE_DOWN && state != OC_VENUE_CONNECTING;
}

const char *statement_refuses(const struct statement *statement, uint32_t account, bool is_passive)
{
    const struct account_statement *of = statement_of(statement, account);
    if (!of)
        return NULL;
    if ((of->account.known & OC_MAY_TRADE) && !(of->account.rights & OC_MAY_TRADE))
        return "ACCOUNT_MAY_NOT_TRADE";
    if (of->account.known & of->account.rights & OC_IS_HEDGING)
        return "HEDGING_NOT_SUPPORTED"; /* what is sold there does not reduce what is held */
    if (of->states[OC_PART_LINK].state == OC_VENUE_DOWN)
        return "VENUE_DOWN";
    if (of->states[OC_PART_LINK].state == OC_VENUE_SYNCING)
        return "VENUE_SYNCING";
    if (of->states[OC_PART_LINK].state == OC_VENUE_DENIED)
        return "VENUE_DENIES_LOGIN";
    switch (of->states[OC_PART_TRADING].state) {
    case OC_VENUE_CANCEL_ONLY:
        return "VENUE_CANCEL_ONLY";
    case OC_VENUE_POST_ONLY:
        return is_passive ? NULL : "VENUE_POST_ONLY";
    case OC_VENUE_MAINTENANCE:
        return "VENUE_MAINTENANCE";
    case OC_VENUE_DENIED:
        return "VENUE_DENIES_LOGIN";
    default:
        return NULL;
    }
}

/* Figures and funding. */

static struct market_figures *figures_of(struct statement *statement, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    if (index >= ENGINE_INSTRUMENTS_MAX)
        return NULL;
    if (index >= statement->figure_room) {
        uint32_t room = statement->figure_room ? statement->figure_room : 8;
        while (room <= index)
            room *= 2;
        struct market_figures **grown = realloc(statement->figures, room * sizeof *grown);
        if (!grown)
            return NULL;
        memset(grown + statement->figure_room, 0, (room - statement->figure_room) * sizeof *grown);
        statement->figures = grown;
        statement->figure_room = room;
    }
    if (!statement->figures[index])
        statement->figures[index] = calloc(1, sizeof *statement->figures[index]);
    return statement->figures[index];
}

const struct market_figures *statement_figures_of(const struct statement *statement, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index < statement->figure_room ? statement->figures[index] : NULL;
}

oc_rc statement_figures(struct statement *statement, const struct oc_ev_figures *figures)
{
    struct market_figures *of = figures_of(statement, figures->head.inst);
    if (!of)
        return OC_E_NOMEM;
    const int64_t at_ns = statement_time(&figures->head);
    const struct oc_figure *said = (const struct oc_figure *)(const void *)((const char *)figures + figures->tail);
    for (uint32_t i = 0; i < figures->count; i++) {
        const uint32_t what = said[i].what;
        if (what == OC_FIGURE_NONE || what >= STATEMENT_FIGURES || at_ns < of->figures[what].at_ns)
            continue;
        of->figures[what].value = said[i].value;
        of->figures[what].at_ns = at_ns;
    }
    return OC_OK;
}

oc_rc statement_funding(struct statement *statement, const struct oc_ev_funding *funding)
{
    struct market_figures *of = figures_of(statement, funding->head.inst);
    if (!of)
        return OC_E_NOMEM;
    if (of->funding.head.size &&
        (funding->due_ns < of->funding.due_ns ||
         (funding->due_ns == of->funding.due_ns && is_earlier(&funding->head, &of->funding.head))))
        return OC_OK; /* history, or overtaken */
    of->funding = *funding;
    return OC_OK;
}

/* Names. */

const char *statement_figure_name(uint32_t what)
{
    static const char *const names[STATEMENT_FIGURES] = {
        [OC_FIGURE_MARK] = "mark",
        [OC_FIGURE_INDEX] = "index",
        [OC_FIGURE_SETTLEMENT] = "settlement",
        [OC_FIGURE_SETTLEMENT_ESTIMATE] = "settlement_estimate",
        [OC_FIGURE_LAST] = "last",
        [OC_FIGURE_PRICE_MIN] = "price_min",
        [OC_FIGURE_PRICE_MAX] = "price_max",
        [OC_FIGURE_OPEN_INTEREST] = "open_interest",
        [OC_FIGURE_VOLUME_24H] = "volume_24h",
        [OC_FIGURE_TURNOVER_24H] = "turnover_24h",
        [OC_FIGURE_HIGH_24H] = "high_24h",
        [OC_FIGURE_LOW_24H] = "low_24h",
        [OC_FIGURE_OPEN_24H] = "open_24h",
        [OC_FIGURE_MARK_IV] = "mark_iv",
        [OC_FIGURE_BID_IV] = "bid_iv",
        [OC_FIGURE_ASK_IV] = "ask_iv",
        [OC_FIGURE_DELTA] = "delta",
        [OC_FIGURE_GAMMA] = "gamma",
        [OC_FIGURE_VEGA] = "vega",
        [OC_FIGURE_THETA] = "theta",
        [OC_FIGURE_RHO] = "rho",
        [OC_FIGURE_UNDERLYING] = "underlying",
        [OC_FIGURE_INTEREST] = "interest",
        [OC_FIGURE_BORROW] = "borrow",
        [OC_FIGURE_HOME_RATE] = "home_rate",
    };
    return what < STATEMENT_FIGURES && names[what] ? names[what] : "?";
}

const char *statement_state_name(uint32_t state)
{
    static const char *const names[] = {"unknown",  "down",        "connecting", "syncing",     "ready",
                                        "degraded", "cancel_only", "post_only",  "maintenance", "denied"};
    return state < sizeof names / sizeof names[0] ? names[state] : "?";
}

const char *statement_right(uint32_t i, uint32_t *ret_bit)
{
    static const char *const names[] = {"view",  "trade",    "withdraw", "transfer", "margin",
                                        "short", "ip_bound", "hedging",  "practice"};
    if (i >= sizeof names / sizeof names[0])
        return NULL;
    *ret_bit = 1u << i;
    return names[i];
}
