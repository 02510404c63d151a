/* paged.h: lists that come page by page behind a mark of the venue's own, {"orders":[...],"cursor":"...","has_next":true}; rows that come the newest
 * first; and fills whose rows do not say our names of their orders, where ids are texts. No ABI promise.
 *
 *   static const struct kit_paged form = {"cursor", "has_next"};
 *   return kit_paged_say(mine, &page, &form, "orders", say_order, 1);
 *
 * Invariants
 * - A cursor holds a struct kit_mark: which of several lists goes on, since when news are asked for, the newest that was told, and the venue's mark.
 *   A mark that is longer than it holds ends the question with OC_E_LIMIT: never is a page left out without a word.
 * - News of fills begin where the newest of all pages stood, less what the venue's list may lag; what is told twice by that has its identity.
 * - A page of fills is held until their orders have been named; the first question of a session says where news begin, and no fill. All [io]. */
#ifndef OUTCRY_KIT_PAGED_H
#define OUTCRY_KIT_PAGED_H

#include <outcry/kit/ask.h>
#include <outcry/kit/held.h>

enum { KIT_MARK_MAX = OC_CURSOR_MAX - 24, KIT_RISING_MAX = 512, KIT_PAGED_FILLS_MAX = 100 };

struct kit_mark {
    uint64_t list;
    int64_t since_ns, newest_ns;
    char page[KIT_MARK_MAX]; /* "": the first */
};

struct kit_paged { /* members of an answer */
    const char *cursor;
    const char *has_next; /* false: the mark says nothing; NULL: there is none such */
};

/* ---- marks ---- */

static inline struct kit_mark kit_mark_of(const struct oc_fetch *ask)
{
    struct kit_mark mark;
    memset(&mark, 0, sizeof mark);
    if (ask->cursor.size > offsetof(struct kit_mark, page) && ask->cursor.size <= sizeof mark)
        memcpy(&mark, ask->cursor.bytes, ask->cursor.size);
    mark.page[sizeof mark.page - 1] = 0;
    return mark;
}

/* Behind a path that has a query: "&cursor=..." of a page that goes on. */
static inline void kit_mark_write(struct kit_write *path, const char *before, const struct kit_mark *mark)
{
    if (!mark->page[0])
        return;
    kit_write_text(path, before);
    kit_write_query(path, mark->page, strlen(mark->page));
}

/* The end of a page that was understood. `has_next`: the mark is where it goes on; `more`: now. */
static inline oc_rc kit_mark_end(const struct kit_page *page, const struct kit_mark *mark, int has_next, int more)
{
    const uint32_t size = (uint32_t)(offsetof(struct kit_mark, page) + strlen(mark->page) + 1);
    return kit_fetched(page->codec, page->in->fetch, page->source, OC_OK, page->count, (uint32_t)more,
                       has_next ? mark : NULL, has_next ? size : 0);
}

static inline oc_rc kit_mark_too_long(const struct kit_page *page)
{
    page->codec->log->line(
        page->codec->host, OC_LOG_ERROR,
        "the venue's mark of the next page is longer than a cursor holds: the rest is not asked for");
    return kit_fetched(page->codec, page->in->fetch, page->source, OC_E_LIMIT, page->count, 0, NULL, 0);
}

/* The list of that name and the mark behind it. 0: it is none. *ret_is_cut: the mark is too long. */
static inline int kit_paged_read(const void *body, uint32_t size, const struct kit_paged *form, const char *name,
                                 struct kit_json *ret_list, struct kit_mark *mark, int *ret_is_cut)
{
    struct kit_json json = kit_json_begin(body, size);
    struct kit_json_text list, cursor, has_next;
    const struct kit_member members[3] = {
        {name, &list}, {form->cursor, &cursor}, {form->has_next ? form->has_next : "", &has_next}};
    kit_json_none(&list);
    kit_json_none(&cursor);
    kit_json_none(&has_next);
    if (!KIT_TAKE(&json, members) || !kit_json_end(&json) || list.kind != KIT_JSON_ARRAY)
        return 0;
    const int is_last = has_next.kind == KIT_JSON_FALSE || cursor.kind != KIT_JSON_STRING || !cursor.size;
    *ret_is_cut = !is_last && (cursor.size >= sizeof mark->page || cursor.is_escaped);
    memset(mark->page, 0, sizeof mark->page);
    if (!is_last && !*ret_is_cut)
        memcpy(mark->page, cursor.at, cursor.size);
    *ret_list = kit_json_into(list);
    return 1;
}

