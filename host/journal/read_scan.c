/* read_scan.c: walks the segments of one stream, verifies each record and says how the stream ends.
 */
#include "journal/read_impl.h"

#include <stdarg.h>
#include <stdio.h>

/* Where the walk is, and the last place where every batch was complete. */
struct walk {
    struct journal_position at;
    struct journal_position whole;
    uint64_t last_seq;
    uint64_t whole_seq;
    uint64_t whole_records;
    uint64_t records;
    uint64_t input_hash;
};

/* The frame at `offset`: OC_OK, OC_E_END at the end of the data, OC_E_DATA. *ret_hash is that of
 * the record. */
static oc_rc reader_frame(const uint8_t *data, uint64_t offset, uint64_t limit, uint32_t chain,
                          struct hash128 *ret_hash)
{
    if (offset + JOURNAL_FRAME_SIZE > limit)
        return OC_E_END;
    struct journal_frame frame = reader_frame_at(data, offset);
    if (frame.size == 0)
        return OC_E_END;
    uint32_t size = frame.size & ~7u, event_size;
    if ((frame.size & 7u & ~JOURNAL_FRAME_MORE) != JOURNAL_FRAME_HERE || size < sizeof(struct oc_event) ||
        size > OC_EVENT_MAX || offset + JOURNAL_FRAME_SIZE + size > limit)
        return OC_E_DATA;
    const uint8_t *event = data + offset + JOURNAL_FRAME_SIZE;
    memcpy(&event_size, event, sizeof event_size);
    if (event_size != size)
        return OC_E_DATA;
    *ret_hash = hash128(event, size);
    return journal_frame_check(chain, *ret_hash, frame.size) == frame.check ? OC_OK : OC_E_DATA;
}

bool reader_finds_beyond(const uint8_t *data, uint64_t from, uint64_t to)
{
    uint64_t hashed = 0;
    for (uint64_t at = (from + 7) & ~(uint64_t)7; at + JOURNAL_FRAME_SIZE + sizeof(struct oc_event) < to; at += 8) {
        struct journal_frame frame = reader_frame_at(data, at);
        uint32_t size = frame.size & ~7u, event_size;
        if (!(frame.size & JOURNAL_FRAME_HERE) || size < sizeof(struct oc_event) || size > OC_EVENT_MAX ||
            at + 2 * JOURNAL_FRAME_SIZE + size > to)
            continue;
        memcpy(&event_size, data + at + JOURNAL_FRAME_SIZE, sizeof event_size);
        if (event_size != size)
            continue;
        /* The first one cannot be checked, for the one before it is lost; the one behind it can. */
        struct hash128 hash;
        uint64_t next = at + JOURNAL_FRAME_SIZE + size;
        if (reader_frame(data, next, to, frame.check, &hash) == OC_OK)
            return true;
        hashed += size;
        if (hashed > JOURNAL_SEARCH_MAX)
            break;
    }
    return false;
}

static void tell(struct reader_stream *stream, enum journal_tail tail, const struct reader_segment *segment,
                 uint64_t offset, const char *format, ...) __attribute__((format(printf, 5, 6)));

static void tell(struct reader_stream *stream, enum journal_tail tail, const struct reader_segment *segment,
                 uint64_t offset, const char *format, ...)
{
    char name[JOURNAL_NAME_MAX];
    struct journal_end *end = &stream->end;
    end->tail = tail;
    end->segment = segment->index;
    end->offset = offset;
    segment_name(name, stream->id, segment->index);
    int length = snprintf(end->text, sizeof end->text, "%s, offset %llu: ", name, (unsigned long long)offset);
    va_list args;
    va_start(args, format);
    vsnprintf(end->text + length, sizeof end->text - (size_t)length, format, args);
    va_end(args);
}

static bool has_good_head(const struct reader_segment *segment)
{
    return segment->head.magic == JOURNAL_SEGMENT_MAGIC && segment->head.check == JOURNAL_CHECK(&segment->head);
}

