#include "session/venue_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/log.h"
#include "base/text.h"
#include "io/venue_health.h"
#include "journal/door.h"
#include "session/links.h"
#include "session/venue_net.h"
#include "session/venue_world.h"

#define LEAVE_NS 2000000000ll

/* Opening. */

struct venue_link *venue_link_new(struct settings *settings, const char *name, const char *recorded_dir)
{
    struct venue_link *link = calloc(1, sizeof *link);
    struct oc_event *event = calloc(1, OC_EVENT_MAX);
    if (!link || !event) {
        free(link);
        free(event);
        return NULL;
    }
    snprintf(link->name, sizeof link->name, "%s", name);
    link->settings = settings;
    link->records_dir = recorded_dir;
    link->is_feed = venue_is_feed(settings);
    link->event = event;
    link->books_due_ns = link->history_due_ns = INT64_MAX;
    return link;
}

/* Its accounts, by the names that the configuration gives them. */
static oc_rc give_accounts(struct venue_link *link)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < link->account_count && rc == OC_OK; i++) {
        const struct account *known = portfolio_account(engine_portfolio(link->world.engine), link->accounts[i]);
        struct oc_account account = {
            .size = sizeof account, .account = link->accounts[i], .source = link->accounts[i], .state = 1};
        snprintf(account.name, sizeof account.name, "%s", known->name);
        rc = link->is_feed ? io_venue_watch(&link->venue, &account) : io_venue_account(&link->venue, &account);
    }
    return rc;
}

/* The keyring goes by places in the configuration until the engine has numbered the accounts. OC_E_STATE: one is not there, and would
 * go on with test keys. */
static oc_rc number_keys(struct venue_link *link)
{
    char name[VENUE_ACCOUNT_MAX];
    for (uint32_t k = 0; k < link->keyring.count; k++) {
        struct keyring_account *own = &link->keyring.accounts[k];
        uint32_t number = 0;
        for (uint32_t i = 0;
             venue_account(link->settings, link->name, own->account - 1, name) && i < link->account_count; i++)
            if (strcmp(portfolio_account(engine_portfolio(link->world.engine), link->accounts[i])->name, name) == 0)
                number = link->accounts[i];
        if (!number)
            return OC_E_STATE;
        own->account = number;
    }
    return OC_OK;
}

static oc_rc open_connector(struct venue_link *link, struct error *ret_error)
{
    const struct venue_link_world *world = &link->world;
    const struct part *part = parts_at(world->parts, PART_CONNECTOR, world->place);
    if (!part || (!link->transcript.script && !venue_net_is(link->settings, link->name)))
        return error_of_code(ret_error, OC_E_STATE, "venue", "there is no connector, or no transcript");
    const struct registry_entry *entry = registry_find(world->registry, OC_CONNECTOR, part->id);
    struct io_link driver = transcript_link(&link->transcript);
    struct io_world io;
    if (!entry) /* it says so */
        return plugin_instance_open(&link->plugin, world->registry, OC_CONNECTOR, part->id, ret_error);
    const struct oc_connector *table = registry_interface(entry->plugin, OC_CONNECTOR);
    oc_rc rc = venue_link_isolate(link, entry, &table, ret_error);
    if (rc < 0)
        return rc;
    link->now_ns = *world->now_ns;
    rc = number_keys(link);
    if (rc == OC_OK && venue_net_is(link->settings, link->name)) {
        rc = venue_net_open(link->settings, link->name, table->venue, world->links->loop, &link->net, ret_error);
        if (rc < 0)
            return rc;
        driver = net_link(link->net);
        rc = venue_net_pool(link->settings, link->name, table->venue, &driver, &link->pool);
        if (link->pool.endpoint_count)
            driver = pool_link(&link->pool);
        venue_net_share_limits(link->name, table->venue, &link->limits);
        link->now_ns = net_loop_now(world->links->loop); /* what it asks at once is asked now */
    }
    io = venue_world_of(link);
    if (rc == OC_OK)
        rc = io_venue_init(&link->venue, table, entry->plugin->id, &driver, &io);
    if (rc < 0)
        return error_of_code(ret_error, rc, part->section, "it could not be opened");
    link->plugin.settings = link->settings;
    link->plugin.now_ns = world->now_ns;
    link->plugin.seed = world->seed;
    link->plugin.impl.venue = &link->venue;
    snprintf(link->plugin.section, sizeof link->plugin.section, "%s", part->section);
    rc = venue_link_open_plugin(link, part->id, ret_error);
    if (rc < 0)
        return rc;
    link->table = table;
    link->is_held = link->net && world->is_resumed;
    if (link->is_held)
        rc = venue_link_recall(link);
    if (rc < 0)
        return error_of_code(ret_error, rc, part->section, "what its connector had stored could not be read");
    rc = io_venue_start(&link->venue, link->plugin.self);
    if (rc < 0)
        return error_of_code(ret_error, rc, part->section, "its connector did not start");
    rc = give_accounts(link);
    return rc < 0 ? error_of_code(ret_error, rc, part->section, "its connector did not take the account") : rc;
}

