/* read.c: opening, the merged walk, and what is found beside the records. */
#include "journal/read_impl.h"

#include "journal/epoch.h"
#include "journal/session.h"

#include <stdio.h>
#include <stdlib.h>

static _Thread_local char read_error[JOURNAL_ERROR_MAX];

const char *journal_error(void) { return read_error; }

static bool is_refused(enum journal_tail tail) { return tail >= JOURNAL_TAIL_CORRUPT; }

static oc_rc fail(oc_rc rc, const char *dir, const char *what)
{
    snprintf(read_error, sizeof read_error, "journal %s: %s", dir, what);
    return rc;
}

static oc_rc add_segment(void *arg, const char *name)
{
    struct journal_reader *reader = arg;
    enum journal_stream id;
    uint32_t index;
    if (!segment_parse(name, &id, &index))
        return OC_OK;
    struct reader_stream *stream = &reader->stream[id];
    if (stream->count == stream->room) {
        size_t room = stream->room ? 2 * stream->room : 16, size = sizeof *stream->segments;
        struct reader_segment *grown =
            stream->segments ? env_resize(stream->segments, stream->room * size, room * size) : env_alloc(room * size);
        if (!grown)
            return OC_E_NOMEM;
        stream->segments = grown;
        stream->room = room;
    }
    stream->segments[stream->count++] = (struct reader_segment){.index = index};
    return OC_OK;
}

static int by_index(const void *a, const void *b)
{
    uint32_t first = ((const struct reader_segment *)a)->index, second = ((const struct reader_segment *)b)->index;
    return (first > second) - (first < second);
}

/* Reads the heads of all segments of a stream. OC_E_IO, OC_E_NOMEM; what is wrong with the content
 * is left to reader_scan. */
static oc_rc reader_load(struct journal_reader *reader, struct reader_stream *stream)
{
    if (!stream->segments) /* there are none */
        return OC_OK;
    qsort(stream->segments, stream->count, sizeof *stream->segments, by_index);
    for (size_t i = 0; i < stream->count; i++) {
        struct reader_segment *segment = &stream->segments[i];
        char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
        uint8_t page[JOURNAL_PAGE] = {0};
        size_t size;
        int fd;
        int64_t file_size;
        segment_name(name, stream->id, segment->index);
        oc_rc rc = env_path(path, reader->dir, name);
        if (rc >= 0)
            rc = env_open(path, ENV_READ, &fd);
        if (rc < 0)
            return rc;
        rc = env_file_size(fd, &file_size);
        if (rc >= 0)
            rc = env_pread(fd, page, sizeof page, 0, &size);
        env_close(fd);
        if (rc < 0)
            return rc;
        segment->file_size = (uint64_t)file_size;
        memcpy(&segment->head, page, sizeof segment->head);
        memcpy(&segment->live, page + JOURNAL_LIVE_OFFSET, sizeof segment->live);
    }
    return OC_OK;
}

/* A checkpoint whose numbers cannot be is as good as none: its hash is right only because somebody
 * made it so. */
static oc_rc load_live(struct journal_reader *reader)
{
    char path[ENV_PATH_MAX], *data;
    size_t size;
    oc_rc rc = env_path(path, reader->dir, JOURNAL_LIVE_NAME);
    if (rc >= 0)
        rc = env_read_file(path, JOURNAL_PAGE, &data, &size);
    if (rc == OC_E_NOT_FOUND || rc == OC_E_LIMIT)
        return OC_OK;
    if (rc < 0)
        return rc;
    if (size >= sizeof reader->live)
        memcpy(&reader->live, data, sizeof reader->live);
    env_free(data);
    if (reader->live.magic != JOURNAL_LIVE_MAGIC)
        memset(&reader->live, 0, sizeof reader->live);
    return OC_OK;
}

static bool is_usable(const struct journal_checkpoint_head *head)
{
    for (int i = 0; i < JOURNAL_STREAMS; i++)
        if (head->offset[i] &&
            (head->offset[i] < JOURNAL_DATA_OFFSET || head->offset[i] % 8 || head->offset[i] > JOURNAL_SEGMENT_MAX))
            return false;
    return head->offset[JOURNAL_ORDERS] != 0;
}

