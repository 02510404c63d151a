#include "recover/checkpoint.h"

#include <string.h>

enum { PARTS_FIXED = 5, PARTS_MAX = PARTS_FIXED + STRATEGIES_MAX, BLOB_VERSION = 6, PART_ALIGN = 16 };
enum {
    PART_STRATEGIES,
    PART_ENGINE,
    PART_SIM,
    PART_ANSWERS,
    PART_METER
}; /* and then each strategy; 0 bytes where it is unloaded */

struct blob_head {
    uint32_t version;
    uint32_t parts;
    uint64_t size[PARTS_MAX];
};

/* Plugins read their part where it lies. */
static size_t part_step(size_t size) { return (size + PART_ALIGN - 1) / PART_ALIGN * PART_ALIGN; }

static int64_t part_save(const struct checkpoint_parts *parts, struct session *session, uint32_t part, char *bytes,
                         size_t size_max)
{
    struct venue *venue = &session->venues.list[0];
    if (part == PART_STRATEGIES)
        return strategy_table_save(parts->strategies, bytes, size_max);
    if (part == PART_ENGINE)
        return engine_save(session->engine, bytes, size_max);
    if (part == PART_SIM)
        return venue->table->save(venue->answers.self, bytes, (uint32_t)size_max);
    if (part == PART_ANSWERS)
        return sim_answers_save(&venue->answers, bytes, size_max);
    if (part == PART_METER)
        return meter_save(parts->meter, bytes, size_max);
    struct strategy *strategy = parts->strategies->list[part - PARTS_FIXED].strategy;
    return strategy ? strategy_save(strategy, bytes, size_max) : 0;
}

static oc_rc part_load(const struct checkpoint_parts *parts, struct session *session, uint32_t part, const char *bytes,
                       size_t size)
{
    struct venue *venue = &session->venues.list[0];
    if (part == PART_STRATEGIES)
        return strategy_table_load(parts->strategies, bytes, size);
    if (part == PART_ENGINE)
        return engine_load(session->engine, bytes, size);
    if (part == PART_SIM)
        return venue->table->load(venue->answers.self, bytes, (uint32_t)size);
    if (part == PART_ANSWERS)
        return sim_answers_load(&venue->answers, bytes, size);
    if (part == PART_METER)
        return meter_load(parts->meter, bytes, size);
    struct strategy *strategy = parts->strategies->list[part - PARTS_FIXED].strategy;
    if (!strategy)
        return size ? OC_E_DATA : OC_OK;
    return strategy_load(strategy, bytes, size);
}

oc_rc checkpoint_start(void *self, struct session *session)
{
    const struct checkpoint_parts *parts = self;
    struct blob_head head = {.version = BLOB_VERSION, .parts = PARTS_FIXED + parts->strategies->count};
    void *buffer;
    size_t room, at = sizeof head;
    oc_rc rc = door_checkpoint_begin(session->door, &buffer, &room);
    if (rc < 0)
        return rc;
    char *blob = buffer;
    for (uint32_t part = 0; part < head.parts; part++) {
        if (at + PART_ALIGN > room)
            return OC_E_LIMIT;
        int64_t size = part_save(parts, session, part, blob + at, room - PART_ALIGN - at);
        if (size < 0)
            return (oc_rc)size;
        head.size[part] = (uint64_t)size;
        memset(blob + at + size, 0, part_step((size_t)size) - (size_t)size);
        at += part_step((size_t)size);
    }
    memcpy(blob, &head, sizeof head);
    return door_checkpoint_start(session->door, at);
}

oc_rc checkpoint_load(const struct checkpoint_parts *parts, struct session *session,
                      const struct journal_checkpoint *checkpoint)
{
    struct blob_head head;
    const char *blob = checkpoint->blob;
    if (checkpoint->blob_size < sizeof head)
        return OC_E_DATA;
    memcpy(&head, blob, sizeof head);
    if (head.version != BLOB_VERSION || head.parts < PARTS_FIXED || head.parts > PARTS_MAX)
        return OC_E_DATA;
    size_t at = sizeof head;
    for (uint32_t part = 0; part < head.parts; part++) {
        size_t size = (size_t)head.size[part];
        if (size > checkpoint->blob_size - at)
            return OC_E_DATA;
        oc_rc rc = part_load(parts, session, part, blob + at, size);
        if (rc == OC_OK && part == PART_STRATEGIES && head.parts != PARTS_FIXED + parts->strategies->count)
            rc = OC_E_DATA;
        if (rc < 0)
            return rc;
        if (part_step(size) > checkpoint->blob_size - at)
            return OC_E_DATA;
        at += part_step(size);
    }
    return OC_OK;
}

oc_rc checkpoint_load_marks(struct engine *engine, const struct journal_checkpoint *checkpoint)
{
    struct blob_head head;
    const char *blob = checkpoint->blob;
    if (checkpoint->blob_size < sizeof head)
        return OC_E_DATA;
    memcpy(&head, blob, sizeof head);
    if (head.version != BLOB_VERSION || head.parts < PARTS_FIXED || head.parts > PARTS_MAX)
        return OC_E_DATA;
    size_t at = sizeof head;
    for (uint32_t part = 0; part < PART_ENGINE; part++) {
        if (part_step((size_t)head.size[part]) > checkpoint->blob_size - at)
            return OC_E_DATA;
        at += part_step((size_t)head.size[part]);
    }
    if (head.size[PART_ENGINE] > checkpoint->blob_size - at)
        return OC_E_DATA;
    return engine_load_marks(engine, blob + at, (size_t)head.size[PART_ENGINE]);
}