/* What was said last leaves, and is answered, as long as that does not take long. */
static void let_leave(struct venue_link *link)
{
    struct net_loop *loop = link->world.links->loop;
    const int64_t until_ns = net_loop_now(loop) + LEAVE_NS;
    oc_rc rc = OC_OK;
    while (rc >= 0 && !net_is_idle(link->net) && (link->now_ns = net_loop_now(loop)) < until_ns) {
        rc = io_venue_pump(&link->venue, link->now_ns);
        if (rc == 0)
            net_loop_wait(loop, LEAVE_NS / 100);
    }
}

void venue_link_close(struct venue_link *link)
{
    if (link->table && link->is_clean && !link->transcript.mismatches && io_venue_disarm(&link->venue) < 0)
        log_error("venue", "the dead man's switch of %s could not be switched off: it will cancel what is open",
                  link->plugin.plugin->id);
    if (link->table && io_venue_quiesce(&link->venue, *link->world.now_ns) < 0)
        log_warning("venue", "%s was not idle at the end", link->plugin.plugin->id);
    if (link->table && link->net)
        let_leave(link);
    if (link->table && link->net)
        io_venue_say_counts(&link->venue, link->name);
    plugin_instance_close(&link->plugin);
    free(link->isolate);
    link->isolate = NULL;
    link->table = NULL;
    io_venue_release(&link->venue);
    net_free(link->net);
    link->net = NULL;
    limits_shared_close(&link->limits);
    if (link->records)
        journal_close_read(link->records);
    link->records = NULL;
    link->recorded = NULL;
}

void venue_link_free(struct venue_link *link)
{
    if (!link)
        return;
    transcript_release(&link->transcript);
    keyring_release(&link->keyring);
    env_free(link->script);
    queue_release(&link->kept);
    free(link->books), free(link->histories), free(link->event);
    free(link);
}

/* What it says. */

/* The oldest event that was said, borrowed until event_drop(); NULL: none. */
static const struct oc_event *event_first(struct venue_link *link)
{
    const struct oc_event *kept = queue_first(&link->kept);
    return kept ? kept : io_venue_first(&link->venue);
}

static void event_drop(struct venue_link *link)
{
    if (queue_first(&link->kept))
        queue_drop(&link->kept);
    else
        io_venue_drop(&link->venue);
}

/* The account that an event is judged as: its own where it is one of the link's, else one that it is not. */
static uint32_t account_of(const struct venue_link *link, const struct oc_event *event)
{
    return venue_link_has(link, event->source) ? event->source : link->accounts[0];
}