/* What a head says against itself and its place. True: nothing. */
static bool check_head(struct journal_reader *reader, struct reader_stream *stream, struct reader_segment *segment)
{
    const struct journal_segment_head *head = &segment->head;
    if (head->magic == JOURNAL_SEGMENT_MAGIC && head->version > JOURNAL_VERSION) {
        tell(stream, JOURNAL_TAIL_TOO_NEW, segment, 8, "version %u, this program reads up to %u", head->version,
             JOURNAL_VERSION);
        return false;
    }
    if (!has_good_head(segment)) {
        tell(stream, JOURNAL_TAIL_CORRUPT, segment, 0, "the head of the segment is damaged");
        return false;
    }
    if (head->stream != (uint32_t)stream->id || head->index != segment->index || head->size < JOURNAL_DATA_OFFSET ||
        head->size > JOURNAL_SEGMENT_MAX) {
        tell(stream, JOURNAL_TAIL_OLD, segment, 0, "the file is segment %u of stream %u", head->index, head->stream);
        return false;
    }
    if (!reader->has_session) {
        memcpy(reader->session, head->session, sizeof reader->session);
        reader->has_session = true;
    }
    if (memcmp(reader->session, head->session, sizeof reader->session) != 0) {
        tell(stream, JOURNAL_TAIL_OLD, segment, 16, "the file belongs to another session");
        return false;
    }
    return true;
}

static uint64_t last_byte(const uint8_t *data, uint64_t from, uint64_t to)
{
    uint64_t word = 0;
    while (to >= from + sizeof word && word == 0) { /* most of a segment may be zero */
        memcpy(&word, data + to - sizeof word, sizeof word);
        to -= word == 0 ? sizeof word : 0;
    }
    while (to > from && data[to - 1] == 0)
        to--;
    return to > from ? to : from;
}

static uint64_t synced_end(const struct reader_segment *segment)
{
    const struct journal_segment_live *live = &segment->live;
    return live->synced_check == journal_pair_check(live->synced_end, segment->index) ? live->synced_end : 0;
}

/* What the file "live" says: how far the appends went. 0: it does not know. */
static uint64_t written_end(const struct journal_reader *reader, const struct reader_stream *stream,
                            const struct reader_segment *segment)
{
    const struct journal_live_slot *slot = &reader->live.slot[stream->id][segment->index % 2];
    if (memcmp(reader->live.session, segment->head.session, sizeof reader->live.session) != 0 ||
        slot->segment != (uint64_t)segment->index + 1)
        return 0;
    return slot->end;
}

static bool is_closed(const struct reader_segment *segment)
{
    const struct journal_segment_live *live = &segment->live;
    return live->closed_end && live->closed_check == journal_pair_check(live->closed_end, ~(uint64_t)segment->index);
}

/* Damage in `segment` may be what a loss of power left only if the machine was started again since
 * it was written, and nobody has gone on since: who goes on has verified all that was there. */
static bool may_be_power(const struct journal_reader *reader, const struct reader_stream *stream,
                         const struct reader_segment *segment)
{
    static const uint8_t unknown[16];
    const uint8_t *boot = segment->head.boot;
    if (memcmp(boot, reader->boot, sizeof reader->boot) == 0 || memcmp(reader->boot, unknown, sizeof unknown) == 0)
        return false;
    for (const struct reader_segment *later = segment + 1; later < stream->segments + stream->count; later++)
        if (has_good_head(later) && memcmp(boot, later->head.boot, sizeof reader->boot) != 0)
            return false;
    return true;
}

bool reader_may_have_lost(const struct journal_reader *reader, const struct reader_stream *stream)
{
    if (stream->end.tail == JOURNAL_TAIL_CLEAN || stream->count == 0)
        return false;
    return memcmp(stream->segments[stream->count - 1].head.boot, reader->boot, sizeof reader->boot) != 0;
}

