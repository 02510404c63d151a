/* channel.h: one way by which a person is told: a command, a webhook, a Telegram chat, mail, or a service that notices silence; as the
 * configuration names it (alerts.NAME), and how one message goes.
 *
 * Invariants
 * - Secrets (token, password, an url that is one) come by key_source.h, lie in pages of env_secret.h, and stand in no log (redact.h).
 * - A send waits at most TELL_SEND_NS and belongs to the thread of its channel, never to the engine's. */
#ifndef TELL_CHANNEL_H
#define TELL_CHANNEL_H

#include "base/checked.h"
#include "base/env_secret.h"
#include "base/error.h"
#include "config/settings.h"

enum { TELL_CHANNELS_MAX = 8, TELL_NAME_MAX = 32, TELL_TEXT_MAX = 480, TELL_WORDS_MAX = 1024, TELL_WHY_MAX = 256 };
#define TELL_SEND_NS 10000000000ll

enum notice_level { NOTICE_NONE, NOTICE_INFO, NOTICE_WARNING, NOTICE_ALARM };

enum notice_kind {
    NOTICE_TEST,
    NOTICE_START,      /* a session began, or went on */
    NOTICE_END,        /* it ended */
    NOTICE_DISCONNECT, /* a venue is not reached, or refuses a key */
    NOTICE_FEED,       /* no price for too long */
    NOTICE_UNKNOWN,    /* nobody knows what became of an order */
    NOTICE_REFUSED,    /* an order was refused: by us, or by the venue */
    NOTICE_UNPROTECTED,
    NOTICE_EXTERNAL, /* an order of another hand */
    NOTICE_LATCH,    /* nothing is opened any more */
    NOTICE_STRATEGY, /* it was suspended */
    NOTICE_JOURNAL,
    NOTICE_DISK,
    NOTICE_CLOCK,
    NOTICE_LIMIT,      /* a limit of a venue is nearly used */
    NOTICE_DIFFERENCE, /* the venue says something else than we count */
    NOTICE_RESYNC,     /* behind a hole a strategy holds something else than it would */
    NOTICE_BY_HAND,    /* an alert that a person has set */
    NOTICE_KINDS
};

struct notice {
    int64_t at_ns; /* UTC; of the session */
    uint8_t level; /* enum notice_level */
    uint8_t kind;  /* enum notice_kind */
    uint8_t zero[6];
    char key[48]; /* repeats of a kind about the same are folded: a venue, an order, a market */
    char text[TELL_TEXT_MAX];
};

enum channel_way { CHANNEL_COMMAND = 1, CHANNEL_WEBHOOK, CHANNEL_TELEGRAM, CHANNEL_MAIL, CHANNEL_HEARTBEAT };

struct channel {
    char name[TELL_NAME_MAX];
    uint32_t way;   /* enum channel_way */
    uint32_t level; /* the least that is told */
    uint32_t kinds; /* a bit each; of those that are told */
    int64_t fold_ns;
    int64_t every_ns;             /* of a heartbeat */
    int32_t quiet_from, quiet_to; /* minutes of the day; the same: never */
    int64_t zone_ns;              /* that these are before UTC */
    char words[TELL_WORDS_MAX];   /* of a command, commas between */
    char from[TELL_WORDS_MAX], to[TELL_WORDS_MAX], user[128], chat[64], ca_file[512];
    struct env_secret url;    /* owned, as the next; may be a secret */
    struct env_secret secret; /* token or password; none: not set */
};

/* Names and words of levels and kinds, as the configuration and messages have them. */
const char *notice_level_name(uint32_t level);
const char *notice_kind_name(uint32_t kind);

/* The channels of the settings, judged. `fetches`: secrets too. *ret_count 0: none is configured. OC_E_CONFIG and the codes of
 * key_source_fetch, with *ret_error. channels_release is due all the same. [setup] */
CHECKED oc_rc channels_read(struct settings *settings, bool fetches, struct channel *channels, uint32_t *ret_count,
                            struct error *ret_error);
void channels_release(struct channel *channels, uint32_t count);
/* The zone that session.day names. OC_E_CONFIG: settings->error. [setup] */
CHECKED oc_rc tell_zone(struct settings *settings, int64_t *ret_zone_ns);

/* Sends, or says why not in ret_why (TELL_WHY_MAX bytes). `title`: of the session. OC_E_IO: it did not arrive, and may later; OC_E_DENIED: the
 * other side does not want it; OC_E_NOT_SUPPORTED: libcurl is not there. Waits. */
CHECKED oc_rc channel_send(const struct channel *channel, const char *title, const struct notice *message,
                           char *ret_why);
/* A beat of a heartbeat. The same codes. */
CHECKED oc_rc channel_beat(const struct channel *channel, char *ret_why);

#endif
