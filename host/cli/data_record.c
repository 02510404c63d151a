/* data_record.c: `outcry data record`: trades and quotes of a live feed, as they are heard, into files that a backtest reads; and order books, as the
 * venue says them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "cli/complain.h"
#include "cli/data.h"
#include "cli/verbs.h"
#include "session/interrupt.h"

#include <outcry/kit/text.h>

enum { MARKETS_MAX = 64, KINDS = 3, BOOKS = 2, ROW_MAX = 256, TAIL_MAX = 4096, BUFFER = 1 << 16 };
#define LOOK_NS  50000000ll
#define FLUSH_NS 1000000000ll
#define WHOLE_NS 600000000000ll /* a whole book is asked for so often: whoever reads the file may begin there */

static const struct recorded_kind {
    uint32_t topic;
    uint16_t type;
    const char *name, *first_row;
} kinds[KINDS] = {{OC_TOPIC_TRADES, OC_EV_TRADE, "trades", "time,price,size,side\n"},
                  {OC_TOPIC_QUOTES, OC_EV_QUOTE, "quotes", "time,bid,bid_size,ask,ask_size\n"},
                  [BOOKS] = {OC_TOPIC_BOOK, OC_EV_BOOK, "books", "time,kind,first,last,side,price,size\n"}};

struct file {
    int fd; /* -1: none */
    uint32_t size;
    int64_t last_ns; /* rows are in the order of time */
    uint64_t rows;
    char path[ENV_PATH_MAX];
    char buffer[BUFFER];
};

struct recording {
    struct venue_visit *visit;
    const struct oc_instrument *markets[MARKETS_MAX];
    uint32_t count;
    struct file (*files)[KINDS]; /* by market; owned */
    bool is_wanted[KINDS];       /* data.record */
    int64_t whole_ns;            /* when whole books are asked for next */
    oc_rc failed;
};

static oc_rc flush(struct file *file)
{
    const oc_rc rc = file->size ? env_write(file->fd, file->buffer, file->size) : (oc_rc)OC_OK;
    file->size = 0;
    return rc;
}

/* Behind the last whole row of it; a new one begins with the names. */
static oc_rc open_file(struct file *file, const char *first_row)
{
    char tail[TAIL_MAX];
    int64_t size = 0;
    size_t read = 0;
    oc_rc rc = env_open(file->path, ENV_READ | ENV_WRITE | ENV_CREATE, &file->fd);
    if (rc == OC_OK)
        rc = env_file_size(file->fd, &size);
    const int64_t from = size > TAIL_MAX ? size - TAIL_MAX : 0;
    if (rc == OC_OK && size)
        rc = env_pread(file->fd, tail, (size_t)(size - from), from, &read);
    if (rc < 0)
        return rc;
    size_t whole = read;
    while (whole && tail[whole - 1] != '\n')
        whole--;
    if (whole != read)
        rc = env_truncate(file->fd, from + (int64_t)whole);
    for (int64_t at = 0; rc == OC_OK && at < from + (int64_t)whole; at += TAIL_MAX) { /* to its end */
        const int64_t left = from + (int64_t)whole - at;
        rc = env_read(file->fd, tail, (size_t)(left < TAIL_MAX ? left : TAIL_MAX), &read);
    }
    if (rc == OC_OK && from + (int64_t)whole == 0) {
        file->size = (uint32_t)strlen(first_row);
        memcpy(file->buffer, first_row, file->size);
    }
    return rc;
}

static void put(struct recording *recording, struct file *file, int64_t at_ns, const struct text *row)
{
    char line[ROW_MAX + TEXT_TIME_MAX];
    struct text out;
    file->last_ns = at_ns > file->last_ns ? at_ns : file->last_ns;
    text_init_fixed(&out, line, sizeof line);
    text_put_time(&out, file->last_ns);
    text_put(&out, row->data);
    if (file->size + out.size > sizeof file->buffer && flush(file) < 0)
        recording->failed = OC_E_IO;
    memcpy(file->buffer + file->size, line, out.size);
    file->size += (uint32_t)out.size;
    file->rows++;
}

static void put_number(struct text *row, int64_t units, struct oc_dec step, bool is_there)
{
    text_put(row, ",");
    if (is_there)
        visit_put_units(row, units, step);
}

