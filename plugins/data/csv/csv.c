/* csv.c: the plugin: streams by token, and the table of functions. */
#include "csv.h"

#include "base/env.h"

#include <outcry/services.h>
#include <stdio.h>
#include <string.h>

static const int64_t NS_HOUR = 3600 * (int64_t)1000000000, NS_DAY = 86400 * (int64_t)1000000000;

struct stream {
    struct stream *next;
    uint64_t token;
    struct csv_table table;
    struct csv_maker maker;
    struct oc_data_stats stats;
    struct csv_row row;
    union csv_event event; /* made, not yet in the feed */
    bool has_event;
    bool has_previous;
    int64_t previous_ns;
    int64_t previous_period_ns; /* bars */
    oc_rc ended;                /* OC_E_END, or what went wrong; sticks */
};

struct csv {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    struct stream *streams;
    uint32_t stream_count;
    uint32_t zero;
    struct csv_kept kept; /* text of the file last probed */
    char kept_path[ENV_PATH_MAX];
    char error[CSV_ERROR_MAX]; /* of the last probe or start */
};

static struct stream *find(struct csv *csv, uint64_t token)
{
    struct stream *stream = csv->streams;
    while (stream && stream->token != token)
        stream = stream->next;
    return stream;
}

static oc_rc probe(void *self, const char *path, const char *options, struct oc_data_info *ret_info)
{
    struct csv *csv = self;
    csv->error[0] = '\0';
    csv_kept_release(&csv->kept);
    snprintf(csv->kept_path, sizeof csv->kept_path, "%s", path);
    return csv_probe(path, options, &csv->kept, ret_info, csv->error);
}

static void free_stream(struct stream *stream)
{
    csv_table_close(&stream->table);
    env_free(stream);
}

static bool is_step(struct oc_dec step) { return step.units > 0 && step.scale >= 0 && step.scale <= OC_DEC_SCALE_MAX; }

/* A column that is zero throughout says nothing about what was traded. Read up to the first row that is not: most often one. */
static bool has_volume(const struct csv_table *table, const char *path, const char *options)
{
    struct csv_row row = {0};
    bool has_any = false;
    if (table->layout.event_type != OC_EV_BAR || table->layout.column[CSV_VOLUME] < 0)
        return true; /* there is none to speak of */
    struct csv_table *ahead = env_alloc(sizeof *ahead);
    oc_rc rc = ahead ? csv_table_open(ahead, path, options, NULL) : (oc_rc)OC_E_NOMEM;
    while (rc >= 0 && !has_any) {
        rc = csv_table_next(ahead, &row);
        has_any = rc == OC_OK && row.number[CSV_VOLUME].digits > 0;
        if (rc == OC_E_DATA && !ahead->is_broken) /* judged where it is pulled */
            rc = OC_OK;
    }
    if (ahead)
        csv_table_close(ahead);
    env_free(ahead);
    return has_any || rc != OC_E_END;
}

