/* journal_crash.c: lives of a session that end by a loss of power or a kill at a random operation
 * or record, each followed by a restore that is compared with what was recorded.
 *
 *   journal_crash [--seeds N] [--first S]     a failing seed is printed with the command that
 * repeats it; exit 1
 */
#include "base/hash.h"
#include "journal/door.h"
#include "journal/read.h"
#include "support/env_sim.h"
#include "support/faults.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 4096, LIVES = 3, IDS_MAX = 4096 };

static const char dir[] = "/session";
static bool has_faults; /* release builds have no named faults: there the worker is never late */

struct kept { /* what was recorded */
    uint64_t seq;
    uint64_t hash;
    uint64_t batch; /* 0: none */
};

static struct {
    struct kept orders[RECORDS_MAX];
    struct kept market[RECORDS_MAX];
    size_t order_count;
    size_t market_count;
    uint64_t pending_batch; /* not yet committed */
    uint64_t batches;
    uint64_t durable_seq;
    uint64_t checkpoint_seq; /* of one that was reported to be there */
    uint64_t progress_seq;
    uint64_t last_id;
    uint64_t random;
    bool is_late; /* the worker comes to its jobs when it likes */
    struct door *door;
    jmp_buf end;
    char why[512];
} life;

static struct {
    uint64_t power, killed, closed, torn, open, clean, empty, from_checkpoint, lost, beyond, late;
} seen;

static uint64_t roll(uint64_t below)
{
    life.random = life.random * 6364136223846793005u + 1442695040888963407u;
    return (life.random >> 33) % below;
}

static void end_life(void *arg)
{
    (void)arg;
    longjmp(life.end, 1);
}

static bool wrong(const char *what, uint64_t found, uint64_t expected)
{
    snprintf(life.why, sizeof life.why, "%s: found %llu, expected %llu", what, (unsigned long long)found,
             (unsigned long long)expected);
    return false;
}

struct event {
    struct oc_event head;
    uint64_t body[60];
};

static struct event make(uint64_t number, uint16_t type)
{
    struct event event = {.head = {.type = type, .local_ns = (int64_t)number}};
    size_t words = (size_t)roll(60);
    event.head.size = (uint32_t)(sizeof event.head + 8 * words);
    for (size_t i = 0; i < words; i++)
        event.body[i] = roll(4) ? roll(1u << 30) : 0;
    return event;
}

static void put(struct kept *list, size_t *count, const struct event *event, uint64_t batch)
{
    list[(*count)++] = (struct kept){event->head.seq, hash64(event, event->head.size), batch};
}

static void record_order(uint64_t batch)
{
    struct event event = make(life.order_count, OC_EV_FILL);
    oc_rc rc = roll(2) ? door_record(life.door, &event.head) : door_record_risk(life.door, &event.head);
    if (rc == OC_OK)
        put(life.orders, &life.order_count, &event, batch);
}

static void start_checkpoint(void)
{
    void *blob;
    size_t room;
    uint64_t seq = door_seq(life.door);
    if (door_checkpoint_begin(life.door, &blob, &room) < 0)
        return; /* the worker is still at the one before */
    memcpy(blob, &seq, sizeof seq);
    if (door_checkpoint_start(life.door, sizeof seq) == OC_OK && life.is_late)
        seen.late += door_checkpoint_seq(life.door) < seq;
}

static void one_step(bool by_value)
{
    fault_clear();
    if (life.is_late && roll(5))
        fault_arm("worker.later", 0);
    uint64_t kind = roll(100);
    if (kind < 45) {
        record_order(0);
    } else if (kind < 70) {
        struct event tick = make(life.market_count, OC_EV_TRADE);
        if (door_market(life.door, &tick.head, by_value) == OC_OK && by_value)
            put(life.market, &life.market_count, &tick, 0);
    } else if (kind < 85) {
        uint64_t count = roll(roll(8) ? 6 : 200);
        life.pending_batch = ++life.batches;
        door_batch_begin(life.door);
        for (uint64_t i = 0; i < count && life.order_count < RECORDS_MAX - 1; i++)
            record_order(life.pending_batch);
        if (door_batch_commit(life.door) == OC_OK)
            life.pending_batch = 0;
    } else if (kind < 90) {
        door_progress(life.door, door_seq(life.door), door_market_count(life.door));
        life.progress_seq = door_seq(life.door);
    } else if (kind < 94) {
        (void)(roll(2) ? door_sync(life.door) : door_sync_start(life.door));
    } else if (kind < 96) {
        start_checkpoint();
    } else {
        env_sim_writeback((unsigned)roll(1000));
    }
    if (door_durable_seq(life.door) > life.durable_seq)
        life.durable_seq = door_durable_seq(life.door);
    if (door_checkpoint_seq(life.door) > life.checkpoint_seq)
        life.checkpoint_seq = door_checkpoint_seq(life.door);
}