/* Damage at `offset`; the walk stands there. `has_later`: begun segments follow. */
static void classify_break(const struct journal_reader *reader, struct reader_stream *stream,
                           const struct reader_segment *segment, uint64_t offset, bool has_later)
{
    struct journal_end *end = &stream->end;
    end->has_beyond = has_later || reader_finds_beyond(segment->data, offset, segment->map_size);
    end->cut_bytes = last_byte(segment->data, offset, segment->map_size) - offset;
    const char *beyond = end->has_beyond ? "; whole records lie behind it" : "";
    if (is_closed(segment))
        tell(stream, JOURNAL_TAIL_CORRUPT, segment, offset, "damage in a session that had ended well%s", beyond);
    else if (offset < synced_end(segment))
        tell(stream, JOURNAL_TAIL_CORRUPT, segment, offset, "damage in what was durable up to %llu%s",
             (unsigned long long)synced_end(segment), beyond);
    else if (may_be_power(reader, stream, segment))
        tell(stream, JOURNAL_TAIL_TORN, segment, offset, "cut here, %llu bytes had not become durable%s",
             (unsigned long long)end->cut_bytes, beyond);
    else
        tell(stream, JOURNAL_TAIL_CORRUPT, segment, offset, "damage, and no loss of power since it was written%s",
             beyond);
}

/* The data ends at `offset` of the last segment, with a zero or with the file. */
static void classify_end(const struct journal_reader *reader, struct reader_stream *stream,
                         const struct reader_segment *segment, uint64_t offset)
{
    struct journal_end *end = &stream->end;
    const struct journal_segment_live *live = &segment->live;
    uint64_t written = written_end(reader, stream, segment);
    if (is_closed(segment)) {
        if (offset == live->closed_end)
            tell(stream, JOURNAL_TAIL_CLEAN, segment, offset, "ended well");
        else
            tell(stream, JOURNAL_TAIL_CORRUPT, segment, offset, "the records end here, the session ended at %llu",
                 (unsigned long long)live->closed_end);
        return;
    }
    bool may_tear = may_be_power(reader, stream, segment);
    if (reader->is_following) {
        tell(stream, JOURNAL_TAIL_OPEN, segment, offset, "more may come");
        return;
    }
    end->has_beyond = reader_finds_beyond(segment->data, offset, segment->map_size);
    uint64_t bytes = last_byte(segment->data, offset, segment->map_size) - offset;
    if (offset < synced_end(segment) || (!may_tear && (written > offset || end->has_beyond))) {
        tell(stream, JOURNAL_TAIL_CORRUPT, segment, offset, "the records end here, %llu had been written",
             (unsigned long long)(written > synced_end(segment) ? written : synced_end(segment)));
        end->cut_bytes = bytes;
    } else if (written > offset || end->has_beyond || (may_tear && bytes > 0)) {
        end->cut_bytes = bytes;
        tell(stream, JOURNAL_TAIL_TORN, segment, offset, "cut here, records up to %llu had not become durable%s",
             (unsigned long long)written, end->has_beyond ? "; whole records lie behind it" : "");
    } else if (segment->file_size < segment->head.size) {
        tell(stream, JOURNAL_TAIL_TORN, segment, offset, "the file has been shortened, %llu of %llu bytes",
             (unsigned long long)segment->file_size, (unsigned long long)segment->head.size);
    } else {
        tell(stream, JOURNAL_TAIL_OPEN, segment, offset, "%s",
             memcmp(segment->head.boot, reader->boot, sizeof reader->boot) == 0
                 ? "the process ended without closing, nothing is lost"
                 : "the machine stopped without closing; what had not begun to reach the disk left "
                   "no trace");
    }
}

/* Walks one segment up to `limit`. OC_OK: reached a natural end. OC_E_DATA: damage at
 * walk->at.offset. */
