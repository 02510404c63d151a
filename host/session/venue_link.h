/* venue_link.h: a connector as the venue of a session: orders out through it, and what it says in by the inbox.
 *
 * Invariants
 * - Events reach the inbox in the order in which they came, at the venue's time or now. One is taken ahead, for the inbox asks what
 *   comes next; what a standing answer says to a request comes before it.
 * - Market events are recorded by value. A replay needs neither the connector nor its peer: both are played by the records, each
 *   event when its number is the next one.
 * - On the network time is the clock's, and an event is of the time at which it was read; a venue's own time is a claim.
 * - While the peer of a transcript waits to be sent something and nothing of the host is due, time stands: nobody says what happens meanwhile.
 * - What cannot be is refused here and leaves no record; what is only a contradiction is a fact, booked, and an alarm.
 * - A session that goes on gives the connector the requests of its records from the first on and holds what comes against them: a
 *   connector keeps nothing of its own, and a transcript no place.
 * - On the network a session that goes on begins anew with its venue: what was under way is UNKNOWN, and is asked about. */
#ifndef SESSION_VENUE_LINK_H
#define SESSION_VENUE_LINK_H

#include "base/checked.h"
#include "io/net.h"
#include "io/pool.h"
#include "io/transcript.h"
#include "io/venue.h"
#include "journal/read.h"
#include "session/border.h"
#include "session/inbox.h"
#include "session/isolate.h"
#include "session/names_again.h"
#include "session/parts.h"
#include "session/plugin_instance.h"
#include "session/venue_keys.h"

struct links;
struct link_book;    /* venue_link_books.c */
struct link_history; /* venue_link_history.c */

struct venue_link_world { /* borrowed for the life of the link */
    struct engine *engine;
    struct door *door;
    struct venues *venues;
    struct inbox *inbox;
    struct border *border;
    struct registry *registry;
    const struct parts *parts;
    const int64_t *now_ns;
    uint64_t seed;
    const struct links *links; /* of the session, this one among them at `place`; NULL: there is no other */
    uint32_t place;
    bool is_resumed; /* it has records already */
    uint8_t zero[3];
};

struct venue_link {
    char name[PART_NAME_MAX]; /* of its venue */
    uint32_t accounts
        [VENUE_ACCOUNTS_MAX]; /* numbers, in the order of the configuration; the first is the source of its market */
    uint32_t account_count;
    struct settings *settings; /* borrowed */
    struct venue_link_world world;
    struct plugin_instance plugin;
    struct isolate *isolate;          /* owned; NULL: the connector runs in this process */
    const struct oc_connector *table; /* NULL: not open, or played by records */
    struct io_venue venue;
    struct keyring
        keyring; /* of its accounts, by their places in the configuration and, once it is open, by their numbers; owned */
    struct transcript transcript;
    struct net *net;             /* owned; NULL: a transcript, or records */
    struct pool pool;            /* of the places of its endpoints; none: each has one */
    struct limits_shared limits; /* on the network: with other processes */
    int64_t now_ns;              /* of the venue: the session's, or of the record that is gone through again */
    char *script;                /* owned: env_free */
    size_t script_size;
    struct journal_reader *records;  /* owned; NULL: the connector speaks */
    const char *records_dir;         /* borrowed; NULL: the connector speaks */
    const struct oc_event *recorded; /* the next one that entered by this link; NULL: not looked for, or no more */
    bool is_feed;           /* a simulator fills: it says the market alone, and is given no account and no order */
    bool is_started;        /* its records: the strategies were started, the opening cash lies behind */
    bool gives_way;         /* the replay differs: what was recorded comes at its time */
    bool has_console;       /* somebody may still send what the peer waits for */
    bool has_head;          /* `event` is not taken yet */
    bool is_held;           /* on the network, and its records are not at their end: its venue is not heard yet */
    bool is_clean;          /* the run has ended as it should: a dead man's switch is disarmed */
    bool is_private;        /* the account's own topic was asked for */
    bool is_going_through;  /* records again: nothing new is recorded */
    uint64_t passed_over;   /* instruments of kinds that this host does not trade */
    uint64_t subscriptions; /* engine_subscriptions() when they were looked at last */
    uint8_t wanted[ENGINE_INSTRUMENTS_MAX / 8]; /* bit: index of an instrument whose market was asked for */
    struct venue_books keeps;
    struct link_book *books; /* that were asked for; owned */
    uint32_t book_count, book_room;
    uint64_t book_news;             /* engine_book_news() when they were looked at last */
    int64_t books_due_ns;           /* when they are looked at again */
    struct link_history *histories; /* of bars that were asked for; owned */
    uint32_t history_count, history_room;
    uint64_t history_news; /* the same of bars of history */
    int64_t history_due_ns;
    int64_t said_ns;             /* of the last event that was gone through again */
    struct names_again *again;   /* while its records are gone through: how orders were called; owned, else NULL */
    struct sim_answers *answers; /* of its venue: the answer that comes next; borrowed */
    struct queue kept;           /* said before a request, and behind the answers to it */
    struct oc_event *event;      /* OC_EVENT_MAX bytes; owned */
};

/* Whether a record entered by a link, once the strategies are started: before that the opening cash is the host's. What is said of
 * orders and money by a link that is a feed alone is the simulator's. */
static inline bool venue_link_says(const struct venue_link *link, const struct oc_event *event)
{
    const bool is_of_money = event->type == OC_EV_BALANCE || event_is_of_order(event->type);
    if (link->is_feed && is_of_money)
        return false;
    return is_of_money || event->type < OC_EV_REQUEST || event->type == OC_EV_STORE ||
           (event->type >= OC_EV_POSITION && event->type <= OC_EV_FETCHED);
}

