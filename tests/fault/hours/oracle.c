#include "fault/hours/oracle.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/depth.h"
#include "engine/orders.h"
#include "io/client_id.h"
#include "rehearsal/face_oanda.h"

enum { ENTRIES_MAX = 1 << 15, SLOTS = 1 << 16, LISTED_MAX = 1 << 12, INST = 0, LEVELS = 64 /* more than there are */ };
#define LOOK_NS   HOURS_S
#define WAITED_NS (7 * HOURS_S) /* beside its answer: it waits for a limit for 5 s */
#define COMPARED_NS                                                                                                    \
    (90 * HOURS_S) /* a balance that was moved twice is put right by the next comparison while nothing rests */

struct entry { /* an order of ours, under all its names */
    uint64_t id;
    struct hours_venue *venue;
    int64_t filled, worst; /* as the host believes */
    oc_i128 value, fee;
    int64_t there_filled; /* as the venue's core knows */
    oc_i128 there_value, there_fee;
    uint32_t there_count;
    uint32_t open_place, last_place; /* of the core's order that is open; and of the last one; CORE_NONE */
    int64_t apart_ns;                /* since when the two differ; 0: they do not */
    int64_t sent_ns;                 /* since when it is sent, and neither answered nor unknown; 0: it is not */
    bool is_open, is_listed;
};

static struct {
    struct entry entries[ENTRIES_MAX];
    uint32_t count;
    uint32_t slots[SLOTS];       /* place + 1 by order */
    uint32_t listed[LISTED_MAX]; /* that are open somewhere, or differ */
    uint32_t listed_count;
    int64_t looked_ns;
    uint64_t hour_actions, hour_events, hour_faults;
    bool was_calm;
    bool is_awake; /* a process has read what it believes */
} oracle;

static struct truth {                 /* of a venue */
    uint32_t before[CORE_ORDERS_MAX]; /* place of the core's order of ours before it, of the same entry; + 1 */
    uint32_t owner[CORE_ORDERS_MAX];  /* entry + 1 of the core's order */
    uint64_t core_id, core_fill;      /* seen */
    uint64_t own_orders;              /* of the core, of our account */
    int64_t money_ns, book_ns, down_ns;
    uint64_t calm_orders;
    uint32_t tag; /* of the session, in names of its orders */
    const struct oc_venue *described;
} truths[HOURS_VENUES];

static struct truth *truth_of(const struct hours_venue *venue) { return &truths[venue->place]; }

void oracle_begin(void) { hours.sum.least_actions = hours.sum.least_events = hours.sum.least_faults = UINT64_MAX; }

static struct entry *entry_of(uint64_t id, struct hours_venue *venue)
{
    uint32_t slot = (uint32_t)random_mix(id) % SLOTS;
    while (oracle.slots[slot] && oracle.entries[oracle.slots[slot] - 1].id != id)
        slot = (slot + 1) % SLOTS;
    if (oracle.slots[slot])
        return &oracle.entries[oracle.slots[slot] - 1];
    if (oracle.count == ENTRIES_MAX)
        abort();
    struct entry *entry = &oracle.entries[oracle.count++];
    *entry = (struct entry){.id = id, .venue = venue, .open_place = CORE_NONE, .last_place = CORE_NONE};
    oracle.slots[slot] = oracle.count;
    hours.sum.orders++;
    return entry;
}

static void list(struct entry *entry)
{
    if (entry->is_listed)
        return;
    if (oracle.listed_count == LISTED_MAX)
        abort();
    entry->is_listed = true;
    oracle.listed[oracle.listed_count++] = (uint32_t)(entry - oracle.entries);
}

/* ---- what the host believes ---- */

static void believe(const struct order *order)
{
    struct entry *entry = entry_of(order->now.order, hours_venue_of(order->now.account));
    entry->filled = order->filled;
    entry->value = order->filled_sum;
    entry->fee = order->fee;
    entry->is_open = order_is_open(order);
    if (order->state != STATE_SUBMITTED)
        entry->sent_ns = 0;
    else if (!entry->sent_ns)
        entry->sent_ns = hours.now_ns;
    entry->worst = order->filled + (entry->is_open ? order_remaining_worst(order) : order_missing(order));
    list(entry);
}

static const struct orders *own_orders(void) { return engine_orders(hours_engine()); }

