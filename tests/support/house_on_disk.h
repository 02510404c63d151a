/* house_on_disk.h: a session with two clients whose journal is on the simulated disk. */
#ifndef SUPPORT_HOUSE_ON_DISK_H
#define SUPPORT_HOUSE_ON_DISK_H

#include "support/env_sim.h"
#include "support/session_kit.h"

static inline struct house *house_on_disk(void)
{
    env_sim_start(&(struct env_sim_config){.seed = 5, .start_ns = 1});
    struct house *house = house_new();
    house->dir = "/house";
    house->client_count = 2;
    house->is_mute = true;
    return house;
}

static inline void house_end(struct house *house)
{
    house_free(house);
    env_sim_stop();
}

#endif