static oc_rc walk_segment(struct journal_reader *reader, struct reader_stream *stream, struct reader_segment *segment,
                          uint64_t limit, struct walk *walk)
{
    bool is_market = stream->id == JOURNAL_MARKET;
    for (;;) {
        struct hash128 hash;
        oc_rc rc = reader_frame(segment->data, walk->at.offset, limit, walk->at.chain, &hash);
        if (rc == OC_E_END)
            return OC_OK;
        if (rc < 0)
            return rc;
        struct journal_frame frame = reader_frame_at(segment->data, walk->at.offset);
        uint32_t size = frame.size & ~7u;
        struct oc_event event;
        const uint8_t *bytes = segment->data + walk->at.offset + JOURNAL_FRAME_SIZE;
        memcpy(&event, bytes, sizeof event);
        if (event.seq <= walk->last_seq || event.seq < segment->head.first_seq)
            return OC_E_DATA;
        if (is_market) {
            static const uint64_t no_seq;
            memcpy(reader->scratch, bytes, size);
            memcpy(reader->scratch + offsetof(struct oc_event, seq), &no_seq, sizeof no_seq);
            walk->input_hash = hash64_fold(walk->input_hash, hash64(reader->scratch, size));
        } else {
            hash128_chain(&walk->at.hash, hash);
        }
        walk->last_seq = event.seq;
        walk->at.chain = frame.check;
        walk->at.offset += JOURNAL_FRAME_SIZE + size;
        walk->at.count++;
        walk->records++;
        if (!(frame.size & JOURNAL_FRAME_MORE)) {
            walk->whole = walk->at;
            walk->whole_seq = walk->last_seq;
            walk->whole_records = walk->records;
        }
    }
}

/* The records of each segment that may be handed out: up to the last whole batch. */
static void set_ranges(struct reader_stream *stream, const struct walk *walk)
{
    for (size_t i = stream->first; i < stream->count; i++) {
        struct reader_segment *segment = &stream->segments[i];
        segment->begin = i == stream->first ? stream->start.offset : JOURNAL_DATA_OFFSET;
        if (segment->index > walk->whole.segment)
            segment->end = segment->begin;
        else if (segment->index == walk->whole.segment)
            segment->end = walk->whole.offset;
    }
    stream->end.position = walk->whole;
    stream->end.last_seq = walk->whole_seq;
    stream->end.cut_records = walk->records - walk->whole_records;
    stream->records = walk->whole_records;
    stream->input_hash = walk->input_hash;
}

static oc_rc map_segment(struct journal_reader *reader, struct reader_stream *stream, struct reader_segment *segment)
{
    char name[JOURNAL_NAME_MAX], path[ENV_PATH_MAX];
    segment_name(name, stream->id, segment->index);
    segment->map_size = segment->file_size;
    if (segment->map_size > segment->head.size)
        segment->map_size = segment->head.size;
    int fd;
    void *data;
    oc_rc rc = env_path(path, reader->dir, name);
    if (rc >= 0)
        rc = env_open(path, ENV_READ, &fd);
    if (rc < 0)
        return rc;
    rc = env_map(fd, (size_t)segment->map_size, false, &data);
    env_close(fd);
    if (rc >= 0)
        segment->data = data;
    return rc;
}

/* Head and place of segment `i`. False: the walk ends before it, and the end is classified. */
static bool may_enter(struct journal_reader *reader, struct reader_stream *stream, size_t i, const struct walk *walk)
{
    struct reader_segment *segment = &stream->segments[i];
    bool is_first = i == stream->first;
    if (!is_first && segment->index != segment[-1].index + 1) {
        tell(stream, JOURNAL_TAIL_MISSING, segment, 0, "segment %u before it is not there", segment->index - 1);
        return false;
    }
    if (!check_head(reader, stream, segment)) {
        /* The head of a later segment is made durable with its first records: the power may have
         * taken both. */
        if (stream->end.tail == JOURNAL_TAIL_CORRUPT && !is_first && may_be_power(reader, stream, segment - 1)) {
            stream->end.tail = JOURNAL_TAIL_TORN;
            stream->end.has_beyond = true;
        }
        return false;
    }
    const struct journal_segment_head *head = &segment->head;
    if (!is_first && (head->previous_chain != walk->at.chain || head->count != walk->at.count ||
                      head->hash_low != walk->at.hash.low || head->hash_high != walk->at.hash.high)) {
        tell(stream, JOURNAL_TAIL_OLD, segment, 0,
             "it does not continue the one before it: one of them is of another time");
        return false;
    }
    if (segment->file_size < JOURNAL_DATA_OFFSET) {
        tell(stream, JOURNAL_TAIL_CORRUPT, segment, segment->file_size, "the file ends inside its head");
        return false;
    }
    return true;
}