/* The oldest event that was said becomes *event, judged and stamped. OC_E_AGAIN: it is refused. */
static oc_rc take_event(struct venue_link *link, struct oc_event *event)
{
    const struct oc_event *first = event_first(link);
    struct oc_ev_instrument named;
    if (venue_link_asset(link, event)) /* before what is said of it */
        return OC_OK;
    if (first->type == OC_EV_INSTRUMENT && first->size >= sizeof named) {
        venue_link_complete(link, first, &named);
        first = &named.head;
        if (venue_link_passes_over(link, &named)) {
            event_drop(link);
            return OC_E_AGAIN;
        }
    }
    const char *why = border_refuses_venue(link->world.engine, account_of(link, first), first);
    if (!why && first->type >= OC_EV_REQUEST && first->size > SIM_ANSWERS_LONG_MAX)
        why = "an answer of too many words";
    const oc_rc rc = why ? border_say(link->world.border, why, first) : OC_OK;
    if (!why) {
        const int64_t at_ns = io_venue_now(&link->venue);
        memcpy(event, first, first->size);
        event->flags &=
            (uint16_t)(OC_EVF_LAST | OC_EVF_REPLAYED | OC_EVF_PAST | OC_EVF_INFERRED | OC_EVF_MORE | OC_EVF_FORMING);
        event->seq = event->cause = 0;
        if (event->venue_ns == 0) { /* it does not say */
            event->venue_ns = at_ns;
            event->flags |= OC_EVF_HOST_TIME;
        }
        event->local_ns = event->venue_ns > at_ns && !link->net ? event->venue_ns : at_ns;
        if (event->type == OC_EV_BALANCE)
            ((struct oc_ev_balance *)(void *)event)->present |= OC_BAL_SAID;
    }
    event_drop(link);
    return why ? (rc < 0 ? rc : (oc_rc)OC_E_AGAIN) : OC_OK;
}

/* The next event of the connector at or before until_ns becomes link->event. */
oc_rc venue_link_pull(struct venue_link *link, int64_t until_ns)
{
    if (link->has_head)
        return OC_OK;
    for (;;) {
        while (event_first(link)) {
            const oc_rc rc = take_event(link, link->event);
            link->has_head = rc == OC_OK;
            if (rc != OC_E_AGAIN)
                return rc;
        }
        if (link->transcript.mismatches)
            return OC_E_STATE;
        const oc_rc looked = venue_link_look(link);
        if (looked < 0)
            return looked;
        if (event_first(link))
            continue;
        const oc_rc rc = io_venue_pump(&link->venue, until_ns);
        if (rc < 0)
            return rc;
        if (rc == 0)
            return OC_E_AGAIN;
    }
}

oc_rc venue_link_say_first(struct venue_link *link, struct oc_event **ret_event)
{
    oc_rc rc = OC_E_AGAIN;
    link->now_ns = *link->world.now_ns;
    while (rc == OC_E_AGAIN && event_first(link) && !event_is_market(event_first(link)->type))
        rc = take_event(link, link->event);
    if (rc == OC_OK)
        *ret_event = link->event;
    return rc;
}

/* What is queued waits behind what was kept. */
static oc_rc keep_queued(struct venue_link *link)
{
    const struct oc_event *event;
    oc_rc rc = OC_OK;
    while (rc == OC_OK && (event = io_venue_first(&link->venue)) != NULL) {
        queue_begin(&link->kept, QUEUE_MAX);
        rc = queue_add(&link->kept, event);
        queue_end(&link->kept, rc == OC_OK);
        if (rc == OC_OK)
            io_venue_drop(&link->venue);
    }
    return rc;
}

/* The oldest event of the queue, which is an answer: it does not wait for what came before it and was kept. */
static oc_rc take_answer(struct venue_link *link)
{
    _Alignas(8) char room[SIM_ANSWERS_LONG_MAX];
    struct oc_event *answer = (struct oc_event *)(void *)room;
    const struct queue kept = link->kept;
    link->kept.first = link->kept.said;
    const oc_rc rc = take_event(link, answer);
    link->kept.first = kept.first;
    if (rc == OC_E_AGAIN)
        return OC_OK;
    return rc < 0 ? rc : sim_answers_emit(link->answers, answer->local_ns, answer);
}

