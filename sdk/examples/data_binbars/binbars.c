/* binbars.c: reads bars from a binary file: a head of 48 bytes, then 48 bytes a bar, all numbers little-endian.
 *
 *   head  0 "OCBARS1\n"   8 u32 period in seconds  12 u32 scale of prices  16 u32 scale of volumes  20 u32 zero
 *        24 symbol, 24 bytes, ended by zeros
 *   bar   0 i64 open time in seconds  8 open  16 high  24 low  32 close  40 volume (i64, units of the scales) */
#include <outcry/draft/data.h>
#include <outcry/services.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE = 48, BAR_SIZE = 48, STREAMS_MAX = 16, ERROR_SIZE = 512, SCALE_MAX = 12 };
static const int64_t NS_SECOND = 1000000000, SECONDS_MAX = 9000000000; /* before the year 2256 */

struct stream {
    uint64_t token; /* 0: free */
    FILE *file;
    uint64_t offset; /* of the next bar */
    int64_t period_ns;
    int64_t open_ns; /* of the bar before */
    uint32_t inst;
    uint32_t has_bar; /* read, and not yet in the feed */
    struct oc_ev_bar bar;
    struct oc_data_stats stats;
    oc_rc ended;
    char error[ERROR_SIZE];
};

struct reader {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    struct stream streams[STREAMS_MAX];
    char error[ERROR_SIZE]; /* of the last probe or start */
};