/* A row for each level that is said, those of an event together: first and last are its numbers, a size of 0 is a level that is gone. */
static void put_book(struct recording *recording, struct file *file, const struct oc_instrument *info,
                     const struct oc_ev_book *book, int64_t at_ns)
{
    const struct oc_level *levels = (const struct oc_level *)(const void *)((const char *)book + book->tail);
    const uint32_t count = book->bids + book->asks;
    for (uint32_t i = 0; i < (count ? count : 1); i++) { /* one that says nothing moves its numbers all the same */
        char line[ROW_MAX];
        struct text row;
        text_init_fixed(&row, line, sizeof line);
        text_format(&row, ",%s,%llu,%llu,%s", book->kind == OC_BOOK_SNAPSHOT ? "whole" : "change",
                    (unsigned long long)book->first_seq, (unsigned long long)book->last_seq,
                    i >= count       ? ""
                    : i < book->bids ? "bid"
                                     : "ask");
        put_number(&row, count ? levels[i].price : 0, info->price_step, count);
        put_number(&row, count ? levels[i].qty : 0, info->qty_step, count);
        text_put(&row, "\n");
        put(recording, file, at_ns, &row);
    }
}

static void take(struct recording *recording, const struct oc_event *event)
{
    char line[ROW_MAX];
    struct text row;
    uint32_t kind = 0, market = 0;
    while (kind < KINDS && kinds[kind].type != event->type)
        kind++;
    while (market < recording->count && OC_INST_INDEX(recording->markets[market]->inst) != OC_INST_INDEX(event->inst))
        market++;
    if (kind == KINDS || market == recording->count)
        return;
    const struct oc_instrument *info = recording->markets[market];
    struct file *file = &recording->files[market][kind];
    const int64_t at_ns = event->venue_ns ? event->venue_ns : io_venue_now(&recording->visit->io);
    if (file->fd < 0)
        return;
    if (kind == BOOKS) {
        put_book(recording, file, info, (const struct oc_ev_book *)(const void *)event, at_ns);
        return;
    }
    text_init_fixed(&row, line, sizeof line);
    if (event->type == OC_EV_TRADE) {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        put_number(&row, trade->price, info->price_step, true);
        put_number(&row, trade->qty, info->qty_step, trade->present & OC_HAS_QTY);
        text_put(&row, trade->taker_side == OC_SIDE_BUY    ? ",buy\n"
                       : trade->taker_side == OC_SIDE_SELL ? ",sell\n"
                                                           : ",\n");
    } else {
        const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
        if (!(quote->present & OC_HAS_BID) || !(quote->present & OC_HAS_ASK))
            return; /* no row has one side alone */
        put_number(&row, quote->bid, info->price_step, true);
        put_number(&row, quote->bid_qty, info->qty_step, quote->present & OC_HAS_BID_QTY);
        put_number(&row, quote->ask, info->price_step, true);
        put_number(&row, quote->ask_qty, info->qty_step, quote->present & OC_HAS_ASK_QTY);
        text_put(&row, "\n");
    }
    put(recording, file, at_ns, &row);
}

/* Only what is asked for leaves, and within the venue's limits; what is not answered is asked for the next time. */
static void ask_whole(struct recording *recording)
{
    if (!recording->is_wanted[BOOKS] || recording->visit->now_ns < recording->whole_ns)
        return;
    recording->whole_ns = recording->visit->now_ns + WHOLE_NS;
    for (uint32_t i = 0; i < recording->count; i++) {
        const struct oc_fetch ask = {
            .size = sizeof ask, .kind = OC_FETCH_BOOK, .inst = recording->markets[i]->inst, .lane = OC_LANE_QUERY};
        uint64_t token;
        if (recording->files[i][BOOKS].fd >= 0)
            (void)io_venue_fetch(&recording->visit->io, &ask, &token);
    }
}

/* data.record: which of them. */
static oc_rc take_kinds(struct recording *recording, const struct settings *settings, struct error *ret_error)
{
    char list[128];
    snprintf(list, sizeof list, "%s", settings_text(settings, "data.record", "trades,quotes"));
    char *rest = list;
    for (char *word; (word = kit_next_word(&rest, ", ")) != NULL;) {
        uint32_t kind = 0;
        while (kind < KINDS && strcmp(kinds[kind].name, word) != 0)
            kind++;
        if (kind == KINDS)
            return error_say(ret_error, OC_E_CONFIG, "data.record",
                             "'%s': expected trades, quotes, books or some of them", word);
        recording->is_wanted[kind] = true;
    }
    return OC_OK;
}

