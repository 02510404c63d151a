/* venue_link_books.c: the order books that the engine keeps, as its venue is asked for them: subscribed once, and a snapshot whenever one is
 * in want of it. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine/depth.h"
#include "session/venue_link.h"

/* A snapshot is asked for when the first change has come, so that it is not older than the stream; where nothing changes, after QUIET_NS.
 * Where the stream brings it by itself, it has OWN_NS for that. */
#define QUIET_NS 2000000000ll
#define OWN_NS   5000000000ll
#define AGAIN_NS 1000000000ll /* between two questions about one book; doubles with each that came to nothing */
enum { AGAIN_DOUBLES = 6 };

struct link_book {
    uint32_t inst;
    uint32_t tries;
    int64_t since_ns; /* it has been in want of a snapshot; 0: it is not */
    int64_t again_ns; /* not before */
};

static const struct oc_topic *topic_of(const struct venue_link *link)
{
    const struct oc_venue *venue = link->table->venue;
    for (uint32_t i = 0; i < venue->topic_count; i++)
        if (venue->topics[i].topic == OC_TOPIC_BOOK)
            return &venue->topics[i];
    return NULL;
}

static bool is_own(const struct venue_link *link, const struct depth *depth)
{
    const struct instrument *instrument = instruments_get(engine_instruments(link->world.engine), depth->inst);
    return depth->policy != DEPTH_OFF && instrument && strcmp(instrument->info.venue, link->name) == 0;
}

static struct link_book *find(struct venue_link *link, uint32_t inst)
{
    for (uint32_t i = 0; i < link->book_count; i++)
        if (OC_INST_INDEX(link->books[i].inst) == OC_INST_INDEX(inst))
            return &link->books[i];
    return NULL;
}

/* Subscribed, once. NULL: *ret_rc says why. */
static struct link_book *begin(struct venue_link *link, const struct depth *depth, oc_rc *ret_rc)
{
    const struct oc_sub sub = {.inst = depth->inst, .topic = OC_TOPIC_BOOK, .depth = depth->room};
    if (link->book_count == link->book_room) {
        const uint32_t room = link->book_room ? 2 * link->book_room : 8;
        struct link_book *books = realloc(link->books, room * sizeof *books);
        *ret_rc = books ? OC_OK : OC_E_NOMEM;
        if (!books)
            return NULL;
        link->books = books;
        link->book_room = room;
    }
    *ret_rc = io_venue_subscribe(&link->venue, &sub);
    if (*ret_rc < 0)
        return NULL;
    link->books[link->book_count] = (struct link_book){.inst = depth->inst};
    return &link->books[link->book_count++];
}

static int64_t due_ns(const struct link_book *book, const struct depth *depth, const struct oc_topic *topic)
{
    int64_t due_ns = book->since_ns;
    if (!book->tries && (topic->flags & OC_TOPIC_SNAPSHOT))
        due_ns += depth->snapshots && !depth->is_whole ? 0 : OWN_NS;
    else if (!book->tries && !depth->is_whole && !depth->held_count)
        due_ns += QUIET_NS;
    return due_ns > book->again_ns ? due_ns : book->again_ns;
}

static oc_rc ask(struct venue_link *link, const struct depth *depth, const struct oc_topic *topic)
{
    const struct oc_fetch fetch = {.kind = OC_FETCH_BOOK, .inst = depth->inst, .depth = depth->room};
    uint64_t token;
    const oc_rc rc = topic->flags & OC_TOPIC_SNAPSHOT ? io_venue_resync(&link->venue, OC_TOPIC_BOOK, depth->inst)
                                                      : io_venue_fetch(&link->venue, &fetch, &token);
    return rc == OC_E_NOMEM ? rc : (oc_rc)OC_OK; /* what could not be asked now is asked again */
}

static oc_rc look(struct venue_link *link, struct link_book *book, const struct depth *depth)
{
    const struct oc_topic *topic = topic_of(link);
    oc_rc rc = OC_OK;
    if (!depth_wants(depth) || !topic) {
        book->since_ns = 0;
        book->tries = 0;
        return OC_OK;
    }
    if (!book->since_ns)
        book->since_ns = link->now_ns;
    if (due_ns(book, depth, topic) <= link->now_ns) {
        rc = ask(link, depth, topic);
        book->again_ns = link->now_ns + (AGAIN_NS << (book->tries < AGAIN_DOUBLES ? book->tries : AGAIN_DOUBLES));
        book->tries++;
    }
    const int64_t next_ns = due_ns(book, depth, topic);
    link->books_due_ns = next_ns < link->books_due_ns ? next_ns : link->books_due_ns;
    return rc;
}

oc_rc venue_link_want_books(struct venue_link *link)
{
    struct engine *engine = link->world.engine;
    const struct depth *depth;
    oc_rc rc = OC_OK;
    if (link->book_news == engine_book_news(engine) && link->now_ns < link->books_due_ns)
        return OC_OK;
    link->book_news = engine_book_news(engine);
    link->books_due_ns = INT64_MAX;
    for (uint32_t i = 0; rc == OC_OK && (depth = engine_book_at(engine, i)) != NULL; i++) {
        if (!is_own(link, depth))
            continue;
        struct link_book *book = find(link, depth->inst);
        if (!book)
            book = begin(link, depth, &rc);
        if (book)
            rc = look(link, book, depth);
    }
    return rc;
}