/* A list of which there is one page. 0: it is none. */
static inline int kit_paged_list(const struct kit_page *page, const struct kit_paged *form, const char *name,
                                 struct kit_json *ret_list)
{
    struct kit_mark mark;
    int is_cut;
    return kit_paged_read(page->in->body, page->in->body_size, form, name, ret_list, &mark, &is_cut);
}

/* Each row of the page said by `say`; of `lists` lists, one behind the other. */
static inline oc_rc kit_paged_say(void *self, struct kit_page *page, const struct kit_paged *form, const char *name,
                                  kit_page_row say, uint64_t lists)
{
    struct kit_mark mark = kit_mark_of(page->in->fetch);
    struct kit_json list;
    int is_cut;
    if (!kit_paged_read(page->in->body, page->in->body_size, form, name, &list, &mark, &is_cut))
        return OC_E_DATA;
    const oc_rc rc = kit_page_say(self, page, list, say);
    if (rc < 0)
        return rc;
    if (is_cut)
        return kit_mark_too_long(page);
    mark.list += mark.page[0] == 0;
    const int more = mark.list < lists;
    return kit_mark_end(page, &mark, more, more);
}

/* One order, looked for by our name of it in pages of many: `say` says those alone that page->what names, and counts them in page->next. Where the last
 * page is over without it, the venue does not know it. */
static inline oc_rc kit_paged_find(void *self, struct kit_page *page, const struct kit_paged *form, const char *name,
                                   kit_page_row say)
{
    const struct oc_fetch *ask = page->in->fetch;
    struct kit_mark mark = kit_mark_of(ask);
    struct oc_id client = ask->client;
    struct kit_json list;
    int is_cut;
    if (!kit_paged_read(page->in->body, page->in->body_size, form, name, &list, &mark, &is_cut))
        return OC_E_DATA;
    page->what = &client;
    oc_rc rc = kit_page_say(self, page, list, say);
    page->what = NULL;
    page->count = (uint32_t)page->next;
    if (rc < 0)
        return rc;
    if (!page->next && is_cut)
        return kit_mark_too_long(page);
    const int more = !page->next && mark.page[0];
    if (!page->next && !more) {
        rc = kit_absent(page->codec, ask, page->source);
        page->count = 1;
    }
    return rc < 0 ? rc : kit_mark_end(page, &mark, more, more);
}

/* ---- rows that come the newest first ---- */

/* The number of a member of a row; 0: it has none. */
static inline uint64_t kit_row_number(struct kit_json row, const char *name)
{
    struct kit_json_text text;
    const struct kit_member member = {name, &text};
    uint64_t number = 0;
    kit_json_none(&text);
    return kit_take(&row, &member, 1) && kit_json_u64(text, &number) == OC_OK ? number : 0;
}

/* Each row of a list said by `say`, the oldest first by the number of `member`, whichever way they come. At most KIT_RISING_MAX: OC_E_LIMIT. */
static inline oc_rc kit_page_say_rising(void *self, struct kit_page *page, struct kit_json list, const char *member,
                                        kit_page_row say)
{
    struct kit_json rows[KIT_RISING_MAX];
    uint32_t count = 0;
    oc_rc rc = OC_OK;
    if (!kit_json_array(&list))
        return OC_E_DATA;
    while (kit_json_item(&list)) {
        if (count == KIT_RISING_MAX)
            return OC_E_LIMIT;
        rows[count++] = kit_json_into(kit_json_value(&list));
    }
    if (!kit_json_end(&list))
        return OC_E_DATA;
    const int falls = count > 1 && kit_row_number(rows[0], member) > kit_row_number(rows[count - 1], member);
    for (uint32_t i = 0; i < count && rc >= 0; i++, page->count++)
        rc = say(self, &rows[falls ? count - 1 - i : i], page);
    return rc;
}