static oc_rc load_checkpoint(struct journal_reader *reader)
{
    oc_rc rc = checkpoint_find(reader->dir, &reader->checkpoint, &reader->blob, &reader->passed_over);
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    if (rc < 0)
        return rc;
    if (!is_usable(&reader->checkpoint)) {
        env_free(reader->blob);
        reader->blob = NULL;
        reader->passed_over++;
        return OC_OK;
    }
    reader->has_checkpoint = true;
    memcpy(reader->session, reader->checkpoint.session, sizeof reader->session);
    reader->has_session = true;
    return OC_OK;
}

static struct journal_position checkpoint_position(const struct journal_checkpoint_head *head, int stream)
{
    struct journal_position position = {
        .segment = head->segment[stream], .chain = head->chain[stream], .offset = head->offset[stream]};
    position.count = head->count[stream];
    if (stream == JOURNAL_ORDERS)
        position.hash = (struct hash128){head->hash_low, head->hash_high};
    return position;
}

static bool is_before(const struct journal_position *a, const struct journal_position *b)
{
    return a->segment != b->segment ? a->segment < b->segment : a->offset < b->offset;
}

static void refuse_old(struct reader_stream *stream, const char *why)
{
    stream->end.tail = JOURNAL_TAIL_OLD;
    stream->end.segment = stream->end.position.segment;
    stream->end.offset = stream->end.position.offset;
    snprintf(stream->end.text, sizeof stream->end.text, "the %s stream ends at segment %u, offset %llu: %s",
             stream->id == JOURNAL_ORDERS ? "orders" : "market", stream->end.segment,
             (unsigned long long)stream->end.offset, why);
}

/* What the other files of the folder know about how far the streams went. */
static void compare_with_others(struct journal_reader *reader)
{
    struct journal_epoch_file file;
    bool has_ended = epoch_read(reader->dir, &file) >= 0 && file.is_clean && reader->has_session &&
                     memcmp(file.session, reader->session, sizeof file.session) == 0;
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        struct reader_stream *stream = &reader->stream[i];
        if (is_refused(stream->end.tail))
            continue;
        struct journal_position position = checkpoint_position(&reader->checkpoint, i);
        if (reader->has_checkpoint && position.offset && is_before(&stream->end.position, &position))
            refuse_old(stream, "a checkpoint of this session was made behind that");
        else if (has_ended && stream->end.tail != JOURNAL_TAIL_CLEAN &&
                 (stream->count > 0 || stream->id == JOURNAL_ORDERS))
            refuse_old(stream, "the session is known to have ended well, this file does not know it");
    }
}

/* Files of several sessions in one folder are a mixture that nobody recorded. */
static oc_rc check_session(const struct journal_reader *reader)
{
    static const uint8_t none[16];
    char words[200] = "";
    uint32_t part = 0;
    if (!reader->has_session)
        return OC_OK;
    const struct journal_live_file *live = &reader->live;
    const struct reader_stream *orders = &reader->stream[JOURNAL_ORDERS];
    const struct journal_segment_head *head = orders->count ? &orders->segments[0].head : NULL;
    oc_rc rc = session_check(reader->dir, reader->session, &part);
    if (reader->has_checkpoint && head && head->magic == JOURNAL_SEGMENT_MAGIC &&
        memcmp(head->session, reader->checkpoint.session, sizeof head->session) != 0)
        snprintf(words, sizeof words, "the newest checkpoint is of another session than the records: take it away");
    else if (rc == OC_E_STATE)
        snprintf(words, sizeof words,
                 "the file \"session-%06u\" is of another session than the records: bring its own back", part);
    else if (live->magic && memcmp(live->session, reader->session, sizeof live->session) != 0 &&
             memcmp(live->session, none, sizeof none) != 0)
        snprintf(words, sizeof words,
                 "the file \"" JOURNAL_LIVE_NAME "\" is of another session than the records: bring its own back");
    if (words[0])
        return fail(OC_E_STATE, reader->dir, words);
    return rc < 0 ? fail(rc, reader->dir, env_error_text()) : (oc_rc)OC_OK;
}

