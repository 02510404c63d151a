/* checkpoint_kit.h: a checkpoint of bytes that a test has, for journals on the simulated disk and on a real one. */
#ifndef TEST_CHECKPOINT_KIT_H
#define TEST_CHECKPOINT_KIT_H

#include "base/env.h"
#include "journal/door.h"

#include <string.h>

/* Fills the buffer and hands it over. */
static inline oc_rc checkpoint_start(struct door *door, const void *blob, size_t size)
{
    void *place;
    size_t room;
    oc_rc rc = door_checkpoint_begin(door, &place, &room);
    if (rc < 0)
        return rc;
    memcpy(place, blob, size < room ? size : room);
    return door_checkpoint_start(door, size);
}

/* And how it ended. */
static inline oc_rc checkpoint(struct door *door, const void *blob, size_t size)
{
    uint64_t seq = door_seq(door);
    const char *why;
    oc_rc rc = checkpoint_start(door, blob, size), ended = OC_OK;
    for (int i = 0; rc == OC_OK && ended == OC_OK && door_checkpoint_seq(door) < seq && i < 200000; i++) {
        ended = door_checkpoint_poll(door, &why);
        if (ended == OC_OK)
            env_sleep(1000000);
    }
    return rc < 0 ? rc : ended;
}

#endif
