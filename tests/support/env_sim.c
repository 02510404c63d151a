/* env_sim.c: clock, timers, memory and failures of the simulation. The disk is env_sim_disk.c. */
#include "support/env_sim.h"

#include "base/random.h"

#include "support/env_sim_disk.h"
#include "support/timer_heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct block { /* in front of each allocation */
    struct block *previous;
    struct block *next;
    size_t size;
    size_t zero; /* keeps what follows aligned to 16 */
};

struct timer {
    void (*fn)(void *arg);
    void *arg;
};

struct env_signal {
    uint64_t count;
};

static struct {
    uint64_t random_state;
    int64_t real_ns;
    int64_t mono_ns;
    uint64_t boot;
    uint64_t counts[ENV_SIM_OP_COUNT];
    enum env_sim_op fail_op;
    enum env_sim_op broken; /* ENV_SIM_NONE: none */
    uint64_t fail_at;       /* the count at which it fails; 0 = disarmed */
    bool has_failed;
    uint64_t hook_at; /* the count of all operations in front of which it is called; 0 = disarmed */
    void (*hook)(void *arg);
    void *hook_arg;
    struct block blocks; /* list head */
    size_t block_count;
    struct timer_heap_item timer_items[ENV_SIM_TIMERS_MAX];
    struct timer timers[ENV_SIM_TIMERS_MAX];
    bool timer_used[ENV_SIM_TIMERS_MAX];
    struct timer_heap timer_heap;
} sim;

uint64_t env_sim_random(void) { return random_next(&sim.random_state); }

bool env_sim_step(enum env_sim_op op, const char *path)
{
    sim.counts[op]++;
    sim.counts[ENV_SIM_ANY]++;
    if (sim.hook_at == sim.counts[ENV_SIM_ANY]) {
        sim.hook_at = 0;
        sim.hook(sim.hook_arg);
    }
    if (sim.broken != ENV_SIM_NONE && (sim.broken == op || sim.broken == ENV_SIM_ANY)) {
        (void)env_fail("simulated failure", path, op == ENV_SIM_ALLOC ? ENOMEM : EIO);
        return false;
    }
    if (sim.fail_at == 0 || (sim.fail_op != op && sim.fail_op != ENV_SIM_ANY))
        return true;
    if (sim.counts[sim.fail_op] != sim.fail_at)
        return true;
    sim.fail_at = 0;
    sim.has_failed = true;
    (void)env_fail("simulated failure", path, op == ENV_SIM_ALLOC ? ENOMEM : EIO);
    return false;
}

void env_sim_fail(enum env_sim_op op, uint64_t nth)
{
    sim.fail_op = op;
    sim.fail_at = nth ? sim.counts[op] + nth : 0;
    sim.has_failed = false;
}

void env_sim_break(enum env_sim_op op) { sim.broken = op; }

void env_sim_on_operation(uint64_t nth, void (*fn)(void *arg), void *arg)
{
    sim.hook_at = nth ? sim.counts[ENV_SIM_ANY] + nth : 0;
    sim.hook = fn;
    sim.hook_arg = arg;
}

bool env_sim_has_failed(void) { return sim.has_failed; }

uint64_t env_sim_count(enum env_sim_op op) { return sim.counts[op]; }

static int64_t sim_clock_real(void) { return sim.real_ns; }
static int64_t sim_clock_mono(void) { return sim.mono_ns; }

void env_sim_advance(int64_t ns)
{
    int64_t until = sim.mono_ns + ns;
    const struct timer_heap_item *first;
    while ((first = timer_heap_first(&sim.timer_heap)) != NULL && first->time_ns <= until) {
        struct timer_heap_item item;
        timer_heap_pop(&sim.timer_heap, &item);
        if (item.time_ns > sim.mono_ns) {
            sim.real_ns += item.time_ns - sim.mono_ns;
            sim.mono_ns = item.time_ns;
        }
        struct timer timer = sim.timers[item.value];
        sim.timer_used[item.value] = false;
        timer.fn(timer.arg);
    }
    if (until > sim.mono_ns) {
        sim.real_ns += until - sim.mono_ns;
        sim.mono_ns = until;
    }
}

oc_rc env_sim_at(int64_t time_ns, void (*fn)(void *arg), void *arg)
{
    size_t index = 0;
    while (index < ENV_SIM_TIMERS_MAX && sim.timer_used[index])
        index++;
    if (index == ENV_SIM_TIMERS_MAX)
        return OC_E_LIMIT;
    sim.timer_used[index] = true;
    sim.timers[index] = (struct timer){fn, arg};
    return timer_heap_push(&sim.timer_heap, (struct timer_heap_item){time_ns, env_sim_random(), index});
}

static void sim_sleep(int64_t ns)
{
    if (ns > 0)
        env_sim_advance(ns);
}

static void *sim_alloc(size_t size)
{
    if (!env_sim_step(ENV_SIM_ALLOC, NULL))
        return NULL;
    struct block *block = calloc(1, sizeof *block + size);
    if (!block)
        return NULL;
    block->size = size;
    block->previous = &sim.blocks;
    block->next = sim.blocks.next;
    block->next->previous = block;
    sim.blocks.next = block;
    sim.block_count++;
    return block + 1;
}