/* The record before the place where a checkpoint goes on is the one that it saw. */
static bool fits_checkpoint(const struct journal_reader *reader, const struct reader_stream *stream,
                            const struct reader_segment *segment)
{
    uint64_t offset = stream->start.offset, last = reader->checkpoint.last[stream->id];
    if (!reader->is_from_checkpoint || segment->index != reader->checkpoint.segment[stream->id] ||
        offset != reader->checkpoint.offset[stream->id])
        return true;
    if (last == 0)
        return offset == JOURNAL_DATA_OFFSET && segment->head.previous_chain == stream->start.chain;
    if (last < JOURNAL_DATA_OFFSET || last % 8 || last >= offset || offset > segment->map_size)
        return false;
    struct journal_frame frame = reader_frame_at(segment->data, last);
    return frame.check == stream->start.chain && last + JOURNAL_FRAME_SIZE + (frame.size & ~7u) == offset;
}

static oc_rc scan_segments(struct journal_reader *reader, struct reader_stream *stream, struct walk *walk)
{
    for (size_t i = stream->first; i < stream->count; i++) {
        struct reader_segment *segment = &stream->segments[i];
        const struct reader_segment *next = i + 1 < stream->count ? segment + 1 : NULL;
        if (!may_enter(reader, stream, i, walk))
            return OC_OK;
        oc_rc rc = map_segment(reader, stream, segment);
        if (rc < 0)
            return rc;
        walk->at.segment = segment->index;
        walk->at.offset = i == stream->first ? stream->start.offset : JOURNAL_DATA_OFFSET;
        if (walk->whole.count == walk->at.count)
            walk->whole = walk->at;
        /* Where the next one says that this one ended: what lies behind was cut by a recovery. */
        bool is_next = next && has_good_head(next) && next->head.index == segment->index + 1 &&
                       next->head.stream == (uint32_t)stream->id;
        uint64_t wanted = is_next ? next->head.previous_end : 0;
        uint64_t limit = wanted && wanted < segment->map_size ? wanted : segment->map_size;
        if (i == stream->first && !fits_checkpoint(reader, stream, segment)) {
            tell(stream, JOURNAL_TAIL_OLD, segment, stream->start.offset,
                 "a checkpoint goes on here, and does not fit the record before");
            segment->end = walk->at.offset;
            return OC_OK;
        }
        rc = walk_segment(reader, stream, segment, limit, walk);
        segment->end = walk->at.offset;
        if (rc < 0 || walk->at.offset < wanted) {
            classify_break(reader, stream, segment, walk->at.offset, next != NULL);
            return OC_OK;
        }
        if (!next)
            classify_end(reader, stream, segment, walk->at.offset);
    }
    return OC_OK;
}

/* The file "live" says that records were appended to this segment. */
static bool live_knows(const struct journal_reader *reader, const struct reader_stream *stream, uint32_t index)
{
    const struct journal_live_slot *slot = &reader->live.slot[stream->id][index % 2];
    bool is_ours = !reader->has_session || memcmp(reader->live.session, reader->session, sizeof reader->session) == 0;
    return is_ours && slot->segment == (uint64_t)index + 1 && slot->end > JOURNAL_DATA_OFFSET;
}

/* Segments behind the last one, known to have been in use. */
static void look_for_missing(struct journal_reader *reader, struct reader_stream *stream)
{
    uint32_t next = stream->count > 0 ? stream->segments[stream->count - 1].index + 1 : 0;
    for (int k = 0; k < 2; k++) {
        uint64_t segment = reader->live.slot[stream->id][k].segment;
        if (segment <= next || segment > JOURNAL_SEGMENTS_MAX || !live_knows(reader, stream, (uint32_t)segment - 1))
            continue;
        const struct reader_segment missing = {.index = (uint32_t)segment - 1};
        tell(stream, JOURNAL_TAIL_MISSING, &missing, 0, "the file is not there, it had records up to %llu",
             (unsigned long long)reader->live.slot[stream->id][k].end);
    }
}