static oc_rc scan_all(struct journal_reader *reader, bool from_checkpoint, const struct journal_place *place)
{
    oc_rc rc = load_live(reader); /* first: what it knows of has been written */
    if (rc >= 0)
        rc = env_list(reader->dir, add_segment, reader);
    if (rc >= 0 && !place)
        rc = load_checkpoint(reader);
    reader->is_from_checkpoint = from_checkpoint && reader->has_checkpoint;
    for (int i = 0; i < JOURNAL_STREAMS && rc >= 0; i++) {
        struct reader_stream *stream = &reader->stream[i];
        stream->id = (enum journal_stream)i;
        stream->start.chain = JOURNAL_CHAIN_START;
        if (reader->is_from_checkpoint && reader->checkpoint.offset[i])
            stream->start = checkpoint_position(&reader->checkpoint, i);
        if (place && place->at[i].offset)
            stream->start = place->at[i];
        rc = reader_load(reader, stream);
        if (rc >= 0)
            rc = reader_scan(reader, stream);
    }
    if (rc < 0)
        return fail(rc, reader->dir, env_error_text());
    compare_with_others(reader);
    return OC_OK;
}

static oc_rc open_read(const char *dir, bool from_checkpoint, const struct journal_place *place,
                       struct journal_reader **ret_reader)
{
    read_error[0] = '\0';
    struct journal_reader *reader = env_alloc(sizeof *reader);
    if (!reader)
        return fail(OC_E_NOMEM, dir, "no memory");
    if (env_path(reader->dir, dir, NULL) < 0) {
        journal_close_read(reader);
        return fail(OC_E_INVALID, dir, "the path is too long");
    }
    env_boot_id(reader->boot);
    reader->is_following = place != NULL;
    reader->header_rc = OC_E_NOT_FOUND;
    oc_rc rc = scan_all(reader, from_checkpoint, place);
    if (rc >= 0)
        rc = check_session(reader);
    if (rc >= 0 && !place) {
        reader->header_rc = session_read(dir, SESSION_NEWEST, &reader->header, &reader->header_size);
        if (reader->header_rc == OC_E_NOMEM || reader->header_rc == OC_E_IO)
            rc = fail(reader->header_rc, dir, env_error_text());
    }
    if (rc >= 0 && reader->stream[JOURNAL_ORDERS].end.tail == JOURNAL_TAIL_NONE &&
        reader->stream[JOURNAL_MARKET].end.tail == JOURNAL_TAIL_NONE && reader->header_rc == OC_E_NOT_FOUND)
        rc = fail(OC_E_NOT_FOUND, dir, "there is no session in this folder");
    if (rc < 0) {
        journal_close_read(reader);
        return rc;
    }
    journal_rewind(reader);
    *ret_reader = reader;
    for (int i = 0; i < JOURNAL_STREAMS; i++)
        if (is_refused(reader->stream[i].end.tail))
            return fail(OC_E_DATA, dir, reader->stream[i].end.text);
    return OC_OK;
}

oc_rc journal_open_read(const char *dir, bool from_checkpoint, struct journal_reader **ret_reader)
{
    return open_read(dir, from_checkpoint, NULL, ret_reader);
}

oc_rc journal_open_behind(const char *dir, const struct journal_place *place, struct journal_reader **ret_reader)
{
    return open_read(dir, false, place, ret_reader);
}

void journal_close_read(struct journal_reader *reader)
{
    if (!reader)
        return;
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        struct reader_stream *stream = &reader->stream[i];
        for (size_t k = 0; k < stream->room; k++)
            if (stream->segments[k].data)
                env_unmap(stream->segments[k].data, (size_t)stream->segments[k].map_size);
        env_free(stream->segments);
    }
    env_free(reader->blob);
    env_free(reader->header);
    env_free(reader);
}