void oracle_dies(void)
{
    oracle.is_awake = false;
    for (uint32_t i = 0; i < oracle.count; i++)
        oracle.entries[i].sent_ns = oracle.entries[i].apart_ns = 0;
}

void oracle_goes_on(void)
{
    oracle.is_awake = true;
    for (const struct order *order = orders_open_first(own_orders()); order; order = order->younger)
        believe(order);
    for (const struct order *order = orders_closed_first(own_orders()); order; order = order->younger)
        believe(order);
}

/* ---- what is true ---- */

static void take_core_order(struct hours_venue *venue, uint32_t place)
{
    const struct core *core = venue->exchange->core;
    struct truth *truth = truth_of(venue);
    const struct core_order *order = core_order(core, place);
    const uint32_t index = (uint32_t)(order->id - 1);
    struct oc_id client = {.size = (uint8_t)strlen(order->client)};
    if (order->account != 0)
        return;
    memcpy(client.text, order->client, client.size);
    const struct venue_link *link = hours_link(venue);
    if (link && link->table) {
        truth->tag = client_id_tag(door_session(link->world.door));
        truth->described = link->table->venue;
    }
    const uint64_t id = truth->described ? client_id_order(truth->described, truth->tag, &client) : 0;
    if (!id) {
        hours_fail("order %llu at %s has a client id that is none of ours: '%s'", (unsigned long long)order->id,
                   venue->kind->name, order->client);
        return;
    }
    struct entry *entry = entry_of(id, venue);
    if (entry->venue != venue)
        hours_fail("order %llx of %s is at %s", (unsigned long long)id, entry->venue->kind->name, venue->kind->name);
    for (uint32_t at = truth->owner[index] ? 0 : entry->last_place; at != CORE_NONE && at != 0;) {
        const struct core_order *other = core_order(core, at);
        if (strcmp(other->client, order->client) == 0)
            hours_fail("order %llx is doubled: %llu and %llu at the venue have the client id '%s'",
                       (unsigned long long)id, (unsigned long long)other->id, (unsigned long long)order->id,
                       order->client);
        const uint32_t before = truth->before[other->id - 1];
        at = before ? before - 1 : CORE_NONE;
    }
    truth->owner[index] = (uint32_t)(entry - oracle.entries) + 1;
    truth->before[index] = entry->last_place == CORE_NONE ? 0 : entry->last_place + 1;
    if (entry->open_place != CORE_NONE && core_is_open(core_order(core, entry->open_place)) && core_is_open(order))
        hours_fail("order %llx is open at the venue twice, as %llu and as %llu", (unsigned long long)id,
                   (unsigned long long)core_order(core, entry->open_place)->id, (unsigned long long)order->id);
    entry->last_place = place;
    if (core_is_open(order))
        entry->open_place = place;
    entry->there_count++;
    truth->own_orders++;
    list(entry);
}

static void take_core_of(struct hours_venue *venue)
{
    const struct core *core = venue->exchange->core;
    struct truth *truth = truth_of(venue);
    for (; truth->core_id < core_order_count(core); truth->core_id++)
        take_core_order(venue, core_order_by_id(core, truth->core_id + 1));
    for (; truth->core_fill < core_fill_count(core); truth->core_fill++) {
        const struct core_fill *fill = core_fill(core, truth->core_fill + 1);
        const uint32_t owner = truth->owner[core_order(core, fill->order)->id - 1];
        if (fill->account != 0 || !owner)
            continue;
        struct entry *entry = &oracle.entries[owner - 1];
        entry->there_filled += fill->qty;
        entry->there_value += (oc_i128)fill->price * fill->qty;
        entry->there_fee += fill->fee;
        hours.sum.fills++;
        list(entry);
    }
}

static void take_core(void)
{
    for (uint32_t i = 0; i < hours.count; i++)
        take_core_of(&hours.venues[i]);
}

/* ---- held against one another ---- */

static int64_t bound_ns(const struct hours_venue *venue)
{
    return weather_is_strict(venue) ? ORACLE_STRICT_NS : ORACLE_LATE_NS;
}

/* An average between two steps is booked at the nearest price, and what it comes to in money exactly: see is_money_same(). */
static bool same_value(const struct entry *entry)
{
    const oc_i128 apart = entry->value - entry->there_value, most = entry->venue->kind->is_margined ? entry->filled : 0;
    return 2 * (apart < 0 ? -apart : apart) <= most;
}