/* `recorded_dir` NULL: to the connector. Owned: venue_link_free. NULL: no memory. [setup] */
struct venue_link *venue_link_new(struct settings *settings, const char *name, const char *recorded_dir);
/* Whether an account, by its number, is one of its own. */
bool venue_link_has(const struct venue_link *link, uint32_t account);
/* When it goes on by itself; INT64_MAX: it waits. */
int64_t venue_link_next_ns(const struct venue_link *link);
/* Reads the transcript that the settings name; where it begins becomes a setting. [setup] */
CHECKED oc_rc venue_link_read(struct venue_link *link, struct error *ret_error);
/* Before the session's header is written: what is configured, held against the connector's description. A replay: nothing. [setup] */
CHECKED oc_rc venue_link_describe(struct venue_link *link, struct registry *registry, const struct parts *parts,
                                  uint32_t place, struct error *ret_error);
/* The connector opens and starts, and the link is the venue of its account and a source of the inbox. venue_link_close is due all
 * the same. [setup] */
CHECKED oc_rc venue_link_open(struct venue_link *link, const struct venue_link_world *world, struct error *ret_error);
void venue_link_close(struct venue_link *link);
/* The same behind the end of a run: a clean one lets what is open stay. */
static inline void venue_link_end(struct venue_link *link, bool is_clean)
{
    link->is_clean = is_clean;
    venue_link_close(link);
}
/* Takes NULL. */
void venue_link_free(struct venue_link *link);
/* The market event that was given last is being handled. */
static inline void venue_link_taken(struct venue_link *link) { link->has_head = false; }
/* Nothing else is due before what the venue does next: it goes on to there. Positive: look again. OC_OK: somebody may still send what
 * the peer waits for. Negative: nobody does. */
CHECKED oc_rc venue_link_stalled(struct venue_link *link, struct error *ret_error);
/* What was sent is not what the transcript expects: true, with *ret_error. */
bool venue_link_differs(const struct venue_link *link, struct error *ret_error);
/* Restart: what stands in the records is what the connector says next, and is taken out of it. OC_E_DATA: it says something else. */
CHECKED oc_rc venue_link_expect(struct venue_link *link, const struct oc_event *event, struct error *ret_error);
/* What was asked for or happened after the instant of the last event, at at_ns: the next one was known by then, if there was one. */
void venue_link_expect_ahead(struct venue_link *link, int64_t at_ns);

/* The next event of the connector at or before until_ns becomes link->event. OC_E_AGAIN: there is none. */
CHECKED oc_rc venue_link_pull(struct venue_link *link, int64_t until_ns);
/* To the connector, and what the venue answers at once is taken. */
CHECKED oc_rc venue_link_request(struct venue_link *link, const struct oc_request *asked);

/* venue_link_records.c */
/* The next record that entered by this link becomes link->event, when its number is the next one. */
CHECKED oc_rc venue_link_pull_record(struct venue_link *link);
/* The records of the session up to `seq`, from the first on. */
CHECKED oc_rc venue_link_go_through(struct venue_link *link, uint64_t seq);

/* venue_link_again.c: a session on the network goes on. */
/* Cursors and stores of its records, before the connector starts. [setup] */
CHECKED oc_rc venue_link_recall(struct venue_link *link);
/* Behind its records: it knows their instruments, and says of what was under way that it is unknown. OC_E_NOT_SUPPORTED. [setup] */
CHECKED oc_rc venue_link_resume(struct venue_link *link, struct error *ret_error);
/* The oldest thing that it has said itself becomes *event; OC_E_AGAIN: there is nothing more. */
CHECKED oc_rc venue_link_say_first(struct venue_link *link, struct oc_event **ret_event);

/* venue_link_isolated.c: by venue.NAME.isolate */
/* Its connector is to run in a process of its own: *table becomes what speaks for it. [setup] */
CHECKED oc_rc venue_link_isolate(struct venue_link *link, const struct registry_entry *entry,
                                 const struct oc_connector **table, struct error *ret_error);
/* Here, or there. As plugin_instance_open. [setup] */
CHECKED oc_rc venue_link_open_plugin(struct venue_link *link, const char *id, struct error *ret_error);
/* Between calls: what has become of that process. */
CHECKED oc_rc venue_link_look(struct venue_link *link);
/* When it is to be looked at; INT64_MAX: there is none. */
int64_t venue_link_looks_ns(const struct venue_link *link);

/* venue_link_names.c */
/* An asset that the connector has named and no record has: *event names it. False: there is none. */
bool venue_link_asset(struct venue_link *link, struct oc_event *event);
/* What a connector says of an instrument, under the name of its venue. */
void venue_link_complete(const struct venue_link *link, const struct oc_event *said,
                         struct oc_ev_instrument *ret_event);
/* It says what is known, or lists what this host does not trade: no record. */
bool venue_link_passes_over(struct venue_link *link, const struct oc_ev_instrument *event);
/* Going through records again: the connector is given what the record brought. OC_E_DATA: the engine does not know it. */
CHECKED oc_rc venue_link_learn(struct venue_link *link, const struct oc_ev_instrument *event);
/* Once each: the account's own topic, the market of an instrument, and the markets and books that clients are told of. */
CHECKED oc_rc venue_link_want_account(struct venue_link *link);
CHECKED oc_rc venue_link_want_market(struct venue_link *link, uint32_t inst);
CHECKED oc_rc venue_link_want_subscribed(struct venue_link *link);

/* venue_link_books.c */
/* The books that the engine keeps are subscribed, and snapshots are asked for where they are in want of one. */
CHECKED oc_rc venue_link_want_books(struct venue_link *link);

/* venue_link_history.c */
/* Bars of the past that the engine wants are asked for. */
CHECKED oc_rc venue_link_want_history(struct venue_link *link);

#endif
