/* read_impl.h: what read*.c share. */
#ifndef JOURNAL_READ_IMPL_H
#define JOURNAL_READ_IMPL_H

#include "journal/checkpoint.h"
#include "journal/read.h"
#include "journal/segment.h"

#include "base/checked.h"
#include "base/env.h"

struct reader_segment {
    uint32_t index;
    uint8_t *data; /* mapped, NULL when not needed */
    uint64_t map_size;
    uint64_t file_size;
    struct journal_segment_head head;
    struct journal_segment_live live;
    uint64_t begin; /* the records that may be handed out */
    uint64_t end;
};

struct reader_stream {
    enum journal_stream id;
    struct reader_segment *segments; /* by index */
    size_t count;
    size_t room;
    size_t first; /* the first one that is read */
    struct journal_position start;
    struct journal_end end;
    uint64_t records;    /* handed out from start to end */
    uint64_t input_hash; /* market: folded over them, from the checkpoint's or 0 */
    /* walk */
    size_t at;
    uint64_t offset;
    struct journal_position walked; /* behind the last record that was handed out */
};

struct journal_reader {
    char dir[ENV_PATH_MAX];
    struct reader_stream stream[JOURNAL_STREAMS];
    uint8_t session[16];
    uint8_t boot[16];
    bool has_session;
    bool has_checkpoint;
    bool is_from_checkpoint;
    bool is_following; /* from places that were given; somebody may be writing behind them */
    struct journal_checkpoint_head checkpoint;
    void *blob;
    unsigned passed_over;
    char *header;
    size_t header_size;
    oc_rc header_rc;
    struct journal_live_file live; /* zero when there is none of this session */
    uint8_t scratch[OC_EVENT_MAX];
};

/* Verifies from stream->start and classifies the end into stream->end. */
CHECKED oc_rc reader_scan(struct journal_reader *reader, struct reader_stream *stream);
/* True when the power may have taken records of it without a trace. */
bool reader_may_have_lost(const struct journal_reader *reader, const struct reader_stream *stream);

static inline struct journal_frame reader_frame_at(const uint8_t *data, uint64_t offset)
{
    struct journal_frame frame;
    memcpy(&frame, data + offset, sizeof frame);
    return frame;
}
/* True when records that hang together lie in [from, to). */
bool reader_finds_beyond(const uint8_t *data, uint64_t from, uint64_t to);

#endif