static oc_rc start(void *self, uint64_t token, const char *path, const char *options, uint32_t inst,
                   const struct oc_data_info *info)
{
    struct csv *csv = self;
    csv->error[0] = '\0';
    if (token == 0 || find(csv, token))
        return token ? OC_E_EXISTS : OC_E_INVALID;
    if (csv->stream_count == CSV_STREAMS_MAX)
        return OC_E_LIMIT;
    bool is_bar = info->event_type == OC_EV_BAR || info->event_type == OC_EV_QBAR;
    if (!is_step(info->price_step) || !is_step(info->qty_step) || (is_bar && info->period_ns <= 0))
        return OC_E_INVALID;
    struct stream *stream = env_alloc(sizeof *stream);
    if (!stream)
        return OC_E_NOMEM;
    bool is_kept = csv->kept.data && strcmp(path, csv->kept_path) == 0;
    oc_rc rc = csv_table_open(&stream->table, path, options, is_kept ? &csv->kept : NULL);
    if (rc >= 0 && stream->table.layout.event_type != (int)info->event_type) {
        snprintf(stream->table.error, CSV_ERROR_MAX, "%s: the columns make another kind of event than was asked for",
                 stream->table.name);
        rc = OC_E_INVALID;
    }
    struct csv_calendar calendar = {0};
    if (rc >= 0 && is_bar && info->period_ns > 4 * NS_DAY)
        rc = csv_probe_calendar(path, options, &calendar, stream->table.error);
    if (rc >= 0 && is_bar && !csv_calendar_is_set(calendar))
        calendar.days = csv_local_days(&stream->table, info->period_ns);
    if (rc < 0) {
        memcpy(csv->error, stream->table.error, CSV_ERROR_MAX);
        free_stream(stream);
        return rc;
    }
    stream->token = token;
    stream->stats.size = sizeof stream->stats;
    stream->maker = (struct csv_maker){
        .inst = inst,
        .event_type = (int)info->event_type,
        .period_ns = info->period_ns,
        .calendar = calendar,
        .is_stamped_close = stream->table.options.is_stamped_close,
        .price = {.units = info->price_step.units, .scale = info->price_step.scale},
        .qty = {.units = info->qty_step.units, .scale = info->qty_step.scale},
        .has_volume = has_volume(&stream->table, path, options),
    };
    stream->next = csv->streams;
    csv->streams = stream;
    csv->stream_count++;
    return OC_OK;
}

/* Bars: later than the one before, and not inside it; ticks: not earlier. OC_E_AGAIN: a row to
 * leave out. */
static oc_rc keep_order(struct stream *stream, int64_t time_ns)
{
    static const char todo[] = "sort the rows by time, or state out_of_order=skip to leave such rows out";
    struct csv_table *table = &stream->table;
    const int64_t period = stream->previous_period_ns;
    bool is_bar = stream->maker.event_type == OC_EV_BAR || stream->maker.event_type == OC_EV_QBAR;
    int64_t distance = time_ns - stream->previous_ns;
    if (!stream->has_previous)
        return OC_OK;
    if (distance < 0 || (is_bar && distance == 0)) {
        stream->stats.out_of_order++;
        if (table->options.skip_unordered)
            return OC_E_AGAIN;
        table->time_ns = stream->previous_ns;
        return csv_table_refuse(
            table, CSV_TIME,
            distance < 0 ? "a time not before the row above" : "another time than the row above: each bar once", todo);
    }
    if (!is_bar)
        return OC_OK;
    /* A day that a clock change made shorter is still a day. */
    if (distance < period && !(period >= NS_DAY && period - distance <= NS_HOUR)) {
        stream->stats.out_of_order++;
        if (table->options.skip_unordered)
            return OC_E_AGAIN;
        return csv_table_refuse(table, CSV_TIME, "a distance of at least one period to the row above",
                                "state the period of the bars with period=, or out_of_order=skip "
                                "to leave such rows out");
    }
    if (distance >= 2 * period)
        stream->stats.gaps += (uint64_t)(distance / period - 1);
    return OC_OK;
}

/* Of a row: by which it is ordered. A month that bears its last day is as long as it is from its first. */
static int64_t time_of(const struct stream *stream)
{
    const struct csv_maker *maker = &stream->maker;
    if (maker->is_stamped_close && csv_calendar_is_set(maker->calendar))
        return stream->event.head.type == OC_EV_BAR ? stream->event.bar.open_ns : stream->event.qbar.open_ns;
    return stream->row.time_ns;
}

/* The next event of the file into stream->event. */
static oc_rc make_next(struct stream *stream)
{
    struct csv_table *table = &stream->table;
    for (;;) {
        oc_rc rc = csv_table_next(table, &stream->row);
        if (rc == OC_E_END)
            return rc;
        if (table->is_broken || (rc != OC_OK && rc != OC_E_DATA))
            return rc;
        stream->stats.rows++;
        if (rc == OC_OK)
            rc = csv_event_make(table, &stream->maker, &stream->row, &stream->event);
        if (rc == OC_OK)
            rc = keep_order(stream, time_of(stream));
        if (rc == OC_OK && stream->event.head.type != OC_EV_NONE) {
            stream->previous_ns = time_of(stream);
            stream->previous_period_ns =
                stream->event.head.type == OC_EV_BAR ? stream->event.bar.period_ns : stream->event.qbar.period_ns;
            stream->has_previous = true;
            stream->has_event = true;
            return OC_OK;
        }
        stream->stats.skipped++;
        if (rc == OC_E_DATA && !table->options.skip_bad)
            return rc;
    }
}

