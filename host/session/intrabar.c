#include "session/intrabar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"

/* What bars of one side come to: open, high, low, close. */
struct sum {
    int64_t line[4];
    bool is_begun;
};

struct intrabar {
    struct session *session;
    struct feed_source *finer; /* behind the sources of the session */
    uint32_t bars;             /* the number of the source that it is for */
    bool is_found;             /* there is one */
    struct inbox_source from;  /* where the bars come from */
    struct oc_event *next;     /* of the finer data; NULL: to be read */
    bool has_ended;
    struct oc_ev_quote before; /* the quotes in force before `next`; size 0: none */
    uint64_t covered, missed;
};

bool intrabar_name(const struct settings *settings, uint32_t index, char *ret_path, size_t size_max)
{
    const char *at = settings_text(settings, "data.intrabar", "");
    for (; index && *at; index--) {
        at += strcspn(at, ",");
        at += *at == ',';
    }
    const size_t length = strcspn(at, ",");
    if (!length || length >= size_max)
        return false;
    memcpy(ret_path, at, length);
    ret_path[length] = 0;
    return true;
}

/* What is of the market and not of the one file. */
static bool is_of_market(const char *pair, size_t size)
{
    static const char *const words[] = {"price_step=", "qty_step=", "zone=", "symbol=", "allow_nonpositive=", NULL};
    for (int i = 0; words[i]; i++)
        if (size > strlen(words[i]) && strncmp(pair, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

void intrabar_options(const struct settings *settings, char *ret_options, size_t size_max)
{
    const char *own = settings_text(settings, "data.intrabar_options", NULL);
    const char *at = settings_text(settings, "data.options", "");
    size_t used = 0;
    ret_options[0] = 0;
    if (own) {
        snprintf(ret_options, size_max, "%s", own);
        return;
    }
    while (*at) {
        const size_t length = strcspn(at, ";");
        if (is_of_market(at, length) && used + length + 2 < size_max)
            used += (size_t)snprintf(ret_options + used, size_max - used, "%s%.*s", used ? ";" : "", (int)length, at);
        at += length;
        at += *at == ';';
    }
}

/* Of the bytes of a file; "": it cannot be read, which its reader will say. */
static void take_hash(struct feed_source *source)
{
    int fd;
    int64_t size = 0;
    void *bytes;
    source->hash[0] = 0;
    if (env_open(source->path, ENV_READ, &fd) < 0)
        return;
    if (env_file_size(fd, &size) == OC_OK && size > 0 && env_map(fd, (size_t)size, false, &bytes) == OC_OK) {
        snprintf(source->hash, sizeof source->hash, "%016llx", (unsigned long long)hash64(bytes, (size_t)size));
        env_unmap(bytes, (size_t)size);
    }
    env_close(fd);
}

static bool is_bars(uint32_t type) { return type == OC_EV_BAR || type == OC_EV_QBAR; }

/* Prices of one kind, and finer. */
static bool is_finer(const struct oc_data_info *bars, const struct oc_data_info *finer)
{
    const bool has_quotes = bars->event_type == OC_EV_QBAR;
    if (has_quotes != (finer->event_type == OC_EV_QBAR || finer->event_type == OC_EV_QUOTE))
        return false;
    return !is_bars(finer->event_type) || finer->period_ns < bars->period_ns;
}

static oc_rc refused(struct session *session, const struct feed_source *finer, const char *found, const char *expected)
{
    struct error error;
    error_at(&error, OC_E_CONFIG, "data.intrabar %s", finer->path);
    error_found(&error, "%s", found);
    error_expected(&error, "%s", expected);
    return session_fail(session, &error);
}

/* The bars that it is for: the only ones, or those of its symbol. */
static oc_rc find_bars(struct session *session, struct intrabar *inside)
{
    const struct session_data *data = &session->data;
    uint32_t found = 0, of_symbol = 0;
    for (uint32_t i = 0; i < data->count; i++) {
        if (!is_bars(data->sources[i].info.event_type))
            continue;
        const bool is_its = strcmp(session_symbol(session, i), inside->finer->info.symbol) == 0;
        found++;
        of_symbol += is_its;
        if (is_its || (found == 1 && !of_symbol))
            inside->bars = i;
    }
    if (of_symbol != 1 && found != 1)
        return refused(session, inside->finer, found ? inside->finer->info.symbol : "data without bars",
                       "the symbol of one of the files of bars");
    for (const struct intrabar *other = data->intrabars; other < inside; other++)
        if (other->bars == inside->bars)
            return refused(session, inside->finer, "a second file for the same bars", "one");
    return is_finer(&data->sources[inside->bars].info, &inside->finer->info)
               ? (oc_rc)OC_OK
               : refused(session, inside->finer, "data that are not finer, or quotes of trades",
                         "bars of a shorter period or trades, of bars of quotes: bars of quotes or quotes");
}

oc_rc intrabar_join(struct session *session)
{
    struct session_data *data = &session->data;
    if (!data->intrabars)
        data->intrabars = calloc(FEED_SOURCES_MAX, sizeof *data->intrabars);
    struct intrabar *list = data->intrabars;
    if (!list)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < data->intrabar_count; i++) {
        struct intrabar *inside = &list[i];
        inside->session = session;
        inside->finer = &data->sources[data->count + i];
        oc_rc rc = find_bars(session, inside);
        if (rc < 0)
            return rc;
        take_hash(inside->finer);
        if (inside->finer->hash_recorded[0] && strcmp(inside->finer->hash_recorded, inside->finer->hash) != 0)
            return session_say(session, OC_E_DATA, inside->finer->path,
                               "its bytes are not those that the session was recorded with");
        if (!session_finer_step(&data->sources[inside->bars].info.price_step, &inside->finer->info.price_step))
            return refused(session, inside->finer, "a price step that does not fit that of the bars",
                           "one that is stated: --data 'price_step=0.01'");
        inside->is_found = true;
        session_note(session, "inside of %s bars: %.150s decides, where it covers them",
                     session_symbol(session, inside->bars), inside->finer->path);
    }
    return OC_OK;
}

static oc_rc say(const struct intrabar *inside, uint32_t inst, const struct oc_event *event)
{
    struct venues *venues = &inside->session->venues;
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venues->count && rc == OC_OK; i++) {
        venue_call(&venues->list[i], "finer");
        rc = venues->list[i].table->finer(venues->list[i].answers.self, inst, event);
        plugin_call_end();
    }
    return rc;
}

static void sum_add(struct sum *sum, const int64_t line[4])
{
    if (!sum->is_begun)
        memcpy(sum->line, line, sizeof sum->line);
    sum->is_begun = true;
    sum->line[1] = line[1] > sum->line[1] ? line[1] : sum->line[1];
    sum->line[2] = line[2] < sum->line[2] ? line[2] : sum->line[2];
    sum->line[3] = line[3];
}

static void sum_price(struct sum *sum, int64_t price) { sum_add(sum, (int64_t[4]){price, price, price, price}); }

/* Bids and asks apart; trades are both. */
static void sum_event(struct sum sums[2], const struct oc_event *event)
{
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
    const struct oc_ev_qbar *quotes = (const struct oc_ev_qbar *)(const void *)event;
    const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
    if (event->type == OC_EV_BAR) {
        sum_add(&sums[0], (int64_t[4]){bar->open, bar->high, bar->low, bar->close});
    } else if (event->type == OC_EV_TRADE) {
        sum_price(&sums[0], ((const struct oc_ev_trade *)(const void *)event)->price);
    } else if (event->type == OC_EV_QBAR) {
        if (quotes->present & OC_HAS_BID)
            sum_add(&sums[0], quotes->bid);
        if (quotes->present & OC_HAS_ASK)
            sum_add(&sums[1], quotes->ask);
    } else {
        if (quote->present & OC_HAS_BID)
            sum_price(&sums[0], quote->bid);
        if (quote->present & OC_HAS_ASK)
            sum_price(&sums[1], quote->ask);
    }
}

static bool is_same(const struct sum *sum, const struct sum *bar)
{
    return sum->is_begun == bar->is_begun && (!bar->is_begun || memcmp(sum->line, bar->line, sizeof bar->line) == 0);
}

static int64_t opens_ns(const struct oc_event *event)
{
    if (event->type == OC_EV_BAR)
        return ((const struct oc_ev_bar *)(const void *)event)->open_ns;
    return event->type == OC_EV_QBAR ? ((const struct oc_ev_qbar *)(const void *)event)->open_ns : event->venue_ns;
}

/* The next of the finer data, which stays the next until it is dropped; NULL: they have ended. */
static oc_rc look(struct intrabar *inside)
{
    if (inside->next || inside->has_ended)
        return OC_OK;
    oc_rc rc = inside->finer->is_judged ? feed_source_next_judged(inside->finer, &inside->next)
                                        : feed_source_next(inside->finer, &inside->next);
    if (rc == OC_E_END) {
        inside->has_ended = true;
        inside->next = NULL;
        return OC_OK;
    }
    return rc;
}

static void drop(struct intrabar *inside)
{
    if (inside->next->type == OC_EV_QUOTE)
        memcpy(&inside->before, inside->next, sizeof inside->before);
    inside->next = NULL;
}

static oc_rc drop_until(struct intrabar *inside, int64_t open_ns)
{
    oc_rc rc = look(inside);
    while (rc == OC_OK && inside->next && opens_ns(inside->next) < open_ns) {
        drop(inside);
        rc = look(inside);
    }
    return rc;
}

/* The quotes in force at the open of a bar, where that is what it opens at. */
static oc_rc say_quotes_before(struct intrabar *inside, uint32_t inst, int64_t open_ns, const struct sum bar[2],
                               struct sum sums[2])
{
    struct oc_ev_quote *before = &inside->before;
    struct sum at_open[2] = {0};
    if (!before->head.size || (inside->next && opens_ns(inside->next) <= open_ns))
        return OC_OK;
    sum_event(at_open, &before->head);
    for (int i = 0; i < 2; i++)
        if (at_open[i].is_begun != bar[i].is_begun || (bar[i].is_begun && at_open[i].line[0] != bar[i].line[0]))
            return OC_OK;
    before->head.venue_ns = open_ns;
    sum_event(sums, &before->head);
    return say(inside, inst, &before->head);
}

/* Says what lies inside a bar. *ret_whole: it comes to the bar. */
static oc_rc say_inside(struct intrabar *inside, const struct oc_event *bar, bool *ret_whole)
{
    const int64_t open_ns = opens_ns(bar), close_ns = bar->venue_ns;
    struct sum wanted[2] = {0}, sums[2] = {0};
    bool is_whole = true;
    sum_event(wanted, bar);
    oc_rc rc = drop_until(inside, open_ns);
    if (rc == OC_OK)
        rc = say_quotes_before(inside, bar->inst, open_ns, wanted, sums);
    while (rc == OC_OK && inside->next && opens_ns(inside->next) < close_ns) {
        sum_event(sums, inside->next);
        is_whole &= inside->next->venue_ns <= close_ns;
        if (is_whole)
            rc = say(inside, bar->inst, inside->next);
        if (rc == OC_E_LIMIT || rc == OC_E_DATA) {
            is_whole = false;
            rc = OC_OK;
        }
        drop(inside);
        if (rc == OC_OK)
            rc = look(inside);
    }
    *ret_whole = is_whole && is_same(&sums[0], &wanted[0]) && is_same(&sums[1], &wanted[1]);
    return rc;
}

static oc_rc next_bar(void *self, struct oc_event **ret_event)
{
    struct intrabar *inside = self;
    bool is_whole = false;
    oc_rc rc = inside->from.next(inside->from.self, ret_event);
    if (rc < 0 || !is_bars((*ret_event)->type))
        return rc;
    rc = say(inside, (*ret_event)->inst, NULL);
    if (rc == OC_OK)
        rc = say_inside(inside, *ret_event, &is_whole);
    if (rc == OC_OK && !is_whole)
        rc = say(inside, (*ret_event)->inst, NULL);
    inside->covered += is_whole;
    inside->missed += !is_whole;
    return rc;
}

oc_rc intrabar_start(struct session *session, uint32_t source, struct inbox_source *entry)
{
    struct intrabar *inside = NULL;
    for (uint32_t i = 0; i < session->data.intrabar_count; i++)
        if (session->data.intrabars[i].is_found && session->data.intrabars[i].bars == source)
            inside = &session->data.intrabars[i];
    if (!inside || !session->venues.count) /* nobody fills: records are read */
        return OC_OK;
    for (uint32_t i = 0; i < session->venues.count; i++)
        if (!OC_HAS(session->venues.list[i].table, finer) || !session->venues.list[i].table->finer)
            return session_say(session, OC_E_NOT_SUPPORTED, "data.intrabar",
                               "the simulator of the session takes no finer data: not supported by it");
    inside->finer->info.price_step = session->data.sources[source].info.price_step;
    oc_rc rc = feed_source_start(inside->finer, session->data.sources[source].inst);
    if (rc < 0)
        return rc;
    inside->from = *entry;
    *entry = (struct inbox_source){.self = inside, .next = next_bar};
    return OC_OK;
}

void intrabar_note(struct session *session)
{
    for (uint32_t i = 0; i < session->data.intrabar_count; i++) {
        const struct intrabar *inside = &session->data.intrabars[i];
        if (!inside->from.next)
            continue;
        const unsigned long long covered = inside->covered, missed = inside->missed;
        session_note(session, "inside of %s bars: finer data decided %llu of %llu%s",
                     session_symbol(session, inside->bars), covered, covered + missed,
                     inside->missed ? "; the others are not what they come to, and are decided as without them" : "");
    }
}
