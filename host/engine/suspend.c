/* suspend.c: a client whose callback failed or was stopped by a limit: recorded, and then left alone.
 *
 * A limit of time falls at another place in each run. So a replay takes the place from the record and does not enter
 * the callback at all: what that callback had asked for was dropped, ids included, and nothing of it is missed. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/impl.h"
#include "engine/limits.h"

struct suspension {
    struct oc_ev_text event;
    char text[ENGINE_SUSPEND_TEXT_MAX];
    uint64_t end; /* 0: the text is always terminated */
};

static bool keep(struct client *client, const struct oc_ev_text *record)
{
    if (!client->stop)
        client->stop = calloc(1, sizeof *client->stop);
    if (client->stop)
        memcpy(client->stop, record, record->head.size);
    return client->stop != NULL;
}

oc_rc engine_expect_stop(struct engine *engine, const struct oc_ev_text *record)
{
    if (record->head.type != OC_EV_STRATEGY || record->owner == 0 || record->owner > engine->client_count)
        return OC_E_NOT_FOUND;
    if (record->head.size < sizeof record->head || record->head.size > offsetof(struct suspension, end))
        return OC_E_DATA;
    struct client *client = &engine->clients[record->owner];
    if (client->stop)
        return OC_OK; /* the first one counts: nothing is called after it */
    return keep(client, record) ? OC_OK : OC_E_NOMEM;
}

bool engine_stops_here(const struct engine *engine, uint32_t strategy)
{
    const struct client *client = &engine->clients[strategy];
    if (!client->stop)
        return false;
    uint64_t cause = client->stop->event.head.cause;
    return engine->cause > cause || (engine->cause == cause && client->call >= client->stop->event.key);
}

/* The record as it was made then, or a new one. */
static struct suspension suspension_of(const struct engine *engine, uint32_t strategy, oc_rc rc, const char *words)
{
    const struct client *client = &engine->clients[strategy];
    struct suspension made = {0};
    if (engine_stops_here(engine, strategy)) {
        made = *client->stop;
        made.event.head.seq = 0;
        return made;
    }
    const char *why = words               ? words
                      : client->is_over   ? permissions_words(client->permissions)
                      : client->table.why ? client->table.why(client->table.self)
                                          : NULL;
    size_t size = why ? strnlen(why, sizeof made.text - 1) : 0;
    memcpy(made.text, why ? why : "", size);
    made.event.head.size = (uint32_t)(sizeof made.event + ((size + 7) & ~(size_t)7));
    made.event.head.type = OC_EV_STRATEGY;
    made.event.code = rc == OC_E_LIMIT || rc == OC_E_NOMEM ? OC_STRATEGY_STOPPED : OC_STRATEGY_FAILED;
    made.event.owner = strategy;
    made.event.key = client->call;
    made.event.text_size = (uint32_t)size;
    return made;
}

/* What it asked for of old, in a batch of the host. Protection stays: it is of a position that is there. */
static void take_down(struct engine *engine, uint32_t strategy)
{
    const uint32_t books = portfolio_book_count(engine->portfolio);
    if (engine->config.suspended == ENGINE_SUSPENDED_KEEPS || engine->is_restoring)
        return;
    stage_begin(engine, 0);
    engine_cancel_all(engine, strategy, 0, CANCEL_NOT_CLOSING);
    for (uint32_t i = 0; i < books && engine->config.suspended == ENGINE_SUSPENDED_CLOSES; i++) {
        const struct position *position = &portfolio_book_at(engine->portfolio, i)->position;
        struct oc_request request = {.account = position->account,
                                     .strategy = strategy,
                                     .owner = OC_OWNER_HOST,
                                     .type = OC_ORDER_MARKET,
                                     .tif = OC_TIF_GTC,
                                     .tag = "suspended"};
        struct engine_refusal refusal;
        request.head.inst = position->inst;
        if (position->strategy == strategy && position->qty && engine_close(engine, &request, &refusal) < 0)
            engine_alarm(engine, NULL, "what a suspended strategy holds could not be closed: it is left as it is");
    }
    stage_end(engine, true);
}

static void fail(struct engine *engine, uint32_t strategy, oc_rc rc, const char *words)
{
    if (strategy == 0 || strategy > engine->client_count ||
        (engine->clients[strategy].off & (CLIENT_SUSPENDED | CLIENT_GONE)))
        return;
    struct suspension made = suspension_of(engine, strategy, rc, words);
    made.event.head.venue_ns = made.event.head.local_ns = engine->now_ns;
    made.event.head.cause = engine->cause;
    if (out_add_record(&engine->out, &made.event.head) < 0)
        engine_alarm(engine, NULL, "a suspension could not be recorded: a restart does not know of it");
    out_add_note(&engine->out, &(struct out_note){.kind = NOTE_SUSPENDED, .strategy = strategy});
    keep(&engine->clients[strategy], &made.event);
    engine_suspend(engine, strategy);
    if (engine->is_observed)
        chain_observe(engine, &made.event.head);
    take_down(engine, strategy);
}

void engine_fail(struct engine *engine, uint32_t strategy, oc_rc rc)
{
    if (rc == OC_E_AGAIN)
        engine->stats.gone_on++;
    else
        fail(engine, strategy, rc, NULL);
}

void engine_fail_as(struct engine *engine, uint32_t strategy, const char *words)
{
    fail(engine, strategy, OC_E_STATE, words);
}

void engine_suspend(struct engine *engine, uint32_t strategy)
{
    if (strategy == 0 || strategy > engine->client_count ||
        (engine->clients[strategy].off & (CLIENT_SUSPENDED | CLIENT_GONE)))
        return;
    engine->clients[strategy].off |= CLIENT_SUSPENDED;
    engine->stats.suspended++;
    timers_remove_of(&engine->timers, strategy);
}

void engine_suspend_as(struct engine *engine, uint32_t strategy, const char *words)
{
    if (strategy == 0 || strategy > engine->client_count)
        return;
    struct suspension made = {.event.head.size = sizeof made.event + sizeof made.text};
    text_copy(made.text, sizeof made.text, words);
    keep(&engine->clients[strategy], &made.event);
    engine_suspend(engine, strategy);
}

uint32_t engine_suspended_become(const struct engine *engine) { return engine->config.suspended; }

const char *engine_suspension(const struct engine *engine, uint32_t strategy)
{
    const struct client *client = &engine->clients[strategy];
    return (client->off & CLIENT_SUSPENDED) && client->stop ? client->stop->text : "";
}

bool engine_is_suspended(const struct engine *engine, uint32_t strategy)
{
    return strategy <= engine->client_count && (engine->clients[strategy].off & CLIENT_SUSPENDED);
}