/* OANDA tells the end of an order without what it had traded: one that ends while a process that has just begun is not compared yet counts too low until
 * it is. Nothing new leaves before. */
static bool is_blind(const struct hours_venue *venue)
{
    const struct venue_link *link = hours_link(venue);
    return venue->kind->is_margined && (!link || link->venue.reach[0] != OC_VENUE_READY);
}

/* False: it is the same on both sides and over. */
static bool compare(struct entry *entry)
{
    const struct hours_venue *venue = entry->venue;
    const struct core *core = venue->exchange->core;
    const struct core_order *there = entry->open_place == CORE_NONE ? NULL : core_order(core, entry->open_place);
    if (there && !core_is_open(there)) {
        entry->open_place = CORE_NONE;
        there = NULL;
    }
    const int64_t there_worst = entry->there_filled + (there ? there->qty - there->filled : 0);
    if (entry->worst < there_worst && !is_blind(venue))
        hours_fail("order %llx may come to %lld at %s, and the host counts %lld%s", (unsigned long long)entry->id,
                   (long long)there_worst, venue->kind->name, (long long)entry->worst,
                   entry->is_open ? "" : ", for it says that it has ended");
    if (entry->filled > entry->there_filled)
        hours_fail("order %llx has traded %lld at %s, and the host has booked %lld", (unsigned long long)entry->id,
                   (long long)entry->there_filled, venue->kind->name, (long long)entry->filled);
    const bool is_same = entry->filled == entry->there_filled && entry->is_open == (there != NULL) &&
                         same_value(entry) && entry->fee == entry->there_fee;
    if (is_same)
        entry->apart_ns = 0;
    else if (!entry->apart_ns)
        entry->apart_ns = hours.now_ns;
    const int64_t apart_ns = entry->apart_ns ? hours.now_ns - entry->apart_ns : 0;
    if (entry->filled < entry->there_filled && apart_ns > hours.sum.longest_ns)
        hours.sum.longest_ns = apart_ns;
    /* That one never came is proven only when what was signed is void and two questions were answered (absence_ns). */
    const int64_t proof_ns = !there && !entry->there_count ? venue->kind->proof_ns : 0;
    if (apart_ns > bound_ns(venue) + proof_ns && !same_value(entry))
        hours_fail("order %llx of %s is worth %lld here and %lld there, for %.1f s", (unsigned long long)entry->id,
                   venue->kind->name, (long long)entry->value, (long long)entry->there_value, (double)apart_ns / 1e9);
    if (apart_ns > bound_ns(venue) + proof_ns)
        hours_fail("order %llx of %s is %s with %lld traded here and %s with %lld there, for %.1f s%s",
                   (unsigned long long)entry->id, venue->kind->name, entry->is_open ? "open" : "over",
                   (long long)entry->filled,
                   there                ? "open"
                   : entry->there_count ? "over"
                                        : "nothing",
                   (long long)entry->there_filled, (double)apart_ns / 1e9,
                   weather_is_strict(venue) ? ", though nothing goes wrong" : "");
    if (entry->sent_ns && hours.now_ns - entry->sent_ns > WAITED_NS + venue->kind->answer_ns)
        hours_fail("order %llx of %s has had no answer for %.1f s, and is not unknown", (unsigned long long)entry->id,
                   venue->kind->name, (double)(hours.now_ns - entry->sent_ns) / 1e9);
    hours.sum.checks++;
    return !is_same || there || entry->is_open;
}

static void compare_listed(bool is_fresh)
{
    for (uint32_t i = oracle.listed_count; i > 0; i--) {
        struct entry *entry = &oracle.entries[oracle.listed[i - 1]];
        const struct order *order = is_fresh ? orders_find(own_orders(), entry->id) : NULL;
        if (order)
            believe(order);
        if (compare(entry))
            continue;
        entry->is_listed = false;
        oracle.listed[i - 1] = oracle.listed[--oracle.listed_count];
    }
}

/* How long it has been so; a count of the first sight. */
static int64_t since(int64_t *began_ns, bool is_so)
{
    if (!is_so)
        *began_ns = 0;
    else if (!*began_ns)
        *began_ns = hours.now_ns;
    return is_so ? hours.now_ns - *began_ns : 0;
}