static oc_rc put(struct csv *csv, struct stream *stream)
{
    struct oc_event *room;
    uint32_t size = stream->event.head.size;
    oc_rc rc = csv->feed->reserve(csv->host, size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, &stream->event, size);
    rc = csv->feed->commit(csv->host, room);
    if (rc < 0)
        return rc;
    stream->has_event = false;
    stream->stats.events++;
    return OC_OK;
}

static oc_rc pull(void *self, uint64_t token, uint32_t event_max)
{
    struct csv *csv = self;
    struct stream *stream = find(csv, token);
    if (!stream)
        return OC_E_NOT_FOUND;
    if (!csv->feed)
        return OC_E_NOT_SUPPORTED;
    oc_rc count = 0;
    while ((uint32_t)count < event_max && count < INT32_MAX) {
        oc_rc rc = stream->ended;
        if (rc == OC_OK && !stream->has_event)
            rc = stream->ended = make_next(stream);
        if (rc == OC_OK)
            rc = put(csv, stream);
        if (rc < 0)
            return count > 0 ? count : rc;
        count++;
    }
    return count;
}

static oc_rc skip(void *self, uint64_t token, uint64_t event_count)
{
    struct stream *stream = find(self, token);
    if (!stream)
        return OC_E_NOT_FOUND;
    for (uint64_t i = 0; i < event_count; i++) {
        if (stream->ended == OC_OK && !stream->has_event)
            stream->ended = make_next(stream);
        if (stream->ended < 0)
            return stream->ended;
        stream->has_event = false;
        stream->stats.events++;
    }
    return OC_OK;
}

static oc_rc stats(void *self, uint64_t token, struct oc_data_stats *ret_stats)
{
    const struct stream *stream = find(self, token);
    if (!stream)
        return OC_E_NOT_FOUND;
    *ret_stats = stream->stats;
    ret_stats->rounded = stream->maker.rounded;
    return OC_OK;
}

static oc_rc error_text(void *self, uint64_t token, char *text, uint32_t size_max)
{
    struct csv *csv = self;
    const struct stream *stream = token ? find(csv, token) : NULL;
    const char *error = stream ? stream->table.error : csv->error;
    if (size_max == 0)
        return OC_E_INVALID;
    snprintf(text, size_max, "%s", error);
    return OC_OK;
}

static void stop(void *self, uint64_t token)
{
    struct csv *csv = self;
    for (struct stream **link = &csv->streams; *link; link = &(*link)->next) {
        struct stream *stream = *link;
        if (stream->token != token)
            continue;
        *link = stream->next;
        csv->stream_count--;
        free_stream(stream);
        return;
    }
}

static oc_rc open_csv(const struct oc_host *host, void **ret_self)
{
    struct csv *csv = env_alloc(sizeof *csv);
    if (!csv)
        return OC_E_NOMEM;
    csv->host = host;
    csv->feed = host->service(host, OC_SVC_FEED);
    *ret_self = csv;
    return OC_OK;
}

static void close_csv(void *self)
{
    struct csv *csv = self;
    while (csv->streams)
        stop(csv, csv->streams->token);
    csv_kept_release(&csv->kept);
    env_free(csv);
}

/* clang-format off */
static const struct oc_data data = {
    .size = sizeof data, .probe = probe, .start = start, .pull = pull, .skip = skip, .stats = stats,
    .error = error_text, .stop = stop,
};
static const struct oc_iface ifaces[] = {{OC_DATA, &data}, {0}};
static const struct oc_key keys[] = {{0}}; /* none: a file's options come with probe() and start() */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_DATA, .id = "outcry.csv", .version = "0.1.0", .license = "MIT",
    .about = "bars, quotes and trades from CSV files, plain, gzip or zip",
    .open = open_csv, .close = close_csv, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
