/* gztrades.c: reads trades from a gzip file of lines. It shows how a library is linked into a plugin: zlib, statically.
 *
 *   SYMBOL PRICE_STEP QTY_STEP        the first line: BTC/USDT 0.01 0.001
 *   MILLISECONDS PRICE QTY buy|sell   a trade, and who took: 1704067200123 42000.01 0.005 buy */
#include <outcry/draft/data.h>
#include <outcry/kit/text.h>
#include <outcry/services.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LINE_SIZE = 160, STREAMS_MAX = 16, ERROR_SIZE = 512, NS_MS = 1000000 };
static const int64_t MS_MAX = 9000000000000; /* before the year 2256 */

struct file {
    gzFile gz;
    uint64_t line;
    char text[LINE_SIZE];
    char error[ERROR_SIZE];
};

struct stream {
    uint64_t token; /* 0: free */
    struct file file;
    struct oc_dec price_step, qty_step;
    uint32_t inst;
    uint32_t has_trade; /* read, and not yet in the feed */
    struct oc_ev_trade trade;
    struct oc_data_stats stats;
    oc_rc ended;
};

struct reader {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    struct stream streams[STREAMS_MAX];
    char error[ERROR_SIZE]; /* of the last probe or start */
};

static oc_rc refuse(struct file *file, const char *found, const char *expected)
{
    snprintf(file->error, ERROR_SIZE, "line %llu: found %.80s; expected %s", (unsigned long long)file->line, found,
             expected);
    return OC_E_DATA;
}

/* The next line, without its end. What is damaged or cut off is seen here. */
static oc_rc read_line(struct file *file)
{
    int code;
    file->line++;
    if (!gzgets(file->gz, file->text, LINE_SIZE)) {
        const char *why = gzerror(file->gz, &code);
        return code == Z_OK || code == Z_STREAM_END ? (oc_rc)OC_E_END : refuse(file, why, "a whole gzip file");
    }
    size_t size = strlen(file->text);
    if (!size || file->text[size - 1] != '\n')
        return refuse(file, "a line without its end", "lines of at most 158 bytes");
    file->text[size - 1] = 0;
    return OC_OK;
}

static oc_rc read_head(struct file *file, struct oc_data_info *ret_info)
{
    static const char expected[] = "SYMBOL PRICE_STEP QTY_STEP";
    oc_rc rc = read_line(file);
    if (rc < 0)
        return rc == OC_E_END ? refuse(file, "an empty file", expected) : rc;
    char *rest = file->text, *symbol = kit_next_word(&rest, " "), *price = kit_next_word(&rest, " "),
         *qty = kit_next_word(&rest, " ");
    if (!qty || kit_next_word(&rest, " ") || strlen(symbol) >= sizeof ret_info->symbol ||
        kit_read_dec(price, &ret_info->price_step) < 0 || kit_read_dec(qty, &ret_info->qty_step) < 0 ||
        ret_info->price_step.units <= 0 || ret_info->qty_step.units <= 0)
        return refuse(file, "another first line", expected);
    ret_info->event_type = OC_EV_TRADE;
    snprintf(ret_info->symbol, sizeof ret_info->symbol, "%s", symbol);
    snprintf(ret_info->notes, sizeof ret_info->notes, "data: trades, gzip\n");
    return OC_OK;
}

static oc_rc open_file(const char *path, struct file *file, struct oc_data_info *ret_info)
{
    *file = (struct file){.gz = gzopen(path, "rb")};
    if (!file->gz) {
        snprintf(file->error, ERROR_SIZE, "cannot be opened");
        return OC_E_IO;
    }
    oc_rc rc = gzdirect(file->gz) ? refuse(file, "a file that is not gzip", "gzip") : read_head(file, ret_info);
    if (rc < 0)
        gzclose(file->gz);
    return rc;
}

/* A line as a trade, in units of the steps. */
static oc_rc read_trade(struct stream *stream)
{
    struct file *file = &stream->file;
    oc_rc rc = read_line(file);
    if (rc < 0)
        return rc;
    char *rest = file->text, *time = kit_next_word(&rest, " "), *price = kit_next_word(&rest, " "),
         *qty = kit_next_word(&rest, " "), *side = kit_next_word(&rest, " ");
    int64_t ms, price_units, qty_units;
    if (!side || kit_next_word(&rest, " "))
        return refuse(file, "another number of words", "MILLISECONDS PRICE QTY buy|sell");
    if (kit_units(time, (struct oc_dec){1, 0, 0}, &ms) < 0 || ms < 0 || ms > MS_MAX)
        return refuse(file, time, "milliseconds since 1970");
    if (ms * NS_MS < stream->trade.head.venue_ns) {
        stream->stats.out_of_order++;
        return refuse(file, time, "a time that is not before the last one");
    }
    if (kit_units(price, stream->price_step, &price_units) < 0 || price_units <= 0)
        return refuse(file, price, "a price above 0 on its step");
    if (kit_units(qty, stream->qty_step, &qty_units) < 0 || qty_units <= 0)
        return refuse(file, qty, "a quantity above 0 on its step");
    const int is_buy = strcmp(side, "buy") == 0;
    if (!is_buy && strcmp(side, "sell") != 0)
        return refuse(file, side, "buy or sell");
    stream->stats.rows++;
    stream->trade = (struct oc_ev_trade){.head = {.size = sizeof stream->trade,
                                                  .type = OC_EV_TRADE,
                                                  .flags = OC_EVF_LAST,
                                                  .inst = stream->inst,
                                                  .venue_ns = ms * NS_MS},
                                         .price = price_units,
                                         .qty = qty_units,
                                         .present = OC_HAS_QTY,
                                         .taker_side = is_buy ? OC_SIDE_BUY : OC_SIDE_SELL};
    stream->has_trade = 1;
    return OC_OK;
}