static void sim_free(void *data)
{
    if (!data)
        return;
    struct block *block = (struct block *)data - 1;
    block->previous->next = block->next;
    block->next->previous = block->previous;
    sim.block_count--;
    free(block);
}

static void *sim_resize(void *data, size_t old_size, size_t size)
{
    void *grown = sim_alloc(size);
    if (!grown || !data)
        return grown;
    memcpy(grown, data, old_size < size ? old_size : size);
    sim_free(data);
    return grown;
}

static void free_blocks(void)
{
    struct block *next;
    for (struct block *block = sim.blocks.next; block != &sim.blocks; block = next) {
        next = block->next;
        free(block);
    }
    sim.blocks.next = sim.blocks.previous = &sim.blocks;
    sim.block_count = 0;
}

static oc_rc sim_random_bytes(void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)data)[i] = (uint8_t)env_sim_random();
    return OC_OK;
}

static void sim_boot_id(uint8_t ret_id[ENV_BOOT_ID_SIZE])
{
    memset(ret_id, 0, ENV_BOOT_ID_SIZE);
    memcpy(ret_id, &sim.boot, sizeof sim.boot);
}

static oc_rc sim_thread_start(env_thread_fn fn, void *arg, struct env_thread **ret_thread)
{
    (void)fn;
    (void)arg;
    (void)ret_thread;
    return OC_E_NOT_SUPPORTED;
}

static void sim_thread_join(struct env_thread *thread) { (void)thread; }

static oc_rc sim_signal_new(struct env_signal **ret_signal)
{
    struct env_signal *signal = sim_alloc(sizeof *signal);
    if (!signal)
        return OC_E_NOMEM;
    *ret_signal = signal;
    return OC_OK;
}

static void sim_signal_free(struct env_signal *signal) { sim_free(signal); }
static void sim_signal_post(struct env_signal *signal) { signal->count++; }

static bool sim_signal_wait(struct env_signal *signal, int64_t timeout_ns)
{
    if (signal->count == 0) {
        sim_sleep(timeout_ns);
        return false;
    }
    signal->count--;
    return true;
}

static void sim_map_populate(void *data, size_t size)
{
    (void)data;
    (void)size;
}

/* The simulated machine has one process. */
static oc_rc sim_lock(const char *path, int *ret_fd)
{
    return env_sim_disk_open(path, ENV_READ | ENV_WRITE | ENV_CREATE, ret_fd);
}

static const struct env env_sim = {
    .name = "sim",
    .clock_real = sim_clock_real,
    .clock_mono = sim_clock_mono,
    .clock_cpu = sim_clock_mono,
    .sleep = sim_sleep,
    .open = env_sim_disk_open,
    .close = env_sim_disk_close,
    .read = env_sim_disk_read,
    .pread = env_sim_disk_pread,
    .write = env_sim_disk_write,
    .file_size = env_sim_disk_file_size,
    .truncate = env_sim_disk_truncate,
    .preallocate = env_sim_disk_preallocate,
    .map = env_sim_disk_map,
    .unmap = env_sim_disk_unmap,
    .map_populate = sim_map_populate,
    .map_sync = env_sim_disk_map_sync,
    .sync = env_sim_disk_sync,
    .sync_dir = env_sim_disk_sync_dir,
    .rename = env_sim_disk_rename,
    .unlink = env_sim_disk_unlink,
    .mkdir = env_sim_disk_mkdir,
    .lock = sim_lock,
    .list = env_sim_disk_list,
    .alloc = sim_alloc,
    .resize = sim_resize,
    .free = sim_free,
    .random = sim_random_bytes,
    .boot_id = sim_boot_id,
    .thread_start = sim_thread_start,
    .thread_join = sim_thread_join,
    .signal_new = sim_signal_new,
    .signal_free = sim_signal_free,
    .signal_post = sim_signal_post,
    .signal_wait = sim_signal_wait,
};

oc_rc env_sim_start(const struct env_sim_config *config)
{
    memset(sim.counts, 0, sizeof sim.counts);
    memset(sim.timer_used, 0, sizeof sim.timer_used);
    sim.fail_at = sim.hook_at = 0;
    sim.broken = ENV_SIM_NONE;
    sim.has_failed = false;
    sim.block_count = 0;
    sim.random_state = config->seed;
    sim.real_ns = sim.mono_ns = config->start_ns;
    sim.boot = 1;
    sim.blocks.next = sim.blocks.previous = &sim.blocks;
    sim.timer_heap = (struct timer_heap){.items = sim.timer_items, .max = ENV_SIM_TIMERS_MAX};
    env_sim_disk_reset(config->disk_max);
    env_bind(&env_sim);
    return OC_OK;
}

static void end_process(void)
{
    env_sim_disk_end_process();
    free_blocks();
    sim.fail_at = 0;
    sim.hook_at = 0;
    sim.broken = ENV_SIM_NONE;
    sim.timer_heap.count = 0;
    memset(sim.timer_used, 0, sizeof sim.timer_used);
}

void env_sim_stop(void)
{
    end_process();
    env_sim_disk_reset(0);
    env_bind(NULL);
}

void env_sim_crash(uint64_t seed)
{
    sim.random_state ^= seed * 0xd6e8feb86659fd93u;
    end_process();
    env_sim_disk_crash();
    sim.boot++;
}

void env_sim_kill(void) { end_process(); }

size_t env_sim_live_allocations(void) { return sim.block_count; }
