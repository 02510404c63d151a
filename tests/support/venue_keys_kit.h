/* venue_keys_kit.h: the settings of one venue. */
#ifndef SUPPORT_VENUE_KEYS_KIT_H
#define SUPPORT_VENUE_KEYS_KIT_H

#include "session/venue_keys.h"
#include "support/parts_kit.h"

static inline void venue(const char *key, const char *value)
{
    char full[SETTING_KEY_MAX];
    snprintf(full, sizeof full, "venue.mine.%s", key);
    set(full, value);
}

static inline void whole_venue(const char *environment)
{
    settings_release(&settings);
    set("session.venue", "mine");
    venue("connector", "org.example.loopback");
    venue("accounts", "main");
    venue("environment", environment);
    venue("transcript", "day.txt");
    venue("instruments.0.symbol", "BTC/USDT");
    venue("instruments.0.price_step", "0.01");
    venue("instruments.0.qty_step", "0.001");
}

static inline void says(oc_rc found, oc_rc rc, const char *words)
{
    if (found != rc || strcmp(said(&error), words) != 0)
        fail_msg("%d: %s\nexpected %d: %s", (int)found, said(&error), (int)rc, words);
}

#endif
