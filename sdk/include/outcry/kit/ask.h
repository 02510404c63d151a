/* ask.h: questions to a venue by REST, as a table: where each is asked, and which part of it goes under which name; and what is answered, page
 * by page. No ABI promise.
 *
 *   static const struct kit_ask_part of_fills[] = {{"symbol", KIT_ASK_SYMBOL, 0}, {"fromId", KIT_ASK_CURSOR, 0}, {0}};
 *   static const struct kit_question questions[] = {{OC_FETCH_FILLS, 10, KIT_ASK_SIGNED, "/myTrades", of_fills}};
 *
 *   struct kit_page page = {.codec = &mine->kit, .in = in, .source = source, .token = in->token};
 *   const oc_rc rc = kit_page_say(mine, &page, kit_json_begin(in->body, in->body_size), say_order);
 *   return rc < 0 ? rc : kit_page_end(&page, 0, 0);
 *
 * Invariants
 * - Parts are written in the order of the table, each only where the question has it.
 * - A cursor is one number. Where it is written, the time is not: it went on from there already.
 * - Of several lists, one behind the other, a cursor holds which, and how many of its rows were said. All [io]. */
#ifndef OUTCRY_KIT_ASK_H
#define OUTCRY_KIT_ASK_H

#include <outcry/kit/query.h>

enum { KIT_ASK_SIGNED = 1 };

enum {                      /* kit_ask_part.is */
       KIT_ASK_END = 0,     /* no more parts */
       KIT_ASK_SYMBOL = 1,  /* the venue's name of the instrument */
       KIT_ASK_ORDER = 2,   /* the venue's id of the order; one that it has not named is OC_E_NOT_FOUND */
       KIT_ASK_CLIENT = 3,  /* ours, where the venue's is not known; neither is OC_E_INVALID */
       KIT_ASK_NUMBER = 4,  /* the venue's, where it is known */
       KIT_ASK_CURSOR = 5,  /* where the page before ended */
       KIT_ASK_FROM = 6,    /* from_ns in milliseconds */
       KIT_ASK_TO = 7,      /* the last millisecond before to_ns */
       KIT_ASK_PERIOD = 8,  /* name of the bars; OC_E_NOT_SUPPORTED: there is none */
       KIT_ASK_OFFSET = 9,  /* rows of the list that were said */
       KIT_ASK_ROWS = 10,   /* as many as are asked for, at most `number` */
       KIT_ASK_NEWS = 11,   /* `number` rows; one where neither order, time nor cursor is said: what the latest is */
       KIT_ASK_EXACTLY = 12 /* `number`, as it stands */
};

struct kit_ask_part {
    const char *name;
    uint32_t is; /* KIT_ASK_... */
    uint32_t number;
};

struct kit_question {
    uint32_t kind;   /* OC_FETCH_... */
    uint32_t weight; /* what it costs */
    uint32_t flags;  /* KIT_ASK_SIGNED: of an account */
    const char *path;
    const struct kit_ask_part *parts; /* up to a KIT_ASK_END; NULL none */
};

/* Which of several lists a question is about. *ret_offset: how many of its rows were said. */
static inline uint32_t kit_list_part(const struct oc_fetch *ask, uint32_t lists, uint64_t *ret_offset)
{
    uint64_t at = 0;
    (void)kit_cursor(ask, &at);
    *ret_offset = at & UINT32_MAX;
    return (uint32_t)(at >> 32) % lists;
}

/* The row of a question. Several of one kind are lists, one behind the other. NULL: there is none. */
static inline const struct kit_question *kit_question_of(const struct kit_question *questions, size_t count,
                                                         const struct oc_fetch *ask)
{
    uint32_t lists = 0;
    uint64_t offset;
    for (size_t i = 0; i < count; i++)
        lists += questions[i].kind == ask->kind;
    uint32_t skipped = lists ? kit_list_part(ask, lists, &offset) : 0;
    for (size_t i = 0; i < count; i++)
        if (questions[i].kind == ask->kind && skipped-- == 0)
            return &questions[i];
    return NULL;
}

/* ---- names of bars: by the place of their period in the description ---- */

/* NULL: the venue has no such bars. */
static inline const char *kit_bar_name(const struct oc_venue *venue, const char *const *names, int64_t period_ns)
{
    for (uint32_t i = 0; i < venue->bar_count; i++)
        if (venue->bars_ns[i] == period_ns)
            return names[i];
    return NULL;
}

/* 0: no bars have this name. A month is -1. */
static inline int64_t kit_bar_period(const struct oc_venue *venue, const char *const *names, struct kit_json_text name)
{
    for (uint32_t i = 0; i < venue->bar_count; i++)
        if (kit_json_is(name, names[i], strlen(names[i])))
            return venue->bars_ns[i];
    return 0;
}

/* ---- asked ---- */

static inline uint64_t kit_ask_rows(const struct oc_fetch *ask, uint64_t most)
{
    return ask->limit && ask->limit < most ? ask->limit : most;
}

static inline oc_rc kit_ask_name(const struct kit_codec *codec, const struct oc_fetch *ask, struct kit_write *query,
                                 const char *name)
{
    struct oc_instrument info;
    info.size = sizeof info;
    if (!ask->inst)
        return OC_OK;
    if (codec->names->record(codec->host, ask->inst, &info, sizeof info) < 0)
        return OC_E_NOT_FOUND;
    kit_query_text(query, name, info.venue_symbol);
    return OC_OK;
}

