/* journal_kit.h: what the journal's tests share: a folder on the simulated disk, events of varying
 * size, a door, a reader. */
#ifndef TEST_JOURNAL_KIT_H
#define TEST_JOURNAL_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal/door.h"
#include "journal/read.h"
#include "support/checkpoint_kit.h"
#include "support/env_sim.h"

#include <string.h>

static const char dir[] = "/session";

enum { SMALL_SEGMENT = 64 << 10, NS = 1000 };

struct record { /* an event with a variable tail */
    struct oc_event head;
    uint64_t body[40];
};

static inline struct record make(uint64_t number, uint16_t type)
{
    struct record record = {.head = {.type = type, .source = 1, .local_ns = (int64_t)number * NS}};
    size_t words = number * 7 % 23;
    record.head.size = (uint32_t)(sizeof record.head + 8 * words);
    for (size_t i = 0; i < words; i++)
        record.body[i] = (number + 1) * 0x9e3779b97f4a7c15u + i;
    return record;
}

static inline struct door *open_door(const struct door_resume *resume)
{
    struct door_config config = {.dir = dir,
                                 .header = "build = 1\n",
                                 .header_size = 10,
                                 .resume = resume,
                                 .orders_segment_size = SMALL_SEGMENT,
                                 .market_segment_size = SMALL_SEGMENT};
    struct door *door = NULL;
    oc_rc rc = door_open(&config, &door);
    if (rc < 0)
        print_error("%s\n", door_open_error());
    assert_int_equal(rc, OC_OK);
    return door;
}

static inline void start(void) { env_sim_start(&(struct env_sim_config){.seed = 7, .start_ns = 1}); }

static inline struct journal_reader *open_reader(oc_rc expected)
{
    struct journal_reader *reader = NULL;
    assert_int_equal(journal_open_read(dir, false, &reader), expected);
    return reader;
}

static inline uint64_t count_records(struct journal_reader *reader, uint64_t *ret_last_seq)
{
    const struct oc_event *event;
    enum journal_stream stream;
    uint64_t count = 0, last = 0;
    journal_rewind(reader);
    while (journal_next(reader, &event, &stream) == OC_OK) {
        assert_true(event->seq > last);
        last = event->seq;
        count++;
    }
    *ret_last_seq = last;
    return count;
}

static inline enum journal_tail tail_of(const struct journal_reader *reader)
{
    return journal_end(reader, JOURNAL_ORDERS)->tail;
}

static inline void record(struct door *door, uint64_t number)
{
    struct record record = make(number, OC_EV_COMMAND);
    assert_int_equal(door_record(door, &record.head), OC_OK);
}

#endif
