#include "recover/checkpoint.h"

#include <string.h>

struct saved_part { /* a part of a session that a checkpoint holds, in this order; strategies follow, one part each */
    int64_t (*save)(const struct checkpoint_parts *parts, struct session *session, char *bytes, size_t size_max);
    oc_rc (*load)(const struct checkpoint_parts *parts, struct session *session, const char *bytes, size_t size);
};

static int64_t table_save(const struct checkpoint_parts *parts, struct session *session, char *bytes, size_t size_max)
{
    (void)session;
    return strategy_table_save(parts->strategies, bytes, size_max);
}

static oc_rc table_load(const struct checkpoint_parts *parts, struct session *session, const char *bytes, size_t size)
{
    (void)session;
    return strategy_table_load(parts->strategies, bytes, size);
}

static int64_t kernel_save(const struct checkpoint_parts *parts, struct session *session, char *bytes, size_t size_max)
{
    (void)parts;
    return engine_save(session->engine, bytes, size_max);
}

static oc_rc kernel_load(const struct checkpoint_parts *parts, struct session *session, const char *bytes, size_t size)
{
    (void)parts;
    return engine_load(session->engine, bytes, size);
}

static int64_t sim_save(const struct checkpoint_parts *parts, struct session *session, char *bytes, size_t size_max)
{
    const struct venue *venue = &session->venues.list[0];
    (void)parts;
    venue_call(venue, "save");
    const int64_t size = venue->table->save(venue->answers.self, bytes, (uint32_t)size_max);
    plugin_call_end();
    return size;
}

static oc_rc sim_load(const struct checkpoint_parts *parts, struct session *session, const char *bytes, size_t size)
{
    const struct venue *venue = &session->venues.list[0];
    (void)parts;
    venue_call(venue, "load");
    oc_rc rc = venue->table->load(venue->answers.self, bytes, (uint32_t)size);
    plugin_call_end();
    return rc;
}

static int64_t answers_save(const struct checkpoint_parts *parts, struct session *session, char *bytes, size_t size_max)
{
    static const struct sim_answers none; /* a connector says again what was under way */
    (void)parts;
    return sim_answers_save(session->links.count && !session->links.list[0]->is_feed ? &none
                                                                                     : &session->venues.list[0].answers,
                            bytes, size_max);
}

static oc_rc answers_load(const struct checkpoint_parts *parts, struct session *session, const char *bytes, size_t size)
{
    (void)parts;
    return sim_answers_load(&session->venues.list[0].answers, bytes, size);
}

static int64_t figures_save(const struct checkpoint_parts *parts, struct session *session, char *bytes, size_t size_max)
{
    (void)session;
    return meter_save(parts->meter, bytes, size_max);
}

static oc_rc figures_load(const struct checkpoint_parts *parts, struct session *session, const char *bytes, size_t size)
{
    (void)session;
    return meter_load(parts->meter, bytes, size);
}

static const struct saved_part fixed[] = {
    {table_save, table_load},     {kernel_save, kernel_load},   {sim_save, sim_load},
    {answers_save, answers_load}, {figures_save, figures_load},
};

enum {
    PARTS_FIXED = sizeof fixed / sizeof fixed[0],
    PARTS_MAX = PARTS_FIXED + STRATEGIES_MAX,
    PART_STRATEGIES = 0,
    PART_ENGINE = 1,
    BLOB_VERSION = 6,
    PART_ALIGN = 16
};

struct blob_head {
    uint32_t version;
    uint32_t parts;
    uint64_t size[PARTS_MAX]; /* a strategy's is 0 where it is unloaded */
};

/* Plugins read their part where it lies. */
static size_t part_step(size_t size) { return (size + PART_ALIGN - 1) / PART_ALIGN * PART_ALIGN; }

static int64_t part_save(const struct checkpoint_parts *parts, struct session *session, uint32_t part, char *bytes,
                         size_t size_max)
{
    if (part < PARTS_FIXED)
        return fixed[part].save(parts, session, bytes, size_max);
    struct strategy *strategy = parts->strategies->list[part - PARTS_FIXED].strategy;
    return strategy ? strategy_save(strategy, bytes, size_max) : 0;
}

static oc_rc part_load(const struct checkpoint_parts *parts, struct session *session, uint32_t part, const char *bytes,
                       size_t size)
{
    if (part < PARTS_FIXED)
        return fixed[part].load(parts, session, bytes, size);
    struct strategy *strategy = parts->strategies->list[part - PARTS_FIXED].strategy;
    if (!strategy)
        return size ? OC_E_DATA : OC_OK;
    return strategy_load(strategy, bytes, size);
}

/* OC_E_DATA: of another program, or cut. */
static oc_rc take_head(const struct journal_checkpoint *checkpoint, struct blob_head *ret_head)
{
    if (checkpoint->blob_size < sizeof *ret_head)
        return OC_E_DATA;
    memcpy(ret_head, checkpoint->blob, sizeof *ret_head);
    return ret_head->version != BLOB_VERSION || ret_head->parts < PARTS_FIXED || ret_head->parts > PARTS_MAX ? OC_E_DATA
                                                                                                             : OC_OK;
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
    size_t at = sizeof head;
    oc_rc rc = take_head(checkpoint, &head);
    if (rc < 0)
        return rc;
    for (uint32_t part = 0; part < head.parts; part++) {
        size_t size = (size_t)head.size[part];
        if (size > checkpoint->blob_size - at)
            return OC_E_DATA;
        rc = part_load(parts, session, part, blob + at, size);
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
    size_t at = sizeof head;
    oc_rc rc = take_head(checkpoint, &head);
    if (rc < 0)
        return rc;
    for (uint32_t part = 0; part < PART_ENGINE; part++) {
        if (part_step((size_t)head.size[part]) > checkpoint->blob_size - at)
            return OC_E_DATA;
        at += part_step((size_t)head.size[part]);
    }
    if (head.size[PART_ENGINE] > checkpoint->blob_size - at)
        return OC_E_DATA;
    return engine_load_marks(engine, blob + at, (size_t)head.size[PART_ENGINE]);
}