void journal_rewind(struct journal_reader *reader)
{
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        struct reader_stream *stream = &reader->stream[i];
        stream->at = stream->first;
        stream->offset = stream->at < stream->count ? stream->segments[stream->at].begin : 0;
        stream->walked = stream->start;
    }
}

void journal_stands(const struct journal_reader *reader, struct journal_place *ret_place)
{
    for (int i = 0; i < JOURNAL_STREAMS; i++)
        ret_place->at[i] = reader->stream[i].walked;
}

/* Where the stream's next record lies, or NULL. */
static const uint8_t *peek(const struct reader_stream *stream, size_t *ret_at, uint64_t *ret_offset)
{
    uint64_t offset = stream->offset;
    for (size_t at = stream->at; at < stream->count; at++) {
        const struct reader_segment *segment = &stream->segments[at];
        if (at != stream->at)
            offset = segment->begin;
        if (!segment->data || offset >= segment->end)
            continue;
        *ret_at = at;
        *ret_offset = offset;
        return segment->data + offset;
    }
    return NULL;
}

static const struct oc_event *event_at(const uint8_t *frame)
{
    return (const struct oc_event *)(const void *)(frame + JOURNAL_FRAME_SIZE);
}

/* The stream that has the next record, and where; NULL: none has. */
static struct reader_stream *next_of(const struct journal_reader *reader, size_t *ret_at, uint64_t *ret_offset)
{
    size_t at[JOURNAL_STREAMS] = {0};
    uint64_t offset[JOURNAL_STREAMS] = {0};
    const uint8_t *order = peek(&reader->stream[JOURNAL_ORDERS], &at[JOURNAL_ORDERS], &offset[JOURNAL_ORDERS]);
    const uint8_t *market = peek(&reader->stream[JOURNAL_MARKET], &at[JOURNAL_MARKET], &offset[JOURNAL_MARKET]);
    if (!order && !market)
        return NULL;
    const int which =
        order && (!market || event_at(order)->seq < event_at(market)->seq) ? JOURNAL_ORDERS : JOURNAL_MARKET;
    *ret_at = at[which];
    *ret_offset = offset[which];
    return (struct reader_stream *)(uintptr_t)&reader->stream[which];
}

oc_rc journal_look(const struct journal_reader *reader, const struct oc_event **ret_event,
                   enum journal_stream *ret_stream)
{
    size_t at;
    uint64_t offset;
    const struct reader_stream *stream = next_of(reader, &at, &offset);
    if (!stream)
        return OC_E_END;
    *ret_event = event_at(stream->segments[at].data + offset);
    *ret_stream = stream->id;
    return OC_OK;
}

oc_rc journal_next(struct journal_reader *reader, const struct oc_event **ret_event, enum journal_stream *ret_stream)
{
    size_t at;
    uint64_t offset;
    struct reader_stream *stream = next_of(reader, &at, &offset);
    if (!stream)
        return OC_E_END;
    const uint8_t *frame = stream->segments[at].data + offset;
    const struct oc_event *event = event_at(frame);
    stream->at = at;
    stream->offset = offset + JOURNAL_FRAME_SIZE + event->size;
    stream->walked.segment = stream->segments[at].index;
    stream->walked.offset = stream->offset;
    stream->walked.chain = reader_frame_at(frame, 0).check;
    stream->walked.count++;
    if (stream->id == JOURNAL_ORDERS) /* market: its input hash is another one */
        hash128_chain(&stream->walked.hash, hash128(event, event->size));
    *ret_event = event;
    *ret_stream = stream->id;
    return OC_OK;
}

const struct journal_end *journal_end(const struct journal_reader *reader, enum journal_stream stream)
{
    return &reader->stream[stream].end;
}