/* Where a question about bars begins, and (*ret_to_ns) behind what it ends: `most` rows, the latest where nothing is said. */
static inline int64_t kit_span(const struct oc_fetch *ask, uint64_t most, int64_t now_ns, int64_t *ret_to_ns)
{
    const struct kit_mark mark = kit_mark_of(ask);
    const int64_t span_ns = (int64_t)kit_ask_rows(ask, most) * ask->period_ns;
    const int64_t end_ns = ask->to_ns ? ask->to_ns : now_ns + ask->period_ns;
    int64_t from_ns = mark.since_ns ? mark.since_ns : ask->from_ns ? ask->from_ns : end_ns - span_ns;
    from_ns = from_ns > 0 ? from_ns : 0;
    *ret_to_ns = end_ns - from_ns > span_ns ? from_ns + span_ns : end_ns;
    return from_ns;
}

/* The end of an answer about bars: where the span that was asked about is longer than one answer, it goes on. */
static inline oc_rc kit_span_end(const struct kit_page *page, uint64_t most)
{
    const struct oc_fetch *ask = page->in->fetch;
    struct kit_mark mark;
    memset(&mark, 0, sizeof mark);
    (void)kit_span(ask, most, page->in->sent_ns, &mark.since_ns);
    const int more = (ask->from_ns || ask->cursor.size) && ask->to_ns && mark.since_ns < ask->to_ns;
    return kit_mark_end(page, &mark, more, more);
}

/* ---- fills ---- */

struct kit_paged_fills { /* how the venue does it; static */
    const struct kit_paged *form;
    const char *fills, *orders;        /* names of the two lists */
    const char *order, *client, *time; /* members: of a fill and of an order, of an order, of a fill */
    int64_t lag_ns;                    /* a fill may stand in the list so much later than one that was made behind it */
    oc_rc (*say)(void *self, struct kit_json *json, const struct oc_fetch *ask, struct kit_json_text client,
                 uint32_t source);
    /* Asks for these orders, under the token of the answer. */
    oc_rc (*ask_names)(void *self, const struct oc_response *in, const struct kit_json_text *orders, uint32_t count);
};

struct kit_order_name {
    struct kit_json_text order, client;
};

/* A question that is about neither an order nor a time, and goes on from nowhere. */
static inline int kit_is_first(const struct oc_fetch *ask)
{
    const struct kit_mark mark = kit_mark_of(ask);
    return !ask->order && !ask->from_ns && !mark.since_ns && !mark.page[0];
}

/* The order and the time of a row. 0: it is none. */
static inline int kit_paged_fill(struct kit_json *json, const struct kit_paged_fills *of,
                                 struct kit_json_text *ret_order, int64_t *ret_ns)
{
    struct kit_json_text time;
    const struct kit_member members[2] = {{of->order, ret_order}, {of->time, &time}};
    kit_json_none(ret_order);
    kit_json_none(&time);
    *ret_ns = 0;
    return KIT_TAKE(json, members) && ret_order->size && !ret_order->is_escaped &&
           (!time.size || kit_json_time(time, ret_ns) == OC_OK);
}

static inline oc_rc kit_paged_fills_say(const struct kit_codec *codec, const struct kit_paged_fills *of, void *self,
                                        struct kit_page *page, const void *body, uint32_t size,
                                        const struct kit_order_name *names, uint32_t count)
{
    const struct oc_fetch *ask = page->in->fetch;
    struct kit_mark mark = kit_mark_of(ask);
    const int is_first = kit_is_first(ask);
    struct kit_json list;
    struct kit_json_text order, nobody;
    int64_t at_ns;
    int is_cut;
    kit_json_none(&nobody);
    if (!kit_paged_read(body, size, of->form, of->fills, &list, &mark, &is_cut) || !kit_json_array(&list))
        return OC_E_DATA;
    while (kit_json_item(&list)) {
        struct kit_json look = list;
        uint32_t at = 0;
        if (!kit_paged_fill(&look, of, &order, &at_ns))
            return OC_E_DATA;
        mark.newest_ns = at_ns > mark.newest_ns ? at_ns : mark.newest_ns;
        while (at < count && !kit_json_is(names[at].order, order.at, order.size))
            at++;
        const oc_rc rc =
            is_first ? (oc_rc)OC_OK : of->say(self, &list, ask, at < count ? names[at].client : nobody, page->source);
        if (rc < 0)
            return rc;
        page->count += !is_first;
        if (is_first)
            list = look;
    }
    if (!kit_json_end(&list))
        return OC_E_DATA;
    if (is_cut)
        return kit_mark_too_long(page);
    if (is_first && !mark.newest_ns)
        mark.newest_ns = kit_venue_time(codec, page->in->sent_ns);
    const int more = !is_first && mark.page[0];
    if (!more) {
        mark.since_ns = mark.newest_ns > of->lag_ns ? mark.newest_ns - of->lag_ns : mark.since_ns;
        mark.newest_ns = 0;
        memset(mark.page, 0, sizeof mark.page);
    }
    return kit_mark_end(page, &mark, more || (!ask->order && mark.since_ns), more);
}