/* What the venue answers at once: before the event that was taken ahead, and before the next line of the script. A market event
 * among it waits for its turn, and with it what is said behind it. */
static oc_rc take_answers(struct venue_link *link)
{
    oc_rc rc = 1;
    link->transcript.until_line = 1;
    while (rc > 0) {
        const struct oc_event *first;
        while (rc > 0 && (first = io_venue_first(&link->venue)) != NULL) {
            const oc_rc taken = event_is_market(first->type) ? keep_queued(link) : take_answer(link);
            if (taken < 0)
                rc = taken;
        }
        if (rc > 0)
            rc = link->is_held ? 0 : io_venue_pump(&link->venue, link->now_ns);
    }
    link->transcript.until_line = 0;
    return rc == OC_E_END ? (oc_rc)OC_OK : rc;
}

oc_rc venue_link_request(struct venue_link *link, const struct oc_request *asked)
{
    char name[TEXT_ORDER_MAX];
    if (links_are_killed(link->world.links) &&
        (oc_request_makes_order(asked->kind) || asked->kind == OC_REQUEST_AMEND) && !(asked->bits & OC_RQ_REDUCE_ONLY))
        return OC_E_DENIED; /* not a byte of it leaves: refused by a recorded answer */
    oc_rc rc = keep_queued(link);
    if (rc == OC_OK)
        rc = asked->kind == OC_REQUEST_FILLS ? io_venue_fetch_fills(&link->venue, asked)
                                             : io_venue_request(&link->venue, asked);
    if (rc < 0)
        return rc;
    if ((rc = take_answers(link)) < 0) /* it was taken over: what came of it is another matter */
        log_error("venue", "what %s said to order %s could not be taken: %s", link->plugin.plugin->id,
                  text_order(asked->order, name), error_name(rc));
    return OC_OK;
}

static oc_rc next_event(void *self, struct oc_event **ret_event)
{
    struct venue_link *link = self;
    if (link->answers->count || link->is_held) /* one at a time, or their order is lost */
        return OC_E_AGAIN;
    link->now_ns = link->net ? net_loop_now(link->world.links->loop) : *link->world.now_ns;
    const oc_rc wanted = link->records ? (oc_rc)OC_OK : venue_link_want_subscribed(link);
    if (wanted < 0)
        return wanted == OC_E_AGAIN || wanted == OC_E_END ? (oc_rc)OC_E_STATE : wanted; /* no word of a source */
    for (uint32_t i = 0; !link->records && i < link->account_count; i++)
        if (engine_latched(link->world.engine, link->accounts[i]) ||
            links_are_killed(link->world.links)) /* what has not left never does */
            io_venue_withdraw(&link->venue, link->accounts[i], OC_WHY_NOT_SENT);
    oc_rc rc = link->records ? venue_link_pull_record(link) : venue_link_pull(link, link->now_ns);
    if (rc < 0)
        return rc;
    if (event_is_market(link->event->type)) {
        *ret_event = link->event;
        return OC_OK;
    }
    link->has_head = false;
    rc = sim_answers_emit(link->answers, link->event->local_ns, link->event);
    return rc < 0 ? rc : (oc_rc)OC_E_AGAIN;
}

bool venue_link_has(const struct venue_link *link, uint32_t account)
{
    for (uint32_t i = 0; i < link->account_count; i++)
        if (link->accounts[i] == account)
            return true;
    return false;
}

int64_t venue_link_next_ns(const struct venue_link *link)
{
    if (link->records)
        return link->recorded ? link->recorded->local_ns : INT64_MAX;
    const int64_t next_ns = link->transcript.mismatches ? INT64_MAX : io_venue_next_ns(&link->venue),
                  wants_ns = link->books_due_ns < link->history_due_ns ? link->books_due_ns : link->history_due_ns;
    const int64_t looks_ns = venue_link_looks_ns(link);
    const int64_t first_ns = link->net && wants_ns < next_ns ? wants_ns : next_ns;
    return looks_ns < first_ns ? looks_ns : first_ns;
}