bool journal_progress(const struct journal_reader *reader, struct journal_progress *ret_progress)
{
    const struct reader_stream *orders = &reader->stream[JOURNAL_ORDERS];
    bool has = false, is_doubtful = false;
    bool is_lossy = reader_may_have_lost(reader, orders);
    if (!reader->has_session || memcmp(reader->live.session, reader->session, sizeof reader->session) != 0)
        return false;
    for (int k = 0; k < 2; k++) {
        const struct journal_mark *mark = &reader->live.mark[k];
        bool is_empty = mark->seq == 0 && mark->market_index == 0 && mark->check == 0;
        bool is_good = mark->check == journal_mark_check(mark) && !(is_lossy && mark->seq > orders->end.last_seq);
        is_doubtful = is_doubtful || (!is_good && !is_empty);
        if (!is_good || (has && mark->seq < ret_progress->seq))
            continue;
        *ret_progress = (struct journal_progress){mark->seq, mark->market_index, mark->input_hash, false};
        has = true;
    }
    if (has)
        ret_progress->is_doubtful = is_doubtful;
    return has;
}

bool journal_checkpoint(const struct journal_reader *reader, struct journal_checkpoint *ret_checkpoint)
{
    if (!reader->is_from_checkpoint)
        return false;
    const struct journal_checkpoint_head *head = &reader->checkpoint;
    *ret_checkpoint = (struct journal_checkpoint){
        .seq = head->seq,
        .market_count = head->market_count,
        .input_hash = head->input_hash,
        .position = {checkpoint_position(head, 0), checkpoint_position(head, 1)},
        .blob = reader->blob,
        .blob_size = (size_t)head->blob_size,
        .passed_over = reader->passed_over,
    };
    return true;
}

struct hash128 journal_order_hash(const struct journal_reader *reader, uint64_t *ret_count)
{
    const struct journal_position *position = &reader->stream[JOURNAL_ORDERS].end.position;
    *ret_count = position->count;
    return position->hash;
}

oc_rc journal_header(const struct journal_reader *reader, const char **ret_text, size_t *ret_size)
{
    if (reader->header_rc < 0)
        return reader->header_rc;
    *ret_text = reader->header;
    *ret_size = reader->header_size;
    return OC_OK;
}

oc_rc journal_resume(const struct journal_reader *reader, struct door_resume *ret_resume)
{
    /* A checkpoint may know of market events by reference, behind the last record: their numbers
     * are not given again. */
    struct door_resume resume = {.seq = reader->has_checkpoint ? reader->checkpoint.seq : 0};
    struct journal_progress progress = {0};
    if (reader->has_checkpoint) {
        progress = (struct journal_progress){reader->checkpoint.seq, reader->checkpoint.market_count,
                                             reader->checkpoint.input_hash, false};
    }
    struct journal_progress marked;
    if (journal_progress(reader, &marked) && marked.seq >= progress.seq)
        progress = marked;
    if (reader->has_session)
        memcpy(resume.session, reader->session, sizeof resume.session);
    for (int i = 0; i < JOURNAL_STREAMS; i++) {
        const struct reader_stream *stream = &reader->stream[i];
        if (is_refused(stream->end.tail))
            return OC_E_STATE;
        resume.has_stream[i] = stream->count > 0;
        resume.position[i] = stream->end.position;
        resume.first_segment[i] = stream->end.first_segment;
        if (stream->end.last_seq > resume.seq)
            resume.seq = stream->end.last_seq;
    }
    if (progress.seq > resume.seq)
        resume.seq = progress.seq;
    resume.has_progress = progress.seq > 0;
    resume.progress = progress;
    resume.market_count = progress.market_index;
    resume.input_hash = progress.input_hash;
    const struct reader_stream *market = &reader->stream[JOURNAL_MARKET];
    if (market->count > 0 && (reader->is_from_checkpoint || market->end.first_segment == 0)) {
        /* By value: what was recorded counts, processed or not. */
        resume.market_count = (reader->is_from_checkpoint ? reader->checkpoint.market_count : 0) + market->records;
        resume.input_hash = market->input_hash;
    }
    *ret_resume = resume;
    return OC_OK;
}