/* The first trade's time is part of what a host asks: it stands in the second line. */
static oc_rc probe(void *self, const char *path, const char *options, struct oc_data_info *ret_info)
{
    struct reader *reader = self;
    struct stream stream = {0};
    (void)options; /* the file says all of it */
    oc_rc rc = open_file(path, &stream.file, ret_info);
    if (rc == OC_OK) {
        stream.price_step = ret_info->price_step;
        stream.qty_step = ret_info->qty_step;
        rc = read_trade(&stream);
        if (rc == OC_E_END)
            rc = refuse(&stream.file, "the end", "at least one trade");
        ret_info->first_ns = stream.trade.head.venue_ns;
        gzclose(stream.file.gz);
    }
    snprintf(reader->error, ERROR_SIZE, "%s", stream.file.error);
    return rc;
}

static struct stream *find(struct reader *reader, uint64_t token)
{
    for (uint32_t i = 0; i < STREAMS_MAX; i++)
        if (reader->streams[i].token == token)
            return &reader->streams[i];
    return NULL;
}

static oc_rc start(void *self, uint64_t token, const char *path, const char *options, uint32_t inst,
                   const struct oc_data_info *info)
{
    struct reader *reader = self;
    struct stream *stream = find(reader, 0);
    struct oc_data_info now = {.size = sizeof now};
    (void)options;
    if (!token || find(reader, token))
        return OC_E_INVALID;
    if (!stream)
        return OC_E_LIMIT;
    *stream = (struct stream){.inst = inst, .stats.size = sizeof stream->stats};
    oc_rc rc = open_file(path, &stream->file, &now);
    if (rc < 0) {
        snprintf(reader->error, ERROR_SIZE, "%s", stream->file.error);
        return rc;
    }
    stream->token = token;
    stream->price_step =
        info->price_step; /* they may be finer than the file's: the host fits several files to one instrument */
    stream->qty_step = info->qty_step;
    return OC_OK;
}

static oc_rc put(struct reader *reader, struct stream *stream)
{
    struct oc_event *room;
    oc_rc rc = reader->feed->reserve(reader->host, sizeof stream->trade, &room);
    if (rc < 0)
        return rc;
    memcpy(room, &stream->trade, sizeof stream->trade);
    rc = reader->feed->commit(reader->host, room);
    stream->has_trade = rc < 0;
    stream->stats.events += rc == OC_OK;
    return rc;
}

static oc_rc next_trade(struct stream *stream)
{
    if (!stream->has_trade && stream->ended == OC_OK)
        stream->ended = read_trade(stream);
    return stream->has_trade ? (oc_rc)OC_OK : stream->ended;
}

static oc_rc pull(void *self, uint64_t token, uint32_t event_max)
{
    struct stream *stream = token ? find(self, token) : NULL;
    oc_rc count = 0;
    if (!stream)
        return OC_E_NOT_FOUND;
    for (; (uint32_t)count < event_max && count < INT32_MAX; count++) {
        oc_rc rc = next_trade(stream);
        if (rc == OC_OK)
            rc = put(self, stream);
        if (rc < 0)
            return count ? count : rc;
    }
    return count;
}

static oc_rc skip(void *self, uint64_t token, uint64_t event_count)
{
    struct stream *stream = token ? find(self, token) : NULL;
    if (!stream)
        return OC_E_NOT_FOUND;
    for (uint64_t i = 0; i < event_count; i++) {
        oc_rc rc = next_trade(stream);
        if (rc < 0)
            return rc;
        stream->has_trade = 0;
        stream->stats.events++;
    }
    return OC_OK;
}

static oc_rc stats(void *self, uint64_t token, struct oc_data_stats *ret_stats)
{
    const struct stream *stream = token ? find(self, token) : NULL;
    if (!stream)
        return OC_E_NOT_FOUND;
    *ret_stats = stream->stats;
    return OC_OK;
}

static oc_rc error(void *self, uint64_t token, char *text, uint32_t size_max)
{
    struct reader *reader = self;
    const struct stream *stream = token ? find(reader, token) : NULL;
    snprintf(text, size_max, "%s", stream ? stream->file.error : reader->error);
    return OC_OK;
}

static void stop(void *self, uint64_t token)
{
    struct stream *stream = token ? find(self, token) : NULL;
    if (!stream)
        return;
    gzclose(stream->file.gz);
    stream->token = 0;
}

static oc_rc open_reader(const struct oc_host *host, void **ret_self)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return OC_E_NOMEM;
    reader->host = host;
    reader->feed = (const struct oc_svc_feed *)host->service(host, OC_SVC_FEED);
    if (!reader->feed) {
        free(reader);
        return OC_E_NOT_SUPPORTED;
    }
    *ret_self = reader;
    return OC_OK;
}

static void close_reader(void *self)
{
    struct reader *reader = self;
    for (uint32_t i = 0; i < STREAMS_MAX; i++)
        if (reader->streams[i].token)
            gzclose(reader->streams[i].file.gz);
    free(reader);
}

/* clang-format off */
static const struct oc_data data = {
    .size = sizeof data, .probe = probe, .start = start, .pull = pull, .skip = skip, .stats = stats, .error = error, .stop = stop};
static const struct oc_iface ifaces[] = {{OC_DATA, &data}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_DATA, .id = "org.example.gztrades", .version = "0.1.0", .license = "MIT",
    .about = "trades from gzip files of lines",
    .open = open_reader, .close = close_reader, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_PLUGINS(&plugin);