/* When the first of the others goes on, for one that waits to be sent something; INT64_MAX: all wait. */
static int64_t others_next_ns(const struct venue_link *link)
{
    const struct links *links = link->world.links;
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; links && i < links->count; i++)
        if (links->list[i] != link && venue_link_next_ns(links->list[i]) < next_ns)
            next_ns = venue_link_next_ns(links->list[i]);
    return next_ns;
}

static int64_t goes_until(void *self)
{
    const struct venue_link *link = self;
    const int64_t now_ns = *link->world.now_ns;
    if (link->answers->count)
        return sim_answers_next_ns(link->answers);
    if (link->records)
        return link->recorded ? link->recorded->local_ns : now_ns;
    if (link->net) {
        const int64_t clock_ns = net_loop_now(link->world.links->loop);
        return clock_ns > now_ns ? clock_ns : now_ns;
    }
    const int64_t own_ns = venue_link_next_ns(link), next_ns = own_ns < INT64_MAX ? own_ns : others_next_ns(link);
    return next_ns < INT64_MAX && next_ns > now_ns ? next_ns : now_ns;
}

oc_rc venue_link_stalled(struct venue_link *link, struct error *ret_error)
{
    if (link->records) {
        link->gives_way = true;
        return 1;
    }
    if (link->net)
        return OC_OK; /* it waits for the clock */
    const int64_t next_ns = io_venue_next_ns(&link->venue);
    if (next_ns < INT64_MAX && !link->transcript.mismatches) {
        const oc_rc rc = io_venue_pump(&link->venue, next_ns);
        if (rc < 0 && rc != OC_E_END)
            return error_of_code(ret_error, rc, "venue", "its connector could not go on");
        return 1;
    }
    const struct transcript_line *wanted = transcript_waits_for(&link->transcript);
    if (link->has_console || !wanted)
        return OC_OK;
    return error_say(ret_error, OC_E_STATE, venue_text(link->settings, link->name, "transcript", ""),
                     "line %u: the venue waits for what was not sent: %.*s", wanted->number,
                     (int)(wanted->text.size < 160 ? wanted->text.size : 160), wanted->text.at);
}

/* The table of its venue. */

static oc_rc table_instrument(void *self, const struct oc_instrument *instrument)
{
    struct venue_link *link = self;
    oc_rc rc = OC_OK;
    if (strcmp(instrument->venue, link->name) != 0)
        return OC_OK;
    if (link->keeps.keeps_all && engine_last_instrument(link->world.engine) != instrument->inst)
        rc = engine_want_book(link->world.engine, instrument->inst);
    if (link->records || rc < 0)
        return rc;
    rc = io_venue_instrument(&link->venue, instrument);
    if (rc == OC_OK)
        rc = venue_link_want_account(link);
    const bool is_configured = engine_last_instrument(link->world.engine) != instrument->inst;
    return rc == OC_OK && is_configured ? venue_link_want_market(link, instrument->inst) : rc;
}

static oc_rc table_balance(void *self, uint32_t account, uint32_t asset, struct oc_dec total)
{
    return (void)self, (void)account, (void)asset, (void)total, OC_OK;
}

static oc_rc table_market(void *self, int64_t now_ns, const struct oc_event *event)
{
    return (void)self, (void)now_ns, (void)event, OC_OK;
}

static oc_rc table_request(void *self, int64_t now_ns, const struct oc_request *asked)
{
    struct venue_link *link = self;
    if (link->records)
        return OC_OK; /* a refusal stands in the records, as an answer does */
    link->now_ns = now_ns;
    return venue_link_request(link, asked);
}