/* Segments that were made ready and never begun. One whose head is gone, but not its records, is no
 * such thing. */
static oc_rc drop_unused(struct journal_reader *reader, struct reader_stream *stream)
{
    while (stream->count > 0) {
        struct reader_segment *last = &stream->segments[stream->count - 1];
        if (last->head.magic != 0 && (has_good_head(last) || stream->count > 1))
            return OC_OK;
        bool has_data = live_knows(reader, stream, last->index);
        if (!has_data && last->file_size > JOURNAL_DATA_OFFSET) {
            last->head.size = last->file_size < JOURNAL_SEGMENT_MAX ? last->file_size : JOURNAL_SEGMENT_MAX;
            oc_rc rc = map_segment(reader, stream, last);
            if (rc < 0)
                return rc;
            has_data = last_byte(last->data, JOURNAL_DATA_OFFSET, last->map_size) > JOURNAL_DATA_OFFSET;
            env_unmap(last->data, (size_t)last->map_size);
            last->data = NULL;
        }
        if (has_data)
            return OC_OK;
        stream->count--;
    }
    return OC_OK;
}

oc_rc reader_scan(struct journal_reader *reader, struct reader_stream *stream)
{
    struct journal_end *end = &stream->end;
    struct walk walk = {.at = stream->start, .whole = stream->start};
    if (reader->is_from_checkpoint)
        walk.input_hash = reader->checkpoint.input_hash;
    end->position = stream->start;
    oc_rc rc = drop_unused(reader, stream);
    if (rc < 0)
        return rc;
    if (stream->count == 0) {
        look_for_missing(reader, stream);
        return OC_OK;
    }
    end->first_segment = stream->segments[0].index;
    if (stream->id == JOURNAL_ORDERS && end->first_segment != 0 && !reader->is_from_checkpoint) {
        tell(stream, JOURNAL_TAIL_MISSING, &stream->segments[0], 0, "the segments before it are not there");
        return OC_OK;
    }
    while (stream->first < stream->count && stream->segments[stream->first].index < stream->start.segment)
        stream->first++;
    const bool is_behind = reader->is_from_checkpoint || reader->is_following;
    if (stream->first == stream->count ||
        (is_behind && stream->start.offset && stream->segments[stream->first].index != stream->start.segment)) {
        size_t shown = stream->first < stream->count ? stream->first : stream->count - 1;
        tell(stream, JOURNAL_TAIL_MISSING, &stream->segments[shown], 0, "segment %u, where it goes on, is not there",
             stream->start.segment);
        stream->first = stream->count;
        return OC_OK;
    }
    if (!stream->start.offset) { /* from the first segment that is there */
        const struct journal_segment_head *head = &stream->segments[stream->first].head;
        stream->start.offset = JOURNAL_DATA_OFFSET;
        stream->start.segment = head->index;
        stream->start.chain = head->index ? head->previous_chain : JOURNAL_CHAIN_START;
        stream->start.count = head->count;
        stream->start.hash = (struct hash128){head->hash_low, head->hash_high};
        walk.at = walk.whole = stream->start;
    }
    rc = scan_segments(reader, stream, &walk);
    if (rc < 0)
        return rc;
    set_ranges(stream, &walk);
    if (end->cut_records > 0 && (end->tail == JOURNAL_TAIL_OPEN || end->tail == JOURNAL_TAIL_CLEAN)) {
        enum journal_tail tail = end->tail == JOURNAL_TAIL_CLEAN ? JOURNAL_TAIL_CORRUPT : JOURNAL_TAIL_TORN;
        const struct reader_segment *last = &stream->segments[stream->count - 1];
        uint64_t records = end->cut_records;
        tell(stream, tail, last, walk.whole.offset, "%llu records of an incomplete batch are left out",
             (unsigned long long)records);
        end->cut_records = records;
    }
    if (end->tail < JOURNAL_TAIL_CORRUPT)
        look_for_missing(reader, stream);
    return OC_OK;
}