/* One process. False: a wrong answer. *ret_is_closed: it came to its end. */
static bool live(const struct door_resume *resume, bool by_value, bool *ret_is_closed)
{
    static const size_t sizes[] = {16 << 10, 32 << 10, 128 << 10};
    struct door_config config = {.dir = dir,
                                 .header = "seed",
                                 .header_size = 4,
                                 .resume = resume,
                                 .durability = roll(2) ? DOOR_POWER : DOOR_PROCESS,
                                 .orders_segment_size = sizes[roll(3)],
                                 .market_segment_size = sizes[roll(3)],
                                 .checkpoint_size = 64,
                                 .market_by_value = by_value};
    fault_clear();
    life.is_late = roll(2) == 0 && has_faults;
    *ret_is_closed = false;
    uint64_t steps = roll(roll(4) ? 400 : 30);
    env_sim_on_operation(roll(3) ? 1 + roll(roll(2) ? 40 : 400) : 0, end_life, NULL);
    if (setjmp(life.end))
        return true;
    oc_rc rc = door_open(&config, &life.door);
    if (rc < 0)
        return wrong(door_open_error(), (uint64_t)-rc, 0);
    if (resume && life.durable_seq < resume->seq)
        life.durable_seq = resume->seq; /* who goes on has made sure of what was there */
    uint64_t id;
    if (door_order_id(life.door, &id) < 0 || id <= life.last_id)
        return wrong("an order id was given twice", id, life.last_id + 1);
    life.last_id = id;
    for (uint64_t i = 0; i < steps && life.order_count < RECORDS_MAX - 300 && life.market_count < RECORDS_MAX - 2; i++)
        one_step(by_value);
    fault_clear();
    if (roll(6) == 0) {
        rc = door_close(life.door);
        if (rc < 0)
            return wrong("closing", (uint64_t)-rc, 0);
        *ret_is_closed = true;
        life.durable_seq = UINT64_MAX;
    }
    return true;
}

static bool compare(struct journal_reader *reader, size_t *ret_orders, size_t *ret_market, uint64_t from)
{
    const struct oc_event *event;
    enum journal_stream stream;
    size_t next[2] = {0, 0};
    const struct kept *lists[2] = {life.orders, life.market};
    size_t counts[2] = {life.order_count, life.market_count};
    for (int i = 0; i < 2; i++)
        while (next[i] < counts[i] && lists[i][next[i]].seq <= from)
            next[i]++;
    while (journal_next(reader, &event, &stream) == OC_OK) {
        size_t at = next[stream]++;
        if (at >= counts[stream])
            return wrong("more records than were made", at, counts[stream]);
        if (event->seq != lists[stream][at].seq || hash64(event, event->size) != lists[stream][at].hash)
            return wrong("another record than was made", event->seq, lists[stream][at].seq);
    }
    *ret_orders = next[JOURNAL_ORDERS];
    *ret_market = next[JOURNAL_MARKET];
    return true;
}

static bool check_orders(size_t got, bool is_power, bool is_closed)
{
    size_t complete = life.order_count;
    while (complete > 0 && life.pending_batch && life.orders[complete - 1].batch == life.pending_batch)
        complete--;
    if (got > complete)
        return wrong("records of an incomplete batch", got, complete);
    if (got > 0 && got < life.order_count && life.orders[got - 1].batch &&
        life.orders[got - 1].batch == life.orders[got].batch)
        return wrong("half a batch", got, complete);
    if ((!is_power || is_closed) && got != complete)
        return wrong("a kill lost records", got, complete);
    if (got < complete && life.orders[got].seq <= life.durable_seq)
        return wrong("a durable record is lost", life.orders[got].seq, life.durable_seq);
    seen.lost += complete - got;
    return true;
}

static void count_tail(const struct journal_end *end)
{
    seen.torn += end->tail == JOURNAL_TAIL_TORN;
    seen.open += end->tail == JOURNAL_TAIL_OPEN;
    seen.clean += end->tail == JOURNAL_TAIL_CLEAN;
    seen.beyond += end->has_beyond;
}