static oc_rc table_due(void *self, int64_t now_ns) { return (void)self, (void)now_ns, OC_OK; }

static oc_rc table_position(void *self, uint32_t account, uint32_t inst, int64_t *ret_units)
{
    return (void)self, (void)account, (void)inst, (void)ret_units, OC_E_NOT_SUPPORTED;
}

static void table_observe(void *self, const struct oc_event *event) { (void)self, (void)event; }

/* A connector keeps nothing: how far the records go is all there is to say. */
static oc_rc table_save(void *self, void *bytes, uint32_t size_max)
{
    const struct venue_link *link = self;
    const uint64_t seq = door_seq(link->world.door);
    if (!link->table)
        return OC_E_NOT_SUPPORTED;
    if (size_max < sizeof seq)
        return OC_E_LIMIT;
    memcpy(bytes, &seq, sizeof seq);
    return (oc_rc)sizeof seq;
}

static oc_rc table_load(void *self, const void *bytes, uint32_t size)
{
    struct venue_link *link = self;
    uint64_t seq;
    if (!link->table || size != sizeof seq)
        return OC_E_DATA;
    memcpy(&seq, bytes, sizeof seq);
    return link->net ? (oc_rc)OC_OK : venue_link_go_through(link, seq);
}

/* What the account has is what the venue says; its fees are known at the fill. */
static oc_rc table_terms(void *self, uint32_t account, struct oc_sim_terms *ret_terms)
{
    (void)self;
    (void)account;
    ret_terms->bits = OC_SIM_FUNDS;
    return OC_OK;
}

static const struct oc_sim venue_link_table = {.size = sizeof venue_link_table,
                                               .instrument = table_instrument,
                                               .balance = table_balance,
                                               .market = table_market,
                                               .request = table_request,
                                               .due = table_due,
                                               .end = table_due,
                                               .observe = table_observe,
                                               .position = table_position,
                                               .save = table_save,
                                               .load = table_load,
                                               .terms = table_terms};

/* Those of the portfolio that are its venue's. */
static void find_accounts(struct venue_link *link)
{
    struct portfolio *portfolio = engine_portfolio(link->world.engine);
    link->account_count = 0;
    for (uint32_t id = 1; id <= portfolio_account_count(portfolio) && link->account_count < VENUE_ACCOUNTS_MAX; id++)
        if (strcmp(portfolio_account(portfolio, id)->venue, link->name) == 0)
            link->accounts[link->account_count++] = id;
}

static oc_rc join_venues(struct venue_link *link)
{
    oc_rc rc = link->account_count ? OC_OK : OC_E_NOT_FOUND;
    for (uint32_t i = 0; i < link->account_count && rc == OC_OK; i++)
        rc = venues_add(link->world.venues, link->accounts[i], &venue_link_table, link);
    return rc;
}

oc_rc venue_link_open(struct venue_link *link, const struct venue_link_world *world, struct error *ret_error)
{
    const struct inbox_source source = {.self = link, .next = next_event, .until = goes_until, .is_live = true};
    *ret_error = (struct error){0};
    link->world = *world;
    link->answers = &world->venues->list[world->place + link->is_feed].answers; /* behind the simulator */
    find_accounts(link);
    oc_rc rc = link->records_dir ? journal_open_read(link->records_dir, false, &link->records)
                                 : open_connector(link, ret_error);
    if (rc == OC_E_DATA && link->records) /* damaged: read as far as they are whole */
        rc = OC_OK;
    if (rc == OC_OK)
        rc = venue_world_guard(link, ret_error);
    if (rc == OC_OK)
        rc = join_venues(link);
    if (rc == OC_OK) {
        link->answers->slot_size = SIM_ANSWERS_LONG_MAX;
        rc = inbox_add_source(world->inbox, &source);
    }
    if (rc < 0 && !error_is_set(ret_error))
        return error_of_code(ret_error, rc, "venue", "it could not be opened");
    return rc;
}