static inline oc_rc kit_ask_order(const struct oc_fetch *ask, struct kit_write *query, const struct kit_ask_part *part)
{
    const int is_known = ask->venue_order.size > 0;
    if (part->is == KIT_ASK_CLIENT && !is_known && !ask->client.size)
        return OC_E_INVALID;
    if (part->is == KIT_ASK_ORDER && ask->order && !is_known)
        return OC_E_NOT_FOUND;
    if (part->is == KIT_ASK_CLIENT ? !is_known : is_known && (part->is == KIT_ASK_NUMBER || ask->order))
        kit_query_id(query, part->name, "", part->is == KIT_ASK_CLIENT ? &ask->client : &ask->venue_order);
    return OC_OK;
}

static inline oc_rc kit_ask_part(const struct kit_codec *codec, const struct oc_fetch *ask, struct kit_write *query,
                                 const struct kit_ask_part *part, const char *bars)
{
    const int is_new = !ask->order && !ask->from_ns && !ask->cursor.size;
    uint64_t number = 0;
    switch (part->is) {
    case KIT_ASK_SYMBOL:
        return kit_ask_name(codec, ask, query, part->name);
    case KIT_ASK_ORDER:
    case KIT_ASK_CLIENT:
    case KIT_ASK_NUMBER:
        return kit_ask_order(ask, query, part);
    case KIT_ASK_PERIOD:
        if (bars)
            kit_query_text(query, part->name, bars);
        return bars ? OC_OK : OC_E_NOT_SUPPORTED;
    case KIT_ASK_CURSOR:
        if (kit_cursor(ask, &number))
            kit_query_u64(query, part->name, number);
        return OC_OK;
    case KIT_ASK_FROM:
        if (ask->from_ns && ask->cursor.size != sizeof number)
            kit_query_u64(query, part->name, (uint64_t)(ask->from_ns / 1000000));
        return OC_OK;
    case KIT_ASK_TO:
        if (ask->to_ns)
            kit_query_u64(query, part->name, (uint64_t)((ask->to_ns - 1) / 1000000));
        return OC_OK;
    case KIT_ASK_OFFSET:
        (void)kit_list_part(ask, 1, &number);
        kit_query_u64(query, part->name, number);
        return OC_OK;
    default:
        number = part->is == KIT_ASK_ROWS             ? kit_ask_rows(ask, part->number)
                 : part->is == KIT_ASK_NEWS && is_new ? 1
                                                      : part->number;
        kit_query_u64(query, part->name, number);
        return OC_OK;
    }
}

/* The parts of a question, behind one another. `bars`: how the venue names those that are asked for; NULL: none. */
static inline oc_rc kit_ask_write(const struct kit_codec *codec, const struct kit_question *question,
                                  const struct oc_fetch *ask, const char *bars, struct kit_write *query)
{
    oc_rc rc = OC_OK;
    const struct kit_ask_part *part = question->parts;
    for (; part && part->is != KIT_ASK_END && rc >= 0; part++)
        rc = kit_ask_part(codec, ask, query, part, bars);
    return rc;
}

/* ---- answered ---- */

struct kit_page { /* what is being said: of an answer, or of a stream, where `in` is NULL */
    const struct kit_codec *codec;
    const struct oc_response *in;
    void *what;     /* of the codec's own */
    uint64_t token; /* of the question; 0: a stream says it */
    uint64_t next;  /* where the next page begins */
    int64_t at_ns;  /* the venue's time of all of it; 0 not said */
    uint32_t source;
    uint32_t count; /* rows said */
};

typedef oc_rc (*kit_page_row)(void *self, struct kit_json *json, struct kit_page *page);

/* Each row of a list, said by `say`. OC_E_DATA: it is no list, or a faulty one. */
static inline oc_rc kit_page_say(void *self, struct kit_page *page, struct kit_json list, kit_page_row say)
{
    oc_rc rc = OC_OK;
    if (!kit_json_array(&list))
        return OC_E_DATA;
    for (; rc >= 0 && kit_json_item(&list); page->count++)
        rc = say(self, &list, page);
    return rc < 0 ? rc : kit_json_end(&list) ? (oc_rc)OC_OK : (oc_rc)OC_E_DATA;
}

/* The end of a page that was understood. `has_next`: page->next is a cursor; `more`: what lies there can be asked for now. */
static inline oc_rc kit_page_end(const struct kit_page *page, int has_next, int more)
{
    return kit_fetched(page->codec, page->in->fetch, page->source, OC_OK, page->count, (uint32_t)more,
                       has_next ? &page->next : NULL, has_next ? sizeof page->next : 0);
}

/* The end of a page of the part-th of `lists` lists. */
static inline oc_rc kit_page_end_list(struct kit_page *page, uint32_t lists, uint32_t full)
{
    uint64_t offset;
    const uint32_t part = kit_list_part(page->in->fetch, lists, &offset);
    const int is_full = page->count == full, has_more = is_full || part + 1 < lists;
    page->next = is_full ? (uint64_t)part << 32 | (offset + page->count) : (uint64_t)(part + 1) << 32;
    return kit_page_end(page, has_more, has_more);
}

/* A question that was refused for `why`. An order that the venue does not know is an answer: it is not there, or gone unfilled long ago. */
static inline oc_rc kit_page_refused(const struct kit_codec *codec, const struct oc_fetch *ask, uint32_t source,
                                     uint32_t why)
{
    const int is_absent = ask->kind == OC_FETCH_ORDER && why == OC_WHY_NOT_FOUND;
    const oc_rc rc = is_absent ? kit_absent(codec, ask, source) : (oc_rc)OC_OK;
    const oc_rc result = is_absent                                                   ? OC_OK
                         : why == OC_WHY_BAD_CREDENTIALS || why == OC_WHY_PERMISSION ? OC_E_DENIED
                         : why == OC_WHY_CLOCK                                       ? OC_E_AGAIN
                                                                                     : OC_E_IO;
    return rc < 0 ? rc : kit_fetched(codec, ask, source, result, (uint32_t)is_absent, 0, NULL, 0);
}

#endif