/* Its instrument for the host, which counts them from 1 in the order of the venues; 0: it is not there yet. */
static uint32_t inst_of(const struct hours_venue *venue)
{
    const struct instrument *instrument = instruments_at(engine_instruments(hours_engine()), venue->place + 1);
    return instrument ? instrument->info.inst : 0;
}

static oc_i128 money_here(const struct hours_venue *venue, const char *name)
{
    struct engine *engine = hours_engine();
    uint32_t asset;
    if (instruments_asset(engine_instruments(engine), name, &asset) < 0)
        return 0;
    return portfolio_balance(engine_portfolio(engine), hours_link(venue)->accounts[0], asset);
}

static oc_i128 money_there(const struct hours_venue *venue, uint32_t asset)
{
    if (venue->kind->is_margined)
        return oa_balance(venue->exchange, 0);
    const struct core_balance *balance = &core_account(venue->exchange->core, 0)->balances[asset];
    return balance->free + balance->locked;
}

static bool same_money(const struct hours_venue *venue, char words[160])
{
    const struct core_inst *inst = core_inst(venue->exchange->core, INST);
    const uint32_t assets[] = {inst->quote, inst->base};
    for (int i = 0; i < (venue->kind->is_margined ? 1 : 2); i++) {
        const char *name = core_asset_name(venue->exchange->core, assets[i]);
        const oc_i128 here = money_here(venue, name), there = money_there(venue, assets[i]);
        char ours[64], theirs[64];
        if (here == there)
            continue;
        money_to_text(here, 12, true, ours);
        money_to_text(there, 12, true, theirs);
        snprintf(words, 160, "%s of %s: %s here and %s there", name, venue->kind->name, ours, theirs);
        return false;
    }
    return true;
}

/* What is held on margin: both count fills, and this is what they come to. */
static bool same_position(const struct hours_venue *venue, char words[160])
{
    const struct oa_own *own = venue->exchange->own;
    const struct book *book =
        portfolio_find(engine_portfolio(hours_engine()), hours_link(venue)->accounts[0], 0, inst_of(venue));
    const int64_t here = book ? book->position.qty : 0;
    int64_t there = 0;
    for (uint32_t i = 0; i < own->trade_count; i++)
        there += own->trades[i].account == 0 && own->trades[i].inst == INST ? own->trades[i].units : 0;
    if (here != there)
        snprintf(words, 160, "%s of %s: %lld here and %lld there", venue->kind->symbol, venue->kind->name,
                 (long long)here, (long long)there);
    return here == there;
}

static bool is_money_same(const struct hours_venue *venue, char words[160])
{
    return same_money(venue, words) && (!venue->kind->is_margined || same_position(venue, words));
}

static void compare_money(const struct hours_venue *venue)
{
    char words[160] = "";
    const int64_t apart_ns = since(&truth_of(venue)->money_ns, !is_money_same(venue, words));
    if (weather_is_strict(venue) && weather_was_empty() && apart_ns > COMPARED_NS)
        hours_fail("%s, for %.1f s, though nothing goes wrong", words, (double)apart_ns / 1e9);
}

/* The book that the strategy sees, to its last level: one that should be gone is one too many. */
static void compare_book(const struct hours_venue *venue)
{
    const struct depth *depth = engine_book(hours_engine(), inst_of(venue));
    const uint32_t most = venue->kind->levels ? venue->kind->levels : LEVELS;
    bool is_same = depth && depth_is_shown(depth);
    for (uint8_t side = CORE_BUY; is_same && side <= CORE_SELL; side++) {
        struct core_level there[LEVELS];
        const uint32_t count = core_levels(venue->exchange->core, INST, side, there, most);
        const struct depth_side *here = &depth->sides[side == CORE_BUY ? DEPTH_BIDS : DEPTH_ASKS];
        is_same = here->count == count;
        for (uint32_t i = 0; i < count && is_same; i++)
            is_same = depth_level(here, i)->price == there[i].price && depth_level(here, i)->qty == there[i].qty;
    }
    hours.sum.books++;
    const int64_t apart_ns = since(&truth_of(venue)->book_ns, !is_same);
    if (apart_ns > bound_ns(venue))
        hours_fail("the order book is not that of %s for %.1f s%s", venue->kind->name, (double)apart_ns / 1e9,
                   weather_is_strict(venue) ? ", though nothing goes wrong" : "");
}

