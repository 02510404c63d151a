/* journal_fuzz.c: any bytes as a session folder on the simulated disk. The reader may refuse them;
 * it may not fail, and what it hands out must be whole.
 *
 * Input: pieces {file (1 byte), size (2 bytes), bytes}. Structures whose hash is wrong are given a
 * right one when the top bit of the file byte is set, so that the fuzzer gets behind the first
 * check.
 */
#include "journal/door.h"
#include "journal/epoch.h"
#include "journal/read.h"
#include "support/env_sim.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"/s/orders-000000.oj", "/s/orders-000001.oj",
                                    "/s/market-000000.oj", "/s/checkpoint-00000000000000000005",
                                    "/s/session-000000",   "/s/epoch",
                                    "/s/orders-000002.oj", "/s/live"};

enum { FILE_MAX = 1 << 16 };

static void mend(uint8_t *bytes, size_t size, unsigned file)
{
    if (file <= 2 || file == 6) {
        struct journal_segment_head head;
        if (size < JOURNAL_DATA_OFFSET)
            return;
        memcpy(&head, bytes, sizeof head);
        head.magic = JOURNAL_SEGMENT_MAGIC;
        head.version = JOURNAL_VERSION;
        head.stream = file == 2;
        head.index = file == 6 ? 2 : file % 2;
        head.check = JOURNAL_CHECK(&head);
        memcpy(bytes, &head, sizeof head);
        uint32_t chain = head.index ? head.previous_chain : JOURNAL_CHAIN_START;
        for (uint64_t at = JOURNAL_DATA_OFFSET; at + JOURNAL_FRAME_SIZE + sizeof(struct oc_event) <= size;) {
            struct journal_frame frame;
            memcpy(&frame, bytes + at, sizeof frame);
            frame.size = (frame.size & ~6u) | JOURNAL_FRAME_HERE;
            uint32_t length = frame.size & ~7u;
            if (length < sizeof(struct oc_event) || at + JOURNAL_FRAME_SIZE + length > size)
                break;
            memcpy(bytes + at + JOURNAL_FRAME_SIZE, &length, sizeof length);
            chain = frame.check =
                journal_frame_check(chain, hash128(bytes + at + JOURNAL_FRAME_SIZE, length), frame.size);
            memcpy(bytes + at, &frame, sizeof frame);
            at += JOURNAL_FRAME_SIZE + length;
        }
    } else if (file == 7 && size >= sizeof(struct journal_live_file)) {
        const uint64_t magic = JOURNAL_LIVE_MAGIC;
        memcpy(bytes, &magic, sizeof magic);
        memset(bytes + sizeof magic, 0, 16); /* the session of the heads that are made up */
    } else if (file == 3 && size >= sizeof(struct journal_checkpoint_head)) {
        struct journal_checkpoint_head head;
        memcpy(&head, bytes, sizeof head);
        head.magic = JOURNAL_CHECKPOINT_MAGIC;
        head.version = JOURNAL_VERSION;
        head.blob_size = size - sizeof head;
        struct hash128 hash = hash128(bytes + sizeof head, size - sizeof head);
        head.blob_low = hash.low;
        head.blob_high = hash.high;
        head.check = JOURNAL_CHECK(&head);
        memcpy(bytes, &head, sizeof head);
    }
}

static void read_all(bool from_checkpoint)
{
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    struct journal_progress progress;
    struct door_resume resume;
    const char *text;
    size_t text_size;
    (void)journal_open_read("/s", from_checkpoint, &reader);
    if (!reader)
        return;
    uint64_t last[JOURNAL_STREAMS] = {0, 0};
    while (journal_next(reader, &event, &stream) == OC_OK) {
        if (event->seq <= last[stream] || event->size < sizeof *event || event->size > OC_EVENT_MAX)
            abort();
        last[stream] = event->seq;
        (void)hash64(event, event->size);
    }
    (void)journal_progress(reader, &progress);
    (void)journal_header(reader, &text, &text_size);
    bool goes_on = journal_resume(reader, &resume) == OC_OK;
    journal_close_read(reader);
    if (goes_on && !from_checkpoint) {
        struct door_config config = {.dir = "/s",
                                     .resume = &resume,
                                     .orders_segment_size = JOURNAL_SEGMENT_MIN,
                                     .market_segment_size = JOURNAL_SEGMENT_MIN};
        struct door *door;
        struct oc_event event_here = {.size = sizeof event_here};
        if (door_open(&config, &door) == OC_OK) {
            (void)door_record(door, &event_here);
            (void)door_close(door);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[FILE_MAX + JOURNAL_PAGE];
    env_sim_start(&(struct env_sim_config){.seed = 1});
    (void)env_mkdir("/s");
    while (size >= 3) {
        unsigned file = data[0] & 7u;
        bool is_mended = (data[0] & 0x80) != 0, is_late = (data[0] & 0x40) != 0;
        size_t length = data[1] | (size_t)data[2] << 8, room = is_late ? JOURNAL_PAGE : 0;
        data += 3;
        size -= 3;
        if (length > size)
            length = size;
        memset(bytes, 0, room); /* "late": the bytes are records, behind a head that is made up */
        memcpy(bytes + room, data, length);
        if (is_late) {
            struct journal_segment_head head = {.size = FILE_MAX, .first_seq = 1};
            memcpy(bytes, &head, sizeof head);
        }
        if (is_mended)
            mend(bytes, room + length, file);
        (void)env_sim_put_file(names[file], bytes, room + length);
        data += length;
        size -= length;
    }
    read_all(false);
    env_sim_kill();
    read_all(true);
    env_sim_stop();
    return 0;
}
