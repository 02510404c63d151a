/* venue_walk.h: a seeded walk of what connectors say: how an event is heard and folded, by which names an order is called, and another
 * engine that is told the records alone. */
#ifndef SUPPORT_VENUE_WALK_H
#define SUPPORT_VENUE_WALK_H

#include <outcry/instrument.h>

#include "session/border.h"
#include "support/said_kit.h"
#include "support/walk_kit.h"

#define SECOND 1000000000LL

enum { STEPS = 2800, MARKETS = 4, LATEST = 14, TRADES = 12, ACCOUNTS = 2, ORDERS = 256 };

struct known { /* an order, to speak of */
    uint64_t order;
    uint32_t inst, account;
};

struct name {
    uint64_t order;
    struct oc_id client;
};

struct traded {
    struct known of;
    uint32_t number;
    int64_t qty, price;
};

struct walk {
    struct fixture *f;
    struct engine *twin; /* is told the records; NULL: there is none */
    struct dice dice;
    uint32_t method;
    uint32_t inst[MARKETS], account_of[MARKETS];
    int64_t price[MARKETS];
    struct known latest[LATEST];
    struct traded trades[TRADES];
    struct name named[ORDERS]; /* since the twin heard */
    uint32_t named_count;
    struct oc_ev_venue_fill last; /* that was said */
    uint32_t count, trade_count, names, busts, cuts, own_ways, heard[OC_EV_END];
};

static struct walk *now_walking; /* for the client, which outlives an engine */

static int64_t roll(int64_t below) { return dice_roll(&now_walking->dice, below); }
static void fold(const void *bytes, size_t size) { dice_fold(&now_walking->dice, bytes, size); }
static void fold_row(const int64_t *row, size_t count) { fold(row, count * sizeof *row); }
#define FOLD(...) fold_row((const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

/* ---- what is heard ---- */

static void twin_catches_up(struct walk *walk, const struct oc_event *event)
{
    const struct dice dice = walk->dice; /* what its rule sees is not folded */
    if (walk->twin && event)
        (void)engine_restore(walk->twin, event);
    for (uint32_t i = 0; walk->twin && i < walk->f->record_count; i++)
        assert_int_equal(engine_restore(walk->twin, (const struct oc_event *)(const void *)walk->f->records[i]), OC_OK);
    for (uint32_t i = 0; walk->twin && i < walk->named_count; i++)
        (void)engine_name_order(walk->twin, walk->named[i].order, &walk->named[i].client);
    walk->named_count = 0;
    if (walk->twin)
        engine_clear_out(walk->twin);
    walk->dice = dice;
}

static void fold_out(struct walk *walk)
{
    struct fixture *f = walk->f;
    for (uint32_t i = 0; i < f->record_count; i++)
        fold(f->records[i], ((const struct oc_event *)(const void *)f->records[i])->size);
    for (uint32_t i = 0; i < f->sent_count; i++) {
        const struct oc_request *sent = &f->sent[i];
        fold(sent, sizeof *sent);
        if (sent->kind == OC_REQUEST_NEW)
            walk->latest[walk->count++ % LATEST] = (struct known){sent->order, sent->head.inst, sent->account};
        walk->own_ways += (sent->bits & OC_RQ_NATIVE) != 0;
    }
    f->record_count = f->sent_count = 0;
}

static void fold_notes(const struct engine_out *out)
{
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct out_note *note = &out->notes[i];
        FOLD(note->kind, note->strategy, (int64_t)note->order, note->inst, note->source, note->before, note->after,
             note->qty_before, note->qty_after);
        dice_fold_money(&now_walking->dice, note->realised_before);
        dice_fold_money(&now_walking->dice, note->realised_after);
        dice_fold_text(&now_walking->dice, note->words ? note->words : "");
    }
}

/* Whether it passed the border, and was taken. */
static bool hears(struct walk *walk, void *event, uint32_t account)
{
    struct fixture *f = walk->f;
    struct oc_event *head = event;
    head->source = account;
    head->venue_ns = f->now_ns - roll(SECOND);
    head->local_ns = f->now_ns;
    const char *why = border_refuses_venue(f->engine, account, head);
    dice_fold_text(&walk->dice, why ? why : "");
    if (why)
        return false;
    twin_catches_up(walk, NULL); /* what was asked for before */
    fold_out(walk);
    head->seq = ++f->seq;
    const oc_rc rc = engine_input(f->engine, head, true);
    FOLD(rc);
    fold_notes(engine_out(f->engine));
    walk->heard[head->type]++;
    fixture_flush(f);
    twin_catches_up(walk, rc == OC_OK ? head : NULL);
    fold_out(walk);
    return rc == OC_OK;
}

/* ---- names ---- */

static struct oc_id named(char letter, uint64_t number, int64_t turn)
{
    char text[40];
    snprintf(text, sizeof text, turn ? "%c%llx-%lld" : "%c%llx", letter, (unsigned long long)number, (long long)turn);
    return id_of(text);
}

/* The order goes out under a name of ours; an amendment, now and then, under another. */
static oc_rc on_request(void *self, const struct oc_request *request)
{
    struct walk *walk = self;
    const bool is_named = request->kind == OC_REQUEST_NEW || (request->kind == OC_REQUEST_AMEND && roll(2));
    if (is_named) {
        const struct oc_id client = named('c', request->order, request->kind == OC_REQUEST_NEW ? 0 : request->revision);
        FOLD(engine_name_order(walk->f->engine, request->order, &client));
        walk->named[walk->named_count++ % ORDERS] = (struct name){request->order, client};
    }
    return roll(40) ? OC_OK : OC_E_DENIED;
}

struct called { /* how an event names an order */
    uint64_t order;
    struct oc_id client, venue;
};

static struct called call_it(const struct known *who)
{
    const int64_t form = roll(7), turn = roll(6) == 0;
    struct called called = {.order = form < 3 || form == 6 ? who->order : 0}; /* 0: by the names alone */
    if (form == 3 || form == 5)
        called.client = named('c', who->order, turn);
    if (form != 3 && form != 0)
        called.venue = named('v', who->order, turn);
    return called;
}

static const struct known *someone(struct walk *walk)
{
    static struct known stranger;
    const struct known *one = &walk->latest[roll(LATEST)];
    const int64_t k = roll(MARKETS), number = roll(99);
    if (number > 3 && one->order)
        return one;
    stranger = (struct known){(uint64_t)(5 + number), walk->inst[k], walk->account_of[k]};
    return &stranger;
}

#endif