/* An answer with a page of fills: of one order, whose name the host knows; else held until its orders have been asked for. */
static inline oc_rc kit_paged_fills_take(const struct kit_codec *codec, struct kit_held *held,
                                         const struct kit_paged_fills *of, void *self, struct kit_page *page)
{
    const struct oc_response *in = page->in;
    struct kit_mark mark = kit_mark_of(in->fetch);
    struct kit_json_text orders[KIT_PAGED_FILLS_MAX], order;
    struct kit_json list;
    uint32_t count = 0;
    int64_t at_ns;
    int is_cut;
    if (!kit_paged_read(in->body, in->body_size, of->form, of->fills, &list, &mark, &is_cut) || !kit_json_array(&list))
        return OC_E_DATA;
    while (kit_json_item(&list)) {
        uint32_t at = 0;
        if (!kit_paged_fill(&list, of, &order, &at_ns))
            return OC_E_DATA;
        while (at < count && !kit_json_is(orders[at], order.at, order.size))
            at++;
        if (at == KIT_PAGED_FILLS_MAX)
            return OC_E_LIMIT;
        orders[at] = order;
        count += at == count;
    }
    if (!count || in->fetch->order || kit_is_first(in->fetch))
        return kit_paged_fills_say(codec, of, self, page, in->body, in->body_size, NULL, 0);
    const oc_rc rc = of->ask_names(self, in, orders, count);
    if (rc == OC_E_AGAIN) /* no room: held back, this page would keep all that comes behind it from being heard */
        return kit_fetched(codec, in->fetch, page->source, OC_E_AGAIN, 0, 0, NULL, 0);
    return rc < 0 ? rc : kit_held_put(held, in);
}

/* An answer with the orders: what was held is said with their names. */
static inline oc_rc kit_paged_fills_names(const struct kit_codec *codec, struct kit_held *held,
                                          const struct kit_paged_fills *of, void *self, struct kit_page *page)
{
    struct kit_order_name names[KIT_PAGED_FILLS_MAX];
    struct kit_held_one *one = kit_held_of(held, page->in->token);
    struct kit_mark mark;
    struct kit_json list;
    uint32_t count = 0;
    int is_cut;
    if (!one)
        return kit_fetched(codec, page->in->fetch, page->source, OC_E_IO, 0, 0, NULL, 0);
    memset(&mark, 0, sizeof mark);
    if (!kit_paged_read(page->in->body, page->in->body_size, of->form, of->orders, &list, &mark, &is_cut) ||
        !kit_json_array(&list))
        return OC_E_DATA;
    while (count < KIT_PAGED_FILLS_MAX && kit_json_item(&list)) {
        const struct kit_member members[2] = {{of->order, &names[count].order}, {of->client, &names[count].client}};
        kit_json_none(&names[count].order);
        kit_json_none(&names[count].client);
        count += KIT_TAKE(&list, members) && names[count].order.size;
    }
    const oc_rc rc = kit_paged_fills_say(codec, of, self, page, one->body, one->size, names, count);
    if (rc != OC_E_FULL && rc != OC_E_AGAIN)
        kit_held_drop(one);
    return rc;
}

#endif