/* Reads what is left and makes it the truth of the next life. */
static bool restore(bool is_power, bool is_closed, struct door_resume *ret_resume, bool *ret_is_empty)
{
    struct journal_reader *reader;
    oc_rc rc = journal_open_read(dir, false, &reader);
    *ret_is_empty = rc == OC_E_NOT_FOUND;
    if (rc == OC_E_NOT_FOUND) {
        seen.empty++;
        return life.durable_seq == 0 || wrong("nothing is left", 0, life.durable_seq);
    }
    if (rc < 0)
        return wrong(journal_error(), (uint64_t)-rc, 0);
    size_t orders, market;
    struct journal_progress progress = {0};
    count_tail(journal_end(reader, JOURNAL_ORDERS));
    if (!compare(reader, &orders, &market, 0) || !check_orders(orders, is_power, is_closed))
        return false;
    if ((!is_power || is_closed) && market != life.market_count)
        return wrong("a kill lost market records", market, life.market_count);
    if (!is_power && life.progress_seq && (!journal_progress(reader, &progress) || progress.seq != life.progress_seq))
        return wrong("progress", progress.seq, life.progress_seq);
    if (is_closed && journal_end(reader, JOURNAL_ORDERS)->tail != JOURNAL_TAIL_CLEAN)
        return wrong("a closed session is not clean", (uint64_t)journal_end(reader, JOURNAL_ORDERS)->tail, 1);
    if (journal_resume(reader, ret_resume) < 0)
        return wrong("no way to go on", 0, 0);
    uint64_t count;
    struct hash128 hash = journal_order_hash(reader, &count);
    journal_close_read(reader);
    if (life.checkpoint_seq) { /* the same end by the shorter way */
        if (journal_open_read(dir, true, &reader) < 0)
            return wrong(journal_error(), 0, 0);
        struct journal_checkpoint checkpoint;
        size_t orders_again, market_again;
        if (!journal_checkpoint(reader, &checkpoint) || checkpoint.seq < life.checkpoint_seq ||
            memcmp(checkpoint.blob, &checkpoint.seq, sizeof checkpoint.seq) != 0)
            return wrong("the checkpoint is not there", 0, life.checkpoint_seq);
        if (!compare(reader, &orders_again, &market_again, checkpoint.seq))
            return false;
        uint64_t count_again;
        struct hash128 hash_again = journal_order_hash(reader, &count_again);
        if (orders_again != orders || market_again != market || count_again != count || hash_again.low != hash.low)
            return wrong("another end from the checkpoint", orders_again, orders);
        seen.from_checkpoint++;
        journal_close_read(reader);
    }
    life.order_count = orders;
    life.market_count = market;
    return true;
}

static bool run(uint64_t seed)
{
    memset(&life, 0, sizeof life);
    life.random = seed * 0x9e3779b97f4a7c15u + 1;
    env_sim_start(&(struct env_sim_config){.seed = seed, .start_ns = 1});
    bool by_value = roll(2) == 0, is_good = true, is_empty = true;
    struct door_resume resume;
    for (int i = 0; i < LIVES && is_good; i++) {
        bool is_closed, is_power = roll(3) != 0;
        life.progress_seq = 0;
        is_good = live(is_empty ? NULL : &resume, by_value, &is_closed);
        if (!is_good)
            break;
        seen.closed += is_closed;
        seen.power += is_power;
        seen.killed += !is_power;
        env_sim_on_operation(0, NULL, NULL);
        if (is_power)
            env_sim_crash(seed + (uint64_t)i);
        else
            env_sim_kill();
        is_good = restore(is_power, is_closed, &resume, &is_empty);
        life.pending_batch = 0;
        if (is_empty)
            life.durable_seq = 0;
        else if (is_power || life.durable_seq > resume.seq)
            life.durable_seq = resume.seq; /* after a loss of power all that is there is on the disk */
        if (is_empty)
            life.order_count = life.market_count = 0;
    }
    env_sim_stop();
    if (!is_good)
        fprintf(stderr, "seed %llu: %s\n  again: journal_crash --first %llu --seeds 1\n", (unsigned long long)seed,
                life.why, (unsigned long long)seed);
    return is_good;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 300, first = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--first") == 0)
            first = strtoull(argv[i + 1], NULL, 10);
    }
    fault_arm("probe", 0);
    has_faults = FAULT("probe");
    uint64_t bad = 0;
    for (uint64_t seed = first; seed < first + seeds && bad < 10; seed++)
        bad += !run(seed);
    printf("%llu seeds, %llu wrong; power %llu, killed %llu, closed %llu; tails: torn %llu, open "
           "%llu, clean %llu, "
           "empty %llu; %llu with records behind a hole; %llu records lost before they were "
           "durable; %llu from checkpoints, %llu of them made late\n",
           (unsigned long long)seeds, (unsigned long long)bad, (unsigned long long)seen.power,
           (unsigned long long)seen.killed, (unsigned long long)seen.closed, (unsigned long long)seen.torn,
           (unsigned long long)seen.open, (unsigned long long)seen.clean, (unsigned long long)seen.empty,
           (unsigned long long)seen.beyond, (unsigned long long)seen.lost, (unsigned long long)seen.from_checkpoint,
           (unsigned long long)seen.late);
    bool has_seen = seeds < 300 || (seen.torn > 20 && seen.clean > 20 && seen.beyond > 5 && seen.from_checkpoint > 50 &&
                                    (seen.late > 50 || !has_faults));
    if (!has_seen)
        fprintf(stderr, "the crashes did not reach what they should: see the counts above\n");
    return bad == 0 && has_seen ? 0 : 1;
}