static uint64_t number_at(const uint8_t *bytes, int size)
{
    uint64_t number = 0;
    for (int i = size - 1; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

static oc_rc refuse(char *error, const char *path, uint64_t offset, const char *found, const char *expected)
{
    snprintf(error, ERROR_SIZE, "%s%soffset %llu: found %s; expected %s", path, *path ? ": " : "",
             (unsigned long long)offset, found, expected);
    return OC_E_DATA;
}

static oc_rc read_head(FILE *file, const char *path, char *error, struct oc_data_info *ret_info)
{
    uint8_t head[HEAD_SIZE], bar[8];
    if (fread(head, 1, sizeof head, file) != sizeof head || memcmp(head, "OCBARS1\n", 8) != 0)
        return refuse(error, path, 0, "another beginning", "OCBARS1 and a line end");
    uint64_t period = number_at(head + 8, 4), price = number_at(head + 12, 4), qty = number_at(head + 16, 4);
    if (period == 0 || period > 86400 * 31)
        return refuse(error, path, 8, "a period out of range", "1 to 2678400 seconds");
    if (price > SCALE_MAX || qty > SCALE_MAX)
        return refuse(error, path, price > SCALE_MAX ? 12 : 16, "a scale out of range", "0 to 12");
    if (!head[24] || head[HEAD_SIZE - 1])
        return refuse(error, path, 24, "no symbol, or one that is too long", "1 to 23 bytes, then zeros");
    if (fread(bar, 1, sizeof bar, file) != sizeof bar)
        return refuse(error, path, HEAD_SIZE, "the end of the file", "at least one bar");
    int64_t first = (int64_t)number_at(bar, 8);
    if (first < 0 || first > SECONDS_MAX)
        return refuse(error, path, HEAD_SIZE, "a time out of range", "seconds since 1970");
    ret_info->event_type = OC_EV_BAR;
    ret_info->period_ns = (int64_t)period * NS_SECOND;
    ret_info->first_ns = first * NS_SECOND;
    ret_info->price_step = (struct oc_dec){1, (int32_t)price, 0};
    ret_info->qty_step = (struct oc_dec){1, (int32_t)qty, 0};
    snprintf(ret_info->symbol, sizeof ret_info->symbol, "%s", (const char *)head + 24);
    snprintf(ret_info->notes, sizeof ret_info->notes, "data: binary bars of %llu s\n", (unsigned long long)period);
    return OC_OK;
}

static oc_rc open_file(struct reader *reader, const char *path, struct oc_data_info *ret_info, FILE **ret_file)
{
    FILE *file = fopen(path, "rb");
    reader->error[0] = 0;
    if (!file) {
        snprintf(reader->error, sizeof reader->error, "%s: cannot be opened", path);
        return OC_E_IO;
    }
    oc_rc rc = read_head(file, path, reader->error, ret_info);
    if (rc < 0)
        fclose(file);
    else
        *ret_file = file;
    return rc;
}

static oc_rc probe(void *self, const char *path, const char *options, struct oc_data_info *ret_info)
{
    FILE *file;
    (void)options; /* the file says all of it */
    oc_rc rc = open_file(self, path, ret_info, &file);
    if (rc == OC_OK)
        fclose(file);
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
    FILE *file;
    (void)options;
    if (!token || find(reader, token))
        return OC_E_INVALID;
    if (!stream)
        return OC_E_LIMIT;
    oc_rc rc = open_file(reader, path, &now, &file);
    if (rc < 0)
        return rc;
    /* The host may have made the steps finer to fit another file; then our units would be wrong. */
    if (now.period_ns != info->period_ns || memcmp(&now.price_step, &info->price_step, sizeof now.price_step) != 0 ||
        memcmp(&now.qty_step, &info->qty_step, sizeof now.qty_step) != 0 || fseek(file, HEAD_SIZE, SEEK_SET) != 0) {
        fclose(file);
        return refuse(reader->error, path, 8, "other steps or another period", "those that probing found");
    }
    *stream = (struct stream){.token = token,
                              .file = file,
                              .offset = HEAD_SIZE,
                              .period_ns = now.period_ns,
                              .inst = inst,
                              .open_ns = INT64_MIN,
                              .stats.size = sizeof stream->stats};
    return OC_OK;
}

static oc_rc judge(struct stream *stream, const int64_t values[6])
{
    const uint64_t at = stream->offset;
    if (values[0] < 0 || values[0] > SECONDS_MAX)
        return refuse(stream->error, "", at, "a time out of range", "seconds since 1970");
    if (stream->open_ns != INT64_MIN && values[0] * NS_SECOND < stream->open_ns + stream->period_ns) {
        stream->stats.out_of_order++;
        return refuse(stream->error, "", at, "a bar within the one before", "at least one period later");
    }
    for (int i = 1; i <= 4; i++)
        if (values[i] <= 0 || values[i] > values[2] || values[i] < values[3])
            return refuse(stream->error, "", at + 8 * (uint64_t)i,
                          "a price that is not above zero, or beyond high and low", "low <= open, close <= high");
    return values[5] < 0 ? refuse(stream->error, "", at + 40, "a volume below zero", "zero or more") : (oc_rc)OC_OK;
}

static oc_rc read_bar(struct stream *stream)
{
    uint8_t bytes[BAR_SIZE];
    int64_t values[6];
    size_t size = fread(bytes, 1, sizeof bytes, stream->file);
    if (size == 0 && feof(stream->file))
        return OC_E_END;
    if (size != sizeof bytes)
        return refuse(stream->error, "", stream->offset + size, "the end of the file", "a whole bar of 48 bytes");
    for (int i = 0; i < 6; i++)
        values[i] = (int64_t)number_at(bytes + 8 * i, 8);
    oc_rc rc = judge(stream, values);
    if (rc < 0)
        return rc;
    int64_t open_ns = values[0] * NS_SECOND;
    if (stream->open_ns != INT64_MIN)
        stream->stats.gaps += (uint64_t)((open_ns - stream->open_ns) / stream->period_ns - 1);
    stream->open_ns = open_ns;
    stream->offset += BAR_SIZE;
    stream->stats.rows++;
    stream->bar = (struct oc_ev_bar){.head = {.size = sizeof stream->bar,
                                              .type = OC_EV_BAR,
                                              .flags = OC_EVF_LAST,
                                              .inst = stream->inst,
                                              .venue_ns = open_ns + stream->period_ns},
                                     .open_ns = open_ns,
                                     .period_ns = stream->period_ns,
                                     .open = values[1],
                                     .high = values[2],
                                     .low = values[3],
                                     .close = values[4],
                                     .volume = values[5],
                                     .present = OC_HAS_VOLUME};
    stream->has_bar = 1;
    return OC_OK;
}

static oc_rc put(struct reader *reader, struct stream *stream)
{
    struct oc_event *room;
    oc_rc rc = reader->feed->reserve(reader->host, sizeof stream->bar, &room);
    if (rc < 0)
        return rc;
    memcpy(room, &stream->bar, sizeof stream->bar);
    rc = reader->feed->commit(reader->host, room);
    stream->has_bar = rc < 0;
    stream->stats.events += rc == OC_OK;
    return rc;
}

static oc_rc pull(void *self, uint64_t token, uint32_t event_max)
{
    struct reader *reader = self;
    struct stream *stream = token ? find(reader, token) : NULL;
    oc_rc count = 0, rc = OC_OK;
    if (!stream)
        return OC_E_NOT_FOUND;
    for (; (uint32_t)count < event_max && count < INT32_MAX; count++) {
        if (!stream->has_bar && stream->ended == OC_OK)
            stream->ended = read_bar(stream);
        rc = stream->has_bar ? put(reader, stream) : stream->ended;
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
        if (!stream->has_bar && stream->ended == OC_OK)
            stream->ended = read_bar(stream);
        if (!stream->has_bar)
            return stream->ended;
        stream->has_bar = 0;
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
    snprintf(text, size_max, "%s", stream ? stream->error : reader->error);
    return OC_OK;
}

static void stop(void *self, uint64_t token)
{
    struct stream *stream = token ? find(self, token) : NULL;
    if (!stream)
        return;
    fclose(stream->file);
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
            fclose(reader->streams[i].file);
    free(reader);
}

static const struct oc_data data = {.size = sizeof data,
                                    .probe = probe,
                                    .start = start,
                                    .pull = pull,
                                    .skip = skip,
                                    .stats = stats,
                                    .error = error,
                                    .stop = stop};
static const struct oc_iface ifaces[] = {{OC_DATA, &data}, {0}};
static const struct oc_key keys[] = {{0}};
/* clang-format off */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_DATA, .id = "org.example.binbars", .version = "0.1.0", .license = "MIT",
    .about = "bars from files of 48 bytes a bar",
    .open = open_reader, .close = close_reader, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_PLUGINS(&plugin);
