/* venue_walk_said.h: what the venues of a walk say of accounts, positions, figures and themselves. */
#ifndef SUPPORT_VENUE_WALK_SAID_H
#define SUPPORT_VENUE_WALK_SAID_H

#include "support/venue_walk.h"

static void a_position(struct walk *walk)
{
    const uint32_t k = (uint32_t)roll(MARKETS);
    const int64_t qty = roll(3) ? roll(400) - 200 : 0, side = roll(3), average = roll(20000);
    struct oc_ev_position position = {.head = {.size = sizeof position, .type = OC_EV_POSITION, .inst = walk->inst[k]},
                                      .qty = qty,
                                      .average = {average, 2, 0},
                                      .present = OC_POS_AVERAGE,
                                      .side = (uint8_t)side,
                                      .position = roll(4) ? (struct oc_id){.size = 0} : named('p', 1, 0)};
    hears(walk, &position, walk->account_of[k]);
}

static void an_account(struct walk *walk)
{
    const uint32_t account = 1 + (uint32_t)roll(ACCOUNTS), known = (uint32_t)roll(8), may = (uint32_t)roll(8);
    const uint32_t present = (uint32_t)roll(256);
    struct oc_ev_account said = {.head = {.size = sizeof said, .type = OC_EV_ACCOUNT},
                                 .asset = walk->f->quote,
                                 .equity = {roll(1000), 0, 0},
                                 .leverage = {roll(10), 1, 0},
                                 .known = known,
                                 .rights = may | OC_MAY_TRADE, /* or little would happen */
                                 .present = present};
    hears(walk, &said, account);
}

/* The same few entries, in this state and that. */
static void an_entry(struct walk *walk)
{
    const uint32_t account = 1 + (uint32_t)roll(ACCOUNTS);
    const uint64_t which = (uint64_t)roll(40);
    const int64_t status = roll(4) ? OC_LEDGER_DONE : 1 + roll(OC_LEDGER_REVERSED), form = roll(6);
    struct oc_ev_ledger entry = {.head = {.size = sizeof entry, .type = OC_EV_LEDGER},
                                 .asset = which % 3 ? walk->f->quote : walk->f->base,
                                 .amount = {(int64_t)which - 20, 1, 0},
                                 .after = {roll(3000), 0, 0},
                                 .kind = (uint16_t)(1 + which % OC_LEDGER_TAX),
                                 .status = (uint16_t)status,
                                 .present = form ? 0 : OC_LEDGER_HAS_AFTER,
                                 .id = named('e', form == 5 ? 1000 + (uint64_t)walk->f->seq : which, 0)};
    hears(walk, &entry, account);
}

static void a_state(struct walk *walk)
{
    static const uint32_t states[] = {OC_VENUE_READY,       OC_VENUE_READY,     OC_VENUE_READY, OC_VENUE_READY,
                                      OC_VENUE_CANCEL_ONLY, OC_VENUE_POST_ONLY, OC_VENUE_DENIED};
    const uint32_t account = 1 + (uint32_t)roll(ACCOUNTS);
    struct oc_ev_venue said = {.head = {.size = sizeof said, .type = OC_EV_VENUE},
                               .state = states[roll(sizeof states / sizeof states[0])],
                               .part = (uint32_t)roll(OC_PART_LINK + 1)};
    if (said.part == OC_PART_LINK && said.state > OC_VENUE_DEGRADED)
        said.state = OC_VENUE_DOWN;
    if (hears(walk, &said, account) && said.state != OC_VENUE_READY) { /* soon it is over */
        said.state = OC_VENUE_READY;
        if (roll(3))
            hears(walk, &said, account);
    }
}

static void a_figure(struct walk *walk)
{
    const uint32_t k = (uint32_t)roll(MARKETS), what = 1 + (uint32_t)roll(OC_FIGURE_HOME_RATE);
    struct {
        struct oc_ev_figures head;
        struct oc_figure figure;
    } said = {.head = {.head = {.size = sizeof said, .type = OC_EV_FIGURES, .inst = walk->inst[k]},
                       .count = 1,
                       .tail = sizeof said.head},
              .figure = {what, 0, {roll(9999), 2, 0}}};
    struct oc_ev_funding funding = {.head = {.size = sizeof funding, .type = OC_EV_FUNDING, .inst = walk->inst[k]},
                                    .rate = {roll(99), 5, 0},
                                    .due_ns = walk->f->now_ns + roll(SECOND)};
    if (roll(3))
        hears(walk, &said, walk->account_of[k]);
    else
        hears(walk, &funding, walk->account_of[k]);
}

static void is_said_beside(struct walk *walk)
{
    static void (*const all[])(struct walk *) = {a_position, an_account, an_entry, an_entry, a_state, a_figure};
    all[roll(sizeof all / sizeof all[0])](walk);
}

#endif
