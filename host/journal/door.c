/* door.c: the hot path: stamp, copy, check, hash. What is slow is in door_work.c, what is done once
 * in door_open.c. */
#include "journal/door_impl.h"

static inline bool has_good_size(const struct oc_event *event)
{
    return event->size >= sizeof *event && event->size <= OC_EVENT_MAX && event->size % 8 == 0;
}

/* Records are multiples of 8 and short: a loop in registers beats a call of memcpy. */
static inline void copy_words(uint8_t *to, const void *from, uint32_t size)
{
    const uint8_t *bytes = from;
    uint32_t at = 0;
    for (; at + 64 <= size; at += 64)
        memcpy(to + at, bytes + at, 64);
    for (; at + 16 <= size; at += 16)
        memcpy(to + at, bytes + at, 16);
    if (at < size)
        memcpy(to + at, bytes + at, 8);
}

static inline void put_frame(uint8_t *at, uint32_t size_word, uint32_t check)
{
    uint64_t frame = (uint64_t)check << 32 | size_word;
    atomic_store_explicit((_Atomic uint64_t *)(void *)at, frame, memory_order_release);
}

static inline oc_rc append(struct door *door, struct door_stream *stream, const struct oc_event *event, uint32_t flags)
{
    uint32_t size = event->size;
    if (__builtin_expect(stream->end + JOURNAL_FRAME_SIZE + size > stream->limit, 0)) {
        oc_rc rc = door_make_room(door, stream, size);
        if (rc < 0)
            return rc;
    }
    uint8_t *at = stream->data + stream->end;
    copy_words(at + JOURNAL_FRAME_SIZE, event, size);
    struct hash128 hash = hash128(event, size);
    uint32_t check = journal_frame_check(stream->chain, hash, size | flags);
    if (flags & JOURNAL_FRAME_MORE) {
        door->batch_at = at;
        door->batch_hash = hash;
        door->batch_size = size;
        door->batch_chain = stream->chain;
    }
    put_frame(at, size | flags, check);
    stream->chain = check;
    stream->last = stream->end;
    stream->end += JOURNAL_FRAME_SIZE + size;
    stream->count++;
    atomic_store_explicit(&stream->live->end, stream->end, memory_order_relaxed);
    if (stream->id == JOURNAL_ORDERS)
        hash128_chain(&stream->hash, hash);
    return OC_OK;
}

oc_rc door_record(struct door *door, struct oc_event *event)
{
    if (!has_good_size(event))
        return OC_E_INVALID;
    event->seq = door->seq + 1;
    oc_rc rc = append(door, &door->stream[JOURNAL_ORDERS], event, door->batch_more | JOURNAL_FRAME_HERE);
    if (__builtin_expect(rc < 0, 0)) {
        event->seq = 0;
        door->stats.refused++;
        door->batch_rc = rc;
        return rc;
    }
    door->seq++;
    return OC_OK;
}

oc_rc door_record_risk(struct door *door, struct oc_event *event)
{
    if (__builtin_expect(door_failed(door), 0)) {
        door->stats.refused++;
        door->batch_rc = OC_E_IO;
        return OC_E_IO;
    }
    return door_record(door, event);
}

oc_rc door_market(struct door *door, struct oc_event *event, bool by_value)
{
    if (!has_good_size(event))
        return OC_E_INVALID;
    event->seq = 0; /* the input's hash must not depend on how many orders there were */
    uint64_t hash = hash64(event, event->size);
    event->seq = door->seq + 1;
    if (by_value) {
        oc_rc rc = append(door, &door->stream[JOURNAL_MARKET], event, JOURNAL_FRAME_HERE);
        if (rc < 0) {
            event->seq = 0;
            door->stats.refused++;
            return rc;
        }
    }
    door->seq++;
    door->market_count++;
    door->input_hash = hash64_fold(door->input_hash, hash);
    return OC_OK;
}

uint64_t door_fold_input(uint64_t input_hash, struct oc_event *event)
{
    const uint64_t seq = event->seq;
    event->seq = 0;
    input_hash = hash64_fold(input_hash, hash64(event, event->size));
    event->seq = seq;
    return input_hash;
}

oc_rc door_market_known(struct door *door, struct oc_event *event)
{
    if (!has_good_size(event))
        return OC_E_INVALID;
    door->input_hash = door_fold_input(door->input_hash, event);
    door->market_count++;
    return OC_OK;
}

void door_batch_begin(struct door *door)
{
    door->batch_more = JOURNAL_FRAME_MORE;
    door->batch_at = NULL;
    door->batch_rc = OC_OK;
}

oc_rc door_batch_commit(struct door *door)
{
    door->batch_more = 0;
    if (door->batch_at) {
        /* The last record loses its "more": its check changes, and with one store the whole batch
         * counts. */
        uint32_t size_word = door->batch_size | JOURNAL_FRAME_HERE;
        uint32_t check = journal_frame_check(door->batch_chain, door->batch_hash, size_word);
        put_frame(door->batch_at, size_word, check);
        door->stream[JOURNAL_ORDERS].chain = check;
        door->batch_at = NULL;
    }
    oc_rc rc = door->batch_rc;
    door->batch_rc = OC_OK;
    return rc;
}

void door_progress(struct door *door, uint64_t seq, uint64_t market_index)
{
    struct journal_mark mark = {.seq = seq, .market_index = market_index, .input_hash = door->input_hash};
    mark.check = journal_mark_check(&mark);
    door->mark_turn ^= 1;
    atomic_signal_fence(memory_order_seq_cst); /* the records it speaks of come first */
    door->live->mark[door->mark_turn] = mark;
}

uint64_t door_seq(const struct door *door) { return door->seq; }

bool door_failed(const struct door *door)
{
    return atomic_load_explicit(&door->state, memory_order_relaxed) != DOOR_GOOD;
}

const char *door_error(const struct door *door)
{
    return atomic_load_explicit(&door->state, memory_order_acquire) == DOOR_GOOD ? "" : door->error;
}

uint64_t door_durable_seq(const struct door *door)
{
    return atomic_load_explicit(&door->durable_seq, memory_order_acquire);
}

uint32_t door_epoch(const struct door *door) { return door->epoch.number; }
const uint8_t *door_session(const struct door *door) { return door->session; }

oc_rc door_order_id(struct door *door, uint64_t *ret_id) { return epoch_next(&door->epoch, ret_id); }

struct door_hash door_order_hash(const struct door *door)
{
    const struct door_stream *orders = &door->stream[JOURNAL_ORDERS];
    return (struct door_hash){orders->hash.low, orders->hash.high, orders->count};
}

uint64_t door_input_hash(const struct door *door) { return door->input_hash; }

uint64_t door_market_count(const struct door *door) { return door->market_count; }

static uint64_t stream_bytes(const struct door_stream *stream)
{
    return stream->bytes + (stream->is_open ? stream->end - JOURNAL_DATA_OFFSET : 0);
}

struct door_stats door_stats(const struct door *door)
{
    struct door_stats stats = door->stats;
    stats.order_bytes = stream_bytes(&door->stream[JOURNAL_ORDERS]);
    stats.market_bytes = stream_bytes(&door->stream[JOURNAL_MARKET]);
    return stats;
}
