/* env_sim_crash.c: what of the simulated disk becomes durable, and what a crash leaves. */
#include "support/env_sim_disk.h"

#include <string.h>

static bool is_sparse;

void env_sim_set_sparse(bool sparse) { is_sparse = sparse; }

/* Writes the changed sectors of a range. With `chance` below 1000 each is left out at random; with
 * `forget` what was left out is believed to be clean all the same. */
static void store(struct sim_node *node, size_t from, size_t to, unsigned chance, bool forget)
{
    if (to > node->size)
        to = node->size;
    static const uint8_t zeros[ENV_SIM_SECTOR];
    size_t empty = 0;
    for (size_t at = from & ~(size_t)(ENV_SIM_SECTOR - 1); at < to && empty < ENV_SIM_SPARSE; at += ENV_SIM_SECTOR) {
        size_t size = node->capacity - at < ENV_SIM_SECTOR ? node->capacity - at : ENV_SIM_SECTOR;
        if (memcmp(node->data + at, node->clean + at, size) == 0) {
            empty = is_sparse && memcmp(node->data + at, zeros, size) == 0 ? empty + size : 0;
            continue;
        }
        empty = 0;
        bool is_written = chance >= 1000 || env_sim_random() % 1000 < chance;
        if (is_written)
            memcpy(node->stable + at, node->data + at, size);
        if (is_written || forget)
            memcpy(node->clean + at, node->data + at, size);
    }
}

oc_rc env_sim_sync_node(struct sim_node *node, size_t from, size_t to)
{
    if (!env_sim_step(ENV_SIM_SYNC, NULL)) {
        store(node, from, to, 500, true);
        return OC_E_IO;
    }
    store(node, from, to, 1000, false);
    if (node->size < node->stable_size) { /* cut bytes must not come back with a later growth */
        memset(node->stable + node->size, 0, node->stable_size - node->size);
        memset(node->clean + node->size, 0, node->stable_size - node->size);
    }
    node->stable_size = node->size;
    return OC_OK;
}

void env_sim_writeback(unsigned per_1000)
{
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++) {
        struct sim_node *node = &sim_disk.nodes[i];
        if (!node->is_used)
            continue;
        store(node, 0, node->size, per_1000, false);
        if (node->size > node->stable_size && env_sim_random() % 1000 < per_1000)
            node->stable_size = node->size;
    }
}

/* Between "nothing more arrived" and "everything did", with one sector in eight torn on the way. */
static void crash_node(struct sim_node *node, unsigned chance)
{
    if (node->size != node->stable_size && env_sim_random() % 1000 < chance) {
        if (node->size < node->stable_size)
            memset(node->stable + node->size, 0, node->stable_size - node->size);
        node->stable_size = node->size;
    }
    for (size_t at = 0; at < node->stable_size; at += ENV_SIM_SECTOR) {
        size_t size = node->capacity - at < ENV_SIM_SECTOR ? node->capacity - at : ENV_SIM_SECTOR;
        bool is_dirty = memcmp(node->data + at, node->clean + at, size) != 0;
        if (!is_dirty || env_sim_random() % 1000 >= chance)
            continue;
        size_t cut = env_sim_random() % 8 == 0 ? (size_t)(env_sim_random() % (size / 8 + 1)) * 8 : size;
        memcpy(node->stable + at, node->data + at, cut);
    }
    memcpy(node->data, node->stable, node->capacity);
    memcpy(node->clean, node->stable, node->capacity);
    node->size = node->stable_size;
}

void env_sim_disk_crash(void)
{
    static const unsigned chances[] = {0, 100, 500, 500, 900, 1000};
    size_t prefix = (size_t)(env_sim_random() % (sim_disk.change_count + 1));
    bool is_prefix = env_sim_random() % 2 == 0;
    for (size_t i = 0; i < sim_disk.change_count; i++)
        if (is_prefix ? i < prefix : env_sim_random() % 2 == 0)
            env_sim_apply(&sim_disk.stable, &sim_disk.changes[i]);
    sim_disk.change_count = 0;
    memcpy(&sim_disk.now, &sim_disk.stable, sizeof sim_disk.now);
    env_sim_collect();
    unsigned chance = chances[env_sim_random() % (sizeof chances / sizeof chances[0])];
    for (int i = 0; i < ENV_SIM_FILES_MAX; i++)
        if (sim_disk.nodes[i].is_used && sim_disk.nodes[i].capacity > 0)
            crash_node(&sim_disk.nodes[i], chance);
}