static void compare_state(const struct hours_venue *venue)
{
    const struct venue_link *link = hours_link(venue);
    const int64_t down_ns = since(&truth_of(venue)->down_ns, link->venue.reach[0] != OC_VENUE_READY);
    if (down_ns > bound_ns(venue))
        hours_fail("%s is not there for the host for %.1f s%s", venue->kind->name, (double)down_ns / 1e9,
                   weather_is_strict(venue) ? ", though nothing goes wrong" : "");
}

/* While nothing goes wrong orders go out and are taken. */
static void count_calm(void)
{
    const bool is_calm = weather_is_calm();
    for (uint32_t i = 0; i < hours.count && is_calm && !oracle.was_calm; i++)
        truths[i].calm_orders = truths[i].own_orders;
    oracle.was_calm = is_calm;
}

void oracle_look(void)
{
    take_core();
    if (hours.now_ns - oracle.looked_ns < LOOK_NS)
        return;
    for (uint32_t i = 0; i < hours.count; i++)
        if (hours.venues[i].link.out.count)
            return; /* it is on its way to the host */
    oracle.looked_ns = hours.now_ns;
    compare_listed(true);
    for (uint32_t i = 0; i < hours.count; i++) {
        compare_money(&hours.venues[i]);
        compare_book(&hours.venues[i]);
        compare_state(&hours.venues[i]);
    }
    count_calm();
}

void hours_hour_ends(void)
{
    struct figures *sum = &hours.sum;
    const uint64_t actions = sum->actions - oracle.hour_actions, events = sum->events - oracle.hour_events,
                   faults = weather_made() - oracle.hour_faults;
    sum->least_actions = actions < sum->least_actions ? actions : sum->least_actions;
    sum->least_events = events < sum->least_events ? events : sum->least_events;
    sum->least_faults = faults < sum->least_faults ? faults : sum->least_faults;
    oracle.hour_actions = sum->actions;
    oracle.hour_events = sum->events;
    oracle.hour_faults = weather_made();
    for (uint32_t i = 0; i < hours.count && oracle.was_calm; i++)
        if (!weather_was_halted(&hours.venues[i]) && truths[i].own_orders == truths[i].calm_orders)
            hours_fail("no order was taken by %s in nine minutes in which nothing goes wrong",
                       hours.venues[i].kind->name);
    oracle.was_calm = false;
}

void oracle_end(void)
{
    char words[160] = "";
    take_core();
    compare_listed(true);
    for (uint32_t i = 0; i < oracle.count; i++) {
        struct entry *entry = &oracle.entries[i];
        if (compare(entry) && (entry->filled != entry->there_filled || !same_value(entry) ||
                               entry->fee != entry->there_fee || entry->is_open != (entry->open_place != CORE_NONE)))
            hours_fail("at the end order %llx of %s is %s with %lld traded here, and %lld there",
                       (unsigned long long)entry->id, entry->venue->kind->name, entry->is_open ? "open" : "over",
                       (long long)entry->filled, (long long)entry->there_filled);
    }
    for (uint32_t i = 0; i < hours.count; i++)
        if (!is_money_same(&hours.venues[i], words))
            hours_fail("at the end %s", words);
    hours.sum.compared += oracle.count;
}

/* ---- what comes of each input ---- */

static void note(void *self, const struct input *input, const struct engine_out *out)
{
    (void)self;
    hours.sum.events += input && input->kind == INPUT_MARKET;
    if (!out->note_count && !out->request_count)
        return;
    for (uint32_t i = 0; i < out->request_count; i++) {
        hours.sum.actions += !out->requests[i].is_denied && out->requests[i].request.order;
        if (out->requests[i].order)
            believe(out->requests[i].order);
    }
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct out_note *said = &out->notes[i];
        const struct order *order = said->order ? orders_find(own_orders(), said->order) : NULL;
        if (order)
            believe(order);
        if (said->kind == NOTE_ORDER && said->after == STATE_UNKNOWN)
            hours.sum.unknown++;
        if (said->kind == NOTE_ALARM)
            hours_say("alarm: %s", said->words);
    }
    take_core();
    if (oracle.is_awake)
        compare_listed(false);
}

static oc_rc watch(void *self, struct session *session)
{
    return watchers_add(&session->watchers, &(struct watcher){.self = self, .note = note});
}

struct session_stage oracle_stage(void) { return (struct session_stage){"oracle", NULL, watch, NULL}; }