static oc_rc begin(struct recording *recording, const struct options *options, struct error *ret_error)
{
    char folder[ENV_PATH_MAX], symbol[OC_SYMBOL_MAX];
    struct venue_visit *visit = recording->visit;
    snprintf(folder, sizeof folder, "data/%s", visit->venue);
    oc_rc rc = data_make_folder(folder, ret_error);
    for (uint32_t i = 2; rc == OC_OK && i < options->word_count; i++) {
        const uint32_t at = recording->count;
        rc = data_market(visit, options->words[i], &recording->markets[at], ret_error);
        recording->count += rc == OC_OK;
        for (uint32_t k = 0; rc == OC_OK && k < KINDS; k++) {
            const struct oc_sub sub = {.inst = recording->markets[at]->inst, .topic = kinds[k].topic};
            struct file *file = &recording->files[at][k];
            if (!recording->is_wanted[k])
                continue;
            const oc_rc offered = io_venue_subscribe(&visit->io, &sub);
            if (offered == OC_E_NOT_SUPPORTED)
                continue;
            data_symbol_name(recording->markets[at], symbol);
            snprintf(file->path, sizeof file->path, "%s/%s-%s.csv", folder, symbol, kinds[k].name);
            rc = offered < 0 ? offered : open_file(file, kinds[k].first_row);
            if (rc < 0)
                return error_of_code(ret_error, rc, file->path, "it could not be begun");
        }
    }
    return rc;
}

/* Until Ctrl-C, or for ns. */
static oc_rc record(struct recording *recording, int64_t ns, struct error *ret_error)
{
    struct venue_visit *visit = recording->visit;
    const int64_t until_ns = net_loop_now(visit->loop) + ns;
    int64_t flush_ns = 0;
    oc_rc rc = OC_OK;
    while (rc >= 0 && recording->failed == OC_OK && interrupt_count() == 0 &&
           (visit->now_ns = net_loop_now(visit->loop)) < until_ns) {
        const struct oc_event *event;
        ask_whole(recording);
        rc = io_venue_pump(&visit->io, visit->now_ns);
        while ((event = io_venue_first(&visit->io)) != NULL) {
            take(recording, event);
            io_venue_drop(&visit->io);
        }
        for (uint32_t i = 0; visit->now_ns >= flush_ns && i < recording->count * KINDS; i++)
            if (recording->files[i / KINDS][i % KINDS].fd >= 0 && flush(&recording->files[i / KINDS][i % KINDS]) < 0)
                recording->failed = OC_E_IO;
        flush_ns = visit->now_ns >= flush_ns ? visit->now_ns + FLUSH_NS : flush_ns;
        const int64_t next_ns = io_venue_next_ns(&visit->io);
        if (rc == 0 && next_ns > visit->now_ns)
            net_loop_wait(visit->loop, next_ns - visit->now_ns < LOOK_NS ? next_ns - visit->now_ns : LOOK_NS);
    }
    if (recording->failed < 0)
        return error_of_code(ret_error, recording->failed, "the recording", env_error_text());
    return rc < 0 ? error_of_code(ret_error, rc, visit->venue, "its connector could not go on") : (oc_rc)OC_OK;
}

static oc_rc record_all(struct recording *recording, struct options *options, struct error *ret_error)
{
    int64_t ns = INT64_MAX / 2;
    const oc_rc said = settings_duration(&options->settings, "session.duration", &ns);
    if (said < 0 && said != OC_E_NOT_FOUND)
        return error_copy(ret_error, &options->settings.error);
    oc_rc rc = take_kinds(recording, &options->settings, ret_error);
    if (rc == OC_OK)
        rc = data_visit(recording->visit, &options->settings, ret_error);
    if (rc == OC_OK)
        rc = data_ask_markets(recording->visit, ret_error);
    if (rc == OC_OK)
        rc = begin(recording, options, ret_error);
    return rc == OC_OK ? record(recording, ns, ret_error) : rc;
}

static void end(struct recording *recording, bool shows)
{
    for (uint32_t i = 0; recording->files && i < MARKETS_MAX * KINDS; i++) {
        struct file *file = &recording->files[i / KINDS][i % KINDS];
        if (file->fd < 0)
            continue;
        const oc_rc rc = flush(file);
        env_close(file->fd);
        if (shows)
            printf("%s: %llu rows%s\n", file->path, (unsigned long long)file->rows,
                   rc < 0 ? ", the last of them could not be written" : "");
    }
    free(recording->files);
    venue_visit_free(recording->visit);
}

int data_record(struct options *options)
{
    struct error error = {0};
    struct recording recording = {.visit = venue_visit_new(&options->settings, options->words[1]),
                                  .files = calloc(MARKETS_MAX, sizeof *recording.files)};
    for (uint32_t i = 0; recording.files && i < MARKETS_MAX * KINDS; i++)
        recording.files[i / KINDS][i % KINDS].fd = -1;
    const oc_rc rc = recording.visit && recording.files
                         ? record_all(&recording, options, &error)
                         : error_of_code(&error, OC_E_NOMEM, options->words[1], "it cannot be recorded");
    const int code = rc < 0 ? complain(&error, rc, options->json) : EXIT_GOOD;
    end(&recording, rc == OC_OK);
    return code;
}
